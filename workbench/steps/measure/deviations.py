"""Where people leave the planned path, how many do, and what goes with it: recommendation and complaints beside those who do not.

Knows what everybody did at the steps of the plan (`conformance.walked`); people who deviate are marked, and the other
measures are asked by that mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import Table, rows
from workbench.faults import DataFault, unknown
from workbench.finding import Finding
from workbench.inference.differences import Difference, difference
from workbench.inference.intervals import Estimate, no_estimate, share_interval
from workbench.inference.multiplicity import holm
from workbench.inference.rates import rate_ratio
from workbench.journey import JourneyFrame
from workbench.steps.measure import cautions, groups, measure
from workbench.steps.measure.comparing import DIFFERENCE, compare
from workbench.steps.measure.complaints import complaint_rate
from workbench.steps.measure.conformance import KINDS, Held, Walked, walked

MARK = "deviates"
COLUMN = {"repeated": "repeated", "out of order": "back", "too late": "late"}
MOST = 100  # deviations told one by one
COSTED = 20  # deviations whose cost is asked, the commonest first
BASES = {
    "skipped": "who got to a later step, or to this one",
    "repeated": "who visited it",
    "out of order": "who visited it",
    "too late": "who visited it after an earlier step",
}


@measure("Where do people leave the way that was planned, and what goes with it?", of_paths=True)
def deviations(
    journey: JourneyFrame,
    steps: Sequence[str] | None = None,
    within: Mapping[str, str] | None = None,
    optional: Sequence[str] = (),
    of: str = "nps",
    minimum_base: int | None = None,
) -> Finding:
    """Each step of the expected path and each kind of deviation: how many, and how those people feel and complain.

    `steps`, `within` and `optional` as in `conformance`. Shares are of those who got to the step or beyond (skipped), who
    visited it (repeated, out of order) and who visited it after an earlier step with a time allowed (too late); Wilson.
    Beside them `of` (recommendation, of the whole journey where it was asked so, else at the step) and complaints per
    1,000 people, of those who deviate and of the others in that base, as `compare` and `complaint_rate` have them:
    differences with intervals, p by Holm over all of them together. A cost is asked where both sides reach the minimum
    base, of the 20 commonest deviations.

    An association: who deviates may differ in much else, may be observed for longer, and may have answered before.
    """
    asked_of = journey.measures.to_frame()
    known = {*asked_of.loc[asked_of["kind"] == "answer", "measure"], "nps"}
    if of not in known:
        raise DataFault(unknown("measure", str(of), sorted(known)))
    found = walked(journey, steps, within, optional)
    least = max(1, journey.minimum_base if minimum_base is None else minimum_base)
    table = _counted(found)
    some = table[table["people"] > 0]
    table = some if len(some) else table[table["deviation"] == "skipped"]
    kept = table.sort_values(["people", "place", "deviation"], ascending=[False, True, True]).head(MOST).index
    beyond = len(table) - len(kept)
    table = table.loc[sorted(kept)].reset_index(drop=True)
    asked = table[(table["people"] >= least) & (table["n"] - table["people"] >= least)]
    asked = asked.sort_values(["people", "place", "deviation"], ascending=[False, True, True]).head(COSTED)
    costs = {at: _cost(journey, found, table.loc[at], of, least) for at in sorted(asked.index)}
    frame = _with_costs(table, costs, of)
    names = journey.step_names or {}
    frame = groups.rounded(frame)
    seen = groups.shown(journey, frame, ("step", "deviation"), minimum_base)
    rated = any(one["nps"] is not None for one in costs.values())
    complained = any(one["complaints"] is not None for one in costs.values())
    left = len(table[(table["people"] >= least) & (table["n"] - table["people"] >= least)]) - len(asked)
    method = [
        "; ".join(f"{kind}: share of those {BASES[kind]}" for kind in KINDS if kind != "too late" or found.within),
        "95 % Wilson intervals",
        *found.words(),
        *(
            [f"{of}: difference between those who deviate and the others of the same base, as `compare` has it"]
            if rated
            else []
        ),
        *(["complaints per 1,000 people of both, and their difference"] if complained else []),
        *(["p by Holm over all differences of this table"] if rated or complained else []),
        "deviations that nobody shows are left out",
        *([f"{beyond:,} rarer deviations are left out too"] if beyond else []),
        *([f"{left} of those told are counted without what goes with them"] if left else []),
        "who deviates may differ in much else, be observed for longer, or have answered before: associations",
        "unweighted shares",
    ]
    people = int(rows(found.visits.select(nw.col("person").n_unique().alias("n")))["n"].iloc[0])
    return groups.finding(
        journey, "deviations", frame, ("step", "deviation"), _sentence(seen, names, of),
        f"{groups.few(people, least)} people seen at the steps of the plan", "; ".join(method), minimum_base,
        {"kind": "deviations", "unit": "% of people", "cost": f"{of} difference", "p": f"p {of}", "cost_word": of},
        "Off the planned way", cautions=cautions.of_paths(found.journey),
    )  # fmt: skip


def _counted(found: Walked) -> pd.DataFrame:
    """Each step and kind: people who deviate, of how many (n), with the share and its interval."""
    sums = [nw.col(one).sum() for one in ("repeated", "back", "timed", "late")]
    counted = rows(found.visits.group_by("place").agg(nw.len().alias("visited"), *sums)).astype("int64")
    visited = counted.set_index("place").to_dict("index")
    reach = rows(
        found.visits.filter(nw.col("place") == nw.col("reach")).group_by("place").agg(nw.len().alias("n"))
    ).set_index("place")["n"]
    beyond = reach.reindex(range(len(found.plan)), fill_value=0)[::-1].cumsum()[::-1].tolist()
    table: list[dict[str, Any]] = []
    for place, step in enumerate(found.plan):
        here = visited[place]
        several = {"skipped": (beyond[place] - here["visited"], beyond[place])}
        several |= {kind: (here[COLUMN[kind]], here["visited"]) for kind in ("repeated", "out of order")}
        if step in found.within and here["timed"]:
            several["too late"] = (here["late"], here["timed"])
        for kind, (people, base) in several.items():
            if not (kind == "out of order" and place == len(found.plan) - 1):  # nothing comes later than the last step
                share = share_interval(float(people), float(base))
                table.append(
                    {"step": step, "deviation": kind, "value": _percent(share.value), "low": _percent(share.low),
                     "high": _percent(share.high), "n": int(base), "people": int(people), "place": place}
                )  # fmt: skip
    return pd.DataFrame(table)


def _marks(found: Walked, place: int, kind: str) -> nw.LazyFrame:
    """Of a step's base, who deviates so: yes or no."""
    here = found.visits.filter(nw.col("place") == place)
    if kind == "skipped":
        beyond = found.visits.filter(nw.col("place") == nw.col("reach"), nw.col("reach") >= place).select("person")
        came = here.select("person", nw.lit("no").alias("came"))
        return beyond.join(came, on="person", how="left").select("person", nw.col("came").fill_null("yes").alias(MARK))
    if kind == "too late":
        here = here.filter(nw.col("timed") == 1)
    said = nw.when(nw.col(COLUMN[kind]) == 1).then(nw.lit("yes")).otherwise(nw.lit("no"))
    return here.select("person", said.alias(MARK))


def _cost(journey: JourneyFrame, found: Walked, row: pd.Series, of: str, least: int) -> dict[str, Any]:
    """What goes with one deviation: the score and the complaints of those who deviate, and of the others."""
    held = Held()
    marks = journey.engine.keep_for(held, _marks(found, int(row["place"]), str(row["deviation"])))
    marked = journey.marked(MARK, marks, f"marked who has {row['step']} {row['deviation']}")
    marked = replace(marked, people=Table(journey.engine.keep_for(held, marked.people.lazy)))
    return {"nps": _scores(marked, of, str(row["step"]), least), "complaints": _complaints(marked, least)}


def _scores(marked: JourneyFrame, of: str, step: str, least: int) -> dict[str, float] | None:
    """The score of both sides and their difference, where both have enough answers."""
    table = marked.measures.to_frame()
    table = table[(table["measure"] == of) & (table["kind"] == "answer")]
    where = None if table["step"].isna().any() else step
    if table.empty or (where is not None and where not in set(table["step"])):
        return None
    try:
        both = compare(marked, of, {MARK: "yes"}, {MARK: "no"}, step=where, minimum_base=1).table.set_index("group")
    except DataFault:  # no answers on one side
        return None
    sides, gap = both.drop(index=DIFFERENCE), both.loc[DIFFERENCE]
    if sides["n"].min() < least:
        return None
    yes, no = sides["value"].iloc[0], sides["value"].iloc[1]
    return {"yes": yes, "no": no, "gap": gap["value"], "low": gap["low"], "high": gap["high"], "p": gap["p difference"]}


def _complaints(marked: JourneyFrame, least: int) -> dict[str, float] | None:
    """Complaints per 1,000 people of both sides and their difference, where there are complaints."""
    there = marked.measures.to_frame()
    if "complaint" not in set(there["measure"]):
        return None
    table = complaint_rate(marked, by=MARK, minimum_base=1).table
    sides = [table[table[MARK] == side] for side in ("yes", "no")]
    if any(side.empty or side["n"].iloc[0] < least for side in sides):
        return None
    yes, no = (side.iloc[0] for side in sides)
    gap: Difference = difference(_estimate(yes), _estimate(no))
    p = gap.p
    if not {"t interval"} & {str(one["method"])[:10] for one in (yes, no)}:
        p = rate_ratio(float(yes["complaints"]), float(yes["n"]), float(no["complaints"]), float(no["n"])).p
    return {"yes": yes["value"], "no": no["value"], "gap": gap.value, "low": gap.low, "high": gap.high, "p": p}  # type: ignore[dict-item]


def _estimate(row: pd.Series) -> Estimate:
    n = float(row["n"])
    return replace(no_estimate(n, 0.95, "rate"), value=float(row["value"]), se=float(row["se"]))


def _with_costs(table: pd.DataFrame, costs: Mapping[int, Mapping[str, Any]], of: str) -> pd.DataFrame:
    """The table with what goes with each deviation, p corrected over all of them."""
    found = table.copy()
    asked = [(at, kind) for at in costs for kind in ("nps", "complaints") if costs[at][kind] is not None]
    corrected = dict(zip(asked, holm([_known(costs[at][kind]["p"]) for at, kind in asked]), strict=True))
    for kind, name in (("nps", of), ("complaints", "complaints")):
        if not any(which == kind for _, which in asked):
            continue
        heads = {"yes": name, "no": f"{name} of others", "gap": f"{name} difference"}
        heads |= {"low": f"{name} from", "high": f"{name} to"}
        for part, head in heads.items():
            found[head] = [_known(costs[at][kind][part]) if (at, kind) in corrected else None for at in table.index]
        found[f"p {name}"] = [corrected.get((at, kind)) for at in table.index]
        found = found.astype(dict.fromkeys((*heads.values(), f"p {name}"), float))
    found["caution"] = ["small base" if n < groups.WIDE_BASE else "" for n in found["n"]]
    return found.drop(columns="place")


def _known(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _sentence(seen: pd.DataFrame, names: Mapping[str, str], of: str) -> str:
    some = seen[seen["people"] > 0] if len(seen) else seen
    if some.empty:
        return "Nobody leaves the planned way." if len(seen) else "No step is large enough to show deviations."

    def where(row: pd.Series) -> str:
        return f'"{names.get(row["step"], row["step"])}" {row["deviation"]}'

    top = some.loc[some["value"].idxmax()]
    words = (
        f"The commonest deviation is {where(top)}: {top['value']:.0f} % ({top['low']:.0f} to {top['high']:.0f} %; "
        f"{int(top['people']):,} of {int(top['n']):,} people)"
    )
    head = f"{of} difference"
    if head not in some:
        return f"{words}."
    sure = some[(some[f"p {of}"] < 0.05) & (some[head] < 0)]
    if sure.empty:
        return f"{words}. No deviation goes with a lower {of.upper() if of == 'nps' else of} beyond chance."
    worst = sure.loc[sure[head].idxmin()]
    return (
        f"{words}. The largest difference in {of.upper() if of == 'nps' else of} goes with {where(worst)}: "
        f"{groups.signed(worst[of], 0)} against {groups.signed(worst[f'{of} of others'], 0)} for the others, a difference of "
        f"{groups.signed(worst[head], 0)} ({groups.signed(worst[f'{of} from'], 0)} to {groups.signed(worst[f'{of} to'], 0)})."
    )
