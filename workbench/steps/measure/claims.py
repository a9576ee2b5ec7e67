"""What a claim says and what it was tested with: the model of hypotheses.yaml, its fingerprint and its planned power.

Knows words and small numbers; no journey, no data.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from workbench.inference import nps_variance
from workbench.inference.checks import normal_quantile
from workbench.models import Model

People = dict[str, str | list[str]]
RATIOS = ("complaint", "churn", "time")  # outcomes that are compared as ratios
CAUSAL = re.compile(
    r"\b(because|caus\w*|due to|leads? to|led to|makes?|drives?|improves?|reduces?|increases?|thanks to|results? in)\b",
    re.I,
)
POWER = 0.8
MIX = nps_variance(0.3, 0.3, 0.4)  # of an NPS that nobody has seen yet, points squared


class Planned(Model):
    """How many people were planned for each group, and how much their answers were thought to vary."""

    n: int = Field(ge=2)
    spread: float | None = Field(default=None, gt=0)


class Hypothesis(Model):
    """A claim, tied to a step, with its test.

    outcome   nps, complaint, churn, time, or any rating (csat, ces, emotion, trust …) by its measure's name
    compare   the people of group A; `with` those of group B (all others, where it is left out)
    since     instead of groups: before and after a date
    dose      instead of groups: an attribute of people, or a rating, that has numbers
    ends      churn: what a record looks like that ends it, as in {step: switches}
    to        time: the step at which the time from `step` ends
    matters   the smallest effect that matters: points, steps of the scale, or for complaint, churn and time a ratio over 1
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    claim: str
    declared: str = ""
    by: str = ""
    outcome: str = "nps"
    step: str | None = None
    compare: People = {}
    against: People = Field(default={}, alias="with")
    since: date | None = None
    dose: str | None = None
    ends: People = {}
    to: str | None = None
    direction: Literal["higher", "lower", "different"] = "different"
    matters: float = Field(gt=0)
    adjust: list[str] = []
    family: str = "main"
    kind: Literal["confirmatory", "exploratory"] = "confirmatory"
    planned: Planned | None = None
    believed: bool | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Hypothesis:
        designs = [bool(self.compare), self.since is not None, self.dose is not None]
        if sum(designs) != 1:
            raise ValueError("one of compare: {segment: owner}, since: 2025-06-01, dose: a column of numbers")
        if self.ratio and self.matters <= 1:
            raise ValueError(f"matters: a ratio above 1 for {self.outcome}, as in 1.25")
        if self.ratio and not self.compare:
            raise ValueError(f"compare: {self.outcome} is judged between groups of people")
        if self.outcome == "churn" and not self.ends:
            raise ValueError("ends: what a record looks like that ends it, as in {step: switches}")
        if self.outcome == "time" and not (self.step and self.to):
            raise ValueError("step: and to: the two steps that the time lies between")
        if self.since is not None and self.adjust:
            raise ValueError("adjust: not before and after; the people of both times are compared as they came")
        return self

    @property
    def ratio(self) -> bool:
        return self.outcome in RATIOS

    @property
    def causal(self) -> bool:
        """Does the claim use words of cause?"""
        return bool(CAUSAL.search(self.claim))

    @property
    def fingerprint(self) -> str:
        """One hash of the claim and of all that its test follows from; who declared it and when is left out."""
        said = self.model_dump(mode="json", by_alias=True, exclude={"declared", "by"}, exclude_defaults=True)
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


class Hypotheses(Model):
    """hypotheses.yaml."""

    hypotheses: list[Hypothesis] = []

    @model_validator(mode="after")
    def _once(self) -> Hypotheses:
        ids = [one.id for one in self.hypotheses]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"each hypothesis id once; twice there: {', '.join(twice)}")
        return self


def power(one: Hypothesis) -> dict[str, Any] | None:
    """What the planned base can see: its power for the effect that matters, and the smallest effect with 80 % power.

    Two groups of `planned.n`, two-sided at 5 %, by the normal approximation: SE = spread × sqrt(2 / n). The spread of an
    NPS that nobody has seen is taken from the mix 30/30/40. None where no base was planned, or no spread is known.
    """
    if one.planned is None or one.ratio or one.dose is not None:
        return None
    spread = one.planned.spread or (math.sqrt(MIX) if one.outcome == "nps" else None)
    if spread is None:
        return None
    error = spread * math.sqrt(2 / one.planned.n)
    from statistics import NormalDist

    z = normal_quantile(0.95)
    seen = one.matters / error
    chance = NormalDist().cdf(seen - z) + NormalDist().cdf(-seen - z)
    return {"n": one.planned.n, "power": chance, "detectable": (z + NormalDist().inv_cdf(POWER)) * error}


def people_in_words(people: People) -> str:
    """A group of people in words: segment owner; region North or South."""
    parts = []
    for column, wanted in people.items():
        values = wanted if isinstance(wanted, list) else [wanted]
        parts.append(f"{column.replace('_', ' ')} {' or '.join(values)}")
    return " and ".join(parts)
