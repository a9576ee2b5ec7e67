"""Measure: what was found. Every measure is a function from a journey to a Finding; they stand on this shelf.

To add one: a function in a module here, decorated with the question it answers, and a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workbench.finding import Finding


@dataclass(frozen=True)
class Measure:
    """A measure on the shelf: the function, the question it answers, and the measures it needs in the journey.

    `of_paths` says that it is asked of people's paths, not of what they answered.
    """

    name: str
    asks: str
    function: Callable[..., Finding]
    needs: tuple[str, ...] = ()
    of_paths: bool = False


MEASURES: dict[str, Measure] = {}


def measure(
    asks: str, needs: tuple[str, ...] = (), of_paths: bool = False
) -> Callable[[Callable[..., Finding]], Callable[..., Finding]]:
    """Put a measure on the shelf."""

    def shelve(function: Callable[..., Finding]) -> Callable[..., Finding]:
        MEASURES[function.__name__] = Measure(function.__name__, asks, function, needs, of_paths)
        return function

    return shelve


from workbench.steps.measure import (  # noqa: E402
    before_after,
    charts,
    churn,
    churn_hazards,
    comparing,
    complaint_models,
    complaints,
    crosstabs,
    did,
    distribution,
    drivers,
    importance,
    kano,
    keywords,
    league,
    paths,
    peaks,
    penalties,
    quality,
    ratings,
    responding,
    seasons,
    sentiment,
    themes,
    topics,
    tracking,
    wave_changes,
    waves,
    weights,
)

__all__ = [
    "MEASURES",
    "Measure",
    "before_after",
    "charts",
    "churn",
    "churn_hazards",
    "comparing",
    "complaint_models",
    "complaints",
    "crosstabs",
    "did",
    "distribution",
    "drivers",
    "importance",
    "kano",
    "keywords",
    "league",
    "measure",
    "paths",
    "peaks",
    "penalties",
    "quality",
    "ratings",
    "responding",
    "seasons",
    "sentiment",
    "themes",
    "topics",
    "tracking",
    "wave_changes",
    "waves",
    "weights",
]
