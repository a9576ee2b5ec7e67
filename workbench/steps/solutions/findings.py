"""All that an appraisal tells, in the order in which it is read."""

from __future__ import annotations

from workbench.finding import Finding
from workbench.steps.solutions.appraisal import Appraisal
from workbench.steps.solutions.choosing import best_sets, flips, frontier, worth_knowing
from workbench.steps.solutions.ranking import by_weights, outcomes, ranked, stability


def told(found: Appraisal) -> list[Finding]:
    """The ranking, the best set, what more money buys, how sure the ranks are, what would turn them, what to find out."""
    several = [by_weights(found)] if len(found.moved) > 1 else []
    return [
        ranked(found), best_sets(found), frontier(found), outcomes(found), stability(found), *several, flips(found),
        worth_knowing(found),
    ]  # fmt: skip
