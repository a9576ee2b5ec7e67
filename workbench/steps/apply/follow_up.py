"""The loop closed: did what was done come to what was hoped? Each action tested by its own measure, with a verdict.

Looks back at the measures and the actions; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.steps.apply.model import FILE, Action, Actions
from workbench.steps.apply.moved import Moved, first_wave, two_sides
from workbench.steps.apply.moved_against import against_others, known_names
from workbench.steps.apply.moved_complaints import COMPLAINT, complaints
from workbench.steps.apply.moved_series import interrupted, level_now, long_enough, plain
from workbench.steps.measure import groups, periods
from workbench.steps.measure.complaint_series import MONTHLY

WORKED, WORSE, NO_CHANGE, TOO_EARLY = "worked", "worse", "no change", "too early"
VERDICTS = (WORKED, WORSE, NO_CHANGE, TOO_EARLY)
ALPHA = 0.05
PART = 0.05  # of the scale: the smallest change that matters, where the action names none
OF_RATE = 0.1  # of the rate before, where there is no scale
FEELS = ("nps", "csat", "ces", "emotion", "trust")  # readings of these are wanted higher
COLUMNS = (
    *("action", "department", "measure", "since", "verdict", "in words", "value", "low", "high", "n"),
    *("n before", "n after", "p", "p Holm", "matters", "target", "level now", "level from", "level to"),
    *("target reached", "control chart", "test", "id", "of", "step", "solution", "done", "few", "se"),
)
QUIET = (
    *(
        "department",
        "n",
        "p",
        "matters",
        "level now",
        "level from",
        "level to",
        "test",
        "of",
        "step",
        "solution",
        "done",
    ),
    *("few",),
)


def since_of(one: Action) -> date:
    """The first day on which an action's effect can be seen: as it says, else the day after it was finished, or due."""
    return one.effect_from or (one.finished or one.due) + timedelta(days=1)


def done_by(one: Action, today: date) -> bool:
    """Was it done by this day?"""
    return one.status == "done" and (one.finished is None or one.finished <= today)


def follow_up(
    journey: JourneyFrame, actions: Actions, today: date, names: Mapping[str, str], minimum_base: int | None = None
) -> Finding:
    """Each action that was not dropped, tested by its measure from the day on which an effect can be seen.

    Test  difference in differences where the action says who it was done for (`treated`), else an interrupted time series
          where there are 8 periods (the mean of the first periods after against the old course), else after against before, which
          a trend deceives and which says so. Complaints are rates by customer months; readings of a sheet are series.
    worked, worse  the change is beyond chance (p under 5 %, Holm over the actions), the wanted way or the other
    no change      the 90 % interval lies within ±`matters` (two one-sided tests), or within 5 % of the scale's range
                   (complaints: a tenth of the rate before) where the action names none. A change surely smaller than the
                   `matters` that the team named is no change however sure its sign is
    too early      not done, before its day, or not enough yet to tell: then how much more would do

    Lower is wanted of complaints and of scales on which low is good, else higher; a reading of something else goes the way
    that was predicted. Fewer than the minimum base are not told. Raises DataFault for names that are not there.
    """
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    kept = [one for one in actions.actions if one.status != "dropped"]
    found: list[Moved] = []
    for one in kept:
        early = _not_yet(one, today)
        found.append(Moved(why=early) if early else tested(journey, one, since_of(one), minimum))
    corrected = holm([one.p for one in found])
    rows = [_row(journey, one, moved, p, names, today) for one, moved, p in zip(kept, found, corrected, strict=True)]
    table = groups.rounded(pd.DataFrame(rows, columns=list(COLUMNS)))
    dropped = len(actions.actions) - len(kept)
    tests = sum(one.p is not None for one in found)
    units = {unit_of(one.measure) for one, moved in zip(kept, found, strict=True) if moved.value is not None}
    unit = f"change of {', '.join(sorted(units))}"
    picture = {"kind": "intervals", "unit": unit, "reference": 0, "signed": True}
    result = groups.finding(
        journey, "follow_up", table, ("action",), _sentence(table, dropped), journey.base(),
        "each action by the test that its design allows (see test); 95 % intervals; p corrected by Holm over "
        f"{tests} {'test' if tests == 1 else 'tests'}; no change: the 90 % interval lies within what matters; a change is in "
        "the measure's own unit, after less before; without a comparison group whatever else happened then is in it",
        minimum_base, picture if len(units) == 1 else {}, "What came of what was done",
    )  # fmt: skip
    return replace(result, quiet=QUIET)


def _not_yet(one: Action, today: date) -> str:
    """Why it is too early to look at all; empty where it is not."""
    since = since_of(one)
    if not done_by(one, today):
        late = "late: it was due" if one.due < today else "it is due"
        return f"not done yet ({one.status}; {late} {one.due})" if one.status != "done" else "not done by that day"
    return f"an effect can be seen from {since} on" if since > today else ""


def tested(journey: JourneyFrame, one: Action, since: date, minimum: int) -> Moved:
    """How far an action's measure moved from `since` on, by the test that its design allows. Raises DataFault."""
    if one.measure == COMPLAINT:
        return complaints(journey, one, since, minimum)
    kinds = _kinds(journey, one.measure)
    if not kinds:
        return Moved(why=f"nothing in the data is called {one.measure}")
    here = journey if one.step is None else journey.at_steps(one.step)
    if one.treated:
        known_names(journey, one)
        if "answer" not in kinds:
            found = f"readings of {one.measure}, which tell of no person"
            raise DataFault(Fault(file=FILE, column=f"{one.id}.treated", found=found, expected="a measure of answers"))
        return against_others(here, one, since, minimum)
    when = first_wave(here, since) if one.every == "wave" else since.isoformat()
    found_series = None
    if when is not None and ("reading" in kinds or _dated(here, one.measure)):
        found_series = periods.series(here, one.measure, one.every)
    if found_series is not None and when is not None and long_enough(found_series, when, minimum):
        told = interrupted(here, found_series, when, minimum)
        return replace(told, level=level_now(here, one.measure, since, found_series, when, minimum))
    if "answer" in kinds:
        return two_sides(here, one.measure, since, minimum)
    return (
        Moved(why="its readings have no dates") if found_series is None else plain(here, found_series, since, minimum)
    )


def _kinds(journey: JourneyFrame, of: str) -> set[str]:
    known = journey.measures.to_frame()
    return set(known.loc[(known["measure"] == of) & known["kind"].isin(["answer", "reading"]), "kind"])


def _dated(journey: JourneyFrame, of: str) -> bool:
    """Has any answer a time?"""
    counted = journey.of_kind("answer").between("1900-01-01", "2200-01-01").count(by="measure", people=False)
    return bool((counted["measure"] == of).any())


def _wanted(journey: JourneyFrame, one: Action, moved: Moved) -> int:
    """1 where higher is wanted, -1 where lower is, 0 where nothing says."""
    if one.measure == COMPLAINT:
        return -1
    kinds = _kinds(journey, one.measure)
    if "answer" in kinds or one.measure in FEELS:
        known = journey.measures.to_frame()
        return -1 if known.loc[known["measure"] == one.measure, "reversed"].fillna(False).astype(bool).any() else 1
    if one.predicted is not None and one.predicted[1] != 0:
        return 1 if one.predicted[1] > 0 else -1
    if one.target is not None and moved.before is not None and one.target != moved.before:
        return 1 if one.target > moved.before else -1
    return 0


def _matters(journey: JourneyFrame, one: Action, moved: Moved) -> float | None:
    """The smallest change that matters: as the action says, else a part of the scale, or of the rate before."""
    if one.matters is not None:
        return one.matters
    if one.measure == "nps":
        return PART * 200
    known = journey.measures.to_frame()
    known = known[known["measure"] == one.measure]
    answers = known[known["kind"] == "answer"]
    known = answers if len(answers) else known
    span = float(known["high"].max() - known["low"].min()) if len(known) and one.measure != COMPLAINT else 0.0
    if span > 0:
        return PART * span
    return OF_RATE * abs(moved.before) if moved.before else None


def _verdict(moved: Moved, p: float | None, wanted: int, matters: float | None, named: bool) -> tuple[str, bool]:
    """The verdict, and whether the change is surely smaller than what matters."""
    inside = matters is not None and moved.inner is not None and -matters < moved.inner[0] and moved.inner[1] < matters
    beyond = p is not None and p < ALPHA and bool(moved.value)
    if inside and (named or not beyond):
        return NO_CHANGE, inside
    if beyond and wanted:
        return (WORKED if (moved.value or 0.0) * wanted > 0 else WORSE), inside
    return TOO_EARLY, inside


def _row(
    journey: JourneyFrame, one: Action, moved: Moved, p: float | None, names: Mapping[str, str], today: date
) -> dict[str, Any]:
    wanted, matters = _wanted(journey, one, moved), _matters(journey, one, moved)
    verdict, inside = _verdict(moved, p, wanted, matters, one.matters is not None)
    now, low, high = moved.level
    place = measure_in_words(one, names)
    bases = [base for base in (moved.n_before, moved.n_after) if base is not None]
    return {
        "action": one.action, "department": one.department, "measure": place, "since": since_of(one).isoformat(),
        "verdict": verdict, "in words": _in_words(one, moved, verdict, p, wanted, matters, inside, place),
        "value": moved.value, "low": moved.low, "high": moved.high, "n": min(bases) if bases else None,
        "n before": moved.n_before, "n after": moved.n_after, "p": moved.p, "p Holm": p,
        "matters": matters if moved.value is not None or one.matters else None, "target": one.target,
        "level now": now, "level from": low, "level to": high, "target reached": _reached(one.target, moved.level, wanted),
        "control chart": moved.signal, "test": "; ".join([moved.how, *moved.minds]) if moved.how else "", "id": one.id,
        "of": one.measure, "step": one.step, "solution": one.solution, "done": done_by(one, today), "few": moved.few,
        "se": moved.se,
    }  # fmt: skip


def measure_in_words(one: Action, names: Mapping[str, str]) -> str:
    """What an action is measured by, and where."""
    of = {"nps": "NPS", "csat": "CSAT", "ces": "CES", COMPLAINT: MONTHLY}.get(one.measure, one.measure)
    return f'{of} at "{names.get(one.step, one.step)}"' if one.step else of


def _part(one: Action, moved: Moved, matters: float | None) -> str:
    """What the smallest change that matters is a part of, where the action names none."""
    by_rate = one.measure != "nps" and moved.before and matters == OF_RATE * abs(moved.before)
    return "a tenth of what it was" if by_rate else "5 % of its scale"


def unit_of(of: str) -> str:
    """The unit of a measure, in words."""
    return {"nps": "NPS (points)", COMPLAINT: MONTHLY}.get(of, f"{of} (on its scale)")


def _reached(target: float | None, level: Sequence[float | None], wanted: int) -> str:
    """Whether what the measure is now reaches the target, with its interval."""
    now, low, high = level
    if target is None or now is None:
        return ""
    if not wanted:
        return "cannot be told: nothing says which way is wanted"
    if low is None or high is None:
        return f"{'reached' if (now - target) * wanted >= 0 else 'not reached'}: {now:.3g} (no interval)"
    near, far = (low, high) if wanted > 0 else (high, low)
    word = "reached" if (near - target) * wanted >= 0 else "cannot be told"
    word = "not reached" if (far - target) * wanted < 0 else word
    return f"{word}: {now:.3g} ({low:.3g} to {high:.3g})".replace("-", "−")


def said(value: float | None) -> str:
    """A change with its sign, as long as its size calls for."""
    size = abs(value or 0.0)
    return groups.signed(value, 0 if size >= 10 else 1 if size >= 1 else 2)


def _in_words(
    one: Action,
    moved: Moved,
    verdict: str,
    p: float | None,
    wanted: int,
    matters: float | None,
    inside: bool,
    place: str,
) -> str:
    """One plain sentence or two: what was found, and what it says of the action."""
    if moved.value is None:
        return f"Too early: {moved.why}."
    limits = "no interval" if moved.low is None else f"{said(moved.low)} to {said(moved.high)}"
    found = f"{place[:1].upper()}{place[1:]} moved by {said(moved.value)} ({limits}) from {since_of(one)} on"
    way = "the wanted way" if moved.value * wanted > 0 else "the wrong way"
    size, part = "" if matters is None else f"{matters:.3g}", _part(one, moved, matters)
    aimless = not wanted and p is not None and p < ALPHA
    told = {
        WORKED: f"{way}, beyond chance",
        WORSE: f"{way}, beyond chance",
        NO_CHANGE: f"if that is a change, it is smaller than the {size} that matters{'' if one.matters else f' ({part})'}",
        TOO_EARLY: "beyond chance, but nothing says which way is wanted (predicted: or target:)"
        if aimless
        else "that may be chance, and may be a change that matters",
    }[verdict]
    if inside and verdict in (WORKED, WORSE):
        told += f", though by less than {size} ({part})"
    more = moved.more(matters) if verdict == TOO_EARLY and matters and not aimless else ""
    minds = [*([more] if more else []), *moved.minds]
    return f"{found}: {told}{'. ' + '; '.join(minds)[:1].upper() + '; '.join(minds)[1:] if minds else ''}."


def _sentence(table: pd.DataFrame, dropped: int) -> str:
    """How many worked, and which."""
    if table.empty:
        return "No action is there to follow up."
    parts = []
    for verdict in VERDICTS:
        those = table[table["verdict"] == verdict]
        if len(those):
            which = "; ".join(
                f'"{row["action"]}": {row["measure"]} {said(row["value"])}' for _, row in those.iterrows()
            )
            word = {NO_CHANGE: "brought no change", WORSE: "made it worse", TOO_EARLY: "too early to tell"}.get(
                verdict, verdict
            )
            named = verdict != TOO_EARLY and len(those) <= 3
            parts.append(f"{len(those)} {word}{f' ({which})' if named else ''}")
    many = len(table)
    more = f" {dropped} dropped." if dropped else ""
    return f"Of {many} {'action' if many == 1 else 'actions'} {', '.join(parts)}.{more}"


def by_step(found: Finding) -> dict[str, list[str]]:
    """What was done at each step and what came of it, in words for the map; no verdict on too few people."""
    told: dict[str, list[str]] = {}
    for row in found.to_frame().to_dict("records"):
        step = _id_of(found, row["id"])
        if step and row["done"]:
            told.setdefault(step, []).append(row["action"] if row["few"] else f"{row['action']}: {row['verdict']}")
    return told


def _id_of(found: Finding, action: str) -> str | None:
    """The step of an action by its id: what is shown of a step is its name."""
    step = found.table.loc[found.table["id"] == action, "step"].iloc[0]
    return step if isinstance(step, str) else None


__all__ = ["VERDICTS", "by_step", "done_by", "follow_up", "measure_in_words", "said", "since_of", "tested"]
