"""How much does the overall outcome move with what people say of a step? From answers side by side.

Knows the journey and its cases; the sums are of whole responses. Association in the answers of the same people, no effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from workbench.cases import Question, cases, named
from workbench.engine import rows
from workbench.faults import DataFault
from workbench.journey import JourneyFrame, _scored
from workbench.steps.measure.ratings import PROMOTERS

OUTCOMES = ("nps", "csat", "emotion", "trust")
RATINGS = ("csat", "emotion", "trust", "ces", "nps")


class Importance(NamedTuple):
    """By step, how far the outcome moves with one standard deviation of the step's rating, its error, its base; and why not."""

    value: np.ndarray
    se: np.ndarray
    n: np.ndarray
    outcome: str
    rating: str
    why: str


def step_importance(journey: JourneyFrame, steps: Sequence[str], minimum: int) -> Importance:
    """How far the overall outcome (of the whole journey) moves with one standard deviation of each step's rating.

    r × the outcome's standard deviation, both weighted, among the responses that hold both; an NPS in points, others on
    their own scale. Its error is that of a slope with Kish's effective base. Blank for steps with fewer than the minimum
    base of responses; `why` says in words what is not known.
    """
    blank = np.full(len(steps), np.nan)
    whole = journey.asked_of_whole()
    outcome = next((one for one in OUTCOMES if one in whole), None)
    if outcome is None:
        return Importance(blank, blank, blank, "", "", "no outcome of the whole journey was asked")
    table = journey.measures.to_frame()
    table = table[(table["kind"] == "answer") & table["step"].isin(list(steps))]
    asked = {one: list(table.loc[table["measure"] == one, "step"].unique()) for one in RATINGS if one != outcome}
    rating = next((one for one, at in asked.items() if len(at) > 1), outcome)
    there = set(table.loc[table["measure"] == rating, "step"])
    if len(there) < 2:
        return Importance(blank, blank, blank, outcome, "", "no rating of the steps beside the overall outcome")
    first = Question(outcome, None)
    questions = {
        named(journey, one): one for one in [first, *(Question(rating, step) for step in steps if step in there)]
    }
    try:
        side = cases(journey, questions)
    except DataFault as problem:
        return Importance(blank, blank, blank, outcome, rating, problem.faults[0].found)
    names = {one.step: name for name, one in questions.items()}
    sums = _sums(side.table, names, outcome == "nps", [step for step in steps if step in there])
    value, se, n = blank.copy(), blank.copy(), blank.copy()
    for place, step in enumerate(steps):
        if step in there:
            flipped = side.scales[names[step]][2] != side.scales[names[None]][2]
            value[place], se[place], n[place] = _slope(sums[step], flipped, minimum)
    why = "" if np.isfinite(value).any() else "too few gave both an overall answer and one of a step"
    unknown = [step for step, one in zip(steps, value, strict=True) if not np.isfinite(one)]
    if not why and unknown:
        names_of = journey.step_names or {}
        why = f"not known at {', '.join(names_of.get(step, step) for step in unknown)}"
    return Importance(value, se, n, outcome, rating, why)


def _sums(table: nw.LazyFrame, names: dict[str | None, str], scored: bool, steps: Sequence[str]) -> dict[str, Any]:
    """Sums over the responses with both answers, by step: n, w, ww, x, y, xx, yy, xy."""
    y: Any = nw.col("outcome")
    there = table.with_columns(nw.col(names[None]).alias("value"))
    there = there.with_columns((_scored(PROMOTERS) if scored else nw.col("value")).alias("outcome"))
    there = there.filter(~nw.col("value").is_null())
    told = []
    for place, step in enumerate(steps):
        x: Any = nw.col(names[step])
        w = nw.when(~x.is_null()).then(nw.col("weight"))
        parts = {"n": (~x.is_null()).cast(nw.Int64), "w": w, "ww": w * w, "x": w * x, "y": w * y}
        parts |= {"xx": w * x * x, "yy": w * y * y, "xy": w * x * y}
        told += [one.sum().alias(f"{name}{place}") for name, one in parts.items()]
    row = rows(there.select(*told)).iloc[0]
    keys = ("n", "w", "ww", "x", "y", "xx", "yy", "xy")
    return {step: {key: float(row[f"{key}{place}"] or 0.0) for key in keys} for place, step in enumerate(steps)}


def _slope(one: dict[str, float], flipped: bool, minimum: int) -> tuple[float, float, float]:
    """What a standard deviation of x is worth in y, at least nothing; its error; its base."""
    nothing = (np.nan, np.nan, one["n"])
    if one["n"] < max(minimum, 4) or one["w"] <= 0:
        return nothing
    mean_x, mean_y = one["x"] / one["w"], one["y"] / one["w"]
    var_x, var_y = one["xx"] / one["w"] - mean_x**2, one["yy"] / one["w"] - mean_y**2
    if var_x <= 1e-12 * max(1.0, mean_x**2) or var_y <= 1e-12 * max(1.0, mean_y**2):
        return nothing
    r = float(np.clip((one["xy"] / one["w"] - mean_x * mean_y) / np.sqrt(var_x * var_y), -1, 1))
    worth = one["w"] ** 2 / one["ww"]
    error = np.sqrt(var_y * (1 - r**2) / max(worth - 2, 1.0))
    return float(np.round(max(0.0, (-r if flipped else r) * np.sqrt(var_y)), 10)), float(np.round(error, 10)), one["n"]
