"""The findings to say first, ranked by what is at stake: hot spots, surprises, verdicts, the choice of solutions.

Looks back at every step of the method, through findings as they may be shown; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups
from workbench.steps.measure.claims import Hypothesis
from workbench.steps.measure.groups import signed

MOST = 6  # findings that are said first
STEPS, CLAIMS = 3, 2  # of these, steps and claims at the most, so that the choice has its place
RULE = (
    "ranked by the points at stake over all customers: how far it lies from nothing (the mean of the steps, what was assumed, "
    "no difference; the end of its 95 % interval that is nearer) on a scale from −100 to 100, times the share of people "
    "whom it concerns; a set of solutions by what it brings at least, as the study weighs outcomes; what is not told in "
    "points stands after these; at most three steps and two claims, those first in which something else was held equal"
)
COLUMNS = ("rank", "finding", "base", "evidence", "at stake", "tone", "place")
SCALES = {"nps": 200.0, "emotion": 200.0}


@dataclass(frozen=True)
class Said:
    """One finding to say: its sentence, its base and interval, its evidence, the points at stake (None: not in points),
    pain, gain or plain, and the name of the finding where all of it stands."""

    text: str
    base: str
    evidence: str
    stake: float | None
    tone: str
    place: str


def first_page(journey: JourneyFrame, told: Sequence[Said]) -> Finding:
    """The findings to say first, the ones with most at stake on top (see RULE); at most six."""
    order = sorted(told, key=_stake)[:MOST]
    rows = [
        {"rank": place, "finding": one.text, "base": one.base, "evidence": one.evidence, "at stake": one.stake,
         "tone": one.tone, "place": one.place}
        for place, one in enumerate(order, start=1)
    ]  # fmt: skip
    table = groups.rounded(pd.DataFrame(rows, columns=list(COLUMNS)).astype({"at stake": float}))
    sentence = f"{len(rows)} findings to say first." if len(rows) != 1 else "One finding to say first."
    return Finding(
        "first_page", table, sentence, by=("rank",), base=journey.base(), method=RULE, trail=journey.trail,
        minimum=journey.minimum_base, title="Findings", quiet=("tone", "place"),
    )  # fmt: skip


def of_steps(
    hot: Finding | None, surprises: Finding | None, rates: Finding | None, grades: Mapping[str, str]
) -> list[Said]:
    """Steps that stand out or surprise, one finding a step: the score against the mean of the steps, what was assumed, the
    complaints. `grades` are those of the evidence, by the steps' names."""
    spots = _by_step(hot)
    gaps = {step: row for step, row in _by_step(surprises).items() if row["surprise"] is True}
    complained = _by_step(rates)
    found = []
    for step in dict.fromkeys([*spots, *gaps]):
        spot = spots.get(step, {})
        stands = spot.get("proposed", "") in ("pain", "gain")
        if not stands and step not in gaps:
            continue
        reach = (_known(spot.get("reach %")) or 100.0) / 100
        one = _surprising(step, gaps[step], reach) if step in gaps else None
        mine = _standing(step, spot, reach, hot) if stands and hot is not None else None
        if one is None or (mine and one.tone != mine.tone):
            one, mine = mine or one, one if mine else None
        assert one is not None
        stake = max((each.stake or 0.0 for each in (one, mine) if each is not None), default=0.0)
        text, base = one.text, one.base
        rate = complained.get(step)
        if one.tone == "pain" and rate is not None and _known(rate["value"]) is not None:
            text += f" and brings {rate['value']:.0f} complaints per 1,000 customers"
            base += f" · complaints {rate['low']:.0f} to {rate['high']:.0f}, {int(rate['n']):,} customers"
        place = f"hot_spot_{spot['id']}" if stands and spot.get("id") else surprises.name if surprises else ""
        found.append(Said(f"{text}.", base, grades.get(step, ""), stake, one.tone, place))
    return sorted(found, key=_stake)[:STEPS]


def of_claims(judged: Finding | None, declared: Sequence[Hypothesis], journey: JourneyFrame) -> list[Said]:
    """Declared claims that came out supported or contradicted, each with its difference."""
    if judged is None:
        return []
    widths = scales(journey)
    hypotheses = {one.id: one for one in declared}
    found = []
    for row in judged.to_frame().to_dict("records"):
        if row["verdict"] not in ("supported", "contradicted"):
            continue
        one = hypotheses.get(row["id"])
        when = {"yes": "declared before the look", "no": "declared after the data had been looked at"}
        held = str(row["adjusted for"] or "")
        held = f"adjusted for {held}" if held and held not in ("–", "nothing", "nan") else ASSOCIATION
        stake = None
        if one is not None and one.outcome in widths and str(row["outcome"]).endswith("difference"):
            near = _nearer(row["low"], row["high"])
            worse = row["n B"] if row["value"] > 0 else row["n A"]
            stake = near / widths[one.outcome] * 200 * worse / (row["n A"] + row["n B"])
        tone = "gain" if row["verdict"] == "supported" else "pain"
        base = f"{held} · {int(row['n A']):,} and {int(row['n B']):,} people"
        evidence = f"{row['verdict']}, {when.get(row['before the look'], 'when it was declared is not on record')}"
        text = f"{row['claim']}: {row['verdict']}, {difference_in_words(row)}."
        found.append(Said(text, base, evidence, stake, tone, judged.name))
    return sorted(found, key=lambda one: (one.base.startswith(ASSOCIATION), *_stake(one)))[:CLAIMS]


ASSOCIATION = "nothing else held equal: they go together, which is not yet what brings it about"


def of_choice(ranked: Finding, sets: Finding, points: bool) -> Said:
    """The best set of solutions; in points only where the study does not count in money."""
    seen = ranked.to_frame()
    chosen = seen[seen["in the best set"] == True]  # noqa: E712 - blank where hidden
    resting = int(chosen["basis"].astype(str).str.startswith("finding").sum())
    evidence = f"{resting} of {len(chosen)} rest on findings, the others on judgement" if len(chosen) else "judgement"
    best = sets.to_frame()
    low = _known(best.iloc[0].get("low")) if len(best) and points else None
    return Said(ranked.sentence, ranked.base, evidence, low, "gain", ranked.name)


def plain(found: Finding, tone: str = "plain", evidence: str = "measured") -> Said:
    """A finding as it says itself."""
    return Said(found.sentence, found.base, evidence, None, tone, found.name)


def difference_in_words(row: Mapping[str, Any] | pd.Series) -> str:
    """A judged difference with its interval: points of what was asked, or how many times as often."""
    what = {"complaint ratio": "as many complaints", "churn ratio": "as fast to leave", "pace ratio": "as fast"}
    if row["outcome"] in what:
        return f"{row['value']:.2f} times {what[row['outcome']]} ({row['low']:.2f} to {row['high']:.2f})"
    of, digits = str(row["outcome"]).removesuffix(" difference"), 0 if row["outcome"] == "NPS difference" else 2
    spoken = f"{signed(row['value'], digits)} {of} points"
    return f"{spoken} ({signed(row['low'], digits)} to {signed(row['high'], digits)})"


def scales(journey: JourneyFrame) -> dict[str, float]:
    """How many points each measure's scale is wide; measures on several scales are left out."""
    table = journey.measures.to_frame()
    found = {}
    for measure, those in table[table["kind"] == "answer"].groupby("measure"):
        widths = (those["high"] - those["low"]).dropna().unique()
        if len(widths) == 1 and widths[0] > 0:
            found[str(measure)] = float(widths[0])
    return found | {measure: width for measure, width in SCALES.items() if measure in found}


# -- inside -----------------------------------------------------------------------------------------------------------


def _surprising(step: str, row: Mapping[str, Any], reach: float) -> Said:
    way, tone = ("worse", "pain") if row["value"] < 0 else ("better", "gain")
    text = f'"{step}" feels {abs(row["value"]):.0f} points {way} than the team assumed'
    base = f"{signed(row['low'])} to {signed(row['high'])}, {int(row['n']):,} answers"
    return Said(text, base, "", _nearer(row["low"], row["high"]) * reach, tone, "surprises")


def _standing(step: str, row: Mapping[str, Any], reach: float, hot: Finding) -> Said | None:
    """A step against the mean of the steps, where a score was asked (not where complaints are all there is)."""
    span, unit = hot.picture.get("range"), str(hot.picture.get("unit", "points"))
    tone, verb = row["proposed"], "hurts" if row["proposed"] == "pain" else "delights"
    digits = 0 if span and span[1] - span[0] >= 50 else 2
    near = {name: float(row[name]) for name in ("value", "low", "high")}
    interval = f"{signed(near['low'], digits)} to {signed(near['high'], digits)}, {int(row['n']):,}"
    if not span:
        return Said(f'"{step}" {verb}: {near["value"]:.0f} {unit}', interval, "", None, tone, "hot_spots")
    middle = float(hot.picture["reference"])
    text = f'"{step}" {verb}: {signed(near["value"], digits)} {unit} against {signed(middle, digits)} over all steps'
    far = _nearer(near["low"] - middle, near["high"] - middle) / (span[1] - span[0]) * 200 * reach
    return Said(text, f"{interval} answers", "", far, tone, "hot_spots")


def _by_step(found: Finding | None) -> dict[str, dict[str, Any]]:
    """The rows of a finding by step that may be shown, with the step's id."""
    if found is None or "step" not in found.table.columns or found.table.empty:
        return {}
    seen = found.to_frame()
    seen["id"] = found.table["step"].to_numpy()
    rows = [row for row in seen.to_dict("records") if _known(row.get("value")) is not None]
    return {row["step"]: row for row in rows if isinstance(row["id"], str)}


def _stake(one: Said) -> tuple[bool, float]:
    """Most at stake first; what is not in points behind."""
    return one.stake is None, -(one.stake or 0.0)


def _nearer(low: float, high: float) -> float:
    """How far an interval lies from nothing; 0 where it holds it."""
    return 0.0 if low <= 0 <= high else float(min(abs(low), abs(high)))


def _known(value: Any) -> float | None:
    return None if value is None or value != value or isinstance(value, str) else float(value)
