"""A straight-line model from patterns: one row a distinct pattern of predictors, with how many have it.

Knows predictors, counts and sums of the outcome; nothing of what they measure. Sufficient statistics: for each pattern
its predictors, n, and the sums of y and y^2 over its people. Ten million people cost what their patterns cost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .cells import dependent
from .checks import refuse


@dataclass(frozen=True)
class Line:
    """Coefficients and their standard errors by name, intercept first under "(Intercept)"; None where there are none.

    `aic` counts the variance as a parameter, as R does. `note` says why something is missing.
    """

    coefficients: dict[str, float | None]
    se: dict[str, float | None]
    r2: float | None
    aic: float | None
    n: float
    df: float
    note: str = ""


def least_squares(predictors: dict[str, np.ndarray], n: np.ndarray, y: np.ndarray, yy: np.ndarray) -> Line:
    """How does the outcome go with each predictor, the others held? Ordinary least squares with an intercept.

    `predictors`: by name, one value a pattern; `n`, `y`, `yy` the people and sums of each pattern. Predictors that do
    not vary, or are determined by those before them, have no coefficient: it is None and `note` names them. Standard
    errors suppose the same variance everywhere and independent people.
    """
    names = ["(Intercept)", *predictors]
    x = np.column_stack([np.asarray(column, float) for column in predictors.values()])
    n, y, yy = (np.asarray(one, float) for one in (n, y, yy))
    if not all(np.isfinite(one).all() for one in (x, n, y, yy)) or (n < 0).any():
        refuse("predictors", "missing or infinite numbers, or a negative count", "finite numbers", "leave them out")
    people, k = float(n.sum()), len(names)
    nothing: dict[str, float | None] = dict.fromkeys(names)
    if people <= k:
        return Line(
            nothing, nothing, None, None, people, people - k, f"too few people ({people:g}) for {k} coefficients"
        )
    middle, mean = n @ x / people, float(y.sum() / people)
    x = x - middle
    moments, cross = (x * n[:, None]).T @ x, x.T @ (y - mean * n)
    total = float((yy - 2 * mean * y + mean**2 * n).sum())
    spread = np.diag(moments) > 1e-12 * (n @ (x + middle) ** 2)
    gone = sorted({*np.flatnonzero(~spread).tolist(), *dependent(moments)})
    kept = [place for place in range(k - 1) if place not in gone]
    told = [f"no coefficient of {names[1 + place]}: it never varies, or those before it determine it" for place in gone]
    k, moments, cross, middle = 1 + len(kept), moments[np.ix_(kept, kept)], cross[kept], middle[kept]
    scale = np.sqrt(np.diag(moments))
    inverse = np.linalg.inv(moments / np.outer(scale, scale)) / np.outer(scale, scale)
    slopes = inverse @ cross
    left = total - float(slopes @ cross)
    df = people - k
    flat = total <= 1e-12 * float(yy.sum())
    left = 0.0 if left <= 1e-12 * total or flat else left
    variance = left / df
    errors = np.sqrt(np.append(variance * (1 / people + middle @ inverse @ middle), variance * np.diag(inverse)))
    coefficients = np.append(mean - middle @ slopes, slopes)
    aic = people * (math.log(2 * math.pi * left / people) + 1) + 2 * (k + 1) if left > 0 else None
    told += ["no spread in the outcome" if flat else "the outcome is fitted exactly"] if left == 0 else []
    used = ["(Intercept)", *(names[1 + place] for place in kept)]
    return Line(
        nothing | dict(zip(used, coefficients.tolist(), strict=True)),
        nothing | dict(zip(used, errors.tolist(), strict=True)),
        None if flat else 1 - left / total,
        aic,
        people,
        df,
        "; ".join(told),
    )


def correlation(x: np.ndarray, n: np.ndarray, y: np.ndarray, yy: np.ndarray) -> float | None:
    """How closely do x and the outcome go together, -1 to 1? Pearson, from the same patterns; None without spread."""
    x, n, y, yy = (np.asarray(one, float) for one in (x, n, y, yy))
    people = n.sum()
    if people < 2:
        return None
    x = x - n @ x / people
    mean = y.sum() / people
    a, b = float(n @ x**2), float((yy - 2 * mean * y + mean**2 * n).sum())
    if a <= 0 or b <= 1e-12 * float(yy.sum()) or np.ptp(x[n > 0]) == 0:
        return None
    return float(max(-1.0, min(1.0, x @ (y - mean * n) / math.sqrt(a * b))))
