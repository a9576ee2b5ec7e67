"""Comments with the marks of their themes, beside the score of the same response; and the quotes that stand for a theme.

The engine finds the words. Knows comments, the records and how a score counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw

from workbench.engine import RECORDS, STRIDE, Engine, rows
from workbench.faults import DataFault, unknown
from workbench.journey import JourneyFrame
from workbench.steps.measure import comments, scored
from workbench.steps.measure.scored import Counting

QUOTE = (40, 240)  # letters of a comment that stands for its theme
FIRST = 20  # comments looked at for one that nobody else's quote comes from


class Held:
    """As long as this is there, the tables that were worked out for it are."""


@dataclass(frozen=True)
class Read:
    """Comments with a mark a theme (t0, t1 …), as `texts`; one row a comment to count in `documents`; and everybody who
    gave a score in `answers` (marks blank for the silent). What one respondent says in one go is one comment."""

    texts: nw.LazyFrame
    documents: nw.LazyFrame
    answers: nw.LazyFrame | None
    keys: tuple[str, ...]
    names: Mapping[str, str]
    counting: Counting | None
    engine: Engine
    held: Held


def read(
    journey: JourneyFrame, frame: Mapping[str, Sequence[str]], by: tuple[str, ...], of: str | None, kind: str
) -> Read:
    """Find the words, and put comments beside the score of the same response."""
    at_step = "step" in by or (of is not None and of not in journey.asked_of_whole())
    if of is not None and of not in (there := set(journey.measures.to_frame()["measure"])):
        raise DataFault(
            replace(unknown("measure", of, sorted(there)), mend="say another of=, or of=None for shares alone")
        )
    journey = journey.at_any_step() if "step" in by else journey
    counting = None if of is None else scored.counting(journey, of, "" if at_step else None)
    keys = ("case", "step") if at_step and (counting or "step" in by) else ("case",)
    names = {f"t{place}": theme for place, theme in enumerate(frame)}
    own = [one for one in by if one in RECORDS and one not in keys]
    written = comments.comments(journey, kind).select("order", "case", "person", "step", "text", *own)
    marks = [comments.marked(frame[theme]).alias(mark) for mark, theme in names.items()]
    texts = comments.readable(journey.engine, written).with_columns(*marks).drop("small", "plain")
    held = Held()
    texts = journey.engine.keep_for(held, texts)
    documents = texts.group_by(*keys).agg(
        nw.col("person").min(), *[nw.col(one).min() for one in own], *[nw.col(mark).max() for mark in names]
    )
    others = [one for one in by if one not in RECORDS]
    documents = journey.engine.keep_for(held, journey._attributes(documents, others))
    answers = None
    if counting:
        step = nw.col("step")
        said = journey.records.lazy.filter(
            nw.col("kind") == "answer",
            nw.col("measure") == of,
            nw.col("state") == "answered",
            ~nw.col("value").is_null(),
            ~step.is_null() if at_step else step.is_null(),
        ).with_columns((nw.col("order") // STRIDE).alias("case"), nw.col("weight").fill_null(1.0).alias("weight"))
        said = said.group_by(*keys).agg(
            nw.col("person").min(),
            nw.col("value").max().alias("score"),
            nw.col("weight").max(),
            *[nw.col(one).min() for one in own],
        )
        said = journey._attributes(said, [*others, *scored.design_columns(journey)])
        said = scored.with_units(said).with_columns(counting.x().alias("x"))
        answers = said.join(documents.select(*keys, *names), on=list(keys), how="left")
        answers = journey.engine.keep_for(held, answers)
    return Read(texts, documents, answers, keys, names, counting, journey.engine, held)


def quotes(found: Read, frame: Mapping[str, Sequence[str]], least: int) -> dict[str, str]:
    """A quote a theme, by rule: of its comments of 40 to 240 letters with nothing masked those nearest its median score,
    of these the one with most of its words, then the first. Nobody is quoted twice, and no theme of fewer than `least`
    comments.
    """
    length = nw.col("text").str.len_chars()
    fit = found.texts.filter(length >= QUOTE[0], length <= QUOTE[1], ~nw.col("text").str.contains(r"\["))
    middles: dict[str, float] = {}
    if found.answers is not None:
        fit = fit.join(found.answers.select(*found.keys, "score"), on=list(found.keys), how="inner")
        middles = _medians(found)
    scores = ["score"] if middles else []
    held = Held()
    fit = found.engine.keep_for(held, fit.select("order", "person", *scores, *found.names))
    told: dict[str, str] = {}
    taken: set[str] = set()
    counted = rows(found.documents.select(*[nw.col(mark).sum() for mark in found.names]))
    for mark, theme in found.names.items():
        if counted[mark][0] < max(1, least) or (found.answers is not None and theme not in middles):
            continue
        near: Any = (nw.col("score") - middles[theme]).abs() if middles else nw.lit(0.0)
        those = fit.filter(nw.col(mark) == 1).with_columns(near.alias("near"))
        those = those.filter(nw.col("near") == nw.lit(rows(those.select(nw.col("near").min()))["near"][0]))
        text = those.select("order", "person").join(found.texts.select("order", "text"), on="order", how="inner")
        words: Any = sum((comments.marked([word]) for word in frame[theme]), nw.lit(0))
        best = comments.readable(found.engine, text).with_columns((nw.lit(0) - words).alias("fewest"))
        first = rows(best.sort("fewest", "order").select("fewest", "order", "person", "text").head(FIRST))
        for person, quote in first[["person", "text"]].itertuples(index=False):
            if person not in taken:
                taken.add(person)
                told[theme] = quote
                break
    return told


def _medians(found: Read) -> dict[str, float]:
    """The median score of each theme's comments."""
    marks = list(found.names)
    if found.answers is None:
        return {}
    counted = rows(found.answers.group_by("score", *marks).agg(nw.len().alias("n"))).sort_values("score")
    medians = {}
    for mark, theme in found.names.items():
        here = counted[counted[mark] == 1]
        if len(here):
            below = here["n"].cumsum()
            medians[theme] = float(here["score"][below >= below.iloc[-1] / 2].iloc[0])
    return medians
