"""The declared personas, looked at in the data: how many, who is several, what sets each apart, and whether their shares change.

A persona is what its attributes say (study.yaml). Knows the journey; the engine counts people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from workbench.engine import distinct, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.intervals import share_interval
from workbench.inference.multiplicity import holm
from workbench.inference.shares import share_change
from workbench.journey import JourneyFrame
from workbench.steps.measure import apart, customers, features, groups, measure, periods

TOP = 8  # differences shown for each persona
MONTHS = 60
BEATS = 0.05
SEEN = features.SEEN
PERSONAS = ("persona", "what")


@measure("Who are our personas, and what sets each apart?")
def personas(journey: JourneyFrame, minimum_base: int | None = None, top: int = TOP) -> Finding:
    """Each declared persona: its share of people, then what sets it most apart from all others, `top` rows each.

    Counted are all who moved, complained or answered. Rows: recommendation, satisfaction by step, effort, steps met, how
    often and by which channel, complaints, attributes, and being another persona too; value is the share of the persona's
    people, beside it that of all others and the difference in points, p by Benjamini and Hochberg over all of them, also
    those not shown. A persona's own attributes are left out. Associations: personas may differ in much else.

    Raises DataFault where the study declares none.
    """
    declared = _declared(journey)
    least = journey.minimum_base if minimum_base is None else minimum_base
    who = _memberships(journey, declared)
    said = {next(iter(where)) for where in declared.values() if len(where) == 1}  # told as being another persona
    also = [one for one in customers.attributes(journey) if one not in said]
    told = features.described(journey, also=also, beside=who)
    counted = rows(told.table.group_by("who").agg(nw.len().alias("n"))).sort_values("who", ignore_index=True)
    places = {name: place for place, name in enumerate(declared)}
    members = {name: [str(one) for one in counted["who"] if _is(one, place)] for name, place in places.items()}
    sizes = {name: _people(counted, place) for name, place in places.items()}
    own = {name: list(where) for name, where in declared.items()}
    found = apart.apart(told, {name: one for name, one in members.items() if one}, least, own=own)
    found = _with_overlaps(found, counted, places, least)
    tested = int(found["p corrected"].notna().sum())
    parts: list[pd.DataFrame] = []
    for name in declared:
        first = pd.DataFrame([apart.share_row(name, "of all people", sizes[name], told.people)])
        parts += [first, found[(found["group"] == name) & (found["difference"] != 0)].head(top)]
    table = pd.concat([part for part in parts if len(part)], ignore_index=True).rename(columns={"group": "persona"})
    table = table.astype(dict.fromkeys(apart.FIGURES, float))
    table = groups.rounded(table)
    many = int(counted.loc[[str(one).count("1") > 1 for one in counted["who"]], "n"].sum())
    nobody = int(counted.loc[["1" not in str(one) for one in counted["who"]], "n"].sum())
    cautions = []
    if many >= max(BEATS * told.people, least, 1):
        cautions.append(
            f"{100 * many / told.people:.0f} % of people are several personas at once: their figures lean on the same people."
        )
    if nobody >= max(BEATS * told.people, least, 1):
        cautions.append(f"{100 * nobody / told.people:.0f} % of people are none of the personas.")
    cautions += [f'Nobody is "{name}": check its attributes in study.yaml.' for name, n in sizes.items() if not n]
    notes = [
        apart.METHOD,
        f"p by Benjamini and Hochberg over {tested} differences; the {top} whose intervals lie furthest from 0 are shown",
        *told.notes,
    ]
    return groups.finding(
        journey,
        "personas",
        table,
        PERSONAS,
        _sentence(journey, table, declared, minimum_base),
        f"{groups.few(told.people, least)} people who moved, complained or answered",
        "; ".join(notes),
        minimum_base,
        {"kind": "dumbbell", "start": "rest %", "start_word": "all others", "end_word": "the persona", "unit": "% of people"},
        "Personas",
        cautions,
    )  # fmt: skip


@measure("Do the personas' shares change?")
def persona_shares(journey: JourneyFrame, every: str | None = None, minimum_base: int | None = None) -> Finding:
    """The share of each persona among those who moved, complained or answered in each wave (or month, quarter, week).

    Without `every`: waves, where there are several, else months. Wilson 95 %. "p change": chi-square of equal shares in
    all periods, with people of several periods honoured, Holm over the personas. A persona told by what records say (a
    channel, or an attribute bound as one) is judged in each period anew; attributes of people have one value, the last
    known, for all time.

    Raises DataFault without personas and with fewer than two periods.
    """
    declared = _declared(journey)
    known = [one for one in journey.distinct("wave") if one]
    every = every or ("wave" if len(known) > 1 else "month")
    if every not in periods.EVERY:
        raise DataFault(unknown("kind of period", every, periods.EVERY))
    column = "wave" if every == "wave" else every
    seen = (nw.col("kind").is_in(list(SEEN))) & (nw.col("state") == "answered") & ~nw.col("person").is_null()
    parted = periods.in_periods(journey._with(journey.records.lazy.filter(seen), "of people"), every)
    marks, changing = _marks(journey, declared)
    conditions = list(dict.fromkeys(key for where in declared.values() for key in where))
    frame = journey._attributes(parted.records.lazy, [one for one in conditions if one != "wave"])
    frame = frame.filter(~nw.col("wave").is_null()).with_columns(*marks)
    names = [f"x{place}" for place in range(len(declared))]
    held = features.Held()
    each = journey.engine.keep_for(held, frame.group_by("person", "wave").agg(*[nw.col(one).max() for one in names]))
    other = each.select("person", nw.col("wave").alias("then"), *[nw.col(one).alias(f"{one}_then") for one in names])
    both = rows(
        each.join(other, on="person", how="inner")
        .with_columns(*[(nw.col(one) * nw.col(f"{one}_then")).alias(f"{one}_both") for one in names])
        .group_by("wave", "then")
        .agg(nw.len().alias("n"), *[nw.col(one).sum() for one in names],
             *[nw.col(f"{one}_{how}").sum() for one in names for how in ("then", "both")])
    )  # fmt: skip
    order = journey.in_order("wave", set(both["wave"]))
    if every != "wave":
        order = sorted(order, key=int)
    if len(order) < 2:
        raise DataFault(
            Fault(column=column, found=f"{len(order)} {every}", expected="two or more", mend="say another every=")
        )
    hidden = max(0, len(order) - MONTHS)
    order = order[hidden:]
    table, p = [], []
    for place, name in enumerate(declared):
        have, shared, alike = _matrices(both, order, f"x{place}", changing[place])
        p.append(share_change(have, shared, alike).p)
        for at, period in enumerate(order):
            one = share_interval(have[at], shared[at, at])
            row: dict[str, Any] = {column: period if every == "wave" else periods.label(int(period), every)}
            row |= {"persona": name, "value": _percent(one.value), "low": _percent(one.low), "high": _percent(one.high)}
            table.append(row | {"n": int(shared[at, at]), "people": int(have[at])})
    corrected = holm(p)
    found = pd.DataFrame(table)
    found["p change"] = [one for one in corrected for _ in order]
    found = groups.rounded(found.drop(columns="people").astype({"p change": float}))
    told = [
        f"{every}s: share of the people seen in each; Wilson 95 %",
        "p change: chi-square of equal shares, people of several periods honoured, Holm over the personas",
        "unweighted: a share changes when the persona changes, and when others are asked",
        "attributes of people have one value for all time"
        if not any(changing)
        else "what records say is judged in each period",
    ]
    told += [f"the {hidden} earliest {every}s are left out"] if hidden else []
    least = journey.minimum_base if minimum_base is None else minimum_base
    people = int(rows(each.select(nw.col("person").n_unique().alias("n")))["n"][0])
    return groups.finding(
        journey,
        "persona_shares",
        found,
        (column, "persona"),
        _changed(journey, found, column, declared, corrected, every, minimum_base),
        f"{groups.few(people, least)} people in {len(order)} {every}s",
        "; ".join(told),
        minimum_base,
        {"kind": "lines", "unit": "% of people", "x": column, "signed": False},
        "Personas over time",
    )


# -- who is which -----------------------------------------------------------------------------------------------------


def _declared(journey: JourneyFrame) -> dict[str, Mapping[str, Any]]:
    if not journey.personas:
        raise DataFault(
            Fault(
                column="personas",
                found="no personas with attributes",
                expected="personas in study.yaml, each with where:",
                mend="declare them, or ask propose_personas(journey) for a draft",
            )
        )
    return dict(journey.personas)


def _values(wanted: Any) -> list[Any]:
    return list(wanted) if isinstance(wanted, list | tuple | set) else [wanted]


def members(journey: JourneyFrame, where: Mapping[str, Any]) -> nw.LazyFrame:
    """The people whom the attributes fit (or who have a record that they fit), as one column `person`."""
    if all(column in journey.people.columns for column in where):
        frame = journey.people.lazy
    else:
        frame = journey._attributes(journey.records.lazy, list(where)).filter(~nw.col("person").is_null())
    for column, wanted in where.items():
        frame = frame.filter(nw.col(column).is_in(_values(wanted)))
    return distinct(frame.select("person"))


def _memberships(journey: JourneyFrame, declared: Mapping[str, Mapping[str, Any]]) -> nw.LazyFrame:
    """One row a person who is any persona or none: `who`, a 1 or 0 for each persona."""
    table = journey.people.lazy.select("person")
    columns = []
    for place, where in enumerate(declared.values()):
        column = f"w{place}"
        yes = members(journey, where).with_columns(nw.lit("1").alias(column))
        table = table.join(yes, on="person", how="left").with_columns(nw.col(column).fill_null("0"))
        columns.append(column)
    return table.select("person", nw.concat_str([nw.col(one) for one in columns]).alias("who"))


def _marks(journey: JourneyFrame, declared: Mapping[str, Mapping[str, Any]]) -> tuple[list[nw.Expr], list[bool]]:
    """1 on the records of a persona's people, or on those that the persona's words fit; and whether records tell it."""
    found, changing = [], []
    for place, where in enumerate(declared.values()):
        fits: Any = nw.lit(True)
        for column, wanted in where.items():
            fits = fits & nw.col(column).is_in(_values(wanted)).fill_null(False)
        found.append(fits.cast(nw.Int64).alias(f"x{place}"))
        changing.append(any(column not in journey.people.columns for column in where))
    return found, changing


def _is(who: object, place: int) -> bool:
    return isinstance(who, str) and who[place] == "1"


def _people(counted: pd.DataFrame, *places: int) -> int:
    fits = [all(_is(one, place) for place in places) for one in counted["who"]]
    return int(counted.loc[fits, "n"].sum())


def _with_overlaps(found: pd.DataFrame, counted: pd.DataFrame, places: Mapping[str, int], least: int) -> pd.DataFrame:
    """Being another persona too is one more thing that sets a persona apart; it is part of how they were declared: no p."""
    from workbench.inference.shares import share_difference

    table: list[dict[str, Any]] = []
    people = int(counted["n"].sum())
    sizes = {name: _people(counted, place) for name, place in places.items()}
    for name, place in places.items():
        n = _people(counted, place)
        for other, at in places.items():
            have = _people(counted, place, at)
            if other == name or not have or not n or sizes[other] < least:
                continue  # how many are of a persona too small to show would stand in the rows of the others
            row = apart.share_row(name, f"also {other}", have, n) | {"n": n}
            if people - n >= max(1, least):
                gap = share_difference(have, n, _people(counted, at) - have, people - n)
                row |= {"rest %": 100 * (_people(counted, at) - have) / (people - n), "difference": _percent(gap.value)}
                row |= {"from": _percent(gap.low), "to": _percent(gap.high)}
            table.append(row)
    if not table:
        return found
    joined = pd.concat([found, pd.DataFrame(table).astype(dict.fromkeys(apart.FIGURES, float))], ignore_index=True)
    return apart.largest_first(joined, places)


# -- words ------------------------------------------------------------------------------------------------------------


def _sentence(journey: JourneyFrame, table: pd.DataFrame, declared: Mapping[str, Any], minimum_base: int | None) -> str:
    seen = groups.shown(journey, table, PERSONAS, minimum_base)
    whole = seen[seen["what"] == "of all people"]
    if whole.empty:
        return "No persona has people enough to be shown."
    shares = ", ".join(f"{row['persona']} {row['value']:.0f} %" for _, row in whole.iterrows())
    rest = seen[seen["p corrected"] < 0.05]
    if rest.empty:
        return f"{shares} of all people; nothing looked at sets a persona apart from all others beyond chance."
    top = rest.loc[rest[["from", "to"]].abs().min(axis=1).idxmax()]
    return (
        f"{shares} of all people. What sets one apart most: {top['persona']}, {apart.said(top)} "
        f"(difference {top['from']:+.0f} to {top['to']:+.0f} points; {int(top['n']):,} people)."
    )


def _changed(
    journey: JourneyFrame,
    found: pd.DataFrame,
    column: str,
    declared: Mapping[str, Any],
    p: list[float | None],
    every: str,
    minimum_base: int | None,
) -> str:
    seen = groups.shown(journey, found, (column, "persona"), minimum_base)
    if seen.empty:
        return f"No {every} has people enough to be shown."
    told = []
    for name, one in zip(declared, p, strict=True):
        here = seen[seen["persona"] == name]
        if one is None or one >= 0.05 or len(here) < 2:
            continue
        solid = here[here["n"] >= groups.WIDE_BASE]
        here = solid if len(solid) > 1 else here
        first, last = here.iloc[0], here.iloc[-1]
        told.append(
            f"{name}: {first['value']:.0f} % in {first[column]} ({int(first['n']):,} people), {last['value']:.0f} % in "
            f"{last[column]} ({int(last['n']):,})"
        )
    if not told:
        return f"The personas' shares are the same in all {every}s, as far as these data can tell."
    return f"Shares that changed beyond chance: {'; '.join(told)}."


def _matrices(both: pd.DataFrame, order: list[str], x: str, changing: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """How many of each period's people are the persona, how many people two periods share, and how alike a person stays."""
    place = {period: at for at, period in enumerate(order)}
    shared = np.zeros((len(order), len(order)))
    have = np.zeros(len(order))
    moments = []
    for row in both.itertuples(index=False):
        one, then = place.get(row.wave), place.get(row.then)
        if one is None or then is None:
            continue
        shared[one, then] = row.n
        if one == then:
            have[one] = getattr(row, x)
        else:
            moments.append((row.n, getattr(row, x), getattr(row, f"{x}_then"), getattr(row, f"{x}_both")))
    if not changing or not moments:
        return have, shared, 1.0
    p = have.sum() / np.trace(shared)
    n, a, b, ab = (float(sum(one[at] for one in moments)) for at in range(4))
    spread = n * p * (1 - p)
    return have, shared, float(np.clip((ab - p * (a + b) + n * p * p) / spread, -1, 1)) if spread else 1.0


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
