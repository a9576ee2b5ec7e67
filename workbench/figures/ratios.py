"""Ratios and their intervals on an axis of logarithms, one row a group: twice as often is as far from once as half.

Knows the house style and the rows of a finding.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from workbench.figures.data import Row, shown
from workbench.figures.rows import intervals

if TYPE_CHECKING:
    from workbench.finding import Finding

MARKS = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000)
TAIL = 3.0  # times beyond the outermost estimates that a whisker is followed


def ratios(finding: Finding) -> go.Figure:
    """Dot and whisker on a logarithmic axis with a line at 1 (or the picture's reference), in the table's order.

    An estimate of nought has no place on it: its whisker runs in from the left edge.
    """
    low, high = _reach(shown(finding))
    picture = {"reference": 1} | dict(finding.picture) | {"range": [low, high]}
    figure = intervals(replace(finding, picture=picture))
    marks = [one for one in MARKS if low <= one <= high]
    if len(marks) > 9:
        marks = [one for one in marks if math.log10(one) == round(math.log10(one))]
    figure.update_xaxes(
        type="log",
        range=[math.log10(low), math.log10(high)],
        tickmode="array",
        tickvals=marks,
        ticktext=[f"{one:,g}" for one in marks],
    )
    return figure


def _reach(rows: Sequence[Row]) -> tuple[float, float]:
    """The axis: all estimates, and their whiskers as far as they do not squeeze the rest."""

    def numbers(*kinds: str) -> list[float]:
        all_of = [getattr(row, kind) for row in rows for kind in kinds]
        return [one for one in all_of if one is not None and 0 < one < math.inf]

    least, most = min([0.8, *numbers("value", "high")]), max([1.25, *numbers("value", "low")])
    low = max(min([least, *numbers("low")]), least / TAIL)
    high = min(max([most, *numbers("high")]), most * TAIL)
    return 0.9 * low, 1.1 * high
