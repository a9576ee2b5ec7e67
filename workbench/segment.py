"""A study seen through the people of one segment alone: every finding is of them, and nothing of the study is changed.

What was declared, appraised and planned is of the whole study and is left out here: a claim was not declared of this segment, and
a solution's cost and reach are not its own. Knows the study and its journey.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.answers import answers_of
from workbench.engine import distinct, rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.journey import DESIGN, JourneyFrame
from workbench.steps.apply import Actions
from workbench.steps.measure.hypotheses import Declared, Hypotheses
from workbench.steps.solutions import Solutions
from workbench.study import Study

if TYPE_CHECKING:
    from workbench.forgetting import Forgotten
    from workbench.rekeying import Rotated

SEEN = "WORKBENCH_WHERE"  # the segment that the notebooks of a report open their study with
MOST = 60  # values of a column that may each get a report
TERMS = 4  # reports that are added to and taken from another, looking for a group too small


class Segment(Study):
    """A study of which only the people that meet `where` are seen. It cannot be saved."""

    def __init__(self, path_or_name: str | os.PathLike, where: Mapping[str, Any]):
        super().__init__(path_or_name)
        self.where = dict(where)
        self._whole = Study(path_or_name)
        self._answers = answers_of(self.path, json.dumps(self.where, sort_keys=True, default=str))

    @property
    def journey(self) -> JourneyFrame:
        """The journey of the segment's people: all that was observed of them, and no reading that is of everybody."""
        whole = self._whole.journey
        key = f"{self._whole._journey[0] if self._whole._journey else ''} {sorted(self.where.items())}"
        if self._journey is None or self._journey[0] != key:
            self._journey = (key, whole.where(**self.where))
        return self._journey[1]

    @property
    def words(self) -> str:
        """Which people these are: "region: South"."""
        told = []
        for name, wanted in self.where.items():
            values = wanted if isinstance(wanted, list | tuple) else [wanted]
            told.append(f"{name.replace('_', ' ')}: {' or '.join(map(str, values))}")
        return ", ".join(told)

    @property
    def title(self) -> str:
        return f"{self._whole.title} ({self.words})"

    @property
    def date_line(self) -> str:
        """What the figures rest on, and of whom they are alone."""
        apart = "claims, solutions and actions are of the whole study and stand in its own report"
        return f"only {self.words} · {super().date_line} · {apart}"

    @property
    def hypotheses(self) -> Hypotheses:
        return Hypotheses()

    @property
    def solutions(self) -> Solutions:
        return Solutions()

    @property
    def actions(self) -> Actions:
        return Actions()

    def declare(self) -> dict[str, Declared]:
        """Nothing is declared of a segment; the study's own register stays as it is."""
        return {}

    def judge(self) -> Finding:
        raise self._of_the_whole("the verdicts of claims", "judge them in the whole study")

    def save(self, part: str, content: Any, seen: str | None = None, who: str = "") -> None:
        raise self._of_the_whole(f"{part} to save", "save it in the whole study")

    def leaks(self, text: str, anew: bool = True) -> list[str]:
        return self._whole.leaks(text, anew)

    def forget(self, person: str, id_space: str = "", sources: bool = False) -> Forgotten:
        raise self._of_the_whole("a person to forget", "forget them in the whole study")

    def forget_expired(self) -> Forgotten:
        raise self._of_the_whole("sources to remove", "remove them from the whole study")

    def rotate_key(self) -> Rotated:
        raise self._of_the_whole("a key to change", "change it in the whole study")

    def destroy_key(self) -> None:
        raise self._of_the_whole("a key to destroy", "destroy it in the whole study")

    def _of_the_whole(self, found: str, mend: str) -> DataFault:
        return DataFault(Fault(file=self.name, found=f"{found}, with {self.words} alone", expected="a look", mend=mend))


def opened(path_or_name: str | os.PathLike, where: Mapping[str, Any] | None = None) -> Study:
    """A study, or a segment of it: as `where` says, else as the report says that its notebooks are run for."""
    if where is None and os.environ.get(SEEN):
        told = json.loads(os.environ[SEEN])
        study = Study(path_or_name)
        return Segment(study.path, told["where"]) if study.path.resolve() == Path(told["study"]) else study
    if not where:
        return Study(path_or_name)
    found = Segment(path_or_name, where)
    found.journey  # noqa: B018 - a column or a value that is not there is told now
    return found


def told_to_notebooks(study: Study, where: Mapping[str, Any]) -> str:
    """What SEEN must say for this study's notebooks to see the segment alone."""
    return json.dumps({"study": str(study.path.resolve()), "where": dict(where)})


def segments(study: Study, column: str) -> pd.DataFrame:
    """The values of a people's attribute (or "persona") with how many people of each were observed, and which of them get a
    report of their own: one row a value, `value`, `n`, `why` (empty, or why it gets none).

    None is given for a value under the minimum base. Nor may the reports, taken from each other and from the whole study's, leave
    a group too small: the smallest of the others are withheld too, until what is withheld together reaches the minimum.
    Raises DataFault for a column that is none of people's, or has too many values.
    """
    journey, least = study.journey, study.about.minimum_base
    people = distinct(journey.records.lazy.filter(~nw.col("person").is_null()).select("person"))
    if column == "persona" and journey.personas:
        return _of_personas(journey, people, least)
    there = [one for one in journey.people.columns if one not in DESIGN]
    if column not in there:
        mend = f"take one of: {', '.join([*there, *(['persona'] if journey.personas else [])])}"
        raise DataFault(Fault(column=column, found="no attribute of people", expected="one of study.yaml", mend=mend))
    joined = people.join(journey.people.lazy.select("person", column), on="person", how="left")
    counted = rows(joined.group_by(column).agg(nw.len().alias("n")))
    values = journey.in_order(column, counted[column].dropna().tolist())
    if len(values) > MOST:
        found = f"{len(values):,} values"
        raise DataFault(Fault(column=column, found=found, expected=f"at most {MOST}", mend="group them into fewer"))
    sizes = {value: int(counted.loc[counted[column] == value, "n"].iloc[0]) for value in values}
    unknown = int(counted.loc[counted[column].isna(), "n"].sum())
    table = pd.DataFrame(
        {"value": [*values, *([None] if unknown else [])], "n": [*sizes.values(), *([unknown] if unknown else [])]}
    )
    hidden = privacy.hide_small(table, ["value"], least)
    withheld = hidden[privacy.HIDDEN].tolist() if privacy.HIDDEN in hidden else [False] * len(table)
    table["why"] = [_why(int(n), gone, least) for n, gone in zip(table["n"], withheld, strict=True)]
    return table[table["value"].notna()].reset_index(drop=True)


def _why(n: int, withheld: bool, least: int) -> str:
    if n < least:
        return f"fewer than {least} people"
    return (
        f"withheld, so that a group under {least} cannot be had from the whole and the other reports"
        if withheld
        else ""
    )


def _of_personas(journey: JourneyFrame, people: nw.LazyFrame, least: int) -> pd.DataFrame:
    """Personas share people: each way of belonging is counted, and no sum or difference of reports may be a group too small."""
    names = list(journey.personas or {})
    told = people
    for place, name in enumerate(names):
        here = distinct(journey.where(persona=name).records.lazy.select("person")).with_columns(
            nw.lit(1).alias(f"in{place}")
        )
        told = told.join(here, on="person", how="left")
    flags = [f"in{place}" for place in range(len(names))]
    counted = rows(told.group_by(flags).agg(nw.len().alias("n"))).fillna(0)
    ways = [tuple(int(one) for one in row) for row in counted[flags].itertuples(index=False, name=None)]
    many = [int(one) for one in counted["n"]]
    sizes = [sum(n for way, n in zip(ways, many, strict=True) if way[place]) for place in range(len(names))]
    gone = {place for place, n in enumerate(sizes) if n < least}
    small = set(gone)
    while found := _given_away(ways, many, [place for place in range(len(names)) if place not in gone], least):
        gone.add(min(found, key=lambda place: (sizes[place], place)))
    why = [_why(n, place in gone, least) if place in gone | small else "" for place, n in enumerate(sizes)]
    return pd.DataFrame({"value": names, "n": sizes, "why": why})


def _given_away(
    ways: Sequence[tuple[int, ...]], many: Sequence[int], written: Sequence[int], least: int
) -> tuple[int, ...]:
    """Reports of which a sum or difference, with the whole study's, is a group of 1 to `least` - 1 people; none: empty."""
    for terms in range(1, min(TERMS, len(written)) + 1):
        for those in combinations(written, terms):
            for signs in product((1, -1), repeat=terms):
                for whole in (0, 1):
                    inside = [
                        whole + sum(sign * way[one] for sign, one in zip(signs, those, strict=True)) for way in ways
                    ]
                    if set(inside) <= {0, 1} and 0 < sum(n for n, one in zip(many, inside, strict=True) if one) < least:
                        return those
    return ()
