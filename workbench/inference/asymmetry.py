"""Penalty and reward: does a poor rating cost more than a good one brings? From moments of low and high answers.

Knows moments of 0/1 columns "name: low" and "name: high", and the outcome's; nothing of touchpoints. Sufficient
statistics: `Moments` by unit (person, or batch of whole persons) of the outcome and of two 0/1 columns an attribute,
as `low_high` makes them. Middle answers are what both are compared with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import refuse, two_sided_quantile
from .moments import Moments
from .summing import _columns

CLASSES = ("must-be", "performance", "delighter", "indifferent", "uncertain")


def low_high(table: pd.DataFrame, cuts: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """The table with two more columns for each rating: "name: low" (at most the first cut), "name: high" (at least the
    second). Missing ratings stay missing. For 0 to 10 (6, 9) is usual, for 1 to 5 (2, 5) or (2, 4)."""
    _columns(table, cuts)
    made: dict[str, pd.Series] = {}
    for name, (low, high) in cuts.items():
        if not low < high:
            refuse(name, f"cuts {low} and {high}", "a low cut below the high one")
        known = table[name].notna()
        made[f"{name}: low"] = (table[name] <= low).astype(float).where(known)
        made[f"{name}: high"] = (table[name] >= high).astype(float).where(known)
    return table.assign(**made)


@dataclass(frozen=True)
class PenaltyReward:
    """`table`, one row an attribute, in units of the outcome: penalty (low against middle) and reward (high against
    middle), each with _se, _low and _high; asymmetry = reward + penalty (below 0: the penalty is larger) with the same;
    low_share and high_share of the answers; and its `class`.
    """

    table: pd.DataFrame
    intercept: float
    n: int
    n_before: int
    n_effective: float | None
    units: int
    level: float
    matters: float | None
    df: float
    method: str
    notes: tuple[str, ...]


def penalty_reward(
    moments: Moments, outcome: str, attributes: Sequence[str], matters: float | None = None, level: float = 0.95
) -> PenaltyReward:
    """Which attributes only hurt when poor, which only please when good, which do both? Brandt 1988.

    One linear regression of the outcome on all low and high columns together; errors robust by unit (sandwich of the
    units' scores, times u / (u - 1) and (n - 1) / (n - p)), t with units - 1 degrees of freedom. By rule, with the
    intervals:
    - must-be: the penalty is surely below 0 and the asymmetry surely below 0
    - delighter: the reward is surely above 0 and the asymmetry surely above 0
    - performance: penalty and reward are both sure, the asymmetry is not
    - indifferent: both intervals lie inside +-`matters`, the smallest effect that would matter (None: never said)
    - uncertain: all else, where intervals overlap
    Refused where an attribute has no low, no middle or no high answers.
    """
    names = [f"{name}: {end}" for name in attributes for end in ("low", "high")]
    lacking = [name for name in (*names, outcome) if name not in moments.columns]
    if lacking or not attributes:
        refuse(
            str((lacking or ["attributes"])[0]), f"no sums for {lacking}", "low and high columns", "make them: low_high"
        )
    if matters is not None and not matters > 0:
        refuse("matters", matters, "an effect above 0, in units of the outcome")
    at = [moments.columns.index(name) for name in names]
    y = moments.columns.index(outcome)
    weight, units, n = moments.w.sum(), len(moments.n), moments.answers
    p = len(at) + 1
    if n <= p or units <= 1:
        refuse(outcome, f"{n} complete answers of {units} units", f"more than {p} answers, of two units or more")
    parts = moments.centre[at] + moments.first[:, at].sum(axis=0) / weight
    for place, name in enumerate(attributes):
        low, high = parts[2 * place], parts[2 * place + 1]
        empty = [end for end, part in (("low", low), ("high", high), ("middle", 1 - low - high)) if part < 1e-9]
        if empty:
            refuse(name, f"no {' and no '.join(empty)} answers", "low, middle and high answers", "choose other cuts")
    # all about the centre: X = (1, dummies - centre), y - centre
    xx = np.empty((units, p, p))
    xx[:, 0, 0] = moments.w
    xx[:, 0, 1:] = xx[:, 1:, 0] = moments.first[:, at]
    xx[:, 1:, 1:] = moments.second[:, at][:, :, at]
    xy = np.column_stack([moments.first[:, y], moments.second[:, at, y]])
    whole = xx.sum(axis=0)
    scale = 1 / np.sqrt(np.diag(whole))
    if np.linalg.cond(whole * np.outer(scale, scale)) > 1e10:
        refuse("attributes", "low or high answers that others determine", "attributes that differ", "leave one out")
    bread = np.linalg.inv(whole)
    b = bread @ xy.sum(axis=0)
    scores = xy - xx @ b
    few = units / (units - 1) * (n - 1) / (n - p)
    covariance = few * bread @ (scores.T @ scores) @ bread
    t = two_sided_quantile(level, units - 1)
    table = pd.DataFrame(index=pd.Index(attributes, name="attribute"))
    lows, highs = np.arange(1, p, 2), np.arange(2, p, 2)
    own = np.diag(covariance)
    both = own[lows] + own[highs] + 2 * covariance[lows, highs]
    for name, value, variance in (
        ("penalty", b[lows], own[lows]),
        ("reward", b[highs], own[highs]),
        ("asymmetry", b[lows] + b[highs], both),
    ):
        se = np.sqrt(np.maximum(variance, 0.0))
        table[name], table[f"{name}_se"] = value, se
        table[f"{name}_low"], table[f"{name}_high"] = value - t * se, value + t * se
    table["low_share"], table["high_share"] = parts[0::2], parts[1::2]
    table["class"] = _classes(table, matters)
    notes = [*moments.notes, "association, not effect"]
    if matters is None:
        notes.append('no smallest effect that matters was given: "indifferent" is never said')
    turned = table.index[(table["penalty_low"] > 0) | (table["reward_high"] < 0)]
    if len(turned):
        notes.append(f"runs against the scale, look at it: {', '.join(map(str, turned))}")
    if units < 10 * p:
        notes.append(f"{units} units for {p} coefficients: intervals are too short")
    intercept = float(moments.centre[y] + b[0] - b[1:] @ moments.centre[at])
    return PenaltyReward(
        table,
        intercept,
        n,
        moments.rows,
        moments.n_effective,
        units,
        level,
        matters,
        float(units - 1),
        "penalty-reward contrasts (Brandt 1988), linear regression, errors robust by unit, t intervals",
        tuple(notes),
    )


def _classes(table: pd.DataFrame, matters: float | None) -> np.ndarray:
    hurts, pleases = table["penalty_high"] < 0, table["reward_low"] > 0
    worse, better = table["asymmetry_high"] < 0, table["asymmetry_low"] > 0
    small = pd.Series(False, index=table.index)
    if matters is not None:
        ends = table[["penalty_low", "penalty_high", "reward_low", "reward_high"]]
        small = (ends.abs() < matters).all(axis=1)
    return np.select(
        [small, hurts & worse, pleases & better, hurts & pleases],
        ["indifferent", *CLASSES[:1], "delighter", "performance"],
        "uncertain",
    )
