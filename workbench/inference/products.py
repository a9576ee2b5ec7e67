"""Several totals of one design at once: their sums and cross-products over the PSUs, and the covariance they give.

Knows totals by PSU and the formula; nothing of what was counted. `design` does the same for one mean; here are the
tables that compare many (Rao-Scott, overlapping columns).

Sufficient statistics (`PsuProducts`), for K totals t of each PSU (sums of weights by cell, of w x, of w) and each
stratum: how many PSUs, the sum over PSUs of t (K numbers) and of t t' (K x K). Where every person is a PSU and stands
in one cell, t t' has only the sums of squared weights on its diagonal: patterns are enough then.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import one_of, refuse, require_columns
from .design import LONELY

SLACK = 1e-12


@dataclass(frozen=True)
class PsuProducts:
    """See the head of this file. `names` K totals; `strata` S names; arrays of S, S x K and S x K x K.

    `n` people behind the totals, `dropped` people left out of them (they still count as PSUs of the design);
    `population` PSUs that could have been drawn in each stratum, or None; `ww` the sum of the squared weights.
    """

    names: tuple[Hashable, ...]
    strata: tuple[Hashable, ...]
    psus: np.ndarray
    first: np.ndarray
    second: np.ndarray
    n: float
    dropped: float = 0
    population: np.ndarray | None = None
    ww: float | None = None

    @property
    def totals(self) -> np.ndarray:
        """The K totals over the whole sample."""
        return np.asarray(self.first.sum(axis=0))

    @property
    def df(self) -> float:
        """Degrees of freedom of the design: PSUs less strata."""
        return float(self.psus.sum() - len(self.psus))


def psu_products(
    totals: pd.DataFrame,
    columns: Sequence[str],
    stratum: str | None = None,
    n: float = 0,
    population: str | None = None,
    dropped: float = 0,
) -> PsuProducts:
    """The sums and cross-products of a table with one row a PSU of the whole design, also those with 0 in all columns.

    `columns` are the totals, `stratum` and `population` name columns; `n` people are behind them.
    """
    require_columns(totals, [*columns, *([population] if population else [])])
    if totals.empty:
        refuse("psu", "no PSU", "one row for each PSU")
    strata = pd.Series("all", index=totals.index) if stratum is None else totals[stratum]
    if strata.isna().any():
        refuse(str(stratum), f"missing for {int(strata.isna().sum())} PSUs", "the stratum of every PSU")
    codes, names = pd.factorize(strata, sort=True)
    t = totals[list(columns)].to_numpy(float)
    groups = [t[codes == place] for place in range(len(names))]
    sizes = None
    if population:
        by = totals[population].astype(float).groupby(codes)
        if (by.nunique() != 1).any():
            refuse(population, "several numbers in one stratum", "one number of PSUs for each stratum")
        sizes = by.first().to_numpy()
    return PsuProducts(
        tuple(columns),
        tuple(names),
        np.array([len(g) for g in groups], float),
        np.array([g.sum(axis=0) for g in groups]),
        np.array([g.T @ g for g in groups]),
        n,
        dropped,
        sizes,
    )


def linear_covariance(products: PsuProducts, coefficients: np.ndarray, lonely: str = "refuse") -> np.ndarray:
    """The covariance matrix of M estimates whose linearised values are t @ coefficients, t the totals of a PSU.

    `coefficients` is K x M.
    V = sum over strata of (1 - f) k / (k - 1) [sum z z' - (sum z)(sum z)' / k] (Woodruff 1971; Lumley 2010). A stratum
    with one PSU is refused unless `lonely` chooses "adjust", "average" or "certainty", as in `design_mean`.
    """
    one_of("lonely", lonely, LONELY)
    psus = products.psus
    drawn = np.zeros(len(psus)) if products.population is None else psus / products.population
    if (drawn > 1).any() or (psus < 1).any():
        refuse("population", "fewer PSUs than were drawn, or none", "1 PSU or more, of at least as many")
    alone = (psus == 1) & (drawn < 1)
    if alone.any() and lonely == "refuse":
        raise DataFault(
            [
                Fault(
                    column="psus",
                    found=f'one PSU in stratum "{name}"',
                    expected="two or more in every stratum",
                    mend='join it with a similar stratum, or choose lonely="adjust", "average" or "certainty"',
                )
                for name, bad in zip(products.strata, alone, strict=True)
                if bad
            ]
        )
    first = products.first @ coefficients
    second = np.einsum("km,skl,ln->smn", coefficients, products.second, coefficients, optimize=True)
    spread = second - np.einsum("sm,sn->smn", first, first) / psus[:, None, None]
    parts = ((1 - drawn) * psus / np.maximum(psus - 1, 1))[:, None, None] * spread
    parts[psus == 1] = 0.0
    if lonely == "adjust":
        parts[alone] = ((1 - drawn)[:, None, None] * second)[alone]
    elif lonely == "average" and alone.any():
        if alone.all():
            refuse("psus", "one PSU in every stratum", "a stratum with two PSUs or more", 'choose lonely="adjust"')
        return np.asarray(parts.sum(axis=0) * len(psus) / (~alone).sum())
    covariance = np.asarray(parts.sum(axis=0))
    own = np.einsum("smm->m", second)
    tiny = np.sqrt(np.outer(own, own)) * SLACK
    return np.where(np.abs(covariance) < tiny, 0.0, covariance)


def covariance_of_means(
    products: PsuProducts, sums: Sequence[Hashable], weights: Sequence[Hashable], lonely: str = "refuse"
) -> tuple[np.ndarray, np.ndarray]:
    """Means (shares) of several domains of one design and their covariance matrix: what `estimate_letters` takes.

    `sums` and `weights` name the totals sum w x and sum w of each domain; domains may overlap (columns of a multiple
    answer). A domain without weight is refused.
    """
    lacking = [name for name in (*sums, *weights) if name not in products.names]
    if lacking or len(sums) != len(weights):
        refuse("sums", str(lacking or "another number of sums and weights"), f"names out of {list(products.names)}")
    y, w = ([products.names.index(name) for name in names] for names in (sums, weights))
    totals = products.totals
    if (totals[w] <= 0).any():
        refuse("weights", "a domain without weight", "people in every domain", "leave this column out")
    means = totals[y] / totals[w]
    coefficients = np.zeros((len(totals), len(means)))
    for place, (i, j) in enumerate(zip(y, w, strict=True)):
        coefficients[i, place] += 1 / totals[j]
        coefficients[j, place] -= means[place] / totals[j]
    return means, linear_covariance(products, coefficients, lonely)
