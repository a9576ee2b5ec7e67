"""A claim in plain words, filled in on a form: who is compared, on what, where, how large an effect matters; the sentence
that it makes can be rewritten. And what there is to choose from, without looking at data that nobody has looked at yet.

Knows the study and the look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workbench import load, models
from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.journey import DESIGN
from workbench.panels import look
from workbench.panels.panel import whole, words
from workbench.steps.measure.claim_words import DO, foreseen, fresh_id, people_as_text, people_of_text, sentence
from workbench.steps.measure.claims import Hypothesis
from workbench.study import Study

GROUPS, SINCE, DOSE = "two groups of people", "before and after a day", "more and less of something"
OUTCOMES = {
    "nps": "recommendation (NPS)",
    "csat": "satisfaction",
    "ces": "ease",
    "emotion": "emotion",
    "trust": "trust",
    "complaint": "complaints",
    "churn": "leaving",
    "time": "time between two steps",
}
DIRECTIONS = {"higher": "more, or better", "lower": "less, or worse", "different": "different, either way"}
KINDS = {"confirmatory": "confirmatory: few, corrected strictly", "exploratory": "exploratory: many, corrected mildly"}
FEW = 40  # values of an attribute that are offered


@dataclass(frozen=True)
class Known:
    """What a claim may name: measures, attributes of people with their values (none where nobody looked), steps by name."""

    measures: list[str] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)
    looked: bool = False


def known_of(study: Study) -> Known:
    """What the study's claims may name: of its data where they were loaded before, else of its questionnaires and bindings,
    so that opening a panel is no look at the data. Raises DataFault."""
    steps = dict(study.map.names)
    if study.looked and study.about.sources:
        journey = study.journey
        table = journey.measures.to_frame()
        measures = sorted(set(table.loc[table["kind"] == "answer", "measure"]))
        found = {}
        for column in journey.people.columns:
            if column not in DESIGN:
                values = rows(journey.people.lazy.select(column).unique().sort(column).head(FEW + 1))[column].dropna()
                found[column] = [str(one) for one in values] if len(values) <= FEW else []
        return Known(measures, found, steps, True)
    attributes: dict[str, list[str]] = {}
    for persona in study.about.personas:
        for column, value in persona.where.items():
            attributes.setdefault(column, []).extend([value] if isinstance(value, str) else value)
    measures = []
    for one in study.about.sources:
        questions = dict(one.questions)
        for column in one.segments:
            attributes.setdefault(column, [])
        if one.questionnaire:
            bound = load.questionnaire_named(one.questionnaire, study.path).bind(one.binding)
            questions |= bound.questions
            for column in bound.segments:
                attributes.setdefault(column, [])
        measures += [question.measure for question in questions.values() if question.measure]
    return Known(sorted(set(measures)), {key: sorted(set(those)) for key, those in attributes.items()}, steps)


class Form:
    """The form of a new claim; `declare` is told of a claim that is whole, `taken` are the ids that are there."""

    def __init__(
        self,
        declare: Callable[[Hypothesis], None],
        taken: Callable[[], list[str]],
        tell: Callable[[Callable[[], None]], None],
    ):
        self.declare, self.taken, self.known = declare, taken, Known()
        self._id = ""  # of the suggestion that the form was filled with
        self._tell, self._made, self._filling = tell, "", False
        self.fields = {
            "design": look.choice("What is compared", [(one, one) for one in (GROUPS, SINCE, DOSE)]),
            "attribute": look.suggestion("Customers by", "an attribute, as a column of your data"),
            "value": look.suggestion("who are", "a value of it"),
            "than": look.suggestion("against those who are", "all others, where nothing is said"),
            "since": look.day("From which day on"),
            "dose": look.suggestion("More and less of", "an attribute or rating with numbers"),
            "direction": look.choice("are expected to be", [(name, one) for one, name in DIRECTIONS.items()]),
            "outcome": look.choice("in", []),
            "step": look.choice("at", []),
            "to": look.choice("until", []),
            "ends": look.line("It ends where", "as in step: stays-or-switches"),
            "matters": look.line("The smallest effect that matters", "points, or a ratio above 1 for complaints"),
            "adjust": look.line("Held equal", "attributes, with commas; none: as they come"),
            "planned": look.line("People planned in each group", "a number, if you have one"),
            "kind": look.choice("Kind", [(name, one) for one, name in KINDS.items()]),
            "claim": look.text("The claim, in one sentence: rewrite it as you would say it"),
        }
        self.foreseen = look.html()
        self.button = look.button("Declare", "Save the claim and put it on record, with the time", main=True)
        self.button.on_click(lambda _: self._tell(self.send))
        for name, one in self.fields.items():
            one.observe(lambda _, name=name: self._turn(name), names="value")
        get = self.fields
        self.box = look.column(
            look.head("Declare a claim"),
            look.row(*[get[name] for name in ("design", "attribute", "value", "than", "since", "dose")], level=True),
            look.row(*[get[name] for name in ("direction", "outcome", "step", "to", "ends")], level=True),
            look.row(*[get[name] for name in ("matters", "adjust", "planned", "kind")], level=True),
            get["claim"],
            self.foreseen,
            look.bar(self.button),
        )

    def offer(self, known: Known) -> None:
        """What there is to choose from now."""
        self.known = known
        outcomes = [*DO, *[one for one in known.measures if one not in DO]]
        steps = [(name, step) for step, name in known.steps.items()]
        self._filling = True
        offered: dict[str, list[tuple[str, Any]]] = {
            "outcome": [(OUTCOMES.get(one, one.replace("_", " ")), one) for one in outcomes],
            "step": [("the whole journey", ""), *steps],
            "to": [("–", ""), *steps],
        }
        for name, options in offered.items():
            kept = self.fields[name].value
            self.fields[name].options = options
            self.fields[name].value = kept if kept in [value for _, value in options] else options[0][1]
        self.fields["attribute"].options = tuple(known.attributes)
        self.fields["dose"].options = (*known.attributes, *known.measures)
        self._filling = False
        self._turn("design")

    def fill(self, one: Hypothesis) -> None:
        """A claim's parts into the form, to be corrected there."""
        get, self._filling = self.fields, True
        column, value = next(((key, value) for key, value in one.compare.items()), ("", ""))
        listed = " or ".join(value) if isinstance(value, list) else value
        against = one.against.get(column, "")
        values: dict[str, Any] = {
            "design": SINCE if one.since else DOSE if one.dose else GROUPS,
            "attribute": column,
            "value": listed,
            "than": " or ".join(against) if isinstance(against, list) else against,
            "since": one.since,
            "dose": one.dose or "",
            "direction": one.direction,
            "ends": people_as_text(one.ends),
            "matters": f"{one.matters:g}",
            "adjust": ", ".join(one.adjust),
            "planned": str(one.planned.n) if one.planned else "",
            "kind": one.kind,
            "claim": one.claim,
        }
        for name, said in values.items():
            get[name].value = said
        for name in ("outcome", "step", "to"):
            wanted = getattr(one, name) or ""
            get[name].value = wanted if wanted in [value for _, value in get[name].options] else get[name].options[0][1]
        self._filling = False
        self._made, self._id = "", one.id
        self._turn("")

    def made(self) -> Hypothesis:
        """The claim that the form says. Raises DataFault for what is missing or does not fit."""
        value = {name: one.value for name, one in self.fields.items()}
        said: dict[str, Any] = {"id": "new", "claim": value["claim"].strip() or "-", "outcome": value["outcome"]}
        for name in ("step", "to"):
            if value[name] and (name == "step" or value["outcome"] == "time"):
                said[name] = value[name]
        if value["design"] == GROUPS:
            for name, key in (("value", "compare"), ("than", "with")):
                if value["attribute"].strip() and value[name].strip():
                    group = f"{value['attribute'].strip()}: {value[name].strip()}"
                    said[key] = people_of_text(group, self.known.attributes)
            if "compare" not in said:
                raise _missing("Customers by", "an attribute and one of its values", "who is compared?")
        elif value["design"] == SINCE:
            if value["since"] is None:
                raise _missing("From which day on", "a day", "choose it")
            said["since"] = value["since"].isoformat()
        elif not value["dose"].strip():
            raise _missing("More and less of", "an attribute or a rating with numbers", "choose it")
        else:
            said["dose"] = value["dose"].strip()
        if value["outcome"] == "churn":
            said["ends"] = people_of_text(value["ends"])
        said |= {
            "direction": value["direction"],
            "matters": _number("The smallest effect that matters", value["matters"]),
        }
        if words(value["adjust"]):
            said["adjust"] = words(value["adjust"])
        if value["kind"] != "confirmatory":
            said["kind"] = value["kind"]
        if value["planned"].strip():
            said["planned"] = {"n": _number("People planned in each group", value["planned"])}
        one = models.build(said, Hypothesis, "the new claim")
        claim = one.claim if value["claim"].strip() else sentence(one, self.known.steps)
        taken = self.taken()
        name = self._id if self._id and self._id not in taken else fresh_id(one, taken)
        fresh = {"id": name, "claim": claim, "declared": date.today().isoformat()}
        return models.build(said | fresh, Hypothesis, "the new claim")

    def send(self) -> None:
        """Declare what the form says."""
        self.declare(self.made())
        self._filling = True
        self.fields["claim"].value = self._made = self._id = ""
        self._filling = False

    def _turn(self, changed: str) -> None:
        """Something was filled in: which fields matter, what the sentence is, what the planned base can see."""
        if self._filling:
            return
        get = self.fields
        design, outcome, column = get["design"].value, get["outcome"].value, get["attribute"].value.strip()
        seen = dict.fromkeys(("attribute", "value", "than"), design == GROUPS)
        seen |= {"since": design == SINCE, "dose": design == DOSE, "adjust": design != SINCE}
        seen |= {"to": outcome == "time", "ends": outcome == "churn"}
        for name, there in seen.items():
            get[name].layout.display = None if there else "none"
        for name in ("value", "than"):
            get[name].options = tuple(self.known.attributes.get(column, ()))
        if changed == "claim":
            return
        written, self._filling = get["claim"].value, True
        own = written.strip() and written != self._made
        if not own:
            get["claim"].value = ""
        try:
            one = self.made()
            said, self._made = foreseen(one), self._made if own else one.claim
            get["claim"].value = written if own else self._made
            self.foreseen.value = look.paragraph(f"What this base can see: {said}", "note") if said else ""
        except DataFault as problem:
            get["claim"].value = written
            first = problem.faults[0]
            self.foreseen.value = look.paragraph(f"Still to say: {first.column}: {first.expected}.", "help")
        self._filling = False


def _missing(where: str, expected: str, mend: str) -> DataFault:
    return DataFault(Fault(column=where, found="nothing", expected=expected, mend=mend))


def _number(where: str, text: str) -> float | int:
    try:
        return whole(float(text.strip().replace(",", ".")))
    except ValueError:
        raise DataFault(Fault(column=where, found=f'"{text}"', expected="a number", mend="as in 10")) from None
