"""Churn: how long do customers stay, by group? Kaplan-Meier curves from days that the engine counts.

Knows the journey. What marks the end is an attribute of people, a step or a kind of record; nobody's end is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench import privacy
from workbench.finding import Finding
from workbench.inference import kaplan_meier, log_rank, survival_at
from workbench.inference.survival import Survival
from workbench.journey import JourneyFrame
from workbench.steps.measure import customers, groups, measure
from workbench.steps.measure.leaving import follow_ups, lasting

POINTS = 300  # of a curve in a picture
HORIZONS = (3, 6, 12)


@measure("How long do customers stay?")
def churn(
    journey: JourneyFrame,
    when: str | None = None,
    by: str | Sequence[str] | None = None,
    since: str | None = None,
    at: str | None = None,
    yes: str | Sequence[str] | None = None,
    months: Sequence[float] = HORIZONS,
    lasted: str | None = None,
    minimum_base: int | None = None,
) -> Finding:
    """How long do customers stay? The share still there after 3, 6 and 12 months and the median, by attributes of people.

    when    what marks the end: an attribute of people with dates of leaving; one with yes and no ("switched"), dated by
            the person's last record at a step of that word (or at `at`, or the last record at all); a step that is the
            leaving; or "complaint" (time to the first one). A part of the word will do where it is clear; without it
            the first of switch, churn, cancel, closed, leave that names an attribute or a step
    since   the clock starts with the first record at this step; else with `created` of the customer table, else with the
            first record
    yes     the value, or values, of the attribute that mean having left
    lasted  an attribute that tells for how many months each was followed, where no dates do ("tenure_months")

    Kaplan-Meier with log-log limits of Greenwood's error; who has not left is followed to the last record of the data and
    taken to be there still. Groups that may be shown are compared by the log-rank test. Where the clock starts before the
    log does, a customer is in the count from the log's first day on (left truncation): who left earlier cannot be in it.

    Raises DataFault with what could mark the end, where nothing of that name does.
    """
    keys = customers.wanted(journey, by)
    found = lasting(journey, when, keys, lasted, yes) if lasted else follow_ups(journey, when, keys, since, at, yes)
    spans = sorted({float(one) for one in months if one > 0}) or [12.0]
    parts = [(key, part) for key, part in _parts(found.counts, keys)]
    table, curves = [], []
    marks = _marks(float(found.counts["time"].max()))
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    for key, part in parts:
        fit = kaplan_meier(part[["entry", "time", "event", "n"]])
        table.append(dict(zip(keys, key, strict=True)) | _row(fit, spans))
        curves.append({"labels": [str(one) for one in key], **_curve(fit, marks, minimum)})
    rows_ = groups.in_order(journey, groups.rounded(pd.DataFrame(table)), keys)
    large = privacy.hide_small(rows_, keys, minimum)
    withheld = large[privacy.HIDDEN] if privacy.HIDDEN in large else pd.Series(False, index=large.index)
    compared = rows_.loc[~withheld.astype(bool), keys]
    test = None
    if len(compared) > 1:
        named = found.counts.merge(compared, on=keys)
        named["group"] = named[keys].astype(str).agg(" · ".join, axis=1)
        test = log_rank(named[["entry", "time", "event", "n", "group"]])
    p = test.p if test else None
    words = f"share still there after {spans[-1]:g} months"

    def say(row: pd.Series) -> str:
        limits = (
            f"{row['low']:.0f} to {row['high']:.0f} %; " if row["low"] == row["low"] and row["low"] is not None else ""
        )
        return f"{row['value']:.0f} % ({limits}{int(row['n']):,} customers, {int(row['left'])} left)"

    sentence = groups.extremes(journey, rows_, keys, minimum_base, words, say)
    if p is not None:
        chance = "beyond chance" if p < 0.05 else "no more than chance"
        sentence = sentence.rstrip(".") + f". The paces of leaving differ {chance} (log-rank p {_p(p)})."
    elif len(rows_) == 1 and len(groups.shown(journey, rows_, keys, minimum_base)):
        sentence = sentence.rstrip(".") + f"; {_median(rows_.iloc[0])}."
    method = "; ".join(
        ["Kaplan-Meier, 95 % log-log limits (Greenwood); months of 30.4 days", found.told,
         "all who had not left are taken to be there still, and to leave like those who are followed longer",
         *([f"{test.method} over {len(compared)} groups"] if test else []), "unweighted"]
    )  # fmt: skip
    return groups.finding(
        journey, "churn", rows_, keys, sentence, found.base(minimum), method, minimum_base,
        {"kind": "survival", "unit": "months", "curves": curves, "months": spans}, "How long customers stay",
    )  # fmt: skip


def _parts(counts: pd.DataFrame, keys: Sequence[str]) -> list[tuple[tuple, pd.DataFrame]]:
    if not keys:
        return [((), counts)]
    found = counts.groupby(list(keys), sort=True)
    return [(key if isinstance(key, tuple) else (key,), part) for key, part in found]


def _row(fit: Survival, spans: Sequence[float]) -> dict[str, Any]:
    told = survival_at(fit, spans)
    row: dict[str, Any] = {}
    for one in told.itertuples():
        here = one.at_risk > 0 or one.survival == 0
        row[f"% there at {one.time:g} months"] = 100 * one.survival if here else None
    last = told.iloc[-1]
    here = bool(last["at_risk"] > 0 or last["survival"] == 0)
    median = fit.median
    known = last["low"] == last["low"]
    return {
        "value": 100 * last["survival"] if here else None,
        "low": 100 * last["low"] if here and known else None,
        "high": 100 * last["high"] if here and known else None,
        "n": int(fit.n),
        "left": int(fit.events),
        **row,
        "median months": median.value,
        "median from": median.low,
        "median to": median.high,
        "caution": "small base" if fit.n < groups.WIDE_BASE else "" if here else "nobody was followed for so long",
    }


def _curve(fit: Survival, marks: Sequence[float], minimum: int) -> dict[str, list[float | None]]:
    """Times, shares, limits and people at risk: steps, thinned evenly where there are many, up to where few are followed."""
    curve = fit.curve.reset_index(drop=True)
    steps = curve.index[curve["events"] > 0]
    ends = curve.index[curve["at_risk"] >= minimum][-1:]
    kept = curve.loc[sorted({*steps[:: -(-len(steps) // POINTS) or 1], *steps[-1:], *ends})]
    names = ("time", "survival", "low", "high", "at_risk")
    drawn: dict[str, list[float | None]] = {
        name: [None if one != one else round(float(one), 6) for one in kept[name]] for name in names
    }
    drawn["marks"] = list(marks)
    drawn["marks_at_risk"] = [float(one) for one in survival_at(fit, marks)["at_risk"]]
    return drawn


def _median(row: pd.Series) -> str:
    if row["median months"] is None or row["median months"] != row["median months"]:
        return "half had not left by the end"
    return f"half had left after {row['median months']:.1f} months"


def _p(p: float) -> str:
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def _marks(longest: float) -> list[float]:
    """Whole months, from 3 to 8 of them, at which the people still followed are told."""
    step = next(one for one in (1, 2, 3, 6, 12, 24, 36, 60, 120, 600) if longest / one <= 8)
    return [float(step * part) for part in range(int(longest / step) + 1)]
