"""Real in-memory fakes of the ports, shipped for the tests of people who build on Liaison."""

from __future__ import annotations

from assistant.testing.content import MemoryContent, MemoryContentWriter
from assistant.testing.embedder import HashEmbedder
from assistant.testing.escalations import MemoryEscalations
from assistant.testing.exposures import MemoryExposures
from assistant.testing.gaps import MemoryGaps
from assistant.testing.lexicon import WordLexicon
from assistant.testing.model_ledger import MemoryModelLedger
from assistant.testing.passage_index import MemoryPassageIndex
from assistant.testing.prm import MemoryPrm
from assistant.testing.prm_reviews import MemoryReviews
from assistant.testing.sample import sample_document
from assistant.testing.threads import MemoryThreads

__all__ = [
    "HashEmbedder",
    "MemoryContent",
    "MemoryContentWriter",
    "MemoryEscalations",
    "MemoryExposures",
    "MemoryGaps",
    "MemoryModelLedger",
    "MemoryPassageIndex",
    "MemoryPrm",
    "MemoryReviews",
    "MemoryThreads",
    "WordLexicon",
    "sample_document",
]
