"""Two personas along the whole map: step by step, how they score, how often they are in touch, how often they complain.

Knows the journey's scales and the inference room; numbers are sums over people, counted by the engine.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import STRIDE, distinct, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.differences import Difference, difference
from workbench.inference.intervals import Estimate, mean_interval, no_estimate
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.steps.measure import cautions, features, groups, measure, personas, scored

STEPS = 40  # steps shown where there is no map
PROPOSED = "proposed_persona"
USUAL = ("nps", "csat", "emotion")
FIGURES = ("value", "low", "high", "other", "difference", "from", "to")


@measure("How do two personas go through the same journey?")
def compare_personas(
    journey: JourneyFrame, a: str, b: str, of: str | None = None, minimum_base: int | None = None
) -> Finding:
    """Persona A against persona B at each step: scores, contacts and complaints a person, each with its difference.

    `a` and `b` are declared personas, or classes of `propose_personas` ("class A"). Scores: NPS in points, satisfaction
    and emotion on their own scales (those asked at steps), or `of` alone. value, low, high: A; other: B; then A minus B
    with interval (Taylor linearisation over all who answered; contacts and complaints: Welch's t over people) and p by
    Holm over the whole table. People of both are left out and counted. n is the smaller of the two bases. The
    picture shows the first score.

    Associations: the two may differ in much else. Raises DataFault for personas that are not there or have nobody apart.
    """
    held = features.Held()
    sides, both = _sides(journey, a, b, held)
    people = rows(sides.select(nw.col("a").sum(), nw.col("b").sum())).iloc[0]
    n_a, n_b = int(people["a"]), int(people["b"])
    for name, n in ((a, n_a), (b, n_b)):
        if not n:
            raise DataFault(Fault(column="persona", found=f"nobody who is {name} alone", expected="two groups apart"))
    mapped = journey.at_any_step() if journey.step_order or journey.distinct("step") else journey
    notes: list[str] = []
    least = journey.minimum_base if minimum_base is None else minimum_base
    table: list[dict[str, Any]] = []
    steps, hidden = _steps(mapped.observed())
    for name in _scores(journey, of):
        table += _of_answers(journey, name, sides, steps, notes)
    if of is None:
        table += _of_records(mapped, "event", "contacts per 100 people", sides, (n_a, n_b), steps)
        table += _of_records(mapped, "complaint", "complaints per 100 people", sides, (n_a, n_b), steps)
    if not table:
        raise DataFault(Fault(found="no answers, contacts or complaints at steps", expected="records at steps"))
    found = pd.DataFrame(table)
    if hidden:
        notes.append(f"{hidden:,} steps that fewer people met are left out")
    found["p corrected"] = holm([None if one != one else one for one in found.pop("p").astype(float)])
    found = found.astype(dict.fromkeys((*FIGURES, "p corrected"), float))
    found = groups.rounded(_ordered(journey, found))
    method = [
        "A minus B; scores by Taylor linearisation over all who answered, contacts and complaints by Welch's t over people",
        "95 %; p by Holm over all rows",
        *dict.fromkeys(notes),
        "the two may differ in much else: an association",
    ]
    told = f"{groups.few(n_a, least)} people of {a} (A), {groups.few(n_b, least)} of {b} (B)"
    told += f"; {groups.few(both, least)} who are both left out" if both else ""
    lead = str(found["what"].iloc[0])
    heavy = cautions._heavy(mapped) if found["what"].eq("contacts per 100 people").any() else []
    picture: dict[str, Any] = {"kind": "dumbbell", "start": "other", "start_word": b, "end_word": a, "unit": lead}
    return groups.finding(
        journey,
        "compare_personas",
        found,
        ("what", "step"),
        _sentence(journey, found, a, b, minimum_base),
        told,
        "; ".join(method),
        minimum_base,
        picture | {"where": {"what": lead}},
        "Two personas along the journey",
        heavy,
    )


def _sides(journey: JourneyFrame, a: str, b: str, held: features.Held) -> tuple[nw.LazyFrame, int]:
    """One row a person of A or of B alone, with a and b (1 or 0); and how many are both."""
    if a == b:
        raise DataFault(Fault(column="persona", found=f"{a} twice", expected="two personas"))
    one, other = (_people(journey, name) for name in (a, b))
    seen = nw.col("kind").is_in(list(features.SEEN)) & (nw.col("state") == "answered") & ~nw.col("person").is_null()
    table = distinct(journey.records.lazy.filter(seen).select("person"))
    for side, crowd in (("a", one), ("b", other)):
        table = table.join(crowd.with_columns(nw.lit(1).alias(side)), on="person", how="left")
        table = table.with_columns(nw.col(side).fill_null(0))
    table = journey.engine.keep_for(held, table.filter((nw.col("a") == 1) | (nw.col("b") == 1)))
    both = int(rows(table.filter(nw.col("a") == nw.col("b")).select(nw.len().alias("n")))["n"][0])
    return table.filter(nw.col("a") != nw.col("b")), both


def _people(journey: JourneyFrame, name: str) -> nw.LazyFrame:
    declared = dict(journey.personas or {})
    if name in declared:
        return personas.members(journey, declared[name])
    proposed = journey.distinct(PROPOSED) if PROPOSED in journey.people.columns else []
    if name in proposed:
        return personas.members(journey, {PROPOSED: name})
    if not declared and not proposed:
        personas._declared(journey)  # says what to do
    raise DataFault(unknown("persona", name, [*declared, *proposed]))


def _scores(journey: JourneyFrame, of: str | None) -> list[str]:
    table = journey.measures.to_frame()
    there = sorted(set(table.loc[table["kind"] == "answer", "measure"]))
    if of is not None:
        if of not in there:
            raise DataFault(unknown("measure", of, there))
        return [of]
    return [one for one in USUAL if one in there]


def _of_answers(
    journey: JourneyFrame, of: str, sides: nw.LazyFrame, steps: list[str], notes: list[str]
) -> list[dict[str, Any]]:
    try:
        counting = scored.counting(journey, of)
    except DataFault:
        notes.append(f"{of} is left out: it was asked on several scales")
        return []
    said = journey.records.lazy.filter(
        nw.col("kind") == "answer", nw.col("measure") == of, nw.col("state") == "answered", ~nw.col("value").is_null()
    )
    said = said.filter(nw.col("step").is_null() | nw.col("step").is_in(steps))
    said = said.with_columns((nw.col("order") // STRIDE).alias("case"), nw.col("weight").fill_null(1.0).alias("weight"))
    said = journey._attributes(said, scored.design_columns(journey)).join(sides, on="person", how="left")
    said = said.with_columns(nw.col("a").fill_null(0), nw.col("b").fill_null(0), counting.x("value").alias("x"))
    frame = scored.with_units(said)
    held = features.Held()
    columns = ["step", "stratum", "unit", "x", "weight", "a", "b"]
    frame = journey.engine.keep_for(held, frame.select(*columns))
    design = scored.spread(frame)
    sums = scored.sums_of_two(frame, ["step"])
    found = []
    for step in sums["step"].drop_duplicates():
        here = sums[sums["step"].isna() if not isinstance(step, str) else sums["step"] == step]
        n_a, n_b = int(here["n_a"].sum()), int(here["n_b"].sum())
        if not n_a or not n_b:
            continue
        gap = scored.contrast(here, design)
        own = _one(here, design)
        other = scored.means(here)[1]
        what = f"{counting.unit}{' (low is good)' if counting.flipped else ''}"
        found.append(_row(step if isinstance(step, str) else None, what, own, other, gap, min(n_a, n_b)))
    notes.append(counting.words)
    return found


def _one(sums: pd.DataFrame, design: scored.Spread) -> Estimate:
    """A's own score, as a domain of the design."""
    from workbench.inference.design import ONE_DOMAIN, design_mean

    strata = scored.full(sums, design).rename(columns={f"{name}_a": name for name in ONE_DOMAIN})
    n = int(sums["n_a"].sum())
    return design_mean(strata[["psus", *ONE_DOMAIN]], n, name=groups.TAYLOR, lonely=groups.lonely(strata))


def _of_records(
    journey: JourneyFrame, kind: str, what: str, sides: nw.LazyFrame, people: tuple[int, int], steps: list[str]
) -> list[dict[str, Any]]:
    """Records of a kind at each step a person, those who have none counted as 0."""
    made = journey.records.lazy.filter(nw.col("kind") == kind, nw.col("step").is_in(steps))
    each = made.join(sides, on="person", how="inner").group_by("step", "a", "person").agg(nw.len().alias("n"))
    squares = each.with_columns((nw.col("n") * nw.col("n")).alias("nn")).group_by("step", "a")
    counted = rows(squares.agg(nw.col("n").sum(), nw.col("nn").sum()))
    found = []
    for step, here in counted.groupby("step", sort=True):
        one, other = (_mean(here[here["a"] == side], n) for side, n in ((1, people[0]), (0, people[1])))
        found.append(_row(str(step), what, one, other.value, difference(one, other), min(people)))
    return found


def _mean(here: pd.DataFrame, people: int) -> Estimate:
    if not people:
        return no_estimate(0, 0.95, "nobody")
    return mean_interval(people, 100.0 * float(here["n"].sum()), 1e4 * float(here["nn"].sum()))


def _row(step: str | None, what: str, own: Estimate, other: float | None, gap: Difference, n: int) -> dict[str, Any]:
    figures = {"value": own.value, "low": own.low, "high": own.high, "other": other}
    figures |= {"difference": gap.value, "from": gap.low, "to": gap.high}
    return {"step": step, "what": what} | figures | {"n": n, "p": gap.p}


def _steps(journey: JourneyFrame) -> tuple[list[str], int]:
    """The steps to compare at: those of the map, else those that most people met; and how many are left out."""
    if journey.step_order:
        return list(journey.step_order), 0
    counted = journey.count(by="step")
    counted = counted[counted["step"].notna()].sort_values(["people", "step"], ascending=[False, True])
    return [str(one) for one in counted["step"].head(STEPS)], max(0, len(counted) - STEPS)


def _ordered(journey: JourneyFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Steps as on the map, the whole journey last; at each the scores, then contacts and complaints."""
    kinds = {what: place for place, what in enumerate(found["what"].drop_duplicates())}
    steps = {step: place for place, step in enumerate(journey.in_order("step", set(found["step"].dropna())))}
    at = found["step"].map(lambda step: steps.get(step, len(steps)))
    order = pd.DataFrame({"at": at, "kind": found["what"].map(kinds)})
    return found.loc[order.sort_values(["at", "kind"], kind="stable").index].reset_index(drop=True)


def _sentence(journey: JourneyFrame, found: pd.DataFrame, a: str, b: str, minimum_base: int | None) -> str:
    seen = groups.shown(journey, found, ("what", "step"), minimum_base)
    known = seen[seen["p corrected"].notna()]
    if known.empty:
        return f"{a} and {b} cannot be compared: too few people of one of them."
    beyond = known[known["p corrected"] < 0.05]
    if beyond.empty:
        return f"{a} and {b} differ at no step beyond chance, over {len(known)} comparisons."
    lead = beyond[beyond["what"] == found["what"].iloc[0]]
    top = (lead if len(lead) else beyond).sort_values(["p corrected"], kind="stable").iloc[0]
    where = f'at "{groups.named(journey, top, ("step",))}"' if isinstance(top["step"], str) else "for the whole journey"
    return (
        f"{a} and {b} differ beyond chance in {len(beyond)} of {len(known)} comparisons; {where} the "
        f"{top['what'].replace(' points', '')} {'are' if 'per 100' in top['what'] else 'is'} {_number(top['value'])} against "
        f"{_number(top['other'])} (difference {_number(top['difference'])}, {_number(top['from'])} to "
        f"{_number(top['to'])}; at least {int(top['n']):,} {'people' if 'per 100' in top['what'] else 'answers'} each)."
    )


def _number(value: float) -> str:
    return f"{value:.0f}".replace("-", "−") if abs(value) >= 10 else f"{value:.1f}".replace("-", "−")
