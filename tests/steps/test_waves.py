"""Waves and data quality: what changed in the asking, who answered, what is missing; told, and kept with the measure."""

from __future__ import annotations

import pytest

import workbench as wb

FIRST = {"label": "How likely are you to recommend us?", "scale": [0, 10]}


def wave(tmp_path, name, scores, segments, channel="post", **asked):
    path = tmp_path / f"{name}.csv"
    lines = [
        f"{name}-{place},{score},{segment}" for place, (score, segment) in enumerate(zip(scores, segments, strict=True))
    ]
    path.write_text("id,q,segment\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return wb.read(
        path,
        format="survey",
        person="id",
        wave={"is": name},
        channel={"is": channel},
        segments=["segment"],
        questions={"q": {"measure": "nps", **FIRST, **asked}},
    )


SCORES, SEGMENTS = [9, 3, 7, 10] * 30, ["owner", "tenant"] * 60


def test_the_same_asking_over_waves_is_said(tmp_path):
    both = wave(tmp_path, "2024", SCORES, SEGMENTS).join(wave(tmp_path, "2025", SCORES, SEGMENTS))
    found = wb.wave_breaks(both)
    assert found.table.empty and "stayed the same over 2 waves" in found.sentence
    assert "wave break" not in wb.nps(both, by="wave").method


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"label": "Would you tell a friend about us?"}, "wording"),
        ({"channel": "web"}, "channels"),
    ],
)
def test_a_change_of_wording_or_channels_is_told_and_stays_with_the_measure(tmp_path, change, what):
    both = wave(tmp_path, "2024", SCORES, SEGMENTS).join(wave(tmp_path, "2025", SCORES, SEGMENTS, **change))
    table = wb.wave_breaks(both).table
    assert table[["measure", "before", "after", "what"]].to_numpy().tolist() == [["nps", "2024", "2025", what]]
    assert f"wave break (2024 to 2025: {what} changed)" in wb.nps(both, by="wave").method
    assert "wave break" not in wb.nps(both, by="segment").method


def test_a_change_of_scale_is_a_break(tmp_path):
    one = wave(tmp_path, "2024", [1, 5, 3, 4] * 30, SEGMENTS, measure="ease", scale=[1, 5])
    two = wave(tmp_path, "2025", [1, 7, 3, 4] * 30, SEGMENTS, measure="ease", scale=[1, 7])
    table = wb.wave_breaks(one.join(two)).table
    assert table[["what", "was", "became"]].to_numpy().tolist() == [["scale", "1 to 5", "1 to 7"]]


def test_commas_and_capitals_are_no_new_wording(tmp_path):
    other = "how likely are you, to recommend us"
    both = wave(tmp_path, "2024", SCORES, SEGMENTS).join(wave(tmp_path, "2025", SCORES, SEGMENTS, label=other))
    assert wb.wave_breaks(both).table.empty


def test_a_shift_in_who_answered_is_told_with_its_shares(tmp_path):
    shifted = ["owner"] * 100 + ["tenant"] * 20
    both = wave(tmp_path, "2024", SCORES, SEGMENTS).join(wave(tmp_path, "2025", SCORES, shifted))
    found = wb.drift(both, by="segment")
    assert "segment from 2024 to 2025" in found.sentence
    table = found.table.set_index(["group", "wave"])
    assert table.loc[("owner", "2024"), "value"] == 50 and round(table.loc[("owner", "2025"), "value"], 2) == 83.33
    row = table.loc[("owner", "2025")]
    assert row["low"] < row["value"] < row["high"] and row["n"] == 120


def test_chance_is_no_drift(tmp_path):
    near = ["owner"] * 63 + ["tenant"] * 57
    both = wave(tmp_path, "2024", SCORES, SEGMENTS).join(wave(tmp_path, "2025", SCORES, near))
    assert "stayed alike" in wb.drift(both, by="segment").sentence


def test_the_kinds_of_nothing_are_counted_apart(study):
    journey = study.journey
    found = wb.missing(journey)
    row = found.table.set_index("measure").loc["nps"]
    counted = journey.where(measure="nps").of_kind("answer").count(by="state", people=False).set_index("state")["n"]
    assert row["n"] == counted.sum()
    assert row["answered %"] == pytest.approx(100 * counted["answered"] / counted.sum())
    assert row["not shown %"] == pytest.approx(100 * counted["not_shown"] / counted.sum())
    shares = [column for column in found.table if column.endswith("%")]
    assert found.table[shares].sum(axis=1).tolist() == pytest.approx([100.0] * len(found.table))


def test_the_quality_page_says_what_was_read_found_again_and_set_aside(study):
    pages = {one.name: one for one in study.findings("quality")}
    read = pages["sources_read"].table.set_index("source")
    assert (read.loc["survey.csv", "rows read"], read.loc["survey.csv", "set aside"]) == (2268, 87)
    assert read.loc["survey.csv", "kept"] == 2268 - 87
    people = pages["people_found"].table.set_index("source")
    assert people.loc["tickets", "by id"] + people.loc["tickets", "alone"] == people.loc["tickets", "people"]
    assert set(pages) == {"sources_read", "people_found", "missing", "wave_breaks", "drift", "set_aside"}
    assert len(pages["set_aside"].table) == len(study.journey.faults)


def test_breaks_and_drift_are_told_between_waves_that_follow_each_other(tmp_path):
    tenants = ["tenant"] * 110 + ["owner"] * 10
    one, two = wave(tmp_path, "Wave 2", SCORES, SEGMENTS), wave(tmp_path, "Wave 9", SCORES, SEGMENTS)
    both = one.join(two).join(
        wave(tmp_path, "Wave 10", SCORES, tenants, label="Would you tell a friend?", channel="web")
    )
    table = wb.wave_breaks(both).table
    assert set(table["what"]) == {"wording", "channels"}
    assert set(zip(table["before"], table["after"], strict=True)) == {("Wave 9", "Wave 10")}
    assert "segment from Wave 9 to Wave 10:" in wb.drift(both).sentence
