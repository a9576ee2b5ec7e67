"""The scope's panel: the sheet of questions, answered in fields and saved to scope.yaml. Knows the scope and the map's steps."""

from __future__ import annotations

from typing import Any

from workbench.at_hand import at_hand
from workbench.panels import live, look
from workbench.panels.panel import Sheet, put, words
from workbench.panels.standing import in_words, scope
from workbench.steps.scope import SHEET, Asked

BESIDE = {"start": "end", "unit": "factors"}  # questions that stand side by side
OPEN = ("not answered yet", "")


class ScopeSheet(Sheet):
    question = "Why is this journey studied, for whom, and how far does it go?"
    part = "scope"
    asks_data = False  # the sheet can be answered while the sources are read

    def build(self) -> list[Any]:
        self.far = look.html()
        self.departments = look.ticks()
        self.fields = {asked.key: _field(asked, number) for number, asked in enumerate(SHEET, start=1)}
        laid: list[Any] = [self.far]
        for key, field in self.fields.items():
            if key in BESIDE:
                laid.append(look.row(field, self.fields[BESIDE[key]]))
            elif key == "departments":
                laid += [look.column(field, self.departments)]
            elif key not in BESIDE.values():
                laid.append(field)
        self.answers = live.Shown()
        return [*laid, self.foot, look.head("What the data at hand can and cannot answer"), self.answers]

    def read(self) -> None:
        now, steps = self.study.scope, self.study.map.names
        self._look_at_data()
        self.far.value = look.paragraph(in_words(scope(self.study)), "note")
        for asked in SHEET:
            value, field = getattr(now, asked.key), self.fields[asked.key]
            if asked.key == "departments":
                self._tick(value)
            elif asked.key in ("start", "end"):
                strange = [(f"{value} (not on the map)", value)] if value and value not in steps else []
                field.options = [OPEN, *[(name, id) for id, name in steps.items()], *strange]
                field.value = value
            else:
                field.value = "\n".join(value) if isinstance(value, list) else value

    def _look_at_data(self) -> None:
        """What the data can answer; sources that changed are read first, beside the screen."""
        if self.unread():
            self.long("Reading the sources", self.study.load, lambda _: self.answers.show(at_hand(self.study)))
        else:
            self.answers.show(at_hand(self.study))

    def take(self) -> None:
        for asked in SHEET:
            value = self.fields[asked.key].value.strip()
            if asked.key == "departments":
                ticked = [box.description for box in self.departments.children if box.value]
                put(self.content, asked.key, ticked + words(value), [])
            elif asked.key == "applied_by":
                put(self.content, asked.key, words(value), [])
            else:
                put(self.content, asked.key, value)

    def twin(self) -> str:
        found = self.study.scope.finding(self.study.map.names)
        answers = zip(found.table["question"], found.table["answer"], strict=True)
        return look.paragraph(in_words(scope(self.study))) + look.table(("question", "answer"), answers)

    def paper(self) -> str:
        return look.paragraph(in_words(scope(self.study)))

    def _tick(self, chosen: list[str]) -> None:
        """A box for each department of the study; others stand in the field."""
        known, boxes = self.study.about.departments, []
        for name in known:
            box = look.tick(name)
            box.value = name in chosen
            boxes.append(box)
        self.departments.children = boxes
        self.fields["departments"].value = ", ".join(name for name in chosen if name not in known)


def _field(asked: Asked, number: int) -> Any:
    label = f"{number}. {asked.words}"
    if asked.choices:
        return look.choice(label, [OPEN, *[(one, one) for one in asked.choices]])
    if asked.key in ("start", "end"):
        return look.choice(label)
    if asked.key == "departments":
        return look.line(label, "Tick them below; others here, with commas between them.")
    if asked.key == "applied_by":
        return look.text(label, f"{asked.help} One a line.")
    return look.text(label, asked.help)
