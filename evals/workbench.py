"""Where suites find their files and their target."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from evals.target import Target, TargetOpener

ROOT = Path(__file__).parents[1]
INDEXES = ROOT / ".liaison" / "evals"
# What decides how content becomes an index; a change here makes a new one. Of the records only those of content do.
INDEXING_CODE = ("ingest/**", "integrations/embedders/**", "integrations/indexes/**", "integrations/records")


class SuiteSkipped(Exception):
    """A suite cannot run; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class SampleProgramme:
    """The fictional programme: its content, golden questions, and the day its calendar stands at."""

    content: Path
    questions: Path
    today: date


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run is given. `shared` holds the public corpora; `data` is an existing index to use as it is."""

    questions: Path | None = None
    corpus: Path | None = None
    shared: Path | None = None
    data: Path | None = None
    turns: Path | None = None
    samples: Path = ROOT / "samples"

    def questions_file(self) -> Path:
        """The question file given, or the public development set. Raises SuiteSkipped when absent."""
        return self._present(self.questions, "evals/dev/questions_en.jsonl", what="question file", option="--questions")

    def corpus_folder(self) -> Path:
        """The corpus given, or the public English one. Raises SuiteSkipped when absent."""
        return self._present(self.corpus, "corpora/partner-center/en", what="corpus", option="--corpus")

    def turns_file(self) -> Path:
        """The conversations given, or the public development set. Raises SuiteSkipped when absent."""
        return self._present(self.turns, "evals/dev/turns.jsonl", what="file of conversations", option="--turns")

    def shared_file(self, path: str) -> Path:
        """A file of the public corpora. Raises SuiteSkipped when absent."""
        return self._present(None, path, what="file of the public corpora", option="LIAISON_SHARED")

    def sample_programme(self) -> SampleProgramme:
        """The sample programme. Raises SuiteSkipped when it is not there."""
        content, script = self.samples / "content", self.samples / "demo.yaml"
        if not content.is_dir() or not script.is_file():
            raise SuiteSkipped(f"no sample programme at {self.samples}: run `make samples`")
        today = yaml.safe_load(script.read_text(encoding="utf-8"))["today"]
        return SampleProgramme(content=content, questions=self.samples / "questions", today=today)

    def _present(self, given: Path | None, default: str, *, what: str, option: str) -> Path:
        path = given or (self.shared / default if self.shared else None)
        if path is None or not path.exists():
            raise SuiteSkipped(f"no {what} {path or default}: set {option}")
        return path


@dataclass(slots=True)
class Workbench:
    """The files of a run and its open targets; one corpus is opened once."""

    inputs: Inputs
    opener: TargetOpener
    indexing_id: str
    stack: AsyncExitStack
    indexes: Path = INDEXES
    _open: dict[Path, Target] = field(default_factory=dict)

    def data_folder(self, corpus: Path) -> Path:
        """Where the index of a corpus is kept: the one given for the questions' corpus, or one named by its content."""
        if self.inputs.data is not None and corpus == self.inputs.corpus_folder():
            return self.inputs.data
        return self.indexes / content_key(corpus, self.indexing_id)

    async def target(self, corpus: Path, *, today: date | None = None) -> Target:
        """The target over a corpus, on a given day."""
        if corpus not in self._open:
            data = self.data_folder(corpus)
            opened = self.opener(corpus=corpus, data=data, ingest=data != self.inputs.data, today=today)
            self._open[corpus] = await self.stack.enter_async_context(opened)
        return self._open[corpus]


def content_key(corpus: Path, indexing_id: str) -> str:
    """A digest of every file of the corpus and of what turns it into an index."""
    return _digest(_files(corpus), relative_to=corpus, seed=indexing_id)[:16]


def indexing_id(embedder: str) -> str:
    """A digest of the embedder's name and the code that splits, embeds and indexes."""
    files = sorted(path for folder in INDEXING_CODE for path in ROOT.glob(f"{folder}/*.py"))
    return _digest(files, relative_to=ROOT, seed=embedder)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(files: Iterable[Path], *, relative_to: Path, seed: str) -> str:
    digest = hashlib.sha256(seed.encode())
    for path in files:
        digest.update(str(path.relative_to(relative_to)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
