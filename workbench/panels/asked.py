"""Questionnaires to edit: those under surveys/ and in a study's sources/, an item a row, changed cell by cell with undo.

Plain values in, plain values out; no widget. Each change is made to the file as it stands, checked by the model, and saved
whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from workbench import files, load, models, places
from workbench.entries import plain, same
from workbench.faults import DataFault, Fault, unknown
from workbench.intake import safe_name
from workbench.panels import columns
from workbench.sources.binding import Questionnaire
from workbench.study import Study
from workbench.undoing import Undoable

TYPES = ("range", "integer", "select_one", "select_multiple", "text")


def there(study: Study) -> dict[str, Path]:
    """The questionnaires that can be edited, by name: those under surveys/, then those that the study's sources name."""
    found = {path.stem: path for path in sorted(places.surveys().glob("*.yaml"))} if places.surveys().is_dir() else {}
    for one in study.about.sources:
        if one.questionnaire and one.questionnaire not in found:
            path = study.path / one.questionnaire
            if path.is_file():
                found[one.questionnaire] = path
    return found


class Asked(Undoable[tuple[str, str]]):
    """One questionnaire being edited; of what was done here the file's text before it is kept."""

    def __init__(self, path: Path):
        super().__init__()
        self.path = path
        self._last = ""

    def content(self) -> Any:
        """The file as plain content with its comments. Raises DataFault where it does not fit."""
        found = models.parse(self.path.read_text(encoding="utf-8-sig"), self.path.name)
        models.build(found, Questionnaire, self.path.name)
        return found

    def read(self) -> Questionnaire:
        """The questionnaire as it stands (a .qsf or XLSForm too, which are not edited). Raises DataFault."""
        if self.path.suffix == ".yaml":
            return models.read(self.path, Questionnaire)
        return load.questionnaire_named(self.path)

    def set(self, item: str, word: str, value: Any, was: Any = ...) -> None:
        """Write a word of a question; None or "" takes it out. `was` is what stood there when the writing began."""

        def act(content: Any) -> None:
            one = self._item(content, item)
            before = plain(one.get(word))
            if was is not ... and not same(before, was):
                mend = "theirs stands; write yours again to replace it"
                raise DataFault(
                    Fault(self.path.name, None, item, f"another {word}: {before}", f"{was}, as it stood", mend)
                )
            if value in (None, "", [], {}):
                one.pop(word, None)
            else:
                one[word] = deepcopy(value)

        self._change(f"{item}, {word}", act)

    def add(self) -> str:
        """A new question, last; its name comes back."""
        names = {str(one["name"]) for one in self.content()["survey"]}
        name = next(
            f"question-{number}" for number in range(len(names) + 1, 10**6) if f"question-{number}" not in names
        )
        self._change(name, lambda content: content["survey"].append({"name": name, "type": "text", "label": ""}))
        return name

    def remove(self, item: str) -> None:
        self._change(item, lambda content: content["survey"].remove(self._item(content, item)))

    def _item(self, content: Any, item: str) -> Any:
        for one in content["survey"]:
            if str(one["name"]) == item:
                return one
        raise DataFault(unknown("question", item, [one["name"] for one in content["survey"]], self.path.name))

    def _change(self, what: str, act: Callable[[Any], None]) -> None:
        if self.path.suffix != ".yaml":
            mend = "make it one of the workbench's own first: the button above the table"
            raise DataFault(
                Fault(self.path.name, None, "", "a file of another program", "a questionnaire in YAML", mend)
            )
        with files.locked(self.path.parent):
            before = self.path.read_text(encoding="utf-8-sig")
            content = self.content()
            act(content)
            text = models.dump(content, before)
            models.build(models.parse(text, self.path.name), Questionnaire, self.path.name)
            if text != before:
                files.write(self.path, text)
                self.keep((what, before))
                self._last = text

    def _back(self, done: tuple[str, str]) -> tuple[str, str]:
        what, text = done
        with files.locked(self.path.parent):
            now = self.path.read_text(encoding="utf-8-sig")
            if now != self._last:
                found = "another version, saved by somebody else meanwhile"
                mend = "theirs stands: change the cell again"
                raise DataFault(Fault(self.path.name, None, "", found, "your own", mend))
            files.write(self.path, text)
            self._last = text
        return what, now

    def _what(self, done: tuple[str, str]) -> str:
        return done[0]


def import_from(name: str, content: Path) -> tuple[Path, list[Fault]]:
    """A .qsf or XLSForm made a questionnaire under surveys/; its path, and what of it could not be kept. Raises DataFault."""
    notes: list[Fault] = []
    if content.suffix.lower() == ".yaml":
        found = models.read(content, Questionnaire)
    else:
        found = load.questionnaire_named(content, notes=notes)
    return _saved(found, Path(safe_name(name)).stem), notes


def of_source(study: Study, file: str) -> Path:
    """A questionnaire made of what the binding of a source says: its questions move there, and the source names it.

    Raises DataFault where the source has no questions of its own."""
    edits = study.edit("study")
    entry = next((plain(one) for one in edits.entries if one.get("file") == file), None)
    if entry is None or not (entry.get("questions") or entry.get("several")):
        raise DataFault(Fault(file=file, found="no question in its binding", expected="a survey that is bound"))
    looks = columns.seen(columns.paths_of(study, file)[0])
    wording = {name: look.wording or look.heading for name, look in zip(looks.names, looks.looks, strict=True)}
    survey: list[dict[str, Any]] = []
    for column, said in (entry.get("questions") or {}).items():
        one = {"measure": said} if isinstance(said, str) else dict(said)
        survey.append(
            {"name": column, "type": one.pop("type", "range"), "label": one.pop("label", "") or wording.get(column, "")}
            | one
        )
    for column, said in (entry.get("several") or {}).items():
        one = dict(said)
        one["choices"] = one.pop("options", {})
        asked = {
            "name": column,
            "type": "select_multiple",
            "label": one.pop("label", "") or wording.get(column, column),
        }
        survey.append(asked | {word: value for word, value in one.items() if value})
    made = models.build({"title": Path(file).stem.replace("_", " "), "survey": survey}, Questionnaire, file)
    path = _saved(made, Path(file).stem)
    try:
        words = {"questionnaire": path.stem, "questions": None, "several": None}
        edits.put(file, words, {word: entry.get(word) for word in words})
    except DataFault:
        path.unlink(missing_ok=True)
        raise
    return path


def _saved(found: Questionnaire, stem: str) -> Path:
    """Under surveys/, by a name that is free."""
    name, number = stem, 2
    while (places.surveys() / f"{name}.yaml").exists():
        name, number = f"{stem}-{number}", number + 1
    path = places.surveys() / f"{name}.yaml"
    load.save_questionnaire(found, path)
    return path


def cells(one: Mapping[str, Any]) -> dict[str, Any]:
    """A question as the table shows it."""
    low, high = one.get("scale") or (None, None)
    choices = one.get("choices") or {}
    return {
        "name": str(one.get("name", "")),
        "type": str(one.get("type", "range")),
        "label": str(one.get("label") or ""),
        "measure": str(one.get("measure") or ""),
        "step": str(one.get("step") or ""),
        "low": low,
        "high": high,
        "choices": "\n".join(f"{code} = {label}" for code, label in choices.items()),
        "missing": [str(code) for code in one.get("missing") or []],
        "not_applicable": [str(code) for code in one.get("not_applicable") or []],
        "reversed": bool(one.get("reversed")),
    }


def choices_of(text: str) -> dict[str, str]:
    """Choices as people write them, a line each: code = label. Raises DataFault for a line without."""
    found: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        code, equals, label = line.partition("=")
        if not equals or not code.strip():
            raise DataFault(Fault(found=f'the line "{line.strip()}"', expected="code = label, as in 1 = Very poor"))
        found[code.strip()] = label.strip() or code.strip()
    return found


def faults_of(found: Questionnaire, steps: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What is worth a look in each question, by the table's cells: a step that is not on the map, a scale that is missing, two
    questions that are the same measure at the same step."""
    told: dict[str, dict[str, str]] = {}
    first: dict[tuple[str, str], str] = {}
    for one in found.survey:
        said = told.setdefault(one.name, {})
        if one.step and one.step not in steps:
            said["step"] = f'no step "{one.step}" on the map'
        if one.measure and one.type in ("range", "integer", "select_one"):
            try:
                low, high = one.bounds
                said |= {} if low < high else {"low": "a scale from low to high"}
            except ValueError as problem:
                said["low"] = str(problem)
            key = (one.measure, one.step or "")
            if key in first:
                said["measure"] = f"the same measure at the same step as {first[key]}"
            first.setdefault(key, one.name)
        if not one.label:
            said["label"] = "no wording: a report will call it by its column"
    return {name: said for name, said in told.items() if said}
