"""Deals as the bodies and patches that the API takes.

It has no field for a sales stage (but won and lost), next steps, comments, delivery, campaign, marketing funds, kind,
period or needs: `refused_fields` names those that a draft or change sets. A customer's web address has no place either
and is not sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from assistant.domain.accounts import NOBODY, Contact, Customer
from assistant.domain.deals import DealChange, DealDraft, SalesStage
from assistant.domain.deals_validation import problems_touching
from assistant.errors import InvalidRecord, Problem
from integrations.prm.microsoft.reading import deal_of
from integrations.prm.microsoft.referral import INDUSTRIES, PRODUCTS, Referral

SOLUTION = "SOL-"
LONGEST_TEAM = 50
Values = list[tuple[str, Any]]
ENDS = {SalesStage.LAUNCHED: "Won", SalesStage.CLOSED_LOST: "Lost"}
CARRIED = {"partner_ref", "title", "problem", "customer", "product", "value", "target_close", "contact", "team"}
FIXED = {"product"}  # carried when created, not changed after


def refused_fields(record: DealDraft | DealChange) -> tuple[Problem, ...]:
    """A problem for each field that is set and that the API cannot say."""
    change, problems = isinstance(record, DealChange), list(_beyond_lists(record))
    for field in fields(record):
        value = getattr(record, field.name)
        untouched = value is None if change else value == field.default
        ends = field.name == "stage" and value in ENDS and change
        reason = field.name == "lost_reason" and change
        carried = field.name in (CARRIED - FIXED if change else CARRIED)
        if not (untouched or ends or reason or carried):
            message = "cannot be said in a Microsoft referral; leave it out"
            problems.append(Problem(field=field.name, code="not_offered", message=message))
    return tuple(problems)


def _beyond_lists(record: DealDraft | DealChange) -> Iterator[Problem]:
    if isinstance(record, DealDraft) and not record.product.startswith(SOLUTION) and record.product not in PRODUCTS:
        message = f"must be a solution id (SOL-…) or one of {', '.join(sorted(PRODUCTS))}"
        yield Problem(field="product", code="unknown_product", message=message)
    if record.customer and record.customer.industry and record.customer.industry not in INDUSTRIES:
        message = f"must be one of {', '.join(sorted(INDUSTRIES))}"
        yield Problem(field="customer.industry", code="unknown_industry", message=message)
    if record.team and len(record.team) > LONGEST_TEAM:
        yield Problem(field="team", code="too_many", message=f"{LONGEST_TEAM} is the most")


def created(draft: DealDraft) -> dict[str, Any]:
    """The body that creates a draft's referral: shared with Microsoft for a solution, else the partner's own."""
    shared = draft.product.startswith(SOLUTION)
    asked = {"id": draft.product, "name": draft.product, "type": "Name"} if shared else {"id": draft.product}
    requirements: dict[str, Any] = {"industries": [], "products": [], "services": [], "solutions": []}
    requirements["solutions" if shared else "products"] = [asked]
    if draft.customer.industry:
        requirements["industries"] = [{"id": draft.customer.industry}]
    body: dict[str, Any] = {
        "name": draft.title,
        "externalReferenceId": draft.partner_ref,
        "type": "Shared" if shared else "Independent",
        "status": "New",
        "substatus": "Pending",
        "qualification": "SalesQualified",
        "customerProfile": _profile(draft.customer, draft.contact),
        "consent": {"consentToToShareInfoWithOthers": True, "consentToContact": True},
        "details": {
            "notes": draft.problem,
            "dealValue": _number(draft.value.amount),
            "currency": draft.value.currency,
            "closingDateTime": _closing(draft.target_close),
            "requirements": requirements,
        },
        "team": [_member(person) for person in draft.team],
    }
    return body | ({"target": [{"type": "SolutionProfile", "id": draft.product}]} if shared else {})


def connected(referral: Referral, *, target: str, notes: str = "") -> dict[str, Any]:
    """The body of a second referral in the same engagement, for Microsoft ("msft") or another partner's location."""
    body = referral.model_dump(
        mode="json",
        by_alias=True,
        exclude_none=True,
        include={"engagement_id", "name", "qualification", "customer_profile", "consent", "details", "team"},
    )
    value = (referral.details.deal_value if referral.details else None) or Decimal(0)
    body["details"] = body.get("details", {}) | {"dealValue": _number(value)}
    body.setdefault("consent", {"consentToToShareInfoWithOthers": True, "consentToContact": True})
    status = {"type": "Shared", "status": "New", "substatus": "Pending"}
    invited = {"inviteContext": {"notes": notes}} if notes else {}
    return body | status | invited | {"target": [{"type": "BusinessProfileLocation", "id": target}]}


def patched(edit: DealChange, seen: Referral, *, today: date) -> list[dict[str, Any]]:
    """The JSON Patch (RFC 6902; `replace` and `add` only) that makes this change to the referral that was seen.

    Raises InvalidRecord for a change that leaves a flaw in what it touches.
    """
    _require_sound(edit, seen, today)
    values: Values = []
    if edit.title is not None:
        values.append(("/name", edit.title))
    if edit.problem is not None:
        values.append(("/details/notes", edit.problem))
    if edit.value is not None:
        values += [("/details/dealValue", str(edit.value.amount)), ("/details/currency", edit.value.currency)]
    if edit.target_close is not None:
        values.append(("/details/closingDateTime", _closing(edit.target_close)))
    if edit.customer is not None:
        profile = _profile(edit.customer, NOBODY)
        values += [(f"/customerProfile/{name}", profile[name]) for name in ("name", "address", "ids")]
    if edit.contact is not None:
        values.append(("/customerProfile/team", [_member(edit.contact)]))
    if edit.team is not None:
        values.append(("/team", [_member(person) for person in edit.team]))
    if edit.stage in ENDS:
        values += [("/status", "Closed"), ("/substatus", ENDS[edit.stage])]
    if edit.lost_reason is not None:
        values.append(("/statusReason", edit.lost_reason.value))
    return steps(values, seen)


def _require_sound(edit: DealChange, seen: Referral, today: date) -> None:
    after = edit.applied_to(deal_of(seen, partner_id="").draft)
    problems = problems_touching(after, edit.names, today=today)
    if problems:
        raise InvalidRecord.of(*problems)


PLACES = {
    "/name": "title",
    "/details/notes": "problem",
    "/details/dealValue": "value",
    "/details/currency": "value",
    "/details/closingDateTime": "target_close",
    "/customerProfile/team": "contact",
    "/team": "team",
    "/statusReason": "lost_reason",
}


def field_of(path: str) -> str:
    """The field of ours that is kept at a path of a referral; `state` for its status."""
    return PLACES.get(path) or ("customer" if path.startswith("/customerProfile") else "state")


def closing(substatus: str, reason: str) -> Values:
    """What closes a referral."""
    return [("/status", "Closed"), ("/substatus", substatus), ("/statusReason", reason)]


def steps(values: Values, seen: Referral) -> list[dict[str, Any]]:
    """The JSON Patch that sets these values: `replace` what is there, `add` what is not, as RFC 6902 asks."""
    had = seen.model_dump(mode="json", by_alias=True, exclude_none=True)
    return [{"op": _verb(had, path), "path": path, "value": value} for path, value in values]


def holds(referral: Referral, patch: list[dict[str, Any]]) -> bool:
    """Whether the referral already is as the patch would make it."""
    return Referral.model_validate(_applied(referral.model_dump(by_alias=True), patch)) == referral


def _applied(have: dict[str, Any], patch: list[dict[str, Any]]) -> dict[str, Any]:
    after: dict[str, Any] = {**have}
    for step in patch:
        *parents, last = step["path"].strip("/").split("/")
        place = after
        for parent in parents:
            place[parent] = {**(place.get(parent) or {})}
            place = place[parent]
        place[last] = step["value"]
    return after


def _verb(had: dict[str, Any], path: str) -> str:
    place: Any = had
    for name in path.strip("/").split("/"):
        if not isinstance(place, dict) or name not in place:
            return "add"
        place = place[name]
    return "replace"


def _profile(customer: Customer, contact: Contact) -> dict[str, Any]:
    numbers = [{"duns": customer.duns}] if customer.duns else []
    numbers += [{"external": customer.vendor_account_id}] if customer.vendor_account_id else []
    address = {
        "addressLine1": customer.street,
        "city": customer.city,
        "state": customer.state,
        "postalCode": customer.postal_code,
        "country": customer.country,
    }
    people = [_member(contact)] if contact != NOBODY else []
    return {"name": customer.name, "address": address, "team": people, "ids": numbers}


def _member(person: Contact) -> dict[str, Any]:
    return {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "phoneNumber": person.phone,
        "email": person.email,
        "contactPreference": {"locale": "en-us", "disableNotifications": False},
    }


def _closing(day: date) -> str:
    return datetime.combine(day, time(), tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)
