"""The worksheet: one printable page a journey, filled from the map or blank for a workshop.

Its four parts: hot spots; the main journey steps; the customer's experience at each step (the actions that matter, the
experience wanted, what delivers a great one and how we know); priority activities (check, verify, change).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.finding import Finding
from workbench.steps.map.detail import main_steps
from workbench.steps.map.model import as_drawn

if TYPE_CHECKING:
    from workbench.steps.map.model import JourneyMap

COLUMNS = (
    *("step", "hot spot", "actions that matter", "experience wanted", "what delivers it", "how we know"),
    *("kind of activity", "priority activity", "owner"),
)
KINDS = ("check", "verify", "change")  # what a priority activity asks for
LINES = 8  # empty steps of a blank sheet
SPOTS = 4  # empty hot spots of a blank sheet


def worksheet(drawn: JourneyMap, title: str = "", blank: bool = False, whom: str = "") -> Finding:
    """The worksheet of a journey: filled with the main steps of the map (at most ten), or `blank` for a workshop.

    `title` and `whom` head the sheet: which journey, whose. wb.write_page prints it on one page, A4 or Letter, landscape.
    """
    shown = [] if blank else main_steps(drawn)
    rows = [
        {
            "step": one.name,
            "hot spot": one.hot_spot,
            "actions that matter": one.lanes.get("doing", ""),
            "experience wanted": one.lanes.get("experience wanted", ""),
            "what delivers it": one.lanes.get("what delivers it", ""),
            "how we know": one.lanes.get("how we know", ""),
            "kind of activity": _kind(one.lanes.get("priority activity", "")),
            "priority activity": one.lanes.get("priority activity", ""),
            "owner": one.department,
        }
        for one in shown
    ]
    left = len(drawn.steps) - len(shown)
    title = title or drawn.title or "A journey"
    spots = [row["step"] for row in rows if row["hot spot"]]
    empty = blank or not rows
    if empty:
        sentence = f"A blank worksheet for a workshop: {title}."
    else:
        sentence = f"{title}: {len(rows)} main steps" if len(rows) != 1 else f"{title}: 1 main step"
        sentence += f", won or lost at {len(spots)} of them." if spots else ", no hot spot marked yet."
    return as_drawn(
        "worksheet",
        pd.DataFrame(rows, columns=list(COLUMNS)),
        sentence,
        by=("step",),
        method=""
        if empty
        else "as the team wrote it in map.yaml" + (f"; {left} further steps are on the map" if left > 0 else ""),
        picture={
            "kind": "worksheet",
            "title": title,
            "whom": whom,
            "blank": empty,
            "rows": rows,
            "lines": LINES,
            "spots": SPOTS,
            "kinds": list(KINDS),
        },
        title="Worksheet",
    )


def _kind(activity: str) -> str:
    """Whether a priority activity is something to check, to verify or to change, as its first word says."""
    first = activity.split(maxsplit=1)[0].casefold().rstrip(":,.") if activity.strip() else ""
    return first if first in KINDS else ""
