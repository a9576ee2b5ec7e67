"""A journey that remembers what it counted, finely enough to answer at once when groups of people are picked out.

Counts and sums of people who differ in an attribute add up: what was counted by step and region tells every region's part
by adding, without asking the engine again. Knows the journey; nothing of measures, and it gives what the journey gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import Table, count
from workbench.journey import JourneyFrame, Score, _answered, _tidy

STRATUM = "stratum"
SAID = ["measure", "kind", "step"]  # what was asked where: which questions and steps a group has


@dataclass(frozen=True, eq=False)
class Cube(JourneyFrame):
    """A journey whose counts by `among`, and by what they were asked for, are kept.

    root   the journey with everybody in it; `held` says which of its people are in this one, by their attributes
    among  the attributes that people may be picked out by
    """

    root: JourneyFrame | None = None
    held: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    among: tuple[str, ...] = ()
    kept: dict[Any, Any] = field(default_factory=dict)
    made_of: tuple[Table, Table] | None = None  # the records and people that root and held describe

    # -- verbs --------------------------------------------------------------------------------------------------------

    def where(self, **conditions: Any) -> JourneyFrame:
        told = self._told_of_persona(conditions)
        own = {*self._record_columns, "value"}
        made = super().where(**conditions)
        if not self._sound():
            return made
        at_step = (
            "step" in told and len(_values(told["step"])) == 1 and set(_values(told["step"])) <= set(self.step_order)
        )
        root: Any = self._narrowed("at any step", JourneyFrame.at_any_step) if at_step else self.root
        of_records = {key: one for key, one in told.items() if key in own and not (at_step and key == "step")}
        if of_records:
            root = self._narrowed(repr(of_records), lambda it: it.where(**of_records), root)
        return self._of(
            made, root, self.held + tuple((key, _values(one)) for key, one in told.items() if key not in of_records)
        )

    def at_any_step(self) -> JourneyFrame:
        if not self._sound() or not (self.step_order or self.distinct("step")):
            return super().at_any_step()
        root = self._narrowed("at any step", JourneyFrame.at_any_step)
        self.kept[root.trail, "verb", "at any step"] = root  # once is enough
        there = nw.col("step").is_in(list(self.step_order)) if self.step_order else ~nw.col("step").is_null()
        at = (("step", self.step_order),) if self.step_order else None
        made = self._with(self.records.lazy.filter(there), root.trail[-1], whole=root.whole, everybody=True, whom=at)
        found = self._of(made, root, self.held)
        said, theirs = (it._asked(it.root, SAID, None, False, True, False, None) for it in (self, found))
        if said in self.kept and theirs not in self.kept:  # what is at a step is known already
            steps = self.kept[said]["step"]
            self.kept[theirs] = self.kept[said][steps.isin(self.step_order) if self.step_order else steps.notna()]
        return found

    def of_whole_journey(self) -> JourneyFrame:
        return self._both(super().of_whole_journey(), "of the whole journey", JourneyFrame.of_whole_journey)

    def _with(self, records: Any, step: str, *how: Any, **said: Any) -> JourneyFrame:
        """Any other verb gives a plain journey, which asks the engine."""
        return self.plain()._with(records, step, *how, **said)

    def plain(self) -> JourneyFrame:
        """The same journey without its memory."""
        return JourneyFrame(**{one.name: getattr(self, one.name) for one in fields(JourneyFrame)})

    # -- numbers ------------------------------------------------------------------------------------------------------

    def count(
        self,
        by: str | Sequence[str] = (),
        of: str | None = None,
        score: Score | bool = False,
        stratum: bool = True,
        people: bool = True,
    ) -> pd.DataFrame:
        keys = [by] if isinstance(by, str) else list(by)
        if not self._adds_up(keys, score is not False):
            return super().count(by, of, score, stratum, people)
        fine = self._fine(self.root, keys, of, score, stratum, people)
        if score is not False:
            return self._moments_of(fine, keys, of, score, stratum)
        groups = [*keys, "value"] if of is not None else keys
        return _tidy(_added(fine, groups), groups)

    def distinct(self, column: str) -> list[str]:
        if column not in SAID or not self._adds_up([column], False):
            return super().distinct(column)
        return self.in_order(column, self.count(SAID, people=False)[column].dropna().unique().tolist())

    def asked_of_whole(self) -> set[str]:
        if not self._adds_up(SAID, False):
            return super().asked_of_whole()
        said = self.count(SAID, people=False)
        return set(said.loc[said["step"].isna() & (said["kind"] == "answer"), "measure"])

    def base(self, of: str | None = None) -> str:
        if not self._adds_up((), False):
            return super().base(of)
        counted = self.people_of(of, ())
        what = "records" if of is None else "answers"
        return f"{int(counted['n'].sum()):,} {what} of {int(counted['people'].sum()):,} people"

    def people_of(self, of: str | None, keys: Sequence[str]) -> pd.DataFrame:
        """Records (n) and people of the measure by groups; all records where no measure is named."""
        if not self._adds_up(keys, False):
            frame = self.records.lazy if of is None else _answered(self.records.lazy, of)
            return replace(self.plain(), records=Table(frame)).count(keys)
        root: Any = self.root
        if of is not None:  # who answered it, without what they answered
            root = self._narrowed(
                ("answered", of), lambda it: replace(it, records=Table(_answered(it.records.lazy, of)))
            )
        fine = self._fine(
            root, list(keys), None, False, True, True, ("answered", of)
        )  # its trail is that of everything
        return _added(fine, [*keys])

    # -- inside -------------------------------------------------------------------------------------------------------

    def _adds_up(self, keys: Sequence[str], moments: bool) -> bool:
        """Are the numbers of a group the sum of those of its parts? Not of clusters that people of several parts share."""
        shared = "cluster" in self.people.columns and moments
        return self._sound() and not shared and "persona" not in keys

    def _sound(self) -> bool:
        mine = self.made_of
        return self.root is not None and mine is not None and mine[0] is self.records and mine[1] is self.people

    def _fine(
        self,
        root: Any,
        keys: list[str],
        of: str | None,
        score: Score | bool,
        stratum: bool,
        people: bool,
        mark: Any = None,
    ) -> pd.DataFrame:
        """What was counted by these groups and by all that people are picked out by, of those who are held."""
        columns = self._columns(keys)
        asked = self._asked(root, keys, of, score, stratum, people, mark)
        if asked not in self.kept:
            self.kept[asked] = root.count(columns, of, score, stratum, people)
        found = self.kept[asked]
        for column, values in self.held:
            found = found[found[column].isin(values)]
        return found

    def _columns(self, keys: Sequence[str]) -> list[str]:
        return sorted({*keys, *self.among, *(column for column, _ in self.held)})

    def _asked(
        self, root: Any, keys: Sequence[str], of: Any, score: Any, stratum: bool, people: bool, mark: Any
    ) -> Any:
        """What a count is kept by."""
        return (root.trail, mark, tuple(self._columns(keys)), of, repr(score), stratum, people)

    def _moments_of(
        self, fine: pd.DataFrame, keys: list[str], of: str | None, score: Score | bool, stratum: bool
    ) -> pd.DataFrame:
        """The sums over people by stratum; each stratum has the people of it who are held."""
        strata = [STRATUM] if stratum and STRATUM in self.people.columns else []
        if any(column == "step" for column, _ in self.held):  # of one step: its people are in the sums
            every = self._fine(self.root, [], of, score, stratum, True)
            design = every.groupby(STRATUM, as_index=False)["people"].sum()
        else:
            design = self.people_of(of, strata)
        design = design.assign(**({} if STRATUM in design else {STRATUM: "all"}))[[STRATUM, "people"]]
        design = design.assign(**{STRATUM: design[STRATUM].fillna("not known")}).rename(columns={"people": "psus"})
        design["psus"] = design["psus"].round().astype("int64")
        figures = [one for one in fine.columns if one in FIGURES]
        table = fine.groupby([*keys, STRATUM], dropna=False, as_index=False)[figures].sum()
        there = table.groupby(keys, dropna=False)["n"].transform("sum") > 0 if keys else table["n"] >= 0
        table = table[there].merge(design[design["psus"] > 0], on=STRATUM)
        return _tidy(table[[*keys, STRATUM, "psus", *figures]], [*keys, STRATUM])

    def _both(self, made: JourneyFrame, word: str, verb: Callable[[JourneyFrame], JourneyFrame]) -> JourneyFrame:
        return self._of(made, self._narrowed(word, verb), self.held) if self._sound() else made

    def _narrowed(self, word: Any, verb: Callable[[JourneyFrame], JourneyFrame], root: Any = None) -> Any:
        root = self.root if root is None else root
        asked = (root.trail, "verb", word)
        if asked not in self.kept:
            self.kept[asked] = verb(root)
        return self.kept[asked]

    def _of(self, made: JourneyFrame, root: JourneyFrame, held: tuple[tuple[str, tuple[Any, ...]], ...]) -> Cube:
        words = {one.name: getattr(made, one.name) for one in fields(JourneyFrame)}
        return Cube(
            **words, root=root, held=held, among=self.among, kept=self.kept, made_of=(made.records, made.people)
        )


FIGURES = ("n", "people", "y", "w", "yy", "yw", "ww", "w2")  # of the moments


def cube(journey: JourneyFrame, among: Sequence[str] = (), kept: dict[Any, Any] | None = None) -> Cube:
    """The journey with a memory: people may be picked out by `among`, attributes of theirs with few values.

    kept  what was counted before, of the same journey
    """
    words = {one.name: getattr(journey, one.name) for one in fields(JourneyFrame)}
    kept = {} if kept is None else kept
    if "nobody" not in kept:
        answers = (nw.col("kind") == "answer") & nw.col("person").is_null()
        kept["nobody"] = count(journey.records.lazy.filter(answers).head(1)) > 0
    if kept["nobody"]:  # answers of nobody that is known: people do not add up
        return Cube(**words)
    known = tuple(column for column in dict.fromkeys(among) if column in journey.people.columns)
    return Cube(
        **words,
        root=journey,
        among=known,
        kept=kept,
        made_of=(journey.records, journey.people),
    )


def _added(fine: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    sums = [one for one in fine.columns if one in ("n", "people", "weight", "weight2")]
    if groups:
        return fine.groupby(groups, dropna=False, as_index=False)[sums].sum()
    return pd.DataFrame([fine[sums].sum()])


def _values(wanted: Any) -> tuple[Any, ...]:
    return tuple(wanted) if isinstance(wanted, list | tuple | set) else (wanted,)
