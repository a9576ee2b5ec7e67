"""A reader on the shelf for what a help desk or customer system exports, told by its headings.

Knows headings, tickets counted once, and columns bound by their usual names; what each system is stands in tickets.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from workbench.engine import rows
from workbench.files import Received
from workbench.sources import complaints, ticket_lines, xes
from workbench.sources import sheet as sheets
from workbench.sources.reading import Block, Desk, count
from workbench.sources.sheet import Sheet


@dataclass(frozen=True)
class Export:
    """A reader on the shelf for what one system exports.

    `usual` says by which headings a word of the binding is known, the likeliest first; `marks` are the headings that
    tell the export (one of each group), `own` the number of the ticket itself, `prepared` what is particular to it.
    """

    name: str
    says: str
    usual: Mapping[str, Sequence[str]]
    marks: Sequence[Sequence[str]]
    own: Sequence[str]
    prepared: Callable[[Desk, Sheet], Sheet]
    reads: Callable[[Desk, Sheet], Block] = complaints.complaints
    needs: tuple[str, ...] = ()
    lines: bool = False  # newline-delimited JSON too

    def recognises(self, received: Received) -> str:
        if received.kind != "text":
            return ""
        if self.lines and (keys := ticket_lines.keys(received)):
            found = self._marked(keys)
            return f"tickets a line, with {', '.join(found)}" if found else ""
        first = sheets.first_rows(received, 1)
        found = self._marked(first[0]) if first else []
        return f"headings of its export ({', '.join(found)})" if found else ""

    def _marked(self, headings: Sequence[str]) -> list[str]:
        """The heading of each group of marks; nothing where one is missing."""
        words = [plain(heading) for heading in headings]
        found = [next((one for one in group if one in words), "") for group in self.marks]
        return found if all(found) else []

    def read(self, desk: Desk) -> Block:
        sheet = ticket_lines.sheet(desk) if self.lines and ticket_lines.keys(desk.received) else desk.sheet()
        sheet = _once(desk, sheet, self.own)
        taken = self._bind(desk, sheet)
        sheet = self.prepared(desk, sheet)
        if taken:
            desk.note(
                found=f"columns taken by their usual names ({taken})",
                expected=f"what {self.name} calls them",
                mend="bind those that are something else here",
            )
        _known_zone(desk, sheet)
        return self.reads(desk, sheet)

    def _bind(self, desk: Desk, sheet: Sheet) -> str:
        """Bind the usual columns that the binding does not name; which ones comes back."""
        said = desk.binding.model_fields_set
        found: dict[str, str] = {}
        for word, headings in self.usual.items():
            if word in said or (word == "category" and "step" in said) or (word == "opened" and "time" in said):
                continue
            column = first_filled(sheet, headings)
            if column is not None:
                found[word] = column
        words: dict[str, Any] = dict(found)
        if "text" in found:
            words["text"] = [found["text"]]
        desk.binding = desk.binding.model_copy(update=words)
        return ", ".join(f'{word}: "{column}"' for word, column in found.items())


def plain(heading: str) -> str:
    """A heading as it is compared: small letters, blanks for underscores, without Zendesk's mark of a field's type."""
    return re.sub(r"\s+", " ", re.sub(r"\s*\[\w+\]\s*$", "", heading.strip()).replace("_", " ")).casefold()


def called(sheet: Sheet, heading: str) -> str | None:
    """The file's own spelling of a heading, where it is there."""
    return next((one for one in sheet.headings if plain(one) == heading), None)


def first_filled(sheet: Sheet, headings: Sequence[str]) -> str | None:
    """The first of these columns that is there and holds anything, in the file's own spelling; else the first there."""
    there = [one for one in (called(sheet, heading) for heading in headings) if one is not None]
    for one in there:
        text = nw.col(sheet.column(one)).str.strip_chars()
        if count(sheet.frame.filter(~text.is_null(), text != "").head(1)):
            return one
    return there[0] if there else None


def cell_of(sheet: Sheet, headings: Sequence[str]) -> str | None:
    """The engine's name of the first of these columns that is there."""
    spelt = next((one for one in (called(sheet, heading) for heading in headings) if one is not None), None)
    return sheet.column(spelt) if spelt is not None else None


def low(cell: str) -> nw.Expr:
    """A cell in small letters, blank where there is nothing."""
    return nw.col(cell).fill_null("").str.strip_chars().str.to_lowercase()


def aside(desk: Desk, sheet: Sheet, out: nw.Expr, found: str, expected: str, mend: str) -> Sheet:
    """The sheet without some rows; how many is told."""
    frame = desk.engine.keep(sheet.frame.with_columns(out.alias("out")))
    those = frame.filter(nw.col("out"))
    several = count(those)
    if not several:
        return sheet
    desk.note(
        row=int(rows(those.select(nw.col("row").min().alias("row")))["row"][0]),
        aside=several,
        found=xes.counted(several, found),
        expected=expected,
        mend=mend,
    )
    return sheet.without(frame.filter(~nw.col("out")).drop("out"))


def _once(desk: Desk, sheet: Sheet, own: Sequence[str]) -> Sheet:
    """The sheet with each ticket once, by its own number."""
    cell = cell_of(sheet, own)
    if cell is None:
        return sheet
    first = sheet.frame.group_by(cell).agg(nw.col("row").min().alias("first"))
    joined = desk.engine.keep(sheet.frame.join(first, on=cell, how="left"))
    repeats = ~nw.col(cell).is_null() & (nw.col("row") > nw.col("first"))
    return aside(
        desk,
        sheet.without(joined),
        repeats,
        "rows with the number of another (the same one twice)",
        "each once",
        "the first row of each was taken",
    )


def _known_zone(desk: Desk, sheet: Sheet) -> None:
    """Where every time says its offset, no zone has to be bound."""
    binding = desk.binding
    if binding.timezone is not None:
        return
    for one in {binding.opened, binding.closed, binding.time if isinstance(binding.time, str) else None} - {None}:
        if one is None or not sheet.has(one):
            return
        text = nw.col(sheet.column(one)).str.strip_chars()
        if count(sheet.frame.filter(~text.is_null(), text != "", ~text.str.contains(r"(Z|[+-]\d\d:?\d\d)$")).head(1)):
            return
    desk.binding = binding.model_copy(update={"timezone": "UTC"})
