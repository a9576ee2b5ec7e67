"""The coordination map: each loop of commitments over the steps, the customer's acts above, the provider's below.

An act that happens is a dot, one that is broken is crossed, one left out is a hollow ring where it is missing; a step at
which trouble is predicted is washed and flagged. Before and after stand side by side, or one under the other where the
steps are many. Takes plain values; every word is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.figures import style
from workbench.figures.boards import cut, image, line, scrolling, text, titled, write

if TYPE_CHECKING:
    from workbench.finding import Finding

WIDTH = 1300  # pixels of the whole
HEAD = 168  # pixels of the loops' names
NARROWEST, WIDEST = 36, 150  # pixels of a step
BESIDE = 10  # steps up to which two panels stand side by side
UPRIGHT = 66  # pixels of a step from which its name is written upright
OVER = 84  # pixels by which the last slanted name stands out
TALL, ABOVE, BELOW = 66, 21, 48  # a loop's row, and the lines of its two parties
ACTS = {"request": (-0.32, ABOVE), "promise": (-0.14, BELOW), "perform": (0.16, BELOW), "accept": (0.34, ABOVE)}
OWN = 24  # pixels of the row of flags at steps in no loop
CHANGED = style.BLUE
FLAG = "M0 0v-13 M0 -13h9l-2.500 3 2.500 3h-9"


def coordination_html(finding: Finding) -> str:
    """The coordination map as an HTML fragment: its sentence, the key, a row a loop, what is planned."""
    picture = finding.picture
    panels, steps = picture["panels"], picture["steps"]
    if not any(panel["loops"] or panel["own"] for panel in panels) or not steps:
        return titled(finding.sentence)
    beside = len(panels) == 1 or len(steps) <= BESIDE
    room = (WIDTH - HEAD) / (len(panels) if beside else 1) - 14
    column = max(NARROWEST, min(WIDEST, int(room / len(steps))))
    if column < UPRIGHT:
        column = max(NARROWEST, int((room - OVER) / len(steps)))
    wide = column * len(steps) + (OVER if column < UPRIGHT else 0)
    rows = [_heads(panels, steps, column, beside)]
    first = panels[0]["loops"]
    for at, former in enumerate(first):
        drawn = [_loop(panel["loops"][at], steps, column, former) for panel in panels]
        rows.append(_row(_name(former), drawn, panels, beside))
    if any(panel["own"] for panel in panels):
        name = '<th scope="row" class="loop-name">No loop drawn<small>the steps\' own commitments</small></th>'
        rows.append(_row(name, [_own(panel["own"], steps, column) for panel in panels], panels, beside))
    columns = f'<col width="{HEAD}">' + f'<col width="{wide + 14}">' * (len(panels) if beside else 1)
    table = (
        f'<table class="loops" width="{HEAD + (wide + 14) * (len(panels) if beside else 1)}">'
        f'<caption class="unseen">{text(finding.sentence)} One row a loop, its acts over the steps from left to right.</caption>'
        f"<colgroup>{columns}</colgroup><thead>{rows[0]}</thead><tbody>{''.join(rows[1:])}</tbody></table>"
    )
    box = scrolling(table, "Coordination map, scrolls sideways")
    return f"{titled(finding.sentence)}{_key(len(panels) > 1)}{box}{_planned(picture)}"


def coordination_words(finding: Finding) -> str:
    """The map in words: its sentence, then each loop with its state and where trouble is predicted."""
    panels = finding.picture["panels"]
    names = {one["id"]: one["name"] for one in finding.picture["steps"]}
    told = []
    for panel in panels:
        loops = [f"{loop['name']}: {_spoken(loop, names)}" for loop in panel["loops"]]
        loops += [f"{names[one['step']]} alone: {one['why']}" for one in panel["own"]]
        head = f"{_called(panel)}: " if len(panels) > 1 else ""
        told.append(head + "; ".join(loops))
    return f"{finding.sentence} {'. '.join(one for one in told if one)}."


# -- rows -------------------------------------------------------------------------------------------------------------


def _called(panel: Mapping[str, Any]) -> str:
    return f"{panel['title']} {panel['note']}".strip()


def _row(name: str, drawn: Sequence[str], panels: Sequence[Mapping[str, Any]], beside: bool) -> str:
    """A loop in every panel: beside each other, or under each other, once where nothing is otherwise."""
    if beside:
        cells = [f'<td class="lane-box">{one}</td>' for one in drawn]
        return f"<tr>{name}{''.join(cells)}</tr>"
    same = len(set(drawn)) == 1
    titles = ["As it is, and after: the same"] if same else [str(panel["title"]) for panel in panels]
    cells = [
        f'<td class="lane-box"><p class="panel-name">{text(title)}</p>{one}</td>'
        for title, one in zip(titles, drawn, strict=False)
    ]
    head = name.replace("<th ", f'<th rowspan="{len(cells)}" ', 1)
    under = [f'<tr class="under">{one}</tr>' for one in cells[1:]]
    return f"<tr>{head}{cells[0]}</tr>{''.join(under)}"


def _heads(panels: Sequence[Mapping[str, Any]], steps: Sequence[Mapping[str, Any]], column: int, beside: bool) -> str:
    shown = panels if beside else panels[:1]
    names = []
    if len(panels) > 1 and beside:
        heads = "".join(
            f'<th scope="colgroup" class="panel">{text(panel["title"])} <small>{text(panel["note"])}</small></th>'
            for panel in panels
        )
        names.append(f'<tr><td class="corner"></td>{heads}</tr>')
    words = ", ".join(str(one["name"]) for one in steps)
    drawn, tall = _step_names(steps, column)
    wide = column * len(steps) + (OVER if column < UPRIGHT else 0)
    cell = f'<th scope="col" class="steps-head">{image(drawn, wide, tall, f"Steps: {words}")}</th>'
    names.append(f'<tr><td class="corner"></td>{cell * len(shown)}</tr>')
    return "".join(names)


def _step_names(steps: Sequence[Mapping[str, Any]], column: int) -> tuple[list[str], float]:
    """The steps' names over their columns, upright where there is room, slanted where not; and the height they take."""
    drawn = []
    if column >= UPRIGHT:
        lines = [style.wrapped(one["name"], max(8, int((column - 4) / 5.9))).split("<br>") for one in steps]
        most = min(4, max(len(one) for one in lines))
        for at, parts in enumerate(lines):
            kept = parts[:most] if len(parts) <= most else [*parts[: most - 1], f"{parts[most - 1]}…"]
            for row, part in enumerate(kept):
                # the words are escaped already: style.wrapped does it for every drawing
                drawn.append(
                    f'<text x="{column * (at + 0.5):.1f}" y="{14 + 13 * (most - len(kept) + row)}" font-size="11" '
                    f'text-anchor="middle" fill="{style.INK}">{part}</text>'
                )
        return drawn, 13 * most + 8
    longest = min(26, max((len(str(one["name"])) for one in steps), default=0))
    tall = 12 + longest * 4.4
    for at, one in enumerate(steps):
        x = column * (at + 0.5) - 4
        turned = f' transform="rotate(-48 {x:.1f} {tall - 4:.1f})"'
        drawn.append(write(x, tall - 4, cut(str(one["name"]), 26), style.INK, 11, turned))
    return drawn, tall


def _name(loop: Mapping[str, Any]) -> str:
    return (
        f'<th scope="row" class="loop-name">{text(loop["name"])}'
        f"<small>{text(loop['customer'])} asks and accepts, {text(loop['performer'])} promises and performs</small></th>"
    )


def _loop(loop: Mapping[str, Any], steps: Sequence[Mapping[str, Any]], column: int, former: Mapping[str, Any]) -> str:
    """One loop in one panel: its acts joined in order, what is missing, the flags, and its state in words."""
    at = {str(one["id"]): number for number, one in enumerate(steps)}
    names = {str(one["id"]): str(one["name"]) for one in steps}
    wide = column * len(steps)
    drawn = []
    for point in loop["reactive"]:
        left = column * at[point["step"]]
        drawn.append(
            f'<rect x="{left}" y="0" width="{column}" height="{TALL}" fill="{style.ORANGE}" fill-opacity=".09"/>'
        )
    drawn += [line(0, y, wide, y, style.LINE) for y in (ABOVE, BELOW)]
    before = {(one["act"], one["step"], one["how"]) for one in former["acts"]}
    marks = [(one, column * (at[one["step"]] + 0.5 + ACTS[one["act"]][0]), ACTS[one["act"]][1]) for one in loop["acts"]]
    done = [(one, x, y) for one, x, y in marks if one["how"] != "left out"]
    for (_, x, y), (late, to_x, to_y) in zip(done, done[1:], strict=False):
        back = late["how"] == "out of order"
        drawn.append(
            line(x, y, to_x, to_y, style.ORANGE if back else style.GREY, 1.6, ' stroke-dasharray="4 3"' if back else "")
        )
    for one, x, y in marks:
        fresh = loop is not former and (one["act"], one["step"], one["how"]) not in before
        drawn += _dot(one["how"], x, y, CHANGED if fresh else style.INK)
    for point in loop["reactive"]:
        drawn.append(_flag(column * at[point["step"]] + 5, 16))
    picture = image(drawn, wide, TALL, f"{loop['name']}: {_spoken(loop, names)}")
    mark = "closed" if loop["closed"] else "open"
    felt = "".join(
        f'<span class="felt">{text(names[one["step"]])}: {text(one["why"])}</span>' for one in loop["reactive"]
    )
    return f'{picture}<p class="state"><span class="tag {mark}">{text(loop["state"])}</span> {felt}</p>'


def _dot(how: str, x: float, y: float, colour: str) -> list[str]:
    """An act that happens, is broken, stands too early, or is missing."""
    spot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r='
    if how == "left out":
        return [f'{spot}"5" fill="#fdf1ea" stroke="{style.ORANGE}" stroke-width="2"/>']
    if how == "broken":
        cross = ' stroke-linecap="round"'
        return [
            f'{spot}"6.500" fill="#fff" stroke="{style.ORANGE}" stroke-width="1.500"/>',
            line(x - 3.4, y - 3.4, x + 3.4, y + 3.4, style.ORANGE, 2, cross),
            line(x - 3.4, y + 3.4, x + 3.4, y - 3.4, style.ORANGE, 2, cross),
        ]
    ring = f' stroke="{style.ORANGE}" stroke-width="2"' if how == "out of order" else ""
    return [f'{spot}"5.500" fill="{colour}"{ring}/>']


def _own(points: Sequence[Mapping[str, Any]], steps: Sequence[Mapping[str, Any]], column: int) -> str:
    """The reactive points of steps in no loop: flagged at their steps, and told."""
    if not points:
        return '<p class="state">none</p>'
    at = {one["id"]: number for number, one in enumerate(steps)}
    names = {one["id"]: one["name"] for one in steps}
    drawn = []
    for one in points:
        left = column * at[one["step"]]
        drawn.append(
            f'<rect x="{left}" y="0" width="{column}" height="{OWN}" fill="{style.ORANGE}" fill-opacity=".09"/>'
        )
        drawn.append(_flag(left + 5, OWN - 4))
    told = "".join(f'<span class="felt">{text(names[one["step"]])}: {text(one["why"])}</span>' for one in points)
    words = "trouble predicted at " + ", ".join(str(names[one["step"]]) for one in points)
    return f'{image(drawn, column * len(steps), OWN, words)}<p class="state">{told}</p>'


def _flag(x: float, y: float) -> str:
    shade = f'fill="{style.ORANGE}" stroke="{style.ORANGE}"'
    return f'<path d="{FLAG}" transform="translate({x:g} {y:g})" {shade} stroke-width="1.400"/>'


def _spoken(loop: Mapping[str, Any], names: Mapping[str, str]) -> str:
    acts = [
        f"{one['act']} {'left out' if one['how'] == 'left out' else 'at ' + names[one['step']]}"
        + (f" ({one['how']})" if one["how"] in ("broken", "out of order") else "")
        for one in loop["acts"]
    ]
    felt = [f"trouble predicted at {names[one['step']]}: {one['why']}" for one in loop["reactive"]]
    return ", ".join([str(loop["state"]), *acts, *felt])


def _key(changed: bool) -> str:
    def sample(how: str, colour: str = style.INK) -> str:
        return image(_dot(how, 8, 8, colour), 16, 16, "")

    flag = image([_flag(4, 15)], 16, 16, "")
    parts = [
        f"<span>{sample('made')} an act that happens: above the customer's, request and accept; "
        "below the provider's, promise and perform</span>",
        f"<span>{sample('broken')} broken</span>",
        f"<span>{sample('left out')} left out</span>",
        f"<span>{flag} reactive point predicted</span>",
    ]
    parts += [f"<span>{sample('made', CHANGED)} put in by an intervention</span>"] if changed else []
    return f'<p class="key-line">{"".join(parts)}</p>'


def _planned(picture: Mapping[str, Any]) -> str:
    told = "".join(
        f"<li><b>{text(one['name'])}</b> ({text(one['loop'])}): {text(one['what'])}"
        f"{'. ' + text(one['words']) if one['words'] else ''}{' · ' + text(one['owner']) if one['owner'] else ''}</li>"
        for one in picture["interventions"]
    )
    return f'<ul class="planned">{told}</ul>' if told else ""
