"""Weights: answers brought to known shares of people by raking, what that costs, and what it moves.

Knows the journey's records by way of narwhals, and the inference room. Design weights are where raking begins. Weighting
repairs what the margins explain, and no more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.finding import Finding
from workbench.inference.intervals import Estimate
from workbench.inference.trimming import max_over_median, raked_mean
from workbench.inference.weighting import BASE
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure, ratings
from workbench.steps.measure.raking import Margins, Weighted, rake_responses

SURVEY = ("answer", "comment")  # what a response is made of: these records carry its weight


def raked(
    journey: JourneyFrame, margins: Margins, trim: float | None = None, within: str | None = None
) -> JourneyFrame:
    """The journey with its answers weighted so that people's attributes have these shares. A new frame.

    margins  for each attribute of people, its categories and their shares, per cent or totals; or only names of
             attributes: then their shares among all known people, who must be more than those who answered
    trim     no weight above so many times the median: raking and trimming in turn
    within   "wave": each wave is brought to the margins by itself

    Weights that the answers have are where raking begins, and their sum is kept. Raking (Deming and Stephan 1940) is of
    responses. Answers and comments of people who miss a margin are left out, and the trail says how many.
    Raises DataFault, by name, for categories without people or without a total, and totals that do not fit together.
    """
    return _applied(journey, rake_responses(journey, margins, trim, within))


def _applied(journey: JourneyFrame, done: Weighted) -> JourneyFrame:
    within = done.within
    keys = [*done.names, *([within] if within else [])]
    cells = pd.concat([one.cells.assign(**({within: name} if within else {})) for name, one in done.parts.items()])
    on = [*keys, *([BASE] if done.each else [])]
    factors = journey.engine.table(cells[[*on, "factor"]].drop_duplicates(on).reset_index(drop=True))
    columns = journey.records.columns
    weight = nw.col("weight").fill_null(1.0)
    frame = journey._attributes(journey.records.lazy.with_columns(weight.alias(BASE)), list(done.names))
    frame = frame.join(factors, on=on, how="left")
    spoken, known = nw.col("kind").is_in(list(SURVEY)), ~nw.col("factor").is_null()
    frame = frame.with_columns(
        nw.when(spoken & known).then(weight * nw.col("factor")).otherwise(nw.col("weight")).alias("weight")
    )
    kept = frame.filter(~spoken | known).select(*columns)
    deff = max(one.after.deff for one in done.parts.values() if one.after.deff is not None)
    left = f"; {done.left:,} responses left out that miss one" if done.left else ""
    return journey._with(kept, f"{done.words} (raking, design effect {deff:.2f}{left})", whole=not done.left)


@measure("Whom do the answers stand for, and what does weighting them change?")
def weighting(
    journey: JourneyFrame,
    margins: Margins,
    trim: float | None = None,
    within: str | None = None,
    of: str = "nps",
    minimum_base: int | None = None,
) -> Finding:
    """What raking would do: each margin before and after, what the weights cost, and the score before and after.

    Arguments as in `raked`. Shares in per cent of the weights. The cost is Kish's (1965) design effect of unequal
    weights, and how many times the median the largest weight is. The score after weighting has a standard error that
    knows of the margins (residuals, Taylor linearisation) where nobody answered twice; else the weights are taken as
    given, which is rather too wide.
    """
    done = rake_responses(journey, margins, trim, within, of, each=True)
    parts = [
        one.margins.assign(**({within: name} if within else {}), total=one.total) for name, one in done.parts.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    table["category"] = [f"{a}: {b}" for a, b in table[["margin", "category"]].itertuples(index=False)]
    table["n"] = table["n"].astype(int)
    for name in ("target", "before", "after"):
        table[name] = 100 * table[name] / table["total"]
    table["value"] = table["after"]
    keys = [*([within] if within else []), "category"]
    table = table[[*keys, "margin", "value", "target", "before", "after", "n"]].rename(
        columns={"target": "target %", "before": "before %", "after": "after %"}
    )
    least = min(done.parts.values(), key=lambda one: one.after.n_effective or 0)
    shift = float((table["before %"] - table["target %"]).abs().max())
    off = float((table["after %"] - table["target %"]).abs().max())
    met = "every margin is met" if off < 0.05 else f"margins are met to {off:.1f} points"
    worth = sum(one.after.n_effective or 0 for one in done.parts.values())
    before = sum(one.before.n_effective or 0 for one in done.parts.values())
    answers = done.responses - done.left
    sentence = (
        f"Before weighting, margins were up to {shift:.1f} points off; {met} after it. {answers:,} responses are worth "
        f"{worth:,.0f} (before: {before:,.0f})"
        f"{_score(journey, of, done)}."
    )
    ratio = max(max_over_median(one) for one in done.parts.values())
    turns = ", ".join(
        f"{f'{name}: ' if within else ''}{one.rounds} {'turns' if done.trimmed else 'rounds'}, "
        f"{'converged' if one.converged else 'NOT converged'}"
        for name, one in done.parts.items()
    )
    method = (
        f"{least.method} of responses ({turns}); design effect of the weights (Kish) "
        f"{_deff(done, 'before')} before, {_deff(done, 'after')} after; largest weight {ratio:.1f} times the median"
        f"{f'; {done.left:,} responses left out that miss a margin' if done.left else ''}"
        f"{''.join(f'; {note}' for one in done.parts.values() for note in one.notes)}; bias that the margins do not "
        "explain is in no interval"
    )
    found = groups.finding(
        journey,
        "weighting",
        groups.rounded(table),
        keys,
        sentence,
        f"{answers:,} responses",
        method,
        minimum_base,
        {
            "kind": "dumbbell",
            "start": "before %",
            "start_word": "before",
            "end_word": "after",
            "unit": "% of the weights",
        },
        "Weighting",
    )
    return replace(found, quiet=("value",))


def _score(journey: JourneyFrame, of: str, done: Weighted) -> str:
    """The score before and after, in words; nothing where it was not asked of the whole journey."""
    if of not in journey.asked_of_whole() or (of == "nps" and journey.scale(of, None)[:2] != (0, 10)):
        return ""
    one = ratings.nps if of == "nps" else ratings.mean_rating
    whole = journey.of_whole_journey()
    before = one(whole, by=(), of=of).table.iloc[0]
    after: Any = one(_applied(journey, done).of_whole_journey(), by=(), of=of).table.iloc[0]
    value, low, high = after["value"], after["low"], after["high"]
    if not (done.repeated or done.trimmed or done.within):
        part = next(iter(done.parts.values()))
        totals = {
            name: dict(zip(rows_of["category"], rows_of["target"], strict=True))
            for name, rows_of in part.margins.groupby("margin")
        }
        found: Estimate = raked_mean(part.cells, totals, lonely="adjust")
        value, low, high = found.value, found.low, found.high

    def said(value: float) -> str:
        return groups.signed(value) if of == "nps" else f"{value:.2f}"

    def whole_of(value: float, low: float | None, high: float | None) -> str:
        limits = "" if low is None or high is None else f" ({said(low)} to {said(high)})"
        return f"{said(value)}{limits}"

    name = "NPS" if of == "nps" else of
    if before["value"] != before["value"] or value is None or value != value:
        return ""
    return (
        f"; the {name} goes from {whole_of(before['value'], before['low'], before['high'])} "
        f"to {whole_of(value, low, high)}"
    )


def _deff(done: Weighted, when: str) -> str:
    values = [getattr(one, when).deff or 1.0 for one in done.parts.values()]
    low, high = min(values), max(values)
    return f"{low:.2f}" if high - low < 0.005 else f"{low:.2f} to {high:.2f}"
