"""A banner table laid out wide: questions down the side, blocks of columns beside each other, letters at the figures.

Knows the rows of a finding that may be shown and the layout it carries; nothing of journeys. The long table stays what
it is: this is only how it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from workbench.privacy import HIDDEN

if TYPE_CHECKING:
    import pandas as pd

SMALL = "small base"
NOTES = {
    "shares": "Shares in %.",
    "letters": "A letter: surely higher than the column of that letter.",
    "small": "* base under 30, no letters.",
    "hidden": "Groups with a base under {minimum}, or that all answered alike, and their complements, are hidden.",
}


@dataclass(frozen=True)
class Figure:
    """What stands in one cell. `state`: "shown", "hidden" or "nobody"."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    letters: str = ""
    state: str = "shown"


@dataclass(frozen=True)
class Line:
    label: str
    kind: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Section:
    """A question: its bases by column (people, what they are worth, whether small; None where hidden) and its lines.

    `p` by block: that of the whole block, None where it was not tested or nothing of it is shown.
    """

    question: str
    words: str
    bases: tuple[tuple[int, float, bool] | None, ...]
    same: bool
    lines: tuple[Line, ...]
    p: tuple[float | None, ...]


@dataclass(frozen=True)
class Banner:
    """`blocks`: name and columns (label, letter) of each; the first is the total."""

    blocks: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    sections: tuple[Section, ...]

    @property
    def weighted(self) -> bool:
        """Is any base worth less than its people?"""
        bases = [base for section in self.sections for base in section.bases if base]
        return any(abs(worth - n) > 0.05 for n, worth, _ in bases)


def banner(shown: pd.DataFrame, layout: Mapping[str, Any]) -> Banner:
    """The wide view of a long table, of what may be shown of it (`Finding.to_frame`)."""
    blocks = layout["blocks"]
    columns = [(block["block"], one["column"]) for block in blocks for one in block["columns"]]
    records = shown.to_dict("records")
    by_cell = {(one["row"], one["block"], one["column"]): one for one in records}
    sections = []
    for head in dict.fromkeys(one["question"] for one in layout["rows"]):
        mine = [one for one in layout["rows"] if one["question"] == head]
        found = [[by_cell.get((one["row"], *column), {}) for column in columns] for one in mine]
        lines = tuple(
            Line(one["label"], one["kind"], tuple(map(_figure, cells))) for one, cells in zip(mine, found, strict=True)
        )
        bases = tuple(_base([cells[place] for cells in found]) for place in range(len(columns)))
        same = all(len({_number(cells[place].get("n")) for cells in found}) == 1 for place in range(len(columns)))
        tests = tuple(_p(block["block"], found, columns, [one["kind"] for one in mine]) for block in blocks)
        sections.append(Section(head, mine[0].get("words", ""), bases, same, lines, tests))
    named = tuple(
        (block["block"], tuple((one["label"], one["letter"]) for one in block["columns"])) for block in blocks
    )
    return Banner(named, tuple(sections))


def _figure(cell: Mapping[str, Any]) -> Figure:
    if cell.get(HIDDEN) is True or cell.get(HIDDEN) == 1:
        return Figure(state="hidden")
    value = _number(cell.get("value"))
    if value is None:
        return Figure(state="nobody")
    letters = cell.get("letters")
    low, high = _number(cell.get("low")), _number(cell.get("high"))
    return Figure(value, low, high, letters if isinstance(letters, str) else "")


def _base(cells: list[Mapping[str, Any]]) -> tuple[int, float, bool] | None:
    there = [one for one in cells if not one.get(HIDDEN) and _number(one.get("n")) is not None]
    if not there:
        return None
    largest = max(there, key=lambda one: one["n"])
    worth = _number(largest.get("n_effective"))
    n = int(largest["n"])
    return n, n if worth is None else worth, largest.get("caution") == SMALL


def _p(
    block: str, found: list[list[Mapping[str, Any]]], columns: list[tuple[str, str]], kinds: list[str]
) -> float | None:
    """The p of a whole block, where it is one for the question: each option has its own."""
    if "option" in kinds and len(kinds) > 1:
        return None
    here = [cell for cells in found for cell, (name, _) in zip(cells, columns, strict=True) if name == block]
    return next((p for cell in here if not cell.get(HIDDEN) and (p := _number(cell.get("p table"))) is not None), None)


def _number(value: Any) -> float | None:
    return None if value is None or isinstance(value, str) or value != value else float(value)


# -- as HTML ----------------------------------------------------------------------------------------------------------

STYLE = (
    "table.banner{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "table.banner th,table.banner td{padding:2px 7px;border:0;vertical-align:top;white-space:nowrap}"
    "table.banner thead th{border-bottom:1px solid #8a929e;vertical-align:bottom;white-space:normal}"
    "table.banner .first{border-left:1px solid #e3e6ea}"
    "table.banner tbody th{font-weight:400;text-align:left!important;padding-left:16px}"
    "table.banner tr.question th{font-weight:600;padding:12px 7px 2px;white-space:normal;border-bottom:1px solid #e3e6ea}"
    "table.banner tr.base th,table.banner tr.base td,table.banner tr.test th,table.banner tr.test td,"
    "table.banner small,table.banner .letter{color:var(--jp-ui-font-color2,var(--dim,#5f6875))}"
    "table.banner tr.base th,table.banner tr.base td,table.banner tr.test th,table.banner tr.test td{font-size:.88em}"
    "table.banner tr.score th,table.banner tr.score td,table.banner tr.mean th,table.banner tr.mean td{font-weight:600}"
    "table.banner tr.answer th{padding-left:30px;color:var(--jp-ui-font-color2,var(--dim,#5f6875))}"
    "table.banner td{text-align:right!important}table.banner small{font-weight:400;display:block;font-size:.82em}"
    "table.banner b.letters{display:inline-block;min-width:1.5em;padding-left:3px;text-align:left;"
    "color:var(--jp-content-link-color,var(--link,#1f5aa6));font-size:.82em;font-weight:700}"
    "table.banner td.hidden{color:var(--jp-ui-font-color2,var(--dim,#68707d));font-style:italic;font-size:.85em}"
)


def banner_html(shown: pd.DataFrame, layout: Mapping[str, Any], minimum: int) -> str:
    """The wide table as plain HTML, every word escaped."""
    made = banner(shown, layout)
    starts = _starts(made)
    rows = []
    for section in made.sections:
        rows += _section(section, made, starts)
    head = "".join(
        f'<th class="first" scope="colgroup" colspan="{len(columns)}">{escape(_plain(name)) if number else ""}</th>'
        for number, (name, columns) in enumerate(made.blocks)
    )
    labels = [
        f'<th{_first(place, starts)} scope="col">{escape(_plain(label))}'
        f"{f' <span class={chr(34)}letter{chr(34)}>{letter}</span>' if letter else ''}</th>"
        for place, (label, letter) in enumerate(one for _, columns in made.blocks for one in columns)
    ]
    return (
        f'<table class="banner"><caption>{escape(" ".join(notes(made, minimum)))}</caption>'
        f'<thead><tr><th rowspan="2"></th>{head}</tr><tr>{"".join(labels)}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def notes(made: Banner, minimum: int) -> list[str]:
    """What a reader must know of this table's marks."""
    told = [NOTES["shares"]]
    told += [NOTES["letters"]] if any(letter for _, columns in made.blocks for _, letter in columns) else []
    if any(base and base[2] for section in made.sections for base in section.bases):
        told.append(NOTES["small"])
    if any(one.state == "hidden" for section in made.sections for line in section.lines for one in line.figures):
        told.append(NOTES["hidden"].format(minimum=minimum))
    return told


def _section(section: Section, made: Banner, starts: set[int]) -> list[str]:
    width = 1 + sum(len(columns) for _, columns in made.blocks)
    words = f" <small>{escape(section.words)}</small>" if section.words else ""
    rows = [
        f'<tr class="question"><th scope="rowgroup" colspan="{width}">{escape(_plain(section.question))}{words}</th></tr>'
    ]
    cells = "".join(
        f'<td class="hidden{" first" if place in starts else ""}">hidden</td>'
        if base is None
        else f"<td{_first(place, starts)}>{base[0]:,}{_slot('*' if base[2] else '', place)}</td>"
        for place, base in enumerate(section.bases)
    )
    rows.append(f'<tr class="base"><th scope="row">{base_name(section)}</th>{cells}</tr>')
    if made.weighted:
        worth = [f"{base[1]:,.0f}{_slot('', place)}" if base else "" for place, base in enumerate(section.bases)]
        cells = "".join(f"<td{_first(place, starts)}>{one}</td>" for place, one in enumerate(worth))
        rows.append(f'<tr class="base"><th scope="row">effective base</th>{cells}</tr>')
    for line in section.lines:
        cells = "".join(_cell(one, line.kind, place, starts) for place, one in enumerate(line.figures))
        rows.append(f'<tr class="{line.kind}"><th scope="row">{escape(line.label)}</th>{cells}</tr>')
    if any(p is not None for p in section.p):
        cells = "".join(
            f'<td class="first" colspan="{len(columns)}">{"" if p is None else p_words(p)}</td>'
            for p, (_, columns) in zip(section.p, made.blocks, strict=True)
        )
        rows.append(f'<tr class="test"><th scope="row">whole block, p</th>{cells}</tr>')
    return rows


def _cell(one: Figure, kind: str, place: int, starts: set[int]) -> str:
    first = " first" if place in starts else ""
    if one.state != "shown" or one.value is None:
        return f'<td class="{"hidden" if one.state == "hidden" else "none"}{first}">{"" if one.state == "hidden" else "–"}</td>'
    text = f"{written(one.value, kind)}{_slot(one.letters, place)}"
    if kind in ("score", "mean") and one.low is not None and one.high is not None:
        text += f"<small>{written(one.low, kind)} to {written(one.high, kind)}{_slot('', place)}</small>"
    return f'<td class="number{first}">{text}</td>'


def _slot(letters: str, place: int) -> str:
    """Room beside a figure for its letters, so that figures stand under each other; the total has none."""
    return f'<b class="letters">{escape(letters)}</b>' if place or letters else ""


def base_name(section: Section) -> str:
    """What the base is called: it may differ between the options of a question."""
    return "base" if section.same else "base, up to"


def written(value: float, kind: str) -> str:
    """A figure as it is read: whole per cent, an NPS with its sign, a mean with two places."""
    if kind == "mean":
        return f"{value:.2f}".replace("-", "−")
    if kind == "score":
        text = f"{value:+.0f}"
        return "0" if float(text) == 0 else text.replace("-", "−")
    return f"{value:.0f}"


def p_words(p: float) -> str:
    """A p value in words."""
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def _starts(made: Banner) -> set[int]:
    found, place = set(), 0
    for _, columns in made.blocks:
        found.add(place)
        place += len(columns)
    return found


def _first(place: int, starts: set[int]) -> str:
    return ' class="first"' if place in starts else ""


def _plain(name: str) -> str:
    return name.replace("_", " ")
