"""Crosstabs: which columns of a table differ, row by row (column letters), and whether the table says anything at all.

Knows counts and sums by row and column, and the formulas; nothing of banners' names or of answers. Letters read as in
every tabulation: the higher column carries the letter of the lower one.

Sufficient statistics are in `CrossSums`, tables with one row a row of the table and one column a column of it:
    x    people of the cell, or the sum of their weights
    n, w, ww   people in the column's base for this row, the sums of their weights and of the squared weights
    xx   sum of the squared weights of the cell's people (only for the design-based test)
and for means y = sum w x and yy = sum w x^2 in place of x. `cross_sums` makes them of rows or of distinct patterns.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .checks import refuse, require_columns
from .letters import Letters, letter_table
from .summing import patterns

EXPECTED = 5  # an expected count below this is small


@dataclass(frozen=True)
class CrossSums:
    """The sums of a crosstab; see the head of this file. All tables have the same rows and columns.

    `people` in the whole table's sample; `overlap` people who stand in two columns or more; `dropped` people without a
    row or without a column.
    """

    x: pd.DataFrame
    n: pd.DataFrame
    w: pd.DataFrame
    ww: pd.DataFrame
    xx: pd.DataFrame | None = None
    people: float | None = None
    overlap: float = 0
    dropped: float = 0


def cross_sums(
    table: pd.DataFrame,
    column: str | Sequence[str],
    row: str,
    weight: str | None = None,
    columns: Sequence[Hashable] | None = None,
    rows: Sequence[Hashable] | None = None,
) -> CrossSums:
    """The sums of `share_letters`, from one row a person, or from `summing.patterns` (a table with n, w and ww).

    `column` is the variable above the table, or several 0/1 variables of a multiple answer, where a person may stand in
    more than one column. `columns` and `rows` order the values and choose among them: people of another value of `row`
    stay in the base. Who misses the row or the column is dropped and counted.
    """
    keys = [column] if isinstance(column, str) else list(column)
    summed = {"n", "w", "ww"} <= set(table.columns)
    if summed:
        require_columns(table, ("n", "w", "ww"))
        full = table[[*keys, row]].notna().all(axis=1)
        cells, dropped = table[full], float(table["n"][~full].sum())
    else:
        cells = patterns(table, [*keys, row], weight)
        dropped = float(cells.attrs["dropped"])
    found = sorted(cells[row].unique(), key=str)
    overlap = 0.0
    if isinstance(column, str):
        levels: list[Hashable] = list(columns) if columns is not None else sorted(cells[column].unique(), key=str)
        inside = {level: cells[column] == level for level in levels}
    else:
        for key in keys:
            if not cells[key].isin([0, 1]).all():
                refuse(key, "another value", "0 or 1 for each column of a multiple answer")
        levels = list(columns if columns is not None else keys)
        inside = {level: cells[level] == 1 for level in levels}
        overlap = float(cells["n"][cells[keys].sum(axis=1) > 1].sum())
    wanted = list(rows) if rows is not None else found
    long = pd.concat([cells[mask].assign(_column=level) for level, mask in inside.items()])
    by_cell = long.groupby([row, "_column"], observed=True)[["n", "w", "ww"]].sum()
    base = long.groupby("_column", observed=True)[["n", "w", "ww"]].sum().reindex(levels).fillna(0.0)
    wide = {name: by_cell[name].unstack().reindex(index=wanted, columns=levels).fillna(0.0) for name in ("w", "ww")}
    bases = {name: pd.DataFrame([base[name]] * len(wanted), index=wanted, columns=levels) for name in base}
    return CrossSums(
        wide["w"], bases["n"], bases["w"], bases["ww"], wide["ww"], float(cells["n"].sum()), overlap, dropped
    )


def share_letters(
    sums: CrossSums,
    alpha: float = 0.05,
    correction: str = "none",
    smallest: float = 30,
    small: str = "no letter",
    test: str = "effective base",
    blocks: Sequence[Hashable | None] | None = None,
) -> Letters:
    """In which columns is the share higher than in which others, row by row?

    Two-sided z of two shares with pooled variance, p1 - p2 over sqrt(p (1 - p) (1/n1 + 1/n2)), on effective bases
    (sum w)^2 / sum w^2 (Kish 1965), which are the plain bases without weights; never on the weighted base. Its square
    is Pearson's chi-square without correction. test="design" takes the difference with its linearised variance under
    weights (Woodruff 1971) and needs `xx` and `people`; strata and clusters go through `estimate_letters`.

    `correction`: "none", "Bonferroni" (times the pairs of that row) or "Benjamini-Hochberg" (over them). A base below
    `smallest`, plain or effective, gets and gives no letter; small="told" gives letters all the same and only tells.
    `blocks` names for each column the variable it belongs to: only columns of the same one are compared, and the pairs
    of a row are those of its variable; None (a total) is compared with nothing. Letters run on over all columns: after
    Z come AA, AB. Columns with people in common are refused: their covariance is missing here.
    """
    if test not in ("effective base", "design"):
        refuse("test", repr(test), 'one of: "effective base", "design"')
    x, n, w, ww = (_matrix(getattr(sums, name), name) for name in ("x", "n", "w", "ww"))
    if sums.overlap or (sums.people is not None and blocks is None and n.max(axis=0, initial=0).sum() > sums.people):
        refuse(
            "column",
            f"{sums.overlap:g} people in two columns or more" if sums.overlap else "more answers than people",
            "columns without people in common: the z test leaves out what they share",
            "give `estimate_letters` the covariance of the columns, from products",
        )
    if (x > w * (1 + 1e-9)).any():
        refuse(
            "x", "a cell above its base", "sums over people of the base", "add cell and base up over the same people"
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        share, base = x / w, w**2 / ww
    if test == "design":
        if sums.xx is None or not sums.people or sums.people < 2:
            refuse("xx", "nothing", "xx and people, for the design-based test", "make the sums with cross_sums")
        squares = _matrix(sums.xx, "xx")
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.maximum(squares * (1 - 2 * share) + share**2 * ww, 0) / w**2
        each[each < 1e-15] = 0.0
        variance = each * sums.people / (sums.people - 1)
        words = "z test of the design-based difference (Taylor linearisation, weights only)"
    else:
        variance = None
        weighted = not np.allclose(n, base, equal_nan=True)
        words = "z test of two shares, pooled variance" + (", effective bases (Kish)" if weighted else "")

    def compare(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        if variance is not None:
            return np.sqrt(variance[:, a] + variance[:, b]), None
        with np.errstate(divide="ignore", invalid="ignore"):
            pooled = (share[:, a] * base[:, a] + share[:, b] * base[:, b]) / (base[:, a] + base[:, b])
            pooled = np.where((pooled < 1e-12) | (pooled > 1 - 1e-12), 0.0, pooled)
            return np.sqrt(pooled * (1 - pooled) * (1 / base[:, a] + 1 / base[:, b])), None

    with np.errstate(invalid="ignore"):
        se = np.sqrt(variance if variance is not None else share * (1 - share) / base)
    return letter_table(
        sums.x, share, se, n, base, compare, alpha, correction, smallest, small, blocks, words, sums.dropped
    )


def mean_letters(
    y: pd.DataFrame,
    yy: pd.DataFrame,
    n: pd.DataFrame,
    w: pd.DataFrame | None = None,
    ww: pd.DataFrame | None = None,
    alpha: float = 0.05,
    correction: str = "none",
    smallest: float = 30,
    small: str = "no letter",
    blocks: Sequence[Hashable | None] | None = None,
) -> Letters:
    """In which columns is the mean higher than in which others, row by row (a row is a rating)?

    Statistics: tables of sum w x, sum w x^2, people, sum w and sum w^2 by row and column (without `w` and `ww`
    everybody counts 1). Welch's t (Welch 1947): variance of a mean s^2 / n with the effective n under weights, where
    s^2 is the weighted variance times n / (n - 1). Large numbers with a small spread lose digits: take a constant off
    first. Other settings as in `share_letters`. The columns must have nobody in common.
    """
    total, squares, people = _matrix(y, "y", sign=False), _matrix(yy, "yy"), _matrix(n, "n")
    weights, weights2 = _matrix(n if w is None else w, "w"), _matrix(n if ww is None else ww, "ww")
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, base = total / weights, weights**2 / weights2
        spread = squares / weights - mean**2
        spread = np.where(spread < 1e-12 * squares / weights, 0.0, spread)
        variance = np.where(base > 1, spread / (base - 1), np.nan)  # s^2 / n = spread n / (n - 1) / n

    def compare(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        both = variance[:, a] + variance[:, b]
        with np.errstate(divide="ignore", invalid="ignore"):
            df = both**2 / (variance[:, a] ** 2 / (base[:, a] - 1) + variance[:, b] ** 2 / (base[:, b] - 1))
        return np.sqrt(both), df

    words = "Welch's t test of two means" + ("" if np.allclose(people, base, equal_nan=True) else ", effective bases")
    with np.errstate(invalid="ignore"):
        se = np.sqrt(variance)
    return letter_table(y, mean, se, people, base, compare, alpha, correction, smallest, small, blocks, words)


def estimate_letters(
    values: pd.DataFrame,
    covariance: np.ndarray,
    n: pd.DataFrame,
    n_effective: pd.DataFrame | None = None,
    df: float | None = None,
    alpha: float = 0.05,
    correction: str = "none",
    smallest: float = 30,
    small: str = "no letter",
    blocks: Sequence[Hashable | None] | None = None,
) -> Letters:
    """Letters of estimates with a known covariance: designs with strata and clusters, and columns that overlap.

    Statistics: `values` by row and column, and for each row the covariance matrix of its columns (rows x columns x
    columns), as `covariance_of_means` gives it. Test of the difference: z, or t with the design's `df`.
    """
    value, people = _matrix(values, "values", sign=False), _matrix(n, "n")
    wanted = (*value.shape, value.shape[1])
    if np.shape(covariance) != wanted:
        refuse("covariance", f"shape {np.shape(covariance)}", f"rows x columns x columns: {wanted}")
    base = people if n_effective is None else _matrix(n_effective, "n_effective")
    own = np.einsum("rcc->rc", covariance)

    def compare(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        variance = np.maximum(own[:, a] + own[:, b] - 2 * covariance[:, a, b], 0.0)
        variance = np.where(variance < 1e-12 * (own[:, a] + own[:, b]), 0.0, variance)
        return np.sqrt(variance), None if df is None else np.full(variance.shape, float(df))

    words = f"{'z' if df is None else 't'} test of the design-based difference, with the covariance of the columns"
    se = np.sqrt(np.maximum(own, 0.0))
    return letter_table(values, value, se, people, base, compare, alpha, correction, smallest, small, blocks, words)


@dataclass(frozen=True)
class ChiSquare:
    """Pearson's test of a whole table. `small_expected` cells have an expected count below 5; `note` says it."""

    chi2: float | None
    df: int
    p: float | None
    n: float
    smallest_expected: float | None
    small_expected: int
    method: str
    note: str = ""


def chi_square(counts: Any) -> ChiSquare:
    """Do the rows depend on the columns at all? Pearson's chi-square without correction (Pearson 1900).

    Statistics: the unweighted counts of rows by columns, of people who stand in one cell each. Empty rows and columns
    are left out and told. Under weights or clusters use `rao_scott_test`: weighted counts are no counts.
    """
    table = _matrix(pd.DataFrame(counts), "counts")
    kept = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    gone = f"{table.shape[0] - kept.shape[0]} empty rows and {table.shape[1] - kept.shape[1]} empty columns left out"
    note = gone if kept.shape != table.shape else ""
    n, words = float(kept.sum()), "Pearson chi-square"
    df = (kept.shape[0] - 1) * (kept.shape[1] - 1) if kept.size else 0
    if df <= 0:
        return ChiSquare(
            None, 0, None, n, None, 0, f"{words}, no test (fewer than two rows or columns with answers)", note
        )
    from scipy.special import chdtrc

    expected = np.outer(kept.sum(axis=1), kept.sum(axis=0)) / n
    chi2, low = float(((kept - expected) ** 2 / expected).sum()), int((expected < EXPECTED).sum())
    if low > 0.2 * expected.size or expected.min() < 1:
        told = f"{low} of {expected.size} expected counts below {EXPECTED}: p is rough, join rows or columns"
        note = f"{note}; {told}" if note else told
    return ChiSquare(chi2, df, float(chdtrc(df, chi2)), n, float(expected.min()), low, words, note)


def _matrix(table: pd.DataFrame, name: str, sign: bool = True) -> np.ndarray:
    values: np.ndarray = table.to_numpy(float)
    if not np.isfinite(values).all() or (sign and (values < 0).any()):
        refuse(name, "a negative, missing or infinite number", "finite sums" + (" of 0 or more" if sign else ""))
    return values
