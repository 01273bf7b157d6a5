"""What Partner Central asks of an opportunity beyond its model.

Fields depend on other fields, on the day, or on what the partner owns. Each rule is one function; `flaws_of` runs them
all and names every field that is off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.domain.partners import Partner, PartnerKind
from assistant.errors import Problem
from integrations.prm.aws_wire.model import documented
from integrations.prm.aws_wire.postal import postal_flaw
from integrations.prm.aws_wire.strict import ENUM, FEW, FORMAT, MANY, MISSING, RANGE, VALUE
from integrations.prm.aws_wire.translation import ACCOUNT, ADDRESS, MARKETED, Document, read

# Members whose values Amazon lists in their description only; its service refuses others all the same.
LISTED = (("Project", "CustomerUseCase"), ("Project", "ApnPrograms"), ("Marketing", "UseCases"))
DIGITS = re.compile(r"[0-9]{12}")
CAMPAIGN = ("Marketing.AwsFundingUsed", "Marketing.CampaignName", "Marketing.Channels", "Marketing.UseCases")
REVENUE = ("DeliveryModel", "Value", "EffectiveDate", "ExpirationDate")
PROGRAMS = frozenset({"ISV Accelerate", "SaaS Revenue Recognition"})
ALWAYS = (
    f"{ACCOUNT}Industry",
    f"{ADDRESS}CountryCode",
    "LifeCycle.TargetCloseDate",
    "Project.Title",
    "Project.CustomerBusinessProblem",
    "Project.CustomerUseCase",
    "Project.DeliveryModels",
    "Project.SalesActivities",
    "Project.ExpectedCustomerSpend",
    "Marketing.Source",
)
CLOSED = {"Launched", "Closed Lost"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at: the opportunity as it would be, as it was (empty for a new one), the day, and who asks.

    `own` says whether an opportunity id is the caller's; `marketplace` whether an offer of the marketplace is linked.
    """

    document: Document
    today: date
    before: Document | None = None
    partner: Partner | None = None
    own: Callable[[str], bool] = lambda _id: True
    marketplace: bool = False
    involvement: str = ""

    def get(self, path: str) -> str:
        """A text field; empty when it is not there."""
        value = read(self.document, path)
        return value if isinstance(value, str) else ""

    @property
    def secret(self) -> bool:
        """Whether this is about national security, which hides the customer."""
        return self.document.get("NationalSecurity") == "Yes"

    def changed(self, path: str) -> bool:
        """Whether a field is new or has another value than before."""
        return self.before is None or read(self.before, path) != read(self.document, path)


def flaws_of(facts: Facts) -> tuple[Problem, ...]:
    """Every rule that does not hold."""
    return tuple(problem for rule in RULES for problem in rule(facts))


def submission_flaws(facts: Facts, *, solutions: int) -> tuple[Problem, ...]:
    """What is missing for a review; `solutions` is how many are associated."""
    problems = []
    if not solutions and not facts.get("Project.OtherSolutionDescription"):
        message = "associate a solution, or describe another one here"
        problems.append(Problem("Project.OtherSolutionDescription", MISSING, message))
    if facts.involvement == "Co-Sell" and not facts.document.get("PrimaryNeedsFromAws"):
        problems.append(Problem("PrimaryNeedsFromAws", FEW, "say what you need for a co-sell"))
    if facts.get("LifeCycle.Stage") == "Closed Lost":
        problems.append(Problem("LifeCycle.Stage", VALUE, "an opportunity that is lost cannot be submitted"))
    return tuple(problems)


def _mandatory(facts: Facts) -> Iterator[Problem]:
    for path in ALWAYS:
        if not read(facts.document, path):
            yield Problem(path, MISSING, "is required")
    for name in ("CompanyName", "WebsiteUrl"):
        if not facts.secret and not facts.get(f"{ACCOUNT}{name}"):
            yield Problem(f"{ACCOUNT}{name}", MISSING, "is required unless national security is concerned")


def _industry(facts: Facts) -> Iterator[Problem]:
    if facts.get(f"{ACCOUNT}Industry") == "Other" and not facts.get(f"{ACCOUNT}OtherIndustry"):
        yield Problem(f"{ACCOUNT}OtherIndustry", MISSING, "is required when the industry is Other")
    if facts.secret and facts.get(f"{ACCOUNT}Industry") != "Government":
        yield Problem("NationalSecurity", VALUE, "may be Yes only when the industry is Government")


def _listed(facts: Facts) -> Iterator[Problem]:
    for part, name in LISTED:
        said = read(facts.document, f"{part}.{name}") or []
        for value in [said] if isinstance(said, str) else said:
            if value not in documented(part, name):
                shown = ", ".join(sorted(documented(part, name))[:12])
                yield Problem(f"{part}.{name}", ENUM, f"{value!r} is none of {shown} …")


def _address(facts: Facts) -> Iterator[Problem]:
    country, state = facts.get(f"{ADDRESS}CountryCode"), facts.get(f"{ADDRESS}StateOrRegion")
    if country == "US" and not state and not facts.secret:
        yield Problem(f"{ADDRESS}StateOrRegion", MISSING, "is required in the United States")
    if country == "US" and state and state not in documented("Address", "StateOrRegion"):
        yield Problem(f"{ADDRESS}StateOrRegion", ENUM, f"{state!r} is no state's full name, such as Ohio")
    flaw = postal_flaw(country, facts.get(f"{ADDRESS}PostalCode")) if country else ""
    if flaw and not (facts.secret and flaw == "is required"):
        yield Problem(f"{ADDRESS}PostalCode", MISSING if flaw == "is required" else FORMAT, flaw)


def _numbers(facts: Facts) -> Iterator[Problem]:
    account = facts.get(f"{ACCOUNT}AwsAccountId")
    if account and not DIGITS.fullmatch(account):
        yield Problem(f"{ACCOUNT}AwsAccountId", FORMAT, "must have twelve digits")


def _close(facts: Facts) -> Iterator[Problem]:
    day, path = facts.get("LifeCycle.TargetCloseDate"), "LifeCycle.TargetCloseDate"
    try:
        close = date.fromisoformat(day) if day else None
    except ValueError:
        yield Problem(path, FORMAT, f"{day} is no day of the calendar")
        return
    if close and close < facts.today and facts.changed(path) and facts.get("LifeCycle.Stage") not in CLOSED:
        yield Problem(path, VALUE, f"{day} is past; today is {facts.today}")


def _spend(facts: Facts) -> Iterator[Problem]:
    spends = read(facts.document, "Project.ExpectedCustomerSpend") or []
    duration = read(facts.document, "Project.ExpectedContractDuration")
    sovereign = facts.get("Project.AwsPartition") == "aws-eusc"
    for number, spend in enumerate(spends):
        place = f"Project.ExpectedCustomerSpend[{number}]"
        amount = spend.get("Amount") or ""
        if amount and Decimal(amount) <= 0:
            yield Problem(f"{place}.Amount", RANGE, "must be above zero")
        if not amount and not spend.get("EstimationUrl"):
            yield Problem(f"{place}.Amount", MISSING, "give the amount or the address of an estimate")
        currencies = {"EUR"} if sovereign else {"USD", "EUR"}
        if spend.get("CurrencyCode") not in currencies:
            yield Problem(f"{place}.CurrencyCode", ENUM, f"must be {' or '.join(sorted(currencies))} here")
        if duration and spend.get("TargetCompany") not in {"AWS", "Self"}:
            yield Problem(f"{place}.TargetCompany", ENUM, "must be AWS or Self when the contract's duration is given")
    if len({spend.get("TargetCompany") for spend in spends}) < len(spends):
        yield Problem("Project.ExpectedCustomerSpend", MANY, "has two entries for the same company")


def _marketing(facts: Facts) -> Iterator[Problem]:
    source = facts.get("Marketing.Source")
    if source == MARKETED and not facts.get("Marketing.AwsFundingUsed"):
        yield Problem("Marketing.AwsFundingUsed", MISSING, "say Yes or No when the source is a marketing activity")
    if source == "None":
        for path in CAMPAIGN:
            if read(facts.document, path):
                yield Problem(path, VALUE, "must be empty unless the source is a marketing activity")


def _project(facts: Facts) -> Iterator[Problem]:
    rival, others = facts.get("Project.CompetitorName"), facts.get("Project.OtherCompetitorNames")
    if rival == "*Other" and not others:
        yield Problem("Project.OtherCompetitorNames", MISSING, "is required when the competitor is *Other")
    if others and rival != "*Other":
        yield Problem("Project.OtherCompetitorNames", VALUE, "is allowed only when the competitor is *Other")
    parent = facts.get("Project.RelatedOpportunityIdentifier")
    if facts.get("OpportunityType") == "Flat Renewal" and not parent:
        yield Problem("Project.RelatedOpportunityIdentifier", MISSING, "is required for a flat renewal")
    if parent and not facts.own(parent):
        yield Problem("Project.RelatedOpportunityIdentifier", VALUE, f"{parent} is no opportunity of yours")


def _lost(facts: Facts) -> Iterator[Problem]:
    lost, reason = facts.get("LifeCycle.Stage") == "Closed Lost", facts.get("LifeCycle.ClosedLostReason")
    if lost and not reason:
        yield Problem("LifeCycle.ClosedLostReason", MISSING, "is required when the stage is Closed Lost")
    if reason and not lost:
        yield Problem("LifeCycle.ClosedLostReason", VALUE, "is allowed only when the stage is Closed Lost")


def _launch(facts: Facts) -> Iterator[Problem]:
    launched = facts.get("LifeCycle.Stage") == "Launched" and facts.changed("LifeCycle.Stage")
    if not launched or facts.partner is None or facts.before is None:
        return
    if facts.partner.kind is not PartnerKind.SOFTWARE and not facts.get(f"{ACCOUNT}AwsAccountId"):
        yield Problem(f"{ACCOUNT}AwsAccountId", MISSING, "is required before a services partner launches")
    hosted = "SaaS or PaaS" in (read(facts.document, "Project.DeliveryModels") or ())
    enrolled = PROGRAMS & set(facts.partner.specialisations)
    if enrolled and hosted and facts.involvement == "Co-Sell" and not facts.marketplace:
        for name in REVENUE:
            if not read(facts.document, f"SoftwareRevenue.{name}"):
                yield Problem(f"SoftwareRevenue.{name}", MISSING, f"is required to launch under {min(enrolled)}")


def _revenue(facts: Facts) -> Iterator[Problem]:
    start, end = facts.get("SoftwareRevenue.EffectiveDate"), facts.get("SoftwareRevenue.ExpirationDate")
    if start and end and end < start:
        yield Problem("SoftwareRevenue.ExpirationDate", VALUE, f"is before the contract starts, {start}")


RULES: tuple[Callable[[Facts], Iterator[Problem]], ...] = (
    _mandatory,
    _industry,
    _listed,
    _address,
    _numbers,
    _close,
    _spend,
    _marketing,
    _project,
    _lost,
    _launch,
    _revenue,
)
