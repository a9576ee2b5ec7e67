"""Key words: what one group of people writes more often than another. A screen to read comments by, and no proof.

The engine counts words by comment; knows comments, scores and the inference room.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.engine import RECORDS, STRIDE, rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.words import keyness
from workbench.journey import JourneyFrame
from workbench.steps.measure import comments, groups, measure, scored

MOST = 12  # words told on each side, or of each group
WHOLE = "whole journey"  # where a comment speaks of no step
PRIOR = 500  # comments' worth of the background


@measure("Which words tell people apart?")
def keywords(
    journey: JourneyFrame,
    by: str | None = None,
    minimum_base: int | None = None,
    of: str | None = "nps",
    several: int = MOST,
    kind: str = "comment",
) -> Finding:
    """Words that detractors write more often than promoters and the other way round; or each group of `by` than the rest.

    Without `by`: the low end of `of` against its high end (0–6 and 9–10; two boxes each on scales up to 7 points, three
    above), by the score of the same response at the comment's step or, where there is none, for the whole journey.
    Log odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008), comments counted and not
    repetitions; words in fewer comments than the minimum base are left out, and so are groups smaller than it, with their
    complements, and groups of which all others together are. Columns: value (log odds of the side that
    writes it more often), low, high, n (comments of both sides with the word), here, there (% of the comments of that side
    and of the other that hold it), z.

    Many words are tried: z is no test of one of them.
    """
    if isinstance(by, tuple | list):
        by = _single(by)
    found = comments.comments(journey, kind)
    if by is None:
        sided, first, sides = _by_score(journey, found, of)
    else:
        sided, first, sides = _by_group(journey, found, by)
    sizes = rows(sided.group_by("side").agg(nw.len().alias("n"))).set_index("side")["n"]
    if len(sizes) < 2:
        raise DataFault(
            Fault(
                column=by or str(of),
                found="comments of one side alone" if len(sizes) else "no comment beside a known group or score",
                expected="comments of two groups of people",
                mend="say by= another group of people, or of= a score given with the comments",
            )
        )
    least = max(2, journey.minimum_base if minimum_base is None else minimum_base)
    counted = _counted(sided)
    background = counted.groupby("word", as_index=False)["n"].sum().rename(columns={"n": "background"})
    told = []
    pairs = [(first, sides[-1])] if by is None else [(one, None) for one in sides]
    small = privacy.hide_small(pd.DataFrame({"side": sizes.index, "n": sizes.to_numpy()}), ("side",), least)
    withheld = set(small.loc[small[privacy.HIDDEN], "side"]) if privacy.HIDDEN in small else set()
    for a, b in pairs:
        rest = sizes.sum() - sizes.get(a, 0) if b is None else sizes.get(b, 0)
        if a in withheld or min(sizes.get(a, 0), rest) < least:
            continue
        told += _side(counted, background, sizes, a, b, least, several)
    columns = ["writes", "word", "value", "low", "high", "n", "here %", "there %", "z"]
    table = groups.rounded(pd.DataFrame(told, columns=columns))
    who = {a: int(sizes.get(a, 0)) for a in sides}
    base = ", ".join(f"{n:,} of {name}" for name, n in who.items() if n >= least and name not in withheld)
    against = f"{first} against {sides[-1]}" if by is None else f"each {by.replace('_', ' ')} against all others"
    return groups.finding(
        journey,
        "keywords",
        table,
        ("writes", "word"),
        _sentence(table),
        f"comments: {base or 'too few of each side'}",
        f"{against}; comments that hold a word, whatever its case; log odds with an informative Dirichlet prior of {PRIOR} "
        f"comments, 95 % normal interval; words in fewer than {least} comments left out; unweighted; a screen of "
        f"{counted['word'].nunique():,} words, not corrected for how many were tried",
        minimum_base,
        {"kind": "paired", "bar": "here %", "bar_unit": "% of their comments", "unit": "log odds", "reference": 0},
        "Key words",
    )


def _single(by: tuple | list) -> str | None:
    if len(by) > 1:
        raise DataFault(Fault(column="by", found=" and ".join(by), expected="one group to tell apart by its words"))
    return by[0] if by else None


def _by_score(journey: JourneyFrame, found: nw.LazyFrame, of: str | None) -> tuple[nw.LazyFrame, str, list[str]]:
    """Comments with the side of their score: low or high."""
    if of is None:
        raise DataFault(Fault(column="by", found="neither by nor of", expected="a group, or a score to split by"))
    joined, counting = with_scores(journey, found, of), scored.counting(journey, of)
    bottom, top = scored.boxes(counting)
    names = [f"{of} {counting.low:g} to {bottom:g}", f"{of} {top:g} to {counting.high:g}"]
    names = ["detractors", "promoters"] if counting.score else names
    score, nothing = nw.col("score"), nw.lit(None).cast(nw.String)
    side = nw.when(score <= bottom).then(nw.lit(names[0])).when(score >= top).then(nw.lit(names[1])).otherwise(nothing)
    names = names[::-1] if counting.flipped else names
    return joined.with_columns(side.alias("side")).filter(~nw.col("side").is_null()), names[0], names


def with_scores(journey: JourneyFrame, found: nw.LazyFrame, of: str) -> nw.LazyFrame:
    """Comments with the `score` of the same response: at their step, else for the whole journey; none: left out."""
    journey._check("measure", of)
    said = journey.records.lazy.filter(
        nw.col("kind") == "answer",
        nw.col("measure") == of,
        nw.col("state") == "answered",
        ~nw.col("value").is_null(),
    ).with_columns((nw.col("order") // STRIDE).alias("case"), nw.col("step").fill_null("").alias("at"))
    said = said.group_by("case", "at").agg(nw.col("value").max().alias("score"))
    whole = said.filter(nw.col("at") == "").select("case", nw.col("score").alias("overall"))
    joined = found.with_columns(nw.col("step").fill_null("").alias("at")).join(said, on=["case", "at"], how="left")
    joined = joined.join(whole, on="case", how="left")
    joined = joined.with_columns(nw.coalesce("score", "overall").alias("score"))
    return joined.filter(~nw.col("score").is_null())


def _by_group(journey: JourneyFrame, found: nw.LazyFrame, by: str) -> tuple[nw.LazyFrame, str, list[str]]:
    """Comments with the group they belong to, as their side."""
    column = nw.col(by)
    known = found if by in RECORDS else journey._attributes(found, [by])
    if by == "step":
        known = known.with_columns(column.fill_null(WHOLE).alias("side"))
    else:
        known = known.filter(~column.is_null()).with_columns(column.cast(nw.String).alias("side"))
    names = journey.in_order(by, rows(known.group_by("side").agg(nw.len().alias("n")))["side"].tolist())
    if by == "step" and journey.step_names:
        listed = dict(journey.step_names)
        known = known.with_columns(nw.col("side").replace_strict(listed, default=nw.col("side")))
        names = [listed.get(one, one) for one in names]
    return known, "", [str(one) for one in names]


def _counted(sided: nw.LazyFrame) -> pd.DataFrame:
    """In how many comments of each side every word stands: word, side, n."""
    small = nw.col("text").str.to_lowercase().str.replace_all("’", "'").str.replace_all(r"[^\p{L}\p{M}'-]+", " ")
    words = sided.select("order", "side", small.str.split(" ").alias("word")).explode("word")
    words = words.with_columns(nw.col("word").str.replace_all(r"^['-]+|['-]+$", ""))
    words = words.filter(nw.col("word").str.len_chars() > 1)
    once = words.group_by("order", "side", "word").agg(nw.len().alias("times"))
    found = rows(once.group_by("word", "side").agg(nw.len().alias("n")))
    return found.sort_values(["word", "side"], ignore_index=True)


def _side(
    counted: pd.DataFrame,
    background: pd.DataFrame,
    sizes: pd.Series,
    a: str,
    b: str | None,
    least: int,
    several: int,
) -> list[dict[str, Any]]:
    """The words of a against b (or against all others): the most telling, those of a first."""
    table = background.copy()
    own = counted[counted["side"] == a].set_index("word")["n"]
    table["a"] = table["word"].map(own).fillna(0).astype(int)
    if b is None:
        table["b"] = table["background"] - table["a"]
    else:
        table["b"] = table["word"].map(counted[counted["side"] == b].set_index("word")["n"]).fillna(0).astype(int)
    found = keyness(table, PRIOR, least)
    n_a, n_b = int(sizes[a]), int(sizes.sum() - sizes[a]) if b is None else int(sizes[b])
    kept = found[found["z"].notna()]
    mine = kept[kept["z"] > 0].head(several)
    theirs = kept[kept["z"] < 0].tail(several if b is not None else 0).iloc[::-1]
    told = []
    for who, part, sign in ((a, mine, 1), (b, theirs, -1)):
        for row in part.to_dict("records"):
            value, half = sign * row["delta"], 1.959963984540054 * row["se"]
            here, there = (100 * row["a"] / n_a, 100 * row["b"] / n_b)[::sign]
            told.append(
                {
                    "writes": who,
                    "word": row["word"],
                    "value": value,
                    "low": value - half,
                    "high": value + half,
                    "n": int(row["a"] + row["b"]),
                    "here %": here,
                    "there %": there,
                    "z": sign * row["z"],
                }
            )
    return told


def _sentence(table: pd.DataFrame) -> str:
    if table.empty:
        return "There are too few comments on each side to tell words apart."
    said = []
    for who in dict.fromkeys(table["writes"]):
        part = table[table["writes"] == who].head(4)
        words = ", ".join(f'"{word}"' for word in part["word"])
        first = part.iloc[0]
        said.append(
            f"{who} write {words} (the first in {first['here %']:.0f} % of their comments against {first['there %']:.0f} %)"
        )
    more = f" … and {len(said) - 3} groups more" if len(said) > 3 else ""
    return f"More often than the others, {'; '.join(said[:3])}{more}."
