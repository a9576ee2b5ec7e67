"""The felt curve of people's own journeys: its peak, end, worst and mean, and what goes with their verdict on the whole.

Knows answers side by side (one row a person) and the inference room.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from workbench.cases import Question, cases
from workbench.engine import STRIDE, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.curve import PeakEnd, bootstrap_curve, journey_statistics
from workbench.inference.curve import peak_end as compared
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure

MANY = 50_000  # distinct paths above which the interval is that of the means (t): drawing again says the same for more
DRAWS = 2000


@measure("Does the peak, the end or the mean of the journey go with the verdict?", needs=("emotion",))
def peak_end(
    journey: JourneyFrame,
    of: str = "emotion",
    overall: str = "nps",
    seed: int = 1,
    minimum_base: int | None = None,
    steps: Sequence[str] | None = None,
) -> Finding:
    """The mean emotion at each step of people who told it of two steps or more, with what their journeys come to.

    One row a step of the map: value (mean, −100 … 100 of the scale's range), low, high (percentile interval by drawing
    people again, 2,000 times; t over 50,000 distinct paths), n (people who told their emotion there), and of their
    journeys: peak % (share whose strongest feeling, the last of equals, lay at this step), end % (share who ended here).
    A person's latest answer to each question holds. Sentence and method tell the mean peak, end, worst and mean, and
    how closely the verdict `overall` on the whole journey (its own scale) goes with peak and end together, and with the
    plain mean: least squares over people, unweighted. Across studies neither is shown to be closer (Alaybek et al. 2022).

    `steps`: in the order in which people meet them, where the study has no map. Raises DataFault where there is neither,
    and where nobody told it of two steps.
    """
    order = _steps(journey, of, steps)
    asked = {f"step {place}": Question(of, step) for place, step in enumerate(order)}
    columns, judged = list(asked), overall in journey.asked_of_whole()
    asked |= {"overall": Question(overall)} if judged else {}
    wide = cases(journey, asked, unit="response" if _once(journey, of, overall) else "person")
    found = wide.patterns(list(asked), complete=False)
    paths = found[found[columns].notna().sum(axis=1) >= 2].reset_index(drop=True)
    people = int(paths["n"].sum()) if len(paths) else 0
    if people < 2:
        raise DataFault(
            Fault(
                column=of,
                found=f"{people} {'person' if people == 1 else 'people'} who told it of two steps or more",
                expected=f"{of} asked of at least two steps of the same people",
                mend="ask it at several steps of one journey; emotion_curve shows each step by itself",
            )
        )
    told = pd.DataFrame({name: _rescaled(paths[name], wide.scales[name]) for name in columns})
    curve = _curve(told.assign(n=paths["n"]), columns, seed).assign(step=order)
    whole = _journeys(told, columns)
    paths = paths.join(whole[["peak", "end", "worst", "mean", "steps", "peak_step", "last"]])
    table = curve.rename(columns={"mean": "value"})
    table["n"] = table["n"].astype(int)
    reached = [paths.loc[paths[name].notna(), "n"].sum() for name in columns]
    for name, column in (("peak %", "peak_step"), ("end %", "last")):
        there = [float(paths.loc[paths[column] == place, "n"].sum()) for place in range(len(order))]
        table[name] = [100 * one / base if base else None for one, base in zip(there, reached, strict=True)]
    table["caution"] = ["small base" if n < groups.WIDE_BASE else "" for n in table["n"]]
    table = groups.rounded(table[["step", "value", "low", "high", "n", "peak %", "end %", "caution", "se", "method"]])
    least = journey.minimum_base if minimum_base is None else minimum_base
    models = _models(paths, least) if judged else None
    middle = {name: float(np.average(paths[name], weights=paths["n"])) for name in ("peak", "end", "worst", "mean")}
    seen = groups.shown(journey, table, ("step",), minimum_base)
    dropped = int(found["n"].sum()) - people
    return groups.finding(
        journey,
        "peak_end",
        table,
        ("step",),
        _sentence(middle, models, overall, people, seen, journey),
        f"{groups.few(people, least)} people who told their {of} of two steps or more; {dropped:,} told it of fewer",
        _method(of, overall, wide.scales[columns[0]], curve, models, judged, wide.weighted(), least),
        minimum_base,
        {"kind": "lines", "unit": of, "range": [-100, 100], "reference": 0},
        f"The {of} of people's own journeys",
    )


def _steps(journey: JourneyFrame, of: str, named: Sequence[str] | None) -> list[str]:
    """The steps of which a measure was asked, in the order given or the map's."""
    table = journey.measures.to_frame()
    asked = set(table.loc[(table["measure"] == of) & (table["kind"] == "answer"), "step"].dropna())
    there = asked & set(journey.distinct("step"))
    if wrong := [one for one in named or () if one not in there]:
        raise DataFault([unknown("step", one, journey.in_order("step", there)) for one in wrong])
    steps = [one for one in dict.fromkeys(named or journey.step_order) if one in there]
    if there and not (named or journey.step_order):
        raise DataFault(
            Fault(
                column="step",
                found="no map that says in which order the steps come",
                expected="their order: a journey's end and peak depend on it",
                mend=f"say steps=[…] in their order, of: {', '.join(sorted(there))}; or draw the map",
            )
        )
    if len(steps) < 2:
        raise DataFault(
            Fault(
                column=of,
                found=f"{of} asked of {len(steps)} steps",
                expected="at least two steps",
                mend="say of= a rating that was asked at the steps, or name the steps in the binding",
            )
        )
    return steps


def _once(journey: JourneyFrame, *measures: str) -> bool:
    """Did everybody give all these answers in one response? Then a response is a person, at less cost."""
    said = journey.records.lazy.filter(
        nw.col("kind") == "answer",
        nw.col("measure").is_in(list(measures)),
        nw.col("state") == "answered",
        ~nw.col("person").is_null(),
    ).with_columns((nw.col("order") // STRIDE).alias("case"))
    found = rows(said.select(nw.col("case").n_unique().alias("cases"), nw.col("person").n_unique().alias("people")))
    return bool(found["cases"][0] == found["people"][0])


def _rescaled(values: pd.Series, scale: tuple[float, float, bool]) -> pd.Series:
    low, high, flipped = scale
    x = 200 * (values.astype(float) - low) / (high - low) - 100
    return -x if flipped else x


def _journeys(told: pd.DataFrame, steps: list[str]) -> pd.DataFrame:
    """Peak, end, worst, mean and steps of each distinct path; the places of its peak and of its last step."""
    long = told[steps].set_axis(range(len(steps)), axis=1).rename_axis(index="journey", columns="step").stack()
    listed = long.dropna().rename("emotion").reset_index()
    found = journey_statistics(listed).set_index("journey")
    return found.assign(last=listed.groupby("journey")["step"].max()).reindex(told.index)


def _curve(paths: pd.DataFrame, steps: list[str], seed: int) -> pd.DataFrame:
    """The mean curve with its interval, from distinct paths."""
    distinct = paths.groupby(steps, dropna=False, as_index=False)["n"].sum()
    if len(distinct) <= MANY:
        return bootstrap_curve(distinct, seed, DRAWS)
    from workbench.inference.curve import mean_curve

    sums = [
        (step, part.sum(), (part * distinct[step]).sum(), (part * distinct[step] ** 2).sum())
        for step in steps
        for part in [distinct["n"].where(distinct[step].notna(), 0)]
    ]
    return mean_curve(pd.DataFrame(sums, columns=["step", "n", "total", "squares"]))


def _models(paths: pd.DataFrame, least: int) -> PeakEnd | None:
    """The verdict on peak and end, and on the mean; None where fewer than the minimum base gave one."""
    known = paths[paths["overall"].notna()]
    if known["n"].sum() < max(least, 1):
        return None
    y = known["overall"].astype(float)
    sums = known[["peak", "end", "mean", "steps", "n"]].assign(y=known["n"] * y, yy=known["n"] * y**2)
    return compared(sums.groupby(["peak", "end", "mean", "steps"], as_index=False).sum())


def _sentence(
    middle: dict[str, float],
    models: PeakEnd | None,
    overall: str,
    people: int,
    seen: pd.DataFrame,
    journey: JourneyFrame,
) -> str:
    if seen.empty:
        return "No step is large enough to be shown."
    words = (
        f"People's journeys have a mean of {groups.signed(middle['mean'])}, a peak of {groups.signed(middle['peak'])}, "
        f"an end of {groups.signed(middle['end'])} and a worst moment of {groups.signed(middle['worst'])} on average "
        f"({people:,} people)"
    )
    lowest = seen.loc[seen["value"].idxmin()]
    words += f'; the lowest step is "{groups.named(journey, lowest, ("step",))}" ({groups.signed(lowest["value"])})'
    if models is None or models.peak_end.r2 is None or models.mean.r2 is None:
        return f"{words}."
    a, b = models.peak_end.r2, models.mean.r2
    verdict = "likelihood to recommend" if overall == "nps" else overall
    ahead = (models.mean.aic or 0.0) - (models.peak_end.aic or 0.0)
    near = abs(a - b) < 0.02 or abs(ahead) < 4
    closer = "about as closely as" if near else "more closely than" if ahead > 0 else "less closely than"
    return (
        f"{words}. The {verdict} of the whole goes with peak and end {closer} with the plain mean "
        f"(R² {a:.2f} and {b:.2f}; {models.n:,.0f} people)."
    )


def _method(
    of: str,
    overall: str,
    scale: tuple[float, float, bool],
    curve: pd.DataFrame,
    models: PeakEnd | None,
    judged: bool,
    weighted: bool,
    least: int,
) -> str:
    parts: list[Any] = [
        f"{of} on {scale[0]:g} to {scale[1]:g}, moved to −100 … 100 in a straight line; a person's latest answer to each "
        "question; peak: the largest distance from 0, the last of equals",
        f"95 % {curve['method'].iloc[0]}",
        "unweighted" + (" (the study's weights are not honoured here)" if weighted else ""),
        "later steps hold those who got that far: see n",
    ]
    if models is not None:
        aic = [f"{one.aic:,.0f}" if one.aic is not None else "–" for one in (models.peak_end, models.mean)]
        r = [_figure(one) for one in (models.correlation_peak_end, models.correlation_mean, models.correlation_steps)]
        parts += [
            f"{overall} by least squares over people: AIC {aic[0]} with peak and end, {aic[1]} with the mean; correlation "
            f"{r[0]} with the average of peak and end, {r[1]} with the mean, {r[2]} with the number of steps",
            "across studies the peak-end average is not shown to be closer than the plain mean (Alaybek et al. 2022): show "
            "all three",
        ]
    elif not judged:
        parts.append(f"no {overall} of the whole journey was asked: nothing to compare peak, end and mean with")
    else:
        parts.append(f"fewer than {max(least, 1)} people gave {overall} of the whole journey: no models")
    return "; ".join(parts)


def _figure(value: float | None) -> str:
    return "–" if value is None else groups.signed(value, 2).removeprefix("+")
