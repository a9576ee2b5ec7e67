"""What the bases of a shown table tell: so many people (or answers of them) meet these conditions.

Knows tables and conditions in words; nothing of journeys, nor of how a table was counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.finding import Finding

Kept = tuple[tuple[str, tuple[str, ...]], ...]  # conditions: a column and the values kept
WORDS = ""  # the column of a condition that can only be said in words: tables that share it are compared, and no others
NOBODY = ""  # the value of those who say nothing in a column
OTHERS = "\x00"  # before values: all others than these
# columns that say what is counted, not of whom; a person may be several personas: they are no parts of a whole
APART = ("measure", "kind", "source", "persona")
ON_MAP = {one: one for one in ("emotion", "trust", "nps", "csat", "ces")} | {"complaints": "complaint_rate"}
MOST = 2_000  # groups of a table of which those without a row are told


@dataclass(frozen=True)
class Whom:
    """Of whom the bases of a finding are.

    counted  what is counted: "nps" for answers to it; empty: no people
    kept     the conditions that its records were kept by
    beside   the columns of its groups that split no base (the answers of a distribution)
    whole    its groups are all that there are: a group that has no row has nobody in it, which a reader knows too
    least    the minimum base of the study or journey: nothing goes out that shows a smaller one
    """

    counted: str = ""
    kept: Kept = ()
    beside: tuple[str, ...] = ()
    whole: bool = False
    least: int = 0


@dataclass(frozen=True)
class Cell:
    """One base that is shown: `n` of what is counted, among those who have one of the values in each column."""

    counted: str
    where: Kept
    n: int

    def plain(self) -> list[Any]:
        """As JSON has it."""
        return [self.counted, [[column, list(values)] for column, values in self.where], self.n]

    @classmethod
    def of(cls, said: Sequence[Any]) -> Cell:
        counted, where, n = said
        return cls(str(counted), tuple((str(one), tuple(map(str, values))) for one, values in where), int(n))

    @property
    def words(self) -> str:
        """The group in words."""
        return ", ".join(said(column, values) for column, values in self.where) or "everybody"


def said(column: str, values: Sequence[str]) -> str:
    """A condition in words."""
    told = " or ".join(one or "not known" for one in values if one != OTHERS)
    return f"{column.replace('_', ' ')} {'other than ' if OTHERS in values else ''}{told}"


def cells(finding: Finding) -> list[Cell]:
    """The bases that a finding shows, with whom each is of; none where they are not of people."""
    if finding.picture.get("kind") == "map":
        return _on_map(finding)
    if not finding.whom.counted or "n" not in finding.table:
        return []
    shown, rows = finding.to_frame(), finding.table.to_dict("records")
    hidden = shown["hidden"] if "hidden" in shown else [False] * len(shown)
    found = []
    for row, gone in zip(rows, hidden, strict=True):
        n = row["n"]
        if not gone and n == n and n is not None and n > 0:
            found.append(_of_row(finding, row, int(n)))
    if finding.whom.whole and rows:
        found += _nobody(finding, rows)
    return list(dict.fromkeys(found))


def _nobody(finding: Finding, rows: Sequence[Mapping[str, Any]]) -> list[Cell]:
    """What a table of all groups tells by what it does not hold: no other values, and nobody where two of them have no row."""
    by, counted, kept = _split(finding), finding.whom.counted, finding.whom.kept
    values = {column: list(dict.fromkeys(_value(row[column]) for row in rows)) for column in by}
    there = {tuple(_value(row[column]) for column in by) for row in rows}
    found = [cell(counted, (*kept, (column, (OTHERS, *those))), [], 0) for column, those in values.items()]
    for one in product(*values.values()) if prod(map(len, values.values())) <= MOST else ():
        if one not in there:
            found.append(cell(counted, kept, zip(by, one, strict=True), 0))
    return found


def _on_map(finding: Finding) -> list[Cell]:
    """The bases at the steps of a map."""
    found = []
    for step, here in finding.picture["view"]["steps"].items():
        for measure, counted in ON_MAP.items():
            one = here.get(measure)
            n = one.get("n") if isinstance(one, Mapping) and not one.get("hidden") else None
            if n is not None and n == n and n > 0:
                found.append(cell(counted, finding.whom.kept, [("step", step)], int(n)))
    return found


def _of_row(finding: Finding, row: Mapping[str, Any], n: int) -> Cell:
    kept, banner = finding.whom.kept, finding.layout.get("whom")
    if banner is None:
        return cell(finding.whom.counted, kept, [(column, row[column]) for column in _split(finding)], n)
    # the lines and columns of a banner are words: its layout says what they stand for
    counted, at = banner["rows"][row["row"]]
    held = banner["columns"].get((row["block"], row["column"]))
    return cell(counted, (*kept, at), [held] if held else [], n)


def cell(counted: str, kept: Kept, by: Iterable[tuple[str, Any]], n: int) -> Cell:
    """A base of those who were kept and are in a group."""
    what = [counted]
    where: dict[str, tuple[str, ...]] = {}
    for column, values in (*kept, *((column, (_value(value),)) for column, value in by)):
        if column == WORDS or column in APART:
            what += [] if OTHERS in values else [" or ".join(values)]
        else:
            where[column] = _both(where[column], values) if column in where else tuple(sorted(set(values)))
    return Cell("; ".join(what), tuple(sorted(where.items())), n)


def _both(some: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    """The values that meet two conditions on a column."""
    if OTHERS in some and OTHERS in more:
        return tuple(sorted({*some, *more}))
    if OTHERS in some:
        some, more = more, some
    return tuple(one for one in some if (one in more) != (OTHERS in more))


def _split(finding: Finding) -> list[str]:
    return [column for column in finding.by if column not in finding.whom.beside]


def _value(value: Any) -> str:
    return NOBODY if value is None or value != value else str(value)
