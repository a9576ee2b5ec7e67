"""What comes before an outcome more often than chance: outcomes in the time after something against those at other times.

Knows the journey and the inference room. The engine cuts people's time at risk into stretches and counts where they
begin and end; which came first is seen, what brought it about is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.multiplicity import benjamini_hochberg, holm
from workbench.inference.preceding import FEW
from workbench.journey import JourneyFrame
from workbench.spans import in_words, span
from workbench.steps.measure import cautions, customers, groups, measure
from workbench.steps.measure import triggers as before
from workbench.steps.measure.customers import DAY
from workbench.steps.measure.risk_time import BANDS, SECOND, Counted
from workbench.steps.measure.triggers import AT, Outcome, Spans

if TYPE_CHECKING:
    from workbench.steps.map import JourneyMap

ALPHA = 0.05


@measure("What comes before a complaint?", needs=("complaint",), of_paths=True)
def precedes(
    journey: JourneyFrame,
    outcome: str | Mapping[str, Any] = "complaint",
    window: str = "30 days",
    adjust: str | Sequence[str] | None = None,
    map: JourneyMap | None = None,
    lag: str | None = None,
    again: str | None = None,
    minimum_base: int | None = None,
) -> Finding:
    """Which things does an outcome follow more often than chance? Rate ratios: the time after a thing against other time.

    outcome   "complaint"; a step (one that customers leave by, say); or an answer: {"measure": "nps", "at_most": 6}, with
              "at_least" and "step" too, or in short "nps <= 6"
    window    for how long after a thing its time lasts
    adjust    attributes of people that are held equal beside calendar and time since the first record
    map       the study's map: tells whether its loop of commitments predicted a reactive point there
    lag       what comes so shortly before the outcome is taken for a part of it, as a call that registers a complaint,
              and so shortly after a contact for a part of that (left out: a 720th of the window, an hour of 30 days)
    again     a second contact within so long is a trigger (left out: 7 days, or a quarter of a shorter window)

    Asked are the steps come to by most people, a change of channel, a step visited again, a second contact, a long silence,
    a low answer and a complaint. Each person is at risk from the first record to the first outcome, or to the last day of
    the data. Outcomes per time in the windows after a thing (their union: nobody counts twice) are compared with those
    per time elsewhere, within periods of the calendar and stretches of the time since the first record: Mantel-Haenszel
    rate ratio (Greenland and Robins 1985), exact where outcomes are few; p by Holm over all things asked about.
    `reactive` marks steps that it follows beyond chance. Coming before is not bringing about.

    Raises DataFault for an outcome that is not there, and where nobody was at risk of it.
    """
    asked = before.outcome_of(journey, outcome)
    spans = _spans(window, lag, again)
    covered = before.cover(journey, asked)
    held = customers.wanted(journey, adjust)
    moves = _moves(journey)
    steps, several = before.asked_steps(moves, asked) if moves is not None else ([], 0)
    if moves is not None:
        spans = Spans(spans.window, spans.lag, spans.again, before.usual_silence(moves, spans.lag))
    things, words = before.triggers(journey, moves, asked, spans, steps)
    least = journey.minimum_base if minimum_base is None else minimum_base
    counted = Counted(journey, asked, covered, spans, held, things)
    table = counted.ratios(words, least)
    if asked.measure is not None:  # who was asked at all
        given, _ = before.any_answer(journey, asked.measure, asked.step)
        every = Outcome(given, "an answer", "answers", before.ANSWER, asked.step, asked.measure)
        beside = Counted(journey, every, before.cover(journey, every), spans, held, things).ratios(words, least)
        table["ratio of any answer"] = table["id"].map(beside.set_index("id")["value"]).astype(float)
    found = _judged(table, map)
    return groups.finding(
        journey, "precedes", found, ("trigger",), _sentence(found, asked, spans), counted.base(least),
        _method(counted, held, least, several - len(steps)), minimum_base,
        {"kind": "ratios", "unit": "times as often as at other times", "reference": 1}, f"What comes before {asked.words}",
        [*(cautions.of_paths(moves) if moves is not None else ()), *_cautions(counted)],
    )  # fmt: skip


def _spans(window: str, lag: str | None, again: str | None) -> Spans:
    length = span(window, "window")
    late = length // 720 if lag is None else span(lag, "lag", nought=True)
    if late >= length:
        raise DataFault(Fault(column="lag", found=str(lag), expected=f"less than the window ({window})"))
    soon = min(7 * DAY, length // 4) if again is None else span(again, "again", nought=True)
    return Spans(length, late, soon)


def _moves(journey: JourneyFrame) -> JourneyFrame | None:
    """The paths, or None where there are no contacts (answers may still come before an answer)."""
    try:
        return journey.at_any_step().moves()
    except DataFault:
        return None


def _judged(table: pd.DataFrame, drawn: JourneyMap | None) -> pd.DataFrame:
    """The triggers with p corrected together, the highest ratio first, and which of them are reactive points."""
    p = [None if one is None or one != one else float(one) for one in table["p ratio"]]
    table["p Holm"], table["p BH"] = holm(p), benjamini_hochberg(p)
    numbers = [
        one for one in table.columns if one not in ("trigger", "n", "outcomes after it", "caution", "id", "method")
    ]
    table = table.astype(dict.fromkeys(numbers, float))
    beyond = (table["value"] > 1) & (table["p Holm"] < ALPHA)
    step = [one.removeprefix(AT) if one.startswith(AT) else None for one in table["id"]]
    table["reactive"] = ["" if one is None else "yes" if more else "no" for one, more in zip(step, beyond, strict=True)]
    if drawn is not None:
        predicted = {one.id: one.reactive for one in drawn.steps}
        table["predicted"] = [
            "" if one is None else "not on the map" if one not in predicted
            else f"yes: no {' or '.join(predicted[one])}" if predicted[one] else "no"
            for one in step
        ]  # fmt: skip
    table["beyond"] = beyond
    order = ["trigger", "value", "low", "high", "n", "outcomes after it", "% of all outcomes", "per 1,000 months after it",
             "per 1,000 months otherwise", "ratio of any answer", "p ratio", "p Holm", "p BH", "reactive", "predicted",
             "caution", "se", "id", "method"]  # fmt: skip
    found = table.sort_values(["value", "trigger"], ascending=[False, True], na_position="last", ignore_index=True)
    return groups.rounded(found[[one for one in order if one in found]])


def _sentence(found: pd.DataFrame, outcome: Outcome, spans: Spans) -> str:
    compared = found[found["value"].notna()]
    if compared.empty:
        return f"What comes before {outcome.words} cannot be compared with other times."
    beyond = compared[(compared["p Holm"] < ALPHA) & (compared["value"] > 1)]
    if beyond.empty:
        return (
            f"Of {len(compared)} things that could come before {outcome.words}, none does more often than chance, "
            f"in the {in_words(spans.window)} after it."
        )
    row = beyond.loc[beyond["low"].idxmax()]
    digits = 1 if row["value"] >= 2 else 2
    ratio, low, high = (f"{row[one]:.{digits}f}" for one in ("value", "low", "high"))
    after = f'"{row["trigger"]}"' if row["reactive"] else row["trigger"]
    rest = len(beyond) - 1
    more = (
        f" {rest} more of {len(compared)} things {'comes' if rest == 1 else 'come'} before it more often than chance."
        if rest
        else ""
    )
    return (
        f"In the {in_words(spans.window)} after {after}, {outcome.several} come {ratio} times as often ({low} to {high}) "
        f"as at other times: {row['% of all outcomes']:.0f} % of them follow it; {int(row['n']):,} people met it.{more}"
    )


def _method(counted: Counted, held: Sequence[str], least: int, further: int) -> str:
    spans, lag = counted.spans, in_words(counted.spans.lag)
    parts = [
        f"rate of the first outcome in the {in_words(spans.window)} after a thing (all its windows together, cut at the "
        "outcome) against all other time at risk: Mantel-Haenszel rate ratio, log interval (Greenland and Robins 1985), "
        f"or the exact conditional one where fewer than {FEW} outcomes lie on a side; 95 %",
        "at risk: from the first record to the first outcome, else to the last day of the data",
        f"compared within periods of {in_words(counted.length * SECOND)}, within "
        f"{len(BANDS)} stretches of the time since the first record ("
        + ", ".join(f"from {in_words(one * spans.window)}" if one else "from the start" for one in BANDS)
        + ")"
        + (f" and within {', '.join(one.replace('_', ' ') for one in held)}" if held else ""),
        f"a thing counts strictly before the outcome, from {lag} after it on: what is nearer may be the outcome's own record "
        "or its registration",
    ]
    if spans.silence is not None:
        parts.append(
            f"a silence is a wait longer than nine of ten waits between contacts and counts once it has lasted "
            f"{in_words(spans.silence)}; contacts within {lag} of each other are one"
        )
    parts.append("a low answer: 0 to 6 of a recommendation, else the lowest quarter of the scale")
    parts.append("rates per 1,000 person-months as they are, not adjusted; people unweighted")
    parts.append(
        "one record may be several things (a visit, another channel): their times overlap and the ratios are no shares"
    )
    for n, why in (
        (counted.early, "whose first record is the outcome"),
        (counted.away, "whose records lie after the time covered"),
    ):
        if n:
            parts.append(f"{groups.few(n, least)} people {why} left out")
    if counted.rare:
        parts.append(f"things that fewer than {least} people met left out: {counted.rare}")
    if further > 0:
        parts.append(f"{further:,} further steps that fewer people come to are not asked about")
    parts.append(
        "p by Holm over all things asked about, Benjamini-Hochberg beside it; coming before is not bringing about"
    )
    return "; ".join(parts)


def _cautions(counted: Counted) -> list[str]:
    told = [counted.covered.cut] if counted.covered.cut else []
    if counted.events < 2 * FEW:
        told.append("There are few outcomes: only very large ratios can be told from chance.")
    if counted.outcome.measure is not None:
        told.append(
            "An answer comes when one is asked for: what comes before being asked comes before low answers too. Compare "
            "with the ratio of any answer beside it."
        )
    return told
