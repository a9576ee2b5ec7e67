"""What the files of a study may say: the typed model of each. The steps' own models stand in the steps."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from workbench import privacy
from workbench.models import Model
from workbench.sources.binding import Binding
from workbench.steps.apply import Actions
from workbench.steps.map import JourneyMap
from workbench.steps.measure.hypotheses import Hypotheses
from workbench.steps.scope import Scope
from workbench.steps.solutions import Solutions


class Persona(Model):
    """A kind of customer, by the attributes that tell them."""

    name: str
    about: str = ""
    where: dict[str, str | list[str]] = {}


class SourceFile(Binding):
    """A source of the study: its file (or a pattern with *), its kind, and its binding."""

    file: str
    format: str | None = None
    questionnaire: str | None = None
    binding: str | None = None


class About(Model):
    """study.yaml."""

    title: str
    summary: str = ""
    seed: int = 1
    today: date | None = None
    minimum_base: int = Field(default=privacy.MINIMUM_BASE, ge=2, le=1000)
    departments: list[str] = []
    personas: list[Persona] = []
    values: dict[str, str | float] = {}
    budget: float | None = None
    horizon: int = Field(default=3, ge=1, le=30)
    sources: list[SourceFile] = []


class Quote(Model):
    """A code on a turn of an interview."""

    file: str
    turn: int = Field(ge=1)
    step: str
    code: str = ""
    emotion: float | None = Field(default=None, ge=-2, le=2)


class Codes(Model):
    """codes.yaml."""

    quotes: list[Quote] = []


# the study's files, and the models that they must fit
PARTS: dict[str, type[Model]] = {
    "study": About,
    "scope": Scope,
    "map": JourneyMap,
    "hypotheses": Hypotheses,
    "solutions": Solutions,
    "actions": Actions,
    "codes": Codes,
}
