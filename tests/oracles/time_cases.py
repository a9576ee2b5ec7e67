"""Things over time: control charts, season, breaks, before and after, survival."""

import json

import pandas as pd

from workbench.inference.before_after import interrupted_series
from workbench.inference.breaks import level_breaks
from workbench.inference.charts import ewma_chart, p_chart, xmr_chart
from workbench.inference.cox import cox_regression
from workbench.inference.seasons import seasonal_parts
from workbench.inference.survival import follow_up_counts, kaplan_meier, log_rank, survival_at


def read(folder):
    return pd.read_csv(folder / "input.csv"), json.loads((folder / "params.json").read_text(encoding="utf-8"))


def spc_p(folder):
    table, params = read(folder)
    counts = table.rename(columns={"week": "period", "dissatisfied": "x"})
    plain = p_chart(counts, sigma=params["sigma"])
    wide = p_chart(counts, laney=True, sigma=params["sigma"])
    return {
        "centre": plain.centre,
        "share": list(plain.points["value"]),
        "lcl": list(plain.points["low"]),
        "ucl": list(plain.points["high"]),
        "signals": plain.signals["outside"],
        "sigma_z": wide.sigma_z,
        "laney_lcl": list(wide.points["low"]),
        "laney_ucl": list(wide.points["high"]),
        "laney_signals": wide.signals["outside"],
    }


def spc_xmr(folder):
    table, _ = read(folder)
    chart = xmr_chart(table)
    return {
        "mean": chart.centre,
        "mean_moving_range": chart.moving_range,
        "sigma": chart.points["se"].iloc[0],
        "lcl": chart.points["low"].iloc[0],
        "ucl": chart.points["high"].iloc[0],
        "mr_ucl": chart.mr_high,
        "outside": chart.signals["outside"],
        "run_of_8_ends": chart.signals["run of 8"],
        "two_of_three_beyond_2sigma_ends": chart.signals["2 of 3"],
    }


def spc_ewma(folder):
    table, params = read(folder)
    settings = {
        "smooth": params["lambda"],
        "sigma": params["L"],
        "target": params["target"],
        "spread": params["sigma"],
    }
    exact, far = ewma_chart(table, **settings), ewma_chart(table, **settings, exact=False)
    return {
        "ewma": list(exact.points["value"]),
        "ucl_exact": list(exact.points["high"]),
        "lcl_exact": list(exact.points["low"]),
        "ucl_asymptotic": far.points["high"].iloc[0],
        "lcl_asymptotic": far.points["low"].iloc[0],
        "signals_exact": exact.signals["outside"],
        "signals_asymptotic": far.signals["outside"],
    }


def stl(folder):
    table, params = read(folder)
    got = seasonal_parts(
        table.set_axis(["period", "value"], axis=1),
        params["period"],
        params["seasonal_window"],
        params["trend_window"],
        params["lowpass_window"],
        tuple(params["degrees"]),
        params["robust"],
        params["inner"],
        params["outer"],
    )
    parts = got.parts
    return {
        "trend": list(parts["trend"]),
        "seasonal": list(parts["seasonal"]),
        "remainder": list(parts["remainder"]),
        "seasonally_adjusted_last3": list(parts["adjusted"].tail(3)),
        "strength_seasonal": got.strength_seasonal,
        "strength_trend": got.strength_trend,
        "weights_min": parts["weight"].min(),
    }


def change_point(folder):
    table, params = read(folder)
    got = level_breaks(
        table.set_axis(["period", "value"], axis=1), params["min_segment"], params["max_breaks"], interval="added"
    )
    ends = got.breaks[["low", "high"]].to_numpy().tolist()
    return {
        "rss_by_number_of_breaks": list(got.numbers["rss"]),
        "bic_by_number_of_breaks": list(got.numbers["bic"]),
        "chosen_by_bic": got.chosen,
        "break_after_index": list(got.breaks["index"]),
        "break_after_t": list(got.breaks["period"]),
        "segment_means": list(got.segments["mean"]),
        "best_single_break_after_index": got.numbers["index"][1][0],
        "ci_95_index": ends or None,
        "supF": got.supremum,
        "supF_p": got.p_hansen,
    }


def series(folder):
    table, params = read(folder)
    named = table.rename(columns={"month": "period", "nps": "value"})
    return named, params, 12 if "sin(2" in params["model"] else None


NAMES = {"intercept": "(Intercept)", "period": "month", "sin": "s1", "cos": "c1"}


def by_term(fit, column):
    return dict(fit.terms.replace({"term": NAMES}).set_index("term")[column])


def its(folder):
    table, params, season = series(folder)
    lags = params["hac"]["maxlag"]
    plain = interrupted_series(table, method="Newey-West", season=season, lags=lags, small_sample=False)
    small = interrupted_series(table, method="Newey-West", season=season, lags=lags)
    return {
        "n": plain.n,
        "coef": by_term(plain, "value"),
        "se_hac": by_term(plain, "se"),
        "se_hac_small_sample": by_term(small, "se"),
        "level_change": plain.level_change.value,
        "slope_change": plain.slope_change.value,
        "p_level_t": small.level_p,
        "effect_at_last_month": {"estimate": plain.effect.value, "se_hac": plain.effect.se},
        "durbin_watson": plain.durbin_watson,
        "r_squared": plain.r_squared,
    }


def its_ar1_reml(folder):
    table, _, season = series(folder)
    told = {}
    for key in ("reml", "ml"):
        fit = interrupted_series(table, method=key.upper(), season=season)
        told["n"] = fit.n
        told[key] = {
            "rho": fit.rho,
            "sigma": fit.sigma,
            "coef": by_term(fit, "value"),
            "se": by_term(fit, "se"),
            "p_t": by_term(fit, "p"),
            "loglik": fit.loglik,
        }
    return told


def survival(folder):
    table, params = read(folder)
    rows = table.rename(columns={"months": "time", "churned": "event"})
    group, terms = params["group"], params["formula"].split(" + ")
    curves = follow_up_counts(rows, [group]).counts
    km, medians = {}, []
    for place, (_, counts) in enumerate(curves.groupby(group)):
        for key, scale in (("log", "log"), ("loglog", "log-log")):
            whole = kaplan_meier(counts, params["conf"], scale)
            told = survival_at(whole, params["times"]).drop(columns="note")
            named = told.rename(columns={"low": "lower", "high": "upper"})
            km[f"group{place}_{key}"] = {column: list(named[column]) for column in named}
        medians.append(whole.median.value)
    test = log_rank(curves, group)
    patterns = follow_up_counts(rows, terms)
    fit = cox_regression(patterns.counts, terms, params["ties"], params["conf"])
    breslow = cox_regression(patterns.counts, terms, "breslow")
    by_name = fit.terms.set_index("term")
    return {
        "n": fit.n,
        "events": fit.events,
        "km": km | {"median": medians},
        "logrank": {"chi2": test.chi2, "p": test.p},
        "cox": {
            "coef": dict(by_name["value"]),
            "se": dict(by_name["se"]),
            "hr": dict(by_name["ratio"]),
            "hr_ci": {name: [row.ratio_low, row.ratio_high] for name, row in by_name.iterrows()},
            "loglik": fit.loglik,
            "concordance": fit.concordance,
            "breslow_coef": dict(breslow.terms.set_index("term")["value"]),
        },
        "ph_test": {
            "chisq": list(fit.proportional["chi2"]),
            "p": dict(fit.proportional.set_index("term")["p"]),
        },
    }


ANSWERS = {
    "spc_p": spc_p,
    "spc_xmr": spc_xmr,
    "spc_ewma": spc_ewma,
    "stl": stl,
    "change_point": change_point,
    "its": its,
    "its_ar1_reml": its_ar1_reml,
    "survival": survival,
}
