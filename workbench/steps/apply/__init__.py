"""Apply: who does what by when, and whether it came to what was hoped. Looks back, at everything before it."""

from workbench.steps.apply.checks import asked, check
from workbench.steps.apply.model import KINDS, Action, Actions
from workbench.steps.apply.plan import department_named, departments_of, plan

__all__ = ["KINDS", "Action", "Actions", "asked", "check", "department_named", "departments_of", "plan"]
