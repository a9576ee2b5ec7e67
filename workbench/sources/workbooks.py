"""A sheet of an Excel workbook as rows of text under one row of headings, and what was done to get there.

Headings over two or three rows are joined, merged cells filled over what they cover, totals and notes under the table
set aside; cells with errors, formulas never calculated and hidden rows are told. Knows workbooks, and no meaning.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from posixpath import join, normpath
from typing import Any

from workbench.faults import DataFault, Fault, unknown
from workbench.files import Received
from workbench.office import SAFE

TALLEST = 3  # rows of a heading
JOINED = " – "
TOTAL = re.compile(
    r"\W*(?:(?:grand|overall|sub)?[ -]?totals?(?: g[eé]n[eé]ral)?|sums?|averages?|means?|gesamt(?:summe|ergebnis)?|summe"
    r"|insgesamt|mittelwert|durchschnitt|somme|moyenne|suma|promedio|totaal|som|gemiddelde|totale|somma|media)\W*",
    re.I,
)
ODD = (b't="e"', b"t='e'", b"<f", b":f ", b":f>", b":f/", b"hidden=")  # what has to be looked at cell by cell
EXACT = 1e15  # beyond 15 digits a spreadsheet has rounded a number
CHUNK = 1 << 20

Merged = tuple[tuple[int, int], tuple[int, int]]  # first and last cell, as (row, column) from 0


@dataclass
class Grid:
    """The rows of a sheet: `rows` are (row as the spreadsheet shows it, cells), `parts` the heading's rows by column."""

    file: str
    name: str
    headings: list[str] = field(default_factory=list)
    parts: list[tuple[str, ...]] = field(default_factory=list)
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    first_row: int = 2  # the first under the heading
    others: list[str] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    def note(self, found: str, expected: str, mend: str, row: int | None = None, column: str = "", **more: Any) -> None:
        self.notes.append(Fault(self.file, row, column, found, expected, mend, weight="note", **more))  # type: ignore[arg-type]

    def called(self, place: int) -> str:
        """A column by its heading, or by its letters where it has none."""
        return (self.headings[place] if place < len(self.headings) else "") or letters(place)


def read(received: Received, sheet: str | None = None) -> Grid:
    """The named sheet, else the first with headings over data, those that are shown before the hidden ones.

    Raises DataFault where there is no such sheet, or the workbook cannot be read.
    """
    found = _tables(received, sheet)
    name, hidden, cells, merged, head = next(found, ("", False, [], [], range(0)))
    if not name:
        what = "no sheet with a heading row over data" if sheet is None else f'no heading row over data on "{sheet}"'
        raise DataFault(Fault(file=received.name, found=what, expected="a table", mend="say sheet="))
    others = [] if sheet is not None else [(other, unseen) for other, unseen, *_ in found]
    grid = Grid(received.name, name, others=[other for other, _ in others])
    if others:
        listed = ", ".join(f'"{other}"{" (hidden)" if unseen else ""}' for other, unseen in others)
        grid.note(f"sheets that hold data too: {listed}", "one sheet", f'"{name}" was read; say sheet= for another')
    elif sheet is None and hidden:
        grid.note("no table on the sheets that are shown", "data on a sheet that is shown", f'"{name}" was read')
    _filled_in(grid, cells, merged, head)
    _looked_at(grid, received)
    return grid


@lru_cache(maxsize=8)
def top(received: Received, count: int = 8) -> tuple[tuple[str, ...], ...]:
    """The first rows of the sheet that would be read as text, its headings first; none where there is no table."""
    try:
        _, _, cells, _, head = next(_tables(received), ("", False, [], [], range(0)))
    except DataFault:
        return ()
    return tuple(tuple(text(value) or "" for value in row) for row in cells[head.start : head.start + count])


def _tables(
    received: Received, sheet: str | None = None
) -> Iterator[tuple[str, bool, list[list[Any]], list[Merged], range]]:
    """The sheets that hold data: name, whether it is hidden, cells, merged cells and the rows of the heading."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(str(received.path))
        if sheet is not None and sheet not in book.sheet_names:
            raise DataFault(unknown("sheet", sheet, book.sheet_names, file=received.name))
        known = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        hidden = [one.name for one in known if one.visible != SheetVisibleEnum.Visible]
        names = [sheet] if sheet is not None else sorted((one.name for one in known), key=lambda one: one in hidden)
        for name in names:
            page = book.get_sheet_by_name(name)
            cells, merged = page.to_python(skip_empty_area=False), page.merged_cell_ranges or []
            within = [one for one in merged if _within(cells, one[0])]
            head = heading(cells, within)
            if head is not None and any(filled(row) for row in cells[head.stop :]):
                yield name, name in hidden, cells, within, head
    except CalamineError as problem:
        raise DataFault(Fault(file=received.name, found=f"a workbook that cannot be read ({problem})")) from None


def _within(cells: Sequence[Sequence[Any]], start: tuple[int, int]) -> bool:
    """Does a merged cell say anything?"""
    row, column = start
    return row < len(cells) and column < len(cells[row]) and text(cells[row][column]) is not None


# -- the heading ------------------------------------------------------------------------------------------------------


def heading(cells: Sequence[Sequence[Any]], merged: Sequence[Merged]) -> range | None:
    """The rows that are the heading: from the first that names columns, on while merged cells name groups of them.

    One title over the table is no heading.
    """
    across = {start: end for start, end in merged if end[1] > start[1]}
    for top, row in enumerate(cells):
        there = filled(row)
        group = len(there) == 1 and (top, there[0]) in across and there[0] > _first_column(cells[top + 1 :])
        if is_heading(row) or (group and top + 1 < len(cells) and _goes_on(cells, merged, top, top)):
            end = top
            while end - top < TALLEST - 1 and end + 1 < len(cells) and _goes_on(cells, merged, top, end):
                end += 1
            return range(top, end + 1)
    return None


def _first_column(cells: Sequence[Sequence[Any]]) -> int:
    return min((places[0] for row in cells[:50] if (places := filled(row))), default=0)


def _goes_on(cells: Sequence[Sequence[Any]], merged: Sequence[Merged], top: int, row: int) -> bool:
    """Is the row below one of the heading too? Then it names columns under a group, or is merged with a name above."""
    below = cells[row + 1]
    there = filled(below)
    if not all(isinstance(below[place], str) for place in there):
        return False
    down = {place for (r, c), (end, last) in merged if top <= r <= row < end for place in range(c, last + 1)}
    spans = [range(c, last + 1) for (r, c), (end, last) in merged if last > c and top <= r <= row and end == row]
    under = {place for span in spans for place in span} - down
    named = any(sum(place in span for place in there) > 1 for span in spans)
    beside = [place for place in there if place not in under | down]
    alone = all(not text(cells[row][place]) for place in beside if place < len(cells[row]))  # its name stands below
    return (named and alone) or (bool(down) and not under and not beside and set(filled(cells[row])) <= down)


def is_heading(row: Sequence[object]) -> bool:
    """Does a row name columns: two texts or more, and nothing else?"""
    there = filled(row)
    return len(there) >= 2 and all(isinstance(row[place], str) for place in there)


# -- the rows ---------------------------------------------------------------------------------------------------------


def _filled_in(grid: Grid, cells: list[list[Any]], merged: Sequence[Merged], head: range) -> None:
    """The headings and the rows under them, with merged cells filled over what they cover."""
    top, below = head.start, head.stop
    if any(filled(row) for row in cells[:top]) or top:
        told = "row 1" if top == 1 else f"rows 1 to {top}"
        found = f"{told} before the heading (a title, or empty)"
        grid.note(found, "the heading in row 1", f"skipped; row {top + 1} was taken for the heading", row=top + 1)
    width = max(len(row) for row in cells)
    for (row, column), (end, last) in merged:
        if row in head:
            for place in range(column, min(last + 1, width)):
                for r in range(row, min(end, below - 1) + 1):
                    if not (r == row and place == column):
                        cells[r][place] = cells[row][column]
    several = [[" ".join((text(cells[r][place]) or "").split()) for r in head] for place in range(width)]
    parts = [[part for n, part in enumerate(one) if part and part not in one[:n][-1:]] for one in several]
    grid.parts = [tuple(one) for one in parts] if len(head) > 1 else []
    single = [text(value) or "" for value in cells[top]]
    grid.headings = [JOINED.join(one) for one in parts] if len(head) > 1 else single
    if len(head) > 1:
        found = f"a heading over rows {top + 1} to {below}"
        example = next((one for one in grid.headings if JOINED in one), grid.headings[0])
        grid.note(found, "one row of headings", f'joined, as in "{example}"', row=top + 1)
    grid.first_row = below + 1
    _merged_in_body(grid, cells, merged, below)
    rows = [(number, row) for number, row in enumerate(cells[below:], start=below + 1) if filled(row)]
    grid.rows = _without_totals(grid, rows)
    _rounded(grid)


def _merged_in_body(grid: Grid, cells: list[list[Any]], merged: Sequence[Merged], below: int) -> None:
    """Merged cells among the rows: filled down; across, only their first column has them."""
    down = [one for one in merged if one[0][0] >= below and one[1][0] > one[0][0]]
    for (row, column), (end, _) in down:
        for r in range(row + 1, min(end, len(cells) - 1) + 1):
            cells[r][column] = cells[row][column]
    for column, several in sorted(Counter(start[1] for start, _ in down).items()):
        first = min(start[0] for start, _ in down if start[1] == column) + 1
        found, mend = "cells merged over several rows", "filled down over the rows they cover"
        grid.note(found, "a value in each row", mend, first, grid.called(column), count=several)
    wide = [start for start, end in merged if start[0] >= below and end[1] > start[1]]
    if wide:
        row, column = min(wide)
        found, mend = "cells merged over several columns", "read in the first of them alone"
        grid.note(found, "a value in each column", mend, row + 1, grid.called(column), count=len(wide))


def _without_totals(grid: Grid, rows: list[tuple[int, list[Any]]]) -> list[tuple[int, list[Any]]]:
    """The rows without those under the table: words behind an empty row, and its totals."""
    end = len(rows)
    while end > 1 and len(grid.headings) > 2 and _is_words(rows[end - 1][1]):
        end -= 1
    while end < len(rows) and rows[end][0] - rows[end - 1][0] == 1:
        end += 1  # no empty row between: a row of the table
    words, left = rows[end:], rows[:end]
    while len(left) > 1 and _is_total(left[-1][1], left[:-1]):
        left = left[:-1]
    totals = rows[len(left) : end]
    for those, found in ((totals, "totals under the table"), (words, "words under the table")):
        if those:
            grid.note(found, "rows of data", "set aside", those[0][0], aside=len(those))
    return left


def _is_words(row: Sequence[Any]) -> bool:
    there = filled(row)
    return len(there) == 1 and isinstance(row[there[0]], str)


def _is_total(row: Sequence[Any], above: Sequence[tuple[int, Sequence[Any]]]) -> bool:
    """A word for a total with numbers beside it; not where the word is one of the data."""
    first, *rest = filled(row)
    word = str(row[first]).casefold()
    if not rest or not TOTAL.fullmatch(word) or not all(_is_number(row[place]) for place in rest):
        return False
    return all(str(other[first]).casefold() != word for _, other in above)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _rounded(grid: Grid) -> None:
    """Tell of numbers that had more digits than a spreadsheet keeps."""
    found: dict[int, list[int]] = {}
    for number, row in grid.rows:
        for place, value in enumerate(row):
            if isinstance(value, float) and abs(value) >= EXACT:
                found.setdefault(place, []).append(number)
    for place, numbers in found.items():
        mend = "ids may have run together: export them as text, or as CSV"
        expected = "at most 15 digits, which a spreadsheet keeps"
        column = grid.called(place)
        grid.note("numbers of more than 15 digits", expected, mend, numbers[0], column, count=len(numbers))


# -- what the cells do not show ---------------------------------------------------------------------------------------


def _looked_at(grid: Grid, received: Received) -> None:
    """Tell of errors, of formulas that were never calculated, of hidden rows, and of days counted from 1904."""
    from lxml import etree

    try:
        _look(grid, received)
    except etree.XMLSyntaxError as problem:
        raise DataFault(Fault(file=received.name, found=f"a workbook that cannot be read ({problem})")) from None


def _look(grid: Grid, received: Received) -> None:
    with zipfile.ZipFile(received.path) as archive:
        member, from_1904 = _part(archive, grid.name)
        if from_1904:
            _days_from_1904(grid)
        if member not in archive.namelist() or not _odd(archive, member):
            return
        errors: dict[int, list[tuple[int, str]]] = {}
        formulas: dict[int, list[int]] = {}
        hidden: list[int] = []
        numbers = {number for number, _ in grid.rows}
        for number, place, kind, said in _cells(archive, member):
            if kind == "row":
                hidden += [number] if number in numbers else []
            elif number in numbers and kind == "error":
                errors.setdefault(place, []).append((number, said))
            elif number in numbers:
                formulas.setdefault(place, []).append(number)
    for place, those in sorted(errors.items()):
        listed = ", ".join(sorted({said for _, said in those})[:6])
        where = tuple(number for number, _ in those)
        grid.note(
            f"errors ({listed})", "values", "taken as blank", where[0], grid.called(place), count=len(where), rows=where
        )
    for place, rows in sorted(formulas.items()):
        found = f"formulas that were never calculated (the first in {letters(place)}{rows[0]})"
        mend = "taken as blank; open the file in a spreadsheet program and save it there"
        grid.note(found, "calculated values", mend, rows[0], grid.called(place), count=len(rows), rows=tuple(rows))
    if hidden:
        found = f"{len(hidden):,} hidden rows (by hand or by a filter)"
        grid.note(found, "rows that are shown", "read like the others; delete them if they do not count", hidden[0])


def _odd(archive: zipfile.ZipFile, member: str) -> bool:
    left = b""
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            if any(mark in left + chunk for mark in ODD):
                return True
            left = chunk[-64:]
    return False


def _cells(archive: zipfile.ZipFile, member: str) -> Iterator[tuple[int, int, str, str]]:
    """Hidden rows, cells with errors, and formulas without a value, as (row, column, what, error)."""
    from lxml import etree
    from openpyxl.utils import column_index_from_string

    row = 0
    with archive.open(member) as part:
        for _, element in etree.iterparse(part, ("end",), tag="{*}row", **SAFE):  # type: ignore[call-overload]
            row = int(element.get("r") or row + 1)
            if element.get("hidden") in ("1", "true"):
                yield row, 0, "row", ""
            column = -1
            for one in element:
                at = re.match(r"[A-Z]{1,3}", one.get("r") or "")
                column = column_index_from_string(at[0]) - 1 if at else column + 1
                inside = {part.tag.rpartition("}")[2]: part.text or "" for part in one}
                kind = one.get("t")
                if kind == "e":
                    yield row, column, "error", inside.get("v") or "an error"
                elif "f" in inside and not inside.get("v") and not (kind == "str" and "v" in inside):
                    yield row, column, "formula", ""
            element.clear()


def _part(archive: zipfile.ZipFile, name: str) -> tuple[str, bool]:
    """The member that holds a sheet, and whether the workbook counts its days from 1904."""
    from lxml import etree

    safe = etree.XMLParser(**SAFE)  # type: ignore[arg-type]
    book = etree.fromstring(archive.read("xl/workbook.xml"), safe)
    settings = next(book.iter("{*}workbookPr"), None)
    own = next((one for one in book.iter("{*}sheet") if one.get("name") == name), None)
    key = next((value for word, value in (own.attrib.items() if own is not None else ()) if word.endswith("}id")), "")
    target = ""
    if "xl/_rels/workbook.xml.rels" in archive.namelist():
        relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), safe)
        target = next((one.get("Target") or "" for one in relations if one.get("Id") == key), "")
    member = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
    return member, settings is not None and settings.get("date1904") in ("1", "true")


def _days_from_1904(grid: Grid) -> None:
    """Bare numbers would be read as days from 1900: what stands as a date in the spreadsheet is right."""
    for place in range(len(grid.headings)):
        values = [row[place] for _, row in grid.rows if place < len(row) and _is_number(row[place])]
        if values and all(20_000 <= value < 75_000 for value in values):
            found = "numbers that may be days, in a workbook that counts them from 1904"
            mend = "if they are dates, format them as dates: as numbers they are read four years too early"
            grid.note(found, "dates", mend, column=grid.called(place), count=len(values))


# -- cells ------------------------------------------------------------------------------------------------------------


def filled(row: Sequence[object]) -> list[int]:
    """The places in a row where something stands."""
    return [place for place, value in enumerate(row) if value is not None and value != ""]


def text(value: object) -> str | None:
    """A cell as a text: whole numbers without a point, dates in ISO 8601, lengths of time in hours, blank as nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e21 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        hours, rest = divmod(abs(seconds), 3600)
        return f"{'-' if seconds < 0 else ''}{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
    return str(value)


def letters(place: int) -> str:
    """A column as the spreadsheet calls it: 0 is A."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(place + 1)
