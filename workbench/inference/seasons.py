"""Season, trend and the rest of a regular series (STL): what would it be without the time of the year?

Knows one value a period in the order of time, and how many periods make a full turn (12 months); nothing else.
Sufficient statistics: the columns period and value, one row a period, none missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import refuse, require_columns


@dataclass(frozen=True)
class Seasons:
    """`parts`: period, value, trend, seasonal, remainder, adjusted (value - seasonal) and weight (robust fits; else 1).

    The strengths run from 0 (none) to 1: the part of the variance that would remain without the seasonal (or the trend)
    is one minus them. They are None where nothing varies.
    """

    parts: pd.DataFrame
    strength_seasonal: float | None
    strength_trend: float | None
    n: int
    turn: int
    method: str
    notes: tuple[str, ...]


def seasonal_parts(
    table: pd.DataFrame,
    turn: int,
    seasonal: int | str = 13,
    trend: int | None = None,
    low_pass: int | None = None,
    degrees: tuple[int, int, int] = (0, 1, 1),
    robust: bool = False,
    inner: int | None = None,
    outer: int | None = None,
) -> Seasons:
    """How much of the ups and downs is season, how much trend, and what is left? In the units of the value.

    Statistics: one row a period, columns period and value. `turn` periods make a full turn. Windows (`seasonal`,
    `trend`, `low_pass`) are loess spans in periods, made odd upwards; seasonal="periodic" gives the same season every
    turn. `degrees` of the loess of season, trend and low pass: 0 or 1. No skipping (jump 1). `robust` gives outliers
    less weight; `inner` and `outer` are the loops (2 and 0, robust 1 and 15).

    Strength = max(0, 1 - var(remainder) / var(part + remainder)). Cleveland et al. 1990; strengths: Wang, Smith and
    Hyndman 2006. At least two full turns are needed; a missing period is refused (fill it knowingly, or not at all).
    """
    require_columns(table, ["value"])
    y = table["value"].to_numpy(float)
    if "period" not in table:
        refuse("period", "no such column", "one row a period, in order")
    if turn < 2:
        refuse("turn", turn, "2 or more periods to a full turn", "12 for months, 4 for quarters")
    if len(y) < 2 * turn:
        refuse(
            "value", f"{len(y)} periods", f"at least two full turns, {2 * turn} periods", "wait, or leave out season"
        )
    _unbroken(table["period"])
    if len(degrees) != 3 or any(degree not in (0, 1) for degree in degrees):
        refuse("degrees", degrees, "three of 0 or 1: season, trend, low pass")
    periodic = seasonal == "periodic"
    if not periodic and not (isinstance(seasonal, int | float) and seasonal >= 3):
        refuse("seasonal", seasonal, 'a window of 3 or more, or "periodic"', "13")
    window = 10 * len(y) + 1 if periodic else _odd(float(seasonal))
    smooth = _odd(1.5 * turn / (1 - 1.5 / window)) if trend is None else _odd(trend)
    passed = _odd(turn + 1) if low_pass is None else _odd(low_pass)
    for name, span in (("trend", smooth), ("low_pass", passed)):
        if span <= turn:
            refuse(name, span, f"a window wider than one turn ({turn})")
    from statsmodels.tsa.seasonal import STL

    fit = STL(
        y, period=int(turn), seasonal=window, trend=smooth, low_pass=passed,
        seasonal_deg=0 if periodic else degrees[0], trend_deg=degrees[1], low_pass_deg=degrees[2], robust=bool(robust),
    ).fit(
        inner_iter=(1 if robust else 2) if inner is None else int(inner),
        outer_iter=(15 if robust else 0) if outer is None else int(outer),
    )  # fmt: skip
    season = np.asarray(fit.seasonal, float)
    if periodic:
        place = np.arange(len(y)) % turn
        season = (np.bincount(place, season) / np.bincount(place))[place]
    line = np.asarray(fit.trend, float)
    rest = y - season - line
    if not np.isfinite(rest).all():
        refuse(
            "value",
            "a series that STL cannot split (every value an outlier)",
            "a series with variation",
            "robust=False",
        )
    parts = pd.DataFrame(
        {"period": table["period"].to_numpy(), "value": y, "trend": line, "seasonal": season, "remainder": rest,
         "adjusted": y - season, "weight": np.asarray(fit.weights, float)}
    )  # fmt: skip
    notes = [] if len(y) >= 3 * turn else ["fewer than three full turns: the season is hardly told from chance"]
    kind = "periodic" if periodic else f"seasonal window {window}"
    method = f"STL by loess ({kind}, trend window {smooth}{', robust' if robust else ''})"
    floor = 1e-20 * float(np.mean(y * y))
    strengths = [_strength(rest, part, floor) for part in (season, line)]
    if None in strengths:
        notes.append("nothing varies: no strength")
    return Seasons(parts, strengths[0], strengths[1], len(y), int(turn), method, tuple(notes))


@dataclass(frozen=True)
class SeasonTest:
    """F of a season beside a straight trend, with its degrees of freedom, and p of no season."""

    f: float | None
    df_season: int
    df_rest: int
    p: float | None
    method: str


def season_test(table: pd.DataFrame, turn: int) -> SeasonTest:
    """Is there a season at all? F test of one level a place in the turn beside a straight trend (least squares).

    Statistics: one row a period, columns period and value, as in `seasonal_parts`: with two turns the strength of a
    season is about a half by chance alone, which this test reckons with. Supposes errors without autocorrelation. None
    where nothing varies or no degrees of freedom are left (two turns of two periods).
    """
    require_columns(table, ["value"])
    if turn < 2:
        refuse("turn", turn, "2 or more periods to a full turn", "12 for months, 4 for quarters")
    y, n = table["value"].to_numpy(float), len(table)
    place = np.arange(n)
    line = np.column_stack([np.ones(n), place - place.mean()])
    levels = (place[:, None] % turn == np.arange(1, turn)[None, :]).astype(float)
    words = "F test of the season beside a straight trend"
    free = n - 2 - (turn - 1)
    if free < 1:
        return SeasonTest(None, turn - 1, max(free, 0), None, words)

    def left(x: np.ndarray) -> float:
        rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        return float(rest @ rest)

    without, with_it = left(line), left(np.column_stack([line, levels]))
    if with_it <= 1e-20 * float(y @ y):
        return SeasonTest(None, turn - 1, free, None, words)
    f = max(0.0, (without - with_it) / (turn - 1) / (with_it / free))
    from scipy.special import fdtrc

    return SeasonTest(f, turn - 1, free, float(fdtrc(turn - 1, free, f)), words)


def _strength(rest: np.ndarray, part: np.ndarray, floor: float) -> float | None:
    both = float(np.var(part + rest))
    return max(0.0, 1 - float(np.var(rest)) / both) if both > floor else None


def _odd(span: float) -> int:
    """The smallest odd whole number that is no smaller."""
    up = math.ceil(span)
    return up + (up % 2 == 0)


def _unbroken(period: pd.Series) -> None:
    """Refuse whole-number or calendar periods with one left out or twice: STL takes row by row for period by period."""
    if isinstance(period.dtype, pd.PeriodDtype):
        steps = np.diff(period.astype("int64"))
        if (steps != 1).any():
            refuse("period", "a period left out, twice, or out of order", "every period once, in order", "fill the gap")
    elif period.isna().any() or period.duplicated().any():
        refuse("period", "a period twice or unnamed", "every period once, in order", "add them up")
