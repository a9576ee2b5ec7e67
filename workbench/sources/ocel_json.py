"""OCEL written as JSON: 2.0, and 1.0 with its `ocel:events` and `ocel:objects`. The file is never held whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.faults import DataFault
from workbench.sources.ocel_log import Event, Thing, text
from workbench.sources.reading import Desk

CHUNK = 1 << 18


@dataclass(frozen=True, eq=False)
class Json:
    """OCEL as JSON: `objects` and `events` are lists (OCEL 1.0: `ocel:objects`, `ocel:events`, by id)."""

    desk: Desk

    def things(self) -> Iterator[Thing]:
        for key, own, one in members(self.desk):
            if key == "objects":
                one = self._thing(one, "an object")
                changes = tuple(
                    (text(a.get("name")), text(a.get("value")), text(a.get("time")))
                    for a in self._list(one, "attributes")
                )
                refers = tuple(text(a.get("objectId")) for a in self._list(one, "relationships"))
                yield Thing(text(one.get("id")), text(one.get("type")), changes, refers)
            elif key == "ocel:objects":
                one = self._thing(one, "an object")
                given = one.get("ocel:ovmap")
                held = tuple((k, text(v), "") for k, v in (given if isinstance(given, dict) else {}).items())
                yield Thing(text(own), text(one.get("ocel:type")), held)

    def events(self) -> Iterator[Event]:
        for key, own, one in members(self.desk):
            if key == "events":
                one = self._thing(one, "an event")
                attributes = {text(a.get("name")): text(a.get("value")) for a in self._list(one, "attributes")}
                objects = tuple(text(a.get("objectId")) for a in self._list(one, "relationships"))
                yield Event(text(one.get("id")), text(one.get("type")), text(one.get("time")), attributes, objects)
            elif key == "ocel:events":
                one = self._thing(one, "an event")
                given, those = one.get("ocel:vmap"), one.get("ocel:omap")
                yield Event(
                    text(own),
                    text(one.get("ocel:activity")),
                    text(one.get("ocel:timestamp")),
                    {k: text(v) for k, v in given.items()} if isinstance(given, dict) else {},
                    tuple(text(a) for a in those) if isinstance(those, list) else (),
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
        letters = _Text(handle)

        def value() -> Any:
            size = CHUNK
            while True:
                try:
                    found, end = decoder.raw_decode(letters.held, letters.place)
                    if end < len(letters.held) or not letters.more(size):
                        letters.place = end
                        return found
                except json.JSONDecodeError as problem:
                    if not letters.more(size):
                        raise broken(problem.msg) from None
                except RecursionError:
                    raise broken("nested too deeply") from None
                size *= 2

        def broken(why: str) -> DataFault:
            return desk.refuse(
                found=f"JSON that breaks off or is not well formed, near letter {letters.passed + letters.place:,} ({why})",
                expected="a whole JSON file",
                mend="export it again; nothing of it was used",
            )

        def take(wanted: str) -> str:
            found = letters.peek()
            if not found or found not in wanted:
                raise broken(f"expected {' or '.join(wanted)}")
            letters.place += 1
            return found

        def keys(closing: str) -> Iterator[str]:
            if letters.peek() == closing:
                take(closing)
                return
            while True:
                if closing == "]":
                    yield ""
                else:
                    letters.peek()
                    key = value()
                    if not isinstance(key, str):
                        raise broken("a key that is no text")
                    take(":")
                    letters.peek()
                    yield key
                if take(f",{closing}") == closing:
                    return

        take("{")
        for key in keys("}"):
            opening = letters.peek()
            if opening in ("[", "{") and opening:
                take(opening)
                for own in keys("]" if opening == "[" else "}"):
                    letters.peek()
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
