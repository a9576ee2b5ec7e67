"""The panels' common look: plain HTML with every word escaped, and the fields, so that all are built and named alike.

Knows ipywidgets, faults and findings; nothing of studies. Data text goes into HTML through `esc` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import ipywidgets as w

from workbench import banner, figures
from workbench.faults import DataFault, describe
from workbench.finding import Finding, cell, table_html
from workbench.panels.slider import Slider

CSS = """
.wb-panel { max-width: 1180px; padding: 14px 18px 10px; border: 1px solid var(--jp-border-color2, #d5d5d5);
  border-radius: 6px; overflow: visible; }
.wb-panel .wb-panel { border: 0; padding: 0; max-width: none; }
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
.wb-panel button, .wb-panel input[type=search] { font: inherit; color: inherit; background: transparent; min-height: 28px;
  border: 1px solid var(--jp-border-color1, #8a929e); border-radius: 4px; padding: 2px 10px; }
.wb-panel button { cursor: pointer; }
.wb-panel button:disabled { opacity: .55; cursor: default; }
.wb-panel .jupyter-button { line-height: 24px; height: auto; }
.wb-panel .jupyter-button.mod-primary { background: #1f5aa6; border-color: #1f5aa6; color: #fff; }
.wb-panel :focus-visible { outline: 2px solid var(--jp-brand-color1, #1f5aa6); outline-offset: 1px; }
.wb-panel [hidden] { display: none !important; }
.wb-away { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
.wb-tabs { display: flex; flex-wrap: wrap; gap: 2px; border-bottom: 1px solid var(--jp-border-color1, #8a929e);
  margin: 0 0 10px; }
.wb-tabs button[role=tab] { border: 0; border-bottom: 3px solid transparent; border-radius: 0; padding: 6px 14px;
  font: inherit; font-size: 1.05em; background: none; color: var(--jp-ui-font-color1, #222); cursor: pointer; }
.wb-tabs button[aria-selected=true] { font-weight: 600; border-bottom-color: var(--jp-brand-color1, #1f5aa6); }
.wb-tabs small { color: var(--jp-ui-font-color2, #616161); font-weight: 400; }
.wb-work { display: flex; gap: 10px; align-items: center; margin: 6px 0; }
.wb-code pre { margin: 6px 0; padding: 8px 10px; overflow-x: auto; background: var(--jp-layout-color2, #f3f3f3);
  color: var(--jp-ui-font-color1, #222); font-size: .95em; }
.wb-code { margin: 8px 0 0; }
.wb-code summary { cursor: pointer; width: max-content; }
.wb-shown .wb-sentence { font-weight: 600; font-size: 1.08em; margin: 10px 0 6px; }
.wb-shown[aria-busy=true] .wb-picture, .wb-shown[aria-busy=true] .wb-behind { opacity: .45; }
.wb-shown .wb-picture { background: #fff; border-radius: 6px; overflow-x: auto; }
.wb-shown .wb-picture > div:first-child { min-height: 60px; min-width: 560px; }
.wb-shown .wb-behind { overflow: auto; max-height: 440px; margin-bottom: 8px; }
.wb-shown .wb-choosable { cursor: pointer; }
.wb-shown .wb-choosable:hover td { background: var(--jp-layout-color2, #f3f3f3); }
.wb-shown .wb-choose { border: 0; padding: 0; min-height: 24px; text-align: left; text-decoration: underline dotted; }
.wb-shown .wb-fold summary { cursor: pointer; width: max-content; margin: 4px 0; }
.wb-panel .wb-linked { display: grid; gap: 4px 26px; align-items: start; width: 100%; overflow: visible;
  grid-template-columns: repeat(auto-fit, minmax(min(520px, 100%), 1fr)); }
@media (min-width: 1200px) { .wb-panel .wb-linked > :first-child { grid-row: span 2; } }
.wb-panel .wb-linked > * { min-width: 0; width: 100%; }
.wb-linked .wb-shown .wb-picture > div:first-child { min-width: 500px; }
.wb-shown .note { color: var(--jp-ui-font-color2, #616161); font-size: .95em; }
.wb-drop { border: 1px dashed var(--jp-border-color1, #8a929e); border-radius: 6px; padding: 10px 14px; margin: 6px 0; }
.wb-drop.wb-over { border-color: var(--jp-brand-color1, #1f5aa6); background: var(--jp-layout-color2, #eef3fa); }
.wb-drop label { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; }
.wb-drop input { font: inherit; color: inherit; max-width: 100%; }
.wb-drop p:empty { display: none; }
.wb-grid-box { overflow: auto; max-height: 480px; margin: 6px 0; border: 1px solid var(--jp-border-color2, #d5d5d5); }
.wb-grid table { margin: 0; min-width: 100%; }
.wb-grid thead th { position: sticky; top: 0; background: var(--jp-layout-color1, #fff); z-index: 1; padding: 3px 6px; }
.wb-grid thead button { border: 0; padding: 2px 0; font-weight: 600; text-align: left; white-space: nowrap; }
.wb-grid th[aria-sort=ascending] button::after { content: " ↑"; }
.wb-grid th[aria-sort=descending] button::after { content: " ↓"; }
.wb-grid td { padding: 5px 6px; cursor: text; max-width: 380px; overflow-wrap: anywhere; white-space: pre-line; }
.wb-grid td.wb-fixed { cursor: default; color: var(--jp-ui-font-color2, #616161); }
.wb-grid td:focus { outline: 2px solid var(--jp-brand-color1, #1f5aa6); outline-offset: -2px; }
.wb-grid tr[aria-selected=true] td { background: var(--jp-layout-color2, #eef3fa); }
.wb-grid tr[aria-selected=true] td.wb-fixed { color: var(--jp-ui-font-color1, #222); }
.wb-grid td input, .wb-grid td select, .wb-grid td textarea { font: inherit; width: 100%; min-width: 90px;
  color: inherit; background: var(--jp-layout-color0, #fff); border: 1px solid var(--jp-brand-color1, #1f5aa6); }
.wb-grid tr.wb-pain td:first-child { box-shadow: inset 3px 0 0 #b3412e; }
.wb-grid tr.wb-gain td:first-child { box-shadow: inset 3px 0 0 #2f6f8f; }
.wb-pinned .wb-grid th:first-child, .wb-pinned .wb-grid td:first-child { position: sticky; left: 0; z-index: 1;
  background: var(--jp-layout-color1, #fff); }
.wb-pinned .wb-grid thead th:first-child { z-index: 2; }
.wb-pinned .wb-grid tr[aria-selected=true] td:first-child { background: var(--jp-layout-color2, #eef3fa); }
.wb-pinned .wb-grid td { max-width: 560px; }
.wb-sheet .wb-grid td.number { text-align: left; white-space: normal; }
.wb-grid td.wb-wrong { box-shadow: inset 3px 0 0 #b3412e; }
.wb-grid td small { display: block; color: #b3412e; white-space: normal; }
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
    """A field of one line; like every field of words it is told when it is left: what is typed letter by letter waits for
    the kernel, and a button pressed meanwhile would come before the last letters."""
    return _field(w.Text(description=label, placeholder=help, continuous_update=False, **words))


def text(label: str, help: str = "", rows: int = 2) -> Any:
    """A field of several lines."""
    return _field(w.Textarea(description=label, placeholder=help, rows=rows, continuous_update=False))


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
    return _field(w.Combobox(description=label, placeholder=help, ensure_option=False, continuous_update=False))


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


def linked(*children: Any) -> Any:
    """Pictures side by side where there is room."""
    made = w.Box(list(children))
    made.add_class("wb-linked")
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
    made = w.VBox([html(f"<style>{CSS}{banner.STYLE}{_table_style()}</style>"), *children])
    made.add_class("wb-panel")
    return made


@cache
def _table_style() -> str:
    """The style of what a table and a picture can be had as, the same as in a report's page."""
    return files("workbench.report.templates").joinpath("tables.css").read_text(encoding="utf-8")


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
