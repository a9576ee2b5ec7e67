"""The first panel: what is in the study, what is done and open, what was set aside, what is next. Saves nothing."""

from __future__ import annotations

from typing import Any

from workbench.faults import DataFault
from workbench.panels import look
from workbench.panels.panel import Panel
from workbench.panels.standing import standing

SHOWN = 50  # faults shown one by one
KINDS = {
    "answer": "answers of a survey",
    "comment": "comments in people's own words",
    "complaint": "complaints",
    "event": "contacts and events",
    "quote": "interview quotes",
    "reading": "readings of a tracking sheet",
}


class Start(Panel):
    question = "What do we have, and what is next?"

    def build(self) -> list[Any]:
        self.view = look.html()
        return [self.view, self.foot]

    def read(self) -> None:
        self.view.value = self.twin()

    def twin(self) -> str:
        about = self.study.about
        return (
            look.paragraph(about.title, "head")
            + (look.paragraph(about.summary) if about.summary else "")
            + self._standing()
            + self._sources()
            + self._faults()
        )

    def paper(self) -> str:
        """A report has its own title, and tells at its end what was set aside."""
        return self._standing() + self._sources()

    def _standing(self) -> str:
        """What is next, and how far each step has come."""
        steps = standing(self.study)
        left = [one for one in steps if one.state != "done"]
        following = f"{left[0].step}: {left[0].open}" if left else "All five steps are done."
        where = f" (notebook {left[0].notebook})" if left and left[0].notebook else ""
        rows = [(one.step, one.state, one.there, one.open) for one in steps]
        return (
            look.paragraph("Next", "head")
            + look.paragraph(following + where)
            + look.paragraph("The five steps", "head")
            + look.table(("step", "how far", "what is there", "open"), rows)
        )

    def _sources(self) -> str:
        """Kinds of records, with where they come from."""
        head = look.paragraph("What was observed", "head")
        try:
            journey = self.study.journey
        except DataFault as problem:
            return head + look.faults(problem)
        if not len(journey):
            return head + look.paragraph("Nothing yet: no source of this study holds a record.")
        names = journey.count(by=["kind", "source"])
        rows = []
        for _, kind in journey.count(by="kind").iterrows():
            sources = [str(one) for one in names.loc[names["kind"] == kind["kind"], "source"]]
            listed = ", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")
            people = None if kind["kind"] == "reading" else int(kind["people"])
            rows.append((KINDS.get(kind["kind"], kind["kind"]), listed, int(kind["n"]), people))
        return head + look.table(("kind", "from", "records", "people"), rows)

    def _faults(self) -> str:
        """What is wrong, set aside or assumed, one by one."""
        head = look.paragraph("What is wrong, set aside or assumed", "head")
        told = self.study.check()
        if not told:
            return head + look.paragraph("Nothing: every row of every source was used as it was received.")
        heads = ("weight", "file", "row", "column", "found", "expected", "mend", "cells")
        rows = [
            (one.weight, one.file, one.row, one.column, one.found, one.expected, one.mend, one.count)
            for one in told[:SHOWN]
        ]
        more = f"And {len(told) - SHOWN:,} more: study.check() lists them all."
        return head + look.table(heads, rows) + (look.paragraph(more) if len(told) > SHOWN else "")
