"""Multiple-response sets of an SPSS file as questions with several options: columns, options and counted value from the file.

A set of dichotomies has a column an option, chosen where it holds the counted value; a set of categories has columns that
may each hold any option. Knows what the file says of its sets, and no rows.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from workbench.faults import DataFault, unknown
from workbench.sources.binding import Several
from workbench.sources.multiple import TICKED, UNTICKED
from workbench.sources.reading import Desk
from workbench.sources.spss_codes import as_text, is_missing

if TYPE_CHECKING:
    from workbench.sources.spss import Opened


def bind(desk: Desk, file: Opened) -> None:
    """Give the questions that are named by a set of the file (`$name`, or `name` where no column has it) what it says.

    What the binding says itself wins. Raises DataFault for a `$name` that is no set of the file.
    """
    found = {}
    for name, question in desk.binding.several.items():
        own = name.removeprefix("$")
        if name.startswith("$") and own not in file.sets and not question.columns:
            listed = [f"${one}" for one in file.sets]
            raise DataFault(unknown("multiple-response set", name, listed, file=desk.file, column=name))
        taken = own in file.sets and name not in file.columns and not question.columns
        found[name] = _several(question, file, file.sets[own]) if taken else question
        words = {option.casefold() for option in found[name].options.values()}
        if taken and words and words <= TICKED | UNTICKED:
            desk.note(
                column=name,
                found=f"a set of categories that are {' and '.join(sorted(words))}",
                expected="a set of dichotomies with a counted value",
                mend="read as it is declared; to read a column an option, say columns: {option: column} and chosen:",
            )
    desk.binding = desk.binding.model_copy(update={"several": found})


def _several(question: Several, file: Opened, said: dict[str, Any]) -> Several:
    columns = [one for one in said["variable_list"] if one in file.columns]
    words: dict[str, Any] = question.model_dump(exclude_unset=True)
    words["label"] = question.label or str(said.get("label") or "").strip()
    none = {*question.missing, *question.not_applicable, *question.not_shown}
    codes: dict[str, str] = {}
    for column in columns:
        for code, label in file.labels.get(column, {}).items():
            if code not in none and not _declared(file, column, code):
                codes.setdefault(code, label.strip() or code)
    if said.get("is_dichotomy"):
        counted = as_text(said["counted_value"]) or ""
        labels = {column: file.wording[file.columns.index(column)].strip() or column for column in columns}
        often = Counter(labels.values())
        words["columns"] = {
            f"{label} ({column})" if often[label] > 1 else label: column for column, label in labels.items()
        }
        words.setdefault("chosen", [counted])
        words.setdefault("unchosen", [code for code in dict.fromkeys([*codes, "0"]) if code != counted])
    else:
        words["columns"] = columns
        by_label = {label: code for code, label in codes.items()}
        own = {by_label.get(one, one): called for one, called in question.options.items()}
        often = Counter(codes.values())
        words["options"] = own or {code: f"{one} ({code})" if often[one] > 1 else one for code, one in codes.items()}
    return Several.model_validate(words)


def _declared(file: Opened, column: str, code: str) -> bool:
    """Does the file declare a code missing in this column?"""
    ranges = file.missing.get(column, [])
    try:
        return is_missing(float(code), ranges) or is_missing(code, ranges)
    except ValueError:
        return is_missing(code, ranges)
