"""Interviews: WebVTT, SRT, plain text, DOCX and ODT with speakers. One record is one turn, or one coding of a turn.

A format gives pieces of speech (cues.py, lines.py, documents.py); they become turns once (talk.py) and records once
(quotes.py). A quote keeps its file and its turn (1 is the first of the file, the interviewer's counted too). Whatever was
set aside, mended or guessed is told; a speaker's name is a pseudonym in the records and [name] in the words.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workbench.faults import DataFault, Fault
from workbench.files import Received
from workbench.sources import cues, documents, quotes
from workbench.sources.lines import filled, speech, talk
from workbench.sources.names import hider, plain
from workbench.sources.reading import Block, Coded, Desk
from workbench.sources.talk import Heard, Said, Turn

# files whose names say that they hold no transcript
OTHERS = (
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".xml",
    ".xes",
    ".yaml",
    ".yml",
    ".html",
    ".htm",
    ".rtf",
    ".py",
    ".r",
    ".md",
)


@dataclass(frozen=True)
class Transcripts:
    """A reader on the shelf for one kind of transcript."""

    name: str
    says: str
    needs: tuple[str, ...] = ()

    def recognises(self, received: Received) -> str:
        return _why(self.name, received)

    def read(self, desk: Desk) -> Block:
        binding = desk.binding
        found = heard(desk.received, binding.merge, [*binding.interviewer, *binding.speakers])
        for words in found.notes:
            desk.note(**words)
        if not found.turns:
            raise desk.refuse(found="no turns of speech (0 rows)", expected="a transcript", mend="export it again")
        return _block(desk, found.turns)


webvtt = Transcripts("webvtt", "an interview as WebVTT, with speakers")
srt = Transcripts("srt", "an interview as SRT subtitles")
txt = Transcripts("transcript", "an interview as plain text, with speakers")
docx = Transcripts("docx", "an interview as a Word document, with speakers")
odt = Transcripts("odt", "an interview as an OpenDocument text, with speakers")
ALL = (webvtt, srt, docx, odt, txt)
KINDS = tuple(one.name for one in ALL)


# -- what a file is ---------------------------------------------------------------------------------------------------


def _why(kind: str, received: Received) -> str:
    if received.kind == "docx":
        return "a Word document" if kind == "docx" else ""
    if received.kind == "zip":
        return "an OpenDocument text" if kind == "odt" and documents.is_open_document(received) else ""
    if received.kind != "text" or kind not in ("webvtt", "srt", "transcript"):
        return ""
    head = received.head(16384)
    cued = cues.format_of(head, received.name)
    if cued:
        why = "cues with times, as in SRT" if cued == "srt" else "cues with times"
        return ("its first line, WEBVTT" if cues.WEBVTT.match(head) else why) if kind == cued else ""
    return _why_text(head, received.name.casefold()) if kind == "transcript" else ""


def _why_text(head: str, named: str) -> str:
    if named.endswith(OTHERS) or head.lstrip()[:1] in ("{", "<") or re.match(r'\s*\[[{"\[]', head):
        return ""
    said = [one.speaker for one in speech(filled(head)) if one.speaker]
    if len(said) >= 2 and len(set(said)) < len(said):
        return "lines that begin with who speaks"
    return "a text without columns" if named.endswith(".txt") and not _has_columns(head) else ""


def _has_columns(head: str) -> bool:
    """Do nearly all lines of a text have the same several columns?"""
    lines = [line for line in head.splitlines() if line.strip()][:40]
    for delimiter in "\t;|,":
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            continue
        width, often = widths.most_common(1)[0] if widths else (1, 0)
        if width > 1 and often >= 0.9 * sum(widths.values()):
            return True
    return False


# -- turns ------------------------------------------------------------------------------------------------------------


def turns(received: Received, merge: Mapping[str, str] | None = None) -> Iterator[Turn]:
    """The turns of a transcript, neighbouring lines and cues of one speaker put together.

    `merge` says which spelling of a speaker is which speaker.
    """
    yield from heard(received, merge).turns


def heard(received: Received, merge: Mapping[str, str] | None = None, known: Iterable[str] = ()) -> Heard:
    """A transcript's turns, and what there is to tell of them. `known` are speakers that the binding names."""
    found = Heard()
    same = {plain(one): other for one, other in (merge or {}).items()}
    sure = {*map(plain, known), *same, *map(plain, same.values())}
    found.fold(_pieces(received, sure, found), same)
    return found


def _pieces(received: Received, sure: set[str], found: Heard) -> list[Said]:
    if received.kind == "docx":
        return talk(documents.word(received), sure, found)
    if received.kind == "zip":
        return talk(documents.open_document(received), sure, found)
    text = received.text()
    if cues.format_of(text[:16384], received.name):
        return cues.speech_in(text, received.name, sure, found)
    return talk([line for _, line in filled(text)], sure, found)


# -- records ----------------------------------------------------------------------------------------------------------


def _block(desk: Desk, found: Sequence[Turn]) -> Block:
    speakers = {turn.speaker for turn in found if turn.speaker}
    _tell_of_names(desk, {plain(one) for one in speakers})
    labels = speakers | set(desk.binding.interviewer)
    coded = desk.coded
    if coded and max(coded) > found[-1].number:
        desk.note(
            row=max(coded),
            column="turn",
            found=f"a code on turn {max(coded)}",
            expected=f"at most {found[-1].number} turns",
            mend="correct codes.yaml",
        )
    _check_words(desk, found, coded, labels)
    return quotes.block(
        desk,
        [
            quotes.Passage(
                turn.number,
                turn.place,
                turn.speaker,
                turn.words,
                f"{desk.source}/{turn.speaker}",
                coded.get(turn.number, ()),
            )
            for turn in found
        ],
        labels,
    )


def _tell_of_names(desk: Desk, here: set[str]) -> None:
    if not here:
        desk.note(found="no speakers", expected="who said what", mend="all of it is taken as one person's words")
    for word, names in (("interviewer", desk.binding.interviewer), ("speakers", desk.binding.speakers)):
        if here and names and not {plain(one) for one in names} & here:
            taken = "everybody's words were taken as an interviewed person's: " if word == "interviewer" else ""
            desk.note(
                found=f"nobody of those that {word}: names",
                expected="names as the transcript has them",
                mend=f"{taken}correct {word}:, or say merge:",
            )


def _check_words(desk: Desk, found: Sequence[Turn], coded: Mapping[int, Sequence[Coded]], labels: set[str]) -> None:
    """The words that a coder selected stand in the turn, as they were said or as they are shown (masked)."""
    hide = hider(labels, desk.names)
    said = {turn.number: turn.words for turn in found}
    faults = [
        Fault(
            file=desk.file,
            row=turn,
            column="words",
            found=f"words that turn {turn} does not hold",
            expected="the very words of the turn",
            mend="copy them from the turn, or leave words: out of codes.yaml",
        )
        for turn, those in coded.items()
        for one in those
        if one.words and turn in said and not any(_within(one.words, text) for text in (said[turn], hide(said[turn])))
    ]
    if faults:
        raise DataFault(faults)


def _within(words: str, text: str) -> bool:
    return " ".join(words.split()) in " ".join(text.split())
