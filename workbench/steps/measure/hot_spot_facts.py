"""What the rule of hot spots knows of each step: how it does, its complaints, its reach and its importance.

Each with its interval, of steps of enough people alone; what is not known is said. Knows the journey, not the map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from workbench.journey import JourneyFrame
from workbench.steps.measure import groups
from workbench.steps.measure.complaints import complaint_rate
from workbench.steps.measure.ratings import csat, emotion_curve, nps
from workbench.steps.measure.step_importance import step_importance
from workbench.steps.measure.surprises import has


@dataclass(frozen=True)
class Performance:
    """What a step's performance is read from: its table by step, how it is called, its range and neutral point."""

    table: pd.DataFrame
    name: str
    unit: str
    range: tuple[float, float]
    base: str = ""
    figure: str = ""
    rate: bool = False


@dataclass
class Facts:
    """What the rule knows of each step, in order; blanks where it is not known."""

    steps: list[str]
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: np.ndarray
    complaints: np.ndarray
    complaints_se: np.ndarray
    rate_mean: float  # complaints per 1,000 at all steps, each as heavy as its customers
    reach: np.ndarray
    people: float
    importance: np.ndarray
    importance_se: np.ndarray
    importance_n: np.ndarray
    complaints_ends: tuple[np.ndarray, np.ndarray]  # their intervals
    missing: list[str] = field(default_factory=list)


def performance_of(journey: JourneyFrame, minimum: int) -> Performance | None:
    """The score that tells how a step does: the recommendation, else emotion, else satisfaction; asked at several steps."""
    asks: list[tuple[str, Any, str, tuple[float, float]]] = [
        ("nps", nps, "NPS points", (-100, 100)),
        ("emotion", emotion_curve, "emotion", (-100, 100)),
        ("csat", csat, "% satisfied", (0, 100)),
    ]
    for name, ask, unit, ends in asks:
        if not has(journey, name):
            continue
        found = ask(journey, "step", minimum)
        table = groups.shown(journey, found.table, ("step",), minimum)
        table = table[table["step"].notna() & table["low"].notna() & table["high"].notna()] if len(table) else table
        if len(table) > 1:
            word = {"nps": "NPS", "csat": "share satisfied"}.get(name, name)
            return Performance(table, word, unit, ends, journey.at_any_step().base(name), found.method)
    return None


def emotion_of(journey: JourneyFrame, minimum: int) -> dict[str, dict[str, Any]]:
    if not has(journey, "emotion"):
        return {}
    table = groups.shown(journey, emotion_curve(journey, "step", minimum).table, ("step",), minimum)
    return {row["step"]: row for row in table.to_dict("records") if isinstance(row["step"], str)}


def complaints_of(journey: JourneyFrame, minimum: int) -> pd.DataFrame | None:
    if not has(journey, "complaint"):
        return None
    table = groups.shown(journey, complaint_rate(journey, "step", minimum).table, ("step",), minimum)
    table = table[table["step"].notna()] if len(table) else table
    return table if len(table) > 1 else None


def complaints_alone(rates: pd.DataFrame | None) -> Performance:
    """Complaints alone: there is no score to show."""
    table = pd.DataFrame() if rates is None else rates
    total = int(table["complaints"].sum()) if len(table) else 0
    return Performance(
        table, "complaints", "complaints per 1,000 customers", (0, 1000), f"{total:,} complaints", rate=True
    )


def facts_of(
    journey: JourneyFrame, performance: Performance | None, rates: pd.DataFrame | None, minimum: int,
    left: Performance | None = None,
) -> Facts:  # fmt: skip
    """All that the rule knows of each step; `left` is a score that was asked and is left out."""
    scored = None if performance is None else performance.table.set_index("step")
    rated = None if rates is None else rates.set_index("step")
    there = list(scored.index) if scored is not None else list(rated.index) if rated is not None else []
    steps = [step for step in journey.in_order("step", there) if isinstance(step, str)]
    shown = scored if scored is not None else rated
    columns = (
        {one: shown[one].reindex(steps).to_numpy(float) for one in ("value", "low", "high", "n")}
        if shown is not None
        else {}
    )
    blank = np.full(len(steps), np.nan)
    missing = []
    complaints, complaints_se, rate_mean, ends = blank, blank, 0.0, [blank, blank]
    if rated is not None:
        complaints = rated["value"].reindex(steps).to_numpy(float)
        rate_mean = float((rated["value"] * rated["n"]).sum() / rated["n"].sum())
        ends = [rated[one].reindex(steps).to_numpy(float) for one in ("low", "high")]
        complaints_se = (ends[1] - ends[0]) / (2 * 1.96)
    else:
        missing.append("complaints (none at the steps)")
    if performance is None:
        missing.append(
            f"performance ({left.name}, of weight 0)"
            if left
            else "performance (no score was asked at two steps or more)"
        )
    if performance is not None and rated is not None:
        names = journey.step_names or {}
        loud = [
            names.get(step, step) for step in rated.index if step not in steps and rated.at[step, "low"] > rate_mean
        ]
        if loud:
            missing.append(f"{performance.name} at {', '.join(loud)}, where complaints lie above the mean of the steps")
    reach, people = reach_of(journey, steps, minimum)
    importance = step_importance(journey, steps, minimum)
    if importance.why:
        missing.append(f"importance ({importance.why})")
    return Facts(
        steps, columns["value"], columns["low"], columns["high"], columns["n"], complaints, complaints_se, rate_mean, reach,
        people,
        importance.value, importance.se, importance.n, (ends[0], ends[1]), missing,
    )  # fmt: skip


def reach_of(journey: JourneyFrame, steps: Sequence[str], minimum: int) -> tuple[np.ndarray, float]:
    """Of all people seen at some step, the share seen at each: in the log, by an answer or by a complaint."""
    at = journey.observed().at_any_step()
    counted = at.count(by="step").set_index("step")["people"]
    everybody = float(at.count()["people"].iloc[0])
    here = counted.reindex(steps).to_numpy(float)
    return np.where(here >= minimum, here / max(everybody, 1.0), np.nan), everybody
