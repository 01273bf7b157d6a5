"""translate-toolkit's StandardChecker on the pairs of a file, in its own environment: it imports nothing of ours.

A line of the file is a pair: its language, source, clean target, and the same target with a fault, by fault. It is told
the brand names and the braces of placeholders.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

from translate.filters.checks import CheckerConfig, StandardChecker
from translate.storage.base import TranslationUnit

Failures = frozenset[tuple[str, str]]


def main() -> None:
    """Read the pairs of the first file, with the names of its first line; write what was found to the second."""
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    names = json.loads(lines[0])
    checkers: dict[str, StandardChecker] = {}
    flagged: Counter[str] = Counter()
    put: Counter[str] = Counter()
    found: Counter[str] = Counter()
    seconds = []
    for line in lines[1:]:
        pair = json.loads(line)
        language = pair["language"]
        checker = checkers.get(language) or checkers.setdefault(language, _checker(language, names))
        start = time.perf_counter()
        known = _failures(checker, pair["source"], pair["target"])
        seconds.append(time.perf_counter() - start)
        flagged[language] += bool(known)
        for fault, target in pair["faults"].items():
            put[fault] += 1
            found[fault] += not known.issuperset(_failures(checker, pair["source"], target))
    told = {"flagged": flagged, "put": put, "found": found, "median": statistics.median(seconds)}
    Path(sys.argv[2]).write_text(json.dumps(told), encoding="utf-8")


def _checker(language: str, names: list[str]) -> StandardChecker:
    config = CheckerConfig(targetlanguage=language, varmatches=[("{", "}")], notranslatewords=names)
    return StandardChecker(checkerconfig=config)


def _failures(checker: StandardChecker, source: str, target: str) -> Failures:
    unit = TranslationUnit(source)
    unit.target = target
    return frozenset((name, str(told)) for name, told in checker.run_filters(unit).items())


if __name__ == "__main__":
    main()
