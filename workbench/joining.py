"""The same people in several sources: joined by their id, and by the other marks that the bindings declare (`keys:`).

Marks are hashed with the study's key before they are compared. A person who could be two others is joined to neither,
and it is told: nothing is guessed. Knows what was kept of each source, and no format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.blocks import Kept
from workbench.engine import Engine, count, distinct, rows
from workbench.faults import Fault


@dataclass(frozen=True)
class Joined:
    """Who is who: `links` (person, known), one row a person who is known by another pseudonym; None where nobody is.

    `rates` has a row a source: its people, how many stand in another source by their id, how many were joined by a key,
    how many stand in this source alone, and of these how many could have been several people (ambiguous).
    """

    links: nw.LazyFrame | None
    rates: list[dict[str, Any]]
    faults: list[Fault]


def joined(engine: Engine, sources: Sequence[Kept]) -> Joined:
    """Join the people of all sources: first those of customer tables, then those that name people by an id, then the rest."""
    linked: list[nw.LazyFrame] = []
    ambiguous: list[nw.LazyFrame] = []
    faults: list[Fault] = []
    known: nw.LazyFrame | None = None
    for kept in sorted(sources, key=lambda one: (one.about["format"] != "people", not one.about["named"])):
        marks = kept.part(engine, "marks")
        if marks is None:
            continue
        if known is None:
            known = engine.keep(marks)
            continue
        settled = [known.select("person"), *(one.select("person") for one in (*linked, *ambiguous))]
        fresh = marks.join(distinct(nw.concat(settled)), on="person", how="anti")
        fits = (
            fresh.join(known.rename({"person": "known"}), on=["key", "mark"], how="inner")
            .group_by("person")
            .agg(nw.col("known").n_unique().alias("n"), nw.col("known").min().alias("known"))
        )
        fits = engine.keep(fits)
        one, several = fits.filter(nw.col("n") == 1).select("person", "known"), fits.filter(nw.col("n") > 1)
        linked.append(one)
        ambiguous.append(several.select("person"))
        if unclear := count(several):
            faults.append(
                Fault(
                    file=kept.about["file"],
                    column=", ".join(kept.about["keys"]),
                    found=f"{unclear:,} {'person' if unclear == 1 else 'people'} whose keys fit several people (ambiguous)",
                    expected="one person for each key",
                    mend="joined to nobody; they stand in this source alone",
                    weight="note",
                )
            )
        named = nw.when(nw.col("known").is_null()).then(nw.col("person")).otherwise(nw.col("known")).alias("person")
        sure = marks.join(nw.concat(ambiguous), on="person", how="anti").join(
            nw.concat(linked), on="person", how="left"
        )
        known = engine.keep(distinct(nw.concat([known, sure.select(named, "key", "mark")])))
    links = engine.keep(nw.concat(linked)) if linked else None
    unclear_people = engine.keep(nw.concat(ambiguous)) if ambiguous else None
    return Joined(
        links if links is not None and count(links) else None, _rates(engine, sources, links, unclear_people), faults
    )


def _rates(
    engine: Engine, sources: Sequence[Kept], links: nw.LazyFrame | None, unclear: nw.LazyFrame | None
) -> list[dict[str, Any]]:
    """How far the people of each source are found in the others."""
    tables = []
    for kept in sources:
        people = kept.part(engine, "people") if kept.about["named"] or kept.about["keys"] else None
        if people is not None:
            tables.append(distinct(people.select("person", nw.lit(kept.source).alias("source"))))
    if len(tables) == 1 and links is None:
        name = next(one.source for one in sources if one.about["named"] or one.about["keys"])
        several = count(tables[0])
        return [{"source": name, "people": several, "by id": 0, "by key": 0, "alone": several, "ambiguous": 0}]
    if not tables:
        return []
    everybody = nw.concat(tables)
    nobody = engine.table(
        pd.DataFrame({"person": [], "known": []}, dtype=object), {"person": "VARCHAR", "known": "VARCHAR"}
    )
    links = nobody if links is None else links
    unclear = distinct((nobody if unclear is None else unclear).select("person", nw.lit(1).alias("unclear")))
    whole = (
        everybody.join(links, on="person", how="left")
        .with_columns(
            nw.when(nw.col("known").is_null()).then(nw.col("person")).otherwise(nw.col("known")).alias("known")
        )
        .join(unclear, on="person", how="left")
    )
    whole = engine.keep(whole)
    by_id = whole.group_by("person").agg(nw.col("source").n_unique().alias("by_id"))
    by_any = whole.group_by("known").agg(nw.col("source").n_unique().alias("by_any"))
    whole = whole.join(by_id, on="person", how="left").join(by_any, on="known", how="left")
    known_by_id, known_by_key = nw.col("by_id") > 1, (nw.col("by_id") == 1) & (nw.col("by_any") > 1)
    counted = rows(
        whole.group_by("source").agg(
            nw.len().alias("people"),
            known_by_id.cast(nw.Int64).sum().alias("by id"),
            known_by_key.cast(nw.Int64).sum().alias("by key"),
            (nw.col("by_any") == 1).cast(nw.Int64).sum().alias("alone"),
            nw.col("unclear").fill_null(0).sum().alias("ambiguous"),
        )
    ).set_index("source")
    return [
        {"source": kept.source, **{name: int(value) for name, value in counted.loc[kept.source].items()}}
        for kept in sources
        if kept.source in counted.index
    ]
