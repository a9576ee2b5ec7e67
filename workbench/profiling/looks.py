"""One column of a file as it is looked at: its heading and what stands in its cells. And what it seems to be, with the doubt.

Knows pandas and the words of headings; judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.profiling import words
from workbench.written import NUMBER


@dataclass(eq=False)
class Look:
    """A column: `text` are its filled cells in the file's order, `labels` what its codes mean (SPSS), `declared` the codes
    that the file itself declares missing.
    """

    place: int
    heading: str
    wording: str
    text: pd.Series
    rows: int
    labels: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "."
    dictionary: bool = False  # does the file say what its codes mean?

    @cached_property
    def plain(self) -> str:
        return words.plain(self.heading)

    @cached_property
    def said(self) -> str:
        """Heading and wording as words."""
        return f"{self.plain} {words.plain(self.wording)}".strip()

    @cached_property
    def counts(self) -> pd.Series:
        return self.text.value_counts()

    @property
    def filled(self) -> int:
        return len(self.text)

    @property
    def distinct(self) -> int:
        return len(self.counts)

    @cached_property
    def numbers(self) -> pd.Series:
        """The numbers among the distinct texts, by text (a decimal comma where the file has one)."""
        texts = pd.Series(self.counts.index, index=self.counts.index, dtype=object).astype(str)
        if self.decimal != ".":
            texts = texts.str.replace(self.decimal, ".", regex=False)
        return pd.to_numeric(texts.where(texts.str.fullmatch(NUMBER)), errors="coerce").dropna()

    @cached_property
    def numeric(self) -> float:
        """The share of filled cells that are numbers, words of nothing left out."""
        named = [text for text in self.counts.index if text not in self.numbers.index and words.nothing(text)]
        left = self.filled - int(self.counts[named].sum())
        return float(self.counts[self.numbers.index].sum()) / left if left else 0.0

    @cached_property
    def whole(self) -> bool:
        return bool(len(self.numbers)) and bool((self.numbers % 1 == 0).all())

    @cached_property
    def tally(self) -> dict[int, int]:
        """How often each whole number stands there."""
        found: dict[int, int] = {}
        for text, value in self.numbers.items():
            if value % 1 == 0 and abs(value) < 1e9:
                found[int(value)] = found.get(int(value), 0) + int(self.counts[text])
        return found

    @cached_property
    def answered(self) -> pd.Series:
        """How often each text stands there, words of nothing left out."""
        return self.counts[[text for text in self.counts.index if not words.nothing(str(text))]]

    @cached_property
    def length(self) -> float:
        return float(self.text.str.len().mean()) if self.filled else 0.0

    @cached_property
    def spaced(self) -> float:
        """The share of cells of more than one word."""
        return float(self.text.str.contains(r"\S\s+\S").mean()) if self.filled else 0.0

    def share(self, pattern: str) -> float:
        return float(self.text.str.fullmatch(pattern).mean()) if self.filled else 0.0


@dataclass
class Judged:
    """What a column seems to be: in words, with the reason, the doubt, and what a binding would say of it.

    `scale` are the ends of a rating, `values` the codes and labels that stand for other numbers, `group` the question
    that an option belongs to, `option` what it is called there.
    """

    seems: str
    why: str
    doubt: str = ""
    scale: tuple[float, float] | None = None
    missing: list[str] = field(default_factory=list)
    not_applicable: list[str] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
    reversed: bool = False
    group: str = ""
    option: str = ""
    delimiter: str = ""
    options: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    unchosen: list[str] = field(default_factory=list)
    sure: float = 0.5  # how sure, from 0 to 1: the least sure are told first

    def plainly(self) -> dict[str, Any]:
        """What there is to tell, for a table."""
        return {
            "seems": self.seems,
            "why": self.why,
            "doubt": self.doubt,
            "scale": list(self.scale) if self.scale else None,
            "missing": self.missing,
            "not_applicable": self.not_applicable,
            "codes": self.values,
            "reversed": self.reversed,
            "question": self.group,
        }


RATINGS = ("a recommendation 0 to 10", "a rating", "an effort", "an emotion", "trust")
