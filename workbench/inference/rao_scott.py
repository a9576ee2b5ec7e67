"""Rao-Scott: does a crosstab say anything under weights, strata and clusters? From cell sums by PSU.

Knows the sums of weights of each cell by PSU (see `products`) and the formulas; no record. Pearson's test on weighted
counts takes weights for people: it finds too much.

Sufficient statistics (`CellProducts`): the sums and cross-products over PSUs, by stratum, of the weights in each cell.
`cell_products` makes them of rows; without clusters every person is a PSU and patterns are enough, whatever their
number.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import refuse
from .products import PsuProducts, linear_covariance
from .summing import _columns, _weights, patterns


@dataclass(frozen=True)
class CellProducts:
    """Cells of a table with `rows` x `columns` (in row-major order) and the products of their sums over PSUs."""

    rows: tuple[Hashable, ...]
    columns: tuple[Hashable, ...]
    products: PsuProducts


def cell_products(
    table: pd.DataFrame,
    row: str,
    column: str,
    weight: str | None = None,
    stratum: str | None = None,
    psu: str | None = None,
) -> CellProducts:
    """The sums of `rao_scott_test`, from one row a person. All people of the sample go in.

    Who misses the row or the column is in no cell, is counted, and still counts as a PSU of the design. PSU labels are
    read within their stratum.
    """
    _columns(table, [row, column, *(name for name in (weight, stratum, psu) if name)])
    for name in (stratum, psu):
        if name and table[name].isna().any():
            refuse(name, f"missing for {int(table[name].isna().sum())} people", "the design of every person")
    full = table[row].notna() & table[column].notna()
    if not full.any():
        refuse(row, "nobody with a row and a column", "answers to both")
    rows, columns = (tuple(sorted(table[name][full].unique(), key=str)) for name in (row, column))
    cells = [(r, c) for r in rows for c in columns]
    place = pd.Series(
        pd.Index(rows).get_indexer(table[row]) * len(columns) + pd.Index(columns).get_indexer(table[column]),
        index=table.index,
    ).where(full)
    labels = pd.Series("all", index=table.index) if stratum is None else table[stratum]
    codes, names = pd.factorize(labels, sort=True)
    weights = _weights(table, weight)
    people = pd.DataFrame({"stratum": codes, "cell": place.to_numpy(), "w": weights.to_numpy()})
    shape = (len(names), len(cells))
    first, second = np.zeros(shape), np.zeros((*shape, len(cells)))
    if psu is None:
        some = patterns(people, ["stratum", "cell"], "w")
        s, k = some["stratum"].to_numpy(int), some["cell"].to_numpy(int)
        first[s, k], second[s, k, k] = some["w"], some["ww"]
        psus = np.bincount(codes, minlength=len(names)).astype(float)
    else:
        people["psu"] = pd.factorize(table[psu])[0]
        units = people[["stratum", "psu"]].drop_duplicates()
        psus = np.bincount(units["stratum"], minlength=len(names)).astype(float)
        some = patterns(people, ["stratum", "psu", "cell"], "w")
        wide = some.pivot_table(index=["stratum", "psu"], columns="cell", values="w", fill_value=0.0, observed=True)
        wide = wide.reindex(columns=range(len(cells)), fill_value=0.0)
        strata = wide.index.get_level_values("stratum").to_numpy()
        for s in range(len(names)):
            t = wide.to_numpy(float)[strata == s]
            first[s], second[s] = t.sum(axis=0), t.T @ t
    ww = float((weights[full] ** 2).sum())
    n = float(full.sum())
    made = PsuProducts(tuple(cells), tuple(names), psus, first, second, n, float(len(table) - n), None, ww)
    return CellProducts(rows, columns, made)


@dataclass(frozen=True)
class RaoScott:
    """The test of a whole table under a design; `f`, `ndf`, `ddf`, `p` are the second-order test, the one to report.

    `pearson` is the chi-square of the weighted shares taken as those of n people, `first_order_p` the test of that
    divided by the mean design effect `deff`. `shares` by row and column of all weight, `row_shares` within each row.
    """

    f: float | None
    ndf: float | None
    ddf: float | None
    p: float | None
    pearson: float | None
    first_order_p: float | None
    deff: float | None
    n: float
    n_effective: float | None
    dropped: float
    shares: pd.DataFrame
    row_shares: pd.DataFrame
    method: str
    notes: tuple[str, ...]


def rao_scott_test(cells: CellProducts, lonely: str = "refuse") -> RaoScott:
    """Do the rows depend on the columns in the population the weights stand for? The F test of Rao and Scott 1984.

    With the cell shares p, their design covariance V, C the interaction columns less their plain least-squares
    projection on rows and columns, and D = diag(1 / p): Delta = (C'DC / n)^-1 C'D V D C, F = X2 / tr(Delta) with
    tr(Delta)^2 / tr(Delta^2) degrees of freedom, and that times PSUs - strata below. Cells with nobody enter with 0 in
    D. Rows and columns without anybody are left out and told.
    """
    products = cells.products
    table = products.totals.reshape(len(cells.rows), len(cells.columns))
    if (table < 0).any() or table.sum() <= 0:
        refuse("cells", "negative sums or no weight at all", "sums of weights of 0 or more")
    keep_rows, keep_columns = table.sum(axis=1) > 0, table.sum(axis=0) > 0
    kept = np.flatnonzero(np.outer(keep_rows, keep_columns).ravel())
    rows = [r for r, good in zip(cells.rows, keep_rows, strict=True) if good]
    columns = [c for c, good in zip(cells.columns, keep_columns, strict=True) if good]
    total = table.sum()
    p = table[keep_rows][:, keep_columns] / total
    shares = pd.DataFrame(p, index=rows, columns=columns)
    row_shares = shares.div(shares.sum(axis=1), axis=0)
    n, nu = products.n, products.df
    worth = float(total**2 / products.ww) if products.ww else None
    notes = []
    if len(kept) < table.size:
        notes.append("rows or columns without anybody left out")
    if products.dropped:
        notes.append(f"{products.dropped:g} people without a row or a column left out")
    if (p == 0).any():
        notes.append(f"{int((p == 0).sum())} cells with nobody")
    words = "Rao-Scott F, second order (Satterthwaite)"
    df = (len(rows) - 1) * (len(columns) - 1)

    def silent(why: str) -> RaoScott:
        answer = f"{words}, no test ({why})"
        return RaoScott(*(None,) * 7, n, worth, products.dropped, shares, row_shares, answer, tuple(notes))

    if df == 0:
        return silent("fewer than two rows or columns with answers")
    if nu <= 0:
        return silent("no degrees of freedom")
    expected = np.outer(p.sum(axis=1), p.sum(axis=0))
    if (n * expected < 5).any():
        notes.append(f"{int((n * expected < 5).sum())} of {p.size} expected counts below 5: p is rough")
    pearson = float(n * ((p - expected) ** 2 / expected).sum())
    linear = np.zeros((table.size, p.size))
    linear[kept, range(p.size)] = 1 / total
    linear[kept] -= p.ravel()[None, :] / total
    covariance = linear_covariance(products, linear, lonely)
    interaction = _interaction(len(rows), len(columns))
    inverse = np.divide(1.0, p.ravel(), out=np.zeros(p.size), where=p.ravel() > 0)
    scaled = inverse[:, None] * interaction
    under_chance = interaction.T @ scaled / n
    if np.linalg.matrix_rank(under_chance, hermitian=True) < df:
        return silent("too many cells with nobody: join rows or columns")
    delta = np.linalg.solve(under_chance, scaled.T @ covariance @ scaled)
    trace, trace2 = float(np.trace(delta)), float(np.trace(delta @ delta))
    if trace <= 1e-12:
        return silent("no variation between PSUs")
    from scipy.special import chdtrc, fdtrc

    f, ndf = pearson / trace, trace**2 / trace2
    ddf = ndf * nu
    tail, rough = float(fdtrc(ndf, ddf, f)), float(chdtrc(df, pearson / (trace / df)))
    return RaoScott(
        f,
        ndf,
        ddf,
        tail,
        pearson,
        rough,
        trace / df,
        n,
        worth,
        products.dropped,
        shares,
        row_shares,
        words,
        tuple(notes),
    )


def _interaction(rows: int, columns: int) -> np.ndarray:
    """Interaction columns of a two-way table, less their least-squares projection on the main effects."""
    r, c = np.eye(rows) - 1 / rows, np.eye(columns) - 1 / columns
    return np.kron(r[:, 1:], c[:, 1:])  # the projection of a product of dummies is the product of centred dummies
