"""The map's panel: the canvas that the team draws on, saved to map.yaml as it is drawn; on paper the map as a table.

The page's part is canvas.js with its four neighbours and canvas.css, plain files of this folder; what they ask is done at
the desk. Knows the map as the team drew it and the study's evidence as plain values.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import anywidget
from traitlets import Dict

from workbench.figures.map import EARLY, ICON_WORDS, ICONS
from workbench.panels import look
from workbench.panels.desk import Desk
from workbench.panels.panel import Panel
from workbench.panels.standing import drawn, in_words

# Light or dark: JupyterLab's theme decides where there is one, else the system; it is inherited into the canvas.
THEME = """.wbc-host { display: block; width: 100%; color-scheme: light dark; }
[data-jp-theme-light="true"] .wbc-host { color-scheme: light; }
[data-jp-theme-light="false"] .wbc-host { color-scheme: dark; }
"""
SCRIPTS = (
    "canvas_cells.js",
    "canvas_pane.js",
    "canvas_grid.js",
    "canvas_hands.js",
    "canvas.js",
)  # one module for the browser, in this order


def _file(name: str) -> str:
    return files("workbench.panels").joinpath(name).read_text(encoding="utf-8")


def script() -> str:
    """The canvas as one plain ECMAScript module."""
    return "\n".join(_file(name) for name in SCRIPTS)


def drawn_with() -> dict[str, Any]:
    """What the canvas draws with: its style, the paths of the channels' icons, their words, the lanes before the measures."""
    words = {kind: list(words) for kind, words in ICON_WORDS.items()}
    return {"style": _file("canvas.css"), "icons": ICONS, "words": words, "early": list(EARLY)}


class Canvas(anywidget.AnyWidget):
    """The page's side of a desk: every message goes to the desk, its answer to every view of the canvas."""

    _esm = script()
    _css = THEME
    look = Dict().tag(sync=True)

    def __init__(self, desk: Desk):
        super().__init__(look=drawn_with())
        self.desk = desk
        self.on_msg(self._heard)

    def _heard(self, _: Any, asked: Any, __: Any) -> None:
        try:
            self.send(self.desk.hear(asked))
        except Exception as problem:  # said beside the map, and told to the notebook as any error is
            self.send({"id": asked.get("id"), "do": asked.get("do"), "failed": f"{problem!r}"})
            raise


class MapCanvas(Panel):
    question = "What does the customer go through, and what do we believe it feels like?"
    asks_data = False  # what was measured comes when the canvas asks for it

    def build(self) -> list[Any]:
        self.desk = Desk(self.study)
        self.canvas = Canvas(self.desk)
        return [self.canvas, self.status]

    @property
    def box(self) -> Any:
        """The live canvas, as wide as the page is."""
        made = super().box
        made.layout.max_width = "none"
        return made

    def read(self) -> None:
        """The canvas asks for itself what stands in the files."""

    def twin(self) -> str:
        return look.paragraph(in_words(drawn(self.study))) + self._table()

    def paper(self) -> str:
        return look.paragraph(in_words(drawn(self.study)))

    def _table(self) -> str:
        found = self.study.map.finding()
        if found.table.empty:
            return look.paragraph("No step is drawn yet.")
        return look.table(list(found.table.columns), found.table.itertuples(index=False))
