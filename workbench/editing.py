"""A map while it is changed: what is done is saved at once, can be undone, and meets what others saved meanwhile.

Changes are made to the map as it stands, cell by cell; where somebody else changed the same cell theirs stays and the
clash is told with both values and names. Knows a study by its parts; the verbs of drawing stand in `drawing`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import files, models
from workbench.faults import DataFault
from workbench.history import last_change
from workbench.steps.map import JourneyMap
from workbench.steps.map.changes import LONGEST, WHOLE, Change, Clash, apply, cell, is_place, place_of
from workbench.undoing import Undoable

if TYPE_CHECKING:
    from workbench.study import Study

TRIES = 5  # saves in a row that others may get in between


@dataclass(frozen=True)
class Told:
    """A clash as it is told: where, what I wrote, what stands there, who wrote that and when."""

    path: tuple[str, ...]
    where: str
    mine: Any
    theirs: Any
    who: str
    when: str
    change: Change
    gone: bool = False  # what the cell belongs to is not on the map any more

    def __str__(self) -> str:
        who, at = self.who or "somebody", f" at {self.when}" if self.when else ""
        if self.gone:
            return f"{self.where}: {who} took it out{at}; yours was {_shown(self.mine)}. It stays out."
        if len(self.path) == WHOLE and self.mine is None:
            return f"{self.where}: {who} changed it, or what stands in it,{at}; you took it out. It stays."
        if len(self.path) == WHOLE:
            return f"{self.where}: {who} made one of that name{at}. Theirs stands, yours was not made."
        if is_place(self.path):
            return f"{self.where}: {who} moved it elsewhere{at}. It stays there."
        return f"{self.where}: {who} wrote {_shown(self.theirs)}{at}; yours was {_shown(self.mine)}. Theirs stands."


@dataclass(frozen=True)
class _Done:
    """What one verb did, and whether it is taken back whole or not at all."""

    made: list[Change]
    whole: bool


class Editing(Undoable[_Done]):
    """A map being changed: its content as it was last seen, what was done here, what can be undone.

    What is done gives the clashes it met (none, as a rule) in `clashes`, and raises DataFault, with nothing saved, where
    the map would not fit its model.
    """

    def __init__(self, study: Study, who: str = ""):
        super().__init__()
        self.study = study
        self.who = who
        self.clashes: list[Told] = []
        self._look()

    # -- what is there ------------------------------------------------------------------------------------------------

    @property
    def map(self) -> JourneyMap:
        """The map as it was last seen here."""
        return models.build(self.content, JourneyMap, "map.yaml")

    def news(self) -> bool:
        """Look whether somebody saved another version; the drawing then shows it."""
        if self.study.seen("map") == self.seen:
            return False
        self._look()
        return True

    # -- doing and undoing --------------------------------------------------------------------------------------------

    def do(self, *made: Change, whole: bool = False) -> None:
        """Make changes and save them; what clashes is told in `clashes` and left as it stands. `whole`: all or none."""
        done = self._save(made, whole)
        if done:
            self.keep(_Done(done, whole))

    def _turn(self, of: list[_Done], to: list[_Done], words: str) -> str:
        self.clashes = []
        return super()._turn(of, to, words)

    def _back(self, done: _Done) -> _Done | None:
        """What somebody else wrote since is a clash and stays; what was taken back, and that alone, can be done again."""
        back = self._save([one.back for one in reversed(done.made)], done.whole)
        return _Done(back, done.whole) if back else None

    def _what(self, done: _Done) -> str:
        called = self.map.called
        places = list(dict.fromkeys(place_of(one.path, called) for one in done.made))
        return places[0] if len(places) == 1 else f"{len(places)} changes"

    # -- inside -------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        self.seen = self.study.seen("map")
        self.content = self.study.content("map")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other drawing saves meanwhile, and what others saved before is seen."""
        with files.locked(self.study.path):
            self.news()
            yield

    def _save(self, made: Sequence[Change], whole: bool = False) -> list[Change]:
        """Make changes to the file as it stands, `whole`: all or none; those that were made come back, as they were made."""
        clashes: list[Clash] = []
        done: list[Change] = []

        def act(content: Any) -> bool:
            clashes[:], done[:] = [], []
            clashes.extend(apply(content, made, done))
            if whole and clashes:
                done.clear()
            return bool(done)

        try:
            self._saved("map", act)
        finally:
            self._look()
        self.clashes = [self._told(one) for one in clashes]
        return done

    def _saved(self, part: str, act: Callable[[Any], bool]) -> None:
        """Save a part as an act on its content leaves it, where the act says that it changed anything. Raises DataFault."""
        save_as(self.study, part, act, self.who)

    def _told(self, clash: Clash) -> Told:
        change = clash.change
        who, when = last_change(self.study.path, "map", change.path)
        gone = len(change.path) > WHOLE and cell(self.content, change.path[:WHOLE]) is None
        called, whole = self.map.called, change.was or change.now
        if len(change.path) == WHOLE and isinstance(whole, Mapping):
            called[change.path] = str(whole.get("name", change.path[1]))
        return Told(change.path, place_of(change.path, called), change.now, clash.theirs, who, when, change, gone)


def save_as(study: Study, part: str, act: Callable[[Any], bool], who: str = "") -> None:
    """Save a part of a study as an act on its content leaves it, where the act says that it changed anything: done again on
    what another saved meanwhile, so that both stand. Raises DataFault, with nothing saved.
    """
    with files.locked(study.path):
        for left in range(TRIES, 0, -1):  # an editor of texts asks for no lock: what was seen is looked at too
            seen = study.seen(part)
            content = study.content(part)
            if not act(content):
                return
            try:
                return study.save(part, content, seen, who)
            except DataFault:
                if study.seen(part) == seen or left == 1:
                    raise


def _shown(value: Any) -> str:
    if value in (None, "", []):
        return "nothing"
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    words = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    return f'"{words}"' if isinstance(value, str) else words
