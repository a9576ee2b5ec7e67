"""Which words tell two groups of comments apart?

Knows counts of documents by word; nothing of what people wrote, nor of who wrote it. Sufficient statistics: one row a
word with the documents of each group that hold it (a, b) and those of a background. Documents are counted and not
repetitions, as one person can say a word ten times.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .checks import refuse, require_columns

WORD = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"


def word_counts(table: pd.DataFrame, text: str, group: str, a: Any, b: Any) -> pd.DataFrame:
    """In how many documents of group a, of group b and of all (background) does each word stand? One row a document.

    Columns word, a, b, background. Words are runs of letters, in lower case. Documents without text or group are left
    out, and .attrs["dropped"] counts them; .attrs["documents"] says how many there are of a and b.
    """
    gone = [name for name in (text, group) if name not in table]
    if gone:
        raise DataFault([Fault(column=name, found="no such column", expected="a column of the table") for name in gone])
    told = table[table[text].notna() & table[group].notna()].reset_index(drop=True)
    side = np.select([told[group] == a, told[group] == b], ["a", "b"], "")
    words = told[text].astype(str).str.lower().str.findall(WORD).explode().dropna()
    said = pd.DataFrame({"document": words.index, "word": words.to_numpy()}).drop_duplicates()
    said["side"] = side[said["document"].to_numpy()] if len(said) else ""
    counts = pd.crosstab(said["word"], said["side"]).reindex(columns=["a", "b", ""], fill_value=0)
    counts = (
        counts.assign(background=counts.sum(axis=1))[["a", "b", "background"]].rename_axis(columns=None).reset_index()
    )
    counts.attrs["dropped"] = len(table) - len(told)
    counts.attrs["documents"] = {"a": int((side == "a").sum()), "b": int((side == "b").sum())}
    return counts


def keyness(counts: pd.DataFrame, prior: float = 500, least: float = 0) -> pd.DataFrame:
    """Which words belong to A (z above 0) rather than to B (below 0)? Those of A first.

    Sufficient statistics at the head of this file; without a background column, a and b together. `prior`: how many
    documents' worth the background counts; more of it pulls rare words towards no difference. Words in fewer than
    `least` documents of both groups together are left out of the answer (not of the totals).

    Columns word, a, b, delta (difference of log odds), se, z, note. Log odds with an informative Dirichlet prior
    alpha_w = prior x background share: delta of log((y + alpha) / (n + prior - y - alpha)), z with variance
    1 / (y_a + alpha) + 1 / (y_b + alpha) (Monroe, Colaresi and Quinn 2008). A word that a group never says and the
    background does not know has no log odds: delta is missing, and `note` says so. Many words are many tests: it is a
    screen to read comments by, and no proof.
    """
    if "word" not in counts or counts["word"].duplicated().any():
        refuse("word", "no words, or a word twice", "one row for each word")
    require_columns(counts, ("a", "b", *(["background"] if "background" in counts else [])))
    if not 0 < prior < np.inf:
        refuse("prior", prior, "a number above 0")
    a, b = counts["a"].to_numpy(float), counts["b"].to_numpy(float)
    known = counts["background"].to_numpy(float) if "background" in counts else a + b
    if (a < 0).any() or (b < 0).any() or (known < 0).any() or known.sum() <= 0:
        refuse("background", "negative counts, or none at all", "counts of 0 or more, some above 0")
    alpha = prior * known / known.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = [(y + alpha) / (y.sum() + prior - y - alpha) for y in (a, b)]
        delta = np.log(odds[0]) - np.log(odds[1])
        se = np.sqrt(1 / (a + alpha) + 1 / (b + alpha))
    possible = np.isfinite(delta) & np.isfinite(se)
    found = pd.DataFrame({"word": counts["word"].to_numpy(), "a": counts["a"].to_numpy(), "b": counts["b"].to_numpy()})
    found["delta"] = np.where(possible, delta, np.nan)
    found["se"] = np.where(possible, se, np.nan)
    found["z"] = found["delta"] / found["se"]
    found["note"] = np.where(possible, "", "no log odds: never said by one group, or the only word")
    found = found[(a + b) >= least]
    return found.sort_values("z", ascending=False, kind="stable", na_position="last").reset_index(drop=True)
