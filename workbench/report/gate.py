"""The one HTML gate: what may stand in a page (`clean`) and the page itself (`page`), which calls nobody and runs nothing
but its own two scripts: the drawing program, and what equips tables, figures and a report's face.

Two walls, each enough alone: an allow-list of tags and attributes (nh3), and a content security policy that names the
page's scripts by their hash. Knows nothing of findings or notebooks. The same input gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from importlib.resources import files as inside
from pathlib import Path
from typing import Any

import jinja2
import nh3

from workbench import banner, files, privacy
from workbench.faults import DataFault, Fault
from workbench.figures import plain, style_of_pages
from workbench.figures.style import CONFIG
from workbench.privacy import masking
from workbench.report.texts import Texts, texts
from workbench.theme import Theme

BUDGET = 8_000_000  # bytes of a page; plotly.js takes 4.8 million of them

TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "pre", "code", "blockquote", "q", "cite"),
    *("b", "i", "em", "strong", "small", "s", "u", "sub", "sup", "mark", "abbr", "kbd", "span", "div", "a", "img"),
    *("ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "figure", "figcaption", "section"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
ATTRIBUTES = {
    "*": {"class", "style", "lang", "dir"},
    "a": {"href"},
    "div": {"role", "aria-label", "tabindex"},
    "span": {"role", "aria-label", "data-base"},
    "section": {"data-name"},
    "img": {"src", "alt", "width", "height"},
    "th": {"scope", "colspan", "rowspan", "abbr"},
    "td": {"colspan", "rowspan"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "table": {"width"},
    "ol": {"start"},
    "details": {"open"},
    "abbr": {"title"},
}
ANCHORED = {
    "div",
    "section",
    *(f"h{level}" for level in range(2, 7)),
}  # what may carry an id, and only one that the page made
# what is a person's wherever it stands: other finds of masking (names, postcodes, places) may be a branch's or a channel's
PERSONAL = ("phone", "card", "bank account", "NI number", "NHS number", "date of birth", "IP address", "device address")
OUTSIDE = re.compile(
    r"""<[a-z][^<>]*?\s(?:src|href|action|data|poster|background)\s*=\s*["']?\s*(?:https?:|//|ftp:)[^"'>\s]*""", re.I
)
FIGURES = re.compile(
    r'<script type="application/json".*?</script>', re.S
)  # numbers, and words that stand in the tables too
PICTURE = re.compile(r"data:image/(svg\+xml|png);base64,[A-Za-z0-9+/]+={0,2}")
WIDTH = re.compile(r"\s*width:\s*\d{1,4}(\.\d{1,3})?(px|%)\s*;?\s*")
ANCHOR = re.compile(r"#[\w-]{1,200}|[a-z0-9-]{1,120}/report\.(html|pdf|pptx|xlsx)")  # or a report that lies beside
NUMBER = re.compile(r"\d{1,5}%?")


@dataclass(frozen=True)
class Entry:
    """A line of the contents: how deep, the anchor, the words."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True)
class Face:
    """How a page looks and speaks: its language's words and the theme; for a report also its search, contents at the side,
    look, logo and `told`, what a program can read of it."""

    texts: Texts = field(default_factory=texts)
    theme: Theme = field(default_factory=Theme)
    report: bool = False
    logo: str = ""
    told: Mapping[str, Any] | None = None
    anchors: Sequence[str] = ()


def clean(fragment: str) -> str:
    """An HTML fragment with nothing in it but what the allow-list names: no script, no style, no id, no link outside."""
    return _clean(fragment, ATTRIBUTES, frozenset())


def _clean(fragment: str, attributes: Mapping[str, set[str]], anchors: frozenset[str]) -> str:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        rule = {"src": PICTURE, "style": WIDTH, "href": ANCHOR, "width": NUMBER, "height": NUMBER}.get(attribute)
        if attribute == "id":
            return value if value in anchors else None
        if attribute == "role":
            return value if value in ("img", "region") else None
        if attribute == "tabindex":
            return "0"
        return value if rule is None or rule.fullmatch(value) else None

    return nh3.clean(
        fragment,
        tags=TAGS,
        attributes={tag: set(names) for tag, names in attributes.items()},
        attribute_filter=keep,
        clean_content_tags={"script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math"},
        url_schemes={"data"},
        link_rel=None,
    )


def page(
    title: str,
    body_parts: Sequence[str],
    figures: Sequence[Mapping[str, Any]] = (),
    contents: Sequence[Entry] = (),
    language: str = "en",
    lead: str = "",
    built: str = "",
    face: Face | None = None,
) -> str:
    """A whole page in one file. Figure number n is drawn in the `<div id="figure-n">` of the parts; `lead` stands before
    the contents. Every part goes through the gate here once more, whatever it went through before.
    """
    face = face or Face()
    anchors = frozenset(
        [entry.anchor for entry in contents]
        + [f"figure-{number + 1}" for number in range(len(figures))]
        + list(face.anchors)
    )
    allowed = ATTRIBUTES | {tag: ATTRIBUTES.get(tag, set()) | {"id"} for tag in ANCHORED}
    parts = [_clean(face.theme.painted(part), allowed, anchors) for part in body_parts]
    equipped = bool(figures) or face.report or any("<table" in part for part in parts)
    scripts = ([_plotly()] if figures else []) + ([_program()] if equipped else [])
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    policy = (
        f"default-src 'none'; script-src {hashes or chr(39) + 'none' + chr(39)}; style-src 'unsafe-inline'; "
        "img-src data: blob:; font-src 'none'; base-uri 'none'; form-action 'none'"
    )
    written = {"layout": {"separators": face.texts.separators}} if face.texts.decimal != "." else {}
    data = [face.theme.painted(_packed({**_with(plain(figure), written), "config": CONFIG})) for figure in figures]
    css = banner.STYLE + _template("page.css") + _template("tables.css") + style_of_pages("".join(body_parts))
    css = face.theme.painted(css) + face.theme.style()
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_template("page.html.j2")).render(
        title=title,
        language=language if language != "en" else face.texts.language,
        policy=policy,
        css=css + (_template("report.css") + _running(title, face) if face.report else ""),
        lead=_clean(face.theme.painted(lead), allowed, anchors),
        built=built,
        contents=contents,
        parts=parts,
        data=data,
        scripts=scripts,
        words=face.texts.part("frame"),
        spoken=_packed(_spoken(face)) if equipped else "",
        told=_packed(face.told) if face.told is not None else "",
        report=face.report,
        logo=face.logo,
        footer=face.theme.footer,
    )


def _with(figure: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    return {**figure, "layout": figure.get("layout", {}) | more.get("layout", {})}


def _spoken(face: Face) -> dict[str, Any]:
    """The words and numbers of the page's script, in its language."""
    frame, finding = face.texts.part("frame"), face.texts.part("finding")
    return {
        "language": face.texts.language,
        "decimal": face.texts.decimal,
        "tables": face.texts.part("tables"),
        "frame": {name: frame[name] for name in sorted(frame)},
        "not_drawn": finding["not_drawn"],
    }


def _running(title: str, face: Face) -> str:
    """The heads and feet that run over the printed pages."""
    words = {"title": title, "footer": face.theme.footer, "page": face.texts("frame.page")}
    quoted = {name: re.sub(r"[^\w .,;:!?()/&+%-]", "", text)[:160] for name, text in words.items()}
    grey = "font:8pt sans-serif;color:#5f6875"
    return (
        f'@page{{size:A4;margin:17mm 14mm 16mm;@top-left{{content:"{quoted["title"]}";{grey}}}'
        f'@bottom-left{{content:"{quoted["footer"]}";{grey}}}'
        f'@bottom-right{{content:"{quoted["page"]} " counter(page) " / " counter(pages);{grey}}}}}'
        "@page:first{@top-left{content:none}}@page wide{size:A3 landscape}"
    )


def write(html: str, path: Path, leaks: Iterable[str] = (), allowed: Iterable[str] = ()) -> Path:
    """Write a page where it belongs, whole or not at all. What was found to leak, what looks like a person's number or address
    (PERSONAL; but for what is `allowed`), an address outside, or a page over the budget stops it: a DataFault with the place,
    and the page that stood there before stays."""
    faults = [
        Fault(
            file=path.name,
            found=f"{leak} in the page",
            expected="nothing that names a person",
            mend="take it out of the notebooks or mask it in the source; nothing was written",
        )
        for leak in leaks
    ]
    size = len(html.encode())
    if size > BUDGET:  # what it says is not looked at: there is too much of it
        faults.append(
            Fault(
                file=path.name,
                found=f"a page of {size / 1e6:.1f} MB",
                expected=f"at most {BUDGET / 1e6:.0f} MB",
                mend="show fewer or smaller tables and figures; nothing was written",
            )
        )
    else:
        text = readable(html)
        faults += _personal(readable(FIGURES.sub("", html)), path.name, [*allowed])
        outside = [match[0] for match in OUTSIDE.finditer(_unscripted(html))]
        if outside:
            mend = "take out the link; a page calls nobody; nothing was written"
            faults.append(
                Fault(path.name, None, "", f"an address outside ({outside[0][:80]})", "none", mend, count=len(outside))
            )
        found = [one for one in addresses(text) if one not in allowed]
        if found:
            faults.append(
                Fault(
                    file=path.name,
                    found="an e-mail address in the page",
                    expected="nothing that names a person",
                    mend="mask the text it stands in (wb.mask); nothing was written",
                    count=len(found),
                )
            )
    if faults:
        raise DataFault(faults)
    files.write(path, html)
    return path


def _personal(text: str, name: str, allowed: Sequence[str]) -> list[Fault]:
    """What looks like a person's number in the words of a page, a fault each, with the words around it."""
    words = re.sub(r"<[^>]*>", "\n", text)
    found = []
    for start, end, what in masking.find(words):
        if what in PERSONAL and not any(words[start:end] in one or one in words[start:end] for one in allowed):
            around = " ".join(f"{words[max(0, start - 40) : start]}[{what}]{words[end : end + 40]}".split())
            mend = "mask it where it comes from, or, if it is nobody's: publishable: [...] in study.yaml; nothing was written"
            found.append(
                Fault(name, None, "", f'a {what} in the page: "{around}"', "nothing that names a person", mend)
            )
    return found


def _unscripted(html: str) -> str:
    """A page without the program, the style and the data of its pictures."""
    return re.sub(r"<style>.*?</style>|<script\b.*?</script>", "", html, flags=re.S)


def addresses(text: str) -> list[str]:
    """E-mail addresses in a text. Looks only around each @, so that a long run of letters costs no time."""
    around = (text[max(at.start() - 80, 0) : at.start() + 120] for at in re.finditer("@", text))
    return [match[0] for piece in around if (match := privacy.EMAIL.search(piece))]


def readable(html: str) -> str:
    """All that a page of ours tells, as text that can be searched: words, alternatives, figures' data, and what its
    pictures hold; without the drawing program and the style."""
    pictures = "\n".join(
        base64.b64decode(match[1]).decode("utf-8", "replace")
        for match in re.finditer(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", html)
    )
    bare = re.sub(
        r"<style>.*?</style>|<script>.*?</script>|<meta [^>]*>|data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+",
        "",
        html,
        flags=re.S,
    )
    return unescape(f"{bare}\n{pictures}").replace("\\u003c", "<")


def _packed(figure: Mapping[str, Any]) -> str:
    """A figure as JSON that cannot end the element it stands in."""
    text = json.dumps(figure, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _program() -> str:
    """The page's own script: the equipment of tables and figures, and the face, in a room of their own."""
    return f'(function () {{\n"use strict";\n{_template("tables.js")}\n{_template("page.js")}}})();\n'


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    return get_plotlyjs()


@cache
def _template(name: str) -> str:
    return inside("workbench.report").joinpath("templates", name).read_text(encoding="utf-8")
