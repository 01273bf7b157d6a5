"""Whether anything said in Slack reaches somebody who may not know it.

python -m evals.slack_canary [--cases 5000] [--seed 1]

Each case draws a channel (which organizations, guests, pending invitations, lookups that fail), somebody who asks (by
message, mention, command or click; from a Grid organization or not; linked or not) and documents for drawn
audiences, each a canary. What the public reply and the private one may draw on is what both search arms are filtered
by. It is compared with what every reader may know, told from who they really are and not from what Slack says.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import structlog

from assistant.domain.content import PUBLIC, Audience
from assistant.domain.people import Requester, Role, TierLadder
from assistant.errors import UsageError
from assistant.retrieval.audience import visible
from integrations.surfaces.slack.actor import actor_of
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.facts import SlackFacts
from integrations.surfaces.slack.organizations import Organizations
from integrations.surfaces.slack.people import WhoIsWho

LADDER = TierLadder()
HOST = "THOST"
PARTNERS = {
    "acme": Requester("acme", Role.PARTNER, partner_id="acme", tier="gold", regions=frozenset({"DE", "EMEA"})),
    "beta": Requester("beta", Role.PARTNER, partner_id="beta", tier="silver", regions=frozenset({"US", "NA"})),
    "gamma": Requester("gamma", Role.PARTNER, partner_id="gamma", tier="platinum", regions=frozenset({"FR", "EMEA"})),
    "delta": Requester("delta", Role.PARTNER, partner_id="delta", tier="registered", regions=frozenset({"DE", "EMEA"})),
}
STAFF = Requester("cora", Role.CHANNEL_MANAGER, regions=frozenset({"EMEA"}))
# Gamma is on Enterprise Grid; nobody knows the strangers.
HOMES = {"vendor": HOST, "acme": "TACME", "beta": "TBETA", "gamma": "EGAMMA", "delta": "TDELTA", "stranger": "TODD"}
MAP = Organizations(
    teams={home: "vendor" if who == "vendor" else f"partner:{who}" for who, home in HOMES.items() if who != "stranger"},
    domains={"delta.example": "partner:delta"},
    people={"cora@vendor.example": "channel_manager:cora"},
)


@dataclass(frozen=True)
class Human:
    """Somebody as they really are: `belongs` is an organization; guests are strangers in the vendor's workspace."""

    id: str
    belongs: str
    guest: bool = False
    email: str = ""
    linked: str = ""

    @property
    def home(self) -> str:
        """Where Slack has them."""
        return HOST if self.guest else HOMES[self.belongs]

    def may_know(self, audience: Audience, *, privately: bool) -> bool:
        """Whether they may see content for this audience. The vendor's people may overhear what partners are told."""
        if audience == PUBLIC:
            return True
        if self.linked:
            return met(audience, PARTNERS[self.linked])
        if self.belongs == "vendor":
            if privately:
                return self.email == "cora@vendor.example" and not self.guest and met(audience, STAFF)
            return not audience.roles or Role.PARTNER in audience.roles
        return self.belongs in PARTNERS and not self.guest and met(audience, PARTNERS[self.belongs])


def met(audience: Audience, who: Requester) -> bool:
    """The audience rule, written down once more, so that it is not checked against itself."""
    if audience.roles and who.role not in audience.roles:
        return False
    if audience.partner_ids and who.partner_id not in audience.partner_ids:
        return False
    if audience.regions and not audience.regions & who.regions:
        return False
    if audience.minimum_tier and who.role is Role.PARTNER:
        return LADDER.names.index(who.tier) >= LADDER.names.index(audience.minimum_tier)
    return True


@dataclass
class World:
    """What Slack would tell of one case, a directory and the links."""

    humans: dict[str, Human]
    channel_facts: dict[str, Any]
    fails: frozenset[str] = frozenset()
    reads: Counter[str] = field(default_factory=Counter)

    async def user(self, team: str, user: str) -> dict[str, Any]:
        """See SlackReads."""
        self._look(f"user:{user}", team)
        human = self.humans[user]
        grid = {"enterprise_user": {"enterprise_id": human.home}} if human.home.startswith("E") else {}
        inside = "TGAMMA" if grid else human.home
        flags = {"is_restricted": human.guest, "is_stranger": False, "is_email_confirmed": bool(human.email)}
        return {"id": user, "team_id": inside, **grid, **flags, "profile": {"email": human.email}, "locale": "de-DE"}

    async def channel(self, team: str, channel: str) -> dict[str, Any]:
        """See SlackReads."""
        self._look("channel", team)
        return {"id": channel, **self.channel_facts}

    async def members(self, team: str, channel: str, *, limit: int) -> list[str]:
        """See SlackReads."""
        self._look("members", f"{team}{channel}")
        return list(self.humans)[:limit]

    async def principal(self, team: str, user: str) -> str:
        """See Links."""
        human = self.humans[user]
        return f"partner:{human.linked}" if human.linked and human.home == team else ""

    def requester(self, name: str) -> Requester:
        """See Principals."""
        kind, _, key = name.partition(":")
        if kind == "channel_manager":
            return STAFF
        if key not in PARTNERS:
            raise UsageError(f"{name} is nobody.")
        return PARTNERS[key]

    def _look(self, what: str, where: str) -> None:
        self.reads[where] += 1
        if what in self.fails:
            raise ConnectionError(what)


def drawn_humans(chance: random.Random) -> dict[str, Human]:
    """The members of a channel."""
    made: dict[str, Human] = {}
    organizations = ["vendor", *chance.sample([*PARTNERS, "stranger"], chance.randrange(4))]
    for place in range(chance.randrange(1, 7)):
        belongs, guest = chance.choice(organizations), False
        if chance.random() < 0.08:
            belongs, guest = chance.choice([*PARTNERS, "stranger"]), True
        # Anybody may write any address into their profile elsewhere; only the vendor's own workspace means something.
        email = chance.choice(["", "cora@vendor.example", "x@delta.example", "y@elsewhere.example"])
        if belongs == "vendor" and email.endswith("delta.example"):
            email = ""
        linked = belongs if belongs in PARTNERS and chance.random() < 0.2 else ""
        made[f"U{place}"] = Human(f"U{place}", belongs, guest=guest, email=email, linked=linked)
    return made


def drawn_channel(chance: random.Random, humans: dict[str, Human]) -> dict[str, Any]:
    """What conversations.info says of it; sometimes an organization was invited and nobody of it came yet."""
    homes = {human.home for human in humans.values()} - {HOST}
    facts: dict[str, Any] = {"is_im": False, "is_ext_shared": bool(homes), "connected_team_ids": sorted(homes)}
    if chance.random() < 0.15:
        invited = chance.choice(list(HOMES))
        facts |= {"is_pending_ext_shared": True, "pending_connected_team_ids": [HOMES[invited]]}
        humans["UINVITED"] = Human("UINVITED", invited)
    return facts


def drawn_delivery(chance: random.Random, who: Human, *, shared: bool) -> Delivery:
    """How their question arrives."""
    kind = chance.choice(["message", "app_mention", "block_actions", "slash_command"])
    if kind == "block_actions":
        user = {"id": who.id, "team_id": who.home}
        return Delivery(kind, {"type": kind, "team": {"id": HOST}, "user": user, "channel": {"id": "C1"}})
    if kind == "slash_command":
        form = {"command": "/ask", "team_id": HOST, "user_id": who.id, "channel_id": "C1"}
        return Delivery(kind, {**form, "user_team_id": who.home} if who.home != HOST else form)
    event = {"type": kind, "user": who.id, "channel": "C1", "ts": "1.0"}
    names = {"user_team": who.home} if chance.random() < 0.9 else {}
    payload = {"type": "event_callback", "team_id": HOST, "event_id": "E", "is_ext_shared_channel": shared}
    return Delivery(kind, {**payload, "event": {**event, **names}})


def drawn_audiences(chance: random.Random, count: int = 12) -> list[Audience]:
    """Canaries: documents are told apart by who they are for."""
    return [
        Audience(
            roles=frozenset(chance.sample(list(Role), chance.choice([0, 0, 1, 2]))),
            minimum_tier=chance.choice(["", "", *LADDER.names]),
            regions=frozenset(chance.sample(["DE", "US", "FR", "EMEA", "NA"], chance.choice([0, 0, 1, 2]))),
            partner_ids=frozenset(chance.sample(list(PARTNERS), chance.choice([0, 0, 1, 2]))),
        )
        for _ in range(count)
    ]


async def case(chance: random.Random, rules: type[WhoIsWho] = WhoIsWho) -> Counter[str]:
    """One case under some rules: leaks, and how much could be said."""
    humans = drawn_humans(chance)
    asker = chance.choice(list(humans.values()))
    facts = drawn_channel(chance, humans)
    lookups = ["channel", "members", *(f"user:{human}" for human in humans)]
    fails = frozenset(chance.sample(lookups, 1)) if chance.random() < 0.1 else frozenset()
    world = World(humans, facts, fails)
    who = rules(SlackFacts(world), links=world, organizations=MAP, principals=world, ladder=LADDER)
    actor = actor_of(drawn_delivery(chance, asker, shared=facts["is_ext_shared"]))
    private = await who.requester(actor)
    public = await who.audience(actor, private)
    seen: Counter[str] = Counter(cases=1, known_askers=private.known, channels_beyond_public=public.known)
    audiences = drawn_audiences(chance)
    for name, view in (("publicly", public), ("privately", private)):
        for audience in audiences:
            if visible(audience, view, LADDER):
                readers = humans.values() if name == "publicly" else [asker]
                knowing = [reader.may_know(audience, privately=name == "privately") for reader in readers]
                seen[f"told {name}"] += 1
                seen[f"leaked {name}"] += not all(knowing)
                seen[f"restricted and told {name}"] += audience != PUBLIC
    return seen


async def measured(cases: int, seed: int) -> Counter[str]:
    """All cases together."""
    chance, seen = random.Random(seed), Counter[str]()  # noqa: S311 - not a secret
    for _ in range(cases):
        seen += await case(chance)
    return seen


def main() -> int:
    """Measure, print, and fail on a leak."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    seen = asyncio.run(measured(asked.cases, asked.seed))
    leaks = {name: seen[name] for name in ("leaked publicly", "leaked privately")}
    print(json.dumps({**dict(sorted(seen.items())), **leaks, "load": os.getloadavg()[0]}, indent=1))  # noqa: T201
    return 1 if sum(leaks.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
