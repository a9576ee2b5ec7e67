"""ideas.yaml: the wall of small ideas, who said each, how they were grouped, and the solution that they went into.

Knows its own words alone. An idea is never rewritten or thrown away: grouping and merging only add to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from pydantic import Field, model_validator

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.models import Model
from workbench.steps.map import as_id
from workbench.steps.solutions.likeness import alike
from workbench.steps.solutions.model import AREAS

FILE = "ideas.yaml"
NAMING = 6  # words of an idea that make its id
COLUMNS = ("idea", "who", "when", "step", "area", "group", "solution", "id")


class Idea(Model):
    """One idea in somebody's own words. `who` is a role or a name of the team; `when` the day, as in 2025-03-31."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    words: str = Field(min_length=1)
    who: str
    when: str = ""
    step: str = ""
    area: str = ""
    group: str = ""  # what the team calls those that belong together
    solution: str = ""  # the solution that it was merged into

    @model_validator(mode="after")
    def _area(self) -> Idea:
        if self.area and self.area not in AREAS:
            raise ValueError(f"area: one of {', '.join(AREAS)}")
        return self


class Ideas(Model):
    """All ideas, in the order in which they came."""

    ideas: list[Idea] = []

    @model_validator(mode="after")
    def _once(self) -> Ideas:
        ids = [one.id for one in self.ideas]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"each idea id once; twice there: {', '.join(twice)}")
        return self

    def of(self, solution: str) -> list[Idea]:
        """The ideas that went into a solution."""
        return [one for one in self.ideas if one.solution == solution]

    def named(self, ideas: str | Iterable[str]) -> list[str]:
        """The ids meant by some ids, or by the name of a group. Raises DataFault for what is not there."""
        ids = [one.id for one in self.ideas]
        if isinstance(ideas, str):
            there = [one.id for one in self.ideas if one.group and one.group == ideas]
            ideas = there or [ideas]
        wanted = list(dict.fromkeys(ideas))
        groups = list(dict.fromkeys(one.group for one in self.ideas if one.group))
        if strange := [one for one in wanted if one not in ids]:
            raise DataFault([unknown("idea or group", one, [*groups, *ids], FILE, "id") for one in strange])
        if not wanted:
            raise DataFault(Fault(FILE, None, "id", "no idea", "at least one", "name the ideas, or their group"))
        return wanted

    def check(self, steps: Sequence[str], solutions: Sequence[str]) -> list[Fault]:
        """Steps and solutions that the study does not know. An empty list of steps knows nothing yet."""
        found = []
        for one in self.ideas:
            if one.step and steps and one.step not in steps:
                found.append(unknown("step", one.step, steps, FILE, one.id))
            if one.solution and one.solution not in solutions:
                found.append(unknown("solution", one.solution, solutions, FILE, one.id))
        return found


# -- changing the wall, in its plain content --------------------------------------------------------------------------


def add(content: Any, words: str, who: str, when: str = "", step: str = "", area: str = "", group: str = "") -> str:
    """Put an idea on the wall, with who said it; its id comes back. What the same person said already is there once."""
    said, who = " ".join(words.split()), who.strip()
    if not said:
        raise DataFault(Fault(FILE, None, "words", "no words", "an idea in somebody's own words", "say it"))
    ideas = content["ideas"] = content.get("ideas") or []
    for one in ideas:
        if same(one["words"], said) and same(one["who"], who):
            return str(one["id"])
    id = (
        as_id(" ".join(said.split()[:NAMING])[:60], [one["id"] for one in ideas])
        if said.isascii()
        else _numbered(ideas)
    )
    more = {"when": when, "step": step, "area": area, "group": group.strip()}
    ideas.append({"id": id, "words": said, "who": who} | {key: value for key, value in more.items() if value})
    return id


def group(content: Any, ids: Sequence[str], name: str) -> bool:
    """Say that ideas belong together, under a name ("": to none); is anything otherwise now?"""
    return _mark(content, ids, "group", " ".join(name.split()))


def merge(content: Any, ids: Sequence[str], solution: str) -> bool:
    """Say which solution ideas went into ("": none, after all); is anything otherwise now? Raises DataFault, and nothing is
    changed, for an idea that went into another one already.
    """
    if solution:
        free(content, ids, solution)
    return _mark(content, ids, "solution", solution)


def free(content: Any, ids: Sequence[str], solution: str = "") -> None:
    """Raises DataFault for each idea that went into a solution already, other than this one."""
    faults = [
        Fault(
            FILE,
            None,
            str(one["id"]),
            f'an idea that went into "{one["solution"]}" already',
            "ideas that are free",
            'leave it out, or take it out there first: merge_ideas([…], into="")',
        )
        for one in content.get("ideas") or []
        if one["id"] in ids and one.get("solution") not in (None, "", solution)
    ]
    if faults:
        raise DataFault(faults)


def same(one: str, other: str) -> bool:
    """The same words, blanks and capitals aside?"""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _mark(content: Any, ids: Sequence[str], key: str, value: str) -> bool:
    changed = False
    for one in content.get("ideas") or []:
        if one["id"] in ids and str(one.get(key) or "") != value:
            changed = True
            if value:
                one[key] = value
            else:
                del one[key]
    return changed


def _numbered(ideas: Iterable[Mapping[str, Any]]) -> str:
    """An id for words that are not written in plain letters."""
    taken = {str(one["id"]) for one in ideas}
    number = len(taken) + 1
    while f"idea-{number}" in taken:
        number += 1
    return f"idea-{number}"


# -- the wall as a finding --------------------------------------------------------------------------------------------


def told(ideas: Ideas, names: Mapping[str, str], solutions: Mapping[str, str]) -> Finding:
    """Every idea in the words in which it came: who said it, where it belongs, the solution that it went into. `names` of
    steps and of `solutions` by their ids.
    """
    rows = [
        {
            "idea": one.words,
            "who": one.who,
            "when": one.when,
            "step": names.get(one.step, one.step),
            "area": one.area,
            "group": one.group,
            "solution": solutions.get(one.solution, one.solution),
            "id": one.id,
        }
        for one in ideas.ideas
    ]
    return Finding(
        "ideas",
        pd.DataFrame(rows, columns=list(COLUMNS)),
        _sentence(ideas.ideas),
        by=("idea", "who"),
        base=_count(len(rows), "idea"),
        trail=("ideas.yaml",),
        method="as the team said it (ideas.yaml)" if rows else "",
        title="The ideas wall",
        quiet=tuple(column for column in COLUMNS if rows and not any(row[column] for row in rows)),
    )


def _sentence(those: Sequence[Idea]) -> str:
    if not those:
        return "No idea is on the wall yet."
    people = len({one.who.casefold() for one in those})
    merged = [one for one in those if one.solution]
    grouped = [one for one in those if one.group and not one.solution]
    alone = len(those) - len(merged) - len(grouped)
    parts = [f"{len(merged) or 'none'} merged into {_count(len({one.solution for one in merged}), 'solution')}"]
    parts = parts if merged else ["none merged into a solution yet"]
    if grouped:
        parts.append(f"{len(grouped)} in {_count(len({one.group for one in grouped}), 'group')}")
    if alone:
        parts.append(f"{alone} by {'itself' if alone == 1 else 'themselves'}")
    return f"{_count(len(those), 'idea')} of {_count(people, 'person', 'people')}: {', '.join(parts)}."


def _count(many: int, what: str, several: str = "") -> str:
    return f"{many} {what if many == 1 else several or what + 's'}"


# -- which may belong together ----------------------------------------------------------------------------------------


def proposed(ideas: Ideas) -> list[tuple[str, list[str]]]:
    """Groups that may be made of the ideas that are in none and in no solution: a name and their ids, the largest first.
    A proposal, by the words that they share: nothing is changed.
    """
    free = [one for one in ideas.ideas if not one.group and not one.solution]
    return [(name, [free[place].id for place in places]) for name, places in alike([one.words for one in free])]
