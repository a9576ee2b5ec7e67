"""OCEL written as XML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.sources.event_xml import Opened, elements
from workbench.sources.ocel_log import Event, Thing, text


@dataclass(frozen=True, eq=False)
class Xml:
    """OCEL as XML."""

    opened: Opened

    def things(self) -> Iterator[Thing]:
        for one in self._elements("object"):
            changes = tuple(
                (part.get("name") or "", text(part.text), part.get("time") or "")
                for part in one.iterfind("{*}attributes/{*}attribute")
            )
            yield Thing(text(one.get("id")), text(one.get("type")), changes, self._objects(one))

    def events(self) -> Iterator[Event]:
        for one in self._elements("event"):
            attributes = {
                part.get("name") or "": text(part.text) for part in one.iterfind("{*}attributes/{*}attribute")
            }
            yield Event(
                text(one.get("id")), text(one.get("type")), text(one.get("time")), attributes, self._objects(one)
            )

    def _elements(self, tag: str) -> Iterator[Any]:
        for one in elements(self.opened, ("object", "event"), part="object-id"):
            if one.tag.endswith(tag):
                yield one

    def _objects(self, one: Any) -> tuple[str, ...]:
        return tuple(text(part.get("object-id")) for part in one.iterfind("{*}objects/*"))
