"""The first panel: which study, a new one, what is in it, what is done, open or stale, what is next, and its report.

Knows the study, how a new one is begun, and how its report is written.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from workbench import places
from workbench.faults import DataFault, Fault
from workbench.intake import TakenIn, take_in
from workbench.panels import live, look
from workbench.panels.drop import Drop
from workbench.panels.panel import Panel
from workbench.panels.reporting import FORMS, link, write_report
from workbench.panels.standing import Standing, standing
from workbench.start import new_study
from workbench.study import Study
from workbench.study_files import PARTS

SHOWN = 50  # faults shown one by one
KINDS = {
    "answer": "answers of a survey",
    "comment": "comments in people's own words",
    "complaint": "complaints",
    "event": "contacts and events",
    "quote": "interview quotes",
    "reading": "readings of a tracking sheet",
}
NEW = "A new study"


class Beginning:
    """Which study is worked on: one that is there, or a new one from a template and dropped files; `begun` is told."""

    def __init__(self, begun: Callable[[Study], None], open_: bool = False):
        self.begun = begun
        self.status, self.listed, self.work = look.html(), look.html(), live.Work()
        self.fields = {
            "study": look.choice("Study"),
            "name": look.line("Name of the new study", "for example: first bill 2025"),
            "template": look.choice("Its map starts from", [(_called(one), one) for one in places.TEMPLATES]),
        }
        self.files: list[Path] = []
        self.drop = Drop("Choose files, or drop them here", self._here, DROP)
        self.make = look.button(
            "Make the study", "Make the folder, and bind the files as they are recognised", main=True
        )
        self.unfold = look.button(f"{NEW} …", "From a template and files of your own")
        self.form = look.column(
            look.row(self.fields["name"], self.fields["template"], level=True),
            self.drop,
            self.listed,
            look.bar(self.make),
        )
        self.form.layout.display = None if open_ else "none"
        self.unfold.on_click(lambda _: self._fold())
        self.make.on_click(lambda _: self.new())
        self.box = look.column(
            look.row(self.fields["study"], look.bar(self.unfold), level=True), self.form, self.work, self.status
        )
        self._filling = False
        self.fields["study"].observe(self._chosen, names="value")

    def read(self, now: str = "") -> None:
        """The studies that there are, the one that is open chosen."""
        self._filling = True
        there = places.studies()
        named = there if not now or now in there else [now, *there]
        self.fields["study"].options = [(one.replace("-", " "), one) for one in named]
        self.fields["study"].value = now if now else None
        self._filling = False

    def new(self) -> None:
        """Make the study that the form describes, with its files bound as they are recognised; beside the screen."""
        name, template, given = self.fields["name"].value, self.fields["template"].value, [*self.files]

        def act(_: Any) -> tuple[Study, TakenIn]:
            study = new_study(_folder(name), template)
            found = take_in(study, given)
            if found.faults and not found.added:
                shutil.rmtree(study.path)  # nothing of it is kept: the next try may have the same name
                raise DataFault(found.faults)
            return study, found

        def done(made: tuple[Study, TakenIn]) -> None:
            self.files, self.listed.value, self.fields["name"].value = [], "", ""
            self.begun(made[0])
            if made[1].faults:
                self.status.value = look.faults(DataFault(made[1].faults))

        def failed(problem: BaseException | None) -> None:
            said = look.paragraph(f"This failed inside the workbench: {problem!r}" if problem else "Stopped.", "fault")
            self.status.value = look.faults(problem) if isinstance(problem, DataFault) else said

        self.status.value = ""
        self.work.run("Looking at the files", act, done, failed)

    def _here(self, paths: Sequence[Path]) -> None:
        """Files came; they are taken in when the study is made."""
        self.files = [*paths]
        self.listed.value = look.paragraph(f"To be taken in: {', '.join(one.name for one in paths)}", "note")

    def _chosen(self, change: Any) -> None:
        if not self._filling and change["new"]:
            self._told(lambda: self.begun(Study(change["new"])))

    def _fold(self) -> None:
        self.form.layout.display = None if self.form.layout.display == "none" else "none"

    def _told(self, act: Callable[[], None]) -> None:
        self.status.value = ""
        try:
            act()
        except DataFault as problem:
            self.status.value = look.faults(problem)


class Start(Panel):
    question = "What do we have, and what is next?"
    parts = tuple(PARTS)

    def __init__(self, study: Study | str):
        super().__init__(study)
        self.go: Callable[[str], Any] | None = None  # to another panel, where several stand on one page
        self.begun: Callable[[Study], None] = self._turn

    def build(self) -> list[Any]:
        self.beginning = Beginning(lambda study: self.begun(study))
        self.head, self.view = look.html(), look.html()
        self.next = look.button("Go there", "To the panel of this step", main=True)
        self.next.on_click(lambda _: self._go())
        self.fields = {"form": look.choice("Report as", [(one, one) for one in FORMS])}
        self.write = look.button(
            "Write the report", "Runs the notebooks from top to bottom; takes a minute or so", main=True
        )
        self.write.on_click(lambda _: self.report())
        self.written = look.html()
        report = [
            look.head("The report"),
            look.row(self.fields["form"], look.bar(self.write), level=True),
            self.written,
        ]
        return [self.beginning.box, self.head, self.next, *report, self.foot, self.view]

    def read(self) -> None:
        self.beginning.read(self.study.name)
        about, steps = self.study.about, standing(self.study)
        left = [one for one in steps if one.state != "done"]
        self._next = left[0].step if left else ""
        self.next.layout.display = None if self._next and self.go else "none"
        self.beginning.box.layout.display = None if self.study.may("study") else "none"
        self.write.disabled = not self.study.may("report")
        self.next.description = f"Go to {self._next}"
        stale = "".join(look.paragraph(one, "fault") for one in self.study.stale())
        self.head.value = (
            look.paragraph(about.title, "head") + look.paragraph(about.summary) + stale + _what_next(steps)
        )
        self.view.value = _steps(steps) + self._sources() + self._faults()

    def report(self) -> None:
        """Write the report in a process of its own; where it lies is told when it is there."""
        form = self.fields["form"].value
        self.written.value = ""

        def done(paths: Any) -> None:
            shown = [f'<a href="{look.esc(link(one))}" target="_blank">{look.esc(one.name)}</a>' for one in paths]
            self.written.value = (
                f'<p class="wb-good" role="status">Written to {look.esc(paths[0].parent)}: {", ".join(shown)}</p>'
            )
            self.read()

        self.long("Writing the report", lambda _: write_report(self.study, form, self.work.far), done)
        self.code.code = f"study.report()  # or: workbench report {self.study.name} {' '.join(FORMS[form])}".rstrip()

    def twin(self) -> str:
        about = self.study.about
        return (
            look.paragraph(about.title, "head")
            + (look.paragraph(about.summary) if about.summary else "")
            + self._standing()
            + self._sources()
            + self._faults()
        )

    def paper(self) -> str:
        """A report has its own title, and tells at its end what was set aside."""
        return self._standing() + self._sources()

    def _turn(self, study: Study) -> None:
        """This panel shows another study."""
        self.study = study
        places.choose(study.path)
        self.refresh()

    def _go(self) -> None:
        if self.go is not None and self._next:
            self.go(self._next)

    def _standing(self) -> str:
        steps = standing(self.study)
        return _what_next(steps) + _steps(steps)

    def _sources(self) -> str:
        """Kinds of records, with where they come from."""
        head = look.paragraph("What was observed", "head")
        try:
            journey = self.study.journey
        except DataFault as problem:
            return head + look.faults(problem)
        if not len(journey):
            return head + look.paragraph("Nothing yet: no source of this study holds a record.")
        names = journey.count(by=["kind", "source"])
        rows = []
        for _, kind in journey.count(by="kind").iterrows():
            sources = [str(one) for one in names.loc[names["kind"] == kind["kind"], "source"]]
            listed = ", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")
            people = None if kind["kind"] == "reading" else int(kind["people"])
            rows.append((KINDS.get(kind["kind"], kind["kind"]), listed, int(kind["n"]), people))
        return head + look.table(("kind", "from", "records", "people"), rows)

    def _faults(self) -> str:
        """What is wrong, set aside or assumed, one by one."""
        head = look.paragraph("What is wrong, set aside or assumed", "head")
        told = self.study.check()
        if not told:
            return head + look.paragraph("Nothing: every row of every source was used as it was received.")
        heads = ("weight", "file", "row", "column", "found", "expected", "mend", "cells")
        rows = [
            (one.weight, one.file, one.row, one.column, one.found, one.expected, one.mend, one.count)
            for one in told[:SHOWN]
        ]
        more = f"And {len(told) - SHOWN:,} more: study.check() lists them all."
        return head + look.table(heads, rows) + (look.paragraph(more) if len(told) > SHOWN else "")


def _what_next(steps: Sequence[Standing]) -> str:
    left = [one for one in steps if one.state != "done"]
    following = f"{left[0].step}: {left[0].open}" if left else "All five steps are done."
    where = f" (notebook {left[0].notebook})" if left and left[0].notebook else ""
    return look.paragraph("Next", "head") + look.paragraph(following + where)


def _steps(steps: Sequence[Standing]) -> str:
    """How far each step has come."""
    rows = [(one.step, one.state, one.there, one.open) for one in steps]
    return look.paragraph("The five steps", "head") + look.table(("step", "how far", "what is there", "open"), rows)


DROP = (
    "Survey exports, complaints, a contact log, interviews, a tracking sheet: CSV, Excel, SPSS, Word and more. "
    "They stay on this machine."
)


def _called(template: str) -> str:
    return "an empty map" if template == "blank" else f"the template {template.replace('-', ' ')}"


def _folder(name: str) -> str:
    """A study's folder, of the name that somebody gave it. Raises DataFault."""
    made = re.sub(r"[^a-z0-9_]+", "-", name.strip().casefold()).strip("-_")[:64]
    if not made:
        mend = "give it one, as in: first bill 2025"
        raise DataFault(Fault(column="name of the new study", found="no name", expected="a name", mend=mend))
    return made
