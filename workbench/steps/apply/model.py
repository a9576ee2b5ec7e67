"""actions.yaml: who does what by when, and the measure that will tell whether it worked. Owners are roles, never persons.

Knows its own words alone; whether solutions, steps, departments and measures are there is checked by who holds them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from workbench.models import Model, Words
from workbench.steps.ranges import MOST, Amount, Range

KINDS = ("training", "communication", "process", "standard", "vision")
FILE = "actions.yaml"
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]


class Action(Model):
    """One action.

    kind         training, communication (then also `media` and `moment`), process (and service design), standard, vision
    due          the day by which it is to be done; `finished` the day on which it was
    measure      what will tell: a score, a rating, "complaint", or the measure of a tracking sheet; at `step`, or of the
                 whole journey without one
    target       the level to reach; `predicted` the change that the team expects (low, likely, high, in the measure's unit)
    matters      the smallest change that matters, in the measure's unit
    effect_from  the first day on which an effect can be seen (without it: the day after `finished`, or after `due`)
    treated      who it was done for, by attributes of people; the others are the comparison group. `unit` is the
                 attribute by which it was done (branch, region)
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    action: Words
    solution: str = ""
    kind: Literal["training", "communication", "process", "standard", "vision"]
    media: str = ""
    moment: str = ""
    department: Words
    owner: Words
    start: Day
    due: Day
    finished: Day | None = None
    status: Literal["planned", "doing", "done", "dropped"] = "planned"
    measure: Words
    step: str | None = None
    target: float | None = Field(default=None, ge=-MOST, le=MOST)
    predicted: Range | None = None
    matters: float | None = Field(default=None, gt=0, le=MOST)
    effect_from: Day | None = None
    treated: dict[str, str | list[str]] = {}
    unit: str = ""
    every: Literal["week", "month", "wave"] = "month"
    days: Amount | None = None  # of work
    about: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Action:
        if self.due < self.start:
            raise ValueError("due on or after start")
        if self.effect_from is not None and self.effect_from < self.start:
            raise ValueError("effect_from on or after start")
        if self.finished is not None and self.finished < self.start:
            raise ValueError("finished on or after start")
        if (self.media or self.moment) and self.kind != "communication":
            raise ValueError("media and moment belong to kind: communication")
        if empty := [word for word, values in self.treated.items() if not values]:
            raise ValueError(f"treated: a value, or several, for {', '.join(empty)}")
        return self


class Actions(Model):
    """actions.yaml."""

    actions: list[Action] = []

    @model_validator(mode="after")
    def _once(self) -> Actions:
        ids = [one.id for one in self.actions]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"each action id once; twice there: {', '.join(twice)}")
        return self
