"""People in the files as they were received: which ids stand behind pseudonyms, on which rows an id stands, and a file
without those rows.

Knows the gate, the sources and the key that it is handed; keeps nothing of what it reads.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

import narwhals as nw

from workbench import files, privacy
from workbench.blocks import Source
from workbench.engine import Engine, distinct, rows
from workbench.faults import DataFault
from workbench.sources.binding import Fixed
from workbench.sources.reading import Desk

PLAIN_PARTS = ("xl/worksheets/sheet", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/theme/", "docProps/",
               "_rels/", "xl/_rels/", "[Content_Types].xml")  # fmt: skip


def ids(source: Source, secret: bytes) -> Iterator[nw.LazyFrame]:
    """Tables (id, person): the ids that a source has, with their pseudonyms. Of a table without a bound column of people each
    column may be one; of what is no table, those that its binding names."""
    engine, binding = Engine(), source.binding
    stated = [*binding.speakers.values(), *([binding.person.value] if isinstance(binding.person, Fixed) else [])]
    if stated:
        import pandas as pd

        known = [privacy.pseudonym(secret, one, binding.id_space) for one in stated]
        yield engine.table(pd.DataFrame({"id": stated, "person": known}), {"id": "VARCHAR", "person": "VARCHAR"})
        return
    try:
        desk = Desk(files.receive(source.path, engine.scratch), engine, binding, secret)
        sheet = desk.sheet()
        bound = [sheet.column(binding.person)] if isinstance(binding.person, str) else []
    except DataFault:  # no table, or its headings stand elsewhere: what it says of ids cannot be looked up
        return
    for column in bound or [one for one in sheet.frame.collect_schema().names() if one != "row"]:
        said = distinct(sheet.frame.select(nw.col(column).cast(nw.String).str.strip_chars().alias("id")))
        yield engine.pseudonyms(said.filter(nw.col("id") != ""), "id", secret, binding.id_space)


def behind(source: Source, secret: bytes, people: Collection[str]) -> set[str]:
    """The ids that a source has for these pseudonyms."""
    wanted = sorted(people)
    return {one for table in ids(source, secret) for one in rows(table.filter(nw.col("person").is_in(wanted)))["id"]}


def every(source: Source) -> set[str]:
    """All ids that a source has in a column of people that is bound, or that its binding names."""
    if source.binding.person is None and not source.binding.speakers:
        return set()
    return {one for table in ids(source, b"") for one in rows(table)["id"]}


def rows_with(path: Path, wanted: Collection[str]) -> list[int]:
    """The rows of a table (the heading is row 1; in a workbook of all its sheets), else the lines of a text, on which one of
    these ids fills a cell. Of what is neither, none."""
    try:
        received = files.receive(path, Engine().scratch)
    except DataFault:
        return []
    if received.kind == "xlsx":
        from openpyxl import load_workbook

        book = load_workbook(received.path, read_only=True)
        found = []
        for sheet in book.worksheets:
            for number, line in enumerate(sheet.iter_rows(values_only=True), start=1):
                if any(one is not None and str(one).strip() in wanted for one in line):
                    found.append(number)
        return found
    if received.kind != "text":
        return []
    return [number for number, _, cells in _records(received.text()) if _holds(cells, wanted)]


def without_rows(path: Path, wanted: Collection[str]) -> str:
    """Write a received table again without the rows on which one of these ids fills a cell; every other byte stays. Why it was
    not done comes back, empty where it was."""
    try:
        received = files.receive(path, Engine().scratch)
    except DataFault as problem:
        return f"cannot be opened: {problem.faults[0].found}"
    if received.kind == "xlsx":
        return _workbook_without(path, wanted)
    if received.kind != "text" or received.path != path or received.encoding != "utf-8":
        return "is no table that can be written again safely"
    if path.suffix.lower() not in (".csv", ".tsv", ".txt", ".tab"):
        return "is no table"
    raw = path.read_bytes().decode("latin-1")  # byte by byte
    letters = {one.encode().decode("latin-1") for one in wanted}
    lines = io.StringIO(raw, newline="").readlines()
    gone: set[int] = set()
    for _, span, cells in _records(raw):
        if _holds(cells, letters):
            gone |= set(span)
    if gone:
        mode = path.stat().st_mode & 0o777
        files.write(path, "".join(line for at, line in enumerate(lines) if at not in gone).encode("latin-1"), mode=mode)
    return ""


def _records(text: str) -> Iterator[tuple[int, range, list[str]]]:
    """The rows of a delimited text: their number as a spreadsheet shows it, the lines that each takes, and its cells."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before, number = 0, 0
    csv.field_size_limit(files.LARGEST_UNPACKED)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, range(before, reader.line_num), cells
            before = reader.line_num
    except csv.Error:  # not a table from here on: line by line
        for at, line in enumerate(io.StringIO(text, newline="").readlines()[before:], start=before):
            number += 1
            yield number, range(at, at + 1), line.split(delimiter)


def _holds(cells: Collection[str], wanted: Collection[str]) -> bool:
    return any(one.strip() in wanted for one in cells)


def _workbook_without(path: Path, wanted: Collection[str]) -> str:
    from openpyxl import load_workbook

    with zipfile.ZipFile(path) as archive:
        names = [one for one in archive.namelist() if not one.endswith("/")]
        more = [one for one in names if not one.startswith(PLAIN_PARTS)]
        formulas = any(
            b"<f>" in archive.read(one) or b"<f " in archive.read(one) for one in names if "worksheets/sheet" in one
        )
    if more or formulas:
        what = "formulas" if formulas else f"more than tables ({more[0]})"
        return f"is a workbook with {what}, which would not survive being written again"
    book = load_workbook(path)
    for sheet in book.worksheets:
        lines = list(sheet.iter_rows(values_only=True))
        for number in range(len(lines), 0, -1):
            if _holds([str(one) for one in lines[number - 1] if one is not None], wanted):
                sheet.delete_rows(number)
    out = io.BytesIO()
    book.save(out)
    files.write(path, out.getvalue(), mode=path.stat().st_mode & 0o777)
    return ""
