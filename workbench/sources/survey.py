"""Surveys as plain delimited files or sheets: one row is one respondent, one column a question.

The binding (a questionnaire file, or words given to `read`) says what the columns are. Values outside their scale are
set aside and told; the kinds of nothing (skipped, not shown, not applicable, unknown) are kept apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import narwhals as nw

from workbench.engine import STATES, distinct
from workbench.faults import Fault, shape
from workbench.files import Received
from workbench.sources import multiple, response_quality
from workbench.sources import sheet as sheets
from workbench.sources.binding import Binding, Question
from workbench.sources.binding import number as number_of
from workbench.sources.reading import Answers, Block, Desk, count
from workbench.sources.sheet import Sheet
from workbench.written import NUMBER

name = "survey"
says = "a survey, one row a respondent (CSV, TSV, XLSX)"
needs = ("questions or text",)


def recognises(received: Received) -> str:
    """Why this file looks like a plain survey, or an empty text."""
    if received.kind != "text":
        return ""
    first = sheets.first_rows(received, 1)
    if not first or len(first[0]) < 2:
        return ""
    words = " ".join(first[0]).casefold()
    hits = [
        word for word in ("respondent", "respnum", "response", "nps", "recommend", "satisf", "rating") if word in words
    ]
    return f"headings that speak of {', '.join(hits)}" if hits else ""


def read(desk: Desk) -> Block:
    return answers(desk, desk.sheet())


def answers(desk: Desk, sheet: Sheet) -> Block:
    """Records of the answers and comments of a survey's sheet, its people, and its measures."""
    binding = desk.binding
    scored = {column: question for column, question in binding.questions.items() if question.type != "text"}
    worded = {column: question for column, question in binding.questions.items() if question.type == "text"}
    if not scored and not worded and not binding.text and not binding.several and not binding.segments:
        raise desk.refuse(
            found="no question bound",
            expected="questions={column: {measure, scale, step}}, or a questionnaire",
            mend=f"name the columns: {', '.join(sheet.headings[:12])}",
        )
    bound = [binding.person, binding.time, binding.wave, binding.channel, binding.step]
    named = [one for one in bound if isinstance(one, str)]
    options = [one for column, question in binding.several.items() for one in multiple.columns_of(column, question)]
    wanted = [*named, binding.weight, binding.stratum, binding.cluster, binding.duration, *binding.segments]
    wanted += [*binding.text, binding.consent, *binding.questions, *options, *binding.keys.values()]
    desk.check(sheet, [*wanted, *binding.set_aside, *(check.column for check in binding.checks)])
    sheet = desk.opened(sheet)
    if isinstance(binding.person, str):
        sheet = desk.once(sheet, binding.person)
    also = [binding.wave, binding.channel, binding.step, binding.weight, binding.stratum, binding.cluster]
    also += [binding.duration, *binding.segments, *binding.text, binding.consent, *worded, *options]
    carried = [one for one in dict.fromkeys(also) if isinstance(one, str)]
    sheet = sheet.only([one for one in wanted if one])
    scores = _scores(desk, sheet, scored)
    sheet = desk.with_person_and_time(sheet.without(scores.frame), binding.time, carried)
    if binding.duration:
        response_quality.speeders(desk, sheet, binding.duration)
    sheet = desk.weight(sheet)
    common = sheet.frame.with_columns(
        desk.value(sheet, binding.wave).alias("wave"),
        desk.value(sheet, binding.channel).alias("channel"),
        desk.step(sheet, binding.step).alias("row_step"),
    )
    kept = ["row", "person", "time", "weight", "wave", "channel", "row_step"]
    desk.faults += scores.notes
    answers = _answers(desk, common, scored, scores) if scored else None
    parts = []
    texts = [(column, worded[column].step if column in worded else None) for column in (*worded, *binding.text)]
    for place, (column, step) in enumerate(texts):
        parts.append(_comments(desk, sheet, common, kept, column, step, len(scored) + place))
    place = len(scored) + len(texts)
    for column, question in binding.several.items():
        parts.append(multiple.records(desk, sheet, common, column, question, place))
        place += len(question.called)
    once = desk.alone or count(sheet.frame) == count(distinct(sheet.frame.select("person")))
    people = desk.segments(sheet, {"stratum": binding.stratum, "cluster": binding.cluster})
    if people is None:
        people = distinct(sheet.frame.select("person"))
    measures = [_measure(desk, sheet, column, question) | {"once": once} for column, question in scored.items()]
    for column, question in binding.several.items():
        measures += [one | {"once": once} for one in multiple.measures(desk, sheet, column, question)]
    return Block(nw.concat(parts) if parts else None, people, tuple(measures), answers=answers)


def _measure(desk: Desk, sheet: Sheet, column: str, question) -> dict[str, Any]:
    low, high = question.bounds
    return {
        "measure": question.measure,
        "kind": "answer",
        "step": question.step,
        "source": desk.source,
        "label": question.label or sheet.words(sheet.column(column)),
        "low": low,
        "high": high,
        "reversed": question.reversed,
        "missing": ", ".join([*question.missing, *question.not_applicable]),
        "column": column,
    }


class Scores(NamedTuple):
    """What the cells of the questions mean: `frame` has the sheet with it, a column each of `columns` (the value vk and
    the state sk of the question at place k), `notes` what is to be told."""

    frame: nw.LazyFrame
    columns: list[str]
    notes: list[Fault]


def _scores(desk: Desk, sheet: Sheet, scored: Mapping[str, Question]) -> Scores:
    """The cells of the questions: a value where it was answered in its scale, else what kind of nothing it is.

    What a cell says is decided once for each thing that is written in a column, however many rows say it.
    """
    cells = {column: sheet.column(column) for column in scored}
    if len(set(cells.values())) < len(scored):
        raise desk.refuse(found="a column bound twice", expected="each column once", mend="bind it once")
    decimal = "," if sheet.delimiter == ";" else "."
    wanted: list[tuple[str, str, Mapping[Any, Any], str]] = []
    notes: list[Fault] = []
    for column, question in scored.items():
        try:
            _ = question.bounds
        except ValueError as problem:
            raise desk.refuse(column=column, found="no scale", expected=str(problem), mend="state it") from None
    seen = desk.engine.words(sheet.frame, list(cells.values()))
    for place, (column, question) in enumerate(scored.items()):
        cell, (low, high) = cells[column], question.bounds
        said = [_means(raw, question, desk.binding, decimal) for raw, *_ in seen[cell]]
        decided = [(raw, *meant, often, row) for (raw, often, row), meant in zip(seen[cell], said, strict=True)]
        notes += _told(desk, sheet.frame, cell, sheet.headings[int(cell[1:])], decided, low, high)
        values = {raw: value for raw, _, value, *_ in decided}
        states = {raw: STATES.index("unknown" if state == "outside" else state) for raw, state, *_ in decided}
        small = all(value is None or (value.is_integer() and 0 <= value <= 255) for value in values.values())
        whole = {raw: None if value is None else int(value) for raw, value in values.items()} if small else values
        wanted.append((f"v{place}", cell, whole, "UTINYINT" if small else "DOUBLE"))
        wanted.append((f"s{place}", cell, states, "UTINYINT"))
    looked = desk.engine.looked_up(sheet.frame, wanted) if wanted else sheet.frame
    return Scores(looked, [target for target, *_ in wanted], notes)


def _answers(desk: Desk, common: nw.LazyFrame, scored: Mapping[str, Question], scores: Scores) -> Answers:
    response_quality.straight_lines(desk, common, scored)
    frame = common.select(
        "person",
        "time",
        desk.order().alias("order"),
        nw.col("row_step").alias("step"),
        "channel",
        "weight",
        "wave",
        *[nw.col(one).cast(nw.Float64) if one[0] == "v" else nw.col(one) for one in scores.columns],
    )
    return Answers(frame, tuple((str(question.measure), question.step) for question in scored.values()))


def _means(raw: object, question: Question, binding: Binding, decimal: str) -> tuple[str, float | None]:
    """What a cell's text means: its state ("outside" where it is outside the scale) and its value."""
    text = raw.strip() if isinstance(raw, str) else ""
    if not text:
        return binding.blank, None
    written = text.replace(decimal, ".") if decimal != "." else text
    number = float(written) if re.fullmatch(NUMBER, written) else None
    code = str(int(number)) if number is not None and number.is_integer() and abs(number) < 1e15 else text
    nothing = (*question.not_applicable, *question.missing, *binding.skipped, *binding.not_shown)
    said = {*question.choices, *question.values, *nothing}
    if number is None and code not in said and (choice := _choice(text, question)) is not None:
        code, number = choice, number_of(choice)
    if code in question.not_applicable:
        return "not_applicable", None
    if code in question.missing or code in binding.skipped:
        return "skipped", None
    if code in binding.not_shown:
        return "not_shown", None
    if code in question.values:
        return "answered", question.values[code]
    low, high = question.bounds
    strange = bool(question.choices and question.values) and code not in question.choices
    if number is None or strange or not low <= number <= high:
        return "outside", None
    return "answered", number


def _choice(text: str, question: Question) -> str | None:
    """The code of the one choice whose label stands in a cell, whatever its capitals and spaces."""
    said = " ".join(text.split()).casefold()
    codes = [code for code, label in question.choices.items() if " ".join(label.split()).casefold() == said]
    return codes[0] if len(codes) == 1 else None


def _told(
    desk: Desk, frame: nw.LazyFrame, cell: str, column: str, decided: list[tuple], low: float, high: float
) -> list[Fault]:
    """What stands outside the scale, one note a value; refuse choice codes 1 to 11 that pose as scores 0 to 10."""
    outside = [(raw, often, row) for raw, state, _, often, row in decided if state == "outside"]
    answered = {value: often for _, state, value, often, _ in decided if state == "answered"}
    above = sum(often for text, often, _ in outside if text.strip() in (f"{high + 1:g}", f"{high + 1:.1f}"))
    if low == 0 and above > 0.02 * (above + sum(answered.values())) and low not in answered and len(outside) == 1:
        raise desk.refuse(
            row=outside[0][2],
            column=column,
            found=f"{above} cells with {high + 1:g} and none with {low:g}",
            expected=f"scores from {low:g} to {high:g}",
            mend=f"these look like choice codes 1 to {high + 1:g}: give values: {{'1': 0, '2': 1, …}}; "
            f"if {high + 1:g} means no answer, say missing: [{high + 1:g}]",
        )
    notes = [
        desk.noted(
            row=row,
            rows=desk.rows_of(frame.filter(nw.col(cell) == raw)) if often > 1 else (),
            column=column,
            found=f"'{raw.strip()}'" if len(raw.strip()) <= 24 else shape(raw.strip()),
            expected=f"a number from {low:g} to {high:g}",
            mend="set aside; correct the cells, or say what the code means (missing:, not_applicable:, values:)",
            count=often,
        )
        for raw, often, row in outside
    ]
    if not answered:
        notes += [
            desk.noted(
                column=column,
                found="no answer at all (base 0)",
                expected="answers",
                mend="check that the right column is bound",
            )
        ]
    return notes


def _comments(
    desk: Desk, sheet: Sheet, common: nw.LazyFrame, kept: list[str], column: str, step: str | None, place: int
) -> nw.LazyFrame:
    """One record a comment, masked; blanks and the marks of nothing are no comments."""
    cell = sheet.column(column)
    text = nw.col(cell).str.strip_chars()
    asked = desk.binding.questions.get(column)
    nothing = [*asked.missing, *asked.not_applicable] if asked else []
    marks = ["", *desk.binding.skipped, *desk.binding.not_shown, *nothing]
    written = common.filter(~nw.col(cell).is_null(), ~text.is_in(marks))
    words = written.select(*kept, nw.col(cell).alias("text"), desk.quotable(sheet).alias("quotable"))
    if count(words):
        words = desk.unquoted(desk.masked(desk.engine.keep(words), "text"))
    here = nw.lit(step) if step else nw.col("row_step")
    return desk.engine.typed(
        words.select(
            "person",
            "time",
            desk.order(place).alias("order"),
            here.alias("step"),
            "channel",
            nw.lit(desk.source).alias("source"),
            nw.lit("comment").alias("kind"),
            nw.lit("answered").alias("state"),
            "text",
            "weight",
            "wave",
        )
    )
