"""Which solutions together: the best sets, the frontier over budgets, what would turn the choice, what to find out first.

Knows an appraisal and asks it; works nothing out of records itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from workbench.finding import Finding
from workbench.inference import portfolio, voi
from workbench.steps.measure import groups
from workbench.steps.solutions.appraisal import FEW, POINTS, Appraisal, over
from workbench.steps.solutions.ranking import _in_hundred, _plain, _span, base, briefly

BUDGET = "the budget"  # what another one buys is told by the frontier
YEARS = "the years"
LONGEST = 30.0  # years that are looked at
NOTHING = "No single number turns the choice"
LOOKED_AT = 12  # points at which the choice is looked at on either side of a number
NEARLY = float(np.log(1.25))  # how far a number is from turning the choice where that is told as near
NAMED = 0.001  # of what the best set brings, under which no part of it is named
SMALL = 0.01  # of what the best set brings, under which finding out more is told as worth little
STUDY = 400  # answers of the study that is weighed in `worth_knowing`
SPREAD = {"nps": 85.0}  # standard deviation of one person's NPS points (about 20/30/50), for what a study would tell


def best_sets(found: Appraisal) -> Finding:
    """The best set of solutions within the budget, the second best and the third, and how far they lie apart."""
    rows = []
    same = _shares(found)
    for place, one in enumerate(found.best, start=1):
        _, low, high = _span(found.values_of(one.chosen))
        rows.append(
            {"set": place, "solutions": found.named(one.chosen), "value": one.value, "low": low, "high": high, "cost": one.cost,
             "left of the budget": found.budget - one.cost, "best in": same.get(tuple(one.chosen), 0.0),
             "n": int(found.reach.people[one.chosen].max()) if one.chosen else found.reach.everybody,
             "ids": " ".join(found.solutions[each].id for each in one.chosen)}
            | _told(found, one.chosen)
        )  # fmt: skip
    table = groups.rounded(pd.DataFrame(rows))
    first = table.iloc[0]
    sentence = (
        f"Within {found.amount(found.budget)} the best set is {first['solutions']}: {found.size(first['value'])} "
        f"({_plain(found, first['low'])} to {_plain(found, first['high'])}) for {found.amount(first['cost'])}; the very same set "
        f"is best in {_in_hundred(first['best in'])} redraws"
    )
    if not found.best[0].chosen:
        sentence = (
            f"Within {found.amount(found.budget)} it is best to do nothing, in {_in_hundred(first['best in'])} redraws"
        )
    elif len(found.best) > 1:
        gap = found.best[0].value - found.best[1].value
        sentence += f"; the second best brings {found.size(gap)} less"
    told = groups.finding(
        found.journey, "best_set", table, ("set",), sentence + ".", base(found),
        f"{briefly(found)}; sets chosen by expected effects and costs, exactly (mixed-integer programme)", found.minimum, {},
        "The best set within the budget",
    )  # fmt: skip
    return _quietly(told, ("ids",))


def frontier(found: Appraisal) -> Finding:
    """The sets that no cheaper set beats, by budget, and what the next pound buys."""
    sets = found.frontier.sets
    rows = []
    before: list[int] = []
    for one in sets:
        _, low, high = _span(found.values_of(one.chosen))
        rows.append(
            {"cost": one.cost, "value": one.value, "low": low, "high": high,
             "comes in": ", ".join(found.solutions[each].name for each in one.chosen if each not in before),
             "goes out": ", ".join(found.solutions[each].name for each in before if each not in one.chosen),
             "within the budget": one.cost <= found.budget, "solutions": len(one.chosen),
             "n": int(found.reach.people[one.chosen].max()) if one.chosen else found.reach.everybody}
        )  # fmt: skip
        before = one.chosen
    table = groups.rounded(pd.DataFrame(rows))
    table.insert(0, "set", range(1, len(table) + 1))
    return groups.finding(
        found.journey, "frontier", table, ("set",), _next_pound(found), base(found),
        f"{briefly(found)}; {found.frontier.method}", found.minimum,
        {"kind": "frontier", "budget": found.budget, "unit": found.unit, "x": "cost", "label": "comes in",
         "x_unit": f"cost over {found.span}{f' ({found.values.currency})' if found.values.currency else ''}"},
        "What more money would buy",
    )  # fmt: skip


def _next_pound(found: Appraisal) -> str:
    here = found.best[0]
    there = f"{found.amount(found.budget)} buys {found.size(here.value)}"
    more = portfolio.next_step(found.frontier, found.budget)
    if more is None:
        return f"{there}; more money buys nothing more."
    swap = f" in place of {found.named(more.goes_out)}" if more.goes_out else ""
    return (
        f"{there}; {found.amount(more.beyond)} on top of the budget would buy {found.named(more.comes_in)}{swap}: "
        f"{found.size(more.value)} more than now for {found.amount(more.cost)} more."
    )


def flips(found: Appraisal) -> Finding:
    """What would turn the choice: each knob, and the points below and above at which another set is best.

    Knobs: the weight of each outcome (or its worth in money), all costs, all judged effects, years, the budget; and two
    rules: gains at one step added up, and judgements that are wrong together.
    """
    now = tuple(found.best[0].chosen)
    rows = [_knob(found, now, *knob) for knob in _knobs(found)]
    rows += [_added_up(found, now), _wrong_together(found, now)]
    columns = ["what", "below", "above", "then", "n"]
    table = groups.rounded(pd.DataFrame(rows, columns=columns).astype({"below": float, "above": float}))
    table["then"] = [words or "the same set" for words in table["then"]]
    steady = [row["what"] for row in rows if row["below"] is None and row["above"] is None and not row["then"]]
    sentence = _soonest([row for row in rows if row["what"] != BUDGET])
    if steady and not sentence.startswith(NOTHING):
        sentence += f" It does not turn with {', '.join(steady)}."
    told = groups.finding(
        found.journey, "flips", table, ("what",), sentence, base(found),
        f"{briefly(found)}; each number is multiplied, all others held; looked for from a tenth to ten times (years: from a "
        f"third to three times, {LONGEST:g} at most)",
        found.minimum, {}, "What would turn the choice",
    )  # fmt: skip
    return _quietly(told, ("n",))


def _soonest(rows: list[dict[str, Any]]) -> str:
    """The knob that turns the choice by the least change, and how."""
    ends = [(abs(float(np.log(row[side]))), side, row) for row in rows for side in ("below", "above") if row[side]]
    if not ends:
        return f"{NOTHING}, from a tenth of it to ten times (years: a third to three times)."
    far, side, row = min(ends, key=lambda one: one[0])
    if far > NEARLY:
        return f"No single number changed by a fifth turns the choice; soonest {row['what']}, at {row[side]:.2f} times."
    return f"The choice turns soonest with {row['what']}, at {row[side]:.2f} times what is taken now: {row[f'then {side}']}."


Decide = Callable[[float], tuple[int, ...]]


def _knobs(found: Appraisal) -> list[tuple[str, Decide, float, float]]:
    """What may be turned: its name, the choice at a multiple of what it is, the least and the most multiple."""
    knobs: list[tuple[str, Decide, float, float]] = []
    cells = [len(found.reach.counts[one]) for one in found.moved]
    ends = np.cumsum([0, *cells])
    if len(found.moved) > 1:
        for number, outcome in enumerate(found.moved):
            if found.weights is not None and not found.weights[outcome]:
                continue  # nought stays nought, however often it is taken
            span = slice(int(ends[number]), int(ends[number + 1]))

            def weighed(times: float, span: slice = span) -> tuple[int, ...]:
                worth = found.expected.copy()
                worth[:, span] *= times
                return found.decide(worth=worth)

            knobs.append((f"the weight of {POINTS[outcome]}", weighed, 0.1, 10.0))
    knobs.append(("all costs", lambda times: found.decide(cost=found.costs * times), 0.1, 10.0))
    judged = [basis != "" and "finding" not in basis for basis in found.drawn.basis]
    if any(judged) and not all(judged):

        def believed(times: float) -> tuple[int, ...]:
            worth = found.expected * np.where(judged, times, 1.0)[:, None]
            return found.decide(worth=worth)

        knobs.append(("all judged effects", believed, 0.1, 10.0))
    knobs.append((BUDGET, lambda times: found.decide(budget=found.budget * times), 0.1, 10.0))

    def years(times: float) -> tuple[int, ...]:
        return over(found, min(LONGEST, found.horizon * times)).decide()

    knobs.append((YEARS, years, 0.34, 3.0))
    return knobs


def _knob(found: Appraisal, now: tuple[int, ...], what: str, decide: Decide, low: float, high: float) -> dict[str, Any]:
    few = len(found.solutions) <= FEW
    points = LOOKED_AT if few and what != YEARS else LOOKED_AT // 3
    turn = portfolio.flip(decide, low=low, high=high, points=points, exact=1e-3 if few else 0.02)
    ends = (("below", turn.below, turn.decision_below), ("above", turn.above, turn.decision_above))
    swaps = {f"then {word}": _exchange(found, now, then) for word, at, then in ends if at is not None}
    told = [f"{word} {at:.2f}: {swaps[f'then {word}']}" for word, at, _ in ends if at is not None]
    return {
        "what": what, "below": turn.below, "above": turn.above, "then": "; ".join(told), "n": found.reach.everybody,
    } | swaps  # fmt: skip


def _added_up(found: Appraisal, now: tuple[int, ...]) -> dict[str, Any]:
    then = found.decide(overlap="sum")
    words = "" if then == now else _exchange(found, now, then)
    return {
        "what": "gains at one step added up",
        "below": None,
        "above": None,
        "then": words,
        "n": found.reach.everybody,
    }


def _wrong_together(found: Appraisal, now: tuple[int, ...]) -> dict[str, Any]:
    """How often the same set stays best where all judgements lean the same way (correlation of a half)."""
    worth = found.worth(found.redraw(together=0.5))
    picked = portfolio.best_in_draws(worth, found.drawn.cost, found.budget, **found.rules)
    usual, then = (float((one == found.mask(now)).all(axis=1).mean()) for one in (found.picked, picked))
    return {
        "what": "judgements wrong together", "below": None, "above": None, "n": found.reach.everybody,
        "then": f"the set is best in {_in_hundred(then)} redraws instead of {_in_hundred(usual)}",
    }  # fmt: skip


def _exchange(found: Appraisal, now: tuple[int, ...], then: tuple[int, ...]) -> str:
    comes = [one for one in then if one not in now]
    goes = [one for one in now if one not in then]
    told = [f"{found.named(comes)} in"] if comes else []
    told += [f"{found.named(goes)} out"] if goes else []
    return ", ".join(told)


def worth_knowing(found: Appraisal) -> Finding:
    """What it is worth to find out more before choosing: for all uncertain numbers together, and for each effect.

    value     what knowing it for certain would add to what the budget is expected to bring (EVPPI), at most
    a study   what asking so many people would add; the cost of asking where study.yaml gives what an answer costs
    """
    worth, candidates = found.worth(), _candidates(found)
    brought = portfolio.values_of(worth, np.array([found.mask(one) for one in candidates]))
    everything = voi.evpi(brought)
    rows = []
    for name, one in found.drawn.unknowns.items():
        known = voi.evppi(brought, one.draws)
        n0 = _answers_behind(one)
        study = voi.evsi(brought, one.draws, n=STUDY, n0=n0) if n0 else None
        rows.append(
            {"what": _called(found, name), "value": known.value, "se of value": known.se,
             f"a study of {STUDY}": study.value if study else None,
             "test next": _test(found, name), "n": int(found.reach.people[list(one.options)].max()), "name": name}
        )  # fmt: skip
    table = pd.DataFrame(rows).sort_values(["value", "name"], ascending=[False, True], kind="stable", ignore_index=True)
    top = table.iloc[0]
    brings = found.best[0].value
    everything_words = f"knowing all that is uncertain would add {found.size(everything.value)} to {found.size(brings)}"
    if top["value"] > max(2 * top["se of value"], SMALL * abs(brings)):
        sentence = (
            f"Before choosing, it is worth most to find out {top['what']}: up to {found.size(top['value'])} more "
            f"({everything_words}). {top['test next']}."
        )
    else:
        sentence = f"Nothing that could be found out first would change the choice by much: {everything_words}."
        if top["value"] > max(2 * top["se of value"], NAMED * abs(brings)):
            sentence += f" The largest part of it lies in {top['what']}. {top['test next']}."
    told = groups.finding(
        found.journey, "worth_knowing", groups.rounded(table), ("what",), sentence, base(found),
        f"{briefly(found)}; expected value of partial perfect information by regression over {len(candidates)} sets (Strong, "
        f"Oakley and Brennan 2014), of a study by a normal approximation (Jalal and Alarid-Escudero 2018)",
        found.minimum, {}, "What to find out before choosing",
    )  # fmt: skip
    return _quietly(told, ("se of value", "name"))


def _candidates(found: Appraisal) -> list[tuple[int, ...]]:
    """The sets that were best in some draw and that the budget is expected to pay for, and the best one."""
    sets = {tuple(np.flatnonzero(one).tolist()) for one in np.unique(found.picked, axis=0)}
    paid = {one for one in sets if found.costs[list(one)].sum() <= found.budget}
    return sorted(paid | {tuple(one.chosen) for one in found.best} | {()})


def _answers_behind(one: Any) -> float | None:
    """How many answers what is known of an effect is worth: those behind a finding, else as many as give the same doubt."""
    if one.n is not None:
        return float(one.n)
    spread = SPREAD.get(one.outcome)
    doubt = float(one.draws.std())
    return None if spread is None or doubt <= 0 else (spread / doubt) ** 2


def _called(found: Appraisal, name: str) -> str:
    one = found.drawn.unknowns[name]
    names = ", ".join(f'"{found.solutions[each].name}"' for each in one.options)
    what = {"nps": "the gain in NPS", "complaints": "the complaints avoided", "churn": "the customers kept"}[
        one.outcome
    ]
    if one.claim is not None:
        return f"the effect in {one.claim.replace('-', ' ')} (for {names})"
    if name.endswith(" share"):
        return f"how much of the finding on {POINTS[one.outcome]} carries over to {names}"
    return f"{what} by {names}"


def _test(found: Appraisal, name: str) -> str:
    """What to test next, in words."""
    one = found.drawn.unknowns[name]
    if one.claim is not None:
        return f"Ask more people about the hypothesis {one.claim}"
    first = found.solutions[one.options[0]]
    outcome = {"nps": "nps", "complaints": "complaint", "churn": "churn"}[one.outcome]
    return f"Declare a hypothesis (outcome: {outcome}, step: {first.steps[0]}) and try {first.id} with some customers"


def _shares(found: Appraisal) -> dict[tuple[int, ...], float]:
    """How often each set is the best one."""
    sets, counts = np.unique(found.picked, axis=0, return_counts=True)
    return {
        tuple(np.flatnonzero(one).tolist()): float(count / found.draws) for one, count in zip(sets, counts, strict=True)
    }


def _told(found: Appraisal, chosen: list[int]) -> dict[str, float]:
    """What a set brings, outcome by outcome."""
    return {
        POINTS[outcome]: float(
            found.total(outcome, portfolio.value_of(found.points(outcome).mean(axis=0), found.mask(chosen)))
        )
        for outcome in found.moved
    }


def _quietly(found: Finding, more: tuple[str, ...]) -> Finding:
    from dataclasses import replace

    return replace(found, quiet=(*found.quiet, *more))
