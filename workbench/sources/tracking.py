"""Tracking sheets: readings of measures over time, with their bases where they have them.

Long: one row is one reading (`measure=`, `value=`). Wide by measure: one row is a month or wave, a column a measure
(`columns={column: measure}`). Wide by time: one row is a measure, a column a month or wave (`columns=[…]`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.faults import shape
from workbench.files import Received
from workbench.sources import sheet as sheets
from workbench.sources.binding import USUAL
from workbench.sources.reading import Block, Desk, count
from workbench.sources.sheet import Sheet

name = "tracking"
says = "a tracking sheet, one row a reading, a month or a measure (XLSX, CSV)"
needs = ("time", "measure", "value")

RANGES = {"nps": (-100.0, 100.0), "complaint_rate": (0.0, float("inf"))}
MOST_GAPS = 36  # waves in a row without a reading that are told one by one
MOST = 1e15  # people that a base may be
SHARES = ("promoters", "passives", "detractors")


def recognises(received: Received) -> str:
    if received.kind == "xlsx":
        words = _headings_of_workbook(received)
    elif received.kind == "text":
        first = sheets.first_rows(received, 1)
        words = {one.strip().casefold() for one in first[0]} if first else set()
    else:
        return ""
    when = words & {"month", "wave", "date", "quarter", "period", "week"}
    what = words & {"value", "score", "measure", "metric", "base", "n"}
    return (
        f"columns for when ({min(when)}) and a reading ({', '.join(sorted(what))})" if when and len(what) >= 2 else ""
    )


def _headings_of_workbook(received: Received) -> set[str]:
    from python_calamine import CalamineError, CalamineWorkbook

    with suppress(CalamineError):  # who reads it says what is wrong with it
        book = CalamineWorkbook.from_path(str(received.path))
        for sheet in book.sheet_names:
            for row in book.get_sheet_by_name(sheet).to_python(nrows=12):
                if sheets.is_heading(row):
                    return {str(cell).strip().casefold() for cell in row}
    return set()


def read(desk: Desk) -> Block:
    binding, sheet = desk.binding, desk.sheet()
    sheet = replace(sheet, called={})
    named = [one for one in (binding.time, binding.measure, binding.step, binding.wave) if isinstance(one, str)]
    wide = list(binding.columns)
    desk.check(sheet, [*named, binding.value, binding.n, *binding.segments, *wide])
    sheet = desk.opened(sheet)
    if isinstance(binding.columns, dict) and binding.columns:
        frame = _by_measure(desk, sheet, binding.columns)
    elif wide:
        frame = _by_time(desk, sheet, wide)
    else:
        frame = _long(desk, sheet)
    decimal = "," if sheet.delimiter == ";" else "."
    frame = desk.engine.numbers(frame, decimal, value="raw", base="n")
    whole = nw.when((nw.col("base") >= 0) & (nw.col("base") < MOST)).then(nw.col("base")).alias("base")
    frame = desk.engine.keep(frame.with_columns(whole))
    _tell_no_number(desk, frame, "raw", "value", desk.binding.value)
    _tell_no_number(desk, frame, "n", "base", desk.binding.n)
    records = desk.engine.keep(
        frame.filter(~nw.col("value").is_null()).select(
            "time",
            desk.order(nw.col("place")).alias("order"),
            "step",
            nw.lit(desk.source).alias("source"),
            nw.lit("reading").alias("kind"),
            "measure",
            "value",
            nw.lit("answered").alias("state"),
            nw.col("group").alias("text"),
            "wave",
            nw.col("base").alias("n"),
        )
    )
    if not count(records):
        raise desk.refuse(found="no reading (0 rows)", expected="numbers", mend="say which columns hold them")
    found = rows(records.select("time", "measure", "value", "wave", "text", "order").sort("order"))
    for gap in _gaps(found):
        desk.note(
            column=str(binding.time or "columns"),
            found=f"no reading for {gap}",
            expected="every wave between the first and the last",
            mend="left as a gap: no line is drawn across it",
        )
    _tell_shares(desk, found)
    return Block(desk.engine.typed(records), None, tuple(_measures(desk, found)))


def _long(desk: Desk, sheet: Sheet) -> nw.LazyFrame:
    binding = desk.binding
    if binding.value is None or binding.time is None:
        raise desk.refuse(
            found="no time or value bound",
            expected="time= and value=: columns, or columns=",
            mend=f"one of: {', '.join(sheet.headings)}",
        )
    sheet = desk.with_time(sheet, binding.time)
    measure = desk.value(sheet, binding.measure) if binding.measure is not None else nw.lit("reading")
    return sheet.frame.select(
        "row", "time", nw.lit(0).alias("place"), *_beside(desk, sheet), measure.alias("measure"),
        nw.col(sheet.column(binding.value)).alias("raw"),
    )  # fmt: skip


def _by_measure(desk: Desk, sheet: Sheet, columns: dict[str, str]) -> nw.LazyFrame:
    if desk.binding.time is None:
        raise desk.refuse(
            found="no time bound", expected="time=: a column", mend=f"one of: {', '.join(sheet.headings)}"
        )
    sheet = desk.with_time(sheet, desk.binding.time)
    common = sheet.frame.with_columns(*_beside(desk, sheet))
    parts = [
        common.select(
            "row", "time", nw.lit(place).alias("place"), "step", "wave", "group", "n",
            nw.lit(measure).alias("measure"), nw.col(sheet.column(column)).alias("raw"),
        )
        for place, (column, measure) in enumerate(columns.items())
    ]  # fmt: skip
    return nw.concat(parts)


def _by_time(desk: Desk, sheet: Sheet, columns: list[str]) -> nw.LazyFrame:
    """A column a month: the headings are the times."""
    if desk.binding.measure is None:
        raise desk.refuse(found="no measure bound", expected="measure=: the column that names it", mend="name it")
    engine = desk.engine
    cells = {sheet.column(column): column for column in columns}
    types = {"cell": "VARCHAR", "heading": "VARCHAR", "place": "BIGINT"}
    table = pd.DataFrame(
        {"cell": list(cells), "heading": list(cells.values()), "place": range(len(cells)), "row": range(len(cells))}
    )
    headed = replace(sheet, frame=engine.table(table, types), headings=("heading",))
    dated, _ = engine.instants(headed.frame, "time", "heading", desk.binding.timezone, desk.binding.dates)
    unread = rows(dated.filter(nw.col("time").is_null()).select("heading"))["heading"].tolist()
    if unread:
        raise desk.refuse(
            column=unread[0], found="a heading that is no time", expected="months or waves, as 2025-03 or 2025Q1"
        )
    common = sheet.frame.with_columns(
        *_beside(desk, sheet, wave=False), desk.value(sheet, desk.binding.measure).alias("measure")
    )
    long = engine.unpivot(common.select("row", "step", "group", "n", "measure", *cells), list(cells), "cell", "raw")
    return long.join(dated.select("cell", "heading", "place", "time"), on="cell", how="left").select(
        "row", "time", "place", "step", nw.col("heading").alias("wave"), "group", "n", "measure", "raw"
    )


def _beside(desk: Desk, sheet: Sheet, wave: bool = True) -> list[nw.Expr]:
    """What stands beside a reading: its step, its wave in the sheet's own words, its group, its base."""
    binding = desk.binding
    label = binding.wave if binding.wave is not None or not binding.columns else binding.time
    group = desk.value(sheet, binding.segments[0]) if binding.segments else nw.lit(None).cast(nw.String)
    base = nw.col(sheet.column(binding.n)) if binding.n else nw.lit(None).cast(nw.String)
    found = [desk.step(sheet, binding.step).alias("step"), group.alias("group"), base.alias("n")]
    return [*found, desk.value(sheet, label).alias("wave")] if wave else found


def _tell_no_number(desk: Desk, frame: nw.LazyFrame, cell: str, number: str, column: str | None) -> None:
    written = nw.col(cell).str.strip_chars()
    wrong = frame.filter(nw.col(number).is_null(), ~written.is_null(), written != "")
    several = count(wrong)
    if several:
        first = rows(wrong.select("row", "measure", cell).sort("row").head(1)).iloc[0]
        desk.note(
            row=int(first["row"]),
            rows=desk.rows_of(wrong),
            column=str(column or first["measure"]),
            found=shape(first[cell]),
            expected="a number",
            mend="left out",
            count=several,
        )


def _gaps(found: pd.DataFrame) -> Iterator[str]:
    """Months or quarters between the first and the last that hold no reading, in the sheet's own way of writing."""
    stamps = pd.to_datetime(found["time"].dropna().unique(), unit="us", utc=True)
    months = sorted({(one + pd.Timedelta(days=3)).year * 12 + (one + pd.Timedelta(days=3)).month - 1 for one in stamps})
    if len(months) < 3:
        return
    steps = [later - sooner for sooner, later in zip(months, months[1:], strict=False)]
    usual = max(set(steps), key=lambda one: (steps.count(one), -one))
    quarters = usual == 3 and found["wave"].dropna().astype(str).str.contains("Q").any()

    def called(month: int) -> str:
        return f"{month // 12}Q{month % 12 // 3 + 1}" if quarters else f"{month // 12}-{month % 12 + 1:02d}"

    for sooner, later in zip(months, months[1:], strict=False):
        gone = range(sooner + usual, later, usual)
        if len(gone) > MOST_GAPS:  # a year mistyped: told once
            yield f"{called(gone[0])} to {called(gone[-1])}, {len(gone):,} in all"
        else:
            yield from map(called, gone)


def _tell_shares(desk: Desk, found: pd.DataFrame) -> None:
    """Promoters, passives and detractors make the whole."""
    if not set(SHARES) <= set(found["measure"]):
        return
    shares = found[found["measure"].isin(SHARES)]
    for (wave, group), total in shares.groupby(["wave", "text"], dropna=False, sort=False)["value"].sum().items():
        whole = 1 if total < 2 else 100
        if abs(total - whole) > 0.02 * whole:
            desk.note(
                column=", ".join(SHARES),
                found=f"shares of {wave} that add to {total:g}" + (f" ({group})" if isinstance(group, str) else ""),
                expected=f"{whole}",
                mend="kept as they are; correct them",
            )


def _measures(desk: Desk, found: pd.DataFrame) -> list[dict]:
    told = []
    for measure, readings in found.groupby("measure", sort=True):
        least, most = float(readings["value"].min()), float(readings["value"].max())
        low, high = RANGES.get(str(measure), USUAL.get(str(measure), (least, most)))
        outside = readings[(readings["value"] < low) | (readings["value"] > high)]
        if len(outside):
            first = outside.iloc[0]
            names = (
                {one: column for column, one in desk.binding.columns.items()}
                if isinstance(desk.binding.columns, dict)
                else {}
            )
            desk.note(
                column=names.get(str(measure), str(measure)),
                found=f"readings from {least:g} to {most:g}; {first['value']:g} in {first['wave']} is the first outside",
                expected=f"from {low:g} to {high:g}",
                mend="check whether the scale was changed there: readings of two scales are no series",
            )
        told.append(
            {
                "measure": str(measure),
                "kind": "reading",
                "step": None,
                "source": desk.source,
                "label": f"reading of {measure}",
                "low": low,
                "high": high if high != float("inf") else most,
                "reversed": False,
                "missing": "",
                "column": str(measure),
            }
        )
    return told
