"""How sure ranks are: one row an option, one column a rank, each cell how many of 100 redraws give it that rank.

Takes a Finding and gives a plotly figure made of plain lists. Knows the house style and the rows of a finding.
`picture["ranks"]` names the columns that hold the shares (0 to 1), the first rank first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import shown
from workbench.figures.rows import note_beside, room_for, row_of
from workbench.figures.spoken import middle_rank, shares_of

if TYPE_CHECKING:
    from workbench.finding import Finding

ROW = 28  # pixels of a row at the least
MANY = 14  # ranks from which on small shares go without their number, and not every rank is written below
FEW = 0.05  # of the redraws: a small share there


def rank_shares(finding: Finding) -> go.Figure:
    """A heat table, darker where a rank is taken more often; beside it the middle rank, and the ranks of 90 of 100 redraws."""
    rows = shown(finding)
    ranks = list(finding.picture.get("ranks", ()))
    shares = [shares_of(row, ranks) for row in rows]
    heights = list(range(len(rows)))
    names = [style.wrapped(", ".join(row.labels), 40) + (" <i>(hidden)</i>" if row.hidden else "") for row in rows]
    figure = go.Figure()
    figure.add_heatmap(
        x=list(range(1, len(ranks) + 1)),
        y=heights,
        z=[[100 * one for one in some] if some else [None] * len(ranks) for some in shares],
        zmin=0,
        zmax=100,
        colorscale=[[0, "#ffffff"], [0.5, "#86aad6"], [1, style.BLUE]],
        showscale=False,
        xgap=2,
        ygap=2,
        text=[
            [_cell(one) if one >= FEW or len(ranks) <= MANY else "" for one in some] if some else [""] * len(ranks)
            for some in shares
        ],
        texttemplate="%{text}",
        textfont={"size": 12 if len(ranks) <= MANY else 9},
        hovertext=[
            [f"{name}<br>rank {rank}: {_cell(one) or 0} of 100 redraws" for rank, one in enumerate(some, start=1)]
            if some
            else [name] * len(ranks)
            for name, some in zip(names, shares, strict=True)
        ],
        hoverinfo="text",
    )
    told = [middle_rank(row, ranks) for row in rows]
    bottom = len(rows) - 0.5
    below = list(range(1, len(ranks) + 1, -(-len(ranks) // MANY) or 1))
    figure.update_layout(
        **style.layout(
            finding.sentence,
            row_of(names, ROW) * len(rows) + 62,
            {"l": room_for(names, 40), "r": room_for(told, 60) + 12, "b": 48},
            xaxis=style.axis(
                f"rank; the number is in how many of 100 redraws{', from 5 on' if len(ranks) > MANY else ''}",
                range=[0.5, len(ranks) + 0.5],
                tickmode="array",
                tickvals=below,
                ticktext=[str(one) for one in below],
                tickangle=0,
            ),
            yaxis=_names(names, heights, bottom),
            annotations=[
                note_beside(style.words(text), height, row.hidden or not some)
                for text, height, row, some in zip(told, heights, rows, shares, strict=True)
            ],
        )
    )
    return figure


def _cell(share: float) -> str:
    """How many of 100 redraws, nothing where none."""
    if share <= 0:
        return ""
    return "<1" if share < 0.005 else str(max(1, round(100 * share)))


def _names(names: list[str], heights: list[int], bottom: float) -> dict[str, Any]:
    font = {"size": 12.5, "color": style.INK}
    return style.axis(range=[bottom, -0.5], tickmode="array", tickvals=heights, ticktext=names, tickfont=font)
