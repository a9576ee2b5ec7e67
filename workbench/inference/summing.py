"""From a small table of people to the sums the estimators take: patterns, sums over the PSUs of a design, NPS counts.

Knows tables with one row a person, and pandas; nothing of what was asked. The engine makes the same sums where there
are many rows; an estimator never sees a person. Sufficient statistics made here:
    `patterns`            one row a distinct pattern: n, w, ww and, for a value v, sum w v (`v`) and sum w v^2 (`v_v`)
    `design_sums`         one row a stratum, for `design_mean` and `design_share`
    `design_sums_of_two`  one row a stratum, for `design_difference`
    `standardised_cells`  one row a group and cell, for `standardised` and `kitagawa`
    `nps_counts`          detractors, passives, promoters, and who gave no score
A person whose value is missing adds to no sum and is counted; nobody's value is guessed. A weight that is missing,
infinite or not above 0, and a missing stratum or PSU, are faults: they are part of the design, not of the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import refuse
from .design import Kish, kish


def nps_points(scores: Iterable[Any]) -> pd.Series:
    """What each score counts for in an NPS: 100 for 9 and 10, 0 for 7 and 8, -100 for 0 to 6.

    Missing for what is no whole number from 0 to 10. Keeps the index of a Series.
    """
    values = _numbers(scores)
    points = np.select([values >= 9, values >= 7], [100.0, 0.0], -100.0)
    return pd.Series(points, index=values.index).where(_on_the_scale(values))


class NpsCounts(NamedTuple):
    """The answers to a 0 to 10 question. `total` and `squares` are sums of the `n` scores, for their plain mean."""

    detractors: int
    passives: int
    promoters: int
    n: int
    rows: int
    blank: int
    out_of_range: int
    not_whole: int
    total: float
    squares: float

    @property
    def classes(self) -> tuple[int, int, int]:
        """Detractors, passives, promoters: what `nps_interval` and `nps_difference` take."""
        return self.detractors, self.passives, self.promoters


def nps_counts(scores: Iterable[Any]) -> NpsCounts:
    """How many detractors (0 to 6), passives (7, 8) and promoters (9, 10), and how many rows are none of them?

    `blank` counts what is missing or no number, `out_of_range` numbers below 0 or above 10, `not_whole` fractions in
    between. None of these is an answer: they are in no count and in no base.
    """
    values = _numbers(scores)
    good = values[_on_the_scale(values)]
    low, high = int((good <= 6).sum()), int((good >= 9).sum())
    blank, outside = int(values.isna().sum()), int(((values < 0) | (values > 10)).sum())
    rows, n = len(values), len(good)
    fractions = rows - n - blank - outside
    return NpsCounts(
        low, n - low - high, high, n, rows, blank, outside, fractions, float(good.sum()), float((good**2).sum())
    )


def _numbers(scores: Iterable[Any]) -> pd.Series:
    series = scores if isinstance(scores, pd.Series) else pd.Series(list(scores), dtype=object)
    return pd.to_numeric(series, errors="coerce").astype(float)


def _on_the_scale(values: pd.Series) -> pd.Series:
    return (values >= 0) & (values <= 10) & (values == values.round())


def patterns(
    table: pd.DataFrame, by: str | Sequence[str], weight: str | None = None, values: Sequence[str] = ()
) -> pd.DataFrame:
    """One row for each distinct pattern of the columns `by`, sorted, with what its people add up to.

    Columns: those of `by`; n (people), w and ww (sums of w and w^2; w = 1 without `weight`); and for each of `values`,
    say v: `v` = sum w v and `v_v` = sum w v^2. A person who misses one of the columns named, in `by` or in `values`, is
    left out; `.attrs["dropped"]` of the result counts them. Twice the same people give twice the sums.
    """
    keys = [by] if isinstance(by, str) else list(by)
    made = ["n", "w", "ww", *(name for v in values for name in (v, f"{v}_{v}"))]
    twice = [name for name in made if name in keys] or [name for name in made if made.count(name) > 1]
    if twice:
        refuse(twice[0], "a column and a sum of the same name", "other names", "rename the column")
    _columns(table, [*keys, *values, *([weight] if weight else [])])
    full = table[[*keys, *values]].notna().all(axis=1)
    people, w = table[full], _weights(table, weight)[full]
    sums = people[keys].assign(n=1, w=w, ww=w**2)
    for v in values:
        sums[v] = w * people[v].astype(float)
        sums[f"{v}_{v}"] = sums[v] * people[v].astype(float)
    totals = sums.groupby(keys, observed=True)[made].sum().reset_index() if keys else sums[made].sum().to_frame().T
    totals["n"] = totals["n"].astype(int)
    totals.attrs["dropped"] = len(table) - len(people)
    return totals


@dataclass(frozen=True)
class DesignSums:
    """What a design-based mean needs. `strata` is the table of `design_mean`; the rest are sums over people.

    `n` people of the domain with a value; `w`, `ww`, `wx`, `wxx` their sums of w, w^2, w x and w x^2; `missing` people
    of the domain without a value.
    """

    strata: pd.DataFrame
    n: int
    w: float
    ww: float
    wx: float
    wxx: float
    missing: int

    @property
    def kish(self) -> Kish:
        """Effective n and design effect of the unequal weights."""
        return kish(self.n, self.w, self.ww)

    @property
    def psus(self) -> int:
        """PSUs of the full design."""
        return int(self.strata["psus"].sum())


def design_sums(
    table: pd.DataFrame,
    value: str,
    weight: str | None = None,
    stratum: str | None = None,
    psu: str | None = None,
    domain: Iterable[bool] | None = None,
    population: str | Mapping[Any, float] | None = None,
) -> DesignSums:
    """The sums of `design_mean` and `design_share`, from one row a person. ALL people of the sample go in.

    `value`, `weight`, `stratum`, `psu` name columns: without weight all count 1, without stratum there is one, without
    psu each person is one. PSU labels are read within their stratum, so a label may be used again in another.
    `domain`: True for the people the mean is about; the others count only as PSUs of the design, as do people without a
    value. `population`: PSUs that could have been drawn in each stratum, as a column (one number a stratum) or by
    stratum.
    """
    totals, people = _totals(table, value, weight, stratum, psu, domain)
    squares = totals.assign(psus=1, yy=totals["y"] ** 2, yw=totals["y"] * totals["w"], ww=totals["w"] ** 2)
    strata = _with_population(squares.groupby(level="stratum").sum(), table, stratum, population)
    return DesignSums(
        strata,
        int(people["in"].sum()),
        float(people["w"].sum()),
        float((people["w"] ** 2).sum()),
        float(people["y"].sum()),
        float((people["y"] * people["x"]).sum()),
        int(people["missing"].sum()),
    )


class DesignSumsOfTwo(NamedTuple):
    """What `design_difference` needs: its table, and people with a value and without one in both domains."""

    strata: pd.DataFrame
    n_a: int
    n_b: int
    missing: int


def design_sums_of_two(
    table: pd.DataFrame,
    value: str,
    a: Iterable[bool],
    b: Iterable[bool],
    weight: str | None = None,
    stratum: str | None = None,
    psu: str | None = None,
    population: str | Mapping[Any, float] | None = None,
) -> DesignSumsOfTwo:
    """The sums of `design_difference`, A minus B, from one row a person; `a` and `b` tell who is in which domain.

    All people of the sample go in, also those of neither domain. Columns as in `design_sums`; for the same people in
    two waves, one row an answer, the respondent is the psu.
    """
    one, other = (design_sums(table, value, weight, stratum, psu, domain) for domain in (a, b))
    both = one.strata.drop(columns="psus").add_suffix("_a").join(other.strata.drop(columns="psus").add_suffix("_b"))
    t, s = (_totals(table, value, weight, stratum, psu, domain)[0] for domain in (a, b))
    across = pd.DataFrame(
        {"yy_ab": t["y"] * s["y"], "yw_ab": t["y"] * s["w"], "wy_ab": t["w"] * s["y"], "ww_ab": t["w"] * s["w"]}
    )
    strata = both.join(across.groupby(level="stratum").sum()).assign(psus=one.strata["psus"])
    return DesignSumsOfTwo(
        _with_population(strata, table, stratum, population), one.n, other.n, one.missing + other.missing
    )


def standardised_cells(
    table: pd.DataFrame, value: str, group: str, cell: str, a: Any, b: Any, weight: str | None = None
) -> pd.DataFrame:
    """The sums of `standardised` and `kitagawa`: one row for each group ("a" where `group` is a, "b" where b) and cell.

    Columns group, cell, n, w, ww, y, wwx, wwxx and, to be shown beside them, `mean` = y / w. People of another group are
    left out. Those without a value or a cell are too, and `.attrs["dropped"]` counts them.
    """
    _columns(table, [value, group, cell, *([weight] if weight else [])])
    w = _weights(table, weight)
    names = pd.Series(np.select([table[group] == a, table[group] == b], ["a", "b"], ""), index=table.index)
    asked = names != ""
    full = asked & table[value].notna() & table[cell].notna()
    w, x = w[full], table[value][full].astype(float)
    sums = pd.DataFrame({"n": 1, "w": w, "ww": w**2, "y": w * x, "wwx": w**2 * x, "wwxx": w**2 * x**2})
    cells = sums.groupby([names[full].rename("group"), table[cell][full].rename("cell")], observed=True).sum()
    cells = cells.assign(mean=cells["y"] / cells["w"]).reset_index()
    cells.attrs["dropped"] = int(asked.sum() - full.sum())
    return cells


def _totals(
    table: pd.DataFrame,
    value: str,
    weight: str | None,
    stratum: str | None,
    psu: str | None,
    domain: Iterable[bool] | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """For each PSU the sums of w x and w over its people of the domain; and for each person x, w, y = w x, or 0."""
    _columns(table, [value, *(name for name in (weight, stratum, psu) if name)])
    inside = np.ones(len(table), bool) if domain is None else np.asarray(list(domain), bool)
    if len(inside) != len(table):
        refuse("domain", f"{len(inside)} marks for {len(table)} people", "True or False for every person")
    for name in (stratum, psu):
        if name and table[name].isna().any():
            refuse(name, f"missing for {int(table[name].isna().sum())} people", "the design of every person")
    x = table[value].astype(float).to_numpy()
    if np.isinf(x).any():
        refuse(value, "an infinite number", "finite numbers, or nothing where there is no answer")
    known = inside & ~np.isnan(x)
    people = pd.DataFrame({"x": np.where(known, x, 0.0), "in": known, "missing": inside & ~known})
    people["w"] = _weights(table, weight).to_numpy() * known
    people["y"] = people["w"] * people["x"]
    people["stratum"] = table[stratum].to_numpy() if stratum else "all"
    people["psu"] = table[psu].to_numpy() if psu else np.arange(len(table))
    return people.groupby(["stratum", "psu"], observed=True)[["y", "w"]].sum(), people


def _weights(table: pd.DataFrame, weight: str | None) -> pd.Series:
    """The weight of every person, refused where it is none."""
    if weight is None:
        return pd.Series(1.0, index=table.index)
    w = pd.to_numeric(table[weight], errors="coerce").astype(float)
    bad = ~(np.isfinite(w) & (w > 0))
    if bad.any():
        found = f"{int(bad.sum())} of {len(w)} weights missing, infinite or not above 0"
        refuse(weight, found, "a weight above 0 for everybody", "correct them, or leave these people out and say so")
    return w


def _with_population(
    strata: pd.DataFrame, table: pd.DataFrame, stratum: str | None, population: str | Mapping[Any, float] | None
) -> pd.DataFrame:
    if population is None:
        return strata
    if isinstance(population, str):
        _columns(table, [population])
        label = table[stratum].to_numpy() if stratum else np.full(len(table), "all")
        sizes = table[population].groupby(label, observed=True)
        if (sizes.nunique(dropna=False) != 1).any():
            refuse(population, "several numbers in one stratum", "one number of PSUs for each stratum")
        return strata.assign(population=sizes.first())
    lacking = [name for name in strata.index if name not in population]
    if lacking:
        refuse("population", f"no number for stratum {lacking}", "the PSUs that could be drawn, for every stratum")
    return strata.assign(population=[float(population[name]) for name in strata.index])


def _columns(table: pd.DataFrame, names: Iterable[str]) -> None:
    gone = [name for name in dict.fromkeys(names) if name not in table]
    if gone:
        raise DataFault([Fault(column=name, found="no such column", expected="a column of the table") for name in gone])
