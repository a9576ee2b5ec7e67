"""A folder to work in: which study is worked on."""

import pytest

import workbench as wb
from workbench import places


def test_the_only_study_there_is_needs_no_name(project):
    with pytest.raises(wb.DataFault, match="workbench new NAME"):
        wb.open_study("")
    wb.new_study("bills")
    (project / "data" / ".chosen").unlink()
    assert places.chosen() == "bills" and wb.open_study("").name == wb.open_study().name == "bills"


def test_the_study_chosen_last_is_the_one_worked_on(project, tmp_path_factory):
    wb.new_study("bills")
    wb.new_study("meters")
    assert places.chosen() == "meters"  # a study just made is worked on
    places.choose("bills")
    assert wb.open_study("").name == "bills" and places.studies() == ["bills", "meters"]
    with pytest.raises(wb.DataFault, match='did you mean "meters"'):
        places.choose("meter")
    assert places.chosen() == "bills"
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "calls"
    (project / "data" / "meters").rename(elsewhere)
    assert places.choose(elsewhere) == str(elsewhere) and wb.open_study("").path == elsewhere


def test_a_study_that_is_gone_is_not_worked_on(project):
    for name in ("bills", "meters", "calls"):
        wb.new_study(name)
    (project / "data" / "calls").rename(project / "calls")
    with pytest.raises(wb.DataFault) as told:
        wb.open_study("")
    (fault,) = told.value.faults
    assert "bills, meters" in fault.found and "workbench lab bills" in fault.mend
