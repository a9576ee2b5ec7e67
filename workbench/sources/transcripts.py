"""Interviews: WebVTT, SRT, plain text, DOCX and ODT with speakers. One record is one turn: what a person said until
another spoke.

A quote keeps its file and its turn (1 is the first turn of the file, the interviewer's counted too). What stands before
the words (a name and a colon, a name and a clock, a turn mark) is told from what is said; whatever was set aside,
mended or guessed is told. A speaker's name never leaves: it is a pseudonym in the records and [name] in the words.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from itertools import combinations
from typing import Any

import pandas as pd

from workbench import privacy
from workbench.engine import RECORDS
from workbench.faults import DataFault, Fault
from workbench.files import Received
from workbench.sources.binding import Fixed
from workbench.sources.reading import STRIDE, Block, Desk


@dataclass(frozen=True)
class Turn:
    """What one speaker said until another spoke; `number` counts from 1 over the file."""

    number: int
    speaker: str
    words: str


@dataclass(frozen=True)
class Said:
    """A piece of speech: where it begins (letters, or lines of a file), who said it (None: whoever spoke before)."""

    at: int
    speaker: str | None
    words: str
    fresh: bool = False  # a turn mark without a name stands before it


@dataclass
class Heard:
    """A transcript as it was heard: its turns, and what there is to tell about it (the words of `Desk.note`)."""

    turns: list[Turn] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def note(self, found: str, expected: str, mend: str, row: int | None = None, count: int = 1) -> None:
        """Keep something to tell; what was said before is counted up."""
        for one in self.notes:
            if (one["found"], one["mend"]) == (found, mend):
                one["count"] += count
                return
        self.notes.append({"found": found, "expected": expected, "mend": mend, "row": row, "count": count})


@dataclass(frozen=True)
class Transcripts:
    """A reader on the shelf for one kind of transcript."""

    name: str
    says: str
    kind: str
    needs: tuple[str, ...] = ()

    def recognises(self, received: Received) -> str:
        return _why(self.name, received)

    def read(self, desk: Desk) -> Block:
        binding = desk.binding
        merge = {_plain(one): other for one, other in binding.merge.items()}
        known = {*binding.interviewer, *binding.speakers, *merge.values()}
        found = heard(desk.received, merge, known)
        for words in found.notes:
            desk.note(**words)
        if not found.turns:
            raise desk.refuse(found="no turns of speech (0 rows)", expected="a transcript", mend="export it again")
        return _block(desk, found.turns)


webvtt = Transcripts("webvtt", "an interview as WebVTT, with speakers", "text")
srt = Transcripts("srt", "an interview as SRT subtitles", "text")
txt = Transcripts("transcript", "an interview as plain text, with speakers", "text")
docx = Transcripts("docx", "an interview as a Word document, with speakers", "docx")
odt = Transcripts("odt", "an interview as an OpenDocument text, with speakers", "zip")
KINDS = tuple(one.name for one in (webvtt, srt, txt, docx, odt))


# -- what a file is ---------------------------------------------------------------------------------------------------

CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
TIMING = re.compile(rf"^\s*(?P<start>-?{CLOCK})\s*-{{2,}}>\s*(?P<end>-?{CLOCK})(?:\s.*)?$")
TABLES = (
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


def _why(kind: str, received: Received) -> str:
    if kind == "docx":
        return "a Word document" if received.kind == "docx" else ""
    if kind == "odt":
        return "an OpenDocument text" if received.kind == "zip" and _is_odt(received) else ""
    if received.kind != "text":
        return ""
    head = received.head(16384)
    named = received.name.casefold()
    headed = re.match(r"\s*WEBVTT\b", head, re.I) is not None
    timed = [line for line in head.splitlines() if TIMING.match(line)]
    if headed or timed:
        is_srt = not headed and not named.endswith(".vtt") and (named.endswith(".srt") or "<v" not in head)
        if kind == "webvtt":
            return "its first line, WEBVTT" if headed else "cues with times" if not is_srt else ""
        return "cues with times, as in SRT" if kind == "srt" and is_srt else ""
    if (
        kind != "transcript"
        or named.endswith(TABLES)
        or head.lstrip()[:1] in ("{", "<")
        or re.match(r'\s*\[[{"\[]', head)
    ):
        return ""
    lines = _text_lines(head)
    said = [one for one in speech(lines) if one.speaker]
    if len(said) >= 2 and len({one.speaker for one in said}) < len(said):
        return "lines that begin with who speaks"
    return "a text without columns" if named.endswith(".txt") and not _has_columns(head) else ""


def _has_columns(head: str) -> bool:
    """Do nearly all lines of a text have the same several columns?"""
    import csv

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


def _is_odt(received: Received) -> bool:
    import zipfile

    with zipfile.ZipFile(received.path) as archive:
        names = set(archive.namelist())
        if not {"mimetype", "content.xml"} <= names or archive.getinfo("mimetype").file_size > 200:
            return False
    try:
        return part(received, "mimetype").strip().startswith(b"application/vnd.oasis.opendocument.text")
    except DataFault:
        return False


# -- turns ------------------------------------------------------------------------------------------------------------


def turns(received: Received, merge: Mapping[str, str] | None = None) -> Iterator[Turn]:
    """The turns of a transcript, neighbouring lines and cues of one speaker put together.

    `merge` says which spelling of a speaker is which speaker.
    """
    plain = {_plain(one): other for one, other in (merge or {}).items()}
    yield from heard(received, plain, plain.values()).turns


def heard(received: Received, merge: Mapping[str, str] | None = None, known: Iterable[str] = ()) -> Heard:
    """A transcript's turns, and what there is to tell of them. `known` are speakers that the binding names."""
    found = Heard()
    sure = {_plain(one) for one in known} | set(merge or {})
    said: list[Said]
    if received.kind == "docx":
        said = _of_parts(_word(received), found, sure)
    elif received.kind == "zip":
        said = _of_parts(_odt(received), found, sure)
    else:
        text = received.text()
        cued = re.match(r"\s*WEBVTT\b", text[:100], re.I) is not None or any(
            TIMING.match(line) for line in text[:16384].splitlines()
        )
        said = _of_cues(text, received.name, found, sure) if cued else _of_parts(_text_lines(text), found, sure)
    _fold(said, merge or {}, found)
    return found


def _fold(said: Sequence[Said], merge: Mapping[str, str], found: Heard) -> None:
    """Pieces of speech into turns, and the spellings of one speaker told."""
    number, speaker, words = 0, "", list[str]()
    labels: Counter[str] = Counter()
    first: dict[str, int] = {}
    for one in said:
        who = speaker if one.speaker is None else merge.get(_plain(one.speaker), one.speaker)
        if words and (one.fresh or who != speaker):
            number += 1
            found.turns.append(Turn(number, speaker, " ".join(words)))
            words = []
        speaker = who
        if one.words:
            words.append(one.words)
            if len(words) == 1 and speaker:
                labels[speaker] += 1
                first.setdefault(speaker, number + 1)
    if words:
        found.turns.append(Turn(number + 1, speaker, " ".join(words)))
    for pair in probably_one(labels):
        shown = [
            (f'"{name}"' if is_role(name) else f"the speaker of turn {first[name]}") + f" (turns: {labels[name]})"
            for name in pair
        ]
        found.note(
            f"{' and '.join(shown)}, probably one speaker",
            "one spelling for one speaker",
            "kept as two; to put them together say merge: {this spelling: that speaker}",
        )


def probably_one(labels: Mapping[str, int]) -> list[tuple[str, str]]:
    """Pairs of labels that are probably spellings of one speaker, the rarer one first.

    Case, blanks and marks apart they are the same; or one is rare and nearly the other. Different numbers are different
    people, and so are an interviewer and an interviewee.
    """
    pairs = []
    numbered: dict[str, set[str]] = {}
    for label in labels:
        numbered.setdefault(_letters(label), set()).add(_number(label))
    for one, other in combinations(sorted(labels, key=lambda label: (labels[label], label)), 2):
        a, b = _letters(one), _letters(other)
        x, y = _number(one), _number(other)
        if x != y and ((x and y) or len(numbered[a] | numbered[b]) > 2):
            continue
        if a != b:
            rare = labels[one] <= max(2, labels[other] // 10)
            roles = {word[-2:] for word in (a, b)} == {"er", "ee"} and a[:-2] == b[:-2]
            if not rare or roles or min(len(a), len(b)) < 4 or SequenceMatcher(None, a, b).ratio() < 0.84:
                continue
        pairs.append((one, other))
    return list({one: (one, other) for one, other in pairs}.values())  # each rare spelling beside its commonest


def _letters(label: str) -> str:
    return re.sub(r"[\W\d_]+", "", label).casefold()


def _number(label: str) -> str:
    return " ".join(sorted(set(re.findall(r"\d+", label))))


def _plain(label: str) -> str:
    return " ".join(label.casefold().split()).rstrip(":").rstrip()


# -- who speaks, in lines of text -------------------------------------------------------------------------------------


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ROLES = _set(
    "interviewer interviewee moderator facilitator participant respondent researcher customer client agent adviser "
    "advisor speaker host guest user narrator observer translator interpreter patient caller operator man woman male "
    "female consultant analyst unknown unidentified informant subject note-taker int res mod part resp cust q a i r p m "
    "f s befragte befragter interviewerin interviewter moderatorin entrevistador entrevistadora entrevistado "
    "entrevistada enquêteur enquêté intervistatore intervistato moderateur modérateur participante"
)
LONG_ROLES = sorted(role for role in ROLES if len(role) > 6)
CODE = re.compile(r"[A-Z]{1,4}[ _-]?\d{1,4}(?:[-_/ ][A-Z]{0,2}\d{1,4})?", re.I)
NO_SPEAKERS = _set(
    "note notes nb n.b ps p.s example examples question answer warning date time place location duration title topic "
    "interview file recording transcript transcription project version language http https mailto page section summary "
    "yes no so and but or because then that this it i.e e.g ie eg result results conclusion reason problem issue fact "
    "point first second third finally remember quote hint tip update fyi re fw fwd source sources name age gender sex "
    "email e-mail phone address subject to from cc kind start end ended started length format status id link url see "
    "also added important attention agenda background introduction appendix figure table step like well okay ok"
)
PARTICLES = _set("de da di del della der den van von la le el al bin ibn ter ten du dos das y e of the")
LABEL = r"[^\W_][^:\t\n\[\]<>?!;\"]{0,60}?(?:\([^)]{0,30}\)|\[[^\]]{0,30}\])?"
COLON = re.compile(rf"^(?P<name>{LABEL})\s*[:\uFF1A](?!//)(?P<gap>\s*)(?P<words>.*)$", re.S)
BRACKET = re.compile(r"^[\[(](?P<name>[^\])]{1,40})[\])]\s*[:\uFF1A]?\s*(?P<words>.*)$", re.S)
LED = re.compile(
    rf"^\s*(?P<open>[\[({{<]?)\s*(?P<clock>{CLOCK})(?:\s*(?:-+>|[-–—]|to)\s*{CLOCK})?\s*(?P<shut>[\])}}>]?)"
    r"(?:\s*[-–—:|](?:\s+|$)|\s+|$)"
)
NAME_CLOCK = re.compile(
    rf"^(?P<name>{LABEL})(?P<gap>\s*\t\s*|\s{{2,}}|\s+[-–—|,@]\s*|\s*(?=[\[(])|\s)[\[(]?(?P<clock>{CLOCK})(?:\s*[AaPp][Mm])?"
    rf"(?:\s*(?:-+>|[-–—])\s*{CLOCK})?[\])]?\s*(?P<colon>[:\uFF1A])?(?:\s*\t\s*(?P<tabbed>.*)|\s*(?P<words>.*))?$",
    re.S,
)
GAP = re.compile(r"\s{3,}")
MARK = re.compile(r"(?:^|(?<=\s))(?:>{2,3})\s*")
DASH = re.compile(r"^\s*[-–—]\s*(?=\S)")


def is_role(label: str) -> bool:
    """Is this what somebody does in the talk (Interviewer 1, P03, Speaker A), and so nobody's name?"""
    if CODE.fullmatch(label.strip()):
        return True
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", label.casefold())
    return bool(words) and all(
        word in ROLES or (len(word) == 1 and place) or bool(get_close_matches(word, LONG_ROLES, 1, 0.84))
        for place, word in enumerate(words)
    )


def _like_a_name(label: str) -> bool:
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", label).strip()
    words = bare.replace(",", " ").split()
    if not words or len(words) > 5 or _plain(bare).rstrip(".") in NO_SPEAKERS or words[0].casefold() in NO_SPEAKERS:
        return False
    upper = [word for word in words if word[0].isdigit() or not word[0].islower()]
    return len(upper) == len(words) or (
        not words[0][0].islower() and all(word in upper or word in PARTICLES for word in words)
    )


@dataclass(frozen=True)
class _Guess:
    """A line that may begin with who speaks."""

    at: int
    text: str  # the line without its clock
    name: str = ""
    words: str = ""
    how: str = ""  # clock, colon, bracket, alone
    fresh: bool = False


def _text_lines(text: str) -> list[tuple[int, str]]:
    """The lines of a text that are not blank, each with the place of its first letter."""
    found, at = [], 0
    for line in text.splitlines(keepends=True):
        if line.strip("\ufeff\u200b \t\r\n\f\v"):
            found.append((at, line.strip("\ufeff\u200b\r\n\f\v")))
        at += len(line)
    return found


def speech(lines: Sequence[Any], sure: Iterable[str] = (), found: Heard | None = None) -> list[Said]:
    """Who says what in lines of text (place, text). A line that names nobody goes on from the line before.

    A word before a colon is a speaker where it is a role or a code, comes again, or looks like a whole name; clocks and
    remarks ("Note:") never are. `sure` are speakers known beforehand.
    """
    lines = [(at, html.unescape(text) if "&" in text else text) for at, text in lines]
    told = found or Heard()
    led = sum(LED.match(text) is not None for _, text in lines)
    often = led >= 3 and led >= 0.3 * len(lines)
    dashed = sum(DASH.match(text) is not None for _, text in lines) >= max(2, 0.3 * len(lines))
    guesses = [one for at, text in lines for one in _guesses(at, text, often, dashed)]
    accepted = _accepted(guesses, set(sure), told)
    said, silent = [], False
    for guess in guesses:
        if guess.how and (_plain(guess.name), guess.how) in accepted:
            said.append(Said(guess.at, " ".join(guess.name.split()), guess.words.strip(), guess.fresh))
            continue
        alone = _plain(guess.text)
        if not guess.fresh and (alone, "alone") in accepted:
            said.append(Said(guess.at, " ".join(guess.text.split()).rstrip(":").rstrip(), ""))
            continue
        silent |= guess.fresh
        said.append(Said(guess.at, "" if guess.fresh else None, guess.text.strip(), guess.fresh))
    if silent:
        told.note(
            f"{sum(one.fresh and not one.speaker for one in said)} turn marks without a name",
            "who speaks, by name",
            "turns are kept apart; whose they are is not known",
        )
    return said


def _guesses(at: int, text: str, often: bool, dashed: bool) -> Iterator[_Guess]:
    pieces = MARK.split(text)
    marked = len(pieces) > 1
    for place, piece in enumerate(pieces):
        fresh = marked and place > 0
        if dashed and not fresh and DASH.match(piece):
            piece, fresh = DASH.sub("", piece, count=1), True
        if not piece.strip() and not (fresh and place == len(pieces) - 1):
            continue
        yield _guess(at, piece, often, fresh)


def _guess(at: int, text: str, often: bool, fresh: bool) -> _Guess:
    text = GAP.sub(lambda match: "\t" if "\t" in match[0] else "  ", text)
    clock = LED.match(text)
    if clock and (clock["open"] or often or clock["clock"].count(":") == 2 or not text[clock.end() :].strip()):
        text = text[clock.end() :]
    text = text.strip()
    headed = NAME_CLOCK.match(text)
    if headed is not None and _is_head(headed):
        return _Guess(at, text, headed["name"].strip(), headed["tabbed"] or headed["words"] or "", "clock", fresh)
    colon = COLON.match(text)
    if colon is not None and (colon["gap"] or not colon["words"] or is_role(colon["name"])):
        return _Guess(at, text, colon["name"].strip(), colon["words"], "colon", fresh)
    bracket = BRACKET.match(text)
    if bracket is not None and is_role(bracket["name"]):
        return _Guess(at, text, bracket["name"].strip(), bracket["words"], "bracket", fresh)
    return _Guess(at, text, fresh=fresh)


def _is_head(match: re.Match[str]) -> bool:
    """Is "name, clock" a line that says who speaks, and not a sentence that ends with the time?"""
    if not _like_a_name(match["name"]) and not is_role(match["name"]):
        return False
    bracketed = match.string[match.start("clock") - 1] in "[("
    if match["words"] and not (match["colon"] or bracketed):
        return False
    return "\t" in match["gap"] or len(match["gap"]) > 1 or bracketed or match["clock"].count(":") == 2


def _accepted(guesses: Sequence[_Guess], sure: set[str], told: Heard) -> set[tuple[str, str]]:
    """Which words before a colon, a clock or alone on a line are speakers."""
    count = Counter((_plain(one.name), one.how) for one in guesses if one.how)
    written = {_plain(one.name): one.name for one in reversed(guesses) if one.how}
    marked = {_plain(one.name) for one in guesses if one.fresh and one.how and _like_a_name(one.name)}
    total = max(1, len(guesses))
    accepted: set[tuple[str, str]] = set()
    open_: list[str] = []
    for (name, how), several in count.items():
        label = written[name]
        if (
            name in sure
            or name in marked
            or how in ("clock", "bracket")
            or (is_role(label) and (len(name) > 1 or several > 1))
        ):
            accepted.add((name, how))
        elif _like_a_name(label) or (name not in NO_SPEAKERS and several >= 0.15 * total and len(label.split()) < 3):
            open_.append(name)
    shares = {name: count[name, "colon"] / total for name in open_}
    labelled = sum(count[one] for one in accepted) / total + sum(shares.values())
    strangers = []
    for name in open_:
        often = count[name, "colon"] > 1 and count[name, "colon"] >= 0.02 * total
        whole = len(written[name].split()) > 1
        if labelled >= 0.1 and (often or (whole and labelled >= 0.3) or labelled >= 0.8):
            accepted.add((name, "colon"))
        else:
            strangers.append(name)
    if accepted and strangers and labelled >= 0.1:
        place = next(n for n, one in enumerate(guesses, start=1) if _plain(one.name) == strangers[0])
        told.note(
            "a word and a colon at the beginning of a line that is nobody who speaks elsewhere",
            "a speaker who comes again, or a whole name",
            "taken as words that are said; name the speaker in speakers: if it is one",
            row=place,
            count=len(strangers),
        )
    names = {name for name, _ in accepted}
    for one in guesses:
        alone = _plain(one.text)
        if not one.how or (alone, one.how) not in accepted:
            role = len(alone) > 2 and is_role(one.text.rstrip(": ")) and len(one.text.split()) <= 3
            if alone in names or alone in sure or (role and alone not in NO_SPEAKERS and not one.text.endswith(".")):
                accepted.add((alone, "alone"))
    return accepted


def speakers_at(text: str) -> list[tuple[int, str]]:
    """Who speaks from which letter on in a text with speakers; an empty list where it names none."""
    found: list[tuple[int, str]] = []
    for one in speech(_text_lines(text)):
        if one.speaker is not None and (not found or found[-1][1] != one.speaker):
            found.append((one.at, one.speaker))
    return found


# -- cues: WebVTT and SRT ---------------------------------------------------------------------------------------------

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
HEADER = re.compile(r"\ufeff?\s*(?:WEBVTT|NOTE|STYLE|REGION)\b(?!\s*:)", re.I)
ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)\b(?!\s*:)")
USUAL_TIME = re.compile(r"(?:\d{2,}:)?\d{2}:\d{2}[.,]\d{3}")


@dataclass(frozen=True)
class _Cue:
    number: int
    row: int
    start: float
    end: float
    lines: tuple[str, ...]


def _seconds(clock: str) -> float:
    total = 0.0
    for part in clock.replace(",", ".").lstrip("-").split(":"):
        total = total * 60 + float(part)
    return -total if clock.startswith("-") else total


def _of_cues(text: str, file: str, found: Heard, sure: set[str]) -> list[Said]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    dots = re.search(rf"{CLOCK}\s*-+>", text)
    is_vtt = file.casefold().endswith(".vtt") or (dots is not None and "<v" in text)
    if is_vtt and not re.match(r"\s*WEBVTT\b", text[:100], re.I):
        found.note("no WEBVTT on the first line", "WEBVTT", "its cues were read all the same", row=1)
    cues = _ordered(_cues(lines, found), found)
    if not cues:
        return []
    if any(VOICE.search(line) for cue in cues for line in cue.lines):
        return _voices(cues, found)
    cues = _rolled(cues, found)
    flat = [(cue.row, _bare(line, found)) for cue in cues for line in cue.lines]
    return _cued(speech([(row, line) for row, line in flat if line], sure, found))


def _cued(said: list[Said]) -> list[Said]:
    """Speech before the first name is speech too: nobody's."""
    return [
        Said(one.at, "", one.words, one.fresh) if one.speaker is None and not place else one
        for place, one in enumerate(said)
    ]


def _cues(lines: Sequence[str], found: Heard) -> list[_Cue]:
    """The cues of a file: lines between one line of times and the next, less identifiers, notes and styles."""
    cues: list[_Cue] = []
    body: list[str] = []
    times: tuple[int, float, float] | None = None
    skipping, odd, broken, stray = False, list[int](), list[int](), list[int]()

    def close(number_next: bool) -> None:
        nonlocal body, times
        kept = list(body)
        if number_next:  # the line right before the times is the cue's own name
            while kept and not kept[-1].strip():
                kept.pop()
            if kept and (kept[-1].strip().isdigit() or (len(body) > 1 and body[-1].strip() and not body[-2].strip())):
                kept.pop()
        if times is not None:
            said = tuple(line for line in kept if line.strip())
            cues.append(_Cue(len(cues) + 1, *times, said))
        elif any(line.strip() for line in kept):
            stray.append(next(n for n, line in enumerate(lines, start=1) if line in kept and line.strip()))
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
            if skipping:
                skipping = False
            body.append("")
        elif not skipping and not (times is None and re.match(r"\s*WEBVTT\b", line, re.I)):
            body.append(line)
    close(number_next=False)
    if odd:
        found.note(
            f'times written otherwise ("{lines[odd[0] - 1].strip()[:40]}")',
            "hh:mm:ss.mmm --> hh:mm:ss.mmm",
            "read as hours, minutes and seconds",
            row=odd[0],
            count=len(odd),
        )
    if broken:
        found.note(
            "a line of times that cannot be read",
            "hh:mm:ss.mmm --> hh:mm:ss.mmm",
            "the words under it are kept in their place",
            row=broken[0],
            count=len(broken),
        )
    if stray:
        found.note("words before the first cue", "cues with times", "set aside", row=stray[0])
    return [cue for cue in cues if cue.lines]


def _ordered(cues: list[_Cue], found: Heard) -> list[_Cue]:
    """The cues in the order of their start; overlaps and jumps told."""
    back = [b for a, b in zip(cues, cues[1:], strict=False) if b.start < a.start]
    jump = next((b for a, b in zip(cues, cues[1:], strict=False) if b.start < a.start - 60), None)
    if jump is not None:
        found.note(
            f"cue {jump.number}, whose time jumps back by more than a minute",
            "times that go forward",
            "kept in the order of the file: two recordings in one file, perhaps",
            row=jump.row,
        )
        return cues
    if back:
        found.note(
            f"cue {back[0].number} starts before the cue above it",
            "cues in the order of their start",
            "put in the order of their start",
            row=back[0].row,
            count=len(back),
        )
        cues = sorted(cues, key=lambda cue: (cue.start, cue.number))
    late = 0.0
    overlapping = []
    for cue in cues:
        if cue.start < late:
            overlapping.append(cue)
        late = max(late, cue.end)
    if overlapping:
        found.note(
            f"cue {overlapping[0].number} starts before the cue before it ends",
            "one cue at a time",
            "all of them are kept, in the order of their start",
            row=overlapping[0].row,
            count=len(overlapping),
        )
    backwards = [cue for cue in cues if cue.end < cue.start]
    if backwards:
        found.note(
            f"cue {backwards[0].number} ends before it starts",
            "an end after the start",
            "its words are kept",
            row=backwards[0].row,
            count=len(backwards),
        )
    return cues


def _rolled(cues: list[_Cue], found: Heard) -> list[_Cue]:
    """Cues without the lines that roll up: automatic captions say each line again in the next cue."""
    plain = [tuple(_bare(line) for line in cue.lines) for cue in cues]
    again = [bool(b and a and b[0] == a[-1]) for a, b in zip(plain, plain[1:], strict=False)]
    if sum(again) < max(3, 0.3 * len(cues)):
        return cues
    found.note(
        "cues that say the last line of the cue before again",
        "each line once",
        "the repeated lines were left out",
        row=cues[again.index(True) + 1].row,
        count=sum(again),
    )
    return [
        _Cue(cue.number, cue.row, cue.start, cue.end, cue.lines[1:] if twice else cue.lines)
        for cue, twice in zip(cues, [False, *again], strict=True)
    ]


def _voices(cues: list[_Cue], found: Heard) -> list[Said]:
    said: list[Said] = []
    silent = []
    for cue in cues:
        raw = " ".join(cue.lines)
        marks = list(VOICE.finditer(raw))
        before = _bare(raw[: marks[0].start()] if marks else raw, found)
        if before:
            silent.append(cue)
            said.append(Said(cue.row, None if said else "", before))
        for place, mark in enumerate(marks):
            until = marks[place + 1].start() if place + 1 < len(marks) else len(raw)
            name = " ".join(html.unescape(mark["name"] or "").split())
            words = _bare(raw[mark.end() : until], found)
            if words:
                said.append(Said(cue.row, name, words))
    if silent:
        found.note(
            f"cue {silent[0].number} has words that no speaker is named for",
            "<v Name> before what is said",
            "taken as going on from the speaker before",
            row=silent[0].row,
            count=len(silent),
        )
    return said


def _bare(text: str, found: Heard | None = None) -> str:
    """Words without markup: scripts go with what is in them, other tags leave their words."""
    for _ in range(8):
        before = text
        for end, whole in HIDDEN if "<" in text else ():
            last = max((match.end() for match in end.finditer(text)), default=0)  # no end is sought where there is none
            kept, scripts = whole.subn(" ", text[:last])
            text = kept + text[last:]
            if scripts and found is not None:
                found.note("a script in what is said", "words", "left out")
        text = TAG.sub("", text)
        if "&" in text:
            text = html.unescape(text)
        if text == before:
            break
    return " ".join(text.split())


# -- documents: lines and tables --------------------------------------------------------------------------------------

Part = str | list[list[str]]  # a line of text, or a table
SPEAKER_HEADS = _set("speaker name who participant person voice role sprecher locuteur interlocuteur hablante")
TEXT_HEADS = _set("text words said transcript transcription utterance speech content what dialogue quote")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _of_parts(parts: Sequence[Any], found: Heard, sure: set[str]) -> list[Said]:
    """Speech in lines and tables: what stands before the first speaker is set aside and told."""
    lines = [(n, part) if isinstance(part, str) else part for n, part in enumerate(parts)]
    talk: list[Said] = []
    tables = [part for part in parts if isinstance(part, list)]
    spoken = {id(table): said for table in tables if (said := _table(table))}
    certain = any(_certain(said) for said in spoken.values())
    run: list[tuple[int, str]] = []
    for part in [*lines, None]:
        if isinstance(part, tuple):
            run.append(part)
            continue
        if isinstance(part, list) and id(part) not in spoken:
            run += [(0, cell) for row in part for text in row for cell in text.splitlines() if cell.strip()]
            continue
        talk += speech(run, sure, found) if run else []
        run = []
        if isinstance(part, list):
            said = spoken[id(part)]
            if certain and not _certain(said):
                found.note("a table beside the talk", "who speaks and what is said", "set aside", count=len(part))
            else:
                talk += said
    named = next((place for place, one in enumerate(talk) if one.speaker is not None), None)
    if named:
        heading = named <= 5 and sum(len(one.words.split()) for one in talk[:named]) <= 80
        found.note(
            f"{named} {'line' if named == 1 else 'lines'} before the first speaker",
            "who said it",
            "set aside as a heading" if heading else "kept as the words of a speaker who is not named",
        )
        talk = talk[named:] if heading else talk
    return _cued([one for one in talk if one.words or one.speaker is not None])


def _certain(said: Sequence[Said]) -> bool:
    names = [one.speaker for one in said if one.speaker]
    return len(set(names)) < len(names) or any(is_role(name) for name in names)


def _table(rows: Sequence[Sequence[str]]) -> list[Said]:
    """Speech in a table: the column of speakers and the column of words, told by their headings or by what they hold."""
    width = max(map(len, rows), default=0)
    if width < 2:
        return []
    grid = [[*(" ".join(cell.split()) for cell in row), *[""] * (width - len(row))] for row in rows]
    heads = [set(re.findall(r"\w+", cell.casefold())) for cell in grid[0]]
    who = next((n for n, words in enumerate(heads) if words & SPEAKER_HEADS and len(words) < 4), None)
    what = next((n for n, words in enumerate(heads) if words & TEXT_HEADS and len(words) < 4 and n != who), None)
    if who is not None and what is not None:
        grid = grid[1:]
    else:
        sizes = [sum(len(row[n]) for row in grid) for n in range(width)]
        what = max(range(width), key=lambda n: sizes[n])
        columns = [n for n in range(width) if n != what and _names_column([row[n] for row in grid])]
        if not columns:
            return []
        who = min(columns, key=lambda n: len({row[n] for row in grid}))
    said = [
        Said(n, re.sub(rf"\s*[\[(]?{CLOCK}[\])]?\s*$", "", row[who]).rstrip(": ") or None, row[what])
        for n, row in enumerate(grid)
        if row[what]
    ]
    return _cued(said)


def _names_column(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    named = [cell for cell in filled if len(cell) <= 60 and re.search(r"[^\W\d_]", cell)]
    return len(filled) > 0 and len(named) >= 0.8 * len(filled)


def part(received: Received, member: str) -> bytes:
    """One part of an archive, whole. Raises DataFault where it is damaged, locked or not there."""
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(received.path) as archive:
            return archive.read(member)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, KeyError) as problem:
        raise DataFault(
            Fault(
                file=received.name,
                found=f"a damaged or locked part ({problem})",
                expected="a whole archive",
                mend="export it again",
            )
        ) from None


def safe_xml(raw: bytes, file: str, member: str) -> Any:
    """An XML part of a document, without entities, document types or anything from outside."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as problem:
        raise DataFault(
            Fault(file=file, found=f"broken XML in {member} (line {problem.lineno})", expected="a whole document")
        ) from None
    if root.getroottree().docinfo.doctype:
        raise DataFault(
            Fault(
                file=file,
                found=f"a document type or entity in {member}",
                expected="XML without one",
                mend="do not open it: ask the sender for a clean copy",
            )
        )
    return root


def _word(received: Received) -> list[Part]:
    """Lines and tables of a Word document: also what stands in content controls and tracked insertions; not what was
    deleted. The document's properties are not opened."""
    root = safe_xml(part(received, "word/document.xml"), received.name, "word/document.xml")
    body = root.find(f"{W}body")
    return list(_word_parts(root if body is None else body))


def _word_parts(parent: Any) -> Iterator[Part]:
    for child in parent:
        if child.tag == f"{W}p":
            yield from (line for line in _word_text(child).split("\n") if line.strip())
        elif child.tag == f"{W}tbl":
            rows = []
            for row in _within(child, "tr"):
                cells = ["\n".join(_flat(_word_parts(cell))) for cell in _within(row, "tc")]
                rows.append(cells)
            if max(map(len, rows), default=0) > 1:
                yield rows
            else:
                yield from (line for row in rows for cell in row for line in cell.split("\n") if line.strip())
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}smartTag", f"{W}moveTo"):
            yield from _word_parts(child)


def _within(parent: Any, tag: str) -> Iterator[Any]:
    for child in parent:
        if child.tag == f"{W}{tag}":
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
            yield from _within(child, tag)


def _flat(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        else:
            yield from (cell for row in part for cell in row if cell.strip())


def _word_text(node: Any) -> str:
    """The text of a paragraph, a text box's lines after it."""
    out: list[str] = []
    for child in node:
        tag = child.tag
        if tag == f"{W}t":
            out.append(child.text or "")
        elif tag in (f"{W}tab", f"{W}ptab"):
            out.append("\t")
        elif tag in (f"{W}br", f"{W}cr"):
            out.append("\n")
        elif tag in (f"{W}noBreakHyphen",):
            out.append("-")
        elif tag == f"{W}txbxContent":
            out.append("\n" + "\n".join(_flat(_word_parts(child))) + "\n")
        elif isinstance(tag, str) and not tag.endswith(
            ("}Fallback", "}del", "}moveFrom", "}pPr", "}rPr", "}instrText")
        ):
            out.append(_word_text(child))
    return "".join(out).replace("\u00a0", " ")


def _odt(received: Received) -> list[Part]:
    """Lines and tables of an OpenDocument text; what was deleted and is only kept as a tracked change is not read."""
    import zipfile
    from xml.sax import SAXException

    with zipfile.ZipFile(received.path) as archive:
        names = archive.namelist()
    for member in names:
        if member.endswith((".xml", ".rdf")):
            safe_xml(part(received, member), received.name, member)
    from odf import teletype
    from odf.opendocument import load

    try:
        document = load(str(received.path))
    except (SAXException, KeyError, ValueError, AttributeError, zipfile.BadZipFile):
        raise DataFault(
            Fault(
                file=received.name,
                found="an OpenDocument text that cannot be read (locked, perhaps)",
                expected="a whole document without a password",
                mend="save it again without a password",
            )
        ) from None

    def parts(parent: Any) -> Iterator[Part]:
        for child in parent.childNodes:
            kind = getattr(child, "qname", (None, ""))[1]
            if kind in ("p", "h"):
                text = teletype.extractText(child).replace("\u00a0", " ")
                yield from (line for line in text.split("\n") if line.strip())
            elif kind == "table":
                rows = [["\n".join(_flat(parts(cell))) for cell in cells] for cells in table_rows(child)]
                if max(map(len, rows), default=0) > 1:
                    yield rows
                else:
                    yield from (line for row in rows for cell in row for line in cell.split("\n") if line.strip())
            elif kind in ("section", "list", "list-item", "list-header", "index-body"):
                yield from parts(child)

    def table_rows(table: Any) -> Iterator[list[Any]]:
        for child in table.childNodes:
            kind = getattr(child, "qname", (None, ""))[1]
            if kind == "table-row":
                yield [cell for cell in child.childNodes if getattr(cell, "qname", (None, ""))[1] == "table-cell"]
            elif kind in ("table-header-rows", "table-rows", "table-row-group"):
                yield from table_rows(child)

    return list(parts(document.text))


# -- names ------------------------------------------------------------------------------------------------------------

NO_PARTS = _set("external guest host unverified mr mrs ms miss mx dr prof sir dame the and von van der del")


def hide(text: str, labels: Iterable[str], names: Iterable[str] = ()) -> str:
    """Words with personal data masked, the names of speakers (`labels`) among it: whole, and each part of them.

    A role ("Interviewer 1", "P03") is nobody's name and stays. `names` are other names known to the study.
    """
    people = tuple(sorted({label for label in labels if label and not is_role(label)}))
    parts = _parts(people)
    text = privacy.mask(text, {*people, *names})
    return parts.sub("[name]", text) if parts is not None else text


def _parts(people: tuple[str, ...]) -> re.Pattern[str] | None:
    """A pattern of the parts of names, as they are written and in capitals: Philippa, Okonkwo-Byrne, Okonkwo, Byrne."""
    found: set[str] = set()
    for person in people:
        bare = person.partition("@")[0]
        for word in re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", re.sub(r"\([^)]*\)", " ", bare)):
            for part in {word, *re.split(r"[-'’]", word)}:
                if len(part) > 2 and part.casefold() not in NO_PARTS and part.casefold() not in ROLES:
                    found |= {part, part.title(), part.upper()}
    ordered = sorted(found, key=lambda part: (-len(part), part))
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, ordered)) + r")(?!\w)") if ordered else None


# -- records ----------------------------------------------------------------------------------------------------------


def _block(desk: Desk, found: list[Turn]) -> Block:
    binding = desk.binding
    asking = {_plain(one) for one in binding.interviewer}
    speakers = {turn.speaker for turn in found if turn.speaker}
    if not speakers:
        desk.note(found="no speakers", expected="who said what", mend="all of it is taken as one person's words")
    bound = {_plain(one): person for one, person in binding.speakers.items()}
    here = {_plain(one) for one in speakers}
    for word, names in (("interviewer", asking), ("speakers", set(bound))):
        if speakers and names and not names & here:
            desk.note(
                found=f"nobody of those that {word}: names",
                expected="names as the transcript has them",
                mend=f"everybody's words were taken as an interviewed person's: correct {word}:, or say merge:"
                if word == "interviewer"
                else f"correct {word}:, or say merge:",
            )
    labels = speakers | set(binding.interviewer)
    records, people, masked = [], {}, 0
    for turn in found:
        who = _plain(turn.speaker)
        if who in asking:
            continue
        if isinstance(binding.person, Fixed):
            person = desk.pseudonym(binding.person.value)
        elif who in bound:
            person = desk.pseudonym(bound[who])
        else:
            person = desk.pseudonym(f"{desk.source}/{turn.speaker}")
        people[person] = "interviewed"
        words = hide(turn.words, labels, desk.names)
        masked += words != turn.words
        for place, (step, judged) in enumerate(desk.coded.get(turn.number) or [(None, None)]):
            records.append(
                {
                    "person": person,
                    "order": desk.number * 10**12 + turn.number * STRIDE + place,
                    "step": step,
                    "source": desk.source,
                    "kind": "quote",
                    "measure": None if judged is None else "quoted_emotion",
                    "value": judged,
                    "state": "answered",
                    "text": words,
                }
            )
    if masked:
        desk.note(
            found=f"{masked:,} {'turn' if masked == 1 else 'turns'} with personal data",
            expected="none",
            mend="masked as they were read; not all can be found: read before sharing",
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
    emotion = {
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
    who_spoke = engine.table(pd.DataFrame({"person": list(people)}), {"person": "VARCHAR"})
    return Block(engine.typed(lazy), who_spoke, (emotion,) if any(one["value"] is not None for one in records) else ())
