"""Rules of engagement as data: what a book of rules may say, and which version is in force on a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.domain.deals import DealSource
from assistant.domain.deals_check import Likeness, Verdict
from assistant.domain.deals_lifecycle import Periods
from assistant.domain.partners import MembershipStatus
from assistant.errors import SettingsError

SHIPPED = Path(__file__).with_name("rules_of_engagement.yaml")
WEEKEND = (5, 6)


class Closed(BaseModel):
    """A part of a rule book: unknown keys are an error, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(Closed):
    """What every rule has: an id that decisions name, and what it says when it does not hold."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    verdict: Verdict


class Membership(Rule):
    """The partner's membership is in one of these statuses and at least of this tier."""

    kind: Literal["membership"]
    statuses: tuple[MembershipStatus, ...]
    minimum_tier: str


class SalesCountry(Rule):
    """The partner may sell in the customer's country."""

    kind: Literal["sales_country"]


class Currency(Rule):
    """The value is in one of these currencies."""

    kind: Literal["currency"]
    currencies: tuple[str, ...]


class MinimumValue(Rule):
    """The value is at least the amount for its currency."""

    kind: Literal["minimum_value"]
    amounts: dict[str, Decimal]


class AboveValue(Rule):
    """The value is not above the amount for its currency."""

    kind: Literal["above_value"]
    amounts: dict[str, Decimal]


class Source(Rule):
    """The deal does not come from one of these sources."""

    kind: Literal["source"]
    sources: tuple[DealSource, ...]


class NamedAccount(Rule):
    """The customer is not an account the vendor keeps for itself."""

    kind: Literal["named_account"]


class DirectEngagement(Rule):
    """The vendor's own sales did not talk with the customer in the last `days` days."""

    kind: Literal["direct_engagement"]
    days: int = Field(gt=0)


class ConflictRule(Rule):
    """No other engagement with the same customer that is as alike as listed, of the same product, protected."""

    kind: Literal["conflict"]
    likeness: tuple[Likeness, ...]
    same_product: bool
    protected: bool


class Identified(Rule):
    """The customer has a web domain, DUNS number or vendor account id."""

    kind: Literal["identified"]


class CertificationRule(Rule):
    """Somebody at the partner holds the valid certificate that the product asks for."""

    kind: Literal["certification"]
    products: dict[str, str]


class CertifiedLevel(Rule):
    """Somebody at the partner holds a valid certificate of this level for the product."""

    kind: Literal["certified_level"]
    level: str


class Capacity(Rule):
    """The partner has fewer open registrations than its tier allows."""

    kind: Literal["capacity"]


class CloseWindow(Rule):
    """The deal is expected to close within `days` days."""

    kind: Literal["close_window"]
    days: int = Field(gt=0)


class TerritoryRule(Rule):
    """The partner belongs to the territory that decides for the customer's country and product."""

    kind: Literal["territory"]


class PartnerCount(Rule):
    """No more than `most` partners take part."""

    kind: Literal["partner_count"]
    most: int = Field(ge=1)


class Consumption(Rule):
    """The customer does not pay by use."""

    kind: Literal["consumption"]


AnyRule = Annotated[
    Membership
    | SalesCountry
    | Currency
    | MinimumValue
    | AboveValue
    | Source
    | NamedAccount
    | DirectEngagement
    | ConflictRule
    | Identified
    | CertificationRule
    | CertifiedLevel
    | Capacity
    | CloseWindow
    | TerritoryRule
    | PartnerCount
    | Consumption,
    Field(discriminator="kind"),
]


class Durations(Closed):
    """How long things last, in days, and how often they may be repeated."""

    protection_days: int = Field(gt=0)
    extension_days: int = Field(gt=0)
    extensions: int = Field(ge=0)
    answer_days: int = Field(gt=0)
    appeal_days: int = Field(gt=0)
    appeals: int = Field(ge=0)
    activity_days: int = Field(ge=0)
    invitation_days: int = Field(gt=0)
    decision_business_days: int = Field(gt=0)

    @property
    def periods(self) -> Periods:
        """The durations the lifecycle works with."""
        return Periods(
            protection=timedelta(days=self.protection_days),
            extension=timedelta(days=self.extension_days),
            answer=timedelta(days=self.answer_days),
            appeal=timedelta(days=self.appeal_days),
            activity=timedelta(days=self.activity_days),
            extensions=self.extensions,
            appeals=self.appeals,
        )

    def decision_due(self, submitted: datetime) -> datetime:
        """When a decision is promised: business days are Monday to Friday."""
        due, left = submitted, self.decision_business_days
        while left:
            due += timedelta(days=1)
            left -= due.weekday() not in WEEKEND
        return due


class RuleBook(Closed):
    """One version of the rules. With `follows` it changes and adds to the rules of that version."""

    id: str
    version: str
    effective_from: date
    follows: str = ""
    periods: Durations
    rules: tuple[AnyRule, ...]

    @property
    def name(self) -> str:
        """How decisions name it."""
        return f"{self.id}@{self.version}"


class RuleBooks(Closed):
    """All versions; the newest that has started is in force."""

    books: tuple[RuleBook, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> RuleBooks:
        whole: dict[str, RuleBook] = {}
        for book in self.books:
            if book.version in whole:
                raise ValueError(f"version {book.version} stands there twice")
            if book.follows and book.follows not in whole:
                raise ValueError(f"version {book.version} follows {book.follows}, which is not above it")
            inherited = {rule.id: rule for rule in whole[book.follows].rules} if book.follows else {}
            rules = tuple((inherited | {rule.id: rule for rule in book.rules}).values())
            whole[book.version] = book.model_copy(update={"rules": rules})
        object.__setattr__(self, "books", tuple(whole.values()))
        return self

    def on(self, day: date) -> RuleBook:
        """The version in force on this day; the first one for days before it."""
        started = [book for book in self.books if book.effective_from <= day]
        return max(started, key=lambda book: book.effective_from) if started else self.books[0]

    def named(self, name: str) -> RuleBook:
        """The version a decision names; raises SettingsError when it is no longer in the file."""
        for book in self.books:
            if book.name == name:
                return book
        raise SettingsError(
            f"The rules {name} are not in the rule file.",
            hint="Never remove a version that decided a deal.",
        )


def read_rules(path: Path = SHIPPED) -> RuleBooks:
    """The rule books of a YAML file; raises SettingsError that says which rule is off."""
    try:
        return _told(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SettingsError(
            f"The rules of engagement in {path} cannot be read: {error}",
            hint="See docs/prm.md for what a rule may say.",
        ) from error


@lru_cache(maxsize=8)
def _told(text: str) -> RuleBooks:
    """The rule books in a text; the same ones for the same text, since reading takes longer than opening a database."""
    return RuleBooks.model_validate(yaml.safe_load(text))
