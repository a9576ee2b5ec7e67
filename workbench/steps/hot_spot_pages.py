"""A page a hot spot: what was measured, said and complained of there, what was claimed, what would help, who does what.

Looks back at every step of the method, through what may be shown of it; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.steps.apply import Actions
from workbench.steps.map import JourneyMap
from workbench.steps.measure import groups, quotes_at_steps
from workbench.steps.measure.claims import Hypothesis
from workbench.steps.measure.groups import signed
from workbench.steps.solutions import Solutions

SCORES = {
    "emotion": ("emotion", -100.0, 100.0),
    "trust": ("trust", -100.0, 100.0),
    "nps": ("NPS", -100.0, 100.0),
    "csat": ("satisfied %", 0.0, 100.0),
    "ces": ("ease", 1.0, 7.0),
}
COLUMNS = ("part", "what", "says", "value", "low", "high", "n", "least", "most")


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of a study, as its findings tell it; None where there is nothing of the kind."""

    journey: JourneyFrame
    drawn: JourneyMap
    view: Mapping[str, Any]
    hot: Finding | None
    declared: Sequence[Hypothesis]
    judged: Finding | None
    solutions: Solutions
    ranked: Finding | None
    actions: Actions
    followed: Finding | None


def hot_spot_pages(known: Known) -> list[Finding]:
    """One finding for each step that the team marked or the data propose, the one with the highest priority first; those
    that the data do not rank stand behind, in the map's order. Its rows: `part`, `what`, `says`, and where it is a figure
    value, interval, base and the ends of its scale.
    """
    spots = {} if known.hot is None else dict(_rows_by(known.hot, "step"))
    names = known.drawn.names
    order = [step.id for step in known.drawn.steps if step.hot_spot or _text(spots.get(step.id, {}).get("proposed"))]
    order.sort(key=lambda step: -(_number(spots.get(step, {}).get("priority")) or 0.0))
    return [_page(known, step, names.get(step, step), spots.get(step, {})) for step in order]


def _page(known: Known, step: str, name: str, spot: Mapping[str, Any]) -> Finding:
    cell = known.view["steps"][step]
    rows = [
        *_facts(cell, spot, known.drawn.step(step).department), *_scores(cell), *_said(cell), *_claims(known, step),
        *_helps(known, step), *_done(known, step),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table = groups.rounded(table.astype(dict.fromkeys(("value", "low", "high", "n", "least", "most"), float)))
    method = [] if known.hot is None or not spot else ["hot spots: see their finding for the rule"]
    method += [quotes_at_steps.RULE] if cell["quotes"] else []
    method += ["each figure by the method of its own finding; an action is judged by the measure named for it"]
    return Finding(
        f"hot_spot_{step}", table, _sentence(name, cell, spot), by=("part", "what", "says"),
        base=_base(cell, known), method="; ".join(method), trail=known.journey.trail,
        minimum=known.journey.minimum_base, title=name, quiet=("least", "most"),
    )  # fmt: skip


def _sentence(name: str, cell: Mapping[str, Any], spot: Mapping[str, Any]) -> str:
    kind = _text(spot.get("proposed")) or (cell["hot_spot"] or {}).get("kind", "")
    parts = []
    score = next((one for one in ("nps", "emotion", "csat") if _shown(cell[one])), "")
    if score:
        figure, label = cell[score], SCORES[score][0]
        level = signed(figure["value"]) if score != "csat" else f"{figure['value']:.0f} %"
        word = "satisfied" if score == "csat" else label
        ends = f"{figure['low']:.0f} to {figure['high']:.0f}".replace("-", "−")
        parts.append(f"{word} {level} ({ends}; {int(figure['n']):,} answers)")
    if cell["surprise"] and _shown(cell["emotion"]):
        gap = cell["surprise"]["value"]
        parts.append(f"{abs(gap):.0f} points {'worse' if gap < 0 else 'better'} than the team assumed")
    if kind != "gain" and _shown(cell["complaints"]):
        parts.append(f"{cell['complaints']['value']:.0f} complaints per 1,000 customers")
    verb = {"pain": "hurts", "gain": "delights"}.get(kind, "is a hot spot")
    told = (
        f'"{name}" {verb}: {", ".join(parts)}.' if parts else f'"{name}" {verb}, the team says; nothing was measured.'
    )
    return told if spot.get("agreement") != "data alone" else f"{told} The team had not marked it."


def _base(cell: Mapping[str, Any], known: Known) -> str:
    bases = [f"{SCORES[one][0]} {int(cell[one]['n']):,} answers" for one in SCORES if _shown(cell[one])]
    if _shown(cell["complaints"]):
        bases.append(f"complaints {int(cell['complaints']['n']):,} customers")
    return "; ".join(bases) or known.journey.base()


def _facts(cell: Mapping[str, Any], spot: Mapping[str, Any], department: str) -> list[dict[str, Any]]:
    """What kind of spot it is, why, on what evidence, whose it is, what was promised there."""
    rows = []
    declared = (cell["hot_spot"] or {}).get("kind", "")
    agreement = _text(spot.get("agreement"))
    if declared or agreement:
        rows.append(_row("about", "marked by", agreement or "team alone"))
    if _text(spot.get("why")):
        rows.append(_row("about", "why", spot["why"]))
    rows.append(_row("about", "evidence", str(cell["reason"] or cell["evidence"])))
    rows += [_row("about", "met by", ", ".join(cell["channels"]))] if cell["channels"] else []
    rows += [_row("about", "department", department)] if department else []
    promise = cell["promise"]
    if promise and promise.get("words"):
        gap = f" ({promise['gap']})" if promise.get("gap") else ""
        rows.append(_row("about", "promised", f"{promise['words']}{gap}"))
    if cell["reactive"] and isinstance(cell["reactive"], list | tuple):
        rows.append(_row("about", "left out of the commitment", ", ".join(map(str, cell["reactive"]))))
    return rows


def _scores(cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for one, (label, least, most) in SCORES.items():
        figure = cell[one]
        if not _shown(figure):
            continue
        least, most = figure.get("range") or (least, most)
        assumed = cell["assumed"] if one == "emotion" else cell["assumed_trust"] if one == "trust" else None
        said = [] if assumed is None else [f"assumed {signed(assumed)}"]
        trend = figure.get("trend") or {}
        said += [str(trend["words"])] if trend.get("words") else []
        rows.append(_row("score", label, "; ".join(said), figure, least, most))
    if _shown(cell["complaints"]):
        many = cell["complaints"].get("complaints")
        said = [] if many is None else [f"{int(many):,} complaints"]
        rows.append(_row("complaints", "per 1,000 customers", "".join(said), cell["complaints"]))
    return rows


def _said(cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = [
        _row("complaints", str(one["theme"]), f"{one['n']:,} of {one['of']:,} complaints speak of it")
        for one in cell["themes"]
    ]
    return rows + [
        _row("quote", f"{one['side']}, {one['kind']}, {one['judged']}", str(one["words"])) for one in cell["quotes"]
    ]


def _claims(known: Known, step: str) -> list[dict[str, Any]]:
    if known.judged is None:
        return []
    verdicts = {row["id"]: row for row in known.judged.to_frame().to_dict("records") if isinstance(row["id"], str)}
    rows = []
    for one in known.declared:
        row = verdicts.get(one.id)
        if step not in (one.step, one.to) or row is None:
            continue
        rows.append(_row("hypothesis", f"{row['claim']}: {row['verdict']}", _text(row["in words"]), row))
    return rows


def _helps(known: Known, step: str) -> list[dict[str, Any]]:
    """The solutions that act on the step, in the order of their ranks."""
    if known.ranked is None:
        return []
    here = {one.id for one in known.solutions.solutions if step in one.steps}
    rows = []
    for row in known.ranked.to_frame().to_dict("records"):
        if row.get("id") not in here or _number(row.get("value")) is None:
            continue
        place = "in the best set" if row["in the best set"] is True else "not in the best set"
        said = f"{place}; chosen in {100 * row['chosen']:.0f} of 100 redraws; rests on {row['basis']}"
        rows.append(_row("solution", str(row["solution"]), said, row))
    return rows


def _done(known: Known, step: str) -> list[dict[str, Any]]:
    """The actions at the step, and those of solutions that act on it alone, with what came of them."""
    followed = {} if known.followed is None else _by(known.followed, "id")
    only = {one.id for one in known.solutions.solutions if tuple(one.steps) == (step,)}
    rows = []
    for one in known.actions.actions:
        if one.step != step and (one.step or one.solution not in only):
            continue
        what = f"{one.department}, {one.status}, due {one.due.isoformat()}"
        came = followed.get(one.id, {})
        verdict = _text(came.get("verdict"))
        words = str(came.get("in words") or "")
        words = words if words.casefold().startswith(verdict.casefold()) else f"{verdict}: {words}"
        said = f"{one.action.rstrip('.')}. {words[:1].upper()}{words[1:]}" if verdict else one.action
        rows.append(_row("action", what, said))
    return rows


def _row(
    part: str, what: str, says: str, figure: Mapping[str, Any] | None = None,
    least: float | None = None, most: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    made: dict[str, Any] = {"part": part, "what": what, "says": says, "least": least, "most": most}
    return made | {name: _number((figure or {}).get(name)) for name in ("value", "low", "high", "n")}


def _rows_by(found: Finding, column: str) -> list[tuple[str, dict[str, Any]]]:
    """The rows as they may be shown, by the ids in a column whose words are shown."""
    rows = found.to_frame().to_dict("records")
    return list(zip(found.table[column], rows, strict=True))


def _by(found: Finding, column: str) -> dict[str, dict[str, Any]]:
    return {row[column]: row for row in found.to_frame().to_dict("records") if isinstance(row.get(column), str)}


def _shown(figure: Mapping[str, Any] | None) -> bool:
    """Is there a figure that may be shown?"""
    return figure is not None and not figure.get("hidden") and _number(figure.get("value")) is not None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    return None if value is None or isinstance(value, str | bool) or value != value else float(value)
