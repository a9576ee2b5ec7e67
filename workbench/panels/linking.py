"""Groups picked out by a click: who is kept, what stays hidden because a few could be told by it, and the words for it.

Knows the journey and its memory; no widgets. Only people are counted here, never shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench import privacy
from workbench.cubes import Cube
from workbench.panels.desk import literal

Where = Mapping[str, Any]


def too_few(whole: Cube, where: Where) -> bool:
    """Could a few people be told by what is kept, or by taking it from everybody? Each filter alone is asked, and all."""
    asked = [{column: value} for column, value in where.items()] + ([dict(where)] if len(where) > 1 else [])
    return any(_few(whole, one) for one in asked)


def withheld(whole: Cube, where: Where, by: Sequence[str], of: str | None) -> list[Any]:
    """The values of the first column of `by` at which nothing may be shown of those who are kept.

    People are counted by the groups of the picture and by all values of what was picked out: a group is withheld where a
    few are in it, or would be had by taking it from the others that are shown.
    """
    if not where or not by or whole.minimum_base <= 1:
        return []
    if "persona" in by:
        return [name for name in whole.personas or {} if _few(whole, {**where, "persona": name})]
    told = whole._told_of_persona(where)
    keys = list(dict.fromkeys([*by, *told]))
    counted = _counted(whole, keys, of)
    hidden = _hidden(counted, keys, whole.minimum_base)
    kept = counted[_inside(counted, told) & hidden]
    return whole.in_order(by[0], [one for one in kept[by[0]].unique() if one is not None and one == one])


def ready(whole: Cube, splits: Sequence[Sequence[str]], of: str | None) -> None:
    """Count what a click will ask for, so that it is answered at once."""
    for by in splits:
        if "persona" not in by:
            _counted(whole, list(by), of)
            _counted(whole, list(by), None)


def left(whole: Cube, column: str, without: Sequence[Any], where: Where) -> list[Any]:
    """The other values of a column."""
    there = list(whole.personas or {}) if column == "persona" else whole.distinct(column)
    if column == "step" and whole.step_order:
        there = [one for one in there if one in whole.step_order]
    mine = where.get(column)
    return [one for one in there if one not in without and (mine is None or one == mine)]


def narrowed(journey: Any, where: Where) -> Any:
    """The journey of those who are kept."""
    return journey.where(**where) if where else journey


def in_python(where: Where) -> str:
    """The journey of those who are kept, as a line of Python has it."""
    if not where:
        return "study.journey"
    plain = ", ".join(f"{column}={literal(value)}" for column, value in where.items() if column.isidentifier())
    other = {column: value for column, value in where.items() if not column.isidentifier()}
    words = [one for one in (plain, f"**{literal(other)}" if other else "") if one]
    return f"study.journey.where({', '.join(words)})"


def in_words(column: str, value: Any, names: Mapping[str, str] | None) -> str:
    """A filter in words: "region is North"."""
    return f"{column.replace('_', ' ')} is {(names or {}).get(value, value) if column == 'step' else value}"


def _few(whole: Cube, where: Where) -> bool:
    told = whole._told_of_persona(where)
    keys = list(told)
    counted = _counted(whole, keys, None)
    inside = _inside(counted, told)
    sides = [int(counted.loc[side, "people"].sum()) for side in (inside, ~inside)]
    least = whole.minimum_base
    return sides[0] < least or 0 < sides[1] < least or bool((_hidden(counted, keys, least) & inside).any())


def _counted(whole: Cube, keys: list[str], of: str | None) -> Any:
    at: Any = whole.at_any_step() if "step" in keys else whole
    return at.people_of(of, keys).reset_index(drop=True)


def _hidden(counted: Any, keys: list[str], least: int) -> Any:
    shown = privacy.hide_small(counted, keys, least, "people")
    return shown[privacy.HIDDEN].astype(bool) if privacy.HIDDEN in shown else counted["people"] < 0


def _inside(counted: Any, told: Where) -> Any:
    inside = counted["people"] >= 0
    for column, wanted in told.items():
        inside &= counted[column].isin(list(wanted) if isinstance(wanted, list | tuple | set) else [wanted])
    return inside
