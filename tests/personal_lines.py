"""Lines that customers might write, seeded and invented, half to write the rules of masking with and half only to measure on.

Knows its frames (personal_lines.yaml) and nothing of the rules. The split: of every list (frames of a kind, harmless lines,
people, ways to write a phone …) the entries, sorted by their SHA-256, are dealt in turn; so the held-out half meets neither
a frame nor a name nor a way of writing that the other half showed. The rules were written on "tuning" alone.
"""

from __future__ import annotations

import hashlib
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

CONTENT = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
HALVES = ("tuning", "held-out")
STRUCTURED = ("e-mail", "phone", "card", "iban", "ni number", "nhs number", "postcode", "address")
NAMES = ("name", "own customer")
DRAWS = 4  # how often each frame is filled
TITLES = ("Mr", "Mrs", "Ms", "Miss", "Dr", "Prof.")
LABEL = re.compile(r"\[[a-z][a-z -]*\]")  # what masking puts in
SLOT = re.compile(r"\{(\w+?)\d?\}")
PLAIN = str.maketrans("łŁøØßđ", "lLoOsd")


@dataclass(frozen=True)
class Line:
    """One line, the pieces of it that name a person, and the study's own customers."""

    kind: str
    text: str
    personal: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass
class Count:
    """What masking did with the lines of a kind."""

    spans: int = 0  # pieces that name a person …
    masked: int = 0  # … and those of which no word was left
    taken: int = 0  # words that masking took …
    rightly: int = 0  # … and those that were of such a piece
    missed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.masked / self.spans

    @property
    def precision(self) -> float:
        return self.rightly / self.taken if self.taken else 1.0


def dealt(entries: Sequence[str], half: str) -> list[str]:
    """The half of a list that falls to this side."""
    by_hash = sorted(entries, key=lambda entry: hashlib.sha256(str(entry).encode()).hexdigest())
    return [str(entry) for entry in by_hash[HALVES.index(half) :: 2]]


def luhn(digits: str) -> str:
    total = sum(sum(divmod(int(one) * (2 - place % 2), 10)) for place, one in enumerate(reversed(digits)))
    return str(-total % 10)


def modulus_11(digits: str) -> str:
    return str(-sum(int(one) * weight for one, weight in zip(digits, range(10, 1, -1), strict=True)) % 11)


def iban_check(text: str) -> str:
    plain = re.sub(r"\W", "", text).upper().replace("KK", "00", 1)
    return f"{98 - int(''.join(str(int(one, 36)) for one in plain[4:] + plain[:4])) % 97:02d}"


def plain(name: str) -> str:
    """A name as it stands in an address: small letters without accents."""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", name.translate(PLAIN)).lower())


class Filling:
    """What stands in the slots of one line."""

    def __init__(self, half: str, dice: random.Random) -> None:
        self.dice = dice
        self.pools = {name: dealt(pool, half) for name, pool in CONTENT.items() if isinstance(pool, list)}
        self.first, self.last = self.person()

    def person(self) -> tuple[str, str]:
        first, last = self.dice.choice(self.pools["people"]).split(" | ")
        return first, last

    def digits(self, pattern: str) -> str:
        return re.sub("#", lambda _: str(self.dice.randrange(10)), pattern)

    def value(self, slot: str, again: bool) -> str:
        if again:
            self.first, self.last = self.person()
        first, last = self.first, self.last
        spoken = {
            "name": f"{first} {last}",
            "first": first,
            "last": last,
            "lower": f"{first} {last}".lower(),
            "lowerfirst": first.lower(),
            "upper": f"{first} {last}".upper(),
            "nbsp": f"{first}\u00a0{last}",
            "initials": self.dice.choice(("{0}. {1}", "{0} {1}", "{0}.J. {1}")).format(first[0], last),
        }
        if slot in spoken:
            return spoken[slot]
        text = self.digits(self.dice.choice(self.pools[slot]))
        if slot in ("email", "handle", "link"):
            f, l = plain(first), plain(last)  # noqa: E741
            return text.format(f=f, l=l, F=f.title(), L=l.title())
        if slot == "card":
            return text.replace("L", luhn(re.sub(r"\D", "", text)))
        if slot == "iban":
            return text.replace("kk", iban_check(text), 1)
        if slot == "nhs":
            while (check := modulus_11(re.sub(r"\D", "", text))) == "10":
                text = self.digits("999######M" if " " not in text and "-" not in text else "999 ### ###M")
            return text.replace("M", check)
        return text


def filled(kind: str, frame: str, half: str, dice: random.Random) -> Line:
    """A frame with its slots filled, and which pieces of it name a person."""
    filling, personal, seen = Filling(half, dice), [], set()
    names = (
        (f"{filling.first} {filling.last}", "Winifred Oakshott", "Bartholomew Quince") if kind == "own customer" else ()
    )

    def put(slot: re.Match[str]) -> str:
        if slot[1] == "title":
            return dice.choice(TITLES)
        value = filling.value(slot[1], again=slot[0] != f"{{{slot[1]}}}")
        if slot[0] not in seen:
            personal.append(value)
        seen.add(slot[0])
        return value

    text = SLOT.sub(put, frame)
    return Line(kind, text, tuple(personal), names)


def lines(half: str, seed: int = 9) -> Iterator[Line]:
    """All lines of a half: every frame filled some times, and the harmless ones as they are."""
    dice = random.Random(f"{half} {seed}")
    for kind, frames in CONTENT["frames"].items():
        for frame in dealt(frames, half):
            for _ in range(DRAWS):
                yield filled(kind, frame, half, dice)
    for text in dealt(CONTENT["harmless"], half):
        yield Line("harmless", text)


def words(text: str) -> Counter[str]:
    """The words of a text that could tell something: of two letters or digits and more."""
    return Counter(re.findall(r"[^\W_]{2,}", text))


def measure(mask: Callable[[str, Sequence[str]], str], half: str, seed: int = 9) -> dict[str, Count]:
    """Kind by kind what `mask(text, names)` masked of a half.

    A piece is masked if no word of it is left; a harmless line is kept if it comes back as it was ("harmless": `spans`
    lines, of which `masked` were kept).
    """
    counts: dict[str, Count] = {}
    for line in lines(half, seed):
        shown = mask(line.text, line.names)
        count = counts.setdefault(line.kind, Count())
        if line.kind == "harmless":
            count.spans += 1
            count.masked += shown == line.text
            if shown != line.text:
                count.missed.append((line.text, shown))
            continue
        left = words(LABEL.sub(" ", shown))
        personal = [words(piece) for piece in line.personal]
        known = sum(personal, Counter())
        taken = words(line.text) - left
        around = words(line.text) - known
        over = left - around  # personal words that are still there
        for piece in personal:
            gone = not piece & over
            count.spans += 1
            count.masked += gone
            if not gone:
                count.missed.append((line.text, shown))
        count.taken += taken.total()
        count.rightly += (taken & known).total()
    return counts


def pooled(counts: dict[str, Count], kinds: Sequence[str]) -> Count:
    """Several kinds as one."""
    chosen = [counts[kind] for kind in kinds]
    return Count(*(sum(getattr(one, name) for one in chosen) for name in ("spans", "masked", "taken", "rightly")))
