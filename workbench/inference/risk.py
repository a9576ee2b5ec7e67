"""From odds to risks: how much more often does it happen with than without, all else as it is?

Knows a fitted logit (plain, penalised or design-based) and its patterns. An odds ratio read as a risk ratio overstates;
risks, their difference and their ratio are what a reader understands. Average over the observed predictors (Robins'
g-computation), delta-method standard errors, given the predictors seen. A cause is claimed by a design, not by this.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .checks import refuse, two_sided_p, two_sided_quantile
from .differences import Difference
from .glm import Fit
from .intervals import Estimate
from .rates import Ratio
from .scoring import expit


@dataclass(frozen=True)
class AverageRisk:
    """The average risk if everybody had the one value (`without`), or the other (`with_it`), and their comparison.

    `difference` and `ratio` say "with it" against "without". `odds_ratio` is the model's, None for a number not moved
    by one unit. `n_a` and `n_b` count everybody, since everybody stands in both.
    """

    without: Estimate
    with_it: Estimate
    difference: Difference
    ratio: Ratio
    odds_ratio: float
    notes: tuple[str, ...]


def average_risk(fit: Fit, term: str, without: object = 0, with_it: object = 1) -> AverageRisk:
    """How much more often does it happen with than without (a late delivery; web instead of phone)?

    `fit` from `logit` or `survey_model`, `term` one of its factors or numbers, compared at two of its values. Units:
    shares. The risk is the mean over the people (by their weights) of the predicted risk with `term` set to the value;
    its gradient is the mean of p (1 - p) x, and the SE the delta method with the fit's covariance. The ratio's interval
    is on the log scale. Intervals use t where the fit does. Raises DataFault for another model, an unknown term or a
    level that nobody has.
    """
    if fit.model != "logit":
        refuse("fit", f"a {fit.model} model", "a logit model", "ratios of counts stand in the model's table")
    design = fit.design
    share = design.weight / design.weight.sum()
    risks, gradients = [], []
    for value in (without, with_it):
        x = design.x.copy()
        design.put(x, term, value)
        p = expit(x @ fit.coef)
        risks.append(float(share @ p))
        gradients.append((share * p * (1 - p)) @ x)
    gap = gradients[1] - gradients[0]
    relative = gradients[1] / risks[1] - gradients[0] / risks[0]

    def error(gradient: np.ndarray) -> float:
        return math.sqrt(max(0.0, float(gradient @ fit.covariance @ gradient)))

    t = two_sided_quantile(fit.level, fit.df)
    words = "average risk over the observed predictors (g-computation), delta method"

    def estimate(value: float, se: float) -> Estimate:
        low, high = max(0.0, value - t * se), min(1.0, value + t * se)
        return Estimate(value, low, high, se, fit.n, fit.n_effective, fit.df, fit.level, words)

    value, se, log_se = risks[1] - risks[0], error(gap), error(relative)
    if se == 0:
        refuse(term, f"{without!r} and {with_it!r}", "two different values to compare")
    difference = Difference(
        value, value - t * se, value + t * se, se, two_sided_p(value / se, fit.df), fit.n, fit.n, fit.level,
        f"difference of the {words}", fit.df, value / se,
    )  # fmt: skip
    ratio_value = risks[1] / risks[0]
    log = math.log(ratio_value)
    ratio = Ratio(
        ratio_value, math.exp(log - t * log_se), math.exp(log + t * log_se), log_se, two_sided_p(log / log_se, fit.df),
        fit.n, fit.n, fit.level, f"ratio of the {words} on the log scale",
    )  # fmt: skip
    one, other = design.x[:1].copy(), design.x[:1].copy()
    design.put(one, term, without)
    design.put(other, term, with_it)
    odds = math.exp(float(((other - one) @ fit.coef)[0]))
    return AverageRisk(
        estimate(risks[0], error(gradients[0])), estimate(risks[1], error(gradients[1])), difference, ratio, odds,
        fit.notes,
    )  # fmt: skip
