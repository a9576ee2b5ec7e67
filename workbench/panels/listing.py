"""A study's list as a table to edit: every cell saved as it is written, with undo; what others save is merged cell by cell.

Knows the entries of a part and the live table; which columns there are is said by the panel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workbench.entries import Entries, plain, same
from workbench.faults import DataFault, unknown
from workbench.panels import live
from workbench.panels.desk import literal
from workbench.study import Study

OWN = ("of", "read", "write", "put", "aside")  # what a column says to the listing alone
SHEET = (
    {"key": "word", "label": "Word", "kind": "fixed", "width": 190},
    {"key": "value", "label": "Value", "kind": "text", "width": 380},
    {"key": "help", "label": "What it means", "kind": "fixed", "width": 300},
)


class Listing:
    """The entries of a part of a study (`Study.edit`) as a live table.

    columns  as `live.Grid` has them; `key` is the word of an entry, "cost.once" the word once under cost. A column may have
             "of" (the word of an entry that it shows a part of, where that is not its key), "read" and "write", functions
             between what the file says and what the cell shows, or "put", which makes of what the file says and what was
             written what it says then; "aside": it stands in `sheet` alone
    new      gives a new entry, where one may be added
    changed  is called after each change, with what was done in words
    code     the line of Python that does what was done last
    sheet    all words of the chosen entry, one below the other, where a column stands aside
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
        self._own = {one["key"]: {word: one[word] for word in OWN if word in one} for one in columns}
        self._told = [{word: value for word, value in one.items() if word not in OWN} for one in columns]
        self._cells: dict[str, dict[str, Any]] = {}  # what is shown of each entry
        self._seen: dict[str, dict[str, Any]] = {}  # each entry as the file had it then
        self.grid = live.Grid(label, self._in_table(), self.ask)
        self.grid.can_add = new is not None
        self.sheet: live.Grid | None = None
        if len(self.grid.columns) < len(columns):
            self.sheet = live.Grid(f"{label}: all words of the chosen one", SHEET, self._ask_sheet)
            self.sheet.can_add = self.sheet.can_remove = False
            self.sheet.add_class("wb-sheet")
            self.grid.observe(lambda _: self._show_sheet(), names="chosen")

    @property
    def edits(self) -> Entries:
        return self.study.edit(self.part)

    def read(
        self,
        more: Mapping[str, Mapping[str, Any]] | None = None,
        marks: Mapping[str, str] | None = None,
        faults: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Show the entries as the file has them; `more` are cells that are worked out, by entry (and "name", what
        it is called); `marks` pain or gain; `faults` what is wrong in a cell, by entry."""
        rows: list[dict[str, Any]] = []
        self._cells, self._seen = {}, {}
        keys = [one["key"] for one in self.grid.columns]
        for entry in self.edits.entries:
            name = str(entry.get(self.edits.key) or entry.get("name") or "")
            cells = {one["key"]: self._cell(entry, one["key"]) for one in self._told}
            cells |= {key: plain(value) for key, value in (more or {}).get(name, {}).items()}
            self._cells[name], self._seen[name] = cells, plain(entry)
            shown = {key: cells.get(key) for key in keys}
            called = str(cells.get("name") or entry.get("name") or name)
            rows.append({"id": name, "name": called, "cells": shown} | _mark(marks, name))
        self.grid.faults = {name: dict(one) for name, one in (faults or {}).items()}
        self.grid.rows, self.grid.locked = rows, not self.study.may(self.part)
        if self.sheet is not None and self.grid.chosen not in self._cells:
            self.grid.chosen = next(iter(self._cells), "")
        self._undoable()
        self._show_sheet()

    def options(self, key: str, options: Sequence[str], names: Mapping[str, str] | None = None) -> None:
        """What may be chosen in a column now."""
        self._say(key, {"options": list(options)} | ({} if names is None else {"names": dict(names)}))

    def label(self, key: str, label: str) -> None:
        """What a column is called now."""
        self._say(key, {"label": label})

    def ask(self, asked: Mapping[str, Any]) -> str:
        """Do what the table asks; what was done comes back in words. Raises DataFault."""
        edits, entry, do = self.edits, str(asked.get("id", "")), asked["do"]
        said = ""
        if do == "set":
            word, value, was = self._written(entry, asked)
            edits.set(entry, word, value, was)
            self._line(f'set("{entry}", "{word}", {literal(value)})')
            said = f"{entry}: saved to {self.part}.yaml."
        elif do == "add" and self.new is not None:
            made = dict(self.new())
            entry = edits.add(made)
            self._line(f"add({literal(made)})")
            said = f"{entry}: added to {self.part}.yaml."
        elif do == "remove":
            edits.remove(entry)
            self._line(f'remove("{entry}")')
            said = f"{entry}: taken out; Undo brings it back."
        elif do in ("undo", "redo"):
            said = edits.undo() if do == "undo" else edits.redo()
            self._line(f"{do}()")
            said = f"{said}." if said else f"Nothing to {do}."
        self.changed(said)
        if do == "add":
            self.grid.send({"go": entry})
        return said

    # -- inside -------------------------------------------------------------------------------------------------------

    def _cell(self, entry: Mapping[str, Any], key: str) -> Any:
        value = _under(entry, self._own[key].get("of", key))
        if "read" in self._own[key]:
            return self._own[key]["read"](value)
        return value if value is None or isinstance(value, bool | int | float | list) else str(value)

    def _written(self, entry: str, asked: Mapping[str, Any]) -> tuple[str, Any, Any]:
        """The word that a cell is written to, what it says then, and what it said when the writing began: what the file said
        where the cell still showed that."""
        key = asked["key"]
        own, word = self._own[key], self._own[key].get("of", key)
        before = _under(self._seen.get(entry, {}), word)

        def meant(value: Any) -> Any:
            return own["put"](before, value) if "put" in own else own["write"](value) if "write" in own else value

        shown = self._cells.get(entry, {}).get(key)
        was = before if "was" not in asked or same(shown, asked["was"]) else meant(asked["was"])
        return word, meant(asked.get("value")), was

    def _line(self, done: str) -> None:
        dated = "import datetime\n" if "datetime.date(" in done else ""
        self.code = f'{dated}study.edit("{self.part}").{done}'

    def _in_table(self) -> list[dict[str, Any]]:
        return [dict(one) for one in self._told if not self._own[one["key"]].get("aside")]

    def _say(self, key: str, words: Mapping[str, Any]) -> None:
        for one in self._told:
            if one["key"] == key:
                one.update(words)
        if self._in_table() != self.grid.columns:
            self.grid.columns = self._in_table()

    def _undoable(self) -> None:
        for one in (self.grid, self.sheet):
            if one is not None:
                one.can_undo, one.can_redo = self.edits.can_undo, self.edits.can_redo

    def _show_sheet(self) -> None:
        if self.sheet is None:
            return
        entry, cells = self.grid.chosen, self._cells.get(self.grid.chosen, {})
        told = self._told if cells else []
        words = ("kind", "options", "names", "optional")
        self.sheet.faults = {
            f"{entry}\t{key}": {"value": said} for key, said in self.grid.faults.get(entry, {}).items()
        }
        self.sheet.rows = [
            {
                "id": f"{entry}\t{one['key']}",  # of which entry it is: what is written goes there, whatever is chosen then
                "name": one["label"],
                "cells": {"word": one["label"], "value": cells.get(one["key"]), "help": one.get("help", "")},
                "as": {"value": {word: one[word] for word in words if word in one}},
            }
            for one in told
        ]

    def _ask_sheet(self, asked: dict[str, Any]) -> str:
        if asked["do"] != "set":
            return self.ask(asked)
        entry, key = asked["id"].split("\t")
        return self.ask(asked | {"id": entry, "key": key})


class Called:
    """What goes by an id in the file and by its name in a cell; a cell of several has commas, as a name may have.

    names  of what may be named, by id; none: anything may be
    """

    def __init__(self, what: str):
        self.what = what
        self.names: dict[str, str] = {}

    def read(self, ids: Sequence[str] | None) -> list[str]:
        said = list(self.names.values())
        return [self.names[one] if said.count(self.names.get(one, "")) == 1 else one for one in ids or ()]

    def write(self, said: Sequence[str] | None) -> list[str]:
        """The ids that are meant. Raises DataFault for a name that is not there."""
        known = {_even(one): id for id, name in self.names.items() for one in (name, id)}
        found, rest = [], [str(one) for one in said or ()]
        while rest:
            many = next((n for n in range(len(rest), 0, -1) if _even(", ".join(rest[:n])) in known), 0)
            if not many and known:
                raise DataFault(unknown(self.what, rest[0], self.names.values()))
            found.append(known[_even(", ".join(rest[:many]))] if many else rest[0])
            rest = rest[many or 1 :]
        return list(dict.fromkeys(found))


def _even(name: str) -> str:
    return " ".join(name.replace(",", ", ").split()).casefold()


def _under(entry: Mapping[str, Any], path: str) -> Any:
    value: Any = entry
    for word in path.split("."):
        value = value.get(word) if isinstance(value, Mapping) else None
    return plain(value)


def _mark(marks: Mapping[str, str] | None, name: str) -> dict[str, str]:
    return {"mark": marks[name]} if marks and name in marks else {}
