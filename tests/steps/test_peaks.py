"""The felt curve of people's own journeys: its peak, end and mean, and what goes with their verdict."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb

STEPS = ("arrive", "wait", "leave")


def felt(tmp_path, rows, verdicts=None):
    """People's emotions (1 to 5, blank) at three steps, and their recommendation of the whole."""
    table = {"id": [f"p{i}" for i in range(len(rows))]}
    table |= {step: [row[place] for row in rows] for place, step in enumerate(STEPS)}
    questions = {step: {"measure": "emotion", "scale": [1, 5], "step": step} for step in STEPS}
    if verdicts is not None:
        table["q"] = verdicts
        questions["q"] = {"measure": "nps", "scale": [0, 10]}
    path = tmp_path / "answers.csv"
    pd.DataFrame(table).to_csv(path, index=False)
    return wb.read(path, format="survey", person="id", questions=questions)


def test_the_curve_its_peak_and_end_by_hand(tmp_path):
    rows = [(4, 1, 3)] * 10 + [(5, 5, None)] * 6 + [(None, None, 2)] * 3
    found = wb.peak_end(felt(tmp_path, rows), steps=STEPS)
    table = found.table.set_index("step")
    assert table["n"].to_dict() == {"arrive": 16, "wait": 16, "leave": 10}
    assert table.loc["arrive", "value"] == pytest.approx((10 * 50 + 6 * 100) / 16)
    assert table.loc["wait", "peak %"] == 100 and table.loc["arrive", "peak %"] == 0  # of equals the last
    assert table.loc["wait", "end %"] == pytest.approx(100 * 6 / 16) and table.loc["leave", "end %"] == 100
    peak, end, mean = (10 * -100 + 6 * 100) / 16, 6 * 100 / 16, (10 * -50 / 3 + 6 * 100) / 16
    assert f"mean of +{mean:.0f}, a peak of −{-peak:.0f}, an end of +{end:.0f}" in found.sentence
    assert "16 people who told" in found.base and "3 told it of fewer" in found.base
    assert "nothing to compare" in found.method
    assert (table["low"] <= table["value"]).all() and (table["value"] <= table["high"]).all()


def test_the_two_models_are_least_squares_over_people(tmp_path):
    import statsmodels.formula.api as smf

    source = np.random.default_rng(3)
    rows = source.integers(1, 6, (120, 3)).tolist()
    verdicts = [int(np.clip(sum(row) * 2 / 3 + source.integers(-2, 3), 0, 10)) for row in rows]
    found = wb.peak_end(felt(tmp_path, rows, verdicts), steps=STEPS)
    table = pd.DataFrame([[50 * x - 150 for x in row] for row in rows], columns=list("abc"))
    strength = table.abs()
    last = strength.iloc[:, ::-1].idxmax(axis=1)
    table["peak"] = [table.loc[at, name] for at, name in last.items()]
    table["mean"], table["q"] = table[list("abc")].mean(axis=1), verdicts
    r2 = [smf.ols(f"q ~ {formula}", table).fit().rsquared for formula in ("peak + c", "mean")]
    assert f"R² {r2[0]:.2f} and {r2[1]:.2f}; 120 people" in found.sentence
    assert "less closely than" in found.sentence and "Alaybek" in found.method


def test_where_nobody_told_two_steps_it_is_refused(tmp_path):
    with pytest.raises(wb.DataFault, match="two steps or more"):
        wb.peak_end(felt(tmp_path, [(4, None, None), (None, 2, None)] * 5), steps=STEPS[:2])
    with pytest.raises(wb.DataFault, match=r"say steps=\[…\] in their order, of: arrive, leave, wait"):
        wb.peak_end(felt(tmp_path, [(4, 3, 2)] * 5))
    with pytest.raises(wb.DataFault, match='did you mean "leave"'):
        wb.peak_end(felt(tmp_path, [(4, 3, 2)] * 5), steps=("arrive", "leaves"))
    with pytest.raises(wb.DataFault, match="at least two steps"):
        wb.peak_end(felt(tmp_path, [(4, 3, 2)] * 5, [7] * 5), of="nps")


def test_a_step_few_reached_is_hidden_and_the_map_gives_the_order(tmp_path, study):
    rows = [(4, 1, None)] * 30 + [(4, 1, 5)] * 4
    found = wb.peak_end(felt(tmp_path, rows), steps=STEPS)
    shown = found.to_frame().set_index("step")
    assert shown.loc["leave", "hidden"] and "leave" not in found.sentence
    sample = wb.peak_end(study.journey)
    assert sample.table["step"].tolist() == [one for one in study.map.names if one in set(sample.table["step"])]
    assert "seed 1" in sample.method and "weights are not honoured" in sample.method


def test_few_people_have_no_models_and_are_not_counted_out(tmp_path):
    rows, verdicts = [(4, 1, 3), (5, 2, 2), (1, 1, 5)] * 5, [7, 8, 3] * 5
    assert "R²" in wb.peak_end(felt(tmp_path, rows, verdicts), steps=STEPS).sentence
    strict = wb.peak_end(felt(tmp_path, rows, verdicts), steps=STEPS, minimum_base=16)
    assert "fewer than 16 people told" not in strict.base and strict.base.startswith("fewer than 16 people")
    assert "fewer than 16 people gave nps" in strict.method and "R²" not in strict.sentence
    few = wb.peak_end(felt(tmp_path, rows[:8], verdicts[:8]), steps=STEPS, minimum_base=1)
    assert "R²" in few.sentence
