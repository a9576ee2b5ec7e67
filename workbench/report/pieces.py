"""The body of a page, put together piece by piece: words, findings, figures, tables; and its contents list.

Knows what a finding shows (`figures.bundle`) and the gate; everything that comes from outside goes through the gate.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

from workbench.report.gate import Entry, clean

HEADING = re.compile(r"<h([1-6])((?: [a-z-]+=\"[^\"]*\")*)>(.*?)</h\1>", re.S)
DEEPEST = 3  # headings below this level stay out of the contents


@dataclass
class Body:
    """The parts of a page in order, the figures they hold, and the contents."""

    parts: list[str] = field(default_factory=list)
    figures: list[Mapping[str, Any]] = field(default_factory=list)
    contents: list[Entry] = field(default_factory=list)

    def html(self, fragment: str, lower: int = 0) -> None:
        """HTML from anywhere: cleaned; its headings get anchors, `lower` levels down, and stand in the contents."""

        def anchored(match: re.Match[str]) -> str:
            level = min(int(match[1]) + lower, 6)
            words = " ".join(unescape(re.sub(r"<[^>]+>", "", match[3])).split())
            anchor = self.entry(max(level, 2), words)
            return f'<h{max(level, 2)} id="{anchor}"{match[2]}>{match[3]}</h{max(level, 2)}>'

        self.parts.append(HEADING.sub(anchored, clean(fragment)))

    def heading(self, text: str, level: int = 2) -> None:
        """A heading of our own."""
        self.parts.append(f'<h{level} id="{self.entry(level, text)}">{escape(text)}</h{level}>')

    def text(self, words: str, kind: str = "") -> None:
        """Plain text as it was printed."""
        mark = f' class="{kind}"' if kind else ""
        self.parts.append(f"<pre{mark}>{escape(words)}</pre>")

    def picture(self, kind: str, content: str | bytes, alt: str = "") -> None:
        """A picture inside the page: "svg+xml" (text) or "png" (bytes, or base64 as notebooks store it)."""
        raw = content.encode() if kind == "svg+xml" and isinstance(content, str) else content
        packed = base64.b64encode(raw).decode() if isinstance(raw, bytes) else "".join(raw.split())
        self.parts.append(
            clean(f'<p><img class="picture" alt="{escape(alt)}" src="data:image/{kind};base64,{packed}"></p>')
        )

    def drawing(self, figure: Mapping[str, Any], alt: str = "") -> None:
        """A plotly figure."""
        self.parts.append(self._box(figure, alt or "A figure without a description"))

    def finding(self, shown: Mapping[str, Any], level: int = 0) -> None:
        """A finding (`figures.bundle`): sentence, picture, the table behind it, base, method and trail.

        With a `level` the sentence is a heading of the page and stands in the contents.
        """
        sentence = str(shown.get("sentence") or "")
        if level:
            anchor = self.entry(level, str(shown.get("title") or sentence))
            head = f'<h{level} id="{anchor}">{escape(sentence)}</h{level}>'
        else:
            head = f'<p class="sentence">{escape(sentence)}</p>' if sentence else ""
        table = clean(str(shown.get("table_html") or ""))
        note = clean(str(shown.get("note_html") or ""))
        if shown.get("html"):
            anchored = f'<h{level} id="{anchor}" class="unseen">{escape(sentence)}</h{level}>' if level else ""
            card = f'<div class="map-card">{clean(str(shown["html"]))}</div>'
            self.parts.append(f'<section class="finding">{anchored}{card}{note}</section>')
            return
        if shown.get("figure"):
            box = self._box(shown["figure"], str(shown.get("alt") or sentence))
            picture = f"<figure><figcaption>{head}</figcaption>{box}</figure>"
            behind = f'<details><summary>Table</summary><div class="scroll">{table}</div></details>' if table else ""
        else:
            picture, behind = head, f'<div class="scroll">{table}</div>' if table else ""
        self.parts.append(f'<section class="finding">{picture}{behind}{note}</section>')

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[object]], marks: Mapping[int, str] | None = None
    ) -> None:
        """A plain table; `marks` gives a column its class."""
        marks = marks or {}
        head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
        body = "".join(
            f"<tr>{''.join(_cell(value, marks.get(at, '')) for at, value in enumerate(row))}</tr>" for row in rows
        )
        self.parts.append(
            f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        )

    def entry(self, level: int, text: str) -> str:
        """A new anchor, made of the words, and its line in the contents."""
        slug = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:60] or "part"
        taken = {entry.anchor for entry in self.contents}
        anchor, count = f"part-{slug}", 2
        while anchor in taken:
            anchor, count = f"part-{slug}-{count}", count + 1
        self.contents.append(Entry(level, anchor, text))
        return anchor

    def listed(self) -> list[Entry]:
        """The contents as a reader sees them: not too deep, and none without words."""
        return [entry for entry in self.contents if entry.level <= DEEPEST and entry.text]

    def _box(self, figure: Mapping[str, Any], alt: str) -> str:
        self.figures.append(figure)
        name = f"figure-{len(self.figures)}"
        return (
            f'<div class="drawing-box" tabindex="0" role="region" aria-label="Figure {len(self.figures)}">'
            f'<div id="{name}" class="drawing" role="img" aria-label="{escape(alt)}"></div></div>'
        )


def headlines(told: Sequence[Mapping[str, Any]]) -> str:
    """Key findings in sentences, side by side."""
    items = "".join(
        f'<li class="headline {one["tone"] if one.get("tone") in ("pain", "gain") else "plain"}">'
        f"{escape(str(one.get('text', '')))}<small>{escape(str(one.get('note') or ''))}</small></li>"
        for one in told
    )
    return f'<ul class="headlines">{items}</ul>' if items else ""


def _cell(value: object, mark: str) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    kind = " ".join(one for one in ("number" if number else "", mark) if one)
    shown = f"{value:,}" if number else "" if value is None else str(value)
    return f"<td{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{escape(shown)}</td>"
