"""The map's file: stages, their steps, what stands in each lane, scenarios, loops of commitments, as the team drew them.

Knows the typed words of map.yaml and what is wrong or worth telling of them; nothing that was measured.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Literal

import pandas as pd
from pydantic import Field, field_validator, model_validator

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.journey import Planned
from workbench.models import Model
from workbench.spans import span

if TYPE_CHECKING:
    from workbench.journey import JourneyFrame
    from workbench.steps.map.coordination import ReactivePoint
    from workbench.steps.map.notes import Note, Notes
    from workbench.steps.map.proposal import Draft

LOOP = ("request", "promise", "perform", "accept")
Commitment = Literal["request", "promise", "perform", "accept"]
Kept = Literal["kept", "late", "broken", ""]
NEWEST = 1  # the newest writing of map.yaml that this program knows
as_drawn = partial(Finding, base="what the team drew; nothing measured", trail=("map.yaml",))  # it knows the map alone

# The lanes of the method and what stands in each; a map lists those it draws, and may add its own.
LANES = {
    "doing": "what the person does",
    "thinking": "what goes through their mind, in their words",
    "feeling": "what it feels like",
    "doing next": "what they do next, and why",
    "expectation": "what they expect here, whoever told them",
    "experience wanted": "what it should be like",
    "what delivers it": "what makes the wanted experience happen",
    "how we know": "what will show that it happened",
    "front stage": "what staff and screens do in the customer's sight",
    "back stage": "what is done out of their sight",
    "support": "systems and partners that it rests on",
    "department": "who owns the step",
    "priority activity": "what to check, verify or change first",
}
BLUEPRINT = ("experience wanted", "what delivers it", "how we know", "front stage", "back stage", "support")


class Promise(Model):
    """What was promised, where and by whom; what was delivered, and whether it came so."""

    words: str = ""
    where: str = ""
    by: str = ""
    delivered: str = ""
    kept: Kept = ""


class Step(Model):
    """One thing a customer goes through. Emotion and trust are what the team assumes, from -100 to 100.

    `within` is the time allowed since the step before it, in words: "14 days". `next` names the steps that may follow;
    left out it is the step that stands after this one, and an empty list ends the journey here. `measures` are those that
    should be asked here, `owner` the department that answers for the step, `outside` that it lies out of our control.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str
    channels: list[str] = []
    contact: Literal["marketing", "human", "physical", "digital", ""] = ""
    started_by: Literal["customer", "provider", ""] = ""
    hot_spot: Literal["pain", "gain", ""] = ""
    emotion: float | None = Field(default=None, ge=-100, le=100)
    trust: float | None = Field(default=None, ge=-100, le=100)
    promise: Promise | None = None
    commitment: list[Commitment] = []
    outside: bool = False
    within: str = ""
    next: list[str] | None = None
    measures: list[str] = []
    owner: str = ""
    lanes: dict[str, str] = {}

    @field_validator("within", mode="after")
    @classmethod
    def _span(cls, value: str) -> str:
        if value:
            span(value)
        return value

    @field_validator("lanes", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return {key: "" if one is None else one for key, one in value.items()} if isinstance(value, dict) else value

    @property
    def reactive(self) -> list[str]:
        """What the step's own loop of commitments leaves out although something later in it happens."""
        return left_out(self.commitment)

    @property
    def department(self) -> str:
        """Who answers for the step: its owner, else what stands in the lane "department"."""
        return self.owner or self.lanes.get("department", "")


class Stage(Model):
    """A chapter of the journey. `id` lets it be renamed without being taken for another."""

    id: str = Field(default="", pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$")
    name: str
    steps: list[Step] = []

    @property
    def key(self) -> str:
        """What the stage is called by changes: its id, else its name as one."""
        return self.id or stage_key(self.name)


class Treatment(Model):
    """What is otherwise at a step in one scenario; what is left out is as on the map."""

    channel: str = ""
    emotion: float | None = Field(default=None, ge=-100, le=100)
    trust: float | None = Field(default=None, ge=-100, le=100)
    lanes: dict[str, str] = {}


class Scenario(Model):
    """One run of the map: good, bad or usual; for a persona, for people with some attributes (`segment`), on a channel."""

    name: str
    mood: Literal["good", "bad", "usual"]
    persona: str = ""
    segment: dict[str, str] = {}
    channel: str = ""
    steps: dict[str, Treatment] = {}

    @property
    def whom(self) -> str:
        """For whom it is, in words; empty for anybody."""
        who = [self.persona, *(f"{name} {value}" for name, value in self.segment.items())]
        return ", ".join(one for one in [*who, f"by {self.channel}" if self.channel else ""] if one)


class Loop(Model):
    """One loop of commitments between two parties, and the step at which each of its four acts happens.

    The customer of a loop requests and accepts, its performer promises and performs (Medina-Mora and others 1992). An act
    without a step is left out; `broken` are acts that happen and are not kept.
    """

    name: str
    customer: str = "customer"
    performer: str = "provider"
    request: str = ""
    promise: str = ""
    perform: str = ""
    accept: str = ""
    broken: list[Commitment] = []

    @property
    def acts(self) -> dict[str, str]:
        """The acts that happen, and their steps, in the order of the loop."""
        return {act: getattr(self, act) for act in LOOP if getattr(self, act)}


class Intervention(Model):
    """A planned change of a loop: acts put in or moved to a step, broken ones mended."""

    name: str
    loop: str
    sets: dict[Commitment, str] = {}
    mends: list[Commitment] = []
    words: str = ""
    owner: str = ""


class JourneyMap(Model):
    """Stages and their steps, in order; lanes and their owners; scenarios; loops of commitments and interventions."""

    writing: int = Field(default=NEWEST, alias="schema", ge=1)
    title: str = ""
    version: int = 1
    lanes: list[str] = []
    owners: dict[str, str] = {}
    starts: list[str] = []
    stages: list[Stage] = []
    scenarios: list[Scenario] = []
    loops: list[Loop] = []
    interventions: list[Intervention] = []

    @field_validator("writing", mode="after")
    @classmethod
    def _known(cls, value: int) -> int:
        if value > NEWEST:
            raise ValueError(
                f"schema {NEWEST} at most: schema {value} was written by a newer version of the workbench; update it, "
                "the file stays as it is"
            )
        return value

    @model_validator(mode="after")
    def _ids(self) -> JourneyMap:
        ids = [step.id for step in self.steps]
        named = {
            "step id": ids,
            "stage": [stage.key for stage in self.stages],
            "lane": self.lanes,
            "scenario": [one.name for one in self.scenarios],
            "loop": [one.name for one in self.loops],
            "intervention": [one.name for one in self.interventions],
        }
        for what, names in named.items():
            twice = sorted({one for one in names if names.count(one) > 1})
            if twice:
                raise ValueError(f"each {what} once; twice there: {', '.join(twice)}")
        used: list[tuple[str, Iterable[str]]] = [("starts", self.starts)]
        used += [(f"next of {step.id}", step.next or []) for step in self.steps]
        used += [(f"scenario {one.name}", one.steps) for one in self.scenarios]
        used += [(f"loop {one.name}", one.acts.values()) for one in self.loops]
        used += [(f"intervention {one.name}", filter(None, one.sets.values())) for one in self.interventions]
        for where, steps in used:
            strange = sorted(set(steps) - set(ids))
            if strange:
                raise ValueError(f"steps of the map in {where}; not on the map: {', '.join(strange)}")
        loops = {one.name for one in self.loops}
        for one in self.interventions:
            if one.loop not in loops:
                raise ValueError(f"a loop of the map in intervention {one.name}; not there: {one.loop}")
        return self

    @property
    def steps(self) -> list[Step]:
        """All steps, in order."""
        return [step for stage in self.stages for step in stage.steps]

    @property
    def names(self) -> dict[str, str]:
        """Step ids and their names, in order."""
        return {step.id: step.name for step in self.steps}

    @property
    def called(self) -> dict[tuple[str, ...], str]:
        """What steps and stages are called, by their paths: ("steps", id) and ("stages", key), in order."""
        steps: dict[tuple[str, ...], str] = {("steps", id): name for id, name in self.names.items()}
        return steps | {("stages", stage.key): stage.name for stage in self.stages}

    @property
    def planned(self) -> dict[str, Planned]:
        """What the map plans of each step: its stage, and the time allowed since the step before."""
        return {
            step.id: Planned(stage.name, span(step.within) if step.within else None)
            for stage in self.stages
            for step in stage.steps
        }

    @property
    def links(self) -> dict[str, list[str]]:
        """The steps that may follow each step: as `next` says, else the one after it."""
        ids = [step.id for step in self.steps]
        after = dict(zip(ids, ids[1:], strict=False))
        return {
            step.id: list(step.next) if step.next is not None else [after[step.id]] if step.id in after else []
            for step in self.steps
        }

    @property
    def begins(self) -> list[str]:
        """The steps at which the journey starts: as `starts` says, else the first."""
        return self.starts or [step.id for step in self.steps[:1]]

    @property
    def hot_spots(self) -> list[Step]:
        """The steps that the team holds to be moments of truth."""
        return [step for step in self.steps if step.hot_spot]

    def step(self, name: str) -> Step:
        """A step by its id or its name. Raises DataFault with the near word."""
        for one in self.steps:
            if name in (one.id, one.name):
                return one
        raise DataFault(unknown("step", name, self.names))

    def propose(self, journey: JourneyFrame, least: float = 0.02, most: int = 30) -> Draft:
        """A draft of a map from the contacts in a journey, for study.save("map", draft); this map stays as it is.

        Steps are what was logged, in the order in which people meet it, cut into stages where fewest pass; steps met by
        less than the share `least` of people, or beyond `most`, are left out and said. See `Draft`.
        """
        from workbench.steps.map.proposal import propose

        return propose(journey, least, most)

    def check(
        self,
        scope_start: str = "",
        scope_end: str = "",
        departments: Collection[str] = (),
        asked: Collection[str] = (),
        channels: Collection[str] = (),
    ) -> list[Fault]:
        """What is worth telling of a map that can be used.

        Too many hot spots, steps that nobody can reach, journeys that go round, names that stand twice; owners who are no
        department of the study, measures that nobody asks (`asked` are those that somebody does), channels beside `channels`.
        """
        found = []

        def note(column: str, what: str, expected: str, mend: str) -> None:
            found.append(Fault("map.yaml", None, column, what, expected, mend, weight="note"))

        if len(self.hot_spots) > 4:
            note(
                "hot_spot",
                f"{len(self.hot_spots)} hot spots",
                "three or four",
                "keep those where the relationship is won or lost",
            )
        for word, step in (("start", scope_start), ("end", scope_end)):
            if step and self.steps and step not in self.names:
                found.append(unknown("step", step, self.names, file="scope.yaml", column=word))
        orphans = self._orphans()
        if orphans:
            note(
                "next",
                f"no way leads to {_named(orphans, self.names)}",
                "every step reached from a start",
                "name it in the next: of a step, or in starts:",
            )
        if round_ := self._cycle():
            note(
                "next",
                f"a journey that goes round: {_few(round_, ' > ')}",
                "a loop that people really go, or none",
                "leave it where it is meant",
            )
        names = [step.name.casefold() for step in self.steps]
        for twice in sorted({name for name in names if names.count(name) > 1}):
            ids = [step.id for step in self.steps if step.name.casefold() == twice]
            note("name", f'two steps called "{twice}" ({", ".join(ids)})', "names that tell them apart", "rename one")
        owned = {step.id: step.owner for step in self.steps} | self.owners
        found += [
            unknown("department", owner, departments, file="map.yaml", column=where)
            for where, owner in owned.items()
            if owner and departments and owner not in departments
        ]
        for lane in self.owners:
            if lane not in self.lanes:
                found.append(unknown("lane", lane, self.lanes, file="map.yaml", column="owners"))
        found += [  # a template, or a plan, names measures before anybody has asked them
            replace(unknown("measure", one, asked, file="map.yaml", column=f"measures of {drawn.id}"), weight="note")
            for drawn in self.steps
            for one in drawn.measures
            if asked and one not in asked
        ]
        met = {one.casefold() for one in channels}
        found += [
            unknown("channel", one, channels, file="map.yaml", column=f"channels of {drawn.id}")
            for drawn in self.steps
            for one in drawn.channels
            if met and one.casefold() not in met
        ]
        from workbench.steps.map.coordination import faults

        return found + faults(self)

    def _orphans(self) -> list[str]:
        """Steps that no way from a start leads to."""
        links, seen, ahead = self.links, set[str](), list(self.begins)
        while ahead:
            one = ahead.pop()
            if one not in seen:
                seen.add(one)
                ahead += links[one]
        return [step for step in links if step not in seen]

    def _cycle(self) -> list[str]:
        """One way round, if there is any: its steps, the first of them again at the end."""
        try:
            TopologicalSorter(self.links).prepare()
        except CycleError as problem:
            return list(reversed(problem.args[1]))
        return []

    def finding(self) -> Finding:
        """The map as a table: one row a step."""
        lanes = self.lanes or sorted({lane for step in self.steps for lane in step.lanes})
        timed = any(step.within for step in self.steps)
        rows = []
        for stage in self.stages:
            for step in stage.steps:
                row = {
                    "stage": stage.name,
                    "step": step.name,
                    "channels": ", ".join(step.channels),
                    **({"within": step.within} if timed else {}),
                    "hot spot": step.hot_spot,
                    "assumed emotion": step.emotion,
                    "assumed trust": step.trust,
                }
                rows.append(row | {lane: step.lanes.get(lane, "") for lane in lanes})
        spots = ", ".join(step.name for step in self.hot_spots)
        several = [(len(self.stages), "stage"), (len(self.steps), "step")]
        sentence = ", ".join(f"{n} {what}{'' if n == 1 else 's'}" for n, what in several)
        sentence += f"; hot spots: {spots}." if spots else "."
        return Finding(
            "map", pd.DataFrame(rows), sentence, by=("stage", "step"), method="as the team drew it in map.yaml"
        )

    def framework(self, whom: str = "", notes: Notes | None = None) -> Finding:
        """The journey on one page that can be told to anybody: stages, main steps, moments of truth, a line each."""
        from workbench.steps.map.detail import framework

        return framework(self, whom, notes)

    def detail(self, step: str, notes: Iterable[Note] = ()) -> Finding:
        """One step opened: lanes, promise and gap, commitments, owner, comments, treatments where they differ."""
        from workbench.steps.map.detail import detail

        return detail(self, step, notes)

    def blueprint(self) -> Finding:
        """What is wanted at each hot spot (or, where none is marked, at each step), what delivers it, and how we know.

        Steps out of our control are marked; an empty cell is an open question.
        """
        from workbench.steps.map.detail import blueprint

        return blueprint(self)

    def coordination(self, after: str | Sequence[str] | None = None) -> Finding:
        """The loops of commitments, a row each: parties, the step of each act, state, reactive points predicted.

        `after`: the same case with an intervention, or several, drawn beside the map as it is. Raises DataFault.
        """
        from workbench.steps.map.coordination import coordination

        return coordination(self, after)

    def reactive_points(self, after: str | Sequence[str] | None = None) -> list[ReactivePoint]:
        """Where trouble is predicted: (step id, loop, why), from the loops and from the steps' own commitments."""
        from workbench.steps.map.coordination import reactive_points

        return reactive_points(self, after)

    def interventions_finding(self, after: str | Sequence[str] | None = None) -> Finding:
        """Which reactive points go with the interventions (all, or those named), which stay. Raises DataFault."""
        from workbench.steps.map.coordination import interventions

        return interventions(self, after)

    def walk(self, scenario: str, quotes: Mapping[str, Sequence[str]] | None = None) -> Finding:
        """One scenario, step by step, in the customer's shoes; `quotes` are real people's words by step. Raises DataFault."""
        from workbench.steps.map.scenarios import walk

        return walk(self, scenario, quotes)

    def runs(
        self,
        persona: str | None = None,
        segment: Mapping[str, str] | None = None,
        channel: str | None = None,
        beside: Sequence[str] = (),
    ) -> Finding:
        """A good and a bad run side by side, for a persona, a segment or a channel, or two by their names. Raises DataFault."""
        from workbench.steps.map.scenarios import runs

        return runs(self, persona, segment, channel, beside)

    def treatments(self) -> Finding:
        """Where a step is treated otherwise in a scenario, and only there: a row a cell that differs."""
        from workbench.steps.map.scenarios import treatments

        return treatments(self)

    def worksheet(self, title: str = "", blank: bool = False, whom: str = "") -> Finding:
        """One printable page of the journey, filled from the map, or blank for a workshop."""
        from workbench.steps.map.worksheet import worksheet

        return worksheet(self, title, blank, whom)


def left_out(acts: Collection[str]) -> list[str]:
    """The acts of a loop that are missing although a later one happens: there a reactive point is predicted."""
    if not acts:
        return []
    last = max(LOOP.index(one) for one in acts)
    return [one for one in LOOP[:last] if one not in acts]


def as_id(name: str, taken: Collection[str] = ()) -> str:
    """An id made of a name, in small letters and hyphens, that nothing in `taken` has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "step"
    number, made = 1, stem
    while made in taken:
        number += 1
        made = f"{stem}-{number}"
    return made


def stage_key(name: str) -> str:
    """What a stage without an id is called by: its name as an id, told apart where that leaves letters of it out."""
    left = [one for one in unicodedata.normalize("NFKD", name) if one.isalnum() and not one.isascii()]
    return f"{as_id(name)}-{hashlib.sha256(name.encode()).hexdigest()[:8]}" if left else as_id(name)


def _named(ids: Iterable[str], names: Mapping[str, str]) -> str:
    return _few([f"{names[one]} ({one})" for one in ids], ", ")


def _few(words: Sequence[str], between: str, most: int = 12) -> str:
    """Words in a line, the first of them where they are many."""
    shown = [one if len(one) <= 80 else f"{one[:79]}…" for one in words[:most]]
    return between.join(shown) + (f"{between}… ({len(words):,} in all)" if len(words) > most else "")
