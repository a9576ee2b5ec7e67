"""Evidence beside the map: where measured and assumed differ, which hot spots the data show, how good the evidence is.

Looks back at the map and at the measures; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from workbench.faults import DataFault, unknown
from workbench.finding import Finding
from workbench.inference.checks import two_sided_p
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.steps.map import JourneyMap
from workbench.steps.measure import groups
from workbench.steps.measure.complaints import complaint_rate
from workbench.steps.measure.ratings import csat, emotion_curve, nps

LANES = ("emotion", "trust")  # what the team assumes, from -100 to 100
WIDE = 20.0  # half-width, on -100 … 100, over which an emotion is not called measured
FEW = 3  # people whose words it takes to count as evidence of another kind
MANY = 10  # complaints that it takes
SPOTS = ("step", "value", "low", "high", "n", "emotion", "complaints per 1,000", "declared", "found")
QUOTED = "quoted_emotion"
JUDGED = "claims judged"
SATISFIED = "satisfied, 95 % interval"


def has(journey: JourneyFrame, measure: str) -> bool:
    """Was this measure asked in this journey?"""
    return measure in set(journey.measures.to_frame()["measure"])


def surprises(
    journey: JourneyFrame, drawn: JourneyMap, of: str | None = None, minimum_base: int | None = None
) -> Finding:
    """Where what customers feel differs from what the team assumed, beyond chance.

    Measured less assumed, both from -100 to 100, with interval, by step and lane (emotion and trust, those that were
    assumed and measured; `of` shows one of them); p for no difference by the t of the interval, Holm over all steps and lanes
    that have one: where answers do not spread (one answer, or all alike) there is none. A surprise has a corrected p
    under 5 %.
    """
    if of is not None and of not in LANES:
        raise DataFault(unknown("lane", of, LANES, column="of"))
    lanes = [
        lane for lane in LANES if has(journey, lane) and any(getattr(step, lane) is not None for step in drawn.steps)
    ]
    parts = {lane: _gaps(journey, drawn, lane, minimum_base) for lane in lanes or LANES[:1]}
    table = pd.concat([part for _, part in parts.values()], ignore_index=True)
    p = [_p(*row) for row in table[["value", "se", "df"]].astype(float).itertuples(index=False)]
    table["p corrected"] = pd.Series(holm(p), index=table.index, dtype=float)
    tested = sum(one is not None for one in p)
    table["surprise"] = [bool(one < 0.05) for one in table["p corrected"]]
    shown = table if of is None else table[table["lane"] == of]
    by = ("step", "lane") if shown["lane"].nunique() > 1 else ("step",)
    columns = ["value", "low", "high", "n", "measured", "measured low", "measured high", "assumed", "p corrected"]
    shown = groups.rounded(shown[[*by, *columns, "surprise", "se"]].copy()).reset_index(drop=True)
    what = of or " and ".join(parts)
    felt = {lane: found for lane, (found, _) in parts.items() if of in (None, lane) or of not in parts}
    bases = [found.base if len(felt) == 1 else f"{lane}: {found.base}" for lane, found in felt.items()]
    untested = f"; {len(p) - tested} without a spread of answers not tested" if tested < len(p) else ""
    range_of = {"range": [-100, 100], "reference": 0}
    measured = {"value": "measured", "low": "measured low", "high": "measured high", "assumed": "assumed"}
    alone = {"kind": "compare", "unit": what} | measured | range_of
    together = {"kind": "intervals", "unit": "measured less assumed", "signed": True, "reference": 0}
    return groups.finding(
        journey,
        "surprises",
        shown,
        by,
        _most_surprising(journey, shown, by, what, minimum_base),
        "; ".join(bases),
        f"measured less assumed; {'; '.join(dict.fromkeys(one.method for one in felt.values()))}; p by the t of the interval, "
        f"corrected over {tested} steps and lanes (Holm){untested}",
        minimum_base,
        alone if len(by) == 1 else together,
        "Assumed beside measured",
    )


def _gaps(
    journey: JourneyFrame, drawn: JourneyMap, lane: str, minimum_base: int | None
) -> tuple[Finding, pd.DataFrame]:
    """A lane as it was measured, and its table of measured less assumed."""
    felt = emotion_curve(journey, "step", minimum_base, lane)
    assumed = {step.id: getattr(step, lane) for step in drawn.steps}
    table = felt.table.copy()
    table["assumed"], table["lane"] = [assumed.get(step) for step in table["step"]], lane
    table = table[table["assumed"].notna() & table["value"].notna()].rename(columns={"value": "measured"})
    table["measured low"], table["measured high"] = table["low"], table["high"]
    table["value"] = table["measured"] - table["assumed"].astype(float)
    table["low"], table["high"] = table["low"] - table["assumed"], table["high"] - table["assumed"]
    return felt, table


def _most_surprising(
    journey: JourneyFrame, table: pd.DataFrame, by: tuple[str, ...], what: str, minimum_base: int | None
) -> str:
    seen = groups.shown(journey, table, by, minimum_base)
    if table.empty:
        return f"At no step was the {what} both assumed and measured: there is nothing to compare."
    if seen.empty:
        return f"No step is large enough to lay the measured {what} beside the assumed."
    if seen["p corrected"].isna().all():
        return f"At no step do the answers spread enough to say whether the measured {what} differs from the assumed."
    beyond = seen[seen["surprise"].astype(bool)]
    if beyond.empty:
        tested = int(seen["p corrected"].notna().sum())
        return (
            f"Nothing surprises: the measured {what} differs from the assumed beyond chance at none of {tested} "
            f"{'steps' if len(by) == 1 else 'steps and lanes'} that could be tested."
        )
    worst = beyond.loc[beyond["value"].abs().idxmax()]
    lane = f" ({worst['lane']})" if "lane" in by else ""
    return (
        f"{len(beyond)} of {len(seen)} {'steps' if len(by) == 1 else 'steps and lanes'} surprise the team; most of all "
        f'"{groups.named(journey, worst, ("step",))}"{lane}, '
        f"{abs(worst['value']):.0f} points {'worse' if worst['value'] < 0 else 'better'} than assumed "
        f"({groups.signed(worst['low'])} to {groups.signed(worst['high'])}; {int(worst['n']):,} answers)."
    )


def _p(gap: float, se: float, df: float) -> float | None:
    """The two-sided p of no gap, by the t (without df: the normal) of its interval; None where there is no spread."""
    if not se > 0 or df <= 0:
        return None
    return two_sided_p(gap / se, None if df != df else df)


def graded(found: Finding, known: Mapping[str, Seen]) -> Finding:
    """A finding by step with the grade of what is known of each step."""
    grades = [known[step].grade if step in known else "assumed" for step in found.table["step"]]
    return replace(found, table=found.table.assign(evidence=grades))


def hot_spots(journey: JourneyFrame, drawn: JourneyMap, minimum_base: int | None = None) -> Finding:
    """Moments of truth: the team's hot spots beside what the data show at every step.

    A step is *pain* in the data where its NPS lies under the mean of all steps beyond its interval and zero emotion
    is above its interval; *gain* the other way round. Complaints stand beside it; emotion and complaints of fewer than
    the minimum base are left out.
    """
    score = nps(journey, "step", minimum_base).table.set_index("step")
    felt, complaints = (
        groups.shown(journey, one(journey, "step", minimum_base).table, ("step",), minimum_base).set_index("step")
        if has(journey, name)
        else None
        for name, one in (("emotion", emotion_curve), ("complaint", complaint_rate))
    )
    middle = _mean(score)
    declared = {step.id: step.hot_spot for step in drawn.steps}
    table = []
    for step in [one for one in score.index if isinstance(one, str)]:
        here = score.loc[step]
        emotion = felt.loc[step] if felt is not None and step in felt.index else None
        rate = complaints.loc[step] if complaints is not None and step in complaints.index else None
        low = here["high"] < middle and (emotion is None or emotion["high"] < 0)
        high = here["low"] > middle and (emotion is None or emotion["low"] > 0)
        table.append(
            {
                "step": step,
                "value": here["value"],
                "low": here["low"],
                "high": here["high"],
                "n": int(here["n"]),
                "emotion": emotion["value"] if emotion is not None else None,
                "complaints per 1,000": rate["value"] if rate is not None else None,
                "declared": declared.get(step, "") or "",
                "found": "pain" if low else "gain" if high else "",
            }
        )
    found = groups.rounded(pd.DataFrame(table, columns=SPOTS))
    seen = groups.shown(journey, found, ("step",), minimum_base)
    both = seen[(seen["declared"] != "") & (seen["declared"] == seen["found"])]
    unseen = seen[(seen["declared"] == "") & (seen["found"] == "pain")]
    names = [f'"{groups.named(journey, row, ("step",))}" ({row["found"]})' for _, row in both.iterrows()]
    sentence = f"The data confirm {' and '.join(names)}." if names else "The data confirm none of the team's hot spots."
    if seen.empty:
        sentence = (
            "No step is large enough to lay the team's hot spots beside the data."
            if len(found)
            else "The NPS was asked of the whole journey alone: there is no step to lay the team's hot spots beside."
        )
    if len(unseen):
        more = ", ".join(f'"{groups.named(journey, row, ("step",))}"' for _, row in unseen.iterrows())
        sentence += f" They show pain that the team did not mark at {more}."
    return groups.finding(
        journey,
        "hot_spots",
        found,
        ("step",),
        sentence,
        journey.base("nps"),
        "NPS of the step against the mean of all steps, and emotion against 0, each beyond its 95 % interval; "
        "hot spots declared by the team in map.yaml",
        minimum_base,
        {"kind": "intervals", "unit": "NPS points", "range": [-100, 100], "reference": middle},
        "Hot spots",
    )


def _mean(score: pd.DataFrame) -> float:
    known = score[score["value"].notna() & score.index.notna()]
    return float((known["value"] * known["n"]).sum() / known["n"].sum()) if len(known) else 0.0


@dataclass(frozen=True)
class Seen:
    """What is known of one step: its figures, as may be shown, and what was said of it in interviews.

    `quoted` are the people who spoke of it, `tone` how their words were judged (-2 … 2, mean), None where nobody judged.
    """

    emotion: dict[str, Any] | None
    nps: dict[str, Any] | None
    satisfied: dict[str, Any] | None
    complaints: dict[str, Any] | None
    quoted: int
    tone: float | None
    surprise: float | None

    @property
    def grade(self) -> str:
        """Evidence: assumed, anecdotal, measured or corroborated; computed, never typed in.

        Measured: a shown emotion, NPS or share satisfied with a half-width of at most 20. Corroborated: measured, and
        another kind of source says the same as the first of them that is there: at least ten complaints where customers
        feel bad, or the words of at least three people in interviews, judged the same way up. Anecdotal: words,
        complaints or wide figures alone.
        """
        # a share satisfied is good news above a half, bad news under it
        share: dict[str, Any] = {
            key: None if value is None else 2 * (value - 50)
            for key, value in (self.satisfied or {}).items()
            if key in ("value", "low", "high")
        }
        figures = [one for one in (self.emotion, self.nps, share) if one and one.get("value") is not None]
        tight = [one for one in figures if one["low"] is not None and (one["high"] - one["low"]) / 2 <= WIDE]
        complained = (self.complaints or {}).get("complaints") or 0
        if not tight:
            return "anecdotal" if figures or complained >= FEW or self.quoted else "assumed"
        first = tight[0]
        up = 1 if first["low"] > 0 else -1 if first["high"] < 0 else 0
        complaints_agree = up < 0 and complained >= MANY
        words_agree = up != 0 and self.quoted >= FEW and self.tone is not None and self.tone * up > 0
        return "corroborated" if complaints_agree or words_agree else "measured"


def seen(journey: JourneyFrame, drawn: JourneyMap) -> dict[str, Seen]:
    """What is known of every step of the map, with groups too small hidden."""
    emotion = _by_step(emotion_curve(journey, "step")) if has(journey, "emotion") else {}
    scores = _by_step(nps(journey, "step")) if has(journey, "nps") else {}
    satisfied = _by_step(csat(journey, "step")) if has(journey, "csat") else {}
    complained = _by_step(complaint_rate(journey, "step")) if has(journey, "complaint") else {}
    gaps: dict[str, float] = {}
    if emotion:
        found = surprises(journey, drawn, "emotion")
        shown = groups.shown(journey, found.table, ("step",), None)
        gaps = {row["step"]: float(row["value"]) for _, row in shown.iterrows() if row["surprise"]}
    quoted: dict[str, int] = {}
    if "quote" in journey.distinct("kind"):
        counted = journey.of_kind("quote").count(by="step")
        quoted = {step: int(n) for step, n in zip(counted["step"], counted["people"], strict=True) if step}
    tone: dict[str, float] = {}
    if has(journey, QUOTED):
        judged = journey.count(by="step", of=QUOTED, people=False)
        for step, rows_of in judged.groupby("step"):
            tone[str(step)] = float((rows_of["value"] * rows_of["n"]).sum() / rows_of["n"].sum())
    return {
        step.id: Seen(
            emotion.get(step.id),
            scores.get(step.id),
            satisfied.get(step.id),
            complained.get(step.id),
            quoted.get(step.id, 0),
            tone.get(step.id),
            gaps.get(step.id),
        )
        for step in drawn.steps
    }


def _by_step(found: Finding) -> dict[str, dict[str, Any]]:
    from workbench import privacy

    table = privacy.hide_small(found.table, found.by, found.minimum)
    known: dict[str, dict[str, Any]] = {}
    for row in table.to_dict("records"):
        if row["step"] is None:
            continue
        if row.get(privacy.HIDDEN):
            known[row["step"]] = {"hidden": True}
        elif row["value"] == row["value"] and row["value"] is not None:
            known[row["step"]] = {
                key: (None if row[key] != row[key] else row[key])
                for key in ("value", "low", "high", "n", "complaints")
                if key in row
            }
    return known


def _percent(found: dict[str, Any] | None) -> str:
    """A share with its interval and base, in a cell of the map."""
    if not found:
        return ""
    if found.get("hidden"):
        return "hidden"
    limits = "" if found["low"] is None else f" ({found['low']:.0f} to {found['high']:.0f})"
    return f"{found['value']:.0f} %{limits} n\u00a0{int(found['n']):,}"


def view(
    journey: JourneyFrame,
    drawn: JourneyMap,
    title: str,
    subtitle: str,
    headlines: list[dict[str, str]],
    verdicts: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """The map with its evidence, as plain values for a drawing: what the team drew, what was measured, what surprises."""
    known, verdicts = seen(journey, drawn), verdicts or {}
    filled = {lane for step in drawn.steps for lane, words in step.lanes.items() if words}
    scored = any(one.nps for one in known.values())
    numbers = {step.id: place for place, step in enumerate(drawn.hot_spots, start=1)}
    steps = {}
    for step in drawn.steps:
        here = known[step.id]
        steps[step.id] = {
            "name": step.name,
            "channels": step.channels,
            "contact": step.contact,
            "hot_spot": {"number": numbers[step.id], "kind": step.hot_spot} if step.hot_spot else None,
            "lanes": {key: value for key, value in step.lanes.items() if value}
            | ({} if scored else {SATISFIED: _percent(here.satisfied)})
            | ({JUDGED: "; ".join(verdicts[step.id])} if verdicts.get(step.id) else {}),
            "assumed": step.emotion,
            "emotion": here.emotion,
            "surprise": {"value": here.surprise, "text": f"{groups.signed(here.surprise)} than assumed"}
            if here.surprise is not None
            else None,
            "nps": here.nps,
            "complaints": here.complaints,
            "promise": {"words": step.promise.words, "kept": step.promise.kept} if step.promise else None,
            "commitment": list(step.commitment),
            "reactive": step.reactive,
            "evidence": here.grade,
        }
    return {
        "title": title,
        "subtitle": subtitle,
        "headlines": headlines,
        "lanes": ([SATISFIED] if not scored and any(one.satisfied for one in known.values()) else [])
        + [lane for lane in drawn.lanes if lane in filled and lane != "priority activity"]
        + (["priority activity"] if "priority activity" in filled else [])
        + ([JUDGED] if any(verdicts.get(step.id) for step in drawn.steps) else []),
        "stages": [{"name": stage.name, "steps": [step.id for step in stage.steps]} for stage in drawn.stages],
        "steps": steps,
    }
