"""`liaison cosell`: who should work a deal, as a team, why, and how sure that is; for channel managers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeVar

import typer

from assistant.cosell.eligibility import Exclusion, Policy
from assistant.cosell.history import Need
from assistant.cosell.learning import learnt
from assistant.cosell.need import Described, of_deal, of_description
from assistant.cosell.recommend import Recommendation, Recommended, Recommender
from assistant.cosell.register import read_register
from assistant.cosell.staffing import staffed
from assistant.cosell.team import Proposal
from assistant.domain.accounts import Customer
from assistant.domain.money import Money
from assistant.domain.partners import Certification
from assistant.domain.people import Requester
from assistant.errors import UsageError
from integrations import cosell_file
from integrations.bootstrap import Liaison
from integrations.commands.acting import MANAGER, AsJson, Who, acting, console, run, show, table
from integrations.commands.cosell_print import excluded, print_partner, print_ranking, print_team

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, help="Co-sell recommendations: who should work a deal, why, and as which team.")
Deal = Annotated[str, typer.Option(help="The id of a deal registration.")]
AccountId = Annotated[str, typer.Option("--account", help="The id of an account.")]
Product = Annotated[str, typer.Option(help="The product that is sold.")]
Country = Annotated[str, typer.Option(help="The customer's country, such as DE.")]
Industry = Annotated[str, typer.Option(help="The customer's industry.")]
CustomerName = Annotated[str, typer.Option("--customer", help="The customer's name; matched to the accounts.")]
Value = Annotated[str, typer.Option(help='The value, such as "40000 EUR".')]
Present = Annotated[list[str] | None, typer.Option("--with", help="A partner on the deal already; repeat for more.")]
Count = Annotated[int, typer.Option(help="How many partners to show.", min=1, max=200)]
Newer = Annotated[int, typer.Option(help="Places of the list kept for partners with few deals.", min=0)]
Uncertified = Annotated[bool, typer.Option("--uncertified", help="Also partners without a valid certificate.")]
OpenDeals = Annotated[int, typer.Option(help="Most protected deals a partner may have; 0 means no limit.", min=0)]
Language = Annotated[str, typer.Option(help="Language of the reasons.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which need the options name."""

    deal: str = ""
    account: str = ""
    customer: str = ""
    product: str = ""
    country: str = ""
    industry: str = ""
    value: str = ""
    present: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """A recommender with the need that was asked about, and how to read certificates."""

    recommender: Recommender
    need: Need
    certificates: Callable[[str], Awaitable[tuple[Certification, ...]]]


async def _desk(liaison: Liaison, asked: Asked, *, who: str, policy: Policy) -> Desk:
    requester, prm, day = acting(who), liaison.prm.prm, liaison.clock.now().date()
    register = await read_register(prm, requester)
    model = cosell_file.load(liaison.settings.data)
    recommender = Recommender(register, model, day=day, policy=policy)
    if asked.deal:
        need = await of_deal(prm, asked.deal, requester=requester, register=register, day=day)
    else:
        need = of_description(await _described(liaison, asked, requester), register=register, day=day)
    return Desk(recommender, need, lambda name: prm.certifications(name, requester=requester))


async def _described(liaison: Liaison, asked: Asked, requester: Requester) -> Described:
    customer = Customer(name=asked.customer, country=asked.country.upper(), industry=asked.industry)
    if asked.account:
        customer = (await liaison.prm.prm.get_account(asked.account, requester=requester)).customer
    return Described(customer, asked.product, _money(asked.value), present=asked.present)


def _money(text: str) -> Money | None:
    amount, _, currency = text.partition(" ")
    if not text:
        return None
    try:
        return Money(amount=Decimal(amount), currency=currency.strip().upper())
    except ArithmeticError as error:
        raise UsageError(f"{text!r} is no value.", hint='Say an amount and a currency: "40000 EUR".') from error


@app.command()
def train(
    until: Annotated[str, typer.Option(help="Learn from deals opened until this day (YYYY-MM-DD).")] = "",
    who: Who = MANAGER,
) -> None:
    """Learn from the closed opportunities of the PRM, calibrate on the latest, and keep the model."""

    async def work(liaison: Liaison) -> None:
        day = _day(until) if until else liaison.clock.now().date()
        register = await read_register(liaison.prm.prm, acting(who))
        model = learnt(register.past(before=day))
        path = cosell_file.save(liaison.settings.data, model)
        rows = [
            (name, w.first, w.last, w.deals)
            for name, w in (("learnt", model.trained), ("calibrated", model.calibrated))
        ]
        table(f"Model in {path}", ("", "from", "to", "deals"), rows)

    run(work)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day.", hint="Write it as 2026-05-31.") from error


@app.command()
def recommend(  # noqa: PLR0917 - the options of a command
    deal: Deal = "",
    account: AccountId = "",
    customer: CustomerName = "",
    product: Product = "",
    country: Country = "",
    industry: Industry = "",
    value: Value = "",
    present: Present = None,
    count: Count = 10,
    newer: Newer = 1,
    uncertified: Uncertified = False,
    open_deals: OpenDeals = 0,
    language: Language = "en",
    who: Who = MANAGER,
    as_json: AsJson = False,
) -> None:
    """Eligible partners for a deal, an account, or a described need: ranked, with chances, reasons and exclusions."""
    asked = Asked(deal, account, customer, product, country, industry, value, tuple(present or ()))
    policy = Policy(certified=not uncertified, open_deals=open_deals)

    async def work(liaison: Liaison) -> Recommendation:
        desk = await _desk(liaison, asked, who=who, policy=policy)
        return await desk.recommender.recommend(desk.need, certificates=desk.certificates, limit=count, newer=newer)

    found = run(work)
    if not show(found, as_json=as_json):
        print_ranking(found, language)


@app.command()
def explain(  # noqa: PLR0917 - the options of a command
    partner_id: Annotated[str, typer.Argument(help="The partner that is asked about.")],
    deal: Deal = "",
    account: AccountId = "",
    customer: CustomerName = "",
    product: Product = "",
    country: Country = "",
    industry: Industry = "",
    value: Value = "",
    present: Present = None,
    uncertified: Uncertified = False,
    open_deals: OpenDeals = 0,
    language: Language = "en",
    who: Who = MANAGER,
    as_json: AsJson = False,
) -> None:
    """Why a partner stands where it does for a deal, or which rule excludes it."""
    asked = Asked(deal, account, customer, product, country, industry, value, tuple(present or ()))
    policy = Policy(certified=not uncertified, open_deals=open_deals)

    async def work(liaison: Liaison) -> Recommended | Exclusion:
        desk = await _desk(liaison, asked, who=who, policy=policy)
        return await desk.recommender.explain(desk.need, partner_id, certificates=desk.certificates)

    found = run(work)
    if show(found, as_json=as_json):
        return
    if isinstance(found, Exclusion):
        console.print(excluded(found, language), highlight=False, soft_wrap=True)
    else:
        print_partner(found, language)


@app.command()
def team(  # noqa: PLR0917 - the options of a command
    deal: Deal = "",
    account: AccountId = "",
    customer: CustomerName = "",
    product: Product = "",
    country: Country = "",
    industry: Industry = "",
    value: Value = "",
    present: Present = None,
    needs: Annotated[list[str] | None, typer.Option(help="A capability: product:X, industry:X, kind:X.")] = None,
    size: Annotated[int, typer.Option(help="Most partners on the team.", min=1, max=20)] = 3,
    rivals: Annotated[list[str] | None, typer.Option(help="Partners that never work together: a,b.")] = None,
    uncertified: Uncertified = False,
    open_deals: OpenDeals = 0,
    who: Who = MANAGER,
    as_json: AsJson = False,
) -> None:
    """The best team for a deal, the second best, and what each constraint costs."""
    asked = Asked(deal, account, customer, product, country, industry, value, tuple(present or ()))
    policy = Policy(certified=not uncertified, open_deals=open_deals)
    apart = [tuple(name.strip() for name in pair.split(",")) for pair in rivals or ()]

    async def work(liaison: Liaison) -> Proposal:
        desk = await _desk(liaison, asked, who=who, policy=policy)
        return await staffed(
            desk.recommender,
            desk.need,
            certificates=desk.certificates,
            wanted=tuple(needs or ()),
            size=size,
            rivals=apart,
        )

    found = run(work)
    if not show(found, as_json=as_json):
        print_team(found)


@app.command()
def exposure(
    account: AccountId = "",
    product: Product = "",
    country: Country = "",
    count: Count = 10,
    who: Who = MANAGER,
) -> None:
    """What the places kept for newer partners cost and bring, for one need: none, one, two."""

    async def work(liaison: Liaison) -> list[Recommendation]:
        asked = Asked(account=account, product=product, country=country)
        desk = await _desk(liaison, asked, who=who, policy=Policy())
        recommender, need = desk.recommender, desk.need
        return [
            await recommender.recommend(need, certificates=desk.certificates, limit=count, newer=slots)
            for slots in range(3)
        ]

    rows = [
        (slots, sum(item.deals < 5 for item in found.ranked), f"{sum(item.chance for item in found.ranked):.3f}")
        for slots, found in enumerate(run(work))
    ]
    table("Places for newer partners", ("places kept", "newer partners shown", "partners expected to engage"), rows)
