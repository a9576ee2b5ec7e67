"""Claims declared before the look: the test follows from the declaration, the register keeps when, the words stay plain."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench import models
from workbench.engine import Table
from workbench.inference import cox_regression, design_difference, design_sums_of_two
from workbench.inference.checks import two_sided_p
from workbench.steps.first_page import of_claims
from workbench.steps.map import JourneyMap, Stage, Step
from workbench.steps.measure import claim_tests, evidence
from workbench.steps.measure.claims import Hypothesis
from workbench.steps.measure.hypotheses import Declared, how, judge, pictured, planned

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


def felt(tmp_path, first, second, measure="emotion"):
    """Answers of people to one measure at two steps, and a map on which the team assumed −10 at both."""
    lines = ["id,a,b", *(f"p{at},{a},{b}" for at, (a, b) in enumerate(zip(first, second, strict=True)))]
    path = tmp_path / "felt.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    asked = {step: {"measure": measure, "scale": [1, 5], "step": step} for step in "ab"}
    steps = [Step(id=step, name=f"Step {step}", emotion=-10, hot_spot="pain") for step in "ab"]
    return wb.read(path, format="survey", person="id", questions=asked), JourneyMap(
        stages=[Stage(name="s", steps=steps)]
    )


def test_the_p_of_a_surprise_is_by_the_t_of_its_interval_and_no_answer_alone_is_tested(tmp_path):
    journey, drawn = felt(tmp_path, [3, 4, 4, 5], [3, "", "", ""])
    found = evidence.surprises(journey, drawn, minimum_base=1)
    first, alone = found.table.iloc[0], found.table.iloc[1]
    p = two_sided_p(first["value"] / first["se"], 3)
    assert first["p corrected"] == pytest.approx(p) and first["low"] < 0 < p - 0.05 and not first["surprise"]
    assert alone["p corrected"] != alone["p corrected"]  # it is no part of the family
    assert "corrected over 1 steps" in found.method and "1 without a spread of answers not tested" in found.method
    assert "at none of 1 step that" in found.sentence


def test_nothing_is_said_to_surprise_or_not_where_nothing_could_be_shown(tmp_path):
    journey, drawn = felt(tmp_path, [3, 4, 4, 5], [3, "", "", ""])
    assert "No step is large enough" in evidence.surprises(journey, drawn).sentence
    same, drawn = felt(tmp_path, [5] * 12, [4] * 12)
    assert "spread enough" in evidence.surprises(same, drawn).sentence
    nowhere = drawn.model_copy(update={"stages": []})
    assert "nothing to compare" in evidence.surprises(same, nowhere).sentence
    with pytest.raises(wb.DataFault, match="trust"):
        evidence.surprises(same, drawn, "trsut")


def test_the_base_of_one_lane_is_its_own(study):
    found = study.surprises("trust")
    emotion, trust = (study.journey.at_any_step().base(lane) for lane in ("emotion", "trust"))
    assert found.base == trust != emotion
    assert study.surprises().base == f"emotion: {emotion}; trust: {trust}"


@pytest.mark.parametrize(
    ("satisfied", "grade"),
    [
        ({"value": 0.0, "low": 0.0, "high": 12.0}, "measured"),
        ({"value": 50.0, "low": 45.0, "high": 55.0}, "measured"),
        ({"value": 0.0, "low": 0.0, "high": 40.0}, "anecdotal"),
        ({"value": 100.0, "low": None, "high": None}, "anecdotal"),
        ({"hidden": True}, "assumed"),
    ],
)
def test_a_share_of_nobody_and_one_without_an_interval_are_graded_too(satisfied, grade):
    assert evidence.Seen(None, None, satisfied, None, 0, None, None).grade == grade
    assert "None" not in evidence._percent(satisfied | {"n": 30})


def test_hot_spots_where_the_recommendation_is_of_the_whole_journey_have_no_step(survey):
    drawn = JourneyMap(stages=[Stage(name="s", steps=[Step(id="a", name="A", hot_spot="pain")])])
    found = evidence.hot_spots(survey, drawn)
    assert found.table.empty and "whole journey alone" in found.sentence
    assert list(found.to_frame().columns) == list(evidence.SPOTS) and found.plot() is not None


def test_beside_a_hot_spot_nothing_is_told_of_a_few(tmp_path):
    path = tmp_path / "both.csv"
    rows = [f"p{at},{at % 11},{at % 11},{3 if at < 4 else ''},{1 + at % 5}" for at in range(40)]
    path.write_text("id,a,b,fa,fb\n" + "\n".join(rows) + "\n", encoding="utf-8")
    asked = {step: {"measure": "nps", "step": step} for step in "ab"}
    asked |= {f"f{step}": {"measure": "emotion", "scale": [1, 5], "step": step} for step in "ab"}
    journey = wb.read(path, format="survey", person="id", questions=asked)
    found = evidence.hot_spots(journey, felt(tmp_path, [1], [1])[1])
    assert found.table["emotion"].isna().all() and found.table["n"].tolist() == [40, 40]


def test_all_groups_are_followed_to_the_same_end(tmp_path):
    """Nobody leaves after day 20, but only group b has records up to day 100: a is followed as long as b."""
    lines = ["id,group,what,at"]
    for place in range(40):
        group, last = "ab"[place % 2], FIRST_DAY + timedelta(days=20 if place % 2 == 0 else 100)
        lines.append(f"p{place},{group},comes,{FIRST_DAY}")
        leaves = place % 8 < 2
        lines.append(
            f"p{place},{group},{'leaves' if leaves else 'asks'},{FIRST_DAY + timedelta(days=10 + place % 3) if leaves else last}"
        )
    path = tmp_path / "log.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    journey = wb.read(path, format="events", person="id", activity="what", time="at", segments=["group"])
    one = claim(outcome="churn", ends={"step": "leaves"}, matters=1.2)
    end = claim_tests.last_record(journey)
    parts = [
        claim_tests.follow_ups(crowd, one, [], end).assign(A=float(group == "a"))
        for group, crowd in zip("ab", claim_tests.sides(journey, one), strict=True)
    ]
    stayed = [set(part.loc[part["event"] == 0, "time"]) for part in parts]
    assert stayed == [{100}, {100}]
    row = cox_regression(pd.concat(parts)[["time", "event", "n", "A"]], ["A"]).terms.iloc[0]
    found = claim_tests.tested(journey, one)
    assert (found.value, found.se) == pytest.approx((row["ratio"], row["se"]))


def test_people_without_the_attribute_that_is_held_equal_are_told(log, tmp_path):
    text = (tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()
    region = {f"p{place}": "" if place < 7 else "xy"[place // 8 % 2] for place in range(80)}
    told = [f"{line},{region.get(line.split(',')[0], 'region')}" for line in text]
    (tmp_path / "more.csv").write_text("\n".join(told) + "\n", encoding="utf-8")
    words = {"format": "events", "person": "id", "activity": "what", "time": "at", "segments": ["group", "region"]}
    journey = wb.read(tmp_path / "more.csv", **words)
    one = claim(outcome="churn", ends={"step": "leaves"}, matters=1.2, adjust=["region"])
    found = claim_tests.tested(journey, one)
    assert found.left_out == 7 and found.n_a + found.n_b == 73
    assert "7 people left out: region not known" in found.checks
    assert claim_tests.tested(log, claim(outcome="churn", ends={"step": "leaves"}, matters=1.2)).left_out == 0


@pytest.mark.parametrize("weight", [None, "w"])
def test_before_and_after_without_a_series_counts_people_and_honours_who_stands_on_both_sides(tmp_path, weight):
    """Sixty people, most with two answers: the error is that of a difference of two domains with people in common."""
    rng = np.random.default_rng(4)
    table = pd.DataFrame({"id": [f"p{at % 60}" for at in range(130)], "csat": rng.integers(1, 6, 130)})
    table["csat"] = (table["csat"] + table["id"].str[1:].astype(int) % 3).clip(1, 5)
    table["day"] = [f"2025-0{1 if at < 60 else 3}-{1 + at % 27:02d}" for at in range(130)]
    table["w"] = 1 + table["id"].str[1:].astype(int) % 2
    table.loc[len(table)] = ["p99", 5, "", 1]
    path = tmp_path / "two.csv"
    table.to_csv(path, index=False)
    asked = {"csat": {"measure": "csat", "scale": [1, 5]}}
    bound = {"person": "id", "time": "day", **({"weight": "w"} if weight else {})}
    journey = wb.read(path, format="survey", questions=asked, **bound)
    found = claim_tests.tested(journey, claim(compare={}, since="2025-02-15", outcome="csat", matters=1))
    dated = table[table["day"] != ""]
    after = dated["day"] > "2025-02"
    sums = design_sums_of_two(dated, "csat", after, ~after, weight=weight, psu="id")
    gap = design_difference(sums.strata, 60, 60)
    assert (found.value, found.low, found.high, found.se) == pytest.approx((gap.value, gap.low, gap.high, gap.se))
    assert (found.n_a, found.n_b, found.left_out) == (60, 60, 1)
    assert "60 people answered before and after: the error counts them as the same" in found.checks
    assert "who answered more than once counts as one person" in found.checks
    assert "1 answers without a date left out" in found.checks
    w = dated["w"] if weight else dated["w"] ** 0
    assert found.a == pytest.approx((w * dated["csat"])[after].sum() / w[after].sum())
    row = judge(journey, [claim(compare={}, since="2025-02-15", outcome="csat", matters=1)]).table.iloc[0]
    assert "60 and 60 people" in row["in words"]


def test_a_verdict_on_too_small_a_base_is_told_nowhere(survey):
    """Seven people of one group: its claim is hidden, the next smallest with it, and the sentence counts the others."""
    people = survey.people.to_frame().assign(small=["yes"] * 7 + ["some"] * 30 + ["no"] * (PEOPLE - 37))
    journey = replace(survey, people=Table(survey.engine.table(people)))
    claims = [
        claim(id="large"),
        claim(id="middle", compare={"small": "some"}),
        claim(id="tiny", compare={"small": "yes"}),
        claim(id="other", outcome="csat", matters=1),
    ]
    found = judge(journey, claims)
    assert (found.table.set_index("id")["n"] < 10).tolist() == [False, False, True, False]
    shown = found.to_frame().set_index("hypothesis")
    assert shown["hidden"].tolist() == [False, True, True, False]
    assert "1 on too small a base, 1 hidden with it." in found.sentence
    told = found.sentence + "".join(one.sentence for one in pictured(found))
    assert sum(map(int, re.findall(r"(\d+) (?:supported|contradicted|no difference|too little)", found.sentence))) == 2
    assert "middle" not in told and "tiny" not in told and "large: supported" in told
    drawn = pictured(found)[0]
    assert drawn.to_frame().set_index("hypothesis")["value"].notna().tolist() == [True, False, False]
    assert str(drawn.plot().to_plotly_json()).count("hidden") >= 2
    alone = judge(journey, claims[2:3])
    assert alone.sentence.endswith(": 1 on too small a base.") and not pictured(alone)


def declared(*claims, **words):
    return {one.id: Declared(one.id, 1, one.fingerprint, "2025-01-01T00:00:00Z", seen=False) for one in claims} | words


def test_what_is_not_on_record_is_not_said_to_be_declared_before_the_look(survey):
    one, two = claim(), claim(id="two", outcome="csat", matters=1)
    none = judge(survey, [one])
    assert "before the look" not in none.sentence + none.title and "not on record" in none.sentence
    early = judge(survey, [one, two], register=declared(one, two))
    assert early.title == "Hypotheses declared before the look"
    assert early.sentence.startswith("2 hypotheses were declared before the look: ")
    late = declared(one, two, two=Declared("two", 1, two.fingerprint, "", seen=True))
    found = judge(survey, [one, two], register=late)
    assert found.title == "Hypotheses, 1 of 2 declared before the look"
    assert found.sentence.startswith("2 hypotheses were declared, 1 of them before the look: ")
    single = judge(survey, [two], register={"two": late["two"]})
    assert single.sentence.startswith("1 hypothesis was declared after the data had been looked at: ")
    assert "before the look" not in single.title.replace("0 of 1 declared before the look", "")
    assert judge(survey, [one, two], register=declared(one)).sentence.count("(1 not in the register)") == 1


def test_claims_that_were_taken_out_after_the_look_are_told(survey):
    one, two = claim(), claim(id="two-more", outcome="csat", matters=1)
    found = judge(survey, [one], register=declared(one, two))
    assert found.sentence.endswith(
        "1 more claim was declared and taken out of the file after the look (two more): the corrections do not count it."
    )
    before = declared(one) | {"two-more": replace(declared(two)["two-more"], withdrawn="before")}
    assert "taken out" not in judge(survey, [one], register=before).sentence


CLAIM = "  - {{id: {0}, claim: A is higher, compare: {{group: a}}, matters: 10, outcome: {1}}}\n"


def rewritten(study, *claims):
    text = "hypotheses:\n" + "".join(CLAIM.format(*one) for one in claims) if claims else "hypotheses: []\n"
    (study.path / "hypotheses.yaml").write_text(text, encoding="utf-8")
    return study.declare()


def test_the_register_keeps_what_was_taken_out_and_when(sample):
    study = wb.open_study("water-billing")
    rewritten(study, ("kept", "nps"), ("dropped-early", "csat"), ("dropped-late", "csat"))
    assert rewritten(study, ("kept", "nps"), ("dropped-late", "csat"))["dropped-early"].withdrawn == "before"
    study.log("loaded the sources")
    found = rewritten(study, ("kept", "nps"))
    assert {one.id: one.withdrawn for one in found.values()} == {
        "kept": "", "dropped-early": "before", "dropped-late": "after",
    }  # fmt: skip
    assert study.declare() == found
    back = rewritten(study, ("kept", "nps"), ("dropped-early", "csat"), ("dropped-late", "csat"))
    assert {one.id: (one.version, one.seen, one.withdrawn) for one in back.values()} == {
        "kept": (1, False, ""),
        "dropped-early": (1, True, ""),  # it was not there when the data were first looked at
        "dropped-late": (1, False, ""),
    }
    assert rewritten(study, ("kept", "csat"))["kept"].version == 2


@pytest.mark.parametrize(
    "line", ["", "half a line {", "[1, 2]", '{"time": "now"}', '{"what": "declared", "claim": "x"}']
)
def test_a_line_of_the_log_that_cannot_be_read_is_a_fault_with_its_row(sample, line):
    study = wb.open_study("water-billing")
    study.log("something")
    with open(study.path / "log", "a", encoding="utf-8") as handle:
        handle.write(line + "\n")
    with pytest.raises(wb.DataFault, match="log has 1 fault") as told:
        study.declare()
    fault = told.value.faults[0]
    assert (fault.file, fault.row) == ("log", 2) and "backup" in fault.mend


def test_the_first_page_does_not_say_before_the_look_of_a_late_claim(survey):
    def said(one, register=None):
        (found,) = of_claims(judge(survey, [one], register=register), [one], survey)
        return found

    late = {"one": Declared("one", 1, claim().fingerprint, "", seen=True)}
    assert said(claim(), late).evidence.endswith(", declared after the data had been looked at")
    assert said(claim(), declared(claim())).evidence.endswith(", declared before the look")
    rating = judge(survey, [claim(dose="visits", compare={}, outcome="csat", matters=0.01)]).table.iloc[0]["in words"]
    assert rating and "NPS points" not in rating
