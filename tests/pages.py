"""What the pages of docs/ hold between their fences, and how it is run: a page that is not true fails like code.

python   run in order, in one namespace a page
console  each line a `workbench` command, run where the page's study stands
yaml     its first line names the file that it is written into ("# data/bills/study.yaml"): the keys that it holds
diff     its first line names the file; what stands after + goes in behind the line before it
text     to read, not to run
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from water_town import ROOT

FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```\s*$", re.M | re.S)
MARKS = ("python", "console", "yaml", "diff", "text", "mermaid")


@dataclass(frozen=True)
class Block:
    """One block of a page: how it is marked, what stands in it, and at which line it begins."""

    mark: str
    body: str
    page: Path
    line: int

    @property
    def file(self) -> str:
        """The file that the first line names."""
        return self.body.splitlines()[0].lstrip("# ").split(" ")[0]

    def run(self, names: dict[str, Any]) -> None:
        """Run a Python block, its lines told as those of the page."""
        code = compile("\n" * self.line + self.body, str(self.page), "exec")
        exec(code, names)  # noqa: S102 - what runs is our own page

    def commands(self) -> list[list[str]]:
        """The words of each command, without `workbench` and the remark behind it."""
        found = [shlex.split(line, comments=True) for line in self.body.splitlines()]
        assert all(words[0] == "workbench" for words in found if words), self.body
        return [words[1:] for words in found if words]


def blocks(page: Path, *marks: str) -> list[Block]:
    """The blocks of a page with these marks (all, where none is said), in order."""
    text = page.read_text(encoding="utf-8")
    found = [Block(one[1], one[2], page, text[: one.start()].count("\n") + 1) for one in FENCE.finditer(text)]
    return [one for one in found if one.mark in marks or not marks]


def pages() -> list[Path]:
    """Every page of docs/ but the decisions, which are notes of their day."""
    return sorted(one for one in (ROOT / "docs").rglob("*.md") if "decisions" not in one.parts)


def walk_through(page: Path, home: Path, command: Callable[[list[str]], int]) -> dict[str, Any]:
    """Do what a page says, from top to bottom: commands, files that it writes, Python; the page's names come back."""
    names: dict[str, Any] = {}
    for block in blocks(page, "console", "yaml", "python"):
        if block.mark == "console":
            for words in block.commands():
                assert command(words) == 0, f"{page.name}: workbench {' '.join(words)}"
        elif block.mark == "yaml":
            written(home / block.file, block.body)
        else:
            block.run(names)
    return names


def written(path: Path, body: str) -> None:
    """Put the keys of a YAML block into a file, in place of those that are there."""
    yaml = YAML()
    content = yaml.load(path.read_text(encoding="utf-8")) or {}
    content.update(yaml.load(body))
    out = StringIO()
    yaml.dump(content, out)
    path.write_text(out.getvalue(), encoding="utf-8")


def applied(block: Block, home: Path) -> None:
    """Put the lines of a diff into their file: what stands after + goes in behind the line above it, found just once."""
    path = home / block.file
    lines = path.read_text(encoding="utf-8").splitlines()
    at = -1
    for line in block.body.splitlines()[1:]:
        if line.startswith("+"):
            at += 1
            lines.insert(at, line[1:])
        elif line.strip():
            places = [place for place, one in enumerate(lines) if one == line[1:]]
            assert len(places) == 1, f"{block.page.name}: {len(places)} lines {line[1:]!r} in {block.file}"
            at = places[0]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
