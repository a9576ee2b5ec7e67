"""What the codes of an SPSS file mean: declared missing, no answer by their labels, scores that stand in the labels.

Knows codes and labels; reading the file is spss.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.sources.binding import Binding, Question
from workbench.sources.choice_labels import BAD, GOOD, NO_ANSWER, NOT_APPLICABLE
from workbench.sources.multiple import columns_of
from workbench.sources.reading import Desk
from workbench.sources.survey_tools import called

if TYPE_CHECKING:
    import pandas as pd

    from workbench.sources.spss import Opened

SCORE = re.compile(r"(?P<score>[+-]?\d+(?:[.,]\d+)?)(?P<word>\s*(?:$|[-–—=:.)(]\s*\D.*|\s\D*))", re.S)


def as_text(value: object) -> str | None:
    """A value as text: whole numbers without a point, blank and system-missing as nothing."""
    if isinstance(value, str):
        return value.rstrip() or None
    if value is None or value != value:
        return None
    number = float(value)  # type: ignore[arg-type]
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def is_missing(value: object, ranges: list[dict[str, Any]]) -> bool:
    """Does the file declare this value missing?"""
    for one in ranges:
        low, high = one["lo"], one["hi"]
        if isinstance(value, str) or isinstance(low, str):
            if isinstance(value, str) and isinstance(low, str) and value.rstrip() == low.rstrip():
                return True
        elif value == value and value is not None and low <= value <= high:
            return True
    return False


def bind(desk: Desk, file: Opened, table: pd.DataFrame) -> None:
    """Say in the binding what the file says of its questions: what is missing, and scores that stand in the labels."""
    words = desk.binding.model_dump(by_alias=True, exclude_unset=True)
    questions = {}
    for column, question in desk.binding.questions.items():
        here = called(desk).get(column, column)
        if question.type == "text" or here not in table:
            questions[column] = question
            continue
        seen = table[here].dropna().unique()
        declared = [as_text(value) for value in seen if is_missing(value, file.missing.get(here, []))]
        codes = [text for value in seen if (text := as_text(value)) and text not in declared]
        changed: dict[str, Any] = {"missing": [*question.missing, *[code for code in declared if code]]}
        labels = file.labels.get(here, {})
        if not question.values:
            changed |= _unanswered(desk, here, question, labels, codes, changed["missing"])
            none = {*changed["missing"], *changed.get("not_applicable", question.not_applicable)}
            scored = [code for code in codes if code not in none]
            values = _scores(
                desk, here, question, {code: label for code, label in labels.items() if code not in none}, scored
            )
            if values:
                changed["values"] = values
                changed["scale"] = _bounds(question)
            else:
                _order_of_words(desk, here, question, labels)
        questions[column] = question.model_copy(update=changed)
    for name, several in desk.binding.several.items():
        for column in columns_of(name, several):
            here = called(desk).get(column, column)
            ranges = file.missing.get(here, [])
            gone = [as_text(value) for value in table[here].dropna().unique() if is_missing(value, ranges)]
            own = words["several"][name].setdefault("missing", [])
            own += [code for code in gone if code and code not in own]
    words["questions"] = {column: one.model_dump(exclude_unset=True) for column, one in questions.items()}
    desk.binding = Binding.model_validate(words)


def _bounds(question: Question) -> tuple[float, float] | None:
    try:
        return question.bounds
    except ValueError:
        return None


def _unanswered(
    desk: Desk, column: str, question: Question, labels: Mapping[str, str], codes: list[str], missing: list[str]
) -> dict[str, Any]:
    """Codes inside the scale whose label says that nothing was answered, where the file forgot to declare them."""
    kinds: dict[str, list[str]] = {"missing": [], "not_applicable": []}
    for code, label in labels.items():
        if code not in missing and code not in question.not_applicable and code in codes:
            if NOT_APPLICABLE.fullmatch(label.strip()):
                kinds["not_applicable"].append(code)
            elif NO_ANSWER.fullmatch(label.strip()):
                kinds["missing"].append(code)
    found = [code for those in kinds.values() for code in those]
    if not found:
        return {}
    listed = ", ".join(f"{code} = {labels[code]!r}" for code in found)
    desk.note(
        column=column,
        found=f"codes whose labels say that nothing was answered ({listed})",
        expected="codes declared as missing in the file",
        mend="taken as no answer; if they are answers, say values:",
    )
    return {
        "missing": [*missing, *kinds["missing"]],
        "not_applicable": [*question.not_applicable, *kinds["not_applicable"]],
    }


def _scores(
    desk: Desk, column: str, question: Question, labels: Mapping[str, str], codes: list[str]
) -> dict[str, float] | None:
    """The score of each code where the labels are numbers that differ from their codes; None where codes are scores."""
    bounds = _bounds(question)
    said: dict[str, float] = {}
    for code, label in labels.items():
        match = SCORE.fullmatch(label.strip())
        if match and _number(code) is not None:
            score = float(match["score"].replace(",", "."))
            bare = not match["word"].strip()
            if bare or bounds is None or bounds[0] <= score <= bounds[1]:
                said[code] = score
    differ = {code: score for code, score in said.items() if score != _number(code)}
    if not differ or len(said) < 2:
        return None
    values = dict(said)
    rest = [code for code in codes if code not in said]
    rule = _straight({float(code): score for code, score in said.items()})
    if rule is not None:
        slope, start = rule
        for code in rest:
            number = _number(code)
            if number is not None and code not in labels:
                values[code] = start + slope * number
    left = [code for code in codes if code not in values]
    outside = sorted({score for code, score in values.items() if bounds and not bounds[0] <= score <= bounds[1]})
    example = ", ".join(f"{code} = {labels[code]!r}" for code in list(differ)[:3])
    if left or outside:
        low, high = bounds or (min(values.values()), max(values.values()))
        problem = (
            f"{'; codes that no number labels: ' + ', '.join(sorted(left)[:6]) if left else ''}"
            f"{'; scores outside the scale: ' + ', '.join(f'{score:g}' for score in outside[:6]) if outside else ''}"
        )
        raise desk.refuse(
            column=column,
            found=f"codes and labels that disagree ({example}){problem}",
            expected=f"scores from {low:g} to {high:g}",
            mend="say what each code means: values: {'1': 0, '2': 1, …}, and missing: for codes of no answer",
        )
    desk.note(
        column=column,
        found=f"codes and labels that disagree ({example})",
        expected="codes that are the scores",
        mend="the scores were taken from the labels; say values: if the codes are right",
    )
    return values


def _number(code: str) -> float | None:
    try:
        return float(code)
    except ValueError:
        return None


def _straight(pairs: Mapping[float, float]) -> tuple[float, float] | None:
    """Slope and start of the straight line (one up or one down) on which all pairs lie."""
    for slope in (1.0, -1.0):
        starts = {score - slope * code for code, score in pairs.items()}
        if len(starts) == 1:
            return slope, starts.pop()
    return None


def _order_of_words(desk: Desk, column: str, question: Question, labels: Mapping[str, str]) -> None:
    """Tell of a scale whose labels run from good to bad."""
    coded = sorted((number, label) for code, label in labels.items() if (number := _number(code)) is not None)
    if len(coded) < 2 or question.reversed:
        return
    bounds = _bounds(question)
    inside = [(number, label) for number, label in coded if bounds is None or bounds[0] <= number <= bounds[1]]
    if len(inside) > 1 and GOOD.search(inside[0][1]) and BAD.search(inside[-1][1]) and not BAD.search(inside[0][1]):
        desk.note(
            column=column,
            found=f"labels that run from good to bad ({inside[0][0]:g} = {inside[0][1]!r})",
            expected="the best answer highest",
            mend="kept as coded; say values: to turn the scale round, or reversed: true",
        )
