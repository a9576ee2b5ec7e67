"""Groups that are not shown but can be worked out from those that are: by linear programming, as a hostile reader would.

Every shown base is an equation over the smallest parts that the conditions distinguish, each of nobody or more. A group of
which all solutions give one number is as good as shown. Knows cells alone.

Sources: Willenborg & de Waal, Elements of Statistical Disclosure Control (2001), ch. 6 (the feasibility interval of a
suppressed cell); Fischetti & Salazar-González, J. Am. Stat. Assoc. 95 (2000), on auditing linked tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from workbench.privacy.cells import OTHERS, Cell, said

PARTS = 4_000  # parts that one system of equations may have
LOOKS = 16  # solutions drawn at first: a group of which two differ is not given away
SEED = 7
GUESSED, LISTED, NONE = range(3)


@dataclass(frozen=True)
class Given:
    """A group that can be worked out: what is counted, its conditions in words, how many they are."""

    counted: str
    words: str
    n: int


def given_away(cells: Iterable[Cell], minimum: int) -> list[Given]:
    """The groups of 1 to `minimum` - 1 that the cells, taken together, give away. Cells of different things counted are
    never taken together; groups are those that the conditions, their complements and their parts describe."""
    found: list[Given] = []
    by_counted: dict[str, list[Cell]] = {}
    for one in dict.fromkeys(cells):
        by_counted.setdefault(one.counted, []).append(one)
    for counted, mine in by_counted.items():
        for columns in _together(mine):
            those = [one for one in mine if {column for column, _ in one.where} <= set(columns)]
            tried = (_System(columns, those, taken).small(minimum) for taken in (GUESSED, LISTED, NONE))
            small = next((one for one in tried if one is not None), [])  # None: there are others after all
            found += [Given(counted, words, n) for words, n in small]
    return list(dict.fromkeys(found))


def _together(cells: Sequence[Cell]) -> list[tuple[str, ...]]:
    """The columns that are looked at together: all of them where that is no more than PARTS parts, else those of each two
    tables; none that stand in another choice."""
    shapes = list(dict.fromkeys(tuple(column for column, _ in one.where) for one in cells))
    wanted = [tuple(sorted({column for shape in shapes for column in shape}))]
    if _size(cells, wanted[0]) > PARTS:
        pairs = [tuple(sorted({*a, *b})) for a, b in combinations(shapes, 2)] + shapes
        wanted = [one for one in dict.fromkeys(pairs) if _size(cells, one) <= PARTS]
    return [one for one in wanted if not any(set(one) < set(other) for other in wanted)]


def _size(cells: Sequence[Cell], columns: Sequence[str]) -> int:
    values: dict[str, set[str]] = {column: set() for column in columns}
    for one in cells:
        for column, those in one.where:
            if column in values:
                values[column] |= set(those)
    return int(np.prod([len(those) + 1.0 for those in values.values()])) if values else 1


class _System:
    """The equations over the parts of some columns; the last value (None) of each column is all that was never named."""

    def __init__(self, columns: Sequence[str], cells: Sequence[Cell], taken: int):
        held = {column: {those for one in cells for c, those in one.where if c == column} for column in columns}
        # `taken`: in which columns a reader takes the values named to be all that there are. GUESSED: in those of which two are
        # named or a table lists all; LISTED: in the latter; NONE: in no column
        listed = {column for one in cells if not one.n for column, those in one.where if OTHERS in those}
        names = {
            column: sorted({value for those in sets for value in those} - {OTHERS}) for column, sets in held.items()
        }
        guessed = {column for column, those in names.items() if len(those) > 1}
        closed = {GUESSED: listed | guessed, LISTED: listed, NONE: set()}[taken]
        self.values: dict[str, list[str | None]] = {
            column: [*those, *([] if column in closed else [None])] for column, those in names.items()
        }
        self.shape = tuple(len(those) for those in self.values.values())
        self.A = np.array([self._row(dict(one.where)) for one in cells])
        self.b = np.array([one.n for one in cells], dtype=float)
        # what may be asked in each column: everybody, each value, each set that was kept, and all others than it
        self.asked = [self._options(column, held[column]) for column in columns]

    def _options(self, column: str, held: set[tuple[str, ...]]) -> list[tuple[str, np.ndarray]]:
        values = self.values[column]
        options = {(1.0,) * len(values): ""}
        there = tuple(one for one in values if one is not None)
        for those in sorted({*held, *((one,) for one in there), there}):
            inside, bare = _inside(those, values), tuple(one for one in those if one != OTHERS)
            for mask, words in ((inside, those), (1 - inside, bare if OTHERS in those else (OTHERS, *bare))):
                options.setdefault(tuple(mask), said(column, words))
        return [(words, np.array(mask)) for mask, words in options.items()]

    def _row(self, where: dict[str, tuple[str, ...]]) -> np.ndarray:
        row: Any = np.ones(())
        for column, values in self.values.items():
            row = np.multiply.outer(row, _inside(where[column], values) if column in where else np.ones(len(values)))
        return np.asarray(row).ravel()

    def small(self, minimum: int) -> list[tuple[str, int]] | None:
        """The groups of 1 to `minimum` - 1 of which every solution gives the same number; None where there is no solution."""
        if len(self.b) < 2:
            return []
        drawn = self._solutions()
        if drawn is None:
            return None
        counts: Any = drawn.reshape(len(drawn), *self.shape)
        for axis, options in enumerate(self.asked, start=1):
            masks = np.array([mask for _, mask in options])
            counts = np.moveaxis(np.tensordot(counts, masks, axes=([axis], [1])), -1, axis)
        low, high = counts.min(axis=0), counts.max(axis=0)
        fixed = (high - low < 0.5) & (low > 0.5) & (high < minimum - 0.5)
        shown = {tuple(row) for row in self.A.astype(int).tolist()}
        found, known = [], set[tuple[int, ...]]()
        for place in zip(*np.nonzero(fixed), strict=True):
            chosen = [options[at] for options, at in zip(self.asked, place, strict=True)]
            group: Any = np.ones(())
            for _, mask in chosen:
                group = np.multiply.outer(group, mask)
            flat = np.asarray(group).ravel()
            mark = tuple(flat.astype(int).tolist())
            if mark in known:
                continue
            known.add(mark)
            ends = [self._end(flat), -self._end(-flat)]
            if ends[1] - ends[0] < 0.5 and round(ends[0]) >= 1 and (mark not in shown or round(ends[0]) < minimum):
                found.append((", ".join(word for word, _ in chosen if word) or "everybody", round(ends[0])))
        return found

    def _solutions(self) -> np.ndarray | None:
        """Some solutions, as far apart as they come; None where the equations contradict each other."""
        rng = np.random.default_rng(SEED)
        drawn = []
        for number in range(LOOKS):
            aim = rng.normal(size=self.A.shape[1]) if number else np.ones(self.A.shape[1])
            found = self._solved(aim)
            if found is None and number == 0:
                return None
            if found is not None:
                drawn.append(found)
        return np.array(drawn)

    def _solved(self, aim: Any) -> np.ndarray | None:
        from scipy.optimize import linprog

        # a part can be no larger than the largest base: what is never named would be without bound else
        found = linprog(aim, A_eq=self.A, b_eq=self.b, bounds=(0, float(self.b.max())), method="highs")
        return np.asarray(found.x) if found.status == 0 else None

    def _end(self, group: np.ndarray) -> float:
        solved = self._solved(group)
        return float(group @ solved) if solved is not None else float("-inf")


def _inside(wanted: Sequence[str], values: Sequence[str | None]) -> np.ndarray:
    """Which values of a column a condition keeps."""
    return np.array([(one in wanted) != (OTHERS in wanted) for one in values], dtype=float)
