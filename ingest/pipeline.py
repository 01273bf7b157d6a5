"""The ingest: what the sources hold becomes what the content store holds, changed documents only.

A document is written whole or not at all, so a run that was killed is finished by the next one. While one window of
passages is embedded, the next documents are read and cut.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

import numpy as np

from assistant.errors import InvalidMetadata, LiaisonError, SourceError, UnknownMetadataKey, UnreadableDocument
from assistant.ports.clock import Clock
from assistant.ports.content_store import ContentWriter, ContentWriterFactory, IngestedDocument, Quarantined
from assistant.ports.embedder import Embedder, Matrix
from ingest.metadata import merged, scope_of
from ingest.preparation import IngestOptions, Preparation, Prepared, document_id, is_content
from ingest.readers import Sandbox
from ingest.sandbox import ParserSandbox
from ingest.sources.item import Item, Source
from ingest.summary import IngestEvents, IngestSummary, Outcome, Silence

WINDOW_TOKENS = 32_768  # embedded and written together: enough to sort by length, little enough to hold twice
NOTED = 50  # notes kept in the summary


@dataclass(frozen=True, slots=True)
class Ingest:
    """An ingest with everything it needs; `run` may be called again and again."""

    open_writer: ContentWriterFactory
    embedder: Embedder
    clock: Clock
    options: IngestOptions = field(default_factory=IngestOptions)
    sandbox: Sandbox | None = None
    events: IngestEvents = field(default_factory=Silence)

    def run(self, sources: Sequence[Source], *, dry_run: bool = False) -> IngestSummary:
        """Bring the content store up to date with the sources and make it searchable.

        A bad document goes to quarantine and a source out of reach is named in the summary; neither stops the run.

        Raises:
            InvalidMetadata: a key from the command line cannot be used.
            WriterBusy: another process writes.
            FingerprintMismatch: the content was embedded with another embedder.
            StorageError: the database or the disk refused. What was written stays; the next run goes on from there.
            ProviderUnavailable: a remote embedder is out of reach.
        """
        started = time.monotonic()
        scope_of(merged([self.options.declared]), tiers=self.options.tiers)
        with ExitStack() as stack:
            writer = stack.enter_context(self.open_writer())
            sandbox = self.sandbox or stack.enter_context(ParserSandbox())
            worker = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="embed"))
            run = _Run(
                writer=writer,
                preparation=Preparation(self.embedder, sandbox, self.options),
                events=self.events,
                now=lambda: self.clock.now().isoformat(timespec="seconds"),
                worker=worker,
                dry_run=dry_run,
            )
            for source in sources:
                run.take(source)
            generation = 0 if dry_run else writer.publish()
        return replace(run.summary, seconds=time.monotonic() - started, generation=generation, dry_run=dry_run)


@dataclass(slots=True)
class _Run:
    """The state of one run."""

    writer: ContentWriter
    preparation: Preparation
    events: IngestEvents
    now: Callable[[], str]
    worker: ThreadPoolExecutor
    dry_run: bool
    summary: IngestSummary = field(default_factory=IngestSummary)
    window: list[Prepared] = field(default_factory=list)
    waiting: tuple[list[Prepared], Future[Matrix]] | None = None

    def take(self, source: Source) -> None:
        """Bring everything of one source up to date."""
        try:
            items = [item for item in source.items() if self._is_content(item)]
        except (SourceError, UnreadableDocument) as error:
            self._unavailable(source.uri, source.uri, error)
            return
        self.events.listed(source.uri, len(items))
        known = self.writer.hashes(source.uri)
        present: set[str] = set()
        refused: set[str] = set()
        for item in items:
            identity = document_id(source.uri, item.path)
            outcome = self._item(source, item, known=known.get(identity, ""))
            if outcome is not Outcome.DELETED:
                present.add(identity)
            if outcome in {Outcome.QUARANTINED, Outcome.UNAVAILABLE}:
                refused.add(item.uri)
            self.events.settled(item.path, outcome)
        self._flush(source.uri)
        self._store(source.uri)
        gone = known.keys() - present
        self._count(Outcome.DELETED, len(gone))
        if not self.dry_run:
            if gone:
                self.writer.remove(gone)
            self.writer.clear_quarantine(source.uri, keep=refused)

    def _is_content(self, item: Item) -> bool:
        if is_content(item):
            return True
        self._count(Outcome.SKIPPED)
        return False

    def _item(self, source: Source, item: Item, *, known: str) -> Outcome:
        try:
            prepared = self.preparation.prepare(source, item, known=known)
        except FileNotFoundError:
            return Outcome.DELETED
        except (UnreadableDocument, UnknownMetadataKey, InvalidMetadata) as error:
            return self._quarantine(source, item, error)
        except SourceError as error:
            if not error.retryable:
                return self._quarantine(source, item, error)
            self._unavailable(item.uri, item.path, error)
            return Outcome.UNAVAILABLE
        if prepared is None:
            outcome = Outcome.UNCHANGED
        else:
            outcome = Outcome.CHANGED if known else Outcome.ADDED
            self._add(prepared, source.uri)
        self._count(outcome)
        return outcome

    def _add(self, prepared: Prepared, source: str) -> None:
        notes = tuple(f"{prepared.document.path}: {note}" for note in prepared.notes)
        summary = self.summary
        self.summary = replace(
            summary,
            passages=summary.passages + len(prepared.passages),
            tokens=summary.tokens + prepared.tokens,
            notes=(summary.notes + notes)[:NOTED],
            foreign_keys=summary.foreign_keys | set(prepared.foreign_keys),
        )
        if self.dry_run:
            return
        self.window.append(prepared)
        if sum(one.tokens for one in self.window) >= WINDOW_TOKENS:
            self._flush(source)

    def _flush(self, source: str) -> None:
        """Hand the window to the embedder, after what it was given before is stored."""
        self._store(source)
        if self.window:
            texts = [text for prepared in self.window for text in prepared.embedded]
            self.waiting = self.window, self.worker.submit(embed_distinct, self.preparation.embedder, texts)
            self.window = []

    def _store(self, source: str) -> None:
        """Write what was embedded."""
        if self.waiting is None:
            return
        window, vectors = self.waiting[0], self.waiting[1].result()
        self.waiting = None
        batch, start = [], 0
        for one in window:
            end = start + len(one.passages)
            batch.append(IngestedDocument(one.document, one.text, one.passages, vectors[start:end]))
            start = end
        self.writer.put_many(batch, source=source, fingerprint=self.preparation.embedder.fingerprint)
        self.summary = replace(self.summary, embedded=self.summary.embedded + start)
        self.events.embedded(start, sum(one.tokens for one in window))

    def _quarantine(self, source: Source, item: Item, error: LiaisonError) -> Outcome:
        entry = self._entry(item.uri, item.path, error)
        self.summary = replace(self.summary, quarantined=(*self.summary.quarantined, entry))
        if not self.dry_run:
            self.writer.quarantine(entry, source=source.uri)
        return Outcome.QUARANTINED

    def _unavailable(self, uri: str, path: str, error: LiaisonError) -> None:
        entry = self._entry(uri, path, error)
        self.summary = replace(self.summary, unavailable=(*self.summary.unavailable, entry))

    def _entry(self, uri: str, path: str, error: LiaisonError) -> Quarantined:
        reason = error.reason if isinstance(error, UnreadableDocument) else error.code
        return Quarantined(uri=uri, path=path, reason=reason, detail=str(error), at=self.now())

    def _count(self, outcome: Outcome, number: int = 1) -> None:
        field_name = outcome.value
        self.summary = replace(self.summary, **{field_name: getattr(self.summary, field_name) + number})


def embed_distinct(embedder: Embedder, texts: Sequence[str]) -> Matrix:
    """Vectors in the order given; a text that is there several times is embedded once."""
    distinct = list(dict.fromkeys(texts))
    place = {text: number for number, text in enumerate(distinct)}
    return embedder.embed_passages(distinct)[np.array([place[text] for text in texts], dtype=np.intp)]
