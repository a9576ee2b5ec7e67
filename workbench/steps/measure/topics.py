"""Topics: a code frame proposed from the comments' own words, for a researcher to name, mend and use.

Knows comments; scikit-learn wakes here alone. A proposal and no measurement: how far it comes again is told.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.choice import seeded
from workbench.inference.intervals import share_interval
from workbench.journey import JourneyFrame
from workbench.steps.measure import comments, groups, measure

WORDS = 8  # words that stand for a topic
AGAIN = 5  # times that the topics are looked for again, each in four fifths of the comments
STEADY = 0.7  # cosine from which a topic is said to have come again
QUOTE = (40, 240)
LEAST = 50  # comments below which no topics are looked for


@measure("What might a code frame of these comments be?")
def topics(
    journey: JourneyFrame,
    several: int = 8,
    seed: int = 1,
    kind: str = "comment",
    language: str = "english",
    minimum_base: int | None = None,
) -> Finding:
    """Topics proposed from the comments: words that are written together (non-negative matrix factorisation of tf-idf).

    One row a topic: its words, n (comments in which it is the strongest), value (their share in per cent, with Wilson's
    interval, which knows nothing of the model's own doubt), steady (how alike the topic comes again in four fifths of the
    comments, five times with other seeds: mean cosine of its words, 1 is the same; after Greene, O'Callaghan and
    Cunningham 2014), and a quote (of 40 to 240 letters with nothing masked, the strongest; one a person). Up to 20,000
    comments are read. `language`: "english" leaves out its small words; "any" those in over 30 % of the comments.
    The finding may be handed to `themes(frame=…)`; better, name the topics and mend their words first.

    Raises DataFault where there are fewer than 50 comments, or fewer words than topics.
    """
    if not 2 <= several <= 40:
        raise DataFault(Fault(column="several", found=str(several), expected="2 to 40 topics"))
    if language not in ("english", "any"):
        raise DataFault(Fault(column="language", found=f'"{language}"', expected='"english" or "any"'))
    seeded(seed)
    taken, total, every = comments.some(comments.comments(journey, kind))
    table = comments.texts(taken)
    if len(table) < LEAST:
        raise DataFault(
            Fault(
                column="text",
                found=f"{len(table)} comments",
                expected=f"at least {LEAST}",
                mend="read them, and write the code frame by hand",
            )
        )
    matrix, names = _matrix(table["text"], several, language)
    weights, parts = _factors(matrix, several, seed)
    steady = _again(matrix, parts, several, seed)
    strongest = np.where(weights.max(axis=1) > 0, weights.argmax(axis=1), -1)
    taken_people: set[str] = set()
    rows: list[dict[str, Any]] = []
    sizes = np.bincount(strongest[strongest >= 0], minlength=several)
    least = journey.minimum_base if minimum_base is None else minimum_base
    for place in np.argsort(-sizes, kind="stable"):
        best = [names[at] for at in np.argsort(-parts[place], kind="stable")[:WORDS] if parts[place][at] > 0]
        n = int(sizes[place])
        share = share_interval(n, len(table))
        quote = (
            _quote(table, np.where(strongest == place, weights[:, place], 0.0), taken_people) if n >= least else None
        )
        rows.append(
            {
                "topic": _named(best, {row["topic"] for row in rows}),
                "value": 100 * (share.value or 0.0),
                "low": 100 * (share.low or 0.0),
                "high": 100 * (share.high or 0.0),
                "n": n,
                "steady": float(steady[place]),
                "words": ", ".join(best),
                "caution": "" if steady[place] >= STEADY else "does not come again",
                "quote": quote,
            }
        )
    found = groups.rounded(pd.DataFrame(rows))
    seen = groups.shown(journey, found, ("topic",), minimum_base)
    firm = int((found["steady"] >= STEADY).sum())
    sentence = "No topic is large enough to be shown."
    if len(seen):
        first = seen.iloc[0]
        sentence = (
            f'A proposal: {several} topics, of which {firm} come again in other draws of the comments; the largest is "'
            f'{first["topic"]}" ({first["value"]:.0f} % of {len(table):,} comments). Name them before you count them.'
        )
    read = "" if every == 1 else f", every {every}th of {total:,}"
    gone = (
        "English small words, words in over 50 % of comments"
        if language == "english"
        else "words in over 30 % of comments"
    )
    return groups.finding(
        journey,
        "topics",
        found,
        ("topic",),
        sentence,
        f"{len(table):,} comments{read}; {int((strongest < 0).sum()):,} hold none of the words",
        f"tf-idf of {matrix.shape[1]:,} words and pairs of words ({gone} left out), non-negative matrix factorisation with "
        f"{several} parts (seed {seed}); n: comments in which a topic is the strongest; 95 % Wilson; steady: mean cosine "
        f"with the nearest topic of {AGAIN} fits to four fifths of the comments with other seeds, matched one to one; "
        "unweighted; a proposal of a code frame, not a measurement",
        minimum_base,
        {"kind": "bars", "unit": "% of comments"},
        "Topics proposed",
    )


def _named(words: list[str], taken: set[str]) -> str:
    """A topic's first words, as many as tell it from those before it."""
    names = [", ".join(words[:many]) for many in range(3, len(words) + 1)] or [", ".join(words)]
    return next((name for name in names if name not in taken), f"{names[-1]} ({len(taken) + 1})")


def _matrix(texts: pd.Series, several: int, language: str) -> tuple[Any, np.ndarray]:
    """Comments by words, tf-idf; words of at least three comments (one in a thousand, where there are many)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    counted = TfidfVectorizer(
        lowercase=True,
        strip_accents=None,
        token_pattern=r"(?u)[^\W\d_][^\W\d_’']+(?:['’][^\W\d_]+)?",
        stop_words="english" if language == "english" else None,
        ngram_range=(1, 2),
        min_df=max(3, len(texts) // 1000),
        max_df=0.5 if language == "english" else 0.3,
        max_features=5000,
        sublinear_tf=True,
    )
    try:
        matrix = counted.fit_transform(texts)
    except ValueError:  # no word is left
        matrix = None
    if matrix is None or matrix.shape[1] < 2 * several:
        raise DataFault(
            Fault(
                column="text",
                found=f"{0 if matrix is None else matrix.shape[1]} words that come again",
                expected=f"at least {2 * several} for {several} topics",
                mend="ask for fewer topics, or read the comments",
            )
        )
    return matrix, counted.get_feature_names_out()


def _factors(matrix: Any, several: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    import warnings

    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(several, init="nndsvdar", random_state=seed, max_iter=400)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # how steady the topics are is told instead
        weights = model.fit_transform(matrix)
    return weights, model.components_


def _again(matrix: Any, parts: np.ndarray, several: int, seed: int) -> np.ndarray:
    """How alike each topic comes again in four fifths of the comments, with other seeds."""
    from scipy.optimize import linear_sum_assignment

    source = seeded(seed)
    own = parts / np.maximum(np.linalg.norm(parts, axis=1, keepdims=True), 1e-12)
    found = np.zeros(several)
    for again in range(AGAIN):
        kept = np.sort(source.permutation(matrix.shape[0])[: matrix.shape[0] * 4 // 5])
        other = _factors(matrix[kept], several, seed + 1 + again)[1]
        other = other / np.maximum(np.linalg.norm(other, axis=1, keepdims=True), 1e-12)
        alike = own @ other.T
        mine, theirs = linear_sum_assignment(-alike)
        found[mine] += alike[mine, theirs] / AGAIN
    return found


def _quote(table: pd.DataFrame, strength: np.ndarray, taken: set[str]) -> str | None:
    for at in np.argsort(-strength, kind="stable")[:200]:
        text, person = table["text"].iloc[at], table["person"].iloc[at]
        if strength[at] > 0 and QUOTE[0] <= len(text) <= QUOTE[1] and "[" not in text and person not in taken:
            taken.add(person)
            return str(text)
    return None
