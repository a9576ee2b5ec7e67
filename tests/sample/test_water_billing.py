"""The sample study: the generator gives the committed bytes, the files agree with each other, the truth is in the data."""

from __future__ import annotations

import csv
import json
import re
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

from workbench.sample.__main__ import main
from workbench.sample.water_billing import make

HOME = Path(__file__).resolve().parents[2]
STUDY = HOME / "data" / "water-billing"
SOURCES = STUDY / "sources"
STRATUM = ["region", "segment"]


def plain(path: Path):
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


def rows(name: str) -> list[dict[str, str]]:
    with (SOURCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def steps_of(drawn) -> dict[str, dict]:
    return {step["id"]: step for stage in drawn["stages"] for step in stage["steps"]}


@pytest.fixture(scope="module")
def truth():
    return plain(STUDY / "truth.yaml")


@pytest.fixture(scope="module")
def steps() -> dict[str, dict]:
    return steps_of(plain(STUDY / "map.yaml"))


@pytest.fixture(scope="module")
def export() -> pd.DataFrame:
    """Every row of the survey's export, by heading."""
    table = pd.read_csv(SOURCES / "survey.csv", dtype=str, keep_default_na=False)
    return table.iloc[2:].reset_index(drop=True)


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return pd.DataFrame(rows("customers.csv")).set_index("customer_id")


@pytest.fixture(scope="module")
def usable(export, customers) -> pd.DataFrame:
    kept = export[(export["Status"] == "0") & (export["Q_TerminateFlag"] != "Screened")]
    kept = kept.join(customers, on="ExternalReference", validate="many_to_one")
    return kept.assign(w=kept["weight"].astype(float))


def answered(usable: pd.DataFrame, heading: str) -> pd.DataFrame:
    kept = usable[~usable[heading].isin(["", "-99"])]
    return kept.assign(score=kept[heading].astype(int))


def mean(table: pd.DataFrame, value: pd.Series) -> float:
    return float((value * table["w"]).sum() / table["w"].sum())


def nps(table: pd.DataFrame) -> float:
    return 100 * mean(table, (table["score"] >= 9).astype(int) - (table["score"] <= 6).astype(int))


def gap(table: pd.DataFrame, attribute: str, a: str, b: str, adjust: tuple[str, ...] = ()) -> float:
    """NPS of group a less group b, with the shares of the kinds in `adjust` held equal."""
    if not adjust:
        return nps(table[table[attribute] == a]) - nps(table[table[attribute] == b])
    kinds = table.groupby(list(adjust) if len(adjust) > 1 else adjust[0])
    shares = kinds["w"].sum() / table["w"].sum()
    return sum(shares[kind] * gap(part, attribute, a, b) for kind, part in kinds)


# ------------------------------------------------------------------------------------------------------- the generator


def test_the_generator_gives_the_committed_bytes_again(tmp_path):
    made = {path.relative_to(tmp_path): path.read_bytes() for path in make(tmp_path)}
    held = {path.relative_to(STUDY): path.read_bytes() for path in SOURCES.rglob("*") if path.is_file()}
    held[Path("truth.yaml")] = (STUDY / "truth.yaml").read_bytes()
    assert set(made) == set(held)
    assert [str(name) for name in made if made[name] != held[name]] == []


def test_another_seed_gives_another_town(tmp_path, capsys):
    assert main([str(tmp_path), "7"]) == 0
    assert (tmp_path / "sources" / "survey.csv").read_bytes() != (SOURCES / "survey.csv").read_bytes()
    assert "survey.csv" in capsys.readouterr().out


def test_a_wrong_word_is_answered_with_the_use(capsys):
    assert main([]) == 2
    assert "python -m workbench.sample FOLDER" in capsys.readouterr().err


def test_the_files_stay_small():
    assert sum(path.stat().st_size for path in SOURCES.rglob("*") if path.is_file()) < 6_000_000


# ------------------------------------------------------------------------------------------------- the files agree


def test_the_questionnaire_knows_every_question_of_the_export():
    questionnaire = plain(HOME / "surveys" / "water-billing.yaml")
    with (SOURCES / "survey.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        headings, _, imports = (next(reader) for _ in range(3))
    marks = [json.loads(cell) for cell in imports]
    asked = [mark["ImportId"] for mark in marks if mark["ImportId"].startswith("QID")]
    assert [question["name"] for question in questionnaire["survey"]] == [name for name in asked if name != "QID2"]
    assert [mark["ImportId"] for mark in marks if "timeZone" in mark] == ["startDate", "endDate", "recordedDate"]
    binding = questionnaire["binding"]
    assert {binding[word] for word in ("person", "time", "wave", "weight", "stratum")} <= set(headings)
    assert len(headings) == len(set(headings)) == len(set(asked)) + 17 + 5


def test_every_step_used_anywhere_is_on_the_map(steps, truth):
    study, scope = plain(STUDY / "study.yaml"), plain(STUDY / "scope.yaml")
    used = {scope["start"], scope["end"]}
    used |= {step for source in study["sources"] for step in source.get("steps", {}).values()}
    used |= {question.get("step") for question in plain(HOME / "surveys" / "water-billing.yaml")["survey"]}
    used |= {claim.get("step") for claim in plain(STUDY / "hypotheses.yaml")["hypotheses"]}
    used |= {step for solution in plain(STUDY / "solutions.yaml")["solutions"] for step in solution["steps"]}
    used |= {action.get("step") for action in plain(STUDY / "actions.yaml")["actions"]}
    used |= {quote["step"] for quote in plain(STUDY / "codes.yaml")["quotes"]}
    used |= {step for scenario in plain(STUDY / "map.yaml")["scenarios"] for step in scenario["steps"]}
    used |= set(truth["steps"]) - {"whole-journey"} | set(truth["surprises"])
    assert used - {None} <= set(steps)
    assert set(truth["steps"]) == set(steps) - {"address-flagged"} | {"whole-journey"}


def test_the_map_holds_to_the_words_of_the_study(steps):
    drawn, study = plain(STUDY / "map.yaml"), plain(STUDY / "study.yaml")
    assert len(steps) == 8
    assert [step["hot_spot"] for step in steps.values() if "hot_spot" in step] == ["gain", "pain", "pain"]
    assert all(set(step["lanes"]) <= set(drawn["lanes"]) for step in steps.values())
    assert {step["lanes"]["department"] for step in steps.values()} <= set(study["departments"])
    assert {scenario["persona"] for scenario in drawn["scenarios"]} <= {each["name"] for each in study["personas"]}
    assert {scenario["mood"] for scenario in drawn["scenarios"]} == {"good", "bad"}


def test_the_team_was_wrong_where_the_truth_says_so_and_about_right_elsewhere(steps, truth):
    for name, of in truth["steps"].items():
        for feeling in ("emotion", "trust"):
            if name != "whole-journey":
                off = steps[name][feeling] - of[feeling]
                assert off >= 30 if name in truth["surprises"] else abs(off) <= 5, (name, feeling)


def test_solutions_and_actions_lean_on_what_exists(truth):
    claims = {claim["id"] for claim in plain(STUDY / "hypotheses.yaml")["hypotheses"]}
    solutions = {solution["id"]: solution for solution in plain(STUDY / "solutions.yaml")["solutions"]}
    departments = set(plain(STUDY / "study.yaml")["departments"])
    assert claims == set(truth["hypotheses"])
    for solution in solutions.values():
        assert {one for one in solution["evidence"] if isinstance(one, str)} <= claims
        assert solution["gain"].get("finding", "leaflet") in claims
        assert {*solution["requires"], *solution["excludes"]} <= set(solutions)
        assert set(solution["departments"]) <= departments
    assert len({solution["area"] for solution in solutions.values()}) == 4
    for action in plain(STUDY / "actions.yaml")["actions"]:
        assert action.get("solution") in {*solutions, None} and action["department"] in departments
        assert action["start"] <= action["due"] <= action["effect_from"]


def turns(path: Path) -> list[str]:
    """Who speaks in each turn."""
    if path.suffix == ".docx":
        from docx import Document

        lines = [paragraph.text for paragraph in Document(str(path)).paragraphs]
        spoken = [found[1] for line in lines if (found := re.fullmatch(r"(\w+)  \d+:\d\d", line))]
    else:
        spoken = re.findall(r"^<v (\w+)>", path.read_text("utf-8"), re.MULTILINE)
    return [who for place, who in enumerate(spoken) if place == 0 or spoken[place - 1] != who]


def test_each_coded_turn_exists_and_is_the_customers():
    quotes = plain(STUDY / "codes.yaml")["quotes"]
    talks = {quote["file"]: turns(STUDY / quote["file"]) for quote in quotes}
    assert len(talks) == 8 and all(15 <= len(talk) <= 40 for talk in talks.values())
    assert len({(quote["file"], quote["turn"], quote["code"]) for quote in quotes}) == len(quotes)
    for quote in quotes:
        assert talks[quote["file"]][quote["turn"] - 1] != "Researcher", quote
        assert -2 <= quote["emotion"] <= 2


def test_every_word_of_the_sources_is_bound_or_meant_to_stay():
    bound = {source["file"]: source for source in plain(STUDY / "study.yaml")["sources"]}
    events = {row["event"] for row in rows("contacts.csv")}
    assert events - set(bound["sources/contacts.csv"]["steps"]) == {"METER_READ_ESTIMATED", "PAYMENT_REMINDER"}
    reasons = {row["Reason [list]"] for row in rows("tickets.csv")}
    assert reasons - set(bound["sources/tickets.csv"]["steps"]) == {"Water quality or pressure"}
    assert set(bound["sources/customers.csv"]["segments"]) <= set(rows("customers.csv")[0])


def test_nothing_happens_before_the_customer_came_or_after_today(customers):
    today = datetime(2025, 12, 31)
    log = pd.DataFrame(rows("contacts.csv"))
    log["at"] = pd.to_datetime(log["occurred_at"])
    assert log["at"].max() <= today and log["at"].is_monotonic_increasing
    assert (log["at"] >= pd.to_datetime(log["customer_id"].map(customers["customer_since"]))).all()
    assert log.duplicated(["customer_id", "at"]).any()  # ties exist; event_id breaks them
    desk = pd.DataFrame(rows("tickets.csv")).replace("", pd.NA)
    solved = desk.dropna(subset="Solved at")
    assert (pd.to_datetime(solved["Solved at"]) > pd.to_datetime(solved["Created at"])).all()
    assert pd.to_datetime(desk["Created at"]).max() <= today


def test_no_local_time_falls_into_the_hour_that_does_not_exist_or_comes_twice():
    for name, column in (("contacts.csv", "occurred_at"), ("tickets.csv", "Created at"), ("tickets.csv", "Solved at")):
        told = pd.to_datetime(pd.Series([row[column] for row in rows(name) if row[column]]))
        told.dt.tz_localize("Europe/London")  # raises where a time is not there, or there twice


# ---------------------------------------------------------------------------------------------------------- privacy


def test_no_address_or_number_could_be_anybodys():
    for path in [*SOURCES.rglob("*.csv"), *SOURCES.rglob("*.vtt")]:
        text = path.read_text("utf-8")
        assert not re.findall(r"[\w.+-]+@(?!example\.(?:org|com)\b)[\w.-]+", text, re.IGNORECASE), path.name
        assert not re.findall(r"\b0\d{4} (?!900\d{3}\b|960\d{3}\b)\d{6}", text), path.name
    numbers = re.findall(r"\b0\d{4} \d{6}", (SOURCES / "survey.csv").read_text("utf-8"))
    assert {number[:9] for number in numbers} == {"07700 900", "01632 960"}


def test_ip_addresses_are_those_kept_for_examples(export):
    assert set(export["IPAddress"].str.rpartition(".")[0]) == {"192.0.2", "198.51.100"}


# ----------------------------------------------------------------------------------------------------------- the survey


def test_all_kinds_of_rows_and_of_nothing_are_there(export, usable):
    assert (export["Status"] == "1").sum() >= 5 and (export["Status"] == "8").sum() >= 3
    screened = export[export["Q_TerminateFlag"] == "Screened"]
    assert len(screened) > 20 and set(screened["Finished"]) == {"1"} and set(screened["Progress"]) == {"100"}
    assert (usable["asks_about_bill_nps"] == "-99").sum() > 10 and (usable["asks_about_bill_nps"] == "").sum() > 500
    assert (usable["Finished"] == "0").sum() > 20


def test_three_waves_some_people_twice_and_many_different_comments(usable):
    assert 1900 <= len(usable) <= 2200
    assert set(usable["wave"]) == {"2025-03", "2025-07", "2025-11"}
    assert not usable.duplicated(["ExternalReference", "wave"]).any()
    assert usable["ExternalReference"].duplicated().sum() > 100
    told = pd.concat([usable["first_bill_why"], usable["anything_else"]])
    assert told[~told.isin(["", "-99"])].nunique() > 500


def test_people_are_asked_only_about_steps_they_went_through(usable):
    assert set(usable.loc[usable["plan"] == "none", "agrees_plan_nps"]) == {""}
    wave = usable[usable["wave"] == "2025-11"]
    assert not (wave.loc[(wave["called_first"] == "yes") & (wave["Finished"] == "1"), "first_contact_nps"] == "").any()


def test_the_weights_put_the_shares_of_the_strata_right(usable, customers):
    assert 0.35 < usable["w"].min() < 0.5 and 2.4 < usable["w"].max() < 3.0
    share = customers.groupby(STRATUM).size() / len(customers)
    for _, wave in usable.groupby("wave"):
        assert wave["w"].mean() == pytest.approx(1, abs=1e-3)
        assert (wave["segment"] == "owner").mean() > share.xs("owner", level="segment").sum() + 0.05
        assert (wave.groupby(STRATUM)["w"].sum() / wave["w"].sum()).to_dict() == pytest.approx(
            share.to_dict(), abs=1e-4
        )


# ------------------------------------------------------------------------------------------------------------ the truth


@pytest.mark.parametrize(
    ("claim", "heading", "groups", "adjust"),
    [
        ("called-first", "first_bill_nps", ("called_first", "yes", "no"), ("segment",)),
        ("plan-on-web", "agrees_plan_nps", ("plan", "web", "phone"), ("segment",)),
        ("north-south", "first_bill_nps", ("region", "North", "South"), ("segment", "called_first")),
        ("north-south-crude", "first_bill_nps", ("region", "North", "South"), ()),
        ("leaflet", "journey_nps", ("leaflet", "yes", "no"), ()),
    ],
)
def test_a_fair_look_finds_the_planted_difference(claim, heading, groups, adjust, usable, truth):
    told = truth["hypotheses"][claim]
    assert gap(answered(usable, heading), *groups, adjust) == pytest.approx(told["design"], abs=told["tolerance"])


def test_the_crude_difference_of_the_regions_is_large_and_vanishes_when_kinds_are_held_equal(usable):
    scores = answered(usable, "first_bill_nps")
    assert gap(scores, "region", "North", "South") < -12
    assert abs(gap(scores, "region", "North", "South", ("segment", "called_first"))) < 8


def test_who_is_called_complains_less_than_half_as_often(customers, truth):
    told = truth["hypotheses"]["called-first-complaints"]
    desk = pd.DataFrame(rows("tickets.csv"))
    assert 400 <= len(desk) <= 600
    bound = {source["file"]: source for source in plain(STUDY / "study.yaml")["sources"]}["sources/tickets.csv"]
    at_bill = desk[desk["Reason [list]"].map(bound["steps"]) == told["step"]]
    called = at_bill["Requester external id"].map(customers["called_first"]).value_counts()
    rate = called / customers["called_first"].value_counts()
    assert rate["yes"] / rate["no"] == pytest.approx(told["design"], abs=told["tolerance"])


def test_one_in_nine_leaves_and_more_after_a_complaint(customers, truth):
    left = customers["switched"] == "yes"
    assert left.mean() == pytest.approx(truth["churn"]["share_switched"], abs=truth["churn"]["tolerance"])
    complained = customers.index.isin({row["Requester external id"] for row in rows("tickets.csv")})
    assert left[complained].mean() - left[~complained].mean() > truth["churn"]["more_after_a_complaint"] / 2


def test_every_step_gives_the_planted_means(usable, truth):
    near = truth["tolerances"]
    for step, designed in truth["steps"].items():
        tag = "journey" if step == "whole-journey" else step.replace("-", "_")
        for measure, value in designed.items():
            table = answered(usable, f"{tag}_{measure}")
            found = nps(table) if measure == "nps" else mean(table, table["score"])
            if measure in ("emotion", "trust"):
                found = (found - 3) * 50
            assert found == pytest.approx(value, abs=near[measure]), (step, measure)


def test_the_phone_call_is_the_gain_of_the_first_contact(usable, truth):
    spots = truth["hot_spots"]["first_contact_nps"]
    scores = answered(usable, "first_contact_nps")
    for called, channel in (("yes", "phone"), ("no", "post")):
        assert nps(scores[scores["called_first"] == called]) == pytest.approx(spots[channel], abs=spots["tolerance"])


def test_the_tracking_falls_in_the_planted_month(truth):
    sheet = pd.read_excel(SOURCES / "tracking.xlsx", sheet_name="Tracking", engine="openpyxl")
    assert list(sheet.columns) == ["month", "measure", "step", "value", "base"] and len(sheet) == 24 * 3 * 2 + 24
    whole = sheet[(sheet["measure"] == "nps") & sheet["step"].isna()]
    shift = truth["tracking"]["nps_shift"]
    after = whole["month"] >= pd.Timestamp(shift["month"])
    fell = whole.loc[after, "value"].mean() - whole.loc[~after, "value"].mean()
    assert fell == pytest.approx(shift["points"], abs=shift["tolerance"])
    waited, shorter = sheet[sheet["measure"] == "minutes waited"], truth["tracking"]["minutes_waited"]
    after = waited["month"] >= pd.Timestamp(shorter["month"])
    gap = waited.loc[after, "value"].mean() - waited.loc[~after, "value"].mean()
    assert gap == pytest.approx(shorter["minutes"], abs=shorter["tolerance"])
