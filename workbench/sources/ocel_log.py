"""What a log about objects holds, however it is written: objects that change, and events that concern several of them.

Each form of OCEL (ocel_json.py, ocel_xml.py, ocel_sqlite.py, ocel_csv.py) is a reader into this shape; ocel.py says what
it means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from workbench.sources import xes
from workbench.sources.reading import Desk

NAMED = 8  # ids told by name

Change = tuple[str, str, str]  # an attribute, its value, since when


@dataclass(frozen=True)
class Thing:
    """An object: its id and type, its attributes with the times they hold from, the objects it refers to."""

    id: str
    type: str
    changes: tuple[Change, ...] = ()
    refers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """An event: its id, type and time, its attributes, the objects it concerns."""

    id: str
    type: str
    time: str
    attributes: Mapping[str, str]
    objects: tuple[str, ...]


class Log(Protocol):
    """A log in one of its ways of writing."""

    def things(self) -> Iterator[Thing]: ...
    def events(self) -> Iterator[Event]: ...


def text(value: Any) -> str:
    """A value as it is written, with one end of line and whole letters."""
    if isinstance(value, str) and value.isascii() and "\0" not in value and "\r" not in value:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):  # what a database holds without saying what it is
        value = value.decode("utf-8", "replace")
    whole = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return (
        re.sub("\r\n?", "\n", whole.replace("\0", "")).encode("utf-8", "replace").decode("utf-8")
    )  # half a letter is none


def tell_ids(desk: Desk, ids: Iterable[str], what: str, expected: str, mend: str, aside: int = 0) -> None:
    """Tell of ids, the first of them by name."""
    told = list(dict.fromkeys(ids))
    if told:
        more = f" and {len(told) - NAMED:,} more" if len(told) > NAMED else ""
        found = f"{xes.counted(len(told), what)}: {', '.join(told[:NAMED])}{more}"
        desk.note(found=found, expected=expected, mend=mend, aside=aside)
