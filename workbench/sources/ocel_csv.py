"""OCEL 1.0 written as CSV: a row an event, and for each type of object a column that lists their ids."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from workbench.faults import DataFault
from workbench.sources import sheet
from workbench.sources.ocel_log import Event, Thing, text
from workbench.sources.reading import Desk

OWN = {"ocel:eid": "id", "ocel:activity": "type", "ocel:timestamp": "time"}
TYPE = "ocel:type:"  # begins the heading of a column that lists objects
LISTS = re.compile(r"\A\ufeff?(?=.*\bocel:activity\b).*\bocel:type:")  # a heading that has both
LIST = re.compile(r"""\[\s*(?:(?:'[^'\\]*'|"[^"\\]*")\s*(?:,\s*(?!\])|(?=\])))*\]""")
MEMBER = re.compile(r"""'([^'\\]*)'|"([^"\\]*)\"""")


@dataclass(frozen=True, eq=False)
class Csv:
    """OCEL 1.0 as CSV. Its objects have no attributes."""

    desk: Desk

    def things(self) -> Iterator[Thing]:
        seen: set[tuple[str, str]] = set()
        for row, cells in self._rows():
            for heading, cell in cells.items():
                if heading.startswith(TYPE):
                    for own in self._list(row, heading, cell):
                        type = heading.removeprefix(TYPE)
                        if (type, own) not in seen:
                            seen.add((type, own))
                            yield Thing(own, type)

    def events(self) -> Iterator[Event]:
        for row, cells in self._rows():
            own = {name: cells.get(heading, "") for heading, name in OWN.items()}
            lists = [self._list(row, heading, cell) for heading, cell in cells.items() if heading.startswith(TYPE)]
            beside = {
                heading: cell
                for heading, cell in cells.items()
                if cell and heading not in OWN and not heading.startswith(TYPE)
            }
            yield Event(own["id"], own["type"], own["time"], beside, tuple(one for those in lists for one in those))

    def _list(self, row: int, heading: str, cell: str) -> list[str]:
        if not cell:
            return []
        if not LIST.fullmatch(cell):
            raise self.desk.refuse(
                row=row,
                column=heading,
                found="no list of ids",
                expected="['a', 'b'], or nothing",
                mend="export it again as OCEL 2.0 (JSON, XML or SQLite)",
            )
        return [one or other for one, other in MEMBER.findall(cell)]

    def _rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row by its headings, its cells trimmed, with the number that a spreadsheet shows."""
        delimiter, _ = sheet.dialect(self.desk.received.head())
        with open(self.desk.received.path, encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle, delimiter=delimiter, strict=True)
            try:
                headings = next(reader, [])
                for row, cells in enumerate(reader, start=2):
                    if cells and len(cells) != len(headings):
                        raise self.desk.refuse(
                            row=row,
                            found=f"{len(cells)} cells (line {reader.line_num})",
                            expected=f"{len(headings)}, as in the heading",
                            mend="export it again",
                        )
                    if cells:
                        yield row, {one: text(cell.strip()) for one, cell in zip(headings, cells, strict=True)}
            except csv.Error as problem:
                raise self._torn(reader.line_num, problem) from None

    def _torn(self, line: int, problem: csv.Error) -> DataFault:
        return self.desk.refuse(
            found=f"rows that cannot be read, on line {line} ({problem})",
            expected='texts in "double quotes"',
            mend="export it again",
        )
