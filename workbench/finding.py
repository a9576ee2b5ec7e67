"""A result: a table, one sentence, the base, the interval's method and the road there.

Knows privacy's rule for small groups and nothing of journeys. Plotly wakes only when a picture is wanted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from workbench import banner, privacy
from workbench.faults import DataFault, Fault
from workbench.privacy.cells import Whom

if TYPE_CHECKING:
    import pandas as pd

MIME = "application/vnd.workbench.finding+json"  # a finding in a notebook that is run for a report

STYLE = (
    "<style>.finding .sentence{font-size:1.1em;font-weight:600}.finding .note{color:#68707d}"
    ".finding th,.finding td{text-align:left!important}.finding td.number{text-align:right!important}"
    f".finding td.words{{min-width:16em}}{banner.STYLE}</style>"
)

# What the columns of a table of results mean, wherever they are shown.
HEADS = {
    "value": "estimate",
    "low": "from",
    "high": "to",
    "n": "base",
    "n_effective": "effective base",
    "se": "standard error",
}
LONG = 40  # letters from which a cell holds words, and asks for room
UNSHOWN = {"se", "df", "method", "id", "left out"}  # in .table for programs, not printed


@dataclass(frozen=True, eq=False)
class Finding:
    """A result that can be shown.

    name      a short id: "nps", "complaint_rate" …
    table     one row a group; the columns named in `by` say which, `n` is the unweighted base (people or answers)
    sentence  what the table says, in words, with its base
    by        the columns of the table that name the groups
    base      what was counted, in words ("1,907 answers of 1,412 people")
    method    how: measure, interval, weights, what was dropped
    cautions  what a reader must mind before believing it, each a sentence; told only where it bites
    trail     the road from the files to here
    picture   how to draw it: kind ("intervals", "bars", "map" …) and what a drawing needs
    labels    words shown for the values of a column (step ids and their names)
    whom      of whom the bases are, for the gates: what is counted, and the conditions kept (privacy.cells)
    quiet     columns of the table that are for programs, not printed
    layout    how the table is read where it is not row by row: {"kind": "banner", …}, see `workbench.banner`
    private   of one person: shown to the researcher alone, refused by pages, reports and workbooks
    minimum   groups with a base under this are hidden, with complements, wherever the finding is shown
    """

    name: str
    table: pd.DataFrame
    sentence: str
    by: tuple[str, ...] = ()
    base: str = ""
    method: str = ""
    cautions: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()
    picture: Mapping[str, Any] = field(default_factory=dict)
    minimum: int = privacy.MINIMUM_BASE
    title: str = ""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    quiet: tuple[str, ...] = ()
    layout: Mapping[str, Any] = field(default_factory=dict)
    private: bool = False
    whom: Whom = Whom()

    def let_out(self) -> Finding:
        """This finding, on its way out of the researcher's own screen. Raises DataFault where it is of one person, or was asked
        for below the minimum base and shows a group under it."""
        if self.private:
            raise DataFault(
                Fault(
                    file=self.name,
                    found="what is known of one person",
                    expected="findings of groups",
                    mend="look at it in the notebook; a page, report or workbook shows groups",
                )
            )
        least = self.whom.least
        if self.minimum < least and len(self.table):
            small = privacy.hide_small(self.table, self.by, least).get(privacy.HIDDEN)
            shown = privacy.hide_small(self.table, self.by, self.minimum).get(privacy.HIDDEN)
            if small is not None and bool((small & (~shown if shown is not None else True)).any()):
                mend = f"ask for it without minimum_base={self.minimum}; that is for the notebook alone"
                raise DataFault(Fault(self.name, None, "", f"groups under {least}", f"bases of {least} and more", mend))
        return self

    def to_frame(self) -> pd.DataFrame:
        """The table with groups too small hidden (their figures blank) and steps by their names, yours to change."""
        shown = privacy.hide_small(self.table, self.by, self.minimum)
        for column, names in self.labels.items():
            if column in shown.columns and names:
                shown[column] = [names.get(value, value if value == value else None) for value in shown[column]]
        if "step" in self.by and len(shown):
            shown["step"] = [value if isinstance(value, str) else "whole journey" for value in shown["step"]]
        return shown

    def summary(self) -> str:
        """The sentence, the base, the method and the trail, as text."""
        lines = [self.sentence]
        lines += [f"Base: {self.base}"] if self.base else []
        lines += [f"Method: {self.method}"] if self.method else []
        lines += [f"Mind: {' '.join(self.cautions)}"] if self.cautions else []
        lines += [f"Trail: {' > '.join(self.trail)}"] if self.trail else []
        return "\n".join(lines)

    def plot(self):
        """The picture of this finding (a plotly figure), drawn from what may be shown."""
        from workbench import figures

        return figures.draw(self)

    def to_dict(self) -> dict[str, Any]:
        """What a program can read: the shown table as records, the sentence, base, method and trail."""
        import json

        table = json.loads(self.to_frame().to_json(orient="records", date_format="iso", double_precision=10))
        return {
            "name": self.name,
            "sentence": self.sentence,
            "base": self.base,
            "method": self.method,
            "cautions": list(self.cautions),
            "trail": list(self.trail),
            "table": table,
        }

    def __repr__(self) -> str:
        return self.summary()

    def _ipython_display_(self) -> None:
        """In a notebook: the sentence, the table, the picture. A report gets the same things to lay out by itself."""
        from IPython.display import display

        from workbench import figures

        words: dict[str, Any] = {"text/plain": self.summary(), "text/html": self._repr_html_()}
        if os.environ.get("WORKBENCH_REPORT") == "1":
            display(words | {MIME: figures.bundle(self.let_out())}, raw=True)
            return
        if self.picture.get("kind") in figures.LAID_OUT:
            words["text/html"] = f"<style>{figures.style_of_pages()}</style>{figures.laid_out(self)}"
        display(words, raw=True)
        if self.picture and self.picture.get("kind") not in figures.LAID_OUT:
            display(
                {"application/vnd.plotly.v1+json": figures.to_json(self.plot()), "text/plain": self.sentence}, raw=True
            )

    def _repr_html_(self) -> str:
        return (
            f'<section class="finding">{STYLE}<p class="sentence">{escape(self.sentence)}</p>{table_html(self)}'
            f"{note_html(self)}</section>"
        )


def note_html(finding: Finding) -> str:
    """Base, method and trail of a finding, as a small HTML paragraph."""
    parts = [
        f"{word}: {text}"
        for word, text in (
            ("Base", finding.base),
            ("Method", finding.method),
            ("Mind", " ".join(finding.cautions)),
            ("Trail", " > ".join(finding.trail)),
        )
        if text
    ]
    return f'<p class="note">{"<br>".join(escape(part) for part in parts)}</p>' if parts else ""


def table_html(finding: Finding) -> str:
    """The shown table as plain HTML, every word escaped, hidden groups said so."""
    frame = finding.to_frame()
    if finding.layout.get("kind") == "banner":
        return banner.banner_html(frame, finding.layout, finding.minimum)
    unshown = {*UNSHOWN, *finding.quiet, privacy.HIDDEN}
    shown = [column for column in frame.columns if column not in unshown]
    heads = "".join(f"<th>{escape(str(HEADS.get(column, column)).replace('_', ' '))}</th>" for column in shown)
    rows = []
    hidden = frame[privacy.HIDDEN] if privacy.HIDDEN in frame.columns else [False] * len(frame)
    for is_hidden, values in zip(hidden, frame[shown].itertuples(index=False), strict=True):
        cells = []
        for column, value in zip(shown, values, strict=True):
            if is_hidden and column not in finding.by:
                cells.append('<td class="hidden">hidden</td>')
            else:
                number = isinstance(value, int | float) and not isinstance(value, bool)
                kind = " class=number" if number else " class=words" if len(str(value)) > LONG else ""
                shown_as = "under 0.001" if str(column).startswith("p ") and number and value < 0.001 else cell(value)
                cells.append(f"<td{kind}>{escape(shown_as)}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = f"<caption>{hidden_note(finding.minimum)}</caption>"
    return (
        f"<table>{caption if any(hidden) else ''}<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def hidden_note(minimum: int) -> str:
    """What a table says of the rows that it hides."""
    return f"Groups with a base under {minimum}, or that all answered alike, and their complements, are hidden."


def cell(value: object) -> str:
    """A table's cell in words: numbers to a readable length, nothing as a dash."""
    if value is None or value != value:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if abs(value) == float("inf"):
            return "∞" if value > 0 else "−∞"
        if value == int(value) and abs(value) < 1e15:
            return f"{int(value):,}"
        return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def show(findings: Iterable[Finding]) -> None:
    """Display findings one after another; where there are none, say so."""
    from IPython.display import display

    told = False
    for finding in findings:
        display(finding)
        told = True
    if not told:
        print("The study's data do not answer this yet.")
