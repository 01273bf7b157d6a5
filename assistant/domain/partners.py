"""Partners and what their programme says about them: memberships, tiers, certifications, territories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from assistant.domain.accounts import Contact
from assistant.domain.money import Money


class PartnerKind(StrEnum):
    """How a partner sells."""

    RESELLER = "reseller"
    INTEGRATOR = "integrator"
    MANAGED_SERVICE = "managed_service"
    SOFTWARE = "software"
    DISTRIBUTOR = "distributor"
    REFERRAL = "referral"
    CONSULTING = "consulting"


class MembershipStatus(StrEnum):
    """Where a partner stands in the programme."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a tier asks for: at least `minimum` of `measure`.

    Measures are "bookings" and "won_deals" of the last twelve months, "products" with a valid certificate,
    "specialisations", and "certified:LEVEL", the valid certificates of a level.
    """

    measure: str
    minimum: int
    label: str


@dataclass(frozen=True, slots=True)
class Tier:
    """A rung of a programme; rank 1 is the lowest."""

    name: str
    rank: int
    requirements: tuple[Requirement, ...] = ()
    benefits: tuple[str, ...] = ()
    open_deals: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is worth in the programme's currency, fixed for the programme year."""

    currency: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Program:
    """A partner programme with its tiers, the currency it counts bookings in, and its exchange rates."""

    id: str
    name: str
    tiers: tuple[Tier, ...]
    currency: str = "USD"
    rates: tuple[Rate, ...] = ()

    def counted(self, value: Money) -> Decimal:
        """The value in the programme's currency; 0 for a currency without a rate."""
        if value.currency == self.currency:
            return value.amount
        return next((value.amount * rate.value for rate in self.rates if rate.currency == value.currency), Decimal(0))


@dataclass(frozen=True, slots=True)
class ExternalId:
    """What another system calls the same record."""

    system: str
    id: str


@dataclass(frozen=True, slots=True)
class Partner:
    """A company that sells with the vendor. `countries` are ISO 3166-1 alpha-2 codes where it may sell.

    A `listed` partner appears with its public profile in the partner directory; `contacts` never do.
    """

    id: str
    legal_name: str
    display_name: str
    kind: PartnerKind
    country: str
    countries: frozenset[str]
    program_id: str
    tier: str
    status: MembershipStatus
    since: date
    website: str = ""
    locales: tuple[str, ...] = ("en",)
    industries: tuple[str, ...] = ()
    specialisations: tuple[str, ...] = ()
    employees: int = 0
    contacts: tuple[Contact, ...] = ()
    external_ids: tuple[ExternalId, ...] = ()
    listed: bool = True
    version: str = ""

    @property
    def profile(self) -> Partner:
        """What the public directory shows."""
        return Partner(
            id=self.id,
            legal_name=self.display_name,
            display_name=self.display_name,
            kind=self.kind,
            country=self.country,
            countries=self.countries,
            program_id=self.program_id,
            tier=self.tier,
            status=self.status,
            since=self.since,
            website=self.website,
            locales=self.locales,
            industries=self.industries,
            specialisations=self.specialisations,
        )


@dataclass(frozen=True, slots=True)
class Certification:
    """A certificate a person at a partner holds; it counts until the end of the day `expires`.

    `level` groups certificates that tiers count together, such as "sales_associate".
    """

    id: str
    partner_id: str
    name: str
    product: str
    holder: str
    issued: date
    expires: date
    level: str = ""

    def valid_on(self, day: date) -> bool:
        """Whether it counts on this day."""
        return self.issued <= day <= self.expires


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of tier progress: what the partner has and what the next tier asks for."""

    requirement: Requirement
    have: int

    @property
    def missing(self) -> int:
        """How much is missing; 0 when it is met."""
        return max(0, self.requirement.minimum - self.have)


@dataclass(frozen=True, slots=True)
class TierProgress:
    """Where a partner stands on the way to the next tier; `next_tier` is empty at the top."""

    partner_id: str
    tier: str
    next_tier: str
    measures: tuple[Measure, ...]

    @property
    def qualifies(self) -> bool:
        """Whether every requirement of the next tier is met."""
        return bool(self.next_tier) and all(measure.missing == 0 for measure in self.measures)


@dataclass(frozen=True, slots=True)
class Territory:
    """A rule that says who is responsible: `market` is a country or "*", `solution` a product or "*"."""

    id: str
    market: str
    solution: str
    owner: str
    partner_ids: frozenset[str] = frozenset()


def territory_of(territories: tuple[Territory, ...], *, market: str, solution: str) -> Territory | None:
    """The rule that decides: exact, else the solution in all markets, else the market for all solutions, else default.

    The precedence is the one Microsoft Partner Center documents for routing rules.
    """
    by_place = {(rule.market, rule.solution.casefold()): rule for rule in territories}
    wanted = solution.strip().casefold()
    for place in ((market, wanted), ("*", wanted), (market, "*"), ("*", "*")):
        if place in by_place:
            return by_place[place]
    return None
