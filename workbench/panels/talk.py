"""A transcript on the screen, what was given to its turns, and how both are told in words and in Python.

Knows anywidget and the coding's words; nothing of studies.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

import anywidget
from traitlets import Bool, Dict, List, Unicode

from workbench.panels.desk import literal
from workbench.panels.live import _file


class Talk(anywidget.AnyWidget):
    """A transcript on the screen with what was given to its turns; `ask` does what the page asks and says how it went."""

    _esm = _file("interviewing.js")
    _css = _file("interviewing.css")
    turns = List(Dict()).tag(sync=True)
    marks = List(Dict()).tag(sync=True)
    codes = List(Unicode()).tag(sync=True)
    steps = List(List(Unicode())).tag(sync=True)
    hits = List(Dict()).tag(sync=True)
    coder = Unicode().tag(sync=True)
    can_undo = Bool(False).tag(sync=True)
    can_redo = Bool(False).tag(sync=True)


def names_of(paths: Sequence[str]) -> dict[str, str]:
    """Short names of files, those of two alike with their folders."""
    short = {path: PurePosixPath(path).name for path in paths}
    return {path: path if list(short.values()).count(name) > 1 else name for path, name in short.items()}


def mark_of(quote: dict[str, Any]) -> dict[str, Any]:
    return {"id": json.dumps(quote, ensure_ascii=False, sort_keys=True), **quote}


def what(one: Any) -> str:
    return what_of(one.model_dump())


def what_of(quote: dict[str, Any]) -> str:
    named = quote.get("code") or quote.get("step")
    return f'"{named}"' if named else "the emotion"


def places_in_python(where: Any) -> str:
    """Passages as Python writes them."""
    if isinstance(where, int):
        return str(where)
    told = [f"{turn}: {_pair(said)}" for turn, said in where.items()]
    return "{" + ", ".join(told) + "}"


def _pair(said: str | tuple[str, int]) -> str:
    return literal(said) if isinstance(said, str) else f"({literal(said[0])}, {said[1]})"
