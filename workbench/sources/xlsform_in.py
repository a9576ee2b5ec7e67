"""The rows of an XLSForm's sheets as items, lists of choices and bindings of a questionnaire.

Knows rows of text by their headings, of any tool's form, and no workbook.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from workbench.faults import Fault, near
from workbench.sources.binding import Binding, Item, number
from workbench.sources.choice_labels import has_order, nothing

LISTS = ("missing", "not_applicable", "chosen", "unchosen", "none", "not_shown")
WORDS = ("measure", "step", *LISTS, "other", "blank")
SURVEY = (
    "type", "name", "label", "column", "parameters", "scale", "reversed", "list", "values", "columns", "delimiter",
    *WORDS,
)  # fmt: skip
CHOICES = ("list_name", "name", "label", "value")
BINDING = ("binding", "word", "value", "values")
OURS = {"range", "integer", "select_one", "select_multiple", "text"}
PASSED = {  # what is no question
    "begin_group", "end_group", "begin_repeat", "end_repeat", "note", "calculate", "hidden", "start", "end", "today",
    "deviceid", "phonenumber", "simserial", "subscriberid", "username", "email", "audit", "start-geopoint",
    "background-audio", "background-geopoint", "xml-external", "csv-external",
}  # fmt: skip
LEFT = {  # questions of which nothing can be kept
    "rank", "geopoint", "geotrace", "geoshape", "image", "audio", "video", "file", "barcode", "date", "time", "datetime",
    "acknowledge", "trigger", "select_one_from_file", "select_multiple_from_file", "select_one_external",
}  # fmt: skip
UNKEPT = {  # columns of XLSForm that say what is not kept here
    "hint", "required", "required_message", "relevant", "constraint", "constraint_message", "choice_filter", "calculation",
    "repeat_count", "appearance", "default", "read_only", "readonly", "trigger", "guidance_hint", "image", "audio", "video",
    "media", "body", "bind", "instance", "note", "save_to",
}  # fmt: skip
SILENT = {"hint", "required", "required_message", "constraint_message", "appearance", "guidance_hint"}  # how, not what
NAME = re.compile(r"[^\W\d][\w.-]*")


@dataclass
class Reading:
    """A workbook while it is being read: all faults are told at once."""

    file: str
    notes: list[Fault]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, where: str, row: int | None, column: str, found: str, expected: str, mend: str = "") -> None:
        self.faults.append(Fault(self.file, row, f"{where}.{column}" if column else where, found, expected, mend))

    def note(self, row: int | None, column: str, found: str, expected: str, mend: str, count: int = 1) -> None:
        self.notes.append(Fault(self.file, row, column, found, expected, mend, count, "note"))


Rows = list[tuple[int, dict[str, str]]]  # the row's number, and its cells by their headings


def choices(reading: Reading, table: Rows) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, float]]]:
    """The labels and the values of each list of choices."""
    lists: dict[str, dict[str, str]] = {}
    values: dict[str, dict[str, float]] = {}
    for row, cells in table:
        own, code = cells["list_name"].strip(), cells["name"].strip()
        if not own or not code:
            reading.fault("choices", row, "name" if own else "list_name", "an empty cell", "a name", "fill or remove")
        elif code in lists.setdefault(own, {}):
            reading.fault("choices", row, "name", f'"{code}" a second time in {own}', "each name once", "rename it")
        else:
            lists[own][code] = cells.get("label", "") or code
            if text := cells.get("value", "").strip():
                if (value := number(text)) is None:
                    reading.fault("choices", row, "value", f'"{text}"', "a number", "correct it, or leave it empty")
                else:
                    values.setdefault(own, {})[code] = value
    return lists, values


def items(reading: Reading, table: Rows, lists: Mapping, values: Mapping) -> list[Item]:
    found: list[Item] = []
    seen: dict[str, int] = {}
    stated = any("measure" in cells for _, cells in table)
    _further(reading, table)
    for row, cells in table:
        kind, own, further = _kind(cells["type"])
        if kind in PASSED or not kind:
            if kind == "begin_repeat":
                reading.note(row, "survey.type", "a repeat", "one answer a person", "read as if asked once")
            if not kind and cells["name"].strip():
                reading.fault("survey", row, "type", "an empty cell", "a type", "say what kind of question it is")
            continue
        name = cells["name"].strip()
        if kind in LEFT:
            reading.note(
                row, "survey.type", f"a question of the type {kind} ({name})", "a type that is kept", "left out"
            )
            continue
        if kind not in OURS:
            close = near(kind, [*OURS, *PASSED, *LEFT])
            mend = f'did you mean "{close}"?' if close else "correct the type"
            reading.fault("survey", row, "type", f'an unknown type "{kind}"', ", ".join(sorted(OURS)), mend)
            continue
        if not name or not NAME.fullmatch(name):
            what = f'"{name}"' if name else "an empty cell"
            mend = "write the export's column into the column called column" if name else "name it"
            reading.fault("survey", row, "name", what, "a name of letters, digits and _, without spaces", mend)
            continue
        if name in seen:
            reading.fault("survey", row, "name", f'"{name}" a second time (row {seen[name]})', "each once", "rename it")
            continue
        seen[name] = row
        own = own or cells.get("list", "").strip()
        if own and own not in lists:
            close = near(own, lists)
            mend = f'did you mean "{close}"?' if close else "add it to the sheet choices"
            reading.fault(
                "survey", row, "type", f'no list of choices called "{own}"', ", ".join(lists) or "a list", mend
            )
            continue
        words = _words(reading, row, kind, cells) | {"name": cells.get("column", "").strip() or name}
        if own:
            words["choices"] = lists[own] | ({"other": "Other"} if further else {})
            if own in values:
                words["values"] = values[own] | words.get("values", {})
        if not stated and kind == "range" and "scale" not in words and cells["type"].strip() == "range":
            words["scale"] = [0.0, 10.0]  # what XLSForm says of a range without parameters
        if not stated and kind in ("range", "integer", "select_one"):
            _proposed(reading, row, name, words)
        spaced = [code for code in words.get("choices", {}) if " " in code]
        if kind == "select_multiple" and spaced and not words.get("columns") and words.get("delimiter", " ") == " ":
            reading.fault("choices", row, "name", f'"{spaced[0]}" in {own}', "names without spaces", "rename it")
        elif "measure" not in words and kind in ("range", "integer") and not stated:
            reading.note(
                row, "survey.type", f"a number without a scale ({name})", "a scale", "left out; add a column scale"
            )
        elif item := _item(reading, row, words):
            found.append(item)
            if further:
                beside = {"name": f"{item.name}_other", "type": "text", "label": f"{item.label} – other"}
                found += [Item.model_validate(beside)]
    return found


def _further(reading: Reading, table: Rows) -> None:
    """Tell of columns that are not kept; refuse one that is nearly a word of ours."""
    for column in dict.fromkeys(one for _, cells in table for one in cells if one and one not in SURVEY):
        word = column.partition("::")[0].casefold()
        filled = [row for row, cells in table if cells.get(column, "").strip()]
        close = "" if word in UNKEPT or word == "label" else near(word, SURVEY)
        if close:
            reading.fault("survey", 1, column, "an unknown column", close, f'did you mean "{close}"?')
        elif filled and word not in SILENT and word != "label":
            reading.note(filled[0], f"survey.{column}", column, "wording, scales and choices", "not kept", len(filled))


def _kind(text: str) -> tuple[str, str, bool]:
    """The type of a question, its list of choices, and whether people may add their own."""
    parts = re.sub(r"^(select|begin|end) ", r"\1_", " ".join(text.split()), flags=re.I).split()
    if not parts:
        return "", "", False
    kind = {"decimal": "range", "string": "text", "select1": "select_one", "select_all": "select_multiple"}.get(
        parts[0].casefold(), parts[0].casefold()
    )
    rest = [one for one in parts[1:] if one.casefold() not in ("from", "or_other", "that", "apply")]
    return kind, rest[0] if rest else "", "or_other" in map(str.casefold, parts[1:])


def _words(reading: Reading, row: int, kind: str, cells: Mapping[str, str]) -> dict[str, Any]:
    """What the cells of a question say, but for its choices."""
    words: dict[str, Any] = {"type": kind}
    if label := cells.get("label", ""):
        words["label"] = label
    for word in WORDS:
        if text := cells.get(word, "").strip():
            words[word] = _list(text) if word in LISTS else text
    for word in ("columns", "values"):
        if text := cells.get(word, "").strip():
            words[word] = _json(reading, "survey", row, word, text)
    if text := cells.get("delimiter", ""):
        words["delimiter"] = {"space": " "}.get(text.strip(), text)
    if cells.get("reversed", "").strip().casefold() in ("yes", "true", "1", "true()"):
        words["reversed"] = True
    asked = cells.get("parameters", "") if kind == "range" else ""
    scale = cells.get("scale", "").strip() or asked.strip()
    ends = dict(re.findall(r"(start|end|step)\s*=\s*(-?[\d.]+)", scale))
    if asked.strip() and not cells.get("scale", "").strip():
        scale = f"{ends.get('start', 0)} {ends.get('end', 10)}"
    if scale:
        numbers = re.findall(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", scale)
        if len(numbers) == 2:
            words["scale"] = [float(one) for one in numbers]
        else:
            reading.fault("survey", row, "scale", f'"{scale[:24]}"', "two numbers, as in 1 5", "correct it")
    return words


def _proposed(reading: Reading, row: int, name: str, words: dict[str, Any]) -> None:
    """A measure for a question of another tool's form: its name, where the question has a scale."""
    choices = words.get("choices", {})
    if words["type"] == "select_one":
        none = {code: kind for code, label in choices.items() if (kind := nothing(label))}
        answers = {code: label for code, label in choices.items() if code not in none}
        if not has_order(answers.values()) or len(answers) < 2:
            return
        for code, kind in none.items():
            words.setdefault(kind, []).append(code)
        if none:
            told = ", ".join(f"{code} = {choices[code]!r}" for code in none)
            reading.note(row, "survey.type", f"choices that are no answer ({told})", "points of a scale", "taken so")
        if any(number(code) is None for code in answers):
            words["values"] = {code: float(place) for place, code in enumerate(answers, start=1)}
            reading.note(row, "survey.type", "codes that are no numbers", "scores", "counted 1, 2, 3 … in their order")
    elif "scale" not in words:
        return
    words["measure"] = name.casefold()


def _list(text: str) -> list[str]:
    """The words of a cell that lists some: with commas, or as JSON where a word holds a comma."""
    if text.startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return found
    return [one.strip() for one in text.split(",") if one.strip()]


def _json(reading: Reading, where: str, row: int, column: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        reading.fault(where, row, column, "text that is no JSON", '{"1": "Q2_1", …}', "correct it")
        return {}


def _item(reading: Reading, row: int, words: Mapping[str, Any]) -> Item | None:
    try:
        return Item.model_validate(words)
    except ValidationError as problem:
        for error in problem.errors():
            column = str(error["loc"][0]) if error["loc"] else "type"
            expected = error["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
            reading.fault("survey", row, column, f"{words['name']} as it is", expected, "correct the row")
    return None


def bindings(reading: Reading, table: Rows) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The general binding and the named ones."""
    general: dict[str, Any] = {}
    named: dict[str, dict[str, Any]] = {}
    for row, cells in table:
        name, word = cells.get("binding", "").strip(), cells["word"].strip()
        into = named.setdefault(name, {}) if name else general
        if not word:
            continue
        if word in into:
            reading.fault("binding", row, "word", f'"{word}" a second time', "each word once", "remove one of them")
        written = cells.get("values", "").strip()
        value = _json(reading, "binding", row, "values", written) if written else cells.get("value", "")
        try:
            Binding.model_validate({word: value})
        except ValidationError as problem:
            close = near(word, Binding.model_fields)
            mend = f'did you mean "{close}"?' if close and close != word else "correct it"
            expected = problem.errors()[0]["msg"]
            reading.fault("binding", row, "word", f'"{word}"', expected, mend)
        into[word] = value
    return general, named
