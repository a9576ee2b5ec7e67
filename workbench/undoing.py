"""What was done here, so that it can be taken back and done again: the newest first, on whatever others wrote since.

Knows nothing of what is done: that is the business of whoever can undo.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

Done = TypeVar("Done")


class Undoable(ABC, Generic[Done]):
    """Something whose acts can be taken back, one by one, and done again until another act follows."""

    def __init__(self) -> None:
        self._done: list[Done] = []
        self._undone: list[Done] = []

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def undo(self) -> str:
        """Take back what was done last here; in words what it was, empty where there is nothing. Raises DataFault where
        somebody else wrote there since: theirs stands."""
        return self._turn(self._done, self._undone, "taken back")

    def redo(self) -> str:
        """Do again what was undone last; as `undo`."""
        return self._turn(self._undone, self._done, "done again")

    def keep(self, done: Done) -> None:
        """Something was done: it is what `undo` takes back."""
        self._done.append(done)
        self._undone.clear()

    def _turn(self, of: list[Done], to: list[Done], words: str) -> str:
        if not of:
            return ""
        last = of[-1]
        back = self._back(last)  # where it fails it stays the last one
        of.pop()
        if back is not None:
            to.append(back)
        return f"{self._what(last)}: {words}"

    @abstractmethod
    def _back(self, done: Done) -> Done | None:
        """Do the opposite of what was done, and save it; what was done by that comes back, None where it was nothing."""

    @abstractmethod
    def _what(self, done: Done) -> str:
        """What was done, in a few words."""
