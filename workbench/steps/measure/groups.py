"""What measures share: groups in their order, whether weights or repeated people call for a design, words and names.

Knows the journey and the inference room; each number comes from `journey.count`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.finding import Finding
from workbench.inference import design
from workbench.inference.intervals import Estimate
from workbench.journey import JourneyFrame, Score
from workbench.privacy.cells import Whom
from workbench.privacy.small_groups import ALIKE

if TYPE_CHECKING:
    from collections.abc import Iterator

TAYLOR = "Taylor linearisation with t"
WIDE_BASE = 30  # an (effective) base under it is shown with a caution


@dataclass(frozen=True)
class Groups:
    """A measure's counts, group by group, and what they call for."""

    journey: JourneyFrame
    of: str
    by: tuple[str, ...]
    weighted: bool
    repeated: bool
    counts: pd.DataFrame
    moments: pd.DataFrame

    @property
    def designed(self) -> bool:
        return self.weighted or self.repeated or self.moments["stratum"].nunique() > 1

    def __iter__(self) -> Iterator[tuple[tuple, pd.DataFrame, pd.DataFrame]]:
        """Each group's key, its counts by value and its sums by stratum."""
        keys = _keys(self.moments, self.by)
        for key in keys:
            yield key, _rows(self.counts, self.by, key), _rows(self.moments, self.by, key)


def grouped(journey: JourneyFrame, of: str, by: str | Sequence[str] | None, score: Score) -> Groups:
    """Count a measure by groups, once for its distribution and once for its design.

    Groups that do not name the step take the question about the whole journey where one was asked: scores of single
    steps are not put into one mean unless there is nothing else.
    """
    keys = (by,) if isinstance(by, str) else tuple(by or ())
    if "step" in keys:
        journey = journey.at_any_step()
    elif of in journey.asked_of_whole():
        journey = journey.of_whole_journey()
    counts = journey.count(by=keys, of=of, people=False)
    moments = journey.count(by=keys, of=of, score=True if score is None else score)
    weighted = bool((counts["weight"] - counts["n"]).abs().gt(1e-9).any())
    repeated = bool((moments["n"] > moments["people"]).any())
    return Groups(journey, of, keys, weighted, repeated, counts, moments)


def table(
    groups: Groups,
    estimate: Callable[[pd.DataFrame, pd.DataFrame], tuple[Estimate, dict[str, Any]]],
) -> pd.DataFrame:
    """One row a group: the estimate with its interval and bases, what else the measure shows, and whether all of the group
    answered `alike`."""
    rows = []
    for key, counts, moments in groups:
        found, extra = estimate(counts, moments)
        row: dict[str, Any] = dict(zip(groups.by, key, strict=True))
        row |= {
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "n": int(moments["n"].sum()),
            "people": int(moments["people"].sum()),
            "n_effective": round(found.n_effective, 1) if found.n_effective is not None else None,
        }
        row |= extra | {"caution": caution(found, row["n"]), "se": found.se, "df": found.df, "method": found.method}
        row[ALIKE] = alike(counts)
        rows.append(row)
    empty = [*groups.by, "value", "low", "high", "n", "people", "n_effective", "caution", "se", "df", "method", ALIKE]
    found = pd.DataFrame(rows) if rows else pd.DataFrame(columns=empty)
    found = found.astype(dict.fromkeys(("value", "low", "high"), float))  # where no group has an interval too
    return in_order(groups.journey, rounded(found), groups.by)


def alike(counts: pd.DataFrame) -> bool:
    """Did all of a group give the same answer? From its counts by value."""
    return int(counts.loc[counts["n"] > 0, "value"].nunique()) == 1


def in_order(journey: JourneyFrame, found: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Groups in the order that they are shown everywhere (steps as on the map); nobody's group last."""
    if not by or found.empty:
        return found.reset_index(drop=True)
    ranks = []
    for column in by:
        order = {
            value: place
            for place, value in enumerate(journey.in_order(column, [v for v in found[column].unique() if v]))
        }
        ranks.append(found[column].map(lambda value, order=order: order.get(value, len(order))))
    frame = pd.concat(ranks, axis=1, keys=range(len(ranks)))
    return found.loc[frame.sort_values(list(frame.columns), kind="stable").index].reset_index(drop=True)


def caution(found: Estimate, n: int, wide: float | None = None) -> str:
    """What a reader must mind in an estimate: a small base, or an interval too wide to act on."""
    size = min(n, found.n_effective if found.n_effective is not None else n)
    if 0 < size < WIDE_BASE:
        return "small base"
    if wide is not None and found.low is not None and found.high is not None and (found.high - found.low) / 2 > wide:
        return "too wide to act on"
    return ""


def rounded(found: pd.DataFrame) -> pd.DataFrame:
    """Figures to 10 digits, so that the order of adding never shows."""
    for column in found.columns:
        if found[column].dtype.kind == "f":
            found[column] = found[column].map(lambda value: float(f"{value:.10g}") if value == value else value)
    return found


def effective(moments: pd.DataFrame) -> float | None:
    """Kish's effective base from sums over the strata: (sum of weights)² / sum of squared weights."""
    weights, squares = float(moments["w"].sum()), float(moments["w2"].sum())
    return weights**2 / squares if squares > 0 else None


def mean(moments: pd.DataFrame) -> Estimate:
    """A mean by Taylor linearisation over the design; a stratum with a single person is measured from the whole, and said."""
    n = int(moments["n"].sum())
    return design.design_mean(moments, n, effective(moments), name=TAYLOR, lonely=lonely(moments))


def lonely(moments: pd.DataFrame) -> str:
    """How strata with a single person are treated: refused, as there are none, or measured from the mean of all."""
    return "adjust" if len(moments) > 1 and (moments["psus"] == 1).any() else "refuse"


def words_of_design(groups: Groups) -> str:
    """How weights, strata and repeated people were honoured, in words."""
    parts = []
    if groups.weighted:
        parts.append("weighted")
    if groups.moments["stratum"].nunique() > 1:
        parts.append(f"{groups.moments['stratum'].nunique()} strata")
    if groups.repeated:
        parts.append("people who answered more than once counted as clusters")
    return ", ".join(parts) if parts else "unweighted"


def finding(
    journey: JourneyFrame,
    name: str,
    found: pd.DataFrame,
    by: Sequence[str],
    sentence: str,
    base: str,
    method: str,
    minimum_base: int | None,
    picture: dict[str, Any],
    title: str = "",
    cautions: Sequence[str] = (),
    counted: str | None = None,
) -> Finding:
    """A Finding of a journey: its minimum base, its steps' names, its trail.

    counted  what its bases are of, which is how the gates know bases of the same in other findings: the measure that was
             answered, its groups being all that there are; left out: what this finding counts and no other does
    """
    names = dict(journey.step_names or {})
    labels = {column: names for column in ("step", "next_step") if column in found.columns}
    return Finding(
        name=name,
        table=found,
        sentence=sentence,
        by=tuple(by),
        base=base,
        method=method,
        cautions=tuple(cautions),
        trail=journey.trail,
        picture=picture,
        minimum=journey.minimum_base if minimum_base is None else minimum_base,
        title=title,
        labels=labels,
        whom=Whom(counted or name, journey.whom, whole=counted is not None, least=journey.minimum_base),
    )


def shown(journey: JourneyFrame, found: pd.DataFrame, by: Sequence[str], minimum_base: int | None) -> pd.DataFrame:
    """The rows that a sentence may speak of: large enough, and not hidden as somebody's complement."""
    from workbench import privacy

    minimum = journey.minimum_base if minimum_base is None else minimum_base
    seen = privacy.hide_small(found, by, minimum)
    kept = seen[seen["value"].notna()] if len(seen) else seen
    return kept


def named(journey: JourneyFrame, row: pd.Series, by: Sequence[str]) -> str:
    """A group in words: the names of its values."""
    names = journey.step_names or {}
    words = []
    for column in by:
        value = row[column]
        missing = value is None or value != value
        if column == "step":
            words.append("the whole journey" if missing else names.get(value, str(value)))
        elif missing:
            words.append(f"{column} not known")
        else:
            words.append(str(value) if column in ("wave", "month", "path") else f"{column.replace('_', ' ')} {value}")
    return " · ".join(words)


def extremes(
    journey: JourneyFrame,
    found: pd.DataFrame,
    by: Sequence[str],
    minimum_base: int | None,
    what: str,
    say: Callable[[pd.Series], str],
) -> str:
    """A sentence over a table of groups: the lowest and the highest, with their intervals and bases."""
    seen = shown(journey, found, by, minimum_base)
    if seen.empty:
        return f"No group is large enough to show the {what}."
    if not by or len(seen) == 1:
        row = seen.iloc[0]
        where = f' at "{named(journey, row, by)}"' if by else ""
        return f"The {what}{where} is {say(row)}."
    lowest, highest = seen.loc[seen["value"].idxmin()], seen.loc[seen["value"].idxmax()]
    place = "at" if by[0] == "step" else "for"
    overlap = lowest["high"] == lowest["high"] and highest["low"] == highest["low"] and lowest["high"] >= highest["low"]
    return (
        f'The lowest {what} is {place} "{named(journey, lowest, by)}": {say(lowest)}; '
        f'the highest {place} "{named(journey, highest, by)}": {say(highest)}'
        f"{'; their intervals overlap' if overlap else ''}."
    )


def few(n: float, least: int) -> str:
    """How many, in words outside the table: a number under the minimum base is not told."""
    return f"{int(n):,}" if n >= least else f"fewer than {least}"


def signed(value: float | None, digits: int = 0) -> str:
    """A score with its sign, with a true minus."""
    if value is None or value != value:
        return "not known"
    text = f"{value:+.{digits}f}"
    return ("0" if float(text) == 0 and digits == 0 else f"{0:.{digits}f}" if float(text) == 0 else text).replace(
        "-", "−"
    )


def _keys(moments: pd.DataFrame, by: Sequence[str]) -> list[tuple]:
    if not by:
        return [()]
    return [tuple(row) for row in moments[list(by)].drop_duplicates().itertuples(index=False)]


def _rows(found: pd.DataFrame, by: Sequence[str], key: tuple) -> pd.DataFrame:
    keep = pd.Series(True, index=found.index)
    for column, value in zip(by, key, strict=True):
        keep &= found[column].isna() if value is None else found[column] == value
    return found[keep]
