"""Content gaps: questions that were not answered well, clustered, asked again, and shown to those who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

import numpy as np

from assistant.answering.answer import Answerer
from assistant.domain.content import Document
from assistant.domain.gap import AskedQuestion, Gap, GapRecord, GapStatus
from assistant.domain.people import Requester, Role, TierLadder
from assistant.errors import Forbidden
from assistant.gaps.cluster import cluster
from assistant.gaps.recheck import Recheck, Rechecker
from assistant.gaps.trend import Week, first_monday, trend
from assistant.gaps.view import gap_view
from assistant.ports.clock import Clock
from assistant.ports.embedder import Embedder, Vector
from assistant.ports.gap_store import GapStore
from assistant.retrieval.audience import visible

MINIMUM_PARTNERS = 3
CHECKED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps report. `minimum_partners` is how many partners must share a value for the vendor to be told of it.

    `kept_days` is how long a question that was answered well is remembered after it was last asked; 0 is for ever.
    """

    store: GapStore
    answerer: Answerer
    embedder: Embedder
    clock: Clock
    ladder: TierLadder = field(default_factory=TierLadder)
    minimum_partners: int = MINIMUM_PARTNERS
    kept_days: int = 0

    async def report(self, *, requester: Requester, status: GapStatus | None = None, language: str = "") -> list[Gap]:
        """The gaps that a person may see, open ones first, then by how often they were asked.

        The vendor's people see those of all partners of their tenant, added up; a partner sees what its own people
        asked, and nothing of others. Raises Forbidden for unknown people.
        """
        if not requester.known:
            raise Forbidden("Gaps are shown to partners and to the vendor's people.", hint="Say who asks with --as.")
        await self.recheck(tenant=requester.tenant)
        documents = await self._visible_documents(requester)
        shown = []
        for gap, members in await self._gaps(requester.tenant):
            mine = [m for m in members if requester.role is not Role.PARTNER or _same_partner(m, requester)]
            if mine and (status is None or gap.status is status) and language in {"", gap.language}:
                minimum = 1 if requester.role is Role.PARTNER else self.minimum_partners
                shown.append(gap_view(gap, mine, documents=documents, minimum_partners=minimum))
        return sorted(shown, key=lambda g: (g.status is GapStatus.CLOSED, -g.count, -g.last_asked.timestamp(), g.id))

    async def trend(self, *, requester: Requester) -> tuple[tuple[Week, ...], ...]:
        """How questions went in the last weeks, by language; a partner sees its own people's. Forbidden as `report`."""
        if not requester.known:
            raise Forbidden("Gaps are shown to partners and to the vendor's people.", hint="Say who asks with --as.")
        today, partner = self.clock.now().date(), requester.role is Role.PARTNER
        since = datetime.combine(first_monday(today), time(), UTC)
        asked = await self.store.asked_since(since, tenant=requester.tenant)
        seen = [question for question in asked if not partner or _same_partner(question, requester)]
        return trend(seen, today=today, minimum_partners=1 if partner else self.minimum_partners)

    async def recheck(self, *, tenant: str = "default") -> Recheck:
        """Cluster what was asked since, and ask every gap again that new content or new askers may have changed.

        Ingest calls this when it has published something. At most 200 gaps at once, the longest unchecked first.
        """
        if self.kept_days:
            await self.store.prune(tenant=tenant, before=self.clock.now() - timedelta(days=self.kept_days))
        await self._cluster(tenant)
        generation = (await self.answerer.retriever.store.catalog()).generation
        if not generation:
            return Recheck()
        due = [(gap, members) for gap, members in await self._gaps(tenant) if _due(gap, members, generation)]
        due = sorted(due, key=lambda pair: (pair[0].checked, pair[0].id))[:CHECKED_AT_ONCE]
        closed: list[str] = []
        reopened: list[str] = []
        for gap, members in due:
            after = await Rechecker(self.answerer).check(gap, members, generation=generation, now=self.clock.now())
            await self.store.save(after)
            if after.status is not gap.status:
                (closed if after.status is GapStatus.CLOSED else reopened).append(gap.id)
        return Recheck(checked=len(due), closed=tuple(closed), reopened=tuple(reopened))

    async def _cluster(self, tenant: str) -> None:
        fresh = [question for question in await self.store.signalled(tenant=tenant) if not question.gap_id]
        if not fresh:
            return
        gaps = [await self._placed(gap) for gap in await self.store.gaps(tenant=tenant)]
        vectors = {q.answer_id: await self._vector(q.question) for q in fresh}
        made = cluster(fresh, gaps, vectors, fingerprint=self.embedder.fingerprint)
        for gap in made.opened:
            await self.store.save(gap)
        for gap_id in sorted(set(made.members.values())):
            ids = [answer_id for answer_id, home in made.members.items() if home == gap_id]
            await self.store.assign(ids, gap_id, tenant=tenant)

    async def _placed(self, gap: GapRecord) -> GapRecord:
        """The gap with a vector of the present embedder."""
        if gap.fingerprint == self.embedder.fingerprint:
            return gap
        vector = np.asarray(await self._vector(gap.question), dtype="<f4").tobytes()
        placed = replace(gap, vector=vector, fingerprint=self.embedder.fingerprint)
        await self.store.save(placed)
        return placed

    async def _vector(self, question: str) -> Vector:
        return await self.embedder.embed_query(question)

    async def _gaps(self, tenant: str) -> Sequence[tuple[GapRecord, list[AskedQuestion]]]:
        members: dict[str, list[AskedQuestion]] = {}
        for question in await self.store.signalled(tenant=tenant):
            members.setdefault(question.gap_id, []).append(question)
        return [(gap, members[gap.id]) for gap in await self.store.gaps(tenant=tenant) if gap.id in members]

    async def _visible_documents(self, requester: Requester) -> dict[str, Document]:
        catalog = await self.answerer.retriever.store.catalog()
        return {d.id: d for d in catalog.documents if visible(d.audience, requester, self.ladder)}


def _same_partner(asked: AskedQuestion, requester: Requester) -> bool:
    return bool(requester.partner_id) and asked.asker.partner_id == requester.partner_id


def _due(gap: GapRecord, members: Sequence[AskedQuestion], generation: int) -> bool:
    """New content, or a question that went wrong after the gap was closed."""
    asked_since = gap.status is GapStatus.CLOSED and any(m.last_at > gap.changed_at for m in members)
    return gap.checked != generation or asked_since
