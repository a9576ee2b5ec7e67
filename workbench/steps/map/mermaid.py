"""A map as a mermaid `journey` diagram, and one read: stages as sections, steps as tasks with a score and who takes part.

A score of 1 to 5 is the assumed emotion, 0 where none was assumed; what would end a line early (# : ; ,) is written as
mermaid's codes. Knows the map's model; nothing of files.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.steps.map.model import JourneyMap
from workbench.steps.map.scales import Scale
from workbench.steps.map.table_reading import content as of_table
from workbench.steps.map.tables import Table, heading

SCORES = Scale(1, 5)
NO_SCORE = 0
CUSTOMER = "Customer"
CUSTOMERS = {"customer", "me", "user", "client", "patient", "citizen"}
CODED = re.compile(r"[#;:,<>%\"\n\r]")
CODE = re.compile(r"#(\w+);")
TASK = re.compile(r"([^:]+?)\s*:\s*([^:]*?)\s*(?::\s*([^:]*))?")


def write(drawn: JourneyMap) -> str:
    """The map as mermaid text."""
    lines = ["journey", *([f"    title {_coded(drawn.title)}"] if drawn.title else [])]
    for stage in drawn.stages:
        lines.append(f"    section {_coded(stage.name)}")
        for step in stage.steps:
            score = NO_SCORE if step.emotion is None else round(SCORES.back(step.emotion))
            who = [CUSTOMER, *([step.department] if step.department else [])]
            lines.append(f"      {_coded(step.name)}: {score}: {', '.join(map(_coded, who))}")
    return "\n".join(lines) + "\n"


def read(text: str, known: JourneyMap, file: str, scale: Scale | None = None) -> tuple[dict[str, Any], list[Fault]]:
    """Mermaid text as the content of a map, and what is worth telling. Raises DataFault for all that is wrong."""
    faults: list[Fault] = []
    notes: list[Fault] = []
    title, section, begun = "", "", False
    found = Table(["stage", "step", heading("emotion"), "owner"], file=file)
    for row, line in enumerate(_bare(text).splitlines(), start=1):
        line = re.sub(r"%%.*", "", line).strip()
        if not line or line.startswith(("```", "accTitle", "accDescr")):
            continue
        word, _, rest = line.partition(" ")
        if not begun:
            begun = line == "journey"
            if not begun:
                fault = Fault(file, row, "", f'"{line[:60]}"', "the word journey", "write a mermaid journey diagram")
                raise DataFault(fault)
        elif word == "title":
            title = _plain(rest)
        elif word == "section":
            section = _plain(rest)
        elif (task := TASK.fullmatch(line)) is None:
            faults.append(Fault(file, row, "", f'"{line[:60]}"', "Task: score: who takes part", "correct that line"))
        else:
            name, score, who = (
                _plain(task[1]),
                task[2],
                [one for part in (task[3] or "").split(",") if (one := _plain(part))],
            )
            others = [one for one in who if one.casefold() not in CUSTOMERS]
            if len(others) > 1:
                told = f"owned by {others[0]}; left out: {', '.join(others[1:])}"
                notes.append(
                    Fault(file, row, "owner", f"{len(others)} parties", "one that owns a step", told, weight="note")
                )
            try:
                none = score in ("", str(NO_SCORE)) and not scale
                felt = None if none else (scale or SCORES).onto(score, name, "score", file, row)
            except DataFault as problem:
                faults += problem.faults
                continue
            cells = {"stage": section, "step": name, heading("emotion"): felt, "owner": (others or [""])[0]}
            found.rows.append((row, cells))
    if not begun:
        faults.append(Fault(file, None, "", "no diagram", "a mermaid journey", "write a line journey, then its tasks"))
    if faults:
        raise DataFault(faults)
    made, more = of_table(found, known)
    title = title or known.title  # a diagram without one says nothing of it
    return {**made, **({"title": title} if title else {})}, notes + more


def _bare(text: str) -> str:
    """The diagram without what may stand around and in it (a document in Markdown, settings, a description for screen
    readers): line ends stay, so that rows are counted right."""
    text = text.replace("\r\n", "\n")
    fence = re.search(r"^[ \t]*(```+|~~~+)[ \t]*mermaid[^\n]*\n(.*?)(^[ \t]*\1|\Z)", text, re.S | re.M)
    if fence:
        text = "\n" * text.count("\n", 0, fence.start(2)) + fence[2]
    front = re.match(r"\s*---\n.*?\n---[ \t]*(?=\n)", text, re.S)
    kept = ("\n" * front[0].count("\n") + text[front.end() :]) if front else text
    return re.sub(
        r"%%\{.*?\}%%|^[ \t]*accDescr[ \t]*\{.*?\}",
        lambda found: "\n" * found[0].count("\n"),
        kept,
        flags=re.S | re.M,
    )


def _coded(words: str) -> str:
    """Words that neither end their line nor begin another one."""
    text = " ".join(words.split())
    text = CODED.sub(lambda found: f"#{ord(found[0])};", text)
    return re.sub(
        r"^(title|section|journey|accTitle|accDescr|`|-)", lambda found: f"#{ord(found[0][0])};{found[0][1:]}", text
    )


def _plain(words: str) -> str:
    def letter(found: re.Match[str]) -> str:
        return chr(int(found[1])) if found[1].isdigit() and int(found[1]) < 0x110000 else unescape(f"&{found[1]};")

    return CODE.sub(letter, words.strip()).strip()
