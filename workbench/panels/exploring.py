"""The exploring panel: what people do next, the ways they take, and one person's time line.

A single person's time line is for the live screen: it is never in the static twin, so no report holds it.
Knows the journey's paths. Saves nothing.
"""

from __future__ import annotations

import random
from typing import Any

from workbench.faults import DataFault, unknown
from workbench.finding import Finding, note_html, table_html
from workbench.panels import look
from workbench.panels.panel import Panel
from workbench.steps.measure.paths import time_line

WAYS = [("What do people do next?", 0), ("Which ways do they take?", 1)]


class Exploring(Panel):
    question = "What do people really go through?"

    def build(self) -> list[Any]:
        self.said, self.behind, self.line = look.html(), look.html(scroll=True), look.html(scroll=True)
        self.who = look.html()
        self.picture = look.drawing()
        self.fields = {
            "way": look.choice("Question", WAYS),
            "person": look.line("Pseudonym", "of a person of this study", continuous_update=False),
        }
        self.moves = {
            "before": look.button("Previous", "The person before this one"),
            "after": look.button("Next", "The person after this one"),
            "any": look.button("Any", "Somebody by chance"),
        }
        self.moves["before"].on_click(lambda _: self.go(-1))
        self.moves["after"].on_click(lambda _: self.go(1))
        self.moves["any"].on_click(lambda _: self.go(random.randrange(1, max(2, len(self.people)))))
        self.on_change("way", self._ways)
        self.on_change("person", self.show)
        return [
            *(self.fields["way"], self.said, self.picture, self.behind),
            look.head("One person's time line (for this screen only, never in a report)"),
            self.fields["person"],
            look.bar(*self.moves.values()),
            *(self.who, self.line, self.foot),
        ]

    def read(self) -> None:
        self.attributes = self.study.journey.people.to_frame().set_index("person").sort_index()
        self.people = [str(one) for one in self.attributes.index]
        self.findings = self.study.findings("explore")
        self._ways()
        if self.people and self.fields["person"].value not in self.people:
            self.fields["person"].value = self.people[0]
        self.show()

    def go(self, places: int) -> None:
        """To another person, so many places on; after the last comes the first."""
        with self.telling(), self.filling():
            if not self.people:
                return
            now = self.fields["person"].value
            at = self.people.index(now) if now in self.people else 0
            self.fields["person"].value = self.people[(at + places) % len(self.people)]
            self.show()

    def show(self) -> None:
        """The chosen person's attributes and time line."""
        person = self.fields["person"].value.strip()
        self.status.value = self.who.value = self.line.value = ""
        if not self.people:
            self.who.value = look.paragraph("Nobody yet: no source of this study tells of people.")
            return
        if person not in self.people:
            raise DataFault(unknown("pseudonym", person, self.people[:5], column="person"))
        known = self.attributes.loc[person].dropna()
        self.who.value = look.paragraph("; ".join(f"{key}: {value}" for key, value in known.items()), "help")
        try:
            table = time_line(self.study.journey, person)
        except DataFault:
            self.line.value = look.paragraph("This person is known, but nothing was observed of them.")
            return
        table = table.dropna(axis="columns", how="all").drop(columns="state")
        rows = table.astype(object).where(table.notna(), "").itertuples(index=False)
        self.line.value = look.table(list(table.columns), rows)

    def twin(self) -> str:
        findings = self.study.findings("explore")
        if not findings:
            return look.paragraph("No contact log or complaints with times: there are no ways to follow yet.")
        return "".join(look.found(one) for one in findings) + look.paragraph(NOBODY)

    def paper(self) -> str:
        return look.paragraph(NOBODY)

    def _ways(self) -> None:
        found: Finding | None = self.findings[self.fields["way"].value] if self.findings else None
        if found is None:
            self.said.value = look.paragraph(
                "No contact log or complaints with times: there are no ways to follow yet."
            )
            self.behind.value = ""
        else:
            self.said.value = look.paragraph(found.sentence, "head")
            self.behind.value = table_html(found) + note_html(found)
        look.draw(self.picture, found)


NOBODY = "A single person's time line can be followed on the live screen; it is never part of a report."
