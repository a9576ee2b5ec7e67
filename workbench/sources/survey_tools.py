"""What the readers of survey tools share: the top rows of a file, tidy headings, a tool's usual columns, kinds of nothing.

Knows sheets and desks and no tool by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw

from workbench.engine import distinct, one, rows
from workbench.files import Received
from workbench.sources import multiple, workbooks
from workbench.sources import sheet as sheets
from workbench.sources.binding import Binding
from workbench.sources.reading import Desk, count
from workbench.sources.sheet import Sheet

TITLES = 20  # lines that may stand before the headings


def top(received: Received, count: int = 3) -> list[list[str]]:
    """The first rows of a delimited file or of a workbook's table, headings first, for recognising what it is."""
    if received.kind == "text":
        _, width = sheets.dialect(received.head())
        found = sheets.first_rows(received, count + TITLES)
        start = next((place for place, row in enumerate(found) if len(row) >= width), 0)
        return found[start : start + count]
    if received.kind == "xlsx":
        return [list(row) for row in workbooks.top(received)[:count]]
    return []


def plain(text: str) -> str:
    """A heading in one line: line breaks, non-breaking and double spaces become one space."""
    return " ".join(text.split())


def numbered(names: Sequence[str]) -> tuple[str, ...]:
    """Names of columns of which each stands for one: those that stand more than once carry a number, as in "Other (2)"."""
    often = Counter(names)
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(f"{name} ({seen[name]})" if name and often[name] > 1 else name)
    return tuple(found)


def renamed(sheet: Sheet, headings: Sequence[str], wording: Sequence[str] = ()) -> Sheet:
    """The sheet under tidy headings. A heading may still be written as in the file; one of several takes its number."""
    tidy = tuple(plain(heading) for heading in headings)
    as_written = {raw: now for raw, now in zip(headings, tidy, strict=True) if raw != now}
    called = as_written | {usual: as_written.get(here, here) for usual, here in sheet.called.items()}
    return replace(sheet, headings=tidy, names=numbered(tidy), wording=tuple(wording), called=called)


def second_row(sheet: Sheet) -> list[str]:
    """The first row under the headings, as text."""
    found = rows(sheet.frame.filter(nw.col("row") == sheet.first_row))
    if found.empty:
        return [""] * len(sheet.headings)
    return ["" if cell is None or cell != cell else str(cell) for cell in found.drop(columns="row").iloc[0]]


def without_second(sheet: Sheet) -> Sheet:
    first = sheet.first_row + 1
    return replace(sheet, frame=sheet.frame.filter(nw.col("row") >= first), first_row=first)


def among(sheet: Sheet, *names: str) -> str | None:
    """The first of these headings that the file has, whatever its capitals."""
    there = {heading.strip().casefold(): heading for heading in reversed(sheet.headings)}
    return next((there[name.casefold()] for name in names if name.casefold() in there), None)


def called(desk: Desk) -> dict[str, str]:
    """Where the binding calls columns otherwise than usual."""
    return desk.binding.columns if isinstance(desk.binding.columns, dict) else {}


def usual(
    desk: Desk, person: str | None = None, time: str | None = None, counted_here: bool = False, **more: Any
) -> None:
    """Bind a tool's usual columns where the binding is silent.

    `counted_here`: the tool counts its answers 1, 2, 3 …, so that the ids of two files must be kept apart.
    """
    words = desk.binding.model_dump(by_alias=True, exclude_unset=True)
    if person and "person" not in words:
        words["person"] = person
        if counted_here:
            words.setdefault("id_space", desk.source)
    for word, value in ({"time": time} | more).items():
        if value and word not in words:
            words[word] = value
    desk.binding = Binding.model_validate(words)


def restated(desk: Desk, sheet: Sheet, column: str, change: Callable[[str], str | None]) -> Sheet:
    """The sheet with every text of a column said otherwise; blanks stay."""
    import pandas as pd

    written = rows(distinct(sheet.frame.filter(~nw.col(column).is_null()).select(column)))[column]
    table = pd.DataFrame({column: list(written), "now": [change(text) for text in written]}, dtype=object)
    if table.empty or list(table[column]) == list(table["now"]):
        return sheet
    known = desk.engine.table(table, {column: "VARCHAR", "now": "VARCHAR"})
    order = sheet.frame.collect_schema().names()
    joined = sheet.frame.join(known, on=column, how="left").drop(column).rename({"now": column})
    return sheet.without(desk.engine.keep(joined.select(*order)))


def apart(desk: Desk, sheet: Sheet, mark: str) -> Sheet:
    """A tool writes `mark` where a question was not shown: it means so in questions, and is blank elsewhere.

    An empty cell then means "skipped", unless the binding says what it is.
    """
    stated = {"blank": "skipped"} | desk.binding.model_dump(by_alias=True, exclude_unset=True)
    asked = [*desk.binding.questions, *desk.binding.text]
    for column, question in desk.binding.several.items():
        asked += multiple.columns_of(column, question)
        stated["several"][column]["not_shown"] = [*question.not_shown, mark]
    desk.binding = Binding.model_validate(stated | {"not_shown": [*desk.binding.not_shown, mark]})
    kept = {sheet.column(one) for one in asked if sheet.has(sheet.called.get(one, one))}
    cells = []
    for column in sheet.frame.collect_schema().names():
        cell: Any = nw.col(column)
        if column != "row" and column not in kept:
            cell = nw.when(cell.str.strip_chars() == mark).then(nw.lit(None)).otherwise(cell).cast(nw.String)
        cells.append(cell.alias(column))
    return sheet.without(desk.engine.keep(sheet.frame.select(*cells)))


def tell_unfinished(desk: Desk, partial: nw.LazyFrame, column: str, found: str, mend: str) -> None:
    """Tell how many rows are of people who did not come to the end; they are kept."""
    several = count(partial)
    if several:
        desk.note(
            row=int(one(partial.select(nw.col("row").min()))),
            column=column,
            found=f"{several:,} {'answer' if several == 1 else 'answers'} {found}",
            expected="answers to the end",
            mend=mend,
        )


def blanked(desk: Desk, sheet: Sheet, columns: Iterable[str], mark: str, mend: str) -> Sheet:
    """Take a mark of nothing for an empty cell, and tell in how many cells of these columns it stood."""
    listed = list(columns)
    cells = {column: nw.col(column).str.strip_chars() == mark for column in listed}
    if not listed:
        return sheet
    several = rows(sheet.frame.select(*[test.sum().alias(column) for column, test in cells.items()])).iloc[0]
    marked = {column: int(several[column]) for column in listed if several[column] and several[column] > 0}
    if not marked:
        return sheet
    desk.note(
        column=", ".join(sheet.headings[int(column[1:])] for column in list(marked)[:6]),
        found=f'"{mark}" in {sum(marked.values()):,} cells',
        expected="an answer or an empty cell",
        mend=mend,
    )
    frame = sheet.frame.with_columns(
        *[nw.when(cells[column]).then(nw.lit(None)).otherwise(nw.col(column)).alias(column) for column in marked]
    )
    return sheet.without(desk.engine.keep(frame))


def bound_columns(desk: Desk, sheet: Sheet) -> list[str]:
    """The engine's columns of questions, texts and segments that are bound and there."""
    names = [*desk.binding.questions, *desk.binding.text, *desk.binding.segments]
    return list(dict.fromkeys(sheet.column(one) for one in names if sheet.has(sheet.called.get(one, one))))
