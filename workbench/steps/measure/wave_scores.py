"""All scores of two waves, at the steps and of the whole journey: how far each moved, as one family.

Knows the journey; people who answered both waves are counted once in the error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.inference import design_difference
from workbench.inference.differences import Difference
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, waves
from workbench.steps.measure.at_steps import FELT, SCORES, AtSteps, Question
from workbench.steps.measure.ratings import PROMOTERS
from workbench.steps.measure.wave_changes import sums_by_wave, two_waves

ALPHA = 0.05
WORDS = {"nps": "NPS", "csat": "satisfied, %", "ces": "CES"}
COLUMNS = (
    *("measure", "step", "before", "now", "value", "low", "high", "n", "n before", "n then", "p", "p Holm"),
    *("moved", "asked otherwise", "se"),
)


def wave_scores(whole: JourneyFrame, at: AtSteps, later: str, earlier: str) -> pd.DataFrame:
    """One row a score, at a step or (step None) of the whole journey, that enough people gave in both waves: `before` and `now`
    as shown on the map (NPS points, emotion and trust from -100 to 100, satisfied in per cent, other ratings on their scale),
    their difference with 95 % limits, p, p corrected over all of them (Holm), `moved` where that is under 5 %.

    What was asked on several scales is left out.
    """
    found, least = [], max(2, whole.minimum_base)
    for measure in at.measures():
        for step in (step for of, step in at.questions if of == measure):
            bases = at.bases(measure, step)
            if min(bases.get(later, 0), bases.get(earlier, 0)) < least:
                continue
            levels = [at.level(measure, step, one) for one in (earlier, later)]
            gap = at.difference(measure, step, later, earlier)
            found.append(_row(measure, step, levels, gap, bases[earlier], bases[later]))
    found += _others(whole, later, earlier)
    broken: dict[tuple[str, str | None], list[str]] = {}
    for one in waves.breaks(whole) if found else []:
        if (one.before, one.after) == (earlier, later):
            broken.setdefault((one.measure, one.step), []).append(one.what)
    for row, p in zip(found, holm([row["p"] for row in found]), strict=True):
        row["p Holm"], row["moved"] = p, p is not None and p < ALPHA
        row["asked otherwise"] = " and ".join(dict.fromkeys(broken.get((row["measure"], row["step"]), [])))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _others(journey: JourneyFrame, later: str, earlier: str) -> list[dict[str, Any]]:
    """The scores of the whole journey, and ratings at steps that are none of the usual scores."""
    known = journey.measures.to_frame()
    known = known[known["kind"] == "answer"]
    asked = journey.of_kind("answer").of_wave(later, earlier)
    found = []
    for (measure, step), those in known.groupby(["measure", "step"], dropna=False, sort=True):
        step = step if isinstance(step, str) else None
        scales = those[["low", "high", "reversed"]].drop_duplicates()
        if (measure in SCORES and step is not None) or len(scales) > 1:
            continue
        low, high, flipped = scales.iloc[0]
        if measure == "nps" and (low, high) != (0, 10):
            continue
        here = asked.of_whole_journey() if step is None else asked.at_steps(step)
        row = _compared(
            here, Question(str(measure), step or "", float(low), float(high), bool(flipped)), step, later, earlier
        )
        found += [row] if row else []
    return found


def _compared(
    journey: JourneyFrame, question: Question, step: str | None, later: str, earlier: str
) -> dict[str, Any] | None:
    score = {"nps": PROMOTERS, "csat": ((*question.edge, 1.0),)}.get(question.measure)
    sums = sums_by_wave(journey, question.measure, score)
    own = sums[sums["wave"] == sums["wave_b"]].groupby("wave")[["n", "y", "w"]].sum()
    if not {later, earlier} <= set(own.index) or own["n"].min() < max(2, journey.minimum_base):
        return None
    strata = two_waves(sums, later, earlier)
    bases = [int(own.loc[one, "n"]) for one in (earlier, later)]
    gap = question.shown(design_difference(strata, bases[1], bases[0], lonely=groups.lonely(strata)))
    levels: list[float | None] = [question.level(own.loc[one, "y"] / own.loc[one, "w"]) for one in (earlier, later)]
    return _row(question.measure, step, levels, gap, *bases)


def _row(
    measure: str, step: str | None, levels: list[float | None], gap: Difference, before: int, then: int
) -> dict[str, Any]:
    return {
        "measure": measure, "step": step, "before": levels[0], "now": levels[1], "value": gap.value, "low": gap.low,
        "high": gap.high, "n": min(before, then), "n before": before, "n then": then, "p": gap.p, "se": gap.se,
    }  # fmt: skip


def named(measure: str) -> str:
    """A score as it is called."""
    return WORDS.get(measure, measure)


def told(row: Mapping[str, Any]) -> str:
    """A change in words: "fell by 8 (−14 to −2)", or that it is no more than chance."""
    digits = 0 if row["measure"] in ("nps", "csat", *FELT) else 2
    if row["value"] is None or row["value"] != row["value"]:
        return "cannot be told"
    ends = ""
    if row["low"] is not None and row["low"] == row["low"]:
        ends = f" ({groups.signed(row['low'], digits)} to {groups.signed(row['high'], digits)})"
    if not row["moved"]:
        return f"no change beyond chance: {groups.signed(row['value'], digits)}{ends}"
    way = f"{'rose' if row['value'] > 0 else 'fell'} by {abs(row['value']):.{digits}f}{ends}"
    return way + (f"; {row['asked otherwise']} changed: the asking may explain it" if row["asked otherwise"] else "")
