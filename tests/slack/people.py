"""A workspace with people in it, seen as they see it: what they command, click and fill in, and what they read."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from assistant.domain.approvals import Approval
from assistant.domain.people import Requester, Role
from assistant.ports.prm import DealQuery
from assistant.ports.prm_archive import Archive
from integrations.bootstrap import Liaison, build
from integrations.surfaces.slack.blockkit import check_message
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.organizations import read_organizations
from integrations.surfaces.slack.patience import Patience
from integrations.surfaces.slack.spots import actor_at
from integrations.surfaces.slack.surface import SlackSurface, follower, open_surface
from tests.contract.prm_world import WORLD, a_partner
from tests.slack.mock import Json, Message, MockSlack, Refused, serving
from tests.slack.records import thread_of
from tests.slack.spec import web_api
from tests.unit.slack.workspace import mail, user
from tests.unit.surfaces.world import serving_quickly

MAP = """
teams: {T1: vendor, TACME: 'partner:acme', TBETA: 'partner:brightpath'}
people: {jonas@vendor.example: 'channel_manager:jonas', callum@vendor.example: 'administrator:callum'}
"""
PRODUCTS = ("keep", "lantern", "ledge", "sentinel")
LENA, OLAF, DANA, JONAS, ODD = "ULENA", "UOLAF", "UDANA", "UJONAS", "UODD"
TEAMS = {LENA: "TACME", OLAF: "TACME", DANA: "TBETA", JONAS: "T1", ODD: "TODD"}
MANAGER = Requester("jonas", Role.CHANNEL_MANAGER)
ACME = Requester("acme", Role.PARTNER, "acme")
PATIENT = Patience(check=60.0, read=60.0, change=60.0, status=60.0)  # a machine may stop for a while
COUNT = itertools.count(1)


class PeopledSlack(MockSlack):
    """A Slack whose threads can be read and whose members can be found by their address."""

    def _users_lookupbyemail(self, arguments: Json) -> Json:
        for person in self.people.values():
            if person["profile"].get("email") == arguments["email"]:
                return {"user": person}
        raise Refused("users_not_found")

    def _conversations_replies(self, arguments: Json) -> Json:
        if arguments["channel"] in self.closed or arguments["channel"] not in self.channels:
            raise Refused("missing_scope" if arguments["channel"] in self.closed else "channel_not_found")
        people = self.channels[arguments["channel"]].get("thread", [])
        return {"messages": [*people, *thread_of(self.messages.values(), arguments)]}


def a_slack(shared: Path) -> PeopledSlack:
    """The people and channels of the tests: the vendor, two partners, and a stranger."""
    people = {
        JONAS: user("T1", id=JONAS, locale="de-DE", **mail("jonas@vendor.example")),
        LENA: user("TACME", id=LENA, locale="en-US"),
        OLAF: user("TACME", id=OLAF, locale="en-US"),
        DANA: user("TBETA", id=DANA, locale="fr-FR"),
        ODD: user("TODD", id=ODD, locale="en-US"),
    }
    channels = {
        "D1": {"id": "D1", "is_im": True},
        "C1": {"id": "C1", "is_im": False, "connected_team_ids": ["TACME"]},
        "C2": {"id": "C2", "is_im": False, "connected_team_ids": ["TACME", "TBETA"]},
    }
    mock = PeopledSlack(web_api(shared), people=people, channels=channels, trigger_seconds=600.0)
    mock.members = {"C1": [JONAS, LENA, OLAF], "C2": [JONAS, LENA, DANA]}
    return mock


@contextmanager
def an_installation(folder: Path, **more: Any) -> Iterator[Liaison]:
    """Content and a PRM with partners that the workspaces stand for."""
    (folder / "slack.yaml").write_text(MAP)
    told: dict[str, Any] = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "s", "products": PRODUCTS, **more}
    with serving_quickly(folder, slack_organizations=folder / "slack.yaml", **told) as service:
        partners = (a_partner("acme"), a_partner("brightpath"), a_partner("gamma"))
        service.liaison.prm.load(Archive(programs=WORLD.programs, partners=partners), tenant="default")
        yield service.liaison


@dataclass
class Office:
    """The surface, and Slack as people see it."""

    surface: SlackSurface
    slack: MockSlack
    late: bool = False  # whether everything reaches Liaison when its trigger has expired

    @property
    def liaison(self) -> Liaison:
        return self.surface.liaison

    async def command(self, text: str, *, by: str = LENA, name: str = "/deal", channel: str = "C1") -> Json:
        """Somebody gives a command; what was delivered."""
        form = {"command": name, "text": text, "channel_id": channel, "user_id": by, "team_id": "T1"}
        whole = {**form, "user_team_id": TEAMS[by], **self._answerable()}
        await self.surface.handle(Delivery("slash_command", whole))
        return whole

    async def click(self, message: Message, action: str, *, by: str = LENA, **more: Any) -> None:
        """Somebody presses a button of a message."""
        element = found(message.blocks, action)
        assert element is not None, f"no {action} in {message.blocks}"
        container = {"channel_id": message.channel, "is_ephemeral": bool(message.ephemeral_for), "thread_ts": ""}
        await self.act(element, by=by, channel={"id": message.channel}, container=container, **more)

    async def act(self, element: Json, *, by: str = LENA, **more: Any) -> None:
        """Somebody uses an element, wherever it stands."""
        body = {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": by, "team_id": TEAMS[by]}}
        act = {"type": element["type"], "action_id": element["action_id"], "value": element.get("value")}
        whole = body | self._answerable() | {"actions": [act | more.pop("chosen", {})]} | more
        await self.surface.handle(Delivery("block_actions", whole))

    async def shortcut(self, text: str, *, by: str = LENA, channel: str = "C1", **message: Any) -> None:
        """Somebody chooses to register a deal from a message."""
        told = {"text": text, "ts": f"18.{next(COUNT)}", **message}
        body = {"type": "message_action", "callback_id": "register_deal_from_message", "team": {"id": "T1"}}
        person = {"user": {"id": by, "team_id": TEAMS[by]}, "channel": {"id": channel}, "message": told}
        await self.surface.handle(Delivery("message_action", body | person | self._answerable()))

    async def say(self, text: str, *, by: str = LENA, channel: str = "D1", again: bool = False, **more: Any) -> None:
        """Somebody says something."""
        kind = "im" if channel.startswith("D") else "channel"
        event = {"type": "message", "user": by, "user_team": TEAMS[by], "text": text, "channel": channel}
        whole = {**event, "channel_type": kind, "ts": f"19.{next(COUNT)}", **more}
        payload = {"type": "event_callback", "team_id": "T1", "event_id": whole["ts"], "event": whole}
        await self.surface.handle(Delivery(whole["type"], payload | {"is_ext_shared_channel": True}, again=again))

    async def event(self, name: str, **more: Any) -> None:
        """Something else happens."""
        payload = {"type": "event_callback", "team_id": "T1", "event_id": f"E{next(COUNT)}"}
        await self.surface.handle(Delivery(name, payload | {"event": {"type": name, **more}}))

    def form(self) -> Json:
        """The view that was opened last."""
        return list(self.slack.views.values())[-1]

    async def send(self, values: Json, *, by: str = LENA, view: Json | None = None) -> Json:
        """Somebody sends the form; what Slack shows."""
        view = view or self.form()
        state = {"values": {name: {"value": element} for name, element in values.items()}}
        body = {"type": "view_submission", "team": {"id": TEAMS[by]}, "user": {"id": by, "team_id": TEAMS[by]}}
        whole = body | {"view": {**view, "state": state, "app_installed_team_id": "T1"}}
        return await self.surface.handle.at_once(Delivery("view_submission", whole))

    async def settle(self) -> None:
        """Wait until everything that Liaison kept for itself is done."""
        inbox = self.liaison.slack.inbox
        self.surface.workers.wake()
        waiting = [1]

        async def look() -> None:
            waiting[0] = await inbox.waiting()

        while waiting[0]:
            await asyncio.sleep(0.003)  # what is waited for tells nobody
            await look()
            self.surface.workers.wake()

    async def follow(self) -> None:
        """The follower looks for news, and it is told."""
        organizations = read_organizations(self.liaison.settings.slack_organizations)
        looking = follower(self.liaison, self.surface.handle, organizations)
        await looking.approvals()
        await looking.deals()
        await looking.reviews()
        await self.settle()

    async def proposed(self, customer: str = "", *, amount: str = "40000", by: str = LENA) -> Message:
        """The card of a deal that somebody sent by the form."""
        await self.command("", by=by)
        shown = await self.send(filled(customer or a_customer(), amount=amount), by=by)
        assert shown["response_action"] == "update", shown
        await self.settle()
        return [each for each in self.to(by) if found(each.blocks, "approval_approve")][-1]

    def to(self, user: str) -> list[Message]:
        """What somebody reads in their direct messages with the app, oldest first."""
        return [message for message in self.slack.messages.values() if message.channel == user]

    def private(self, user: str) -> list[Message]:
        """What only this person reads in channels."""
        return [message for message in self.slack.messages.values() if message.ephemeral_for == user]

    def said_in(self, channel: str) -> list[Message]:
        """What everybody in a channel reads."""
        kept = self.slack.messages.values()
        return [message for message in kept if message.channel == channel and not message.ephemeral_for]

    @property
    def told(self) -> str:
        """The last reply to a command or click."""
        return str(self.slack.responses[-1]["text"]) if self.slack.responses else ""

    async def deals(self, who: Requester = ACME) -> list[str]:
        """The customers of the deals in the PRM, with the state of each."""
        page = await self.liaison.prm.prm.find_deals(DealQuery(), requester=who)
        return [f"{deal.draft.customer.name}: {deal.state}" for deal in page.items]

    async def approval(self, message: Message) -> Approval:
        """The approval that a card shows."""
        for entry in reversed(await self.liaison.approvals.log(limit=10_000)):
            if any(card.ts == message.ts for card in await self.liaison.slack.desk.cards(entry.subject)):
                return await self.liaison.approvals.get(entry.subject, requester=await self.asker(entry.subject))
        raise AssertionError("That message is no card.")

    async def asker(self, approval_id: str) -> Requester:
        """Who a card of an approval was shown to first."""
        first, *_ = await self.liaison.slack.desk.cards(approval_id)
        workspace = await self.surface.handle.workspaces.team("T1")
        assert workspace is not None
        return await workspace.app.replier.who.requester(actor_at(first.spot))

    def _answerable(self) -> Json:
        trigger = self.slack.trigger()
        self.slack.triggers[trigger] -= 2 * self.slack.trigger_seconds if self.late else 0.0
        return {"trigger_id": trigger, "response_url": self.slack.url.replace("/api/", "/response_url")}


@asynccontextmanager
async def an_office(liaison: Liaison, slack: MockSlack, **more: Any) -> AsyncIterator[Office]:
    """The surface of an installation on a Slack; nothing it sends may break a rule of Slack."""
    async with serving(slack) as made:
        settings = liaison.settings.model_copy(update={"slack_url": made.url, **more})
        opened = build(settings, embedder=liaison.embedder)
        async with open_surface(opened, patience=PATIENT) as surface:
            yield Office(surface, made)
        opened.close()
        assert made.faults == []
        told: list[Json] = [
            {name: reply[name] for name in ("text", "blocks") if name in reply} for reply in made.responses
        ]
        assert [fault for reply in told for fault in check_message(reply)] == []


def a_customer() -> str:
    """A customer nobody has a deal with."""
    return f"Nordwind{(number := next(COUNT))}x{number * 7919 % 1_000_000} GmbH"


def in_days(days: int) -> str:
    """A day from now."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def text(value: str) -> Json:
    """A text as Slack sends it."""
    return {"type": "plain_text_input", "value": value}


def chosen(value: str) -> Json:
    """A choice as Slack sends it."""
    return {"type": "static_select", "selected_option": {"value": value, "text": {"type": "plain_text", "text": value}}}


def filled(customer: str, *, amount: str | Json = "40000", **more: Json | None) -> Json:
    """A form with everything in it; None leaves a field empty."""
    domain = customer.split(maxsplit=1)[0].lower()
    values: dict[str, Json | None] = {
        "customer_name": text(customer),
        "customer_country": chosen("DE"),
        "customer_website": text(f"{domain}.example"),
        "product": chosen("keep"),
        "amount": text(amount) if isinstance(amount, str) else amount,
        "currency": chosen("EUR"),
        "period": chosen("annual"),
        "close_date": {"type": "datepicker", "selected_date": in_days(60)},
        "contact_email": text(f"it@{domain}.example"),
        "contact_name": text("Ida Holm"),
        "problem": text("The customer needs immutable backup in two regions before its lease ends."),
        "consent": {"type": "checkboxes", "selected_options": [{"value": "yes"}]},
        **more,
    }
    return {name: value for name, value in values.items() if value is not None}


def found(part: Any, action: str) -> Json | None:
    """The first element with this action in blocks."""
    if isinstance(part, dict):
        if part.get("action_id") == action:
            return part
        part = list(part.values())
    if isinstance(part, list):
        return next((each for each in (found(one, action) for one in part) if each), None)
    return None


def shown_in(message: Message) -> str:
    """Everything that can be read in a message."""
    return message.text + str(message.blocks)
