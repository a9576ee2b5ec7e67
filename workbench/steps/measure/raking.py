"""Raking of responses: what the margins are, the cells that the engine counts, and the factors.

Knows the journey's people and records by way of narwhals, and the inference room; what is done with the factors is
`weights`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import STRIDE, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.inference.trimming import rake_and_trim
from workbench.inference.weighting import BASE, Raked, rake
from workbench.journey import JourneyFrame
from workbench.steps.measure.ratings import PROMOTERS

Margins = Mapping[str, Mapping[Any, float]] | Sequence[str]
LOOSE = 0.02  # shares may add up to 1 give or take this, for rounding
VALUES = ("nv", "wv", "wwv", "y", "wwx", "wwxx")


@dataclass(frozen=True)
class Weighted:
    """A raking of responses: of all, or of each wave by itself. `left`: responses without a margin (or a wave)."""

    parts: Mapping[str, Raked]
    names: tuple[str, ...]
    within: str | None
    trimmed: bool
    each: bool  # the cells tell each base weight apart
    responses: int
    left: int
    repeated: bool

    @property
    def words(self) -> str:
        to = " and ".join(one.replace("_", " ") for one in self.names)
        return f"weighted to {to}{f' within each {self.within}' if self.within else ''}"


def rake_responses(
    journey: JourneyFrame,
    margins: Margins,
    trim: float | None,
    within: str | None,
    of: str | None = None,
    each: bool = False,
) -> Weighted:
    """Rake the responses to these margins; see `weights.raked`. `of`: the score whose sums are wanted as well."""
    if within not in (None, "wave"):
        raise DataFault(unknown("way to weight within", within, ("wave",), column="within"))
    if trim is not None and not trim > 1:
        raise DataFault(Fault(column="trim", found=f"{trim:g}", expected="a cap above the median, as in trim=3"))
    shares = _shares(journey, margins)
    cells, responses, repeated = _cells(journey, tuple(shares), within, trim is not None or each, of)
    keys = [*shares, *([within] if within else [])]
    known = cells[cells[keys].notna().all(axis=1)]
    left = int(cells["n"].sum() - known["n"].sum())
    if known.empty:
        raise DataFault(
            Fault(column=", ".join(keys), found="no response of which they are known", expected="people's attributes")
        )
    parts, faults = {}, []
    for name, here in known.groupby(within, sort=True) if within else [("all", known)]:
        total = float(here["w"].sum())
        wanted = {one: {key: share * total for key, share in of_it.items()} for one, of_it in shares.items()}
        here = here.reset_index(drop=True)
        try:
            parts[str(name)] = rake(here, wanted) if trim is None else rake_and_trim(here, wanted, trim)
        except DataFault as problem:
            faults += [replace(one, file=f"{within} {name}" if within else one.file) for one in problem.faults]
    if faults:
        raise DataFault(faults)
    return Weighted(parts, tuple(shares), within, trim is not None, trim is not None or each, responses, left, repeated)


def _shares(journey: JourneyFrame, margins: Margins) -> dict[str, dict[str, float]]:
    """The margins as shares that add up to 1. Raises DataFault for attributes that are not there and sums that are off."""
    there = [one for one in journey.people.columns if one not in ("person", "created")]
    names = [margins] if isinstance(margins, str) else list(margins)
    faults = [unknown("attribute of people", name, there, column="margins") for name in names if name not in there]
    if not names:
        faults = [Fault(column="margins", found="no margin", expected="attributes of people with their shares")]
    if faults:
        raise DataFault(faults)
    if not isinstance(margins, Mapping):
        return {name: _known_shares(journey, name) for name in names}
    found = {}
    for name, totals in margins.items():
        amounts = {str(key): float(value) for key, value in totals.items()}
        size = sum(amounts.values())
        if not size > 0 or min(amounts.values()) < 0:
            faults.append(Fault(column=name, found="totals negative or all 0", expected="shares, per cent or totals"))
        elif max(amounts.values()) <= 1 and abs(size - 1) > LOOSE:
            mend = "correct them, or name the category that is missing"
            faults.append(
                Fault(
                    column=name,
                    found=f"shares that add up to {size:.3g}",
                    expected="shares that add up to 1",
                    mend=mend,
                )
            )
        else:
            found[name] = {key: value / size for key, value in amounts.items()}
    if faults:
        raise DataFault(faults)
    return found


def _known_shares(journey: JourneyFrame, name: str) -> dict[str, float]:
    """The shares of an attribute among all known people."""
    counted = rows(journey.people.lazy.filter(~nw.col(name).is_null()).group_by(name).agg(nw.len().alias("n")))
    answered = journey.of_kind("answer").count()["people"].iloc[0]
    if counted["n"].sum() <= answered:
        raise DataFault(
            Fault(
                column=name,
                found="only people who answered",
                expected="a list of all people (a source of format people)",
                mend="give the shares themselves: margins={...: {category: share}}",
            )
        )
    counted = counted.sort_values(name)
    return {str(key): float(n) / float(counted["n"].sum()) for key, n in counted.itertuples(index=False)}


def _cells(
    journey: JourneyFrame, names: tuple[str, ...], within: str | None, each: bool, of: str | None
) -> tuple[pd.DataFrame, int, bool]:
    """Responses by the margins (and wave, and base weight), with the sums that raking and a raked mean take."""
    spoken = journey.records.lazy.filter(
        nw.col("kind") == "answer", nw.col("state") == "answered", ~nw.col("person").is_null()
    )
    asked = (nw.col("measure") == (of or "")) & nw.col("step").is_null() & ~nw.col("value").is_null()
    score: Any = nw.col("value")
    if of == "nps":
        score = nw.lit(0.0)
        for low, high, x in PROMOTERS:
            score = (
                nw.when((nw.col("value") >= low) & (nw.col("value") <= high)).then(nw.lit(float(x))).otherwise(score)
            )
    spoken = spoken.with_columns((nw.col("order") // STRIDE).alias("case"), nw.when(asked).then(score).alias("x"))
    responses = spoken.group_by("source", "case", "person").agg(
        nw.col("weight").fill_null(1.0).max().alias("b"), nw.col("wave").min(),
        nw.col("x").max(),
    )  # fmt: skip
    kept = journey.engine.keep(journey._attributes(responses, list(names)))
    whole = rows(kept.select(nw.len().alias("n"), nw.col("person").n_unique().alias("people"))).iloc[0]
    b, value = nw.col("b"), nw.col("x").fill_null(0.0)
    told: Any = nw.when(~nw.col("x").is_null()).then(1.0).otherwise(0.0)
    parts = (told, b * told, b * b * told, b * value, b * b * value, b * b * value * value)
    keys = [*names, *([within] if within else []), *(["b"] if each else [])]
    found = rows(
        kept.group_by(keys).agg(
            nw.len().alias("n"),
            b.sum().alias("w"),
            (b * b).sum().alias("ww"),
            *[part.sum().alias(name) for name, part in zip(VALUES, parts, strict=True)],
        )
    ).sort_values(keys, kind="stable", ignore_index=True)
    for name in [*names, *([within] if within else [])]:
        found[name] = found[name].astype(object).where(found[name].notna(), None)
    return found.rename(columns={"b": BASE}), int(whole["n"]), bool(whole["people"] < whole["n"])
