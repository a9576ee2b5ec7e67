"""Solutions in their order: what each brings for its cost, how sure its place is, and why it stands there, in a sentence.

Knows an appraisal and asks it; works nothing out of records itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.finding import Finding
from workbench.inference import choice, portfolio
from workbench.steps.measure import groups
from workbench.steps.solutions.appraisal import APART, FEWER, NEEDS, POINTS, Appraisal

LITTLE = 0.5  # of what a solution brings alone, under which it is told that another brings the same
QUADRANTS: tuple[str, ...] = ("cheap, brings little: when there is time", "dear, brings little: leave")
QUADRANTS += ("cheap, brings much: do first", "dear, brings much: plan")
RANKED = (
    *("rank", "solution", "area", "value", "low", "high", "cost", "gain per 100,000", "first", "chosen"),
    *("in the best set", "n", "basis", "why"),
)


def ranked(found: Appraisal) -> Finding:
    """Solutions by how often they are in the best set, then by expected gain for their cost, with intervals.

    value    what a solution brings alone, spread over all customers of the journey and the horizon (`unit`); beside it
             NPS points, complaints avoided, customers kept and their worth in money, each with its interval
    cost     once + yearly × horizon
    net      value less cost, with its interval, where the value is money
    first    how often it brings most for its cost; chosen: how often it is in the best set within the budget, when effects,
             costs, reach and complaints are drawn again
    why      its place in a sentence
    """
    best = found.best[0].chosen
    chosen, first = found.picked.mean(axis=0), choice.p_top_k(_finite(found.per()), 1)
    rows: list[dict[str, Any]] = []
    for place, one in enumerate(found.solutions):
        value, low, high = _span(found.alone[:, place])
        _, cheap, dear = _span(found.drawn.cost[:, place])
        cost = float(found.costs[place])
        net = {}
        if found.weights is None:  # in money, so that the cost can be taken off
            _, less, more = _span(found.alone[:, place] - found.drawn.cost[:, place])
            net = {"net": value - cost, "net low": less, "net high": more}
        rows.append(
            {
                "solution": one.name, "area": one.area, "value": value, "low": low, "high": high, "cost": cost,
                "cost low": cheap, "cost high": dear,
                "gain per 100,000": value / cost * 100_000 if cost > 0 else None, "first": float(first[place]),
                "chosen": float(chosen[place]), "in the best set": place in best, "n": int(found.reach.people[place]),
                "basis": found.drawn.basis[place], "why": "", "months": float(one.months[1]),
                "days of work": None if one.effort is None else float(one.effort[1]),
                "hot spots": ", ".join(step for step in one.steps if step in found.hot_spots), "id": one.id, "place": place,
            } | net
        )  # fmt: skip
    order = sorted(rows, key=lambda row: (-row["chosen"], -_for_cost(row["value"], row["cost"]), row["id"]))
    table = pd.DataFrame(order).astype({"gain per 100,000": float})
    table.insert(0, "rank", range(1, len(table) + 1))
    table["why"] = [_why(found, row, best) for row in table.to_dict("records")]
    table = groups.rounded(_with_small(found, table.drop(columns="place")))
    told = groups.finding(
        found.journey, "rank_solutions", table, ("solution",), _sentence(found, table.iloc[0], best), base(found),
        method(found), found.minimum,
        {
            "kind": "quadrant", "x": "cost", "x_low": "cost low", "x_high": "cost high", "chosen": "in the best set",
            "x_unit": f"cost over {found.span}{f' ({found.values.currency})' if found.values.currency else ''}",
            "unit": found.unit, "quadrants": list(QUADRANTS),
        },
        "Solutions by gain and cost", cautions(found),
    )  # fmt: skip
    return replace(told, quiet=tuple(one for one in table.columns if one not in RANKED))


def outcomes(found: Appraisal) -> Finding:
    """What each solution would bring alone, outcome by outcome, over the horizon, and its worth in money as far as valued."""
    rows = []
    for place, one in enumerate(found.solutions):
        worth = []
        for outcome in found.moved:
            points = found.points(outcome)[:, place].sum(axis=1)
            value, low, high = _span(found.total(outcome, points))
            if outcome in one.effects:
                rows.append(
                    {"solution": one.name, "what": POINTS[outcome], "value": value, "low": low, "high": high,
                     "n": int(found.reach.people[place]), "basis": one.effects[outcome].finding or "judgement"}
                )  # fmt: skip
            money = found.money(outcome, points, found.drawn.active[:, place])
            if outcome in one.effects and money is not None:
                worth.append(money)
        if worth:
            value, low, high = _span(np.sum(worth, axis=0))
            rows.append(
                {"solution": one.name, "what": f"worth ({found.values.currency or 'money'})", "value": value, "low": low,
                 "high": high, "n": int(found.reach.people[place]), "basis": "study.yaml: values"}
            )  # fmt: skip
    table = groups.rounded(pd.DataFrame(rows))
    many = len(found.solutions)
    told = [f"{many} {'solution' if many == 1 else 'solutions'}, what each would bring alone in {found.span}"]
    unpriced = [POINTS[word] for word in found.moved if _unpriced(found, word)]
    if unpriced:
        told.append(f"no worth in money is given for {' and '.join(unpriced)}")
    return groups.finding(
        found.journey, "solution_outcomes", table, ("solution", "what"), "; ".join(told) + ".", base(found), briefly(found),
        found.minimum, {}, "What each solution would bring",
    )  # fmt: skip


def stability(found: Appraisal) -> Finding:
    """How often each solution takes each rank by gain for its cost, when all that is uncertain is drawn again."""
    shares = choice.rank_shares(_finite(found.per()))
    order = sorted(range(len(found.solutions)), key=lambda one: (float(shares[one] @ np.arange(len(shares))), one))
    table = pd.DataFrame(
        [
            {"solution": found.solutions[one].name, "n": int(found.reach.people[one]),
             "middle rank": _middle(shares[one])} | {f"rank {rank + 1}": float(share) for rank, share in enumerate(shares[one])}
            for one in order
        ]
    )  # fmt: skip
    first = max(order, key=lambda one: float(shares[one][0]))
    sure = [found.solutions[one].name for one in order if shares[one].max() >= 0.8]
    name, often = found.solutions[first].name, _in_hundred(shares[first][0])
    if found.expected[first].sum() <= 0:
        sentence = (
            f'No rank is worth much: of "{name}", which comes first most often ({often} redraws), no gain is expected.'
        )
    elif len(order) == 1:
        sentence = f'"{name}" is the only solution: there is nothing to rank it against.'
    else:
        sentence = f'By gain for its cost "{name}" comes first most often, in {often} redraws; '
        sentence += f"{len(sure)} of {len(order)} keep one rank in 80 of 100 or more." if sure else "no rank is sure."
    return groups.finding(
        found.journey, "rank_stability", groups.rounded(table), ("solution",), sentence, base(found), briefly(found),
        found.minimum, {"kind": "rank_shares", "ranks": [f"rank {one + 1}" for one in range(len(order))]},
        "How sure the ranks are",
    )  # fmt: skip


def by_weights(found: Appraisal) -> Finding:
    """The rank of each solution by gain for its cost under other weights: as they are, and each outcome alone."""
    alone = {f"{POINTS[one]} alone": {one: 1.0} for one in found.moved}
    tables = {"as weighed": found.worth(), **{name: found.worth(weights=one) for name, one in alone.items()}}
    rows: list[dict[str, Any]] = [
        {"solution": one.name, "n": int(found.reach.people[place])} for place, one in enumerate(found.solutions)
    ]
    for name, worth in tables.items():
        gain = worth.mean(axis=0).sum(axis=1)
        per = [_for_cost(value, cost) for value, cost in zip(gain.tolist(), found.costs.tolist(), strict=True)]
        order = [place for _, _, place in sorted((-per[at], one.id, at) for at, one in enumerate(found.solutions))]
        for rank, place in enumerate(order, start=1):
            rows[place][name] = rank if gain[place] > 0 else None
    table = pd.DataFrame(rows).sort_values("as weighed", kind="stable", ignore_index=True).astype({"n": int})
    first = table.iloc[0]
    others = [name for name in alone if table.loc[table[name] == 1, "solution"].tolist() != [first["solution"]]]
    same = f'By gain for its cost "{first["solution"]}" comes first as the outcomes are weighed'
    if others:
        told = [
            f'"{table.loc[table[one] == 1, "solution"].iloc[0]}" by {one}' for one in others if (table[one] == 1).any()
        ]
        sentence = f"{same}; {', '.join(told)}." if told else f"{same}."
    else:
        sentence = f"{same}, and by each outcome alone."
    return groups.finding(
        found.journey, "by_weights", groups.rounded(table), ("solution",), sentence, base(found), briefly(found),
        found.minimum, {}, "Ranks under other weights",
    )  # fmt: skip


def base(found: Appraisal) -> str:
    return f"{found.reach.everybody:,} people of the journey; n is the people a solution reaches"


def method(found: Appraisal) -> str:
    """How an appraisal was made, in words."""
    money = found.amount(found.budget)
    parts = [
        f"{found.draws:,} draws, seed {found.seed}; {found.span}; budget {money}"
        + ("" if found.given else " (half of all costs)"),
        "effects from findings where marked so (one draw of a finding for all that rest on it), else the team's judgement: "
        "low and high are exceeded one time in twenty",
        "people and leavers (multinomial) and complaints (Poisson) redrawn",
        "at one step the same people count once: of several solutions the largest effect",
        found.rule,
    ]
    if {"complaints", "churn"} & set(found.moved):
        source = "study.yaml" if found.values.customers_year else f"the data's {found.reach.years:.1f} years"
        parts.append(f"{found.customers:,.0f} customers a year ({source})")
    return "; ".join(parts)


def briefly(found: Appraisal) -> str:
    """How an appraisal was made, where the ranking beside it says the rest."""
    return f"as the ranking of solutions: {found.draws:,} draws, seed {found.seed}, {found.span}; {found.rule}"


def cautions(found: Appraisal) -> list[str]:
    told = []
    alone = [one for one, basis in zip(found.solutions, found.drawn.basis, strict=True) if "finding" not in basis]
    if alone:
        told.append(f"{len(alone)} of {len(found.solutions)} gains are judgement, not findings.")
    for why, words in (
        (FEWER, f"fewer than {found.minimum} people are reached"),
        (APART, f"fewer than {found.minimum} people could be told apart by them"),
        (NEEDS, "what they require is left out"),
    ):
        if names := ", ".join(one.name for one in found.small if found.left_out[one.id] == why):
            told.append(f"Left out, as {words}: {names}.")
    if found.weights is not None and not any(found.weights[one] for one in found.moved):
        told.append(
            f"The weights count nothing that these solutions move ({', '.join(POINTS[one] for one in found.moved)})."
        )
    harm = [one.name for place, one in enumerate(found.solutions) if found.alone[:, place].mean() < 0]
    if harm:
        told.append(f"Expected to do harm: {', '.join(harm)}.")
    return told


def _sentence(found: Appraisal, top: pd.Series, best: Sequence[int]) -> str:
    many = f"{len(best)} of {len(found.solutions)} solutions" if len(best) != 1 else "one solution"
    value, low, high = found.best[0].value, *_span(found.values_of(best))[1:]
    cost = float(found.costs[list(best)].sum())
    if not best:
        cheapest = float(found.costs.min())
        why = f": the cheapest costs {found.amount(cheapest)}" if cheapest > found.budget else ""
        return f"Within {found.amount(found.budget)} no set of solutions brings anything{why}."
    return (
        f"Within {found.amount(found.budget)} the best set is {many}: {found.size(value)} "
        f"({_plain(found, low)} to {_plain(found, high)}) for {found.amount(cost)} in {found.span}. "
        f'"{top["solution"]}" is in the best set in {_in_hundred(top["chosen"])} redraws.'
    )


def _why(found: Appraisal, row: dict[str, Any], best: Sequence[int]) -> str:
    """The place of one solution, explained."""
    place = int(row["place"])
    brings = (
        f"Brings {found.size(row['value'])} ({_plain(found, row['low'])} to {_plain(found, row['high'])}) "
        f"for {found.amount(row['cost'])}"
    )
    spots = [f"{step} ({kind})" for step, kind in found.hot_spots.items() if step in found.solutions[place].steps]
    acts = f", at a hot spot: {', '.join(spots)}" if spots else ""
    chosen = _in_hundred(row["chosen"])
    if place in best:
        return f"{brings}{acts}; in the best set, and in {chosen} redraws.{_shared(found, place, best)}"
    return f"{brings}{acts}; {_out(found, place, best)} (in the best set in {chosen} redraws)."


def _shared(found: Appraisal, place: int, best: Sequence[int]) -> str:
    """Whether others of the set bring much of the same."""
    value = float(found.expected[place].sum())
    rest = [one for one in best if one != place]
    adds = _expected(found, best) - _expected(found, rest)
    if value <= 0 or adds >= LITTLE * value or not rest:
        return ""
    return f" Beside the others it adds {found.size(adds)}: they act on the same people."


def _out(found: Appraisal, place: int, best: Sequence[int]) -> str:
    """Why a solution is not in the best set."""
    one, names = found.solutions[place], {other.id: other.name for other in found.solutions}
    taken = {found.solutions[other].id for other in best}
    against = [names[other] for other in one.excludes if other in taken]
    against += [found.solutions[other].name for other in best if one.id in found.solutions[other].excludes]
    missing = [names.get(other, other) for other in one.requires if other not in taken]
    value = float(found.expected[place].sum())
    if value == 0 and one.months[1] >= 12 * found.horizon:
        return f"left out: it acts only after the {found.span} that are looked at"
    if value <= 0:
        return "left out: nothing is expected of it" + (", or harm" if value < 0 else "")
    if found.costs[place] > found.budget:
        return "left out: dearer than the budget"
    if missing:
        return f'left out: it needs "{missing[0]}", which is not chosen'
    if against:
        return f'left out: "{against[0]}" is chosen, and shuts it out'
    adds = _expected(found, [*best, place]) - _expected(found, best)
    if adds < LITTLE * value:
        return f"left out: the chosen ones act on the same people, it would add {found.size(max(adds, 0))}"
    left = found.budget - float(found.costs[list(best)].sum())
    return f"left out: what is chosen brings more for the money ({found.amount(max(left, 0))} of the budget is left)"


def _expected(found: Appraisal, chosen: Sequence[int]) -> float:
    return float(portfolio.value_of(found.expected, found.mask(chosen)))


def _with_small(found: Appraisal, table: pd.DataFrame) -> pd.DataFrame:
    """The solutions that were left out, with their base alone: they are shown as hidden."""
    if not found.small:
        return table
    rows = [
        {
            "rank": None,
            "solution": one.name,
            "area": one.area,
            "in the best set": False,
            "id": one.id,
            "why": f"Left out: it {found.left_out[one.id]}.",
        }
        for one in found.small
    ]
    more = pd.DataFrame(rows).reindex(columns=table.columns)
    return pd.concat([table.astype({"rank": object}), more.astype(object)], ignore_index=True)


def _for_cost(value: float, cost: float) -> float:
    """A gain for its cost; what costs nothing comes first, or last where it does harm."""
    return value / cost if cost > 0 else math.inf if value > 0 else -math.inf if value < 0 else 0.0


def _unpriced(found: Appraisal, outcome: str) -> bool:
    return found.money(outcome, np.zeros((1, 1)), np.ones((1, 1))) is None


def _span(draws: np.ndarray) -> tuple[float, float, float]:
    return float(draws.mean()), float(np.quantile(draws, 0.025)), float(np.quantile(draws, 0.975))


def _finite(per: np.ndarray) -> np.ndarray:
    return np.nan_to_num(per, posinf=1e300, neginf=-1e300)


def _middle(shares: np.ndarray) -> int:
    return int(np.searchsorted(np.cumsum(shares), 0.5 - 1e-12)) + 1


def _plain(found: Appraisal, value: float) -> str:
    return found.amount(value) if found.weights is None else groups.signed(value, 1).replace("+", "")


def _in_hundred(share: float) -> str:
    return f"{100 * share:.0f} of 100"
