"""Referrals as the API sends and takes them: read tolerantly, since samples and service differ; written strictly.

Known differences between the pages and the examples: `consentToToShareInfoWithOthers` is spelled so; `dealValue` is a
number when created and a string in a patch; lists leave out `eTag`; links and nextLink name other hosts and paths.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """An object of the API: camelCase names, unknown members ignored."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class ContactPreference(Wire):
    """How somebody wants to be told."""

    locale: str = "en-us"
    disable_notifications: bool = False


class Member(Wire):
    """A person."""

    first_name: str | None = ""
    last_name: str | None = ""
    phone_number: str | None = ""
    email: str | None = ""
    contact_preference: ContactPreference | None = None


class Address(Wire):
    """Where a customer is; the country is ISO 3166-1 alpha-2."""

    address_line1: str | None = Field(default="", alias="addressLine1")
    address_line2: str | None = Field(default=None, alias="addressLine2")
    city: str | None = ""
    state: str | None = ""
    postal_code: str | None = ""
    country: str | None = ""


class CustomerId(Wire):
    """A number the customer is known by. The pages describe an object with one of two members."""

    duns: str | None = None
    external: str | None = None


class CustomerProfile(Wire):
    """Whom a referral is about."""

    name: str | None = ""
    address: Address | None = None
    size: str | None = None
    team: list[Member] = []
    ids: list[CustomerId] = []


class Consent(Wire):
    """What the customer agreed to."""

    consent_to_to_share_info_with_others: bool = True
    consent_to_contact: bool = True


class Tag(Wire):
    """An entry of a documented list, or a solution."""

    id: str | None = ""
    name: str | None = None
    type: str | None = None


class Requirements(Wire):
    """What the customer is interested in."""

    industries: list[Tag] = []
    products: list[Tag] = []
    services: list[Tag] = []
    solutions: list[Tag] = []


class Details(Wire):
    """What it is worth and when it closes."""

    notes: str | None = ""
    deal_value: Decimal | None = None
    currency: str | None = None
    closing_date_time: datetime | None = None
    requirements: Requirements | None = None


class Target(Wire):
    """Whom a referral is sent to."""

    type: str | None = None
    id: str | None = None


class InviteContext(Wire):
    """What is told to whom is invited."""

    notes: str | None = None


class Referral(Wire):
    """A lead or opportunity."""

    id: str = ""
    engagement_id: str | None = None
    organization_id: str | None = None
    organization_name: str | None = None
    name: str | None = None
    external_reference_id: str | None = None
    created_date_time: datetime | None = None
    updated_date_time: datetime | None = None
    expiration_date_time: datetime | None = None
    status: str | None = None
    substatus: str | None = None
    status_reason: str | None = None
    qualification: str | None = None
    type: str | None = None
    direction: str | None = None
    e_tag: str | None = Field(default=None, alias="eTag")
    target: list[Target] = []
    customer_profile: CustomerProfile | None = None
    consent: Consent | None = None
    details: Details | None = None
    team: list[Member] = []
    invite_context: InviteContext | None = None


class ReferralList(Wire):
    """A page of referrals."""

    value: list[Referral] = []
    next_link: str | None = Field(default=None, alias="@odata.nextLink")


class ErrorDetail(BaseModel):
    """One entry of an error's data, as far as it names something."""

    model_config = ConfigDict(extra="ignore")
    code: str | int | None = None
    target: str | None = None
    message: str | None = None
    description: str | None = None


class Refused(BaseModel):
    """An error of the API: {code, description, data, source}."""

    model_config = ConfigDict(extra="ignore")
    code: str | int = ""
    description: str = ""
    data: list[ErrorDetail | str] | None = None


# The documented lists of referral-resources.md.
PRODUCTS = frozenset(
    {
        *("Azure", "EnterpriseMobilityAndSecurity", "Exchange", "DeveloperTools", "Dynamics365Business"),
        *("Dynamics365Enterprise", "DynamicsAX,GP,NAV,SL", "Microsoft365", "Office", "PowerBI", "Project"),
        *("SharePoint", "SkypeForBusiness", "Surface", "SurfaceHub", "SQL", "Teams", "Visio", "Windows", "Yammer"),
    }
)
INDUSTRIES = frozenset(
    {
        *("Agriculture, Forestry, & Fishing", "Communications & Media", "Education", "Financial Services"),
        *("Government", "Healthcare", "Hospitality", "Manufacturing", "Power & Utilities"),
        *("Public Safety and National Security", "Retail & Consumer Goods", "Services", "Travel & Transportation"),
        "Wholesale & Distribution",
    }
)
