"""Means and shares under weights, strata and clusters (Taylor linearisation), from sums by stratum.

Knows small tables of sums and the formulas; never a record. A PSU (primary sampling unit) is what was drawn first: a
branch, a household, or the respondent who answered more than once. Without clusters every respondent is a PSU, without
strata there is one stratum.

Sufficient statistics of a mean m = sum(w x) / sum(w) in a domain (everybody, or a segment): one row for each stratum,
indexed by its name, with the columns
    psus   PSUs of the stratum in the full design, also those with nobody of the domain
    y, w   sums over the PSUs of y_c = sum of w x and w_c = sum of w, each over the PSU's people in the domain
    yy, yw, ww   sums over the PSUs of y_c^2, y_c w_c and w_c^2
and, if the PSUs were drawn without replacement from few, `population`: PSUs of the stratum that could have been drawn.
Weights must be above zero, which the caller sees to before summing; scaling all of them changes nothing.

With z_c = (y_c - m w_c) / sum(w), the variance is the sum over strata of
    (1 - f) k / (k - 1) [sum z_c^2 - (sum z_c)^2 / k]
for k PSUs, f their part of all that could have been drawn (0 without `population`). Filtering the rows to a segment
first would lose PSUs: that is why `psus` counts the full design. Sources: Woodruff 1971; Lumley 2010, Complex Surveys.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import one_of, refuse, require_amounts, require_columns, two_sided_p, two_sided_quantile
from .differences import Difference
from .intervals import Estimate, no_estimate, share_interval

LONELY = ("refuse", "adjust", "certainty", "average")
ONE_DOMAIN = ("y", "w", "yy", "yw", "ww")
TWO_DOMAINS = (*(f"{s}_{g}" for g in "ab" for s in ONE_DOMAIN), "yy_ab", "yw_ab", "wy_ab", "ww_ab")
SLACK = 1e-9  # rounding that sums of floats may carry


class Kish(NamedTuple):
    """What unequal weights leave of a sample."""

    n_effective: float | None
    deff: float | None


def kish(n: float, w: float, ww: float) -> Kish:
    """How many equally weighted answers are these worth, and what do the unequal weights cost?

    Sufficient statistics: answers, sum of weights, sum of squared weights (over people, not PSUs). n_effective =
    (sum w)^2 / sum w^2 and deff = n / n_effective (Kish 1965): the price of the weights only, for an outcome unrelated
    to them; clusters and strata are in `design_effect`.
    """
    require_amounts("sum the weights", n=n, w=w, ww=ww)
    if w * w > n * ww * (1 + SLACK):
        refuse("ww", ww, "sums with w^2 no larger than n times ww", "sum weights and squares over the same people")
    if n == 0 or w == 0:
        return Kish(None, None)
    return Kish(w * w / ww, n * ww / (w * w))


def design_effect(estimate: Estimate, w: float, wx: float, wxx: float, finite: bool = False) -> float | None:
    """How many times larger is the variance than that of a simple random sample of as many people?

    Sufficient statistics beside a `design_mean`: sums over people of w, w x and w x^2. With `finite` the simple random
    sample is drawn without replacement from as many people as the weights add up to (survey's deff=TRUE), else with
    replacement (deff="replace"). None where there is no variance to compare.
    """
    require_amounts("sum the weights", w=w, wxx=wxx)
    n = estimate.n
    if estimate.se is None or n < 2 or w == 0:
        return None
    plain = max(0.0, wxx / w - (wx / w) ** 2) / (n - 1)
    if finite:
        plain *= 1 - n / w
    return estimate.se**2 / plain if plain > 0 else None


def design_mean(
    strata: pd.DataFrame,
    n: int,
    n_effective: float | None = None,
    level: float = 0.95,
    name: str = "design-based mean (Taylor linearisation)",
    lonely: str = "refuse",
) -> Estimate:
    """How high is the mean (NPS with x = 100, 0, -100; a rating) in the population the weights stand for?

    `strata`: the sufficient statistics at the head of this file; `n` people of the domain; `n_effective` from `kish`.
    Units of x. t interval with PSUs - strata degrees of freedom, those of the full design for a segment too. `name` is
    the method's name on the result.

    A stratum with a single PSU says nothing of its own variance and is refused, unless `lonely` chooses, as in R's
    survey: "adjust" measures it from the mean of all PSUs (which is 0), "certainty" lets it add nothing, "average"
    gives it the mean variance of the other strata. It has the usual number of degrees of freedom in all three.
    """
    _check(strata, ONE_DOMAIN, lonely)
    if strata["w"].sum() == 0:
        if n > 0:
            refuse("w", f"no weight for {n} people", "weights above 0", "correct the weights")
        return no_estimate(n, level, "no answers")
    value, first, second = _linearised(strata)
    variance = _taylor(strata, first, second, lonely)
    df = float(strata["psus"].sum() - len(strata))
    method = name if lonely == "refuse" else f"{name}, single PSUs: {lonely}"
    se = math.sqrt(variance)
    if se == 0 or df <= 0:
        why = "no variation between PSUs" if se == 0 else "no degrees of freedom"
        return Estimate(value, None, None, se, n, n_effective, df, level, f"{method}, no interval ({why})")
    half = two_sided_quantile(level, df) * se
    return Estimate(value, value - half, value + half, se, n, n_effective, df, level, method)


def design_share(
    strata: pd.DataFrame,
    n: int,
    n_effective: float | None = None,
    level: float = 0.95,
    name: str = "design-based share (Taylor linearisation)",
    lonely: str = "refuse",
    method: str = "logit",
) -> Estimate:
    """What share has it (top box, easy, complained) in the population the weights stand for? A share, 0 to 1.

    As `design_mean` with x = 1 for those who have it and 0 for the rest. The interval is t on the logit scale, or with
    method="beta" that of Korn and Graubard 1998, better for a small sample or a share near 0 or 1. At exactly 0 or 1,
    or without variation between PSUs, linearisation gives no interval: then Wilson on `n_effective` (on `n` if it is
    not given), and `method` says so.
    """
    one_of("method", method, ("logit", "beta"))
    plain = design_mean(strata, n, n_effective, level, name, lonely)
    if plain.value is None:
        return plain
    share = plain.value
    if not -SLACK <= share <= 1 + SLACK:
        refuse("y", f"a share of {share:g}", "x of 0 or 1, so that y is no larger than w", "use design_mean")
    share = min(1.0, max(0.0, share))
    at_the_end = min(share, 1 - share) < SLACK
    if at_the_end or plain.se == 0:
        share = float(round(share)) if at_the_end else share
        base = n if n_effective is None else n_effective
        wilson = share_interval(share * base, base, level)
        words = f"{name}, Wilson interval on {'n' if n_effective is None else 'effective n'} (approximate)"
        return Estimate(share, wilson.low, wilson.high, plain.se, n, n_effective, plain.df, level, words)
    if plain.low is None or plain.se is None or plain.df is None:
        return plain
    t = two_sided_quantile(level, plain.df)
    if method == "logit":
        middle, half = math.log(share / (1 - share)), t * plain.se / (share * (1 - share))
        low, high = (1 / (1 + math.exp(-(middle + side * half))) for side in (-1, 1))
    else:
        low, high = _korn_graubard(share, plain.se, n, t, level)
    words = plain.method.replace(name, f"{name}, {method} interval", 1)
    return Estimate(share, low, high, plain.se, n, n_effective, plain.df, level, words)


def _korn_graubard(share: float, se: float, n: int, t: float, level: float) -> tuple[float, float]:
    """Exact binomial limits on the n that this SE is worth, shrunk for the few degrees of freedom behind the SE."""
    from scipy.special import betaincinv

    worth = share * (1 - share) / se**2 * (two_sided_quantile(level, n - 1) / t) ** 2
    tail = (1 - level) / 2
    low = betaincinv(worth * share, worth * (1 - share) + 1, tail)
    high = betaincinv(worth * share + 1, worth * (1 - share), 1 - tail)
    return float(low), float(high)


def design_difference(
    strata: pd.DataFrame, n_a: int, n_b: int, level: float = 0.95, lonely: str = "refuse", name: str = ""
) -> Difference:
    """A minus B for two domains of one design: segments that share PSUs, or two waves with people in common.

    Sufficient statistics: as at the head of this file, `psus` once, then y, w, yy, yw, ww with _a and with _b, and the
    sums over PSUs of the products across: yy_ab = y_a y_b, yw_ab = y_a w_b, wy_ab = w_a y_b, ww_ab = w_a w_b. Units of
    x; t with PSUs - strata. Taking the two as independent would miss their covariance.
    """
    _check(strata, TWO_DOMAINS, lonely)
    name = name or "design-based difference (Taylor linearisation)"
    df = float(strata["psus"].sum() - len(strata))
    weight_a, weight_b = float(strata["w_a"].sum()), float(strata["w_b"].sum())
    if weight_a == 0 or weight_b == 0:
        return Difference(None, None, None, None, None, n_a, n_b, level, "no answers in one group")
    a, first_a, second_a = _linearised(strata, "_a")
    b, first_b, second_b = _linearised(strata, "_b")
    second = second_a + second_b - 2 * _across(strata, a, b)
    variance = _taylor(strata, first_a - first_b, second, lonely)
    value, se = a - b, math.sqrt(variance)
    name = name if lonely == "refuse" else f"{name}, single PSUs: {lonely}"
    if se == 0 or df <= 0:
        why = "no variation between PSUs" if se == 0 else "no degrees of freedom"
        return Difference(value, None, None, se, None, n_a, n_b, level, f"{name}, no interval ({why})", df)
    half = two_sided_quantile(level, df) * se
    p = two_sided_p(value / se, df)
    return Difference(value, value - half, value + half, se, p, n_a, n_b, level, name, df, value / se)


def design_covariance(strata: pd.DataFrame, lonely: str = "refuse") -> float | None:
    """How do the means of two domains of one design move together? Their covariance, in squared units of x.

    Sufficient statistics as in `design_difference`. Above 0 where the same people, or the same branches, are in both.
    """
    _check(strata, TWO_DOMAINS, lonely)
    if strata["w_a"].sum() == 0 or strata["w_b"].sum() == 0:
        return None
    a, first_a, second_a = _linearised(strata, "_a")
    b, first_b, second_b = _linearised(strata, "_b")
    across = _across(strata, a, b)
    plus, minus = (
        _taylor(strata, first_a + sign * first_b, second_a + second_b + sign * 2 * across, lonely) for sign in (1, -1)
    )
    return (plus - minus) / 4  # variance of the sum less that of the difference


def _across(strata: pd.DataFrame, a: float, b: float) -> np.ndarray:
    """For each stratum the sum over its PSUs of the product of both domains' z_c."""
    products = strata["yy_ab"] - b * strata["yw_ab"] - a * strata["wy_ab"] + a * b * strata["ww_ab"]
    return np.asarray(products / (strata["w_a"].sum() * strata["w_b"].sum()), float)


def _linearised(strata: pd.DataFrame, group: str = "") -> tuple[float, np.ndarray, np.ndarray]:
    """The mean, and for each stratum the sums over its PSUs of z_c and of z_c^2."""
    y, w, yy, yw, ww = (strata[column + group].to_numpy(float) for column in ONE_DOMAIN)
    total = w.sum()
    mean = y.sum() / total
    second = yy - 2 * mean * yw + mean**2 * ww
    second[second < 1e-12 * (yy + mean**2 * ww)] = 0.0  # rounding, where all PSUs have the same mean
    first = y - mean * w
    first[np.abs(first) < 1e-12 * (np.abs(y) + abs(mean) * w)] = 0.0
    return float(mean), first / total, second / total**2


def _taylor(strata: pd.DataFrame, first: np.ndarray, second: np.ndarray, lonely: str) -> float:
    """The variance, from the sums over each stratum's PSUs of z_c and of z_c^2."""
    psus = strata["psus"].to_numpy(float)
    single = psus == 1
    drawn = psus / strata["population"].to_numpy(float) if "population" in strata else np.zeros(len(psus))
    others = np.where(single, 2, psus)  # avoids dividing by zero where the answer is set below
    spread = second - first**2 / psus
    spread[spread < 1e-12 * second] = 0.0  # rounding, where the PSUs of a stratum do not differ
    parts = (1 - drawn) * others / (others - 1) * spread
    taken_whole = single & (drawn == 1)  # a stratum that was drawn completely has no sampling error
    parts[single] = 0.0
    open_question = single & ~taken_whole
    if lonely == "adjust":
        parts[open_question] = ((1 - drawn) * second)[open_question]
    elif lonely == "average" and open_question.any():
        if open_question.all():
            refuse("psus", "one PSU in every stratum", "a stratum with two PSUs or more", 'choose lonely="adjust"')
        return float(parts.sum() * len(psus) / (~open_question).sum())
    return float(parts.sum())


def _check(strata: pd.DataFrame, sums: tuple[str, ...], lonely: str) -> None:
    """Refuse what cannot be sums over the PSUs of a design, and single PSUs nobody has decided about."""
    one_of("lonely", lonely, LONELY)
    extra = ("population",) if "population" in strata else ()
    require_columns(strata, ("psus", *sums, *extra))
    if strata.empty:
        refuse("psus", "no stratum", "one row for each stratum", "an unstratified design is one stratum")
    faults = []
    psus = strata["psus"]
    if ((psus < 1) | (psus != psus.round())).any():
        faults.append(Fault(column="psus", found="a stratum without a whole number of PSUs", expected="1 or more"))
    if extra and (strata["population"] < psus).any():
        faults.append(
            Fault(column="population", found="fewer PSUs than were drawn", expected="all PSUs that could be drawn")
        )
    for g in ("",) if sums == ONE_DOMAIN else ("_a", "_b"):
        w, y, ww, yy, yw = (strata[column + g] for column in ("w", "y", "ww", "yy", "yw"))
        if (w < 0).any() or (ww < 0).any():
            faults.append(
                Fault(column="w" + g, found="a negative weight", expected="weights above 0", mend="correct the weights")
            )
        too_small = (w**2 > psus * ww * (1 + SLACK)) | (y**2 > psus * yy * (1 + SLACK)) | (ww > w**2 * (1 + SLACK))
        if (too_small | (yw**2 > yy * ww * (1 + SLACK))).any():
            faults.append(
                Fault(
                    column="ww" + g,
                    found="sums that no PSUs can have",
                    expected="products of PSU totals, summed over the PSUs",
                    mend="add up each PSU first, then square",
                )
            )
    whole = strata["population"] == psus if extra else pd.Series(False, index=strata.index)
    single = strata.index[(psus == 1) & ~whole]
    if lonely == "refuse" and len(single):
        faults += [
            Fault(
                column="psus",
                found=f'one PSU in stratum "{stratum}"',
                expected="two or more in every stratum",
                mend='join it with a similar stratum, or choose lonely="adjust", "average" or "certainty"',
            )
            for stratum in single
        ]
    if faults:
        raise DataFault(faults)
