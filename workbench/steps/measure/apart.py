"""What sets groups of people apart from all others: shares of people, and by how much they differ.

Knows people described in letters; numbers are the engine's counts of letters.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from workbench.inference.intervals import share_interval
from workbench.inference.multiplicity import benjamini_hochberg
from workbench.inference.shares import share_difference
from workbench.steps.measure import groups
from workbench.steps.measure.features import Described, Feature, tally

METHOD = (
    "shares of people of whom it is known (Wilson 95 %) against all others; difference in points by Newcombe 1998; "
    "people unweighted, strata not honoured"
)
FIGURES = ("value", "low", "high", "rest %", "difference", "from", "to", "p corrected")


def apart(
    told: Described,
    members: Mapping[str, Collection[str]],
    least: int,
    untested: Collection[str] = (),
    own: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """One row a group and thing known: its share there and among all others, in the order of `largest_first`.

    members   the words in the column `who` of the people of each group
    untested  what features are about that made the groups: they differ because of it, and no p is given
    own       features (what they are about) that a group is made of: left out of its rows
    `rest %` stays blank where fewer than `least` others are known.
    """
    table: list[dict[str, Any]] = []
    for feature in told.features:
        counts = tally(told, feature, "who")
        for group, words in members.items():
            if feature.about in (own or {}).get(group, ()):
                continue
            inside = counts["who"].isin(list(words))
            table += _rows(group, feature, counts[inside], counts[~inside], least, feature.column in untested)
    found = pd.DataFrame(table, columns=["group", "what", *FIGURES[:3], "n", *FIGURES[3:]])
    found["p corrected"] = benjamini_hochberg(
        [None if one != one else one for one in found["p corrected"].astype(float)]
    )
    found = found.astype(dict.fromkeys(FIGURES, float))
    rank = {group: place for place, group in enumerate(members)}
    return groups.rounded(largest_first(found, rank))


def largest_first(found: pd.DataFrame, rank: Mapping[str, int]) -> pd.DataFrame:
    """Rows by group, those first whose interval lies furthest from nought, so that a small base does not come out on top."""
    near = found[["from", "to"]].abs().min(axis=1).where(found["from"] * found["to"] > 0, 0.0)
    near = near.where(found["difference"].notna())
    order = pd.DataFrame(
        {"group": found["group"].map(rank), "near": -near.round(9), "far": -found["difference"].abs().round(9)}
    )
    order = order.sort_values(["group", "near", "far"], kind="stable", na_position="last")
    return found.loc[order.index].reset_index(drop=True)


def share_row(group: str, what: str, have: float, n: float) -> dict[str, Any]:
    """A share of all people, with no others to be held against; its base are those who have it."""
    one = share_interval(have, n)
    row: dict[str, Any] = dict.fromkeys(("group", "what", *FIGURES))
    row |= {"group": group, "what": what, "n": int(have)}
    return row | {name: _percent(getattr(one, name)) for name in ("value", "low", "high")}


def _rows(
    group: str, feature: Feature, inside: pd.DataFrame, outside: pd.DataFrame, least: int, untested: bool
) -> list[dict[str, Any]]:
    n, rest = int(inside["n"].sum()), int(outside["n"].sum())
    if not n:
        return []
    found = []
    for letter in feature.told:
        have = int(inside.loc[inside["letter"] == letter, "n"].sum())
        others = int(outside.loc[outside["letter"] == letter, "n"].sum())
        one = share_interval(have, n)
        row: dict[str, Any] = dict.fromkeys(FIGURES)
        row |= {"group": group, "what": feature.words[letter], "n": n}
        row |= {name: _percent(getattr(one, name)) for name in ("value", "low", "high")}
        if rest >= max(1, least):
            gap = share_difference(have, n, others, rest)
            row |= {"rest %": 100 * others / rest, "difference": _percent(gap.value)}
            row |= {"from": _percent(gap.low), "to": _percent(gap.high), "p corrected": None if untested else gap.p}
        found.append(row)
    return found


def said(row: pd.Series) -> str:
    """A row in words: what, how many, against how many of the others."""
    return f"{row['what']} {row['value']:.0f} % against {row['rest %']:.0f} % of all others"


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
