"""Two groups side by side over the map's steps: both curves, both figures, and the difference where it is beyond chance.

Takes the plain view of a comparison and knows nothing of studies; every word is escaped, what is hidden is said so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.figures import map_cells, style
from workbench.figures.map import HEADS, NARROWEST, WIDEST, WIDTH
from workbench.figures.map_curve import TALL, Curve
from workbench.figures.map_marks import icon, image, is_shown, straight, svg, text, told
from workbench.finding import Finding


def map_comparison_html(finding: Finding) -> str:
    """The two groups as one HTML table: stages, steps, a curve for emotion and trust, a row a measure."""
    view = finding.picture["view"]
    steps = [str(step) for stage in view["stages"] for step in stage["steps"]]
    cells = {step: view["steps"][step] for step in steps}
    column = max(NARROWEST, min(WIDEST, (WIDTH - HEADS) // max(len(steps), 1)))
    first, second = view["a"]["words"], view["b"]["words"]
    stages = "".join(
        f'<th scope="colgroup" class="stage" colspan="{len(stage["steps"])}">{text(stage["name"])}</th>'
        for stage in view["stages"]
        if stage["steps"]
    )
    heads = "".join(
        f'<th scope="col" class="step"><span class="step-name">{text(cell["name"])}</span><span class="channels">'
        f"{''.join(f'<span class=channel>{icon(one)}{text(one)}</span>' for one in cell.get('channels', ()))}</span></th>"
        for cell in cells.values()
    )
    rows = "".join(
        _curve(measure, name, cells, column, first, second) if measure in TALL else ""
        for measure, name in view["measures"].items()
    )
    rows += "".join(_row(measure, name, cells) for measure, name in view["measures"].items())
    columns = f'<col width="{HEADS}">' + f'<col width="{column}">' * len(steps)
    dense = " dense" if column < 108 else ""
    return (
        f'<div class="journey-map"><p class="board-title">{text(finding.sentence)}</p>'
        f'<p class="map-subtitle">{_keys(first, second)}</p>'
        '<div class="map-box" tabindex="0" role="region" aria-label="Two groups over the journey map, scrolls sideways">'
        f'<table class="map two{dense}" width="{HEADS + column * len(steps)}">'
        f'<caption class="unseen">{text(view["title"])}. One column a step, one row a measure.</caption>'
        f'<colgroup>{columns}</colgroup><thead><tr><td class="corner"></td>{stages}</tr>'
        f'<tr><th scope="row" class="lane">Step</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div></div>'
    )


def map_comparison_words(finding: Finding) -> str:
    """The comparison in words: the sentence, then at each step what differs beyond chance."""
    view = finding.picture["view"]
    said = []
    for cell in view["steps"].values():
        parts = [
            f"{view['measures'][measure]} {told(one['a'], 'no answers')} and {told(one['b'], 'no answers')}, {_gap(one)}"
            for measure, one in cell["measures"].items()
        ]
        if parts:
            said.append(f"{cell['name']}: {'; '.join(parts)}")
    return f"{finding.sentence} {view['a']['words']} first, {view['b']['words']} second. {'. '.join(said)}."


def _gap(one: Mapping[str, Any]) -> str:
    return "not compared" if one["difference"] is None else f"difference {one['difference']['words']}"


def _curve(measure: str, name: str, cells: Mapping[str, Any], column: int, first: str, second: str) -> str:
    """The curve of one lane: the first group solid with its band, the second dashed, differences beyond chance labelled."""
    points = []
    for cell in cells.values():
        one = cell["measures"].get(measure) or {}
        a, b, gap = one.get("a"), one.get("b"), one.get("difference")
        sure = (
            {"value": gap["value"], "text": style.number(gap["value"], signed=True)} if gap and gap["beyond"] else None
        )
        points.append({"emotion": a, "assumed": b["value"] if is_shown(b) else None, "surprise": sure})
    label = f"{name} by step, {first} and {second}. " + "; ".join(
        f"{cell['name']}: {told((cell['measures'].get(measure) or {}).get('a'), 'no answers', True)} and "
        f"{told((cell['measures'].get(measure) or {}).get('b'), 'no answers', True)}"
        for cell in cells.values()
    )
    picture = image(Curve(points, column).picture(), label, "curve", column * len(cells), TALL["emotion"])
    head = f'<th scope="row" class="lane">{text(name.capitalize())}<small>−100 to +100</small></th>'
    return f'<tr>{head}<td class="wide" colspan="{len(cells)}">{picture}</td></tr>'


def _row(measure: str, name: str, cells: Mapping[str, Any]) -> str:
    """One measure: both figures at each step, and their difference."""
    signed = measure in ("emotion", "trust", "nps")
    body = []
    for cell in cells.values():
        one = cell["measures"].get(measure)
        if one is None:
            body.append('<td><span class="nothing">no answers</span></td>')
            continue
        sides = "".join(
            f'<span class="pair">{mark}{_figure(figure, signed)}</span>'
            for mark, figure in ((_DOT, one["a"]), (_RING, one["b"]))
        )
        gap = one["difference"]
        word = ""
        if gap is not None:
            kind = "apart less" if (gap["value"] < 0) is not (measure == "complaints") else "apart more"
            plain = gap["words"].removesuffix(", no difference beyond chance")
            word = (
                f'<span class="{kind}">{text(plain)}</span>'
                if gap["beyond"]
                else f'<abbr class="apart" title="{text(gap["words"])}">{text(plain)}</abbr>'
            )
        body.append(f"<td>{sides}{word}</td>")
    small = "<small>first, second, difference</small>"
    upper = text(name[:1].upper() + name[1:])
    return f'<tr><th scope="row" class="lane">{upper}{small}</th>{"".join(body)}</tr>'


def _figure(figure: Mapping[str, Any] | None, signed: bool) -> str:
    return map_cells.numbered(figure, signed) if is_shown(figure) else map_cells.nothing(figure, "no answers")


def _keys(first: str, second: str) -> str:
    solid = svg([straight(0, 6, 26, 6, style.BLUE, 2.6)], 26, 12)
    dashed = svg([straight(0, 6, 26, 6, style.GREY, 1.6, ' stroke-dasharray="5 4"')], 26, 12)
    return (
        f"{image(solid, 'solid line', 'key', 26, 12)} {_DOT}{text(first)} &nbsp; "
        f"{image(dashed, 'dashed line', 'key', 26, 12)} {_RING}{text(second)} &nbsp; first less second; in colour: "
        "beyond chance, corrected over the steps"
    )


_DOT = '<span class="dot first"></span>'
_RING = '<span class="dot second"></span>'
