"""Difference-in-differences: two-way fixed effects, clustered by unit."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from test_clustered import brute_force

from workbench.faults import DataFault
from workbench.inference import difference_in_differences


@pytest.fixture(scope="module")
def panel():
    rng = np.random.default_rng(9)
    rows = pd.MultiIndex.from_product([range(14), range(1, 7)], names=["branch", "period"]).to_frame(index=False)
    rows["treated"] = (rows["branch"] < 6).astype(int)
    noise = rng.normal(size=14)[rows["branch"]] * 3 + rng.normal(size=len(rows))
    rows["nps"] = 30 + rows["period"] + 4 * rows["treated"] * (rows["period"] >= 4) + noise
    return rows


def call(panel, first_post=4):
    return difference_in_differences(panel, "branch", "period", "treated", "nps", first_post)


def dummies(panel, effect):
    parts = [effect.rename("effect").astype(float), pd.get_dummies(panel["branch"], prefix="b", dtype=float)]
    return pd.concat([*parts, pd.get_dummies(panel["period"], prefix="t", dtype=float).iloc[:, 1:]], axis=1)


def test_four_cells_by_hand():
    table = pd.DataFrame(
        {
            "branch": list("aabbccdd"),
            "period": [1, 2] * 4,
            "treated": [1, 1, 1, 1, 0, 0, 0, 0],
            "nps": [10, 17, 12, 17, 20, 21, 18, 21.0],
        }
    )
    found = call(table, 2)
    # treated change by 7 and 5, the others by 1 and 3
    assert found.cells == {"control_pre": 19, "control_post": 21, "treated_pre": 11, "treated_post": 17}
    assert found.effect.value == pytest.approx(4) == found.simple
    # by unit the changes are a two-sample problem: CR2 is then Welch's standard error
    assert found.effect.se == pytest.approx(np.sqrt(2 / 2 + 2 / 2))
    assert found.effect.df == pytest.approx(2)
    assert found.pre_trend is None and any("one period before" in note for note in found.notes)


@pytest.mark.parametrize("gaps", [False, True])
def test_the_errors_are_those_of_the_regression_with_all_its_dummies(panel, gaps):
    rows = panel.drop(index=[3, 11, 12, 40, 41, 42, 70]) if gaps else panel
    found = call(rows)
    x = dummies(rows, rows["treated"] * (rows["period"] >= 4))
    ols = sm.OLS(rows["nps"], x).fit(cov_type="cluster", cov_kwds={"groups": rows["branch"]}, use_t=True)
    assert found.effect.value == pytest.approx(ols.params["effect"])
    assert found.se_CR1S == pytest.approx(ols.bse["effect"])
    assert found.p_CR1S == pytest.approx(ols.pvalues["effect"], rel=1e-6)
    assert found.parameters == x.shape[1] and found.n == len(rows)
    se, df = brute_force(x.to_numpy(), rows["nps"].to_numpy(), rows["branch"].to_numpy(), np.eye(x.shape[1])[0])
    assert (found.effect.se, found.effect.df) == pytest.approx((se, df), rel=1e-6)
    assert (found.simple == pytest.approx(found.effect.value)) != gaps


def test_the_trend_before_is_the_difference_of_slopes(panel):
    early = panel[panel["period"] < 4]
    steep = call(panel.assign(nps=panel["nps"] + 2 * panel["treated"] * panel["period"])).pre_trend
    flat = call(panel).pre_trend
    assert steep.slope - flat.slope == pytest.approx(2)
    ols = sm.OLS(early["nps"], dummies(early, early["treated"] * early["period"])).fit(
        cov_type="cluster", cov_kwds={"groups": early["branch"]}, use_t=True
    )
    assert (flat.slope, flat.se, flat.p) == pytest.approx(
        (ols.params["effect"], ols.bse["effect"], ols.pvalues["effect"])
    )


def test_treatment_coded_from_its_start_on_is_the_same_design(panel):
    switched = panel.assign(treated=panel["treated"] * (panel["period"] >= 4))
    assert call(switched).effect == call(panel).effect


def test_staggered_starts_are_refused_with_the_reason(panel):
    start = np.where(panel["branch"] < 3, 3, 5)
    with pytest.raises(DataFault, match="staggered starts.*3, 5.*\n.*group-time"):
        call(panel.assign(treated=panel["treated"] * (panel["period"] >= start)))
    with pytest.raises(DataFault, match="staggered"):
        call(panel.assign(treated=panel["treated"] * (panel["period"] >= 3)))
    with pytest.raises(DataFault, match="treatment stops"):
        call(panel.assign(treated=panel["treated"] * (panel["period"] < 3)))


def test_missing_values_are_dropped_and_counted(panel):
    found = call(panel.assign(nps=panel["nps"].where(panel.index != 5)))
    assert (found.n, found.n_before) == (83, 84) and any("1 of 84 rows" in note for note in found.notes)


def test_a_panel_without_noise_has_an_effect_and_no_interval(panel):
    exact = panel.assign(nps=panel["period"] + 4.0 * panel["treated"] * (panel["period"] >= 4))
    found = call(exact)
    assert found.effect.value == pytest.approx(4) and found.effect.low is None and "no variation" in found.effect.method


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"treated": 0}, "no row in treated_pre"),
        ({"treated": 1}, "no row in control_pre"),
        ({"treated": 2}, "0 or 1"),
        ({"period": "May"}, "words"),
        ({"period": 1}, "twice in one period"),
        ({"branch": None}, "without unit"),
    ],
)
def test_what_is_no_panel_is_refused(panel, change, words):
    with pytest.raises(DataFault, match=words):
        call(panel.assign(**change))
    with pytest.raises(DataFault, match="no row in control_post"):
        call(panel, 99)
