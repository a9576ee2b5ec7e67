"""What the bases of a shown table tell: so many people (or answers of them) meet these conditions.

Knows tables and conditions in words; nothing of journeys, nor of how a table was counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.finding import Finding

Kept = tuple[tuple[str, tuple[str, ...]], ...]  # conditions: a column and the values kept; no column: words alone
WORDS = ""  # the column of a condition that can only be said in words: tables that share it are compared, and no others
# columns that say what is counted, not of whom; a person may be several personas: they are no parts of a whole
APART = ("measure", "kind", "source", "persona")
NOBODY = ""  # the value of those who say nothing in a column


@dataclass(frozen=True)
class Whom:
    """Of whom the bases of a finding are: what is counted ("nps": answers to it; empty: no people), the conditions that its
    records were kept by, and the columns of its groups that split no base (the answers of a distribution)."""

    counted: str = ""
    kept: Kept = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One base that is shown: `n` of what is counted, among those who have one of the values in each column."""

    counted: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
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
        told = [
            f"{column.replace('_', ' ')} {' or '.join(one or 'not known' for one in v)}" for column, v in self.where
        ]
        return ", ".join(told) or "everybody"


def cells(finding: Finding) -> list[Cell]:
    """The bases that a finding shows, with whom each is of; none where they are not of people."""
    if not finding.whom.counted or "n" not in finding.table:
        return []
    shown = finding.to_frame()
    hidden = shown["hidden"] if "hidden" in shown else [False] * len(shown)
    found = []
    for row, gone in zip(finding.table.to_dict("records"), hidden, strict=True):
        n = row["n"]
        if not gone and n == n and n is not None and n > 0:
            found.append(_cell(finding, row, int(n)))
    return list(dict.fromkeys(found))


def _cell(finding: Finding, row: Mapping[str, Any], n: int) -> Cell:
    kept, banner = finding.whom.kept, finding.layout.get("whom")
    if banner is None:
        by = [(column, row[column]) for column in finding.by if column not in finding.whom.beside]
        return cell(finding.whom.counted, kept, by, n)
    # the lines and columns of a banner are words: its layout says what they stand for
    counted, at = banner["rows"][row["row"]]
    held = banner["columns"].get((row["block"], row["column"]))
    return cell(counted, (*kept, at), [held] if held else [], n)


def cell(counted: str, kept: Kept, by: Iterable[tuple[str, Any]], n: int) -> Cell:
    """A base of those who were kept and are in a group."""
    what = [counted]
    where: dict[str, tuple[str, ...]] = {}
    told = [(column, (NOBODY if value is None or value != value else str(value),)) for column, value in by]
    for column, values in (*kept, *told):
        if column == WORDS or column in APART:
            what.append(" or ".join(values))
        elif column in where:
            where[column] = tuple(one for one in where[column] if one in values)
        else:
            where[column] = tuple(sorted(set(values)))
    return Cell("; ".join(what), tuple(sorted(where.items())), n)
