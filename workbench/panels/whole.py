"""All panels on one page: a tab a step of the method. A panel is made when its tab is first chosen, and kept.

Knows the panels by their words alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench import panels
from workbench.panels import live, look
from workbench.panels.panel import Panel
from workbench.study import Study


class Tabbed(Panel):
    """Several panels of a study, one in sight.

    tabs  the title of each, and what makes it
    """

    tabs: Mapping[str, Callable[[Study], Panel]] = {}

    def build(self) -> list[Any]:
        self.made: dict[str, Panel] = {}
        self.bar = live.Tabs(label=self.question, titles=list(self.tabs))
        self.place = look.column()
        self.bar.observe(lambda _: self.turn(), names="chosen")
        return [self.bar, self.place, self.foot]

    def buttons(self) -> list[Any]:
        return []

    def read(self) -> None:
        self.turn()

    def turn(self, title: str | None = None) -> Panel:
        """Show the chosen tab, or the one of this title; its panel comes back."""
        titles = list(self.tabs)
        if title is not None and titles[self.bar.chosen] != title:
            self.bar.chosen = titles.index(title)
            return self.made[title]
        chosen = titles[self.bar.chosen]
        if chosen not in self.made:
            self.made[chosen] = self.tabs[chosen](self.study)
            self.tell(self.made[chosen])
        else:
            self.made[chosen].look_again()
        self.place.children = [self.made[chosen].box]
        return self.made[chosen]

    def tell(self, made: Panel) -> None:
        """A panel was made: what it may ask of the whole."""

    def twin(self) -> str:
        return self.tabs[next(iter(self.tabs))](self.study).twin()

    def paper(self) -> str:
        return self.tabs[next(iter(self.tabs))](self.study).paper()


class Workbench(Tabbed):
    """The whole method on one page."""

    question = "The workbench"
    tabs = {
        "Start": panels.start,
        "Scope": panels.scope,
        "Map": panels.map,
        "Measure": panels.measure,
        "Solutions": panels.solutions,
        "Apply": panels.apply,
    }
