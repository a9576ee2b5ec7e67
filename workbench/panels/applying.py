"""The actions' panel: who does what by when in a table, the plan drawn below it, what came of it, and the plan handed on.

Every cell is saved to actions.yaml as it is written. Knows the study.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from workbench.faults import DataFault, Fault, describe
from workbench.finding import Finding
from workbench.panels import live, look
from workbench.panels.action_words import Words, cell_faults
from workbench.panels.desk import literal
from workbench.panels.listing import Listing
from workbench.panels.pages import Pages
from workbench.panels.panel import Panel
from workbench.panels.standing import applied, in_words
from workbench.steps.apply import check as check_actions
from workbench.steps.apply.checks import asked
from workbench.steps.apply.plan import is_late, standing
from workbench.steps.apply.proposal import UNNAMED, is_proposed, propose
from workbench.steps.map import as_id

COLUMNS = ("department", "action", "kind", "owner", "due", "status", "measure", "target", "effect from")
PLAN, CHOSEN, MAKE, CAME, HELD, OUT = (
    *("The plan", "The chosen action", "Actions of a solution", "What came of it", "What was predicted", "Hand it on"),
)
OUTS = {
    "ics": ("Calendar (.ics)", "The days of all actions, for a calendar program"),
    "tickets": ("Tickets (.csv)", "A row an action, for a program of tickets"),
    "plan": ("Pages for departments (.html)", "What concerns each department, a page each"),
}


class ActionSheet(Panel):
    question = "Who does what by when, and what will tell whether it worked?"
    parts = ("actions", "solutions", "map", "study")

    def build(self) -> list[Any]:
        self.far, self.words = look.html(), Words()
        self.listing = Listing(self.study, "actions", "Actions", self.words.columns(), self._changed, self._new)
        self.listing.grid.add_class("wb-pinned")
        self.listing.grid.observe(lambda _: self._named(), names="chosen")
        self.plan, self.came, self.held = live.Shown(), live.Shown(), live.Shown()
        self.make_button = look.button(
            "Make its actions", "An action for each department that has none of it yet", main=True
        )
        self.make_button.on_click(lambda _: self.make())
        columns = [
            {"key": key, "label": label, "kind": "fixed", "width": width}
            for key, label, width in (
                ("name", "Solution", 320),
                ("departments", "Departments", 220),
                ("there", "Actions", 80),
            )
        ]
        self.solutions = live.Grid("Solutions to make actions of", columns, lambda _: None)
        self.solutions.locked = True
        self.fields = {"department": look.suggestion("Of one department", "empty: of all")}
        self.out_buttons = {to: look.button(label, help) for to, (label, help) in OUTS.items()}
        for to, one in self.out_buttons.items():
            one.on_click(lambda _, to=to: self.hand_on(to))
        self.written = look.html()
        help = (
            "Choose a solution: each of its departments that has no action of it yet gets one, with the measure and step that "
            "will tell and days from the solution's months. They are marked as proposed until About says otherwise."
        )
        self.below = Pages(
            "Of the actions",
            {
                PLAN: [self.plan],
                CHOSEN: [self.listing.sheet],
                MAKE: [look.html(look.paragraph(help, "help")), self.solutions, look.bar(self.make_button)],
                CAME: [self.came],
                HELD: [self.held],
                OUT: [self.fields["department"], look.bar(*self.out_buttons.values()), self.written],
            },
            self._turned,
        )
        return [self.far, self.listing.grid, self.below.box, self.foot]

    def read(self) -> None:
        self._show()
        self._turned(self.below.chosen)

    def twin(self) -> str:
        return look.paragraph(in_words(applied(self.study))) + self._table()

    def paper(self) -> str:
        return look.paragraph(in_words(applied(self.study)))

    # -- doing --------------------------------------------------------------------------------------------------------

    def make(self, solution: str = "") -> None:
        """Actions of the chosen solution (or of this id), one for each of its departments that has none."""
        with self.telling(), self.filling():
            study = self.study
            chosen = solution or self.solutions.chosen
            one = next((one for one in study.solutions.solutions if one.id == chosen), None)
            if one is None:
                raise DataFault(Fault(column="solution", found="none chosen", expected="one", mend="click on its row"))
            owners = [study.map.step(step).department for step in one.steps if step in study.map.names]
            departments = list(dict.fromkeys(one.departments or filter(None, owners)))
            measures = asked(study.journey.measures.to_frame()) if study.about.sources else {}
            made = propose(one, departments, study.actions.actions, study.today, measures)
            for action in made:
                self.listing.edits.add(action)
            lines = [f'study.edit("actions").add({literal(action)})' for action in made]
            self.noted()
            self._show()
            self.code.code = "\n".join(["import datetime", *lines])
            many = f"{len(made)} action{'' if len(made) == 1 else 's'}"
            self.status.value = look.good(
                f'{many} of "{one.name}" proposed for {", ".join(action["department"] for action in made)}; say who owns them. '
                "Undo at the table takes them out, one by one."
            )

    def hand_on(self, to: str) -> None:
        """Write the plan for other programs, and say where it is."""
        whose = self.fields["department"].value.strip()
        more = f', department="{whose}"' if whose else ""

        def done(written: Any) -> None:
            paths = "".join(f"<li><code>{look.esc(path)}</code></li>" for path in written)
            left = "".join(look.paragraph(one, "note") for one in written.left_out)
            self.written.value = f"{look.good('Written:')}<ul>{paths}</ul>{left}"
            self.code.code = f'study.export("{to}"{more})'

        self.written.value = ""
        self.long(f"Writing {OUTS[to][0]}", lambda _: self.study.export(to, department=whose), done)

    def _new(self) -> dict[str, Any]:
        """A new action, with a stated start in each of its words."""
        study = self.study
        there = [one.id for one in study.actions.actions]
        known = list(asked(study.journey.measures.to_frame())) if study.about.sources else []
        return {
            "id": as_id("action", there if "action" in there else ["action", *there]),
            "action": "What is to be done",
            "kind": "process",
            "department": next(iter(study.departments), UNNAMED),
            "owner": UNNAMED,
            "start": study.today,
            "due": study.today + timedelta(days=30),
            "status": "planned",
            "measure": "nps" if "nps" in known or not known else known[0],
        }

    # -- showing ------------------------------------------------------------------------------------------------------

    def _changed(self, _: str) -> None:
        """A cell was saved."""
        with self.telling(), self.filling():
            self.noted()
            self._show()
            self._turned(self.below.chosen)
            self.code.code = self.listing.code

    def _show(self) -> None:
        """The table as the file has it, the plan drawn, and what may be chosen."""
        study, actions = self.study, self.study.actions.actions
        self.far.value = look.paragraph(in_words(applied(study)), "note")
        measures = asked(study.journey.measures.to_frame()) if study.about.sources else {}
        self.words.look(study, self.listing, measures)
        late = {one.id: "pain" for one in actions if is_late(one, study.today)}
        more = {
            one.id: {
                "name": one.action,
                "stands": ", ".join([standing(one, study.today), *(["proposed"] if is_proposed(one) else [])]),
            }
            for one in actions
        }
        solutions = [one.id for one in study.solutions.solutions]
        attributes = [one for one in study.journey.people.columns if one != "person"] if study.about.sources else []
        found = check_actions(
            study.actions, solutions, study.about.departments, list(study.map.names), measures, attributes, study.today
        )
        self.listing.read(more, late, cell_faults(found))
        self.plan.show(study.plan() if actions else None)
        if not actions:
            self.plan.say("No action is planned. Add one above, or make those of a solution.")
        self.fields["department"].options = study.departments
        self.solutions.rows = [
            {
                "id": one.id,
                "name": one.name,
                "cells": {
                    "name": one.name,
                    "departments": ", ".join(one.departments),
                    "there": sum(action.solution == one.id and action.status != "dropped" for action in actions),
                },
            }
            for one in study.solutions.solutions
        ]
        self._named()

    def _turned(self, title: str) -> None:
        """What is worked out on request alone."""
        if title == CAME:
            self._ask(self.came, self.study.follow_up, "study.follow_up()")
        elif title == HELD:
            self._ask(self.held, self.study.ledger, "study.ledger()")

    def _ask(self, shown: live.Shown, act: Callable[[], Finding], code: str) -> None:
        if not self.study.actions.actions:
            return shown.say("No action is planned.")
        if not self.study.about.sources:
            return shown.say("What came of them is told when the study has data: name its sources in study.yaml.")
        shown.wait("Looking at what came of it …")

        def done(found: Finding | DataFault) -> None:
            if isinstance(found, DataFault):
                shown.say(describe(found.faults))
            else:
                shown.show(found)
                self.code.code = code

        def tried(_: Any) -> Finding | DataFault:
            try:
                return act()
            except DataFault as problem:
                return problem

        def stopped() -> None:
            shown.busy = ""

        self.long("Looking at what came of the actions", tried, done, stopped)

    def _named(self) -> None:
        chosen = self.listing.grid.chosen
        name = next((one["name"] for one in self.listing.grid.rows if one["id"] == chosen), "")
        self.below.note(CHOSEN, name if len(name) <= 30 else f"{name[:29]}…")

    def _table(self) -> str:
        if not self.study.actions.actions:
            return ""
        shown = self.study.plan().to_frame()[list(COLUMNS)]
        return look.table(COLUMNS, shown.itertuples(index=False))
