"""The dictionary of an SPSS file, walked through before any library opens it: is every part where the parts before say?

The library that reads SPSS files ends the whole process on some damaged ones; here they are refused in words first.
Knows the layout of the records and nothing of what they mean.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

LONGEST = 1 << 26  # bytes that one record may claim
SIZES = {3: 4, 4: 8, 11: 4, 16: 8}  # the size of an element, where the kind of an extension fixes it


class Damaged(ValueError):
    """What is wrong, and at which byte."""


class _Walk:
    def __init__(self, handle: BinaryIO, size: int) -> None:
        self.handle, self.size, self.order = handle, size, "<"

    def take(self, count: int, what: str) -> bytes:
        at = self.handle.tell()
        if not 0 <= count <= min(LONGEST, self.size - at):
            raise Damaged(f"{what} at byte {at:,} is cut short or damaged")
        return self.handle.read(count)

    def whole(self, what: str) -> int:
        return struct.unpack(f"{self.order}i", self.take(4, what))[0]

    def require(self, is_so: bool, what: str) -> None:
        if not is_so:
            raise Damaged(f"{what} before byte {self.handle.tell():,} is damaged")


def check(path: Path) -> None:
    """Walk from the head to the first case. Raises Damaged where a part cannot be what it says."""
    with open(path, "rb") as handle:
        walk = _Walk(handle, path.stat().st_size)
        head = walk.take(176, "the head")
        if struct.unpack("<i", head[64:68])[0] not in (2, 3):
            walk.order = ">"
        layout, _, compression, weight, cases = struct.unpack(f"{walk.order}5i", head[64:84])
        walk.require(layout in (2, 3) and compression in (0, 1, 2) and weight >= 0 and cases >= -1, "the head")
        variables = rest = 0  # of a long text, as many parts follow as its width needs
        while (kind := walk.whole("a record")) != 999:
            if kind == 2:
                variables += 1
                width = _variable(walk)
                walk.require((width == -1) == (rest > 0), "a part of a long text")
                rest = rest - 1 if width == -1 else max(0, -(-width // 8) - 1)
            elif kind == 3:
                _labels(walk, variables)
            elif kind == 6:
                walk.take(80 * _count(walk, "a note's lines"), "a note")
            elif kind == 7:
                _extension(walk)
            else:
                walk.require(False, f"a record of no known kind ({kind})")
        walk.require(variables > 0 and not rest, "a dictionary without variables")
        walk.take(4, "the end of the dictionary")


def _count(walk: _Walk, what: str, least: int = 0) -> int:
    found = walk.whole(what)
    walk.require(least <= found <= LONGEST, what)
    return found


def _variable(walk: _Walk) -> int:
    """One variable, or one more part of a long text (width -1); its width comes back."""
    width, labelled, missing = struct.unpack(f"{walk.order}3i", walk.take(12, "a variable"))
    walk.take(16, "a variable")
    walk.require(-1 <= width <= 255, "a variable's width")
    walk.require(labelled in (0, 1) and missing in (-3, -2, 0, 1, 2, 3), "a variable")
    if labelled:
        length = _count(walk, "a variable's label")
        walk.take(-(-length // 4) * 4, "a variable's label")
    walk.take(8 * abs(missing), "a variable's missing values")
    return width


def _labels(walk: _Walk, variables: int) -> None:
    for _ in range(_count(walk, "value labels")):
        walk.take(8, "a value label")
        length = walk.take(1, "a value label")[0]
        walk.take(-(-(length + 1) // 8) * 8 - 1, "a value label")
    walk.require(walk.whole("the variables of value labels") == 4, "the variables of value labels")
    for _ in range(_count(walk, "the variables of value labels", 1)):
        walk.require(1 <= walk.whole("a variable of value labels") <= variables, "a variable of value labels")


def _extension(walk: _Walk) -> None:
    kind, size, count = struct.unpack(f"{walk.order}3i", walk.take(12, "an extension"))
    walk.require(size in (1, 4, 8) and 0 <= count <= LONGEST // size, "an extension")
    walk.require(size == SIZES.get(kind, size), "an extension's size")
    walk.require(kind != 3 or count == 8, "the machine's extension")
    walk.require(kind != 4 or count == 3, "the numbers' extension")
    content = walk.take(size * count, "an extension")
    if kind in (21, 22):
        _long(walk, content, values_only=kind == 22)


def _long(walk: _Walk, content: bytes, values_only: bool) -> None:
    """Labels, or missing values, of long texts: each part says its own length."""
    place = 0

    def whole() -> int:
        nonlocal place
        walk.require(place + 4 <= len(content), "labels of long texts")
        place += 4
        return struct.unpack_from(f"{walk.order}i", content, place - 4)[0]

    def skip(length: int) -> None:
        nonlocal place
        walk.require(0 <= length <= len(content) - place, "labels of long texts")
        place += length

    while place < len(content):
        skip(whole())  # the variable's name
        if values_only:
            several = content[place] if place < len(content) else 0
            skip(1)
            walk.require(several <= 3, "missing values of long texts")
            width = whole()
            skip(width * several)
            continue
        whole()  # its width
        several = whole()
        walk.require(0 <= several <= LONGEST, "labels of long texts")
        for _ in range(several):
            skip(whole())
            skip(whole())
