"""How often codes and steps were given in interviews, counted from codes.yaml alone.

Counts of what coders did, not of what customers are: nothing is drawn from more, so there is no interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.faults import DataFault, unknown
from workbench.finding import Finding
from workbench.steps.measure.coding import Codes

NONE = {"code": "no code", "step": "no step"}


def counted(
    codes: Codes, turns: Mapping[str, int], by: str = "code", names: Mapping[str, str] | None = None, minimum: int = 10
) -> Finding:
    """What was given in the interviews, by code or by="step", the most given first.

    `turns` are the turns of the interviewed people in each file; `names` the steps' names. Columns: n (those turns, in
    all files: the base), value (of them in per cent, given it by anybody), given (codings), turns, interviews, coders.
    Raises DataFault for another `by`.
    """
    if by not in NONE:
        raise DataFault(unknown("thing that coders give", by, NONE))
    base = sum(turns.values())
    rows = []
    for file, there in ((file, codes.of(file)) for file in turns):
        for turn, those in there.items():
            rows += [(str(one.code if by == "code" else one.step or ""), file, turn, one.coder) for one in those]
    found = pd.DataFrame(rows, columns=[by, "file", "turn", "coder"])
    known = [*codes.paths()] if by == "code" else list(names or {})
    order = {name: place for place, name in enumerate(known)}
    table = []
    for name, those in found.groupby(by, sort=False):
        places = len(those[["file", "turn"]].drop_duplicates())
        coders = len(set(those["coder"]) - {""})
        share = 100 * places / base if base else None
        table.append((name or NONE[by], share, base, len(those), places, those["file"].nunique(), coders))
    table.sort(key=lambda row: (row[0] == NONE[by], -row[3], order.get(row[0], len(order)), row[0]))
    made = pd.DataFrame(table, columns=[by, "value", "n", "given", "turns", "interviews", "coders"])
    touched = len(found[["file", "turn"]].drop_duplicates())
    return Finding(
        "codings",
        made,
        _sentence(made, by, names or {}, len(found), touched, base),
        by=(by,),
        base=f"{base:,} turns of interviewed people in {len(turns):,} {_many(len(turns), 'interview')}",
        method=f"codings of codes.yaml counted; estimate: per cent of these turns that anybody gave the {by}; a full count, "
        "so without an interval; one turn may have several",
        minimum=minimum,
        picture={"kind": "bars", "unit": "% of turns", "reference": 0} if len(made) else {},
        title=f"What was coded, by {by}",
        labels={"step": dict(names or {})} if by == "step" else {},
    )


def _sentence(made: pd.DataFrame, by: str, names: Mapping[str, str], given: int, touched: int, base: int) -> str:
    if not given:
        return "Nothing is coded yet."
    said = f"{given:,} {_many(given, 'coding')} on {touched:,} of {base:,} turns"
    first = made[made[by] != NONE[by]].head(1)
    if first.empty:
        return f"{said}."
    named = first[by].iloc[0]
    most = f'{said}; given most: "{names.get(named, named)}" ({int(first["given"].iloc[0]):,} times)'
    return f"{most}."


def _many(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"


def frame(codes: Codes) -> Sequence[str]:
    """The codes to choose from: those of the code frame in its order, else those in use."""
    return codes.paths() or sorted({one.code for one in codes.quotes if one.code})
