"""Draws, and how sure a rank among options is when their values are uncertain.

Knows draws of values, or their means and standard deviations; nothing of what the options are. Values may have any
unit. Nothing is drawn without a seed. Which options to take together under a budget: `portfolio`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .checks import refuse
from .portfolio import best_set, best_sets, how_often_chosen

__all__ = [
    "best_set",
    "best_sets",
    "how_often_chosen",
    "normal_rank_shares",
    "p_top_k",
    "rank_shares",
    "seeded",
    "triangular",
]


def seeded(seed: int) -> np.random.Generator:
    """The source of chance for a seed, the same on every machine (PCG64). Print the seed with what comes of it."""
    return np.random.Generator(np.random.PCG64(seed))


def triangular(
    rng: np.random.Generator,
    low: float | np.ndarray,
    likely: float | np.ndarray,
    high: float | np.ndarray,
    size: int | tuple[int, ...],
) -> np.ndarray:
    """Draws of a number somebody gave as lowest, most likely and highest. The three may be equal, or arrays by option.

    By inverting the distribution function, in the units of the three numbers.
    """
    a, m, b = (np.asarray(x, float) for x in (low, likely, high))
    if not (np.isfinite(a).all() and np.isfinite(b).all() and (a <= m).all() and (m <= b).all()):
        refuse("likely", f"{low}, {likely}, {high}", "lowest, most likely and highest in this order")
    u = rng.random(size)
    rising, falling = np.sqrt(u * (b - a) * (m - a)), np.sqrt((1 - u) * (b - a) * (b - m))
    return np.where(u * (b - a) < m - a, a + rising, b - falling)


def p_top_k(draws: np.ndarray, k: int) -> np.ndarray:
    """In what share of the draws is each option among the best k? Adds up to k.

    `draws` has one row for each draw and one column for each option, larger is better. Options that tie across the
    border share the places that are left.
    """
    values = _full(draws)
    options = values.shape[1]
    if not 1 <= k <= options:
        refuse("k", k, f"a whole number from 1 to {options}")
    border = np.partition(values, options - k, axis=1)[:, options - k, None]
    above, tied = values > border, values == border
    left = (k - above.sum(axis=1, keepdims=True)) / tied.sum(axis=1, keepdims=True)
    return (above + tied * left).mean(axis=0)


def rank_shares(draws: np.ndarray) -> np.ndarray:
    """In what share of the draws does each option (row) take each rank (column, best first)? Ties share their ranks."""
    values = _full(draws)
    top = [p_top_k(values, k) for k in range(1, values.shape[1] + 1)]
    return np.diff(np.column_stack(top), axis=1, prepend=0.0)


def _full(draws: np.ndarray) -> np.ndarray:
    values = np.asarray(draws, float)
    if values.ndim != 2 or not values.size or np.isnan(values).any():
        refuse("draws", f"shape {values.shape}", "a full table: one row for each draw, one column for each option")
    return values


def normal_rank_shares(mean: Sequence[float] | np.ndarray, sd: Sequence[float] | np.ndarray) -> np.ndarray:
    """As `rank_shares`, for values that are independent and normal, without drawing: exact to about 1e-9.

    Sufficient statistics: mean and standard deviation (above 0) of each option. Given its own value, the number of
    others above an option is Poisson-binomial; that is averaged over its value. The first k columns of a row add up to
    the probability of being among the best k.
    """
    from scipy.special import ndtr

    m, s = np.asarray(mean, float), np.asarray(sd, float)
    if m.shape != s.shape or m.ndim != 1 or not (np.isfinite(m).all() and np.isfinite(s).all() and (s > 0).all()):
        refuse("sd", "missing numbers, or a standard deviation not above 0", "a mean and a standard deviation each")
    u = np.linspace(-9, 9, 9001)
    density = np.exp(-u * u / 2)
    density /= density.sum()
    shares = np.zeros((len(m), len(m)))
    for i in range(len(m)):
        above = np.zeros((len(m), len(u)))
        above[0] = 1.0  # nobody compared yet: no one above
        for j in range(len(m)):
            if j != i:
                beats = ndtr((m[j] - m[i] - s[i] * u) / s[j])
                above[1:] = above[1:] * (1 - beats) + above[:-1] * beats
                above[0] *= 1 - beats
        shares[i] = above @ density
    return shares
