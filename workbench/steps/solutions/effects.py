"""What solutions would bring and cost, drawn again and again: effects from findings and judgement, reach, counts, costs.

What rests on one finding is drawn once for all solutions that rest on it. Every number has draws of its own, named by what
it is, so that adding a solution changes no other's. Looks back at the judged claims and at the reach.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault, unknown
from workbench.steps.ranges import drawn, expected
from workbench.steps.solutions.model import FILE, OUTCOMES, Effect, Solution
from workbench.steps.solutions.reach import Reach

GIVES = {"nps": "NPS difference", "complaints": "complaint ratio", "churn": "churn ratio"}
FINDING, JUDGED = "finding", "judgement"
Factor = tuple[float, float, int]  # came / predicted of similar actions: mean, standard deviation, how many


@dataclass(frozen=True)
class Drawn:
    """Draws (first axis) of all that is uncertain; options on the second axis.

    effects   by outcome: what it does to those it reaches (NPS points, or the share of complaints or leavers avoided)
    active    the share of the horizon in which it acts
    cells     by outcome: the cells' people, complaints and leavers, redrawn
    cost      over the horizon, in the study's currency; `expected_cost` its mean, worked out
    basis     what each option's effects rest on, in words
    unknowns  each uncertain number by its name, for the value of knowing it: draws, and the options it concerns
    """

    effects: Mapping[str, np.ndarray]
    active: np.ndarray
    cells: Mapping[str, np.ndarray]
    cost: np.ndarray
    expected_cost: np.ndarray
    basis: tuple[str, ...]
    unknowns: Mapping[str, Unknown]


@dataclass(frozen=True)
class Unknown:
    """An uncertain number: its draws, the options it concerns, the claim it is (none: judgement), people behind it, its unit."""

    draws: np.ndarray
    options: tuple[int, ...]
    claim: str | None
    n: float | None
    outcome: str


def draws_of(
    solutions: Sequence[Solution],
    judged: pd.DataFrame | None,
    reach: Reach,
    horizon: float,
    draws: int,
    seed: int,
    minimum: int,
    rates: Mapping[str, float] | None = None,
    learned: Mapping[str, Factor] | None = None,
    together: float = 0.0,
    judged_times: float = 1.0,
) -> Drawn:
    """Draw effects, reach and costs again.

    finding   normal around its estimate with its standard error (ratios on the log scale); the share that carries over as
              judged. A share avoided is share × (1 − ratio)
    judged    two half normals with the likely value as median and low and high as 5 % and 95 % (`ranges.drawn`); times what
              came of similar actions over what was predicted, where that was followed up (`learned`)
    counts    people and leavers of each cell: multinomial of everybody; complaints: Poisson around what was counted
    cost      once + yearly × horizon, judged; never below 0

    `together` is how much the judgements are wrong together (correlation, 0 to 1). Raises DataFault for findings that do
    not give what is asked of them, or that may not be shown.
    """
    table = judged.set_index("id") if judged is not None and len(judged) else pd.DataFrame()
    many = len(solutions)
    team = _normal(seed, "the team", draws)

    def judgement(what: str) -> np.ndarray:
        own = _normal(seed, what, draws)
        return math.sqrt(together) * team + math.sqrt(1 - together) * own if together else own

    effects = {outcome: np.zeros((draws, many)) for outcome in OUTCOMES}
    unknowns: dict[str, Unknown] = {}
    basis: list[str] = []
    faults: list[Fault] = []
    for place, one in enumerate(solutions):
        words = []
        for outcome, effect in one.effects.items():
            name, least = f"{one.id} {outcome}", -1.0
            if effect.judged is not None:
                found = drawn(effect.judged, judgement(name)) * judged_times
                factor = (learned or {}).get(one.id)
                if factor is not None:
                    found = found * (factor[0] + factor[1] * _normal(seed, f"learned {one.id}", draws))
                unknowns[name] = Unknown(found, (place,), None, None, outcome)
                words.append(JUDGED + (_learned(factor) if factor else ""))
            else:
                fault = _unfit(one, effect, outcome, table, minimum)
                if fault is not None:
                    faults.append(fault)
                    continue
                row = table.loc[effect.finding]
                seen = _seen(row, outcome, effect.reverse, _normal(seed, f"finding {effect.finding}", draws))
                key = f"{effect.finding}{' the other way round' if effect.reverse else ''}"
                before = unknowns[key].options if key in unknowns else ()
                unknowns[key] = Unknown(seen, (*before, place), effect.finding, _n(row), outcome)
                share = drawn(effect.share or (1, 1, 1), judgement(f"{name} share"))
                unknowns[f"{name} share"] = Unknown(share, (place,), None, None, outcome)
                found = seen * share
                least = (
                    min(least, float(np.quantile(seen, 0.025))) if np.median(seen) < 0 else least
                )  # a finding of harm
                words.append(f"finding: {effect.finding} ({row['verdict']})")
            effects[outcome][:, place] = found if outcome == "nps" else np.clip(found, least, 1)
        basis.append("; ".join(dict.fromkeys(words)))
    if faults:
        raise DataFault(faults)
    once, yearly, months = (
        np.column_stack(
            [np.maximum(drawn(given(one), _normal(seed, f"{one.id} {word}", draws)), 0) for one in solutions]
        )
        for word, given in (
            ("once", lambda one: one.cost.once),
            ("yearly", lambda one: one.cost.yearly),
            ("months", lambda one: one.months),
        )
    )
    worth = np.array([(rates or {}).get(one.cost.currency, 1.0) if one.cost.currency else 1.0 for one in solutions])
    cells = {outcome: _counted_again(reach, outcome, draws, seed) for outcome in reach.counts}
    active = np.clip(1 - months / (12 * horizon), 0, 1)
    mean = np.array([expected(one.cost.once) + horizon * expected(one.cost.yearly) for one in solutions]) * worth
    return Drawn(effects, active, cells, (once + horizon * yearly) * worth, mean, tuple(basis), unknowns)


def _counted_again(reach: Reach, outcome: str, draws: int, seed: int) -> np.ndarray:
    """(draws, cells): how many there would be of another such crowd. Each step has draws of its own.

    At a step each of everybody is in one cell or in none (multinomial: who reaches everybody reaches everybody); complaints
    are counted, whoever makes them (Poisson).
    """
    counts, steps = reach.counts[outcome], reach.steps[outcome]
    found = np.zeros((draws, len(counts)))
    for step in dict.fromkeys(steps):
        here = [place for place, one in enumerate(steps) if one == step]
        own = _generator(seed, f"cells {outcome} {step}")
        if outcome == "complaints":
            found[:, here] = own.poisson(counts[here], (draws, len(here)))
        else:
            shares = counts[here] / reach.everybody
            found[:, here] = own.multinomial(reach.everybody, [*shares, max(0.0, 1 - shares.sum())], draws)[:, :-1]
    return found


def _learned(factor: Factor) -> str:
    return f", × {factor[0]:.2f} (as {factor[2]} similar {'action' if factor[2] == 1 else 'actions'} came out)"


def _generator(seed: int, what: str) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(what.encode())]))


def _normal(seed: int, what: str, draws: int) -> np.ndarray:
    """Standard normal draws of one uncertain thing, by its name; evenly spread, so that a mean of few draws is a good one."""
    from scipy.special import ndtri

    generator = _generator(seed, what)
    return ndtri(generator.permutation((np.arange(draws) + generator.random(draws)) / draws))  # type: ignore[no-any-return]


def _seen(row: pd.Series, outcome: str, reverse: bool, z: np.ndarray) -> np.ndarray:
    """Draws of what a finding says: a difference in points, or the share avoided from a ratio."""
    value, se = float(row["value"]), float(row["se"])
    if outcome == "nps":
        return (-1 if reverse else 1) * (value + se * z)
    return 1 - np.exp((-1 if reverse else 1) * (math.log(value) + se * z))


def _n(row: pd.Series) -> float | None:
    return float(row["n"]) if "n" in row and row["n"] == row["n"] else None


def _unfit(one: Solution, effect: Effect, outcome: str, table: pd.DataFrame, minimum: int) -> Fault | None:
    """Why a finding cannot carry an effect: it is not there, is of another kind, was not estimated, or may not be shown."""
    column = f"{one.id}.{'gain' if outcome == 'nps' else f'avoids.{outcome}'}"
    use = "use judged: [low, likely, high]"
    if effect.finding not in table.index:
        return unknown("hypothesis", effect.finding, table.index, file=FILE, column=column)
    row = table.loc[effect.finding]
    known = all(pd.notna(row[word]) and math.isfinite(row[word]) for word in ("value", "se"))
    if row["outcome"] != GIVES[outcome] or not known or (outcome != "nps" and not row["value"] > 0):
        wanted = {"nps": "nps", "complaints": "complaint", "churn": "churn"}[outcome]
        return Fault(
            file=FILE,
            column=column,
            found=f"the finding {effect.finding}, which gives no {GIVES[outcome]}",
            expected=f"a hypothesis with outcome: {wanted} that could be estimated",
            mend=use,
        )
    if row.get("n", minimum) < minimum:
        return Fault(
            file=FILE,
            column=column,
            found=f"the finding {effect.finding}, on fewer than {minimum} people",
            expected="a finding that may be shown",
            mend=use,
        )
    return None
