"""How many go on to the next step, and how soon, where some are still on the way when the data end.

Knows follow-ups, as counted patterns (see `survival`): time, event (1 went on, 0 not yet), n. Who has not gone on is
censored at the end of the data. The plain share counts those still on the way as lost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from .checks import normal_quantile
from .intervals import Estimate, share_interval
from .survival import Survival, follow_ups, kaplan_meier, survival_at

FEW = 10  # people followed, under which a curve is read no further if each stands for many
CURVE = "Kaplan-Meier"
HEAVY = 2.0  # people of those who began that one who is still followed may stand for


class Conversion(NamedTuple):
    """`share`: who went on by `horizon`, 0 to 1. `plain`: of `n` who could, the `reached`, however long they had.

    `times`: by when half and nine in ten of those who go on by then have; None where too few did.
    """

    share: Estimate
    plain: float | None
    horizon: float
    n: int
    reached: int
    times: tuple[float | None, float | None]


def readable(fit: Survival) -> float:
    """How far a curve may be read: while FEW are followed, or while those who are stand for few of those who are not.

    Without a limit where everybody went on. One who is still followed stands for n S(t) / at risk of those who began.
    """
    curve = fit.curve
    if curve.empty:
        return 0.0
    before = np.concatenate(([1.0], curve["survival"].to_numpy(float)[:-1]))
    at_risk = curve["at_risk"].to_numpy(float)
    fair = (at_risk >= FEW) | (fit.n * before <= HEAVY * at_risk)
    upto = np.flatnonzero(fair)
    if len(upto) == len(fair) and curve["survival"].iloc[-1] == 0:
        return math.inf
    return float(curve["time"].iloc[upto[-1]]) if len(upto) else 0.0


def chained(steps: Sequence[Conversion], level: float = 0.95) -> Estimate:
    """What share of those who began gets through all these steps, each out of those who got through the one before?

    The product of the steps' shares, so that who was lost at a late step counts as lost there, however long the way.
    Where no step was cut short it is the plain share with Wilson's interval; else its error adds up the steps' relative
    errors (delta method; the steps as independent), with limits on the logit scale.
    """
    first, last = steps[0], steps[-1]
    if not first.n:
        return share_interval(0, 0, level)
    value = math.prod(one.share.value or 0.0 for one in steps)
    if abs(value - last.reached / first.n) < 1e-9 and not any(CURVE in one.share.method for one in steps):
        return share_interval(last.reached, first.n, level)
    if not 0 < value < 1:
        return share_interval(value * first.n, first.n, level)
    spread = math.sqrt(sum(((one.share.se or 0.0) / (one.share.value or 1.0)) ** 2 for one in steps))
    middle, half = math.log(value / (1 - value)), normal_quantile(level) * spread / (1 - value)
    low, high = (1 / (1 + math.exp(-(middle + side * half))) for side in (-1, 1))
    words = "product of the steps' shares, delta method, logit limits"
    return Estimate(value, low, high, value * spread, first.n, first.n, None, level, words)


def conversion(
    counts: pd.DataFrame, by: float | None = None, least: int = FEW, level: float = 0.95, times: bool = True
) -> Conversion:
    """What share has gone on by a time (left out: as far as the curve is readable), and how soon do they?

    Kaplan-Meier with log-log limits where somebody was followed for less long; where nobody was, the plain share with
    Wilson's interval, which is then the same share. Times to go on are read on the same curve: when it has gained half,
    and nine tenths, of what it gains by then. None from fewer than `least` who went on.
    """
    _, time, event, n = follow_ups(counts)
    people, reached = int(n.sum()), int((n * event).sum())
    fit = kaplan_meier(counts, level)
    limit = readable(fit)
    horizon = limit if by is None else min(float(by), limit)
    if not people:
        return Conversion(share_interval(0, 0, level), None, 0.0, 0, 0, (None, None))
    gone = float((n * event * (time <= horizon)).sum())
    went = time[(event == 1) & (n > 0) & (time <= horizon)]
    whole = not len(went) or not bool(((event == 0) & (n > 0) & (time < went.max())).any())
    at = fit.curve[fit.curve["time"] <= horizon]
    survival = float(at["survival"].iloc[-1]) if len(at) else 1.0
    if whole or survival in (0.0, 1.0):
        share = share_interval(gone if whole else people * (1 - survival), people, level)
    else:
        told = survival_at(fit, [float(at["time"].iloc[-1])]).iloc[0]
        share = Estimate(
            1 - survival, 1 - told["high"], 1 - told["low"], told["se"], people, people, None, level,
            f"{CURVE}, log-log limits (Greenwood)",
        )  # fmt: skip
    found: tuple[float | None, float | None] = (None, None)
    if times and gone >= least:
        gained = 1 - at["survival"].to_numpy(float)
        found = tuple(  # type: ignore[assignment]
            float(at["time"].iloc[int(np.flatnonzero(gained >= part * gained[-1] - 1e-12)[0])]) for part in (0.5, 0.9)
        )
    return Conversion(share, reached / people, horizon, people, reached, found)
