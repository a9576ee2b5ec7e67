"""Who people are stays inside: pseudonyms, masked words, groups too small hidden with their complements."""

from __future__ import annotations

import os
import stat

import pandas as pd
import pytest

import workbench as wb
from workbench import places, privacy
from workbench.steps.map import JourneyMap, Stage, Step
from workbench.steps.measure import evidence
from workbench.steps.measure.quotes_at_steps import quotes


def test_a_pseudonym_is_the_same_for_the_same_key_and_tells_nothing():
    secret = b"k" * 32
    assert privacy.pseudonym(secret, "00123") == privacy.pseudonym(secret, "00123")
    assert (
        len(
            {
                privacy.pseudonym(secret, "00123"),
                privacy.pseudonym(secret, "123"),
                privacy.pseudonym(b"j" * 32, "00123"),
            }
        )
        == 3
    )
    assert privacy.pseudonym(secret, "7", "2016") != privacy.pseudonym(secret, "7", "2017")


def test_the_key_lies_in_the_settings_folder_for_its_owner_alone():
    first = privacy.key("a study")
    assert privacy.key("a study") == first
    assert privacy.key("another study") != first
    keys = list((places.settings() / "keys").glob("*.key"))
    assert keys
    assert all(stat.S_IMODE(os.stat(path).st_mode) == 0o600 for path in keys)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Write to jane.doe@example.com please", "Write to [e-mail] please"),
        ("Ring 07700 900123 after six", "Ring [phone] after six"),
        ("paid with 4111 1111 1111 1111", "paid with [card]"),
        ("my meter is 4111 1111 1111 1112", "my meter is 4111 1111 1111 1112"),
        ("my NI is AB 12 34 56 C", "my NI is [NI number]"),
        ("NHS number 943 476 5919", "NHS number [NHS number]"),
        ("at 12 Acacia Avenue, Leeds LS1 4AP", "at [address], Leeds [postcode]"),
        ("My name is Priya Raghunathan and I waited", "My name is [name] and I waited"),
        ("Spoke to Dave in billing", "Spoke to [name] in billing"),
        ("Mr. O'Halloran next door agrees", "Mr. [name] next door agrees"),
        ("Scored 10/10 in week 12, paid £1,200.50", "Scored 10/10 in week 12, paid £1,200.50"),
        ("Version 2.10.1 of the app, error 40412", "Version 2.10.1 of the app, error 40412"),
    ],
)
def test_words_are_masked_and_look_alikes_are_kept(said, shown):
    assert wb.mask(said) == shown


def test_the_studys_own_customers_are_masked_by_name():
    assert wb.mask("then Okonkwo rang again", names=["Okonkwo"]) == "then [name] rang again"


def test_masking_a_long_run_of_letters_takes_no_time_to_speak_of():
    assert wb.mask("x" * 200_000 + " a@example.com").endswith("[e-mail]")


def test_a_small_group_is_hidden_with_its_smallest_neighbour():
    table = pd.DataFrame({"segment": list("abcd"), "value": [1.0, 2.0, 3.0, 4.0], "n": [100, 3, 40, 60]})
    shown = privacy.hide_small(table, ["segment"], 10)
    assert shown[privacy.HIDDEN].tolist() == [False, True, True, False]
    assert shown["value"].tolist()[0] == 1.0
    assert shown.loc[1:2, ["value", "n"]].isna().all().all()


def test_two_small_groups_are_not_left_as_a_rest_of_a_few():
    table = pd.DataFrame({"segment": list("abcd"), "value": [1.0, 2.0, 3.0, 4.0], "n": [100, 4, 3, 40]})
    shown = privacy.hide_small(table, ["segment"], 10)
    assert shown[privacy.HIDDEN].tolist() == [False, True, True, True]
    enough = pd.DataFrame({"segment": list("abcd"), "value": [1.0, 2.0, 3.0, 4.0], "n": [100, 6, 5, 40]})
    assert privacy.hide_small(enough, ["segment"], 10)[privacy.HIDDEN].tolist() == [False, True, True, False]


def test_a_small_cell_cannot_be_had_from_a_rows_or_a_columns_total():
    table = pd.DataFrame(
        [
            (region, channel, 1.0, 3 if (region, channel) == ("South", "Web") else 25)
            for region in ("North", "South", "East")
            for channel in ("Web", "Phone", "Post")
        ],
        columns=["region", "channel", "value", "n"],
    )
    shown = privacy.hide_small(table, ["region", "channel"], 10)
    hidden = shown[shown[privacy.HIDDEN]]
    assert ("South", "Web") in set(zip(hidden["region"], hidden["channel"], strict=True))
    for dimension in ("region", "channel"):
        assert (hidden.groupby(dimension).size() >= 2).all()


def test_nobody_is_no_small_group():
    table = pd.DataFrame({"step": ["a", "b"], "value": [1.0, float("nan")], "n": [100, 0]})
    assert privacy.HIDDEN not in privacy.hide_small(table, ["step"], 10)


def test_a_hidden_group_is_in_no_text_table_or_program_output(water):
    finding = wb.nps(water, by="segment")  # five people: all groups are too small
    assert "No group is large enough" in finding.sentence
    assert finding.to_frame()["value"].isna().all()
    assert all(row["value"] is None for row in finding.to_dict()["table"])
    assert "hidden" in finding._repr_html_()


def test_an_analyst_may_compute_below_the_minimum_on_purpose(water):
    finding = wb.nps(water, by=(), minimum_base=1)
    assert finding.table["value"].iloc[0] == pytest.approx(0)  # two promoters, two detractors of five


def test_identifying_columns_never_reach_the_frame(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("who,RecipientEmail,IPAddress,nps\nx,a@example.com,192.0.2.1,9\n", encoding="utf-8")
    journey = wb.read(path, format="survey", person="who", questions={"nps": "nps"})
    assert "RecipientEmail, IPAddress" in [fault.column for fault in journey.faults]
    kept = journey.to_frame().to_csv() + journey.people.to_frame().to_csv()
    assert "example.com" not in kept and "192.0.2.1" not in kept


def test_a_group_that_all_answered_alike_is_withheld_with_a_complement(tmp_path):
    answers = [(f"A{one}", "North", 9) for one in range(12)]
    answers += [(f"B{one}", "South", one % 11) for one in range(30)] + [
        (f"C{one}", "East", one % 11) for one in range(25)
    ]
    path = tmp_path / "answers.csv"
    path.write_text("id,region,nps\n" + "".join(f"{who},{where},{said}\n" for who, where, said in answers))
    journey = wb.read(
        path, format="survey", person="id", segments=["region"], questions={"nps": {"measure": "nps", "scale": [0, 10]}}
    )
    shown = wb.nps(journey, by="region").to_frame().set_index("region")
    assert shown["hidden"].to_dict() == {"East": True, "North": True, "South": False}
    assert "alike" not in shown and "alike" not in str(wb.nps(journey, by="region").to_dict()["table"])
    banner = wb.crosstab(journey, rows="nps", by="region").to_frame()
    north = banner[banner["column"] == "region: North"]
    assert north["value"].isna().all() and "all answered alike" in wb.nps(journey, by="region")._repr_html_()
    spread = wb.distribution(journey, of="nps", by="region").to_frame()
    assert spread.loc[spread["region"] == "South", "value"].notna().all()


@pytest.mark.parametrize("format", ["survey", "complaints"])
def test_words_are_quoted_only_where_their_writer_agreed(tmp_path, format):
    path = tmp_path / "said.csv"
    said = [(one, "no" if one % 2 else "Yes") for one in range(60)]
    lines = [
        f"P{one},2025-03-{one % 27 + 1:02},{one % 11},bill,They took {one} weeks to answer me about the bill,{may}"
        for one, may in said
    ]
    path.write_text("id,day,nps,what,said,may we quote\n" + "\n".join(lines) + "\n")
    words = {"person": "id", "text": ["said"], "consent": "may we quote", "timezone": "UTC"}
    if format == "survey":
        words |= {
            "time": "day",
            "step": "what",
            "questions": {"nps": {"measure": "nps", "scale": [0, 10], "step": "bill"}},
        }
    else:
        words |= {"opened": "day", "category": "what"}
    journey = wb.read(path, format=format, **words)
    told = (
        journey.of_kind("comment" if format == "survey" else "complaint")
        .to_frame()
        .sort_values("order")["text"]
        .tolist()
    )
    assert [one.endswith(" [†]") for one in told] == [bool(place % 2) for place in range(60)]
    with pytest.raises(wb.DataFault, match="may we ask"):
        wb.read(path, format=format, **words | {"consent": "may we ask"})
    if format == "survey":
        quoted = {one["words"] for those in quotes(journey).values() for one in those}
        assert quoted and not any("†" in one for one in quoted)
        assert all(int(one.split()[2]) % 2 == 0 for one in quoted)


def test_what_was_asked_for_below_the_minimum_base_does_not_go_out(water, tmp_path):
    low = wb.nps(water, by=(), minimum_base=1)
    assert low.to_frame()["value"].notna().all()
    with pytest.raises(wb.DataFault, match="groups under 10"):
        wb.write_page(low, tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_a_step_where_all_answered_alike_shows_nothing_on_the_map(tmp_path):
    path = tmp_path / "answers.csv"
    rows = [f"p{one},{5},{1 + one % 5},{1 + one % 4}" for one in range(40)]
    path.write_text("id,moves,pays,asks\n" + "\n".join(rows) + "\n")
    asked = {step: {"measure": "emotion", "scale": [1, 5], "step": step} for step in ("moves", "pays", "asks")}
    journey = wb.read(path, format="survey", person="id", questions=asked)
    steps = [Step(id=step, name=step.capitalize()) for step in asked]
    view = evidence.view(journey, JourneyMap(stages=[Stage(name="All", steps=steps)]), "t", "s", [])["steps"]
    assert view["moves"]["emotion"] == {"hidden": True}
    assert sum(one["emotion"] == {"hidden": True} for one in view.values()) == 2  # and its complement
