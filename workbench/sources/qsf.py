"""Qualtrics survey definitions (.qsf) as questionnaires: wording, scales, choices and order of the questions.

A question is named by the import id of its column as current exports write it (QID5, QID7_2, QID3_TEXT), for that stays
when somebody renames a heading. What other exports call the column stands in the questionnaire's `bindings`: "dashes"
(older exports: QID7-2), "headings" (by their first row) and "legacy" (exports without import ids); `fitted` finds out
which of them an export needs. Knows no export but by the names it is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from workbench import models
from workbench.faults import DataFault, Fault
from workbench.files import Received
from workbench.sources import qsf_json
from workbench.sources.binding import Binding, Questionnaire
from workbench.sources.qsf_json import table
from workbench.sources.qsf_questions import Draft, Names, add, own_word


def recognises(received: Received) -> str:
    """Why this file looks like a Qualtrics survey definition, or an empty text."""
    if received.kind != "text":
        return ""
    head = received.head(4096).lstrip()
    there = head.startswith("{") and ('"SurveyEntry"' in head or '"SurveyElements"' in head)
    return "a Qualtrics survey definition (SurveyEntry)" if there else ""


def read(received: Received, notes: list[Fault] | None = None) -> Questionnaire:
    """The questionnaire of a survey definition, its questions in the order of its blocks; the trash is left out.

    `notes` receives what was left out or assumed, one Fault with the question's tag each. Raises DataFault where the
    file is no survey definition.
    """
    content = qsf_json.content(received)
    elements = [one for one in content["SurveyElements"] if isinstance(one, dict)]
    asked = {
        str(question["QuestionID"]): question
        for one in elements
        if one.get("Element") == "SQ" and (question := table(one.get("Payload"))).get("QuestionID")
    }
    if not asked:
        raise DataFault(Fault(file=received.name, found="no questions", expected="SurveyElements with questions (SQ)"))
    draft = Draft(received.name, notes if notes is not None else [])
    for place in qsf_json.order(elements, asked):
        add(draft, asked[place])
    _one_nps(draft)
    title = str(table(content.get("SurveyEntry")).get("SurveyName") or received.name)
    if not draft.items:
        raise DataFault(Fault(file=received.name, found="no question that can be kept", expected="questions"))
    if qsf_json.has_logic(elements, asked):
        draft.note(
            "",
            "questions that are shown to some people only",
            "blank: in the binding",
            "say blank: not_shown if blanks are such",
        )
    content = {
        "title": title,
        "survey": draft.items,
        "bindings": _bindings(draft.names.values()),
    }
    return models.build(content, Questionnaire, received.name)


def fitted(questionnaire: Questionnaire, columns: Iterable[str], notes: list[Fault] | None = None) -> Questionnaire:
    """The questionnaire for one export: its columns by the names that this export has, the others not asked.

    `columns` are all names by which columns of the export can be called (headings and import ids). Of the general
    binding and the named ones, the one that finds most columns is taken whole; what it does not find is told in `notes`.
    """
    there = {one.strip() for one in columns}
    wanted = [
        name
        for item in questionnaire.survey
        for name in (item.columns.values() if isinstance(item.columns, dict) and item.columns else [item.name])
    ]
    best: tuple[int, str, dict[str, str]] = (-1, "", {})
    for word, binding in (("", questionnaire.binding), *questionnaire.bindings.items()):
        called = binding.columns if isinstance(binding.columns, dict) else {}
        found = {name: called.get(name, name) for name in wanted if called.get(name, name) in there}
        if len(found) > best[0]:
            best = (len(found), word, found)
    _, word, found = best
    missing = [name for name in wanted if name not in found]
    whole = [
        item.name
        for item in questionnaire.survey
        if isinstance(item.columns, dict) and item.columns and not set(item.columns.values()) & set(found)
    ]
    if missing and notes is not None:
        notes.append(
            Fault(
                file=questionnaire.title,
                column=", ".join(missing[:6]),
                found=f"{len(missing)} of {len(wanted)} columns that this export does not have",
                expected="a column for each question",
                mend="taken as not asked; export them, or remove the questions",
                count=len(missing),
                weight="note",
            )
        )
    base = questionnaire.binding.model_dump(by_alias=True, exclude_unset=True)
    if word:
        base |= questionnaire.bindings[word].model_dump(by_alias=True, exclude_unset=True)
    base["columns"] = {name: here for name, here in found.items() if name != here}
    base["not_asked"] = [*base.get("not_asked", []), *missing, *whole]
    return questionnaire.model_copy(update={"binding": Binding.model_validate(base)})


def _one_nps(draft: Draft) -> None:
    """One question is the survey's NPS; others get words of their own, lest their answers run together."""
    several = [item for item in draft.items if item.get("measure") == "nps"]
    for item in several[1:]:
        item["measure"] = own_word(draft, f"nps_{draft.names[item['name']].heading}")
        draft.note(
            draft.names[item["name"]].heading,
            f"{len(several)} questions of likelihood to recommend",
            "a step for each of them",
            f"called {item['measure']}; say measure: nps and step: for each",
        )


def _bindings(names: Iterable[Names]) -> dict[str, Any]:
    """What exports of other times call the columns: {binding: {columns: {import id: name there}}}.

    Headings that stand more than once in an export without import ids carry their number, as its reader gives it.
    """
    listed = list(names)
    found: dict[str, Any] = {}
    for word in ("dashes", "headings", "legacy"):
        key = word.removesuffix("s") if word == "headings" else word
        often = Counter(getattr(one, key) for one in listed)
        seen: Counter[str] = Counter()
        columns = {}
        for one in listed:
            here = getattr(one, key)
            seen[here] += 1
            if here and here != one.id:
                columns[one.id] = f"{here} ({seen[here]})" if often[here] > 1 else here
        if columns:
            found[word] = {"columns": columns}
    return found
