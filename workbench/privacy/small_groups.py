"""Groups too small, or that all answered alike, are hidden with their complements, in every table that is shown.

Knows a table's bases and nothing of journeys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MINIMUM_BASE = 10
HIDDEN = "hidden"  # the column that says which rows of a shown table are withheld
ALIKE = "alike"  # the column that says in which groups all gave the same answer; it is never shown


def hide_small(table: pd.DataFrame, by: Sequence[str], minimum: int, base: str = "n") -> pd.DataFrame:
    """A copy of a table in which no group under the minimum base can be read.

    Every row with a base from 1 to minimum - 1 loses its figures. So that neither it nor a few people together can be had
    by subtraction, each line of the table (one `by` column running, the others fixed) holds no hidden row, or at least
    two whose bases reach the minimum together: the smallest of the others are hidden too. Rows hidden are marked in the
    boolean column `hidden`, which is there only if there are any. A group that all answered alike (a true `alike`, a column
    that is never shown) is hidden like one that is too small: what each of them said would be told.
    """
    shown = table.drop(columns=ALIKE, errors="ignore")
    if base not in shown.columns or minimum <= 1:
        return shown
    bases = shown[base]
    hidden = (bases > 0) & (bases < minimum)
    if ALIKE in table.columns:
        hidden |= (bases > 0) & table[ALIKE].fillna(False).astype(bool)
    if not hidden.any():
        return shown
    keys = [column for column in by if column in shown.columns]
    lines: list[list[int]] = []
    for running in keys:
        fixed = [column for column in keys if column != running]
        groups = shown.groupby(fixed, dropna=False, sort=False).indices.values() if fixed else [range(len(shown))]
        lines += [list(group) for group in groups]
    changed = True
    flags = hidden.to_numpy().copy()
    sizes = bases.fillna(0).to_numpy()
    while changed:
        changed = False
        for line in lines:
            withheld = [row for row in line if flags[row]]
            others = [row for row in line if not flags[row] and sizes[row] > 0]
            if withheld and others and (len(withheld) == 1 or sum(sizes[row] for row in withheld) < minimum):
                flags[min(others, key=lambda row: (sizes[row], row))] = True
                changed = True
    figures = [column for column in shown.columns if column not in keys]
    for column in figures:
        blank = None if shown[column].dtype == object else float("nan")
        if shown[column].dtype.kind in "iub":
            shown[column] = shown[column].astype("float64" if shown[column].dtype.kind != "b" else "object")
        shown.loc[flags, column] = blank
    shown[HIDDEN] = flags
    return shown
