"""Cox regression of counted follow-ups: as in statsmodels and as written out, with changing covariates and clusters."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.hazard_regression import PHReg

from workbench.faults import DataFault
from workbench.inference import cox_regression, follow_up_counts

X = ["x", "y"]


def people(n=240, seed=1, last=12):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 3, n), rng.integers(0, 2, n)
    entry = rng.integers(0, 4, n)
    wait = np.ceil(rng.exponential(8 / np.exp(0.5 * x), n)).astype(int)
    time = entry + np.minimum(wait, last)
    return pd.DataFrame({"entry": entry, "time": time, "event": (wait <= last).astype(int), "x": x, "y": y})


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_the_counted_patterns_give_what_statsmodels_gives_of_the_rows(ties):
    rows = people()
    found = follow_up_counts(rows, X)
    assert len(found.counts) < len(rows)
    ours = cox_regression(found.counts, X, ties)
    entered = rows["entry"] + 0.5  # statsmodels counts who enters at an event time as at risk then
    theirs = PHReg(rows["time"], rows[X].astype(float), rows["event"], entry=entered, ties=ties).fit()
    assert ours.terms["value"].to_numpy() == pytest.approx(theirs.params, abs=1e-5)
    assert ours.terms["se"].to_numpy() == pytest.approx(theirs.bse, abs=1e-5)
    assert ours.loglik == pytest.approx(theirs.llf)
    assert ours.n == 240 and ours.events == rows["event"].sum()


def test_robust_errors_are_those_of_statsmodels_and_of_the_residuals_written_out():
    rows = people().assign(branch=np.arange(240) // 4)
    entered = rows["entry"] + 0.5
    model = PHReg(rows["time"], rows[X].astype(float), rows["event"], entry=entered, ties="breslow")
    theirs = model.fit(groups=rows["branch"].to_numpy())
    ours = cox_regression(rows, X, "breslow", cluster="branch")
    assert ours.terms["se"].to_numpy() == pytest.approx(theirs.bse, abs=1e-5) and ours.clusters == 60
    efron = cox_regression(rows, X, cluster="branch")
    plain = cox_regression(rows, X)
    sums = pd.DataFrame(efron_residuals(rows, plain.terms["value"].to_numpy())).groupby(rows["branch"]).sum()
    assert sums.sum().to_numpy() == pytest.approx(0, abs=1e-6)
    expected = plain.covariance @ (sums.T.to_numpy() @ sums.to_numpy()) @ plain.covariance
    assert efron.covariance == pytest.approx(expected)


def efron_residuals(rows, b):
    """One person and one tied event at a time."""
    x, risk = rows[X].to_numpy(float), np.exp(rows[X].to_numpy(float) @ b)
    told = np.zeros(x.shape)
    for t in np.unique(rows["time"][rows["event"] == 1]):
        there = ((rows["entry"] < t) & (rows["time"] >= t)).to_numpy()
        dead = ((rows["time"] == t) & (rows["event"] == 1)).to_numpy()
        for tied in range(dead.sum()):
            weight = risk * (there - tied / dead.sum() * dead)
            mean = weight @ x / weight.sum()
            told[dead] += (x[dead] - mean) / dead.sum()
            told -= (weight / weight.sum())[:, None] * (x - mean)
    return told


def test_stretches_of_a_covariate_that_does_not_change_are_the_whole():
    rows = people().assign(entry=0)
    long = rows[rows["time"] > 3]
    parts = pd.concat([rows[rows["time"] <= 3], long.assign(time=3, event=0), long.assign(entry=3)])
    whole, cut = (cox_regression(follow_up_counts(t, X).counts, X) for t in (rows, parts))
    assert cut.terms["value"].to_numpy() == pytest.approx(whole.terms["value"].to_numpy())
    assert cut.concordance == pytest.approx(whole.concordance)
    assert cut.proportional["chi2"].to_numpy() == pytest.approx(whole.proportional["chi2"].to_numpy())


def test_proportionality_is_the_score_test_of_a_covariate_times_g():
    """Against twice the gain in likelihood when x g(t), made by splitting everybody at every event time, is added."""
    rng = np.random.default_rng(4)
    x = rng.integers(0, 2, 400)
    wait = np.ceil(rng.exponential(5, 400) * np.where(x == 1, rng.choice([0.4, 3.0], 400), 1)).astype(int)
    rows = pd.DataFrame({"time": np.minimum(wait, 15), "event": (wait <= 15).astype(int), "x": x})
    fit = cox_regression(rows, ["x"])
    left, at = 1.0, []
    for t in range(1, 16):
        at.append(rows[rows["time"] >= t].assign(entry=t - 1, stop=t, g=1 - left))
        left *= 1 - ((rows["time"] == t) & (rows["event"] == 1)).sum() / (rows["time"] >= t).sum()
    split = pd.concat(at)
    split["event"] *= split["time"] == split["stop"]
    split = split.assign(time=split["stop"], xg=split["x"] * split["g"])
    more = cox_regression(split, ["x", "xg"])
    chi2 = fit.proportional["chi2"][0]
    assert chi2 > 5
    assert chi2 == pytest.approx(2 * (more.loglik - fit.loglik), rel=0.1)
    assert chi2 == pytest.approx(fit.proportional["chi2"][1])  # one covariate: GLOBAL is the same


def test_concordance_counts_pairs():
    rows = people(80, seed=2)
    fit = cox_regression(rows, X)
    line = np.round(rows[X].to_numpy() @ fit.terms["value"].to_numpy(), 9)
    entry, time, event = (rows[c].to_numpy() for c in ("entry", "time", "event"))
    right = pairs = 0.0
    for i in np.flatnonzero(event):
        later = ((time > time[i]) | ((time == time[i]) & (event == 0))) & (entry < time[i])
        later[i] = False
        pairs += later.sum()
        right += (line[later] < line[i]).sum() + (line[later] == line[i]).sum() / 2
    assert fit.concordance == pytest.approx(right / pairs)


def test_scale_and_origin_of_a_covariate_do_not_matter():
    rows = people()
    moved = rows.assign(x=1e6 + 1000 * rows["x"])
    one, other = cox_regression(rows, X), cox_regression(moved, X)
    assert 1000 * other.terms["value"][0] == pytest.approx(one.terms["value"][0])
    assert other.loglik == pytest.approx(one.loglik)


def test_few_events_and_few_clusters_are_told():
    rows = people(40).assign(branch=np.arange(40) % 5)
    assert any("only 5 clusters" in note for note in cox_regression(rows, X, cluster="branch").notes)
    few = rows.assign(event=np.where(np.arange(40) < 14, rows["event"], 0))
    assert any("events for 2 coefficients" in note for note in cox_regression(few, X).notes)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"event": 0}, "no events"),
        ({"x": 1}, "varies"),
        ({"x": "a"}, "no numbers"),
        ({"x": np.nan}, "missing"),
        ({"y": lambda t: 2 * t["x"]}, "follows from the others"),
        ({"x": lambda t: t["event"]}, "separates"),
        ({"n": 0.5}, "whole"),
        ({"time": lambda t: t["entry"]}, "above entry"),
    ],
)
def test_what_has_no_ratio_is_refused(change, word):
    with pytest.raises(DataFault, match=word):
        cox_regression(people().assign(**change), X)


def test_options_that_do_not_exist_are_refused():
    for settings, word in (
        ({"ties": "exact"}, "efron"),
        ({"cluster": "z"}, "cluster"),
        ({"covariates": []}, "at least"),
    ):
        with pytest.raises(DataFault, match=word):
            cox_regression(people(), **({"covariates": X} | settings))
