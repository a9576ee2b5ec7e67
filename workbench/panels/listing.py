"""A study's list as a table to edit: every cell saved as it is written, with undo; what others save is merged cell by cell.

Knows the entries of a part and the live table; which columns there are is said by the panel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workbench.entries import Entries, plain
from workbench.panels import live
from workbench.panels.desk import literal
from workbench.study import Study


class Listing:
    """The entries of a part of a study (`Study.edit`) as a live table.

    columns  as `live.Grid` has them; `key` is the word of an entry, "cost.once" the word once under cost. A column may have
             "read" and "write", functions between what the file says and what the cell shows
    new      gives a new entry, where one may be added
    changed  is called after each change, with what was done in words
    code     the line of Python that does what was done last
    """

    def __init__(
        self,
        study: Study,
        part: str,
        label: str,
        columns: Sequence[Mapping[str, Any]],
        changed: Callable[[str], None],
        new: Callable[[], Mapping[str, Any]] | None = None,
    ):
        self.study, self.part, self.changed, self.new = study, part, changed, new
        self.code = ""
        self._read = {one["key"]: one["read"] for one in columns if "read" in one}
        self._write = {one["key"]: one["write"] for one in columns if "write" in one}
        shown = [{word: value for word, value in one.items() if word not in ("read", "write")} for one in columns]
        self.grid = live.Grid(label, shown, self.ask)
        self.grid.can_add = new is not None

    @property
    def edits(self) -> Entries:
        return self.study.edit(self.part)

    def read(self, more: Mapping[str, Mapping[str, Any]] | None = None, marks: Mapping[str, str] | None = None) -> None:
        """Show the entries as the file has them; `more` are cells that are worked out, by entry; `marks` pain or gain."""
        rows = []
        for entry in self.edits.entries:
            name = str(entry.get(self.edits.key) or entry.get("name") or "")
            cells = {one["key"]: self._cell(entry, one["key"]) for one in self.grid.columns}
            cells |= {key: plain(value) for key, value in (more or {}).get(name, {}).items()}
            rows.append({"id": name, "name": str(entry.get("name") or name), "cells": cells} | _mark(marks, name))
        self.grid.rows, self.grid.locked = rows, not self.study.may(self.part)
        self.grid.can_undo, self.grid.can_redo = self.edits.can_undo, self.edits.can_redo

    def options(self, key: str, options: Sequence[str], names: Mapping[str, str] | None = None) -> None:
        """What may be chosen in a column now."""
        columns = [dict(one) for one in self.grid.columns]
        for one in columns:
            if one["key"] == key:
                one["options"] = list(options)
                if names is not None:
                    one["names"] = dict(names)
        if columns != self.grid.columns:
            self.grid.columns = columns

    def ask(self, asked: Mapping[str, Any]) -> str:
        """Do what the table asks; what was done comes back in words. Raises DataFault."""
        edits, entry, do = self.edits, str(asked.get("id", "")), asked["do"]
        said = ""
        if do == "set":
            value, was = self._written(asked, "value"), self._written(asked, "was")
            edits.set(entry, asked["key"], value, was)
            self.code = f'study.edit("{self.part}").set("{entry}", "{asked["key"]}", {literal(value)})'
            said = f"{entry}: saved to {self.part}.yaml."
        elif do == "add" and self.new is not None:
            made = dict(self.new())
            entry = edits.add(made)
            self.code = f'study.edit("{self.part}").add({literal(made)})'
            said = f"{entry}: added to {self.part}.yaml."
        elif do == "remove":
            edits.remove(entry)
            self.code = f'study.edit("{self.part}").remove("{entry}")'
            said = f"{entry}: taken out; Undo brings it back."
        elif do in ("undo", "redo"):
            said = edits.undo() if do == "undo" else edits.redo()
            self.code = f'study.edit("{self.part}").{do}()'
            said = f"{said}." if said else f"Nothing to {do}."
        self.changed(said)
        if do == "add":
            self.grid.send({"go": entry})
        return said

    def _cell(self, entry: Mapping[str, Any], key: str) -> Any:
        value: Any = entry
        for word in key.split("."):
            value = value.get(word) if isinstance(value, Mapping) else None
        value = plain(value)
        if key in self._read:
            return self._read[key](value)
        return value if value is None or isinstance(value, bool | int | float | list) else str(value)

    def _written(self, asked: Mapping[str, Any], word: str) -> Any:
        write = self._write.get(asked["key"])
        value = asked.get(word)
        return write(value) if write is not None else value


def _mark(marks: Mapping[str, str] | None, name: str) -> dict[str, str]:
    return {"mark": marks[name]} if marks and name in marks else {}
