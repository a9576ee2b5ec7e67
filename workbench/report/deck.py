"""A deck of slides, 16:9: titles that are sentences, native tables and texts that stay within their boxes, small print, notes.

Knows python-pptx and how much room letters take; nothing of findings.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from workbench.figures import style

FACE = "Arial"
WIDTH, HEIGHT = 13.333, 7.5  # inches
EDGE = 0.6
EM, BOLD = 0.57, 0.64  # of the size, what a letter takes across, on the wide side
LINE = 1.22  # of the size, what a line takes
ROWS = 14  # of a table on a slide
NO_GRID = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "No Style, No Grid"
BANNED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # letters that XML cannot hold
TITLE_ONLY = 5  # the layout of python-pptx's own template
SHORTEST = 8  # points below which nothing is set


@dataclass(frozen=True)
class Box:
    """A place on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float


TITLE = Box(EDGE, 0.35, WIDTH - 2 * EDGE, 1.15)
BODY = Box(EDGE, 1.65, WIDTH - 2 * EDGE, 4.7)
FOOT = Box(EDGE, 6.5, WIDTH - 2 * EDGE - 0.7, 0.75)


def plain(text: object) -> str:
    """A text without letters that a slide cannot hold, on one line."""
    return " ".join(BANNED.sub("", "" if text is None else str(text)).split())


def lines(text: str, width: float, size: float, em: float = EM) -> int:
    """The lines that a text takes at so many points in so many inches, words kept whole."""
    room = max(1, int(width * 72 / (size * em)))
    count, filled = 1, 0
    for word in text.split():
        long = len(word)
        if filled and filled + 1 + long > room:
            count, filled = count + 1, 0
        if long > room:
            count += math.ceil(long / room) - 1
            long = long % room or room
        filled += long + (1 if filled else 0)
    return count


def fitted(text: str, box: Box, sizes: Sequence[int], em: float = EM) -> tuple[str, int]:
    """The text and the largest of the sizes at which it fits; at the smallest, cut at a word with … where it must be."""
    for size in sizes:
        if lines(text, box.width, size, em) * size * LINE <= box.height * 72:
            return text, size
    size, words = sizes[-1], text.split()
    while len(words) > 1 and lines(" ".join(words) + " …", box.width, size, em) * size * LINE > box.height * 72:
        words.pop()
    cut = " ".join(words)
    room = int(box.width * 72 / (size * em)) * max(1, int(box.height * 72 / (size * LINE)))
    return f"{cut[: room - 2]} …", size


class Deck:
    """Slides one after another."""

    def __init__(self, title: str) -> None:
        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
        core = self.deck.core_properties
        core.title, core.author, core.last_modified_by, core.keywords = plain(title), "", "", ""
        core.revision = 1

    def slide(self, title: str, foot: str = "", notes: str = "", large: bool = False) -> Any:
        """A new slide with its sentence as the title, small print at the foot and the speaker's notes."""
        made = self.deck.slides.add_slide(self.deck.slide_layouts[TITLE_ONLY])
        box = Box(EDGE, 2.0, WIDTH - 2 * EDGE, 1.7) if large else TITLE
        sizes = (40, 36, 32, 28, 24) if large else (26, 24, 22, 20, 18, 16)
        text, size = fitted(plain(title), box, sizes, BOLD)
        head = made.shapes.title
        _place(head, box)
        _write(head.text_frame, [text], size, bold=True, anchor=MSO_ANCHOR.BOTTOM if large else MSO_ANCHOR.TOP)
        told = [notes] if notes else []
        if text != plain(title):
            told.insert(0, plain(title))
        if foot:
            self.text(made, foot, FOOT, (10, 9, SHORTEST), dim=True, name="Base, method and source")
        number = made.shapes.add_textbox(*_emu(Box(WIDTH - EDGE - 0.6, 6.95, 0.6, 0.3)))
        number.name = "Slide number"
        _write(number.text_frame, [str(len(self.deck.slides))], 10, colour=style.DIM, align=PP_ALIGN.RIGHT)
        if told:
            made.notes_slide.notes_text_frame.text = BANNED.sub("", "\n\n".join(told))
        return made

    def text(
        self,
        slide: Any,
        text: str,
        box: Box,
        sizes: Sequence[int],
        dim: bool = False,
        bold: bool = False,
        name: str = "",
    ) -> None:
        """A text that shrinks, and then is cut, to stay in its box."""
        cut, size = fitted(plain(text), box, sizes, BOLD if bold else EM)
        shape = slide.shapes.add_textbox(*_emu(box))
        if name:
            shape.name = name
        _write(shape.text_frame, [cut], size, bold=bold, colour=style.DIM if dim else style.INK)

    def table(
        self,
        slide: Any,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        box: Box,
        shares: Sequence[float],
        told: str = "",
        size: int = 12,
        left: int = 1,
    ) -> int:
        """A native table in its box: as many rows as have room (at most ROWS), how many came is returned, the rest is told.

        shares  how much of the width each column takes; the first `left` columns stand to the left, numbers to the right
        told    its text alternative
        """
        texts = [[plain(one) for one in row] for row in rows]
        widths = _widths([list(map(plain, heads)), *texts[:ROWS]], shares, box.width, size)
        size, heights = _sized([list(map(plain, heads)), *texts[:ROWS]], widths, box.height - 0.3, size)
        shown = texts[: len(heights) - 1]
        frame = slide.shapes.add_table(
            len(shown) + 1, len(heads), *_emu(Box(box.left, box.top, box.width, sum(heights)))
        )
        frame.name = "Table"
        describe(frame, told)
        table = frame.table
        table.first_row, table.horz_banding = True, False
        frame._element.graphic.graphicData.tbl.tblPr.find(
            "{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId"
        ).text = NO_GRID
        for column, width in enumerate(widths):
            table.columns[column].width = Inches(width)
        for number, (row, height) in enumerate(zip([list(map(plain, heads)), *shown], heights, strict=True)):
            table.rows[number].height = Inches(height)
            for column, text in enumerate(row):
                cell = table.cell(number, column)
                cell.margin_left = cell.margin_right = Inches(0.06)
                cell.margin_top = cell.margin_bottom = Inches(0.03)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                cell.fill.background()
                if number == 0 or number % 2 == 0:
                    cell.fill.solid()
                    cell.fill.fore_color.rgb = colour("#e3e6ea" if number == 0 else "#f6f7f9")
                align = PP_ALIGN.LEFT if column < left else PP_ALIGN.RIGHT
                ink = style.INK if number else style.DIM
                _write(cell.text_frame, [text], size, bold=number == 0, colour=ink, align=align, cell=True)
        if len(shown) < len(rows):
            more = Box(box.left, box.top + sum(heights) + 0.05, box.width, 0.25)
            self.text(slide, f"and {len(rows) - len(shown)} more in the report", more, (10,), dim=True, name="The rest")
        return len(shown)

    def raw(self) -> bytes:
        """The file's bytes."""
        out = io.BytesIO()
        self.deck.save(out)
        return out.getvalue()


def describe(shape: Any, words: str) -> None:
    """Give a shape its text alternative."""
    shape._element.nvGraphicFramePr.cNvPr.set("descr", plain(words))


def colour(name: str) -> RGBColor:
    """A colour of the house as slides have it."""
    return RGBColor.from_string(name.lstrip("#").upper())


def _widths(rows: list[list[str]], shares: Sequence[float], width: float, size: int) -> list[float]:
    """The columns' widths: as their shares say, but none narrower than its longest word where there is room for all."""
    least = [
        max((len(word) for row in rows for word in row[place].split()), default=1) * size * 0.72 / 72 + 0.14
        for place in range(len(shares))
    ]
    least = [min(one, width * 0.3) for one in least]
    if sum(least) >= width:
        return [one * width / sum(least) for one in least]
    spare = width - sum(least)
    wanted = [max(0.0, width * share / sum(shares) - one) for share, one in zip(shares, least, strict=True)]
    return [one + spare * want / (sum(wanted) or 1.0) for one, want in zip(least, wanted, strict=True)]


def _sized(rows: list[list[str]], widths: list[float], room: float, size: int) -> tuple[int, list[float]]:
    """The size of the letters, 9 points or more, and the heights of the rows that then have room: all where they can."""
    for points in range(size, 8, -1):
        heights = [_tall(row, widths, points, BOLD if row is rows[0] else EM) for row in rows]
        if sum(heights) <= room:
            return points, heights
    kept: list[float] = []
    for height in heights:
        if kept and sum(kept) + height > room and len(kept) > 1:
            break
        kept.append(height)
    return 9, kept


def _tall(row: list[str], widths: list[float], size: int, em: float) -> float:
    most = max(lines(text, width - 0.14, size, em) for text, width in zip(row, widths, strict=True))
    return most * size * LINE / 72 + 0.08


def _emu(box: Box) -> tuple[Emu, Emu, Emu, Emu]:
    left, top, width, height = (Emu(Inches(one)) for one in (box.left, box.top, box.width, box.height))
    return left, top, width, height


def _place(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = _emu(box)


def _write(
    frame: Any,
    texts: Sequence[str],
    size: float,
    bold: bool = False,
    colour: str = style.INK,
    align: Any = PP_ALIGN.LEFT,
    anchor: Any = MSO_ANCHOR.TOP,
    cell: bool = False,
) -> None:
    frame.word_wrap = True
    if not cell:
        frame.auto_size = MSO_AUTO_SIZE.NONE
        frame.vertical_anchor = anchor
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for number, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = align
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, FACE
        run.font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
