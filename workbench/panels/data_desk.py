"""The data panel: files dropped, bound as they are proposed, and each column confirmed or changed in a table, with its first
cells as received beside what is read from them and the faults of the present binding.

Knows the intake of files, the roles of columns and the live table. Saves to study.yaml, cell by cell.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from workbench import rated_steps
from workbench.entries import plain
from workbench.faults import DataFault
from workbench.intake import TakenIn, bind, take_in, unbound
from workbench.panels import columns, look, roles
from workbench.panels.column_table import ColumnTable
from workbench.panels.columns import Looked
from workbench.panels.desk import literal
from workbench.panels.drop import Drop
from workbench.panels.panel import Panel
from workbench.sources import SHELF

HELP = (
    "Exports of surveys, complaints, contacts, tracking, customers, interviews: CSV, XLSX, SPSS, zip … several at once."
)
CELLS = ("measure", "step", "low", "high", "missing", "not_applicable", "reversed")
SLOW = 400_000  # bytes of a file that is no text, from which it is read beside the screen
SHOWN = 12


class DataDesk(Panel):
    question = "Which files do we have, and what is in each column?"
    parts = ("study", "map")

    def build(self) -> list[Any]:
        self.far, self.asked_box, self.waiting = look.html(), look.column(), look.column()
        self.loaded = look.html(scroll=True)
        self.fields = {
            "files": Drop("Drop files here, or choose them", self.take, HELP),
            "source": look.choice("Source"),
            "format": look.choice("Kind of file"),
            "dates": look.choice("How dates are written", [("as they are written", ""), *_DATES]),
            "timezone": look.line("Time zone of times without one", "for example Europe/London"),
        }
        self.table = ColumnTable(self.study, self._changed, self.undo)
        self.steps_button = look.button("Make the steps from these questions", "A step on the map for each rated thing")
        self.steps_button.on_click(lambda _: self.draw_steps())
        self.remove_button = look.button(
            "Remove this source", "Take it out of study.yaml; its file stays; Undo brings it back"
        )
        self.remove_button.on_click(lambda _: self.remove())
        self.undo_button = look.button("Undo", "Take back the last change of study.yaml made here")
        self.undo_button.on_click(lambda _: self.undo())
        self.on_change("source", self.turn)
        for word in ("format", "dates", "timezone"):
            self.on_change(word, partial(self._set_word, word))
        self.one = look.column(
            look.row(
                self.fields["source"], self.fields["format"], self.fields["dates"], self.fields["timezone"], level=True
            ),
            look.bar(self.steps_button, self.remove_button, self.undo_button),
            self.table.box,
        )
        return [self.fields["files"], self.asked_box, self.waiting, self.far, self.one, self.foot, self.loaded]

    def buttons(self) -> list[Any]:
        self.load_button = look.button("Load now", "Read all sources whole: study.load()", main=True)
        self.load_button.on_click(lambda _: self.load())
        return [self.load_button, self.again_button]

    # -- showing ------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        sources = self.study.edit("study").entries
        files = [str(one.get("file") or one.get("name")) for one in sources]
        field = self.fields["source"]
        chosen = field.value if field.value in files else (files[-1] if files else None)
        field.options = [(Path(one).name, one) for one in files]
        field.value = chosen
        self.one.layout.display = None if files else "none"
        self.load_button.disabled = not files
        self._waiting()
        if not files:
            self.far.value = look.paragraph(
                "No source yet. What is dropped stays in the study's folder, on this machine."
            )
        self.loaded.value = self._read_so_far()
        if files:
            self.turn()

    def turn(self) -> None:
        """Another source is chosen, or its binding changed: its columns, and what is read of its first rows."""
        self.table.file = self._file
        entry = self.table.entry()
        if entry is None:
            return
        with self.filling():
            kinds = [(f"{name}: {one.says}", name) for name, one in SHELF.items()]
            self.fields["format"].options = [("told by the file itself", ""), *kinds]
            for word in ("format", "dates", "timezone"):
                self.fields[word].value = str(entry.get(word) or "")
        self.undo_button.layout.display = "none"  # the table has its own
        ready = rated_steps.rated(self.study, self._file)
        self.steps_button.layout.display = None if ready else "none"
        if entry.get("store"):
            self.table.nothing("The rows of a query: its words stand in study.yaml.")
            return
        self.far.value = ""
        try:
            path = columns.paths_of(self.study, self._file)[0]
        except DataFault as problem:
            self.table.nothing("", problem)
            return
        slow = path.suffix.lower() in _WHOLE and path.stat().st_size > SLOW
        if slow and threading.current_thread() is threading.main_thread():
            self.table.said.value = look.paragraph("Reading the first rows …", "note")
            act = partial(columns.looked, self.study, entry)
            self.long(f"Reading {path.name}", lambda _: act(), self._show)
        else:
            try:
                self._show(columns.looked(self.study, entry))
            except DataFault as problem:
                self.table.nothing("", problem)

    def _show(self, found: Looked) -> None:
        if found.file == self._file:
            self.table.show(found)

    def twin(self) -> str:
        """The sources with what each column is: no cell of a file, as this may go out."""
        sources = self.study.edit("study").entries
        if not sources:
            return look.paragraph("No source yet: drop files in this panel, or workbench new NAME --from FILE.")
        rows = []
        for one in sources:
            entry = plain(one)
            asked = len(entry.get("questions") or {}) + len(entry.get("several") or {})
            words = [f"{word}: {entry[word]}" for word in roles.SINGLE if isinstance(entry.get(word), str)]
            words += [f"{asked} questions"] if asked else []
            words += [f"questionnaire {entry['questionnaire']}"] if entry.get("questionnaire") else []
            words += [f"{len(entry['segments'])} segments"] if entry.get("segments") else []
            rows.append((entry.get("file") or entry.get("name"), entry.get("format") or "", "; ".join(words)))
        return look.table(("source", "kind", "what is read of it"), rows)

    # -- files --------------------------------------------------------------------------------------------------------

    def take(self, paths: Sequence[Path], over: Sequence[str] = ()) -> None:
        """Files were dropped: look at them beside the screen, then show what was added."""
        named = ", ".join(path.name for path in paths)
        self.long(
            f"Looking at {named}", lambda _: take_in(self.study, paths, over), lambda one: self._taken(one, paths)
        )

    def _taken(self, found: TakenIn, paths: Sequence[Path] = ()) -> None:
        if found.added:
            self.noted()
            self.fields["source"].value = None
        self.read()
        self.code.code = "\n".join(f'study.edit("study").add({literal(one)})' for one in found.entries)
        said = [look.faults(DataFault(found.faults))] if found.faults else []
        if found.added:
            many = len(found.added)
            said.append(
                look.good(
                    f"{many} {'source was' if many == 1 else 'sources were'} added, bound as proposed: see what each column is."
                )
            )
        if found.same:
            said.append(look.paragraph(f"There already, with the same content: {', '.join(found.same)}."))
        self.status.value = "".join(said)
        self.asked_box.children = self._asking(found.asked, paths) if found.asked else []

    def _asking(self, asked: Sequence[str], paths: Sequence[Path]) -> list[Any]:
        """Files of that name are there with other content: which shall stand?"""
        mine = [path for path in paths if path.name in asked]
        replace = look.button("Replace", "Write the new files over them; their bindings stay", main=True)
        leave = look.button("Keep what is there", "Nothing is written")

        def act(_: Any, over: bool) -> None:
            self.asked_box.children = []
            if over:
                self.take(mine, asked)

        replace.on_click(lambda one: act(one, True))
        leave.on_click(lambda one: act(one, False))
        words = f"{', '.join(asked)}: there already, with other content. Replace what is there? It is lost then."
        return [look.html(look.paragraph(words, "fault")), look.bar(replace, leave)]

    def _waiting(self) -> None:
        """Files that were put into sources/ by hand, or whose source was removed."""
        names = unbound(self.study)
        if not names:
            self.waiting.children = []
            return
        add = look.button("Bind them as proposed", "Look at these files, and add them to study.yaml")
        add.on_click(
            lambda _: self.long(f"Looking at {len(names)} files", lambda _: bind(self.study, names), self._taken)
        )
        listed = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
        words = f"In the study's folder sources/ and not in use: {listed}."
        self.waiting.children = [look.html(look.paragraph(words, "note")), look.bar(add)]

    # -- changing -----------------------------------------------------------------------------------------------------

    @property
    def _file(self) -> str:
        return str(self.fields["source"].value or "")

    def _changed(self, code: str) -> None:
        """The table saved something: it is read again, and said in Python."""
        self.code.code = code
        self.noted()
        self.turn()

    def _set_word(self, word: str) -> None:
        value = self.fields[word].value or None
        self.study.edit("study").set(self._file, word, value)
        self.code.code = f'study.edit("study").set("{self._file}", "{word}", {literal(value)})'
        self.noted()
        self.turn()

    def remove(self) -> None:
        """Take the chosen source out of study.yaml; its file stays in sources/."""
        with self.telling(), self.filling():
            file = self._file
            self.study.edit("study").remove(file)
            self.noted()
            self.read()
            self.code.code = f'study.edit("study").remove("{file}")'
            self.status.value = look.good(f"{file}: taken out of study.yaml; the file stays. Undo brings it back.")
            self.one.layout.display = self.undo_button.layout.display = None

    def undo(self, do: str = "undo") -> str:
        """Take back the last change of the sources made here (or do it again)."""
        said = ""
        with self.telling(), self.filling():
            edits = self.study.edit("study")
            said = edits.undo() if do == "undo" else edits.redo()
            self.noted()
            self.read()
            self.code.code = f'study.edit("study").{do}()'
            said = f"{said}." if said else f"Nothing to {do}."
            self.status.value = look.good(said)
        return said

    def draw_steps(self) -> None:
        """One click to a first map: a step for each thing that was rated."""
        with self.telling(), self.filling():
            made = rated_steps.draw(self.study, self._file)
            self.noted()
            self.read()
            self.code.code = f'from workbench import rated_steps\nrated_steps.draw(study, "{self._file}")'
            self.status.value = look.good(f"{len(made)} steps stand on the map, each with its rating as a measure.")

    # -- loading ------------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read all sources whole, beside the screen."""
        self.code.code = "study.load()"
        self.long("Reading the sources", lambda progress: self.study.load(progress), lambda _: self._loaded())

    def _loaded(self) -> None:
        self.loaded.value = self._read_so_far()
        self.status.value = look.good("Loaded: what was read of each source stands below.")

    def _read_so_far(self) -> str:
        """What was read of each source when it was loaded last."""
        from workbench import load

        if load.manifest(self.study.path / "frames") is None or not self.study.edit("study").entries:
            return ""
        try:
            found = load.manifest(self.study.path / "frames") or {}
            if not self.study.loaded:
                return look.paragraph("The sources are not loaded as they stand now: Load now reads them.", "note")
            journey = self.study.journey
        except DataFault as problem:
            return look.faults(problem)
        counted = journey.count(by="source").set_index("source")
        steps = journey.count(by=["source", "step"], people=False)
        rows = []
        for one in found["sources"]:
            mine = counted.loc[one["source"]] if one["source"] in counted.index else None
            at = steps.loc[(steps["source"] == one["source"]) & steps["step"].notna(), "step"].nunique()
            people = None if mine is None else int(mine["people"])
            rows.append((one["file"], one["format"], one["read"], one["records"], people, int(at), one["aside"]))
        heads = ("source", "read as", "rows", "records", "people", "steps", "rows set aside")
        return look.paragraph("What was read", "head") + look.table(heads, rows)


_DATES = [(one, one) for one in ("day first", "month first", "year first")]
_WHOLE = (".sav", ".zsav", ".xlsx", ".parquet", ".sqlite", ".qdpx", ".xes", ".jsonocel", ".xmlocel")
