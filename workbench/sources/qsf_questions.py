"""The questions of a Qualtrics survey definition: each kind as items of a questionnaire, and what exports call its columns.

Knows the JSON of a question (`Payload`) and nothing of the rest of the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.faults import Fault
from workbench.sources.binding import number
from workbench.sources.choice_labels import BAD, GOOD, has_order, leading, nothing
from workbench.sources.qsf_json import listed, plain, table, wording

SINGLE = {"SAVR", "SAHR", "SACOL", "DL", "SB", "NPS"}
MULTIPLE = {"MAVR", "MAHR", "MACOL", "MSB"}
ROWS_OF_ONE = {"SingleAnswer", "DL", "DND", "DropDownList", None}
NOT_ASKED = {"DB", "Timing", "Meta", "Captcha"}  # texts and pictures, and what the browser says
SEEN = "-99"  # what an export may write where a question was seen and not answered


@dataclass
class Names:
    """What the exports call a column: its import id now and in older exports, its heading, and its legacy heading."""

    id: str
    dashes: str = ""
    heading: str = ""
    legacy: str = ""


@dataclass
class Draft:
    """A questionnaire while it is being read."""

    file: str
    notes: list[Fault]
    items: list[dict[str, Any]] = field(default_factory=list)
    names: dict[str, Names] = field(default_factory=dict)

    def note(self, column: str, found: str, expected: str, mend: str) -> None:
        self.notes.append(
            Fault(file=self.file, column=column, found=found, expected=expected, mend=mend, weight="note")
        )

    def column(self, names: Names) -> str:
        self.names[names.id] = names
        return names.id


def add(draft: Draft, question: dict[str, Any]) -> None:
    kind, selector = question.get("QuestionType"), question.get("Selector")
    tag = str(question.get("DataExportTag") or question["QuestionID"])
    empty = kind == "Matrix" and selector == "Likert" and not listed(question, "Answer")
    if empty or (kind in ("MC", "Matrix", "Slider") and not listed(question, "Choice")):
        draft.note(tag, "a question without choices", "choices", "left out; bind its columns by hand")
    elif kind == "SBS":
        columns = [table(one) for one in table(question.get("AdditionalQuestions")).values()]
        for place, column in enumerate(columns, start=1):
            whole = {
                "DataExportTag": f"{tag}#{place}",
                "QuestionID": f"{question['QuestionID']}#{place}",
                "ChoiceOrder": question.get("ChoiceOrder"),
            }
            text = f"{plain(question.get('QuestionText'))} – {plain(column.get('QuestionText'))}"
            add(draft, {"Choices": question.get("Choices"), **column, **whole, "QuestionText": text})
    elif kind == "MC" and selector in SINGLE:
        _single(draft, question, tag)
    elif kind == "MC" and selector in MULTIPLE:
        _multiple(draft, question, tag)
    elif kind == "TE" and selector != "FORM":
        _text_entry(draft, question, tag)
    elif kind == "TE" or (kind == "Matrix" and selector == "TE"):
        _matrix_text(draft, question, tag)
    elif kind == "Matrix" and selector in ("Likert", "Bipolar") and question.get("SubSelector") in ROWS_OF_ONE:
        _matrix(draft, question, tag)
    elif kind == "Matrix" and selector == "Likert" and question.get("SubSelector") == "MultipleAnswer":
        _matrix_of_several(draft, question, tag)
    elif kind == "Slider":
        _slider(draft, question, tag)
    elif kind not in NOT_ASKED:
        words = " ".join(str(one) for one in (kind, selector, question.get("SubSelector")) if one)
        draft.note(
            tag, f"a question of the kind {words}", "a kind that can be kept", "left out; bind its columns by hand"
        )


def _codes(draft: Draft, question: Mapping[str, Any], tag: str, what: str) -> dict[str, Any]:
    """Choices by the code in the file, and what is no answer among them: by the survey's own mark, code or words."""
    recoded = {key: str(code) for key, code in table(question.get("RecodeValues")).items()}
    counted = table(question.get("AnalyzeChoices"))
    choices: dict[str, str] = {}
    none: dict[str, list[str]] = {"missing": [SEEN], "not_applicable": []}
    told: list[str] = []
    run = [number(recoded.get(key, key)) or 0 for key in listed(question, what)]
    apart = run not in (sorted(run), sorted(run, reverse=True))  # numbers below 0 are no ends of the scale
    for key, choice in listed(question, what).items():
        code, label = recoded.get(key, key), wording(choice)
        if code in choices:
            draft.note(
                tag,
                f'the code {code} for "{choices[code]}" and "{label}"',
                "a code for each choice",
                "the first was kept; recode",
            )
            continue
        choices[code] = label
        excluded = (apart and (number(code) or 0) < 0) or counted.get(key) in ("No", "NO", False)
        if kind := nothing(label) or ("not_applicable" if excluded else ""):
            none[kind].append(code)
            told.append(f"{code} = {label!r}")
    if told and what == "Answer" or told and question.get("Selector") in SINGLE:
        draft.note(
            tag,
            f"choices that are no answer ({', '.join(told)})",
            "points of a scale",
            "taken as not applicable, or as no answer; correct missing: and not_applicable:",
        )
    scores = {code: leading(label) for code, label in choices.items()}
    left = [code for code in choices if code not in none["missing"] and code not in none["not_applicable"]]
    if len(left) > 1 and GOOD.search(choices[left[0]]) and BAD.search(choices[left[-1]]):
        first = f"{left[0]} = {choices[left[0]]!r}"
        draft.note(
            tag,
            f"choices that run from good to bad ({first})",
            "the best answer highest",
            "kept as coded; say values: to turn the scale round, or reversed: true",
        )
    words: dict[str, Any] = {"choices": choices} | {kind: those for kind, those in none.items() if those}
    bare = sum(choices[code].strip("- ").isdecimal() for code in left) * 2 > len(left)
    if bare and None not in [scores[code] for code in left] and any(scores[code] != number(code) for code in left):
        words["values"] = {code: scores[code] for code in left}
        draft.note(
            tag,
            "codes that are not the numbers of their choices",
            "codes that are the scores",
            "read by values:; remove them if the export holds the numbers themselves",
        )
    elif any(number(code) is None for code in left):
        words["values"] = {code: float(place) for place, code in enumerate(left, start=1)}
        draft.note(tag, "codes that are no numbers", "codes that are the scores", "counted 1, 2, 3 … as values:")
    return words


def _bounded(words: Mapping[str, Any]) -> list[float] | None:
    """The scale of coded choices, or None where fewer than two of them are answers."""
    none = [*words.get("missing", []), *words.get("not_applicable", [])]
    values = words.get("values", {})
    numbers = [values.get(code, number(code)) for code in words["choices"] if code not in none]
    found = sorted({one for one in numbers if one is not None})
    return [found[0], found[-1]] if len(found) > 1 else None


def _single(draft: Draft, question: Mapping[str, Any], tag: str) -> None:
    own = str(question["QuestionID"])
    words = _codes(draft, question, tag, "Choice")
    label = plain(question.get("QuestionText"))
    name = draft.column(Names(own, own, tag, tag))
    none = [*words.get("missing", []), *words.get("not_applicable", [])]
    answers = [text for code, text in words["choices"].items() if code not in none]
    scale = _bounded(words)
    nps = question.get("Selector") == "NPS"
    if nps:
        draft.items.append(words | {"name": name, "type": "range", "measure": "nps", "label": label, "scale": [0, 10]})
    elif scale and (has_order(answers) or words.get("values") and all(leading(text) is not None for text in answers)):
        draft.items.append(
            words
            | {"name": name, "type": "select_one", "measure": own_word(draft, tag), "label": label, "scale": scale}
        )
    else:
        words.pop("values", None)
        draft.items.append(words | {"name": name, "type": "select_one", "label": label})
    _texts_beside(draft, question, own, tag, label)


def _texts_beside(draft: Draft, question: Mapping[str, Any], own: str, tag: str, label: str) -> None:
    """What people wrote beside a choice. Exports before 2017 have one column for all choices of a question."""
    for place, (key, choice) in enumerate(
        (key, choice) for key, choice in listed(question, "Choice").items() if choice.get("TextEntry")
    ):
        older = Names("", f"{own}-TEXT", f"{tag}_{key}_TEXT", f"{tag}_TEXT") if not place else Names("")
        names = Names(f"{own}_{key}_TEXT", older.dashes, f"{tag}_{key}_TEXT", older.legacy)
        _add_text(draft, names, f"{label} – {wording(choice)}")


def _add_text(draft: Draft, names: Names, label: str) -> None:
    draft.items.append({"name": draft.column(names), "type": "text", "label": label, "missing": [SEEN]})


def _multiple(draft: Draft, question: Mapping[str, Any], tag: str) -> None:
    own, label = str(question["QuestionID"]), plain(question.get("QuestionText"))
    choices = listed(question, "Choice")
    recoded = table(question.get("RecodeValues"))
    columns = {
        key: draft.column(Names(f"{own}_{key}", f"{own}-{key}", f"{tag}_{recoded.get(key, key)}", f"{tag}_{key}"))
        for key in choices
    }
    _add_several(draft, own, tag, label, {key: wording(one) for key, one in choices.items()}, columns, recoded)
    for key, choice in choices.items():
        if choice.get("TextEntry"):
            code = recoded.get(key, key)
            names = Names(f"{own}_{key}_TEXT", f"{own}-{key}-TEXT", f"{tag}_{code}_TEXT", f"{tag}_{key}_TEXT")
            _add_text(draft, names, f"{label} – {wording(choice)}")


def _add_several(
    draft: Draft,
    name: str,
    tag: str,
    label: str,
    options: Mapping[str, str],
    columns: Mapping[str, str],
    recoded: Mapping[str, Any],
) -> None:
    """A question with a column for each option. One option alone is ticked by its code, several are ticked by 1."""
    often: Counter[str] = Counter()
    called = {}
    for key, text in options.items():
        often[text] += 1
        called[key] = text if often[text] == 1 else f"{text} ({often[text]})"
    words: dict[str, Any] = {"choices": called, "columns": dict(columns), "unchosen": ["0", SEEN]}
    if len(options) == 1:
        code = str(recoded.get(next(iter(options)), "1"))
        words |= {"chosen": list(dict.fromkeys(["1", code])), "unchosen": [one for one in ("0", SEEN) if one != code]}
    draft.items.append(
        {"name": name, "type": "select_multiple", "measure": own_word(draft, tag), "label": label} | words
    )


def _rows(question: Mapping[str, Any], tag: str) -> dict[str, tuple[str, str, str]]:
    """The rows of a matrix: wording, heading and legacy heading by the row's id."""
    tags = table(question.get("ChoiceDataExportTags"))
    whole, aside, place = tag.partition("#")
    column = question.get("AnswerDataExportTag") or place
    found = {}
    for key, row in listed(question, "Choice").items():
        own = str(tags.get(key) or (f"{whole}_{key}" if _tagged(question, tag) else ""))
        heading, legacy = f"{tag}_{own or key}", own.replace("-", "_") or f"{tag}_{key}"
        if aside and own:
            heading, legacy = f"{heading}_{column}", f"{own}: {column}"
        found[key] = (wording(row), heading, legacy)
    return found


def _tagged(question: Mapping[str, Any], tag: str) -> bool:
    """Has a column of a side-by-side question tags of its own, or names for its answers? Its headings then say so."""
    return "#" in tag and bool(question.get("AnswerDataExportTag") or table(question.get("VariableNaming")))


def _matrix(draft: Draft, question: Mapping[str, Any], tag: str) -> None:
    own, label = str(question["QuestionID"]), plain(question.get("QuestionText"))
    words = _codes(draft, question, tag, "Answer")
    scale = _bounded(words)
    if scale and not has_order(words["choices"].values()):
        draft.note(
            tag,
            "answers without an order that is known",
            "a scale",
            "taken as one; if they have no order, remove measure:",
        )
    for key, (text, heading, legacy) in _rows(question, tag).items():
        names = Names(f"{own}_{key}", f"{own}-{key}", heading, legacy)
        item: dict[str, Any] = {"name": draft.column(names), "type": "select_one", "label": f"{label} – {text}"}
        if scale:
            item |= {"measure": own_word(draft, f"{tag}_{key}"), "scale": scale}
        draft.items.append(words | item)
        _text_of_row(draft, question, tag, key, f"{label} – {text}")


def _text_of_row(draft: Draft, question: Mapping[str, Any], tag: str, key: str, label: str) -> None:
    """What people wrote into the row of a matrix that names itself."""
    if listed(question, "Choice")[key].get("TextEntry"):
        own, row = str(question["QuestionID"]), str(table(question.get("ChoiceDataExportTags")).get(key) or "")
        legacy = f"{tag}{row}_TEXT" if row else f"{tag}_{key}_TEXT"
        _add_text(draft, Names(f"{own}_{key}_TEXT", f"{own}-{key}-TEXT", f"{tag}_{row or key}_TEXT", legacy), label)


def _matrix_of_several(draft: Draft, question: Mapping[str, Any], tag: str) -> None:
    own, label = str(question["QuestionID"]), plain(question.get("QuestionText"))
    answers = {key: wording(one) for key, one in listed(question, "Answer").items()}
    recoded = table(question.get("RecodeValues"))
    grouped = _tagged(question, tag)  # one heading for all answers of a row
    for key, (text, heading, legacy) in _rows(question, tag).items():
        columns = {}
        for answer in answers:
            here = heading if grouped else f"{heading}_{recoded.get(answer, answer)}"
            names = Names(f"{own}_{key}_{answer}", f"{own}-{key}-{answer}", here, f"{legacy}_{answer}")
            columns[answer] = draft.column(names)
        _add_several(draft, f"{own}_{key}", f"{tag}_{key}", f"{label} – {text}", answers, columns, recoded)
        _text_of_row(draft, question, tag, key, f"{label} – {text}")


def _text_entry(draft: Draft, question: Mapping[str, Any], tag: str) -> None:
    own = str(question["QuestionID"])
    _add_text(draft, Names(f"{own}_TEXT", f"{own}-TEXT", tag, tag), plain(question.get("QuestionText")))


def _matrix_text(draft: Draft, question: Mapping[str, Any], tag: str) -> None:
    """Text in the cells of a matrix, or in the fields of a form."""
    own, label = str(question["QuestionID"]), plain(question.get("QuestionText"))
    answers = listed(question, "Answer") or {"": {}}
    for key, (text, heading, legacy) in _rows(question, tag).items():
        for answer, one in answers.items():
            under, dash = (f"_{answer}", f"-{answer}") if answer else ("", "")
            here = heading if _tagged(question, tag) else heading + under
            names = Names(
                f"{own}_{key}{under}_TEXT", f"{own}-{key}{dash}-TEXT", f"{here}_TEXT", f"{legacy}{under}_TEXT"
            )
            if not answer:
                names = Names(f"{own}_{key}", f"{own}-{key}-TEXT", f"{heading}", f"{legacy}_TEXT")
            _add_text(draft, names, " – ".join(part for part in (label, text, plain(one.get("Display"))) if part))
        _text_of_row(draft, question, tag, key, f"{label} – {text}")


def _slider(draft: Draft, question: Mapping[str, Any], tag: str) -> None:
    own, label = str(question["QuestionID"]), plain(question.get("QuestionText"))
    settings = table(question.get("Configuration"))
    low, high = (number(str(settings.get(one))) for one in ("CSSliderMin", "CSSliderMax"))
    if low is None or high is None or not low < high:
        draft.note(
            tag, "a slider without its ends", "CSSliderMin and CSSliderMax", "left out; bind its columns by hand"
        )
        return
    for key, one in listed(question, "Choice").items():
        names = Names(f"{own}_{key}", f"{own}-{key}", f"{tag}_{key}", f"{tag}_{key}")
        draft.items.append(
            {
                "name": draft.column(names),
                "type": "range",
                "measure": own_word(draft, f"{tag}_{key}"),
                "label": f"{label} – {wording(one)}",
                "scale": [low, high],
                "missing": [SEEN] if not low <= float(SEEN) <= high else [],
            }
        )


def own_word(draft: Draft, tag: str) -> str:
    """A word for what a question measures, made from its tag: small letters, and no other question's."""
    word = re.sub(r"\W+", "_", tag.lower()).strip("_") or "question"
    taken = {item.get("measure") for item in draft.items}
    place = 2
    found = word
    while found in taken:
        found, place = f"{word}_{place}", place + 1
    return found
