"""Off the planned way: steps across in their order, a row a kind of deviation, and on each mark what goes with it.

Knows the house style and the rows of a finding, whose labels are step and kind. The area of a mark is the share of people;
`picture["cost"]` names the column with the difference in a score, `picture["p"]` that of its p: where it is beyond chance
the mark is coloured and says the difference.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import Row, shown
from workbench.figures.rows import kinds_of

if TYPE_CHECKING:
    from workbench.finding import Finding

ORDER = ("skipped", "out of order", "too late", "repeated")
ACROSS = 16  # steps that stand side by side
LARGEST, TALL, ALPHA = 40, 92, 0.05
WORDY = 9  # steps from which their names are written aslant


def deviations(finding: Finding) -> go.Figure:
    """One mark a step and kind, its share in per cent below it."""
    rows, picture = [row for row in shown(finding) if len(row.labels) == 2], finding.picture
    steps = kinds_of([row.labels[0] for row in rows])
    most = {step: max((row.value or 0 for row in rows if row.labels[0] == step), default=0) for step in steps}
    kept = sorted(sorted(steps, key=lambda step: -most[step])[:ACROSS], key=steps.index)
    kinds = kinds_of([row.labels[1] for row in rows])
    kinds = [kind for kind in ORDER if kind in kinds] + [kind for kind in kinds if kind not in ORDER]
    seen = [row for row in rows if row.labels[0] in kept and row.value is not None and row.value > 0]
    figure, notes = go.Figure(), []
    shades = [_shade(finding, row) for row in seen]
    figure.add_scatter(
        x=[kept.index(row.labels[0]) for row in seen],
        y=[kinds.index(row.labels[1]) for row in seen],
        mode="markers",
        marker={
            "color": shades,
            "size": [max(4.0, round(LARGEST * math.sqrt((row.value or 0) / 100), 1)) for row in seen],
            "opacity": 0.75,
            "line": {"width": 0},
        },
        hovertext=[
            f"{style.words(row.labels[0])} {style.words(row.labels[1])}<br>{style.words(row.words)}" for row in seen
        ],
        hoverinfo="text",
    )
    for row, shade in zip(seen, shades, strict=True):
        value = row.value or 0.0
        text = f"{style.number(value, 0 if value >= 0.95 else 1)} %"
        cost = row.number(str(picture.get("cost", "")))
        if shade != style.GREY and cost is not None:
            word = str(picture.get("cost_word", ""))
            text = (
                f"<b>{text}</b><br>{style.words(word.upper() if word == 'nps' else word)} {style.number(cost, 0, True)}"
            )
        notes.append(
            {"text": text, "x": kept.index(row.labels[0]), "y": kinds.index(row.labels[1]), "showarrow": False,
             "yanchor": "top", "yshift": -round(LARGEST * math.sqrt(value / 100) / 2) - 1,
             "font": {"size": 11, "color": style.INK if shade == style.GREY else shade}}
        )  # fmt: skip
    aslant = len(kept) >= WORDY
    names = [
        style.words(step if len(step) <= 24 else f"{step[:22]}…") if aslant else style.wrapped(step, 13)
        for step in kept
    ]
    foot = (
        round(0.75 * style.widest(names)) + 24 if aslant else 30 + 15 * max((n.count("<br>") for n in names), default=0)
    )
    gone = len(steps) - len(kept)
    hidden = kinds_of([row.labels[0] for row in rows if row.hidden])
    under = [f"{gone} steps with fewer deviations are in the table"] if gone else []
    under += [f"hidden: {', '.join(hidden[:3])}{' …' if len(hidden) > 3 else ''}"] if hidden else []
    figure.update_layout(
        **style.layout(
            finding.sentence,
            TALL * max(len(kinds), 1) + foot + 34,
            {"l": round(style.widest(kinds)) + 24, "r": 24, "b": foot + 34},
            xaxis=style.axis(
                " · ".join(["area: " + str(picture.get("unit", "% of people")), *under]),
                range=[-0.6, len(kept) - 0.4], tickmode="array", tickvals=list(range(len(kept))), ticktext=names,
                tickangle=-35 if aslant else 0,
            ),
            yaxis=style.axis(
                range=[len(kinds) - 0.3, -0.6], tickmode="array", tickvals=list(range(len(kinds))),
                ticktext=[style.words(kind) for kind in kinds], tickfont={"size": 12.5, "color": style.INK},
            ),
            shapes=[
                {"type": "line", "x0": -0.6, "x1": len(kept) - 0.4, "y0": at, "y1": at, "layer": "below",
                 "line": {"color": style.LINE, "width": 1}}
                for at in range(len(kinds))
            ],
            annotations=notes,
        )
    )  # fmt: skip
    return figure


def _shade(finding: Finding, row: Row) -> str:
    """Orange where the score of those who deviate is lower beyond chance, blue where it is higher."""
    cost, p = (row.number(str(finding.picture.get(name, ""))) for name in ("cost", "p"))
    if cost is None or p is None or p >= ALPHA:
        return style.GREY
    return style.ORANGE if cost < 0 else style.BLUE
