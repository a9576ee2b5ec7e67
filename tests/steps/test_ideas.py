"""The ideas wall: many small ideas, grouped and merged into solutions, and nobody's words or name lost on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from openpyxl import Workbook, load_workbook

import workbench as wb
from workbench.steps.solutions.likeness import alike

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def study(project):
    """A study with a small map and two solutions."""
    study = wb.new_study("first-bill")
    (study.path / "map.yaml").write_text(MAP, encoding="utf-8")
    (study.path / "solutions.yaml").write_text(SOLUTIONS, encoding="utf-8")
    return study


MAP = """\
stages:
  - name: Billed
    steps:
      - {id: first-bill, name: First bill}
      - {id: asks, name: Asks about it}
"""
SOLUTIONS = """\
# what the team proposes
solutions:
  - id: call-first  # since March
    name: Call before the bill
    area: communication
    steps: [first-bill]
    gain: {judged: [2, 4, 6]}
    cost: {once: [10, 20, 30]}
  - {id: letter, name: Letter, area: products, steps: [asks], gain: {judged: [1, 2, 3]}, cost: {once: [1, 2, 3]}}
"""


def wall(study):
    return [(one.words, one.who, one.group, one.solution) for one in study.ideas.ideas]


def test_an_idea_stands_in_its_own_words_with_who_said_it(study):
    id = study.add_idea("  Ring people\nbefore the bill ", who="Ann", step="First bill", area="communication")
    (one,) = study.ideas.ideas
    assert (one.id, one.words, one.who) == (id, "Ring people before the bill", "Ann")
    assert (one.step, one.area, one.when) == ("first-bill", "communication", study.today.isoformat())
    assert study.add_idea("RING people before the bill", who="ann") == id and len(study.ideas.ideas) == 1
    assert study.add_idea("Ring people before the bill", who="Ben") != id and len(study.ideas.ideas) == 2


@pytest.mark.parametrize(
    ("words", "more", "told"),
    [
        ("  ", {}, "an idea in somebody's own words"),
        ("Ring", {"step": "first-bil"}, 'did you mean "first-bill"'),
        ("Ring", {"area": "marketing"}, "communication"),
    ],
)
def test_an_idea_that_cannot_be_is_told_so_and_nothing_is_saved(study, words, more, told):
    before = (study.path / "ideas.yaml").read_bytes()
    with pytest.raises(wb.DataFault, match=told):
        study.add_idea(words, who="Ann", **more)
    assert (study.path / "ideas.yaml").read_bytes() == before


@pytest.mark.parametrize("words", ["Größere Schrift", "先打电话", "Ring! " * 40, "- {a: b}", '"quoted": #no', "1-1"])
def test_any_words_can_be_an_idea(study, words):
    first, second = study.add_idea(words, who="Ann"), study.add_idea(words, who="Ben")
    assert first != second and {one.words for one in study.ideas.ideas} == {" ".join(words.split())}


def test_ideas_that_come_at_the_same_time_all_stand(study):
    places = [wb.open_study(study.path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda at: places[at % 4].add_idea(f"Idea number {at}", who=f"P{at % 4}"), range(24)))
    assert sorted(one.words for one in study.ideas.ideas) == sorted(f"Idea number {at}" for at in range(24))


def test_ideas_are_grouped_and_merged_and_keep_their_words(study):
    ids = [
        study.add_idea(words, who=who) for words, who in (("Ring first", "Ann"), ("Call people", "Ben"), ("Tea", "Cy"))
    ]
    assert study.group_ideas(ids[:2], "Calls") == ids[:2]
    assert study.merge_ideas("Calls", into="Call before the bill") == "call-first"
    assert wall(study) == [
        ("Ring first", "Ann", "Calls", "call-first"),
        ("Call people", "Ben", "Calls", "call-first"),
        ("Tea", "Cy", "", ""),
    ]
    assert [one.who for one in study.ideas.of("call-first")] == ["Ann", "Ben"]
    assert (study.path / "solutions.yaml").read_text(encoding="utf-8") == SOLUTIONS
    found = study.ideas_finding()
    assert found.sentence == "3 ideas of 3 people: 2 merged into 1 solution, 1 by itself."
    assert found.to_frame()["solution"].tolist() == ["Call before the bill", "Call before the bill", ""]


def test_a_new_solution_needs_what_it_brings_and_costs(study):
    ids = [study.add_idea("A plan on the bill", who="Ann", step="first-bill", area="products")]
    ids.append(study.add_idea("Instalments", who="Ben", step="asks"))
    with pytest.raises(wb.DataFault, match=r"without gain \(or avoids\), cost"):
        study.merge_ideas(ids, into="Instalments on the bill")
    with pytest.raises(wb.DataFault, match="low, likely, high"):
        study.merge_ideas(ids, into="Instalments on the bill", gain=(3, 2, 1), cost=(1, 2, 3))
    with pytest.raises(wb.DataFault, match='no step called "nowhere"'):
        study.merge_ideas(ids, into="Instalments on the bill", steps=["nowhere"], gain=(1, 2, 3), cost=(1, 2, 3))
    assert len(study.solutions.solutions) == 2 and not any(one.solution for one in study.ideas.ideas)
    made = study.merge_ideas(ids, into="Instalments on the bill", gain=(1, 2, 3), cost={"yearly": [1, 2, 3]})
    one = study.solutions.solutions[-1]
    assert (made, one.area, one.steps) == ("instalments-on-the-bill", "products", ["first-bill", "asks"])
    assert (one.gain.judged, one.cost.yearly) == ((1, 2, 3), (1, 2, 3))
    assert (study.path / "solutions.yaml").read_text(encoding="utf-8").startswith(SOLUTIONS)
    assert [who for *_, who in wall(study)] == [made, made]


def test_an_idea_goes_into_one_solution_until_it_is_taken_out(study):
    ids = [study.add_idea(words, who="Ann") for words in ("Ring", "Write")]
    study.merge_ideas(ids[:1], into="call-first")
    before = (study.path / "ideas.yaml").read_bytes()
    with pytest.raises(wb.DataFault, match='went into "call-first" already'):
        study.merge_ideas(ids, into="letter")
    with pytest.raises(wb.DataFault, match='went into "call-first" already'):
        study.merge_ideas(ids, into="New", area="products", steps=["asks"], gain=(1, 2, 3), cost=(1, 2, 3))
    assert (study.path / "ideas.yaml").read_bytes() == before and len(study.solutions.solutions) == 2
    study.merge_ideas(ids[:1], into="")
    study.merge_ideas(ids, into="letter")
    assert [one.solution for one in study.ideas.ideas] == ["letter", "letter"]


def test_what_is_not_there_is_told_with_what_is(study):
    study.add_idea("Ring", who="Ann")
    with pytest.raises(wb.DataFault, match='no idea or group called "rang".*\n.*did you mean "ring"'):
        study.group_ideas(["rang"], "Calls")
    with pytest.raises(wb.DataFault, match="change it in solutions.yaml"):
        study.merge_ideas("ring", into="call-first", cost=(1, 2, 3))
    with pytest.raises(wb.DataFault, match="at least one"):
        study.group_ideas([], "Calls")


def test_check_tells_of_steps_and_solutions_that_are_not_there(study):
    study.save("ideas", {"ideas": [{"id": "a", "words": "A", "who": "Ann", "step": "gone", "solution": "lettre"}]})
    told = [str(one) for one in study.check() if one.file == "ideas.yaml"]
    assert len(told) == 2 and 'no step called "gone"' in told[0] and 'did you mean "letter"' in told[1]


def test_ideas_that_share_words_are_proposed_as_a_group(study):
    said = ["One person keeps the case", "Who picks up keeps the case", "Better coffee", "A name for every case", "Tea"]
    for words in said:
        study.add_idea(words, who="Ann")
    before = (study.path / "ideas.yaml").read_bytes()
    ((name, ids),) = study.propose_groups()
    assert name.split(", ")[0] == "case" and len(ids) == 3
    assert (study.path / "ideas.yaml").read_bytes() == before
    study.group_ideas(ids, "One case, one person")
    assert study.propose_groups() == []


def test_likeness_is_the_same_for_the_same_texts_and_needs_two_that_share_something():
    texts = ["Call before the bill", "A call, then the bill", "Grass is green", "  ", "123", "calls and bills"]
    (found,) = alike(texts)
    assert set(found[0].split(", ")) == {"bill", "call"} and found[1] == [0, 1, 5]
    assert alike(list(texts)) == [found]
    assert alike([]) == alike(["one"]) == alike(["one thing", "another matter"]) == []


# -- in a workbook ----------------------------------------------------------------------------------------------------


def given_out(study, tmp_path):
    (path,) = study.export("xlsx", tmp_path / "out")
    book = load_workbook(path)
    return book, book["Ideas"]


def back(study, book, tmp_path, **more):
    book.save(tmp_path / "back.xlsx")
    return study.import_map(tmp_path / "back.xlsx", **more)


def test_new_rows_of_the_workbook_come_to_the_wall_once(study, tmp_path):
    study.add_idea("Ring first", who="Ann", step="first-bill")
    book, sheet = given_out(study, tmp_path)
    assert [cell.value for cell in sheet[2]][:3] == ["Ring first", "Ann", "First bill"]
    for row, cells in ((3, ("A shorter letter", "Ben", "asks about it", "Communication", "Letters")), (4, ("Tea",))):
        for column, value in enumerate(cells, start=1):
            sheet.cell(row, column).value = value
    merged = back(study, book, tmp_path, who="Workshop")
    assert merged.ideas == ('"A shorter letter" (Ben)', '"Tea" (Workshop)') and merged.made == ()
    assert "put on the ideas wall:" in str(merged)
    one = study.ideas.ideas[1]
    assert (one.step, one.area, one.group) == ("asks", "communication", "Letters")
    before = (study.path / "ideas.yaml").read_bytes()
    assert back(study, book, tmp_path, who="Workshop").ideas == ()
    assert (study.path / "ideas.yaml").read_bytes() == before


def test_an_idea_that_was_rewritten_in_a_workbook_keeps_its_words(study, tmp_path):
    study.add_idea("Ring first", who="Ann")
    book, sheet = given_out(study, tmp_path)
    sheet.cell(2, 1).value, sheet.cell(2, 2).value, sheet.cell(2, 5).value = "Ring last", "Zoe", "Calls"
    study.add_idea("Meanwhile", who="Ben")
    merged = back(study, book, tmp_path)
    assert wall(study) == [("Ring first", "Ann", "Calls", ""), ("Meanwhile", "Ben", "", "")]
    assert merged.ideas == ('"Ring first": group Calls',)
    assert any('keeps its words; "Ring last" was not taken' in one for one in merged.notes)
    assert any("stays said by Ann" in one for one in merged.notes)


def test_nothing_in_a_workbook_is_run_and_what_is_not_known_is_told(study, tmp_path):
    study.add_idea(FORMULA, who="<img src=x onerror=alert(1)>")
    book, sheet = given_out(study, tmp_path)
    assert sheet.cell(2, 1).data_type == "s" and sheet.cell(2, 1).quotePrefix
    sheet.cell(3, 1).value, sheet.cell(3, 3).value = "=1+1", "Nowhere"
    merged = back(study, book, tmp_path)
    assert [one.words for one in study.ideas.ideas] == [FORMULA, "=1+1"]
    assert any('no step called "Nowhere"' in one for one in merged.notes)
    assert "<img" not in study.ideas_finding()._repr_html_()


def test_a_workbook_of_ideas_alone_is_taken(study, tmp_path):
    book = Workbook()
    book.active.title = "Ideas"
    for row in (["Idea", "Said by"], ["Ring first", "Ann"], [None, "Ben"]):
        book.active.append(row)
    assert back(study, book, tmp_path).ideas == ('"Ring first" (Ann)',)
    assert len(study.map.steps) == 2
