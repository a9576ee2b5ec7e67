"""The data-quality panel: whether the data may be trusted, and for what; what was read, whom of it we know again, what is
missing, what changed between waves, and everything that was set aside or assumed.

Knows the study's findings on quality and the live parts. Saves nothing.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench import load
from workbench.faults import DataFault, to_frame
from workbench.finding import Finding
from workbench.panels import live, look
from workbench.panels.panel import Panel

HEADS = ("weight", "file", "row", "column", "found", "expected", "mend", "count")
LIGHT = 200_000  # records that are counted while one waits
MOST = 500  # faults in the live table
FEW_WORDS = "Nothing was read yet: put files in under Data."


class Quality(Panel):
    question = "May we trust these data, and for what?"
    parts = ("study",)

    def build(self) -> list[Any]:
        self.verdict, self.place = look.html(), look.column()
        columns = [{"key": one, "label": one, "kind": "fixed"} for one in HEADS]
        self.grid = live.Grid("What was set aside, assumed or is wrong", columns, lambda _: None)
        self.grid.locked = True
        self.list = look.column(look.head("What was set aside, assumed or is wrong"), self.grid)
        self.more = look.html()
        return [self.verdict, self.foot, self.place, self.list, self.more]

    def buttons(self) -> list[Any]:
        self.load_button = look.button("Load again", "Read the sources that changed: study.load()", main=True)
        self.load_button.on_click(lambda _: self.load())
        return [self.load_button, self.again_button]

    def read(self) -> None:
        """Look at the quality beside the screen, one thing after another."""
        if not self.study.about.sources:
            self.verdict.value = look.paragraph(FEW_WORDS)
            self.place.children, self.list.layout.display, self.load_button.disabled = [], "none", True
            return
        self.load_button.disabled = False
        self.code.code = 'study.findings("quality")'
        if self._is_light():
            self._show(self._look())
        elif live.Work.busy():
            self.verdict.value = look.paragraph("Other work is going on: Read again looks at the data once it is done.")
        else:
            self.verdict.value = look.paragraph("Looking at the data …", "note")
            self.long("Looking at the data", lambda _: self._look(), self._show)

    def _is_light(self) -> bool:
        """Is all of it counted at once? What is not loaded, or large, is looked at beside the screen."""
        found = load.manifest(self.study.path / "frames")
        return found is not None and sum(one["records"] or 0 for one in found["sources"]) < LIGHT

    def _look(self) -> Any:
        return self.study.findings("quality"), self.study.check()

    def load(self) -> None:
        """Read the sources again where they changed, then look at them."""

        def act(progress: Any) -> Any:
            self.study.load(progress)
            return self._look()

        self.long("Reading the sources", act, self._show)
        self.code.code = "study.load()"

    def _show(self, given: Any) -> None:
        findings, faults = given
        self.verdict.value = look.paragraph(trust(findings, faults), "head")
        shown = []
        for one in findings:
            if one.name == "set_aside":  # its faults stand in the table below, which can be searched
                continue
            part = live.Shown()
            part.show(one)
            shown += [look.head(one.title or one.name.replace("_", " ")), part]
        self.place.children = shown
        listed = to_frame(faults)
        self.list.layout.display = None if len(listed) else "none"
        self.grid.rows = [
            {"id": str(number), "name": str(row["found"]), "cells": {key: _plain(row[key]) for key in HEADS}}
            for number, row in enumerate(listed.head(MOST).to_dict("records"))
        ]
        left = len(listed) - MOST
        self.more.value = (
            look.paragraph(f"And {left:,} more: study.check() lists them all.", "note") if left > 0 else ""
        )

    def twin(self) -> str:
        if not self.study.about.sources:
            return look.paragraph(FEW_WORDS)
        findings, faults = self.study.findings("quality"), self.study.check()
        shown = "".join(look.paragraph(one.title or one.name, "head") + look.found(one) for one in findings)
        return look.paragraph(trust(findings, faults), "head") + shown

    def paper(self) -> str:
        """A report tells of its quality by the findings themselves, further on."""
        try:
            return look.paragraph(trust(self.study.findings("quality"), self.study.check()))
        except DataFault as problem:
            return look.faults(problem)


def trust(findings: list[Finding], faults: Any) -> str:
    """Whether the data may be trusted, and for what, in a sentence or two that say what they rest on."""
    by_name = {one.name: one for one in findings}
    errors = sum(one.weight == "error" for one in faults)
    said = []
    read = by_name.get("sources_read")
    if read is not None:
        rows, aside = (pd.to_numeric(read.table[one], errors="coerce").sum() for one in ("rows read", "set aside"))
        share = 100 * aside / rows if rows else 0.0
        few = f"{int(aside):,} of {int(rows):,} rows were set aside ({share:.1f} %)" if aside else "every row was used"
        said.append(f"{'Usable with care' if errors or share > 5 else 'Usable'}: {few}.")
    if errors:
        said.append(f"{errors} {'thing' if errors == 1 else 'things'} must be mended first: see the table below.")
    found = by_name.get("people_found")
    if found is not None:
        joined = pd.to_numeric(found.table["found elsewhere %"], errors="coerce").dropna()
        if len(joined):
            low = joined.min()
            words = (
                "what one person said and did can be told together"
                if low >= 50
                else "of some sources only few people are known in others: what is said of one person's whole path rests on those"
            )
            said.append(f"For journeys of people: {words} (found in another source: {low:.0f} % at the least).")
    elif read is not None and len(read.table) == 1:
        said.append("There is one source: it tells of itself alone, not what people did before and after.")
    over_time = [by_name[one].sentence for one in ("wave_breaks", "drift") if one in by_name]
    if over_time:
        said.append(f"For change over time: {' '.join(over_time)}")
    return " ".join(said) or "Nothing can be said of the data yet."


def _plain(value: Any) -> Any:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return value if isinstance(value, str) else int(value)
