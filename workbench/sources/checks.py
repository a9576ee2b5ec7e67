"""Checks declared beside a source: what must hold of a column's cells, and which rows do not hold it.

A row that fails is told, set aside or refused, as the check says. Knows sheets and the engine, no format.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import narwhals as nw

from workbench.engine import count, instant
from workbench.faults import DataFault, Fault
from workbench.sources.binding import Check
from workbench.sources.sheet import Sheet

if TYPE_CHECKING:
    from workbench.sources.reading import Desk


def checked(desk: Desk, sheet: Sheet) -> Sheet:
    """The sheet without the rows that a check sets aside. Raises DataFault for all checks that refuse, together."""
    refused: list[Fault] = []
    for check in desk.binding.checks:
        column = sheet.column(check.column)
        for must, wrong in _failing(desk, sheet, check, column):
            several = count(wrong)
            if not several:
                continue
            rows = desk.rows_of(wrong)
            told: dict[str, Any] = {
                "row": rows[0],
                "column": check.column,
                "found": f"{several:,} {'cell' if several == 1 else 'cells'} against a check",
                "expected": must,
                "count": several,
                "rows": rows,
            }
            if check.then == "refuse":
                refused.append(Fault(file=desk.file, mend="correct the cells, or the check", **told))
            elif check.then == "set aside":
                desk.note(aside=several, mend="the rows were set aside, as the check says", **told)
                sheet = sheet.without(desk.engine.keep(sheet.frame.join(wrong.select("row"), on="row", how="anti")))
            else:
                desk.note(mend="kept; correct the cells, or say then: set aside", **told)
    if refused:
        raise DataFault(refused)
    return sheet


def _failing(desk: Desk, sheet: Sheet, check: Check, column: str) -> Sequence[tuple[str, nw.LazyFrame]]:
    """Each thing that the check demands, in words, with the rows where it does not hold; a blank fails `filled` alone."""
    frame, text = sheet.frame, nw.col(column).str.strip_chars()
    blank = text.is_null() | (text == "")
    written = frame.filter(~blank)
    found: list[tuple[str, nw.LazyFrame]] = []
    if check.filled:
        found.append(("a filled cell", frame.filter(blank)))
    if check.one_of:
        found.append((f"one of: {', '.join(check.one_of[:12])}", written.filter(~text.is_in(check.one_of))))
    if check.matches:
        found.append((f"like {check.matches}", written.filter(~_like(desk, frame, text, check))))
    if check.unique:
        first = written.group_by(text.alias("said")).agg(nw.col("row").min().alias("first")).select("first")
        found.append(("each value once", written.join(first, left_on="row", right_on="first", how="anti")))
    if check.between:
        found.append(_between(desk, sheet, check, column, written))
    return found


def _like(desk: Desk, frame: nw.LazyFrame, text: nw.Expr, check: Check) -> nw.Expr:
    import duckdb

    like = text.str.contains(f"^(?:{check.matches})$")
    try:
        count(frame.head(1).filter(like))
    except duckdb.Error:
        raise desk.refuse(
            column=check.column,
            found=f"the pattern {check.matches}",
            expected="a regular expression",
            mend="correct it",
        ) from None
    return like


def _between(desk: Desk, sheet: Sheet, check: Check, column: str, written: nw.LazyFrame) -> tuple[str, nw.LazyFrame]:
    assert check.between is not None
    low, high = check.between
    if isinstance(low, date):
        zone = desk.binding.timezone
        serial = desk.received.kind == "xlsx"
        frame, _ = desk.engine.instants(written, "number", column, zone, desk.binding.dates, serial=serial)
        first, last = instant(low.isoformat(), zone), instant(str(high), zone) + 86_400_000_000 - 1
        return f"a date from {low} to {high}", _outside(desk, frame, first, last)
    decimal = "," if sheet.delimiter == ";" else "."
    frame = desk.engine.numbers(written, decimal, number=column)
    return f"a number from {low:g} to {high:g}", _outside(desk, frame, low, high)


def _outside(desk: Desk, frame: nw.LazyFrame, low: Any, high: Any) -> nw.LazyFrame:
    number = nw.col("number")
    return desk.engine.keep(frame.filter(number.is_null() | (number < low) | (number > high)))
