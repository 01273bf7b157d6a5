"""Amazon's Partner Central as our port, through boto3.

Read tolerantly, write strictly: what would break the model, a conditional rule or a lock is refused before it is sent.
A key's ClientToken is kept before the first call, so that repeating a lost write makes no second record. An update
reads the opportunity, changes the fields it names and sends the whole back under the time it was read at, since what
an update leaves out is emptied there. What Partner Central cannot do raises NotOffered.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ProfileNotFound

from assistant.deals.rules import RuleBooks
from assistant.domain.cosell import CoSellInvitation, Engagement, InvitationDraft
from assistant.domain.deals import DealChange, DealDraft, DealRegistration
from assistant.domain.deals_check import DealCheck, Decision, Finding, Verdict
from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden, InvalidRecord, Problem, SettingsError
from assistant.ports.clock import Clock
from assistant.ports.prm import FIRST_PAGE, Change, DealQuery, Page, Window, Write
from integrations.clock import SystemClock
from integrations.prm.aws_wire.in_process import Answer, Spoken, Watch, client_of
from integrations.prm.aws_wire.model import SERVICE
from integrations.prm.aws_wire.server import AwsWire
from integrations.prm.aws_wire.session import CATALOGS
from integrations.prm.aws_wire.signature import issue_key
from integrations.prm.aws_wire.throttle import PUBLISHED, UNLIMITED, Throttle
from integrations.prm.lacking import lacking
from integrations.prm.partner_central.caller import Caller
from integrations.prm.partner_central.cosell import CoSell
from integrations.prm.partner_central.deal import creation
from integrations.prm.partner_central.deals import Deals
from integrations.prm.partner_central.events import Inbox
from integrations.prm.register.database import Database, Unit
from integrations.prm.register.shelf import checked_limit
from integrations.settings import Settings

CONNECT_SECONDS, READ_SECONDS = 10, 60
REVIEW = Finding("vendor-review", Verdict.REVIEW, "AWS reviews every opportunity that is submitted.")


SYSTEM = "Partner Central Selling"


class AwsPrm:
    """See Prm. A requester speaks as its partner, with that partner's AWS credentials."""

    find_partners = lacking(SYSTEM, "partners")
    get_partner = lacking(SYSTEM, "partners")
    certifications = lacking(SYSTEM, "certificates")
    tier_progress = lacking(SYSTEM, "tiers")
    fund_balance = lacking(SYSTEM, "funds")
    find_accounts = lacking(SYSTEM, "accounts")
    get_account = lacking(SYSTEM, "accounts")
    withdraw_deal = lacking(SYSTEM, "withdrawal", hint="Report the deal as closed_lost with a reason.")
    extend_deal = lacking(SYSTEM, "protection period to extend")
    appeal_deal = lacking(SYSTEM, "appeal", hint="Ask your AWS partner manager, or register anew.")
    request_funds = lacking(SYSTEM, "funds")
    fund_requests = lacking(SYSTEM, "funds")
    opportunities = lacking(SYSTEM, "record of past opportunities with their teams")

    def __init__(self, caller: Caller, database: Database, *, clock: Clock) -> None:
        self._clock = clock
        self._deals = Deals(caller, database, clock=clock)
        self._cosell = CoSell(caller, database)
        self._inbox = Inbox(database)

    async def find_deals(
        self, query: DealQuery, *, requester: Requester, window: Window = FIRST_PAGE
    ) -> Page[DealRegistration]:
        """See Prm. Words are compared here, since Partner Central finds whole company names only."""
        return await self._deals.find(_partner(requester), query, window)

    async def get_deal(self, deal_id: str, *, requester: Requester) -> DealRegistration:
        """See Prm."""
        return await self._deals.get(_partner(requester), deal_id)

    async def check_deal(self, draft: DealDraft, *, requester: Requester) -> DealCheck:
        """See Prm. Whether another partner is there already, Partner Central tells nobody."""
        _partner(requester)
        now = self._clock.now()
        problems: tuple[Problem, ...] = ()
        try:
            creation(draft, today=now.date())
        except InvalidRecord as error:
            problems = error.problems
        decision = Decision(Verdict.REVIEW, (REVIEW,), rules="partner-central", decided_at=now)
        return DealCheck(problems=problems, conflicts=(), decision=decision)

    async def register_deal(self, draft: DealDraft, *, write: Write) -> DealRegistration:
        """See Prm. What AWS refuses at submission stays there as a draft, which an update corrects and submits."""
        return await self._deals.register(_partner(write.requester), draft, write)

    async def update_deal(self, deal_id: str, edit: DealChange, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self._deals.update(_partner(write.requester), deal_id, edit, write)

    async def changes(self, *, since: int, requester: Requester, limit: int = 100) -> tuple[Change, ...]:
        """See Prm. What the events of EventBridge said that were received here."""
        partner_id = _partner(requester)
        size = checked_limit(limit)
        return await asyncio.to_thread(
            self._inbox.after, since, tenant=requester.tenant, partner_id=partner_id, limit=size
        )

    async def invitations(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[CoSellInvitation]:
        """See Prm."""
        return await self._cosell.invitations(_partner(requester), window)

    async def invite(self, draft: InvitationDraft, *, write: Write) -> CoSellInvitation:
        """See Prm. The invitee is named by its AWS account number."""
        return await self._cosell.invite(_partner(write.requester), draft, write)

    async def accept_invitation(self, invitation_id: str, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        return await self._cosell.accept(_partner(write.requester), invitation_id, write)

    async def decline_invitation(self, invitation_id: str, reason: str, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        return await self._cosell.decline(_partner(write.requester), invitation_id, reason, write)

    async def engagement(self, deal_id: str, *, requester: Requester) -> Engagement:
        """See Prm."""
        return await self._cosell.engagement(_partner(requester), deal_id)


def _partner(requester: Requester) -> str:
    """The partner that a requester acts for. Raises Forbidden for anybody else."""
    if requester.role is not Role.PARTNER or not requester.partner_id:
        raise Forbidden("Partner Central answers partners only.", hint="Act as the partner: --as partner:ID.")
    return requester.partner_id


def open_aws(settings: Settings, database: Database) -> AwsPrm:
    """The PRM of the partners whose profiles are named. Raises SettingsError when none is or one is not there.

    Nothing is retried by the SDK: a repeated write goes through its own key, so that it is seen to be the same.
    """
    if not settings.aws_profiles:
        hint = 'Set LIAISON_AWS_PROFILES, for instance {"acme": "default"}: partner id to AWS profile.'
        raise SettingsError("No partner has credentials for Partner Central.", hint=hint)
    if settings.aws_catalog not in CATALOGS:
        hint = f"Set LIAISON_AWS_CATALOG to {' or '.join(CATALOGS)}."
        raise SettingsError(f"There is no catalog {settings.aws_catalog!r}.", hint=hint)

    @cache
    def client(partner_id: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
        if partner_id not in settings.aws_profiles:
            raise Forbidden(f"There are no AWS credentials for partner {partner_id!r}.")
        return _client(settings, settings.aws_profiles[partner_id])

    for name in settings.aws_profiles:
        client(name)
    throttle = Throttle(PUBLISHED, clock=SystemClock())
    return AwsPrm(Caller(client, catalog=settings.aws_catalog, throttle=throttle), database, clock=database.clock)


def on_own_wire(unit: Unit, database: Database, *, books: RuleBooks, partners: tuple[str, ...], watch: Watch) -> AwsPrm:
    """The adapter as these partners, talking to the embedded PRM's own wire without a socket."""
    clients = clients_on_own_wire(unit, database, books=books, partners=partners, watch=watch)
    throttle = Throttle(UNLIMITED, clock=database.clock)
    return AwsPrm(Caller(clients.__getitem__, catalog="AWS", throttle=throttle), database, clock=database.clock)


def clients_on_own_wire(
    unit: Unit, database: Database, *, books: RuleBooks, partners: tuple[str, ...], watch: Watch | None = None
) -> dict[str, Any]:
    """A boto3 client of each of these partners, talking to the embedded PRM's own wire without a socket."""
    wire = AwsWire(database, books=books)
    return {name: client_of(wire, issue_key(unit, name), watch=watch) for name in partners}


def answered_by(answer: Answer, database: Database, *, partner_id: str) -> AwsPrm:
    """The adapter as a partner whose calls a function answers, past HTTP."""
    clients = {partner_id: Spoken(answer)}
    throttle = Throttle(UNLIMITED, clock=database.clock)
    return AwsPrm(Caller(clients.__getitem__, catalog="AWS", throttle=throttle), database, clock=database.clock)


def _client(settings: Settings, profile: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
    try:
        session = boto3.Session(profile_name=profile, region_name=settings.aws_region)
    except ProfileNotFound as error:
        hint = "Name a profile of your AWS configuration in LIAISON_AWS_PROFILES."
        raise SettingsError(str(error), hint=hint) from error
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS)
    return session.client(SERVICE, endpoint_url=settings.aws_url or None, config=config)
