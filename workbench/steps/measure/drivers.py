"""Key drivers: which ratings go with an outcome, how much of it, and how sure their order is.

Knows the journey and the inference room; which ratings are looked at is `driver_choice`'s. All of it is association in
answers of the same people at the same time: importance is no effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.checks import one_of
from workbench.inference.driver_draws import driver_bootstrap
from workbench.inference.drivers import key_drivers, relative_weights
from workbench.inference.drivers_of_order import ordinal_drivers
from workbench.inference.moments import Moments
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure
from workbench.steps.measure.driver_choice import Chosen, choose, outcome_of
from workbench.steps.measure.driver_words import Fit, method_of, sentence

METHODS = {"shapley": "LMG", "johnson": "Johnson"}
ORDERED, MANY_PATTERNS = 6, 20_000  # ratings and distinct answers up to which the order alone is asked too
SEED, DRAWS = 20, 500
By = str | Sequence[str] | None


@measure("What goes with a recommendation?", needs=("nps",))
def drivers(
    journey: JourneyFrame,
    of: str = "nps",
    by: By = None,
    among: Sequence[str] | None = None,
    adjust: str | Sequence[str] = (),
    method: str = "shapley",
    draws: int = DRAWS,
    seed: int = SEED,
    minimum_base: int | None = None,
) -> Finding:
    """Of what the ratings explain of an outcome, the share that goes with each: in per cent of R², with intervals.

    of      the outcome: a question or a measure (of the whole journey, where it was asked so)
    by      "step": at each step, the other ratings of the step; wave or an attribute of people: by groups
    among   the questions that may go with it; else, of the ratings in the same responses, the largest set that was
            answered together often enough, and the method says what was left out
    adjust  attributes of people whose part is taken out of outcome and ratings first
    method  "shapley" (LMG: Lindeman, Merenda and Gold 1980; up to 15 ratings) or "johnson" (2000; any number)

    The outcome is taken as linear; up to six ratings, what a model of its order alone shares out stands beside it
    (`as ordered %`: proportional odds, McFadden's R², unweighted, without adjusting). Percentile intervals and the
    probability of the first rank by drawing persons again (Groemping 2006). Only responses complete in all of it;
    reversed scales turned, so that a high rating is good.
    """
    one_of("method", method, METHODS)
    out = [adjust] if isinstance(adjust, str) else list(adjust)
    fits, failed, keys = fitted(journey, of, by, among, out, method, draws, seed)
    table = pd.concat([_rows(fit, keys, out) for fit in fits], ignore_index=True)
    if keys:
        table["place"] = range(len(table))
        table = table.sort_values("place").drop(columns="place")
    told = sentence(journey, fits, table, keys, of, minimum_base)
    base = f"{sum(fit.shares.n for fit in fits):,} complete answers of {sum(fit.chosen.n_before for fit in fits):,} to {of}"
    picture: dict[str, Any] = {"kind": "intervals", "unit": "% of what the ratings explain together", "reference": 0}
    if out:
        without = ", ".join(one.replace("_", " ") for one in out)
        picture = {
            "kind": "dumbbell",
            "start": "before %",
            "start_word": "as answered",
            "end_word": f"without {without}",
            "unit": "% of what the ratings explain together",
        }
    found = groups.finding(
        journey,
        "drivers",
        groups.rounded(table.reset_index(drop=True)),
        (*keys, "driver"),
        told,
        base,
        method_of(fits, failed, keys, out, journey.minimum_base if minimum_base is None else minimum_base),
        minimum_base,
        picture,
        f"What goes with {of}",
    )
    return replace(found, quiet=("r",))


def fitted(
    journey: JourneyFrame,
    of: str,
    by: By,
    among: Sequence[str] | None,
    adjust: Sequence[str],
    method: str,
    draws: int,
    seed: int,
) -> tuple[list[Fit], dict[str, str], tuple[str, ...]]:
    """The drivers of every group, and the groups that gave none with why. Raises DataFault where no group gave any."""
    keys = (by,) if isinstance(by, str) else tuple(by or ())
    fits, failed = [], {}
    chosen: dict[str | None, Chosen] = {}  # by step: groups that are compared are asked of the same ratings
    beside = [column for column in keys if column != "step"]
    for key in _groups(journey, of, keys):
        step = key.get("step")
        name = groups.named(journey, pd.Series(key, dtype=object), keys) if keys else "all"
        try:
            if step not in chosen:
                outcome = outcome_of(journey, of, step, "step" in keys)
                chosen[step] = choose(journey, outcome, among, adjust, beside)
            mine = chosen[step].of({column: key[column] for column in beside}) if beside else chosen[step]
            fits.append(fit_one(mine, key, among is not None or bool(beside), adjust, method, draws, seed))
        except DataFault as problem:
            if not keys or among is not None:
                raise
            failed[name] = problem.faults[0].found
    if not fits:
        raise DataFault(
            Fault(
                column=of,
                found=f"no group with drivers ({'; '.join(f'{one}: {why}' for one, why in list(failed.items())[:3])})",
                expected="other ratings in the same responses, answered by enough people",
                mend="take other groups, or name the questions in among=",
            )
        )
    return fits, failed, keys


def _groups(journey: JourneyFrame, of: str, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The groups in their order: steps where the outcome was asked, values of the other columns."""
    known = journey.measures.to_frame()
    lists = []
    for column in keys:
        if column == "step":
            here = known[(known["measure"] == of) & (known["kind"] == "answer")]["step"].dropna().unique()
            values = journey.in_order("step", here)
        elif column in journey.people.columns or column in ("wave", "channel", "source"):
            values = (journey.of_kind("answer") if column not in journey.people.columns else journey).distinct(column)
        else:
            raise DataFault(unknown("group", column, ["step", "wave", *journey.people.columns], column="by"))
        if not values or len(values) > 60:
            raise DataFault(
                Fault(column=column, found=f"{len(values)} groups", expected="1 to 60 groups", mend="take other groups")
            )
        lists.append(values)
    from itertools import product

    for combined in product(*lists):
        yield dict(zip(keys, combined, strict=True))


def fit_one(
    chosen: Chosen, key: dict[str, Any], fixed: bool, adjust: Sequence[str], method: str, draws: int, seed: int
) -> Fit:
    """The drivers of one group; unless the ratings are `fixed`, those that others determine are left out and told."""
    while True:
        moments = chosen.moments()
        try:
            shares = driver_bootstrap(
                moments, chosen.outcome, chosen.drivers, adjust, draws, seed, measure=METHODS[method]
            )
            break
        except DataFault as problem:
            column = problem.faults[0].column
            if fixed or column not in chosen.drivers or len(chosen.drivers) < 2:
                raise
            left = {**chosen.left, column: problem.faults[0].found}
            chosen = replace(chosen, drivers=tuple(one for one in chosen.drivers if one != column), left=left)
    found = key_drivers(moments, chosen.outcome, chosen.drivers, adjust) if method == "shapley" else None
    before = _plain(moments, chosen, method) if adjust else None
    not_shown, missing = chosen.missing(moments.answers)
    return Fit(key, chosen, found, shares, before, missing, not_shown, *_ordered(chosen))


def _ordered(chosen: Chosen) -> tuple[pd.Series | None, str]:
    """The shares by a model that takes the outcome as ordered only, or why it was not asked."""
    if len(chosen.drivers) > ORDERED:
        return None, f"more than {ORDERED} ratings"
    patterns = chosen.cases.patterns([chosen.outcome, *chosen.drivers])
    if len(patterns) > MANY_PATTERNS:
        return None, f"more than {MANY_PATTERNS:,} distinct answers"
    try:
        return pd.Series(ordinal_drivers(patterns, chosen.outcome, list(chosen.drivers)).table["share"]), ""
    except DataFault as problem:
        return None, problem.faults[0].found


def _plain(moments: Moments, chosen: Chosen, method: str) -> pd.Series:
    one = key_drivers if method == "shapley" else relative_weights
    return pd.Series(one(moments, chosen.outcome, chosen.drivers).table["share"])


def _rows(fit: Fit, keys: Sequence[str], adjust: Sequence[str]) -> pd.DataFrame:
    """One row a driver, the largest share first."""
    shares = fit.shares.table
    table = pd.DataFrame({"value": 100 * shares["share"], "low": 100 * shares["low"], "high": 100 * shares["high"]})
    table["n"] = fit.shares.n
    if fit.before is not None:
        table["before %"] = 100 * fit.before
    table["p rank 1"] = shares["p_first"]
    if fit.ordered is not None:
        table["as ordered %"] = 100 * fit.ordered
    table["caution"] = ""
    if fit.found is not None:
        these = fit.found.table
        table["direction"] = these["direction"]
        table["VIF"] = these["vif"]
        table["r"] = these["r"]
        table["caution"] = [
            "; ".join(
                word
                for word, there in (
                    ("hard to tell apart (VIF above 5)", collinear),
                    ("sign turns beside the others (suppressor)", suppressor),
                )
                if there
            )
            for collinear, suppressor in these[["collinear", "suppressor"]].itertuples(index=False)
        ]
    table["not shown"], table["not answered"] = fit.missing["not shown"], fit.missing["not answered"]
    table["se"] = 100 * shares["se"]
    stepwise = "step" in keys
    questions = fit.chosen.cases.questions
    table.insert(0, "driver", [questions[name].measure if stepwise else name for name in table.index])
    for place, column in enumerate(keys):
        table.insert(place, column, fit.key[column])
    return table.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
