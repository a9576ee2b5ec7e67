"""How many answers does a comparison of two NPS need, and what can it see? Asked before the data, never after.

Knows the formulas for two groups of equal size, both with the variance of a stated mix; nothing of any data.
All are about the two-sided z test; `level` 0.95 is a test at .05, `deff` the design effect (1: a simple random sample).
"""

from __future__ import annotations

import math

from .checks import NORMAL, normal_quantile, refuse, require_amounts


def nps_variance(detractors: float, passives: float, promoters: float) -> float:
    """The variance of one person's answer in points squared, from counts or shares: 1e4 (p + d - (p - d)^2)."""
    require_amounts("give counts or shares", detractors=detractors, passives=passives, promoters=promoters)
    n = detractors + passives + promoters
    if n == 0:
        refuse("detractors", "no answers", "a mix of detractors, passives and promoters")
    return 1e4 * ((promoters + detractors) / n - ((promoters - detractors) / n) ** 2)


def nps_detectable(
    n_per_group: float, variance: float, power: float = 0.8, level: float = 0.95, deff: float = 1
) -> float:
    """Which difference of two NPS, in points, would a test with this many answers in each group find?

    `variance` from `nps_variance`. (z_{1 - alpha/2} + z_power) sqrt(2 V deff / n).
    """
    _above_zero(n_per_group=n_per_group, variance=variance, deff=deff)
    return _both(power, level) * math.sqrt(2 * variance * deff / n_per_group)


def nps_sample_size(
    difference: float, variance: float, power: float = 0.8, level: float = 0.95, deff: float = 1
) -> float:
    """How many answers in each group find this difference of two NPS (points)? Not rounded: round up.

    `variance` from `nps_variance`. (z_{1 - alpha/2} + z_power)^2 2 V deff / difference^2.
    """
    _above_zero(difference=abs(difference), variance=variance, deff=deff)
    return _both(power, level) ** 2 * 2 * variance * deff / difference**2


def nps_power(difference: float, n_per_group: float, variance: float, level: float = 0.95, deff: float = 1) -> float:
    """How likely will a test with this many answers in each group find this true difference (points)? Both tails.

    For planning only: put in a difference that would matter, never the one that was found.
    """
    _above_zero(n_per_group=n_per_group, variance=variance, deff=deff)
    z, shift = normal_quantile(level), abs(difference) / math.sqrt(2 * variance * deff / n_per_group)
    return NORMAL.cdf(shift - z) + NORMAL.cdf(-shift - z)


def nps_margin(n: float, variance: float, level: float = 0.95, deff: float = 1) -> float:
    """Half the width, in points, of the Wald interval that one group of n answers will have."""
    _above_zero(n=n, variance=variance, deff=deff)
    return normal_quantile(level) * math.sqrt(variance * deff / n)


def _both(power: float, level: float) -> float:
    if not 0 < power < 1:
        refuse("power", power, "a power between 0 and 1", "0.8 is usual")
    return normal_quantile(level) + NORMAL.inv_cdf(power)


def _above_zero(**amounts: float) -> None:
    for name, value in amounts.items():
        if not 0 < value < math.inf:
            refuse(name, value, "a number above 0")
