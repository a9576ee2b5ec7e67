"""The names of a study's own customers, as its tables have them: read so that they can be masked in words, kept nowhere.

Knows the gate, sheets and privacy; nothing of bindings.
"""

from __future__ import annotations

import re

from workbench import privacy
from workbench.engine import Engine, distinct, rows
from workbench.faults import DataFault
from workbench.files import Received
from workbench.sources import sheet as sheets
from workbench.sources.sheet import Sheet

LIKE = re.compile(r"[^\d{}\[\]@:;/<>=]{3,80}")  # what could be a name


def names_in(received: Received, engine: Engine) -> frozenset[str]:
    """The people that a table names in columns of names; nobody where it has no such column, or is no table."""
    if received.kind == "text":
        first = sheets.first_rows(received)
        if not any(any(map(len, privacy.people_named(row))) for row in first):
            return frozenset()
    elif received.kind != "xlsx":
        return frozenset()
    try:
        sheet = sheets.workbook(received, engine) if received.kind == "xlsx" else sheets.delimited(received, engine)
    except DataFault:
        return frozenset()  # it is told where the file is read
    return _named(sheet)


def _named(sheet: Sheet) -> frozenset[str]:
    first, last, whole = privacy.people_named(sheet.headings)
    found: set[str] = set()
    columns = sorted({*first, *last, *whole})
    if not columns:
        return frozenset()
    table = rows(distinct(sheet.frame.select(*[f"c{place}" for place in columns]))).fillna("")
    for place in [*whole, *([] if first else last), *([] if last else first)]:
        found |= set(table[f"c{place}"])
    if first and last:
        found |= {f"{one} {other}" for one, other in zip(table[f"c{first[0]}"], table[f"c{last[0]}"], strict=True)}
    return frozenset(name for one in found if LIKE.fullmatch(name := " ".join(str(one).split())) and not _heading(name))


def _heading(name: str) -> bool:
    """Is this a second row of headings rather than a person?"""
    return privacy.identifies(name) or any(map(len, privacy.people_named([name])))
