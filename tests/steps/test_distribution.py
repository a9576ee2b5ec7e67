"""How answers are spread, trust by any crossing, and the felt curve of people's own journeys."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.inference import design_share, design_sums, share_interval

ANSWERS = [0, 3, 3, 7, 7, 7, 9, 10] * 3


def asked(tmp_path, table, questions, **binding):
    path = tmp_path / "answers.csv"
    pd.DataFrame(table).to_csv(path, index=False)
    return wb.read(path, format="survey", **{"person": "id", "questions": questions} | binding)


def one_question(tmp_path, segments=None, **more):
    table = {"id": [f"p{i}" for i in range(len(ANSWERS))], "q": ANSWERS}
    table |= {"segment": segments or ["a"] * len(ANSWERS)}
    return asked(tmp_path, table, {"q": {"measure": "nps", "scale": [0, 10]}}, segments=["segment"], **more)


# -- distribution -----------------------------------------------------------------------------------------------------


def test_every_answer_of_the_scale_has_its_share_with_wilsons_interval(tmp_path):
    found = wb.distribution(one_question(tmp_path))
    table = found.table.set_index("answer")
    assert list(table.index) == [str(x) for x in range(11)]
    assert table["answers"].to_dict() == {str(x): ANSWERS.count(x) for x in range(11)}
    share = share_interval(9, 24)
    assert table.loc["7", ["value", "low", "high"]].tolist() == pytest.approx(
        [100 * one for one in (share.value, share.low, share.high)]
    )
    assert table.loc["1", "value"] == 0 and table.loc["1", "high"] > 0 and set(table["n"]) == {24}
    assert "7 is the commonest answer (38 %" in found.sentence and "Wilson" in found.method
    wide = wb.distribution(one_question(tmp_path), together=True).table.set_index("answer")
    assert wide.loc["7", "high"] == pytest.approx(100 * share_interval(9, 24, 1 - 0.05 / 11).high)


def test_weights_and_strata_are_honoured_in_every_share(study):
    found = wb.distribution(study.journey, "emotion", by="step").table
    sums = found.groupby("step", sort=False)["value"].sum()
    assert sums.tolist() == pytest.approx([100.0] * 7)
    frame = study.journey.at_any_step().to_frame()
    frame = frame[(frame["measure"] == "emotion") & (frame["state"] == "answered")]
    frame["stratum"] = frame["person"].map(study.journey.people.to_frame().set_index("person")["stratum"])
    frame["x"] = (frame["value"] == 1).astype(float)
    made = design_sums(frame, "x", "weight", "stratum", "person", frame["step"] == "first-bill")
    expected = design_share(made.strata, made.n)
    row = found[(found["step"] == "first-bill") & (found["answer"] == "1")].iloc[0]
    assert row[["value", "low", "high"]].tolist() == pytest.approx(
        [100 * one for one in (expected.value, expected.low, expected.high)], abs=1e-6
    )


def test_a_small_group_is_hidden_with_its_complement(tmp_path):
    found = wb.distribution(one_question(tmp_path, ["a"] * 20 + ["b"] * 4), by="segment")
    assert found.to_frame()["hidden"].all() and "No group is large enough" in found.sentence


def test_a_number_of_many_steps_is_refused(tmp_path):
    table = {"id": list("abc"), "q": [1, 50, 99]}
    with pytest.raises(wb.DataFault, match="mean_rating"):
        wb.distribution(asked(tmp_path, table, {"q": {"measure": "share", "scale": [0, 100]}}), "share")


def test_answers_stand_in_the_scales_order_in_table_and_picture(study):
    found = wb.distribution(study.journey, "nps", by=("step", "segment"))
    first = found.table.iloc[:11]
    assert first["answer"].tolist() == [str(x) for x in range(11)] and first["segment"].nunique() == 1
    drawn = found.plot()
    bars = [trace.hovertext[0].split("<br>")[0].rsplit(", ", 1)[1] for trace in drawn.data]
    assert bars == [str(x) for x in range(11)]


# -- any crossing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["step", "segment", "wave", "channel", ("step", "wave"), ("segment", "wave"), ()])
@pytest.mark.parametrize("of", ["nps", "trust", "emotion"])
def test_recommendation_trust_and_emotion_are_told_by_any_crossing(study, of, by):
    counted = wb.distribution(study.journey, of, by=by)
    keys = [by] if isinstance(by, str) else list(by)
    assert list(counted.by) == [*keys, "answer"]
    asking = {"nps": wb.nps, "trust": wb.trust, "emotion": wb.emotion_curve}[of]
    mean = asking(study.journey, by=by)
    assert list(mean.by) == keys and mean.table["n"].sum() == counted.table["answers"].sum() > 0


def test_a_persona_nobody_named_is_refused_with_what_to_split_by(study):
    for ask in (wb.nps, wb.trust, wb.emotion_curve, wb.csat):
        with pytest.raises(wb.DataFault, match=r"personas apart \(segment"):
            ask(study.journey, by="persona")
    with pytest.raises(wb.DataFault, match='did you mean "segment"'):
        wb.trust(study.journey, by="segmnet")


def test_trust_is_the_curve_of_trust(study):
    one, other = wb.trust(study.journey), wb.emotion_curve(study.journey, of="trust")
    pd.testing.assert_frame_equal(one.table, other.table)
    assert (one.name, one.title) == ("trust", "Trust")


def test_channels_are_told_where_the_answers_know_them(tmp_path):
    table = {"id": [f"p{i}" for i in range(40)], "q": [1, 5] * 20, "how": ["web", "post"] * 20}
    questions = {"q": {"measure": "trust", "scale": [1, 5], "step": "bill"}}
    found = wb.trust(asked(tmp_path, table, questions, channel="how"), by=("step", "channel")).table
    assert found.set_index("channel")["value"].to_dict() == {"post": 100, "web": -100}


# -- peak and end -----------------------------------------------------------------------------------------------------

STEPS = ("arrive", "wait", "leave")


def felt(tmp_path, rows, verdicts=None):
    """People's emotions (1 to 5, blank) at three steps, and their recommendation of the whole."""
    table = {"id": [f"p{i}" for i in range(len(rows))]}
    table |= {step: [row[place] for row in rows] for place, step in enumerate(STEPS)}
    questions = {step: {"measure": "emotion", "scale": [1, 5], "step": step} for step in STEPS}
    if verdicts is not None:
        table["q"] = verdicts
        questions["q"] = {"measure": "nps", "scale": [0, 10]}
    return asked(tmp_path, table, questions)


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
        wb.peak_end(one_question(tmp_path), of="nps")


def test_a_step_few_reached_is_hidden_and_the_map_gives_the_order(tmp_path, study):
    rows = [(4, 1, None)] * 30 + [(4, 1, 5)] * 4
    found = wb.peak_end(felt(tmp_path, rows), steps=STEPS)
    shown = found.to_frame().set_index("step")
    assert shown.loc["leave", "hidden"] and "leave" not in found.sentence
    sample = wb.peak_end(study.journey)
    assert sample.table["step"].tolist() == [one for one in study.map.names if one in set(sample.table["step"])]
    assert "seed 1" in sample.method and "weights are not honoured" in sample.method
