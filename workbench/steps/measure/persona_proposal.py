"""Personas proposed from data: groups of people who are alike in how they answer and where they go, told by latent classes.

A proposal, to be named or thrown away by a researcher. Knows people described in letters; the engine counts patterns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.intervals import share_interval
from workbench.inference.latent_classes import (
    UNSTABLE,
    LatentClasses,
    Leftover,
    Stability,
    class_numbers,
    class_stability,
    latent_classes,
    leftover,
)
from workbench.journey import JourneyFrame
from workbench.steps.measure import apart, customers, features, groups, measure, persona_patterns, persona_rules
from workbench.steps.measure.features import Described, Feature
from workbench.steps.measure.persona_steps import PROPOSED

LEANS = 0.25  # what may be left between two features within classes
TOP = 8
CLASSES = (2, 6)
SEED = 1
NEARLY = 0.95  # of the fall of BIC from one class to its lowest: the fewest classes that have it
HONEST = "a proposal: groups found in these data by their likeness, not kinds of people that exist"


@dataclass(frozen=True, eq=False)
class Proposal(Finding):
    """Proposed personas: one row a class. `journey` has each person's class as the attribute "proposed_persona"; `profile`
    says what sets the classes apart; `choice` how well each number of classes fits; `rules()` what tells a class."""

    journey: JourneyFrame | None = None
    profile: Finding | None = None
    choice: Finding | None = None
    found_rules: tuple[dict[str, Any], ...] = field(default=())

    def rules(self) -> str:
        """The classes as personas of study.yaml, where attributes tell them well (of the people that the words fit, and of
        the class, at least 80 % each); where they do not, a line that says so. Name them before keeping them."""
        return persona_rules.written(self.found_rules, HONEST)


@measure("Which kinds of customers could there be?")
def propose_personas(
    journey: JourneyFrame,
    classes: int | None = None,
    over: Sequence[str] | str | None = None,
    minimum_base: int | None = None,
    seed: int = SEED,
) -> Proposal:
    """Groups of people who are alike, by latent class analysis of how they answered, where they went, what they complained of.

    `over` says by what people are grouped: "answers", "path", "complaints" (all three where nothing is said), "contacts"
    (how many: told anyhow, it follows from the path), measures, attributes of people. `classes`: how many, else 1 to 6 by
    BIC: the fewest that have 95 % of its fall (1: no groups are proposed). A class is named by its three most telling
    features, and called unstable where it is not found again when people are drawn again (mean Jaccard under 0.6). value
    is the share of people whose likeliest class it is; certain % how sure that is on average.

    `.journey` holds the class of each as "proposed_persona", so that wb.nps(found.journey, by="proposed_persona") and
    wb.compare work; but what made the classes differs between them by construction. `.profile` says what sets them apart
    (p only for what did not make them), `.choice` the fit of each number of classes, `.rules()` words for study.yaml.

    A proposal: likeness in these data, not kinds of people that exist. Unweighted. Raises DataFault with too few people.
    """
    least = journey.minimum_base if minimum_base is None else minimum_base
    if not isinstance(seed, int) or seed < 0:
        raise DataFault(Fault(column="seed", found=str(seed), expected="a whole number of 0 or more"))
    also = [one for one in customers.attributes(journey) if one != PROPOSED]
    told = features.described(journey, over, also)
    usable = features.asked_for(told, over)
    if told.people < 2 * max(least, persona_patterns.EACH):
        raise DataFault(
            Fault(found=f"{groups.few(told.people, least)} people", expected=f"at least {2 * max(least, persona_patterns.EACH)}",
                  mend="groups of so few are chance: describe people one by one")
        )  # fmt: skip
    notes = list(told.notes)
    used, patterns = persona_patterns.patterns(told, usable, notes)
    names = [one.column for one in used]
    fit, tried = _fitted(patterns, names, classes, seed)
    steady = class_stability(patterns, names, fit, draws=40 if len(patterns) < 1000 else 20, seed=seed)
    left = leftover(patterns, names, fit)
    marked, told = _marked(journey, told, used, patterns, fit)
    members = {_name(place): [_name(place)] for place in range(fit.k)}
    parts = {
        part for one in used for part in (one.part, *(("path", "contacts") if one.part in ("path", "contacts") else ()))
    }
    made = [one.column for one in told.features if one.part in parts and (one.part != "attributes" or one in used)]
    profile = apart.apart(told, members, least, untested=made)
    profile["p corrected"] = profile["p corrected"].astype(float)
    words = {name: _words(profile, name, used) for name in members}
    table = _table(patterns, fit, steady, words)
    trail = marked.trail
    method = [
        f"latent class analysis (EM, {fit.starts} starts, seed {seed}) over {len(used)} features of people; what is not known "
        "of somebody is left out of their likelihood",
        f"{fit.k} classes {_why(tried, fit, classes)}",
        f"stability: mean Jaccard over {steady.draws} resamples of people (Hennig 2007), adjusted Rand {steady.rand:.2f}; "
        f"entropy {fit.entropy:.2f}",
        "shares of people by their likeliest class, Wilson 95 % (as if the classes were given); unweighted",
        *notes,
        HONEST,
    ]
    found = groups.finding(
        marked, "propose_personas", table, (PROPOSED,), _sentence(journey, table, fit, minimum_base),
        f"{told.people:,} people who moved, complained or answered", "; ".join(method), minimum_base,
        {"kind": "intervals", "unit": "% of people", "reference": None, "plain": True}, "Proposed personas",
        _cautions(table, fit, tried, left, used, classes, steady),
    )  # fmt: skip
    return Proposal(
        **{name: getattr(found, name) for name in Finding.__dataclass_fields__},
        journey=marked,
        profile=_profile(marked, profile, told, minimum_base),
        choice=_choice(tried, trail, least),
        found_rules=tuple(persona_rules.rules(marked, words, least)) if fit.k > 1 else (),
    )


# -- classes ----------------------------------------------------------------------------------------------------------


def _fitted(
    patterns: pd.DataFrame, names: Sequence[str], classes: int | None, seed: int
) -> tuple[LatentClasses, tuple[LatentClasses, ...]]:
    if classes is not None:
        if not isinstance(classes, int) or not 1 <= classes <= len(patterns):
            raise DataFault(
                Fault(
                    column="classes",
                    found=str(classes),
                    expected=f"1 to {len(patterns)}: no more than distinct patterns",
                )
            )
        one = latent_classes(patterns, names, classes, seed=seed)
        return one, (one,)
    tried = class_numbers(patterns, names, CLASSES[1], seed=seed)
    return _chosen(tried), tried


def _chosen(tried: Sequence[LatentClasses]) -> LatentClasses:
    """The fewest classes that have nearly all of the fall of BIC: with many people its last bit never ends."""
    fall = [tried[0].bic - one.bic for one in tried]
    return next(one for one, gain in zip(tried, fall, strict=True) if gain >= NEARLY * max(fall) - 1e-9)


def _why(tried: Sequence[LatentClasses], fit: LatentClasses, classes: int | None) -> str:
    if classes is not None:
        return f"as asked (BIC {fit.bic:,.0f}, ICL {fit.icl:,.0f})"
    listed = ", ".join(f"{one.k}: {one.bic:,.0f}" for one in tried)
    return f"by BIC, the fewest with {100 * NEARLY:.0f} % of its fall ({listed})"


def _name(place: int) -> str:
    return f"class {chr(ord('A') + place)}" if place < 26 else f"class {place + 1}"


def _marked(
    journey: JourneyFrame, told: Described, used: Sequence[Feature], patterns: pd.DataFrame, fit: LatentClasses
) -> tuple[JourneyFrame, Described]:
    """Everybody with the likeliest class of their pattern."""
    names = [one.column for one in used]
    key = nw.concat_str([nw.col(name) for name in names]).alias("pattern")
    small = patterns[names].fillna(features.UNKNOWN).agg("".join, axis=1)
    classes = journey.engine.table(pd.DataFrame({"pattern": small, "who": [_name(one) for one in fit.assigned]}))
    held = features.Held()
    table = journey.engine.keep(told.table.with_columns(key).join(classes, on="pattern", how="left").drop("pattern"))
    persons = table.select("person", nw.col("who").alias(PROPOSED))
    words = f"put in {fit.k} proposed personas by likeness"
    return journey.marked(PROPOSED, persons, words), Described(table, told.features, told.people, told.notes, held)


def _table(patterns: pd.DataFrame, fit: LatentClasses, steady: Stability, words: dict[str, str]) -> pd.DataFrame:
    found = []
    for place in range(fit.k):
        here = fit.assigned == place
        n = int(patterns.loc[here, "n"].sum())
        share = share_interval(n, fit.n)
        sure = float((patterns.loc[here, "n"] * fit.certainty[here]).sum() / n) if n else None
        row: dict[str, Any] = {PROPOSED: _name(place), "told by": words[_name(place)] if fit.k > 1 else "everybody"}
        row |= {"value": _percent(share.value), "low": _percent(share.low), "high": _percent(share.high), "n": n}
        row |= {"certain %": _percent(sure), "stability": float(steady.jaccard[place]) if fit.k > 1 else None}
        row["caution"] = "unstable" if fit.k > 1 and steady.jaccard[place] < UNSTABLE else ""
        found.append(row)
    numbers = ("value", "low", "high", "certain %", "stability")
    return groups.rounded(pd.DataFrame(found).astype(dict.fromkeys(numbers, float)))


def _words(profile: pd.DataFrame, name: str, used: Sequence[Feature], many: int = 3) -> str:
    """A class in the words of the features that tell it most, among those that made it; or what it is not."""
    about = {one.words[letter]: one for one in used for letter in one.told}
    found: list[str] = []
    taken: set[str] = set()
    for row in profile[profile["group"] == name].itertuples():
        one = about.get(str(row.what))
        if one is None or one.column in taken or row.difference != row.difference:
            continue
        if row.difference < 0 and len(one.words) > 2:
            continue
        taken.add(one.column)
        found.append(str(row.what) if row.difference > 0 else one.words["0"])
    return " · ".join(found[:many]) or "like all others"


def _profile(journey: JourneyFrame, found: pd.DataFrame, told: Described, minimum_base: int | None) -> Finding:
    """What sets the classes apart: the largest differences of each."""
    parts = [part[part["difference"] != 0].head(TOP) for _, part in found.groupby("group", sort=True)]
    table = pd.concat(parts, ignore_index=True).rename(columns={"group": PROPOSED})
    seen = groups.shown(journey, table, (PROPOSED, "what"), minimum_base)
    seen = seen[seen["difference"].notna()]
    sentence = "Nothing sets the classes apart."
    if len(seen):
        top = seen.loc[seen[["from", "to"]].abs().min(axis=1).idxmax()]
        sentence = f"What sets one apart most: {top[PROPOSED]}, {apart.said(top)} ({int(top['n']):,} people)."
    method = [
        apart.METHOD,
        "no p for what made the classes: they differ in it because they were made so; p of attributes by Benjamini and "
        "Hochberg, as if the classes were given",
        f"the {TOP} of each class whose intervals lie furthest from 0 are shown",
    ]
    return groups.finding(
        journey, "persona_profiles", table, (PROPOSED, "what"), sentence, f"{told.people:,} people", "; ".join(method),
        minimum_base,
        {"kind": "dumbbell", "start": "rest %", "start_word": "all others", "end_word": "the class", "unit": "% of people"},
        "What sets the proposed personas apart",
    )  # fmt: skip


def _choice(tried: Sequence[LatentClasses], trail: tuple[str, ...], least: int) -> Finding:
    """How well each number of classes fits; the share of a class too small to show is not told."""

    def smallest(one: LatentClasses) -> float | None:
        share = float(one.shares.min())
        return 100 * share if share * one.n >= least else None

    table = pd.DataFrame(
        [{"classes": one.k, "BIC": one.bic, "ICL": one.icl, "entropy": one.entropy,
          "smallest class %": smallest(one)} for one in tried]
    )  # fmt: skip
    best, chosen = min(tried, key=lambda one: (round(one.bic, 6), one.k)), _chosen(tried)
    return Finding(
        "persona_numbers",
        groups.rounded(table),
        f"BIC is lowest with {best.k} {'class' if best.k == 1 else 'classes'}"
        + (f"; {chosen.k} have nearly all of its fall." if chosen.k != best.k else "."),
        base=f"{int(best.n):,} people",
        method="less is better for BIC and ICL; entropy 1: everybody's class is sure",
        trail=trail,
        title="How many kinds",
    )


# -- words ------------------------------------------------------------------------------------------------------------


def _cautions(
    table: pd.DataFrame,
    fit: LatentClasses,
    tried: Sequence[LatentClasses],
    left: Leftover,
    used: Sequence[Feature],
    classes: int | None,
    steady: Stability,
) -> list[str]:
    told = []
    unstable = list(table.loc[table["caution"] == "unstable", PROPOSED])
    if unstable:
        told.append(
            f"Unstable: {', '.join(unstable)} ({'is' if len(unstable) == 1 else 'are'} not found again when people are drawn "
            f"again, mean Jaccard under {UNSTABLE})."
        )
    if classes is None and fit.k == CLASSES[1]:
        told.append(
            f"BIC still falls at {fit.k} classes, the most that are tried: their number is a cut, not a finding."
        )
    best = min(tried, key=lambda one: one.icl)
    if best.k != fit.k:
        told.append(f"ICL, which wants classes apart, prefers {best.k}: the classes overlap.")
    if fit.k > 1 and left.features is not None and left.strength > LEANS:
        by = {one.column: one for one in used}
        pair = [by[one].words[by[one].told[-1]] for one in left.features]
        told.append(f"{pair[0]}, and {pair[1]}, still go together within classes: the classes lean on them.")
    return told


def _sentence(journey: JourneyFrame, table: pd.DataFrame, fit: LatentClasses, minimum_base: int | None) -> str:
    if fit.k == 1:
        return f"People are best told as one group: no personas are proposed ({int(fit.n):,} people)."
    seen = groups.shown(journey, table, (PROPOSED,), minimum_base)
    if seen.empty:
        return "No proposed persona has people enough to be shown."
    top, unstable = seen.loc[seen["value"].idxmax()], int((seen["caution"] != "").sum())
    words = (
        f"{fit.k} groups of people who are alike; the largest, {top[PROPOSED]}, is {top['value']:.0f} % "
        f"({top['low']:.0f} to {top['high']:.0f} %; {int(top['n']):,} people): {top['told by']}. "
    )
    if unstable:
        words += f"{unstable} of the {fit.k} {'is' if unstable == 1 else 'are'} not found again when people are drawn again. "
    return f"{words}{HONEST[0].upper()}{HONEST[1:]}."


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
