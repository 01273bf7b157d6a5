"""The virtual environment that peers run in, and how a peer is started there."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.errors import StorageError
from evals.peers import OURS, PEERS
from evals.workbench import ROOT

FOLDER = ROOT / ".venv-bench"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
CONSTRAINTS = Path(__file__).with_name("constraints.txt")
# Local models only, and no reports home.
QUIET = ("HF_HUB_OFFLINE=1", "ANONYMIZED_TELEMETRY=False", "HAYSTACK_TELEMETRY_ENABLED=False", "DO_NOT_TRACK=1")


def ready(announce: Callable[[str], None]) -> Path:
    """The Python of the bench environment, created or brought up to date first.

    Raises StorageError when packages cannot be installed.
    """
    python, stamp = FOLDER / "bin" / "python", FOLDER / ".installed"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + CONSTRAINTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    announce(f"Installing the peers into {FOLDER.name} (about 2 GB, some minutes) …")
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(FOLDER)])
    install = [str(python), "-m", "pip", "install", "--quiet", "--constraint", str(CONSTRAINTS)]
    _run([*install, "torch"])
    _run([*install, "--requirement", str(REQUIREMENTS)])
    stamp.write_text(wanted, encoding="utf-8")
    return python


def start(name: str, *, python: Path, corpus: Path, questions: Path, work: Path, out: Path) -> None:
    """Run a peer to its end, ours in this environment. Raises StorageError with its last words when it fails."""
    interpreter = sys.executable if name == OURS else str(python)
    options = ["--corpus", corpus, "--questions", questions, "--work", work, "--out", out]
    _run(["env", *QUIET, interpreter, "-m", PEERS[name], *map(str, options)])


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode != 0:
        raise StorageError(
            f"`{' '.join(command[:6])} …` ended with {done.returncode}: {(done.stderr or done.stdout)[-800:]}",
            hint="Check the network for installs, and free disk space.",
        )
