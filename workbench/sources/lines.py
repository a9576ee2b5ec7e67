"""Who speaks, in lines and tables of text: plain text, documents, and cues without voices.

What stands before the words (a name and a colon, a name and a clock, a turn mark) is told from what is said. Knows text
alone: where it comes from is the formats' affair.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from workbench.sources.names import NO_SPEAKERS, is_role, like_a_name, plain, word_set
from workbench.sources.talk import Said, Told

Part = str | list[list[str]]  # a line of text, or a table

CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
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
CELL_CLOCK = re.compile(rf"\s*[\[(]?(?P<clock>{CLOCK})[\])]?\s*$")
GAP = re.compile(r"\s{3,}")
MARK = re.compile(r"(?:^|(?<=\s))(?:>{2,3})\s*")
DASH = re.compile(r"^\s*[-–—]\s*(?=\S)")
SPEAKER_HEADS = word_set("speaker name who participant person voice role sprecher locuteur interlocuteur hablante")
TEXT_HEADS = word_set("text words said transcript transcription utterance speech content what dialogue quote")


def filled(text: str) -> list[tuple[int, str]]:
    """The lines of a text that are not blank, each with the place of its first letter."""
    found, at = [], 0
    for line in text.splitlines(keepends=True):
        if line.strip("\ufeff\u200b \t\r\n\f\v"):
            found.append((at, line.strip("\ufeff\u200b\r\n\f\v")))
        at += len(line)
    return found


# -- lines ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Guess:
    """A line that may begin with who speaks."""

    at: int
    text: str  # the line without its clock
    time: str
    fresh: bool
    name: str = ""
    words: str = ""
    how: str = ""  # clock, colon, bracket


def speech(lines: Sequence[tuple[int, str]], sure: Iterable[str] = (), told: Told | None = None) -> list[Said]:
    """Who says what in lines of text (place, text). A line that names nobody goes on from the line before.

    A word before a colon is a speaker where it is a role or a code, comes again, or looks like a whole name; clocks and
    remarks ("Note:") never are. `sure` are speakers known beforehand, as plain labels.
    """
    lines = [(at, html.unescape(text) if "&" in text else text) for at, text in lines]
    told = told or Told()
    led = sum(LED.match(text) is not None for _, text in lines)
    often = led >= 3 and led >= 0.3 * len(lines)
    dashed = sum(DASH.match(text) is not None for _, text in lines) >= max(2, 0.3 * len(lines))
    guesses = [one for at, text in lines for one in _guesses(at, text, often, dashed)]
    accepted = _accepted(guesses, set(sure), told)
    said: list[Said] = []
    time = ""  # of a clock that stands on a line of its own
    for guess in guesses:
        time = guess.time or time
        if guess.how and (plain(guess.name), guess.how) in accepted:
            one = Said(guess.at, " ".join(guess.name.split()), guess.words.strip(), guess.fresh, time)
        elif not guess.fresh and (plain(guess.text), "alone") in accepted:
            one = Said(guess.at, " ".join(guess.text.split()).rstrip(":").rstrip(), "", time=time)
        else:
            one = Said(guess.at, "" if guess.fresh else None, guess.text.strip(), guess.fresh, time)
        said.append(one)
        time = time if one.speaker is None and not one.words else ""
    silent = sum(one.fresh and not one.speaker for one in said)
    if silent:
        told.note(
            f"{silent} turn marks without a name",
            "who speaks, by name",
            "turns are kept apart; whose they are is not known",
        )
    return said


def speakers_at(text: str) -> list[tuple[int, str]]:
    """Who speaks from which letter on in a text with speakers; an empty list where it names none."""
    found: list[tuple[int, str]] = []
    for one in speech(filled(text)):
        if one.speaker is not None and (not found or found[-1][1] != one.speaker):
            found.append((one.at, one.speaker))
    return found


def speaker_at(speakers: Sequence[tuple[int, str]], letter: int) -> str:
    """Who speaks at a letter of a text, by what `speakers_at` found in it."""
    place = bisect_right([at for at, _ in speakers], letter)
    return speakers[place - 1][1] if place else ""


def _guesses(at: int, text: str, often: bool, dashed: bool) -> Iterator[_Guess]:
    pieces = MARK.split(text)
    for place, piece in enumerate(pieces):
        fresh = place > 0
        if dashed and not fresh and DASH.match(piece):
            piece, fresh = DASH.sub("", piece, count=1), True
        if piece.strip() or (fresh and place == len(pieces) - 1):
            yield _guess(at, piece, often, fresh)


def _guess(at: int, text: str, often: bool, fresh: bool) -> _Guess:
    text, time = GAP.sub(lambda match: "\t" if "\t" in match[0] else "  ", text), ""
    clock = LED.match(text)
    if clock and (clock["open"] or often or clock["clock"].count(":") == 2 or not text[clock.end() :].strip()):
        text, time = text[clock.end() :], shown_time(clock["clock"])
    text = text.strip()
    headed = NAME_CLOCK.match(text)
    if headed is not None and _is_head(headed):
        words = headed["tabbed"] or headed["words"] or ""
        return _Guess(at, text, shown_time(headed["clock"]), fresh, headed["name"].strip(), words, "clock")
    colon = COLON.match(text)
    if colon is not None and (colon["gap"] or not colon["words"] or is_role(colon["name"])):
        return _Guess(at, text, time, fresh, colon["name"].strip(), colon["words"], "colon")
    bracket = BRACKET.match(text)
    if bracket is not None and is_role(bracket["name"]):
        return _Guess(at, text, time, fresh, bracket["name"].strip(), bracket["words"], "bracket")
    return _Guess(at, text, time, fresh)


def shown_time(clock: str) -> str:
    """A clock as it is written, without parts of a second."""
    return re.split("[.,]", clock)[0]


def clock_of(seconds: float) -> str:
    """Seconds from the start of a recording as a clock."""
    whole = int(max(0.0, seconds))
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _is_head(match: re.Match[str]) -> bool:
    """Is "name, clock" a line that says who speaks, and not a sentence that ends with the time?"""
    if not like_a_name(match["name"]) and not is_role(match["name"]):
        return False
    bracketed = match.string[match.start("clock") - 1] in "[("
    if match["words"] and not (match["colon"] or bracketed):
        return False
    return "\t" in match["gap"] or len(match["gap"]) > 1 or bracketed or match["clock"].count(":") == 2


def _accepted(guesses: Sequence[_Guess], sure: set[str], told: Told) -> set[tuple[str, str]]:
    """Which words before a colon, a clock or alone on a line are speakers."""
    count = Counter((plain(one.name), one.how) for one in guesses if one.how)
    written = {plain(one.name): one.name for one in reversed(guesses) if one.how}
    sure = sure | {plain(one.name) for one in guesses if one.fresh and one.how and like_a_name(one.name)}
    total = max(1, len(guesses))
    accepted: set[tuple[str, str]] = set()
    open_: list[str] = []
    for (name, how), several in count.items():
        label = written[name]
        if name in sure or how in ("clock", "bracket") or (is_role(label) and (len(name) > 1 or several > 1)):
            accepted.add((name, how))
        elif like_a_name(label) or (name not in NO_SPEAKERS and several >= 0.15 * total and len(label.split()) < 3):
            open_.append(name)
    shares = {name: count[name, "colon"] / total for name in open_}
    labelled = sum(count[one] for one in accepted) / total + sum(shares.values())
    strangers = []
    for name in open_:
        often = count[name, "colon"] > 1 and shares[name] >= 0.02
        whole = len(written[name].split()) > 1
        if labelled >= 0.1 and (often or (whole and labelled >= 0.3) or labelled >= 0.8):
            accepted.add((name, "colon"))
        else:
            strangers.append(name)
    if accepted and strangers and labelled >= 0.1:
        told.note(
            "a word and a colon at the beginning of a line that is nobody who speaks elsewhere",
            "a speaker who comes again, or a whole name",
            "taken as words that are said; name the speaker in speakers: if it is one",
            row=next(n for n, one in enumerate(guesses, start=1) if plain(one.name) == strangers[0]),
            count=len(strangers),
        )
    names = {name for name, _ in accepted} | sure
    for one in guesses:
        alone = plain(one.text)
        if not one.how or (alone, one.how) not in accepted:
            role = len(alone) > 2 and is_role(one.text.rstrip(": ")) and len(one.text.split()) <= 3
            if alone in names or (role and alone not in NO_SPEAKERS and not one.text.endswith(".")):
                accepted.add((alone, "alone"))
    return accepted


# -- lines and tables -------------------------------------------------------------------------------------------------


def talk(parts: Sequence[Part], sure: Iterable[str], told: Told) -> list[Said]:
    """Speech in lines and tables: what stands before the first speaker is set aside as a heading and told."""
    tables = {place: said for place, part in enumerate(parts) if not isinstance(part, str) and (said := _table(part))}
    certain = any(map(_certain, tables.values()))
    found: list[Said] = []
    run: list[tuple[int, str]] = []
    for place, part in enumerate(parts):
        if isinstance(part, str):
            run.append((place, part))
        elif place not in tables:
            run += [(0, cell) for row in part for text in row for cell in text.splitlines() if cell.strip()]
        else:
            found, run = found + speech(run, sure, told), []
            if certain and not _certain(tables[place]):
                told.note("a table beside the talk", "who speaks and what is said", "set aside", count=len(part))
            else:
                found += tables[place]
    found += speech(run, sure, told)
    named = next((place for place, one in enumerate(found) if one.speaker is not None), 0)
    if named:
        heading = named <= 5 and sum(len(one.words.split()) for one in found[:named]) <= 80
        told.note(
            f"{named} {'line' if named == 1 else 'lines'} before the first speaker",
            "who said it",
            "set aside as a heading" if heading else "kept as the words of a speaker who is not named",
        )
        found = found[named:] if heading else found
    return found


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
    said = []
    for place, row in enumerate(grid):
        clocks = [CELL_CLOCK.match(cell) for n, cell in enumerate(row) if n not in (who, what)]
        time = next((clock["clock"] for clock in [CELL_CLOCK.search(row[who]), *clocks] if clock), "")
        name = CELL_CLOCK.sub("", row[who]).rstrip(": ") or None
        if row[what]:
            said.append(Said(place, name, row[what], time=shown_time(time)))
    if said and said[0].speaker is None:  # it does not go on from the talk above the table
        said[0] = replace(said[0], speaker="")
    return said


def _names_column(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    named = [cell for cell in filled if len(cell) <= 60 and re.search(r"[^\W\d_]", cell)]
    return len(filled) > 0 and len(named) >= 0.8 * len(filled)
