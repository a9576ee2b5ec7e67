"""Complaints per contact and per customer month: rates that reckon with how much there was to complain of.

Knows the journey and its engine. Exposure of a person in months: from the day they came (`created`, where the customer
table has it) or else their first record, to the last day of the data or else their last record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.design import design_mean
from workbench.inference.intervals import Estimate, rate_interval
from workbench.journey import JourneyFrame
from workbench.steps.measure import customers, groups
from workbench.steps.measure.complaints import BLANKET, OVERDISPERSED
from workbench.steps.measure.customers import MONTH

PER = {"person": "customers", "contact": "contacts", "month": "customer months"}
SUMS = ("people", "y", "w", "yy", "yw", "ww")


@dataclass(frozen=True)
class Exposure:
    """People with their exposure: person, days (None: not known), complaints in that time; and what it is, in words."""

    table: nw.LazyFrame
    words: str
    outside: int


def rate_per(journey: JourneyFrame, keys: tuple[str, ...], per: str, minimum_base: int | None) -> Finding:
    """Complaints per 1,000 contacts or customer months, by groups; `wb.complaint_rate(…, per=…)`."""
    if per not in PER:
        raise DataFault(unknown("exposure", per, PER))
    if per == "month":
        table, told, dropped = _months(journey, keys)
    else:
        journey, table, told, dropped = _contacts(journey, keys)
    found = []
    for key, part in _parts(table, keys):
        rate = rate_of(part.iloc[0], per)
        found.append(
            dict(zip(keys, key, strict=True))
            | {"value": rate.value, "low": rate.low, "high": rate.high, "n": int(part["people"].iloc[0]),
               "complaints": int(part["y"].iloc[0]), PER[per]: float(part["w"].iloc[0]) / (MONTH if per == "month" else 1),
               "caution": groups.caution(replace(rate, n_effective=None), int(part["people"].iloc[0])), "se": rate.se,
               "method": rate.method}
        )  # fmt: skip
    result = groups.in_order(journey, groups.rounded(pd.DataFrame(found)), keys)

    def say(row: pd.Series) -> str:
        limits = (
            f"{row['low']:.1f} to {row['high']:.1f}; " if row["low"] == row["low"] and row["low"] is not None else ""
        )
        return (
            f"{row['value']:.1f} per 1,000 {PER[per]} ({limits}{int(row['complaints']):,} complaints, "
            f"{int(row['n']):,} customers)"
        )

    parts = [
        f"complaints per 1,000 {PER[per]}; 95 % {' or '.join(sorted(set(result['method'])))}; unweighted",
        told,
        *dropped,
        "more complaints are also easier complaining: read the scores beside them",
    ]
    return groups.finding(
        journey, "complaint_rate", result, keys,
        groups.extremes(journey, result, keys, minimum_base, "complaint rate", say),
        f"{int(result['complaints'].sum()):,} complaints of {int(result['n'].sum()):,} customers in the groups",
        "; ".join(parts), minimum_base, {"kind": "bars", "unit": f"complaints per 1,000 {PER[per]}"}, "Complaints",
    )  # fmt: skip


def rate_of(sums: pd.Series, per: str) -> Estimate:
    """A rate from its sums over people: complaints y, exposure w (days or contacts) and their squares and product.

    Poisson, or where the complaints come in clumps (the linearised variance over 1.5 times Poisson's) the ratio of two
    sums over people by Taylor linearisation with t.
    """
    scale = 1000 * (MONTH if per == "month" else 1.0)
    exposure, made = float(sums["w"]), float(sums["y"])
    plain = rate_interval(made, exposure, scale)
    people = int(sums["people"])
    if people < 2 or made < 10 or plain.se is None:
        return plain
    strata = pd.DataFrame([{"psus": people, **{one: float(sums[one]) for one in SUMS[1:]}}])
    clumped = design_mean(strata, people, name="t interval over people (complaints come in runs)")
    if (
        clumped.se is None
        or clumped.low is None
        or clumped.high is None
        or (scale * clumped.se) ** 2 <= OVERDISPERSED * plain.se**2
    ):
        return plain
    return replace(
        clumped, value=plain.value, low=max(0.0, scale * clumped.low), high=scale * clumped.high, se=scale * clumped.se
    )


def exposures(journey: JourneyFrame) -> Exposure:
    """Each person's days as a customer and the complaints made in them."""
    clock = customers.clock(journey)
    _, last = customers.ends(journey)
    known = customers.people(journey)
    if clock.created:
        spans = clock.first.with_columns((nw.lit(last) - nw.col("first") + 1).alias("days"))
        words = f"months from the day they came (created) to the last day of the data, {customers.day_in_words(last)}"
        words += ", also of those who left before it"
    else:
        seen = customers.seen(journey).group_by("person").agg(
            nw.col("day").min().alias("first"), nw.col("day").max().alias("final")
        )  # fmt: skip
        spans = seen.with_columns((nw.col("final") - nw.col("first")).alias("days"))
        words = "months from a person's first to their last record"
    spans = spans.select("person", "first", "days")
    made = customers.seen(journey, "complaint").select("person", "day").join(spans, on="person", how="left")
    inside = made.filter(nw.col("day") >= nw.col("first"))  # of people whose time is known
    outside = int(rows(made.filter(nw.col("day") < nw.col("first")).select(nw.len().alias("n")))["n"][0])
    counted = inside.group_by("person").agg(nw.len().alias("complaints"))
    table = known.join(spans, on="person", how="left").join(counted, on="person", how="left")
    return Exposure(table.with_columns(nw.col("complaints").fill_null(0)), words, outside)


def _months(journey: JourneyFrame, keys: tuple[str, ...]) -> tuple[pd.DataFrame, str, list[str]]:
    if any(key in (*BLANKET, "wave") for key in keys):
        raise DataFault(
            Fault(
                column="by",
                found=", ".join(keys),
                expected="attributes of people: a month is not spent at a step, in a channel or a wave",
                mend='per="person" or per="contact"',
            )
        )
    customers.wanted(journey, keys)
    found = exposures(journey)
    left_out = rows(
        found.table.select(((nw.col("days").is_null()) | (nw.col("days") <= 0)).cast(nw.Int64).sum().alias("n"))
    )
    kept = found.table.filter(nw.col("days") > 0)
    table, unknown_of = _sums(kept, "complaints", "days", keys)
    if table.empty:
        raise DataFault(
            Fault(column="time", found="nobody with a known time as a customer", expected="created= or dated records")
        )
    dropped = _told(unknown_of, keys)
    if int(left_out["n"][0] or 0):
        dropped.append(f"{int(left_out['n'][0]):,} people without a known time, and their complaints, left out")
    if found.outside:
        dropped.append(f"{found.outside:,} complaints from before a person came left out")
    return table, found.words, dropped


def _contacts(journey: JourneyFrame, keys: tuple[str, ...]) -> tuple[JourneyFrame, pd.DataFrame, str, list[str]]:
    asked = journey.observed()
    here = asked.at_any_step() if "step" in keys else asked
    frame = here.records.lazy.filter(nw.col("kind").is_in(["event", "complaint"]), ~nw.col("person").is_null())
    if "wave" in keys:
        raise DataFault(
            Fault(
                column="by",
                found="wave",
                expected="steps, channels or attributes: a contact has no wave",
                mend='per="person"',
            )
        )
    frame = here._attributes(frame, keys)
    is_event = (nw.col("kind") == "event").cast(nw.Int64)
    one = frame.group_by("person", *keys).agg(
        is_event.sum().alias("contacts"), (1 - is_event).sum().alias("complaints")
    )
    table, unknown_of = _sums(one, "complaints", "contacts", keys)
    without = table["w"] <= 0
    lost = int(table.loc[without, "y"].sum())
    table = table[~without]
    if table.empty:
        raise DataFault(
            Fault(
                column="kind",
                found="no contacts (events)",
                expected="a contact log",
                mend='bind a log, or per="person"',
            )
        )
    if lost and not table["y"].sum():
        raise DataFault(
            Fault(
                column="by",
                found=f"no {' and '.join(keys)} in which there are complaints as well as contacts",
                expected="groups that both name alike",
                mend='per="person"',
            )
        )
    dropped = [f"{lost:,} complaints in groups without any contact left out"] if lost else []
    return here, table, "contacts are the events of the logs", _told(unknown_of, keys) + dropped


def _told(unknown_of: int, keys: Sequence[str]) -> list[str]:
    return [f"{unknown_of:,} people whose {' or '.join(keys)} is not known left out"] if unknown_of else []


def _sums(frame: nw.LazyFrame, y: str, w: str, keys: Sequence[str]) -> tuple[pd.DataFrame, int]:
    """One row a group: people, and the sums over them that a ratio needs; and how many people are of no known group."""
    one, other = nw.col(y).cast(nw.Int64), nw.col(w).cast(nw.Int64)
    sums = [
        nw.len().alias("people"), one.sum().alias("y"), other.sum().alias("w"), (one * one).sum().alias("yy"),
        (one * other).sum().alias("yw"), (other * other).sum().alias("ww"),
    ]  # fmt: skip
    found = rows(frame.group_by(list(keys)).agg(*sums) if keys else frame.select(*sums))
    found = customers.blank(found, keys)
    found = found[found["people"] > 0]
    known = found[list(keys)].notna().all(axis=1) if keys else pd.Series(True, index=found.index)
    return found[known], int(found.loc[~known, "people"].sum())


def _parts(table: pd.DataFrame, keys: Sequence[str]) -> list[tuple[tuple, pd.DataFrame]]:
    if not keys:
        return [((), table)] if len(table) else []
    found = table.groupby(list(keys), sort=True)
    return [(key if isinstance(key, tuple) else (key,), part) for key, part in found]
