"""The panels' common look: plain HTML with every word escaped, and the fields, so that all are built and named alike.

Knows ipywidgets, faults and findings; nothing of studies. Data text goes into HTML through `esc` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import ipywidgets as w

from workbench import figures
from workbench.faults import DataFault, describe
from workbench.finding import Finding, cell, table_html
from workbench.panels.slider import Slider

CSS = """
.wb-panel { max-width: 960px; padding: 14px 18px 10px; border: 1px solid var(--jp-border-color2, #d5d5d5);
  border-radius: 6px; overflow: visible; }
.wb-panel .jupyter-widgets { margin-left: 0; margin-right: 0; }
.wb-panel .widget-html, .wb-panel .widget-html-content { height: auto; width: 100%; line-height: 1.45;
  overflow: visible; }
.wb-panel p { margin: 0 0 6px; }
.wb-panel .wb-question { font-size: 1.15em; font-weight: 600; margin: 0; }
.wb-panel .wb-head { font-weight: 600; margin: 14px 0 4px; }
.wb-panel .wb-help, .wb-panel .wb-note { color: var(--jp-ui-font-color2, #616161); }
.wb-panel .wb-fault { white-space: pre-line; border-left: 3px solid #b3412e; padding: 4px 10px; margin: 4px 0; }
.wb-panel .wb-good { border-left: 3px solid #2f6f8f; padding: 4px 10px; margin: 4px 0; }
.wb-panel .jupyter-widgets.wb-field { display: flex; flex-direction: column; align-items: stretch; height: auto;
  width: 100%; margin: 5px 0; overflow: visible; }
.wb-panel .jupyter-widgets.wb-field > .widget-label { width: auto; height: auto; text-align: left; font-weight: 600;
  white-space: normal; line-height: 1.35; padding: 0 0 3px; margin: 0; overflow: visible; }
.wb-panel .jupyter-widgets.wb-field > input, .wb-panel .jupyter-widgets.wb-field > select,
.wb-panel .jupyter-widgets.wb-field > textarea { width: 100%; max-width: none; margin: 0; flex: none; }
.wb-panel .jupyter-widgets.wb-field > input, .wb-panel .jupyter-widgets.wb-field > select { height: 30px;
  line-height: 20px; padding: 4px 7px; }
.wb-panel .jupyter-widgets.wb-field > textarea { resize: vertical; padding: 5px 7px; line-height: 1.4; height: auto;
  min-height: 52px; max-height: 240px; field-sizing: content; font-family: var(--jp-ui-font-family, sans-serif); }
.wb-panel .wb-slider { width: 100%; margin: 5px 0; overflow: visible; }
.wb-panel .wb-slider label { display: grid; grid-template-columns: 1fr auto; font-weight: 600; line-height: 1.35; }
.wb-panel .wb-slider span + span { font-variant-numeric: tabular-nums; }
.wb-panel .wb-slider input { grid-column: 1 / span 2; width: 100%; margin: 6px 0 8px; }
.wb-panel .wb-row { display: grid; gap: 0 18px; align-items: start; width: 100%; overflow: visible;
  grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); }
.wb-panel .wb-row.wb-level { align-items: end; }
.wb-panel .wb-bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; width: 100%; overflow: visible; }
.wb-panel .wb-bar .jupyter-button { width: auto; padding: 0 14px; }
.wb-panel .wb-ticks { display: flex; flex-flow: row wrap; gap: 2px 20px; width: 100%; overflow: visible; }
.wb-panel .wb-ticks .widget-checkbox, .wb-panel .wb-tick { width: auto; }
.wb-panel .wb-listing { display: block; max-height: 320px; overflow: auto; margin: 2px 0 8px; padding: 4px 8px;
  border: 1px solid var(--jp-border-color2, #d5d5d5); }
.wb-panel .wb-listing .wb-tick, .wb-panel .wb-listing label { width: 100%; height: auto; white-space: normal; line-height: 1.35; }
.wb-panel .wb-scroll, .wb-panel .wb-scroll > .widget-html-content { overflow: auto; max-height: 420px; }
.wb-panel table { border-collapse: collapse; font-size: 0.95em; line-height: 1.35; margin: 2px 0 8px; }
.wb-panel th { text-align: left; font-weight: 600; border-bottom: 1px solid var(--jp-border-color1, #999); }
.wb-panel th, .wb-panel td { padding: 3px 12px 3px 0; vertical-align: top; white-space: normal; min-width: 3.5em; }
.wb-panel td { border-bottom: 1px solid var(--jp-border-color2, #e3e3e3); }
.wb-panel td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.wb-panel caption { text-align: left; color: var(--jp-ui-font-color2, #616161); padding-bottom: 4px; }
"""


# -- plain HTML -------------------------------------------------------------------------------------------------------


def esc(value: object) -> str:
    """Any value as HTML text in which nothing can run."""
    return escape(cell(value), quote=True)


def paragraph(text: object, kind: str = "") -> str:
    """A paragraph of plain text."""
    mark = f' class="wb-{kind}"' if kind else ""
    return f"<p{mark}>{f'<strong>{esc(text)}</strong>' if kind == 'head' else esc(text)}</p>"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A plain table; numbers to the right."""
    head = "".join(f'<th scope="col">{esc(one)}</th>' for one in heads)
    body = "".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def found(finding: Finding) -> str:
    """A finding's sentence and table, for a page."""
    return paragraph(finding.sentence) + table_html(finding)


def faults(problem: DataFault) -> str:
    """Faults in words; a screen reader says them as they appear."""
    return f'<p class="wb-fault" role="alert">{esc(describe(problem.faults))}</p>'


def good(text: str) -> str:
    """What went well, in words."""
    return f'<p class="wb-good" role="status">{esc(text)}</p>'


def _cell(value: object) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    mark = ' class="number"' if number else ""
    return f"<td{mark}>{esc(value)}</td>"


# -- widgets ----------------------------------------------------------------------------------------------------------


def html(content: str = "", scroll: bool = False) -> Any:
    """A place for plain HTML that has been escaped."""
    made = w.HTML(content)
    if scroll:
        made.add_class("wb-scroll")
    return made


def head(text: str) -> Any:
    """The heading of a part of a panel."""
    return html(paragraph(text, "head"))


def line(label: str, help: str = "", **words: Any) -> Any:
    """A field of one line."""
    return _field(w.Text(description=label, placeholder=help, **words))


def text(label: str, help: str = "", rows: int = 2) -> Any:
    """A field of several lines."""
    return _field(w.Textarea(description=label, placeholder=help, rows=rows))


def number(label: str, **words: Any) -> Any:
    """A field for a number."""
    return _field(w.FloatText(description=label, **words))


def day(label: str) -> Any:
    """A field for a date."""
    return _field(w.DatePicker(description=label))


def choice(label: str, options: Sequence[tuple[str, Any]] = ()) -> Any:
    """A list to choose one from."""
    return _field(w.Dropdown(description=label, options=list(options)))


def suggestion(label: str, help: str = "") -> Any:
    """A field of one line that suggests what is there already."""
    return _field(w.Combobox(description=label, placeholder=help, ensure_option=False))


def slider(label: str) -> Any:
    """A slider from -100 to 100."""
    made = Slider(description=label)
    made.add_class("wb-slider")
    return made


def tick(label: str) -> Any:
    """A box to tick."""
    made = w.Checkbox(description=label, indent=False)
    made.add_class("wb-tick")
    return made


def listing() -> Any:
    """A list of boxes to tick, one below the other, that scrolls where it is long."""
    made = w.Box([])
    made.add_class("wb-listing")
    return made


def button(label: str, help: str, main: bool = False) -> Any:
    """A button; the main one of a panel is coloured."""
    return w.Button(description=label, tooltip=help, button_style="primary" if main else "")


def row(*children: Any, level: bool = False) -> Any:
    """Fields side by side, in equal widths; `level` stands them on one line where a label is longer."""
    made = w.Box(list(children))
    made.add_class("wb-row")
    if level:
        made.add_class("wb-level")
    return made


def bar(*children: Any) -> Any:
    """Buttons side by side."""
    made = w.Box(list(children))
    made.add_class("wb-bar")
    return made


def ticks(*children: Any) -> Any:
    """Boxes to tick, side by side."""
    made = w.Box(list(children))
    made.add_class("wb-ticks")
    return made


def column(*children: Any) -> Any:
    """One below the other."""
    return w.VBox(list(children))


def frame(*children: Any) -> Any:
    """A whole panel."""
    made = w.VBox([html(f"<style>{CSS}</style>"), *children])
    made.add_class("wb-panel")
    return made


def drawing() -> Any:
    """A place for a picture."""
    return w.Output()


def draw(place: Any, finding: Finding | None) -> None:
    """Put a finding's picture in its place as plain plotly data (no plotly.js travels with it), or clear the place."""
    shown = figures.bundle(finding) if finding is not None else {}
    if shown.get("figure") is None:
        place.outputs = ()
        return
    data = {"application/vnd.plotly.v1+json": shown["figure"], "text/plain": shown["alt"]}
    place.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)


def _field(made: Any) -> Any:
    made.add_class("wb-field")
    return made
