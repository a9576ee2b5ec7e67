"""How many answers does a comparison need, and what can it see? NPS, shares, rates. Asked before the data, never after.

Knows the formulas for two groups of equal size and the mix, shares or rates that are planned for; nothing of any data.
All are about the two-sided z test; `level` 0.95 is a test at .05, `deff` the design effect (1: a simple random sample).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from .checks import NORMAL, normal_quantile, one_of, refuse, require_amounts


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


class Plan(NamedTuple):
    """Answers needed in each group: `n` as the formula gives it, `whole` rounded up, `power` with that many."""

    n: float
    whole: int
    power: float
    method: str


def share_plan(share_a: float, share_b: float, power: float = 0.8, level: float = 0.95, deff: float = 1) -> Plan:
    """How many answers in each group tell these two shares apart (churn, top box, complained)?

    The two-sided z test with pooled variance under no difference and the shares' own under the difference, the far tail
    left out, as R's power.prop.test. The arcsine formula (Cohen's h) gives another n: name the formula.
    """
    gap, null, own = _shares(share_a, share_b)
    _above_zero(deff=deff)
    _both(power, level)
    if gap == 0:
        refuse("share_b", share_b, "a share that differs from the other", "say which difference would matter")
    n = ((normal_quantile(level) * null + NORMAL.inv_cdf(power) * own) / gap) ** 2 * deff
    whole = math.ceil(n)
    return Plan(
        n, whole, share_power(whole, share_a, share_b, level, deff), "z test of two shares, pooled null variance"
    )


def share_power(n_per_group: float, share_a: float, share_b: float, level: float = 0.95, deff: float = 1) -> float:
    """How likely will a test with this many answers in each group tell these two shares apart? As in `share_plan`.

    For planning only: put in a difference that would matter, never the one that was found.
    """
    gap, null, own = _shares(share_a, share_b)
    _above_zero(n_per_group=n_per_group, deff=deff)
    return NORMAL.cdf((math.sqrt(n_per_group / deff) * gap - normal_quantile(level) * null) / own)


def share_detectable(
    n_per_group: float, share: float, power: float = 0.8, level: float = 0.95, deff: float = 1, side: str = "below"
) -> float | None:
    """Which other share, below this one (or "above" it), would a test with this many answers in each group tell apart?

    The nearest such share, as in `share_plan`; None where even 0 (or 1) would not be told apart with this power.
    """
    _shares(share, share)
    _both(power, level)
    one_of("side", side, ("below", "above"))
    far = 1e-7 if side == "below" else 1 - 1e-7
    if abs(share - far) <= 1e-6 or share_power(n_per_group, share, far, level, deff) < power:
        return None
    near = share
    for _ in range(100):  # the power rises from alpha / 2 at no difference
        middle = (near + far) / 2
        if share_power(n_per_group, share, middle, level, deff) < power:
            near = middle
        else:
            far = middle
    return far


def _shares(share_a: float, share_b: float) -> tuple[float, float, float]:
    """How far apart they are, and the standard deviation of one pair of answers, pooled and each with its own."""
    for name, share in (("share_a", share_a), ("share_b", share_b)):
        if not 0 < share < 1:
            refuse(name, share, "a share above 0 and below 1", "write 0.05 for 5 percent")
    both = share_a + share_b
    own = share_a * (1 - share_a) + share_b * (1 - share_b)
    return abs(share_a - share_b), math.sqrt(both * (1 - both / 2)), math.sqrt(own)


def rate_plan(
    rate_a: float,
    rate_b: float,
    exposure: float = 1,
    dispersion: float = 0,
    power: float = 0.8,
    level: float = 0.95,
) -> Plan:
    """How many units (customers, branches) in each group tell these two rates of events apart?

    `exposure` of each unit, in the units of the rates (12 for monthly rates watched for a year); `dispersion` the
    negative binomial's alpha (variance mu + alpha mu^2; 0 is Poisson). Wald test of the log rate ratio with
    Var = (1 / (t a) + 1 / (t b) + 2 alpha) / n.
    """
    variance, gap = _rates(rate_a, rate_b, exposure, dispersion)
    n = _both(power, level) ** 2 * variance / gap**2 if gap else math.inf
    if not n < math.inf:
        refuse("rate_b", rate_b, "a rate that differs from the other", "say which difference would matter")
    whole = math.ceil(n)
    reached = rate_power(whole, rate_a, rate_b, exposure, dispersion, level)
    words = "Wald test of the log rate ratio" + (f", negative binomial with alpha {dispersion:g}" if dispersion else "")
    return Plan(n, whole, reached, words)


def rate_power(
    n_per_group: float,
    rate_a: float,
    rate_b: float,
    exposure: float = 1,
    dispersion: float = 0,
    level: float = 0.95,
) -> float:
    """How likely will a test with this many units in each group tell these two rates apart? As in `rate_plan`."""
    variance, gap = _rates(rate_a, rate_b, exposure, dispersion)
    _above_zero(n_per_group=n_per_group)
    z, shift = normal_quantile(level), abs(gap) / math.sqrt(variance / n_per_group)
    return NORMAL.cdf(shift - z) + NORMAL.cdf(-shift - z)


def _rates(rate_a: float, rate_b: float, exposure: float, dispersion: float) -> tuple[float, float]:
    """The variance of the log ratio for one unit in each group, and the log ratio."""
    _above_zero(rate_a=rate_a, rate_b=rate_b, exposure=exposure)
    require_amounts("0 is Poisson", dispersion=dispersion)
    return 1 / (exposure * rate_a) + 1 / (exposure * rate_b) + 2 * dispersion, math.log(rate_a / rate_b)
