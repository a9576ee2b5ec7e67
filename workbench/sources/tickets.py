"""Complaints, tickets and feedback as usual systems export them: CFPB, Zendesk, Salesforce, HubSpot.

Each knows its own headings, so that the usual columns need not be bound; what the binding says wins, and what was taken
is told (ticket_export.py). From there on they are complaints (complaints.py) or answers (survey.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import narwhals as nw

from workbench.engine import distinct, rows
from workbench.sources import complaints, survey, xes
from workbench.sources.binding import Binding, Question
from workbench.sources.reading import Block, Desk, count
from workbench.sources.sheet import Sheet
from workbench.sources.ticket_export import Export, aside, called, cell_of, low


def _cfpb(desk: Desk, sheet: Sheet) -> Sheet:
    if desk.binding.person is None or "person" not in desk.binding.model_fields_set:
        return sheet
    if desk.binding.person == called(sheet, "complaint id"):
        desk.note(
            column=str(desk.binding.person),
            found="complaints that name nobody",
            expected="who complained",
            mend="each counts as a person of its own: nobody can be seen to complain twice",
        )
    return sheet


def _zendesk(desk: Desk, sheet: Sheet) -> Sheet:
    status, tags = cell_of(sheet, ["status"]), cell_of(sheet, ["tags"])
    if status is not None:
        sheet = aside(desk, sheet, low(status) == "deleted", "deleted tickets", "tickets that count", "set aside")
    if tags is not None:
        merged = low(tags).str.contains(r"\bclosed_by_merge\b")
        told = "tickets merged into another (closed_by_merge)"
        sheet = aside(desk, sheet, merged, told, "each complaint once", "set aside: the other one counts")
    return sheet


RATED = (
    "satisfaction score", "satisfaction rating.score", "satisfaction rating", "csat score", "csat rating",
    "csat survey score", "csat", "survey response rating",
)  # fmt: skip
SAID = ("satisfaction rating.comment", "satisfaction comment", "csat comment")
GOOD_OR_BAD = {"good": "1", "bad": "0", "offered": "offered", "unoffered": "unoffered", "not offered": "unoffered"}


def _ticketed(desk: Desk, sheet: Sheet) -> Block:
    """Tickets as complaints and, beside them, how people rated the help: of the same person, at the same time."""
    block = complaints.complaints(desk, sheet, "ticket")
    sheet, questions = _ratings(sheet, desk.binding)
    if not questions:
        return block
    stated = desk.binding.model_dump(by_alias=True, exclude_unset=True) | {"questions": questions, "set_aside": {}}
    stated |= {"time": stated.pop("opened", None) or stated.get("time"), "checks": [], "segments": [], "several": {}}
    stated |= {"skipped": [*desk.binding.skipped, "offered"], "not_shown": [*desk.binding.not_shown, "unoffered"]}
    stated["text"] = [one for one in (called(sheet, heading) for heading in SAID) if one is not None]
    beside = replace(desk, binding=Binding.model_validate(stated), faults=[])
    rated = survey.answers(beside, sheet)
    desk.faults += [fault for fault in beside.faults if fault.column in {*questions, *stated["text"]}]
    if rated.answers is None:
        return block
    asked = desk.engine.records_of_answers(rated.answers.frame, rated.answers.questions, desk.source, 0)
    parts = [asked, *([] if rated.records is None else [rated.records])]
    after = [part.with_columns((nw.col("order") + 1).alias("order")) for part in parts]  # the ticket itself is first
    together = nw.concat([*([] if block.records is None else [block.records]), *after])
    return replace(block, records=together, measures=(*block.measures, *rated.measures))


def _ratings(sheet: Sheet, binding: Binding) -> tuple[Sheet, dict[str, Any]]:
    """The columns of ratings as questions: in words (good or bad), or from 1 to 5; what is bound stays as it is bound."""
    questions: dict[str, Any] = {
        column: question.model_dump(exclude_unset=True) for column, question in binding.questions.items()
    }
    frame = sheet.frame
    found: dict[str, str] = {}
    for heading in RATED:
        column = called(sheet, heading)
        if column is None or column in questions:
            continue
        word = low(sheet.column(column)).str.replace_all("_", " ", literal=True).str.replace_all(" with comment", "")
        seen = set(rows(distinct(frame.select(word.alias("word"))))["word"]) - {""}
        if seen & set(GOOD_OR_BAD) and "words" not in found:
            found["words"] = column
            said: Any = word
            for one, code in GOOD_OR_BAD.items():
                said = nw.when(word == one).then(nw.lit(code)).otherwise(said)
            frame = frame.with_columns(said.alias(sheet.column(column)))
        elif seen & {"1", "2", "3", "4", "5"} and "points" not in found:
            found["points"] = column
    if "points" in found:
        words = {"measure": "csat", "scale": (1, 5), "label": "Zendesk satisfaction (1 to 5)"}
        questions[found["points"]] = words
    if "words" in found:
        measure = "csat_good_or_bad" if "points" in found else "csat"
        label = "Zendesk satisfaction (good or bad)"
        questions[found["words"]] = {"measure": measure, "scale": (0, 1), "label": label}
    return sheet.without(frame), questions


NOBODY = "0" * 15  # how Salesforce writes a reference to nothing


def _salesforce(desk: Desk, sheet: Sheet) -> Sheet:
    frame = sheet.frame
    for heading in ("contactid", "accountid", "masterrecordid", "parentid"):
        cell = cell_of(sheet, [heading])
        if cell is not None:
            nothing = nw.col(cell).str.starts_with(NOBODY)
            frame = frame.with_columns(nw.when(nothing).then(nw.lit(None)).otherwise(nw.col(cell)).alias(cell))
    sheet = sheet.without(desk.engine.keep(frame))
    own, master, deleted = (cell_of(sheet, [one]) for one in ("id", "masterrecordid", "isdeleted"))
    gone = nw.lit(False)
    if own is not None and master is not None:
        merged, away = _merged(rows(sheet.frame.select("row", nw.col(own), nw.col(master)).sort("row")), own, master)
        if away:
            desk.note(
                row=min(away),
                found=xes.counted(len(away), "cases merged into one that is not in the file"),
                expected="the case that others were merged into",
                mend="one of those merged into the same case was kept for it",
            )
        sheet = aside(
            desk,
            sheet,
            nw.col("row").is_in(merged),
            "cases merged into another (MasterRecordId)",
            "each complaint once",
            "set aside: the case they were merged into counts",
        )
        gone = nw.col("row").is_in(away)
    if deleted is not None:
        out = low(deleted).is_in(["true", "1", "yes"]) & ~gone
        sheet = aside(desk, sheet, out, "deleted cases (IsDeleted)", "cases that count", "set aside")
    return sheet


def _merged(table: Any, own: str, master: str) -> tuple[list[int], list[int]]:
    """Rows that are counted elsewhere, and rows kept for a case that is not in the file; chains are followed.

    Ids of 15 and 18 letters name the same case.
    """
    into: dict[str, str] = {}
    there: dict[str, int] = {}
    for row, case, other in table.itertuples(index=False):
        key = str(case or "")[:15] or f"row {row}"
        there[key] = int(row)
        if isinstance(other, str) and other.strip():
            into[key] = other.strip()[:15]
    merged, away, kept = [], [], set()
    for case, row in there.items():
        if case not in into:
            continue
        end, way = into[case], {case}
        while end in into and end not in way:
            way.add(end)
            end = into[end]
        if end in there and end not in into:
            merged.append(row)
            continue
        end = min(_ring(end, into)) if end in into else end  # merged in a ring: none of them is the last
        if end in kept:
            merged.append(row)
        else:
            kept.add(end)
            away.append(row)
    return merged, away


def _ring(start: str, into: Mapping[str, str]) -> set[str]:
    found = {start}
    one = into[start]
    while one not in found:
        found.add(one)
        one = into[one]
    return found


SURVEYS = {  # HubSpot's surveys: the measure, its scale, and the words for it
    "nps": ((0, 10), ("nps", "net promoter score", "customer loyalty")),
    "csat": ((0, 2), ("csat", "customer satisfaction")),
    "ces": ((1, 7), ("ces", "customer effort score", "customer support")),
}
NOT_RATED = "(not rated)"


def _hubspot(desk: Desk, sheet: Sheet) -> Sheet:
    """Each kind of survey in a column of its own: the same number means another thing in each."""
    kind, value = cell_of(sheet, TYPE), cell_of(sheet, VALUE)
    if kind is None or value is None:
        raise desk.refuse(
            found="no column of the survey's type" if kind is None else "no column of ratings",
            expected=f"one called {' or '.join(TYPE if kind is None else VALUE)}",
            mend="export the submissions with it",
        )
    words = [word for _, those in SURVEYS.values() for word in those]
    sheet = aside(
        desk,
        sheet,
        ~low(kind).is_in(words),
        "submissions to other surveys",
        "NPS, CSAT or CES",
        "set aside: their ratings have no scale that is known",
    )
    frame, headings = sheet.frame, list(sheet.headings)
    questions: dict[str, Question] = {}
    for measure, (scale, those) in SURVEYS.items():
        mine = low(kind).is_in(list(those))
        if not count(frame.filter(mine).head(1)):
            continue
        text = nw.col(value).fill_null("").str.strip_chars()
        said = nw.when(text == "").then(nw.lit(NOT_RATED)).otherwise(text)
        cell = f"c{len(headings)}"
        frame = frame.with_columns(nw.when(mine).then(said).otherwise(nw.lit(None).cast(nw.String)).alias(cell))
        headings.append(measure.upper())
        questions[measure.upper()] = Question(measure=measure, scale=scale, label=f"HubSpot {measure.upper()} rating")
    binding = desk.binding
    desk.binding = binding.model_copy(
        update={
            "questions": questions | dict(binding.questions),
            "blank": "not_shown",
            "skipped": [*binding.skipped, NOT_RATED],
        }
    )
    return replace(sheet, frame=desk.engine.keep(frame), headings=tuple(headings))


def _answers(desk: Desk, sheet: Sheet) -> Block:
    """The submissions' answers; a survey that somebody was not sent gives none."""
    block = survey.answers(desk, sheet)
    if block.answers is None:
        return block
    asked = desk.engine.records_of_answers(block.answers.frame, block.answers.questions, desk.source, 0)
    parts = [asked.filter(nw.col("state") != "not_shown"), *([] if block.records is None else [block.records])]
    return replace(block, records=nw.concat(parts), answers=None)


TYPE = ("hs survey type", "survey type")
VALUE = ("hs value", "hs response value", "rating", "value", "score")

cfpb = Export(
    name="cfpb",
    says="complaints as the CFPB publishes them (CSV)",
    usual={
        "person": ["complaint id"],
        "opened": ["date received"],
        "category": ["issue", "product"],
        "channel": ["submitted via"],
        "text": ["consumer complaint narrative", "complaint what happened"],
    },
    marks=[["complaint id"], ["date received"], ["product"], ["issue"], ["company"]],
    own=["complaint id"],
    prepared=_cfpb,
)
zendesk = Export(
    name="zendesk",
    says="tickets as Zendesk exports them (CSV, JSON lines)",
    usual={
        "person": ["requester id", "requester external id", "requester email", "requester"],
        "opened": ["created at"],
        "closed": ["solved at", "metric set.solved at"],
        "category": ["reason", "contact reason", "category", "topic", "ticket type", "type"],
        "channel": ["via.channel", "via", "channel"],
        "text": ["description", "subject"],
    },
    marks=[
        ["requester id", "requester", "requester external id", "requester email"],
        ["created at"],
        ["via", "via.channel", "ticket type", "satisfaction score", "group", "group id", "updated at", "status"],
    ],
    own=["id", "ticket id"],
    prepared=_zendesk,
    lines=True,
    reads=_ticketed,
)
salesforce = Export(
    name="salesforce",
    says="cases as Salesforce exports them (CSV)",
    usual={
        "person": ["contactid", "accountid", "suppliedemail"],
        "opened": ["createddate"],
        "closed": ["closeddate"],
        "category": ["reason", "type"],
        "channel": ["origin"],
        "text": ["description", "subject"],
    },
    marks=[
        ["createddate"],
        ["casenumber", "masterrecordid", "origin"],
        ["isdeleted", "isclosed", "contactid", "status"],
    ],
    own=["id"],
    prepared=_salesforce,
)
hubspot = Export(
    name="hubspot",
    says="feedback submissions as HubSpot exports them: NPS, CSAT and CES apart (CSV)",
    usual={
        "person": ["hs contact id", "contact id", "associated contact ids", "hs contact email rollup", "email"],
        "time": ["hs submission timestamp", "submission timestamp", "submission date", "hs createdate", "create date"],
        "channel": ["hs survey channel", "survey channel", "source"],
        "text": ["hs content", "response", "content", "feedback"],
    },
    marks=[TYPE, VALUE],
    own=["hs object id", "record id", "submission id"],
    prepared=_hubspot,
    reads=_answers,
)
EXPORTS = (cfpb, zendesk, salesforce, hubspot)
