"""The town behind the sample study `water-billing`: its raw files and the truth planted there, made from one seed.

A water utility finds people who use water and were never billed. Most learn of it from a bill through the post, some
are called first. `make(folder)` writes `sources/` (survey, customers, contact log, complaints, tracking, interviews)
and `truth.yaml`; the same seed gives the same bytes. Every effect stands in plan.py.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from workbench.sample import interviews
from workbench.sample.exports import contacts, customers, still, survey, tickets, tracking
from workbench.sample.plan import SEED, Row
from workbench.sample.town import people
from workbench.sample.truth import truth


def make(folder: Path | str, seed: int = SEED) -> list[Path]:
    """Write the sample study's `sources/` and `truth.yaml` into a folder; say which files were written."""
    streams = [np.random.Generator(np.random.PCG64(child)) for child in np.random.SeedSequence(seed).spawn(6)]
    town = people(streams[0])
    files: dict[str, bytes] = {
        "sources/survey.csv": table(survey(town, streams[1])),
        "sources/customers.csv": table(customers(town)),
        "sources/contacts.csv": table(contacts(town, streams[2])),
        "sources/tickets.csv": table(tickets(town, streams[3])),
        "sources/tracking.xlsx": tracking(streams[4]),
        "truth.yaml": truth(town, seed).encode("utf-8"),
    }
    for number, talk in enumerate(interviews.TALKS, 1):
        if number < len(interviews.TALKS):
            files[f"sources/interviews/interview-{number}.vtt"] = interviews.webvtt(talk, streams[5]).encode("utf-8")
        else:
            files[f"sources/interviews/interview-{number}.docx"] = still(interviews.docx(talk, streams[5]))
    written = []
    for name, content in files.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def table(rows: Iterable[Row]) -> bytes:
    held = io.StringIO(newline="")
    csv.writer(held, lineterminator="\n").writerows(rows)
    return held.getvalue().encode("utf-8")
