"""What a poor one costs and what a good one brings: bars to the left and right of nought, one row a group.

Knows the house style and the rows of a finding. `picture["left"]` and `picture["right"]` name the columns; their
intervals stand in the columns of the same name with " from" and " to".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import blank, shown
from workbench.figures.rows import ROW, note_beside, places_of, room_for, rows_axis, upright_line

if TYPE_CHECKING:
    from workbench.finding import Finding


def twosided(finding: Finding) -> go.Figure:
    """Two bars a row from nought, with whiskers; `picture["say"]` names a column whose words stand beside the row."""
    rows, picture = shown(finding), finding.picture
    heights, ticks = places_of(rows)
    sides = ((str(picture.get("left", "left")), style.ORANGE), (str(picture.get("right", "right")), style.BLUE))
    figure = go.Figure()
    reach = [0.0]
    told = []
    digits = style.digits_for([one for row in rows for name, _ in sides if (one := row.number(name)) is not None])
    for (name, shade), shift in zip(sides, (-0.08, 0.08), strict=True):  # so that whiskers that cross do not merge
        values = [row.number(name) for row in rows]
        ends = [(row.number(f"{name} from"), row.number(f"{name} to")) for row in rows]
        reach += [one for one in values if one is not None] + [one for end in ends for one in end if one is not None]
        seen = [(value, height) for value, height in zip(values, heights, strict=True) if value is not None]
        figure.add_bar(
            x=[value for value, _ in seen],
            y=[height for _, height in seen],
            orientation="h",
            width=[0.46] * len(seen),
            marker={"color": shade, "opacity": 0.6, "line": {"width": 0}},
            hoverinfo="skip",
        )
        across: list[float | None] = []
        down: list[float | None] = []
        for (low, high), height in zip(ends, heights, strict=True):
            if low is not None and high is not None:
                across += [low, high, None]
                down += [height + shift, height + shift, None]
        figure.add_scatter(
            x=across, y=down, mode="lines", line={"color": style.INK, "width": 1.6}, opacity=0.75, hoverinfo="skip"
        )
    for row in rows:
        parts = [style.number(row.number(name), digits, True) for name, _ in sides]
        beside = row.cells.get(str(picture.get("say", "")))
        said = "" if blank(beside) else f" <b>{style.words(beside)}</b>"
        told.append(row.words if row.hidden else f"{' / '.join(parts)} n {style.number(row.n)}{said}")
    room = 0.06 * (max(reach) - min(reach)) or 1.0
    low, high = min(reach) - room, max(reach) + room
    bottom = max(heights, default=0) + 0.6
    labels = [note_beside(text, height, row.hidden) for text, row, height in zip(told, rows, heights, strict=True)]
    for (_, shade), word, at, anchor in zip(
        sides, (picture.get("left_word"), picture.get("right_word")), (-6, 6), ("right", "left"), strict=True
    ):
        head = note_beside(f"<span style='color:{shade}'>{style.words(word or '')}</span>", 1, False)
        labels.append(
            head | {"x": 0, "xref": "x", "xanchor": anchor, "xshift": at, "yref": "paper", "yanchor": "bottom"}
        )
    figure.update_layout(
        **style.layout(
            finding.sentence,
            round(ROW * (bottom + 0.6)) + 62,
            {"l": room_for(list(ticks.values()), 40), "r": room_for(told, 60) + 12, "b": 48},
            barmode="overlay",
            xaxis=style.axis(
                str(picture.get("unit", "")),
                range=[low, high],
                showgrid=True,
                gridcolor=style.LINE,
                **style.ticks(low, high, 7, True),
            ),
            yaxis=rows_axis(ticks, bottom),
            shapes=[upright_line(0.0, bottom)],
            annotations=labels,
        )
    )
    return figure
