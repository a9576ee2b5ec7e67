"""What can be asked: the measures of the shelf that a journey's data can answer, of what, by which groups; the line of Python.

Knows the shelf of measures and the journey; no widgets but the lists that are chosen from.
"""

from __future__ import annotations

from inspect import signature
from typing import Any

import workbench
from workbench.finding import Finding
from workbench.journey import DESIGN, JourneyFrame
from workbench.steps.measure import MEASURES, Measure

FIRST = ("nps", "csat", "ces", "emotion_curve", "complaint_rate")  # what is asked first, where it was measured
KINDS = {"track": "reading"}  # measures of something else than people's answers
FEW = 12  # groups that a picture can hold
WHOLE: tuple[str, ...] = ()


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


def line(one: Measure, of: str | None, by: tuple[str, ...] | None, journey: str = "study.journey") -> str:
    """The line of Python that gives the same finding in a notebook where `study` is open."""
    known = signature_of(one)
    words = [journey]
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


def counted_of(one: Measure, of: str | None, journey: JourneyFrame) -> str | None:
    """Whose answers a measure counts; None where it counts other records."""
    name = of or (one.needs[0] if one.needs else None)
    table = journey.measures.to_frame()
    return name if name in set(table.loc[table["kind"] == "answer", "measure"]) else None


def first_of(one: Measure, journey: JourneyFrame) -> str | None:
    return next(iter(subjects(one, journey)), None)


def choose(field: Any, options: list[tuple[str, Any]]) -> None:
    """New options; the chosen one stays where it still is one."""
    before, values = field.value, [value for _, value in options]
    field.options = options
    field.value = before if before in values else values[0] if values else None
