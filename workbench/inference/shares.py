"""Shares of people: two groups against each other, and one share through time where the same people come again.

Knows counts. The two groups of a difference have nobody in common.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .checks import refuse, require_amounts, two_sided_p
from .differences import Difference
from .intervals import share_interval


def share_difference(have_a: float, n_a: float, have_b: float, n_b: float, level: float = 0.95) -> Difference:
    """By how much is a share larger in A than in B? A minus B, of 1; groups without people in common.

    Sufficient statistics: how many have it, of how many. Interval by Newcombe 1998 (Wilson limits of both, squared and
    added); p of the pooled z test (Pearson's chi-square), None where nobody or everybody has it.
    """
    a, b = share_interval(have_a, n_a, level), share_interval(have_b, n_b, level)
    if a.value is None or b.value is None:
        return Difference(None, None, None, None, None, n_a, n_b, level, "nobody in one group")
    value = a.value - b.value
    below = math.hypot(a.value - (a.low or 0.0), (b.high or 0.0) - b.value)
    above = math.hypot((a.high or 0.0) - a.value, b.value - (b.low or 0.0))
    pooled = (have_a + have_b) / (n_a + n_b)
    se = math.sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b))
    score = value / se if se > 0 else None
    p = two_sided_p(score) if score is not None else None
    words = "Newcombe interval of the difference (1998), p of the pooled z"
    return Difference(
        value, max(-1.0, value - below), min(1.0, value + above), se, p, n_a, n_b, level, words, None, score
    )


class Change(NamedTuple):
    """Has a share changed over periods? Chi-square, its degrees of freedom, p (None: nothing to test)."""

    chi2: float | None
    df: int
    p: float | None
    method: str


def share_change(have: np.ndarray, shared: np.ndarray, alike: float = 1.0) -> Change:
    """Is a share the same in all periods, where some people stand in several?

    Sufficient statistics: `have`, how many of each period's people have it; `shared`, for each pair of periods how many
    people stand in both (its diagonal: how many stand in each); `alike`, the correlation of one person's state in two
    periods (1: an attribute that never changes). Wald test of equality with the covariance p(1 - p) alike n_st / (n_s n_t)
    under no change; without people in common it is Pearson's chi-square.
    """
    have, shared = np.asarray(have, float), np.asarray(shared, float)
    if shared.shape != (len(have), len(have)):
        refuse("shared", f"shape {shared.shape}", f"a row and a column for each of {len(have)} periods")
    n = np.diag(shared)
    for place in range(len(have)):
        require_amounts("count the people", have=float(have[place]), n=float(n[place]))
    if (have > n).any():
        refuse("have", "more than there are people", "no more than the period's people")
    there = n > 0
    have, n, shared = have[there], n[there], shared[np.ix_(there, there)]
    words = "Wald chi-square of equal shares, people of several periods honoured"
    pooled = have.sum() / n.sum() if len(n) else 0.0
    if len(n) < 2 or pooled in (0.0, 1.0):
        return Change(None, 0, None, f"{words}: nothing to test")
    joined = shared / np.outer(n, n) * pooled * (1 - pooled)
    covariance = np.where(np.eye(len(n), dtype=bool), joined, joined * alike)
    turn = np.eye(len(n))[:-1] - np.eye(len(n))[-1]
    gap, spread = turn @ (have / n), turn @ covariance @ turn.T
    values, vectors = np.linalg.eigh(spread)
    kept = values > 1e-9 * max(values.max(), float(np.trace(joined)) / len(n))
    df = int(kept.sum())
    if not df:
        return Change(None, 0, None, f"{words}: the same people in all periods")
    chi2 = float((((vectors.T @ gap)[kept]) ** 2 / values[kept]).sum())
    from scipy.special import chdtrc

    return Change(chi2, df, float(chdtrc(df, chi2)), words)
