"""Liaison as it ships, ingesting into an empty data directory."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from assistant.domain.people import ANONYMOUS
from evals.in_process import InProcessOpener, InProcessTarget, index_corpus
from evals.peers.pipeline import DEPTH, Embedded, Ranked, Search, main
from integrations.bootstrap import build
from integrations.settings import Settings


class OurPipeline:
    """The public commands' own path: ingest, then retrieval."""

    def ingest(self, *, corpus: Path, model: Path, work: Path) -> None:  # noqa: ARG002 - the packaged model is the default
        """Read, cut, embed and store everything, and build both search indexes."""
        self.corpus = corpus
        self.settings = Settings().model_copy(update={"data": work})
        liaison = build(self.settings)
        try:
            self.summary = index_corpus(liaison, corpus)
        finally:
            liaison.close()

    def embedded(self) -> Embedded:
        """As the ingest counted; a passage is never longer than the model reads."""
        return Embedded(passages=self.summary.embedded, tokens=self.summary.tokens)

    def searches(self) -> Mapping[str, Search]:
        """The pipeline as shipped; passages that only rank come without text."""
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        opener = InProcessOpener(self.settings)
        opened = opener(corpus=self.corpus, data=self.settings.data, ingest=False, today=None)
        self.target: InProcessTarget = self.loop.run_until_complete(self.stack.enter_async_context(opened))
        return {"Liaison": self._search}

    def _search(self, question: str) -> Ranked:
        found = self.loop.run_until_complete(self.target.retrieve(question, requester=ANONYMOUS))
        return [(passage.doc, passage.text) for passage in found[:DEPTH]]


if __name__ == "__main__":
    main(OurPipeline())
