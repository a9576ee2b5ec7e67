"""The words of a report's own frame, by language, from one catalogue (en.yaml, de.yaml), and numbers as a language writes them.

What findings say comes from elsewhere: each sentence, base and method passes through `spoken_in`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from workbench import models
from workbench.faults import DataFault, unknown

LANGUAGES = ("en", "de")
CELL = re.compile(r"(<t[dh]\b[^>]*\bclass=\"?[^\">]*\bnumber\b[^>]*>)([^<]*)")
LINE = re.compile(r'<tr class="(?:base|test)">.*?</tr>', re.S)  # of a crosstab: figures whose cells have no class
PLAIN = re.compile(r"(<td[^>]*>)([^<]*)")
HEAD = re.compile(r"(<th[^>]*>)([^<]+)(</th>)")
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
        heads = self.part("heads")
        html = HEAD.sub(lambda one: f"{one[1]}{heads.get(one[2], one[2])}{one[3]}", html)
        html = HIDDEN.sub(lambda one: f"{one[1]}{self('finding.hidden')}{one[2]}", html)
        html = CELL.sub(lambda one: one[1] + self._figure(one[2]), html)
        return LINE.sub(lambda row: PLAIN.sub(lambda one: one[1] + self._figure(one[2]), row[0]), html)

    def _figure(self, text: str) -> str:
        """The content of a cell of figures."""
        return self.written(text) if NUMBER.fullmatch(text) else self.figures(text)


def spoken_in(sentence: str, language: str) -> str:
    """A sentence, base or method in a language. Findings speak English so far, whatever the language: the one place
    through which all that they say passes."""
    return sentence


def texts(language: str = "en") -> Texts:
    """The catalogue of a language. Raises DataFault for one that is not there."""
    if language not in LANGUAGES:
        raise DataFault(unknown("language", language, LANGUAGES, file="study.yaml", column="language"))
    return _read(language)


@cache
def _read(language: str) -> Texts:
    text = files("workbench.report.texts").joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    return Texts(language, json.loads(json.dumps(models.parse(text, f"{language}.yaml"))))
