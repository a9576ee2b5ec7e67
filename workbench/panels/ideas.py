"""The ideas wall in the solutions' panel: ideas put on it, several grouped, several merged into a solution; each saves at once.

Works on the wall as it stands in the file, so what another saved meanwhile stays. Knows the study and the look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.panels import look
from workbench.panels.desk import literal
from workbench.panels.listing import Listing
from workbench.panels.solution_words import amounts
from workbench.steps.solutions import AREAS
from workbench.steps.solutions.ideas import same
from workbench.study import Study

TICKED = "ticked"
COLUMNS = (
    {"key": TICKED, "label": "Tick", "kind": "bool", "help": "Which ideas the buttons below speak of"},
    {
        "key": "words",
        "label": "Idea",
        "kind": "fixed",
        "width": 280,
        "help": "In somebody's own words: never rewritten",
    },
    {"key": "who", "label": "Who says it", "kind": "fixed", "width": 120},
    {"key": "step", "label": "Step", "kind": "choice", "optional": True, "width": 120},
    {"key": "area", "label": "Area", "kind": "choice", "optional": True, "options": list(AREAS), "width": 110},
    {"key": "group", "label": "Group", "kind": "text", "width": 110},
    {"key": "solution", "label": "Went into", "kind": "choice", "optional": True, "width": 160},
)


class Ideas(Listing):
    """The ideas as a table; which of them are ticked is nobody's affair but the screen's."""

    def __init__(self, study: Study, changed: Callable[[str], None]):
        self.ticked: set[str] = set()
        super().__init__(study, "ideas", "Ideas on the wall", COLUMNS, changed)
        self.grid.can_remove = False  # an idea is never thrown away

    def ask(self, asked: Mapping[str, Any]) -> str:
        if asked["do"] != "set" or asked["key"] != TICKED:
            return super().ask(asked)
        self.select(self.ticked ^ {asked["id"]})
        return f"{_count(self.ticked)} ticked."

    def select(self, ids: Iterable[str]) -> None:
        """Tick these ideas, and no others."""
        self.ticked = set(ids)
        self.show()

    def show(self) -> None:
        """The ideas as the file has them."""
        study = self.study
        self.options("step", list(study.map.names), study.map.names)
        solutions = {one.id: one.name for one in study.solutions.solutions}
        self.options("solution", list(solutions), solutions)
        self.read({one.id: {TICKED: one.id in self.ticked, "name": one.words} for one in study.ideas.ideas})


class Wall:
    """The wall's part of a panel; `changed` is told after each save, and whether there is a new solution."""

    def __init__(self, study: Study, changed: Callable[[bool], None]):
        self.study, self.changed, self.code = study, changed, ""
        self.said, self.status = look.html(), look.html()
        self.ideas = Ideas(study, self._written)
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
            self.said,
            field["idea"],
            look.row(field["idea_who"], field["idea_step"], field["idea_area"], level=True),
            look.bar(self.buttons["add"]),
            look.html(look.paragraph("Ideas on the wall: tick those that belong together", "help")),
            self.ideas.grid,
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
        given = (field["idea"].value, who, field["idea_step"].value.strip(), _area(field["idea_area"].value))
        self.study.add_idea(*given)
        self._line("add_idea", *given)
        if len(self.study.ideas.ideas) == before:
            return f"{who} has said this already; it is there once."
        field["idea"].value = ""
        return "On the wall, saved to ideas.yaml."

    def group(self) -> str:
        """The ticked ideas under a name; without one, out of their groups."""
        name = self.fields["group"].value.strip()
        ids = self.study.group_ideas(self._ticked(), name)
        self._line("group_ideas", ids, name)
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
        gain, cost = (amounts("new solution", field[one].value) for one in ("new_gain", "new_cost"))
        more: dict[str, Any] = {"area": _area(field["new_area"].value), "gain": gain, "cost": cost}
        self.study.merge_ideas(ids, name, **more)
        self._line("merge_ideas", ids, name, **{word: value for word, value in more.items() if value})
        for one in ("into", "new_area", "new_gain", "new_cost"):
            field[one].value = ""
        self.ideas.ticked = set()
        if not fresh:
            return f"{_count(ids)} merged; they stay on the wall with who said them."
        self.changed(True)
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
        those = study.ideas.ideas
        self.said.value = look.paragraph(study.ideas_finding().sentence, "note")
        self.ideas.ticked &= {one.id for one in those}
        self.ideas.show()
        field["idea_step"].options = list(study.map.names.values())
        field["into"].options = [one.name for one in study.solutions.solutions]
        field["group"].options = list(dict.fromkeys(one.group for one in those if one.group))

    def show(self) -> None:
        """The wall as it stands, or what is wrong in its file."""
        try:
            self.read()
            self.status.value = ""
        except DataFault as problem:
            self.status.value = look.faults(problem)

    def select(self, ids: Iterable[str]) -> None:
        """Tick these ideas, and no others."""
        self.ideas.select(ids)

    def _tell(self, act: Callable[[], str]) -> None:
        try:
            said = act()
            self.read()
            self.changed(False)
            self.status.value = look.good(said) if said else ""
        except DataFault as problem:
            self.status.value = look.faults(problem)

    def _written(self, _: str) -> None:
        """A cell of the wall's table was saved."""
        self.code = self.ideas.code
        self.read()
        self.changed(False)

    def _line(self, verb: str, *given: Any, **more: Any) -> None:
        words = [literal(one) for one in given] + [f"{word}={literal(value)}" for word, value in more.items()]
        self.code = f"study.{verb}({', '.join(words)})"

    def _ticked(self) -> list[str]:
        ids = [one.id for one in self.study.ideas.ideas if one.id in self.ideas.ticked]
        if not ids:
            raise DataFault(
                Fault(column="ideas on the wall", found="none ticked", expected="one or more", mend="tick some")
            )
        return ids


def _area(text: str) -> str:
    """An area as it is written, whatever capitals it was typed with."""
    return next((one for one in AREAS if same(one, text)), text.strip())


def _count(ids: Iterable[str]) -> str:
    many = len(list(ids))
    return f"{many} idea{'' if many == 1 else 's'}"
