"""Asks pip-audit whether any locked package has a known hole, and says in a few lines what it could tell: `make audit`.

Ends with 1 where a hole is known; where the data cannot be reached, that is said.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    asked = ["--require-hashes", "--disable-pip", "-r", "requirements.lock", "--timeout", "10", "--format", "json"]
    command = [sys.executable, "-m", "pip_audit", *asked, "--progress-spinner", "off"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"not audited: pip-audit could not reach its data ({last[:160]})")
        return 0
    untold = [one["name"] for one in packages if "skip_reason" in one]
    holes = [(one["name"], one["version"], hole) for one in packages for hole in one.get("vulns", [])]
    print(f"{len(packages) - len(untold)} of {len(packages)} locked packages audited, {len(holes)} known holes")
    if untold:
        print(f"not audited, as nothing could be asked of them here: {', '.join(untold[:5])} … ({len(untold)})")
    for name, version, hole in holes:
        print(f"{name} {version}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main())
