"""What the columns of a file are: the words of `wb.read(…, **binding)`, of questionnaire files and of study.yaml.

Each word names a column of the file; `{is: value}` is a fixed value for the whole file. Knows no file format.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from workbench.models import Model

STATES = Literal["skipped", "not_shown", "not_applicable", "unknown"]


class Fixed(Model):
    """A value that holds for every row of the file."""

    value: str = Field(alias="is")


Column = str | Fixed | None


class Question(Model):
    """What a column of answers is: the measure, its scale, and its kinds of nothing.

    `choices` are what the codes of the file mean, in order: {code: label}. A cell may hold either; `values` are the codes
    that stand for another number than they are.
    """

    measure: str | None = None
    type: Literal["range", "integer", "select_one", "select_multiple", "text"] = "range"
    step: str | None = None
    label: str = ""
    scale: tuple[float, float] | None = None
    missing: list[str] = []
    not_applicable: list[str] = []
    choices: dict[str, str] = {}
    values: dict[str, float] = {}
    reversed: bool = False

    @model_validator(mode="after")
    def _measured(self) -> Question:
        if self.type == "select_multiple":
            raise ValueError("several: for a question with several options, or this in a questionnaire's survey:")
        if self.type != "text" and self.measure is None:
            raise ValueError("a measure (nps, csat, ces, emotion, trust or a word of your own), or type: text")
        if self.scale is not None and not self.scale[0] < self.scale[1]:
            raise ValueError("a scale from low to high, as in [0, 10]")
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """The scale: as stated, else from the lowest to the highest choice or value, else the measure's usual one."""
        if self.scale is not None:
            return self.scale
        nothing = {*self.missing, *self.not_applicable}
        chosen = [self.values.get(code, number(code)) for code in self.choices if code not in nothing]
        numbers = {one for one in chosen if one is not None}
        if len(numbers) > 1:
            return min(numbers), max(numbers)
        if self.values:
            return min(self.values.values()), max(self.values.values())
        usual = USUAL.get(self.measure or "")
        if usual is None:
            raise ValueError(f"a scale for {self.measure}, as in [1, 5]")
        return usual


def number(code: str) -> float | None:
    """The number that a code is, or None."""
    return float(code) if re.fullmatch(r"[+-]?\d{1,18}(\.\d+)?", code.strip()) else None


USUAL = {"nps": (0.0, 10.0), "csat": (1.0, 5.0), "ces": (1.0, 7.0), "emotion": (1.0, 5.0), "trust": (1.0, 5.0)}


class Options(Model):
    """How a file writes the options of a question: the words that Several and a questionnaire's items share."""

    columns: dict[str, str] | list[str] = {}
    delimiter: str | None = None
    chosen: list[str] = []
    unchosen: list[str] = []
    none: list[str] = []
    other: str | None = None
    not_shown: list[str] = []
    blank: STATES | None = None


class Several(Options):
    """A question with options. `options` are what the file writes for each option and what the option is called.

    `columns` name the column of each option ({option: column}), or the columns that may each hold any option ([…]).
    `chosen` and `unchosen` are the words of a ticked and an unticked cell where they are not the usual ones; `none` are
    words for "none of these"; `other` is the option for what stands in a list and is no option.
    """

    measure: str
    step: str | None = None
    label: str = ""
    options: dict[str, str] = {}
    not_applicable: list[str] = []
    missing: list[str] = []

    @model_validator(mode="after")
    def _whole(self) -> Several:
        if not self.options and not isinstance(self.columns, dict):
            raise ValueError("options: {code or label in the file: what it is called}")
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


class Check(Model):
    """What must hold of every cell of a column, and what is done with a row where it does not hold."""

    column: str
    filled: bool = False
    unique: bool = False
    between: tuple[float, float] | tuple[date, date] | None = None
    one_of: list[str] = []
    matches: str | None = None
    then: Literal["tell", "set aside", "refuse"] = "tell"

    @model_validator(mode="after")
    def _something(self) -> Check:
        if not (self.filled or self.unique or self.between or self.one_of or self.matches):
            raise ValueError("what must hold: filled, unique, between, one_of or matches")
        if self.between and not self.between[0] <= self.between[1]:  # type: ignore[operator]
            raise ValueError("between: from the lower to the higher")
        return self


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
    consent: str | None = (
        None  # whether these words may be quoted: yes, 1, agreed … (QUOTABLE); anything else: they may not
    )
    wave: Column = None
    steps: dict[str, str] = {}
    sheet: str | None = None
    set_aside: dict[str, list[str]] = {}
    keys: dict[str, str] = {}  # other marks of the same people, to join sources by: {what it is: its column}
    checks: list[Check] = []
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
    not_shown: list[str] = []
    duration: str | None = None  # seconds that a respondent took
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

    @model_validator(mode="after")
    def _options(self) -> Binding:
        for name, question in self.several.items():
            if not question.options and not question.columns and not name.startswith("$"):  # SPSS knows its sets
                raise ValueError(
                    f"{name}: options: {{code or label: what it is called}}, or columns: {{option: column}}"
                )
        return self

    @field_validator("questions", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """A question may be given by its measure alone: {Q9: nps}."""
        if isinstance(value, dict):
            return {key: {"measure": one} if isinstance(one, str) else one for key, one in value.items()}
        return value


class Item(Question, Options):
    """A question of a questionnaire file: the export's column, and what it is.

    A `select_one` without a measure has no order: it is a segment. A `select_multiple` has the words of Several, where
    `choices` are its options: a column for each of them ({code: column}), or one column with a list (the delimiter is a
    space where nothing is said).
    """

    name: str

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("type") == "select_multiple" and not value.get("columns"):
            return value if value.get("delimiter") else value | {"delimiter": " "}
        return value

    @model_validator(mode="after")
    def _measured(self) -> Item:
        own = [word for word in OF_SEVERAL if word in self.model_fields_set and getattr(self, word)]
        if self.type != "select_multiple":
            if own:
                raise ValueError(f"type: select_multiple for a question with {own[0]}:")
            if self.type != "select_one" and self.type != "text" and self.measure is None:
                raise ValueError("a measure (nps, csat, ces, emotion, trust or a word of your own), or type: text")
        else:
            if self.scale is not None or self.values or self.reversed:
                raise ValueError("no scale, values or reversed where several options may be chosen")
            if len(set(self.choices.values())) < len(self.choices):
                raise ValueError("choices that are called differently")
            if not self.choices and not self.columns and not self.name.startswith("$"):
                raise ValueError("choices: {code: label}, which are its options, or columns: {option: column}")
            try:
                self.several()
            except ValidationError as problem:
                raise ValueError(problem.errors()[0]["msg"].removeprefix("Value error, ")) from None
        if self.scale is not None and not self.scale[0] < self.scale[1]:
            raise ValueError("a scale from low to high, as in [0, 10]")
        return self

    def several(self) -> Several:
        """A question with several options, as a binding has it. Without a measure it is called by its column."""
        words = {word: getattr(self, word) for word in ("step", "label", "missing", "not_applicable", *OF_SEVERAL)}
        said = {word: value for word, value in words.items() if word in self.model_fields_set or word == "delimiter"}
        return Several.model_validate({"measure": self.measure or self.name, "options": self.choices} | said)


OF_SEVERAL = tuple(Options.model_fields)


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
        questions, several, segments = {}, {}, []
        for item in self.survey:
            if item.type == "select_multiple":
                several[item.name] = item.several().model_dump(exclude_unset=True)
            elif item.type == "select_one" and item.measure is None:
                segments.append(item.name)
            else:
                words = set(Question.model_fields)
                questions[item.name] = item.model_dump(include=words, exclude_unset=True)
        base["questions"] = questions | base.get("questions", {})
        if several:
            base["several"] = several | base.get("several", {})
        if segments:
            base["segments"] = list(dict.fromkeys([*base.get("segments", []), *segments]))
        for one in base.get("not_asked", []):
            base["questions"].pop(one, None)
            base.get("several", {}).pop(one, None)
            base["segments"] = [name for name in base.get("segments", []) if name != one]
            for question in base.get("several", {}).values():
                if isinstance(question.get("columns"), dict):
                    question["columns"] = {key: column for key, column in question["columns"].items() if column != one}
        return Binding.model_validate(base)
