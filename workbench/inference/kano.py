"""What kind of feature is it: one that must be there, one that pays by degrees, one that delights? (Kano)

Knows how often each pair of answers was given; nothing of the features. The two questions are "if it is there"
(functional) and "if it is not" (dysfunctional), each answered 1 like, 2 expect, 3 neutral, 4 live with, 5 dislike.
Sufficient statistics: one row a pair (functional, dysfunctional) with n people, for each feature. Run it by segment:
two segments that differ make a mixture that fits nobody. Sources: Berger et al. 1993; Timko (better and worse) and Fong
(the test) therein.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .checks import normal_quantile, refuse, require_columns
from .intervals import Estimate, mean_interval, no_estimate, share_interval
from .summing import patterns

ORDER = ("M", "O", "A", "I", "R", "Q")  # must-be, one-dimensional, attractive, indifferent, reverse, questionable
TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")  # functional by dysfunctional answer
FUNCTIONAL = (4, 2, 0, -1, -2)
DYSFUNCTIONAL = (-2, -1, 0, 2, 4)
BAD_WORDING = 0.1  # share of questionable answers above which the questions were not understood
CUT = 2  # mean on the continuous scale from which a feature counts as high


@dataclass(frozen=True)
class Kano:
    """One feature. `counts` by category, `shares` with simultaneous multinomial intervals (Goodman); None: nobody.

    `better` = (A + O) / (A + O + M + I): how many it can satisfy; `worse` = -(O + M) / (A + O + M + I): how many its
    lack annoys, below 0; both with Wilson intervals. `category_strength`: first minus second share; `total_strength`:
    share of A, O and M. `distinct` (Fong): the first category is ahead of the second by `critical` answers or more.
    `functional`, `dysfunctional`: means of the continuous scores, and the `quadrant` they fall in. `notes` warn.
    """

    n: float
    counts: dict[str, float]
    shares: dict[str, Estimate]
    mode: str | None
    better: Estimate
    worse: Estimate
    category_strength: float | None
    total_strength: float | None
    critical: float | None
    distinct: bool | None
    functional: Estimate
    dysfunctional: Estimate
    quadrant: str | None
    level: float
    notes: tuple[str, ...]


def kano_counts(
    table: pd.DataFrame,
    feature: str = "feature",
    functional: str = "functional",
    dysfunctional: str = "dysfunctional",
) -> pd.DataFrame:
    """How many gave each pair of answers, feature by feature? Columns feature, functional, dysfunctional, n.

    Pairs with a blank or an answer outside 1 to 5 are left out; .attrs["dropped"] counts them.
    """
    names = {feature: "feature", functional: "functional", dysfunctional: "dysfunctional"}
    gone = [name for name in names if name not in table]
    if gone:
        refuse(gone[0], "no such column", "a column of the table")
    told = table[list(names)].set_axis(list(names.values()), axis=1)
    for name in ("functional", "dysfunctional"):
        answer = pd.to_numeric(told[name], errors="coerce").astype(float)
        told[name] = answer.where(answer.isin([1, 2, 3, 4, 5]))
    pairs = patterns(told, ["feature", "functional", "dysfunctional"])
    return pairs.drop(columns=["w", "ww"])


def kano_by_feature(pairs: pd.DataFrame, **settings: Any) -> dict[Any, Kano]:
    """`kano` of every feature, from `kano_counts`; `settings` are those of `kano`."""
    if "feature" not in pairs:
        refuse("feature", "no such column", "a column that names the feature of each pair")
    return {feature: kano(rows, **settings) for feature, rows in pairs.groupby("feature", sort=True)}


def kano(
    pairs: pd.DataFrame,
    level: float = 0.95,
    functional_scores: Sequence[float] = FUNCTIONAL,
    dysfunctional_scores: Sequence[float] = DYSFUNCTIONAL,
    cut: float = CUT,
) -> Kano:
    """Which category does this feature fall in, how clearly, and what would having it or lacking it do?

    `pairs`: one row a pair of answers with the columns functional, dysfunctional (1 to 5) and n. The category is the
    most frequent one, ties going to the one that matters more (M > O > A > I > R > Q). Fong: the first two differ if
    a - b >= 1.65 sqrt((a + b)(2 n - a - b) / (2 n)). The scores of the five answers, from "like" to "dislike", may be
    set; a mean of `cut` or more is high. The t intervals of their means take the answers as evenly understood.
    """
    normal_quantile(level)
    require_columns(pairs, ("functional", "dysfunctional", "n"))
    if len(functional_scores) != 5 or len(dysfunctional_scores) != 5:
        refuse("scores", "another number of scores", "five, from like to dislike")
    answers = pairs[["functional", "dysfunctional"]].to_numpy(float)
    n = pairs["n"].to_numpy(float)
    if not np.isin(answers, [1, 2, 3, 4, 5]).all() or (n < 0).any():
        refuse("functional", "answers that are not 1 to 5, or a negative count", "1 like to 5 dislike")
    rows, columns = answers.astype(int).T - 1
    category = np.array([list(line) for line in TABLE])[rows, columns]
    counts = {name: float(n[category == name].sum()) for name in ORDER}
    total = sum(counts.values())
    scored = (np.asarray(functional_scores, float)[rows], np.asarray(dysfunctional_scores, float)[columns])
    x, y = (mean_interval(total, float(n @ score), float(n @ score**2), level) for score in scored)
    base = sum(counts[name] for name in "AOMI")
    better = share_interval(counts["A"] + counts["O"], base, level)
    worse = _below_zero(share_interval(counts["O"] + counts["M"], base, level))
    if total == 0:
        none = {name: no_estimate(0, level, "no answers") for name in ORDER}
        empty = (None, better, worse, None, None, None, None, x, y, None, level, ("no answers",))
        return Kano(0, counts, none, *empty)
    ranked = sorted(ORDER, key=lambda name: -counts[name])  # stable: ties keep the order of weight
    first, second = counts[ranked[0]], counts[ranked[1]]
    critical = 1.65 * math.sqrt((first + second) * (2 * total - first - second) / (2 * total))
    distinct = first - second >= critical and first > second
    return Kano(
        total,
        counts,
        _shares(counts, total, level),
        ranked[0],
        better,
        worse,
        (first - second) / total,
        (counts["A"] + counts["O"] + counts["M"]) / total,
        critical,
        distinct,
        x,
        y,
        _quadrant(x.value or 0.0, y.value or 0.0, cut),
        level,
        _notes(counts, total, distinct, ranked, base),
    )


def _quadrant(functional: float, dysfunctional: float, cut: float) -> str:
    if functional >= cut:
        return "performance" if dysfunctional >= cut else "attractive"
    return "must-be" if dysfunctional >= cut else "indifferent"


def _notes(counts: dict[str, float], total: float, distinct: bool, ranked: list[str], base: float) -> tuple[str, ...]:
    notes = []
    if counts["Q"] > BAD_WORDING * total:
        share = counts["Q"] / total
        notes.append(f"{share:.0%} of the answers contradict themselves (Q): the wording may not be understood")
    if not distinct:
        notes.append(f"{ranked[0]} and {ranked[1]} are too close to tell apart (Fong)")
    if base == 0:
        notes.append("no answer counts for better and worse")
    return tuple(notes)


def _below_zero(share: Estimate) -> Estimate:
    if share.value is None or share.low is None or share.high is None:
        return share
    return Estimate(
        0.0 - share.value, 0.0 - share.high, 0.0 - share.low, share.se, share.n, share.n_effective, None, share.level,
        share.method,
    )  # fmt: skip


def _shares(counts: dict[str, float], total: float, level: float) -> dict[str, Estimate]:
    """Shares of the categories, with intervals that hold for all of them at once."""
    from statsmodels.stats.proportion import multinomial_proportions_confint

    limits = np.clip(multinomial_proportions_confint(np.array([counts[name] for name in ORDER]), 1 - level), 0, 1)
    words = "simultaneous multinomial interval (Goodman 1965)"
    shares = {}
    for name, (low, high) in zip(ORDER, limits.tolist(), strict=True):
        share = counts[name] / total
        se = math.sqrt(share * (1 - share) / total)
        shares[name] = Estimate(share, min(low, share), max(high, share), se, total, total, None, level, words)
    return shares
