"""theme.yaml: how a study's report looks in its house's colours, with its logo, fonts and footer.

Knows colours and whether they can be read; nothing of pages or drawings.
"""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, field_validator

from workbench import places
from workbench.faults import DataFault, Fault
from workbench.models import Model

FILE = "theme.yaml"
WHITE, NIGHT = "#ffffff", "#151a21"  # the paper of a page, light and dark
LEAST = 4.5  # the contrast that text needs (WCAG 2.2 AA)
LARGEST = 300_000  # bytes of a logo
FONTS = (
    *(
        "Inter",
        "Segoe UI",
        "Helvetica Neue",
        "Helvetica",
        "Arial",
        "Calibri",
        "Cambria",
        "Candara",
        "Georgia",
        "Verdana",
    ),
    *("Tahoma", "Trebuchet MS", "Times New Roman", "Palatino", "Garamond", "Gill Sans", "Optima", "Avenir", "Roboto"),
    *("Noto Sans", "Noto Serif", "DejaVu Sans", "DejaVu Serif", "Liberation Sans", "Liberation Serif", "Ubuntu"),
    *("system-ui", "sans-serif", "serif"),
)
HOUSE = {"accent": "#1f5aa6", "pain": "#c8551b", "gain": "#1f5aa6"}
PICTURES = {".png": "png", ".svg": "svg+xml"}


class Colours(Model):
    """Colours as #rrggbb, each to be read as text on white: links and marks; what hurts; what delights and was measured."""

    accent: str = HOUSE["accent"]
    pain: str = HOUSE["pain"]
    gain: str = HOUSE["gain"]

    @field_validator("accent", "pain", "gain")
    @classmethod
    def _readable(cls, value: str) -> str:
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
            raise ValueError("a colour as #rrggbb, in quotes")
        seen = contrast(value, WHITE)
        if value.lower() not in HOUSE.values() and seen < LEAST:
            raise ValueError(f"a colour that can be read on white: a contrast of {LEAST} or more (it has {seen:.1f})")
        return value.lower()


class Theme(Model):
    """theme.yaml; `logo` is a PNG or SVG inside the study's folder, `font` families that the reader's system has."""

    logo: str = ""
    colours: Colours = Colours()
    font: list[str] = []
    footer: str = Field(default="", max_length=300)

    @field_validator("font", mode="before")
    @classmethod
    def _system_fonts(cls, value: object) -> object:
        named = [one.strip() for one in value.split(",")] if isinstance(value, str) else value
        if isinstance(named, list):
            known = {one.casefold(): one for one in FONTS}
            strange = [str(one) for one in named if str(one).casefold() not in known]
            if strange:
                raise ValueError(f"fonts that systems have ({', '.join(FONTS)}); a page loads none")
            return [known[str(one).casefold()] for one in named]
        return named

    def picture(self, folder: Path) -> tuple[str, bytes] | None:
        """The logo's kind ("png", "svg+xml") and content; None without one. Raises DataFault."""
        if not self.logo:
            return None
        path = places.inside(folder, self.logo, FILE)
        fault = ""
        if path.suffix.lower() not in PICTURES:
            fault = f"the logo {self.logo}"
        elif not path.is_file():
            fault = f"no file {self.logo}"
        elif path.stat().st_size > LARGEST:
            fault = f"a logo of {path.stat().st_size:,} bytes"
        if not fault:
            content = path.read_bytes()
            kind = PICTURES[path.suffix.lower()]
            if content.startswith(b"\x89PNG\r\n\x1a\n") if kind == "png" else b"<svg" in content[:5000]:
                return kind, content
            fault = f"{self.logo}, which is no {kind.split('+')[0].upper()}"
        expected = f"a PNG or SVG in the study's folder, at most {LARGEST:,} bytes"
        raise DataFault(Fault(FILE, None, "logo", fault, expected, "put it there, or take the line out"))

    def check(self, folder: Path) -> list[Fault]:
        """What is wrong with the logo."""
        try:
            self.picture(folder)
        except DataFault as problem:
            return list(problem.faults)
        return []

    def painted(self, text: str) -> str:
        """A text (style, SVG, a figure's JSON) with the house's colours in the theme's."""
        shades = {"1f5aa6": self.colours.gain, "174a8b": _deep(self.colours.gain), "c8551b": self.colours.pain}
        shades |= {"a8430f": _deep(self.colours.pain), "8f3a0f": _deep(self.colours.pain)}
        bands = {_triple(HOUSE["gain"]): self.colours.gain, _triple(HOUSE["pain"]): self.colours.pain}
        if self.colours.gain == HOUSE["gain"]:
            shades = {shade: new for shade, new in shades.items() if shade not in ("1f5aa6", "174a8b")}
        if self.colours.pain == HOUSE["pain"]:
            shades = {shade: new for shade, new in shades.items() if shade not in ("c8551b", "a8430f", "8f3a0f")}
        if not shades:
            return text
        text = re.sub(f"#({'|'.join(shades)})(?![0-9a-fA-F])", lambda match: shades[match[1]], text)
        for old, new in bands.items():
            text = re.sub(rf"rgba\({', ?'.join(map(str, old))},", f"rgba({','.join(map(str, _triple(new)))},", text)
        return text

    def style(self) -> str:
        """The page's own colours and fonts, in the light and in the dark."""
        named = self.colours
        light = f"--link:{named.accent};--accent:{named.accent};--pain:{named.pain};--gain:{named.gain}"
        dark = ";".join(
            f"--{name}:{readable_on(colour, NIGHT)}"
            for name, colour in (
                *(("link", named.accent), ("accent", named.accent)),
                *(("pain", named.pain), ("gain", named.gain)),
            )
        )
        families = ",".join(f'"{one}"' if " " in one else one for one in self.font)
        font = f"body{{font-family:{families}}}" if families else ""
        night = f"@media screen and (prefers-color-scheme:dark){{:root:not([data-look=light]){{{dark}}}}}"
        return f":root{{{light}}}{night}@media screen{{:root[data-look=dark]{{{dark}}}}}{font}"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(colour: str, paper: str) -> str:
    """A colour, made as light as it must be to be read on dark paper."""
    for part in range(0, 101, 5):
        mixed = _mixed(colour, WHITE, part / 100)
        if contrast(mixed, paper) >= LEAST + 1.5:
            return mixed
    return WHITE


def _deep(colour: str) -> str:
    return _mixed(colour, "#000000", 0.2)


def _mixed(colour: str, other: str, share: float) -> str:
    parts = zip(_triple(colour), _triple(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in parts)


def _triple(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    parts = [one / 255 for one in _triple(colour)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
