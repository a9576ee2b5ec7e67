"""One person's time line: days across, steps down in the map's order, a mark for each record by its kind.

Knows the house style and the table of the finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style

if TYPE_CHECKING:
    import pandas as pd

    from workbench.finding import Finding

ROW = 34  # pixels of a step
MARKS = {  # kind -> (sign, colour, size)
    "contact": ("circle", style.GREY, 10),
    "complaint": ("x", style.ORANGE, 11),
    "answer": ("diamond", style.BLUE, 10),
    "comment": ("square", style.BLUE, 9),
    "quote": ("square-open", style.BLUE, 9),
}
LETTERS, LABELS = 34, 40  # of a label beside a mark; labels that are written at most
DAY, WIDE = 86_400, 760  # seconds; pixels across


def time_line(finding: Finding) -> go.Figure:
    """Each record at its time and step; a line joins the contacts and complaints in order; what a search found lies behind."""
    table, picture = finding.to_frame(), finding.picture
    table = table[(table["time"] != "not known") & ((table["kind"] != "answer") | table["value"].notna())]
    steps = [step for step in picture["steps"] if step in set(table["step"])]
    height = {step: place for place, step in enumerate(steps)}
    what = table["what"] if "what" in table.columns else [""] * len(table)
    path = table[table["kind"].isin(["contact", "complaint"])]
    figure = go.Figure()
    figure.add_scatter(
        x=list(path["time"]),
        y=[height[step] for step in path["step"]],
        mode="lines",
        line={"color": style.PALE, "width": 1.5},
        hoverinfo="skip",
    )
    for kind, (sign, colour, size) in MARKS.items():
        mine = [
            (time, step, channel, words)
            for time, step, channel, one, words in zip(
                table["time"], table["step"], table.get("channel", [""] * len(table)), table["kind"], what, strict=True
            )
            if one == kind
        ]
        if not mine:
            continue
        figure.add_scatter(
            x=[time for time, *_ in mine],
            y=[height[step] for _, step, *_ in mine],
            mode="markers",
            marker={"symbol": sign, "color": colour, "size": size, "line": {"color": "#ffffff", "width": 1}},
            hovertext=[
                style.wrapped(
                    f"{time} · {kind}{f' by {channel}' if channel else ''}{f': {words}' if words else ''}", 60
                )
                for time, _, channel, words in mine
            ],
            hoverinfo="text",
        )
    labels = _labels(table, what, height)
    used = [kind for kind in MARKS if kind in set(table["kind"])]
    signs = {"contact": "●", "complaint": "✕", "answer": "◆", "comment": "■", "quote": "□"}
    key = "   ".join(f"<span style='color:{MARKS[kind][1]}'>{signs[kind]} {kind}</span>" for kind in used)
    labels.append(
        {"text": key, "x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
         "showarrow": False, "font": {"size": 12}}
    )  # fmt: skip
    bands = [
        {"type": "rect", "x0": _moment(a), "x1": _moment(b), "y0": -0.5, "y1": len(steps) - 0.5, "layer": "below",
         "fillcolor": style.BAND, "line": {"width": 0}}
        for a, b in picture.get("marks", [])
    ]  # fmt: skip
    lines = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": place, "y1": place, "layer": "below",
         "line": {"color": style.LINE, "width": 1}}
        for place in height.values()
    ]  # fmt: skip
    ticks = [style.wrapped(step, 26) for step in steps]
    figure.update_layout(
        **style.layout(
            finding.sentence,
            ROW * max(len(steps), 1) + 96,
            {"l": round(style.widest(ticks)) + 24, "r": 60, "b": 44},
            xaxis=style.axis("", type="date"),
            yaxis=style.axis(
                "", tickmode="array", tickvals=list(height.values()), ticktext=ticks, range=[len(steps) - 0.4, -0.9]
            ),
            shapes=[*bands, *lines],
            annotations=labels,
        )
    )
    return figure


def _labels(table: pd.DataFrame, what: Sequence[str], height: Mapping[str, int]) -> list[dict[str, Any]]:
    """What was answered and complained of, beside the marks, as far as there is room: none over another."""
    said: dict[tuple[str, str], list[str]] = {}
    for time, step, kind, words in zip(table["time"], table["step"], table["kind"], what, strict=True):
        if kind in ("answer", "complaint") and words:
            said.setdefault((step, time), []).append(words)
    moments = [datetime.fromisoformat(time) for time in table["time"]]
    first, reach = min(moments, default=None), 0.0
    if first is not None:
        reach = (max(moments) - first).total_seconds() / DAY
    found: list[dict[str, Any]] = []
    taken: dict[str, float] = {}
    for (step, time), told in sorted(said.items(), key=lambda one: one[0][1]):
        text = ", ".join(told)
        text = text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
        days = (datetime.fromisoformat(time) - first).total_seconds() / DAY if first else 0.0
        if days < taken.get(step, -1.0) or len(found) >= LABELS:
            continue
        taken[step] = days + reach * (len(text) * style.LETTER + 16) / WIDE
        late = reach and days > 0.8 * reach  # by the right edge: to the left of its mark
        found.append(
            {"text": style.words(text), "x": time, "y": height[step], "xanchor": "right" if late else "left", "yanchor": "middle",
             "xshift": -9 if late else 9, "yshift": -10, "showarrow": False, "font": {"size": 11, "color": style.DIM}}
        )  # fmt: skip
    return found


def _moment(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S")
