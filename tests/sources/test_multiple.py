"""Several options chosen: one column an option, a list in a column, one choice; and the kinds of nothing kept apart."""

from __future__ import annotations

import narwhals as nw
import pytest

import workbench as wb
from workbench import files
from workbench.engine import Engine, rows
from workbench.sources.binding import Binding, Several
from workbench.sources.multiple import columns_of, measures, records, split
from workbench.sources.reading import Desk


def read(tmp_path, content, column="", person="who", skipped=(), **question):
    """What each person says of each option: {person's row: {option: value or state}}, and the desk."""
    path = tmp_path / "answers.csv"
    path.write_text(content, encoding="utf-8")
    engine = Engine()
    binding = Binding(person=person, skipped=list(skipped))
    desk = Desk(files.receive(path, engine.scratch), engine, binding, b"k" * 32)
    sheet = desk.with_person(desk.sheet())
    frame = sheet.frame.with_columns(
        *[nw.lit(None).cast(nw.String).alias(name) for name in ("wave", "channel", "row_step")],
        nw.lit(None).cast(nw.Int64).alias("time"),
        nw.lit(None).cast(nw.Float64).alias("weight"),
    )
    several = Several.model_validate({"measure": "used"} | question)
    desk.check(sheet, columns_of(column, several))
    table = rows(records(desk, sheet, frame, column, several, 10).sort("order"))
    assert table["order"].is_unique
    found = {}
    for order, measure, state, value in table[["order", "measure", "state", "value"]].itertuples(index=False):
        said = int(value) if state == "answered" else state
        found.setdefault(int(order) // 10_000, {})[measure.removeprefix("used: ")] = said
    listed = [one["measure"] for one in measures(desk, sheet, column, several)]
    assert listed == [f"used: {option}" for option in several.called]
    return found, desk


def told(desk):
    return " | ".join(f"{fault.column}: {fault.found}" for fault in desk.faults)


COLUMNS = {"Shop": "s", "App": "a"}


def test_a_blank_beside_a_tick_is_not_chosen_and_a_blank_row_is_unknown(tmp_path):
    found, _ = read(tmp_path, "who,s,a\n1,Y,\n2,,\n3,Y,Y\n", columns=COLUMNS)
    assert found[2] == {"Shop": 1, "App": 0}
    assert found[3] == {"Shop": "unknown", "App": "unknown"}
    assert found[4] == {"Shop": 1, "App": 1}


def test_a_row_that_says_no_to_all_chose_none(tmp_path):
    found, _ = read(tmp_path, "who,s,a\n1,1,0\n2,0,0\n3,,1\n", columns=COLUMNS)
    assert found[3] == {"Shop": 0, "App": 0}
    assert found[4] == {"Shop": "unknown", "App": 1}  # this file writes out what was not chosen


def test_not_shown_skipped_and_not_applicable_stay_apart(tmp_path):
    found, desk = read(
        tmp_path,
        "who,s,a\n1,null,1\n2,-99,-99\n3,0,n/a\n4,,\n",
        columns=COLUMNS,
        not_shown=["null"],
        missing=["-99"],
        not_applicable=["n/a"],
        blank="skipped",
    )
    assert found[2] == {"Shop": "not_shown", "App": 1}
    assert found[3] == {"Shop": "skipped", "App": "skipped"}
    assert found[4] == {"Shop": 0, "App": "not_applicable"}
    assert found[5] == {"Shop": "skipped", "App": "skipped"}
    assert not desk.faults


def test_the_options_own_label_is_a_tick(tmp_path):
    found, _ = read(tmp_path, "who,s,a\n1,Shop,Not selected\n", columns=COLUMNS)
    assert found[2] == {"Shop": 1, "App": 0}


def test_one_and_two_must_be_explained(tmp_path):
    text = "who,s,a\n1,1,2\n2,2,2\n"
    with pytest.raises(wb.DataFault, match="cells with 1 and 2 for options"):
        read(tmp_path, text, columns=COLUMNS)
    found, _ = read(tmp_path, text, columns=COLUMNS, chosen=["1"], unchosen=["2"])
    assert found == {2: {"Shop": 1, "App": 0}, 3: {"Shop": 0, "App": 0}}


def test_a_cell_that_is_neither_is_told_by_its_shape(tmp_path):
    found, desk = read(tmp_path, "who,s,a\n1,Y,my neighbour Joan\n", columns=COLUMNS)
    assert found[2] == {"Shop": 1, "App": "unknown"}
    assert "a text of 17 letters" in told(desk) and "Joan" not in told(desk)


LABELS = {"Shop, on the corner": "shop", "Shop": "any shop", "App": "app"}


def test_labels_that_hold_the_delimiter_are_split_by_the_list_of_options(tmp_path):
    found, desk = read(
        tmp_path,
        'who,used\n1,"Shop, on the corner, App"\n2,"Shop, App"\n3,App\n4,\n',
        "used",
        options=LABELS,
        delimiter=",",
    )
    assert found[2] == {"shop": 1, "any shop": 0, "app": 1}
    assert found[3] == {"shop": 0, "any shop": 1, "app": 1}
    assert found[4] == {"shop": 0, "any shop": 0, "app": 1}
    assert set(found[5].values()) == {"unknown"}
    assert not desk.faults


@pytest.mark.parametrize(
    ("text", "delimiter", "names", "left"),
    [
        ("A;B;", ";", ["a", "b"], []),
        ("1,3", ",", ["one", "three"], []),
        ("a b", " ", ["a", "b"], []),
        ("B; something, else", ";", ["b"], ["something, else"]),
        ("fish, and chips, A", ",", ["a"], ["fish, and chips"]),
        ("Apple", ";", [], ["Apple"]),
        ("A.B;B", ";", ["dotted", "b"], []),
        (" a ;  B", ";", ["a", "b"], []),
    ],
)
def test_lists(text, delimiter, names, left):
    options = {"A": "a", "B": "b", "1": "one", "3": "three", "A.B": "dotted"}
    assert split(text, options, delimiter) == (names, left)


def test_none_of_these_is_an_answer_and_a_word_of_ones_own_is_other_or_told(tmp_path):
    text = 'who,used\n1,None of these\n2,"App, my own car"\n3,my own car\n4,(skipped)\n'
    bound = {"options": {"App": "app", "Shop": "shop"}, "delimiter": ",", "none": ["None of these"]}
    found, desk = read(tmp_path, text, "used", skipped=["(skipped)"], **bound)
    assert found[2] == {"app": 0, "shop": 0}
    assert found[3] == {"app": 1, "shop": 0}
    assert found[4] == {"app": "unknown", "shop": "unknown"}
    assert found[5] == {"app": "skipped", "shop": "skipped"}
    assert "a text of 10 letters" in told(desk)
    found, desk = read(tmp_path, text, "used", skipped=["(skipped)"], other="another way", **bound)
    assert found[4] == {"app": 0, "shop": 0, "another way": 1}
    assert not desk.faults


def test_one_choice_in_one_column(tmp_path):
    found, _ = read(tmp_path, "who,used\n1,2\n2,1\n3,\n", "used", options={"1": "shop", "2": "app"})
    assert found[2] == {"shop": 0, "app": 1}
    assert set(found[4].values()) == {"unknown"}


def test_several_columns_that_may_each_hold_any_option(tmp_path):
    text = "who,first,second\n1,2,1\n2,,2\n3,,\n"
    found, _ = read(tmp_path, text, columns=["first", "second"], options={"1": "shop", "2": "app"})
    assert found[2] == {"shop": 1, "app": 1}
    assert found[3] == {"shop": 0, "app": 1}
    assert set(found[4].values()) == {"unknown"}


def test_a_column_that_is_not_there_is_told(tmp_path):
    with pytest.raises(wb.DataFault, match='did you mean "s"|no column called'):
        read(tmp_path, "who,s\n1,Y\n", columns=COLUMNS)


@pytest.mark.parametrize(
    "words", [{}, {"columns": ["a"]}, {"columns": COLUMNS, "delimiter": ";"}, {"options": {"1": "a"}, "delimiter": ""}]
)
def test_a_question_without_options_is_no_question(words):
    with pytest.raises(ValueError):
        Binding.model_validate({"several": {"used": {"measure": "used"} | words}})


def test_real_lists_of_words(shared):
    path = shared / "data" / "jupyter_surveys" / "20160115235816-SurveyExport.csv"
    engine = Engine()
    desk = Desk(files.receive(path, engine.scratch), engine, Binding(), b"k" * 32)
    sheet = desk.with_person(desk.sheet())
    nothing = [nw.lit(None).cast(nw.String).alias(name) for name in ("wave", "channel", "row_step")]
    frame = sheet.frame.with_columns(
        *nothing, nw.lit(None).cast(nw.Int64).alias("time"), nw.lit(None).cast(nw.Float64).alias("weight")
    )
    column = "Select all the words that best describe Jupyter Notebook."
    words = ("comfortable", "intuitive", "convenient")
    several = Several(measure="word", options={word: word for word in words}, delimiter=";", other="another")
    table = rows(records(desk, sheet, frame, column, several, 0))
    assert len(table) == 1706 * 4
    assert (table["state"] == "unknown").sum() == 958 * 4
    chosen = table[table["value"] == 1].groupby("measure").size()
    plain = rows(sheet.frame.select(nw.col(sheet.column(column)).alias("cell")))["cell"].dropna()
    for word in words:
        assert chosen[f"word: {word}"] == plain.map(lambda cell, word=word: word in cell.split(";")).sum()


def test_a_survey_binds_questions_with_several_options(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("who,nps,used\na,9,web;phone\nb,3,phone\nc,8,\n", encoding="utf-8")
    journey = wb.read(
        path,
        format="survey",
        person="who",
        questions={"nps": "nps"},
        several={"used": {"measure": "used", "options": {"web": "Web", "phone": "Phone"}, "delimiter": ";"}},
    )
    phone = journey.count(of="used: Phone", people=False)
    assert dict(zip(phone["value"], phone["n"], strict=True)) == {1: 2}
    web = journey.count(of="used: Web", people=False)
    assert dict(zip(web["value"], web["n"], strict=True)) == {0: 1, 1: 1}
    assert wb.mean_rating(journey, by=(), of="used: Web", minimum_base=1).table["value"].iloc[0] == 0.5
