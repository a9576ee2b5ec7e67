"""The figures of a banner table: one question against one block of columns, from counts that the engine made.

Knows the journey's records by way of narwhals, and the inference room. Where nobody answered twice and there are no
strata or clusters, columns are compared on their (effective) bases; else by the design, with what the columns share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from workbench import privacy
from workbench.cases import Cases, Question, cases
from workbench.engine import STRIDE, rows
from workbench.inference import crosstabs, intervals
from workbench.inference.cell_lines import line_estimates
from workbench.inference.checks import two_sided_quantile
from workbench.inference.letters import Letters
from workbench.inference.products import PsuProducts
from workbench.inference.rao_scott import CellProducts, rao_scott_test
from workbench.journey import JourneyFrame
from workbench.steps.measure.banner_rows import ANY, Asked, Block, Line, answers

NOWHERE = (
    "(none of these)"  # who stands in no column of a block, where that is so few that the total would tell of them
)
SMALLEST = 30  # a base under it gets and gives no letter
FIGURES = ("line", "column", "value", "low", "high", "n", "n_effective", "letters", "se")


@dataclass(frozen=True)
class Base:
    """The answers to one question, kept in the engine: case, unit, stratum, w, value and the columns that blocks need."""

    asked: Asked
    frame: nw.LazyFrame
    psus: pd.Series  # people (clusters) who answered, by stratum
    values: tuple[float, ...]
    n: int
    repeated: bool
    clustered: bool
    weighted: bool

    @property
    def designed(self) -> bool:
        return self.repeated or self.clustered or len(self.psus) > 1


@dataclass(frozen=True)
class Cells:
    """A question in a block: `table` (line, column, value, low, high, n, n_effective, se, letters), the comparisons made,
    the test of the whole block, and how many answers stand in none of its columns. Where these are fewer than the minimum
    base, they are a column without figures: the total less the others would be theirs, so one more is hidden."""

    table: pd.DataFrame
    pairs: pd.DataFrame
    p: float | None
    tested: str
    dropped: int
    overlap: bool
    method: str


def side_by_side(journey: JourneyFrame, asked: Sequence[Asked], blocks: Sequence[Block]) -> Cases | None:
    """All questions in one table with where their people stand, for answers that lie one row a respondent: one pass."""
    wanted = dict.fromkeys(block.name for block in blocks if not block.asked)
    if not journey.wide or "step" in wanted or any(one.step == ANY for one in asked):
        return None
    there = journey.people.columns
    beside = [*dict.fromkeys(["source", *wanted, *(one for one in ("stratum", "cluster") if one in there)])]
    return cases(journey, {f"q{place}": Question(one.measure, one.step) for place, one in enumerate(asked)}, beside)


def base(journey: JourneyFrame, asked: Asked, blocks: Sequence[Block], beside: tuple[Cases, str] | None = None) -> Base:
    """The answers to a question with whom they are of and where these stand; `beside` holds them already, in a column."""
    there = journey.people.columns
    wanted = list(dict.fromkeys(block.name for block in blocks if not block.asked))
    if beside is None:
        frame = journey._attributes(
            answers(journey, asked), [*wanted, *(one for one in ("stratum", "cluster") if one in there)]
        )
    else:
        table, column = beside
        frame = table.complete([column]).with_columns(
            nw.col(column).alias("value"), (nw.col("case") * STRIDE).alias("order")
        )
    unit = "cluster" if "cluster" in there else "person"
    own = nw.concat_str(nw.lit("#"), nw.col("order").cast(nw.String))
    frame = frame.with_columns(
        nw.col(unit).fill_null(own).alias("unit"),
        (nw.col("stratum").fill_null("not known") if "stratum" in there else nw.lit("all")).alias("stratum"),
        nw.col("weight").fill_null(1.0).alias("w"),
    )
    kept = frame.select(*dict.fromkeys(["source", "case", "unit", "stratum", "w", "value", *wanted]))
    if beside is None:
        kept = journey.engine.keep(kept)
    once = unit == "person" and asked.step != ANY and journey.once(asked.measure, asked.step)
    units = nw.len() if once else nw.col("unit").n_unique()  # a distinct count is the dearer part
    w = nw.col("w")
    whole = rows(
        kept.select(nw.len().alias("n"), units.alias("units"), w.min().alias("low"), w.max().alias("high"))
    ).iloc[0]
    psus = rows(kept.group_by("stratum").agg(units.alias("psus"))).set_index("stratum")["psus"]
    values = rows(kept.group_by("value").agg(nw.len().alias("n")))["value"]
    return Base(
        asked,
        kept,
        psus.sort_index(),
        tuple(sorted(map(float, values))),
        int(whole["n"]),
        bool(whole["units"] < whole["n"]),
        unit == "cluster",
        bool(len(values) and whole["low"] != whole["high"]),
    )


def cells(
    journey: JourneyFrame,
    of: Base,
    block: Block | None,
    lines: Sequence[Line],
    minimum: int,
    alpha: float,
    correction: str,
) -> Cells:
    """A question's lines in the columns of a block (None: everybody in one column)."""
    frame = block.on(of.frame, journey) if block else of.frame.with_columns(nw.lit("Total").alias("column"))
    frame = frame.select("unit", "stratum", "w", "value", "column")
    w = nw.col("w")
    sums = [nw.len().alias("n"), w.sum().alias("w"), (w * w).sum().alias("ww")]
    counted = rows(frame.group_by("stratum", "column", "value").agg(*sums))
    overlap = bool(block and len(block.asked) > 1)
    wanted = list(block.columns) if block else ["Total"]
    people = counted.groupby("column")["n"].sum().reindex(wanted).fillna(0)
    inside = 0 if overlap else max(0, of.n - int(people.sum()))
    few = [NOWHERE] if 0 < inside < minimum else []
    bases = pd.DataFrame({"column": [*wanted, *few], "n": [*people, *(inside for _ in few)]})
    hidden = privacy.hide_small(bases, ("column",), minimum)
    withheld = set(hidden.loc[hidden[privacy.HIDDEN], "column"]) if privacy.HIDDEN in hidden else set()
    some = [column for column in wanted if people[column] > 0]
    shown = [column for column in some if column not in withheld]
    empty = pd.DataFrame(columns=["row", "a", "b", "difference", "se", "p"])
    designed = of.designed or overlap
    parts, pairs, p, tested, method = [], empty, None, "", ""
    for columns in (shown, [column for column in some if column in withheld]):
        if not columns:
            continue
        here = counted[counted["column"].isin(columns)]
        products = _products(frame, here, of, columns, designed)
        found, limits = _estimates(here, products, columns, lines, designed, alpha, correction)
        parts.append(_table(found, limits, lines, columns, columns is shown))
        if columns is shown:
            pairs, method = found.pairs, found.method
            if len(shown) > 1 and not overlap:
                p, tested = _whole(here, products, shown, of, designed or of.weighted)
    blank = [(column, 0) for column in wanted if column not in some] + [(column, inside) for column in few]
    rest = [(line, column, n) for line in range(len(lines)) for column, n in blank]
    parts.append(pd.DataFrame(rest, columns=["line", "column", "n"]))
    table = pd.concat([one for one in parts if len(one)], ignore_index=True).reindex(columns=FIGURES)
    return Cells(table, pairs, p, tested, inside, overlap, method)


def _products(
    frame: nw.LazyFrame, here: pd.DataFrame, of: Base, columns: Sequence[Any], designed: bool
) -> CellProducts:
    """Sums of the cells over the units of the design, by stratum, and of their products: units with one answer from
    counts, those with several from pairs of their cells, which the engine makes."""
    values, strata = of.values, list(of.psus.index)
    place = {(v, c): i * len(columns) + j for i, v in enumerate(values) for j, c in enumerate(columns)}
    at = {name: number for number, name in enumerate(strata)}
    k = len(place)
    first, second = np.zeros((len(strata), k)), np.zeros((len(strata), k, k))
    s = here["stratum"].map(at).to_numpy(int)
    cell = np.array([place[v, c] for v, c in zip(here["value"], here["column"], strict=True)], int)
    first[s, cell] = here["w"]
    second[s, cell, cell] = here["ww"]
    if designed:
        mine = frame.filter(nw.col("column").is_in(list(columns)))
        units = mine.group_by("stratum", "unit").agg(nw.len().alias("n")).filter(nw.col("n") > 1)
        many = mine.join(units.select("stratum", "unit"), on=["stratum", "unit"], how="semi")
        w = nw.col("w")
        once = rows(many.group_by("stratum", "column", "value").agg((w * w).sum().alias("ww")))
        by_unit = many.group_by("stratum", "unit", "column", "value").agg(w.sum().alias("w"))
        both = by_unit.join(by_unit, on=["stratum", "unit"], how="inner", suffix="_b")
        cross = rows(
            both.group_by("stratum", "column", "value", "column_b", "value_b").agg(
                (w * nw.col("w_b")).sum().alias("ww")
            )
        )
        for h, c, v, ww in once[["stratum", "column", "value", "ww"]].itertuples(index=False):
            second[at[h], place[v, c], place[v, c]] -= ww
        for h, c, v, d, u, ww in cross[["stratum", "column", "value", "column_b", "value_b", "ww"]].itertuples(
            index=False
        ):
            second[at[h], place[v, c], place[u, d]] += ww
    n, ww = float(here["n"].sum()), float(here["ww"].sum())
    sums = PsuProducts(
        tuple(place), tuple(strata), of.psus.to_numpy(float), first, second, n, float(of.n - n), None, ww
    )
    return CellProducts(values, tuple(columns), sums)


def _estimates(
    here: pd.DataFrame,
    products: CellProducts,
    columns: Sequence[Any],
    lines: Sequence[Line],
    designed: bool,
    alpha: float,
    correction: str,
) -> tuple[Letters, float | None]:
    """Estimates with their letters, line by line; and the degrees of freedom of their intervals (None: by base)."""
    values = [float(str(value)) for value in products.rows]
    by = here.groupby("column")[["n", "w", "ww"]].sum().reindex(list(columns))
    scores = pd.DataFrame([line.scores(values) for line in lines], columns=list(values))
    every = {name: pd.DataFrame([by[name]] * len(lines), columns=list(columns)) for name in by}
    every = {name: one.reset_index(drop=True) for name, one in every.items()}
    worth = by["w"] ** 2 / by["ww"]
    settings: dict[str, Any] = {"alpha": alpha, "correction": correction, "smallest": SMALLEST}
    if designed:
        lonely = "adjust" if len(products.products.psus) > 1 and (products.products.psus == 1).any() else "refuse"
        found = line_estimates(products, scores, worth, lonely)
        bases = pd.DataFrame([worth] * len(lines), columns=list(columns)).reset_index(drop=True)
        df = max(found.df, 1.0)
        return crosstabs.estimate_letters(found.values, found.covariance, every["n"], bases, df, **settings), found.df
    table = products.products.totals.reshape(len(values), len(columns))
    x = pd.DataFrame(scores.to_numpy() @ table, columns=list(columns))
    xx = pd.DataFrame(scores.to_numpy() ** 2 @ table, columns=list(columns))
    share = np.array([line.share for line in lines])
    parts = []
    if share.any():
        sums = crosstabs.CrossSums(*(one[share] for one in (x, every["n"], every["w"], every["ww"])))
        parts.append(crosstabs.share_letters(sums, **settings))
    if not share.all():
        parts.append(
            crosstabs.mean_letters(*(one[~share] for one in (x, xx, every["n"], every["w"], every["ww"])), **settings)
        )
    return _joined(parts), None


def _joined(parts: Sequence[Letters]) -> Letters:
    """Letters of shares and of means as one, in the order of the lines."""
    from dataclasses import replace

    if len(parts) == 1:
        return parts[0]
    tables = {
        name: pd.concat([getattr(one, name) for one in parts]).sort_index()
        for name in ("values", "se", "n", "n_effective", "letters")
    }
    whole = replace(parts[0], method="; ".join(one.method for one in parts), **tables)
    whole.__dict__["pairs"] = pd.concat([one.pairs for one in parts], ignore_index=True)
    return whole


def _table(
    found: Letters, df: float | None, lines: Sequence[Line], columns: Sequence[Any], compared: bool
) -> pd.DataFrame:
    """One row a line and column, with its interval: Wilson on what the base is worth for shares, t for means."""
    made = []
    for number, line in enumerate(lines):
        for column in columns:
            value, se = float(found.values.at[number, column]), float(found.se.at[number, column])
            n, worth = int(found.n.at[number, column]), float(found.n_effective.at[number, column])
            low, high = _limits(line, value, se, worth, df)
            factor = 100.0 if line.share else 1.0
            row = {
                "line": number,
                "column": column,
                "value": factor * value,
                "low": None if low is None else factor * low,
                "high": None if high is None else factor * high,
                "n": n,
                "n_effective": round(worth, 1),
                "letters": found.letters.at[number, column] if compared else "",
                "se": factor * se,
            }
            made.append(row)
    return pd.DataFrame(made)


def _limits(line: Line, value: float, se: float, worth: float, df: float | None) -> tuple[float | None, float | None]:
    if line.share:
        value = min(1.0, max(0.0, value))
        inside = 1e-12 < value < 1 - 1e-12
        size = value * (1 - value) / se**2 if df is not None and inside and se > 0 else worth
        size = min(size, worth) if min(value, 1 - value) * worth < 5 else size
        share = intervals.share_interval(value * size, size)
        return share.low, share.high
    freedom = df if df is not None else worth - 1
    if not (se > 0 and freedom > 0):
        return None, None
    half = two_sided_quantile(0.95, freedom) * se
    return value - half, value + half


def _whole(
    here: pd.DataFrame, products: CellProducts, columns: Sequence[Any], of: Base, designed: bool
) -> tuple[float | None, str]:
    """Do the answers depend on the columns at all? Pearson on plain counts, else Rao and Scott."""
    if not designed:
        counts = here.groupby(["value", "column"])["n"].sum().unstack(fill_value=0).reindex(columns=list(columns))
        return crosstabs.chi_square(counts).p, "Pearson chi-square"
    lonely = "adjust" if len(of.psus) > 1 and (of.psus == 1).any() else "refuse"
    return rao_scott_test(products, lonely).p, "Rao-Scott F, second order"
