"""Made-up maps of any size, with words of one's choice in every cell, and every page that can be made of them."""

from __future__ import annotations

import random

from workbench import models
from workbench.steps.map import LOOP, JourneyMap

BAD = '<img src=x onerror="window.ran=1"><script>window.ran=2</script>\'&]]>'
LANES = (
    "doing",
    "thinking",
    "feeling",
    "experience wanted",
    "what delivers it",
    "how we know",
    "back stage",
    "priority activity",
)


def made(steps=8, loops=3, said="", seed=1):
    """A map of so many steps and loops; every word of it ends in `said`."""
    dice, names = random.Random(seed), [f"s{at}" for at in range(steps)]

    def step(at, id):
        lanes = {lane: f"{lane} {said}" for lane in LANES}
        spot = {2: "pain", 3: "gain"}.get(at % 9, "")
        own = ["perform"] if at % 7 == 6 else []
        return {"id": id, "name": f"Step {at} {said}", "channels": ["phone"], "hot_spot": spot, "commitment": own} | {
            "emotion": dice.randint(-90, 90),
            "trust": dice.randint(-90, 90),
            "owner": f"Desk {said}",
            "promise": {"words": f"Soon {said}", "kept": "late"},
            "lanes": lanes,
        }

    cut = max(1, steps // 3)
    stages = [
        {"name": f"Stage {at} {said}", "steps": [step(at + here, one) for here, one in enumerate(names[at : at + cut])]}
        for at in range(0, steps, cut)
    ]
    drawn = []
    for number in range(loops):
        acts = {act: dice.choice(names) for act in LOOP if dice.random() < 0.75}
        broken = [act for act in acts if dice.random() < 0.2]
        drawn.append({"name": f"Loop {number} {said}", "performer": f"Company {said}", "broken": broken} | acts)
    plan = {"name": f"Plan {said}", "sets": {"request": names[0], "promise": names[0]}, "words": f"Ask first {said}"}
    treated = {names[-1]: {"emotion": 5, "lanes": {"doing": f"Otherwise {said}"}}}
    content = {"title": f"Journey {said}", "stages": stages, "loops": drawn} | {
        "interventions": [plan | {"loop": drawn[0]["name"]}] if drawn else [],
        "scenarios": [{"name": f"{mood} {said}", "mood": mood, "steps": treated} for mood in ("good", "bad")],
    }
    return models.build(content, JourneyMap)


def pages(drawn):
    plans = [one.name for one in drawn.interventions]
    quoted = {step.id: [f"they said {step.name}"] for step in drawn.steps}
    return [
        drawn.framework("Everybody"),
        drawn.coordination(plans),
        drawn.runs(),
        drawn.walk(drawn.scenarios[0].name, quoted),
        drawn.blueprint(),
        drawn.worksheet(),
    ]
