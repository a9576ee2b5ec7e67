"""A number that somebody judged: low, likely and high, where one time in twenty it is lower and one in twenty higher.

Knows the three numbers and how they are drawn; nothing of what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, BeforeValidator

FIVE = 1.6448536269514722  # standard deviations from the middle to the place that one in twenty lies beyond
MIDDLE = NormalDist().pdf(0)
MOST = 1e12  # what no number that anybody judges lies beyond


def _rising(value: tuple[float, float, float]) -> tuple[float, float, float]:
    if not all(np.isfinite(value)) or not value[0] <= value[1] <= value[2]:
        raise ValueError("low, likely, high, each at least the one before")
    if max(map(abs, value)) > MOST:
        raise ValueError(f"numbers up to {MOST:,.0f}")
    return value


def _numbers(value: Any) -> Any:
    if isinstance(value, Sequence) and any(isinstance(one, bool) for one in value):
        raise ValueError("three numbers: low, likely, high")
    return value


def _paid(value: tuple[float, float, float]) -> tuple[float, float, float]:
    if value[0] < 0:
        raise ValueError("0 or more: low, likely, high")
    return value


Range = Annotated[tuple[float, float, float], BeforeValidator(_numbers), AfterValidator(_rising)]
Amount = Annotated[Range, AfterValidator(_paid)]


def drawn(given: tuple[float, float, float], z: np.ndarray) -> np.ndarray:
    """Draws of a judged number from standard normal draws: two half normals that meet at the likely value.

    The likely value is the median, low and high are the places that one draw in twenty lies beyond (asked so because
    people who give "the lowest possible" give it too narrow: O'Hagan and others 2006).
    """
    low, likely, high = given
    return likely + np.where(z < 0, likely - low, high - likely) * z / FIVE


def expected(given: tuple[float, float, float]) -> float:
    """The mean of a judged number, worked out and not drawn: the likely value where low and high lie as far from it."""
    low, likely, high = given
    return likely + (low + high - 2 * likely) / FIVE * MIDDLE
