"""The rows of a finding as a drawing needs them: labels, estimate, interval and base, with hidden groups told.

Knows the shape of a Finding; no plotly here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.faults import DataFault, unknown
from workbench.figures import style
from workbench.privacy import HIDDEN

if TYPE_CHECKING:
    from workbench.finding import Finding


@dataclass(frozen=True)
class Row:
    """One group of a finding, as shown."""

    labels: tuple[str, ...]
    value: float | None
    low: float | None
    high: float | None
    n: float | None
    hidden: bool
    words: str
    cells: Mapping[str, Any]

    def number(self, column: str) -> float | None:
        """Another column of this row as a number, or None where it is blank."""
        return _number(self.cells.get(column))


def shown(finding: Finding) -> list[Row]:
    """The finding's rows, from `to_frame()` alone, in the table's order."""
    frame = finding.to_frame()
    picture = finding.picture
    names = {role: str(picture.get(role, role)) for role in ("value", "low", "high")}
    for role, column in names.items():
        if role in picture and column not in frame.columns:
            raise DataFault(unknown("column", column, frame.columns, file=finding.name))
    for column, value in picture.get(
        "where", {}
    ).items():  # the rows that the picture is of, in a table of several kinds
        frame = frame[frame[column] == value]
    columns = [str(column) for column in frame.columns]
    records = [dict(zip(columns, values, strict=True)) for values in frame.itertuples(index=False, name=None)]
    figures = [_number(cells.get(name)) for cells in records for name in names.values()]
    digits = style.digits_for([figure for figure in figures if figure is not None])
    sign = is_signed(finding, [figure for figure in figures if figure is not None])
    rows = []
    for cells in records:
        hidden = bool(cells.get(HIDDEN, False))
        value, low, high, n = (None if hidden else _number(cells.get(name)) for name in (*names.values(), "n"))
        rows.append(
            Row(
                tuple(label(cells.get(column)) for column in finding.by),
                value,
                low,
                high,
                n,
                hidden,
                _words(_spanned(cells, picture), hidden, value, low, high, n, _of_ratio(value, digits, picture), sign),
                {} if hidden else cells,
            )
        )
    return rows


def is_signed(finding: Finding, figures: list[float]) -> bool:
    """Does the sign matter here? The picture says, or a number below zero does."""
    low = (finding.picture.get("range") or [0])[0]
    return bool(finding.picture.get("signed", low < 0 or any(figure < 0 for figure in figures)))


def blank(value: Any) -> bool:
    """Is there nothing in this cell?"""
    return value is None or value is pd.NA or value != value


def label(value: Any) -> str:
    """A group's name in words."""
    if blank(value):
        return "not known"
    return value.date().isoformat() if hasattr(value, "date") else str(value)


def day(value: Any) -> str | None:
    """A date as 2025-03-31, or None where there is none."""
    if blank(value):
        return None
    return value.isoformat()[:10] if isinstance(value, date) else str(value)[:10]


def _spanned(cells: Mapping[str, Any], picture: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row with its days as start and end, whatever the picture's columns of days are called."""
    return {
        **cells,
        **{
            role: cells.get(str(picture[role]))
            for role in ("start", "end")
            if picture.get("kind") == "gantt" and role in picture
        },
    }


def _of_ratio(value: float | None, digits: int, picture: Mapping[str, Any]) -> int:
    """Ratios are read each by itself: two digits, whatever the largest of them."""
    if picture.get("kind") != "ratios" or value is None:
        return digits
    return 0 if value >= 20 else 1 if value >= 2 else 2


def _number(value: Any) -> float | None:
    if isinstance(value, str | bool | date) or blank(value):
        return None
    return float(value)


def _words(
    cells: Mapping[str, Any],
    hidden: bool,
    value: float | None,
    low: float | None,
    high: float | None,
    n: float | None,
    digits: int,
    sign: bool,
) -> str:
    if hidden:
        return "hidden"
    if value is not None:
        return style.estimate(value, low, high, n, digits, sign)
    start, end = day(cells.get("start")), day(cells.get("end"))
    if start or end:
        status = f", {cells['status']}" if cells.get("status") else ""
        return f"{start or 'open'} to {end or 'open'}{status}"
    return "no figure"
