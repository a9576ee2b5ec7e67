"""The JSON of a Qualtrics survey definition: its elements, the order of its questions, tables and wording.

Knows the file and not what a question means.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.files import Received

LARGEST, DEEPEST = 50_000_000, 100  # letters, and levels of lists within lists
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.S)
BLOCKS = re.compile(r"<(?=/?(?:br|div|p|li|td|th|tr|h\d|table|ul|ol)\b)", re.I)


def content(received: Received) -> dict[str, Any]:
    def refuse(found: str) -> DataFault:
        return DataFault(
            Fault(
                file=received.name,
                found=found,
                expected="a Qualtrics survey definition (.qsf)",
                mend="export it again: Tools, Import/Export, Export Survey",
            )
        )

    if received.kind != "text" or received.size > LARGEST:
        raise refuse(f"{received.size:,} bytes of {received.kind}")
    text = received.text()
    depth = 0
    for token in TOKEN.finditer(text):
        depth += (token[0] in "[{") - (token[0] in "]}")
        if depth > DEEPEST:
            raise refuse(f"lists within lists, more than {DEEPEST} deep")
    try:
        content = json.loads(text)
    except ValueError as problem:
        raise refuse(f"broken JSON ({str(problem)[:120]})") from None
    if not isinstance(content, dict) or not isinstance(content.get("SurveyElements"), list):
        raise refuse("JSON of something else (no SurveyElements)")
    return content


def table(value: Any) -> dict[str, Any]:
    """A table of the file: a mapping, or a list where its keys are 0, 1, 2 … (an empty table is an empty list)."""
    if isinstance(value, dict):
        return {str(key): one for key, one in value.items()}
    return {str(place): one for place, one in enumerate(value)} if isinstance(value, list) else {}


def order(elements: list[dict[str, Any]], asked: Mapping[str, Any]) -> list[str]:
    """The ids of the questions in the order of their blocks. A file without blocks asks in the order it is written in."""
    blocks = [
        table(block)
        for one in elements
        if one.get("Element") == "BL"
        for block in table(one.get("Payload")).values()
        if isinstance(block, dict)
    ]
    listed = [
        str(table(part).get("QuestionID"))
        for block in blocks
        if block.get("Type") != "Trash"
        for part in table(block.get("BlockElements")).values()
    ]
    return [one for one in dict.fromkeys(listed) if one in asked] if blocks else list(asked)


def has_logic(elements: list[dict[str, Any]], asked: Mapping[str, Any]) -> bool:
    """Are some questions shown to some people only?"""
    shown = any("DisplayLogic" in question or "InPageDisplayLogic" in question for question in asked.values())
    return shown or any(one.get("Element") == "FL" and '"Branch"' in json.dumps(one) for one in elements)


def plain(text: Any) -> str:
    """Wording without its HTML, in one line."""
    import nh3

    whole = BLOCKS.sub(" <", "" if text is None else str(text))
    return " ".join(html.unescape(nh3.clean(whole, tags=set())).split())


def listed(question: Mapping[str, Any], what: str) -> dict[str, dict[str, Any]]:
    """Choices or answers by their id, in the order in which they are shown."""
    found = {key: table(one) for key, one in table(question.get(f"{what}s")).items()}
    order = [str(one) for one in table(question.get(f"{what}Order")).values()]
    return {key: found[key] for key in dict.fromkeys([*order, *found]) if key in found}


def wording(choice: Mapping[str, Any]) -> str:
    return plain(choice.get("Display")) or "(no words)"
