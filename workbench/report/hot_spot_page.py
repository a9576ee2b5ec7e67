"""A hot spot as a page of the report: laid out from the rows of its finding (`steps.hot_spot_pages`), every word escaped.

Knows the catalogue of texts and the shape of a finding's rows; nothing that is not in these is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from workbench.report.texts import Texts, spoken_in, told_in

NAME = "hot_spot_"
NEEDED = {"part", "what", "says", "value", "low", "high", "n", "least", "most"}
PARTS = ("score", "complaints", "quote", "hypothesis", "solution", "action", "about")
EMPTY = {"hypothesis": "none_hypothesis", "solution": "none_solution", "action": "none_action"}
WIDE = ("about",)


def is_one(shown: Mapping[str, Any]) -> bool:
    """Is this bundle a hot spot's?"""
    return str(shown.get("name", "")).startswith(NAME) and set(shown.get("columns") or ()) >= NEEDED


def html(shown: Mapping[str, Any], texts: Texts) -> str:
    """The page of one hot spot: its sentence, then a part each for what was measured, said, claimed, planned."""
    rows = [dict(zip(shown["columns"], row, strict=True)) for row in shown["rows"]]
    sentence = told_in(str(shown["sentence"]), texts.language)
    tone = "pain" if " hurts" in str(shown["sentence"]) else "gain" if " delights" in str(shown["sentence"]) else ""
    parts = []
    for part in PARTS:
        those = [row for row in rows if row["part"] == part]
        if not those and part not in EMPTY:
            continue
        inside = _inside(part, those, texts) if those else f"<p>{escape(texts(f'hot_spot.{EMPTY[part]}'))}</p>"
        kind = " wide" if part in WIDE else f" {part}"
        parts.append(f'<div class="spot-part{kind}"><h4>{escape(texts(f"hot_spot.{part}"))}</h4>{inside}</div>')
    return f'<div class="spot-page {tone}"><h3>{sentence}</h3><div class="spot-parts">{"".join(parts)}</div></div>'


def _inside(part: str, rows: Sequence[Mapping[str, Any]], texts: Texts) -> str:
    if part == "score":
        return f'<table class="spot-scores"><tbody>{"".join(_score(row, texts) for row in rows)}</tbody></table>'
    if part == "about":
        facts = (f"<dt>{_said(row['what'], texts)}</dt><dd>{_said(row['says'], texts)}</dd>" for row in rows)
        return f"<dl>{''.join(facts)}</dl>"
    if part == "quote":
        return "".join(_quote(row, texts) for row in rows)
    return f"<ul>{''.join(_item(part, row, texts) for row in rows)}</ul>"


def _score(row: Mapping[str, Any], texts: Texts) -> str:
    """A score: its value, interval and base, and where it lies on its scale."""
    fine = row["most"] is not None and row["most"] - (row["least"] or 0) < 50
    ends = [_number(row[name], texts, fine) for name in ("low", "high")]
    interval = escape(texts("hot_spot.interval", low=ends[0], high=ends[1]))
    base = escape(f"{texts('finding.base')} {texts.number(int(row['n']))}") if row["n"] is not None else ""
    return (
        f'<tr><th scope="row">{_said(row["what"], texts)}</th><td><b>{escape(_number(row["value"], texts, fine))}</b>'
        f"<small>{interval} · {base}</small></td>"
        f"<td>{_strip(row, texts, fine)}<small>{_said(row['says'], texts)}</small></td></tr>"
    )


def _strip(row: Mapping[str, Any], texts: Texts, fine: bool) -> str:
    """Where value and interval lie between the ends of the scale."""
    least, most = row["least"], row["most"]
    if None in (least, most, row["low"], row["high"], row["value"]) or most <= least:
        return ""
    low, middle, high = (
        min(max((row[name] - least) / (most - least) * 100, 0.0), 100.0) for name in ("low", "value", "high")
    )
    words = {name: _number(row[name], texts, fine) for name in ("value", "low", "high")}
    label = texts("hot_spot.scale", **words, least=_number(least, texts, False), most=_number(most, texts, False))
    return (
        f'<span class="strip" role="img" aria-label="{escape(label)}"><span style="width:{low:.1f}%"></span>'
        f'<span class="band" style="width:{max(middle - low, 0):.1f}%"></span><span class="dot-mark"></span>'
        f'<span class="band" style="width:{max(high - middle, 0):.1f}%"></span></span>'
    )


def _quote(row: Mapping[str, Any], texts: Texts) -> str:
    side = str(row["what"]).split(",")[0]
    kind = f' class="{side}"' if side in ("worst", "best") else ""
    return f"<blockquote{kind}>{escape(str(row['says']))}<small>{_said(row['what'], texts)}</small></blockquote>"


def _item(part: str, row: Mapping[str, Any], texts: Texts) -> str:
    figure = ""
    if part in ("complaints", "solution") and row["value"] is not None:
        ends = texts("hot_spot.interval", **{name: _number(row[name], texts, False) for name in ("low", "high")})
        base = f" · {texts('finding.base')} {texts.number(int(row['n']))}" if row["n"] is not None else ""
        figure = f"<b>{escape(_number(row['value'], texts, part == 'solution'))}</b> ({escape(ends)}{escape(base)}) "
        if part == "complaints":
            return f"<li>{figure}{_said(row['what'], texts)}<small>{_said(row['says'], texts)}</small></li>"
    return f"<li>{_said(row['what'], texts)}<small>{figure}{_said(row['says'], texts)}</small></li>"


def _said(words: Any, texts: Texts) -> str:
    return escape(spoken_in(str(words or ""), texts.language))


def _number(value: Any, texts: Texts, fine: bool) -> str:
    if value is None:
        return "–"
    text = f"{abs(value):,.{1 if fine else 0}f}"
    return ("−" if value < 0 and text.strip("0.,") else "") + texts.written(text)
