"""Comparing rates of complaints and other events, from counts and exposure.

Knows counts, exposure and the formulas; nothing of customers or of what is complained about. Complaints also measure
how easy complaining is: fewer of them with a falling NPS is no good news.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from .checks import normal_quantile, one_of, refuse, require_amounts, require_columns, two_sided_p
from .intervals import require_whole

RATIO_METHODS = {
    "exact": "exact conditional interval of the rate ratio (binomial, Clopper-Pearson)",
    "Wald": "Wald interval of the log rate ratio",
}


@dataclass(frozen=True)
class Ratio:
    """Rate of A over rate of B. `se` is that of the log ratio (None with no events); `n_a`, `n_b` count the events.

    A limit may be infinite: with no events in B there is no highest ratio.
    """

    value: float | None
    low: float | None
    high: float | None
    se: float | None
    p: float | None
    n_a: float
    n_b: float
    level: float
    method: str


def rate_ratio(
    events_a: float,
    exposure_a: float,
    events_b: float,
    exposure_b: float,
    level: float = 0.95,
    method: str = "exact",
) -> Ratio:
    """How many times as often does it happen in A as in B?

    Sufficient statistics: events and exposure of each group. Given all events, those in A are binomial with share
    t_a / (t_a + t_b) if the rates are equal: the Clopper-Pearson limits q of their share give q / (1 - q) t_b / t_a,
    and p is the exact binomial test (outcomes no more likely than the one seen). No events in A give a low limit of 0,
    none in B a high limit of infinity, none at all a ratio that is not known. method="Wald" is the log-scale interval,
    which is only given with events in both. Poisson events are assumed: check with `dispersion`.
    """
    z = normal_quantile(level)
    one_of("method", method, RATIO_METHODS)
    require_amounts("count the events", events_a=events_a, events_b=events_b)
    require_amounts("count the exposure", exposure_a=exposure_a, exposure_b=exposure_b)
    words = RATIO_METHODS[method]
    for name, events, exposure in (("a", events_a, exposure_a), ("b", events_b, exposure_b)):
        require_whole(f"events_{name}", events)
        if exposure == 0 and events > 0:
            refuse(f"exposure_{name}", f"0 with {events:g} events", "an exposure above 0")
    if exposure_a == 0 or exposure_b == 0:
        return Ratio(None, None, None, None, None, events_a, events_b, level, "no exposure in one group")
    swap = exposure_b / exposure_a
    total = events_a + events_b
    value = None if total == 0 else math.inf if events_b == 0 else events_a / events_b * swap
    se = math.sqrt(1 / events_a + 1 / events_b) if events_a and events_b else None
    if method == "Wald":
        if not value or se is None:
            return Ratio(value, None, None, None, None, events_a, events_b, level, f"{words}: no events in one group")
        p = two_sided_p(math.log(value) / se)
        low, high = value * math.exp(-z * se), value * math.exp(z * se)
        return Ratio(value, low, high, se, p, events_a, events_b, level, words)
    if total == 0:
        return Ratio(None, 0.0, math.inf, None, 1.0, 0, 0, level, words)
    from scipy.special import betaincinv
    from scipy.stats import binomtest

    tail = (1 - level) / 2
    low = high = 0.0
    if events_a:  # the odds q / (1 - q), with 1 - q taken from the mirrored beta so that no digits are lost
        low = float(betaincinv(events_a, events_b + 1, tail) / betaincinv(events_b + 1, events_a, 1 - tail)) * swap
    high = math.inf
    if events_b:
        high = float(betaincinv(events_a + 1, events_b, 1 - tail) / betaincinv(events_b, events_a + 1, tail)) * swap
    p = float(binomtest(int(events_a), int(total), exposure_a / (exposure_a + exposure_b)).pvalue)
    return Ratio(value, low, high, se, p, events_a, events_b, level, words)


def dispersion(frequency: pd.DataFrame) -> float | None:
    """Do some people complain again and again, more than chance would have it? 1 is chance; above about 1.5 it matters.

    Sufficient statistics: a table with the columns group, count (complaints of one person) and people (how many of the
    group had that count, zero included). Pearson chi-square of the counts against their group's mean, over its degrees
    of freedom (people - groups). Groups without any event tell nothing and are left out; None if nothing is left.
    Multiply Poisson standard errors by its root, or use a negative binomial model.
    """
    require_columns(frequency, ("count", "people"))
    if "group" not in frequency or frequency["group"].isna().any():
        refuse("group", "no group", "a column naming the group of each row")
    count, people = frequency["count"].astype(float), frequency["people"].astype(float)
    if (count < 0).any() or (people < 0).any() or (count != count.round()).any():
        refuse("count", "negative or fractional counts", "whole counts of 0 or more, for 0 or more people")
    group = frequency["group"]
    size = people.groupby(group).transform("sum")
    mean = (count * people).groupby(group).transform("sum") / size.where(size > 0)
    some = mean > 0
    df = float(people[some].sum() - group[some].nunique())
    chi2 = float((people * (count - mean) ** 2 / mean)[some].sum())
    return chi2 / df if df > 0 else None
