"""Event logs about many objects: OCEL 2.0 as JSON, XML or SQLite (and OCEL 1.0 as JSON).

An event concerns objects of several types; the binding says which type is the person. From there on it is a contact log
like any other (events.py). An object's attributes hold from a time on: beside an event stands the value in force then.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

import narwhals as nw

from workbench.faults import DataFault, unknown
from workbench.files import Received
from workbench.sources import events, xes
from workbench.sources.reading import Block, Desk

name = "ocel"
says = "an event log about objects as OCEL 2.0 (JSONOCEL, XMLOCEL, SQLITE)"
needs = ("person",)

OWN = ("type", "time", "id")  # an event's own fields, as the log calls them
NAMED = 8  # ids told by name
TABLES = {"event", "object", "event_object", "event_map_type", "object_map_type"}
CHUNK = 1 << 18

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


def recognises(received: Received) -> str:
    if received.kind == "binary":
        tables = _tables(received)
        if tables is None:
            return "a damaged SQLite file" if re.search(r"ocel|\.sqlite$", received.name, re.I) else ""
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
    return ""


def read(desk: Desk) -> Block:
    log = _opened(desk)
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
    block = events.read(xes.Streamed.at(desk, sheet, usual))
    desk.faults[kept:] = [replace(fault, row=None) for fault in desk.faults[kept:]]
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
    _tell_ids(desk, twice, "objects with the id of another", "an id for each", "the first was taken")
    _tell_ids(desk, dangling, "objects missing from the log, to which others refer", "every object", "set aside")
    _tell_ids(desk, undated, "values whose time cannot be read", "a date and time", "these values are set aside")
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


def _tell_ids(desk: Desk, ids: Iterable[str], what: str, expected: str, mend: str) -> None:
    told = list(dict.fromkeys(ids))
    if told:
        more = f" and {len(told) - NAMED:,} more" if len(told) > NAMED else ""
        desk.note(
            found=f"{xes.counted(len(told), what)}: {', '.join(told[:NAMED])}{more}", expected=expected, mend=mend
        )


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
        _tell_ids(desk, self.twice, "events with the id of another", "an id for each", "set aside")
        _tell_ids(
            desk,
            self.dangling,
            "objects missing from the log, to which events refer",
            "every object that is referred to",
            "these references are set aside; export the log with all its objects",
        )
        if self.aside["nobody"]:
            desk.note(
                found=xes.counted(self.aside["nobody"], f"events with no {type}"),
                expected="one for each",
                mend="set aside: they belong to nobody's path",
            )
        if self.aside["activity"]:
            desk.note(
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


# -- the ways of writing ----------------------------------------------------------------------------------------------


def _opened(desk: Desk) -> Log:
    received = desk.received
    if received.kind == "binary":
        return _Sqlite(desk)
    if received.head().lstrip("\ufeff \r\n\t")[:1] == "<":
        xes.refuse_document_type(desk)
        return _Xml(desk)
    return _Json(desk)


def _text(value: Any) -> str:
    if isinstance(value, str) and value.isascii() and "\0" not in value:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")  # half a letter is none


@dataclass(frozen=True, eq=False)
class _Json:
    """OCEL as JSON: `objects` and `events` are lists (OCEL 1.0: `ocel:objects`, `ocel:events`, by id)."""

    desk: Desk

    def things(self) -> Iterator[Thing]:
        for key, own, one in members(self.desk):
            if key == "objects":
                one = self._thing(one, "an object")
                changes = tuple(
                    (_text(a.get("name")), _text(a.get("value")), _text(a.get("time")))
                    for a in self._list(one, "attributes")
                )
                refers = tuple(_text(a.get("objectId")) for a in self._list(one, "relationships"))
                yield Thing(_text(one.get("id")), _text(one.get("type")), changes, refers)
            elif key == "ocel:objects":
                one = self._thing(one, "an object")
                given = one.get("ocel:ovmap")
                held = tuple((k, _text(v), "") for k, v in (given if isinstance(given, dict) else {}).items())
                yield Thing(_text(own), _text(one.get("ocel:type")), held)

    def events(self) -> Iterator[Event]:
        for key, own, one in members(self.desk):
            if key == "events":
                one = self._thing(one, "an event")
                attributes = {_text(a.get("name")): _text(a.get("value")) for a in self._list(one, "attributes")}
                objects = tuple(_text(a.get("objectId")) for a in self._list(one, "relationships"))
                yield Event(_text(one.get("id")), _text(one.get("type")), _text(one.get("time")), attributes, objects)
            elif key == "ocel:events":
                one = self._thing(one, "an event")
                given, those = one.get("ocel:vmap"), one.get("ocel:omap")
                yield Event(
                    _text(own),
                    _text(one.get("ocel:activity")),
                    _text(one.get("ocel:timestamp")),
                    {k: _text(v) for k, v in given.items()} if isinstance(given, dict) else {},
                    tuple(_text(a) for a in those) if isinstance(those, list) else (),
                )

    def _thing(self, value: Any, what: str) -> dict:
        if not isinstance(value, dict):
            raise self.desk.refuse(found=f"{what} that is no record of fields", expected="{…}", mend="export again")
        return value

    def _list(self, one: dict, key: str) -> list[dict]:
        found = one.get(key) or []
        if not isinstance(found, list) or not all(isinstance(part, dict) for part in found):
            raise self.desk.refuse(column=key, found="no list of records", expected="[{…}]", mend="export again")
        return found


def members(desk: Desk) -> Iterator[tuple[str, str, Any]]:
    """What the lists and records of a JSON object hold, one by one: its key, the member's own key, the member.

    The file is never held whole. Numbers stay as they are written.
    """
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
    with open(desk.received.path, encoding="utf-8-sig") as handle:
        text = _Text(handle)

        def value() -> Any:
            size = CHUNK
            while True:
                try:
                    found, end = decoder.raw_decode(text.held, text.place)
                    if end < len(text.held) or not text.more(size):
                        text.place = end
                        return found
                except json.JSONDecodeError as problem:
                    if not text.more(size):
                        raise broken(problem.msg) from None
                except RecursionError:
                    raise broken("nested too deeply") from None
                size *= 2

        def broken(why: str) -> DataFault:
            return desk.refuse(
                found=f"JSON that breaks off or is not well formed, near letter {text.passed + text.place:,} ({why})",
                expected="a whole JSON file",
                mend="export it again; nothing of it was used",
            )

        def take(letters: str) -> str:
            found = text.peek()
            if not found or found not in letters:
                raise broken(f"expected {' or '.join(letters)}")
            text.place += 1
            return found

        def keys(closing: str) -> Iterator[str]:
            if text.peek() == closing:
                take(closing)
                return
            while True:
                if closing == "]":
                    yield ""
                else:
                    text.peek()
                    key = value()
                    if not isinstance(key, str):
                        raise broken("a key that is no text")
                    take(":")
                    text.peek()
                    yield key
                if take(f",{closing}") == closing:
                    return

        take("{")
        for key in keys("}"):
            opening = text.peek()
            if opening in ("[", "{") and opening:
                take(opening)
                for own in keys("]" if opening == "[" else "}"):
                    text.peek()
                    yield key, own, value()
            else:
                yield key, "", value()


class _Text:
    """A text that is read on as it is needed."""

    def __init__(self, handle: Any) -> None:
        self.handle, self.held, self.place, self.passed = handle, "", 0, 0

    def more(self, size: int = CHUNK) -> bool:
        added = self.handle.read(size)
        self.held, self.passed, self.place = self.held[self.place :] + added, self.passed + self.place, 0
        return bool(added)

    def peek(self) -> str:
        """The next letter that is no space, where one is left."""
        while True:
            while self.place < len(self.held):
                if not self.held[self.place].isspace():
                    return self.held[self.place]
                self.place += 1
            if not self.more():
                return ""


@dataclass(frozen=True, eq=False)
class _Xml:
    """OCEL as XML."""

    desk: Desk

    def things(self) -> Iterator[Thing]:
        for one in self._elements("object"):
            changes = tuple(
                (part.get("name") or "", part.text or "", part.get("time") or "")
                for part in one.iterfind("{*}attributes/{*}attribute")
            )
            yield Thing(one.get("id") or "", one.get("type") or "", changes, self._objects(one))

    def events(self) -> Iterator[Event]:
        for one in self._elements("event"):
            attributes = {
                part.get("name") or "": part.text or "" for part in one.iterfind("{*}attributes/{*}attribute")
            }
            yield Event(
                one.get("id") or "", one.get("type") or "", one.get("time") or "", attributes, self._objects(one)
            )

    def _elements(self, tag: str) -> Iterator[Any]:
        with open(self.desk.received.path, "rb") as handle:
            for one in xes.elements(handle, self.desk.file, ("object", "event"), part="object-id"):
                if one.tag.endswith(tag):
                    yield one

    def _objects(self, one: Any) -> tuple[str, ...]:
        return tuple(part.get("object-id") or "" for part in one.iterfind("{*}objects/*"))


def _connected(received: Received) -> Any:
    """A SQLite file, opened to be looked at and nothing else: never written, no journal, no code of its own."""
    import sqlite3

    connection = sqlite3.connect(f"file:{quote(str(received.path))}?mode=ro&immutable=1", uri=True)
    for pragma in ("query_only = on", "trusted_schema = off", "cell_size_check = on"):
        connection.execute(f"pragma {pragma}")
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


def _tables(received: Received) -> set[str] | None:
    """The names of a SQLite file's real tables; views and virtual tables could hold code and are none.

    None where the file is damaged.
    """
    import sqlite3

    with open(received.path, "rb") as handle:
        if not handle.read(16).startswith(b"SQLite format 3\0"):
            return set()
    try:
        with closing(_connected(received)) as connection:
            listed = connection.execute(
                "select name from sqlite_master where type = 'table' and sql not like 'create virtual%'"
            )
            return {str(one) for (one,) in listed}
    except sqlite3.Error:
        return None


@dataclass(eq=False)
class _Sqlite:
    """OCEL as a SQLite file: a table of events and one of objects, and one more for each type of them."""

    desk: Desk

    def __post_init__(self) -> None:
        found = _tables(self.desk.received)
        if found is None:
            raise self.desk.refuse(
                found="a SQLite file that is damaged or not whole", expected="OCEL 2.0", mend="export it again"
            )
        self.tables = found
        lacking = sorted(TABLES - self.tables)
        if lacking:
            raise self.desk.refuse(
                found=f"no table {' and no table '.join(lacking)}",
                expected="the tables of OCEL 2.0",
                mend="export it again as OCEL 2.0",
            )
        beside = self.desk.received.origin.with_name(f"{self.desk.received.name}-wal")
        if beside.is_file() and beside.stat().st_size:
            self.desk.note(
                found=f"a journal beside the file ({beside.name})",
                expected="a file that was closed",
                mend="what stands only in the journal was not read; close the program that writes it, and read again",
            )

    def things(self) -> Iterator[Thing]:
        wanted = self.desk.binding.person
        refers: dict[str, tuple[str, ...]] = {}
        if "object_object" in self.tables:
            pairs = self._rows("select ocel_source_id, ocel_target_id from object_object order by 1")
            refers = {
                source: tuple(target for _, target in those) for source, those in groupby(pairs, key=lambda one: one[0])
            }
        changes: dict[str, list[Change]] = {}
        table = self._mapped("object").get(wanted) if isinstance(wanted, str) else None
        if table is not None:
            attributes = [one for one in self._columns(table) if not one.startswith("ocel_")]
            changed = "ocel_changed_field" if "ocel_changed_field" in self._columns(table) else "null"
            listed = ", ".join(["ocel_id", "ocel_time", changed, *map(_name, attributes)])
            for own, since, only, *values in self._rows(f"select {listed} from {_name(table)}"):
                changes.setdefault(own, []).extend(
                    (attribute, value, since)
                    for attribute, value in zip(attributes, values, strict=True)
                    if (attribute == only if only else value)
                )
        for own, type in self._rows("select ocel_id, ocel_type from object"):
            yield Thing(own, type, tuple(changes.get(own, ())), refers.get(own, ()))

    def events(self) -> Iterator[Event]:
        strays = self._rows(
            "select distinct ocel_event_id from event_object where ocel_event_id not in (select ocel_id from event)"
        )
        _tell_ids(
            self.desk,
            (own for (own,) in strays),
            "events missing from the log, to which relations refer",
            "every event",
            "these relations are set aside",
        )
        tables = self._mapped("event")
        parts, every = [], dict.fromkeys(one for table in tables.values() for one in self._columns(table))
        attributes = [one for one in every if not one.startswith("ocel_")]
        for table in tables.values():
            own = set(self._columns(table))
            listed = ", ".join(_name(one) if one in own else "null" for one in ("ocel_time", *attributes))
            parts.append(f"select ocel_id as own, {listed} from {_name(table)}")
        names = ", ".join(f"a{place}" for place in range(len(attributes) + 1))
        rows = self._rows(
            f"with t(own, {names}) as ({' union all '.join(parts)}) "
            f"select e.rowid, e.ocel_id, e.ocel_type, {names}, o.ocel_object_id from event e "
            "left join t on t.own = e.ocel_id left join event_object o on o.ocel_event_id = e.ocel_id order by e.rowid"
        )
        for _, those in groupby(rows, key=lambda one: one[0]):
            lines = list(those)
            case, type, time, *values = lines[0][1:-1]
            given = {one: value for one, value in zip(attributes, values, strict=True) if value}
            yield Event(case, type, time, given, tuple(line[-1] for line in lines if line[-1]))

    def _mapped(self, what: str) -> dict[str, str]:
        """The table of each type. Raises DataFault where one is not there."""
        pairs = self._rows(f"select ocel_type, ocel_type_map from {what}_map_type")
        tables = {type: f"{what}_{mapped}" for type, mapped in pairs}
        lacking = sorted(table for table in tables.values() if table not in self.tables)
        if lacking:
            raise self.desk.refuse(
                found=f"no table {' and no table '.join(lacking)}",
                expected="a table for each type",
                mend="export it again",
            )
        return tables

    def _columns(self, table: str) -> list[str]:
        """The columns of a table, without any that are worked out."""
        return [one[1] for one in self._rows(f"pragma table_xinfo({_name(table)})") if one[6] == "0"]

    def _rows(self, query: str) -> Iterator[tuple[str, ...]]:
        import sqlite3

        try:
            with closing(_connected(self.desk.received)) as connection:
                for row in connection.execute(query):
                    yield tuple(_text(one) for one in row)
        except sqlite3.Error as problem:
            raise self.desk.refuse(
                found=f"a SQLite file that cannot be read ({problem})", expected="OCEL 2.0", mend="export it again"
            ) from None


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
