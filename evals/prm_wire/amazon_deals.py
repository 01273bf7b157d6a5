"""Deals for Partner Central: sound ones, what makes one wrong, and edits."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from assistant.domain.accounts import Contact, Customer
from assistant.domain.deals import DealChange, DealDraft, DealKind, DealSource, LostReason, Period, SalesStage
from assistant.domain.money import Money
from evals.prm_wire.trial import NOW, PAST, Deals, Wrong

LONG = "x" * 3000
COUNTRIES = {"DE": "20095", "US": "99501", "GB": "EC1A 1BB", "NL": "1012 AB", "AE": "", "PL": "00-950", "FR": "75001"}
STATES = ("Alaska", "Ohio", "Dist. of Columbia", "Puerto Rico")
NEEDS = ("Co-Sell - Deal Support", "Co-Sell - Pricing Assistance", "Co-Sell - Technical Consultation")
MODELS = ("SaaS or PaaS", "Managed Services", "Professional Services; Resell")
ACTIVITIES = ("SOW Signed", "Conducted POC / Demo", "Completed Action Plan")
USE_CASES = ("Archiving", "Storage & Backup", "Business Applications & SAP Production")
TITLES = ("Project {}", "Überlandwerk {}", "データ保護 {}", "Ñandú & Söhne {} 🚀", "{}" + "t" * 240)
PROBLEMS = ("The customer needs immutable backup in two regions.", "x" * 20, "Zwei Werke,\nein Archiv: 備份\n" * 60)


def sound(number: int, dice: random.Random) -> DealDraft:
    """A deal that breaks nothing, with a customer of its own."""
    country = dice.choice(sorted(COUNTRIES))
    marketed = dice.random() < 0.3
    word = "".join(dice.choices("abdefgiklmnoprstuvz", k=12)).title()
    customer = Customer(
        name=f"{word} {dice.choice(['GmbH', 'Ltd', 'SA', 'Inc'])}",
        country=country,
        website=f"{word.lower()}{number}.com",
        duns=f"{dice.randrange(10**9):09}" if dice.random() < 0.5 else "",
        vendor_account_id=f"{dice.randrange(10**12):012}" if dice.random() < 0.5 else "",
        industry=dice.choice(["Retail", "Healthcare", "Gaming", "Shipbuilding"]),
        state=dice.choice(STATES) if country == "US" else "",
        city=dice.choice(["", "Hafenstadt"]),
        postal_code=COUNTRIES[country],
    )
    return DealDraft(
        partner_ref=f"ref-{number}",
        title=dice.choice(TITLES).format(number),
        problem=dice.choice(PROBLEMS),
        customer=customer,
        product=dice.choice(["Backup", "Our archive"]),
        value=Money.read(f"{dice.randrange(5000, 900000)}.{dice.randrange(100):02}", dice.choice(["USD", "EUR"])),
        target_close=NOW.date() + timedelta(days=dice.randrange(500)),
        period=Period.MONTHLY,
        source=DealSource.MARKETING if marketed else DealSource.PARTNER,
        mdf_used=dice.random() < 0.5 if marketed else None,
        campaign="Spring" if marketed and dice.random() < 0.5 else "",
        contact=Contact(email=f"kim{number}@example.com", first_name="Kim", phone="+4930123456"),
        team=tuple(Contact(email=f"p{each}@acme.example") for each in range(dice.choice((0, 1, 2, 10)))),
        needs=tuple(dice.sample(NEEDS, dice.randrange(3))),
        next_steps=dice.choice(["", "Call on Tuesday", "n" * 255]),
        comments=dice.choice(["", "Two sites"]),
        delivery=dice.choice(MODELS),
        use_case=dice.choice(USE_CASES),
        activities=(dice.choice(ACTIVITIES),),
    )


def customer_with(**changes: str) -> Wrong:
    """A deal whose customer has these values."""
    return lambda draft: replace(draft, customer=replace(draft.customer, **changes))


def draft_with(**changes: object) -> Wrong:
    """A deal with these values."""
    return lambda draft: replace(draft, **changes)  # type: ignore[arg-type]


WRONGS: tuple[Wrong, ...] = (
    customer_with(duns="abc"),
    customer_with(duns="12345"),
    customer_with(vendor_account_id="12345"),
    customer_with(country="XX"),
    customer_with(country="US", state="Bavaria", postal_code="99501"),
    customer_with(country="US", state="", postal_code="99501"),
    customer_with(country="DE", postal_code="ABC"),
    customer_with(country="AE", postal_code="12345"),
    customer_with(country="DE", postal_code=""),
    customer_with(website=""),
    customer_with(website="a.b"),
    customer_with(industry=""),
    customer_with(name="x" * 121),
    customer_with(city=LONG),
    customer_with(street=LONG),
    draft_with(title=""),
    draft_with(title=LONG),
    draft_with(problem="Too short"),
    draft_with(problem=LONG),
    draft_with(partner_ref="r" * 65),
    draft_with(value=Money.read("0", "USD")),
    draft_with(value=Money.read("-5", "USD")),
    draft_with(value=Money.read("10000", "JPY")),
    draft_with(value=Money.read("10000", "CHF")),
    draft_with(target_close=PAST),
    draft_with(period=Period.ANNUAL),
    draft_with(source=DealSource.TENDER),
    draft_with(source=DealSource.MARKETING, mdf_used=None),
    draft_with(source=DealSource.PARTNER, mdf_used=True),
    draft_with(kind=DealKind.RENEWAL),
    customer_with(country="US", state="District of Columbia", postal_code="20001"),
    customer_with(duns="1234567890"),
    customer_with(website="x" * 260 + ".com"),
    draft_with(needs=("Everything",)),
    draft_with(delivery="By mail"),
    draft_with(delivery=""),
    draft_with(activities=("Lunch",)),
    draft_with(activities=()),
    draft_with(use_case=""),
    draft_with(use_case="Anything else"),
    draft_with(use_case=LONG),
    draft_with(next_steps=LONG),
    draft_with(comments=LONG),
    draft_with(consumption=True),
    draft_with(partner_count=3),
    draft_with(stage=SalesStage.CLOSED_LOST),
    draft_with(lost_reason=LostReason.PRICE),
    draft_with(team=tuple(Contact(email=f"p{each}@acme.example") for each in range(20))),
    draft_with(team=tuple(Contact(email=f"p{each}@acme.example") for each in range(11))),
    draft_with(team=(Contact(email="NOT AN ADDRESS"),)),
    draft_with(contact=Contact(email="Kim@Example.com")),
    draft_with(contact=Contact(phone="030 123")),
    draft_with(contact=Contact(email="a@b.co", title=LONG)),
    draft_with(product=""),
)
EDITS: tuple[DealChange, ...] = (
    DealChange(next_steps="Demo"),
    DealChange(stage=SalesStage.QUALIFIED, comments="Soon"),
    DealChange(value=Money.read("7000", "USD")),
    DealChange(value=Money.read("7000", "JPY")),
    DealChange(value=Money.read("-1", "USD")),
    DealChange(next_steps=LONG),
    DealChange(next_steps="次の一歩", comments="Zwei Standorte,\ndrei Länder"),
    DealChange(target_close=NOW.date() + timedelta(days=900), delivery="Resell; Other"),
    DealChange(contact=Contact(email="new@example.com", phone="+34911234567", title="CTO")),
    DealChange(needs=NEEDS, activities=ACTIVITIES, use_case="Networking"),
    DealChange(value=Money.read("0.01", "EUR"), stage=SalesStage.COMMITTED),
    DealChange(source=DealSource.MARKETING, mdf_used=False, campaign="Herbst"),
    DealChange(kind=DealKind.EXPANSION),
    DealChange(product="Another archive"),
    DealChange(title="Another"),
    DealChange(target_close=PAST),
    DealChange(delivery="By mail"),
    DealChange(activities=()),
    DealChange(needs=("Everything",)),
    DealChange(source=DealSource.MARKETING),
    DealChange(source=DealSource.PARTNER),
    DealChange(stage=SalesStage.CLOSED_LOST),
    DealChange(stage=SalesStage.CLOSED_LOST, lost_reason=LostReason.PRICE),
    DealChange(contact=Contact(phone="030 123")),
    DealChange(use_case="Anything else"),
    DealChange(customer=Customer(name="Another", country="DE", website="another.de", postal_code="20095")),
    DealChange(comments=LONG),
    DealChange(mdf_used=True),
    DealChange(lost_reason=LostReason.PRICE),
    DealChange(partner_count=2),
)
DEALS = Deals(sound, WRONGS, EDITS)
