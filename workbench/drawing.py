"""The map drawn on, verb by verb: what the canvas does, for a script too. Each verb saves at once, whole or not at all.

Knows what a map is made of, and which changes each verb stands for; how they are saved, undone and merged stands in `editing`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from workbench import places
from workbench.editing import Editing, Told
from workbench.faults import DataFault, Fault, unknown
from workbench.steps.map import Promise, Step, as_id
from workbench.steps.map.changes import PLACE, WHOLE, Change, bare, cell

FIELDS = tuple(name for name in Step.model_fields if name not in ("id", "lanes", "promise"))


class Drawing(Editing):
    """A map being drawn: what the canvas does, verb by verb; each saves at once (see `Editing`)."""

    # -- cells --------------------------------------------------------------------------------------------------------

    def set(self, step: str, cell: str, value: Any, was: Any = ...) -> None:
        """Write a cell of a step: a word of the step ("name", "emotion", "channels", "hot_spot" …), of its promise
        ("promise", "promise.kept" …), or a lane; "lanes.emotion" is the lane of that name. None or "" empties it. `was` is
        what stood there when the writing began, where that is not what was seen last: whoever changed it since is met as
        a clash."""
        self._step(step)
        self._set(self._path(("steps", step), cell), value, was)

    def title(self, words: str) -> None:
        self._set(("title",), words)

    def starts(self, steps: Sequence[str]) -> None:
        """The steps at which the journey may start; none: the first."""
        self._set(("starts",), list(steps))

    # -- stages and steps ---------------------------------------------------------------------------------------------

    def add_stage(self, name: str, after: str | None = None) -> str:
        """A new stage after another (left out: last; "": first). Its id comes back."""
        with self._alone():
            keys = self._stages()
            key = as_id(_named(name), keys)
            self.do(Change(("stages", key), None, {"name": name.strip(), PLACE: self._after(keys, after)}))
        return key

    def rename_stage(self, stage: str, name: str) -> None:
        self._set(("stages", self._stage(stage), "name"), _named(name))

    def move_stage(self, stage: str, after: str = "") -> None:
        """Put a stage after another ("": first)."""
        key = self._stage(stage)
        self._set(("stages", key, PLACE), self._after([one for one in self._stages() if one != key], after))

    def remove_stage(self, stage: str) -> None:
        """Take out a stage with all its steps."""
        key, seen = self._stage(stage), self.content
        steps = [step.id for one in self.map.stages if one.key == key for step in one.steps]
        with self._alone():
            made = self.without(steps, seen)
            made.append(Change(("stages", key), cell(seen, ("stages", key)), None))
            self.do(*made, whole=True)

    def add_step(self, name: str, stage: str, after: str | None = None, **cells: Any) -> str:
        """A new step in a stage, after another (left out: last; "": first). Its id comes back."""
        with self._alone():
            key = self._stage(stage)
            there = next(one for one in self.map.stages if one.key == key).steps
            id = as_id(_named(name), self.map.names)
            place = [key, self._after([one.id for one in there], after)]
            self.do(Change(("steps", id), None, {"name": name.strip(), **cells, PLACE: place}))
        return id

    def move_step(self, step: str, stage: str | None = None, after: str | None = "") -> None:
        """Put a step after another of a stage ("": first; None: last); stage left out: its own."""
        self._step(step)
        home = next(one.key for one in self.map.stages if step in [other.id for other in one.steps])
        key = home if stage is None else self._stage(stage)
        there = [one.id for one in next(one for one in self.map.stages if one.key == key).steps if one.id != step]
        self._set(("steps", step, PLACE), [key, self._after(there, after)])

    def remove_step(self, step: str) -> None:
        """Take out a step, with what scenarios, loops and other steps say of it."""
        self._step(step)
        seen = self.content
        with self._alone():
            self.do(*self.without([step], seen), whole=True)

    # -- lanes --------------------------------------------------------------------------------------------------------

    def add_lane(self, name: str, after: str | None = None) -> None:
        """A new lane after another (left out: last; "": first)."""
        lanes, name = list(self.map.lanes), _named(name)
        if name in lanes:
            raise DataFault(Fault(file="map.yaml", column="lanes", found=f'a lane "{name}"', expected="a new name"))
        lanes.insert(_behind(lanes, self._after(lanes, after)), name)
        self._set(("lanes",), lanes)

    def rename_lane(self, lane: str, name: str) -> None:
        """Another name for a lane, in every step and scenario."""
        name = _named(name)
        with self._alone():
            lanes = list(self.map.lanes)
            if lane not in lanes:
                raise DataFault(unknown("lane", lane, lanes, "map.yaml"))
            if name in lanes and name != lane:
                raise DataFault(Fault(file="map.yaml", column="lanes", found=f'a lane "{name}"', expected="a new name"))
            made = [Change(("lanes",), lanes, [name if one == lane else one for one in lanes])]
            for path in self._cells_of(lane):
                value = bare(cell(self.content, path))
                made += [Change(path, value, None), Change((*path[:-1], name), None, value)]
            self.do(*([] if name == lane else made), whole=True)

    def move_lane(self, lane: str, after: str = "") -> None:
        """Put a lane after another ("": first)."""
        if lane not in self.map.lanes:
            raise DataFault(unknown("lane", lane, self.map.lanes, "map.yaml"))
        lanes = [one for one in self.map.lanes if one != lane]
        lanes.insert(_behind(lanes, self._after(lanes, after)), lane)
        self._set(("lanes",), lanes)

    def remove_lane(self, lane: str) -> None:
        """Take out a lane and what stands in it."""
        lanes, seen = list(self.map.lanes), self.content
        if lane not in lanes:
            raise DataFault(unknown("lane", lane, lanes, "map.yaml"))
        made = [Change(("lanes",), lanes, [one for one in lanes if one != lane])]
        with self._alone():
            cells = [Change(path, bare(cell(seen, path)), None) for path in self._cells_of(lane)]
            self.do(*made, *cells, whole=True)

    def own(self, lane: str, department: str) -> None:
        """Which department owns a lane ("": nobody). A step's is its cell "owner"."""
        self._set(("owners", lane), department)

    # -- scenarios, loops, interventions ------------------------------------------------------------------------------

    def add(self, kind: str, name: str, **cells: Any) -> None:
        """A new scenario, loop or intervention, as `kind` says ("scenarios", "loops", "interventions")."""
        self.do(Change((self._kind(kind), _named(name)), None, {"name": name.strip(), **cells}))

    def set_of(self, kind: str, name: str, cell: str, value: Any) -> None:
        """Write a cell of a scenario, loop or intervention: "mood", "perform", "owner"; "sets.promise" within. Another
        "name" renames it, and what speaks of it."""
        self._there(kind, name)
        if cell == "name":
            return self.rename(kind, name, value)
        inside = cell.split(".")
        if inside[2:3] == ["lanes"]:  # a scenario's "steps.first-bill.lanes.a.b" is the lane "a.b"
            inside[3:] = [".".join(inside[3:])] if inside[3:] else []
        return self._set((self._kind(kind), name, *inside), value)

    def rename(self, kind: str, name: str, to: str) -> None:
        """Another name for a scenario, loop or intervention; interventions in a loop follow it."""
        to = _named(to)
        with self._alone():
            self._there(kind, name)
            known = [one.name for one in getattr(self.map, self._kind(kind))]
            if to == name:
                return
            if to in known:
                found = f'"{to}" twice'
                raise DataFault(Fault(file="map.yaml", column=kind, found=found, expected="a new name"))
            there = bare(cell(self.content, (kind, name)))
            made = [Change((kind, to), None, {**there, "name": to})]
            if kind == "loops":
                those = [one.name for one in self.map.interventions if one.loop == name]
                made += [Change(("interventions", one, "loop"), name, to) for one in those]
            self.do(*made, Change((kind, name), there, None), whole=True)

    def treat(self, scenario: str, step: str, cell: str, value: Any, was: Any = ...) -> None:
        """What is otherwise at a step in a scenario: "channel", "emotion", "trust" or a lane. None or "": as on the map.
        `was` as in `set`."""
        self._there("scenarios", scenario)
        self._step(step)
        inside = (cell,) if cell in ("channel", "emotion", "trust") else ("lanes", cell.removeprefix("lanes."))
        self._set(("scenarios", scenario, "steps", step, *inside), value, was)

    def remove(self, kind: str, name: str) -> None:
        """Take out a scenario, loop or intervention; a loop goes with the interventions in it."""
        self._there(kind, name)
        seen = self.content
        with self._alone():
            gone = [(self._kind(kind), name)]
            if kind == "loops":
                gone = [*[("interventions", one.name) for one in self.map.interventions if one.loop == name], *gone]
            self.do(*[Change(path, bare(cell(seen, path)), None) for path in gone], whole=True)

    # -- comments -----------------------------------------------------------------------------------------------------

    def comment(self, step: str, words: str, lane: str = "") -> None:
        """Say something of a step, or of one cell of it; it stands in notes.yaml with name and date."""
        self._step(step)
        when, who = date.today().isoformat(), self.who or places.me()
        entry = {"step": step, "lane": lane, "who": who, "when": when, "words": _named(words)}

        def said(content: Any) -> bool:
            content["notes"] = content.get("notes") or []
            content["notes"].append({key: value for key, value in entry.items() if value})
            return True

        self._saved("notes", said)

    def settle(self, number: int) -> None:
        """The comment at this place in notes.yaml (from 0) is settled."""

        def settled(content: Any) -> bool:
            notes = content.get("notes") or []
            if not 0 <= number < len(notes):
                raise DataFault(unknown("comment", number, range(len(notes)), "notes.yaml"))
            notes[number]["settled"] = True
            return True

        self._saved("notes", settled)

    # -- clashes ------------------------------------------------------------------------------------------------------

    def mine(self, told: Told) -> None:
        """Of a clash: write mine over theirs, knowingly."""
        path, now = told.change.path, told.change.now
        if len(path) == WHOLE and now is None and path[0] == "steps":
            with self._alone():
                return self.do(*(self.without([path[1]]) if path[1] in self.map.names else []), whole=True)
        if len(path) == WHOLE and now is None and path[0] == "stages":
            self.news()
            return self.remove_stage(path[1]) if path[1] in self._stages() else None
        return self.do(Change(path, told.theirs, now))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _set(self, path: tuple[str, ...], value: Any, was: Any = ...) -> None:
        self.do(Change(path, bare(cell(self.content, path)) if was is ... else was, value))

    def _path(self, thing: tuple[str, ...], cell: str) -> tuple[str, ...]:
        word, _, inside = cell.partition(".")
        if word == "lanes" and inside:
            return (*thing, "lanes", inside)
        if word == "promise":
            if (inside or "words") not in Promise.model_fields:
                raise DataFault(unknown("word of a promise", inside, Promise.model_fields, "map.yaml"))
            return (*thing, "promise", inside or "words")
        return (*thing, cell) if cell in FIELDS else (*thing, "lanes", cell)

    def without(self, steps: Collection[str], seen: Any = None) -> list[Change]:
        """The changes that take steps out, as they stood in the content `seen` (now), and what names them with them."""
        made = []
        for one in self.map.steps:
            if one.id not in steps and one.next is not None and set(steps) & set(one.next):
                left = [to for to in one.next if to not in steps]
                made.append(Change(("steps", one.id, "next"), list(one.next), left))
        if set(steps) & set(self.map.starts):
            left = [one for one in self.map.starts if one not in steps]
            made.append(Change(("starts",), list(self.map.starts), left))
        for run in self.map.scenarios:
            for step in run.steps:
                if step in steps:
                    path = ("scenarios", run.name, "steps", step)
                    made += _emptied(path, cell(self.content, path))
        for loop in self.map.loops:
            made += [Change(("loops", loop.name, act), at, None) for act, at in loop.acts.items() if at in steps]
        made += [
            Change(("interventions", plan.name, "sets", act), at, None)
            for plan in self.map.interventions
            for act, at in plan.sets.items()
            if at in steps
        ]
        stood = self.content if seen is None else seen
        known = [one for one in self.map.names if one in steps]  # the last first: each stands behind one that is there
        return [*made, *(Change(("steps", one), bare(cell(stood, ("steps", one))), None) for one in reversed(known))]

    def _cells_of(self, lane: str) -> list[tuple[str, ...]]:
        """The paths of all cells that stand in a lane."""
        drawn = self.map
        here: list[tuple[str, ...]] = [("steps", step.id, "lanes", lane) for step in drawn.steps if lane in step.lanes]
        here += [
            ("scenarios", run.name, "steps", id, "lanes", lane)
            for run in drawn.scenarios
            for id, one in run.steps.items()
            if lane in one.lanes
        ]
        return here + ([("owners", lane)] if lane in drawn.owners else [])

    def _step(self, step: str) -> None:
        if step not in self.map.names:
            raise DataFault(unknown("step", step, self.map.names, "map.yaml"))

    def _stages(self) -> list[str]:
        return [one.key for one in self.map.stages]

    def _stage(self, name: str) -> str:
        known = {one.name: one.key for one in self.map.stages} | {one.key: one.key for one in self.map.stages}
        if name not in known:
            raise DataFault(unknown("stage", name, [one.name for one in self.map.stages], "map.yaml"))
        return known[name]

    def _kind(self, kind: str) -> str:
        if kind not in ("scenarios", "loops", "interventions"):
            raise DataFault(unknown("list of a map", kind, ("scenarios", "loops", "interventions")))
        return kind

    def _there(self, kind: str, name: str) -> None:
        known = [one.name for one in getattr(self.map, self._kind(kind))]
        if name not in known:
            raise DataFault(unknown(kind.removesuffix("s"), name, known, "map.yaml"))

    def _after(self, known: Sequence[str], after: str | None) -> str:
        """The one that a new thing stands after: "" for none; left out, the last."""
        if after is None:
            return known[-1] if known else ""
        if after and after not in known:
            raise DataFault(unknown("place", after, known, "map.yaml"))
        return after


def _behind(known: Sequence[str], after: str) -> int:
    return known.index(after) + 1 if after else 0


def _named(words: str) -> str:
    """A name or words that say something. Raises DataFault for blanks."""
    if not str(words).strip():
        raise DataFault(Fault(file="map.yaml", found="no words", expected="a name", mend="write one"))
    return str(words).strip()


def _emptied(path: tuple[str, ...], value: Any) -> list[Change]:
    """The changes that take out every cell under a path."""
    if isinstance(value, Mapping):
        return [one for key, inner in value.items() for one in _emptied((*path, str(key)), inner)]
    return [Change(path, bare(value), None)]
