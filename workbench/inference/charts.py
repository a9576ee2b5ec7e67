"""Control charts of a series: which periods differ by more than its own noise? Shares (p, Laney p'), XmR and EWMA.

Knows one row a period; nothing of who answered. Sufficient statistics, in the order of time:
    p chart          period, n (answers), x (those who have it)
    XmR              period, value
    EWMA, estimates  period, value and, for estimates of unequal precision (an NPS, a weighted mean), se
A period without a value (or with n = 0) stays as a gap: it has no signal, breaks runs, and no moving range spans it.
With periods of pandas (`Period`) those left out altogether are put back as gaps. Limits come from the `baseline`, which
stays frozen when later periods come; limits from the overall SD would contain the very shift that is looked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import one_of, refuse, require_amounts

D2, D4 = 1.128, 3.267  # of the moving range of two: its mean and its upper limit, for normal noise
FEW = 8  # observed periods under which a chart is told to be provisional
RULES = {
    "outside": "one point outside the limits",
    "run of 8": "eight in a row on one side of the centre",
    "2 of 3": "two of three beyond 2 sigma on one side",
    "4 of 5": "four of five beyond 1 sigma on one side",
    "trend of 6": "six in a row rising, or falling",
}
USUAL = ("outside", "run of 8", "2 of 3")
Baseline = int | Iterable[object] | None


@dataclass(frozen=True)
class Chart:
    """One row a period in `points`: period, value, centre, se (one sigma of that point), low, high; None: no limits.

    `signals` names each rule that was looked at and the periods where it ends (empty: no signal). `sigma_z` is the
    factor by which Laney's chart widens the limits; `moving_range` the mean moving range of the baseline and `mr_high`
    its upper limit (XmR). `n` periods were observed, `n_baseline` of them set the limits, `gaps` have no value.
    """

    kind: str
    points: pd.DataFrame
    centre: float | None
    signals: dict[str, list[object]]
    n: int
    n_baseline: int
    gaps: list[object]
    sigma: float
    method: str
    notes: tuple[str, ...]
    sigma_z: float | None = None
    moving_range: float | None = None
    mr_high: float | None = None


def p_chart(
    table: pd.DataFrame,
    laney: bool = False,
    sigma: float = 3,
    baseline: Baseline = None,
    rules: Sequence[str] = ("outside",),
) -> Chart:
    """In which periods was the share (dissatisfied, complained) not what it usually is? Shares, 0 to 1.

    Statistics: period, n, x. Limits pbar +- sigma sqrt(pbar (1 - pbar) / n_t), stepped with n_t and cut at 0 and 1.
    With `laney` (Laney 2002) they are multiplied by sigma_z, the mean moving range of z over 1.128: on bases of
    thousands real shares vary more than the binomial, and a plain p chart floods with signals; a sigma_z below 1
    narrows. `baseline`: how many first periods (or which) set pbar and sigma_z; without it all do.
    """
    rows = _series(table, ("n", "x"))
    rows.loc[rows["n"] == 0, "x"] = np.nan
    n, x = rows["n"].to_numpy(float), rows["x"].to_numpy(float)
    if (n[~np.isnan(n)] < 0).any() or (x[~np.isnan(x)] < 0).any() or (x > n).any():
        refuse("x", "negative counts, or more than were asked", "0 <= x <= n in every period", "count again")
    seen = ~np.isnan(x) & ~np.isnan(n)
    base = _baseline(rows["period"], seen, baseline)
    centre = float(x[base].sum() / n[base].sum())
    share = np.divide(x, n, out=np.full(len(x), np.nan), where=seen)
    se = np.sqrt(centre * (1 - centre) / np.where(seen, n, np.nan))
    name = "p chart with stepped limits"
    if laney:
        name = "Laney p' chart (limits widened by the moving range of z)"
    chart = _shewhart("p", name, rows["period"], share, centre, se, base, sigma, rules, laney)
    chart.points["low"] = chart.points["low"].clip(lower=0)
    chart.points["high"] = chart.points["high"].clip(upper=1)
    return chart


def estimates_chart(
    table: pd.DataFrame,
    laney: bool = True,
    sigma: float = 3,
    baseline: Baseline = None,
    rules: Sequence[str] = USUAL,
    centre: float | None = None,
) -> Chart:
    """In which periods was an estimate (an NPS, a weighted share or mean) not what it usually is? In its units.

    Statistics: period, value, se and, if known, n (effective, for a weighted series). The centre is the baseline's mean
    weighted by n (without n plain) unless it is given; limits centre +- sigma se_t, widened by the moving range of
    z as in Laney's chart unless laney=False: the SE knows sampling only, not that the world moves.
    """
    rows = _series(table, ("value", "se", *(["n"] if "n" in table else [])))
    value, se = rows["value"].to_numpy(float), rows["se"].to_numpy(float)
    if (se[~np.isnan(se)] <= 0).any():
        refuse("se", "a standard error of 0 or less", "standard errors above 0", "leave such a period without value")
    seen = ~np.isnan(value) & ~np.isnan(se)
    weight = rows["n"].to_numpy(float) if "n" in rows else np.ones(len(value))
    seen &= weight > 0
    value = np.where(seen, value, np.nan)
    base = _baseline(rows["period"], seen, baseline)
    middle = float(np.average(value[base], weights=weight[base])) if centre is None else float(centre)
    name = f"chart of estimates with their own standard errors{', widened by the moving range of z' if laney else ''}"
    return _shewhart("estimates", name, rows["period"], value, middle, se, base, sigma, rules, laney)


def xmr_chart(table: pd.DataFrame, sigma: float = 3, baseline: Baseline = None, rules: Sequence[str] = USUAL) -> Chart:
    """In which periods did a figure (one a period, of whatever kind) leave its usual range? In its units.

    Statistics: period, value. Limits mean +- sigma mean moving range / 1.128 (2.66 mean moving ranges for 3 sigma); a
    moving range above 3.267 times their mean is the signal "moving range". NIST/SEMATECH e-Handbook 6.3.2.2.
    Autocorrelation and seasons make false signals: then chart the remainder of `seasonal_parts`.
    """
    rows = _series(table, ("value",))
    value = rows["value"].to_numpy(float)
    base = _baseline(rows["period"], ~np.isnan(value), baseline)
    ranges = np.abs(np.diff(value, prepend=np.nan))
    mean = _mean_range(ranges, base)
    se = np.full(len(value), mean / D2)
    chart = _shewhart(
        "XmR", "XmR chart (mean moving range)", rows["period"], value, float(value[base].mean()), se, base, sigma, rules
    )
    points = chart.points.assign(moving_range=ranges)
    high = D4 * mean if mean > 0 else None
    wide = list(rows["period"][ranges > high]) if high is not None else []
    known = mean if not math.isnan(mean) else None
    changed = {"points": points, "signals": chart.signals | {"moving range": wide}, "moving_range": known}
    return Chart(**{**vars(chart), **changed, "mr_high": high})


def ewma_chart(
    table: pd.DataFrame,
    smooth: float = 0.2,
    sigma: float = 3,
    target: float | None = None,
    spread: float | None = None,
    exact: bool = True,
    baseline: Baseline = None,
) -> Chart:
    """Did a small but lasting shift build up? Exponentially weighted moving average, in the units of the value.

    Statistics: period, value and, for estimates, se. z_t = smooth x_t + (1 - smooth) z_(t-1), starting at `target`
    (without it the baseline's mean). Its variance is smooth^2 s_t^2 + (1 - smooth)^2 var(z_(t-1)), with s_t the se of
    the period, or `spread` in every one, or without both the baseline's mean moving range / 1.128; that is the usual
    spread^2 smooth / (2 - smooth) (1 - (1 - smooth)^(2t)) if s is the same throughout. exact=False draws its limit for
    t to infinity from the start and needs one spread. NIST/SEMATECH e-Handbook 6.3.2.4. A gap leaves z as it was.
    """
    if not 0 < smooth <= 1:
        refuse("smooth", smooth, "a number above 0, up to 1", "0.2 for small shifts, 0.3 for larger ones")
    by_period = "se" in table and spread is None
    rows = _series(table, ("value", "se") if by_period else ("value",))
    value = rows["value"].to_numpy(float)
    seen = ~np.isnan(value)
    if by_period:
        if not exact:
            refuse("exact", "exact=False with an se a period", "one spread for all periods", "give spread=")
        if (rows["se"].to_numpy(float)[seen] <= 0).any():
            refuse("se", "a standard error of 0 or less", "standard errors above 0")
        seen &= ~np.isnan(rows["se"].to_numpy(float))
    base = _baseline(rows["period"], seen, baseline)
    start = float(value[base].mean()) if target is None else float(target)
    if by_period:
        s = rows["se"].to_numpy(float)
    else:
        if spread is not None and not 0 < spread < math.inf:
            refuse("spread", spread, "a standard deviation above 0")
        one = _mean_range(np.abs(np.diff(value, prepend=np.nan)), base) / D2 if spread is None else float(spread)
        s = np.full(len(value), one)
    moving, variance = np.full(len(value), np.nan), np.full(len(value), np.nan)
    at, var = start, 0.0
    for t in np.flatnonzero(seen):
        at = smooth * value[t] + (1 - smooth) * at
        var = smooth**2 * s[t] ** 2 + (1 - smooth) ** 2 * var
        moving[t], variance[t] = at, var if exact else s[t] ** 2 * smooth / (2 - smooth)
    limits = "exact limits" if exact else "asymptotic limits"
    name = f"EWMA chart (weight {smooth:g}, {limits}{', standard errors by period' if by_period else ''})"
    chart = _shewhart("EWMA", name, rows["period"], moving, start, np.sqrt(variance), base, sigma, ("outside",))
    return Chart(**{**vars(chart), "points": chart.points.assign(observed=np.where(seen, value, np.nan))})


def _shewhart(
    kind: str, name: str, period: pd.Series, value: np.ndarray, centre: float, se: np.ndarray, base: np.ndarray,
    sigma: float, rules: Sequence[str], laney: bool = False,
) -> Chart:  # fmt: skip
    """Limits, run rules and what must be told, for values with a sigma each."""
    if not 0 < sigma < math.inf:
        refuse("sigma", sigma, "a width of the limits above 0", "3 is usual")
    for rule in rules:
        one_of("rules", rule, RULES)
    seen, notes = ~np.isnan(value), []
    widened = None
    z = np.divide(value - centre, se, out=np.full(len(value), np.nan), where=seen & (se > 0))
    if laney:
        mean = _mean_range(np.abs(np.diff(z, prepend=np.nan)), base)
        widened = mean / D2 if mean > 0 else None
        se, z = (se * widened, z / widened) if widened else (np.full(len(se), np.nan), np.full(len(z), np.nan))
    if np.isnan(z[seen]).all():
        notes.append("no limits: the baseline does not vary, or has no two neighbouring periods")
        se = np.full(len(se), np.nan)
    if seen.sum() < FEW:
        notes.append(f"only {int(seen.sum())} periods: the limits are provisional (under {FEW})")
    elif base.sum() < FEW:
        notes.append(f"limits from only {int(base.sum())} periods: provisional (under {FEW})")
    if (~seen).any():
        notes.append(f"{int((~seen).sum())} periods without a value, kept as gaps")
    points = pd.DataFrame(
        {"period": period, "value": value, "centre": centre, "se": se, "low": centre - sigma * se,
         "high": centre + sigma * se, "baseline": base}
    )  # fmt: skip
    signals = {rule: list(period[_ends(rule, z, value, sigma)]) for rule in rules}
    gaps = list(period[~seen])
    return Chart(
        kind, points, centre, signals, int(seen.sum()), int(base.sum()), gaps, sigma, name, tuple(notes), widened
    )


def _ends(rule: str, z: np.ndarray, value: np.ndarray, sigma: float) -> np.ndarray:
    """Where the rule is fulfilled by the point and those before it; a gap breaks it."""
    if rule == "outside":
        return np.asarray(np.abs(z) > sigma)
    if rule == "trend of 6":
        steps = np.sign(np.diff(value, prepend=np.nan))
        up, down = steps > 0, steps < 0
        return np.asarray(_of(up, steps, 5, 5) | _of(down, steps, 5, 5))
    beyond, many, of = {"run of 8": (0, 8, 8), "2 of 3": (2, 2, 3), "4 of 5": (1, 4, 5)}[rule]
    return np.asarray(_of(z > beyond, z, many, of) | _of(z < -beyond, z, many, of))


def _of(hit: np.ndarray, known: np.ndarray, many: int, of: int) -> np.ndarray:
    """At least `many` of the last `of`, all of them known."""

    def last(flags: np.ndarray) -> np.ndarray:
        total = np.cumsum(np.concatenate([np.zeros(of), flags.astype(float)]))
        return np.asarray(total[of:] - total[:-of])

    return np.asarray((last(hit) >= many) & (last(~np.isnan(known)) == of))


def _mean_range(ranges: np.ndarray, base: np.ndarray) -> float:
    """Mean moving range where both neighbours belong to the baseline; nan without any."""
    both = base & np.concatenate([[False], base[:-1]]) & ~np.isnan(ranges)
    return float(ranges[both].mean()) if both.any() else math.nan


def _baseline(period: pd.Series, seen: np.ndarray, baseline: Baseline) -> np.ndarray:
    """Which observed periods set the limits."""
    if baseline is None:
        base = seen.copy()
    elif isinstance(baseline, int):
        base = seen & (np.arange(len(seen)) < baseline)
    else:
        named = list(baseline)
        strange = [one for one in named if one not in set(period)]
        if strange:
            refuse("baseline", f"no period {strange[0]}", "periods of the series")
        base = seen & period.isin(named).to_numpy()
    if not base.any():
        refuse("baseline", "no period with a value", "a baseline of at least one observed period", "lengthen it")
    return base


def _series(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The rows with numbers, gaps put back where the periods say so; refused if it is no series."""
    missing = [c for c in ("period", *columns) if c not in table]
    if missing:
        raise DataFault([Fault(column=c, found="no such column", expected="one row a period with it") for c in missing])
    rows = table[["period", *columns]].reset_index(drop=True)
    if rows.empty or rows["period"].isna().any() or rows["period"].duplicated().any():
        refuse("period", "no periods, or one twice or unnamed", "one row for each period, in order", "add them up")
    if isinstance(rows["period"].dtype, pd.PeriodDtype):
        every = pd.period_range(rows["period"].min(), rows["period"].max())
        rows = rows.set_index("period").reindex(every).rename_axis("period").reset_index()
    elif not rows["period"].is_monotonic_increasing and pd.api.types.is_numeric_dtype(rows["period"]):
        refuse("period", "periods out of order", "rows in the order of time", "sort them")
    for column in columns:
        rows[column] = pd.to_numeric(rows[column], errors="coerce").astype(float)
        known = rows[column].dropna()
        require_amounts("leave the value empty", **({column: float(known.abs().max())} if len(known) else {}))
    return rows
