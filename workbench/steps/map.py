"""The journey map: stages, their steps, what stands in each lane, scenarios and hot spots, as the team drew it.

An open text file (map.yaml). What is measured is laid beside it later; this file looks back at the scope alone.
"""

from __future__ import annotations

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
    from workbench.steps.map_proposal import Draft

LOOP = ("request", "promise", "perform", "accept")
Commitment = Literal["request", "promise", "perform", "accept"]


class Promise(Model):
    """What the customer was told to expect, and whether it came so."""

    words: str
    kept: Literal["kept", "late", "broken", ""] = ""


class Step(Model):
    """One thing a customer goes through. Emotion and trust are what the team assumes, from -100 to 100.

    `within` is the time allowed since the step before it, in words: "14 days".
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str
    channels: list[str] = []
    contact: Literal["marketing", "human", "physical", "digital", ""] = ""
    started_by: Literal["customer", "provider", ""] = ""
    hot_spot: Literal["pain", "gain", ""] = ""
    emotion: float | None = Field(None, ge=-100, le=100)
    trust: float | None = Field(None, ge=-100, le=100)
    promise: Promise | None = None
    commitment: list[Commitment] = []
    outside: bool = False
    within: str = ""
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
        """What the loop of commitments leaves out although something later in it happens: a reactive point is predicted."""
        if not self.commitment:
            return []
        last = max(LOOP.index(one) for one in self.commitment)
        return [one for one in LOOP[:last] if one not in self.commitment]


class Stage(Model):
    """A chapter of the journey."""

    name: str
    steps: list[Step]


class Treatment(Model):
    """What is otherwise at a step in one scenario; what is left out is as on the map."""

    channel: str = ""
    emotion: float | None = Field(None, ge=-100, le=100)
    trust: float | None = Field(None, ge=-100, le=100)
    lanes: dict[str, str] = {}


class Scenario(Model):
    """One run of the map: good, bad or usual, for a persona."""

    name: str
    mood: Literal["good", "bad", "usual"]
    persona: str = ""
    steps: dict[str, Treatment] = {}


class JourneyMap(Model):
    """Stages and their steps, in order; lanes; scenarios."""

    title: str = ""
    version: int = 1
    lanes: list[str] = []
    stages: list[Stage] = []
    scenarios: list[Scenario] = []

    @model_validator(mode="after")
    def _ids(self) -> JourneyMap:
        ids = [step.id for step in self.steps]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"each step id once; twice there: {', '.join(twice)}")
        for scenario in self.scenarios:
            strange = [one for one in scenario.steps if one not in ids]
            if strange:
                raise ValueError(f"steps of the map in scenario {scenario.name}; not on the map: {', '.join(strange)}")
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
    def planned(self) -> dict[str, Planned]:
        """What the map plans of each step: its stage, and the time allowed since the step before."""
        return {
            step.id: Planned(stage.name, span(step.within) if step.within else None)
            for stage in self.stages
            for step in stage.steps
        }

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
        from workbench.steps.map_proposal import propose

        return propose(journey, least, most)

    def check(self, scope_start: str = "", scope_end: str = "") -> list[Fault]:
        """What is worth telling of a map that can be used."""
        found = []
        if len(self.hot_spots) > 4:
            found.append(
                Fault(
                    file="map.yaml",
                    column="hot_spot",
                    found=f"{len(self.hot_spots)} hot spots",
                    expected="three or four",
                    mend="keep those where the relationship is won or lost",
                    weight="note",
                )
            )
        for word, step in (("start", scope_start), ("end", scope_end)):
            if step and self.steps and step not in self.names:
                found.append(unknown("step", step, self.names, file="scope.yaml", column=word))
        return found

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
        sentence = f"{len(self.stages)} stages, {len(self.steps)} steps" + (f"; hot spots: {spots}." if spots else ".")
        return Finding(
            "map", pd.DataFrame(rows), sentence, by=("stage", "step"), method="as the team drew it in map.yaml"
        )

    def walk(self, scenario: str) -> Finding:
        """One scenario, step by step: what the person does, thinks and feels, and where it departs from the map."""
        known = {one.name: one for one in self.scenarios}
        if scenario not in known:
            raise DataFault(unknown("scenario", scenario, known))
        run = known[scenario]
        rows = []
        for step in self.steps:
            other = run.steps.get(step.id)
            lanes = step.lanes | (other.lanes if other else {})
            felt = other.emotion if other and other.emotion is not None else step.emotion
            rows.append(
                {
                    "step": step.name,
                    "channel": other.channel if other and other.channel else ", ".join(step.channels),
                    "doing": lanes.get("doing", ""),
                    "thinking": lanes.get("thinking", ""),
                    "assumed emotion": felt,
                    "otherwise here": "yes" if other else "",
                }
            )
        who = f" for {run.persona}" if run.persona else ""
        sentence = f"{run.name}: a {run.mood} run of the journey{who}, different at {len(run.steps)} of {len(self.steps)} steps."
        return Finding(
            "scenario", pd.DataFrame(rows), sentence, by=("step",), method="as the team wrote it in map.yaml"
        )
