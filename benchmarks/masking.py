"""How much masking finds of lines that customers might write, kind by kind: recall, precision, look-alikes kept; and its speed.

Both halves of tests/personal_lines.py: the rules were written on "tuning"; "held-out" is the figure.
`python -m benchmarks.masking`
"""

from __future__ import annotations

import random
import time

import workbench as wb
from tests.personal_lines import HALVES, NAMES, STRUCTURED, Count, lines, measure, pooled

COMMENTS = 20_000


def row(name: str, counts: list[Count]) -> str:
    cells = (f"{one.masked:4}/{one.spans:<4} {one.recall:7.1%} {one.precision:7.1%}" for one in counts)
    return f"{name:16} " + "   ".join(cells)


def main() -> int:
    found = [measure(lambda text, names: wb.mask(text, names=names), half) for half in HALVES]
    print(f"{'':16} " + "   ".join(f"{half + ': found, recall, precision':26}" for half in HALVES))
    for kind in found[0]:
        print(row(kind, [one[kind] for one in found]))
    print(row("structured", [pooled(one, STRUCTURED) for one in found]))
    print(row("all names", [pooled(one, NAMES) for one in found]))
    said = [line.text for half in HALVES for line in lines(half)]
    dice = random.Random(9)
    texts = [f"{dice.choice(said)} {dice.choice(said)}" for _ in range(COMMENTS)]
    start = time.perf_counter()
    for text in texts:
        wb.mask(text)
    taken = time.perf_counter() - start
    print(f"{COMMENTS:,} comments in {taken:.1f} s ({1e6 * taken / COMMENTS:.0f} µs each)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
