"""How many are still there: step curves with their bands, and the people still followed below.

Takes a Finding with one row a group, whose `picture["curves"]` holds a curve a group (labels, time, survival, low, high,
at_risk, marks, marks_at_risk). Curves of hidden groups are not drawn, and a curve ends where fewer than the minimum base
are followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import shown

if TYPE_CHECKING:
    from workbench.finding import Finding

TALL = 340


def survival(finding: Finding) -> go.Figure:
    """Step curves of the share still there, each with its name at its end and its people at risk below the axis."""
    rows, picture = shown(finding), finding.picture
    known = {tuple(row.labels): row for row in rows if not row.hidden}
    curves = [one for one in picture.get("curves", ()) if tuple(one["labels"]) in known]
    unit = str(picture.get("unit", "months"))
    figure = go.Figure()
    ends, lowest, longest = [], 100.0, 1.0
    for index, curve in enumerate(curves):
        shade = style.colour(index)
        steps = _steps(curve, finding.minimum)
        longest = max([longest, *(one[0] for one in steps)])
        lowest = min([lowest, *(one[2] if one[2] is not None else one[1] for one in steps)])
        band = [one for one in steps if one[2] is not None and one[3] is not None]
        x = [one[0] for one in band]
        figure.add_scatter(
            x=x + x[::-1], y=[one[3] for one in band] + [one[2] for one in band][::-1], mode="lines", fill="toself",
            fillcolor=style.wash(shade), line={"width": 0, "color": shade}, hoverinfo="skip",
        )  # fmt: skip
        name = ", ".join(curve["labels"]) or "all"
        told = [
            f"{style.words(name)}<br>{style.number(one[0], 1)} {style.words(unit)}: {style.number(one[1], 1)} %"
            for one in steps
        ]
        figure.add_scatter(
            x=[one[0] for one in steps], y=[one[1] for one in steps], mode="lines", line={"color": shade, "width": 2.4},
            hovertext=told, hoverinfo="text",
        )  # fmt: skip
        if steps:
            ends.append((steps[-1], name, shade))
    low = 0.0 if lowest < 60 else max(0.0, lowest - 0.15 * (100 - lowest) - 1)
    notes = _names(ends, low, longest) + _at_risk(curves, finding.minimum, longest)
    marks = curves[0]["marks"] if curves else []
    hidden = [", ".join(row.labels) for row in rows if row.hidden]
    room = 70 + 17 * (len(curves) + 1)
    left = max([112, *(round(style.widest([_short(curve)])) + 40 for curve in curves)])
    figure.update_layout(
        **style.layout(
            finding.sentence,
            TALL + room,
            {"l": left, "r": max([60, *(round(style.widest([end[1]])) + 60 for end in ends)]), "b": room},
            xaxis=style.axis(
                unit + (f"   ·   hidden: {', '.join(hidden)}" if hidden else ""), range=[0, longest * 1.01],
                tickmode="array", tickvals=_round(marks, longest), ticktext=[style.number(one) for one in _round(marks, longest)],
            ),
            yaxis=style.axis(
                "% still there", range=[low, 100 + 0.02 * (100 - low)], showgrid=True, gridcolor=style.LINE,
                **style.ticks(low, 100, 5),
            ),
            annotations=notes,
        )
    )  # fmt: skip
    return figure


def _steps(curve: Mapping[str, Any], minimum: int) -> list[tuple[float, float, float | None, float | None]]:
    """The corners of a curve in per cent: time, share, low, high; it ends where too few are still followed."""
    corners: list[tuple[float, float, float | None, float | None]] = [(0.0, 100.0, None, None)]
    for time, share, low, high, at_risk in zip(
        *(curve[name] for name in ("time", "survival", "low", "high", "at_risk")), strict=True
    ):
        if at_risk < minimum:
            break
        _, before, down, up = corners[-1]
        corners.append((time, before, down, up))
        corners.append((time, 100 * share, None if low is None else 100 * low, None if high is None else 100 * high))
    return corners


def _names(ends: Sequence[tuple[Any, str, str]], low: float, longest: float) -> list[dict[str, Any]]:
    """Each curve's name and last share at its end, set apart where they would touch."""
    notes: list[dict[str, Any]] = []
    apart, at = 19 * (100 - low) / TALL, -1e9
    for step, name, shade in sorted(ends, key=lambda end: end[0][1]):
        at = max(at + apart, step[1])
        notes.append(
            {"text": f"<b>{style.words(name)}</b> {style.number(step[1])} %", "x": longest * 1.01, "y": at, "showarrow": False,
             "xanchor": "left", "yanchor": "middle", "xshift": 4, "font": {"size": 12, "color": shade}}
        )  # fmt: skip
    return notes


def _at_risk(curves: Sequence[Mapping[str, Any]], minimum: int, longest: float) -> list[dict[str, Any]]:
    """Below the axis: how many of each group are still followed at a few times."""
    base = {"showarrow": False, "yref": "paper", "y": 0, "yanchor": "top", "font": {"size": 11, "color": style.DIM}}
    notes: list[dict[str, Any]] = []
    if curves:
        notes.append(
            base
            | {
                "text": "<i>still followed</i>",
                "xref": "paper",
                "x": 0,
                "xanchor": "right",
                "xshift": -28,
                "yshift": -44,
            }
        )
    for index, curve in enumerate(curves):
        down = {"yshift": -44 - 17 * (index + 1)}
        ink = {"font": {"size": 11, "color": style.colour(index)}}
        notes.append(
            base
            | down
            | ink
            | {"text": style.words(_short(curve)), "xref": "paper", "x": 0, "xanchor": "right", "xshift": -28}
        )
        for time, many in zip(curve["marks"], curve["marks_at_risk"], strict=True):
            if time <= longest * 1.01:
                text = style.number(many) if many >= minimum or many == 0 else "–"
                notes.append(base | down | ink | {"text": text, "x": time})
    return notes


def _short(curve: Mapping[str, Any]) -> str:
    return ", ".join(curve["labels"])[:26] or "all"


def _round(marks: Sequence[float], longest: float) -> list[float]:
    return [one for one in marks if one <= longest * 1.01]
