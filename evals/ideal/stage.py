"""The installation that a conversation plays in: the partners, the deal, the invitation and the funds it speaks of."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import yaml

from assistant.agents.understanding.reading import Intent
from assistant.campaigns.library import Library
from assistant.deals.rules import read_rules
from assistant.domain.accounts import Contact, Customer, countries
from assistant.domain.cosell import CoSellInvitation, CoSellRole, InvitationDraft, InvitationState
from assistant.domain.deals import DealDraft, DealRegistration, DealState, SalesStage
from assistant.domain.funds import FundAllocation
from assistant.domain.money import Money
from assistant.domain.partners import (
    Certification,
    MembershipStatus,
    Partner,
    PartnerKind,
    Program,
    Requirement,
    Tier,
)
from assistant.domain.people import Requester, Role
from assistant.ports.prm_archive import Archive
from assistant.testing import HashEmbedder, MemoryContent, sample_document
from evals.ideal.orders import by_manager, partners
from evals.red_team.world import Clock, Stock
from evals.turns import TurnLine, catalogue
from prompts import ROOT

RULES = Path(__file__).with_name("rules.yaml")
OURS, INVITER = "mine", "host"
PROGRAMME = "vendor"
LONG = timedelta(days=720)


def requester_of(line: TurnLine) -> Requester:
    """Who speaks."""
    if by_manager(line):
        return Requester(user="cora", role=Role.CHANNEL_MANAGER, locale=line.lang)
    return Requester(user="ann", role=Role.PARTNER, partner_id=OURS, tier="registered", locale=line.lang)


def stock_of(line: TurnLine, folder: Path) -> Stock:
    """What stands in the PRM and the content when the conversation begins; campaign texts are written to `folder`."""
    embedder, content, sold = HashEmbedder(), MemoryContent(), catalogue()
    with content.writer() as writer:
        for product in sold.products:
            text = f"{sold.vendor} {product} is described here. Ask your channel manager for more."
            document = sample_document(product, (text,), embedder=embedder, title=product)
            writer.put(document, source="ideal", fingerprint=embedder.fingerprint)
        writer.publish()
    clock = Clock(datetime.combine(line.today, time(9), UTC))
    library = Library(_texts(folder, sold.products))
    return Stock(_archive(line, clock.now()), content, clock, embedder, sold, library, PROGRAMME, read_rules(RULES))


def _texts(folder: Path, products: tuple[str, ...]) -> Path:
    """Campaign texts for what this vendor sells: those of the sample vendor under the names of these products."""
    for path in (ROOT / "blocks" / "skerrow").glob("*.yaml"):
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.stem != "programme":
            texts = table["themes"]["keep-recovery"]
            table["themes"] = {f"{product.casefold()}-launch": texts for product in products}
        target = folder / "blocks" / PROGRAMME / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(yaml.safe_dump(table, allow_unicode=True), encoding="utf-8")
    return folder


def _archive(line: TurnLine, now: datetime) -> Archive:
    named = {f"partner-{place}": name for place, name in enumerate(partners(line))}
    tier = str(line.slots.get("tier", "gold"))
    bar = (Requirement("won_deals", 3, "deals won in twelve months"),)
    ladder = [Tier("registered", 1, open_deals=1_000)]
    ladder += [] if tier == "registered" else [Tier(tier, 2, bar, open_deals=1_000)]
    known = {OURS: "Auer und Kollegen", INVITER: "Host", **named}
    certificate = str(line.slots.get("certification", f"{line.slots.get('product', 'Sales')} Associate"))
    return Archive(
        programs=(Program("programme", "Programme", tuple(ladder)),),
        partners=tuple(_partner(key, name) for key, name in known.items()),
        certifications=tuple(
            Certification(f"c-{key}", key, certificate, "guard", "Kim Holder", line.today, line.today + LONG)
            for key in known
        ),
        deals=_deals(line, now),
        invitations=_invitations(line, now),
        allocations=tuple(_allocation(key, str(line.slots.get("currency", "EUR")), line.today) for key in known),
    )


def _partner(key: str, name: str) -> Partner:
    return Partner(
        id=key, legal_name=name, display_name=name, kind=PartnerKind.RESELLER, country="DE",
        countries=frozenset(countries()), program_id="programme", tier="registered", status=MembershipStatus.ACTIVE,
        since=date(2020, 1, 1), website=f"{key}.example",
    )  # fmt: skip


def _allocation(key: str, currency: str, today: date) -> FundAllocation:
    money = Money(amount=Decimal(100_000_000), currency=currency)
    return FundAllocation(f"mdf-{key}", key, "Marketing", money, today - LONG, today + LONG)


def _deals(line: TurnLine, now: datetime) -> tuple[DealRegistration, ...]:
    """The deal that is spoken of, where one is."""
    if line.intent in {Intent.REGISTER_DEAL, Intent.CHECK_DEAL}:
        return ()
    owner = OURS
    if partners(line) and (by_manager(line) or line.intent == Intent.RESPOND_COSELL):
        owner = "partner-0"
    reviewed = line.intent in {Intent.APPROVE, Intent.REJECT}
    key = str(line.slots.get("deal_id", "REG-9999"))
    name = str(line.slots.get("customer_name", "Unnamed Customer"))
    stage = str(line.slots.get("stage", "")) if line.intent == Intent.DEAL_STATUS else ""
    draft = DealDraft(
        partner_ref=f"ref-{key}", title=f"Guard for {name}", problem="what the customer told at the time",
        customer=Customer(name=name, country="DE", website="customer.example"), product="guard",
        value=Money(amount=Decimal(50_000), currency=str(line.slots.get("currency", "EUR"))),
        target_close=line.today + timedelta(days=60), contact=Contact("it@customer.example"),
        stage=SalesStage(stage) if stage in set(SalesStage) else SalesStage.PROSPECT,
    )  # fmt: skip
    deal = DealRegistration(
        id=key, partner_id=owner, draft=draft, state=DealState.IN_REVIEW if reviewed else DealState.ACTIVE,
        created_at=now, updated_at=now, submitted_at=now, rules="open@1", version="1",
        protected_until=None if reviewed else now + timedelta(days=30),
    )  # fmt: skip
    return (deal,)


def _invitations(line: TurnLine, now: datetime) -> tuple[CoSellInvitation, ...]:
    """The invitation that is answered, where one is."""
    if line.intent != Intent.RESPOND_COSELL:
        return ()
    inviter = "partner-0" if partners(line) else INVITER
    draft = InvitationDraft(str(line.slots.get("deal_id", "REG-9999")), OURS, CoSellRole.DELIVERY, "Join us?")
    customer = str(line.slots.get("customer_name", "Unnamed Customer"))
    item = CoSellInvitation(
        id="invitation-1", draft=draft, inviter=inviter, state=InvitationState.PENDING, created_at=now,
        expires_at=now + timedelta(days=14), country="DE", industry="", product="guard", customer_name=customer,
        version="1",
    )  # fmt: skip
    return (item,)
