"""What changed since the last wave: scores, hot spots, surprises, verdicts, actions; with chance told from change.

Looks back at every step of the method; writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.engine import Table, rows
from workbench.faults import DataFault, unknown
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.steps.apply import Actions
from workbench.steps.apply.follow_up import follow_up, since_of
from workbench.steps.map import JourneyMap
from workbench.steps.measure import evidence, groups
from workbench.steps.measure.at_steps import AtSteps, at_steps
from workbench.steps.measure.claims import Hypothesis
from workbench.steps.measure.hot_spots import SEED
from workbench.steps.measure.hypotheses import judge
from workbench.steps.measure.surprises import LANES, gaps
from workbench.steps.measure.wave_scores import named, told, wave_scores

SOON = 30  # days ahead that an action is told of
COLUMNS = ("kind", "what", "where", "before", "now", "said", "value", "low", "high", "n", "p Holm", "changed")
KINDS = {"hot spot": "hot spots", "surprise": "surprises", "verdict": "verdicts", "follow-up": "follow-ups"}


@dataclass(frozen=True, eq=False)
class Compared:
    """The study now and as it was before the newest wave began; `day` is the last day of then, `began` the day before the
    wave before it (None: not dated)."""

    now: JourneyFrame
    then: JourneyFrame
    drawn: JourneyMap
    later: str
    earlier: str
    day: date | None
    began: date | None


def since(
    journey: JourneyFrame,
    drawn: JourneyMap,
    actions: Actions,
    today: date,
    declared: Sequence[Hypothesis] = (),
    judged: Finding | None = None,
    followed: Finding | None = None,
    wave: str | None = None,
    seed: int = SEED,
) -> Finding:
    """The newest wave (or `wave`) against the one before.

    Scores by step and of the whole journey, each wave's own answers, p corrected over all of them (Holm). Hot spots, surprises
    and verdicts of hypotheses with all records against those from before the newest wave began: whether such a word changed is
    no test. Actions that are late, due within 30 days, whose effect can be seen since, and follow-ups with another verdict.
    `judged` and `followed` are those of now, where they are known already. Raises DataFault for a wave that is not there.
    """
    known = journey.in_order("wave", journey.of_kind("answer").distinct("wave"))
    if wave is not None and wave not in known:
        raise DataFault(unknown("wave", wave, known, column="wave"))
    place = len(known) - 1 if wave is None else known.index(wave)
    if place < 1:
        return _nothing(journey, known, wave)
    last = place == len(known) - 1
    now = journey if last else _until(journey, known[place + 1], known[place + 1 :])[0]
    then, day = _until(now, known[place], known[place:])
    two = Compared(now, then, drawn, known[place], known[place - 1], day, _eve(now, known[place - 1]))
    if not last:  # what is known of now belongs to a later day
        judged = followed = None
        after = _until(journey, known[place + 1], known[place + 1 :])[1]
        today = after or today
    at = at_steps(two.now)
    scores = wave_scores(two.now, at, two.later, two.earlier)
    found = [_score(two, row) for row in scores.to_dict("records")]
    found += _hot_spots(two, seed) + _surprises(two, at)
    found += _verdicts(two, declared, judged) + _actions(two, actions, today) + _followed(two, actions, today, followed)
    table = groups.rounded(pd.DataFrame(found, columns=list(COLUMNS)))
    table = pd.concat([table[table["changed"].astype(bool)], table[~table["changed"].astype(bool)]], ignore_index=True)
    result = groups.finding(
        journey, "since", table, ("kind", "what", "where"), _sentence(two, scores, table),
        f"answers of the waves {two.earlier} and {two.later}; n is the smaller of the two",
        f"scores: {two.later} less {two.earlier}, 95 % intervals, people of both waves counted once; p corrected over "
        f"{int(scores['p'].notna().sum())} scores (Holm), beyond chance under 5 %; hot spots, surprises and verdicts: all "
        f"records against those from before {two.later} began, no test of the difference",
        None, {}, f"What changed since {two.earlier}",
    )  # fmt: skip
    return replace(result, quiet=("changed",))


def _until(journey: JourneyFrame, wave: str, gone: Sequence[str]) -> tuple[JourneyFrame, date | None]:
    """The records from before a wave began (undated ones stay unless they are of it or a later one), and the day before."""
    start = _begun(journey, wave)
    kept = journey.records.lazy.filter(~nw.col("wave").is_in(list(gone)).fill_null(False))
    if start is not None:
        kept = kept.filter((nw.col("time") < start).fill_null(True))
    cut = replace(journey, records=Table(kept), wide=(), ways=None, clocked=None, whole=False)
    return cut, _eve(journey, wave)


def _begun(journey: JourneyFrame, wave: str) -> int | None:
    """When the first answer of a wave was given, in microseconds; None where none is dated."""
    answers = journey.records.lazy.filter(nw.col("wave") == wave, nw.col("kind") == "answer")
    start = rows(answers.select(nw.col("time").min().alias("time")))["time"].dropna()
    return int(start.iloc[0]) if len(start) else None


def _eve(journey: JourneyFrame, wave: str) -> date | None:
    """The day before a wave began."""
    start = _begun(journey, wave)
    return None if start is None else pd.Timestamp(start, unit="us").date() - timedelta(days=1)


def _nothing(journey: JourneyFrame, known: Sequence[str], wave: str | None) -> Finding:
    told_ = "The answers name no wave: there is nothing to compare."
    if known:
        told_ = f"{known[0]} is the only wave: there is none before it to compare with."
        told_ = told_.replace("only", "first") if len(known) > 1 else told_
    return groups.finding(
        journey, "since", pd.DataFrame(columns=list(COLUMNS)), ("kind", "what", "where"), told_, journey.base(), "", None, {},
        "What changed since the last wave",
    )  # fmt: skip


def _place(two: Compared, step: Any) -> str:
    return two.drawn.names.get(step, step) if isinstance(step, str) else "whole journey"


def _score(two: Compared, row: dict[str, Any]) -> dict[str, Any]:
    digits = 0 if row["measure"] in ("nps", "csat", "emotion", "trust") else 2
    signed = row["measure"] in ("nps", "emotion", "trust")

    def level(value: float) -> str:
        return groups.signed(value, digits) if signed else f"{value:.{digits}f}"

    return {
        "kind": "score", "what": named(row["measure"]), "where": _place(two, row["step"]), "before": level(row["before"]),
        "now": level(row["now"]), "said": told(row), "changed": bool(row["moved"]),
        **{name: row[name] for name in ("value", "low", "high", "n", "p Holm")},
    }  # fmt: skip


def _word(kind: str, what: str, where: str, before: str, now: str, said: str, changed: bool) -> dict[str, Any]:
    return {"kind": kind, "what": what, "where": where, "before": before, "now": now, "said": said, "changed": changed}


def _hot_spots(two: Compared, seed: int) -> list[dict[str, Any]]:
    """Which hot spots the data propose now and then: came, went, stayed."""
    if not any(evidence.has(two.now, one) for one in ("nps", "csat", "emotion", "complaint")):
        return []
    sides = []
    for journey in (two.then, two.now):
        table = evidence.hot_spots(journey, two.drawn, None, seed=seed).to_frame()
        spots = table[table["proposed"].isin(["pain", "gain"])] if len(table) else table
        sides.append({row["step"]: row for row in spots.to_dict("records")})
    then, now = sides
    found = []
    for step in dict.fromkeys([*now, *then]):
        was, is_ = (side.get(step, {}).get("proposed", "") for side in (then, now))
        word = "stays" if was == is_ else "came" if not was else "went" if not is_ else f"from {was} to {is_}"
        share = [f"in {one[step]['in the first %']:.0f} of 100 draws" for one in (now,) if step in one]
        found.append(_word("hot spot", is_ or was, step, was or "–", is_ or "–", " ".join([word, *share]), was != is_))
    return found


def _surprises(two: Compared, at: AtSteps) -> list[dict[str, Any]]:
    """Which steps surprise the team now and did not then, and the other way round."""
    then, now = _beyond(two, at_steps(two.then)), _beyond(two, at)
    found = []
    for lane, step in dict.fromkeys([*now, *then]):
        was, is_ = then.get((lane, step)), now.get((lane, step))
        before, after = ("–" if one is None else f"{groups.signed(one)} than assumed" for one in (was, is_))
        word = "new" if was is None else "gone" if is_ is None else "stays"
        found.append(_word("surprise", lane, _place(two, step), before, after, word, (was is None) != (is_ is None)))
    return found


def _beyond(two: Compared, at: AtSteps) -> dict[tuple[str, str], float]:
    felt = {lane: at.table(lane) for lane in LANES if lane in at.measures()}
    if not felt or not any(getattr(step, lane) is not None for step in two.drawn.steps for lane in felt):
        return {}
    table = gaps(felt, two.drawn)
    seen = groups.shown(at.journey, table, ("step", "lane"), None)
    return {(row["lane"], row["step"]): float(row["value"]) for row in seen.to_dict("records") if row["surprise"]}


def _verdicts(two: Compared, declared: Sequence[Hypothesis], judged: Finding | None) -> list[dict[str, Any]]:
    """Hypotheses whose verdict is another."""
    if not declared:
        return []
    now = _judged(judged or judge(two.now, declared))
    then = _then(two, declared)
    found = []
    for one in declared:
        name = one.id.replace("-", " ")
        was, is_ = then.get(name, "not judged"), now.get(name, "not judged")
        if was != is_:
            found.append(_word("verdict", name, _place(two, one.step), was, is_, f"{is_}, was {was}", True))
    return found


def _judged(found: Finding) -> dict[str, str]:
    return {
        row["hypothesis"]: row["verdict"] if isinstance(row["verdict"], str) else "hidden"
        for row in found.to_frame().to_dict("records")
    }


def _then(two: Compared, declared: Sequence[Hypothesis]) -> dict[str, str]:
    """The verdicts of then; claims that could not be judged yet (of a wave to come) are left out."""
    able = []
    try:
        return _judged(judge(two.then, declared))
    except DataFault:  # one of them names what was not there yet: which?
        for one in declared:
            try:
                judge(two.then, [one])
                able.append(one)
            except DataFault:
                continue
    return _judged(judge(two.then, able)) if able else {}


def _actions(two: Compared, actions: Actions, today: date) -> list[dict[str, Any]]:
    """Actions that are late or due soon, and those whose effect can be seen since."""
    found = []
    for one in actions.actions:
        if one.status == "dropped":
            continue
        where, day = _place(two, one.step), since_of(one)
        if one.status != "done" and one.due < today:
            found.append(_word("action", one.action, where, f"due {one.due}", one.status, "late", True))
        elif one.status != "done" and one.due <= today + timedelta(days=SOON):
            found.append(_word("action", one.action, where, f"due {one.due}", one.status, "due soon", True))
        if one.status == "done" and two.began is not None and two.began < day <= today:
            found.append(
                _word("action", one.action, where, "done", f"effect from {day}", "an effect can be seen since", True)
            )
    return found


def _followed(two: Compared, actions: Actions, today: date, followed: Finding | None) -> list[dict[str, Any]]:
    """Actions whose follow-up has another verdict."""
    if not actions.actions or two.day is None:
        return []
    now = followed or follow_up(two.now, actions, today, two.drawn.names)
    then = follow_up(two.then, actions, two.day, two.drawn.names)
    found = []
    for was, is_ in zip(then.to_frame().to_dict("records"), now.to_frame().to_dict("records"), strict=True):
        if was["verdict"] != is_["verdict"] and not is_.get(privacy.HIDDEN):
            where = is_["measure"]
            found.append(
                _word("follow-up", is_["action"], where, was["verdict"], is_["verdict"], is_["in words"], True)
            )
    return found


def _sentence(two: Compared, scores: pd.DataFrame, table: pd.DataFrame) -> str:
    """What changed beyond chance, then what reads otherwise; and that it is all."""
    moved = scores[scores["moved"].astype(bool)] if len(scores) else scores
    start, many = f"From {two.earlier} to {two.later}", len(scores)
    if not many:
        told_ = f"{start} no score was given by enough people in both waves to compare."
    elif moved.empty:
        told_ = f"{start} none of {many} scores changed beyond chance."
    else:
        named_ = [f"{named(row['measure'])} {_at(two, row['step'])} {told(row)}" for row in moved.to_dict("records")]
        more = f"; and {len(named_) - 5} more" if len(named_) > 5 else ""
        told_ = f"{start} {len(moved)} of {many} scores changed beyond chance: {'; '.join(named_[:5])}{more}; no other score did."
    parts = []
    for kind, plural in KINDS.items():
        those = table[(table["kind"] == kind) & table["changed"].astype(bool)]
        if len(those):
            which = ", ".join(_told_of(kind, row) for row in those.head(3).to_dict("records"))
            parts.append(
                f"{len(those)} {kind if len(those) == 1 else plural} {'reads' if len(those) == 1 else 'read'} otherwise ({which})"
            )
    late = int((table["said"] == "late").sum())
    soon = int((table["said"] == "due soon").sum())
    parts += [f"{late} {'action is' if late == 1 else 'actions are'} late"] if late else []
    parts += [f"{soon} due within {SOON} days"] if soon else []
    return f"{told_} {'; '.join(parts)}." if parts else f"{told_} Nothing else changed."


def _at(two: Compared, step: Any) -> str:
    return f'at "{_place(two, step)}"' if isinstance(step, str) else "of the whole journey"


def _told_of(kind: str, row: dict[str, Any]) -> str:
    if kind == "hot spot":
        return f'"{row["where"]}" {row["said"].split(" in ")[0]}'
    if kind == "surprise":
        return f'{row["what"]} at "{row["where"]}" {row["said"]}'
    return f"{row['what']}: {row['now']}, was {row['before']}"
