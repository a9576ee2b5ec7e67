"""The questionnaire panel: what was asked, a question a row, each cell saved as it is written; definitions of other programs
dropped in, XLSForm handed out; what changed in the asking between waves.

Knows the questionnaires being edited and the live parts. Saves to surveys/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import workbench
from workbench import files, load, places
from workbench.faults import DataFault, Fault
from workbench.panels import asked, live, look
from workbench.panels.asked import Asked
from workbench.panels.drop import Drop
from workbench.panels.panel import Panel
from workbench.sources.binding import USUAL

NONE = "No questionnaire yet: drop a definition (.qsf, XLSForm), or make one of a survey that is bound under Data."


class QuestionSheet(Panel):
    question = "What was asked, on which scale, about which step?"
    parts = ("study", "map")

    def build(self) -> list[Any]:
        self._open: dict[Path, Asked] = {}
        self.about, self.notes, self.made = look.html(), look.html(scroll=True), look.column()
        self.fields = {
            "files": Drop(
                "Questionnaires to import", self.take, "Qualtrics .qsf, XLSForm .xlsx, or a questionnaire in YAML."
            ),
            "questionnaire": look.choice("Questionnaire"),
        }
        self.on_change("questionnaire", self.turn)
        self.grid = live.Grid("Questions", _heads({}), self.ask)
        self.export_button = look.button(
            "Save as XLSForm", "Write it as a spreadsheet to edit elsewhere, under reports/"
        )
        self.export_button.on_click(lambda _: self.export())
        self.breaks = live.Shown()
        self.waves = look.column(look.head("What changed in the asking between waves"), self.breaks)
        return [
            self.fields["files"],
            self.made,
            self.fields["questionnaire"],
            self.about,
            self.grid,
            look.bar(self.export_button),
            self.notes,
            self.foot,
            self.waves,
        ]

    # -- showing ------------------------------------------------------------------------------------------------------

    def noted(self) -> None:
        super().noted()
        if hasattr(self, "_files"):
            self._files = self._seen()

    def look_again(self) -> None:
        """Others may have saved a questionnaire too, which is no part of the study."""
        if getattr(self, "_files", None) not in (None, self._seen()):
            self.others_saved("Somebody saved a questionnaire", [])
        else:
            super().look_again()

    def _seen(self) -> dict[str, str]:
        return {name: files.sha256(path) for name, path in asked.there(self.study).items()}

    def read(self) -> None:
        there, field = asked.there(self.study), self.fields["questionnaire"]
        self._files = self._seen()
        mine = [str(one.questionnaire) for one in self.study.about.sources if one.questionnaire]
        names = sorted(there, key=lambda name: name not in mine)
        chosen = field.value if field.value in names else (names[0] if names else None)
        field.options = [(f"{name}, asked in this study" if name in mine else name, name) for name in names]
        field.value = chosen
        ready = [
            one
            for one in self.study.about.sources
            if one.file and not one.questionnaire and (one.questions or one.several)
        ]
        self.made.children = [self._maker(one.file) for one in ready]
        for one in (field, self.grid, self.export_button):
            one.layout.display = None if names else "none"
        self.about.value = "" if names else look.paragraph(NONE)
        self.notes.value = ""
        self.turn()
        self._waves()

    def turn(self) -> None:
        """Another questionnaire is chosen, or a question of it changed."""
        one = self._asked()
        if one is None:
            self.grid.rows = []
            return
        steps = dict(self.study.map.names)
        self.grid.columns = _heads(steps)
        found = one.read()
        rows = [asked.cells(item.model_dump(mode="json", by_alias=True, exclude_unset=True)) for item in found.survey]
        self.grid.rows = [{"id": row["name"], "name": row["label"] or row["name"], "cells": row} for row in rows]
        self.grid.faults = asked.faults_of(found, steps)
        self.grid.can_undo, self.grid.can_redo = one.can_undo, one.can_redo
        own = one.path.suffix == ".yaml"
        self.grid.locked = not own
        bound = [str(source.file) for source in self.study.about.sources if source.questionnaire == self._name]
        said = f"{found.title}: {len(rows)} questions"
        said += f", asked in {', '.join(bound)}." if bound else ", of no source of this study."
        said += "" if own else " It is a file of another program: drop it above to make it one that can be edited here."
        self.about.value = look.paragraph(said, "note")

    def _maker(self, file: str) -> Any:
        made = look.button(
            f"Make a questionnaire of {Path(file).name}", "Its questions move from study.yaml to a questionnaire"
        )
        made.on_click(lambda _: self.make(file))
        return look.bar(made)

    def _waves(self) -> None:
        """Wave breaks, where the study is loaded and has waves."""
        self.waves.layout.display = "none"
        if load.manifest(self.study.path / "frames") is None or not self.study.about.sources:
            return
        try:
            if not self.study.loaded:
                return  # what changed is read when it is loaded, not here
            journey = self.study.journey
            if len(journey.of_kind("answer").distinct("wave")) < 2:
                return
            self.breaks.show(workbench.wave_breaks(journey))
        except DataFault as problem:
            self.breaks.say(str(problem))
        self.waves.layout.display = None

    def twin(self) -> str:
        there = asked.there(self.study)
        mine = [str(one.questionnaire) for one in self.study.about.sources if one.questionnaire in there]
        if not mine:
            return look.paragraph(NONE)
        shown = ""
        for name in dict.fromkeys(mine):
            found = Asked(there[name]).read()
            rows = [(one.name, one.label, one.measure or "", one.step or "", _scale(one.scale)) for one in found.survey]
            shown += look.paragraph(found.title, "head")
            shown += look.table(("column", "wording", "measure", "step", "scale"), rows)
        return shown

    # -- changing -----------------------------------------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return str(self.fields["questionnaire"].value or "")

    def _asked(self) -> Asked | None:
        path = asked.there(self.study).get(self._name)
        if path is None:
            return None
        return self._open.setdefault(path, Asked(path))

    def ask(self, told: Mapping[str, Any]) -> str:
        """Do what the table asks, and save it."""
        one, do = self._asked(), told["do"]
        if one is None:
            raise DataFault(Fault(found="no questionnaire chosen", expected="one"))
        said = ""
        if do == "set":
            item, key, value, was = str(told["id"]), str(told["key"]), told.get("value"), told.get("was")
            row: dict[str, Any] = next((row["cells"] for row in self.grid.rows if row["id"] == item), {})
            if key in ("low", "high"):
                ends = {"low": row.get("low"), "high": row.get("high"), key: value}
                before = None if row.get("low") is None else [row["low"], row["high"]]
                before = None if was is None else before
                if (ends["low"] is None) != (ends["high"] is None) and value is not None:
                    usual = USUAL.get(row.get("measure", ""), (1, 5))
                    ends = {"low": usual[0], "high": usual[1], key: value}
                whole = None if value is None else [_plain(ends["low"]), _plain(ends["high"])]
                key, value, was = "scale", whole, before
            elif key == "choices":
                value, was = asked.choices_of(str(value or "")), asked.choices_of(str(was or ""))
            one.set(item, key, value, was)
            said = f"{item}: saved to {one.path.name}."
        elif do == "add":
            item = one.add()
            said = f"{item}: added to {one.path.name}."
        elif do == "remove":
            one.remove(str(told["id"]))
            said = f"{told['id']}: taken out; Undo brings it back."
        elif do in ("undo", "redo"):
            said = (one.undo() if do == "undo" else one.redo()) or f"Nothing to {do}."
        self._files = self._seen()
        self.code.code = f'from workbench.load import questionnaire_named\nquestionnaire_named("{self._name}")'
        with self.filling():
            self.turn()
        if do == "add":
            self.grid.send({"go": item})
        return said

    def take(self, paths: Sequence[Path]) -> None:
        """Questionnaires were dropped: made the workbench's own, under surveys/."""
        with self.telling(), self.filling():
            notes: list[Fault] = []
            path = None
            for one in paths:
                path, told = asked.import_from(one.name, one)
                notes += told
            self.read()
            if path is not None:
                self.fields["questionnaire"].value = path.stem
                self.turn()
            rows = [(one.column, one.found, one.mend) for one in notes]
            if rows:
                told_ = look.table(("question", "what could not be kept", "what to do"), rows)
                self.notes.value = look.paragraph("What could not be kept of it", "head") + told_
            self.status.value = look.good(f"{len(paths)} imported into surveys/.")

    def make(self, file: str) -> None:
        """One click: the questions of a source's binding become a questionnaire of their own, which the source names."""
        with self.telling(), self.filling():
            path = asked.of_source(self.study, file)
            super().noted()
            self.read()
            self.fields["questionnaire"].value = path.stem
            self.turn()
            self.code.code = f'from workbench.panels import asked\nasked.of_source(study, "{file}")'
            self.status.value = look.good(f"Made {path.name} in surveys/; study.yaml names it for {file}.")

    def export(self) -> None:
        """Write the chosen one as XLSForm into the study's reports."""
        with self.telling():
            one = self._asked()
            if one is None:
                return
            place = places.reports(self.study.name) / f"{Path(self._name).stem}.xlsx"
            place.parent.mkdir(parents=True, exist_ok=True)
            load.save_questionnaire(one.read(), place)
            shown = place.relative_to(places.home()) if place.is_relative_to(places.home()) else place
            self.status.value = look.good(f"Written to {shown}: edit it in a spreadsheet, and drop it above again.")
            self.code.code = (
                "from pathlib import Path\nfrom workbench.load import questionnaire_named, save_questionnaire\n"
                f'save_questionnaire(questionnaire_named("{self._name}"), Path("{shown}"))'
            )


def _heads(steps: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"key": "name", "label": "Column", "kind": "text", "width": 110},
        {"key": "type", "label": "Type", "kind": "choice", "options": list(asked.TYPES), "width": 90},
        {"key": "label", "label": "Wording", "kind": "words", "width": 280},
        {"key": "measure", "label": "Measure", "kind": "text", "options": list(USUAL), "width": 90},
        {
            "key": "step",
            "label": "Step",
            "kind": "choice",
            "optional": True,
            "options": list(steps),
            "names": dict(steps),
            "width": 130,
        },
        {"key": "low", "label": "Low", "kind": "number", "width": 50},
        {"key": "high", "label": "High", "kind": "number", "width": 50},
        {"key": "choices", "label": "Choices", "kind": "words", "help": "A line each: code = label", "width": 150},
        {"key": "missing", "label": "Missing", "kind": "list", "help": "Codes that mean no answer", "width": 70},
        {"key": "not_applicable", "label": "Does not apply", "kind": "list", "help": "Codes that mean so", "width": 80},
        {
            "key": "reversed",
            "label": "Reversed",
            "kind": "bool",
            "help": "Is the highest number the worst?",
            "width": 70,
        },
    ]


def _scale(scale: tuple[float, float] | None) -> str:
    return "" if scale is None else f"{scale[0]:g} to {scale[1]:g}"


def _plain(value: Any) -> Any:
    return int(value) if value is not None and float(value).is_integer() else value
