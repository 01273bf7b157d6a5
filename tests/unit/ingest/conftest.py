"""What the tests of the ingest share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.ingest.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "content")
    made.write("guide.md", "# Guide\n\nPartners register deals in the portal.\n\n## Deadline\n\nWithin 30 days.")
    made.write("sub/price.md", "# Price\n\nGold partners get 20 percent.")
    made.write("picture.png", "not text")
    return made
