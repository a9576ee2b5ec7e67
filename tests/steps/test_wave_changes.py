"""From wave to wave: the change with its error, who answered, and what was asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.inference import design_difference, design_sums_of_two, kitagawa, standardised, standardised_cells

NPS = {"measure": "nps", "scale": [0, 10], "label": "Would you recommend us?"}


def waves(tmp_path, table, label="Would you recommend us?", name="s", **more):
    path = tmp_path / f"{name}.csv"
    table.to_csv(path, index=False)
    bound = {"person": "id", "wave": "wave", "segments": [c for c in ("segment", "region") if c in table]}
    return wb.read(path, format="survey", questions={"q": NPS | {"label": label}}, **bound, **more)


def people(n=80, seed=3, shift=0, twice=30, segments=("owner", "tenant")):
    """Two waves of n, `twice` of them in both."""
    rng = np.random.default_rng(seed)
    first = pd.DataFrame({"id": [f"p{at}" for at in range(n)], "wave": "A", "q": rng.integers(0, 11, n)})
    second = pd.DataFrame({"id": [f"p{at + n - twice}" for at in range(n)], "wave": "B", "q": rng.integers(0, 11, n)})
    second["q"] = (second["q"] + shift).clip(0, 10)
    table = pd.concat([first, second], ignore_index=True)
    number = table["id"].str[1:].astype(int)
    return table.assign(segment=[segments[one % 2] for one in number], w=1 + number % 3)


def points(scores):
    return np.select([scores >= 9, scores >= 7], [100.0, 0.0], -100.0)


@pytest.mark.parametrize("weight", [None, "w"])
def test_the_change_honours_weights_and_people_of_both_waves(tmp_path, weight):
    table = people()
    journey = waves(tmp_path, table, **({"weight": "w"} if weight else {}))
    row = wb.wave_changes(journey).table.iloc[0]
    frame = table.assign(x=points(table["q"]))
    sums = design_sums_of_two(frame, "x", frame["wave"] == "B", frame["wave"] == "A", weight=weight, psu="id")
    gap = design_difference(sums.strata, sums.n_a, sums.n_b)
    assert (row["value"], row["low"], row["high"], row["p"]) == pytest.approx((gap.value, gap.low, gap.high, gap.p))
    assert (row["n"], row["n before"], row["n then"], row["in both"]) == (80, 80, 80, 30)


def test_the_change_at_equal_mix_and_the_part_of_the_mix_stand_beside_it(tmp_path):
    table = people(n=120, twice=0)
    table.loc[(table["wave"] == "B") & (table["q"] % 3 == 0), "segment"] = "tenant"
    table["id"] = table["id"] + table["wave"]
    row = wb.wave_changes(waves(tmp_path, table), by="segment").table.iloc[0]
    frame = table.assign(x=points(table["q"]))
    cells = standardised_cells(frame, "x", "wave", "segment", "B", "A")
    same, split = standardised(cells), kitagawa(cells)
    assert row["at equal mix"] == pytest.approx(same.contrast.value)
    assert row["equal mix to"] == pytest.approx(same.contrast.high)
    assert row["from the mix"] == pytest.approx(split.mix) and split.mix != 0


def test_a_fall_of_another_mix_is_told_as_such(tmp_path):
    """Owners recommend, tenants do not, and in the second wave there are more tenants; nobody changed."""
    rows = [
        (f"{wave}{place}", wave, 10 if kind == "owner" else 2, kind)
        for wave, owners in (("A", 80), ("B", 40))
        for place, kind in enumerate(["owner"] * owners + ["tenant"] * (120 - owners))
    ]
    rows += [("x1", "A", 7, "owner"), ("x2", "B", 7, "owner"), ("x3", "A", 7, "tenant"), ("x4", "B", 7, "tenant")]
    table = pd.DataFrame(rows, columns=["id", "wave", "q", "segment"])
    row = wb.wave_changes(waves(tmp_path, table)).table.iloc[0]
    assert row["value"] < -50 and row["verdict"].startswith("fell, which another mix of people may explain")


def test_p_is_corrected_over_the_pairs_and_verdicts_are_words(tmp_path):
    table = pd.concat([people(shift=4), people(seed=9).query("wave == 'B'").assign(wave="C")])
    table = table.assign(id=table["id"] + table["wave"])
    found = wb.wave_changes(waves(tmp_path, table))
    assert found.table["verdict"].tolist()[0].startswith("rose") and found.table["before"].tolist() == ["A", "B"]
    assert (found.table["p Holm"] >= found.table["p"]).all()
    assert found.table["p Holm"].min() == pytest.approx(min(2 * found.table["p"].min(), 1))
    still = wb.wave_changes(waves(tmp_path, people(n=2000, twice=0, seed=1), name="t"), matters=15)
    assert still.table["verdict"].tolist() == ["no change that matters"]
    assert "no change beyond chance" in wb.wave_changes(waves(tmp_path, people(n=40, twice=0), name="u")).sentence


def test_a_change_in_the_asking_stays_with_the_verdict(tmp_path):
    table = people(shift=4)
    first = waves(tmp_path, table[table["wave"] == "A"], name="one")
    second = waves(tmp_path, table[table["wave"] == "B"], label="Would you tell a friend?", name="two")
    verdict = wb.wave_changes(first.join(second)).table["verdict"].iloc[0]
    assert verdict.endswith("(wording changed: the asking may explain it)")


def test_small_waves_are_hidden_and_not_spoken_of(tmp_path):
    table = people(n=40, twice=0)
    table = pd.concat([table, table.query("wave == 'A'").head(5).assign(wave="C")]).assign(
        id=lambda t: t["id"] + t["wave"]
    )
    found = wb.wave_changes(waves(tmp_path, table))
    shown = found.to_frame().set_index("wave")
    assert shown["hidden"].tolist() == [True, True]  # the small one and its complement
    assert found.sentence == "No two waves are large enough to compare the NPS."


def test_one_wave_a_step_and_an_unknown_attribute_are_refused(tmp_path):
    journey = waves(tmp_path, people().query("wave == 'A'"))
    with pytest.raises(wb.DataFault, match="two or more"):
        wb.wave_changes(journey)
    both = waves(tmp_path, people(), name="b")
    with pytest.raises(wb.DataFault, match="one step"):
        wb.wave_changes(both, by="step")
    with pytest.raises(wb.DataFault, match="segmnt"):
        wb.wave_changes(both, by="segmnt")
    with pytest.raises(wb.DataFault, match="above 0"):
        wb.wave_changes(both, matters=0)


def test_the_samples_waves_do_not_differ_as_planted(study):
    found = wb.wave_changes(study.journey)
    assert found.table["verdict"].eq("no change beyond chance").all()
    table = wb.nps(study.journey, by="wave").table.set_index("wave")["value"]
    assert found.table["value"].tolist() == pytest.approx(table.diff().dropna().tolist())


def test_the_tenth_wave_comes_after_the_ninth_and_the_base_is_of_waves_alone(tmp_path):
    names = ["Wave 1", "Wave 2", "Wave 10", ""]
    table = pd.concat([people(n=40, twice=0, seed=at).query("wave == 'A'").assign(wave=at) for at in range(4)])
    table = table.assign(id=table["id"] + "w" + table["wave"].astype(str), wave=[names[one] for one in table["wave"]])
    found = wb.wave_changes(waves(tmp_path, table))
    assert found.table[["before", "wave"]].to_numpy().tolist() == [["Wave 1", "Wave 2"], ["Wave 2", "Wave 10"]]
    assert found.base == "120 answers of 120 people" and "40 answers without a wave left out" in found.method
