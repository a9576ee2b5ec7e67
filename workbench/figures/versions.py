"""Two versions of a map as one picture: its stages and steps, with what came, went, moved and changed where it stands.

Takes a finding's picture as plain values and knows nothing of studies; every word is escaped. Marks are words and signs as
well as colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from workbench.figures import boards, style
from workbench.figures.boards import text

if TYPE_CHECKING:
    from workbench.finding import Finding

SIGNS = {"came": "+", "went": "−", "moved": "↔", "changed": "≠"}
HEAD, NARROW, WIDE, QUIET = (
    116,
    132,
    230,
    92,
)  # pixels of the lanes' names, of a step that changed, and of one that did not
SPACE = 1180  # pixels for all steps, where they are few
TALL = 22  # pixels of a measure's line
NOTHING = '<span class="none">nothing</span>'


def map_versions_html(finding: Finding) -> str:
    """The later map as a table from left to right, a row for each cell that differs, and the measures of both times."""
    view = finding.picture["view"]
    steps = view["steps"]
    wide = {step: bool(one["state"]) for step, one in steps.items()}
    loud, quiet = sum(wide.values()), len(wide) - sum(wide.values())
    column = max(NARROW, min(WIDE, (SPACE - quiet * QUIET) // max(loud, 1)))
    widths = {step: column if is_wide else QUIET for step, is_wide in wide.items()}
    stages = "".join(
        f'<th scope="colgroup" class="stage" colspan="{len(one["steps"])}">{text(one["name"])}</th>'
        for one in view["stages"]
    )
    heads = "".join(_step(one) for one in steps.values())
    cells = list(dict.fromkeys(cell["cell"] for one in steps.values() for cell in one["cells"]))
    lines = [_line(name, steps) for name in cells] + [_measure(what, view, widths) for what in view["measures"]]
    columns = f'<col width="{HEAD}">' + "".join(f'<col width="{one}">' for one in widths.values())
    table = (
        f'<table class="versions" width="{HEAD + sum(widths.values())}"><caption class="unseen">Two versions of the map, '
        f"{text(view['heads'][0])} and {text(view['heads'][1])}. One column a step, one row a cell that differs.</caption>"
        f'<colgroup>{columns}</colgroup><thead><tr><td class="corner"></td>{stages}</tr>'
        f'<tr><th scope="row" class="lane">Step</th>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table>'
    )
    rest = "".join(f"<li>{text(one)}</li>" for one in view["rest"])
    beside = f'<p class="beside">Beside the steps:</p><ul class="beside">{rest}</ul>' if rest else ""
    cautions = "".join(f'<p class="board-note">{text(one)}</p>' for one in finding.cautions)
    return (
        boards.titled(finding.sentence, f"{view['heads'][0]} beside {view['heads'][1]}")
        + cautions
        + _legend()
        + boards.scrolling(table, "Two versions of the map, scrolls sideways")
        + beside
    )


def map_versions_words(finding: Finding) -> str:
    """The picture in words: what became of each step, cell by cell, and what was measured by each day."""
    view = finding.picture["view"]
    told = [finding.sentence]
    for one in view["steps"].values():
        parts = [" and ".join(one["state"])] if one["state"] else []
        parts += [
            f"{cell['cell']} was {cell['was'] or 'nothing'}, is {cell['now'] or 'nothing'}" for cell in one["cells"]
        ]
        for what in view["measures"]:
            both = [_told(figure) for figure in one["measures"][what]]
            parts += [f"{what} {both[0]}, then {both[1]}" if both[0] != both[1] else f"{what} {both[0]} at both"]
        told.append(f"{one['name']}: {'; '.join(parts) or 'as it was'}.")
    return " ".join([*told, *(f"{one}." for one in view["rest"]), *finding.cautions])


def _step(one: Mapping[str, Any]) -> str:
    marks = "".join(f'<span class="mark {state}">{SIGNS[state]} {state}</span>' for state in one["state"])
    kind = next((state for state in ("went", "came", "moved", "changed") if state in one["state"]), "same")
    name = f"<s>{text(one['name'])}</s>" if kind == "went" else text(one["name"])
    return f'<th scope="col" class="step {kind}"><span class="step-name">{name}</span>{marks}</th>'


def _line(name: str, steps: Mapping[str, Any]) -> str:
    body = []
    for one in steps.values():
        cell = next((cell for cell in one["cells"] if cell["cell"] == name), None)
        if cell is None:
            body.append('<td class="same"></td>')
            continue
        was = f"<s>{text(cell['was'])}</s>" if cell["was"] else NOTHING
        now = f"<b>{text(cell['now'])}</b>" if cell["now"] else NOTHING
        words = '<span class="unseen">was </span>', '<span class="unseen">, is now </span>'
        body.append(f'<td class="differs"><div>{words[0]}{was}</div><div>{words[1]}{now}</div></td>')
    return f'<tr><th scope="row" class="lane">{text(name[:1].upper() + name[1:])}</th>{"".join(body)}</tr>'


def _measure(what: str, view: Mapping[str, Any], widths: Mapping[str, int]) -> str:
    """A measure at both times, one under the other on one scale, grey before and blue after; told once where it is the same."""
    steps = view["steps"]
    known = [one for step in steps.values() for one in step["measures"][what] if one and not one.get("hidden")]
    ends = [one[key] for one in known for key in ("value", "low", "high") if one.get(key) is not None]
    low, high = (-100.0, 100.0) if what != "complaints per 1,000" else (0.0, max(ends, default=1.0) or 1.0)
    body = []
    for step, one in steps.items():
        old, new = one["measures"][what]
        times = [(new, style.BLUE)] if _told(old) == _told(new) else [(old, style.GREY), (new, style.BLUE)]
        body.append(
            f"<td>{''.join(_figure(figure, shade, widths[step] - 12, low, high) for figure, shade in times)}</td>"
        )
    name = what if what[:1].isupper() else what[:1].upper() + what[1:]
    return f'<tr><th scope="row" class="lane">{text(name)}<small>95 % interval</small></th>{"".join(body)}</tr>'


def _figure(figure: Mapping[str, Any] | None, shade: str, wide: int, low: float, high: float) -> str:
    if not figure or figure.get("hidden"):
        return f'<div class="none">{"hidden" if figure else "not measured"}</div>'

    def x(value: float) -> float:
        return 5 + (wide - 10) * (min(max(value, low), high) - low) / (high - low)

    parts = [boards.line(5, 8, wide - 5, 8, style.LINE)]
    if figure.get("low") is not None and figure.get("high") is not None:
        parts.append(boards.line(x(figure["low"]), 8, x(figure["high"]), 8, shade, 4, ' stroke-opacity=".45"'))
    parts.append(f'<circle cx="{x(figure["value"]):.1f}" cy="8" r="4" fill="{shade}"/>')
    when = "then" if shade == style.BLUE else "before"
    return f'<div class="time {when}">{boards.image(parts, wide, 16, "")}{text(_told(figure))}</div>'


def _told(figure: Mapping[str, Any] | None) -> str:
    if not figure:
        return "not measured"
    if figure.get("hidden"):
        return "hidden"
    digits = 0 if abs(figure["value"]) >= 10 or float(figure["value"]).is_integer() else 1
    return style.estimate(figure["value"], figure.get("low"), figure.get("high"), figure.get("n"), digits, False)


def _legend() -> str:
    marks = "".join(f'<span><span class="mark {state}">{sign} {state}</span></span>' for state, sign in SIGNS.items())
    times = (
        '<span class="time before">grey: by the earlier day</span><span class="time then">blue: by the later day</span>'
    )
    return f'<p class="key-line">{marks}{times}</p>'


@cache
def versions_css() -> str:
    return files("workbench.figures").joinpath("versions.css").read_text(encoding="utf-8")
