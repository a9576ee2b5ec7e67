"""Reactive points: where the map's broken commitments predict trouble, beside where trouble is seen.

Seen is a step with more complaints than the mean of the steps, or more people who come back to it, beyond chance.
Looks back at the map and at the records; writes nothing.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.engine import is_move, rows
from workbench.inference.intervals import share_interval
from workbench.journey import JourneyFrame
from workbench.steps.map import JourneyMap
from workbench.steps.map.coordination import reactive_points
from workbench.steps.measure.withheld import MET, MOVED, Withheld

RULE = (
    "a reactive point is predicted where a commitment is broken, left out or never closed; it is seen where the complaints per "
    "1,000 customers, or the share of people with contacts who come back to the step, lie above the mean of all steps beyond "
    "their 95 % interval"
)


def at_each(
    journey: JourneyFrame, drawn: JourneyMap, complaints: pd.DataFrame | None, hidden: Withheld | None = None
) -> dict[str, dict[str, Any]]:
    """By step: `predicted` (the reasons), `complaints` and `returns` against the mean of the steps, `verdict`, `words`.

    `complaints` is the table of the complaint rate by step, None where there are no complaints; `hidden`
    the steps whose figures stay hidden. Verdicts: "predicted and
    seen", "predicted, not seen", "seen, not predicted", "predicted, not measured", or "" where there is nothing to say.
    """
    why: dict[str, list[str]] = {}
    for point in reactive_points(drawn):
        why.setdefault(point.step, []).append(point.why)
    few = hidden or {}
    rates = _beyond(complaints, journey.minimum_base, few.get(MET, frozenset()))
    back = _beyond(returns(journey), journey.minimum_base, few.get(MOVED, frozenset()))
    found = {}
    for step in drawn.steps:
        here = {"complaints": rates.get(step.id), "returns": back.get(step.id)}
        measured = [one for one in here.values() if one is not None]
        predicted, seen = why.get(step.id, []), any(one["beyond"] for one in measured)
        verdict = {
            (True, True): "predicted and seen",
            (True, False): "predicted, not seen" if measured else "predicted, not measured",
            (False, True): "seen, not predicted",
        }.get((bool(predicted), seen), "")
        told = [_complained(here["complaints"]), _came_back(here["returns"])]
        words = "; ".join([verdict, *predicted, *(one for one in told if one)]) if verdict else ""
        found[step.id] = {"predicted": predicted, **here, "verdict": verdict, "words": words}
    return found


def returns(journey: JourneyFrame) -> pd.DataFrame | None:
    """One row a step: of the people met there (contacts and complaints), the share that came back, in per cent (Wilson).

    To come back is to be met at the step again after having been met elsewhere. None where there is no contact log.
    """
    if "event" not in journey.distinct("kind"):
        return None
    moves = journey.adjoined().records.lazy.filter(is_move())
    step, after = nw.col("step").fill_null(""), nw.col("next_step")
    came = nw.concat(
        [
            moves.filter(nw.col("nth") == 1, ~nw.col("step").is_null()).select("person", "step"),
            moves.filter(~after.is_null(), after != step).select("person", after.alias("step")),
        ]
    )
    visits = came.group_by("person", "step").agg(nw.len().alias("visits"))
    many = (nw.col("visits") > 1).cast(nw.Int64).sum().alias("again")
    found = rows(visits.group_by("step").agg(nw.len().alias("n"), many)).sort_values("step", ignore_index=True)
    if journey.step_order:
        found = found[found["step"].isin(journey.step_order)].reset_index(drop=True)
    shares = [share_interval(float(a), float(n)) for a, n in zip(found["again"], found["n"], strict=True)]
    for name in ("value", "low", "high"):
        found[name] = [None if getattr(one, name) is None else 100 * getattr(one, name) for one in shares]
    return found


def _beyond(table: pd.DataFrame | None, minimum: int, few: frozenset[str]) -> dict[str, dict[str, Any]]:
    """What may be shown of a table by step, with the mean of the steps, and whether a step lies above it beyond chance."""
    if table is None or table.empty:
        return {}
    known = table[table["step"].notna()]
    shown = privacy.hide_small(known, ("step",), minimum)
    shown = shown[~shown["step"].isin(few)]
    shown = shown[shown["value"].notna() & shown["low"].notna()] if len(shown) else shown
    if shown.empty:
        return {}
    mean = float((shown["value"] * shown["n"]).sum() / shown["n"].sum())
    columns = ["value", "low", "high", "n"]
    return {
        row["step"]: {key: float(row[key]) for key in columns}
        | {"n": int(row["n"]), "mean": mean, "beyond": bool(len(shown) > 1 and row["low"] > mean)}
        for row in shown.to_dict("records")
    }


def _complained(one: dict[str, Any] | None) -> str:
    return "" if one is None else f"{_say(one)} complaints per 1,000, mean of the steps {_few(one['mean'])}"


def _came_back(one: dict[str, Any] | None) -> str:
    return "" if one is None else f"{_say(one, ' %')} come back, mean of the steps {_few(one['mean'])} %"


def _say(one: dict[str, Any], unit: str = "") -> str:
    return f"{_few(one['value'])}{unit} ({_few(one['low'])} to {_few(one['high'])})"


def _few(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == 0 else f"{value:.1f}"
