"""The sample programme's partners, customers and deals, made from the YAML files of samples/prm. The same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from anyascii import anyascii
from pydantic import TypeAdapter

from assistant.domain.accounts import Account, Contact, Customer
from assistant.domain.cosell import CoSellRole, Member, Opportunity, Outcome
from assistant.domain.deals import DealDraft, DealRegistration, DealState, LostReason, SalesStage
from assistant.domain.funds import FundAllocation
from assistant.domain.money import Money
from assistant.domain.partners import Certification, MembershipStatus, Partner, PartnerKind, Program, Territory
from assistant.errors import SettingsError
from assistant.ports.prm_archive import Archive

KINDS = {"reseller": "reseller", "si": "integrator", "isv": "software", "msp": "managed_service"}
CUSTOMERS, HISTORY, OPEN = 440, 1200, 120
ROLES = (CoSellRole.DELIVERY, CoSellRole.TECHNICAL, CoSellRole.REFERRAL)
HALVES = {"JPY": 150, "INR": 80, "MXN": 18, "NOK": 10, "SEK": 10, "BRL": 5, "PLN": 4}  # rough units per US dollar


@dataclass(frozen=True, slots=True)
class Sources:
    """The parsed sample files."""

    programme: Any
    market: Any
    partners: tuple[Partner, ...]
    today: date
    rules: str


def sample_archive(folder: Path) -> Archive:
    """Everything the sample PRM starts with; raises SettingsError when a file is missing or off."""
    try:
        sources = _sources(folder)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"The sample PRM in {folder} cannot be read: {error!r}") from error
    dice = random.Random(sources.programme["seed"])  # noqa: S311 - the sample is the same each time
    accounts = tuple(_accounts(sources, dice))
    history = tuple(_history(sources, accounts, dice))
    current = tuple(_current(sources, accounts, dice))
    return Archive(
        programs=(_program(sources.programme),),
        territories=TypeAdapter(tuple[Territory, ...]).validate_python(sources.programme["territories"]),
        partners=sources.partners,
        certifications=tuple(_certifications(sources, dice)),
        accounts=accounts,
        deals=(*(deal for deal, _ in history), *current),
        opportunities=tuple(opportunity for _, opportunity in history),
        allocations=tuple(_allocations(sources)),
    )


def _sources(folder: Path) -> Sources:
    def read(path: Path) -> Any:  # noqa: ANN401 - plain YAML
        return yaml.safe_load(path.read_text(encoding="utf-8"))

    programme, market = read(folder / "programme.yaml"), read(folder / "market.yaml")
    book = read(folder / "rules.yaml")["books"][-1]
    first, more = read(folder.parent / "partners.yaml")["partners"], read(folder / "partners.yaml")["partners"]
    partners = (*(_first(row) for row in first), *(_further(row) for row in more))
    return Sources(programme, market, partners, programme["today"], f"{book['id']}@{book['version']}")


def _first(row: dict[str, Any]) -> Partner:
    contacts = tuple(_person(user["name"], row["id"], title=user["job"]) for user in row["users"])
    partner = _further([row["id"], row["name"], row["type"], row["tier"], row["country"], [], [], ["keep"]])
    return replace(partner, contacts=contacts, locales=(row["locale"],))


def _further(row: list[Any]) -> Partner:
    partner_id, name, kind, tier, country, countries, industries, specialisations = row
    return Partner(
        id=partner_id,
        legal_name=name,
        display_name=name,
        kind=PartnerKind(KINDS[kind]),
        country=country,
        countries=frozenset({country, *countries}),
        program_id="skerrow",
        tier=tier,
        status=MembershipStatus.ACTIVE,
        since=date(2023, 2, 1),
        website=f"https://{partner_id}.example",
        industries=tuple(industries),
        specialisations=tuple(specialisations),
    )


def _person(name: str, where: str, *, title: str = "") -> Contact:
    first, _, last = name.partition(" ")
    local = ".".join(part for part in (_latin(first), _latin(last)) if part)
    return Contact(email=f"{local}@{where}.example", first_name=first, last_name=last, title=title)


def _latin(text: str) -> str:
    return "".join(char for char in anyascii(text).lower() if char.isalnum())


def _program(programme: Any) -> Program:  # noqa: ANN401 - plain YAML
    row = programme["program"]
    rates = [{"currency": code, "value": str(value)} for code, value in row["rates"].items()]
    tiers = [
        tier
        | {
            "requirements": [
                {"measure": measure, "minimum": minimum, "label": measure.removeprefix("certified:").replace("_", " ")}
                for measure, minimum in tier.get("requirements", {}).items()
            ]
        }
        for tier in row["tiers"]
    ]
    return TypeAdapter(Program).validate_python(row | {"rates": rates, "tiers": tiers})


def _certifications(sources: Sources, dice: random.Random) -> Iterator[Certification]:
    products, kinds = sources.programme["products"], sources.programme["certificates"]
    for partner in sources.partners:
        for kind, count in zip(kinds, sources.programme["holders"][partner.tier], strict=True):
            for place in range(count):
                product = products[place % len(products)] if place else "keep"
                latest = 30 * kind["months"] + (60 if place else -60)  # the first one is valid today
                issued = sources.today - timedelta(days=dice.randrange(20, latest))
                yield Certification(
                    id=f"{partner.id}-{kind['level']}-{place + 1}",
                    partner_id=partner.id,
                    name=f"{kind['name']} {product.title()}",
                    product=product,
                    holder=f"Person {place + 1} of {partner.display_name}",
                    issued=issued,
                    expires=issued + timedelta(days=30 * kind["months"]),
                    level=kind["level"],
                )


def _accounts(sources: Sources, dice: random.Random) -> Iterator[Account]:
    countries = list(sources.market["countries"])
    taken: set[str] = set()
    while len(taken) < CUSTOMERS:
        country = countries[len(taken) % len(countries)]
        place, industry = sources.market["countries"][country], dice.choice(list(sources.market["industries"]))
        first, kind = dice.choice(place["first"]), dice.choice(sources.market["industries"][industry])
        city, form = dice.choice(place["cities"]), dice.choice(place["forms"])
        name = f"{first}{kind}{form}" if country == "JP" else f"{first} {kind} {form}"
        domain = f"{_latin(first)}-{_latin(kind)}-{country.lower()}.example"
        if domain in taken:
            name, domain = f"{first} {city} {kind} {form}", f"{_latin(first)}-{_latin(city)}-{len(taken)}.example"
        taken.add(domain)
        customer = Customer(
            name=name,
            country=country,
            website=f"https://www.{domain}",
            duns=str(dice.randrange(10**8, 10**9)),
            industry=industry,
            state=place.get("states", {}).get(city, ""),
            city=city,
        )
        number = len(taken)
        yield Account(
            id=f"account-{number:04}",
            customer=customer,
            named=number % 40 == 0,
            direct_contact=_moment(sources.today - timedelta(days=number % 90)) if number % 25 == 0 else None,
            employees=dice.choice((40, 120, 350, 900, 4000, 15000)),
        )


def _history(
    sources: Sources, accounts: tuple[Account, ...], dice: random.Random
) -> Iterator[tuple[DealRegistration, Opportunity]]:
    """Deals that ended, with the team that worked on them. Partners that know product and industry win more often."""
    for number in range(1, HISTORY + 1):
        opened = sources.today - timedelta(days=dice.randrange(120, 900))
        deal, lead = _deal(sources, accounts, dice, number=number, opened=opened)
        others = _others(sources, deal, lead, dice)
        fit = deal.draft.product in lead.specialisations, deal.draft.customer.industry in lead.industries
        odds = 0.28 + 0.18 * fit[0] + 0.14 * fit[1] + 0.08 * min(len(others), 2)
        won = dice.random() < odds
        closed = opened + timedelta(days=dice.randrange(30, 110))
        lost = None if won else LostReason(dice.choice(sources.market["lost"]))
        stage = SalesStage.LAUNCHED if won else SalesStage.CLOSED_LOST
        ended = replace(
            deal,
            state=DealState.WON if won else DealState.LOST,
            updated_at=_moment(closed),
            draft=replace(deal.draft, stage=stage, lost_reason=lost, target_close=closed),
        )
        yield (
            ended,
            Opportunity(
                id=f"opportunity-{number:05}",
                account_id=deal.account_id,
                product=deal.draft.product,
                value=deal.draft.value,
                stage=stage.value,
                outcome=Outcome.WON if won else Outcome.LOST,
                opened=opened,
                closed=closed,
                team=(Member(lead.id, CoSellRole.LEAD), *others),
                deal_id=deal.id,
                lost_reason=lost.value if lost else "",
            ),
        )


def _current(sources: Sources, accounts: tuple[Account, ...], dice: random.Random) -> Iterator[DealRegistration]:
    """Registrations that are protected, wait for a decision, or wait for the partner."""
    free = [account for account in accounts if not account.named and account.direct_contact is None]
    for place, account in enumerate(dice.sample(free, OPEN)):
        number = HISTORY + place + 1
        opened = sources.today - timedelta(days=dice.randrange(2, 60))
        deal, _ = _deal(sources, (account,), dice, number=number, opened=opened)
        draft = replace(deal.draft, stage=SalesStage.QUALIFIED, next_steps="Meeting with the head of operations")
        deal, start = replace(deal, draft=draft, submitted_at=deal.created_at), _moment(opened)
        if place % 6 == 0:
            yield replace(deal, state=DealState.SUBMITTED, submitted_at=_moment(sources.today - timedelta(days=1)))
        elif place % 6 == 1:
            due = _moment(sources.today) + timedelta(days=7)
            yield replace(deal, state=DealState.ACTION_REQUIRED, due_at=due, comment="Who decides at the customer?")
        else:
            until = start + timedelta(days=90)
            yield replace(deal, state=DealState.ACTIVE, decided_at=start, protected_until=until, due_at=until)


def _deal(
    sources: Sources, accounts: tuple[Account, ...], dice: random.Random, *, number: int, opened: date
) -> tuple[DealRegistration, Partner]:
    account = dice.choice(accounts)
    customer = account.customer
    near = [partner for partner in sources.partners if customer.country in partner.countries]
    lead = dice.choice(near or list(sources.partners))
    product = dice.choice(lead.specialisations or sources.programme["products"])
    title, problem = dice.choice(sources.market["needs"][product])
    words = {"name": customer.name, "city": customer.city, "industry": customer.industry}
    currency = sources.market["currencies"][customer.country]
    amount = Decimal(dice.randrange(15, 400)) * 1000 * HALVES.get(currency, 1)
    draft = DealDraft(
        partner_ref=f"{lead.id}-{number:05}",
        title=title.format(**words),
        problem=problem.format(**words),
        customer=customer,
        product=product,
        value=Money(amount=amount, currency=currency),
        target_close=opened + timedelta(days=100),
        contact=_person("Alex Kern", customer.website.removeprefix("https://www.").removesuffix(".example")),
    )
    moment = _moment(opened)
    deal = DealRegistration(
        id=f"deal-{number:05}",
        partner_id=lead.id,
        draft=draft,
        state=DealState.ACTIVE,
        created_at=moment,
        updated_at=moment,
        account_id=account.id,
        rules=sources.rules,
    )
    return deal, lead


def _others(sources: Sources, deal: DealRegistration, lead: Partner, dice: random.Random) -> list[Member]:
    near = [item for item in sources.partners if deal.draft.customer.country in item.countries and item is not lead]
    chosen = dice.sample(near, min(len(near), dice.choice((0, 0, 1, 1, 2))))
    return [Member(partner.id, dice.choice(ROLES)) for partner in chosen]


def _allocations(sources: Sources) -> Iterator[FundAllocation]:
    for partner in sources.partners:
        yearly = sources.programme["funds"].get(partner.tier)
        if yearly:
            yield FundAllocation(
                id=f"mdf-2026-{partner.id}",
                partner_id=partner.id,
                name="MDF 2026",
                amount=Money(amount=Decimal(yearly), currency="USD"),
                starts=date(2026, 2, 1),
                ends=date(2027, 1, 31),
            )


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=UTC)
