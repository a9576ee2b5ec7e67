"""What the map's drawings are made of: escaped words, figures in words, small pictures (SVG as data), channel icons.

Knows colours and letters, and nothing of maps. A picture is data in an image, so that nothing in it can run.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, TypeGuard

from workbench.figures import style

ICONS = {
    "phone": "M3 2.5h3l1 3-1.6 1.2a7 7 0 0 0 3 3L9.6 8l3 1v3c-5.5.5-10.1-4-9.6-9.5z",
    "post": "M1.5 3.500h12v8h-12z M1.5 4l6 4.5 6-4.5",
    "web": "M7.5 1.500a6 6 0 1 0 .01 0z M1.5 7.500h12 M7.5 1.500c-4 4-4 8 0 12c4-4 4-8 0-12",
    "app": "M4 1.500h7v12h-7z M6.5 11.500h2",
    "chat": "M1.5 2.500h12v7.500h-7l-3 3v-3h-2z",
    "visit": "M1.5 7.500l6-5.5 6 5.5 M3.5 6.500v6.500h8v-6.5",
    "shop": "M2 6l1-3.500h9l1 3.500z M3 6v7h9v-7 M6 13v-4h3v4",
    "person": "M7.5 2a2.5 2.5 0 1 0 .01 0z M2.5 13c0-6.5 10-6.5 10 0",
    "other": "M7.5 4.500a3 3 0 1 0 .01 0z",
    "none": "M4 7.500h7",
}
ICON_WORDS = {
    "phone": ("phone", "call", "telephone"),
    "post": ("post", "letter", "mail", "e-mail", "email"),
    "web": ("web", "website", "online", "portal"),
    "app": ("app", "mobile", "sms", "text"),
    "chat": ("chat", "social", "message"),
    "visit": ("home", "visit", "engineer"),
    "shop": ("shop", "store", "branch", "counter"),
    "person": ("person", "agent", "human", "face"),
    "none": ("none", "no channel"),
}


def is_shown(figure: Mapping[str, Any] | None) -> TypeGuard[Mapping[str, Any]]:
    return figure is not None and not figure.get("hidden") and figure.get("value") is not None


def text(value: object) -> str:
    return "" if value is None else escape(str(value))


def image(svg: str, alt: str, kind: str, width: float, height: float) -> str:
    packed = base64.b64encode(svg.encode()).decode()
    return (
        f'<img class="{kind}" src="data:image/svg+xml;base64,{packed}" alt="{escape(alt)}" '
        f'width="{round(width)}" height="{round(height)}">'
    )


def svg(drawn: Sequence[str], width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{escape(style.FONT)}">{"".join(drawn)}</svg>'
    )


def straight(x0: float, y0: float, x1: float, y1: float, shade: str, width: float = 1, more: str = "") -> str:
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{shade}" stroke-width="{width:g}"{more}/>'


def write(x: float, y: float, words: str, shade: str, size: float, anchor: str, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{shade}" font-size="{size:g}" text-anchor="{anchor}"{weight}>'
        f"{escape(words)}</text>"
    )


def points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def icon(channel: object) -> str:
    word = str(channel).strip().casefold()
    kind = next((kind for kind, names in ICON_WORDS.items() if word in names), "other")
    path = f'<path d="{ICONS[kind]}" fill="none" stroke="{style.DIM}" stroke-width="1.2" stroke-linejoin="round"/>'
    return image(svg([path], 15, 15), "", "icon", 13, 13)


def told(figure: Mapping[str, Any] | None, nothing: str, signed: bool = False) -> str:
    if not is_shown(figure):
        return "hidden" if figure and figure.get("hidden") else nothing
    return estimate(figure, signed)


def estimate(figure: Mapping[str, Any], signed: bool = False) -> str:
    places = digits(figure)
    return style.estimate(figure["value"], figure.get("low"), figure.get("high"), figure.get("n"), places, signed)


def digits(figure: Mapping[str, Any]) -> int:
    """One decimal for small numbers that have one, else none."""
    told = [figure[key] for key in ("value", "low", "high") if figure.get(key) is not None]
    return 0 if abs(figure["value"]) >= 10 or all(float(one).is_integer() for one in told) else 1
