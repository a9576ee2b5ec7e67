"""What is said of a banner table: its strongest differences, its base, and how it was worked out.

Knows the cells of the table; counts nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.inference.checks import two_sided_quantile
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups
from workbench.steps.measure.banner_cells import SMALLEST, Base, Cells
from workbench.steps.measure.banner_rows import Asked, Block, Line

TOLD = 2  # differences that a sentence tells


def base_of(answered: Sequence[Base]) -> str:
    least, most = min(one.n for one in answered), max(one.n for one in answered)
    many = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    return f"{many} answers to {answered[0].asked.name if len(answered) == 1 else f'each of {len(answered)} questions'}"


def compared(found: Cells, of: Base, block: Block | None, mine: Sequence[Line], journey: JourneyFrame) -> pd.DataFrame:
    """The comparisons of a question's first line, which speaks for it in the sentence."""
    if block is None or found.pairs.empty:
        return pd.DataFrame()
    pairs = found.pairs[found.pairs["row"] == 0].copy()
    shown = found.table[found.table["line"] == 0].set_index("column")
    factor = 100.0 if mine[0].share else 1.0
    pairs["difference"], pairs["se"] = factor * pairs["difference"], factor * pairs["se"]
    for side in ("a", "b"):
        pairs[f"value_{side}"] = [shown.at[one, "value"] for one in pairs[side]]
        pairs[f"n_{side}"] = [shown.at[one, "n"] for one in pairs[side]]
        pairs[f"label_{side}"] = [block.label(one, journey) for one in pairs[side]]
    kind = mine[0].kind
    what = of.asked.name if of.asked.option else f"{of.asked.name} ({mine[0].label})"
    what = "NPS" if kind == "score" and of.asked.name == "nps" else what.replace("nps ·", "NPS ·")
    few = (pairs[["n_a", "n_b"]].min(axis=1)) < SMALLEST
    return pairs[~few].assign(what=what, kind=kind, block=block.name.replace("_", " "))


def sentence(pairs: pd.DataFrame, asked: Sequence[Asked], columns: Sequence[Block], alpha: float) -> str:
    many = f"{len(asked)} {'question' if len(asked) == 1 else 'questions'}"
    if not columns:
        return f"{many[0].upper()}{many[1:]}, as everybody answered."
    tested = pairs[pairs["p"].notna()].copy() if len(pairs) else pairs
    if tested.empty:
        return "No two columns are large enough to be compared."
    tested["p"] = holm(tested["p"])
    sure = tested[tested["p"] < alpha].copy()
    over = f"Holm over {len(tested):,} comparisons of {many}"
    if sure.empty:
        return f"No column differs from another of its block beyond chance ({over})."
    sure["size"] = sure["statistic"].abs()
    sure = sure.sort_values("size", ascending=False, kind="stable").drop_duplicates(["block", "what"])
    told = "; ".join(_difference(row) for row in sure.head(TOLD).to_dict("records"))
    return f"{told} ({over})."


def _difference(row: dict[str, Any]) -> str:
    high, low = ("a", "b") if row["difference"] > 0 else ("b", "a")
    size, df = abs(row["difference"]), row["df"]
    half = two_sided_quantile(0.95, None if df != df else df) * row["se"]
    digits = 2 if row["kind"] == "mean" else 0
    unit = " points" if row["kind"] in ("score", "option", "net", "answer") else ""

    def said(side: str) -> str:
        value = row[f"value_{side}"]
        text = groups.signed(value) if row["kind"] == "score" else f"{value:.{digits}f}"
        return f"{text}{' %' if unit and row['kind'] != 'score' else ''}, n {int(row[f'n_{side}']):,}"

    return (
        f"{row['what']} is {size:.{digits}f}{unit} ({max(0.0, size - half):.{digits}f} to {size + half:.{digits}f}) "
        f"higher for {row['block']} {row[f'label_{high}']} ({said(high)}) than for {row[f'label_{low}']} ({said(low)})"
    )


def method(
    met: Sequence[tuple[Base, Block | None, Cells]], correction: str, alpha: float, letters: str, less: Sequence[str]
) -> str:
    tests = list(dict.fromkeys(part for _, _, one in met if one.method for part in one.method.split("; ")))
    tests = list(dict.fromkeys(test.split(", two-sided")[0] for test in tests))
    way = {"none": "no correction", "bonferroni": "Bonferroni", "benjamini-hochberg": "Benjamini-Hochberg"}
    said = [
        "shares in %, of those who answered the question; 95 % Wilson intervals on effective bases, t for means and NPS",
        f"letters at {1 - alpha:.0%}: {' or '.join(tests) or 'nothing to compare'}, {way[correction.lower()]} over the "
        f"pairs of a row in a block{'' if letters == 'run on' else ', letters begin anew in each block'}; none from or "
        f"to a base under {SMALLEST}, none to columns that are hidden",
    ]
    whole = list(dict.fromkeys(one.tested for _, _, one in met if one.tested))
    said += [f"whole block: {' or '.join(whole)}"] if whole else []
    bases = {id(of): of for of, _, _ in met}.values()
    design = [
        word
        for word, there in (
            ("weighted", any(one.weighted for one in bases)),
            ("strata", any(len(one.psus) > 1 for one in bases)),
            ("clusters", any(one.clustered for one in bases)),
            ("people who answered more than once counted as clusters", any(one.repeated for one in bases)),
        )
        if there
    ]
    said.append(", ".join(design) or "unweighted")
    if any(one.overlap for _, _, one in met):
        said.append("options that may be chosen together overlap: no test of their whole block")
    gone: dict[str, int] = {}
    for _, block, one in met:
        if block and one.dropped:
            gone[block.name] = max(gone.get(block.name, 0), one.dropped)
    said += (
        [f"answers in no column left out of their block (up to {', '.join(f'{n:,} in {b}' for b, n in gone.items())})"]
        if gone
        else []
    )
    return "; ".join([*said, *(one for one in less if one)])
