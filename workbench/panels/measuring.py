"""The measuring panel: a measure off the shelf in up to three linked pictures, each a finding with its line of Python.

A click on a group keeps its people, or its records, in all of them, as far as no few people can be told by it.

Knows the shelf of measures and the journey. Saves nothing.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from workbench.answers import answers_of
from workbench.cubes import Cube, cube
from workbench.faults import DataFault, describe
from workbench.panels import linking, live, look
from workbench.panels.asking import (
    WHOLE,
    ask,
    choose,
    counted_of,
    first_of,
    groupings,
    line,
    shelf,
    signature_of,
    subjects,
)
from workbench.panels.live import group_of
from workbench.panels.panel import Panel
from workbench.panels.standing import in_words, measured
from workbench.steps.measure import MEASURES, Measure

PICTURES = {"by": "By", "beside": "Beside it, by", "third": "And by"}  # linked: a click in one keeps a group in all


class Measuring(Panel):
    question = "What did customers say, where, and who said it?"

    def build(self) -> list[Any]:
        self.where: dict[str, Any] = {}
        self.far, self.chips = look.html(), look.bar()
        self.pictures = {name: live.Shown(partial(self.choose, name), folded=True) for name in PICTURES}
        self.notes = {name: look.html() for name in PICTURES}
        self.shown = self.pictures["by"]
        self.fields = {"measure": look.choice("Question"), "of": look.choice("Of what")}
        self.fields |= {name: look.choice(words) for name, words in PICTURES.items()}
        self.on_change("measure", self._turn)
        for name in ("of", *PICTURES):
            self.on_change(name, self.count)
        beside = [look.column(self.fields[one], self.pictures[one], self.notes[one]) for one in PICTURES]
        choices = look.row(self.fields["measure"], self.fields["of"])
        return [self.far, choices, self.chips, look.linked(*beside), self.foot]

    def read(self) -> None:
        self.far.value = look.paragraph(in_words(measured(self.study)), "note")
        journey = self.study.journey
        known = groupings(journey)
        self._choose_pictures(known)
        choose(self.fields["measure"], [(one.asks, one.name) for one in shelf(journey)])
        gone = [column for column in self.where if column not in self._columns(known)]
        self.where = {column: value for column, value in self.where.items() if column not in gone}
        self._turn()

    # -- who is kept --------------------------------------------------------------------------------------------------

    def choose(self, picture: str, label: str) -> None:
        """A group was clicked: its people or records alone are kept, in all pictures."""
        found = self.pictures[picture].finding
        group = group_of(found, label) if found is not None else None
        if group:
            with self.telling():
                self.keep(**{column: value for column, value in group.items() if column in self._columns()})

    def keep(self, **where: Any) -> None:
        """Keep these groups alone, beside those that are kept already; a value of the same column takes its place."""
        wanted = {**self.where, **where}
        self.status.value = ""
        if any(value is None or value != value for value in where.values()):
            self.status.value = look.paragraph(
                "Nobody said which group these are of: they cannot be kept apart.", "fault"
            )
        elif linking.too_few(self._whole(), wanted):
            names = " and ".join(self._said(column, value) for column, value in wanted.items())
            self.status.value = look.paragraph(
                f"{names}: not shown. Fewer than {self.study.journey.minimum_base} people are in this group, or would be "
                "told by taking it from everybody.", "fault",
            )  # fmt: skip
        elif wanted != self.where:
            self.where = wanted
            self.count()

    def drop(self, *columns: str) -> None:
        """Take these filters away; all of them where none is named."""
        self.where = {key: value for key, value in self.where.items() if columns and key not in columns}
        self.status.value = ""
        with self.telling():
            if self.where and linking.too_few(self._whole(), self.where):
                self.where = {}
            self.count()

    # -- showing ------------------------------------------------------------------------------------------------------

    def count(self) -> None:
        """Ask the chosen measure for each picture, and show what was found or why it cannot be said."""
        self._show_chips()
        name, of = self.fields["measure"].value, self.fields["of"].value
        if name is None:
            self._hide(*list(PICTURES)[1:])
            self.shown.say("The study's data do not answer a question yet.")
            return
        asked, lines = MEASURES[name], []
        seen = ["by"] + [
            one for one in list(PICTURES)[1:] if self._split() and self.fields[one].value not in (None, "")
        ]
        self._hide(*(one for one in PICTURES if one not in seen))
        for one in seen:
            self.pictures[one].wait()
        for one in seen:
            said = self._show(one, asked, of)
            lines += [said] if said and said not in lines else []
        self.code.code = lines[0] if len(lines) == 1 else f"wb.show([{', '.join(lines)}])" if lines else ""
        if self._split() and not self.where:
            splits = [self.fields[one].value for one in seen]
            linking.ready(self._whole(), splits, counted_of(asked, of, self.study.journey))

    def _show(self, name: str, asked: Measure, of: str | None) -> str:
        """Show one picture; the line of Python that gives it comes back."""
        by, picture, note = self.fields[name].value, self.pictures[name], self.notes[name]
        note.value = ""
        where, whole = dict(self.where), self._whole()
        split = by if self._split() and by is not None else WHOLE
        try:
            hidden = linking.withheld(whole, where, split, counted_of(asked, of, whole))
            if hidden:
                names = ", ".join(self._said(split[0], one) for one in hidden)
                note.value = look.paragraph(f"Not shown, because a few people could be told by it: {names}.", "note")
                where[split[0]] = linking.left(whole, split[0], hidden, where)
                if not where[split[0]] or split[0] == "persona":
                    picture.say("Too few people are left in these groups, or beside them, for anything to be shown.")
                    return ""
            said = line(asked, of, by, linking.in_python(where))
            picture.show(ask(asked, linking.narrowed(whole, where), of, by))
            return said
        except DataFault as problem:
            picture.say(describe(problem.faults))
            return line(asked, of, by, linking.in_python(where))

    def _whole(self) -> Cube:
        """The journey, with what was counted of it by anybody who has the study open."""
        journey = self.study.journey
        kept: dict[Any, Any] = answers_of(self.study.path).once("counted for the scores", journey, dict)
        return cube(journey, self._columns(), kept)

    def _columns(self, known: Any = None) -> list[str]:
        """What people or records may be picked out by: what the pictures are split by."""
        options = [value for _, value in known] if known is not None else [self.fields[one].value for one in PICTURES]
        return list(dict.fromkeys(column for value in (*options, tuple(self.where)) for column in value or ()))

    def _show_chips(self) -> None:
        chips = []
        for column, value in self.where.items():
            chip = look.button(f"{self._said(column, value)} ×", "Take this filter away")
            chip.on_click(lambda _, column=column: self.drop(column))
            chips.append(chip)
        if chips:
            whole = look.button("Everybody again", "Take all filters away")
            whole.on_click(lambda _: self.drop())
            chips = [look.html(look.paragraph("Only:")), *chips, whole]
            chips[0].layout.width = "auto"
        self.chips.children = chips

    def _said(self, column: str, value: Any) -> str:
        return linking.in_words(column, value, self.study.journey.step_names)

    def _hide(self, *names: str) -> None:
        for name in names:
            self.pictures[name].show(None)
            self.notes[name].value = ""

    def _split(self) -> bool:
        name = self.fields["measure"].value
        return bool(name) and "by" in signature_of(MEASURES[name])

    def _choose_pictures(self, known: list[tuple[str, tuple[str, ...]]]) -> None:
        """What each picture may be split by: steps first, then the first attribute of people, then the waves."""
        first = [value for _, value in known]
        alone = [value for value in first if len(value) == 1 and value not in (("step",), ("wave",), ("persona",))]
        begin = {
            "by": first[0],
            "beside": alone[0] if alone else "",
            "third": ("wave",) if ("wave",) in first else "",
        }
        for name in PICTURES:
            none = [] if name == "by" else [("nothing", "")]
            new = not self.fields[name].options
            choose(self.fields[name], [*none, *known])
            if new:
                self.fields[name].value = begin[name]

    def twin(self) -> str:
        journey = self.study.journey
        known = shelf(journey)
        if not known:
            return look.paragraph(in_words(measured(self.study)))
        by = groupings(journey)[0][1]
        try:
            shown = look.found(ask(known[0], journey, first_of(known[0], journey), by))
        except DataFault as problem:
            shown = look.faults(problem)
        rows = [(one.asks, line(one, first_of(one, journey), by)) for one in known]
        return (
            look.paragraph(in_words(measured(self.study)))
            + shown
            + look.paragraph("What else can be asked")
            + look.table(("question", "in Python"), rows)
        )

    def paper(self) -> str:
        return look.paragraph(in_words(measured(self.study)))

    def _turn(self) -> None:
        """Another question: what it can be asked of, and whether it can be split."""
        name = self.fields["measure"].value
        with self.filling():
            can = subjects(MEASURES[name], self.study.journey) if name else []
            choose(self.fields["of"], [(one, one) for one in can])
            split = self._split()
            if split:  # as the measure itself would be split, where nothing is said
                own = signature_of(MEASURES[name])["by"].default
                first = WHOLE if own in (None, ()) else (own,) if isinstance(own, str) else tuple(own)
                if first in [value for _, value in self.fields["by"].options]:
                    self.fields["by"].value = first
            self.fields["of"].layout.display = None if len(can) > 1 else "none"
            for one in PICTURES:
                self.fields[one].layout.display = None if split else "none"
        self.count()
