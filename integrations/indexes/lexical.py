"""The BM25 arm of a built generation: one tantivy index per analyser."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import tantivy

from assistant.domain.prose import plain
from assistant.domain.terms import terms
from assistant.ports.content_store import PassageRecord
from assistant.ports.passage_index import LexicalQuery

FIELD = "text"
CONTEXT_WEIGHT = 2  # how often a word of the title or a heading counts, measured in docs/retrieval.md
WRITER_BYTES = 48_000_000


@dataclass(frozen=True, slots=True)
class LexicalDocument:
    """A passage as BM25 sees it: its row in the generation, its scope and its words."""

    row: int
    scope_key: str
    text: str


def searchable(record: PassageRecord) -> str:
    """The words of a passage and, weighted, those of its title and headings.

    Their frequencies add up before they saturate, as in BM25F (Robertson, Zaragoza & Taylor 2004).
    """
    context = " ".join((record.title, *record.passage.heading_path))
    return "\n".join([context] * CONTEXT_WEIGHT + [plain(record.passage.text)])


@dataclass(frozen=True, slots=True)
class Statistics:
    """What BM25 needs to know of a collection: passages, and terms in all of them."""

    passages: int = 0
    length: int = 0


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(FIELD, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("scope", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("row", fast=True, indexed=True)
    return builder.build()


class LexicalBuilder:
    """Writes the BM25 index of one analyser's passages into a new folder, one passage at a time."""

    def __init__(self, folder: Path, analyser: str) -> None:
        folder.mkdir(parents=True)
        self._analyser = analyser
        self._count = 0
        self._length = 0
        self._writer = tantivy.Index(_schema(), path=str(folder)).writer(WRITER_BYTES, 1)

    def add(self, passage: LexicalDocument) -> None:
        """Analyse and add a passage."""
        document = tantivy.Document()
        found = terms(passage.text, self._analyser)
        self._length += len(found)
        document.add_text(FIELD, " ".join(found))
        document.add_text("scope", passage.scope_key)
        document.add_unsigned("row", passage.row)
        self._writer.add_document(document)
        self._count += 1

    def finish(self) -> Statistics:
        """Commit everything and wait until it is on disk."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        return Statistics(passages=self._count, length=self._length)


def weighted_terms(query: LexicalQuery, analyser: str) -> dict[str, float]:
    """The terms to look for with their weights; a word that is asked twice weighs twice."""
    weights: Counter[str] = Counter()
    for term in terms(query.text, analyser):
        weights[term] += 1
    found: dict[str, float] = dict(weights)
    for phrase, weight in query.expansions.items():
        for term in terms(phrase, analyser):
            found[term] = max(found.get(term, 0.0), weight)
    return {term: weight for term, weight in found.items() if weight > 0}


def inverse_frequency(having: int, total: int) -> float:
    """How rare a term is that stands in `having` of `total` passages, above 0 (Robertson & Zaragoza 2009, 3.4)."""
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


class Lexical:
    """One analyser's BM25 index, opened read-only."""

    def __init__(self, folder: Path, *, analyser: str, statistics: Statistics) -> None:
        self.analyser = analyser
        self.statistics = statistics
        self._index = tantivy.Index.open(str(folder))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    @property
    def passages(self) -> int:
        """The number of passages as the index itself counts them."""
        return int(self._searcher.num_docs)

    def document_frequency(self, term: str) -> int:
        """In how many passages this term stands."""
        return int(self._searcher.doc_freq(FIELD, term))

    def search(self, query: LexicalQuery, *, scopes: Collection[str] | None, limit: int) -> list[tuple[int, float]]:
        """Rows with their BM25 scores, best first; `scopes` of None means that all are allowed."""
        shoulds = self._clauses(query)
        if not shoulds or limit < 1:
            return []
        matching = tantivy.Query.boolean_query(shoulds, minimum_number_should_match=1)
        if scopes is not None:
            allowed = tantivy.Query.term_set_query(self._schema, "scope", sorted(scopes))
            unscored = tantivy.Query.const_score_query(allowed, 0.0)
            both = [(tantivy.Occur.Must, unscored), (tantivy.Occur.Must, matching)]
            matching = tantivy.Query.boolean_query(both)
        hits = self._searcher.search(matching, limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return [(int(row or 0), float(score)) for row, (score, _) in zip(rows, hits, strict=True)]

    def _clauses(self, query: LexicalQuery) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        clauses = []
        for term, weight in weighted_terms(query, self.analyser).items():
            if self.document_frequency(term):
                found = tantivy.Query.term_query(self._schema, FIELD, term, index_option="freq")
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(found, weight)))
        return clauses
