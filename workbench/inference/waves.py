"""The same people asked twice: the mean change of those who answered in both waves.

Knows sums of changes; nothing of what was asked. It is the answer to another question than the difference of the two
waves (`design.design_difference` with the respondent as PSU), which everybody is in: those who answer twice may differ.
Sufficient statistics: how many answered both times, the sum of their changes and the sum of the squared changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import refuse
from .intervals import Estimate, mean_interval


class Matched(NamedTuple):
    """`n` people with an answer in both waves, their changes summed and squared; who answered only once."""

    n: int
    total: float
    squares: float
    only_a: int
    only_b: int


def matched_sums(table: pd.DataFrame, value: str, person: str, wave: str, a: Any, b: Any) -> Matched:
    """The sums of the changes, wave a minus wave b, from one row an answer. A blank answer is none."""
    gone = [name for name in (value, person, wave) if name not in table]
    if gone:
        raise DataFault([Fault(column=name, found="no such column", expected="a column of the table") for name in gone])
    asked = table[table[wave].isin([a, b]) & table[value].notna() & table[person].notna()]
    twice = int(asked.duplicated([person, wave]).sum())
    if twice:
        refuse(person, f"{twice} second answers in one wave", "one answer a person and wave", "keep one of them")
    first, second = (asked[asked[wave] == w].set_index(person)[value].astype(float) for w in (a, b))
    change = (first - second).dropna()
    n = len(change)
    return Matched(n, float(change.sum()), float((change**2).sum()), len(first) - n, len(second) - n)


def matched_change(sums: Matched, level: float = 0.95) -> Estimate:
    """How far did those who answered both times move, A minus B? In the units of x; paired t interval."""
    estimate = mean_interval(sums.n, sums.total, sums.squares, level)
    return replace(estimate, method=f"{estimate.method}, people of both waves only")
