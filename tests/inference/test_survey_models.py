"""Regression for weighted samples with strata and clusters."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from workbench.faults import DataFault
from workbench.inference import design_mean, design_sums, logit, survey_model, survey_patterns, wald


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(6)
    n = 300
    table = pd.DataFrame({"stratum": rng.choice(["S1", "S2", "S3"], n), "psu": rng.integers(1, 7, n)})
    table["w"] = rng.uniform(0.5, 3, n).round(2)
    table["late"] = rng.integers(0, 2, n)
    table["segment"] = rng.choice(["new", "old", "lost"], n)
    table["y"] = (rng.random(n) < 0.25 + 0.2 * table["late"]).astype(int)
    table["months"] = rng.integers(1, 13, n)
    return table


def counted(table, columns=("y", "late", "segment", "months")):
    return survey_patterns(table, list(columns), "w", "stratum", "psu")


def test_a_model_of_the_intercept_is_the_design_based_mean(sample):
    found = survey_model(counted(sample, ["y"]), "linear", "y").fit
    mean = design_mean(design_sums(sample, "y", "w", "stratum", "psu").strata, len(sample))
    row = found.table.loc["intercept"]
    assert (row["coef"], row["se"]) == pytest.approx((mean.value, mean.se))
    assert found.df == mean.df and (row["low"], row["high"]) == pytest.approx((mean.low, mean.high))


def test_one_dummy_is_the_shares_of_two_domains(sample):
    fit = survey_model(counted(sample, ["y", "late"]), "logit", "y", numeric=["late"]).fit
    for late, logodds in ((0, fit.coef[0]), (1, fit.coef.sum())):
        domain = sample["late"] == late
        sums = design_sums(sample, "y", "w", "stratum", "psu", domain)
        mean = design_mean(sums.strata, int(domain.sum()))
        assert 1 / (1 + np.exp(-logodds)) == pytest.approx(mean.value)
        if not late:  # the standard error on the logit scale
            assert fit.table.loc["intercept", "se"] == pytest.approx(mean.se / (mean.value * (1 - mean.value)))


def test_without_strata_a_cluster_is_a_cluster_of_statsmodels(sample):
    chosen = {"numeric": ["late", "months"]}
    fit = survey_model(
        survey_patterns(sample.assign(w=1), ["y", "late", "months"], "w", None, "psu"), "poisson", "y", **chosen
    )
    rows = sm.GLM(sample["y"], sm.add_constant(sample[["late", "months"]]), family=sm.families.Poisson())
    robust = rows.fit(cov_type="cluster", cov_kwds={"groups": sample["psu"], "use_correction": False}, tol=1e-12)
    assert fit.fit.coef == pytest.approx(robust.params.to_numpy(), rel=1e-6)
    assert fit.fit.table["se"].tolist() == pytest.approx((robust.bse * np.sqrt(6 / 5)).tolist(), rel=1e-6)


def test_people_as_psus_with_equal_weights_have_the_robust_errors_of_logit(sample):
    fit = survey_model(survey_patterns(sample, ["y", "late"]), "logit", "y", numeric=["late"]).fit
    plain = logit(sample.drop(columns="w"), "y", numeric=["late"]).table
    assert fit.table["se"].tolist() == pytest.approx((plain["se_robust"] * np.sqrt(300 / 299)).tolist())


def test_weights_times_a_constant_change_nothing(sample):
    one, ten = (
        survey_model(counted(sample.assign(w=k * sample["w"])), "logit", "y", ["segment"], ["late"]).fit.table
        for k in (1, 10)
    )
    pd.testing.assert_frame_equal(one, ten, rtol=1e-8)


def test_drawing_every_psu_leaves_no_sampling_error_and_half_of_them_half_the_variance(sample):
    table = counted(sample)
    full, half, none = (
        survey_model(table, "logit", "y", numeric=["late"], population=size).fit.table["se"]
        for size in (dict.fromkeys(["S1", "S2", "S3"], 6), dict.fromkeys(["S1", "S2", "S3"], 12), None)
    )
    assert full.tolist() == pytest.approx([0, 0], abs=1e-12)
    assert half.tolist() == pytest.approx((none / np.sqrt(2)).tolist())


def test_a_psu_with_nobody_in_the_model_counts_in_the_design_but_in_no_test(sample):
    silent = sample.copy()
    silent.loc[(silent["stratum"] == "S1") & (silent["psu"] == 1), "y"] = np.nan
    found = survey_model(counted(silent), "logit", "y", numeric=["late"])
    assert (found.design_df, found.residual_df) == (15, 13)
    assert found.fit.n < found.fit.n_before == 300
    assert any("missing: y" in note for note in found.fit.notes)


def test_the_wald_test_of_one_coefficient_is_its_t_and_the_reference_does_not_matter(sample):
    found = survey_model(counted(sample), "logit", "y", ["segment"], ["late"])
    late = wald(found, "late")
    assert pytest.approx(found.fit.table.loc["late", "t"] ** 2) == late.F
    assert late.p == pytest.approx(found.fit.table.loc["late", "p"])
    other = survey_model(counted(sample), "logit", "y", ["segment"], ["late"], {"segment": "old"})
    assert wald(other, "segment") == pytest.approx(wald(found, "segment"))
    assert (wald(found, "segment").df, wald(found, "segment").ddf) == (2, found.residual_df)
    with pytest.raises(DataFault, match="one of"):
        wald(found, "months")


def test_a_single_psu_is_refused_until_somebody_chooses(sample):
    single = sample.assign(stratum=np.where(sample["psu"] == 6, "S9", "S1"))
    with pytest.raises(DataFault, match='one PSU in stratum "S9"'):
        survey_model(counted(single), "logit", "y", numeric=["late"])
    se = {
        choice: survey_model(counted(single), "logit", "y", numeric=["late"], lonely=choice).fit.table.loc["late", "se"]
        for choice in ("adjust", "certainty", "average")
    }
    assert se["certainty"] < se["average"] and se["certainty"] < se["adjust"]
    assert se["average"] == pytest.approx(se["certainty"] * np.sqrt(2))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"w": 0.0}, "weight"),
        ({"psu": None}, "without stratum or PSU"),
        ({"y": 1}, "the same for everybody"),
        ({"psu": 1}, "one PSU"),
    ],
)
def test_what_is_no_design_is_refused(sample, change, words):
    with pytest.raises(DataFault, match=words):
        survey_model(counted(sample.assign(**change)), "logit", "y", numeric=["late"])


def test_separation_and_too_few_psus_are_refused(sample):
    with pytest.raises(DataFault, match="segment.*completely"):
        survey_model(counted(sample.assign(y=sample["y"] * (sample["segment"] != "lost"))), "logit", "y", ["segment"])
    few = counted(sample.assign(stratum="S1", psu=sample["psu"] % 3))
    with pytest.raises(DataFault, match="3 PSUs in 1 strata for 4 coefficients"):
        survey_model(few, "logit", "y", ["segment"], ["late"])
