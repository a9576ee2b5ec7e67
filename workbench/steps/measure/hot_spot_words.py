"""Hot spots in words: why a step is proposed, what stands out beside what the team marked, and how it was worked out.

Takes the table of hot spots and the facts behind it; knows no records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.journey import JourneyFrame
from workbench.steps.measure import groups
from workbench.steps.measure.hot_spot_facts import Facts, Performance


def why(
    row: Mapping[str, Any], facts: Facts, place: int, shown: Performance, middle: float,
    weights: Mapping[str, float], most: int,
) -> str:  # fmt: skip
    """A proposal in a sentence, with the figures it rests on; empty for a step that does not stand out."""
    if not row["proposed"]:
        return ""
    digits, sign = (0, shown.name in ("NPS", "emotion"))

    def say(value: float) -> str:
        return groups.signed(value, digits) if sign else f"{value:.{digits}f}"

    told = []
    if not shown.rate:
        way = "under" if row["value"] < middle else "above"
        told.append(
            f"{shown.name} {say(row['value'])} ({say(row['low'])} to {say(row['high'])}; {row['n']:,} answers), "
            f"{abs(row['value'] - middle):.0f} {way} the mean of the steps"
        )
    if row["complaints per 1,000"] is not None and row["proposed"] == "pain" and weights["complaints"]:
        low, high = (one[place] for one in facts.complaints_ends)
        told.append(
            f"{row['complaints per 1,000']:.0f} complaints per 1,000 ({low:.0f} to {high:.0f}; mean of the steps "
            f"{facts.rate_mean:.0f})"
        )
    if row["reach %"] is not None and weights["reach"]:
        told.append(f"{row['reach %']:.0f} % of {facts.people:,.0f} people pass it")
    if row["importance"] is not None and weights["importance"]:
        half = 1.96 * facts.importance_se[place]
        told.append(
            f"the overall outcome moves by {row['importance']:.1f} ± {half:.1f} with it ({facts.importance_n[place]:,.0f} gave "
            "both)"
        )
    task = "put right" if row["proposed"] == "pain" else "delight"
    sure = f"; among the first {most} in {row['in the first %']:.0f} % of draws" if most < len(facts.steps) else ""
    return f"{row['proposed']} ({task}): {'; '.join(told)}{sure}"


def sentence(journey: JourneyFrame, table: pd.DataFrame, minimum_base: int | None, most: int, steps: int) -> str:
    seen = groups.shown(journey, table, ("step",), minimum_base)
    if seen.empty:
        return "No step is large enough to lay the team's hot spots beside the data."

    def name(row: pd.Series) -> str:
        return f'"{groups.named(journey, row, ("step",))}"'

    stand = seen[seen["proposed"] != ""].sort_values("priority", ascending=False, kind="stable")
    told = [
        f"{words} {_listed([name(row) for _, row in stand[stand['proposed'] == side].iterrows()])}"
        for side, words in (("pain", "put right"), ("gain", "delight at"))
        if (stand["proposed"] == side).any()
    ]
    head = "No step stands out."
    if told:
        shares = [f"{one:.0f}" for one in (stand["in the first %"].min(), stand["in the first %"].max())]
        sure = shares[0] if shares[0] == shares[1] else f"{shares[0]} to {shares[1]}"
        first = {1: "One step stands", 2: "Two steps stand", 3: "Three steps stand", 4: "Four steps stand"}
        head = f"{first.get(len(stand), f'{len(stand)} steps stand')} out: {'; '.join(told)}"
        # of no more steps than `most` each is among the first, whatever is drawn
        head += f" (among the first {most} in {sure} % of draws)." if most < steps else "."
    alone = seen[seen["agreement"] == "team alone"]
    marked = int((seen["declared"] != "").sum())
    both = int((seen["agreement"] == "team and data").sum())
    if marked:
        head += f" The data confirm {both} of the {marked} that the team marked"
        head += f", not {_listed([name(row) for _, row in alone.iterrows()])}." if len(alone) else "."
    missed = seen[seen["agreement"] == "data alone"]
    if len(missed):
        head += f" The team did not mark {_listed([name(row) for _, row in missed.iterrows()])}."
    return head


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def method(facts: Facts, shown: Performance, weights: Mapping[str, float], most: int, draws: int, seed: int) -> str:
    weighed = ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
    parts = [
        "priority = severity × importance × reach",
        f"severity of pain: {shown.name} under the mean of the steps and complaints above theirs, each as a part of the "
        "largest (none of complaints alone where it does better than the mean); of gain: above the mean"
        if not shown.rate
        else "severity: complaints above the mean of the steps",
        f"weights {weighed}",
        f"each part drawn again {draws:,} times within its interval, step by step (seed {seed}); a step stands out that is "
        f"among the first {most} in half of the draws and lies on its side of the mean beyond its 95 % interval (and of "
        "emotion 0, where it was asked)",
    ]
    if len(facts.steps) <= most:
        parts.append(
            f"with {len(facts.steps)} steps each is among the first {most}: what stands out is told by the interval alone"
        )
    if np.isfinite(facts.reach).any():
        parts.append(f"reach: of the {facts.people:,.0f} people seen at some step, those seen at this one")
    if facts.missing:
        parts.append(f"not known, and left out: {'; '.join(facts.missing)}")
    if np.isfinite(facts.importance).any():
        parts.append(
            "importance: how far the overall outcome moves with one standard deviation of the step's rating, among those who "
            "gave both; each step by itself, the others not held fixed: association, not effect; where it is not known, the mean "
            "of the others is taken"
        )
    parts += [shown.figure] if shown.figure else []
    return "; ".join([*parts, "hot spots declared by the team in map.yaml"])
