"""A study whose sources say the same in another order: the rows of every table shuffled, the sources listed backwards."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from random import Random

from workbench import models

HEADS = {"survey.csv": 3}  # heading rows of an export that has more than one


def shuffle(folder: Path, seed: int) -> None:
    """Shuffle a study's tables and turn its list of sources round, in place."""
    chance = Random(seed)
    for path in sorted((folder / "sources").glob("*.csv")):
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        heads = HEADS.get(path.name, 1)
        body = rows[heads:]
        chance.shuffle(body)
        out = io.StringIO(newline="")
        csv.writer(out).writerows([*rows[:heads], *body])
        path.write_text(out.getvalue(), encoding="utf-8")
    place = folder / "study.yaml"
    text = place.read_text(encoding="utf-8")
    content = models.parse(text, place.name)
    content["sources"] = content["sources"][::-1]
    place.write_text(models.dump(content), encoding="utf-8")
