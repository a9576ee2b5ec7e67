"""The actions' panel: who does what by when; an action's status, days, media and hopes changed and saved to actions.yaml."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.panels import look
from workbench.panels.panel import Sheet, put, whole, words
from workbench.panels.standing import applied, in_words

STATUS = ("planned", "doing", "done", "dropped")
COLUMNS = ("department", "action", "kind", "owner", "due", "status", "measure", "target", "effect from")
DAYS = ("finished", "effect_from")  # that an action may have
WORDS = ("media", "moment")


class ActionSheet(Sheet):
    question = "Who does what by when, and what will tell whether it worked?"
    part = "actions"

    def build(self) -> list[Any]:
        self.far, self.view = look.html(), look.html(scroll=True)
        self.fields = {
            "action": look.choice("Action to change"),
            "status": look.choice("Status", [(one, one) for one in STATUS]),
            "due": look.day("Due"),
            "finished": look.day("Finished on"),
            "effect_from": look.day("Effect can be seen from"),
            "media": look.line("Media", "letter, SMS, a call"),
            "moment": look.line("Moment", "with the first bill"),
            "target": look.line("Target", "the level to reach"),
            "predicted": look.line("Change expected", "low, likely, high: 2, 5, 9"),
        }
        self.on_change("action", self._turn)
        field = self.fields
        self.told = look.row(field["media"], field["moment"])
        self.form = look.column(
            look.head("Change an action"),
            field["action"],
            look.row(field["status"], field["due"], field["finished"]),
            look.row(field["effect_from"], field["target"], field["predicted"]),
            self.told,
        )
        return [self.far, self.view, self.form, self.foot]

    def read(self) -> None:
        self.far.value = look.paragraph(in_words(applied(self.study)), "note")
        self.view.value = self._table()
        options = [(f"{one['department']}: {one['action']}", str(one["id"])) for one in self._all()]
        ids, shown = [id for _, id in options], self.fields["action"].value
        self.fields["action"].options = options
        self.fields["action"].value = shown if shown in ids else ids[0] if ids else None
        self.form.layout.display = None if ids else "none"
        self._show()

    def take(self) -> None:
        """The form into the content of its action; what is empty there is taken out. Raises DataFault for what is no number."""
        one = self._one(self._open)
        if one is None:
            return
        put(one, "status", self.fields["status"].value, "planned")
        if self.fields["due"].value is not None and self.fields["due"].value != _day(one["due"]):
            one["due"] = self.fields["due"].value
        target = _numbers("target", self.fields["target"].value, 1)
        expected = _numbers("predicted", self.fields["predicted"].value, 3)
        for name in DAYS:
            _set(one, name, self.fields[name].value, _day)
        for name in WORDS:
            _set(one, name, self.fields[name].value.strip(), str)
        _set(one, "target", target[0] if target else None, float)
        _set(one, "predicted", expected or None, lambda given: [float(part) for part in given])

    def twin(self) -> str:
        return look.paragraph(in_words(applied(self.study))) + self._table()

    def paper(self) -> str:
        return look.paragraph(in_words(applied(self.study)))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _table(self) -> str:
        if not self.study.actions.actions:
            return ""
        shown = self.study.plan().to_frame()[list(COLUMNS)]
        return look.table(COLUMNS, shown.itertuples(index=False))

    def _all(self) -> list[Any]:
        return list(self.content.get("actions") or [])

    def _one(self, id: str | None) -> Any:
        return next((one for one in self._all() if str(one["id"]) == id), None)

    def _turn(self) -> None:
        with self.filling():
            try:
                self.take()
            except DataFault:  # what does not fit stays before the eyes
                self.fields["action"].value = self._open
                raise
            self._show()
            self.status.value = look.paragraph("Changes at other actions are kept here until you save.", "help")

    def _show(self) -> None:
        self._open = self.fields["action"].value
        one = self._one(self._open)
        if one is not None:
            self.fields["status"].value = str(one.get("status") or "planned")
            self.fields["due"].value = _day(one["due"])
            for name in DAYS:
                self.fields[name].value = _day(one[name]) if one.get(name) else None
            for name in WORDS:
                self.fields[name].value = str(one.get(name) or "")
            self.fields["target"].value = "" if one.get("target") is None else f"{float(one['target']):g}"
            self.fields["predicted"].value = ", ".join(f"{float(part):g}" for part in one.get("predicted") or ())
            self.told.layout.display = None if one["kind"] == "communication" else "none"


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _set(mapping: Any, key: str, value: Any, as_said: Callable[[Any], Any]) -> None:
    """Set a key where its value is another than what was said; take it out where there is none."""
    if value in (None, ""):
        mapping.pop(key, None)
    elif mapping.get(key) is None or as_said(mapping[key]) != value:
        mapping[key] = (
            [whole(one) for one in value]
            if isinstance(value, list)
            else whole(value)
            if isinstance(value, float)
            else value
        )


def _numbers(what: str, text: str, many: int) -> list[float]:
    """One number, or several with commas, as people type them; nothing is nothing. Raises DataFault."""
    given = words(text.replace(";", ","))
    try:
        found = [float(one.replace("−", "-")) for one in given]
    except ValueError:
        found = []
    if given and len(found) != many:
        expected = "a number" if many == 1 else "low, likely, high"
        mend = "write it as 32" if many == 1 else "write it as 2, 5, 9"
        raise DataFault(Fault(column=what, found=f'"{text}"', expected=expected, mend=mend))
    return found
