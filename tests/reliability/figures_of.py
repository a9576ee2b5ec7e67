"""All that a study says, as JSON on standard output: every finding of every step, each number as it is.

WORKBENCH_HOME=… python tests/reliability/figures_of.py STUDY [STEP …]
"""

from __future__ import annotations

import json
import sys


def main(study: str, *only: str) -> None:
    """Print what each step finds: {step: [finding, …]}."""
    import workbench as wb
    from workbench.overview import STEPS

    opened = wb.open_study(study)
    said = {step: [one.to_dict() for one in opened.findings(step)] for step in STEPS if not only or step in only}
    print(json.dumps(said, sort_keys=True, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
