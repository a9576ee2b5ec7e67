"""Two groups on an ordered scale, compared without treating its levels as numbers.

Knows how many of each group gave each level; nothing of what the levels say. Sufficient statistics: a table with the
columns level (sorts as the scale is ordered), a and b (people of each group who gave it).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import normal_quantile, refuse, require_columns, two_sided_p, two_sided_quantile
from .intervals import Estimate


@dataclass(frozen=True)
class RankTest:
    """`u` counts the pairs in which A is above B, and half the ties; `p` is that of no difference of distributions.

    `above`: the probability that one of A is above one of B, ties counted half: 0.5 is no difference. `delta` is
    Cliff's delta, 2 `above` - 1. None where there is nothing to say, with the reason in `note`.
    """

    u: float
    z: float | None
    p: float | None
    above: Estimate
    delta: float | None
    n_a: float
    n_b: float
    note: str = ""


def rank_counts(table: pd.DataFrame, value: str, group: str, a: Any, b: Any) -> pd.DataFrame:
    """How many of groups a and b gave each level? One row a level; blanks are left out, counted in .attrs["dropped"]."""
    gone = [name for name in (value, group) if name not in table]
    if gone:
        raise DataFault([Fault(column=name, found="no such column", expected="a column of the table") for name in gone])
    asked = table[table[group].isin([a, b])]
    told = asked[asked[value].notna()]
    sizes = {
        "a": told.loc[told[group] == a, value].value_counts(),
        "b": told.loc[told[group] == b, value].value_counts(),
    }
    counts = pd.DataFrame(sizes).fillna(0).astype(int).rename_axis("level").sort_index().reset_index()
    counts.attrs["dropped"] = len(asked) - len(told)
    return counts


def rank_test(counts: pd.DataFrame, level: float = 0.95) -> RankTest:
    """Do the answers of A lie above those of B? Mann-Whitney, and how often one of A beats one of B.

    Sufficient statistics at the head of this file, from `rank_counts`. The test is two-sided with the normal
    approximation, corrected for ties, without continuity correction (Mann and Whitney 1947). The interval of `above` is
    that of Brunner and Munzel 2000 (t, unequal variances, cut to 0..1), which holds also where the spreads differ: it
    may then disagree with the test, whose null is that both distributions are the same.
    """
    normal_quantile(level)
    if "level" not in counts or counts["level"].isna().any() or counts["level"].duplicated().any():
        refuse("level", "levels that are missing or told twice", "one row for each level of the scale")
    require_columns(counts, ("a", "b"))
    ordered = counts.sort_values("level")
    a, b = (ordered[name].to_numpy(float) for name in "ab")
    if (a < 0).any() or (b < 0).any():
        refuse("a", "a negative count", "counts of 0 or more")
    n_a, n_b = float(a.sum()), float(b.sum())
    words = "probability of superiority, Brunner-Munzel t interval"
    if n_a == 0 or n_b == 0:
        nobody = Estimate(None, None, None, None, n_a + n_b, None, None, level, "no answers in one group")
        return RankTest(0.0, None, None, nobody, None, n_a, n_b, "no answers in one group")
    under_b = (np.cumsum(b) - b / 2) / n_b  # the share of B below each level, half of those at it
    under_a = (np.cumsum(a) - a / 2) / n_a
    above = float(a @ under_b) / n_a
    u, n = above * n_a * n_b, n_a + n_b
    ties = float(((a + b) ** 3 - (a + b)).sum())
    spread = n_a * n_b / 12 * (n + 1 - ties / (n * (n - 1))) if n > 1 else 0.0
    if spread <= 1e-12 * n_a * n_b * n:
        same = Estimate(above, None, None, None, n, None, None, level, f"{words}: all answers at one level")
        return RankTest(u, None, None, same, 2 * above - 1, n_a, n_b, "all answers are at one level")
    z = (u - n_a * n_b / 2) / math.sqrt(spread)
    interval, note = _interval(above, (a, under_b, n_a), (b, under_a, n_b), level, words)
    return RankTest(u, z, two_sided_p(z), interval, 2 * above - 1, n_a, n_b, note)


def _interval(
    above: float,
    one: tuple[np.ndarray, np.ndarray, float],
    other: tuple[np.ndarray, np.ndarray, float],
    level: float,
    words: str,
) -> tuple[Estimate, str]:
    """The interval of `above` from the spread of each group's places among the other."""
    total = one[2] + other[2]
    if min(one[2], other[2]) < 2:
        why = "one answer in a group: no interval"
        return Estimate(above, None, None, None, total, None, None, level, f"{words}: {why}"), why
    parts = []
    for count, place, n in (one, other):
        mean = count @ place / n
        parts.append((float(count @ (place - mean) ** 2) / (n - 1) / n, n))
    variance = sum(part for part, _ in parts)
    if variance <= 1e-15:
        why = "the groups do not overlap: no interval"
        return Estimate(above, None, None, 0.0, total, None, None, level, f"{words}: {why}"), why
    df = variance**2 / sum(part**2 / (n - 1) for part, n in parts)
    se = math.sqrt(variance)
    half = two_sided_quantile(level, df) * se
    low, high = max(0.0, above - half), min(1.0, above + half)
    return Estimate(above, low, high, se, total, None, df, level, words), ""
