"""Crosstabs and drivers: the cases of the reference folder, answered by the public functions."""

import json

import pandas as pd

from workbench.inference import (
    cell_products,
    chi_square,
    cross_sums,
    driver_bootstrap,
    importance_performance,
    key_drivers,
    moment_sums,
    rao_scott_test,
    relative_weights,
    share_letters,
)

SEED = 20250101


TEXT = ("column", "row", "segment", "nps_group", "stratum", "psu")


def read(folder):
    table = pd.read_csv(
        folder / "input.csv", dtype=dict.fromkeys(TEXT, str), keep_default_na=False, na_values=["", "NA"]
    )  # a label such as None is a label
    return table, json.loads((folder / "params.json").read_text(encoding="utf-8"))


def pairs_of(letters, row, names):
    rows = letters.pairs[letters.pairs["row"] == row]
    return [{told: one[name] for told, name in names.items()} for one in rows.to_dict("records")]


def crosstab_letters(folder):
    table, params = read(folder)
    sums = cross_sums(table, "column", "row", columns=params["columns"], rows=params["rows"])
    settings = {"alpha": params["alpha"], "small": "told"}
    plain = share_letters(sums, **settings)
    strict = share_letters(sums, correction="Bonferroni", **settings)
    whole = cross_sums(table, "column", "row")
    test = chi_square(whole.x)
    rows = []
    for row in params["rows"]:
        one = pairs_of(plain, row, {"pair": "pair", "z": "statistic", "p": "p"})
        other = pairs_of(strict, row, {"p_bonferroni": "p_adjusted"})
        rows.append(
            {
                "row": row,
                "counts": sums.x.loc[row].to_dict(),
                "shares": plain.values.loc[row].to_dict(),
                "pairs": [a | b for a, b in zip(one, other, strict=True)],
                "letters": plain.letters.loc[row].to_dict(),
                "letters_bonferroni": strict.letters.loc[row].to_dict(),
            }
        )
    return {
        "letters_of_columns": plain.letter_of,
        "bases": plain.n.iloc[0].to_dict(),
        "small_base": list(plain.small),
        "chi2": test.chi2,
        "chi2_df": test.df,
        "chi2_p": test.p,
        "rows": rows,
    }


def crosstab_weighted(folder):
    table, params = read(folder)
    sums = cross_sums(table, "column", "complained", "weight", columns=params["columns"], rows=[1])
    fast = share_letters(sums, alpha=params["alpha"])
    design = share_letters(sums, alpha=params["alpha"], test="design")
    names = {
        "pair": "pair",
        "difference": "difference",
        "z_effective_base": "statistic",
        "p_effective_base": "p",
    }
    more = {"se_design": "se", "z_design": "statistic", "p_design": "p"}
    return {
        "share": fast.values.loc[1].to_dict(),
        "base_unweighted": fast.n.loc[1].to_dict(),
        "base_weighted": sums.w.loc[1].to_dict(),
        "base_effective": fast.n_effective.loc[1].to_dict(),
        "se_share_design": design.se.loc[1].to_dict(),
        "pairs": [a | b for a, b in zip(pairs_of(fast, 1, names), pairs_of(design, 1, more), strict=True)],
    }


def rao_scott(folder):
    table, _ = read(folder)
    test = rao_scott_test(cell_products(table, "segment", "nps_group", "weight", "stratum", "psu"))
    return {
        "n": test.n,
        "row_shares": test.row_shares.to_dict("index"),
        "rao_scott_F": {"F": test.f, "ndf": test.ndf, "ddf": test.ddf, "p": test.p},
        "pearson_on_weighted_shares": test.pearson,
        "rao_scott_chisq_p": test.first_order_p,
    }


def sums_of(table, params, weight=None):
    return moment_sums(table, [params["outcome"], *params["predictors"]], weight)


def drivers_lmg(folder):
    table, params = read(folder)
    if params["outcome"] == "Fertility":  # this case describes its weights in words
        table["w"] = 1 + pd.RangeIndex(1, len(table) + 1) % 3
    outcome, predictors = params["outcome"], params["predictors"]
    plain = key_drivers(sums_of(table, params), outcome, predictors)
    weighted = key_drivers(sums_of(table, params, "w"), outcome, predictors)
    names = {
        "lmg": "lmg",
        "lmg_share": "share",
        "first": "first",
        "last": "last",
        "standardised_beta": "beta",
        "vif": "vif",
    }
    return {
        "n": plain.n,
        "r2": plain.r2,
        **{told: plain.table[name].to_dict() for told, name in names.items()},
        "weighted": {"r2": weighted.r2, "lmg": weighted.table["lmg"].to_dict()},
    }


def drivers_relative_weights(folder):
    table, params = read(folder)
    found = relative_weights(sums_of(table, params), params["outcome"], params["predictors"])
    return {
        "n": found.n,
        "r2": found.r2,
        "raw_weights": found.table["weight"].to_dict(),
        "rescaled_percent": found.table["percent"].to_dict(),
    }


def drivers_bootstrap(folder):
    table, params = read(folder)
    found = driver_bootstrap(
        sums_of(table, params),
        params["outcome"],
        params["predictors"],
        replicates=params["R"],
        seed=SEED,
        level=params["conf"],
    )
    limits = found.table[["low", "high"]]
    return {
        "lmg_share": found.table["share"].to_dict(),
        "percentile_ci": {name: list(limits.loc[name]) for name in limits.index},
        "bootstrap_se": found.table["se"].to_dict(),
        "prob_rank_1": found.table["p_first"].to_dict(),
    }


def importance_and_performance(folder):
    table, params = read(folder)
    found = importance_performance(
        sums_of(table, params), params["outcome"], params["predictors"], replicates=200, seed=SEED
    )
    return {
        "importance": found.table["importance"].to_dict(),
        "performance": found.table["performance"].to_dict(),
        "crosshair": [found.importance_line, found.performance_line],
        "quadrant": found.table["place"].to_dict(),
    }


ANSWERS = {
    "crosstab_letters": crosstab_letters,
    "crosstab_weighted": crosstab_weighted,
    "rao_scott": rao_scott,
    "drivers_lmg": drivers_lmg,
    "drivers_relative_weights": drivers_relative_weights,
    "drivers_bootstrap": drivers_bootstrap,
    "importance_performance": importance_and_performance,
}
