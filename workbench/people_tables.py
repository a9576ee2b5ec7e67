"""Tables of a study's people that other tools take: who is which persona, whom to follow up, and the hot spots beside them.

People stand in them by their pseudonyms; by their own ids only on request, from a source that holds them. How few share a
row is worked out and told. Knows a study by what it can be asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from workbench import files, load
from workbench.engine import Engine, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.privacy.anonymity import anonymity
from workbench.sources.reading import Desk

if TYPE_CHECKING:
    from workbench.study import Study

TABLES, MAP = ("personas", "hot_spots", "follow_up"), "map"  # what an export may be asked for alone
LOW = 6  # a recommendation up to it asks for a call


@dataclass(frozen=True)
class Wish:
    """What is asked of an export beside its kind: whose own ids, one department, which tables alone (none named: all), why a
    table of people under the study's level may go out, and which columns are sensitive."""

    ids: str | None = None
    department: str = ""
    only: Sequence[str] = ()
    because: str = ""
    sensitive: Sequence[str] = ()


def tables(study: Study, wish: Wish) -> dict[str, pd.DataFrame]:
    """personas (person, persona), hot_spots (a row a step, with what was drawn and measured), follow_up (whom to call)."""
    made: dict[str, Callable[[], pd.DataFrame]] = {
        "personas": lambda: _personas(study),
        "hot_spots": lambda: study.hot_spots().to_frame() if study.map.steps else pd.DataFrame({"step": []}),
        "follow_up": lambda: _follow_up(study.journey),
    }
    found = {name: make() for name, make in made.items() if not wish.only or name in wish.only}
    if wish.ids is None:
        return found
    known = _own_ids(study, wish.ids)
    return {
        name: table.merge(known, on="person", how="left")[["id", *table.columns]] if "person" in table else table
        for name, table in found.items()
    }


def _personas(study: Study) -> pd.DataFrame:
    """Who is which persona, by the attributes that tell them; a person may be several."""
    people = study.journey.people.to_frame()
    parts = []
    for persona in study.about.personas:
        here = pd.Series(True, index=people.index)
        for attribute, wanted in persona.where.items():
            if attribute not in people:
                raise DataFault(
                    unknown("attribute of people", attribute, [one for one in people if one != "person"], "study.yaml")
                )
            here &= people[attribute].isin([wanted] if isinstance(wanted, str) else wanted)
        if persona.where:
            parts.append(pd.DataFrame({"person": people.loc[here, "person"], "persona": persona.name}))
    empty = pd.DataFrame({"person": pd.Series(dtype=object), "persona": pd.Series(dtype=object)})
    return (pd.concat(parts) if parts else empty).sort_values(["person", "persona"]).reset_index(drop=True)


def _follow_up(journey: Any) -> pd.DataFrame:
    """People who would not recommend (0 to 6 of 10), and people who complained: where, when, and why they are on the list."""
    records = journey.records.lazy
    low = (nw.col("measure") == "nps") & (nw.col("state") == "answered") & (nw.col("value") <= LOW)
    asked = records.filter((low & (nw.col("kind") == "answer")) | (nw.col("kind") == "complaint"))
    columns = ["person", "kind", "step", "channel", "value", "time", "order"]
    found = rows(asked.filter(~nw.col("person").is_null()).select(*columns).sort("time", "order", descending=True))
    found["why"] = [
        "complained" if kind == "complaint" else f"gave {value:g} of 10"
        for kind, value in found[["kind", "value"]].itertuples(index=False)
    ]
    found["when"] = pd.to_datetime(found["time"], unit="us", utc=True).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = found[["person", "why", "step", "channel", "when"]].astype(object)
    return text.where(text.notna(), None)


def _own_ids(study: Study, source: str) -> pd.DataFrame:
    """The ids that a source itself has for people, beside their pseudonyms: read again, kept nowhere."""
    owned = {one.name: one for one in study.sources()}
    named = [name for name, one in owned.items() if isinstance(one.binding.person, str)]
    if source not in named:
        raise DataFault(unknown("source with a column person:", source, named))
    one, engine = owned[source], Engine()
    received = files.receive(one.path, engine.scratch)
    sheet = Desk(received, engine, one.binding, study.secret).sheet()
    raw = sheet.frame.select(nw.col(sheet.column(str(one.binding.person))).str.strip_chars().alias("id"))
    keyed = engine.pseudonyms(raw.filter(nw.col("id") != ""), "id", study.secret, one.binding.id_space)
    found = rows(keyed.select("id", "person").sort("person", "id"))
    known = load.links(study.path / "frames")
    found["person"] = [known.get(person, person) for person in found["person"]]
    return found


def let_out(found: Mapping[str, pd.DataFrame], level: int, wish: Wish) -> list[str]:
    """The anonymity of each table of people, in words. Raises DataFault for those under the study's level, unless it is said
    why they may go out."""
    told, faults = [], []
    for name, table in found.items():
        if "person" not in table:
            continue
        known = [one for one in wish.sensitive if one in table]
        seen = anonymity(table, level, known)
        told.append(f"{name}: {seen.words}")
        if seen.rows and seen.k < level and not wish.because.strip():
            mend = f'say why it may go out (--because "..."; it is logged), or export others (--only {MAP}, --only hot_spots)'
            faults.append(Fault(name, None, "", seen.words, f"k of {level} or more", mend))
    everywhere = {column for table in found.values() for column in table}
    if wrong := [one for one in wish.sensitive if one not in everywhere]:
        raise DataFault(unknown("column", wrong[0], sorted(everywhere), column="--sensitive"))
    if faults:
        raise DataFault(faults)
    return told
