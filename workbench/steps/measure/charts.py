"""Control charts: in which weeks, months or waves was a measure not what it usually is?

Knows the series of a measure (`periods`) and the charts of the inference room.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference import estimates_chart, ewma_chart, p_chart, seasonal_parts, xmr_chart
from workbench.inference.charts import RULES, Chart
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure, periods
from workbench.steps.measure.periods import Series

CHARTS = ("auto", "p", "estimates", "xmr", "ewma")
LEAST = 3  # periods that a chart needs
RULE_WORDS = RULES | {"moving range": "a jump larger than usual from one period to the next"}
Baseline = int | str | Sequence[str] | None


@measure("When was it not what it usually is?")
def control_chart(
    journey: JourneyFrame,
    of: str = "nps",
    every: str = "month",
    chart: str = "auto",
    baseline: Baseline = None,
    source: str = "auto",
    adjust: bool = False,
    minimum_base: int | None = None,
) -> Finding:
    """Does a measure vary as it always does, or did something happen? A control chart by week, month, quarter or wave.

    chart      "estimates": answers, each period with its own base, weights and standard error, the limits widened by how
               much the periods really vary (Laney 2002); "p": the share in the top boxes of unweighted answers; "xmr":
               one figure a period, of whatever kind (readings of a tracking sheet); "ewma": small shifts that last;
               "auto": estimates of answers, xmr of readings
    baseline   what sets the limits: how many first periods, which ones, or a period before which all count ("2025-01");
               without it all do, and a lasting shift then widens its own limits
    source     "answers" or "readings"; "auto" takes whichever tells of more periods
    adjust     take the season out first (two full years are needed, see `seasonal`)

    Signals: one point outside 3 sigma, eight in a row on one side, two of three beyond 2 sigma; each is named.
    Periods under the minimum base, or without answers, are gaps. Raises DataFault for fewer than three periods.
    """
    if chart not in CHARTS:
        raise DataFault(unknown("chart", chart, CHARTS))
    return of_series(journey, periods.series(journey, of, every, source), chart, baseline, adjust, minimum_base)


def of_series(
    journey: JourneyFrame,
    found: Series,
    chart: str = "auto",
    baseline: Baseline = None,
    adjust: bool = False,
    minimum_base: int | None = None,
) -> Finding:
    """`control_chart` of a series that is there already."""
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    of, every = found.of, found.every
    kind = chart if chart != "auto" else "estimates" if found.source == "answers" else "xmr"
    if kind == "p":
        found = _shares(journey, found)
    table = found.filled(minimum)
    seen = int(table["value"].notna().sum())
    if seen < LEAST:
        raise DataFault(
            Fault(
                column=of,
                found=f"{seen} {periods.plural(every, seen)} with {minimum} answers or more",
                expected=f"at least {LEAST} to chart",
                mend='wait, or take shorter periods (every="week")',
            )
        )
    season: tuple[str, ...] = ()
    if adjust:
        split = seasonal_parts(_no_gaps(table, every), periods.TURN[_year(every)], "periodic")
        table["value"], kind = split.parts["adjusted"].to_numpy(), "xmr" if kind == "estimates" else kind
        season = ("the season taken out by STL (the same every year)", *split.notes)
    drawn = _chart(kind, table, found, _baseline(baseline, table))
    told = _signals(drawn)
    rows = table[["period", "value", "low", "high", "n"]].copy()
    if kind == "ewma":
        rows["value"], rows["observed"] = drawn.points["value"], drawn.points["observed"]
    if kind == "ewma" or adjust:
        rows["low"] = rows["high"] = None
    low, high = found.scale
    rows["centre"] = drawn.points["centre"].to_numpy()
    rows["usual from"] = drawn.points["low"].clip(lower=low).to_numpy()
    rows["usual to"] = drawn.points["high"].clip(upper=high).to_numpy()
    rows["signal"] = [told.get(one, "") for one in rows["period"]]
    if found.source == "answers":
        rows["n"] = rows["n"].fillna(0).astype(int)
    rows = groups.rounded(rows)
    return groups.finding(
        journey,
        "control_chart",
        rows,
        ("period",),
        _sentence(journey, rows, found, minimum, _usual(rows)),
        found.base,
        _method(drawn, found, baseline, season, minimum),
        minimum_base,
        {"kind": "control", "unit": found.unit, "events": _events(found, drawn), "signed": low < 0},
        f"Control chart of {found.what}",
    )


def _chart(kind: str, table: pd.DataFrame, found: Series, baseline: int | list[str] | None) -> Chart:
    """The chart of this kind; limits are widened where periods vary more than sampling does, and never narrowed."""
    if kind == "p":
        return p_chart(
            table[["period", "n", "x"]], laney=True, baseline=baseline, rules=("outside", "run of 8", "2 of 3")
        )
    if kind == "xmr":
        return xmr_chart(table[["period", "value"]], baseline=baseline)
    if kind == "ewma":
        columns = ["period", "value", *(["se"] if found.source == "answers" else [])]
        return ewma_chart(table[columns], baseline=baseline)
    if found.source != "answers":
        raise DataFault(
            Fault(column="chart", found="readings without standard errors", expected="answers", mend='chart="xmr"')
        )
    given = table[["period", "value", "se"]].assign(
        n=table["n_effective"].astype(float).where(table["value"].notna(), 0)
    )
    given["n"] = given["n"].fillna(table["n"])
    chart = estimates_chart(given, baseline=baseline)
    widened = chart.sigma_z is not None and chart.sigma_z > 1  # a few calm periods are no reason to narrow the limits
    return chart if widened else estimates_chart(given, laney=False, baseline=baseline)


def _shares(journey: JourneyFrame, found: Series) -> Series:
    """The series as shares in the top boxes, of answers that are unweighted and one a person."""
    if found.of == "nps" or found.source != "answers":
        raise DataFault(
            Fault(
                column=found.of,
                found="a score that is no share" if found.of == "nps" else "readings of a sheet",
                expected="answers to count in boxes",
                mend='chart="estimates"' if found.of == "nps" else 'source="answers"',
            )
        )
    if found.design.split(" (")[0] != "unweighted":
        raise DataFault(
            Fault(
                column="chart",
                found=found.design,
                expected="unweighted answers, one a person",
                mend='chart="estimates"',
            )
        )
    low, high, flipped = journey.scale(found.of)
    boxes = 2 if high - low <= 6 else 3
    edge = (low, low + boxes - 1) if flipped else (high - boxes + 1, high)
    parted = periods.in_periods(journey.of_kind("answer"), found.every)
    parted = parted.of_whole_journey() if found.of in parted.asked_of_whole() else parted
    counted = parted.count(by="wave", of=found.of, people=False)
    counted = counted[counted["wave"].notna()]
    hits = counted[counted["value"].between(*edge)].groupby("wave")["n"].sum()
    key = found.table["period"] if found.every == "wave" else found.table["number"].astype(str)
    table = found.table.assign(x=key.map(hits).fillna(0.0).to_numpy())
    table["value"] = (table["x"] / table["n"]).where(table["n"] > 0)
    table["low"] = table["high"] = None
    words = f"share answering {edge[0]:g} to {edge[1]:g}, {found.design}"
    return Series(found.of, found.every, "answers", table, (0.0, 1.0), words, found.breaks, found.undated, found.people)


def _year(every: str) -> str:
    if every not in periods.TURN:
        raise DataFault(Fault(column="every", found=every, expected="week, month or quarter: waves have no season"))
    return every


def _no_gaps(table: pd.DataFrame, every: str) -> pd.DataFrame:
    gaps = table.loc[table["value"].isna(), "period"]
    if len(gaps):
        raise DataFault(
            Fault(
                column="value",
                found=f"no value in {', '.join(gaps[:4])}{' …' if len(gaps) > 4 else ''}",
                expected=f"a value in every {every}",
                mend="take longer periods, or leave the season in",
            )
        )
    return table[["period", "value"]]


def _baseline(given: Baseline, table: pd.DataFrame) -> int | list[str] | None:
    if given is None or isinstance(given, int):
        return given
    if isinstance(given, str):
        before = [one for one in table["period"] if one < given]
        if not before:
            raise DataFault(
                Fault(column="baseline", found=f'"{given}"', expected=f"a period after {table['period'].iloc[0]}")
            )
        return before
    return list(given)


def _events(found: Series, drawn: Chart) -> list[list[str]]:
    """Where something else was asked from, and where the frozen baseline ends."""
    events = [list(one) for one in found.breaks]
    base = drawn.points["baseline"].tolist()
    last = max((at for at, one in enumerate(base) if one), default=-1)
    if drawn.n_baseline < drawn.n and last + 1 < len(base):
        events.append([str(drawn.points["period"].iloc[last + 1]), "limits from before"])
    return events


def _signals(drawn: Chart) -> dict[str, str]:
    """What each period signals, in words."""
    told: dict[str, list[str]] = {}
    for rule, where in drawn.signals.items():
        for one in where:
            told.setdefault(str(one), []).append(RULE_WORDS[rule])
    return {one: "; ".join(words) for one, words in told.items()}


def _usual(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["usual from"].notna()]


def _sentence(journey: JourneyFrame, rows: pd.DataFrame, found: Series, minimum: int, limited: pd.DataFrame) -> str:
    seen = groups.shown(journey, rows, ("period",), minimum)
    many = len(seen)
    if not many:
        return f"No {found.every} is large enough to show the {found.what}."
    if limited.empty:
        return f"The {found.what} over {many} {periods.plural(found.every, many)} has no limits yet: too little varies."
    signalled = seen[seen["signal"].astype(bool)]
    usual = seen[seen["usual from"].notna()].iloc[-1]
    lately = f"usual of late: {found.say(usual['usual from'])} to {found.say(usual['usual to'])}"
    if signalled.empty:
        return (
            f"The {found.what} stayed in its usual range in all {many} {periods.plural(found.every, many)} ({lately})."
        )
    runs = _together(seen)
    words = [_run(found, run) for run in runs[:3]]
    more = f" and {sum(map(len, runs[3:]))} more" if len(runs) > 3 else ""
    return (
        f"The {found.what} was not what it usually is in {len(signalled)} of {many} "
        f"{periods.plural(found.every, many)}: {', '.join(words)}{more}; {lately}."
    )


def _together(seen: pd.DataFrame) -> list[pd.DataFrame]:
    """The periods that signal, those in a row with the same signal together."""
    marks = seen["signal"].fillna("").tolist()
    starts = [at for at, mark in enumerate(marks) if mark and (at == 0 or marks[at - 1] != mark)]
    runs = []
    for at in starts:
        end = at
        while end < len(marks) and marks[end] == marks[at]:
            end += 1
        runs.append(seen.iloc[at:end])
    return runs


def _run(found: Series, run: pd.DataFrame) -> str:
    first, last = run.iloc[0], run.iloc[-1]
    if len(run) == 1:
        return f"{first['period']} ({found.say(first['value'])}: {first['signal']})"
    return f"{first['period']} to {last['period']} ({first['signal']})"


def _method(drawn: Chart, found: Series, baseline: Baseline, season: tuple[str, ...], minimum: int) -> str:
    parts = [drawn.method, f"limits at {drawn.sigma:g} sigma from {drawn.n_baseline} of {drawn.n} periods"]
    if baseline is None:
        parts.append("no baseline was frozen: a lasting shift is in its own limits")
    if drawn.sigma_z is not None:
        parts.append(f"periods vary {drawn.sigma_z:.2f} times as much as sampling alone")
    elif drawn.kind == "estimates":
        parts.append("neighbouring periods vary no more than sampling alone (or there are none): limits not widened")
    parts.append(found.told)
    parts += season
    if drawn.gaps:
        parts.append(f"periods without answers, or under a base of {minimum}, are gaps")
    rules = [RULE_WORDS[rule] for rule in drawn.signals]
    parts.append(f"signals: {', '.join(rules)}")
    parts.append("autocorrelation and seasons make false signals")
    if found.breaks:
        parts.append("wave breaks: " + ", ".join(f"{what} from {when}" for when, what in found.breaks))
    return "; ".join([*parts, *drawn.notes])
