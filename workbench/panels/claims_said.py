"""What a panel says of claims: where they stand in the register, what of them is not there, what a reader must mind.

Knows claims and their register; no widgets, no data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.faults import near
from workbench.panels.claim_form import Known
from workbench.steps.measure.claims import RATIOS, Hypothesis
from workbench.steps.measure.hypotheses import Declared

NONE = "No claim is declared yet: say what you expect before you look."


def faults_of(claims: Sequence[Hypothesis], known: Known) -> dict[str, dict[str, str]]:
    """Names in claims that are not there, by claim and cell, as far as it is known what is there."""
    found: dict[str, dict[str, str]] = {}

    def tell(one: Hypothesis, cell: str, what: str, name: str, there: Sequence[str]) -> None:
        close = near(name, there)
        hint = f'; did you mean "{close}"?' if close else ""
        found.setdefault(one.id, {})[cell] = f'no {what} called "{name}"{hint}'

    for one in claims:
        for cell in ("step", "to"):
            name = getattr(one, cell)
            if name and known.steps and name not in known.steps:
                tell(one, cell, "step", name, list(known.steps))
        if known.measures and one.outcome not in (*known.measures, *RATIOS):
            tell(one, "outcome", "measure", one.outcome, known.measures)
        for cell, people in (("compare", one.compare), ("with", one.against)):
            for column, wanted in people.items():
                values = known.attributes.get(column, [])
                if known.attributes and column not in known.attributes:
                    tell(one, cell, "attribute", column, list(known.attributes))
                for value in [wanted] if isinstance(wanted, str) else wanted:
                    if known.looked and values and value not in values:
                        tell(one, cell, f"value of {column}", value, values)
        for column in one.adjust:
            if known.attributes and column not in known.attributes:
                tell(one, "adjust", "attribute", column, list(known.attributes))
        if one.dose and known.looked and one.dose not in (*known.attributes, *known.measures):
            tell(one, "dose", "attribute or rating", one.dose, [*known.attributes, *known.measures])
    return found


def warnings(claims: Sequence[Hypothesis], register: Mapping[str, Declared], looked: bool) -> list[str]:
    """What a reader of the verdicts must mind: claims changed, or taken out, after the data had been looked at."""
    there = {one.id: one for one in claims}
    changed = [
        one.id
        for one in claims
        if one.id in register
        and (
            (looked and register[one.id].fingerprint != one.fingerprint)
            or (register[one.id].version > 1 and register[one.id].seen)
        )
    ]
    gone = [
        one.id for one in register.values() if one.id not in there and (one.withdrawn or "after" * looked) == "after"
    ]
    told = []
    if changed:
        named = ", ".join(changed)
        told.append(
            f"Changed after the data had been looked at: {named}. Each is a new version, and the report says so."
        )
    if gone:
        told.append(f"Taken out after the data had been looked at: {', '.join(gone)}. The report names them.")
    return told


def standing(looked: bool, register: Mapping[str, Declared], claims: Sequence[Hypothesis]) -> str:
    early = sum(one.id in register and not register[one.id].seen for one in claims)
    many = f"{len(claims)} {'claim' if len(claims) == 1 else 'claims'}"
    count = f"{many}, {early} on record from before the look. " if claims else f"{NONE} "
    if looked:
        return (
            f"{count}The data of this study have been loaded: what is declared or changed now counts as after the look."
        )
    return f"{count}Nobody has looked at data of this study yet: what is declared now is declared before the look."


def is_open(claims: Sequence[Hypothesis], register: Mapping[str, Declared]) -> bool:
    """Is there anything to put on record?"""
    there = {one.id: one.fingerprint for one in claims}
    on_record = {one.id: one.fingerprint for one in register.values() if not one.withdrawn}
    return there != on_record


def on_record(one: Hypothesis, known: Declared | None, looked: bool) -> str:
    when = "after" if looked else "before"
    if known is None or known.withdrawn:
        return f"not yet: it would be {when} the look"
    if known.fingerprint != one.fingerprint:
        return f"changed since version {known.version}: the new one would be {when} the look"
    side = "after" if known.seen else "before"
    return f"{side} the look, {known.time[:10]}" + (f", version {known.version}" if known.version > 1 else "")
