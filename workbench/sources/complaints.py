"""Complaints and tickets as a delimited file: one row is one complaint, with who, when, what about and how it came."""

from __future__ import annotations

import narwhals as nw

from workbench.engine import distinct, rows
from workbench.files import Received
from workbench.sources import sheet as sheets
from workbench.sources.reading import Block, Desk, count
from workbench.sources.sheet import Sheet

name = "complaints"
says = "complaints or tickets, one row a complaint (CSV, XLSX)"
needs = ("person", "opened")

# what a file may call a complaint's own number
OWN = ("complaint id", "complaint number", "case number", "casenumber", "case id", "ticket id", "ticket number", "id")


def recognises(received: Received) -> str:
    if received.kind != "text":
        return ""
    first = sheets.first_rows(received, 1)
    words = {one.strip().casefold() for one in first[0]} if first else set()
    ticket = words & {
        "ticket type",
        "requester",
        "requester id",
        "complaint id",
        "complaint_id",
        "casenumber",
        "case number",
    }
    when = words & {"created at", "date received", "opened", "opened_at", "createddate", "created_at"}
    from workbench.sources import tickets

    if not (ticket and when) or any(one.recognises(received) for one in tickets.EXPORTS):
        return ""  # an export of a system that is known has a reader of its own
    return f"columns of a ticket ({', '.join(sorted(ticket | when))})"


def read(desk: Desk) -> Block:
    return complaints(desk, desk.sheet())


def complaints(desk: Desk, sheet: Sheet, word: str = "complaint") -> Block:
    """Records of the complaints of a sheet, one a row, and its people. A number of its own is called by `word`."""
    binding = desk.binding
    when = binding.opened or binding.time
    if when is None:
        raise desk.refuse(found="no opened bound", expected="opened=: the column of dates", mend="name it")
    named = [
        one for one in (binding.person, when, binding.category, binding.channel, binding.step) if isinstance(one, str)
    ]
    desk.check(sheet, [*named, binding.closed, binding.consent, *binding.text, *binding.segments, *binding.set_aside])
    sheet = desk.with_person_and_time(desk.opened(sheet), when)
    if binding.closed:
        sheet = desk.with_time(sheet, binding.closed, "closed")
        _ends_after_it_began(desk, sheet)
    _nothing_from_tomorrow(desk, sheet, str(when))
    what = binding.step or binding.category
    desk.unmapped(sheet, what)
    text = desk.value(sheet, binding.text[0]) if binding.text else nw.lit(None).cast(nw.String)
    for other in binding.text[1:]:
        text = nw.concat_str(text, nw.lit(" – "), desk.value(sheet, other), ignore_nulls=True)
    records = desk.engine.keep(
        sheet.frame.select(
            "person",
            "time",
            desk.order().alias("order"),
            desk.step(sheet, what).alias("step"),
            desk.value(sheet, binding.channel).alias("channel"),
            nw.lit(desk.source).alias("source"),
            nw.lit("complaint").alias("kind"),
            nw.lit("complaint").alias("measure"),
            nw.lit(1.0).alias("value"),
            nw.lit("answered").alias("state"),
            text.alias("text"),
            _place(desk, sheet, word).alias("place"),
            desk.quotable(sheet).alias("quotable"),
        )
    )
    records = desk.unquoted(desk.masked(records, "text"))
    people = desk.segments(sheet)
    measures = (
        {
            "measure": "complaint",
            "kind": "complaint",
            "step": None,
            "source": desk.source,
            "label": "a complaint was made",
            "low": 0.0,
            "high": 1.0,
            "reversed": True,
            "missing": "",
            "column": str(what or ""),
        },
    )
    if people is None:
        people = distinct(sheet.frame.select("person"))
    return Block(desk.engine.typed(records), people, measures, moves=True)


def _ends_after_it_began(desk: Desk, sheet: Sheet) -> None:
    before = sheet.frame.filter(nw.col("closed") < nw.col("time"))
    if count(before):
        desk.note(
            row=desk.rows_of(before)[0],
            rows=desk.rows_of(before),
            column=str(desk.binding.closed),
            found="a complaint closed before it was opened",
            expected="closed on or after opened",
            mend=f"kept, by the time it was opened; correct the dates{_named(desk, sheet, before)}",
            count=count(before),
        )


def _nothing_from_tomorrow(desk: Desk, sheet: Sheet, opened: str) -> None:
    """Where `today` is known, nothing was opened or closed after it."""
    if desk.binding.today is None:
        return
    end, today = desk.tomorrow()
    for column, heading, what in (("time", opened, "opened"), ("closed", str(desk.binding.closed), "closed")):
        if column == "closed" and not desk.binding.closed:
            continue
        later = sheet.frame.filter(nw.col(column) >= end)
        if count(later):
            desk.note(
                row=desk.rows_of(later)[0],
                rows=desk.rows_of(later),
                column=heading,
                found=f"a complaint {what} in the future",
                expected=f"on or before {today}, which is today",
                mend=f"kept; correct the dates{_named(desk, sheet, later)}, or today:",
                count=count(later),
            )


def _own(desk: Desk, sheet: Sheet) -> str | None:
    """The heading of the complaints' own numbers, the one that says most of itself first; never what names the person."""
    who = {desk.binding.person, *desk.binding.keys.values()}
    free = [heading for heading in reversed(sheet.headings) if heading.strip() not in who]
    there = {" ".join(heading.replace("_", " ").split()).casefold(): heading for heading in free}
    return next((there[one] for one in OWN if one in there), None)


def _place(desk: Desk, sheet: Sheet, word: str) -> nw.Expr:
    """Where a complaint is found again: "complaint C005", "ticket 4711", "case 00012", by what the column is called."""
    own = _own(desk, sheet)
    if own is None:
        return nw.lit(None).cast(nw.String)
    said = next((one for one in ("complaint", "case", "ticket") if one in own.casefold()), word)
    number = nw.col(f"c{sheet.headings.index(own)}").str.strip_chars()
    return nw.when(number != "").then(nw.concat_str(nw.lit(f"{said} "), number)).otherwise(nw.lit(None))


def _named(desk: Desk, sheet: Sheet, those: nw.LazyFrame) -> str:
    """Which complaints these are, by their own numbers where the file has them; the first few."""
    own = _own(desk, sheet)
    if own is None:
        return ""
    column = f"c{sheet.headings.index(own)}"
    numbers = rows(those.filter(~nw.col(column).is_null()).sort("row").select(column).head(6))[column].tolist()
    return f" of {', '.join(numbers)}" if numbers else ""
