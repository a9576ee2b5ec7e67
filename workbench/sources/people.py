"""The customer table: one row a person, with attributes (segment, region, tenure, churn …)."""

from __future__ import annotations

import narwhals as nw

from workbench.engine import distinct, rows
from workbench.files import Received
from workbench.sources import sheet as sheets
from workbench.sources.reading import Block, Desk

name = "people"
says = "a customer table, one row a person (CSV, XLSX)"
needs = ("person", "segments")


def recognises(received: Received) -> str:
    if received.kind != "text":
        return ""
    first = sheets.first_rows(received, 1)
    words = {one.strip().casefold() for one in first[0]} if first else set()
    hits = sorted(
        words & {"segment", "region", "tenure", "tenure_months", "customer_since", "churn", "churned", "switched"}
    )
    return f"headings that describe customers ({', '.join(hits)})" if len(hits) >= 2 else ""


def read(desk: Desk) -> Block:
    binding = desk.binding
    sheet = desk.sheet()
    if not isinstance(binding.person, str):
        raise desk.refuse(found="no person bound", expected="person=: the column of ids", mend="name it")
    desk.check(sheet, [binding.person, *binding.segments, binding.created, binding.stratum, binding.cluster])
    sheet = desk.with_person(desk.opened(sheet))
    _once(desk, sheet)
    extra = {"created": binding.created, "stratum": binding.stratum, "cluster": binding.cluster}
    people = desk.segments(sheet, extra)
    return Block(people=people if people is not None else distinct(sheet.frame.select("person")))


def _once(desk: Desk, sheet) -> None:
    twice = rows(
        sheet.frame.group_by("person")
        .agg(nw.len().alias("n"), nw.col("row").max().alias("row"))
        .filter(nw.col("n") > 1)
    )
    if len(twice):
        desk.note(
            row=int(twice["row"].min()),
            rows=tuple(sorted(map(int, twice["row"]))),
            column=str(desk.binding.person),
            found="an id that stands twice (duplicate)",
            expected="one row a person",
            mend="the first row was taken",
            count=len(twice),
        )
