"""Answers on an ordered scale (effort 1 to 7, satisfaction 1 to 5): the mean beside the share of its upper boxes.

Knows counts by level of the scale; nothing of which question it was, nor which end is good: scales that point in
different directions must never be put together. Sufficient statistics: how many gave each level of the scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from .checks import refuse, require_amounts
from .intervals import Estimate, mean_interval, share_interval


class ScaleCounts(NamedTuple):
    """How many gave each level (also those nobody gave), and how many rows are no answer on the scale."""

    counts: dict[int, int]
    n: int
    rows: int
    blank: int
    off_scale: int


@dataclass(frozen=True)
class ScaleSummary:
    """The mean with a t interval, the standard deviation, the median, the share of the upper boxes (Wilson)."""

    mean: Estimate
    sd: float | None
    median: float | None
    share: Estimate
    counts: dict[float, float]
    n: float


def scale_counts(answers: Iterable[Any], levels: Sequence[int]) -> ScaleCounts:
    """How many gave each level of the scale? What is blank, no number or not one of `levels` is counted apart."""
    values = pd.to_numeric(pd.Series(list(answers), dtype=object), errors="coerce").astype(float)
    found = values.value_counts()
    counts = {level: int(found.get(float(level), 0)) for level in levels}
    n, blank = sum(counts.values()), int(values.isna().sum())
    return ScaleCounts(counts, n, len(values), blank, len(values) - n - blank)


def scale_summary(counts: Mapping[int, float], box: float, level: float = 0.95) -> ScaleSummary:
    """How high is the mean, and what share gave `box` or more (top box, easy)? From counts by level of the scale.

    The levels are taken as evenly spaced for the mean and its standard deviation (divisor n - 1). Print the counts
    beside both: a mean of 4 may be everybody in the middle or half at each end.
    """
    require_amounts("count the answers", **{str(name): count for name, count in counts.items()})
    if not counts:
        refuse("counts", "no level", "a count for every level of the scale")
    by_level = {float(name): float(counts[name]) for name in sorted(counts)}
    n = sum(by_level.values())
    total, squares = (sum(k * x**power for x, k in by_level.items()) for power in (1, 2))
    mean = mean_interval(n, total, squares, level)
    sd = None if mean.se is None else mean.se * n**0.5
    share = share_interval(sum(k for x, k in by_level.items() if x >= box), n, level)
    return ScaleSummary(mean, sd, _median(by_level, n), share, by_level, n)


def _median(by_level: Mapping[float, float], n: float) -> float | None:
    """The level that half of the answers do not exceed; the middle of two where half of them is exactly reached."""
    below = 0.0
    lower: float | None = None
    for x, k in by_level.items():
        below += k
        if lower is not None and k > 0:
            return (lower + x) / 2
        if below == n / 2 and n > 0 and k > 0:
            lower = x
        elif below > n / 2:
            return x
    return lower
