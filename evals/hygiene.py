"""Whether questions can measure anything: none copies the content it asks about, and golden files say what they are.

    python -m evals.hygiene [--questions samples/questions] [--corpus samples/content]

A question that repeats the words of its answer is found by copying, so no question may share eight words in a row with
the content; writing without blanks between words (Chinese characters, kana) is compared by characters. Every line
of a golden set also says its `split` and carries the `canary` of its file, as do those of evals/datasets, which are
looked at too. Exit 0: clean; 1: something was found; 3: a file cannot be read.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.errors import LiaisonError, UsageError
from evals.questions import QuestionLine, load_lines, question_files
from evals.workbench import ROOT
from ingest.readers import read_here
from ingest.sources.folder import FolderSource

GRAM = 8
FILE_LIMIT = 100_000_000  # bytes
SAMPLES = ROOT / "samples"
DATASETS = ROOT / "evals" / "datasets"
# One Chinese character or kana, or a run of letters and digits of any other writing.
CJK = r"\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff々"
TOKEN = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a case breaks: `overlap` (`found` has the document and the words), `split` or `canary`."""

    case_id: str
    rule: str
    found: str


def normalised(text: str) -> list[str]:
    """The words of a text without case, accents' encoding, width and punctuation; each CJK character is a word."""
    return TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def grams(text: str, size: int = GRAM) -> Iterator[tuple[str, ...]]:
    """Every run of `size` words of a text."""
    words = normalised(text)
    return (tuple(words[start : start + size]) for start in range(len(words) - size + 1))


def check(cases: Sequence[QuestionLine], texts: Mapping[str, str]) -> list[Violation]:
    """What is wrong with a golden set over these documents (text by name), in the order of the cases.

    A case is reported once for each document that it copies from.
    """
    asked: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, case in enumerate(cases):
        for gram in grams(case.question):
            asked[gram].add(number)
    copied: dict[tuple[int, str], str] = {}
    for name, text in texts.items():
        for gram in grams(text):
            for number in asked.get(gram, ()):
                copied.setdefault((number, name), f"{name}: {' '.join(gram)}")
    found = [(number, Violation(cases[number].id, "overlap", words)) for (number, _), words in copied.items()]
    for number, case in enumerate(cases):
        if not case.split:
            found.append((number, Violation(case.id, "split", "neither dev nor test")))
        if not case.canary:
            found.append((number, Violation(case.id, "canary", "none")))
    return [violation for _, violation in sorted(found, key=lambda each: each[0])]


class Marks(BaseModel):
    """What every line of a golden file has, whatever else it is."""

    model_config = ConfigDict(extra="ignore")

    split: str = ""
    canary: str = ""


def check_canaries(questions: Path) -> list[Violation]:
    """Question files whose lines do not all carry one canary of their own, named by their file."""
    return _canaries({file.name: [line.canary for line in load_lines(file)] for file in question_files(questions)})


def _canaries(files: Mapping[str, Collection[str]]) -> list[Violation]:
    owners: dict[str, str] = {}
    found = []
    for name, canaries in files.items():
        if len(set(canaries)) > 1:
            found.append(Violation(name, "canary", f"{len(set(canaries))} in one file"))
        taken = [owner for each in sorted(set(canaries)) if (owner := owners.setdefault(each, name)) != name]
        found += [Violation(name, "canary", f"the one of {owner}") for owner in taken]
    return found


def check_datasets(folder: Path = DATASETS) -> list[Violation]:
    """What is wrong with golden files that are no question files, as far as all of them must have it."""
    lines = {
        file.name: [Marks.model_validate_json(line) for line in file.read_text("utf-8").splitlines()]
        for file in sorted(folder.glob("*.jsonl"))
    }
    found = [
        Violation(f"{name}:{number}", rule, "none")
        for name, marks in lines.items()
        for number, mark in enumerate(marks, start=1)
        for rule, told in (("split", mark.split), ("canary", mark.canary))
        if not told
    ]
    return found + _canaries({name: [mark.canary for mark in marks] for name, marks in lines.items()})


@cache
def corpus_texts(corpus: Path) -> dict[str, str]:
    """What the readers find in each document of a folder, headings included, by its path in the folder."""
    source = FolderSource(corpus)
    texts = {}
    for item in source.items():
        document = read_here(source.read(item, limit=FILE_LIMIT).data, item.path)
        texts[item.path] = "\n".join(
            part for section in document.sections for part in (*section.heading_path, section.text)
        )
    return texts


def violations(questions: Path, corpus: Path) -> list[Violation]:
    """What is wrong with the golden set at a path. Raises LiaisonError when a question or document cannot be read."""
    return [*check(load_lines(questions), corpus_texts(corpus)), *check_canaries(questions)]


def require_clean(questions: Path, corpus: Path) -> None:
    """Raises UsageError when the golden set breaks a rule: what it measures would not be true."""
    _refuse(
        violations(questions, corpus),
        of=questions,
        hint=f"List all: python -m evals.hygiene --questions {questions} --corpus {corpus}",
    )


def require_own_words(asked: Mapping[str, Collection[str]], corpus: Path, *, of: Path) -> None:
    """Raises UsageError when one of these questions (by the id of their case) copies the content."""
    lines = [
        QuestionLine(id=key, question=question, split="dev", canary="-")
        for key, questions in asked.items()
        for question in questions
    ]
    _refuse(check(lines, corpus_texts(corpus)), of=of, hint="Say it in other words.")


def _refuse(found: Sequence[Violation], *, of: Path, hint: str) -> None:
    if found:
        first = found[0]
        told = f"{first.case_id}: {first.rule}: {first.found}"
        raise UsageError(f"{of} breaks {len(found)} rules of hygiene, first {told}.", hint=hint)


def main(words: Sequence[str] | None = None) -> int:
    """Print what is wrong; 0 when nothing is, 1 when something is, 3 when a file cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m evals.hygiene", description="Check a golden set.")
    parser.add_argument("--questions", type=Path, default=SAMPLES / "questions", help="question file or folder of them")
    parser.add_argument("--corpus", type=Path, default=SAMPLES / "content", help="the folder that they ask about")
    options = parser.parse_args(words)
    try:
        found = violations(options.questions, options.corpus)
        others = check_datasets()
    except (LiaisonError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 3
    for place, broken in ((options.questions, found), (DATASETS.relative_to(ROOT), others)):
        said = [f"{violation.case_id}: {violation.rule}: {violation.found}\n" for violation in broken]
        sys.stdout.writelines([*said, f"{place}: {len(broken)} violations\n"])
    return 1 if found or others else 0


if __name__ == "__main__":
    sys.exit(main())
