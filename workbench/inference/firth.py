"""Firth's penalised fit, where predictors separate those with the event from those without.

Knows a design, outcomes and the formulas. Sufficient statistics: those of `glm`. The likelihood is penalised with
Jeffreys' prior, l + 1/2 log det I, which keeps every estimate finite and takes the first-order bias away (Firth 1993;
Heinze and Schemper 2002 for the logit, with the intervals and tests by profile of the penalised likelihood used here).
"""

from __future__ import annotations

import math

import numpy as np

from .cells import Design
from .checks import normal_quantile
from .glm import Fit, finish
from .scoring import distinct, expit

ROUNDS = 200
SETTLED = 1e-9  # in the penalised log-likelihood
MANY = 200_000  # rows times coefficients, above which only the separating columns are profiled
FAR = 60.0  # half-width on the log scale after which a limit counts as infinite


class _Penalised:
    """The penalised log-likelihood of one model, its score and its information."""

    def __init__(self, x: np.ndarray, y: np.ndarray, weight: np.ndarray, model: str, offset: np.ndarray | float):
        self.x, self.y, self.weight, self.model, self.offset = x, y, weight, model, offset

    def at(self, b: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        eta = self.x @ b
        if self.model == "logit":
            mu = expit(eta)
            loglik = float(self.weight @ (self.y * eta - np.logaddexp(0, eta)))
            information, tilt = self.weight * mu * (1 - mu), 0.5 - mu
        else:
            mu = np.exp(np.minimum(eta + self.offset, 300))
            loglik = float(self.weight @ (self.y * eta - mu))
            information, tilt = self.weight * mu, np.full(len(mu), 0.5)
        gram = (self.x * information[:, None]).T @ self.x
        sign, logdet = np.linalg.slogdet(gram)
        if sign <= 0 or not math.isfinite(logdet):
            return -math.inf, np.zeros(len(b)), gram
        hat = information * np.einsum("ij,ij->i", self.x @ np.linalg.inv(gram), self.x)
        score = self.x.T @ (self.weight * (self.y - mu) + hat * tilt)
        return loglik + 0.5 * logdet, score, gram

    def highest(self, b: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, float]:
        """The maximum over the free coefficients, from `b`, and the coefficients there."""
        value, score, gram = self.at(b)
        for _ in range(ROUNDS):
            if not free.any() or not math.isfinite(value):
                break
            step = np.zeros(len(b))
            step[free] = np.linalg.solve(gram[np.ix_(free, free)], score[free])
            longest = np.abs(step).max()
            if longest > 5:
                step *= 5 / longest
            gain = float(step @ score)
            trial = self.at(b + step)
            for _ in range(30):
                if trial[0] >= value - 1e-12 * abs(value):
                    break
                step = step / 2
                trial = self.at(b + step)
            b, (value, score, gram) = b + step, trial
            if abs(gain) < SETTLED:
                break
        return b, value

    def profile(self, middle: np.ndarray, j: int, wide: float, z: float) -> tuple[float, float, float]:
        """Both limits of one coefficient by the profile of the penalised likelihood, and its p against 0."""
        from scipy.optimize import brentq

        free, top = np.arange(len(middle)) != j, self.at(middle)[0]

        warm = middle.copy()

        def fall(value: float) -> float:
            nonlocal warm
            warm[j] = value
            warm, highest = self.highest(warm.copy(), free)
            return 2 * (top - highest)

        limits = []
        for side in (-1, 1):
            reach = z * wide
            while fall(middle[j] + side * reach) < z * z and reach < FAR:
                reach *= 1.6
            edge = middle[j] + side * reach
            if fall(edge) < z * z:
                limits.append(side * math.inf)
            else:
                ends = sorted((float(middle[j]), float(edge)))
                limits.append(float(brentq(lambda value: fall(value) - z * z, *ends, xtol=1e-6)))
        return limits[0], limits[1], math.erfc(math.sqrt(max(0.0, fall(0.0)) / 2))


def firth_fit(
    design: Design, y: np.ndarray, model: str, months: np.ndarray | None, level: float, events: float,
    apart: list[str], notes: list[str],
) -> Fit:  # fmt: skip
    """The penalised fit of a logit or Poisson model, labelled as such, with the columns that separate.

    Standard errors are those of the penalised fit's information; p and interval of each coefficient come from the
    profile of its penalised likelihood, and are what to read (the estimate is far from the middle of its interval).
    In large tables only the columns that separate are profiled, the others have Wald's. A limit may be infinite. With
    weights (scaled to add up to n) the interval is only a guide, and no p is given.
    """
    first, kind = distinct(design.x)  # people of the same predictors are pooled: their mean outcome is enough
    scaled = design.weight * (design.n / design.weight.sum())
    weight = np.bincount(kind, weights=scaled)
    y = np.bincount(kind, weights=scaled * y) / weight
    offset = 0.0 if months is None else np.log(np.bincount(kind, weights=scaled * months) / weight)
    x, k = design.x[first], len(design.names)
    shift, scale = np.average(x, axis=0, weights=weight), np.abs(x).max(axis=0)
    shift[0] = 0.0
    back = np.eye(k) / scale  # the coefficients of the columns as they are, from those of the scaled ones
    back[0, 1:] = -(shift / scale)[1:]
    plane = _Penalised((x - shift) @ np.diag(1 / scale), y, weight, model, offset)
    start, everything = np.zeros(k), np.ones(k, bool)
    share = float(weight @ y) / float(weight @ np.exp(offset) if months is not None else weight.sum())
    start[0] = math.log(share / (1 - share)) if model == "logit" else math.log(share)
    best, _ = plane.highest(start, everything)
    coef, cov = back @ best, back @ np.linalg.inv(plane.at(best)[2]) @ back.T
    z = normal_quantile(level)
    which = "profile intervals" if x.size <= MANY else "profile intervals of the separating columns, Wald of the others"
    fit = finish(
        model, design, coef, cov, None, None, None, None, None, events,
        None if months is None else float(design.people @ months), level,
        f"Firth's penalised likelihood, {which} (no finite maximum likelihood estimate exists)",
        [*notes, "the event is told apart completely by: " + ", ".join(apart)],
    )  # fmt: skip
    table = fit.table
    # slopes are profiled on the centred columns, the intercept where it stands
    here = _Penalised(x / scale, y, weight, model, offset)
    for j, name in enumerate(design.names):
        if x.size > MANY and name not in apart:
            continue
        likelihood, middle = (plane, best) if j else (here, coef * scale)
        low, high, p = likelihood.profile(middle, j, math.sqrt(cov[j, j]) * scale[j], z)
        table.loc[name, ["low", "high"]] = low / scale[j], high / scale[j]
        table.loc[name, "p"] = math.nan if design.weighted else p
    with np.errstate(over="ignore"):
        table["ratio_low"], table["ratio_high"] = np.exp(table["low"]), np.exp(table["high"])
    return fit
