"""From wave to wave: did the score change, beyond chance, beyond who answered, and beyond how it was asked?

Knows the journey and the inference room. People who answered both waves are honoured by their covariance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference import Standardised, design_difference, kitagawa, standardised
from workbench.inference.differences import Difference, Kitagawa
from workbench.inference.equivalence import within
from workbench.inference.multiplicity import holm
from workbench.journey import DESIGN, JourneyFrame, Score, _scored
from workbench.steps.measure import groups, measure, waves
from workbench.steps.measure.ratings import PROMOTERS

ALPHA = 0.05
ALONE = 0.2  # part of the answers in groups that only one of two waves knows, above which no mix is held equal
A_CELL = 20  # answers a cell of the mix must hold on average
ACROSS = ("yy_ab", "yw_ab", "wy_ab", "ww_ab")


@measure("Did it change from wave to wave?")
def wave_changes(
    journey: JourneyFrame,
    of: str = "nps",
    by: str | Sequence[str] | None = None,
    matters: float | None = None,
    minimum_base: int | None = None,
) -> Finding:
    """Each wave against the one before: the change with its interval, its p (Holm over the waves), and a verdict.

    Weights, strata and people who answered in both waves are honoured (Taylor linearisation of the difference). Beside
    it the change at equal mix: `by` are the attributes of people held equal (direct standardisation), and how much of
    the change comes from another mix (Kitagawa 1955). Without `by` those attributes are held, in their order, that leave
    20 answers a cell. `matters` is the smallest change that counts, said before looking: then "no change that matters"
    can be a verdict too. Where something else was asked in the later wave, the verdict says so.

    Raises DataFault where there are not two waves, for unknown attributes, and for splits by step.
    """
    held = [one for one in ([by] if isinstance(by, str) else by or ()) if one != "wave"]
    if "step" in held:
        raise DataFault(
            Fault(column="by", found="step", expected="attributes of people", mend="take one step: .at_steps(…)")
        )
    if matters is not None and not matters > 0:
        raise DataFault(Fault(column="matters", found=str(matters), expected="a change above 0"))
    low, high, _ = journey.scale(of)
    is_nps = of == "nps"
    score: Score = PROMOTERS if is_nps else None
    asked = journey.of_kind("answer")
    whole = of in asked.asked_of_whole()
    asked = asked.of_whole_journey() if whole else asked
    counted = asked.count(by="wave", of=of, people=False)
    known = journey.in_order("wave", map(str, counted["wave"].dropna().unique()))
    if len(known) < 2:
        raise DataFault(
            Fault(column="wave", found=f"{len(known)} waves with {of}", expected="two or more", mend="bind wave=")
        )
    held = held or _held(asked, of, known)
    cells = asked.count(by=["wave", *held], of=of, people=False) if held else counted
    pairs = list(zip(known, known[1:], strict=False))
    dated = asked.of_wave(*known)
    without = int(counted.loc[counted["wave"].isna(), "n"].sum())
    sums = sums_by_wave(asked, of, score)
    found = [_change(sums, cells, held, score, later, before, matters) for before, later in pairs]
    corrected = holm([one["p"] for one in found])
    broken = _broken(journey, of, whole)
    for row, p in zip(found, corrected, strict=True):
        row["p Holm"] = p
        row["verdict"] = _verdict(row, matters, broken.get((row["before"], row["wave"]), []))
        del row["gap"]
    table = groups.rounded(pd.DataFrame(found))
    words = "NPS" if is_nps else f"mean of {of}"
    digits = 0 if is_nps else 2
    return groups.finding(
        journey, "wave_changes", table, ("wave",), _sentence(journey, table, words, digits, minimum_base),
        dated.base(of), _method(sums, held, found, words, matters, (low, high), without), minimum_base,
        {"kind": "intervals", "unit": f"change of {words} against the wave before", "reference": 0, "signed": True},
        f"Changes of {words} from wave to wave",
    )  # fmt: skip


def sums_by_wave(journey: JourneyFrame, of: str, score: Score) -> pd.DataFrame:
    """One row a stratum and pair of waves (also of a wave with itself): the sums that differences of domains need.

    Beside psus (of everybody who answered): n_a, n_b, y, w, yy, yw, ww with _a and _b and their products across, where
    a and b are the waves; `both` counts the people (or clusters) in both.
    """
    frame = journey.records.lazy.filter(
        nw.col("measure") == of, nw.col("state") == "answered", ~nw.col("value").is_null(), ~nw.col("wave").is_null()
    )
    there = journey.people.columns
    unit = "cluster" if "cluster" in there else "person"
    wanted = [one for one in ("stratum", "cluster") if one in there]
    if wanted:
        frame = frame.join(journey.people.lazy.select("person", *wanted), on="person", how="left")
    stratum = nw.col("stratum").fill_null("not known") if "stratum" in there else nw.lit("all")
    alone = nw.concat_str(nw.lit("#"), nw.col("order").cast(nw.String))
    w: Any = nw.col("weight").fill_null(1.0)
    frame = frame.with_columns(stratum.alias("stratum"), nw.col(unit).fill_null(alone).alias("unit"), w.alias("w"))
    one = frame.with_columns((nw.col("w") * _scored(score)).alias("y")).group_by("stratum", "unit", "wave")
    units = journey.engine.keep(
        one.agg(
            nw.col("y").sum(), nw.col("w").sum(), (nw.col("w") * nw.col("w")).sum().alias("w2"), nw.len().alias("n")
        )
    )
    psus = rows(units.group_by("stratum").agg(nw.col("unit").n_unique().alias("psus")))
    other = units.select("stratum", "unit", *[nw.col(c).alias(f"{c}_b") for c in ("wave", "y", "w", "n")])
    pair = units.join(other, on=["stratum", "unit"], how="inner")
    y, v, p, q = nw.col("y"), nw.col("w"), nw.col("y_b"), nw.col("w_b")
    products = rows(
        pair.group_by("stratum", "wave", "wave_b").agg(
            nw.len().alias("both"), nw.col("n").sum(), y.sum(), v.sum(), nw.col("w2").sum(), (y * p).sum().alias("yy_ab"),
            (y * q).sum().alias("yw_ab"), (v * p).sum().alias("wy_ab"), (v * q).sum().alias("ww_ab"),
        )
    )  # fmt: skip
    return products.merge(psus, on="stratum").sort_values(["wave", "wave_b", "stratum"], ignore_index=True)


def two_waves(sums: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """The strata of `design_difference`, wave a against wave b."""
    psus = sums.drop_duplicates("stratum").set_index("stratum")["psus"].sort_index()
    strata = pd.DataFrame({"psus": psus})
    for name, wave in (("a", a), ("b", b)):
        own = sums[(sums["wave"] == wave) & (sums["wave_b"] == wave)].set_index("stratum")
        figures = {"y": "y", "w": "w", "yy": "yy_ab", "yw": "yw_ab", "ww": "ww_ab"}
        for column, source in figures.items():
            strata[f"{column}_{name}"] = own[source].reindex(psus.index).fillna(0.0)
    both = sums[(sums["wave"] == a) & (sums["wave_b"] == b)].set_index("stratum")
    for column in ACROSS:
        strata[column] = both[column].reindex(psus.index).fillna(0.0)
    return strata


def _change(
    sums: pd.DataFrame, cells: pd.DataFrame, held: list[str], score: Score, a: str, b: str, matters: float | None
) -> dict[str, Any]:
    """One row: wave a minus wave b, plain and at equal mix."""
    own = sums[sums["wave"] == sums["wave_b"]].groupby("wave")["n"].sum()
    strata = two_waves(sums, a, b)
    n_a, n_b = int(own[a]), int(own[b])
    lonely = "adjust" if len(strata) > 1 and (strata["psus"] == 1).any() else "refuse"
    gap = design_difference(strata, n_a, n_b, lonely=lonely)
    both = int(sums[(sums["wave"] == a) & (sums["wave_b"] == b)]["both"].sum())
    row = {
        "wave": a, "before": b, "value": gap.value, "low": gap.low, "high": gap.high, "n": min(n_a, n_b), "n before": n_b,
        "n then": n_a, "in both": both, "p": gap.p, "p Holm": None,
    }  # fmt: skip
    same, split = _at_equal_mix(cells, held, score, a, b)
    alone = same.left_out if same else 0.0
    if alone > ALONE * (n_a + n_b):  # groups that only one wave knows: there is no equal mix
        same = split = None
    row |= {
        "at equal mix": same.contrast.value if same else None,
        "equal mix from": same.contrast.low if same else None,
        "equal mix to": same.contrast.high if same else None,
        "from the mix": split.mix if split else None,
        "left out of the mix": int(alone) if held else None,
    }
    return row | {"se": gap.se, "method": gap.method, "gap": gap}


def _at_equal_mix(
    cells: pd.DataFrame, held: list[str], score: Score, a: str, b: str
) -> tuple[Standardised | None, Kitagawa | None]:
    if not held:
        return None, None
    those = cells[cells["wave"].isin([a, b])].copy()
    x = those["value"].astype(float)
    if score is not None:
        x = sum((those["value"].between(low, high) * float(counts) for low, high, counts in score), start=0.0 * x)
    those["y"], those["wwx"], those["wwxx"] = x * those["weight"], x * those["weight2"], x**2 * those["weight2"]
    those["cell"] = those[held].astype(object).where(those[held].notna(), "not known").agg(" · ".join, axis=1)
    those["group"] = those["wave"].map({a: "a", b: "b"})
    those = those.rename(columns={"weight": "w", "weight2": "ww"})
    table = those.groupby(["group", "cell"], as_index=False)[["n", "w", "ww", "y", "wwx", "wwxx"]].sum()
    return standardised(table), kitagawa(table)


def _held(journey: JourneyFrame, of: str, known: Sequence[str]) -> list[str]:
    """The attributes, in their order, whose cells hold enough answers in the smallest wave."""
    counted = journey.count(by="wave", of=of, people=False).groupby("wave")["n"].sum()
    room, held = int(counted.loc[list(known)].min()) // A_CELL, []
    for attribute in [one for one in journey.people.columns if one not in DESIGN]:
        levels = len(journey.distinct(attribute))
        if 1 < levels <= min(room, waves.FEW):
            room //= levels
            held.append(attribute)
    return held


def _broken(journey: JourneyFrame, of: str, whole: bool) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for one in waves.breaks(journey, of):
        if not whole or one.step is None:
            found.setdefault((one.before, one.after), []).append(one.what)
    return found


def _verdict(row: dict[str, Any], matters: float | None, broken: Sequence[str]) -> str:
    p, gap = row["p Holm"], row["gap"]
    if p is None:
        word = "too little data"
    elif p < ALPHA:
        word = "rose" if row["value"] > 0 else "fell"
        start, end = row["equal mix from"], row["equal mix to"]
        if start is not None and end is not None and start <= 0 <= end:
            word += ", which another mix of people may explain"
        if matters is not None and abs(row["value"]) < matters:
            word += ", by less than matters"
    elif matters is not None and _inside(gap, matters):
        word = "no change that matters"
    else:
        word = "no change beyond chance"
    asked = list(dict.fromkeys(broken))
    return word + (f" ({' and '.join(asked)} changed: the asking may explain it)" if asked else "")


def _inside(gap: Difference, matters: float) -> bool:
    p = within(gap.value, gap.se, matters, gap.df)
    return p is not None and p < ALPHA


def _sentence(journey: JourneyFrame, table: pd.DataFrame, words: str, digits: int, minimum_base: int | None) -> str:
    seen = groups.shown(journey, table, ("wave",), minimum_base)
    if seen.empty:
        return f"No two waves are large enough to compare the {words}."
    told = []
    for row in seen.tail(3).itertuples():
        size = f"{groups.signed(row.value, digits)}"
        if row.low == row.low and row.low is not None:
            size += f" ({groups.signed(row.low, digits)} to {groups.signed(row.high, digits)})"
        told.append(f"{row.before} to {row.wave} {size}, {row.verdict}; {int(row.n):,} answers or more in each")
    return f"The {words} from wave to wave: {'. '.join(told)}."


def _method(
    sums: pd.DataFrame, held: list[str], found: list[dict[str, Any]], words: str, matters: float | None,
    scale: tuple[float, float], without: int,
) -> str:  # fmt: skip
    own = sums[sums["wave"] == sums["wave_b"]]
    weighted = bool((own["w2"] - own["n"]).abs().gt(1e-9).any())
    strata = sums["stratum"].nunique()
    parts = [
        f"{words} (scale {scale[0]:g} to {scale[1]:g}), each wave less the one before",
        " or ".join(dict.fromkeys(row["method"] for row in found)),
        f"{'weighted' if weighted else 'unweighted'}{f', {strata} strata' if strata > 1 else ''}",
        "people who answered both waves counted once in the error (covariance)",
        f"p corrected by Holm over {len(found)} {'pair' if len(found) == 1 else 'pairs'} of waves",
    ]
    if without:
        parts.append(f"{without:,} answers without a wave left out")
    if held:
        listed = ", ".join(one.replace("_", " ") for one in held)
        parts.append(
            f"equal mix of {listed}: direct standardisation to both waves together, unstratified; split by Kitagawa"
        )
    else:
        parts.append("no attribute has cells large enough to hold the mix equal")
    if any(row["left out of the mix"] and row["at equal mix"] is None for row in found):
        parts.append("no equal mix where over a fifth of the answers are of groups that only one wave knows")
    if matters is not None:
        parts.append(f"a change of {matters:g} matters; none that matters: the 90 % interval lies within it")
    return "; ".join(parts)
