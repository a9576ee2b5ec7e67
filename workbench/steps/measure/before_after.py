"""Before and after: did level and course of a measure change when something was done?

One series with no comparison group: whatever else happened then is in the change too. Knows the series of a measure.
"""

from __future__ import annotations

import pandas as pd

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference import BeforeAfter, difference, interrupted_by_method, interrupted_series, mean_interval
from workbench.inference.before_after import LEAST, METHODS
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure, periods
from workbench.steps.measure.periods import Series

NAMES = {one.casefold(): one for one in METHODS}
PLAIN = "plain"
AVERAGE = "away from the old course, mean of the first periods after"
Rows = list[dict[str, object]]


@measure("Did it change when we did something?")
def before_after(
    journey: JourneyFrame,
    when: str,
    of: str = "nps",
    every: str = "month",
    method: str = "reml",
    source: str = "auto",
    season: bool = False,
    minimum_base: int | None = None,
) -> Finding:
    """Interrupted time series: change of level and of slope at `when`, and how far the last period, and the first ones after
    on average (half as many as before at most), are from the old course.

    when     the first day after (a date); a period that it splits is left out
    method   "reml" (errors that hang together from period to period, restricted maximum likelihood: Turner et al. 2021),
             "ml", "newey-west" or "ols"; the others stand in the table as sensitivity lines. "plain" compares the mean
             of the periods before and after, which a trend alone makes "significant": only with that warning
    season   one sine and cosine a year beside it (two full years are needed)

    Every period counts the same, whatever its base. How often this method finds a change that is not there, at this
    length, is told. Raises DataFault for fewer than 8 periods, and for fewer than 2 on a side.
    """
    if method.casefold() not in (*NAMES, PLAIN):
        raise DataFault(unknown("method", method, [*NAMES, PLAIN]))
    return of_series(journey, periods.series(journey, of, every, source), when, method, season, minimum_base)


def of_series(
    journey: JourneyFrame,
    found: Series,
    when: str,
    method: str = "reml",
    season: bool = False,
    minimum_base: int | None = None,
) -> Finding:
    """`before_after` of a series that is there already."""
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    every = found.every
    given, first, mixed = _split(found, when, minimum)
    after = given["number"] >= first
    seen = given["value"].notna()
    if method.casefold() == PLAIN:
        return _plainly(journey, found, given, after, seen, when, mixed, minimum_base)
    if seen.sum() < LEAST or (seen & after).sum() < 2 or (seen & ~after).sum() < 2:
        raise DataFault(
            Fault(
                column="when",
                found=f"{int((seen & ~after).sum())} periods before and {int((seen & after).sum())} after {when} with a value",
                expected=f"at least {LEAST} in all and 2 on each side; 12 on each side are advised",
                mend='wait, take every="week", or method="plain", which a trend deceives',
            )
        )
    series = given[["number", "value"]].rename(columns={"number": "period"})
    turn = periods.TURN.get(every) if season else None
    fit = interrupted_series(series, first, NAMES[method.casefold()], season=turn)
    others = interrupted_by_method(series, first, season=turn)
    since = (series["period"] - first)[seen & after]
    middle = float(since.iloc[: reach(int((seen & ~after).sum()))].mean())
    average = interrupted_series(series, first, NAMES[method.casefold()], middle, turn)
    table = _table(fit, average, others, given, after, found, every)
    course = _course(fit, given, first, turn)
    return groups.finding(
        journey, "before_after", table, ("what", "method"), _sentence(journey, table, fit, found, when, minimum, course),
        found.base, _method(fit, found, when, mixed, season), minimum_base,
        {"kind": "before_after", "unit": found.unit, "series": course, "signed": found.scale[0] < 0,
         "events": [[str(given.loc[after, "period"].iloc[0]), f"from {when}"], *map(list, found.breaks)]},
        f"{found.what} before and after {when}",
    )  # fmt: skip


def reach(before: int) -> int:
    """How many periods the old course is carried on: half as many as it is known from, and 3 at least; the further, the less
    sure it is, so that waiting longer makes the answer surer and not vaguer."""
    return max(3, before // 2)


def _split(found: Series, when: str, minimum: int) -> tuple[pd.DataFrame, int, str]:
    """The series with gaps for small periods and the one that the date splits; the first period after; the split one."""
    given = found.filled(minimum)
    if found.every == "wave":
        if when not in set(given["period"]):
            raise DataFault(unknown("wave", when, given["period"].tolist()))
        return given, int(given.loc[given["period"] == when, "number"].iloc[0]), ""
    number, whole = periods.number_of(when, found.every)
    mixed = ""
    if not whole:
        split = given["number"] == number
        mixed = periods.label(number, found.every) if given.loc[split, "value"].notna().any() else ""
        given.loc[split, ["value", "low", "high"]] = float("nan")
        number += 1
    if not (given["number"] >= number).any() or not (given["number"] < number).any():
        raise DataFault(
            Fault(
                column="when",
                found=when,
                expected=f"a date within {given['period'].iloc[0]} to {given['period'].iloc[-1]}",
            )
        )
    return given, number, mixed


def _table(
    fit: BeforeAfter,
    average: BeforeAfter,
    others: pd.DataFrame,
    given: pd.DataFrame,
    after: pd.Series,
    found: Series,
    every: str,
) -> pd.DataFrame:
    n = given.loc[given["value"].notna(), "n"].sum(min_count=1)
    last = given.loc[given["value"].notna(), "period"].iloc[-1]
    told = [
        ("change of level", fit.level_change, fit.level_p),
        (f"change of slope, per {every}", fit.slope_change, fit.slope_p),
        (f"away from the old course in {last}", fit.effect, fit.effect_p),
        (AVERAGE, average.effect, average.effect_p),
    ]
    rows: Rows = [
        {"what": what, "method": fit.method, "value": one.value, "low": one.low, "high": one.high, "n": n,
         "periods": fit.n, "p": p, "false alarms %": None, "se": one.se, "df": one.df}
        for what, one, p in told
    ]  # fmt: skip
    for other in others.itertuples():
        if str(other.method) == fit.method:
            rows[0]["false alarms %"] = _percent(other.false_alarms)
            continue
        rows.append(
            {"what": "change of level", "method": other.method, "value": other.level_change, "low": None, "high": None,
             "n": n, "periods": fit.n, "p": other.p, "false alarms %": _percent(other.false_alarms)}
        )  # fmt: skip
    table = groups.rounded(pd.DataFrame(rows))
    table["caution"] = ["" if at < len(told) else "sensitivity line" for at in range(len(table))]
    return table


def _percent(share: float | None) -> float | None:
    return None if share is None or share != share else 100 * share


def _course(fit: BeforeAfter, given: pd.DataFrame, first: int, turn: int | None) -> Rows:
    """Each period: its value, the line fitted, and the old course carried on."""
    import math

    terms = fit.terms.set_index("term")["value"]
    rows: Rows = []
    for one in given.itertuples():
        old = terms["intercept"] + terms["period"] * one.number
        if turn:
            angle = 2 * math.pi * one.number / turn
            old += terms["sin"] * math.sin(angle) + terms["cos"] * math.cos(angle)
        later = one.number >= first
        fitted = old + later * (terms["post"] + terms["since"] * (one.number - first))
        rows.append(
            {"group": "", "period": one.period, "value": one.value, "n": one.n, "fitted": fitted,
             "without": old if later else None, "after": bool(later)}
        )  # fmt: skip
    return rows


def _sentence(
    journey: JourneyFrame, table: pd.DataFrame, fit: BeforeAfter, found: Series, when: str, minimum: int, course: Rows
) -> str:
    seen = groups.shown(journey, table, ("what", "method"), minimum)
    if seen.empty:
        return f"There are too few answers to show the {found.what} before and after {when}."
    digits = 0 if found.of == "nps" else 2

    def say(row: pd.Series, p: float | None) -> str:
        size, chance = (
            groups.signed(row["value"], digits),
            "; no more than chance" if p is not None and p >= 0.05 else "",
        )
        if row["low"] is None or row["low"] != row["low"]:
            return size
        return f"{size} ({groups.signed(row['low'], digits)} to {groups.signed(row['high'], digits)}{chance})"

    level, _, effect = (seen.iloc[at] for at in range(3))
    old = [one["without"] for one in course if one["without"] is not None]
    far = any(not found.scale[0] <= float(str(one)) <= found.scale[1] for one in old)
    return (
        f"At {when} the level of the {found.what} changed by {say(level, fit.level_p)}; in the last {found.every} it lies "
        f"{say(effect, fit.effect_p)} from its old course ({fit.n_before} {found.every}s before, {fit.n_after} after)"
        f"{': but that course leaves the scale, so there are too few periods before to carry it on' if far else ''}."
    )


def _method(fit: BeforeAfter, found: Series, when: str, mixed: str, season: bool) -> str:
    parts = [
        f"interrupted time series, {fit.method}, t intervals",
        found.told,
        "every period counts the same",
        f"the mean of the first periods after is that of {min(fit.n_after, reach(fit.n_before))}, at most half as many as before",
        *([f"{mixed} lies on both sides of {when} and is left out"] if mixed else []),
        *(["season as one sine and cosine a year"] if season else []),
        "one series without a comparison: whatever else happened then is in the change",
        *(["wave breaks: " + ", ".join(f"{what} from {at}" for at, what in found.breaks)] if found.breaks else []),
        *fit.notes,
        "false alarms: how often p < 0.05 for a level change that is not there, at this length (our simulation)",
    ]
    return "; ".join(parts)


def _plainly(
    journey: JourneyFrame, found: Series, given: pd.DataFrame, after: pd.Series, seen: pd.Series, when: str, mixed: str,
    minimum_base: int | None,
) -> Finding:  # fmt: skip
    """The mean of the periods after less that of those before, with the warning that belongs to it."""
    sides = [given.loc[seen & side, "value"].astype(float) for side in (after, ~after)]
    if min(len(one) for one in sides) < 2:
        raise DataFault(
            Fault(
                column="when",
                found=f"{len(sides[1])} periods before and {len(sides[0])} after",
                expected="2 on each side",
            )
        )
    later, earlier = (mean_interval(len(one), float(one.sum()), float((one**2).sum())) for one in sides)
    gap = difference(later, earlier)
    n = given.loc[seen, "n"].sum(min_count=1)
    table = groups.rounded(
        pd.DataFrame(
            [{"what": "after less before", "method": gap.method, "value": gap.value, "low": gap.low, "high": gap.high,
              "n": n, "periods": int(seen.sum()), "p": gap.p, "caution": "a trend alone makes such a difference",
              "se": gap.se, "df": gap.df}]
        )
    )  # fmt: skip
    digits = 0 if found.of == "nps" else 2
    size = groups.signed(gap.value or 0.0, digits)
    if gap.low is not None and gap.high is not None:
        size += f" ({groups.signed(gap.low, digits)} to {groups.signed(gap.high, digits)})"
    shown = len(groups.shown(journey, table, ("what", "method"), minimum_base))
    sentence = (
        f"After {when} the mean {found.what} of {len(sides[0])} {found.every}s lies {size} from that of {len(sides[1])} before; "
        "that is no effect: a trend makes such a difference too."
    )
    course: Rows = [
        {"group": "", "period": one.period, "value": one.value, "n": one.n, "fitted": None, "without": None,
         "after": bool(later)}
        for one, later in zip(given.itertuples(), after, strict=True)
    ]  # fmt: skip
    return groups.finding(
        journey, "before_after", table, ("what", "method"),
        sentence if shown else f"There are too few answers to show the {found.what} before and after {when}.",
        found.base,
        "; ".join(
            [f"plain difference of the means of periods, {gap.method}", found.told,
             *([f"{mixed} lies on both sides of {when} and is left out"] if mixed else []),
             "with a trend and no effect at all such a test says significant nearly always (in 93 % of series of a simulation "
             "with a trend of 0.3 a month and rho 0.5): read it as a description"]
        ),
        minimum_base,
        {"kind": "before_after", "unit": found.unit, "series": course, "signed": found.scale[0] < 0,
         "events": [[str(given.loc[after, "period"].iloc[0]), f"from {when}"]]},
        f"{found.what} before and after {when}",
    )  # fmt: skip
