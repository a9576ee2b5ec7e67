"""Questionnaires as XLSForm workbooks (.xlsx): read them, also those of other tools, and write them to be edited.

Sheets: survey (type, name, label, and what a question is here), choices (list_name, name, label, and value where a code
stands for another number), settings (form_title), binding (binding, word, value, values). A name that cannot be XLSForm's
stands in the column `column`. Knows sheets by their names; nothing of any export.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench import files
from workbench.faults import DataFault, Fault, near
from workbench.files import Received
from workbench.scratch import Scratch
from workbench.sources import sheet, xlsform_in, xlsform_out
from workbench.sources.binding import Binding, Questionnaire
from workbench.sources.xlsform_in import Reading, Rows


def recognises(received: Received) -> str:
    """Why this file looks like an XLSForm, or an empty text."""
    if received.kind != "xlsx":
        return ""
    table = next((rows for name, rows in _sheets(received).items() if name.casefold() == "survey"), ())
    head = {str(cell).strip().casefold() for row in list(table)[:1] for cell in row}
    return "an XLSForm (a sheet called survey)" if {"type", "name"} <= head else ""


def read(received: Received, notes: list[Fault] | None = None) -> Questionnaire:
    """The questionnaire of an XLSForm workbook.

    What is no question is passed over; what is one and cannot be kept is told in `notes`. Raises DataFault with every
    fault, each with its row and its column as "sheet.column".
    """
    reading = Reading(received.name, notes if notes is not None else [])
    sheets = _sheets(received)
    for name in ("survey", "choices", "settings", "binding"):
        other = next((one for one in sheets if one != name and one.strip().casefold() == name), None)
        if name not in sheets and other:
            reading.fault(
                name, None, "", f'a sheet called "{other}"', name, f"call it {name}: capitals and spaces count"
            )
    if "survey" not in sheets and not reading.faults:
        reading.fault("survey", None, "", f"no sheet called survey among {', '.join(sheets)}", "an XLSForm")
    if reading.faults:
        raise DataFault(reading.faults)
    survey = _rows(reading, sheets, "survey", ("type", "name"))
    lists, values = xlsform_in.choices(reading, _rows(reading, sheets, "choices", ("list_name", "name")))
    items = xlsform_in.items(reading, survey, lists, values)
    settings = next((cells for _, cells in _rows(reading, sheets, "settings", ())), {})
    general, named = xlsform_in.bindings(reading, _rows(reading, sheets, "binding", ("word",)))
    if not items and not reading.faults:
        reading.fault("survey", None, "", "no question that can be kept", "rows with a type and a name")
    if reading.faults:
        raise DataFault(reading.faults)
    title = settings.get("form_title") or settings.get("form_id") or Path(received.name).stem
    return Questionnaire(
        title=title,
        survey=items,
        binding=Binding.model_validate(general),
        bindings={name: Binding.model_validate(words) for name, words in named.items()},
    )


def write(questionnaire: Questionnaire, path: Path) -> None:
    """Write a questionnaire as an XLSForm workbook; the same questionnaire gives the same bytes.

    Every cell is text, so that no code becomes a number or a date and nothing a formula. Raises DataFault where a
    workbook cannot hold it as it is.
    """
    raw = xlsform_out.workbook(questionnaire, path.name)
    with Scratch() as scratch:
        trial = Path(scratch) / path.name
        files.write(trial, raw)
        again = read(files.receive(trial, Path(scratch)))
    if again != questionnaire:
        where = [one.name for one, two in zip(questionnaire.survey, again.survey, strict=False) if one != two]
        raise DataFault(
            Fault(
                file=path.name,
                column=", ".join(where[:6]),
                found="letters or empty words that a workbook does not keep",
                expected="a questionnaire that reads back as it is",
                mend="keep it as YAML, or correct it",
            )
        )
    files.write(path, raw)


def _sheets(received: Received) -> dict[str, Sequence[Sequence[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    if received.kind != "xlsx":
        raise DataFault(Fault(file=received.name, found=f"a file of {received.kind}", expected="an .xlsx workbook"))
    try:
        book = CalamineWorkbook.from_path(str(received.path))
        known = {"survey", "choices", "settings", "binding"}
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) if name in known else ()
            for name in book.sheet_names
        }
    except CalamineError as problem:
        raise DataFault(Fault(file=received.name, found=f"a workbook that cannot be read ({problem})")) from None


def _rows(reading: Reading, sheets: Mapping[str, Sequence], name: str, needed: tuple[str, ...]) -> Rows:
    """The rows of a sheet as text by their headings; of labels in several languages the first is taken, and told."""
    table = [[sheet.cell(value) or "" for value in row] for row in sheets.get(name, ())]
    if not table:
        return []
    headings = [_heading(one) for one in table[0]]
    labels = [one for one in headings if one == "label" or one.startswith("label::")]
    if labels and "label" not in headings:
        headings[headings.index(labels[0])] = "label"
    if len(labels) > 1:
        reading.note(1, f"{name}.label", f"{len(labels)} languages", "one", f"{labels[0]} was taken")
    for one in needed:
        if one not in headings:
            close = near(one, [heading for heading in headings if heading])
            reading.fault(name, 1, one, "no such column", one, f'did you mean "{close}"?' if close else "add it")
    for one in {one for one in headings if one and headings.count(one) > 1}:
        reading.fault(name, 1, one, f"{headings.count(one)} columns called so", "one", "remove or rename the others")
    numbered = enumerate(table[1:], start=2)
    whole = [(row, dict(zip(headings, cells, strict=False))) for row, cells in numbered if any(map(str.strip, cells))]
    return whole if all(one in headings for one in needed) else []


def _heading(text: str) -> str:
    plain = re.sub(r"\s*::?\s*", "::", " ".join(text.split()), count=1)
    word = plain.casefold().replace(" ", "_")
    return plain if word.startswith("label::") else word
