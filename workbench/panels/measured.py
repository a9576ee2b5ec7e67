"""The measuring step on one page: its panels, a tab each. Knows them by their words alone."""

from __future__ import annotations

from workbench import panels
from workbench.panels import look
from workbench.panels.standing import in_words, measured
from workbench.panels.whole import Tabbed


class Measure(Tabbed):
    """The data, what was asked, how good it is, and everything that is counted of it."""

    question = "What did customers say, where, and who said it?"
    tabs = {
        "Data": panels.data,
        "Questionnaire": panels.questionnaire,
        "Quality": panels.quality,
        "Scores": panels.scores,
        "Tables": panels.tables,
        "Drivers": panels.drivers,
        "Journeys": panels.explore,
        "Interviews": panels.interviews,
        "Hypotheses": panels.hypotheses,
    }

    def twin(self) -> str:
        return panels.scores(self.study).twin()

    def paper(self) -> str:
        return look.paragraph(in_words(measured(self.study)))
