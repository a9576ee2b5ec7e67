"""Panels: the steps of the method to click and type in. The only room with ipywidgets and anywidget.

Each word takes a study (opened, or its name) and gives a panel that reads the study's files and saves to them, as a
script would. In JupyterLab it is live; in a page or a report it is its static twin. A panel's module wakes when its
word is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.panels.panel import Panel
    from workbench.study import Study

__all__ = ["apply", "explore", "map", "measure", "scope", "solutions", "start"]


def start(study: Study | str) -> Panel:
    """What is in the study, what is done and open, what was set aside, and what is next."""
    from workbench.panels.starting import Start

    return Start(study)


def scope(study: Study | str) -> Panel:
    """The sheet of questions, to answer and save."""
    from workbench.panels.scoping import ScopeSheet

    return ScopeSheet(study)


def map(study: Study | str) -> Panel:
    """The journey map to draw on: stages, steps, lanes, curves; saved as it is drawn, its evidence beside it."""
    from workbench.panels.mapping import MapCanvas

    return MapCanvas(study)


def measure(study: Study | str) -> Panel:
    """A measure off the shelf, by groups, with its picture and the line of Python that gives the same."""
    from workbench.panels.measuring import Measuring

    return Measuring(study)


def solutions(study: Study | str) -> Panel:
    """The solutions ranked within a budget; a likely gain or cost to correct and save."""
    from workbench.panels.solving import SolutionSheet

    return SolutionSheet(study)


def apply(study: Study | str) -> Panel:
    """The actions; a status or a date to change and save."""
    from workbench.panels.applying import ActionSheet

    return ActionSheet(study)


def explore(study: Study | str) -> Panel:
    """What people do next, the ways they take, and one person's time line (on the live screen only)."""
    from workbench.panels.exploring import Exploring

    return Exploring(study)
