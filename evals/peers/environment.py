"""Virtual environments for what must not be among our own packages, and how a peer is started in one."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import StorageError
from evals.peers import OURS, PEERS
from evals.workbench import ROOT

# Local models only, and no reports home.
QUIET = ("HF_HUB_OFFLINE=1", "ANONYMIZED_TELEMETRY=False", "HAYSTACK_TELEMETRY_ENABLED=False", "DO_NOT_TRACK=1")


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment for other people's packages: `first` those to install first, `options` what pip takes."""

    folder: Path
    requirements: Path
    constraints: Path
    about: str
    first: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def ready(self, announce: Callable[[str], None]) -> Path:
        """Its Python, the environment created or brought up to date first.

        Raises StorageError when packages cannot be installed.
        """
        python, stamp = self.folder / "bin" / "python", self.folder / ".installed"
        wanted = hashlib.sha256(self.requirements.read_bytes() + self.constraints.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return python
        announce(f"Installing {self.about} …")
        if not python.exists():
            _run([sys.executable, "-m", "venv", str(self.folder)])
        install = [str(python), "-m", "pip", "install", "--quiet", *self.options, "--constraint", str(self.constraints)]
        for name in self.first:
            _run([*install, name])
        _run([*install, "--requirement", str(self.requirements)])
        stamp.write_text(wanted, encoding="utf-8")
        return python


HERE = Path(__file__).parent
PEER_PACKAGES = Environment(
    ROOT / ".venv-bench",
    requirements=HERE / "requirements.txt",
    constraints=HERE / "constraints.txt",
    about="the peers into .venv-bench (about 2 GB, some minutes)",
    first=("torch",),
)


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
