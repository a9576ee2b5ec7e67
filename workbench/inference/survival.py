"""How long do customers stay? Kaplan-Meier curves and the log-rank test, from counted follow-ups.

Knows follow-ups; nothing of who was followed. Sufficient statistics: one row for each distinct pattern of
    time    how long somebody was followed, in any unit, 0 or more
    event   1 if it ended with the event (left), 0 if it only ended (still there: censored)
    n       how many people (1 without the column)
    entry   since when they could be seen at all, below time (left truncation; without the column from the start)
and for a comparison a column naming the group. `follow_up_counts` makes them of one row a person; rows with a missing
value are dropped there and counted. The share that left, ignoring that the rest was not followed to the end, is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from .checks import normal_quantile, one_of, refuse, require_columns
from .intervals import Estimate, no_estimate
from .summing import patterns

SCALES = ("log-log", "log")


class FollowUps(NamedTuple):
    """Counted patterns, how many rows they stand for, and how many rows were dropped for a missing value."""

    counts: pd.DataFrame
    n: int
    dropped: int


@dataclass(frozen=True)
class Survival:
    """`curve`: one row a time at which somebody left or was last seen: time, at_risk (just before), events, survival
    (just after), se (Greenwood), low, high; None: no interval there. `median`: by when half had the event."""

    curve: pd.DataFrame
    median: Estimate
    n: float
    events: float
    level: float
    method: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class LogRank:
    """`groups`: one row a group: group, n, events, expected (were there no difference). chi2 with df, and its p."""

    groups: pd.DataFrame
    chi2: float | None
    df: int
    p: float | None
    n: float
    method: str
    notes: tuple[str, ...]


def follow_up_counts(table: pd.DataFrame, by: Sequence[str] = ()) -> FollowUps:
    """One row a follow-up (time, event, maybe entry, and the columns `by`) to counted patterns, missing ones dropped."""
    columns = [c for c in ("entry", "time", "event", *by) if c != "entry" or c in table]
    found = patterns(table, list(dict.fromkeys(columns)))
    return FollowUps(found.drop(columns=["w", "ww"]), int(found["n"].sum()), found.attrs["dropped"])


def kaplan_meier(counts: pd.DataFrame, level: float = 0.95, scale: str = "log-log") -> Survival:
    """What share is still there after so long, and by when had half left? Shares 0 to 1; the units of `time`.

    Statistics: at the head of this file. Product-limit estimate (Kaplan and Meier 1958) with Greenwood's SE; limits on
    the "log-log" scale (stays within 0 and 1; none before the first event) or "log" (R's default, cut at 1). None once
    all have left. The median is the first time with half or fewer left (halfway to the next if exactly half), its
    limits those of the curve's interval (Brookmeyer and Crowley 1982); None where it was not reached.
    """
    z = normal_quantile(level)
    one_of("scale", scale, SCALES)
    entry, time, event, n = follow_ups(counts)
    name = f"Kaplan-Meier, Greenwood standard error, {scale} limits"
    if n.sum() == 0:
        columns = ["time", "at_risk", "events", "survival", "se", "low", "high"]
        return Survival(pd.DataFrame(columns=columns), no_estimate(0, level, "nobody followed"), 0, 0, level, name, ())
    times, place = np.unique(time, return_inverse=True)
    deaths = np.bincount(place, n * event, len(times))
    risk = at_risk(times, entry, time, n[:, None])[:, 0]
    share = 1 - deaths / risk
    share[deaths >= risk * (1 - 1e-12)] = 0.0
    survival = np.cumprod(share)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.sqrt(np.cumsum(np.where(share > 0, deaths / (risk * (risk - deaths)), np.inf)))
        if scale == "log":
            low, high = survival * np.exp(-z * hazard), np.minimum(1, survival * np.exp(z * hazard))
        else:
            width = z * hazard / -np.log(survival)
            low, high = survival ** np.exp(width), survival ** np.exp(-width)
    none = (survival == 0) | ((survival == 1) & (scale == "log-log"))
    low, high = np.where(none, np.nan, low), np.where(none, np.nan, high)
    se = np.where(survival > 0, survival * np.where(np.isfinite(hazard), hazard, 0), np.nan)
    curve = pd.DataFrame(
        {"time": times, "at_risk": risk, "events": deaths, "survival": survival, "se": se, "low": low, "high": high}
    )
    events = float(deaths.sum())
    notes = [] if events else ["no events: nothing is known but that all stayed as long as they were followed"]
    gone = np.flatnonzero(survival == 0)
    if len(gone) and (entry >= times[gone[0]]).any():
        notes.append(
            f"at {times[gone[0]]:g} all who could be seen had left while others came later: start the clock later"
        )
    middle, *ends = (_crossing(times, steps) for steps in (survival, low, high))
    why = "time by which half had the event" + ("" if middle is not None else ": not reached")
    median = Estimate(middle, ends[0], ends[1], None, float(n.sum()), None, None, level, why)
    return Survival(curve, median, float(n.sum()), events, level, name, tuple(notes))


def survival_at(survival: Survival, times: Iterable[float]) -> pd.DataFrame:
    """What share is still there at these times? One row a time: time, at_risk, survival, se, low, high, note.

    Past the last follow-up the curve stays where it was, with nobody at risk, and the note says so.
    """
    curve = survival.curve
    known, rows = curve["time"].to_numpy(float), []
    first = {"survival": 1.0, "se": 0.0, "low": math.nan, "high": math.nan}
    if "log limits" in survival.method and "log-log" not in survival.method:
        first |= {"low": 1.0, "high": 1.0}
    for time in times:
        before, after = np.searchsorted(known, time, "right") - 1, np.searchsorted(known, time, "left")
        told = first if before < 0 else curve.loc[before, ["survival", "se", "low", "high"]].to_dict()
        note = ""
        if after == len(known):
            note = "nobody was followed for so long"
        elif math.isnan(told["low"]):
            note = "no interval before the first event" if told["survival"] == 1 else "no interval once all have left"
        left = float(curve["at_risk"][after]) if after < len(known) else 0.0
        rows.append({"time": time, "at_risk": left, **told, "note": note})
    return pd.DataFrame(rows, columns=["time", "at_risk", "survival", "se", "low", "high", "note"])


def log_rank(counts: pd.DataFrame, group: str = "group") -> LogRank:
    """Do the groups leave at the same pace? Observed against expected events; p of no difference.

    Statistics: at the head of this file, with the column `group`. Hypergeometric variance at every event time (Mantel
    1966; Peto and Peto 1972); df = groups - 1. Weak where the curves cross. Observed groups only: who complains and who
    leaves may share a cause.
    """
    if group not in counts or counts[group].isna().any():
        refuse(group, "no group", "a column naming the group of each row")
    entry, time, event, n = follow_ups(counts)
    names, place = np.unique(counts[group].to_numpy(), return_inverse=True)
    name = "log-rank test"
    times = np.unique(time[(event == 1) & (n > 0)])
    each = np.zeros((len(n), len(names)))
    each[np.arange(len(n)), place] = n
    risk = at_risk(times, entry, time, each)
    dead = np.zeros((len(times), len(names)))
    gone = (event == 1) & (n > 0)
    np.add.at(dead, (np.searchsorted(times, time[gone]), place[gone]), n[gone])
    r, d = risk.sum(axis=1), dead.sum(axis=1)
    part = risk / r[:, None]
    observed, expected = dead.sum(axis=0), (d[:, None] * part).sum(axis=0)
    groups = pd.DataFrame(
        {"group": names, "n": np.bincount(place, n, len(names)), "events": observed, "expected": expected}
    )
    some = expected > 1e-12
    notes = [] if some.all() else ["groups that nobody of was at risk at any event are left out"]
    df = int(some.sum()) - 1
    if df < 1:
        return LogRank(
            groups, None, 0, None, float(n.sum()), f"{name}: no events in two groups to compare", tuple(notes)
        )
    factor = np.where(r > 1, d * (r - d) / np.maximum(r - 1, 1), 0.0)
    part, gap = part[:, some], (observed - expected)[some]
    spread = np.diag(factor @ part) - (part * factor[:, None]).T @ part
    if np.linalg.matrix_rank(spread[:-1, :-1]) < df:
        return LogRank(
            groups, None, df, None, float(n.sum()), f"{name}: no variation in who had the event", tuple(notes)
        )
    chi2 = float(gap[:-1] @ np.linalg.solve(spread[:-1, :-1], gap[:-1]))
    from scipy.special import chdtrc

    return LogRank(groups, chi2, df, float(chdtrc(df, chi2)), float(n.sum()), name, tuple(notes))


def follow_ups(counts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Entry, time, event and n of every pattern; refused where they cannot be follow-ups."""
    given = [c for c in ("entry", "n") if c in counts]
    require_columns(counts, ["time", "event", *given])
    time, event = counts["time"].to_numpy(float), counts["event"].to_numpy(float)
    entry = counts["entry"].to_numpy(float) if "entry" in given else np.full(len(time), -np.inf)
    n = counts["n"].to_numpy(float) if "n" in given else np.ones(len(time))
    if not np.isin(event, (0, 1)).all():
        refuse("event", "other than 0 and 1", "1 with the event, 0 without")
    if (time < 0).any():
        refuse("time", "a time below 0", "how long somebody was followed")
    if (time <= entry).any():
        refuse("time", "follow-ups that end where they begin or before", "time above entry",
               "leave out who was never followed, and count them")  # fmt: skip
    if (n < 0).any() or (n != n.round()).any():
        refuse("n", "negative counts or fractions", "whole counts of people")
    return entry, time, event, n


def at_risk(times: np.ndarray, entry: np.ndarray, time: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """Sums of the rows of `amounts` (patterns x k) over entry < t <= time, for each of the rising `times`."""

    def from_on(when: np.ndarray) -> np.ndarray:
        order = np.argsort(when, kind="stable")
        tails = np.cumsum(amounts[order][::-1], axis=0)[::-1]
        tails = np.vstack([tails, np.zeros((1, amounts.shape[1]))])
        return np.asarray(tails[np.searchsorted(when[order], times, "left")])

    late = from_on(entry) if len(times) and (entry >= times[0]).any() else 0.0
    return from_on(time) - late


def _crossing(times: np.ndarray, steps: np.ndarray) -> float | None:
    """The first time at which the steps are at a half or under; halfway to the next step where they are at it."""
    under = np.flatnonzero(steps <= 0.5 + 1e-8)
    if not len(under):
        return None
    first = under[0]
    if abs(steps[first] - 0.5) < 1e-8:
        lower = np.flatnonzero(steps < steps[first] - 1e-12)
        if len(lower):
            return float((times[first] + times[lower[0]]) / 2)
    return float(times[first])
