"""Questionnaires out as XLSForm workbooks: every cell text, the same bytes for the same questionnaire.

Knows openpyxl. Whoever asks for the bytes writes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from workbench import office
from workbench.faults import DataFault, Fault
from workbench.sources.binding import Questionnaire
from workbench.sources.xlsform_in import BINDING, CHOICES, LISTS, NAME, SURVEY, WORDS

FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST = 32_767  # letters of a cell


def workbook(questionnaire: Questionnaire, file: str) -> bytes:
    """A questionnaire as a workbook. Raises DataFault (of `file`) where a cell cannot hold its text."""
    return _book(_tables(questionnaire, file), file)


def _tables(questionnaire: Questionnaire, file: str) -> dict[str, list[list[str]]]:
    survey: list[dict[str, str]] = []
    lists: dict[str, tuple[dict[str, str], dict[str, float]]] = {}
    taken: set[str] = set()
    for item in questionnaire.survey:
        name = _unique(item.name, taken)
        cells = {"type": item.type, "name": name, "label": item.label}
        if name != item.name:
            cells["column"] = item.name
        here = {code: value for code, value in item.values.items() if code in item.choices}
        rest = {code: value for code, value in item.values.items() if code not in item.choices}
        if item.choices:
            own = next(
                (key for key, one in lists.items() if one == (item.choices, here) and [*one[0]] == [*item.choices]), ""
            )
            own = own or re.sub(r"\W", "_", name)
            lists.setdefault(own, (item.choices, here))
            if item.type.startswith("select"):
                cells["type"] = f"{item.type} {own}"
            else:
                cells["list"] = own
        if item.scale is not None:
            low, high = (_number(one) for one in item.scale)
            cells |= {"parameters": f"start={low} end={high}"} if item.type == "range" else {"scale": f"{low} {high}"}
        for word in WORDS:
            value = getattr(item, word)
            if value:
                cells[word] = _listed(value) if word in LISTS else value
        if item.columns:
            cells["columns"] = _dumped(item.columns)
        if rest:
            cells["values"] = _dumped(rest)
        if item.delimiter:
            cells["delimiter"] = "space" if item.delimiter == " " else item.delimiter
        if item.reversed:
            cells["reversed"] = "yes"
        survey.append(cells)
    choices = [
        {"list_name": own, "name": code, "label": label, "value": _number(values[code]) if code in values else ""}
        for own, (labels, values) in lists.items()
        for code, label in labels.items()
    ]
    bound = [("", questionnaire.binding), *questionnaire.bindings.items()]
    binding: list[dict[str, str]] = []
    for name, one in bound:
        words = one.model_dump(mode="json", by_alias=True, exclude_unset=True)
        if name and not words:
            binding.append({"binding": name})
        for word, value in words.items():
            text = {"value": value} if isinstance(value, str) and value else {"values": _dumped(value)}
            binding.append({"binding": name, "word": word} | text)
    used = [
        one for one in SURVEY if one in ("type", "name", "label", "measure") or any(one in cells for cells in survey)
    ]
    form = re.sub(r"\W+", "_", questionnaire.title.lower()).strip("_") or "questionnaire"
    tables = {
        "survey": [used, *([cells.get(one, "") for one in used] for cells in survey)],
        "choices": [list(CHOICES), *([cells[one] for one in CHOICES] for cells in choices)],
        "settings": [["form_title", "form_id"], [questionnaire.title, form]],
        "binding": [list(BINDING), *([cells.get(one, "") for one in BINDING] for cells in binding)],
    }
    long = [text for table in tables.values() for cells in table for text in cells if len(text) > LONGEST]
    if long:
        raise DataFault(
            Fault(file=file, found=f"a text of {len(long[0]):,} letters", expected=f"at most {LONGEST:,} in a cell")
        )
    return tables


def _unique(column: str, taken: set[str]) -> str:
    """A name that XLSForm allows, made from the export's column."""
    plain = column if NAME.fullmatch(column) else re.sub(r"[^\w.-]+", "_", column).strip("_") or "question"
    plain = plain if NAME.fullmatch(plain) else f"q_{plain}"
    name, place = plain, 2
    while name in taken:
        name, place = f"{plain}_{place}", place + 1
    taken.add(name)
    return name


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _listed(words: Sequence[str]) -> str:
    plain = all(one and one == one.strip() and "," not in one and not one.startswith("[") for one in words)
    return ", ".join(words) if plain else _dumped(list(words))


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _book(tables: Mapping[str, list[list[str]]], file: str) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils.exceptions import IllegalCharacterError

    book = Workbook()
    book.remove(book.active)
    for name, table in tables.items():
        page = book.create_sheet(name)
        page.freeze_panes = "A2"
        for row, cells in enumerate(table, start=1):
            for column, text in enumerate(cells, start=1):
                if not text:
                    continue
                cell = page.cell(row, column)
                try:
                    cell.value = text
                except IllegalCharacterError:
                    raise DataFault(
                        Fault(
                            file=file,
                            row=row,
                            column=f"{name}.{table[0][column - 1]}",
                            found="a letter that no workbook can hold",
                            expected="text",
                            mend="remove it",
                        )
                    ) from None
                cell.data_type = "s"
                cell.number_format = "@"
                cell.quotePrefix = text.startswith(FORMULA)  # type: ignore[assignment]
                if row == 1:
                    cell.font = Font(bold=True)
                elif table[0][column - 1] == "label":
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
        for column, heading in enumerate(table[0], start=1):
            letter = page.cell(1, column).column_letter
            page.column_dimensions[letter].width = 60 if heading == "label" else 18
    out = BytesIO()
    book.save(out)
    return office.still(out.getvalue())
