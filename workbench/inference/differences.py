"""Differences between two groups, always A minus B and with their sign, and comparisons at equal mix.

Knows counts, sums, and estimates with their standard errors; nothing of how they were collected. The groups must have
nobody in common: for domains of one design, or a panel, see `design.design_difference`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import normal_quantile, one_of, refuse, require_amounts, require_columns, two_sided_p, two_sided_quantile
from .intervals import ADDED, Estimate, no_estimate, nps_interval, nps_moments

SMALL = 100  # answers in a group below which the Wald interval of a difference of NPS is too short
FAR = 7.0  # the z (p of 3e-12) beyond which nothing is told apart
DIFFERENCE_METHODS = {
    "Wald": "Wald interval of the difference",
    "adjusted Wald": "adjusted Wald interval of the difference (0.75, 1.5, 0.75 answers added to each group)",
    "adjusted Wald, half": "adjusted Wald interval of the difference (half of 0.75, 1.5, 0.75 added to each group)",
    "MOVER": "MOVER interval of the difference from score limits",
}


@dataclass(frozen=True)
class Difference:
    """A minus B (or A over B where `method` says ratio, then `se` is that of the log ratio); None: nothing to say.

    `df` are the degrees of freedom of a t test (None: normal); `statistic` is the t or z behind `p`; `centre` the
    middle of the interval where the method moves it away from the value.
    """

    value: float | None
    low: float | None
    high: float | None
    se: float | None
    p: float | None
    n_a: float
    n_b: float
    level: float
    method: str
    df: float | None = None
    statistic: float | None = None
    centre: float | None = None


def nps_difference(
    a: tuple[float, float, float], b: tuple[float, float, float], level: float = 0.95, method: str | None = None
) -> Difference:
    """Is the NPS of A above that of B, and by how much? A minus B in points, groups without people in common.

    Sufficient statistics: (detractors, passives, promoters) of each group. Without `method`: MOVER (each group's score
    limits, squared and added: Donner and Zou; Newcombe) if a group has fewer than 100 answers, Wald otherwise. Under
    "adjusted Wald" the middle of the interval stands in `centre`, and `se` and `p` are about it. Under MOVER `p` is where
    the interval just touches 0, so that both say the same; under Wald that of z with the groups' own variances. Where
    every answer of both groups is in one class Wald has no variance, and p is that of the adjusted Wald z, which `method`
    says.
    """
    z = normal_quantile(level)
    for group in (a, b):
        require_amounts(
            "give counts of answers", **dict(zip(("detractors", "passives", "promoters"), group, strict=True))
        )
    n_a, n_b = sum(a), sum(b)
    method = method or ("MOVER" if min(n_a, n_b) < SMALL else "Wald")
    one_of("method", method, DIFFERENCE_METHODS)
    words = DIFFERENCE_METHODS[method]
    if n_a == 0 or n_b == 0:
        return Difference(None, None, None, None, None, n_a, n_b, level, "no answers in one group")
    value, se = _nps_gap(a, b)
    added, added_se = _nps_gap(a, b, 0.5 if method == "adjusted Wald, half" else 1.0)
    if method.startswith("adjusted"):
        low, high, score = added - z * added_se, added + z * added_se, added / added_se
        return Difference(value, low, high, added_se, two_sided_p(score), n_a, n_b, level, words, None, score, added)
    if method == "Wald":
        low, high = value - z * se, value + z * se
    else:
        low, high = _mover(a, b, value, level)
    words = words if se > 0 else f"{words}, p of the adjusted Wald z"
    score = value / se if se > 0 else added / added_se
    p = _touching(a, b, value) if method == "MOVER" and se > 0 else two_sided_p(score)
    return Difference(value, low, high, se, p, n_a, n_b, level, words, None, score)


def _mover(
    a: tuple[float, float, float], b: tuple[float, float, float], value: float, level: float
) -> tuple[float, float]:
    """The limits of A minus B: each group's own arms, squared and added."""
    below_a, above_a = _arms(a, level)
    below_b, above_b = _arms(b, level)
    return value - math.hypot(below_a, above_b), value + math.hypot(above_a, below_b)


def _touching(a: tuple[float, float, float], b: tuple[float, float, float], value: float) -> float:
    """The p at which the MOVER interval just touches 0: its z by false position (Illinois), from the Wald z."""
    if value == 0:
        return 1.0

    def room(z: float) -> float:
        low, high = _mover(a, b, value, 1 - two_sided_p(z))
        return -low if value > 0 else high

    small, large = 0.0, 1.0
    at_small, at_large = -abs(value), room(large)
    while at_large < 0 and large < FAR:
        small, at_small, large = large, at_large, min(1.5 * large, FAR)
        at_large = room(large)
    if at_large < 0:
        return two_sided_p(large)
    for _ in range(40):
        z = (small * at_large - large * at_small) / (at_large - at_small)
        here = room(z)
        if abs(here) < 1e-7 * abs(value):
            break
        if here < 0:
            small, at_small, at_large = z, here, at_large / (2 if at_small * here > 0 else 1)
        else:
            large, at_large, at_small = z, here, at_small / (2 if at_large * here > 0 else 1)
    return two_sided_p(z)


def _nps_gap(a: tuple[float, float, float], b: tuple[float, float, float], added: float = 0.0) -> tuple[float, float]:
    """A minus B in points and its standard error, after adding this part of the pseudo-answers to each group."""
    (e_a, v_a), (e_b, v_b) = (nps_moments(*(x + added * k for x, k in zip(g, ADDED, strict=True))) for g in (a, b))
    return 100 * (e_a - e_b), 100 * math.sqrt(v_a + v_b)


def _arms(group: tuple[float, float, float], level: float) -> tuple[float, float]:
    """How far the score limits lie below and above the NPS of a group that has answers."""
    one = nps_interval(*group, level=level)
    value, low, high = (math.nan if x is None else x for x in (one.value, one.low, one.high))
    return value - low, high - value


def difference(a: Estimate, b: Estimate, level: float = 0.95) -> Difference:
    """Is A above B, and by how much? A minus B in the units of the estimates, which must be independent.

    Sufficient statistics: two estimates with standard errors. t with the degrees of freedom of Welch and Satterthwaite
    where both estimates have some (one without is taken as known without end), z where neither has. An estimate
    without a standard error gives a difference without interval or p.
    """
    normal_quantile(level)
    if a.value is None or b.value is None:
        return Difference(None, None, None, None, None, a.n, b.n, level, "no answers in one group")
    value = a.value - b.value
    if a.se is None or b.se is None or (a.se == 0 and b.se == 0):
        why = "difference, no interval (no variation)" if a.se == b.se == 0 else "difference, no interval (no SE)"
        return Difference(value, None, None, None, None, a.n, b.n, level, why)
    se = math.hypot(a.se, b.se)
    score = value / se
    share = sum(e.se**4 / e.df for e in (a, b) if e.se and e.df)
    df = se**4 / share if share > 0 else None
    half = two_sided_quantile(level, df) * se
    words = "z interval of the difference" if df is None else "t interval of the difference (Welch)"
    p = two_sided_p(score, df)
    return Difference(value, value - half, value + half, se, p, a.n, b.n, level, words, df, score)


@dataclass(frozen=True)
class Standardised:
    """Both groups as if they had the same mix, their comparison, and who could not take part.

    `cells` are the cells used; `left_out` the people of both groups in cells where one group has fewer than two.
    """

    a: Estimate
    b: Estimate
    contrast: Difference
    cells: int
    left_out: float


def standardised(
    table: pd.DataFrame,
    contrast: str = "difference",
    level: float = 0.95,
    population: Mapping[object, float] | None = None,
    t: bool = False,
) -> Standardised:
    """How would A and B compare if both had the same mix of segments (waves, channels)? Direct standardisation.

    Sufficient statistics: one row for each group ("a" or "b") and adjusting cell, with the columns group, cell, n
    (people), w and ww (sums of w and w^2), y (sum of w x), wwx and wwxx (sums of w^2 x and w^2 x^2); w = 1 for
    unweighted answers. Units of x. Cell mean m = y / w with variance n / (n - 1) sum w^2 (x - m)^2 / w^2; the
    standardised mean is sum pi m with SE^2 = sum pi^2 s^2, pi the cell's part of the standard population: both groups'
    weight together, or `population` (cell: size). Cells where a group has fewer than two people are left out and told.
    contrast="ratio" compares by A / B, its interval and SE on the log scale (delta method). z intervals, or with
    `t` Student's with people - cells of each group (Welch and Satterthwaite), which keeps its level in small groups and
    far into the tail, where many claims are corrected. With one cell it is the plain comparison. The segments explain
    the change of mix only as far as they are the right ones.
    """
    one_of("contrast", contrast, ("difference", "ratio"))
    normal_quantile(level)
    cells, left_out = _cells(table, ("n", "w", "ww", "y", "wwx", "wwxx"), 2)
    used = sum(cells[g]["n"].sum() for g in "ab")
    if used == 0:
        nobody = no_estimate(0, level, "no cell with two people of both groups")
        gap = Difference(None, None, None, None, None, 0, 0, level, nobody.method)
        return Standardised(nobody, nobody, gap, 0, left_out)
    pi = cells["a"]["w"] + cells["b"]["w"]
    if population is not None:
        missing = [cell for cell in pi.index if cell not in population]
        if missing:
            refuse("population", f"no size for {missing}", "a size for every cell", "add them to the population")
        pi = pd.Series([float(population[cell]) for cell in pi.index], index=pi.index)
        if not (np.isfinite(pi).all() and (pi >= 0).all() and pi.sum() > 0):
            refuse("population", "sizes that are negative, missing or all zero", "sizes of 0 or more")
    pi = pi / pi.sum()
    words = f"direct standardisation over {len(pi)} cell{'s' if len(pi) > 1 else ''}"
    a, b = (_standardise(cells[g], pi, level, words, t) for g in "ab")
    gap = difference(a, b, level) if contrast == "difference" else _ratio(a, b, level)
    return Standardised(a, b, replace(gap, method=f"{gap.method}, {words}"), len(pi), left_out)


def _standardise(cells: pd.DataFrame, pi: pd.Series, level: float, words: str, t: bool) -> Estimate:
    mean = cells["y"] / cells["w"]
    squares = cells["wwxx"] - 2 * mean * cells["wwx"] + mean**2 * cells["ww"]
    squares = squares.where(squares > 1e-12 * (cells["wwxx"] + mean**2 * cells["ww"]), 0.0)
    variance = cells["n"] / (cells["n"] - 1) * squares / cells["w"] ** 2
    value, se = float((pi * mean).sum()), math.sqrt(float((pi**2 * variance).sum()))
    n, worth = float(cells["n"].sum()), float(cells["w"].sum() ** 2 / cells["ww"].sum())
    if se == 0:
        return Estimate(value, None, None, 0.0, n, worth, None, level, f"{words}, no interval (no variation)")
    df = n - len(cells) if t else None
    half = two_sided_quantile(level, df) * se
    return Estimate(value, value - half, value + half, se, n, worth, df, level, words)


def _ratio(a: Estimate, b: Estimate, level: float) -> Difference:
    """A over B with the delta method on the log scale."""
    means, errors = [e.value or 0.0 for e in (a, b)], [e.se or 0.0 for e in (a, b)]
    if min(means) <= 0:
        return Difference(None, None, None, None, None, a.n, b.n, level, "no ratio (a mean is not above zero)")
    ratio, se = means[0] / means[1], math.hypot(errors[0] / means[0], errors[1] / means[1])
    if se == 0:
        return Difference(ratio, None, None, None, None, a.n, b.n, level, "ratio, no interval (no variation)")
    share = sum((error / mean) ** 4 / e.df for e, mean, error in zip((a, b), means, errors, strict=True) if e.df)
    df = se**4 / share if share > 0 else None
    half, score = two_sided_quantile(level, df) * se, math.log(ratio) / se
    words = "z interval of the log ratio" if df is None else "t interval of the log ratio (Welch)"
    p = two_sided_p(score, df)
    return Difference(ratio, ratio * math.exp(-half), ratio * math.exp(half), se, p, a.n, b.n, level, words, df, score)


class Kitagawa(NamedTuple):
    """A difference of two means split in two: `rate` (the cells changed) + `mix` (their sizes did) = A minus B."""

    rate: float | None
    mix: float | None
    left_out: float

    @property
    def total(self) -> float | None:
        """A minus B, of the people who are not left out."""
        return None if self.rate is None or self.mix is None else self.rate + self.mix


def kitagawa(table: pd.DataFrame) -> Kitagawa:
    """How much of A minus B comes from another mix of segments, how much from change within them?

    Sufficient statistics: group, cell, n, w, y as in `standardised`. Units of x. mix = sum (v_a - v_b)(m_a + m_b) / 2
    and rate = sum (m_a - m_b)(v_a + v_b) / 2, v the cell's part of the group's weight (Kitagawa 1955): exact, no rest.
    A cell that one group lacks has no mean there: it is left out of both groups and its people are counted.
    """
    cells, left_out = _cells(table, ("n", "w", "y"), 1)
    a, b = cells["a"], cells["b"]
    if a.empty:
        return Kitagawa(None, None, left_out)
    m_a, m_b = a["y"] / a["w"], b["y"] / b["w"]
    v_a, v_b = a["w"] / a["w"].sum(), b["w"] / b["w"].sum()
    rate, mix = ((m_a - m_b) * (v_a + v_b) / 2).sum(), ((v_a - v_b) * (m_a + m_b) / 2).sum()
    return Kitagawa(float(rate), float(mix), left_out)


def _cells(table: pd.DataFrame, sums: tuple[str, ...], least: int) -> tuple[dict[str, pd.DataFrame], float]:
    """The rows of each group by cell, for the cells where both have the least number of people; and who is left out."""
    require_columns(table, sums)
    faults = [
        Fault(column=column, found="no such column", expected='a column naming the group ("a", "b") and one the cell')
        for column in ("group", "cell")
        if column not in table
    ]
    if faults:
        raise DataFault(faults)
    if not table["group"].isin(["a", "b"]).all():
        refuse("group", "another group", 'groups named "a" and "b"')
    if table.duplicated(["group", "cell"]).any():
        refuse("cell", "a cell twice in one group", "one row for each group and cell", "add its sums up")
    negative = [c for c in sums if c in ("n", "w", "ww", "wwxx") and (table[c] < 0).any()]
    if "ww" in sums and (table["w"] ** 2 > table["n"] * table["ww"] * (1 + 1e-9)).any():
        refuse("ww", "sums that no people can have", "w^2 no larger than n times ww", "sum w and w^2 over the people")
    if negative or ((table["n"] > 0) & (table["w"] <= 0)).any():
        refuse((negative or ["w"])[0], "a negative count or weight", "counts of 0 or more, weights above 0")
    groups = {g: table[table["group"] == g].set_index("cell") for g in "ab"}
    shared = groups["a"].index[groups["a"]["n"] >= least]
    shared = shared[shared.isin(groups["b"].index[groups["b"]["n"] >= least])]
    kept = {g: rows.loc[shared] for g, rows in groups.items()}
    left_out = float(table["n"].sum() - sum(rows["n"].sum() for rows in kept.values()))
    return kept, left_out
