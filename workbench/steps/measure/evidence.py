"""Evidence beside the map: what is known of each step, how good it is, and all of it as plain values for a drawing.

Looks back at the map and at the measures; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from workbench import privacy
from workbench.finding import Finding
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.steps.map import JourneyMap, Promise
from workbench.steps.measure import grades, groups, quotes_at_steps, reactive, waves
from workbench.steps.measure.at_steps import AtSteps, at_steps
from workbench.steps.measure.complaints import complaint_rate
from workbench.steps.measure.grades import Seen
from workbench.steps.measure.hot_spots import SPOTS, hot_spots
from workbench.steps.measure.surprises import LANES, gaps, has, surprises
from workbench.steps.measure.withheld import MET, Withheld, withheld

__all__ = ["LANES", "SPOTS", "Seen", "at_steps", "graded", "has", "hot_spots", "known", "seen", "surprises", "view"]

JUDGED = "claims judged"
DONE = "what was done"
SATISFIED = "satisfied, 95 % interval"
TREND = (
    "trends: the last wave less the first, with a 95 % interval in which people of both waves are counted once; beyond chance "
    "where p, corrected over the steps (Holm), is under 5 %; none where a wave has fewer answers than the minimum base"
)


Where = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """What is known of a map's steps, in one pass over the answers: `at` holds the sums, `seen` what may be shown."""

    journey: JourneyFrame  # the records of the group
    at: AtSteps
    seen: dict[str, Seen]
    complaints: pd.DataFrame | None
    hidden: Withheld


def graded(found: Finding, grades: Mapping[str, str]) -> Finding:
    """A finding by step with the grade of what is known of each step."""
    return replace(
        found, table=found.table.assign(evidence=[grades.get(one, "assumed") for one in found.table["step"]])
    )


def seen(journey: JourneyFrame, drawn: JourneyMap, where: Where | None = None) -> dict[str, Seen]:
    """What is known of every step of the map, of a group (`where`) or of everybody, with groups too small hidden."""
    return known(journey, drawn, where).seen


def known(journey: JourneyFrame, drawn: JourneyMap, where: Where | None = None) -> Known:
    """What is known of every step of the map, of a group (`where`) or of everybody, and the sums that it comes from."""
    hidden = withheld(journey, where)
    journey = journey.where(**where) if where else journey
    at = at_steps(journey)
    tables = {measure: at.table(measure) for measure in at.measures()}
    shown = {measure: _shown(journey, table, hidden.get(measure)) for measure, table in tables.items()}
    for (measure, step), question in at.questions.items():
        if measure == "ces" and step in shown[measure]:
            shown[measure][step] |= {"range": [question.low, question.high], "reversed": question.flipped}
    kinds = set(journey.distinct("kind"))
    # complaints carry no wave: of the records of one wave nothing is known of them
    counted_here = has(journey, "complaint") and ("complaint" in kinds or journey.whole)
    complaints = complaint_rate(journey, "step").table if counted_here else None
    complained = {} if complaints is None else _shown(journey, complaints, hidden.get(MET))
    quoted, tone = quotes_at_steps.spoken(journey) if "quote" in kinds else ({}, {})
    beyond = _beyond(journey, drawn, tables)
    beyond = {(lane, step): gap for (lane, step), gap in beyond.items() if "value" in shown[lane].get(step, {})}
    figures = {
        step.id: {
            measure: shown.get(measure, {}).get(step.id) for measure in ("emotion", "nps", "csat", "trust", "ces")
        }
        for step in drawn.steps
    }
    told = {
        step: Seen(
            one["emotion"], one["nps"], one["csat"], complained.get(step), quoted.get(step, 0), tone.get(step),
            beyond.get(("emotion", step)), one["trust"], one["ces"], beyond.get(("trust", step)),
        )
        for step, one in figures.items()
    }  # fmt: skip
    return Known(journey, at, told, complaints, hidden)


def _beyond(
    journey: JourneyFrame, drawn: JourneyMap, tables: Mapping[str, pd.DataFrame]
) -> dict[tuple[str, str], float]:
    """By lane and step, how far what was measured lies from what was assumed, where that surprises."""
    felt = {lane: tables[lane] for lane in LANES if lane in tables}
    if not felt:
        return {}
    table = gaps(felt, drawn)
    found: dict[tuple[str, str], float] = {}
    for lane in felt:
        seen_here = groups.shown(journey, table[table["lane"] == lane], ("step",), None)
        found |= {(lane, row["step"]): float(row["value"]) for _, row in seen_here.iterrows() if row["surprise"]}
    return found


def _shown(journey: JourneyFrame, table: pd.DataFrame, hidden: frozenset[str] | None) -> dict[str, dict[str, Any]]:
    """A table by step as plain figures, or that they are hidden."""
    told: dict[str, dict[str, Any]] = {}
    for row in privacy.hide_small(table, ("step",), journey.minimum_base).to_dict("records"):
        if row["step"] is None:
            continue
        if row.get(privacy.HIDDEN) or row["step"] in (hidden or ()):
            told[row["step"]] = {"hidden": True}
        elif row["value"] == row["value"] and row["value"] is not None:
            told[row["step"]] = {
                key: (None if row[key] != row[key] else row[key])
                for key in ("value", "low", "high", "n", "complaints")
                if key in row
            }
    return told


def trends(at: AtSteps, seen: Mapping[str, Seen]) -> dict[tuple[str, str], dict[str, Any]]:
    """By measure and step the change from the first wave to the last: see TREND. Empty without two waves."""
    least = max(1, at.journey.minimum_base)
    shown = {key: step for key, step in _figures(seen).items() if step and not step.get("hidden")}
    broken = _broken(at) if len(at.parts) > 1 else {}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for measure in at.measures():
        steps, changes = [], []
        for step in (step for of, step in shown if of == measure):
            bases = at.bases(measure, step)
            if len(bases) < 2 or min(bases.values()) < least:
                continue
            first, last = next(iter(bases)), list(bases)[-1]
            steps.append((step, first, last, bases))
            changes.append(at.difference(measure, step, last, first))
        corrected = holm([one.p for one in changes])
        for (step, first, last, bases), change, p in zip(steps, changes, corrected, strict=True):
            if change.value is None:
                continue
            asked = broken.get((measure, step), [])
            sure = p is not None and p < 0.05
            found[measure, step] = {
                "value": change.value, "low": change.low, "high": change.high, "p": change.p, "p corrected": p,
                "since": first, "wave": last, "n before": bases[first], "n then": bases[last], "beyond": sure,
                "way": ("up" if change.value > 0 else "down") if sure else "steady",
                "words": _changed(measure, change.value, change.low, change.high, first, sure, asked),
            }  # fmt: skip
    return found


def _figures(seen: Mapping[str, Seen]) -> dict[tuple[str, str], Mapping[str, Any] | None]:
    named = {"emotion": "emotion", "trust": "trust", "nps": "nps", "csat": "satisfied", "ces": "effort"}
    return {(measure, step): getattr(one, name) for step, one in seen.items() for measure, name in named.items()}


def _broken(at: AtSteps) -> dict[tuple[str, str], list[str]]:
    """What changed in the asking of a measure at a step, in words, wave to wave."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in waves.breaks(at.journey):
        if one.step is not None:
            found.setdefault((one.measure, one.step), []).append(one.what)
    return found


def _changed(
    measure: str, value: float, low: float | None, high: float | None, since: str, sure: bool, asked: Sequence[str]
) -> str:
    """A trend in words: "up 8 (2 to 14) since 2025-03"."""
    digits = 2 if measure == "ces" else 0
    ends = "" if low is None or high is None else f" ({groups.signed(low, digits)} to {groups.signed(high, digits)})"
    way = (
        f"{'up' if value > 0 else 'down'} {abs(value):.{digits}f}"
        if sure
        else f"no change beyond chance: {groups.signed(value, digits)}"
    )
    told = f"{way}{ends} since {since}"
    return told + (f"; {' and '.join(dict.fromkeys(asked))} changed in between" if asked else "")


def gap(promise: Promise) -> str:
    """What became of a promise, in words: whether it was kept, and what was delivered."""
    word = {"kept": "kept", "late": "kept late", "broken": "broken"}.get(promise.kept, "not judged")
    if promise.delivered:
        return f"{word}: {promise.delivered}"
    return f"{word}: what was delivered instead is not written down" if promise.kept in ("late", "broken") else word


def base(journey: JourneyFrame, where: Where | None = None) -> str:
    """The records that a map rests on, in words; of a group (`where`) of too few people no more than that they are few."""
    if not where:
        return journey.base()
    kept = journey.where(**where)
    people = int(kept.count()["people"].iloc[0])
    return kept.base() if people >= journey.minimum_base else f"{groups.few(people, journey.minimum_base)} people"


def _percent(found: Mapping[str, Any] | None) -> str:
    """A share with its interval and base, in a cell of the map."""
    if not found:
        return ""
    if found.get("hidden"):
        return "hidden"
    limits = "" if found["low"] is None else f" ({found['low']:.0f} to {found['high']:.0f})"
    return f"{found['value']:.0f} %{limits} n\u00a0{int(found['n']):,}"


def view(
    journey: JourneyFrame,
    drawn: JourneyMap,
    title: str,
    subtitle: str,
    headlines: list[dict[str, str]],
    verdicts: Mapping[str, Sequence[str]] | None = None,
    where: Where | None = None,
    done: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """The map with its evidence, as plain values for a drawing: what the team drew, what was measured, what surprises.

    `where` keeps a group of people; what of it would tell of a few, or of a few others by subtraction, is hidden.
    By step: the scores (`emotion`, `trust`, `nps`, `csat`, `ces`) and `complaints` as value, low, high, n and, over waves,
    `trend`, or hidden; `surprise` and `surprise_trust`; `reactive` (acts left out) and `observed` (what was predicted and
    what is seen); `quotes` and `themes` of complaints; `promise` with its `gap`; `done`, what was done and what came of it;
    `evidence` with its `reason`, and the
    grade of single cells in `cells`. `rules` says how each was chosen.
    """
    found, verdicts, done = known(journey, drawn, where), verdicts or {}, done or {}
    journey, few = found.journey, found.hidden.get(MET, frozenset())
    moved = trends(found.at, found.seen)
    reacted = reactive.at_each(journey, drawn, found.complaints, found.hidden)
    said = quotes_at_steps.quotes(journey, few if where else ())
    themes = quotes_at_steps.complaint_themes(journey, few)
    filled = {lane for step in drawn.steps for lane, words in step.lanes.items() if words}
    scored = any(one.nps for one in found.seen.values())
    numbers = {step.id: place for place, step in enumerate(drawn.hot_spots, start=1)}
    steps = {}
    for step in drawn.steps:
        here = found.seen[step.id]

        def figure(measure: str, one: Mapping[str, Any] | None, at: str = step.id) -> dict[str, Any] | None:
            return None if one is None else {**one} | ({"trend": moved[measure, at]} if (measure, at) in moved else {})

        judged = here.judged
        steps[step.id] = {
            "name": step.name,
            "channels": step.channels,
            "contact": step.contact,
            "hot_spot": {"number": numbers[step.id], "kind": step.hot_spot} if step.hot_spot else None,
            "lanes": {key: value for key, value in step.lanes.items() if value}
            | ({} if scored else {SATISFIED: _percent(here.satisfied)})
            | ({DONE: "; ".join(done[step.id])} if done.get(step.id) else {})
            | ({JUDGED: "; ".join(verdicts[step.id])} if verdicts.get(step.id) else {}),
            "assumed": step.emotion,
            "assumed_trust": step.trust,
            "emotion": figure("emotion", here.emotion),
            "trust": figure("trust", here.trust),
            "surprise": _surprise(here.surprise),
            "surprise_trust": _surprise(here.trust_surprise),
            "nps": figure("nps", here.nps),
            "csat": figure("csat", here.satisfied),
            "ces": figure("ces", here.effort),
            "complaints": here.complaints,
            "themes": themes.get(step.id, []),
            "quotes": said.get(step.id, []),
            "promise": step.promise.model_dump() | {"gap": gap(step.promise)} if step.promise else None,
            "done": list(done.get(step.id, [])),
            "commitment": list(step.commitment),
            "reactive": step.reactive,
            "observed": reacted[step.id],
            "evidence": judged.evidence,
            "reason": judged.reason,
            "cells": {lane: {"evidence": one.evidence, "reason": one.reason} for lane, one in here.cells().items()},
        }
    return {
        "title": title,
        "subtitle": subtitle,
        "headlines": headlines,
        "lanes": ([SATISFIED] if not scored and any(one.satisfied for one in found.seen.values()) else [])
        + [lane for lane in drawn.lanes if lane in filled and lane != "priority activity"]
        + (["priority activity"] if "priority activity" in filled else [])
        + ([DONE] if any(done.get(step.id) for step in drawn.steps) else [])
        + ([JUDGED] if any(verdicts.get(step.id) for step in drawn.steps) else []),
        "stages": [{"name": stage.name, "steps": [step.id for step in stage.steps]} for stage in drawn.stages],
        "steps": steps,
        "rules": {
            "evidence": grades.RULE, "trend": TREND, "reactive": reactive.RULE, "quotes": quotes_at_steps.RULE,
            **({"left out": f"asked on several scales: {'; '.join(found.at.unclear)}"} if found.at.unclear else {}),
        },
    }  # fmt: skip


def _surprise(gap: float | None) -> dict[str, Any] | None:
    return None if gap is None else {"value": gap, "text": f"{groups.signed(gap)} than assumed"}
