"""The actions' panel: who does what by when; a status or a date changed and saved to actions.yaml."""

from __future__ import annotations

from datetime import date
from typing import Any

from workbench.panels import look
from workbench.panels.panel import Sheet, put
from workbench.panels.standing import applied, in_words

STATUS = ("planned", "doing", "done")
COLUMNS = ("department", "action", "kind", "owner", "due", "status", "measure", "target")


class ActionSheet(Sheet):
    question = "Who does what by when, and what will tell whether it worked?"
    part = "actions"

    def build(self) -> list[Any]:
        self.far, self.view = look.html(), look.html(scroll=True)
        self.fields = {
            "action": look.choice("Action to change"),
            "status": look.choice("Status", [(one, one) for one in STATUS]),
            "due": look.day("Due"),
        }
        self.on_change("action", self._turn)
        self.form = look.column(
            look.head("Change an action"),
            self.fields["action"],
            look.row(self.fields["status"], self.fields["due"]),
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
        """The form's status and date into the content of its action."""
        one = self._one(self._open)
        if one is None:
            return
        put(one, "status", self.fields["status"].value, "planned")
        if self.fields["due"].value is not None and self.fields["due"].value != _day(one["due"]):
            one["due"] = self.fields["due"].value

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
            self.take()
            self._show()
            self.status.value = look.paragraph("Changes at other actions are kept here until you save.", "help")

    def _show(self) -> None:
        self._open = self.fields["action"].value
        one = self._one(self._open)
        if one is not None:
            self.fields["status"].value = str(one.get("status") or "planned")
            self.fields["due"].value = _day(one["due"])


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
