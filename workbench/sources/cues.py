"""Cues: WebVTT and SRT. Lines of times with words under them, voices in tags, marks or names; markup goes, words stay.

Knows the two formats and what programs make of them: odd times, cues out of order, captions that roll up.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from workbench.sources.lines import CLOCK, clock_of, speech
from workbench.sources.talk import Said, Told

TIMING = re.compile(rf"^\s*(?P<start>-?{CLOCK})\s*-{{2,}}>\s*(?P<end>-?{CLOCK})(?:\s.*)?$")
HIDDEN = (  # elements that hold no words: where they end, and all of them
    *(
        (
            re.compile(rf"<\s*/\s*{tag}\b[^<>]*>", re.I),
            re.compile(rf"<\s*{tag}\b.*?<\s*/\s*{tag}\b[^<>]*>", re.S | re.I),
        )
        for tag in ("script", "style", "iframe", "object", "svg")
    ),
    (re.compile("-->"), re.compile("<!--.*?-->", re.S)),
)
TAG = re.compile(r"</?[A-Za-z!][^<>]*>|<[\d:.]+>|\{\\[^{}]*\}")
VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s+(?P<name>[^<>]*))?>", re.I)
WEBVTT = re.compile(r"\s*WEBVTT\b", re.I)
HEADER = re.compile(r"\ufeff?\s*(?:WEBVTT|NOTE|STYLE|REGION)\b(?!\s*:)", re.I)
ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)\b(?!\s*:)")
USUAL_TIME = re.compile(r"(?:\d{2,}:)?\d{2}:\d{2}[.,]\d{3}")
USUAL = "hh:mm:ss.mmm --> hh:mm:ss.mmm"


def format_of(head: str, name: str) -> str:
    """ "webvtt" or "srt" by the first letters of a text and its file's name; an empty text where it has no cues."""
    headed = WEBVTT.match(head) is not None
    if not headed and not any(TIMING.match(line) for line in head.splitlines()):
        return ""
    named = name.casefold()
    is_srt = not headed and not named.endswith(".vtt") and (named.endswith(".srt") or "<v" not in head)
    return "srt" if is_srt else "webvtt"


def speech_in(text: str, file: str, sure: set[str], told: Told) -> list[Said]:
    """Who says what when, in a text of cues."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    dots = re.search(rf"{CLOCK}\s*-+>", text)
    is_vtt = file.casefold().endswith(".vtt") or (dots is not None and "<v" in text)
    if is_vtt and not WEBVTT.match(text[:100]):
        told.note("no WEBVTT on the first line", "WEBVTT", "its cues were read all the same", row=1)
    cues = _ordered(_cues(lines, told), told)
    if any(VOICE.search(line) for cue in cues for line in cue.lines):
        return _voices(cues, told)
    cues = _rolled(cues, told)
    flat = [(cue.row, bare) for cue in cues for line in cue.lines if (bare := _bare(line, told))]
    time = {cue.row: cue.time for cue in cues}
    return [replace(one, time=time[one.at]) for one in speech(flat, sure, told)]


@dataclass(frozen=True)
class _Cue:
    number: int
    row: int
    start: float
    end: float
    lines: tuple[str, ...]

    @property
    def time(self) -> str:
        return clock_of(self.start)


def _seconds(clock: str) -> float:
    total = 0.0
    for part in clock.replace(",", ".").lstrip("-").split(":"):
        total = total * 60 + float(part)
    return -total if clock.startswith("-") else total


def _cues(lines: Sequence[str], told: Told) -> list[_Cue]:
    """The cues of a file: lines between one line of times and the next, less identifiers, notes and styles."""
    cues: list[_Cue] = []
    body: list[str] = []
    times: tuple[int, float, float] | None = None
    skipping, odd, broken, stray = False, list[int](), list[int](), list[int]()

    def close(number_next: bool) -> None:
        nonlocal body
        kept = list(body)
        if number_next:  # the line right before the times is the cue's own name
            while kept and not kept[-1].strip():
                kept.pop()
            if kept and (kept[-1].strip().isdigit() or (len(body) > 1 and body[-1].strip() and not body[-2].strip())):
                kept.pop()
        said = tuple(line for line in kept if line.strip())
        if times is not None:
            cues.append(_Cue(len(cues) + 1, *times, said))
        elif said:
            stray.append(next(n for n, line in enumerate(lines, start=1) if line in said))
        body = []

    for row, line in enumerate(lines, start=1):
        match = TIMING.match(line)
        if match is not None:
            close(number_next=True)
            times, skipping = (row, _seconds(match["start"]), _seconds(match["end"])), False
            if not (USUAL_TIME.fullmatch(match["start"]) and USUAL_TIME.fullmatch(match["end"])):
                odd.append(row)
        elif "-->" in line and re.match(r"\s*[\d:.,-]+\s*-->", line):
            broken.append(row)
            close(number_next=True)
            last = cues[-1].end if cues else 0.0
            times, skipping = (row, last, last), False
        elif HEADER.match(line) if row == 1 else ASIDE.match(line) and not lines[row - 2].strip():
            skipping = True
        elif not line.strip():
            skipping = False
            body.append("")
        elif not skipping and not (times is None and WEBVTT.match(line)):
            body.append(line)
    close(number_next=False)
    shown = lines[odd[0] - 1].strip()[:40] if odd else ""
    _tell(told, odd, f'times written otherwise ("{shown}")', USUAL, "read as hours, minutes and seconds")
    _tell(told, broken, "a line of times that cannot be read", USUAL, "the words under it are kept in their place")
    _tell(told, stray[:1], "words before the first cue", "cues with times", "set aside")
    return [cue for cue in cues if cue.lines]


def _tell(told: Told, those: Sequence[_Cue | int], found: str, expected: str, mend: str) -> None:
    """Tell of cues (or rows), by the first of them, where there are any."""
    if those:
        row = those[0] if isinstance(those[0], int) else those[0].row
        told.note(found, expected, mend, row=row, count=len(those))


def _ordered(cues: list[_Cue], told: Told) -> list[_Cue]:
    """The cues in the order of their start; overlaps and jumps told."""
    jumps = [b for a, b in pairwise(cues) if b.start < a.start - 60]
    if jumps:
        told.note(
            f"cue {jumps[0].number}, whose time jumps back by more than a minute",
            "times that go forward",
            "kept in the order of the file: two recordings in one file, perhaps",
            row=jumps[0].row,
        )
        return cues
    back = [b for a, b in pairwise(cues) if b.start < a.start]
    cues = sorted(cues, key=lambda cue: (cue.start, cue.number))
    late, overlapping = 0.0, []
    for cue in cues:
        if cue.start < late:
            overlapping.append(cue)
        late = max(late, cue.end)
    backwards = [cue for cue in cues if cue.end < cue.start]
    for those, found, expected, mend in (
        (back, "starts before the cue above it", "cues in the order of their start", "put in the order of their start"),
        (
            overlapping,
            "starts before the cue before it ends",
            "one cue at a time",
            "all of them are kept, in the order of their start",
        ),
        (backwards, "ends before it starts", "an end after the start", "its words are kept"),
    ):
        _tell(told, those, f"cue {those[0].number} {found}" if those else "", expected, mend)
    return cues


def _rolled(cues: list[_Cue], told: Told) -> list[_Cue]:
    """Cues without the lines that roll up: automatic captions say each line again in the next cue."""
    bare = [tuple(_bare(line) for line in cue.lines) for cue in cues]
    again = [False, *(b[0] != "" and b[0] == a[-1] for a, b in pairwise(bare))]
    if sum(again) < max(3, 0.3 * len(cues)):
        return cues
    repeated = [cue for cue, twice in zip(cues, again, strict=True) if twice]
    found = "cues that say the last line of the cue before again"
    _tell(told, repeated, found, "each line once", "the repeated lines were left out")
    return [replace(cue, lines=cue.lines[1:]) if twice else cue for cue, twice in zip(cues, again, strict=True)]


def _voices(cues: list[_Cue], told: Told) -> list[Said]:
    said: list[Said] = []
    silent = []
    for cue in cues:
        raw = " ".join(cue.lines)
        marks = list(VOICE.finditer(raw))
        before = _bare(raw[: marks[0].start()] if marks else raw, told)
        if before:
            silent.append(cue)
            said.append(Said(cue.row, None, before, time=cue.time))
        for mark, until in zip(marks, [*(one.start() for one in marks[1:]), len(raw)], strict=False):
            words = _bare(raw[mark.end() : until], told)
            if words:
                name = " ".join(html.unescape(mark["name"] or "").split())
                said.append(Said(cue.row, name, words, time=cue.time))
    _tell(
        told,
        silent,
        f"cue {silent[0].number} has words that no speaker is named for" if silent else "",
        "<v Name> before what is said",
        "taken as going on from the speaker before",
    )
    return said


def _bare(text: str, told: Told | None = None) -> str:
    """Words without markup: scripts go with what is in them, other tags leave their words."""
    for _ in range(8):
        before = text
        for end, whole in HIDDEN if "<" in text else ():
            last = max((match.end() for match in end.finditer(text)), default=0)  # no end is sought where there is none
            kept, scripts = whole.subn(" ", text[:last])
            text = kept + text[last:]
            if scripts and told is not None:
                told.note("a script in what is said", "words", "left out")
        text = TAG.sub("", text)
        if "&" in text:
            text = html.unescape(text)
        if text == before:
            break
    return " ".join(text.split())
