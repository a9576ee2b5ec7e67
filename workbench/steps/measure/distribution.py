"""How the answers to a question are spread over its scale; and trust, by any groups.

A mean of 4 may be everybody in the middle or half at each end: the distribution tells. Knows the journey's counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.design import design_share
from workbench.inference.intervals import Estimate, share_interval
from workbench.journey import JourneyFrame
from workbench.privacy.small_groups import ALIKE
from workbench.steps.measure import groups, measure, scored
from workbench.steps.measure.ratings import emotion_curve

MOST = 21  # answers of a scale that a distribution can tell one by one


@measure("How are the answers spread over the scale?")
def distribution(
    journey: JourneyFrame,
    of: str = "nps",
    by: str | Sequence[str] | None = None,
    minimum_base: int | None = None,
    together: bool = False,
) -> Finding:
    """The share of each answer to a question, in per cent, by groups: each row of a group adds up to 100.

    Wilson's interval (1927) for unweighted answers of people who answered once; a logit interval on the linearised error
    where weights, strata or repeated people call for it. Each interval stands for itself at 95 %; with `together` all of a
    group hold at once (Bonferroni). n is the base of the group, answers those of the cell.

    Raises DataFault where the question was asked on several scales, or is not a rating of few steps.
    """
    low, high, _ = journey.scale(of)
    counted = groups.grouped(journey, of, by, None)
    levels = sorted({float(x) for x in range(int(low), int(high) + 1)} | set(counted.counts["value"].astype(float)))
    if len(levels) > MOST:
        raise DataFault(
            Fault(
                column=of,
                found=f"{len(levels)} different answers from {low:g} to {high:g}",
                expected=f"at most {MOST}",
                mend="take mean_rating for a number of many steps",
            )
        )
    level = 1 - 0.05 / len(levels) if together else 0.95
    moments = {}
    if counted.designed:
        given = set(counted.counts["value"])
        moments = {x: counted.journey.count(by=counted.by, of=of, score=((x, x, 1.0),)) for x in levels if x in given}
    rows = []
    for key, counts, whole in counted:
        n = int(whole["n"].sum())
        for x in levels:
            answers = int(counts.loc[counts["value"] == x, "n"].sum())
            if counted.designed:
                here = (
                    groups._rows(moments[x], counted.by, key) if x in moments else whole.assign(y=0.0, yy=0.0, yw=0.0)
                )
                share = design_share(
                    here, n, groups.effective(whole), level, name=groups.TAYLOR, lonely=groups.lonely(here)
                )
            else:
                share = share_interval(answers, n, level)
            rows.append(_row(counted.by, key, x, answers, n, share) | {ALIKE: groups.alike(counts)})
    columns = [*counted.by, "answer", "value", "low", "high", "n", "answers", "caution", "method", ALIKE]
    found = groups.rounded(pd.DataFrame(rows, columns=columns))
    found = groups.in_order(journey, found, counted.by)
    names = (*counted.by, "answer")
    how = " or ".join(sorted(set(found["method"])))
    method = (
        f"shares of the answers {low:g} to {high:g}; {100 * level:g} % {how}, "
        f"{'all of a group together (Bonferroni)' if together else 'each for itself'}; {groups.words_of_design(counted)}"
    )
    picture: dict[str, Any] = {"kind": "bars", "unit": "% of answers"}
    if counted.by:
        picture = {"kind": "stacked", "unit": "% of answers", "ends": _ends(journey, of, levels)}
    told = groups.finding(
        counted.journey,
        "distribution",
        found,
        names,
        _sentence(journey, found, counted.by, minimum_base, of),
        counted.journey.base(of),
        method,
        minimum_base,
        picture,
        f"Answers to {of}",
        counted=of,
    )
    return replace(told, whom=replace(told.whom, beside=("answer",)))


def _row(by: Sequence[str], key: tuple, x: float, answers: int, n: int, share: Estimate) -> dict[str, Any]:
    figures = (None if one is None else 100 * one for one in (share.value, share.low, share.high))
    return (
        dict(zip(by, key, strict=True))
        | {"answer": f"{x:g}"}
        | dict(zip(("value", "low", "high"), figures, strict=True))
        | {"n": n, "answers": answers, "caution": groups.caution(share, n), "method": share.method}
    )


def _ends(journey: JourneyFrame, of: str, levels: list[float]) -> dict[str, list[str]]:
    """Which answers are the bad end and the good end of the scale, for the picture."""
    counting = scored.counting(journey, of)
    bottom, top = scored.boxes(counting)
    bad, good = [x for x in levels if x <= bottom], [x for x in levels if x >= top]
    if counting.flipped:
        bad, good = good, bad
    return {"bad": [f"{x:g}" for x in bad], "good": [f"{x:g}" for x in good]}


def _sentence(
    journey: JourneyFrame, found: pd.DataFrame, by: tuple[str, ...], minimum_base: int | None, of: str
) -> str:
    seen = groups.shown(journey, found, (*by, "answer"), minimum_base)
    if seen.empty:
        return f"No group is large enough to show how the answers to {of} are spread."
    top = seen.loc[seen.groupby(list(by), dropna=False)["value"].idxmax()] if by else seen.loc[[seen["value"].idxmax()]]

    def say(row: pd.Series) -> str:
        return (
            f"{row['answer']} is the commonest answer ({row['value']:.0f} %, {row['low']:.0f} to {row['high']:.0f} %; "
            f"{int(row['answers']):,} of {int(row['n']):,} answers)"
        )

    if not by:
        return f"To {of}, {say(top.iloc[0])}."
    most = top.loc[top["value"].idxmax()]
    place = "at" if by[0] == "step" else "for"
    return f'The answers to {of} are most alike {place} "{groups.named(journey, most, by)}": {say(most)}.'


@measure("Where is trust won or lost?", needs=("trust",))
def trust(
    journey: JourneyFrame, by: str | Sequence[str] | None = "step", minimum_base: int | None = None, of: str = "trust"
) -> Finding:
    """Trust by any groups, from −100 (worst) to 100 (best) of its scale's range, with intervals: as `emotion_curve`."""
    return replace(emotion_curve(journey, by, minimum_base, of), name="trust", title="Trust")
