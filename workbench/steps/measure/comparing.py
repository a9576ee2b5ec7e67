"""Two groups of people in one question: the difference, how often one lies above the other, and the odds of more.

Knows answers side by side and the inference room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.cases import Cases, Question, cases
from workbench.engine import rows
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.design import ONE_DOMAIN, design_mean
from workbench.inference.differences import Difference, difference, nps_difference
from workbench.inference.intervals import Estimate, mean_interval, nps_interval
from workbench.inference.ordinal import parallel_lines, proportional_odds
from workbench.inference.ranks import RankTest, rank_test
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure, scored, waves
from workbench.steps.measure.ratings import PROMOTERS
from workbench.steps.measure.scored import Counting, Spread

Group = Mapping[str, str | Sequence[str]]
DIFFERENCE = "difference"
SIDES = ("A", "B")


@measure("How far apart are two groups of people?")
def compare(
    journey: JourneyFrame,
    of: str,
    group: Group,
    against: Group | None = None,
    step: str | None = None,
    minimum_base: int | None = None,
) -> Finding:
    """Group A against group B (left out: all others of whom it is known) in one question, asked of a step or of the whole.

    `group` and `against` name columns of the people, or wave, channel or source, and one value or several:
    {"segment": "owner"}. Rows: A, B, and A minus B, in NPS points or on the rating's scale, with intervals: those of the
    design (Taylor linearisation over all who answered) where weights, strata or repeated people call for it, else the
    score interval and MOVER or Wald for an NPS, and Welch's t for a mean. Beside the difference, unweighted and
    with answers as if independent, as a check that takes no distances between answers for granted: above % (how often one
    of A answers higher than one of B, ties half: Mann and Whitney 1947, interval of Brunner and Munzel 2000) and odds
    (the odds ratio of a higher answer, proportional odds: McCullagh 1980). n of the difference is the smaller group.
    Where one group is under the minimum base, neither is shown.

    An association: the groups may differ in much else. Raises DataFault where a group is empty or the two overlap.
    """
    table = _sided(journey, of, group, against, step)
    counting = scored.counting(journey, of, step)
    frame = scored.with_units(table.complete(["score"])).with_columns(counting.x().alias("x"))
    frame = journey.engine.keep_for(table, frame)
    counts = rows(frame.group_by("a", "b", "score").agg(nw.len().alias("n"))).sort_values("score", ignore_index=True)
    if bool(((counts["a"] == 1) & (counts["b"] == 1)).any()):
        raise DataFault(Fault(column="against", found="people of both groups", expected="two groups apart"))
    levels = counts[(counts["a"] == 1) | (counts["b"] == 1)]
    sizes = {side: int(levels.loc[levels[side] == 1, "n"].sum()) for side in ("a", "b")}
    names = (_named(journey, group), _named(journey, against) if against else "all others")
    for side, name in zip(("a", "b"), names, strict=True):
        if not sizes[side]:
            raise DataFault(
                Fault(column=of, found=f"no answers of {name}", expected="answers in both groups", mend="check step=")
            )
    design = scored.spread(frame)
    sums = scored.sums_of_two(frame, once=not design.repeated)
    a, b = (_one(levels, sums, design, counting, side) for side in ("a", "b"))
    gap = scored.contrast(sums, design) if design.designed else _gap(levels, counting, a, b)
    ranks = rank_test(_levels(levels))
    odds, doubt = _odds(levels)
    found = _table(names, a, b, gap, ranks, odds)
    least = journey.minimum_base if minimum_base is None else minimum_base
    if min(sizes.values()) < least:  # nor of the other, which the whole less it would give away
        for column in found.columns.drop(["group", "n"]):
            found[column] = "" if column == "caution" else float("nan")
        doubt = "not told of a few"
    asked = f'at "{(journey.step_names or {}).get(step, step)}"' if step else "for the whole journey"
    rest = int(counts["n"].sum() - levels["n"].sum())
    return groups.finding(
        journey,
        "compare",
        groups.rounded(found),
        ("group",),
        _sentence(journey, found, counting, names, gap, ranks, asked, minimum_base),
        f"{groups.few(sizes['a'], least)} answers of {names[0]}, {groups.few(sizes['b'], least)} of {names[1]}, {asked}"
        + (f"; {rest:,} of neither group, or not known" if rest else ""),
        _method(counting, a, gap, design, ranks, doubt) + waves.told(journey, of, [*group, *(against or {})]),
        minimum_base,
        {"kind": "intervals", "unit": counting.unit, "reference": 0, "signed": bool(counting.score)},
        "Two groups",
    )


def _sided(journey: JourneyFrame, of: str, group: Group, against: Group | None, step: str | None) -> Cases:
    """One row a response with its score, and a and b: 1 where it belongs to that group."""
    if not group:
        raise DataFault(Fault(column="group", found="no group", expected='people, as in {"segment": "owner"}'))
    known = {journey_name: one for one, journey_name in (journey.step_names or {}).items()}
    step = known.get(step, step) if step else None
    columns = list(dict.fromkeys((*group, *(against or {}))))
    if "step" in columns:
        raise DataFault(
            Fault(column="group", found="a step", expected="groups of people", mend="say step= beside them")
        )
    faults = []
    for column, value in (*group.items(), *(against or {}).items()):
        there = journey.distinct(column)
        faults += [unknown(column, one, there) for one in _values(value) if one not in there]
    if faults:
        raise DataFault(faults)
    design = [one for one in scored.design_columns(journey) if one not in columns]
    found = cases(journey, {"score": Question(of, step)}, [*columns, *design])
    in_a = _member(group)
    if against:
        in_b = _member(against)
    else:
        in_b = nw.when(in_a == 0).then(nw.lit(1)).otherwise(nw.lit(0))
        for column in group:
            in_b = nw.when(nw.col(column).is_null()).then(nw.lit(0)).otherwise(in_b)
    table = found.table.with_columns(in_a.alias("a"), in_b.alias("b"))
    return Cases(found.journey, table, found.questions, found.attributes, found.unit, found.scales)


def _values(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _member(group: Group) -> Any:
    """1 where every condition holds, 0 where one does not or is not known."""
    found: Any = nw.lit(1)
    for column, value in group.items():
        found = nw.when(nw.col(column).is_in(_values(value))).then(found).otherwise(nw.lit(0))
    return found


def _named(journey: JourneyFrame, group: Group) -> str:
    parts = [f"{column.replace('_', ' ')} {' or '.join(_values(value))}" for column, value in group.items()]
    return " and ".join(parts)


def _one(levels: pd.DataFrame, sums: pd.DataFrame, design: Spread, counting: Counting, side: str) -> Estimate:
    """One group's NPS or mean."""
    here = levels[levels[side] == 1]
    n = int(here["n"].sum())
    if design.designed:
        strata = scored.full(sums, design).rename(columns={f"{name}_{side}": name for name in ONE_DOMAIN})
        return design_mean(strata[["psus", *ONE_DOMAIN]], n, name=groups.TAYLOR, lonely=groups.lonely(strata))
    if counting.score:
        return nps_interval(*_classes(levels, side))
    x, count = here["score"].astype(float), here["n"].astype(float)
    return mean_interval(n, float((x * count).sum()), float((x**2 * count).sum()))


def _classes(levels: pd.DataFrame, side: str) -> tuple[float, float, float]:
    """Detractors, passives and promoters of one group."""
    here = levels[levels[side] == 1]
    low, middle, high = (float(here.loc[here["score"].between(*edge), "n"].sum()) for *edge, _ in PROMOTERS)
    return low, middle, high


def _gap(levels: pd.DataFrame, counting: Counting, a: Estimate, b: Estimate) -> Difference:
    return nps_difference(_classes(levels, "a"), _classes(levels, "b")) if counting.score else difference(a, b)


def _levels(levels: pd.DataFrame) -> pd.DataFrame:
    """How many of each group gave each answer."""
    table = pd.DataFrame({side: levels[levels[side] == 1].groupby("score")["n"].sum() for side in ("a", "b")})
    return table.fillna(0).rename_axis("level").reset_index()


def _odds(levels: pd.DataFrame) -> tuple[tuple[float, float, float] | None, str]:
    """The odds ratio of a higher answer of A, and whether one ratio is fair for all answers; or why there is none."""
    patterns = levels.assign(side=[SIDES[0] if one else SIDES[1] for one in levels["a"]])[["score", "side", "n"]]
    try:
        fit = proportional_odds(
            patterns, "score", sorted(patterns["score"].unique()), ["side"], references={"side": "B"}
        )
    except DataFault as problem:
        return None, f"no odds ratio ({problem.faults[0].found})"
    row = fit.table.iloc[0]
    p = parallel_lines(fit)["p"].iloc[0]
    fair = "" if p is None or p != p or p >= 0.05 else "; one ratio for all answers is in doubt (p under 0.05)"
    return (float(row["ratio"]), float(row["ratio_low"]), float(row["ratio_high"])), f"proportional odds{fair}"


def _table(
    names: tuple[str, str],
    a: Estimate,
    b: Estimate,
    gap: Difference,
    ranks: RankTest,
    odds: tuple[float, float, float] | None,
) -> pd.DataFrame:
    empty = dict.fromkeys(("p", "above %", "above from", "above to", "p ranks", "odds", "odds from", "odds to"))
    found: list[dict[str, Any]] = []
    for name, one in zip(names, (a, b), strict=True):
        n = int(one.n)
        row = {"group": name, "value": one.value, "low": one.low, "high": one.high, "n": n}
        found.append(row | empty | {"caution": groups.caution(one, n)})
    smaller = min(found[0]["n"], found[1]["n"])
    above = [None if one is None else 100 * one for one in (ranks.above.value, ranks.above.low, ranks.above.high)]
    row = {"group": DIFFERENCE, "value": gap.value, "low": gap.low, "high": gap.high, "n": smaller, "p": gap.p}
    row |= dict(zip(("above %", "above from", "above to"), above, strict=True)) | {"p ranks": ranks.p}
    row |= dict(zip(("odds", "odds from", "odds to"), odds or (None, None, None), strict=True))
    found.append(row | {"caution": "small base" if smaller < groups.WIDE_BASE else ""})
    table = pd.DataFrame(found).rename(columns={"p": "p difference"})
    figures = [column for column in table.columns if column not in ("group", "caution", "n")]
    return table.astype(dict.fromkeys(figures, float))


def _sentence(
    journey: JourneyFrame,
    found: pd.DataFrame,
    counting: Counting,
    names: tuple[str, str],
    gap: Difference,
    ranks: RankTest,
    asked: str,
    minimum_base: int | None,
) -> str:
    seen = groups.shown(journey, found, ("group",), minimum_base)
    if len(seen) < 3 or gap.value is None:
        return "One of the two groups is too small to be compared."
    a, b = (counting.say(one) for one in found["value"].iloc[:2])
    n_a, n_b = (f"{one:,} answers" for one in found["n"].iloc[:2])
    interval = (
        f" ({counting.gap(gap.low)} to {counting.gap(gap.high)})" if gap.low is not None else ", without an interval"
    )
    words = (
        f"{asked[0].upper()}{asked[1:]}, the {counting.name} of {names[0]} is {a} ({n_a}) and of {names[1]} {b} ({n_b}): "
        f"a difference of {counting.gap(gap.value)}{interval}"
    )
    if gap.p is not None:
        words += ", beyond chance" if gap.p < 0.05 else ", not beyond chance"
    if ranks.above.value is None:
        return f"{words}."
    return (
        f"{words}. One of {names[0]} answers higher than one of {names[1]} in {100 * ranks.above.value:.0f} % of pairs."
    )


def _method(counting: Counting, a: Estimate, gap: Difference, design: Spread, ranks: RankTest, doubt: str) -> str:
    parts = [
        counting.words,
        f"groups: 95 % {a.method}",
        f"A minus B: 95 % {gap.method}",
        design.words,
        f"above %: {ranks.above.method}, ties half, unweighted",
        f"odds of a higher answer: {doubt}, unweighted",
        "the groups may differ in much else: an association",
    ]
    return "; ".join(parts)
