"""Entries of a study's lists (solutions, actions, claims, sources …) changed cell by cell, as a table is edited.

Each change is made to the file as it stands and saved at once, so that what several people write in different cells all
stands; where somebody else wrote in the same cell meanwhile theirs stays and is told. Knows a study by its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.editing import save_as
from workbench.faults import DataFault, Fault, unknown
from workbench.undoing import Undoable

if TYPE_CHECKING:
    from workbench.study import Study

# the part of a study -> the list that it holds, and the word that tells its entries apart
LISTS = {
    "solutions": ("solutions", "id"),
    "actions": ("actions", "id"),
    "hypotheses": ("hypotheses", "id"),
    "ideas": ("ideas", "id"),
    "study": ("sources", "file"),
}
MISSING: Any = object()
Cell = str | tuple[str, ...]  # "cost.once" is the word once under cost; a tuple where a word may have a point in it


@dataclass(frozen=True)
class _Done:
    """One change as it was made: of cells of an entry (each with what stood there and what stands there now), or (no cells)
    of a whole entry at its place in the list."""

    entry: str
    cells: tuple[tuple[Cell, Any, Any], ...]
    before: Any = None
    after: Any = None
    place: int = 0


class Entries(Undoable[_Done]):
    """The entries of one of a study's lists, to change; what was done here can be undone and redone.

    part  "solutions", "actions", "hypotheses", "ideas", or "study" for its sources
    """

    def __init__(self, study: Study, part: str, who: str = ""):
        if part not in LISTS:
            raise DataFault(unknown("list of a study", part, LISTS))
        super().__init__()
        self.study, self.part, self.who = study, part, who
        self.name, self.key = LISTS[part]

    # -- what is there ------------------------------------------------------------------------------------------------

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The entries as the file says them now. Raises DataFault where it does not fit."""
        return list(self.study.content(self.part).get(self.name) or [])

    # -- changing -----------------------------------------------------------------------------------------------------

    def set(self, entry: str, cell: Cell, value: Any, was: Any = MISSING) -> None:
        """Write a cell of an entry ("cost.once" is the word once under cost, ("questions", "Q1.2") the word Q1.2 under
        questions); None or "" takes it out. `was` is what stood there when the writing began: whoever changed it since is
        met, and theirs stays. Raises DataFault."""
        self.put(entry, {cell: value}, {} if was is MISSING else {cell: was})

    def put(self, entry: str, cells: Mapping[Any, Any], was: Mapping[Any, Any] | None = None) -> None:
        """Write several cells of an entry, as `set` does each: saved together or not at all, and undone together."""
        seen = was or {}

        def act(listed: list[Any]) -> Any:
            asked = [(cell, value, seen.get(cell, MISSING)) for cell, value in cells.items()]
            made = [(cell, self._put(listed, entry, cell, value, stood), value) for cell, value, stood in asked]
            return tuple(one for one in made if one[1] is not MISSING) or MISSING

        done = self._act(act)
        if done is not MISSING:
            self.keep(_Done(entry, done))

    def add(self, entry: Mapping[str, Any], at: int | None = None) -> str:
        """A new entry, last or at a place; what names it comes back. Raises DataFault."""
        name = str(entry[self.key])

        def act(listed: list[Any]) -> int:
            if name in self._names(listed):
                raise self._fault(f'"{name}" is there already', "a new name")
            place = len(listed) if at is None else min(at, len(listed))
            listed.insert(place, deepcopy(dict(entry)))
            return place

        self.keep(_Done(name, (), None, deepcopy(dict(entry)), self._act(act)))
        return name

    def remove(self, entry: str) -> None:
        """Take out an entry."""

        def act(listed: list[Any]) -> tuple[int, Any]:
            place = self._place(listed, entry)
            return place, deepcopy(listed.pop(place))

        place, before = self._act(act)
        self.keep(_Done(entry, (), before, None, place))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _back(self, done: _Done) -> _Done:
        back = tuple((cell, after, before) for cell, before, after in reversed(done.cells))
        if back:
            self._act(lambda listed: [self._put(listed, done.entry, cell, now, was) for cell, was, now in back])
        elif done.before is None:
            self._act(lambda listed: listed.pop(self._place(listed, done.entry)))
        else:
            self._act(lambda listed: listed.insert(min(done.place, len(listed)), deepcopy(done.before)))
        return _Done(done.entry, back, done.after, done.before, done.place)

    def _what(self, done: _Done) -> str:
        return ", ".join([done.entry, *(_called(cell) for cell, _, _ in done.cells)])

    def _act(self, act: Callable[[list[Any]], Any]) -> Any:
        """Save the part as an act on its list leaves it; what the act gives comes back, MISSING where it changed nothing."""
        given: list[Any] = [MISSING]

        def on_content(content: Any) -> bool:
            if content.get(self.name) is None:
                content[self.name] = []
            given[0] = act(content[self.name])
            return given[0] is not MISSING

        save_as(self.study, self.part, on_content, self.who)
        return given[0]

    def _put(self, listed: list[Any], entry: str, cell: Cell, value: Any, was: Any) -> Any:
        """Write a cell; what stood there comes back, MISSING where it is the same already."""
        holder = listed[self._place(listed, entry)]
        *above_it, word = cell.split(".") if isinstance(cell, str) else cell
        parents: list[tuple[Any, str]] = []
        for first in above_it:
            if not isinstance(holder.get(first), Mapping):
                if value in (None, ""):
                    return MISSING
                holder[first] = {}
            parents.append((holder, first))
            holder = holder[first]
        before = plain(holder.get(word))
        if same(before, value):
            return MISSING
        if was is not MISSING and not same(before, was):
            raise self._fault(
                f"{entry}, {_called(cell)}: {self._who()} wrote {_said(before)} meanwhile",
                f"{_said(was)}, as it stood when you began",
                "theirs stands; write yours again to replace it",
            )
        if value in (None, "", [], {}):
            holder.pop(word, None)
            for above, name in reversed(parents):
                if not above[name]:
                    above.pop(name)
        else:
            holder[word] = deepcopy(value)
        return before

    def _place(self, listed: list[Any], entry: str) -> int:
        names = self._names(listed)
        if entry not in names:
            raise DataFault(unknown("entry", entry, names, file=f"{self.part}.yaml"))
        return names.index(entry)

    def _names(self, listed: list[Any]) -> list[str]:
        return [str(one.get(self.key) or one.get("name") or "") for one in listed]

    def _who(self) -> str:
        return self.study.last_saved(self.part)[0] or "somebody"

    def _fault(self, found: str, expected: str, mend: str = "") -> DataFault:
        return DataFault(Fault(file=f"{self.part}.yaml", found=found, expected=expected, mend=mend))


def plain(value: Any) -> Any:
    """A value of a study's file without its comments and its kind of list."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def same(one: Any, other: Any) -> bool:
    """Are two cells the same to a reader? Nothing, an empty text and an empty list are."""
    blank: tuple[Any, ...] = (None, "", [], {})
    return (one in blank and other in blank) or one == other or str(one) == str(other)


def _called(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ", ".join(cell)


def _said(value: Any) -> str:
    return "nothing" if value in (None, "", [], {}) else f'"{value}"'
