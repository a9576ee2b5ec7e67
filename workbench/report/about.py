"""The account at a report's end: what the study cannot say, how each finding was made, glossary, sources, what was set aside.

Knows the study only by what `Study` below asks of it, and the findings by what they showed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.metadata import version
from typing import Any, Protocol

from workbench.faults import Fault
from workbench.inference import share_interval
from workbench.privacy import MEASURED
from workbench.report.first_page import NAME as FIRST
from workbench.report.pieces import Body
from workbench.report.texts import Texts, spoken_in

PACKAGES = (
    *("workbench", "pandas", "duckdb", "narwhals", "statsmodels", "scipy", "numpy", "plotly", "nbclient", "nbconvert"),
    "nh3",
)
FAULTS = 200  # faults told one by one
KINDS = {  # what a format of sources is, where limits speak of it
    "interviews": {"webvtt", "docx", "pdf", "txt", "srt", "odt", "refi_qda", "taguette", "qdpx", "transcript"},
    "complaints": {"complaints", "tickets"},
    "events": {"events", "xes", "ocel"},
    "readings": {"tracking"},
}
# where a word of the glossary occurs: in what findings say, which is English
OCCURS = {
    "base": r"\bbase\b", "interval": r"95 %|interval", "nps": r"\bNPS\b", "csat": r"\bCSAT\b|csat|satisfied",
    "ces": r"\bCES\b|\bces\b|\bease\b", "emotion": r"\bemotion", "trust": r"\btrust\b", "journey": r"\bjourney",
    "hot_spot": r"hot spot", "surprise": r"\bsurpris", "evidence": r"corroborated|anecdotal", "hypothesis": r"hypothes",
    "verdict": r"verdict|supported|contradicted", "p_value": r"\bp (corrected|raw|Holm)\b|\bp corrected|\bp value",
    "weight": r"\bweighted", "effective": r"effective base", "taylor": r"Taylor", "wave": r"\bwave",
    "complaint_rate": r"complaint rate|complaints per 1,000", "redraw": r"redraw|draws", "frontier": r"frontier",
    "drivers": r"\bdriver|of what \d+ ratings explain", "control": r"control chart", "hazard": r"times as (fast|often)",
    "persona": r"\bpersona", "funnel": r"funnel|reached .* in order", "conformance": r"deviation",
    "reactive": r"reactive point", "kappa": r"\bkappa\b|\balpha\b", "pseudonym": r"pseudonym",
}  # fmt: skip


class Study(Protocol):
    """What the account asks of a study."""

    @property
    def journey(self) -> Any: ...
    def provenance(self) -> Iterable[Mapping[str, Any]]: ...


def fill(body: Body, study: Study) -> None:
    """Add the account to a report's body, of all the findings that it holds."""
    texts = body.texts
    shown = [one for one in body.told if one.get("name") != FIRST]
    sources = list(study.provenance())
    body.heading(texts("about.title"))
    body.heading(texts("about.limits"), 3)
    said = limits(shown, sources, getattr(study.journey, "minimum_base", None), texts)
    body.parts.append(f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in said)}</ul>")
    _methods(body, shown)
    _glossary(body, shown)
    _sources(body, sources)
    _aside(body, list(study.journey.faults))
    body.heading(texts("about.made"), 3)
    body.table((texts("about.package"), texts("about.version")), [(name, version(name)) for name in PACKAGES])


def limits(
    shown: Sequence[Mapping[str, Any]], sources: Sequence[Mapping[str, Any]], minimum: int | None, texts: Texts
) -> list[str]:
    """What the study cannot say, as far as its findings and sources tell: sampling, non-response, association, small bases."""
    methods = " ".join(str(one.get("method") or "") for one in shown)
    names = {str(one.get("name")) for one in shown}
    formats = {str(one.get("format", "")) for one in sources}
    hidden, small = _few(shown)
    found = []
    asked = bool(re.search(r"promoters|answers|95 %", methods))
    if asked:
        weighted = re.search(r"(?<!un)weighted", methods)
        found += [texts("limits.sampling"), texts("limits.weighted" if weighted else "limits.unweighted")]
        found.append(texts("limits.nonresponse"))
    if shown:
        found += [texts("limits.association"), texts("limits.many")]
    if minimum is not None and minimum > 1 and shown:
        found.append(
            texts("limits.small", count=hidden, minimum=minimum)
            if hidden
            else texts("limits.no_small", minimum=minimum)
        )
    found += [texts("limits.wide", count=small)] if small else []
    if sources:
        found.append(texts("limits.masking", **_masking()))
    found += [texts(f"limits.{kind}") for kind, those in KINDS.items() if formats & those]
    found += [texts("limits.assumed")] if names & {"surprises", "map"} else []
    found += [texts("limits.judgement")] if "rank_solutions" in names else []
    unanswered = sum(len(one.get("rows") or ()) for one in shown if one.get("name") == "unanswered")
    return found + ([texts("limits.unanswered", count=unanswered)] if unanswered else [])


def _masking() -> dict[str, str]:
    """What masking was measured to find, with its intervals."""
    said: dict[str, str] = {}
    for name, (found, of) in (("marks", MEASURED["structured"]), ("names", MEASURED["names"])):
        share = share_interval(found, of)
        low, high = (f"{100 * (number or 0):.1f}" for number in (share.low, share.high))
        said |= {name: str(found), f"of_{name}": str(of), f"low_{name}": low, f"high_{name}": high}
    return said


def _few(shown: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """How many rows are hidden, and how many are marked as of a small base."""
    hidden = small = 0
    for one in shown:
        columns = list(one.get("columns") or ())
        for row in one.get("rows") or ():
            cells = dict(zip(columns, row, strict=True))
            hidden += cells.get("hidden") is True
            small += "small base" in str(cells.get("caution") or "")
    return hidden, small


def _methods(body: Body, shown: Sequence[Mapping[str, Any]]) -> None:
    """Name, base and method of every finding, each once."""
    texts = body.texts
    told: dict[tuple[str, str, str], None] = {}
    for one in shown:
        if one.get("base") or one.get("method"):
            name = spoken_in(str(one.get("title") or str(one.get("name", "")).replace("_", " ")), texts.language)
            told[name, str(one.get("base", "")), str(one.get("method", ""))] = None
    if told:
        body.heading(texts("about.methods"), 3)
        body.table(tuple(texts(f"about.{word}") for word in ("finding", "base", "method")), list(told), told=(1, 2))


def _glossary(body: Body, shown: Sequence[Mapping[str, Any]]) -> None:
    """The words of the method and of the statistics that the findings use."""
    texts = body.texts
    parts = [
        str(one.get(word) or "") for one in shown for word in ("title", "sentence", "base", "method", "alt", "columns")
    ]
    said = "\n".join([*parts, *(re.sub(r"<[^>]+>", " ", str(one.get("html") or "")) for one in shown)])
    entries = texts.part("glossary")
    there = [name for name, pattern in OCCURS.items() if re.search(pattern, said)]
    if not there:
        return
    body.heading(texts("about.glossary"), 3)
    words = sorted((entries[name] for name in there), key=lambda one: str(one["term"]).casefold())
    items = "".join(f"<dt>{escape(str(one['term']))}</dt><dd>{escape(str(one['means']))}</dd>" for one in words)
    body.parts.append(f'<p>{escape(texts("about.glossary_note"))}</p><dl class="glossary">{items}</dl>')


def _sources(body: Body, sources: Sequence[Mapping[str, Any]]) -> None:
    texts = body.texts
    body.heading(texts("about.sources"), 3)
    if not sources:
        body.html(f"<p>{escape(texts('about.no_sources'))}</p>")
        return
    heads = tuple(texts(f"about.{word}") for word in ("file", "format", "records", "bytes", "hash"))
    rows = [[one["file"], one.get("format", ""), one.get("rows"), one.get("bytes"), one["sha256"]] for one in sources]
    if any(one.get("keep_until") for one in sources):
        heads = (*heads, texts("about.keep_until"))
        rows = [[*row, _last_day(one, texts)] for row, one in zip(rows, sources, strict=True)]
    body.table(heads, rows, {4: "hash"})


def _last_day(source: Mapping[str, Any], texts: Texts) -> str:
    """Until when a source may be kept, and whether that day is near or has passed."""
    day, kept = str(source.get("keep_until", "")), source.get("kept")
    return f"{day} ({texts(f'about.keep_{kept}')})" if kept else day


def _aside(body: Body, faults: Sequence[Fault]) -> None:
    texts = body.texts
    body.heading(texts("about.aside"), 3)
    if not faults:
        body.html(f"<p>{escape(texts('about.no_faults'))}</p>")
        return
    words = ("file", "row", "column", "found", "expected", "mend", "cells")
    rows = [
        [one.file, str(one.row or ""), one.column, one.found, one.expected, one.mend, one.count]
        for one in faults[:FAULTS]
    ]
    body.table(tuple(texts(f"about.{word}") for word in words), rows, told=(3, 4, 5))
    if len(faults) > FAULTS:
        body.html(f"<p>{escape(texts('about.more_faults', count=len(faults) - FAULTS))}</p>")
