"""The test of a claim follows from its outcome and its design: groups, before and after, dose; nothing is picked by looking.

Each test makes the engine count, and hands back one Effect: what was found, its error, what was checked, and what the
other ways of looking at it say. Knows the journey, the claim and the inference room.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from workbench.cases import Question, cases
from workbench.engine import Table, distinct, rows
from workbench.faults import DataFault, Fault
from workbench.inference.before_after import interrupted_series
from workbench.inference.checks import two_sided_p, two_sided_quantile
from workbench.inference.counts import count_model
from workbench.inference.cox import cox_regression
from workbench.inference.design import design_difference
from workbench.inference.differences import Standardised, standardised
from workbench.inference.least_squares import least_squares
from workbench.inference.ordinal import proportional_odds
from workbench.journey import JourneyFrame, _answered
from workbench.steps.measure import groups, wave_changes
from workbench.steps.measure.claims import Hypothesis, people_in_words
from workbench.steps.measure.ratings import PROMOTERS

DAY = 86_400 * 1_000_000
FEW_EVENTS = 10
PERIOD, FEW_A_PERIOD = 28 * DAY, 5  # four weeks; answers that a period needs
FELT = ("emotion", "trust")  # moved to -100 … 100, as on the map


@dataclass(frozen=True)
class Effect:
    """What a test found: A against B, as a difference or a ratio (its `se` is then that of the log ratio).

    `a` and `b` are the levels of both sides in `unit` (None where there is none); `checks` what was looked at in the
    assumptions, `sensitivity` what other models say; `sides` A and B in words.
    """

    unit: str
    value: float | None
    low: float | None
    high: float | None
    se: float | None
    p: float | None
    a: float | None
    b: float | None
    n_a: float
    n_b: float
    sides: tuple[str, str]
    method: str
    scale: str = "difference"
    df: float | None = None
    left_out: float = 0.0
    checks: tuple[str, ...] = ()
    sensitivity: tuple[str, ...] = ()

    @property
    def detectable(self) -> float | None:
        """The smallest effect that a test with this error finds in four of five cases."""
        if self.se is None or not 0 < self.se < math.inf:
            return None
        seen = (two_sided_quantile(0.95, self.df) + 0.8416) * self.se
        return math.exp(seen) if self.scale == "ratio" else seen


def tested(journey: JourneyFrame, one: Hypothesis) -> Effect:
    """The effect of one claim. Raises DataFault where a group, a step or a measure is not there."""
    if one.outcome in ("churn", "time"):
        return _lasting(journey, one)
    if one.outcome == "complaint":
        return _complaints(journey, one)
    if one.since is not None:
        return _before_after(journey, one)
    if one.dose is not None:
        return _dose(journey, one)
    return _scores(journey, one)


def sides(journey: JourneyFrame, one: Hypothesis) -> tuple[JourneyFrame, JourneyFrame]:
    """The people of group A and of group B, with all their records."""
    a = journey.people_with(**one.compare)
    return a, (journey.people_with(**one.against) if one.against else journey).people_without(**one.compare)


def named_sides(one: Hypothesis) -> tuple[str, str]:
    return people_in_words(one.compare), people_in_words(one.against) if one.against else "all others"


def points(journey: JourneyFrame, one: Hypothesis) -> tuple[str, Callable[[Any], Any]]:
    """The unit of a score, and what an answer counts for in it."""
    low, high, flipped = journey.scale(one.outcome, one.step)
    if one.outcome == "nps":
        if (low, high) != (0, 10):
            raise DataFault(Fault(column="nps", found=f"a scale from {low:g} to {high:g}", expected="0 to 10"))
        return "NPS points", lambda value: np.select([value >= 9, value >= 7], [100.0, 0.0], -100.0)
    if one.outcome in FELT:
        slope = (200.0 / (high - low)) * (-1 if flipped else 1)
        return f"points of {one.outcome}", lambda value: slope * (value - (low + high) / 2)
    return f"points of {one.outcome} ({low:g} to {high:g})", lambda value: value + 0.0


# -- scores: two groups, held equal by direct standardisation ---------------------------------------------------------


def _asked(crowd: JourneyFrame, one: Hypothesis) -> JourneyFrame:
    if one.step:
        return crowd.where(step=one.step)
    return crowd.of_whole_journey() if one.outcome in crowd.asked_of_whole() else crowd


def _scores(journey: JourneyFrame, one: Hypothesis) -> Effect:
    unit, worth = points(journey, one)
    crowds = sides(journey, one)
    cells, plain, repeated = [], [], False
    for group, crowd in zip("ab", crowds, strict=True):
        asked = _asked(crowd, one)
        found = _score_cells(asked, one, worth)
        repeated |= bool((found["answers"] > found["n"]).any())
        cells.append(found.assign(group=group))
        plain.append(asked.count(by=one.adjust, of=one.outcome, people=False).assign(group=group))
    table, counts = pd.concat(cells), pd.concat(plain)
    _both(table, one)
    counts["cell"] = _cell(counts, one.adjust)
    found = standardised(table, t=True)
    weighted = bool((table["w"] - table["n"]).abs().gt(1e-9).any())
    effect = _effect(found, unit, "difference", named_sides(one))
    checks = _checked(found, repeated, weighted)
    crowded = max(_at_the_end(part["value"], part["n"]) for part in plain if len(part))
    if crowded > 0.5:
        checks.append(f"{crowded:.0%} give one and the same answer: a mean hides much there")
    others = [*_without_weights(counts, worth, weighted), *_unadjusted(table, one)]
    others += _ordinal(counts, one)
    return replace(effect, checks=tuple(checks), sensitivity=tuple(others))


def _score_cells(asked: JourneyFrame, one: Hypothesis, worth: Callable[[Any], Any]) -> pd.DataFrame:
    """One row an adjusting cell: people and the sums of their scores, in points."""
    score = PROMOTERS if one.outcome == "nps" else True
    table = asked.count(by=one.adjust, of=one.outcome, score=score, stratum=False)
    table = table.rename(columns={"n": "answers", "people": "n", "yw": "wwx", "yy": "wwxx"})
    if one.outcome != "nps":  # from the scale's own units: x' = a + b x
        start = float(worth(np.array(0.0)))
        slope = float(worth(np.array(1.0))) - start
        table["wwxx"] = slope**2 * table["wwxx"] + 2 * start * slope * table["wwx"] + start**2 * table["ww"]
        table["wwx"] = slope * table["wwx"] + start * table["ww"]
        table["y"] = slope * table["y"] + start * table["w"]
    table = table[table["n"] > 0].copy()
    table["cell"] = _cell(table, one.adjust)
    return table[["cell", "n", "answers", "w", "ww", "y", "wwx", "wwxx"]]


def _cell(table: pd.DataFrame, keys: list[str]) -> Any:
    return ["|".join(map(str, row)) for row in table[keys].itertuples(index=False)] if keys else "all"


def _both(table: pd.DataFrame, one: Hypothesis) -> None:
    gone = {"a", "b"} - set(table["group"])
    if gone:
        which = {"a": "A (compare)", "b": "B (with)"}[min(gone)]
        raise DataFault(
            Fault(
                file="hypotheses.yaml",
                column=one.id,
                found=f"nobody of group {which} with the outcome",
                expected="people in both groups",
                mend="check compare:, with: and step:",
            )
        )


def _effect(found: Standardised, unit: str, scale: str, words: tuple[str, str]) -> Effect:
    gap = found.contrast
    return Effect(
        unit,
        gap.value,
        gap.low,
        gap.high,
        gap.se,
        gap.p,
        found.a.value,
        found.b.value,
        gap.n_a,
        gap.n_b,
        words,
        gap.method,
        scale,
        gap.df,
        float(found.left_out),
    )


def _checked(found: Standardised, repeated: bool, weighted: bool) -> list[str]:
    least = int(min(found.contrast.n_a, found.contrast.n_b))
    told = [f"people of the smaller group: {least}" + (" (few for a normal test)" if least < 30 else "")]
    if found.left_out:
        told.append(f"{int(found.left_out)} people left out: nobody of the other group is like them")
    if repeated:
        told.append("who answered more than once counts as one person")
    if weighted:
        worth = [one.n_effective for one in (found.a, found.b) if one.n_effective is not None]
        told.append(f"weighted: the smaller group is worth {min(worth):.0f} answers" if worth else "weighted")
    return told


def _at_the_end(values: pd.Series, n: pd.Series) -> float:
    """The share of the commonest answer."""
    by_value = n.groupby(values).sum()
    return float(by_value.max() / by_value.sum()) if len(by_value) else 0.0


def _without_weights(counts: pd.DataFrame, worth: Callable[[Any], Any], weighted: bool) -> list[str]:
    if not weighted:
        return []
    x, n = worth(counts["value"].to_numpy(float)), counts["n"].astype(float)
    table = counts.assign(w=n, ww=n, y=n * x, wwx=n * x, wwxx=n * x**2)
    table = table.groupby(["group", "cell"], as_index=False)[["n", "w", "ww", "y", "wwx", "wwxx"]].sum()
    gap = standardised(table, t=True).contrast
    return [] if gap.value is None else [f"unweighted {_between(gap.value, gap.low, gap.high)}"]


def _unadjusted(table: pd.DataFrame, one: Hypothesis, contrast: str = "difference") -> list[str]:
    if not one.adjust:
        return []
    sums = table.groupby("group")[["n", "w", "ww", "y", "wwx", "wwxx"]].sum().reset_index()
    gap = standardised(sums.assign(cell="all"), contrast=contrast, t=True).contrast
    return [] if gap.value is None else [f"nothing held equal {_between(gap.value, gap.low, gap.high, contrast)}"]


def _ordinal(counts: pd.DataFrame, one: Hypothesis) -> list[str]:
    """The same question to a model that takes the answers as ordered only."""
    patterns = counts[["value", "group", *one.adjust, "n"]].dropna()
    levels = sorted(patterns["value"].unique())
    factors = [factor for factor in ("group", *one.adjust) if patterns[factor].nunique() > 1]
    if "group" not in factors:
        return []
    try:
        fit = proportional_odds(patterns, "value", levels, factors, references={"group": "b"})
    except DataFault as problem:
        return [f"no ordinal model ({problem.faults[0].found})"]
    row = fit.table[[str(name).startswith("group") for name in fit.table.index]].iloc[0]
    return [
        f"ordinal model: odds of a higher answer {_between(row['ratio'], row['ratio_low'], row['ratio_high'], 'ratio')}"
    ]


# -- complaints: a ratio of complaints a person -----------------------------------------------------------------------


def _complaints(journey: JourneyFrame, one: Hypothesis) -> Effect:
    keys, cells, spread = one.adjust, [], []
    for group, crowd in zip("ab", sides(journey, one), strict=True):
        made = crowd.of_kind("complaint")
        made = made.where(step=one.step) if one.step else made
        sums = made.count(by=keys, of="complaint", score=True, stratum=False)
        people = crowd.count(by=keys)
        if keys:
            table = people[[*keys, "people"]].merge(sums[[*keys, "y", "yy"]], on=keys, how="left")
        else:
            table = people.assign(y=float(sums["y"].sum()), yy=float(sums["yy"].sum()))
        table = table.fillna({"y": 0.0, "yy": 0.0}).rename(columns={"people": "n", "yy": "wwxx"})
        table = table[table["n"] > 0].copy()
        table["w"] = table["ww"] = table["n"].astype(float)
        table["wwx"], table["cell"], table["group"] = table["y"], _cell(table, keys), group
        cells.append(table)
        spread.append(_counts_of_people(crowd, made, keys).assign(group=group))
    table = pd.concat(cells)
    _both(table, one)
    found = standardised(table[["group", "cell", "n", "w", "ww", "y", "wwx", "wwxx"]], contrast="ratio", t=True)
    effect = _effect(found, "complaints per 1,000 people", "ratio", named_sides(one))
    if effect.a is not None and effect.b is not None:
        effect = replace(effect, a=1000 * effect.a, b=1000 * effect.b)
    events = table.groupby("group")["y"].sum().min()
    checks = _checked(found, False, False)
    checks.append(f"complaints in the smaller group: {int(events)}" + (" (few)" if events < FEW_EVENTS else ""))
    others = _unadjusted(table[["group", "cell", "n", "w", "ww", "y", "wwx", "wwxx"]], one, "ratio")
    others += _count_model(pd.concat(spread), one)
    return replace(effect, checks=tuple(checks), sensitivity=tuple(others))


def _counts_of_people(crowd: JourneyFrame, made: JourneyFrame, keys: list[str]) -> pd.DataFrame:
    """How many people of each cell complained how often: complaints, n and the keys."""
    each = made.records.lazy.group_by("person").agg(nw.len().alias("complaints"))
    who = crowd._attributes(crowd.records.lazy.select("person"), keys) if keys else crowd.records.lazy.select("person")
    people = who.group_by(["person", *keys]).agg(nw.len().alias("records"))
    joined = people.join(each, on="person", how="left").with_columns(nw.col("complaints").fill_null(0))
    return rows(joined.group_by(["complaints", *keys]).agg(nw.len().alias("n"))).sort_values(
        ["complaints", *keys], ignore_index=True
    )


def _count_model(patterns: pd.DataFrame, one: Hypothesis) -> list[str]:
    factors = ["group", *[key for key in one.adjust if patterns[key].nunique() > 1]]
    try:
        found = count_model(patterns.dropna(), "complaints", factors=factors, references={"group": "b"})
    except DataFault as problem:
        return [f"no count model ({problem.faults[0].found})"]
    row = found.fit.table[[str(name).startswith("group") for name in found.fit.table.index]].iloc[0]
    return [f"{found.chosen} model {_between(row['ratio'], row['ratio_low'], row['ratio_high'], 'ratio')}"]


# -- how long: until they leave, or from one step to another ----------------------------------------------------------


def last_record(journey: JourneyFrame) -> int:
    """When the observation of people ends: the time of the last record of anybody."""
    timed = journey.records.lazy.filter(~nw.col("person").is_null(), ~nw.col("time").is_null())
    return int(rows(timed.select(nw.col("time").max().alias("last")))["last"].fillna(0)[0])


def follow_ups(journey: JourneyFrame, one: Hypothesis, keys: list[str], last: int | None = None) -> pd.DataFrame:
    """Counted follow-ups in days: time, event, the keys and n.

    Who was not seen to end is followed to `last`, the end of the observation: that of this frame where none is given.
    Groups that are compared are handed the one end of the whole journey.
    """
    timed = journey.records.lazy.filter(~nw.col("person").is_null(), ~nw.col("time").is_null())
    last = last_record(journey) if last is None else last
    begin = timed.filter(nw.col("step") == one.step) if one.outcome == "time" else timed
    start = begin.group_by("person").agg(nw.col("time").min().alias("start"))
    what = journey.where(step=one.to) if one.outcome == "time" else journey.where(**one.ends)
    ending = what.records.lazy.filter(~nw.col("time").is_null()).select("person", nw.col("time").alias("end"))
    ended = ending.join(start, on="person", how="inner").filter(nw.col("end") >= nw.col("start"))
    ended = ended.group_by("person").agg(nw.col("end").min().alias("end"))
    joined = start.join(ended, on="person", how="left").with_columns(
        (~nw.col("end").is_null()).cast(nw.Int64).alias("event"),
        ((nw.col("end").fill_null(last) - nw.col("start")) // DAY).alias("time"),
    )
    if keys:
        joined = joined.join(journey.people.lazy.select("person", *keys), on="person", how="left")
    return rows(joined.group_by(["time", "event", *keys]).agg(nw.len().alias("n")))


def _lasting(journey: JourneyFrame, one: Hypothesis) -> Effect:
    last = last_record(journey)
    parts = [
        follow_ups(crowd, one, one.adjust, last).assign(group=group)
        for group, crowd in zip("ab", sides(journey, one), strict=True)
    ]
    table = pd.concat(parts, ignore_index=True)
    blank = table[one.adjust].isna().any(axis=1)
    unknown, table = int(table.loc[blank, "n"].sum()), table[~blank].copy()
    _both(table, one)
    table["A"] = (table["group"] == "a").astype(float)
    names = ["A"]
    for key in one.adjust:
        for level in sorted(table[key].unique(), key=str)[1:]:
            table[f"{key}: {level}"] = (table[key] == level).astype(float)
            names.append(f"{key}: {level}")
    fit = cox_regression(table[["time", "event", "n", *names]], names)
    row, crude = fit.terms.iloc[0], cox_regression(table[["time", "event", "n", "A"]], ["A"]).terms.iloc[0]
    n = table.groupby("group")["n"].sum()
    gone = (table["event"] * table["n"]).groupby(table["group"]).sum()
    proportional = fit.proportional.set_index("term")["p"].get("A")
    checks = [f"ended in the smaller group: {int(gone.min())}" + (" (few)" if gone.min() < FEW_EVENTS else "")]
    if proportional is not None and proportional == proportional:
        drifts = "the ratio changes over time" if proportional < 0.05 else "no sign that the ratio changes over time"
        checks.append(f"{drifts} (p {proportional:.2f})")
    checks.append("who was not seen to end is taken as still there at the last record of anybody")
    if unknown:
        checks.append(
            f"{unknown} people left out: {' or '.join(key.replace('_', ' ') for key in one.adjust)} not known"
        )
    others = [f"nothing held equal {_between(crude['ratio'], crude['ratio_low'], crude['ratio_high'], 'ratio')}"]
    unit = "as fast from step to step" if one.outcome == "time" else "as fast to leave"
    return Effect(
        unit,
        float(row["ratio"]),
        float(row["ratio_low"]),
        float(row["ratio_high"]),
        float(row["se"]),
        float(row["p"]),
        None,
        None,
        float(n["a"]),
        float(n["b"]),
        named_sides(one),
        "Cox regression of days, A against B (hazard ratio)",
        "ratio",
        None,
        float(unknown),
        tuple(checks),
        tuple(others) if one.adjust else (),
    )


# -- before and after a date ------------------------------------------------------------------------------------------


def _before_after(journey: JourneyFrame, one: Hypothesis) -> Effect:
    """The jump of the level in four-week periods where there are enough; else the plain difference, told as such."""
    unit, worth = points(journey, one)
    moment = int(pd.Timestamp(str(one.since), tz="UTC").value // 1000)
    answers = _answered(_asked(journey, one).records.lazy, one.outcome)
    dated = answers.filter(~nw.col("time").is_null())
    whose = nw.col("person").fill_null(nw.concat_str(nw.lit("#"), nw.col("order").cast(nw.String)))
    frame = dated.with_columns(
        ((nw.col("time") - moment) // PERIOD).alias("period"),
        nw.when(nw.col("time") >= moment).then(nw.lit("a")).otherwise(nw.lit("b")).alias("wave"),
        nw.col("weight").fill_null(1.0).alias("w"),
        whose.alias("whose"),
    )
    counted = rows(frame.group_by("period", "wave", "value").agg(nw.len().alias("n"), nw.col("w").sum()))
    counted = counted.sort_values(["period", "value"], ignore_index=True).rename(columns={"wave": "group"})
    _both(counted, one)
    effect, many, both = _plainly(journey, frame, one, unit, worth)
    undated = int(rows(answers.select(nw.len().alias("n")))["n"][0]) - int(counted["n"].sum())
    lost = (f"{undated} answers without a date left out",) if undated else ()
    effect = replace(effect, left_out=float(undated))
    by_period = counted.assign(y=counted["w"] * worth(counted["value"].to_numpy(float)))
    by_period = by_period.groupby("period")[["n", "w", "y"]].sum()
    series = pd.DataFrame(
        {"period": by_period.index.astype(int), "value": (by_period["y"] / by_period["w"]).to_numpy()}
    )
    series = series[by_period["n"].to_numpy() >= FEW_A_PERIOD]
    crude = f"plain after less before {_between(effect.value, effect.low, effect.high)}"
    try:
        found = interrupted_series(series, change=0)
    except DataFault as problem:
        told = ["plain before and after: what was changing anyway, or who answered when, is not told apart from it"]
        told.append(f"no series of four-week periods ({problem.faults[0].found})")
        told += ["who answered more than once counts as one person"] if many else []
        told += [f"{both} people answered before and after: the error counts them as the same"] if both else []
        return replace(effect, method=f"{effect.method}, before against after", checks=(*told, *lost))
    jump = found.level_change
    several = ("who answered more than once counts each time in its period",) if many or both else ()
    return replace(
        effect,
        value=jump.value,
        low=jump.low,
        high=jump.high,
        se=jump.se,
        df=jump.df,
        p=found.level_p,
        method=f"change of level in four-week periods, {found.method}",
        checks=(*found.notes, *several, *lost),
        sensitivity=(crude,),
    )


def _plainly(
    journey: JourneyFrame, frame: nw.LazyFrame, one: Hypothesis, unit: str, worth: Callable[[Any], Any]
) -> tuple[Effect, bool, int]:
    """After less before over people; whether somebody answered twice on a side, and how many stand on both sides.

    A person (or cluster) counts once in the error, also across the date, by the covariance (Taylor linearisation).
    """
    parted = replace(journey, records=Table(frame.select(*journey.records.columns)))
    is_nps = one.outcome == "nps"
    strata = wave_changes.two_waves(
        wave_changes.sums_by_wave(parted, one.outcome, PROMOTERS if is_nps else None), "a", "b"
    )
    each = distinct(frame.select("whose", "wave")).group_by("whose")
    stood = each.agg(nw.col("wave").min().alias("first"), nw.col("wave").max().alias("last"))
    people = rows(stood.group_by("first", "last").agg(nw.len().alias("n"))).set_index(["first", "last"])["n"]
    both = int(people.get(("a", "b"), 0))
    n_a, n_b = int(people.get(("a", "a"), 0)) + both, int(people.get(("b", "b"), 0)) + both
    many = int(rows(frame.select(nw.len().alias("n")))["n"][0]) > n_a + n_b
    gap = design_difference(strata, n_a, n_b, lonely=groups.lonely(strata))
    slope = 1.0 if is_nps else float(worth(np.array(1.0)) - worth(np.array(0.0)))
    levels = [float(strata[f"y_{side}"].sum() / strata[f"w_{side}"].sum()) for side in "ab"]
    a, b = (level if is_nps else float(worth(np.array(level))) for level in levels)
    limits = sorted(slope * end for end in (gap.low, gap.high) if end is not None)
    low, high = limits if limits else (None, None)
    se = None if gap.se is None else abs(slope) * gap.se
    value = None if gap.value is None else slope * gap.value
    effect = Effect(
        unit, value, low, high, se, gap.p, a, b, n_a, n_b, (f"from {one.since} on", "before"), gap.method, df=gap.df
    )
    return effect, many, both


# -- dose: how the outcome goes with an amount ------------------------------------------------------------------------


def _dose(journey: JourneyFrame, one: Hypothesis) -> Effect:
    unit, worth = points(journey, one)
    dose, asked = str(one.dose), {one.outcome: Question(one.outcome, one.step)}
    attributes = [*one.adjust]
    if dose in journey.people.columns:
        attributes.append(dose)
    else:
        at_step = journey.measures.to_frame().query("measure == @dose")["step"].tolist()
        asked[dose] = Question(dose, one.step if one.step in at_step else None)
    side = cases(journey, asked, list(dict.fromkeys(attributes)))
    patterns = side.patterns([one.outcome, dose, *one.adjust])
    amount = pd.to_numeric(patterns[dose], errors="coerce")
    strange = int(patterns.loc[amount.isna(), "n"].sum())
    patterns, amount = patterns[amount.notna()], amount.dropna().to_numpy(float)
    if len(np.unique(amount)) < 2:
        raise DataFault(
            Fault(
                file="hypotheses.yaml",
                column=one.id,
                found=f'dose "{dose}" without numbers that differ',
                expected="a column of numbers with two values or more",
                mend="check dose:",
            )
        )
    x, n = worth(patterns[one.outcome].to_numpy(float)), patterns["n"].to_numpy(float)
    predictors: dict[str, np.ndarray] = {"dose": amount}
    for key in one.adjust:
        for level in sorted(patterns[key].unique(), key=str)[1:]:
            predictors[f"{key}: {level}"] = (patterns[key] == level).to_numpy(float)
    line = least_squares(predictors, n, n * x, n * x**2)
    crude = least_squares({"dose": amount}, n, n * x, n * x**2)
    value, se = line.coefficients["dose"], line.se["dose"]
    t = two_sided_quantile(0.95, line.df) if line.df > 0 else math.nan
    checks = ["a straight line; each answer on its own, unweighted"]
    lowest, highest = amount.min(), amount.max()
    if strange or patterns.attrs.get("dropped"):
        checks.append(f"{strange + int(patterns.attrs.get('dropped', 0))} answers without a number for {dose} left out")
    if se is None or value is None or not se:
        return Effect(
            unit, value, None, None, None, None, None, None, line.n, line.n, (f"one {dose} more", ""), line.note
        )
    others = [] if not one.adjust else [f"nothing held equal {_signed(crude.coefficients['dose'])} for one more"]
    return Effect(
        f"{unit} for one more of {dose}",
        value,
        value - t * se,
        value + t * se,
        se,
        two_sided_p(value / se, line.df),
        None,
        None,
        line.n,
        line.n,
        (f"one more of {dose} ({lowest:g} to {highest:g})", ""),
        "straight line (least squares), t",
        "difference",
        line.df,
        0.0,
        tuple(checks),
        tuple(others),
    )


# -- words ------------------------------------------------------------------------------------------------------------


def _signed(value: float | None) -> str:
    return "not known" if value is None else f"{value:+.1f}".replace("-", "−")


def _between(value: Any, low: Any, high: Any, scale: str = "difference") -> str:
    """An effect with its interval, in words."""
    if value is None or value != value:
        return "not known"
    show: Mapping[str, Callable[[float], str]] = {"difference": _signed, "ratio": lambda one: f"{one:.2f}"}
    if low is None or high is None or low != low or high != high:
        return show[scale](value)
    return f"{show[scale](value)} ({show[scale](low)} to {show[scale](high)})"
