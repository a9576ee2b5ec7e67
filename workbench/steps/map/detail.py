"""From high level to detail: the framework on one page, one step opened, the blueprint of the moments of truth.

Knows the map as drawn, its loops and scenarios; comments are handed in. Nothing that was measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.finding import Finding
from workbench.steps.map.coordination import reactive_points
from workbench.steps.map.model import BLUEPRINT, LANES, LOOP, Step, as_drawn
from workbench.steps.map.scenarios import differing, felt, promised

if TYPE_CHECKING:
    from workbench.steps.map.model import JourneyMap
    from workbench.steps.map.notes import Note, Notes

METHOD = "as the team drew it in map.yaml"
MAIN = 10  # steps that a page can tell one by one
VITAL = ("experience wanted", "what delivers it", "how we know")


def main_steps(drawn: JourneyMap, most: int = MAIN) -> list[Step]:
    """The steps to tell on one page: all, where they are few; else the hot spots, where the journey starts and ends, then
    the first step of each stage, then those with a promise and those with a commitment, up to `most`; in the order of the map.
    """
    steps = drawn.steps
    if len(steps) <= most:
        return steps
    ends = [one for one in steps if one.id in drawn.begins or not drawn.links[one.id]]
    ranked = [
        *drawn.hot_spots,
        *ends,
        *(stage.steps[0] for stage in drawn.stages if stage.steps),
        *(one for one in steps if one.promise),
        *(one for one in steps if one.commitment),
        *steps,
    ]
    kept = set(list(dict.fromkeys(one.id for one in ranked))[:most])
    return [one for one in steps if one.id in kept]


def framework(drawn: JourneyMap, whom: str = "", notes: Notes | None = None) -> Finding:
    """The journey on one page that can be told to anybody: its stages, the main steps, its moments of truth, a line each.

    No figures. `whom` says whose journey it is. The line is what the customer does; at a moment of truth, what it should
    be like. On a page each step opens into its detail, with its open comments where `notes` are given.
    """
    main = {one.id for one in main_steps(drawn)}
    rows: list[dict[str, Any]] = []
    opened: list[list[dict[str, Any]]] = []
    for stage in drawn.stages:
        for step in stage.steps:
            if step.id in main:
                wanted = step.lanes.get("experience wanted", "")
                line = wanted if step.hot_spot and wanted else step.lanes.get("doing", "") or wanted
                rows.append({"stage": stage.name, "step": step.name, "hot spot": step.hot_spot, "in a line": line})
                told = detail(drawn, step.id, notes.open(step.id) if notes else ())
                opened.append(told.table.to_dict("records"))
    table = pd.DataFrame(rows, columns=["stage", "step", "hot spot", "in a line"])
    told_of = [stage.name for stage in drawn.stages if stage.steps]
    spots = [f'"{one.name}"' for one in drawn.hot_spots]
    sentence = (
        f"The journey in {_many(len(told_of), 'stage')}: {', '.join(told_of)}" if told_of else "No stage is drawn yet"
    )
    if spots:
        sentence += f"; it is won or lost at {_and(spots)}"
    left = len(drawn.steps) - len(rows)
    return as_drawn(
        "framework",
        table,
        f"{sentence}.",
        by=("stage", "step"),
        method=METHOD + (f"; the main steps, {_many(left, 'further step')} on the map" if left else ""),
        picture={
            "kind": "framework",
            "whom": whom,
            "stages": [
                {
                    "name": name,
                    "steps": [
                        row | {"detail": those} for row, those in zip(rows, opened, strict=True) if row["stage"] == name
                    ],
                }
                for name in dict.fromkeys(row["stage"] for row in rows)
            ],
        },
        title=drawn.title or "The framework",
    )


def detail(drawn: JourneyMap, step: str, notes: Iterable[Note] = ()) -> Finding:
    """One step opened: how it is met, every lane, promise and gap, commitments, owner, comments; and the treatments, only
    where they differ. One row a thing and for whom it is so. Raises DataFault for a step that is not there.
    """
    one = drawn.step(step)
    stage = next(stage.name for stage in drawn.stages if any(other.id == one.id for other in stage.steps))
    here: list[tuple[str, str]] = [
        ("stage", stage),
        ("channel", ", ".join(one.channels)),
        ("contact", one.contact),
        ("started by", one.started_by),
        ("time allowed", one.within),
        ("hot spot", one.hot_spot),
        ("in our control", "no" if one.outside else ""),
        ("owner", one.department),
        ("assumed emotion", felt(one.emotion)),
        ("assumed trust", felt(one.trust)),
    ]
    # lanes in the order of the map, then of the method, then as they stand
    order = [*drawn.lanes, *LANES, *one.lanes]
    said = {lane: words for lane, words in one.lanes.items() if lane != "department" or words != one.department}
    here += [(lane, said.get(lane, "")) for lane in dict.fromkeys(order)]
    if one.promise:
        here += [
            ("promised", promised(one.promise.model_copy(update={"kept": "", "delivered": ""}))),
            ("delivered", one.promise.delivered),
            ("the promise was", one.promise.kept),
        ]
    here += [("commitments", ", ".join(one.commitment))]
    for loop in drawn.loops:
        acts = [f"{act}{' (broken)' if act in loop.broken else ''}" for act in LOOP if loop.acts.get(act) == one.id]
        here.append((f"loop: {loop.name}", ", ".join(acts)))
    points = [point for point in reactive_points(drawn) if point.step == one.id]
    here += [("reactive point", f"{point.why}{f' ({point.loop})' if point.loop else ''}") for point in points]
    here += [("leads to", ", ".join(drawn.names[to] for to in drawn.links[one.id]))]
    here += [("measures", ", ".join(one.measures))]
    here += [(f"comment on {note.lane or 'the step'}", f"{note.words} ({note.who}, {note.when})") for note in notes]
    others = [(run, differing(one, run)) for run in drawn.scenarios]
    rows = []
    for what, words in here:
        if words:
            rows.append({"what": what, "for": "everybody", "words": words})
        rows += [
            {"what": what, "for": f"{run.name}{f' ({run.whom})' if run.whom else ''}", "words": found[what][1]}
            for run, found in others
            if what in found
        ]
    table = pd.DataFrame(rows, columns=["what", "for", "words"])
    treated = [run.name for run, found in others if found]
    about = [
        {"pain": "a moment that hurts", "gain": "a moment that can delight"}.get(one.hot_spot, ""),
        "out of our control" if one.outside else "",
        f"{_many(len(points), 'reactive point')} predicted" if points else "",
        f"treated otherwise in {_and([f'“{name}”' for name in treated])}" if treated else "treated alike for everybody",
    ]
    return as_drawn(
        "step",
        table,
        f"{one.name}: {'; '.join(part for part in about if part)}.",
        by=("what", "for"),
        method=METHOD,
        title=one.name,
    )


def blueprint(drawn: JourneyMap) -> Finding:
    """What is wanted at each hot spot (or, where none is marked, at each step), what delivers it, how we know, and what is
    done for it on the front stage, on the back stage and in support. Steps out of our control are marked; an empty cell is
    an open question, told in `open`.
    """
    spots = drawn.hot_spots or drawn.steps
    rows: list[dict[str, Any]] = []
    for step in spots:
        lanes = {lane: step.lanes.get(lane, "") for lane in BLUEPRINT}
        open_ = [lane for lane in VITAL if not lanes[lane]] + ([] if step.department else ["owner"])
        rows.append(
            {"step": step.name, "hot spot": step.hot_spot, "in our control": "no" if step.outside else "yes"}
            | lanes
            | {"owner": step.department, "open": ", ".join(open_)}
        )
    table = pd.DataFrame(rows, columns=["step", "hot spot", "in our control", *BLUEPRINT, "owner", "open"])
    open_at = [row["step"] for row in rows if not all(row[lane] for lane in VITAL)]
    what = "hot spot" if drawn.hot_spots else "step"
    sentence = (
        f"At {len(rows) - len(open_at)} of {_many(len(rows), what)} it is written down what is wanted, what delivers it and "
        f"how we know{f'; open at {_and(open_at)}' if open_at else ''}."
    )
    if outside := [row["step"] for row in rows if row["in our control"] == "no"]:
        sentence += f" Out of our control: {_and(outside)}."
    return as_drawn(
        "blueprint",
        table,
        sentence,
        by=("step",),
        method="as the team wrote it in map.yaml; an empty cell is an open question",
        picture={"kind": "blueprint", "steps": rows, "lanes": list(BLUEPRINT), "vital": [*VITAL, "owner"]},
        title="The blueprint",
    )


# -- inside -----------------------------------------------------------------------------------------------------------


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _and(words: list[str]) -> str:
    few = words if len(words) <= 5 else [*words[:4], f"{len(words) - 4} more"]
    return few[0] if len(few) == 1 else f"{', '.join(few[:-1])} and {few[-1]}"
