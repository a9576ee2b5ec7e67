"""Qualtrics CSV: three heading rows (names, wording, import ids as JSON), keyed by import id; or the older two rows.

Previews, tests, spam and offline previews are set aside and counted; the wording becomes the measures' labels.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace

import narwhals as nw

from workbench.engine import rows
from workbench.files import Received
from workbench.sources import survey, survey_tools
from workbench.sources.reading import Block, Desk, count
from workbench.sources.sheet import Sheet

name = "qualtrics"
says = "a Qualtrics CSV with three heading rows, or the older two"
needs = ("questions or text",)

NOT_ANSWERS = {  # Status, as number or as word
    "1": "preview", "survey preview": "preview", "preview": "preview",
    "2": "test", "survey test": "test", "test": "test",
    "8": "spam", "spam": "spam", "possible spam": "spam",
    "17": "offline preview", "offline survey preview": "offline preview",
}  # fmt: skip


LEGACY = {"responseid", "responseset"}
GROUPS = {"promoter": (9, 10), "passive": (7, 8), "detractor": (0, 6)}


def recognises(received: Received) -> str:
    if received.kind != "text":
        return ""
    first = survey_tools.top(received, 3)
    if len(first) > 2 and first[2] and all(_import_id(cell) for cell in first[2][:3]):
        return "a third row of import ids"
    if len(first) > 1 and _is_legacy(first[1]):
        return "a second row of ResponseID and ResponseSet (legacy)"
    return ""


def read(desk: Desk) -> Block:
    sheet = headed(desk)
    status = _by_id(sheet, "status", "Status")
    if status is not None:
        sheet = _without_tests(desk, sheet, status)
    here = set(sheet.names) | set(sheet.headings)
    for word, names in (("person", ("_recordId", "responseId", "ResponseID")), ("time", ("endDate", "EndDate"))):
        found = next((name for name in names if name in here), None)
        survey_tools.usual(desk, **{word: found})  # type: ignore[arg-type]
    _agrees_with_groups(desk, sheet)
    return survey.answers(desk, sheet)


def headed(desk: Desk) -> Sheet:
    """The sheet with its heading rows taken off: names, wording, and import ids where there are any."""
    sheet = desk.sheet()
    start = sheet.first_row
    top = rows(sheet.frame.filter(nw.col("row") < start + 2).sort("row"))
    cells = [column for column in top.columns if column != "row"]
    lines = [
        ["" if value is None or value != value else str(value) for value in line] for line in top[cells].to_numpy()
    ]
    if len(lines) > 1 and any(_import_id(cell) for cell in lines[1]):
        ids = tuple(_import_id(value) for value in lines[1])
        frame = sheet.frame.filter(nw.col("row") >= start + 2)
        return replace(sheet, frame=frame, first_row=start + 2, names=ids, wording=tuple(lines[0]))
    if lines and _is_legacy(lines[0]):
        names = [
            wording if re.fullmatch(r"V\d+", heading.strip()) else heading
            for heading, wording in zip(sheet.headings, lines[0], strict=True)
        ]
        frame = sheet.frame.filter(nw.col("row") > start)
        further = survey_tools.numbered(sheet.headings)
        return replace(
            sheet, frame=frame, first_row=start + 1, headings=tuple(names), names=further, wording=tuple(lines[0])
        )
    raise desk.refuse(
        found="fewer than three heading rows", expected="names, wording, import ids", mend="export it again"
    )


def _is_legacy(second: list[str]) -> bool:
    return {cell.strip().casefold() for cell in second[:2]} == LEGACY


def _agrees_with_groups(desk: Desk, sheet: Sheet) -> None:
    """Refuse scores that their own column of groups (Promoter, Passive, Detractor) contradicts: they are choice codes."""
    for column, question in desk.binding.questions.items():
        if question.measure != "nps" or question.values or not sheet.has(sheet.called.get(column, column)):
            continue
        scores = sheet.column(column)
        heading = sheet.headings[int(scores[1:])]
        own = [one for one in (f"{heading}_NPS_GROUP", f"{column}_NPS_GROUP") if sheet.has(one)]
        if not own:
            continue
        group = nw.col(sheet.column(own[0])).str.strip_chars().str.to_lowercase()
        pairs = sheet.frame.select("row", nw.col(scores).str.strip_chars().alias("score"), group.alias("group"))
        wrong = [
            (int(row), score, word)
            for row, score, word in rows(pairs.sort("row")).itertuples(index=False)
            if word in GROUPS
            and isinstance(score, str)
            and score.isdecimal()
            and not GROUPS[word][0] <= int(score) <= GROUPS[word][1]
        ]
        if wrong:
            row, score, word = wrong[0]
            raise desk.refuse(
                row=row,
                column=column,
                found=f"{score} beside {word.capitalize()} in {own[0]} ({len(wrong):,} rows disagree)",
                expected="scores from 0 to 10 that agree with their groups",
                mend="these look like choice codes 1 to 11: give values: {'1': 0, '2': 1, …}",
            )


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
            aside=int(found["n"].sum()),
            column="Status",
            found=" and ".join(f"{often} {kind}" for kind, often in sorted(kinds.items())) + " answers",
            expected="answers of respondents",
            mend="set aside",
        )
    left = sheet.without(sheet.frame.filter(word.is_null() | ~word.is_in(list(NOT_ANSWERS))))
    if count(tests) and not count(left.frame):
        raise desk.refuse(
            column="Status",
            found=f"{count(tests):,} answers, all of them previews, tests or spam",
            expected="answers of respondents",
            mend="export the survey's own answers",
        )
    return left


def _by_id(sheet: Sheet, import_id: str, heading: str) -> str | None:
    for one in (import_id, heading):
        if sheet.has(one):
            return sheet.column(one)
    return None


def _import_id(cell: object) -> str:
    """The import id of a cell of row 3, with the choice where one is named; an empty text where it is none."""
    text = str(cell).strip()
    if not text.startswith("{") or len(text) > 2000:
        return ""
    try:
        content = json.loads(text)
    except ValueError:
        try:
            content = ast.literal_eval(text)  # some tools write the row again in their own quotes
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return ""
    if not isinstance(content, dict) or "ImportId" not in content:
        return ""
    choice = content.get("choiceId")
    return (
        f"{content['ImportId']}_{choice}"
        if choice and not str(content["ImportId"]).endswith(f"_{choice}")
        else str(content["ImportId"])
    )
