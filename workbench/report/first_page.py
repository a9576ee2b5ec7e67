"""The first page of a report: the findings in sentences, the one with most at stake first, and what changed since.

Laid out from the bundles of the findings `first_page` and `since`; every word escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from workbench.report.texts import Texts, spoken_in, told_in

NAME, CHANGED = "first_page", "since"


def html(told: Sequence[Mapping[str, Any]], places: Mapping[str, str], texts: Texts) -> str:
    """The findings, then what changed; `places` are the anchors of the findings in the page, by their names."""
    first = next((one for one in told if one.get("name") == NAME), None)
    changed = next((one for one in told if one.get("name") == CHANGED), None)
    return (_findings(first, places, texts) if first else "") + (_changed(changed, places, texts) if changed else "")


def _findings(shown: Mapping[str, Any], places: Mapping[str, str], texts: Texts) -> str:
    rows = [dict(zip(shown["columns"], row, strict=True)) for row in shown["rows"]]
    items = "".join(_item(row, places, texts) for row in rows)
    method = str(shown.get("method") or "")
    rule = told_in(method[:1].upper() + method[1:], texts.language)
    return (
        f'<h2 class="first-head">{escape(texts("first.findings"))}</h2><ol class="first-list">{items}</ol>'
        f'<details class="first-rule"><summary>{escape(texts("first.rule"))}</summary>'
        f"<p>{rule}.</p></details>"
    )


def _item(row: Mapping[str, Any], places: Mapping[str, str], texts: Texts) -> str:
    tone = row["tone"] if row.get("tone") in ("pain", "gain") else "plain"
    under = [spoken_in(str(row["base"]), texts.language)] if row.get("base") else []
    if row.get("evidence"):
        under.append(texts("first.evidence", grade=spoken_in(str(row["evidence"]), texts.language)))
    if row.get("at stake") is not None:
        under.append(texts("first.stake", points=round(row["at stake"])))
    more = _link(places.get(str(row.get("place"))), texts)
    told = " · ".join(escape(one) for one in under)
    said = told_in(str(row["finding"]), texts.language)
    return f'<li class="{tone}"><p class="said">{said}</p><p class="under">{told}{" · " if more and told else ""}{more}</p></li>'


def _changed(shown: Mapping[str, Any], places: Mapping[str, str], texts: Texts) -> str:
    said = told_in(str(shown.get("sentence") or ""), texts.language)
    base = told_in(str(shown.get("base") or ""), texts.language)
    more = _link(places.get(CHANGED), texts)
    under = " · ".join(one for one in (base, more) if one)
    return (
        f'<section class="changed"><h2>{escape(texts("first.changed"))}</h2><p>{said}</p>'
        f'<p class="under">{under}</p></section>'
    )


def _link(anchor: str | None, texts: Texts) -> str:
    return f'<a href="#{anchor}">{escape(texts("first.more"))}</a>' if anchor else ""
