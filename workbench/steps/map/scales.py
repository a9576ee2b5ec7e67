"""Emotion and trust that come on another scale than the map's: rescaled by percent of the range, and only as stated."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from workbench.faults import DataFault, Fault

LOWEST, HIGHEST = -100.0, 100.0  # the map's own scale
NUMBER = r"[-+−]?\d+(?:[.,]\d+)?"


@dataclass(frozen=True)
class Scale:
    """The lowest and the highest value of a scale. Raises DataFault where they are none."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise DataFault(_no_scale(f"{self.low:g}:{self.high:g}"))

    @classmethod
    def of(cls, words: object) -> Scale:
        """A scale as it is typed, "-2:2" or "1:5", or as its two ends, [-2, 2]. Raises DataFault."""
        words = ":".join(map(str, words)) if isinstance(words, list | tuple) else str(words)
        match = re.fullmatch(rf"\s*({NUMBER})\s*(?::|\.\.|to)\s*({NUMBER})\s*", words)
        if match is None:
            raise DataFault(_no_scale(words))
        return cls(number(match[1]), number(match[2]))

    def onto(self, value: object, step: str, what: str = "emotion", file: str = "", row: int | None = None) -> float:
        """A value of this scale as one from -100 to 100. Raises DataFault that names the step and the value as found."""
        try:
            found = number(value)
        except ValueError:
            found = math.nan
        if not self.low <= found <= self.high:
            mend = "correct it, or state the scale that it is on"
            fault = Fault(file, row, what, f'"{str(value)[:60]}" at the step "{step}"', f"a number from {self}", mend)
            raise DataFault(fault)
        return plain(LOWEST + (HIGHEST - LOWEST) * (found - self.low) / (self.high - self.low))

    def back(self, value: float) -> float:
        """A value from -100 to 100 as one of this scale."""
        return plain(self.low + (self.high - self.low) * (value - LOWEST) / (HIGHEST - LOWEST))

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


OWN = Scale(LOWEST, HIGHEST)


def number(value: object) -> float:
    """A number as people write it: a true minus, a comma for the point, blanks around. Raises ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(NUMBER, text):
        raise ValueError("no number")
    return float(text.replace("−", "-").replace(",", "."))


def plain(value: float) -> float:
    """Without the dust of the division: whole numbers as such."""
    rounded = round(value, 9)
    return int(rounded) if rounded.is_integer() else rounded


def _no_scale(words: str) -> Fault:
    return Fault(
        column="scale", found=f'"{words}"', expected="LOW:HIGH, the lower end first", mend="for example -2:2 or 1:5"
    )
