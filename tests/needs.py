"""What a test needs of the machine: skipped where it is not there, demanded under CI."""

from __future__ import annotations

import os

import pytest


def needed(what: str, why: str) -> None:
    """Skip where something is not there; under CI it must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} must be there under CI: {why}")
    pytest.skip(f"{what} is not here: {why}")
