"""A coded project, whatever program wrote it: a code frame, sources, and passages with their codes and coders.

Where the quoted text and the place disagree, the quoted text decides and it is said. Knows no file format.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.sources.talk import Told

if TYPE_CHECKING:
    import pandas as pd

SPACE = uuid.UUID("5f5e1c1e-3c0f-4f0e-9d8b-0d2c6a2b7c11")  # names made here are the same each time


def named(what: str, number: object) -> str:
    """A unique name made of what is named, the same each time."""
    return str(uuid.uuid5(SPACE, f"{what} {number}")).upper()


@dataclass(frozen=True)
class Code:
    """A code of a code frame. `path` is the names from the root to it."""

    guid: str
    path: tuple[str, ...]
    color: str = ""
    description: str = ""
    codable: bool = True

    @property
    def name(self) -> str:
        return " / ".join(self.path)


@dataclass(frozen=True)
class Text:
    """A source of a project; `words` is None where the project names it and does not hold it."""

    guid: str
    name: str
    words: str | None


@dataclass(frozen=True)
class Quote:
    """A coded passage: letters `start` to `end` (not included) of a source. None where it is no passage of a text.

    Coders are numbers, in the order of the project; 0 where it does not say who coded. Their names are not kept.
    """

    source: str  # guid of the source
    start: int | None
    end: int | None
    words: str | None
    codes: tuple[str, ...]  # guids
    coder: int = 1
    speaker: str = ""
    case: str = ""
    spot: str = ""  # where it stands, if not in letters: "page 2", "00:00:16-00:00:45"

    @property
    def place(self) -> str:
        """Where it stands in its source, for a person to find it again."""
        return self.spot or ("the whole source" if self.start is None else f"characters {self.start}-{self.end}")


@dataclass
class Project(Told):
    """A coded project: its code frame, its sources, its quotes."""

    name: str
    codes: tuple[Code, ...] = ()
    sources: tuple[Text, ...] = ()
    quotes: tuple[Quote, ...] = ()
    people: frozenset[str] = frozenset()  # names of coders and cases, to be masked; never shown

    def table(self) -> pd.DataFrame:
        """One row a quote and code: source, start, end, code, coder. Without words, and without names."""
        import pandas as pd

        names = {code.guid: code.name for code in self.codes}
        place = {source.guid: number for number, source in enumerate(self.sources, start=1)}
        rows = [
            (place.get(quote.source, 0), quote.start, quote.end, names.get(code, code), quote.coder)
            for quote in self.quotes
            for code in quote.codes
        ]
        return pd.DataFrame(rows, columns=["source", "start", "end", "code", "coder"])


def from_quotes(name: str, quotes: Iterable[tuple[str, str, Sequence[str]]], frame: Sequence[Code] = ()) -> Project:
    """A project of quotes (source, words, names of codes): each source holds its quotes, a line each, in their order.

    The words are taken as they are: hand over masked ones.
    """
    made = {code.name: code for code in frame}
    texts: dict[str, str] = {}
    found: list[Quote] = []
    for source, words, given in quotes:
        line = " ".join(words.split())
        start = len(texts.setdefault(source, ""))
        texts[source] += line + "\n"
        for one in given:
            made.setdefault(one, Code(named("code", one), (one,)))
        codes = tuple(made[one].guid for one in given)
        found.append(Quote(named("source", source), start, start + len(line), line, codes))
    sources = tuple(Text(named("source", source), source, text) for source, text in texts.items())
    return Project(name, tuple(made.values()), sources, tuple(found))


# -- places -----------------------------------------------------------------------------------------------------------

Moved = tuple[str, str, str]  # what was found, what was expected, what was done
OUTSIDE = ("a passage that ends outside its text", "cut to what is there")
COUNTED = (
    "places counted otherwise than in letters of the text",
    "places in letters",
    "moved to the quoted text",
)
ELSEWHERE = (
    "a place that does not hold the quoted text",
    "the quoted text at its place",
    "moved to where the text is",
)
NOWHERE = (
    "a quoted text that its source does not hold",
    "the quoted text at its place",
    "the words at the place were taken: look at them",
)


def placed(text: str, start: int, end: int, quoted: str = "") -> tuple[int, int, Moved | None]:
    """Where a passage really is: its place as it stands, or where the quoted text is, and what there is to say of it.

    Programs count letters otherwise (a line break as one or two, an emoji as two): the quoted text decides.
    """
    length = len(text)
    inside = 0 <= start < end <= length
    if inside and (not quoted or _same(text[start:end], quoted)):
        return start, end, None
    for count in (_with_breaks, _with_pairs) if quoted else ():
        a, b = count(text, start), count(text, end)
        if a < b and _same(text[a:b], quoted):
            return a, b, COUNTED
    pattern = r"\s+".join(map(re.escape, quoted.split()))
    places = [match.span() for match in re.finditer(pattern, text)] if pattern else []
    if places:
        a, b = min(places, key=lambda place: abs(place[0] - start))
        far = max(b, min(length, a + end - start)) if b - a < end - start else b
        return a, far, ELSEWHERE
    start = max(0, min(start, length))
    end = max(start, min(end, length))
    return start, end, NOWHERE if quoted else (OUTSIDE[0], f"places from 0 to {length}", OUTSIDE[1])


def _same(said: str, quoted: str) -> bool:
    """Blanks apart the same, or the quoted text is its beginning."""
    a, b = " ".join(said.split()), " ".join(quoted.split())
    return a == b or (len(b) < len(a) and a.startswith(b))


def _with_breaks(text: str, place: int) -> int:
    """A place counted with line breaks as one letter, in a text that has two for each."""
    at = 0
    for match in re.finditer("\r\n", text):
        if match.start() - at >= place:
            break
        at += 1
    return place + at


def _with_pairs(text: str, place: int) -> int:
    """A place counted in UTF-16: letters beyond the first plane count twice."""
    units = 0
    for number, letter in enumerate(text):
        if units >= place:
            return number
        units += 2 if ord(letter) > 0xFFFF else 1
    return len(text)
