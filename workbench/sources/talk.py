"""A transcript, whatever its format: pieces of speech (who, words, time) in their order. All else happens once, here.

Pieces become turns: what one speaker said until another spoke. Probable spellings of one speaker are told, and put
together where they are asked to be. Knows labels of speakers, and no format.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.sources.names import is_role, plain, probably_one


@dataclass
class Told:
    """What there is to tell of a file, each thing once and counted: `notes` are the words of `Desk.note`."""

    notes: list[dict[str, Any]] = field(default_factory=list, kw_only=True)

    def note(self, found: str, expected: str, mend: str, row: int | None = None, count: int = 1) -> None:
        """Keep something to tell; what was said before is counted up."""
        for one in self.notes:
            if (one["found"], one["mend"]) == (found, mend):
                one["count"] += count
                return
        self.notes.append({"found": found, "expected": expected, "mend": mend, "row": row, "count": count})


@dataclass(frozen=True)
class Said:
    """A piece of speech: where it begins (letters, or lines of a file), who said it (None: whoever spoke before), when."""

    at: int
    speaker: str | None
    words: str
    fresh: bool = False  # a turn mark stands before it
    time: str = ""  # as the file counts it: "00:03:12"


@dataclass(frozen=True)
class Turn:
    """What one speaker said until another spoke; `number` counts from 1 over the file, the interviewer's turns too."""

    number: int
    speaker: str
    words: str
    time: str = ""

    @property
    def place(self) -> str:
        """Where it stands, for a person to find it again."""
        return f"turn {self.number}, {self.time}" if self.time else f"turn {self.number}"


@dataclass
class Heard(Told):
    """A transcript as it was heard: its turns, and what there is to tell about it."""

    turns: list[Turn] = field(default_factory=list)

    def fold(self, said: Iterable[Said], merge: Mapping[str, str]) -> None:
        """Pieces of speech into turns; `merge` says which plain spelling is which speaker. Other spellings are told."""
        speaker, time, words = "", "", list[str]()
        labels: Counter[str] = Counter()
        first: dict[str, int] = {}

        def close() -> None:
            if words:
                self.turns.append(Turn(len(self.turns) + 1, speaker, " ".join(words), time))

        for one in said:
            who = speaker if one.speaker is None else merge.get(plain(one.speaker), one.speaker)
            if one.fresh or who != speaker:
                close()
                speaker, time, words = who, "", []
            if not words:
                time = one.time or time
            if one.words:
                words.append(one.words)
                if len(words) == 1 and speaker:
                    labels[speaker] += 1
                    first.setdefault(speaker, len(self.turns) + 1)
        close()
        for pair in probably_one(labels):
            shown = [
                (f'"{name}"' if is_role(name) else f"the speaker of turn {first[name]}") + f" (turns: {labels[name]})"
                for name in pair
            ]
            self.note(
                f"{' and '.join(shown)}, probably one speaker",
                "one spelling for one speaker",
                "kept as two; to put them together say merge: {this spelling: that speaker}",
            )
