"""The words of a solution as cells of a table: what each shows of solutions.yaml, and what is written back.

Knows the model's words and how cells are shown; no widget, no journey.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.faults import DataFault, Fault, unknown
from workbench.panels.listing import Called
from workbench.steps.solutions import AREAS
from workbench.steps.solutions.model import FILE, Evidence, Solutions
from workbench.study import Study

JUDGED = "(judged)"  # no id of a hypothesis looks so
CARRIES = [0, 0.5, 1]  # of a finding's effect, until somebody says how much
NOTHING = [0, 0, 0]
KINDS = tuple(Evidence.model_fields)
EFFECTS = {
    "gain": ("gain", "Gain"),
    "complaints": ("avoids.complaints", "Complaints avoided"),
    "churn": ("avoids.churn", "Leaving avoided"),
}
WORDS = {
    "step": "steps",
    "hypothesis": "evidence",
    "department": "departments",
}  # of a fault, and the cell it belongs in


class Words:
    """The columns of the solutions' table, with what may be named in them as the study has it now."""

    def __init__(self) -> None:
        self.steps, self.departments = Called("step"), Called("department")
        self.requires, self.excludes = Called("solution"), Called("solution")
        self.claims: list[str] = []

    def look(self, study: Study) -> None:
        """What the study names now."""
        self.steps.names = dict(study.map.names)
        self.departments.names = {one: one for one in study.about.departments}
        self.requires.names = self.excludes.names = {one.id: one.name for one in study.solutions.solutions}
        self.claims = [one.id for one in study.hypotheses.hypotheses]

    def columns(self) -> list[dict[str, Any]]:
        """The common ones for the table, the rest aside."""
        judged = (
            "A judged hypothesis, or the team's judgement. Changed, it starts anew: half of a finding's effect carries over "
            "(from none to all), or nothing is judged yet; write yours beside it"
        )
        often = (
            "How often it is in the best set within the budget when all that is uncertain is drawn again; ● where it is in "
            "the best set of what is expected"
        )
        points = (
            "Low, likely, high: NPS points of those it reaches where it is judged, else the share of the finding's effect that "
            "carries over, from 0 to 1"
        )
        evidence = "One a line: a hypothesis by its id, or what is counted: measure: ces · quotes: wait* OR queue · complaints: *"
        people = "Attributes of people, as in segment: tenant, owner; plan: web. Empty: all who are met at its steps"
        once = "Low, likely, high: one time in twenty it is lower, one in twenty higher"
        steps, departments = (self.steps.read, self.steps.write), (self.departments.read, self.departments.write)
        requires, excludes = (self.requires.read, self.requires.write), (self.excludes.read, self.excludes.write)
        table = [
            _word("name", "Solution", "words", width=210),
            _word("rank", "Rank", "fixed", "By how often it is in the best set, then by gain for cost"),
            _word("value", "Brings", "fixed", width=120),
            _word("chosen", "Chosen", "fixed", often, width=90),
            _word("area", "Area", "choice", options=list(AREAS), width=110),
            _word("steps", "Steps", "list", "Where it acts, as the map names them; with commas", steps, width=140),
            _from_what("gain", judged, width=130),
            _range("gain", points),
            _range("complaints", "Low, likely, high: the share of the complaints at its steps, from 0 to 1"),
            _range("churn", "Low, likely, high: the share of those met there who leave, from 0 to 1"),
            _word("cost.once", "Cost once", "range", once, width=130),
            _word("cost.yearly", "Cost a year", "range", "Low, likely, high", width=130),
            _word("months", "Months", "range", "Low, likely, high: until it acts"),
            _word("why", "Why it stands there", "fixed", width=540),
        ]
        aside = [
            _word("departments", "Departments", "list", "Who applies it; with commas", departments),
            _word("evidence", "What it rests on", "words", evidence, (said, self._meant)),
            _word("reach", "Whom it reaches", "text", people, (people_said, people_meant)),
            *(_from_what(word, "A judged hypothesis, or the team's judgement") for word in ("complaints", "churn")),
            *map(_reverse, EFFECTS),
            _word(
                "cost.currency", "Currency of the cost", "text", "Where it is not the study's; its rate: What counts"
            ),
            _word("effort", "Effort", "range", "Low, likely, high: days of work"),
            _word("requires", "Requires", "list", "Solutions that it cannot be had without; with commas", requires),
            _word("excludes", "Excludes", "list", "Solutions that it cannot be had with; with commas", excludes),
            _word("about", "About", "words"),
        ]
        return table + [one | {"aside": True} for one in aside]

    def _meant(self, text: str | None) -> list[Any]:
        """Evidence as it is written in the file. Raises DataFault for a hypothesis that is not there."""
        found: list[Any] = []
        for line in filter(None, map(str.strip, (text or "").splitlines())):
            word, colon, rest = (part.strip() for part in line.partition(":"))
            if not colon and line not in self.claims:
                raise DataFault(unknown("hypothesis", line, self.claims, FILE, "evidence"))
            if colon and (word not in KINDS or not rest):
                mend = "measure: ces, quotes: wait* OR queue, complaints: *, or the id of a hypothesis"
                raise DataFault(
                    Fault(FILE, None, "evidence", f'"{line}"', f"one of {', '.join(KINDS)} and what of it", mend)
                )
            found.append({word: rest} if colon else line)
        return found


def _word(
    key: str, label: str, kind: str, help: str = "", through: tuple[Any, Any] | None = None, **more: Any
) -> dict[str, Any]:
    shown = {} if through is None else {"read": through[0], "write": through[1]}
    return {"key": key, "label": label, "kind": kind, "help": help} | shown | more


def _range(word: str, help: str) -> dict[str, Any]:
    path, label = EFFECTS[word]
    return _word(word, label, "range", help, of=path, read=_amount, put=_put_amount, width=100)


def _from_what(word: str, help: str, **more: Any) -> dict[str, Any]:
    path, label = EFFECTS[word]
    given: dict[str, Any] = {"of": path, "read": _from, "put": _put_from, "optional": True}
    return _word(f"{word} from", f"{label}: rests on", "choice", help, **given, **more)


def _reverse(word: str) -> dict[str, Any]:
    path, label = EFFECTS[word]
    help = 'Of a finding "A against B": off, it makes B into A; on, A into B'
    return _word(f"{word} reverse", f"{label}: the other way", "bool", help, of=path, read=_turned, put=_put_reverse)


# -- an effect: from a finding, or judged -----------------------------------------------------------------------------


def _amount(effect: Mapping[str, Any] | None) -> Any:
    return (effect or {}).get("judged") or (effect or {}).get("share")


def _put_amount(effect: Mapping[str, Any] | None, value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    return {**(effect or {}), "share" if (effect or {}).get("finding") else "judged": value}


def _from(effect: Mapping[str, Any] | None) -> str:
    return "" if not effect else effect.get("finding") or JUDGED


def _put_from(effect: Mapping[str, Any] | None, value: Any) -> dict[str, Any] | None:
    effect = dict(effect or {})
    if not value:
        return None
    if value == JUDGED:
        return {"judged": effect.get("judged") or NOTHING}
    kept = {word: effect[word] for word in ("reverse",) if word in effect}
    return {"finding": value, "share": effect.get("share") or CARRIES} | kept


def _turned(effect: Mapping[str, Any] | None) -> bool:
    return bool((effect or {}).get("reverse"))


def _put_reverse(effect: Mapping[str, Any] | None, value: Any) -> dict[str, Any] | None:
    if not effect:
        return None
    return {word: one for word, one in effect.items() if word != "reverse"} | ({"reverse": True} if value else {})


# -- words that are written as one text -------------------------------------------------------------------------------


def said(evidence: Iterable[Any] | None) -> str:
    """What a solution rests on, one a line."""
    lines = [one if isinstance(one, str) else "; ".join(f"{k}: {v}" for k, v in one.items()) for one in evidence or ()]
    return "\n".join(lines)


def people_said(people: Mapping[str, Any] | None) -> str:
    """Attributes of people and their values in words: segment: tenant, owner; plan: web."""
    values = {word: one if isinstance(one, list) else [one] for word, one in (people or {}).items()}
    return "; ".join(f"{word}: {', '.join(map(str, those))}" for word, those in values.items())


def people_meant(text: str | None) -> dict[str, Any]:
    """Attributes of people and their values, as they are written in the file. Raises DataFault."""
    found: dict[str, Any] = {}
    for part in filter(None, map(str.strip, (text or "").replace("\n", ";").split(";"))):
        word, colon, rest = (one.strip() for one in part.partition(":"))
        values = [one.strip() for one in rest.split(",") if one.strip()]
        if not (word and values):
            mend = "write it as segment: tenant, owner; plan: web"
            raise DataFault(
                Fault(column="people", found=f'"{part}"', expected="an attribute and its values", mend=mend)
            )
        found[word] = values[0] if len(values) == 1 else values
    return found


def amounts(what: str, text: str) -> list[float] | None:
    """Low, likely and high as people type them; nothing is nothing. Raises DataFault."""
    given = [one.strip().lstrip("£€$").replace(" ", "").replace("−", "-") for one in text.replace(";", ",").split(",")]
    given = [one for one in given if one]
    try:
        found = [float(one) for one in given]
    except ValueError:
        found = []
    if given and len(found) != 3:
        raise DataFault(Fault(column=what, found=f'"{text}"', expected="low, likely, high", mend="write it as 2, 4, 6"))
    return [int(one) if one.is_integer() else one for one in found] or None


def cell_faults(solutions: Solutions, faults: Sequence[Fault]) -> dict[str, dict[str, str]]:
    """What is wrong in the cells of the table: by solution and column."""
    ids = {one.id for one in solutions.solutions}
    found: dict[str, dict[str, str]] = {}
    for fault in faults:
        entry, _, word = fault.column.partition(".")
        if entry not in ids:
            continue
        named = next((cell for said_, cell in WORDS.items() if fault.found.startswith(f"no {said_} called")), "reach")
        key = {"avoids.churn": "churn"}.get(word, word) if word else named
        found.setdefault(entry, {})[key] = f"{fault.found}; {fault.mend}"
    return found
