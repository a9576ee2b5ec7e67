"""Repeated answers: cluster-robust errors from cross products, and GEE."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from workbench.faults import DataFault
from workbench.inference import cluster_sums, clustered, exchangeable, patterns


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(2)
    size = rng.integers(1, 9, 18)
    who = np.repeat(np.arange(18), size)
    table = pd.DataFrame({"who": who, "new": rng.integers(0, 2, 18)[who], "ease": rng.integers(1, 8, len(who))})
    table["score"] = np.round(
        4 + table["new"] + 0.4 * table["ease"] + rng.normal(size=18)[who] + rng.normal(size=len(who))
    )
    return table


def brute_force(x, y, groups, contrast):
    """CR2 and the Satterthwaite df of one coefficient with whole matrices, as the papers write them."""
    bread = np.linalg.pinv(x.T @ x)
    hat = x @ bread @ x.T
    e = y - hat @ y
    meat, columns = np.zeros_like(bread), []
    for g in pd.unique(groups):
        at = np.flatnonzero(groups == g)
        values, axes = np.linalg.eigh(np.eye(len(at)) - hat[np.ix_(at, at)])
        power = np.where(values > 1e-10, 1 / np.sqrt(np.where(values > 1e-10, values, 1)), 0)
        a = (axes * power) @ axes.T
        s = x[at].T @ a @ e[at]
        meat += np.outer(s, s)
        columns.append((np.eye(len(y)) - hat)[:, at] @ a @ x[at] @ bread @ contrast)
    b = np.array(columns) @ np.array(columns).T
    return np.sqrt(contrast @ bread @ meat @ bread @ contrast), np.trace(b) ** 2 / np.trace(b @ b)


def test_cr2_and_its_degrees_of_freedom_by_whole_matrices(answers):
    fit = clustered(cluster_sums(answers, "score", "who", numeric=["new", "ease"]))
    x = np.column_stack([np.ones(len(answers)), answers["new"], answers["ease"]])
    for j, name in enumerate(fit.table.index):
        se, df = brute_force(x, answers["score"].to_numpy(), answers["who"].to_numpy(), np.eye(3)[j])
        assert fit.table.loc[name, "se_CR2"] == pytest.approx(se, rel=1e-8)
        assert fit.table.loc[name, "df"] == pytest.approx(df, rel=1e-8)


def test_cr1s_is_that_of_statsmodels_and_patterns_are_enough(answers):
    fit = clustered(
        cluster_sums(patterns(answers, ["who", "new", "ease", "score"]), "score", "who", numeric=["new", "ease"])
    )
    rows = sm.OLS(answers["score"], sm.add_constant(answers[["new", "ease"]])).fit(
        cov_type="cluster", cov_kwds={"groups": answers["who"]}, use_t=True
    )
    assert fit.table["coef"].tolist() == pytest.approx(rows.params.tolist())
    assert fit.table["se_CR1S"].tolist() == pytest.approx(rows.bse.tolist())
    assert fit.table["p_CR1S"].tolist() == pytest.approx(rows.pvalues.tolist(), rel=1e-6)
    assert fit.clusters == 18 and any("18 clusters" in note for note in fit.notes)


def test_with_one_answer_each_cr0_is_white_and_cr2_is_hc2(answers):
    single = answers.assign(who=range(len(answers)))
    fit = clustered(cluster_sums(single, "score", "who", numeric=["new", "ease"]))
    rows = sm.OLS(answers["score"], sm.add_constant(answers[["new", "ease"]])).fit()
    assert fit.table["se_CR0"].tolist() == pytest.approx(rows.HC0_se.tolist())
    assert fit.table["se_CR2"].tolist() == pytest.approx(rows.HC2_se.tolist())
    assert fit.table["se_naive"].tolist() == pytest.approx(rows.bse.tolist())


def test_a_predictor_known_from_few_clusters_is_told(answers):
    rare = answers.assign(pilot=(answers["who"] < 2).astype(int))
    fit = clustered(cluster_sums(rare, "score", "who", numeric=["pilot"]))
    assert fit.table.loc["pilot", "df"] < 4 and any("pilot" in note for note in fit.notes)


def test_gee_is_that_of_statsmodels_up_to_its_correction_of_the_correlation(answers):
    gee = exchangeable(cluster_sums(answers, "score", "who", numeric=["new", "ease"]))
    rows = sm.GEE(
        answers["score"],
        sm.add_constant(answers[["new", "ease"]]),
        groups=answers["who"],
        cov_struct=sm.cov_struct.Exchangeable(),
    ).fit(ctol=1e-10)
    assert gee.table["coef"].tolist() == pytest.approx(rows.params.tolist(), rel=0.02)
    assert gee.table["se"].tolist() == pytest.approx(rows.bse.tolist(), rel=0.02)
    assert gee.correlation == pytest.approx(float(rows.cov_struct.dep_params), abs=0.06)


def test_gee_with_clusters_of_one_size_and_cluster_predictors_is_least_squares():
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"who": np.repeat(range(20), 3), "new": np.repeat(rng.integers(0, 2, 20), 3)})
    table["score"] = rng.normal(size=20)[table["who"]] + rng.normal(size=60)
    sums = cluster_sums(table, "score", "who", numeric=["new"])
    gee, plain = exchangeable(sums), clustered(sums)
    assert gee.table["coef"].tolist() == pytest.approx(plain.table["coef"].tolist())
    assert gee.table["se"].tolist() == pytest.approx(plain.table["se_CR0"].tolist())
    e = table["score"] - gee.table.loc["intercept", "coef"] - gee.table.loc["new", "coef"] * table["new"]
    pairs = sum(a * b for _, g in e.groupby(table["who"]) for i, a in enumerate(g) for b in list(g)[i + 1 :])
    assert gee.correlation == pytest.approx(pairs / 60 / (e**2).mean())


def test_what_has_no_clusters_is_refused(answers):
    with pytest.raises(DataFault, match="1 clusters"):
        clustered(cluster_sums(answers.assign(who=1), "score", "who", numeric=["new"]))
    with pytest.raises(DataFault, match="one answer in every cluster"):
        exchangeable(cluster_sums(answers.assign(who=range(len(answers))), "score", "who", numeric=["new"]))
    with pytest.raises(DataFault, match="explain completely"):
        clustered(cluster_sums(answers.assign(score=2 * answers["new"]), "score", "who", numeric=["new"]))
    with pytest.raises(DataFault, match="weights"):
        cluster_sums(answers.assign(n=1, w=answers["ease"], ww=answers["ease"] ** 2), "score", "who", numeric=["new"])
