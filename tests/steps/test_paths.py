"""What people do next, which ways they take, where they go round and where they stop: small logs counted by hand."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.engine import rows
from workbench.inference.moves import SUMS, shares_of_moves
from workbench.steps.measure import moves

DAY = pd.Timedelta(days=1)


def read(tmp_path, log, **more):
    """A log as a journey: rows of who, what, when (days since 2025-01-01), channel and region."""
    table = pd.DataFrame(log, columns=["who", "what", "when", "by", "region"][: len(log[0])])
    table["when"] = (pd.Timestamp("2025-01-01") + table["when"] * DAY).dt.strftime("%Y-%m-%d %H:%M:%S")
    path = tmp_path / "log.csv"
    table.to_csv(path, index=False)
    told = {"channel": "by"} if "by" in table else {}
    told |= {"segments": ["region"]} if "region" in table else {}
    return wb.read(path, format="events", person="who", activity="what", time="when", timezone="UTC", **told, **more)


def at_random(people=60, seed=3):
    rng = np.random.default_rng(seed)
    return [
        (f"p{one}", "ABCD"[rng.integers(4)], at, ["web", "phone"][rng.integers(2)], "ns"[one % 2])
        for one in range(people)
        for at in np.sort(rng.choice(400, rng.integers(2, 15), replace=False))
    ]


def by_person(log):
    """Each person's (step, next step, gap, channel, region), looked at alone."""
    mine = defaultdict(list)
    for who, what, when, by, region in sorted(log, key=lambda one: (one[0], one[2])):
        mine[who].append((what, when, by, region))
    return {
        who: [(a[0], b[0], b[1] - a[1], a[2], a[3]) for a, b in zip(those[:-1], those[1:], strict=True)]
        for who, those in mine.items()
    }


@pytest.mark.parametrize("key", [None, "region", "channel"])
def test_shares_intervals_and_times_are_those_counted_person_by_person(tmp_path, key):
    log = at_random()
    place = {"channel": 3, "region": 4}
    found = wb.transitions(read(tmp_path, log), by=key, least=0, minimum_base=1).table
    seen = 0
    people = by_person(log)
    for _, row in found.iterrows():

        def here(one, row=row):
            return one[0] == row["step"] and (key is None or one[place[key]] == row[key])

        m = {who: sum(map(here, those)) for who, those in people.items()}
        m = {who: n for who, n in m.items() if n}
        y = {who: sum(here(one) and one[1] == row["next_step"] for one in people[who]) for who in m}
        sums = (sum(y.values()), sum(m.values()), sum(n * n for n in y.values()), sum(y[w] * m[w] for w in m),
                sum(n * n for n in m.values()), len(m))  # fmt: skip
        by_hand = 100 * shares_of_moves(pd.DataFrame([dict(zip(SUMS, sums, strict=True))])).iloc[0]
        assert (row["value"], row["low"], row["high"]) == pytest.approx(tuple(by_hand[["value", "low", "high"]]))
        assert row["n"] == sum(n > 0 for n in y.values())
        assert (row["moves"], row["moves from here"]) == sums[:2]
        gaps = [one[2] for those in people.values() for one in those if here(one) and one[1] == row["next_step"]]
        assert row["median days"] == pytest.approx(np.median(gaps)) and row["p90 days"] == pytest.approx(
            np.quantile(gaps, 0.9)
        )
        seen += row["moves"]
    assert seen == sum(map(len, people.values()))


def test_times_from_classes_are_within_a_hundredth_of_the_exact_ones(tmp_path, monkeypatch):
    journey = read(tmp_path, at_random())
    exact = wb.transitions(journey, least=0, minimum_base=1).table
    monkeypatch.setattr(moves, "MANY", 10)
    classes = wb.transitions(journey, least=0, minimum_base=1)
    assert "classes 4 % wide" in classes.method
    # with gaps of whole days a quantile between two of them may lie on either: look at those with one answer
    journey = read(tmp_path, [(f"p{k}", step, at * (1 + k / 50)) for k in range(200) for at, step in enumerate("AB")])
    rough = wb.transitions(journey, minimum_base=1).table.iloc[0]
    monkeypatch.setattr(moves, "MANY", 1000)
    fine = wb.transitions(journey, minimum_base=1).table.iloc[0]
    assert rough["median days"] == pytest.approx(fine["median days"], rel=0.012)
    assert rough["p90 days"] == pytest.approx(fine["p90 days"], rel=0.012)
    assert len(exact) == len(classes.table)


def test_two_groups_are_compared_move_by_move(tmp_path):
    log = [
        (f"{region}{k}", step, at, "web", region)
        for region, on in (("n", 30), ("s", 70))
        for k in range(100)
        for at, step in enumerate(["bill", "call" if k < on else "pay"])
    ]
    journey = read(tmp_path, log)
    found = wb.transitions(journey, group={"region": "n"}, against={"region": "s"})
    row = found.table.set_index(["step", "next_step"]).loc[("bill", "call")]
    assert (row["A %"], row["B %"], row["n"], row["n A"], row["n B"]) == (30, 70, 30, 30, 70)
    assert row["value"] == pytest.approx(-40) and row["low"] < -40 < row["high"] < -20 and row["p difference"] < 0.001
    assert "region n" in found.sentence and "−40 points" in found.sentence
    assert wb.transitions(journey, group={"region": "n"}).table["value"].tolist() == found.table["value"].tolist()
    with pytest.raises(wb.DataFault, match="groups apart"):
        wb.transitions(journey, group={"region": "n"}, against={"region": ["n", "s"]})
    with pytest.raises(wb.DataFault, match='ask by="channel"'):
        wb.transitions(journey, group={"channel": "web"})
    with pytest.raises(wb.DataFault, match="no region called"):
        wb.transitions(journey, group={"region": "north"})


def test_a_move_of_few_people_is_hidden_with_its_time(tmp_path):
    log = [(f"p{k}", step, at) for k in range(60) for at, step in enumerate(["bill", "call" if k < 4 else "pay"])]
    shown = wb.transitions(read(tmp_path, log)).to_frame().set_index("next_step")
    assert (
        shown.loc["call", "hidden"]
        and pd.isna(shown.loc["call", "median days"])
        and pd.isna(shown.loc["call", "median"])
    )


def test_a_personas_moves_are_those_of_its_people(study):
    journey = study.journey
    name, where = next(iter(journey.personas.items()))
    every = wb.transitions(journey, by="persona").table
    own = wb.transitions(journey.where(**where)).table
    mine = every[every["persona"] == name]
    assert (
        mine["value"].tolist() == own["value"].tolist() and mine["median days"].tolist() == own["median days"].tolist()
    )


def test_paths_are_told_with_what_their_people_say(study):
    found = wb.variants(study.journey)
    row = found.table.iloc[0]
    ways = rows(study.journey.at_any_step().paths())
    names = study.journey.step_names
    mine = ways[ways["path"].map(lambda path: " > ".join(names[step] for step in path.split(" > "))) == row["path"]]
    assert row["n"] == len(mine) and row["value"] == pytest.approx(100 * len(mine) / len(ways))
    assert row["median days"] == pytest.approx(((mine["last"] - mine["first"]) / 86_400e6).median())
    said = wb.nps(study.journey.where(person=list(mine["person"])), by=())
    assert row["NPS"] == pytest.approx(said.table["value"].iloc[0], abs=2) and row["n NPS"] == said.table["n"].iloc[0]
    assert "everybody: NPS" in found.base and "association" in found.method
    assert (wb.variants(study.journey, of="csat").table["mean csat"].dropna() < 5).all()
    with pytest.raises(wb.DataFault, match='did you mean "csat"'):
        wb.variants(study.journey, of="csta")


def test_a_score_of_few_people_stays_hidden_beside_its_path(tmp_path):
    log = read(tmp_path, [(f"p{k}", step, at) for k in range(60) for at, step in enumerate("AB" if k < 30 else "AC")])
    answers = tmp_path / "said.csv"
    answers.write_text("who,q\n" + "".join(f"p{k},{k % 11}\n" for k in (*range(3), *range(30, 60))), encoding="utf-8")
    asked = wb.read(answers, format="survey", person="who", questions={"q": {"measure": "nps", "scale": [0, 10]}})
    found = wb.variants(log.join(asked)).table.set_index("path")
    assert found["n"].tolist() == [30, 30]
    assert pd.isna(found.loc["A > B", "NPS"]) and pd.isna(found.loc["A > B", "n NPS"])


def test_repeats_in_a_path_are_counted_and_long_paths_cut(tmp_path):
    long = [f"s{at}" for at in range(40)]
    log = [(f"p{k}", step, at) for k in range(20) for at, step in enumerate("AAAB" if k < 12 else long)]
    labels = wb.variants(read(tmp_path, log), minimum_base=1).table["path"].tolist()
    assert labels[0] == "A ×3 > B" and "… 26 more …" in labels[1]


def test_who_may_still_be_on_the_way_is_told_and_not_taken_for_gone(tmp_path):
    """Everybody goes on after a day; the last 30 people began an hour before the data end."""
    log = [(f"p{k}", step, k + at * (1 + k % 5 / 10)) for k in range(100) for at, step in enumerate("AB")]
    log += [(f"q{k}", "A", 101.4) for k in range(30)]
    journey = read(tmp_path, log)
    found = wb.drop_off(journey).table.set_index("step")
    assert found.loc["A", "value"] == 0 and found.loc["A", "still on the way"] == 30 and found.loc["A", "n"] == 100
    assert found.loc["B", "value"] == 100 and pd.isna(found.loc["B", "usual wait"])
    told = wb.variants(journey)
    assert "30 people are silent for less" in told.method and any("may not be whole" in one for one in told.cautions)


def test_who_went_no_further_is_counted_by_when_they_were_there(tmp_path):
    log = [(f"p{k}", step, k / 10 + at) for k in range(100) for at, step in enumerate("ABC" if k < 60 else "AB")]
    journey = read(tmp_path, [(*one, "web", "n") for one in log] + [("z", "C", 500, "web", "s")])
    table = wb.drop_off(journey, by="region").table
    row = table[(table["region"] == "n") & (table["step"] == "B")].iloc[0]
    assert (row["value"], row["n"], row["ends there"]) == (40, 100, 40)
    assert row["silence days"] == pytest.approx(np.median([500 - k / 10 - 1 for k in range(60, 100)]))
    assert 'at "B"' in wb.drop_off(journey).sentence
    early = wb.drop_off(journey, until="2025-01-05", minimum_base=1).table
    assert early["n"].max() < 60
    with pytest.raises(wb.DataFault, match="no column of the people"):
        wb.drop_off(journey, by="channel")
    with pytest.raises(wb.DataFault, match="no moves"):
        wb.drop_off(journey, until="2020-01-01")


def test_a_source_that_ends_early_is_told(tmp_path):
    one = read(tmp_path, [(f"p{k}", step, k / 10 + at) for k in range(60) for at, step in enumerate("AB")])
    other = tmp_path / "late.csv"
    other.write_text("who,what,at\n" + "".join(f"p{k},C,2025-06-01\n" for k in range(30)), encoding="utf-8")
    late = wb.read(other, format="events", person="who", activity="what", time="at", timezone="UTC")
    assert any("ends on 2025-01" in one for one in wb.drop_off(one.join(late)).cautions)


def test_loops_are_those_seen_by_walking_each_path(tmp_path):
    log = at_random(people=120, seed=5)
    found = wb.loops(read(tmp_path, log), minimum_base=1, top=1000).table
    walked = defaultdict(list)
    for who, what, when, by, _ in sorted(log, key=lambda one: (one[0], one[2])):
        walked[who].append((what, by, when))
    people, times, lasted = defaultdict(set), Counter(), defaultdict(list)
    for who, those in walked.items():
        steps, channels = [one[0] for one in those], [one[1] for one in those]
        for at, step in enumerate(steps):
            made = []
            if step in steps[:at]:
                made.append(("the same step again", step, at - max(k for k in range(at) if steps[k] == step)))
            if at + 2 < len(steps) and steps[at + 2] == step != steps[at + 1]:
                made.append(("there and back", " > ".join(steps[at : at + 3]), 2))
            if at + 3 < len(steps) and steps[at + 3] == step and len(set(steps[at : at + 3])) == 3:
                made.append(("a round of three", " > ".join(steps[at : at + 4]), 3))
            if at + 2 < len(steps) and channels[at + 2] == channels[at] != channels[at + 1]:
                made.append(("channels back and forth", " > ".join(channels[at : at + 3]), 2))
            for kind, loop, far in made:
                people[kind, loop].add(who)
                times[kind, loop] += 1
                start, end = (at - far, at) if kind == "the same step again" else (at, at + far)
                lasted[kind, loop].append(those[end][2] - those[start][2])
    counted = {(row["kind"], row["loop"]): (row["n"], row["times"]) for _, row in found.iterrows()}
    assert counted == {key: (len(people[key]), times[key]) for key in people}
    for _, row in found.iterrows():
        assert row["median days"] == pytest.approx(np.median(lasted[row["kind"], row["loop"]]))
    met = sum("A" in {one[0] for one in those} for those in walked.values())
    again = found[(found["kind"] == "the same step again") & (found["loop"] == "A")].iloc[0]
    assert again["of people"] == met and again["value"] == pytest.approx(100 * again["n"] / met)


def test_a_stream_holds_those_who_go_that_way_and_what_is_rare_is_bundled(tmp_path):
    log = at_random(people=200, seed=9)
    found = wb.flow(read(tmp_path, log), first=3, minimum_base=1).table
    first = defaultdict(list)
    for who, what, *_ in sorted(log, key=lambda one: (one[0], one[2])):
        first[who].append(what)
    pairs = Counter((at + 1, *those[at : at + 2]) for those in first.values() for at in (0, 1) if at + 1 < len(those))
    kept = found[(found["step"] != "other steps") & (found["next_step"] != "other steps")]
    for row in kept.itertuples():
        assert row.n == pairs[row.move, row.step, row.next_step]
    many = [(f"p{k}", f"s{(k * 7 + at * at) % 40}", at) for k in range(3000) for at in range(5)]
    wide = wb.flow(read(tmp_path, many))
    assert len(wide.table) <= 30 and "bundled" in wide.method and wide.plot().layout.height > 100
    with pytest.raises(wb.DataFault, match="two or more"):
        wb.flow(read(tmp_path, log), first=1)


ALL = ("transitions", "variants", "drop_off", "loops", "flow")


@pytest.mark.parametrize("name", ALL)
def test_what_cannot_be_answered_says_why(tmp_path, name):
    (tmp_path / "said.csv").write_text("who,q\n" + "".join(f"p{k},{k % 11}\n" for k in range(30)), encoding="utf-8")
    asked = wb.read(
        tmp_path / "said.csv", format="survey", person="who", questions={"q": {"measure": "nps", "scale": [0, 10]}}
    )
    with pytest.raises(wb.DataFault, match="contact log or complaints"):
        getattr(wb, name)(asked)


@pytest.mark.parametrize("name", ALL)
def test_one_person_is_answered_and_hidden(tmp_path, name):
    found = getattr(wb, name)(read(tmp_path, [("p", step, at) for at, step in enumerate("ABAB")]))
    frame = found.to_frame()
    assert frame["value"].isna().all() and found.sentence.endswith(".")
    assert found.plot().layout.height > 0
    assert not [word for word in found.sentence.split() if word.strip('".,') in ("A", "B")]


def test_one_move_each_has_no_transition(tmp_path):
    journey = read(tmp_path, [(f"p{k}", "A", k) for k in range(30)])
    for name in ("transitions", "flow"):
        with pytest.raises(wb.DataFault, match="no moves from one step"):
            getattr(wb, name)(journey)
    assert wb.drop_off(journey).table["value"].tolist() == [100] and wb.loops(journey).table.empty


@pytest.mark.parametrize("name", ALL)
def test_ten_thousand_steps_are_cut_and_said(tmp_path, name):
    log = [
        (f"p{k}", f"s{(k * 37 + at * at * 11) % 10_000 if at % 3 else at}", at) for k in range(3000) for at in range(9)
    ]
    journey = read(tmp_path, log)
    found = getattr(wb, name)(journey)
    assert len(found.table) <= 400 and len(found.plot().to_json()) < 600_000


@pytest.mark.parametrize("name", ALL)
def test_nothing_depends_on_pseudonyms_or_the_order_of_rows(tmp_path, name, monkeypatch):
    log = at_random()
    one = getattr(wb, name)(read(tmp_path, log), minimum_base=1)
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / "other"))
    other = getattr(wb, name)(read(tmp_path, [*reversed(log)]), minimum_base=1)
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.sentence == other.sentence and one.method == other.method


def test_a_few_who_may_go_on_cannot_be_counted_out(tmp_path):
    log = [(f"p{k}", step, k % 40 + 5 * at) for k in range(100) for at, step in enumerate("AB")]
    log += [(f"q{k}", "A", 45.5 + k / 10) for k in range(7)]
    journey = read(tmp_path, log)
    found = wb.drop_off(journey)
    assert found.base == "100 people whose path went no further, fewer than 10 who may still be on the way"
    frame = found.to_frame().set_index("step")
    assert pd.isna(frame.loc["A", "still on the way"]) and frame.loc["A", "n"] == 100
    told = wb.variants(journey)
    assert any(one.startswith("Fewer than 10 people are silent") for one in told.cautions)
    assert " 7 " not in found.summary() and "7 %" not in told.summary()


def test_a_silence_of_a_few_is_not_told_and_nobodys_is_no_number(tmp_path):
    log = [(f"p{k}", step, k % 7 + 5 * at) for k in range(100) for at, step in enumerate("AB" if k else "A")]
    journey = read(tmp_path, [*log, *[(f"z{k}", "C", 300) for k in range(20)]])
    frame = wb.drop_off(journey).to_frame().set_index("step")
    assert frame.loc["A", "ends there"] == 1 and pd.isna(frame.loc["A", "silence days"])
    assert not isinstance(frame.loc["A", "median silence"], str)
    assert isinstance(wb.drop_off(journey, minimum_base=1).to_frame().set_index("step").loc["A", "median silence"], str)
    assert "nan" not in wb.drop_off(read(tmp_path, [one for one in log if one[0] != "p0"])).sentence


def test_how_many_come_far_is_not_told_where_they_are_few(tmp_path):
    log = [(f"p{k}", step, at) for k in range(100) for at, step in enumerate("ABCDE" if k < 3 else "AB")]
    assert "make 5 moves" not in wb.flow(read(tmp_path, log)).sentence
    all_but_few = [(f"p{k}", step, at) for k in range(100) for at, step in enumerate("AC" if k < 6 else "AB")]
    assert "make 2 moves" not in wb.flow(read(tmp_path, all_but_few), first=2).sentence  # 94 in the one stream shown
    many = [(f"p{k}", step, at) for k in range(100) for at, step in enumerate("ABCDE" if k < 30 else "AB")]
    assert wb.flow(read(tmp_path, many)).sentence.endswith(" 30 % make 5 moves or more.")


def test_scores_beside_paths_obey_the_minimum_that_is_asked_for(tmp_path):
    log = read(tmp_path, [(f"p{k}", step, at) for k in range(200) for at, step in enumerate("AB" if k < 90 else "AC")])
    answers = tmp_path / "said.csv"
    answers.write_text("who,q\n" + "".join(f"p{k},{k % 11}\n" for k in (*range(20), *range(90, 200))), encoding="utf-8")
    asked = wb.read(answers, format="survey", person="who", questions={"q": {"measure": "nps", "scale": [0, 10]}})
    found = wb.variants(log.join(asked), minimum_base=50).table.set_index("path")
    assert pd.isna(found.loc["A > B", "NPS"]) and found.loc["A > B", "n"] == 90


@pytest.mark.parametrize("name", ["transitions", "drop_off"])
def test_a_column_of_a_counted_name_is_refused_and_one_named_twice_is_one(tmp_path, name):
    table = pd.DataFrame(
        [(f"p{k}", step, f"2025-01-0{at + 1}", k % 2, "n") for k in range(40) for at, step in enumerate("AB")]
    )
    table.columns = ["who", "what", "when", "value", "region"]
    table.to_csv(tmp_path / "log.csv", index=False)
    bound = {"format": "events", "person": "who", "activity": "what", "time": "when", "timezone": "UTC"}
    journey = wb.read(tmp_path / "log.csv", segments=["value", "region"], **bound)
    for column in ("value", "n", "person"):
        with pytest.raises(wb.DataFault, match="that is counted"):
            getattr(wb, name)(journey, by=column)
    assert getattr(wb, name)(journey, by=["region", "region"]).table["n"].max() == 40
    with pytest.raises(wb.DataFault, match="no column of the people"):
        wb.drop_off(journey, by="gap")


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("n", "people by their attributes"),
        ({"region": None}, 'no region called "None"'),
        ({"region": ["n", "s"]}, "nobody of all others"),
    ],
)
def test_groups_that_are_none_say_so(tmp_path, group, said):
    log = [(f"p{k}", step, at, "web", "ns"[k % 2]) for k in range(40) for at, step in enumerate("AB")]
    with pytest.raises(wb.DataFault, match=said):
        wb.transitions(read(tmp_path, log), group=group)


def test_a_move_that_one_group_never_makes_is_compared_though_theirs_are_all_rare(tmp_path):
    log = [(f"p{k}", step, at, "web", "n") for k in range(60) for at, step in enumerate("AB")]
    log += [(f"q{k}", step, at, "web", "s") for k in range(60) for at, step in enumerate(("A", f"X{k % 30}"))]
    found = wb.transitions(read(tmp_path, log), group={"region": "n"}).table.set_index(["step", "next_step"])
    assert found.loc[("A", "B"), ["value", "A %", "B %"]].tolist() == [100, 100, 0]


def test_paths_without_steps_and_tables_without_rows_say_why(tmp_path):
    (tmp_path / "log.csv").write_text(
        "who,what,at\n" + "".join(f"p{k},,2025-01-02\n" for k in range(30)), encoding="utf-8"
    )
    journey = wb.read(tmp_path / "log.csv", format="events", person="who", activity="what", time="at", timezone="UTC")
    with pytest.raises(wb.DataFault, match="no moves at a step"):
        wb.loops(journey)
    with pytest.raises(wb.DataFault, match="one path or more"):
        wb.variants(read(tmp_path, [("p", "A", 0)]), top=0)


def test_the_data_may_end_in_a_far_year(tmp_path):
    journey = read(tmp_path, [(f"p{k}", step, at) for k in range(40) for at, step in enumerate("AB")])
    assert "9999-12-31" in wb.drop_off(journey, until="9999-12-31").method
