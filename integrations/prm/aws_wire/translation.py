"""A deal in Liaison's words and an opportunity in Partner Central's, one line per field, both ways.

Partner Central has no word for a tender or a vendor's lead as source, a value that is not monthly, several selling
partners or consumption pricing: such a draft is refused rather than bent. What only Partner Central knows stays in
its document.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from assistant.domain.accounts import NOBODY, Contact, Customer
from assistant.domain.deals import DealChange, DealDraft, DealKind, DealSource, LostReason, Period, SalesStage
from assistant.domain.money import Money
from assistant.errors import InvalidRecord, Problem
from integrations.prm.aws_wire.model import allowed

Document = dict[str, Any]
STAGES = dict(zip(SalesStage, ("Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed",
                               "Launched", "Closed Lost"), strict=True))  # fmt: skip
KINDS = {DealKind.NEW: "Net New Business", DealKind.EXPANSION: "Expansion", DealKind.RENEWAL: "Flat Renewal"}
LOST = {
    LostReason.PRICE: "Price",
    LostReason.PRODUCT_GAP: "Technical Limitations",
    LostReason.COMPETITOR: "Lost to Competitor - Other",
    LostReason.NO_BUDGET: "Financial/Commercial",
    LostReason.NO_DECISION: "No Opportunity",
    LostReason.TIMING: "Delay / Cancellation of Project",
    LostReason.CUSTOMER_UNRESPONSIVE: "People/Relationship/Governance",
    LostReason.OTHER: "Other",
}
NEAREST = {
    "Customer Deficiency": LostReason.NO_BUDGET,
    "On Premises Deployment": LostReason.PRODUCT_GAP,
    "Partner Gap": LostReason.PRODUCT_GAP,
    "Product/Technology": LostReason.PRODUCT_GAP,
    "Security / Compliance": LostReason.PRODUCT_GAP,
}
MARKETED = "Marketing Activity"
ACCOUNT, ADDRESS, SPEND = "Customer.Account.", "Customer.Account.Address.", "Project.ExpectedCustomerSpend[0]."
CUSTOMER = {
    "name": f"{ACCOUNT}CompanyName",
    "website": f"{ACCOUNT}WebsiteUrl",
    "duns": f"{ACCOUNT}Duns",
    "vendor_account_id": f"{ACCOUNT}AwsAccountId",
    "country": f"{ADDRESS}CountryCode",
    "state": f"{ADDRESS}StateOrRegion",
    "city": f"{ADDRESS}City",
    "postal_code": f"{ADDRESS}PostalCode",
    "street": f"{ADDRESS}StreetAddress",
}
TEXTS = {
    "partner_ref": "PartnerOpportunityIdentifier",
    "title": "Project.Title",
    "problem": "Project.CustomerBusinessProblem",
    "next_steps": "LifeCycle.NextSteps",
    "comments": "Project.AdditionalComments",
    "campaign": "Marketing.CampaignName",
    "use_case": "Project.CustomerUseCase",
}
PERSON = {"email": "Email", "first_name": "FirstName", "last_name": "LastName", "title": "BusinessTitle",
          "phone": "Phone"}  # fmt: skip
NAMES = {
    **TEXTS,
    **{f"customer.{name}": path for name, path in CUSTOMER.items()},
    "customer.industry": f"{ACCOUNT}Industry",
    "customer": "Customer.Account",
    "product": "Project.OtherSolutionDescription",
    "value.amount": f"{SPEND}Amount",
    "value.currency": f"{SPEND}CurrencyCode",
    "value": "Project.ExpectedCustomerSpend",
    "target_close": "LifeCycle.TargetCloseDate",
    "kind": "OpportunityType",
    "source": "Marketing.Source",
    "stage": "LifeCycle.Stage",
    "lost_reason": "LifeCycle.ClosedLostReason",
    "needs": "PrimaryNeedsFromAws",
    "delivery": "Project.DeliveryModels",
    "mdf_used": "Marketing.AwsFundingUsed",
    "activities": "Project.SalesActivities",
    **{f"contact.{name}": f"Customer.Contacts[0].{path}" for name, path in PERSON.items()},
    "contact": "Customer.Contacts",
    "team": "OpportunityTeam",
}
OURS = {path: name for name, path in NAMES.items()} | {f"{ACCOUNT}OtherIndustry": "customer.industry"}
PLACE = re.compile(r"\[\d+]")


def aws_field(name: str) -> str:
    """Partner Central's name of a field of a deal; the name itself when it has none."""
    return NAMES.get(name, name)


def our_field(path: str) -> str:
    """The name of a field in a deal, from Partner Central's; the path itself when a deal has no such field."""
    while path:
        for known in (path, PLACE.sub("", path), PLACE.sub("[0]", path)):
            if known in OURS:
                return OURS[known]
        path, _, _ = path.rpartition(".")
    return path


def read(document: Document, path: str) -> Any:  # noqa: ANN401 - a JSON value
    """The value at a dotted path, or None."""
    value: Any = document
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def write(document: Document, path: str, value: Any) -> None:  # noqa: ANN401 - a JSON value
    """Set the value at a dotted path; empty values are left out, as the service wants it."""
    *folders, last = path.split(".")
    for step in folders:
        document = document.setdefault(step, {})
    if value in ("", None, [], ()):
        document.pop(last, None)
    else:
        document[last] = value


def opportunity_fields(draft: DealDraft) -> Document:
    """The fields of an opportunity that say what the draft says. Raises InvalidRecord for what cannot be said."""
    everything = DealChange(**{each.name: getattr(draft, each.name) for each in fields(DealChange)})
    said = changed_fields({}, everything)
    write(said, TEXTS["partner_ref"], draft.partner_ref)
    return said


def changed_fields(document: Document, edit: DealChange) -> Document:
    """The document with the fields of an edit set and all others as they were. Raises InvalidRecord."""
    after, problems = deepcopy(document), list[Problem]()
    if edit.source is not None and edit.source is not DealSource.MARKETING:
        after["Marketing"] = {}  # what was said about the campaign does not hold any more
    for name in sorted(edit.names):
        try:
            _set(after, name, getattr(edit, name))
        except InvalidRecord as error:
            problems += error.problems
    if problems:
        raise InvalidRecord.of(*problems)
    return after


def draft_of(document: Document, *, product: str, origin: str = "") -> DealDraft:
    """The deal that an opportunity describes, read as far as it goes; absent fields are empty."""
    text = {name: read(document, path) or "" for name, path in TEXTS.items()}
    marketed = read(document, "Marketing.Source") == MARKETED
    funded = read(document, "Marketing.AwsFundingUsed")
    contacts = [_person(each) for each in read(document, "Customer.Contacts") or ()]
    reason = read(document, "LifeCycle.ClosedLostReason")
    known: dict[str, Any] = text
    return DealDraft(
        **known,
        customer=_customer(document),
        product=product or read(document, NAMES["product"]) or "",
        value=_value(document),
        target_close=date.fromisoformat(read(document, NAMES["target_close"]) or "1970-01-01"),
        kind=_key(KINDS, read(document, "OpportunityType"), DealKind.NEW),
        period=_period(document),
        source=_source(marketed=marketed, origin=origin),
        stage=_key(STAGES, read(document, "LifeCycle.Stage"), SalesStage.PROSPECT),
        contact=contacts[0] if contacts else NOBODY,
        team=tuple(_person(each) for each in document.get("OpportunityTeam") or ()),
        needs=tuple(document.get("PrimaryNeedsFromAws") or ()),
        delivery="; ".join(read(document, NAMES["delivery"]) or ()),
        mdf_used=None if funded is None or not marketed else funded == "Yes",
        lost_reason=None if reason is None else lost_reason(reason),
        activities=tuple(read(document, NAMES["activities"]) or ()),
    )


def lost_reason(text: str) -> LostReason:
    """The reason nearest to Partner Central's."""
    if text.startswith("Lost to Competitor"):
        return LostReason.COMPETITOR
    return NEAREST.get(text) or _key(LOST, text, LostReason.OTHER)


def _period(document: Document) -> Period:
    """Monthly, the one word of the model; Amazon's own samples also say Annual."""
    spends = (each for each in read(document, NAMES["value"]) or () if each.get("TargetCompany") == "AWS")
    return Period.ANNUAL if next(spends, Document()).get("Frequency") == "Annual" else Period.MONTHLY


def _source(*, marketed: bool, origin: str) -> DealSource:
    if origin == "AWS Referral":
        return DealSource.VENDOR
    return DealSource.MARKETING if marketed else DealSource.PARTNER


def _key(table: dict[Any, str], text: str | None, default: Any) -> Any:  # noqa: ANN401 - the table's own key
    return next((key for key, value in table.items() if value == text), default)


def _customer(document: Document) -> Customer:
    values = {name: read(document, path) or "" for name, path in CUSTOMER.items()}
    industry = read(document, f"{ACCOUNT}Industry") or ""
    other = read(document, f"{ACCOUNT}OtherIndustry")
    return Customer(**values, industry=other if industry == "Other" and other else industry)


def _value(document: Document) -> Money:
    spends = read(document, "Project.ExpectedCustomerSpend") or ()
    spend = next((each for each in spends if each.get("TargetCompany") == "AWS"), spends[0] if spends else {})
    return Money(Decimal(spend.get("Amount") or "0"), spend.get("CurrencyCode") or "USD")


def _person(contact: Document) -> Contact:
    return Contact(**{name: contact.get(path) or "" for name, path in PERSON.items()})


def _contact(contact: Contact) -> Document:
    named = {path: getattr(contact, name) for name, path in PERSON.items()}
    return {path: value for path, value in named.items() if value}


def _set(document: Document, name: str, value: Any) -> None:  # noqa: ANN401 - the field says which
    if name in TEXTS:
        write(document, TEXTS[name], value)
    elif name in WRITERS:
        WRITERS[name](document, value)


def _set_customer(document: Document, customer: Customer) -> None:
    for name, path in CUSTOMER.items():
        write(document, path, getattr(customer, name))
    listed = customer.industry in allowed("Industry") or not customer.industry
    write(document, f"{ACCOUNT}Industry", customer.industry if listed else "Other")
    write(document, f"{ACCOUNT}OtherIndustry", "" if listed else customer.industry)


def _set_value(document: Document, value: Money) -> None:
    spends: list[Document] = read(document, NAMES["value"]) or []
    theirs = next((each for each in spends if each["TargetCompany"] == "AWS"), Document())
    said = {"Amount": f"{value.amount:.2f}", "CurrencyCode": value.currency, "Frequency": "Monthly"}
    others = [each for each in spends if each is not theirs]
    write(document, NAMES["value"], [{**theirs, **said, "TargetCompany": "AWS"}, *others])


def _set_source(document: Document, source: DealSource) -> None:
    if source not in {DealSource.PARTNER, DealSource.MARKETING}:
        raise _unsaid("source", "Partner Central knows partner and marketing as the source")
    write(document, "Marketing.Source", MARKETED if source is DealSource.MARKETING else "None")


def _set_contact(document: Document, contact: Contact) -> None:
    others = (read(document, "Customer.Contacts") or [])[1:]
    write(document, "Customer.Contacts", [*([_contact(contact)] if contact != NOBODY else []), *others])


def _set_period(_document: Document, period: Period) -> None:
    if period is not Period.MONTHLY:
        raise _unsaid("period", "Partner Central counts what the customer spends a month; give the monthly value")


def _set_plain(field: str, *, only: object, message: str) -> Callable[[Document, Any], None]:
    def check(_document: Document, value: object) -> None:
        if value != only:
            raise _unsaid(field, message)

    return check


def _unsaid(field: str, message: str) -> InvalidRecord:
    return InvalidRecord.of(Problem(field=field, code="not_representable", message=message))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


WRITERS: dict[str, Callable[[Document, Any], None]] = {
    "customer": _set_customer,
    "product": lambda doc, product: write(doc, NAMES["product"], "" if product.startswith("S-") else product),
    "value": _set_value,
    "target_close": lambda doc, day: write(doc, NAMES["target_close"], day.isoformat()),
    "kind": lambda doc, kind: write(doc, "OpportunityType", KINDS[kind]),
    "period": _set_period,
    "source": _set_source,
    "stage": lambda doc, stage: write(doc, "LifeCycle.Stage", STAGES[stage]),
    "contact": _set_contact,
    "team": lambda doc, team: write(doc, "OpportunityTeam", [_contact(each) for each in team]),
    "needs": lambda doc, needs: write(doc, "PrimaryNeedsFromAws", list(needs)),
    "delivery": lambda doc, text: write(doc, NAMES["delivery"], _parts(text)),
    "mdf_used": lambda doc, used: write(doc, NAMES["mdf_used"], "Yes" if used else "No"),
    "lost_reason": lambda doc, reason: write(doc, NAMES["lost_reason"], LOST[reason]),
    "activities": lambda doc, done: write(doc, NAMES["activities"], list(done)),
    "consumption": _set_plain(
        "consumption", only=False, message="Partner Central has no field for pricing by consumption"
    ),
    "partner_count": _set_plain("partner_count", only=1, message="invite the other partners instead"),
}
