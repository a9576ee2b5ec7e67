"""Churn: who left and when, how long customers stay, and whether a complaint goes before it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.inference import churn_counts, cox_regression, kaplan_meier, log_rank, survival_at

TODAY = pd.Timestamp("2025-06-30")


def town(tmp_path, table, events=(), complaints=(), name="town"):
    """A customer table (id, since, region, …), a contact log and a list of complaints, read and joined."""
    folder = tmp_path / name
    folder.mkdir()
    table.to_csv(folder / "people.csv", index=False)
    segments = [c for c in table if c not in ("id", "since")]
    created = {"created": "since"} if "since" in table else {}
    journey = wb.read(folder / "people.csv", format="people", person="id", segments=segments, **created)
    if len(events):
        log = pd.DataFrame(events, columns=["id", "when", "what"])
        log.to_csv(folder / "log.csv", index=False)
        journey = journey.join(wb.read(folder / "log.csv", format="events", person="id", time="when", activity="what"))
    if len(complaints):
        said = pd.DataFrame(complaints, columns=["id", "when", "why"])
        said.to_csv(folder / "said.csv", index=False)
        bound = {"person": "id", "opened": "when", "category": "why"}
        journey = journey.join(wb.read(folder / "said.csv", format="complaints", **bound))
    return journey


def made(n=300, seed=5, ratio=1.0):
    """Customers since 2023, leaving at random; a complaint makes leaving likelier from then on."""
    rng = np.random.default_rng(seed)
    since = pd.Timestamp("2023-06-01") + pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    region = np.where(rng.random(n) < 0.4, "north", "south")
    said = np.where(rng.random(n) < 0.4, rng.integers(20, 400, n), 10_000)
    slow = rng.exponential(900, n)
    left = np.where(slow < said, slow, said + (slow - said) / ratio).astype(int) + 1
    table = pd.DataFrame(
        {"id": [f"c{at}" for at in range(n)], "since": since, "region": region, "days": left, "said": said}
    )
    table["left"] = (table["since"] + pd.to_timedelta(table["days"], unit="D")).where(lambda one: one <= TODAY)
    complaint = table["since"] + pd.to_timedelta(table["said"], unit="D")
    table["complaint"] = complaint.where((complaint <= TODAY) & (table["said"] < table["days"]))
    return table.drop(columns=["days", "said"])


def read(tmp_path, table, name="town"):
    """Leaving as an event of the log; somebody is last seen on the day of the study's end."""
    events = [(row.id, row.since.date(), "moves in") for row in table.itertuples()]
    events += [(row.id, row.left.date(), "switches") for row in table.itertuples() if row.left == row.left]
    events.append(
        (
            table["id"][0] if pd.isna(table["left"][0]) else table.loc[table["left"].isna(), "id"].iloc[0],
            TODAY.date(),
            "calls",
        )
    )
    said = [(row.id, row.complaint.date(), "bill") for row in table.itertuples() if row.complaint == row.complaint]
    return town(tmp_path, table[["id", "since", "region"]].assign(since=table["since"].dt.date), events, said, name)


def by_hand(table):
    return churn_counts(table, TODAY, by=["region"], first="since")


def test_the_curve_is_that_of_kaplan_and_meier_over_all_customers(tmp_path):
    table = made()
    found = wb.churn(read(tmp_path, table), months=(3, 6, 12))
    counts = churn_counts(table, TODAY, first="since", complaint=None).counts
    at = survival_at(kaplan_meier(counts), [3, 6, 12])
    row = found.table.iloc[0]
    assert [row[f"% there at {month} months"] for month in (3, 6, 12)] == pytest.approx((100 * at["survival"]).tolist())
    assert (row["low"], row["high"]) == pytest.approx((100 * at["low"].iloc[-1], 100 * at["high"].iloc[-1]))
    assert (row["n"], row["left"]) == (300, int(table["left"].notna().sum()))
    assert 'the first "switches"' in found.method and "taken to be there still" in found.method


def test_groups_are_compared_by_the_log_rank_test(tmp_path):
    table = made()
    found = wb.churn(read(tmp_path, table), by="region")
    counts = by_hand(table.drop(columns="complaint").assign(complaint=pd.NaT)).counts
    test = log_rank(counts.assign(group=counts["region"]))
    assert found.table["region"].tolist() == ["north", "south"]
    assert f"log-rank p {test.p:.3f}" in found.sentence or (test.p < 0.001 and "under 0.001" in found.sentence)
    assert len(found.picture["curves"]) == 2 and found.plot().data


def test_an_attribute_of_yes_and_no_is_dated_by_the_step_of_that_word(tmp_path):
    table = made()
    events = [(row.id, row.since.date(), "moves in") for row in table.itertuples()]
    events += [(row.id, row.left.date(), "switch requested") for row in table.itertuples() if row.left == row.left]
    events += [("c0", TODAY.date(), "moves in")]
    said = table.assign(switched=np.where(table["left"].notna(), "yes", "no"), since=table["since"].dt.date)
    said.loc[said["switched"] == "yes", "switched"] = "yes"
    journey = town(tmp_path, said[["id", "since", "region", "switched"]], events)
    found = wb.churn(journey)
    assert 'switched is yes, dated by the last record at "switch requested"' in found.method
    assert found.table["left"].tolist() == [int(table["left"].notna().sum())]


def test_an_attribute_of_dates_is_the_day_of_leaving(tmp_path):
    table = made()
    frame = table[["id", "region"]].assign(since=table["since"].dt.date, closed_on=table["left"].dt.date)
    journey = town(tmp_path, frame, [("c0", TODAY.date(), "calls")])
    found = wb.churn(journey)
    row = found.table.iloc[0]
    at = survival_at(kaplan_meier(churn_counts(table, TODAY, first="since", complaint=None).counts), [12])
    assert "the date in closed_on" in found.method
    assert row["value"] == pytest.approx(100 * at["survival"].iloc[0])


def test_customers_from_before_the_log_are_in_it_from_its_first_day_on(tmp_path):
    """Who came in 2020 and is in a log of 2024 was not at risk of being seen to leave before 2024."""
    table = pd.DataFrame({"id": [f"c{at}" for at in range(40)], "since": ["2020-01-01"] * 20 + ["2024-01-01"] * 20})
    events = [(f"c{at}", "2024-01-01", "calls") for at in range(40)] + [("c0", "2024-12-31", "calls")]
    events += [(f"c{at}", "2024-07-01", "switches") for at in (0, 20, 21)]
    found = wb.churn(town(tmp_path, table.assign(region="n"), events), months=(12, 59))
    assert "customers from before the log are in it from its first day on, 2024-01-01" in found.method
    row = found.table.iloc[0]
    assert row["% there at 12 months"] == pytest.approx(
        100 * 18 / 20
    )  # the older ones were not seen in their first year
    assert row["% there at 59 months"] == pytest.approx(100 * 18 / 20 * 19 / 20)


def test_the_clock_can_start_at_a_step(tmp_path):
    table = pd.DataFrame({"id": [f"c{at}" for at in range(30)], "region": "n"})
    events = [(f"c{at}", "2024-01-01", "bill") for at in range(30)] + [("c9", "2024-12-31", "calls")]
    events += [(f"c{at}", "2024-03-01", "switches") for at in range(6)]
    found = wb.churn(town(tmp_path, table, events), since="bill", months=(6,))
    assert found.table["value"].iloc[0] == pytest.approx(80) and 'the first "bill"' in found.method


def test_an_attribute_can_tell_the_months_where_no_dates_do(tmp_path):
    table = pd.DataFrame(
        {"id": [f"c{at}" for at in range(40)], "months": [2] * 10 + [5] * 10 + [14] * 20, "churned": "no"}
    )
    table.loc[:4, "churned"] = "yes"
    table.loc[39, "months"] = None
    journey = town(tmp_path, table)
    found = wb.churn(journey, lasted="months")
    counts = pd.DataFrame({"time": [2.0, 2, 5, 14], "event": [1, 0, 0, 0], "n": [5, 5, 10, 19]})
    at = survival_at(kaplan_meier(counts), [12])
    assert found.table["value"].iloc[0] == pytest.approx(100 * at["survival"].iloc[0])
    assert "left out: 1 with no known beginning or time" in found.method
    with pytest.raises(wb.DataFault, match="no number"):
        wb.churn(journey, when="churned", lasted="churned")


def test_groups_too_small_are_hidden_and_their_curves_not_drawn(tmp_path):
    table = made(60)
    table.loc[:3, "region"] = "islands"
    found = wb.churn(read(tmp_path, table), by="region")
    shown = found.to_frame()
    assert shown.loc[shown["region"] == "islands", "hidden"].tolist() == [True] and shown["hidden"].sum() == 2
    names = " ".join(str(note.text) for note in found.plot().layout.annotations)
    assert "islands" not in names and "islands" not in found.sentence


def test_what_marks_no_end_is_refused_with_what_could(tmp_path):
    journey = read(tmp_path, made(40))
    with pytest.raises(wb.DataFault, match="region.*moves in.*switches"):
        wb.churn(journey, when="vanishes")
    with pytest.raises(wb.DataFault, match='yes="north"'):
        wb.churn(journey, when="region")
    with pytest.raises(wb.DataFault, match="attribute of people"):
        wb.churn(journey, by="step")
    plain = tmp_path / "answers.csv"
    plain.write_text("id,q\n" + "\n".join(f"{at},5" for at in range(30)), encoding="utf-8")
    nps = {"q": {"measure": "nps", "scale": [0, 10]}}
    with pytest.raises(wb.DataFault, match="what marks the end"):
        wb.churn(wb.read(plain, format="survey", person="id", questions=nps))


def test_a_complaint_counts_from_its_day_on(tmp_path):
    table = made(800, seed=0, ratio=4.0)
    found = wb.churn_after_complaint(read(tmp_path, table), by="region")
    counts = by_hand(table).counts
    counts["region: north"] = (counts["region"] == "north").astype(float)
    fit = cox_regression(counts, ["complained", "region: north"])
    row = found.table.iloc[0]
    term = fit.terms.iloc[0]
    assert (row["value"], row["low"], row["p"]) == pytest.approx((term["ratio"], term["ratio_low"], term["p"]))
    assert row["low"] < 4 < row["high"]
    assert "need not come of it" in found.sentence and "proportionality" in found.method


def test_with_no_effect_of_complaints_the_ratio_is_about_one(tmp_path):
    """Counted from the first day on, complainers would seem to stay longer: they had to stay to complain."""
    table = made(1500, seed=8)
    row = wb.churn_after_complaint(read(tmp_path, table), by=()).table.iloc[0]
    assert row["low"] < 1 < row["high"] and row["p"] > 0.05


def test_the_sample_recovers_the_planted_share_and_the_planted_excess(study):
    journey = study.journey
    whole = wb.churn(journey, since="first-bill").table.iloc[0]
    assert 100 - whole["value"] == pytest.approx(11.1, abs=1.5)
    after = wb.churn_after_complaint(journey, since="first-bill").table.iloc[0]
    assert after["low"] < (0.095 + 0.15) / 0.095 < after["high"]
    assert wb.churn_after_complaint(journey).table["what"].tolist()[0] == "complained"


def test_of_too_few_neither_how_many_left_nor_a_test_is_told(tmp_path):
    few = wb.churn(read(tmp_path, made(8)))
    assert few.base == "fewer than 10 customers followed" and few.to_frame()["hidden"].all()
    table = made(60)
    table.loc[:3, "region"] = "islands"
    table.loc[4:, "region"] = "north"
    two = wb.churn(read(tmp_path, table, "two"), by="region")
    assert "log-rank" not in two.sentence and "log-rank" not in two.method
    table.loc[30:, "region"] = "south"
    table.loc[50:, "region"] = "west"
    four = wb.churn(read(tmp_path, table, "four"), by="region")
    left = four.to_frame()
    assert left["hidden"].sum() == 2 and "over 2 groups" in four.method


def test_of_few_who_complained_the_method_tells_nothing(tmp_path):
    table = made(200, seed=3)
    said = table.index[table["complaint"].notna()]
    table.loc[said[4:], "complaint"] = pd.NaT
    found = wb.churn_after_complaint(read(tmp_path, table), by="region")
    assert "too few complaints" in found.sentence and "proportionality" not in found.method
    assert found.to_frame().iloc[0]["hidden"]
