"""People in the files as they were received: which ids stand behind pseudonyms, on which rows an id stands, and a file
without those rows.

Knows the gate, the sources and the key that it is handed; keeps nothing of what it reads.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import narwhals as nw

from workbench import files, privacy
from workbench.blocks import Source
from workbench.engine import Engine, count, distinct, rows
from workbench.faults import DataFault
from workbench.sources.binding import Fixed
from workbench.sources.reading import Desk
from workbench.sources.sheet import Sheet

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
        sheet = _sheet(source, engine)
        bound = [sheet.column(binding.person)] if isinstance(binding.person, str) else []
    except DataFault:  # no table, or its headings stand elsewhere: what it says of ids cannot be looked up
        return
    if not bound and binding.keys:  # people of marks alone: see `marked`
        return
    for column in bound or [one for one in sheet.frame.collect_schema().names() if one != "row"]:
        yield engine.pseudonyms(_said(sheet, column), "id", secret, binding.id_space)


def behind(source: Source, secret: bytes, people: Collection[str]) -> set[str]:
    """The ids that a source has for these pseudonyms."""
    wanted = sorted(people)
    return {one for table in ids(source, secret) for one in rows(table.filter(nw.col("person").is_in(wanted)))["id"]}


def marked(source: Source, secret: bytes, marks: Collection[str]) -> set[str]:
    """What a source says in its key columns (an e-mail, an account) where its hash is one of these, as it is written there."""
    engine, wanted, found = Engine(), sorted(marks), set[str]()
    try:
        sheet = _sheet(source, engine) if source.binding.keys and marks else None
        columns = {key: sheet.column(name) for key, name in source.binding.keys.items()} if sheet else {}
    except DataFault:
        return set()
    for key, column in columns.items():
        said = _said(sheet, column).with_columns(nw.col("id").str.to_lowercase().alias("low"))  # type: ignore[arg-type]
        hashed = engine.with_pseudonyms(said, "low", secret, f"key {key}")
        found |= set(rows(hashed.filter(nw.col("person").is_in(wanted)).select("id"))["id"])
    return found


def forgotten(source: Source, secret: bytes, tokens: Collection[str]) -> set[str]:
    """The ids that a source has of people who were forgotten (see `privacy.token`)."""
    found, wanted = set[str](), sorted(tokens)
    for table in ids(source, secret):
        engine = Engine()
        named = engine.table(
            rows(table.select("id", nw.col("person").alias("known"))), dict.fromkeys(("id", "known"), "VARCHAR")
        )
        hashed = engine.with_pseudonyms(named, "known", secret, privacy.FORGOTTEN)
        found |= set(rows(hashed.filter(nw.col("person").is_in(wanted)).select("id"))["id"])
    return found


def fetched_without(path: Path, column: str, wanted: Collection[str]) -> int:
    """Write the rows that were fetched from a store again without those of these ids, and the note of them; how many went."""
    engine = Engine()
    frame = engine.scan(path)
    if not wanted or column not in frame.collect_schema().names():
        return 0
    mine = nw.col(column).cast(nw.String).str.strip_chars().is_in(sorted(wanted))
    many = count(frame.filter(mine))
    if many:
        note = files.unsealed(path.with_suffix(".json")) or {}
        engine.write(engine.keep(frame.filter(~mine | nw.col(column).is_null())), path, ())
        path.chmod(0o600)
        now = {"rows": note.get("rows", many) - many, "sha256": files.sha256(path)}
        files.write(path.with_suffix(".json"), files.sealed(note | now))
    return many


def every(source: Source) -> set[str]:
    """All ids that a source has in a column of people that is bound, or that its binding names."""
    if source.binding.person is None and not source.binding.speakers:
        return set()
    return {one for table in ids(source, b"") for one in rows(table)["id"]}


def _sheet(source: Source, engine: Engine) -> Sheet:
    """A source as the table that it is. Raises DataFault where it is none."""
    received = files.receive(source.path, engine.scratch)
    desk = Desk(received, engine, source.binding, b"")
    with open(received.path, "rb") as handle:
        table = received.kind in ("text", "xlsx") or handle.read(4) == b"PAR1"
    if not table:
        raise desk.refuse(found="no table", expected="rows of cells")
    return desk.sheet()


def _said(sheet: Sheet, column: str) -> nw.LazyFrame:
    said = distinct(sheet.frame.select(nw.col(column).cast(nw.String).str.strip_chars().alias("id")))
    return said.filter(nw.col("id") != "")


def columns_of(source: Source) -> list[str]:
    """The columns of a source that say who a row is about; none where the source's format alone knows."""
    bound = [source.binding.person] if isinstance(source.binding.person, str) else []
    return [*bound, *source.binding.keys.values()] if bound or source.binding.keys else []


def rows_with(path: Path, wanted: Collection[str], columns: Collection[str] = ()) -> list[int]:
    """The rows of a table (the heading is row 1; in a workbook of all its sheets), else the lines of a text, on which one of
    these ids fills a cell: of these columns, where there are any of these names, else of any. Of what is neither, none."""
    try:
        received = files.receive(path, Engine().scratch)
    except DataFault:
        return []
    if received.kind == "xlsx":
        from openpyxl import load_workbook

        sheets = load_workbook(received.path, read_only=True).worksheets
        return [row for one in sheets for row in _matching(_cells(one), wanted, columns)]
    if received.kind != "text":
        return []
    return _matching([cells for _, cells in _records(received.text())], wanted, columns)


def without_rows(path: Path, wanted: Collection[str], columns: Collection[str] = ()) -> str:
    """Write a received table again without the rows that `rows_with` finds; every other byte of a text stays. Why it was not
    done comes back, empty where it was."""
    try:
        received = files.receive(path, Engine().scratch)
    except DataFault as problem:
        return f"cannot be opened: {problem.faults[0].found}"
    if received.kind == "xlsx":
        return _workbook_without(path, wanted, columns)
    if received.kind != "text" or received.path != path or received.encoding != "utf-8":
        return "is no table that can be written again safely"
    if path.suffix.lower() not in (".csv", ".tsv", ".txt", ".tab"):
        return "is no table"
    raw = path.read_bytes().decode("latin-1")  # byte by byte
    lines, records = io.StringIO(raw, newline="").readlines(), list(_records(raw))
    letters = [{one.encode().decode("latin-1") for one in those} for those in (wanted, columns)]
    found = _matching([cells for _, cells in records], *letters)
    gone = {line for row in found for line in records[row - 1][0]}
    if gone:
        kept = "".join(line for at, line in enumerate(lines) if at not in gone)
        files.write(path, kept.encode("latin-1"), mode=path.stat().st_mode & 0o777)
    return ""


def _matching(lines: Sequence[Sequence[str]], wanted: Collection[str], columns: Collection[str]) -> list[int]:
    """The numbers of the lines on which a wanted word fills a cell, in these columns where a heading names them."""
    head = next((line for line in lines[:5] if any(one.strip("\ufeff\xef\xbb\xbf ") in columns for one in line)), None)
    at = (
        None
        if head is None
        else {place for place, one in enumerate(head) if one.strip("\ufeff\xef\xbb\xbf ") in columns}
    )
    return [
        row
        for row, line in enumerate(lines, start=1)
        if any(one.strip() in wanted for place, one in enumerate(line) if at is None or place in at)
    ]


def _records(text: str) -> Iterator[tuple[range, list[str]]]:
    """The rows of a delimited text: the lines that each takes, and its cells."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    csv.field_size_limit(files.LARGEST_UNPACKED)
    before = 0
    try:
        for cells in reader:
            yield range(before, reader.line_num), cells
            before = reader.line_num
    except csv.Error:  # not a table from here on: line by line
        for at, line in enumerate(io.StringIO(text, newline="").readlines()[before:], start=before):
            yield range(at, at + 1), line.split(delimiter)


def _cells(sheet: Any) -> list[list[str]]:
    return [["" if one is None else str(one) for one in line] for line in sheet.iter_rows(values_only=True)]


def _workbook_without(path: Path, wanted: Collection[str], columns: Collection[str]) -> str:
    from openpyxl import load_workbook

    with zipfile.ZipFile(path) as archive:
        names = [one for one in archive.namelist() if not one.endswith("/")]
        more = [one for one in names if not one.startswith(PLAIN_PARTS)]
        sheets = [one for one in names if "worksheets/sheet" in one]
        formulas = any(b"<f>" in raw or b"<f " in raw for one in sheets if (raw := archive.read(one)))
    if more or formulas:
        what = "formulas" if formulas else f"more than tables ({more[0]})"
        return f"is a workbook with {what}, which would not survive being written again"
    book = load_workbook(path)
    for sheet in book.worksheets:
        for number in reversed(_matching(_cells(sheet), wanted, columns)):
            sheet.delete_rows(number)
    out = io.BytesIO()
    book.save(out)
    files.write(path, out.getvalue(), mode=path.stat().st_mode & 0o777)
    return ""
