"""What stands beside each move of a path: what comes next and when, its place, and the numbers that shares of moves need.

Works on the moves of so many people as fit in memory, by numbers and codes alone. Knows no engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def lot(moves: pd.DataFrame, names: np.ndarray, low: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Moves of whole people sorted by person, time and order, with what stands beside each; and the people's paths.

    `person` is a number, from `low`, of a person among `names`; `step`, where there is one, a column of codes.
    """
    import pandas as pd

    moves = moves.take(_in_order(*(moves[one].to_numpy() for one in ("person", "time", "order"))))
    person, time = moves["person"].to_numpy() - low, moves["time"].to_numpy()
    ends = np.append(person[1:] != person[:-1], np.ones(min(len(person), 1), bool))
    codes = moves["step"].cat.codes.to_numpy() if "step" in moves else np.full(len(moves), -1, np.int8)
    kind = moves["step"].dtype if "step" in moves else pd.CategoricalDtype(pd.Index([], dtype=object))
    beside = {
        "next_step": pd.Categorical.from_codes(np.where(ends, -1, np.roll(codes, -1)), dtype=kind),
        "gap": pd.arrays.IntegerArray(np.roll(time, -1) - time, ends),
        **numbers_of_moves(ends, codes),
    }
    known = codes >= 0
    who, when = person[known], time[known]
    first = np.flatnonzero(np.diff(who, prepend=-1))
    several, texts = paths(first, codes[known], kind.categories)
    ways = {
        "person": pd.Series(names[who[first]], dtype=object),
        "path": pd.Series(texts, dtype=object),
        "moves": several,
        "first": when[first],
        "last": when[first + several - 1],
    }
    whole = {"person": pd.Series(names[person], dtype=object)} | {
        one: moves[one].array for one in moves.columns if one != "person"
    }
    return pd.DataFrame(whole | beside, copy=False), pd.DataFrame(ways, copy=False)


def numbers_of_moves(ends: np.ndarray, step: np.ndarray) -> dict[str, np.ndarray]:
    """The numbers of `engine.ADJACENT` of moves in their order, from where a person's last move is and a code of each
    one's step.

    A step of -1 is not known: it is no visit, and no move leads on from it or to it.
    """
    ends = ends.astype(bool)
    starts = np.flatnonzero(np.append(True, ends[:-1])) if len(ends) else np.zeros(0, np.int64)
    person = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(ends))))
    step = step.astype(np.int64)
    after = np.append(step[1:], -1)
    known = step >= 0
    moved = known & ~ends & (after >= 0)
    steps = int(step.max(initial=0)) + 2
    at = person * steps + step + 1
    visit, onward, again = (np.zeros(len(ends), np.int32) for _ in range(3))
    order, alike = _alike(at)
    visit[order] = _nth(alike, len(at))
    visit[~known] = 0
    if len(at):
        led = np.add.reduceat(moved[order], alike, dtype=np.int32)
        onward[order] = np.repeat(led, np.diff(np.append(alike, len(at))))
    onward[~moved] = 0
    onto = at[moved] * steps + after[moved]
    order, alike = _alike(onto)
    again[np.flatnonzero(moved)[order]] = _nth(alike, len(onto))
    return {"nth": _nth(starts, len(ends)), "visit": visit, "onward": onward, "again": again}


def paths(first: np.ndarray, step: np.ndarray, words: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """The steps of each person in their order, how many and as one text, from where each person's first one is."""
    several = np.diff(np.append(first, len(step)))
    named = np.asarray(words, dtype=object)[step].tolist()
    places = zip(first.tolist(), (first + several).tolist(), strict=True)
    return several, [" > ".join(named[begin:end]) for begin, end in places]


def _in_order(person: np.ndarray, time: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The order of rows by person, time and order. Most logs arrive in order of time: then people alone are sorted."""
    late = (time[1:] < time[:-1]) | ((time[1:] == time[:-1]) & (order[1:] < order[:-1]))
    if not late.any():
        return _sorted(person)[0]
    timely = np.lexsort((order, time))
    return timely[_sorted(person[timely])[0]]


def _alike(key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The order of keys from 0, ties as they lie, and where in that order each run of the same key begins."""
    order, sorted_ = _sorted(key)
    return order, np.flatnonzero(np.append(True, sorted_[1:] != sorted_[:-1])[: len(key)])


def _nth(starts: np.ndarray, size: int) -> np.ndarray:
    """Of each row: which of its run it is, from 1, where runs begin at these places."""
    before = np.repeat(starts.astype(np.int32), np.diff(np.append(starts, size)))
    return np.arange(1, size + 1, dtype=np.int32) - before


def _sorted(key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The order of keys from 0, ties as they lie, and the keys in it.

    Where a key and its place fit into one whole number, those numbers are sorted: that is several times as fast.
    """
    bits = len(key).bit_length()
    if int(key.max(initial=0)).bit_length() + bits > 63:
        order = np.argsort(key, kind="stable")
        return order, key[order]
    both = (key.astype(np.int64) << bits) | np.arange(len(key))
    both.sort()
    return both & ((1 << bits) - 1), both >> bits
