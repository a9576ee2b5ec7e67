"""The exploring panel: what people went through, who went through this or said that, and one person's time line.

A single person's time line is for the live screen: it is never in the static twin, so no report holds it.
Knows the journey's paths and its searches. Saves nothing.
"""

from __future__ import annotations

import random
from typing import Any

from workbench.engine import rows
from workbench.faults import DataFault, unknown
from workbench.finding import Finding, note_html, table_html
from workbench.panels import look
from workbench.panels.panel import Panel
from workbench.steps.measure import MEASURES
from workbench.steps.measure.searching import Search, search, search_text
from workbench.steps.measure.time_lines import time_line

PATTERN, TEXT = "what people went through", "what people said"
HELP = {
    PATTERN: "bill -> complaint within 14 days -> switch   (=> the very next, !not between, x3 times, start, end, | or)",
    TEXT: 'late OR "no answer" -refund wait*',
}


class Exploring(Panel):
    question = "What do people really go through?"

    def build(self) -> list[Any]:
        self.said, self.behind, self.line = look.html(), look.html(scroll=True), look.html(scroll=True)
        self.answer, self.matched, self.who = look.html(), look.html(scroll=True), look.html()
        self.picture, self.path, self.shares = look.drawing(), look.drawing(), look.drawing()
        self.fields = {
            "way": look.choice("Question"),
            "where": look.choice("Search in", [(one, one) for one in HELP]),
            "search": look.line("Search", HELP[PATTERN], continuous_update=False),
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
        self.on_change("where", self._where)
        self.on_change("search", self.search)
        self.on_change("person", self.show)
        return [
            *(self.fields["way"], self.said, self.picture, self.behind),
            look.head("Who went through this? Who said that?"),
            look.row(self.fields["where"]),
            *(self.fields["search"], self.answer, self.shares, self.matched),
            look.head("One person's time line (for this screen only, never in a report)"),
            self.fields["person"],
            look.bar(*self.moves.values()),
            *(self.who, self.path, self.line, self.foot),
        ]

    def read(self) -> None:
        self.found: Search | None = None
        self.everybody = sorted(rows(self.study.journey.people.lazy.select("person"))["person"].astype(str))
        self.people = self.everybody
        self.findings = self.study.findings("explore")
        asked = [MEASURES[one.name].asks if one.name in MEASURES else one.title for one in self.findings]
        shown = self.fields["way"].value or 0
        self.fields["way"].options = [(asks, place) for place, asks in enumerate(asked)]
        self.fields["way"].value = min(shown, len(asked) - 1) if asked else None
        self._ways()
        self.search()

    def search(self) -> None:
        """What is searched for; the people who match are then walked through, else everybody."""
        text = self.fields["search"].value.strip()
        self.status.value = self.answer.value = self.matched.value = ""
        self.shares.outputs = ()
        self.found, self.people = None, self.everybody
        if text:
            ask = search if self.fields["where"].value == PATTERN else search_text
            found = ask(self.study.journey, text)
            self.answer.value = look.paragraph(found.sentence, "head")
            self.matched.value = table_html(found) + note_html(found)
            look.draw(self.shares, found)
            if len(found):
                self.found, self.people = found, [found.person(place) for place in range(len(found))]
        with self.filling():
            self.fields["person"].value = self.people[0] if self.people else ""
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
        """The chosen person's time line: who it is, the picture and the table; what was searched for is marked."""
        person = self.fields["person"].value.strip()
        self.status.value = self.who.value = self.line.value = ""
        self.path.outputs = ()
        if not self.everybody:
            self.who.value = look.paragraph("Nobody yet: no source of this study tells of people.")
            return
        if person not in self.everybody:
            raise DataFault(unknown("pseudonym", person, self.everybody[:5], column="person"))
        try:
            there = self.found is not None and person in self.people
            found = self.found.time_line(person, self.study.map) if there and self.found else self._line(person)
        except DataFault:
            self.line.value = look.paragraph("This person is known, but nothing was observed of them.")
            return
        place = f"{self.people.index(person) + 1:,} of {len(self.people):,}. " if person in self.people else ""
        self.who.value = look.paragraph(f"{place}{found.sentence}", "help")
        look.draw(self.path, found)
        self.line.value = table_html(found)

    def twin(self) -> str:
        findings = self.study.findings("explore")
        if not findings:
            return look.paragraph(NOTHING)
        return "".join(look.found(one) for one in findings) + look.paragraph(NOBODY)

    def paper(self) -> str:
        return look.paragraph(NOBODY)

    def _line(self, person: str) -> Finding:
        return time_line(self.study.journey, person, map=self.study.map)

    def _where(self) -> None:
        self.fields["search"].placeholder = HELP[self.fields["where"].value]
        self.search()

    def _ways(self) -> None:
        found: Finding | None = self.findings[self.fields["way"].value or 0] if self.findings else None
        if found is None:
            self.said.value = look.paragraph(NOTHING)
            self.behind.value = ""
        else:
            self.said.value = look.paragraph(found.sentence, "head")
            self.behind.value = table_html(found) + note_html(found)
        look.draw(self.picture, found)


NOTHING = "No contact log or complaints with times: there are no ways to follow yet."
NOBODY = "A single person's time line can be followed on the live screen; it is never part of a report."
