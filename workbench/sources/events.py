"""A contact log or event log as a delimited file: one row is one contact, with person, activity, channel and time."""

from __future__ import annotations

import narwhals as nw

from workbench.engine import distinct
from workbench.files import Received
from workbench.sources import sheet as sheets
from workbench.sources.reading import Block, Desk, count

name = "events"
says = "a contact or event log, one row a contact (CSV, XLSX)"
needs = ("person", "activity", "time")


def recognises(received: Received) -> str:
    if received.kind != "text":
        return ""
    first = sheets.first_rows(received, 1)
    words = {one.strip().casefold() for one in first[0]} if first else set()
    what = words & {"event", "activity", "concept:name", "event_name", "action"}
    when = words & {"timestamp", "time", "occurred_at", "time:timestamp", "event_time", "start_timestamp"}
    return f"columns for what ({min(what)}) and when ({min(when)})" if what and when else ""


def read(desk: Desk) -> Block:
    binding = desk.binding
    sheet = desk.sheet()
    for word, bound in (
        ("person", binding.person),
        ("activity", binding.activity or binding.step),
        ("time", binding.time),
    ):
        if bound is None:
            raise desk.refuse(
                found=f"no {word} bound", expected=f"{word}=: a column", mend=f"one of: {', '.join(sheet.headings)}"
            )
    what = binding.activity or binding.step
    named = [one for one in (binding.person, what, binding.time, binding.channel, binding.wave) if isinstance(one, str)]
    wanted = [*named, binding.order, binding.lifecycle, *binding.segments, *binding.keys.values()]
    desk.check(sheet, [*wanted, *binding.set_aside, *(check.column for check in binding.checks)])
    sheet = desk.opened(sheet).only([one for one in wanted if one])
    carried = [one for one in (what, binding.channel, binding.wave) if isinstance(one, str)]
    carried += [one for one in (binding.order, binding.lifecycle, *binding.segments) if one]
    sheet = desk.with_person_and_time(sheet, binding.time, carried, numbered=True)
    desk.unmapped(sheet, what)
    frame = _at_times(desk, sheet)
    if binding.lifecycle:
        stage = nw.col(sheet.column(binding.lifecycle)).str.strip_chars().str.to_lowercase()
        ended = stage.is_null() | (stage == "") | (stage == "complete")
        others = count(frame.filter(~ended))
        if others:
            desk.note(
                aside=others,
                column=binding.lifecycle,
                found=f"{others:,} events that only begin, plan or pause something",
                expected="complete",
                mend="set aside: each thing that happened counts once, when it was complete",
            )
        frame = frame.filter(ended)
    order = desk.order()
    if binding.order:  # a tie in time is broken by the log's own number; by the row where it is none
        digits = nw.col(sheet.column(binding.order)).str.replace_all("^[^0-9.+-]+", "")  # E000017 is the seventeenth
        frame = desk.engine.numbers(frame.with_columns(digits.alias("counted")), own="counted")
        own = nw.when(nw.col("own").is_null()).then(nw.col("row").cast(nw.Float64)).otherwise(nw.col("own"))
        frame = desk.engine.keep(frame.with_columns(own.alias("own"))).with_columns(
            nw.col("row").cast(nw.Int64).cum_count().over(order_by=["own", "row"]).alias("place")
        )
        order = nw.col("place")
        _backwards(desk, frame)
    also = {"channel": binding.channel, "wave": binding.wave}
    records = frame.select(
        "person",
        "time",
        order.alias("order"),
        desk.step(sheet, what).alias("step"),
        *[desk.value(sheet, column).alias(name) for name, column in also.items() if column is not None],
    )
    people = desk.segments(sheet)
    if people is None:
        people = distinct((sheet.frame if desk.who is None else desk.who).select("person"))
    same = {"source": desk.source, "kind": "event", "state": "answered"}
    return Block(records, people, moves=True, same=same, who=desk.who)


def _at_times(desk: Desk, sheet: sheets.Sheet) -> nw.LazyFrame:
    """Tell of contacts without a time, and of those from tomorrow on: what has not been can be on nobody's path."""
    bound, frame = desk.binding.time, sheet.frame
    if not isinstance(bound, str):
        return frame
    if desk.untimed:
        desk.note(
            column=bound,
            found=f"{desk.untimed:,} {'contact' if desk.untimed == 1 else 'contacts'} without a time",
            expected="when it was",
            mend="kept; they stand on no path",
            count=desk.untimed,
        )
    end, today = desk.tomorrow()
    later = frame.filter(nw.col("time") >= end)
    if not (several := count(later)):
        return frame
    where = desk.rows_of(later)
    desk.note(
        row=where[0],
        rows=where,
        column=bound,
        found="a contact in the future",
        expected=f"on or before {today}, which is today",
        mend="kept without its time, on no path; correct the dates, or today:",
        count=several,
    )
    now = nw.when(nw.col("time") >= end).then(nw.lit(None).cast(nw.Int64)).otherwise(nw.col("time"))
    return frame.with_columns(now.alias("time"))


def _backwards(desk: Desk, frame: nw.LazyFrame) -> None:
    """Tell of events that the log counts after another of the same person, and whose time is before it."""
    former = nw.col("time").shift(1).over("person", order_by="place")
    timed = frame.filter(~nw.col("time").is_null()).select("row", "person", "place", "time")
    wrong = desk.engine.keep(timed.with_columns(former.alias("former")).filter(nw.col("time") < nw.col("former")))
    several = count(wrong)
    if several:
        where = desk.rows_of(wrong)
        desk.note(
            row=where[0],
            rows=where,
            column=str(desk.binding.order),
            found=f"{several:,} events counted after another of the same person, with a time before it (backwards)",
            expected="numbers that grow with time",
            mend="kept, by their time; the number breaks ties alone",
            count=several,
        )
