"""Who a customer is: the keys by which two records of one company find each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from assistant.deals.names import Name, normalised, weak_words
from assistant.domain.accounts import Customer

# Hosts where many companies keep a page; such an address says nothing about who somebody is.
SHARED_HOSTS = {
    *("gmail.com", "outlook.com", "yahoo.com", "facebook.com", "linkedin.com", "instagram.com", "twitter.com", "x.com"),
    *("google.com", "youtube.com", "wixsite.com", "wordpress.com", "github.com", "github.io", "myshopify.com"),
    *("sites.google.com", "business.site", "squarespace.com", "weebly.com", "blogspot.com", "jimdo.com", "xing.com"),
}
PREFIX = 5


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies a company. Empty fields are unknown and count neither for nor against a match."""

    name: Name
    country: str
    domain: str = ""
    duns: str = ""
    vendor_account_id: str = ""
    city: str = ""
    street: str = ""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def registrable_domain(website: str) -> str:
    """The domain somebody registered ("shop.acme.co.uk" → "acme.co.uk"); empty when there is none or it is shared.

    Uses the public suffix list that ships with the installed package.
    """
    address = website.strip().lower()
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
        host = host.rstrip(".").encode("idna").decode()
    except (ValueError, UnicodeError):
        return ""
    if host.rpartition(".")[2].isdecimal() or ":" in host:
        return ""
    domain = _suffixes().privatesuffix(host) or ""
    return "" if domain in SHARED_HOSTS else domain


@lru_cache(maxsize=4096)
def identity_of(customer: Customer) -> Identity:
    """The identity of a customer as it was written down."""
    return Identity(
        name=normalised(customer.name),
        country=customer.country,
        domain=registrable_domain(customer.website),
        duns=customer.duns,
        vendor_account_id=customer.vendor_account_id.lower(),
        city=normalised(customer.city).compact,
        street=normalised(customer.street).text,
    )


def strong_keys(identity: Identity) -> tuple[str, ...]:
    """Keys that few records share: each match on one is near certain to be the same company."""
    keys = (("d", identity.domain), ("u", identity.duns), ("v", identity.vendor_account_id))
    named = (("n", f"{identity.country}:{identity.name.compact}"),) if identity.name.compact else ()
    return tuple(f"{kind}:{value}" for kind, value in (*keys, *named) if value)


def weak_keys(identity: Identity) -> tuple[str, ...]:
    """Keys that lead to candidates whose names are alike, the most selective first."""
    return tuple(dict.fromkeys(_weak_keys(identity)))


def _weak_keys(identity: Identity) -> Iterator[str]:
    """Pairs of neighbouring words, single telling words, their beginnings, and the beginning and end of the whole."""
    country, words = identity.country, identity.name.words
    telling = sorted((word for word in words if word not in weak_words()), key=len, reverse=True) or list(words)
    ordered = sorted(set(words))
    for first, second in pairwise(ordered):
        yield f"p:{country}:{first}:{second}"
    for word in telling[:4]:
        yield f"w:{country}:{word}"
        if len(word) > PREFIX:
            yield f"b:{country}:{word[:PREFIX]}:{identity.city}"
    if len(words) > 2 or len(identity.name.compact) <= PREFIX:
        yield f"a:{country}:{identity.name.initials}"
    compact = identity.name.compact
    if len(compact) > PREFIX:
        yield f"s:{country}:{compact[:8]}"
        yield f"e:{country}:{compact[-7:]}"
    if identity.city:
        for word in telling[:2]:
            yield f"c:{country}:{identity.city}:{word[:3]}"
