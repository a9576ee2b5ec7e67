"""Panels: the steps of the method to click and type in. The only room with ipywidgets and anywidget.

Each word takes a study (opened, or its name; left out, the one that is worked on) and gives a panel that reads the
study's files and saves to them, as a script would. In JupyterLab it is live; in a page or a report it is its static
twin. A panel's module wakes when its word is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.panels.panel import Panel
    from workbench.panels.whole import Workbench
    from workbench.study import Study

__all__ = [
    *("apply", "data", "drivers", "explore", "hypotheses", "interviews", "map", "measure", "quality", "questionnaire"),
    *("scope", "scores", "solutions", "start", "tables", "workbench"),
]

_MADE = {
    "start": ("starting", "Start"),
    "scope": ("scoping", "ScopeSheet"),
    "map": ("mapping", "MapCanvas"),
    "measure": ("measured", "Measure"),
    "data": ("data_desk", "DataDesk"),
    "questionnaire": ("questions", "QuestionSheet"),
    "quality": ("data_quality", "Quality"),
    "scores": ("measuring", "Measuring"),
    "tables": ("crossing", "Crossing"),
    "drivers": ("driving", "Driving"),
    "explore": ("exploring", "Exploring"),
    "interviews": ("interviewing", "Interviewing"),
    "hypotheses": ("claiming", "Claims"),
    "solutions": ("solving", "SolutionSheet"),
    "apply": ("applying", "ActionSheet"),
}


def _panel(word: str, study: Study | str) -> Panel:
    module, name = _MADE[word]
    made: Panel = getattr(import_module(f"workbench.panels.{module}"), name)(study)
    return made


def workbench(study: Study | str = "") -> Workbench:
    """All panels on one page, a tab a step of the method; a study is chosen or begun there too."""
    from workbench.panels.whole import Workbench

    return Workbench(study)


def start(study: Study | str = "") -> Panel:
    """Which study, a new one from files, what is in it, what is done and open, what is stale, what is next; the report."""
    return _panel("start", study)


def scope(study: Study | str = "") -> Panel:
    """The sheet of questions, to answer and save; what the data at hand can and cannot answer."""
    return _panel("scope", study)


def map(study: Study | str = "") -> Panel:
    """The journey map to draw on: stages, steps, lanes, curves; saved as it is drawn, its evidence beside it."""
    return _panel("map", study)


def measure(study: Study | str = "") -> Panel:
    """Everything that is measured, a tab each: the ten panels that follow."""
    return _panel("measure", study)


def data(study: Study | str = "") -> Panel:
    """Files to drop; what each column seems to be, confirmed or changed, with a preview of what is read and its faults."""
    return _panel("data", study)


def questionnaire(study: Study | str = "") -> Panel:
    """What was asked: wording, scale, step and codes of every question, edited in a table."""
    return _panel("questionnaire", study)


def quality(study: Study | str = "") -> Panel:
    """How good the data are: what was read and set aside, who was found again, what is missing, what changed."""
    return _panel("quality", study)


def scores(study: Study | str = "") -> Panel:
    """A measure off the shelf by step, segment or wave; a click on a group keeps its people in all pictures."""
    return _panel("scores", study)


def tables(study: Study | str = "") -> Panel:
    """Banner tables put together by choosing: what down, what across, which measure; letters beside the figures."""
    return _panel("tables", study)


def drivers(study: Study | str = "") -> Panel:
    """What goes with a score, how sure the order is, and what holding other things equal changes."""
    return _panel("drivers", study)


def explore(study: Study | str = "") -> Panel:
    """What people went through: a search, the paths, and one person's time line (on the live screen only)."""
    return _panel("explore", study)


def interviews(study: Study | str = "") -> Panel:
    """Transcripts to read: select words, give them a code and a step; whether coders agree."""
    return _panel("interviews", study)


def hypotheses(study: Study | str = "") -> Panel:
    """Claims declared before the look, in a table; judged when asked."""
    return _panel("hypotheses", study)


def solutions(study: Study | str = "") -> Panel:
    """Ideas and solutions, edited in tables, ranked and drawn within a budget as they are changed."""
    return _panel("solutions", study)


def apply(study: Study | str = "") -> Panel:
    """Who does what by when, edited in a table and drawn; what came of it."""
    return _panel("apply", study)
