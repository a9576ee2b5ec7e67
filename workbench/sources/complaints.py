"""Complaints and tickets as a delimited file: one row is one complaint, with who, when, what about and how it came."""

from __future__ import annotations

import narwhals as nw

from workbench.engine import one
from workbench.files import Received
from workbench.sources import sheet as sheets
from workbench.sources.reading import Block, Desk, count

name = "complaints"
says = "complaints or tickets, one row a complaint (CSV, XLSX)"
needs = ("person", "opened")


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
    return f"columns of a ticket ({', '.join(sorted(ticket | when))})" if ticket and when else ""


def read(desk: Desk) -> Block:
    binding = desk.binding
    sheet = desk.sheet()
    when = binding.opened or binding.time
    if when is None:
        raise desk.refuse(found="no opened bound", expected="opened=: the column of dates", mend="name it")
    named = [
        one for one in (binding.person, when, binding.category, binding.channel, binding.step) if isinstance(one, str)
    ]
    desk.check(sheet, [*named, binding.closed, *binding.text, *binding.segments, *binding.set_aside])
    sheet = desk.with_time(desk.with_person(desk.opened(sheet)), when)
    if binding.closed:
        sheet = desk.with_time(sheet, binding.closed, "closed")
        _ends_after_it_began(desk, sheet)
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
        )
    )
    records = desk.masked(records, "text")
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
        people = sheet.frame.select("person").unique()
    return Block(desk.engine.typed(records), people, measures, moves=True)


def _ends_after_it_began(desk: Desk, sheet) -> None:
    before = sheet.frame.filter(nw.col("closed") < nw.col("time"))
    if count(before):
        desk.note(
            row=int(one(before.select(nw.col("row").min()))),
            column=str(desk.binding.closed),
            found="a complaint closed before it was opened",
            expected="closed on or after opened",
            mend="kept, by the time it was opened; correct the dates",
            count=count(before),
        )
