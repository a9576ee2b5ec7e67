"""People split into groups for counts that a measure makes itself: by their attributes, or by persona.

A person may be of several personas: people are counted by the attributes that tell the personas apart, and each
persona then takes the rows that are of it. Knows the journey.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.faults import DataFault, Fault
from workbench.journey import JourneyFrame

PERSONA = "persona"


@dataclass(frozen=True)
class Split:
    """`by`: the columns asked for. `columns`: what the engine counts by. `apart`: nobody stands in two groups."""

    by: tuple[str, ...]
    columns: tuple[str, ...]
    personas: Mapping[str, Mapping[str, Any]]

    @property
    def apart(self) -> bool:
        return PERSONA not in self.by or not self.personas

    def told(self, counts: pd.DataFrame) -> pd.DataFrame:
        """Counts by `columns` as counts by `by`; a group that is not known is None."""
        figures = [column for column in counts.columns if column not in self.columns]
        counts = counts.copy()
        for column in self.columns:
            counts[column] = counts[column].astype(object).where(counts[column].notna(), None)
        if not self.apart:
            parts = []
            for name, conditions in self.personas.items():
                fits = pd.Series(True, index=counts.index)
                for column, wanted in conditions.items():
                    values = list(wanted) if isinstance(wanted, list | tuple | set) else [wanted]
                    fits &= counts[column].isin(values)
                parts.append(counts[fits].assign(**{PERSONA: name}))
            counts = pd.concat(parts, ignore_index=True) if parts else counts.assign(**{PERSONA: None})
        return counts[[*self.by, *figures]]

    def known(self, counts: pd.DataFrame) -> tuple[pd.DataFrame, int]:
        """Counts without those of whom nothing asked for is known, and how many (n) these are."""
        if not self.by:
            return counts, 0
        nobody = counts[list(self.by)].isna().all(axis=1)
        return counts[~nobody], int(counts.loc[nobody, "n"].sum())

    def parts(self, counts: pd.DataFrame) -> dict[tuple, pd.DataFrame]:
        """The counts of each group."""
        if not self.by:
            return {(): counts}
        found = counts.groupby(list(self.by), dropna=False, sort=True)
        return {tuple(None if one != one else one for one in key): part for key, part in found}


def split(
    journey: JourneyFrame,
    by: str | Sequence[str] | None,
    also: Sequence[str] = (),
    taken: Collection[str] = (),
) -> Split:
    """What is asked for, checked: attributes of people, "persona", or a column of `also`; none called like a column of
    `taken`, which the counts need for themselves. Raises DataFault."""
    keys = tuple(dict.fromkeys((by,) if isinstance(by, str) or not isinstance(by, Iterable) else by)) if by else ()
    personas = dict(journey.personas or {}) if PERSONA in keys else {}
    columns: list[str] = []
    for key in keys:
        if key == PERSONA and personas:
            columns += [column for conditions in personas.values() for column in conditions]
        else:
            columns.append(str(key))
    said = {*journey._record_columns, "value"}  # what is said of records hides an attribute of the same name
    known = [one for one in journey.people.columns if one != "person" and one not in said]
    for column in columns:
        told = "" if column in keys else ", by which a persona is told"
        if column in also:
            continue
        if column in said:
            raise DataFault(
                Fault(
                    column="by",
                    found=f'"{column}", which is said of records{told}',
                    expected=f"an attribute of people: {', '.join([*known[:8], *also]) or 'none is known'}",
                    mend="give an attribute of that name another one" if column in journey.people.columns else "",
                )
            )
        if column not in known:
            raise DataFault(journey._no_column(column))
        if column in taken:
            raise DataFault(Fault(column="by", found=f'"{column}"{told}', expected="an attribute of another name"))
    return Split(keys, tuple(dict.fromkeys(columns)), personas)
