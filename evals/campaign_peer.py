"""The same clean pairs and faults before translate-toolkit, which is installed into an environment of its own."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import BaseModel

from assistant.errors import StorageError
from evals.peers.environment import Environment
from evals.workbench import ROOT

HERE = ROOT / "evals" / "peers" / "translation"
PACKAGES = Environment(
    ROOT / ".venv-translation",
    requirements=HERE / "requirements.txt",
    constraints=HERE / "constraints.txt",
    about="translate-toolkit into .venv-translation",
)
LANGUAGES = {
    "es-ES": "es",
    "pt-BR": "pt_BR",
    "sv-SE": "sv",
    "zh-CN": "zh_CN",
}  # as the peer calls them, where not as we


@dataclass(frozen=True, slots=True)
class Asked:
    """A pair for the peer: the clean target, and the target with each fault that was put into it."""

    language: str
    source: str
    target: str
    faults: Mapping[str, str]


class PeerFound(BaseModel):
    """What the peer said: clean pairs flagged by language, faults put and found, seconds of a clean pair (median)."""

    flagged: Mapping[str, int]
    put: Mapping[str, int]
    found: Mapping[str, int]
    median: float

    def recall(self, fault: str) -> float:
        """The share of a fault that it found."""
        return self.found.get(fault, 0) / self.put[fault]


def judged_by_peer(pairs: Iterable[Asked], names: Iterable[str]) -> PeerFound:
    """Every pair before the peer. Raises StorageError when it cannot be installed or ends badly."""
    python = PACKAGES.ready(functools.partial(print, file=sys.stderr))
    with tempfile.TemporaryDirectory(prefix="liaison-peer-") as folder:
        asked, told = Path(folder) / "asked.jsonl", Path(folder) / "told.json"
        lines = [json.dumps(sorted(names)), *(json.dumps(asdict(_named(pair))) for pair in pairs)]
        asked.write_text("\n".join(lines), encoding="utf-8")
        command = [str(python), "-m", "evals.peers.translation.checker", str(asked), str(told)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if done.returncode != 0:
            raise StorageError(f"translate-toolkit ended badly: {done.stderr[-800:]}", hint="See its last words.")
        return PeerFound.model_validate_json(told.read_bytes())


def _named(pair: Asked) -> Asked:
    return Asked(LANGUAGES.get(pair.language, pair.language), pair.source, pair.target, pair.faults)
