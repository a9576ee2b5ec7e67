"""The ideas wall in the solutions' panel: ideas put on it, several grouped, several merged into a solution; each saves at once.

Works on the wall as it stands in the file, so what another saved meanwhile stays. Knows the study and the look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.panels import look
from workbench.panels.panel import words
from workbench.steps.solutions import AREAS
from workbench.steps.solutions.ideas import Idea, same
from workbench.study import Study

LONGEST = 90  # letters of an idea in the list


class Wall:
    """The wall's part of a panel; `may_merge` says whether solutions.yaml may be written now, `merged` is told when it was."""

    def __init__(self, study: Study, may_merge: Callable[[], None], merged: Callable[[], None]):
        self.study, self.may_merge, self.merged = study, may_merge, merged
        self.said, self.status = look.html(), look.html()
        self.ticks: dict[str, Any] = {}  # one an idea, to select it with
        self.list = look.listing()
        self._turn = 0  # how often a group was proposed
        self.fields = {
            "idea": look.text("An idea, in its own words"),
            "idea_who": look.line("Who says it", "a name or a role"),
            "idea_step": look.suggestion("At which step"),
            "idea_area": look.suggestion("Area"),
            "group": look.suggestion("Name of the group", "what belongs together"),
            "into": look.suggestion("Into the solution", "one that is there, or the name of a new one"),
            "new_area": look.suggestion("Area of a new one", "that of the ideas, where nothing is said"),
            "new_gain": look.line("It brings, NPS points at its steps", "low, likely, high: 2, 4, 6"),
            "new_cost": look.line("It costs, once", "low, likely, high: 10000, 20000, 30000"),
        }
        for name in ("idea_area", "new_area"):
            self.fields[name].options = AREAS
        self.buttons = {
            "add": look.button("Put on the wall", "Save this idea to ideas.yaml"),
            "propose": look.button(
                "Tick some that share words", "Tick ideas in no group that may belong together; again: others"
            ),
            "group": look.button("Group the ticked", "Say that the ticked ideas belong together"),
            "merge": look.button("Merge the ticked", "Say that the ticked ideas went into this solution"),
        }
        for name, act in (("add", self.add), ("propose", self.propose), ("group", self.group), ("merge", self.merge)):
            self.buttons[name].on_click(lambda _, act=act: self._tell(act))
        field = self.fields
        self.box = look.column(
            look.head("The ideas wall"),
            self.said,
            field["idea"],
            look.row(field["idea_who"], field["idea_step"], field["idea_area"], level=True),
            look.bar(self.buttons["add"]),
            look.html(look.paragraph("Ideas on the wall: tick those that belong together", "help")),
            self.list,
            look.bar(self.buttons["propose"]),
            field["group"],
            look.bar(self.buttons["group"]),
            field["into"],
            look.html(look.paragraph("A new solution needs what it brings and what it costs:", "help")),
            look.row(field["new_area"], field["new_gain"], field["new_cost"], level=True),
            look.bar(self.buttons["merge"]),
            self.status,
        )

    # -- what the buttons do ------------------------------------------------------------------------------------------

    def add(self) -> str:
        """The idea in the form, onto the wall."""
        field = self.fields
        who = field["idea_who"].value.strip()
        if not who:
            raise DataFault(
                Fault(column="who says it", found="nobody", expected="a name or a role", mend="say whose it is")
            )
        before = len(self.study.ideas.ideas)
        self.study.add_idea(field["idea"].value, who, field["idea_step"].value.strip(), _area(field["idea_area"].value))
        if len(self.study.ideas.ideas) == before:
            return f"{who} has said this already; it is there once."
        field["idea"].value = ""
        return "On the wall, saved to ideas.yaml."

    def group(self) -> str:
        """The ticked ideas under a name; without one, out of their groups."""
        name = self.fields["group"].value.strip()
        ids = self.study.group_ideas(self._ticked(), name)
        return f'{_count(ids)} in the group "{name}".' if name else f"{_count(ids)} in no group now."

    def merge(self) -> str:
        """The ticked ideas into a solution that is there, or into a new one."""
        field, ids = self.fields, self._ticked()
        name = field["into"].value.strip()
        if not name:
            raise DataFault(
                Fault(column="into the solution", found="no name", expected="one", mend="name the solution")
            )
        fresh = not any(same(name, word) for one in self.study.solutions.solutions for word in (one.id, one.name))
        if fresh:
            self.may_merge()
        more: dict[str, Any] = {"gain": _range(field["new_gain"].value), "cost": _range(field["new_cost"].value)}
        self.study.merge_ideas(ids, name, area=_area(field["new_area"].value), **more)
        for one in ("into", "new_area", "new_gain", "new_cost"):
            field[one].value = ""
        self.select(())
        if not fresh:
            return f"{_count(ids)} merged; they stay on the wall with who said them."
        self.merged()
        return f"{_count(ids)} merged into a new solution; it stands in solutions.yaml."

    def propose(self) -> str:
        """Tick ideas in no group that share words; the next time others."""
        found = self.study.propose_groups()
        if not found:
            return "No two ideas that are in no group share words."
        name, ids = found[self._turn % len(found)]
        self._turn += 1
        self.select(ids)
        self.fields["group"].value = name
        return f"{_count(ids)} ticked that share words: {name}. A proposal: read them before you group them."

    # -- showing ------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """The wall as it stands."""
        study, field = self.study, self.fields
        those, steps = study.ideas.ideas, study.map.names
        solutions = {one.id: one.name for one in study.solutions.solutions}
        self.said.value = look.paragraph(study.ideas_finding().sentence, "note")
        self.ticks = {one.id: self.ticks.get(one.id) or look.tick("") for one in those}
        for one in those:
            self.ticks[one.id].description = _line(one, solutions)
        self.list.children = list(self.ticks.values())
        field["idea_step"].options = list(steps.values())
        field["into"].options = list(solutions.values())
        field["group"].options = list(dict.fromkeys(one.group for one in those if one.group))

    def show(self) -> None:
        """The wall as it stands, or what is wrong in its file."""
        self._tell(lambda: "")

    def _tell(self, act: Callable[[], str]) -> None:
        try:
            said = act()
            self.read()
            self.status.value = look.good(said) if said else ""
        except DataFault as problem:
            self.status.value = look.faults(problem)

    def _ticked(self) -> list[str]:
        ids = [id for id, tick in self.ticks.items() if tick.value]
        if not ids:
            raise DataFault(
                Fault(column="ideas on the wall", found="none ticked", expected="one or more", mend="tick some")
            )
        return ids

    def select(self, ids: Iterable[str]) -> None:
        """Tick these ideas, and no others."""
        chosen = set(ids)
        for id, tick in self.ticks.items():
            tick.value = id in chosen


def _area(text: str) -> str:
    """An area as it is written, whatever capitals it was typed with."""
    return next((one for one in AREAS if same(one, text)), text.strip())


def _line(one: Idea, solutions: dict[str, str]) -> str:
    said = one.words if len(one.words) <= LONGEST else f"{one.words[: LONGEST - 1]}…"
    into = f" → {solutions.get(one.solution, one.solution)}" if one.solution else ""
    return f"{f'{one.group}: ' if one.group else ''}{said} ({one.who}){into}"


def _range(text: str) -> tuple[float, ...] | None:
    """Low, likely and high as people type them; nothing is nothing."""
    given = words(text.replace(";", ","))
    try:
        found = tuple(float(one.lstrip("£€$").replace(" ", "")) for one in given)
    except ValueError:
        found = ()
    if given and len(found) != 3:
        raise DataFault(
            Fault(column="new solution", found=f'"{text}"', expected="low, likely, high", mend="write it as 2, 4, 6")
        )
    return found or None


def _count(ids: list[str]) -> str:
    return f"{len(ids)} idea{'' if len(ids) == 1 else 's'}"
