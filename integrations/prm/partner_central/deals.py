"""Deals in Partner Central: found, read, registered, changed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from assistant.domain.deals import DealChange, DealDraft, DealRegistration, DealState
from assistant.errors import (
    InvalidRecord,
    KeyReused,
    NotAllowedInState,
    NotOffered,
    OutcomeUnknown,
    PolicyRefused,
    Problem,
    RecordNotFound,
    StaleVersion,
)
from assistant.ports.clock import Clock
from assistant.ports.prm import DealQuery, Page, Window, Write
from integrations.prm.aws_wire.translation import Document, changed_fields, read
from integrations.prm.partner_central.caller import Caller
from integrations.prm.partner_central.deal import (
    STATES,
    applied,
    check_change,
    creation,
    deal_of,
    failure_of,
    involvement,
    solution_of,
    state_of,
    updatable,
)
from integrations.prm.partner_central.intents import Intent, Intents
from integrations.prm.register.database import Database
from integrations.prm.register.kept import folded
from integrations.prm.register.shelf import checked_limit, not_found

LOOKS, PAUSE = 5, 1.0  # how often, and seconds between looks, at a task that is still running
LARGEST = 100
OPPORTUNITY = re.compile(r"O[0-9]{1,19}")
NEWEST_FIRST = {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"}
SURE = (InvalidRecord, KeyReused, NotAllowedInState, PolicyRefused, StaleVersion, RecordNotFound, NotOffered)


class Deals:
    """The deals of the partners whose credentials are at hand."""

    def __init__(self, caller: Caller, database: Database, *, clock: Clock) -> None:
        self._caller = caller
        self._clock = clock
        self._intents: Intents[DealRegistration] = Intents(database, DealRegistration)

    async def find(self, partner_id: str, query: DealQuery, window: Window) -> Page[DealRegistration]:
        """Deals, the one changed last first; each one is read whole, since a list tells only part."""
        size, cursor, found = checked_limit(window.limit), window.cursor, list[DealRegistration]()
        if query.account_id or query.partner_id not in {"", partner_id}:
            return Page(items=())
        while True:
            asked: Document = {"Sort": NEWEST_FIRST, "MaxResults": min(size - len(found), LARGEST), **_filter(query)}
            asked |= {"NextToken": cursor} if cursor else {}
            page = await self._caller.read(partner_id, "ListOpportunities", **asked)
            for summary in page["OpportunitySummaries"]:
                deal = await self.get(partner_id, summary["Id"])
                found += [deal] if _matches(deal, query) else []
            cursor = page.get("NextToken", "")
            if not cursor or len(found) >= size:
                return Page(items=tuple(found), cursor=cursor)

    async def get(self, partner_id: str, deal_id: str) -> DealRegistration:
        """One deal; raises RecordNotFound."""
        return deal_of(await self._document(partner_id, deal_id), partner_id=partner_id)

    async def register(self, partner_id: str, draft: DealDraft, write: Write) -> DealRegistration:
        """A new opportunity, submitted."""
        intent = await asyncio.to_thread(self._intents.begin, write, "register_deal", "", draft)
        if intent.outcome is not None:
            return intent.outcome
        async with self._settled(intent):
            fields = creation(draft, today=self._clock.now().date())
            made = await self._caller.write(
                partner_id, "CreateOpportunity", ClientToken=intent.token, Origin="Partner Referral", **fields
            )
            await asyncio.to_thread(self._intents.made, write, made["Id"])
            for solution in solution_of(draft):
                await self._associate(partner_id, made["Id"], solution)
            await self._submit(partner_id, made["Id"], intent, fields)
            document = await self._lagging(lambda: self._document(partner_id, made["Id"]))
        return await self._ended(partner_id, document, write)

    async def update(self, partner_id: str, deal_id: str, edit: DealChange, write: Write) -> DealRegistration:
        """The opportunity with some fields changed and all others sent back as they are."""
        intent = await asyncio.to_thread(self._intents.begin, write, "update_deal", deal_id, edit)
        if intent.outcome is not None:
            return intent.outcome
        async with self._settled(intent):
            document = await self._change(partner_id, deal_id, edit, intent)
        return await self._ended(partner_id, document, write)

    async def _change(
        self, partner_id: str, deal_id: str, edit: DealChange, intent: Intent[DealRegistration]
    ) -> Document:
        before = await self._document(partner_id, deal_id)
        after = changed_fields(before, edit)
        landed = intent.resumed and applied(before, after, edit)
        if not landed:
            if before["LastModifiedDate"] != intent.write.expected_version:
                raise _stale(deal_id, intent.write.expected_version)
            check_change(before, after, edit, today=self._clock.now().date())
            await self._caller.write(
                partner_id,
                "UpdateOpportunity",
                Identifier=deal_id,
                LastModifiedDate=before["LastModifiedDate"],
                **updatable(after),
            )
        if edit.product is not None:
            await self._exchange(partner_id, deal_id, before, edit.product)
        if state_of(before) is DealState.DRAFT:
            await self._submit(partner_id, deal_id, intent, after)
        return await self._applied(partner_id, deal_id, after, edit)

    async def _applied(self, partner_id: str, deal_id: str, after: Document, edit: DealChange) -> Document:
        """Partner Central keeps locked fields without a word; the caller gets one. Raises NotAllowedInState."""
        found = await self._document(partner_id, deal_id)
        if not applied(found, after, edit):
            message = "kept its value: Partner Central does not take it now"
            problems = tuple(Problem(field=name, code="field_locked", message=message) for name in sorted(edit.names))
            raise NotAllowedInState(f"{deal_id} {message}", problems=problems)
        return found

    async def _submit(self, partner_id: str, deal_id: str, intent: Intent[DealRegistration], fields: Document) -> None:
        task = await self._lagging(
            lambda: self._caller.write(
                partner_id,
                "StartEngagementFromOpportunityTask",
                ClientToken=f"{intent.token}-submit",
                Identifier=deal_id,
                AwsSubmission={"InvolvementType": involvement(fields), "Visibility": "Full"},
            )
        )
        for _ in range(LOOKS):
            if task.get("TaskStatus") != "IN_PROGRESS":
                break
            await asyncio.sleep(PAUSE)
            found = await self._caller.read(
                partner_id, "ListEngagementFromOpportunityTasks", TaskIdentifier=[task["TaskId"]]
            )
            task = next(iter(found.get("TaskSummaries", [])), task)
        message = failure_of(task)
        if message:
            reason = task.get("ReasonCode") or "null"
            problem = Problem(field="", code="submission_failed" if reason == "null" else reason, message=message)
            hint = f"The draft {deal_id} is kept in Partner Central; change it and it is submitted again."
            raise PolicyRefused(message, problems=(problem,), hint=hint)

    async def _associate(self, partner_id: str, deal_id: str, solution: str) -> None:
        document = await self._lagging(lambda: self._document(partner_id, deal_id))
        if solution not in (read(document, "RelatedEntityIdentifiers.Solutions") or ()):
            await self._related(partner_id, "AssociateOpportunity", deal_id, solution)

    async def _exchange(self, partner_id: str, deal_id: str, before: Document, product: str) -> None:
        """Another solution in the place of those before: the new one first, so that there is always one."""
        if product.startswith("S-"):
            await self._associate(partner_id, deal_id, product)
        for old in read(before, "RelatedEntityIdentifiers.Solutions") or ():
            if old != product:
                await self._related(partner_id, "DisassociateOpportunity", deal_id, old)

    async def _related(self, partner_id: str, operation: str, deal_id: str, solution: str) -> None:
        await self._caller.write(
            partner_id,
            operation,
            OpportunityIdentifier=deal_id,
            RelatedEntityType="Solutions",
            RelatedEntityIdentifier=solution,
        )

    async def _document(self, partner_id: str, deal_id: str) -> Document:
        if not OPPORTUNITY.fullmatch(deal_id):
            raise not_found("DealRegistration", deal_id)
        try:
            return await self._caller.read(partner_id, "GetOpportunity", Identifier=deal_id)
        except RecordNotFound:
            raise not_found("DealRegistration", deal_id) from None

    async def _lagging(self, call: Callable[[], Awaitable[Document]]) -> Document:
        """The answer about an opportunity that was just made, which Partner Central finds only some seconds later."""
        missing: RecordNotFound | None = None
        for _ in range(LOOKS):
            try:
                return await call()
            except RecordNotFound as error:
                missing = error
            await asyncio.sleep(PAUSE)
        raise OutcomeUnknown("Partner Central does not show yet what was made there.") from missing

    async def _ended(self, partner_id: str, document: Document, write: Write) -> DealRegistration:
        deal = deal_of(document, partner_id=partner_id)
        return await asyncio.to_thread(self._intents.ended, write, deal)

    @asynccontextmanager
    async def _settled(self, intent: Intent[DealRegistration]) -> AsyncIterator[None]:
        """Free the key of a first attempt that was surely refused before it made anything."""
        try:
            yield
        except SURE:
            if not intent.resumed:
                await asyncio.to_thread(self._intents.refused, intent.write)
            raise


def _filter(query: DealQuery) -> Document:
    if query.state is None:
        return {}
    status = next((status for status, state in STATES.items() if state is query.state), "Approved")
    return {"LifeCycleReviewStatus": ["Rejected" if query.state is DealState.DUPLICATE else status]}


def _matches(deal: DealRegistration, query: DealQuery) -> bool:
    words = folded(f"{deal.draft.title} {deal.draft.customer.name}")
    return folded(query.text) in words and query.state in {None, deal.state}


def _stale(deal_id: str, version: str) -> StaleVersion:
    message = f"{deal_id} is no longer at version {version!r}."
    problem = Problem(field="version", code="stale_version", message=message, retryable=True)
    return StaleVersion(message, problems=(problem,))
