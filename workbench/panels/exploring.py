"""The exploring panel: what people went through, who went through this or said that, and one person's time line.

A single person's time line is for the live screen: it is never in the static twin, so no report holds it.
Knows the journey's paths and its searches. Saves nothing.
"""

from __future__ import annotations

import random
import re
from typing import Any

from workbench.answers import answers_of
from workbench.engine import rows
from workbench.faults import DataFault, describe, unknown
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.overview import PLANNED, WALKED, walked
from workbench.panels import live, look
from workbench.panels.asking import choose
from workbench.panels.desk import literal
from workbench.panels.panel import Panel
from workbench.steps.measure import MEASURES
from workbench.steps.measure.evidence import has
from workbench.steps.measure.searching import Search, search, search_text
from workbench.steps.measure.time_lines import time_line
from workbench.study import Study

PATTERN, TEXT = "what people went through", "what people said"
NAME = re.compile(r"\w+(?:[-./]\w+)*")  # of a step, as a pattern has it without quotes
SYNTAX = {
    PATTERN: (
        ("bill -> complaint", "a bill, and later a complaint; other things may lie between"),
        ("bill => call", "a call as the very next contact"),
        ("bill -> !payment -> reminder", "no payment between the two"),
        ("bill -> complaint within 14 days", "no later than that; hours, days, weeks, months"),
        ("call x3 within 30 days", "so many times"),
        ("start => quote    switch => end", "the path's first contact; its last"),
        ("(call | chat) -> nps <= 6", "one or the other; an answer"),
        ('call by phone -> comment says "too late"', "through a channel; words in a comment"),
    ),
    TEXT: (
        ("late bill", "both words"),
        ('"no answer"', "these words in this order"),
        ("late OR slow", "one or the other"),
        ("late -refund", "the first without the second"),
        ("wait*", "every word that begins so"),
    ),
}
SLOW = ("variants", "deviations", "precedes")  # asked beside the screen
HELP = {
    PATTERN: "bill -> complaint within 14 days -> switch   (=> the very next, !not between, x3 times, start, end, | or)",
    TEXT: 'late OR "no answer" -refund wait*',
}


class Exploring(Panel):
    question = "What do people really go through?"

    def build(self) -> list[Any]:
        self.ways, self.answer, self.path = live.Shown(), live.Shown(), live.Shown(folded=True)
        self.who, self.help, self.wrong = look.html(), look.html(), look.html()
        self.fields = {
            "way": look.choice("Question"),
            "where": look.choice("Search in", [(one, one) for one in HELP]),
            "search": look.line("Search", HELP[PATTERN]),
            "person": look.line("Pseudonym", "of a person of this study"),
        }
        self.moves = {
            "before": look.button("Previous", "The person before this one"),
            "after": look.button("Next", "The person after this one"),
            "any": look.button("Any", "Somebody by chance"),
        }
        self.moves["before"].on_click(lambda _: self.go(-1))
        self.moves["after"].on_click(lambda _: self.go(1))
        self.moves["any"].on_click(lambda _: self.go(random.randrange(1, max(2, len(self.people)))))
        self.examples, self.asked = look.bar(), ""
        self.work.observe(self._rest, names="running")
        self.on_change("way", self._ways)
        self.on_change("where", self._where)
        self.on_change("search", self.search)
        self.on_change("person", self.show)
        return [
            *(self.fields["way"], self.ways),
            look.head("Who went through this? Who said that?"),
            look.row(self.fields["where"], self.fields["search"]),
            *(self.examples, self.help, self.wrong, self.answer),
            look.head("One person's time line (for this screen only, never in a report)"),
            self.fields["person"],
            look.bar(*self.moves.values()),
            *(self.who, self.path, self.foot),
        ]

    def read(self) -> None:
        self.found: Search | None = None
        self.everybody = sorted(rows(self.study.journey.people.lazy.select("person"))["person"].astype(str))
        self.people = self.everybody
        choose(self.fields["way"], [(MEASURES[name].asks, name) for name in ways(self.study)])
        self._ways()
        self._where()

    def search(self) -> None:
        """What is searched for; the people who match are then walked through, else everybody."""
        text = self.fields["search"].value.strip()
        self.status.value = self.wrong.value = ""
        self.found, self.people = None, self.everybody
        if text:
            ask = search if self.fields["where"].value == PATTERN else search_text
            self.code.code = f"wb.{ask.__name__}(study.journey, {literal(text)})"
            self.answer.wait("Searching …")
            try:
                found = ask(self.study.journey, text)
            except DataFault as problem:
                self.answer.show(None)
                self.wrong.value = look.faults(problem)
                return
            self.answer.show(found)
            if len(found):
                self.found, self.people = found, [found.person(place) for place in range(len(found))]
        else:
            self.answer.show(None)
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
        self.status.value = self.who.value = ""
        self.path.show(None)
        if not self.everybody:
            self.who.value = look.paragraph("Nobody yet: no source of this study tells of people.")
            return
        if person not in self.everybody:
            raise DataFault(unknown("pseudonym", person, self.everybody[:5], column="person"))
        try:
            there = self.found is not None and person in self.people
            found = self.found.time_line(person, self.study.map) if there and self.found else self._line(person)
        except DataFault:
            self.who.value = look.paragraph("This person is known, but nothing was observed of them.")
            return
        place = f"{self.people.index(person) + 1:,} of {len(self.people):,}. " if person in self.people else ""
        self.who.value = look.paragraph(place, "help") if place else ""
        self.path.show(found)

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
        """The language of what is searched in: help, and examples to click."""
        where = self.fields["where"].value
        self.fields["search"].placeholder = HELP[where]
        told = look.table(("write", "for"), SYNTAX[where])
        self.help.value = f"<details><summary>How to write it</summary>{told}</details>"
        made = []
        for text in examples(self.study.journey, where):
            one = look.button(text, "Search for this")
            one.on_click(lambda _, text=text: self.look_for(text))
            made.append(one)
        self.examples.children = [look.html(look.paragraph("For example:")), *made] if made else []
        for one in self.examples.children[:1]:
            one.layout.width = "auto"
        self.search()

    def look_for(self, text: str) -> None:
        """Search for this."""
        if self.fields["search"].value == text:
            self.search()
        self.fields["search"].value = text

    def _ways(self) -> None:
        """The chosen question about the ways that people take: asked when it is chosen, once for the same data."""
        name = self.fields["way"].value
        if name is None:
            self.ways.say(NOTHING)
            return
        study, told = self.study, MEASURES[name].function
        more = {"map": study.map} if name == "precedes" else {}
        self.code.code = f"wb.{name}(study.journey{', map=study.map' if more else ''})"
        kept: dict[str, Finding] = answers_of(study.path).once("ways", (study.journey, study.seen("map")), dict)
        self.asked = name
        if name in kept:
            self.ways.show(kept[name])
        elif name in SLOW and live.Work.busy():
            self.ways.say("Other work is still going on: choose this again when it is done, or stop it.")
        elif name in SLOW:
            self.ways.wait()
            self.long(MEASURES[name].asks, lambda _: self._asked(kept, name, told, more, True), self._told)
            self._rest()
        else:
            self.ways.wait()
            self._told(self._asked(kept, name, told, more))

    def _asked(
        self, kept: dict[str, Finding], name: str, told: Any, more: dict[str, Any], beside: bool = False
    ) -> tuple[str, Finding | str]:
        try:
            journey = Study(self.study.path).journey if beside else self.study.journey  # beside: an engine of its own
            kept[name] = told(journey, **more)
        except DataFault as problem:
            return name, describe(problem.faults)
        return name, kept[name]

    def _told(self, found: tuple[str, Finding | str]) -> None:
        name, shown = found
        if name == self.asked:  # nothing else was chosen meanwhile
            self.ways.show(shown) if isinstance(shown, Finding) else self.ways.say(shown)

    def _rest(self, _: Any = None) -> None:
        """Nothing is being counted any more, whether it came to an end or was stopped."""
        if not self.work.running and self.ways.busy:
            self.ways.busy = ""


def ways(study: Study) -> list[str]:
    """The measures of people's ways that this study's data can answer."""
    journey = study.journey
    if not walked(journey):
        return []
    return [*WALKED, *(PLANNED if study.map.steps else ()), *(["precedes"] if has(journey, "complaint") else [])]


def examples(journey: JourneyFrame, where: str) -> list[str]:
    """What one may look for in this journey, as it is written; nothing where there is nothing to search."""
    kinds = set(journey.distinct("kind"))
    if where == TEXT:
        words = [one for said in (journey.themes or {}).values() for one in list(said)[:1]][:3]
        return words if {"comment", "quote"} & kinds else []
    if not {"event", "complaint"} & kinds:
        return []
    onward = journey.of_kind(*({"event", "complaint"} & kinds)).count(by=["step", "next_step"])
    onward = onward[onward["step"].notna() & onward["next_step"].notna() & (onward["step"] != onward["next_step"])]
    onward = onward.sort_values(["people", "step", "next_step"], ascending=[False, True, True]).head(1)
    steps = [_written(one) for one in onward[["step", "next_step"]].to_numpy().ravel()]
    made = [f"{steps[0]} -> {steps[1]}", f"{steps[0]} => {steps[1]}"] if steps else []
    made += [f"{steps[0]} -> complaint within 60 days"] if steps and "complaint" in kinds else []
    made += [f"{steps[-1]} x2 within 30 days"] if steps else []
    return made + (["detractor -> complaint"] if "complaint" in kinds and "nps" in journey.distinct("measure") else [])


def _written(step: str) -> str:
    """A step's name as a pattern has it."""
    return step if NAME.fullmatch(step) else f'"{step}"'


NOTHING = "No contact log or complaints with times: there are no ways to follow yet."
NOBODY = "A single person's time line can be followed on the live screen; it is never part of a report."
