"""The ledger of the team's judgement: what it predicted of each action against what came, and what that says of its others.

Looks back at what was followed up and at the register of predictions; writes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.finding import Finding
from workbench.inference.intervals import share_interval
from workbench.steps.apply.follow_up import said, unit_of
from workbench.steps.apply.model import Action, Actions
from workbench.steps.apply.register import BEFORE, CHANGED, LATE, Register, on_record, withdrawn
from workbench.steps.measure import groups
from workbench.steps.ranges import FIVE
from workbench.steps.solutions.model import Solution

PRIOR = (1.0, 0.5)  # came / predicted before anything was followed up: mean and standard deviation
Z = 1.959963984540054
COLUMNS = (
    *(
        "action",
        "measure",
        "predicted low",
        "predicted",
        "predicted high",
        "value",
        "low",
        "high",
        "n",
        "verdict",
        "held",
    ),
    *("came / predicted", "on record", "counts", "in words", "unit", "id", "solution", "step", "doubt", "sure", "se"),
)
QUIET = ("n", "unit", "solution", "step", "doubt", "sure")
WORDS = {
    BEFORE: "before its effect could be seen",
    LATE: "after its effect could be seen",
    CHANGED: "changed after its effect could be seen",
}


def ledger(followed: Finding, actions: Actions, register: Register | None = None) -> Finding:
    """Each prediction (low, likely, high: a 90 % range) against what came.

    held              lies what came in the range? Of a team that knows its doubt 9 ranges in 10 hold
    came / predicted  what came as a part of the likely value; their mean is weighted by precision, where the doubt of a
                      ratio is that of what came and that of the range together
    on record         when the prediction was put on record (see `register`). One that was changed after its effect could be
                      seen is told and does not count; one that was put on record only then counts, and is told
    """
    known = register or {}
    by_id = followed.to_frame().set_index("id")
    rows = [_row(one, by_id.loc[one.id], known) for one in actions.actions if one.predicted and one.id in by_id.index]
    table = groups.rounded(pd.DataFrame(rows, columns=list(COLUMNS)))
    silent = sum(one.predicted is None for one in actions.actions)
    dropped = sum(one.predicted is not None and one.status == "dropped" for one in actions.actions)
    result = replace(
        followed,
        name="ledger",
        table=table,
        sentence=_sentence(table, silent, dropped, withdrawn(known)),
        method="predicted: a 90 % range by the team's judgement (actions.yaml); what came: as in the follow-up, with its 95 % "
        "interval; the mean of came / predicted is weighted by precision (of what came and of the range together); the noise "
        "in what came also makes ranges miss",
        picture={"kind": "ledger"} if len(table) else {},
        title="What the team predicted and what came",
        quiet=QUIET,
    )
    return result


def _row(one: Action, row: pd.Series, known: Register) -> dict[str, Any]:
    assert one.predicted is not None
    low, likely, high = one.predicted
    value, se = _number(row["value"]), _number(row["se"])
    if value is not None and se is None and _number(row["low"]) is not None:
        se = (float(row["high"]) - float(row["low"])) / (2 * Z)
    record = on_record(known, one)
    ratio = None if value is None or likely == 0 else value / likely
    doubt = None if ratio is None or se is None else math.hypot(se, (high - low) / (2 * FIVE)) / abs(likely)
    sure = _sure(one, row)
    held = "" if value is None else "yes" if low <= value <= high else "no"
    counts = "" if value is None else "no" if record == CHANGED else "yes"
    return {
        "action": one.action, "measure": row["measure"], "predicted low": low, "predicted": likely, "predicted high": high,
        "value": value, "low": _number(row["low"]), "high": _number(row["high"]), "n": _number(row["n"]),
        "verdict": row["verdict"], "held": held, "came / predicted": ratio, "on record": WORDS.get(record, "not on record"),
        "counts": counts, "in words": _in_words(one, value, held, sure, record, known), "unit": unit_of(one.measure),
        "id": one.id, "solution": one.solution, "step": one.step, "doubt": doubt, "sure": sure, "se": se,
    }  # fmt: skip


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def _sure(one: Action, row: pd.Series) -> bool:
    """Does the interval of what came lie within the range, or outside it, as a whole?"""
    assert one.predicted is not None
    low, _, high = one.predicted
    least, most = _number(row["low"]), _number(row["high"])
    return least is not None and most is not None and ((low <= least and most <= high) or most < low or least > high)


def _in_words(one: Action, value: float | None, held: str, sure: bool, record: str, known: Register) -> str:
    assert one.predicted is not None
    low, likely, high = one.predicted
    range_ = f"{said(likely)} ({said(low)} to {said(high)})"
    if value is None:
        told = f"Predicted {range_}; nothing can be said of what came yet."
    else:
        told = f"Predicted {range_}, came {said(value)}: {'inside' if held == 'yes' else 'outside'} the range"
        told += "." if sure else ", which its interval leaves in doubt."
    if record == CHANGED:
        first = next((each.predicted for each in known[one.id] if not each.passed and each.predicted), None)
        was = f" (it was {said(first[1])}, {said(first[0])} to {said(first[2])})" if first else ""
        told += f" The prediction was changed after an effect could be seen{was}: it does not count."
    if record == LATE:
        told += " It was put on record only after an effect could be seen, so it is no test of foresight."
    return told


def pooled(table: pd.DataFrame) -> tuple[float, float, int] | None:
    """The mean of came / predicted weighted by precision, its standard deviation, and how many; None where there is none."""
    kept = _counted(table)
    if kept.empty:
        return None
    precision = 1 / kept["doubt"].astype(float) ** 2
    mean = float((kept["came / predicted"].astype(float) * precision).sum() / precision.sum())
    return mean, float(precision.sum() ** -0.5), len(kept)


def _counted(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that tell of the team's judgement: both predicted and followed up, and not changed after the look."""
    return table[(table["counts"] == "yes") & table["came / predicted"].notna() & (table["doubt"].astype(float) > 0)]


def _sentence(table: pd.DataFrame, silent: int, dropped: int, gone: Sequence[str]) -> str:
    if table.empty:
        return "No action says what it should bring (predicted: [low, likely, high] in actions.yaml): there is no ledger yet."
    counted = table[table["counts"] == "yes"]
    if counted.empty:
        told = f"Of {_many(len(table), 'prediction')} none can be laid beside what came yet."
    else:
        held, many = int((counted["held"] == "yes").sum()), len(counted)
        share = share_interval(held, many)
        told = f"{held} of {many} 90 % ranges held what came ({100 * (share.low or 0):.0f} to {100 * (share.high or 1):.0f} %"
        told += "; 90 % are meant to)"
        unsure = many - int(counted["sure"].sum())
        told += f", which the interval of what came leaves in doubt for {unsure}" if unsure else ""
        mean = pooled(table)
        if mean is not None:
            low, high = (mean[0] + sign * Z * mean[1] for sign in (-1, 1))
            told += f"; what came was {mean[0]:.2f} times what was predicted ({low:.2f} to {high:.2f})".replace(
                "-", "−"
            )
        told += "."
    for word, one, several in (
        (
            CHANGED,
            "was changed after an effect could be seen and does not count",
            "were changed after that and do not count",
        ),
        (
            LATE,
            "was put on record only after an effect could be seen",
            "were put on record only after an effect could be seen",
        ),
    ):
        many = int((table["on record"] == WORDS[word]).sum())
        told += f" {many} {one if many == 1 else several}." if many else ""
    if gone:
        named = ", ".join(one.replace("-", " ") for one in gone)
        told += f" {len(gone)} more {'was' if len(gone) == 1 else 'were'} taken out of the file after that ({named})."
    told += f" {_many(dropped, 'action')} with a prediction dropped." if dropped else ""
    return told + (f" {_many(silent, 'action')} predicted nothing." if silent else "")


def _many(number: int, word: str) -> str:
    return f"{number} {word if number == 1 else word + 's'}"


def calibration(table: pd.DataFrame, solutions: Sequence[Solution]) -> dict[str, tuple[float, float, int]]:
    """What the ledger says of each solution's judged effects: came / predicted as mean, standard deviation, how many actions.

    Taken from the actions of similar solutions (of the same area, or with a step in common, its own among them). Normal
    prior 1 ± 0.5, normal likelihood of each ratio with its doubt: the posterior, weighted by precision. Solutions without
    any such action are left out.
    """
    kept, by_id = _counted(table), {one.id: one for one in solutions}
    found = {}
    for one in solutions:
        precision, total, many = 1 / PRIOR[1] ** 2, PRIOR[0] / PRIOR[1] ** 2, 0
        for row in kept.to_dict("records"):
            other = by_id.get(str(row["solution"]))
            steps = {row["step"], *(other.steps if other else ())}
            if steps & set(one.steps) or (other is not None and other.area == one.area):
                weight = 1 / float(row["doubt"]) ** 2
                precision, total, many = precision + weight, total + weight * float(row["came / predicted"]), many + 1
        if many:
            found[one.id] = (total / precision, precision**-0.5, many)
    return found
