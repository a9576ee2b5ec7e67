"""A series with what is usual for it: points, their centre, stepped limits, signals and what happened.

Takes a Finding with one row a period and gives a plotly figure. Columns: value, and where they are there centre (or
what `picture["centre"]` names), `usual from`, `usual to`, observed and signal; `picture["events"]` are pairs of a period
and words, drawn as upright lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import Row, is_signed, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.finding import Finding

TALL = 320
NAMED = 12  # words along the axis
LISTED = 6  # hidden periods that are named


def control(finding: Finding) -> go.Figure:
    """Points in time with centre and limits; those that signal stand out; a gap is left where nothing is shown."""
    rows, picture = shown(finding), finding.picture
    middle = str(picture.get("centre", "centre"))
    lower, upper = ([row.number(name) for row in rows] for name in ("usual from", "usual to"))
    centre = [row.number(middle) for row in rows]
    values = [row.value for row in rows]
    observed = [row.number("observed") for row in rows]
    low, high = _reach([*values, *lower, *upper, *centre, *observed])
    figure = go.Figure()
    for run in _runs(lower, upper):
        x, down, up = _steps(run, lower), _heights(run, lower), _heights(run, upper)
        figure.add_scatter(
            x=x + x[::-1], y=up + down[::-1], mode="lines", fill="toself", fillcolor="rgba(138,146,158,0.13)",
            line={"width": 0, "color": style.GREY}, hoverinfo="skip",
        )  # fmt: skip
    every = [at for at, one in enumerate(centre) if one is not None]
    if picture.get("stepped") or any(one is not None for one in lower):
        across = [x for at in every for x in (at - 0.5, at + 0.5)]
        heights = [centre[at] for at in every for _ in range(2)]
    else:
        across, heights = [float(at) for at in every], [centre[at] for at in every]
    figure.add_scatter(x=across, y=heights, mode="lines", line={"color": style.GREY, "width": 1.4}, hoverinfo="skip")
    if any(one is not None for one in observed):
        _dots(figure, rows, observed, [style.PALE] * len(rows), 7)
    figure.add_scatter(
        x=list(range(len(rows))), y=values, mode="lines", connectgaps=False, line={"color": style.BLUE, "width": 1.8},
        hoverinfo="skip",
    )  # fmt: skip
    marks = [bool(row.cells.get("signal")) for row in rows]
    _dots(figure, rows, values, [style.ORANGE if mark else style.BLUE for mark in marks], 9)
    places = [", ".join(row.labels) for row in rows]
    shapes, notes = _events(places, picture.get("events", ()))
    notes += _signals(rows, marks, finding, low, high)
    notes += _ends(rows, centre, lower, upper, finding, low, high, middle)
    step = -(-len(rows) // NAMED)
    named = [at for at in range(len(rows)) if (len(rows) - 1 - at) % step == 0]
    ticks = [style.wrapped(places[at], 12) for at in named]
    withheld = [place for place, row in zip(places, rows, strict=True) if row.hidden]
    gaps = [at for at, row in enumerate(rows) if row.hidden]
    if len(gaps) <= LISTED:
        notes += [_note("hidden", at, low, style.GREY) | {"yanchor": "bottom", "textangle": -90} for at in gaps]
    signed = is_signed(finding, [low, high])
    wide = max(
        (len(note["text"].replace("<b>", "").replace("</b>", "")) for note in notes if note.get("side")), default=0
    )
    for note in notes:
        note.pop("side", None)
    figure.update_layout(
        **style.layout(
            finding.sentence,
            TALL + 92,
            {"l": 60, "r": round(wide * style.LETTER) + 24, "b": 64},
            xaxis=style.axis(
                said_hidden(withheld),
                range=[-0.7, len(rows) - 0.3], tickmode="array", tickvals=named, ticktext=ticks,
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


def said_hidden(withheld: list[str]) -> str:
    """Which periods are hidden, or how many where they are many."""
    if not withheld:
        return ""
    return f"hidden: {', '.join(withheld) if len(withheld) <= LISTED else f'{len(withheld)} periods'}"


def _dots(
    figure: go.Figure, rows: Sequence[Row], values: Sequence[float | None], colours: list[str], size: int
) -> None:
    here = [at for at, value in enumerate(values) if value is not None]
    figure.add_scatter(
        x=here, y=[values[at] for at in here], mode="markers",
        marker={"color": [colours[at] for at in here], "size": size, "line": {"color": "#ffffff", "width": 1}},
        hovertext=[
            "<br>".join(
                style.words(word) for word in (*rows[at].labels, rows[at].words, rows[at].cells.get("signal")) if word
            )
            for at in here
        ],
        hoverinfo="text",
    )  # fmt: skip


def _events(places: list[str], events: Sequence[Sequence[str]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """An upright line before the period from which something was different, with its words above."""
    told: dict[int, list[str]] = {}
    for place, what in events:
        if place in places:
            told.setdefault(places.index(place), []).append(str(what))
    dashed = {"color": style.INK, "width": 1, "dash": "3px,3px"}
    shapes, notes = [], []
    for at, words in told.items():
        shapes.append(
            {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": at - 0.5, "x1": at - 0.5, "line": dashed}
        )
        right = at > len(places) / 2
        notes.append(
            {"text": style.words(", ".join(dict.fromkeys(words))), "x": at - 0.5, "y": 1, "yref": "paper",
             "yanchor": "bottom", "xanchor": "right" if right else "left", "showarrow": False,
             "font": {"size": 11, "color": style.INK}}
        )  # fmt: skip
    return shapes, notes


def _signals(rows: Sequence[Row], marks: list[bool], finding: Finding, low: float, high: float) -> list[dict[str, Any]]:
    """Points that signal, the first of those in a row, with period and value beside them where there is room."""
    found: list[dict[str, Any]] = []
    apart = max(2, -(-len(rows) * 110 // 620))
    sign = is_signed(finding, [low, high])
    digits = 0 if high - low >= 10 else 2
    last = -len(rows)
    for at, row in enumerate(rows):
        same = at > 0 and rows[at - 1].cells.get("signal") == row.cells.get("signal")
        if not marks[at] or same or row.value is None or at - last < apart:
            continue
        last = at
        above = row.value >= (row.number(str(finding.picture.get("centre", "centre"))) or 0.0)
        text = f"<b>{style.words(', '.join(row.labels))} {style.number(row.value, digits, sign)}</b>"
        found.append(
            _note(text, at, row.value, style.ORANGE)
            | {"yanchor": "bottom" if above else "top", "yshift": 8 if above else -8,
               "xanchor": "left" if at < 2 else "right" if at > len(rows) - 3 else "center"}
        )  # fmt: skip
    return found


def _ends(
    rows: Sequence[Row], centre: Sequence[float | None], lower: Sequence[float | None],
    upper: Sequence[float | None], finding: Finding, low: float, high: float, name: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """At the right: what the centre and the limits are called, and how high they stand."""
    sign = is_signed(finding, [low, high])
    digits = 0 if high - low >= 10 else 2
    words = "usual" if name == "centre" else name
    found: list[dict[str, Any]] = []
    for series, text in ((centre, words), (lower, "usual from"), (upper, "usual to")):
        last = next((at for at in range(len(rows) - 1, -1, -1) if series[at] is not None), None)
        if last is None:
            continue
        height = series[last] or 0.0
        if any(abs(one["y"] - height) < 0.05 * (high - low) for one in found):
            continue
        found.append(
            _note(f"{style.words(text)} {style.number(height, digits, sign)}", len(rows) - 0.3, height, style.DIM)
            | {"xanchor": "left", "xshift": 6, "yanchor": "middle", "side": True}
        )
    return found


def _note(text: str, x: float, y: float, colour: str) -> dict[str, Any]:
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": {"size": 11.5, "color": colour}}


def _reach(values: Sequence[float | None]) -> tuple[float, float]:
    known = [one for one in values if one is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    room = 0.12 * (high - low) or abs(high) * 0.1 or 1.0
    return low - room, high + room


def _runs(lower: Sequence[float | None], upper: Sequence[float | None]) -> list[list[int]]:
    runs: list[list[int]] = [[]]
    for at, (down, up) in enumerate(zip(lower, upper, strict=True)):
        if down is not None and up is not None:
            runs[-1].append(at)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _steps(run: list[int], _: Sequence[float | None]) -> list[float]:
    return [x for at in run for x in (at - 0.5, at + 0.5)]


def _heights(run: list[int], series: Sequence[float | None]) -> list[float | None]:
    return [series[at] for at in run for _ in range(2)]
