"""What every panel does: show itself live or as its static twin, read the study's files, save, and say faults in words.

`Panel` shows; a `Sheet` also saves. Knows the study and the look; nothing of a single step.
"""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from workbench.editing import save_as
from workbench.entries import plain
from workbench.faults import DataFault
from workbench.panels import live, look
from workbench.study import Study


def on_paper() -> bool:
    """Is this notebook run for a report? Then no widget is built."""
    return os.environ.get("WORKBENCH_REPORT") == "1"


class Panel(ABC):
    """A panel of one study.

    question  what the researcher answers here
    parts     the parts of the study that it shows: what others save in them is shown too
    fields    the widgets that hold values, by name (after `box` was built)
    foot      the buttons, long work, the line that says what was saved and what is wrong, and the same in Python
    """

    question = ""
    parts: tuple[str, ...] = ()
    asks_data = True  # are the sources read, with a bar and a button that stops it, before it is filled?

    def __init__(self, study: Study | str):
        self.study = study if isinstance(study, Study) else Study(study)
        self.fields: dict[str, Any] = {}
        self._box: Any = None
        self._filling = False
        self._as_read: dict[str, str] = {}

    # -- what a panel must say ----------------------------------------------------------------------------------------

    @abstractmethod
    def build(self) -> list[Any]:
        """The widgets, still empty, `foot` among them."""

    @abstractmethod
    def read(self) -> None:
        """Fill the widgets from the study's files as they stand."""

    @abstractmethod
    def twin(self) -> str:
        """The panel's content as plain HTML, from the study's files."""

    def paper(self) -> str:
        """What a report shows of the panel; the step's findings follow below it there."""
        return self.twin()

    # -- live ---------------------------------------------------------------------------------------------------------

    @property
    def box(self) -> Any:
        """The live panel; built when first asked for."""
        if self._box is None:
            self.status, self.work, self.code = look.html(), live.Work(), live.Code()
            self.again_button = look.button("Read again", "Read the study's files again; what is not saved is lost")
            self.again_button.on_click(lambda _: self.refresh())
            self.foot = look.column(look.bar(*self.buttons()), self.work, self.status, self.code)
            self._box = look.frame(live.Head(self.question, self.look_again), *self.build())
            self.refresh()
        return self._box

    def buttons(self) -> list[Any]:
        """The buttons at the foot."""
        return [self.again_button]

    def refresh(self) -> None:
        """Read the files again and show them; sources that changed are read first."""
        with self.telling(), self.filling():
            self.status.value = ""
            self.noted()
            if self.asks_data and self.unread():
                self.long("Reading the sources", self.study.load, lambda _: self.read())
            else:
                self.read()

    def unread(self) -> bool:
        """Must sources be read first? What is wrong with them is told by whoever asks for what they hold."""
        try:
            return not self.study.loaded
        except DataFault:
            return False

    def noted(self) -> None:
        """What the files say now is what this panel shows."""
        self._as_read = {part: self.study.seen(part) for part in self.parts}

    def look_again(self) -> None:
        """Show what others saved since this panel read the files, and say who it was."""
        changed = [part for part, seen in self._as_read.items() if self.study.seen(part) != seen]
        if changed:
            who = sorted({self.study.last_saved(part)[0] or "somebody" for part in changed})
            named = " and ".join(f"{part}.yaml" for part in changed)
            self.others_saved(f"{' and '.join(who)} saved {named}", changed)

    def others_saved(self, said: str, changed: Sequence[str]) -> None:
        """Others saved parts that this panel shows."""
        self.refresh()
        if not self.status.value:
            self.status.value = look.good(f"{said}: this is how it stands now.")

    def long(
        self,
        words: str,
        act: Callable[[Any], Any],
        done: Callable[[Any], None],
        otherwise: Callable[[], None] | None = None,
    ) -> None:
        """Do what takes a while beside the screen, with a bar and a button that stops it; then `done` with what it gave, or
        `otherwise` where it did not come to its end (why is said in `status`)."""

        def ended(given: Any) -> None:
            with self.telling(), self.filling():
                done(given)

        def failed(problem: BaseException | None) -> None:
            if problem is None:
                self.status.value = look.good("Stopped. Files are written whole or not at all: nothing is half done.")
            elif isinstance(problem, DataFault):
                self.status.value = look.faults(problem)
            else:
                self.status.value = look.paragraph(f"This failed inside the workbench: {problem!r}", "fault")
            if otherwise is not None:
                otherwise()

        self.status.value = ""
        self.work.run(words, act, ended, failed)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Say faults of the input beside the fields; anything else is said and goes on its way."""
        try:
            yield
        except DataFault as problem:
            self.status.value = look.faults(problem)
        except Exception as problem:
            self.status.value = look.paragraph(f"This failed inside the workbench: {problem!r}", "fault")
            raise

    @contextmanager
    def filling(self) -> Iterator[None]:
        """The panel itself sets values now: nobody changed anything."""
        was, self._filling = self._filling, True
        try:
            yield
        finally:
            self._filling = was

    def on_change(self, name: str, act: Callable[[], None]) -> None:
        """Do something when a person (and not the panel itself) changes a field."""

        def changed(_: Any) -> None:
            if not self._filling:
                with self.telling():
                    act()

        self.fields[name].observe(changed, names="value")

    # -- showing ------------------------------------------------------------------------------------------------------

    def static(self) -> str:
        """The static twin: plain HTML, no widget, every word escaped; faults in words where the files do not fit."""
        try:
            body = self.paper() if on_paper() else self.twin()
        except DataFault as problem:
            body = look.faults(problem)
        asked = "" if on_paper() else f"<p><strong>{look.esc(self.question)}</strong></p>"
        return f'<section class="panel">{asked}{body}</section>'

    def __repr__(self) -> str:
        return f"{self.question} (panel of the study {self.study.name})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/plain": repr(self), "text/html": self.static()}
        return bundle if on_paper() else self.box._repr_mimebundle_() | bundle


class Sheet(Panel):
    """A panel that saves a part of the study.

    part      the study's file that Save writes
    content   what stands in it, as plain content with its comments
    seen      the version of the file that `content` came from
    """

    part = ""
    _open: str | None = None  # which of the file's entries the form shows, where it shows one

    def __init__(self, study: Study | str):
        super().__init__(study)
        self.content: Any = {}
        self.seen: str | None = None
        self.save_button: Any = None
        self.parts = (self.part, *self.parts)
        self._touched = False

    @abstractmethod
    def take(self) -> None:
        """Write what the fields hold into `content`, just before it is saved."""

    def buttons(self) -> list[Any]:
        self.save_button = look.button("Save", f"Save to {self.part}.yaml", main=True)
        self.save_button.on_click(lambda _: self.save())
        return [self.save_button, self.again_button]

    def refresh(self) -> None:
        self.save_button.disabled = True  # until the file could be read
        with self.telling(), self.filling():
            self.status.value = ""
            self.noted()
            if self.asks_data and self.unread():
                self.long("Reading the sources", self.study.load, lambda _: self._open_part())
            else:
                self._open_part()

    @property
    def box(self) -> Any:
        """The live panel; what somebody writes in a field is theirs until it is saved."""
        first, made = self._box is None, super().box
        if first:
            for field in self.fields.values():
                field.observe(self._touch, names="value")
        return made

    def others_saved(self, said: str, changed: Sequence[str]) -> None:
        if self._touched:
            self.noted()
            kept = "what you wrote here is not saved yet. Save writes the fields you changed; Read again drops them."
            self.status.value = look.paragraph(f"{said} meanwhile; {kept}", "fault")
        else:
            super().others_saved(said, changed)

    def _touch(self, _: Any) -> None:
        self._touched = self._touched or not self._filling

    def save(self) -> None:
        """Save the fields that were changed here, onto the file as it stands. A field that somebody else changed meanwhile
        keeps theirs, and both are said; what does not fit is said, and nothing is saved."""
        with self.telling(), self.filling():
            before, seen = plain(self.content), self.study.seen(self.part)
            self.take()
            mine, clashes = plain(self.content), dict[str, str]()
            changed = [key for key in {**before, **mine} if before.get(key) != mine.get(key)]

            def act(content: Any) -> bool:
                clashes.clear()
                made = False
                for key in changed:
                    theirs = plain(content.get(key))
                    if theirs == mine.get(key):
                        continue
                    if theirs != before.get(key):
                        clashes[key] = f'{key}: theirs is "{_said(theirs)}", yours "{_said(mine.get(key))}"'
                    elif key in mine:
                        content[key], made = self.content[key], True
                    else:
                        made = content.pop(key, None) is not None or made
                return made

            try:
                save_as(self.study, self.part, act)
            except DataFault:
                self.content = self.study.content(self.part) if self.study.seen(self.part) == seen else self.content
                raise
            saved = self.study.seen(self.part) != seen
            written = {key: self.fields[key].value for key in clashes if key in self.fields}
            self._open_part()
            for key, value in written.items():  # what somebody wrote stays in its field until they decide
                self.fields[key].value, self._touched = value, True
            self.status.value = self._told(saved, list(clashes.values()))

    def _told(self, saved: bool, clashes: Sequence[str]) -> str:
        now = time.strftime("%H:%M:%S")
        said = (
            f"Saved to {self.part}.yaml at {now}." if saved else f"Nothing to save: {self.part}.yaml already says this."
        )
        if not clashes:
            return look.good(said)
        who = self.study.last_saved(self.part)[0] or "somebody"
        met = f"{who} wrote there meanwhile, and theirs stands: {'; '.join(clashes)}. Save again to replace it."
        return look.paragraph(f"{met} {said if saved else ''}".strip(), "fault")

    def _open_part(self) -> None:
        self.seen = self.study.seen(self.part)  # before reading: what is saved in between is then noticed
        self.content = self.study.content(self.part)
        self.read()
        self._touched = False
        self.save_button.disabled = not self.study.may(self.part)
        self.noted()


def _said(value: Any) -> str:
    words_ = "nothing" if value in (None, "", [], {}) else str(value)
    return words_ if len(words_) <= 200 else f"{words_[:199]}…"


def put(mapping: Any, key: str, value: Any, blank: Any = "") -> None:
    """Set a key where its value is another; a blank where there was no key adds none."""
    if mapping.get(key, blank) != value:
        mapping[key] = value


def words(text: str) -> list[str]:
    """A list as people type it: one a line, or with commas."""
    return [one.strip() for one in text.replace("\n", ",").split(",") if one.strip()]


def whole(value: float) -> float | int:
    """A number as people write it: 15, not 15.0."""
    return int(value) if float(value).is_integer() else float(value)
