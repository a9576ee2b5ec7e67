"""Averages, weights and small measures: what the public functions say, under the names of the oracle cases."""

import json
import math
import re

import pandas as pd

from workbench.faults import DataFault
from workbench.inference import (
    cohen_kappa,
    curve_sums,
    design_covariance,
    design_difference,
    design_effect,
    design_mean,
    design_share,
    design_sums,
    design_sums_of_two,
    difference,
    equally_good_sets,
    family,
    journey_patterns,
    journey_statistics,
    kano_by_feature,
    kano_counts,
    keyness,
    kitagawa,
    krippendorff_alpha,
    matched_change,
    matched_sums,
    max_over_median,
    mean_curve,
    mean_interval,
    nonresponse_weights,
    normal_limits,
    normal_ranking,
    nps_counts,
    nps_credible,
    nps_detectable,
    nps_difference,
    nps_interval,
    nps_margin,
    nps_points,
    nps_power,
    nps_sample_size,
    nps_variance,
    patterns,
    peak_end,
    rake,
    raked_mean,
    raked_weights,
    raking_cells,
    rank_counts,
    rank_test,
    rate_interval,
    rate_plan,
    rate_ratio,
    response_classes,
    scale_counts,
    scale_summary,
    scenario_worth,
    share_detectable,
    share_interval,
    share_plan,
    standardised,
    standardised_cells,
    study_worth,
    theme_impact,
    tost,
    trim,
    with_trimmed,
)
from workbench.inference.agreement import WEIGHTS
from workbench.inference.intervals import NPS_METHODS


def case(folder):
    return pd.read_csv(folder / "input.csv"), json.loads((folder / "params.json").read_text(encoding="utf-8"))


def ends(one):
    return [one.low, one.high]


def finite(number):
    """As the oracle writes it: nothing for infinity."""
    return number if number is not None and math.isfinite(number) else None


def scored(table):
    return table.assign(x=nps_points(table["ltr"]))


def nps_from_scores(folder):
    table, params = case(folder)
    counts = nps_counts(table["ltr"])
    wald, adjusted = (nps_interval(*counts.classes, params["conf"], how) for how in ("Wald", "adjusted Wald"))
    return {
        "rows_in": counts.rows,
        "blank": counts.blank,
        "out_of_range": counts.out_of_range,
        "n": counts.n,
        "detractors": counts.detractors,
        "passives": counts.passives,
        "promoters": counts.promoters,
        "nps": wald.value,
        "se": wald.se,
        "wald": ends(wald),
        "adj_wald": ends(adjusted),
        "mean_ltr": mean_interval(counts.n, counts.total, counts.squares).value,
    }


def nps_intervals(folder):
    rows = []
    for row in case(folder)[0].itertuples():
        counts = (row.detractors, row.passives, row.promoters)
        by = {method: nps_interval(*counts, level=row.conf, method=method) for method in NPS_METHODS}
        rows.append(
            {
                "row": row.row,
                "n": by["Wald"].n,
                "nps": by["score"].value,
                "se": by["Wald"].se,
                "var_points2": nps_variance(*counts),
                "wald": ends(by["Wald"]),
                "adj_wald_centre": by["adjusted Wald"].centre,
                "adj_wald": ends(by["adjusted Wald"]),
                "goodman_2df": ends(by["Goodman"]),
                "score": ends(by["score"]),
                "bayes_jeffreys": ends(nps_credible(*counts, level=row.conf)),
                "bayes_uniform": ends(nps_credible(*counts, level=row.conf, prior=1)),
            }
        )
    return {"rows": rows}


def nps_differences(folder):
    methods = {"wald": "Wald", "adj_wald": "adjusted Wald", "adj_wald_half": "adjusted Wald, half"}
    rows = []
    for row in case(folder)[0].itertuples():
        a, b = (row.d1, row.pas1, row.p1), (row.d2, row.pas2, row.p2)
        told = {"row": row.row, "mover_score": ends(nps_difference(a, b, row.conf, "MOVER"))}
        for key, method in methods.items():
            gap = nps_difference(a, b, row.conf, method)
            middle = gap.value if gap.centre is None else gap.centre
            told[key] = {"diff": middle, "se": gap.se, "z": gap.statistic, "p": gap.p, "ci": ends(gap)}
        rows.append(told)
    return {"rows": rows}


def segments(table, value, design, estimator, params, name="nps", keys=("se",), population=None):
    """One estimate a segment, over the full design."""
    told = []
    for segment in sorted(table["segment"].unique()):
        sums = design_sums(table, value, *design, domain=table["segment"] == segment, population=population)
        one = estimator(sums.strata, sums.n, sums.kish.n_effective, params.get("conf", 0.95))
        words = {"segment": segment, "n": one.n, name: one.value, "se": one.se, "ci": ends(one)}
        told.append({key: words[key] for key in ("segment", name, *keys)})
    return told


def nps_weighted(folder):
    table, params = case(folder)
    table = scored(table)
    sums = design_sums(table, "x", "weight")
    nps = design_mean(sums.strata, sums.n, sums.kish.n_effective, params["conf"])
    shares = {}
    for name, points in {"p_detractor": -100, "p_passive": 0, "p_promoter": 100}.items():
        has = design_sums(table.assign(has=(table["x"] == points).where(table["x"].notna())), "has", "weight")
        shares[name] = design_share(has.strata, has.n, has.kish.n_effective).value
    return {
        "n": nps.n,
        "sum_weights": sums.w,
        **shares,
        "nps": nps.value,
        "se": nps.se,
        "ci_z": ends(normal_limits(nps)),
        "ci_t": ends(nps),
        "df": nps.df,
        "deff_replace": design_effect(nps, sums.w, sums.wx, sums.wxx),
        "kish_deff": sums.kish.deff,
        "kish_n_eff": sums.kish.n_effective,
        "segments": segments(table, "x", ("weight",), design_mean, params),
    }


def nps_complex(folder):
    table, params = case(folder)
    table, design = scored(table), ("weight", "stratum", "psu")
    sums = design_sums(table, "x", *design)
    nps = design_mean(sums.strata, sums.n, sums.kish.n_effective, params["conf"])
    a, b = (table["segment"] == name.strip() for name in params["contrast"].split(" minus "))
    two = design_sums_of_two(table, "x", a, b, *design)
    gap = design_difference(two.strata, two.n_a, two.n_b, params["conf"])
    contrast = {"what": params["contrast"], "diff": gap.value, "se": gap.se, "t": gap.statistic, "p": gap.p}
    return {
        "n": nps.n,
        "df": nps.df,
        "nps": nps.value,
        "se": nps.se,
        "ci": ends(nps),
        "deff": design_effect(nps, sums.w, sums.wx, sums.wxx, finite=True),
        "segments": segments(table, "x", design, design_mean, params, keys=("n", "se", "ci")),
        "contrast": {**contrast, "ci": ends(gap)},
    }


def nps_complex_fpc(folder):
    table, params = case(folder)
    table, design = scored(table), ("weight", "stratum", "psu")
    sums = design_sums(table, "x", *design, population="n_psu_pop")
    endless = design_sums(table, "x", *design)
    nps = design_mean(sums.strata, sums.n, sums.kish.n_effective, params["conf"])
    return {
        "n": nps.n,
        "n_psu": sums.psus,
        "df": nps.df,
        "nps": nps.value,
        "se": nps.se,
        "ci": ends(nps),
        "se_without_fpc": design_mean(endless.strata, endless.n).se,
        "segments": segments(table, "x", design, design_mean, params, population="n_psu_pop"),
    }


def nps_lonely_psu(folder):
    sums = design_sums(scored(case(folder)[0]), "x", "weight", "stratum", "psu")
    try:
        design_mean(sums.strata, sums.n)
        named = []
    except DataFault as refused:
        named = [re.search('one PSU in stratum "(.*)"', fault.found)[1] for fault in refused.faults]
    chosen = {how: design_mean(sums.strata, sums.n, lonely=how) for how in ("adjust", "average", "certainty")}
    return {
        "nps": chosen["adjust"].value,
        "df": chosen["adjust"].df,
        "lonely_strata": named,
        "must_refuse_or_ask": bool(named),
        **{f"se_{how}": estimate.se for how, estimate in chosen.items()},
    }


def nps_panel(folder):
    table, params = case(folder)
    table = scored(table)
    in_wave = {wave: table["wave"] == wave for wave in (1, 2)}
    sums = {wave: design_sums(table, "x", psu="respondent", domain=domain) for wave, domain in in_wave.items()}
    one = {wave: design_mean(each.strata, each.n) for wave, each in sums.items()}
    two = design_sums_of_two(table, "x", in_wave[2], in_wave[1], psu="respondent")
    gap = design_difference(two.strata, two.n_a, two.n_b, params["conf"])
    matched = matched_sums(table, "x", "respondent", "wave", 2, 1)
    change = matched_change(matched, params["conf"])
    return {
        "n_wave": {wave: each.n for wave, each in sums.items()},
        "n_both": matched.n,
        "nps": {f"wave{wave}": each.value for wave, each in one.items()},
        "se_wave": {f"wave{wave}": each.se for wave, each in one.items()},
        "cov_waves": design_covariance(two.strata),
        "diff": gap.value,
        "se_diff": gap.se,
        "df": gap.df,
        "t": gap.statistic,
        "p": gap.p,
        "ci": ends(gap),
        "svyglm_se": gap.se,
        "matched_only": {"n": change.n, "diff": change.value, "se": change.se},
    }


def nps_standardised(folder):
    table, params = case(folder)
    table = scored(table)
    cells = standardised_cells(table, "x", "wave", "segment", 2, 1)
    done = standardised(cells, level=params["conf"], population=params["standard_population"])
    split = kitagawa(cells)
    by_wave = {side: cells[cells["group"] == side].set_index("cell") for side in "ba"}
    crude = {wave: nps_interval(*nps_counts(table.loc[table["wave"] == wave, "ltr"]).classes) for wave in (1, 2)}
    return {
        "crude": {wave: one.value for wave, one in crude.items()},
        "crude_diff": difference(crude[2], crude[1]).value,
        "cell_nps": [one["mean"].to_dict() for one in by_wave.values()],
        "cell_n": [one["n"].to_dict() for one in by_wave.values()],
        "standardised": [done.b.value, done.a.value],
        "se_standardised": [done.b.se, done.a.se],
        "diff_standardised": done.contrast.value,
        "se_diff": done.contrast.se,
        "ci_diff": ends(done.contrast),
        "survey_svystandardize": {"nps": [done.b.value, done.a.value], "se": [done.b.se, done.a.se]},
        "kitagawa": {"rate_effect": split.rate, "mix_effect": split.mix, "sum": split.total},
    }


def csat_wilson(folder):
    rows = []
    for row in case(folder)[0].itertuples():
        by = {m: share_interval(row.satisfied, row.n, row.conf, m) for m in ("Wilson", "exact", "Jeffreys")}
        intervals = {
            "wilson": ends(by["Wilson"]),
            "clopper_pearson": ends(by["exact"]),
            "jeffreys": ends(by["Jeffreys"]),
        }
        rows.append({"row": row.row, "share": by["Wilson"].value, **intervals})
    return {"rows": rows}


def csat_weighted(folder):
    table, params = case(folder)
    least = float(re.search(r">=\s*(\d+)", params["top_box"])[1])
    table = table.assign(top=(table["csat"] >= least).where(table["csat"].notna()))
    design = ("weight", "stratum", "psu")
    sums = design_sums(table, "top", *design)
    base, level = (sums.strata, sums.n, sums.kish.n_effective), params["conf"]
    logit, beta = (design_share(*base, level=level, method=how) for how in ("logit", "beta"))
    return {
        "n_valid": logit.n,
        "n_missing": sums.missing,
        "df": logit.df,
        "top_box": logit.value,
        "se": logit.se,
        "ci_logit": ends(logit),
        "ci_beta": ends(beta),
        "ci_xlogit": ends(logit),
        "ci_linear": ends(design_mean(*base, level=level)),
        "segments": segments(table, "top", design, design_share, params, "top_box"),
    }


def ces_mean(folder):
    table, params = case(folder)
    low, high = map(int, re.search(r"(\d+)\.\.(\d+)", params["scale"]).groups())
    counts = scale_counts(table["ces"], range(low, high + 1))
    found = scale_summary(counts.counts, float(re.search(r">=\s*(\d+)", params["easy"])[1]), params["conf"])
    return {
        "n": found.n,
        "mean": found.mean.value,
        "sd": found.sd,
        "ci_mean": ends(found.mean),
        "median": found.median,
        "easy": found.share.value,
        "easy_wilson": ends(found.share),
        "distribution": counts.counts,
    }


def complaint_rate(folder):
    table, params = case(folder)
    rows = []
    for row in table.itertuples():
        one = rate_interval(row.complaints1, row.exposure1, params["per"], row.conf)
        other = rate_interval(row.complaints2, row.exposure2, params["per"], row.conf)
        pair = (row.complaints1, row.exposure1, row.complaints2, row.exposure2, row.conf)
        exact, wald = rate_ratio(*pair), rate_ratio(*pair, method="Wald")
        rows.append(
            {
                "row": row.row,
                "rate1": one.value,
                "ci1": ends(one),
                "rate2": other.value,
                "ci2": ends(other),
                "ratio": finite(exact.value),
                "ratio_exact_ci": [finite(exact.low), finite(exact.high)],
                "p_exact": exact.p,
                "ratio_wald": None if wald.low is None else {"log_se": wald.se, "ci": ends(wald)},
            }
        )
    return {"rows": rows}


def kappa(folder):
    table, params = case(folder)
    by = {w: cohen_kappa(table["coder1"], table["coder2"], params["categories"], w) for w in WEIGHTS}
    plain = by["none"]
    return {
        "n": plain.n,
        "observed_agreement": plain.share,
        "kappa": plain.value,
        "ase": plain.se,
        "ci_95": ends(plain),
        "kappa_linear": by["linear"].value,
        "kappa_quadratic": by["quadratic"].value,
        "psych_kappa": plain.value,
        "psych_quadratic": by["quadratic"].value,
        "per_category_positive_agreement": plain.by_code,
    }


def alpha(folder):
    table, params = case(folder)
    found = {scale: krippendorff_alpha(table.drop(columns="unit"), scale) for scale in params["levels"]}
    one = next(iter(found.values()))
    by_scale = {scale: each.value for scale, each in found.items()}
    return {"units_used": one.n, "pairable_values": one.pairable, "alpha": by_scale}


def multiplicity(folder):
    table, params = case(folder)
    methods = {"holm": "Holm", "bh": "BH", "by": "BY", "bonferroni": "Bonferroni"}
    names, p = table["hypothesis"].tolist(), table["p"].tolist()
    by = {key: family(names, p, method, params["alpha"]) for key, method in methods.items()}
    rejected = {f"reject_{key}": by[key].rejected for key in ("holm", "bh")}
    return {"m": by["holm"].m, **{key: one.adjusted for key, one in by.items()}, **rejected}


def power_nps(folder):
    rows = []
    for row in case(folder)[0].itertuples():
        variance = nps_variance(row.p_det, row.p_pas, row.p_pro)
        plan = {"level": 1 - row.alpha, "deff": row.deff}
        n = nps_sample_size(row.delta_points, variance, row.power, **plan)
        rows.append(
            {
                "row": row.row,
                "variance_points2": variance,
                "n_per_group": n,
                "pwr_norm_test_n": n,
                "mde_at_n": nps_detectable(row.n_per_group, variance, row.power, **plan),
                "power_for_delta_at_n": nps_power(row.delta_points, row.n_per_group, variance, **plan),
                "margin_of_error_95_one_group": nps_margin(row.n_per_group, variance, deff=row.deff),
            }
        )
    return {"rows": rows}


def tost_nps(folder):
    table, params = case(folder)
    sums = patterns(scored(table), "group", values=["x"]).set_index("group")
    a, b = (mean_interval(*sums.loc[group, ["n", "x", "x_x"]]) for group in "AB")
    gap, narrow = difference(a, b), difference(a, b, 1 - 2 * params["alpha"])
    tests = tost(gap.value, gap.se, params["margin_points"], gap.df)
    return {
        "n": [a.n, b.n],
        "diff": gap.value,
        "se_welch": gap.se,
        "df": gap.df,
        **{key: getattr(tests, key) for key in ("t_lower", "p_lower", "t_upper", "p_upper")},
        "p_tost": tests.p,
        "ci_90": ends(narrow),
        "equivalent": tests.equivalent(params["alpha"]),
        "p_difference": gap.p,
    }


def budget_choice(folder):
    table, params = case(folder)
    place = {name: number for number, name in enumerate(table["solution"])}
    requires = [(place[one], place[other]) for one, other in (params.get("requires") or {}).items()]
    excludes = [[place[name] for name in params["exclusive"]]] if params.get("exclusive") else []
    areas = [list(table.index[table["area"] == area]) for area in params.get("at_least_one_area") or []]
    best = equally_good_sets(table["value"], table["cost"], params["budget"], requires, excludes, areas)
    return {
        "objective": best[0].value,
        "chosen": table["solution"].iloc[best[0].chosen].tolist(),
        "cost": best[0].cost,
        "optimal_sets": len(best),
    }


def p_top_k(folder):
    table, params = case(folder)
    found = normal_ranking(
        table["solution"].tolist(), table["value_mean"], table["value_sd"], params["k"], table["cost"]
    )
    keys = ("p_top_k", "p_best", "expected_rank", "value_per_cost")
    order = {"order_by_mean": found.table.index.tolist(), "sum_p": found.places}
    return {**{key: found.table[key].to_dict() for key in keys}, **order}


def power_proportion(folder):
    rows = []
    for row in case(folder)[0].itertuples():
        plan = share_plan(row.p1, row.p2, row.power, 1 - row.alpha)
        below = share_detectable(500, row.p1, row.power, 1 - row.alpha)
        size = {"n_per_group": plan.n, "n_rounded": plan.whole, "power_at_rounded": plan.power}
        rows.append({"row": row.row, **size, "mde_p2_below_p1_at_n500": below})
    return {"rows": rows}


def power_rate(folder):
    rows = []
    for row in case(folder)[0].itertuples():
        rates = (row.rate1, row.rate2, row.exposure_per_unit, row.nb_dispersion)
        plan = rate_plan(*rates, row.power, 1 - row.alpha)
        size = {"n_per_group": plan.n, "n_rounded": plan.whole, "simulated_power": plan.power}
        rows.append({"row": row.row, **size})
    return {"rows": rows}


def ranks(folder):
    found = rank_test(rank_counts(case(folder)[0], "score", "group", "A", "B"))
    effect = {"prob_A_greater": found.above.value, "cliffs_delta_A": found.delta}
    return {"n_A": found.n_a, "n_B": found.n_b, "U_A": found.u, "p": found.p, **effect}


def voi(folder):
    table, params = case(folder)
    known = params["normal"]
    worth = scenario_worth(table["probability"], table.drop(columns=["scenario", "probability"]))
    study = study_worth(known["mean_gain"], known["sd_gain"], known["study_n"], known["sd_obs"])
    return {
        "expected_value": worth.expected,
        "best_now": worth.best,
        "expected_with_perfect_information": worth.with_perfect_information,
        "evpi": worth.evpi,
        "normal": {
            "evpi": study.evpi,
            "preposterior_sd": study.sd_after,
            "evsi": study.evsi,
            "share_of_evpi": study.share,
            "p_adopt_is_right": study.p_gain,
        },
    }


def key_words(folder):
    table, params = case(folder)
    names = {"count_detractor": "a", "count_promoter": "b", "count_background": "background"}
    found = keyness(table.rename(columns=names), params["alpha0"]).set_index("word")
    return {"delta": found["delta"].to_dict(), "z": found["z"].to_dict(), "order": found.index.tolist()}


def themes(folder):
    table, params = case(folder)
    found = theme_impact(patterns(scored(table), params["themes"], values=["x"]), params["themes"])
    told = {}
    for theme, one in found.themes.items():
        told[theme] = {
            "n_mention": one.mention.n,
            "share": one.share,
            "nps_mention": one.mention.value,
            "nps_rest": one.rest.value,
            "difference": one.difference.value,
            "se": one.difference.se,
            "df": one.difference.df,
            "ci": ends(one.difference),
            "p": one.difference.p,
            "leverage": one.leverage,
        }
    return {
        "n": found.overall.n,
        "nps": found.overall.value,
        "themes": told,
        "p_holm": {theme: one.p_holm for theme, one in found.themes.items()},
        "small_n": found.few,
        "joint_regression": found.joint.coefficients,
    }


def emotions(folder):
    table, _ = case(folder)
    journeys = journey_statistics(table)
    models = peak_end(journey_patterns(journeys))
    curve = mean_curve(curve_sums(table)).set_index("step")
    keys = ["journey", "peak", "peak_step", "worst", "end", "mean", "steps"]
    both = models.peak_end
    return {
        "journeys": len(journeys),
        "first5": journeys[keys].head(5).to_dict("records"),
        "mean_curve": curve["mean"].to_dict(),
        "n_by_step": curve["n"].to_dict(),
        "peak_end_model": {"coef": both.coefficients, "se": both.se, "r2": both.r2, "aic": both.aic},
        "mean_model": {"r2": models.mean.r2, "aic": models.mean.aic},
        "cor_overall_peak_end_average": models.correlation_peak_end,
        "cor_overall_mean": models.correlation_mean,
        "cor_overall_steps": models.correlation_steps,
    }


def kano_cases(folder):
    table, params = case(folder)
    scores = params["continuous_scores"]
    settings = {f"{side}_scores": scores[side] for side in ("functional", "dysfunctional")}
    told = {}
    for feature, one in kano_by_feature(kano_counts(table), **settings).items():
        told[feature] = {
            "n": one.n,
            "counts": one.counts,
            "mode": one.mode,
            "better": one.better.value,
            "worse": one.worse.value,
            "category_strength": one.category_strength,
            "total_strength": one.total_strength,
            "fong_critical": one.critical,
            "fong_significant": one.distinct,
            "continuous": {
                "functional_mean": one.functional.value,
                "dysfunctional_mean": one.dysfunctional.value,
                "functional_se": one.functional.se,
                "dysfunctional_se": one.dysfunctional.se,
                "quadrant": one.quadrant,
            },
        }
    return {"features": told}


def raking(folder):
    table, params = case(folder)
    table, margins = scored(table), params["margins"]
    cells = raking_cells(table, list(margins), "base_weight", "x", each_weight=True)
    raked = rake(cells, margins, params["epsilon"])
    multiple = params["trim"]["upper_multiple_of_median"]
    cut, once = (trim(raked, multiple, strict) for strict in (True, False))
    after, passed = (with_trimmed(raked, one) for one in (cut, once))
    nps = raked_mean(raked.cells, margins)
    by_age = after.margins[after.margins["margin"] == "age"].set_index("category")
    return {
        "n": int(raked.cells["n"].sum()),
        "adjustment_factor_by_cell": raked.factors.to_dict("records"),
        "weights_first10": raked_weights(table, raked, "base_weight").head(10).tolist(),
        "sum_weights": raked.total,
        "kish_deff_base": raked.before.deff,
        "kish_deff_raked": raked.after.deff,
        "max_over_median": max_over_median(raked),
        "nps_base": raked_mean(cells).value,
        "nps_raked": nps.value,
        "se_raked_calibrated": nps.se,
        "trim": {
            "cap": cut.cap,
            "n_above_cap_before": cut.above,
            "sum_after": cut.total,
            "max_after": cut.largest,
            "kish_deff_after": cut.kish.deff,
            "weights_first10": raked_weights(table, after, "base_weight").head(10).tolist(),
            "nps_after": raked_mean(after.cells).value,
            "one_pass_first10": raked_weights(table, passed, "base_weight").head(10).tolist(),
            "age_margin_after": by_age["after"].to_dict(),
        },
    }


def nonresponse(folder):
    table, params = case(folder)
    classes = response_classes(scored(table), "class", "responded", "base_weight", "x")
    found = nonresponse_weights(classes, params["conf"])
    by_class = found.classes.set_index("class")
    return {
        "invited": int(found.response_rate.n),
        "responded": found.responded,
        "response_rate": found.response_rate.value,
        "response_rate_weighted": found.response_rate_weighted,
        "class_factor": by_class["factor"].to_dict(),
        "class_response": by_class["rate"].to_dict(),
        "sum_adjusted": found.total,
        "nps_unadjusted": found.unadjusted.value,
        "nps_adjusted": found.adjusted.value,
        "se_adjusted_weights_fixed": found.adjusted.se,
        "kish_deff": found.kish.deff,
        "class_nps": by_class["mean"].to_dict(),
    }


ANSWERS = {
    "nps_from_scores": nps_from_scores,
    "nps_interval": nps_intervals,
    "nps_difference": nps_differences,
    "nps_weighted": nps_weighted,
    "nps_complex": nps_complex,
    "nps_complex_fpc": nps_complex_fpc,
    "nps_lonely_psu": nps_lonely_psu,
    "nps_panel": nps_panel,
    "nps_standardised": nps_standardised,
    "csat_wilson": csat_wilson,
    "csat_weighted": csat_weighted,
    "ces_mean": ces_mean,
    "complaint_rate": complaint_rate,
    "cohen_kappa": kappa,
    "krippendorff_alpha": alpha,
    "multiplicity": multiplicity,
    "power_nps": power_nps,
    "tost_nps": tost_nps,
    "budget_choice": budget_choice,
    "p_top_k": p_top_k,
    "power_proportion": power_proportion,
    "power_rate": power_rate,
    "rank_test": ranks,
    "voi": voi,
    "keyness": key_words,
    "theme_impact": themes,
    "peak_end": emotions,
    "kano": kano_cases,
    "raking": raking,
    "nonresponse_classes": nonresponse,
}
