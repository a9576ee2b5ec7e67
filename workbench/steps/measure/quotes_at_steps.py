"""What people said at each step, chosen by rule: the words judged worst and best, and what their complaints were about;
and a scenario walked with such words.

Words are those masked as they were read; none with anything masked in it, and none of too few people, is quoted.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import STRIDE, rows
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.steps.map import JourneyMap
from workbench.steps.measure import comments
from workbench.steps.measure.grades import FEW
from workbench.steps.measure.marked import QUOTE
from workbench.steps.measure.withheld import MET, withheld

JUDGED = "quoted_emotion"
MIDDLE = sum(QUOTE) // 2  # letters of the length that is read most easily
TOP = 3  # themes of complaints that are told at a step
AHEAD = 20  # comments looked at for one of somebody else
RULE = (
    f"quotes: of what was said at the step in {QUOTE[0]} to {QUOTE[1]} letters with nothing masked, the words judged lowest and "
    f"highest, of two people; of words judged alike those nearest to {MIDDLE} letters, then by source and place; interviews "
    f"where {FEW} people or more spoke of the step, else comments by the score given with them, where the minimum base wrote"
)


def quotes(journey: JourneyFrame, few: Collection[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """By step the words judged worst, then best: `words`, `side` (worst, best), `judged` in words, `kind` of source.

    Coders' judgements of interviews where there are some, else the score that came with a comment. See RULE. `few` are the
    steps at which a group is too small to be quoted.
    """
    kinds = set(journey.distinct("kind"))
    found = _of_interviews(journey) if "quote" in kinds else {}
    if "comment" in kinds:
        found |= {step: said for step, said in _of_comments(journey).items() if step not in found}
    return {step: said for step, said in found.items() if step not in few}


def few(journey: JourneyFrame, where: Mapping[str, Any]) -> Collection[str]:
    """The steps at which a group (`where`) is too small to be quoted; none where everybody is meant."""
    return withheld(journey, where, (MET,)).get(MET, frozenset()) if where else ()


def walk(journey: JourneyFrame, drawn: JourneyMap, scenario: str) -> Finding:
    """One scenario of the map in the customer's shoes, with words of the people it is for (its persona's, as the journey
    knows them, its segment, its channel), where enough of them spoke: in a bad run those judged worst, in a good one those
    judged best. As drawn, where nobody like that is in the data. Raises DataFault for a scenario that is not there.
    """
    found = drawn.walk(scenario)
    run = next(one for one in drawn.scenarios if one.name == scenario)
    there = {key: set(journey.distinct(key)) for key in run.segment if key in journey.people.columns}
    met = not run.channel or run.channel in journey.distinct("channel")
    if not met or any(value not in there.get(key, ()) for key, value in run.segment.items()):
        return found
    who: dict[str, Any] = {**(journey.personas or {}).get(run.persona, {}), **run.segment}
    at = {"channel": run.channel} if run.channel else {}
    theirs = journey.where(**who) if who else journey
    said = quotes(theirs.on_channels(run.channel) if at else theirs, few(journey, who | at))
    sides = {"good": ("best",), "bad": ("worst",)}.get(run.mood, ("worst", "best"))
    told = {
        step: [f"{one['words']} ({one['kind']}, {one['judged']})" for one in those if one["side"] in sides]
        for step, those in said.items()
    }
    if not any(told.values()):
        return found
    return replace(
        drawn.walk(scenario, told),
        base="what the team drew, and words of those it is for",
        method=f"{found.method}; {RULE}",
        trail=(*found.trail, *theirs.trail),
    )


def spoken(journey: JourneyFrame) -> tuple[dict[str, int], dict[str, float]]:
    """By step, how many people spoke of it in interviews, and how their words were judged (-2 to 2): the mean of people's
    own means, so that nobody counts for more by talking more; none where fewer than FEW people's words were judged.
    """
    said = journey.at_any_step().records.lazy.filter(nw.col("kind") == "quote", ~nw.col("step").is_null())
    people = rows(said.group_by("step").agg(nw.col("person").n_unique().alias("n")))
    fit = said.filter(nw.col("measure") == JUDGED, ~nw.col("value").is_null())
    own = rows(fit.group_by("step", "person").agg(nw.col("value").mean())).groupby("step")["value"]
    judged = own.agg(lambda one: math.fsum(one) / len(one))[own.size() >= FEW]
    return dict(zip(people["step"], map(int, people["n"]), strict=True)), {
        str(at): float(x) for at, x in judged.items()
    }


def _of_interviews(journey: JourneyFrame) -> dict[str, list[dict[str, Any]]]:
    spoken = journey.at_any_step().records.lazy.filter(nw.col("kind") == "quote", ~nw.col("step").is_null())
    people = rows(spoken.group_by("step").agg(nw.col("person").n_unique().alias("people")))
    many = set(people.loc[people["people"] >= FEW, "step"])
    length = nw.col("text").str.len_chars()
    fit = spoken.filter(
        nw.col("measure") == JUDGED, ~nw.col("value").is_null(), nw.col("step").is_in(sorted(many) or [""]),
        length >= QUOTE[0], length <= QUOTE[1], ~nw.col("text").str.contains(r"\["),
    )  # fmt: skip
    table = rows(fit.select("step", "person", "source", "order", "text", "value"))
    table["turn"] = table["order"] // STRIDE
    keys = ["step", "source", "turn", "person", "text"]
    said = table.groupby(keys, as_index=False, dropna=False).agg(value=("value", "mean"), place=("order", "min"))
    found = {}
    for step, those in said.groupby("step"):
        told = [_told(side, row, "interview", f"judged {row['value']:+.3g} of −2 to +2".replace("-", "−"))
                for side, row in _ends(those, 0.0)]  # fmt: skip
        if told:
            found[str(step)] = told
    return found


def _of_comments(journey: JourneyFrame) -> dict[str, list[dict[str, Any]]]:
    """By step the comments of the same response as the lowest and the highest score given there."""
    at = journey.at_any_step()
    written = at.records.lazy.filter(nw.col("kind") == "comment", ~nw.col("step").is_null(), ~nw.col("text").is_null())
    people = rows(written.group_by("step").agg(nw.col("person").n_unique().alias("people")))
    many = sorted(people.loc[people["people"] >= max(journey.minimum_base, 1), "step"])
    asked = journey.measures.to_frame()
    found = {}
    for step in many:
        there = asked[(asked["step"] == step) & (asked["kind"] == "answer")]
        score = next((one for one in ("nps", "emotion", "csat", "trust", "ces") if one in set(there["measure"])), None)
        scales = there.loc[there["measure"] == score, ["low", "high", "reversed"]].drop_duplicates()
        if score is None or len(scales) != 1:
            continue
        low, high, flipped = scales.iloc[0]
        said = _extremes(at, written.filter(nw.col("step") == step), step, score, bool(flipped))
        word = f"gave {{:g}} of {high:g}" if score == "nps" else f"{score} {{:g}} on {low:g} to {high:g}"
        middle = 7.5 if score == "nps" else (low + high) / 2
        sign = -1 if flipped else 1
        told = [
            _told(side, row, "comment", word.format(sign * row["value"])) for side, row in _ends(said, sign * middle)
        ]
        if told:
            found[step] = told
    return found


def _extremes(at: JourneyFrame, written: nw.LazyFrame, step: str, score: str, flipped: bool) -> pd.DataFrame:
    """The comments fit to be quoted at one step with the lowest and the highest scores: a few of each end."""
    length, case = nw.col("text").str.len_chars(), (nw.col("order") // STRIDE).alias("case")
    fit = written.filter(length >= QUOTE[0], length <= QUOTE[1], ~nw.col("text").str.contains(r"\[")).with_columns(case)
    answers = at.records.lazy.filter(
        nw.col("kind") == "answer", nw.col("measure") == score, nw.col("state") == "answered", ~nw.col("value").is_null(),
        nw.col("step") == step,
    ).with_columns(case)  # fmt: skip
    value = nw.col("value") * (-1 if flipped else 1)
    answers = answers.group_by("case").agg(value.max().alias("value"))
    fit = fit.select("case", "person", "source", "order", "text").join(answers, on="case", how="inner")
    far = fit.with_columns(
        nw.when(nw.col("text").str.len_chars() > MIDDLE)
        .then(nw.col("text").str.len_chars() - MIDDLE)
        .otherwise(MIDDLE - nw.col("text").str.len_chars())
        .alias("far"),
        nw.col("order").alias("place"),
    )
    ends = [
        far.sort("value", "far", "source", "place", descending=[down, False, False, False]) for down in (False, True)
    ]
    found = pd.concat([rows(one.head(AHEAD)) for one in ends]).drop_duplicates("place")
    return found.drop(columns=["far", "order", "case"])


def _ends(said: pd.DataFrame, middle: float) -> list[tuple[str, pd.Series]]:
    """The words judged lowest, if under the middle, and highest, if over it, of two people."""
    ordered = said.assign(far=(said["text"].str.len() - MIDDLE).abs())
    found: list[tuple[str, pd.Series]] = []
    for side, up in (("worst", True), ("best", False)):
        ranked = ordered.sort_values(["value", "far", "source", "place"], ascending=[up, True, True, True])
        ranked = ranked[(ranked["value"] < middle) if up else (ranked["value"] > middle)]
        others = ranked[~ranked["person"].isin([row["person"] for _, row in found])]
        if len(others):
            found.append((side, others.iloc[0]))
    return found


def _told(side: str, row: pd.Series, kind: str, judged: str) -> dict[str, Any]:
    return {"words": " ".join(str(row["text"]).split()), "side": side, "judged": judged, "kind": kind}


def complaint_themes(journey: JourneyFrame, few: Collection[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """By step what its complaints are about, by the study's code frame: `theme`, `n` complaints that speak of it, `of` all.

    At most three a step, the commonest first, none of fewer people than the minimum base, none at the steps `few`.
    """
    if not journey.themes or "complaint" not in journey.distinct("kind"):
        return {}
    frame, least = comments.frame_of(journey, None), max(1, journey.minimum_base)
    written = journey.at_any_step().records.lazy.filter(
        nw.col("kind") == "complaint", ~nw.col("step").is_null(), ~nw.col("text").is_null()
    )
    names = {f"t{place}": theme for place, theme in enumerate(frame)}
    marks = [comments.marked(frame[theme]).alias(mark) for mark, theme in names.items()]
    alone = nw.concat_str(nw.lit("#"), nw.col("order").cast(nw.String))
    written = written.select("step", "text", nw.col("person").fill_null(alone).alias("person"))
    marked = comments.readable(journey.engine, written).select("step", "person", *marks)
    own = marked.group_by("step", "person").agg(nw.len().alias("n"), *[nw.col(mark).sum() for mark in names])
    people = [(nw.col(mark) > 0).cast(nw.Int64).sum().alias(f"{mark} people") for mark in names]
    counted = rows(own.group_by("step").agg(nw.col("n").sum(), *[nw.col(mark).sum() for mark in names], *people))
    found = {}
    for row in counted[~counted["step"].isin(list(few))].to_dict("records"):
        spoken = [(int(row[mark]), theme) for mark, theme in names.items() if int(row[f"{mark} people"]) >= least]
        first = sorted(spoken, key=lambda one: -one[0])[:TOP]
        if first:
            found[row["step"]] = [{"theme": theme, "n": n, "of": int(row["n"])} for n, theme in first]
    return found
