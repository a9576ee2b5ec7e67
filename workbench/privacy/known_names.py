"""The names that a study knows (its customers, the speakers of an interview), found in what somebody wrote.

Knows texts and word lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from workbench.privacy.formats import Span
from workbench.privacy.given_names import ALSO_WORDS
from workbench.privacy.name_words import NO_NAMES, PARTICLES, WORDS_TOO, no_name, plain_word
from workbench.privacy.settings import OPENING, WORD


class Known:
    """The names that a study knows, found by their words; as quick with a hundred thousand of them as with one."""

    def __init__(self, names: Iterable[str]) -> None:
        self.whole: dict[str, list[tuple[str, ...]]] = {}
        self.parts: set[str] = set()
        for name in names:
            words = tuple(map(plain_word, WORD.findall(name)))
            if not words or (len(words) == 1 and len(words[0]) < 3):
                continue
            if len(words) > 1 or not self._a_word(words[0]):
                self.whole.setdefault(words[0], []).append(words)
            self.parts |= {word for word in words if len(word) > 1 and word not in PARTICLES and not word.isdigit()}
        for held in self.whole.values():
            held.sort(key=lambda words: (-len(words), words))

    @staticmethod
    def _a_word(word: str) -> bool:
        return word in ALSO_WORDS or no_name(word)

    def find(self, text: str) -> Iterator[Span]:
        """Whole names in any case, and their parts where they are written large."""
        found = [(one.start(), one.end() - (2 if one[0][-2:] in ("'s", "’s") else 0)) for one in WORD.finditer(text)]
        words = [plain_word(text[start:end]) for start, end in found]
        for place, (start, end) in enumerate(found):
            for name in self.whole.get(words[place], ()):
                last = place + len(name) - 1
                near = found[last][1] - start < sum(map(len, name)) + 4 * len(name) if last < len(found) else False
                if near and tuple(words[place : last + 1]) == name:
                    yield start, found[last][1], "name"
                    break
            if words[place] in self.parts and self._meant(text, words[place], start, end):
                while place and words[place - 1] in PARTICLES and found[place - 1][1] + 1 == found[place][0]:
                    place -= 1
                yield found[place][0], end, "name"

    def _meant(self, text: str, word: str, start: int, end: int) -> bool:
        """Is a part of a name, as it stands here, more than a word of the language?"""
        written = text[start:end]
        if word in WORDS_TOO or not any(map(str.isupper, written)):
            return False
        if len(word) < 3 and written.isupper() and not text.isupper():
            return False
        return not self._a_word(word) or (word not in NO_NAMES and not OPENING.search(text[max(0, start - 8) : start]))


@lru_cache(maxsize=8)
def known(names: frozenset[str]) -> Known:
    """The finder of these names, made once."""
    return Known(names)
