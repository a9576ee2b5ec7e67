"""What the data at hand can and cannot answer: the questions of a journey study, each with what there is and what is missing.

Knows the study's journey and its map; asks for counts alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.faults import DataFault
from workbench.finding import Finding
from workbench.journey import DESIGN

if TYPE_CHECKING:
    from workbench.journey import JourneyFrame
    from workbench.study import Study

FELT = ("nps", "csat", "ces", "emotion", "trust")


def at_hand(study: Study) -> Finding:
    """The questions that a journey study asks: whether these data answer them, with what, and what would be needed.

    One row a question: `answered` is yes, partly or no. Nothing is worked out but counts.
    """
    try:
        journey = study.journey
    except DataFault:
        journey = None
    if journey is None or not len(journey):
        rows = [
            (asked, "no", "no data yet", "Put files into the study: a survey, complaints, a contact log.")
            for asked in ASKED
        ]
    else:
        known = _counted(journey, study)
        rows = [(asked, *look(known)) for asked, look in ASKED.items()]
    table = pd.DataFrame(rows, columns=["question", "answered", "with", "what is missing"])
    can = int((table["answered"] == "yes").sum())
    partly = int((table["answered"] == "partly").sum())
    left = [str(one) for one in table.loc[table["answered"] == "no", "question"]]
    sentence = f"The data at hand answer {can} of {len(table)} questions" + (f", {partly} in part" if partly else "")
    sentence += (
        f"; not: {' '.join(left[:3])}" + (f" and {len(left) - 3} more." if len(left) > 3 else "") if left else "."
    )
    base = journey.base() if journey is not None else ""
    return Finding(
        "at_hand",
        table,
        sentence,
        by=("question",),
        base=base,
        method="whether records of the kind that a question needs are there; not whether they are enough for an answer",
        title="What the data can and cannot answer",
    )


def _counted(journey: JourneyFrame, study: Study) -> dict[str, Any]:
    """What is there, counted once."""
    by_kind = journey.count(by=["kind", "step"])
    steps = study.map.names
    at = {
        kind: {str(step) for step in part["step"].dropna()} & set(steps)
        if steps
        else {str(one) for one in part["step"].dropna()}
        for kind, part in by_kind.groupby("kind")
    }
    table = journey.measures.to_frame()
    asked = set(table["measure"])
    answers = journey.of_kind("answer")
    by_step = (
        {str(one) for one in answers.count(by=["measure", "step"]).dropna(subset=["step"])["measure"]}
        if at.get("answer")
        else set()
    )
    attributes = [one for one in journey.people.columns if one not in DESIGN]
    linked = study.read.get("people", [])
    return {
        "kinds": {kind: int(part["n"].sum()) for kind, part in by_kind.groupby("kind")},
        "at": at,
        "asked": asked,
        "by_step": by_step,
        "waves": len(answers.distinct("wave")),
        "attributes": attributes,
        "steps": steps,
        "sources": len(linked),
        "leavers": study.solutions.leavers,
        "ends": bool(study.solutions.leavers) or "created" in journey.people.columns,
        "readings": "reading" in at,
        "hypotheses": len(study.hypotheses.hypotheses),
    }


Known = Mapping[str, Any]
Told = tuple[str, str, str]


def _won(known: Known) -> Told:
    there = [one for one in FELT if one in known["by_step"]]
    if there:
        return "yes", f"{_listed(there)} at {len(known['at']['answer'])} steps", ""
    if known["asked"] & set(FELT):
        return "partly", "scores of the whole journey", "Say in the binding at which step each question was asked."
    return "no", "", "A survey with a score (recommendation, satisfaction, effort or emotion) at the steps."


def _recommend(known: Known) -> Told:
    if "nps" in known["asked"]:
        return "yes", "the 0 to 10 recommendation question", ""
    return "no", "", "A question from 0 to 10: how likely to recommend."


def _felt(known: Known) -> Told:
    there = [one for one in ("emotion", "trust", "csat", "ces") if one in known["asked"]]
    if "emotion" in there:
        return "yes", _listed(there), ""
    if there:
        return "partly", _listed(there), "A question on how it felt, at each step."
    return "no", "", "A question on how it felt (or satisfaction, effort), at each step."


def _complain(known: Known) -> Told:
    if not known["kinds"].get("complaint"):
        return "no", "", "An extract of complaints or tickets, with the day and a category."
    many = f"{known['kinds']['complaint']:,} complaints"
    if known["at"].get("complaint"):
        return "yes", f"{many} at {len(known['at']['complaint'])} steps", ""
    return "partly", many, "Say which category belongs to which step (steps: in the binding)."


def _paths(known: Known) -> Told:
    if known["kinds"].get("event"):
        return "yes", f"{known['kinds']['event']:,} contacts", ""
    return "no", "", "A contact or event log: who, what, when."


def _leave(known: Known) -> Told:
    if known["leavers"]:
        return "yes", _listed([f"{key}: {value}" for key, value in known["leavers"].items()]), ""
    if known["ends"]:
        return (
            "partly",
            "when people became customers",
            "Who left and when, as an attribute of people or a step of the log.",
        )
    return "no", "", "A customer table that says who left, and when."


def _moved(known: Known) -> Told:
    if known["waves"] > 1:
        return "yes", f"{known['waves']} waves of the survey", ""
    if known["readings"]:
        return "partly", "a tracking sheet", "The answers of each wave: a sheet of means shows no chance."
    return "no", "", "The same survey a second time, or a tracking sheet."


def _why(known: Known) -> Told:
    kinds = {"comment": "comments", "quote": "interview passages"}
    there = [f"{known['kinds'][one]:,} {words}" for one, words in kinds.items() if known["kinds"].get(one)]
    if len(there) == 2:
        return "yes", _listed(there), ""
    if there:
        missing = (
            "Interviews: comments say what, seldom why." if "comment" in known["kinds"] else "Comments in the survey."
        )
        return "partly", _listed(there), missing
    return "no", "", "Open comments in the survey, or interviews."


def _differ(known: Known) -> Told:
    if known["attributes"]:
        return "yes", _listed(known["attributes"][:5]), ""
    return "no", "", "Attributes of people: segments in the survey, or a customer table."


def _joined(known: Known) -> Told:
    if known["sources"] > 1:
        return "yes", f"people found again across {known['sources']} sources", ""
    return "no", "", "An id of the person in the survey that the log or the complaints have too."


def _map(known: Known) -> Told:
    steps = known["steps"]
    if not steps:
        return "no", "", "Draw the steps of the journey first."
    seen = set().union(*known["at"].values()) if known["at"] else set()
    bare = [name for id, name in steps.items() if id not in seen]
    if not bare:
        return "yes", f"something was observed at each of {len(steps)} steps", ""
    if len(bare) == len(steps):
        return "no", "", "Bind the questions and events to the map's steps."
    return "partly", f"{len(steps) - len(bare)} of {len(steps)} steps", f"Nothing was observed at: {_listed(bare)}."


ASKED: dict[str, Callable[[Known], Told]] = {
    "Where on the journey is the relationship won or lost?": _won,
    "Would customers recommend us?": _recommend,
    "How does each step feel?": _felt,
    "Where do people complain?": _complain,
    "What do people really do, and where do they stop?": _paths,
    "Who leaves?": _leave,
    "Did it change?": _moved,
    "Why, in people's own words?": _why,
    "Do kinds of customers differ?": _differ,
    "Does what people feel go with what they do?": _joined,
    "Is every step of the map seen in the data?": _map,
}


def _listed(names: list[str]) -> str:
    names = [str(one).replace("_", " ") for one in names]
    if len(names) > 4:
        return f"{', '.join(names[:4])} and {len(names) - 4} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
