"""Hypotheses: claims declared before the look, judged by the test that follows from what was declared.

p values of one family are corrected together: Holm for confirmatory claims, Benjamini and Hochberg for exploratory
ones. Knows claims, their tests, and the register of when each was declared; not how a study keeps it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from workbench import privacy
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
    """A line of the register: which version of a claim, its fingerprint, when, and whether the data had been looked at.

    `withdrawn`: whether the claim was taken out of the file "before" or "after" the data were looked at ("": it is there).
    """

    id: str
    version: int
    fingerprint: str
    time: str
    seen: bool
    withdrawn: Literal["", "before", "after"] = ""


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
    Schuirmann 1987). A verdict on a base below the minimum is neither shown nor counted in the sentence.

    `register` says when each was declared: the sentence and the title say "before the look" of those alone of which it
    says so, and tell of claims that were taken out after the look (the corrections do not know them any more).

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
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    before = sum(one.id in known and not known[one.id].seen for one in declared)
    title = "Hypotheses and their verdicts"
    if known:
        title = f"Hypotheses, {before} of {len(table)} declared before the look"
    if before == len(table):
        title = "Hypotheses declared before the look"
    found_here = groups.finding(
        journey,
        "judge",
        table,
        ("hypothesis",),
        f"{_when(declared, known, before)}: {_counted(table, minimum)}.{_withdrawn(declared, known)}",
        "people of both groups with the outcome; n is the smaller group",
        "the test follows from the declared outcome and design; Holm within each family of confirmatory claims, "
        "Benjamini-Hochberg within exploratory ones; equivalence by two one-sided tests at 5 %, not corrected for how "
        "many were asked. Observational: a difference is an association.",
        minimum_base,
        {},
        title,
    )
    return replace(found_here, quiet=tuple(one for one in table.columns if one not in JUDGED))


def _when(declared: Sequence[Hypothesis], register: Mapping[str, Declared], before: int) -> str:
    """How many hypotheses there are, and when they were declared, as far as the register knows."""
    many = len(declared)
    start = "1 hypothesis was" if many == 1 else f"{many} hypotheses were"
    if not register:
        return f"{start} judged (when {'it was' if many == 1 else 'they were'} declared is not on record)"
    if before == many:
        return f"{start} declared before the look"
    unknown = sum(one.id not in register for one in declared)
    if unknown == many:
        return f"{start} judged (the register does not know {'it' if many == 1 else 'them'})"
    if many == 1:
        return f"{start} declared after the data had been looked at"
    lost = f" ({unknown} not in the register)" if unknown else ""
    return f"{start} declared, {before or 'none'} of them before the look{lost}"


def _counted(table: pd.DataFrame, minimum: int) -> str:
    """The verdicts that may be shown, counted; and how many may not."""
    seen = privacy.hide_small(table, ("hypothesis",), minimum)
    hidden = seen[privacy.HIDDEN].astype(bool) if privacy.HIDDEN in seen else pd.Series(False, index=table.index)
    words = [f"{many} {word}" for word in VERDICTS if (many := int((seen["verdict"] == word).sum())) > 0]
    small = int((hidden & (table["n"] < minimum)).sum())
    words += [f"{small} on too small a base"] if small else []
    words += [f"{int(hidden.sum()) - small} hidden with it"] if hidden.sum() > small else []
    return ", ".join(words)


def _withdrawn(declared: Sequence[Hypothesis], register: Mapping[str, Declared]) -> str:
    """Claims that were on record and are judged no more: whoever drops what did not come out makes the rest look better."""
    there = {one.id for one in declared}
    gone = [one.id for one in register.values() if one.id not in there and one.withdrawn != "before"]
    if not gone:
        return ""
    was = "claim was" if len(gone) == 1 else "claims were"
    named = ", ".join(one.replace("-", " ") for one in gone)
    return (
        f" {len(gone)} more {was} declared and taken out of the file after the look ({named}): "
        f"the corrections do not count {'it' if len(gone) == 1 else 'them'}."
    )


def how(judged: Finding) -> Finding:
    """How each hypothesis was judged: its test, what was checked, what other ways of looking say, when it was declared."""
    early, known = judged.table["before the look"] == "yes", judged.table["before the look"].notna()
    told = f" {early.sum()} of {len(early)} were declared before the data were looked at." if known.any() else ""
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
    steps = {one.id.replace("-", " "): one.step for one in declared}
    found: dict[str, list[str]] = {}
    for row in judged.to_frame().to_dict("records"):
        step = steps.get(row["hypothesis"])
        if step and not row.get(privacy.HIDDEN):
            found.setdefault(step, []).append(f"{row['hypothesis']}: {row['verdict']}")
    return found


def pictured(judged: Finding) -> list[Finding]:
    """The judged hypotheses as pictures: one a kind of outcome, differences around 0, ratios around 1.

    What is hidden in the table of all is hidden in each picture and its sentence too.
    """
    found = []
    for outcome in dict.fromkeys(judged.table["outcome"]):
        rows = judged.to_frame()[judged.table["outcome"] == outcome].reset_index(drop=True)
        if rows["value"].notna().any():
            ratio = outcome.endswith("ratio")
            large = rows[rows["verdict"].notna()]
            told = "; ".join(f"{row['hypothesis']}: {row['verdict']}" for _, row in large.iterrows())
            columns = ["hypothesis", "value", "low", "high", "n", "verdict", "p corrected", "claim", privacy.HIDDEN]
            shown = rows[[one for one in columns if one in rows]]
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
