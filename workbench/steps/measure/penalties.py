"""Penalty and reward: what poor ratings go with, and what good ones do; what must be there, and what delights.

Knows the journey and the inference room; ratings are chosen and turned in `driver_choice`. Association, not effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import narwhals as nw
import pandas as pd

from workbench import inference
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure
from workbench.steps.measure.driver_choice import Chosen
from workbench.steps.measure.importance import minimum_of, names_of, ratings_of, words_of

CUTS = {(0.0, 10.0): (6.0, 9.0)}  # what counts as a low and a high answer, by scale
LOW_PART, HIGH_PART = 0.4, 0.2  # of a scale's points, else
ENOUGH = 30  # answers that low and high must each have, for a class to be given


@measure("What hurts when it is poor, and what pleases when it is good?", needs=("nps",))
def penalty_reward(
    journey: JourneyFrame,
    of: str = "nps",
    step: str | None = None,
    among: Sequence[str] | None = None,
    cuts: tuple[float, float] | Mapping[str, tuple[float, float]] | None = None,
    matters: float | None = None,
    minimum_base: int | None = None,
) -> Finding:
    """What low and high ratings go with, each against middling ones, in points of the outcome (Brandt 1988).

    cuts     what counts as low (up to) and high (from), on the scale as it was asked, for all ratings or for each; else 6
             and 9 on 0 to 10, and about two in five and one in five of the points of other scales
    matters  the smallest difference that would matter: without it nothing is ever called indifferent

    One linear regression of the outcome on all of them, errors robust by person. A must-be surely costs more when low
    than it brings when high, a delighter the other way round; where intervals do not tell, it is uncertain.
    """
    chosen = ratings_of(journey, of, step, among, ())
    made: dict[str, tuple[float, float]] = {}
    left = dict(chosen.left)
    columns = []
    for name in chosen.drivers:
        low, high = made[name] = _cut(name, chosen, cuts)
        x = nw.col(name)
        for end, hit in (("low", x <= low), ("high", x >= high)):
            columns.append(nw.when(~x.is_null()).then(hit.cast(nw.Float64)).alias(f"{name}: {end}"))
    kept = replace(chosen.cases, table=chosen.cases.table.with_columns(*columns))
    drivers = list(chosen.drivers)
    while True:
        wide = [f"{name}: {end}" for name in drivers for end in ("low", "high")]
        sums = kept.sums([chosen.outcome, *wide])
        moments = inference.moments_of(sums, [chosen.outcome, *wide], chosen.n_before)
        try:
            found = inference.penalty_reward(moments, chosen.outcome, drivers, matters)
            break
        except DataFault as problem:
            column = problem.faults[0].column
            if among is not None or column not in drivers or len(drivers) < 2:
                raise
            drivers.remove(column)
            left[column] = problem.faults[0].found
    chosen = replace(chosen, drivers=tuple(drivers), left=left)
    shown = found.table
    table = pd.DataFrame({"rating": names_of(chosen, step), "value": shown["asymmetry"]})
    table["low"], table["high"] = shown["asymmetry_low"].to_numpy(), shown["asymmetry_high"].to_numpy()
    table.index = shown.index
    for side in ("penalty", "reward"):
        table[side], table[f"{side} from"], table[f"{side} to"] = (
            shown[side],
            shown[f"{side}_low"],
            shown[f"{side}_high"],
        )
    table["n"] = found.n
    table["low answers %"], table["high answers %"] = 100 * shown["low_share"], 100 * shown["high_share"]
    fewest = found.n * shown[["low_share", "high_share"]].min(axis=1)
    table["class"] = shown["class"].where(fewest >= ENOUGH, "uncertain")
    table["caution"] = ["few low or few high answers" if one < ENOUGH else "" for one in fewest]
    table = table.sort_values("penalty", kind="stable", ignore_index=True)
    notes = "; ".join(one for one in found.notes if "left out" not in one)
    what = "points of the recommendation (0 to 10)" if of == "nps" else f'points of "{of}"'
    if found.n < minimum_of(journey, minimum_base):
        sentence = "Too few people answered to show what hurts and what pleases."
    else:
        sentence = _asymmetry(table, what, found.n)
    return groups.finding(
        journey,
        "penalty_reward",
        groups.rounded(table),
        ("rating",),
        sentence,
        f"{found.n:,} complete answers of {chosen.n_before:,} to {of}",
        f"{found.method}; value: reward and penalty together (below 0: poor costs more than good brings); low and high: "
        f"{', '.join(f'{name} {low:g} and {high:g}' for name, (low, high) in _alike(made, drivers).items())}; "
        f"{words_of(chosen, moments.answers)}; {notes}; weighted where the answers are",
        minimum_base,
        {
            "kind": "twosided",
            "left": "penalty",
            "right": "reward",
            "left_word": "poor, against middling",
            "right_word": "good, against middling",
            "say": "class",
            "unit": f"points of {of} on its scale",
        },
        f"Penalty and reward for {of}",
    )


def _asymmetry(table: pd.DataFrame, what: str, n: int) -> str:
    parts = []
    for name, words in (("must-be", "must be there"), ("delighter", "delights")):
        those = table[table["class"] == name]
        if len(those):
            row = those.iloc[0]
            first = f"{row['rating']}: " if len(those) > 1 else ""
            parts.append(
                f"{', '.join(those['rating'][:3])}{' …' if len(those) > 3 else ''} {words} ({first}"
                f"{row['penalty']:+.1f} when poor, {row['reward']:+.1f} when good)"
            )
    if parts:
        return f"{'; '.join(parts).replace('-', '−').replace('must−be', 'must-be')}; {what}, {n:,} answers."
    row = table.iloc[0]
    sure = row["penalty to"] < 0
    return (
        (
            f"No rating surely hurts more than it pleases, or the other way round; a poor {row['rating']} goes with the "
            f"{'largest' if sure else 'largest, not sure,'} loss: {row['penalty']:+.1f} ({row['penalty from']:+.1f} to "
            f"{row['penalty to']:+.1f}) {what}, {n:,} answers."
        )
        .replace("+-", "-")
        .replace("(-", "(−")
        .replace(" -", " −")
    )


def _cut(
    name: str, chosen: Chosen, cuts: tuple[float, float] | Mapping[str, tuple[float, float]] | None
) -> tuple[float, float]:
    """What is low and what is high of a rating, once it is turned so that a high one is good.

    Where no cuts are given and few answered so low or so high, a point more counts as low or high, but one of the middle.
    """
    low, high, flipped = chosen.cases.scales[name]
    given = cuts.get(name) if isinstance(cuts, Mapping) else cuts
    if given is not None:
        if not given[0] < given[1]:
            raise DataFault(
                Fault(column=name, found=f"cuts {given[0]:g} and {given[1]:g}", expected="a low cut below the high one")
            )
        return (low + high - given[1], low + high - given[0]) if flipped else (float(given[0]), float(given[1]))
    points = high - low + 1
    own = (low + max(1, round(LOW_PART * points)) - 1, high - max(1, round(HIGH_PART * points)) + 1)
    poor, good = CUTS.get((low, high), own)
    counted = chosen.cases.patterns([chosen.outcome, name]).groupby(name)["n"].sum()
    while counted[counted.index >= good].sum() < ENOUGH and good - 1 > poor + 1:
        good -= 1
    while counted[counted.index <= poor].sum() < ENOUGH and poor + 1 < good - 1:
        poor += 1
    return poor, good


def _alike(cuts: Mapping[str, tuple[float, float]], drivers: Sequence[str]) -> dict[str, tuple[float, float]]:
    mine = {name: cuts[name] for name in drivers}
    return {"up to and from": next(iter(mine.values()))} if len(set(mine.values())) == 1 else mine
