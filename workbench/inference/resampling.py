"""The bootstrap of a mean or of a difference of two, from counted patterns: answers are drawn again, never walked over.

Knows patterns and counts. Sufficient statistics of a group: one row a distinct pattern of
    x   what the answer counts for (NPS: 100, 0, -100; a rating's value)
    w   the weight that each of these answers carries (1 without the column)
    n   how many answers have this pattern
Drawing n answers again with replacement gives multinomial counts over the patterns: a thousand draws of ten million
answers cost a thousand draws of their patterns. With weights the pattern holds the weight too: counts of the histogram
alone would not do. People who answered more than once are not kept together: use the Taylor interval for them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from .checks import normal_quantile, refuse, require_columns
from .choice import seeded


class Resampled(NamedTuple):
    """The estimate, its bootstrap standard error and percentile interval, how many draws, and their seed."""

    value: float
    low: float
    high: float
    se: float
    n: float
    draws: int
    seed: int
    level: float
    method: str


def bootstrap_mean(patterns: pd.DataFrame, draws: int = 1000, seed: int = 0, level: float = 0.95) -> Resampled:
    """How far would a weighted mean move, were the answers drawn again? Percentile interval (Efron 1979)."""
    value, moved, n = _means(patterns, draws, np.random.SeedSequence(seed).spawn(2)[0])
    return _told(value, moved, n, draws, seed, level, "bootstrap of the mean, percentile interval")


def bootstrap_difference(
    a: pd.DataFrame, b: pd.DataFrame, draws: int = 1000, seed: int = 0, level: float = 0.95
) -> Resampled:
    """How far would A minus B move, were both groups' answers drawn again? Groups without people in common."""
    first, second = np.random.SeedSequence(seed).spawn(2)
    value_a, moved_a, n_a = _means(a, draws, first)
    value_b, moved_b, n_b = _means(b, draws, second)
    words = "bootstrap of the difference, percentile interval"
    return _told(value_a - value_b, moved_a - moved_b, min(n_a, n_b), draws, seed, level, words)


def _means(patterns: pd.DataFrame, draws: int, seed: np.random.SeedSequence) -> tuple[float, np.ndarray, float]:
    require_columns(patterns, ("x", "n"))
    if draws < 100:
        refuse("draws", draws, "at least 100 draws")
    x, n = patterns["x"].to_numpy(float), patterns["n"].to_numpy(float)
    w = patterns["w"].to_numpy(float) if "w" in patterns else np.ones(len(x))
    if (n < 0).any() or (n != np.floor(n)).any() or not n.sum():
        refuse("n", "counts that are negative, not whole or all 0", "how many answers have each pattern")
    if not (np.isfinite(w) & (w > 0)).all():
        refuse("w", "a weight that is missing or not above 0", "weights above 0", "correct the weights")
    counts = seeded(int(seed.generate_state(1)[0])).multinomial(int(n.sum()), n / n.sum(), draws)
    return float((n * w) @ x / (n * w).sum()), counts @ (w * x) / (counts @ w), float(n.sum())


def _told(value: float, moved: np.ndarray, n: float, draws: int, seed: int, level: float, words: str) -> Resampled:
    normal_quantile(level)
    low, high = np.quantile(moved, [(1 - level) / 2, (1 + level) / 2])
    return Resampled(
        value, float(low), float(high), float(moved.std(ddof=1)), n, draws, seed, level, f"{words}, seed {seed}"
    )
