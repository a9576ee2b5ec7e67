"""What may come before an outcome, and who is at risk of it from when to when: frames of the engine, nothing counted yet.

Knows the journey and its engine. Times are microseconds; a trigger holds from its time on, never before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from workbench.engine import distinct, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.journey import JourneyFrame
from workbench.spans import in_words
from workbench.steps.measure import customers
from workbench.steps.measure.customers import DAY

STEPS = 40  # triggers at steps that are asked about: those that most people go through
LOW = 0.25  # of a scale's range from its bad end: an answer there is a low one (0 to 6 of a recommendation)
DETRACTS = 6
SILENT = 0.9  # of the waits between contacts are shorter than a silence
SAID = re.compile(r"\s*(?P<measure>.+?)\s*(?P<sign><=|>=)\s*(?P<value>-?\d+(?:\.\d+)?)\s*")
LIMITS = {"<=": "at_most", ">=": "at_least"}

SWITCH, BACK, AGAIN, SILENCE, ANSWER, COMPLAINT = "switch", "back", "again", "silence", "answer", "complaint"
AT = "at "  # before a step's id


@dataclass(frozen=True)
class Outcome:
    """What happened, whenever it did (person, time); in words, one and several; its kind and its step."""

    frame: nw.LazyFrame
    words: str
    several: str
    kind: str
    step: str | None = None
    measure: str | None = None


@dataclass(frozen=True)
class Spans:
    """The lengths that the question is about, in microseconds."""

    window: int
    lag: int
    again: int
    silence: int | None = None


def outcome_of(journey: JourneyFrame, asked: str | Mapping[str, Any]) -> Outcome:
    """The outcome asked about: "complaint", a step, or an answer that lies on one side of a limit. Raises DataFault."""
    if isinstance(asked, str) and (said := SAID.fullmatch(asked)):
        asked = {"measure": said["measure"], LIMITS[said["sign"]]: float(said["value"])}
    if not isinstance(asked, str):
        return _answer(journey, asked)
    seen = customers.seen(journey, "event", "complaint")
    if asked == COMPLAINT:
        return Outcome(seen.filter(nw.col("kind") == COMPLAINT), "a complaint", "complaints", COMPLAINT)
    names = journey.step_names or {}
    step = {name: one for one, name in names.items()}.get(asked, asked)
    known = journey.distinct("step")
    if step not in known:
        raise DataFault(unknown("outcome", asked, [COMPLAINT, *journey.in_order("step", known)]))
    name = f'"{names.get(step, step)}"'
    return Outcome(seen.filter(nw.col("step") == step), name, f"arrivals at {name}", "step", step)


def _answer(journey: JourneyFrame, asked: Mapping[str, Any]) -> Outcome:
    if not isinstance(asked, Mapping):
        raise DataFault(
            Fault(column="outcome", found=str(asked), expected='"complaint", a step, or an answer, as in "nps <= 6"')
        )
    limits = [one for one in LIMITS.values() if one in asked]
    if strange := [one for one in asked if one not in ("measure", "step", *LIMITS.values())]:
        raise DataFault(unknown("part of an outcome", strange[0], ("measure", "at_most", "at_least", "step")))
    if "measure" not in asked or len(limits) != 1:
        raise DataFault(
            Fault(column="outcome", found=str(dict(asked)), expected='as in {"measure": "nps", "at_most": 6}')
        )
    try:
        limit = float(asked[limits[0]])
    except (TypeError, ValueError):
        raise DataFault(Fault(column="outcome", found=str(asked[limits[0]]), expected="a number")) from None
    given, words = any_answer(journey, str(asked["measure"]), asked.get("step"))
    value = nw.col("value")
    kept = given.filter(value <= limit if limits[0] == "at_most" else value >= limit)
    name = f"{words} of {'at most' if limits[0] == 'at_most' else 'at least'} {limit:g}"
    return Outcome(
        kept, f"an {name}", name.replace("answer", "answers", 1), ANSWER, asked.get("step"), asked["measure"]
    )


def any_answer(journey: JourneyFrame, measure: str, step: str | None = None) -> tuple[nw.LazyFrame, str]:
    """All answers to a question, and what they are in words."""
    table = journey.measures.to_frame()
    known = sorted(set(table.loc[table["kind"] == "answer", "measure"]))
    if measure not in known:
        raise DataFault(unknown("measure", measure, known))
    given = customers.seen(journey, "answer").filter(nw.col("measure") == measure, ~nw.col("value").is_null())
    words = f"answer ({measure})"
    if step is not None:
        step = customers.step_of(journey, step)
        given = given.filter(nw.col("step") == step)
        words = f'answer ({measure}) at "{(journey.step_names or {}).get(step, step)}"'
    return given, words


# -- the triggers -----------------------------------------------------------------------------------------------------


def triggers(
    journey: JourneyFrame, moves: JourneyFrame | None, outcome: Outcome, spans: Spans, steps: list[str]
) -> tuple[list[nw.LazyFrame], dict[str, str]]:
    """All that may come before the outcome, kind by kind (person, trigger, time), and each trigger in words."""
    names = journey.step_names or {}
    parts: list[nw.LazyFrame] = []
    words: dict[str, str] = {}

    def add(name: str, said: str, frame: nw.LazyFrame) -> None:
        words[name] = said
        parts.append(frame.select("person", nw.lit(name).alias("trigger"), "time"))

    if moves is not None:
        contacts = moves.records.lazy.filter(nw.col("kind") == "event")
        if steps:
            visits = contacts.filter(nw.col("step").is_in(steps))
            parts.append(visits.select("person", nw.concat_str(nw.lit(AT), nw.col("step")).alias("trigger"), "time"))
            words |= {AT + step: names.get(step, step) for step in steps}
        behind = _behind(moves)
        wait = nw.col("time") - nw.col("was")
        add(SWITCH, "another channel than the time before",
            behind.filter(nw.col("kind_was") == "event", nw.col("channel") != nw.col("channel_was")))  # fmt: skip
        same = (nw.col("step_was") == nw.col("step")) & (wait <= spans.lag)
        add(BACK, "a step visited again", behind.filter(nw.col("visit") > 1, ~same.fill_null(False)))
        add(AGAIN, f"a second contact within {in_words(spans.again)}",
            behind.filter(wait > spans.lag, wait <= spans.again))  # fmt: skip
        if spans.silence is not None:
            gap = nw.col("gap")
            quiet = moves.records.lazy.filter(gap.is_null() | (gap > spans.silence))
            add(SILENCE, f"a silence of over {in_words(spans.silence)}",
                quiet.with_columns((nw.col("time") + spans.silence).alias("time")))  # fmt: skip
    low = _low(journey)
    if low is not None:
        add(ANSWER, "a low answer", customers.seen(journey, "answer").filter(low))
    if outcome.kind != COMPLAINT:
        add(COMPLAINT, "a complaint", customers.seen(journey, "complaint"))
    if not parts:
        raise DataFault(Fault(found="nothing that could come before", expected="contacts, answers or complaints"))
    return parts, words


def _behind(moves: JourneyFrame) -> nw.LazyFrame:
    """The contacts, each with the time, step, channel and kind of the person's move before it."""
    behind = {"was": "time", "step_was": "step", "channel_was": "channel", "kind_was": "kind"}
    seen = moves.records.lazy.select("person", "time", "order", "step", "channel", "kind", "visit")
    shifted = [nw.col(of).shift(1).over("person", order_by=["time", "order"]).alias(to) for to, of in behind.items()]
    return seen.with_columns(*shifted).filter(nw.col("kind") == "event", ~nw.col("was").is_null())


def usual_silence(moves: JourneyFrame, lag: int) -> int | None:
    """The wait that nine of ten waits between contacts do not exceed, to a 720th of a month; None: nobody ever waits."""
    unit = max(lag, 1_000_000)
    gap = nw.col("gap")
    waits = moves.records.lazy.filter(gap > lag).with_columns((gap // unit).alias("units"))
    found = rows(waits.group_by("units").agg(nw.len().alias("n"))).sort_values("units", ignore_index=True)
    if found.empty:
        return None
    reached = found["n"].cumsum() >= SILENT * found["n"].sum()
    return int(found.loc[reached.idxmax(), "units"] + 1) * unit


def asked_steps(moves: JourneyFrame, outcome: Outcome) -> tuple[list[str], int]:
    """The steps asked about, in order: those that most people come to; and how many there are."""
    contacts = moves.records.lazy.filter(nw.col("kind") == "event", ~nw.col("step").is_null())
    if outcome.kind == "step":
        contacts = contacts.filter(nw.col("step") != outcome.step)
    table = rows(contacts.group_by("step").agg(nw.col("person").n_unique().alias("people")))
    table = table.sort_values(["people", "step"], ascending=[False, True])
    return moves.in_order("step", table["step"].head(STEPS)), len(table)


def _low(journey: JourneyFrame) -> Any:
    """Is an answer a low one? None where no question has a scale."""
    table = journey.measures.to_frame()
    scales = table.loc[(table["kind"] == "answer") & table["low"].notna() & (table["high"] > table["low"])]
    found: Any = None
    for name, mine in scales.groupby("measure", sort=True):
        ends = mine[["low", "high", "reversed"]].drop_duplicates()
        if len(ends) > 1:
            continue  # asked on several scales: which answers are low is not plain
        low, high, flipped = float(ends["low"].iloc[0]), float(ends["high"].iloc[0]), bool(ends["reversed"].iloc[0])
        value, reach = nw.col("value"), LOW * (high - low)
        side = value >= high - reach if flipped else value <= low + reach
        if name == "nps" and (low, high) == (0, 10):
            side = value <= DETRACTS
        here = (nw.col("measure") == str(name)) & side
        found = here if found is None else found | here
    return found


# -- who is at risk ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cover:
    """From when to when the outcome could be seen (microseconds), and what to tell of it."""

    start: int
    end: int
    told: str
    cut: str


def cover(journey: JourneyFrame, outcome: Outcome) -> Cover:
    """The time in which the outcome could be seen: that of all data, cut to the sources of the outcome where they are
    a month shorter at an end."""
    ends = [nw.col("time").min().alias("first"), nw.col("time").max().alias("last"), nw.len().alias("n")]
    sources = sorted(rows(distinct(outcome.frame.select("source")))["source"].dropna())
    if not sources:
        raise DataFault(
            Fault(
                column="outcome",
                found=f"no {outcome.several} of a person at a time",
                expected="the outcome in the data",
            )
        )
    first, last, _ = rows(customers.seen(journey).select(*ends)).iloc[0]
    own_first, own_last, _ = rows(customers.seen(journey).filter(nw.col("source").is_in(sources)).select(*ends)).iloc[0]
    month, cut = round(customers.MONTH * DAY), []
    named = ", ".join(sources)
    start, end = int(first), (int(last) // DAY + 1) * DAY
    if own_first - first > month:
        start = int(own_first) // DAY * DAY
        cut.append(f"before {customers.day_in_words(start // DAY)}")
    if last - own_last > month:
        end = (int(own_last) // DAY + 1) * DAY
        cut.append(f"after {customers.day_in_words(end // DAY - 1)}")
    told = f"from {customers.day_in_words(start // DAY)} to {customers.day_in_words(end // DAY - 1)}"
    away = f"{named} is silent {' and '.join(cut)}: that time is left out." if cut else ""
    return Cover(start, end, told, away)
