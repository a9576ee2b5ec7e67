"""Importance and performance: what to mend first, and which attributes are too near a line to say.

Knows the shares and means of `driver_draws` and `moments`; nothing of what was rated. Sufficient statistics: the
moments, by unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import normal_quantile, refuse
from .driver_draws import drawn_drivers
from .drivers import key_drivers
from .moments import Moments

QUADRANTS = ("concentrate here", "keep up the good work", "low priority", "possible overkill")
NEAR = "near a line"
SLACK = 1e-9


@dataclass(frozen=True)
class ImportancePerformance:
    """`table`, one row an attribute: importance and performance with _se, _low and _high; `place`, the quadrant where
    the figures stand; one column a quadrant with the share of replicates in it; `quadrant`, that place if `least` of
    the replicates agree, else "near a line".

    `importance_line` and `performance_line` are the means over the attributes.
    """

    table: pd.DataFrame
    importance_line: float
    performance_line: float
    level: float
    least: float
    replicates: int
    seed: int
    n: int
    n_effective: float | None
    method: str
    notes: tuple[str, ...]


def quadrants(importance: np.ndarray, performance: np.ndarray) -> np.ndarray:
    """The quadrant of each attribute (last axis) by the means of both; on the line counts as high.

    Martilla and James 1977. Gives the place in `QUADRANTS`: important and poor, important and good, neither, good only.
    """
    lines = importance.mean(axis=-1, keepdims=True), performance.mean(axis=-1, keepdims=True)
    important, good = (
        x >= line - SLACK * np.abs(line) for x, line in zip((importance, performance), lines, strict=True)
    )
    return np.asarray(np.where(important, np.where(good, 1, 0), np.where(good, 3, 2)))


def importance_performance(
    moments: Moments,
    outcome: str,
    drivers: Sequence[str],
    replicates: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    least: float = 0.9,
    confounders: Sequence[str] = (),
) -> ImportancePerformance:
    """Which attributes matter and do poorly? Derived importance (LMG share of R2) against the mean rating.

    The lines are the means over the attributes, drawn again in every replicate. Ratings must be on one scale.
    Importance derived of one survey is association: a place in a quadrant is a question for research, not a forecast.
    """
    normal_quantile(level)
    if not 0.5 < least <= 1:
        refuse("least", least, "a share above 0.5 and up to 1")
    if len(drivers) < 2:
        refuse("drivers", f"{len(drivers)} attribute", "two or more, to compare")
    found = key_drivers(moments, outcome, drivers, confounders)
    importance = found.table["share"].to_numpy(float)
    if np.isnan(importance).any():
        refuse("drivers", "attributes that explain nothing", "some importance to share")
    at = [moments.columns.index(name) for name in drivers]
    performance = moments.centre[at] + moments.first[:, at].sum(axis=0) / moments.w.sum()
    draws = drawn_drivers(moments, outcome, drivers, confounders, replicates, seed)
    tails = [(1 - level) / 2, (1 + level) / 2]
    table = pd.DataFrame(index=pd.Index(drivers, name="driver"))
    for name, value, drawn in (
        ("importance", importance, draws.share),
        ("performance", performance, draws.mean),
    ):
        table[name] = value
        table[f"{name}_se"] = drawn.std(axis=0, ddof=1)
        table[f"{name}_low"], table[f"{name}_high"] = np.quantile(drawn, tails, axis=0)
    place, places = quadrants(importance, performance), quadrants(draws.share, draws.mean)
    table["place"] = np.asarray(QUADRANTS, object)[place]
    for number, name in enumerate(QUADRANTS):
        table[name] = (places == number).mean(axis=0)
    agree = (places == place).mean(axis=0)
    table["quadrant"] = np.where(agree >= least, table["place"], NEAR)
    near = [str(name) for name, one in zip(drivers, agree, strict=True) if one < least]
    notes = list(found.notes)
    if near:
        notes.append(f"near a line (less than {least:.0%} of the replicates in one quadrant): {', '.join(near)}")
    if draws.lost:
        notes.append(f"{draws.lost} replicates without a usable model left out")
    return ImportancePerformance(
        table,
        float(importance.mean()),
        float(performance.mean()),
        level,
        least,
        len(draws.r2),
        seed,
        found.n,
        found.n_effective,
        f"LMG share of R2 against the mean, lines at both means; case bootstrap of {len(moments.n)} units, "
        f"{replicates} replicates, seed {seed}",
        tuple(notes),
    )
