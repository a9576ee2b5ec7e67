"""Do customers leave faster after a complaint? Cox regression with the complaint from its day on.

Knows the journey. An association: what made them complain may be what made them leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.finding import Finding
from workbench.inference import cox_regression
from workbench.inference.cox import Cox
from workbench.inference.multiplicity import holm
from workbench.inference.stretches import turned_stretches
from workbench.journey import JourneyFrame
from workbench.steps.measure import customers, groups, measure
from workbench.steps.measure.churn import _p
from workbench.steps.measure.leaving import FollowUps, follow_ups

COMPLAINED = "complained"


@measure("Do customers leave sooner after a complaint?", needs=("complaint",))
def churn_after_complaint(
    journey: JourneyFrame,
    when: str | None = None,
    by: str | Sequence[str] | None = None,
    since: str | None = None,
    at: str | None = None,
    yes: str | Sequence[str] | None = None,
    minimum_base: int | None = None,
) -> Finding:
    """How many times as fast do customers leave after their first complaint as without one, attributes held equal?

    `when`, `since`, `at` and `yes` say what leaving is, as in `churn`; `by` are the attributes held equal (all with few
    values where none is named, but not the one that marks the end; () holds none). Each is compared with its largest
    group. Cox regression (1972), ties by Efron: a customer counts as having complained from the day after the complaint
    on (no immortal time), and complaints at the step of leaving are part of it and do not count. Whether the ratio holds
    over time is tested (Grambsch and Therneau 1994) and told.

    Raises DataFault without complaints in time, without anybody who left, and for groups that nobody, or everybody, left.
    """
    least = journey.minimum_base if minimum_base is None else minimum_base
    found = _followed(journey, when, by, since, at, yes)
    held = [one for one in found.counts.columns if one not in ("entry", "time", "event", "turn", "n")]
    stretches = turned_stretches(found.counts, name=COMPLAINED)
    stretches, dummies = _dummies(stretches, held)
    fit = cox_regression(stretches, [COMPLAINED, *dummies])
    table = _table(fit, found.counts, dummies)
    seen = groups.shown(journey, table, ("what", "group"), minimum_base)
    first = seen[seen["what"] == COMPLAINED]
    sentence = "There are too few complaints to say how fast customers leave after one."
    if len(first):
        row = first.iloc[0]
        digits = 1 if row["value"] >= 2 else 2
        ratio, low, high = (f"{row[one]:.{digits}f}" for one in ("value", "low", "high"))
        chance = "" if row["p"] < 0.05 else ", which is no more than chance"
        changes = row["p the ratio changes"]
        chance += " (on average: the ratio changes over time)" if changes is not None and changes < 0.05 else ""
        equal = f", with {_listed(held)} held equal" if held else ""
        sentence = (
            f"After a complaint customers leave {ratio} times as fast ({low} to {high}; "
            f"{int(row['n']):,} who complained, {int(row['left'])} of them left) as without one{chance}{equal}: "
            "leaving goes with complaining, it need not come of it."
        )
    return groups.finding(
        journey, "churn_after_complaint", table, ("what", "group"), sentence, found.base(least),
        _method(fit, found, held, least, bool(len(first))),
        minimum_base,
        {"kind": "intervals", "plain": True, "unit": "times as fast", "reference": 1}, "Leaving after a complaint",
    )  # fmt: skip


def _followed(
    journey: JourneyFrame, when: str | None, by: str | Sequence[str] | None, since: str | None, at: str | None,
    yes: str | Sequence[str] | None,
) -> FollowUps:  # fmt: skip
    """The follow-ups by the attributes named, or by all that may be held: not by the one that marks the end."""
    if by is not None and (isinstance(by, str) or len(by)):
        return follow_ups(journey, when, customers.wanted(journey, by), since, at, yes)
    marker = follow_ups(journey, when, (), since, at, yes)
    if by is not None:
        return marker
    held = [one for one in customers.attributes(journey) if one != marker.marker]
    return follow_ups(journey, when, held, since, at, yes)


def _dummies(counts: pd.DataFrame, held: Sequence[str]) -> tuple[pd.DataFrame, dict[str, tuple[str, str, str]]]:
    """A column of 0 and 1 for each group but the largest of each attribute: its attribute, its name, what it is compared with."""
    found = {}
    for attribute in held:
        sizes = counts[counts[COMPLAINED] == 0].groupby(attribute)["n"].sum().sort_index()
        largest = sizes.idxmax()
        for level in sorted(sizes.index, key=str):
            if level != largest:
                name = f"{attribute}: {level}"
                counts[name] = (counts[attribute] == level).astype(float)
                found[name] = (attribute, str(level), str(largest))
    counts[COMPLAINED] = counts[COMPLAINED].astype(float)
    return counts, found


def _table(fit: Cox, counts: pd.DataFrame, dummies: dict[str, tuple[str, str, str]]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    proportional = fit.proportional.set_index("term")["p"]
    for term in fit.terms.itertuples():
        if term.term == COMPLAINED:
            those = counts[counts["turn"] < counts["time"]]
            what, group, against = COMPLAINED, "after a complaint", "without or before one"
        else:
            what, group, against = dummies[term.term]
            those = counts[counts[what].astype(str) == group]
        n, left = int(those["n"].sum()), int(those.loc[those["event"] == 1, "n"].sum())
        rows.append(
            {"what": what, "group": group, "value": term.ratio, "low": term.ratio_low, "high": term.ratio_high, "n": n,
             "left": left, "against": against, "p": term.p, "p Holm": None, "p the ratio changes": proportional[term.term],
             "caution": "few left" if left < 10 else "small base" if n < groups.WIDE_BASE else "", "se": term.se}
        )  # fmt: skip
    others = [at for at, row in enumerate(rows) if row["what"] != COMPLAINED]
    for at, p in zip(others, holm([rows[at]["p"] for at in others]), strict=True):
        rows[at]["p Holm"] = p
    return groups.rounded(pd.DataFrame(rows))


def _method(fit: Cox, found: FollowUps, held: Sequence[str], least: int, told: bool) -> str:
    """How it was worked out; `told`: may what is said of those who complained be shown?"""
    changes = fit.proportional.set_index("term")["p"]
    own, every = changes.get(COMPLAINED), changes.get("GLOBAL")
    parts = [
        f"{fit.method}: hazard ratios with Wald intervals{f', {int(fit.events):,} who left' if found.n >= least else ''}",
        found.told,
        "the complaint counts from the day after it on",
        *(
            [f"{groups.few(found.early, least)} who complained before the clock started count as having complained"]
            if found.early
            else []
        ),
        *found.of_complaints,
        f"held equal: {_listed(held)}" if held else "nothing held equal",
        "p of the other groups by Holm; the complaint's own p stands alone",
    ]
    if told and own is not None and own == own:
        changing = (
            "the ratio changes over time: read it as an average, or start the clock later (since=)"
            if own < 0.05
            else "no sign that the ratio changes over time"
        )
        whole = "" if every is None or every != every else f"; all terms p {_p(every)}"
        parts.append(f"proportionality (Grambsch and Therneau): p {_p(own)}, {changing}{whole}")
    if fit.concordance is not None and found.n >= least:
        parts.append(f"concordance {fit.concordance:.2f}")
    return "; ".join([*parts, *(note for note in fit.notes if not note.startswith("rows taken"))])


def _listed(words: Sequence[str]) -> str:
    return ", ".join(one.replace("_", " ") for one in words)
