"""The ideas wall as a sheet of a workbook: those that are there, and empty rows to write more into.

Knows ideas and openpyxl's sheets; what came back is put on the wall elsewhere. A text never becomes a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.steps.map.spreadsheets import IDEAS, put
from workbench.steps.map.tables import key
from workbench.steps.solutions.ideas import Idea
from workbench.steps.solutions.model import AREAS

SPARE = 40  # empty rows for new ideas
HEADS = {"idea": 60, "who": 20, "step": 24, "area": 20, "group": 22, "solution": 34, "id": 26}  # with their widths
KEPT = ("solution", "id")  # not written in a workbook
SAME = {"words": "idea", "ideas": "idea", "said by": "who", "name": "who", "author": "who"}


@dataclass(frozen=True)
class Given:
    """A row of the sheet as it came back."""

    row: int
    words: str
    who: str = ""
    step: str = ""
    area: str = ""
    group: str = ""
    id: str = ""


def write(book: Any, those: Sequence[Idea], names: Mapping[str, str], solutions: Mapping[str, str]) -> None:
    """Add the sheet to a workbook (openpyxl): the ideas, whose words and names are protected, and empty rows."""
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet = book.create_sheet(IDEAS)
    for place, (head, width) in enumerate(HEADS.items(), start=1):
        put(sheet, 1, place, head, locked=True)
        cell = sheet.cell(1, place)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1D2430")
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row, one in enumerate(those, start=2):
        solution = solutions.get(one.solution, one.solution)
        cells = (one.words, one.who, names.get(one.step, one.step), one.area, one.group, solution, one.id)
        for place, (head, value) in enumerate(zip(HEADS, cells, strict=True), start=1):
            put(sheet, row, place, value, locked=head in (*KEPT, "idea", "who") or bool(value), what=f"idea {one.id}")
    last = len(those) + 1 + SPARE
    for row in range(len(those) + 2, last + 1):
        for place, head in enumerate(HEADS, start=1):
            put(sheet, row, place, "", locked=head in KEPT)
    for head, options in (("area", list(AREAS)), ("step", list(names.values()))):
        listed = ",".join(options)
        if options and len(listed) < 250 and '"' not in listed and not any("," in one for one in options):
            letter = get_column_letter(list(HEADS).index(head) + 1)
            choice = DataValidation("list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False)
            sheet.add_data_validation(choice)
            choice.add(f"{letter}2:{letter}{last}")
    sheet.freeze_panes = "A2"
    guard = sheet.protection
    guard.sheet, guard.formatColumns, guard.formatRows, guard.sort, guard.autoFilter = True, False, False, False, False


def read(rows: Sequence[tuple[int, Sequence[Any]]]) -> list[Given]:
    """The rows of the sheet that hold an idea; the headings are the first row that says anything."""
    said = [(row, [_text(one) for one in cells]) for row, cells in rows]
    said = [(row, cells) for row, cells in said if any(cells)]
    if not said:
        return []
    heads = [SAME.get(key(one), key(one)) for one in said[0][1]]
    found = []
    for row, cells in said[1:]:
        here = {head: value for head, value in zip(heads, cells, strict=False) if head in HEADS}
        if here.get("idea"):
            more = {word: here.get(word, "") for word in ("who", "step", "area", "group", "id")}
            found.append(Given(row, here["idea"], **more))
    return found


def _text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())
