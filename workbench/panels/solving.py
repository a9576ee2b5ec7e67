"""The solutions' panel: solutions edited in a table, ranked and drawn as they change; behind a second tab the ideas wall.

Every cell is saved to solutions.yaml as it is written. Knows the study.
"""

from __future__ import annotations

from typing import Any

from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.panels import look
from workbench.panels.counting import Counts
from workbench.panels.ideas import Wall
from workbench.panels.listing import Listing
from workbench.panels.pages import Pages
from workbench.panels.panel import Panel
from workbench.panels.ranking import Ranking
from workbench.panels.solution_words import Words, amounts, cell_faults
from workbench.panels.standing import in_words, proposed
from workbench.privacy import HIDDEN
from workbench.steps.apply.department import brings
from workbench.steps.map import as_id
from workbench.steps.solutions import AREAS
from workbench.steps.solutions.reach import people_named

RANKING, CHOSEN, NEW, COUNTS = "Ranking", "The chosen solution", "A new solution", "What counts"


class SolutionSheet(Panel):
    question = "What should change first, for what we can spend?"
    parts = ("solutions", "ideas", "study", "map", "hypotheses", "actions")

    def build(self) -> list[Any]:
        self.far = look.html()
        self.words = Words()
        self.listing = Listing(self.study, "solutions", "Solutions", self.words.columns(), self._changed)
        self.listing.grid.add_class("wb-pinned")
        self.listing.grid.observe(lambda _: self._named(), names="chosen")
        self.ranking = Ranking(self, self._ranked, self._clicked)
        self.counts = Counts(self.study, self._counted)
        self.wall = Wall(self.study, self._merged)
        self.fields = {
            "name": look.line("Its name", "what would be done, in a few words"),
            "area": look.suggestion("Its area"),
            "steps": look.suggestion("Its step", "where it acts; several with commas"),
            "gain": look.line("It brings, NPS points at its steps (judged)", "low, likely, high: 2, 4, 6"),
            "once": look.line("It costs, once", "low, likely, high: 10000, 20000, 30000"),
        }
        self.fields["area"].options = AREAS
        self.add_button = look.button("Add this solution", "Save it to solutions.yaml; the rest is written in its row")
        self.add_button.on_click(lambda _: self._add())
        field = self.fields
        help = (
            "What a solution needs to be ranked. Its gain is marked as judged until it rests on a finding: one time in "
            "twenty it is lower than low, one in twenty higher than high."
        )
        fresh = [
            look.html(look.paragraph(help, "help")),
            field["name"],
            look.row(field["area"], field["steps"]),
            look.row(field["gain"], field["once"]),
            look.bar(self.add_button),
        ]
        about = [
            look.html(
                look.paragraph(
                    "Who left, rates of currencies and weights, of all solutions: saved to solutions.yaml.", "help"
                )
            )
        ]
        self.below = Pages(
            "Of the solutions",
            {
                RANKING: [self.ranking.box],
                CHOSEN: [self.listing.sheet],
                NEW: fresh,
                COUNTS: [*about, self.counts.grid],
            },
        )
        self.pages = Pages(
            "Solutions and ideas", {"Solutions": [self.listing.grid, self.below.box], "Ideas wall": [self.wall.box]}
        )
        for name, one in self.ranking.fields.items():
            self.fields[name] = one
            self.on_change(name, self.ranking.ask)
        self.fields |= self.wall.fields
        self._worked_out: dict[str, dict[str, Any]] = {}
        return [self.far, self.pages.box, self.foot]

    def read(self) -> None:
        self._show()
        self.wall.show()
        self.ranking.ask(0)

    def twin(self) -> str:
        wall = look.found(self.study.ideas_finding()) if self.study.ideas.ideas else ""
        return look.paragraph(in_words(proposed(self.study))) + self._written() + wall

    def paper(self) -> str:
        return look.paragraph(in_words(proposed(self.study)))

    # -- what was changed ---------------------------------------------------------------------------------------------

    def _changed(self, _: str) -> None:
        """A cell was saved: show it, and rank again."""
        with self.telling(), self.filling():
            self.noted()
            self._show()
            self.ranking.ask()
            self.code.code = self.listing.code

    def _counted(self) -> None:
        with self.telling(), self.filling():
            self.noted()
            self._show()
            self.ranking.ask()
            self.code.code = self.counts.code

    def _merged(self, fresh: bool) -> None:
        """The wall was changed; ideas may have become a new solution."""
        with self.telling(), self.filling():
            self.noted()
            if fresh:
                self._show()
                self.ranking.ask()
            self.code.code = self.wall.code

    def _add(self) -> None:
        """The form's solution, into the file."""
        with self.telling():
            field, there = self.fields, [one.id for one in self.study.solutions.solutions]
            name, area = field["name"].value.strip(), field["area"].value.strip().casefold()
            steps = [one.strip() for one in field["steps"].value.split(",") if one.strip()]
            gain, cost = amounts("it brings", field["gain"].value), amounts("it costs", field["once"].value)
            needs = {"a name": name, "an area": area, "a step": steps, "what it brings": gain, "what it costs": cost}
            left = [what for what, given in needs.items() if not given]
            if left:
                needed = "what a solution needs to be ranked"
                raise DataFault(Fault(column="a new solution", found=f"one without {', '.join(left)}", expected=needed))
            made: dict[str, Any] = {
                "id": as_id(name, there),
                "name": name,
                "area": area,
                "steps": self.words.steps.write(steps),
            }
            made |= {"gain": {"judged": gain}, "cost": {"once": cost}}
            self.listing.new = lambda: made
            try:
                said = self.listing.ask({"do": "add"})
            finally:
                self.listing.new = None
            for one in ("name", "area", "steps", "gain", "once"):
                field[one].value = ""
            self.listing.grid.chosen = made["id"]
            self.status.value = look.good(f"{said} Its words stand under {CHOSEN}; Undo at the table takes it out.")

    # -- showing ------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """The table as the file has it, with what was worked out of the ranking."""
        study, solutions = self.study, self.study.solutions
        self.far.value = look.paragraph(in_words(proposed(study)), "note")
        self.words.look(study)
        claims = {one: f'finding "{one}"' for one in self.words.claims} | {"(judged)": "judged"}
        for word in ("gain", "complaints", "churn"):
            self.listing.options(f"{word} from", ["(judged)", *self.words.claims], claims)
        sign = study.about.values.currency
        for key, label in (("cost.once", "Cost once"), ("cost.yearly", "Cost a year")):
            self.listing.label(key, f"{label} ({sign})" if sign else label)
        self.fields["steps"].options = list(study.map.names.values())
        self.listing.read(self._worked_out, faults=cell_faults(solutions, self._faults()))
        self.ranking.read()
        self.counts.read()
        self._named()

    def _faults(self) -> list[Fault]:
        """Names in solutions.yaml that the study does not know."""
        study, solutions = self.study, self.study.solutions
        claims = [one.id for one in study.hypotheses.hypotheses]
        found = solutions.check(list(study.map.names), claims, study.about.departments, [], study.about.values.currency)
        if study.about.sources and self._worked_out:  # the data were read then
            found += people_named(study.journey, solutions.solutions, solutions.leavers)
        return found

    def _named(self) -> None:
        chosen = self.listing.grid.chosen
        name = next((one["name"] for one in self.listing.grid.rows if one["id"] == chosen), "")
        self.below.note(CHOSEN, name if len(name) <= 30 else f"{name[:29]}…")

    def _ranked(self, found: Finding | None) -> None:
        """A new ranking: its figures into the rows."""
        self._worked_out = {} if found is None else figures_of(found)
        if found is not None:
            unit = str(found.picture.get("unit", ""))
            net = "net" in found.table.columns
            self.listing.label("value", f"Net ({unit})" if net else f"Brings ({unit})")
        self.listing.read(self._worked_out, faults=cell_faults(self.study.solutions, self._faults()))

    def _clicked(self, label: str) -> None:
        """A point of a picture was clicked: its row is chosen."""
        known = {one.name: one.id for one in self.study.solutions.solutions}
        if label in known:
            self.listing.grid.chosen = known[label]

    def _written(self) -> str:
        """The solutions as the team wrote them."""
        rows = []
        for one in self.study.solutions.solutions:
            told = "; ".join(brings(outcome, effect) for outcome, effect in one.effects.items())
            rows.append((one.name, one.area, told, _range(one.cost.once), _range(one.cost.yearly)))
        heads = ("solution", "area", "brings: likely (low to high)", "cost once", "cost a year")
        return look.table(heads, rows) if rows else ""


def figures_of(found: Finding) -> dict[str, dict[str, Any]]:
    """What a ranking says of each solution, as cells: rank, what it brings with its interval, how often it is chosen, why."""
    frame = found.to_frame()
    hidden = frame[HIDDEN] if HIDDEN in frame.columns else [False] * len(frame)
    value, low, high = ("net", "net low", "net high") if "net" in frame.columns else ("value", "low", "high")
    told = {}
    for id, is_hidden, row in zip(found.table["id"], hidden, frame.to_dict("records"), strict=True):
        if is_hidden:
            told[str(id)] = {
                "rank": None,
                "value": "hidden",
                "chosen": "hidden",
                "why": found.table.loc[found.table["id"] == id, "why"].iloc[0],
            }
            continue
        digits = 0 if value == "net" else 1
        said, least, most = (_figure(row[one], digits) for one in (value, low, high))
        told[str(id)] = {
            "rank": int(row["rank"]),
            "value": f"{said} ({least} to {most})",
            "chosen": f"{100 * row['chosen']:.0f} of 100{' ●' if row['in the best set'] else ''}",
            "why": row["why"],
        }
    return told


def _range(values: Any) -> str:
    low, likely, high = values
    return f"{likely:,g} ({low:,g} to {high:,g})"


def _figure(value: float, digits: int) -> str:
    return f"{round(float(value), digits) + 0.0:,.{digits}f}".replace("-", "−")
