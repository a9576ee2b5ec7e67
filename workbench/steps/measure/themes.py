"""Themes of comments: how many speak of each, and the score that goes with it.

A code frame says which words mark a theme; the engine finds them. Knows marked comments and the inference room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import narwhals as nw
import pandas as pd

from workbench.engine import count, rows
from workbench.finding import Finding
from workbench.inference.differences import Difference
from workbench.inference.intervals import share_interval
from workbench.inference.multiplicity import holm
from workbench.inference.themes import Themes, theme_impact
from workbench.journey import JourneyFrame
from workbench.steps.measure import comments, groups, measure, scored
from workbench.steps.measure.marked import Read, quotes, read
from workbench.steps.measure.scored import Counting, Spread

NO_THEME = "(none of these)"
ALPHA = 0.05


class Gap(NamedTuple):
    """Mentioners less the other writers, over the design: with both means and the weighted share of the mentioners."""

    difference: Difference
    score: float | None
    rest: float | None
    share: float


@measure("What do people write about, and which scores go with it?")
def themes(
    journey: JourneyFrame,
    frame: comments.Frame = None,
    by: str | Sequence[str] | None = None,
    minimum_base: int | None = None,
    of: str | None = "nps",
    kind: str = "comment",
) -> Finding:
    """Themes of comments: the share that speaks of each, and the NPS (or mean of `of`) of those who do less the others.

    `frame`: {theme: [word, phrase, bill*, /pattern/]} (left out: `themes:` of the study's codes.yaml; or what `topics`
    found). Words are found whole, whatever their case and accents; a comment may speak of several themes. What one
    respondent says in one go (at a step, with by="step") is one comment. Shares: Wilson 1927, unweighted. Scores: those
    of the same response, for the whole journey or, by step, of the step; mentioners less the other writers by Welch, or
    by Taylor linearisation where weights, strata or repeated people call for it; p corrected over all themes and groups
    (Holm). Columns: value, low, high (the difference), n (comments that mention), share % with its interval, comments,
    scores (how many of n gave one), score, rest, leverage (how far the mean of all who wrote stands from the rest: share ×
    difference), joint (the difference with the other themes held equal, least squares, unweighted), and, where the table
    is not split, a quote: of the comments of 40 to 240 letters with nothing masked those nearest the theme's median score,
    of these the one with most of its words, the first of them; at most one a person. `of=None`: shares alone.

    Raises DataFault where there is no comment, no code frame, or no such score.
    """
    keys = (by,) if isinstance(by, str) else tuple(by or ())
    known = comments.frame_of(journey, frame)
    found = read(journey, known, keys, of, kind)
    least = journey.minimum_base if minimum_base is None else minimum_base
    design = None if found.answers is None else scored.spread(found.answers)
    gaps = _gaps(found, keys, design)
    told = []
    for group, counted, written in _groups(found, keys):
        told += _rows(
            found, dict(zip(keys, group, strict=True)), counted, written, gaps, least, max(least, journey.minimum_base)
        )
    table = pd.DataFrame(told)
    if found.counting:
        table["p corrected"] = pd.Series(holm([None if p != p else p for p in table["p corrected"]]), dtype=float)
    table = _sorted(journey, groups.rounded(table), keys)
    if not keys:
        table["quote"] = table["theme"].map(quotes(found, known, least)).astype(object)
        table["quote"] = table["quote"].where(table["quote"].notna(), None)
    columns = ("theme", *keys)
    share = table["share %"] if found.counting else table["value"]  # a theme without a difference is mentioned too
    seen = table.loc[groups.shown(journey, table.assign(value=share), columns, minimum_base).index]
    picture: dict[str, Any] = {"kind": "bars", "unit": "% of comments", "reference": 0}
    if found.counting:
        unit = f"{found.counting.unit}: who mentions it less the others"
        picture = {"kind": "paired", "bar": "share %", "bar_unit": "% of comments", "unit": unit, "reference": 0}
    return groups.finding(
        journey,
        "themes",
        table,
        columns,
        _sentence(journey, seen, keys, found.counting),
        _base(found, least),
        _method(found, design, kind, keys),
        minimum_base,
        picture,
        "Themes of comments",
    )


def _groups(found: Read, by: tuple[str, ...]) -> Iterator[tuple[tuple, pd.DataFrame, pd.DataFrame | None]]:
    """Each group with its comments and its scored comments, as counts of patterns of marks."""
    marks = list(found.names)
    counted = _blank(rows(found.documents.group_by(*by, *marks).agg(nw.len().alias("n"))), by)
    written = None
    if found.answers is not None:
        kept = found.answers.filter(~nw.col(marks[0]).is_null())
        written = _blank(rows(kept.group_by(*by, *marks, "score").agg(nw.len().alias("n"))), by)
    for group in sorted(groups._keys(counted, by), key=str):
        here = None if written is None else groups._rows(written, by, group)
        yield group, groups._rows(counted, by, group), here


def _blank(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Missing groups as None."""
    for column in by:
        table[column] = table[column].astype(object).where(table[column].notna(), None)
    return table


def _gaps(found: Read, by: tuple[str, ...], design: Spread | None) -> dict[tuple, Gap]:
    """Mentioners less the others by theme and group, over the design; nothing where there is no design."""
    if found.answers is None or design is None or not design.designed:
        return {}
    kept = found.answers.filter(~nw.col(next(iter(found.names))).is_null())
    parts = []
    for mark in found.names:
        said: Any = nw.col(mark).cast(nw.Int64)
        part = kept.select(*by, "stratum", "unit", "weight", "x", said.alias("a"), (1 - said).alias("b"))
        parts.append(part.with_columns(nw.lit(mark).alias("mark")))
    sums = _blank(scored.sums_of_two(nw.concat(parts), ["mark", *by], not design.repeated), by)
    gaps = {}
    for key in groups._keys(sums, ("mark", *by)):
        here = groups._rows(sums, ("mark", *by), key)
        a, b = float(here["w_a"].sum()), float(here["w_b"].sum())
        gaps[key] = Gap(scored.contrast(here, design), *scored.means(here), a / (a + b) if a + b else 0.0)
    return gaps


def _rows(
    found: Read,
    group: dict[str, Any],
    counted: pd.DataFrame,
    written: pd.DataFrame | None,
    gaps: Mapping[tuple, Gap],
    least: int,
    floor: int,
) -> list[dict[str, Any]]:
    """A row a theme of one group of comments."""
    total = int(counted["n"].sum())
    impact = _impact(found, written)
    said = []
    for mark, theme in [*found.names.items(), ("", NO_THEME)]:
        told = counted[mark] == 1 if mark else counted[list(found.names)].sum(axis=1) == 0
        mentions = int(counted.loc[told, "n"].sum())
        base = (
            mentions if total >= floor else total
        )  # of a small group nothing is shown, not even that nobody speaks of it
        share = share_interval(mentions, total)
        percent = [None if one is None else 100 * one for one in (share.value, share.low, share.high)]
        row: dict[str, Any] = {"theme": theme} | group
        if found.counting is None:
            row |= dict(zip(("value", "low", "high"), percent, strict=True)) | {"n": base, "comments": total}
            said.append(row | {"caution": groups.caution(share, total)})
            continue
        row |= {"value": None, "low": None, "high": None, "n": base}
        row |= dict(zip(("share %", "share from", "share to"), percent, strict=True)) | {"comments": total}
        row |= dict.fromkeys(("scores", "score", "rest", "leverage", "joint", "p corrected")) | {"caution": ""}
        if impact is not None and mark:
            one = impact.themes[mark]
            gap = gaps.get((mark, *group.values()), Gap(one.difference, one.mention.value, one.rest.value, one.share))
            bases = (one.mention.n, one.rest.n)
            row["caution"] = "too few scores" if min(bases) < least else groups.caution(one.mention, int(min(bases)))
            if min(bases) >= least:
                row |= {"value": gap.difference.value, "low": gap.difference.low, "high": gap.difference.high}
                row |= {"scores": int(one.mention.n), "score": gap.score, "rest": gap.rest}
                row |= {"joint": impact.joint.coefficients.get(mark)}
                row |= {"leverage": gap.share * (gap.score or 0.0) - gap.share * (gap.rest or 0.0)}
                row["p corrected"] = gap.difference.p
        said.append(row)
    return said


def _impact(found: Read, written: pd.DataFrame | None) -> Themes | None:
    """Themes and scores of one group of comments, unweighted; None where nobody who wrote gave a score."""
    if written is None or written.empty or found.counting is None:
        return None
    x = found.counting.points(written["score"])
    counts = written["n"].astype(float)
    return theme_impact(written.assign(n=counts, x=x * counts, x_x=x**2 * counts), list(found.names))


def _sorted(journey: JourneyFrame, table: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Themes by how often they are mentioned, in each group alike; the comments without one last."""
    often = (
        table.groupby("theme")["n"].sum().drop(NO_THEME, errors="ignore").sort_values(ascending=False, kind="stable")
    )
    place = {theme: rank for rank, theme in enumerate([*often.index, NO_THEME])}
    ordered = groups.in_order(journey, table, by) if by else table
    return ordered.sort_values("theme", key=lambda names: names.map(place), kind="stable", ignore_index=True)


def _sentence(journey: JourneyFrame, seen: pd.DataFrame, by: tuple[str, ...], counting: Counting | None) -> str:
    """The commonest theme, and the one that weighs most on the score."""
    column = "share %" if counting else "value"
    told = seen[seen["theme"] != NO_THEME] if len(seen) else seen
    known = told[told[list(by)].notna().all(axis=1)]
    told = known if len(known) else told
    if told.empty:
        return "No theme is mentioned often enough to be shown."
    top = told.loc[told[column].idxmax()]
    where = f' ("{groups.named(journey, top, by)}")' if by else ""
    first = f'"{top["theme"]}" is the commonest theme{where}: {top[column]:.0f} % of {int(top["comments"]):,} comments'
    if counting is None:
        return f"{first}."
    if told["p corrected"].isna().all():
        return f"{first}. No theme has enough scores to compare those who mention it with the others."
    sure = told[told["p corrected"] < ALPHA]
    if sure.empty:
        return f"{first}. No theme goes with a different {counting.name} beyond chance."
    sure = sure[sure["caution"] == ""] if (sure["caution"] == "").any() else sure
    most = sure.loc[sure["leverage"].abs().idxmax()]
    at = f' at "{groups.named(journey, most, by)}"' if by else ""
    size = counting.gap(abs(most["value"])).removeprefix("+") + (" points" if counting.score else "")
    return (
        f'{first}. Most weight on the {counting.name} has "{most["theme"]}"{at}: those who mention it stand {size} '
        f"{'lower' if most['value'] < 0 else 'higher'} than the other writers ({counting.gap(most['low'])} to "
        f"{counting.gap(most['high'])}; {int(most['scores']):,} scores of {int(most['n']):,} comments that mention it)."
    )


def _base(found: Read, least: int) -> str:
    """How many comments of how many people; and those who wrote beside the silent, who may differ."""
    people = rows(found.documents.select(nw.col("person").n_unique().alias("n")))["n"][0]
    words = f"{count(found.documents):,} comments of {people:,} people"
    if found.answers is None or found.counting is None:
        return words
    wrote = ~nw.col(next(iter(found.names))).is_null()
    w = nw.col("weight")
    sums = rows(
        found.answers.with_columns(wrote.alias("wrote"))
        .group_by("wrote")
        .agg(nw.len().alias("n"), w.sum().alias("w"), (w * nw.col("x")).sum().alias("y"))
    ).set_index("wrote")
    said = []
    for who, name in ((True, "those who wrote"), (False, "those who did not")):
        n = int(sums["n"].get(who, 0))
        few = "not shown (fewer than the minimum base)" if n else "not known (no scores)"
        score = f"{found.counting.say(sums['y'][who] / sums['w'][who])} ({n:,} scores)" if n >= max(1, least) else few
        said.append(f"{name} {score}")
    return f"{words}; {found.counting.name} of {', of '.join(said)}"


def _method(found: Read, design: Spread | None, kind: str, by: tuple[str, ...]) -> str:
    parts = [
        f"themes by the words of the code frame, found whole in each {kind}: words, not meaning, so check a part by hand",
        "shares unweighted, 95 % Wilson",
    ]
    if found.counting is not None and design is not None:
        where = "the same step" if "step" in found.keys else "the whole journey"
        how = "Taylor linearisation with t" if design.designed else "Welch"
        parts += [
            f"score: the answer of the same response for {where}; {found.counting.words}",
            f"who mentions it less the other writers, 95 % {how}, {design.words}; p corrected by Holm over all rows",
            "joint: the other themes held equal, least squares, unweighted",
            "a mention goes with a score and need not be its cause",
        ]
    if not by:
        near = "nearest the theme's median score, then " if found.counting else ""
        parts.append(
            f"quote: of the comments of 40 to 240 letters with nothing masked the one {near}with most of its words, then "
            "the first; nobody twice"
        )
    return "; ".join(parts)
