"""Speakers as a transcript labels them: which labels are roles, which are spellings of one speaker, which are names to hide.

Knows labels and privacy, no format. A role ("Interviewer 1", "P03") is nobody's name and stays; a name goes, whole and in
each of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from itertools import combinations

from workbench import privacy


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ROLES = word_set(
    "interviewer interviewee moderator facilitator participant respondent researcher customer client agent adviser "
    "advisor speaker host guest user narrator observer translator interpreter patient caller operator man woman male "
    "female consultant analyst unknown unidentified informant subject note-taker int res mod part resp cust q a i r p m "
    "f s befragte befragter interviewerin interviewter moderatorin entrevistador entrevistadora entrevistado "
    "entrevistada enquêteur enquêté intervistatore intervistato moderateur modérateur participante"
)
LONG_ROLES = sorted(role for role in ROLES if len(role) > 6)
CODE = re.compile(r"[A-Z]{1,4}[ _-]?\d{1,4}(?:[-_/ ][A-Z]{0,2}\d{1,4})?", re.I)
NO_SPEAKERS = word_set(
    "note notes nb n.b ps p.s example examples question answer warning date time place location duration title topic "
    "interview file recording transcript transcription project version language http https mailto page section summary "
    "yes no so and but or because then that this it i.e e.g ie eg result results conclusion reason problem issue fact "
    "point first second third finally remember quote hint tip update fyi re fw fwd source sources name age gender sex "
    "email e-mail phone address subject to from cc kind start end ended started length format status id link url see "
    "also added important attention agenda background introduction appendix figure table step like well okay ok"
)
PARTICLES = word_set("de da di del della der den van von la le el al bin ibn ter ten du dos das y e of the")
NO_PARTS = word_set("external guest host unverified mr mrs ms miss mx dr prof sir dame the and von van der del")


def plain(label: str) -> str:
    """A label without its case, its colon and blanks too many: what two writings of it are compared by."""
    return " ".join(label.casefold().split()).rstrip(":").rstrip()


def is_role(label: str) -> bool:
    """Is this what somebody does in the talk (Interviewer 1, P03, Speaker A), and so nobody's name?"""
    if CODE.fullmatch(label.strip()):
        return True
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", label.casefold())
    return bool(words) and all(
        word in ROLES or (len(word) == 1 and place) or bool(get_close_matches(word, LONG_ROLES, 1, 0.84))
        for place, word in enumerate(words)
    )


def like_a_name(label: str) -> bool:
    """Could this be somebody's name: up to five words, written large, and no remark ("Note")?"""
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", label).strip()
    words = bare.replace(",", " ").split()
    if not words or len(words) > 5 or plain(bare).rstrip(".") in NO_SPEAKERS or words[0].casefold() in NO_SPEAKERS:
        return False
    return not words[0][0].islower() and all(not word[0].islower() or word in PARTICLES for word in words)


def probably_one(labels: Mapping[str, int]) -> list[tuple[str, str]]:
    """Pairs of labels that are probably spellings of one speaker, the rarer one first. `labels`: how often each stands.

    Case, blanks and marks apart they are the same; or one is rare and nearly the other. Different numbers are different
    people, and so are an interviewer and an interviewee.
    """
    pairs: dict[str, tuple[str, str]] = {}  # each rare spelling beside its commonest
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
        pairs[one] = (one, other)
    return list(pairs.values())


def _letters(label: str) -> str:
    return re.sub(r"[\W\d_]+", "", label).casefold()


def _number(label: str) -> str:
    return " ".join(sorted(set(re.findall(r"\d+", label))))


def hider(labels: Iterable[str], names: Iterable[str] = ()) -> Callable[[str], str]:
    """A function that masks personal data in words, and among it the speakers' names (`labels`), whole and in parts.

    `names` are other names known to the study.
    """
    people = {label for label in labels if label and not is_role(label)}
    whole = frozenset({*people, *names})
    found: set[str] = set()
    for person in people:
        bare = person.partition("@")[0]
        for word in re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", re.sub(r"\([^)]*\)", " ", bare)):
            for part in {word, *re.split(r"[-'’]", word)}:
                if len(part) > 2 and part.casefold() not in NO_PARTS and part.casefold() not in ROLES:
                    found |= {part, part.title(), part.upper()}
    ordered = sorted(found, key=lambda part: (-len(part), part))
    parts = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, ordered)) + r")(?!\w)") if ordered else None

    def hide(text: str) -> str:
        text = privacy.mask(text, whole)
        return parts.sub("[name]", text) if parts is not None else text

    return hide
