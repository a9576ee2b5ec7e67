"""Event logs about many objects: OCEL 2.0 as JSON, XML or SQLite (and OCEL 1.0 as JSON or CSV).

An event concerns objects of several types; the binding says which type is the person. From there on it is a contact log
like any other (events.py). An object's attributes hold from a time on: beside an event stands the value in force then.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw

from workbench.faults import DataFault, unknown
from workbench.files import Received
from workbench.sources import xes
from workbench.sources.event_xml import opened
from workbench.sources.ocel_csv import LISTS, Csv
from workbench.sources.ocel_json import Json
from workbench.sources.ocel_log import Log, tell_ids
from workbench.sources.ocel_sqlite import TABLES, Sqlite, tables_of
from workbench.sources.ocel_xml import Xml
from workbench.sources.reading import Block, Desk

name = "ocel"
says = "an event log about objects as OCEL 2.0 (JSONOCEL, XMLOCEL, SQLITE)"
needs = ("person",)

OWN = ("type", "time", "id")  # an event's own fields, as the log calls them


def recognises(received: Received) -> str:
    if received.kind == "binary":
        tables = tables_of(received)
        if tables is None:
            return "a damaged SQLite file" if re.search(r"ocel|\.sqlite(\.gz|\.zip)?$", received.name, re.I) else ""
        return "tables of events and objects (OCEL)" if tables >= TABLES else ""
    if received.kind != "text":
        return ""
    head = received.head()
    start = head.lstrip("\ufeff \r\n\t")[:1]
    if re.search(r"\.jsonocel(\.gz|\.zip)?$", received.name, re.I) or (
        start == "{" and re.search(r'"(objectTypes|eventTypes|objectId|ocel:(events|objects|global-log))"\s*:', head)
    ):
        return "events and objects (OCEL, JSON)"
    if re.search(r"\.xmlocel(\.gz|\.zip)?$", received.name, re.I) or (
        start == "<" and re.search(r"<log[\s>]", head) and re.search(r"<(object-types|event-types)[\s>/]", head)
    ):
        return "events and objects (OCEL, XML)"
    return "a list of objects beside each event (OCEL 1.0, CSV)" if LISTS.search(head) else ""


def log_of(desk: Desk) -> Log:
    """The log in the form that it is written in."""
    received = desk.received
    if received.kind == "binary":
        return Sqlite(desk)
    start = received.head().lstrip("\ufeff \r\n\t")[:1]
    if start == "<":
        return Xml(opened(desk))
    return Json(desk) if start in ("{", "[") or not LISTS.search(received.head()) else Csv(desk)


def read(desk: Desk) -> Block:
    log = log_of(desk)
    known = _known(desk, log)
    kept = len(desk.faults)
    lines = _Lines(desk, log, known)
    sheet = xes.written(desk, lines.columns, lines.rows())
    lines.tell()
    usual: dict[str, Any] = {
        "person": lines.columns[0],
        "activity": lines.activity,
        "step": None,
        "time": "time",
        "lifecycle": None,
        "segments": [],
        "timezone": desk.binding.timezone or "UTC",
        "dates": desk.binding.dates or "year first",
    }
    block = xes.contacts(desk, sheet, usual)
    desk.faults[kept:] = [replace(fault, row=None, rows=()) for fault in desk.faults[kept:]]
    return replace(block, people=_people(desk, known))


# -- objects ----------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Known:
    """The objects of a log: the type of each, and of the persons their attributes through time."""

    type: str
    types: dict[str, str] = field(default_factory=dict)
    changes: dict[str, dict[str, list[tuple[float, str]]]] = field(default_factory=dict)

    def at(self, person: str, attribute: str, moment: float) -> str | None:
        """The value in force at a time; None before the first."""
        through = self.changes.get(person, {}).get(attribute, [])
        place = bisect_right(through, moment, key=lambda one: one[0])
        return through[place - 1][1] if place else None


def _known(desk: Desk, log: Log) -> Known:
    """The objects, with what is wrong among them told. Raises DataFault naming the types where none of them is bound."""
    person = desk.binding.person
    wanted = person if isinstance(person, str) else ""
    found = Known(wanted)
    seen: Counter[str] = Counter()
    twice: list[str] = []
    referred: dict[str, None] = {}
    undated: list[str] = []
    for thing in log.things():
        if not thing.id:
            raise desk.refuse(found="an object without an id", expected="an id for every object", mend="export again")
        if thing.id in found.types:
            twice.append(thing.id)
            continue
        found.types[thing.id] = thing.type
        seen[thing.type] += 1
        referred.update(dict.fromkeys(one for one in thing.refers if one not in found.types))
        if thing.type != wanted:
            continue
        through: dict[str, list[tuple[float, str]]] = {}
        for attribute, value, since in thing.changes:
            moment = _moment(since, desk.binding.timezone) if since else float("-inf")
            if moment is None:
                undated.append(thing.id)
                continue
            through.setdefault(attribute, []).append((moment, value))
        found.changes[thing.id] = {key: sorted(one, key=lambda pair: pair[0]) for key, one in through.items()}
    listed = ", ".join(f"{type} ({often:,})" for type, often in sorted(seen.items()))
    if not wanted:
        raise desk.refuse(
            found="no person bound",
            expected=f"person=: the type of object that is the person, one of {listed or 'none: the log has no objects'}",
            mend="name it",
        )
    if wanted not in seen:
        fault = unknown("type of object", wanted, seen, file=desk.file, column="person")
        raise DataFault(replace(fault, expected=f"one of {listed}"))
    dangling = [one for one in referred if one not in found.types]
    tell_ids(desk, twice, "objects with the id of another", "an id for each", "the first was taken")
    tell_ids(desk, dangling, "objects missing from the log, to which others refer", "every object", "set aside")
    tell_ids(desk, undated, "values whose time cannot be read", "a date and time", "these values are set aside")
    return found


def _people(desk: Desk, known: Known) -> nw.LazyFrame:
    """Everybody of the person's type, with the last value of each bound attribute."""
    import pandas as pd

    segments = desk.binding.segments
    crowd = [one for one, type in known.types.items() if type == known.type]
    table: dict[str, list[Any]] = {"person": [desk.pseudonym(one) for one in crowd]}
    for attribute in segments:
        through = [known.changes.get(one, {}).get(attribute, []) for one in crowd]
        table[attribute] = [values[-1][1] if values else None for values in through]
        changing = sum(len({value for _, value in values}) > 1 for values in through)
        if changing:
            desk.note(
                column=attribute,
                found=f"{changing:,} of {known.type} whose value changes over time",
                expected="one value a person",
                mend=f"the last value was taken; channel={attribute} gives the value at the time of each event",
            )
    frame = pd.DataFrame(table, dtype=object)
    return desk.engine.table(frame, dict.fromkeys(table, "VARCHAR"))


def _moment(text: str, zone: str | None) -> float | None:
    """Seconds since 1970 of a time as written; a time without an offset is local to the zone."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or (ZoneInfo(zone) if zone else UTC)).timestamp()


# -- events -----------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class _Lines:
    """One line an event and person, and what was set aside on the way."""

    desk: Desk
    log: Log
    known: Known
    dangling: dict[str, None] = field(default_factory=dict)
    aside: Counter = field(default_factory=Counter)
    twice: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    filled: Counter = field(default_factory=Counter)
    attributes: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        binding = self.desk.binding
        what = binding.activity or binding.step
        self.activity = what if isinstance(what, str) else "type"
        segments = set(binding.segments)
        beside = [one for one in xes.bound(binding) if one not in segments or one in (binding.channel, binding.wave)]
        self.columns = list(dict.fromkeys([f"object of type {self.known.type}", self.activity, "time", *beside]))

    def rows(self) -> Iterator[list[str | None]]:
        zone = self.desk.binding.timezone
        for event in self.log.events():
            if event.id and event.id in self.seen:
                self.twice.append(event.id)
                continue
            self.seen.add(event.id)
            self.attributes.update(dict.fromkeys(event.attributes))
            self.dangling.update(dict.fromkeys(one for one in event.objects if one not in self.known.types))
            persons = [one for one in dict.fromkeys(event.objects) if self.known.types.get(one, "") == self.known.type]
            if not persons:
                self.aside["nobody"] += 1
                continue
            moment = _moment(event.time, zone)
            own = {"type": event.type, "time": event.time, "id": event.id, **event.attributes}
            own["time"] = event.time
            for person in persons:
                row: list[str | None] = [person]
                for column in self.columns[1:]:
                    value = own.get(column)
                    if not value and column not in OWN and moment is not None:
                        value = self.known.at(person, column, moment)
                    if value:
                        self.filled[column] += 1
                    row.append(value)
                if not (row[self.columns.index(self.activity)] or "").strip():
                    self.aside["activity"] += 1
                    continue
                if not event.time.strip():
                    self.aside["time"] += 1
                elif xes.OFFSET.search(event.time):
                    self.aside["aware"] += 1
                else:
                    self.aside["naive"] += 1
                self.aside["kept"] += 1
                self.aside["several"] += len(persons) > 1
                yield row

    def tell(self) -> None:
        desk, type = self.desk, self.known.type
        tell_ids(desk, self.twice, "events with the id of another", "an id for each", "set aside", len(self.twice))
        tell_ids(
            desk,
            self.dangling,
            "objects missing from the log, to which events refer",
            "every object that is referred to",
            "these references are set aside; export the log with all its objects",
        )
        if self.aside["nobody"]:
            desk.note(
                aside=self.aside["nobody"],
                found=xes.counted(self.aside["nobody"], f"events with no {type}"),
                expected="one for each",
                mend="set aside: they belong to nobody's path",
            )
        if self.aside["activity"]:
            desk.note(
                aside=self.aside["activity"],
                column=self.activity,
                found=xes.counted(self.aside["activity"], "events without an activity"),
                expected="what happened",
                mend="set aside",
            )
        if self.aside["time"]:
            desk.note(
                column="time",
                found=xes.counted(self.aside["time"], "events without a time"),
                expected="a date and time",
                mend="left without a time: they stand on no path",
            )
        xes.tell_zones(desk, "time", self.aside["naive"], self.aside["aware"])
        self._tell_unknown()
        if not self.aside["kept"]:
            raise xes.nothing_left(desk)

    def _tell_unknown(self) -> None:
        """Refuse a name that neither an event nor a person bears."""
        theirs = {attribute for one in self.known.changes.values() for attribute in one}
        segments = [one for one in self.desk.binding.segments if one not in theirs]
        columns = [one for one in self.columns[1:] if one not in OWN and not self.filled[one]]
        if not self.aside["kept"] and not self.aside["activity"]:
            columns = []
        wrong = [
            *(unknown("attribute", one, theirs, file=self.desk.file, column=one) for one in segments),
            *(
                unknown("attribute", one, {*theirs, *self.attributes, *OWN}, file=self.desk.file, column=one)
                for one in columns
                if one not in theirs | set(self.attributes)
            ),
        ]
        if wrong:
            raise DataFault(wrong)
