"""Proportional odds on counted patterns."""

import warnings

import numpy as np
import pandas as pd
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

from workbench.faults import DataFault
from workbench.inference import (
    ordinal_tests,
    parallel_lines,
    patterns,
    predicted_shares,
    proportional_odds,
    slopes_by_cut,
)

LEVELS = [1, 2, 3, 4]
CALL = {"outcome": "y", "levels": LEVELS, "factors": ["channel"], "numeric": ["wait"]}


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(8)
    table = pd.DataFrame({"channel": rng.choice(["phone", "web"], 500), "wait": rng.integers(0, 15, 500)})
    latent = 0.8 * (table["channel"] == "web") - 0.1 * table["wait"] + rng.logistic(size=500)
    table["y"] = 1 + (latent > -1.5).astype(int) + (latent > -0.5) + (latent > 1)
    return table


def test_patterns_say_what_statsmodels_says_of_the_rows(people):
    fit = proportional_odds(patterns(people, ["y", "channel", "wait"]), **CALL)
    x = pd.DataFrame({"web": (people["channel"] == "web").astype(float), "wait": people["wait"]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = OrderedModel(people["y"], x, distr="logit")
        rows = model.fit(method="bfgs", gtol=1e-9, disp=False, maxiter=500)
    assert fit.table["coef"].tolist() == pytest.approx(rows.params[:2].tolist(), abs=1e-5)
    assert fit.table["se"].tolist() == pytest.approx(rows.bse[:2].tolist(), rel=1e-4)
    assert fit.thresholds["coef"].tolist() == pytest.approx(
        model.transform_threshold_params(rows.params)[1:-1].tolist(), abs=1e-5
    )
    assert fit.loglik == pytest.approx(rows.llf)
    web = predicted_shares(fit, {"channel": "web", "wait": 4})["share"]
    assert web.tolist() == pytest.approx(rows.model.predict(rows.params, exog=[[1.0, 4.0]])[0].tolist(), abs=1e-6)


def test_two_steps_are_a_logit_with_its_odds_ratio_by_hand():
    table = pd.DataFrame({"late": [1, 1, 0, 0], "y": [2, 1, 2, 1], "n": [20, 30, 10, 40]})
    fit = proportional_odds(table, "y", [1, 2], numeric=["late"])
    assert fit.table.loc["late", "ratio"] == pytest.approx(20 * 40 / (30 * 10))
    assert fit.table.loc["late", "se"] == pytest.approx((1 / 20 + 1 / 30 + 1 / 10 + 1 / 40) ** 0.5)
    assert parallel_lines(fit).loc["late", "df"] == 0


def test_without_predictors_the_predicted_shares_are_those_seen_with_their_errors():
    table = pd.DataFrame({"y": [1, 2, 3], "n": [20, 50, 30]})
    shares = predicted_shares(proportional_odds(table, "y", [1, 2, 3]), {})
    assert shares["share"].tolist() == pytest.approx([0.2, 0.5, 0.3])
    assert shares["se"].tolist() == pytest.approx([(p * (1 - p) / 100) ** 0.5 for p in (0.2, 0.5, 0.3)])
    assert shares["share"].sum() == pytest.approx(1)


def test_the_slopes_a_cut_of_a_saturated_table_and_its_test_by_hand():
    # two groups and three steps: with a slope a cut the model is saturated, so its likelihood is that of the table
    counts = np.array([[30, 40, 30], [25, 10, 65]])
    table = pd.DataFrame({"g": np.repeat(["a", "b"], 3), "y": [1, 2, 3] * 2, "n": counts.ravel()})
    fit = proportional_odds(table, "y", [1, 2, 3], factors=["g"])
    saturated = (counts * np.log(counts / counts.sum(axis=1, keepdims=True))).sum()
    lines = parallel_lines(fit).loc["g"]
    assert lines["chi2"] == pytest.approx(2 * (saturated - fit.loglik)) and lines["df"] == 1
    assert lines["p"] < 0.001
    slopes = slopes_by_cut(fit)
    assert slopes.loc["g: b", "1|2"] == pytest.approx(np.log((75 / 25) / (70 / 30)))
    assert slopes.loc["g: b", "2|3"] == pytest.approx(np.log((65 / 35) / (30 / 70)))


def test_the_likelihood_ratio_leaves_one_term_out(people):
    counted = patterns(people, ["y", "channel", "wait"])
    fit, less = proportional_odds(counted, **CALL), proportional_odds(counted, **CALL | {"factors": []})
    tests = ordinal_tests(fit)
    assert tests.loc["channel", "chi2"] == pytest.approx(2 * (fit.loglik - less.loglik), rel=1e-6)
    assert tests["df"].tolist() == [1, 1]


def test_a_step_that_nobody_chose_is_told_and_has_a_share_of_nothing(people):
    fit = proportional_odds(people, **CALL | {"levels": [1, 2, 3, 4, 5]})
    assert "nobody chose: 5" in fit.notes and len(fit.thresholds) == 3
    assert predicted_shares(fit, {"channel": "web", "wait": 4})["share"].iloc[-1] == 0


def test_the_units_of_a_number_do_not_matter(people):
    one, other = (proportional_odds(people.assign(wait=people["wait"] * k + 5000 * (k > 1)), **CALL) for k in (1, 60))
    assert one.table.loc["wait", "coef"] == pytest.approx(60 * other.table.loc["wait", "coef"], rel=1e-7)
    assert one.loglik == pytest.approx(other.loglik, rel=1e-10)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": [1, 1, 1, 1, 1, 1]}, "one step for everybody"),
        ({"y": [1, 2, 3, 1, 2, 9]}, "9"),
        ({"wait": [1, 2, 3, 1, 2, 3]}, "completely"),
        ({"w": [1.0, 1, 1, 1, 1, 2], "ww": [1.0, 1, 1, 1, 1, 4]}, "weights"),
    ],
)
def test_what_has_no_finite_estimate_is_refused(change, words):
    table = pd.DataFrame({"y": [1, 2, 3, 1, 2, 3], "wait": [1, 2, 3, 3, 2, 1]}).assign(**change)
    with pytest.raises(DataFault, match=words):
        proportional_odds(table, "y", [1, 2, 3], numeric=["wait"])
