"""Tracking: readings of a measure over time, as a sheet gives them, each with its base."""

from __future__ import annotations

import math

import pandas as pd

from workbench.engine import distinct, rows
from workbench.faults import DataFault, unknown
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure

EVERYBODY = ("All", "all", "Total", "total", "Overall", "overall")  # the group of a sheet's readings that is no segment
Z = 1.959963984540054
NOON = (
    12 * 3_600_000_000
)  # microseconds: a sheet's date is midnight in its own zone, which noon puts on its own day in UTC


@measure("How has it moved over time?")
def track(journey: JourneyFrame, by: str | None = "step", minimum_base: int | None = None, of: str = "nps") -> Finding:
    """A tracked measure month by month, by step, as read from tracking sheets.

    A sheet gives a value and a base but no distribution, so an NPS gets the widest interval that its base allows
    (variance at most 1 − NPS²), and any other measure none. Neighbouring months are compared only by eye: no arrow
    without a test.
    """
    import narwhals as nw

    readings = journey.records.lazy.filter(nw.col("kind") == "reading")
    known = rows(distinct(readings.select("measure")))["measure"].tolist()
    if of not in known:
        raise DataFault(unknown("tracked measure", of, sorted(known)))
    table = rows(
        readings.filter(nw.col("measure") == of).select("time", "order", "step", "value", "n").sort("time", "order")
    )
    table["month"] = pd.to_datetime(table["time"] + NOON, unit="us", utc=True).dt.strftime("%Y-%m")
    table["step"] = table["step"].astype(object).where(table["step"].notna(), "whole journey")
    table["n"] = table["n"].astype("float64")
    limits = [_limits(of, value, base) for value, base in zip(table["value"], table["n"], strict=True)]
    found = pd.DataFrame(
        {
            "step": table["step"],
            "month": table["month"],
            "value": table["value"],
            "low": [low for low, _ in limits],
            "high": [high for _, high in limits],
            "n": table["n"],
        }
    )
    found = groups.in_order(journey, groups.rounded(found), ("step", "month"))
    whole = found[found["step"] == "whole journey"]
    shown = whole if len(whole) else found

    def say(row: pd.Series) -> str:
        return groups.signed(row["value"]) if of == "nps" else f"{row['value']:.2f}"

    first, last = shown.iloc[0], shown.iloc[-1]
    sentence = (
        f"The tracked {of.upper() if of == 'nps' else of} reads {say(first)} in {first['month']} "
        f"and {say(last)} in {last['month']}."
    )
    return groups.finding(
        journey,
        "track",
        found,
        ("step", "month"),
        sentence,
        f"{len(found):,} readings",
        "readings as the sheet gives them; for NPS the widest 95 % interval that the base allows, √((1 − NPS²)/n)",
        minimum_base,
        {"kind": "lines", "unit": of, "x": "month", "range": [-100, 100] if of == "nps" else None},
        f"Tracked {of}",
    )


def _limits(of: str, value: float, base: float) -> tuple[float | None, float | None]:
    if of != "nps" or not base or base != base:
        return None, None
    half = Z * 100 * math.sqrt(max(0.0, 1 - (value / 100) ** 2) / base)
    return max(-100.0, value - half), min(100.0, value + half)
