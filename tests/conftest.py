"""What every test gets: the shared corpora where they are present, and the repository root."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.settings import Settings

ROOT = Path(__file__).parents[1]


def shared_folder() -> Path | None:
    """The public corpora: LIAISON_SHARED, or `../shared` beside the project."""
    candidate = Settings().shared or ROOT.parent / "shared"
    return candidate if (candidate / "corpora").is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared corpora; the test is skipped with the reason where they are absent."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("shared corpora are absent: set LIAISON_SHARED to their folder")
    return folder
