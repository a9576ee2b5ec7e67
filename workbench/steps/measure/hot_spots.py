"""Hot spots proposed by rule: where the relationship is won or lost, as far as the data tell, with how sure that is.

Severity, importance and reach of each step, drawn again with their uncertainty; pain (put right) and gain (delight) told
apart; the team's own choice beside. Looks back at the map and at the measures; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.choice import p_top_k, seeded
from workbench.journey import JourneyFrame
from workbench.steps.map import JourneyMap
from workbench.steps.measure import groups
from workbench.steps.measure.hot_spot_facts import (
    Facts,
    Performance,
    complaints_alone,
    complaints_of,
    emotion_of,
    facts_of,
    performance_of,
)
from workbench.steps.measure.hot_spot_words import method, sentence, why

PARTS = ("performance", "complaints", "importance", "reach")
SPOTS = (
    *("step", "value", "low", "high", "n", "emotion", "complaints per 1,000", "reach %", "importance"),
    *("priority", "in the first %", "declared", "found", "proposed", "agreement", "why"),
)
SEED, DRAWS = 20, 2000
MOST = 4  # hot spots that a journey has
HALF = 50.0  # per cent of the draws in which a step that stands out is among the first


def hot_spots(
    journey: JourneyFrame,
    drawn: JourneyMap,
    minimum_base: int | None = None,
    weights: Mapping[str, float] | None = None,
    most: int = MOST,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Finding:
    """Moments of truth: the three or four steps that the data propose, beside those that the team marked.

    Priority is severity × importance × reach, in per cent of what it could be. Severity of pain: how far the step lies
    under the mean of all steps and how far its complaints lie above theirs, each as a part of the largest, their mean;
    of gain: how far it lies above the mean. Importance: how much the overall outcome moves with the step's rating (see
    `step_importance`); reach: the share of all people who are seen at the step. `weights` ({"performance": 1, "complaints":
    1, "importance": 1, "reach": 1}) weigh the two parts of severity, and are exponents of the other two; 0 leaves a part
    out. Every part is drawn again `draws` times within its interval (`seed`), and a step stands out (`proposed`) where it
    is among the first `most` in at least half of the draws and lies on its side of the mean beyond chance.

    `found` is pain where the score lies under the mean of the steps beyond its interval and zero emotion is above its
    interval, gain the other way round. Steps of fewer than the minimum base take no part. Raises DataFault for weights
    that are none.
    """
    weighed = _weights(weights)
    for name, many in (("most", most), ("draws", draws)):
        if isinstance(many, bool) or not isinstance(many, int) or many < 1:
            raise DataFault(Fault(column=name, found=str(many), expected="a whole number of 1 or more"))
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    performance = performance_of(journey, minimum)
    emotion = emotion_of(journey, minimum)
    rates = complaints_of(journey, minimum)
    if performance is None and rates is None:
        return _nothing(journey, drawn, minimum_base)
    alone = performance is None or weighed["performance"] == 0
    if alone and (rates is None or weighed["complaints"] == 0):
        mend = "weigh what was asked, or what was complained of"
        expected = "a weight for performance or complaints"
        raise DataFault(Fault(column="weights", found="0 for all that was measured", expected=expected, mend=mend))
    left, performance = (performance, None) if alone else (None, performance)
    facts = facts_of(journey, performance, rates, minimum, left)
    priority, side, share = _ranked(facts, performance, weighed, most, draws, seed)
    declared = {step.id: step.hot_spot for step in drawn.steps}
    middle = _mean(facts) if performance is not None else 0.0
    rate_mean = facts.rate_mean
    rows = []
    shown = performance or complaints_alone(rates)
    for place, step in enumerate(facts.steps):
        felt = emotion.get(step)
        found = _found(facts, place, middle, rate_mean, felt, performance is not None)
        stands = share[place] >= HALF and bool(found) and found == side[place]
        one = {
            "step": step,
            "value": facts.value[place],
            "low": facts.low[place],
            "high": facts.high[place],
            "n": int(facts.n[place]),
            "emotion": None if felt is None else felt["value"],
            "complaints per 1,000": _known(facts.complaints[place]),
            "reach %": _known(100 * facts.reach[place]),
            "importance": _known(facts.importance[place]),
            "priority": _known(priority[place]),
            "in the first %": _known(share[place]),
            "declared": declared.get(step, "") or "",
            "found": found,
            "proposed": found if stands else "",
        }
        one["agreement"] = _agreement(one["declared"], one["proposed"])
        one["why"] = why(one, facts, place, shown, middle, weighed, most)
        rows.append(one)
    table = groups.rounded(pd.DataFrame(rows, columns=SPOTS))
    picture: dict[str, Any] = {
        "kind": "intervals",
        "unit": shown.unit,
        "range": list(shown.range),
        "reference": middle if performance is not None else rate_mean,
    }
    if shown.rate:
        picture.pop("range")
    return groups.finding(
        journey,
        "hot_spots",
        table,
        ("step",),
        sentence(journey, table, minimum_base, most, len(facts.steps)),
        shown.base,
        method(facts, shown, weighed, most, draws, seed),
        minimum_base,
        picture,
        "Hot spots",
    )


def _weights(given: Mapping[str, float] | None) -> dict[str, float]:
    found = dict.fromkeys(PARTS, 1.0)
    faults = []
    if given is not None and not isinstance(given, Mapping):
        raise DataFault(
            Fault(column="weights", found=str(given), expected='parts with their weights, as in {"reach": 0}')
        )
    for name, weight in (given or {}).items():
        if name not in PARTS:
            faults.append(unknown("part of the rule", name, PARTS, column="weights"))
        elif isinstance(weight, bool) or not (isinstance(weight, int | float) and 0 <= weight < float("inf")):
            faults.append(Fault(column=f"weights: {name}", found=str(weight), expected="a number of 0 or more"))
        else:
            found[name] = float(weight)
    if not faults and found["performance"] + found["complaints"] <= 0:
        faults.append(
            Fault(column="weights", found="performance and complaints both 0", expected="one of them above 0")
        )
    if faults:
        raise DataFault(faults)
    return found


def _mean(facts: Facts) -> float:
    """The mean of the steps, each as heavy as its answers."""
    return float((facts.value * facts.n).sum() / facts.n.sum()) if len(facts.steps) else 0.0


def _ranked(
    facts: Facts, performance: Performance | None, weights: Mapping[str, float], most: int, draws: int, seed: int
) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Each step's priority (0 to 100), its side, and in what share of the draws it is among the first `most`."""
    rng = seeded(seed)
    size = (draws, len(facts.steps))

    def drawn(middle: np.ndarray, se: np.ndarray, low: float, high: float) -> np.ndarray:
        again = rng.normal(size=size) * np.nan_to_num(se) + middle
        return np.vstack([middle, np.clip(again, low, high)])

    se = (facts.high - facts.low) / (2 * 1.96)
    if performance is not None:
        score = drawn(facts.value, se, *performance.range)
        gap = score - (score * facts.n).sum(axis=1, keepdims=True) / facts.n.sum()
    else:
        gap = np.zeros((draws + 1, len(facts.steps)))
    rate = np.nan_to_num(drawn(facts.complaints, facts.complaints_se, 0.0, np.inf))
    excess = np.maximum(rate - facts.rate_mean, 0.0)
    reach_se = np.sqrt(np.nan_to_num(facts.reach * (1 - facts.reach)) / max(facts.people, 1.0))
    reach = drawn(facts.reach, reach_se, 0.0, 1.0)
    importance = _parts(drawn(facts.importance, facts.importance_se, 0.0, np.inf))
    pain = _severity(np.maximum(-gap, 0), gap, excess, weights)
    gain = np.maximum(gap, 0) / _largest(np.abs(gap))
    if weights["performance"] == 0 or performance is None:
        gain = np.zeros_like(gain)
    worth = np.where(np.isfinite(importance), importance, 1.0) ** weights["importance"]
    worth = worth * np.where(np.isfinite(reach), reach, 1.0) ** weights["reach"]
    total = 100 * np.maximum(pain, gain) * worth
    side = [
        "" if total[0, place] <= 0 else "pain" if pain[0, place] >= gain[0, place] else "gain"
        for place in range(size[1])
    ]
    share = 100 * p_top_k(total[1:], min(most, size[1])) if size[1] else np.zeros(0)
    return total[0], side, share


def _severity(below: np.ndarray, gap: np.ndarray, excess: np.ndarray, weights: Mapping[str, float]) -> np.ndarray:
    """How bad a step is, 0 to 1: how far under the mean, and how many complaints beyond theirs, as parts of the largest."""
    parts, heavy = np.zeros_like(below), 0.0
    for name, one, largest in (("performance", below, np.abs(gap)), ("complaints", excess, excess)):
        if (largest > 0).any():
            parts = parts + weights[name] * one / _largest(largest)
            heavy += weights[name]
    # a step that does better than most is no pain for its complaints alone, unless nothing else is known
    return np.where((below > 0) | (np.abs(gap) == 0), parts / heavy if heavy else 0.0, 0.0)


def _parts(values: np.ndarray) -> np.ndarray:
    """Values as parts of the largest of their row; what is not known counts as the mean of what is."""
    if not np.isfinite(values).any():
        return np.ones_like(values)
    filled = np.where(np.isfinite(values), values, np.nanmean(values, axis=1, keepdims=True))
    return filled / _largest(filled)


def _largest(values: np.ndarray) -> np.ndarray:
    top = values.max(axis=1, keepdims=True)
    return np.where(top > 0, top, 1.0)


def _found(
    facts: Facts, place: int, middle: float, rate_mean: float, felt: Mapping[str, Any] | None, scored: bool
) -> str:
    """Pain or gain beyond chance, or neither."""
    if not scored:
        return "pain" if facts.low[place] > rate_mean else ""
    cold, warm = felt is None or felt["high"] is None, felt is None or felt["low"] is None
    if facts.high[place] < middle and (cold or felt is None or felt["high"] < 0):
        return "pain"
    if facts.low[place] > middle and (warm or felt is None or felt["low"] > 0):
        return "gain"
    return ""


def _agreement(declared: str, proposed: str) -> str:
    if declared and proposed:
        return "team and data" if declared == proposed else "team and data, on other sides"
    return "team alone" if declared else "data alone" if proposed else ""


def _known(value: float) -> float | None:
    return None if value != value else float(value)


def _nothing(journey: JourneyFrame, drawn: JourneyMap, minimum_base: int | None) -> Finding:
    """Nothing was measured at the steps: said so, with an empty table."""
    whole = journey.asked_of_whole() & {"nps", "csat", "emotion"}
    by_step = journey.measures.to_frame()
    there = by_step["step"].isin(list(journey.step_order)) if journey.step_order else by_step["step"].notna()
    asked = there & by_step["measure"].isin(["nps", "csat", "emotion"])
    if asked.any() and by_step.loc[asked, "step"].nunique() < 2:
        told = "One step alone was asked about: there is none to lay it beside, and no hot spot can be proposed."
    elif asked.any():
        told = "No step is large enough to lay the team's hot spots beside the data."
    elif whole:
        word = "NPS" if "nps" in whole else min(whole)
        told = f"The {word} was asked of the whole journey alone: there is no step to lay the team's hot spots beside."
    else:
        told = "Nothing was asked or complained of at two steps or more: no hot spot can be proposed."
    marked = len(drawn.hot_spots)
    told += f" The team marked {marked}." if marked else ""
    return groups.finding(
        journey, "hot_spots", pd.DataFrame(columns=SPOTS), ("step",), told, "no score or complaint at the steps",
        "severity × importance × reach of each step: none could be worked out; hot spots declared by the team in map.yaml",
        minimum_base, {"kind": "intervals", "unit": "NPS points", "range": [-100, 100], "reference": 0.0}, "Hot spots",
    )  # fmt: skip
