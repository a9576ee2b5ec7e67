"""Paths: what people went through next, the commonest ways, and one person's time line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.intervals import share_interval
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure


@measure("What do people do next?", of_paths=True)
def transitions(
    journey: JourneyFrame,
    by: str | Sequence[str] | None = None,
    minimum_base: int | None = None,
    least: float = 0.05,
) -> Finding:
    """From each step, the share of moves that lead to each next step (contacts and complaints in order of time), by groups.

    Moves under the share `least` of their step are left out of the table and counted in the sentence. Wilson interval.
    """
    journey = journey.at_any_step().moves()
    keys = [key for key in ([by] if isinstance(by, str) else by or ()) if key not in ("step", "next_step")]
    counted = journey.count(by=[*keys, "step", "next_step"])
    counted = counted[counted["step"].notna() & counted["next_step"].notna()]
    out = counted.groupby([*keys, "step"], dropna=False)["n"].transform("sum")
    table: list[dict[str, Any]] = []
    for (_, row), total in zip(counted.iterrows(), out, strict=True):
        share = share_interval(float(row["n"]), float(total))
        table.append(
            {key: row[key] for key in keys}
            | {
                "step": row["step"],
                "next_step": row["next_step"],
                "value": _percent(share.value),
                "low": _percent(share.low),
                "high": _percent(share.high),
                "n": int(total),
                "moves": int(row["n"]),
                "people": int(row["people"]),
            }
        )
    if not table:
        raise DataFault(
            Fault(found="no moves from one step to another", expected="a contact log or complaints with times")
        )
    whole = groups.rounded(pd.DataFrame(table))
    found = groups.in_order(journey, whole[whole["value"] >= 100 * least], (*keys, "step", "next_step"))
    # a row's small group is the people who made that move, not all who left the step
    found = found.rename(columns={"n": "moves from here", "people": "n"})
    left = len(whole) - len(found)
    onward = found[found["step"] != found["next_step"]]
    top = onward.loc[onward["value"].idxmax()] if len(onward) else found.iloc[0]
    sentence = (
        f'After "{groups.named(journey, top, ("step",))}" {top["value"]:.0f} % of moves lead to '
        f'"{groups.named(journey, top.rename({"step": "was", "next_step": "step"}), ("step",))}". '
        f"{left} rarer moves (under {100 * least:.0f} %) are left out."
    )
    return groups.finding(
        journey,
        "transitions",
        found[[*keys, "step", "next_step", "value", "low", "high", "n", "moves", "moves from here"]],
        (*keys, "step", "next_step"),
        sentence,
        f"{int(whole['moves'].sum()):,} moves",
        "share of a step's moves; Wilson 95 %; n is the people who made the move",
        minimum_base,
        {"kind": "intervals", "unit": "% of moves"} if not keys else {},
        "What comes next",
    )


@measure("Which ways do people take?", of_paths=True)
def variants(journey: JourneyFrame, minimum_base: int | None = None, top: int = 10) -> Finding:
    """The commonest whole paths (contacts and complaints in order), with how many people took each. Wilson interval."""
    journey = journey.at_any_step()
    paths = journey.paths()
    counted = rows(
        paths.group_by("path").agg(nw.len().alias("n")).sort("n", "path", descending=[True, False]).head(top)
    )
    total = int(rows(paths.select(nw.len().alias("n")))["n"].iloc[0])
    if not total:
        raise DataFault(Fault(found="no paths", expected="a contact log or complaints with times"))
    table: list[dict[str, Any]] = []
    for path, often in counted.itertuples(index=False):
        part = share_interval(float(often), float(total))
        table.append(
            {
                "path": " > ".join((journey.step_names or {}).get(step, step) for step in path.split(" > ")),
                "value": _percent(part.value),
                "low": _percent(part.low),
                "high": _percent(part.high),
                "n": int(often),
            }
        )
    found = groups.rounded(pd.DataFrame(table))
    held = found["n"].sum() / total
    sentence = f"The {len(found)} commonest paths hold {100 * held:.0f} % of {total:,} people."
    return groups.finding(
        journey,
        "variants",
        found,
        ("path",),
        sentence,
        f"{total:,} people with a path",
        "share of people; Wilson 95 %",
        minimum_base,
        {"kind": "intervals", "unit": "% of people"},
        "The commonest paths",
    )


def time_line(journey: JourneyFrame, person: str) -> pd.DataFrame:
    """Everything known of one pseudonym, in order of time: for an analyst's own screen, never for a report."""
    mine = journey.records.lazy.filter(nw.col("person") == person)
    table = rows(
        mine.sort("time", "order").select(
            "time", "step", "channel", "kind", "measure", "value", "state", "text", "wave"
        )
    )
    if table.empty:
        raise DataFault(Fault(column="person", found="no such pseudonym", expected="one of journey.people"))
    table["time"] = pd.to_datetime(table["time"], unit="us", utc=True).dt.strftime("%Y-%m-%d %H:%M")
    names = journey.step_names or {}
    table["step"] = table["step"].map(lambda step: names.get(step, step), na_action="ignore")
    return table


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
