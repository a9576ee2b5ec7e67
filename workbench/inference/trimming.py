"""Weights cut at a cap, and means under raked or trimmed weights with an error that knows of the raking.

Knows weights with how many people have them, cells and factors; nothing of the people. Sufficient statistics: of
trimming, each distinct weight with its people; of the mean, the cells of `weighting.raking_cells` with a factor.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from .checks import refuse, require_amounts, require_columns
from .design import Kish, design_mean, kish
from .intervals import Estimate, no_estimate
from .weighting import BASE, Margins, Raked, margin_table, rake

SINGULAR = 1e-10


class Trimmed(NamedTuple):
    """`weights` after trimming in the order they came; `above`: people above the cap before; total kept."""

    weights: np.ndarray
    cap: float
    above: float
    total: float
    largest: float
    kish: Kish
    method: str


def weighted_median(weights: np.ndarray, n: np.ndarray) -> float:
    """The median of the weights, each held by n people; the middle of two where half of them is exactly reached."""
    order = np.argsort(weights)
    reached = np.cumsum(n[order])
    half = reached[-1] / 2
    places = (np.searchsorted(reached, half, side=side) for side in ("left", "right"))
    return float(np.mean([weights[order][min(place, len(order) - 1)] for place in places]))


def trim_weights(weights: np.ndarray, n: np.ndarray, cap: float, strict: bool = True) -> Trimmed:
    """No weight above the cap, the total kept: what is cut off is shared equally among the people below it.

    Until none is above the cap: w' = min(cap, w + c), c solved for exactly (R survey's strict=TRUE). strict=False
    shares once, and may lift some above the cap again. A cap below the mean weight cannot keep the total: refused.
    """
    w, people = np.asarray(weights, float), np.asarray(n, float)
    require_amounts("people who hold each weight", **{f"n[{place}]": one for place, one in enumerate(people[:1])})
    if not (np.isfinite(w).all() and (w > 0).all() and (people >= 0).all() and people.sum() > 0):
        refuse("weights", "weights or counts missing, or not above 0", "weights above 0")
    total, size = float(w @ people), float(people.sum())
    if not cap > 0 or cap * size < total * (1 - 1e-12):
        refuse("cap", f"{cap:g}", f"a cap above the mean weight of {total / size:g}", "trim less")
    above = w > cap
    over = float(people[above].sum())
    words = "trimmed, the rest shared equally" + ("" if strict else " once")
    if not above.any():
        done = w.copy()
    elif not strict:
        excess = float((w[above] - cap) @ people[above])
        done = np.where(above, cap, w + excess / (size - over))
    else:
        order = np.argsort(-w)
        ranked, held = w[order], people[order]
        cut, rest_n, rest_w = np.cumsum(held), size - np.cumsum(held), total - np.cumsum(held * ranked)
        with np.errstate(divide="ignore", invalid="ignore"):  # with the k largest at the cap, what the others gain
            gain = (total - cap * cut - rest_w) / rest_n
        following = np.append(ranked[1:], 0.0)
        fits = np.flatnonzero((gain >= 0) & (following + gain <= cap * (1 + 1e-12)) & (rest_n > 0))
        done = np.minimum(cap, w + (gain[fits[0]] if len(fits) else math.inf))
    after = kish(size, float(done @ people), float(done**2 @ people))
    return Trimmed(done, cap, over, float(done @ people), float(done.max()), after, words)


def trim(raked: Raked, multiple_of_median: float = 3.0, strict: bool = True, cap: float | None = None) -> Trimmed:
    """The weights of a raking cut at so many times their median (or at `cap`). The margins no longer hold exactly.

    The cells must tell each base weight apart: `raking_cells(..., each_weight=True)`.
    """
    weights, n = _each(raked.cells)
    return trim_weights(weights, n, multiple_of_median * weighted_median(weights, n) if cap is None else cap, strict)


def with_trimmed(raked: Raked, trimmed: Trimmed) -> Raked:
    """The raking with the trimmed weights in place of its own, and what became of its margins."""
    factor = trimmed.weights * raked.cells["n"] / raked.cells["w"]
    totals = raked.margins.groupby("margin", sort=False)[["category", "target"]]
    margins = {name: dict(rows.itertuples(index=False)) for name, rows in totals}
    off = margin_table(raked.cells, margins, factor)
    note = f"margins are off by up to {off['off'].abs().max():.1%} after trimming"
    return replace(
        raked,
        cells=raked.cells.assign(factor=factor),
        margins=off,
        total=trimmed.total,
        after=trimmed.kish,
        method=f"{raked.method}, {trimmed.method} at {trimmed.cap:g}",
        notes=(*raked.notes, note),
    )


def max_over_median(raked: Raked) -> float:
    """How many times the median is the largest weight?"""
    weights, n = _each(raked.cells)
    return float(weights.max()) / weighted_median(weights, n)


def rake_and_trim(
    cells: pd.DataFrame,
    margins: Margins,
    multiple_of_median: float = 3.0,
    most_turns: int = 200,
    tolerance: float = 1e-4,
) -> Raked:
    """Rake, trim, rake again, until both hold: the margins, and no weight more than `tolerance` above the cap.

    The cap is so many times the median weight of the first raking. Where both cannot hold together the last raking is
    given and a note says how far the largest weight is above the cap.
    """
    first = rake(cells, margins)
    weights, n = _each(first.cells)
    cap = multiple_of_median * weighted_median(weights, n)
    answer, turns = first, 0
    while turns < most_turns and weights.max() > cap * (1 + tolerance):
        turns += 1
        factor = with_trimmed(answer, trim_weights(weights, n, cap)).cells["factor"]
        again = cells.assign(w=cells["w"] * factor, ww=cells["ww"] * factor**2)
        answer = rake(again, margins)
        total = answer.cells["factor"] * factor
        answer = replace(
            answer,
            cells=cells.assign(factor=total),
            margins=margin_table(cells, margins, total),
            before=first.before,
        )
        weights, _ = _each(answer.cells)
    over = weights.max() / cap - 1
    notes = answer.notes + ((f"the largest weight is {over:.2%} above the cap",) if over > tolerance else ())
    return replace(answer, rounds=turns, method=f"raking and trimming in turn, cap {cap:g}", notes=notes)


def _each(cells: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The weight of each row's people and how many they are; rows must hold people of one base weight."""
    n, w, ww = (cells[name].to_numpy(float) for name in ("n", "w", "ww"))
    if (np.abs(ww * n - w**2) > 1e-9 * w**2).any():
        refuse(
            BASE, "cells that mix base weights", "one row for each base weight", "raking_cells(..., each_weight=True)"
        )
    return w / n * cells["factor"].to_numpy(float), n


def raked_mean(
    cells: pd.DataFrame, margins: Margins | None = None, level: float = 0.95, lonely: str = "refuse"
) -> Estimate:
    """How high is the mean (NPS with x = 100, 0, -100; a share) under these weights? In the units of x.

    `cells` of `weighting.raking_cells` with `factor` (missing: 1, the base weights). With `margins`, those of the
    raking, the standard error knows that their totals are known: Taylor linearisation of the residuals of x on the
    margins, weighted by the raked weights (one step; within 0.3 percent of R's survey::rake). Without, the weights are
    taken as given, which is too wide where the margins go with x. Strata and PSUs are respected where the cells have
    them. Not for trimmed weights with margins: those no longer hold.
    """
    require_columns(cells, ("n", "w", "ww", "nv", "wv", "wwv", "y", "wwx", "wwxx"))
    f = cells["factor"].to_numpy(float) if "factor" in cells else np.ones(len(cells))
    n, w, ww, nv, wv, wwv, y, wwx, wwxx = (
        cells[name].to_numpy(float) for name in ("n", "w", "ww", "nv", "wv", "wwv", "y", "wwx", "wwxx")
    )
    people, base = int(nv.sum()), float(f @ wv)
    if base == 0:
        return no_estimate(people, level, "no answers")
    mean = float(f @ y) / base
    first = y - mean * wv  # sums of w t, w^2 t and w^2 t^2, with t = x - mean for those with a value and 0 for the rest
    mixed, second = wwx - mean * wwv, wwxx - 2 * mean * wwx + mean**2 * wwv
    shift = np.zeros(len(cells)) if margins is None else _fitted(cells, list(margins), f * w, f * first)
    # the mean of m + k (t - fitted) over everybody is the mean itself, and its PSU totals are the residuals
    k = float(f @ w) / base
    v, wwv_, vv = first - shift * w, mixed - shift * ww, second - 2 * shift * mixed + shift**2 * ww
    sums = pd.DataFrame({"psus": n, "w": f * w, "y": f * (mean * w + k * v), "ww": f**2 * ww})
    sums["yw"] = f**2 * (mean * ww + k * wwv_)
    sums["yy"] = f**2 * (mean**2 * ww + 2 * mean * k * wwv_ + k**2 * np.maximum(vv, 0.0))
    sums["stratum"] = cells["stratum"].to_numpy() if "stratum" in cells else "all"
    if "psu" in cells:
        total = sums.assign(psu=cells["psu"].to_numpy()).groupby(["stratum", "psu"])[["y", "w"]].sum()
        total = total.assign(psus=1, yy=total["y"] ** 2, yw=total["y"] * total["w"], ww=total["w"] ** 2)
        strata = total.groupby(level="stratum").sum()
    else:
        strata = sums.groupby("stratum").sum()
    worth = kish(people, base, float(f**2 @ wwv)).n_effective
    words = "weighted mean, weights taken as given" if margins is None else "raked mean, residuals on the margins"
    return design_mean(strata, people, worth, level, f"{words} (Taylor linearisation)", lonely)


def _fitted(cells: pd.DataFrame, margins: list[str], w: np.ndarray, wt: np.ndarray) -> np.ndarray:
    """What the margins explain of t in each cell: weighted least squares on their dummies."""
    dummies = np.column_stack(
        [np.ones(len(cells)), *(pd.get_dummies(cells[name]).to_numpy(float)[:, 1:] for name in margins)]
    )
    fitted: np.ndarray = dummies @ (
        np.linalg.pinv((dummies * w[:, None]).T @ dummies, SINGULAR, hermitian=True) @ (dummies.T @ wt)
    )
    return fitted
