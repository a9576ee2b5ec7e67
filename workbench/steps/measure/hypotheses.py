"""Hypotheses: claims declared before the look, judged by the test that was fixed with them.

Each compares two groups of people in one outcome; what should be held equal is held equal by direct standardisation;
p values of one family are corrected together (Holm). Knows the journey, the measures' groups and the inference room.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pandas as pd
from pydantic import Field, model_validator

from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.differences import Standardised, standardised
from workbench.inference.equivalence import verdict
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.models import Model
from workbench.steps.measure import groups
from workbench.steps.measure.ratings import PROMOTERS


class Hypothesis(Model):
    """A claim, tied to a step, with its test."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    claim: str
    declared: str = ""
    by: str = ""
    outcome: Literal["nps", "complaint"]
    step: str | None = None
    compare: dict[str, str | list[str]]
    against: dict[str, str | list[str]] = Field(default={}, alias="with")
    direction: Literal["higher", "lower", "different"] = "different"
    matters: float = Field(gt=0)
    adjust: list[str] = []
    family: str = "main"
    believed: bool | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Hypothesis:
        if not self.compare:
            raise ValueError("compare: the people whose outcome is claimed to differ, as in {segment: owner}")
        if self.outcome == "complaint" and self.matters <= 1:
            raise ValueError("matters: a ratio above 1 for complaints, as in 1.25")
        return self


class Hypotheses(Model):
    """hypotheses.yaml."""

    hypotheses: list[Hypothesis] = []


def judge(journey: JourneyFrame, declared: list[Hypothesis], minimum_base: int | None = None) -> Finding:
    """Every declared hypothesis with its estimate, interval, corrected p and verdict.

    NPS: A minus B in points, standardised over `adjust` to both groups together (people are the units, weights
    honoured). Complaints: the ratio of complaints per person, A over B, standardised alike, on the log scale. p by a
    normal test, Holm-corrected within the family. "no difference that matters": the 90 % interval lies within ±matters
    (two one-sided tests, Schuirmann 1987).
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
    tested = [(one, _test(journey, one)) for one in declared]
    corrected: dict[str, float | None] = {}
    for family in dict.fromkeys(one.family for one in declared):
        members = [(one, found) for one, found in tested if one.family == family]
        adjusted = holm([found.contrast.p for _, found in members])
        corrected |= {one.id: p for (one, _), p in zip(members, adjusted, strict=True)}
    table = pd.DataFrame([_row(one, found, corrected[one.id]) for one, found in tested])
    table = groups.rounded(table)
    words = table["verdict"].value_counts()
    counted = ", ".join(
        f"{words[one]} {one}"
        for one in ("supported", "contradicted", "no difference that matters", "too little data")
        if one in words
    )
    sentence = f"{len(table)} hypotheses were declared before the look: {counted}."
    return groups.finding(
        journey,
        "judge",
        table,
        ("hypothesis",),
        sentence,
        "people of both groups with the outcome; n is the smaller group",
        "direct standardisation over the columns named in adjust; people as units; Holm within each family; "
        "equivalence by two one-sided tests at 5 %, not corrected for how many were asked. "
        "Observational: a difference is an association.",
        minimum_base,
        {},
        "Hypotheses declared before the look",
    )


def pictured(judged: Finding) -> list[Finding]:
    """The judged hypotheses as pictures: NPS differences around 0, complaint ratios around 1."""
    found = []
    for outcome, unit, middle in (
        ("NPS difference", "NPS points, A minus B", 0),
        ("complaint ratio", "times as many", 1),
    ):
        rows = judged.table[judged.table["outcome"] == outcome].reset_index(drop=True)
        if rows["value"].notna().any():
            told = "; ".join(f"{row['hypothesis']}: {row['verdict']}" for _, row in rows.iterrows())
            shown = rows[["hypothesis", "value", "low", "high", "n", "verdict", "p corrected", "claim"]]
            picture = {"kind": "intervals", "unit": unit, "reference": middle, "signed": middle == 0}
            name = f"judged_{outcome.replace(' ', '_')}"
            found.append(
                replace(judged, name=name, table=shown, sentence=f"{told}.", picture=picture, title=f"{outcome}s")
            )
    return found


def _row(one: Hypothesis, found: Standardised, p_adjusted: float | None) -> dict[str, Any]:
    contrast = found.contrast
    ratio = one.outcome == "complaint"
    judged = verdict(
        contrast.value,
        contrast.low,
        contrast.high,
        p_adjusted,
        contrast.se,
        one.direction,
        one.matters,
        scale="ratio" if ratio else "difference",
    )
    return {
        "hypothesis": one.id.replace("-", " "),
        "claim": one.claim,
        "verdict": judged,
        "outcome": "complaint ratio" if ratio else "NPS difference",
        "value": contrast.value,
        "low": contrast.low,
        "high": contrast.high,
        "n": int(min(contrast.n_a, contrast.n_b)),
        "group A": found.a.value if not ratio or found.a.value is None else 1000 * found.a.value,
        "group B": found.b.value if not ratio or found.b.value is None else 1000 * found.b.value,
        "n A": int(contrast.n_a),
        "n B": int(contrast.n_b),
        "left out": float(found.left_out),
        "p corrected": p_adjusted,
        "expected": one.direction,
        "matters": one.matters,
        "adjusted for": ", ".join(one.adjust) or "nothing",
        "believed": one.believed,
        "id": one.id,
        "se": contrast.se,
    }


def _test(journey: JourneyFrame, one: Hypothesis) -> Standardised:
    a = journey.people_with(**one.compare)
    b = (journey.people_with(**one.against) if one.against else journey).people_without(**one.compare)
    cells = pd.concat([_cells(a, one).assign(group="a"), _cells(b, one).assign(group="b")])
    if set(cells["group"]) != {"a", "b"}:
        missing = "A (compare)" if "a" not in set(cells["group"]) else "B (with)"
        raise DataFault(
            Fault(
                file="hypotheses.yaml",
                column=one.id,
                found=f"nobody of group {missing} with the outcome",
                expected="people in both groups",
                mend="check compare:, with: and step:",
            )
        )
    return standardised(cells, contrast="ratio" if one.outcome == "complaint" else "difference")


def _cells(crowd: JourneyFrame, one: Hypothesis) -> pd.DataFrame:
    """One row an adjusting cell: people and the sums of the outcome over them."""
    keys = one.adjust
    where = {"step": one.step} if one.step else {}
    if one.outcome == "nps":
        asked = crowd.where(**where) if where else crowd
        sums = asked.count(by=keys, of="nps", score=PROMOTERS, stratum=False)
        table = sums.rename(columns={"people": "people_", "n": "answers"}).rename(columns={"people_": "n"})
        table = table.rename(columns={"yw": "wwx", "yy": "wwxx"})
    else:
        made = crowd.of_kind("complaint")
        made = made.where(**where) if where else made
        sums = made.count(by=keys, of="complaint", score=True, stratum=False)
        people = crowd.count(by=keys)[[*keys, "people"]]
        table = (
            people.merge(sums[[*keys, "y", "yy"]], on=keys, how="left")
            if keys
            else people.assign(y=float(sums["y"].sum()), yy=float(sums["yy"].sum()))
        )
        table = table.fillna({"y": 0.0, "yy": 0.0}).rename(columns={"people": "n", "yy": "wwxx"})
        table["w"] = table["ww"] = table["n"].astype(float)
        table["wwx"] = table["y"]
    table = table[table["n"] > 0]
    table["cell"] = (
        ["|".join(str(value) for value in row) for row in table[keys].itertuples(index=False)] if keys else "all"
    )
    return table[["cell", "n", "w", "ww", "y", "wwx", "wwxx"]]
