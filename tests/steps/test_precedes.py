"""What comes before an outcome: planted towns, a walk through every day of every person, and what misleads."""

from __future__ import annotations

import json
import os

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.inference.preceding import mantel_haenszel_rates

START = pd.Timestamp("2024-01-01")
DAYS = 365
LOG = {"format": "events", "person": "who", "time": "at", "activity": "what", "timezone": "UTC"}
SAID = {"format": "complaints", "person": "who", "opened": "at", "timezone": "UTC"}


def town(tmp_path, events, complaints, name="town", channel=False, people=None):
    """A contact log (who, day, what[, channel]) and complaints (who, day), read and joined. A day may have a fraction."""
    folder = tmp_path / name
    folder.mkdir()

    def written(rows, columns, file):
        table = pd.DataFrame(rows, columns=columns)
        table["at"] = (START + pd.to_timedelta(table["at"] * 86400, unit="s")).dt.strftime("%Y-%m-%d %H:%M:%S")
        table.to_csv(folder / file, index=False)
        return folder / file

    columns = ["who", "at", "what", *(["channel"] if channel else [])]
    more = {"channel": "channel"} if channel else {}
    journey = wb.read(written(events, columns, "log.csv"), **LOG, **more)
    if len(complaints):
        journey = journey.join(wb.read(written(complaints, ["who", "at"], "said.csv"), **SAID))
    if people is not None:
        pd.DataFrame(people, columns=["who", "kind"]).to_csv(folder / "people.csv", index=False)
        journey = journey.join(wb.read(folder / "people.csv", format="people", person="who", segments=["kind"]))
    return journey


def edges():
    """Somebody who is there, and complains, from the first day to the last: all sources last as long as the data."""
    return [("first", 0, "joins"), ("last", 0, "joins"), ("last", DAYS - 1, "looks")], [
        ("first", 1),
        ("last", DAYS - 1),
    ]


def planted(seed, n=1500, ratio=2.0, rate=0.04, busy=None):
    """Everybody joins on day 0; half get a wrong bill; a complaint is `ratio` times as likely for 30 days after it."""
    rng = np.random.default_rng(seed)
    events, complaints = edges()
    season = np.ones(DAYS) if busy is None else busy
    wrong = rng.choice(DAYS, size=n, p=season / season.sum()).astype(float)
    wrong[rng.random(n) < 0.5] = np.inf
    walks = rng.choice(DAYS, size=n, p=season / season.sum())
    day = np.arange(1, DAYS)
    for who in range(n):
        events += [(f"p{who}", 0.25, "joins"), (f"p{who}", float(walks[who]) + 0.4, "visits")]
        if np.isfinite(wrong[who]):
            events.append((f"p{who}", wrong[who] + 0.5, "wrong bill"))
        near = (day > wrong[who]) & (day <= wrong[who] + 30)
        hit = np.flatnonzero(rng.random(DAYS - 1) < rate * 12 / 365 * season[1:] * np.where(near, ratio, 1.0))
        if len(hit):
            complaints.append((f"p{who}", float(day[hit[0]]) + 0.5))
    return events, complaints


def row(found, trigger):
    return found.table.set_index("trigger").loc[trigger]


def test_a_planted_trigger_is_recovered_and_its_interval_covers_over_seeds(tmp_path):
    covered = [0, 0]
    for seed in range(10):
        found = wb.precedes(town(tmp_path, *planted(seed, n=300, rate=0.1), f"t{seed}"))
        bill, visit = row(found, "wrong bill"), row(found, "visits")
        covered[0] += bill["low"] <= 2 <= bill["high"]
        covered[1] += visit["low"] <= 1 <= visit["high"]
    assert min(covered) >= 8  # of 10


def test_the_table_names_the_trigger_and_tells_its_bases(tmp_path):
    found = wb.precedes(town(tmp_path, *planted(1, ratio=3.0)))
    bill = row(found, "wrong bill")
    assert bill["low"] > 1.5 and bill["high"] < 5 and bill["p Holm"] < 0.001 and bill["reactive"] == "yes"
    assert row(found, "visits")["reactive"] == "no"
    assert found.table["p Holm"].dropna().ge(found.table["p ratio"].dropna()).all()
    assert found.sentence.startswith('In the 30 days after "wrong bill", complaints come ')
    assert not {"cause", "causes", "because", "leads"} & set(found.sentence.split())
    assert bill["n"] <= 800 and bill["% of all outcomes"] < 30
    assert "strictly before the outcome" in found.method and "Holm" in found.method


def walk(events, complaints, window, trigger):
    """The same, by walking: every day of every person at risk, in the periods and stretches that the method names."""
    log = pd.DataFrame(events, columns=["who", "at", "what"])
    said = pd.DataFrame(complaints, columns=["who", "at"])
    last = int(max(log["at"].max(), said["at"].max())) + 1
    length = 7 if last <= 420 else 28
    cells: dict[tuple, np.ndarray] = {}
    met = set()
    for who in sorted({*log["who"], *said["who"]}):
        mine, own = log[log["who"] == who], said.loc[said["who"] == who, "at"]
        first = int(min([*mine["at"], *own]))
        end = int(own.min()) if len(own) else last
        at = mine.loc[mine["what"] == trigger, "at"].to_numpy()
        for day in range(first, end):  # the day that ends where the next begins
            after = bool(((at <= day) & (day < at + window)).any())
            came = len(own) > 0 and day == end - 1
            band = int(np.searchsorted(window * np.array([1, 3, 12]), day - first, side="right"))
            cells.setdefault((day // length, band), np.zeros(4))
            cells[day // length, band] += (came, came and after, 1, after)
            met |= {who} if after else set()
    table = pd.DataFrame(list(cells.values()), columns=["events", "events_after", "time", "time_after"])
    return mantel_haenszel_rates(table), table.sum(), len(met)


@pytest.mark.parametrize("window", [30, 4])
def test_counting_agrees_with_a_walk_through_every_day_exactly(tmp_path, window):
    rng = np.random.default_rng(window)
    events, complaints = edges()
    for who in range(70):
        since = int(rng.integers(0, 250))
        events += [
            (f"p{who}", since + int(more), str(rng.choice(["bill", "call"]))) for more in rng.integers(0, 110, 6)
        ]
        complaints += [(f"p{who}", since + int(one)) for one in rng.integers(1, 115, rng.integers(0, 3))]
    found = wb.precedes(town(tmp_path, events, complaints), window=f"{window} days", lag="0 days")
    for trigger in ("bill", "call"):
        ratio, sums, met = walk(events, complaints, window, trigger)
        mine = row(found, trigger)
        assert mine["outcomes after it"] == sums["events_after"] and mine["n"] == met
        months = sums["time_after"] * 12 / 365.25, (sums["time"] - sums["time_after"]) * 12 / 365.25
        assert mine["per 1,000 months after it"] == pytest.approx(1000 * sums["events_after"] / months[0], rel=1e-9)
        rest = sums["events"] - sums["events_after"]
        assert mine["per 1,000 months otherwise"] == pytest.approx(1000 * rest / months[1], rel=1e-9)
        assert tuple(mine[["value", "low", "high", "p ratio"]]) == pytest.approx(
            (ratio.value, ratio.low, ratio.high, ratio.p), rel=1e-9
        )


def test_a_busy_season_does_not_make_everything_come_before(tmp_path):
    busy = np.where((np.arange(DAYS) >= 150) & (np.arange(DAYS) < 200), 8.0, 0.5)
    visits = row(wb.precedes(town(tmp_path, *planted(5, n=2500, ratio=1.0, busy=busy))), "visits")
    crude = visits["per 1,000 months after it"] / visits["per 1,000 months otherwise"]
    assert crude > 1.5  # taken as they are, the times after a visit look bad
    assert visits["low"] < 1 < visits["high"]


def test_one_heavy_user_does_not_weigh_more_than_a_person(tmp_path):
    events, complaints = planted(2, n=800, ratio=1.0)
    heavy = [("heavy", 0.6 + 0.7 * at, "visits") for at in range(500)]
    plain = row(wb.precedes(town(tmp_path, events, complaints, "plain")), "visits")
    with_one = wb.precedes(town(tmp_path, events + heavy, [*complaints, ("heavy", 360.3)], "heavy"))
    visits = row(with_one, "visits")
    assert visits["n"] == plain["n"] + 1 and visits["outcomes after it"] <= plain["outcomes after it"] + 1
    assert visits["value"] == pytest.approx(plain["value"], rel=0.1)
    assert any("One person makes" in one for one in with_one.cautions)


def test_time_before_a_trigger_is_not_time_after_it(tmp_path):
    """Thanks go to those who have not complained so far: they look safe to who forgets how they were chosen."""
    ratios = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        events, complaints = edges()
        day, thanks = rng.exponential(250, 1000), rng.uniform(1, 360, 1000)
        events += [(f"p{who}", 0.3, "joins") for who in range(1000)]
        events += [(f"p{who}", float(thanks[who]), "thanks") for who in np.flatnonzero(day > thanks)]
        complaints += [(f"p{who}", float(day[who])) for who in np.flatnonzero(day < DAYS - 1)]
        thanked, said = day > thanks, day < DAYS - 1
        assert said[thanked].mean() < 0.8 * said[~thanked].mean()
        ratios.append(
            row(wb.precedes(town(tmp_path, events, complaints, f"t{seed}"), window="180 days"), "thanks")["value"]
        )
    assert abs(np.log(ratios).mean()) < 0.1  # about three standard errors


def test_what_is_the_outcomes_own_record_or_its_registration_does_not_come_before(tmp_path):
    events, complaints = planted(4, n=300, ratio=1.0)
    same = [(who, at, "ticket") for who, at in complaints]
    call = [(who, at - 0.5 / 24, "call to complain") for who, at in complaints if at > 1]
    journey = town(tmp_path, events + same + call, complaints)
    found = wb.precedes(journey)
    assert "ticket" not in set(found.table["trigger"]) and "call to complain" not in set(found.table["trigger"])
    told = row(wb.precedes(journey, lag="1 minute"), "call to complain")
    assert told["outcomes after it"] > 50


def test_switching_coming_back_and_silence_are_triggers(tmp_path):
    rng = np.random.default_rng(6)
    events, complaints = [(*one, "web") for one in edges()[0]], edges()[1]
    for who in range(120):
        at = float(rng.uniform(20, 200))
        events += [(f"p{who}", 0.5, "joins", "web"), (f"p{who}", at, "asks", "web")]
        if who < 60:  # asks again by phone three days later, and complains
            events.append((f"p{who}", at + 3, "asks", "phone"))
            complaints.append((f"p{who}", at + 5.5))
        if who >= 90:
            complaints.append((f"p{who}", float(rng.uniform(210, 360))))
    found = wb.precedes(town(tmp_path, events, complaints, channel=True))
    for trigger in ("another channel than the time before", "a step visited again", "a second contact within 7 days"):
        mine = row(found, trigger)
        assert mine["n"] == 60 and mine["outcomes after it"] == 60 and mine["low"] > 5, trigger
    silence = next(one for one in found.table["trigger"] if one.startswith("a silence of over"))
    assert row(found, silence)["n"] >= 10


def test_an_attribute_can_be_held_equal(tmp_path):
    """Landlords visit and complain more; a visit does nothing."""
    rng = np.random.default_rng(9)
    events, complaints = edges()
    people = [("first", "owner"), ("last", "owner")]
    for who in range(1500):
        landlord = who < 400
        people.append((f"p{who}", "landlord" if landlord else "owner"))
        events.append((f"p{who}", 0.2, "joins"))
        events += [(f"p{who}", float(at), "visits") for at in rng.uniform(1, 364, rng.poisson(6 if landlord else 0.6))]
        at = rng.exponential(250 if landlord else 2500)
        if at < 364:
            complaints.append((f"p{who}", float(at)))
    journey = town(tmp_path, events, complaints, people=people)
    crude, held = (row(wb.precedes(journey, adjust=adjust), "visits") for adjust in (None, "kind"))
    assert crude["low"] > 1.3 and held["low"] < 1 < held["high"]
    assert "within kind" in wb.precedes(journey, adjust="kind").method


def test_nothing_depends_on_pseudonyms(tmp_path):
    told = []
    before = os.environ["WORKBENCH_SETTINGS"]
    events, complaints = planted(3, n=200, ratio=3.0)
    try:
        for key in ("one", "two"):
            os.environ["WORKBENCH_SETTINGS"] = str(tmp_path / f"settings-{key}")
            found = wb.precedes(town(tmp_path, events, complaints, key))
            told.append(json.dumps(found.to_dict() | {"trail": []}))
            events, complaints = events[::-1], complaints[::-1]
    finally:
        os.environ["WORKBENCH_SETTINGS"] = before
    assert told[0] == told[1]


def test_the_planted_truth_of_the_sample_study(study):
    found = wb.precedes(study.journey, map=study.map)
    bill, asks = row(found, "First bill arrives"), row(found, "Asks about the bill")
    assert bill["reactive"] == asks["reactive"] == "yes" and "First bill arrives" in found.sentence
    assert bill["predicted"] == "yes: no request or promise" and asks["predicted"] == "yes: no promise"
    assert row(found, "Address is flagged")["reactive"] == "no"
    assert found.plot().layout.xaxis.type == "log"
    assert "predicted" not in wb.precedes(study.journey).table
    # a plan is agreed some weeks before people stay or switch; nobody stays or switches in the month after the bill
    leaving = wb.precedes(study.journey, outcome="Stays or switches")
    assert row(leaving, "First bill arrives")["value"] == 0 and row(leaving, "Agrees a plan")["low"] > 1.5
    assert "Stays or switches" not in set(leaving.table["trigger"])


def test_a_low_answer_is_compared_with_any_answer(study):
    found = wb.precedes(study.journey, outcome={"measure": "nps", "at_most": 6})
    assert any("An answer comes when one is asked for" in one for one in found.cautions)
    stays = row(found, "Stays or switches")
    assert stays["ratio of any answer"] == pytest.approx(stays["value"], rel=0.4)
    short = wb.precedes(study.journey, outcome="nps <= 6")
    assert short.sentence == found.sentence


def test_words_that_are_not_there_and_lengths_that_are_none(study):
    journey = study.journey
    for problem, match in (
        ({"outcome": "stays-or-switch"}, 'did you mean "stays-or-switches"'),
        ({"outcome": "npx <= 6"}, 'did you mean "nps"'),
        ({"outcome": {"measure": "nps"}}, "at_most"),
        ({"outcome": {"measure": "nps", "atmost": 6}}, 'did you mean "at_most"'),
        ({"outcome": {"measure": "nps", "at_most": "six"}}, "a number"),
        ({"window": "a while"}, "a number above 0 and a unit"),
        ({"window": "0 days"}, "a number above 0 and a unit"),
        ({"lag": "40 days"}, "less than the window"),
        ({"adjust": "segmnt"}, 'did you mean "segment"'),
        ({"adjust": "created"}, "no attribute"),
    ):
        with pytest.raises(wb.DataFault, match=match):
            wb.precedes(journey, **problem)


def test_too_little_is_told(tmp_path):
    events, complaints = planted(1, n=30)
    with pytest.raises(wb.DataFault, match="no complaints"):
        wb.precedes(town(tmp_path, events, [], "calm"))
    with pytest.raises(wb.DataFault, match="people met before"):
        wb.precedes(town(tmp_path, [("a", 0, "joins"), ("a", 3, "calls")], [("a", 5)], "one"))
    one = wb.precedes(town(tmp_path, [("a", 0, "joins"), ("a", 3, "calls")], [("a", 5)], "same"), minimum_base=1)
    assert "cannot be compared" in one.sentence and "few outcomes" in " ".join(one.cautions)
    with pytest.raises(wb.DataFault, match="nobody at risk"):
        wb.precedes(town(tmp_path, [("a", 5, "joins")], [("a", 5)], "at once"), minimum_base=1)
    (tmp_path / "undated.csv").write_text("who,what\na,joins\na,calls\n", encoding="utf-8")
    with pytest.raises(wb.DataFault):
        wb.precedes(wb.read(tmp_path / "undated.csv", format="events", person="who", activity="what"), outcome="calls")


def test_many_steps_are_cut_and_said(tmp_path):
    rng = np.random.default_rng(2)
    events, complaints = planted(2, n=300, ratio=1.0)
    events += [
        (f"p{rng.integers(0, 300)}", float(rng.uniform(1, 360)), f"screen {rng.integers(0, 10_000)}")
        for _ in range(30_000)
    ]
    found = wb.precedes(town(tmp_path, events, complaints))
    assert len(found.table) <= 50 and "further steps that fewer people come to are not asked about" in found.method


@pytest.mark.parametrize("outcome", [None, 5])
def test_what_is_no_outcome_is_refused(tmp_path, outcome):
    with pytest.raises(wb.DataFault, match="outcome"):
        wb.precedes(town(tmp_path, *edges()), outcome)


@pytest.mark.filterwarnings("error")
def test_windows_of_no_time_and_of_all_time(tmp_path):
    log = [(f"p{person}", day, "calls") for person in range(60) for day in (person, person + 30)]
    journey = town(tmp_path, log, [(f"p{person}", person + 40) for person in range(0, 60, 2)])
    found = wb.precedes(journey, window="0.5 seconds").table
    assert found["per 1,000 months after it"].isna().all()
    with pytest.raises(wb.DataFault, match="1,000 years"):
        wb.precedes(journey, window="100000 years")
