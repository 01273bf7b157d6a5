"""Of several versions of one document the newest one in force answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date

from assistant.domain.content import Document
from assistant.ports.passage_index import ScopeKeys


def superseded(documents: Iterable[Document], scopes: ScopeKeys) -> frozenset[str]:
    """The ids of documents that a newer one of their series replaces, among those with an allowed scope.

    A series groups versions and translations: a translation is replaced by a newer version in any language, so that a
    stale translation never beats a newer original; versions of the same age stand side by side.
    """
    series: dict[str, list[Document]] = {}
    for document in documents:
        if document.series:
            series.setdefault(document.series, []).append(document)
    rivals = ([d for d in members if d.scope.key in scopes] for members in series.values() if len(members) > 1)
    return frozenset(document.id for members in rivals if members for document in _older(members))


def _older(members: Collection[Document]) -> list[Document]:
    newest = max(_age(document) for document in members)
    return [document for document in members if _age(document) < newest]


def _age(document: Document) -> tuple[tuple[int, ...], date]:
    """Version first ("2026", "v2.1" as numbers, "10.0" as "10"), then the day it came into force."""
    numbers = [int(n) for n in re.findall(r"[0-9]+", document.version)]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers), document.scope.valid_from or date.min
