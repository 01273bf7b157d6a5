"""Opens a generation for the first time in a child process with limits, where a torn index can do no harm.

Measured on torn Chroma indexes: opening one may hang, or write without bound. Run as `python -m` with the folder
and the server's URL or "-"; exits with 0 when the generation opens and answers.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from assistant.errors import IndexCorrupt, LiaisonError
from integrations.indexes.manifest import generation_files

TIMEOUT_SECONDS = 60
MEMORY_BYTES = 4 * 2**30
SPARE_FILE_BYTES = 64 * 2**20


def probe(folder: Path, *, url: str) -> None:
    """Raises IndexCorrupt when the generation cannot be opened and asked within the limits."""
    command = [sys.executable, "-m", "integrations.indexes.probe", str(folder), url or "-"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS, check=False, text=True)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired as error:
        raise IndexCorrupt(f"{folder.name} did not open within {TIMEOUT_SECONDS} seconds.") from error
    if done.returncode:
        reason = done.stderr.strip().splitlines()
        raise IndexCorrupt(f"{folder.name} does not open: {reason[-1] if reason else f'exit {done.returncode}'}")


def _limit(folder: Path) -> None:
    sizes = [path.stat().st_size for _, path in generation_files(folder)]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES + 3 * sum(sizes),) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(sizes, default=0) + SPARE_FILE_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(folder: Path, url: str) -> int:
    """Open and ask; 0 when that works."""
    _limit(folder)
    # Imported under the limits: these load the libraries that read the index.
    from integrations.indexes.generation import Generation  # noqa: PLC0415
    from integrations.indexes.manifest import read_manifest  # noqa: PLC0415

    try:
        generation = Generation(folder, read_manifest(folder), url=url)
    except LiaisonError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    try:
        generation.check_counts()
        generation.recall(samples=16)
    except LiaisonError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    finally:
        generation.retire()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), "" if sys.argv[2] == "-" else sys.argv[2]))
