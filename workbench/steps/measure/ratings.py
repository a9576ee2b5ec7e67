"""Recommendation, satisfaction, effort, emotion and trust: scores that people gave, by any groups, with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import nextafter
from typing import Any

import pandas as pd

from workbench.finding import Finding
from workbench.inference import intervals
from workbench.inference.design import design_share
from workbench.inference.intervals import Estimate
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure, waves

BELOW_7, BELOW_9 = nextafter(7, 0), nextafter(9, 0)
# promoters from 9 on, passives from 7 on, else detractors: a fraction belongs to the class that begins below it
PROMOTERS: tuple[tuple[float, float, float], ...] = ((0, BELOW_7, -100), (7, BELOW_9, 0), (9, 10, 100))
CLASSES = ("detractors (0–6)", "passives (7–8)", "promoters (9–10)")
By = str | Sequence[str] | None


@measure("Where on the journey do we win or lose a recommendation?", needs=("nps",))
def nps(journey: JourneyFrame, by: By = "step", minimum_base: int | None = None, of: str = "nps") -> Finding:
    """Net Promoter Score: promoters (9 and 10) less detractors (0 to 6), in points from -100 to 100, by groups.

    Where fractions were answered, promoters begin at 9 and passives at 7; all below are detractors, and the method says so.
    Unweighted answers of people who answered once get the score interval (Tango 1998); weights, strata and people who
    answered more than once are honoured by Taylor linearisation with t (Lumley 2010). 95 % intervals.

    Raises DataFault where nothing was asked on a scale from 0 to 10 under this name.
    """
    low, high, _ = journey.scale(of)
    if (low, high) != (0, 10):
        from workbench.faults import DataFault, Fault

        raise DataFault(
            Fault(
                column=of,
                found=f"a scale from {low:g} to {high:g}",
                expected="0 to 10",
                mend="take mean_rating or csat",
            )
        )
    counted = groups.grouped(journey, of, by, PROMOTERS)

    def estimate(counts: pd.DataFrame, moments: pd.DataFrame) -> tuple[Estimate, dict[str, Any]]:
        classes = classes_of(counts)
        total = sum(classes)
        shares = [one / total if total else None for one in classes]
        named = dict(zip(("detractors", "passives", "promoters"), shares, strict=True))
        return nps_of(counts, moments, counted.designed), named

    found = groups.table(counted, estimate)
    found["caution"] = [
        caution or ("too wide to act on" if high == high and (high - low) / 2 > 15 else "")
        for caution, low, high in zip(found["caution"], found["low"], found["high"], strict=True)
    ]

    def say(row: pd.Series) -> str:
        return (
            f"{groups.signed(row['value'])} points ({groups.signed(row['low'])} to {groups.signed(row['high'])}; "
            f"{int(row['n']):,} answers)"
        )

    rule = "promoters (9–10) less detractors (0–6) in points" + fractions(counted.counts["value"])
    method = f"{rule}; 95 % " + _how(found, counted)
    return groups.finding(
        counted.journey,
        "nps",
        found,
        counted.by,
        groups.extremes(journey, found, counted.by, minimum_base, "NPS", say),
        counted.journey.base(of),
        method,
        minimum_base,
        {"kind": _kind(counted.by), "unit": "NPS points", "range": [-100, 100], "reference": 0},
        "Net Promoter Score",
        counted=of,
    )


@measure("How many are satisfied?", needs=("csat",))
def csat(
    journey: JourneyFrame, by: By = "step", minimum_base: int | None = None, of: str = "csat", top: int | None = None
) -> Finding:
    """Satisfied customers: the share in the top boxes, in per cent, by groups.

    `top` is how many boxes count (2 on scales up to 7 points, 3 above). Wilson's interval (1927) for unweighted answers,
    a logit interval on the Taylor-linearised error otherwise.
    """
    low, high, flipped = journey.scale(of)
    edge = top_boxes(low, high, flipped, top)
    counted = groups.grouped(journey, of, by, ((edge[0], edge[1], 1.0),))

    def estimate(counts: pd.DataFrame, moments: pd.DataFrame) -> tuple[Estimate, dict[str, Any]]:
        return share_of(counts, moments, counted.designed, edge), {}

    found = groups.table(counted, estimate)

    def say(row: pd.Series) -> str:
        return f"{row['value']:.0f} % ({row['low']:.0f} to {row['high']:.0f} %; {int(row['n']):,} answers)"

    method = f"share answering {edge[0]:g} to {edge[1]:g} on {low:g} to {high:g}; 95 % " + _how(found, counted)
    return groups.finding(
        counted.journey,
        "csat",
        found,
        counted.by,
        groups.extremes(journey, found, counted.by, minimum_base, "share satisfied", say),
        counted.journey.base(of),
        method,
        minimum_base,
        {"kind": _kind(counted.by), "unit": "% satisfied", "range": [0, 100]},
        "Satisfaction (top boxes)",
        counted=of,
    )


@measure("How much effort does it take?", needs=("ces",))
def ces(journey: JourneyFrame, by: By = "step", minimum_base: int | None = None, of: str = "ces") -> Finding:
    """Customer effort: the mean on its own scale (high is easy, unless the scale is reversed), by groups.

    The share who found it easy (top three boxes) stands beside the mean. t interval; Taylor linearisation for weights.
    """
    return _mean(journey, of, by, minimum_base, "ces", "mean ease", "Customer effort", share_top=3)


@measure("What is the mean of a rating?")
def mean_rating(journey: JourneyFrame, by: By = "step", minimum_base: int | None = None, of: str = "csat") -> Finding:
    """The mean of any rating on its own scale, by groups, with a t interval (Taylor linearisation for weights)."""
    return _mean(journey, of, by, minimum_base, "mean_rating", f"mean of {of}", f"Mean of {of}")


@measure("What do customers feel at each step?", needs=("emotion",))
def emotion_curve(
    journey: JourneyFrame, by: By = "step", minimum_base: int | None = None, of: str = "emotion"
) -> Finding:
    """The felt curve: a rating rescaled to -100 (worst) … 100 (best) of its scale's range, by step, with intervals.

    The rescaling is linear and stated: 200 × (x − low) / (high − low) − 100. Later steps hold those who got that far.
    """
    low, high, flipped = journey.scale(of)
    counted = groups.grouped(journey, of, by, None)

    def estimate(counts: pd.DataFrame, moments: pd.DataFrame) -> tuple[Estimate, dict[str, Any]]:
        return felt(mean_of(counts, moments, counted.designed), low, high, flipped), {}

    found = groups.table(counted, estimate)

    def say(row: pd.Series) -> str:
        return (
            f"{groups.signed(row['value'])} ({groups.signed(row['low'])} to {groups.signed(row['high'])}; "
            f"{int(row['n']):,} answers)"
        )

    method = f"mean of the scale {low:g} to {high:g}, moved to −100 … 100 in a straight line; 95 % " + _how(
        found, counted
    )
    return groups.finding(
        counted.journey,
        "emotion_curve",
        found,
        counted.by,
        groups.extremes(journey, found, counted.by, minimum_base, of, say),
        counted.journey.base(of),
        method,
        minimum_base,
        {
            "kind": "lines" if counted.by == ("step",) else _kind(counted.by),
            "unit": of,
            "range": [-100, 100],
            "reference": 0,
        },
        f"The {of} curve",
        counted=of,
    )


def fractions(values: Iterable[float]) -> str:
    """How an NPS counts fractions, for a method, where there are any."""
    if all(float(value).is_integer() for value in values):
        return ""
    return "; fractions: promoters from 9 on, passives from 7 on, detractors below 7"


def _mean(
    journey: JourneyFrame,
    of: str,
    by: By,
    minimum_base: int | None,
    name: str,
    what: str,
    title: str,
    share_top: int | None = None,
) -> Finding:
    low, high, flipped = journey.scale(of)
    counted = groups.grouped(journey, of, by, None)

    def estimate(counts: pd.DataFrame, moments: pd.DataFrame) -> tuple[Estimate, dict[str, Any]]:
        extra: dict[str, Any] = {}
        if share_top:
            edge = (low, low + share_top - 1) if flipped else (high - share_top + 1, high)
            weights = counts["weight"].sum()
            extra["easy"] = counts.loc[counts["value"].between(*edge), "weight"].sum() / weights if weights else None
        return _clipped(mean_of(counts, moments, counted.designed), low, high), extra

    found = groups.table(counted, estimate)

    def say(row: pd.Series) -> str:
        return f"{row['value']:.2f} ({row['low']:.2f} to {row['high']:.2f}; {int(row['n']):,} answers)"

    method = f"mean on the scale {low:g} to {high:g}{' (low is good)' if flipped else ''}; 95 % " + _how(found, counted)
    return groups.finding(
        counted.journey,
        name,
        found,
        counted.by,
        groups.extremes(journey, found, counted.by, minimum_base, what, say),
        counted.journey.base(of),
        method,
        minimum_base,
        {"kind": _kind(counted.by), "unit": what, "range": [low, high]},
        title,
        counted=of,
    )


def mean_of(counts: pd.DataFrame, moments: pd.DataFrame, designed: bool) -> Estimate:
    """A mean on its own scale, from counts by value and (`designed`) sums over people."""
    if designed:
        return groups.mean(moments)
    total = float((counts["value"] * counts["n"]).sum())
    squares = float((counts["value"] ** 2 * counts["n"]).sum())
    return intervals.mean_interval(float(counts["n"].sum()), total, squares)


def classes_of(counts: pd.DataFrame) -> list[float]:
    """The weights of detractors, passives and promoters."""
    return [float(counts.loc[counts["value"].between(a, b), "weight"].sum()) for a, b, _ in PROMOTERS]


def nps_of(counts: pd.DataFrame, moments: pd.DataFrame, designed: bool) -> Estimate:
    """An NPS from counts by value and (`designed`) sums over people, of x = 100, 0, -100."""
    detractors, passives, promoters = classes_of(counts)
    if not designed:
        return intervals.nps_interval(detractors, passives, promoters)
    found = groups.mean(moments)
    if found.value is not None and found.low is None:  # all alike: linearisation knows no spread
        worth = (groups.effective(moments) or 0.0) / (detractors + passives + promoters)
        found = intervals.nps_interval(detractors * worth, passives * worth, promoters * worth)
    return _clipped(found, -100, 100)


def top_boxes(low: float, high: float, flipped: bool, top: int | None = None) -> tuple[float, float]:
    """The answers that count as satisfied: the best two of scales up to 7 points, three above, or `top` of them."""
    boxes = top if top is not None else (2 if high - low <= 6 else 3)
    return (low, low + boxes - 1) if flipped else (high - boxes + 1, high)


def share_of(counts: pd.DataFrame, moments: pd.DataFrame, designed: bool, edge: tuple[float, float]) -> Estimate:
    """The share answering within `edge`, in per cent, from counts by value and (`designed`) sums of x = 1 and 0."""
    if designed:
        n, worth = int(moments["n"].sum()), groups.effective(moments)
        return _times(design_share(moments, n, worth, name=groups.TAYLOR, lonely=groups.lonely(moments)), 100)
    hits = counts.loc[counts["value"].between(*edge), "n"].sum()
    return _times(intervals.share_interval(float(hits), float(counts["n"].sum())), 100)


def felt(found: Estimate, low: float, high: float, flipped: bool) -> Estimate:
    """A mean of the scale low to high, moved to -100 (worst) to 100 (best)."""
    slope = (200.0 / (high - low)) * (-1 if flipped else 1)
    return _clipped(_moved(found, slope, (low + high) / 2), -100, 100)


def _kind(by: Sequence[str]) -> str:
    return "lines" if "wave" in by and len(by) <= 2 else "intervals"


def _how(found: pd.DataFrame, counted: groups.Groups) -> str:
    methods = sorted(set(found["method"])) if "method" in found and len(found) else []
    broken = waves.told(counted.journey, counted.of, counted.by)
    return f"{' or '.join(methods)}; {groups.words_of_design(counted)}{broken}"


def _clipped(found: Estimate, low: float, high: float) -> Estimate:
    from dataclasses import replace

    return replace(
        found,
        low=None if found.low is None else max(low, found.low),
        high=None if found.high is None else min(high, found.high),
    )


def _times(found: Estimate, factor: float) -> Estimate:
    return _moved(found, factor, 0.0)


def _moved(found: Estimate, slope: float, middle: float) -> Estimate:
    """An estimate on another scale: slope × (x − middle). A negative slope turns the interval round."""
    from dataclasses import replace

    def on(value: float | None) -> float | None:
        return None if value is None else slope * (value - middle)

    low, high = on(found.low), on(found.high)
    if slope < 0:
        low, high = high, low
    se = None if found.se is None else abs(slope) * found.se
    return replace(found, value=on(found.value), low=low, high=high, se=se)
