"""How answers are spread over their scale; recommendation, trust and emotion by any crossing."""

from __future__ import annotations

import dataclasses

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
    asking = {"nps": wb.nps, "trust": wb.trust, "emotion": wb.emotion_curve}[of]
    mean = asking(study.journey, by=by)
    assert mean.by == ((by,) if isinstance(by, str) else by)
    if by in ("channel", ("segment", "wave")):
        counted = wb.distribution(study.journey, of, by=by)
        assert counted.by == (*mean.by, "answer")
        assert mean.table["n"].sum() == counted.table["answers"].sum() > 0


def test_a_persona_nobody_named_is_refused_with_what_to_split_by(study):
    nobody = dataclasses.replace(study.journey, personas=None)
    for ask in (wb.nps, wb.trust, wb.emotion_curve, wb.csat):
        with pytest.raises(wb.DataFault, match=r"personas apart \(segment"):
            ask(nobody, by="persona")
    with pytest.raises(wb.DataFault, match="Small landlrd"):
        study.journey.people_with(persona="Small landlrd")
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
