"""The first map of a newcomer: a step for each thing that a survey asks people to rate, so that there are measures by step.

Knows the study and its map; no widgets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from workbench.entries import plain
from workbench.sources.binding import USUAL
from workbench.study import Study

STAGE, MEASURE = "What was rated", "csat"  # how satisfied people were with each thing


def rated(study: Study, file: str) -> dict[str, dict[str, Any]]:
    """The ratings of a source that speak of one thing each (of none of the usual measures of a whole) and have no step yet,
    on the scale that most of them have: by their columns. Nothing where there are fewer than two."""
    entry = next((one for one in study.edit("study").entries if one.get("file") == file), {})
    asked = {
        column: dict(one)
        for column, one in plain(entry.get("questions") or {}).items()
        if isinstance(one, Mapping) and one.get("measure") and one.get("measure") not in USUAL and not one.get("step")
    }
    scales = Counter(str(one.get("scale")) for one in asked.values() if one.get("scale"))
    most = scales.most_common(1)[0][0] if scales else ""
    found = {column: one for column, one in asked.items() if str(one.get("scale")) == most}
    return found if len(found) > 1 else {}


def draw(study: Study, file: str) -> list[str]:
    """Draw a stage with a step for each of these ratings (one that is called so already is taken), and say in study.yaml that
    each is the same measure, at its step; the steps' ids come back. Taken back by `study.edit("study").undo()` and, on the
    map, `study.draw.undo()` for each step. Raises DataFault."""
    asked = rated(study, file)
    if not asked:
        return []
    names = {
        column: " ".join(str(one.get("label") or column).replace("_", " ").split()) for column, one in asked.items()
    }
    there = {name.casefold(): step for step, name in study.map.names.items()}
    steps: dict[str, str] = {}
    stage = any(one.name == STAGE for one in study.map.stages)
    for column, name in names.items():
        if name.casefold() in there:
            steps[column] = there[name.casefold()]
            continue
        if not stage:
            study.draw.add_stage(STAGE)
            stage = True
        steps[column] = study.draw.add_step(name, STAGE)
        there[name.casefold()] = steps[column]
    cells = {
        ("questions", column): one
        | {"measure": MEASURE, "step": steps[column], "label": one.get("label") or names[column]}
        for column, one in asked.items()
    }
    study.edit("study").put(file, cells)
    return list(steps.values())
