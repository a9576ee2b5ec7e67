"""What is written beside each move at load: what comes next, its place, which visit it is, how often the person moves so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench import engine


def by_hand(moves):
    """One person's moves in order, numbered by looking at each alone. None is a step that is not known."""
    pairs = list(zip(moves, [*moves[1:], None], strict=True))
    for place, (step, after) in enumerate(pairs):
        before = pairs[: place + 1]
        led = step is not None and after is not None
        yield {
            "nth": place + 1,
            "visit": 0 if step is None else sum(one == step for one, _ in before),
            "onward": sum(one == step and then is not None for one, then in pairs) if led else 0,
            "again": sum(pair == (step, after) for pair in before) if led else 0,
        }


@pytest.mark.parametrize("run", [7, 50, engine.RUN])
def test_moves_are_numbered_person_by_person_whatever_is_numbered_at_a_time(tmp_path, monkeypatch, run):
    monkeypatch.setattr(engine, "RUN", run)
    rng = np.random.default_rng(1)
    log = [
        (
            f"p{person}",
            ["bill", "call", "pay", ""][rng.integers(0, 4)],
            pd.Timestamp("2025-01-01") + pd.Timedelta(hours=at),
        )
        for person in range(60)
        for at in rng.choice(5000, rng.integers(1, 20), replace=False)
    ]
    pd.DataFrame(log, columns=["who", "what", "when"]).sample(frac=1, random_state=2).to_csv(
        tmp_path / "log.csv", index=False
    )
    journey = wb.read(tmp_path / "log.csv", format="events", person="who", activity="what", time="when", timezone="UTC")
    records = journey.to_frame().sort_values(["person", "time", "order"])
    assert len(records) == len(log)
    for _, mine in records.groupby("person"):
        steps = [step if isinstance(step, str) else None for step in mine["step"]]
        assert mine[["nth", "visit", "onward", "again"]].astype(int).to_dict("records") == list(by_hand(steps))


@pytest.mark.parametrize("run", [5, engine.RUN])
def test_the_paths_that_are_written_are_those_of_the_records(tmp_path, monkeypatch, run):
    monkeypatch.setattr(engine, "RUN", run)
    rng = np.random.default_rng(3)
    log = [
        (f"p{person}", ["bill", "call", "pay", ""][rng.integers(0, 4)], f"2025-01-{day:02} 10:00")
        for person in range(40)
        for day in rng.choice(np.arange(1, 29), rng.integers(1, 9), replace=False)
    ]
    pd.DataFrame(log, columns=["who", "what", "when"]).to_csv(tmp_path / "log.csv", index=False)
    journey = wb.read(tmp_path / "log.csv", format="events", person="who", activity="what", time="when", timezone="UTC")
    room = journey.engine
    room.adjacent(journey.records.lazy, tmp_path / "moves.parquet", tmp_path / "paths.parquet", lasting=False)
    written = engine.rows(room.scan(tmp_path / "paths.parquet"))
    worked_out = engine.rows(room.paths(journey.records.lazy).sort("person"))
    pd.testing.assert_frame_equal(written, worked_out)


def test_a_filter_of_people_keeps_their_paths_and_one_of_records_does_not(tmp_path):
    (tmp_path / "log.csv").write_text(
        "who,what,at,region\na,bill,2025-01-01 10:00,north\na,call,2025-01-02 10:00,north\nb,bill,2025-01-03 10:00,south\n",
        encoding="utf-8",
    )
    journey = wb.read(
        tmp_path / "log.csv",
        format="events",
        person="who",
        activity="what",
        time="at",
        timezone="UTC",
        segments=["region"],
    )
    assert journey.where(region="north").whole and not journey.where(step="bill").whole
    assert journey.moves().whole and journey.at_any_step().whole


def test_people_can_be_marked_and_every_measure_asked_by_it(tmp_path):
    (tmp_path / "answers.csv").write_text(
        "who,q\n" + "".join(f"p{k},{9 if k < 20 else 3}\n" for k in range(40)), encoding="utf-8"
    )
    journey = wb.read(
        tmp_path / "answers.csv", format="survey", person="who", questions={"q": {"measure": "nps", "scale": [0, 10]}}
    )
    happy = journey.records.lazy.filter(engine.nw.col("value") > 5).select(
        "person", engine.nw.lit("yes").alias("happy")
    )
    marked = journey.marked("happy", happy, "marked as happy", otherwise="no")
    found = wb.nps(marked, by="happy").table.set_index("happy")
    assert found.loc["yes", "value"] == 100 and found.loc["no", "value"] == -100
    with pytest.raises(wb.DataFault, match="another name"):
        journey.marked("step", happy, "x")
