"""Which accounts two parties share, without showing each other the rest: messages of a private set intersection.

Diffie-Hellman PSI (Meadows, IEEE S&P 1986; Huberman, Franklin & Hogg, EC 1999): the offering party blinds the hashed
key of each account with a secret exponent, the answering party blinds them once more and sends its own, blinded once.
What was blinded by both is equal only for shared keys. Secure against parties that follow the protocol; whoever may
send anything could offer a list of guesses, which is why an answer needs consent, a limit of size and one of time.
Hashes of names, salted or not, are refused: company domains can be listed, so a hash of one can be looked up.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from assistant.deals.identity import identity_of
from assistant.domain.accounts import Account
from assistant.errors import InvalidRecord, NotAllowedInState, Problem

PROTOCOL = "liaison-overlap-1"
MINIMUM = 10  # shared accounts below which nothing is told
MOST = 50_000  # keys of one message


class Group(Protocol):
    """A group in which discrete logarithms are hard, with a hash into it. Elements and secrets are bytes."""

    def secret(self) -> bytes:
        """A fresh random exponent."""
        ...

    def hashed(self, text: str) -> bytes:
        """The element of a text."""
        ...

    def blinded(self, element: bytes, secret: bytes) -> bytes:
        """An element to the power of a secret. Raises InvalidRecord for bytes that are no element."""
        ...


class Reveal(StrEnum):
    """What the offering party may learn: how many keys are shared, or which of its own."""

    SIZE = "size"
    MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person allowed: whom, for what purpose, until when, what they may learn, and how many keys they may ask.

    `minimum` shared keys are needed before anything is told.
    """

    party: str
    by: str
    purpose: str
    until: date
    reveal: Reveal = Reveal.SIZE
    minimum: int = MINIMUM
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Offer:
    """The first message: every key of the offering party, blinded by it."""

    id: str
    sender: str
    recipient: str
    purpose: str
    blinded: tuple[str, ...]
    protocol: str = PROTOCOL


@dataclass(frozen=True, slots=True)
class Answer:
    """The second message: the offered keys blinded twice, and the answering party's, blinded by it alone.

    For `size` the twice blinded ones are in random order, so that nobody can tell which of them are shared.
    """

    id: str
    sender: str
    reveal: Reveal
    minimum: int
    twice: tuple[str, ...]
    own: tuple[str, ...]
    protocol: str = PROTOCOL


@dataclass(frozen=True, slots=True)
class Kept:
    """What the offering party keeps to read the answer: never sent."""

    offer: Offer
    secret: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What was learnt. Below the minimum nothing: `size` is None. `keys` are empty where only the size was allowed."""

    minimum: int
    size: int | None
    keys: tuple[str, ...] = ()


def key_of(account: Account) -> str:
    """The canonical key of an account: its registrable domain, else its normalised name with its country."""
    identity = identity_of(account.customer)
    return f"d:{identity.domain}" if identity.domain else f"n:{identity.country}:{identity.name.compact}"


def offered(keys: Iterable[str], consent: Consent, *, sender: str, group: Group) -> tuple[Offer, Kept]:
    """The offer of these keys, and what must be kept to read its answer. Raises InvalidRecord for too many."""
    each = _shuffled(dict.fromkeys(keys))
    _few_enough(each, consent.most)
    secret = group.secret()
    sent = tuple(group.blinded(group.hashed(key), secret).hex() for key in each)
    offer = Offer(secrets.token_hex(8), sender, consent.party, consent.purpose, sent)
    return offer, Kept(offer, secret.hex(), tuple(each))


def answered(offer: Offer, keys: Iterable[str], consent: Consent, *, sender: str, group: Group) -> Answer:
    """The answer to an offer. Raises InvalidRecord for what is no offer of blinded keys."""
    _of_protocol(offer.protocol)
    _few_enough(offer.blinded, consent.most)
    if len(set(offer.blinded)) != len(offer.blinded):
        raise InvalidRecord.of(Problem("blinded", "invalid", "holds a value twice"))
    secret = group.secret()
    twice = [group.blinded(_element(value), secret).hex() for value in offer.blinded]
    if consent.reveal is Reveal.SIZE:
        twice = _shuffled(twice)
    own = [group.blinded(group.hashed(key), secret).hex() for key in _shuffled(dict.fromkeys(keys))]
    return Answer(offer.id, sender, consent.reveal, consent.minimum, tuple(twice), tuple(own))


def read(answer: Answer, kept: Kept, *, group: Group) -> Overlap:
    """What an answer tells. Raises InvalidRecord for no answer, NotAllowedInState for one to another offer."""
    _of_protocol(answer.protocol)
    if answer.id != kept.offer.id or len(answer.twice) != len(kept.keys):
        raise NotAllowedInState("This answers another offer.", hint="Read it where its offer was made.")
    secret = bytes.fromhex(kept.secret)
    theirs = {group.blinded(_element(value), secret).hex() for value in answer.own}
    shared = [place for place, value in enumerate(answer.twice) if value in theirs]
    if len(shared) < answer.minimum:
        return Overlap(answer.minimum, None)
    named = tuple(sorted(kept.keys[place] for place in shared)) if answer.reveal is Reveal.MEMBERS else ()
    return Overlap(answer.minimum, len(shared), named)


def _shuffled(values: Iterable[str]) -> list[str]:
    order = list(values)
    secrets.SystemRandom().shuffle(order)
    return order


def _few_enough(values: Sequence[str], most: int) -> None:
    if not values or len(values) > most:
        raise InvalidRecord.of(Problem("blinded", "size", f"has {len(values)} keys; 1 to {most} are allowed"))


def _of_protocol(protocol: str) -> None:
    if protocol != PROTOCOL:
        told = f"is {protocol!r}, not {PROTOCOL!r}; hashes of names are refused, since they can be looked up"
        raise InvalidRecord.of(Problem("protocol", "invalid", told))


def _element(value: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError as error:
        raise InvalidRecord.of(Problem("blinded", "invalid", "holds a value that is not hexadecimal")) from error
