"""What makes paths mislead is told where it bites, and only there."""

from __future__ import annotations

import pandas as pd
from contact_log import contact_log as log

import workbench as wb
from workbench.steps.measure import cautions


def calm(people=120):
    start = pd.Timestamp("2025-01-01 09:13")
    return [
        (f"p{k}", what, start + pd.Timedelta(days=d, minutes=7 * k))
        for k in range(people)
        for d, what in ((0, "bill"), (9, "pay"))
    ]


def test_nothing_is_told_of_calm_paths(tmp_path):
    assert cautions.of_paths(log(tmp_path, calm())) == ()


def test_one_person_who_makes_a_large_part_of_all_moves(tmp_path):
    heavy = [("heavy", "call", pd.Timestamp("2025-02-01 08:07") + pd.Timedelta(hours=k)) for k in range(60)]
    told = cautions.of_paths(log(tmp_path, calm() + heavy))
    assert told == ("One person makes 20 % of all moves: shares of moves lean on that person.",)


def test_the_busiest_hundredth(tmp_path):
    start = pd.Timestamp("2025-02-01 08:07")
    busy = [(f"busy{one}", "call", start + pd.Timedelta(hours=k)) for one in range(8) for k in range(60)]
    told = cautions.of_paths(log(tmp_path, calm(792) + busy))
    assert len(told) == 1 and told[0].startswith("The busiest 1 % of people make 23 % of all moves")


def test_ties_in_time(tmp_path):
    tied = [(f"t{k}", what, "2025-03-01 10:07") for k in range(10) for what in ("bill", "call")]
    told = cautions.of_paths(log(tmp_path, calm() + tied))
    assert len(told) == 1 and "8 % of moves have the very time of the next one" in told[0]


def test_days_without_a_clock_beside_times_with_one(tmp_path):
    days = log(tmp_path, [(f"p{k}", "visit", f"2025-04-{1 + k % 28:02}") for k in range(60)], "days")
    told = cautions.of_paths(log(tmp_path, calm()).join(days))
    assert told == ("Times of days are whole days, others are not: what came first on one day is not known there.",)
    assert cautions.of_paths(days) == ()


def test_times_by_the_quarter_hour_are_no_whole_days_and_midnights_of_any_zone_are(tmp_path):
    rounded = [(f"p{k}", "visit", f"2025-04-{1 + k % 28:02} {8 + k % 9:02}:{15 * (k % 4):02}:00") for k in range(60)]
    assert cautions.of_paths(log(tmp_path, calm()).join(log(tmp_path, rounded, "rounded"))) == ()
    for zone in ("Europe/London", "Pacific/Auckland", "America/New_York", "Asia/Kolkata"):
        table = pd.DataFrame(
            [(f"p{k}", "visit", f"2025-{1 + k % 12:02}-11") for k in range(60)], columns=["a", "b", "c"]
        )
        table.to_csv(tmp_path / "days.csv", index=False)
        days = wb.read(tmp_path / "days.csv", format="events", person="a", activity="b", time="c", timezone=zone)
        assert "Times of days are whole days" in cautions.of_paths(log(tmp_path, calm()).join(days))[0]
