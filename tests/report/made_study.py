"""A study that is only its findings, for the tests of what a report is written as."""

from types import SimpleNamespace

from made_findings import HOSTILE, SECRET, make, view

from workbench.finding import Finding


def few(kind="intervals"):
    """A finding with a group of which nothing may be told, and the complement that goes with it."""
    made = make(kind)
    table = made.table.copy()
    table.loc[1, ["value", "low", "high", "n"]] = [SECRET, SECRET - 1, SECRET + 1, 4]
    return Finding(**{**vars(made), "table": table})


def study(*findings, **more):
    """`findings` stand in the chapter "measure"; the map has hot spots, hidden cells and hostile words."""
    shown = view(8, hostile=True)
    drawn = make("intervals")
    the_map = Finding(
        "map",
        drawn.table,
        "8 steps.",
        by=("step",),
        base="200 answers",
        method="drawn",
        picture={"kind": "map", "view": shown},
    )
    chapters = {"map": [the_map], "measure": list(findings)}
    given = {
        "name": "water",
        "title": f"Water users {HOSTILE}",
        "date_line": "Waves 1 to 3",
        "map": None,
        "headlines": lambda: [{"text": "The first bill hurts.", "note": "402 answers", "tone": "pain"}],
        "findings": lambda step: chapters.get(step, []),
        "leaks": lambda text: [],
    }
    return SimpleNamespace(**(given | more))
