"""What of a group of people stays hidden at each step of the map, because a few could be read from it or by subtraction.

Counts people (never answers alone) by step and by the columns that tell the group apart. Knows the journey, not the map.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.engine import is_move, rows
from workbench.journey import JourneyFrame
from workbench.steps.measure.at_steps import SCORES

MET, MOVED = (
    "met",
    "moved",
)  # beside the scores: people seen at a step at all, and those with contacts or complaints there
UNIT, PEOPLE = "# unit", "# people"  # names that no attribute of people has
Withheld = Mapping[str, frozenset[str]]


def withheld(
    journey: JourneyFrame, where: Mapping[str, Any] | None = None, of: Sequence[str] = (*SCORES, MET, MOVED)
) -> Withheld:
    """The steps whose figures of a group (`where`; left out: everybody) stay hidden, by score, and by "met" and "moved";
    `of=(MET,)` asks for that alone.

    A table of people by step and the columns of `where`, of all values, has its groups under the minimum base hidden, with
    others so that none is had by subtraction. A group is withheld at a step where those of its cells that are hidden, or
    those of everybody else's, are of fewer people than the minimum base together: from the figures of a group beside those of
    everybody the few who are left can be worked out.
    """
    minimum = journey.minimum_base
    wanted = {
        key: _values(one)
        for key, one in journey._told_of_persona(where or {}).items()
        if key not in ("step", "measure")
    }
    if minimum <= 1:
        return {}
    at = journey.observed().at_any_step()
    frame = journey._attributes(at.records.lazy.filter(~nw.col("step").is_null()), list(wanted))
    alone = nw.concat_str(nw.lit("#"), nw.col("order").cast(nw.String))
    frame = frame.with_columns(nw.col("person").fill_null(alone).alias(UNIT))
    scored: Any = (nw.col("kind") == "answer") & nw.col("measure").is_in(list(SCORES)) & ~nw.col("value").is_null()
    moved = at.records.lazy.filter(is_move())
    found = {MET: _steps(_counted(frame, ["step", *wanted]), wanted, minimum)}
    if tuple(of) == (MET,):
        return found
    by_score = _counted(frame.filter(scored), ["measure", "step", *wanted])
    for measure, those in by_score.groupby("measure"):
        found[str(measure)] = _steps(those.drop(columns="measure"), wanted, minimum)
    if rows(moved.head(1)).shape[0]:
        found[MOVED] = _steps(_counted(frame.filter(is_move()), ["step", *wanted]), wanted, minimum)
    return found


def _values(wanted: Any) -> list[Any]:
    return list(wanted) if isinstance(wanted, list | tuple | set) else [wanted]


def _counted(frame: nw.LazyFrame, keys: list[str]) -> pd.DataFrame:
    counted = rows(frame.group_by(keys).agg(nw.col(UNIT).n_unique().alias(PEOPLE)))
    return counted.sort_values(keys, ignore_index=True, na_position="last")


def _steps(counted: pd.DataFrame, wanted: Mapping[str, list[Any]], minimum: int) -> frozenset[str]:
    if counted.empty:
        return frozenset()
    keys = {one: f"# of {one}" for one in ("step", *wanted)}
    shown = privacy.hide_small(counted.rename(columns=keys), list(keys.values()), minimum, PEOPLE)
    hidden = shown[privacy.HIDDEN].astype(bool) if privacy.HIDDEN in shown else pd.Series(False, index=counted.index)
    inside = pd.Series(True, index=counted.index)
    for column, values in wanted.items():
        inside &= counted[column].isin(values)
    few = set()
    for step, there in counted.groupby("step"):
        for side in (inside, ~inside):
            of_side = there[PEOPLE][side[there.index] & hidden[there.index]]
            if 0 < of_side.sum() < minimum:
                few.add(str(step))
    if not wanted or all(len(values) == 1 for values in wanted.values()):
        few |= set(counted.loc[inside & hidden, "step"])
    return frozenset(few)
