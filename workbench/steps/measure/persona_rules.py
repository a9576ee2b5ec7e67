"""What attributes tell the classes of a proposal, as words that study.yaml reads; and where none do, that said.

Knows a journey whose people are marked with their class.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.journey import JourneyFrame
from workbench.steps.measure import customers
from workbench.steps.measure.persona_steps import PROPOSED

WELL = 0.8  # of a class that a rule must find, and of whom it finds that must be of the class


def written(found: Sequence[Mapping[str, Any]], honest: str) -> str:
    """The rules as the personas of study.yaml, each said to be a draft."""
    lines = []
    for one in found:
        if not one["where"]:
            lines.append(f"  # {one['name']} is not told by attributes of people: {one['why']}.")
            continue
        about = (
            f"{one['words']}; the words fit {one['found']} % of the class, and {one['right']} % of those whom they fit"
        )
        about += " are of it"
        where = ", ".join(f"{_text(key)}: {_listed(values)}" for key, values in one["where"].items())
        lines += [f"  - name: {_text(one['name'] + ' (draft)')}", f"    about: {_text(f'{about}; {honest}.')}"]
        lines.append(f"    where: {{{where}}}")
    head = "personas:" if any(one["where"] for one in found) else "personas: []"
    return "\n".join([head, *lines]) + "\n"


def rules(journey: JourneyFrame, words: Mapping[str, str], least: int) -> list[dict[str, Any]]:
    """For each class the attributes that tell it: up to two, each with the values in which the class is the more likely."""
    said = {PROPOSED, *journey._record_columns}  # a word of the records hides an attribute of the same name
    there = [one for one in customers.attributes(journey) if one not in said][:6]
    known = journey.people.lazy.filter(~nw.col(PROPOSED).is_null())
    found = []
    counted = rows(known.group_by(PROPOSED, *there).agg(nw.len().alias("n"))) if there else pd.DataFrame()
    if there:
        counted = customers.blank(counted, there).sort_values([PROPOSED, *there], ignore_index=True, na_position="last")
    for name in words:
        rule: dict[str, Any] = {"name": name, "words": words[name], "where": {}, "why": "people have no attributes"}
        if there and counted.loc[counted[PROPOSED] == name, "n"].sum() < least:
            rule["why"] = f"fewer than {least} people are of it"
        elif there:
            where, fits, right = _best_rule(counted, name, there, least)
            rule |= {"found": round(100 * fits), "right": round(100 * right)}
            if min(fits, right) >= WELL:
                rule["where"] = where
            elif not where:
                rule["why"] = "none of them makes it much likelier"
            else:
                rule["why"] = (
                    f"the best of them fit {100 * fits:.0f} % of it, and {100 * right:.0f} % of whom they fit are of it"
                )
        found.append(rule)
    return found


def _best_rule(
    counted: pd.DataFrame, name: str, attributes: Sequence[str], least: int
) -> tuple[dict[str, list[str]], float, float]:
    inside = counted[PROPOSED] == name
    whole = counted.loc[inside, "n"].sum()
    where: dict[str, list[str]] = {}
    fitting = pd.Series(True, index=counted.index)
    best = (0.0, 1.0, float(whole / counted["n"].sum()))
    best = (2 * best[1] * best[2] / (best[1] + best[2]), best[1], best[2])
    for _ in range(2):
        step = None
        for attribute in attributes:
            if attribute in where:
                continue
            table = counted[fitting].groupby(attribute)["n"].sum()
            mine = counted[fitting & inside].groupby(attribute)["n"].sum().reindex(table.index, fill_value=0)
            ranked = (mine / table)[table >= max(1, least)].sort_values(ascending=False, kind="stable")
            for many in range(1, len(ranked)):
                values = list(ranked.index[:many])
                fits, right = float(mine[values].sum() / whole), float(mine[values].sum() / table[values].sum())
                score = 2 * fits * right / (fits + right) if fits + right else 0.0
                if score > best[0] + 1e-9:
                    best, step = (score, fits, right), (attribute, sorted(map(str, values)))
        if step is None:
            break
        where[step[0]] = step[1]
        fitting &= counted[step[0]].isin(step[1])
    return where, best[1], best[2]


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _listed(values: Sequence[str]) -> str:
    return _text(values[0]) if len(values) == 1 else f"[{', '.join(_text(one) for one in values)}]"
