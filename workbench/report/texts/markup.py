"""What is laid out or drawn, in another language: tables by their heads, cards by their text nodes, figures by their labels.

Knows the catalogue of phrases and HTML as `finding` and `figures` write it. Words of the study stay as they are: in a table only
the columns that the catalogue names hold words of ours; what customers said is set aside first, and put back as it was.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from workbench.report.texts.phrases import Phrases

TABLE = re.compile(r"<table\b.*?</table>", re.S)
ROW = re.compile(r"<tr\b[^>]*>.*?</tr>", re.S)
CELL = re.compile(r"(<(t[dh])\b[^>]*>)(.*?)(</\2>)", re.S)
TAG = re.compile(r"(<[^>]*>)")
SPOKEN = re.compile(r'((?:aria-label|alt|title|abbr)=")([^"]*)(")')
PICTURE = re.compile(r"(data:image/svg\+xml;base64,)([A-Za-z0-9+/=]+)")
SOURCE = re.compile(r"\(((?:judged|comment|interview)\b[^()]*)\)")  # behind a quotation, in our words
NUMBER = re.compile(r"\bclass=\"?[^\">]*\bnumber\b")
CAPTION = re.compile(r"(<caption\b[^>]*>)([^<]*)(</caption>)")
FIGURES = re.compile(r"[\d.,%()+−–-]+(?: to [\d.,%()+−–-]+)?")  # a figure or an interval, and nothing else
QUOTED = re.compile(r"(<(q|blockquote|cite)\b[^>]*>)(.*?)(</\2>)", re.S)
THEIRS = {"in their words", "quote"}  # columns and rows that hold what customers said
ASIDE = re.compile("\ue000(\\d+)\ue001")
BESIDE = re.compile(r"(<small\b[^>]*>)([^<]*)")
SMALL = re.compile(r"(<small\b[^>]*>)([^<]*)(</small>)")
PLACES = re.compile(r"(<[^>]*>|%\{[^}]*\})")  # what is no words in the text of a drawing
WORDED = {"text", "ticktext", "hovertext", "hovertemplate"}  # of a figure: what is read
FIGURE = re.compile(r"\d")
MONTH = re.compile(r"%b")  # the name of a month, which the drawing program writes in English
Figures = Callable[[str], str]


@dataclass(frozen=True)
class Catalogue:
    """The phrases of a language: those of everywhere, of tables' heads, and of the cells of the columns that hold our words."""

    phrases: Phrases
    heads: Phrases
    cells: Mapping[str, str]
    columns: frozenset[str]
    anywhere: Mapping[str, str]

    def head(self, words: str) -> str | None:
        return self.heads.say(words) if words else words

    def cell(self, words: str, column: str) -> str:
        """A cell in the language where its column holds words of ours, else as it is."""
        if words in self.anywhere:
            return self.anywhere[words]
        if column not in self.columns:
            return words
        return self.cells[words] if words in self.cells else self.sentence(words)

    def sentence(self, words: str) -> str:
        """A text, as far as the catalogue has it."""
        return "".join(told for told, _ in self.phrases.parts(words))


def table(html: str, catalogue: Catalogue) -> str:
    """The tables of a fragment, or rows alone: heads, and the cells of the columns that hold our words."""
    return TABLE.sub(lambda one: _table(one[0], catalogue), html) if "<table" in html else _table(html, catalogue)


def _table(html: str, catalogue: Catalogue) -> str:
    columns: list[str] = []

    def row(match: re.Match[str]) -> str:
        heading = not columns
        quoting = ">quote<" in match[0]
        at = -1

        def cell(one: re.Match[str]) -> str:
            nonlocal at
            at += 1
            if "<" in one[3]:  # a figure with its letters or its interval
                columns.extend([""] if heading else [])
                inside = BESIDE.sub(lambda part: f"{part[1]}{_interval(part[2], catalogue)}", one[3])
                return f"{one[1]}{inside}{one[4]}" if one[2] == "td" else one[0]
            if one[2] == "td" and NUMBER.search(one[1]):  # written by `Texts.table`
                return one[0]
            words = unescape(one[3])
            if heading:
                columns.append(words)
            if one[2] == "th":
                told = catalogue.head(words) or words
            else:
                column = columns[at] if at < len(columns) else ""
                told = words if quoting and column == "says" else catalogue.cell(words, column)
            return one[0] if told == words else f"{one[1]}{escape(told)}{one[4]}"

        return CELL.sub(cell, match[0])

    html = CAPTION.sub(lambda one: f"{one[1]}{escape(catalogue.sentence(unescape(one[2])))}{one[3]}", html)
    return ROW.sub(row, html)


def _interval(words: str, catalogue: Catalogue) -> str:
    """An interval beside a figure; any other words stay."""
    return catalogue.phrases.say(words) or words if FIGURES.fullmatch(words) else words


def card(html: str, catalogue: Catalogue) -> str:
    """A map, board or panel: its tables, its text nodes, its small pictures and what is read aloud."""
    aside: list[str] = []
    html = PICTURE.sub(lambda one: f"{one[1]}{_drawn(one[2], catalogue)}", _set_aside(html, aside))
    html = SPOKEN.sub(lambda one: f"{one[1]}{escape(catalogue.sentence(unescape(one[2])))}{one[3]}", html)
    pieces = TAG.split(html)
    for at in range(0, len(pieces), 2):
        if pieces[at].strip() and not ASIDE.search(pieces[at]):
            # the head of a finding's table has no attributes; the map's have, and name stages and steps
            pieces[at] = _node(pieces[at], catalogue, at > 0 and pieces[at - 1] == "<th>")

    def back(one: re.Match[str]) -> str:  # a quotation may stand in a cell that was set aside too
        return ASIDE.sub(back, _sourced(aside[int(one[1])], catalogue))

    return ASIDE.sub(back, "".join(pieces))


def _set_aside(html: str, aside: list[str]) -> str:
    """What customers said, out of the way: quotations, and the cells of the columns and rows that hold their words."""

    def keep(words: str) -> str:
        aside.append(words)
        return f"\ue000{len(aside) - 1}\ue001"

    def one_table(match: re.Match[str]) -> str:
        columns: list[str] = []

        def row(match: re.Match[str]) -> str:
            cells = [re.sub(r"<[^>]*>", "", one[3]).strip().lower() for one in CELL.finditer(match[0])]
            columns.extend(cells if not columns else [])
            theirs = any(one in THEIRS for one in cells)  # in the row of heads no cell is a td
            at = iter(range(len(cells)))

            def cell(one: re.Match[str]) -> str:
                column = next(at)
                hers = theirs or (column < len(columns) and columns[column] in THEIRS)
                return f"{one[1]}{keep(one[3])}{one[4]}" if one[2] == "td" and hers and one[3] else one[0]

            return CELL.sub(cell, match[0])

        return ROW.sub(row, match[0])

    html = html.translate({0xE000: None, 0xE001: None})
    html = QUOTED.sub(lambda one: f"{one[1]}{keep(one[3])}{one[4]}", html)
    return TABLE.sub(one_table, html)


def _sourced(html: str, catalogue: Catalogue) -> str:
    """What a customer said, as it was said; who said it and how it was judged, in the language."""
    html = SMALL.sub(lambda one: f"{one[1]}{_node(one[2], catalogue, False)}{one[3]}", html)
    return SOURCE.sub(lambda one: f"({_node(one[1], catalogue, False)})", html)


def _drawn(packed: str, catalogue: Catalogue) -> str:
    """A small picture of the map (SVG, packed), its words in the language."""
    return base64.b64encode(card(base64.b64decode(packed).decode(), catalogue).encode()).decode()


def _node(piece: str, catalogue: Catalogue, heading: bool) -> str:
    words = unescape(piece)
    bare = words.strip()
    told = catalogue.anywhere.get(bare) or (catalogue.head(bare) if heading else None) or catalogue.phrases.say(bare)
    if told is None:
        told = catalogue.sentence(bare)
    return piece if told == bare else escape(words.replace(bare, told, 1), quote=False)


def figure(value: Any, catalogue: Catalogue, figures: Figures) -> Any:
    """A plotly figure whose labels, titles, notes and hover texts speak the language; `figures` writes the numbers that stand
    among other words."""
    if isinstance(value, Mapping):
        return {
            key: MONTH.sub("%m", one)
            if key == "tickformat" and isinstance(one, str)
            else _labels(one, catalogue, figures)
            if key in WORDED
            else figure(one, catalogue, figures)
            for key, one in value.items()
        }
    return [figure(one, catalogue, figures) for one in value] if isinstance(value, list | tuple) else value


def _labels(value: Any, catalogue: Catalogue, figures: Figures) -> Any:
    if isinstance(value, str):
        return label(value, catalogue, figures)
    if isinstance(value, list | tuple):
        return [_labels(one, catalogue, figures) for one in value]
    return figure(value, catalogue, figures)


def label(text: str, catalogue: Catalogue, figures: Figures) -> str:
    """The text of a label, its tags kept; a phrase that is broken into lines is broken anew."""
    pieces, fallen = PLACES.split(text), list(PLACES.split(text))
    all_told = True
    for at in range(0, len(pieces), 2):
        bare = pieces[at].strip()
        if bare:
            told = catalogue.anywhere.get(bare) or catalogue.phrases.say(unescape(bare))
            new = figures(bare) if told is None else escape(told, quote=False)
            pieces[at] = pieces[at].replace(bare, new, 1)
            # a further line without a figure may be the rest of a name
            if at == 0 or pieces[at - 1] != "<br>" or FIGURE.search(bare):
                fallen[at] = pieces[at]
            all_told = all_told and told is not None
    return "".join(pieces) if all_told else _rebroken(text, catalogue) or "".join(fallen)


def _rebroken(text: str, catalogue: Catalogue) -> str:
    """A phrase that the drawing had broken into lines, in the language and broken anew; "" where it is none."""
    lines = text.split("<br>")
    frame = re.fullmatch(r"((?:<[ib]>)*)([^<>]*)((?:</[ib]>)*)", " ".join(lines))
    told = catalogue.phrases.say(unescape(frame[2])) if frame and len(lines) > 1 else None
    if frame is None or told is None:
        return ""
    width = max(len(TAG.sub("", line)) for line in lines)
    return f"{frame[1]}{_broken(escape(told, quote=False), width)}{frame[3]}"


def _broken(words: str, width: int) -> str:
    lines = [""]
    for word in words.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
