from __future__ import annotations

import pytest

from assistant.domain.content import PUBLIC, Audience
from assistant.domain.people import ANONYMOUS, Requester, Role
from evals.audience import may_see

GOLD_DE = Requester(role=Role.PARTNER, partner_id="acme", tier="gold", regions=frozenset({"DE", "EMEA"}))
STAFF = Requester(role=Role.CHANNEL_MANAGER, user="jonas")


@pytest.mark.parametrize(
    ("audience", "person", "allowed"),
    [
        (PUBLIC, ANONYMOUS, True),
        (Audience(minimum_tier="registered"), ANONYMOUS, False),
        (Audience(minimum_tier="gold"), GOLD_DE, True),
        (Audience(minimum_tier="platinum"), GOLD_DE, False),
        (Audience(minimum_tier="unheard-of"), GOLD_DE, False),
        (Audience(regions=frozenset({"EMEA"})), GOLD_DE, True),
        (Audience(regions=frozenset({"JP"})), GOLD_DE, False),
        (Audience(partner_ids=frozenset({"acme"})), GOLD_DE, True),
        (Audience(partner_ids=frozenset({"globex"})), GOLD_DE, False),
        (Audience(roles=frozenset({Role.CHANNEL_MANAGER})), STAFF, True),
        (Audience(roles=frozenset({Role.CHANNEL_MANAGER})), GOLD_DE, False),
        (Audience(minimum_tier="gold", regions=frozenset({"JP"})), GOLD_DE, False),
    ],
)
def test_every_condition_of_an_audience_must_be_met(audience: Audience, person: Requester, *, allowed: bool) -> None:
    assert may_see(audience, person) is allowed
