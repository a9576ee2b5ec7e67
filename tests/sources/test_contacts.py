"""Contact logs with bad times: none, in the future, the same contact twice at once, zones mixed: told, and nothing lost."""

from __future__ import annotations

import pandas as pd
import pytest
from contact_log import contact_log as read

import workbench as wb


def people(n=12):
    return [
        (f"p{k}", what, f"2025-01-{day:02} 10:0{k % 10}") for k in range(n) for what, day in (("bill", 1), ("call", 3))
    ]


def told(journey, words):
    return [fault for fault in journey.faults if words in fault.found]


def test_a_contact_without_a_time_is_kept_beside_the_path(tmp_path):
    journey = read(tmp_path, [*people(), ("p0", "pay", ""), ("p1", "pay", "soon")])
    (fault,) = told(journey, "1 contact without a time")
    assert fault.column == "at" and len(journey) == 26 and told(journey, "a text of 4 letters")
    assert "pay" not in set(wb.transitions(journey, least=0).table["next_step"])


@pytest.mark.parametrize("more", [{}, {"today": "2025-02-01"}])
def test_a_contact_in_the_future_is_told_and_stands_on_no_path(tmp_path, more):
    journey = read(tmp_path, [*people(), ("p0", "pay", "2125-01-09 10:00")], **more)
    (fault,) = told(journey, "in the future")
    assert fault.row == 26 and "on no path" in fault.mend
    record = journey.to_frame().query("step == 'pay'").iloc[0]
    assert pd.isna(record["time"])
    assert wb.drop_off(journey).to_frame() is not None  # the data end with the last day that has been


def test_what_is_today_is_in_the_future_of_an_earlier_today(tmp_path):
    assert told(read(tmp_path, people(), today="2025-01-02"), "in the future")[0].count == 12
    assert not told(read(tmp_path, people(), today="2025-01-03"), "in the future")
    with pytest.raises(wb.DataFault, match="a date, as in"):
        read(tmp_path, people(), today="soon")


def test_the_same_contact_twice_at_once_is_told_and_kept(tmp_path):
    journey = read(tmp_path, [*people(), *people(2)])
    (fault,) = told(journey, "4 contacts at the very time and step")
    assert fault.count == 4 and len(journey) == 28


def test_times_with_and_without_an_offset_stand_on_one_clock(tmp_path):
    rows = [
        ("p1", "bill", "2025-01-01T10:00:00+02:00"),
        ("p1", "call", "2025-01-01T09:00:00"),
        ("p1", "pay", "2025-01-01T10:30:00Z"),
    ]
    journey = read(tmp_path, rows, timezone="Europe/Berlin")
    hours = pd.to_datetime(journey.to_frame().set_index("step")["time"], unit="us").dt.strftime("%H:%M")
    assert hours.to_dict() == {"bill": "08:00", "call": "08:00", "pay": "10:30"}
