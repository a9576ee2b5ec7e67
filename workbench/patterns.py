"""The language of search: what a pattern of a journey says, read into items in order. Knows words and faults, no journey.

    bill -> complaint within 14 days -> switch     in this order, other things may lie between
    bill => call                                   the very next contact
    bill -> !payment -> reminder                   no payment between the two
    bill -> !payment within 30 days                no payment within 30 days after the bill (or ever, without a time)
    call x3 within 30 days                         three calls in 30 days
    (bill -> call -> switch) within 60 days        all of it in 60 days
    start => quote    switch => end                the path's first move; its last
    (call | chat) -> nps <= 6 at bill              alternatives; an answer, at a step
    call by phone -> comment says "too late"       by a channel; words in a comment or quote
    step:complaint   kind:complaint   channel:web  where one word means several things

A name is a step (a contact or complaint there; its id, or its name in quotes), a kind (answer, comment, contact, complaint,
quote), a measure (an answer to it), a channel, or promoter, passive, detractor. `any` is any contact or complaint. A month
is 30 days, a year 365.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from workbench.faults import DataFault, Fault, near
from workbench.spans import UNITS

KINDS = {kind: kind for kind in ("answer", "comment", "event", "complaint", "quote")} | {"contact": "event"}
NPS = {"promoter": (">=", 9.0), "detractor": ("<", 7.0)}
COMPARED = ("<=", ">=", "!=", "<", ">", "=")
SPELT = {"→": "->", "⇒": "=>", "≤": "<=", "≥": ">=", "≠": "!=", "==": "="}
RESERVED = ("within", "at", "by", "via", "says", "start", "end", "any")
COLUMNS = ("step", "kind", "measure", "channel")
ITEMS = 20  # a pattern of more is cut by nobody: it is refused
TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<arrow>->|=>|→|⇒)|(?P<compared><=|>=|!=|==|≤|≥|≠|<|>|=)|(?P<quoted>\"[^\"]*\"|“[^”]*”|'[^']*')"
    r"|(?P<times>[x×]\d+(?!\w))|(?P<number>\d+(?:\.\d+)?(?![\w-]))|(?P<word>\w+(?:[-./]\w+)*)|(?P<mark>[()|&!:−-])"
)


class Test(NamedTuple):
    """One thing that is asked of a record: a column, how it is compared, with what."""

    column: str
    how: str
    value: str | float


MOVE = Test("kind", "moves", "")  # a contact or complaint
Alternative = tuple[Test, ...]
Condition = tuple[Alternative, ...]  # a record meets one of the alternatives, each all of its tests; (): any record


class Span(NamedTuple):
    """The time allowed, in microseconds, since the item at place `since`."""

    since: int
    time: int


@dataclass(frozen=True)
class Item:
    """One thing that must be there, after the item before: what, whether at once, what not between, within what times."""

    condition: Condition
    at_once: bool = False
    without: tuple[Condition, ...] = ()
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """What is looked for, item by item. `never` must not come after the last one (within `open` microseconds, or ever)."""

    text: str
    items: tuple[Item, ...]
    starts: bool = False
    ends: bool = False
    never: tuple[Condition, ...] = ()
    open: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions, also of what must not be there."""
        asked = [one for item in self.items for one in (item.condition, *item.without)]
        return tuple(dict.fromkeys([*asked, *self.never]))


@dataclass(frozen=True)
class Vocabulary:
    """The names that a pattern may use: steps (id: name), measures, channels."""

    steps: Mapping[str, str] = field(default_factory=dict)
    measures: Sequence[str] = ()
    channels: Sequence[str] = ()

    def meant(self, name: str, column: str | None = None) -> dict[str, Alternative]:
        """What a name stands for: {column: the tests that say so}; of one column only where that is named."""
        found: dict[str, Alternative] = {}
        if step := self._step(name):
            found["step"] = (Test("step", "=", step), MOVE)
        if kind := KINDS.get(_folded(name).removesuffix("s")) or KINDS.get(_folded(name)):
            found["kind"] = (Test("kind", "=", kind),)
        if measure := _one_of(name, self.measures):
            found["measure"] = (Test("measure", "=", measure), Test("state", "=", "answered"))
        if channel := _one_of(name, self.channels):
            found["channel"] = (Test("channel", "=", channel), MOVE)
        return {one: tests for one, tests in found.items() if column in (None, one)}

    def _step(self, name: str) -> str | None:
        """The step of this id, else of this name, else of one that differs by the size of letters."""
        if name in self.steps:
            return name
        named = [step for step, words in self.steps.items() if name == words]
        folded = [step for step, words in self.steps.items() if _folded(name) in (_folded(step), _folded(words))]
        return next(iter((*named, *folded)), None)

    def known(self, column: str | None = None) -> list[str]:
        """All names, or those of one column."""
        names = {
            "step": [*self.steps, *(name for name in self.steps.values() if name not in self.steps)],
            "kind": list(KINDS),
            "measure": list(self.measures),
            "channel": list(self.channels),
        }
        return [one for key, listed in names.items() if column in (None, key) for one in listed]


class Token(NamedTuple):
    kind: str
    text: str
    at: int


def parsed(text: str, vocabulary: Vocabulary) -> Pattern:
    """Read a pattern. Raises DataFault that points at the character: what stands there, what was expected, the near word."""
    return _Reader(text, vocabulary).pattern()


class _Reader:
    """Reads a pattern from left to right. Places in `Span.since` count from the beginning of the part that is read."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text, self.vocabulary, self.notes = text, vocabulary, dict[str, None]()
        self.tokens = self._tokens()
        self.place = 0

    # -- the whole ----------------------------------------------------------------------------------------------------

    def pattern(self) -> Pattern:
        starts = self._begins()
        items, never, open_, ends = self._sequence()
        if self.now.kind != "":
            raise self._fault(self.now, "an arrow (-> or =>) or the end of the pattern")
        if len(items) > ITEMS:
            raise DataFault(Fault(file="pattern", found=f"{len(items)} items", expected=f"at most {ITEMS}"))
        return Pattern(self.text, tuple(items), starts, ends, tuple(never), open_, tuple(self.notes))

    def _begins(self) -> bool:
        if not self._is("word", "start"):
            return False
        self._next()
        arrow = self.now
        if arrow.text != "=>":
            raise self._fault(arrow, '"=>"', "everything comes after the start: write start => and what comes first")
        self._next()
        return True

    def _sequence(self) -> tuple[list[Item], list[Condition], int | None, bool]:
        """Items up to the end or a closing bracket; what must not follow them, for how long; whether they end the path."""
        items: list[Item] = []
        without: list[Condition] = []
        arrow: Token | None = None
        while True:
            if self._is("word", "end") and arrow is not None:
                ending = self._next()
                if arrow.text != "=>" or without or not items:
                    raise self._fault(
                        ending, '"=> end" after an item', "every path ends: write => end for the last move"
                    )
                return items, [], None, True
            if self._is("mark", "!"):
                if arrow is not None and arrow.text == "=>":
                    raise self._fault(self.now, "an item", 'write "->" before what must not be there')
                self._next()
                without.append(self._condition())
                if self._is("word", "within"):
                    limit = self.now
                    open_ = self._within()
                    if not items or self.now.kind == "arrow":
                        raise self._fault(limit, "an arrow", "a time after ! is for the end of a pattern")
                    return items, without, open_, False
            else:
                at_once = arrow is not None and arrow.text == "=>"
                if at_once and without:
                    raise self._fault(arrow or self.now, '"->"', "what must not lie between needs room: write ->")
                self._element(items, at_once, without)
                without = []
            if self.now.kind != "arrow":
                if without and not items:
                    raise self._fault(self.now, "an arrow and an item", "a pattern needs something that is there")
                return items, without, None, False
            arrow = self._next()

    def _element(self, items: list[Item], at_once: bool, without: list[Condition]) -> None:
        """One condition, or a part in brackets, repeated or not, with the time allowed: its items are added."""
        before = len(items)
        group = self._bracketed() if self._is("mark", "(") and self._is_sequence() else [Item(self._condition())]
        times = 1
        if self.now.kind == "times":
            token = self._next()
            times = int(token.text[1:])
            if not 1 <= times <= ITEMS:
                raise self._fault(token, f"x1 to x{ITEMS}")
        for _ in range(times):
            shift = len(items)
            for number, item in enumerate(group):
                spans = tuple(Span(span.since + shift, span.time) for span in item.spans)
                first = len(items) == before
                items.append(
                    replace(
                        item,
                        spans=spans,
                        at_once=at_once if first else item.at_once if number else False,
                        without=(*without, *item.without) if first else item.without,
                    )
                )
        if self._is("word", "within"):
            token, limit = self.now, self._within()
            since = before - 1 if before else 0
            if len(items) - 1 == since:
                raise self._fault(token, "an arrow", "a time needs something before it: A -> B within 14 days")
            items[-1] = replace(items[-1], spans=(*items[-1].spans, Span(since, limit)))

    def _bracketed(self) -> list[Item]:
        self._next()
        opened = self.now
        items, never, _, ends = self._sequence()
        if never or ends:
            raise self._fault(
                opened, "items that are there", "what must not follow stands at the end of the whole pattern"
            )
        if not self._is("mark", ")"):
            raise self._fault(self.now, '")"')
        self._next()
        return items

    def _is_sequence(self) -> bool:
        """Does the bracket that opens here hold a sequence, not alternatives of one thing?"""
        depth = 0
        for token in self.tokens[self.place :]:
            depth += (token.text == "(") - (token.text == ")") if token.kind == "mark" else 0
            if depth == 0:
                return False
            if token.kind in ("arrow", "times") or (token.kind == "word" and token.text == "within"):
                return True
        return False

    # -- one condition ------------------------------------------------------------------------------------------------

    def _condition(self) -> Condition:
        """Alternatives between bars, each of one thing and more that must be true of it."""
        found = [*self._all_of()]
        while self._is("mark", "|"):
            self._next()
            found += self._all_of()
        return () if () in found else tuple(dict.fromkeys(found))

    def _all_of(self) -> list[Alternative]:
        found = self._one()
        while self._is("mark", "&"):
            self._next()
            others = self._one()
            found = [_both(one, other) for one in found for other in others]
        return found

    def _one(self) -> list[Alternative]:
        """A name with what narrows it: compared with a number, at a step, by a channel, saying words."""
        if self._is("mark", "("):
            self._next()
            inner = self._condition()
            if not self._is("mark", ")"):
                raise self._fault(self.now, '")"')
            self._next()
            found = list(inner) or [()]
        else:
            found = self._named()
        while self.now.kind == "word" and self.now.text in ("at", "by", "via", "says"):
            more = self._narrowed(self._next())
            found = [_both(one, more) for one in found]
        return found

    def _narrowed(self, word: Token) -> Alternative:
        if word.text == "says":
            if self.now.kind not in ("quoted", "word"):
                raise self._fault(self.now, 'words in quotes, as in says "too late"')
            return (Test("text", "says", _unquoted(self._next().text)),)
        column = "step" if word.text == "at" else "channel"
        return tuple(test for test in self._meaning(column)[column] if test != MOVE)

    def _named(self) -> list[Alternative]:
        token = self.now
        if token.kind == "word" and token.text == "any":
            self._next()
            return [(MOVE,)]
        if token.kind == "word" and token.text == "says":
            return [()]
        if token.kind == "word" and token.text in RESERVED:
            raise self._fault(token, "a step, kind, measure or channel", "put a name like this in quotes")
        if token.kind == "word" and token.text in COLUMNS and self._after(1).text == ":":
            self._next()
            self._next()
            return [self._compared(self._meaning(token.text)[token.text])]
        if token.kind == "word" and (found := self._class_of_nps(token.text)):
            self._next()
            return found
        meant = self._meaning(None)
        if self.now.kind == "compared" and "measure" in meant:
            return [self._compared(meant["measure"])]
        if len(meant) > 1:
            ways = ", ".join(f"{column}:{token.text}" for column in meant)
            self.notes[f'"{_unquoted(token.text)}" stands for {" or ".join(meant)}; one alone is written {ways}.'] = (
                None
            )
        return [self._compared(one) for one in meant.values()]

    def _class_of_nps(self, word: str) -> list[Alternative]:
        word = word.lower().removesuffix("s")
        if "nps" not in self.vocabulary.measures or self.vocabulary.meant(word):
            return []
        answered = (Test("measure", "=", "nps"), Test("state", "=", "answered"))
        if word == "passive":
            return [(*answered, Test("value", ">=", 7.0), Test("value", "<", 9.0))]
        return [(*answered, Test("value", *NPS[word]))] if word in NPS else []

    def _meaning(self, column: str | None) -> dict[str, Alternative]:
        """What the name here stands for; names of several words may stand without quotes."""
        token, what = self.now, column or "step, kind, measure or channel"
        if token.kind not in ("word", "quoted", "number"):
            raise self._fault(token, f"a {what}")
        if token.kind == "quoted":
            self._next()
            name = _unquoted(token.text)
        else:
            words = [self._next().text]
            while self.now.kind in ("word", "number") and self.now.text not in RESERVED:
                words.append(self._next().text)
            name = " ".join(words)
        found = self.vocabulary.meant(name, column)
        if not found:
            raise self._unknown(token, name, what, column)
        return found

    def _compared(self, tests: Alternative) -> Alternative:
        if self.now.kind != "compared":
            return tests
        token = self._next()
        if tests[0].column != "measure":
            raise self._fault(token, "an arrow", "only a measure is compared with a number: nps <= 6")
        minus = self.now.kind == "mark" and self.now.text in "-−"
        if minus:
            self._next()
        if self.now.kind != "number":
            raise self._fault(self.now, "a number")
        value = float(self._next().text)
        return (*tests, Test("value", SPELT.get(token.text, token.text), -value if minus else value))

    def _within(self) -> int:
        """The time after `within`, in microseconds."""
        self._next()
        number = self.now
        if number.kind != "number":
            raise self._fault(number, "a number and a unit", "as in within 14 days")
        self._next()
        unit = self.now
        size = UNITS.get(unit.text.lower().removesuffix("s")) if unit.kind == "word" else None
        if size is None:
            close = near(unit.text, [f"{one}s" for one in UNITS])
            raise self._fault(unit, f"one of: {', '.join(UNITS)}", f'did you mean "{close}"?' if close else "")
        self._next()
        return int(float(number.text) * size)

    # -- tokens -------------------------------------------------------------------------------------------------------

    def _tokens(self) -> list[Token]:
        found, at = [], 0
        while at < len(self.text):
            match = TOKEN.match(self.text, at)
            if match is None:
                expected, mend = "names, arrows (-> =>), within, ( ) | & ! and comparisons", ""
                if self.text[at] in "\"“'":
                    expected, mend = "a closing quote", "close the quotes"
                raise self._fault(Token("strange", self.text[at], at), expected, mend)
            if match.lastgroup != "space":
                found.append(Token(match.lastgroup or "", SPELT.get(match.group(), match.group()), at))
            at = match.end()
        return [*found, Token("", "", len(self.text))]

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    def _after(self, places: int) -> Token:
        return self.tokens[min(self.place + places, len(self.tokens) - 1)]

    def _next(self) -> Token:
        token = self.now
        self.place += token.kind != ""
        return token

    def _is(self, kind: str, text: str) -> bool:
        return self.now.kind == kind and self.now.text == text

    def _fault(self, token: Token, expected: str, mend: str = "") -> DataFault:
        what = f'"{token.text}"' if token.text else "the end of the pattern"
        return DataFault(
            Fault(
                file="pattern",
                column=f"character {token.at + 1}",
                found=f"{what} in  {self.text[: token.at]}▸{self.text[token.at :]}",
                expected=expected,
                mend=mend,
            )
        )

    def _unknown(self, token: Token, name: str, what: str, column: str | None) -> DataFault:
        known = self.vocabulary.known(column)
        close = near(name, known)
        shown = ", ".join(known[:12]) + (f" … ({len(known)} in all)" if len(known) > 12 else "")
        mend = (
            f'did you mean "{close}"?' if close else "write it as it is called in the data, in quotes if it has blanks"
        )
        return self._fault(token._replace(text=name), f"a {what}: {shown}" if known else f"a {what}", mend)


def _both(one: Alternative, other: Alternative) -> Alternative:
    """Both sets of tests; where one speaks of answers, comments or a kind, the other's step or channel is theirs."""
    tests = dict.fromkeys((*one, *other))
    if any(test.column in ("measure", "text") or (test.column == "kind" and test != MOVE) for test in tests):
        tests.pop(MOVE, None)
    return tuple(tests)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _one_of(name: str, known: Sequence[str]) -> str | None:
    if name in known:
        return name
    return next((one for one in known if _folded(one) == _folded(name)), None)


def _unquoted(text: str) -> str:
    return text[1:-1] if text[:1] in "\"“'" else text
