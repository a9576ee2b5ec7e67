"""How good is the evidence: assumed, anecdotal, measured or corroborated, with the reason in words; computed, never typed in.

A pure function of what is known of one step and may be shown; knows no journey.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from workbench.steps.measure.groups import signed

WIDE = 20.0  # half-width, on -100 … 100, over which a figure is not called measured
FEW = 3  # people whose words it takes to count as evidence of another kind
MANY = 10  # complaints that it takes
RULE = (
    f"evidence is measured where a shown figure has a half-width of at most {WIDE:.0f} on −100 to 100, corroborated where "
    f"{MANY} complaints or the judged words of {FEW} people also say the same, anecdotal where there are words, complaints "
    "or wide figures alone, else assumed; figures that say the opposite beyond chance keep each other from being corroborated"
)
GRADES = ("assumed", "anecdotal", "measured", "corroborated")
NAMES = {"emotion": "emotion", "nps": "NPS", "csat": "satisfied", "trust": "trust", "ces": "ease"}


class Grade(NamedTuple):
    """A grade of evidence, and why it is that one and not the next."""

    evidence: str
    reason: str


@dataclass(frozen=True)
class Seen:
    """What is known of one step: its figures, as may be shown, and what was said of it in interviews.

    `quoted` are the people who spoke of it, `tone` how their words were judged (-2 … 2, mean), None where too few were.
    A figure holds value, low, high and n, or that it is hidden; `effort` also its scale (`range`, `reversed`).
    """

    emotion: Mapping[str, Any] | None
    nps: Mapping[str, Any] | None
    satisfied: Mapping[str, Any] | None
    complaints: Mapping[str, Any] | None
    quoted: int
    tone: float | None
    surprise: float | None
    trust: Mapping[str, Any] | None = None
    effort: Mapping[str, Any] | None = None
    trust_surprise: float | None = None

    @property
    def grade(self) -> str:
        """The evidence of the step: the best that one of its figures has."""
        return self.judged.evidence

    @property
    def reason(self) -> str:
        """Why it has its grade, and what is missing to the next."""
        return self.judged.reason

    @property
    def judged(self) -> Grade:
        """The grade of the step as a whole, with its reason: the best that one of its figures has, the first of those."""
        figures = {key: one for key, one in self._figures().items() if one and one.get("value") is not None}
        each = [self._of_figure(key, one) for key, one in figures.items()]
        return max(each, key=lambda one: GRADES.index(one.evidence)) if each else self._of_words()

    def cells(self) -> dict[str, Grade]:
        """The grade of each cell that has evidence of its own: the scores, complaints, and what people think and feel."""
        figures = self._figures().items()
        found = {key: self._of_figure(key, one) for key, one in figures if one and one.get("value") is not None}
        if complained := self._complained:
            word = "measured" if complained >= MANY else "anecdotal"
            found["complaints"] = Grade(
                word, f"{word}: {_count(complained, 'complaint')}, counted over all customers seen here"
            )
        if self.quoted:
            for lane in ("thinking", "feeling"):
                found[lane] = Grade(
                    "anecdotal", f"anecdotal: {self._people}; what was written here may be laid beside them"
                )
        return found

    @property
    def _complained(self) -> int:
        return int((self.complaints or {}).get("complaints") or 0)

    @property
    def _people(self) -> str:
        return f"the words of {self.quoted} people" if self.quoted >= FEW else f"the words of fewer than {FEW} people"

    def _figures(self) -> dict[str, Mapping[str, Any] | None]:
        felt = {"emotion": self.emotion, "nps": self.nps, "csat": self.satisfied}
        return felt | {"trust": self.trust, "ces": self.effort}

    def _of_figure(self, key: str, figure: Mapping[str, Any]) -> Grade:
        """The grade of a figure, with the complaints and words that agree with it."""
        half = _half(key, figure)
        told = f"{_answers(figure)} {_say(key, figure)}"
        if half is None:
            return Grade("anecdotal", f"anecdotal: {told}, without an interval; more answers make it measured")
        if half > WIDE:
            return Grade("anecdotal", f"anecdotal: {told}, too wide; more answers make it measured")
        up = _side(key, figure)
        agree = []
        if up < 0 and self._complained >= MANY:
            agree.append(_count(self._complained, "complaint"))
        if up and self.quoted >= FEW and self.tone is not None and self.tone * up > 0:
            agree.append(self._people)
        against = self._against(key, up)
        if against:
            return Grade("measured", f"measured: {told}, but {against}")
        if agree:
            but = f", though {self._people} were judged otherwise" if self._otherwise(up) else ""
            return Grade("corroborated", f"corroborated: {told}, and {' and '.join(agree)} agree{but}")
        return Grade("measured", f"measured: {told}; {self._missing(up)}")

    def _against(self, key: str, up: int) -> str:
        """Another figure of the step, narrow enough, that says the opposite beyond chance, in words."""
        for other, figure in self._figures().items():
            if up and figure and other != key and figure.get("value") is not None and _side(other, figure) == -up:
                half = _half(other, figure)
                if half is not None and half <= WIDE:
                    return f"{_answers(figure)} {_say(other, figure)}"
        return ""

    def _otherwise(self, up: int) -> bool:
        """Were the words of enough people judged on the other side?"""
        return bool(up) and self.quoted >= FEW and self.tone is not None and self.tone * up < 0

    def _missing(self, up: int) -> str:
        """What keeps a measured figure from being corroborated."""
        if not up:
            return "neither good nor bad beyond chance, so nothing else can agree"
        if self._otherwise(up):
            return f"{self._people} were judged otherwise"
        if self.quoted >= FEW and self.tone == 0:
            return f"{self._people} were judged neither good nor bad"
        wanted = f"the judged words of {FEW} people"
        return f"{f'{MANY} complaints or ' if up < 0 else ''}{wanted} that say the same are missing"

    def _of_words(self) -> Grade:
        """The grade without any figure that may be shown."""
        parts = [_count(self._complained, "complaint")] if self._complained >= FEW else []
        parts += [self._people] if self.quoted else []
        hidden = any(one is not None and one.get("hidden") for one in self._figures().values())
        asked = "too few answers to be shown" if hidden else "nobody was asked"
        if parts:
            return Grade("anecdotal", f"anecdotal: {' and '.join(parts)}; {asked}")
        return Grade("assumed", f"assumed: {asked}, and nobody's words or complaints speak of it")


def _scaled(key: str, figure: Mapping[str, Any], end: str) -> float:
    """One end of a figure on -100 … 100: of a share, a half is neither good nor bad."""
    value = float(figure[end])
    if key == "csat":
        return 2 * (value - 50)
    if "range" in figure:
        low, high = figure["range"]
        return (200 * (value - low) / (high - low) - 100) * (-1 if figure.get("reversed") else 1)
    return value


def _half(key: str, figure: Mapping[str, Any]) -> float | None:
    """Half the width of the interval, on -100 … 100."""
    if figure.get("low") is None or figure.get("high") is None:
        return None
    return abs(_scaled(key, figure, "high") - _scaled(key, figure, "low")) / 2


def _side(key: str, figure: Mapping[str, Any]) -> int:
    """Is it good (1) or bad (-1) beyond its interval, or neither (0)?"""
    if figure.get("low") is None or figure.get("high") is None:
        return 0
    ends = sorted((_scaled(key, figure, "low"), _scaled(key, figure, "high")))
    return 1 if ends[0] > 0 else -1 if ends[1] < 0 else 0


def _answers(figure: Mapping[str, Any]) -> str:
    n = figure.get("n")
    return "answers say" if n is None else "1 answer says" if n == 1 else f"{int(n):,} answers say"


def _say(key: str, figure: Mapping[str, Any]) -> str:
    """A figure in words: "emotion −62 ± 8", "21 % satisfied ± 4"."""
    value, low, high = (figure.get(one) for one in ("value", "low", "high"))
    digits = 1 if key == "ces" else 0
    half = "" if low is None or high is None else f" ± {(high - low) / 2:.{digits}f}"
    if key == "csat":
        return f"{value:.0f} % satisfied{half}"
    return f"{NAMES[key]} {value:.1f}{half}" if key == "ces" else f"{NAMES[key]} {signed(value)}{half}"


def _count(many: int, what: str) -> str:
    return f"{many:,} {what}{'' if many == 1 else 's'}"
