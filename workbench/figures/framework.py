"""The framework of a journey on one page, and the blueprint of its moments of truth. Takes plain values; escapes every word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.figures.boards import SPOTS, scrolling, text, titled

if TYPE_CHECKING:
    from workbench.finding import Finding

ASKS = {
    "experience wanted": "what it should be like",
    "what delivers it": "what makes it happen",
    "how we know": "what will show that it happened",
    "front stage": "in the customer's sight",
    "back stage": "out of their sight",
    "support": "systems and partners",
    "owner": "who answers for it",
}
NARROWEST, HEADS, WIDTH = 150, 128, 1300


def framework_html(finding: Finding) -> str:
    """The stages from left to right, the main steps in each with a line; moments of truth marked. No figures."""
    picture = finding.picture
    if not picture["stages"]:
        return titled(finding.sentence)
    stages = []
    for stage in picture["stages"]:
        steps = "".join(_step(step) for step in stage["steps"])
        stages.append(f'<li class="chapter"><p class="chapter-name">{text(stage["name"])}</p><ul>{steps}</ul></li>')
    return f'{titled(finding.sentence, picture.get("whom"))}<ol class="chapters">{"".join(stages)}</ol>'


def framework_words(finding: Finding) -> str:
    """The framework in words, stage by stage."""
    told = []
    for stage in finding.picture["stages"]:
        steps = [
            step["step"] + (f" ({SPOTS[step['hot spot']]})" if step["hot spot"] else "")
            + (f", {step['in a line']}" if step["in a line"] else "")
            for step in stage["steps"]
        ]  # fmt: skip
        told.append(f"{stage['name']}: {'; '.join(steps)}")
    return f"{finding.sentence} {'. '.join(told)}."


def _step(step: Mapping[str, Any]) -> str:
    spot = step["hot spot"] if step["hot spot"] in SPOTS else ""
    mark = f'<span class="moment">{SPOTS[spot]}</span>' if spot else ""
    line = f"<small>{text(step['in a line'])}</small>" if step["in a line"] else ""
    return f'<li class="stop {spot}"><b>{text(step["step"])}</b>{mark}{line}{_opened(step.get("detail", ()))}</li>'


def _opened(rows: Sequence[Mapping[str, Any]]) -> str:
    """A step's detail, opened where somebody asks for it; what is otherwise for some stands under what is so for all."""
    if not rows:
        return ""
    told, former = [], ""
    for row in rows:
        whom = "" if row["for"] == "everybody" else f"<em>{text(row['for'])}:</em> "
        head = f"<dt>{text(row['what'])}</dt>" if row["what"] != former else ""
        told.append(f"{head}<dd>{whom}{text(row['words'])}</dd>")
        former = row["what"]
    return f"<details><summary>Detail</summary><dl>{''.join(told)}</dl></details>"


def blueprint_html(finding: Finding) -> str:
    """The blueprint as a table: a column a moment of truth, a row a question; under the line of sight what nobody sees."""
    picture = finding.picture
    steps = picture["steps"]
    if not steps:
        return titled(finding.sentence)
    column = max(NARROWEST, min(420, (WIDTH - HEADS) // len(steps)))
    heads = "".join(
        f'<th scope="col" class="step {step["hot spot"] if step["hot spot"] in SPOTS else ""}">{text(step["step"])}'
        + (f'<span class="moment">{SPOTS[step["hot spot"]]}</span>' if step["hot spot"] in SPOTS else "")
        + ('<span class="outside">out of our control</span>' if step["in our control"] == "no" else "")
        + "</th>"
        for step in steps
    )
    rows = []
    for lane in [*picture["lanes"], "owner"]:
        if lane not in picture["vital"] and not any(step[lane] for step in steps):
            continue
        cells = "".join(f"<td>{_answer(step[lane], lane in picture['vital'])}</td>" for step in steps)
        mark = ' class="unsighted"' if lane == "back stage" else ""
        rows.append(
            f'<tr{mark}><th scope="row">{text(lane[:1].upper() + lane[1:])}<small>{ASKS.get(lane, "")}</small></th>{cells}</tr>'
        )
    columns = f'<col width="{HEADS}">' + f'<col width="{column}">' * len(steps)
    table = (
        f'<table class="blueprint-table" width="{HEADS + column * len(steps)}"><caption class="unseen">{text(finding.sentence)}'
        f"</caption><colgroup>{columns}</colgroup><thead><tr><td></td>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
    return f"{titled(finding.sentence)}{scrolling(table, 'Blueprint, scrolls sideways')}"


def blueprint_words(finding: Finding) -> str:
    """The blueprint in words: at each step what is wanted, what delivers it, how we know, and what is open."""
    told = []
    for step in finding.picture["steps"]:
        known = [f"{lane}: {step[lane]}" for lane in [*finding.picture["lanes"], "owner"] if step[lane]]
        known += [f"open: {step['open']}"] if step["open"] else []
        told.append(f"{step['step']}: {'; '.join(known)}")
    return f"{finding.sentence} {'. '.join(told)}."


def _answer(words: str, asked: bool) -> str:
    return (
        text(words) if words else '<span class="open-question">open</span>' if asked else '<span class="quiet">–</span>'
    )
