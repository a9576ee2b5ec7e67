"""The panel of hypotheses: claims declared before the look, in a table and on a form; judged when asked, and not before.

Opening it is no look at the data: what may be chosen comes from questionnaires and bindings until somebody loaded them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workbench.faults import DataFault, unknown
from workbench.finding import Finding
from workbench.panels import live, look
from workbench.panels.claim_form import DIRECTIONS, KINDS, OUTCOMES, Form, Known, known_of
from workbench.panels.claims_said import faults_of, is_open, on_record, standing, warnings
from workbench.panels.desk import literal
from workbench.panels.listing import Listing
from workbench.panels.panel import Panel, whole
from workbench.steps.measure.claim_words import DO, people_as_text, people_of_text
from workbench.steps.measure.claims import Hypothesis
from workbench.steps.measure.hypotheses import how, pictured
from workbench.study import Study

# what is compared is one of three; choosing one takes out the others
INSTEAD = {
    "compare": ("since", "dose"),
    "since": ("compare", "with", "dose", "adjust"),
    "dose": ("compare", "with", "since"),
}


class Declaring(Listing):
    """The table of claims; a claim's design is changed whole, as one part alone would not fit the others."""

    def ask(self, asked: Mapping[str, Any]) -> str:
        key = str(asked.get("key", ""))
        if asked["do"] != "set" or key not in INSTEAD or not asked.get("value"):
            return super().ask(asked)
        entry = str(asked["id"])
        cells = {key: self._written(entry, asked)[1], **dict.fromkeys(INSTEAD[key])}
        there = next((one for one in self.edits.entries if one["id"] == entry), {})
        if not any(there.get(one) for one in INSTEAD[key]):
            return super().ask(asked)
        self.edits.put(entry, cells)
        self.code = f'study.edit("{self.part}").put("{entry}", {literal(cells)})'
        said = f"{entry}: saved to {self.part}.yaml; what was compared before was taken out."
        self.changed(said)
        return said


class Claims(Panel):
    question = "What do we expect, and were we right?"
    parts = ("hypotheses", "map", "study")
    asks_data = False  # opening it is no look

    def __init__(self, study: Study | str):
        super().__init__(study)
        self.known = Known()
        self.found: list[Finding] = []

    def build(self) -> list[Any]:
        self.before, self.warned, self.planned, self.judged = look.html(), look.html(), live.Shown(), live.Shown()
        self.table = Declaring(self.study, "hypotheses", "Claims", self._columns(), self._changed)
        self.form = Form(self._declare, self._ids, self._tell)
        self.fields = {
            **self.form.fields,
            "suggested": look.choice("Claims that the template suggests"),
            "verdicts": look.choice("Show"),
        }
        self.on_change("verdicts", self._show)
        self.buttons_ = {
            "record": look.button(
                "Put on record", "Enter claims that are new or changed in the register, with the time"
            ),
            "judge": look.button("Judge", "Test every claim on the data, as it was declared", main=True),
            "take": look.button("Declare it", "Declare this claim as it stands"),
            "fill": look.button("Put it on the form", "Correct it below, then declare it"),
        }
        for name, act in {
            "record": self._record,
            "judge": self.judge,
            "take": lambda: self._declare(self._suggestion()),
            "fill": lambda: self.form.fill(self._suggestion()),
        }.items():
            self.buttons_[name].on_click(lambda _, act=act: self._tell(act))
        two = look.bar(self.buttons_["take"], self.buttons_["fill"])
        self.suggestions = look.column(look.row(self.fields["suggested"]), two)
        self.verdicts = look.column(look.row(self.fields["verdicts"]), self.judged)
        return [
            *(self.before, self.warned, self.table.grid, look.bar(self.buttons_["record"]), self.planned),
            *(self.suggestions, self.form.box),
            *(look.head("Were we right?"), look.bar(self.buttons_["judge"]), self.foot, self.verdicts),
        ]

    def read(self) -> None:
        self.known = known_of(self.study)
        for key, options, names in (
            ("step", list(self.known.steps), self.known.steps),
            ("to", list(self.known.steps), self.known.steps),
            ("outcome", [*DO, *[one for one in self.known.measures if one not in DO]], OUTCOMES),
            ("dose", [*self.known.attributes, *self.known.measures], None),
            ("adjust", list(self.known.attributes), None),
        ):
            self.table.options(key, options, names)
        claims = self.study.hypotheses.hypotheses
        register, looked = self.study.registered, self.study.looked
        self.before.value = look.paragraph(standing(looked, register, claims), "note")
        self.table.read({one.id: {"record": on_record(one, register.get(one.id), looked)} for one in claims})
        self.table.grid.faults = faults_of(claims, self.known)
        self.warned.value = "".join(look.paragraph(one, "fault") for one in warnings(claims, register, looked))
        planned = any(one.planned for one in claims)
        self.planned.show(self.study.planned() if planned else None)
        if claims and not planned:
            self.before.value += look.paragraph(
                "No base is planned: write it in the table to see what it can find.", "help"
            )
        self.buttons_["judge"].disabled = not (claims and self.study.about.sources)
        self.buttons_["record"].disabled = not is_open(claims, register)
        offered = self.study.suggested
        self.fields["suggested"].options = [(one.claim, one.id) for one in offered]
        self.fields["suggested"].value = offered[0].id if offered else None
        self.suggestions.layout.display = None if offered else "none"
        self.verdicts.layout.display = None if self.found else "none"
        self.form.offer(self.known)

    # -- declaring ----------------------------------------------------------------------------------------------------

    def _declare(self, one: Hypothesis) -> None:
        """Save a claim and put it on record."""
        said = one.model_dump(mode="json", by_alias=True, exclude_unset=True)
        said |= {"declared": one.declared or date.today().isoformat(), "matters": whole(one.matters)}
        self.study.edit("hypotheses").add(said)
        register = self.study.declare()
        self.noted()
        with self.filling():
            self.read()
        self.code.code = f'study.edit("hypotheses").add({literal(said)})\nstudy.declare()'
        when = "after" if register[one.id].seen else "before"
        told = f'Declared {when} the data were looked at, and on record: "{one.claim}".'
        self.status.value = look.good(told)

    def _record(self) -> None:
        self.study.declare()
        with self.filling():
            self.read()
        self.code.code = "study.declare()"
        self.status.value = look.good(
            "On record: the study's log says when each claim was declared, and in which version."
        )

    def _changed(self, said: str) -> None:
        self.noted()
        self.code.code = self.table.code
        with self.telling(), self.filling():
            self.status.value = ""
            self.read()

    def _suggestion(self) -> Hypothesis:
        offered, asked = {one.id: one for one in self.study.suggested}, self.fields["suggested"].value
        if asked not in offered:
            raise DataFault(unknown("suggested claim", asked, offered))
        return offered[asked]

    def _ids(self) -> list[str]:
        return [one.id for one in self.study.hypotheses.hypotheses]

    def _tell(self, act: Callable[[], None]) -> None:
        with self.telling():
            self.status.value = ""
            act()

    # -- judging ------------------------------------------------------------------------------------------------------

    def judge(self) -> None:
        """Test every claim as it was declared; claims that are not on record are put there first."""
        self.code.code = "study.judge()"
        self.study.declare()
        self.long("Judging the claims", lambda _: self._judge(), self._judged)

    def _judge(self) -> list[Finding]:
        found = self.study.judge()
        return [found, *pictured(found), how(found)]

    def _judged(self, found: list[Finding]) -> None:
        self.found = found
        self.noted()
        self.read()
        self.fields["verdicts"].options = [(one.title, place) for place, one in enumerate(found)]
        self.fields["verdicts"].value = 0
        self._show()

    def _show(self) -> None:
        place = self.fields["verdicts"].value
        self.judged.show(self.found[place] if self.found and place is not None else None)

    # -- plain --------------------------------------------------------------------------------------------------------

    def twin(self) -> str:
        claims = self.study.hypotheses.hypotheses
        register, looked = self.study.registered, self.study.looked
        said = look.paragraph(standing(looked, register, claims))
        if not claims:
            return said
        names = self.study.map.names
        rows = [
            (one.claim, OUTCOMES.get(one.outcome, one.outcome), names.get(one.step or "", one.step or "whole journey"))
            + (one.matters, on_record(one, register.get(one.id), looked))
            for one in claims
        ]
        warned = "".join(look.paragraph(one) for one in warnings(claims, register, looked))
        planned = look.found(self.study.planned()) if any(one.planned for one in claims) else ""
        return said + warned + look.table(("claim", "outcome", "at", "what matters", "on record"), rows) + planned

    def paper(self) -> str:
        claims = self.study.hypotheses.hypotheses
        return look.paragraph(standing(self.study.looked, self.study.registered, claims))

    def _columns(self) -> list[dict[str, Any]]:
        """The columns of the table."""

        def people(key: str, label: str, help: str) -> dict[str, Any]:
            write = lambda text: people_of_text(text or "", self.known.attributes)  # noqa: E731
            return {
                "key": key,
                "label": label,
                "kind": "text",
                "width": 120,
                "help": help,
                "read": people_as_text,
                "write": write,
            }

        attribute = "as in segment: owner; region: North or South"
        directions = {one: one for one in DIRECTIONS}
        return [
            {"key": "claim", "label": "Claim", "kind": "words", "width": 260},
            {"key": "record", "label": "On record", "kind": "fixed", "width": 120},
            {
                "key": "outcome",
                "label": "Outcome",
                "kind": "choice",
                "width": 120,
                "options": list(DO),
                "names": OUTCOMES,
            },
            {
                "key": "step",
                "label": "Step",
                "kind": "choice",
                "width": 100,
                "options": [],
                "optional": True,
                "names": {},
            },
            people("compare", "Compare", attribute),
            people("with", "With", f"{attribute}; all others where nothing is said"),
            {"key": "since", "label": "Or since", "kind": "date", "help": "Before and after this day"},
            {"key": "dose", "label": "Or dose", "kind": "choice", "options": [], "optional": True},
            {
                "key": "direction",
                "label": "Direction",
                "kind": "choice",
                "options": list(directions),
                "names": directions,
            },
            {"key": "matters", "label": "Matters", "kind": "number", "help": "The smallest effect that matters"},
            {"key": "adjust", "label": "Held equal", "kind": "list", "options": []},
            {"key": "planned.n", "label": "Planned in each group", "kind": "number"},
            {"key": "kind", "label": "Kind", "kind": "choice", "options": list(KINDS)},
            {"key": "to", "label": "Until", "kind": "choice", "options": [], "optional": True, "names": {}}
            | {"help": "Time: the step at which it ends"},
            people("ends", "It ends where", "Leaving: what a record looks like that ends it, as in step: switches"),
        ]
