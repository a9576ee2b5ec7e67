"""The last look at findings before they go out: together, and with all that the study has shared, they give no small group away.

Knows bundles and findings by the bases they show, and a study's ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.faults import DataFault
from workbench.finding import Finding
from workbench.privacy.cells import Cell, cells
from workbench.privacy.shared import Shared, Verdict, audit
from workbench.report.first_page import NAME as FIRST

WITHHELD = (
    "Not shown: together with what is shown elsewhere, or was shared before, a group of fewer than {minimum} could be "
    "worked out from it."
)


class Outgoing:
    """What is about to be written, looked at together: `shown` are its bundles (`figures.bundle`), those left out replaced by a
    sentence that says so. Raises DataFault where no leaving out would do.

    `shared` is the study's ledger; None for findings that are of no study, or for a draft: then they are looked at among
    themselves alone, and nothing is entered.
    """

    def __init__(self, shown: Sequence[Mapping[str, Any]], shared: Shared | None, minimum: int):
        told = [[Cell.of(one) for one in bundle.get("cells", ())] for bundle in shown]
        verdict = _looked_at(told, shared, minimum)
        self.shared, self.withheld = shared, verdict.withheld
        self.cells = [cell for place, those in enumerate(told) if place not in verdict.withheld for cell in those]
        gone = {str(shown[place].get("name")) for place in verdict.withheld}
        self.shown = [
            _without(bundle, minimum) if place in verdict.withheld else _first(bundle, gone)
            for place, bundle in enumerate(shown)
        ]

    @contextmanager
    def recorded(self, what: str, path: Path) -> Iterator[None]:
        """What is written inside is entered in the study's ledger."""
        with entered(self.shared, what, path, self.cells):
            yield


def outgoing(findings: Sequence[Finding], shared: Shared | None) -> tuple[list[Finding], list[Cell]]:
    """Findings that are about to be written, those that may not be shown without their figures; and the bases they show."""
    minimum = min((one.minimum for one in findings), default=0)
    told = [cells(one.let_out()) for one in findings]
    gone = _looked_at(told, shared, minimum).withheld
    kept = [
        replace(
            one, table=one.table.iloc[:0], sentence=WITHHELD.format(minimum=minimum), base="", picture={}, cautions=()
        )
        if place in gone
        else one
        for place, one in enumerate(findings)
    ]
    return kept, [cell for place, those in enumerate(told) if place not in gone for cell in those]


def publishable(study: Any) -> list[str]:
    """Numbers that a study says may stand in its pages though they look like a person's."""
    return list(getattr(getattr(study, "about", None), "publishable", ()))


@contextmanager
def entered(shared: Shared | None, what: str, path: Path, shown: Sequence[Cell]) -> Iterator[None]:
    """What is written inside is entered in a study's ledger, where there is one, with the bases it shows."""
    if shared is None:
        yield
        return
    with shared.releasing(what, path.name, shown):
        yield


def _looked_at(told: Sequence[Sequence[Cell]], shared: Shared | None, minimum: int) -> Verdict:
    verdict = audit(told, minimum) if shared is None else shared.audit(told)
    if verdict.faults:
        raise DataFault(list(verdict.faults))
    return verdict


def _without(bundle: Mapping[str, Any], minimum: int) -> dict[str, Any]:
    """A bundle that says why it shows nothing."""
    words = WITHHELD.format(minimum=minimum)
    kept = {name: bundle[name] for name in ("name", "title", "by", "minimum", "trail") if name in bundle}
    empty = {"base": "", "method": "", "cautions": [], "columns": [], "rows": [], "table_html": "", "note_html": ""}
    return {**kept, **empty, "sentence": words, "alt": words, "figure": None, "html": None, "cells": []}


def _first(bundle: Mapping[str, Any], gone: set[str]) -> Mapping[str, Any]:
    """The findings to say first, without those that rest on one that is left out."""
    if bundle.get("name") != FIRST or not gone or "place" not in bundle["columns"]:
        return bundle
    at = list(bundle["columns"]).index("place")
    return {**bundle, "rows": [row for row in bundle["rows"] if row[at] not in gone]}
