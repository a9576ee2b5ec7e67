"""The drivers panel: what goes with a score, where to look first, and what hurts or pleases. Association, never effect.

Knows the shelf of measures and the questions of a journey; the study's files are left as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.cases import asked
from workbench.faults import DataFault, describe
from workbench.finding import Finding
from workbench.panels import live, look
from workbench.panels.asking import choose, groupings
from workbench.panels.desk import literal
from workbench.panels.panel import Panel, on_paper
from workbench.steps.measure import MEASURES
from workbench.study import Study

# what can be asked, and which of the fields it takes
WAYS: Mapping[str, tuple[str, ...]] = {
    "drivers": ("of", "by", "adjust", "method"),
    "importance_performance": ("of", "step", "adjust"),
    "penalty_reward": ("of", "step"),
    "peak_end": ("of",),
    "league": ("of", "group"),
    "themes": ("of",),
}
NAMES = {
    "drivers": "What goes with a score, and how sure is the order?",
    "importance_performance": "Where would we look first: what matters and does poorly?",
    "penalty_reward": "What hurts when it is poor, and what pleases when it is good?",
    "peak_end": "Does the peak, the end or the mean of the journey go with the verdict?",
    "league": "Which groups really differ in a score?",
    "themes": "What do people write about, and which scores go with it?",
}
METHODS = [("LMG (Shapley), up to 15 ratings", "shapley"), ("Johnson's relative weights, any number", "johnson")]
MIND = (
    "Association, not effect: these are answers of the same people at the same time. What goes with a score need not bring it "
    "about; a trial, or a change followed up with those it did not reach, tells more."
)
NOTHING = "No ratings to compare yet: a survey that asks a score and several ratings of the same people is needed."


class Driving(Panel):
    question = "What goes with a good or a bad score?"

    def __init__(self, study: Any):
        super().__init__(study)
        self.known: dict[str, Finding] = {}
        self.of_journey: Any = None
        self.wanted = ""

    def build(self) -> list[Any]:
        self.mind, self.shown = look.html(look.paragraph(MIND, "note")), live.Shown()
        self.fields = {
            "way": look.choice("Question"),
            "of": look.choice("The score"),
            "by": look.choice("Apart by"),
            "step": look.choice("Ratings at"),
            "group": look.choice("Groups"),
            "adjust": look.choice("Holding equal"),
            "method": look.choice("Method", METHODS),
        }
        for name in self.fields:
            self.on_change(name, self._turn if name == "way" else self.ask)
        self.button = look.button("Ask", "Ask what is chosen", main=True)
        self.button.on_click(lambda _: self.ask())
        self.work.observe(self._rest, names="running")
        return [
            self.fields["way"],
            look.row(*(self.fields[one] for one in list(self.fields)[1:])),
            *(look.bar(self.button), self.mind, self.shown, self.foot),
        ]

    def read(self) -> None:
        journey = self.study.journey
        known = asked(journey)
        self.scores = list(dict.fromkeys(one.measure for one in known.values()))
        steps = journey.in_order("step", {one.step for one in known.values() if one.step})
        names = journey.step_names or {}
        single = [(words, value[0]) for words, value in groupings(journey) if len(value) == 1]
        people = [(words, one) for words, one in single if one in journey.people.columns]
        choose(self.fields["of"], [(one, one) for one in sorted(self.scores, key=lambda one: (one != "nps", one))])
        choose(self.fields["by"], [("nothing", ""), *((words, one) for words, one in single if one != "persona")])
        choose(self.fields["step"], [("the whole journey", ""), *((names.get(one, one), one) for one in steps)])
        choose(self.fields["group"], people)
        choose(self.fields["adjust"], [("nothing", ""), *people])
        there = [one for one in WAYS if self._can(one)]
        choose(self.fields["way"], [(NAMES[one], one) for one in there])
        self._turn()

    def ask(self) -> None:
        """Ask what was chosen: beside the screen, with a button that stops it."""
        way = self.fields["way"].value
        if way is None:
            self.shown.say(NOTHING)
            return
        words = self.words(way)
        self.code.code = line(way, words)
        self.wanted = self.code.code
        if self._known(self.wanted):
            self.shown.show(self.known[self.wanted])
            return
        if live.Work.busy():
            self.shown.say("Other work is still going on: press Ask when it is done, or stop it.")
            return
        self.shown.wait("Counting, and drawing persons again …")
        asked_now = self.wanted

        def act(_: Any) -> Finding | str:
            try:
                return MEASURES[way].function(Study(self.study.path).journey, **words)  # an engine of its own
            except DataFault as problem:
                return describe(problem.faults)

        self.long(NAMES[way], act, lambda found: self._found(asked_now, found))
        self._rest()

    def _known(self, asked_now: str) -> bool:
        """Was this found already, of the same data?"""
        if self.of_journey is not self.study.journey:
            self.known, self.of_journey = {}, self.study.journey
        return asked_now in self.known

    def words(self, way: str) -> dict[str, Any]:
        """What a question is asked, as it is chosen; what is as usual is left out."""
        chosen = {name: self.fields[name].value for name in WAYS[way]}
        score = "overall" if way == "peak_end" else "of"
        words: dict[str, Any] = {score: chosen["of"]} if chosen["of"] != "nps" else {}
        if "group" in chosen:
            words["by"] = chosen["group"]
        words |= {name: chosen[name] for name in ("by", "step", "adjust") if chosen.get(name)}
        return words | ({"method": "johnson"} if chosen.get("method") == "johnson" else {})

    def twin(self) -> str:
        there = [one for one in WAYS if self._can(one)] if asked(self.study.journey) else []
        if not there:
            return look.paragraph(NOTHING)
        told = look.table(("question", "in Python"), [(NAMES[one], line(one, {})) for one in there if one != "league"])
        if on_paper():
            return look.paragraph(MIND, "note")
        return look.paragraph(MIND, "note") + told

    # -- inside -------------------------------------------------------------------------------------------------------

    def _found(self, asked_then: str, found: Finding | str) -> None:
        if isinstance(found, Finding):
            self.known[asked_then] = found
        if asked_then != self.wanted:
            self.shown.say("Something else was chosen meanwhile: press Ask.")
        elif isinstance(found, Finding):
            self.shown.show(found)
        else:
            self.shown.say(found)

    def _rest(self, _: Any = None) -> None:
        """Nothing is being counted any more, whether it came to an end or was stopped."""
        if not self.work.running and self.shown.busy:
            self.shown.busy = ""

    def _can(self, way: str) -> bool:
        """Do the data have what a question needs?"""
        journey = self.study.journey
        known = {one.measure for one in asked(journey).values()}
        if way == "themes":
            return "comment" in journey.distinct("kind") and bool(known)
        if way == "peak_end":
            return "emotion" in known
        if way == "league":
            return bool(known) and any(value[0] in journey.people.columns for _, value in groupings(journey) if value)
        return len(asked(journey)) > 1

    def _turn(self) -> None:
        """Another question: which of the fields it takes."""
        way = self.fields["way"].value
        for name in list(self.fields)[1:]:
            self.fields[name].layout.display = None if way and name in WAYS[way] else "none"
        self.ask()


def line(way: str, words: Mapping[str, Any]) -> str:
    """The line of Python that asks the same."""
    told = [f"{key}={literal(value)}" for key, value in words.items()]
    return f"wb.{way}({', '.join(['study.journey', *told])})"
