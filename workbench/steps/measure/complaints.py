"""Complaints: how many per 1,000 customers, contacts or customer months, with repeat complainers honoured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from workbench.finding import Finding
from workbench.inference.intervals import Estimate, mean_interval, rate_interval
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure

OVERDISPERSED = 1.5  # Pearson chi²/df of complaints a person above which Poisson is not believed
BLANKET = ("step", "channel")  # groups that a complaint itself stands in; other groups are of people


@measure("Where do customers complain?", needs=("complaint",))
def complaint_rate(
    journey: JourneyFrame,
    by: str | Sequence[str] | None = "step",
    minimum_base: int | None = None,
    per: str = "person",
) -> Finding:
    """Complaints per 1,000 customers, contacts or customer months, by groups.

    The base is the people observed in the group in any way (at a step: all who have a record there; in a wave: all who
    answered in it; a segment: all its people). At a step or channel the complaints made there count, elsewhere all
    complaints of the group's people. Exact Poisson interval (Garwood 1936); where people complain again and again
    (Pearson chi²/df over 1.5) a t interval over people's own counts, and the method says so.

    per="contact" divides by the contacts (events) there; per="month" by the months for which people of the group are
    known to be customers (see `complaint_exposure`), which knows no steps, channels and waves.

    Fewer complaints are good news only where the scores rise too: show both.
    """
    keys = (by,) if isinstance(by, str) else tuple(by or ())
    if per != "person":
        from workbench.steps.measure.complaint_exposure import rate_per

        return rate_per(journey, keys, per, minimum_base)
    asked = journey.observed()
    journey = asked.at_any_step() if "step" in keys else asked
    complaints = journey.of_kind("complaint")
    people = journey.count(by=keys)
    if any(key in BLANKET for key in keys) or all(key in journey.people.columns for key in keys):
        made = complaints.count(by=keys, of="complaint", score=True, stratum=False)
        rows = [_row(keys, key, people, made) for key in groups._keys(people, keys)]
    else:
        rows = [_of_people(journey, complaints, keys, key, people) for key in groups._keys(people, keys)]
    blank = [*keys, "value", "low", "high", "n", "complaints", "caution", "se", "method"]
    found = groups.in_order(journey, groups.rounded(pd.DataFrame(rows, columns=None if rows else blank)), keys)
    if keys:
        found = found[~found[list(keys)].isna().all(axis=1)].reset_index(drop=True)

    def say(row: pd.Series) -> str:
        return f"{row['value']:.0f} per 1,000 ({row['low']:.0f} to {row['high']:.0f}; {int(row['n']):,} customers)"

    total = int(complaints.count()["n"].iloc[0])
    seen = groups.shown(journey, found, keys, minimum_base)
    sentence = "No group is large enough to show the complaint rate."
    if len(seen):
        top = seen.loc[seen["value"].idxmax()]
        place = (
            ""
            if not keys
            else f' at "{groups.named(journey, top, keys)}"'
            if "step" in keys
            else f' for "{groups.named(journey, top, keys)}"'
        )
        sentence = (
            f"The {'highest ' if len(seen) > 1 else ''}complaint rate is{place}{':' if place else ''} {say(top)}."
        )
    how = " or ".join(sorted(set(found["method"]))) or "interval"
    return groups.finding(
        journey,
        "complaint_rate",
        found,
        keys,
        sentence,
        f"{total:,} complaints; customers observed in each group",
        f"complaints per 1,000 customers of the group; 95 % {how}; unweighted",
        minimum_base,
        {"kind": "bars", "unit": "complaints per 1,000 customers"},
        "Complaints",
    )


def _row(keys: Sequence[str], key: tuple, people: pd.DataFrame, made: pd.DataFrame) -> dict:
    base = int(groups._rows(people, keys, key)["people"].sum())
    here = groups._rows(made, keys, key)
    return dict(zip(keys, key, strict=True)) | _rate(float(here["y"].sum()), float(here["yy"].sum()), base)


def _of_people(
    journey: JourneyFrame, complaints: JourneyFrame, keys: Sequence[str], key: tuple, people: pd.DataFrame
) -> dict:
    base = int(groups._rows(people, keys, key)["people"].sum())
    row = dict(zip(keys, key, strict=True))
    if any(value is None for value in key):
        return row | _rate(0.0, 0.0, 0)
    crowd = journey.people_with(**row).of_kind("complaint")
    made = crowd.count(of="complaint", score=True, stratum=False)
    return row | _rate(float(made["y"].sum()), float(made["yy"].sum()), base)


def _rate(total: float, squares: float, base: int) -> dict:
    """A rate from how many complaints, the sum of people's squared counts, and how many people."""
    found = interval(total, squares, base)
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "n": base,
        "complaints": int(total),
        "caution": groups.caution(found, base),
        "se": found.se,
        "method": found.method,
    }


def interval(total: float, squares: float, base: int) -> Estimate:
    """Complaints per 1,000 people with the interval that their spread calls for.

    Sufficient statistics: sum of the people's counts, sum of their squares, people.
    """
    if base == 0:
        return rate_interval(0, 0)
    mean = total / base
    spread = (squares - base * mean**2) / (mean * (base - 1)) if total and base > 1 else 1.0
    if spread <= OVERDISPERSED or total < 10:
        return rate_interval(total, base)
    found = mean_interval(base, total, squares)
    return replace(
        found,
        value=1000 * mean,
        low=max(0.0, 1000 * (found.low or 0.0)),
        high=None if found.high is None else 1000 * found.high,
        se=None if found.se is None else 1000 * found.se,
        method="t interval over people (complaints come in runs)",
    )
