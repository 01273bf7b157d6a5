"""News of approvals and deals, from whatever surface they come: kept in the inbox, and told where people wait for them.

An inbox keeps each piece of news once, whichever process reads it, so it is told once; a process that is killed while
Slack takes a message tells it again.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from assistant.domain.deals import DealRegistration
from assistant.domain.people import Requester
from assistant.errors import LiaisonError, PrmError, RecordNotFound, UsageError
from assistant.ports.approvals import ApprovalBook
from assistant.ports.chat_desk import ChatDesk, Watch
from assistant.ports.event_inbox import Arrival, EventInbox
from assistant.ports.prm import Change, Prm
from integrations.surfaces.slack.people import Principals

APPROVAL_NEWS, DEAL_NEWS, REVIEW_NEWS = "liaison_approval", "liaison_deal", "liaison_review"
LOOK_SECONDS = 2.0
AT_ONCE = 200
END = 10_000  # lines of the audit log that are passed over at once when it is first read
log = structlog.get_logger("liaison.slack")


class Served(Protocol):
    """Which workspaces there are."""

    async def teams(self, named: frozenset[str]) -> frozenset[str]:
        """The workspaces that serve these ones; fewer where one app serves several."""
        ...


@dataclass(frozen=True, slots=True)
class Follower:
    """Reads the audit log of approvals, and the PRM's changes as each partner sees them.

    `vendors` are the vendor's own workspaces, where channel managers are; `manager` is one of them and sees every deal.
    """

    inbox: EventInbox
    chat: ChatDesk
    book: ApprovalBook
    prm: Prm
    principals: Principals
    served: Served
    vendors: frozenset[str]
    manager: str = ""

    async def run(self) -> None:
        """Look again and again; what cannot be reached now is looked at later."""
        while True:
            for look in (self.approvals, self.deals, self.reviews):
                try:
                    await look()
                except Exception as error:  # noqa: BLE001 - whatever goes wrong once, the news after it are read
                    reason = error.message if isinstance(error, LiaisonError) else type(error).__name__
                    log.warning("news could not be read", reason=reason)
            await asyncio.sleep(LOOK_SECONDS)

    async def approvals(self) -> int:
        """Keep the news of approvals; how many lines of the audit log were read."""
        at = await self.chat.position(APPROVAL_NEWS)
        if at is None:
            await self.chat.move(APPROVAL_NEWS, await self._end())
            return 0
        entries = await self.book.log(after=at, limit=AT_ONCE)
        if not entries:
            return 0
        arrivals = []
        for entry in entries:
            shown = {card.spot.installed for card in await self.chat.cards(entry.subject)}
            for team in sorted(await self.served.teams(frozenset(shown))):
                body = json.dumps({"team_id": team, "approval": entry.subject})
                arrivals.append(Arrival(key=f"approval:{entry.seq}:{team}", kind=APPROVAL_NEWS, body=body))
        await self.inbox.put(arrivals)
        await self.chat.move(APPROVAL_NEWS, entries[-1].seq)
        return len(entries)

    async def deals(self) -> int:
        """Keep the news of deals that are followed; how many there were."""
        followed: defaultdict[str, list[Watch]] = defaultdict(list)
        for watch in await self.chat.watches():
            followed[watch.principal].append(watch)
        found = 0
        for principal, watches in followed.items():
            try:
                found += await self._of(principal, watches)
            except (UsageError, PrmError) as error:  # nobody knows this partner any more, or its PRM is out of reach
                log.warning("deals could not be followed", principal=principal, reason=error.message)
        return found

    async def reviews(self) -> int:
        """Keep the news of every deal, for the cards of channel managers; how many there were."""
        at = await self.chat.position(REVIEW_NEWS)
        if not self.manager or not self.vendors:
            return 0
        requester = self.principals.requester(self.manager)
        changes = await self.prm.changes(since=at or 0, requester=requester, limit=AT_ONCE)
        if not changes:
            return 0
        deals = {change.record_id: change for change in changes if "deal" in change.kind}
        if at is None and len(changes) == AT_ONCE:
            deals = {}  # what happened before Slack was served is in the queue, and no news
        teams = sorted(await self.served.teams(self.vendors))
        await self.inbox.put([_reviewed(change, team) for change in deals.values() for team in teams])
        await self.chat.move(REVIEW_NEWS, changes[-1].seq)
        return len(deals)

    async def _of(self, principal: str, watches: list[Watch]) -> int:
        requester = self.principals.requester(principal)
        name = f"{DEAL_NEWS}:{principal}"
        at = await self.chat.position(name)
        changes = await self.prm.changes(since=at or 0, requester=requester, limit=AT_ONCE)
        changed = {change.record_id for change in changes}
        new = [watch for watch in watches if watch.deal in changed or not watch.version]
        found = sum([await self._looked(watch, requester) for watch in new])
        if changes:
            await self.chat.move(name, changes[-1].seq)
        return found

    async def _looked(self, watch: Watch, requester: Requester) -> bool:
        """Whether a deal is in another state than was told last; if so, that is kept to be told."""
        try:
            deal = await self.prm.get_deal(watch.deal, requester=requester)
        except RecordNotFound:
            return False
        now = replace(watch, state=deal.state.value, version=deal.version)
        if deal.state.value != watch.state:
            await self.inbox.put([news_of(deal, watch)])
        if now != watch:
            await self.chat.watch(now)
        return deal.state.value != watch.state

    async def _end(self) -> int:
        """The number of the last line of the audit log: what happened before Slack was served is no news."""
        at = 0
        while entries := await self.book.log(after=at, limit=END):
            at = entries[-1].seq
        return at


def _reviewed(change: Change, team: str) -> Arrival:
    body = json.dumps({"team_id": team, "deal": change.record_id})
    return Arrival(key=f"review:{change.seq}:{team}", kind=REVIEW_NEWS, body=body)


def news_of(deal: DealRegistration, watch: Watch) -> Arrival:
    """A change of a deal for one place, the same for every process that sees it."""
    spot = watch.spot
    key = f"deal:{deal.id}:{deal.version}:{spot.channel}:{spot.thread}:{spot.user}"
    where = {"channel": spot.channel, "thread": spot.thread, "user": spot.user, "home": spot.home}
    body = {"team_id": spot.installed, "deal": deal.id, "state": deal.state.value, **where}
    return Arrival(key=key, kind=DEAL_NEWS, body=json.dumps(body))
