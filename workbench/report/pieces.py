"""The body of a page, put together piece by piece: words, findings, figures, tables; and its contents list.

Knows what a finding shows (`figures.bundle`), the catalogue of texts and the gate; everything that comes from outside goes
through the gate.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

from workbench.finding import hidden_note
from workbench.report import hot_spot_page
from workbench.report.gate import Entry, Face, clean
from workbench.report.texts import Texts, spoken_in, texts, told_in

HEADING = re.compile(r"<h([1-6])((?: [a-z-]+=\"[^\"]*\")*)>(.*?)</h\1>", re.S)
DEEPEST = 3  # headings below this level stay out of the contents
FINDING = 4  # the level of a finding in the contents of a report
WIDE = 'class="map-box|class="board-box'  # what is laid out on a sheet of its own when printed


@dataclass
class Body:
    """The parts of a page in order, the figures they hold, and the contents.

    `names` makes each finding a place of its own in the contents, by its name; the anchors are in `places`.
    """

    parts: list[str] = field(default_factory=list)
    figures: list[Mapping[str, Any]] = field(default_factory=list)
    contents: list[Entry] = field(default_factory=list)
    texts: Texts = field(default_factory=texts)
    names: bool = False
    places: dict[str, str] = field(default_factory=dict)
    told: list[Mapping[str, Any]] = field(default_factory=list)

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
        self.parts.append(self._box(figure, alt or self.texts("finding.undescribed")))

    def finding(self, shown: Mapping[str, Any], level: int = 0) -> None:
        """A finding (`figures.bundle`): sentence, picture, the table behind it, base, method and trail.

        With a `level` the sentence is a heading of the page and stands in the contents.
        """
        self.told.append(shown)
        sentence = spoken_in(str(shown.get("sentence") or ""), self.texts.language)
        told = told_in(str(shown.get("sentence") or ""), self.texts.language)
        if level:
            anchor = self.entry(level, self._title(shown) or sentence)
            head = f'<h{level} id="{anchor}">{told}</h{level}>'
        else:
            head = f'<h3 class="sentence">{told}</h3>' if sentence else ""
        table = clean(self.texts.table(str(shown.get("table_html") or "")))
        if "minimum" in shown:
            old = f"<caption>{hidden_note(shown['minimum'])}</caption>"
            new = self.texts("finding.hidden_note", minimum=shown["minimum"])
            table = table.replace(old, f"<caption>{escape(new)}</caption>")
        note = self.note(shown)
        place = self._place(shown, sentence)
        if hot_spot_page.is_one(shown):
            page = hot_spot_page.html(shown, self.texts)
            self.parts.append(self._section(place, clean(page) + self._behind(table) + note, "hot-spot"))
            return
        if shown.get("html"):
            anchored = f'<h{level} id="{anchor}" class="unseen">{told}</h{level}>' if level else ""
            card = f'<div class="map-card">{clean(self.texts.card(str(shown["html"])))}</div>'
            kind = "wide" if re.search(WIDE, str(shown["html"])) else ""
            self.parts.append(self._section(place, f"{anchored}{card}{note}", kind))
            return
        if shown.get("figure"):
            box = self._box(shown["figure"], spoken_in(str(shown.get("alt") or ""), self.texts.language) or sentence)
            picture = f"<figure><figcaption>{head}</figcaption>{box}</figure>"
            behind = self._behind(table)
        else:
            picture, behind = head, f'<div class="scroll">{table}</div>' if table else ""
        self.parts.append(self._section(place, f"{picture}{behind}{note}"))

    def note(self, shown: Mapping[str, Any]) -> str:
        """Base, method, what to mind and trail of a finding, small, under it."""
        if "cautions" not in shown:  # a finding as an earlier notebook wrote it
            return clean(str(shown.get("note_html") or ""))
        cautions = " ".join(map(str, shown["cautions"]))
        trail = " > ".join(self.texts.head(str(one)) for one in shown.get("trail") or ())
        said = (("base", shown.get("base")), ("method", shown.get("method")), ("mind", cautions))
        told = [(word, told_in(str(text or ""), self.texts.language)) for word, text in said]
        lines = []
        for word, html in (*told, ("trail", escape(trail))):
            if html:
                mark = " data-base" if word == "base" else ""
                lines.append(f"<span{mark}>{escape(self.texts(f'finding.{word}'))}: {html}</span>")
        return f'<p class="note">{"<br>".join(lines)}</p>' if lines else ""

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[object]],
        marks: Mapping[int, str] | None = None,
        told: Sequence[int] = (),
    ) -> None:
        """A plain table; `marks` gives a column its class, `told` are the columns of what findings and faults say."""
        marks = marks or {}
        head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
        body = "".join(
            f"<tr>{''.join(self._cell(value, marks.get(at, ''), at in told) for at, value in enumerate(row))}</tr>"
            for row in rows
        )
        self.parts.append(
            f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        )

    def entry(self, level: int, text: str) -> str:
        """A new anchor, made of the words, and its line in the contents."""
        slug = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:60] or "part"
        anchor = self._free(f"part-{slug}")
        self.contents.append(Entry(level, anchor, text))
        return anchor

    def listed(self) -> list[Entry]:
        """The contents as a reader sees them: not too deep, and none without words."""
        deepest = FINDING if self.names else DEEPEST
        return [entry for entry in self.contents if entry.level <= deepest and entry.text]

    def face(self, **more: Any) -> Face:
        """How the page of this body looks and speaks."""
        return Face(texts=self.texts, anchors=list(self.places.values()), **more)

    def _place(self, shown: Mapping[str, Any], sentence: str) -> str:
        """The anchor of a finding in a report, and its line in the contents."""
        if not self.names:
            return ""
        name = str(shown.get("name") or "")
        anchor = self._free("finding-" + (re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:80] or "part"))
        self.places.setdefault(name, anchor)
        self.places[anchor] = anchor
        level = 3 if hot_spot_page.is_one(shown) else FINDING
        title, by = (
            self._title(shown) or sentence,
            ", ".join(self.texts.head(str(one)) for one in shown.get("by") or ()),
        )
        if by and any(entry.text == title for entry in self.contents):  # the same measure by something else
            title = f"{title} · {by}".replace("_", " ")
        self.contents.append(Entry(level, anchor, title))
        return anchor

    def _title(self, shown: Mapping[str, Any]) -> str:
        return spoken_in(str(shown.get("title") or ""), self.texts.language)

    def _section(self, place: str, inside: str, kind: str = "") -> str:
        mark = f' id="{place}"' if place else ""
        return f'<section class="finding{f" {kind}" if kind else ""}"{mark}>{inside}</section>'

    def _behind(self, table: str) -> str:
        if not table:
            return ""
        word = escape(self.texts("finding.table"))
        return f'<details><summary>{word}</summary><div class="scroll">{table}</div></details>'

    def _free(self, wanted: str) -> str:
        taken = {entry.anchor for entry in self.contents} | set(self.places.values())
        anchor, count = wanted, 2
        while anchor in taken:
            anchor, count = f"{wanted}-{count}", count + 1
        return anchor

    def _box(self, figure: Mapping[str, Any], alt: str) -> str:
        self.figures.append(self.texts.drawing(figure))
        number = len(self.figures)
        label = escape(self.texts("finding.figure", number=number))
        return (
            f'<div class="drawing-box" tabindex="0" role="region" aria-label="{label}">'
            f'<div id="figure-{number}" class="drawing" role="img" aria-label="{escape(alt)}"></div></div>'
        )

    def _cell(self, value: object, mark: str, told: bool) -> str:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        kind = " ".join(one for one in ("number" if number else "", mark) if one)
        shown = self.texts.written(f"{value:,}") if number else "" if value is None else str(value)
        inside = told_in(shown, self.texts.language) if told else escape(shown)
        return f"<td{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{inside}</td>"
