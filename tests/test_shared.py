"""No group too small is given away by all that a study shares: by a margin, two filters, two reports, two days."""

from __future__ import annotations

import os
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import workbench as wb
from workbench.privacy.anonymity import anonymity
from workbench.privacy.bounds import given_away
from workbench.privacy.cells import cell, cells
from workbench.privacy.shared import Shared, audit
from workbench.report.releasing import outgoing

SESSIONS = 1000 if os.environ.get("WORKBENCH_NIGHTLY") else 3
REGIONS, CHANNELS, PLANS = ("North", "South", "East"), ("phone", "web"), ("basic", "full")


def base(n, counted="nps", kept=(), **group):
    return cell(counted, kept, group.items(), n)


@pytest.fixture
def town(tmp_path):
    """Reads a survey of so many answers from each region, channel and plan."""

    def made(sizes, name="survey.csv"):
        rows = ["id,nps,region,channel,plan"]
        for (region, channel, plan), many in sizes.items():
            rows += [f"R{len(rows) + one},{(one * 7) % 11},{region},{channel},{plan}" for one in range(many)]
        path = tmp_path / name
        path.write_text("\n".join(rows) + "\n")
        return wb.read(
            path,
            format="survey",
            person="id",
            channel="channel",
            segments=["region", "plan"],
            questions={"nps": {"measure": "nps", "scale": [0, 10]}},
        )

    return made


def sizes(rng):
    """How many people each way of belonging has: many of them few."""
    return {one: int(rng.choice([0, 2, 4, 8, 15, 30, 60])) for one in product(REGIONS, CHANNELS, PLANS)}


# -- the bounds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shown",
    [
        [base(28, region="South"), base(25, region="South", channel="phone")],  # the rest are three
        [base(28, kept=(("region", ("South",)),)), base(25, kept=(("region", ("South",)), ("channel", ("phone",))))],
        [base(100), base(60, region="North"), base(36, region="South")],  # whoever is of neither are four
        [base(100), base(94, kept=(("region", ("North", "South")),))],
        [base(40, region="North"), base(35, plan="basic"), base(5 + 30, region="North", plan="basic")],
    ],
)
def test_a_margin_or_a_second_filter_gives_the_rest_away(shown):
    assert given_away(shown, 10)


@pytest.mark.parametrize(
    "shown",
    [
        [base(28, region="South"), base(13, region="South", channel="phone")],
        [base(100), base(60, region="North"), base(30, region="South")],
        [base(28, "nps", region="South"), base(25, "csat", region="South", channel="phone")],  # other things counted
        [base(28, region="South"), base(25, channel="phone")],  # they may overlap in any way
        [base(60)],
    ],
)
def test_what_leaves_room_for_ten_gives_nobody_away(shown):
    assert given_away(shown, 10) == []


def test_two_way_tables_with_both_margins_are_looked_at_together():
    rows, columns = {"North": 40, "South": 23}, {"phone": 45, "web": 18}
    shown = [base(n, region=one) for one, n in rows.items()] + [base(n, channel=one) for one, n in columns.items()]
    shown += [base(63), base(30, region="North", channel="phone")]
    assert {one.n for one in given_away([*shown, base(15, region="South", channel="phone")], 10)} >= {8}


# -- sessions through the product -------------------------------------------------------------------------------------


def asked(journey, rng):
    """A table as somebody might ask for it: any filters, any groups."""
    where = {}
    for column, values in (("region", REGIONS), ("channel", CHANNELS), ("plan", PLANS)):
        if rng.random() < 0.35:
            there = [one for one in values if one in set(journey.distinct(column))]
            if there:
                where[column] = list(rng.choice(there, size=int(rng.integers(1, len(there) + 1)), replace=False))
    columns = [one for one in ("region", "channel", "plan") if rng.random() < 0.45]
    return where, columns


def worked_out(journey, told, minimum):
    """Groups under the minimum that all shown bases together determine, found anew: by brute force over every part that there
    is, with two linear programmes each, from the tables as they are printed."""
    people = journey.to_frame().drop_duplicates("person")[["person", "channel"]]
    people = people.merge(journey.people.to_frame(), on="person")
    parts = list(product(REGIONS, CHANNELS, PLANS))
    at = {"region": 0, "channel": 1, "plan": 2}
    rows, sums = [], []
    for where, columns, frame in told:
        for row in frame.to_dict("records"):
            if row.get("hidden") or row["n"] != row["n"]:
                continue
            fits = [
                all(part[at[one]] in values for one, values in where.items())
                and all(part[at[one]] == row[one] for one in columns)
                for part in parts
            ]
            rows.append([float(one) for one in fits])
            sums.append(float(row["n"]))
    if not rows:
        return []
    found = []
    options = [[(one,) for one in values] + [tuple(values)] for values in (REGIONS, CHANNELS, PLANS)]
    for group in product(*options):
        inside = np.array(
            [all(value in wanted for value, wanted in zip(part, group, strict=True)) for part in parts], float
        )
        low, high = (
            linprog(sign * inside, A_eq=np.array(rows), b_eq=np.array(sums), bounds=(0, None), method="highs")
            for sign in (1, -1)
        )
        least = low.fun if low.status == 0 else 0.0
        most = -high.fun if high.status == 0 else float("inf")
        truth = sum(people["region"].isin(group[0]) & people["channel"].isin(group[1]) & people["plan"].isin(group[2]))
        if most - least < 0.5 and 0 < round(least) < minimum:
            found.append((group, round(least), int(truth)))
    return found


def test_thirty_tables_of_a_session_determine_no_group_under_ten(town):
    given = withheld = before = 0
    for session in range(SESSIONS):
        rng = np.random.default_rng(session)
        many = sizes(rng)
        if sum(many.values()) < 30:
            continue
        journey = town(many, f"{session}.csv")
        findings, words = [], []
        for _ in range(30):
            where, columns = asked(journey, rng)
            try:
                findings.append(wb.nps(journey.where(**where) if where else journey, by=columns))
            except wb.DataFault:
                continue  # nobody is left
            words.append((where, columns))
        shown, _ = outgoing(findings, None)
        withheld += sum(kept.table.empty and not of.table.empty for kept, of in zip(shown, findings, strict=True))
        told = [(*said, one.to_frame()) for said, one in zip(words, shown, strict=True)]
        given += len(worked_out(journey, told, 10))
        before += bool(
            worked_out(journey, [(*said, one.to_frame()) for said, one in zip(words, findings, strict=True)], 10)
        )
    print(
        f"{SESSIONS} sessions of 30 tables: {before} would give somebody away, {given} groups did, {withheld} tables withheld"
    )
    assert given == 0
    assert before > SESSIONS / 10, "the sessions are no test: nothing would have been given away"


# -- the ledger -------------------------------------------------------------------------------------------------------


def test_a_page_leaves_out_the_table_that_would_give_a_group_away(town, tmp_path):
    many = dict.fromkeys(product(REGIONS, CHANNELS, PLANS), 20) | {
        ("South", "web", "basic"): 2,
        ("South", "web", "full"): 1,
    }
    journey = town(many)
    findings = [
        wb.nps(journey.where(region="South"), by=[]),
        wb.nps(journey.where(region="South", channel="phone"), by=[]),
    ]
    page = wb.write_page(findings, tmp_path / "page.html").read_text()
    assert "43 answers" in page and "40 answers" not in page and "a group of fewer than 10 could be worked out" in page
    alone = wb.write_page(findings[1:], tmp_path / "other.html").read_text()
    assert "40 answers" in alone


def test_a_second_report_is_looked_at_with_the_first(tmp_path):
    ledger = Shared(tmp_path / "shared", "data of Monday", 10)
    with ledger.releasing("report", "report.html", [base(28, region="South")]):
        pass
    assert ledger.audit([[base(25, region="South", channel="phone")], [base(60, plan="full")]]).withheld.keys() == {0}
    assert not ledger.audit([[base(28, region="South")]]).withheld  # the same again


def test_data_of_another_day_may_not_differ_by_a_few(tmp_path):
    monday = Shared(tmp_path / "shared", "data of Monday", 10)
    with monday.releasing("report", "report.html", [base(100), base(40, region="South")]):
        pass
    friday = Shared(tmp_path / "shared", "data of Friday", 10)
    (fault,) = friday.audit([[base(103), base(52, region="South")]]).faults
    assert "fewer than 10 people" in fault.found and "everybody" in fault.found and "--recall" in fault.mend
    assert friday.audit([[base(120), base(40, region="South")]]).faults == ()
    (first,) = friday.releases
    with pytest.raises(wb.DataFault, match="no reason"):
        friday.recall(first.name, " ")
    friday.recall(first.name, "it never left this machine")
    assert friday.audit([[base(103)]]).faults == () and friday.releases[0].recalled


def test_what_could_not_be_written_was_not_shared_and_a_damaged_entry_is_named(tmp_path):
    ledger = Shared(tmp_path / "shared", "data", 10)
    with pytest.raises(RuntimeError), ledger.releasing("report", "report.html", [base(28)]):
        raise RuntimeError("the disk is full")
    assert ledger.releases == []
    with ledger.releasing("report", "report.html", [base(28)]):
        pass
    (path,) = (tmp_path / "shared").glob("*.json")
    path.write_text(path.read_text().replace("28", "38"))
    with pytest.raises(wb.DataFault, match=path.name):
        ledger.audit([[base(30)]])


def test_a_raised_minimum_withholds_nothing_for_what_was_shared_before():
    shown = [base(28, region="South"), base(13, region="South", channel="phone")]
    assert audit([shown], 20).withheld
    from workbench.privacy.shared import Release

    before = Release("a", "report", "r.html", "2026-01-01", "Ann", "m", tuple(shown))
    assert not audit([[base(60, plan="full")]], 20, [before], "m").withheld


def test_bases_say_of_whom_they_are(town):
    journey = town(dict.fromkeys(product(REGIONS, CHANNELS, PLANS), 20))
    found = cells(wb.nps(journey.where(region=["North", "South"]), by="channel"))
    about = ("region", ("North", "South")), ("step", ("",))
    assert [(one.counted, one.where, one.n) for one in found] == [
        ("nps", (("channel", ("phone",)), *about), 80),
        ("nps", (("channel", ("web",)), *about), 80),
        ("nps", (("channel", ("\x00", "phone", "web")), *about), 0),  # and nobody on another channel
    ]
    assert found[2].words.startswith("channel other than phone or web, region North or South")
    banner = cells(wb.crosstab(journey, rows="nps", by=["region"]))
    assert {one.where for one in banner if one.where[0][0] == "region"} >= {(("region", ("East",)), ("step", ("",)))}


# -- tables of people -------------------------------------------------------------------------------------------------


def test_anonymity_is_the_fewest_who_share_a_row():
    table = pd.DataFrame(
        {"person": list("abcdef"), "region": ["N", "N", "N", "S", "S", None], "said": [1, 1, 1, 1, 2, 3]}
    )
    assert (anonymity(table[["person", "region"]], 3).k, anonymity(table[["person", "region"]], 3).under) == (1, 3)
    seen = anonymity(table[:5], 2, sensitive=["said"])
    assert (seen.k, seen.l) == (2, {"said": 1})
    assert anonymity(table.assign(id=table["person"]), 1).k == 1
    twice = pd.concat([table[:3]] * 4)  # four rows of a person are one person
    assert anonymity(twice[["person", "region"]], 5).k == 3


def test_a_table_of_people_goes_out_only_with_a_reason_that_is_logged(loaded, tmp_path, capsys):
    from workbench.cli import main

    out = ["--out", str(tmp_path / "out")]
    assert main(["export", "water-billing", "--to", "csv", *out]) == 2
    assert "follow_up" in (said := capsys.readouterr().err) and "k = 1" in said and "--because" in said
    assert not (tmp_path / "out").exists()
    assert main(["export", "water-billing", "--to", "csv", "--only", "personas", "--sensitive", "persona", *out]) == 0
    assert "personas: k = " in (said := capsys.readouterr().out) and "l = " in said
    assert [path.name for path in (tmp_path / "out").glob("*.*")] == [".lock", "personas.csv"]
    assert main(["export", "water-billing", "--to", "csv", "--because", "To call them back", *out]) == 0
    assert '"because": "To call them back"' in (loaded / "log").read_text()
    assert main(["shared", "water-billing", "--json"]) == 0


def test_a_report_enters_the_ledger_and_a_draft_does_not(sample, prepared, monkeypatch):
    """From the command to the ledger, with findings in place of notebooks that take a minute."""
    import json

    import nbformat
    from prepared import lend

    from workbench import figures
    from workbench.report import notebooks

    lend(prepared, sample)
    study = wb.open_study("water-billing")
    findings = [wb.nps(study.journey, by="segment")]

    def ran(name, *given, **more):
        shown = json.loads(json.dumps(figures.bundle(findings[0])))
        output = nbformat.v4.new_output("display_data", data={"application/vnd.workbench.finding+json": shown})
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("show", outputs=[output])])

    monkeypatch.setattr(notebooks, "run", ran)
    draft = study.report(draft=True)
    assert (
        draft.name == "draft.html" and "Draft, not to be handed on" in draft.read_text() and not study.shared.releases
    )
    path = study.report()
    (entered,) = study.shared.releases
    assert entered.file == path.name == "report.html" and len(entered.cells) >= 3
    assert study.report() == path and len(study.shared.releases) == 1  # the same again is no other

    answers = sample / "sources" / "survey.csv"
    rows = answers.read_text().splitlines(keepends=True)
    answers.write_text("".join(rows[:-4]))  # four answers fewer
    again = wb.open_study("water-billing")
    findings[:] = [wb.nps(again.journey, by="segment")]
    before = path.read_bytes()
    with pytest.raises(wb.DataFault, match="fewer than 10 people between"):
        again.report()
    assert path.read_bytes() == before and len(again.shared.releases) == 1
    again.recall(entered.name, "it never left this machine")
    assert again.report() == path and len(again.shared.releases) == 2
