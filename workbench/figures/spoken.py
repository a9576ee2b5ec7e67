"""A row of a finding in words, as a text alternative tells it: its estimate, and what the picture shows beside it.

Knows the shape of a Finding; no plotly here.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workbench.figures import style
from workbench.figures.data import Row, blank

if TYPE_CHECKING:
    from workbench.finding import Finding

Picture = Mapping[str, Any]
INSIDE = 0.9  # of the redraws that the ranks told of a row hold
PREDICTED = ("predicted low", "predicted", "predicted high")


def spoken(finding: Finding, row: Row) -> str:
    """A row in words for a text alternative."""
    if row.hidden:
        return row.words
    kind = str(finding.picture.get("kind", ""))
    return SPOKEN[kind](row, finding.picture) if kind in SPOKEN else row.words


def _named(row: Row, picture: Picture, role: str, usual: str = "") -> float | None:
    """The number in the column that the picture names for a role."""
    return row.number(str(picture.get(role, usual or role)))


def _compare(row: Row, picture: Picture) -> str:
    assumed = _named(row, picture, "assumed")
    if assumed is None:
        return row.words
    return f"assumed {style.number(assumed)}, " + (f"measured {row.words}" if row.value is not None else "not measured")


def _paired(row: Row, picture: Picture) -> str:
    bar = _named(row, picture, "bar")
    if bar is None:
        return row.words
    return f"{style.number(bar, 0 if bar >= 10 else 1)} {picture.get('bar_unit', '')}, {row.words}"


def _quadrant(row: Row, picture: Picture) -> str:
    cost = _named(row, picture, "x", "cost")
    return row.words if cost is None else f"{row.words}, {picture.get('x_unit', 'cost')} {style.number(cost)}"


def _frontier(row: Row, picture: Picture) -> str:
    return ", ".join([_quadrant(row, picture), *changes(row, picture)])


def _dumbbell(row: Row, picture: Picture) -> str:
    start = _named(row, picture, "start")
    if start is None:
        return row.words
    words = picture.get("start_word", "before"), picture.get("end_word", "after")
    return f"{words[0]} {style.number(start, 1)}, {words[1]} {row.words}"


def _twosided(row: Row, picture: Picture) -> str:
    sides = [(picture.get(f"{one}_word", one), _named(row, picture, one)) for one in ("left", "right")]
    told = ", ".join(f"{word} {style.number(value, 2, True)}" for word, value in sides if value is not None)
    return told + (f", n {style.number(row.n)}" if row.n is not None else "")


def _rank_shares(row: Row, picture: Picture) -> str:
    return middle_rank(row, list(picture.get("ranks", ())))


def ledger_entry(row: Row, picture: Picture) -> str:
    """What was predicted, what came, the verdict."""
    told = [f"predicted {_change(row, PREDICTED)}" if row.number("predicted") is not None else "nothing predicted"]
    told += [f"came {came_of(row)}", verdict_of(row)]
    return ", ".join(one for one in told if one)


def came_of(row: Row) -> str:
    """What came, with its interval and base; rows of a ledger have units of their own, so also their own digits."""
    if row.value is None:
        return "not yet measured"
    return _change(row, ("low", "value", "high")) + (f" n {style.number(row.n)}" if row.n is not None else "")


def _change(row: Row, columns: tuple[str, str, str]) -> str:
    low, middle, high = (row.number(one) for one in columns)
    digits = style.digits_for([one for one in (low, middle, high) if one is not None])
    return style.estimate(middle, low, high, digits=digits, signed=True)


SPOKEN: dict[str, Callable[[Row, Picture], str]] = {
    "compare": _compare,
    "paired": _paired,
    "quadrant": _quadrant,
    "frontier": _frontier,
    "dumbbell": _dumbbell,
    "twosided": _twosided,
    "rank_shares": _rank_shares,
    "ledger": ledger_entry,
}


def changes(row: Row, picture: Picture, width: int = 0) -> list[str]:
    """What comes in with a set (+) and what goes out (−), each shortened to so many letters."""
    told = []
    for role, usual, sign in (("label", "comes in", "+"), ("out", "goes out", "−")):
        cell = row.cells.get(str(picture.get(role, usual)))
        if not blank(cell) and str(cell).strip():
            told.append(f"{sign} {textwrap.shorten(str(cell), width, placeholder=' …') if width else cell}")
    return told


def verdict_of(row: Row) -> str:
    """The verdict's word, empty where there is none."""
    return "" if blank(row.cells.get("verdict")) else str(row.cells["verdict"])


def shares_of(row: Row, ranks: list[str]) -> list[float]:
    """The share of the redraws in which a row takes each rank; empty where it is hidden or not known."""
    found = [row.number(str(one)) for one in ranks]
    return [] if None in found else [one for one in found if one is not None]


def middle_rank(row: Row, ranks: list[str]) -> str:
    """The middle rank, and from which to which rank a row goes in 90 of 100 redraws."""
    shares = shares_of(row, ranks)
    if not shares:
        return row.words
    low, middle, high = (_reached(shares, part) for part in ((1 - INSIDE) / 2, 0.5, (1 + INSIDE) / 2))
    n = f" n {style.number(row.n)}" if row.n is not None else ""
    return f"rank {middle} ({low} to {high}){n}"


def _reached(shares: list[float], part: float) -> int:
    """The first rank at which so much of the redraws is reached."""
    total = 0.0
    for rank, share in enumerate(shares, start=1):
        total += share
        if total >= part * sum(shares) - 1e-9:
            return rank
    return len(shares)
