"""Hypotheses: claims declared before the look, judged by the test that follows from what was declared.

p values of one family are corrected together: Holm for confirmatory claims, Benjamini and Hochberg for exploratory
ones. Knows claims, their tests, and the register of when each was declared; not how a study keeps it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.equivalence import CONTRADICTED, NO_DIFFERENCE, SUPPORTED, TOO_LITTLE, verdict
from workbench.inference.multiplicity import benjamini_hochberg, holm
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups
from workbench.steps.measure.claim_tests import Effect, tested
from workbench.steps.measure.claims import Hypotheses, Hypothesis, power

__all__ = ["Declared", "Hypotheses", "Hypothesis", "by_step", "how", "judge", "pictured", "planned"]

JUDGED = ("hypothesis", "claim", "verdict", "in words", "value", "low", "high", "n", "p corrected")
HOW = (
    *("hypothesis", "test", "adjusted for", "matters", "smallest effect found", "n", "p raw", "p corrected"),
    *("checks", "other ways", "kind", "version", "before the look", "believed"),
)
VERDICTS = (SUPPORTED, CONTRADICTED, NO_DIFFERENCE, TOO_LITTLE)
LABELS = {"nps": "NPS difference", "complaint": "complaint ratio", "churn": "churn ratio", "time": "pace ratio"}


@dataclass(frozen=True)
class Declared:
    """A line of the register: which version of a claim, its fingerprint, when, and whether the data had been looked at."""

    id: str
    version: int
    fingerprint: str
    time: str
    seen: bool


def judge(
    journey: JourneyFrame,
    declared: Sequence[Hypothesis],
    minimum_base: int | None = None,
    register: Mapping[str, Declared] | None = None,
) -> Finding:
    """Every declared hypothesis with its effect, interval, corrected and raw p, checks, sensitivity and verdict.

    Scores (NPS in points, emotion and trust from -100 to 100, ratings on their scale): A minus B, standardised over
    `adjust` to both groups together, people as units, weights honoured. Complaints: the ratio of complaints a person,
    alike, on the log scale. Churn and time: Cox regression of days. `since`: change of level in four-week periods.
    `dose`: a straight line. "no difference that matters": the 90 % interval lies within ±matters (two one-sided tests,
    Schuirmann 1987). A verdict on a base below the minimum is not shown.

    Raises DataFault where nothing is declared, or a claim names what is not there.
    """
    if not declared:
        raise DataFault(
            Fault(
                file="hypotheses.yaml",
                found="no hypothesis",
                expected="at least one",
                mend="declare one before the look",
            )
        )
    found = [(one, tested(journey, one)) for one in declared]
    corrected: dict[str, float | None] = {}
    for family in dict.fromkeys((one.family, one.kind) for one in declared):
        members = [(one, effect) for one, effect in found if (one.family, one.kind) == family]
        adjust = holm if family[1] == "confirmatory" else benjamini_hochberg
        adjusted = adjust([effect.p for _, effect in members])
        corrected |= {one.id: p for (one, _), p in zip(members, adjusted, strict=True)}
    known = register or {}
    table = groups.rounded(
        pd.DataFrame([_row(one, effect, corrected[one.id], known.get(one.id)) for one, effect in found])
    )
    counted = ", ".join(
        f"{several} {word}" for word in VERDICTS if (several := int((table["verdict"] == word).sum())) > 0
    )
    before = sum(one.id in known and not known[one.id].seen for one in declared)
    when = (
        "were declared before the look"
        if before == len(table) or not known
        else f"are declared, {before} of them before anybody looked"
    )
    found_here = groups.finding(
        journey,
        "judge",
        table,
        ("hypothesis",),
        f"{len(table)} {'hypothesis was' if len(table) == 1 else 'hypotheses ' + when}: {counted}."
        if len(table) > 1
        else f"1 hypothesis was declared: {counted}.",
        "people of both groups with the outcome; n is the smaller group",
        "the test follows from the declared outcome and design; Holm within each family of confirmatory claims, "
        "Benjamini-Hochberg within exploratory ones; equivalence by two one-sided tests at 5 %, not corrected for how "
        "many were asked. Observational: a difference is an association.",
        minimum_base,
        {},
        "Hypotheses declared before the look",
    )
    return replace(found_here, quiet=tuple(one for one in table.columns if one not in JUDGED))


def how(judged: Finding) -> Finding:
    """How each hypothesis was judged: its test, what was checked, what other ways of looking say, when it was declared."""
    early = (judged.table["before the look"] == "yes").sum()
    told = f" {early} of {len(judged.table)} were declared before the data were looked at." if early else ""
    return replace(
        judged,
        name="how_judged",
        quiet=tuple(one for one in judged.table.columns if one not in HOW),
        sentence=f"Each test follows from what was declared; beside it stands what other ways of looking say.{told}",
        title="How the hypotheses were judged",
    )


def planned(declared: Sequence[Hypothesis], minimum: int = 2) -> Finding:
    """What the planned bases can see: power for the effect that matters and the smallest effect found 4 times in 5.

    Asked before any data: two groups of the planned size, two-sided at 5 %, normal approximation.
    """
    rows = []
    for one in declared:
        plan = power(one)
        if plan is not None:
            row = {"hypothesis": one.id.replace("-", " "), "n": plan["n"], "matters": one.matters}
            rows.append(row | {"value": 100 * plan["power"], "smallest effect found": plan["detectable"]})
    table = groups.rounded(pd.DataFrame(rows, columns=["hypothesis", "n", "matters", "value", "smallest effect found"]))
    weak = table[table["value"] < 80]
    sentence = "No hypothesis has a planned base yet."
    if len(table):
        sentence = f"All {len(table)} planned bases find the effect that matters at least 4 times in 5."
        if len(weak):
            names = ", ".join(weak["hypothesis"])
            sentence = f"{len(weak)} of {len(table)} planned bases are too small for the effect that matters: {names}."
    return Finding(
        "planned",
        table,
        sentence,
        by=("hypothesis",),
        base="people planned for each group",
        method="power in per cent of a two-sided z test at 5 %, two groups of the planned size",
        minimum=minimum,
        title="What the planned bases can see",
    )


def by_step(judged: Finding, declared: Sequence[Hypothesis]) -> dict[str, list[str]]:
    """What was judged at each step, in words for the map; nothing of a base that is too small."""
    from workbench.privacy import HIDDEN

    steps = {one.id.replace("-", " "): one.step for one in declared}
    found: dict[str, list[str]] = {}
    for row in judged.to_frame().to_dict("records"):
        step = steps.get(row["hypothesis"])
        if step and not row.get(HIDDEN):
            found.setdefault(step, []).append(f"{row['hypothesis']}: {row['verdict']}")
    return found


def pictured(judged: Finding) -> list[Finding]:
    """The judged hypotheses as pictures: one a kind of outcome, differences around 0, ratios around 1."""
    found = []
    for outcome in dict.fromkeys(judged.table["outcome"]):
        rows = judged.table[judged.table["outcome"] == outcome].reset_index(drop=True)
        if rows["value"].notna().any():
            ratio = outcome.endswith("ratio")
            large = rows[rows["n"] >= judged.minimum]
            told = "; ".join(f"{row['hypothesis']}: {row['verdict']}" for _, row in large.iterrows())
            shown = rows[["hypothesis", "value", "low", "high", "n", "verdict", "p corrected", "claim"]]
            unit = "times as many" if ratio else "NPS points, A minus B" if outcome == LABELS["nps"] else "A minus B"
            picture = {"kind": "intervals", "unit": unit, "reference": int(ratio), "signed": not ratio}
            name = f"judged_{outcome.replace(' ', '_')}"
            found.append(
                replace(judged, name=name, table=shown, sentence=f"{told}.", picture=picture, title=f"{outcome}s")
            )
    return found


def _row(one: Hypothesis, effect: Effect, p: float | None, register: Declared | None) -> dict[str, Any]:
    judged = verdict(
        effect.value,
        effect.low,
        effect.high,
        p,
        effect.se,
        _direction(one),
        one.matters,
        scale=effect.scale,
        df=effect.df,
    )
    return {
        "hypothesis": one.id.replace("-", " "),
        "claim": one.claim,
        "verdict": judged,
        "in words": in_words(one, effect, judged),
        "outcome": LABELS.get(one.outcome, f"{one.outcome} difference"),
        "value": effect.value,
        "low": effect.low,
        "high": effect.high,
        "n": int(min(effect.n_a, effect.n_b)),
        "group A": effect.a,
        "group B": effect.b,
        "n A": int(effect.n_a),
        "n B": int(effect.n_b),
        "left out": effect.left_out,
        "p raw": effect.p,
        "p corrected": p,
        "expected": one.direction,
        "matters": one.matters,
        "smallest effect found": effect.detectable,
        "adjusted for": ", ".join(one.adjust) or "nothing",
        "test": effect.method,
        "checks": "; ".join(effect.checks),
        "other ways": "; ".join(effect.sensitivity),
        "kind": one.kind,
        "version": register.version if register else None,
        "before the look": None if register is None else "no" if register.seen else "yes",
        "believed": one.believed,
        "id": one.id,
        "se": effect.se,
    }


def _direction(one: Hypothesis) -> str:
    """A shorter time is a faster pace: what is judged is the pace."""
    if one.outcome == "time" and one.direction != "different":
        return "lower" if one.direction == "higher" else "higher"
    return one.direction


def in_words(one: Hypothesis, effect: Effect, judged: str) -> str:
    """One plain sentence: what was found, and what it says of the claim."""
    if effect.value is None:
        return f"Nothing can be said: {effect.method}."
    found = {
        SUPPORTED: "The data bear the claim out",
        CONTRADICTED: "The data say the opposite of the claim",
        NO_DIFFERENCE: f"If there is a difference, it is smaller than the {_amount(one.matters, effect)} that would matter",
        TOO_LITTLE: "The data cannot tell",
    }[judged]
    if judged == TOO_LITTLE and effect.detectable is not None and math.isfinite(effect.detectable):
        found += f": with this many answers only a difference of about {_amount(effect.detectable, effect)} would show"
    if one.causal and judged == SUPPORTED:
        found += "; they show that it goes together, not what brings it about"
    return f"{_found(one, effect)}. {found}."


def _found(one: Hypothesis, effect: Effect) -> str:
    a, b = effect.sides
    if one.dose is None:
        a = a[:1].upper() + a[1:]
    span = f"{_level(effect.low, effect)} to {_level(effect.high, effect)}" if effect.low is not None else "no interval"
    base = f"{int(effect.n_a):,} and {int(effect.n_b):,} people"
    if effect.scale == "ratio":
        what = {"complaint": "complain {0} times as often as", "churn": "leave {0} times as fast as"}
        said = what.get(one.outcome, "get there {0} times as fast as").format(f"{effect.value:.2f}")
        return f"{a}: they {said} {b} ({span}; {base})"
    if one.dose is not None:
        moved = f"{_level(effect.value, effect)} {effect.unit.split(' for ')[0]}"
        return f"With {a} the outcome is {moved} ({span}; {int(effect.n_a):,} answers)"
    moved = "higher" if (effect.value or 0) > 0 else "lower"
    return f"{a}: {_size(abs(effect.value or 0))} {effect.unit} {moved} than {b} ({span}; {base})"


def _level(value: float | None, effect: Effect) -> str:
    if value is None:
        return "not known"
    if effect.scale == "ratio":
        return f"{value:.2f}"
    return ("−" if value < 0 else "+") + _size(abs(value))


def _size(value: float) -> str:
    return f"{value:.0f}" if value >= 3 else f"{value:.1f}" if value >= 0.3 else f"{value:.2f}"


def _amount(value: float, effect: Effect) -> str:
    return f"{value:.2f} times" if effect.scale == "ratio" else f"{_size(value)} points"
