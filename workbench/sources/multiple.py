"""Questions of which several options may be chosen, however a tool writes them: one record an option that was shown.

Three bindings: one column an option (`columns`), one column holding a list (`delimiter`), one column holding one choice
(neither). A record's value is 1 where its option was chosen and 0 where it was not; what was not shown, skipped, or
answered with none of the options stay apart. Knows sheets and desks, and no tool.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

from workbench.engine import rows
from workbench.faults import shape
from workbench.sources.binding import Several
from workbench.sources.reading import Desk
from workbench.sources.sheet import Sheet

BLANK = "\x1f"  # an empty cell, where text is matched with text
TICKED = {"1", "y", "yes", "true", "x", "checked", "selected", "1.0"}
UNTICKED = {"0", "n", "no", "false", "unchecked", "not selected", "0.0"}
State = tuple[str, float | None]


def columns_of(column: str, question: Several) -> list[str]:
    """The columns of the file that a question needs, for checking that they are there."""
    if isinstance(question.columns, dict):
        return list(question.columns.values()) or [column]
    return list(question.columns)


def records(desk: Desk, sheet: Sheet, frame: nw.LazyFrame, column: str, question: Several, place: int) -> nw.LazyFrame:
    """The records of one question: one for each person and option.

    `frame` holds row, person, time, weight, wave, channel, row_step and the sheet's columns; `place` is the first of as
    many places in the order of a row as the question has options.
    """
    import pandas as pd

    cells = [sheet.column(one) for one in columns_of(column, question)]
    written = nw.concat_str(*[nw.col(cell).fill_null(BLANK) for cell in cells], separator="\x1e")
    whole = desk.engine.keep(frame.with_columns(written.alias("written")))
    seen = rows(whole.group_by("written").agg(nw.len().alias("n"), nw.col("row").min().alias("row")).sort("row"))
    texts = [[None if cell == BLANK else cell.strip() or None for cell in one.split("\x1e")] for one in seen["written"]]
    decide = (
        _by_column(question, texts, desk)
        if isinstance(question.columns, dict) and question.columns
        else _by_list(question, desk)
    )
    strange: dict[str, list[tuple[int, str]]] = {}
    meant = []
    for raw, several, text in zip(seen["written"], seen["n"], texts, strict=True):
        found, unknown = decide(text)
        for word in unknown:
            strange.setdefault(word, []).append((int(several), raw))
        for number, option in enumerate(question.called):
            state, value = found[option]
            meant.append((raw, number, f"{question.measure}: {option}", state, value))
    _tell(desk, whole, column, question, strange)
    known = desk.engine.table(
        pd.DataFrame(meant, columns=["written", "place", "measure", "state", "value"]).astype(object),
        {"written": "VARCHAR", "place": "BIGINT", "measure": "VARCHAR", "state": "VARCHAR", "value": "DOUBLE"},
    )
    step: Any = nw.lit(question.step) if question.step else nw.col("row_step")
    kept = ("row", "person", "time", "weight", "wave", "channel", "row_step", "written")
    return desk.engine.typed(
        whole.select(*kept)
        .join(known, on="written", how="inner")
        .select(
            "person",
            "time",
            desk.order(nw.col("place") + place).alias("order"),
            step.alias("step"),
            "channel",
            nw.lit(desk.source).alias("source"),
            nw.lit("answer").alias("kind"),
            "measure",
            "value",
            "state",
            "weight",
            "wave",
        )
    )


def measures(desk: Desk, sheet: Sheet, column: str, question: Several) -> list[dict[str, Any]]:
    """What each option measures: a share from 0 to 1."""
    where = columns_of(column, question)
    label = question.label or sheet.words(sheet.column(where[0]))
    own = question.columns if isinstance(question.columns, dict) else {}
    by_name = {question.options.get(one, one): heading for one, heading in own.items()}
    return [
        {
            "measure": f"{question.measure}: {option}",
            "kind": "answer",
            "step": question.step,
            "source": desk.source,
            "label": f"{label} – {option}",
            "low": 0.0,
            "high": 1.0,
            "reversed": False,
            "missing": ", ".join([*question.missing, *question.not_applicable, *question.not_shown]),
            "column": by_name.get(option, where[0]),
        }
        for option in question.called
    ]


# -- what a row says of each option -----------------------------------------------------------------------------------


def _nothing(question: Several, desk: Desk, text: str | None) -> State | None:
    """Which kind of nothing a cell is, if it is one."""
    if text is None:
        return question.blank or desk.binding.blank, None
    if text in question.not_shown or text in desk.binding.not_shown:
        return "not_shown", None
    if text in question.not_applicable:
        return "not_applicable", None
    if text in question.missing or text in desk.binding.skipped:
        return "skipped", None
    return None


def _by_column(question: Several, seen: list[list[str | None]], desk: Desk):
    """One column an option. A blank beside a tick is "not chosen", unless the file writes out what was not chosen."""
    assert isinstance(question.columns, dict)
    keys = list(question.columns)
    unticked = {word.casefold() for word in question.unchosen} or UNTICKED
    ticked = {word.casefold() for word in question.chosen}
    if not ticked and not question.unchosen:
        _one_and_two(question, seen, desk)

    def tick(key: str, text: str | None) -> bool | None:
        """Is this cell ticked? None where it says nothing that is known."""
        if text is None or _nothing(question, desk, text):
            return None
        word = text.casefold()
        if word in ticked or (not ticked and word in TICKED):
            return True
        if word in unticked:
            return False
        own = {key.casefold(), question.options.get(key, key).casefold()}
        return True if word in own else None

    written_out = any(tick(key, text) is False for row in seen for key, text in zip(keys, row, strict=True))

    def decide(row: list[str | None]) -> tuple[dict[str, State], list[str]]:
        ticks = [tick(key, text) for key, text in zip(keys, row, strict=True)]
        found: dict[str, State] = {}
        unknown = []
        for key, text, said in zip(keys, row, ticks, strict=True):
            nothing = _nothing(question, desk, text)
            if said is not None:
                state: State = ("answered", float(said))
            elif text is None and not written_out and True in ticks:
                state = ("answered", 0.0)
            elif nothing:
                state = nothing
            else:
                state = ("unknown", None)
                unknown.append(str(text))
            found[question.options.get(key, key)] = state
        if question.other and question.other not in found:
            found[question.other] = ("unknown", None)
        return found, unknown

    return decide


def _one_and_two(question: Several, seen: list[list[str | None]], desk: Desk) -> None:
    """Refuse 1 and 2 (yes and no) that nobody explained: 1 and 0 would read otherwise."""
    words = {text for row in seen for text in row if text is not None and not _nothing(question, desk, text)}
    if "2" in words and words <= {"1", "2"}:
        raise desk.refuse(
            column=", ".join(columns_of("", question)[:6]),
            found="cells with 1 and 2 for options",
            expected="which of them is chosen",
            mend="say chosen: ['1'] and unchosen: ['2'] (or the other way round)",
        )


def _by_list(question: Several, desk: Desk):
    """One or more columns holding the options chosen: a list with a delimiter, or one choice a cell."""
    written = dict(question.options)
    known = {text.lower() for text in written}
    written |= {name: name for name in question.options.values() if name.lower() not in known}

    def decide(row: list[str | None]) -> tuple[dict[str, State], list[str]]:
        said = [text for text in row if text is not None and not _nothing(question, desk, text)]
        if not said:
            states = [nothing for text in row if (nothing := _nothing(question, desk, text))]
            stated = [state for text, state in zip(row, states, strict=True) if text is not None]
            return dict.fromkeys(question.called, stated[0] if stated else states[0]), []
        chosen: set[str] = set()
        left: list[str] = []
        for text in said:
            if text in question.none:
                continue
            names, rest = split(text, written, question.delimiter)
            chosen |= set(names)
            left += [one for one in rest if one not in question.none]
        if left and question.other:
            chosen.add(question.other)
            left = []
        if left and not chosen:  # a cell of which nothing is understood says nothing of the options
            return dict.fromkeys(question.called, ("unknown", None)), left
        return {name: ("answered", float(name in chosen)) for name in question.called}, left

    return decide


def split(text: str, options: Mapping[str, str], delimiter: str | None) -> tuple[list[str], list[str]]:
    """The options in a cell, and what is left that is no option. Options may hold the delimiter: the longest fits first."""
    folded = {" ".join(one.split()).lower(): name for one, name in options.items()}
    whole = " ".join(text.split())
    if delimiter is None:
        name = folded.get(whole.lower())
        return ([name], []) if name is not None else ([], [whole])
    mark = delimiter.strip() or " "
    end = r"\s*(?:" + re.escape(mark) + r"\s*|$)"
    longest = sorted(folded, key=len, reverse=True)
    any_option = re.compile(r"(?P<option>" + "|".join(map(re.escape, longest)) + r")" + end, re.I)
    anything = re.compile(r"(?P<word>.*?)" + end, re.S)
    found: list[str] = []
    left: list[str] = []
    place, after_word = 0, False
    while place < len(whole):
        match = any_option.match(whole, place)
        if match:
            found.append(folded[match["option"].lower()])
            after_word = False
        else:
            match = anything.match(whole, place)
            if match is None or match.end() == place:
                break
            word = match["word"].strip()
            if word and after_word:
                left[-1] += f"{mark} {word}"
            elif word:
                left.append(word)
            after_word = bool(word) or after_word
        place = match.end()
    return list(dict.fromkeys(found)), left


def _tell(
    desk: Desk, whole: nw.LazyFrame, column: str, question: Several, strange: Mapping[str, Sequence[tuple[int, str]]]
) -> None:
    """Say what stands in the cells that is no option: by its shape, for it may be a person's own words."""
    if not strange:
        return
    often = {word: sum(several for several, _ in those) for word, those in strange.items()}
    word = max(often, key=lambda one: often[one])
    where = desk.rows_of(whole.filter(nw.col("written").is_in([raw for those in strange.values() for _, raw in those])))
    desk.note(
        row=where[0],
        rows=where if len(where) == sum(often.values()) else (),
        column=", ".join(columns_of(column, question)[:6]),
        found=f"'{word}'" if len(word) <= 3 else shape(word),
        expected=f"one of: {', '.join(list(question.options or question.called)[:8])}",
        mend="counted as no option; name it in options:, none: or missing:, or say other:",
        count=sum(often.values()),
    )
