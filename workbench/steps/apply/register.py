"""What was predicted when: each action's prediction on record, and whether its effect could already be seen by then.

Knows actions and lines of the log; not how a study keeps it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workbench.steps.apply.follow_up import since_of
from workbench.steps.apply.model import Action

STATED = ("measure", "step", "target", "predicted", "matters", "effect_from", "treated", "unit")
BEFORE, LATE, CHANGED, UNKNOWN = "before", "after", "changed after", ""


@dataclass(frozen=True)
class Prediction:
    """A line of the register. `passed`: could an effect be seen by the time that it was put on record?"""

    id: str
    version: int
    fingerprint: str
    time: str
    since: str
    passed: bool
    predicted: tuple[float, float, float] | None = None
    withdrawn: bool = False


Register = Mapping[str, Sequence[Prediction]]


def fingerprint(one: Action) -> str:
    """The SHA-256 of what an action will be judged by: measure, step, target, prediction, what matters, when and for whom."""
    said = one.model_dump(mode="json", include=set(STATED))
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def read(lines: Iterable[Mapping[str, Any]]) -> dict[str, list[Prediction]]:
    """The predictions by action, oldest first, from the lines of a log. Raises KeyError for a line that lacks something."""
    known: dict[str, list[Prediction]] = {}
    for line in lines:
        if "prediction" in line:
            predicted = tuple(line["predicted"]) if line.get("predicted") else None
            known.setdefault(line["prediction"], []).append(
                Prediction(
                    line["prediction"], line["version"], line["fingerprint"], line["time"], line["since"], line["passed"],
                    predicted, line.get("withdrawn", False),
                )
            )  # fmt: skip
    return known


def entries(known: Register, actions: Sequence[Action], today: date) -> list[tuple[str, dict[str, Any]]]:
    """What is to be entered in the log, each with its words: predictions that are new, another, or taken out of the file.

    Whoever moves the day of the effect is held to the earlier of the two.
    """
    found: list[tuple[str, dict[str, Any]]] = []
    for one in actions:
        mark, since = fingerprint(one), since_of(one).isoformat()
        former = known.get(one.id, [])
        last = former[-1] if former else None
        if last is not None and last.fingerprint == mark and not last.withdrawn:
            continue
        version = last.version + 1 if last is not None else 1
        earliest = min([since, *(each.since for each in former)])
        entry = {"prediction": one.id, "version": version, "fingerprint": mark, "since": since}
        entry |= {"passed": earliest <= today.isoformat(), "predicted": list(one.predicted) if one.predicted else None}
        found.append((f"put what {one.id} should bring on record, version {version}", entry))
    there = {one.id for one in actions}
    for name, former in known.items():
        last = former[-1]
        if name not in there and not last.withdrawn:
            entry = {"prediction": name, "version": last.version, "fingerprint": last.fingerprint, "since": last.since}
            entry |= {"passed": last.since <= today.isoformat(), "predicted": list(last.predicted or ()) or None}
            found.append((f"took {name} out of the actions", entry | {"withdrawn": True}))
    return found


def on_record(known: Register, one: Action) -> str:
    """When what an action says now was put on record: before an effect could be seen, after it, or changed after it."""
    mark, former = fingerprint(one), known.get(one.id, [])
    same = next((each for each in former if each.fingerprint == mark and not each.withdrawn), None)
    if same is None:
        return UNKNOWN
    if not same.passed:
        return BEFORE
    return LATE if same is former[0] else CHANGED


def withdrawn(known: Register) -> list[str]:
    """Actions with a prediction that were taken out of the file after an effect could be seen."""
    last = [former[-1] for former in known.values()]
    return [one.id for one in last if one.withdrawn and one.passed and one.predicted is not None]
