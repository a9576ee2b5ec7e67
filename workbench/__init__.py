"""The words an analyst types, and nothing else. Heavy rooms wake when a word of theirs is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from workbench.books import write_workbook as write_workbook
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
    from workbench.steps.measure.before_after import before_after as before_after
    from workbench.steps.measure.charts import control_chart as control_chart
    from workbench.steps.measure.churn import churn as churn
    from workbench.steps.measure.churn_hazards import churn_after_complaint as churn_after_complaint
    from workbench.steps.measure.comparing import compare as compare
    from workbench.steps.measure.complaint_models import complained as complained
    from workbench.steps.measure.complaint_models import complaint_ratios as complaint_ratios
    from workbench.steps.measure.complaints import complaint_rate as complaint_rate
    from workbench.steps.measure.conformance import conformance as conformance
    from workbench.steps.measure.crosstabs import crosstab as crosstab
    from workbench.steps.measure.deviations import deviations as deviations
    from workbench.steps.measure.did import difference_in_differences as difference_in_differences
    from workbench.steps.measure.distribution import distribution as distribution
    from workbench.steps.measure.distribution import trust as trust
    from workbench.steps.measure.drivers import drivers as drivers
    from workbench.steps.measure.drop_off import drop_off as drop_off
    from workbench.steps.measure.flow import flow as flow
    from workbench.steps.measure.funnel import funnel as funnel
    from workbench.steps.measure.importance import importance_performance as importance_performance
    from workbench.steps.measure.kano import kano as kano
    from workbench.steps.measure.keywords import keywords as keywords
    from workbench.steps.measure.league import league as league
    from workbench.steps.measure.loops import loops as loops
    from workbench.steps.measure.paths import transitions as transitions
    from workbench.steps.measure.peaks import peak_end as peak_end
    from workbench.steps.measure.penalties import penalty_reward as penalty_reward
    from workbench.steps.measure.persona_proposal import propose_personas as propose_personas
    from workbench.steps.measure.persona_steps import compare_personas as compare_personas
    from workbench.steps.measure.personas import persona_shares as persona_shares
    from workbench.steps.measure.personas import personas as personas
    from workbench.steps.measure.precedes import precedes as precedes
    from workbench.steps.measure.quality import missing as missing
    from workbench.steps.measure.ratings import ces as ces
    from workbench.steps.measure.ratings import csat as csat
    from workbench.steps.measure.ratings import emotion_curve as emotion_curve
    from workbench.steps.measure.ratings import mean_rating as mean_rating
    from workbench.steps.measure.ratings import nps as nps
    from workbench.steps.measure.responding import nonresponse as nonresponse
    from workbench.steps.measure.searching import search as search
    from workbench.steps.measure.searching import search_text as search_text
    from workbench.steps.measure.seasons import change_points as change_points
    from workbench.steps.measure.seasons import seasonal as seasonal
    from workbench.steps.measure.sentiment import sentiment as sentiment
    from workbench.steps.measure.themes import themes as themes
    from workbench.steps.measure.time_lines import time_line as time_line
    from workbench.steps.measure.topics import topics as topics
    from workbench.steps.measure.tracking import track as track
    from workbench.steps.measure.variants import variants as variants
    from workbench.steps.measure.wave_changes import wave_changes as wave_changes
    from workbench.steps.measure.waves import drift as drift
    from workbench.steps.measure.waves import wave_breaks as wave_breaks
    from workbench.steps.measure.weights import raked as raked
    from workbench.steps.measure.weights import weighting as weighting
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
    "write_workbook": "books",
    "Study": "study",
    "new_study": "start",
    "nps": "steps.measure.ratings",
    "csat": "steps.measure.ratings",
    "ces": "steps.measure.ratings",
    "mean_rating": "steps.measure.ratings",
    "emotion_curve": "steps.measure.ratings",
    "trust": "steps.measure.distribution",
    "distribution": "steps.measure.distribution",
    "compare": "steps.measure.comparing",
    "league": "steps.measure.league",
    "peak_end": "steps.measure.peaks",
    "themes": "steps.measure.themes",
    "topics": "steps.measure.topics",
    "keywords": "steps.measure.keywords",
    "sentiment": "steps.measure.sentiment",
    "complaint_rate": "steps.measure.complaints",
    "complaint_ratios": "steps.measure.complaint_models",
    "complained": "steps.measure.complaint_models",
    "churn": "steps.measure.churn",
    "churn_after_complaint": "steps.measure.churn_hazards",
    "track": "steps.measure.tracking",
    "control_chart": "steps.measure.charts",
    "seasonal": "steps.measure.seasons",
    "change_points": "steps.measure.seasons",
    "before_after": "steps.measure.before_after",
    "difference_in_differences": "steps.measure.did",
    "missing": "steps.measure.quality",
    "crosstab": "steps.measure.crosstabs",
    "raked": "steps.measure.weights",
    "weighting": "steps.measure.weights",
    "nonresponse": "steps.measure.responding",
    "drivers": "steps.measure.drivers",
    "importance_performance": "steps.measure.importance",
    "penalty_reward": "steps.measure.penalties",
    "kano": "steps.measure.kano",
    "wave_breaks": "steps.measure.waves",
    "drift": "steps.measure.waves",
    "wave_changes": "steps.measure.wave_changes",
    "search": "steps.measure.searching",
    "search_text": "steps.measure.searching",
    "time_line": "steps.measure.time_lines",
    "transitions": "steps.measure.paths",
    "variants": "steps.measure.variants",
    "loops": "steps.measure.loops",
    "drop_off": "steps.measure.drop_off",
    "funnel": "steps.measure.funnel",
    "conformance": "steps.measure.conformance",
    "deviations": "steps.measure.deviations",
    "flow": "steps.measure.flow",
    "precedes": "steps.measure.precedes",
    "personas": "steps.measure.personas",
    "persona_shares": "steps.measure.personas",
    "compare_personas": "steps.measure.persona_steps",
    "propose_personas": "steps.measure.persona_proposal",
}
ROOMS = ("panels", "inference", "figures")

__all__ = ["__version__", "open_study", *WORDS, *ROOMS]


def open_study(path_or_name="") -> Study:
    """Open a study by its name under data/, or by its folder's path; without one, the study worked on (chosen last, or
    the only one). Raises DataFault with the near name."""
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
