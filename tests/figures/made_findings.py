"""Hand-made findings and journey maps for the drawings' tests; no study needed."""

import random

import pandas as pd

from workbench.finding import Finding

HOSTILE = "</script><script>window.ran=1</script><img src=x onerror=window.ran=1>"
SECRET = 77.123  # an estimate of a group too small: must be nowhere


def finding(kind, rows, by=("step",), sentence="The first bill costs us most.", minimum=10, **picture):
    return Finding(
        "nps",
        pd.DataFrame(rows),
        sentence,
        by=by,
        base="1,907 answers",
        method="NPS, 95 % interval",
        trail=("survey.csv", "weighted"),
        picture={"kind": kind, **picture},
        minimum=minimum,
    )


def _rows(extra=()):
    rows = [
        {"step": "Moves in", "value": 21.0, "low": 8.0, "high": 33.0, "n": 214},
        {"step": "First bill arrives", "value": -48.0, "low": -57.0, "high": -39.0, "n": 402},
        {"step": "Agrees a plan", "value": 6.0, "low": -9.0, "high": 21.0, "n": 149},
    ]
    return [{**row, **more} for row, more in zip(rows, extra or ({}, {}, {}), strict=True)]


def make(kind, hostile=False):
    """A small finding of each kind."""
    rows = _rows()
    more = {"unit": "NPS points"}
    by = ("step",)
    if kind == "lines":
        by = ("wave", "step")
        rows = [{**row, "wave": wave, "value": row["value"] + at} for at, wave in enumerate("ABC") for row in rows]
    if kind == "compare":
        rows = _rows(
            [
                {"assumed": 10.0, "surprise": False},
                {"assumed": -2.0, "surprise": True},
                {"assumed": 5.0, "surprise": False},
            ]
        )
    if kind == "quadrant":
        rows = _rows([{"cost": cost, "cost_low": cost * 0.8, "cost_high": cost * 1.2} for cost in (84.0, 30.0, 160.0)])
    if kind == "frontier":
        by = ("set",)
        sets = ((0.0, 0.0, "", ""), (40.0, 2.1, "Call first", ""), (95.0, 4.6, "Plain bill, New counter", "Call first"))
        rows = [
            {"set": str(at), "cost": cost, "value": value, "low": value / 2, "high": value * 1.4}
            | {"comes in": comes, "goes out": goes, "n": 400}
            for at, (cost, value, comes, goes) in enumerate(sets, start=1)
        ]
        more |= {"x": "cost", "budget": 60.0, "label": "comes in", "x_unit": "cost over 3 years (£)"}
    if kind == "rank_shares":
        by = ("solution",)
        shares = ((0.83, 0.17, 0.0), (0.166, 0.6, 0.234), (0.004, 0.23, 0.766))
        ranks = ["rank 1", "rank 2", "rank 3"]
        names = ("Call first", "Plain bill", "New counter")
        rows = [
            {"solution": name, "n": 214} | dict(zip(ranks, some, strict=True))
            for name, some in zip(names, shares, strict=True)
        ]
        more = {"ranks": ranks}
    if kind == "ledger":
        by = ("action",)
        entries = ((1.0, 4.0, 7.0, "worked"), (2.0, 3.0, 4.0, "no change"), (None, None, None, "too early"))
        rows = [
            {"action": name, "predicted low": low, "predicted": middle, "predicted high": high, "verdict": verdict}
            | {"value": came, "low": least, "high": most, "n": 180}
            for name, (low, middle, high, verdict), (came, least, most) in zip(
                ("Call first", "Plain bill", "New counter"),
                entries,
                ((5.2, 2.0, 8.4), (0.3, -1.0, 1.6), (None, None, None)),
                strict=True,
            )
        ]
    if kind == "paired":
        rows = _rows([{"share": share} for share in (31.0, 12.5, 0.4)])
        more |= {"bar": "share", "bar_unit": "% of comments"}
    if kind == "league":
        rows = _rows(
            [{"raw": raw, "funnel low": -9.0, "funnel high": 9.0, "outside": raw < -20} for raw in (25, -50, 6)]
        )
    if kind == "stacked":
        by = ("step", "answer")
        shares = {"1": 20.0, "2": 50.0, "3": 30.0}
        rows = [{**row, "answer": answer, "value": value} for row in rows for answer, value in shares.items()]
        more = {"unit": "% of answers", "ends": {"bad": ["1"], "good": ["3"]}}
    if kind == "control":
        usual = {"centre": 0.0, "usual from": -30.0, "usual to": 30.0}
        rows = _rows(
            [usual | {"signal": ""}, usual | {"signal": "one point outside the limits"}, usual | {"signal": ""}]
        )
        more |= {"events": [["First bill arrives", "wording changed"]]}
    if kind == "before_after":
        line = {"fitted": 3.0, "without": 9.0, "group": ""}
        rows = [line | {"period": row["step"], **row, "after": at > 0} for at, row in enumerate(rows)]
        more |= {"series": rows, "events": [["First bill arrives", "from 2025-03-01"]]}
    if kind == "survival":
        curve = {
            "time": [1.0, 2.0, 4.0],
            "survival": [0.9, 0.8, 0.7],
            "low": [0.85, 0.7, 0.5],
            "high": [0.95, 0.9, 0.8],
        }
        curve |= {"at_risk": [200.0, 90.0, 4.0], "marks": [0.0, 2.0, 4.0], "marks_at_risk": [214.0, 90.0, 4.0]}
        more = {"unit": "months", "curves": [curve | {"labels": [row["step"]]} for row in rows]}
    if kind == "gantt":
        by = ("action",)
        rows = [
            {
                "action": "Call first",
                "start": "2025-03-01",
                "end": "2025-06-30",
                "status": "late",
                "owner": "Contact centre",
            },
            {"action": "Ask again", "start": None, "end": None, "status": "planned", "owner": "Research"},
        ]
        more = {"today": "2025-05-01"}
    if kind == "dumbbell":
        rows = _rows([{"before": one} for one in (20.0, -30.0, 6.0)])
        more |= {"start": "before"}
    if kind == "ratios":
        ratios = ((2.1, 1.4, 3.2), (0.0, 0.0, 0.4), (31.0, 12.0, None))
        rows = [
            {**row, "value": value, "low": low, "high": high}
            for row, (value, low, high) in zip(rows, ratios, strict=True)
        ]
        more = {"unit": "times as often"}
    if kind == "funnel":
        rows = _rows([{"before": one, "half": 12.0} for one in (None, 52.0, 71.0)])
        rows = [
            {**row, "value": value, "low": value - 1, "high": value}
            for row, value in zip(rows, (100, 52, 37), strict=True)
        ]
        more = {"unit": "% of those who began", "before": "before", "time": "half", "time_unit": "days"}
    if kind == "deviations":
        by = ("step", "deviation")
        cost = {"cost": -12.0, "p": 0.01, "deviation": "skipped"}
        rows = [{**row, **cost, "value": value} for row, value in zip(rows, (49.0, 12.0, 0.4), strict=True)]
        more = {"unit": "% of people", "cost": "cost", "p": "p", "cost_word": "nps"}
    if kind == "twosided":
        ends = {"penalty from": -2.0, "penalty to": -0.5, "reward from": -0.2, "reward to": 0.9}
        rows = _rows([{"penalty": -1.2, "reward": 0.4, "class": "must-be", **ends}] * 3)
        more |= {"left": "penalty", "right": "reward", "say": "class"}
    if kind in ("graph", "sankey"):
        by = ("step", "next_step") if kind == "graph" else ("move", "step", "next_step")
        rows = _rows([{"move": 1, "next_step": one} for one in ("First bill arrives", "Agrees a plan", "Moves in")])
        more |= {"order": ["Moves in", "First bill arrives", "Agrees a plan"]}
    if kind == "time_line":
        said = {"channel": "phone", "kind": "answer", "what": "nps 3", "value": 3.0}
        rows = [{**row, **said, "time": f"2025-01-0{day} 10:00"} for day, row in enumerate(rows, start=1)]
        rows[1] |= {"kind": "complaint", "what": "too late", "value": None}
        more = {"steps": [row["step"] for row in rows], "marks": [[1_735_725_600_000_000, 1_735_812_000_000_000]]}
    if hostile and kind == "time_line":
        rows[1]["what"], rows[2]["step"] = HOSTILE, '<a href="https://example.invalid/x">look</a>'
        more["steps"] = [row["step"] for row in rows]
    elif hostile and kind == "sankey":
        rows[0]["step"] = rows[1]["next_step"] = HOSTILE
    elif hostile:
        rows[0][by[0]] = HOSTILE
        rows[-1][by[-1]] = '<a href="https://example.invalid/x">look</a>'
        more = {name: HOSTILE if name == "unit" else value for name, value in more.items()}
        for place, curve in enumerate(more.get("curves", ())):
            curve["labels"] = [rows[place][by[0]]]
        for place in more.get("series", ()):
            place["group"] = HOSTILE
    return finding(kind, rows, by, **more)


def view(steps=8, seed=1, hostile=False):
    """A journey map with everything in it; some steps nobody was asked about, one hidden."""
    dice = random.Random(seed)
    word = HOSTILE if hostile else "words"
    cells = {}
    for at in range(steps):
        felt = dice.randint(-90, 90)
        guess = dice.randint(-60, 60)
        asked = {"value": felt, "low": felt - 9, "high": felt + 9, "n": 100 + at}
        emotion = None if at % 5 == 2 else {"hidden": True, "value": SECRET, "n": 4} if at % 7 == 3 else asked
        cells[f"s{at}"] = {
            "name": f"Step {at} {word}",
            "channels": [word, "phone", "post"],
            "contact": word,
            "hot_spot": {"number": at, "kind": "pain" if at % 2 else "gain"} if at in (1, 2) else None,
            "lanes": {"doing": word, "thinking": word, "department": word},
            "assumed": None if at == 4 else guess,
            "emotion": emotion,
            "surprise": {"value": felt - guess, "text": f"−{abs(felt - guess)} than assumed"}
            if emotion is asked and at % 2
            else None,
            "nps": {"hidden": True, "value": SECRET, "n": 4}
            if at == 1
            else {"value": 4, "low": -10, "high": 18, "n": 176},
            "complaints": None if at == 2 else {"value": 61, "low": 50.0, "high": 73.5, "n": 6701},
            "promise": {"words": word, "kept": word if hostile else "broken"},
            "commitment": ["perform"],
            "reactive": ["request", "promise"],
            "evidence": word if hostile else "measured",
            "quotes": [word],
        }
    ids = list(cells)
    half = max(steps // 2, 1)
    return {
        "title": f"A bill nobody announced {word}",
        "subtitle": word,
        "headlines": [{"text": word, "note": word, "tone": word if hostile else "pain"}],
        "lanes": ["doing", "thinking", "department"],
        "stages": [{"name": word, "steps": ids[:half]}, {"name": "After", "steps": ids[half:]}],
        "steps": cells,
    }
