"""Key drivers of an answer on an ordered scale: McFadden's R2 of the proportional-odds model of every subset, split as LMG.

Knows distinct patterns and the formulas; nothing of touchpoints. Sufficient statistics: one row a distinct pattern of
outcome and drivers with n, unweighted. One model a subset, so at most 8 drivers; it takes the outcome as ordered only,
which `key_drivers` takes as a distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import refuse, require_columns
from .drivers import NOTHING
from .ordinal import proportional_odds
from .subsets import split

MOST = 8


@dataclass(frozen=True)
class OrdinalDrivers:
    """`table`, one row a driver: part (of McFadden's R2), share (adds up to 1), alone (its R2 by itself), coef (log odds
    of a higher answer for one more of it, beside all others). No interval: resample the people and call it again.
    """

    table: pd.DataFrame
    outcome: str
    r2: float
    n: float
    method: str
    notes: tuple[str, ...]


def ordinal_drivers(patterns: pd.DataFrame, outcome: str, drivers: Sequence[str]) -> OrdinalDrivers:
    """Which ratings go with a higher answer, and how much of what is explained goes with each, by order alone?

    Shapley's split of McFadden's R2, 1 - loglik / loglik without drivers (McFadden 1974), of the proportional-odds
    model (McCullagh 1980) on each subset. Not comparable with the linear R2. Refuses more than 8 drivers, an outcome
    that does not vary, and what `proportional_odds` refuses.
    """
    require_columns(patterns, ["n", outcome, *drivers])
    if not 1 <= len(drivers) <= MOST or len({*drivers, outcome}) <= len(drivers):
        refuse("drivers", f"{list(drivers)}", f"1 to {MOST} columns, each once, without the outcome", "choose fewer")
    table = patterns[["n", outcome, *drivers]].groupby([outcome, *drivers], as_index=False)["n"].sum()
    counts = table.groupby(outcome)["n"].sum()
    counts = counts[counts > 0]
    if len(counts) < 2:
        refuse(outcome, "one answer for everybody", "answers that differ")
    nothing = float((counts * np.log(counts / counts.sum())).sum())
    levels = [*counts.index]
    values, coef = np.zeros(1 << len(drivers)), np.zeros(len(drivers))
    for subset in range(1, len(values)):
        inside = [one for j, one in enumerate(drivers) if subset >> j & 1]
        pooled = table.groupby([outcome, *inside], as_index=False)["n"].sum()
        fit = proportional_odds(pooled, outcome, levels, numeric=inside)
        values[subset] = 1 - fit.loglik / nothing
        if len(inside) == len(drivers):
            coef = fit.table.loc[list(drivers), "coef"].to_numpy(float)
    part, r2 = split(values), float(values[-1])
    found = pd.DataFrame(
        {
            "part": part,
            "share": part / r2 if r2 > NOTHING else np.nan,
            "alone": values[1 << np.arange(len(drivers))],
            "coef": coef,
        },
        index=pd.Index(drivers, name="driver"),
    )
    notes: tuple[str, ...] = ("association, not effect", "no interval", "unweighted")
    if r2 <= NOTHING:
        notes += ("the drivers explain nothing: there is nothing to share",)
    n = float(counts.sum())
    return OrdinalDrivers(
        found, outcome, r2, n, "Shapley shares of McFadden's R2, proportional odds of every subset", notes
    )
