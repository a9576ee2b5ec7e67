"""Files to drop or choose, on the live screen: they come in pieces, as no server takes a message of any size.

Knows anywidget and a folder of its own, which goes with the program; nothing of studies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Bool, Float, Unicode

from workbench.faults import DataFault
from workbench.intake import safe_name
from workbench.scratch import Scratch

LARGEST = 200_000_000  # bytes of one file that is sent through the page


class Drop(anywidget.AnyWidget):
    """A place to drop files on, with a button to choose them; `on_files` is called with their paths once all are there."""

    _esm = files("workbench.panels").joinpath("drop.js").read_text(encoding="utf-8")
    description = Unicode().tag(sync=True)
    help = Unicode().tag(sync=True)
    largest = Float(LARGEST).tag(sync=True)
    locked = Bool(False).tag(sync=True)

    def __init__(self, description: str, on_files: Callable[[Sequence[Path]], None], help: str = ""):
        super().__init__(description=description, help=help)
        self._on_files = on_files
        self._folder: Scratch | None = None
        self._places: dict[int, Path] = {}
        self.on_msg(lambda _, asked, buffers: self.hear(asked, buffers))

    def hear(self, asked: Mapping[str, Any], buffers: Sequence[Any] = ()) -> None:
        """What the page sends: a file begins, a piece of it, all are there."""
        do, number = asked.get("do"), int(asked.get("number", 0))
        if do == "begin":
            if self._folder is None or number == 0:
                self._folder, self._places = Scratch(), {}
            try:
                name = safe_name(str(asked.get("name", "")))
            except DataFault:
                name = f"file-{number + 1}"
            place = self._folder.path / str(number)
            place.mkdir(exist_ok=True)
            self._places[number] = place / name
            self._places[number].write_bytes(b"")  # scratch
        elif do == "piece" and number in self._places:
            place = self._places[number]
            if place.stat().st_size + sum(map(len, buffers)) <= LARGEST:
                with open(place, "ab") as out:  # scratch
                    for piece in buffers:
                        out.write(piece)
        self.send({"next": True})
        if do == "done":
            self._on_files([self._places[one] for one in sorted(self._places)])

    def take(self, those: Sequence[tuple[str, bytes]]) -> None:
        """As if these files (name, content) had been dropped."""
        for number, (name, content) in enumerate(those):
            self.hear({"do": "begin", "number": number, "name": name, "size": len(content)})
            self.hear({"do": "piece", "number": number}, [content])
        self.hear({"do": "done", "files": len(those)})
