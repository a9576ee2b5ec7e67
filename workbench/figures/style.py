"""The house style: colours with a meaning, system fonts, little ink, words and numbers as a drawing shows them.

Knows plotly's layout and nothing of findings.
"""

from __future__ import annotations

import math
import textwrap
from html import escape
from typing import Any

BLUE = "#1f5aa6"  # measured, gain, chosen
ORANGE = "#c8551b"  # pain, late, against expectation
INK = "#1d2430"
DIM = "#5f6875"
GREY = "#8a929e"
PALE = "#c7ccd3"
LINE = "#e3e6ea"
BAND = "rgba(31,90,166,0.14)"

# Groups in order: told apart by lightness as well as hue, so that they also hold without colour sight.
PALETTE = (BLUE, ORANGE, "#4c5563", "#6ba3dd", "#dd9a5b", "#9aa1ab")
FONT = 'Inter, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif'
TITLE_WIDTH = 88  # letters of a title's line
LETTER = 6.9  # pixels that a letter of 12 px takes, on the wide side
CONFIG = {"displaylogo": False, "displayModeBar": False, "responsive": True}


def colour(index: int) -> str:
    """The colour of the nth group."""
    return PALETTE[index % len(PALETTE)]


def wash(colour: str) -> str:
    """A colour as a pale band behind its line."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.14)"


def words(text: object) -> str:
    """Text for a drawing: what looks like markup is shown as typed (plotly reads tags and links in text)."""
    return escape("" if text is None else str(text), quote=False)


def wrapped(text: object, width: int) -> str:
    """Text broken into lines of at most `width` letters, safe for a drawing."""
    lines = textwrap.wrap("" if text is None else str(text), width, break_on_hyphens=False)
    return "<br>".join(words(line) for line in lines)


def widest(texts: list[str]) -> float:
    """Pixels that the longest line of these texts takes at 12 px."""
    return LETTER * max((len(line) for text in texts for line in text.split("<br>")), default=0)


def number(value: float | None, digits: int = 0, signed: bool = False) -> str:
    """A number as a label shows it: thousands apart, a true minus, a plus where the sign matters."""
    if value is None:
        return "–"
    text = f"{abs(value):,.{digits}f}"
    if not any(letter in "123456789" for letter in text):
        return text
    return f"{'−' if value < 0 else '+' if signed else ''}{text}"


def digits_for(values: list[float]) -> int:
    """How many decimals numbers of this size need."""
    largest = max((abs(value) for value in values), default=0.0)
    return 0 if largest >= 10 else 1 if largest >= 1 else 2


def estimate(
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    n: float | None = None,
    digits: int = 0,
    signed: bool = False,
) -> str:
    """An estimate with its interval and base: "+21 (8 to 33) n 214"."""
    text = number(value, digits, signed)
    if low is not None and high is not None:
        text += f" ({number(low, digits)} to {number(high, digits)})"
    return f"{text} n {number(n)}" if n is not None else text


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis with little ink."""
    return {
        "title": {"text": words(title), "font": {"size": 12, "color": DIM}},
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickfont": {"size": 12, "color": DIM},
        "fixedrange": True,
        **more,
    }


def ticks(low: float, high: float, count: int = 6, signed: bool = False) -> dict[str, Any]:
    """Round numbers along an axis, written as labels are (a true minus, no sign at nought)."""
    rough = (high - low) / count or 1.0
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * times for times in (1, 2, 2.5, 5, 10) if size * times >= rough * 0.999)
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) + (step / size == 2.5 and step < 10)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = [round(at * step, 10) for at in range(first, last + 1)]
    texts = [number(value, int(digits), signed) for value in values]
    return {"tickmode": "array", "tickvals": values, "ticktext": texts}


def layout(title: str, height: int, margin: dict[str, int], **more: Any) -> dict[str, Any]:
    """The layout that all drawings share; the title's lines get their own room above."""
    text = wrapped(title, TITLE_WIDTH)
    top = 22 * (text.count("<br>") + 1) + 26 if text else 14
    return {
        "template": {"layout": {"font": {"family": FONT, "size": 12, "color": INK}}},
        "title": {
            "text": f"<b>{text}</b>" if text else "",
            "font": {"size": 15, "color": INK},
            "x": 0,
            "xanchor": "left",
            "xref": "container",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"l": 4, "t": 12},
        },
        "height": height + top,
        "margin": {"l": 60, "r": 24, "b": 48, "t": top, "pad": 4} | margin,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": PALE, "font": {"family": FONT, "size": 12, "color": INK}},
        **more,
    }
