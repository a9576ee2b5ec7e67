"""What the pages of a map share: the coordination map, the framework, the blueprint, runs and walks, the worksheet.

Knows escaping, pictures as data, and their common style (boards.css). Each takes a finding's picture as plain values.
"""

from __future__ import annotations

import base64
import re
import textwrap
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files

from workbench.figures import style

UNWRITTEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what no XML can hold
SPOTS = {"pain": "moment that hurts", "gain": "moment that can delight"}


def text(value: object) -> str:
    """Words, escaped; nothing where there are none."""
    return "" if value is None else escape(str(value), quote=True)


def titled(title: object, under: object = "") -> str:
    """The head of a board: its sentence, and a line under it."""
    line = f'<p class="board-note">{text(under)}</p>' if under else ""
    return f'<h3 class="board-title">{text(title)}</h3>{line}'


def scrolling(inside: str, label: str) -> str:
    """What is wider than the page scrolls by itself, by keyboard too."""
    return f'<div class="board-box" tabindex="0" role="region" aria-label="{text(label)}">{inside}</div>'


def image(parts: Sequence[str], wide: float, tall: float, alt: str) -> str:
    """A drawing as a picture: nothing in it can run. `alt` tells what it shows; empty where words beside it do."""
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{tall:.0f}" '
        f'viewBox="0 0 {wide:.0f} {tall:.0f}" font-family="{escape(style.FONT)}">{"".join(parts)}</svg>'
    )
    packed = base64.b64encode(UNWRITTEN.sub("", drawing).encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{packed}" alt="{text(alt)}" width="{wide:.0f}" height="{tall:.0f}">'


def line(x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 1, more: str = "") -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour}" stroke-width="{width}"{more}/>'


def write(x: float, y: float, words: str, colour: str, size: float = 11, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}"{more}>{text(words)}</text>'


def cut(words: str, length: int) -> str:
    """Words cut to a length, with an ellipsis where something is left out."""
    return (
        words if len(words) <= length else textwrap.shorten(words, length, placeholder="…") or words[: length - 1] + "…"
    )


@cache
def boards_css() -> str:
    return files("workbench.figures").joinpath("boards.css").read_text(encoding="utf-8")
