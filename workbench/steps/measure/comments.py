"""What people wrote: the words that mark a theme as an expression for the engine, and a row a comment to count on.

Whole words without regard to case and accents. Knows the records' texts; nothing of scores.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from workbench.engine import STRIDE, Engine, count, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.journey import KINDS, JourneyFrame

Frame = Mapping[str, Sequence[str] | str] | Finding | None
READ = 20_000  # comments that are read one by one, where no engine can count them
BEYOND = re.compile(r"\(\?(?![:imsU-]|P<)|\\[1-9]|[*+?}]\+")  # looking around, back references, possessive: no engine's


@dataclass(frozen=True)
class Marks:
    """What marks a theme: an expression for plain words (see `Engine.plain`) and one for the text in small letters."""

    plain: str
    own: str


def marks(words: Sequence[str]) -> Marks:
    """What to look for, from words, phrases, beginnings (bill*) and /patterns/.

    A word is found whole, whatever its case, accents and the signs beside it; /…/ is taken as it is written, on text in
    small letters. Raises DataFault for what cannot be read.
    """
    whole, own = [], []
    for word in words:
        if len(word) > 2 and word.startswith("/") and word.endswith("/"):
            own.append(f"(?:{_own(word[1:-1])})")
        else:
            whole.append(_whole(word))
    if not whole and not own:
        raise DataFault(Fault(column="frame", found="a theme without words", expected="at least one word"))
    return Marks(f" (?:{'|'.join(whole)}) " if whole else "", "|".join(own))


def _own(expression: str) -> str:
    try:
        re.compile(expression)
    except re.error as problem:
        raise DataFault(
            Fault(column="frame", found=f"/{expression}/: {problem}", expected="a regular expression")
        ) from None
    if BEYOND.search(expression):
        raise DataFault(
            Fault(
                column="frame",
                found=f"/{expression}/, which looks around or back",
                expected="an expression that any engine can find: no (?=…), (?!…), (?<…), \\1 or ++",
                mend="say what is looked for, and leave out what is not",
            )
        )
    return expression


def _whole(word: str) -> str:
    text = plain(word)
    begins, stars = word.strip().endswith("*"), word.count("*")
    if not text or stars > begins:
        raise DataFault(
            Fault(
                column="frame",
                found=f'"{word}"',
                expected="a word, a phrase, the beginning of one (bill*) or /a pattern/",
                mend="a star stands at the end alone" if stars > begins else "give it letters or digits",
            )
        )
    return text + ("[^ ]*" if begins else "")


def plain(text: str) -> str:
    """Words in small letters without accents and marks, a blank between them, as `Engine.plain` makes them."""
    letters = unicodedata.normalize("NFD", text.lower().replace("ς", "σ"))
    bare = "".join(one for one in letters if not unicodedata.category(one).startswith("M"))
    kept = (one if unicodedata.category(one)[0] in "LN" else " " for one in unicodedata.normalize("NFC", bare))
    return " ".join("".join(kept).split())


def frame_of(journey: JourneyFrame, frame: Frame) -> dict[str, list[str]]:
    """The code frame to use: the one given, that of a finding of `topics`, or that of the study. Raises DataFault."""
    if isinstance(frame, Finding):
        if not {"topic", "words"} <= set(frame.table.columns):
            raise DataFault(Fault(column="frame", found=f"the finding {frame.name}", expected="one of wb.topics"))
        pairs: Any = zip(frame.table["topic"], (words.split(", ") for words in frame.table["words"]), strict=True)
    else:
        given = frame if frame is not None else journey.themes
        pairs = [(name, [words] if isinstance(words, str) else list(words)) for name, words in (given or {}).items()]
    found = {str(name): words for name, words in pairs}
    if not found:
        raise DataFault(
            Fault(
                column="frame",
                found="no code frame",
                expected="themes with the words that mark them",
                mend='say frame={"long wait": ["wait*", "queue"]}, or themes: in codes.yaml; wb.topics proposes some',
            )
        )
    for name, words in found.items():
        try:
            marks(words)
        except DataFault as problem:
            raise DataFault([Fault(**{**vars(one), "column": name}) for one in problem.faults]) from None
    return found


def readable(engine: Engine, found: nw.LazyFrame) -> nw.LazyFrame:
    """Comments with their `plain` words and their text in `small` letters, to be `marked`."""
    return engine.plain(found, "text", "plain").with_columns(nw.col("text").str.to_lowercase().alias("small"))


def marked(words: Sequence[str]) -> nw.Expr:
    """1 where a comment (with its `plain` words and its `small` letters) holds any of these words, else 0."""
    one = marks(words)
    found: Any = nw.col("plain").str.contains(one.plain) if one.plain else nw.col("small").str.contains(one.own)
    if one.plain and one.own:
        found = found | nw.col("small").str.contains(one.own)
    return nw.when(found).then(nw.lit(1)).otherwise(nw.lit(0))


def comments(journey: JourneyFrame, kind: str = "comment") -> nw.LazyFrame:
    """The records that hold somebody's words, with the response (`case`) they came in. Raises DataFault for none."""
    if kind not in KINDS:
        raise DataFault(unknown("kind", kind, KINDS))
    column = nw.col("text")
    found = journey.records.lazy.filter(nw.col("kind") == kind, ~column.is_null())
    found = found.filter(column.str.contains(r"[\p{L}\p{N}]")).with_columns((nw.col("order") // STRIDE).alias("case"))
    if not count(found):
        raise DataFault(
            Fault(
                column="text",
                found=f"no {kind} in words",
                expected="open answers",
                mend='name their columns in the binding (text: [column, …]), or say kind="complaint" or "quote"',
            )
        )
    return found


def some(found: nw.LazyFrame, most: int = READ) -> tuple[nw.LazyFrame, int, int]:
    """At most so many of these comments, spread evenly over the responses, for what must read them one by one.

    Also: how many there are, and every how-manieth response was taken.
    """
    total = count(found)
    every = -(-total // most)
    return (found.filter(nw.col("case") % every == 0) if every > 1 else found), total, every


def texts(found: nw.LazyFrame, *columns: str) -> Any:
    """Comments as a small table, in the order in which they came: case, person, step, text and these columns."""
    wanted = list(dict.fromkeys(("order", "case", "person", "step", "text", *columns)))
    return rows(found.select(*wanted).sort("order"))
