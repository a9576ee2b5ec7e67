"""The journey map, as the team draws it: an open text file (map.yaml), its model, and what can be said of it without data.

`model` is the file, `changes` what differs between two versions of it, `proposal` a draft from a contact log. What is
measured is laid beside the map later; this room looks back at the scope alone.
"""

from workbench.steps.map.model import (
    BLUEPRINT,
    LANES,
    LOOP,
    Commitment,
    Intervention,
    JourneyMap,
    Loop,
    Promise,
    Scenario,
    Stage,
    Step,
    Treatment,
    as_id,
    left_out,
)

__all__ = [
    "BLUEPRINT",
    "LANES",
    "LOOP",
    "Commitment",
    "Intervention",
    "JourneyMap",
    "Loop",
    "Promise",
    "Scenario",
    "Stage",
    "Step",
    "Treatment",
    "as_id",
    "left_out",
]
