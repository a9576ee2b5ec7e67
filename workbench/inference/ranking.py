"""Which option is best, as far as uncertain values can tell, and which sets of options are equally good.

Knows names, means and standard deviations of values, which are taken as independent and normal; for values that move
together draw them and use `choice.p_top_k`. Sufficient statistics: one mean and one standard deviation an option.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import refuse
from .choice import normal_rank_shares
from .portfolio import Choice, Groups, best_sets


@dataclass(frozen=True)
class Ranking:
    """`table`: one row an option, highest mean first, indexed by name, with the columns mean, sd, p_top_k, p_best,
    expected_rank and, where costs are known, value_per_cost. `places`: p_top_k added up, which is k.
    """

    table: pd.DataFrame
    k: int
    places: float
    method: str


def normal_ranking(
    names: Sequence[str],
    mean: Sequence[float] | np.ndarray,
    sd: Sequence[float] | np.ndarray,
    k: int = 1,
    cost: Sequence[float] | np.ndarray | None = None,
) -> Ranking:
    """How likely is each option among the best k, and at which rank is it expected? Larger values are better.

    `value_per_cost` is mean over cost (None where a cost is 0): a figure to look at, no rule to choose by.
    """
    if len(set(names)) != len(names) or len(names) != len(mean):
        refuse("names", f"{len(names)} names for {len(mean)} means", "one name for each option, all different")
    if not 1 <= k <= len(names):
        refuse("k", k, f"a whole number from 1 to {len(names)}")
    shares = normal_rank_shares(mean, sd)
    table = pd.DataFrame({"mean": np.asarray(mean, float), "sd": np.asarray(sd, float)}, index=pd.Index(names))
    table["p_top_k"] = shares[:, :k].sum(axis=1)
    table["p_best"] = shares[:, 0]
    table["expected_rank"] = shares @ np.arange(1, len(names) + 1)
    if cost is not None:
        price = np.asarray(cost, float)
        if price.shape != shares.shape[:1] or not (np.isfinite(price).all() and (price >= 0).all()):
            refuse("cost", "a missing or negative cost", "a cost of 0 or more for every option")
        table["value_per_cost"] = [m / c if c > 0 else None for m, c in zip(table["mean"], price, strict=True)]
    places = float(table["p_top_k"].sum())
    words = "independent normal values, ranks by integration"
    return Ranking(table.sort_values("mean", ascending=False, kind="stable"), k, places, words)


def equally_good_sets(
    value: Sequence[float] | np.ndarray,
    cost: Sequence[float] | np.ndarray,
    budget: float,
    requires: Groups = (),
    excludes: Groups = (),
    at_least_one: Groups = (),
) -> list[Choice]:
    """All sets worth as much as the best (to 1e-9 of it): where there are several, the values do not decide."""
    many = 2
    while True:
        found = best_sets(value, cost, budget, requires, excludes, at_least_one, many)
        best = [one for one in found if one.value >= found[0].value - 1e-9 * max(1.0, abs(found[0].value))]
        if len(best) < many:
            return best
        many *= 2
