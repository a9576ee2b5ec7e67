"""Two versions of a map laid side by side: what came, went, moved and changed, with what had been measured by each day.

Looks back at the map's changes and at the measures; knows no study and no file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.engine import rows
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.steps.map import JourneyMap
from workbench.steps.map.changes import LISTS, Change, Path, changes, describe, is_place
from workbench.steps.measure.complaints import complaint_rate
from workbench.steps.measure.ratings import emotion_curve, nps

MEASURES = {
    "emotion measured": ("emotion", emotion_curve),
    "NPS": ("nps", nps),
    "complaints per 1,000": ("complaint", complaint_rate),
}
FIRST_DAY = "1900-01-01"  # before any record
WAVE = re.compile(r"\d{4}(-\d\d){0,2}")  # a wave that is called by its year, month or day
METHOD = (
    "the two versions compared cell by cell; measures of all records up to the day on which each version was saved, with 95 % "
    "intervals: the later records hold the earlier ones, so that their difference is not tested"
)


def map_versions(
    journey: JourneyFrame | None,
    before: JourneyMap,
    after: JourneyMap,
    day_before: str = "",
    day_after: str = "",
    names: Sequence[str] = ("before", "after"),
) -> Finding:
    """What became of a map from one version to another: a row a step, and one for the rest of the map.

    `journey` holds what was measured (None: nothing), the days are those on which the versions were saved ("" where nobody
    wrote that down: all records), `names` what the versions are called. A figure that differs from the earlier one by fewer
    people than the minimum base is hidden, since the few could be read from the difference.
    """
    plain = [one.model_dump(mode="json", by_alias=True, exclude_unset=True) for one in (before, after)]
    made = [one for one in changes(*plain) if one.path not in (("version",), ("schema",))]
    called = before.called | after.called
    days = (day_before, day_after)
    measured, cautions = _measured(journey, days)
    steps = {}
    for step in _order(before, after):
        mine = [one for one in made if one.path[:2] == ("steps", step)]
        steps[step] = {
            "name": called["steps", step],
            "state": _state(step, before, after, mine),
            "cells": [_cell(one, called) for one in mine if len(one.path) > 2],
            "measures": {what: [one.get(step) for one in both] for what, both in measured.items()},
        }
    rest = [_beside(one, called) for one in made if one.path[0] != "steps"]
    heads = [_head(name, day) for name, day in zip(names, days, strict=True)]
    picture = {
        "kind": "map_versions",
        "view": {
            "heads": heads,
            "stages": _stages(before, after, list(steps)),
            "steps": steps,
            "rest": rest,
            "measures": list(measured),
        },
    }
    return Finding(
        "map_versions",
        _table(steps, rest, heads, list(measured)),
        _sentence(steps, made, rest, heads),
        by=("step",),
        base=journey.base() if journey is not None and measured else "no measures",
        method=METHOD if measured else METHOD.split(";")[0],
        cautions=tuple(cautions),
        trail=journey.trail if journey is not None else (),
        picture=picture,
        title="Two versions of the map",
    )


# -- the map ----------------------------------------------------------------------------------------------------------


def _order(before: JourneyMap, after: JourneyMap) -> list[str]:
    """All steps in the order of the later map; one that went stands behind the step that it stood behind."""
    order = [step.id for step in after.steps]
    former = ""
    for step in before.steps:
        if step.id not in after.names:
            order.insert(order.index(former) + 1 if former in order else 0, step.id)
        former = step.id
    return order


def _stages(before: JourneyMap, after: JourneyMap, order: Sequence[str]) -> list[dict[str, Any]]:
    """Runs of steps under their stage, as the later map has it; what went under the stage it stood in."""
    home = {step.id: stage.name for drawn in (before, after) for stage in drawn.stages for step in stage.steps}
    found: list[dict[str, Any]] = []
    for step in order:
        if not found or found[-1]["name"] != home[step]:
            found.append({"name": home[step], "steps": []})
        found[-1]["steps"].append(step)
    return found


def _state(step: str, before: JourneyMap, after: JourneyMap, mine: Sequence[Change]) -> list[str]:
    if step not in before.names:
        return ["came"]
    if step not in after.names:
        return ["went"]
    cells = any(len(one.path) > 2 and not is_place(one.path) for one in mine)
    return [*(["moved"] if any(is_place(one.path) for one in mine) else []), *(["changed"] if cells else [])]


def _cell(one: Change, called: Mapping[Path, str]) -> dict[str, str]:
    """One cell of a step that is otherwise: which, what stood there, what stands there, in words."""
    inside = [word for word in one.path[2:] if word != "lanes"]
    was, now = (_shown(value, one.path, called) for value in (one.was, one.now))
    cell = " ".join(inside).replace("_", " ")
    return {"cell": f"assumed {cell}" if cell in ("emotion", "trust") else cell, "was": was, "now": now}


def _beside(one: Change, called: Mapping[Path, str]) -> str:
    """A change beside the steps, in words: of a list, what came and what went."""
    if one.path[0] not in LISTS:
        return describe(one, called)
    was, now = one.was or [], one.now or []
    parts = [f"{', '.join(new)} came" for new in [[item for item in now if item not in was]] if new]
    parts += [f"{', '.join(gone)} went" for gone in [[item for item in was if item not in now]] if gone]
    return f"{one.path[0]}: {'; '.join(parts) or 'in another order'}"


def _shown(value: Any, path: Path, called: Mapping[Path, str]) -> str:
    if value is None or value == "":
        return ""
    if is_place(path):
        stage, behind = (called.get(one, one[1]) for one in (("stages", value[0]), ("steps", value[1])))
        return f"in {stage}" + (f", after {behind}" if behind else ", first")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}".replace("-", "−") if isinstance(value, int | float) else str(value)


def _head(name: str, day: str) -> str:
    return f"{day} ({name})" if day else name


# -- what was measured by then ----------------------------------------------------------------------------------------


def _measured(
    journey: JourneyFrame | None, days: tuple[str, str]
) -> tuple[dict[str, list[dict[str, dict[str, Any]]]], list[str]]:
    """By measure, the figures of each step by each day; and what must be said of the days."""
    if journey is None or not len(journey):
        return {}, ["Nothing was measured in this study: the maps alone are compared."]
    first, last = _reach(journey)
    by_day = {day: _until(journey, day) for day in dict.fromkeys(days)}
    cautions = ["The day of a version is not known: all records stand beside it." for day in set(days) if not day]
    waves = _dated(journey)
    timeless = int((journey.records.lazy.select(nw.col("time").is_null().sum().alias("n")).pipe(rows))["n"].iloc[0])
    if last and timeless and any(day and day < last for day in days):
        cautions.append(f"{timeless:,} records without a time stand beside no day before the last record ({last}).")
    if not last and not waves:
        cautions.append("The records have no time: the same figures, of all records, stand beside both versions.")
    elif last and all(days):
        if min(days) >= last:
            cautions.append(
                f"All records lie before both versions (the last is of {last}): the same figures stand beside both."
            )
        elif max(days) < first:
            cautions.append(
                f"All records lie after both versions (the first is of {first}): nothing was measured by then."
            )
        elif min(days) < first:
            cautions.append(f"The first record is of {first}: nothing was measured by the day of the earlier version.")
    found: dict[str, list[dict[str, dict[str, Any]]]] = {}
    known = set(journey.measures.to_frame()["measure"])
    for what, (measure, of) in MEASURES.items():
        if measure in known:
            figures = {day: _figures(one, of, measure) for day, one in by_day.items()}
            found[what] = _not_by_subtraction(figures[days[0]], figures[days[1]], journey.minimum_base)
    return found, cautions


def _reach(journey: JourneyFrame) -> tuple[str, str]:
    """The days of the first and the last record; two empty texts where none has a time."""
    times = journey.records.lazy.filter(~nw.col("time").is_null())
    found = rows(times.select(nw.col("time").min().alias("first"), nw.col("time").max().alias("last")))
    if found.empty or found["first"].isna().all():
        return "", ""
    first, last = (pd.Timestamp(int(found[one].iloc[0]), unit="us").date().isoformat() for one in ("first", "last"))
    return first, last


def _dated(journey: JourneyFrame) -> list[str]:
    """The waves, where each is called by its year, month or day."""
    waves = [one for one in journey.distinct("wave") if isinstance(one, str) and one]
    return waves if waves and all(WAVE.fullmatch(one) for one in waves) else []


def _until(journey: JourneyFrame, day: str) -> JourneyFrame:
    """The records up to a day, it included; where none has a time, the waves until then; all where neither is known."""
    if not day:
        return journey
    last = _reach(journey)[1]
    if last and day >= last:
        return journey
    if last:
        return journey.between(FIRST_DAY, (date.fromisoformat(day) + timedelta(days=1)).isoformat())
    waves = _dated(journey)
    return journey.of_wave(*[one for one in waves if one <= day[: len(one)]]) if waves else journey


def _figures(journey: JourneyFrame, of: Any, measure: str) -> dict[str, dict[str, Any]]:
    """A measure by step, as may be shown; nothing where nobody was asked by then."""
    if measure not in set(journey.distinct("measure")):
        return {}
    found = of(journey, "step")
    table = privacy.hide_small(found.table, found.by, found.minimum)
    figures = {}
    for row in table.to_dict("records"):
        if isinstance(row["step"], str) and row.get("n"):
            hidden = bool(row.get(privacy.HIDDEN)) or row["value"] != row["value"]
            told = {key: None if row[key] != row[key] else row[key] for key in ("value", "low", "high", "n")}
            figures[row["step"]] = {"hidden": True} if hidden else told
    return figures


def _not_by_subtraction(
    old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]], minimum: int
) -> list[dict[str, dict[str, Any]]]:
    """Both, without the later figure where it holds only a few people more."""
    kept = {}
    for step, one in new.items():
        more = one["n"] - old[step]["n"] if step in old and "n" in one and "n" in old[step] else minimum
        kept[step] = {"hidden": True} if 0 < abs(more) < minimum else one
    return [old, kept]


# -- told -------------------------------------------------------------------------------------------------------------


def _table(
    steps: Mapping[str, Any], rest: Sequence[str], heads: Sequence[str], measures: Sequence[str]
) -> pd.DataFrame:
    told = []
    for one in steps.values():
        row = {"step": one["name"], "what became of it": " and ".join(one["state"]) or "as it was"}
        cells = (f"{cell['cell']}: {cell['was'] or 'nothing'} → {cell['now'] or 'nothing'}" for cell in one["cells"])
        row["cells"] = "; ".join(cells)
        for what in measures:
            row |= {
                f"{what}, {head}": _words(figure) for head, figure in zip(heads, one["measures"][what], strict=True)
            }
        told.append(row)
    if rest:
        told.append({"step": "the map itself", "what became of it": "changed", "cells": "; ".join(rest)})
    columns = ["step", "what became of it", "cells", *(f"{what}, {head}" for what in measures for head in heads)]
    return pd.DataFrame(told, columns=list(dict.fromkeys(columns))).fillna("")


def _words(figure: Mapping[str, Any] | None) -> str:
    if figure is None:
        return "not measured"
    if figure.get("hidden"):
        return "hidden"
    limits = "" if figure["low"] is None else f" ({figure['low']:.0f} to {figure['high']:.0f})"
    return f"{figure['value']:.0f}{limits}, n {int(figure['n']):,}".replace("-0 ", "0 ").replace("-", "−")


def _sentence(steps: Mapping[str, Any], made: Sequence[Change], rest: Sequence[str], heads: Sequence[str]) -> str:
    if not made:
        return f"Nothing differs between {heads[0]} and {heads[1]}."
    counts = {
        word: sum(word in one["state"] for one in steps.values()) for word in ("came", "went", "moved", "changed")
    }
    told = [f"{count} {'step' if count == 1 else 'steps'} {word}" for word, count in counts.items() if count]
    told += [f"{len(rest)} {'thing' if len(rest) == 1 else 'things'} changed beside the steps"] if rest else []
    return f"From {heads[0]} to {heads[1]}: {', '.join(told)}."
