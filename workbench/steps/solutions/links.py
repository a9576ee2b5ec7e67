"""What a solution rests on, counted: verdicts of claims, scores, what people said, complaints, at the steps it acts on.

Looks back at the journey, the map's hot spots and the judged claims.
"""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.engine import rows
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, ratings
from workbench.steps.measure.searching import TEXTS, said
from workbench.steps.solutions.ideas import Idea
from workbench.steps.solutions.model import Evidence, Solution

COLUMNS = ("solution", "rests on", "what", "at", "n", "records", "says", "id")
SCORES = {"nps": ratings.nps, "csat": ratings.csat, "ces": ratings.ces, "emotion": ratings.emotion_curve}


def links(
    journey: JourneyFrame,
    solutions: Sequence[Solution],
    judged: pd.DataFrame | None,
    ideas: Sequence[Idea] = (),
    minimum_base: int | None = None,
) -> Finding:
    """What each solution rests on: one row a link, with the people behind it (`n`), records, and what it says.

    Hypotheses with their verdict, scores at the solution's steps, what people said and complained of there (words to look
    for, or all), and how many ideas of how many people went into it. Raises DataFault for measures that are not there.
    """
    table = pd.DataFrame(
        [row for one in solutions for row in _of(journey, one, judged, ideas)], columns=list(COLUMNS)
    ).astype({"n": float, "records": float})
    bare = [one.name for one in solutions if one.name not in set(table["solution"])]
    sentence = f"{len(solutions) - len(bare)} of {len(solutions)} solutions rest on something that was found or said"
    sentence += f"; on judgement alone: {', '.join(bare)}." if bare else "."
    return groups.finding(
        journey, "solution_links", groups.rounded(table), ("solution", "rests on", "what", "at"), sentence,
        "n is the people behind each link", "linked by the team in solutions.yaml, counted at the solution's steps",
        minimum_base, {}, "What the solutions rest on",
    )  # fmt: skip


def _of(journey: JourneyFrame, one: Solution, judged: pd.DataFrame | None, ideas: Sequence[Idea]) -> list[dict]:
    found = []
    links = [Evidence(hypothesis=link) if isinstance(link, str) else link for link in one.evidence]
    links += [Evidence(hypothesis=claim) for claim in one.claims if claim not in {link.hypothesis for link in links}]
    for link in links:
        if link.hypothesis is not None:
            found += _claim(link.hypothesis, judged)
        elif link.measure is not None:
            found += _score(journey, one, link.measure)
        elif link.quotes is not None:
            found.append(_texts(journey, one, link.quotes, TEXTS, "what people said"))
        else:
            found.append(_texts(journey, one, str(link.complaints), ("complaint",), "complaints"))
    own = [idea for idea in ideas if idea.solution == one.id]
    if own:
        many = len({idea.who for idea in own})
        told = f"{len(own)} of {many} {'person' if many == 1 else 'people'} of the team"
        found.append(
            {"rests on": "ideas", "what": "the ideas wall", "at": "", "records": float(len(own)), "says": told}
        )
    names = journey.step_names or {}
    everywhere = ", ".join(names.get(step, step) for step in one.steps)
    return [{"solution": one.name, "at": everywhere, "n": None} | row | {"id": one.id} for row in found]


def _claim(name: str, judged: pd.DataFrame | None) -> list[dict]:
    row = judged[judged["id"] == name] if judged is not None else pd.DataFrame()
    if row.empty:
        return [{"rests on": "hypothesis", "what": name.replace("-", " "), "at": "", "says": "not judged"}]
    only = row.iloc[0]
    return [
        {"rests on": "hypothesis", "what": name.replace("-", " "), "at": "", "n": only.get("n"),
         "says": only.get("in words") or only["verdict"]}
    ]  # fmt: skip


def _score(journey: JourneyFrame, one: Solution, measure: str) -> list[dict]:
    here = journey.where(step=list(one.steps))
    ask = SCORES.get(measure)
    found = (ask(here, "step") if ask else ratings.mean_rating(here, "step", of=measure)).to_frame()
    rows_ = []
    for row in found.to_dict("records"):
        if not row.get(privacy.HIDDEN) and row["value"] == row["value"]:
            says = f"{row['value']:.1f} ({row['low']:.1f} to {row['high']:.1f})"
        else:
            says = ""
        rows_.append({"rests on": "score", "what": measure, "at": row["step"], "n": row["n"], "says": says})
    return rows_


def _texts(journey: JourneyFrame, one: Solution, words: str, kinds: Sequence[str], what: str) -> dict:
    """People who said it at the solution's steps; complaints are counted whether or not they have a text."""
    kept = (
        journey.records.lazy.filter(nw.col("kind").is_in(list(kinds)), ~nw.col("person").is_null())
        if words.strip() == "*"
        else said(journey, words, kinds)
    ).filter(nw.col("step").is_in(list(one.steps)))
    counted = rows(kept.select(nw.len().alias("n"), nw.col("person").n_unique().alias("people"))).iloc[0]
    told = "all there" if words.strip() == "*" else f'"{words.strip()}"'
    n, records = (
        0.0 if pd.isna(one) else float(one) for one in (counted["people"], counted["n"])
    )  # none: nothing to count
    return {"rests on": what, "what": told, "n": n, "records": records, "says": ""}
