"""The words an analyst types, and nothing else. Heavy rooms wake when a word of theirs is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from workbench.faults import DataFault as DataFault
    from workbench.faults import Fault as Fault
    from workbench.finding import Finding as Finding
    from workbench.finding import show as show
    from workbench.journey import JourneyFrame as JourneyFrame
    from workbench.load import read as read
    from workbench.privacy import mask as mask
    from workbench.profiling import profile as profile
    from workbench.report import write_page as write_page
    from workbench.start import new_study as new_study
    from workbench.steps.measure.complaints import complaint_rate as complaint_rate
    from workbench.steps.measure.paths import transitions as transitions
    from workbench.steps.measure.paths import variants as variants
    from workbench.steps.measure.quality import missing as missing
    from workbench.steps.measure.ratings import ces as ces
    from workbench.steps.measure.ratings import csat as csat
    from workbench.steps.measure.ratings import emotion_curve as emotion_curve
    from workbench.steps.measure.ratings import mean_rating as mean_rating
    from workbench.steps.measure.ratings import nps as nps
    from workbench.steps.measure.tracking import track as track
    from workbench.steps.measure.waves import drift as drift
    from workbench.steps.measure.waves import wave_breaks as wave_breaks
    from workbench.study import Study as Study

# word -> the room it lives in
WORDS = {
    "DataFault": "faults",
    "Fault": "faults",
    "Finding": "finding",
    "show": "finding",
    "JourneyFrame": "journey",
    "read": "load",
    "mask": "privacy",
    "profile": "profiling",
    "write_page": "report",
    "Study": "study",
    "new_study": "start",
    "nps": "steps.measure.ratings",
    "csat": "steps.measure.ratings",
    "ces": "steps.measure.ratings",
    "mean_rating": "steps.measure.ratings",
    "emotion_curve": "steps.measure.ratings",
    "complaint_rate": "steps.measure.complaints",
    "track": "steps.measure.tracking",
    "missing": "steps.measure.quality",
    "wave_breaks": "steps.measure.waves",
    "drift": "steps.measure.waves",
    "transitions": "steps.measure.paths",
    "variants": "steps.measure.paths",
}
ROOMS = ("panels", "inference", "figures")

__all__ = ["__version__", "open_study", *WORDS, *ROOMS]


def open_study(path_or_name) -> Study:
    """Open a study by its name under data/, or by its folder's path. Raises DataFault with the near name."""
    from workbench.study import Study

    return Study(path_or_name)


def __getattr__(name: str) -> Any:
    if name in WORDS:
        return getattr(import_module(f"workbench.{WORDS[name]}"), name)
    if name in ROOMS:
        return import_module(f"workbench.{name}")
    raise AttributeError(f"workbench has no word {name!r}. There are: {', '.join(sorted(__all__))}")


def __dir__() -> list[str]:
    return sorted(__all__)
