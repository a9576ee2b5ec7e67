"""What counts for all solutions (who left, rates of currencies, weights) as a small table, each cell saved to solutions.yaml.

Knows the study's solutions.yaml.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.editing import save_as
from workbench.entries import plain, same
from workbench.faults import DataFault, Fault
from workbench.panels import live
from workbench.panels.desk import literal
from workbench.panels.panel import whole
from workbench.panels.solution_words import people_meant, people_said
from workbench.study import Study
from workbench.undoing import Undoable

COLUMNS = (
    {"key": "word", "label": "What", "kind": "fixed", "width": 220},
    {"key": "value", "label": "Value", "kind": "text", "width": 260},
    {"key": "help", "label": "What it means", "kind": "fixed", "width": 380},
)
ROWS = {
    "leavers": ("Who left", "Attributes of people that tell it, as in switched: yes"),
    "rates": ("Rates of other currencies", "What one unit is worth in the study's, as in €: 0.86; $: 0.79"),
    "weights.nps": ("Weight of an NPS point", "Over all customers; where no weight is given, what study.yaml says it is worth"),
    "weights.complaints": ("Weight of a complaint avoided", "In a hundred customers"),
    "weights.churn": ("Weight of a customer kept", "In a hundred customers"),
}  # fmt: skip


class Counts(Undoable[tuple[str, Any, Any]]):
    """The words at the top of solutions.yaml; `changed` is called after each save. Of what was done are kept the word, what
    stood there and what stands there now."""

    def __init__(self, study: Study, changed: Callable[[], None]):
        super().__init__()
        self.study, self.changed, self.code = study, changed, ""
        self.grid = live.Grid("What counts for all solutions", COLUMNS, self._ask)
        self.grid.can_add = self.grid.can_remove = False
        self.grid.add_class("wb-sheet")

    def read(self) -> None:
        """As the file has it."""
        content = plain(self.study.content("solutions"))
        weights = content.get("weights") or {}
        values = {
            "leavers": people_said(content.get("leavers")),
            "rates": people_said(content.get("rates")),
        } | {f"weights.{word}": weights.get(word) for word in ("nps", "complaints", "churn")}
        self.grid.rows = [
            {
                "id": key,
                "name": label,
                "cells": {"word": label, "value": values[key], "help": help},
                "as": {"value": {"kind": "number" if key.startswith("weights.") else "text"}},
            }
            for key, (label, help) in ROWS.items()
        ]
        self.grid.can_undo, self.grid.can_redo = self.can_undo, self.can_redo

    def _ask(self, asked: dict[str, Any]) -> str:
        said = ""
        if asked["do"] in ("undo", "redo"):
            told = self.undo() if asked["do"] == "undo" else self.redo()
            said = f"{told}." if told else f"Nothing to {asked['do']}."
        elif asked["do"] == "set":
            key, value = asked["id"], _meant(asked["id"], asked.get("value"))
            before = _meant(key, asked["was"]) if "was" in asked else self._there(key)
            self._put(key, value, before)
            self.keep((key, before, value))
            said = f"{ROWS[key][0]}: saved to solutions.yaml."
        self.changed()
        return said

    def _back(self, done: tuple[str, Any, Any]) -> tuple[str, Any, Any]:
        key, before, after = done
        self._put(key, before, after)
        return key, after, before

    def _what(self, done: tuple[str, Any, Any]) -> str:
        return ROWS[done[0]][0]

    def _there(self, key: str) -> Any:
        word, _, under = key.partition(".")
        given = plain(self.study.content("solutions")).get(word) or {}
        return given.get(under) if under else given

    def _put(self, key: str, value: Any, was: Any) -> None:
        """Write a word, unless somebody else wrote there since. Raises DataFault."""
        word, _, under = key.partition(".")

        def act(content: Any) -> bool:
            given = plain(content.get(word)) or {}
            before = given.get(under) if under else given
            if same(before, value):
                return False
            if not same(before, was):
                who = self.study.last_saved("solutions")[0] or "somebody"
                mend = "theirs stands; write yours again to replace it"
                raise DataFault(Fault("solutions.yaml", None, word, f"{who} wrote {before} meanwhile", f"{was}", mend))
            now = (
                ({**given, under: value} if value is not None else {k: v for k, v in given.items() if k != under})
                if under
                else value
            )
            if now:
                content[word] = now
            else:
                content.pop(word, None)
            return True

        save_as(self.study, "solutions", act)
        said = literal(plain(self.study.content("solutions")).get(word) or {})
        lines = (
            'content = study.content("solutions")',
            f'content["{word}"] = {said}',
            'study.save("solutions", content)',
        )
        self.code = "\n".join(lines)


def _meant(key: str, value: Any) -> Any:
    """A cell as the file has it. Raises DataFault."""
    if key == "leavers":
        return people_meant(value)
    if key != "rates":
        return None if value is None else whole(float(value))
    found = {}
    for sign, rate in people_meant(value).items():
        try:
            found[sign] = whole(float(str(rate)))
        except ValueError:
            raise DataFault(
                Fault("solutions.yaml", None, "rates", f'"{rate}"', "a number", "write it as €: 0.86; $: 0.79")
            ) from None
    return found
