"""Is the effect too small to matter, and what may be said of a hypothesis declared before the look?

Knows an effect, its error and the margin that was set in advance; nothing of what was measured. "Not significant" is
never read as "no change" here: only a test against the margin says that.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from .checks import one_of, refuse, upper_tail

SUPPORTED = "supported"
CONTRADICTED = "contradicted"
NO_DIFFERENCE = "no difference that matters"
TOO_LITTLE = "too little data"


class Tost(NamedTuple):
    """Two one-sided tests: against the lower margin, against the upper one, and both (the larger p)."""

    t_lower: float
    p_lower: float
    t_upper: float
    p_upper: float
    p: float

    def equivalent(self, alpha: float = 0.05) -> bool:
        """Is the difference surely smaller than the margin, either way?"""
        return self.p < alpha


def tost(difference_value: float, se: float, margin: float, df: float | None = None) -> Tost:
    """Is the difference above -margin, and is it below +margin? The two tests behind `within`, in its units."""
    _check_margin(margin)
    if not (math.isfinite(difference_value) and 0 < se < math.inf):
        refuse("se", f"{difference_value} with {se}", "a difference with a standard error above 0")
    t_lower, t_upper = (difference_value + margin) / se, (difference_value - margin) / se
    p_lower, p_upper = upper_tail(t_lower, df), upper_tail(-t_upper, df)
    return Tost(t_lower, p_lower, t_upper, p_upper, max(p_lower, p_upper))


def _check_margin(margin: float) -> None:
    if not (margin > 0 and math.isfinite(margin)):
        refuse("margin", margin, "a difference above 0", "say which difference would matter")


def within(difference_value: float | None, se: float | None, margin: float, df: float | None = None) -> float | None:
    """Is the difference surely smaller than the margin, either way? The p of two one-sided tests (TOST).

    Sufficient statistics: the difference, its standard error and degrees of freedom (None: normal), all in the units
    of `margin`. p < alpha says what the interval of level 1 - 2 alpha says by lying inside +-margin. None without a
    difference or without a standard error above zero. Schuirmann 1987.
    """
    _check_margin(margin)
    if difference_value is None or se is None or not (math.isfinite(difference_value) and 0 < se < math.inf):
        return None
    return tost(difference_value, se, margin, df).p


def verdict(
    value: float | None,
    low: float | None,
    high: float | None,
    p_adjusted: float | None,
    se: float | None,
    direction: str,
    matters: float,
    alpha: float = 0.05,
    scale: str = "difference",
    df: float | None = None,
) -> str:
    """What may be said of a declared hypothesis: one of four sentences, and no fifth.

    `direction` is what was declared ("higher", "lower" or "different": A against B), `matters` the smallest effect that
    would matter. scale="ratio": value, low and high are the ratio, `matters` a ratio above 1, `se` that of the log
    ratio, and all is judged on the log scale.

    First, an effect surely inside +-matters (`within` at alpha; without an `se`, the interval low..high inside) is "no
    difference that matters", however sure its sign is. Else p_adjusted < alpha is "supported" in the declared direction
    and "contradicted" against it. All else is "too little data".
    """
    value, low, high, p_adjusted, se = (_known(x) for x in (value, low, high, p_adjusted, se))
    one_of("direction", direction, ("higher", "lower", "different"))
    one_of("scale", scale, ("difference", "ratio"))
    if not 0 < alpha < 1:
        refuse("alpha", alpha, "a number between 0 and 1")
    if scale == "ratio":
        if not 1 < matters < math.inf:
            refuse("matters", matters, "a ratio above 1", "1.2 says that 20 percent more would matter")
        value, low, high, matters = _log(value), _log(low), _log(high), math.log(matters)
    inside = within(value, se, matters, df)
    if inside is None and low is not None and high is not None:
        inside = 0.0 if -matters < low <= high < matters else 1.0
    if inside is not None and inside < alpha:
        return NO_DIFFERENCE
    if not value or p_adjusted is None or p_adjusted >= alpha:  # a value of exactly 0 has no direction
        return TOO_LITTLE
    found = "higher" if value > 0 else "lower"
    return SUPPORTED if direction in ("different", found) else CONTRADICTED


def _known(number: float | None) -> float | None:
    """None for NaN too, as a table has it."""
    return None if number is None or math.isnan(number) else number


def _log(ratio: float | None) -> float | None:
    if ratio is None:
        return None
    if not ratio >= 0:
        refuse("value", ratio, "a ratio of 0 or more", 'differences are judged with scale="difference"')
    return math.log(ratio) if ratio > 0 else -math.inf
