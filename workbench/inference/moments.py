"""Sums of several ratings and of their products, by unit: all that drivers of an outcome need to know.

Knows numbers by person, and what a unit is; nothing of what was rated. Sufficient statistics (`Moments`), for p columns
and each unit: n (answers), w and ww (sums of w and w^2), the sums of w (x - centre) and of w (x - centre)(x - centre)'.
A unit is a person, or in a large study a batch of whole persons dealt at random: resampling units (not answers)
gives the bootstrap, and a thousand batches do as well as a million people.

Only complete rows are in the sums; the others are counted, and what was not shown is kept apart from other missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .checks import refuse, require_columns
from .choice import seeded
from .design import kish
from .summing import _columns, _weights


@dataclass(frozen=True)
class Moments:
    """See the head of this file: arrays of U units, U x p and U x p x p, and what was left out.

    `rows` people before leaving out; `missing` one row a column with `not_shown` and `other`; `not_shown` rows left out
    where all that is missing was not shown, `incomplete` the other rows left out. `dummies` the columns made of each
    category. `people` units before they were dealt into batches (None where they were not), with `seed`.
    """

    columns: tuple[str, ...]
    n: np.ndarray
    w: np.ndarray
    ww: np.ndarray
    first: np.ndarray
    second: np.ndarray
    centre: np.ndarray
    rows: int
    missing: pd.DataFrame
    not_shown: int = 0
    incomplete: int = 0
    dummies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people: int | None = None
    seed: int | None = None

    @property
    def answers(self) -> int:
        """Complete answers in the sums."""
        return int(self.n.sum())

    @property
    def n_effective(self) -> float | None:
        """What the weighted answers are worth (Kish)."""
        return kish(float(self.n.sum()), float(self.w.sum()), float(self.ww.sum())).n_effective

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out and how the units were made, in words."""
        told = []
        if self.not_shown:
            told.append(f"{self.not_shown} of {self.rows} left out: a question was not shown to them")
        if self.incomplete:
            told.append(f"{self.incomplete} of {self.rows} left out: an answer is missing")
        if self.people is not None:
            told.append(f"{self.people} units dealt into {len(self.n)} batches (seed {self.seed})")
        return tuple(told)


def moment_sums(
    table: pd.DataFrame,
    columns: Sequence[str],
    weight: str | None = None,
    unit: str | None = None,
    categories: Sequence[str] = (),
    not_shown: pd.DataFrame | None = None,
    batches: int | None = 1000,
    seed: int = 0,
) -> Moments:
    """The sums of the drivers' estimators, from one row an answer.

    `columns` are numbers, `categories` become 0/1 columns "name: value" (all values but the first). `unit` is the
    person or the cluster (without it each row is one); more than five times `batches` units are dealt at random into
    that many batches, of whole units (`batches` None: never). `not_shown`: True, by row and column, where the question
    was not put to the person; such cells count as missing whatever stands in them.
    """
    names = [*columns, *categories]
    _columns(table, [*names, *(name for name in (weight, unit) if name)])
    if len(set(names)) < len(names):
        refuse("columns", "a column twice", "each column once")
    hidden = pd.DataFrame(False, index=table.index, columns=names)
    if not_shown is not None:
        hidden = not_shown.reindex(index=table.index, columns=names, fill_value=False) == True  # noqa: E712
    for name in columns:
        if not (pd.api.types.is_numeric_dtype(table[name]) or pd.api.types.is_bool_dtype(table[name])):
            refuse(name, "text", "numbers", "recode it, or name it in `categories`")
    gone = table[names].isna() | hidden
    other = gone & ~hidden
    full = ~gone.any(axis=1)
    if unit and table[unit].isna().any():
        refuse(unit, f"missing for {int(table[unit].isna().sum())} rows", "the unit of every row")
    people = table[full]
    values = {name: people[name].to_numpy(float) for name in columns}
    dummies: dict[str, tuple[str, ...]] = {}
    for name in categories:
        levels = sorted(people[name].unique(), key=str)[1:]
        made = {f"{name}: {level}": (people[name] == level).to_numpy(float) for level in levels}
        values |= made
        dummies[name] = tuple(made)
    x = np.column_stack(list(values.values())) if len(people) else np.zeros((0, len(values)))
    if not np.isfinite(x).all():
        refuse("columns", "an infinite number", "finite numbers, or nothing where there is no answer")
    w = _weights(table, weight)[full].to_numpy()
    codes = np.arange(len(people)) if unit is None else pd.factorize(people[unit])[0]
    count, dealt = int(codes.max(initial=-1)) + 1, None
    if batches is not None and count > 5 * batches:
        codes, dealt = (seeded(seed).permutation(count) % batches)[codes], count
        count = batches
    centre = x.mean(axis=0) if len(people) else np.zeros(x.shape[1])
    x = x - centre
    counts = np.bincount(codes, minlength=count)
    first = np.empty((count, x.shape[1]))
    second = np.empty((count, x.shape[1], x.shape[1]))
    for i in range(x.shape[1]):
        first[:, i] = np.bincount(codes, w * x[:, i], count)
        for j in range(i + 1):
            second[:, i, j] = second[:, j, i] = np.bincount(codes, w * x[:, i] * x[:, j], count)
    missing = pd.DataFrame({"not_shown": hidden.sum(), "other": other.sum()})
    only_hidden = int((gone.any(axis=1) & ~other.any(axis=1)).sum())
    return Moments(
        tuple(values),
        counts.astype(float),
        np.bincount(codes, w, count),
        np.bincount(codes, w**2, count),
        first,
        second,
        centre,
        len(table),
        missing,
        only_hidden,
        int((~full).sum()) - only_hidden,
        dummies,
        dealt,
        seed if dealt else None,
    )


def moments_of(sums: pd.DataFrame, columns: Sequence[str], rows: int | None = None) -> Moments:
    """The same, from sums an engine made: one row a unit, with n, w, ww, for each column c the sum of w c, and for each
    pair (also c with itself, in the order of `columns`) "c*d" with the sum of w c d. `rows` people before leaving out.
    """
    pairs = [(i, j) for i in range(len(columns)) for j in range(i, len(columns))]
    require_columns(sums, ["n", "w", "ww", *columns, *(f"{columns[i]}*{columns[j]}" for i, j in pairs)])
    n, w, ww = (sums[name].to_numpy(float) for name in ("n", "w", "ww"))
    if (n < 0).any() or (w < 0).any() or (w**2 > n * ww * (1 + 1e-9)).any():
        refuse("ww", "sums that no people can have", "w^2 no larger than n times ww", "sum w and w^2 over the people")
    second = np.empty((len(sums), len(columns), len(columns)))
    for i, j in pairs:
        second[:, i, j] = second[:, j, i] = sums[f"{columns[i]}*{columns[j]}"]
    first = sums[list(columns)].to_numpy(float)
    total = w.sum()
    centre = first.sum(axis=0) / total if total > 0 else np.zeros(len(columns))
    shift = np.einsum("ui,j->uij", first, centre)
    second = second - shift - shift.transpose(0, 2, 1) + w[:, None, None] * np.outer(centre, centre)
    scale = 1e-12 * np.abs(sums[[f"{c}*{c}" for c in columns]].to_numpy(float))
    own = np.einsum("uii->ui", second)
    flat = np.abs(own).sum(axis=0) <= scale.sum(axis=0)
    second[:, flat] = second[:, :, flat] = 0.0  # rounding, where a column does not vary
    missing = pd.DataFrame({"not_shown": 0, "other": 0}, index=list(columns))
    done = int(n.sum())
    known = done if rows is None else rows
    first = first - w[:, None] * centre
    return Moments(tuple(columns), n, w, ww, first, second, centre, known, missing, 0, known - done)


def mean_and_covariance(
    w: np.ndarray, first: np.ndarray, second: np.ndarray, centre: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Means and covariances (divisor w) of totals (...), (..., p), (..., p, p): for one sample or many replicates."""
    away = first / w[..., None]
    covariance = second / w[..., None, None] - away[..., :, None] * away[..., None, :]
    return centre + away, covariance


def without(covariance: np.ndarray, kept: Sequence[int], removed: Sequence[int]) -> np.ndarray:
    """The covariance of the kept columns that is left after regressing each on the removed ones."""
    inner = covariance[..., kept, :][..., kept]
    if not len(removed):
        return np.asarray(inner)
    across = covariance[..., kept, :][..., removed]
    inverse = np.linalg.pinv(covariance[..., removed, :][..., removed], rcond=1e-10, hermitian=True)
    left = inner - across @ inverse @ np.swapaxes(across, -1, -2)
    own, before = np.einsum("...ii->...i", left), np.einsum("...ii->...i", inner)
    gone = own <= 1e-10 * before  # nothing is left of it but rounding
    left[gone[..., :, None] | gone[..., None, :]] = 0.0
    return np.asarray(left)


def correlations(covariance: np.ndarray) -> np.ndarray:
    """Correlations, with 0 for a column that does not vary (and 1 on the diagonal)."""
    spread = np.sqrt(np.maximum(np.einsum("...ii->...i", covariance), 0.0))
    inverse = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
    r = covariance * inverse[..., :, None] * inverse[..., None, :]
    p = r.shape[-1]
    r[..., range(p), range(p)] = 1.0
    return np.asarray(r)
