"""What would it be worth to know more before deciding? Expected value of perfect information, and of a study.

Knows options, what they would bring, and how likely each case is; nothing of what they are. Units: those of the gain,
for one decision; times the number of customers it reaches, it is the most that research may cost. Sufficient
statistics: a table of gains by scenario, or mean and standard deviation of one gain, or draws of the gains.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .checks import NORMAL, refuse

KNOTS = (0.05, 0.275, 0.5, 0.725, 0.95)  # quantiles at which the spline of a number is bent (Harrell)
PARTS = 20  # parts of the draws left out in turn for the Monte Carlo error


class Worth(NamedTuple):
    """Expected gain of each option, the best option now, the gain if all were known first, and the difference (EVPI).

    `se` is the Monte Carlo error of `evpi` where it comes from draws.
    """

    expected: dict[Any, float]
    best: Any
    with_perfect_information: float
    evpi: float
    se: float | None
    method: str


class Information(NamedTuple):
    """What it is worth to know something before choosing, its Monte Carlo error, and how it was found."""

    value: float
    se: float
    method: str


class StudyWorth(NamedTuple):
    """For one option against doing nothing: what perfect information (`evpi`) and the study (`evsi`) are worth.

    `sd_after` is how far the study is expected to move the mean; `share` = evsi / evpi; `p_gain` the probability that
    the gain is above 0 as things are known now.
    """

    evpi: float
    evsi: float
    sd_after: float
    share: float | None
    p_gain: float
    adopt: bool
    method: str


def scenario_worth(probability: Sequence[float], gains: pd.DataFrame) -> Worth:
    """Which option is best over these scenarios, and what would knowing the scenario be worth?

    `gains`: one row a scenario, one column an option ("do nothing" is one too). EVPI = E[max] - max E (Raiffa and
    Schlaifer 1961). Of options that are equally good the first is taken.
    """
    chance = np.asarray(probability, float)
    utility = _utility(gains)
    if chance.shape != utility.shape[:1] or not (np.isfinite(chance).all() and (chance >= 0).all()):
        refuse("probability", "a missing or negative probability", "one probability for each scenario")
    if abs(chance.sum() - 1) > 1e-6:
        refuse(
            "probability", f"probabilities that add up to {chance.sum():g}", "1", "scale them, or add what is missing"
        )
    expected = chance @ utility
    known = float(chance @ utility.max(axis=1))
    best = int(expected.argmax())
    by_option = dict(zip(gains.columns, expected.tolist(), strict=True))
    return Worth(
        by_option, gains.columns[best], known, max(0.0, known - expected[best]), None, "expected over scenarios"
    )


def draws_worth(gains: pd.DataFrame, seed: int) -> Worth:
    """As `scenario_worth` for draws of the gains, one row a draw, made with this seed. Draw values that move together
    together: taken as independent, information looks dearer or cheaper than it is.
    """
    utility = _utility(gains)
    if len(utility) < 2:
        refuse("gains", f"{len(utility)} draws", "many draws, one row each")
    expected = utility.mean(axis=0)
    best = int(expected.argmax())
    lost = evpi(utility)
    by_option = dict(zip(gains.columns, expected.tolist(), strict=True))
    words = f"{len(utility)} draws (seed {seed})"
    return Worth(by_option, gains.columns[best], float(utility.max(axis=1).mean()), lost.value, lost.se, words)


def evpi(values: np.ndarray) -> Information:
    """What would it be worth to know everything first? `values` (D, K): what each choice brings in each draw.

    The mean of the best choice of each draw, less that of the best choice by mean (Raiffa and Schlaifer 1961).
    """
    lost = _against_best(values).max(axis=1)
    return Information(float(lost.mean()), _se(lost), f"{len(lost):,} draws")


def evppi(values: np.ndarray, theta: np.ndarray) -> Information:
    """What would it be worth to know one uncertain number first? `theta` (D,) is its value in each draw of `values` (D, K).

    Each choice's value, less that of the best by mean, is regressed on the number (a natural cubic spline with 5 knots
    at Harrell's quantiles; means where it has at most 5 values), and the best choice is taken by the fitted values
    (Strong, Oakley and Brennan 2014). The error is by a jackknife over 20 parts of the draws. Never below 0, nor above
    EVPI. With few draws it is somewhat too high, as the best of several fits is taken.
    """
    return evsi(values, theta, 1.0, 0.0)


def evsi(values: np.ndarray, theta: np.ndarray, n: float, n0: float) -> Information:
    """What would a study of `n` answers on one uncertain number be worth, before its own cost?

    `n0` is how many such answers what is known now is worth: (sd of one answer / sd of the number)². The fitted values of
    `evppi` are shrunk towards their means by sqrt(n / (n + n0)): the Gaussian approximation of Jalal and
    Alarid-Escudero 2018. Exact for a normal number that values are linear in; `n0` 0 gives EVPPI.
    """
    gains = _against_best(values)
    number = np.asarray(theta, float)
    if number.shape != gains.shape[:1] or not np.isfinite(number).all():
        refuse(
            "theta", f"shape {number.shape}, or a missing value", f"one finite number for each of {len(gains)} draws"
        )
    if not (0 < n < math.inf and 0 <= n0 < math.inf):
        refuse("n", f"n {n:g}, n0 {n0:g}", "n above 0, n0 of 0 or more")
    basis = _spline(number)
    spread = math.sqrt(n / (n + n0))

    def worth(products: np.ndarray, sums: np.ndarray, rows: np.ndarray) -> float:
        fitted = rows @ np.linalg.lstsq(products, sums, rcond=None)[0]
        means = fitted.mean(axis=0)
        moved = means + spread * (fitted - means)
        return float(moved.max(axis=1).mean() - means.max())

    parts = [slice(part, None, PARTS) for part in range(min(PARTS, len(gains)))]
    products = np.array([basis[part].T @ basis[part] for part in parts])
    sums = np.array([basis[part].T @ gains[part] for part in parts])
    whole = worth(products.sum(axis=0), sums.sum(axis=0), basis)
    left = np.array(
        [
            worth(products.sum(axis=0) - products[at], sums.sum(axis=0) - sums[at], np.delete(basis, part, axis=0))
            for at, part in enumerate(parts)
        ]
    )
    se = math.sqrt((len(parts) - 1) / len(parts) * float(((left - left.mean()) ** 2).sum()))
    most = float(gains.max(axis=1).mean())
    return Information(min(max(0.0, whole), most), se, f"{len(gains):,} draws, spline of {basis.shape[1]} terms")


def _against_best(values: np.ndarray) -> np.ndarray:
    """What each choice brings more than the one that is best by mean (the first of those)."""
    table = np.asarray(values, float)
    if table.ndim != 2 or len(table) < 2 or not table.size or not np.isfinite(table).all():
        refuse(
            "values", f"shape {table.shape}, or a missing value", "many draws (rows) of one choice or more (columns)"
        )
    gains: np.ndarray = table - table[:, [int(table.mean(axis=0).argmax())]]
    return gains


def _se(draws: np.ndarray) -> float:
    return float(draws.std(ddof=1) / math.sqrt(len(draws)))


def _spline(number: np.ndarray) -> np.ndarray:
    """A number's natural cubic spline, with a column of ones; where it has few values, a column for each."""
    levels = np.unique(number)
    if len(levels) <= len(KNOTS):
        return (number[:, None] == levels).astype(float)
    centred = (number - number.mean()) / number.std()
    knots = np.unique(np.quantile(centred, KNOTS))
    columns = [np.ones_like(centred), centred]
    if len(knots) > 2:
        last, before = knots[-1], knots[-2]
        for knot in knots[:-2]:
            bent = [np.maximum(centred - at, 0.0) ** 3 for at in (knot, before, last)]
            share = (last - knot) / (last - before)
            columns.append(bent[0] - share * bent[1] + (share - 1.0) * bent[2])
    return np.column_stack(columns)


def study_worth(mean: float, sd: float, n: float, sd_one: float) -> StudyWorth:
    """What would a study of n observations be worth, where the gain is normal and one adopts if its mean is above 0?

    `mean` and `sd` say what is known of the gain now, `sd_one` is the standard deviation of one observation. With unit
    loss L(m, s) = s phi(m / s) - |m| Phi(-|m| / s): EVPI = L(mean, sd), EVSI = L(mean, s') with
    s' = sd^2 / sqrt(sd^2 + sd_one^2 / n) (Raiffa and Schlaifer 1961).
    """
    for name, value in (("sd", sd), ("n", n), ("sd_one", sd_one)):
        if not 0 < value < math.inf:
            refuse(name, value, "a number above 0")
    if not math.isfinite(mean):
        refuse("mean", mean, "a finite number")
    after = sd**2 / math.sqrt(sd**2 + sd_one**2 / n)
    evpi, evsi = _unit_loss(mean, sd), _unit_loss(mean, after)
    share = evsi / evpi if evpi > 0 else None
    return StudyWorth(evpi, evsi, after, share, NORMAL.cdf(mean / sd), mean > 0, "normal gain, adopt if above 0")


def _unit_loss(mean: float, sd: float) -> float:
    u = abs(mean) / sd
    return max(0.0, sd * math.exp(-u * u / 2) / math.sqrt(2 * math.pi) - abs(mean) * 0.5 * math.erfc(u / math.sqrt(2)))


def _utility(gains: pd.DataFrame) -> np.ndarray:
    utility: np.ndarray = gains.to_numpy(float)
    if not utility.size or not np.isfinite(utility).all():
        refuse("gains", "no option, or a missing or infinite gain", "a gain for every option in every case")
    return utility
