"""Are there two kinds of zero: people who could not have complained, and people who did not?

Knows patterns with whole counts, as `counts`. Zero inflation needs a reason from the subject (not a customer yet, no
way to complain): many zeros alone are no evidence, a negative binomial often predicts them all. Models are compared by
BIC and by the zeros they expect, never by Vuong's test (Wilson 2015). Lambert 1992; Cameron and Trivedi 2013.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .cells import Design
from .checks import refuse
from .counts import fit_negative_binomial, whole_counts
from .glm import Fit, coefficient_table, fit_poisson

EDGE = 15.0  # beyond this a logit of 0 or a log theta of infinity is meant
MODELS = ("poisson", "negbin", "zip", "zinb")


@dataclass(frozen=True)
class ZeroInflated:
    """A zero-inflated count model: `table` of the count part (rate ratios among those who can have events).

    `zero_logit` is the log odds of a structural zero, `structural` its probability, `se_zero` the error of the log odds
    (None at the edge of 0). `theta` is None for the Poisson one, infinite where no spread is left.
    """

    table: pd.DataFrame
    zero_logit: float
    se_zero: float | None
    structural: float
    theta: float | None
    loglik: float
    parameters: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ZeroModels:
    """The four models side by side. `comparison`: one row a model (poisson, negbin, zip, zinb) with loglik, parameters,
    aic, bic and zeros_expected; `best` is the lowest BIC, `reading` the sentence a reader needs.
    """

    comparison: pd.DataFrame
    zeros_observed: float
    best: str
    reading: str
    poisson: Fit
    negative_binomial: Fit
    theta: float
    zip: ZeroInflated
    zinb: ZeroInflated
    n: float
    n_before: float


def zero_models(
    patterns: pd.DataFrame,
    outcome: str,
    exposure: str | None = None,
    factors: Sequence[str] = (),
    numeric: Sequence[str] = (),
    references: Mapping[str, object] | None = None,
    level: float = 0.95,
) -> ZeroModels:
    """Do two kinds of zero explain the counts better than one? Poisson, NB2, ZIP and ZINB compared.

    Arguments as in `count_model`; structural zeros have one probability for all (logit, intercept only). Maximum
    likelihood (BFGS with the exact gradient); standard errors from the observed information. Raises DataFault as
    `count_model`, and where nobody has a zero.
    """
    design, y, months = whole_counts(patterns, outcome, exposure, factors, numeric, references)
    people = design.people
    zeros = float(people[y == 0].sum())
    if zeros == 0:
        refuse(outcome, "no zero", "people without an event", "there is nothing to inflate: use count_model")
    plain = fit_poisson(design, y, months, level)
    if plain.loglik is None:
        refuse(outcome, "a group without any event", "events in every group", "pool it, or read poisson() (Firth)")
    other, theta, _ = fit_negative_binomial(design, y, months, plain, level)
    zip_fit = _inflated(design, y, months, plain.coef, None, level)
    zinb_fit = _inflated(design, y, months, zip_fit.table["coef"].to_numpy(float), theta, level)
    k = len(design.names)
    p0 = {
        "poisson": _p_zero(design, months, plain.coef, math.inf),
        "negbin": _p_zero(design, months, other.coef, theta),
    }
    for name, fit in (("zip", zip_fit), ("zinb", zinb_fit)):
        base = _p_zero(design, months, fit.table["coef"].to_numpy(float), fit.theta or math.inf)
        p0[name] = fit.structural + (1 - fit.structural) * base
    loglik = dict(zip(MODELS, (plain.loglik, other.loglik or math.nan, zip_fit.loglik, zinb_fit.loglik), strict=True))
    sizes = dict(zip(MODELS, (k, k + 1, k + 1, k + 2), strict=True))
    rows = [
        {
            "model": name,
            "loglik": loglik[name],
            "parameters": sizes[name],
            "aic": 2 * sizes[name] - 2 * loglik[name],
            "bic": math.log(design.n) * sizes[name] - 2 * loglik[name],
            "zeros_expected": float(people @ p0[name]),
        }
        for name in MODELS
    ]
    comparison = pd.DataFrame(rows).set_index("model")
    best = str(comparison["bic"].idxmin())
    second = float(np.sort(comparison["bic"].to_numpy())[1] - comparison["bic"].min())
    reading = (
        f"{best} has the lowest BIC (by {second:.1f}) and expects "
        f"{comparison.loc[best, 'zeros_expected']:.0f} zeros of {zeros:g}; "
        "two kinds of zero need a reason from the subject too"
    )
    return ZeroModels(
        comparison, zeros, best, reading, plain, other, theta, zip_fit, zinb_fit, design.n, design.n_before
    )


def _p_zero(design: Design, months: np.ndarray, coef: np.ndarray, theta: float) -> np.ndarray:
    """The probability of no event a row, without inflation."""
    mu = months * np.exp(design.x @ coef)
    return np.asarray(np.exp(-mu) if math.isinf(theta) else np.exp(-theta * np.log1p(mu / theta)))


def _likelihood(
    design: Design, y: np.ndarray, months: np.ndarray, negbin: bool
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Minus the mean log-likelihood and its gradient in (coefficients, logit of a structural zero[, log theta])."""
    from scipy.special import digamma, expit, gammaln

    x, people, offset, n = design.x, design.people, np.log(months), design.n
    k, zero, factorial = x.shape[1], y == 0, gammaln(y + 1)

    def value(at: np.ndarray) -> tuple[float, np.ndarray]:
        mu = np.exp(np.clip(x @ at[:k] + offset, -300, 300))
        pi = float(expit(at[k]))
        if negbin:
            theta = math.exp(at[k + 1])
            grow = np.log1p(mu / theta)
            plain = gammaln(theta + y) - gammaln(theta) - factorial - theta * grow
            plain = plain + np.where(zero, 0.0, y * (np.log(mu / theta) - grow))
            d_eta = (y - mu) / (1 + mu / theta)
            d_theta = theta * (digamma(theta + y) - digamma(theta) - grow - (y - mu) / (theta + mu))
        else:
            plain, d_eta, d_theta = y * np.log(mu) - mu - factorial, y - mu, np.zeros(len(y))
        inflated = np.logaddexp(np.log(max(pi, 1e-300)), np.log(max(1 - pi, 1e-300)) + plain)
        loglik = np.where(zero, inflated, np.log(max(1 - pi, 1e-300)) + plain)
        ordinary = np.where(
            zero, (1 - pi) * np.exp(plain - loglik), 1.0
        )  # the part of a zero that is no structural one
        d_pi = np.where(zero, 1 - ordinary - pi, -pi)  # to the logit of pi
        parts = [x.T @ (people * ordinary * d_eta), [people @ d_pi]]
        if negbin:
            parts.append([people @ (ordinary * d_theta)])
        return -float(people @ loglik) / n, -np.concatenate(parts) / n

    return value


def _inflated(
    design: Design, y: np.ndarray, months: np.ndarray, start: np.ndarray, theta: float | None, level: float
) -> ZeroInflated:
    from scipy.optimize import minimize

    k, negbin = design.x.shape[1], theta is not None
    value = _likelihood(design, y, months, negbin)
    bounds = [(None, None)] * k + [(-EDGE, EDGE)] + ([(-EDGE, EDGE)] if negbin else [])
    best = None
    for logit in (-2.0, 0.0, 1.0):
        for spread in (0.5, 3.0) if negbin else (0.0,):
            begin = np.concatenate([start, [logit], [spread] if negbin else []])
            settings = {"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9, "maxfun": 20000, "maxcor": 30}
            found = minimize(value, begin, jac=True, method="L-BFGS-B", bounds=bounds, options=settings)
            if best is None or found.fun < best.fun:
                best = found
    assert best is not None
    at = best.x
    notes = design.notes()
    free = np.ones(len(at), bool)
    if at[k] < -EDGE + 1:
        free[k] = False
        notes.append("no structural zeros found: their share is 0, the plain model says the same")
    if negbin and at[k + 1] > EDGE - 5:
        free[k + 1] = False
        notes.append("no spread left beyond the two kinds of zero: theta is infinite")
    cov = np.zeros((len(at), len(at)))
    inside = np.ix_(free, free)
    hessian = _hessian(value, at)[inside] * design.n
    if (np.linalg.eigvalsh(hessian) > 0).all():
        cov[inside] = np.linalg.inv(hessian)
    else:
        notes.append("the information is not positive: no standard errors")
    table = coefficient_table(design.names, at[:k], cov[:k, :k], None, level, True)
    se_zero = math.sqrt(cov[k, k]) if cov[k, k] > 0 else None
    structural = 1 / (1 + math.exp(-at[k])) if free[k] else 0.0
    theta_found = None if not negbin else math.exp(at[k + 1]) if free[k + 1] else math.inf
    return ZeroInflated(
        table, float(at[k]), se_zero, structural, theta_found, -float(best.fun) * design.n, len(at), tuple(notes)
    )


def _hessian(value: Callable[[np.ndarray], tuple[float, np.ndarray]], at: np.ndarray) -> np.ndarray:
    """Second derivatives by central differences of the gradient."""
    rows = []
    for j in range(len(at)):
        step = np.zeros(len(at))
        step[j] = 1e-5 * max(1.0, abs(at[j]))
        rows.append((value(at + step)[1] - value(at - step)[1]) / (2 * step[j]))
    square = np.array(rows)
    return np.asarray((square + square.T) / 2)
