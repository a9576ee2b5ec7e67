"""All panels on one page: a tab a step of the method. A panel is made when its tab is first chosen, and kept.

Knows the panels by their words, and the first one, where a study is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench import panels, places
from workbench.faults import DataFault
from workbench.panels import live, look
from workbench.panels.panel import Panel, on_paper
from workbench.panels.starting import Beginning, Start
from workbench.study import Study


class Tabbed(Panel):
    """Several panels of a study, one in sight.

    tabs  the title of each, and what makes it
    """

    tabs: Mapping[str, Callable[[Study], Panel]] = {}
    asks_data = False

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
            self.place.children = [look.html(look.paragraph(f"Opening {chosen} …", "help"))]
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


class Steps(Tabbed):
    """The steps of the method for one study; `begun` is told of another study."""

    question = "The workbench"
    tabs = {
        "Start": panels.start,
        "Scope": panels.scope,
        "Map": panels.map,
        "Measure": panels.measure,
        "Solutions": panels.solutions,
        "Apply": panels.apply,
    }

    def __init__(self, study: Study | str, begun: Callable[[Study], None]):
        super().__init__(study)
        self.begun = begun

    def tell(self, made: Panel) -> None:
        if isinstance(made, Start):
            made.go, made.begun = self.turn, self.begun


class Workbench:
    """The whole method on one page, whichever study is worked on; where none is chosen yet, what is needed to begin."""

    def __init__(self, study: Study | str = ""):
        self.steps: Steps | None = None
        self._box: Any = None
        self._problem: DataFault | None = None
        try:
            self.steps = Steps(study, self.open)
        except DataFault as problem:
            self._problem = problem

    @property
    def box(self) -> Any:
        """The live page; built when first asked for."""
        if self._box is None:
            self._box = look.column()
            if self.steps is not None:
                self._box.children = [self.steps.box]
            else:
                beginning = Beginning(self.open, open_=True)
                beginning.read()
                told = look.html(look.faults(self._problem) if self._problem and places.studies() else "")
                self._box.children = [
                    look.frame(look.html(look.paragraph("Which study?", "question")), told, beginning.box)
                ]
        return self._box

    def open(self, study: Study) -> None:
        """Work on another study from now on."""
        places.choose(study.path)
        self.steps = Steps(study, self.open)
        self.box.children = [self.steps.box]

    def static(self) -> str:
        """The start of the study that is worked on, as a page shows it."""
        if self.steps is None:
            return look.faults(self._problem) if self._problem else ""
        return panels.start(self.steps.study).static()

    def __repr__(self) -> str:
        return f"The workbench ({self.steps.study.name if self.steps else 'no study yet'})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/plain": repr(self), "text/html": self.static()}
        return bundle if on_paper() else self.box._repr_mimebundle_() | bundle
