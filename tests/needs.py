"""What a test needs of the machine: skipped where it is not there, demanded under CI; and how many cases it takes by day."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")
NIGHTLY = bool(os.environ.get("WORKBENCH_NIGHTLY"))  # long forms: all of the cases (`make nightly`)


def needed(what: str, why: str) -> None:
    """Skip where something is not there; under CI it must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} must be there under CI: {why}")
    pytest.skip(f"{what} is not here: {why}")


def some(cases: Sequence[T], step: int) -> Sequence[T]:
    """Every so many of the cases, the first among them; all of them at night."""
    return cases if NIGHTLY else cases[::step]
