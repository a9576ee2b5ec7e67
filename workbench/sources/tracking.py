"""A tracking sheet in long form: one row is one reading of a measure at a time, with its base where it has one."""

from __future__ import annotations

import narwhals as nw

from workbench.engine import rows
from workbench.faults import shape
from workbench.files import Received
from workbench.sources import sheet as sheets
from workbench.sources.binding import USUAL
from workbench.sources.reading import Block, Desk, count

name = "tracking"
says = "a tracking sheet, one row a reading (XLSX, CSV)"
needs = ("time", "measure", "value")

RANGES = {"nps": (-100.0, 100.0), "complaint_rate": (0.0, float("inf"))}


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
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(received.path))
    for sheet in book.sheet_names:
        for row in book.get_sheet_by_name(sheet).to_python(nrows=12):
            if sheets._is_heading(row):
                return {str(cell).strip().casefold() for cell in row}
    return set()


def read(desk: Desk) -> Block:
    binding = desk.binding
    sheet = desk.sheet()
    if binding.value is None or binding.time is None:
        raise desk.refuse(
            found="no time or value bound",
            expected="time= and value=: columns",
            mend=f"one of: {', '.join(sheet.headings)}",
        )
    named = [one for one in (binding.time, binding.measure, binding.step, binding.wave) if isinstance(one, str)]
    desk.check(sheet, [*named, binding.value, binding.n])
    sheet = desk.with_time(desk.opened(sheet), binding.time)
    column = sheet.column(binding.value)
    decimal = "," if sheet.delimiter == ";" else "."
    wanted = {"value": column} | ({"base": sheet.column(binding.n)} if binding.n else {})
    frame = desk.engine.keep(desk.engine.numbers(sheet.frame, decimal, **wanted))
    written = nw.col(column).str.strip_chars()
    wrong = frame.filter(nw.col("value").is_null(), ~written.is_null(), written != "")
    if count(wrong):
        first = rows(wrong.select("row", column).sort("row").head(1)).iloc[0]
        desk.note(
            row=int(first["row"]),
            column=binding.value,
            found=shape(first[column]),
            expected="a number",
            mend="left out",
            count=count(wrong),
        )
    measure = desk.value(sheet, binding.measure) if binding.measure is not None else nw.lit("reading")
    records = desk.engine.keep(
        frame.filter(~nw.col("value").is_null()).select(
            "time",
            desk.order().alias("order"),
            desk.step(sheet, binding.step).alias("step"),
            nw.lit(desk.source).alias("source"),
            nw.lit("reading").alias("kind"),
            measure.alias("measure"),
            "value",
            nw.lit("answered").alias("state"),
            desk.value(sheet, binding.wave).alias("wave"),
            (nw.col("base") if binding.n else nw.lit(None).cast(nw.Float64)).alias("n"),
        )
    )
    return Block(desk.engine.typed(records), None, tuple(_measures(desk, records)))


def _measures(desk: Desk, records: nw.LazyFrame) -> list[dict]:
    seen = rows(
        records.group_by("measure").agg(nw.col("value").min().alias("least"), nw.col("value").max().alias("most"))
    )
    found = []
    for measure, least, most in seen.sort_values("measure").itertuples(index=False):
        low, high = RANGES.get(measure, USUAL.get(measure, (float(least), float(most))))
        if least < low or most > high:
            desk.note(
                column=str(measure),
                found=f"readings from {least:g} to {most:g}",
                expected=f"from {low:g} to {high:g}",
                mend="check the scale: it may have changed",
            )
        found.append(
            {
                "measure": str(measure),
                "kind": "reading",
                "step": None,
                "source": desk.source,
                "label": f"reading of {measure}",
                "low": low,
                "high": high if high != float("inf") else float(most),
                "reversed": False,
                "missing": "",
                "column": str(measure),
            }
        )
    return found
