"""Solutions: what could be changed, in four areas, what it would bring, and which to choose. Looks back, at map and measures."""

from workbench.steps.solutions.appraisal import Appraisal, appraised
from workbench.steps.solutions.ideas import Idea, Ideas
from workbench.steps.solutions.model import AREAS, OUTCOMES, Cost, Effect, Evidence, Solution, Solutions, Values
from workbench.steps.solutions.ranking import ranked

__all__ = ["AREAS", "OUTCOMES", "Appraisal", "Cost", "Effect", "Evidence", "Idea", "Ideas", "Solution", "Solutions"]
__all__ += ["Values", "appraised", "ranked"]
