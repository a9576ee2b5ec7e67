"""Weights that bring a sample to known totals: raking, trimming, and the error of what is estimated after it.

Knows cells of people and totals; nothing of who they are. Weighting repairs what the margins explain, and no more.
Sufficient statistics (`raking_cells`): one row a cell of the margins (and of stratum and PSU where there are any; of the
base weight where weights are to be trimmed), with
    n, w, ww             people of the cell, sums of their base weights and of the squares
    nv, wv, wwv          the same of those with a value, and in the domain if there is one
    y, wwx, wwxx         their sums of w x, w^2 x and w^2 x^2
A weight after raking is base weight x factor, one factor a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import refuse, require_columns
from .design import Kish, kish
from .summing import patterns

Margins = Mapping[str, Mapping[Any, float]]
BASE = "base_weight"


def raking_cells(
    table: pd.DataFrame,
    margins: Sequence[str],
    weight: str | None = None,
    value: str | None = None,
    stratum: str | None = None,
    psu: str | None = None,
    domain: Iterable[bool] | None = None,
    each_weight: bool = False,
) -> pd.DataFrame:
    """The sums at the head of this file, from one row a person. People who miss a margin are left out of all and
    counted in .attrs["dropped"]; people without a value, or outside `domain`, are still raked.

    `each_weight`: one row also for each distinct base weight, which trimming needs.
    """
    made = {"stratum": stratum, "psu": psu, BASE: weight if each_weight else None}
    by = [*margins, *(name for name, column in made.items() if column)]
    gone = [name for name in (*margins, weight, value, stratum, psu) if name and name not in table]
    if gone:
        raise DataFault([Fault(column=name, found="no such column", expected="a column of the table") for name in gone])
    people = table[list(margins)].assign(**{name: table[column] for name, column in made.items() if column})
    people["_weight"] = table[weight] if weight else 1.0
    inside = np.ones(len(table), bool) if domain is None else np.asarray(list(domain), bool)
    x = table[value].astype(float) if value else pd.Series(np.nan, index=table.index)
    known = inside & x.notna().to_numpy()
    people["_value"] = x.where(known, 0.0).to_numpy()
    everybody = patterns(people.drop(columns="_value"), by, "_weight")
    w = people["_weight"].astype(float)
    told = pd.DataFrame({"nv": 1, "wv": w, "wwv": w**2, "y": w * people["_value"], "wwx": w**2 * people["_value"]})
    told["wwxx"] = told["wwx"] * people["_value"]
    full = known & people[by].notna().all(axis=1).to_numpy()
    sums = told[full].groupby([people.loc[full, name] for name in by], observed=True).sum().reset_index()
    cells = everybody.merge(sums, on=by, how="left")
    cells[list(told)] = cells[list(told)].fillna(0.0)
    cells.attrs["dropped"] = everybody.attrs["dropped"]
    return cells


@dataclass(frozen=True)
class Raked:
    """`cells`: as they came, with `factor`; `margins`: one row a category with n, target, before, after (sums of
    weights; `before` scaled to the target's total) and off (after / target - 1).

    `deff_*` are Kish's, the price of unequal weights. `largest_change` is that of the last round, in parts of a total;
    `total` the sum of the weights.
    """

    cells: pd.DataFrame
    margins: pd.DataFrame
    rounds: int
    converged: bool
    largest_change: float
    before: Kish
    after: Kish
    total: float
    method: str
    notes: tuple[str, ...] = field(default=())

    @property
    def factors(self) -> pd.DataFrame:
        """One row a cell of the margins, with its factor; the last margin's categories first, as a table is read."""
        names = list(dict.fromkeys(self.margins["margin"]))
        one = self.cells[[*names, "factor"]].drop_duplicates(names)
        return one.sort_values(names[::-1]).reset_index(drop=True)


def rake(cells: pd.DataFrame, margins: Margins, tolerance: float = 1e-10, most_rounds: int = 500) -> Raked:
    """Which factors make the weighted sample meet every margin? One margin after the other, again and again.

    `cells`: columns of the margins, n, w and ww (base weights summed; they set the starting point). `margins`: for each
    column its categories and their totals, all adding up to the same. Stops when no factor of a round differs from 1 by
    more than `tolerance`, or after `most_rounds`: then `converged` is False and a note says so. A category without
    people that should have some, people in a category without a total, and one whose people cannot be reached because
    another margin gives them nothing, are faults by name. Categories are found by their text too, as totals read from
    a text file have it. Deming and Stephan 1940.
    """
    codes = _check(cells, margins)
    base = cells["w"].to_numpy(float)
    factor = np.ones(len(cells))
    change, rounds = np.inf, 0
    targets = {name: np.array(list(totals.values()), float) for name, totals in margins.items()}
    while rounds < most_rounds and change > tolerance:
        rounds, change = rounds + 1, 0.0
        for name, target in targets.items():
            sums = np.bincount(codes[name], base * factor, len(target))
            lost = [label for label, s, t in zip(margins[name], sums, target, strict=True) if t > 0 and not s > 0]
            if lost:
                refuse(
                    name, f'weight 0 in category "{lost[0]}"', "totals that can be met together", "correct the totals"
                )
            step = np.divide(target, sums, out=np.ones(len(target)), where=sums > 0)
            factor *= step[codes[name]]
            change = max(change, float(np.abs(step[target > 0] - 1).max(initial=0.0)))
    if not np.isfinite(factor).all():
        refuse("margins", "factors without end", "totals that can be met together", "join small categories")
    converged = change <= tolerance
    notes = () if converged else (f"not converged after {rounds} rounds: a factor still changes by {change:.2g}",)
    n, ww = float(cells["n"].sum()), cells["ww"].to_numpy(float)
    return Raked(
        cells.assign(factor=factor),
        margin_table(cells, margins, factor),
        rounds,
        converged,
        change,
        kish(n, float(base.sum()), float(ww.sum())),
        kish(n, float(base @ factor), float(ww @ factor**2)),
        float(base @ factor),
        "raking (iterative proportional fitting)",
        notes,
    )


def margin_table(cells: pd.DataFrame, margins: Margins, factor: np.ndarray | pd.Series) -> pd.DataFrame:
    """Each category of each margin: people, target, and the sums of weights before and after these factors."""
    codes, rows = _check(cells, margins), []
    base, factors = cells["w"].to_numpy(float), np.asarray(factor, float)
    for name, totals in margins.items():
        n, before, after = (np.bincount(codes[name], one, len(totals)) for one in (cells["n"], base, base * factors))
        before = before * sum(totals.values()) / before.sum()
        for place, (category, target) in enumerate(totals.items()):
            off = after[place] / target - 1 if target > 0 else 0.0
            rows.append((name, category, n[place], float(target), before[place], after[place], off))
    return pd.DataFrame(rows, columns=["margin", "category", "n", "target", "before", "after", "off"])


def raked_weights(table: pd.DataFrame, raked: Raked, weight: str | None = None) -> pd.Series:
    """The weight of each person of the table: base weight x factor of the cell; missing where a margin is."""
    names = list(dict.fromkeys(raked.margins["margin"]))
    keys = [*names, BASE] if BASE in raked.cells and weight else names
    people = table[names].assign(**({BASE: table[weight]} if BASE in keys else {}))
    one = raked.cells.drop_duplicates(keys)[[*keys, "factor"]]
    factor = people.merge(one, on=keys, how="left")["factor"].to_numpy()
    return pd.Series(factor * (table[weight].to_numpy(float) if weight else 1.0), index=table.index, name="weight")


def _check(cells: pd.DataFrame, margins: Margins) -> dict[str, np.ndarray]:
    """The place of every cell in each margin; faults by name for what cannot be met."""
    require_columns(cells, ("n", "w", "ww"))
    if not margins or cells.empty:
        refuse("margins", "no margin, or no cell", "at least one margin, and people")
    faults, codes, sizes = [], {}, {}
    for name, totals in margins.items():
        if name not in cells or cells[name].isna().any():
            faults.append(
                Fault(column=name, found="no such column, or gaps in it", expected="the category of each cell")
            )
            continue
        amounts = np.array(list(totals.values()), float)
        if not (np.isfinite(amounts).all() and (amounts >= 0).all() and amounts.sum() > 0):
            faults.append(Fault(column=name, found="totals missing, negative or all 0", expected="totals of 0 or more"))
            continue
        place = {label: number for number, label in enumerate(totals)}
        found = [place.get(label, place.get(str(label), -1)) for label in cells[name].tolist()]
        codes[name], sizes[name] = np.array(found), float(amounts.sum())
        weight = cells["w"].to_numpy(float)
        held = {label: float(weight[codes[name] == number].sum()) for label, number in place.items()}
        for label in dict.fromkeys(cells.loc[codes[name] < 0, name]):
            faults.append(
                Fault(column=name, found=f'people in "{label}", which has no total', expected="a total for it")
            )
        for label, total in totals.items():
            if total > 0 and not held[label] > 0:
                mend = "join it with a similar category"
                faults.append(Fault(column=name, found=f'nobody in "{label}"', expected="people to weight", mend=mend))
            if total == 0 and held[label] > 0:
                mend = "leave these people out, or correct the total"
                faults.append(Fault(column=name, found=f'people in "{label}", total 0', expected="above 0", mend=mend))
    if sizes and max(sizes.values()) - min(sizes.values()) > 1e-6 * max(sizes.values()):
        told = ", ".join(f"{name} {size:g}" for name, size in sizes.items())
        faults.append(Fault(column="margins", found=f"totals of {told}", expected="the same total in every margin"))
    if (cells["w"] <= 0).any() or (cells["n"] <= 0).any():
        faults.append(Fault(column="w", found="a cell without weight", expected="base weights above 0"))
    if faults:
        raise DataFault(faults)
    return codes
