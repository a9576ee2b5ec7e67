"""OCEL written as a SQLite file, which is looked at and nothing else: never written, no journal, no code of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote

from workbench.files import Received
from workbench.sources.ocel_log import Change, Event, Thing, tell_ids, text
from workbench.sources.reading import Desk

TABLES = {"event", "object", "event_object", "event_map_type", "object_map_type"}


def _connected(received: Received) -> Any:
    """A SQLite file, opened to be looked at and nothing else: never written, no journal, no code of its own."""
    import sqlite3

    connection = sqlite3.connect(f"file:{quote(str(received.path))}?mode=ro&immutable=1", uri=True)
    for pragma in ("query_only = on", "trusted_schema = off", "cell_size_check = on"):
        connection.execute(f"pragma {pragma}")
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


def tables_of(received: Received) -> set[str] | None:
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
class Sqlite:
    """OCEL as a SQLite file: a table of events and one of objects, and one more for each type of them."""

    desk: Desk

    def __post_init__(self) -> None:
        found = tables_of(self.desk.received)
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
        tell_ids(
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
                    yield tuple(text(one) for one in row)
        except sqlite3.Error as problem:
            raise self.desk.refuse(
                found=f"a SQLite file that cannot be read ({problem})", expected="OCEL 2.0", mend="export it again"
            ) from None


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
