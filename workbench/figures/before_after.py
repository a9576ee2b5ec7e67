"""A measure before and after something was done: one series with its course, or treated beside others.

Takes a Finding whose `picture["series"]` holds one row a group and period (group, period, value, n, fitted, without,
after), in the order of time. Periods under the finding's minimum base are hidden here, with their complements, as tables
hide them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from workbench import privacy
from workbench.figures import style
from workbench.figures.control import NAMED, TALL, _events, _note, _reach, said_hidden
from workbench.figures.data import blank

if TYPE_CHECKING:
    from workbench.finding import Finding

COLUMNS = ["group", "period", "value", "n", "fitted", "without", "after"]


def before_after(finding: Finding) -> go.Figure:
    """Points and lines a group, the fitted course, the old course carried on (dashed), and an upright line at the date."""
    table, picture = _shown(finding), finding.picture
    places = list(dict.fromkeys(str(one) for one in table["period"]))
    names = list(dict.fromkeys(table["group"]))
    names.sort(key=lambda name: name == "others")
    signed = bool(picture.get("signed", False))
    low, high = _reach([_number(one) for column in ("value", "fitted", "without") for one in table[column]])
    digits = 0 if high - low >= 10 else 2
    figure = go.Figure()
    shapes, notes = _events(places, picture.get("events", ()))
    heights: list[float] = []
    for index, name in enumerate(names):
        mine = table[table["group"] == name].set_index(table.loc[table["group"] == name, "period"].astype(str))
        values = [_number(mine["value"].get(one)) for one in places]
        shade = style.BLUE if index == 0 else style.GREY
        bases = [_number(mine["n"].get(one)) for one in places]
        told = [
            f"{style.words(name)} {style.words(one)}<br>{style.estimate(value, n=n, digits=digits, signed=signed)}"
            for one, value, n in zip(places, values, bases, strict=True)
        ]
        alone = bool(mine["fitted"].isna().all())
        figure.add_scatter(
            x=list(range(len(places))), y=values, mode="lines+markers" if alone else "markers", connectgaps=False,
            line={"color": shade, "width": 2}, marker={"color": shade, "size": 8, "line": {"color": "#ffffff", "width": 1}},
            hovertext=[text.strip() for text in told], hoverinfo="text",
        )  # fmt: skip
        for column, dash, ink, words in (
            ("fitted", "solid", style.BLUE, ""),
            ("without", "6px,4px", style.GREY, "old course"),
        ):
            for side in (False, True):
                part = mine[(mine["after"] == side) & mine[column].notna()]
                if part.empty:
                    continue
                figure.add_scatter(
                    x=[places.index(one) for one in part.index], y=[float(one) for one in part[column]], mode="lines",
                    line={"color": ink, "width": 2, "dash": dash}, hoverinfo="skip",
                )  # fmt: skip
                if side:
                    at = float(part[column].iloc[-1])
                    label = words or "now"
                    notes.append(
                        _end(f"{label} {style.number(at, digits, signed)}", places, at, ink, heights, high - low)
                    )
        last = next((value for value in reversed(values) if value is not None), None)
        if alone and name and last is not None:
            label = f"<b>{style.words(name)}</b> {style.number(last, digits, signed)}"
            notes.append(_end(label, places, last, shade, heights, high - low))
    hidden = [f"{row.group} {row.period}".strip() for row in table.itertuples() if row.hidden]
    step = -(-max(len(places), 1) // NAMED)
    named = [at for at in range(len(places)) if (len(places) - 1 - at) % step == 0]
    figure.update_layout(
        **style.layout(
            finding.sentence,
            TALL + 92,
            {"l": 60, "r": 140, "b": 64},
            xaxis=style.axis(
                said_hidden(hidden),
                range=[-0.7, len(places) - 0.3], tickmode="array", tickvals=named,
                ticktext=[style.wrapped(places[at], 12) for at in named],
            ),
            yaxis=style.axis(
                str(picture.get("unit", "")), range=[low, high], showgrid=True, gridcolor=style.LINE,
                **style.ticks(low, high, 6, signed),
            ),
            shapes=shapes,
            annotations=notes,
        )
    )  # fmt: skip
    return figure


def _shown(finding: Finding) -> pd.DataFrame:
    table = pd.DataFrame(list(finding.picture.get("series", ())), columns=COLUMNS)
    plain = table.drop(columns="after")
    shown = privacy.hide_small(plain, ("group", "period"), finding.minimum).assign(after=table["after"].astype(bool))
    if privacy.HIDDEN not in shown:
        shown[privacy.HIDDEN] = False
    shown["fitted"] = table["fitted"]  # a line through all periods is no figure of one of them
    shown["without"] = table["without"]
    return shown


def _end(text: str, places: list[str], height: float, colour: str, taken: list[float], span: float) -> dict[str, Any]:
    """A word at the right end of a line, moved where another stands."""
    at = height
    while any(abs(at - other) < 0.06 * span for other in taken):
        at += 0.06 * span if height >= max(taken) else -0.06 * span
    taken.append(at)
    return _note(text, len(places) - 0.5, at, colour) | {"xanchor": "left", "yanchor": "middle"}


def _number(value: Any) -> float | None:
    return None if blank(value) else float(value)
