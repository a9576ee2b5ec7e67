"""Logit and Poisson regression on counted patterns, and the penalised fit where predictors separate."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize

from workbench.faults import DataFault
from workbench.inference import average_risk, design_matrix, logit, patterns, poisson
from workbench.inference.firth import firth_fit


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"late": rng.integers(0, 2, 900), "channel": rng.choice(["phone", "shop", "web"], 900)})
    table["years"] = rng.integers(2015, 2024, 900)
    risk = 1 / (1 + np.exp(1.2 - 0.7 * table["late"] - 0.5 * (table["channel"] == "web")))
    table["complained"] = (rng.random(900) < risk).astype(int)
    table["months"] = rng.integers(1, 13, 900)
    table["complaints"] = rng.poisson(0.1 * table["months"] * np.exp(0.5 * table["late"]))
    return table


def by_rows(people):
    x = pd.get_dummies(people[["channel"]], drop_first=True).astype(float)
    return sm.add_constant(pd.concat([x, people[["late", "years"]]], axis=1).astype(float))


CALL = {"factors": ["channel"], "numeric": ["late", "years"]}


def two_by_two(a, b, c, d):
    """Events and others with and without, as patterns."""
    return pd.DataFrame({"late": [1, 1, 0, 0], "y": [1, 0, 1, 0], "n": [a, b, c, d]})


def test_the_odds_ratio_of_a_two_by_two_table_by_hand():
    fit = logit(two_by_two(20, 30, 10, 40), "y", numeric=["late"])
    row = fit.table.loc["late"]
    assert row["ratio"] == pytest.approx(20 * 40 / (30 * 10))
    assert row["se"] == pytest.approx(math.sqrt(1 / 20 + 1 / 30 + 1 / 10 + 1 / 40))  # Woolf
    assert fit.loglik == pytest.approx(
        20 * math.log(0.4) + 30 * math.log(0.6) + 10 * math.log(0.2) + 40 * math.log(0.8)
    )
    assert (fit.n, fit.events) == (100, 30)


def test_counted_patterns_say_what_the_rows_say(people):
    fit = logit(patterns(people, ["complained", "channel", "late", "years"]), "complained", **CALL)
    rows = sm.Logit(people["complained"], by_rows(people)).fit(disp=False, tol=1e-9)
    assert fit.table["coef"].to_numpy() == pytest.approx(rows.params.to_numpy(), rel=1e-6)
    assert fit.table["se"].to_numpy() == pytest.approx(rows.bse.to_numpy(), rel=1e-6)
    assert fit.loglik == pytest.approx(rows.llf) and fit.aic == pytest.approx(rows.aic)
    assert fit.bic == pytest.approx(rows.bic)


def test_pooled_rows_are_the_same_logit(people):
    split = patterns(people, ["complained", "channel", "late"])
    pooled = people.groupby(["channel", "late"])["complained"].agg(["mean", "size"]).reset_index()
    pooled = pooled.rename(columns={"mean": "complained", "size": "n"})
    one, other = (logit(t, "complained", ["channel"], ["late"]) for t in (split, pooled))
    pd.testing.assert_frame_equal(one.table, other.table, rtol=1e-9)
    assert one.loglik == pytest.approx(other.loglik)


def test_poisson_agrees_with_the_rows_in_every_figure(people):
    fit = poisson(
        patterns(people, ["complaints", "months", "channel", "late", "years"]), "complaints", "months", **CALL
    )
    rows = sm.GLM(
        people["complaints"], by_rows(people), family=sm.families.Poisson(), offset=np.log(people["months"])
    ).fit(tol=1e-13)
    robust = sm.GLM(
        people["complaints"], by_rows(people), family=sm.families.Poisson(), offset=np.log(people["months"])
    ).fit(cov_type="HC0", tol=1e-13)
    assert fit.table["coef"].to_numpy() == pytest.approx(rows.params.to_numpy(), rel=1e-6)
    assert fit.table["se_robust"].to_numpy() == pytest.approx(robust.bse.to_numpy(), rel=1e-5)
    assert (fit.loglik, fit.deviance) == pytest.approx((rows.llf, rows.deviance))
    assert fit.dispersion == pytest.approx(rows.pearson_chi2 / rows.df_resid)


def test_a_rate_ratio_of_two_groups_by_hand():
    table = pd.DataFrame({"group": ["a", "b"], "events": [12, 30], "months": [100, 120]})
    fit = poisson(table, "events", "months", factors=["group"])
    assert fit.table.loc["group: b", "ratio"] == pytest.approx((30 / 120) / (12 / 100))
    assert fit.table.loc["group: b", "se"] == pytest.approx(math.sqrt(1 / 12 + 1 / 30))


def test_weights_that_are_all_equal_change_nothing_and_unequal_ones_give_robust_errors(people):
    counted = patterns(people, ["complained", "late"])
    plain = logit(counted, "complained", numeric=["late"])
    doubled = logit(counted.assign(w=2.0 * counted["n"], ww=4.0 * counted["n"]), "complained", numeric=["late"])
    assert doubled.table["coef"].tolist() == pytest.approx(plain.table["coef"].tolist())
    assert doubled.table["se"].tolist() == pytest.approx(plain.table["se_robust"].tolist())
    assert doubled.loglik is None and "robust" in doubled.method
    assert doubled.n_effective == pytest.approx(900)


def test_few_events_a_coefficient_are_told():
    assert any("events a coefficient" in note for note in logit(two_by_two(4, 30, 2, 40), "y", numeric=["late"]).notes)
    assert not logit(two_by_two(40, 30, 20, 40), "y", numeric=["late"]).notes


def test_separation_is_answered_by_firth_which_here_adds_a_half_to_every_cell():
    fit = logit(two_by_two(8, 12, 0, 25), "y", numeric=["late"])
    assert "Firth" in fit.method and any("told apart" in note and "late" in note for note in fit.notes)
    assert fit.table.loc["late", "ratio"] == pytest.approx(8.5 * 25.5 / (12.5 * 0.5), rel=1e-6)
    assert fit.loglik is None


def test_the_profile_interval_of_firth_by_brute_force():
    fit = logit(two_by_two(8, 12, 0, 25), "y", numeric=["late"])

    def penalised(a, b):
        """Log-likelihood and half the log determinant of the information of a 2 x 2 table."""
        p, q = 1 / (1 + math.exp(-a)), 1 / (1 + math.exp(-a - b))
        loglik = 25 * math.log(1 - p) + 8 * math.log(q) + 12 * math.log(1 - q)
        return loglik + 0.5 * math.log(25 * p * (1 - p) * 20 * q * (1 - q))

    top = -minimize(
        lambda v: -penalised(*v), [-3, 2], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}
    ).fun
    for limit in fit.table.loc["late", ["low", "high"]]:
        inside = -minimize(lambda a, b=limit: -penalised(a[0], b), [-3], method="Nelder-Mead").fun
        assert 2 * (top - inside) == pytest.approx(1.959964**2, abs=1e-4)
    none = -minimize(lambda a: -penalised(a[0], 0), [-3], method="Nelder-Mead").fun
    assert fit.table.loc["late", "p"] == pytest.approx(math.erfc(math.sqrt(top - none)), abs=1e-6)


def test_quasi_separation_by_one_level_names_that_level(people):
    quiet = people.assign(complained=people["complained"] * (people["channel"] != "shop"))
    fit = logit(patterns(quiet, ["complained", "channel", "late"]), "complained", ["channel"], ["late"])
    assert "Firth" in fit.method and "channel: shop" in fit.notes[-1]
    assert np.isfinite(fit.table[["coef", "se", "p"]].to_numpy()).all()
    assert fit.table.loc["channel: shop", "high"] < 0


def test_without_separation_firth_is_near_the_plain_fit(people):
    counted = patterns(people, ["complained", "late"])
    design = design_matrix(counted, numeric=["late"], outcome="complained")
    y = design.column("complained")
    firth = firth_fit(design, y, "logit", None, 0.95, float(design.people @ y), ["nobody"], [])
    plain = logit(counted, "complained", numeric=["late"])
    assert firth.table["coef"].tolist() == pytest.approx(plain.table["coef"].tolist(), abs=0.01)
    assert firth.table["low"].tolist() == pytest.approx(plain.table["low"].tolist(), abs=0.03)


def test_a_group_without_any_event_has_a_finite_rate_ratio_and_a_note():
    table = pd.DataFrame({"group": ["a", "b", "c"], "events": [12, 0, 9], "months": [100, 80, 90]})
    fit = poisson(table, "events", "months", factors=["group"])
    assert "Firth" in fit.method and "group: b" in fit.notes[-1]
    # Jeffreys' prior on each rate adds half an event to each group
    assert fit.table.loc["group: b", "ratio"] == pytest.approx((0.5 / 80) / (12.5 / 100), rel=1e-6)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (two_by_two(0, 5, 0, 5), "nobody with the event"),
        (two_by_two(5, 0, 5, 0), "everybody with the event"),
        (two_by_two(5, 5, 5, 5).assign(y=[2, 0, 1, 0]), "outside 0 to 1"),
    ],
)
def test_outcomes_that_no_logit_can_have_are_refused(table, words):
    with pytest.raises(DataFault, match=words):
        logit(table, "y", numeric=["late"])


@pytest.mark.parametrize(
    ("change", "words"),
    [({"e": [-1, 2]}, "negative"), ({"m": [0, 4]}, "exposure of 0 or less"), ({"e": [0, 0]}, "no event")],
)
def test_counts_and_exposures_that_cannot_be_are_refused(change, words):
    table = pd.DataFrame({"g": ["a", "b"], "e": [3, 4], "m": [5, 6]}).assign(**change)
    with pytest.raises(DataFault, match=words):
        poisson(table, "e", "m", factors=["g"])


def test_risks_of_a_two_by_two_table_are_its_shares():
    found = average_risk(logit(two_by_two(20, 30, 10, 40), "y", numeric=["late"]), "late")
    assert (found.without.value, found.with_it.value) == pytest.approx((0.2, 0.4))
    assert found.difference.value == pytest.approx(0.2)
    assert found.difference.se == pytest.approx(math.sqrt(0.4 * 0.6 / 50 + 0.2 * 0.8 / 50))
    assert found.ratio.value == pytest.approx(2)
    assert found.ratio.se == pytest.approx(math.sqrt(0.6 / (0.4 * 50) + 0.8 / (0.2 * 50)))
    assert found.odds_ratio == pytest.approx(8 / 3)


def test_the_average_risk_is_that_of_statsmodels_and_of_a_factor_too(people):
    fit = logit(patterns(people, ["complained", "channel", "late", "years"]), "complained", **CALL)
    rows = sm.Logit(people["complained"], by_rows(people)).fit(disp=False, tol=1e-9)
    effects = rows.get_margeff(dummy=True).summary_frame()
    late, web = average_risk(fit, "late").difference, average_risk(fit, "channel", "phone", "web").difference
    assert (late.value, late.se) == pytest.approx(tuple(effects.loc["late"].iloc[:2]), rel=1e-5)
    # statsmodels moves one dummy and leaves the other as it is; the factor's levels exclude one another
    x0, x1 = (by_rows(people).assign(channel_shop=0.0, channel_web=v) for v in (0.0, 1.0))
    assert web.value == pytest.approx(float((rows.predict(x1) - rows.predict(x0)).mean()), rel=1e-6)


def test_the_error_of_the_risk_ratio_is_the_delta_method_taken_numerically(people):
    fit = logit(people, "complained", ["channel"], ["late"])
    x = fit.design.x

    def log_ratio(b):
        one, none = x.copy(), x.copy()
        one[:, 3], none[:, 3] = 1, 0
        return np.log((1 / (1 + np.exp(-one @ b))).mean() / (1 / (1 + np.exp(-none @ b))).mean())

    slope = np.array([(log_ratio(fit.coef + e) - log_ratio(fit.coef - e)) / 2e-5 for e in 1e-5 * np.eye(4)])
    ratio = average_risk(fit, "late").ratio
    assert ratio.value == pytest.approx(np.exp(log_ratio(fit.coef)))
    assert ratio.se == pytest.approx(np.sqrt(slope @ fit.covariance @ slope), rel=1e-6)
    assert ratio.low == pytest.approx(ratio.value * np.exp(-1.959964 * ratio.se), rel=1e-6)
    assert ratio.value < average_risk(fit, "late").odds_ratio  # an odds ratio overstates


def test_risks_are_refused_where_there_are_none(people):
    with pytest.raises(DataFault, match="a Poisson model"):
        average_risk(poisson(people, "complaints", "months", numeric=["late"]), "late")
    fit = logit(people, "complained", ["channel"])
    with pytest.raises(DataFault, match="add it to the model"):
        average_risk(fit, "late")
    with pytest.raises(DataFault, match="two different values"):
        average_risk(fit, "channel", "web", "web")
