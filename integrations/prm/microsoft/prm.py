"""The port on Partner Center: deals are referrals of one Partner Center account, co-sell is a shared engagement.

What the API has no call for (partners, certificates, tiers, funds, accounts, extensions, appeals) raises NotOffered.
Each write is kept with its request id before it is sent; after an unknown outcome it is looked up first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from assistant.domain.cosell import CoSellInvitation, CoSellRole, Engagement, InvitationDraft, Member
from assistant.domain.deals import DealChange, DealDraft, DealRegistration
from assistant.domain.deals_check import DealCheck, Decision, Finding, Verdict
from assistant.domain.deals_lifecycle import TERMINAL
from assistant.domain.deals_validation import problems_of
from assistant.domain.people import Requester, Role
from assistant.errors import (
    Forbidden,
    InvalidRecord,
    NotAllowedInState,
    Problem,
    RecordNotFound,
    StaleVersion,
)
from assistant.ports.clock import Clock
from assistant.ports.prm import FIRST_PAGE, LARGEST_PAGE, Change, DealQuery, Page, Window, Write
from integrations.prm.lacking import lacking
from integrations.prm.microsoft.api import ReferralsApi, quoted
from integrations.prm.microsoft.once import once, request_id
from integrations.prm.microsoft.reading import EPOCH, STATUSES, WITHDRAWN, deal_of, invitation_of
from integrations.prm.microsoft.referral import Referral
from integrations.prm.microsoft.sending import (
    Values,
    closing,
    connected,
    created,
    field_of,
    holds,
    patched,
    refused_fields,
    steps,
)
from integrations.prm.partner_central.events import Inbox
from integrations.prm.partner_central.intents import Intent, Intents
from integrations.prm.register.database import Database
from integrations.prm.register.shelf import checked_limit

T = TypeVar("T", DealRegistration, CoSellInvitation)
RULES = "microsoft-partner-center"
MICROSOFT = "msft"
SYSTEM = "Microsoft's referrals API"
TICK = timedelta(microseconds=1)
Steps = list[dict[str, Any]]


class MicrosoftPrm:
    """See Prm. `partner_id` is the partner of ours whose Partner Center account the credentials open.

    `posted` says that a WebhookReceiver takes the events of Partner Center into the same database.
    """

    find_partners = lacking(SYSTEM, "partners")
    get_partner = lacking(SYSTEM, "partners")
    certifications = lacking(SYSTEM, "certificates")
    tier_progress = lacking(SYSTEM, "tiers")
    fund_balance = lacking(SYSTEM, "funds")
    find_accounts = lacking(SYSTEM, "accounts")
    get_account = lacking(SYSTEM, "accounts")
    extend_deal = lacking(SYSTEM, "extensions of a protection")
    appeal_deal = lacking(SYSTEM, "appeals")
    request_funds = lacking(SYSTEM, "fund requests")
    fund_requests = lacking(SYSTEM, "fund requests")
    opportunities = lacking(SYSTEM, "history of opportunities")

    def __init__(
        self, api: ReferralsApi, *, database: Database, partner_id: str, clock: Clock, posted: bool = False
    ) -> None:
        self._api = api
        self._inbox = Inbox(database) if posted else None
        self._partner_id = partner_id
        self._clock = clock
        self._deals = Intents(database, DealRegistration)
        self._invitations = Intents(database, CoSellInvitation)

    async def find_deals(
        self, query: DealQuery, *, requester: Requester, window: Window = FIRST_PAGE
    ) -> Page[DealRegistration]:
        """See Prm. `text` narrows each page after it was read, so pages may be short."""
        if not self._sees(requester) or query.partner_id not in {"", self._partner_id} or query.account_id:
            return Page(())
        where = ""
        if query.state is not None:
            if query.state not in STATUSES:
                return Page(())
            status, substatus = STATUSES[query.state]
            where = f"status eq {quoted(status)} and substatus eq {quoted(substatus)}"
        found, cursor = await self._api.page(
            where=where, top=checked_limit(window.limit), order="updatedDateTime desc", skip=window.cursor
        )
        deals = [deal_of(each, partner_id=self._partner_id) for each in found]
        text = query.text.casefold()
        kept = (deal for deal in deals if text in f"{deal.draft.title} {deal.draft.customer.name}".casefold())
        return Page(items=tuple(kept), cursor=cursor)

    async def get_deal(self, deal_id: str, *, requester: Requester) -> DealRegistration:
        """See Prm."""
        return deal_of(await self._seen(deal_id, requester), partner_id=self._partner_id)

    async def check_deal(self, draft: DealDraft, *, requester: Requester) -> DealCheck:
        """See Prm. The API checks nothing beforehand: fields are checked here, conflicts only by Microsoft."""
        self._require_own(requester)
        now = self._clock.now()
        words = "Microsoft looks for conflicts only after the referral was sent."
        finding = Finding(rule="checked-by-microsoft", verdict=Verdict.REVIEW, message=words)
        problems = (*problems_of(draft, today=now.date()), *refused_fields(draft))
        return DealCheck(problems=problems, conflicts=(), decision=Decision(Verdict.REVIEW, (finding,), RULES, now))

    async def register_deal(self, draft: DealDraft, *, write: Write) -> DealRegistration:
        """See Prm. A solution (SOL-…) is shared with Microsoft by a second referral in the same engagement."""
        self._require_own(write.requester)
        problems = (*problems_of(draft, today=self._clock.now().date()), *refused_fields(draft))
        if problems:
            raise InvalidRecord.of(*problems)

        async def work(intent: Intent[DealRegistration]) -> DealRegistration:
            body = created(draft)
            made = await self._made(intent, body, reference=draft.partner_ref)
            if body["type"] == "Shared":
                self._deals.made(write, made.id)
                await self._share_once(made, intent)
            return deal_of(made, partner_id=self._partner_id)

        return await once(self._deals, write, ("register_deal", "", draft), work)

    async def update_deal(self, deal_id: str, edit: DealChange, *, write: Write) -> DealRegistration:
        """See Prm. Raises NotAllowedInState for a closed referral, which is final."""
        problems = refused_fields(edit)
        if problems:
            raise InvalidRecord.of(*problems)
        today = self._clock.now().date()
        return await self._patch(deal_id, ("update_deal", edit), write, lambda seen: patched(edit, seen, today=today))

    async def withdraw_deal(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See Prm. The API knows no withdrawal: the referral is closed as lost, with a reason that says so."""
        values = closing("Lost", f"{WITHDRAWN}{reason}")
        return await self._patch(deal_id, ("withdraw_deal", reason), write, lambda seen: steps(values, seen))

    async def invite(self, draft: InvitationDraft, *, write: Write) -> CoSellInvitation:
        """See Prm. `invitee` is a business profile location, or "msft" for Microsoft."""
        seen = await self._seen(draft.deal_id, write.requester)

        async def work(intent: Intent[CoSellInvitation]) -> CoSellInvitation:
            body = connected(seen, target=draft.invitee, notes=draft.message)
            found = await self._connected_to(seen, draft.invitee) if intent.resumed else None
            made = found or await self._api.create(body, request_id=request_id(intent.token))
            return invitation_of(made, partner_id=self._partner_id)

        return await once(self._invitations, write, ("invite", draft.deal_id, draft), work)

    async def accept_invitation(self, invitation_id: str, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        values: Values = [("/status", "Active"), ("/substatus", "Accepted")]
        return await self._answer(invitation_id, "accept_invitation", values, write)

    async def decline_invitation(self, invitation_id: str, reason: str, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        if not 1 <= len(reason.strip()) <= 80:
            raise InvalidRecord.of(Problem(field="reason", code="required", message="must have 1 to 80 characters"))
        return await self._answer(invitation_id, "decline_invitation", closing("Declined", reason), write)

    async def invitations(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[CoSellInvitation]:
        """See Prm. Shared referrals, the newest first."""
        if not self._sees(requester):
            return Page(())
        where, limit = "type eq 'Shared'", checked_limit(window.limit)
        found, cursor = await self._api.page(where=where, top=limit, order="createdDateTime desc", skip=window.cursor)
        return Page(tuple(invitation_of(each, partner_id=self._partner_id) for each in found), cursor)

    async def engagement(self, deal_id: str, *, requester: Requester) -> Engagement:
        """See Prm. The organizations of all referrals in the deal's engagement; the deal's own leads."""
        seen = await self._seen(deal_id, requester)
        found, _ = await self._api.page(where=f"engagementId eq {quoted(seen.engagement_id or '')}", top=LARGEST_PAGE)
        others = {each.organization_id or "" for each in found} - {seen.organization_id or "", ""}
        lead = Member(self._partner_id, CoSellRole.LEAD)
        return Engagement(deal_id, (lead, *(Member(each, CoSellRole.REFERRAL) for each in sorted(others))))

    async def changes(self, *, since: int, requester: Requester, limit: int = 100) -> tuple[Change, ...]:
        """See Prm: the events that were posted, or else what the API says now.

        Then `seq` is the microsecond of the last update: a referral changed twice is told once.
        """
        if not self._sees(requester):
            return ()
        if self._inbox is not None:
            size = checked_limit(limit)
            return self._inbox.after(since, tenant=requester.tenant, partner_id=self._partner_id, limit=size)
        found: list[Change] = []
        cursor = ""
        while True:
            page, cursor = await self._api.page(top=LARGEST_PAGE, order="updatedDateTime desc", skip=cursor)
            news = [change for each in page if (change := _change(each)).seq > since]
            found += news
            if len(news) < len(page) or not cursor:
                return tuple(sorted(found, key=lambda change: change.seq)[: checked_limit(limit)])

    def _sees(self, requester: Requester) -> bool:
        """Whether the requester sees the account's referrals; raises Forbidden for people nobody knows."""
        if requester.role is Role.PARTNER and requester.partner_id:
            return requester.partner_id == self._partner_id
        if requester.role in {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}:
            return True
        raise Forbidden(
            "The PRM answers only people it knows.", hint="Sign in, or ask your channel manager for access."
        )

    def _require_own(self, requester: Requester) -> None:
        if requester.role is not Role.PARTNER or not self._sees(requester):
            raise Forbidden(f"Only {self._partner_id} has this Partner Center account.")

    async def _seen(self, referral_id: str, requester: Requester) -> Referral:
        if not self._sees(requester):
            message = f"There is no referral {referral_id!r} that you can see."
            raise RecordNotFound(message, problems=(Problem("id", "not_found", message),))
        return await self._api.get(referral_id)

    async def _made(self, intent: Intent[DealRegistration], body: dict[str, Any], *, reference: str) -> Referral:
        """The referral of a draft: looked up before it is made, since the API takes a reference any number of times.

        Raises InvalidRecord when the reference is another deal's.
        """
        if intent.record_id:
            return await self._api.get(intent.record_id)
        found, _ = await self._api.page(where=f"externalReferenceId eq {quoted(reference)}", top=2)
        mine = next((each for each in found if intent.resumed and each.name == body["name"]), None)
        if mine is not None:
            return mine
        if found:
            message = f"{reference!r} is your reference of another deal"
            raise InvalidRecord.of(Problem(field="partner_ref", code="duplicate_reference", message=message))
        return await self._api.create(body, request_id=request_id(intent.token))

    async def _share_once(self, mine: Referral, intent: Intent[DealRegistration]) -> None:
        if intent.resumed and await self._connected_to(mine, MICROSOFT):
            return
        body = connected(mine, target=MICROSOFT)
        await self._api.create(body, request_id=request_id(f"{intent.token}-microsoft"))

    async def _connected_to(self, mine: Referral, target: str) -> Referral | None:
        where = f"engagementId eq {quoted(mine.engagement_id or '')}"
        found, _ = await self._api.page(where=where, top=LARGEST_PAGE)
        return next((each for each in found if target in {item.id for item in each.target}), None)

    async def _patch(
        self, deal_id: str, asked: tuple[str, object], write: Write, steps_for: Callable[[Referral], Steps]
    ) -> DealRegistration:
        async def work(intent: Intent[DealRegistration]) -> DealRegistration:
            after = await self._patched(deal_id, write, steps_for, intent)
            return deal_of(after, partner_id=self._partner_id)

        name, body = asked
        await self._seen(deal_id, write.requester)
        return await once(self._deals, write, (name, deal_id, body), work)

    async def _answer(self, invitation_id: str, name: str, values: Values, write: Write) -> CoSellInvitation:
        async def work(intent: Intent[CoSellInvitation]) -> CoSellInvitation:
            after = await self._patched(invitation_id, write, lambda seen: steps(values, seen), intent)
            return invitation_of(after, partner_id=self._partner_id)

        await self._seen(invitation_id, write.requester)
        return await once(self._invitations, write, (name, invitation_id, str(values)), work)

    async def _patched(
        self, referral_id: str, write: Write, steps_for: Callable[[Referral], Steps], intent: Intent[T]
    ) -> Referral:
        seen = await self._api.get(referral_id)
        patch = steps_for(seen)
        if intent.resumed and holds(seen, patch):
            return seen
        if deal_of(seen, partner_id=self._partner_id).state in TERMINAL:
            raise _final(seen, patch)
        if not write.expected_version or write.expected_version != seen.e_tag:
            message = f"{referral_id} is no longer at version {write.expected_version!r}."
            raise StaleVersion(message, problems=(Problem("version", "stale_version", message, retryable=True),))
        return await self._api.patch(
            referral_id, patch, etag=write.expected_version, request_id=request_id(intent.token)
        )


def _change(referral: Referral) -> Change:
    at = referral.updated_date_time or referral.created_date_time or EPOCH
    return Change((at - EPOCH) // TICK, "deal.updated", referral.id, referral.e_tag or "", at)


def _final(seen: Referral, patch: Steps) -> NotAllowedInState:
    """The refusal of a change to a closed referral, for each field that it would set."""
    message = f"referral {seen.id} is closed ({seen.substatus}), which is final"
    named = {field_of(step["path"]): None for step in patch}
    return NotAllowedInState(message, problems=tuple(Problem(name, "locked", message) for name in named))
