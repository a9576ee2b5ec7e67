"""Waves of a repeated survey: what changed in the asking (a wave break), and in who answered (drift).

A difference between waves may come from either, and not from the customers. Knows the journey and the inference room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.finding import Finding
from workbench.inference.intervals import share_interval
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure

DRIFT = 0.1  # Cramér's V from which a shift in who answered is told: a small effect (Cohen 1988, w = 0.1)
ALPHA = 0.05
FEW = 12  # groups of an attribute


@dataclass(frozen=True)
class Break:
    """What changed in the asking of a measure from one wave to the next: "wording", "scale" or "channels"."""

    measure: str
    step: str | None
    before: str
    after: str
    what: str
    was: str
    became: str

    @property
    def words(self) -> str:
        return f"{self.before} to {self.after}: {self.what} changed"


def breaks(journey: JourneyFrame, of: str | None = None) -> list[Break]:
    """Where the wording, the scale or the mix of channels of a measure changed between two waves that follow each other."""
    answers = journey.of_kind("answer")
    answers = answers if of is None else answers.of_measure(of)
    asked = answers.count(by=["measure", "step", "source", "wave"], people=False)
    asked = asked[asked["wave"].notna()]
    known = journey.measures.to_frame()
    mixes = _channels(answers, set(asked["measure"]))
    found = []
    for (name, step), those in asked.groupby(["measure", "step"], dropna=False, sort=True):
        step = step if isinstance(step, str) else None
        here = known[(known["measure"] == name) & (known["kind"] == "answer")]
        here = here[here["step"].isin([step]) if step is not None else here["step"].isna()] if len(here) > 1 else here
        waves = {wave: here[here["source"].isin(part["source"])] for wave, part in those.groupby("wave")}
        order = journey.in_order("wave", waves)
        for before, after in zip(order, order[1:], strict=False):
            found += _changes(str(name), step, str(before), str(after), waves[before], waves[after])
            if (before, after) in mixes.get(str(name), {}):
                was, became = mixes[str(name)][before, after]
                found.append(Break(str(name), step, str(before), str(after), "channels", was, became))
    return found


def _changes(
    name: str, step: str | None, before: str, after: str, was: pd.DataFrame, became: pd.DataFrame
) -> list[Break]:
    """Wording and scale of a question in two waves, where each wave knows one."""
    if was.empty or became.empty:
        return []
    first, then = was.iloc[0], became.iloc[0]
    found = []
    if _plain(first["label"]) != _plain(then["label"]):
        found.append(Break(name, step, before, after, "wording", str(first["label"]), str(then["label"])))
    if (first["low"], first["high"], first["reversed"]) != (then["low"], then["high"], then["reversed"]):
        found.append(Break(name, step, before, after, "scale", _scale(first), _scale(then)))
    return found


def _plain(words: object) -> str:
    return " ".join("".join(one if one.isalnum() else " " for one in str(words).casefold()).split())


def _scale(row: pd.Series) -> str:
    return f"{row['low']:g} to {row['high']:g}{' (low is good)' if row['reversed'] else ''}"


def _channels(journey: JourneyFrame, measures: set[str]) -> dict[str, dict[tuple[str, str], tuple[str, str]]]:
    """For each measure, the pairs of waves between which the channels of its answers shifted beyond chance."""
    counted = journey.count(by=["measure", "wave", "channel"], people=False)
    counted = counted[counted["wave"].notna() & counted["channel"].notna() & counted["measure"].isin(measures)]
    found: dict[str, dict[tuple[str, str], tuple[str, str]]] = {}
    for name, those in counted.groupby("measure", sort=True):
        table = those.pivot_table(index="wave", columns="channel", values="n", aggfunc="sum", fill_value=0)
        table = table.loc[journey.in_order("wave", table.index)]
        pairs = list(zip(table.index, table.index[1:], strict=False))
        tested = [_shift(table.loc[list(pair)]) for pair in pairs]
        for pair, corrected, (_, strength) in zip(pairs, holm([p for p, _ in tested]), tested, strict=True):
            if corrected is not None and corrected < ALPHA and strength >= DRIFT:
                found.setdefault(str(name), {})[pair] = tuple(_mix(table.loc[wave]) for wave in pair)  # type: ignore[assignment]
    return found


def _mix(counts: pd.Series) -> str:
    shares = (100 * counts / counts.sum()).sort_values(ascending=False)
    return ", ".join(f"{channel} {share:.0f} %" for channel, share in shares.items() if share >= 0.5)


def _shift(table: pd.DataFrame) -> tuple[float | None, float]:
    """p of Pearson's chi-square test that two rows have the same shares, and Cramér's V; None where there is nothing to test."""
    from scipy.stats import chi2_contingency

    table = table.loc[:, table.sum() > 0]
    if table.shape[0] < 2 or table.shape[1] < 2 or (table.sum(axis=1) == 0).any():
        return None, 0.0
    tested = chi2_contingency(table.to_numpy(), correction=False)
    return float(tested.pvalue), float((tested.statistic / table.to_numpy().sum()) ** 0.5)


def told(journey: JourneyFrame, of: str, by: Sequence[str]) -> str:
    """Words for the method of a finding by wave: the breaks of its measure, or nothing."""
    if "wave" not in by:
        return ""
    found = dict.fromkeys(one.words for one in breaks(journey, of))
    return f"; wave break ({'; '.join(found)}): a difference there may come from the asking" if found else ""


@measure("Was the same asked in every wave?")
def wave_breaks(journey: JourneyFrame, minimum_base: int | None = None) -> Finding:
    """Wave breaks: where a measure's wording, scale or mix of channels changed from one wave to the next.

    Wordings are compared without case and punctuation; channels by Pearson's chi-square test, Holm-corrected over the
    pairs of waves of a measure (p under 0.05), and told from a Cramér's V of 0.1.
    """
    found = breaks(journey)
    table = pd.DataFrame(
        [vars(one) for one in found], columns=["measure", "step", "before", "after", "what", "was", "became"]
    )
    waves = journey.of_kind("answer").distinct("wave")
    measures = table["measure"].nunique()
    sentence = (
        f"{measures} {'measure' if measures == 1 else 'measures'} changed in the asking between waves: "
        f"{'; '.join(dict.fromkeys(f'{one.measure}, {one.words}' for one in found[:4]))}{' …' if len(found) > 4 else ''}."
        if found
        else f"Wording, scale and channels stayed the same over {len(waves)} {'wave' if len(waves) == 1 else 'waves'}."
    )
    method = (
        "wordings without case and punctuation; scales; channels by chi-square, Holm-corrected, from Cramér's V 0.1"
    )
    return groups.finding(
        journey,
        "wave_breaks",
        table,
        ("measure", "step"),
        sentence,
        journey.base(),
        method,
        minimum_base,
        {},
        "Wave breaks",
    )


@measure("Did the same kinds of people answer in every wave?")
def drift(journey: JourneyFrame, by: str | Sequence[str] | None = None, minimum_base: int | None = None) -> Finding:
    """Drift: the shares of groups of people among those who answered, wave by wave, unweighted.

    `by` are attributes of people; all that have 2 to 12 values where none is named (waves are compared in any case).
    An attribute drifts where its shares
    differ between two waves that follow each other by Pearson's chi-square test, Holm-corrected over all pairs of waves
    and attributes (p under 0.05), with a Cramér's V of at least 0.1. Shares with Wilson's 95 % interval (1927).
    """
    answers = journey.of_kind("answer")
    there = [column for column in journey.people.columns if column not in ("person", "stratum", "cluster", "created")]
    wanted = [one for one in ([by] if isinstance(by, str) else by or ()) if one != "wave"]
    wanted = wanted or [one for one in there if 1 < len(journey.distinct(one)) <= FEW]
    main = _most_asked(answers)
    rows, tests = [], []
    for attribute in wanted if main is not None else []:
        counted = answers.where(measure=main).count(by=["wave", attribute])
        counted = groups.in_order(
            journey, counted[counted["wave"].notna() & counted[attribute].notna()], ("wave", attribute)
        )
        totals = counted.groupby("wave")["people"].sum()
        for wave, group, people in counted[["wave", attribute, "people"]].itertuples(index=False):
            share = share_interval(float(people), float(totals[wave]))
            figures = {
                "value": 100 * people / totals[wave],
                "low": 100 * (share.low or 0),
                "high": 100 * (share.high or 0),
            }
            rows.append({"attribute": attribute, "group": str(group), "wave": wave, **figures, "n": int(totals[wave])})
        table = counted.pivot_table(index="wave", columns=attribute, values="people", fill_value=0)
        table = table.loc[journey.in_order("wave", table.index)]
        for pair in zip(table.index, table.index[1:], strict=False):
            tests.append((attribute, pair, *_shift(table.loc[list(pair)])))
    drifted = [
        (attribute, pair, strength)
        for (attribute, pair, _, strength), p in zip(tests, holm([one[2] for one in tests]), strict=True)
        if p is not None and p < ALPHA and strength >= DRIFT
    ]
    columns = ["attribute", "group", "wave", "value", "low", "high", "n"]
    return groups.finding(
        journey,
        "drift",
        groups.rounded(pd.DataFrame(rows, columns=columns)),
        ("attribute", "group", "wave"),
        _who_drifted(drifted, tests, answers.distinct("wave")),
        answers.base(),
        "unweighted shares of respondents with Wilson's interval; chi-square between waves that follow each other, "
        "Holm-corrected; told from Cramér's V 0.1",
        minimum_base,
        {},
        "Who answered, wave by wave",
    )


def _most_asked(answers: JourneyFrame) -> str | None:
    """The measure that most records answer: who answered it stands for who took part."""
    counted = answers.count(by="measure", people=False)
    return (
        str(counted.sort_values(["n", "measure"], ascending=[False, True])["measure"].iloc[0]) if len(counted) else None
    )


def _who_drifted(drifted: Sequence[tuple], tests: Sequence, waves: Sequence[str]) -> str:
    if not tests:
        return "There are not two waves with known groups of people to compare."
    if not drifted:
        return f"Who answered stayed alike over {len(waves)} waves, as far as the known groups tell."
    listed: Mapping[str, None] = dict.fromkeys(f"{one.replace('_', ' ')} from {a} to {b}" for one, (a, b), _ in drifted)
    return f"Who answered shifted between waves in {'; '.join(list(listed)[:4])}: weight, or compare within groups."
