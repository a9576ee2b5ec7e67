"""What each column of a source is, as study.yaml says it: read from an entry, and written back when a person says otherwise.

Plain values in, plain values out; no widget. Knows the words of a binding and what the profile judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.profiling import words
from workbench.profiling.looks import Judged, Look
from workbench.sources import transcripts

SINGLE = {
    "person": "who it is about",
    "time": "when it was",
    "opened": "when it was opened",
    "closed": "when it was closed",
    "created": "when the customer came",
    "activity": "what happened",
    "category": "what a complaint is about",
    "channel": "the channel",
    "step": "the step",
    "wave": "the wave",
    "measure": "what was measured",
    "value": "the reading",
    "n": "the base of the reading",
    "order": "the order of events",
    "lifecycle": "a stage of what happened",
    "weight": "the weight",
    "stratum": "the stratum",
    "cluster": "the cluster",
    "duration": "the seconds it took",
}
NAMES = SINGLE | {
    "rating": "a rating",
    "text": "a comment",
    "segments": "a segment",
    "option": "an option of a question",
    "reading": "a column of readings",
    "keys": "another key of the person",
    "speaker": "who is interviewed",
    "interviewer": "who asks",
    "usual": "as usual for this kind of file",
    "": "left out",
}
ANSWERS = ("rating", "text", "segments")
OF_KIND = {
    "events": ("person", "activity", "time", "channel", "step", "order", "lifecycle", "segments", "keys"),
    "complaints": ("person", "opened", "closed", "category", "channel", "step", "text", "segments", "keys"),
    "tracking": ("time", "wave", "measure", "value", "n", "step", "channel", "segments", "reading"),
    "people": ("person", "created", "segments", "stratum", "cluster", "keys"),
}
OF_SURVEY = (
    *("person", "rating", "text", "segments", "time", "wave", "channel", "step"),
    *("weight", "stratum", "cluster", "duration", "keys"),
)
TICKETS = ("cfpb", "zendesk", "salesforce", "hubspot")  # kinds that bind their usual columns by themselves


def offered(kind: str) -> list[str]:
    """What a column of this kind of file can be, for a person to choose from; "" is: left out."""
    if kind in transcripts.KINDS:
        return ["speaker", "interviewer"]
    of = "complaints" if kind in TICKETS else kind
    return [*OF_KIND.get(of, OF_SURVEY), ""]


def role(entry: Mapping[str, Any], name: str) -> tuple[str, str]:
    """What a column is by an entry of study.yaml, and the question that says so (of a rating, a comment, an option)."""
    renamed = entry.get("columns")
    usual = next((one for one, here in renamed.items() if here == name), name) if isinstance(renamed, Mapping) else name
    for word in SINGLE:
        if entry.get(word) in (name, usual):
            return word, ""
    question = (entry.get("questions") or {}).get(usual)
    if question is not None:
        text = isinstance(question, Mapping) and question.get("type") == "text"
        return ("text" if text else "rating"), usual
    for group, several in (entry.get("several") or {}).items():
        columns = several.get("columns") or [group]
        if usual in (columns.values() if isinstance(columns, Mapping) else columns):
            return "option", group
    for word in ("segments", "text"):
        if usual in (entry.get(word) or []):
            return word, ""
    if usual in (entry.get("keys") or {}).values():
        return "keys", ""
    if entry.get("format") == "tracking" and renamed and name in renamed:
        return "reading", ""
    return "", ""


def assigned(
    entry: Mapping[str, Any], name: str, to: str, judged: Judged, look: Look, step: str | None = None
) -> dict[str, Any]:
    """The words of an entry that change when a column becomes something else, each with all that stands there then.

    What only one column can be (the person, the time …) is taken from the one that was it. Raises DataFault for what cannot
    be chosen so.
    """
    now, group = role(entry, name)
    if to == now and step is None:
        return {}
    if now == "option" or to in ("option", "usual"):
        raise DataFault(
            Fault(
                file="study.yaml",
                column=name,
                found="an option of a question with several columns",
                expected="a change of the whole question",
                mend='change it under "Questionnaire"',
            )
        )
    after = {word: deepcopy(value) for word, value in entry.items()}
    _taken_out(after, name, now, group)
    if to in SINGLE:
        after[to] = name
    elif to == "rating":
        taken = [str(one.get("measure")) for one in (after.get("questions") or {}).values() if isinstance(one, Mapping)]
        after["questions"] = {**(after.get("questions") or {}), name: question(judged, look, taken)}
    elif to == "text" and step:
        asked = {"type": "text", "step": step}
        after["questions"] = {**(after.get("questions") or {}), name: asked}
    elif to in ("text", "segments"):
        after[to] = [*(after.get(to) or []), name]
    elif to == "keys":
        after["keys"] = {**(after.get("keys") or {}), words.slug(name, list(after.get("keys") or {})): name}
    elif to == "reading":
        held = after.get("columns") or {}
        slug = words.slug(name)
        after["columns"] = {**held, name: slug} if isinstance(held, Mapping) else [*held, name]
    return {word: after.get(word) for word in {**entry, **after} if after.get(word) != entry.get(word)}


def question(judged: Judged, look: Look, taken: Sequence[str]) -> dict[str, Any]:
    """What a binding says of a rating: its measure by the heading, its scale as the profile saw it, else from the lowest to
    the highest number that stands there."""
    found: dict[str, Any] = {"measure": words.slug(look.heading if len(look.heading) < 60 else look.wording, taken)}
    ends = judged.scale or (float(look.numbers.min()), float(look.numbers.max())) if len(look.numbers) else judged.scale
    if ends and ends[0] < ends[1]:
        found["scale"] = [int(one) if float(one).is_integer() else float(one) for one in ends]
    for word in ("missing", "not_applicable", "values", "reversed"):
        if getattr(judged, word):
            found[word] = getattr(judged, word)
    if judged.choices and not judged.values:
        found["choices"] = judged.choices
    return found


def _taken_out(after: dict[str, Any], name: str, now: str, group: str) -> None:
    if now in SINGLE:
        after.pop(now)
    elif now in ("segments", "text") and not group:
        after[now] = [one for one in after[now] if one != name]
    elif now in ("rating", "text"):
        after["questions"] = {one: said for one, said in after["questions"].items() if one != group}
    elif now == "keys":
        after["keys"] = {one: column for one, column in after["keys"].items() if column != name}
    elif now == "reading":
        held = after["columns"]
        after["columns"] = (
            {one: said for one, said in held.items() if one != name}
            if isinstance(held, Mapping)
            else [one for one in held if one != name]
        )
