"""What a cluster does and does not: small tables only, plain refusals, one Spark a process, words and dates as ever."""

from __future__ import annotations

import gc

import narwhals as nw
import pandas as pd
import pytest
from same import same_rows, same_table

import workbench as wb
from workbench.engine import Engine, count, rows
from workbench.steps.measure import measure

WORDS = [
    "Élan, vital!",
    "naïve — CAFÉ",
    "Straße 7",
    "  ",
    "E\u0301t\u00e9",
    "ÅNGSTRÖM ½",
    "日本語 テスト",
    None,
    "don't",
]
DATES = ["2025-03-01", "2025-03-01 09:30", "2025-10-26T01:30:00+02:00", "soon", "", None]


@pytest.fixture(scope="module")
def engines(both):
    return Engine(), both.spark.engine


def test_a_table_goes_and_comes_back_as_it_was(engines):
    table = pd.DataFrame(
        {
            "text": pd.Series(["a", None, "c"], dtype=object),
            "n": [1, 2, 3],
            "x": [0.1, float("nan"), 1e300],
            "yes": [True, False, True],
            "none": pd.Series([None, None, None], dtype=object),
        }
    )
    types = {"text": "VARCHAR", "none": "VARCHAR"}
    one, other = (rows(engine.table(table, types)) for engine in engines)
    same_table(one, other)
    same_table(*(rows(engine.table(table.head(0), types | {"n": "BIGINT"})) for engine in engines))


def test_words_are_made_plain_alike(engines):
    table = pd.DataFrame({"n": range(len(WORDS)), "said": WORDS})
    made = [engine.plain(engine.table(table, {"said": "VARCHAR"}), "said", "plain") for engine in engines]
    assert same_rows(*made, "n") == len(WORDS)
    assert " naive cafe " in set(rows(made[1])["plain"])


@pytest.mark.parametrize("zone", [None, "Europe/London"])
def test_dates_are_read_alike(engines, zone):
    table = pd.DataFrame({"n": range(len(DATES)), "when": DATES})
    made = [engine.instants(engine.table(table, {"when": "VARCHAR"}), "t", "when", zone) for engine in engines]
    assert made[0][1] == made[1][1] == "ISO 8601"
    tables = [rows(frame.sort("n")).astype({"t_read": "int64"}) for frame, _ in made]
    pd.testing.assert_frame_equal(*tables, check_like=True)


def test_the_last_answer_and_the_batches_are_the_same(engines):
    table = pd.DataFrame(
        {
            "case": ["a", "a", "a", "b", "b"],
            "time": [5.0, 7.0, 7.0, float("nan"), 1.0],
            "order": [1, 2, 3, 4, 5],
            "said": [1.0, 2.0, float("nan"), 4.0, 5.0],
        }
    )
    types = {"case": "VARCHAR", "time": "BIGINT", "order": "BIGINT", "said": "DOUBLE"}
    last = [
        engine.last_of(engine.table(table, types), "case", ["said"], {"first": ("min", "order")}) for engine in engines
    ]
    same_rows(*last, "case")
    assert dict(rows(last[1])[["case", "said"]].itertuples(index=False)) == {"a": 2.0, "b": 5.0}
    many = pd.DataFrame({"unit": [n * 10_000 + 10**12 for n in range(2_000)]})
    dealt = [rows(engine.dealt(engine.table(many), "unit", 64).sort("unit")) for engine in engines]
    same_table(*dealt)
    assert set(dealt[0]["unit"]) == set(range(64))


def test_more_than_a_small_table_is_refused_either_way(both, monkeypatch):
    from workbench import cluster

    monkeypatch.setattr(cluster, "MOVED", 1000)
    monkeypatch.setattr(cluster, "SENT", 1000)
    for question in (both.spark.to_frame, lambda: both.spark.engine.table(pd.DataFrame({"n": range(1001)}))):
        with pytest.raises(wb.DataFault, match="at most 1,000 rows between the cluster and this process"):
            question()
    assert len(both.spark.count(by="step"))


def test_what_spark_cannot_do_is_said_in_words(both):
    @measure("What is first?")
    def first_of_all(journey):
        return rows(journey.records.lazy.select(nw.col("value").first()))

    @measure("What is wrong?")
    def wrong(journey):
        return journey.nothing_like_it

    @measure("What does the embedded engine's own SQL say?")
    def own_words(journey):
        return journey.engine.unpivot(journey.people.lazy, ["segment"], "name", "value")

    from workbench.steps.measure import MEASURES

    try:
        with pytest.raises(wb.DataFault, match="use the embedded engine"):
            first_of_all(both.spark)
        with pytest.raises(wb.DataFault, match="not worked out on Spark"):
            own_words(both.spark)
        with pytest.raises(AttributeError):  # an error of ours stays one
            wrong(both.spark)
    finally:
        for name in ("first_of_all", "wrong", "own_words"):
            MEASURES.pop(name, None)


def test_what_is_kept_goes_with_its_owner(both):
    class Owner:
        pass

    owner = Owner()
    kept = both.spark.engine.keep_for(owner, both.spark.people.lazy.filter(nw.col("segment") == "owner"))
    native = kept.to_native()
    assert count(kept) and native.storageLevel.useMemory
    del owner
    gc.collect()
    assert not native.storageLevel.useMemory


def test_a_name_that_spark_cannot_say_is_refused_by_name(both, tmp_path):
    embedded = Engine()
    path = tmp_path / "people.parquet"
    embedded.write(embedded.table(pd.DataFrame({"person": ["p1"], "plan.kind": ["gold"]})), path, ())
    with pytest.raises(wb.DataFault, match=r"plan\.kind"):
        both.spark.engine.scan(path)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("local[4]", "a Spark at local\\[2\\] open"),
        ("spark://127.0.0.1:1", "a Spark at local\\[2\\] open"),
        ("sparkle://there", "embedded, local\\[2\\]"),
        ("local[two]", "embedded, local\\[2\\]"),
    ],
)
def test_an_address_that_does_not_do_is_told(both, monkeypatch, address, said):
    monkeypatch.setenv("WORKBENCH_ENGINE", address)
    with pytest.raises(wb.DataFault, match=said):
        _ = both.studies[0].journey


def test_where_nobody_answers_it_is_told_at_once():
    from workbench import cluster

    with pytest.raises(wb.DataFault, match="no Spark at spark://127.0.0.1:1,127.0.0.1:2: nobody answers"):
        cluster._started("spark://127.0.0.1:1,127.0.0.1:2")


def test_the_command_takes_an_address(both, capsys):
    from workbench import cli

    assert cli.main(["load", str(both.studies[0].path), "--engine", "local[2]", "--json"]) == 0
    assert '"people": ' in capsys.readouterr().out
    assert cli.main(["load", str(both.studies[0].path), "--engine", "sparkle"]) == 2
    assert "local[2]" in capsys.readouterr().err
