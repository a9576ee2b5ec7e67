"""The plan as a calendar file (iCalendar, RFC 5545): the days of each action, and the day to look whether it worked.

Knows actions; escaping and folding are the library's. The same plan on the same day gives the same bytes: no clock is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from workbench.steps.apply.model import Action
from workbench.steps.apply.plan import TO_DO, effect_day, standing, what_tells

PRODUCT = "-//Customer journey workbench//Plan//EN"
AHEAD = {"late": "Late: ", "done": "Done: ", "dropped": "Dropped: "}


def calendar(
    actions: Sequence[Action],
    today: date,
    names: Mapping[str, str],
    study: str,
    title: str,
    solutions: Mapping[str, str] | None = None,
) -> bytes:
    """The actions as a calendar: for each an event over all its days, from start to due, and one on the day from which its
    effect can be seen. What was dropped is there as cancelled, so that it goes from calendars that had it.

    `study` makes the events' ids, which stay the same from one file to the next, so that a calendar that takes a later
    file changes its events and doubles none; `names` are those of steps, `solutions` those of solutions, by their ids.
    """
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", title)
    for one in sorted(actions, key=lambda one: (one.start, one.due, one.id)):
        status = standing(one, today)
        work = _event(one, today, f"{one.id}.work@{study}", AHEAD.get(status, "") + one.action, one.start, one.due)
        work.add("description", _about(one, status, names, solutions or {}))
        made.add_component(work)
        look, day = f"Look at {what_tells(one, names)}", effect_day(one)
        seen = _event(one, today, f"{one.id}.effect@{study}", look, day, day)
        seen.add("description", _hoped(one))
        made.add_component(seen)
    return bytes(made.to_ical())


def _event(one: Action, today: date, uid: str, summary: str, first: date, last: date) -> Any:
    """An event over whole days, `last` among them; it takes nobody's time as busy."""
    from icalendar import Event

    made = Event()
    made.add("uid", uid)
    made.add("dtstamp", datetime(today.year, today.month, today.day, tzinfo=UTC))
    made.add("dtstart", first)
    made.add("dtend", last + timedelta(days=1))  # the first day after it
    made.add("summary", summary)
    made.add("categories", [one.department, one.kind])
    dropped = one.status == "dropped"
    made.add("status", "CANCELLED" if dropped else "TENTATIVE" if one.status == "planned" else "CONFIRMED")
    made.add("transp", "TRANSPARENT")
    return made


def _about(one: Action, status: str, names: Mapping[str, str], solutions: Mapping[str, str]) -> str:
    """What an action's event says: who, for what, how it is told, and what will tell."""
    told = [
        ("Owner", f"{one.owner}, {one.department}"),
        ("Status", f"{status}, due {one.due}" if status in ("late", *TO_DO) else status),
        ("Solution", solutions.get(one.solution, one.solution)),
        ("Told by", "; ".join(filter(None, (one.media, one.moment)))),
        ("What will tell", what_tells(one, names) + ("" if one.target is None else f", target {one.target:g}")),
        ("Effect from", str(effect_day(one))),
        ("", one.about),
    ]
    return "\n".join(f"{head}: {words}" if head else words for head, words in told if words)


def _hoped(one: Action) -> str:
    """What an effect's event says: after what, what was hoped for."""
    told = [f"From this day an effect of the action can be seen: {one.action}"]
    told += [f"Target: {one.target:g}"] if one.target is not None else []
    if one.predicted is not None:
        low, likely, high = one.predicted
        told.append(f"Change expected: {likely:+g} ({low:+g} to {high:+g})")
    return "\n".join([*told, f"Owner: {one.owner}, {one.department}"])
