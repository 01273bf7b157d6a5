"""What a catalog holds, read once for all the questions that are asked of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from assistant.domain.content import Scope
from assistant.ports.content_store import Catalog
from assistant.ports.passage_index import ScopeKeys
from assistant.retrieval.version import superseded

MOST_STANDINGS = 256  # sets of allowed scopes that are remembered; a few kilobytes each


@dataclass(frozen=True, slots=True)
class Standing:
    """What allowed scopes leave of a catalog: `replaced` are the ids that a newer version takes the place of."""

    replaced: frozenset[str]
    searched: int


class Holdings:
    """The documents of one catalog by id, the scopes they have, and how they stand for whom.

    A standing is remembered by the set of allowed scopes alone, which every question works out anew from who asks
    and what day it is; nothing that decides who may see what is remembered.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.documents = {document.id: document for document in catalog.documents}
        self._counts = Counter(document.scope for document in catalog.documents)
        self._standings: dict[ScopeKeys, Standing] = {}

    @property
    def scopes(self) -> frozenset[Scope]:
        """Every scope that a document has."""
        return frozenset(self._counts)

    def standing(self, allowed: ScopeKeys) -> Standing:
        """What is left when these scopes are allowed."""
        known = self._standings.get(allowed)
        if known is None:
            replaced = superseded(self.catalog.documents, allowed)
            held = sum(count for scope, count in self._counts.items() if scope.key in allowed)
            known = Standing(replaced, searched=held - len(replaced))
            if len(self._standings) >= MOST_STANDINGS:
                self._standings.clear()
            self._standings[allowed] = known
        return known


class Shelf:
    """Keeps the holdings of the catalog that was read last: a store gives the same one out until content changes."""

    def __init__(self) -> None:
        self._kept: Holdings | None = None

    def holdings(self, catalog: Catalog) -> Holdings:
        """The holdings of exactly this catalog; those of any other one are forgotten."""
        kept = self._kept
        if kept is None or kept.catalog is not catalog:
            kept = self._kept = Holdings(catalog)
        return kept
