"""The solutions' panel: ranked within a budget to try; a likely gain or cost corrected and saved to solutions.yaml; below it
the ideas wall.
"""

from __future__ import annotations

from typing import Any

from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.panels import look
from workbench.panels.ideas import Wall
from workbench.panels.panel import Sheet, whole
from workbench.panels.standing import in_words, proposed
from workbench.privacy import HIDDEN
from workbench.steps.apply.department import brings

LIKELY = 1  # the place of "likely" in low, likely, high


class SolutionSheet(Sheet):
    question = "What should change first, for what we can spend?"
    part = "solutions"

    def build(self) -> list[Any]:
        self.far, self.said, self.view = look.html(), look.html(), look.html(scroll=True)
        self.picture = look.drawing()
        self.fields = {
            "budget": look.line(
                "Budget to try (not saved; empty: the study's own)", "a number", continuous_update=False
            ),
            "solution": look.choice("Solution to correct"),
            "gain": look.number("Likely gain", step=0.1),
            "once": look.number("Likely cost, once"),
            "yearly": look.number("Likely cost, every year"),
        }
        self.on_change("budget", self.rank)
        self.on_change("solution", self._turn)
        self.form = look.column(
            look.head("Correct an estimate"),
            self.fields["solution"],
            look.row(*[self.fields[name] for name in ("gain", "once", "yearly")], level=True),
        )
        self.wall = Wall(self.study, self._nothing_unsaved, self.refresh)
        self.fields |= self.wall.fields
        return [
            self.far,
            self.fields["budget"],
            self.said,
            self.view,
            self.picture,
            self.form,
            self.foot,
            self.wall.box,
        ]

    def read(self) -> None:
        self.far.value = look.paragraph(in_words(proposed(self.study)), "note")
        options = [(str(one["name"]), str(one["id"])) for one in self._all()]
        ids, shown = [id for _, id in options], self.fields["solution"].value
        self.fields["solution"].options = options
        self.fields["solution"].value = shown if shown in ids else ids[0] if ids else None
        self.form.layout.display = None if ids else "none"
        self._show()
        self.rank()
        self.wall.show()

    def take(self) -> None:
        """The form's three numbers into the content of its solution."""
        one = self._one(self._open)
        if one is None:
            return
        gain = one.get("gain")
        if gain is not None:
            _likely(gain, "judged" if gain.get("judged") is not None else "share", self.fields["gain"].value)
        for word in ("once", "yearly"):
            if self.fields[word].value != (one["cost"].get(word) or (0, 0, 0))[LIKELY]:
                one["cost"].setdefault(word, [0, 0, 0])
                _likely(one["cost"], word, self.fields[word].value)

    def rank(self) -> None:
        """The solutions in their order within the budget, or as they were written where they cannot be ranked."""
        if not self.study.solutions.solutions:
            self.said.value, self.view.value = look.paragraph("No solution is proposed yet."), ""
            return
        if not self.study.about.sources:
            self.said.value = look.paragraph("They are ranked when the study has data: name its sources in study.yaml.")
            self.view.value = self._written()
            return
        try:
            found = self.study.rank_solutions(budget=_amount(self.fields["budget"].value))
        except DataFault as problem:
            self.said.value, self.view.value = look.faults(problem), self._written()
            look.draw(self.picture, None)
            return
        self.said.value = look.paragraph(found.sentence, "head")
        self.view.value = _ranked(found)
        look.draw(self.picture, found)

    def twin(self) -> str:
        wall = look.found(self.study.ideas_finding()) if self.study.ideas.ideas else ""
        return look.paragraph(in_words(proposed(self.study))) + self._written() + wall

    def paper(self) -> str:
        return look.paragraph(in_words(proposed(self.study)))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _all(self) -> list[Any]:
        return list(self.content.get("solutions") or [])

    def _one(self, id: str | None) -> Any:
        return next((one for one in self._all() if str(one["id"]) == id), None)

    def _nothing_unsaved(self) -> None:
        """Raises DataFault where the form holds what is not saved: a new solution in the file would be lost with it."""
        self.take()
        if self.content != self.study.content(self.part):
            raise DataFault(
                Fault(
                    column="new solution",
                    found="changes above that are not saved",
                    expected="none",
                    mend="save them, or read again, first",
                )
            )

    def _turn(self) -> None:
        with self.filling():
            self.take()
            self._show()
            self.status.value = look.paragraph("Changes at other solutions are kept here until you save.", "help")

    def _show(self) -> None:
        self._open = self.fields["solution"].value
        one = self._one(self._open)
        if one is None:
            return
        gain = one.get("gain")
        self.fields["gain"].disabled = gain is None
        if gain is None:
            self.fields["gain"].description = "No gain in NPS is said; see avoids: in the file"
        elif gain.get("judged") is not None:
            self.fields["gain"].description = "Likely gain, NPS points at its steps (judged)"
            self.fields["gain"].value = float(gain["judged"][LIKELY])
        else:
            self.fields["gain"].description = f"Likely share of the finding {gain['finding']} that carries over"
            self.fields["gain"].value = float(gain["share"][LIKELY])
        for word in ("once", "yearly"):
            self.fields[word].value = float((one["cost"].get(word) or (0, 0, 0))[LIKELY])

    def _written(self) -> str:
        """The solutions as the team wrote them."""
        rows = []
        for one in self.study.solutions.solutions:
            rows.append(
                (
                    one.name,
                    one.area,
                    "; ".join(brings(outcome, effect) for outcome, effect in one.effects.items()),
                    _range(one.cost.once),
                    _range(one.cost.yearly),
                )
            )
        heads = ("solution", "area", "brings: likely (low to high)", "cost once", "cost a year")
        return look.table(heads, rows) if rows else ""


def _ranked(found: Finding) -> str:
    frame = found.to_frame()
    hidden = frame[HIDDEN] if HIDDEN in frame.columns else [False] * len(frame)
    rows = []
    for is_hidden, row in zip(hidden, frame.to_dict("records"), strict=True):
        if is_hidden:
            rows.append((row["rank"], row["solution"], row["area"], "hidden", "hidden", "hidden", "hidden", "hidden"))
            continue
        rows.append(
            (
                row["rank"],
                row["solution"],
                row["area"],
                f"{row['value']:.1f} ({row['low']:.1f} to {row['high']:.1f})",
                f"{row['cost']:,.0f}",
                f"{100 * row['chosen']:.0f} of 100",
                row["in the best set"],
                row["basis"],
            )
        )
    unit = str(found.picture.get("unit", "gain"))
    heads = ("", "solution", "area", unit, "cost", "chosen in", "in the best set", "rests on")
    return look.table(heads, rows)


def _likely(mapping: Any, key: str, value: float) -> None:
    """The middle of low, likely, high; the list as it was written stays where it is the same."""
    if mapping[key][LIKELY] != value:
        mapping[key][LIKELY] = whole(value)


def _range(values: Any) -> str:
    low, likely, high = values
    return f"{likely:,g} ({low:,g} to {high:,g})"


def _amount(text: str) -> float | None:
    """A budget as people type it; nothing is the study's own."""
    bare = "".join(text.split()).replace(",", "").lstrip("£€$")
    if not bare:
        return None
    try:
        value = float(bare)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise DataFault(
            Fault(column="budget", found=f'"{text}"', expected="an amount, 0 or more", mend="write it as 120000")
        )
    return value
