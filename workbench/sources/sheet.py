"""Rows as text: a delimited file or a spreadsheet, before anybody says what a cell means.

Nothing is turned into a number here and nothing is taken for missing: "NA" and "00123" arrive as they were written.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO

import narwhals as nw

from workbench.engine import Engine, rows, whole_file, within_memory
from workbench.faults import DataFault, Fault, unknown
from workbench.files import Received
from workbench.sources import workbooks
from workbench.sources.workbooks import is_heading
from workbench.sources.workbooks import text as cell

__all__ = ["Sheet", "cell", "delimited", "dialect", "first_rows", "is_heading", "parquet", "preview", "workbook"]

DELIMITERS = ",;\t|"


@dataclass(frozen=True, eq=False)
class Sheet:
    """A file's rows as text: `frame` has `row` (as the spreadsheet shows it) and c0, c1 …; `headings` name the columns.

    Beside a column of times of a Parquet file its times stand as they are, in c0_clock ….

    `names` are further names by which a column may be called (Qualtrics import ids), `wording` the question texts,
    `called` says where this file calls a column otherwise than usual.
    """

    file: str
    frame: nw.LazyFrame
    headings: tuple[str, ...]
    first_row: int = 2
    delimiter: str = ","
    names: tuple[str, ...] = ()
    wording: tuple[str, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Fault, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()  # of each heading, where it stood over several rows
    clean: frozenset[str] = frozenset()  # columns in which no cell is blank but null, or has blanks around its text
    others: tuple[str, ...] = ()  # sheets of the workbook that hold data too

    def has(self, name: str) -> bool:
        return name.strip() in {one.strip() for one in (*self.headings, *self.names)}

    def column(self, name: str) -> str:
        """The engine's name of the column called so in the file. Raises DataFault when there is none, or more than one."""
        name = self.called.get(name, name)
        for known in (self.headings, self.names):
            places = [place for place, one in enumerate(known) if one.strip() == name.strip()]
            if len(places) > 1:
                raise DataFault(
                    Fault(
                        file=self.file,
                        column=name,
                        found=f'{len(places)} columns called "{name}" (a duplicate heading)',
                        expected="one",
                        mend="rename one of them in the file",
                    )
                )
            if places:
                return f"c{places[0]}"
        fault = unknown("column", name, self.headings, file=self.file, column=name)
        if self.others:
            fault = replace(fault, mend=f"{fault.mend} (or say sheet=, for one of: {', '.join(self.others[:6])})")
        raise DataFault(fault)

    def words(self, column: str) -> str:
        """The wording of a question's column, its heading where the file has no wording."""
        place = int(column[1:])
        return (self.wording[place] if self.wording else "") or self.headings[place]

    def without(self, frame: nw.LazyFrame) -> Sheet:
        return replace(self, frame=frame)

    def only(self, names: Sequence[str]) -> Sheet:
        """The sheet with these columns alone."""
        columns = dict.fromkeys(self.column(name) for name in names)
        there = self.frame.collect_schema().names()
        clocks = [clock for one in columns if (clock := f"{one}_clock") in there]
        return self.without(self.frame.select("row", *columns, *clocks))


def dialect(head: str) -> tuple[str, int]:
    """The delimiter of a delimited text and how many columns its widest rows have."""
    best = (",", 1, 0.0)
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(StringIO(head, newline=""), delimiter=delimiter) if row][:60]
        except csv.Error:
            continue
        if len(widths) > 2:
            widths = widths[:-1]  # the last row may be cut
        several = Counter(width for width in widths if width > 1)
        width, often = several.most_common(1)[0] if several else (1, 0)
        if width > 1 and (often / len(widths)) * width > best[2]:
            best = (delimiter, width, (often / len(widths)) * width)
    return best[0], best[1]


def first_rows(received: Received, count: int = 4) -> list[list[str]]:
    """The first rows of a delimited file, for recognising what it is."""
    head = received.head()
    delimiter, _ = dialect(head)
    found = []
    for row in csv.reader(StringIO(head, newline=""), delimiter=delimiter):
        found.append(row)
        if len(found) == count:
            break
    return found


def delimited(received: Received, engine: Engine) -> Sheet:
    """A delimited text file as a sheet with one heading row; title lines before it are skipped and told.

    Raises DataFault naming every row of another width.
    """
    import duckdb

    head = received.head()
    delimiter, width = dialect(head)
    reader = csv.reader(StringIO(head, newline=""), delimiter=delimiter)
    heading, lines, before = [], 0, 0
    for row in reader:
        if len(row) >= width:
            heading = row
            break
        before, lines = before + 1, reader.line_num
    if not heading:
        raise DataFault(Fault(file=received.name, found="no heading row", expected="names of columns in row 1"))
    notes: tuple[Fault, ...] = ()
    if before:
        told = "line 1" if lines == 1 else f"lines 1 to {lines}"
        notes = (
            Fault(
                file=received.name,
                row=before + 1,
                found=f"{told} before the heading (a title, or empty)",
                expected="the heading in row 1",
                mend=f"skipped; row {before + 1} was taken for the heading",
                weight="note",
            ),
        )
    try:
        frame = engine.text(received.path, delimiter, len(heading), lines, before, received.divisible)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        raise DataFault(_uneven(received, delimiter, len(heading), before)) from None
    return Sheet(
        file=received.name,
        frame=frame.filter(nw.col("row") > before + 1),
        headings=tuple(heading),
        first_row=before + 2,
        delimiter=delimiter,
        notes=notes,
    )


def _uneven(received: Received, delimiter: str, width: int, before: int) -> list[Fault]:
    """Why a delimited file cannot be read: the rows that are not as wide as the heading, or a quote never closed."""
    found = []
    with open(received.path, encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle, delimiter=delimiter, strict=True)
        try:
            for number, row in enumerate(reader, start=1):
                if len(row) != width and row and number > before:
                    found.append(
                        Fault(
                            file=received.name,
                            row=number,
                            found=f"{len(row)} cells (line {reader.line_num})",
                            expected=f"{width}, as in the heading",
                            mend="put texts that hold the delimiter or a line break into double quotes",
                        )
                    )
        except csv.Error as problem:
            found.append(
                Fault(
                    file=received.name,
                    row=reader.line_num,
                    found=f"a quote that is not closed or misplaced ({problem})",
                    expected='texts in "double quotes"',
                    mend="close the quote on or before that line",
                )
            )
    if found:
        return found
    ends = "lines that end in more than one way, or rows that cannot be read"
    return [Fault(received.name, None, "", ends, "a delimited text file", "save it again as CSV")]


def workbook(received: Received, engine: Engine, sheet: str | None = None) -> Sheet:
    """A sheet of an Excel file as text: the named one, else the first with headings over data (see workbooks.py)."""
    import pandas as pd

    grid = workbooks.read(received, sheet)
    width = len(grid.headings)
    table = pd.DataFrame(
        [[cell(value) for value in (*row, *[None] * width)[:width]] for _, row in grid.rows],
        columns=[f"c{place}" for place in range(width)],
        dtype=object,
    )
    table.insert(0, "row", [number for number, _ in grid.rows])
    types = {f"c{place}": "VARCHAR" for place in range(width)} | {"row": "BIGINT"}
    return Sheet(
        file=received.name,
        frame=engine.table(table, types),
        headings=tuple(grid.headings),
        first_row=grid.first_row,
        delimiter=",",
        notes=tuple(grid.notes),
        parts=tuple(grid.parts),
        others=tuple(grid.others),
    )


def parquet(received: Received, engine: Engine) -> Sheet:
    """A Parquet file as a sheet of text. Raises DataFault where it is no whole Parquet file."""
    with within_memory(received.name), whole_file(received.name):
        headings = tuple(engine.scan(received.path).collect_schema().names())
        frame = engine.parquet_text(received.path)
    return Sheet(received.name, frame, headings, 1)


def preview(sheet: Sheet, count: int = 200):
    """The first rows as pandas, with the file's own headings (for profiles and panels)."""
    table = rows(sheet.frame.sort("row").head(count)).drop(columns="row")
    table.columns = list(sheet.headings)
    return table
