"""The deal form: flat fields a model fills in, to a draft or a change, each value with its origin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import regex
from pydantic import Field

from assistant.deals.identity import registrable_domain
from assistant.domain.accounts import Contact, Customer, countries
from assistant.domain.approvals import Source, fingerprint
from assistant.domain.deals import DealChange, DealDraft, DealKind, DealSource, LostReason, Period, SalesStage
from assistant.domain.deals_validation import SHORTEST_PROBLEM
from assistant.domain.money import Money
from assistant.errors import InvalidRecord, Problem
from assistant.tools.origin import Origin, country_names, currency_names, foreign_addresses, origin_of, unsaid
from assistant.tools.tool import Inputs, ToolCall, Words

REQUIRED = (
    "customer_name",
    "customer_country",
    "product",
    "amount",
    "currency",
    "close_date",
    "contact_email",
    "problem",
)
NEVER_MADE_UP = frozenset(
    {
        "customer_name",
        "customer_country",
        "customer_website",
        "customer_duns",
        "customer_account_id",
        "product",
        "amount",
    }
    | {"currency", "close_date", "contact_email", "contact_phone", "contact_name"}
)
PLACES = {
    "customer_name": "customer.name",
    "customer_country": "customer.country",
    "customer_state": "customer.state",
    "customer_city": "customer.city",
    "customer_website": "customer.website",
    "customer_duns": "customer.duns",
    "customer_account_id": "customer.vendor_account_id",
    "customer_industry": "customer.industry",
    "amount": "value.amount",
    "currency": "value.currency",
    "close_date": "target_close",
    "contact_email": "contact.email",
    "contact_title": "contact.title",
    "contact_phone": "contact.phone",
}
WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
FEWEST_WIDE = 5  # characters of Han or Kana that can name a problem
CODED = {"kind", "period", "source", "stage", "lost_reason", "mdf_used"}


class DealFields(Inputs):
    """What can be told about a deal. A field nobody told stays empty: it is asked for, never guessed."""

    customer_name: str = Field("", max_length=120, description="End customer's company name as the requester wrote it.")
    customer_country: str = Field(
        "", max_length=2, description="Its country, ISO 3166-1 alpha-2, only if it was named."
    )
    customer_state: str = Field("", max_length=80, description="US state in full, for customers in the United States.")
    customer_city: str = Field("", max_length=120, description="Its city.")
    customer_website: str = Field("", max_length=255, description="Its website, only if it was stated.")
    customer_duns: str = Field("", max_length=9, description="Its DUNS number.")
    customer_account_id: str = Field("", max_length=40, description="Its account id with the vendor.")
    customer_industry: str = Field("", max_length=120, description="Its industry.")
    product: str = Field("", max_length=120, description="The vendor's product that is sold.")
    amount: Decimal | None = Field(None, gt=0, description="Expected value, a plain number such as 85000.")
    currency: str = Field("", max_length=3, description="ISO 4217 code, only if it was stated.")
    period: Period | None = Field(None, description="What the amount is paid per, only if it was stated.")
    close_date: date | None = Field(None, description="Expected day of signature, YYYY-MM-DD, only an exact day.")
    contact_email: str = Field(
        "", max_length=80, description="E-mail of the customer's contact, not the partner's own."
    )
    contact_name: str = Field("", max_length=160, description="Name of the customer's contact.")
    contact_title: str = Field("", max_length=80, description="Job title of the contact.")
    contact_phone: str = Field("", max_length=20, description="Phone of the contact, E.164.")
    problem: str = Field("", max_length=2000, description="What the customer needs to solve, in the requester's words.")
    title: str = Field("", max_length=255, description="A short title; made from product and customer if empty.")
    stage: SalesStage | None = Field(None, description="How far the sale is, only if it was stated.")
    kind: DealKind | None = Field(None, description="New business, expansion or renewal, only if it was stated.")
    source: DealSource | None = Field(None, description="Where the deal came from, only if it was stated.")
    campaign: str = Field("", max_length=255, description="The marketing campaign it came from.")
    mdf_used: bool | None = Field(None, description="Whether market development funds paid for that campaign.")
    competitor: str = Field("", max_length=120, description="Rival product or vendor.")
    next_steps: str = Field("", max_length=255, description="What happens next.")
    comments: str = Field("", max_length=255, description="Anything else the reviewer should know.")
    lost_reason: LostReason | None = Field(None, description="Why it was lost, with the stage closed_lost only.")

    @property
    def told(self) -> tuple[str, ...]:
        """The names of the fields that say something."""
        return tuple(name for name in DealFields.model_fields if getattr(self, name) not in {None, ""})


@dataclass(frozen=True, slots=True)
class Products:
    """The vendor's products by the code that its PRM uses; none means that any name is taken as it is."""

    codes: tuple[str, ...] = ()

    def code(self, said: str) -> str:
        """The code of a product as people name it ("Skerrow Keep" is "keep"). Raises InvalidRecord."""
        words = said.casefold().replace("-", " ").split()
        found = [code for code in self.codes if code.casefold() in words]
        if len(found) == 1 or not self.codes or not said:
            return found[0] if found else said
        message = f"{said!r} is no single product of the vendor; products: {', '.join(self.codes)}"
        raise InvalidRecord.of(Problem(field="product", code="unknown_product", message=message))


def missing(fields: DealFields, needed: tuple[str, ...] = REQUIRED) -> tuple[Problem, ...]:
    """A problem for each field that must be asked for."""
    told = set(fields.told)
    return tuple(Problem(name, "missing", "is missing; ask the requester") for name in needed if name not in told)


def draft_of(fields: DealFields, call: ToolCall, products: Products) -> DealDraft:
    """The draft of a complete form. Raises InvalidRecord that names everything to ask for."""
    product, said = products.code(fields.product), fields.customer_name
    reference = fingerprint([call.thread, call.now.date(), said, product, fields.amount, fields.close_date])
    change = replace(change_of(fields, products, _blank(fields)), problem=_whole_problem(fields))
    blank = DealDraft(
        partner_ref=f"chat-{reference[:12]}",
        title=f"{fields.product} – {said}"[:255],
        problem=fields.problem,
        customer=_blank(fields),
        product=product,
        value=Money(amount=fields.amount or Decimal(1), currency=fields.currency or "USD"),
        target_close=fields.close_date or call.now.date(),
    )
    return change.applied_to(blank)


def change_of(fields: DealFields, products: Products, customer: Customer, value: Money | None = None) -> DealChange:
    """The fields that were told as a change; `customer` and `value` are what the record says of them now."""
    told = set(fields.told)
    parts = {name: getattr(fields, name) for name in told if name.startswith("customer_")}
    names = {name: PLACES[name].partition(".")[2] for name in parts}
    edited = replace(customer, **{names[name]: part for name, part in parts.items()}) if parts else None
    comments = " ".join([fields.comments, *([f"Competitor: {fields.competitor}"] if fields.competitor else [])]).strip()
    return DealChange(
        title=fields.title or None,
        problem=fields.problem or None,
        customer=edited,
        product=products.code(fields.product) or None,
        value=_money(fields, value),
        target_close=fields.close_date,
        kind=fields.kind,
        period=fields.period,
        source=fields.source,
        stage=fields.stage,
        contact=_contact(fields)
        if told & {"contact_email", "contact_name", "contact_title", "contact_phone"}
        else None,
        next_steps=fields.next_steps or None,
        comments=comments or None,
        campaign=fields.campaign or None,
        mdf_used=fields.mdf_used,
        lost_reason=fields.lost_reason,
    )


def origins_of(fields: DealFields, words: Words) -> dict[str, Origin]:
    """Where each told field came from, by its place in a draft.

    Raises InvalidRecord for what a model made up, and for free text of its own that leads to an address nobody named.
    """
    found = {name: origin_of(getattr(fields, name), words, also=_spellings(fields, name)) for name in fields.told}
    problems = list(unsaid((name, origin) for name, origin in found.items() if name in NEVER_MADE_UP))
    for name, origin in found.items():
        if origin.source is Source.MODEL and name not in NEVER_MADE_UP:
            problems += foreign_addresses(name, str(getattr(fields, name)), words)
    if problems:
        raise InvalidRecord.of(*problems)
    origins = {PLACES.get(name, name): origin for name, origin in found.items()}
    if "competitor" in found:
        origins["comments"] = found["competitor"]
    for part in ("first_name", "last_name"):
        origins |= {f"contact.{part}": found["contact_name"]} if "contact_name" in found else {}
    if "customer_website" not in found and "contact_email" in found:
        origins["customer.website"] = Origin(Source.RULE, found["contact_email"].quote)
    return origins


def _spellings(fields: DealFields, name: str) -> Iterator[str]:
    value = str(getattr(fields, name))
    if name == "customer_country" and value in countries():
        yield from country_names(value)
    elif name == "currency":
        yield from currency_names(value)
    elif name in CODED:
        yield value.replace("_", " ")


def _blank(fields: DealFields) -> Customer:
    """The customer before its fields are filled in: nothing but the website that its people's e-mail address tells."""
    return Customer(name="", country="", website=registrable_domain(fields.contact_email.rpartition("@")[2]))


def _whole_problem(fields: DealFields) -> str:
    """The problem as told, beside customer and product where Han or Kana say in few characters what a form wants in 20.

    The 20 are those of vendors' own forms, and count characters in any script.
    """
    told = fields.problem.strip()
    if len(told) >= SHORTEST_PROBLEM or len(WIDE.findall(told)) < FEWEST_WIDE:
        return fields.problem
    return f"{fields.customer_name}（{fields.product}）：{told}"


def _money(fields: DealFields, now: Money | None) -> Money | None:
    amount, currency = fields.amount or (now and now.amount), fields.currency or (now and now.currency)
    if not amount or not currency or (fields.amount is None and not fields.currency):
        return None
    return Money(amount=amount, currency=currency)


def _contact(fields: DealFields) -> Contact:
    first, _, last = fields.contact_name.rpartition(" ")
    return Contact(fields.contact_email.lower(), first, last, fields.contact_title, fields.contact_phone)
