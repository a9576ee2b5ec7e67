"""Is a column an answer on a scale, and on which: from the numbers in it, or from its labels in words.

A code beyond the scale that many gave usually means no answer; which it is stays a doubt for a person to check.
"""

from __future__ import annotations

from typing import Any

from workbench.profiling import words
from workbench.profiling.looks import Judged, Look

ENOUGH = 40  # answers from which the shape of a distribution says something


def scaled(look: Look) -> Judged | None:
    """A rating, or None. The measure is told by the words of heading and wording."""
    found = _by_dictionary(look) or _by_labels(look) or _by_numbers(look)
    if found is None:
        return None
    found.seems = asked(look, found.scale)
    if found.seems == "a recommendation 0 to 10" and not found.doubt and not words.RECOMMEND.search(look.said):
        found.doubt = "check that it asks to recommend"
    return found


def asked(look: Look, scale: tuple[float, float] | None) -> str:
    """Which kind of answer, by the words of the question."""
    if words.RECOMMEND.search(look.said) and scale is not None and scale[1] == 10 and scale[0] == 0:
        return "a recommendation 0 to 10"
    if words.EFFORT.search(look.said):
        return "an effort"
    if words.TRUST.search(look.said):
        return "trust"
    return "an emotion" if words.EMOTION.search(look.said) else "a rating"


def rated(look: Look) -> bool:
    """Do heading or wording speak of judging, and of nothing that is counted?"""
    text = look.said
    if stated(look) is not None:
        return True
    counted = words.COUNTED.search(look.plain) and not words.STRONGLY.search(look.plain)
    asking = (words.RATED, words.SATISFIED, words.EFFORT, words.TRUST, words.RECOMMEND)
    return any(pattern.search(text) for pattern in asking) and not words.NOT_RATED.search(text) and not counted


def stated(look: Look) -> tuple[int, int] | None:
    """The scale that heading or wording state, as in "(1-10)", where the answers stand on it."""
    match = words.STATED.search(f"{look.heading} {look.wording}")
    if match is None or not look.tally or look.numeric < 0.9:
        return None
    low, high = int(match["low"]), int(match["high"])
    inside = sum(often for value, often in look.tally.items() if low <= value <= high)
    return (low, high) if inside > 0.6 * sum(look.tally.values()) else None


def _by_dictionary(look: Look) -> Judged | None:
    """The codes' own labels (SPSS), all of them or the ends alone."""
    if not look.labels:
        return None
    kinds = {code: words.nothing(label) for code, label in look.labels.items()}
    real = {code: label for code, label in look.labels.items() if not kinds[code]}
    numbers = {code: float(code) for code in real if code.lstrip("-").isdigit()}
    none: dict[str, Any] = {
        kind: [code for code, one in kinds.items() if one == kind] for kind in ("missing", "not_applicable")
    }
    if len(numbers) < len(real) or len(real) < 2:
        return None
    ladder = words.ladder(real.values())
    if ladder:
        order = sorted(real, key=lambda code: numbers[code])
        steps = [ladder[real[code]] for code in order]
        if steps in (sorted(steps), sorted(steps, reverse=True)):
            down = steps[0] > steps[-1]
            if numbers[order[0]] not in (0, 1) and len(order) == numbers[order[-1]] - numbers[order[0]] + 1:
                values = {code: float(ladder[label]) for code, label in real.items()}
                why = f"labels from {real[order[0]]} ({order[0]}) to {real[order[-1]]} ({order[-1]}), counted from 1"
                return Judged("", why, "", (1, float(len(order))), **none, values=values, choices=real, sure=0.85)
            ends = (numbers[order[0]], numbers[order[-1]])
            why = f"labels from {real[order[0]]} ({order[0]}) to {real[order[-1]]} ({order[-1]})"
            doubt = "its low codes are the good end: read reversed" if down else ""
            stray = [text for text in look.counts.index if text not in look.labels]
            if stray:
                doubt = f"codes without a label: {', '.join(map(str, stray[:4]))}"
            return Judged("", why, doubt, ends, none["missing"], none["not_applicable"], {}, real, down, sure=0.9)
        values = {code: float(ladder[label]) for code, label in real.items()}
        why = "labels in an order, which is not the order of their codes"
        return Judged("", why, "check the values", (1, max(values.values())), **none, values=values, sure=0.7)
    first, *_, last = sorted(real, key=lambda code: numbers[code])
    if len(real) == 2 and numbers[last] - numbers[first] > 2:  # the ends alone are named
        low, high = words.degree(real[first]), words.degree(real[last])
        both = low is not None and high is not None and low * high < 0
        if both or rated(look):
            why = f"its ends are called {real[first]} and {real[last]}"
            down = both and bool(low and low > 0)
            return Judged("", why, "", (numbers[first], numbers[last]), **none, reversed=down, sure=0.9)
    return None


def _by_labels(look: Look) -> Judged | None:
    """Texts that say how good something was, or begin with a score."""
    texts = [str(text) for text in look.counts.index]
    if not texts or len(texts) > 16 or look.numeric > 0.9:
        return None
    kinds = {text: words.nothing(text) for text in texts}
    real = [text for text in texts if not kinds[text]]
    none: dict[str, Any] = {
        kind: [text for text in texts if kinds[text] == kind] for kind in ("missing", "not_applicable")
    }
    ladder = words.ladder(real)
    if ladder:
        top = max(max(ladder.values()), len(real))
        best, worst = max(ladder, key=lambda label: ladder[label]), min(ladder, key=lambda label: ladder[label])
        values = {label: float(place) for label, place in ladder.items()}
        doubt = "" if len(real) == top else f"{len(real)} of {top:g} places are seen"
        return Judged(
            "", f'labels from "{worst}" to "{best}"', doubt, (1.0, float(top)), **none, values=values, sure=0.85
        )
    scores = {text: words.led(text) for text in real}
    values = {text: score for text, score in scores.items() if score is not None}
    if real and len(values) == len(real) and len(set(values.values())) == len(values) and 3 <= len(values) <= 11:
        span = _span({int(score): 1 for score in values.values()}, rated(look), False)
        spoken = rated(look) or any("star" in text.lower() or "★" in text for text in real)
        if span and spoken and all(score % 1 == 0 for score in values.values()):
            low, high = span[0], span[1]
            return Judged("", "labels that begin with their score", "", (low, high), **none, values=values, sure=0.8)
    codes = sorted({text[:-1] for text in real if text[-1:].isdigit()})
    if len(codes) == 1 and codes[0].isalpha() and 4 <= len(real) <= 7 and all(text[:-1] == codes[0] for text in real):
        values = {text: float(text[-1]) for text in real}
        ends = (min(values.values()), max(values.values()))
        if ends[1] - ends[0] == len(real) - 1 and len(real) in (5, 7):
            doubt = (
                "choice codes: see in the questionnaire which end is the good one, or whether they have an order at all"
            )
            why = f"choice codes {codes[0]}{ends[0]:g} to {codes[0]}{ends[1]:g}"
            return Judged("", why, doubt, ends, **none, values=values, sure=0.3)
    return None


def _by_numbers(look: Look) -> Judged | None:
    """Whole numbers of a usual scale, with words that speak of judging, or in the shape that judgements have."""
    if not look.tally or not look.whole or look.numeric < 0.98 or look.labels or len(look.tally) > 101:
        return None
    tally = dict(look.tally)
    kinds = {str(text): words.nothing(str(text)) for text in look.counts.index if text not in look.numbers.index}
    missing = [text for text, kind in kinds.items() if kind == "missing"]
    aside = [text for text, kind in kinds.items() if kind == "not_applicable"]
    marks = _marks(tally)
    missing += [str(mark) for mark in marks]
    tally = {value: often for value, often in tally.items() if value not in marks}
    recommends, judged = bool(words.RECOMMEND.search(look.said)), rated(look)
    span = _span(tally, judged, recommends)
    said = stated(look)
    if said is not None:
        span = (*said, sorted(value for value in tally if not said[0] <= value <= said[1]))
    if span is None:
        return None
    low, high, beyond = span
    answers = {value: often for value, often in tally.items() if low <= value <= high}
    if not (judged or recommends) and not _shaped(look, answers, low, high):
        return None
    doubts = []
    values: dict[str, float] = {}
    if high == 10 and recommends and low == 1 and 11 in tally:
        values = {str(code): float(code - 1) for code in range(1, 12)}
        doubts.append("choice codes 1 to 11 for scores 0 to 10: check")
        low, beyond = 0, []
    for value in beyond:
        (missing if value == 0 and 6 in beyond or value > 7 else aside).append(str(value))
    if beyond:
        listed = " and ".join(f"{value} ({tally[value]} times)" for value in beyond)
        doubts.append(f"{listed} may mean no answer or not applicable, or be part of the scale")
    if marks:
        doubts.append(f"{', '.join(map(str, marks))} may mean no answer")
    if not judged and not recommends:
        doubts.append("told by its answers alone: it may be codes")
    why = f"whole numbers {low:g} to {high:g}" + (
        " and words of judging" if judged or recommends else ", most in the upper half"
    )
    sure = (0.9 if judged or recommends else 0.55) - 0.15 * bool(beyond)
    return Judged("", why, "; ".join(doubts), (low, high), missing, aside, values, sure=sure)


def _marks(tally: dict[int, int]) -> list[int]:
    """Codes that usually mean no answer, and stand well apart from the others."""
    rest = [value for value in tally if value not in words.MARKS]
    if not rest or max(rest) > 11 or min(rest) < 0:
        return []
    return sorted(value for value in tally if value in words.MARKS)


def _span(tally: dict[int, int], judged: bool, recommends: bool) -> tuple[int, int, list[int]] | None:
    """The scale on which whole numbers stand, and the values seen beyond it."""
    if not tally or min(tally) < 0:
        return None
    seen, high = set(tally), max(tally)
    if high == 9 and seen - {8, 9} <= set(range(6)) and len(seen & set(range(1, 6))) >= 4:
        return 1, 5, sorted(seen - set(range(1, 6)))
    if high == 9 and seen - {9} <= set(range(8)) and 7 in seen and 8 not in seen:
        return 1, 7, sorted(seen - set(range(1, 8)))
    if high == 11 and (recommends or judged) and len(seen) >= 8:
        return (0, 10, [11]) if 0 in seen else (1, 10, [11])
    if recommends and high <= 10 and len(seen) >= 5 and high > 7:
        return 0, 10, []
    if high == 10 or high == 9 and judged and len(seen) >= 6:
        if len(seen) < 5 and not judged:
            return None
        return (0 if 0 in seen else 1), 10, []
    if high == 7 and len(seen) >= (3 if judged else 6):
        return 1, 7, [0] if 0 in seen else []
    if high == 6:
        return (1, 5, [0, 6]) if 0 in seen else (1, 6, [])
    if high == 5:
        return 1, 5, [0] if 0 in seen else []
    if high in (3, 4) and judged:
        return 1, (5 if 0 not in seen and high == 4 and len(seen) < 4 else high), [0] if 0 in seen else []
    if high <= 100 and judged and len(seen) > 11:
        return 0, 100, []
    return None


def _shaped(look: Look, answers: dict[int, int], low: int, high: int) -> bool:
    """Do answers fall as judgements do: all places used, one peak in the middle or above, few at the bottom?"""
    if sum(answers.values()) < ENOUGH or words.CODES_OF.search(look.plain) or words.COUNTED.search(look.said):
        return False
    if high not in (5, 7, 10) or len(answers) < high - low + 1:
        return False
    counts = [answers[value] for value in range(low, high + 1)]
    peak = counts.index(max(counts))
    if peak < (len(counts) - 1) / 2:
        return False
    slack = 0.02 * sum(counts)
    up = all(first <= then + slack for first, then in zip(counts[:peak], counts[1 : peak + 1], strict=True))
    down = all(first + slack >= then for first, then in zip(counts[peak:], counts[peak + 1 :], strict=False))
    return up and down
