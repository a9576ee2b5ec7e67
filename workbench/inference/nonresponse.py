"""Who was invited and did not answer: weights by response class.

Knows classes with how many were invited and how many answered; nothing of the people. It repairs only what the classes
explain: the bias of those who stay silent for other reasons is in no interval. Sufficient statistics
(`response_classes`): one row a class with
    invited, responded             people
    w_invited, w_responded, ww_responded   sums of their base weights, and of the squares of those who answered
    n, x, xx                       those who answered with a value, their plain sums of x and x^2
    w, ww, y, wwx, wwxx            their sums of w, w^2, w x, w^2 x and w^2 x^2
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import refuse, require_columns
from .design import Kish, design_mean, kish
from .intervals import Estimate, mean_interval, share_interval
from .summing import patterns

PEOPLE = ("invited", "responded", "w_invited", "w_responded", "ww_responded")
VALUES = ("n", "x", "xx", "w", "ww", "y", "wwx", "wwxx")


def response_classes(
    table: pd.DataFrame, by: str, responded: str, weight: str | None = None, value: str | None = None
) -> pd.DataFrame:
    """The sums at the head of this file, from one row an invited person. `responded` holds 1 or 0.

    People without a class are left out; .attrs["dropped"] counts them.
    """
    gone = [name for name in (by, responded, weight, value) if name and name not in table]
    if gone:
        raise DataFault([Fault(column=name, found="no such column", expected="a column of the table") for name in gone])
    if not table[responded].isin([0, 1]).all():
        refuse(responded, "something else than 1 and 0", "1 for who answered, 0 for who did not")
    people = pd.DataFrame({"class": table[by], "_w": table[weight] if weight else 1.0})
    people["_x"] = table[value].astype(float) if value else np.nan
    answered = people[table[responded] == 1]
    everybody, those = (patterns(one, "class", "_w").set_index("class") for one in (people, answered))
    told = answered.dropna()
    classes = pd.DataFrame({"invited": everybody["n"], "w_invited": everybody["w"]})
    classes = classes.assign(responded=those["n"], w_responded=those["w"], ww_responded=those["ww"])
    x, w = told["_x"], told["_w"]
    plain = pd.DataFrame({"n": 1, "x": x, "xx": x**2, "w": w, "ww": w**2, "y": w * x, "wwx": w**2 * x})
    plain["wwxx"] = plain["wwx"] * x
    classes = classes.join(plain.groupby(told["class"], observed=True).sum()).fillna(0.0)
    classes = classes.rename_axis("class").reset_index()[["class", *PEOPLE, *VALUES]]
    classes.attrs["dropped"] = len(table) - int(everybody["n"].sum())
    return classes


@dataclass(frozen=True)
class NonResponse:
    """`classes`: one row a class with rate, factor, mean of those who answered, and `warning`; `warnings` in words.

    `response_rate`: of the people invited, with Wilson interval; `_weighted`: by base weight. `unadjusted` and
    `adjusted`: the mean with base weights, and with base weight x factor; their standard errors take the weights as
    given. `total`: the adjusted weights added up, which is the base weight of all invited.
    """

    classes: pd.DataFrame
    responded: int
    response_rate: Estimate
    response_rate_weighted: float
    unadjusted: Estimate
    adjusted: Estimate
    total: float
    kish: Kish
    warnings: tuple[str, ...]
    method: str = "non-response weights by class (base weight x invited / responding weight of the class)"


def nonresponse_weights(
    classes: pd.DataFrame,
    level: float = 0.95,
    least: float = 20,
    largest: float = 5,
    join: Mapping[Any, Any] | None = None,
) -> NonResponse:
    """What must those who answered count for, so that each class weighs what it weighed among the invited?

    `classes` from `response_classes`. Factor of a class: base weight invited over base weight responding. A class with
    fewer than `least` respondents or a factor above `largest` is told, to be joined with a similar one: `join` names the
    new class of old ones. A class where nobody answered has no factor: it is refused by name.
    """
    require_columns(classes, (*PEOPLE, *VALUES))
    if "class" not in classes:
        refuse("class", "no such column", "the name of each class")
    named = classes.assign(**{"class": classes["class"].map(lambda one: (join or {}).get(one, one))})
    sums = named.groupby("class", sort=True)[[*PEOPLE, *VALUES]].sum()
    silent = sums.index[(sums["responded"] == 0) | (sums["w_responded"] <= 0)]
    if len(silent) or sums.empty:
        mend = "join it with a similar class"
        found = [f'nobody of class "{name}" answered' for name in silent] or ["no class"]
        raise DataFault([Fault(column="class", found=one, expected="respondents", mend=mend) for one in found])
    if (sums["responded"] > sums["invited"]).any() or (sums["n"] > sums["responded"]).any():
        refuse("responded", "more who answered than were invited", "counts of the same people")
    factor = sums["w_invited"] / sums["w_responded"]
    told = sums[["invited", "responded"]].assign(rate=sums["responded"] / sums["invited"], factor=factor)
    told["mean"] = [mean_interval(n, x, xx, level).value for n, x, xx in sums[["n", "x", "xx"]].itertuples(index=False)]
    warnings = {name: _warning(name, row, least, largest) for name, row in told.iterrows()}
    told["warning"] = pd.Series(warnings)
    invited, responded = float(sums["invited"].sum()), float(sums["responded"].sum())
    weights = kish(responded, float(factor @ sums["w_responded"]), float(factor**2 @ sums["ww_responded"]))
    return NonResponse(
        told.reset_index(),
        int(responded),
        share_interval(responded, invited, level),
        float(sums["w_responded"].sum() / sums["w_invited"].sum()),
        _mean(sums, pd.Series(1.0, index=sums.index), level, "base weights"),
        _mean(sums, factor, level, "weights adjusted by response class, taken as given"),
        float(factor @ sums["w_responded"]),
        weights,
        tuple(one for one in warnings.values() if one),
    )


def _warning(name: Any, row: pd.Series, least: float, largest: float) -> str:
    if row["responded"] < least:
        return f'class "{name}": {row["responded"]:g} respondents, fewer than {least:g}; join it with a similar class'
    if row["factor"] > largest:
        return f'class "{name}": factor {row["factor"]:.1f}, above {largest:g}; join it with a similar class'
    return ""


def _mean(sums: pd.DataFrame, factor: pd.Series, level: float, words: str) -> Estimate:
    """The mean of those who answered with a value, each a PSU of one stratum."""
    of = {"y": factor @ sums["y"], "w": factor @ sums["w"], "yy": factor**2 @ sums["wwxx"]}
    of |= {"yw": factor**2 @ sums["wwx"], "ww": factor**2 @ sums["ww"], "psus": sums["responded"].sum()}
    n = int(sums["n"].sum())
    worth = kish(n, float(of["w"]), float(of["ww"])).n_effective
    return design_mean(pd.DataFrame(of, index=["all"]), n, worth, level, f"mean with {words} (Taylor linearisation)")
