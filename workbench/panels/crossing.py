"""The tables panel: a banner table put together by choosing what stands down, what stands across, and what is shown of it.

Knows the questions of a journey, the crosstab and the workbook; the study's files are left as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals as nw

import workbench
from workbench import places
from workbench.answers import answers_of
from workbench.books import write_workbook
from workbench.cases import asked
from workbench.cubes import Cube, cube
from workbench.engine import count
from workbench.faults import DataFault, Fault, describe
from workbench.finding import Finding
from workbench.panels import linking, live, look
from workbench.panels.asking import choose, groupings
from workbench.panels.desk import literal
from workbench.panels.panel import Panel
from workbench.steps.measure.banner_rows import SHOWN
from workbench.steps.measure.crosstabs import CORRECTIONS

PARTS = {"score": "scores (NPS, means)", "nets": "nets (top and bottom boxes)", "answers": "each answer"}
LEVELS = [("5 % (usual)", 0.05), ("1 %", 0.01), ("10 %", 0.1)]
PICTURED = 40  # columns and lines that a picture of one question can hold
FILE = "tables.xlsx"
NOTHING = "No question that people answered yet: drop a survey's export in the panel Data."
HIDDEN = (
    "Fewer people than the minimum base are in this group, or would be told by taking it from everybody: not shown."
)

MEND = "Take this group out of the columns, or keep everybody."


class Crossing(Panel):
    question = "Who answers what, side by side?"

    def build(self) -> list[Any]:
        self.shown, self.picture, self.said = live.Shown(), live.Shown(folded=True), look.html()
        self.ticks: dict[str, dict[str, Any]] = {}
        self.rows, self.columns = look.listing(), look.listing()
        self.fields = {
            "only": look.choice("Only"),
            "value": look.choice("which is"),
            "correction": look.choice(
                "Letters corrected for many comparisons", [(n, k) for k, n in CORRECTIONS.items()]
            ),
            "alpha": look.choice("A letter where chance is under", LEVELS),
            "file": look.line("Save as", FILE, value=FILE),
        }
        self.fields |= {f"show {one}": look.tick(words) for one, words in PARTS.items()}
        self.fields["weighted"] = look.tick("weighted, where the survey has weights")
        self.fields["sort"] = look.tick("options by how many chose them")
        for name in ("show score", "show nets", "weighted"):
            self.fields[name].value = True
        self.fields["correction"].value = "benjamini-hochberg"
        self.excel = look.button("Save as Excel", "Write the table with its letters, bases and method as a workbook")
        self.excel.on_click(lambda _: self.save())
        self.on_change("only", self._values)
        for name in ("value", "correction", "alpha", "sort", "weighted", *(f"show {one}" for one in PARTS)):
            self.on_change(name, self.count)
        ticks = [self.fields[f"show {one}"] for one in PARTS]
        return [
            look.row(
                look.column(look.head("Down: questions (none: those of the whole journey)"), self.rows),
                look.column(look.head("Across: groups of people"), self.columns),
            ),
            look.ticks(*ticks, self.fields["sort"], self.fields["weighted"]),
            look.row(*(self.fields[one] for one in ("only", "value", "correction", "alpha")), level=True),
            self.shown,
            self.picture,
            look.row(self.fields["file"], look.bar(self.excel), level=True),
            self.said,
            self.foot,
        ]

    def read(self) -> None:
        journey = self.study.journey
        known = asked(journey)
        self.down = {name: name for name in dict.fromkeys([*(one.measure for one in known.values()), *known])}
        single = [(words, value[0]) for words, value in groupings(journey) if len(value) == 1 and value[0] != "persona"]
        self.across = {value: words for words, value in single}
        self._ticked("down", self.rows, self.down, self._first_rows(known))
        self._ticked("across", self.columns, self.across, [one for one in self.across if one != "step"][:2])
        choose(self.fields["only"], [("everybody", ""), *single])
        self._values(False)
        self.fields["weighted"].disabled = not self._has_weights()
        self.count()

    def count(self) -> None:
        """The table as it was put together, or why it cannot be made."""
        if not self.down:
            self.shown.say(NOTHING)
            return
        self.code.code = self.line()
        self.shown.wait()
        try:
            few = self._few()
            if few:
                self.shown.say(few)
                self.code.code = ""
                return
            found = self.table()
            self.shown.show(found)
            self.picture.show(self._pictured(found))
        except DataFault as problem:
            self.picture.show(None)
            self.shown.say(describe(problem.faults))

    def save(self) -> None:
        """Write the table that is in sight as an Excel workbook into the study's folder of reports."""
        self.said.value = ""
        name = self.fields["file"].value.strip() or FILE
        try:
            if "/" in name or "\\" in name or name.startswith("."):
                raise DataFault(Fault(column="Save as", found=name, expected="a file's name", mend=f"write {FILE}"))
            if self.shown.finding is None:
                raise DataFault(Fault(found="no table in sight", expected="a table", mend="choose what stands across"))
            path = places.reports(self.study.path.name) / (name if name.endswith(".xlsx") else f"{name}.xlsx")
            path.parent.mkdir(parents=True, exist_ok=True)
            write_workbook(self.shown.finding, path)
        except DataFault as problem:
            self.said.value = look.faults(problem)
            return
        self.said.value = look.good(f"Saved: {path}")
        place = f"reports/{self.study.path.name}/{path.name}"
        self.code.code = f"wb.write_workbook({self.line()}, {literal(place)})"

    def twin(self) -> str:
        if not asked(self.study.journey):
            return look.paragraph(NOTHING)
        try:
            return look.found(workbench.crosstab(self.study.journey))
        except DataFault as problem:
            return look.faults(problem)

    def paper(self) -> str:
        return look.paragraph(
            "Banner tables are put together on the live screen; wb.crosstab gives them to a notebook."
        )

    # -- what was chosen ----------------------------------------------------------------------------------------------

    @property
    def where(self) -> dict[str, Any]:
        only, value = self.fields["only"].value, self.fields["value"].value
        return {only: value} if only and value is not None else {}

    @property
    def words(self) -> dict[str, Any]:
        """What the crosstab is asked, as it is told."""
        down, across = self._chosen("down"), self._chosen("across")
        show = [one for one in SHOWN if self.fields[f"show {one}"].value]
        words: dict[str, Any] = {"rows": down} if down else {}
        if not across:
            raise DataFault(
                Fault(found="nothing to stand across", expected="at least one group of people", mend="tick one")
            )
        if not show:
            raise DataFault(
                Fault(found="nothing to show of a question", expected="scores, nets or answers", mend="tick one")
            )
        words |= {"by": across} | ({"show": show} if tuple(show) != SHOWN else {})
        words |= {"sort": True} if self.fields["sort"].value else {}
        correction, alpha = self.fields["correction"].value, self.fields["alpha"].value
        words |= {"correction": correction} if correction != "benjamini-hochberg" else {}
        return words | ({"alpha": alpha} if alpha != 0.05 else {})

    def table(self) -> Finding:
        """The table, as `wb.crosstab` makes it. Raises DataFault."""
        journey = linking.narrowed(self.study.journey, self.where)
        journey = journey if self.fields["weighted"].value else journey.unweighted()
        return workbench.crosstab(journey, **self.words)

    def line(self) -> str:
        """The line of Python that makes the same table."""
        try:
            told = [f"{key}={literal(value)}" for key, value in self.words.items()]
        except DataFault:
            return ""
        journey = linking.in_python(self.where) + ("" if self.fields["weighted"].value else ".unweighted()")
        return f"wb.crosstab({', '.join([journey, *told])})"

    # -- inside -------------------------------------------------------------------------------------------------------

    def _few(self) -> str:
        """Why nothing may be shown of those who are kept; nothing where it may."""
        if not self.where:
            return ""
        whole = self._whole()
        if linking.too_few(whole, self.where):
            return HIDDEN
        known = asked(self.study.journey)
        down = {known[one].measure if one in known else one for one in self._chosen("down")}
        measures: set[str | None] = {*down} or {None}
        for column in self._chosen("across"):
            for of in sorted(measures, key=str):
                if hidden := linking.withheld(whole, self.where, (column,), of):
                    names = ", ".join(str(one) for one in hidden)
                    return f"Of these people too few are, or too few others are, {self.across[column]}: {names}. {MEND}"
        return ""

    def _whole(self) -> Cube:
        kept: dict[Any, Any] = answers_of(self.study.path).once("counted for the tables", self.study.journey, dict)
        return cube(self.study.journey, [*self._chosen("across"), *self.where], kept)

    def _pictured(self, found: Finding) -> Finding | None:
        """The first line of the table by its columns, as a picture with intervals."""
        line = found.layout["rows"][0]["row"]
        kept = found.table[found.table["row"] == line]
        kind = found.layout["rows"][0]["kind"]
        if len(kept) > PICTURED:
            return None
        unit = {"score": "NPS points", "mean": "mean"}.get(kind, "%")
        kept = kept[["block", "column", "value", "low", "high", "n"]].reset_index(drop=True)
        kept = kept.assign(column=[one.partition(": ")[2] or one for one in kept["column"]])
        picture = {"kind": "intervals", "unit": unit, "plain": True}
        return replace(
            found, table=kept, by=("block", "column"), sentence=f"{line}, by group", layout={}, picture=picture
        )

    def _chosen(self, side: str) -> list[str]:
        return [name for name, tick in self.ticks[side].items() if tick.value]

    def _ticked(self, side: str, place: Any, names: dict[str, str], begin: list[str]) -> None:
        """A box to tick for each name; what was ticked stays ticked."""
        before = self.ticks.get(side)
        made = {}
        for name, words in names.items():
            made[name] = look.tick(words)
            made[name].value = (before[name].value if name in before else False) if before else name in begin
            made[name].observe(self._ticking, names="value")
        self.ticks[side] = made
        place.children = list(made.values())

    def _ticking(self, _: Any) -> None:
        if not self._filling:
            with self.telling():
                self.count()

    def _first_rows(self, known: Any) -> list[str]:
        whole = [name for name, one in known.items() if one.step is None]
        return whole[:2] or list(dict.fromkeys(one.measure for one in known.values()))[:1]

    def _values(self, ask: bool = True) -> None:
        """What the people who alone are counted may be."""
        only = self.fields["only"].value
        names = dict(self.study.journey.step_names or {}) if only == "step" else {}
        there = self.study.journey.distinct(only) if only else []
        with self.filling():
            choose(self.fields["value"], [(names.get(one, one), one) for one in there])
        self.fields["value"].layout.display = None if there else "none"
        if ask:
            self.count()

    def _has_weights(self) -> bool:
        weighed = self.study.journey.records.lazy.filter(~nw.col("weight").is_null(), nw.col("weight") != 1.0)
        return bool(count(weighed.head(1)))
