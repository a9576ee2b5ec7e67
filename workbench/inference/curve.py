"""The emotional curve of journeys: its peak, end and mean, the mean curve by step, and what goes with the overall verdict.

Knows emotions in the order of steps; nothing of what happened. Peak, end and mean are shown together: across studies the
peak-end average goes with the verdict about as closely as the plain mean (Alaybek et al. 2022), so none is the truth.
Sufficient statistics:
    of the models   patterns of journeys: one row a distinct (peak, end, mean, steps) with n and the sums of the verdict
    of the curve    one row a step: n, and the sums of emotion and of its square
    of its bootstrap interval   one row a distinct path of emotions: one column a step (missing: not reached), and n
Emotions are ordered rather than measured: hence the interval by drawing journeys again. Later steps hold those who got
there: n stands beside each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import normal_quantile, refuse, require_columns
from .choice import seeded
from .intervals import mean_interval
from .least_squares import Line, correlation, least_squares

CURVE = ("step", "n", "mean", "low", "high", "se", "method")


def journey_statistics(
    table: pd.DataFrame,
    journey: str = "journey",
    step: str = "step",
    emotion: str = "emotion",
    overall: str = "overall",
) -> pd.DataFrame:
    """Peak, worst, best, end, mean, trend and number of steps of each journey, from one row a step. One row a journey.

    `peak` is the emotion of the largest absolute value, at `peak_step`, the last such step; `end` that of the last step;
    `trend` the slope of emotion on step (missing with one step); `overall` the verdict of the journey's first row (if
    there is such a column). Steps without an emotion are left out; .attrs["dropped"] counts them. Steps must be numbers.
    """
    verdict = overall in table
    _columns(table, journey, step, emotion)
    told = table[table[journey].notna() & table[step].notna() & table[emotion].notna()]
    ordered = told.sort_values([journey, step], kind="stable")
    group, e, s = ordered[journey], ordered[emotion].astype(float), ordered[step].astype(float)
    largest = e.abs() == e.abs().groupby(group).transform("max")
    peaks = ordered[largest].groupby(journey).last()
    by = e.groupby(group)
    found = pd.DataFrame({"peak": peaks[emotion].astype(float), "peak_step": peaks[step]})
    found["worst"], found["best"], found["end"] = by.min(), by.max(), by.last()
    found["mean"] = by.mean()
    off = s - s.groupby(group).transform("mean")
    spread = (off**2).groupby(group).sum()
    found["trend"] = (off * e).groupby(group).sum() / spread.where(spread > 0)
    found["steps"] = by.size()
    if verdict:
        found["overall"] = ordered.groupby(journey)[overall].nth(0).to_numpy()
    found = found.rename_axis("journey").reset_index()
    found.attrs["dropped"] = len(table) - len(told)
    return found


def journey_patterns(statistics: pd.DataFrame) -> pd.DataFrame:
    """Journeys alike in peak, end, mean and steps, put together: n, and the sums y and yy of their verdicts.

    From `journey_statistics`. Journeys without a verdict are left out; .attrs["dropped"] counts them.
    """
    _columns(statistics, "peak", "end", "mean", "steps", "overall")
    told = statistics.dropna(subset=["overall"])
    y = told["overall"].astype(float)
    sums = told[["peak", "end", "mean", "steps"]].assign(n=1, y=y, yy=y**2)
    found = sums.groupby(["peak", "end", "mean", "steps"], as_index=False).sum()
    found.attrs["dropped"] = len(statistics) - len(told)
    return found


@dataclass(frozen=True)
class PeakEnd:
    """What goes with the verdict: overall ~ peak + end against overall ~ mean; compare r2 and aic.

    `correlation_*`: of the verdict with the average of peak and end, with the mean, and with the number of steps; None
    where one of the two does not vary.
    """

    n: float
    peak_end: Line
    mean: Line
    correlation_peak_end: float | None
    correlation_mean: float | None
    correlation_steps: float | None
    method: str = "least squares over journeys"


def peak_end(patterns: pd.DataFrame) -> PeakEnd:
    """Do peak and end go with the overall verdict more closely than the plain mean does? From `journey_patterns`."""
    require_columns(patterns, ("peak", "end", "mean", "steps", "n", "y", "yy"))
    x = {name: patterns[name].to_numpy(float) for name in ("peak", "end", "mean", "steps", "n", "y", "yy")}
    sums = (x["n"], x["y"], x["yy"])
    return PeakEnd(
        float(x["n"].sum()),
        least_squares({"peak": x["peak"], "end": x["end"]}, *sums),
        least_squares({"mean": x["mean"]}, *sums),
        correlation((x["peak"] + x["end"]) / 2, *sums),
        correlation(x["mean"], *sums),
        correlation(x["steps"], *sums),
    )


def curve_sums(table: pd.DataFrame, step: str = "step", emotion: str = "emotion") -> pd.DataFrame:
    """How many told their emotion at each step, and what it adds up to. Columns step, n, total, squares."""
    _columns(table, step, emotion)
    told = table[table[step].notna() & table[emotion].notna()]
    e = told[emotion].astype(float)
    sums = pd.DataFrame({"n": 1, "total": e, "squares": e**2}).groupby(told[step]).sum()
    sums = sums.rename_axis("step").reset_index()
    sums.attrs["dropped"] = len(table) - len(told)
    return sums


def mean_curve(sums: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """The mean emotion at each step with its n and t interval, from `curve_sums`.

    Columns step, n, mean, low, high, se, method; the last says why where a step has no interval.
    """
    require_columns(sums, ("n", "total", "squares"))
    rows = []
    for step, n, total, squares in sums[["step", "n", "total", "squares"]].itertuples(index=False):
        one = mean_interval(n, total, squares, level)
        rows.append((step, n, one.value, one.low, one.high, one.se, one.method))
    return pd.DataFrame(rows, columns=list(CURVE))


def curve_paths(
    table: pd.DataFrame, journey: str = "journey", step: str = "step", emotion: str = "emotion"
) -> pd.DataFrame:
    """Each distinct path of emotions once, with n journeys that took it. A step met twice in a journey is averaged."""
    _columns(table, journey, step, emotion)
    told = table[table[journey].notna() & table[step].notna() & table[emotion].notna()]
    wide = told.assign(**{emotion: told[emotion].astype(float)}).pivot_table(emotion, journey, step, aggfunc="mean")
    steps = list(wide.columns)
    return wide.groupby(steps, dropna=False).size().rename("n").reset_index() if steps else pd.DataFrame({"n": []})


def bootstrap_curve(paths: pd.DataFrame, seed: int, resamples: int = 2000, level: float = 0.95) -> pd.DataFrame:
    """How sure is the mean curve, if other journeys had been drawn? Percentile interval by drawing journeys again.

    `paths` from `curve_paths`. Columns as in `mean_curve`; .attrs holds seed and resamples. Draws in
    which nobody reached a step say nothing of it. With many thousand paths `mean_curve` says the same for less.
    """
    normal_quantile(level)
    require_columns(paths, ("n",))
    if resamples < 100 or paths.empty or paths["n"].sum() < 2:
        refuse("resamples", f"{resamples} of {len(paths)} paths", "at least 100, of at least two journeys")
    steps = [name for name in paths.columns if name != "n"]
    n = paths["n"].to_numpy(float)
    emotions = paths[steps].to_numpy(float)
    reached = ~np.isnan(emotions)
    both = np.hstack([np.where(reached, emotions, 0.0), reached])
    source, chance, drawn = seeded(seed), n / n.sum(), []
    for start in range(0, resamples, 100):
        again = source.multinomial(int(n.sum()), chance, size=min(100, resamples - start)) @ both
        with np.errstate(invalid="ignore"):
            drawn.append(again[:, : len(steps)] / again[:, len(steps) :])
    means, rows = np.vstack(drawn), []
    words = f"percentile interval, journeys drawn again {resamples} times (seed {seed})"
    for place, step in enumerate(steps):
        known = means[~np.isnan(means[:, place]), place]
        base = float(n @ reached[:, place])
        low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2]) if base > 1 else (None, None)
        mean = float(n @ both[:, place]) / base if base else None
        se = float(known.std(ddof=1)) if base > 1 else None
        rows.append((step, base, mean, low, high, se, words if base > 1 else "one journey, no interval"))
    curve = pd.DataFrame(rows, columns=list(CURVE))
    curve.attrs |= {"seed": seed, "resamples": resamples, "level": level}
    return curve


def _columns(table: pd.DataFrame, *names: Any) -> None:
    gone = [name for name in names if name not in table]
    if gone:
        raise DataFault([Fault(column=name, found="no such column", expected="a column of the table") for name in gone])
