"""What changed since the last wave: planted changes are told, chance is told from them, and one wave has nothing to say."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

import workbench as wb
from workbench.cli import main

MAP = {
    "stages": [
        {"name": "Billed", "steps": [
            {"id": "bill", "name": "First bill", "emotion": 20},
            {"id": "asks", "name": "Asks", "emotion": 20, "promise": {"words": "An answer in two days"}},
        ]}
    ]
}  # fmt: skip
STUDY = {
    "title": "Two waves", "today": "2025-12-31", "departments": ["Billing"],
    "sources": [{
        "file": "sources/*.csv", "format": "survey", "person": "id", "time": "when", "wave": "wave", "segments": ["group"],
        "questions": {
            "bill_nps": {"measure": "nps", "step": "bill"}, "asks_nps": {"measure": "nps", "step": "asks"},
            "bill_feel": {"measure": "emotion", "step": "bill", "scale": [1, 5]},
            "asks_feel": {"measure": "emotion", "step": "asks", "scale": [1, 5]},
            "all": {"measure": "nps"}, "ease": {"measure": "ease", "step": "asks", "scale": [1, 7]},
        },
    }],
}  # fmt: skip
CLAIM = {
    "id": "a-higher", "claim": "A is higher", "outcome": "nps", "step": "bill", "compare": {"group": "a"}, "matters": 10,
    "direction": "higher",
}  # fmt: skip
ACTION = {
    "id": "rewrite", "action": "Rewrite <the> bill", "kind": "communication", "department": "Billing", "owner": "Head",
    "start": "2025-01-01", "due": "2025-04-30", "status": "done", "measure": "nps", "step": "bill", "effect_from": "2025-06-01",
    "predicted": [10, 20, 30],
}  # fmt: skip


def wave(number, n=150, bill=5.0, asks=5.0, feel=3.0, seed=0, gap=0.0):
    """Answers of one wave; `gap` is how much higher group a scores the bill."""
    rng = np.random.default_rng(100 * number + seed)
    group = np.where(np.arange(n) % 2, "a", "b")

    def scores(middle, low, high, spread=2.0):
        return rng.normal(middle, spread, n).round().clip(low, high).astype(int)

    return pd.DataFrame({
        "id": [f"p{number}-{at}" if at >= 50 else f"both-{at}" for at in range(n)], "when": f"2025-{4 * number - 1:02d}-10",
        "wave": f"2025-{4 * number - 1:02d}", "group": group, "bill_nps": scores(bill + gap * (group == "a"), 0, 10),
        "asks_nps": scores(asks, 0, 10), "bill_feel": scores(feel, 1, 5, 1.0), "asks_feel": scores(3.6, 1, 5, 1.0),
        "all": scores(5, 0, 10), "ease": scores(4, 1, 7),
    })  # fmt: skip


@pytest.fixture
def study(project):
    folder = project / "data" / "waves"
    (folder / "sources").mkdir(parents=True)

    def made(*waves, **parts):
        for name, content in {"study": STUDY, "map": MAP, **parts}.items():
            with open(folder / f"{name}.yaml", "w", encoding="utf-8") as file:
                YAML().dump(deepcopy(content), file)
        for number, table in enumerate(waves, start=1):
            table.to_csv(folder / "sources" / f"wave{number}.csv", index=False)
        return wb.open_study(folder)

    return made


def scores(found):
    table = found.table[found.table["kind"] == "score"]
    return table.set_index(["what", "where"])


def test_the_planted_change_is_told_and_nothing_else(study):
    found = study(wave(1), wave(2, bill=7.5)).since()
    table = scores(found)
    assert table.index[table["changed"].astype(bool)].tolist() == [("NPS", "First bill")]
    assert found.sentence.startswith(
        'From 2025-03 to 2025-07 1 of 6 scores changed beyond chance: NPS at "First bill" rose by'
    )
    assert "no other score did." in found.sentence
    assert "no change beyond chance" in table.loc[("ease", "Asks"), "said"]
    assert set(table.index) == {
        ("NPS", "First bill"), ("NPS", "Asks"), ("emotion", "First bill"), ("emotion", "Asks"), ("NPS", "whole journey"),
        ("ease", "Asks"),
    }  # fmt: skip


def test_the_figures_are_those_of_the_wave_changes(study):
    opened = study(wave(1), wave(2, bill=7.5))
    table = scores(opened.since())
    for of, step, name in (("nps", "bill", "First bill"), ("nps", None, "whole journey"), ("ease", "asks", "Asks")):
        here = opened.journey.at_steps(step) if step else opened.journey
        same = wb.wave_changes(here, of=of).table.iloc[0]
        row = table.loc[("NPS" if of == "nps" else of, name)]
        assert (row["value"], row["n"]) == pytest.approx((same["value"], same["n"]))
        assert (row["low"], row["high"]) == pytest.approx((same["low"], same["high"]), rel=0.02)
    answered = wb.nps(opened.journey.at_steps("bill"), "wave").table.set_index("wave")["value"]
    row = table.loc[("NPS", "First bill")]
    assert (row["before"], row["now"]) == tuple(
        f"{answered[one]:+.0f}".replace("-", "−") for one in ("2025-03", "2025-07")
    )


def test_nothing_changed_says_so(study):
    found = study(wave(1), wave(2)).since()
    assert "none of 6 scores changed beyond chance. Nothing else changed." in found.sentence


def test_chance_is_seldom_taken_for_change(project):
    """16 pairs of waves in which nothing changed: a family of six scores at 5 % tells of a change in some 5 of 100."""
    from workbench.steps.measure.at_steps import at_steps
    from workbench.steps.measure.wave_scores import wave_scores

    told = 0
    source = {name: value for name, value in STUDY["sources"][0].items() if name not in ("file", "format")}
    for seed in range(16):
        path = project / f"round{seed}.csv"
        pd.concat([wave(1, seed=seed, n=100), wave(2, seed=seed, n=100)]).to_csv(path, index=False)
        journey = wb.read(path, format="survey", **source)
        told += bool(wave_scores(journey, at_steps(journey), "2025-07", "2025-03")["moved"].any())
    assert told <= 2


def test_surprises_and_hot_spots_that_came_are_told(study):
    found = study(wave(1, feel=3.4), wave(2, n=400, feel=1.6, bill=2.0)).since()
    assert 'emotion at "First bill" new' in found.sentence
    kinds = found.table[found.table["changed"].astype(bool)].set_index("kind")
    assert kinds.loc["surprise", "now"].endswith("than assumed") and kinds.loc["surprise", "before"] == "–"


def test_verdicts_then_and_now(study):
    found = study(wave(1, n=60), wave(2, n=400, gap=3.0), hypotheses={"hypotheses": [CLAIM]}).since()
    row = found.table.set_index("kind").loc["verdict"]
    assert (row["before"], row["now"]) == ("too little data", "supported")
    assert "a higher: supported, was too little data" in found.sentence


def test_a_claim_that_could_not_be_judged_before_is_told(study):
    later = CLAIM | {"id": "later", "compare": {"wave": "2025-07"}, "to": None, "against": {"wave": "2025-03"}}
    later.pop("to")
    found = study(wave(1), wave(2, bill=8.0), hypotheses={"hypotheses": [CLAIM, later]}).since()
    row = found.table[(found.table["kind"] == "verdict") & (found.table["what"] == "later")].iloc[0]
    assert (row["before"], row["now"]) == ("not judged", "supported")


def test_actions_that_are_late_due_or_done_are_told(study):
    more = [
        deepcopy(ACTION),
        deepcopy(ACTION) | {"id": "late", "action": "Late", "status": "doing", "due": "2025-11-30"},
        deepcopy(ACTION) | {"id": "soon", "action": "Soon", "status": "planned", "due": "2026-01-15"},
        deepcopy(ACTION) | {"id": "far", "action": "Far", "status": "planned", "due": "2026-06-15"},
    ]
    found = study(wave(1), wave(2, bill=7.5), actions={"actions": more}).since()
    told = found.table[found.table["kind"] == "action"].set_index("what")["said"].to_dict()
    assert told == {"Rewrite <the> bill": "an effect can be seen since", "Late": "late", "Soon": "due soon"}
    assert "1 action is late; 1 due within 30 days" in found.sentence
    followed = found.table[found.table["kind"] == "follow-up"].iloc[0]
    assert (followed["what"], followed["before"], followed["now"]) == ("Rewrite <the> bill", "too early", "worked")
    assert "<the>" not in found._repr_html_()


def test_what_was_done_and_its_verdict_stand_on_the_map(study):
    opened = study(wave(1), wave(2, bill=7.5), actions={"actions": [ACTION]})
    view = opened.map_view()
    assert view["lanes"][-1] == "what was done"
    assert view["steps"]["bill"]["lanes"]["what was done"] == "Rewrite <the> bill: worked"
    assert "what was done" not in view["steps"]["asks"]["lanes"] and view["steps"]["bill"]["done"]
    from workbench.figures import laid_out

    drawn = laid_out(opened.map_finding())
    assert "Rewrite &lt;the&gt; bill: worked" in drawn and "<the>" not in drawn


def test_no_verdict_of_a_few_people_stands_on_the_map(study):
    few = wave(2, bill=9).assign(bill_nps=lambda table: table["bill_nps"].where(table.index < 6))
    opened = study(wave(1), few, actions={"actions": [ACTION]})
    assert opened.map_view()["steps"]["bill"]["lanes"]["what was done"] == "Rewrite <the> bill"
    assert ("NPS", "First bill") not in scores(opened.since()).index


def test_one_wave_or_none_says_so_plainly(study):
    found = study(wave(1)).since()
    assert found.sentence == "2025-03 is the only wave: there is none before it to compare with." and found.table.empty
    assert "since" not in [one.name for one in study(wave(1)).findings("since")]
    found._repr_html_()


def test_an_earlier_wave_is_compared_as_of_its_own_day(study):
    opened = study(wave(1), wave(2, bill=7.5), wave(3, bill=7.5), actions={"actions": [ACTION]})
    assert "From 2025-07 to 2025-11 none of 6" in opened.since().sentence
    assert "From 2025-03 to 2025-07 1 of 6" in opened.since("2025-07").sentence
    assert "2025-03 is the first wave" in opened.since("2025-03").sentence
    with pytest.raises(wb.DataFault, match="2025-12"):
        opened.since("2025-12")


def test_loading_a_new_wave_tells_what_changed(study, capsys):
    opened = study(wave(1))
    assert main(["load", str(opened.path)]) == 0
    first = capsys.readouterr().out
    assert "sources that changed" not in first and "changed beyond chance" not in first
    study(wave(1), wave(2, bill=7.5))
    assert main(["load", str(opened.path)]) == 0
    out = capsys.readouterr().out
    assert "sources that changed: wave2.csv (not there to 900 rows)" in out.replace("\n", " ")
    assert "1 of 6 scores changed beyond chance" in out.replace("\n", " ")
    assert "  score: NPS, First bill: rose by" in out
    assert main(["load", str(opened.path), "--json"]) == 0
    assert '"sources changed": []' in capsys.readouterr().out


def test_the_report_says_it_first(study):
    found = study(wave(1), wave(2, bill=7.5)).findings("since")
    assert found[0].name == "since"
