"""The report as a workbook (`--to xlsx`): a sheet a finding, and a first one that lists them with links.

The sheets are those of `books`: banner tables with letters and bases, numbers as numbers, no text a formula. Knows what a finding
may show.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from workbench.books import add_sheet
from workbench.exports import harmless
from workbench.finding import Finding
from workbench.report import office
from workbench.report.releasing import entered, outgoing
from workbench.report.slides import STEPS, Study

HEADS = ("Sheet", "Chapter", "Finding", "Sentence", "Base", "Method")
WIDTHS = (26, 12, 30, 70, 40, 70)
CONTENTS = "Contents"
READING = "A sheet a finding. Figures of groups that are too small, and of their complements, are hidden."


def write(study: Study, path: Path, draft: bool = False) -> Path:
    """Write every finding of a study's report as a workbook; its path comes back. The same study gives the same bytes.

    draft   it is not entered in the ledger of what was shared
    Raises DataFault, and leaves an earlier workbook as it was, where it would name a person.
    """
    from openpyxl import Workbook

    book = Workbook()
    contents = book.active
    contents.title = CONTENTS
    listed: list[list[str]] = []
    there = [(step, finding) for step in STEPS for finding in study.findings(step)]
    shared = None if draft else getattr(study, "shared", None)
    kept, cells = outgoing([finding for _, finding in there], shared)
    for (step, _), finding in zip(there, kept, strict=True):
        listed.append([add_sheet(book, finding), step, _title(finding), finding.sentence, finding.base, finding.method])
    _list(contents, study, listed)
    for sheet in book.worksheets[1:]:
        _set_up(sheet)
    out = io.BytesIO()
    book.properties.title, book.properties.creator = study.title, ""
    book.save(out)
    with entered(shared, "workbook", path, cells):
        return office.write(out.getvalue(), path, study.leaks)


def _title(finding: Finding) -> str:
    """What a finding is called in a list: its title, and what it is split by."""
    name = finding.title or finding.name.replace("_", " ")
    split = " and ".join(one.replace("_", " ") for one in finding.by if one not in ("row", "block", "column"))
    return f"{name} by {split}" if split and finding.layout.get("kind") != "banner" else name


def _list(sheet: Any, study: Study, listed: list[list[str]]) -> None:
    """The first sheet: each finding with its sentence, base and method, and a link to its sheet."""
    import pandas as pd
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.hyperlink import Hyperlink

    line = str(getattr(study, "date_line", "") or "")
    words = harmless(pd.DataFrame([[study.title], [line], [READING]], dtype=object))
    for number, value in enumerate(words.iloc[:, 0], start=1):
        _text(sheet.cell(number, 1), value)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    for place, head in enumerate(HEADS, start=1):
        sheet.cell(5, place, head).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS[place - 1]
    if listed:
        for number, row in enumerate(harmless(pd.DataFrame(listed, dtype=object)).itertuples(index=False), start=6):
            for place, value in enumerate(row, start=1):
                cell = sheet.cell(number, place)
                _text(cell, value)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            quoted = listed[number - 6][0].replace("'", "''")
            first = sheet.cell(number, 1)
            _text(first, listed[number - 6][0])
            first.hyperlink = Hyperlink(ref=first.coordinate, location=f"'{quoted}'!A1")
            first.font = Font(color="1F5AA6", underline="single")
    sheet.freeze_panes = "B6"
    _set_up(sheet)


def _text(cell: Any, value: str) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"


def _set_up(sheet: Any) -> None:
    """How a sheet is printed: across, as wide as the paper."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
