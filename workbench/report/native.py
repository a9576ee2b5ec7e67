"""A finding as a native chart that can be edited in the deck: its estimates as bars or lines, its intervals as error bars, both
from the workbook inside the chart.

Knows python-pptx's charts and what a finding shows (`figures.data`), so that hidden groups are in neither chart nor workbook.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.util import Inches, Pt

from workbench.figures import style
from workbench.figures.data import Row, shown
from workbench.report.deck import FACE, Box, colour, describe, plain

if TYPE_CHECKING:
    from workbench.finding import Finding

BARS = {"intervals", "bars", "quadrant", "funnel", "dumbbell"}
LINES = {"lines", "compare"}
MOST_LINES = 6  # in a chart
MOST_BARS = 14
NS = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


@dataclass(frozen=True)
class Series:
    """A line, or the bars of one colour: figures in the order of the categories."""

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    assumed: bool = False


@dataclass(frozen=True)
class Chart:
    """What a chart draws, as it is shown."""

    kind: str  # "bars" or "lines"
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    form: str  # of its numbers
    left_out: int = 0  # groups that had no room


def chart_of(finding: Finding) -> Chart | None:
    """The chart that a finding makes, or None where its picture is no bars or lines, or has nothing to draw."""
    kind = str(finding.picture.get("kind", ""))
    if kind not in BARS | LINES:
        return None
    rows = shown(finding)
    figures = [one for row in rows for one in (row.value, row.low, row.high) if one is not None]
    if not figures:
        return None
    form = "0" + ("." + "0" * style.digits_for(figures) if style.digits_for(figures) else "")
    unit = plain(finding.picture.get("unit", ""))
    if kind == "lines" and len(finding.by) == 2:
        return _many(finding, rows, unit, form)
    if len(finding.by) > 1 and kind != "quadrant" and len(rows) > MOST_BARS:
        return None
    kept = rows if kind in LINES else rows[:MOST_BARS]
    labels = tuple(_label(finding, row) for row in kept)
    measured = Series(
        "measured" if kind == "compare" else plain(finding.title or finding.name),
        tuple(row.value for row in kept),
        tuple(row.low for row in kept),
        tuple(row.high for row in kept),
    )
    series = [measured]
    if kind == "compare":
        column = str(finding.picture.get("assumed", "assumed"))
        series.insert(0, Series("assumed", tuple(row.number(column) for row in kept), assumed=True))
    return Chart("lines" if kind in LINES else "bars", labels, tuple(series), unit, form, len(rows) - len(kept))


def _many(finding: Finding, rows: Sequence[Row], unit: str, form: str) -> Chart | None:
    """Several lines: along time where one of the two is a wave or a month, else along the first."""
    along = next((place for place, one in enumerate(finding.by) if one in ("wave", "month", "quarter", "period")), 0)
    names = tuple(dict.fromkeys(row.labels[1 - along] for row in rows))
    if len(names) > MOST_LINES:
        return None
    at = tuple(sorted(dict.fromkeys(row.labels[along] for row in rows))) if finding.by[along] != "step" else ()
    at = at or tuple(dict.fromkeys(row.labels[along] for row in rows))
    there = {(row.labels[1 - along], row.labels[along]): row for row in rows}
    series = []
    for name in names:
        line = [there.get((name, one)) for one in at]
        values, low, high = ([getattr(one, role) if one else None for one in line] for role in ("value", "low", "high"))
        series.append(Series(plain(name), tuple(values), tuple(low), tuple(high)))
    return Chart("lines", tuple(map(plain, at)), tuple(series), unit, form)


def _label(finding: Finding, row: Row) -> str:
    words = plain(", ".join(row.labels) or finding.title or finding.name)
    return f"{words} (hidden)" if row.hidden else words


def add(slide: Any, chart: Chart, box: Box, told: str) -> None:
    """Put a chart on a slide, with its text alternative."""
    data = CategoryChartData(number_format=chart.form)
    data.categories = list(chart.categories)
    for one in chart.series:
        data.add_series(one.name, one.values)
    kind = XL_CHART_TYPE.BAR_CLUSTERED if chart.kind == "bars" else XL_CHART_TYPE.LINE_MARKERS
    frame = slide.shapes.add_chart(kind, Inches(box.left), Inches(box.top), Inches(box.width), Inches(box.height), data)
    frame.name = "Chart"
    describe(frame, told)
    made = frame.chart
    made.part.chart_workbook.update_from_xlsx_blob(_workbook(chart))
    made.font.size, made.font.name = Pt(11), FACE
    made.font.color.rgb = colour(style.INK)
    made.has_title = False
    made.has_legend = len(chart.series) > 1
    if made.has_legend:
        made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _axes(made, chart)
    palette = iter(style.PALETTE * len(chart.series))
    for place, (series, one) in enumerate(zip(made.plots[0].series, chart.series, strict=True)):
        ink = style.GREY if one.assumed else next(palette)
        if chart.kind == "bars":
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = colour(ink)
            series.invert_if_negative = False
        else:
            series.smooth = False
            series.format.line.width = Pt(2.25)
            series.format.line.color.rgb = colour(ink)
            if one.assumed:
                series.format.line.dash_style = MSO_LINE.DASH
            series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 7
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = colour("#ffffff" if one.assumed else ink)
            series.marker.format.line.color.rgb = colour(ink)
        if any(value is not None for value in one.low):
            _error_bars(series._element, chart, place, style.INK if chart.kind == "bars" else ink)
    if chart.kind == "bars":
        made.plots[0].gap_width = 60


def _axes(made: Any, chart: Chart) -> None:
    across, up = made.category_axis, made.value_axis
    across.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    across.format.line.color.rgb = colour(style.PALE)
    across.has_major_gridlines = False
    up.major_gridlines.format.line.color.rgb = colour(style.LINE)
    up.format.line.fill.background()
    up.tick_labels.number_format, up.tick_labels.number_format_is_linked = chart.form, False
    if chart.kind == "bars":  # the first group on top, the numbers below
        across.reverse_order = True
        up.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    if chart.unit:
        up.has_title = True
        up.axis_title.text_frame.text = chart.unit
        font = up.axis_title.text_frame.paragraphs[0].runs[0].font
        font.size, font.bold = Pt(10), False
        font.color.rgb = colour(style.DIM)


def _error_bars(element: Any, chart: Chart, place: int, ink: str) -> None:
    """Error bars from the workbook's columns beside the series: how far below and above each estimate its interval reaches."""
    sides = []
    for side, column in zip(("plus", "minus"), _reach_columns(chart, place), strict=True):
        values = _reach(chart.series[place], side)
        points = "".join(
            f'<c:pt idx="{number}"><c:v>{value!r}</c:v></c:pt>'
            for number, value in enumerate(values)
            if value is not None
        )
        where = f"Sheet1!${column}$2:${column}${len(values) + 1}"
        cache = f'<c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}'
        numbers = f"<c:numRef><c:f>{where}</c:f><c:numCache>{cache}</c:numCache></c:numRef>"
        sides.append(f"<c:{side}>{numbers}</c:{side}>")
    direction = "" if chart.kind == "bars" else '<c:errDir val="y"/>'
    line = f'<a:ln w="15875"><a:solidFill><a:srgbClr val="{ink.lstrip("#").upper()}"/></a:solidFill></a:ln>'
    bars = parse_xml(
        f'<c:errBars {NS}>{direction}<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"{''.join(sides)}<c:spPr>{line}</c:spPr></c:errBars>"
    )
    element.find("{http://schemas.openxmlformats.org/drawingml/2006/chart}cat").addprevious(bars)


def _reach(series: Series, side: str) -> list[float | None]:
    ends = series.high if side == "plus" else series.low
    return [
        None if value is None or end is None else max(0.0, (end - value) if side == "plus" else (value - end))
        for value, end in zip(series.values, ends, strict=True)
    ]


def _reach_columns(chart: Chart, place: int) -> tuple[str, str]:
    from openpyxl.utils import get_column_letter

    first = 2 + len(chart.series) + 2 * place
    return get_column_letter(first), get_column_letter(first + 1)


def _workbook(chart: Chart) -> bytes:
    """The chart's numbers: a row a category, a column a series, then how far above and below each its interval reaches."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    heads: list[Any] = [None, *(one.name for one in chart.series)]
    columns: list[Sequence[Any]] = [chart.categories, *(one.values for one in chart.series)]
    for one in chart.series:
        heads += [f"{one.name}: above", f"{one.name}: below"]
        columns += [_reach(one, side) if one.low else [None] * len(one.values) for side in ("plus", "minus")]
    for place, (head, column) in enumerate(zip(heads, columns, strict=True), start=1):
        for number, value in enumerate([head, *column], start=1):
            if value is not None:
                cell = sheet.cell(number, place, value)
                if isinstance(value, str):
                    cell.data_type = "s"  # a text, whatever it begins with
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
