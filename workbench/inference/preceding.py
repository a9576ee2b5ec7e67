"""Does an outcome come more often in the time after something than at other times? Rate ratios over strata of time.

Knows counted stretches of time; nothing of customers or of what happened. Sufficient statistics: for stretches, how many
begin and end in each period and how far into it (their times are never listed); for the ratio, one row a stratum:
outcomes and time at risk, and of both what lies after the trigger. All is counting, whatever the number of stretches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from .checks import normal_quantile, refuse, require_columns, two_sided_p
from .rates import Ratio

FEW = 10  # outcomes on one side under which the exact conditional interval is taken
WALD = "Mantel-Haenszel rate ratio, log interval (Greenland and Robins 1985)"
EXACT = "Mantel-Haenszel rate ratio, exact conditional interval (few outcomes)"
NOTHING = "no stratum in which outcomes, time after it and other time meet"


def time_in_periods(starts: pd.DataFrame, ends: pd.DataFrame, length: float, keys: Sequence[str] = ()) -> pd.DataFrame:
    """How much time do stretches spend in each period, by groups?

    Sufficient statistics: two tables, of where stretches start and where they end, with the columns `keys`, period (a
    whole number, 0 is the first), n (how many stretches) and past (the sum of the time that had gone of that period).
    All periods have the same `length`. A stretch that ends in a later period fills the rest of its first one, all those
    between, and the past of its last: so the time in period p is length x (ends - starts in later periods) + past of
    the ends - past of the starts in p. Gives keys, period, time, where there is time.
    """
    for table in (starts, ends):
        require_columns(table, ("period", "n", "past"))
    if not len(starts) and not len(ends):
        return pd.DataFrame(columns=[*keys, "period", "time"])
    both = pd.concat([ends.assign(sign=1.0), starts.assign(sign=-1.0)], ignore_index=True)
    group = both.groupby(list(keys), dropna=False, sort=True).ngroup().to_numpy() if keys else np.zeros(len(both), int)
    period = both["period"].to_numpy(int)
    if (period < 0).any():
        refuse("period", "a period before the first", "whole numbers of 0 or more")
    shape = (int(group.max()) + 1, int(period.max()) + 1)
    many, past = np.zeros(shape), np.zeros(shape)
    np.add.at(many, (group, period), both["sign"] * both["n"].to_numpy(float))
    np.add.at(past, (group, period), both["sign"] * both["past"].to_numpy(float))
    later = many[:, ::-1].cumsum(axis=1)[:, ::-1] - many
    time = length * later + past
    at, when = np.nonzero(time > 0)
    table = pd.DataFrame({"period": when, "time": time[at, when]})
    if keys:
        names = both[list(keys)].assign(group=group).drop_duplicates("group").set_index("group").sort_index()
        table = pd.concat([names.iloc[at].reset_index(drop=True), table], axis=1)
    return table


def mantel_haenszel_rates(strata: pd.DataFrame, level: float = 0.95) -> Ratio:
    """How many times as often does it happen after the trigger as at other times of the same strata?

    Sufficient statistics: one row a stratum (a period, a kind of person …) with events, time, and of both the part
    after the trigger: events_after, time_after. The ratio is sum(a T0/T) / sum(b T1/T), the variance of its logarithm
    sum(m T1 T0/T^2) / (sum(a T0/T) sum(b T1/T)) (Greenland and Robins 1985); right for many thin strata too. With fewer
    than 10 events on a side the interval and p are exact: given a stratum's events, those after the trigger are
    binomial with odds ratio x T1/T0. `n_a` are the events after the trigger, `n_b` the others, in strata that compare.
    Each person's first event alone should be counted: then nobody weighs more than once. No ratio where nothing compares.
    """
    z = normal_quantile(level)
    require_columns(strata, ("events", "events_after", "time", "time_after"))
    m, a = strata["events"].to_numpy(float), strata["events_after"].to_numpy(float)
    whole, after = strata["time"].to_numpy(float), strata["time_after"].to_numpy(float)
    if (a > m).any() or (a < 0).any() or (after < 0).any() or (after > whole * (1 + 1e-9)).any():
        refuse("time_after", "more after the trigger than there is in all", "parts of events and of time")
    other = whole - after
    use = (m > 0) & (after > 1e-12 * whole) & (other > 1e-12 * whole)
    m, a, whole, after, other = m[use], a[use], whole[use], after[use], other[use]
    b = m - a
    n_a, n_b = float(a.sum()), float(b.sum())
    if not len(m):
        return Ratio(None, None, None, None, None, n_a, n_b, level, NOTHING)
    r, s = float((a * other / whole).sum()), float((b * after / whole).sum())
    value = r / s if s > 0 else math.inf
    se = math.sqrt(float((m * after * other / whole**2).sum()) / (r * s)) if r > 0 and s > 0 else None
    if min(n_a, n_b) >= FEW and se is not None:
        log = math.log(value)
        p = two_sided_p(log / se)
        return Ratio(value, math.exp(log - z * se), math.exp(log + z * se), se, p, n_a, n_b, level, WALD)
    if n_a <= n_b:
        low, high, p = _exact(after / other, m, int(n_a), level)
    else:
        low, high, p = _exact(other / after, m, int(n_b), level)
        low, high = 1 / high, 1 / low if low > 0 else math.inf
    return Ratio(value, low, high, se, p, n_a, n_b, level, EXACT)


def _exact(odds: np.ndarray, m: np.ndarray, k: int, level: float) -> tuple[float, float, float]:
    """Limits and p of a ratio where k events of sum(m) lie on the side whose odds are `odds` x the ratio."""
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else _solve(odds, m, k - 1, 1 - tail)
    high = _solve(odds, m, k, tail)
    one = np.ones(1)
    under = float(_at_most(odds, m, k, one)[0])
    over = 1.0 if k == 0 else 1 - float(_at_most(odds, m, k - 1, one)[0])
    return low, high, min(1.0, 2 * min(under, over))


def _solve(odds: np.ndarray, m: np.ndarray, k: int, share: float) -> float:
    """The ratio at which k events or fewer have this probability, which falls as the ratio grows."""
    low, high = -40.0, 40.0
    for _ in range(6):
        logs = np.linspace(low, high, 65)
        below = _at_most(odds, m, k, np.exp(logs)) < share
        at = int(below.argmax()) if below.any() else len(logs) - 1
        low, high = float(logs[max(at - 1, 0)]), float(logs[at])
    return math.exp((low + high) / 2)


def _at_most(odds: np.ndarray, m: np.ndarray, k: int, ratios: np.ndarray) -> np.ndarray:
    """P(no more than k events) for each ratio: the first terms of the strata's binomials, multiplied out."""
    total = np.zeros((k + 1, len(ratios)))
    total[0] = 1.0
    for one, size in zip(odds, m, strict=True):
        at = one * ratios
        term = np.exp(-size * np.log1p(at))
        terms = [term]
        for j in range(1, min(k, int(size)) + 1):
            term = term * (size - j + 1) / j * at
            terms.append(term)
        made = np.zeros_like(total)
        for j, each in enumerate(terms):
            made[j:] += each * total[: k + 1 - j]
        total = made
    return total.sum(axis=0)
