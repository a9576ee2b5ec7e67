"""What every panel does: show itself live or as its static twin, read the study's files, save, and say faults in words.

`Panel` shows; a `Sheet` also saves. Knows the study and the look; nothing of a single step.
"""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from workbench.faults import DataFault
from workbench.panels import look
from workbench.study import Study


def on_paper() -> bool:
    """Is this notebook run for a report? Then no widget is built."""
    return os.environ.get("WORKBENCH_REPORT") == "1"


class Panel(ABC):
    """A panel of one study.

    question  what the researcher answers here
    fields    the widgets that hold values, by name (after `box` was built)
    foot      the buttons and the line that says what was saved and what is wrong
    """

    question = ""

    def __init__(self, study: Study | str):
        self.study = study if isinstance(study, Study) else Study(study)
        self.fields: dict[str, Any] = {}
        self._box: Any = None
        self._filling = False

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
            self.status = look.html()
            self.again_button = look.button("Read again", "Read the study's files again; what is not saved is lost")
            self.again_button.on_click(lambda _: self.refresh())
            self.foot = look.column(look.bar(*self.buttons()), self.status)
            title = look.html(look.paragraph(self.question, "question"))
            self._box = look.frame(title, *self.build())
            self.refresh()
        return self._box

    def buttons(self) -> list[Any]:
        """The buttons at the foot."""
        return [self.again_button]

    def refresh(self) -> None:
        """Read the files again and show them."""
        with self.telling(), self.filling():
            self.status.value = ""
            self.read()

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
            self._open_part()

    def save(self) -> None:
        """Save what the fields hold, unless it does not fit or somebody else saved meanwhile; both are said."""
        with self.telling(), self.filling():
            before = self.study.seen(self.part)
            self.take()
            self.study.save(self.part, self.content, self.seen)
            changed = self.study.seen(self.part) != before
            self._open_part()
            now = time.strftime("%H:%M:%S")
            same = f"Nothing to save: {self.part}.yaml already says this."
            self.status.value = look.good(f"Saved to {self.part}.yaml at {now}." if changed else same)

    def _open_part(self) -> None:
        self.seen = self.study.seen(self.part)  # before reading: what is saved in between is then noticed
        self.content = self.study.content(self.part)
        self.read()
        self.save_button.disabled = False


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
