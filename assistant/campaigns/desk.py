"""Campaigns from brief to approval: drafted, kept, reviewed by brand, market and legal."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from assistant.campaigns.assembly import Assembler
from assistant.campaigns.brief import Brief
from assistant.campaigns.kit import Kit, Status
from assistant.campaigns.library import Library
from assistant.campaigns.partner import facts_of
from assistant.domain.kits import Decision, KeptKit, KitDraft, KitReview, ReviewRole
from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden, NotAllowedInState, StaleVersion, UsageError
from assistant.ports.clock import Clock
from assistant.ports.kit_book import KitBook
from assistant.ports.prm import Prm

if TYPE_CHECKING:
    from assistant.campaigns.copywriter import CopyWriter

KIT = TypeAdapter(Kit)
REVIEWERS = {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class CampaignDesk:
    """Makes kits of a brief with the partner's facts from the PRM, and takes them through review.

    `writer` gives the model that writes, None where none is set.
    """

    prm: Prm
    library: Library
    writer: Callable[[], CopyWriter | None] = lambda: None

    async def drafted(self, brief: Brief, *, requester: Requester, write: bool = False) -> tuple[Kit, ...]:
        """A kit for each locale; with `write`, in the words of the model.

        Raises UsageError for what nobody wrote or without a model, RecordNotFound for a partner that is not theirs.
        """
        tiers = self.library.programme(brief.programme).tiers
        facts = await facts_of(self.prm, brief.partner, requester=requester, tiers=tiers, day=brief.send_on)
        assembler = Assembler(self.library, brief.programme)
        if not write:
            return await asyncio.to_thread(assembler.kits, brief, facts)
        writer = self.writer()
        if writer is None:
            raise UsageError("No language model is set.", hint="Set LIAISON_MODEL, or let approved texts be used.")
        kits = (writer.kit(assembler, brief, facts, locale=locale, requester=requester) for locale in brief.locales)
        return tuple(await asyncio.gather(*kits))


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """Keeps kits and what people decide about them."""

    book: KitBook
    library: Library
    clock: Clock

    async def keep(self, kit: Kit, brief: Brief, *, requester: Requester) -> KeptKit:
        """The kit in the book; a changed one is a new version, which no review speaks for yet."""
        body = KIT.dump_json(kit).decode()
        names = "\n".join((requester.tenant, brief.partner, kit.programme, kit.campaign, kit.locale))
        return await self.book.keep(
            KitDraft(
                id=hashlib.sha256(names.encode()).hexdigest()[:24],
                tenant=requester.tenant,
                partner=brief.partner,
                body=body,
                digest=hashlib.sha256(body.encode()).hexdigest(),
                rules=self.library.fingerprint,
                ready=all(each.status is Status.READY for each in kit.fields),
                drafted_by=requester.name,
                drafted_at=self.clock.now(),
            )
        )

    async def get(self, kit_id: str, *, requester: Requester) -> KeptKit:
        """A kit that the requester may see; raises RecordNotFound."""
        return await self.book.get(kit_id, requester=requester)

    async def review(
        self,
        kit_id: str,
        role: ReviewRole,
        decision: Decision,
        *,
        requester: Requester,
        digest: str = "",
        note: str = "",
    ) -> KeptKit:
        """Record a decision on the version with this digest, which is what the reviewer saw.

        Raises Forbidden for who does not review in this role, StaleVersion for an earlier version, NotAllowedInState
        for approving a kit with fields that are not ready.
        """
        kept = await self.book.get(kit_id, requester=requester)
        self._may(requester, role, kit_of(kept).programme)
        if digest and digest != kept.draft.digest:
            raise StaleVersion("The kit changed since it was shown.", hint="Look at it again, then decide.")
        if decision is Decision.APPROVE and not kept.draft.ready:
            waiting = [each.place for each in kit_of(kept).fields if each.status is not Status.READY]
            told = ", ".join(dict.fromkeys(waiting))
            raise NotAllowedInState(f"Not every field is ready for approval: {told}.", hint="See their findings.")
        review = KitReview(
            role=role,
            decision=decision,
            reviewer=requester.name,
            at=self.clock.now(),
            version=kept.version,
            digest=kept.draft.digest,
            rules=self.library.fingerprint,
            release=version("liaison"),
            note=note,
        )
        return await self.book.add(kit_id, review, requester=requester)

    def _may(self, requester: Requester, role: ReviewRole, programme: str) -> None:
        named = self.library.programme(programme).reviewers.get(role, ())
        if requester.role not in REVIEWERS or (named and requester.name not in named):
            told = f"Reviewers for {role}: {', '.join(named) or 'channel managers and administrators'}."
            raise Forbidden(f"{requester.name} does not review for {role}.", hint=told)


def kit_of(kept: KeptKit) -> Kit:
    """The kit that is kept."""
    return KIT.validate_json(kept.draft.body)
