"""Kano: what kind of feature is it, from pairs of questions (if it is there, if it is not).

Knows the journey and the inference room. Unweighted counts: a category is a matter of how many said so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.cases import Cases, asked, cases
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference import kano as kano_of
from workbench.inference.kano import Kano
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure

WORDS = {
    "M": "must-be",
    "O": "one-dimensional",
    "A": "attractive",
    "I": "indifferent",
    "R": "reverse",
    "Q": "questionable",
}
POINTS = (1.0, 5.0)


@measure("What kind of feature is it: expected, wanted by degrees, or a delight?")
def kano(
    journey: JourneyFrame,
    pairs: Mapping[str, tuple[str, str]],
    by: str | Sequence[str] | None = None,
    like: int = 1,
    minimum_base: int | None = None,
) -> Finding:
    """The category of each feature, how clearly, and what having or lacking it would do (Kano; Berger et al. 1993).

    pairs  feature -> (question if it is there, question if it is not), each answered on 1 to 5
    by     attributes of people, wave or channel: two groups that differ make a mixture that fits nobody
    like   the answer that says "I like it": 1, or 5 where the scale runs the other way

    Better is the share that the feature can satisfy, worse the share that its lack annoys, with Wilson's intervals.
    Two categories too close to tell apart (Fong's test) are said to be. Unweighted.
    """
    if like not in (1, 5):
        raise DataFault(Fault(column="like", found=str(like), expected="1 or 5: the answer that says I like it"))
    if not pairs:
        raise DataFault(Fault(column="pairs", found="no feature", expected="feature: (question, question)"))
    known = asked(journey)
    wanted = [name for pair in pairs.values() for name in pair]
    if wrong := [name for name in dict.fromkeys(wanted) if name not in known]:
        raise DataFault([unknown("question", name, known, column="pairs") for name in wrong])
    keys = [by] if isinstance(by, str) else list(by or ())
    side = cases(journey, {name: known[name] for name in dict.fromkeys(wanted)}, keys)
    faults = [
        Fault(
            column=name, found=f"a scale from {low:g} to {high:g}", expected="1 to 5", mend="bind it with scale [1, 5]"
        )
        for name, (low, high, _) in side.scales.items()
        if (low, high) != POINTS
    ]
    if faults:
        raise DataFault(faults)
    made, dropped, notes = [], 0, []
    for feature, pair in pairs.items():
        counted = _counted(side, pair, keys, like)
        dropped += counted.attrs["dropped"]
        for key, here in counted.groupby(keys, sort=True) if keys else [((), counted)]:
            found = kano_of(here.groupby(["functional", "dysfunctional"], as_index=False)["n"].sum())
            made.append(_row(feature, keys, key, found))
            notes += [f"{feature}: {note}" for note in found.notes if "contradict" in note]
    if not made:
        raise DataFault(
            Fault(
                column=", ".join(wanted[:2]), found="nobody who answered both questions of a pair", expected="answers"
            )
        )
    table = pd.DataFrame(made)
    if keys:
        order = {feature: place for place, feature in enumerate(pairs)}
        table["place"] = [order[one] for one in table["feature"]]
        table = groups.in_order(journey, table, keys).sort_values("place", kind="stable")
        table = table.drop(columns="place").reset_index(drop=True)
    weighted = side.weighted()
    return groups.finding(
        journey,
        "kano",
        groups.rounded(table),
        ("feature", *keys),
        _sentence(journey, table, keys, minimum_base),
        f"{int(table['n'].sum()):,} pairs of answers",
        "most frequent category of each person's pair of answers (ties: must-be before one-dimensional before "
        "attractive); better and worse with 95 % Wilson intervals; clear: the first two differ by Fong's test; "
        f"unweighted{' (the weights of the answers are not used)' if weighted else ''}; {dropped:,} left out who answered "
        f"one question of a pair{'; ' + '; '.join(dict.fromkeys(notes)) if notes and not keys else ''}",
        minimum_base,
        {
            "kind": "quadrant",
            "unit": "better: % that it can satisfy",
            "range": [0, 100],
            "x": "worse %",
            "x_low": "worse from",
            "x_high": "worse to",
            "x_unit": "worse: % that its lack annoys",
            "chosen": "clear",
            "reference": 50,
            "x_reference": 50,
            "quadrants": ("indifferent", "must-be", "attractive", "one-dimensional"),
        },
        "Kano",
    )


def _counted(side: Cases, pair: tuple[str, str], keys: Sequence[str], like: int) -> pd.DataFrame:
    """How many gave each pair of answers, as 1 (like) to 5 (dislike)."""
    counted = side.patterns([*pair, *keys])
    answered = side.patterns(list(pair), complete=False)
    dropped = int(answered.loc[answered[list(pair)].isna().sum(axis=1) == 1, "n"].sum())
    both = counted.rename(columns={pair[0]: "functional", pair[1]: "dysfunctional"})
    for name in ("functional", "dysfunctional"):
        both[name] = both[name].astype(float) if like == 1 else 6 - both[name].astype(float)
    both.attrs["dropped"] = dropped
    return both


def _row(feature: str, keys: Sequence[str], key: object, one: Kano) -> dict[str, Any]:
    """A feature in a group: its category, better and worse, and the shares."""
    values = key if isinstance(key, tuple) else (key,)

    def percent(value: float | None) -> float | None:
        return None if value is None else 100 * value

    worse = one.worse
    return (
        {"feature": feature}
        | dict(zip(keys, values, strict=True))
        | {
            "category": WORDS[one.mode] if one.mode else None,
            "clear": bool(one.distinct) if one.distinct is not None else False,
            "value": percent(one.better.value),
            "low": percent(one.better.low),
            "high": percent(one.better.high),
            "worse %": None if worse.value is None else -100 * worse.value,
            "worse from": None if worse.high is None else -100 * worse.high,
            "worse to": None if worse.low is None else -100 * worse.low,
            "n": int(one.n),
            **{f"{WORDS[name]} %": percent(one.shares[name].value) for name in WORDS},
            "caution": "; ".join(
                word
                for word, there in (
                    ("small base", 0 < one.n < groups.WIDE_BASE),
                    ("contradictions: look at the wording", one.n > 0 and one.counts["Q"] > 0.1 * one.n),
                    ("two categories too close to tell", not one.distinct),
                )
                if there
            ),
        }
    )


def _sentence(journey: JourneyFrame, table: pd.DataFrame, keys: Sequence[str], minimum_base: int | None) -> str:
    seen = groups.shown(journey, table, ("feature", *keys), minimum_base)
    if seen.empty:
        return "No group is large enough to show what kind of feature it is."
    parts = []
    for category in dict.fromkeys(seen["category"]):
        those = seen[(seen["category"] == category) & seen["clear"].astype(bool)]
        if those.empty:
            continue
        row = those.iloc[0]
        named = [
            f"{one['feature']}{f' ({groups.named(journey, one, keys)})' if keys else ''}" for _, one in those.iterrows()
        ]
        parts.append(
            f"{category}: {', '.join(named[:3])}{' …' if len(named) > 3 else ''} "
            f"({row[f'{category} %']:.0f} %, n {int(row['n']):,})"
        )
    unsure = int((~seen["clear"].astype(bool)).sum())
    told = "; ".join(parts) if parts else "No feature falls clearly in one category"
    more = f"; {unsure} of {len(seen)} not clear" if unsure and parts else ""
    return f"{told[0].upper()}{told[1:]}{more}."
