"""Scores, tables and drivers without a browser: linked pictures, who is kept, what stays hidden, the line of Python."""

import time

import pandas as pd
import pytest
from test_panels import opened

import workbench as wb
from workbench.cubes import cube
from workbench.panels import linking, live

SIZES = {"North": 60, "South": 45, "West": 6, "East": 30}


@pytest.fixture(scope="module")
def regions(tmp_path_factory):
    """141 people in four regions, six of them in the West; plan B is taken by three people of the South."""
    folder = tmp_path_factory.mktemp("regions")
    lines = ["id,region,plan,wave,bill,move"]
    for region, many in SIZES.items():
        for at in range(many):
            plan = "B" if (region == "South" and at < 3) or (region == "North" and at % 2) else "A"
            lines.append(f"{region}{at},{region},{plan},{1 + at % 2},{at % 11},{(3 * at) % 11}")
    (folder / "answers.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    questions = {"bill": {"measure": "nps", "step": "bill"}, "move": {"measure": "nps", "step": "move"}}
    bound = {"format": "survey", "person": "id", "wave": "wave", "segments": ["region", "plan"]}
    return wb.read(folder / "answers.csv", questions=questions, **bound)


def same(found, other):
    assert (found.sentence, found.base, found.method, found.trail) == (
        other.sentence,
        other.base,
        other.method,
        other.trail,
    )
    pd.testing.assert_frame_equal(found.table, other.table, check_dtype=False, rtol=1e-9)


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"region": "North"},
        {"segment": "owner", "region": ["North", "East"]},
        {"step": "first-bill"},
        {"segment": "tenant", "step": "first-bill"},
        {"wave": "2025-03", "region": "North"},
        {"persona": "Called in time"},
    ],
)
def test_what_was_counted_before_gives_what_the_engine_gives(shared, where):
    """Weighted, in strata, people who answered more than once, questions of the whole journey and of steps."""
    journey = shared.journey
    quick = cube(journey, ["segment", "region"])
    for by in ("step", "segment", ("step", "region"), "wave", ()):
        same(wb.nps(quick.where(**where), by=by), wb.nps(journey.where(**where), by=by))
    same(wb.csat(quick.where(**where), by="step"), wb.csat(journey.where(**where), by="step"))
    same(wb.complaint_rate(quick.where(**where)), wb.complaint_rate(journey.where(**where)))


def test_a_second_look_at_a_group_asks_the_engine_no_more(shared, monkeypatch):
    quick = cube(shared.journey, ["segment", "region"])
    for by in ("step", "segment"):
        wb.nps(quick, by=by)
    root = type(quick.root)
    monkeypatch.setattr(root, "_moments", lambda *_: pytest.fail("the engine is asked again"))
    for by in ("step", "segment"):
        assert len(wb.nps(quick.where(region="North", segment="owner"), by=by).table)


def test_a_group_of_six_is_not_kept_nor_are_those_by_whom_it_would_be_told(regions):
    whole = cube(regions, ["region", "plan"])
    assert linking.too_few(whole, {"region": "West"})
    assert linking.too_few(whole, {"region": "East"})  # the others, less those who are shown, are the West
    assert not linking.too_few(whole, {"region": "North"})
    assert linking.too_few(whole, {"region": "South", "plan": "B"})  # three people
    assert linking.too_few(whole, {"region": "South", "plan": "A"})  # and the South less these
    # thirty of the North take A: the thirty others, taken from all who take B, would leave the three
    assert linking.too_few(whole, {"region": "North", "plan": "A"})
    assert not linking.too_few(whole, {"region": "North", "wave": "1"})


def test_no_two_looks_differ_by_a_few_people(regions):
    """Every pair of what is shown by region under a plan, beside it under everybody: nobody is had by subtraction."""
    whole = cube(regions, ["region", "plan"])
    for plan in ("A", "B"):
        hidden = linking.withheld(whole, {"plan": plan}, ("region",), "nps")
        counted = regions.count(by=["region", "plan"]).set_index(["region", "plan"])["people"]
        shown = [one for one in SIZES if one not in hidden and (one, plan) in counted]
        for region in shown:
            other = counted.get((region, "B" if plan == "A" else "A"), 0)
            assert counted[region, plan] >= 10
            assert other == 0 or other >= 10, (plan, region)
    assert "South" in linking.withheld(whole, {"plan": "A"}, ("region",), "nps")


def test_a_click_keeps_a_group_in_all_pictures_and_the_line_says_so(shared):
    panel = opened("scores", shared)
    panel.fields["third"].value = ("region",)
    panel.choose("third", "North")
    panel.choose("beside", "owner")
    assert panel.where == {"region": "North", "segment": "owner"}
    chips = [one.description for one in panel.chips.children[1:]]
    assert chips == ["region is North ×", "segment is owner ×", "Everybody again"]
    kept = wb.nps(shared.journey.where(region="North", segment="owner"), by="step")
    same(panel.shown.finding, kept)
    assert (
        panel.code.code.startswith("wb.show([")
        and 'where(region="North", segment="owner"), by="step")' in panel.code.code
    )
    panel.chips.children[1].click()
    assert panel.where == {"segment": "owner"}
    panel.choose("by", "First bill arrives")
    assert panel.where["step"] == "first-bill" and len(panel.shown.finding.table) == 1
    panel.chips.children[-1].click()
    assert panel.where == {} and panel.chips.children == ()
    same(panel.shown.finding, wb.nps(shared.journey, by="step"))


def test_a_crosstab_is_put_together_filtered_and_saved(shared):
    panel = opened("tables", shared)
    ticks = panel.ticks
    for name, tick in ticks["down"].items():
        tick.value = name == "nps"
    for name, tick in ticks["across"].items():
        tick.value = name in ("segment", "region")
    panel.fields["only"].value, panel.fields["correction"].value = "plan", "bonferroni"
    found = eval(panel.code.code, {"wb": wb, "study": shared})  # noqa: S307 - the line that an analyst copies
    same(panel.shown.finding, found)
    assert "bonferroni" in panel.code.code and 'where(plan="' in panel.code.code and "Bonferroni" in found.method
    panel.fields["weighted"].value = False
    assert ".unweighted()" in panel.code.code and "weighted, strata" not in panel.shown.finding.method
    panel.fields["file"].value = "../out.xlsx"
    panel.excel.click()
    assert "expected a file&#x27;s name" in panel.said.value
    panel.fields["file"].value = "by segment"
    panel.excel.click()
    path = shared.path.parent.parent / "reports" / shared.path.name / "by segment.xlsx"
    assert path.is_file() and str(path) in panel.said.value
    for tick in ticks["across"].values():
        tick.value = False
    assert "at least one group of people" in panel.shown.shown["sentence"]


def test_drivers_are_asked_beside_the_screen_and_association_stays_in_sight(shared):
    while live.Work.busy():  # of a panel that another test left
        time.sleep(0.05)
    panel = opened("drivers", shared)
    panel.work.wait(60)
    assert panel.shown.finding.name == "drivers" and panel.code.code == "wb.drivers(study.journey)"
    panel.fields["way"].value = "league"
    panel.work.wait(60)
    same(panel.shown.finding, wb.league(shared.journey, by="segment"))
    assert "Association, not effect" in panel.mind.value and panel.status.value == ""


def test_a_question_asked_while_other_work_goes_on_says_so_and_is_asked_again(shared, monkeypatch):
    monkeypatch.setattr(live.Work, "busy", classmethod(lambda _: True))
    panel = opened("drivers", shared)
    assert "press Ask" in panel.shown.shown["sentence"] and panel.status.value == ""
    monkeypatch.undo()
    while live.Work.busy():
        time.sleep(0.05)
    panel.button.click()
    panel.work.wait(60)
    assert panel.shown.finding.name == "drivers"


def test_an_example_is_searched_for_by_a_click(shared):
    panel = opened("explore", shared)
    panel.examples.children[1].click()
    assert "fits" in panel.answer.shown["sentence"] and panel.code.code.startswith("wb.search(study.journey, ")
    panel.fields["way"].value = "loops"
    assert panel.ways.finding.name == "loops" and panel.code.code == "wb.loops(study.journey)"
