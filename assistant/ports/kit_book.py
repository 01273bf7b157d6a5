"""The book of kits: versions and reviews, none of them ever changed."""

from __future__ import annotations

from typing import Protocol

from assistant.domain.kits import KeptKit, KitDraft, KitReview
from assistant.domain.people import Requester


class KitBook(Protocol):
    """Keeps kits durably. Raises StorageError.

    Partners see the kits of their own company, the vendor's people those of their tenant; any other raises
    RecordNotFound like one that does not exist.
    """

    async def keep(self, draft: KitDraft) -> KeptKit:
        """Keep a kit: the next version of it when its digest is another one, nothing new when it is the same."""
        ...

    async def get(self, kit_id: str, *, requester: Requester) -> KeptKit:
        """The present version with its reviews."""
        ...

    async def add(self, kit_id: str, review: KitReview, *, requester: Requester) -> KeptKit:
        """Add a review. Raises StaleVersion when its version is not the present one any more."""
        ...
