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
    lost = utility.max(axis=1) - utility[:, best]
    se = float(lost.std(ddof=1) / math.sqrt(len(lost)))
    by_option = dict(zip(gains.columns, expected.tolist(), strict=True))
    words = f"{len(utility)} draws (seed {seed})"
    return Worth(by_option, gains.columns[best], float(utility.max(axis=1).mean()), float(lost.mean()), se, words)


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
