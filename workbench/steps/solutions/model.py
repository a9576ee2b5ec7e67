"""solutions.yaml: proposed changes in four areas, each with what it acts on, what it is thought to bring, and its cost.

Knows its own words alone; whether the steps, claims and departments named are there is checked by who holds them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from workbench.faults import Fault, unknown
from workbench.models import Model, Words
from workbench.steps.ranges import MOST, Amount, Range

AREAS = ("people and service", "environment", "products", "communication")
OUTCOMES = ("nps", "complaints", "churn")  # what a solution may move, in the order in which it is told
FILE = "solutions.yaml"
WIDTH = 200.0  # of the NPS: from -100 to 100


class Values(Model):
    """What the study says things are worth (study.yaml), in its currency; what is not said has no worth in money.

    customers_year   how many customers go through the journey in a year (else: as many as the data show)
    customer_year    what a customer who stays is worth in a year
    complaint        what a complaint costs
    nps_point        what one NPS point over all customers is worth in a year
    answer           what one more answer to a survey costs
    """

    currency: str = ""
    customers_year: float | None = Field(default=None, gt=0, le=MOST)
    customer_year: float | None = Field(default=None, ge=0, le=MOST)
    complaint: float | None = Field(default=None, ge=0, le=MOST)
    nps_point: float | None = Field(default=None, ge=0, le=MOST)
    answer: float | None = Field(default=None, ge=0, le=MOST)


class Effect(Model):
    """How much a solution moves an outcome for the people it reaches: from a finding, or by judgement (a range).

    finding   a judged hypothesis; `share` says how much of its effect carries over (the solution makes B into A of
              "A against B", or with `reverse` A into B)
    judged    low, likely, high: NPS points; for complaints and churn the share avoided, from 0 to 1
    """

    finding: str | None = None
    share: Range | None = None
    reverse: bool = False
    judged: Range | None = None

    @model_validator(mode="after")
    def _either(self) -> Effect:
        if (self.finding is None) == (self.judged is None):
            raise ValueError("either finding: (with share:) or judged:")
        if self.finding is not None and self.share is None:
            raise ValueError("share: how much of the finding's effect carries over, as [0.4, 0.6, 0.8]")
        if self.judged is not None and (self.share is not None or self.reverse):
            raise ValueError("share: and reverse: beside finding: alone")
        if self.share is not None and not -1 <= self.share[0] <= self.share[2] <= 1:
            raise ValueError("share: from 0 to 1, as [0.4, 0.6, 0.8]")
        return self


class Avoids(Model):
    """The share of complaints at its steps, and of the people met there who leave, that a solution avoids."""

    complaints: Effect | None = None
    churn: Effect | None = None

    @model_validator(mode="after")
    def _shares(self) -> Avoids:
        for word in ("complaints", "churn"):
            one = getattr(self, word)
            if one is not None and one.judged is not None and not -1 <= one.judged[0] <= one.judged[2] <= 1:
                raise ValueError(f"{word}: judged: shares from 0 to 1, as [0.1, 0.2, 0.4]")
        return self


class Cost(Model):
    """Money, as low, likely, high: once, and every year. In the study's currency, or another whose rate the file states."""

    once: Amount = (0, 0, 0)
    yearly: Amount = (0, 0, 0)
    currency: str = ""

    @model_validator(mode="after")
    def _given(self) -> Cost:
        if not self.model_fields_set & {"once", "yearly"}:
            raise ValueError("once: or yearly: as [low, likely, high]; [0, 0, 0] where it costs nothing")
        return self


class Evidence(Model):
    """What a solution rests on, counted at its steps: a hypothesis, a measure, words that were said, or complaints."""

    hypothesis: str | None = None
    measure: str | None = None  # a score at the solution's steps
    quotes: str | None = None  # words to search for in what people said and wrote, as in wb.search_text; "*" for all
    complaints: str | None = None  # a category of complaint; "*" for all

    @model_validator(mode="after")
    def _one(self) -> Evidence:
        if len(self.model_fields_set) != 1:
            raise ValueError("one of: hypothesis, measure, quotes, complaints")
        return self


class Solution(Model):
    """One proposed change. `gain` is in NPS points of those it reaches; `months` pass until it acts; `effort` is days of work."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: Words
    area: Literal["people and service", "environment", "products", "communication"]
    steps: list[str] = Field(min_length=1)
    departments: list[str] = []
    evidence: list[str | Evidence] = []
    gain: Effect | None = None
    avoids: Avoids = Avoids()
    reach: dict[str, str | list[str]] = {}
    cost: Cost
    months: Amount = (0, 0, 0)
    effort: Amount | None = None
    requires: list[str] = []
    excludes: list[str] = []
    about: str = ""

    @model_validator(mode="after")
    def _moves(self) -> Solution:
        if not self.effects:
            raise ValueError("gain: (NPS points) or avoids: (complaints, churn): what it is thought to bring")
        if self.gain is not None and self.gain.judged is not None and max(map(abs, self.gain.judged)) > WIDTH:
            raise ValueError(f"gain: NPS points, which move by {WIDTH:g} at most")
        if empty := [word for word, values in self.reach.items() if not values]:
            raise ValueError(f"reach: a value, or several, for {', '.join(empty)}")
        return self

    @property
    def effects(self) -> dict[str, Effect]:
        """What it moves, by outcome."""
        given = {"nps": self.gain, "complaints": self.avoids.complaints, "churn": self.avoids.churn}
        return {outcome: one for outcome, one in given.items() if one is not None}

    @property
    def claims(self) -> list[str]:
        """The hypotheses that it names, as evidence or for an effect."""
        named = [one if isinstance(one, str) else one.hypothesis for one in self.evidence]
        named += [one.finding for one in self.effects.values()]
        return list(dict.fromkeys(one for one in named if one))


class Solutions(Model):
    """solutions.yaml.

    leavers   the people who left, by their attributes
    rates     what one unit of another currency is worth in the study's
    weights   how much an NPS point over all customers, a complaint avoided and a customer kept in a hundred customers count
    """

    leavers: dict[str, str | list[str]] = {}
    rates: dict[str, float] = {}
    weights: dict[Literal["nps", "complaints", "churn"], float] = {}
    solutions: list[Solution] = []

    @model_validator(mode="after")
    def _known(self) -> Solutions:
        ids = [one.id for one in self.solutions]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"each solution id once; twice there: {', '.join(twice)}")
        for one in self.solutions:
            strange = [other for other in (*one.requires, *one.excludes) if other not in ids]
            if strange:
                raise ValueError(f"solutions of this file in {one.id}; not there: {', '.join(strange)}")
        if any(not 0 < value <= MOST for value in self.rates.values()):
            raise ValueError("rates: what one unit of another currency is worth in the study's, above 0")
        if any(not 0 <= value <= MOST for value in self.weights.values()):
            raise ValueError("weights: 0 or more")
        if self.weights and not any(self.weights.values()):
            raise ValueError("weights: one of them above 0")
        if empty := [word for word, values in self.leavers.items() if not values]:
            raise ValueError(f"leavers: a value, or several, for {', '.join(empty)}")
        if circle := self._circle():
            raise ValueError(f"no circle of solutions that require each other: {' requires '.join(circle)}")
        by_id = {one.id: one for one in self.solutions}
        for one in self.solutions:
            if one.id in one.excludes:
                raise ValueError(f"other solutions in excludes:, not {one.id} itself")
            needed = self.needed(one.id)
            if both := sorted(needed & {*one.excludes} | {name for name in needed if one.id in by_id[name].excludes}):
                raise ValueError(f"what {one.id} requires, it may not exclude: {', '.join(both)}")
            if apart := sorted(name for name in needed if needed & {*by_id[name].excludes}):
                raise ValueError(f"what {one.id} requires must go together: {', '.join(apart)} excludes another of it")
        return self

    def needed(self, name: str) -> set[str]:
        """All solutions that one requires, also by way of others."""
        requires = {one.id: one.requires for one in self.solutions}
        found: set[str] = set()
        open_ = list(requires[name])
        while open_:
            one = open_.pop()
            if one not in found:
                found.add(one)
                open_ += requires[one]
        return found

    def _circle(self) -> list[str]:
        """A circle of solutions, each requiring the next, the first one again at the end; empty where there is none."""
        requires = {one.id: one.requires for one in self.solutions}
        for first in requires:
            roads, met = [[first]], set()
            for road in roads:
                for one in requires[road[-1]]:
                    if one == first:
                        return [*road, first]
                    if one not in met:
                        met.add(one)
                        roads.append([*road, one])
        return []

    def check(
        self, steps: list[str], claims: list[str], departments: list[str], attributes: list[str], currency: str
    ) -> list[Fault]:
        """Names that the study does not know, and costs in a currency without a rate. An empty list knows nothing yet."""
        found = []
        for one in self.solutions:
            for word, names, known in (
                ("step", one.steps, steps),
                ("hypothesis", one.claims, claims),
                ("department", one.departments, departments),
                ("attribute of people", list(one.reach), attributes),
            ):
                if known or word == "hypothesis":
                    found += [
                        unknown(word, name, known, file=FILE, column=one.id) for name in names if name not in known
                    ]
            other = one.cost.currency
            if other and other != currency and other not in self.rates:
                found.append(
                    Fault(
                        file=FILE,
                        column=f"{one.id}.cost.currency",
                        found=f"costs in {other}",
                        expected=f"the study's currency, {currency}" if currency else "values: currency: in study.yaml",
                        mend=f"give them in {currency or 'one currency'}, or say what 1 {other} is worth: rates: {{{other}: …}}",
                    )
                )
            if "churn" in one.effects and not self.leavers:
                found.append(self._nobody_left(one.id))
        if self.rates.get(currency, 1.0) != 1:
            found.append(
                Fault(
                    file=FILE,
                    column="rates",
                    found=f"a rate of {self.rates[currency]:g} for {currency}, the study's own currency",
                    expected="rates of other currencies alone",
                    mend=f"remove it, or correct values: currency: {currency} in study.yaml",
                )
            )
        if attributes:
            found += [
                unknown("attribute of people", name, attributes, file=FILE, column="leavers")
                for name in self.leavers
                if name not in attributes
            ]
        return found

    def _nobody_left(self, name: str) -> Fault:
        return Fault(
            file=FILE,
            column=f"{name}.avoids.churn",
            found="churn, but nothing says who left",
            expected="leavers: the attribute that tells it",
            mend='add leavers: {switched: "yes"} at the top of the file',
        )
