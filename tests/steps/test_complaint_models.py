"""Complaints by exposure, and who complains more, with the other attributes held equal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.inference import average_risk, count_model, logit, rate_interval

END = pd.Timestamp("2025-01-01")


def town(tmp_path, table, made, contacts=(), created=True):
    """A customer table, complaints (id, day) and contacts (id, day, step), read and joined."""
    table.to_csv(tmp_path / "people.csv", index=False)
    segments = [c for c in table if c not in ("id", "since")]
    since = {"created": "since"} if created else {}
    journey = wb.read(tmp_path / "people.csv", format="people", person="id", segments=segments, **since)
    log = [*contacts, *((one, END.date(), "ends") for one in table["id"])]
    pd.DataFrame(log, columns=["id", "when", "what"]).to_csv(tmp_path / "log.csv", index=False)
    journey = journey.join(wb.read(tmp_path / "log.csv", format="events", person="id", time="when", activity="what"))
    said = pd.DataFrame(made, columns=["id", "when"]).assign(why="bill")
    said.to_csv(tmp_path / "said.csv", index=False)
    return journey.join(wb.read(tmp_path / "said.csv", format="complaints", person="id", opened="when", category="why"))


def customers(n=400, seed=3, clumps=0.0, double=2.0):
    """Customers for 1 to 24 months, complaining at random; those in the north twice as often; some again and again."""
    rng = np.random.default_rng(seed)
    months = rng.integers(1, 25, n)
    region = np.where(rng.random(n) < 0.4, "north", "south")
    kind = np.where(rng.random(n) < 0.5, "owner", "tenant")
    pace = 0.03 * np.where(region == "north", double, 1.0)
    if clumps:
        pace = pace * rng.gamma(1 / clumps, clumps, n)
    counts = rng.poisson(pace * months)
    since = [END - pd.Timedelta(days=int(round(one * 365.25 / 12))) for one in months]
    table = pd.DataFrame(
        {"id": [f"c{at}" for at in range(n)], "since": [one.date() for one in since], "region": region, "kind": kind}
    )
    days = [(END - one).days for one in since]
    made = [
        (f"c{at}", (since[at] + pd.Timedelta(days=int(rng.integers(0, days[at])))).date())
        for at in range(n)
        for _ in range(counts[at])
    ]
    return table, made, counts, np.array(days)


def test_the_rate_by_month_divides_by_the_months_as_a_customer(tmp_path):
    table, made, counts, days = customers(60)
    found = wb.complaint_rate(town(tmp_path, table, made), by=None, per="month")
    row = found.table.iloc[0]
    months = (days + 1).sum() / (365.25 / 12)
    exact = rate_interval(int(counts.sum()), months)
    assert (row["value"], row["low"], row["high"]) == pytest.approx((exact.value, exact.low, exact.high))
    assert (row["complaints"], row["n"]) == (counts.sum(), 60)
    assert "from the day they came (created) to the last day of the data, 2025-01-01" in found.method


def test_without_a_customer_table_the_months_are_those_between_a_persons_records(tmp_path):
    table, made, counts, _ = customers(60)
    contacts = [(one, since, "comes") for one, since in zip(table["id"], table["since"], strict=True)]
    journey = town(tmp_path, table.drop(columns="since"), made, contacts, created=False)
    found = wb.complaint_rate(journey, by="region", per="month")
    assert "from a person's first to their last record" in found.method
    assert found.table["complaints"].sum() == counts.sum()


def test_complaints_that_come_in_runs_widen_the_rate_by_month(tmp_path):
    table, made, _, days = customers(400, clumps=6.0)
    row = wb.complaint_rate(town(tmp_path, table, made), by=None, per="month").table.iloc[0]
    plain = rate_interval(int(row["complaints"]), (days + 1).sum() / (365.25 / 12))
    assert row["method"] == "t interval over people (complaints come in runs)"
    assert row["high"] - row["low"] > 1.2 * (plain.high - plain.low) and row["value"] == pytest.approx(plain.value)


def test_the_rate_by_contact_divides_by_the_contacts_there(tmp_path):
    table, _, _, _ = customers(40)
    contacts = [(one, "2024-12-01", "calls") for one in table["id"] for _ in range(3)]
    found = wb.complaint_rate(
        town(tmp_path, table, [("c0", "2024-12-05"), ("c1", "2024-12-06")], contacts), by=None, per="contact"
    )
    assert found.table["value"].iloc[0] == pytest.approx(1000 * 2 / (40 * 4))
    with pytest.raises(wb.DataFault, match="not spent at a step"):
        wb.complaint_rate(town(tmp_path, table, [("c0", "2024-12-05")], contacts), by="step", per="month")
    with pytest.raises(wb.DataFault, match="exposure"):
        wb.complaint_rate(town(tmp_path, table, [("c0", "2024-12-05")]), by=None, per="moon")


def patterns(table, counts, days):
    frame = table.assign(complaints=counts, months=((days + 1) // 7 + 0.5) * 7 / (365.25 / 12))
    return frame.groupby(["complaints", "months", "region", "kind"]).size().rename("n").reset_index()


def test_rate_ratios_are_those_of_the_count_model_against_the_largest_group(tmp_path):
    table, made, counts, days = customers()
    found = wb.complaint_ratios(town(tmp_path, table, made))
    largest = {one: table[one].value_counts().idxmax() for one in ("region", "kind")}
    model = count_model(patterns(table, counts, days), "complaints", "months", ["region", "kind"], (), largest)
    rows = found.table.set_index(["attribute", "group"])
    north = rows.loc[("region", "north")]
    assert north["value"] == pytest.approx(model.fit.table.loc["region: north", "ratio"])
    assert north["low"] < 2 < north["high"] and north["against"] == "south"
    assert rows.loc[("region", "south"), "value"] == 1 and rows["n"].groupby("attribute").sum().eq(400).all()
    assert "Poisson" in found.method and model.chosen == "Poisson"
    assert "region north" in found.sentence and "times as often as south" in found.sentence


def test_clumps_choose_the_negative_binomial_and_the_reason_is_told(tmp_path):
    table, made, _, _ = customers(600, clumps=8.0)
    found = wb.complaint_ratios(town(tmp_path, table, made), by="region")
    assert "negative binomial" in found.method and "come in clumps" in found.method


def test_a_group_without_any_complaint_gets_a_finite_ratio(tmp_path):
    table, made, _, _ = customers(200, double=1.0)
    table["region"] = np.where(table.index < 30, "islands", table["region"])
    kept = [one for one in made if int(one[0][1:]) >= 30]
    journey = town(tmp_path, table, kept)
    found = wb.complaint_ratios(journey, by="region")
    row = found.table.set_index("group").loc["islands"]
    assert 0 < row["value"] < 1 and row["complaints"] == 0 and "Firth" in found.method
    risk = wb.complained(journey, by="region", adjust=())
    assert "Firth" in risk.method and risk.table.set_index("group").loc["islands", "value"] < 0


def test_risk_differences_are_averages_over_people_not_odds(tmp_path):
    table, made, counts, _ = customers()
    found = wb.complained(town(tmp_path, table, made), by="region")
    frame = table.assign(complained=(counts > 0).astype(int))
    cells = frame.groupby(["complained", "region", "kind"]).size().rename("n").reset_index()
    largest = {one: table[one].value_counts().idxmax() for one in ("region", "kind")}
    risk = average_risk(logit(cells, "complained", ["region", "kind"], (), largest), "region", "south", "north")
    row = found.table.set_index("group").loc["north"]
    assert row["value"] == pytest.approx(100 * risk.difference.value)
    assert (row["ratio"], row["odds ratio"]) == pytest.approx((risk.ratio.value, risk.odds_ratio))
    assert row["odds ratio"] > row["ratio"] and row["% complained"] == pytest.approx(
        100 * frame.loc[frame["region"] == "north", "complained"].mean()
    )
    assert found.table["attribute"].unique().tolist() == ["region"] and "held equal: region, kind" in found.method


def test_small_groups_are_hidden_and_not_spoken_of(tmp_path):
    table, made, _, _ = customers(200)
    table["region"] = np.where(table.index < 4, "islands", table["region"])
    made = [*made, *((f"c{at}", "2024-12-31") for at in range(4) for _ in range(5))]
    for found in (wb.complaint_ratios(town(tmp_path, table, made)), wb.complained(town(tmp_path, table, made))):
        shown = found.to_frame()
        assert shown.loc[shown["group"] == "islands", "hidden"].tolist() == [True]
        assert "islands" not in found.sentence
        assert np.isnan(shown.loc[shown["group"] == "islands", "value"].astype(float)).all()


def test_steps_and_attributes_of_one_value_are_refused(tmp_path):
    table, made, _, _ = customers(60)
    journey = town(tmp_path, table.assign(kind="owner"), made)
    for asked in (wb.complaint_ratios, wb.complained):
        with pytest.raises(wb.DataFault, match="attribute of people"):
            asked(journey, by="step")
        with pytest.raises(wb.DataFault, match="two or more"):
            asked(journey, by="kind")


def test_the_sample_recovers_the_planted_ratio_of_who_was_called(study):
    from workbench.sample.plan import COMPLAINT_RATIO

    rows = wb.complaint_ratios(study.journey).table.set_index(["attribute", "group"])
    called = rows.loc[("called_first", "yes")]
    assert called["low"] < COMPLAINT_RATIO < called["high"]
    leaflet = rows.loc[("leaflet", "yes")]
    assert leaflet["low"] < 1 < leaflet["high"]


def test_who_is_left_out_of_the_models_and_rates_is_told(tmp_path):
    table, made, _, _ = customers(200)
    table.loc[:11, "region"] = None
    table.loc[12:14, "since"] = None
    journey = town(tmp_path, table, made)
    for found, people in ((wb.complaint_ratios(journey), 185), (wb.complained(journey), 188)):
        assert "12 people whose region or kind is not known left out" in found.method
        assert f"of {people} customers" in found.base and f"{people} people, unweighted" in found.method
        assert found.table.groupby("attribute")["n"].sum().eq(people).all()
    assert "3 people without a known time as a customer left out" in wb.complaint_ratios(journey).method
    assert "counted in weeks" in wb.complaint_ratios(journey).method
    for per in ("month", "contact"):
        assert "12 people whose region is not known left out" in wb.complaint_rate(journey, "region", per=per).method


def test_of_too_few_customers_no_complaints_are_told(tmp_path):
    table, _, _, _ = customers(8)
    table["region"], table["kind"] = ["north", "south"] * 4, ["owner"] * 4 + ["tenant"] * 4
    made = [(f"c{at}", "2024-12-31") for at in (0, 1, 2, 7)]
    for asked in (wb.complaint_ratios, wb.complained):
        assert asked(town(tmp_path, table, made)).base == "fewer than 10 customers"


def test_a_note_of_the_model_names_no_hidden_group(tmp_path):
    table, made, _, _ = customers(200)
    table["region"] = np.where(table.index < 4, "islands", table["region"])
    made = [one for one in made if one[0] not in table["id"][:4].tolist()]
    journey = town(tmp_path, table, made)
    for asked in (wb.complaint_ratios, wb.complained):
        assert "islands" not in asked(journey).method
        assert "told apart completely by: region: islands" in asked(journey, minimum_base=1).method
