"""What the vendor sells, as people name it: from the content and the codes of the PRM."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.agents.understanding.reading import Catalogue
from assistant.ports.content_store import ContentStore


@dataclass(slots=True)
class ProductNames:
    """The catalogue of the present content; read again when the content changes."""

    content: ContentStore
    codes: tuple[str, ...] = ()
    vendor: str = ""
    _known: Catalogue | None = None
    _generation: int = field(default=-1)

    async def __call__(self) -> Catalogue:
        """The catalogue. Raises StorageError."""
        catalog = await self.content.catalog()
        if self._known is None or catalog.generation != self._generation:
            named = (document.product for document in catalog.documents)
            self._known = Catalogue(tuple(_distinct([*named, *self.codes])), self.vendor)
            self._generation = catalog.generation
        return self._known


def _distinct(names: Iterable[str]) -> list[str]:
    """The names that are not empty, each once whatever its case, the first spelling kept."""
    return list({name.casefold(): name for name in reversed(list(names)) if name.strip()}.values())
