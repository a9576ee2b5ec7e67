"""Complaints, tickets and feedback as usual systems export them: CFPB, Zendesk, Salesforce, HubSpot.

Each knows its own headings, so that the usual columns need not be bound; what the binding says wins, and what was taken
is told. From there on they are complaints (complaints.py) or answers (survey.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw

from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.files import Received
from workbench.sources import complaints, survey, xes
from workbench.sources import sheet as sheets
from workbench.sources.binding import Question
from workbench.sources.reading import Block, Desk, count
from workbench.sources.sheet import Sheet

SHOWN = 20  # lines that are no JSON, told one by one


@dataclass(frozen=True)
class Export:
    """A reader on the shelf for what one system exports.

    `usual` says by which headings a word of the binding is known, the likeliest first; `marks` are the headings that
    tell the export (one of each group), `own` the number of the ticket itself, `prepared` what is particular to it.
    """

    name: str
    says: str
    usual: Mapping[str, Sequence[str]]
    marks: Sequence[Sequence[str]]
    own: Sequence[str]
    prepared: Callable[[Desk, Sheet], Sheet]
    reads: Callable[[Desk, Sheet], Block] = complaints.complaints
    needs: tuple[str, ...] = ()
    lines: bool = False  # newline-delimited JSON too

    def recognises(self, received: Received) -> str:
        if received.kind != "text":
            return ""
        if self.lines and (keys := _keys(received)):
            found = self._marked(keys)
            return f"tickets a line, with {', '.join(found)}" if found else ""
        first = sheets.first_rows(received, 1)
        found = self._marked(first[0]) if first else []
        return f"headings of its export ({', '.join(found)})" if found else ""

    def _marked(self, headings: Sequence[str]) -> list[str]:
        """The heading of each group of marks; nothing where one is missing."""
        words = [plain(heading) for heading in headings]
        found = [next((one for one in group if one in words), "") for group in self.marks]
        return found if all(found) else []

    def read(self, desk: Desk) -> Block:
        sheet = _of_lines(desk) if self.lines and _keys(desk.received) else desk.sheet()
        sheet = _once(desk, sheet, self.own)
        taken = self._bind(desk, sheet)
        sheet = self.prepared(desk, sheet)
        if taken:
            desk.note(
                found=f"columns taken by their usual names ({taken})",
                expected=f"what {self.name} calls them",
                mend="bind those that are something else here",
            )
        _known_zone(desk, sheet)
        return self.reads(desk, sheet)

    def _bind(self, desk: Desk, sheet: Sheet) -> str:
        """Bind the usual columns that the binding does not name; which ones comes back."""
        said = desk.binding.model_fields_set
        found: dict[str, str] = {}
        for word, headings in self.usual.items():
            if word in said or (word == "category" and "step" in said) or (word == "opened" and "time" in said):
                continue
            column = first_filled(sheet, headings)
            if column is not None:
                found[word] = column
        words: dict[str, Any] = dict(found)
        if "text" in found:
            words["text"] = [found["text"]]
        desk.binding = desk.binding.model_copy(update=words)
        return ", ".join(f'{word}: "{column}"' for word, column in found.items())


def plain(heading: str) -> str:
    """A heading as it is compared: small letters, blanks for underscores, without Zendesk's mark of a field's type."""
    return re.sub(r"\s+", " ", re.sub(r"\s*\[\w+\]\s*$", "", heading.strip()).replace("_", " ")).casefold()


def called(sheet: Sheet, heading: str) -> str | None:
    """The file's own spelling of a heading, where it is there."""
    return next((one for one in sheet.headings if plain(one) == heading), None)


def first_filled(sheet: Sheet, headings: Sequence[str]) -> str | None:
    """The first of these columns that is there and holds anything, in the file's own spelling; else the first there."""
    there = [one for one in (called(sheet, heading) for heading in headings) if one is not None]
    for one in there:
        text = nw.col(sheet.column(one)).str.strip_chars()
        if count(sheet.frame.filter(~text.is_null(), text != "").head(1)):
            return one
    return there[0] if there else None


def _cell(sheet: Sheet, headings: Sequence[str]) -> str | None:
    """The engine's name of the first of these columns that is there."""
    spelt = next((one for one in (called(sheet, heading) for heading in headings) if one is not None), None)
    return sheet.column(spelt) if spelt is not None else None


def _low(cell: str) -> nw.Expr:
    """A cell in small letters, blank where there is nothing."""
    return nw.col(cell).fill_null("").str.strip_chars().str.to_lowercase()


def _aside(desk: Desk, sheet: Sheet, out: nw.Expr, found: str, expected: str, mend: str) -> Sheet:
    """The sheet without some rows; how many is told."""
    frame = desk.engine.keep(sheet.frame.with_columns(out.alias("out")))
    those = frame.filter(nw.col("out"))
    several = count(those)
    if not several:
        return sheet
    desk.note(
        row=int(rows(those.select(nw.col("row").min().alias("row")))["row"][0]),
        aside=several,
        found=xes.counted(several, found),
        expected=expected,
        mend=mend,
    )
    return sheet.without(frame.filter(~nw.col("out")).drop("out"))


def _once(desk: Desk, sheet: Sheet, own: Sequence[str]) -> Sheet:
    """The sheet with each ticket once, by its own number."""
    cell = _cell(sheet, own)
    if cell is None:
        return sheet
    first = sheet.frame.group_by(cell).agg(nw.col("row").min().alias("first"))
    joined = desk.engine.keep(sheet.frame.join(first, on=cell, how="left"))
    repeats = ~nw.col(cell).is_null() & (nw.col("row") > nw.col("first"))
    return _aside(
        desk,
        sheet.without(joined),
        repeats,
        "rows with the number of another (the same one twice)",
        "each once",
        "the first row of each was taken",
    )


def _known_zone(desk: Desk, sheet: Sheet) -> None:
    """Where every time says its offset, no zone has to be bound."""
    binding = desk.binding
    if binding.timezone is not None:
        return
    for one in {binding.opened, binding.closed, binding.time if isinstance(binding.time, str) else None} - {None}:
        if one is None or not sheet.has(one):
            return
        text = nw.col(sheet.column(one)).str.strip_chars()
        if count(sheet.frame.filter(~text.is_null(), text != "", ~text.str.contains(r"(Z|[+-]\d\d:?\d\d)$")).head(1)):
            return
    desk.binding = binding.model_copy(update={"timezone": "UTC"})


# -- newline-delimited JSON -------------------------------------------------------------------------------------------


def _keys(received: Received) -> list[str]:
    """The keys of the first line of a file of JSON lines; none where it is something else."""
    if received.kind != "text":
        return []
    head = received.head().lstrip("\ufeff \r\n\t")
    if not head.startswith("{"):
        return []
    line = head.split("\n", 1)[0]
    try:
        one = json.loads(line)
    except (ValueError, RecursionError):  # a line longer than what was looked at
        return re.findall(r'"(\w+)"\s*:', line) if len(line) > 60000 else []
    return list(_flat(_tickets(one)[0])) if isinstance(one, dict) and _tickets(one) else []


def _tickets(one: dict) -> list[dict]:
    """The tickets of a line: itself, or those of a page as the interface gives them."""
    page = one.get("tickets")
    return [part for part in page if isinstance(part, dict)] if isinstance(page, list) else [one]


def _of_lines(desk: Desk) -> Sheet:
    """JSON lines as a sheet: a column a key, `via.channel` for a key inside a key; the row is the line."""
    columns: dict[str, None] = {}
    for _, one in _lines(desk):
        columns.update(dict.fromkeys(one))
    found = ([*(one.get(column) for column in columns), str(line)] for line, one in _lines(desk))
    return xes.written(desk, list(columns), found, numbered=True)


def _lines(desk: Desk) -> Iterator[tuple[int, dict[str, str]]]:
    wrong: list[Fault] = []
    with open(desk.received.path, encoding="utf-8-sig") as handle:
        for number, line in enumerate(handle, start=1):
            if not line.strip():
                continue
            why = ""
            try:
                one = json.loads(line, parse_int=str, parse_float=str)
            except ValueError as problem:
                why = str(problem)
            except RecursionError:
                why = "nested too deeply"
            if not why and not isinstance(one, dict):
                why = "not a record of fields"
            if why:
                wrong.append(
                    Fault(
                        file=desk.file,
                        row=number,
                        found=f"a line that is no JSON ({why})",
                        expected="one ticket a line",
                        mend="export it again",
                    )
                )
                if len(wrong) == SHOWN:
                    break
                continue
            for ticket in _tickets(one):
                yield number, _flat(ticket)
    if wrong:
        raise DataFault(wrong)


def _flat(one: Mapping[str, Any], before: str = "", depth: int = 0) -> dict[str, str]:
    """A record with its keys one beside the other; custom fields by their number."""
    found: dict[str, str] = {}
    for key, value in one.items():
        name = f"{before}{key}"
        if isinstance(value, dict) and depth < 3:
            found |= _flat(value, f"{name}.", depth + 1)
        elif isinstance(value, list) and value and all(isinstance(part, dict) and "id" in part for part in value):
            found |= {f"{name}.{part['id']}": _said(part.get("value")) for part in value}
        else:
            found[name] = _said(value)
    return found


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = " ".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")  # half a letter is none


# -- what is particular to each ---------------------------------------------------------------------------------------


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
    status, tags = _cell(sheet, ["status"]), _cell(sheet, ["tags"])
    if status is not None:
        sheet = _aside(desk, sheet, _low(status) == "deleted", "deleted tickets", "tickets that count", "set aside")
    if tags is not None:
        merged = _low(tags).str.contains(r"\bclosed_by_merge\b")
        told = "tickets merged into another (closed_by_merge)"
        sheet = _aside(desk, sheet, merged, told, "each complaint once", "set aside: the other one counts")
    return sheet


NOBODY = "0" * 15  # how Salesforce writes a reference to nothing


def _salesforce(desk: Desk, sheet: Sheet) -> Sheet:
    frame = sheet.frame
    for heading in ("contactid", "accountid", "masterrecordid", "parentid"):
        cell = _cell(sheet, [heading])
        if cell is not None:
            nothing = nw.col(cell).str.starts_with(NOBODY)
            frame = frame.with_columns(nw.when(nothing).then(nw.lit(None)).otherwise(nw.col(cell)).alias(cell))
    sheet = sheet.without(desk.engine.keep(frame))
    own, master, deleted = (_cell(sheet, [one]) for one in ("id", "masterrecordid", "isdeleted"))
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
        sheet = _aside(
            desk,
            sheet,
            nw.col("row").is_in(merged),
            "cases merged into another (MasterRecordId)",
            "each complaint once",
            "set aside: the case they were merged into counts",
        )
        gone = nw.col("row").is_in(away)
    if deleted is not None:
        out = _low(deleted).is_in(["true", "1", "yes"]) & ~gone
        sheet = _aside(desk, sheet, out, "deleted cases (IsDeleted)", "cases that count", "set aside")
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
    kind, value = _cell(sheet, TYPE), _cell(sheet, VALUE)
    if kind is None or value is None:
        raise desk.refuse(
            found="no column of the survey's type" if kind is None else "no column of ratings",
            expected=f"one called {' or '.join(TYPE if kind is None else VALUE)}",
            mend="export the submissions with it",
        )
    words = [word for _, those in SURVEYS.values() for word in those]
    sheet = _aside(
        desk,
        sheet,
        ~_low(kind).is_in(words),
        "submissions to other surveys",
        "NPS, CSAT or CES",
        "set aside: their ratings have no scale that is known",
    )
    frame, headings = sheet.frame, list(sheet.headings)
    questions: dict[str, Question] = {}
    for measure, (scale, those) in SURVEYS.items():
        mine = _low(kind).is_in(list(those))
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
