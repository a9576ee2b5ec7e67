"""Claims declared before the look: the test follows from the declaration, the register keeps when, the words stay plain."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

import workbench as wb
from workbench import models
from workbench.inference import cox_regression
from workbench.steps.measure import claim_tests
from workbench.steps.measure.claims import Hypothesis
from workbench.steps.measure.hypotheses import how, judge, planned

PEOPLE, FIRST_DAY = 240, date(2024, 1, 1)


def claim(**words):
    base = {"id": "one", "claim": "A differs from B", "compare": {"group": "a"}, "matters": 10}
    return Hypothesis.model_validate(base | words)


@pytest.fixture
def survey(tmp_path):
    """Answers of two groups on three scales, with an amount (visits) that the score follows exactly."""
    lines = ["id,group,region,visits,day,nps,trust,csat"]
    for place in range(PEOPLE):
        group, kind, visits = "ab"[place % 2], "xy"[place // 2 % 2], place % 4
        nps = (9 if place % 6 < 4 else 3) if group == "a" else (9 if place % 6 < 2 else 3)
        trust, csat = 1 + (place * 7) % 5, 1 + (place * 3) % 5
        lines.append(f"p{place},{group},{kind},{visits},2025-{1 + place % 12:02d}-10,{nps},{trust},{csat}")
    path = tmp_path / "survey.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    asked = {
        "nps": "nps",
        "trust": {"measure": "trust", "scale": [1, 5]},
        "csat": {"measure": "csat", "scale": [1, 5]},
    }
    segments = ["group", "region", "visits"]
    return wb.read(path, format="survey", person="id", time="day", segments=segments, questions=asked)


@pytest.fixture
def log(tmp_path):
    """Contacts: everybody asks on day 0; group a gets an answer after 2 days, group b after 8; every fourth of b never."""
    lines = ["id,group,what,at"]
    for place in range(80):
        group = "ab"[place % 2]
        lines.append(f"p{place},{group},asks,2025-03-01")
        if group == "a" or place % 8 != 1:
            lines.append(f"p{place},{group},answered,2025-03-{3 if group == 'a' else 9:02d}")
        if group == "b" and place % 4 == 1:
            lines.append(f"p{place},{group},leaves,2025-03-{12 + place % 5}")
        if group == "a" and place % 16 == 0:
            lines.append(f"p{place},{group},leaves,2025-03-{15 + place % 3}")
        lines.append(
            f"p{place},{group},still here,2025-04-01" if place % 4 != 1 else f"p{place},{group},asks,2025-03-02"
        )
    path = tmp_path / "log.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return wb.read(path, format="events", person="id", activity="what", time="at", segments=["group"])


def test_a_score_is_compared_in_its_own_units(survey):
    found = {
        one: claim_tests.tested(survey, claim(outcome=one, matters=1, compare={"group": "a"}))
        for one in ("nps", "trust", "csat")
    }
    assert found["nps"].value == pytest.approx(100 * (2 / 3 - 1 / 3) - 100 * (1 / 3 - 2 / 3), abs=1e-9)
    assert found["trust"].unit == "points of trust" and found["csat"].unit == "points of csat (1 to 5)"
    plain = wb.mean_rating(survey, "group", of="csat").table.set_index("group")["value"]
    assert found["csat"].value == pytest.approx(plain["a"] - plain["b"])
    curve = wb.emotion_curve(survey, "group", of="trust").table.set_index("group")["value"]
    assert found["trust"].value == pytest.approx(curve["a"] - curve["b"])


def test_other_ways_of_looking_stand_beside_the_verdict(survey):
    found = judge(survey, [claim(adjust=["region"])])
    row = found.table.iloc[0]
    assert row["verdict"] == "supported" and row["p raw"] <= row["p corrected"]
    assert "ordinal model: odds of a higher answer" in row["other ways"]
    assert "nothing held equal +66.7" in row["other ways"]
    assert "Group a: 67 NPS points higher than all others" in row["in words"]
    assert row["smallest effect found"] == pytest.approx(2.8 * row["se"], rel=0.01)
    assert "ordinal" in how(found)._repr_html_() and "other ways" not in found._repr_html_()


def test_a_base_that_sees_nothing_says_what_it_would_see(survey):
    few = survey.where(region="x")
    row = judge(few, [claim(outcome="csat", matters=0.05)]).table.iloc[0]
    assert row["verdict"] == "too little data"
    assert "The data cannot tell: with this many answers only a difference of about" in row["in words"]


def test_words_of_cause_are_not_taken_over(survey):
    row = judge(survey, [claim(claim="A recommends us more because of the call", direction="higher")]).table.iloc[0]
    assert "not what brings it about" in row["in words"]
    plain = judge(survey, [claim(claim="A recommends us more", direction="higher")]).table.iloc[0]
    assert "brings it about" not in plain["in words"]


def test_confirmatory_claims_are_corrected_by_holm_and_exploratory_ones_by_benjamini_and_hochberg(survey):
    three = [claim(id=f"c{place}", outcome=one) for place, one in enumerate(("nps", "trust", "csat"))]
    raw = sorted(judge(survey, three).table["p raw"])
    holm = sorted(judge(survey, three).table["p corrected"])
    assert holm[0] == pytest.approx(3 * raw[0])
    loose = judge(survey, [one.model_copy(update={"kind": "exploratory"}) for one in three]).table
    assert sorted(loose["p corrected"])[1] == pytest.approx(min(raw[1] * 3 / 2, raw[2]))


def test_a_dose_is_a_straight_line(survey):
    found = claim_tests.tested(survey, claim(compare={}, dose="visits", outcome="csat", matters=0.1))
    sums = survey.count(by="visits", of="csat", people=False)
    x, n = sums["visits"].astype(float), sums["n"]
    mean = (n * x).sum() / n.sum()
    slope = (n * (x - mean) * sums["value"]).sum() / (n * (x - mean) ** 2).sum()
    assert found.value == pytest.approx(slope) and found.low < slope < found.high
    with pytest.raises(wb.DataFault, match="numbers"):
        claim_tests.tested(survey, claim(compare={}, dose="region"))


def test_leaving_is_judged_by_how_fast(log):
    one = claim(outcome="churn", ends={"step": "leaves"}, matters=1.2, direction="lower")
    found = claim_tests.tested(log, one)
    counts = claim_tests.follow_ups(log, one, ["group"])
    counts["A"] = (counts["group"] == "a").astype(float)
    fit = cox_regression(counts[["time", "event", "n", "A"]], ["A"]).terms.iloc[0]
    assert found.value == pytest.approx(fit["ratio"]) and found.high < 1
    assert counts["n"].sum() == 80 and (counts["event"] * counts["n"]).sum() == 25
    assert "leave" in judge(log, [one]).table["in words"].iloc[0]


def test_a_shorter_time_is_a_faster_pace(log):
    words = {"outcome": "time", "step": "asks", "to": "answered", "matters": 1.2, "direction": "lower"}
    counts = claim_tests.follow_ups(log, claim(**words), ["group"])
    reached = counts[counts["event"] == 1]
    assert set(reached.loc[reached["group"] == "a", "time"]) == {2}
    assert set(reached.loc[reached["group"] == "b", "time"]) == {8}
    never = counts[(counts["event"] == 0) & (counts["group"] == "b")]
    assert never["n"].sum() == 10  # still waiting: followed to the last record, not counted as never


def test_before_and_after_takes_the_jump_of_a_series_and_not_its_trend(tmp_path):
    """A rating that rises a little every four weeks and does not jump: before and after differ, the level does not."""
    lines = ["id,day,csat"]
    for period in range(24):
        for place in range(40):
            up = place < period + (period % 3)
            day = FIRST_DAY + timedelta(days=28 * period + place % 20)
            lines.append(f"p{period}-{place},{day},{4 if up else 3}")
    path = tmp_path / "series.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    journey = wb.read(
        path, format="survey", person="id", time="day", questions={"csat": {"measure": "csat", "scale": [1, 5]}}
    )
    middle = FIRST_DAY + timedelta(days=28 * 12)
    found = claim_tests.tested(journey, claim(compare={}, since=str(middle), outcome="csat", matters=0.2))
    assert abs(found.value) < 0.1 and "four-week periods" in found.method
    assert "plain after less before +0.3" in found.sensitivity[0]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"dose": "visits"}, "one of compare"),
        ({"outcome": "churn", "matters": 1.2}, "ends"),
        ({"outcome": "time", "matters": 1.2, "step": "asks"}, "step: and to:"),
        ({"outcome": "complaint", "matters": 0.8}, "ratio above 1"),
        ({"compare": {}, "since": "2025-01-01", "adjust": ["region"]}, "not before and after"),
    ],
)
def test_a_claim_that_names_no_test_is_refused(words, expected):
    with pytest.raises(ValueError, match=expected):
        claim(**words)


def test_a_planned_base_says_what_it_can_see():
    found = planned([claim(planned={"n": 400}), claim(id="two", planned={"n": 4000}, matters=5)])
    table = found.table.set_index("hypothesis")
    assert table.loc["one", "smallest effect found"] == pytest.approx(16.5, abs=0.3)
    assert table.loc["two", "value"] == pytest.approx(76, abs=5) and "too small" in found.sentence


def test_the_register_says_which_version_was_declared_before_the_look(sample):
    study = wb.open_study("water-billing")
    first = study.declare()
    assert {one.version for one in first.values()} == {1} and not any(one.seen for one in first.values())
    assert study.declare() == first  # nothing changed, nothing is entered
    judged = study.judge()
    assert set(judged.table["before the look"]) == {"yes"} and "were declared before the look" in judged.sentence
    content = models.parse((study.path / "hypotheses.yaml").read_text(encoding="utf-8"), "hypotheses.yaml")
    content["hypotheses"][0]["matters"] = 5
    study.save("hypotheses", content)
    later = study.judge().table.set_index("id")
    changed = content["hypotheses"][0]["id"]
    assert (later.loc[changed, "version"], later.loc[changed, "before the look"]) == (2, "no")
    assert set(later.drop(index=changed)["before the look"]) == {"yes"}
    entries = [json.loads(line) for line in (study.path / "log").read_text(encoding="utf-8").splitlines()]
    assert [entry["version"] for entry in entries if entry.get("claim") == changed] == [1, 2]
    said = [entry["verdicts"][changed] for entry in entries if "verdicts" in entry]
    assert [one["version"] for one in said] == [1, 2] and said[0]["verdict"] == "supported"


def test_the_verdicts_stand_on_the_maps_steps(study):
    cells = study.map_finding().picture["view"]["steps"]
    assert "called first: supported" in cells["first-bill"]["lanes"]["claims judged"]
    assert "claims judged" not in cells["moves-in"]["lanes"]


def test_surprises_are_of_emotion_and_trust_with_their_grade(study):
    both, trust = study.surprises(), study.surprises("trust")
    assert set(both.table["lane"]) == {"emotion", "trust"} and set(both.table["evidence"]) <= {
        "assumed",
        "anecdotal",
        "measured",
        "corroborated",
    }
    mine = both.table[both.table["lane"] == "trust"].set_index("step")["p corrected"]
    assert (mine == trust.table.set_index("step")["p corrected"]).all()  # one family, whichever part is shown


def test_the_band_in_the_picture_of_surprises_lies_around_what_was_measured(study):
    from workbench.figures.data import shown

    for row in shown(study.surprises("trust")):
        assert row.low <= row.value <= row.high and row.value == row.number("measured")
