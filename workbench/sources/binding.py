"""What the columns of a file are: the words of `wb.read(…, **binding)`, of questionnaire files and of study.yaml.

Each word names a column of the file; `{is: value}` is a fixed value for the whole file. Knows no file format.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from workbench.models import Model

STATES = Literal["skipped", "not_shown", "not_applicable", "unknown"]


class Fixed(Model):
    """A value that holds for every row of the file."""

    value: str = Field(alias="is")


Column = str | Fixed | None


class Question(Model):
    """What a column of answers is: the measure, its scale, and its kinds of nothing."""

    measure: str | None = None
    type: Literal["range", "integer", "select_one", "text"] = "range"
    step: str | None = None
    label: str = ""
    scale: tuple[float, float] | None = None
    missing: list[str] = []
    not_applicable: list[str] = []
    values: dict[str, float] = {}
    reversed: bool = False

    @model_validator(mode="after")
    def _measured(self) -> Question:
        if self.type != "text" and self.measure is None:
            raise ValueError("a measure (nps, csat, ces, emotion, trust or a word of your own), or type: text")
        if self.scale is not None and not self.scale[0] < self.scale[1]:
            raise ValueError("a scale from low to high, as in [0, 10]")
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """The scale: as stated, else the usual one of the measure, else the values' own range."""
        if self.scale is not None:
            return self.scale
        if self.values:
            return min(self.values.values()), max(self.values.values())
        usual = USUAL.get(self.measure or "")
        if usual is None:
            raise ValueError(f"a scale for {self.measure}, as in [1, 5]")
        return usual


USUAL = {"nps": (0.0, 10.0), "csat": (1.0, 5.0), "ces": (1.0, 7.0), "emotion": (1.0, 5.0), "trust": (1.0, 5.0)}


class Several(Model):
    """A question with options. `options` are what the file writes for each option and what the option is called.

    `columns` name the column of each option ({option: column}), or the columns that may each hold any option ([…]).
    `chosen` and `unchosen` are the words of a ticked and an unticked cell where they are not the usual ones; `none` are
    words for "none of these"; `other` is the option for what stands in a list and is no option.
    """

    measure: str
    step: str | None = None
    label: str = ""
    options: dict[str, str] = {}
    columns: dict[str, str] | list[str] = {}
    delimiter: str | None = None
    chosen: list[str] = []
    unchosen: list[str] = []
    none: list[str] = []
    other: str | None = None
    not_shown: list[str] = []
    not_applicable: list[str] = []
    missing: list[str] = []
    blank: STATES | None = None

    @model_validator(mode="after")
    def _whole(self) -> Several:
        if not self.options and not isinstance(self.columns, dict):
            raise ValueError("options: {code or label in the file: what it is called}")
        if not self.options and not self.columns:
            raise ValueError("options: {code or label in the file: what it is called}, or columns: {option: column}")
        if self.columns and self.delimiter is not None:
            raise ValueError("columns or a delimiter, not both")
        if self.delimiter is not None and not self.delimiter.strip(" ") and self.delimiter != " ":
            raise ValueError('a delimiter, as in ";"')
        return self

    @property
    def called(self) -> list[str]:
        """The options by what they are called, in order."""
        listed = list(self.columns) if isinstance(self.columns, dict) and self.columns else list(self.options.values())
        return list(
            dict.fromkeys([*(self.options.get(one, one) for one in listed), *([self.other] if self.other else [])])
        )


class Binding(Model):
    """Which column is what. See the README for one line on each word."""

    # every kind of file
    person: Column = None
    id_space: str = ""
    time: Column = None
    timezone: str | None = None
    dates: Literal["day first", "month first", "year first"] | None = None
    channel: Column = None
    step: Column = None
    segments: list[str] = []
    text: list[str] = []
    wave: Column = None
    steps: dict[str, str] = {}
    sheet: str | None = None
    set_aside: dict[str, list[str]] = {}
    # surveys
    weight: str | None = None
    stratum: str | None = None
    cluster: str | None = None
    questions: dict[str, Question] = {}
    several: dict[str, Several] = {}  # questions of which several options may be chosen
    # where this file calls a column otherwise: {its usual name: its name here}; in a wide tracking sheet the columns of
    # readings: {column: measure}, or [columns named by their month or wave]
    columns: dict[str, str] | list[str] = {}
    not_asked: list[str] = []  # questions of the questionnaire that this file does not have
    blank: STATES = "unknown"
    skipped: list[str] = []
    # complaints
    opened: str | None = None
    closed: str | None = None
    category: Column = None
    # events
    activity: Column = None
    order: str | None = None
    lifecycle: str | None = None
    # tracking
    measure: Column = None
    value: str | None = None
    n: str | None = None
    # people
    created: str | None = None
    # transcripts
    interviewer: list[str] = []
    speakers: dict[str, str] = {}
    merge: dict[str, str] = {}  # spellings of one speaker put together: {spelling: speaker}
    today: str | None = None

    @field_validator("questions", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """A question may be given by its measure alone: {Q9: nps}."""
        if isinstance(value, dict):
            return {key: {"measure": one} if isinstance(one, str) else one for key, one in value.items()}
        return value


class Item(Question):
    """A question of a questionnaire file: the export's column, and what it is."""

    name: str


class Questionnaire(Model):
    """A questionnaire file under surveys/: wording, scale and step of each question, and bindings to exports."""

    title: str
    survey: list[Item]
    binding: Binding = Binding()
    bindings: dict[str, Binding] = {}

    def bind(self, name: str | None = None) -> Binding:
        """The binding of an export: the general one, with what the named one says instead, and all questions."""
        base = self.binding.model_dump(exclude_unset=True, by_alias=True)
        if name is not None:
            if name not in self.bindings:
                from workbench.faults import DataFault, unknown

                raise DataFault(unknown("binding", name, self.bindings, file=self.title))
            base |= self.bindings[name].model_dump(exclude_unset=True, by_alias=True)
        questions = {item.name: item.model_dump(exclude={"name"}, exclude_unset=True) for item in self.survey}
        base["questions"] = questions | base.get("questions", {})
        for one in base.get("not_asked", []):
            base["questions"].pop(one, None)
        return Binding.model_validate(base)
