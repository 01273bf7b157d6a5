"""The part of the PRM in memory that two sides take part in: idempotency, events, invitations and funds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from assistant.domain.cosell import CoSellInvitation, CoSellRole, InvitationDraft, InvitationState
from assistant.domain.deals import DealRegistration
from assistant.domain.deals_lifecycle import TERMINAL
from assistant.domain.funds import FundAllocation, FundDraft, FundRequest, FundState, balance_of
from assistant.domain.people import Requester, Role
from assistant.errors import (
    Forbidden,
    InvalidRecord,
    KeyReused,
    NotAllowedInState,
    Problem,
    RecordNotFound,
    StaleVersion,
)
from assistant.ports.clock import Clock
from assistant.ports.prm import LARGEST_PAGE, Change, Page, Window, Write

T = TypeVar("T")
INVITATION = timedelta(days=14)
E = InvitationState


def refusal(field: str, code: str, message: str) -> InvalidRecord:
    """The error for one field."""
    return InvalidRecord.of(Problem(field=field, code=code, message=message))


def missing(record_id: str) -> RecordNotFound:
    """The one answer for what is not there and for what may not be seen."""
    return RecordNotFound(f"There is no {record_id!r} that you can see.")


def page_of(items: list[T], window: Window) -> Page[T]:
    """The window of a list; cursors count items."""
    if not 1 <= window.limit <= LARGEST_PAGE:
        raise refusal("limit", "out_of_range", f"must be 1 to {LARGEST_PAGE}")
    if window.cursor and not (window.cursor.isascii() and window.cursor.isdecimal()):
        raise refusal("cursor", "malformed", "is not a cursor of an earlier page")
    start = int(window.cursor or 0)
    end = start + window.limit
    return Page(items=tuple(items[start:end]), cursor=str(end) if end < len(items) else "")


def is_staff(requester: Requester) -> bool:
    """Whether the requester works for the vendor; raises Forbidden for people nobody knows."""
    if requester.role is Role.PARTNER and requester.partner_id:
        return False
    if requester.role in {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}:
        return True
    raise Forbidden("The PRM answers only people it knows.")


class Journal:
    """Outcomes by idempotency key, and what happened in order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._outcomes: dict[tuple[str, str], tuple[object, object]] = {}
        self._events: list[tuple[Change, frozenset[str]]] = []

    def once(self, write: Write, request: object, work: Callable[[], T]) -> T:
        """What `work` returns, done at most once for this key."""
        is_staff(write.requester)
        if not 1 <= len(write.key) <= 255:
            raise refusal("key", "required", "must have 1 to 255 characters")
        mine, whole = (write.requester.name, write.key), (request, write.expected_version)
        if mine not in self._outcomes:
            self._outcomes[mine] = (whole, work())
        kept, outcome = self._outcomes[mine]
        if kept != whole:
            problem = Problem(field="key", code="key_reused", message="was used for another request")
            raise KeyReused(f"The key {write.key!r} was used for another request.", problems=(problem,))
        return outcome  # type: ignore[return-value]

    def tell(self, kind: str, record_id: str, *, version: str, partners: set[str]) -> None:
        """Record an event that these partners may know of."""
        seq = len(self._events) + 1
        event = Change(seq=seq, kind=kind, record_id=record_id, version=version, at=self._clock.now())
        self._events.append((event, frozenset(partners)))

    def since(self, seq: int, *, partner_id: str) -> list[Change]:
        """Events after `seq` that a partner may know of; all when it is empty."""
        return [event for event, seen in self._events[seq:] if not partner_id or partner_id in seen]


def next_version(kept: str, write: Write) -> str:
    """The version after this write; raises StaleVersion."""
    if write.expected_version != kept:
        problem = Problem(field="version", code="stale_version", message="is no longer current", retryable=True)
        raise StaleVersion(f"The record is no longer at version {write.expected_version!r}.", problems=(problem,))
    return str(int(kept) + 1)


class MemoryInvitations:
    """Co-sell invitations by id."""

    def __init__(self, items: tuple[CoSellInvitation, ...], *, journal: Journal, clock: Clock) -> None:
        self._items = {item.id: replace(item, version=item.version or "1") for item in items}
        self._journal = journal
        self._clock = clock

    def joined(self, deal_id: str) -> list[CoSellInvitation]:
        """The accepted ones of a deal."""
        return [item for item in self._items.values() if item.draft.deal_id == deal_id and item.state is E.ACCEPTED]

    def seen_by(self, requester: Requester) -> list[CoSellInvitation]:
        """Those the requester sent or received, masked until accepted, by id."""
        staff, own = is_staff(requester), requester.partner_id
        mine = (item for item in self._items.values() if staff or own in {item.inviter, item.draft.invitee})
        return [self._shown(item, requester) for item in sorted(mine, key=lambda item: item.id)]

    def add(self, draft: InvitationDraft, deal: DealRegistration, listed: set[str]) -> CoSellInvitation:
        """A new invitation into a deal."""
        if draft.invitee not in listed:
            raise missing(draft.invitee)
        live = {E.PENDING, E.ACCEPTED}
        taken = any(
            item.draft.deal_id == deal.id and item.draft.invitee == draft.invitee and item.state in live
            for item in self._items.values()
        )
        if draft.invitee == deal.partner_id or taken:
            raise refusal("invitee", "already_invited", "is part of this deal already")
        if not 1 <= len(draft.message.strip()) <= 255 or draft.role is CoSellRole.LEAD:
            raise refusal("message", "required", "must have 1 to 255 characters and a role that does not lead")
        if deal.state in TERMINAL:
            raise NotAllowedInState(f"Deal {deal.id} ended: {deal.state}.")
        now, customer = self._clock.now(), deal.draft.customer
        item = CoSellInvitation(
            id=f"invitation-{len(self._items) + 1}",
            draft=draft,
            inviter=deal.partner_id,
            state=E.PENDING,
            created_at=now,
            expires_at=now + INVITATION,
            country=customer.country,
            industry=customer.industry,
            product=deal.draft.product,
            customer_name=customer.name,
            version="1",
        )
        return self._keep(item, "invitation.created")

    def answer(self, invitation_id: str, write: Write, *, state: InvitationState, reason: str) -> CoSellInvitation:
        """The invitation accepted or declined by whom it is for."""
        item = self._items.get(invitation_id)
        own = write.requester.partner_id
        if item is None or own not in {item.inviter, item.draft.invitee}:
            raise missing(invitation_id)
        if own != item.draft.invitee:
            raise Forbidden("Only the invited partner answers an invitation.")
        if item.state is not E.PENDING or self._clock.now() >= item.expires_at:
            raise NotAllowedInState(f"Invitation {invitation_id} cannot be answered any more.")
        if state is E.REJECTED and not 1 <= len(reason.strip()) <= 80:
            raise refusal("reason", "required", "must have 1 to 80 characters")
        version = next_version(item.version, write)
        answered = replace(item, state=state, reason=reason, decided_at=self._clock.now(), version=version)
        return self._shown(self._keep(answered, f"invitation.{state}"), write.requester)

    def _keep(self, item: CoSellInvitation, kind: str) -> CoSellInvitation:
        self._items[item.id] = item
        self._journal.tell(kind, item.id, version=item.version, partners={item.inviter, item.draft.invitee})
        return item

    def _shown(self, item: CoSellInvitation, requester: Requester) -> CoSellInvitation:
        open_to = is_staff(requester) or item.inviter == requester.partner_id or item.state is E.ACCEPTED
        return item if open_to else item.masked


class MemoryFunds:
    """Allocations, and requests against them."""

    def __init__(self, items: tuple[FundAllocation, ...], *, journal: Journal, clock: Clock) -> None:
        self.allocations = items
        self.requests: dict[str, FundRequest] = {}
        self._journal = journal
        self._clock = clock

    def add(self, draft: FundDraft, partner_id: str) -> FundRequest:
        """A new request, never for more than is left."""
        mine = (item for item in self.allocations if item.partner_id == partner_id)
        allocation = next((item for item in mine if item.id == draft.allocation_id), None)
        if allocation is None:
            raise missing(draft.allocation_id)
        if draft.amount.currency != allocation.amount.currency:
            raise refusal("amount.currency", "wrong_currency", f"this allocation is in {allocation.amount.currency}")
        available = balance_of(allocation, tuple(self.requests.values())).available
        if not 0 < draft.amount.amount <= available.amount:
            code = "above_balance" if draft.amount.amount > 0 else "not_positive"
            raise refusal("amount.amount", code, f"must be above zero and at most {available}")
        if not allocation.open_on(draft.starts) or draft.ends < draft.starts:
            raise refusal("starts", "outside_allocation", f"must lie in {allocation.starts} to {allocation.ends}")
        now = self._clock.now()
        item = FundRequest(
            id=f"fund-{len(self.requests) + 1}",
            partner_id=partner_id,
            draft=draft,
            state=FundState.IN_REVIEW,
            created_at=now,
            updated_at=now,
            version="1",
        )
        self.requests[item.id] = item
        self._journal.tell("fund.requested", item.id, version="1", partners={partner_id})
        return item
