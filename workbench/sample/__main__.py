"""`python -m workbench.sample FOLDER [SEED]` writes the sample study's raw files and its truth again."""

from __future__ import annotations

import sys
from pathlib import Path

from workbench.sample.water_billing import SEED, make


def main(words: list[str]) -> int:
    if len(words) not in (1, 2) or not all(word.isdecimal() for word in words[1:]):
        print("Use: python -m workbench.sample FOLDER [SEED]", file=sys.stderr)
        return 2
    for path in make(Path(words[0]), int(words[1]) if len(words) == 2 else SEED):
        print(f"{path.stat().st_size:>9,}  {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
