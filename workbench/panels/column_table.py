"""A source's columns as a live table: what each is, confirmed or changed; its first cells as received beside what is read of
them, and the faults of the present binding.

Knows the roles of columns and the live table. Every change is saved to study.yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workbench.entries import plain
from workbench.faults import DataFault, Fault
from workbench.panels import columns, live, look, roles
from workbench.panels.columns import Looked
from workbench.panels.desk import literal
from workbench.profiling import profile
from workbench.sources import transcripts
from workbench.sources.binding import USUAL
from workbench.study import Study

CELLS = ("measure", "step", "low", "high", "missing", "not_applicable", "reversed")
SHOWN = 12  # faults that concern no single column


class ColumnTable:
    """The columns of one of a study's sources.

    file     the source, as study.yaml calls it
    changed  is called after each change, with the line of Python that does the same
    undo     takes back ("undo") or does again ("redo") the last change of the sources, and says so
    """

    def __init__(self, study: Study, changed: Callable[[str], None], undo: Callable[[str], str]):
        self.study, self.changed, self.undo, self.file = study, changed, undo, ""
        self.said, self.others = look.html(), look.html(scroll=True)
        self.grid = live.Grid("Columns of the source", _heads([], []), self.ask)
        self.grid.can_add = self.grid.can_remove = False
        self.box = look.column(self.said, self.grid, self.others)

    def entry(self) -> dict[str, Any] | None:
        """The source's entry as study.yaml has it."""
        of = [one for one in self.study.edit("study").entries if str(one.get("file") or one.get("name")) == self.file]
        return plain(of[0]) if of else None

    def show(self, found: Looked) -> None:
        """The columns of a source in the table; what has none, as it was profiled."""
        self.grid.layout.display = None if found.names else "none"
        steps = dict(self.study.map.names)
        self.grid.columns = _heads(roles.offered(found.kind), list(steps), steps, found)
        self.grid.rows = [{"id": name, "name": name, "cells": found.cells[name]} for name in found.names]
        self.grid.faults = found.faults
        edits = self.study.edit("study")
        self.grid.can_undo, self.grid.can_redo = edits.can_undo, edits.can_redo
        bound = sum(bool(one.get("is")) for one in found.cells.values())
        wrong = len(found.faults) + len(found.others)
        told = f"{bound} of {len(found.names)} columns are read. " if found.names else ""
        told = f"{len(found.names)} speakers. " if found.kind in transcripts.KINDS else told
        if found.broken:
            head = f"{told}So it cannot be read yet: see what is wrong below, and change the binding here."
        else:
            told += f"Of its first rows: {found.base}."
            head = f"{told} {wrong} {'thing is' if wrong == 1 else 'things are'} worth a look." if wrong else told
        self.said.value = look.paragraph(head, "fault" if found.broken else "note")
        self.others.value = _told(found.others)
        if not found.names:
            self.others.value += look.found(profile(columns.paths_of(self.study, found.file)[0]))

    def nothing(self, words: str, problem: DataFault | None = None) -> None:
        """Words in the place of the table, or what is wrong."""
        self.grid.rows, self.grid.layout.display = [], "none"
        self.said.value = look.faults(problem) if problem else look.paragraph(words, "note")
        self.others.value = ""

    def ask(self, asked: Mapping[str, Any]) -> str:
        """Do what the table asks, save it, and read the first rows again."""
        edits, do = self.study.edit("study"), asked["do"]
        if do in ("undo", "redo"):
            return self.undo(do)
        if do != "set":
            return ""
        entry, name, key, value = self.entry(), str(asked["id"]), str(asked["key"]), asked.get("value")
        if entry is None:
            raise DataFault(Fault(file="study.yaml", found="no source chosen", expected="one"))
        path = columns.paths_of(self.study, self.file)[0]
        if key == "is" and value in ("speaker", "interviewer"):
            now = [str(one) for one in entry.get("interviewer") or []]
            after = [one for one in now if one != name] + ([name] if value == "interviewer" else [])
            edits.set(self.file, "interviewer", after, now)
            self.changed(f'study.edit("study").set("{self.file}", "interviewer", {literal(after)})')
            return f"{name}: saved to study.yaml."
        one = columns.seen(path)
        if name not in one.names:
            raise DataFault(
                Fault(file=path.name, column=name, found="a column without a name of its own", expected="one")
            )
        place = list(one.names).index(name)
        what, group = columns.role_of(columns.whole(self.study, entry, path), one, place)
        if entry.get("questionnaire") and columns.role_of(entry, one, place) != (what, group):
            mend = 'change it under "Questionnaire"'
            raise DataFault(Fault(file=self.file, column=name, found=f"said by {entry['questionnaire']}", mend=mend))
        if key == "is":
            changed = roles.assigned(entry, name, str(value or ""), one.judged[place], one.looks[place])
            edits.put(self.file, changed, {word: entry.get(word) for word in changed})
            code = f'study.edit("study").put("{self.file}", {literal(changed)})'
        elif what == "text" and key == "step" and not group:
            changed = roles.assigned(entry, name, "text", one.judged[place], one.looks[place], str(value))
            edits.put(self.file, changed)
            code = f'study.edit("study").put("{self.file}", {literal(changed)})'
        else:
            word, told = self._cell(entry, name, what, group, key, value)
            edits.set(self.file, word, told)
            code = f'study.edit("study").set("{self.file}", {word!r}, {literal(told)})'
        self.changed(code)
        return f"{name}: saved to study.yaml."

    def _cell(self, entry: Any, name: str, what: str, group: str, key: str, value: Any) -> tuple[tuple[str, ...], Any]:
        """The word of the binding that a cell of the table stands for, and what it then says."""
        several = what == "option"
        if what not in ("rating", "option", "text") or (what == "text" and key != "step") or key not in CELLS:
            mend = "say first what the column is, for example a rating"
            raise DataFault(
                Fault(file="study.yaml", column=name, found=f"no {key.replace('_', ' ')} of this", mend=mend)
            )
        if several and key not in ("measure", "step"):
            raise DataFault(
                Fault(file="study.yaml", column=name, found="a question with several options", mend="it has no scale")
            )
        of = "several" if several else "questions"
        said = (entry.get(of) or {}).get(group) or {}
        if isinstance(said, str):  # {Q9: nps}
            whole = {"measure": said, key: value} if key not in ("low", "high") else {"measure": said}
            said = {"measure": said}
            if key not in ("low", "high"):
                return (of, group), whole
        if key in ("low", "high"):
            low, high = said.get("scale") or USUAL.get(str(said.get("measure")), (0, 0))
            low, high = (value, high) if key == "low" else (low, value)
            if low is None or high is None or not low < high:
                other = "highest" if key == "low" else "lowest"
                raise DataFault(
                    Fault(
                        file="study.yaml",
                        column=name,
                        found=f"a scale from {low} to {high}",
                        expected=f"low under high; the {other} first",
                    )
                )
            return (of, group), {**said, "scale": [_whole(low), _whole(high)]}
        return (of, group, key), value


def _heads(
    offered: Sequence[str], steps: Sequence[str], names: Mapping[str, str] | None = None, found: Looked | None = None
) -> list[dict[str, Any]]:
    """The columns of the table; what can be chosen in each is that of this kind of file, and of this map."""
    cells = found.cells.values() if found else ()
    measures = list(dict.fromkeys([*USUAL, *(str(one["measure"]) for one in cells if one.get("measure"))]))
    return [
        {"key": "column", "label": "Column", "kind": "fixed", "width": 150},
        {
            "key": "is",
            "label": "What it is",
            "kind": "choice",
            "options": list(offered),
            "names": roles.NAMES,
            "width": 130,
        },
        {
            "key": "received",
            "label": "As received",
            "kind": "fixed",
            "help": "The first cells of the file",
            "width": 150,
        },
        {"key": "read", "label": "As read", "kind": "fixed", "help": "What is read from these cells", "width": 120},
        {"key": "measure", "label": "Measure", "kind": "text", "options": measures, "width": 110},
        {
            "key": "step",
            "label": "Step",
            "kind": "choice",
            "optional": True,
            "options": list(steps),
            "names": dict(names or {}),
            "width": 110,
        },
        {"key": "low", "label": "Low", "kind": "number", "width": 50},
        {"key": "high", "label": "High", "kind": "number", "width": 50},
        {"key": "missing", "label": "Missing", "kind": "list", "help": "Codes that mean no answer", "width": 70},
        {
            "key": "not_applicable",
            "label": "Does not apply",
            "kind": "list",
            "help": "Codes that mean: does not apply",
            "width": 90,
        },
        {
            "key": "reversed",
            "label": "Reversed",
            "kind": "bool",
            "help": "Is the highest number the worst?",
            "width": 70,
        },
        {"key": "why", "label": "Why it seems so", "kind": "fixed", "width": 360},
    ]


def _told(faults: Sequence[Fault]) -> str:
    if not faults:
        return ""
    rows = [(one.row, one.column, one.found, one.expected, one.mend) for one in faults[:SHOWN]]
    return look.paragraph("Of the file as a whole", "head") + look.table(
        ("row", "column", "found", "expected", "mend"), rows
    )


def _whole(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)
