"""A study's interviews to read: transcripts among its sources, turn by turn, as they may be shown, and words found in them.

Words are masked as they are in the records; who speaks is a role or a number, never a name. Knows a study's sources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench import files, sources
from workbench.engine import Engine
from workbench.faults import DataFault, unknown
from workbench.load import Source
from workbench.sources import transcripts
from workbench.sources.names import hider, is_role, plain

if TYPE_CHECKING:
    from workbench.study import Study

ENDS = (".vtt", ".srt", ".txt", ".docx", ".odt")  # how files end that may be transcripts where no format is said


@dataclass(frozen=True)
class Turn:
    """What somebody said, as it may be shown; `asked`: the interviewer's words, which are not coded."""

    number: int
    who: str
    words: str
    time: str = ""
    asked: bool = False


@dataclass(frozen=True)
class Place:
    """A turn in which words were found, with what stands around them."""

    file: str
    turn: int
    before: str
    words: str
    after: str


class Transcripts:
    """The transcripts among a study's sources."""

    def __init__(self, study: Study):
        self.study = study
        self._heard: dict[str, tuple[str, tuple[Turn, ...]]] = {}
        self._kinds: dict[str, bool] = {}

    @property
    def files(self) -> list[str]:
        """The transcripts, by their paths in the study. Raises DataFault where the sources have faults."""
        return list(self._sources())

    def turns(self, file: str) -> tuple[Turn, ...]:
        """The turns of a transcript in their order, names and other personal data masked. Raises DataFault."""
        owned = self._sources()
        if file not in owned:
            raise DataFault(unknown("interview", file, owned, file="codes.yaml", column="file"))
        return self._turns(file, owned[file])

    def search(self, words: str, most: int = 200) -> list[Place]:
        """Where words stand in any interview, in capitals or not; `most` places."""
        asked = " ".join(words.split())
        found: list[Place] = []
        if not asked:
            return found
        pattern = re.compile(re.escape(asked), re.I)
        for file, source in self._sources().items():
            for turn in self._turns(file, source):
                for hit in pattern.finditer(turn.words):
                    if len(found) == most:
                        return found
                    before, after = turn.words[max(0, hit.start() - 60) : hit.start()], turn.words[hit.end() :][:60]
                    found.append(Place(file, turn.number, before, hit[0], after))
        return found

    def _sources(self) -> dict[str, Source]:
        root = self.study.path.resolve()
        return {one.path.relative_to(root).as_posix(): one for one in self.study.sources() if self._is_transcript(one)}

    def _is_transcript(self, one: Source) -> bool:
        if one.format is not None:
            return one.format in transcripts.KINDS
        if one.path.suffix.casefold() not in ENDS:
            return False
        mark = files.content(one.path)
        if mark not in self._kinds:
            received = files.receive(one.path, Engine().scratch)
            self._kinds[mark] = sources.kind_of(received, one.binding) in transcripts.KINDS
        return self._kinds[mark]

    def _turns(self, file: str, source: Source) -> tuple[Turn, ...]:
        binding = source.binding
        mark = f"{files.content(source.path)} {binding.interviewer} {binding.speakers} {binding.merge}"
        if self._heard.get(file, ("",))[0] != mark:
            received = files.receive(source.path, Engine().scratch)
            found = transcripts.heard(received, binding.merge, [*binding.interviewer, *binding.speakers]).turns
            hide = hider({one.speaker for one in found if one.speaker} | set(binding.interviewer))
            asking = {plain(one) for one in binding.interviewer}
            called = _called([one.speaker for one in found], asking)
            turns = tuple(
                Turn(
                    one.number,
                    called[one.speaker],
                    " ".join(hide(one.words).split()),
                    one.time,
                    bool(one.speaker) and plain(one.speaker) in asking,
                )
                for one in found
            )
            self._heard[file] = (mark, turns)
        return self._heard[file][1]


def _called(speakers: list[str], asking: set[str]) -> dict[str, str]:
    """What speakers are called on the screen: roles as they are, nobody by their name."""
    called: dict[str, str] = {"": ""}
    for one in dict.fromkeys(speakers):
        if one and is_role(one):
            called[one] = one
        elif one and plain(one) in asking:
            called[one] = "Interviewer"
        elif one:
            called[one] = f"Speaker {sum(name.startswith('Speaker ') for name in called.values()) + 1}"
    return called
