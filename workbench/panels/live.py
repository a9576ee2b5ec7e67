"""The live parts that panels are put together from: head, tabs, a finding shown, a table to edit, long work, the code.

Each is a plain ECMAScript file of this folder with its Python side here. Knows anywidget and findings; nothing of studies.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from functools import cache
from importlib.resources import files
from typing import Any

import anywidget
from traitlets import Bool, Dict, Float, Int, List, Unicode

from workbench import figures
from workbench.faults import DataFault, describe
from workbench.finding import Finding


def _file(name: str, room: str = "workbench.panels") -> str:
    return files(room).joinpath(name).read_text(encoding="utf-8")


class Head(anywidget.AnyWidget):
    """What a panel asks; while it is in sight it asks now and then whether others saved."""

    _esm = _file("head.js")
    question = Unicode().tag(sync=True)

    def __init__(self, question: str, look: Callable[[], None]):
        super().__init__(question=question)
        self.on_msg(lambda _, asked, __: look() if asked.get("do") == "look" else None)


class Tabs(anywidget.AnyWidget):
    """The names of several panels, one of them chosen."""

    _esm = _file("tabs.js")
    label = Unicode().tag(sync=True)
    titles = List(Unicode()).tag(sync=True)
    notes = List(Unicode()).tag(sync=True)
    chosen = Int(0).tag(sync=True)


class Code(anywidget.AnyWidget):
    """The lines of Python that do what was done by hand."""

    _esm = _file("code.js")
    code = Unicode().tag(sync=True)


# -- a finding --------------------------------------------------------------------------------------------------------


class _Drawer(anywidget.AnyWidget):
    """plotly.js, once for a kernel: every picture of the page is drawn by it, and nothing is fetched."""

    def __init__(self) -> None:
        from plotly.offline import get_plotlyjs

        super().__init__(_esm=get_plotlyjs() + "\nexport default {};\n")


@cache
def drawer() -> Any:
    """The drawing program of this kernel's pages."""
    return _Drawer()


class Shown(anywidget.AnyWidget):
    """A finding on the live screen, as a page shows it: sentence, picture, table, base and method; each a click away as a
    file. `on_choose` is called with the name of the group whose point or row was clicked."""

    _esm = _file("tables.js", "workbench.report.templates") + "\n" + _file("shown.js")
    shown = Dict().tag(sync=True)
    busy = Unicode().tag(sync=True)
    choosable = Bool(False).tag(sync=True)
    folded = Bool(False).tag(sync=True)

    def __init__(self, on_choose: Callable[[str], None] | None = None, folded: bool = False):
        """`folded`: the table behind the picture is a click away."""
        drawer()
        super().__init__(choosable=on_choose is not None, folded=folded)
        self.finding: Finding | None = None
        self._on_choose = on_choose
        self.on_msg(self._heard)

    def show(self, finding: Finding | None) -> None:
        """Show a finding, or nothing."""
        self.finding = finding
        self.busy = ""
        self.shown = {} if finding is None else _page(finding)

    def say(self, words: str) -> None:
        """Words in the place of a finding: what is being counted, or why nothing can be said."""
        self.finding, self.busy, self.shown = None, "", {"sentence": words}

    def wait(self, words: str = "Counting …") -> None:
        """Say that a finding is on its way; the former one stays in sight below."""
        self.busy = words

    def _heard(self, _: Any, asked: Any, __: Any) -> None:
        if asked.get("do") == "choose" and self._on_choose is not None:
            self._on_choose(str(asked.get("label", "")))


def _page(finding: Finding) -> dict[str, Any]:
    made = figures.bundle(finding)
    kept = {
        word: made[word] for word in ("name", "title", "sentence", "table_html", "note_html", "figure", "alt", "html")
    }
    kept["by"] = len(finding.by)
    kept["private"] = finding.private  # to be looked at, not to be saved with a click
    if made["html"]:
        kept["html"] = f"<style>{figures.style_of_pages(made['html'])}</style>{made['html']}"
    return kept


def group_of(finding: Finding, label: str) -> dict[str, Any] | None:
    """The group of a finding that goes by a label on its picture or in its table: {column: value}; None where none does."""
    shown = finding.to_frame()
    for place, row in enumerate(shown[list(finding.by)].itertuples(index=False)):
        names = [figures.label_of(value) for value in row]
        if label in (", ".join(names), names[-1], names[0] if len(names) == 1 else None):
            return {column: finding.table.iloc[place][column] for column in finding.by}
    return None


# -- a table to edit --------------------------------------------------------------------------------------------------


class Grid(anywidget.AnyWidget):
    """A table to edit, a cell at a time.

    columns  what stands in each: {"key", "label", "kind", "help", "options", "optional", "names", "width"}; kinds are "text",
             "words" (several lines), "number", "range" (low, likely, high), "choice", "list" (with commas), "date", "bool" and
             "fixed" (not to be changed)
    rows     {"id", "name", "cells": {key: value}, "mark": "pain" or "gain", "as": {key: words of a column that are otherwise
             in this row, as {"kind": "date"}}}
    faults   {id: {key: words}}, shown in the cell
    """

    _esm = _file("grid.js")
    label = Unicode().tag(sync=True)
    columns = List(Dict()).tag(sync=True)
    rows = List(Dict()).tag(sync=True)
    faults = Dict().tag(sync=True)
    chosen = Unicode().tag(sync=True)
    can_undo = Bool(False).tag(sync=True)
    can_redo = Bool(False).tag(sync=True)
    can_add = Bool(True).tag(sync=True)
    can_remove = Bool(True).tag(sync=True)
    locked = Bool(False).tag(sync=True)

    def __init__(self, label: str, columns: Sequence[Mapping[str, Any]], ask: Callable[[dict[str, Any]], str | None]):
        """`ask` does what the table asks ({"do": "set" | "add" | "remove" | "undo" | "redo", "id", "key", "value", "was"}) and
        gives what to say of it; a DataFault is said beside the table and changes nothing."""
        super().__init__(label=label, columns=[dict(one) for one in columns])
        self._ask = ask
        self.on_msg(lambda _, asked, __: self.ask(asked))

    def ask(self, asked: dict[str, Any]) -> None:
        """Do what the page asks, and say how it went."""
        try:
            self.send({"said": self._ask(asked) or "", "fault": ""})
        except DataFault as problem:
            self.send({"fault": describe(problem.faults), "said": ""})
            self.send_state("rows")
        except Exception as problem:
            self.send({"fault": f"This failed inside the workbench: {problem!r}", "said": ""})
            raise


# -- long work --------------------------------------------------------------------------------------------------------


class Stopped(BaseException):
    """Somebody stopped the work; files are written whole or not at all, so nothing is half done."""


class Work(anywidget.AnyWidget):
    """Work that takes a while, done beside the screen: how far it is, and a button that stops it. One at a time in a kernel."""

    _esm = _file("work.js")
    _free = threading.Lock()
    words = Unicode().tag(sync=True)
    part = Float(-1.0).tag(sync=True)
    running = Bool(False).tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self._thread: threading.Thread | None = None
        self.on_msg(lambda _, asked, __: self.stop() if asked.get("do") == "stop" else None)

    def run(
        self,
        words: str,
        act: Callable[[Callable[..., Iterable[Any]]], Any],
        done: Callable[[Any], None],
        failed: Callable[[BaseException | None], None],
    ) -> None:
        """Do `act` (it is given a progress bar, to wrap what it goes through), then `done` with what it gave; `failed` with
        what went wrong, with None where it was stopped. It begins when other work of this kernel is done."""
        self.words, self.part, self.running = words, -1.0, True

        def work() -> None:
            try:
                while not Work._free.acquire(timeout=0.1):
                    self.words = f"Waiting for other work, then: {words[:1].lower()}{words[1:]}"
                try:
                    self.words = words
                    given = act(self._progress)
                finally:
                    Work._free.release()  # before `done`, which may begin other work
                    self.running = False
                done(given)
            except Stopped:
                failed(None)
            except BaseException as problem:  # noqa: BLE001 - said on the screen by whoever asked
                failed(problem)
            finally:
                self.running = False

        self._thread = threading.Thread(target=work, name="workbench work", daemon=True)
        self._thread.start()

    @classmethod
    def busy(cls) -> bool:
        """Is any work of this kernel going on?"""
        return cls._free.locked()

    def stop(self) -> None:
        """Stop the work at its next step."""
        thread = self._thread
        if thread is not None and thread.is_alive() and self.running and thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Stopped))

    def far(self, part: float) -> None:
        """How far the work is, from 0 to 1; below nought where nobody knows."""
        self.part = part

    def wait(self, seconds: float | None = None) -> None:
        """Until the work is done (a script's or a test's patience)."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _progress(self, pieces: Iterable[Any], words: str, unit: str = "") -> Iterator[Any]:
        """What a loop goes through, told as it goes."""
        many = len(pieces) if isinstance(pieces, Sized) else 0
        self.words = words
        for done, piece in enumerate(pieces):
            self.part = done / many if many else -1.0
            yield piece
        self.part = 1.0 if many else -1.0
