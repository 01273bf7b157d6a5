"""Deals for Microsoft's Partner Center: sound ones, what makes one wrong, and edits."""

from __future__ import annotations

import random
from datetime import timedelta

from assistant.domain.accounts import Contact, Customer
from assistant.domain.deals import DealChange, DealDraft, DealKind, DealSource, LostReason, Period, SalesStage
from assistant.domain.money import Money
from evals.prm_wire.amazon_deals import LONG, PROBLEMS, TITLES, customer_with, draft_with
from evals.prm_wire.trial import NOW, PAST, Deals, Wrong

PRODUCTS = ("Azure", "DynamicsAX,GP,NAV,SL", "Microsoft365", "SOL-34104-EBB", "SOL-Archive")
INDUSTRIES = ("", "Healthcare", "Agriculture, Forestry, & Fishing", "Services")
COUNTRIES = ("DE", "FR", "JP", "BR", "AE", "CH")
CURRENCIES = ("USD", "EUR", "JPY", "CHF")


def sound(number: int, dice: random.Random) -> DealDraft:
    """A deal that breaks nothing, with a customer of its own."""
    currency = dice.choice(CURRENCIES)
    cents = "" if currency == "JPY" else f".{dice.randrange(100):02}"
    customer = Customer(
        name=f"{''.join(dice.choices('abdefgiklmnoprstuvz', k=12)).title()} {dice.choice(['GmbH', 'SA', '株式会社'])}",
        country=dice.choice(COUNTRIES),
        website=dice.choice(["", f"kunde{number}.com"]),
        duns=dice.choice(["", f"{dice.randrange(10**9):09}"]),
        vendor_account_id=dice.choice(["", f"6-{dice.randrange(10**8):08}"]),
        industry=dice.choice(INDUSTRIES),
        city=dice.choice(["", "São Paulo"]),
        postal_code=dice.choice(["", "20095"]),
    )
    return DealDraft(
        partner_ref=f"ref-{number}",
        title=dice.choice(TITLES).format(number),
        problem=dice.choice(PROBLEMS),
        customer=customer,
        product=dice.choice(PRODUCTS),
        value=Money.read(f"{dice.randrange(1, 900000)}{cents}", currency),
        target_close=NOW.date() + timedelta(days=dice.randrange(500)),
        contact=dice.choice([Contact(), Contact(email=f"kim{number}@example.com", phone="+4930123456")]),
        team=tuple(Contact(email=f"p{each}@acme.example") for each in range(dice.choice((0, 1, 10)))),
    )


WRONGS: tuple[Wrong, ...] = (
    customer_with(duns="abc"),
    customer_with(duns="1234567890"),
    customer_with(country="XX"),
    customer_with(country=""),
    customer_with(country="de"),
    customer_with(industry="Magic"),
    customer_with(name=""),
    customer_with(city=LONG),
    customer_with(street="a\x00b"),
    draft_with(title=""),
    draft_with(title=LONG),
    draft_with(problem=""),
    draft_with(problem=LONG),
    draft_with(product="keep"),
    draft_with(product=""),
    draft_with(partner_ref=""),
    draft_with(value=Money.read("0", "USD")),
    draft_with(value=Money.read("-5", "USD")),
    draft_with(target_close=PAST),
    draft_with(stage=SalesStage.QUALIFIED),
    draft_with(stage=SalesStage.CLOSED_LOST, lost_reason=LostReason.PRICE),
    draft_with(next_steps="Call"),
    draft_with(comments="Two sites"),
    draft_with(kind=DealKind.RENEWAL),
    draft_with(period=Period.ANNUAL),
    draft_with(source=DealSource.TENDER),
    draft_with(needs=("Help",)),
    draft_with(delivery="SaaS"),
    draft_with(activities=("Demo",)),
    draft_with(use_case="Archiving"),
    draft_with(consumption=True),
    draft_with(partner_count=2),
    draft_with(team=tuple(Contact(email=f"p{each}@acme.example") for each in range(60))),
    draft_with(team=(Contact(email="NOT AN ADDRESS"),)),
    draft_with(contact=Contact(email="no address")),
    draft_with(contact=Contact(phone="030 123")),
)
EDITS: tuple[DealChange, ...] = (
    DealChange(title="Überlandwerk, zweiter Abschnitt"),
    DealChange(problem="The customer needs backup in three regions now."),
    DealChange(value=Money.read("0.01", "USD")),
    DealChange(value=Money.read("7000", "JPY"), target_close=NOW.date() + timedelta(days=700)),
    DealChange(customer=Customer(name="Renamed SA", country="FR", duns="123456789")),
    DealChange(contact=Contact(email="new@example.com"), team=(Contact(email="p@acme.example"),)),
    DealChange(stage=SalesStage.LAUNCHED),
    DealChange(stage=SalesStage.CLOSED_LOST, lost_reason=LostReason.PRICE),
    DealChange(stage=SalesStage.CLOSED_LOST),
    DealChange(stage=SalesStage.QUALIFIED),
    DealChange(title=""),
    DealChange(title=LONG),
    DealChange(value=Money.read("-1", "USD")),
    DealChange(target_close=PAST),
    DealChange(customer=Customer(name="", country="XX", duns="abc")),
    DealChange(contact=Contact(phone="030 123")),
    DealChange(next_steps="Demo"),
    DealChange(product="Azure"),
)
DEALS = Deals(sound, WRONGS, EDITS)
