"""From a table of patterns to the design matrix of a model: factors with references, and numbers.

Knows a table with one row a distinct pattern and which columns are meant; nothing of what is modelled.

THE SUFFICIENT STATISTICS of every model of this room: one row for each distinct pattern of outcome, exposure and
predictors, with the columns
    n       people with that pattern (without the column: one a row)
    w, ww   sums of their weights and of the squared weights (without them, or equal to n: nobody is weighted)
and the outcome, exposure and predictors as each of these people has them (`summing.patterns` makes such a table).
10 million people cost what their patterns cost. A pattern with a missing outcome, exposure or predictor is dropped, and
its people are counted, with those that `summing.patterns` dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import refuse

INTERCEPT = "intercept"
LARGEST = 200_000_000  # numbers in a design matrix (1.6 GB): above it somebody took a number for a factor
PIECE = 2048  # rows multiplied at once
SINGULAR = 1e-9  # the part of a column's variance that the other columns must leave over


@dataclass(frozen=True)
class Design:
    """The design matrix of the patterns that are complete, what its columns are, and who was dropped.

    `terms` names the columns of each factor and number by position; `levels` the levels of each factor, reference
    first; `people`, `weight` and `squares` are n, w and ww of the rows kept; `missing` counts the people dropped by
    column (somebody who lacks two columns is in both; `dropped` counts them once).
    """

    x: np.ndarray
    names: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    levels: dict[str, tuple[object, ...]]
    rows: pd.DataFrame
    people: np.ndarray
    weight: np.ndarray
    squares: np.ndarray
    weighted: bool
    dropped: float
    missing: dict[str, float]

    @property
    def n(self) -> float:
        """People in the model."""
        return float(self.people.sum())

    @property
    def n_before(self) -> float:
        """People before those with something missing were dropped."""
        return self.n + self.dropped

    @property
    def n_effective(self) -> float | None:
        """What the people are worth after weighting (Kish), or None where nobody is weighted."""
        return float(self.weight.sum() ** 2 / self.squares.sum()) if self.weighted else None

    def column(self, name: str) -> np.ndarray:
        """A numeric column of the rows kept."""
        return _numbers(self.rows, name)

    def notes(self) -> list[str]:
        """What a reader must know of those who were dropped."""
        if not self.dropped:
            return []
        parts = ", ".join(f"{column} {people:g}" for column, people in self.missing.items() if people)
        return [f"{self.dropped:g} of {self.n_before:g} people dropped, something missing{parts and f': {parts}'}"]

    def without(self, term: str) -> Design:
        """The same people without one term."""
        gone = set(self.terms[term])
        left = [j for j in range(len(self.names)) if j not in gone]
        place = {old: new for new, old in enumerate(left)}
        terms = {t: tuple(place[j] for j in cols) for t, cols in self.terms.items() if t != term}
        changed = {"x": self.x[:, left], "names": tuple(self.names[j] for j in left), "terms": terms}
        return Design(**{**self.__dict__, **changed})

    def row(self, profile: Mapping[str, object]) -> np.ndarray:
        """The row of the design matrix for one profile: a value for every factor and number, refused by name if not."""
        row = np.zeros(len(self.names))
        if self.names[0] == INTERCEPT:
            row[0] = 1.0
        for term in self.terms:
            if term not in profile:
                refuse("profile", f"no {term}", "a value for: " + ", ".join(self.terms))
            self.put(row[None, :], term, profile[term])
        return row

    def put(self, x: np.ndarray, term: str, value: object) -> None:
        """Set a term to one value in all rows of `x` (changed in place)."""
        if term not in self.terms:
            refuse("term", term, "one of: " + ", ".join(self.terms), "add it to the model")
        columns = list(self.terms[term])
        if term not in self.levels:
            if isinstance(value, bool | int | float | np.number) and np.isfinite(float(value)):
                x[:, columns] = float(value)
                return
            refuse(term, repr(value), "a number", "or make it a factor")
        levels = list(self.levels[term])
        if value not in levels:
            refuse(term, repr(value), "one of: " + ", ".join(map(str, levels)))
        x[:, columns] = [1.0 if value == one else 0.0 for one in levels[1:]]


def design_matrix(
    patterns: pd.DataFrame,
    factors: Sequence[str] = (),
    numeric: Sequence[str] = (),
    references: Mapping[str, object] | None = None,
    outcome: str | None = None,
    also: Sequence[str] = (),
) -> Design:
    """The columns of a model: the intercept, each number, and 0/1 for each level of a factor but its reference.

    `patterns` as at the head of this file. `references` names the level each factor is compared with (default: the
    first in order, or the first category of a categorical column). `outcome` and `also` must not be missing either, but
    are no predictors. Columns are named "factor: level".

    Raises DataFault for columns that are not there, words where numbers are expected, a reference that nobody has, a
    predictor that does not vary, and predictors that others determine completely (each by name).
    """
    wanted = [*factors, *numeric, *([outcome] if outcome else []), *also]
    _check(patterns, wanted, [*factors, *numeric], references or {}, factors)
    people = _amounts(patterns, "n", np.ones(len(patterns)))
    weight, squares = _amounts(patterns, "w", people), _amounts(patterns, "ww", people)
    if "w" in patterns.columns and "ww" not in patterns.columns:
        refuse("ww", "no such column", "sums of squared weights beside w", "sum the weights and their squares")
    if ((people > 0) & (weight <= 0)).any():
        refuse("w", "a weight that is not above 0", "weights above 0", "correct the weights")
    known = people > 0
    missing = {name: float(people[patterns[name].isna().to_numpy()].sum()) for name in dict.fromkeys(wanted)}
    kept = known & patterns[wanted].notna().all(axis=1).to_numpy() if wanted else known
    rows = patterns[kept]
    if rows.empty:
        refuse(outcome or "n", "nobody with all values", "people with outcome and all predictors", "check the columns")
    columns, names = [np.ones(len(rows))], [INTERCEPT]
    terms: dict[str, tuple[int, ...]] = {}
    levels: dict[str, tuple[object, ...]] = {}
    for factor in factors:
        codes, levels[factor] = _coded(rows[factor], factor, (references or {}).get(factor))
        if len(rows) * (len(names) + len(levels[factor])) > LARGEST:
            refuse(factor, f"{len(levels[factor])} levels", "fewer levels", "pool them, or make it a number")
        terms[factor] = tuple(range(len(names), len(names) + len(levels[factor]) - 1))
        columns += [(codes == code).astype(float) for code in range(1, len(levels[factor]))]
        names += [f"{factor}: {level}" for level in levels[factor][1:]]
    for name in numeric:
        terms[name] = (len(names),)
        columns.append(_numbers(rows, name))
        names.append(name)
    x = np.column_stack(columns)
    _require_full_rank(x, weight[kept], names)
    same = np.allclose(weight[kept], people[kept]) and np.allclose(squares[kept], people[kept])
    return Design(
        x, tuple(names), terms, levels, rows, people[kept], weight[kept], squares[kept], not same,
        float(people[known & ~kept].sum() + patterns.attrs.get("dropped", 0)), missing,
    )  # fmt: skip


def _check(
    patterns: pd.DataFrame, wanted: list[str], predictors: list[str], references: Mapping[str, object], factors: object
) -> None:
    absent = [name for name in dict.fromkeys(wanted) if name not in patterns.columns]
    if absent:
        raise DataFault(
            [Fault(column=name, found="no such column", expected="a column of patterns") for name in absent]
        )
    twice = [name for name in dict.fromkeys(wanted) if wanted.count(name) > 1]
    if twice:
        refuse(twice[0], "named twice", "each column once: outcome, exposure, factor or number")
    astray = [name for name in references if name not in list(factors)]  # type: ignore[call-overload]
    if astray:
        refuse(astray[0], "a reference for what is no factor", "references of factors", "list it among the factors")
    if not patterns.columns.is_unique:
        refuse("patterns", "two columns of one name", "one column a name", "rename one")


def _amounts(patterns: pd.DataFrame, name: str, default: np.ndarray) -> np.ndarray:
    """n, w or ww: numbers of 0 or more."""
    if name not in patterns.columns:
        return default
    values = _numbers(patterns, name)
    if not np.isfinite(values).all() or (values < 0).any():
        refuse(name, "a missing or negative number", "numbers of 0 or more", "count the people of each pattern")
    return values


def _numbers(table: pd.DataFrame, name: str) -> np.ndarray:
    """A column as floats; words and infinite numbers are refused by name."""
    try:
        values = table[name].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        refuse(name, "words", "numbers", "list it among the factors, or code it as numbers")
    if np.isinf(values).any():
        refuse(name, "an infinite number", "finite numbers")
    return np.asarray(values)


def _coded(column: pd.Series, name: str, reference: object) -> tuple[np.ndarray, tuple[object, ...]]:
    """The level of each row, reference 0, and the levels in that order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.remove_unused_categories()
        codes, levels = column.cat.codes.to_numpy(), list(column.cat.categories)
    else:
        found, values = pd.factorize(column)
        order = sorted(range(len(values)), key=lambda i: _sortable(values[i]))
        codes, levels = np.argsort(order)[found], [values[i] for i in order]
    if len(levels) < 2:
        refuse(name, f'only "{levels[0]}"', "two levels or more", "leave it out of the model")
    if reference is None:
        return codes, tuple(levels)
    if reference not in levels:
        refuse(name, f'reference "{reference}", which nobody has', "one of: " + ", ".join(map(str, levels)))
    first = levels.index(reference)
    codes = np.where(codes == first, 0, np.where(codes < first, codes + 1, codes))
    return codes, (levels[first], *levels[:first], *levels[first + 1 :])


def _sortable(value: object) -> tuple[int, float, str]:
    number = isinstance(value, bool | int | float | np.number)
    return (0, float(value), "") if number else (1, 0.0, str(value))  # type: ignore[arg-type]


def products(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """x' W x, in pieces that stay in the processor's cache."""
    total = np.zeros((x.shape[1], x.shape[1]))
    for start in range(0, len(x), PIECE):
        piece = x[start : start + PIECE]
        total += (piece * weight[start : start + PIECE, None]).T @ piece
    return total


def dependent(gram: np.ndarray, tolerance: float = SINGULAR) -> list[int]:
    """Which columns do the columns before them determine? From their cross products, by elimination in order."""
    left = np.array(gram, float)
    size = np.where(np.diag(left) > 0, np.diag(left), 1.0)
    left /= np.sqrt(np.outer(size, size))
    gone = []
    for j in range(len(left)):
        if left[j, j] <= tolerance:
            gone.append(j)
        else:
            left -= np.outer(left[:, j], left[j]) / left[j, j]
    return gone


def _require_full_rank(x: np.ndarray, weight: np.ndarray, names: list[str]) -> None:
    """Refuse predictors that do not vary, or that the others determine, by name (centred, so that years do not lie)."""
    if len(names) == 1:
        return
    centred = x[:, 1:] - np.average(x[:, 1:], axis=0, weights=weight)
    raw, gram = weight @ x[:, 1:] ** 2, products(centred, weight)
    still = [names[j + 1] for j in range(len(raw)) if gram[j, j] <= 1e-14 * raw[j]]
    if still:
        raise DataFault(
            [Fault(column=c, found="one value for everybody", expected="a predictor that varies") for c in still]
        )
    aliased = [names[j + 1] for j in dependent(gram)]
    if aliased:
        raise DataFault(
            [
                Fault(
                    column=name,
                    found="a column that the other predictors determine completely (singular design)",
                    expected="predictors that say something of their own",
                    mend="leave it out, or pool levels that always go together",
                )
                for name in aliased
            ]
        )
