"""Sentiment of comments: a proposal, shown with how far it agrees with what people scored.

A lexicon of English words, or a model learnt from the study's own ratings. Knows comments and scores; the library that
holds the lexicon and scikit-learn wake here alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from workbench.engine import RECORDS
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.agreement import cohen_kappa
from workbench.inference.intervals import mean_interval
from workbench.inference.ranks import rank_counts, rank_test
from workbench.journey import JourneyFrame
from workbench.steps.measure import comments, groups, keywords, measure, scored

METHODS = ("lexicon", "ratings")
CUT = 0.05  # compound score from which a comment is called positive or negative (Hutto and Gilbert 2014)
KNOWN = 0.4  # share of comments in which the lexicon must know a word
LEAST = 100  # scored comments of each kind that a model is learnt from
FOLDS = 5


@measure("How do people sound in their own words?")
def sentiment(
    journey: JourneyFrame,
    by: str | Sequence[str] | None = None,
    minimum_base: int | None = None,
    of: str = "nps",
    method: str = "lexicon",
    kind: str = "comment",
    seed: int = 1,
) -> Finding:
    """The sentiment of comments from −100 to 100 by groups, with its measured agreement with the scores.

    `method="lexicon"`: VADER (Hutto and Gilbert 2014), words of English alone, made for short posts.
    `method="ratings"`: a logistic regression of low against high scores of `of` on the comments' words (tf-idf), any
    language; every comment is judged by a model that has seen none of that person's, five folds (seed). The mean of a
    group has a t interval over comments; columns negative % and positive % stand beside it.

    Agreement, in sentence and method: how often a comment of a high score sounds better than one of a low score (AUC) and
    Cohen's kappa of negative, neutral, positive with the low, middle and high end of the scale. Sentiment is read from words and
    misses irony, news and what is unsaid: where it disagrees with the scores, believe the scores. At most 20,000
    comments are read.

    Raises DataFault where there are no comments, where the lexicon knows too few words, or where there is too little to
    learn from: too few scores, people or words.
    """
    if method not in METHODS:
        raise DataFault(unknown("method", method, METHODS))
    keys = (by,) if isinstance(by, str) else tuple(by or ())
    taken, total, every = comments.some(comments.comments(journey, kind))
    own = [one for one in keys if one in RECORDS]
    taken = journey._attributes(taken, [one for one in keys if one not in RECORDS])
    table = comments.texts(taken, *keys)
    table = table.merge(_ends(journey, taken, of), on="order", how="left")
    table["x"] = _lexicon(table["text"]) if method == "lexicon" else _learnt(table, of, seed)
    least = journey.minimum_base if minimum_base is None else minimum_base
    agreed, closely = _agreement(table, least)
    found = groups.rounded(pd.DataFrame([_row(key, part, keys) for key, part in _parts(table, keys)]))
    found = groups.in_order(journey, found, keys)

    def say(row: pd.Series) -> str:
        value, low, high = (groups.signed(row[one]) for one in ("value", "low", "high"))
        return f"{value} ({low} to {high}; {int(row['n']):,} comments)"

    how = (
        "VADER, a lexicon of English words (Hutto and Gilbert 2014): compound score × 100"
        if method == "lexicon"
        else f"logistic regression of low against high {of} on the comments' words (tf-idf), {FOLDS} folds by person "
        f"(seed {seed}): 200 × chance of a high score − 100"
    )
    read = "" if every == 1 else f", those of every {every}th response of {total:,}"
    parts = [
        how,
        f"positive from {100 * CUT:g}, negative from −{100 * CUT:g}",
        f"against {of} of the same response, at the comment's step or else overall: {closely}",
        "mean over comments, 95 % t interval, unweighted, as if comments were independent",
        *([f"split by {', '.join(own)} of the comment"] if own else []),
        "a proposal: it misses irony and what is unsaid",
    ]
    return groups.finding(
        journey,
        "sentiment",
        found,
        keys,
        groups.extremes(journey, found, keys, minimum_base, "sentiment", say).rstrip(".") + f"; {agreed}.",
        f"{len(table):,} comments{read}; {int(table['end'].notna().sum()):,} with a score",
        "; ".join(parts),
        minimum_base,
        {"kind": "intervals", "unit": "sentiment of comments", "range": [-100, 100], "reference": 0},
        "Sentiment of comments",
    )


def _ends(journey: JourneyFrame, taken: nw.LazyFrame, of: str) -> pd.DataFrame:
    """Whether the score of each comment's response is low (−1), middling (0) or high (1), high being good."""
    joined = comments.texts(keywords.with_scores(journey, taken, of), "score")[["order", "score"]]
    counting = scored.counting(journey, of)
    bottom, top = scored.boxes(counting)
    end = np.select([joined["score"] <= bottom, joined["score"] >= top], [-1.0, 1.0], 0.0)
    return joined.assign(end=-end if counting.flipped else end)[["order", "end"]]


def _lexicon(texts: pd.Series) -> pd.Series:
    """VADER's compound score × 100. Raises DataFault where it knows few of the words."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    reader = SentimentIntensityAnalyzer()
    x = texts.map({text: 100 * reader.polarity_scores(text)["compound"] for text in texts.unique()})
    if (x != 0).mean() < KNOWN:
        raise DataFault(
            Fault(
                column="text",
                found=f"a word that the English lexicon knows in {100 * (x != 0).mean():.0f} % of the comments",
                expected=f"in at least {100 * KNOWN:.0f} %",
                mend='for other languages learn from the study\'s own scores: method="ratings"',
            )
        )
    return x


def _learnt(table: pd.DataFrame, of: str, seed: int) -> pd.Series:
    """200 × the chance of a high score − 100, each comment judged by a model that saw none of that person's comments."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    person = table["person"].fillna("#" + table["order"].astype(str))
    known = table["end"].isin([-1.0, 1.0]).to_numpy()
    fewest = min((table["end"] == 1).sum(), (table["end"] == -1).sum())
    if fewest < LEAST:
        raise DataFault(
            Fault(
                column=of,
                found=f"{fewest} comments at the rarer end of the scale",
                expected=f"at least {LEAST} with a low and {LEAST} with a high score",
                mend='take method="lexicon" (English), or read the comments',
            )
        )
    if person.nunique() < FOLDS:
        raise DataFault(
            Fault(column="person", found=f"comments of {person.nunique()} people", expected=f"of {FOLDS} at least",
                  mend='take method="lexicon" (English), or read the comments')
        )  # fmt: skip
    x = np.zeros(len(table))
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=seed).split(table, groups=person):
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=3, max_features=20_000, sublinear_tf=True)
        learnt = train[known[train]]
        high = table["end"].iloc[learnt] > 0
        if high.nunique() < 2:
            raise DataFault(
                Fault(column=of, found="comments at one end of the scale that nearly all are of the same people",
                      expected=f"low and high scores of people in each of {FOLDS} parts",
                      mend='take method="lexicon" (English), or read the comments')
            )  # fmt: skip
        try:
            terms = words.fit_transform(table["text"].iloc[learnt])
        except ValueError:  # no vocabulary
            raise DataFault(
                Fault(column="text", found="no word of two letters or more that stands in three comments",
                      expected="comments in words", mend="read them, or bind the column that holds the words")
            ) from None  # fmt: skip
        model = LogisticRegression(C=4.0, class_weight="balanced", max_iter=1000).fit(terms, high)
        x[test] = 200 * model.predict_proba(words.transform(table["text"].iloc[test]))[:, 1] - 100
    return pd.Series(x, index=table.index)


def _agreement(table: pd.DataFrame, least: int) -> tuple[str, str]:
    """Kappa of three classes, in words for the sentence; and with the AUC of high against low scores, for the method."""
    both = table[table["end"].notna()]
    ends = both[both["end"] != 0]
    if min((ends["end"] == 1).sum(), (ends["end"] == -1).sum()) < max(2, least):
        why = "too few scores to tell how far it agrees with them"
        return why, why
    auc = rank_test(rank_counts(ends, "x", "end", 1.0, -1.0)).above
    sounds = np.select([both["x"] >= 100 * CUT, both["x"] <= -100 * CUT], [1.0, -1.0], 0.0)
    kappa = cohen_kappa(sounds, both["end"], [-1.0, 0.0, 1.0])
    share = f"the better-sounding of a low and a high comment has the high score in {_percent(auc.value)} of pairs"
    between = f" ({_percent(auc.low)} to {_percent(auc.high)}; AUC)" if auc.low is not None else " (AUC)"
    return (
        f"against the scores, {share} (kappa {_two(kappa.value)}; {len(both):,} comments)",
        f"{share}{between}; kappa {_two(kappa.value)} of negative, neutral, positive with the low, middle and high end",
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _two(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f}".replace("-", "−")


def _parts(table: pd.DataFrame, keys: tuple[str, ...]) -> list[tuple[tuple, pd.DataFrame]]:
    if not keys:
        return [((), table)]
    return [(key, part) for key, part in table.groupby(list(keys), dropna=False, sort=True)]


def _row(key: tuple, part: pd.DataFrame, keys: tuple[str, ...]) -> dict[str, Any]:
    x = part["x"]
    mean = mean_interval(len(part), float(x.sum()), float((x**2).sum()))
    names = {name: None if value != value or value is None else value for name, value in zip(keys, key, strict=True)}
    return names | {
        "value": mean.value,
        "low": mean.low if mean.low is None else max(-100.0, mean.low),
        "high": mean.high if mean.high is None else min(100.0, mean.high),
        "n": len(part),
        "negative %": 100 * float((x <= -100 * CUT).mean()),
        "positive %": 100 * float((x >= 100 * CUT).mean()),
        "caution": groups.caution(mean, len(part)),
    }
