"""End customers: who a deal is about, and how to tell that two records mean the same company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from babel import Locale

# As addresses spell them; partner portals use both spellings of the District of Columbia.
US_STATES = frozenset(
    {
        *("Alabama", "Alaska", "American Samoa", "Arizona", "Arkansas", "California", "Colorado", "Connecticut"),
        *("Delaware", "Dist. of Columbia", "District of Columbia", "Florida", "Georgia", "Guam", "Hawaii"),
        *(
            "Idaho",
            "Illinois",
            "Indiana",
            "Iowa",
            "Kansas",
            "Kentucky",
            "Louisiana",
            "Maine",
        ),
        *("Maryland", "Massachusetts", "Michigan", "Minnesota", "Mississippi", "Missouri", "Montana", "Nebraska"),
        *("Nevada", "New Hampshire", "New Jersey", "New Mexico", "New York", "North Carolina", "North Dakota"),
        *("Northern Mariana Islands", "Ohio", "Oklahoma", "Oregon", "Pennsylvania", "Puerto Rico"),
        *("Rhode Island", "South Carolina", "South Dakota", "Tennessee", "Texas", "Utah", "Vermont"),
        *("Virgin Islands", "Virginia", "Washington", "West Virginia", "Wisconsin", "Wyoming"),
    }
)
NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


@cache
def countries() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes (Unicode CLDR)."""
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - NOT_COUNTRIES


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a customer or a partner. E-mail in lower case, phone in E.164 (+4930123456)."""

    email: str = ""
    first_name: str = ""
    last_name: str = ""
    title: str = ""
    phone: str = ""


NOBODY = Contact()


@dataclass(frozen=True, slots=True)
class Customer:
    """A company as somebody wrote it down. Country is ISO 3166-1 alpha-2; DUNS has nine digits.

    `state` is asked for in the United States; `vendor_account_id` is the customer's id with the vendor.
    """

    name: str
    country: str
    website: str = ""
    duns: str = ""
    vendor_account_id: str = ""
    industry: str = ""
    state: str = ""
    city: str = ""
    postal_code: str = ""
    street: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A customer in the vendor's register.

    `named` accounts are sold to directly and closed to registration; `direct_contact` is when the vendor's own sales
    last talked with it. `employees` is a head count, 0 when unknown.
    """

    id: str
    customer: Customer
    named: bool = False
    direct_contact: datetime | None = None
    employees: int = 0
    parent_id: str = ""
    version: str = ""
