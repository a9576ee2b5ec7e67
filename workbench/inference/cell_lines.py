"""Lines of a crosstab under a design: shares, nets, means and NPS by column, with the covariance of the columns.

Knows cell sums by PSU (`CellProducts`) and the formulas; nothing of answers. Every line is a score for each row of cells
(1 and 0 for a share or a net, the answer for a mean, 100, 0 and -100 for an NPS) and each column a domain: the mean of
the scores in it is linear in the cells, so one table of products gives all lines, and columns may have people in common.
Sufficient statistics: those of `rao_scott.CellProducts`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from .checks import refuse
from .products import linear_covariance
from .rao_scott import CellProducts

RARE = 5  # people (by effective base) below which linearisation underrates the error of a share


class LineEstimates(NamedTuple):
    """`values` and `se` lines x columns, `covariance` lines x columns x columns, `df` PSUs less strata.

    `rare`: lines x columns, where the variance of a share was held up (see `line_estimates`).
    """

    values: pd.DataFrame
    se: pd.DataFrame
    covariance: np.ndarray
    df: float
    rare: np.ndarray


def line_estimates(
    cells: CellProducts, scores: pd.DataFrame, worth: pd.Series | None = None, lonely: str = "refuse"
) -> LineEstimates:
    """How high is each line in each column, and how do the columns vary together? What `estimate_letters` takes.

    `scores`: one row a line, one column a row of the cells. `worth`: the effective base of each column; with it, a share
    that fewer than 5 gave (or did not give) has a variance of at least p (1 - p) / (worth + 2), p = (x + 1) / (worth + 2)
    (Agresti and Caffo 2000), as linearisation has none where nobody gave it. Taylor linearisation (Woodruff 1971).
    """
    lacking = [row for row in cells.rows if row not in scores.columns]
    if lacking or scores.isna().any(axis=None):
        refuse("scores", f"no score for {lacking}" if lacking else "a missing score", "a score for every row of cells")
    r, c = len(cells.rows), len(cells.columns)
    table = cells.products.totals.reshape(r, c)
    base = table.sum(axis=0)
    if (base <= 0).any():
        refuse("columns", "a column without weight", "people in every column", "leave this column out")
    s = scores[list(cells.rows)].to_numpy(float)
    values = s @ table / base
    coefficients = np.zeros((r, c, len(s), c))
    for place in range(c):
        coefficients[:, place, :, place] = (s.T - values[None, :, place]) / base[place]
    flat = linear_covariance(cells.products, coefficients.reshape(r * c, len(s) * c), lonely)
    covariance = np.einsum("lalb->lab", flat.reshape(len(s), c, len(s), c)).copy()
    rare = np.zeros(values.shape, bool)
    if worth is not None:
        n = worth.reindex(list(cells.columns)).to_numpy(float)
        share = np.isin(s, (0.0, 1.0)).all(axis=1).reshape(-1, 1)
        rare = share & (np.minimum(values, 1 - values) * n < RARE)
        p = (values * n + 1) / (n + 2)
        places = np.arange(c)
        own = covariance[:, places, places]
        covariance[:, places, places] = np.where(rare, np.maximum(own, p * (1 - p) / (n + 2)), own)
    se = np.sqrt(np.maximum(np.einsum("laa->la", covariance), 0.0))
    frame = {"index": scores.index, "columns": pd.Index(cells.columns)}
    return LineEstimates(pd.DataFrame(values, **frame), pd.DataFrame(se, **frame), covariance, cells.products.df, rare)
