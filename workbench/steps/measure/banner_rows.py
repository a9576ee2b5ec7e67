"""What stands in a banner table: its questions, the lines of each (score, nets, answers), and the blocks of its columns.

Knows the journey and its questions; counts nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from workbench.cases import Question, asked, named
from workbench.engine import RECORDS, STRIDE
from workbench.faults import DataFault, Fault, unknown
from workbench.journey import DESIGN, JourneyFrame
from workbench.steps.measure.ratings import CLASSES, PROMOTERS

ANY = ""  # the step of a question that is taken at all its steps together
MOST_COLUMNS = 26  # columns of a block
MOST_QUESTIONS = 12  # questions taken where none is named
MOST_BLOCKS = 6
FEW = 12  # values of an attribute that is taken for a block where none is named
POINTS = 11  # answers of a scale that are shown one by one
SHOWN = ("score", "nets", "answers")
OWN = ("wave", "channel", "step", "source")  # columns of an answer itself


@dataclass(frozen=True)
class Line:
    """One line of a question: what each answer scores in it. `kind`: score (points), mean, net, answer or option."""

    label: str
    kind: str
    ranges: tuple[tuple[float, float, float], ...] = ()  # from, to, what it scores; none: the answer itself

    @property
    def share(self) -> bool:
        return self.kind in ("net", "answer", "option")

    def scores(self, values: Sequence[float]) -> list[float]:
        if not self.ranges:
            return [float(value) for value in values]
        return [next((x for a, b, x in self.ranges if a <= value <= b), 0.0) for value in values]


@dataclass(frozen=True)
class Asked:
    """A question of the table: of one step, of the whole journey (None), or of all steps together (`ANY`).

    `head` is what it stands under: its own name, or the question whose option it is.
    """

    name: str
    head: str
    measure: str
    step: str | None
    low: float
    high: float
    reversed: bool
    option: str = ""
    words: str = ""  # as it was asked, where that is one wording

    @property
    def whole(self) -> bool:
        return float(self.low).is_integer() and float(self.high).is_integer() and self.high - self.low < POINTS

    def row(self, line: Line) -> str:
        return self.name if self.option else f"{self.name}: {line.label}"


def lines(asked: Asked, values: Sequence[float], show: Sequence[str]) -> list[Line]:
    """The lines of a question: its score, the nets, and its answers, as far as they are to be shown."""
    low, high = asked.low, asked.high
    if high - low == 1:
        return [Line(asked.option or f"answered {high:g}", "option", ((high, high, 1.0),))]
    nps = asked.measure == "nps" and (low, high) == (0, 10)
    found = []
    if "score" in show:
        found += [Line("NPS", "score", PROMOTERS)] if nps else []
        found += [Line("mean", "mean")]
    if "nets" in show and nps:
        found += [
            Line(word, "net", ((a, b, 1.0),)) for word, (a, b, _) in zip(CLASSES[::-1], PROMOTERS[::-1], strict=True)
        ]
    elif "nets" in show and high - low >= 3:
        boxes = 2 if high - low <= 6 else 3
        top, bottom = (high - boxes + 1, high), (low, low + boxes - 1)
        top, bottom = (bottom, top) if asked.reversed else (top, bottom)
        found += [
            Line(f"{word} {boxes} ({a:g}–{b:g})", "net", ((a, b, 1.0),))
            for word, (a, b) in (("top", top), ("bottom", bottom))
        ]
    scale = [low + place for place in range(int(high - low) + 1)] if asked.whole else []
    points = sorted({*scale, *values})
    if "answers" in show and len(points) <= 3 * POINTS:
        ordered = sorted(points, reverse=not asked.reversed)
        found += [Line(f"answer {one:g}", "answer", ((one, one, 1.0),)) for one in ordered]
    return found


def questions(journey: JourneyFrame, rows: str | Sequence[str] | None, stepwise: bool) -> tuple[list[Asked], str]:
    """The questions that are meant, and in words what was left out. Raises DataFault for a name that is not there.

    A name is a question (of one step: "csat · First bill"), a measure (as asked of the whole journey, else at each of
    its steps), or a question of several options. `stepwise`: measures, at all steps together.
    """
    known = asked(journey)
    if not known:
        raise DataFault(Fault(column="rows", found="no question that people answered", expected="a survey's answers"))
    at_steps = list(dict.fromkeys(one.measure for one in known.values() if one.step is not None))
    measures = at_steps if stepwise else list(dict.fromkeys(one.measure for one in known.values()))
    several = _several(journey, measures)
    told = ""
    if rows is None:
        whole = [name for name, one in known.items() if one.step is None]
        wanted = at_steps if stepwise else whole or list(known)
        left = len(wanted) - MOST_QUESTIONS
        if left > 0 and not any(name in several for name in wanted):
            wanted = wanted[:MOST_QUESTIONS]
            told = f"the first {MOST_QUESTIONS} of {left + MOST_QUESTIONS} questions (name others in rows=)"
    else:
        wanted = [rows] if isinstance(rows, str) else list(rows)
    found: list[Asked] = []
    for name in dict.fromkeys(wanted):
        here = [one for one in known.values() if one.measure == name or several.get(one.measure, ("",))[0] == name]
        if not stepwise and name in known:
            here = [known[name]]
        if not here:
            raise DataFault(unknown("question", name, [*known, *{head for head, _ in several.values()}], column="rows"))
        pairs = dict.fromkeys((one.measure, ANY if stepwise else one.step) for one in here)
        found += [_question(journey, Question(measure, step), several) for measure, step in pairs]
    return list(dict.fromkeys(found)), told


def _question(journey: JourneyFrame, one: Question, several: dict[str, tuple[str, str]]) -> Asked:
    frame = journey.at_any_step() if one.step == ANY else journey
    low, high, turned = frame.scale(one.measure, one.step)
    name = one.measure if one.step == ANY else named(journey, one)
    head, option = several.get(one.measure, (name, ""))
    if option and one.step:
        head = named(journey, Question(head, one.step))
    return Asked(name, head, one.measure, one.step, low, high, turned, option, _wording(journey, one, option))


def _wording(journey: JourneyFrame, one: Question, option: str) -> str:
    table = journey.measures.to_frame()
    table = table[(table["measure"] == one.measure) & (table["kind"] == "answer")]
    if one.step != ANY:
        table = table[table["step"].isna() if one.step is None else table["step"] == one.step]
    said = [str(label) for label in table["label"].dropna().unique()]
    return said[0].removesuffix(f" – {option}") if len(said) == 1 else ""


def _several(journey: JourneyFrame, measures: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Options of questions where several may be chosen: measure -> the question's name and the option's."""
    table = journey.measures.to_frame()
    chosen = set(table.loc[(table["low"] == 0) & (table["high"] == 1), "measure"])
    return {one: (one.partition(": ")[0], one.partition(": ")[2]) for one in measures if one in chosen and ": " in one}


# -- columns ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """Columns that belong together: the values of an attribute, or the answers to another question."""

    name: str
    columns: tuple[Any, ...]
    asked: tuple[Asked, ...] = ()
    lines: tuple[Line, ...] = field(default=())

    def label(self, column: Any, journey: JourneyFrame) -> str:
        names = journey.step_names or {}
        return str(names.get(column, column)) if self.name == "step" else str(column)

    def on(self, frame: nw.LazyFrame, journey: JourneyFrame) -> nw.LazyFrame:
        """The frame of a question with `column`: who stands where. Who stands nowhere is left out."""
        if not self.asked:
            kept = frame.with_columns(nw.col(self.name).alias("column"))
            return kept.filter(nw.col("column").is_in(list(self.columns)))
        parts = []
        for one in self.asked:
            there = answers(journey, one).select("source", "case", "value")
            for line in self.lines or lines(one, (), ("answers", "nets")):
                (a, b, _) = line.ranges[0]
                here = there.filter(nw.col("value") >= a, nw.col("value") <= b)
                parts.append(here.select("source", "case", nw.lit(line.label).alias("column")))
        return frame.join(nw.concat(parts), on=["source", "case"], how="inner")


def answers(journey: JourneyFrame, one: Asked) -> nw.LazyFrame:
    """The answered records of a question, with `case` (the response they stand in)."""
    frame = journey.records.lazy.filter(
        nw.col("kind") == "answer",
        nw.col("measure") == one.measure,
        nw.col("state") == "answered",
        ~nw.col("value").is_null(),
    )
    step = nw.col("step")
    if one.step != ANY:
        frame = frame.filter(step.is_null() if one.step is None else step == one.step)
    else:
        frame = frame.filter(~step.is_null())
    return frame.with_columns((nw.col("order") // STRIDE).alias("case"))


def blocks(journey: JourneyFrame, by: str | Sequence[str] | None) -> tuple[list[Block], str]:
    """The blocks that are meant, and in words what was left out. Raises DataFault for a name that is not there."""
    there = [one for one in journey.people.columns if one not in DESIGN]
    told = ""
    if by is None:
        spoken = journey.of_kind("answer")
        wanted = [one for one in ("wave", "channel") if len(spoken.distinct(one)) > 1]
        wanted += [one for one in there if 1 < len(journey.distinct(one)) <= FEW]
        if len(wanted) > MOST_BLOCKS:
            told = f"the first {MOST_BLOCKS} of {len(wanted)} attributes (name others in by=)"
            wanted = wanted[:MOST_BLOCKS]
    else:
        wanted = [by] if isinstance(by, str) else list(dict.fromkeys(by))
    known = asked(journey)
    several = _several(journey, [one.measure for one in known.values()])
    heads = {head for head, _ in several.values()}
    found = []
    for name in wanted:
        if name in RECORDS or name in journey.people.columns:
            found.append(_attribute(journey, name))
        elif name in known or name in heads:
            found.append(_of_question(journey, name, known, several))
        else:
            raise DataFault(unknown("column", name, [*OWN, *there, *known, *heads], column="by"))
    return found, told


def _attribute(journey: JourneyFrame, name: str) -> Block:
    if name in DESIGN or (name in RECORDS and name not in OWN):
        raise DataFault(unknown("column for a banner", name, OWN, column="by"))
    source = journey.of_kind("answer") if name in OWN else journey
    values = source.distinct(name)
    if not values:
        raise DataFault(
            Fault(column=name, found="no value among the answers", expected="two values or more", mend="choose another")
        )
    _few_enough(name, len(values), "values")
    return Block(name, tuple(values))


def _few_enough(name: str, many: int, what: str) -> None:
    if many > MOST_COLUMNS:
        raise DataFault(
            Fault(
                column=name,
                found=f"{many} {what}",
                expected=f"at most {MOST_COLUMNS} columns in a block",
                mend=f"choose another with fewer {what}, or put {what} together where it is bound",
            )
        )


def _of_question(
    journey: JourneyFrame, name: str, known: dict[str, Question], several: dict[str, tuple[str, str]]
) -> Block:
    if name not in known:
        options = [one for one in known.values() if several.get(one.measure, ("",))[0] == name]
        those = tuple(_question(journey, one, several) for one in options)
        _few_enough(name, len(those), "options")
        return Block(name, tuple(dict.fromkeys(one.option for one in those)), those)
    one = _question(journey, known[name], several)
    few = one.high - one.low < 7 and one.whole and one.high - one.low > 1
    parts = lines(one, (), ("answers",) if few else ("nets",))
    parts = [part for part in parts if part.share]
    if one.high - one.low == 1:
        parts = [Line(f"{value:g}", "answer", ((value, value, 1.0),)) for value in (one.low, one.high)]
    return Block(name, tuple(part.label for part in parts), (one,), tuple(parts))
