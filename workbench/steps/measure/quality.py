"""How good the data are: what was read of each source, whose people were found again, what is missing and why, what was set
aside.

Knows the journey, and the manifest of what was read; judges nobody's answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.engine import STATES
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure

SHOWN = 200  # faults in the table of a finding; all are in journey.faults


def sources_read(journey: JourneyFrame, sources: Sequence[Mapping[str, Any]]) -> Finding:
    """What was read of each source: rows of the file, rows set aside whole, records that came of it."""
    table = pd.DataFrame(
        [
            {
                "source": one["file"],
                "read as": one["format"],
                "rows read": one["read"],
                "set aside": one["aside"],
                "kept": one["read"] - one["aside"] if one["read"] is not None else None,
                "records": one["records"],
                "fetched": one["fetched"],
            }
            for one in sources
        ],
        columns=["source", "read as", "rows read", "set aside", "kept", "records", "fetched"],
    )
    if not table["fetched"].any():
        table = table.drop(columns="fetched")
    for column in ("rows read", "kept"):
        table[column] = table[column].astype("Int64").astype(object).where(table[column].notna(), None)
    aside = int(table["set aside"].sum())
    sentence = f"{len(table)} {'file was' if len(table) == 1 else 'files were'} read; " + (
        f"{aside:,} {'row was' if aside == 1 else 'rows were'} set aside whole."
        if aside
        else "no row was set aside whole."
    )
    return _about_data(journey, "sources_read", table, ("source",), sentence, "What was read")


def people_found(journey: JourneyFrame, rates: Sequence[Mapping[str, Any]]) -> Finding:
    """How many of each source's people stand in other sources too: by their id, by a key, in this one alone, ambiguous."""
    columns = ["source", "people", "by id", "by key", "alone", "ambiguous"]
    table = pd.DataFrame(list(rates), columns=columns)
    found = (table["by id"] + table["by key"]).where(table["people"] > 0)
    table.insert(
        2, "found elsewhere %", [100 * a / b if b else None for a, b in zip(found, table["people"], strict=True)]
    )
    unclear = int(table["ambiguous"].sum())
    least = table.sort_values("found elsewhere %").iloc[0]
    if len(table) < 2:
        sentence = "One source names people: there is nobody to find again."
    elif not found.sum():
        sentence = "No source's people stand in another source: each speaks of people of its own."
    else:
        sentence = (
            f"Of the people in {least['source']}, {least['found elsewhere %']:.0f} % stand in another source too; "
            "in the other sources at least as many."
        )
    if unclear:
        sentence += f" {unclear:,} could be several people and were joined to nobody."
    return _about_data(journey, "people_found", table, ("source",), sentence, "People found in several sources")


def set_aside(journey: JourneyFrame) -> Finding:
    """What was set aside or assumed as the sources were read, one row a kind of thing; `journey.faults_frame()` has each cell."""
    faults = journey.faults
    table = pd.DataFrame(
        [
            {
                "source": fault.file,
                "column": fault.column,
                "first row": fault.row,
                "found": fault.found,
                "expected": fault.expected,
                "what was done": fault.mend,
                "cells": fault.count,
            }
            for fault in faults[:SHOWN]
        ],
        columns=["source", "column", "first row", "found", "expected", "what was done", "cells"],
    )
    table["first row"] = table["first row"].astype("Int64").astype(object).where(table["first row"].notna(), None)
    more = f" The first {SHOWN} are shown." if len(faults) > SHOWN else ""
    sentence = (
        f"{len(faults):,} {'thing was' if len(faults) == 1 else 'things were'} set aside or assumed while reading.{more}"
        if faults
        else "Nothing was set aside or assumed while reading."
    )
    return _about_data(journey, "set_aside", table, (), sentence, "Set aside or assumed")


@measure("Which answers are missing, and why?")
def missing(
    journey: JourneyFrame, by: str | Sequence[str] | None = "measure", minimum_base: int | None = None
) -> Finding:
    """The kinds of nothing: of all answers asked for, the shares answered, skipped, not shown, not applicable, unknown.

    Counts of records, unweighted: a description of the data, no estimate, hence no interval.
    """
    keys = [by] if isinstance(by, str) else list(by or [])
    answers = journey.of_kind("answer")
    counted = answers.count(by=[*keys, "state"], people=False)
    rows = []
    for key, those in counted.groupby(keys, dropna=False, sort=False) if keys else [((), counted)]:
        named = dict(zip(keys, key if isinstance(key, tuple) else (key,), strict=True))
        n = int(those["n"].sum())
        if not n:
            continue
        shares = {
            state.replace("_", " ") + " %": 100 * float(those.loc[those["state"] == state, "n"].sum()) / n
            for state in STATES
        }
        rows.append(named | shares | {"n": n})
    columns = [*keys, *[state.replace("_", " ") + " %" for state in STATES], "n"]
    table = groups.in_order(journey, groups.rounded(pd.DataFrame(rows, columns=columns)), keys)
    total = counted.groupby("state")["n"].sum()
    answered = float(total.get("answered", 0))
    asked = float(total.drop("not_shown", errors="ignore").sum())
    sentence = (
        f"{100 * answered / asked:.0f} % of the questions that were put were answered "
        f"({int(answered):,} of {int(asked):,}; {int(total.get('not_shown', 0)):,} were not shown)."
        if asked
        else "No question was asked of people."
    )
    return groups.finding(
        answers, "missing", table, keys, sentence, answers.base(), "shares of the answers asked for, as counted",
        minimum_base, {}, "Missing answers by their kind",
    )  # fmt: skip


def _about_data(
    journey: JourneyFrame, name: str, table: pd.DataFrame, by: Sequence[str], sentence: str, title: str
) -> Finding:
    """A finding about the data, not about people: nothing in it is a group that could be too small."""
    return groups.finding(
        journey, name, table, by, sentence, journey.base(), "counted as the sources were read", 1, {}, title
    )
