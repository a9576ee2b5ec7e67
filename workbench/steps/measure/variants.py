"""The commonest whole paths: who took them, how long they took, and what those people say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.engine import count, rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.intervals import share_interval
from workbench.journey import JourneyFrame
from workbench.steps.measure import cautions, complaints, groups, measure, moves, ratings

OTHER = "other paths"
ON_THE_WAY = 0.05  # of all people: told where more of them may still be on the way
SHORT = 120  # letters of a path that a sentence quotes
PARTS = 14  # steps of a path that are named; a longer one shows its beginning and its end
OUTCOMES = {"nps": "NPS"}
COMPLAINTS = "complaints per 1,000"


@measure("Which ways do people take?", of_paths=True)
def variants(journey: JourneyFrame, minimum_base: int | None = None, top: int = 10, of: str | None = None) -> Finding:
    """The commonest whole paths (contacts and complaints in order), how many took each, and what those people say.

    Beside each path's share of people (Wilson interval): the median time from its first move to its last, the NPS of the
    people who took it (or the mean of the measure `of`) and their complaints per 1,000, each with its interval; the
    sentence and the base tell everybody's. An association: what they say may be older than the path. People whose last
    move is younger than nine in ten waits may still be on the way: how many, is told.

    Raises DataFault where there are no paths, or for a `top` of none.
    """
    if top < 1:
        raise DataFault(Fault(column="top", found=str(top), expected="one path or more"))
    asked, whole = _felt(journey, of), journey
    journey = journey.at_any_step()
    paths = journey.engine.keep_for(journey, journey.paths())
    counted = rows(
        paths.group_by("path").agg(nw.len().alias("n")).sort("n", "path", descending=[True, False]).head(top)
    )
    sums = [nw.len().alias("n"), nw.col("moves").sum().alias("moves"), nw.col("last").max().alias("end")]
    seen = rows(paths.select(*sums)).iloc[0]
    total = int(seen["n"])
    if not total:
        raise DataFault(Fault(found="no paths", expected="a contact log or complaints with times"))
    limit = journey.minimum_base if minimum_base is None else minimum_base
    table: list[dict[str, Any]] = []
    for path, often in counted.itertuples(index=False):
        part = share_interval(float(often), float(total))
        ends = {name: None if one is None else 100 * one for name, one in (("low", part.low), ("high", part.high))}
        table.append({"path": path, "value": 100 * often / total} | ends | {"n": int(often)})
    found = pd.DataFrame(table)
    mine = paths.filter(nw.col("path").is_in(list(found["path"])))
    lasted = mine.with_columns((nw.col("last") - nw.col("first")).alias("lasted"))
    times = moves.waits(lasted, ["path"], "lasted", int(found["n"].sum()), (0.5,)).set_index("path")["q50"]
    found["median"] = [moves.lasting(times.get(path)) for path in found["path"]]
    found["median days"] = [moves.days(times.get(path)) for path in found["path"]]
    told = whole.marked("path", mine.select("person", "path"), "by the path they took", otherwise=OTHER)
    everybody: list[str] = []
    values: list[float] = []
    for measured, name in asked:
        answers, overall, value = _said(told, whole, measured, name, limit)
        found = found.merge(answers, on="path", how="left")
        everybody.append(overall)
        values.append(value)
    found["path"] = _labels(journey, list(found["path"]))
    found = groups.rounded(found)
    kept = groups.shown(journey, found, ("path",), minimum_base)
    moving = journey.moves()
    waiting = _on_the_way(moving, int(seen["end"]), int(seen["moves"]))
    sentence = _sentence(kept, total, everybody, values, len(found))
    made = groups.finding(
        journey,
        "variants",
        found,
        ("path",),
        sentence,
        f"{total:,} people with a path" + (f"; everybody: {', '.join(everybody)}" if everybody else ""),
        "share of people; 95 % Wilson; median: from the first move to the last; "
        + (
            f"{' and '.join(name for _, name in asked)} of the people of each path, 95 %, an association; "
            if asked
            else ""
        )
        + f"{groups.few(waiting, limit)} people are silent for less than nine in ten waits from where they are, and may "
        "still be on the way; shares unweighted",
        minimum_base,
        {"kind": "intervals", "unit": "% of people"},
        "The commonest paths",
        (*cautions.of_paths(moving), *_unfinished(waiting, total, limit)),
    )
    return replace(made, quiet=("median days",))


def _felt(journey: JourneyFrame, of: str | None) -> list[tuple[str, str]]:
    """What is asked of the people of each path: (measure, its name in a column)."""
    known = journey.measures.to_frame()
    answered = set(known.loc[known["kind"] == "answer", "measure"])
    if of is not None:
        journey.scale(of)  # a measure that is not there: its own fault
        return [(of, OUTCOMES.get(of, f"mean {of}")), *([("complaint", COMPLAINTS)] if _complain(journey) else [])]
    found = [("nps", "NPS")] if "nps" in answered and journey.scale("nps")[:2] == (0, 10) else []
    return [*found, *([("complaint", COMPLAINTS)] if _complain(journey) else [])]


def _complain(journey: JourneyFrame) -> bool:
    return count(journey.records.lazy.filter(nw.col("kind") == "complaint").head(1)) > 0


def _said(told: JourneyFrame, whole: JourneyFrame, of: str, name: str, limit: int) -> tuple[pd.DataFrame, str, float]:
    """What the people of each path say, small groups and their complements left blank; and everybody, in words."""
    ask: Callable[..., Finding]
    if of == "complaint":
        ask = complaints.complaint_rate
    elif OUTCOMES.get(of) == name:
        ask = partial(ratings.nps, of=of)
    else:
        ask = partial(ratings.mean_rating, of=of)
    columns = {"value": name, "low": f"{name} from", "high": f"{name} to", "n": f"n {name}"}
    if of == "complaint":
        columns.pop("n")
    asked = ask(told, by="path")
    shown = privacy.hide_small(asked.table, ("path",), limit)
    found = shown[["path", *columns]].rename(columns=columns)
    one = ask(whole, by=()).table.iloc[0]
    digits = 2 if name.startswith("mean") else 0
    words = f"{name} {_number(one['value'], digits)} ({_number(one['low'], digits)} to {_number(one['high'], digits)})"
    return found, words, float(one["value"])


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None or value != value else f"{value:.{digits}f}".replace("-", "−")


def _on_the_way(journey: JourneyFrame, end: int, many: int) -> int:
    """How many people made their last move so lately that they may go on: within the usual wait of its step."""
    late = moves.lasts(journey, moves.usual_waits(journey, many), end).filter(nw.col("late"))
    return count(late)


def _unfinished(waiting: int, total: int, limit: int) -> list[str]:
    if waiting <= ON_THE_WAY * total:
        return []
    told = f"{100 * waiting / total:.0f} % of" if waiting >= limit else groups.few(waiting, limit).capitalize()
    return [f"{told} people are silent no longer than is usual after their last move: their paths may not be whole."]


def _sentence(kept: pd.DataFrame, total: int, everybody: Sequence[str], values: Sequence[float], several: int) -> str:
    if kept.empty:
        return f"None of the {several} commonest paths of {total:,} people was taken by people enough to be shown."
    first = kept.iloc[0]
    words = (
        f"The {len(kept)} commonest paths that may be shown hold {100 * kept['n'].sum() / total:.0f} % of {total:,} "
        f"people; the commonest{_quoted(first['path'])} {first['value']:.1f} % ({first['low']:.1f} to {first['high']:.1f} %)"
    )
    if len(kept) == several:
        words = words.replace(" that may be shown", "")
    if "NPS" in kept.columns and kept["NPS"].notna().any():
        least = kept.loc[kept["NPS"].idxmin()]
        inside = not (values[0] < least["NPS from"] or values[0] > least["NPS to"])
        place = list(kept["path"]).index(least["path"]) + 1
        words += (
            f". The lowest NPS goes with path {place} of the table: {_number(least['NPS'], 0)} "
            f"({_number(least['NPS from'], 0)} to {_number(least['NPS to'], 0)}); everybody's {everybody[0]}"
            f"{', within that interval' if inside else f', of {several} paths looked at'}"
        )
    return f"{words}."


def _quoted(path: str) -> str:
    """A path as a sentence can hold it."""
    return f" ({path})" if len(path) <= SHORT else ","


def _labels(journey: JourneyFrame, paths: Sequence[str]) -> list[str]:
    """Paths in words: steps by name, one that comes several times in a row once with how often, the middle of long ones cut."""
    told: list[str] = []
    for path in paths:
        runs: list[list[Any]] = []
        for step in path.split(" > "):
            if runs and runs[-1][0] == step:
                runs[-1][1] += 1
            else:
                runs.append([step, 1])
        words = [moves.step_name(journey, step) + (f" ×{n}" if n > 1 else "") for step, n in runs]
        if len(words) > PARTS:
            half = PARTS // 2
            words = [*words[:half], f"… {len(words) - 2 * half} more …", *words[-half:]]
        text = " > ".join(words)
        alike = sum(one == text or one.startswith(f"{text} (path ") for one in told)
        told.append(f"{text} (path {alike + 1})" if alike else text)
    return told
