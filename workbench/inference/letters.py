"""Column letters: from differences with their standard errors to the letters under the figures of a table.

Knows arrays of estimates (rows x columns) and how two columns are compared; what is estimated is the caller's
(`crosstabs`). Sufficient statistics: estimates, their bases, and standard errors of the differences of pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .checks import one_of, refuse

CORRECTIONS = {
    "none": "no correction",
    "Bonferroni": "Bonferroni over the pairs of a row",
    "Benjamini-Hochberg": "Benjamini-Hochberg over the pairs of a row",
}
Compare = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray | None]]


def column_letter(place: int) -> str:
    """The letter of a column, counted from 0: A to Z, then AA, AB, as in a spreadsheet."""
    word = ""
    place += 1
    while place > 0:
        place, rest = divmod(place - 1, 26)
        word = chr(65 + rest) + word
    return word


@dataclass(frozen=True)
class Letters:
    """A table with its letters. All tables have a row for each row and a column for each column.

    `values` and `se` the estimates; `n` people and `n_effective` what they are worth; `letters` what stands in each
    cell, in the order of the columns (letters of two characters: with a space between); `letter_of` the letter of each
    column (those of no block have none); `small` columns with a base below the smallest in some row. `pairs`: one row a
    row and pair, with difference (first minus second), se, statistic, df, p and p_adjusted, missing where not tested.
    """

    values: pd.DataFrame
    se: pd.DataFrame
    n: pd.DataFrame
    n_effective: pd.DataFrame
    letters: pd.DataFrame
    letter_of: dict[Hashable, str]
    small: tuple[Hashable, ...]
    alpha: float
    correction: str
    method: str
    notes: tuple[str, ...]
    _tests: dict[str, np.ndarray]

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Every comparison that was made: one row for each row of the table and pair of columns."""
        rows, columns = self.values.index, self.values.columns
        a, b = self._tests["a"], self._tests["b"]
        names = [self.letter_of[columns[i]] + self.letter_of[columns[j]] for i, j in zip(a, b, strict=True)]
        frame = {
            "row": np.repeat(np.asarray(rows, object), len(a)),
            "pair": np.tile(np.asarray(names, object), len(rows)),
            "a": np.tile(np.asarray(columns, object)[a], len(rows)),
            "b": np.tile(np.asarray(columns, object)[b], len(rows)),
        }
        tests = {name: value.ravel() for name, value in self._tests.items() if name not in ("a", "b")}
        return pd.DataFrame(frame | tests)


def letter_table(
    like: pd.DataFrame,
    values: np.ndarray,
    se: np.ndarray,
    n: np.ndarray,
    base: np.ndarray,
    compare: Compare,
    alpha: float,
    correction: str,
    smallest: float,
    small: str,
    blocks: Sequence[Hashable | None] | None,
    words: str,
    dropped: float = 0,
) -> Letters:
    """The letters of estimates whose pairs `compare` can compare: it gives the SE and the df of the differences a - b.

    Raises DataFault for an alpha outside 0 to 1, an unknown correction, or blocks that do not fit the columns.
    """
    one_of("correction", correction, CORRECTIONS)
    one_of("small", small, ("no letter", "told"))
    if not 0 < alpha < 1:
        refuse("alpha", alpha, "a number between 0 and 1")
    if like.columns.duplicated().any():
        refuse("columns", "two columns of the same name", "names that differ")
    count = len(like.columns)
    of = [0] * count if blocks is None else list(blocks)
    if len(of) != count:
        refuse("blocks", f"{len(of)} names", f"one for each of the {count} columns")
    a, b = np.triu_indices(count, 1)
    same = np.array([of[i] is not None and of[i] == of[j] for i, j in zip(a, b, strict=True)], bool)
    a, b = a[same], b[same]
    block = np.array([of.index(of[i]) for i in a], int)
    difference = values[:, a] - values[:, b]
    error, df = compare(a, b)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = difference / error
    equal = (error == 0) & (np.abs(difference) < 1e-12)
    statistic = np.where(equal, 0.0, np.where(error > 0, statistic, np.nan))
    p = _two_sided(statistic, df)
    adjusted = p.copy()
    for one in np.unique(block):
        adjusted[:, block == one] = _corrected(p[:, block == one], correction)
    few = (n < smallest) | (np.nan_to_num(base) < smallest)
    tested = (adjusted < alpha) & (difference != 0)
    if small == "no letter":
        tested &= ~(few[:, a] | few[:, b])
    letters = _written(tested, difference, a, b, of)
    columns = list(like.columns)
    few_columns = tuple(column for column, bad in zip(columns, few.any(axis=0), strict=True) if bad)
    frame = {"index": like.index, "columns": like.columns}
    return Letters(
        pd.DataFrame(values, **frame),
        pd.DataFrame(se, **frame),
        pd.DataFrame(n, **frame),
        pd.DataFrame(base, **frame),
        pd.DataFrame(letters, **frame),
        {column: _letters_of(of)[place] for place, column in enumerate(columns)},
        few_columns,
        alpha,
        correction,
        f"{words}, two-sided, {CORRECTIONS[correction]}",
        _notes(n, p, few_columns, smallest, small, dropped),
        {
            "a": a,
            "b": b,
            "difference": difference,
            "se": error,
            "statistic": statistic,
            "df": np.full(p.shape, np.nan) if df is None else df,
            "p": p,
            "p_adjusted": adjusted,
        },
    )


def _letters_of(of: Sequence[Hashable | None]) -> list[str]:
    """A letter for each column that is compared; none for a total."""
    places = np.cumsum([block is not None for block in of]) - 1
    return [column_letter(int(p)) if block is not None else "" for p, block in zip(places, of, strict=True)]


def _written(
    tested: np.ndarray, difference: np.ndarray, a: np.ndarray, b: np.ndarray, of: Sequence[Hashable | None]
) -> np.ndarray:
    """The letters of each cell: one for each column that is surely lower, in the order of the columns."""
    names = _letters_of(of)
    between = " " if max(map(len, names), default=1) > 1 else ""
    cells: list[list[list[int]]] = [[[] for _ in of] for _ in range(len(tested))]
    for row, pair in zip(*np.nonzero(tested), strict=True):
        high, low = (a[pair], b[pair]) if difference[row, pair] > 0 else (b[pair], a[pair])
        cells[row][high].append(int(low))
    written = np.empty((len(tested), len(of)), object)
    for row, places in enumerate(cells):
        written[row] = [between.join(names[low] for low in sorted(lower)) for lower in places]
    return written


def _two_sided(statistic: np.ndarray, df: np.ndarray | None) -> np.ndarray:
    from scipy.special import ndtr, stdtr

    size = np.abs(statistic)
    with np.errstate(invalid="ignore"):
        p = 2 * (ndtr(-size) if df is None else stdtr(np.where(np.isfinite(df), df, np.inf), -size))
        if df is not None:  # without df (no variance at all) equal estimates have statistic 0
            p = np.where(np.isfinite(df), p, np.where(size == 0, 1.0, np.nan))
    return np.asarray(np.minimum(p, 1.0))


def _corrected(p: np.ndarray, correction: str) -> np.ndarray:
    """Adjusted over the pairs of each row that were tested; missing p stay missing."""
    tests = np.isfinite(p).sum(axis=1, keepdims=True)
    if correction == "Bonferroni":
        return np.asarray(np.minimum(p * tests, 1.0))
    if correction == "none":
        return p
    order = np.argsort(p, axis=1)  # missing ones last
    ranked = np.take_along_axis(p, order, axis=1) * tests / np.arange(1, p.shape[1] + 1)
    ranked = np.where(np.isnan(ranked), np.inf, ranked)
    ranked = np.minimum.accumulate(ranked[:, ::-1], axis=1)[:, ::-1]
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, np.minimum(ranked, 1.0), axis=1)
    return np.where(np.isnan(p), np.nan, adjusted)


def _notes(
    n: np.ndarray, p: np.ndarray, few: tuple[Hashable, ...], smallest: float, small: str, dropped: float
) -> tuple[str, ...]:
    notes = []
    if few:
        names = ", ".join(map(str, few))
        what = "get and give no letter there" if small == "no letter" else "letters there are not to be relied on"
        notes.append(f"base below {smallest:g} in {names}: {what}")
    if (n == 0).any():
        notes.append(f"{int((n == 0).sum())} cells without anybody in the base: no value")
    silent = int(np.isnan(p).sum())
    if silent:
        notes.append(f"{silent} comparisons without a test (nobody in a column, or no variation)")
    if dropped:
        notes.append(f"{dropped:g} people without an answer in the row or the column left out")
    return tuple(notes)
