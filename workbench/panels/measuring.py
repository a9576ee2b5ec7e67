"""The measuring panel: a measure off the shelf, by groups, as a finding with its picture and its line of Python.

Knows the shelf of measures and the journey. Saves nothing.
"""

from __future__ import annotations

from inspect import signature
from typing import Any

import workbench
from workbench.faults import DataFault, describe
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.panels import live, look
from workbench.panels.panel import Panel
from workbench.panels.standing import in_words, measured
from workbench.steps.measure import MEASURES, Measure

FIRST = ("nps", "csat", "ces", "emotion_curve", "complaint_rate")  # what is asked first, where it was measured
KINDS = {"track": "reading"}  # measures of something else than people's answers
FEW = 12  # groups that a picture can hold
DESIGN = ("person", "stratum", "cluster", "created")  # columns of the people that are no groups
WHOLE: tuple[str, ...] = ()


class Measuring(Panel):
    question = "What did customers say, where, and who said it?"

    def build(self) -> list[Any]:
        self.far, self.shown = look.html(), live.Shown()
        self.fields = {
            "measure": look.choice("Question"),
            "of": look.choice("Of what"),
            "by": look.choice("By"),
        }
        self.on_change("measure", self._turn)
        self.on_change("of", self.count)
        self.on_change("by", self.count)
        choices = [self.fields["measure"], look.row(self.fields["of"], self.fields["by"])]
        return [self.far, *choices, self.shown, self.foot]

    def read(self) -> None:
        self.far.value = look.paragraph(in_words(measured(self.study)), "note")
        journey = self.study.journey
        _choose(self.fields["measure"], [(one.asks, one.name) for one in shelf(journey)])
        _choose(self.fields["by"], groupings(journey))
        self._turn()

    def count(self) -> None:
        """Ask the chosen measure, and show what was found or why it cannot be said."""
        name, of, by = (self.fields[one].value for one in ("measure", "of", "by"))
        if name is None:
            self.shown.say("The study's data do not answer a question yet.")
            return
        asked = MEASURES[name]
        self.code.code = line(asked, of, by)
        self.shown.wait()
        try:
            self.shown.show(ask(asked, self.study.journey, of, by))
        except DataFault as problem:
            self.shown.say(describe(problem.faults))

    def twin(self) -> str:
        journey = self.study.journey
        known = shelf(journey)
        if not known:
            return look.paragraph(in_words(measured(self.study)))
        by = groupings(journey)[0][1]
        try:
            shown = look.found(ask(known[0], journey, _first(known[0], journey), by))
        except DataFault as problem:
            shown = look.faults(problem)
        rows = [(one.asks, line(one, _first(one, journey), by)) for one in known]
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
            _choose(self.fields["of"], [(one, one) for one in can])
            split = bool(name) and "by" in signature_of(MEASURES[name])
            if split:  # as the measure itself would be split, where nothing is said
                own = signature_of(MEASURES[name])["by"].default
                first = WHOLE if own in (None, ()) else (own,) if isinstance(own, str) else tuple(own)
                if first in [value for _, value in self.fields["by"].options]:
                    self.fields["by"].value = first
            self.fields["of"].layout.display = None if len(can) > 1 else "none"
            self.fields["by"].layout.display = None if split else "none"
        self.count()


def shelf(journey: JourneyFrame) -> list[Measure]:
    """The measures that this journey's data can answer, the commonest first; ways and time lines are explored, not measured."""
    there = set(journey.measures.to_frame()["measure"])
    known = [
        one
        for one in MEASURES.values()
        if one.name in workbench.WORDS
        and not one.of_paths
        and set(one.needs) <= there
        and not _more(one)
        and (subjects(one, journey) if "of" in signature_of(one) else "by" in signature_of(one))
    ]
    return sorted(known, key=lambda one: FIRST.index(one.name) if one.name in FIRST else len(FIRST))


def subjects(one: Measure, journey: JourneyFrame) -> list[str]:
    """What a measure can be asked of; nothing where it is always the same."""
    if "of" not in signature_of(one):
        return []
    if one.needs:
        return list(one.needs)
    table = journey.measures.to_frame()
    return sorted(set(table.loc[table["kind"] == KINDS.get(one.name, "answer"), "measure"]))


def groupings(journey: JourneyFrame) -> list[tuple[str, tuple[str, ...]]]:
    """Ways to split: steps, waves, people's attributes with few values, and steps crossed with one of these."""
    single = [column for column in journey.people.columns if column not in DESIGN]
    single = [column for column in ["wave", *single] if 1 < len(journey.distinct(column)) <= FEW]
    single += ["persona"] if journey.personas else []
    steps = len(journey.distinct("step")) > 1
    found: list[tuple[str, tuple[str, ...]]] = [("step", ("step",))] if steps else []
    found += [("the whole journey", WHOLE)] + [(column.replace("_", " "), (column,)) for column in single]
    if steps:
        found += [(f"step and {column.replace('_', ' ')}", ("step", column)) for column in single]
    return found


def ask(one: Measure, journey: JourneyFrame, of: str | None, by: tuple[str, ...] | None) -> Finding:
    """The finding of a measure."""
    known = signature_of(one)
    words: dict[str, Any] = {}
    if of is not None and "of" in known:
        words["of"] = of
    if by is not None and "by" in known:
        words["by"] = by
    return one.function(journey, **words)


def line(one: Measure, of: str | None, by: tuple[str, ...] | None) -> str:
    """The line of Python that gives the same finding in a notebook where `study` is open."""
    known = signature_of(one)
    words = ["study.journey"]
    if of is not None and "of" in known and known["of"].default != of:
        words.append(f'of="{of}"')
    if by is not None and "by" in known:
        quoted = [f'"{column}"' for column in by]
        words.append(f"by={quoted[0]}" if len(quoted) == 1 else f"by=[{', '.join(quoted)}]")
    return f"wb.{one.name}({', '.join(words)})"


def signature_of(one: Measure) -> Any:
    return signature(one.function).parameters


def _more(one: Measure) -> bool:
    """Must a measure be told more than a panel asks?"""
    asked = list(signature_of(one).values())[1:]
    return any(word.default is word.empty and word.name not in ("of", "by") for word in asked)


def _first(one: Measure, journey: JourneyFrame) -> str | None:
    return next(iter(subjects(one, journey)), None)


def _choose(field: Any, options: list[tuple[str, Any]]) -> None:
    """New options; the chosen one stays where it still is one."""
    before, values = field.value, [value for _, value in options]
    field.options = options
    field.value = before if before in values else values[0] if values else None
