"""Builds the lexicons from sentence pairs.

python -m ingest.crosslingual build PAIRS [--out integrations/lexicons] [--languages de fr …] [--without SOURCE …]

PAIRS holds `<language>.tsv.gz` files: English, foreign and source, one pair a line. The same pairs give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from pathlib import Path

from assistant.errors import LiaisonError
from assistant.retrieval.language import primary
from ingest.crosslingual.alignment import align
from ingest.crosslingual.lexicon import surfaces, write_lexicon
from ingest.crosslingual.pairs import languages_in, read_pairs

# Eleven variants moved the development questions by less than their noise; these keep the files small.
KEPT, LEAST = 3, 0.05


def build(pairs: Path, out: Path, *, languages: list[str], without: frozenset[str]) -> None:
    """Write one lexicon a language and the manifest that names their digests."""
    out.mkdir(parents=True, exist_ok=True)
    manifest = out / "manifest.json"
    digests: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
    for language in languages or languages_in(pairs):
        started = time.perf_counter()
        read = list(read_pairs(pairs, language, without=without))
        entries = align(read, language, kept=KEPT, least=LEAST)
        path = out / f"{primary(language)}.tsv.gz"
        write_lexicon(path, entries, surfaces(read))
        digests[primary(language)] = hashlib.sha256(path.read_bytes()).hexdigest()
        manifest.write_text(json.dumps(digests, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        took, size = time.perf_counter() - started, path.stat().st_size / 1e6
        say(f"{language}: {len(read):,} pairs, {len(entries):,} terms, {size:.2f} MB, {took:.0f} s")


def say(line: str) -> None:
    """Progress for whoever waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["build"])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--out", type=Path, default=Path("integrations/lexicons"))
    parser.add_argument("--languages", nargs="*", default=[])
    parser.add_argument("--without", nargs="*", default=[])
    options = parser.parse_args()
    try:
        build(options.pairs, options.out, languages=options.languages, without=frozenset(options.without))
    except LiaisonError as error:
        say(f"error: {error.message} {error.hint}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
