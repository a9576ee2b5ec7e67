"""The coordination map: the commitments between customer and provider, where they break, and what an intervention changes.

A loop runs request, promise, perform, accept (Winograd and Flores 1986; Medina-Mora and others 1992). Where one is broken,
skipped, out of order or never closed, a reactive point is predicted. Knows the map as drawn; nothing that was measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.steps.map.model import LOOP, Intervention, Loop, as_drawn, left_out

if TYPE_CHECKING:
    from workbench.steps.map.model import JourneyMap

METHOD = (
    "as the team drew it in map.yaml; a reactive point is predicted where an act of a loop (request, promise, perform, accept) "
    "is broken, left out although a later one happens, stands before the act that it answers, or where the loop is never closed"
)
After = str | Sequence[str] | None
DONE = {"request": "requested", "promise": "promised", "perform": "performed", "accept": "accepted"}
COLUMNS = ("loop", "customer", "performer", *LOOP, "state", "reactive points")


class ReactivePoint(NamedTuple):
    """A step at which trouble is predicted, the loop that predicts it ("" for the step's own commitments), and why."""

    step: str
    loop: str
    why: str


@dataclass(frozen=True)
class _Trouble:
    """One thing that is wrong with a loop: its word in a state, the step where it will be felt, why, the acts concerned."""

    state: str
    step: str
    why: str
    acts: tuple[str, ...]


def intervened(drawn: JourneyMap, after: After) -> JourneyMap:
    """The same map with interventions carried out: all of a list, in its order, or the one of that name.

    Raises DataFault for a name that no intervention has.
    """
    chosen = _chosen(drawn, after)
    loops = {one.name: one for one in drawn.loops}
    for plan in chosen:
        loop = loops[plan.loop]
        broken = [act for act in loop.broken if act not in plan.mends]
        loops[plan.loop] = loop.model_copy(
            update={**{str(act): step for act, step in plan.sets.items()}, "broken": broken}
        )
    return drawn.model_copy(update={"loops": list(loops.values())})


def reactive_points(drawn: JourneyMap, after: After = None) -> list[ReactivePoint]:
    """Where trouble is predicted, in the order of the steps: from the loops, and from the steps' own commitments.

    A step on which an act of a loop stands is judged by its loops alone. `after`: the same with interventions.
    """
    chosen, later = _chosen(drawn, after), intervened(drawn, after)
    order = {step: place for place, step in enumerate(drawn.names)}
    found: dict[tuple[str, str], list[str]] = {}
    for loop in later.loops:
        for trouble in _troubles(loop, order, drawn.names):
            found.setdefault((trouble.step, loop.name), []).append(trouble.why)
    held = {step for loop in drawn.loops for step in loop.acts.values()}
    put_in = {(step, act) for plan in chosen for act, step in plan.sets.items()}
    for one in drawn.steps:
        # an act that an intervention puts in at the step is there for the step too
        missing = [act for act in left_out(one.commitment) if (one.id, act) not in put_in]
        if missing and one.id not in held:
            last = max(one.commitment, key=LOOP.index)
            found[one.id, ""] = [f"{last} without {' or '.join(missing)}"]
    named = [loop.name for loop in drawn.loops]
    places = {"": len(named)} | {name: place for place, name in enumerate(named)}
    return [
        ReactivePoint(step, loop, "; ".join(why))
        for (step, loop), why in sorted(found.items(), key=lambda one: (order[one[0][0]], places[one[0][1]]))
    ]


def state(loop: Loop, names: Mapping[str, str]) -> str:
    """How a loop stands, in words: closed; or what it skips, breaks, leaves open or has out of order."""
    if not loop.acts:
        return "no act has a step yet"
    order = {step: place for place, step in enumerate(names)}
    return "; ".join(dict.fromkeys(one.state for one in _troubles(loop, order, names))) or "closed"


def coordination(drawn: JourneyMap, after: After = None) -> Finding:
    """The coordination map: one row a loop, with its parties, the step of each act, its state, and the reactive points.

    `after`: the same case with an intervention (or a list of them), drawn beside the map as it is; the table then says how
    each loop stood before. Raises DataFault for an intervention that is not there.
    """
    chosen, later = _chosen(drawn, after), intervened(drawn, after)
    points, before = reactive_points(drawn, after), reactive_points(drawn)
    rows = [_row(loop, drawn.names, [one for one in points if one.loop == loop.name]) for loop in later.loops]
    rows += _own(drawn, points)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    if chosen:
        stood = [state(loop, drawn.names) for loop in drawn.loops]
        table["state before"] = stood + [""] * (len(table) - len(stood))
    panels = [("As it is", "", drawn, before)]
    if chosen:
        panels.append(("After", ", ".join(one.name for one in chosen), later, points))
    steps = drawn.names
    return as_drawn(
        "coordination",
        table,
        _told_change(before, points, drawn, chosen) if chosen else _told(drawn, before),
        by=("loop",),
        method=METHOD,
        picture={
            "kind": "coordination",
            "steps": [{"id": id, "name": name} for id, name in steps.items()],
            "parties": {loop.name: [loop.customer, loop.performer] for loop in drawn.loops},
            "panels": [
                {
                    "title": title,
                    "note": note,
                    "loops": [_drawn(loop, drawn, those) for loop in case.loops],
                    "own": [{"step": one.step, "why": one.why} for one in those if not one.loop],
                }
                for title, note, case, those in panels
            ],
            "interventions": [_planned(one, drawn) for one in chosen],
        },
        cautions=_at_odds(chosen, steps),
        title="The coordination map",
    )


def interventions(drawn: JourneyMap, after: After = None) -> Finding:
    """Which reactive points go with the interventions, which stay, which come; `after` names some, left out: all together.

    One row a loop and step. Raises DataFault for a name that is not there, or where none is planned.
    """
    if not drawn.interventions:
        raise DataFault(
            Fault(
                file="map.yaml",
                column="interventions",
                found="no intervention",
                expected="at least one",
                mend="plan one: the loop that it changes, and the acts that it sets or mends",
            )
        )
    chosen = _chosen(drawn, [one.name for one in drawn.interventions] if after is None else after)
    names = [one.name for one in chosen]
    before = {(one.step, one.loop): one.why for one in reactive_points(drawn)}
    later = {(one.step, one.loop): one.why for one in reactive_points(drawn, names)}
    order = list(drawn.names)
    rows = [
        {
            "step": step,
            "loop": loop or "the step's own commitments",
            "before": before.get((step, loop), ""),
            "after": later.get((step, loop), ""),
            "change": "stays"
            if (step, loop) in before and (step, loop) in later
            else "goes"
            if (step, loop) in before
            else "comes",
            "intervention": ", ".join(one.name for one in chosen if one.loop == loop),
        }
        for step, loop in sorted({**before, **later}, key=lambda one: order.index(one[0]))
    ]
    table = pd.DataFrame(rows, columns=["step", "loop", "before", "after", "change", "intervention"])
    points = [ReactivePoint(step, loop, why) for (step, loop), why in later.items()]
    former = [ReactivePoint(step, loop, why) for (step, loop), why in before.items()]
    return as_drawn(
        "interventions",
        table,
        _told_change(former, points, drawn, chosen),
        by=("step", "loop"),
        method=METHOD,
        cautions=_at_odds(chosen, drawn.names),
        title="What the interventions change",
        labels={"step": drawn.names},
    )


def faults(drawn: JourneyMap) -> list[Fault]:
    """What is worth telling of the loops: an act that is broken and does not happen, an intervention that changes nothing."""
    found = []

    def note(column: str, what: str, expected: str, mend: str) -> None:
        found.append(Fault("map.yaml", None, column, what, expected, mend, weight="note"))

    for loop in drawn.loops:
        for act in loop.broken:
            if act not in loop.acts:
                note(f"loop {loop.name}", f"{act} is broken and has no step", "a broken act that happens",
                     f"name the step of {act}, or take it out of broken:")  # fmt: skip
    for plan in drawn.interventions:
        loop = next(one for one in drawn.loops if one.name == plan.loop)
        same = all(getattr(loop, act) == step for act, step in plan.sets.items())
        if same and not set(plan.mends) & set(loop.broken):
            note(f"intervention {plan.name}", "it changes nothing of its loop", "acts set elsewhere, or broken ones mended",
                 "say in sets: or mends: what will be otherwise")  # fmt: skip
    return found


# -- inside -----------------------------------------------------------------------------------------------------------


def _chosen(drawn: JourneyMap, after: After) -> list[Intervention]:
    known = {one.name: one for one in drawn.interventions}
    wanted = [after] if isinstance(after, str) else list(dict.fromkeys(after or ()))
    for name in wanted:
        if name not in known:
            raise DataFault(unknown("intervention", name, known, "map.yaml", "interventions"))
    return [known[name] for name in wanted]


def _at_odds(chosen: Sequence[Intervention], names: Mapping[str, str]) -> tuple[str, ...]:
    """Interventions that cannot both be carried out, in words: they set one act of a loop at different steps."""
    found, put_in = [], dict[tuple[str, str], tuple[str, str]]()
    for plan in chosen:
        for act, step in plan.sets.items():
            former, at = put_in.get((plan.loop, act), (plan.name, step))
            if at != step:
                where = " and ".join(names[one] if one else "no step" for one in (at, step))
                found.append(
                    f'"{former}" and "{plan.name}" set the {act} of "{plan.loop}" at {where}: the later of them is drawn.'
                )
            put_in[plan.loop, act] = (plan.name, step)
    return tuple(found)


def _troubles(loop: Loop, order: Mapping[str, int], names: Mapping[str, str]) -> list[_Trouble]:
    """What is wrong with a loop, in the order of its acts."""
    acts = loop.acts
    if not acts:
        return []
    happens = list(acts)
    found = []
    for place, act in enumerate(happens):
        # a run of acts left out is felt where the next one happens
        earlier = LOOP.index(happens[place - 1]) + 1 if place else 0
        missing = LOOP[earlier : LOOP.index(act)]
        if missing:
            words = " or ".join(missing)
            found.append(_Trouble(f"skips {' and '.join(missing)}", acts[act], f"{act} without {words}", missing))
        if act in loop.broken:
            found.append(_Trouble(f"broken: {act}", acts[act], _broken(act), (act,)))
        former = happens[place - 1] if place else ""
        if former and order[acts[act]] < order[acts[former]]:
            why = f'{act} before the {former} that it answers (at "{names[acts[former]]}")'
            found.append(_Trouble(f"out of order: {act} before {former}", acts[act], why, (act,)))
    last = happens[-1]
    if last != "accept":
        after = LOOP[LOOP.index(last) + 1 :]
        how, why = {
            "request": ("requested and never answered", "a request that nobody answers"),
            "promise": ("promised and not performed", "a promise that nothing follows"),
            "perform": ("never closed: performed and not accepted", "nobody asks whether it was well: never accepted"),
        }[last]
        found.append(_Trouble(how, acts[last], why, after))
    return found


def _broken(act: str) -> str:
    return {
        "request": "the request does not get through",
        "promise": "the promise is broken",
        "perform": "what is performed falls short",
        "accept": "it is called accepted, and the customer is not content",
    }[act]


def _row(loop: Loop, names: Mapping[str, str], points: Sequence[ReactivePoint]) -> dict[str, Any]:
    acts = {act: names[getattr(loop, act)] if getattr(loop, act) else "left out" for act in LOOP}
    acts |= {act: f"{acts[act]} (broken)" for act in loop.broken if getattr(loop, act)}
    felt = "; ".join(f"{names[one.step]}: {one.why}" for one in points)
    return {"loop": loop.name, "customer": loop.customer, "performer": loop.performer} | acts | {
        "state": state(loop, names),
        "reactive points": felt,
    }  # fmt: skip


def _own(drawn: JourneyMap, points: Iterable[ReactivePoint]) -> list[dict[str, Any]]:
    """The steps that no loop touches and whose own commitments predict trouble, a row each."""
    rows = []
    for one in points:
        if not one.loop:
            step = drawn.step(one.step)
            acts = {act: step.name if act in step.commitment else "" for act in LOOP}
            rows.append(
                {"loop": f'at "{step.name}" alone', "customer": "", "performer": ""}
                | acts
                | {"state": "no loop drawn", "reactive points": f"{step.name}: {one.why}"}
            )
    return rows


def _drawn(loop: Loop, drawn: JourneyMap, points: Iterable[ReactivePoint]) -> dict[str, Any]:
    """A loop as plain values for a picture: where each act stands or is missing, and in which state."""
    order = {step: place for place, step in enumerate(drawn.names)}
    acts, marks = loop.acts, []
    troubles = _troubles(loop, order, drawn.names)
    missing = {act: one.step for one in troubles for act in one.acts if act not in acts}
    for act in LOOP:
        if act in acts:
            late = any(one.state.startswith("out of order") and act in one.acts for one in troubles)
            how = "broken" if act in loop.broken else "out of order" if late else "made"
            marks.append({"act": act, "step": acts[act], "how": how})
        elif act in missing:
            marks.append({"act": act, "step": missing[act], "how": "left out"})
    return {
        "name": loop.name,
        "customer": loop.customer,
        "performer": loop.performer,
        "acts": marks,
        "state": state(loop, drawn.names),
        "closed": not troubles and bool(acts),
        "reactive": [{"step": one.step, "why": one.why} for one in points if one.loop == loop.name],
    }


def _planned(plan: Intervention, drawn: JourneyMap) -> dict[str, str]:
    sets = [f"{act} at {drawn.names[step]}" if step else f"no {act}" for act, step in plan.sets.items()]
    what = "; ".join([*sets, *(f"{act} mended" for act in plan.mends)])
    return {"name": plan.name, "loop": plan.loop, "what": what, "words": plan.words, "owner": plan.owner}


def _told(drawn: JourneyMap, points: Sequence[ReactivePoint]) -> str:
    loops = [one for one in drawn.loops if one.acts]
    if not loops and not points:
        return "No loop of commitments is drawn yet."
    closed = sum(state(one, drawn.names) == "closed" for one in loops)
    told = (
        [f"{closed} of {_count(len(loops), 'loop')} of commitments {'is' if closed == 1 else 'are'} closed"]
        if loops
        else []
    )
    if not points:
        return f"{told[0]}: no reactive point is predicted."
    steps = list(dict.fromkeys(drawn.names[one.step] for one in points))
    told.append(f"{_count(len(points), 'reactive point')} {_are(points)} predicted, at {_listed(steps)}")
    return f"{'; '.join(told)}."


def _told_change(
    before: Sequence[ReactivePoint], after: Sequence[ReactivePoint], drawn: JourneyMap, chosen: Sequence[Intervention]
) -> str:
    was, now = {(one.step, one.loop) for one in before}, {(one.step, one.loop) for one in after}
    if not was and not now:
        return "No reactive point is predicted, before or after."
    with_ = _listed([f'"{one.name}"' for one in chosen])

    def at(which: set[tuple[str, str]]) -> str:
        return _listed([name for step, name in drawn.names.items() if step in {one for one, _ in which}])

    gone, stay, come = was - now, was & now, now - was
    one = len(gone) == 1 or (not gone and len(was) == 1)
    told = [f"With {with_} {len(gone) or 'none'} of {_count(len(was), 'reactive point')} {'goes' if one else 'go'}"]
    told[0] += f" (at {at(gone)})" if gone else ""
    if stay:
        told.append(f"{len(stay)} {'stays' if len(stay) == 1 else 'stay'}, at {at(stay)}")
    if come:
        told.append(f"{len(come)} {'comes' if len(come) == 1 else 'come'}, at {at(come)}")
    return f"{'; '.join(told)}."


def _count(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}"


def _are(those: Sequence[object]) -> str:
    return "is" if len(those) == 1 else "are"


def _listed(words: Sequence[str]) -> str:
    """Names in a row: the first few, and how many more."""
    few = list(words[:4]) if len(words) > 5 else list(words)
    more = [f"{len(words) - len(few)} more"] if len(few) < len(words) else []
    every = [*few, *more]
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} and {every[-1]}"
