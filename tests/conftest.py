"""What every test gets: the shared corpora where they are present, and the repository root."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from integrations.settings import Settings
from tests.servers import chroma_server, postgres_server

ROOT = Path(__file__).parents[1]
# What a test shows depends neither on how busy the machine is nor on chance: the same code is tried with the same
# examples. `pytest -m hypothesis --hypothesis-profile=searching` looks for others.
PATIENT = settings(
    settings(), deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("patient", PATIENT)
settings.register_profile("searching", PATIENT, derandomize=False)
settings.load_profile("patient")


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL server's URL; `fresh_database` of tests/servers.py makes a database on it."""
    # Not below pytest's own folder: the server runs as another user, and pytest closes that folder to others.
    with tempfile.TemporaryDirectory(prefix="liaison-postgres-") as folder, postgres_server(Path(folder)) as url:
        yield url


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Rust Chroma server's URL."""
    with chroma_server(tmp_path_factory.mktemp("chroma")) as url:
        yield url
