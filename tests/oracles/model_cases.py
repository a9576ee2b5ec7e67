"""Regressions on counted patterns: the public functions' answers under the names of the reference cases."""

import json
import re

import pandas as pd

from workbench.inference import (
    average_risk,
    branch_sums,
    cluster_sums,
    clustered,
    count_model,
    difference_in_differences,
    exchangeable,
    league,
    logit,
    ordinal_tests,
    parallel_lines,
    predicted_shares,
    proportional_odds,
    survey_model,
    survey_patterns,
    wald,
    zero_models,
)


def read(folder):
    return pd.read_csv(folder / "input.csv"), json.loads((folder / "params.json").read_text(encoding="utf-8"))


def model(table, params, formula):
    """Outcome, exposure, factors, numbers and references as a formula and the settings name them."""
    outcome, right = (part.strip() for part in formula.split("~"))
    terms = [term.strip() for term in right.split("+")]
    exposure = [found[1] for found in (re.fullmatch(r"offset\(log\((\w+)\)\)", term) for term in terms) if found]
    plain = [term for term in terms if term in table.columns]
    numeric = [term for term in plain if pd.api.types.is_numeric_dtype(table[term])]
    factors = [term for term in plain if term not in numeric]
    references = {f: params[f"reference_{f}"] for f in factors if f"reference_{f}" in params}
    chosen = {"outcome": outcome, "factors": factors, "numeric": numeric, "references": references}
    return chosen | ({"exposure": exposure[0]} if exposure else {})


def named(series):
    """Coefficients under R's names."""
    return {"(Intercept)" if name == "intercept" else name.replace(": ", ""): value for name, value in series.items()}


def pairs(table, low, high):
    return named(pd.Series(list(zip(table[low], table[high], strict=True)), index=table.index))


def cluster_robust(folder):
    table, params = read(folder)
    sums = cluster_sums(table, cluster=params["cluster"], **model(table, params, params["formula"]))
    fit, gee = clustered(sums), exchangeable(sums)
    return {
        "n": fit.n_before,
        "clusters": fit.clusters,
        "coef": named(fit.table["coef"]),
        "se_CR0": named(fit.table["se_CR0"]),
        "se_CR1S": named(fit.table["se_CR1S"]),
        "se_CR2": named(fit.table["se_CR2"]),
        "df_satterthwaite": named(fit.table["df"]),
        "p_CR2_satterthwaite": named(fit.table["p_CR2"]),
        "p_CR1S_t_Gminus1": named(fit.table["p_CR1S"]),
        "gee_exchangeable": {
            "coef": named(gee.table["coef"]),
            "se_robust": named(gee.table["se"]),
            "correlation": gee.correlation,
        },
    }


def complaint_counts(folder):
    table, params = read(folder)
    found = count_model(table, **model(table, params, params["formula"]) | {"exposure": params["exposure"]})
    plain, other = found.poisson, found.negative_binomial
    return {
        "n": plain.n_before,
        "total_complaints": plain.events,
        "exposure": plain.exposure,
        "poisson": {
            "coef": named(plain.table["coef"]),
            "se": named(plain.table["se"]),
            "loglik": plain.loglik,
            "deviance": plain.deviance,
            "pearson_dispersion": plain.dispersion,
            "se_quasi": named(plain.table["se_quasi"]),
            "se_robust_HC0": named(plain.table["se_robust"]),
        },
        "negbin2": {
            "coef": named(other.table["coef"]),
            "se": named(other.table["se"]),
            "p": named(other.table["p"]),
            "irr": named(other.table["ratio"]),
            "irr_ci": pairs(other.table, "ratio_low", "ratio_high"),
            "theta": found.theta,
            "alpha": found.alpha,
            "se_theta": found.se_theta,
            "loglik": other.loglik,
            "aic": other.aic,
        },
        "lr_poisson_vs_nb": {"chi2": found.lr_chi2, "p_boundary": found.lr_p},
    }


def complaint_zero_inflation(folder):
    table, params = read(folder)
    found = zero_models(table, **model(table, params, params["count"]))
    side = found.comparison
    return {
        "n": found.n_before,
        "zeros_observed": found.zeros_observed,
        "zeros_expected": side["zeros_expected"].to_dict(),
        "loglik": side["loglik"].to_dict(),
        "aic": side["aic"].to_dict(),
        "bic": side["bic"].to_dict(),
        "best_by_bic": found.best,
        "zip": {
            "count": named(found.zip.table["coef"]),
            "zero_logit": found.zip.zero_logit,
            "p_structural_zero": found.zip.structural,
            "se_count": {f"count_{name}": value for name, value in named(found.zip.table["se"]).items()},
        },
        "negbin": {"coef": named(found.negative_binomial.table["coef"]), "theta": found.theta},
    }


def complaint_logit(folder):
    table, params = read(folder)
    fit = logit(table, **model(table, params, params["formula"]))
    risk = average_risk(fit, "late", 0, 1)
    return {
        "n": fit.n_before,
        "events": fit.events,
        "coef": named(fit.table["coef"]),
        "se": named(fit.table["se"]),
        "p": named(fit.table["p"]),
        "odds_ratio": named(fit.table["ratio"]),
        "or_ci_wald": pairs(fit.table, "ratio_low", "ratio_high"),
        "loglik": fit.loglik,
        "risk_difference": {
            "risk_if_late_0": risk.without.value,
            "risk_if_late_1": risk.with_it.value,
            "ame": risk.difference.value,
            "se": risk.difference.se,
            "ci": [risk.difference.low, risk.difference.high],
        },
    }


def svy_logit(folder):
    table, params = read(folder)
    chosen = model(table, params, params["formula"])
    design = dict(part.strip().split("=") for part in params["design"].split(","))
    columns = [chosen["outcome"], *chosen["factors"], *chosen["numeric"]]
    counted = survey_patterns(table, columns, design["weights"], design.get("strata"), design["psu"])
    found = survey_model(counted, "logit", **chosen)
    tested = wald(found, "segment")
    return {
        "n": found.fit.n_before,
        "design_df": found.design_df,
        "residual_df": found.residual_df,
        "coef": named(found.fit.table["coef"]),
        "se": named(found.fit.table["se"]),
        "t": named(found.fit.table["t"]),
        "p": named(found.fit.table["p"]),
        "odds_ratio": named(found.fit.table["ratio"]),
        "wald_segment": tested._asdict(),
    }


def ordinal_po(folder):
    table, params = read(folder)
    levels = range(1, params["outcome_levels"] + 1)
    chosen = model(table, params, "satisfaction ~ " + " + ".join(params["profile"]))
    fit = proportional_odds(table, levels=levels, **chosen)
    tests, lines = ordinal_tests(fit), parallel_lines(fit)
    return {
        "n": fit.n_before,
        "coef": named(fit.table["coef"]),
        "se": named(fit.table["se"]),
        "p": named(fit.table["p"]),
        "odds_ratio": named(fit.table["ratio"]),
        "thresholds": fit.thresholds["coef"].to_dict(),
        "se_thresholds": fit.thresholds["se"].to_dict(),
        "loglik": fit.loglik,
        "lr_channel": {"chi2": tests.loc["channel", "chi2"], "df": tests.loc["channel", "df"]},
        "predicted_profile": predicted_shares(fit, params["profile"])["share"].tolist(),
        "nominal_test": {term: {"lrt": row["chi2"], "df": row["df"], "p": row["p"]} for term, row in lines.iterrows()},
    }


def league_shrinkage(folder):
    table, params = read(folder)
    found = league(branch_sums(table, "branch", "nps_point"), z=params["z"])
    return {
        "intercept": found.mean,
        "var_between": found.between,
        "var_within": found.within,
        "icc": found.icc,
        "branches": [
            {
                "branch": name,
                "n": row["n"],
                "raw": row["raw"],
                "shrunk": row["shrunk"],
                "funnel95": [row["funnel_low"], row["funnel_high"]],
                "outside_3sigma": row["outside"],
            }
            for name, row in found.branches.iterrows()
        ],
        "worst_raw": found.worst_raw,
        "worst_shrunk": found.worst_shrunk,
    }


def did(folder):
    table, params = read(folder)
    found = difference_in_differences(table, params["cluster"], "period", "treated", "nps", params["first_post_period"])
    before = found.pre_trend
    return {
        "n": found.n_before,
        "clusters": found.clusters,
        "k_parameters": found.parameters,
        "twfe": found.effect.value,
        "se_CR0": found.se_CR0,
        "se_CR1S": found.se_CR1S,
        "p_CR1S_t_Gminus1": found.p_CR1S,
        "se_CR2": found.effect.se,
        "df_CR2": found.effect.df,
        "p_CR2": found.effect.p,
        "cell_means": found.cells,
        "simple_2x2": found.simple,
        "pre_trend": before and {"slope_difference": before.slope, "se_CR1S": before.se, "p_t_Gminus1": before.p},
    }


ANSWERS = {
    "cluster_robust": cluster_robust,
    "complaint_counts": complaint_counts,
    "complaint_logit": complaint_logit,
    "complaint_zero_inflation": complaint_zero_inflation,
    "did": did,
    "league_shrinkage": league_shrinkage,
    "ordinal_po": ordinal_po,
    "svy_logit": svy_logit,
}
