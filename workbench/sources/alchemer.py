"""Alchemer (SurveyGizmo) exports: one heading row, a Status of each answer; partial answers are kept and told.

A column is called by its part and its question, as in "Reason #1:Why?", in one line.
"""

from __future__ import annotations

import narwhals as nw

from workbench.engine import rows
from workbench.files import Received
from workbench.sources import survey
from workbench.sources import survey_tools as tools
from workbench.sources.reading import Block, Desk
from workbench.sources.sheet import Sheet

name = "alchemer"
says = "an Alchemer (SurveyGizmo) export (CSV, XLSX)"
needs = ("questions or text",)

OWN = {"time started", "date submitted", "status"}
DELETED = "deleted"


def recognises(received: Received) -> str:
    first = tools.top(received, 1)
    headings = {tools.plain(cell).casefold() for cell in first[0]} if first else set()
    return "columns Time Started, Date Submitted and Status" if headings >= OWN else ""


def read(desk: Desk) -> Block:
    sheet = desk.sheet()
    sheet = _by_status(desk, tools.renamed(sheet, sheet.headings))
    person = tools.among(sheet, "Response ID", "ResponseID")
    tools.usual(desk, person, tools.among(sheet, "Date Submitted"), counted_here=True)
    return survey.answers(desk, sheet)


def _by_status(desk: Desk, sheet: Sheet) -> Sheet:
    """Deleted answers are set aside; partial and disqualified ones are told, unless the binding speaks of the status."""
    status = tools.among(sheet, "Status")
    if status is None or any(tools.plain(one).casefold() == "status" for one in desk.binding.set_aside):
        return sheet
    column = sheet.column(status)
    word = nw.col(column).str.strip_chars().str.to_lowercase()
    found = rows(sheet.frame.group_by(word.alias("status")).agg(nw.len().alias("n"), nw.col("row").min().alias("row")))
    kept = {"complete": 0}
    for said, often, row in found.sort_values("row").itertuples(index=False):
        if said == DELETED:
            desk.note(
                row=int(row),
                aside=int(often),
                column=status,
                found=f"{often:,} deleted answers",
                expected="answers that count",
                mend="set aside",
            )
        elif isinstance(said, str):
            kept[said] = int(often)
    complete = kept.pop("complete")
    if kept:
        listed = " and ".join(f"{often:,} {said} answers" for said, often in sorted(kept.items()))
        words = ", ".join(repr(said.capitalize()) for said in sorted(kept))
        desk.note(
            column=status,
            found=f"{listed} beside {complete:,} complete ones",
            expected="complete answers",
            mend=f"kept; to leave them out say set_aside: {{{status}: [{words}]}}",
        )
    return sheet.without(sheet.frame.filter(word.is_null() | (word != DELETED)))
