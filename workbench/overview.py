"""What a study's data allow to be said: the findings of each step of the method, and those to say first.

A notebook or report asks here, so that it is right for every study: nothing is asked of data that are not there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from workbench.faults import DataFault
from workbench.finding import Finding
from workbench.steps import first_page
from workbench.steps.apply.department import own_steps, part_in
from workbench.steps.hot_spot_pages import Known, hot_spot_pages
from workbench.steps.map import BLUEPRINT, JourneyMap
from workbench.steps.measure import MEASURES, complaints, evidence, ratings, tracking, waves
from workbench.steps.measure import quality as data_quality
from workbench.steps.measure.hypotheses import how, pictured
from workbench.steps.solutions.choosing import best_sets
from workbench.steps.solutions.findings import told

if TYPE_CHECKING:
    from workbench.journey import JourneyFrame
    from workbench.study import Study

# asked beyond the scores, each by its own defaults
DEEPER = (
    *("distribution", "crosstab", "wave_changes", "control_chart", "peak_end", "drivers", "importance_performance"),
    *("themes", "complained", "churn_after_complaint"),
)
WALKED = ("flow", "transitions", "variants", "loops", "drop_off", "funnel")  # asked of every contact log
PLANNED = ("conformance", "deviations")  # asked where there is a map
FEW = 12  # groups that a picture can hold
SPOTTED = ("nps", "emotion", "csat", "complaint")  # what hot spots are found by
OWN = {"nps": ratings.nps, "csat": ratings.csat, "ces": ratings.ces, "emotion": ratings.emotion_curve}


def scope(study: Study) -> list[Finding]:
    return [study.scope.finding(study.map.names)]


def drawn(study: Study) -> list[Finding]:
    """The framework, the map with its evidence, surprises and hot spots, the coordination map before and after, scenarios,
    the blueprint: what the map has content for; a draft from the log where there is no map."""
    if not study.map.steps:
        draft = study.map.propose(study.journey).draft if walked(study.journey) else None
        return [draft] if draft else []
    journey, plan = study.journey, study.map
    the_map = study.map_finding()
    found = [plan.framework(study.scope.customers, study.notes), _but_the_blueprint(the_map, plan)]
    grades = {step: cell["evidence"] for step, cell in the_map.picture["view"]["steps"].items()}
    for lane in evidence.LANES:
        if any(getattr(step, lane) is not None for step in plan.steps) and _by_step(journey, lane):
            found.append(evidence.graded(evidence.surprises(journey, plan, lane), grades))
    if any(_by_step(journey, measure) for measure in SPOTTED):
        found.append(study.hot_spots())
    if plan.loops:
        found.append(plan.coordination([one.name for one in plan.interventions]))
    if len(plan.scenarios) > 1:
        found.append(plan.runs())
    found += [study.walk(scenario.name) for scenario in plan.scenarios]
    if any(step.lanes.get(lane) for step in plan.hot_spots for lane in ("what delivers it", "how we know")):
        found.append(plan.blueprint())
    return found


def _but_the_blueprint(found: Finding, plan: JourneyMap) -> Finding:
    """The map without the lanes of which the blueprint, on the same page, tells every cell."""
    told = {lane for lane in BLUEPRINT[1:] if not any(step.lanes.get(lane) for step in plan.steps if not step.hot_spot)}
    view = found.picture["view"]
    return replace(
        found, picture={**found.picture, "view": view | {"lanes": [one for one in view["lanes"] if one not in told]}}
    )


def measured(study: Study) -> list[Finding]:
    """Every measure that was asked: by step, over the whole journey by segment and wave; complaints; tracking; verdicts."""
    journey = study.journey
    asked = _asked(journey)
    people, waves = _segments(study), journey.of_kind("answer").distinct("wave")
    found: list[Finding] = []
    for of in asked:
        measure = OWN.get(of)
        if _by_step(journey, of):
            found.append(measure(journey, "step") if measure else ratings.mean_rating(journey, "step", of=of))
            if of == "csat":
                found.append(ratings.mean_rating(journey, ["step", "wave"] if len(waves) > 1 else "step", of=of))
        if of in journey.asked_of_whole() or not _by_step(journey, of):
            found += [_overall(journey, of, by) for by in ((), *([("wave",)] if _waves_of(journey, of) > 1 else []))]
            found += [_overall(journey, of, (one,)) for one in people] if of in ("nps", asked[0]) else []
    if evidence.has(journey, "complaint"):
        found += [complaints.complaint_rate(journey, by) for by in ("step", *people)]
        if len(waves) > 1:
            found.append(complaints.complaint_rate(journey, "wave"))
    if "reading" in journey.distinct("kind"):
        readings = journey.of_kind("reading").distinct("measure")
        found += [tracking.track(journey, of=of) for of in readings]
    if study.hypotheses.hypotheses and study.about.sources:
        judged = study.judge()
        found += [judged, *pictured(judged), how(judged)]
    return found


def explained(study: Study) -> list[Finding]:
    """What goes with the scores, what changed, who leaves: every measure beyond the scores that the data can answer.
    What they cannot answer is told at the end, with the reason and the mend."""
    journey = study.journey
    there = set(journey.measures.to_frame()["measure"])
    asked = [_plainly(journey, name) for name in DEEPER if set(MEASURES[name].needs) <= there]
    return _answered(asked)


def _plainly(journey: JourneyFrame, name: str) -> tuple[str, Callable[[], Finding]]:
    """A measure of the shelf with its own defaults: what it asks, and how."""
    one = MEASURES[name]
    return one.asks, lambda: one.function(journey)


def _answered(asked: Sequence[tuple[str, Callable[[], Finding]]]) -> list[Finding]:
    """The answers to questions; at the end those that the data do not answer, with the reason and the mend."""
    found, refused = [], []
    for asks, ask in asked:
        try:
            found.append(ask())
        except DataFault as problem:
            fault = problem.faults[0]
            refused.append({"question": asks, "why not": fault.found, "mend": fault.mend or fault.expected})
    if refused:
        table = pd.DataFrame(refused)
        sentence = f"{len(table)} {'question is' if len(table) == 1 else 'questions are'} not answered by these data."
        found.append(Finding("unanswered", table, sentence, by=("question",), title="What the data cannot answer"))
    return found


def quality(study: Study) -> list[Finding]:
    """How good the data are: what was read and set aside, who was found again, what is missing, what changed between waves."""
    journey, read = study.journey, study.read
    found = [data_quality.sources_read(journey, read["sources"])]
    if len(read["people"]) > 1:
        found.append(data_quality.people_found(journey, read["people"]))
    if "answer" in journey.distinct("kind"):
        found.append(data_quality.missing(journey))
    if _coded_by_several(study):
        found.append(study.agreement())
    if len(journey.of_kind("answer").distinct("wave")) > 1:
        found += [waves.wave_breaks(journey), waves.drift(journey)]
    return [*found, data_quality.set_aside(journey)]


def _coded_by_several(study: Study) -> bool:
    """Did two coders read the same interview?"""
    counted = study.journey.of_kind("quote").count(by=["source", "coder"], people=False)
    named = counted[counted["coder"].notna()]
    declared = any(len(those) > 1 for those in study.codes.readers.values())
    return (declared and len(named) > 0) or bool((named.groupby("source").size() > 1).any())


def proposed(study: Study) -> list[Finding]:
    """The solutions ranked, the best set, what would turn the choice; what they rest on; the ideas they came from."""
    wall = [study.ideas_finding()] if study.ideas.ideas else []
    if not study.solutions.solutions or not study.about.sources:
        return wall
    return [*told(study.appraise()), study.solution_links(), *wall]


def of_department(study: Study, department: str) -> list[Finding]:
    """What concerns one department alone: its plan, the steps it answers for, the solutions it is part of."""
    found = [study.plan(department)]
    if any(step.department.casefold() == department.casefold() for step in study.map.steps):
        measured_ = study.about.sources and any(_by_step(study.journey, of) for of in SPOTTED)
        found.append(own_steps(study.map, department, study.hot_spots() if measured_ else None))
    solutions = study.solutions.solutions
    here = part_in(solutions, study.actions, department, study.map.names, study.about.values.currency)
    return [*found, here] if len(here.table) else found


def applied(study: Study) -> list[Finding]:
    """The plan, what came of what was done, and what the team had predicted of it."""
    actions = study.actions.actions
    if not actions:
        return []
    asked: list[tuple[str, Callable[[], Finding]]] = []
    if study.about.sources:
        asked = [("Did what was done come to what was hoped?", study.follow_up)]
        if any(one.predicted for one in actions):
            asked.append(("What did the team predict, and what came?", study.ledger))
    return [study.plan(), *_answered(asked)]


def explored(study: Study) -> list[Finding]:
    """The ways that people take, beside the way that was planned, and what comes before a complaint."""
    journey = study.journey
    if not walked(journey):
        return []
    asked = [_plainly(journey, name) for name in WALKED]
    if study.map.steps:
        asked += [_plainly(journey, name) for name in PLANNED]
    if evidence.has(journey, "complaint"):
        told = MEASURES["precedes"]
        asked.append((told.asks, lambda: told.function(journey, map=study.map)))
    return _answered(asked)


def walked(journey: JourneyFrame) -> bool:
    """Does anybody have several contacts or complaints?"""
    moving = journey.count(by="kind")
    moving = moving[moving["kind"].isin(["event", "complaint"])]
    return bool((moving["n"] > moving["people"]).any())


def hot_spots(study: Study) -> list[Finding]:
    """A page a hot spot: what is known of each step that the team marked or the data propose."""
    if not study.map.steps or not study.about.sources:
        return []
    measured_ = any(_by_step(study.journey, of) for of in SPOTTED)
    claims, chosen = study.hypotheses.hypotheses, study.solutions.solutions
    known = Known(
        study.journey, study.map, study.map_view(), study.hot_spots() if measured_ else None,
        claims, study.judge() if claims else None, study.solutions, study.rank_solutions() if chosen else None,
        study.actions, study.follow_up() if study.actions.actions else None,
    )  # fmt: skip
    return hot_spot_pages(known)


def personas(study: Study) -> list[Finding]:
    """Who the personas are, how many, and where two of them differ."""
    journey = study.journey
    if not journey.personas:
        return []
    asked = [_plainly(journey, "personas"), _plainly(journey, "persona_shares")]
    if len(journey.personas) > 1:
        first, second = list(journey.personas)[:2]
        told_ = MEASURES["compare_personas"]
        asked.append((told_.asks, lambda: told_.function(journey, first, second)))
    return _answered(asked)


def changed(study: Study) -> list[Finding]:
    """What changed since the wave before the newest; nothing where there is one wave alone."""
    return [study.since()] if len(study.journey.of_kind("answer").distinct("wave")) > 1 else []


def first(study: Study) -> list[Finding]:
    """The findings to say first, ranked by what is at stake; nothing where nothing was measured."""
    if not study.about.sources:
        return []
    journey, plan = study.journey, study.map
    assumed = any(step.emotion is not None for step in plan.steps) and _by_step(journey, "emotion")
    measured_ = bool(plan.steps) and any(_by_step(journey, of) for of in SPOTTED)
    complained = evidence.has(journey, "complaint")
    rates = complaints.complaint_rate(journey) if complained else None
    grades = {cell["name"]: cell["evidence"] for cell in study.map_view()["steps"].values()} if plan.steps else {}
    surprises = evidence.surprises(journey, plan, "emotion") if assumed else None
    said = first_page.of_steps(study.hot_spots() if measured_ else None, surprises, rates, grades)
    if not said:
        said = [first_page.plain(_steps(journey, of) if _by_step(journey, of) and of not in journey.asked_of_whole()
                                 else _overall(journey, of, ())) for of in _asked(journey)[:2]]  # fmt: skip
        said += [first_page.plain(rates, "pain")] if rates is not None else []
    claims = study.hypotheses.hypotheses
    said += first_page.of_claims(study.judge() if claims else None, claims, journey)
    if study.solutions.solutions:
        found = study.appraise()
        points = found.weights is not None
        said.append(first_page.of_choice(study.rank_solutions(), best_sets(found), points))
    return [first_page.first_page(journey, said)] if said else []


def headlines(study: Study) -> list[dict[str, str]]:
    """The findings to say first, in sentences, each with its base and evidence."""
    return [
        {"text": row["finding"], "note": " · ".join(one for one in (row["base"], row["evidence"]) if one),
         "tone": row["tone"]}
        for found in first(study) for row in found.to_frame().to_dict("records")
    ]  # fmt: skip


STEPS: dict[str, Callable[[Study], list[Finding]]] = {
    "scope": scope,
    "map": drawn,
    "hot spots": hot_spots,
    "quality": quality,
    "measure": measured,
    "why": explained,
    "personas": personas,
    "since": changed,
    "solutions": proposed,
    "apply": applied,
    "explore": explored,
    "first page": first,
}


def _asked(journey: JourneyFrame) -> list[str]:
    """The measures that people answered, recommendation first."""
    table = journey.measures.to_frame()
    known = set(table.loc[table["kind"] == "answer", "measure"])
    first = [one for one in ("nps", "csat", "ces", "emotion", "trust") if one in known]
    return first + sorted(known - set(first))


def _by_step(journey: JourneyFrame, of: str) -> bool:
    """Was it asked of more than one step, on one scale?"""
    table = journey.measures.to_frame()
    here = table[(table["measure"] == of) & (table["kind"] == "answer") & table["step"].notna()]
    return here["step"].nunique() > 1


def _steps(journey: JourneyFrame, of: str) -> Finding:
    measure = OWN.get(of)
    return measure(journey, "step") if measure else ratings.mean_rating(journey, "step", of=of)


def _overall(journey: JourneyFrame, of: str, by: tuple[str, ...]) -> Finding:
    measure = {key: value for key, value in OWN.items() if key != "emotion"}.get(of)
    return measure(journey, by) if measure else ratings.mean_rating(journey, by, of=of)


def _waves_of(journey: JourneyFrame, of: str) -> int:
    counted = journey.count(by=["measure", "wave", "state"], people=False)
    here = counted[(counted["measure"] == of) & (counted["state"] == "answered") & counted["wave"].notna()]
    return here["wave"].nunique()


def _segments(study: Study) -> list[str]:
    """People's attributes to show results by: those that personas and hypotheses name, else the first with few values."""
    journey = study.journey
    there = [column for column in journey.people.columns if column not in ("person", "stratum", "cluster", "created")]
    named = [key for persona in study.about.personas for key in persona.where]
    named += [key for one in study.hypotheses.hypotheses for key in one.adjust]
    wanted = [one for one in dict.fromkeys(named) if one in there] or there
    return [one for one in wanted if 1 < len(journey.distinct(one)) <= FEW][:3]
