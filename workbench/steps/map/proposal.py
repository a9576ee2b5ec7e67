"""A journey map drafted from a contact log: its steps in the order in which people meet them, cut into stages.

A draft for a team to correct, made of counts alone: it knows what was logged, not what customers went through. Knows the
journey's verbs and the map; the engine counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from pydantic import PrivateAttr

from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.steps.map.model import JourneyMap, Stage, Step, as_id

LEAST, MOST = 0.02, 30  # share of people under which a step is left out; steps drawn
CHANNEL = 0.1  # share of a step's contacts from which a channel is drawn
TIED = 0.01  # of the contacts: those at the very time of the next one
NOTE = "as logged"
ORDER = (
    "order: of two steps the one that more people met first comes first, by the sum of these shares over all others (Borda), "
    "then neighbours are changed round where most people of both went the other way"
)
STAGES = (
    "stages: runs of steps within which people move more than the steps' traffic would have it (greatest modularity, "
    "Newman 2004, over all ways to cut the order)"
)


class Draft(JourneyMap):
    """A map drafted from a log: save it with study.save("map", draft), then correct it.

    `activities` says which activity of the log each step stands for, `binding()` the same as lines for study.yaml,
    `draft` how it was made, as a finding.
    """

    _activities: dict[str, str] = PrivateAttr(default_factory=dict)
    _draft: Finding | None = PrivateAttr(default=None)

    @property
    def activities(self) -> dict[str, str]:
        """Each activity of the log and the id of its step."""
        return dict(self._activities)

    @property
    def draft(self) -> Finding | None:
        """How it was made: a row a step, with people, share, order and what was left out."""
        return self._draft

    def binding(self) -> str:
        """Lines for the log's source in study.yaml, so that its activities stand at the steps of this map."""
        changed = {activity: step for activity, step in self._activities.items() if activity != step}
        if not changed:
            return ""
        import json

        lines = [f"  {json.dumps(activity, ensure_ascii=False)}: {_quoted(step)}" for activity, step in changed.items()]
        return "\n".join(["steps:", *lines]) + "\n"


def propose(journey: JourneyFrame, least: float = LEAST, most: int = MOST) -> Draft:
    """Draft a map from the contacts and complaints of people in order of time.

    least  share of people under which a step is left out and said
    most   steps drawn at most, those that most people met

    Raises DataFault without dated contacts of people, without steps, and for shares outside 0 to 1.
    """
    if not 0 <= least < 1:
        raise DataFault(Fault(column="least", found=str(least), expected="a share from 0 to under 1, as in 0.02"))
    if most < 1:
        raise DataFault(Fault(column="most", found=str(most), expected="1 step or more"))
    kinds = set(journey.count(by="kind", people=False)["kind"])
    moves = (journey.of_kind("event") if {"event", "complaint"} <= kinds else journey).moves()
    counted = moves.count(by="step")
    counted = counted[counted["step"].notna()]
    if counted.empty:
        raise DataFault(
            Fault(column="step", found="contacts without a step", expected="what happened", mend="bind activity=")
        )
    people = int(rows(moves.records.lazy.select(nw.col("person").n_unique().alias("n")))["n"][0])
    small = journey.minimum_base
    told = f"{people:,}" if people >= small else f"fewer than {small}"
    floor = max(least * people, float(min(small, people)))
    counted = counted.sort_values(["people", "n", "step"], ascending=[False, False, True], ignore_index=True)
    kept = counted[counted["people"] >= floor].head(most)
    if kept.empty:
        kept = counted.head(1)
    steps = sorted(str(one) for one in kept["step"])
    first = _precedence(moves, steps)
    ordered = [steps[place] for place in _in_order(first)]
    flow = _flow(moves, ordered)
    cuts = _cuts(flow)
    channels = _channels(moves, ordered)
    ids = _ids(ordered)
    names = journey.step_names or {}
    met = {str(row.step): int(row.people) for row in kept.itertuples()}
    stages: list[Stage] = []
    table = []
    for start, end in zip(cuts, [*cuts[1:], len(ordered)], strict=True):
        part = ordered[start:end]
        head = max(part, key=lambda one: (met[one], -part.index(one)))
        name = f"{_tidy(names.get(head, head))} (draft)"
        held = [_step(one, ids[one], names, channels[one], met[one], people, small) for one in part]
        taken = [stage.key for stage in stages]
        id = as_id(name, taken) if as_id(name) in taken else ""
        stages.append(Stage(id=id, name=name, steps=held) if id else Stage(name=name, steps=held))
        for one in part:
            row = {
                "stage": name,
                "step": _tidy(names.get(one, one)),
                "activity": one,
                "channels": ", ".join(channels[one]),
            }
            table.append(row | {"value": round(100 * met[one] / people, 10), "n": met[one]})
    left = len(counted) - len(ordered)
    notes = [
        "a draft from the log alone: what customers went through that nobody logged is not on it",
        ORDER,
        STAGES,
        f"left out: {left:,} {'step' if left == 1 else 'steps'} met by fewer than {100 * least:.0f} % of people (or "
        f"{journey.minimum_base}), or beyond {most}"
        if left
        else "no step left out",
    ]  # fmt: skip
    against = _against(first, steps, ordered)
    if against is not None and people >= small:
        notes.append(f"of people who met two steps, {against:.0f} % met them in this order")
    draft = Draft(title=_title(journey), version=1, lanes=[NOTE], stages=stages)
    draft._activities = dict(ids)
    drawn = f"{len(ordered)} {'step' if len(ordered) == 1 else 'steps'}"
    rarer = f"; {left:,} rarer {'step is' if left == 1 else 'steps are'} left out" if left else ""
    draft._draft = Finding(
        "map_proposal",
        pd.DataFrame(table),
        f"A draft of {len(stages)} {'stage' if len(stages) == 1 else 'stages'} and {drawn}, from the contacts of {told} "
        f"people{rarer}.",
        by=("stage", "step"),
        base=f"{told} people with contacts",
        method="; ".join(notes),
        cautions=tuple(_ties(moves)),
        trail=moves.trail,
        minimum=journey.minimum_base,
        title="A map drafted from the log",
    )
    return draft


# -- counting ---------------------------------------------------------------------------------------------------------


def _precedence(moves: JourneyFrame, steps: Sequence[str]) -> np.ndarray:
    """How many people met step i before step j for the first time, one row a step i."""
    place = {step: at for at, step in enumerate(steps)}
    met = moves.records.lazy.filter(nw.col("step").is_in(list(steps)), nw.col("visit") == 1).select(
        "person", "step", "nth"
    )
    then = met.select("person", nw.col("step").alias("then"), nw.col("nth").alias("later"))
    pairs = met.join(then, on="person", how="inner").filter(nw.col("nth") < nw.col("later"))
    first = np.zeros((len(steps), len(steps)))
    for step, other, n in rows(pairs.group_by("step", "then").agg(nw.len().alias("n"))).itertuples(index=False):
        first[place[step], place[other]] = n
    return first


def _in_order(first: np.ndarray) -> list[int]:
    """Places of the steps in the order that people meet them; steps in even balance stay in the order of their names."""
    both = first + first.T
    share = np.divide(first, both, out=np.full_like(first, 0.5), where=both > 0)
    np.fill_diagonal(share, 0.0)
    order = sorted(range(len(first)), key=lambda one: (-round(float(share[one].sum()), 9), one))
    for _ in range(len(order) ** 2):
        turned = False
        for place in range(len(order) - 1):
            a, b = order[place], order[place + 1]
            if first[b, a] > first[a, b]:
                order[place], order[place + 1], turned = b, a, True
        if not turned:
            break
    return order


def _flow(moves: JourneyFrame, ordered: Sequence[str]) -> np.ndarray:
    """Moves between the steps, whichever way; staying at a step is none."""
    counted = moves.count(by=["step", "next_step"], people=False)
    place = {step: at for at, step in enumerate(ordered)}
    flow = np.zeros((len(ordered), len(ordered)))
    for step, then, n in counted[["step", "next_step", "n"]].itertuples(index=False):
        if step in place and then in place and step != then:
            flow[place[step], place[then]] += n
            flow[place[then], place[step]] += n
    return flow


def _cuts(flow: np.ndarray) -> list[int]:
    """Where stages begin: the cuts of the order with the greatest modularity, the fewest of equals."""
    many, whole = len(flow), flow.sum()
    if not whole:
        return [0]
    degree = flow.sum(axis=1)
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for end in range(1, many + 1):
        options = []
        for start in range(end):
            inside = flow[start:end, start:end].sum() / whole
            gain = best[start][0] + inside - (degree[start:end].sum() / whole) ** 2
            options.append((round(float(gain), 12), [*best[start][1], start]))
        best.append(max(options, key=lambda one: (one[0], -len(one[1]))))
    return best[many][1]


def _channels(moves: JourneyFrame, ordered: Sequence[str]) -> dict[str, list[str]]:
    """The channels of each step, those with a tenth of its contacts or more, the most used first."""
    counted = moves.count(by=["step", "channel"], people=False)
    counted = counted[counted["channel"].notna() & counted["step"].isin(list(ordered))]
    found: dict[str, list[str]] = {step: [] for step in ordered}
    for step, part in counted.groupby("step"):
        part = part.sort_values(["n", "channel"], ascending=[False, True])
        found[str(step)] = [str(one) for one in part.loc[part["n"] >= CHANNEL * part["n"].sum(), "channel"]]
    return found


def _ties(moves: JourneyFrame) -> list[str]:
    """Do many contacts have the very time of the next one? Their order is then none of the customers'."""
    kept = moves.records.lazy.filter(~nw.col("gap").is_null())
    found = rows(kept.select(nw.len().alias("n"), (nw.col("gap") == 0).cast(nw.Int64).sum().alias("tied"))).iloc[0]
    if not found["n"] or found["tied"] <= TIED * found["n"]:
        return []
    share = 100 * found["tied"] / found["n"]
    return [f"{share:.0f} % of contacts have the very time of the next one: their order is that of the rows."]


def _against(first: np.ndarray, steps: Sequence[str], ordered: Sequence[str]) -> float | None:
    """Of all pairs of steps that somebody met, the share met in the drafted order, in per cent."""
    place = [list(steps).index(one) for one in ordered]
    turned = first[np.ix_(place, place)]
    whole = turned.sum()
    return 100 * float(np.triu(turned).sum()) / whole if whole else None


# -- words ------------------------------------------------------------------------------------------------------------


def _step(
    activity: str, step: str, names: Mapping[str, str], channels: Sequence[str], people: int, whole: int, least: int
) -> Step:
    told = f"{people:,} people, {100 * people / whole:.0f} % of all with contacts"
    if people < least:
        told = f"fewer than {least} people"
    said: dict[str, Any] = {"id": step, "name": _tidy(names.get(activity, activity)), "channels": list(channels)}
    return Step(**said, lanes={NOTE: told if activity == step else f'{told}; "{activity}" in the log'})


def _quoted(step: str) -> str:
    """An id in quotes where a reader of YAML takes it for a number, a date, a truth or nothing."""
    plain = step[:1].isalpha() and step not in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    return step if plain else f'"{step}"'


def _tidy(name: str) -> str:
    """MOVE_IN_REGISTERED as Move in registered; a name that somebody wrote stays."""
    words = re.sub(r"\s+", " ", re.sub(r"[_\s]+", " ", name)).strip()
    if "_" in name or name.isupper() or re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name):
        words = (
            re.sub(r"\s+", " ", words.replace("-", " ")).lower() if not name.isupper() or "_" in name else words.lower()
        )
    return words[:1].upper() + words[1:] if words else "Step"


def _ids(ordered: Sequence[str]) -> dict[str, str]:
    """An id for each activity: small letters, digits and hyphens, each once; one that fits already stays."""
    found: dict[str, str] = {one: one for one in ordered if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one)}
    taken = set(found.values())
    for place, one in enumerate(ordered, start=1):
        if one in found:
            continue
        plain = unicodedata.normalize("NFKD", one).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or f"step-{place}"
        number, word = 2, slug
        while word in taken:
            word, number = f"{slug}-{number}", number + 1
        found[one] = word
        taken.add(word)
    return {one: found[one] for one in ordered}


def _title(journey: JourneyFrame) -> str:
    return f"{journey.trail[0]} (draft)" if journey.trail else "A journey (draft)"
