"""The map's panel: each step's name, channels, assumed feeling, hot spot and lanes, saved to map.yaml; new steps too.

Knows the map as the team drew it; what was measured is not its affair.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.panels import look
from workbench.panels.panel import Sheet, put, whole, words
from workbench.panels.standing import drawn, in_words

LEVELS = ("emotion", "trust")
HOT = [("no", ""), ("pain: here we lose people", "pain"), ("gain: here we win them", "gain")]


class MapSheet(Sheet):
    question = "What does the customer go through, and what do we believe it feels like?"
    part = "map"

    def build(self) -> list[Any]:
        self.far, self.lanes, self.view = look.html(), look.row(), look.html(scroll=True)
        self.fields = {
            "step": look.choice("Step"),
            "name": look.line("Its name"),
            "channels": look.line("Channels", "with commas between them"),
            "hot_spot": look.choice("Hot spot", HOT),
        }
        for level in LEVELS:
            self.fields[f"{level}_known"] = look.tick(f"We assume a level of {level} here")
            self.fields[level] = look.slider(f"Assumed {level} (-100 to 100)")
        self.fields |= {
            "new_name": look.line("Its name", "what the customer goes through"),
            "new_stage": look.suggestion("In the stage", "a stage of the map, or a new one"),
        }
        self.add_button = look.button("Add the step", "Add it at the end of its stage; Save keeps it")
        self.add_button.on_click(lambda _: self.add())
        self.on_change("step", self._turn)
        for level in LEVELS:
            self.on_change(f"{level}_known", self._enable)
        levels = [look.column(self.fields[f"{level}_known"], self.fields[level]) for level in LEVELS]
        self.form = look.column(
            look.row(*[self.fields[name] for name in ("name", "channels", "hot_spot")]),
            look.row(*levels),
            self.lanes,
        )
        new = look.row(self.fields["new_name"], self.fields["new_stage"])
        return [
            *(self.far, self.fields["step"], self.form, self.foot),
            *(look.head("Add a step"), new, look.bar(self.add_button)),
            *(look.head("The map as it is saved"), self.view),
        ]

    def read(self) -> None:
        shown = self.fields["step"].value
        self.far.value = look.paragraph(in_words(drawn(self.study)), "note")
        self.view.value = self._table()
        self._list(shown)

    def take(self) -> None:
        """The form's step into the content."""
        step = self._step(self._open)
        if step is None:
            return
        put(step, "name", self.fields["name"].value.strip())
        put(step, "hot_spot", self.fields["hot_spot"].value)
        put(step, "channels", words(self.fields["channels"].value), [])
        for level in LEVELS:
            known = self.fields[f"{level}_known"].value
            put(step, level, whole(self.fields[level].value) if known else None, None)
        lanes = step.get("lanes") or {}
        for box in self.lanes.children:
            put(lanes, box.description, box.value.strip())
        if lanes and "lanes" not in step:
            step["lanes"] = lanes

    def add(self) -> None:
        """Put a new step at the end of a stage; nothing is saved yet."""
        with self.telling(), self.filling():
            self.take()
            name, stage = self.fields["new_name"].value.strip(), self.fields["new_stage"].value.strip()
            if not name or not stage:
                raise DataFault(
                    Fault(
                        file="map.yaml",
                        found="no name for the step" if not name else "no stage for the step",
                        expected="both",
                        mend="write both fields, then add the step",
                    )
                )
            stages = self.content.setdefault("stages", [])
            into = next((one for one in stages if one["name"] == stage), None)
            if into is None:
                into = {"name": stage, "steps": []}
                stages.append(into)
            id = _id(name, {step["id"] for _, step in self._steps()})
            into["steps"].append({"id": id, "name": name})
            self.fields["new_name"].value = ""
            self._list(id)
            self.status.value = look.good(f'"{name}" is added under "{stage}". Save keeps it.')

    def twin(self) -> str:
        return look.paragraph(in_words(drawn(self.study))) + self._table()

    def paper(self) -> str:
        return look.paragraph(in_words(drawn(self.study)))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _table(self) -> str:
        found = self.study.map.finding()
        if found.table.empty:
            return look.paragraph("No step is drawn yet.")
        return look.table(list(found.table.columns), found.table.itertuples(index=False))

    def _steps(self) -> list[tuple[str, Any]]:
        """Stage and step, in order, as they stand in the content."""
        stages = self.content.get("stages") or []
        return [(stage["name"], step) for stage in stages for step in stage["steps"]]

    def _step(self, id: str | None) -> Any:
        return next((step for _, step in self._steps() if step["id"] == id), None)

    def _list(self, shown: str | None) -> None:
        """The steps to choose from, and the form of the one that is shown."""
        steps = self._steps()
        options = [(f"{stage}: {step['name']}", step["id"]) for stage, step in steps]
        ids = [id for _, id in options]
        self.fields["step"].options = options
        self.fields["step"].value = shown if shown in ids else ids[0] if ids else None
        self.fields["new_stage"].options = list(
            dict.fromkeys(stage["name"] for stage in self.content.get("stages", []))
        )
        self._show()

    def _turn(self) -> None:
        """Another step was chosen: what the form held goes into the content, and the form shows the other."""
        with self.filling():
            before = self._open
            self.take()
            self._list(self.fields["step"].value)
            if before is not None:
                self.status.value = look.paragraph("Changes at other steps are kept here until you save.", "help")

    def _show(self) -> None:
        self._open = self.fields["step"].value
        step = self._step(self._open)
        self.form.layout.display = None if step is not None else "none"
        self.fields["step"].layout.display = None if step is not None else "none"
        if step is None:
            return
        self.fields["name"].value = str(step.get("name", ""))
        self.fields["channels"].value = ", ".join(str(one) for one in step.get("channels") or [])
        self.fields["hot_spot"].value = str(step.get("hot_spot") or "")
        for level in LEVELS:
            value = step.get(level)
            self.fields[f"{level}_known"].value = value is not None
            self.fields[level].value = float(value or 0)
        self._enable()
        lanes, boxes = step.get("lanes") or {}, []
        for lane in dict.fromkeys([*(self.content.get("lanes") or []), *lanes]):
            box = look.text(str(lane))
            box.value = str(lanes.get(lane) or "")
            boxes.append(box)
        self.lanes.children = boxes

    def _enable(self) -> None:
        for level in LEVELS:
            self.fields[level].disabled = not self.fields[f"{level}_known"].value


def _id(name: str, taken: set[str]) -> str:
    """A new id made of a name: small letters and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "step"
    number, id = 1, stem
    while id in taken:
        number += 1
        id = f"{stem}-{number}"
    return id
