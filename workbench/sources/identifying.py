"""Columns of a table that say who people are: left out as the file is read, and told.

Knows sheets, bindings and privacy; no kind of file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from workbench import privacy
from workbench.engine import rows
from workbench.sources.sheet import Sheet

if TYPE_CHECKING:
    from workbench.sources.reading import Desk

LOOKED = 200  # rows that are looked at
MANY = 400  # columns beyond which only headings are looked at
DIRECT = {"e-mail", "phone", "card", "bank account", "NI number", "NHS number", "IP address", "device address", "link"}


def leave_out(desk: Desk, sheet: Sheet) -> None:
    """Tell of the columns that say who people are by heading or by cells and are not bound: they are not read.

    A bound column is read as it is bound (a person becomes a pseudonym, words are masked); but a segment whose cells are
    e-mails, phones, cards … is no segment: it is left out too.
    """
    bound = set(_names(desk.binding.model_dump(exclude={"questions", "several"})))
    bound |= {*desk.binding.questions, *(one for several in desk.binding.several.values() for one in several.called)}
    free = {f"c{place}": heading for place, heading in enumerate(sheet.headings) if heading.strip() not in bound}
    named = [heading for heading in free.values() if privacy.identifies(heading)]
    if named:
        desk.note(
            column=", ".join(named),
            found="columns that say who people are",
            expected="no names or addresses",
            mend="left out: they are not read into the frame",
        )
    segments = {sheet.column(name): name for name in desk.binding.segments if sheet.has(name)}
    looked = [column for column, heading in free.items() if heading not in named] + list(segments)
    here = set(sheet.frame.collect_schema().names())  # a sheet may have less than its file
    looked = [column for column in dict.fromkeys(looked) if column in here]
    if not looked or len(looked) > MANY:
        return
    cells = rows(sheet.frame.select(*looked).head(LOOKED))
    for column in cells.columns:
        what = privacy.holds(cell for cell in cells[column] if isinstance(cell, str))
        if column in segments and what in DIRECT:
            desk.note(
                column=segments[column],
                found=f"a segment whose cells say who people are ({what})",
                expected="groups of people",
                mend="left out: it is not read into the frame; bind it as person: or as a key",
            )
            kept = [name for name in desk.binding.segments if name != segments[column]]
            desk.binding = desk.binding.model_copy(update={"segments": kept})
        elif column not in segments and what:
            desk.note(
                column=free[column],
                found=f"a column whose cells say who people are ({what})",
                expected="no names or addresses",
                mend="left out: it is not read into the frame",
            )


def _names(said: Any) -> Iterator[str]:
    """Every text in a binding: more than its columns, but never less."""
    if isinstance(said, str):
        yield said.strip()
    elif isinstance(said, dict):
        for one in (*said, *said.values()):
            yield from _names(one)
    elif isinstance(said, list | tuple):
        for one in said:
            yield from _names(one)
