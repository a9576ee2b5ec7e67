"""Counts of complaints a customer: Poisson or negative binomial, and whether there are two kinds of zero.

Knows patterns with whole counts (see `cells`: one row a distinct pattern of count, exposure and predictors; people must
not be pooled over different counts here) and the formulas. NB2: variance mu + alpha mu^2, theta = 1 / alpha. Sources:
Cameron and Trivedi 2013; Lambert 1992 (zero inflation); Wilson 2015 (why not Vuong's test). Complaints also measure how
easy complaining is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .cells import Design
from .checks import refuse
from .glm import Fit, count_design, finish, fit_poisson
from .scoring import Evaluated, inverse, scoring

OVERDISPERSED = 1.5  # Pearson chi-square over its degrees of freedom
MOST_THETA = 1e7


@dataclass(frozen=True)
class CountModel:
    """Both count models, their comparison, and which to read: `chosen`, "Poisson" or "negative binomial", and `why`.

    `alpha` is 0 where the counts vary no more than Poisson counts do (theta is then infinite, `se_theta` None).
    `lr_chi2` and `lr_p` compare the two; alpha = 0 lies on the boundary, so the p is half that of chi-square with 1 df.
    """

    poisson: Fit
    negative_binomial: Fit
    alpha: float
    theta: float
    se_theta: float | None
    lr_chi2: float
    lr_p: float
    chosen: str
    why: str

    @property
    def fit(self) -> Fit:
        """The model chosen."""
        return self.poisson if self.chosen == "Poisson" else self.negative_binomial


def count_model(
    patterns: pd.DataFrame,
    outcome: str,
    exposure: str | None = None,
    factors: Sequence[str] = (),
    numeric: Sequence[str] = (),
    references: Mapping[str, object] | None = None,
    level: float = 0.95,
) -> CountModel:
    """Who complains how often, when some complain again and again? Rate ratios that allow for it.

    Arguments as in `poisson`, counts of single people, unweighted. Negative binomial by maximum likelihood, alternating
    between the coefficients and theta; its standard errors are those given theta (expected information), as in R's
    glm.nb. The dispersion of the Poisson fit chooses (above 1.5: negative binomial), the likelihood ratio is told.
    """
    design, y, months = whole_counts(patterns, outcome, exposure, factors, numeric, references)
    plain = fit_poisson(design, y, months, level)
    if plain.loglik is None:
        refuse(outcome, "a group without any event", "events in every group", "pool it, or read poisson() (Firth)")
    other, theta, se_theta = fit_negative_binomial(design, y, months, plain, level)
    chi2 = max(0.0, 2 * (_known(other.loglik) - plain.loglik))
    p = 0.5 * math.erfc(math.sqrt(chi2 / 2)) if chi2 > 0 else 1.0
    alpha = 1 / theta
    spread = plain.dispersion
    shown = "not known" if spread is None else f"{spread:.2f}"
    if spread is not None and spread > OVERDISPERSED and alpha > 0:
        chosen = "negative binomial"
        why = f"dispersion {shown} (above {OVERDISPERSED}): counts come in clumps, alpha {alpha:.2f}, LR p {p:.2g}"
    else:
        chosen = "Poisson"
        why = (
            f"dispersion {shown} (not above {OVERDISPERSED}): the counts vary about as Poisson counts do, LR p {p:.2g}"
        )
    return CountModel(plain, other, alpha, theta, se_theta, chi2, p, chosen, why)


def _known(number: float | None) -> float:
    return math.nan if number is None else number


def whole_counts(
    patterns: pd.DataFrame,
    outcome: str,
    exposure: str | None,
    factors: Sequence[str],
    numeric: Sequence[str],
    references: Mapping[str, object] | None,
) -> tuple[Design, np.ndarray, np.ndarray]:
    design, y, months = count_design(patterns, outcome, exposure, factors, numeric, references, True)
    if design.weighted:
        refuse("w", "weights", "unweighted counts", "use survey_model for weighted counts")
    return design, y, months


def fit_negative_binomial(
    design: Design, y: np.ndarray, months: np.ndarray, plain: Fit, level: float
) -> tuple[Fit, float, float | None]:
    """The NB2 fit, theta and its standard error (given the coefficients), from the Poisson fit."""
    people, offset = design.people, np.log(months)
    words = "negative binomial (NB2) regression, maximum likelihood, Wald intervals given theta"
    coef = plain.coef
    mu = np.exp(design.x @ coef + offset)
    notes = design.notes()
    if float(people @ ((y - mu) ** 2 - y)) <= 0:  # the slope of the likelihood at alpha = 0
        notes.append("no more spread than Poisson: alpha is 0, and this is the Poisson fit")
        fit = finish(
            "negative binomial", design, coef, plain.covariance, None, plain.loglik, None, None, None, plain.events,
            plain.exposure, level, words, notes, 1,
        )  # fmt: skip
        return fit, math.inf, None
    before = -math.inf
    loglik = before
    theta = 1.0
    for _ in range(200):
        theta = _theta(y, mu, people)
        coef, loglik, eta = scoring(design.x, _nb_terms(y, people, offset, theta), people, coef)
        mu = np.exp(eta + offset)
        if abs(loglik - before) < 1e-12 * abs(loglik):
            break
        before = loglik
    else:
        notes.append("theta did not settle in 200 rounds: read it as a rough guide")
    bread = inverse(design.x, people * mu / (1 + mu / theta))
    from scipy.special import polygamma

    seen = people * (
        -polygamma(1, theta + y) + polygamma(1, theta) - 1 / theta + 2 / (mu + theta) - (y + theta) / (mu + theta) ** 2
    )
    information = float(seen.sum())
    deviance = 2 * float((people * (_log_ratio(y, mu) - (y + theta) * np.log((y + theta) / (mu + theta)))).sum())
    pearson = float((people * (y - mu) ** 2 / (mu + mu**2 / theta)).sum())
    fit = finish(
        "negative binomial", design, coef, bread, None, loglik, deviance, pearson, None, plain.events, plain.exposure,
        level, words, notes, 1,
    )  # fmt: skip
    return fit, theta, 1 / math.sqrt(information) if information > 0 else None


def _log_ratio(y: np.ndarray, mu: np.ndarray) -> np.ndarray:
    return np.where(y > 0, y * np.log(np.maximum(y, 1) / mu), 0.0)


def _nb_terms(y: np.ndarray, people: np.ndarray, offset: np.ndarray, theta: float) -> Callable[[np.ndarray], Evaluated]:
    from scipy.special import gammaln

    constant = float(people @ (gammaln(theta + y) - gammaln(theta) - gammaln(y + 1)))

    def terms(eta: np.ndarray) -> Evaluated:
        mu = np.exp(np.minimum(eta + offset, 300))
        share = mu / theta
        # y log(mu / (theta + mu)) - theta log(1 + mu / theta)
        loglik = float(people @ (y * (np.log(share) - np.log1p(share)) - theta * np.log1p(share))) + constant
        return loglik, people * (y - mu) / (1 + share), people * mu / (1 + share)

    return terms


def _theta(y: np.ndarray, mu: np.ndarray, people: np.ndarray) -> float:
    """The theta of highest likelihood given the means: the root of its score, by bisection on the log scale."""
    from scipy.optimize import brentq
    from scipy.special import digamma

    def score(log_theta: float) -> float:
        theta = math.exp(log_theta)
        one = digamma(theta + y) - digamma(theta) - np.log1p(mu / theta) + 1 - (y + theta) / (mu + theta)
        return float(people @ one)

    low, high = -15.0, math.log(MOST_THETA)
    if score(high) > 0:
        return MOST_THETA
    return float(math.exp(brentq(score, low, high, xtol=1e-13, rtol=1e-14)))
