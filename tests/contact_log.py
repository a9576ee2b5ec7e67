"""Contact logs for tests, written as a file and read as anybody's file is read."""

from __future__ import annotations

from numbers import Real

import pandas as pd

import workbench as wb

START = pd.Timestamp("2025-01-01")


def contact_log(folder, rows, name="log", **more):
    """A log of (who, what, when, and a column for each of `segments`); a number stands for days since START."""
    table = pd.DataFrame(rows, columns=["who", "what", "at", *more.get("segments", ())])
    table["at"] = [START + pd.Timedelta(days=float(at)) if isinstance(at, Real) else at for at in table["at"]]
    path = folder / f"{name}.csv"
    table.to_csv(path, index=False, date_format="%Y-%m-%d %H:%M:%S")
    words = {"format": "events", "person": "who", "activity": "what", "time": "at", "timezone": "UTC"}
    return wb.read(path, **(words | more))
