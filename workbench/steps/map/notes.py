"""Comments on the cells of a map (notes.yaml): who said what of which cell, when, and whether it is settled."""

from __future__ import annotations

from workbench.models import Model


class Note(Model):
    """A comment on a step, or on one lane of it. `when` is the day, as in 2025-03-31."""

    step: str
    lane: str = ""
    who: str
    when: str
    words: str
    settled: bool = False


class Notes(Model):
    """All comments, in the order in which they were made."""

    notes: list[Note] = []

    def open(self, step: str, lane: str | None = None) -> list[Note]:
        """What is not settled at a step, or at one cell of it."""
        return [one for one in self.notes if one.step == step and lane in (None, one.lane) and not one.settled]
