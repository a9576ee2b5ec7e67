"""The ranking in the solutions' panel: within a budget, a horizon and weights to try, drawn again as they change.

Worked out beside the screen; the former one stays in sight until the next one is there. Saves nothing. Knows the study's
appraisal and its findings.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from workbench.faults import DataFault, Fault, describe
from workbench.finding import Finding
from workbench.panels import live, look
from workbench.panels.desk import literal
from workbench.panels.panel import Panel, whole
from workbench.steps.solutions.findings import told
from workbench.steps.solutions.model import OUTCOMES

PAUSE = 0.5  # seconds in which nobody changes anything, before it is worked out again
AGAIN = 0.3  # seconds until it is looked again whether other work has ended
RANK = "rank_solutions"
TITLES = {
    RANK: "Ranking",
    "best_set": "Best set",
    "frontier": "More money",
    "solution_outcomes": "Each outcome",
    "rank_stability": "How sure",
    "by_weights": "Other weights",
    "flips": "What would turn it",
    "worth_knowing": "Worth knowing",
}
MADE = {  # the function of workbench.steps.solutions that each comes from
    "best_set": "choosing.best_sets",
    "frontier": "choosing.frontier",
    "solution_outcomes": "ranking.outcomes",
    "rank_stability": "ranking.stability",
    "by_weights": "ranking.by_weights",
    "flips": "choosing.flips",
    "worth_knowing": "choosing.worth_knowing",
}


class Ranking:
    """The ranking's part of a panel; `ranked` is told each new one (None: there is none), `chosen` the solution clicked on."""

    def __init__(self, panel: Panel, ranked: Callable[[Finding | None], None], chosen: Callable[[str], None]):
        self.panel, self.study, self.ranked = panel, panel.study, ranked
        self.fields = {
            "budget": look.line("Budget to try"),
            "horizon": look.line("Years to look at"),
            "nps": look.line("An NPS point over all counts"),
            "complaints": look.line("A complaint avoided in 100 customers counts"),
            "churn": look.line("A customer kept in 100 counts"),
        }
        self.wrong, self.shown = look.html(), live.Shown(chosen)
        self.tabs = live.Tabs(label="What is told of the ranking")
        self.tabs.observe(lambda _: self._turn(), names="chosen")
        field = self.fields
        help = "To try, not saved; empty: as the study has it. Each change ranks again."
        self.box = look.column(
            look.html(look.paragraph(help, "help")),
            look.row(*field.values(), level=True),
            self.wrong,
            self.tabs,
            self.shown,
        )
        self.findings: dict[str, Finding] = {}
        self._asked = 0  # how often a ranking was asked for
        self._quiet = 0.0  # when the last change has settled
        self._waiting = False

    # -- asking -------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """What the study itself says, beside the fields."""
        about, solutions = self.study.about, self.study.solutions
        sign = about.values.currency
        weights: dict[str, float] = {str(word): value for word, value in solutions.weights.items()}
        own = "half of all costs" if about.budget is None else f"{sign}{about.budget:,.0f}"
        self.fields["budget"].placeholder, self.fields["horizon"].placeholder = own, f"{about.horizon:g}"
        for word in OUTCOMES:
            given = weights.get(word, 0) if weights else None
            self.fields[word].placeholder = "as valued, or 1" if given is None else f"{given:g}"

    def ask(self, pause: float = PAUSE) -> None:
        """Rank again, a moment after the last change."""
        self.wrong.value = ""
        if not self.study.solutions.solutions:
            return self.none(
                "No solution is proposed yet: write one under “A new solution”, or merge ideas of the wall into one."
            )
        if not self.study.about.sources:
            return self.none("They are ranked when the study has data: name its sources in study.yaml.")
        try:
            self.words()
        except DataFault as problem:
            self.wrong.value = look.faults(problem)
            return
        self._asked += 1
        self._quiet = time.monotonic() + pause
        self.shown.wait("Ranking again …" if self.findings else "Ranking …")
        self._begin()

    def none(self, why: str) -> None:
        """There is no ranking: why."""
        self.findings = {}
        self.tabs.titles = []
        self.shown.say(why)
        self.ranked(None)

    def words(self) -> dict[str, Any]:
        """What is tried, as `study.rank_solutions` takes it. Raises DataFault."""
        given = {name: _number(field.description, field.value) for name, field in self.fields.items()}
        words: dict[str, Any] = {one: given[one] for one in ("budget", "horizon") if given[one] is not None}
        if words.get("horizon") == 0:
            raise DataFault(Fault(column="years to look at", found="0", expected="more than 0", mend="write it as 3"))
        if any(given[one] is not None for one in OUTCOMES):
            saved = {str(word): value for word, value in self.study.solutions.weights.items()}
            own = {one: saved.get(one, 0.0) if saved else 1.0 for one in OUTCOMES}
            tried = {one: value for one in OUTCOMES if (value := given[one]) is not None}
            words["weights"] = {one: whole(value) for one, value in (own | tried).items()}
        return words

    def line(self) -> str:
        """The line of Python that gives the finding in sight."""
        words = ", ".join(f"{name}={literal(value)}" for name, value in self.words().items())
        name = self._in_sight()
        if name not in MADE:
            return f"study.rank_solutions({words})"
        module, function = MADE[name].split(".")
        return f"from workbench.steps.solutions.{module} import {function}\n{function}(study.appraise({words}))"

    def settle(self, seconds: float = 60) -> None:
        """Until what was asked is there (a script's or a test's patience)."""
        end = time.monotonic() + seconds
        while (self._waiting or self.shown.busy) and time.monotonic() < end:
            self.panel.work.wait(0.05)
            time.sleep(0.01)
        self.panel.work.wait(max(0.0, end - time.monotonic()))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Begin, or wait until other work of this kernel has ended."""
        if self.panel.work.running or self._waiting:
            return  # the one at work sees that it was asked again
        if live.Work.busy():
            return self._later()
        self.panel.long("Ranking the solutions", self._work_out, self._show, self._stopped)

    def _later(self) -> None:
        def look_again() -> None:
            self._waiting = False
            self._begin()

        self._waiting = True
        timer = threading.Timer(AGAIN, look_again)
        timer.name, timer.daemon = "workbench waits", True
        timer.start()

    def _work_out(self, progress: Callable[..., Iterable[Any]]) -> tuple[int, list[Finding] | DataFault]:
        while True:
            while (left := self._quiet - time.monotonic()) > 0:
                time.sleep(min(left, 0.05))
            asked = self._asked
            try:
                found: list[Finding] | DataFault = told(self.study.appraise(**self.words()))
            except DataFault as problem:
                found = problem
            if asked == self._asked:
                return asked, found

    def _show(self, given: tuple[int, list[Finding] | DataFault]) -> None:
        asked, found = given
        if asked != self._asked:  # asked again as this one ended
            return self._later()
        if isinstance(found, DataFault):
            return self.none(describe(found.faults))
        before = self._in_sight()
        self.findings = {one.name: one for one in found}
        names = list(self.findings)
        self.tabs.titles = [TITLES.get(name, name) for name in names]
        self.tabs.chosen = names.index(before) if before in names else 0
        self.ranked(self.findings.get(RANK))
        self._turn()

    def _stopped(self) -> None:
        self.shown.busy = ""

    def _turn(self) -> None:
        if self.findings:
            self.shown.show(self.findings[self._in_sight()])
            self.panel.code.code = self.line()

    def _in_sight(self) -> str:
        names = list(self.findings)
        return names[min(self.tabs.chosen, len(names) - 1)] if names else RANK


def _number(what: str, text: str) -> float | None:
    """A number as people type it, 0 or more; nothing is nothing. Raises DataFault."""
    bare = "".join(text.split()).replace(",", "").lstrip("£€$")
    if not bare:
        return None
    try:
        value = float(bare)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        expected = "an amount, 0 or more" if what.startswith("Budget") else "a number, 0 or more"
        raise DataFault(Fault(column=what, found=f'"{text}"', expected=expected, mend="write it as 120000"))
    return whole(value)
