"""Intervals for one group: NPS, a share, a mean, a rate. Each from counts or sums alone.

Knows counts, sums and the formulas; nothing of journeys or files (weights and clusters are in `design`).
All assume independent answers: an interval knows the error of sampling, not who did not answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from .checks import normal_quantile, one_of, refuse, require_amounts, two_sided_quantile

NPS_METHODS = {
    "score": "score interval (Tango 1998)",
    "adjusted Wald": "adjusted Wald interval (0.75 detractors, 1.5 passives, 0.75 promoters added)",
    "Wald": "Wald interval",
    "Goodman": "Goodman interval (simultaneous, chi-square with 2 df)",
}
SHARE_METHODS = {
    "Wilson": "Wilson score interval",
    "exact": "exact interval (Clopper-Pearson)",
    "Jeffreys": "Jeffreys interval",
}
ADDED = (0.75, 1.5, 0.75)  # the pseudo-answers of the adjusted Wald interval


@dataclass(frozen=True)
class Estimate:
    """A number with its interval and its base; None stands where there is nothing to say.

    `se` is in the units of `value`; `n` the people (or exposure) behind it; `n_effective` what they are worth after
    weighting; `df` the degrees of freedom of a t interval (None: normal or exact). `centre` is the middle of the
    interval where the method moves it away from the value.
    """

    value: float | None
    low: float | None
    high: float | None
    se: float | None
    n: float
    n_effective: float | None
    df: float | None
    level: float
    method: str
    centre: float | None = None


def no_estimate(n: float, level: float, why: str) -> Estimate:
    """The estimate of nobody."""
    return Estimate(None, None, None, None, n, None, None, level, why)


def normal_limits(estimate: Estimate) -> Estimate:
    """The same estimate with z limits, value +- z se: for comparison with tools that know no degrees of freedom."""
    if estimate.value is None or not estimate.se:
        return estimate
    half = normal_quantile(estimate.level) * estimate.se
    value, method = estimate.value, f"{estimate.method}, z limits"
    return replace(estimate, low=value - half, high=value + half, df=None, centre=None, method=method)


def nps_moments(detractors: float, passives: float, promoters: float) -> tuple[float, float]:
    """NPS as a fraction (-1..1) and its variance with divisor n: (p + d - (p - d)^2) / n."""
    n = detractors + passives + promoters
    e = (promoters - detractors) / n
    return e, max(0.0, (promoters + detractors) / n - e * e) / n


def _score_limits(detractors: float, passives: float, promoters: float, z: float) -> tuple[float, float]:
    """Both limits, as fractions, of the score interval of p - d (Tango 1998, read for one group), by bisection."""
    n = detractors + passives + promoters

    def inside(delta: float) -> bool:
        b = (2 * n - promoters + detractors) * delta - detractors - promoters
        c = -detractors * delta * (1 - delta)
        q = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
        variance = n * (2 * q + delta * (1 - delta))
        return abs(promoters - detractors - n * delta) <= z * math.sqrt(max(0.0, variance))

    def edge(good: float, bad: float) -> float:
        for _ in range(60):
            middle = (good + bad) / 2
            good, bad = (middle, bad) if inside(middle) else (good, middle)
        return good

    e = (promoters - detractors) / n
    low = -1.0 if detractors == n else edge(e, -1.0)
    high = 1.0 if promoters == n else edge(e, 1.0)
    return low, high


def nps_interval(
    detractors: float, passives: float, promoters: float, level: float = 0.95, method: str = "score"
) -> Estimate:
    """How high is the NPS of this group, and how sure are we?

    Sufficient statistics: how many detractors (0 to 6), passives (7 and 8) and promoters (9 and 10); effective counts
    (not whole) may be given. Units: points, -100 to 100.

    "score" (default) inverts the score test of Tango 1998 and never leaves the scale. "adjusted Wald" adds 0.75, 1.5
    and 0.75 answers to the three classes and may pass +-100, where it should be cut for display; its middle stands in
    `centre`. "Wald" is too short under about 100 answers and has no width at all when everybody is in one class: the
    last holds for "Goodman" too, which is wider because it holds for all comparisons of the classes at once.
    `value` is the plain NPS under every method; `se` is the one the method uses (the plug-in SE for "score").
    Comparison of the methods: Rocks 2016, The American Statistician 70:365.
    """
    z = normal_quantile(level)
    one_of("method", method, NPS_METHODS)
    require_amounts("give counts of answers", detractors=detractors, passives=passives, promoters=promoters)
    n = detractors + passives + promoters
    if n == 0:
        return no_estimate(0, level, "no answers")
    value, variance = nps_moments(detractors, passives, promoters)
    centre = None
    if method == "score":
        low, high = _score_limits(detractors, passives, promoters, z)
    else:
        if method == "Goodman":
            z = math.sqrt(-2 * math.log(1 - level))  # the chi-square quantile with 2 df has this closed form
        middle = value
        if method == "adjusted Wald":
            middle, variance = nps_moments(detractors + ADDED[0], passives + ADDED[1], promoters + ADDED[2])
            centre = 100 * middle
        low, high = middle - z * math.sqrt(variance), middle + z * math.sqrt(variance)
    se = 100 * math.sqrt(variance)
    return Estimate(100 * value, 100 * low, 100 * high, se, n, n, None, level, NPS_METHODS[method], centre)


def nps_credible(
    detractors: float, passives: float, promoters: float, level: float = 0.95, prior: float = 0.5
) -> Estimate:
    """Where does the NPS lie with this probability, if nothing was known before? Points, equal tails.

    Sufficient statistics as in `nps_interval`. The shares have a Dirichlet(counts + prior) posterior; prior 0.5 is
    Jeffreys', 1 the uniform one (worse near the ends of the scale). The detractor share is beta, the promoters' part of
    the rest is beta and independent of it, so the distribution of p - d is one integral, taken numerically.
    """
    import numpy as np
    from scipy.optimize import brentq
    from scipy.special import betainc, betaincinv

    normal_quantile(level)
    require_amounts("give counts of answers", detractors=detractors, passives=passives, promoters=promoters)
    if prior <= 0:
        refuse("prior", prior, "a number above 0", "0.5 (Jeffreys) or 1 (uniform)")
    n = detractors + passives + promoters
    if n == 0:
        return no_estimate(0, level, "no answers")
    d, q, p = detractors + prior, passives + prior, promoters + prior

    steps = np.linspace(-3.5, 3.5, 401)  # the tanh-sinh rule, made for integrands that are steep at their ends
    nodes = (1 + np.tanh(math.pi / 2 * np.sinh(steps))) / 2
    weights = np.cosh(steps) / np.cosh(math.pi / 2 * np.sinh(steps)) ** 2
    weights /= weights.sum()

    def above(delta: float, tail: float) -> float:
        """P(p - d <= delta) - tail, over the quantiles u of d: 0 for d < -delta, 1 for d > (1 - delta) / 2."""
        first, last = (float(betainc(d, q + p, max(0.0, edge))) for edge in (-delta, (1 - delta) / 2))
        share = betaincinv(d, q + p, first + (last - first) * nodes)
        part = np.clip((delta + share) / np.maximum(1 - share, 1e-300), 0, 1)
        return (last - first) * float(weights @ betainc(p, q, part)) + 1 - last - tail

    low, high = (brentq(above, -1, 1, args=(tail,), xtol=1e-10) for tail in ((1 - level) / 2, (1 + level) / 2))
    total = d + q + p
    mean = (p - d) / total
    se = math.sqrt(((p + d) / total - mean * mean) / (total + 1))
    value, _ = nps_moments(detractors, passives, promoters)
    method = f"Bayes interval (Dirichlet prior of {prior:g} in each class)"
    return Estimate(100 * value, 100 * low, 100 * high, 100 * se, n, n, None, level, method, 100 * mean)


def share_interval(successes: float, n: float, level: float = 0.95, method: str = "Wilson") -> Estimate:
    """What share has it (is satisfied, found it easy, churned), and how sure are we? A share, 0 to 1.

    Sufficient statistics: how many have it, out of how many; effective counts may be given. Wilson 1927 without
    continuity correction; "exact" is Clopper-Pearson, "Jeffreys" the beta(1/2, 1/2) interval with its limit set to
    0 at none and to 1 at all.
    """
    z = normal_quantile(level)
    one_of("method", method, SHARE_METHODS)
    require_amounts("give counts of answers", successes=successes, n=n)
    if successes > n:
        refuse("successes", f"{successes:g} of {n:g}", "no more successes than answers", "swap the two, or count again")
    if n == 0:
        return no_estimate(0, level, "no answers")
    share = successes / n
    if method == "Wilson":
        half = z * math.sqrt(share * (1 - share) * n + z * z / 4)
        low, high = ((successes + z * z / 2 + side * half) / (n + z * z) for side in (-1, 1))
    else:
        from scipy.special import betaincinv

        tail = (1 - level) / 2
        a, b = (successes, n - successes) if method == "exact" else (successes + 0.5, n - successes + 0.5)
        more = 1 if method == "exact" else 0
        low = float(betaincinv(a, b + more, tail)) if successes > 0 else 0.0
        high = float(betaincinv(a + more, b, 1 - tail)) if successes < n else 1.0
    low = 0.0 if successes == 0 else max(0.0, low)
    high = 1.0 if successes == n else min(1.0, high)
    se = math.sqrt(share * (1 - share) / n)
    return Estimate(share, low, high, se, n, n, None, level, SHARE_METHODS[method])


def mean_interval(n: float, total: float, squares: float, level: float = 0.95) -> Estimate:
    """How high is the mean (of effort, of a rating), and how sure are we? In the units of the answers.

    Sufficient statistics: how many answers, their sum, the sum of their squares (of answers that are large beside their
    spread take a constant off first, or the squares lose their digits). Student's t with n - 1 degrees of freedom.
    With one answer, or with no spread at all, there is a mean and no interval.
    """
    normal_quantile(level)
    require_amounts("count the answers", n=n, squares=squares)
    if not math.isfinite(total):
        refuse("total", total, "a finite sum", "leave out missing and infinite answers")
    if total * total > n * squares * (1 + 1e-9):
        refuse("squares", squares, "sums with total^2 no larger than n times squares", "sum the same answers in both")
    if n == 0:
        return no_estimate(0, level, "no answers")
    mean = total / n
    if n <= 1:
        return Estimate(mean, None, None, None, n, n, None, level, "mean of one answer, no interval")
    spread = squares - total * mean
    if spread <= 1e-12 * squares:
        return Estimate(mean, None, None, 0.0, n, n, n - 1, level, "mean, no interval (all answers are the same)")
    se = math.sqrt(spread / (n - 1) / n)
    half = two_sided_quantile(level, n - 1) * se
    return Estimate(mean, mean - half, mean + half, se, n, n, n - 1, level, "t interval of the mean")


def rate_interval(events: float, exposure: float, per: float = 1000, level: float = 0.95) -> Estimate:
    """How often does it happen (complaints per 1,000 customer months), and how sure are we?

    Sufficient statistics: how many events, and the exposure in which they could happen (customers x months, contacts,
    deliveries). Units: events per `per` units of exposure; `n` is the exposure. Exact Poisson limits (Garwood 1936);
    no events give 0 with an upper limit. Events that come in clumps make it too short: see `dispersion`.
    """
    normal_quantile(level)
    require_amounts("count the events and their exposure", events=events, exposure=exposure)
    require_whole("events", events)
    if per <= 0:
        refuse("per", per, "a number above 0")
    if exposure == 0:
        if events > 0:
            refuse("exposure", f"0 with {events:g} events", "an exposure above 0", "say how much could have gone wrong")
        return no_estimate(0, level, "no exposure")
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    low = float(gammaincinv(events, tail)) if events > 0 else 0.0
    high = float(gammaincinv(events + 1, 1 - tail))
    scale = per / exposure
    method = "exact Poisson interval (Garwood 1936)"
    se = scale * math.sqrt(events)
    return Estimate(scale * events, scale * low, scale * high, se, exposure, exposure, None, level, method)


def require_whole(name: str, events: float) -> None:
    """Refuse weighted or averaged events: the exact methods for rates are about whole events."""
    if events != round(events):
        refuse(name, events, "a whole number of events", "weighted events need the design-based estimate")
