"""How few people share a row of a table about people: k-anonymity, and l-diversity of a column that is sensitive.

Knows tables alone. Sources: Sweeney, Int. J. Uncertainty Fuzziness 10 (2002), k-anonymity; Machanavajjhala et al., ACM TKDD 1
(2007), distinct l-diversity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("person", "id")  # columns that name a person: they are no attribute that several could share


@dataclass(frozen=True)
class Anonymity:
    """Of a table of people: the fewest that share all its attributes (`k`; of how many rows at that level or under the level
    asked for), and the fewest different values of each sensitive column among those who share the others (`l`)."""

    k: int
    rows: int
    under: int
    l: dict[str, int]  # noqa: E741 - the measure's name

    @property
    def words(self) -> str:
        told = [f"k = {self.k:,}" + (f" ({self.under:,} of {self.rows:,} rows under the level)" if self.under else "")]
        return ", ".join([*told, *(f"l = {least} of {column}" for column, least in self.l.items())])


def anonymity(table: pd.DataFrame, level: int, sensitive: Sequence[str] = ()) -> Anonymity:
    """The anonymity of a table with a row for what is told of a person (a column `person`): people who share all attributes are
    counted once each. A table with the people's own ids has k = 1, whatever else stands in it."""
    shared = [one for one in table.columns if one not in NAMES and one not in sensitive]
    if not len(table):
        return Anonymity(0, 0, 0, dict.fromkeys(sensitive, 0))
    if "id" in table.columns and table["id"].notna().any():
        return Anonymity(1, len(table), len(table), dict.fromkeys(sensitive, 1))
    filled = table.assign(
        **{one: table[one].astype(object).where(table[one].notna(), "") for one in [*shared, *sensitive]}
    )
    filled["all"] = ""
    groups = filled.groupby([*shared, "all"], sort=False)
    people = groups["person"].transform("nunique")
    least = {one: int(groups[one].nunique().min()) for one in sensitive}
    return Anonymity(int(people.min()), len(table), int((people < level).sum()), least)
