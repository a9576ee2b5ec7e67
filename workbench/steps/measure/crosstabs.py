"""Crosstabs: a banner table as researchers know it, questions down the side, groups of people side by side, with letters.

Knows what stands in the table (`banner_rows`) and its figures (`banner_cells`); how it is shown is `workbench.banner`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.letters import column_letter
from workbench.journey import JourneyFrame
from workbench.privacy.cells import NOBODY, WORDS
from workbench.privacy.small_groups import ALIKE
from workbench.steps.measure import groups, measure
from workbench.steps.measure.banner_cells import SMALLEST, Base, Cells, base, cells, side_by_side
from workbench.steps.measure.banner_rows import ANY, SHOWN, Block, Line, blocks, lines, questions
from workbench.steps.measure.banner_words import base_of, compared, method, sentence

CORRECTIONS = {
    "none": "none",
    "bonferroni": "Bonferroni",
    "benjamini-hochberg": "Benjamini-Hochberg",
}
LETTERS = ("run on", "restart")
By = str | Sequence[str] | None


@measure("Who answers what, side by side?")
def crosstab(
    journey: JourneyFrame,
    rows: str | Sequence[str] | None = None,
    by: By = None,
    minimum_base: int | None = None,
    show: Sequence[str] = SHOWN,
    correction: str = "benjamini-hochberg",
    alpha: float = 0.05,
    letters: str = "run on",
    sort: bool = False,
) -> Finding:
    """Answers to questions by groups of people side by side, each column compared with the others of its block.

    rows        questions, measures, or questions of several options; those about the whole journey where none is named
    by          attributes of people, wave, channel, step, or other questions; each makes a block of columns
    show        of a question: its "score" (NPS, mean), the "nets" (top and bottom boxes; promoters, passives,
                detractors), its "answers"
    correction  of the letters, over the pairs of a row in a block: "none", "bonferroni", "benjamini-hochberg"
    letters     "run on" over all blocks, or "restart" in each
    sort        options of one question by how many chose them

    A letter stands at the higher figure: it is surely higher than the column of that letter. Shares: z test with pooled
    variance on effective bases (Kish 1965); means and NPS: Welch's t. With strata, clusters or people who answered more
    than once, and for options that overlap: t test of the difference linearised over the design, with the covariance
    of the columns (Woodruff 1971). A base under 30 gets and gives no letter. Whole block: Pearson, or Rao-Scott (1984).
    """
    wanted = [one.lower() for one in ([show] if isinstance(show, str) else show)]
    if wrong := [one for one in wanted if one not in SHOWN]:
        raise DataFault([unknown("part of a question", one, SHOWN, column="show") for one in wrong])
    if correction.lower() not in CORRECTIONS:
        raise DataFault(unknown("correction", correction, CORRECTIONS, column="correction"))
    if letters not in LETTERS:
        raise DataFault(unknown("way of lettering", letters, LETTERS, column="letters"))
    if not 0 < alpha < 1:
        raise DataFault(Fault(column="alpha", found=str(alpha), expected="a number between 0 and 1"))
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    columns, less_columns = blocks(journey, by)
    asked, less_rows = questions(journey, rows, any(block.name == "step" for block in columns))
    beside = side_by_side(journey, asked, columns)
    answered = [
        base(journey, one, columns, (beside, f"q{place}") if beside else None) for place, one in enumerate(asked)
    ]
    answered = [one for one in answered if one.n]
    if not answered:
        raise DataFault(Fault(column="rows", found="no answer to these questions", expected="answers to show"))
    names = _letters(columns, letters)
    table, listed, pairs, met = [], [], [], []
    for of in answered:
        mine = lines(of.asked, of.values, wanted)
        listed += [
            {
                "row": of.asked.row(line),
                "question": of.asked.head,
                "words": of.asked.words,
                "label": line.label,
                "kind": line.kind,
            }
            for line in mine
        ]
        for block in (None, *columns):
            counted = cells(journey, of, block, mine, minimum, alpha, CORRECTIONS[correction.lower()])
            table.append(_long(counted, of, block, mine, names, journey))
            met.append((of, block, counted))
            pairs.append(compared(counted, of, block, mine, journey))
    whole = groups.rounded(pd.concat(table, ignore_index=True))
    if sort:
        listed = _sorted(listed, whole)
    layout = {"kind": "banner", "rows": listed, "blocks": _layout(columns, names, journey)}
    tested = pd.concat(pairs, ignore_index=True)
    found = groups.finding(
        journey,
        "crosstab",
        whole,
        ("row", "block", "column"),
        sentence(tested, asked, columns, alpha),
        base_of(answered),
        method(met, correction, alpha, letters, [less_rows, less_columns]),
        minimum_base,
        {},
        "Crosstab",
    )
    return replace(found, layout=layout | {"whom": _whom(answered, wanted, columns, journey)})


def _whom(
    answered: Sequence[Base], show: Sequence[str], columns: Sequence[Block], journey: JourneyFrame
) -> dict[str, dict[Any, Any]]:
    """What each line's base counts, with its step, and which condition each column is; an answer to another question is
    one in words, as its answers and nets are no parts of a whole."""
    anywhere = ("step", journey.step_order) if journey.step_order else (WORDS, ("at a step",))
    rows = {
        of.asked.row(line): (
            of.asked.measure,
            anywhere if of.asked.step == ANY else ("step", (of.asked.step or NOBODY,)),
        )
        for of in answered
        for line in lines(of.asked, of.values, show)
    }
    held = {
        (block.name, f"{block.name}: {block.label(one, journey)}"): (WORDS if block.asked else block.name, one)
        for block in columns
        for one in block.columns
    }
    return {"rows": rows, "columns": held}


def _letters(columns: Sequence[Block], way: str) -> dict[tuple[str, Any], str]:
    """The letter of each column, by block and column."""
    found, place = {}, 0
    for block in columns:
        place = 0 if way == "restart" else place
        for column in block.columns:
            found[block.name, column] = column_letter(place)
            place += 1
    return found


def _long(
    found: Cells,
    of: Base,
    block: Block | None,
    mine: Sequence[Line],
    names: dict[tuple[str, Any], str],
    journey: JourneyFrame,
) -> pd.DataFrame:
    """The cells as rows of the finding: who is lower by the letters of the whole table."""
    frame = found.table.copy()
    local = dict(zip(_shown(found), map(column_letter, range(99)), strict=False))
    meant = {letter: names.get((block.name, column), "") if block else "" for column, letter in local.items()}
    frame["letters"] = [_read(one, meant) for one in frame["letters"]] if "letters" in frame else ""
    frame["row"] = [of.asked.row(mine[int(line)]) for line in frame["line"]]
    frame["block"] = block.name if block else "Total"
    frame["column"] = [f"{block.name}: {block.label(one, journey)}" if block else "Total" for one in frame["column"]]
    frame["caution"] = [
        "small base" if 0 < min(n, worth if worth == worth else n) < SMALLEST else ""
        for n, worth in zip(frame["n"], frame["n_effective"], strict=True)
    ]
    frame["p table"] = found.p
    # who all answer alike tells what each of them said, in every line of the question; of an option only there
    same = [
        (line.kind in ("answer", "option") and value == 100) or (line.kind == "mean" and se == 0)
        for line, value, se in zip([mine[int(one)] for one in frame["line"]], frame["value"], frame["se"], strict=True)
    ]
    one_by_one = all(line.kind == "option" for line in mine)
    apart = [
        str(column) + (f"\t{line}" if one_by_one else "")
        for column, line in zip(frame["column"], frame["line"], strict=True)
    ]
    told_alike = {where for where, is_same in zip(apart, same, strict=True) if is_same}
    frame[ALIKE] = [where in told_alike for where in apart]
    order = [
        "row",
        "block",
        "column",
        "value",
        "low",
        "high",
        "n",
        "n_effective",
        "letters",
        "caution",
        "p table",
        "se",
        ALIKE,
    ]
    return frame.reindex(columns=order)


def _shown(found: Cells) -> list[Any]:
    """The columns that were compared, in their order: those that may be shown."""
    pairs = found.pairs
    return list(dict.fromkeys([*pairs["a"], *pairs["b"]]))


def _read(letters: Any, meant: dict[str, str]) -> str:
    if not isinstance(letters, str) or not letters:
        return ""
    those = [meant.get(one, "") for one in (letters.split(" ") if " " in letters else letters)]
    return (" " if any(len(one) > 1 for one in those) else "").join(those)


def _layout(columns: Sequence[Block], names: dict[tuple[str, Any], str], journey: JourneyFrame) -> list[dict[str, Any]]:
    total = {"block": "Total", "columns": [{"column": "Total", "label": "Total", "letter": ""}]}
    made = [
        {
            "column": f"{block.name}: {block.label(one, journey)}",
            "label": block.label(one, journey),
            "letter": names[block.name, one],
        }
        for block in columns
        for one in block.columns
    ]
    found, start = [total], 0
    for block in columns:
        found.append({"block": block.name, "columns": made[start : start + len(block.columns)]})
        start += len(block.columns)
    return found


def _sorted(listed: list[dict[str, Any]], table: pd.DataFrame) -> list[dict[str, Any]]:
    """Options and answers of a question by their share in the total, the rest as it stood."""
    total = table[table["block"] == "Total"].set_index("row")["value"]
    heads = list(dict.fromkeys(one["question"] for one in listed))

    def place(one: dict[str, Any]) -> tuple[int, bool, float]:
        moving = one["kind"] in ("answer", "option")
        return heads.index(one["question"]), moving, -float(total.get(one["row"], 0.0)) if moving else 0.0

    return sorted(listed, key=place)
