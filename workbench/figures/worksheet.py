"""The worksheet as one printable page: A4 or Letter, landscape. Takes plain values; escapes every word.

The writing is as large as lets everything stand on one page; where even the smallest is too large, cells are cut, and said so.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.figures.boards import SPOTS, cut, text, titled

if TYPE_CHECKING:
    from workbench.finding import Finding

HEADS = (
    ("Journey step", "the main ones only"),
    ("Actions that matter", "what the customer does"),
    ("Experience wanted", "what it should be like"),
    ("What delivers a great one", "and how we know"),
    ("Priority activity", "check · verify · change"),
)
WIDTHS = (13, 20, 20, 27, 20)  # per cent of the page
PAGE, ROOM = 980.0, 575.0  # pixels of a printed page across, and down for the rows: the narrower of A4 and Letter
SIZES = (11.0, 10.0, 9.0, 8.0)  # pixels of the writing
LENGTHS = (400, 300, 220, 170, 130, 110, 95, 80, 65, 50)  # letters of a cell that is cut
GUIDE = "check: is it so? · verify: does the customer feel it? · change: what will be done otherwise"
LETTER, LOOSE = 0.57, 1.08  # a letter's width in its size, and what is lost where lines break
NAME, HEAD, SPOTTED = 64, 110, 6  # letters of a step's name and of the sheet's; hot spots told by name


def worksheet_html(finding: Finding) -> str:
    """The worksheet as an HTML fragment: its head, hot spots, the table of steps, priority activities in it."""
    picture = finding.picture
    rows, blank = list(picture["rows"]), bool(picture["blank"])
    size, length = _fitting(rows)
    heads = "".join(f'<th scope="col">{name}<small>{note}</small></th>' for name, note in HEADS)
    columns = "".join(f'<col width="{width}%">' for width in WIDTHS)
    empty = f"<tr>{'<td></td>' * len(HEADS)}</tr>" * int(picture["lines"])
    body = empty if blank else "".join(_row(one, length) for one in rows)
    left = "long cells are cut: their whole words stand on the map" if _is_cut(rows, length) else GUIDE
    about = cut(str(picture.get("whom") or ""), HEAD * 2)
    written = (
        '<span class="blank-line">For whom</span><span class="blank-line">Who, when</span>' if blank else text(about)
    )
    return (
        f"{titled(cut(str(picture['title']), HEAD))}"
        f'<p class="board-note">{written}</p>'
        '<div class="sheet-spots"><b>Hot spots</b> <small>three or four moments that make or break it</small>'
        f'{_spots(picture)}</div><table class="sheet size-{size:g}{" blank" if blank else ""}">'
        f'<caption class="unseen">{text(finding.sentence)}</caption>'
        f"<colgroup>{columns}</colgroup><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        f'<p class="sheet-foot">{left}</p>'
    )


def worksheet_words(finding: Finding) -> str:
    """The worksheet in words, step by step."""
    told = []
    for one in finding.picture["rows"]:
        cells = [f"{key}: {value}" for key, value in one.items() if value and key not in ("step", "kind of activity")]
        told.append(f"{one['step']}: {'; '.join(cells)}")
    return f"{finding.sentence} {'. '.join(told)}{'.' if told else ''}".strip()


# -- inside -----------------------------------------------------------------------------------------------------------


def _cells(one: Mapping[str, Any], length: int) -> list[list[tuple[str, float]]]:
    """The paragraphs of each column, as they are written, each with how large it is beside the others."""
    knows = f"How we know: {cut(one['how we know'], length)}" if one["how we know"] else ""
    return [
        [(cut(one["step"], NAME), 1.1), (SPOTS.get(one["hot spot"], ""), 0.95)],
        [(cut(one["actions that matter"], length), 1)],
        [(cut(one["experience wanted"], length), 1)],
        [(cut(one["what delivers it"], length), 1), (knows, 1)],
        [(cut(one["priority activity"], length), 1), (cut(one["owner"], NAME), 0.9)],
    ]


def _fitting(rows: Sequence[Mapping[str, Any]]) -> tuple[float, int]:
    """The largest writing, and the longest cells, with which all rows stand on one page."""
    for size, length in [*((size, 10**6) for size in SIZES), *((SIZES[-1], length) for length in LENGTHS)]:
        if sum(_tall(one, size, length) for one in rows) <= ROOM:
            return size, length
    return SIZES[-1], LENGTHS[-1]


def _tall(one: Mapping[str, Any], size: float, length: int) -> float:
    """Pixels that a row takes, rather too many than too few."""
    lines = 1.0
    for paragraphs, width in zip(_cells(one, length), WIDTHS, strict=True):
        across = (PAGE * width / 100 - 12) / (size * LETTER)
        lines = max(lines, sum(math.ceil(_letters(words) * large * LOOSE / across) for words, large in paragraphs))
    return lines * size * 1.26 + 10


def _letters(words: str) -> int:
    """How many letters wide: those of East Asian scripts count double."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in words[:4000])


def _is_cut(rows: Sequence[Mapping[str, Any]], length: int) -> bool:
    return any(len(str(value)) > length for one in rows for value in one.values())


def _row(one: Mapping[str, Any], length: int) -> str:
    spot = one["hot spot"] if one["hot spot"] in SPOTS else ""
    mark = f'<span class="moment">{SPOTS[spot]}</span>' if spot else ""
    knows = f'<p class="knows">How we know: {text(cut(one["how we know"], length))}</p>' if one["how we know"] else ""
    owner = f"<small>{text(cut(one['owner'], NAME))}</small>" if one["owner"] else ""
    return (
        f'<tr class="{spot}"><th scope="row">{text(cut(one["step"], NAME))}{mark}</th>'
        f"<td>{text(cut(one['actions that matter'], length))}</td><td>{text(cut(one['experience wanted'], length))}</td>"
        f"<td>{text(cut(one['what delivers it'], length))}{knows}</td>"
        f"<td>{text(cut(one['priority activity'], length))}{owner}</td></tr>"
    )


def _spots(picture: Mapping[str, Any]) -> str:
    if picture["blank"]:
        return '<span class="blank-line"></span>' * int(picture["spots"])
    named = [cut(str(one["step"]), NAME // 2) for one in picture["rows"] if one["hot spot"]]
    more = f" and {len(named) - SPOTTED} more" if len(named) > SPOTTED else ""
    return text(": " + " · ".join(named[:SPOTTED]) + more) if named else ": none marked yet"
