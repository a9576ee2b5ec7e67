"""Personas: the declared ones looked at in the data, groups proposed from it, two of them along the map, their shares in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench import models
from workbench.engine import rows
from workbench.inference import share_difference
from workbench.study_files import About, Persona

KINDS = {
    "quick": {"steps": ["join", "bill", "pay"], "score": (8, 11), "segment": "young"},
    "stuck": {"steps": ["join", "bill", "call", "call", "moan"], "score": (0, 5), "segment": "old"},
}


def town(folder, sizes=(120, 80), seed=1, letters="c", shuffled=False, noise=False):
    """A contact log and a survey of two planted kinds of people (or of people with nothing planted)."""
    rng = np.random.default_rng(seed)
    log, said = [], []
    for kind, size in zip(KINDS, sizes, strict=True):
        for place in range(size):
            who, told = f"{letters}-{kind}-{place}", KINDS[kind]
            steps = [step for step in told["steps"] if rng.random() < 0.92]
            low, high = told["score"]
            segment = told["segment"] if rng.random() < 0.95 else "old" if told["segment"] == "young" else "young"
            if noise:
                steps = [step for step in ("join", "bill", "pay", "call", "moan") if rng.random() < 0.5]
                low, high, segment = 0, 11, ["young", "old"][rng.integers(0, 2)]
            start = pd.Timestamp("2025-01-01") + pd.Timedelta(days=int(rng.integers(0, 300)))
            log += [
                (
                    who,
                    step,
                    ("web" if kind == "quick" else "phone") if not noise else "web",
                    start + pd.Timedelta(days=day),
                )
                for day, step in enumerate(steps)
            ]
            said.append((who, segment, ["1", "2"][place % 2], int(rng.integers(low, high)), int(rng.integers(1, 6))))
    tables = {
        "log": pd.DataFrame(log, columns=["who", "what", "how", "at"]),
        "said": pd.DataFrame(said, columns=["who", "segment", "wave", "nps", "bill"]),
    }
    for name, table in tables.items():
        table = table.sample(frac=1, random_state=seed) if shuffled else table
        table.to_csv(folder / f"{name}.csv", index=False)
    moved = wb.read(
        folder / "log.csv", format="events", person="who", activity="what", channel="how", time="at", timezone="UTC"
    )
    return moved.join(
        wb.read(
            folder / "said.csv",
            format="survey",
            person="who",
            wave="wave",
            segments=["segment"],
            questions={
                "nps": {"measure": "nps", "scale": [0, 10]},
                "bill": {"measure": "csat", "scale": [1, 5], "step": "bill"},
            },
        )
    )


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return town(tmp_path_factory.mktemp("town"))


def declared(journey):
    return replace(journey, personas={"Young": {"segment": "young"}, "Old": {"segment": "old"}})


# -- declared ---------------------------------------------------------------------------------------------------------


def test_each_persona_has_its_share_and_what_sets_it_apart_counted_by_hand(study):
    journey = study.journey
    found = wb.personas(journey)
    table = found.table.set_index(["persona", "what"])
    people = journey.people.to_frame().set_index("person")
    seen = rows(
        journey.observed()
        .records.lazy.filter(
            wb.journey.nw.col("kind").is_in(["event", "complaint", "answer"]), ~wb.journey.nw.col("person").is_null()
        )
        .select("person")
        .unique()
    )["person"]
    here = people.reindex(seen)
    owners = here["segment"] == "owner"
    assert table.loc[("Settled family", "of all people"), "n"] == owners.sum()
    assert table.loc[("Settled family", "of all people"), "value"] == pytest.approx(100 * owners.mean())
    row = table.loc[("Settled family", "region: North")]
    known = here["region"].notna()
    north = here["region"] == "North"
    by_hand = share_difference(
        (owners & north).sum(), (owners & known).sum(), (~owners & north).sum(), (~owners & known).sum()
    )
    assert (row["difference"], row["from"], row["to"]) == pytest.approx(
        (100 * by_hand.value, 100 * by_hand.low, 100 * by_hand.high)
    )
    assert table.loc[("Settled family", "also Called in time"), "n"] == owners.sum()
    assert "several personas at once" in found.cautions[0]


def test_a_persona_of_few_is_hidden_and_nobody_is_told(planted):
    few = replace(planted, personas={"Young": {"segment": "young"}, "Nobody": {"segment": "middle-aged"}})
    found = wb.personas(few)
    assert any('Nobody is "Nobody"' in one for one in found.cautions)
    shown = wb.personas(declared(planted), minimum_base=100).to_frame()
    assert shown.loc[shown["persona"] == "Old", "value"].isna().all()


def test_without_personas_it_says_how_to_have_some(planted):
    for ask in (wb.personas, wb.persona_shares):
        with pytest.raises(wb.DataFault, match="propose_personas"):
            ask(planted)


def test_shares_over_waves_and_months(planted):
    found = wb.persona_shares(declared(planted))
    counted = planted.of_kind("answer").count(by=["wave", "segment"]).set_index(["wave", "segment"])["people"]
    row = found.table.set_index(["wave", "persona"]).loc[("1", "Young")]
    assert row["value"] == pytest.approx(100 * counted["1", "young"] / counted["1"].sum())
    assert "the same in all waves" in found.sentence
    assert set(wb.persona_shares(declared(planted), every="quarter").table["quarter"]) >= {"2025 Q1", "2025 Q2"}
    with pytest.raises(wb.DataFault, match="month"):
        wb.persona_shares(declared(planted), every="mnth")


def test_what_changes_from_event_to_event_is_honoured_in_each_period(tmp_path):
    lines = [
        f"p{k},buy,{'gold' if month > 6 and k < 60 else 'basic'},2025-{month:02}-03"
        for k in range(100)
        for month in (3, 9)
    ]
    (tmp_path / "log.csv").write_text("who,what,tier,at\n" + "\n".join(lines) + "\n", encoding="utf-8")
    journey = wb.read(
        tmp_path / "log.csv", format="events", person="who", activity="what", channel="tier", time="at", timezone="UTC"
    )
    found = wb.persona_shares(replace(journey, personas={"Gold": {"channel": "gold"}}), every="month")
    assert found.table["value"].tolist() == [0, 60] and "Gold: 0 % in 2025-03" in found.sentence


# -- proposed ---------------------------------------------------------------------------------------------------------


def test_planted_kinds_are_found_and_told_and_every_measure_is_asked_by_them(planted):
    found = wb.propose_personas(planted)
    assert found.table["n"].tolist() == pytest.approx([120, 80], abs=6)
    assert (found.table["stability"] > 0.9).all() and "not kinds of people that exist" in found.sentence
    people = found.journey.people.to_frame()
    assert people["proposed_persona"].value_counts().tolist() == found.table["n"].tolist()
    assert wb.nps(found.journey, by="proposed_persona").table["value"].tolist() == pytest.approx([67, -100], abs=8)
    gap = wb.compare(found.journey, "nps", {"proposed_persona": "class A"}).table
    assert gap["value"].iloc[2] > 50
    profile = found.profile.table
    made = profile[(profile["proposed_persona"] == "class B") & (profile["what"] == 'at "pay"')].iloc[0]
    assert made["value"] < 10 < 80 < made["rest %"] and np.isnan(made["p corrected"])
    assert (profile.loc[profile["what"].str.startswith("segment"), "p corrected"] < 0.001).all()


def test_what_tells_a_class_is_kept_as_words_that_study_yaml_reads(planted):
    text = wb.propose_personas(planted).rules()
    kept = [Persona.model_validate(one) for one in models.parse(text, "study.yaml")["personas"]]
    assert [one.where for one in kept] == [{"segment": "young"}, {"segment": "old"}]
    assert models.build({"title": "x"} | models.parse(text, "study.yaml"), About).personas == kept


def test_classes_that_attributes_do_not_tell_are_said_to_be_so(study):
    text = wb.propose_personas(study.journey, classes=2, over=["path"]).rules()
    assert "is not told by attributes of people" in text and models.parse(text, "study.yaml")["personas"] == []


def test_nothing_is_proposed_where_nothing_is_alike_and_forced_classes_are_unstable(tmp_path):
    journey = town(tmp_path, (150, 150), noise=True)
    found = wb.propose_personas(journey)
    assert "no personas are proposed" in found.sentence and len(found.table) == 1
    assert found.rules().strip() == "personas: []"
    forced = wb.propose_personas(journey, classes=3)
    assert (forced.table["caution"] == "unstable").any() and forced.cautions[0].startswith("Unstable")


def test_the_same_whoever_holds_the_key_and_however_rows_lie(planted, tmp_path):
    other = town(tmp_path, letters="another", shuffled=True)
    proposed = [wb.propose_personas(one) for one in (planted, other)]
    looked = [wb.personas(declared(one)) for one in (planted, other)]
    for one, two in (proposed, looked, [each.profile for each in proposed]):
        assert one.table.to_csv() == two.table.to_csv() and one.sentence == two.sentence
        assert one.method == two.method and one.cautions == two.cautions


def test_small_data_and_unknown_names_are_refused_and_more_features_than_people_answered(tmp_path, planted):
    with pytest.raises(wb.DataFault, match="at least 20"):
        wb.propose_personas(town(tmp_path, (6, 5)))
    with pytest.raises(wb.DataFault, match="answers"):
        wb.propose_personas(planted, over="answer")
    with pytest.raises(wb.DataFault, match="distinct patterns"):
        wb.propose_personas(planted, classes=0)
    some = wb.propose_personas(town(tmp_path, (14, 12)))
    assert "left out: too many for so many people" in some.method


# -- two along the map ------------------------------------------------------------------------------------------------


def test_two_personas_step_by_step_agree_with_comparing_them_one_by_one(study):
    journey = study.journey
    found = wb.compare_personas(journey, "Renter on the move", "Settled family")
    table = found.table.set_index(["step", "what"])
    row = table.loc[("first-bill", "NPS points")]
    one = wb.compare(journey, "nps", {"segment": "tenant"}, {"segment": "owner"}, step="first-bill").table
    assert (row["value"], row["other"], row["difference"]) == pytest.approx(tuple(one["value"]))
    assert row["n"] == one["n"].min() and row["from"] == pytest.approx(one["low"].iloc[2], rel=0.05)
    calls = journey.of_kind("event").where(segment="tenant", step="asks-about-bill").count()["n"].iloc[0]
    people = journey.where(segment="tenant").count()["people"].iloc[0]
    assert table.loc[("asks-about-bill", "contacts per 100 people"), "value"] == pytest.approx(100 * calls / people)
    assert [step for step in found.table["step"].drop_duplicates() if isinstance(step, str)] == list(journey.step_order)
    assert len(found.plot().data) > 0


def test_people_of_both_are_left_out_and_personas_that_are_not_there_refused(study, planted):
    found = wb.compare_personas(study.journey, "Called in time", "Settled family", of="csat")
    assert "who are both left out" in found.base and found.table["what"].nunique() == 1
    with pytest.raises(wb.DataFault, match="Settled family"):
        wb.compare_personas(study.journey, "Settled famly", "Renter on the move")
    with pytest.raises(wb.DataFault, match="two personas"):
        wb.compare_personas(study.journey, "Settled family", "Settled family")
    with pytest.raises(wb.DataFault, match="propose_personas"):
        wb.compare_personas(planted, "class A", "class B")
    proposed = wb.propose_personas(planted).journey
    assert wb.compare_personas(proposed, "class A", "class B").table["p corrected"].min() < 0.001


def crowd(folder, sizes):
    """People of kinds of these sizes, each with one contact, half of them odd."""
    log = [
        (f"{kind}{place}", step, kind, ["odd", "even"][place % 2], "x", f"2025-01-{1 + place % 20:02d}")
        for kind, size in sizes.items()
        for place in range(size)
        for step in ("join", "bill")
    ]
    columns = ["who", "what", "kind of", "parity", "place", "at"]
    pd.DataFrame(log, columns=columns).to_csv(folder / "crowd.csv", index=False)
    return wb.read(
        folder / "crowd.csv", format="events", person="who", activity="what", time="at", timezone="UTC",
        segments=["kind of", "parity", "place"],
    )  # fmt: skip


def test_how_many_are_a_hidden_persona_cannot_be_had_from_the_others(tmp_path):
    journey = crowd(tmp_path, {"few": 5, "some": 90, "many": 105})
    told = {
        "Few": {"kind of": "few"},
        "Some": {"kind of": "some"},
        "Odd": {"parity": "odd"},
        "Even": {"parity": "even"},
    }
    found = wb.personas(replace(journey, personas=told), top=30)
    assert not [what for what in found.to_frame()["what"] if what == "also Few"]
    assert "also Odd" in set(found.table.loc[found.table["persona"] == "Some", "what"])
    most = {"Most": {"kind of": "many"}}
    small = wb.personas(replace(crowd(tmp_path, {"few": 5, "many": 60}), personas=most))
    assert not [one for one in small.cautions if "none of the personas" in one]
    alone = wb.personas(replace(crowd(tmp_path, {"few": 5}), personas={"Few": {"kind of": "few"}}))
    assert alone.base.startswith("fewer than 10 people")


def test_how_many_are_a_hidden_class_is_not_told_beside_it(tmp_path):
    log = []
    for kind, size, steps in (("a", 70, ["join", "bill"]), ("b", 60, ["call", "moan"]), ("c", 6, ["pay", "leave"])):
        for place in range(size):
            log += [(f"{kind}{place}", step, kind, f"2025-01-{1 + place % 20:02d}") for step in steps]
    pd.DataFrame(log, columns=["who", "what", "sort", "at"]).to_csv(tmp_path / "log.csv", index=False)
    journey = wb.read(
        tmp_path / "log.csv",
        format="events",
        person="who",
        activity="what",
        time="at",
        timezone="UTC",
        segments=["sort"],
    )
    found = wb.propose_personas(journey, classes=3)
    assert sorted(found.table["n"]) == [6, 60, 70]
    assert found.choice.table["smallest class %"].isna().all()
    assert "class C is not told by attributes of people: fewer than 10 people are of it" in found.rules()
    assert found.rules().count("- name:") == 2


def test_what_is_no_number_of_classes_and_no_seed_is_refused(planted):
    for asked in ({"classes": "3"}, {"classes": 2.5}, {"seed": -1}, {"seed": "x"}):
        with pytest.raises(wb.DataFault, match=next(iter(asked))):
            wb.propose_personas(planted, **asked)


def test_an_attribute_called_as_what_records_say_is_none(tmp_path):
    journey = crowd(tmp_path, {"some": 90, "many": 105})
    assert journey.distinct("gap") is not None
    found = wb.personas(replace(journey, personas={"Some": {"kind of": "some"}, "Odd": {"parity": "odd"}}))
    assert not found.table["what"].str.startswith("place").any()
    with pytest.raises(wb.DataFault, match="place"):
        wb.propose_personas(journey, over="place")
