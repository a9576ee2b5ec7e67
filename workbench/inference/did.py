"""Difference-in-differences: did the treated change more than the others, from one date on?

Knows one row a unit and period (sufficient statistics: the unit's value in that period) and the formulas. Two-way fixed
effects: value = unit + period + effect of being treated and after; clustered by unit. The others must have gone the
same way as the treated would have without treatment; that cannot be tested, and a pre-trend that is not significant
proves nothing. Units that start at different dates are refused: this regression then compares early starters with late
ones and can even turn the sign (Goodman-Bacon 2021; use group-time effects, Callaway and Sant'Anna 2021).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .cells import dependent
from .checks import refuse, two_sided_p, two_sided_quantile
from .clustered import FEW, cluster_variances
from .differences import Difference


@dataclass(frozen=True)
class PreTrend:
    """How much steeper a period the treated went before the date: a warning sign, never a clearance."""

    slope: float
    se: float
    p: float | None
    periods: int


@dataclass(frozen=True)
class DifferenceInDifferences:
    """The effect, treated minus others and after minus before, in units of the value, by three cluster-robust errors.

    `effect` has the interval of CR2 with Satterthwaite df (its se, p and df). se_CR0 and se_CR1S stand beside it;
    p_CR1S is t with clusters - 1. `cells` are plain means of rows (control_pre, control_post, treated_pre,
    treated_post), and `simple` their double difference, which differs from the effect where the panel has gaps.
    `parameters` counts unit and period effects too. `pre_trend` is None with fewer than two periods before.
    """

    effect: Difference
    se_CR0: float
    se_CR1S: float
    p_CR1S: float | None
    cells: dict[str, float]
    simple: float
    pre_trend: PreTrend | None
    lines: pd.DataFrame
    n: int
    n_before: int
    clusters: int
    parameters: int
    notes: tuple[str, ...]


def difference_in_differences(
    panel: pd.DataFrame,
    unit: str,
    period: str,
    treated: str,
    value: str,
    first_post: float,
    level: float = 0.95,
) -> DifferenceInDifferences:
    """Did the treated branches improve more than the others from `first_post` on? Units of the value.

    `panel`: one row a unit and period with a numeric period, the value (missing: dropped and counted) and `treated`,
    either 1 throughout for the units that are treated, or 1 from the unit's own start on. Gaps are allowed. Raises
    DataFault for units that start at different periods, that stop again, no unit or period on one side, and rows twice.
    """
    rows = _checked(panel, unit, period, treated, value, first_post)
    kept = rows.dropna(subset=[value])
    after = (kept[period] >= first_post).to_numpy()
    group = kept[treated].to_numpy(float) > 0
    y = kept[value].to_numpy(float)
    cells = {}
    for name, who, when in (
        ("control_pre", ~group, ~after), ("control_post", ~group, after), ("treated_pre", group, ~after),
        ("treated_post", group, after),
    ):  # fmt: skip
        if not (who & when).any():
            refuse(value, f"no row in {name}", "treated and others, each before and after", "check first_post")
        cells[name] = float(y[who & when].mean())
    simple = cells["treated_post"] - cells["treated_pre"] - cells["control_post"] + cells["control_pre"]
    coef, cr0, cr1, cr2, df, parameters = _fixed_effects(kept, unit, period, y, (group & after).astype(float), treated)
    clusters = kept[unit].nunique()
    notes = []
    if len(rows) > len(kept):
        notes.append(f"{len(rows) - len(kept)} of {len(rows)} rows dropped: no value")
    if clusters < FEW:
        notes.append(f"{clusters} units: read CR2 with its degrees of freedom")
    arms = kept.loc[group, unit].nunique(), kept.loc[~group, unit].nunique()
    if min(arms) < 5:
        notes.append(f"{arms[0]} treated and {arms[1]} other units: errors are a rough guide below 5 a side")
    words = "two-way fixed effects, clustered by unit, t interval of CR2 with Satterthwaite df"
    if cr2 > 0 and df > 0:
        half = two_sided_quantile(level, df) * cr2
        p = two_sided_p(coef / cr2, df)
        effect = Difference(
            coef, coef - half, coef + half, cr2, p, arms[0], arms[1], level, words, df, coef / cr2
        )  # fmt: skip
    else:
        effect = Difference(
            coef, None, None, cr2, None, arms[0], arms[1], level, f"{words}, no interval (no variation)"
        )
    pre = None
    early = kept[~after]
    if early[period].nunique() >= 2:
        slope = early[treated].to_numpy(float) * early[period].to_numpy(float)
        steep, _, error, _, _, _ = _fixed_effects(early, unit, period, early[value].to_numpy(float), slope, treated)
        p_pre = two_sided_p(steep / error, early[unit].nunique() - 1) if error > 0 else None
        pre = PreTrend(steep, error, p_pre, early[period].nunique())
    else:
        notes.append("one period before: nothing can be seen of the trends before")
    lines = kept.assign(group=np.where(group, "treated", "others")).pivot_table(
        index=period, columns="group", values=value, aggfunc="mean", observed=True
    )
    p_cr1 = two_sided_p(coef / cr1, clusters - 1) if cr1 > 0 else None
    return DifferenceInDifferences(
        effect, cr0, cr1, p_cr1, cells, simple, pre, lines, len(kept), len(rows), clusters, parameters, tuple(notes)
    )


def _checked(panel: pd.DataFrame, unit: str, period: str, treated: str, value: str, first_post: float) -> pd.DataFrame:
    """The rows with `treated` as a property of the unit, after refusing what this regression cannot answer."""
    for column in (unit, period, treated, value):
        if column not in panel.columns:
            refuse(column, "no such column", "a column of the panel")
    rows = panel[[unit, period, treated, value]].copy()
    if not pd.api.types.is_numeric_dtype(rows[period]) or not pd.api.types.is_numeric_dtype(rows[value]):
        wrong = value if pd.api.types.is_numeric_dtype(rows[period]) else period
        refuse(wrong, "words", "numbers", "number the periods 1, 2, 3 in their order")
    if rows[[unit, period, treated]].isna().any().any():
        refuse(unit, "a row without unit, period or treatment", "all three in every row")
    if rows.duplicated([unit, period]).any():
        refuse(period, "a unit twice in one period", "one row a unit and period", "average its answers first")
    if not rows[treated].isin([0, 1]).all():
        refuse(treated, "another value", "0 or 1")
    if not math.isfinite(first_post):
        refuse("first_post", first_post, "the first period after the start")
    changing = rows.groupby(unit, observed=True)[treated].transform("nunique") > 1
    if changing.any():
        moving = rows[changing].sort_values([unit, period])
        if (moving.groupby(unit, observed=True)[treated].diff() < 0).any():
            refuse(treated, "a unit whose treatment stops", "units that stay treated once they started")
        starts = moving[moving[treated] == 1].groupby(unit, observed=True)[period].min()
        always = rows[~changing].groupby(unit, observed=True)[treated].first()
        if starts.nunique() > 1 or (always == 1).any() or (starts != first_post).any():
            when = ", ".join(f"{s:g}" for s in sorted(set(starts)))
            refuse(
                treated, f"staggered starts (periods {when})", f"one start for all, at {first_post:g}",
                "two-way fixed effects compare late starters with early ones: use group-time effects, or one start",
            )  # fmt: skip
        rows[treated] = rows.groupby(unit, observed=True)[treated].transform("max")
    return rows


def _fixed_effects(
    rows: pd.DataFrame, unit: str, period: str, y: np.ndarray, effect: np.ndarray, name: str
) -> tuple[float, float, float, float, float, int]:
    """The coefficient of `effect` beside unit and period effects; CR0, CR1S, CR2 errors, df and all parameters.

    Unit effects are taken out by centring each unit, which leaves all three errors what they are with unit dummies.
    """
    codes, labels = pd.factorize(rows[unit])
    times = pd.get_dummies(rows[period]).to_numpy(float)[:, 1:]
    size = np.bincount(codes)

    def centred(v: np.ndarray) -> np.ndarray:
        return np.asarray(v - (np.bincount(codes, weights=v) / size)[codes])

    x = np.column_stack([centred(c) for c in (*times.T, effect)])
    gone = dependent(x.T @ x)
    if x.shape[1] - 1 in gone:
        refuse(name, "a treatment that unit and period explain completely", "treated and others in the same periods")
    x = np.delete(x, gone, axis=1)
    z = centred(y)
    gram = x.T @ x
    bread = np.linalg.inv(gram)
    coef = bread @ (x.T @ z)
    left = z - x @ coef
    k, n = x.shape[1], len(y)
    xx = np.zeros((len(labels), k, k))
    for i in range(k):
        for j in range(i, k):
            xx[:, i, j] = xx[:, j, i] = np.bincount(codes, weights=x[:, i] * x[:, j])
    score = np.column_stack([np.bincount(codes, weights=x[:, i] * left) for i in range(k)])
    cr0, cr2, df = cluster_variances(xx, score, bread)
    clusters, parameters = len(labels), k + len(labels)
    grown = clusters / (clusters - 1) * (n - 1) / max(1, n - parameters)
    if np.abs(left).max() < 1e-10 * max(1.0, np.abs(y).max()):
        return float(coef[-1]), 0.0, 0.0, 0.0, 0.0, parameters
    errors = (math.sqrt(max(0.0, v)) for v in (cr0[-1, -1], cr0[-1, -1] * grown, cr2[-1, -1]))
    zero, one, two = errors
    return float(coef[-1]), zero, one, two, float(df[-1]), parameters
