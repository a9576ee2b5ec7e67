"""The test of a whole table under weights and clusters."""

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import (
    cell_products,
    chi_square,
    design_mean,
    design_sums,
    linear_covariance,
    psu_products,
    rao_scott_test,
)


@pytest.fixture
def survey():
    rng = np.random.default_rng(3)
    n = 240
    frame = pd.DataFrame({"psu": rng.integers(0, 30, n)})
    frame["stratum"] = np.where(frame["psu"] < 12, "east", "west")
    frame["w"] = rng.uniform(0.5, 3, n)
    frame["row"] = rng.choice(["app", "phone", "shop"], n)
    frame["column"] = np.where(rng.random(n) < 0.3 + 0.3 * (frame["row"] == "app"), "yes", "no")
    return frame


def test_without_weights_and_clusters_it_is_nearly_pearsons_test(survey):
    test = rao_scott_test(cell_products(survey, "row", "column"))
    plain = chi_square(pd.crosstab(survey["row"], survey["column"]))
    assert test.pearson == pytest.approx(plain.chi2)
    # Delta is n / (n - 1) times the identity where the table is independent, and near it elsewhere
    assert test.deff == pytest.approx(1, abs=0.15)
    assert test.ndf == pytest.approx(2, abs=0.1)


def test_everybody_twice_is_undone_by_the_people_as_psus(survey):
    one = rao_scott_test(cell_products(survey, "row", "column", "w", "stratum", "psu"))
    twice = pd.concat([survey, survey])
    other = rao_scott_test(cell_products(twice, "row", "column", "w", "stratum", "psu"))
    assert (other.f, other.ndf, other.ddf, other.p) == pytest.approx((one.f, one.ndf, one.ddf, one.p))
    assert other.pearson == pytest.approx(2 * one.pearson)  # what taking answers for people would do


def test_people_as_psus_need_only_patterns(survey):
    survey["person"] = range(len(survey))
    quick = rao_scott_test(cell_products(survey, "row", "column", "w", "stratum"))
    slow = rao_scott_test(cell_products(survey, "row", "column", "w", "stratum", "person"))
    assert (quick.f, quick.ddf, quick.p) == pytest.approx((slow.f, slow.ddf, slow.p))


def test_in_a_two_by_two_table_f_is_nearly_the_square_of_t_of_the_log_odds(survey):
    survey["row"] = survey["row"].replace("shop", "phone")
    test = rao_scott_test(cell_products(survey, "row", "column", "w", "stratum", "psu"))
    assert test.ndf == pytest.approx(1)
    # one degree of freedom: F = X2 / Delta, Delta from the variance of the log odds by linearisation
    cells = [("app", "no"), ("app", "yes"), ("phone", "no"), ("phone", "yes")]
    share = {c: survey["w"][(survey["row"] == c[0]) & (survey["column"] == c[1])].sum() for c in cells}
    survey["z"] = 0.0
    for cell, sign in zip(cells, (1, -1, -1, 1), strict=True):
        inside = (survey["row"] == cell[0]) & (survey["column"] == cell[1])
        survey.loc[inside, "z"] = sign / share[cell]
    sums = design_sums(survey, "z", "w", "stratum", "psu")
    se = design_mean(sums.strata, sums.n).se * survey["w"].sum()
    chance = survey["w"].sum() / len(survey) * sum(1 / s for s in share.values())
    assert test.deff == pytest.approx(se**2 / chance)


def test_missing_cells_are_counted_and_their_people_stay_in_the_design(survey):
    survey.loc[survey["psu"] == 3, "row"] = None
    test = rao_scott_test(cell_products(survey, "row", "column", "w", "stratum", "psu"))
    gone = int((survey["psu"] == 3).sum())
    assert (test.n, test.dropped) == (len(survey) - gone, gone)
    assert test.ddf / test.ndf == pytest.approx(survey["psu"].nunique() - 2)
    assert any("left out" in note for note in test.notes)
    assert test.row_shares.sum(axis=1).to_numpy() == pytest.approx(1)


def test_what_has_no_test_says_why(survey):
    one = rao_scott_test(cell_products(survey.assign(row="app"), "row", "column", "w"))
    assert one.p is None and "fewer than two rows" in one.method
    alone = rao_scott_test(
        cell_products(survey.assign(psu=1, stratum="all"), "row", "column", "w", "stratum", "psu"), "adjust"
    )
    assert alone.p is None and "no degrees of freedom" in alone.method
    diagonal = pd.DataFrame({"row": list("abc") * 20, "column": list("xyz") * 20})
    empty = rao_scott_test(cell_products(diagonal, "row", "column"))
    assert empty.p is None and "nobody" in empty.method


def test_a_cell_with_nobody_still_has_a_test(survey):
    survey = survey[~((survey["row"] == "shop") & (survey["column"] == "yes"))]
    test = rao_scott_test(cell_products(survey, "row", "column", "w", "stratum", "psu"))
    assert 0 <= test.p < 0.05
    assert any("1 cells with nobody" in note for note in test.notes)


def test_a_lonely_psu_is_refused_by_name_until_somebody_chooses(survey):
    lonely = cell_products(
        survey.assign(stratum=np.where(survey["psu"] == 5, "north", "rest")), "row", "column", "w", "stratum", "psu"
    )
    with pytest.raises(DataFault, match='stratum "north"'):
        rao_scott_test(lonely)
    chosen = {how: rao_scott_test(lonely, how).f for how in ("adjust", "average", "certainty")}
    assert len(set(chosen.values())) == 3


@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty"])
def test_the_variance_of_a_mean_is_that_of_design_mean(survey, lonely):
    survey["stratum"] = np.where(survey["psu"] == 5, "north", survey["stratum"])
    survey["x"] = (survey["column"] == "yes") * 100.0
    survey["wx"] = survey["w"] * survey["x"]
    psus = survey.groupby(["stratum", "psu"])[["wx", "w"]].sum().reset_index()
    products = psu_products(psus, ["wx", "w"], "stratum")
    total = products.totals
    variance = linear_covariance(products, np.array([[1 / total[1]], [-total[0] / total[1] ** 2]]), lonely)[0, 0]
    sums = design_sums(survey, "x", "w", "stratum", "psu")
    assert variance**0.5 == pytest.approx(design_mean(sums.strata, sums.n, lonely=lonely).se)


def test_an_unknown_column_and_a_weight_of_nothing_are_refused(survey):
    with pytest.raises(DataFault, match="region"):
        cell_products(survey, "row", "region")
    with pytest.raises(DataFault, match="weight above 0"):
        cell_products(survey.assign(w=0.0), "row", "column", "w")
