"""What was worked out of a study, kept for all who have the study open in this process, for the files it was worked out of.

Knows a folder and keys; nothing of what is worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


class Answers:
    """One answer a question, with the key of what it rests on. It goes with the last study that holds it."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Hashable, object]] = {}

    def once(self, what: str, key: Hashable, work: Callable[[], T]) -> T:
        """The answer that was worked out for this key, else worked out now."""
        found = self._kept.get(what)
        if found is None or found[0] != key:
            found = (key, work())
            self._kept[what] = found
        return found[1]  # type: ignore[return-value]

    def clear(self) -> None:
        """Nothing of what was worked out is kept."""
        self._kept.clear()


_OPEN: WeakValueDictionary[tuple[Path, str], Answers] = WeakValueDictionary()


def answers_of(folder: Path, part: str = "") -> Answers:
    """What is known of the study in this folder already, by whoever has it open; of a `part` of its people apart."""
    place = folder.resolve(), part
    found = _OPEN.get(place)
    if found is None:
        found = _OPEN[place] = Answers()
    return found
