"""Scope: the sheet of questions that a study answers before anything is drawn. Knows only itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from workbench.finding import Finding
from workbench.models import Model


@dataclass(frozen=True)
class Asked:
    """A question of the sheet: its key in scope.yaml, its words, and what helps to answer it."""

    key: str
    words: str
    help: str
    choices: tuple[str, ...] = ()


SHEET = (
    Asked("purpose", "Why is this journey studied?", "The decision that waits for it, not the wish to have a map."),
    Asked("improvement", "Will the outputs improve the experience, and how?", "What would be done differently."),
    Asked(
        "application",
        "How will the outputs be applied?",
        "Training, communication, process, service design, standards.",
    ),
    Asked("applied_by", "Who will apply them?", "Departments or roles that can change something."),
    Asked("customers", "Which customers: everyone, or a segment?", "Everyone, or the segment in words."),
    Asked("start", "Where does the journey start?", "From the moment a need is noticed, not from your first process."),
    Asked("end", "Where does it end?", "When the need is met, or the customer has left."),
    Asked(
        "unit",
        "Interactions or transactions?",
        "Every contact on the way, or whole purchases and requests.",
        ("interactions", "transactions"),
    ),
    Asked(
        "factors",
        "Physical or emotional factors?",
        "What was done and delivered, how it felt, or both.",
        ("physical", "emotional", "both"),
    ),
    Asked("departments", "Which departments take part?", "All that own a step, and those who can mend one."),
)


class Scope(Model):
    """The answers of the sheet. An answer that is left out is open."""

    purpose: str = ""
    improvement: str = ""
    application: str = ""
    applied_by: list[str] = []
    customers: str = ""
    segment: dict[str, str] = {}
    start: str = ""
    end: str = ""
    unit: Literal["interactions", "transactions", ""] = ""
    factors: Literal["physical", "emotional", "both", ""] = ""
    departments: list[str] = []

    @property
    def open(self) -> list[Asked]:
        """The questions that are not answered yet."""
        return [asked for asked in SHEET if not getattr(self, asked.key)]

    @property
    def complete(self) -> float:
        """The share of the sheet that is answered, 0 to 1."""
        return 1 - len(self.open) / len(SHEET)

    def finding(self, names: dict[str, str] | None = None) -> Finding:
        """The sheet as a table, what is open first in the sentence. `names` are the names of steps."""
        left = self.open
        rows = []
        for asked in SHEET:
            answer: Any = getattr(self, asked.key)
            if asked.key in ("start", "end"):
                answer = (names or {}).get(answer, answer)
            words = ", ".join(answer) if isinstance(answer, list) else answer
            if asked.key == "customers" and self.segment:
                words += f" ({', '.join(f'{key}: {value}' for key, value in self.segment.items())})"
            rows.append({"question": asked.words, "answer": words or "open", "help": asked.help})
        told = f"{len(SHEET) - len(left)} of {len(SHEET)} questions are answered"
        sentence = (
            f"{told}; still open: {' '.join(asked.words for asked in left)}"
            if left
            else f"{told}: the scope is complete."
        )
        return Finding(
            "scope", pd.DataFrame(rows), sentence, by=("question",), method="as the team wrote it in scope.yaml"
        )
