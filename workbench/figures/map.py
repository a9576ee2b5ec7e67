"""The journey map as one HTML table that reads from left to right, with its style and the same numbers as a table.

Takes a Finding whose picture holds a plain view (a dict) and knows nothing of studies. Drawings inside are pictures (SVG
as data), so that nothing in them can run; every word is escaped; what is marked hidden is said so and its numbers are
nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.figures import map_cells, style
from workbench.figures.map_curve import ASSUMED, TALL, Curve, curve_labels
from workbench.figures.map_marks import ICON_WORDS, ICONS, estimate, icon, image, is_shown, straight, svg, text, told

if TYPE_CHECKING:
    from workbench.finding import Finding

__all__ = ["EARLY", "ICONS", "ICON_WORDS", "curve_labels", "map_css", "map_html", "map_words"]

WIDTH = 1300  # pixels of the whole map, up to 14 steps; more steps make it wider
HEADS = 112  # pixels of the lanes' names
NARROWEST, WIDEST = 84, 297  # pixels of a step

ALWAYS = ("Assumed", "Emotion measured", "Surprise", "NPS", "Complaints per 1,000", "Promise", "Left out", "Evidence")
WITHHELD = ("emotion", "trust", "nps", "csat", "ces", "complaints")
EARLY = ("doing", "thinking", "feeling", "quotes")  # lanes of words that stand before the measures
MEASURED = ("emotion", "trust", "nps", "complaints", "promise", "commitment", "evidence")
NAMES = {
    "emotion": ("Emotion", "−100 furious to +100 delighted"),
    "trust": ("Trust", "−100 none to +100 full"),
    "nps": ("NPS", "95 % interval, answers"),
    "complaints": ("Complaints", "per 1,000 customers"),
    "promise": ("Promised", ""),
    "commitment": ("Commitments", "request, promise, perform, accept"),
    "evidence": ("Evidence", ""),
    "quotes": ("In their words", ""),
}


def map_html(finding: Finding) -> str:
    """The journey map as an HTML fragment: title, findings, the map as a table, its legend, its numbers."""
    view: Mapping[str, Any] = finding.picture["view"]
    steps = [str(step) for stage in view["stages"] for step in stage["steps"]]
    cells = {step: view["steps"].get(step, {}) for step in steps}
    column = max(NARROWEST, min(WIDEST, (WIDTH - HEADS) // max(len(steps), 1)))
    dense = (" dense" if column < 108 else "") + (" long" if len(steps) > 14 else "")
    rows = [_stages(view["stages"]), _steps(cells)]
    rows += [_lane(lane, cells, column) for lane in _lanes(view, cells)]
    columns = f'<col width="{HEADS}">' + f'<col width="{column}">' * len(steps)
    table = (
        f'<table class="map{dense}" width="{HEADS + column * len(steps)}">'
        f'<caption class="unseen">{text(view.get("title", "Journey map"))}. One column a step, one row a lane.</caption>'
        f"<colgroup>{columns}</colgroup><thead>{rows[0]}{rows[1]}</thead><tbody>{''.join(rows[2:])}</tbody></table>"
    )
    return (
        f'<section class="journey-map"><h3 class="map-title">{text(view.get("title", ""))}</h3>'
        f'<p class="map-subtitle">{text(view.get("subtitle", ""))}</p>{_headlines(view.get("headlines", ()))}'
        f'<div class="map-box" tabindex="0" role="region" aria-label="Journey map, scrolls sideways">{table}</div>'
        f"{_legend(cells)}{_numbers(cells, view.get('rules'))}</section>"
    )


def map_words(finding: Finding) -> str:
    """The map in words: its title, then what is assumed, measured, predicted and known at each step."""
    view: Mapping[str, Any] = finding.picture["view"]
    said = []
    for stage in view["stages"]:
        for step in stage["steps"]:
            cell = view["steps"].get(step, {})
            parts = [_measured_words(cell)]
            if is_shown(cell.get("trust")):
                parts.append(f"trust {estimate(cell['trust'], signed=True)}")
            if is_shown(cell.get("nps")):
                parts.append(f"NPS {estimate(cell['nps'], signed=True)}")
                moved = cell["nps"].get("trend") or {}
                parts.append(moved["words"] if moved.get("beyond") else "")
            if is_shown(cell.get("complaints")):
                parts.append(f"complaints per 1,000 {estimate(cell['complaints'])}")
            spot = cell.get("hot_spot")
            parts.append(f"hot spot ({spot['kind']})" if spot and spot.get("kind") else "")
            parts.append(f"reactive point {cell['observed']['verdict']}" if _verdict(cell) else "")
            parts.append(str(cell.get("reason") or ""))
            said.append(f"{cell.get('name', step)}: {', '.join(part for part in parts if part)}")
    return f"{view.get('title', 'Journey map')}. {'; '.join(said)}."


def _verdict(cell: Mapping[str, Any]) -> str:
    return str((cell.get("observed") or {}).get("verdict") or "")


# -- rows -------------------------------------------------------------------------------------------------------------


def _lanes(view: Mapping[str, Any], cells: Mapping[str, Any]) -> list[str]:
    """The lanes in order: as the view lists them; measures that it does not list stand after what customers do and think."""
    listed = [str(lane) for lane in view.get("lanes", ())]
    there = {
        "emotion": lambda cell: cell.get("emotion") is not None or cell.get("assumed") is not None,
        "trust": lambda cell: cell.get("trust") is not None or cell.get("assumed_trust") is not None,
        "quotes": lambda cell: bool(cell.get("quotes")),
        "commitment": lambda cell: bool(cell.get("commitment") or cell.get("reactive") or _verdict(cell)),
    }

    def known(lane: str) -> bool:
        has: Callable[[Any], bool] = there.get(lane, lambda cell: cell.get(lane) is not None)
        return lane not in listed and any(has(cell) for cell in cells.values())

    early = [lane for lane in listed if lane in EARLY] + (["quotes"] if known("quotes") else [])
    middle = [lane for lane in MEASURED if known(lane)]
    if set(listed) & set(MEASURED):  # the view has its own order
        return listed + [lane for lane in ("quotes", *MEASURED) if known(lane)]
    return early + middle + [lane for lane in listed if lane not in EARLY]


def _stages(stages: Sequence[Mapping[str, Any]]) -> str:
    heads = "".join(
        f'<th scope="colgroup" class="stage" colspan="{len(stage["steps"])}">{text(stage["name"])}</th>'
        for stage in stages
        if stage["steps"]
    )
    return f'<tr><td class="corner"></td>{heads}</tr>'


def _steps(cells: Mapping[str, Any]) -> str:
    heads = []
    for step, cell in cells.items():
        spot = cell.get("hot_spot")
        mark = f" hot {'gain' if spot.get('kind') == 'gain' else 'pain'}" if spot else ""
        words = "moment that can delight" if spot and spot.get("kind") == "gain" else "moment that hurts"
        number = (
            f'<b class="spot"><span class="unseen">{words}, number </span>{text(spot["number"])}</b>' if spot else ""
        )
        channels = "".join(
            f'<span class="channel">{icon(channel)}{text(channel)}</span>' for channel in cell.get("channels", ())
        )
        contact = f'<span class="contact">{text(cell["contact"])}</span>' if cell.get("contact") else ""
        heads.append(
            f'<th scope="col" class="step{mark}">{number}<span class="step-name">{text(cell.get("name", step))}</span>'
            f'<span class="channels">{channels}{contact}</span></th>'
        )
    return f'<tr><th scope="row" class="lane">Step<small>and how it is met</small></th>{"".join(heads)}</tr>'


def _lane(lane: str, cells: Mapping[str, Any], column: int) -> str:
    name, note = NAMES.get(lane, (lane[:1].upper() + lane[1:], ""))
    small = f"<small>{text(note)}</small>" if note else ""
    head = f'<th scope="row" class="lane">{text(name)}{small}</th>'
    if lane in TALL:
        label = f"{name} by step, assumed by the team and measured. " + "; ".join(
            f"{cell.get('name', step)}: {_measured_words(cell, lane)}" for step, cell in cells.items()
        )
        drawn = Curve(list(cells.values()), column, lane).picture()
        shape = image(drawn, label, f"curve {lane}", column * len(cells), TALL[lane])
        return f'<tr class="{lane}">{head}<td class="wide" colspan="{len(cells)}">{shape}</td></tr>'
    rates = [cell["complaints"] for cell in cells.values() if is_shown(cell.get("complaints"))]
    most = max((rate.get("high") or rate["value"] for rate in rates), default=1) or 1
    make: Callable[[Any], str] = {
        "nps": lambda cell: map_cells.nps(cell.get("nps"), column),
        "complaints": lambda cell: map_cells.complaints(cell, column, most),
        "promise": lambda cell: map_cells.promise(cell.get("promise")),
        "commitment": map_cells.loop,
        "evidence": map_cells.evidence,
        "quotes": lambda cell: map_cells.quotes(cell, column),
    }.get(lane, lambda cell: text((cell.get("lanes") or {}).get(lane)))
    kind = lane if lane in NAMES or lane in EARLY else "words"
    body = "".join(f'<td class="in-{kind}">{make(cell)}</td>' for cell in cells.values())
    return f"<tr>{head}{body}</tr>"


# -- around the map ---------------------------------------------------------------------------------------------------


def _headlines(headlines: Sequence[Mapping[str, Any]]) -> str:
    said = "".join(
        f'<li class="headline {one["tone"] if one.get("tone") in ("pain", "gain") else "plain"}">{text(one["text"])}'
        f"<small>{text(one.get('note'))}</small></li>"
        for one in headlines[:3]
    )
    return f'<ul class="headlines">{said}</ul>' if said else ""


def _legend(cells: Mapping[str, Any]) -> str:
    dashed = svg([straight(0, 6, 26, 6, style.GREY, 1.6, ' stroke-dasharray="5 4"')], 26, 12)
    solid = svg(
        [
            f'<rect width="26" height="12" fill="{style.BLUE}" fill-opacity=".14"/>',
            straight(0, 6, 26, 6, style.BLUE, 2.6),
        ],
        26,
        12,
    )
    parts = []
    if any(cell.get(key) is not None for cell in cells.values() for key in ("assumed", "assumed_trust")):
        parts.append(f"<span>{image(dashed, '', 'key', 26, 12)} what the team assumed</span>")
    if any(is_shown(cell.get(lane)) for cell in cells.values() for lane in TALL):
        parts.append(f"<span>{image(solid, '', 'key', 26, 12)} measured, with its interval</span>")
    kinds = {(cell.get("hot_spot") or {}).get("kind") for cell in cells.values()}
    if "pain" in kinds:
        parts.append('<span><b class="spot pain">1</b> hot spot that hurts</span>')
    if "gain" in kinds:
        parts.append('<span><b class="spot gain">1</b> hot spot that can delight</span>')
    if any(cell.get("reactive") for cell in cells.values()):
        parts.append('<span><span class="dot reactive"></span> commitment left out: reactive point</span>')
    if any(_withheld(cell) for cell in cells.values()):
        parts.append("<span>hidden: the base is too small to be shown</span>")
    return f'<p class="legend">{"".join(parts)}</p>' if parts else ""


def _withheld(cell: Mapping[str, Any]) -> bool:
    return any(bool((cell.get(key) or {}).get("hidden")) for key in WITHHELD)


def _numbers(cells: Mapping[str, Any], rules: Mapping[str, str] | None = None) -> str:
    """All of the map's numbers and reasons as a table, one row a step; columns that nothing stands in are left out."""
    columns: dict[str, Callable[[Any], str]] = {
        "Assumed": lambda cell: style.number(cell["assumed"], signed=True) if cell.get("assumed") is not None else "–",
        "Emotion measured": lambda cell: told(cell.get("emotion"), "nobody asked", True),
        "Surprise": lambda cell: _gap(cell.get("surprise")),
        "Trust assumed": lambda cell: style.number(cell.get("assumed_trust"), signed=True),
        "Trust measured": lambda cell: told(cell.get("trust"), "–", True),
        "Trust: surprise": lambda cell: _gap(cell.get("surprise_trust")),
        "NPS": lambda cell: told(cell.get("nps"), "no answers", True),
        "% satisfied": lambda cell: told(cell.get("csat"), "–"),
        "Ease": lambda cell: told(cell.get("ces"), "–"),
        "Complaints per 1,000": lambda cell: told(cell.get("complaints"), "not counted"),
        "Promise": lambda cell: str((cell.get("promise") or {}).get("kept") or "–"),
        "Left out": lambda cell: ", ".join(map(str, cell.get("reactive") or ())) or "–",
        "Evidence": lambda cell: str(cell.get("evidence") or "–"),
    }
    words: dict[str, Callable[[Any], str]] = {
        "Change over waves": _moved,
        "What complaints are about": lambda cell: "; ".join(
            f"{one['theme']} {one['n']} of {one['of']}" for one in cell.get("themes") or ()
        ),
        "Delivered": lambda cell: str((cell.get("promise") or {}).get("gap") or ""),
        "Reactive point": lambda cell: str((cell.get("observed") or {}).get("words") or ""),
        "In their words": lambda cell: "; ".join(_said(one) for one in cell.get("quotes") or ()),
        "Why": lambda cell: str(cell.get("reason") or "").removeprefix(f"{cell.get('evidence')}: "),
    }
    filled = {name: [make(cell) for cell in cells.values()] for name, make in columns.items()}
    kept = {
        name: values for name, values in filled.items() if name in ALWAYS or any(one not in ("", "–") for one in values)
    }
    rows = []
    for place, (step, cell) in enumerate(cells.items()):
        values = "".join(f"<td>{text(column[place] or '–')}</td>" for column in kept.values())
        rows.append(f'<tr><th scope="row">{text(cell.get("name", step))}</th>{values}</tr>')
    head = "".join(f'<th scope="col">{text(one)}</th>' for one in ("Step", *kept))
    behind = "".join(
        f'<tr><th scope="row">{text(cell.get("name", step))}</th><th scope="row">{name}</th><td>{text(make(cell))}</td></tr>'
        for step, cell in cells.items()
        for name, make in words.items()
        if make(cell)
    )
    heads = "".join(f'<th scope="col">{one}</th>' for one in ("Step", "What", "In words"))
    rest = (
        '<div class="scroll"><table class="numbers behind"><caption>What stands behind them.</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{behind}</tbody></table></div>"
    )
    how = "".join(f"<p>{text(rule[:1].upper() + rule[1:])}.</p>" for rule in (rules or {}).values())
    return (
        '<details><summary>Table</summary><div class="scroll"><table class="numbers">'
        "<caption>The map's numbers: estimate, 95 % interval, base (n).</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{rest if behind else ''}"
        f'<div class="rules">{how}</div></details>'
    )


def _gap(surprise: Mapping[str, Any] | None) -> str:
    if not surprise:
        return "–"
    return str(surprise.get("text") or (style.number(surprise["value"], signed=True) if "value" in surprise else "–"))


def _moved(cell: Mapping[str, Any]) -> str:
    """What changed over the waves, score by score: those beyond chance in words, the others by their interval."""
    moved = {key: (cell.get(key) or {}).get("trend") for key in ("emotion", "trust", "nps", "csat", "ces")}
    names = {"nps": "NPS", "csat": "% satisfied", "ces": "ease"}
    sure = [f"{names.get(key, key)} {one['words']}" for key, one in moved.items() if one and one.get("beyond")]
    steady = [
        f"{names.get(key, key)} {one['words'].removeprefix('no change beyond chance: ')}"
        for key, one in moved.items()
        if one and not one.get("beyond")
    ]
    return "; ".join([*sure, f"no change beyond chance in {', '.join(steady)}"] if steady else sure)


def _said(one: Any) -> str:
    """A quote in words, with how it was judged."""
    if not isinstance(one, Mapping):
        return str(one)
    return f"“{one.get('words', '')}”" + (f" ({one['judged']})" if one.get("judged") else "")


def _measured_words(cell: Mapping[str, Any], lane: str = "emotion") -> str:
    felt, guess = cell.get(lane), cell.get(ASSUMED[lane])
    said = [f"assumed {style.number(guess, signed=True)}"] if guess is not None else []
    said.append(f"measured {estimate(felt, True)}" if is_shown(felt) else told(felt, "nobody asked"))
    return ", ".join(said)


def map_css() -> str:
    """The map's style, for the page that holds it."""
    from importlib.resources import files

    return files("workbench.figures").joinpath("map.css").read_text(encoding="utf-8")
