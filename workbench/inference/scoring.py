"""The maximum of a likelihood in a linear predictor: Fisher scoring, the terms of logit and Poisson, and separation.

Knows rows with weights and the formulas; `glm`, `counts`, `survey_models` and `risk` are made of it. The sufficient
statistics are those of `cells`. Sources: McCullagh and Nelder 1989 (scoring); Konis 2007 (separation).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .cells import Design, products

ROUNDS = 100

Evaluated = tuple[float, np.ndarray, np.ndarray]  # log-likelihood, score and information a row, before x


def expit(eta: np.ndarray) -> np.ndarray:
    """exp(eta) / (1 + exp(eta)), exact in both tails."""
    from scipy import special

    return np.asarray(special.expit(eta))


def logit_terms(y: np.ndarray, weight: np.ndarray) -> Callable[[np.ndarray], Evaluated]:
    """Log-likelihood, score and information of each row, as a function of the linear predictor."""

    def terms(eta: np.ndarray) -> Evaluated:
        p = expit(eta)
        return float(weight @ (y * eta - np.logaddexp(0, eta))), weight * (y - p), weight * p * (1 - p)

    return terms


def poisson_terms(y: np.ndarray, weight: np.ndarray, offset: np.ndarray) -> Callable[[np.ndarray], Evaluated]:
    """As `logit_terms`, for counts with the log of the exposure as offset."""
    from scipy.special import gammaln

    constant = float(weight @ (y * offset - gammaln(y + 1)))

    def terms(eta: np.ndarray) -> Evaluated:
        mu = np.exp(np.minimum(eta + offset, 500))
        return float(weight @ (y * eta - mu)) + constant, weight * (y - mu), weight * mu

    return terms


def scoring(
    x: np.ndarray, terms: Callable[[np.ndarray], Evaluated], weight: np.ndarray, start: np.ndarray | None = None
) -> tuple[np.ndarray, float, np.ndarray]:
    """Fisher scoring with step halving: coefficients, log-likelihood and linear predictor at the maximum.

    The columns are centred while it works (the first is the intercept), so that a column of years keeps its digits.
    """
    shift = np.average(x, axis=0, weights=weight)
    shift[0] = 0.0
    z = x - shift
    b = np.zeros(x.shape[1]) if start is None else start.copy()
    b[0] += shift @ b
    eta = z @ b
    loglik, score, information = terms(eta)
    for _ in range(ROUNDS):
        try:
            step = np.linalg.solve(products(z, information), z.T @ score)
        except np.linalg.LinAlgError:  # fitted values at their ends: `separated` says why
            break
        gain = float(step @ (z.T @ score))
        for _ in range(30):
            new = eta + z @ step
            trial = terms(new)
            if trial[0] >= loglik - 1e-12 * abs(loglik):
                break
            step = step / 2
        b, eta, (loglik, score, information) = b + step, new, trial
        if gain < 1e-13 * max(1.0, abs(loglik)):
            break
    b[0] -= shift @ b
    return b, loglik, eta


def inverse(x: np.ndarray, information: np.ndarray) -> np.ndarray:
    """The inverse of X'WX, with columns scaled and centred while it is taken."""
    shift = np.average(x, axis=0, weights=information)
    shift[0] = 0.0
    z = x - shift
    gram = products(z, information)
    scale = 1 / np.sqrt(np.diag(gram))
    back = np.eye(x.shape[1])
    back[0, 1:] = -shift[1:]
    return back @ (np.linalg.inv(gram * np.outer(scale, scale)) * np.outer(scale, scale)) @ back.T


def distinct(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The place of one row of each kind, and the kind of each row."""
    bytes_of = np.ascontiguousarray(x).view(np.dtype((np.void, x.dtype.itemsize * x.shape[1]))).ravel()
    _, first, kind = np.unique(bytes_of, return_index=True, return_inverse=True)
    return first, kind.ravel()


def separated(design: Design, y: np.ndarray, model: str = "logit") -> list[str]:
    """The columns with which the events can be told apart completely, so that no finite estimate exists; [] if none.

    A direction b with x b >= 0 where there is an event and <= 0 where there is none (and = 0 where there are both; for
    counts: where there is one), not 0 throughout, found by linear programming (Konis 2007). It is sought among the
    directions that are 0 on the rows with both, so that large tables, which mostly have both, are quick.
    """
    from scipy.optimize import linprog

    first, kind = distinct(design.x)
    some = np.bincount(kind, weights=y > 0) > 0
    none = np.bincount(kind, weights=y < 1 if model == "logit" else y <= 0) > 0
    z = design.x[first] / np.maximum(np.abs(design.x).max(axis=0), 1e-300)
    held = some & none if model == "logit" else some
    size, axes = np.linalg.eigh(z[held].T @ z[held])
    directions = axes[:, size <= 1e-10 * max(1.0, float(size.max()))]
    free = (z[~held] @ directions) * np.where(some[~held], 1.0, -1.0)[:, None]
    free = np.unique(np.round(free[np.abs(free).max(axis=1, initial=0) > 1e-7], 9), axis=0)
    if not free.size:
        return []
    answer = linprog(-free.sum(axis=0) / len(free), A_ub=-free, b_ub=np.zeros(len(free)), bounds=(-1, 1))
    if not answer.success or (free @ answer.x).max() < 1e-6:
        return []
    b = directions @ answer.x
    named = [name for name, one in zip(design.names, b, strict=True) if abs(one) > 1e-6 * np.abs(b).max()]
    return named[1:] if len(named) > 1 and named[0] == design.names[0] else named
