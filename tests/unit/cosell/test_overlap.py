from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.cosell.overlap import Answer, Consent, Offer, Overlap, Reveal, answered, key_of, offered, read
from assistant.domain.accounts import Account, Customer
from assistant.errors import InvalidRecord, NotAllowedInState
from integrations.ed25519 import Ed25519Group

GROUP = Ed25519Group()
CONSENT = Consent("theirs", "channel_manager:jo", "joint planning", date(2027, 1, 1), Reveal.MEMBERS, minimum=1)
KEYS = st.sets(st.sampled_from([f"d:customer-{number}.example" for number in range(12)]), min_size=1)


def exchanged(mine: set[str], theirs: set[str], consent: Consent) -> tuple[Offer, Answer, Overlap]:
    offer, kept = offered(mine, consent, sender="mine", group=GROUP)
    answer = answered(offer, theirs, consent, sender="theirs", group=GROUP)
    return offer, answer, read(answer, kept, group=GROUP)


@settings(max_examples=40, deadline=None)
@given(mine=KEYS, theirs=KEYS)
def test_the_result_is_the_plain_intersection_and_only_as_far_as_allowed(mine: set[str], theirs: set[str]) -> None:
    shared = mine & theirs
    for reveal in Reveal:
        _, _, found = exchanged(mine, theirs, replace(CONSENT, reveal=reveal))
        if not shared:
            assert found == Overlap(1, None)
            continue
        assert found.size == len(shared)
        assert set(found.keys) == (shared if reveal is Reveal.MEMBERS else set())


@settings(max_examples=15, deadline=None)
@given(mine=KEYS, theirs=KEYS)
def test_below_the_minimum_nothing_is_told(mine: set[str], theirs: set[str]) -> None:
    _, _, found = exchanged(mine, theirs, replace(CONSENT, minimum=len(mine & theirs) + 1))
    assert (found.size, found.keys) == (None, ())


def test_messages_hold_no_key_no_hash_of_one_and_differ_from_run_to_run() -> None:
    mine = {f"d:customer-{number}.example" for number in range(8)}
    first, answer, _ = exchanged(mine, mine, CONSENT)
    again, other, _ = exchanged(mine, mine, CONSENT)
    assert not set(first.blinded) & set(again.blinded)
    assert not (set(answer.own) | set(answer.twice)) & (set(other.own) | set(other.twice))
    plain = {GROUP.hashed(key).hex() for key in mine} | {hashlib.sha256(key.encode()).hexdigest() for key in mine}
    assert not plain & {*first.blinded, *answer.own, *answer.twice}
    assert "customer" not in repr(first) + repr(answer)


def test_for_the_size_alone_the_order_tells_nothing() -> None:
    mine = {f"d:customer-{number}.example" for number in range(30)}
    offer, kept = offered(mine, CONSENT, sender="mine", group=GROUP)
    answer = answered(offer, {kept.keys[0]}, replace(CONSENT, reveal=Reveal.SIZE), sender="theirs", group=GROUP)
    greedy = read(replace(answer, reveal=Reveal.MEMBERS), kept, group=GROUP)  # a reader that takes more than it may
    places = {
        read(replace(again, reveal=Reveal.MEMBERS), kept, group=GROUP).keys
        for again in [
            answered(offer, {kept.keys[0]}, replace(CONSENT, reveal=Reveal.SIZE), sender="theirs", group=GROUP)
            for _ in range(6)
        ]
    }
    assert len(places | {greedy.keys}) > 1


@pytest.mark.parametrize(
    "values",
    [
        tuple(hashlib.sha256(f"salt{n}".encode()).hexdigest() for n in range(20)),  # salted hashes of names
        ("00" * 32,),  # the neutral element's neighbourhood: of small order
        ("01" + "00" * 31,),
        ("zz",),
        ("ab",),
        (),
    ],
)
def test_what_is_no_blinded_key_is_refused(values: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRecord):
        answered(Offer("1", "a", "b", "p", values), {"d:x.example"}, CONSENT, sender="b", group=GROUP)


def test_another_protocol_too_many_keys_and_a_value_twice_are_refused() -> None:
    offer, kept = offered({"d:a.example", "d:b.example"}, CONSENT, sender="mine", group=GROUP)
    for bad in (
        replace(offer, protocol="salted-sha256"),
        replace(offer, blinded=offer.blinded * 2),
    ):
        with pytest.raises(InvalidRecord):
            answered(bad, {"d:a.example"}, CONSENT, sender="theirs", group=GROUP)
    with pytest.raises(InvalidRecord, match="1 to 1"):
        answered(offer, {"d:a.example"}, replace(CONSENT, most=1), sender="theirs", group=GROUP)
    answer = answered(offer, {"d:a.example"}, CONSENT, sender="theirs", group=GROUP)
    with pytest.raises(NotAllowedInState):
        read(replace(answer, id="other"), kept, group=GROUP)


def test_an_account_has_one_key_however_it_is_written() -> None:
    def account(**fields: str) -> Account:
        return Account(id="a", customer=Customer(**fields))

    with_domain = account(name="Acme GmbH", country="DE", website="https://shop.acme.example/de")
    assert key_of(with_domain) == key_of(account(name="ACME", country="DE", website="www.acme.example"))
    assert key_of(account(name="Nordwind GmbH", country="DE")) == key_of(account(name="NORDWIND gmbh", country="DE"))
    assert key_of(account(name="Nordwind", country="DE")) != key_of(account(name="Nordwind", country="AT"))
