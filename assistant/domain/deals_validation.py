"""Whether a deal is complete and its fields are well formed, before any rule of engagement is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from assistant.domain.accounts import US_STATES, Contact, Customer, countries
from assistant.domain.deals import DealDraft, DealKind, DealSource, SalesStage
from assistant.errors import Problem

LONGEST = {
    "partner_ref": 64,
    "title": 255,
    "problem": 2000,
    "product": 120,
    "next_steps": 255,
    "comments": 255,
    "use_case": 255,
    "delivery": 255,
    "campaign": 255,
}
LONGEST_CUSTOMER = {
    "name": 120,
    "website": 255,
    "industry": 120,
    "state": 80,
    "city": 120,
    "postal_code": 20,
    "street": 255,
}
SHORTEST_PROBLEM = 20
LARGEST_TEAM = 10
MOST_NEEDS, LONGEST_NEED = 20, 255
DUNS = re.compile(r"[0-9]{9}")
VENDOR_ACCOUNT = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{2,39}")
EMAIL = re.compile(r"[a-z0-9._%+'-]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}")
PHONE = re.compile(r"\+[1-9][0-9]{1,14}")
WEBSITE = re.compile(r"(?:https?://)?[^\s/@:]+\.[^\s/@:.]{2,}(?::[0-9]+)?(?:/\S*)?", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def problems_of(draft: DealDraft, *, today: date) -> tuple[Problem, ...]:
    """Everything that is missing or malformed, in the order of the fields; empty when the draft is complete."""
    return (*_texts(draft), *_customer(draft.customer), *_terms(draft, today), *_people(draft))


def problems_touching(draft: DealDraft, names: frozenset[str], *, today: date) -> tuple[Problem, ...]:
    """The problems of these fields only: an edit is not held up by what it leaves alone."""
    related = names | ({"lost_reason"} if "stage" in names else set())
    found = problems_of(draft, today=today)
    return tuple(problem for problem in found if problem.field.split(".")[0].split("[")[0] in related)


def _texts(draft: DealDraft) -> Iterator[Problem]:
    for name in ("partner_ref", "title", "problem", "product"):
        if not getattr(draft, name).strip():
            yield Problem(field=name, code="required", message="is required")
    for name, longest in LONGEST.items():
        yield from _text(name, getattr(draft, name), longest)
    if 0 < len(draft.problem.strip()) < SHORTEST_PROBLEM:
        message = f"must have at least {SHORTEST_PROBLEM} characters that say what the customer needs"
        yield Problem(field="problem", code="too_short", message=message)
    if len(draft.needs) > MOST_NEEDS:
        yield Problem(
            field="needs", code="too_many", message=f"has {len(draft.needs)} entries; {MOST_NEEDS} is the most"
        )
    for place, need in enumerate(draft.needs[:MOST_NEEDS]):
        yield from _text(f"needs[{place}]", need, LONGEST_NEED)


def _text(name: str, value: str, longest: int) -> Iterator[Problem]:
    if len(value) > longest:
        yield Problem(field=name, code="too_long", message=f"has {len(value)} characters; {longest} is the most")
    if CONTROL.search(value):
        yield Problem(field=name, code="control_character", message="contains a control character")


def _customer(customer: Customer) -> Iterator[Problem]:
    if not customer.name.strip():
        yield Problem(field="customer.name", code="required", message="is required")
    for name, longest in LONGEST_CUSTOMER.items():
        yield from _text(f"customer.{name}", getattr(customer, name), longest)
    if customer.country not in countries():
        message = f"{customer.country!r} is not an ISO 3166-1 alpha-2 code such as DE or US"
        yield Problem(field="customer.country", code="unknown_country", message=message)
    if customer.country == "US" and customer.state not in US_STATES:
        message = "is required in the United States, as the state's full name such as Ohio"
        yield Problem(field="customer.state", code="unknown_state" if customer.state else "required", message=message)
    if customer.website and not WEBSITE.fullmatch(customer.website):
        yield Problem(field="customer.website", code="malformed", message="must be a web address such as example.com")
    if customer.duns and not DUNS.fullmatch(customer.duns):
        yield Problem(field="customer.duns", code="malformed", message="must be nine digits")
    if customer.vendor_account_id and not VENDOR_ACCOUNT.fullmatch(customer.vendor_account_id):
        yield Problem(
            field="customer.vendor_account_id", code="malformed", message="must be 3 to 40 letters, digits or dashes"
        )


def _terms(draft: DealDraft, today: date) -> Iterator[Problem]:
    if draft.value.amount <= 0:
        yield Problem(field="value.amount", code="not_positive", message="must be above zero")
    if draft.target_close < today:
        message = f"{draft.target_close} is past; today is {today}"
        yield Problem(field="target_close", code="past_date", message=message)
    if draft.source is DealSource.MARKETING and draft.mdf_used is None:
        yield Problem(
            field="mdf_used", code="required", message="say whether marketing funds were used (true or false)"
        )
    if draft.source is not DealSource.MARKETING and (draft.mdf_used is not None or draft.campaign):
        message = "only a deal whose source is marketing has a campaign or marketing funds"
        yield Problem(
            field="mdf_used" if draft.mdf_used is not None else "campaign", code="not_allowed", message=message
        )
    if draft.stage is SalesStage.CLOSED_LOST and draft.lost_reason is None:
        yield Problem(field="lost_reason", code="required", message="is required when the stage is closed_lost")
    if draft.stage is not SalesStage.CLOSED_LOST and draft.lost_reason is not None:
        yield Problem(field="lost_reason", code="not_allowed", message="needs the stage closed_lost")
    if draft.kind is not DealKind.NEW and not (draft.customer.vendor_account_id or draft.customer.duns):
        message = f"a DUNS number or vendor account id is required for {draft.kind}"
        yield Problem(field="customer.vendor_account_id", code="required", message=message)
    if draft.partner_count < 1:
        yield Problem(field="partner_count", code="out_of_range", message="counts the registering partner: 1 or more")


def _people(draft: DealDraft) -> Iterator[Problem]:
    if len(draft.team) > LARGEST_TEAM:
        yield Problem(
            field="team", code="too_many", message=f"has {len(draft.team)} members; {LARGEST_TEAM} is the most"
        )
    for place, member in enumerate(draft.team):
        if not member.email:
            yield Problem(field=f"team[{place}].email", code="required", message="is required for a team member")
        yield from _contact(f"team[{place}]", member)
    yield from _contact("contact", draft.contact)


def _contact(place: str, contact: Contact) -> Iterator[Problem]:
    if contact.email and (len(contact.email) > 80 or not EMAIL.fullmatch(contact.email)):
        message = "must be an e-mail address in lower case of at most 80 characters"
        yield Problem(field=f"{place}.email", code="malformed", message=message)
    if contact.phone and not PHONE.fullmatch(contact.phone):
        yield Problem(field=f"{place}.phone", code="malformed", message="must be E.164, such as +4930123456")
    for name in ("first_name", "last_name", "title"):
        yield from _text(f"{place}.{name}", getattr(contact, name), 80)
