"""How sure are the drivers' shares and their order? Resampling units of moments, not answers.

Knows `Moments` by unit; a replicate is a sum of units drawn with replacement, so its cost is that of a matrix product,
whatever the number of answers. Sufficient statistics: as in `moments`, one entry a unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import normal_quantile, refuse
from .choice import seeded
from .drivers import NOTHING, correlation_of, places
from .moments import Moments, correlations, mean_and_covariance, without
from .subsets import MOST, r2_of_subsets, relative_weights_of, split

FEWEST = 20  # units below which resampling tells little
CELLS = 2_000_000  # drawn units at a time


@dataclass(frozen=True)
class DriverBootstrap:
    """Shares of R2 with percentile intervals. `table`, one row a driver: share, se, low, high, p_first (in what share
    of the replicates it is the first), apart (its interval overlaps with no other).

    `ranks` probability of each rank, by driver (adds up to 1); `above` in what share of the replicates the row's driver
    is above the column's. `replicates` used, `lost` without a usable model; `units` resampled.
    """

    table: pd.DataFrame
    ranks: pd.DataFrame
    above: pd.DataFrame
    r2: float
    r2_low: float
    r2_high: float
    level: float
    replicates: int
    lost: int
    seed: int
    units: int
    n: int
    n_effective: float | None
    method: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Draws:
    """Replicates: `share` and `mean` (R x k) and `r2` (R) of the drivers; `lost` replicates had nothing to share."""

    share: np.ndarray
    mean: np.ndarray
    r2: np.ndarray
    lost: int


def driver_bootstrap(
    moments: Moments,
    outcome: str,
    drivers: Sequence[str],
    confounders: Sequence[str] = (),
    replicates: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    measure: str = "LMG",
) -> DriverBootstrap:
    """How far may each share be off, and how sure is the order? Case bootstrap of units, percentile intervals.

    `measure`: "LMG" (as `key_drivers`) or "Johnson" (as `relative_weights`). se is the standard deviation over the
    replicates. Do not rank drivers whose intervals overlap: `apart` and `above` say which may be. Groemping 2006.
    """
    normal_quantile(level)
    point = shares_of(correlation_of(moments, outcome, drivers, confounders)[None], measure)
    if point[1][0] <= NOTHING:
        refuse("drivers", "drivers that explain nothing", "something to share", "there is no order to be sure of")
    draws = drawn_drivers(moments, outcome, drivers, confounders, replicates, seed, measure)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(draws.share, tails, axis=0)
    k = len(drivers)
    order = np.argsort(np.argsort(-draws.share, axis=1, kind="stable"), axis=1)
    ranks = np.stack([(order == place).mean(axis=0) for place in range(k)], axis=1)
    above = (draws.share[:, :, None] > draws.share[:, None, :]).mean(axis=0)
    names = pd.Index(drivers, name="driver")
    overlaps = (low[:, None] <= high[None, :]) & (low[None, :] <= high[:, None])
    table = pd.DataFrame(
        {
            "share": point[0][0],
            "se": draws.share.std(axis=0, ddof=1),
            "low": low,
            "high": high,
            "p_first": ranks[:, 0],
            "apart": overlaps.sum(axis=1) == 1,
        },
        index=names,
    )
    units, notes = len(moments.n), list(moments.notes)
    if units < FEWEST:
        notes.append(f"only {units} units: intervals are too short")
    if draws.lost:
        notes.append(f"{draws.lost} replicates without a usable model left out")
    r2_low, r2_high = np.quantile(draws.r2, tails)
    method = f"{measure} shares of R2, case bootstrap of {units} units, percentile interval, {replicates} replicates"
    return DriverBootstrap(
        table,
        pd.DataFrame(ranks, index=names, columns=range(1, k + 1)),
        pd.DataFrame(above, index=names, columns=list(drivers)),
        float(point[1][0]),
        float(r2_low),
        float(r2_high),
        level,
        len(draws.r2),
        draws.lost,
        seed,
        units,
        moments.answers,
        moments.n_effective,
        f"{method}, seed {seed}",
        tuple(notes),
    )


def shares_of(r: np.ndarray, measure: str) -> tuple[np.ndarray, np.ndarray]:
    """Shares (R x k) and R2 (R) of correlation matrices; missing where R2 is nothing."""
    if measure == "LMG":
        values = r2_of_subsets(r)
        parts, r2 = split(values), values[:, -1]
    else:
        parts = relative_weights_of(r)
        r2 = parts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(r2[:, None] > NOTHING, parts / r2[:, None], np.nan), r2


def drawn_drivers(
    moments: Moments,
    outcome: str,
    drivers: Sequence[str],
    confounders: Sequence[str] = (),
    replicates: int = 2000,
    seed: int = 0,
    measure: str = "LMG",
) -> Draws:
    """Shares and means of every replicate, for what is asked of both together (`importance_performance`)."""
    if measure not in ("LMG", "Johnson"):
        refuse("measure", repr(measure), 'one of: "LMG", "Johnson"')
    if measure == "LMG" and len(drivers) > MOST:
        refuse("drivers", f"{len(drivers)} drivers", f"at most {MOST}", 'use measure="Johnson", or fewer drivers')
    if not (replicates >= 2 and replicates == int(replicates)):
        refuse("replicates", replicates, "a whole number of 2 or more, better 2000")
    if len(moments.n) < 2:
        refuse("unit", f"{len(moments.n)} unit", "two units or more to draw from")
    kept, removed = places(moments, outcome, drivers, confounders)
    shares, means, fits = [], [], []
    for w, first, second in _resampled(moments, [*kept, *removed], int(replicates), seed):
        mean, covariance = mean_and_covariance(w, first, second, moments.centre[[*kept, *removed]])
        left = without(covariance, range(len(kept)), range(len(kept), len(kept) + len(removed)))
        flat = np.einsum("rii->ri", left) <= 1e-12 * np.maximum(np.einsum("rii->ri", second)[:, : len(kept)], 1e-300)
        left[flat[:, :, None] | flat[:, None, :]] = 0.0
        share, r2 = shares_of(correlations(left), measure)
        shares.append(share)
        means.append(mean[:, : len(drivers)])
        fits.append(r2)
    share, mean, r2 = np.concatenate(shares), np.concatenate(means), np.concatenate(fits)
    good = np.isfinite(share).all(axis=1)
    if good.sum() < 2:
        refuse(outcome, "no replicate with a usable model", "answers that differ in most replicates", "more people")
    return Draws(share[good], mean[good], r2[good], int((~good).sum()))


def _resampled(
    moments: Moments, columns: list[int], replicates: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Totals of the replicates, some at a time: w, first and second sums of the columns."""
    rng, units, p = seeded(seed), len(moments.n), len(columns)
    rows, cols = np.triu_indices(p)
    second = moments.second[:, columns][:, :, columns]
    flat = np.column_stack([moments.w, moments.first[:, columns], second[:, rows, cols]])
    step = max(1, min(replicates, CELLS // units))
    for start in range(0, replicates, step):
        many = min(step, replicates - start)
        drawn = rng.integers(0, units, (many, units)) + units * np.arange(many)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=many * units).reshape(many, units)
        totals = counts.astype(float) @ flat
        whole = np.empty((many, p, p))
        whole[:, rows, cols] = whole[:, cols, rows] = totals[:, 1 + p :]
        yield totals[:, 0], totals[:, 1 : 1 + p], whole
