"""What the files of a study may say: the typed model of each. The steps' own models stand in the steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from workbench import privacy
from workbench.faults import Fault
from workbench.models import Model
from workbench.sources.binding import Binding
from workbench.steps.apply import Actions
from workbench.steps.map import JourneyMap
from workbench.steps.map.notes import Notes
from workbench.steps.measure.coding import Codes
from workbench.steps.measure.hypotheses import Hypotheses
from workbench.steps.ranges import MOST
from workbench.steps.scope import Scope
from workbench.steps.solutions import Ideas, Solutions, Values
from workbench.theme import Theme


class Persona(Model):
    """A kind of customer, by the attributes that tell them."""

    name: str
    about: str = ""
    where: dict[str, str | list[str]] = {}


class SourceFile(Binding):
    """A source of the study: its file (or a pattern with *) or its store and query, its kind, and its binding."""

    file: str = ""
    store: str | None = None
    query: str | None = None
    name: str | None = None  # what the rows of a query are called
    format: str | None = None
    questionnaire: str | None = None
    binding: str | None = None
    keep_until: date | None = None  # its last day: after it the source is read no more

    @model_validator(mode="after")
    def _from_somewhere(self) -> SourceFile:
        if bool(self.file) == bool(self.store):
            raise ValueError("file: a file, or store: a database (one of them)")
        if self.store and not (self.query and self.name):
            raise ValueError("query: and name: beside store:")
        if self.name and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", self.name):
            raise ValueError("name: letters, digits and hyphens")
        return self


@dataclass(frozen=True)
class Kept:
    """How long a source may be kept: its last day, and how many days are left."""

    source: str
    until: date
    left: int

    @property
    def passed(self) -> bool:
        return self.left < 0

    @property
    def due(self) -> bool:
        return self.left <= SOON

    @property
    def state(self) -> str:
        return "passed" if self.passed else "due" if self.due else ""

    def __str__(self) -> str:
        if self.passed:
            return f"{self.source} was to be kept until {self.until}: it is read no more. {EXPIRED}"
        left = f", {self.left} {'day' if self.left == 1 else 'days'} from now" if self.due else ""
        return f"{self.source} is kept until {self.until}{left}."

    def fault(self, weight: Literal["error", "note"]) -> Fault:
        passed = "a source whose last day has passed" if self.passed else f"a source with {self.left} days left"
        return Fault("study.yaml", None, self.source, passed, f"none kept after {self.until}", EXPIRED, weight=weight)


FORGOT = "forgot a person"  # as the log says it, and no more
SOON = 30  # days before its last day from which a source is told as due
EXPIRED = "workbench forget STUDY --expired removes what has passed; or move keep_until, where it may be kept longer"


class About(Model):
    """study.yaml."""

    title: str
    summary: str = ""
    seed: int = 1
    today: date | None = None
    minimum_base: int = Field(default=privacy.MINIMUM_BASE, ge=2, le=1000)
    departments: list[str] = []
    personas: list[Persona] = []
    values: Values = Values()
    budget: float | None = Field(default=None, ge=0, le=MOST)
    horizon: int = Field(default=3, ge=1, le=30)
    engine: str = "embedded"  # where questions are worked out: this process, or the address of an Apache Spark
    language: Literal["en", "de"] = "en"  # of the report's own frame, and of its numbers
    publishable: list[str] = []  # numbers that may stand in a report though they look like a person's: a helpline's
    theme: str = ""  # the file of its looks inside the study's folder; left out: theme.yaml, where it is there
    sources: list[SourceFile] = []


# the study's files, and the models that they must fit
PARTS: dict[str, type[Model]] = {
    "study": About,
    "scope": Scope,
    "map": JourneyMap,
    "hypotheses": Hypotheses,
    "ideas": Ideas,
    "solutions": Solutions,
    "actions": Actions,
    "codes": Codes,
    "notes": Notes,
    "theme": Theme,
}
