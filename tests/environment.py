"""environment.yml made from pyproject.toml: conda gives the interpreter, the lock gives the packages (one source of truth)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environment() -> str:
    """The text that environment.yml must hold."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = re.search(r"[\d.]+", project["requires-python"])
    assert python is not None
    direct = "\n".join(f"#   {one}" for one in sorted(project["dependencies"]))
    return f"""\
# Made from pyproject.toml by `make environment`; a test fails when they drift.
# conda gives Python, requirements.lock the packages, with their hashes. Then: pip install --no-deps --no-build-isolation -e .
# What {project["name"]} {project["version"]} asks for itself:
{direct}
name: {project["name"]}
channels:
  - conda-forge
dependencies:
  - python={python[0]}
  - pip
  - pip:
      - -r requirements.lock
"""


if __name__ == "__main__":
    print(environment(), end="")
