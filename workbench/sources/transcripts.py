"""Interviews: WebVTT and DOCX transcripts with speakers. One record is one turn: what a person said until another spoke.

A quote keeps its file and its turn (1 is the first turn of the file, the interviewer's counted too).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from workbench import privacy
from workbench.engine import RECORDS
from workbench.faults import Fault
from workbench.files import Received
from workbench.sources.binding import Fixed
from workbench.sources.reading import STRIDE, Block, Desk

VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+(?P<name>[^>]+)>")
NAMED = re.compile(r"^(?P<name>[A-Z][\w .'’()-]{0,40}?):\s+(?P<words>.+)$", re.S)
CLOCKED = re.compile(r"^(?P<name>.+?)\s{2,}(?:\d{1,2}:)?\d{1,2}:\d{2}\s*$")


@dataclass(frozen=True)
class Turn:
    """What one speaker said until another spoke; `number` counts from 1 over the file."""

    number: int
    speaker: str
    words: str


@dataclass(frozen=True)
class Transcripts:
    """A reader on the shelf for one kind of transcript."""

    name: str
    says: str
    kind: str
    needs: tuple[str, ...] = ()

    def recognises(self, received: Received) -> str:
        if self.name == "webvtt":
            return (
                "its first line, WEBVTT" if received.kind == "text" and received.head(64).startswith("WEBVTT") else ""
            )
        return "a Word document" if received.kind == "docx" else ""

    def read(self, desk: Desk) -> Block:
        found = list(turns(desk.received))
        if not found:
            raise desk.refuse(found="no turns of speech (0 rows)", expected="a transcript", mend="export it again")
        return _block(desk, found)


webvtt = Transcripts("webvtt", "an interview as WebVTT, with speakers", "text")
docx = Transcripts("docx", "an interview as a Word document, with speakers", "docx")


def turns(received: Received) -> Iterator[Turn]:
    """The turns of a transcript, neighbouring cues of one speaker put together."""
    lines = _docx_lines(received) if received.kind == "docx" else _vtt_lines(received)
    number, speaker = 0, ""
    words: list[str] = []
    for who, said in lines:
        if words and who == speaker:
            words.append(said)
            continue
        if words:
            number += 1
            yield Turn(number, speaker, " ".join(words))
        speaker, words = who, [said]
    if words:
        yield Turn(number + 1, speaker, " ".join(words))


def _vtt_lines(received: Received) -> Iterator[tuple[str, str]]:
    import webvtt as library

    try:
        cues = library.from_string(received.text())
    except library.errors.MalformedFileError as problem:
        from workbench.faults import DataFault

        raise DataFault(Fault(file=received.name, found=f"broken WebVTT ({problem})", expected="cues")) from None
    said = [" ".join(cue.raw_text.split()) for cue in cues.captions]
    # a colon in a sentence makes no speaker: where names stand before colons, they do so again and again
    by_colon = sum(NAMED.match(raw) is not None for raw in said) >= max(1, len(said) // 10)
    speaker = ""
    for raw in said:
        voice = VOICE.search(raw)
        named = NAMED.match(raw) if voice is None and by_colon else None
        words = re.sub(r"<[^>]+>", "", raw).strip()
        if voice is not None:
            speaker = voice["name"].strip()
        elif named is not None:
            speaker, words = named["name"].strip(), named["words"].strip()
        if words:
            yield speaker, words


def _docx_lines(received: Received) -> Iterator[tuple[str, str]]:
    from docx import Document

    speaker = ""
    document = Document(str(received.path))
    for item in document.iter_inner_content():
        if hasattr(item, "rows"):
            for row in item.rows:
                cells = [cell.text.strip() for cell in row.cells]
                if len(cells) >= 2 and cells[-1]:
                    yield cells[-2].rstrip(":"), cells[-1]
            continue
        text = " ".join(item.text.split(" ")).strip()
        lines = [line for line in text.splitlines() if line.strip()]
        for line in lines:
            clocked, named = CLOCKED.match(line), NAMED.match(line)
            if clocked is not None:
                speaker = clocked["name"].strip()
            elif named is not None:
                speaker = named["name"].strip()
                yield speaker, named["words"].strip()
            else:
                yield speaker, line.strip()


def _block(desk: Desk, found: list[Turn]) -> Block:
    binding = desk.binding
    asking = {one.casefold() for one in binding.interviewer}
    if not any(turn.speaker for turn in found):
        desk.note(found="no speakers", expected="who said what", mend="all of it is taken as one person's words")
    names = {turn.speaker for turn in found if turn.speaker and turn.speaker.casefold() not in asking} | desk.names
    records, people = [], {}
    for turn in found:
        if turn.speaker.casefold() in asking:
            continue
        if isinstance(binding.person, Fixed):
            person = desk.pseudonym(binding.person.value)
        elif turn.speaker in binding.speakers:
            person = desk.pseudonym(binding.speakers[turn.speaker])
        else:
            person = desk.pseudonym(f"{desk.source}/{turn.speaker}")
        people[person] = "interviewed"
        for place, (step, heard) in enumerate(desk.coded.get(turn.number) or [(None, None)]):
            records.append(
                {
                    "person": person,
                    "order": desk.number * 10**12 + turn.number * STRIDE + place,
                    "step": step,
                    "source": desk.source,
                    "kind": "quote",
                    "measure": None if heard is None else "quoted_emotion",
                    "value": heard,
                    "state": "answered",
                    "text": privacy.mask(turn.words, names),
                }
            )
    if desk.coded and max(desk.coded) > found[-1].number:
        desk.note(
            row=max(desk.coded),
            column="turn",
            found=f"a code on turn {max(desk.coded)}",
            expected=f"at most {found[-1].number} turns",
            mend="correct codes.yaml",
        )
    if not records:
        raise desk.refuse(
            found="only the interviewer's words", expected="a person who is interviewed", mend="correct interviewer:"
        )
    engine = desk.engine
    lazy = engine.table(
        pd.DataFrame(records).astype({"step": object, "measure": object}), {key: RECORDS[key] for key in records[0]}
    )
    judged = {
        "measure": "quoted_emotion",
        "kind": "quote",
        "step": None,
        "source": desk.source,
        "label": "the emotion that a coder heard in the words",
        "low": -2.0,
        "high": 2.0,
        "reversed": False,
        "missing": "",
        "column": "codes.yaml",
    }
    who = engine.table(pd.DataFrame({"person": list(people)}), {"person": "VARCHAR"})
    return Block(engine.typed(lazy), who, (judged,) if any(one["value"] is not None for one in records) else ())
