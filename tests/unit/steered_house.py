"""A floor that is changed under its callers, at a given hour."""

from __future__ import annotations

import pytest
from house import House


@pytest.fixture
def house(tmp_path) -> House:
    return House(tmp_path)
