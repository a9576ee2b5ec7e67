"""What findings say, in German: whole phrases with named holes, from one catalogue (phrases_de.yaml).

A text is read sentence by sentence and clause by clause; each is looked up, or matched as a whole by a pattern. What is in no
catalogue stays as it was said, and is told apart. Knows no finding and no page.

Holes of a pattern, by their names:
  {n} {n1}   a number, a sum of money or a share; written as the language writes it
  {d} {d1}   a day, month or year, which stays as it is
  {q} {q1}   words in quotation marks, which stay as they are
  {s} {s1}   a phrase of this catalogue: where it is none, the pattern does not fit
  {steps}    several of the study's words, in a list
  {step} …   the study's own word, which stays as it is, or a phrase of this catalogue
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

HOLE = re.compile(r"\{(\w+)\}")
KIND = re.compile(r"([nqds])\d*")
MONEY = "£€$¥"
NUMBER = rf"(?:[<−+±-]|± )?[{MONEY}]?\d+(?:,\d{{3}})*(?:\.\d+)?(?: ?%)?"
INSIDE = {"n": NUMBER, "d": r"\d{4}(?:-\d\d){0,2}", "q": '"[^"]*"', "s": ".+?"}
SENTENCE = re.compile(r'[.?!]["”)]? +(?=["“(]?[A-Z0-9−])')
LISTED = "steps"  # a hole of this name holds several names; what joins the last two is ours
AND = " und "
COMPOUND = re.compile(r"(?<=\d) %-")  # "95-%-Intervall"
DEEPEST = 12  # phrases within phrases
PAIRS = {"(": ")", '"': '"', "“": "”", "[": "]"}
Said = tuple[str, bool]  # words, and whether they are in the language


@dataclass(frozen=True)
class Pattern:
    """A phrase with holes, and how the language says it."""

    given: str
    told: str

    @cached_property
    def holes(self) -> list[str]:
        return HOLE.findall(self.given)

    @cached_property
    def longest(self) -> str:
        """The longest run of words between the holes: where it is missing, the pattern cannot fit."""
        return max(HOLE.split(self.given)[::2], key=len)

    @cached_property
    def expression(self) -> re.Pattern[str]:
        parts = HOLE.split(self.given)
        fixed, holes = map(re.escape, parts[::2]), [*parts[1::2], ""]
        inside = (f"(?P<{hole}>{INSIDE.get(kind_of(hole), '.+?')})" if hole else "" for hole in holes)
        return re.compile("".join(word for pair in zip(fixed, inside, strict=True) for word in pair), re.S)

    @property
    def words(self) -> int:
        """How much of it is fixed: of two that fit, the one that says more goes first."""
        return len(HOLE.sub("", self.given))


def kind_of(hole: str) -> str:
    """What a hole takes, by its name: one of n, d, q, s; else "" for a word of the study."""
    found = KIND.fullmatch(hole)
    return found[1] if found else ""


class Phrases:
    """A catalogue of phrases; `written` writes an English number as the language does."""

    def __init__(self, pairs: Mapping[str, str], written: Callable[[str], str]):
        self._written = written
        self._whole = {given: told for given, told in pairs.items() if not HOLE.search(given)}
        self._by_word: dict[str, list[Pattern]] = {}
        patterns = [Pattern(given, told) for given, told in pairs.items() if HOLE.search(given)]
        for one in sorted(patterns, key=lambda one: -one.words):
            self._by_word.setdefault(_first(one.given), []).append(one)
        self._known: dict[str, str | None] = {}

    def say(self, text: str, deep: int = 0) -> str | None:
        """A text in the language, all of it; None where a part of it is in no catalogue."""
        if text not in self._known:
            self._known[text] = self._say(text, deep) if deep < DEEPEST else None
        return self._known[text]

    def parts(self, text: str) -> Iterator[Said]:
        """A text sentence by sentence and clause by clause, each in the language or as it was; joined they are the whole."""
        whole = self.say(text)
        if whole is not None or not text:
            yield whole or "", True
            return
        for sentence, gap in _split(text, SENTENCE):
            told = self.say(sentence)
            if told is not None:
                yield told + gap, True
                continue
            pieces = list(_split(sentence, "; "))
            for piece, between in pieces:
                words = self.say(piece) if len(pieces) > 1 else None
                yield (piece if words is None else words) + between, words is not None
            yield gap, True

    def _say(self, text: str, deep: int) -> str | None:
        bare = text.strip()
        if not bare:
            return text
        if bare != text:
            told = self.say(bare, deep)
            return None if told is None else text.replace(bare, told, 1)
        found = self._looked_up(text)
        if found is not None:
            return found
        for mark in (SENTENCE, "; "):
            pieces = list(_split(text, mark))
            if len(pieces) > 1:
                return self._all(pieces, deep)
        for end in (".", "?", ":"):
            if text.endswith(end) and len(text) > 1:
                told = self.say(text[:-1], deep + 1)
                return None if told is None else told + end
        return self._matched(text, deep) or self._in_parts(text, deep)

    def _looked_up(self, text: str) -> str | None:
        if re.fullmatch(NUMBER, text):
            return self._number(text)
        if text in self._whole:
            return self._whole[text]
        low = text[0].lower() + text[1:]
        if low in self._whole:
            told = self._whole[low]
            return told[0].upper() + told[1:]
        return None

    def _matched(self, text: str, deep: int) -> str | None:
        """By the pattern that fits and says most."""
        for first in dict.fromkeys((_first(text), _first(text[0].lower() + text[1:]), "")):
            lowered = first != "" and first != _first(text)
            given = text[0].lower() + text[1:] if lowered else text
            for pattern in self._by_word.get(first, ()):
                if pattern.longest in given and (match := pattern.expression.fullmatch(given)):
                    told = self._filled(pattern, match, deep)
                    if told is not None:
                        return told[0].upper() + told[1:] if lowered else told
        return None

    def _filled(self, pattern: Pattern, match: re.Match[str], deep: int) -> str | None:
        filled = {}
        for hole in pattern.holes:
            words, kind = match[hole], kind_of(hole)
            if kind == "s":
                told = self.say(words, deep + 1)
                if told is None:
                    return None
                filled[hole] = told
            elif kind == "n":
                filled[hole] = self._number(words)
            elif kind == "":
                if len(list(_split(words, SENTENCE))) > 1 or len(list(_split(words, "; "))) > 1:
                    return None  # the study's word is one thing, not the end of one sentence and the start of another
                filled[hole] = self._own(words, deep)
                if hole.startswith(LISTED):
                    filled[hole] = filled[hole].replace(" and ", AND)
            else:
                filled[hole] = quoted(words)
        return COMPOUND.sub("-%-", pattern.told.format(**filled))

    def _own(self, words: str, deep: int) -> str:
        """The study's own words; among them, phrases of the catalogue."""
        told = self.say(words, deep + 1)
        return quoted(words) if told is None else told

    def _in_parts(self, text: str, deep: int) -> str | None:
        """Where each of its parts is a phrase: what stands in brackets behind, a list, two joined by "and"."""
        if text.endswith(")") and (at := _opened(text)) > 0 and text[at - 1] == " ":
            told = self.say(text[: at - 1], deep + 1), self.say(text[at + 1 : -1], deep + 1)
            if None not in told:
                return f"{told[0]} ({told[1]})"
        for mark, word in ((", ", ", "), (" and ", AND), (" · ", " · ")):
            pieces = [(piece, word if gap else "") for piece, gap in _split(text, mark)]
            if len(pieces) > 1:
                told_all = self._all(pieces, deep)
                if told_all is not None:
                    return told_all
        return None

    def _all(self, pieces: list[tuple[str, str]], deep: int) -> str | None:
        told = [(self.say(piece, deep + 1), gap) for piece, gap in pieces]
        return None if any(words is None for words, _ in told) else "".join(f"{words}{gap}" for words, gap in told)

    def _number(self, text: str) -> str:
        """A number as the language writes it, a currency behind it."""
        money = next((sign for sign in MONEY if sign in text), "")
        told = self._written(text.replace(money, "") if money else text)
        return f"{told} {money}" if money else told


def quoted(words: str) -> str:
    """Words of the study with the quotation marks of the language."""
    return re.sub(r'"([^"]*)"', r"„\1“", words).replace("“", "“") if '"' in words else words


def _first(text: str) -> str:
    """The first word, by which patterns are found; "" where a hole or a number stands there."""
    word = text.split(" ", 1)[0]
    return "" if "{" in word or any(letter.isdigit() for letter in word) or word.startswith('"') else word


def _split(text: str, mark: str | re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """The pieces of a text between the marks, and the mark behind each; not within brackets or quotation marks."""
    begin = 0
    for start, end in _marks(text, mark):
        yield text[begin:start], text[start:end]
        begin = end
    yield text[begin:], ""


def _marks(text: str, mark: str | re.Pattern[str]) -> list[tuple[int, int]]:
    if isinstance(mark, str):
        if mark not in text:
            return []
        found = [(one.start(), one.end()) for one in re.finditer(re.escape(mark), text)]
    else:  # what ends a sentence belongs to it
        found = [(one.start() + len(one[0].rstrip()), one.end()) for one in mark.finditer(text)]
    if not found or not any(sign in text for sign in PAIRS):
        return found
    inside = _covered(text)
    return [one for one in found if not inside[one[0]]]


def _covered(text: str) -> list[bool]:
    """For each place of a text whether it lies within brackets or quotation marks."""
    waiting: list[str] = []
    covered = []
    for letter in text:
        if waiting and letter == waiting[-1]:
            waiting.pop()
            covered.append(True)
            continue
        covered.append(bool(waiting))
        if letter in PAIRS and (not waiting or waiting[-1] not in '"”'):
            waiting.append(PAIRS[letter])
    return covered


def _opened(text: str) -> int:
    """Where the bracket opens that closes at the end; -1 where none does."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if depth == 0:
            return at
    return -1
