"""Which short texts share words, and so may speak of the same thing? Knows texts alone; the same texts give the same answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

APART = 0.8  # the mean cosine distance from which texts are held to speak of different things
MOST = 2000  # texts laid beside each other at once: the latest
NAMED = 3  # words that name a group
# words that say something, though scikit-learn's list of small words has them
SAYING = {
    *("amount", "bill", "call", "computer", "cry", "describe", "detail", "empty", "fill", "fire", "front", "full"),
    *("interest", "move", "name", "part", "show", "side", "system", "top"),
}
WORD = re.compile(r"[^\W\d_][^\W\d_’']+(?:['’][^\W\d_]+)?")
ENDING = re.compile(r"(?:ings?|ers?|ed|es|s|e)$")


def alike(texts: Sequence[str]) -> list[tuple[str, list[int]]]:
    """Groups of at least two texts that share words: what they share, and their places. The largest first.

    Words without English small words and endings, tf-idf, cosine distance, agglomerative clustering by mean distance
    (scikit-learn). Of more than 2,000 texts the last are taken. A proposal to read, no measurement.
    """
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    first = max(0, len(texts) - MOST)
    small = ENGLISH_STOP_WORDS - SAYING
    forms: dict[str, Counter[str]] = {}

    def stems(text: str) -> list[str]:
        found = []
        for word in WORD.findall(text.casefold()):
            if word not in small:
                stem = ENDING.sub("", word) if len(word) > 4 else word
                forms.setdefault(stem, Counter())[word] += 1
                found.append(stem)
        return found

    said = [(place, stems(text)) for place, text in enumerate(texts) if place >= first]
    counted = Counter(stem for _, those in said for stem in set(those))
    shared = {stem for stem, many in counted.items() if many > 1}
    told = [(place, those) for place, those in said if shared.intersection(those)]
    if len(told) < 2:
        return []
    made = TfidfVectorizer(analyzer=lambda those: those, sublinear_tf=True)
    matrix = made.fit_transform([those for _, those in told]).toarray()
    tree = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=APART)
    labels = tree.fit_predict(matrix)
    words = made.get_feature_names_out()
    found = []
    for label in dict.fromkeys(labels.tolist()):
        here = np.flatnonzero(labels == label)
        if len(here) > 1:
            found.append((_named(matrix[here], words, forms), [told[place][0] for place in here]))
    return sorted(found, key=lambda one: (-len(one[1]), one[1]))


def _named(matrix: np.ndarray, words: np.ndarray, forms: dict[str, Counter[str]]) -> str:
    """What most texts of a group share, in the form in which it was said most often."""
    weight = np.where((matrix > 0).sum(axis=0) > 1, matrix.sum(axis=0), 0.0)
    first = [at for at in np.lexsort((words, -weight))[:NAMED] if weight[at] > 0]
    return ", ".join(sorted(forms[words[at]].items(), key=lambda one: (-one[1], one[0]))[0][0] for at in first)
