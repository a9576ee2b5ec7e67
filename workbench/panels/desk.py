"""What stands behind the canvas: messages of a page become verbs of the drawing, and what changed goes back to the page.

Plain values in, plain values out; no widget, so that a test or another front end can sit at the same desk. Knows the study.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from workbench import models
from workbench.drawing import Drawing
from workbench.editing import Told
from workbench.faults import DataFault, describe, unknown
from workbench.history import last_change
from workbench.journey import DESIGN
from workbench.panels.asking import FEW
from workbench.steps.map import LANES, JourneyMap
from workbench.steps.map.changes import changes
from workbench.steps.map.changes import describe as told_of
from workbench.study import Study

VERBS = (
    *("set", "title", "starts", "add_stage", "rename_stage", "move_stage", "remove_stage"),
    *("add_step", "move_step", "remove_step", "add_lane", "rename_lane", "move_lane", "remove_lane", "own"),
    *("add", "set_of", "treat", "remove", "comment", "settle", "undo", "redo"),
)
LONG = 800  # letters of a cell that travel to the page; the rest comes when somebody opens the cell
SAID = 3  # changes told one by one


class Desk:
    """One study's map at work: hears what a page asks, answers with what the page must change.

    An answer holds `patch` (what is otherwise since the version `base`), or `state` (all of it), `said` (what was done, in
    words), `code` (the line of Python that does the same), `fault` (why it was not done), `news` (what others did).
    """

    def __init__(self, study: Study, drawing: Drawing | None = None):
        self.study = study
        self.clashes: list[Told] = []
        self._own = drawing
        self._state: dict[str, Any] = {}
        self._version = 0
        self._notes = ""

    @property
    def drawing(self) -> Drawing:
        """The study's own drawing, so that a script beside the canvas undoes and redoes the same."""
        return self._own or self.study.draw

    def hear(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a page asks ("look", "news", "whole", "groups", "evidence", "compare", "keep", "mine", or a verb of the
        drawing with its words) and answer it. What is wrong in an input comes back as `fault`."""
        do, words = str(asked.get("do")), list(asked.get("with") or [])
        seen = {"was": asked["was"]} if "was" in asked else {}
        answer: dict[str, Any] = {"id": asked.get("id"), "do": do}
        try:
            if do == "look":
                self.drawing.news()
                self._turn(self._seen())
                return answer | {"state": self._state, "version": self._version}
            answer |= self._done(do, words, seen)
        except DataFault as problem:
            answer["fault"] = describe(problem.faults)
        return answer | self._patch()

    def _done(self, do: str, words: Sequence[Any], seen: Mapping[str, Any]) -> dict[str, Any]:
        if do in VERBS:
            return self._verb(do, words, seen)
        if do == "news":
            return self._news()
        if do == "whole":
            return {"whole": _cell(self._whole(), *words)}
        if do == "groups":
            return {"groups": self.groups()}
        if do == "evidence":
            return {"evidence": plain(self.study.map_view(dict(words[0]) if words and words[0] else None))}
        if do == "compare":
            return {"compare": self._compare(dict(words[0] or {}), dict(words[1] or {}))}
        if do in ("keep", "mine"):
            return self._settled(do, int(words[0]))
        raise DataFault(unknown("word of the canvas", do, VERBS))

    # -- drawing ------------------------------------------------------------------------------------------------------

    def _verb(self, verb: str, words: Sequence[Any], seen: Mapping[str, Any]) -> dict[str, Any]:
        """Do a verb; `seen` holds what stood in the cell when somebody began to write there."""
        before, self.drawing.clashes = self.drawing.content, []
        many = words[-1] if words and isinstance(words[-1], Mapping) else {}
        made = getattr(self.drawing, verb)(*(words[:-1] if many else words), **many, **seen)
        self._met()
        if self.drawing.clashes:
            return {"said": _short("; ".join(map(str, self.drawing.clashes[:SAID])), 400), "made": made}
        said = _told(before, self.drawing)
        undone = {"undo": "Undone", "redo": "Done again"}.get(verb, "")
        told = {"comment": "The comment is saved.", "settle": "The comment is settled."}
        if undone:
            said, made = f"{undone}: {said}" if said else f"Nothing to {verb}.", None
        return {"said": said or told.get(verb, "Nothing changed."), "made": made, "code": code(verb, words)}

    def _met(self) -> None:
        """Keep the clashes of the last save until somebody decides."""
        for told in self.drawing.clashes:
            self.clashes = [one for one in self.clashes if one.path != told.path] + [told]

    def _settled(self, do: str, number: int) -> dict[str, Any]:
        if not 0 <= number < len(self.clashes):
            raise DataFault(unknown("clash", number, range(len(self.clashes))))
        told = self.clashes.pop(number)
        if do == "keep":
            return {"said": f"{told.where}: theirs stands."}
        self.drawing.mine(told)
        self._met()
        clashed = any(one.path == told.path for one in self.clashes)
        return {"said": "" if clashed else f"{told.where}: yours is written."}

    def _news(self) -> dict[str, Any]:
        before = self.drawing.content
        if not self.drawing.news():
            return {}
        made, called = changes(before, self.drawing.content), _called(before, self.drawing)
        news = []
        for one in made[:SAID]:
            who, _ = last_change(self.study.path, "map", one.path)
            news.append(f"{who or 'somebody'}: {_short(told_of(one, called))}")
        if len(made) > SAID:
            news.append(f"and {len(made) - SAID} more changes")
        return {"news": news, "changed": [list(one.path) for one in made]}

    # -- what a page shows --------------------------------------------------------------------------------------------

    def groups(self) -> list[dict[str, Any]]:
        """Whose evidence may be shown: personas, people's attributes, channels and waves, those that are large enough."""
        about, journey = self.study.about, self.study.journey
        found = [{"kind": "persona", "name": one.name, "where": {"persona": one.name}} for one in about.personas]
        own = [column for column in journey.people.columns if column not in DESIGN and column != "persona"]
        for column in [*own, "channel", "wave"]:
            counted = journey.count(by=column)
            large = counted[counted[column].notna() & (counted["people"] >= journey.minimum_base)]
            values = journey.in_order(column, large[column].tolist())
            if 1 < len(values) <= FEW:
                kind = column.replace("_", " ")
                found += [{"kind": kind, "name": str(one), "where": {column: one}} for one in values]
        return plain(found)

    def _compare(self, where: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
        """A second group's figures, with differences where the two are groups apart; everybody holds any group, so that
        beside everybody a group's figures stand alone."""
        if not where:
            return {"second": plain(self.study.map_view(beside)["steps"]), "differences": None}
        found = plain(self.study.map_compare(where, beside))
        told: dict[str, Any] = {"first": {}, "second": {}, "differences": {}}
        for step, one in found["steps"].items():
            for side, key in (("first", "a"), ("second", "b"), ("differences", "difference")):
                told[side][step] = {measure: figures[key] for measure, figures in one["measures"].items()}
        return told

    def _whole(self) -> dict[str, Any]:
        return self.drawing.map.model_dump(mode="json", by_alias=True)

    def _seen(self) -> dict[str, Any]:
        """All that the page shows of the map, long cells cut."""
        drawn, whole = self.drawing.map, self._whole()
        steps = {step["id"]: step for stage in whole["stages"] for step in stage["steps"]}
        for step in drawn.steps:
            steps[step.id] |= {"reactive": step.reactive}
        for one in [*steps.values(), *(cell for run in whole["scenarios"] for cell in run["steps"].values())]:
            one["cut"] = [lane for lane, words in one["lanes"].items() if len(words) > LONG]
            one["lanes"] = {lane: _short(words, LONG) for lane, words in one["lanes"].items()}
        notes, self._notes = self.study.notes.notes, self.study.seen("notes")
        whoms = {run.name: run.whom for run in drawn.scenarios}
        return {
            "title": drawn.title,
            "lanes": [*drawn.lanes, *sorted({lane for step in drawn.steps for lane in step.lanes} - {*drawn.lanes})],
            "listed": list(drawn.lanes),
            "known_lanes": {lane: what for lane, what in LANES.items() if lane not in drawn.lanes},
            "owners": dict(drawn.owners),
            "starts": list(drawn.starts),
            "stages": [
                {"key": one.key, "name": one.name, "steps": [step.id for step in one.steps]} for one in drawn.stages
            ],
            "steps": steps,
            "scenarios": [run | {"whom": whoms[run["name"]]} for run in whole["scenarios"]],
            "departments": list(self.study.about.departments),
            "personas": [one.name for one in self.study.about.personas],
            "channels": sorted({channel for step in drawn.steps for channel in step.channels}),
            "notes": [
                {"number": number, "step": one.step, "lane": one.lane, "who": one.who, "when": one.when}
                | {"words": _short(one.words, LONG)}
                for number, one in enumerate(notes)
                if not one.settled
            ],
            "undo": self.drawing.can_undo,
            "redo": self.drawing.can_redo,
            "clashes": [
                {"where": one.where, "who": one.who, "when": one.when}
                | {"theirs": _value(one.theirs), "mine": _value(one.mine), "path": list(one.path)}
                for one in self.clashes
            ],
        }

    def _turn(self, state: dict[str, Any]) -> None:
        if state != self._state:
            self._state, self._version = state, self._version + 1

    def _patch(self) -> dict[str, Any]:
        """What is otherwise since the page was last told, steps one by one; nothing where nothing is."""
        try:
            state = self._seen()
        except DataFault as problem:
            return {"fault": describe(problem.faults)}
        before, base = self._state, self._version
        self._turn(state)
        if self._version == base:
            return {"version": base}
        patch = {key: value for key, value in state.items() if key != "steps" and value != before.get(key)}
        old = before.get("steps", {})
        steps = {id: one for id, one in state["steps"].items() if one != old.get(id)}
        steps |= {id: None for id in old if id not in state["steps"]}
        return {"patch": patch | ({"steps": steps} if steps else {}), "base": base, "version": self._version}


def code(verb: str, words: Sequence[Any]) -> str:
    """The line of Python that does what a page asked."""
    told = [f"{key}={literal(one)}" for word in words if isinstance(word, Mapping) for key, one in word.items()]
    return f"study.draw.{verb}({', '.join([*(literal(one) for one in words if not isinstance(one, Mapping)), *told])})"


def plain(value: Any) -> Any:
    """A value as JSON has it: no number that is none, no types of pandas."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value != value:
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def literal(value: Any) -> str:
    """A value as Python writes it, texts in double quotes."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _cell(whole: Mapping[str, Any], step: str, cell: str, scenario: str = "") -> str:
    """All words of a lane at a step, or of its treatment in a scenario."""
    steps = {one["id"]: one for stage in whole["stages"] for one in stage["steps"]}
    if scenario:
        steps = {id: one for run in whole["scenarios"] if run["name"] == scenario for id, one in run["steps"].items()}
    return str(steps.get(step, {}).get("lanes", {}).get(cell, ""))


def _called(before: Mapping[str, Any], drawing: Drawing) -> dict[tuple[str, ...], str]:
    """What steps and stages are called, those too that went since."""
    return models.build(before, JourneyMap, "map.yaml").called | drawing.map.called


def _told(before: Mapping[str, Any], drawing: Drawing) -> str:
    made, called = changes(before, drawing.content), _called(before, drawing)
    told = [_short(told_of(one, called)) for one in made[:SAID]]
    more = [f"and {len(made) - SAID} more changes"] if len(made) > SAID else []
    return "; ".join([*told, *more])


def _short(words: str, most: int = 160) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _value(value: Any) -> str:
    if value in (None, "", []):
        return "nothing"
    return _short(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), 400)
