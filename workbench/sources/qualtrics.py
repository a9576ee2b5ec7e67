"""Qualtrics CSV as exported today: three heading rows (names, wording, import ids as JSON), keyed by import id.

Previews, tests, spam and offline previews are set aside and counted; the wording becomes the measures' labels.
"""

from __future__ import annotations

import json
from dataclasses import replace

import narwhals as nw

from workbench.engine import rows
from workbench.files import Received
from workbench.sources import sheet as sheets
from workbench.sources import survey
from workbench.sources.binding import Binding
from workbench.sources.reading import Block, Desk, count
from workbench.sources.sheet import Sheet

name = "qualtrics"
says = "a Qualtrics CSV with three heading rows"
needs = ("questions or text",)

NOT_ANSWERS = {  # Status, as number or as word
    "1": "preview", "survey preview": "preview", "preview": "preview",
    "2": "test", "survey test": "test", "test": "test",
    "8": "spam", "spam": "spam", "possible spam": "spam",
    "17": "offline preview", "offline survey preview": "offline preview",
}  # fmt: skip


def recognises(received: Received) -> str:
    if received.kind != "text":
        return ""
    first = sheets.first_rows(received, 3)
    if len(first) < 3 or not first[2] or not first[2][0].lstrip().startswith("{"):
        return ""
    return "a third row of import ids" if all(_import_id(cell) for cell in first[2][:3]) else ""


def read(desk: Desk) -> Block:
    sheet = headed(desk)
    status = _by_id(sheet, "status", "Status")
    if status is not None:
        sheet = _without_tests(desk, sheet, status)
    usual = desk.binding.model_dump(by_alias=True, exclude_unset=True)
    here = set(sheet.names)
    for word, import_id in (("person", "_recordId"), ("time", "endDate")):
        if word not in usual and import_id in here:
            usual[word] = import_id
    desk.binding = Binding.model_validate(usual)
    return survey.answers(desk, sheet)


def headed(desk: Desk) -> Sheet:
    """The sheet with its three heading rows taken off: headings, wording, import ids."""
    sheet = desk.sheet()
    top = rows(sheet.frame.filter(nw.col("row") <= 3).sort("row"))
    if len(top) < 2:
        raise desk.refuse(
            found="fewer than three heading rows", expected="names, wording, import ids", mend="export it again"
        )
    cells = [column for column in top.columns if column != "row"]
    wording = tuple("" if value is None or value != value else str(value) for value in top.loc[0, cells])
    ids = tuple(_import_id(value) for value in top.loc[1, cells])
    return replace(sheet, frame=sheet.frame.filter(nw.col("row") > 3), first_row=4, names=ids, wording=wording)


def _without_tests(desk: Desk, sheet: Sheet, status: str) -> Sheet:
    word = nw.col(status).str.strip_chars().str.to_lowercase()
    tests = sheet.frame.filter(word.is_in(list(NOT_ANSWERS)))
    if count(tests):
        found = rows(tests.group_by(word.alias("status")).agg(nw.len().alias("n"), nw.col("row").min().alias("row")))
        kinds: dict[str, int] = {}
        for one, often in found[["status", "n"]].itertuples(index=False):
            kinds[NOT_ANSWERS[one]] = kinds.get(NOT_ANSWERS[one], 0) + int(often)
        desk.note(
            row=int(found["row"].min()),
            column="Status",
            found=" and ".join(f"{often} {kind}" for kind, often in sorted(kinds.items())) + " answers",
            expected="answers of respondents",
            mend="set aside",
        )
    return sheet.without(sheet.frame.filter(word.is_null() | ~word.is_in(list(NOT_ANSWERS))))


def _by_id(sheet: Sheet, import_id: str, heading: str) -> str | None:
    for one in (import_id, heading):
        if sheet.has(one):
            return sheet.column(one)
    return None


def _import_id(cell: object) -> str:
    """The import id of a cell of row 3, with the choice where one is named; an empty text where it is none."""
    try:
        content = json.loads(str(cell))
    except ValueError:
        return ""
    if not isinstance(content, dict) or "ImportId" not in content:
        return ""
    choice = content.get("choiceId")
    return (
        f"{content['ImportId']}_{choice}"
        if choice and not str(content["ImportId"]).endswith(f"_{choice}")
        else str(content["ImportId"])
    )
