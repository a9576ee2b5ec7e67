"""The planted truth in words and numbers (truth.yaml): what a fair analysis must recover, and how near to it."""

from __future__ import annotations

import json

import numpy as np

from workbench.sample.exports import SHIFT, SHORTER
from workbench.sample.plan import BUDGETS, COMPLAINT_RATIO, REMEDIES, STEPS, SWITCHED_AFTER_COMPLAINT, YEARS
from workbench.sample.remedies import best
from workbench.sample.town import Town, expected_nps


def difference(town: Town, step: str, a: np.ndarray, b: np.ndarray) -> float:
    """The crude difference in NPS points between two groups of customers, as designed (no luck in it)."""
    nps, through = expected_nps(town, step), town.through(step)
    return round(float(nps[a & through].mean() - nps[b & through].mean()), 1)


def truth(town: Town, seed: int) -> str:
    """What was planted, in words and numbers: what a fair analysis must find, and how near."""
    crude = difference(town, "first-bill", town.region == "North", town.region == "South")
    phone, letter = (
        round(float(expected_nps(town, "first-contact")[town.through("first-contact") & group].mean()), 1)
        for group in (town.called, ~town.called)
    )
    complained = np.array([bool(reasons) for reasons in town.reasons])
    lines = [
        "# What was planted in the sample study: what a fair analysis of sources/ must recover, and how near to it.",
        "# Written by `python -m workbench.sample`; the design values hold for all customers, not for one draw of answers.",
        "# The luck of the answers was dealt evenly (see `dealt`): estimates lie rather nearer than their intervals say.",
        f"seed: {seed}",
        f"customers: {len(town.ids)}",
        "hypotheses:",
    ]
    for name, words in {
        "called-first": {
            "measure": "nps",
            "step": "first-bill",
            "design": 34,
            "tolerance": 12,
            "verdict": "supported",
            "how": "weighted NPS at the first bill, called_first yes less no, held equal for segment",
            "why": "landlords are called a little more often and tenants, who score lower, less: crude it looks bigger than 34",
        },
        "called-first-complaints": {
            "measure": "complaint ratio",
            "step": "first-bill",
            "design": COMPLAINT_RATIO,
            "tolerance": 0.16,
            "verdict": "supported",
            "how": "complaints a customer at the first bill, called_first yes divided by no; the same ratio holds at all steps",
            "why": "who was called complains less than half as often",
        },
        "plan-on-web": {
            "measure": "nps",
            "step": "agrees-plan",
            "design": -20,
            "tolerance": 14,
            "verdict": "contradicted",
            "how": "weighted NPS at agreeing the plan, plan web less phone, held equal for segment",
            "why": "the team believes in the web; a person on the phone is worth 20 points more",
        },
        "north-south": {
            "measure": "nps",
            "step": "first-bill",
            "design": 0,
            "tolerance": 12,
            "verdict": "no difference that matters",
            "how": "weighted NPS at the first bill, North less South, held equal for segment and called_first",
            "why": "the region itself does nothing",
        },
        "north-south-crude": {
            "measure": "nps",
            "step": "first-bill",
            "design": crude,
            "tolerance": 12,
            "verdict": "supported",
            "how": "the same, with nothing held equal",
            "why": "misleading: the North has more tenants, who score lower everywhere, and is called less often",
        },
        "leaflet": {
            "measure": "nps",
            "step": "",
            "design": 0,
            "tolerance": 8,
            "verdict": "no difference that matters",
            "how": "weighted NPS of the whole journey, leaflet yes less no; a random half got it",
            "why": "a leaflet in the envelope changes nothing",
        },
    }.items():
        lines.append(f"  {name}:")
        lines += [f"    {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in words.items()]
    lines += [
        "hot_spots:",
        "  pain: [first-bill, asks-about-bill]",
        "  gain: [first-contact]",
        f"  first_contact_nps: {{phone: {phone}, post: {letter}, tolerance: 14}}",
        "surprises: [first-bill, asks-about-bill, stays-or-switches]   # the team assumed far better; elsewhere about right",
        "waves: no difference between the three waves was planted",
        "churn:",
        "  share_switched: 0.111",
        "  tolerance: 0.015",
        f"  more_after_a_complaint: {SWITCHED_AFTER_COMPLAINT}   # share that switches, on top of the others'",
        f"  share_that_complained: {complained.mean():.3f}",
        "tracking:",
        f"  nps_shift: {{month: {SHIFT[0]:%Y-%m}, points: {SHIFT[1]:g}, tolerance: 5}}   # whole journey, level before and after",
        f"  minutes_waited: {{month: {SHORTER[0]:%Y-%m}, minutes: {SHORTER[1]:g}, tolerance: 1.5}}   # asking about the bill",
        "steps:   # population means; emotion and trust from -100 to 100; tolerance in points, 0.2 on csat and 0.3 on ces",
    ]
    for step, design in STEPS.items():
        parts = [f"nps: {design.nps:g}", f"csat: {design.csat}"]
        parts += [f"ces: {design.ces}"] if design.ces is not None else []
        parts += [f"emotion: {design.emotion:g}"] if design.emotion is not None else []
        lines.append(f"  {step or 'whole-journey'}: {{{', '.join([*parts, f'trust: {design.trust:g}'])}}}")
    lines += remedies_in_words(town)
    lines += ["tolerances: {nps: 10, csat: 0.2, ces: 0.3, emotion: 8, trust: 8}"]
    return "\n".join(lines) + "\n"


def remedies_in_words(town: Town) -> list[str]:
    """The solutions as they truly are, and the best set at each budget, by trying every set on every customer."""
    lines = [
        f"remedies:   # each of them as it truly is: NPS points and shares of those reached, pounds over {YEARS} years"
    ]
    for name, one in REMEDIES.items():
        parts = [f"nps: {one.nps:g}", f"complaints: {one.complaints:g}", f"leavers: {one.leavers:g}"]
        lines.append(f"  {name}: {{{', '.join([*parts, f'months: {one.months:g}', f'cost: {one.cost:g}'])}}}")
    lines.append(
        "best_sets:   # by budget; what it brings, and the second best: points as in solutions.yaml, weights of 1"
    )
    for budget, ((value, names), (second, _)) in best(town, BUDGETS).items():
        lines.append(
            f"  {budget}: {{value: {value:.2f}, second: {second:.2f}, solutions: [{', '.join(sorted(names))}]}}"
        )
    return lines
