"""Key drivers of a yes or no (churned, complained, top box): McFadden's R2 of every subset, split as LMG does.

Knows distinct patterns and the formulas; nothing of touchpoints. Sufficient statistics: one row a distinct pattern of
outcome and drivers with n and w (`summing.patterns`), the outcome 0 or 1. One logit a subset, so at most 8 drivers.
For an outcome with more than two classes take its top box here, or take it as linear in `key_drivers`, and say which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import refuse, require_columns
from .drivers import NOTHING, refuse_combinations
from .moments import correlations
from .subsets import split

MOST = 8
ROUNDS = 50
FAR = 20.0  # a linear predictor beyond this is a probability of 0 or 1


@dataclass(frozen=True)
class BinaryDrivers:
    """`table`, one row a driver: part (of McFadden's R2), share (adds up to 1), alone (its R2 by itself), coef (log
    odds for one standard deviation, beside all others). No interval: resample the people and call it again.
    """

    table: pd.DataFrame
    outcome: str
    r2: float
    n: float
    events: float
    method: str
    notes: tuple[str, ...]


def binary_drivers(patterns: pd.DataFrame, outcome: str, drivers: Sequence[str]) -> BinaryDrivers:
    """Which ratings go with the event, and how much of what is explained goes with each?

    Shapley's split of McFadden's R2.
    R2 of a subset is 1 - loglik / loglik of the intercept (McFadden 1974), of the logit on the subset; it is not
    comparable with the linear R2. Weights enter as they are (pseudo-likelihood). Drivers in their own units, linear on
    the log odds. Refuses more than 8 drivers, an outcome that does not vary, and drivers that separate it completely.
    """
    require_columns(patterns, ["n", "w", outcome, *drivers])
    if not 1 <= len(drivers) <= MOST or len({*drivers, outcome}) <= len(drivers):
        refuse("drivers", f"{list(drivers)}", f"1 to {MOST} columns, each once, without the outcome", "choose fewer")
    y, w, n = (patterns[name].to_numpy(float) for name in (outcome, "w", "n"))
    if not np.isin(y, [0, 1]).all():
        refuse(outcome, "another value", "0 or 1", "code it as 0 and 1")
    if (n < 0).any() or (w < 0).any() or w.sum() <= 0:
        refuse("w", "negative weights, or none at all", "sums of weights of 0 or more")
    rate = float(w @ y / w.sum())
    if not 0 < rate < 1:
        refuse(outcome, "nobody with the event" if rate == 0 else "everybody with the event", "some with, some without")
    x = patterns[list(drivers)].to_numpy(float)
    x = x - w @ x / w.sum()
    covariance = x.T @ (w[:, None] * x) / w.sum()
    flat = [name for name, own in zip(drivers, np.diag(covariance), strict=True) if own <= 1e-12]
    if flat:
        refuse(flat[0], f"no variation in {', '.join(flat)}", "answers that differ", "leave it out")
    refuse_combinations(correlations(covariance), list(drivers))
    x = np.column_stack([np.ones(len(x)), x / np.sqrt(np.diag(covariance))])
    w = w * n.sum() / w.sum()
    nothing = float(n.sum() * (rate * np.log(rate) + (1 - rate) * np.log(1 - rate)))
    values, coef = np.zeros(1 << len(drivers)), np.zeros(len(drivers) + 1)
    for subset in range(1, len(values)):
        inside = [0, *(j + 1 for j in range(len(drivers)) if subset >> j & 1)]
        coef, loglik = _logit(x[:, inside], y, w, outcome)
        values[subset] = 1 - loglik / nothing
    part, r2 = split(values), float(values[-1])
    table = pd.DataFrame(
        {
            "part": part,
            "share": part / r2 if r2 > NOTHING else np.nan,
            "alone": values[1 << np.arange(len(drivers))],
            "coef": coef[1:],
        },
        index=pd.Index(drivers, name="driver"),
    )
    notes = ["association, not effect", "no interval"]
    if r2 <= NOTHING:
        notes.append("the drivers explain nothing: there is nothing to share")
    events = float(n @ y)
    if min(events, n.sum() - events) < 10 * len(drivers):
        notes.append("fewer than 10 events (or non-events) a driver: shares may be far off")
    method = "Shapley shares of McFadden's R2, logit of every subset"
    return BinaryDrivers(table, outcome, r2, float(n.sum()), events, method, tuple(notes))


def _logit(x: np.ndarray, y: np.ndarray, w: np.ndarray, outcome: str) -> tuple[np.ndarray, float]:
    """Coefficients and log-likelihood by Newton's steps, halved where they overshoot."""
    b, best = np.zeros(x.shape[1]), -np.inf
    step = np.zeros_like(b)
    for _ in range(ROUNDS):
        eta = x @ b
        loglik = float(w @ (y * eta - np.logaddexp(0, eta)))
        if loglik < best - 1e-9 * abs(best):
            step = step / 2
            b = b - step
            continue
        if np.abs(eta[w > 0]).max() > FAR:
            break
        if loglik - best < 1e-10 * abs(loglik):
            return b, loglik
        best, p = loglik, 1 / (1 + np.exp(-eta))
        step = np.linalg.lstsq(x.T @ ((w * p * (1 - p))[:, None] * x), x.T @ (w * (y - p)), rcond=None)[0]
        b = b + step
    refuse(
        outcome,
        "drivers that tell the event from the rest (nearly) completely",
        "some with and some without the event at like ratings",
        "leave out the driver that is the event in other words",
    )
