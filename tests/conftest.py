"""What all tests share."""

from __future__ import annotations

import pytest

from ffnumpy.commands import terminal


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave messages on one line, so that tests find their words; `test_terminal` wraps them."""
    monkeypatch.setattr(terminal, "WIDTH", 10_000)
    monkeypatch.setenv("COLUMNS", "10000")
