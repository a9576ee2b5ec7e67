"""The words of a report's own frame, by language, from one catalogue (en.yaml, de.yaml), and numbers as a language writes them.

What findings say comes from elsewhere: each sentence, base and method passes through `spoken_in` (as text) or `told_in` (as
HTML), each table, card and figure through `Texts`. Their phrases are in phrases_de.yaml; what is not there stays English.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from workbench import models
from workbench.faults import DataFault, unknown
from workbench.report.texts import markup
from workbench.report.texts.phrases import Phrases

LANGUAGES = ("en", "de")
PHRASES = "\nphrases:\n"  # where the phrases begin in their file
CELL = re.compile(r"(<t[dh]\b[^>]*\bclass=\"?[^\">]*\bnumber\b[^>]*>)([^<]*)")
LINE = re.compile(r'<tr class="(?:base|test)">.*?</tr>', re.S)  # of a crosstab: figures whose cells have no class
PLAIN = re.compile(r"(<td[^>]*>)([^<]*)")
NUMBER = re.compile(r"[−+-]?\d[\d,]*(?:\.\d+)?")
HIDDEN = re.compile(r'(<td class="hidden[^"]*">)hidden(</td>)')
FIGURE = re.compile(r"(?<![\w.,:-])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)(?![\w:-]|[.,]\d)")


@dataclass(frozen=True)
class Texts:
    """One language of the catalogue."""

    language: str
    words: Mapping[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        """A text by its key ("frame.skip"), its places filled in; numbers as the language writes them."""
        found: Any = self.words
        for part in key.split("."):
            found = found[part]
        shown = {name: self.number(value) for name, value in values.items()}
        return str(found).format(**shown) if values else str(found)

    @property
    def decimal(self) -> str:
        return str(self.words["numbers"]["decimal"])

    @property
    def separators(self) -> str:
        """Decimal point and thousands, as plotly takes them."""
        return f"{self.decimal}{self.words['numbers']['thousands']}"

    def part(self, name: str) -> dict[str, Any]:
        """A part of the catalogue: "tables", "glossary"."""
        return dict(self.words[name])

    def number(self, value: object) -> str:
        """A number as the language writes it, thousands apart; other values as they are."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
        return self.written(text.replace("-", "−"))

    def written(self, text: str) -> str:
        """A number written the English way, as the language writes it."""
        if self.decimal == ".":
            return text
        return text.translate(str.maketrans(".,", ",."))

    def figures(self, text: str) -> str:
        """The numbers within the words of a drawing, as the language writes them; dates and versions stay."""
        return text if self.decimal == "." else FIGURE.sub(lambda match: self.written(match[0]), text)

    def table(self, html: str) -> str:
        """A table of a finding: known heads in the language's words, numbers as it writes them."""
        if self.language == "en":
            return html
        html = markup.table(html, _catalogue(self.language))
        html = HIDDEN.sub(lambda one: f"{one[1]}{self('finding.hidden')}{one[2]}", html)
        html = CELL.sub(lambda one: one[1] + self._figure(one[2]), html)
        return LINE.sub(lambda row: PLAIN.sub(lambda one: one[1] + self._figure(one[2]), row[0]), html)

    def head(self, word: str) -> str:
        """The name of a table's column in the language, where the catalogue has it."""
        return word if self.language == "en" else _catalogue(self.language).head(word) or word

    def card(self, html: str) -> str:
        """A map, board or panel, whose HTML is our own: its words in the language, as far as the catalogue has them."""
        return html if self.language == "en" else markup.card(html, _catalogue(self.language))

    def drawing(self, figure: Mapping[str, Any]) -> Mapping[str, Any]:
        """A figure (plotly JSON) whose labels, notes and hover texts speak the language."""
        if self.language == "en":
            return figure
        drawn: Mapping[str, Any] = markup.figure(figure, _catalogue(self.language), self.figures)
        return drawn

    def _figure(self, text: str) -> str:
        """The content of a cell of figures."""
        return self.written(text) if NUMBER.fullmatch(text) else self.figures(text)


def spoken_in(sentence: str, language: str) -> str:
    """A sentence, base, method or label in a language, as far as its catalogue has it; the rest stays English."""
    return sentence if language == "en" else _catalogue(language).sentence(sentence)


def told_in(sentence: str, language: str) -> str:
    """The same as HTML, escaped; what stays English says so (lang="en"), for those who hear the page."""
    if language == "en":
        return escape(sentence)
    told = _catalogue(language).phrases.parts(sentence)
    return "".join(
        escape(words) if ours or not words.strip() else f'<span lang="en">{escape(words)}</span>'
        for words, ours in told
    )


def untold(sentence: str, language: str) -> list[str]:
    """What of a text stays English in a language."""
    return [words for words, ours in _catalogue(language).phrases.parts(sentence) if not ours and words.strip()]


def texts(language: str = "en") -> Texts:
    """The catalogue of a language. Raises DataFault for one that is not there."""
    if language not in LANGUAGES:
        raise DataFault(unknown("language", language, LANGUAGES, file="study.yaml", column="language"))
    return _read(language)


@cache
def _read(language: str) -> Texts:
    text = files("workbench.report.texts").joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    return Texts(language, json.loads(json.dumps(models.parse(text, f"{language}.yaml"))))


@cache
def _catalogue(language: str) -> markup.Catalogue:
    name = f"phrases_{language}.yaml"
    text = files("workbench.report.texts").joinpath(name).read_text(encoding="utf-8")
    lists, lines = text.split(PHRASES, 1)  # a line a phrase, quoted: read by itself, at a hundredth of the time
    words: Any = models.parse(lists, name)
    frame = texts(language)
    heads = {str(one): str(told) for one, told in (*frame.part("heads").items(), *words["heads"].items())}
    pairs = ",".join(line for line in map(str.strip, lines.splitlines()) if line and not line.startswith("#"))
    phrases: dict[str, str] = json.loads(f"{{{pairs}}}")
    return markup.Catalogue(
        phrases=Phrases(phrases, frame.written),
        heads=Phrases(phrases | heads, frame.written),
        cells=dict(words["cells"]),
        columns=frozenset(words["columns"]),
        anywhere=dict(words["anywhere"]),
    )
