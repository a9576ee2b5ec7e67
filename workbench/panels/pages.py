"""Parts of one panel, one in sight, their titles as tabs. Knows widgets alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workbench.panels import live, look


class Pages:
    """Parts of a panel behind tabs; `turned` is called with the title of the one that came in sight."""

    def __init__(self, label: str, parts: Mapping[str, Sequence[Any]], turned: Callable[[str], None] | None = None):
        self.parts, self.turned = dict(parts), turned
        self.bar = live.Tabs(label=label, titles=list(parts))
        self.place = look.column(*self.parts[self.chosen])
        self.box = look.column(self.bar, self.place)
        self.bar.observe(lambda _: self._show(), names="chosen")

    @property
    def chosen(self) -> str:
        """The title of the part in sight."""
        return list(self.parts)[self.bar.chosen]

    def turn(self, title: str) -> None:
        """Bring a part in sight."""
        self.bar.chosen = list(self.parts).index(title)

    def note(self, title: str, words: str) -> None:
        """A few words beside a title."""
        notes = [*self.bar.notes, *[""] * len(self.parts)][: len(self.parts)]
        notes[list(self.parts).index(title)] = words
        self.bar.notes = notes

    def _show(self) -> None:
        self.place.children = self.parts[self.chosen]
        if self.turned is not None:
            self.turned(self.chosen)
