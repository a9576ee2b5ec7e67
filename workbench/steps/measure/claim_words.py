"""Claims in plain words: the sentence that a claim's parts say, groups of people as they are written, and claims that a
file suggests in its comments.

Knows claims; no journey, no data.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from workbench import models
from workbench.faults import DataFault, Fault
from workbench.steps.measure.claims import Hypotheses, Hypothesis, People, people_in_words, power

# outcome -> what people do more of, less of, and otherwise
DO = {
    "nps": ("recommend us more", "recommend us less", "recommend us to another degree"),
    "csat": ("are more satisfied", "are less satisfied", "are satisfied to another degree"),
    "ces": ("find it easier", "find it harder", "find it easy to another degree"),
    "emotion": ("feel better", "feel worse", "feel otherwise"),
    "trust": ("trust us more", "trust us less", "trust us to another degree"),
    "complaint": ("complain more", "complain less", "complain at another rate"),
    "churn": ("leave sooner", "leave later", "leave at another pace"),
    "time": ("take longer", "take less time", "take another time"),
}
WAYS = ("higher", "lower", "different")
AND, OR = "; ", " or "


def sentence(one: Hypothesis, names: Mapping[str, str] | None = None) -> str:
    """What a claim says, from its parts: "Customers with called first yes recommend us more at First bill arrives than …"."""
    called = names or {}
    rated = one.outcome.replace("_", " ")
    ways = DO.get(one.outcome, (f"rate {rated} higher", f"rate {rated} lower", f"rate {rated} otherwise"))
    do = ways[WAYS.index(one.direction)]
    where = f" at {called.get(one.step, one.step)}" if one.step else " over the whole journey"
    if one.outcome == "time" and one.step and one.to:
        where = f" from {called.get(one.step, one.step)} to {called.get(one.to, one.to)}"
    if one.since is not None:
        return f"Since {one.since.isoformat()} customers {do}{where} than before"
    if one.dose is not None:
        return f"Customers with more {one.dose.replace('_', ' ')} {do}{where}"
    others = f"those with {people_in_words(one.against)}" if one.against else "all others"
    return f"Customers with {people_in_words(one.compare)} {do}{where} than {others}"


def foreseen(one: Hypothesis) -> str:
    """What the planned base of a claim can see, before any data; an empty text where none is planned or none can be told."""
    plan = power(one)
    if plan is None:
        return ""
    effect = f"{one.matters:g}"
    return (
        f"{plan['n']:,} people in each group find an effect of {effect} in {100 * plan['power']:.0f} of 100 such studies; "
        f"the smallest that they find 4 times in 5 is {plan['detectable']:.2g} (two groups, two-sided at 5 %)."
    )


def fresh_id(one: Hypothesis, taken: Collection[str]) -> str:
    """An id for a claim, from what it compares, its outcome and its step; another than those that are there."""
    about = "-".join(one.compare) or one.dose or "since"
    words = "-".join(part for part in (about, one.outcome, one.step or "") if part)
    base = re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-") or "claim"
    names = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


# -- groups of people -------------------------------------------------------------------------------------------------


def people_as_text(people: People | None) -> str:
    """A group of people as a cell has it: "segment: owner; region: North or South"."""
    told = [
        (key, OR.join(map(str, value)) if isinstance(value, list) else value) for key, value in (people or {}).items()
    ]
    return AND.join(f"{key}: {value}" for key, value in told)


def people_of_text(text: str, known: Mapping[str, Iterable[str]] | None = None) -> People:
    """A group of people as it is written in a cell; `known` values of an attribute may hold the word "or". Raises DataFault."""
    found: People = {}
    for part in filter(None, (one.strip() for one in (text or "").split(";"))):
        mark = ":" if ":" in part else "="
        name, _, value = (one.strip() for one in part.partition(mark))
        if not name or not value:
            raise DataFault(
                Fault(
                    found=f'"{part}"', expected="attribute: value", mend="as in segment: owner; region: North or South"
                )
            )
        values = [value] if value in (known or {}).get(name, ()) else [one.strip() for one in value.split(OR)]
        found[name] = values[0] if len(values) == 1 else values
    return found


# -- suggestions ------------------------------------------------------------------------------------------------------


def suggested(text: str) -> list[Hypothesis]:
    """The claims that stand in the comments of a hypotheses.yaml, as templates suggest them. A comment may say anything:
    what is no claim is no suggestion."""
    lines = text.splitlines()
    starts = [place for place, line in enumerate(lines) if re.fullmatch(r"#\s*hypotheses:\s*", line)]
    if not starts:
        return []
    said = []
    for line in lines[starts[0] :]:
        if not line.startswith("#"):
            break
        said.append(line[1:].removeprefix(" "))
    try:
        return models.build(models.parse("\n".join(said), "hypotheses.yaml"), Hypotheses, "hypotheses.yaml").hypotheses
    except DataFault:
        return []
