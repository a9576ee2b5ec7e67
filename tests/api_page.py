"""The pages of words (docs/api.md, docs/api-inference.md) made from the docstrings, and the layers told in docs/ARCHITECTURE.md
made from .importlinter. `make api` writes them; a test fails when they drift.

Reads what may be typed off the package itself: no word is listed here twice.
"""

from __future__ import annotations

import argparse
import configparser
import inspect
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import workbench as wb
from workbench import panels
from workbench.cli import parser
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.study import Study

ROOT = Path(__file__).resolve().parent.parent
MADE = "<!-- Made from the docstrings by `make api`; a test fails when they drift. -->"
LAYERS = ("<!-- layers: made by `make api` -->", "<!-- end of layers -->")
HEAD = f"""\
# The words, one by one

{MADE}

What can be typed after `import workbench as wb`, said of a study, a journey frame and a finding, shown as a panel, and asked of
the command. The estimators, which need no journey, stand [on a page of their own](api-inference.md). How they go together:
[the tutorials](README.md).
"""
INFERENCE = f"""\
# The estimators: `wb.inference`

{MADE}

Pure functions of counts, sums and small tables; none looks at a single record. The measures call these same functions.
[The other words](api.md).
"""


def words_page() -> str:
    """The text that docs/api.md must hold."""
    typed = ["open_study", *wb.WORDS]
    parts = [HEAD, "## What an analyst types: `wb`\n"]
    parts += [_word(f"wb.{name}", getattr(wb, name)) for name in typed]
    for name, kind, about in (
        ("study", Study, "what is asked of a study, and saved to it"),
        ("journey", JourneyFrame, "the verbs hand back a new frame; `count` is the one way to numbers"),
        ("finding", Finding, "a result: words, table, picture"),
    ):
        parts.append(f"## A {name}: {about}\n")
        parts += [_word(f"{name}.{one}", member) for one, member in _members(kind)]
    parts.append("## Panels: `wb.panels`\n")
    parts += [_word(f"wb.panels.{name}", getattr(panels, name)) for name in sorted(panels.__all__)]
    parts += ["## The command: `workbench`\n", *_commands()]
    return "\n".join(parts)


def inference_page() -> str:
    """The text that docs/api-inference.md must hold."""
    room = wb.inference
    functions = [name for name in room.__all__ if not isinstance(getattr(room, name), type)]
    results = [name for name in room.__all__ if isinstance(getattr(room, name), type)]
    parts = [INFERENCE, *(_word(name, getattr(room, name)) for name in sorted(functions)), "## What they hand back\n"]
    return "\n".join([*parts, *(f"- `{name}`: {_first(getattr(room, name))}" for name in sorted(results)), ""])


def layers(page: str) -> str:
    """The page of the architecture with the layers of .importlinter between its marks."""
    before, rest = page.split(LAYERS[0])
    after = rest.split(LAYERS[1])[1]
    rows = [", ".join(f"`{one}`" for one in layer) for layer in layers_of()]
    listed = "\n".join(f"{place}. {row}" for place, row in enumerate(rows, start=1))
    return f"{before}{LAYERS[0]}\n\n{listed}\n\n{LAYERS[1]}{after}"


def layers_of(contract: str = "rooms") -> list[list[str]]:
    """The rooms of each layer, the highest first, as .importlinter has them."""
    told = configparser.ConfigParser()
    told.read(ROOT / ".importlinter", encoding="utf-8")
    lines = told[f"importlinter:contract:{contract}"]["layers"].split("\n")
    return [[one.strip().removeprefix("workbench.") for one in line.split("|")] for line in lines if line.strip()]


def pages() -> dict[Path, str]:
    """Each page that is made, with the text that it must hold."""
    picture = ROOT / "docs" / "ARCHITECTURE.md"
    return {
        ROOT / "docs" / "api.md": words_page(),
        ROOT / "docs" / "api-inference.md": inference_page(),
        picture: layers(picture.read_text(encoding="utf-8")),
    }


# -- a word -----------------------------------------------------------------------------------------------------------


def _word(name: str, member: Any) -> str:
    """A word: how it is called, its first paragraph, its errors."""
    said, errors = _first(member), _errors(member)
    lines = [f"### `{name}{_called(member)}`", "", *([said] if said else []), *(["", errors] if errors else []), ""]
    return "\n".join(lines)


def _called(member: Any) -> str:
    """How it is called: names and defaults, without types; nothing for what is not called."""
    if isinstance(member, type) or not callable(member):
        return ""
    taken = [one for one in inspect.signature(member).parameters.values() if one.name != "self"]
    shown = [one.replace(annotation=inspect.Parameter.empty) for one in taken]
    return str(inspect.Signature(shown))


def _paragraphs(member: Any) -> list[str]:
    text = inspect.getdoc(member) or ""
    return [_in_words(one) for one in re.split(r"\n\s*\n", text) if one.strip()]


def _first(member: Any) -> str:
    """The first paragraph, without what it says of errors."""
    told = _paragraphs(member)
    if not told or told[0].startswith(f"{getattr(member, '__name__', '')}("):  # a dataclass that says nothing of itself
        return ""
    return " ".join(one for one in _sentences(told[0]) if not one.startswith("Raises "))


def _errors(member: Any) -> str:
    said = [one for paragraph in _paragraphs(member) for one in _sentences(paragraph) if one.startswith("Raises ")]
    return f"*{' '.join(said)}*" if said else ""


def _sentences(paragraph: str) -> list[str]:
    return re.split(r"(?<=[.!?:]) (?=[A-Z])", paragraph)


def _in_words(paragraph: str) -> str:
    """A paragraph on one line; what Markdown or HTML would take for its own is told as it stands."""
    line = " ".join(paragraph.split())
    kept = re.split(r"(`[^`]*`)", line)
    return "".join(
        one if one.startswith("`") else re.sub(r"([<>*\[\]|]|(?<!\w)_|_(?!\w))", r"\\\1", one) for one in kept
    )


def _members(kind: type) -> Iterable[tuple[str, Any]]:
    """What may be said of it: its public methods and properties, in the order in which they are written."""
    found: dict[str, Any] = {}
    for one in reversed(kind.__mro__[:-1]):
        for name, member in vars(one).items():
            if name.startswith("_") or not isinstance(member, Callable | property | classmethod | staticmethod):  # type: ignore[arg-type]
                continue
            if inspect.getdoc(member):
                found[name] = member
    return found.items()


# -- the command ------------------------------------------------------------------------------------------------------


def _commands() -> list[str]:
    """Each command with its words. Read off the parser, as its printed help differs from one Python to the next."""
    (subs,) = [one for one in parser()._actions if isinstance(one, argparse._SubParsersAction)]
    told = []
    for name, command in subs.choices.items():
        shown = [one for one in command._actions if one.dest not in ("help", "json", "debug")]
        usage = " ".join([f"workbench {name}", *(_usage(one) for one in shown)])
        said = _plain(command.description)
        told += [f"### `{usage}`", "", f"{said[:1].upper()}{said[1:]}.", ""]
        options = [one for one in shown if one.help]
        told += [f"- `{_option(one)}`: {_plain(one.help)}" for one in options] + ([""] if options else [])
    told.append("Each knows `--json` (print what a program can read) and `--debug` (show inner errors whole).\n")
    return told


def _usage(one: argparse.Action) -> str:
    word = _option(one)
    many = f"{word} …" if one.nargs == "+" else word
    return many if one.required and one.nargs != "?" else f"[{many}]"


def _option(one: argparse.Action) -> str:
    if not one.option_strings:
        return str(one.metavar or one.dest)
    if one.nargs == 0:
        return one.option_strings[0]
    value = " ".join(one.metavar) if isinstance(one.metavar, tuple) else one.metavar or one.dest.upper()
    return f"{one.option_strings[0]} {value}"


def _plain(text: str | None) -> str:
    said = (text or "").replace("%%", "%")
    return re.sub(r"([<>*_|])", r"\\\1", said)


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}: {len(text.splitlines())} lines")
