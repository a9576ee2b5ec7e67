"""Key drivers: how much of what moves the outcome goes with each rating (LMG, Johnson), from moments.

Knows `Moments` and the formulas; nothing of touchpoints. Sufficient statistics: the sums and products of `moments`.
All is about association in answers of the same people at the same time: importance is no effect, and says nothing of
what raising a rating by one would bring. How sure the shares are is in `driver_bootstrap`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import refuse
from .moments import Moments, correlations, mean_and_covariance, without
from .subsets import FLOOR, MOST, r2_of_subsets, relative_weights_of, split

VIF_LIMIT = 5.0
NOTHING = 1e-9  # an R2 below this has nothing to share


@dataclass(frozen=True)
class Drivers:
    """What `key_drivers` found. `table` has one row a driver:

    lmg, share   its part of R2 in units of R2, and as a share of R2 (the shares add up to 1)
    first, last  R2 of it alone, and what it adds to all others (units of R2)
    beta, r      standardised coefficient beside all others, and correlation with the outcome
    vif          variance inflation by the other drivers; `collinear` where it is above the limit
    direction    "+" or "-"; "unclear" where beta and r disagree, and `suppressor` is True

    With confounders all of it is about what they leave. `missing` counts by column, `notes` what a reader must know.
    """

    table: pd.DataFrame
    outcome: str
    r2: float
    r2_adjusted: float | None
    n: int
    n_before: int
    n_effective: float | None
    missing: pd.DataFrame
    method: str
    notes: tuple[str, ...]


def key_drivers(
    moments: Moments,
    outcome: str,
    drivers: Sequence[str],
    confounders: Sequence[str] = (),
    vif_limit: float = VIF_LIMIT,
) -> Drivers:
    """Which ratings carry the outcome, and how much of its variance goes with each? The LMG split of R2.

    LMG is the mean, over all orders of the drivers, of what each adds to R2 when its turn comes (Lindeman, Merenda and
    Gold 1980; Groemping 2006); up to 15 drivers, above that `relative_weights`. The outcome is taken as linear; under
    weights R2 is that of the weighted regression. With `confounders` (columns, or categories made into 0/1 columns)
    outcome and drivers are first freed of what these explain: R2 is then a share of the variance that is left.

    Raises DataFault for unknown columns, too few answers, no variation, and drivers that others determine, by name.
    """
    if len(drivers) > MOST:
        refuse("drivers", f"{len(drivers)} drivers", f"at most {MOST}", "use relative_weights, or fewer drivers")
    r = correlation_of(moments, outcome, drivers, confounders)
    k, n = len(drivers), moments.answers
    values = r2_of_subsets(r)
    lmg, r2 = split(values), float(values[-1])
    inverse = np.linalg.inv(r[:k, :k])
    beta, with_outcome = inverse @ r[:k, k], r[:k, k]
    full = (1 << k) - 1
    table = pd.DataFrame(
        {
            "lmg": lmg,
            "share": lmg / r2 if r2 > NOTHING else np.nan,
            "first": with_outcome**2,
            "last": [max(0.0, r2 - values[full ^ (1 << j)]) for j in range(k)],
            "beta": beta,
            "r": with_outcome,
            "vif": np.diag(inverse),
        },
        index=pd.Index(drivers, name="driver"),
    )
    table["collinear"] = table["vif"] > vif_limit
    table["suppressor"] = beta * with_outcome < -1e-12
    sign = np.where(with_outcome > 0, "+", "-")
    table["direction"] = np.where(table["suppressor"] | (np.abs(with_outcome) < 1e-12), "unclear", sign)
    notes = [*moments.notes, "association, not effect"]
    if r2 <= NOTHING:
        notes.append("the drivers explain nothing: there is nothing to share")
    if table["collinear"].any():
        names = ", ".join(map(str, table.index[table["collinear"]]))
        notes.append(f"collinear (VIF above {vif_limit:g}), hard to tell apart: {names}")
    if table["suppressor"].any():
        names = ", ".join(map(str, table.index[table["suppressor"]]))
        notes.append(f"sign of beta against that of r (suppressor): {names}")
    rest = n - 1 - k - len(expand(moments, confounders))
    adjusted = 1 - (1 - r2) * (rest + k) / rest if rest > 0 else None
    method = "LMG (Shapley) shares of R2, linear outcome" + _after(confounders)
    return Drivers(
        table,
        outcome,
        r2,
        adjusted,
        n,
        moments.rows,
        moments.n_effective,
        moments.missing,
        method,
        tuple(notes),
    )


@dataclass(frozen=True)
class RelativeWeights:
    """Johnson's weights. `table`, one row a driver: `weight` (units of R2), `share` of R2, `percent` (100 share)."""

    table: pd.DataFrame
    r2: float
    n: int
    n_before: int
    n_effective: float | None
    method: str
    notes: tuple[str, ...]


def relative_weights(
    moments: Moments, outcome: str, drivers: Sequence[str], confounders: Sequence[str] = ()
) -> RelativeWeights:
    """The same question as `key_drivers`, for any number of drivers: Johnson's relative weights (Johnson 2000).

    R2 is split over the drivers by way of the uncorrelated variables that are nearest to them. Close to LMG.
    """
    r = correlation_of(moments, outcome, drivers, confounders)
    weight = relative_weights_of(r)
    r2 = float(weight.sum())
    share = weight / r2 if r2 > NOTHING else np.full(len(weight), np.nan)
    table = pd.DataFrame(
        {"weight": weight, "share": share, "percent": 100 * share}, index=pd.Index(drivers, name="driver")
    )
    notes = [*moments.notes, "association, not effect"]
    if r2 <= NOTHING:
        notes.append("the drivers explain nothing: there is nothing to share")
    method = "relative weights (Johnson 2000), linear outcome" + _after(confounders)
    return RelativeWeights(table, r2, moments.answers, moments.rows, moments.n_effective, method, tuple(notes))


@dataclass(frozen=True)
class AdjustedDrivers:
    """Shares before and after taking the confounders out: `table` has share_before, share_after, change, and ranks."""

    table: pd.DataFrame
    before: Drivers
    after: Drivers
    method: str
    notes: tuple[str, ...]


def adjusted_drivers(
    moments: Moments, outcome: str, drivers: Sequence[str], confounders: Sequence[str]
) -> AdjustedDrivers:
    """Do the shares stand once age, channel or segment are taken out of outcome and drivers alike?

    Both come from the same answers: complete in drivers and confounders. Statistics: moments that also hold the
    confounders, as numbers or as categories. The change is in shares of R2, each of its own R2.
    """
    if not confounders:
        refuse("confounders", "none", "at least one column to take out", "use key_drivers")
    before, after = (key_drivers(moments, outcome, drivers, out) for out in ((), confounders))
    table = pd.DataFrame({"share_before": before.table["share"], "share_after": after.table["share"]})
    table["change"] = table["share_after"] - table["share_before"]
    table["rank_before"], table["rank_after"] = (
        table[name].rank(ascending=False, method="min") for name in ("share_before", "share_after")
    )
    told = f"R2 {before.r2:.3f} before, {after.r2:.3f} of the variance that {', '.join(confounders)} leave"
    return AdjustedDrivers(table, before, after, after.method, (*after.notes, told))


def correlation_of(
    moments: Moments, outcome: str, drivers: Sequence[str], confounders: Sequence[str] = ()
) -> np.ndarray:
    """The correlations of the drivers and, last, the outcome; refused where no model can be made of them."""
    kept, removed = places(moments, outcome, drivers, confounders)
    n = moments.answers
    if n <= len(kept) + len(removed):
        refuse(
            outcome, f"{n} complete answers", f"more than {len(kept) + len(removed)}", "fewer drivers, or more people"
        )
    w, first, second = (np.asarray(x.sum(axis=0)) for x in (moments.w, moments.first, moments.second))
    _, covariance = mean_and_covariance(w, first, second, moments.centre)
    flat = [name for name, place in zip([*drivers, outcome], kept, strict=True) if covariance[place, place] <= 0]
    if flat:
        refuse(str(flat[0]), f"no variation in {', '.join(map(str, flat))}", "answers that differ", "leave it out")
    left = without(covariance, kept, removed)
    gone = [name for name, own in zip([*drivers, outcome], np.diag(left), strict=True) if own <= 0]
    if gone:
        refuse(
            str(gone[0]),
            f"{', '.join(map(str, gone))} determined by the confounders",
            "something left to explain",
            "leave out that confounder",
        )
    r = correlations(left)
    refuse_combinations(r[:-1, :-1], list(drivers))
    return r


def places(
    moments: Moments, outcome: str, drivers: Sequence[str], confounders: Sequence[str]
) -> tuple[list[int], list[int]]:
    """Where the drivers and, last, the outcome stand in the moments; and where the confounders' columns do."""
    if not drivers:
        refuse("drivers", "none", "at least one driver")
    wanted = [*drivers, outcome]
    removed = expand(moments, confounders)
    lacking = [name for name in (*wanted, *removed) if name not in moments.columns]
    if lacking:
        refuse(str(lacking[0]), f"no sums for {lacking}", f"columns of the moments: {list(moments.columns)}")
    if len({*wanted, *removed}) < len(wanted) + len(removed):
        refuse(outcome, "a column twice among outcome, drivers and confounders", "each column once")
    at = moments.columns.index
    return [at(name) for name in wanted], [at(name) for name in removed]


def expand(moments: Moments, confounders: Sequence[str]) -> list[str]:
    """The columns of the confounders: a category stands for its 0/1 columns."""
    return [column for name in confounders for column in moments.dummies.get(name, (name,))]


def _after(confounders: Sequence[str]) -> str:
    return f", after taking out {', '.join(confounders)}" if confounders else ""


def refuse_combinations(r: np.ndarray, names: list[str]) -> None:
    """Refuse drivers that the drivers before them determine, and say which."""
    for j in range(1, len(names)):
        known = r[:j, :j]
        weights = np.linalg.solve(known, r[:j, j])
        if 1 - weights @ r[:j, j] < 10 * FLOOR:
            by = [name for name, weight in zip(names, weights, strict=False) if abs(weight) > 1e-6]
            refuse(
                names[j],
                f"{names[j]} is a combination of {', '.join(map(str, by))}",
                "drivers that are not sums or copies of each other",
                "leave one of them out",
            )
