"""Follow-ups that turn: somebody followed before and after a day (a complaint) is counted in two stretches.

Knows counted follow-ups; nothing of customers. Sufficient statistics: one row for each distinct pattern of entry, time
and event (as in `survival`), turn (when it happened, on the same clock; missing: never), any other columns, and n. Days
before the turn are days without it: counted otherwise, who turned would seem to live longer (immortal time).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .checks import refuse
from .survival import follow_ups


def turned_stretches(counts: pd.DataFrame, turn: str = "turn", name: str = "complained") -> pd.DataFrame:
    """The statistics of `cox_regression` with a column `name` of 0 before the turn and 1 from the day after it.

    A turn on the last day of a follow-up, or after it, does not count; one before the entry does from the entry on.
    Columns: entry, time, event, `name`, the others, n. A turn before time 0 is refused.
    """
    if turn not in counts:
        refuse(turn, "no such column", "when it happened, missing where it never did")
    if name in counts:
        refuse(name, "a column of this name already", "another name", "rename it")
    entry, time, event, n = follow_ups(counts)
    at = pd.to_numeric(counts[turn], errors="coerce").to_numpy(float)
    if (at < 0).any():
        refuse(turn, "a turn before the clock starts", "0 or more", "start the clock earlier, or leave it out")
    at = np.where(at < time, at, np.nan)
    others = [c for c in counts.columns if c not in ("entry", "time", "event", "n", turn)]
    start = np.where(np.isfinite(entry), entry, 0.0)
    rows = counts[others].assign(entry=start, time=time, event=event, n=n)
    never = np.isnan(at)
    first = ~never & (at > start)
    before = rows[never | first].assign(**{name: 0})
    split = first[never | first]
    before.loc[split, "time"] = at[first]
    before.loc[split, "event"] = 0
    after = rows[~never].assign(**{name: 1})
    after["entry"] = np.maximum(after["entry"].to_numpy(float), at[~never])
    keys = ["entry", "time", "event", name, *others]
    return pd.concat([before, after]).groupby(keys, dropna=False, observed=True)["n"].sum().reset_index()
