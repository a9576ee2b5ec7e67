"""The 17 columns of the US federal service survey (A-11, section 280): trust, what drove it, and a comment.

`null` is an option that was not asked. What is not bound is bound as the form has it.
"""

from __future__ import annotations

import narwhals as nw

from workbench.engine import distinct, rows
from workbench.files import Received
from workbench.sources import survey
from workbench.sources import survey_tools as tools
from workbench.sources.binding import Binding
from workbench.sources.reading import Block, Desk
from workbench.sources.sheet import Sheet

name = "a11"
says = "a US federal A-11 customer survey of 17 columns (CSV, XLSX)"
needs = ()

DRIVERS = ("effectiveness", "ease", "efficiency", "transparency", "humanity", "employee", "other")
OPTIONS = {f"{side}_{driver}": f"{side}: {driver}" for side in ("positive", "negative") for driver in DRIVERS}
COLUMNS = {"external_id", "question_1", *OPTIONS, "question_4"}


def recognises(received: Received) -> str:
    first = tools.top(received, 1)
    headings = {tools.plain(cell).casefold() for cell in first[0]} if first else set()
    return "the columns of an A-11 survey" if len(COLUMNS & headings) > 12 and "question_1" in headings else ""


def read(desk: Desk) -> Block:
    sheet = desk.sheet()
    sheet = tools.renamed(sheet, [heading.strip().casefold() for heading in sheet.headings])
    tools.usual(desk, tools.among(sheet, "external_id"))
    _as_the_form_has_it(desk, sheet)
    return survey.answers(desk, tools.apart(desk, sheet, "null"))


def _as_the_form_has_it(desk: Desk, sheet: Sheet) -> None:
    words = desk.binding.model_dump(by_alias=True, exclude_unset=True)
    questions = dict(words.get("questions", {}))
    if "question_1" not in questions:
        questions["question_1"] = {"measure": "trust", "scale": _scale(desk, sheet), "label": "I trust this agency"}
        desk.note(
            column="question_1",
            found="no measure bound",
            expected="questions: {question_1: {measure, scale}}",
            mend="taken as trust, from {} to {}".format(*questions["question_1"]["scale"]),
        )
    for column, measure in OPTIONS.items():
        if column not in questions and sheet.has(column):
            questions[column] = {"measure": measure, "scale": [0, 1], "type": "integer"}
    if not desk.binding.text and "question_4" not in questions and sheet.has("question_4"):
        words["text"] = ["question_4"]
    desk.binding = Binding.model_validate(words | {"questions": questions})


def _scale(desk: Desk, sheet: Sheet) -> list[int]:
    """1 to 5, or thumbs (0, 1): told by the answers, and refused where they do not tell."""
    cell = nw.col(sheet.column("question_1")).str.strip_chars()
    said = set(rows(distinct(sheet.frame.select(cell.alias("said"))))["said"].dropna()) - {"", "null"}
    if said & {"2", "3", "4", "5"} and "0" not in said:
        return [1, 5]
    if "0" in said and said <= {"0", "1"}:
        return [0, 1]
    raise desk.refuse(
        column="question_1",
        found=f"answers that fit no one scale ({', '.join(sorted(said)[:6]) or 'none'})",
        expected="1 to 5, or 0 and 1",
        mend="say questions: {question_1: {measure: trust, scale: [1, 5]}} or scale: [0, 1]",
    )
