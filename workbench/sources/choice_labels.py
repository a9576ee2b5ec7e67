"""What the labels of choices say, whatever tool wrote them: no answer, points of a scale, good before bad.

Knows words and no format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

CODE = r"(?:[-+]?\d+\s*[-–—=:.)]?\s*)?\(?"  # a label may say its own code first
NO_ANSWER = re.compile(
    CODE + r"(?:(?:don'?t|do not|doesn'?t|can'?t|cannot) (?:know|say|remember|recall)\W*.{0,30}"
    r"|(?:dk|d/k|dk/na|refused|no answer|not stated|not answered|missing|unsure|not sure)\W*"
    r"|prefer not to (?:say|answer)\W*)",
    re.I,
)
NOT_APPLICABLE = re.compile(CODE + r"(?:n/a|not applicable|does not apply)\W*.{0,20}", re.I)
VERY = r"\b(?:very|extremely|completely|totally|strongly) "
GOOD = re.compile(VERY + r"(?:satisfied|likely|easy|good|happy|agree)|excellent", re.I)
BAD = re.compile(VERY + r"(?:dissatisfied|unlikely|difficult|poor|bad|unhappy|disagree)|not at all", re.I)
NOTHING = re.compile(
    r"\W*(?:no (?:basis|opinion|experience)\b.*|(?:i(?:'ve| have) )?never (?:tried|used|had|heard)\b.*"
    r"|n\.?/?a\.?(?:\W.*)?|(?:not applicable|does not apply)\b.{0,20}|not relevant\W*)",
    re.I,
)
ORDERED = re.compile(
    r"\b(?:(?:dis)?satisf|(?:dis)?agree|(?:un)?likely|eas(?:y|ier)|difficult|hard\b|(?:un)?important|(?:un)?helpful|trust"
    r"|good|great|bad\b|awful|poor|fair|excellent|terrible|better|worse|worst|best\b|always|often|sometimes|rarely|seldom"
    r"|never|usually|frequently|daily|weekly|monthly|like\b|love|dislike|hate|enjoy|happy|unhappy|neither|neutral|in the middle"
    r"|extremely|very|somewhat|slightly|moderately|not at all|a great deal|a lot|a little|much\b|definitely|probably)",
    re.I,
)


def nothing(label: str) -> str:
    """Which kind of nothing a choice is by its words: "missing", "not_applicable", or an empty text for an answer."""
    return "missing" if NO_ANSWER.fullmatch(label) else "not_applicable" if NOTHING.fullmatch(label) else ""


def has_order(labels: Iterable[str]) -> bool:
    """Do most of these choices read as points of a scale?"""
    listed = list(labels)
    return bool(listed) and sum(bool(ORDERED.search(one)) for one in listed) * 2 > len(listed)


def leading(label: str) -> float | None:
    """The number that a choice is labelled by: "10", "10 - Extremely likely", "(10) Extremely likely"."""
    match = re.fullmatch(r"\(?(-?\d{1,4})\)?(?:\W+[^\W\d]\D*)?", label.strip())
    return float(match[1]) if match else None
