"""How much of what other languages find is memory: `python -m evals.language_memory WITHOUT DATA QUESTIONS SHARED`.

`liaison languages build PAIRS --without partner-center --out WITHOUT` writes the folder WITHOUT, with nothing learned
from the documentation that is searched here. Its figures stand beside those of what ships.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from assistant.retrieval.retrieve import Retriever
from evals.language_suites import Change, measured
from evals.workbench import Inputs
from integrations.languages import FileLexicon
from integrations.languages.shelf import FOLDER, Shelf

AT_MOST_LOWER = 0.08


def main(arguments: list[str] | None = None) -> int:
    """Print both columns and their difference; 1 when what never saw the documentation is too far behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("without", "data", "questions", "shared"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args(arguments)
    inputs = Inputs(questions=options.questions, data=options.data, shared=options.shared)
    shipped, without = (asyncio.run(measured(inputs, knowing(folder))) for folder in (FOLDER, options.without))
    sys.stdout.write(f"{'':44} {'as shipped':>12} {'without':>10} {'difference':>11}\n")
    for (metric, group), value in shipped.items():
        other = without[metric, group]
        sys.stdout.write(f"{metric:24}{group:20} {value:12.3f} {other:10.3f} {other - value:+11.3f}\n")
    lost = max(value - without[key] for key, value in shipped.items() if key[1] == "all")
    sys.stdout.write(f"lost at most {lost:.3f} of all, at most {AT_MOST_LOWER} is the bar\n")
    return int(lost > AT_MOST_LOWER)


def knowing(languages: Path) -> Change:
    """A retriever that knows the languages of a folder."""

    def change(retriever: Retriever) -> Retriever:
        lexicon = FileLexicon(Shelf((languages,)), space=retriever.embedder.fingerprint)
        return replace(retriever, lexicon=lexicon)

    return change


if __name__ == "__main__":
    sys.exit(main())
