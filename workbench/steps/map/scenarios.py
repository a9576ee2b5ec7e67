"""Scenarios: one run of the map walked step by step, two runs side by side, and where a step is treated otherwise.

Knows the map as drawn; the words of real people are handed in by whoever knows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.steps.map.model import Promise, Scenario, Step, Treatment, as_drawn

if TYPE_CHECKING:
    from workbench.steps.map.model import JourneyMap

METHOD = "as the team wrote it in map.yaml; what a scenario leaves out is as on the map"
USUAL = "As drawn on the map"
NEXT = "doing next"
SAID = ("channel", "doing", "thinking", "feeling", "emotion", "trust")  # what two runs can differ in
TREATED = ("step", "what", "on the map")
COLUMNS = (
    *("step", "channel", "doing", "thinking", "feeling", "assumed emotion", "assumed trust", "promised", NEXT),
    "otherwise here",
)


@dataclass(frozen=True)
class Moment:
    """One step of a run, in the customer's shoes."""

    step: str
    name: str
    stage: str
    channel: str
    doing: str
    thinking: str
    feeling: str
    emotion: float | None
    trust: float | None
    promised: str
    next: str
    otherwise: bool
    hot_spot: str


def moments(drawn: JourneyMap, run: Scenario | None = None) -> list[Moment]:
    """A run of the map, step by step; without a scenario, the map as it is drawn.

    What they do next is what the run says ("doing next"), else the step that they come to next.
    """
    made = []
    treated = run.steps if run else {}
    follows, names = drawn.links, drawn.names
    for stage in drawn.stages:
        for step in stage.steps:
            other = treated.get(step.id, Treatment())
            lanes = step.lanes | {lane: words for lane, words in other.lanes.items() if words}
            coming = " or ".join(names[one] for one in follows[step.id])
            made.append(
                Moment(
                    step.id,
                    step.name,
                    stage.name,
                    other.channel
                    or (run.channel if run and run.channel in step.channels else ", ".join(step.channels)),
                    lanes.get("doing", ""),
                    lanes.get("thinking", ""),
                    lanes.get("feeling", ""),
                    step.emotion if other.emotion is None else other.emotion,
                    step.trust if other.trust is None else other.trust,
                    promised(step.promise),
                    lanes.get(NEXT, "") or coming,
                    bool(_differences(step, other)),
                    step.hot_spot,
                )
            )
    return made


def promised(promise: Promise | None) -> str:
    """What was promised at a step and what came of it, in words: the promise, where and by whom, and the gap."""
    if promise is None or not promise.words:
        return ""
    whence = ", ".join(one for one in (promise.where, f"by {promise.by}" if promise.by else "") if one)
    gap = ": ".join(one for one in (promise.kept, promise.delivered) if one)
    return f"“{promise.words}”{f' ({whence})' if whence else ''}{f'; {gap}' if gap else ''}"


def felt(value: float | None) -> str:
    """An assumed emotion or trust in words, with a true minus; nothing where none is assumed."""
    return "" if value is None else f"{value:g}".replace("-", "−")


def walk(drawn: JourneyMap, scenario: str, quotes: Mapping[str, Sequence[str]] | None = None) -> Finding:
    """One scenario, step by step, in the customer's shoes: what they do, think, feel and do next, and where it departs
    from the map. `quotes`: by step, the words of real people, as they may be shown. Raises DataFault for a scenario that
    is not there.
    """
    run = _scenario(drawn, scenario)
    walked, said = moments(drawn, run), quotes or {}
    told = any(said.values())
    rows = [_row(one) | ({"in their words": " / ".join(said.get(one.step, ()))} if told else {}) for one in walked]
    table = pd.DataFrame(rows, columns=[*COLUMNS, *(["in their words"] if told else [])])
    who = f" for {run.whom}" if run.whom else ""
    otherwise = sum(one.otherwise for one in walked)
    sentence = f"{run.name}: a {run.mood} run of the journey{who}, different at {otherwise} of {len(walked)} steps."
    cards = [asdict(one) | {"quotes": list(said.get(one.step, ()))} for one in walked]
    return as_drawn(
        "scenario",
        table,
        sentence,
        by=("step",),
        method=METHOD,
        picture={"kind": "walk", "name": run.name, "mood": run.mood, "whom": run.whom, "cards": cards},
        title=f"In the customer's shoes: {run.name}",
    )


def runs(
    drawn: JourneyMap,
    persona: str | None = None,
    segment: Mapping[str, str] | None = None,
    channel: str | None = None,
    beside: Sequence[str] = (),
) -> Finding:
    """A good and a bad run side by side: for a persona, a segment or a channel; or two runs by their names (`beside`).

    The first good and the first bad run that name these people, else those that are for anybody; where one of them is
    missing, the map as it is drawn stands in for it. With nobody named, the first good and the first bad of all.
    Says where they part, and where they are furthest from each other. Raises DataFault where there is no run to show.
    """
    chosen = _pair(drawn, persona, segment, channel, beside)
    first, second = (moments(drawn, run) for run in chosen)
    names = [run.name if run else USUAL for run in chosen]
    rows = [
        {"step": left.name, "run": name} | {key: value for key, value in _row(one).items() if key != "step"}
        for left, right in zip(first, second, strict=True)
        for name, one in zip(names, (left, right), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["step", "run", *COLUMNS[1:]])
    parted = [_apart(left, right) for left, right in zip(first, second, strict=True)]
    return as_drawn(
        "runs",
        table,
        _told(chosen, names, first, second, parted),
        by=("step", "run"),
        method=f"{METHOD}; emotion and trust are what the team assumes, from −100 to 100",
        picture={
            "kind": "runs",
            "runs": [
                {"name": name, "mood": run.mood if run else "usual", "whom": run.whom if run else ""}
                for name, run in zip(names, chosen, strict=True)
            ],
            "steps": [
                {"name": left.name, "stage": left.stage, "apart": apart, "sides": [asdict(left), asdict(right)]}
                for left, right, apart in zip(first, second, parted, strict=True)
            ],
        },
        title=f"{names[0]}, and {names[1][:1].lower() + names[1][1:] if names[1] == USUAL else names[1]}",
    )


def treatments(drawn: JourneyMap) -> Finding:
    """Where a step is treated otherwise for a persona, a segment or a channel, and only there: one row a cell that
    differs, with what stands on the map and what each scenario has instead.
    """
    runs_ = drawn.scenarios
    called = {run.name: f"{run.name} (scenario)" if run.name in TREATED else run.name for run in runs_}
    rows = []
    for step in drawn.steps:
        found = {run.name: _differences(step, run.steps[step.id]) for run in runs_ if step.id in run.steps}
        for what in dict.fromkeys(what for one in found.values() for what in one):
            here = {called[name]: one[what][1] for name, one in found.items() if what in one}
            shown = next(one[what][0] for one in found.values() if what in one)
            rows.append({"step": step.name, "what": what, "on the map": shown} | here)
    columns = [*TREATED, *called.values()]
    table = pd.DataFrame(rows, columns=columns).fillna("")
    places = len({row["step"] for row in rows})
    sentence = (
        f"{places} of {len(drawn.steps)} steps are treated otherwise in one of {len(runs_)} "
        f"{'scenario' if len(runs_) == 1 else 'scenarios'}, in {len(rows)} {'cell' if len(rows) == 1 else 'cells'}."
        if rows
        else "Every step is treated alike for everybody."
    )
    whom = [f"{run.name}: {run.whom or 'anybody'}" for run in runs_]
    return as_drawn(
        "treatments",
        table,
        sentence,
        by=("step", "what"),
        method=f"{METHOD}. {'; '.join(whom)}" if whom else METHOD,
        title="Treatments, where they differ",
    )


def differing(step: Step, run: Scenario) -> dict[str, tuple[str, str]]:
    """What is otherwise at a step in a run: what, as on the map, and in the run. Empty where nothing is."""
    return _differences(step, run.steps[step.id]) if step.id in run.steps else {}


# -- inside -----------------------------------------------------------------------------------------------------------


def _scenario(drawn: JourneyMap, name: str) -> Scenario:
    known = {one.name: one for one in drawn.scenarios}
    if name not in known:
        raise DataFault(unknown("scenario", name, known, "map.yaml", "scenarios"))
    return known[name]


def _pair(
    drawn: JourneyMap,
    persona: str | None,
    segment: Mapping[str, str] | None,
    channel: str | None,
    beside: Sequence[str],
) -> tuple[Scenario | None, Scenario | None]:
    if not drawn.scenarios:
        raise DataFault(
            Fault(
                "map.yaml",
                None,
                "scenarios",
                "no scenario",
                "a good and a bad run",
                "write one: its name, mood and steps",
            )
        )
    if beside:
        named = [_scenario(drawn, one) for one in ([beside] if isinstance(beside, str) else beside)]
        return named[0], named[1] if len(named) > 1 else None
    asked = bool(persona or segment or channel)
    own = [one for one in drawn.scenarios if not asked or _is_for(one, persona, segment, channel)]
    if not own:
        words = [*([persona] if persona else []), *(f"{key} {value}" for key, value in (segment or {}).items())]
        words += [f"by {channel}"] if channel else []
        known = dict.fromkeys(one.whom for one in drawn.scenarios if one.whom)
        raise DataFault(unknown("scenario for", ", ".join(words), known, "map.yaml", "scenarios"))
    fits = own + [one for one in drawn.scenarios if not one.whom]
    by_mood = {mood: next((one for one in fits if one.mood == mood), None) for mood in ("good", "bad", "usual")}
    good, bad, usual = by_mood["good"], by_mood["bad"], by_mood["usual"]
    return (usual, None) if good is None and bad is None else (good or usual, bad or usual)


def _is_for(run: Scenario, persona: str | None, segment: Mapping[str, str] | None, channel: str | None) -> bool:
    """Does a run name these people? One that names nobody is for anybody, and comes after those that do."""
    if persona and run.persona != persona:
        return False
    if segment and any(run.segment.get(key) != value for key, value in segment.items()):
        return False
    return not channel or run.channel == channel


def _differences(step: Step, other: Treatment) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    channels = ", ".join(step.channels)
    if other.channel and other.channel != channels:
        found["channel"] = (channels, other.channel)
    for what in ("emotion", "trust"):
        drawn, here = getattr(step, what), getattr(other, what)
        if here is not None and here != drawn:
            found[f"assumed {what}"] = (felt(drawn), felt(here))
    for lane, words in other.lanes.items():
        if words and words != step.lanes.get(lane, ""):
            found[lane] = (step.lanes.get(lane, ""), words)
    return found


def _apart(left: Moment, right: Moment) -> bool:
    return any(getattr(left, what) != getattr(right, what) for what in SAID)


def _told(
    chosen: Sequence[Scenario | None],
    names: Sequence[str],
    first: Sequence[Moment],
    second: Sequence[Moment],
    parted: Sequence[bool],
) -> str:
    def called(run: Scenario | None, name: str) -> str:
        return f'"{name}"' + (f" ({run.whom})" if run and run.whom else "")

    pair = " and ".join(called(run, name) for run, name in zip(chosen, names, strict=True))
    if not any(parted):
        return f"{pair} are the same at every step."
    told = [f'{pair} part at "{first[parted.index(True)].name}"']
    gaps = {
        at: abs(left.emotion - right.emotion)
        for at, (left, right) in enumerate(zip(first, second, strict=True))
        if left.emotion is not None and right.emotion is not None and left.emotion != right.emotion
    }
    if gaps:
        widest = max(gaps, key=lambda at: gaps[at])
        told.append(
            f'and are furthest apart at "{first[widest].name}", by {gaps[widest]:.0f} points of assumed emotion'
        )
    return f"{' '.join(told)}."


def _row(one: Moment) -> dict[str, Any]:
    return {
        "step": one.name,
        "channel": one.channel,
        "doing": one.doing,
        "thinking": one.thinking,
        "feeling": one.feeling,
        "assumed emotion": one.emotion,
        "assumed trust": one.trust,
        "promised": one.promised,
        NEXT: one.next,
        "otherwise here": "yes" if one.otherwise else "",
    }
