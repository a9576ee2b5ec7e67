"""Shares that add up to a whole: one bar a group, a piece an answer, the bad end orange and the good end blue.

Knows the house style and the rows of a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import Row, shown
from workbench.figures.rows import ROW, note_beside, places_of, room_for

if TYPE_CHECKING:
    from workbench.finding import Finding

WIDE = 6  # per cent from which a piece has room for its figure
ENDS = {
    "bad": (style.ORANGE, "#f0d3c4"),
    "good": ("#c9daf0", style.BLUE),
}  # from the first answer of an end to its last
MIDDLE = "#dfe2e6"


def stacked(finding: Finding) -> go.Figure:
    """One bar of 100 % a group, in the table's order; the last column of groups names the pieces."""
    rows, picture = shown(finding), finding.picture
    pieces = list(dict.fromkeys(row.labels[-1] for row in rows))
    by_group: dict[tuple[str, ...], dict[str, Row]] = {}
    for row in rows:
        by_group.setdefault(row.labels[:-1], {})[row.labels[-1]] = row
    heads = [_head(labels, told) for labels, told in by_group.items()]
    heights, ticks = places_of(heads)
    shades = _shades(pieces, picture)
    figure = go.Figure()
    for piece in pieces:
        values = [told[piece].value if piece in told else None for told in by_group.values()]
        bold = shades[piece] in (style.ORANGE, style.BLUE)
        figure.add_bar(
            x=values,
            y=heights,
            orientation="h",
            width=[0.72] * len(values),
            marker={"color": shades[piece], "line": {"width": 1, "color": "#ffffff"}},
            text=[style.number(one) if one is not None and one >= WIDE else "" for one in values],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"size": 11, "color": "#ffffff" if bold else style.INK},
            hovertext=[
                f"{style.words(', '.join((*labels, piece)))}<br>{style.words(told[piece].words if piece in told else '')}"
                for labels, told in by_group.items()
            ],
            hoverinfo="text",
        )
    bottom = max(heights, default=0) + 0.6
    bases = [_base(told.values()) for told in by_group.values()]
    labels = [note_beside(text, height, head.hidden) for text, height, head in zip(bases, heights, heads, strict=True)]
    labels.append(_key(pieces, shades))
    figure.update_layout(
        **style.layout(
            finding.sentence,
            round(ROW * (bottom + 0.6)) + 72,
            {"l": room_for(list(ticks.values()), 40), "r": room_for(bases, 50) + 12, "b": 48},
            barmode="stack",
            xaxis=style.axis(str(picture.get("unit", "")), range=[0, 100], **style.ticks(0, 100, 5)),
            yaxis=style.axis(
                range=[bottom, -1.2],
                tickmode="array",
                tickvals=list(ticks),
                ticktext=list(ticks.values()),
                tickfont={"size": 12.5, "color": style.INK},
            ),
            annotations=labels,
        )
    )
    return figure


def _head(labels: tuple[str, ...], told: dict[str, Row]) -> Row:
    """The row of a group as a whole."""
    hidden = all(row.hidden for row in told.values())
    return Row(labels or ("all",), None, None, None, None, hidden, "hidden" if hidden else "", {})


def _base(told: Any) -> str:
    known = next((row.n for row in told if row.n is not None), None)
    return "hidden" if known is None else f"n {style.number(known)}"


def _shades(pieces: Sequence[str], picture: Any) -> dict[str, str]:
    """The bad end from full to pale orange, the good end from pale to full blue (or turned round), the rest grey."""
    found = dict.fromkeys(pieces, MIDDLE)
    for end, (first, last) in ENDS.items():
        mine = [one for one in pieces if one in (picture.get("ends") or {}).get(end, ())]
        if mine and (pieces.index(mine[0]) > 0) == (end == "bad"):
            first, last = last, first
        if len(mine) == 1:
            found[mine[0]] = style.ORANGE if end == "bad" else style.BLUE
        for place, one in enumerate(mine if len(mine) > 1 else ()):
            found[one] = _between(first, last, place / (len(mine) - 1))
    return found


def _between(first: str, last: str, at: float) -> str:
    pairs = ((int(first[k : k + 2], 16), int(last[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * at):02x}" for a, b in pairs)


def _key(pieces: Sequence[str], shades: dict[str, str]) -> dict[str, Any]:
    """Which shade is which answer, in one line above the bars."""
    told = "  ".join(f"<span style='color:{shades[one]}'>■</span> {style.words(one)}" for one in pieces)
    return note_beside(told, 0, False) | {
        "x": 0,
        "xanchor": "left",
        "xshift": 0,
        "y": 1,
        "yref": "paper",
        "yanchor": "top",
        "font": {"size": 12, "color": style.DIM},
    }
