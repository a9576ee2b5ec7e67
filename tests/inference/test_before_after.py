"""Interrupted time series: level, slope and effect; AR(1) errors; what is too short or cannot be told apart."""

import math

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import false_alarm_rate, interrupted_by_method, interrupted_series

N, CHANGE = 30, 16
MONTHS = np.arange(1, N + 1)
AFTER = MONTHS >= CHANGE


def series(noise=None, level=5.0, slope=0.5):
    value = 20 + 0.2 * MONTHS + level * AFTER + slope * AFTER * (MONTHS - CHANGE)
    return pd.DataFrame({"period": MONTHS, "value": value + (0 if noise is None else noise)})


def noise(rho=0.5, seed=1):
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=N)
    for t in range(1, N):
        steps[t] += rho * steps[t - 1]
    return steps


def gaussian_loglik(table, rho, sigma, coefficients, restricted):
    """The density written out with the whole covariance matrix: no transform, no profile."""
    period = table["period"].to_numpy(float)
    after = (period >= CHANGE).astype(float)
    x = np.column_stack([np.ones(len(period)), period, after, after * (period - CHANGE)])
    inverse = np.linalg.inv(sigma**2 * rho ** np.abs(period[:, None] - period[None, :]))
    rest = table["value"].to_numpy() - x @ coefficients
    free = len(period) - (4 if restricted else 0)
    loglik = -0.5 * (free * math.log(2 * math.pi) - np.linalg.slogdet(inverse)[1] + rest @ inverse @ rest)
    if restricted:
        loglik -= 0.5 * np.linalg.slogdet(x.T @ inverse @ x)[1]
    return loglik, np.sqrt(np.diag(np.linalg.inv(x.T @ inverse @ x)))


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("gone", [[], [4, 5, 20]])
def test_the_fit_is_the_top_of_the_likelihood_with_and_without_gaps(method, gone):
    table = series(noise()).drop(index=gone)
    fit = interrupted_series(table, CHANGE, method)
    at = [fit.rho, fit.sigma, fit.terms["value"].to_numpy(), method == "REML"]
    top, se = gaussian_loglik(table, *at)
    assert fit.loglik == pytest.approx(top)
    if method == "REML":
        assert fit.terms["se"].to_numpy() == pytest.approx(se)
    for which, step in ((0, 0.02), (0, -0.02), (1, 0.03), (1, -0.03)):
        aside = list(at)
        aside[which] += step
        assert gaussian_loglik(table, *aside)[0] < top


def test_a_missing_value_is_a_gap_in_time_as_is_a_missing_row():
    blank = series(noise())
    blank.loc[7, "value"] = np.nan
    one, other = interrupted_series(blank, CHANGE), interrupted_series(series(noise()).drop(index=7), CHANGE)
    assert (one.dropped, other.dropped) == (1, 0) and one.n == other.n == N - 1
    assert one.level_change == other.level_change and "1 periods without a value left out" in one.notes


def test_without_noise_the_change_is_found_and_has_no_interval():
    fit = interrupted_series(series(), CHANGE)
    assert fit.level_change.value == pytest.approx(5) and fit.slope_change.value == pytest.approx(0.5)
    assert fit.level_change.low is None and fit.level_p is None and "perfect fit" in fit.level_change.method


def test_the_effect_at_a_horizon_is_level_plus_slope_times_it():
    fit = interrupted_series(series(noise()), CHANGE, horizon=6)
    assert fit.effect.value == pytest.approx(fit.level_change.value + 6 * fit.slope_change.value)
    start = interrupted_series(series(noise()), CHANGE, horizon=0)
    assert start.effect.se == pytest.approx(start.level_change.se)
    assert interrupted_series(series(noise()), CHANGE).horizon == N - CHANGE


def test_columns_of_ones_own_are_the_change_named_by_its_period():
    own = series(noise()).assign(post=AFTER.astype(int), since=AFTER * (MONTHS - CHANGE))
    assert interrupted_series(own).terms.equals(interrupted_series(series(noise()), CHANGE).terms)


def test_newey_west_without_lags_is_whites_and_least_squares_is_the_textbooks():
    table = series(noise())
    fit = interrupted_series(table, CHANGE, "OLS")
    x = np.column_stack([np.ones(N), MONTHS, AFTER, AFTER * (MONTHS - CHANGE)]).astype(float)
    rest = table["value"] - x @ fit.terms["value"].to_numpy()
    bread = np.linalg.inv(x.T @ x)
    assert fit.terms["se"].to_numpy() == pytest.approx(np.sqrt(np.diag(bread) * (rest @ rest) / (N - 4)))
    white = bread @ (x.T * rest.to_numpy() ** 2) @ x @ bread
    robust = interrupted_series(table, CHANGE, "Newey-West", lags=0, small_sample=False)
    assert robust.terms["se"].to_numpy() == pytest.approx(np.sqrt(np.diag(white)))
    assert fit.durbin_watson == pytest.approx((np.diff(rest) ** 2).sum() / (rest @ rest))


def test_a_season_is_taken_out():
    wave = 4 * np.sin(2 * np.pi * MONTHS / 12) + noise(0, 2) / 5
    fit = interrupted_series(series(wave), CHANGE, season=12)
    assert list(fit.terms["term"]) == ["intercept", "period", "post", "since", "sin", "cos"]
    assert fit.terms["value"][4] == pytest.approx(4, abs=0.3)
    assert fit.level_change.se < interrupted_series(series(wave), CHANGE).level_change.se


def test_the_table_of_methods_compares_all_and_tells_how_often_each_cries_wolf():
    table = interrupted_by_method(series(noise()), CHANGE)
    assert len(table) == 4 and table["level_change"].notna().all()
    reml, ml, newey, plain = table["false_alarms"]
    assert reml < ml < newey and reml < plain


def test_false_alarms_rise_with_rho_and_stay_within_the_table():
    assert false_alarm_rate("OLS", 60, 0.8) > false_alarm_rate("OLS", 60, 0.4) > false_alarm_rate("OLS", 60, 0)
    assert false_alarm_rate("REML", 5000, 0.99) == false_alarm_rate("REML", 120, 0.8)
    between = false_alarm_rate("OLS", 58, 0.3)
    assert false_alarm_rate("OLS", 60, 0.2) < between < false_alarm_rate("OLS", 60, 0.4)


def test_few_periods_on_a_side_and_the_false_alarms_are_told():
    notes = interrupted_series(series(noise()).tail(22).assign(period=MONTHS[-22:]), CHANGE).notes
    assert "only 7 periods before the change; at least 12 are advised" in notes
    assert "comes in" in notes[0] and "our simulation" in notes[0]


@pytest.mark.parametrize(
    ("table", "settings", "word"),
    [
        (series(noise())[12:19], {}, "at least 8"),
        (series(noise()), {"change": 30}, "at least 2 on each side"),
        (series(noise()), {"change": 99}, "at least 2 on each side"),
        (series(noise()), {"change": None}, "first period after"),
        (series(noise()), {"method": "HAC"}, "one of: REML"),
        (series(noise()), {"lags": 40, "method": "Newey-West"}, "lags"),
        (series(noise())[::-1], {}, "rising"),
        (series(noise()).assign(post=1 - AFTER, since=0), {}, "post"),
        (series(noise()).assign(post=AFTER.astype(int), since=0), {}, "told apart"),
        (series(noise()).assign(value=np.inf), {}, "infinite"),
        (series(noise()).drop(columns="value"), {}, "value"),
    ],
)
def test_what_cannot_be_estimated_is_refused(table, settings, word):
    with pytest.raises(DataFault, match=word):
        interrupted_series(table, **({"change": CHANGE} | settings))
