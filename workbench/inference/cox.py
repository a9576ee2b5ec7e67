"""What goes with leaving sooner? Cox regression of counted follow-ups, and whether its hazards are proportional.

Knows follow-ups and numbers that describe them; nothing of customers. Sufficient statistics: one row for each distinct
pattern of entry, time, event (as in `survival`), the covariates, and n (how many; 1 without the column); with
clusters, one for each pattern within a cluster. A covariate that changes (complained) has one row for each
stretch (entry, time]: somebody is in the risk set of an event time t once, with entry < t <= time. Written by hand, as
no library takes counted patterns: it costs what the patterns cost, and one number for each event.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import normal_quantile, one_of, refuse, require_columns, two_sided_p
from .survival import at_risk, follow_ups, kaplan_meier

FEW = 10  # events a coefficient under which it is told that they are few


@dataclass(frozen=True)
class Cox:
    """`terms`: one row a covariate: term, value (log hazard ratio), se, p, ratio, ratio_low, ratio_high.

    `proportional`: term, chi2, df, p, the last row GLOBAL: a small p says the ratio changes over time. `concordance`:
    of two people, how often the one with the higher risk leaves first (0.5: no better than chance). `clusters`: how
    many the standard errors respect (None: rows taken as independent).
    """

    terms: pd.DataFrame
    covariance: np.ndarray
    proportional: pd.DataFrame
    loglik: float
    loglik_null: float
    p: float
    concordance: float | None
    n: float
    events: float
    clusters: int | None
    level: float
    method: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Risks:
    """At each event time: log likelihood, score and information, and the sums behind the score residuals."""

    loglik: float
    score: np.ndarray
    information: np.ndarray
    mean: np.ndarray
    hazard: np.ndarray
    moved: np.ndarray
    hazard_own: np.ndarray
    moved_own: np.ndarray


def cox_regression(
    counts: pd.DataFrame,
    covariates: Sequence[str],
    ties: str = "efron",
    level: float = 0.95,
    cluster: str | None = None,
) -> Cox:
    """How many times as fast do they leave, for one more of each covariate, the others being equal? Hazard ratios.

    Statistics: at the head of this file. Partial likelihood (Cox 1972), ties by Efron 1977 or "breslow"; Wald z limits.
    `cluster` names a column (person, branch) whose rows belong together: robust standard errors from score residuals
    (Lin and Wei 1989), too small under some 40 clusters. Proportionality: score test of covariate x g(t), g the
    Kaplan-Meier share gone just before t (Grambsch and Therneau 1994). Refused: no events, a covariate that does not
    vary or that follows from others, and one that separates those with the event from the rest (no finite ratio).
    A hazard ratio is an association.
    """
    z = normal_quantile(level)
    one_of("ties", ties, ("efron", "breslow"))
    names = list(covariates)
    if not names:
        refuse("covariates", "none", "at least one covariate")
    for name in names:
        if name in counts and not pd.api.types.is_numeric_dtype(counts[name]):
            refuse(name, "no numbers", "0 and 1, or amounts", "one column of 0 and 1 for each category but one")
    require_columns(counts, names)
    entry, time, event, n = follow_ups(counts)
    if cluster is not None and (cluster not in counts or counts[cluster].isna().any()):
        refuse(cluster, "no cluster", "a column naming the cluster of each row")
    kept = n > 0
    entry, time, event, n = entry[kept], time[kept], event[kept], n[kept]
    events = float(n @ event)
    if events == 0:
        refuse("event", f"no events among {n.sum():g}", "at least one", "wait, or widen the group")
    raw = counts.loc[kept, names].to_numpy(float)
    centre = n @ raw / n.sum()
    size = np.sqrt(n @ (raw - centre) ** 2 / n.sum())
    for name, one, middle in zip(names, size, centre, strict=True):
        if one <= 1e-10 * (abs(middle) + 1e-300):
            refuse(name, "the same value for all", "a covariate that varies", "leave it out")
    x = (raw - centre) / size
    if np.linalg.matrix_rank(x * np.sqrt(n)[:, None]) < len(names):
        refuse(", ".join(names), "a covariate that follows from the others", "covariates of their own", "leave one out")
    times = np.unique(time[event == 1])
    start = _risks(np.zeros(len(names)), x, entry, time, event, n, times, ties)
    b, at = _newton(start, names, lambda beta: _risks(beta, x, entry, time, event, n, times, ties))
    inverse = np.linalg.inv(at.information.sum(axis=0))
    notes, clusters = [], None
    method = f"Cox regression, {ties} ties"
    if cluster is not None:
        labels = pd.factorize(counts.loc[kept, cluster])[0]
        clusters = int(labels.max()) + 1
        residuals = _score_residuals(b, x, entry, time, event, n, times, at)
        sums = np.column_stack([np.bincount(labels, column, clusters) for column in residuals.T])
        inverse_of = inverse @ (sums.T @ sums) @ inverse
        method += f", standard errors robust for {clusters} clusters"
        if clusters < 40:
            notes.append(f"only {clusters} clusters: the standard errors are too small under about 40")
    else:
        inverse_of = inverse
        notes.append("rows taken as independent: somebody may have several stretches, but one event")
    if events < FEW * len(names):
        notes.append(f"only {events:g} events for {len(names)} coefficients; at least {FEW} each are advised")
    tested = _proportional(at, _gone(times, entry, time, event, n), names)
    if tested["p"].isna().any():
        notes.append("proportionality cannot be tested: too few event times")
    value, covariance = b / size, inverse_of / np.outer(size, size)
    se = np.sqrt(np.diag(covariance))
    terms = pd.DataFrame(
        {"term": names, "value": value, "se": se,
         "p": [two_sided_p(v / s) if s > 0 else None for v, s in zip(value, se, strict=True)],
         "ratio": np.exp(value), "ratio_low": np.exp(value - z * se), "ratio_high": np.exp(value + z * se)}
    )  # fmt: skip
    from scipy.special import chdtrc

    p = float(chdtrc(len(names), max(0.0, 2 * (at.loglik - start.loglik))))
    concordance = _concordance(np.round(x @ b, 10), entry, time, event, n)
    return Cox(
        terms, covariance, tested, at.loglik, start.loglik, p, concordance, float(n.sum()), events, clusters, level,
        method, tuple(notes),
    )  # fmt: skip


def _risks(b: np.ndarray, x: np.ndarray, entry: np.ndarray, time: np.ndarray, event: np.ndarray, n: np.ndarray,
           times: np.ndarray, ties: str) -> _Risks:  # fmt: skip
    """All sums of the partial likelihood at b, by event time. Efron: a share l / d of the d tied events has gone."""
    k = x.shape[1]
    line = x @ b
    line = line - line.max()  # a factor that cancels
    weight = n * np.exp(line)
    pairs = (x[:, :, None] * x[:, None, :]).reshape(len(x), k * k)
    sums = at_risk(times, entry, time, np.column_stack([weight, weight[:, None] * x, weight[:, None] * pairs]))
    dead = event == 1
    place = np.searchsorted(times, time[dead])

    def by_time(rows: np.ndarray) -> np.ndarray:
        return np.column_stack([np.bincount(place, column, len(times)) for column in rows.T])

    own = by_time(np.column_stack([weight[dead], weight[dead, None] * x[dead], weight[dead, None] * pairs[dead]]))
    seen = by_time(np.column_stack([n[dead], n[dead, None] * x[dead], n[dead] * line[dead]]))
    d = seen[:, 0].astype(int)
    which = np.repeat(np.arange(len(times)), d)
    part = np.zeros(len(which))
    if ties == "efron":
        part = (np.arange(len(which)) - np.repeat(np.cumsum(d) - d, d)) / d[which]
    left = np.maximum(sums[which, 0] - part * own[which, 0], 1e-300)
    many = len(times)
    a0, a1 = (np.bincount(which, part**power / left, many)[:, None] for power in (0, 1))
    b0, b1, b2 = (np.bincount(which, part**power / left**2, many)[:, None] for power in (0, 1, 2))
    s1, d1 = sums[:, 1 : k + 1], own[:, 1 : k + 1]
    s2, d2 = sums[:, k + 1 :], own[:, k + 1 :]

    def outer(left_side: np.ndarray, right_side: np.ndarray) -> np.ndarray:
        return np.asarray((left_side[:, :, None] * right_side[:, None, :]).reshape(many, k * k))

    information = s2 * a0 - d2 * a1
    information -= outer(s1, s1) * b0 - (outer(s1, d1) + outer(d1, s1)) * b1 + outer(d1, d1) * b2
    mean = s1 * a0 - d1 * a1
    return _Risks(
        float(seen[:, -1].sum() - np.log(left).sum()), seen[:, 1 : k + 1] - mean, information.reshape(many, k, k),
        mean / d[:, None], a0, s1 * b0 - d1 * b1, a1, s1 * b1 - d1 * b2,
    )  # fmt: skip


def _newton(start: _Risks, names: list[str], risks: Callable[[np.ndarray], _Risks]) -> tuple[np.ndarray, _Risks]:
    """Coefficients at the maximum, steps halved where they overshoot."""
    b, at = np.zeros(len(names)), start
    for _ in range(50):
        try:
            step = np.linalg.solve(at.information.sum(axis=0), at.score.sum(axis=0))
        except np.linalg.LinAlgError:
            break
        if not np.isfinite(step).all() or np.abs(b + step).max() > 30:
            break
        further = risks(b + step)
        while further.loglik < at.loglik - 1e-9 and np.abs(step).max() > 1e-8:
            step = step / 2
            further = risks(b + step)
        b, at = b + step, further
        if np.abs(step).max() < 1e-8:
            return b, at
    worst = names[int(np.abs(b).argmax())]
    refuse(worst, "no finite ratio: it separates those with the event from the rest, or nearly", "events on both sides",
           "group it more broadly, or leave it out and say so")  # fmt: skip


def _gone(times: np.ndarray, entry: np.ndarray, time: np.ndarray, event: np.ndarray, n: np.ndarray) -> np.ndarray:
    """The share gone just before each event time."""
    counts = pd.DataFrame({"time": time, "event": event, "n": n})
    curve = kaplan_meier(counts if np.isinf(entry).any() else counts.assign(entry=entry)).curve
    after = curve.loc[curve["events"] > 0, "survival"].to_numpy(float)
    return 1 - np.concatenate([[1.0], after[:-1]])


def _proportional(at: _Risks, gone: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Score tests of each covariate x g(t), and of all at once, in the model as it was fitted."""
    from scipy.special import chdtrc

    k, g = len(names), gone - gone.mean()
    score = g @ at.score
    blocks = [np.tensordot(g**power, at.information, axes=1) for power in (0, 1, 2)]
    rest = blocks[2] - blocks[1] @ np.linalg.solve(blocks[0], blocks[1])
    rows: list[dict[str, object]] = []
    for term, columns in [*((name, [i]) for i, name in enumerate(names)), ("GLOBAL", list(range(k)))]:
        inside = rest[np.ix_(columns, columns)]
        scale = np.diag(blocks[2])[columns]
        if (np.diag(inside) <= 1e-10 * scale).any() or np.linalg.matrix_rank(inside) < len(columns):
            rows.append({"term": term, "chi2": None, "df": len(columns), "p": None})
            continue
        chi2 = float(score[columns] @ np.linalg.solve(inside, score[columns]))
        rows.append({"term": term, "chi2": chi2, "df": len(columns), "p": float(chdtrc(len(columns), chi2))})
    return pd.DataFrame(rows)


def _score_residuals(b: np.ndarray, x: np.ndarray, entry: np.ndarray, time: np.ndarray, event: np.ndarray,
                     n: np.ndarray, times: np.ndarray, at: _Risks) -> np.ndarray:  # fmt: skip
    """Each pattern's part in the score at b, all of its people together."""
    line = x @ b
    weight = n * np.exp(line - line.max())
    hazard, moved = (np.vstack([np.zeros((1, a.shape[1])), np.cumsum(a, axis=0)]) for a in (at.hazard, at.moved))
    until, since = np.searchsorted(times, time, "right"), np.searchsorted(times, entry, "right")
    waited = x * (hazard[until] - hazard[since]) - (moved[until] - moved[since])
    dead = event == 1
    place = np.searchsorted(times, time[dead])
    waited[dead] -= x[dead] * at.hazard_own[place] - at.moved_own[place]  # the tied share of their own time
    residuals = -weight[:, None] * waited
    residuals[dead] += n[dead, None] * (x[dead] - at.mean[place])
    return np.asarray(residuals)


def _concordance(
    line: np.ndarray, entry: np.ndarray, time: np.ndarray, event: np.ndarray, n: np.ndarray
) -> float | None:
    """Harrell's C: over pairs of an event and one still followed after it (or censored at it)."""
    _, rank = np.unique(line, return_inverse=True)
    dead = event == 1
    when = np.unique(np.concatenate([time, entry]))
    ends, began = 2 * np.searchsorted(when, time) + (1 - event.astype(int)), 2 * np.searchsorted(when, entry) + 1
    asked = (2 * np.searchsorted(when, time[dead]), rank[dead], n[dead])
    lower, tied, pairs = _later(ends, rank, n, *asked) - _later(began, rank, n, *asked)
    return float((lower + tied / 2) / pairs) if pairs > 0 else None


def _later(key: np.ndarray, rank: np.ndarray, n: np.ndarray, asked: np.ndarray, of: np.ndarray, many: np.ndarray
           ) -> np.ndarray:  # fmt: skip
    """Pairs (point with key > asked) with a rank below, the same, and any: by halves, as in a merge sort."""
    size = len(key) + len(asked)
    order = np.lexsort((np.repeat([0, 1], [len(key), len(asked)]), np.concatenate([key, asked])))
    point = np.repeat([True, False], [len(key), len(asked)])[order]
    ranks, amount = np.concatenate([rank, of])[order].astype(np.int64), np.concatenate([n, many])[order]
    top, place, total, block = int(ranks.max()) + 1, np.arange(size), np.zeros(3), 1
    while block < size:
        right, pair = (place // block) % 2 == 1, place // (2 * block)
        code = pair * top + ranks
        there, here = np.flatnonzero(right & point), np.flatnonzero(~right & ~point)
        there = there[np.argsort(code[there], kind="stable")]
        sums, codes = np.concatenate([[0.0], np.cumsum(amount[there])]), code[there]
        first, below, same, last = (
            sums[np.searchsorted(codes, edge)]
            for edge in (pair[here] * top, code[here], code[here] + 1, (pair[here] + 1) * top)
        )
        total += [amount[here] @ (below - first), amount[here] @ (same - below), amount[here] @ (last - first)]
        block *= 2
    return total
