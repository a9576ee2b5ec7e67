"""Code frames as tables: a code a row, under which other code it stands, what it means. CSV of any program.

Knows delimited text and codes. A code is called by its path from the root; a parent by its name, or by its path where
several codes have that name.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace

from workbench.faults import DataFault, Fault, unknown
from workbench.files import Received
from workbench.sources.codings import Code, named
from workbench.sources.sheet import dialect

HEADS = ("path", "tag", "name", "code")  # columns of codes, by what they are called
Path = tuple[str, ...]


def levels(written: str) -> Path:
    """A code with those above it, as it is written: "Billing / late", "Billing::late", "Billing > late"."""
    return tuple(re.split(r"\s*(?:/|::|>)\s*", written.strip())) if written.strip() else ()


def paths(codes: Sequence[tuple[Path, Path]], file: str, rows: Sequence[int | None]) -> list[Path]:
    """The full paths of codes, each given as (its own names, its parent's). Raises DataFault for every parent that is no
    code (with the near word), every one that several codes are, and every code that stands twice."""
    found: dict[int, Path] = {place: own for place, (own, parent) in enumerate(codes) if not parent}

    def parents(parent: Path) -> list[Path]:
        matching = [path for path in found.values() if path[-len(parent) :] == parent]
        return [path for path in matching if path == parent] or matching

    open_ = [place for place in range(len(codes)) if place not in found]
    while ready := [place for place in open_ if parents(codes[place][1])]:
        found |= {place: parents(codes[place][1])[0] + codes[place][0] for place in ready}
        open_ = [place for place in open_ if place not in found]
    faults = []
    for place, (_, parent) in enumerate(codes):
        above = " / ".join(parent)
        if place in open_:
            others = [" / ".join(one) for n, (one, _) in enumerate(codes) if n != place]
            faults.append(replace(unknown("code", above, others, file, "parent"), row=rows[place]))
        elif parent and len(set(parents(parent))) > 1:
            faults.append(
                Fault(
                    file=file,
                    row=rows[place],
                    column="parent",
                    found=f'several codes called "{above}"',
                    expected="one parent",
                    mend="say the parent's full path, as in Billing / late",
                )
            )
        elif found[place] in [found.get(before) for before in range(place)]:
            faults.append(
                Fault(
                    file=file,
                    row=rows[place],
                    column="code",
                    found=f'a code that stands twice ("{" / ".join(found[place])}")',
                    expected="each code once",
                    mend="leave one of them out, or say its parent",
                )
            )
    if faults:
        raise DataFault(faults)
    return [found[place] for place in range(len(codes))]


def of_csv(received: Received) -> list[Code]:
    """A code frame of a delimited file: a column path, tag, name or code; and description, parent, color where it has them.

    Raises DataFault where there is no such column, and as `paths` does.
    """
    text = received.text()
    table = list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect(text[:65536])[0]))
    heads = [one.strip().casefold() for one in table[0]] if table else []
    column = next((one for one in HEADS if one in heads), None)
    if column is None:
        raise DataFault(
            Fault(
                file=received.name,
                row=1,
                found="no column of codes",
                expected="a column called name, tag, code or path (and description, parent, color)",
                mend="rename the column",
            )
        )
    rows: list[int | None] = []
    cells: list[dict[str, str]] = []
    for number, row in enumerate(table[1:], start=2):
        cell = dict(zip(heads, map(str.strip, row), strict=False))
        if cell.get(column):
            rows.append(number)
            cells.append(cell)
    known = {cell[column] for cell in cells}
    given = [
        (_dotted(cell[column], known) if column == "tag" else levels(cell[column]), levels(cell.get("parent", "")))
        for cell in cells
    ]
    return [
        Code(
            named("code", "/".join(path)),
            path,
            cell.get("color") or cell.get("colour", ""),
            cell.get("description", ""),
        )
        for path, cell in zip(paths(given, received.name, rows), cells, strict=True)
    ]


def _dotted(tag: str, known: set[str]) -> Path:
    """A tag of Taguette nests by points: billing.late stands under billing, where that is a tag too."""
    return tuple(tag.split(".")) if tag.rpartition(".")[0] in known else levels(tag)
