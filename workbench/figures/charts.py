"""Drawings with places side by side: lines, compare; and the axis and level of values that such drawings share.

Each takes a Finding and gives a plotly figure made of plain lists. Knows the house style and the rows of a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import Row, blank, is_signed, shown
from workbench.figures.labels import Box, Segment, Wanted, place, spread
from workbench.figures.rows import kinds_of, note_beside, reach_of, room_for

if TYPE_CHECKING:
    from workbench.finding import Finding

DRAWN = (700, 330)  # pixels that a drawing's inside usually has: labels are placed for this size


def lines(finding: Finding) -> go.Figure:
    """One line a group over waves or months, its interval as a band, its name at its end."""
    rows, picture = shown(finding), finding.picture
    along = finding.by.index(picture["x"]) if picture.get("x") in finding.by else 0
    places = kinds_of([row.labels[along] for row in rows])
    names = kinds_of([_other(row, along) for row in rows])
    low, high = reach_of(rows, picture)
    figure, ends = go.Figure(), []
    for index, name in enumerate(names):
        mine = {row.labels[along]: row for row in rows if _other(row, along) == name}
        shade = style.colour(index)
        for run in _runs([mine.get(one) for one in places]):
            _band(figure, run, shade)
        values = [mine[one].value if one in mine else None for one in places]
        hover = [
            f"{style.words(name)} {style.words(one)}<br>{mine[one].words if one in mine else ''}" for one in places
        ]
        _line(figure, list(range(len(places))), values, shade, [text.strip() for text in hover])
        last = max((at for at, value in enumerate(values) if value is not None), default=None)
        if last is not None:
            row = mine[places[last]]
            ends.append(
                (last, row.value or 0.0, f"<b>{style.words(name)}</b> {row.words}".replace("<b></b> ", ""), shade)
            )
    height = max(DRAWN[1] - 60, 24 * len(ends))
    pixel = (high - low) / height
    moved = spread([end[1] for end in ends], 19 * pixel, low, high)
    labels = []
    for (at, value, text, shade), y in zip(ends, moved, strict=True):
        labels.append(note_beside(text, y, False) | {"font": {"size": 12, "color": shade}, "xshift": 8})
        if at < len(places) - 1:
            labels[-1]["text"] += f" <i>({style.words(places[at])})</i>"
        elif abs(y - value) > 6 * pixel:
            labels[-1]["xshift"] = 14
    ticks = []
    for one in places:
        withheld = [_other(row, along) for row in rows if row.labels[along] == one and row.hidden]
        note = f"hidden: {', '.join(withheld)}" if any(withheld) else "hidden" if withheld else ""
        ticks.append(style.wrapped(one, 14) + (f"<br><i>{style.wrapped(note, 16)}</i>" if note else ""))
    every = -(-len(places) // 12)  # at most a dozen words along the axis, the last always
    named = [at for at in range(len(places)) if (len(places) - 1 - at) % every == 0]
    ticks = [ticks[at] for at in named]
    figure.update_layout(
        **style.layout(
            finding.sentence,
            height + 70,
            {"l": 56, "r": room_for([label["text"] for label in labels], 40) + 14, "b": _foot(ticks)},
            xaxis=style.axis(range=[-0.3, len(places) - 0.88], tickmode="array", tickvals=named, ticktext=ticks),
            yaxis=value_axis(finding, low, high),
            shapes=level(picture.get("reference", 0 if low < 0 < high else None)),
            annotations=labels,
        )
    )
    return figure


def compare(finding: Finding) -> go.Figure:
    """Assumed (dashed, grey) beside measured (solid, blue, with its band), one place a step; surprises are labelled."""
    rows, picture = shown(finding), finding.picture
    assumed = [row.number(str(picture.get("assumed", "assumed"))) for row in rows]
    values = [row.value for row in rows]
    given = [one for one in assumed if one is not None]
    low, high = reach_of(rows, picture)
    if not picture.get("range") and given:
        low, high = min(low, min(given) - 4), max(high, max(given) + 4)
    figure = go.Figure()
    across = list(range(len(rows)))
    for run in _runs(list(rows)):
        _band(figure, run, style.BLUE)
    names = [", ".join(row.labels) for row in rows]
    figure.add_scatter(
        x=across,
        y=assumed,
        mode="lines+markers",
        line={"color": style.GREY, "width": 1.7, "dash": "6px,4px"},
        marker={"color": "#ffffff", "size": 8, "line": {"color": style.GREY, "width": 1.6}},
        hovertext=[
            f"{style.words(name)}<br>assumed {style.number(one)}" for name, one in zip(names, assumed, strict=True)
        ],
        hoverinfo="text",
    )
    hover = [f"{style.words(name)}<br>measured {style.words(row.words)}" for name, row in zip(names, rows, strict=True)]
    _line(figure, across, values, style.BLUE, hover)
    signed = is_signed(finding, [low, high, *given])
    wide, tall = max(DRAWN[0], 92 * len(rows)), DRAWN[1]
    shapes, notes = _surprises(rows, assumed, picture, low, high, wide, tall)
    ticks = []
    for name, row in zip(names, rows, strict=True):
        note = "hidden" if row.hidden else "nobody asked" if row.value is None else ""
        ticks.append(style.wrapped(name, 13) + (f"<br><i>{note}</i>" if note else ""))
    legend = (
        f"<span style='color:{style.GREY}'>- - assumed</span>   "
        f"<span style='color:{style.BLUE}'>━ measured, with interval</span>"
    )
    key = note_beside(legend, 1, False) | {
        "x": 1,
        "xanchor": "right",
        "yref": "paper",
        "yanchor": "bottom",
        "xshift": 0,
    }
    figure.update_layout(
        **style.layout(
            finding.sentence,
            tall + 24 + _foot(ticks),
            {"l": 56, "r": 24, "b": _foot(ticks)},
            xaxis=style.axis(range=[-0.5, len(rows) - 0.5], tickmode="array", tickvals=across, ticktext=ticks),
            yaxis=value_axis(finding, low, high, signed),
            shapes=[*level(picture.get("reference", 0 if low < 0 < high else None)), *shapes],
            annotations=[key, *notes],
        )
    )
    return figure


def _surprises(
    rows: Sequence[Row],
    assumed: Sequence[float | None],
    picture: Any,
    low: float,
    high: float,
    wide: float,
    tall: float,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The upright lines between assumed and measured where they differ beyond chance, and their words, set clear."""

    def x(at: float) -> float:
        return wide * (at + 0.5) / len(rows)

    def y(value: float) -> float:
        return tall * (high - value) / ((high - low) or 1)

    found = []
    for at, (row, guess) in enumerate(zip(rows, assumed, strict=True)):
        mark = row.cells.get(str(picture.get("surprise", "surprise")))
        if blank(mark) or mark is False or not bool(mark) or row.value is None or guess is None:
            continue
        gap = row.value - guess
        text = mark if isinstance(mark, str) else f"{style.number(gap, signed=True)} than assumed"
        found.append((at, row.value, guess, text, style.ORANGE if gap < 0 else style.BLUE))
    segments: list[Segment] = []
    for series in (list(assumed), [row.value for row in rows]):
        for at, (one, next_one) in enumerate(zip(series, series[1:], strict=False)):
            if one is not None and next_one is not None:
                segments.append((x(at), y(one), x(at + 1), y(next_one)))
    gaps = [(x(at), y(value), x(at), y(guess)) for at, value, guess, _, _ in found]
    dots = [
        Box(x(at) - 6, y(one) - 6, x(at) + 6, y(one) + 6)
        for series in (assumed, [row.value for row in rows])
        for at, one in enumerate(series)
        if one is not None
    ]
    wanted = [
        Wanted(x(at), min(y(value), y(guess)), max(y(value), y(guess)), [(8 * len(text), 18, 0), (8 * 5, 18, 80)])
        for at, value, guess, text, _ in found
    ]
    shy = [
        (x(at), y(start), x(at + 1), y(end))
        for run in _runs(list(rows))
        for (at, one), (_, other) in zip(run, run[1:], strict=False)
        for start, end in ((one.low or 0.0, other.low or 0.0), (one.high or 0.0, other.high or 0.0))
    ]
    spots = place(wanted, segments + gaps, dots, Box(0, 0, wide, tall), shy, beside=9)
    shapes = [
        {"type": "line", "x0": at, "x1": at, "y0": value, "y1": guess, "line": {"color": shade, "width": 1.6}}
        for at, value, guess, _, shade in found
    ]
    notes = []
    for (at, _, _, text, shade), spot in zip(found, spots, strict=True):
        side = spot.box.left - x(at)
        anchor = "left" if side > 0 else "right" if spot.box.right < x(at) else "center"
        edge = {"left": spot.box.left, "right": spot.box.right, "center": (spot.box.left + spot.box.right) / 2}[anchor]
        notes.append(
            {
                "text": f"<b>{style.words(text if spot.size == 0 else text.split(' ')[0])}</b>",
                "x": at,
                "xshift": edge - x(at),
                "xanchor": anchor,
                "y": high - (spot.box.top + spot.box.bottom) / 2 / tall * (high - low),
                "yanchor": "middle",
                "showarrow": False,
                "font": {"size": 12, "color": shade},
            }
        )
    return shapes, notes


def _other(row: Row, along: int) -> str:
    return ", ".join(label for at, label in enumerate(row.labels) if at != along)


def _runs(rows: Sequence[Row | None]) -> list[list[tuple[int, Row]]]:
    """Stretches of neighbours that all have an interval: a band breaks where there is nothing."""
    runs: list[list[tuple[int, Row]]] = [[]]
    for at, row in enumerate(rows):
        if row is not None and row.low is not None and row.high is not None:
            runs[-1].append((at, row))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _band(figure: go.Figure, run: list[tuple[int, Row]], shade: str) -> None:
    ahead = [(float(at), row.high) for at, row in run]
    back = [(float(at), row.low) for at, row in reversed(run)]
    if len(run) == 1:
        at = run[0][0]
        ahead, back = (
            [(at - 0.06, ahead[0][1]), (at + 0.06, ahead[0][1])],
            [(at + 0.06, back[0][1]), (at - 0.06, back[0][1])],
        )
    outline = ahead + back
    figure.add_scatter(
        x=[x for x, _ in outline],
        y=[y for _, y in outline],
        mode="lines",
        fill="toself",
        fillcolor=style.wash(shade),
        line={"width": 0, "color": shade},
        hoverinfo="skip",
    )


def _line(figure: go.Figure, x: list[int], y: Sequence[float | None], shade: str, hover: list[str]) -> None:
    figure.add_scatter(
        x=x,
        y=list(y),
        mode="lines+markers",
        connectgaps=False,
        line={"color": shade, "width": 2.6},
        marker={"color": shade, "size": 9},
        hovertext=hover,
        hoverinfo="text",
    )


def value_axis(finding: Finding, low: float, high: float, signed: bool | None = None) -> dict[str, Any]:
    """The upright axis of values from `low` to `high`, in the unit of the picture."""
    signed = is_signed(finding, [low, high]) if signed is None else signed
    return style.axis(
        str(finding.picture.get("unit", "")),
        range=[low, high],
        showgrid=True,
        gridcolor=style.LINE,
        **style.ticks(low, high, 6, signed),
    )


def level(at: float | None) -> list[dict[str, Any]]:
    """The thin line of a reference across the drawing, as shapes; none without a reference."""
    if at is None:
        return []
    line = {"color": style.GREY, "width": 1}
    return [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at, "y1": at, "layer": "below", "line": line}]


def _foot(ticks: list[str]) -> int:
    return 26 + 16 * max((text.count("<br>") + 1 for text in ticks), default=1)
