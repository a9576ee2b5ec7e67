"""Sets of options: the rules between them, what a set brings, and all the sets that are allowed.

Knows what options bring in cells, what they cost, and rules between them (by position, 0 first); nothing of what they
are. `worth` is (…, S, C): what option s brings in cell c if it is alone there, 0 where it does not act. A cell is a place
where gains do not add up (the same people at the same step, for one outcome). With `overlap="largest"` the largest gain
of a cell counts, once, and the largest harm, once; with "sum" all add up. Nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .checks import one_of, refuse

OVERLAPS = ("largest", "sum")
NEAR = 1e-9  # values and costs that differ by less than this share of the largest are the same
AT_ONCE = 2**21  # values of sets in draws that are held at once
TOGETHER = 8  # options whose cells are valued in one table

Groups = Iterable[Sequence[int]]
Numbers = Sequence[float] | Sequence[Sequence[float]] | np.ndarray


def value_of(worth: Numbers, chosen: np.ndarray | Sequence[bool], overlap: str = "largest") -> np.ndarray:
    """What a set brings, by the rule for overlaps. worth (…, S, C) and chosen (…, S) true or false give (…).

    The dimensions before S are matched as NumPy does: one set in many draws, or many sets in one.
    """
    one_of("overlap", overlap, OVERLAPS)
    table, mask = np.asarray(worth, float), np.asarray(chosen, bool)
    if table.ndim < 2 or mask.shape[-1:] != table.shape[-2:-1]:
        refuse("chosen", f"shape {mask.shape} for worth {table.shape}", "true or false for every option of (…, S, C)")
    if overlap == "sum":
        value: np.ndarray = np.where(mask, table.sum(axis=-1), 0.0).sum(axis=-1)
    else:
        taken = np.where(mask[..., None], table, 0.0)
        value = (taken.max(axis=-2, initial=0.0) + taken.min(axis=-2, initial=0.0)).sum(axis=-1)
    return value


def value_by(
    worth: Numbers, chosen: np.ndarray | Sequence[bool], by: Sequence[Hashable], overlap: str = "largest"
) -> dict[Hashable, np.ndarray]:
    """As `value_of`, by outcome: `by` names each cell's outcome. The parts add up to the whole."""
    table = np.asarray(worth, float)
    if len(by) != table.shape[-1]:
        refuse("by", f"{len(by)} names", f"one for each of {table.shape[-1]} cells")
    return {
        name: value_of(table[..., [at for at, one in enumerate(by) if one == name]], chosen, overlap)
        for name in dict.fromkeys(by)
    }


def values_of(worth: Numbers, sets: np.ndarray, overlap: str = "largest") -> np.ndarray:
    """What each of many sets (K, S) brings in each draw (D, S, C): a table (D, K)."""
    one_of("overlap", overlap, OVERLAPS)
    table, masks = np.asarray(worth, float), np.asarray(sets, bool)
    if table.ndim != 3 or masks.ndim != 2 or masks.shape[1] != table.shape[1]:
        refuse("sets", f"shape {masks.shape} for worth {table.shape}", "sets (K, S) and worth (D, S, C)")
    return np.concatenate([np.empty((0, len(masks))), *(found.T for _, found in valued(table, masks, overlap))])


class Rules(NamedTuple):
    """The rules between options, as rows of low <= row . chosen <= high."""

    rows: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def kept(self, sets: np.ndarray) -> np.ndarray:
        """Which of the sets (one row each, or one set alone) keep all rules?"""
        sums = sets @ self.rows.T
        kept: np.ndarray = ((sums >= self.low - 0.5) & (sums <= self.high + 0.5)).all(axis=-1)
        return kept

    def without(self, chosen: np.ndarray) -> Rules:
        """The same, and that this set is not taken again: one of it left out or one more taken in."""
        row = 1.0 - 2 * chosen.astype(float)
        return Rules(np.vstack([self.rows, row]), np.append(self.low, 1.0 - chosen.sum()), np.append(self.high, np.inf))


def rules_of(options: int, requires: Groups = (), excludes: Groups = (), at_least_one: Groups = ()) -> Rules:
    """`requires`: pairs (a, b): a only with b. `excludes`: of each group at most one; `at_least_one`: one or more."""
    rows, low, high = [], [], []

    def add(places: Sequence[int], signs: Sequence[float], least: float, most: float) -> None:
        wrong = [place for place in places if not 0 <= place < options]
        if wrong:
            refuse("options", f"option {wrong[0]} in a rule", f"positions from 0 to {options - 1}")
        row = np.zeros(options)
        row[list(places)] = signs
        rows.append(row)
        low.append(least)
        high.append(most)

    for pair in requires:
        if len(pair) != 2 or pair[0] == pair[1]:
            refuse("requires", list(pair), "pairs of two options: the one that needs, the one that is needed")
        add(pair, [1.0, -1.0], -np.inf, 0)
    for group in excludes:
        add(group, [1.0] * len(group), -np.inf, 1)
    for group in at_least_one:
        add(group, [1.0] * len(group), 1, np.inf)
    return Rules(np.array(rows).reshape(-1, options), np.array(low, float), np.array(high, float))


def within(budget: float) -> float:
    """The budget with room for the rounding of sums."""
    return budget + NEAR * max(1.0, abs(budget))


def allowed(rules: Rules, price: np.ndarray, budget: float, most: int) -> np.ndarray | None:
    """All sets that keep the rules and can be paid (K, S), smaller ones first, then by the first option in which they
    differ; None where they are more than `most`. Costs are not negative, so what is too dear stays so with more in it.
    """
    options, limit = len(price), within(budget)
    sets, spent = np.zeros((1, options), bool), np.zeros(1)
    at_most_one = rules.rows[(rules.high == 1) & np.isneginf(rules.low)]
    for option in range(options):
        more = sets[spent + price[option] <= limit]
        more[:, option] = True
        if len(at_most_one):
            more = more[(more @ at_most_one.T <= 1.5).all(axis=1)]
        if len(sets) + len(more) > most:
            return None
        sets = np.concatenate([sets, more])
        spent = sets @ price
    sets = sets[rules.kept(sets)]
    order = np.lexsort([*(~sets.T[::-1]), sets.sum(axis=1)])
    return sets[order]


def valued(worth: np.ndarray, sets: np.ndarray, overlap: str) -> Iterator[tuple[slice, np.ndarray]]:
    """What the sets (K, S) bring in the draws (D, S, C), for one part of the draws after another: (slice, (K, d))."""
    acting = (worth != 0).any(axis=0)
    adds = acting.sum(axis=0) <= 1 if overlap == "largest" else np.ones(worth.shape[2], bool)
    tables: list[tuple[list[int], list[int]]] = []  # options that act together, and the cells they act in
    for cell in np.flatnonzero(~adds).tolist():
        options = set(np.flatnonzero(acting[:, cell]).tolist())
        for who, where in tables:
            if len(options | set(who)) <= max(TOGETHER, len(who), len(options)):
                who[:] = sorted(options | set(who))
                where.append(cell)
                break
        else:
            tables.append((sorted(options), [cell]))
    patterns = [(who, where, *np.unique(sets[:, who], axis=0, return_inverse=True)) for who, where in tables]
    taken = sets.astype(float)
    at_once = max(1, AT_ONCE // max(1, len(sets)))
    for start in range(0, len(worth), at_once):
        part = slice(start, min(start + at_once, len(worth)))
        values = taken @ worth[part][:, :, adds].sum(axis=2).T
        for who, where, patterned, which in patterns:
            values += _in_cells(worth[part][:, who][:, :, where], patterned)[which.ravel()]
        yield part, values


def _in_cells(worth: np.ndarray, sets: np.ndarray) -> np.ndarray:
    """The largest gain and the largest harm of each cell, added over cells: (d, k, c) and sets (K, k) give (K, d)."""
    value = np.zeros((len(sets), len(worth)))
    for cell in range(worth.shape[2]):
        gain, harm = np.zeros_like(value), np.zeros_like(value)
        for option in np.flatnonzero((worth[:, :, cell] != 0).any(axis=0)):
            here = sets[:, option, None] * worth[:, option, cell]
            np.maximum(gain, here, out=gain)
            np.minimum(harm, here, out=harm)
        value += gain
        value += harm
    return value
