"""Which features group people, and how many people have each pattern of them: no more patterns than can be fitted.

Knows people described in letters; the engine counts patterns.
"""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import pandas as pd

from workbench.engine import count, distinct, rows
from workbench.faults import DataFault, Fault
from workbench.steps.measure import features
from workbench.steps.measure.features import Described, Feature

PATTERNS = 6_000  # distinct patterns that are fitted: with more, what tells least is left out
ALIKE = 0.95  # how much of a feature another may tell (Cramér's V) before it is left out
EACH = 10  # people a feature


def patterns(told: Described, usable: Sequence[Feature], notes: list[str]) -> tuple[list[Feature], pd.DataFrame]:
    """The features that tell something, and how many people have each pattern of them; no more patterns than are fitted."""
    used, alone = [], []
    shares: dict[str, float] = {}
    for one in usable:
        counted = rows(told.table.group_by(one.column).agg(nw.len().alias("n")))
        known = counted[counted[one.column] != features.UNKNOWN]
        most = int(known["n"].max()) if len(known) else 0
        if len(known) < 2 or most > (1 - features.FEW) * known["n"].sum():
            alone.append(one)
            continue
        shares[one.column] = known["n"].sum() / told.people * (1 - most / known["n"].sum())
        used.append(one)
    if alone:
        notes.append(f"features in which nearly all are alike left out ({len(alone)})")
    if not used:
        raise DataFault(
            Fault(column="over", found="people who are all alike", expected="features in which people differ")
        )
    several = max(2, told.people // EACH)
    ranked = sorted(used, key=lambda one: (-round(shares[one.column], 12), one.column))
    kept = {one.column for one in ranked[:several]}
    while len(kept) > 2 and count(distinct(told.table.select(*sorted(kept))).head(PATTERNS + 1)) > PATTERNS:
        kept.remove(next(one.column for one in reversed(ranked) if one.column in kept))
    if fewer := len(used) - len(kept):
        notes.append(f"{fewer} of the features, those that split people least, left out: too many for so many people")
    used = [one for one in used if one.column in kept]
    names = [one.column for one in used]
    found = rows(told.table.group_by(*names).agg(nw.len().alias("n")))
    used, twice = _apart(found, used)
    notes += [f"left out, as another says it: {'; '.join(twice)}"] if twice else []
    names = [one.column for one in used]
    found = found.groupby(names, as_index=False)["n"].sum().sort_values(names, ignore_index=True)
    for name in names:
        text = found[name].astype(object)
        found[name] = text.where(text != features.UNKNOWN, None)
    return used, found


def _apart(patterns: pd.DataFrame, used: Sequence[Feature]) -> tuple[list[Feature], list[str]]:
    """Without features that an earlier one tells already."""
    kept: list[Feature] = []
    twice = []
    for one in used:
        for other in kept:
            known = (patterns[one.column] != features.UNKNOWN) & (patterns[other.column] != features.UNKNOWN)
            both = patterns[known].groupby([other.column, one.column])["n"].sum().unstack(fill_value=0)
            if known.any() and _cramer(both) > ALIKE:
                twice.append(one.words[one.told[0]])
                break
        else:
            kept.append(one)
    return kept, twice


def _cramer(table: pd.DataFrame) -> float:
    """How much two features go together, 0 to 1."""
    seen = table.to_numpy(float)
    if min(seen.shape) < 2:
        return 0.0
    usual = seen.sum(axis=1, keepdims=True) @ seen.sum(axis=0, keepdims=True) / seen.sum()
    return float((((seen - usual) ** 2 / usual).sum() / seen.sum() / (min(seen.shape) - 1)) ** 0.5)
