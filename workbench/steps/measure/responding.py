"""Who answered of those who could have: response by wave and class, and late answers against early ones.

Knows the journey's people and records by way of narwhals, and the inference room. People who stay silent for reasons
that no class knows are in no figure here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import STRIDE, distinct, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.checks import normal_quantile, two_sided_p
from workbench.inference.design import design_mean, kish
from workbench.inference.differences import difference
from workbench.inference.intervals import Estimate, share_interval
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure, ratings

LEAST, LARGEST = 20, 5.0  # respondents of a class, and its factor, beyond which it should be joined with another
ALPHA = 0.05


@measure("Who answered, and who stayed silent?")
def nonresponse(
    journey: JourneyFrame,
    by: str | Sequence[str] | None = "wave",
    of: str = "nps",
    minimum_base: int | None = None,
) -> Finding:
    """The share of the known people who answered, by wave and by attributes of people, with Wilson's interval (1927).

    Who could have answered is everybody in the study's people, once they were there (`created`): the list of customers,
    or of those invited. `factor` is what an answer of the class must count for, so that each class weighs what it weighs
    in the list (the mean answer counts 1); a class with few respondents or a large factor should be joined with another.
    Those who answered late (after the median of their wave) stand nearest to those who did not: `late less early` is
    the difference of their score. It is no estimate of the bias.

    Raises DataFault where nobody is known but those who answered.
    """
    keys = [by] if isinstance(by, str) else list(by or ())
    there = [one for one in journey.people.columns if one not in ("person", "created")]
    classes = [one for one in keys if one != "wave"]
    if wrong := [one for one in classes if one not in there]:
        raise DataFault([unknown("wave or attribute of people", one, ["wave", *there], column="by") for one in wrong])
    answered = journey.records.lazy.filter(
        nw.col("kind") == "answer", nw.col("state") == "answered", ~nw.col("person").is_null()
    )
    waves = journey.of_kind("answer").distinct("wave") if "wave" in keys else []
    if "wave" in keys and not waves:
        raise DataFault(Fault(column="wave", found="answers without a wave", expected="waves", mend="take by=()"))
    keys = (["wave"] if waves else []) + classes
    invited = _invited(journey, classes, waves)
    responded = _responded(journey, answered, classes, bool(waves))
    asked = journey.of_kind("answer").count()["people"].iloc[0]  # who stands in a survey, also with nothing but blanks
    if len(journey.people) <= int(asked):
        raise DataFault(
            Fault(
                column="people",
                found="only people who answered",
                expected="everybody who could have answered",
                mend="load the list of customers or of those invited as a source of format people",
            )
        )
    table = invited.merge(responded, on=keys, how="left") if keys else invited.join(responded)
    table["answered"] = table["answered"].fillna(0).astype(int)
    shares = [share_interval(min(a, n), n) for a, n in table[["answered", "n"]].itertuples(index=False)]
    for name in ("value", "low", "high"):
        table[name] = [None if (one := getattr(share, name)) is None else 100 * one for share in shares]
    rate = table["answered"].sum() / table["n"].sum()
    table["factor"] = [rate * n / a if a else None for a, n in table[["answered", "n"]].itertuples(index=False)]
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    late = _late(journey, answered, keys, of, minimum)
    table = table.merge(late, on=keys, how="left") if keys and len(late) else table.assign(**_only(late, keys))
    table["caution"] = [
        "nobody answered" if a == 0 else "few answered, join it" if a < LEAST else "large factor" if f > LARGEST else ""
        for a, f in table[["answered", "factor"]].itertuples(index=False)
    ]
    order = [*keys, "value", "low", "high", "n", "answered", "factor", *LATE, "caution"]
    found = groups.in_order(journey, groups.rounded(table.reindex(columns=order)), keys)

    def say(row: pd.Series) -> str:
        return f"{row['value']:.0f} % ({row['low']:.0f} to {row['high']:.0f} %; of {int(row['n']):,} people)"

    sentence = groups.extremes(journey, found, keys, minimum_base, "share who answered", say)
    score = of if of in journey.asked_of_whole() else ""
    return groups.finding(
        journey,
        "nonresponse",
        found,
        keys,
        sentence + _said_late(journey, found, keys, minimum_base, of),
        f"{int(invited['n'].sum()):,} {'people, wave by wave' if waves else 'people'}, {int(table['answered'].sum()):,} answered",
        "people of the study's list who gave any answer (a rate of the list: who was in fact invited is not known); 95 % "
        "Wilson interval, unweighted; factor: people over those who answered, by class, against the whole; "
        + (
            f"late less early: {score} of those after the median time of their wave less those before it, weighted, "
            "95 % interval, told from a Holm-corrected p under 0.05; strata and people who answered twice not honoured; "
            if score
            else ""
        )
        + ("people who came after a wave not counted in it; " if _dated(journey) and waves else "")
        + "bias that the classes do not explain is in no interval",
        minimum_base,
        {"kind": "intervals", "unit": "% who answered", "range": [0, 100]},
        "Who answered",
    )


LATE = ("late less early", "late from", "late to")


def _dated(journey: JourneyFrame) -> bool:
    return "created" in journey.people.columns


def _invited(journey: JourneyFrame, classes: Sequence[str], waves: Sequence[str]) -> pd.DataFrame:
    """How many people there were by class, in each wave."""
    people = journey.people.lazy
    for name in classes:
        people = people.filter(~nw.col(name).is_null())
    if _dated(journey):  # a list of customers has their dates: who has none came from elsewhere, and is on no list
        known = people.filter(~nw.col("created").is_null())
        people = known if len(rows(known.head(1))) else people
    if not waves:
        return _counted(people, classes)
    ends = rows(
        journey.records.lazy.filter(nw.col("kind") == "answer", ~nw.col("wave").is_null())
        .group_by("wave")
        .agg(nw.col("time").max().alias("end"))
    )
    parts = []
    for wave, end in ends.sort_values("wave").itertuples(index=False):
        here = people
        if _dated(journey) and end == end:
            last = pd.Timestamp(int(end), unit="us").strftime("%Y-%m-%d")
            here = people.filter(nw.col("created").cast(nw.String) <= last + "T23:59:59")
        parts.append(_counted(here, classes).assign(wave=wave))
    return pd.concat(parts, ignore_index=True)[["wave", *classes, "n"]]


def _counted(people: nw.LazyFrame, classes: Sequence[str]) -> pd.DataFrame:
    size = nw.len().alias("n")
    return rows(people.group_by(list(classes)).agg(size) if classes else people.select(size))


def _responded(journey: JourneyFrame, answered: nw.LazyFrame, classes: Sequence[str], by_wave: bool) -> pd.DataFrame:
    """How many people answered anything, by wave and class."""
    people = distinct(answered.select("person", *(["wave"] if by_wave else [])))
    people = journey._attributes(people, [*classes, *(["created"] if _dated(journey) else [])])
    keys = [*(["wave"] if by_wave else []), *classes]
    for name in keys:
        people = people.filter(~nw.col(name).is_null())
    size = nw.len().alias("answered")
    return rows(people.group_by(keys).agg(size) if keys else people.select(size))


def _late(journey: JourneyFrame, answered: nw.LazyFrame, keys: Sequence[str], of: str, minimum: int) -> pd.DataFrame:
    """The score of late answers less that of early ones, by group; empty where the score or the times are not there."""
    empty = pd.DataFrame(columns=[*keys, *LATE])
    if of not in journey.asked_of_whole():
        return empty
    own = answered.filter(nw.col("measure") == of, nw.col("step").is_null(), ~nw.col("value").is_null())
    own = own.filter(~nw.col("time").is_null()).with_columns((nw.col("order") // STRIDE).alias("case"))
    own = own.with_columns(nw.col("wave").fill_null("").alias("round"))
    middle = own.group_by("round").agg(nw.col("time").median().alias("middle"))
    classes = [one for one in keys if one != "wave"]
    halves = journey._attributes(own.join(middle, on="round", how="inner"), classes)
    halves = halves.with_columns((nw.col("time") > nw.col("middle")).alias("late"), nw.col("weight").fill_null(1.0))
    w = nw.col("weight")
    counted = rows(
        halves.group_by([*keys, "late", "value"]).agg(
            nw.len().alias("n"), w.sum().alias("w"), (w * w).sum().alias("ww")
        )
    )
    if counted.empty:
        return empty
    made = []
    for key, here in counted.groupby(list(keys), dropna=True) if keys else [((), counted)]:
        early, later = (_score(of, here[here["late"] == half]) for half in (False, True))
        if min(early.n, later.n) < max(minimum, 2) or early.se is None or later.se is None:
            continue
        gap = difference(later, early)
        made.append(dict(zip(keys, key, strict=True)) | dict(zip(LATE, (gap.value, gap.low, gap.high), strict=True)))
    return pd.DataFrame(made, columns=[*keys, *LATE])


def _score(of: str, counted: pd.DataFrame) -> Estimate:
    """The weighted mean of a score, each answer by itself."""
    x = counted["value"].astype(float)
    if of == "nps":
        x = sum((x.between(a, b) * s for a, b, s in ratings.PROMOTERS), 0.0 * x)
    sums = {"psus": counted["n"].sum(), "y": (counted["w"] * x).sum(), "w": counted["w"].sum()}
    sums |= {"yy": (counted["ww"] * x**2).sum(), "yw": (counted["ww"] * x).sum(), "ww": counted["ww"].sum()}
    n = int(counted["n"].sum())
    return design_mean(pd.DataFrame(sums, index=["all"]), n, kish(n, sums["w"], sums["ww"]).n_effective)


def _only(late: pd.DataFrame, keys: Sequence[str]) -> dict[str, Any]:
    return {name: late[name].iloc[0] if not keys and len(late) else None for name in LATE}


def _said_late(
    journey: JourneyFrame, found: pd.DataFrame, keys: Sequence[str], minimum_base: int | None, of: str
) -> str:
    """Whether late answers differ from early ones, in a sentence."""
    seen = groups.shown(journey, found, keys, minimum_base)
    seen = seen[seen["late less early"].notna()]
    if seen.empty:
        return ""
    errors = (seen["late to"] - seen["late from"]) / (2 * normal_quantile(0.95))
    p = holm([two_sided_p(gap / se) for gap, se in zip(seen["late less early"], errors, strict=True)])
    sure = seen[[one is not None and one < ALPHA for one in p]]
    what = "NPS" if of == "nps" else of
    if sure.empty:
        return f" Late answers do not differ from early ones in the {what} beyond chance."
    row = sure.loc[sure["late less early"].abs().idxmax()]
    where = f"{groups.named(journey, row, keys)}: " if keys else ""
    return (
        f" Late answers differ from early ones in the {what} ({where}{groups.signed(row['late less early'])}, "
        f"{groups.signed(row['late from'])} to {groups.signed(row['late to'])}): those who stayed silent may too."
    )
