"""Whether a partner ever learns of another partner's identity, deals or funds: random questions, every answer searched.

python -m evals.prm_isolation [--pairs 50000] [--url postgresql://…]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import SecretStr

from assistant.domain.accounts import Contact, Customer
from assistant.domain.cosell import CoSellRole, InvitationDraft, Member, Opportunity, Outcome
from assistant.domain.deals import DealChange, DealDraft, DealRegistration
from assistant.domain.funds import FundAllocation, FundDraft
from assistant.domain.money import Money
from assistant.domain.partners import MembershipStatus, Partner, PartnerKind, Program, Tier
from assistant.domain.people import Requester, Role
from assistant.errors import LiaisonError
from assistant.ports.prm import DealQuery, PartnerQuery, Prm, Write
from assistant.ports.prm_archive import Archive
from integrations.bootstrap import build
from integrations.settings import Settings

PARTNERS, DEALS, SEED = 16, 12, 23
NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
START = 8  # secrets are found by their first letters; none is shorter
Call = Callable[[], Awaitable[object]]


class FixedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        """See Clock."""
        return NOW


@dataclass(slots=True)
class Secrets:
    """What must not reach whom: each secret with the partners that may know it."""

    known_by: dict[str, set[str]] = field(default_factory=dict)
    starting: dict[str, list[str]] = field(default_factory=dict)

    def keep(self, secret: str, *partners: str) -> None:
        """These partners may know it too."""
        if secret not in self.known_by:
            self.known_by[secret] = set()
            self.starting.setdefault(secret[:START], []).append(secret)
        self.known_by[secret].update(partners)

    def leaked(self, text: str, partner: str) -> list[str]:
        """The secrets in a text that this partner may not know."""
        starts = {text[place : place + START] for place in range(len(text) - START + 1)} & self.starting.keys()
        found = (secret for start in starts for secret in self.starting[start] if secret in text)
        return [secret for secret in found if partner not in self.known_by[secret]]


@dataclass(frozen=True, slots=True)
class World:
    """Who asks, what exists, and what is secret."""

    prm: Prm
    partners: tuple[str, ...]
    deals: tuple[DealRegistration, ...]
    invitations: tuple[str, ...]
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked or written, and which ids the requester wrote itself: an error may say them again."""

    kind: str
    call: Call
    named: tuple[str, ...]


def who(partner_id: str) -> Requester:
    """Somebody at a partner."""
    return Requester(user=f"u@{partner_id}", role=Role.PARTNER, partner_id=partner_id)


def name_of(number: int) -> str:
    """A partner id that occurs nowhere else."""
    return f"zq{number:02}xpartner"


def draft_of(owner: int, number: int) -> DealDraft:
    """A deal whose every text is a secret of its owner. Two owners share each customer, as rivals do."""
    mark = f"{owner:02}x{number:02}"
    shared = (owner // 2) * 100 + number
    customer = Customer(name=f"Kqj{shared} Werft GmbH", country="DE", website=f"kqj{shared}.de", city="Kiel")
    return DealDraft(
        partner_ref=f"ref{mark}q",
        title=f"Title{mark}q",
        problem=f"Problem{mark}q: the customer needs backup in two regions.",
        customer=customer,
        product="keep",
        value=Money.read(f"{20000 + owner * 100 + number}", "EUR"),
        target_close=date(2026, 12, 1),
        contact=Contact(email=f"contact{mark}q@kunde.example"),
        comments=f"Comment{mark}q",
    )


def archive() -> Archive:
    """Partners with funds and a past of working together."""
    names = [name_of(number) for number in range(PARTNERS)]
    day = date(2026, 1, 1)
    partners = tuple(
        Partner(
            id=name,
            legal_name=f"Legal {name}",
            display_name=f"Display {name}",
            kind=PartnerKind.RESELLER,
            country="DE",
            countries=frozenset({"DE"}),
            program_id="programme",
            tier="gold",
            status=MembershipStatus.ACTIVE,
            since=day,
            contacts=(Contact(email=f"mail@{name}.example"),),
            listed=number % 4 > 0,
        )
        for number, name in enumerate(names)
    )
    allocations = (FundAllocation(f"fund-{n}", n, "2026", Money.read("9000", "EUR"), day, NOW.date()) for n in names)
    past = (
        Opportunity(
            id=f"past-{name}",
            account_id="",
            product="keep",
            value=Money.read("9000", "EUR"),
            stage="launched",
            outcome=Outcome.WON,
            opened=day,
            closed=NOW.date(),
            team=(Member(name, CoSellRole.LEAD),),
        )
        for name in names
    )
    program = Program(id="programme", name="Programme", tiers=(Tier(name="gold", rank=1),))
    return Archive(programs=(program,), partners=partners, allocations=tuple(allocations), opportunities=tuple(past))


async def built(prm: Prm, dice: random.Random) -> World:
    """Deals, rival registrations, and invitations in every state, with the secrets they make."""
    secrets = Secrets()
    deals: list[DealRegistration] = []
    invitations: list[str] = []
    names = [name_of(number) for number in range(PARTNERS)]
    for name in names:
        secrets.keep(name, name)
        secrets.keep(f"mail@{name}", name)
        secrets.keep(f"past-{name}", name)
        secrets.keep(f"fund-{name}", name)
    for number in range(DEALS):
        for owner, name in enumerate(names):
            draft = draft_of(owner, number)
            if owner % 2:  # the rival's customer is protected by now, so this deal is with a customer of its own
                own = replace(draft.customer, name=f"Own{owner}x{number} AG", website=f"own{owner}x{number}.de")
                draft = replace(draft, customer=own)
            deal = await prm.register_deal(draft, write=Write(who(name), f"k{number}"))
            knowing = {name}
            if dice.random() < 0.4:
                knowing |= await invited(prm, deal, dice, invitations, secrets)
            for secret in (deal.id, draft.title, draft.problem, draft.partner_ref, draft.contact.email, draft.comments):
                secrets.keep(secret, *knowing)
            deals.append(deal)
    for name in names:
        ask = FundDraft(f"fund-{name}", Money.read("100", "EUR"), f"Act{name}", "More leads", NOW.date(), NOW.date())
        request = await prm.request_funds(ask, write=Write(who(name), "fund"))
        secrets.keep(request.id, name)
    return World(prm, tuple(names), tuple(deals), tuple(invitations), secrets)


async def invited(
    prm: Prm, deal: DealRegistration, dice: random.Random, invitations: list[str], secrets: Secrets
) -> set[str]:
    """Who joined the deal by an invitation that was sent; a third accept, a third decline, a third wait."""
    guest = name_of(dice.choice([number for number in range(PARTNERS) if number % 4]))
    if guest == deal.partner_id:
        return set()
    draft = InvitationDraft(deal.id, guest, CoSellRole.DELIVERY, "Join us.")
    sent = await prm.invite(draft, write=Write(who(deal.partner_id), f"i{deal.id}"))
    invitations.append(sent.id)
    secrets.keep(sent.id, deal.partner_id, guest)
    secrets.keep(guest, deal.partner_id)
    answer, write = dice.randrange(3), Write(who(guest), f"a{sent.id}", sent.version)
    if answer == 0:
        await prm.accept_invitation(sent.id, write=write)
        secrets.keep(deal.partner_id, guest)
        return {guest}
    if answer == 1:
        await prm.decline_invitation(sent.id, "No capacity", write=write)
    return set()


def question(world: World, asking: Requester, dice: random.Random) -> Question:
    """A random question or write of this requester, about anything that exists."""
    prm, deal, other = world.prm, dice.choice(world.deals), dice.choice(world.partners)
    key = f"q{dice.random():.16f}"
    write = Write(asking, key, str(dice.randrange(1, 4)))
    rival = replace(deal.draft, partner_ref=key, title="Mine", comments="", problem="x" * 30, contact=Contact())
    text = dice.choice((deal.draft.title, deal.draft.customer.name, "e", ""))
    invitation = dice.choice(world.invitations)
    questions: dict[str, Call] = {
        "get_deal": lambda: prm.get_deal(deal.id, requester=asking),
        "find_deals": lambda: prm.find_deals(DealQuery(text=text, partner_id=other), requester=asking),
        "find_all": lambda: prm.find_deals(DealQuery(), requester=asking),
        "check_deal": lambda: prm.check_deal(rival, requester=asking),
        "register_deal": lambda: prm.register_deal(rival, write=Write(asking, key)),
        "update_deal": lambda: prm.update_deal(deal.id, DealChange(next_steps="x"), write=write),
        "withdraw_deal": lambda: prm.withdraw_deal("deal-none" if dice.random() < 0.5 else other, "x", write=write),
        "engagement": lambda: prm.engagement(deal.id, requester=asking),
        "invitations": lambda: prm.invitations(requester=asking),
        "accept": lambda: prm.decline_invitation(invitation, "", write=write),
        "fund_balance": lambda: prm.fund_balance(other, requester=asking),
        "fund_requests": lambda: prm.fund_requests(requester=asking),
        "request_funds": lambda: prm.request_funds(
            FundDraft(f"fund-{other}", Money.read("-1", "EUR"), "a", "b", NOW.date(), NOW.date()), write=write
        ),
        "certifications": lambda: prm.certifications(other, requester=asking),
        "tier_progress": lambda: prm.tier_progress(other, requester=asking),
        "get_partner": lambda: prm.get_partner(other, requester=asking),
        "find_partners": lambda: prm.find_partners(PartnerQuery(text=text[:3]), requester=asking),
        "find_accounts": lambda: prm.find_accounts("", requester=asking),
        "get_account": lambda: prm.get_account(deal.account_id, requester=asking),
        "opportunities": lambda: prm.opportunities(requester=asking),
        "changes": lambda: prm.changes(since=dice.randrange(50), requester=asking),
    }
    kind = dice.choice(list(questions))
    return Question(kind, questions[kind], named=(deal.id, invitation, other, f"fund-{other}", key))


PUBLIC = {"get_partner", "find_partners"}  # who the listed partners are is public


async def search(world: World, pairs: int, dice: random.Random) -> tuple[Counter[str], list[str]]:
    """How often each kind of question was asked, and every leak that was found."""
    asked: Counter[str] = Counter()
    leaks = []
    for _ in range(pairs):
        partner = dice.choice(world.partners)
        asking = question(world, who(partner), dice)
        asked[asking.kind] += 1
        try:
            answer = await asking.call()
        except LiaisonError as error:
            text, named = f"{error} {getattr(error, 'problems', '')}", asking.named
        else:
            text, named = repr(answer), ()
            if asking.kind == "register_deal" and isinstance(answer, DealRegistration):
                world.secrets.keep(answer.id, partner)
                world.secrets.keep(answer.draft.partner_ref, partner)
        public = world.partners if asking.kind in PUBLIC else ()
        found = (each for each in world.secrets.leaked(text, partner) if each not in public)
        leaks += [f"{asking.kind} as {partner}: {each}" for each in found if not any(each in said for said in named)]
    return asked, leaks


def main() -> None:
    """Build, ask, print; ends with code 1 on any leak."""
    parser = argparse.ArgumentParser(prog="python -m evals.prm_isolation", description=__doc__)
    parser.add_argument("--pairs", type=int, default=50_000)
    parser.add_argument("--url", default="")
    arguments, start = parser.parse_args(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), prm_url=SecretStr(arguments.url))
        liaison, dice = build(settings, clock=FixedClock()), random.Random(SEED)  # noqa: S311 - repeatable
        liaison.prm.load(archive(), tenant="default")
        world = asyncio.run(built(liaison.prm.prm, dice))
        asked, leaks = asyncio.run(search(world, arguments.pairs, dice))
        liaison.close()
    pairs, took = f"{asked.total():,} (question, requester) pairs", f"{time.monotonic() - start:,.0f} s"
    searched = f"{len(world.secrets.known_by):,} secrets searched for in every answer"
    processor = f"{time.process_time():,.0f} s of one processor"
    sys.stdout.write(f"{pairs} of {len(asked)} kinds, {searched}: {len(leaks)} leaks; {took}, {processor}\n")
    sys.stdout.writelines(f"{leak}\n" for leak in leaks[:20])
    sys.exit(1 if leaks else 0)


if __name__ == "__main__":
    main()
