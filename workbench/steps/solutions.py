"""Solutions: proposed changes in four areas, ranked by what findings and costs support, with how sure the rank is.

Looks back at the hypotheses' findings and the journey; knows the inference room's choice.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference import choice
from workbench.journey import JourneyFrame
from workbench.models import Model
from workbench.steps.measure import groups

AREAS = ("people and service", "environment", "products", "communication")
Range = tuple[float, float, float]


def _rising(value: Range | None, what: str) -> None:
    if value is not None and not value[0] <= value[1] <= value[2]:
        raise ValueError(f"{what} as low, likely, high, each at least the one before")


class Gain(Model):
    """What a solution is expected to move at its steps, in NPS points: from a finding, or by judgement."""

    finding: str | None = None
    share: Range | None = None
    judged: Range | None = None

    @model_validator(mode="after")
    def _either(self) -> Gain:
        if (self.finding is None) == (self.judged is None):
            raise ValueError("either finding: (with share:) or judged:")
        if self.finding is not None and self.share is None:
            raise ValueError("share: how much of the finding's effect carries over, as [0.4, 0.6, 0.8]")
        _rising(self.share, "share")
        _rising(self.judged, "judged")
        return self


class Cost(Model):
    """Money, as low, likely, high: once, and every year."""

    once: Range = (0, 0, 0)
    yearly: Range = (0, 0, 0)

    @model_validator(mode="after")
    def _money(self) -> Cost:
        for word in ("once", "yearly"):
            value = getattr(self, word)
            _rising(value, word)
            if value[0] < 0:
                raise ValueError(f"{word}: 0 or more")
        return self


class Solution(Model):
    """One proposed change."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str
    area: Literal["people and service", "environment", "products", "communication"]
    steps: list[str]
    departments: list[str] = []
    evidence: list[str] = []
    gain: Gain
    reach: dict[str, str | list[str]] = {}
    cost: Cost
    requires: list[str] = []
    excludes: list[str] = []
    about: str = ""


class Solutions(Model):
    """solutions.yaml."""

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
        return self


def rank(
    journey: JourneyFrame,
    solutions: list[Solution],
    judged: pd.DataFrame | None,
    seed: int,
    budget: float | None = None,
    horizon: int = 3,
    draws: int = 2000,
    currency: str = "",
    minimum_base: int | None = None,
) -> Finding:
    """Solutions by expected gain for their cost, with intervals by drawing effects, shares and costs again.

    gain    NPS points at the solution's steps, spread over all customers of the journey: effect × people reached / all
    effect  from a finding: normal around its difference with its standard error, times a triangular share that carries
            over; or by judgement: triangular (low, likely, high), marked so
    cost    once + yearly × horizon (years), triangular
    Chosen  how often the solution is in the best set within the budget, over the draws (0-1 programme with `requires`
            and `excludes`; SciPy's HiGHS or all sets listed where they are few). Without a budget: half of all costs.

    `judged` is the table of judged hypotheses; a gain may not rest on one whose base is below the minimum. Solutions are
    taken to add up.
    """
    if not solutions:
        raise DataFault(Fault(file="solutions.yaml", found="no solution", expected="at least one"))
    rng = choice.seeded(seed)
    everybody = int(journey.count()["people"].iloc[0])
    findings = judged.set_index("id") if judged is not None else pd.DataFrame()
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    gains, costs, rows = [], [], []
    for one in solutions:
        people = _reach(journey, one)
        effect, basis = _effect(one, findings, rng, draws, minimum)
        gain = effect * people / everybody
        once = choice.triangular(rng, *one.cost.once, draws)
        cost = once + horizon * choice.triangular(rng, *one.cost.yearly, draws)
        gains.append(gain)
        costs.append(cost)
        rows.append((one, people, basis))
    value, cost = np.column_stack(gains), np.column_stack(costs)
    limit = float(np.mean(cost.sum(axis=1)) / 2) if budget is None else float(budget)
    place = {one.id: number for number, one in enumerate(solutions)}
    requires = [(place[one.id], place[other]) for one in solutions for other in one.requires]
    excludes = [(place[one.id], place[other]) for one in solutions for other in one.excludes]
    chosen = choice.how_often_chosen(np.maximum(value, 0), cost, limit, requires, excludes)
    best = choice.best_set(np.maximum(value.mean(axis=0), 0), cost.mean(axis=0), limit, requires, excludes)
    per = value / np.where(cost > 0, cost, np.nan) * 100_000
    first = choice.p_top_k(np.nan_to_num(per, nan=np.inf), 1)
    table = pd.DataFrame(
        [
            {
                "solution": one.name,
                "area": one.area,
                "value": float(value[:, number].mean()),
                "low": float(np.quantile(value[:, number], 0.025)),
                "high": float(np.quantile(value[:, number], 0.975)),
                "cost": float(cost[:, number].mean()),
                "cost low": float(np.quantile(cost[:, number], 0.025)),
                "cost high": float(np.quantile(cost[:, number], 0.975)),
                "gain per 100,000": float(value[:, number].mean() / cost[:, number].mean() * 100_000)
                if cost[:, number].mean() > 0
                else None,
                "first": float(first[number]),
                "chosen": float(chosen[number]),
                "in the best set": number in best,
                "n": people,
                "basis": basis,
                "id": one.id,
            }
            for number, (one, people, basis) in enumerate(rows)
        ]
    )
    table = groups.rounded(table.sort_values(["chosen", "gain per 100,000"], ascending=False, kind="stable"))
    table = table.reset_index(drop=True)
    table.insert(0, "rank", range(1, len(table) + 1))
    top = table.iloc[0]
    sentence = (
        f'"{top["solution"]}" is in the best set in {100 * top["chosen"]:.0f} of 100 redraws of effects and costs: '
        f"{top['value']:.1f} NPS points over all customers ({top['low']:.1f} to {top['high']:.1f}) "
        f"for {currency}{top['cost']:,.0f} in {horizon} years."
    )
    return groups.finding(
        journey,
        "rank_solutions",
        table,
        ("solution",),
        sentence,
        f"{everybody:,} people of the journey; n is the people a solution reaches",
        f"{draws:,} draws, seed {seed}; budget {currency}{limit:,.0f}{' (half of all costs)' if budget is None else ''}; "
        "gains from findings where marked so, else by the team's judgement; gains taken to add up",
        minimum_base,
        {
            "kind": "quadrant",
            "x": "cost",
            "x_low": "cost low",
            "x_high": "cost high",
            "x_unit": f"cost over {horizon} years{f' ({currency})' if currency else ''}",
            "unit": "NPS points over all customers",
        },
        "Solutions by gain and cost",
    )


def _reach(journey: JourneyFrame, one: Solution) -> int:
    crowd = journey.people_with(**one.reach) if one.reach else journey
    return int(crowd.observed().where(step=list(one.steps)).count()["people"].iloc[0])


def _effect(
    one: Solution, findings: pd.DataFrame, rng: np.random.Generator, draws: int, minimum: int
) -> tuple[np.ndarray, str]:
    if one.gain.judged is not None:
        return choice.triangular(rng, *one.gain.judged, draws), "judgement"
    if one.gain.finding not in findings.index:
        raise DataFault(unknown("hypothesis", one.gain.finding, findings.index, file="solutions.yaml", column=one.id))
    found = findings.loc[one.gain.finding]
    if found["outcome"] != "NPS difference" or found["value"] != found["value"] or found["se"] != found["se"]:
        raise DataFault(
            Fault(
                file="solutions.yaml",
                column=one.id,
                found=f"the finding {one.gain.finding}, which gives no NPS difference",
                expected="a hypothesis with outcome: nps that could be estimated",
                mend="use judged: [low, likely, high]",
            )
        )
    if found.get("n", minimum) < minimum:
        raise DataFault(
            Fault(
                file="solutions.yaml",
                column=one.id,
                found=f"the finding {one.gain.finding}, on fewer than {minimum} people",
                expected="a finding that may be shown",
                mend="use judged: [low, likely, high]",
            )
        )
    assert one.gain.share is not None
    effect = rng.normal(float(found["value"]), float(found["se"]), draws)
    return effect * choice.triangular(rng, *one.gain.share, draws), f"finding: {one.gain.finding} ({found['verdict']})"
