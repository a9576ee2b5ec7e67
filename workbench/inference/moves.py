"""Shares of moves, where one person may move often: intervals and differences that count people, not moves.

Knows sums over people and the formulas; never a record. Sufficient statistics of a move, one row a move:
    y, m         its count, and that of all moves onward from the same step
    yy, ym, mm   sums over people of y_i^2, y_i m_i and m_i^2
    people       people who moved on from that step
The share is the ratio r = y / m; its variance is linearised over people: k / (k - 1) sum (y_i - r m_i)^2 / m^2
(Woodruff 1971). The effective number r (1 - r) / variance, at most m, is what the moves are worth; Wilson's interval on
it, with t of people - 1 in the place of z, is that of Dean and Pagano 2015 (from memory). Where linearisation sees no
variance (everybody moves so, or nobody) the moves are worth the people who made them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .checks import require_columns

SUMS = ("y", "m", "yy", "ym", "mm", "people")
METHOD = "Wilson interval on the effective number of moves, linearised over people"


def shares_of_moves(sums: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """What share of the moves from a step leads there? One row a move: value, low, high (0 to 1), se, n_effective, df.

    `sums`: the columns at the head of this file. A step that one person alone moved on from has no interval.
    """
    from scipy.special import stdtrit

    require_columns(sums, SUMS)
    y, m, yy, ym, mm, k = (sums[column].to_numpy(float) for column in SUMS)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(m > 0, y / m, np.nan)
        spread = yy - 2 * share * ym + share**2 * mm
        spread[spread < 1e-12 * (yy + share**2 * mm)] = 0.0  # rounding, where all people have the same share
        variance = np.where(k > 1, k / (k - 1) * spread / m**2, 0.0)
        worth = np.where(variance > 0, np.minimum(share * (1 - share) / variance, m), k)
        t = stdtrit(np.where(k > 1, k - 1, np.nan), 0.5 + level / 2)
        centre = (share + t**2 / (2 * worth)) / (1 + t**2 / worth)
        half = t / (1 + t**2 / worth) * np.sqrt(share * (1 - share) / worth + t**2 / (4 * worth**2))
    found = pd.DataFrame({"value": share, "low": centre - half, "high": centre + half}, index=sums.index)
    found[["low", "high"]] = found[["low", "high"]].clip(0, 1)
    return found.assign(se=np.sqrt(variance), n_effective=worth, df=k - 1)


def differences_of_moves(a: pd.DataFrame, b: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """A minus B in the share of each move: value, low, high (-1 to 1), p. The groups have nobody in common.

    `a`, `b`: the sufficient statistics of each group, row by row the same move. The interval joins the limits of both
    groups (MOVER: Newcombe 1998; Zou and Donner 2008); p is that of the pooled share on the effective numbers, t with the
    people of both groups - 2. None where a group has no interval.
    """
    from scipy.special import stdtr

    one, other = shares_of_moves(a, level), shares_of_moves(b, level)
    gap = one["value"] - other["value"]
    low = gap - np.hypot(one["value"] - one["low"], other["high"] - other["value"])
    high = gap + np.hypot(one["high"] - one["value"], other["value"] - other["low"])
    worth_a, worth_b = one["n_effective"], other["n_effective"]
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (one["value"] * worth_a + other["value"] * worth_b) / (worth_a + worth_b)
        error = np.sqrt(pooled * (1 - pooled) * (1 / worth_a + 1 / worth_b))
        statistic = np.where(error > 0, gap.abs() / error, 0.0)
    p = np.minimum(2 * stdtr(one["df"] + other["df"], -statistic), 1.0)
    there = low.notna() & high.notna()
    return pd.DataFrame({"value": gap, "low": low, "high": high, "p": np.where(there, p, np.nan)}, index=a.index)
