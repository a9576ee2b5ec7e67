"""JourneyFrame: all that was observed on people's journeys, its verbs and its trail.

A frame never changes: each verb hands back a new one, with the verb added to the trail. Numbers are had in one way,
`count`, which makes the engine count and hands back a small table. Knows the engine and its dialect, not the measures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import narwhals as nw

from workbench.causality import CLOCKS, before_they_came, clocks
from workbench.engine import ADJACENT, RECORDS, SOURCE, Engine, Table, count, distinct, is_move, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.privacy import MINIMUM_BASE
from workbench.privacy.cells import NOBODY, WORDS, Kept

if TYPE_CHECKING:
    import pandas as pd

# Ranges of a native value and what each counts as: ((low, high, x), …); None stands for the value itself.
Score = Sequence[tuple[float, float, float]] | None


DESIGN = ("person", "stratum", "cluster", "created")  # columns of the people that are no groups
KINDS = ("answer", "comment", "event", "complaint", "quote", "reading")


@dataclass(frozen=True, eq=False)
class Wide:
    """Answers as they lie: one row a respondent, `v0` and `s0` the value and state (a place in STATES) of question 0."""

    frame: nw.LazyFrame
    questions: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Planned:
    """What the map plans of a step: its stage, and the time allowed since the step before it, in microseconds."""

    stage: str = ""
    within: int | None = None


@dataclass(frozen=True, eq=False)
class JourneyFrame:
    """What was observed on people's journeys: one record is one thing observed of one person at one step at one time.

    records   the facts (person, time, order, step, channel, source, kind, measure, value, state, text, weight, wave, n,
              code, coder, place)
    people    person and attributes (segment, region, stratum, …)
    measures  what the values are: measure, step, source, label, low, high, reversed
    faults    what was set aside or assumed while reading
    trail     the road here
    whom      the conditions that its records were kept by, as the gates read them (privacy.cells)
    """

    records: Table
    people: Table
    measures: Table
    engine: Engine
    faults: tuple[Fault, ...] = ()
    trail: tuple[str, ...] = ()
    minimum_base: int = MINIMUM_BASE
    step_order: tuple[str, ...] = ()
    step_names: Mapping[str, str] | None = None
    planned: Mapping[str, Planned] | None = None  # what the map plans of its steps
    themes: Mapping[str, Sequence[str]] | None = None  # the words that mark a theme in comments (codes.yaml)
    personas: Mapping[str, Mapping[str, Any]] | None = (
        None  # kinds of people by their attributes; a person may be several
    )
    whole: bool = True  # people's paths are whole: no verb has dropped some of a person's records
    wide: tuple[Wide, ...] = ()  # answers that lie one row a respondent, as long as no verb has dropped any
    ways: nw.LazyFrame | None = None  # the paths of everybody as they were written at load, see `paths`
    clocked: tuple[Mapping[str, Any], ...] | None = (
        None  # what the clocks of everybody's moves were at load, see `clocks`
    )
    everybody: bool = True  # no verb has dropped a person who has a path
    whom: Kept = ()

    # -- verbs: each hands back a new frame ---------------------------------------------------------------------------

    def at_steps(self, *steps: str) -> JourneyFrame:
        """Keep the records at these journey steps."""
        return self._keep("step", steps)

    def at_any_step(self) -> JourneyFrame:
        """Keep the records at steps: those of the map where the study has one, else all that name a step."""
        there = nw.col("step").is_in(list(self.step_order)) if self.step_order else ~nw.col("step").is_null()
        if not self.step_order and not self.distinct("step"):
            return self
        off = self.records.lazy.filter(is_move()).filter(~there.fill_null(False)).head(1)
        words = "at the map's steps" if self.step_order else "at a step"
        at = (("step", self.step_order),) if self.step_order else None
        return self._with(self.records.lazy.filter(there), words, whole=not count(off), everybody=True, whom=at)

    def moves(self) -> JourneyFrame:
        """Keep what people's paths are made of: contacts and complaints of somebody, at a time. Raises DataFault: none."""
        kept = self._with(self.records.lazy.filter(is_move()), "contacts and complaints", whole=True, everybody=True)
        if not count(kept.records.lazy.head(1)):
            raise DataFault(Fault(found="no contacts or complaints", expected="a contact log or complaints with times"))
        return kept.adjoined()

    def on_channels(self, *channels: str) -> JourneyFrame:
        """Keep the records met through these channels."""
        return self._keep("channel", channels)

    def of_wave(self, *waves: str) -> JourneyFrame:
        """Keep the records of these waves of the survey."""
        return self._keep("wave", waves)

    def of_kind(self, *kinds: str) -> JourneyFrame:
        """Keep the records of these kinds: answer, comment, event, complaint, quote, reading."""
        return self._keep("kind", kinds)

    def of_measure(self, *measures: str) -> JourneyFrame:
        """Keep the records of these measures."""
        return self._keep("measure", measures)

    def between(self, start: str, end: str) -> JourneyFrame:
        """Keep the records from `start` up to, not including, `end` (dates or times, ISO 8601, UTC unless they say)."""
        first, last = _microseconds(start), _microseconds(end)
        kept = self.records.lazy.filter(nw.col("time") >= first, nw.col("time") < last)
        return self._with(kept, f"time is from {start} to before {end}")

    def where(self, **conditions: Any) -> JourneyFrame:
        """Keep the records that meet every condition: a column of the records or of the people, a value or a list of them."""
        own = {*self._record_columns, "value"}  # what is said of people keeps or drops all of their records
        kept = self._matching(conditions)
        told = self._told_of_persona(conditions)
        whom = tuple((column, tuple(map(str, _listed(wanted)))) for column, wanted in told.items())
        return self._with(kept, _words(conditions), whole=not own & set(told), whom=whom)

    def observed(self) -> JourneyFrame:
        """Keep what was observed of people: no readings, and no questions that were skipped, not shown or do not apply."""
        kept = self.records.lazy.filter(nw.col("state") == "answered", nw.col("kind") != "reading")
        return self._with(kept, "observed", whom=())

    def unweighted(self) -> JourneyFrame:
        """The same records, each counted once: their weights are left out."""
        bare = self.records.lazy.with_columns(nw.lit(1.0).alias("weight")).select(*self.records.columns)
        return self._with(bare, "unweighted", whole=True, everybody=True, whom=())

    def of_whole_journey(self) -> JourneyFrame:
        """Keep the records that speak of the whole journey, not of a step."""
        about = self.records.lazy.filter(nw.col("step").is_null())
        return self._with(about, "about the whole journey", whom=(("step", (NOBODY,)),))

    def people_with(self, **conditions: Any) -> JourneyFrame:
        """Keep all records of the people who have at least one record meeting every condition."""
        persons = distinct(self._matching(conditions).select("person"))
        kept = self.records.lazy.join(persons, on="person", how="semi")
        return self._with(kept, f"people with {_words(conditions)}", whole=True)

    def people_without(self, **conditions: Any) -> JourneyFrame:
        """Keep all records of the people who have no record meeting every condition."""
        persons = distinct(self._matching(conditions).select("person"))
        kept = self.records.lazy.join(persons, on="person", how="anti").filter(~nw.col("person").is_null())
        return self._with(kept, f"people without {_words(conditions)}", whole=True)

    def join(self, other: JourneyFrame) -> JourneyFrame:
        """Put another frame's records, people and measures beside these (the same people get one row)."""
        engine = self.engine
        columns = list(RECORDS)
        theirs = other.records.lazy.select(*columns)
        if other.engine is not engine:
            theirs = engine.table(rows(theirs), RECORDS)
        last = rows(self.records.lazy.select(nw.col("order").max().alias("last")))["last"].dropna()
        if len(last):  # the running number stays unique: theirs are counted as further sources
            theirs = theirs.with_columns((nw.col("order") + int(last.iloc[0]) // SOURCE * SOURCE).alias("order"))
        records = engine.next_to(nw.concat([self.records.lazy.select(*columns), engine.typed(theirs)]))
        people = merged_people(engine, [self.people.lazy, engine.table(other.people.to_frame())])
        return replace(
            self,
            records=Table(records),
            people=Table(people),
            measures=Table(engine.table(_stacked([self.measures.to_frame(), other.measures.to_frame()]), MEASURES)),
            faults=(*self.faults, *other.faults, *before_they_came(engine, records, people)),
            trail=(*self.trail, f"joined with ({' > '.join(other.trail)})"),
            whom=(*self.whom, (WORDS, (f"joined with ({' > '.join(other.trail)})",))),
            whole=True,
            wide=(),
            ways=None,
            clocked=None,
            everybody=True,
        )

    def marked(self, column: str, persons: nw.LazyFrame, words: str, otherwise: str | None = None) -> JourneyFrame:
        """The same records, with an attribute of people worked out: every measure can be asked `by` it.

        persons    one row a person: `person` and the attribute, text, in `column`
        words      for the trail
        otherwise  what the people say who are not among `persons`
        """
        if column in self._record_columns:
            raise DataFault(Fault(column=column, found="a column of the records", expected="another name"))
        people = self.people.lazy.select(*(one for one in self.people.columns if one != column))
        told = people.join(persons.select("person", column), on="person", how="left")
        if otherwise is not None:
            told = told.with_columns(nw.col(column).fill_null(otherwise))
        return replace(self, people=Table(told), trail=(*self.trail, words))

    # -- numbers ------------------------------------------------------------------------------------------------------

    def count(
        self,
        by: str | Sequence[str] = (),
        of: str | None = None,
        score: Score | bool = False,
        stratum: bool = True,
        people: bool = True,
    ) -> pd.DataFrame:
        """The one way to numbers: the engine counts, a small pandas table comes back.

        by       columns of the records or of the people, or "persona"; a person of two personas stands in both
        of       a measure: its answered records, counted at each `value`; left out: all records of the frame
        score    turns values into x for means over people (ranges and what they count as, or None for the value itself);
                 then the table holds, per `by` and stratum, the sums that Taylor linearisation needs (see
                 `workbench.inference.design`): psus, n, people, y, w, yy, yw, ww (over people) and w2 (over records)
        stratum  honour the people's strata and clusters in those sums
        people   count the persons too (a distinct count, the dearer part)

        Columns beside `by`: n (records), people (persons), and with `of` also value, weight (sum of weights) and weight2
        (sum of their squares). Groups come sorted; a missing group is None. Sums are exact to 12 digits
        after the point, so that the order of adding never shows.
        """
        keys = [by] if isinstance(by, str) else list(by)
        if taken := {"n", "people", "weight", "weight2", "value"} & set(keys):
            raise DataFault(Fault(column=min(taken), found="a column to group by that is counted", expected="another"))
        if "persona" in keys and self.personas:
            return self._by_persona(keys, of, score, stratum, people)
        frame = self.records.lazy
        if of is not None:
            self._check("measure", of)
            frame = _answered(frame, of)
        frame = frame.with_columns(nw.col("weight").fill_null(1.0).alias("w"))
        if score is not False:
            return self._moments(frame, keys, of, score if not isinstance(score, bool) else None, stratum)
        frame = self._attributes(frame, keys)
        groups = [*keys, "value"] if of is not None else keys
        sums = [nw.len().alias("n")]
        if people:
            sums.append(nw.col("person").n_unique().alias("people"))
        if of is not None:
            sums += [_exact("w").alias("weight"), _exact(nw.col("w") * nw.col("w")).alias("weight2")]
        counted = frame.group_by(groups).agg(*sums) if groups else frame.select(*sums)
        return _tidy(_from_grid(rows(counted), ["weight", "weight2"]), groups)

    def _by_persona(
        self, keys: list[str], of: str | None, score: Score | bool, stratum: bool, people: bool
    ) -> pd.DataFrame:
        """Each persona counted as a part of the whole, so that the design stays that of everybody."""
        import pandas as pd

        parts = []
        for name, conditions in (self.personas or {}).items():
            frame = self._attributes(self.records.lazy, list(conditions))
            fits: Any = nw.lit(True)
            for column, wanted in conditions.items():
                values = _listed(wanted)
                fits = fits & nw.col(column).is_in(values)
            told = frame.with_columns(nw.when(fits).then(nw.lit(name)).alias("persona"))
            flagged = replace(
                self, records=Table(told.select(*self.records.columns, "persona")), personas=None, wide=()
            )
            found = flagged.count(keys, of, score, stratum, people)
            parts.append(found[found["persona"] == name])
        return pd.concat(parts, ignore_index=True)

    def _moments(
        self, frame: nw.LazyFrame, keys: list[str], of: str | None, score: Score, stratum: bool
    ) -> pd.DataFrame:
        """Sums over people for means in domains, by Taylor linearisation (one PSU a cluster, else a person)."""
        there = self.people.columns
        strata = ["stratum"] if stratum and "stratum" in there else []
        unit = "cluster" if stratum and "cluster" in there else "person"
        frame = self._attributes(frame, [*keys, *strata, *([unit] if unit == "cluster" else [])])
        if not strata:
            frame = frame.with_columns(nw.lit("all").alias("stratum"))
        frame = frame.with_columns(nw.col("stratum").fill_null("not known"), _scored(score).alias("x"))
        if of is not None and unit == "person" and self._once(of, keys):
            design, table = self._sums_of_records(frame, keys, alone=self._once(of, []))
        else:
            design, table = self._sums_of_units(frame, keys, unit)
        groups = table[keys].drop_duplicates() if keys else None
        # every stratum of the design stands in every domain, also where nobody of the domain is in it
        full = groups.merge(design, how="cross") if groups is not None else design
        table = full.merge(table, on=[*keys, "stratum"], how="left")
        figures = ["n", "people", "y", "w", "yy", "yw", "ww", "w2"]
        table[figures] = table[figures].fillna(0.0)
        return _tidy(table, [*keys, "stratum"])

    def _once(self, of: str, keys: list[str]) -> bool:
        """Does nobody stand twice in a group of this measure? Told at load, question by question."""
        table = self.measures.to_frame()
        table = table[(table["measure"] == of) & (table["kind"] != "reading")]
        return len(table) > 0 and bool(table["once"].fillna(False).all()) and ("step" in keys or len(table) == 1)

    def _sums_of_records(self, frame: nw.LazyFrame, keys: list[str], alone: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The sums where each record is a person of its own: from counts of what was said, in one pass.

        `alone` says that there is one question only: its records are then as many as its people.
        """
        counted = rows(
            frame.group_by([*keys, "stratum", "x"]).agg(
                nw.len().alias("n"), _exact("w").alias("w"), _exact(nw.col("w") * nw.col("w")).alias("ww")
            )
        )
        counted = _from_grid(counted.sort_values("x", kind="stable"), ["w", "ww"])
        counted["y"], counted["yw"], counted["yy"] = (
            counted["x"] * counted["w"],
            counted["x"] * counted["ww"],
            counted["x"] ** 2 * counted["ww"],
        )
        figures = ["n", "y", "w", "yy", "yw", "ww"]
        table = counted.groupby([*keys, "stratum"], dropna=False, as_index=False)[figures].sum()
        table["people"], table["w2"] = table["n"], table["ww"]
        # everybody who answered the measure is in the design, each once a step: the largest group of steps is not enough
        people = nw.len() if alone else nw.col("person").n_unique()
        design = rows(frame.group_by("stratum").agg(people.alias("psus")))
        return design, table

    def _sums_of_units(self, frame: nw.LazyFrame, keys: list[str], unit: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The sums where people (or clusters) may have several records: first over each of them."""
        # a record without a person stands for itself
        frame = frame.with_columns(
            nw.col(unit).fill_null(nw.concat_str(nw.lit("#"), nw.col("order").cast(nw.String))).alias("unit")
        )
        design = rows(frame.group_by("stratum").agg(nw.col("unit").n_unique().alias("psus")))
        one = frame.group_by([*keys, "stratum", "unit"]).agg(
            (nw.col("w") * nw.col("x")).sum().alias("yc"),
            nw.col("w").sum().alias("wc"),
            (nw.col("w") * nw.col("w")).sum().alias("w2"),
            nw.len().alias("n"),
        )
        sums = rows(
            one.group_by([*keys, "stratum"]).agg(
                nw.col("n").sum().alias("n"),
                nw.len().alias("people"),
                _exact("yc").alias("y"),
                _exact("wc").alias("w"),
                _exact("w2").alias("w2"),
                _exact(nw.col("yc") * nw.col("yc")).alias("yy"),
                _exact(nw.col("yc") * nw.col("wc")).alias("yw"),
                _exact(nw.col("wc") * nw.col("wc")).alias("ww"),
            )
        )
        return design, _from_grid(sums, ["y", "w", "w2", "yy", "yw", "ww"])

    def base(self, of: str | None = None) -> str:
        """The base in words: how many records, of how many people."""
        frame = self.records.lazy if of is None else _answered(self.records.lazy, of)
        people = nw.len() if of is not None and self._once(of, []) else nw.col("person").n_unique()
        counted = _tidy(rows(frame.select(nw.len().alias("n"), people.alias("people"))), [])
        what = "records" if of is None else "answers"
        return f"{counted['n'].iloc[0]:,} {what} of {counted['people'].iloc[0]:,} people"

    def distinct(self, column: str) -> list[str]:
        """The values of a column of the records or people, sorted (steps in the map's order), blanks left out."""
        if column == "persona" and self.personas:
            return list(self.personas)
        table = self.records.lazy if column in self._record_columns else self.people.lazy
        if column not in self._record_columns and column not in self.people.columns:
            raise DataFault(self._no_column(column))
        return self.in_order(column, rows(distinct(table.select(column)))[column].dropna().tolist())

    def in_order(self, column: str, values: Iterable[Any]) -> list[Any]:
        """Values sorted as they are shown everywhere: steps in the map's order, all else by name, numbers in it by size."""
        if column == "step":
            place = {step: number for number, step in enumerate(self.step_order)}
            return sorted(values, key=lambda value: (place.get(value, len(place)), str(value)))
        if column == "persona" and self.personas:
            return [one for one in self.personas if one in set(values)]
        return sorted(values, key=lambda value: natural(value, decimals=column != "wave"))

    def once(self, measure: str, step: str | None) -> bool:
        """Does nobody answer this question twice? Told at load, question by question."""
        table = self.measures.to_frame()
        table = table[(table["measure"] == measure) & (table["kind"] == "answer")]
        table = table[table["step"].isna() if step is None else table["step"] == step]
        return len(table) == 1 and bool(table["once"].fillna(False).all())

    def asked_of_whole(self) -> set[str]:
        """The measures that were asked of the whole journey and are answered in this frame."""
        table = self.measures.to_frame()
        asked = set(table.loc[table["step"].isna() & (table["kind"] == "answer"), "measure"])
        if not asked:
            return asked
        here = rows(
            distinct(self.records.lazy.filter(nw.col("step").is_null(), nw.col("kind") == "answer").select("measure"))
        )
        return asked & set(here["measure"])

    def scale(self, measure: str, step: str | None = "") -> tuple[float, float, bool]:
        """The one scale of a measure: low, high, reversed; of the question at one step (None: of the whole journey).

        Raises DataFault where it was asked on different scales.
        """
        table = self.measures.to_frame()
        table = table[(table["measure"] == measure) & (table["kind"] != "reading")]
        if step == "":
            here = table[table["step"].isin(self.distinct("step")) | table["step"].isna()]
        else:
            here = table[table["step"].isna() if step is None else (table["step"] == step) | table["step"].isna()]
        scales = (here if len(here) else table)[["low", "high", "reversed"]].drop_duplicates()
        if scales.empty:
            raise DataFault(unknown("measure", measure, sorted(set(self.measures.to_frame()["measure"]))))
        if len(scales) > 1:
            listed = "; ".join(f"{low:g} to {high:g}" for low, high in scales[["low", "high"]].itertuples(index=False))
            raise DataFault(
                Fault(
                    column=measure,
                    found=f"{len(scales)} different scales ({listed})",
                    expected="one scale",
                    mend="take the steps or sources of one scale (.at_steps, .where(source=…)), or give them other names",
                )
            )
        low, high, flipped = scales.iloc[0]
        return float(low), float(high), bool(flipped)

    # -- what an analyst takes away -----------------------------------------------------------------------------------

    def to_frame(self) -> pd.DataFrame:
        """The records as a pandas table, yours to change; the journey stays as it was."""
        return self.records.to_frame()

    def faults_frame(self) -> pd.DataFrame:
        """What was set aside or assumed while reading, as a table."""
        from workbench.faults import to_frame

        return to_frame(self.faults)

    def __len__(self) -> int:
        return len(self.records)

    def __repr__(self) -> str:
        steps = len(self.distinct("step"))
        return (
            f"JourneyFrame: {len(self):,} {'record' if len(self) == 1 else 'records'}, "
            f"{steps} {'step' if steps == 1 else 'steps'} ({' > '.join(self.trail)})"
        )

    def _repr_html_(self) -> str:
        from html import escape

        counted = self.count(by=["source", "kind"])
        table = counted.to_html(index=False, escape=True, border=0)
        return f"<p>{escape(repr(self))}</p>{table}"

    # -- inside -------------------------------------------------------------------------------------------------------

    @cached_property
    def _record_columns(self) -> list[str]:
        return [*RECORDS, *ADJACENT]

    def _no_column(self, column: str) -> Fault:
        """The fault of a column that is in neither the people nor the records: what people can be split by comes first."""
        own = [one for one in self.people.columns if one != "person"]
        known = [*own, "step", "channel", "wave", *(one for one in self._record_columns if one not in own)]
        fault = unknown("column", column, dict.fromkeys(known))
        told = f"split by what tells the personas apart ({', '.join(own[:4]) or 'a segment'}), or name a column for it"
        return replace(fault, mend=told) if column == "persona" else fault

    def _keep(self, column: str, values: tuple[str, ...]) -> JourneyFrame:
        if not values:
            raise DataFault(Fault(column=column, found=f"no {column} named", expected=f"at least one {column}"))
        names = {name: step for step, name in (self.step_names or {}).items()} if column == "step" else {}
        values = tuple(names.get(value, value) for value in values)
        self._check(column, *values)
        kept = self.records.lazy.filter(nw.col(column).is_in(list(values)))
        return self._with(kept, f"{column} is {' or '.join(values)}", whom=((column, values),))

    def adjoined(self) -> JourneyFrame:
        """This frame with what comes next (`next_step`, `gap`, `nth`, `visit` …) worked out again over the records that
        it holds, where a verb dropped some of a person's."""
        if self.whole:
            return self
        records = self.engine.next_to(self.records.lazy.select(*RECORDS))
        return replace(self, records=Table(records), whole=True, ways=None, clocked=None)

    def paths(self) -> nw.LazyFrame:
        """One row a person with a path: `person`, `path` (its steps in order, joined by " > "), `moves`, `first`, `last`."""
        if self.ways is None or not self.whole:
            return self.engine.paths(self.records.lazy)
        if self.everybody:
            return self.ways
        return self.ways.join(distinct(self.records.lazy.select("person")), on="person", how="semi")

    def clocks(self) -> pd.DataFrame:
        """What the times of each source's moves are like, one row a source: see `causality.clocks`."""
        import pandas as pd

        if self.clocked is not None and self.whole and self.everybody:
            return pd.DataFrame([dict(one) for one in self.clocked], columns=list(CLOCKS))
        return clocks(self.records.lazy.filter(is_move()))

    def _check(self, column: str, *values: str) -> None:
        known = set(self.step_order) if column == "step" else set(KINDS) if column == "kind" else set()
        if column == "measure":
            known |= set(self.measures.to_frame()["measure"])
        if not set(values) <= known:
            known |= set(self.distinct(column))
        wrong = [value for value in values if value not in known]
        if wrong:
            shown = self.in_order(column, known)
            raise DataFault([unknown(column, value, shown) for value in wrong])

    def _with(
        self, records: nw.LazyFrame, step: str, whole: bool = False, everybody: bool = False, whom: Kept | None = None
    ) -> JourneyFrame:
        """This frame with other records. `whole`: of no person some are gone; `everybody`: nobody with a path is gone; `whom`:
        the conditions met, where they can be said as columns and values."""
        return replace(
            self,
            records=Table(records),
            trail=(*self.trail, step),
            whole=whole and self.whole,
            wide=(),
            everybody=everybody and whole and self.everybody,
            whom=(*self.whom, *(((WORDS, (step,)),) if whom is None else whom)),
        )

    def _told_of_persona(self, conditions: Mapping[str, Any]) -> Mapping[str, Any]:
        """Conditions with what a persona's attributes say in its place."""
        if not self.personas or not isinstance(conditions.get("persona"), str):
            return conditions
        name = conditions["persona"]
        if name not in self.personas:
            raise DataFault(unknown("persona", name, list(self.personas)))
        return {key: one for key, one in conditions.items() if key != "persona"} | dict(self.personas[name])

    def _matching(self, conditions: Mapping[str, Any]) -> nw.LazyFrame:
        conditions = self._told_of_persona(conditions)
        frame = self._attributes(self.records.lazy, list(conditions))
        faults = []
        for column, wanted in conditions.items():
            values = _listed(wanted)
            known = {*self.distinct(column), *{"step": self.step_order, "kind": KINDS}.get(column, ())}
            faults += [unknown(column, value, self.in_order(column, known)) for value in values if value not in known]
            frame = frame.filter(nw.col(column).is_in(values))
        if faults:
            raise DataFault(faults)
        return frame.select(*self.records.columns)

    def _attributes(self, frame: nw.LazyFrame, keys: Sequence[str]) -> nw.LazyFrame:
        """Records with the people's columns that are asked for beside them."""
        there = {*self._record_columns, "value", *(["persona"] if "persona" in self.records.columns else [])}
        wanted = [key for key in keys if key not in there]
        missing = [key for key in wanted if key not in self.people.columns]
        if missing:
            raise DataFault([self._no_column(key) for key in missing])
        if not wanted:
            return frame
        return frame.join(self.people.lazy.select("person", *dict.fromkeys(wanted)), on="person", how="left")


# what the values are; one row a question
MEASURES = {
    "measure": "VARCHAR",
    "kind": "VARCHAR",
    "step": "VARCHAR",
    "source": "VARCHAR",
    "label": "VARCHAR",
    "low": "DOUBLE",
    "high": "DOUBLE",
    "reversed": "BOOLEAN",
    "missing": "VARCHAR",
    "column": "VARCHAR",
    "once": "BOOLEAN",  # nobody answers this question twice
}


def merged_people(engine: Engine, tables: Sequence[nw.LazyFrame], once: bool = True) -> nw.LazyFrame:
    """One row a person from several tables of people; where two tables know the same attribute, the earlier one holds.

    `once` says that each table has one row a person.
    """
    if len(tables) == 1 and once:
        return tables[0]
    attributes = {name: None for table in tables for name in table.collect_schema().names() if name != "person"}
    wide = []
    for number, table in enumerate(tables):
        there = table.collect_schema().names()
        columns = [nw.col(name) if name in there else nw.lit(None).cast(nw.String).alias(name) for name in attributes]
        wide.append(table.select("person", *columns, nw.lit(number).alias("rank")))
    together = nw.concat(wide) if len(wide) > 1 else wide[0]
    kept = engine.keep(together)
    merged = distinct(kept.select("person"))
    for name in attributes:
        known = kept.filter(~nw.col(name).is_null())
        first = known.group_by("person").agg(nw.col("rank").min().alias("rank"))
        values = known.join(first, on=["person", "rank"], how="inner").group_by("person").agg(nw.col(name).min())
        merged = merged.join(values, on="person", how="left")
    return engine.keep(merged)


def _answered(frame: nw.LazyFrame, of: str) -> nw.LazyFrame:
    """The records of people that hold a value of this measure: readings of a tracking sheet are nobody's answers."""
    return frame.filter(
        nw.col("measure") == of, nw.col("state") == "answered", nw.col("kind") != "reading", ~nw.col("value").is_null()
    )


def _scored(score: Score) -> nw.Expr:
    if score is None:
        return nw.col("value")
    expression: Any = nw.lit(0.0)
    for low, high, x in score:
        expression = (
            nw.when((nw.col("value") >= low) & (nw.col("value") <= high)).then(nw.lit(float(x))).otherwise(expression)
        )
    return expression


def natural(value: Any, decimals: bool = True) -> tuple:
    """The place of a word among others: the numbers in it count by size, so that "Wave 10" comes after "Wave 2".

    A point between digits makes a decimal number, or, without `decimals`, parts two numbers (waves 2024.2 and 2024.10).
    """
    parts = re.split(r"((?:^-)?\d+(?:\.\d+)?)" if decimals else r"(\d+)", str(value))
    return tuple(float(one) if place % 2 else one for place, one in enumerate(parts)), str(value)


GRID = 10.0**12


def _exact(of: str | nw.Expr) -> nw.Expr:
    """A sum that is the same in any order: each term on a grid of 10^-12, added as whole numbers (see `_from_grid`)."""
    term = nw.col(of) if isinstance(of, str) else of
    return (term * GRID).round().cast(nw.Decimal(38, 0)).sum()


def _from_grid(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Exact sums as the numbers they stand for."""
    for column in columns:
        if column in table:
            table[column] = table[column].astype("float64") / GRID
    return table


def _tidy(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Sorted by group, missing groups as None, counts whole."""
    for column in table.columns:
        if column in keys:
            if column != "value":
                table[column] = table[column].astype(object).where(table[column].notna(), None)
        elif column in ("n", "people", "psus"):
            table[column] = table[column].fillna(0).astype("int64")
    if keys:
        table = table.sort_values(list(keys), key=lambda column: column.map(str) if column.dtype == object else column)
    return table.reset_index(drop=True)


def _stacked(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """What the measures of joined frames are: a person may now answer a question twice."""
    import pandas as pd

    return pd.concat([table.assign(once=False) for table in tables], ignore_index=True).drop_duplicates()


def _listed(wanted: Any) -> list[Any]:
    return list(wanted) if isinstance(wanted, list | tuple | set) else [wanted]


def _words(conditions: Mapping[str, Any]) -> str:
    parts = []
    for column, wanted in conditions.items():
        parts.append(f"{column} is {' or '.join(map(str, _listed(wanted)))}")
    return " and ".join(parts)


def _microseconds(text: str) -> int:
    import pandas as pd

    try:
        stamp = pd.Timestamp(text)
    except ValueError:
        stamp = pd.NaT
    if stamp is pd.NaT:
        raise DataFault(Fault(column="time", found=f'"{text}"', expected="a date, as in 2025-03-31"))
    stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")
    return int(stamp.as_unit("us").asm8.view("i8"))
