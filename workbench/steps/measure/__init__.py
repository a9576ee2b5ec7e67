"""Measure: what was found. Every measure is a function from a journey to a Finding; they stand on this shelf.

To add one: a function in a module here, decorated with the question it answers, and a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, TypeVar, cast

from workbench.faults import DataFault
from workbench.finding import Finding

F = TypeVar("F", bound=Callable[..., Finding])


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


def measure(asks: str, needs: tuple[str, ...] = (), of_paths: bool = False) -> Callable[[F], F]:
    """Put a measure on the shelf."""

    def shelve(function: F) -> F:
        told = cast(F, _told(function))
        MEASURES[function.__name__] = Measure(function.__name__, asks, told, needs, of_paths)
        return told

    return shelve


def _told(function: Callable[..., Finding]) -> Callable[..., Finding]:
    """The measure, saying in words what the engine of its journey cannot work out."""

    @wraps(function)
    def asked(*words: Any, **more: Any) -> Finding:
        try:
            return function(*words, **more)
        except Exception as problem:
            engine = getattr(words[0] if words else more.get("journey"), "engine", None)
            fault = engine.refusal(problem) if engine is not None else None
            if fault is None:
                raise
            raise DataFault(replace(fault, column=function.__name__)) from problem

    return asked


from workbench.steps.measure import (  # noqa: E402
    before_after,
    charts,
    churn,
    churn_hazards,
    comparing,
    complaint_models,
    complaints,
    conformance,
    crosstabs,
    deviations,
    did,
    distribution,
    drivers,
    drop_off,
    flow,
    funnel,
    importance,
    kano,
    keywords,
    league,
    loops,
    paths,
    peaks,
    penalties,
    persona_proposal,
    persona_steps,
    personas,
    precedes,
    quality,
    ratings,
    responding,
    searching,
    seasons,
    sentiment,
    themes,
    topics,
    tracking,
    variants,
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
    "conformance",
    "crosstabs",
    "deviations",
    "did",
    "distribution",
    "drivers",
    "drop_off",
    "flow",
    "funnel",
    "importance",
    "kano",
    "keywords",
    "league",
    "loops",
    "measure",
    "paths",
    "peaks",
    "penalties",
    "persona_proposal",
    "persona_steps",
    "personas",
    "precedes",
    "quality",
    "ratings",
    "responding",
    "searching",
    "seasons",
    "sentiment",
    "themes",
    "topics",
    "tracking",
    "variants",
    "wave_changes",
    "waves",
    "weights",
]
