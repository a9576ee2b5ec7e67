"""Lines of a crosstab under a design: the same as means of domains worked out person by person, columns that overlap too."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference.cell_lines import line_estimates
from workbench.inference.design import design_difference
from workbench.inference.rao_scott import cell_products
from workbench.inference.summing import design_sums_of_two


def people(seed=3, n=240):
    """People of three strata who answer once or twice, with weights."""
    dice = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "person": dice.integers(0, 150, n),
            "group": dice.choice(["a", "b"], n, p=[0.4, 0.6]),
            "answer": dice.integers(1, 6, n).astype(float),
            "w": dice.choice([0.5, 1.0, 2.0], n),
        }
    )
    table["stratum"] = (table["person"] % 3).map({0: "x", 1: "y", 2: "z"})
    return table


SCORES = pd.DataFrame(
    [[1.0, 2.0, 3.0, 4.0, 5.0], [0.0, 0.0, 0.0, 1.0, 1.0]], columns=[1.0, 2.0, 3.0, 4.0, 5.0], index=["mean", "top 2"]
)


def test_the_difference_of_two_columns_is_that_of_two_domains_of_the_design():
    table = people()
    found = line_estimates(cell_products(table, "answer", "group", "w", "stratum", "person"), SCORES)
    for line, x in (("mean", table["answer"]), ("top 2", (table["answer"] >= 4).astype(float))):
        sums = design_sums_of_two(
            table.assign(x=x), "x", table["group"] == "a", table["group"] == "b", "w", "stratum", "person"
        )
        alone = design_difference(sums.strata, sums.n_a, sums.n_b)
        at = list(SCORES.index).index(line)
        gap = found.values.at[line, "a"] - found.values.at[line, "b"]
        se = np.sqrt(found.covariance[at, 0, 0] + found.covariance[at, 1, 1] - 2 * found.covariance[at, 0, 1])
        assert gap == pytest.approx(alone.value) and se == pytest.approx(alone.se)
    assert found.df == table["person"].nunique() - 3


def test_a_share_that_nobody_gave_has_an_error_all_the_same():
    table = people()
    table = table[(table["group"] == "b") | (table["answer"] < 4)]
    cells = cell_products(table, "answer", "group", "w", "stratum", "person")
    plain = line_estimates(cells, SCORES)
    assert plain.values.at["top 2", "a"] == 0 and plain.se.at["top 2", "a"] == 0
    worth = pd.Series({"a": 40.0, "b": 120.0})
    held = line_estimates(cells, SCORES, worth)
    p = 1 / 42
    assert held.se.at["top 2", "a"] == pytest.approx(np.sqrt(p * (1 - p) / 42))
    assert held.se.at["mean", "a"] == plain.se.at["mean", "a"] and held.se.at["top 2", "b"] == plain.se.at["top 2", "b"]
    assert held.rare.tolist() == [[False, False], [True, False]]


def test_a_row_without_a_score_is_refused():
    with pytest.raises(DataFault, match="no score for"):
        line_estimates(cell_products(people(), "answer", "group"), SCORES[[1.0, 2.0]])
