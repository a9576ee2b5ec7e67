"""How does the NPS of those who mention a theme differ, and how much of the whole does it move?

Knows patterns of mentions with counts and sums of x (100, 0, -100); nothing of the comments. A mention is no cause, and
those who write differ from those who do not: show both bases. Sufficient statistics: `summing.patterns` of the theme
columns (0 or 1) with x as value: n people, the sums of x (`x`) and of x^2 (`x_x`) of each pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from .checks import normal_quantile, refuse, require_columns
from .differences import Difference, difference
from .intervals import Estimate, mean_interval
from .least_squares import Line, least_squares
from .multiplicity import holm


class Theme(NamedTuple):
    """One theme: the mean of those who mention it, of the rest, their difference (Welch), and p after Holm.

    `share` of all who mention it; `leverage` = mean of all minus that of the rest = share x difference: how far the
    whole would move if those who mention it answered as the rest do. `few`: too few mention it to rely on.
    """

    mention: Estimate
    rest: Estimate
    difference: Difference
    share: float
    leverage: float | None
    p_holm: float | None
    few: bool


@dataclass(frozen=True)
class Themes:
    """All themes by name, the mean of everybody, the names with few mentions, and the joint regression.

    `joint`: what goes with each theme holding the others (least squares on 0 and 1); a theme has no
    coefficient where those before it determine it, and the note names it.
    """

    overall: Estimate
    themes: dict[str, Theme]
    few: list[str]
    joint: Line
    level: float
    method: str


def theme_impact(
    patterns: pd.DataFrame, themes: Sequence[str], value: str = "x", level: float = 0.95, least: int = 30
) -> Themes:
    """Which themes go with a lower or higher NPS, and which weigh most on it? Units of x (points for NPS).

    `patterns` as at the head of this file, with the columns of `themes`; without weights. Welch's t test of mentioners
    against the rest, Holm over the themes that can be tested; `few` where fewer than `least` mention it.
    """
    normal_quantile(level)
    squares = f"{value}_{value}"
    require_columns(patterns, (*themes, "n", value, squares))
    if not themes:
        refuse("themes", "no theme", "the names of the columns that mark a mention")
    for theme in themes:
        if not patterns[theme].isin([0, 1]).all():
            refuse(theme, "marks that are not 0 or 1", "1 for a mention, 0 for none", "correct the marks")
    if "w" in patterns and (patterns["w"] != patterns["n"]).any():
        refuse("w", "weights", "unweighted patterns", "use design_difference for one theme at a time")
    sums = patterns[["n", value, squares]].astype(float)
    overall = _mean(sums, level)
    if overall.value is None:
        refuse("n", "nobody", "at least one answer")
    marks = patterns[list(themes)].to_numpy(float)
    by_theme, plain = {}, []
    for place, theme in enumerate(themes):
        said = marks[:, place] == 1
        mention, rest = (_mean(sums[who], level) for who in (said, ~said))
        gap = difference(mention, rest, level)
        plain.append(gap.p)
        leverage = None if rest.value is None else overall.value - rest.value
        by_theme[theme] = Theme(mention, rest, gap, mention.n / overall.n, leverage, None, mention.n < least)
    for theme, p in zip(themes, holm(plain), strict=True):
        by_theme[theme] = by_theme[theme]._replace(p_holm=p)
    columns = {theme: marks[:, place] for place, theme in enumerate(themes)}
    joint = least_squares(columns, *(np.asarray(sums[name], float) for name in ("n", value, squares)))
    few = [theme for theme in themes if by_theme[theme].few]
    return Themes(overall, by_theme, few, joint, level, "mentioners minus the rest, Welch, Holm over themes")


def _mean(sums: pd.DataFrame, level: float) -> Estimate:
    n, total, squares = sums.sum().tolist()
    return mean_interval(n, total, squares, level)
