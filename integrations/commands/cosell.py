"""`liaison cosell`: who should work a deal, as a team, why, and how sure that is; for channel managers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from assistant.cosell.advice import Advice, advise
from assistant.cosell.card import ModelCard, card_of
from assistant.cosell.desk import ANYBODY, Asked, Case, Staffing
from assistant.cosell.eligibility import Policy
from assistant.cosell.keeping import EXPLORE, Exposing
from assistant.cosell.learning import learnt
from assistant.cosell.need import Described
from assistant.cosell.outcomes import ExposureReport, exposure_report
from assistant.cosell.recommend import Recommendation
from assistant.cosell.register import for_managers, read_register
from assistant.cosell.team import Proposal
from assistant.cosell.whynot import Explanation
from assistant.domain.accounts import Customer
from assistant.domain.money import Money
from assistant.errors import UsageError
from integrations import cosell_file
from integrations.bootstrap import Liaison
from integrations.commands.acting import MANAGER, AsJson, Who, acting, complain, console, run, show, table
from integrations.commands.cosell_card import markdown
from integrations.commands.cosell_overlap import app as overlap
from integrations.commands.cosell_print import (
    print_explanation,
    print_exposure,
    print_prices,
    print_ranking,
    print_team,
)
from integrations.coselling import desk_of
from integrations.surfaces.cosell.page import standalone

app = typer.Typer(no_args_is_help=True, help="Co-sell recommendations: who should work a deal, why, and as which team.")
app.add_typer(overlap, name="overlap")
Deal = Annotated[str, typer.Option(help="The id of a deal registration.")]
AccountId = Annotated[str, typer.Option("--account", help="The id of an account.")]
Product = Annotated[str, typer.Option(help="The product that is sold.")]
Country = Annotated[str, typer.Option(help="The customer's country, such as DE.")]
Industry = Annotated[str, typer.Option(help="The customer's industry.")]
CustomerName = Annotated[str, typer.Option("--customer", help="The customer's name; matched to the accounts.")]
Value = Annotated[str, typer.Option(help='The value, such as "40000 EUR".')]
Present = Annotated[list[str] | None, typer.Option("--with", help="A partner on the deal already; repeat for more.")]
Count = Annotated[int, typer.Option(help="How many partners to show.", min=1, max=200)]
Newer = Annotated[int | None, typer.Option(help="Places kept for partners with few deals; else one of ten.", min=0)]
Explore = Annotated[float, typer.Option(help="Share of lists in which the last such place is drawn.", min=0, max=1)]
Needs = Annotated[list[str] | None, typer.Option(help="A capability: product:X, industry:X, kind:X.")]
Size = Annotated[int, typer.Option(help="Most partners on the team.", min=1, max=20)]
Rivals = Annotated[list[str] | None, typer.Option(help="Partners that never work together: a,b.")]
Uncertified = Annotated[bool, typer.Option("--uncertified", help="Also partners without a valid certificate.")]
OpenDeals = Annotated[int, typer.Option(help="Most protected deals a partner may have; 0 means no limit.", min=0)]
Language = Annotated[str, typer.Option(help="Language of the reasons.")]


@dataclass(frozen=True, slots=True)
class Options:
    """Which need the options name, and which rules hold."""

    deal: str = ""
    account: str = ""
    customer: str = ""
    product: str = ""
    country: str = ""
    industry: str = ""
    value: str = ""
    present: tuple[str, ...] = ()
    policy: Policy = ANYBODY

    async def case(self, liaison: Liaison, who: str) -> Case:
        """The case of these options."""
        customer = Customer(name=self.customer, country=self.country.upper(), industry=self.industry)
        told = Described(customer, self.product, _money(self.value), present=self.present)
        asked = Asked(self.deal, self.account, told)
        return await desk_of(liaison).case(asked, requester=acting(who), policy=self.policy)


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
        past = register.past(before=day)
        model = learnt(past)
        path = cosell_file.save(liaison.settings.data, model)
        cosell_file.save_card(liaison.settings.data, card_of(past, model))
        rows = [
            (name, w.first, w.last, w.deals)
            for name, w in (("learnt", model.trained), ("calibrated", model.calibrated))
        ]
        table(f"Model in {path}", ("", "from", "to", "deals"), rows)
        console.print("How well it does: liaison cosell card", highlight=False)

    run(work)


@app.command()
def card(as_json: AsJson = False) -> None:
    """The model card: its data, how well it does in each situation, whether its probabilities hold, its limits."""

    async def work(liaison: Liaison) -> ModelCard:
        return cosell_file.load_card(liaison.settings.data)

    found = run(work)
    if not show(found, as_json=as_json):
        console.print(markdown(found), highlight=False, soft_wrap=True, markup=False)


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
    newer: Newer = None,
    explore: Explore = EXPLORE,
    uncertified: Uncertified = False,
    open_deals: OpenDeals = 0,
    language: Language = "en",
    who: Who = MANAGER,
    as_json: AsJson = False,
) -> None:
    """Eligible partners for a deal, an account, or a described need: ranked, with chances, reasons and exclusions."""
    policy = Policy(certified=not uncertified, open_deals=open_deals)
    options = Options(deal, account, customer, product, country, industry, value, tuple(present or ()), policy)

    async def work(liaison: Liaison) -> tuple[Case, Recommendation]:
        case = await options.case(liaison, who)
        return case, await case.recommend(limit=count, exposing=Exposing(newer, explore))

    case, found = run(work)
    if not show(found, as_json=as_json):
        print_ranking(found, case.recommender.register.partners, language)


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
    """Why a partner stands where it does for a deal, beside the first one, or which rule excludes it."""
    policy = Policy(certified=not uncertified, open_deals=open_deals)
    options = Options(deal, account, customer, product, country, industry, value, tuple(present or ()), policy)

    async def work(liaison: Liaison) -> Explanation:
        return await (await options.case(liaison, who)).explain(partner_id)

    found = run(work)
    if not show(found, as_json=as_json):
        print_explanation(found, language)


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
    needs: Needs = None,
    size: Size = 3,
    rivals: Rivals = None,
    uncertified: Uncertified = False,
    open_deals: OpenDeals = 0,
    who: Who = MANAGER,
    as_json: AsJson = False,
) -> None:
    """The best team for a deal, the second best, and what each constraint costs."""
    policy = Policy(certified=not uncertified, open_deals=open_deals)
    options = Options(deal, account, customer, product, country, industry, value, tuple(present or ()), policy)

    async def work(liaison: Liaison) -> Proposal:
        return await (await options.case(liaison, who)).team(_staffing(needs, size, rivals))

    found = run(work)
    if not show(found, as_json=as_json):
        print_team(found)


@app.command()
def page(  # noqa: PLR0917 - the options of a command
    out: Annotated[Path, typer.Option(help="The HTML file to write.")],
    deal: Deal = "",
    account: AccountId = "",
    customer: CustomerName = "",
    product: Product = "",
    country: Country = "",
    industry: Industry = "",
    value: Value = "",
    present: Present = None,
    why: Annotated[list[str] | None, typer.Option(help="A partner to answer “why not?” for; repeat.")] = None,
    needs: Needs = None,
    size: Size = 3,
    rivals: Rivals = None,
    count: Count = 10,
    language: Language = "en",
    who: Who = MANAGER,
) -> None:
    """One HTML file with the ranking, what each reason adds, the team and what it covers; it loads nothing."""
    options = Options(deal, account, customer, product, country, industry, value, tuple(present or ()))

    async def work(liaison: Liaison) -> Advice:
        case = await options.case(liaison, who)
        return await advise(case, limit=count, why=tuple(why or ()), team=_staffing(needs, size, rivals))

    made = standalone(run(work), language)
    try:
        out.write_text(made, encoding="utf-8")
    except OSError as error:
        complain(UsageError(f"{out} cannot be written: {error.strerror}.", hint="Name a file in a folder that exists."))
        raise typer.Exit(2) from error
    console.print(f"Written: {out}", highlight=False, soft_wrap=True)


def _staffing(needs: list[str] | None, size: int, rivals: list[str] | None) -> Staffing:
    apart = tuple(tuple(name.strip() for name in group.split(",")) for group in rivals or ())
    return Staffing(tuple(needs or ()), size, apart)


@app.command()
def exposure(  # noqa: PLR0917 - the options of a command
    account: AccountId = "",
    product: Product = "",
    country: Country = "",
    count: Count = 10,
    forget: Annotated[str, typer.Option(help="Erase what was shown to this person, such as channel_manager:jo.")] = "",
    who: Who = MANAGER,
    as_json: AsJson = False,
) -> None:
    """Who was recommended how often and what came of it; for a need, what places kept for newer partners cost."""

    async def work(liaison: Liaison) -> tuple[ExposureReport, list[Recommendation]]:
        requester, prm, log = acting(who), liaison.prm.prm, liaison.exposures
        if forget:
            for_managers(requester)
            gone = await log.forget(requester.tenant, who=forget)
            console.print(f"{gone} recommendations erased.", highlight=False)
        tried = []
        if account or product or country:
            case = await Options(account=account, product=product, country=country).case(liaison, who)
            tried = [await case.preview(limit=count, exposing=Exposing(places, 0.0)) for places in range(3)]
        return await exposure_report(prm, log, requester=requester, now=liaison.clock.now()), tried

    report, tried = run(work)
    if not show(report, as_json=as_json):
        print_prices(tried)
        print_exposure(report)
