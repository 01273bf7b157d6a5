"""From somebody in Slack to a Requester: by an explicit link, an administrator's map, or a confirmed address."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.domain.people import ANONYMOUS, Requester, Role, TierLadder
from assistant.errors import UsageError
from integrations.surfaces.slack.actor import Actor
from integrations.surfaces.slack.facts import Person, SlackFacts
from integrations.surfaces.slack.organizations import VENDOR, Organizations

AT_ONCE = 25  # people that are looked up at once
MOST_MEMBERS = 100  # a channel with more people is answered from public content: too many to look at


class Principals(Protocol):
    """Who a principal such as `partner:acme` stands for; raises UsageError for somebody unknown."""

    def requester(self, name: str) -> Requester:
        """The requester of a name."""
        ...


class Links(Protocol):
    """Explicit links of Slack accounts, made by people with a code of their own."""

    async def principal(self, team: str, user: str) -> str:
        """The principal that an account is linked to; "" when it is not."""
        ...


class LinkBook(Links, Protocol):
    """Links, and how they are made and ended."""

    async def link(self, team: str, user: str, *, code: str) -> str:
        """Link an account by a code; the principal it now stands for. Raises Forbidden for a code that is not good."""
        ...

    async def unlink(self, team: str, user: str) -> None:
        """Forget the link of an account."""
        ...

    async def linked(self, prefix: str) -> tuple[tuple[str, str], ...]:
        """The accounts, each its team and user, that are linked to a principal whose name begins so."""
        ...


class Languages(Protocol):
    """Languages that people chose for Liaison."""

    async def language(self, team: str, user: str) -> str:
        """The language somebody chose; "" for none."""
        ...


@dataclass(frozen=True, slots=True)
class WhoIsWho:
    """Resolves people and what a channel may hear. Whatever is unknown is public only."""

    facts: SlackFacts
    links: Links
    organizations: Organizations
    principals: Principals
    ladder: TierLadder
    languages: Languages | None = None

    async def requester(self, actor: Actor) -> Requester:
        """Who somebody is for Liaison, with the language they chose, or use in Slack; nobody when that is unclear."""
        person = await self.facts.person(actor.installed, actor.user)
        homes = _homes(actor, person)
        chosen = await self._first(self.languages.language, homes, actor.user) if self.languages else ""
        spoken = chosen or (person.locale if person else "en")
        nobody = replace(ANONYMOUS, user=account(actor), locale=spoken)
        if person is None or not actor.home or not _same_home(actor, person):
            return nobody
        name = await self._first(self.links.principal, homes, actor.user) or self._by_map(actor, person)
        found = self._named(name)
        if found is None:
            return nobody
        # A partner's principal is its organization: each of its people is somebody else. Staff are named one by one.
        user = account(actor) if found.role is Role.PARTNER else found.user
        return replace(found, user=user, locale=spoken or found.locale)

    async def _first(self, kept: Callable[[str, str], Awaitable[str]], homes: Iterable[str], user: str) -> str:
        """What is kept of somebody under the first of their homes that has something."""
        for home in homes:
            if found := await kept(home, user):
                return found
        return ""

    async def audience(self, actor: Actor, requester: Requester) -> Requester:
        """Somebody who may see exactly what everybody in the channel may see, or less.

        In a direct message with the app that is the person alone. A channel with a guest, with an organization nobody
        knows, with more people than can be looked at, or that cannot be looked up, hears public content only.
        """
        here = (actor.installed, actor.channel)
        if actor.channel.startswith("D"):
            channel, members = await self.facts.channel(*here), None
        else:  # both at once: whoever asks waits for it
            looking = self.facts.channel(*here), self.facts.members(*here, limit=MOST_MEMBERS)
            channel, members = await asyncio.gather(*looking)
        if channel is not None and channel.direct:
            return requester
        public = replace(ANONYMOUS, user=f"channel:{actor.channel}", locale=requester.locale)
        if channel is None or await self._has_outsiders(actor, members):
            return public
        views = [self._view_of(team) for team in channel.teams | {actor.installed}]
        if None in views:
            return public
        partners = [view for view in views if view is not None and view.role is Role.PARTNER]
        return replace(common_view(partners, self.ladder), user=public.user, locale=requester.locale)

    async def _has_outsiders(self, actor: Actor, members: tuple[str, ...] | None) -> bool:
        if members is None or len(members) > MOST_MEMBERS:
            return True
        for at in range(0, len(members), AT_ONCE):
            some = members[at : at + AT_ONCE]
            people = await asyncio.gather(*(self.facts.person(actor.installed, member) for member in some))
            if any(person is None or self._outsider(person) for person in people):
                return True
        return False

    def _outsider(self, person: Person) -> bool:
        return person.outside or not self.organizations.owner(person.enterprise, person.team)

    def _by_map(self, actor: Actor, person: Person) -> str:
        if person.outside or person.app:
            return ""
        owner = self.organizations.owner(actor.enterprise, actor.team, person.enterprise)
        if owner != VENDOR:
            return owner
        # Only the vendor's own administrators vouch for these addresses: elsewhere anybody can take any address.
        if not person.email or not (actor.inside or person.enterprise == actor.installed):
            return ""
        domain = person.email.rpartition("@")[2]
        return self.organizations.people.get(person.email) or self.organizations.domains.get(domain, "")

    def _view_of(self, team: str) -> Requester | None:
        """What everybody of an organization may see; None for one that is unknown. The vendor narrows nothing."""
        owner = self.organizations.owner(team)
        return Requester(role=Role.ADMINISTRATOR) if owner == VENDOR else self._named(owner)

    def _named(self, name: str) -> Requester | None:
        if not name or name == VENDOR:
            return None
        try:
            return self.principals.requester(name)
        except UsageError:
            return None


def common_view(partners: list[Requester], ladder: TierLadder) -> Requester:
    """Somebody who may see no more than each of these partners: public content only when there is none of them."""
    if not partners:
        return ANONYMOUS
    if any(each.tier not in ladder.names or each.tenant != partners[0].tenant for each in partners):
        return ANONYMOUS
    ids = {each.partner_id for each in partners}
    return Requester(
        role=Role.PARTNER,
        partner_id=ids.pop() if len(ids) == 1 else "",
        tier=min((each.tier for each in partners), key=ladder.names.index),
        regions=frozenset.intersection(*(each.regions for each in partners)),
        tenant=partners[0].tenant,
    )


def _same_home(actor: Actor, person: Person) -> bool:
    """Whether Slack's own record agrees with where the delivery says the person belongs."""
    return (actor.enterprise or actor.team) in {person.team, person.enterprise} - {""}


def _homes(actor: Actor, person: Person | None) -> tuple[str, ...]:
    """Where somebody belongs, as this delivery names it first.

    Of somebody on Enterprise Grid one names the workspace and another the organization; Slack's record has both.
    """
    if not actor.home:
        return ()
    more = (person.enterprise, person.team) if person and _same_home(actor, person) else ()
    return tuple(dict.fromkeys(home for home in (actor.home, *more) if home))


def account(actor: Actor) -> str:
    """How threads and logs name somebody in Slack whom nobody named otherwise."""
    return f"slack:{actor.home or actor.installed}:{actor.user}"
