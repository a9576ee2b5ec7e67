"""Importance beside performance: where to look first.

Knows the journey and the inference room; ratings are chosen and turned in `driver_choice`. Association, not effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from workbench import inference
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure
from workbench.steps.measure.driver_choice import Chosen, choose, outcome_of
from workbench.steps.measure.driver_words import called
from workbench.steps.measure.drivers import DRAWS, SEED

FIRST = "concentrate here"
NEAR = "near a line"


@measure("Where would we look first: what matters and does poorly?", needs=("nps",))
def importance_performance(
    journey: JourneyFrame,
    of: str = "nps",
    step: str | None = None,
    among: Sequence[str] | None = None,
    adjust: str | Sequence[str] = (),
    draws: int = DRAWS,
    seed: int = SEED,
    minimum_base: int | None = None,
) -> Finding:
    """Each rating's share of what the ratings explain of an outcome, against how it does (Martilla and James 1977).

    Importance is the LMG share of R², performance the mean in per cent of the scale's range; the lines are the means of
    both. Both have percentile intervals from drawing persons again; a rating whose quadrant holds in fewer than 90 % of
    the draws is near a line, and in none. `step`: of the ratings at one step; other arguments as in `drivers`.
    """
    chosen = ratings_of(journey, of, step, among, adjust, percent=True)
    _two(chosen)
    out = [adjust] if isinstance(adjust, str) else list(adjust)
    moments = chosen.moments()
    found = inference.importance_performance(moments, chosen.outcome, chosen.drivers, draws, seed, confounders=out)
    shown = found.table
    table = pd.DataFrame(
        {
            "rating": names_of(chosen, step),
            "value": shown["performance"],
            "low": shown["performance_low"],
            "high": shown["performance_high"],
            "importance %": 100 * shown["importance"],
            "importance from": 100 * shown["importance_low"],
            "importance to": 100 * shown["importance_high"],
            "n": found.n,
            "quadrant": shown["quadrant"],
            "draws in it %": [100 * row[row["place"]] for _, row in shown.iterrows()],
            "first": shown["quadrant"] == FIRST,
        }
    ).sort_values("importance %", ascending=False, kind="stable", ignore_index=True)
    what = called(of)
    first = table[table["first"]]
    near = int((table["quadrant"] == NEAR).sum())
    if found.n < minimum_of(journey, minimum_base):
        sentence = f"Too few people answered to show what matters for {what}."
    elif len(first):
        row = first.iloc[0]
        sentence = (
            f"Look first at {', '.join(first['rating'])}: it goes with {what} more than most "
            f"({row['importance %']:.0f} %, {row['importance from']:.0f} to {row['importance to']:.0f} %) and does poorly "
            f"({row['value']:.0f} of 100, {row['low']:.0f} to {row['high']:.0f}; {found.n:,} answers)."
        )
    else:
        sentence = (
            f"No rating surely both matters more and does worse than most for {what} ({near} of {len(table)} "
            f"{'is' if near == 1 else 'are'} near a line; {found.n:,} answers)."
        )
    result = groups.finding(
        journey,
        "importance_performance",
        groups.rounded(table),
        ("rating",),
        sentence,
        f"{found.n:,} complete answers of {chosen.n_before:,} to {of}",
        f"{found.method}; performance in per cent of the scale's range; {words_of(chosen, moments.answers)}; "
        "one survey: a place in a quadrant is a question for research, not a forecast",
        minimum_base,
        {
            "kind": "quadrant",
            "unit": "performance (0 worst, 100 best)",
            "x": "importance %",
            "x_low": "importance from",
            "x_high": "importance to",
            "x_unit": "importance (% of what the ratings explain)",
            "chosen": "first",
            "reference": found.performance_line,
            "x_reference": 100 * found.importance_line,
            "quadrants": ("low priority", "concentrate here", "possible overkill", "keep up"),
        },
        f"Importance and performance for {of}",
    )
    return replace(result, quiet=("first",))


def ratings_of(
    journey: JourneyFrame,
    of: str,
    step: str | None,
    among: Sequence[str] | None,
    adjust: str | Sequence[str],
    percent: bool = False,
) -> Chosen:
    """The outcome with its ratings: at one step, or of the whole journey."""
    out = [adjust] if isinstance(adjust, str) else list(adjust)
    if step is not None:
        names = {name: one for one, name in (journey.step_names or {}).items()}
        step = names.get(step, step)
        if step not in journey.distinct("step"):
            raise DataFault(unknown("step", step, journey.distinct("step"), column="step"))
    return choose(journey, outcome_of(journey, of, step, step is not None), among, out, (), percent)


def _two(chosen: Chosen) -> None:
    if len(chosen.drivers) < 2:
        raise DataFault(
            Fault(
                column=chosen.outcome,
                found=f"one rating beside it ({', '.join(chosen.drivers)})",
                expected="two or more, to compare",
                mend="name them in among=",
            )
        )


def names_of(chosen: Chosen, step: str | None) -> list[str]:
    """The ratings as they are shown: at one step, by their measure."""
    return [name if step is None else chosen.cases.questions[name].measure for name in chosen.drivers]


def words_of(chosen: Chosen, complete: int) -> str:
    """Which answers and which ratings were left out, and which were turned."""
    hidden, _ = chosen.missing(complete)
    gone = chosen.n_before - complete
    said = [
        f"{gone:,} of {chosen.n_before:,} answers left out: {hidden:,} as a question was not shown to them, "
        f"{gone - hidden:,} as one was not answered"
    ]
    turned = [name for name in chosen.drivers if chosen.cases.scales[name][2]]
    said += [f"turned, so that a high one is good: {', '.join(turned)}"] if turned else []
    why: dict[str, list[str]] = {}
    for name, reason in chosen.left.items():
        why.setdefault(reason, []).append(name)
    said += [
        f"left out, {reason}: {', '.join(names) if len(names) <= 6 else f'{len(names)} questions'}"
        for reason, names in why.items()
    ]
    return "; ".join(said)


def minimum_of(journey: JourneyFrame, minimum_base: int | None) -> int:
    """The base under which nothing is said."""
    return journey.minimum_base if minimum_base is None else minimum_base
