from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.content import PUBLIC, Audience, Scope
from assistant.domain.people import ANONYMOUS, Requester, Role, TierLadder
from assistant.retrieval.audience import allowed_scopes, expired_scopes, valid, visible

LADDER = TierLadder()
TODAY = date(2026, 11, 16)
DAY = timedelta(days=1)
TIERS = st.sampled_from(["", *LADDER.names, "Gold", "diamond"])
REGIONS = st.frozensets(st.sampled_from(["DE", "DACH", "EMEA", "US", "NA"]), max_size=3)
ROLES = st.frozensets(st.sampled_from(list(Role)), max_size=3)
PARTNERS = st.frozensets(st.sampled_from(["acme", "brightpath", "minato"]), max_size=2)
AUDIENCES = st.builds(Audience, roles=ROLES, minimum_tier=TIERS, regions=REGIONS, partner_ids=PARTNERS)
PEOPLE = st.builds(
    Requester,
    user=st.just("somebody"),
    role=st.sampled_from([None, *Role]),
    partner_id=st.sampled_from(["", "acme", "brightpath"]),
    tier=TIERS,
    regions=REGIONS,
)


@given(PEOPLE)
def test_everybody_sees_public_content(who: Requester) -> None:
    assert visible(PUBLIC, who, LADDER)


@given(AUDIENCES, PEOPLE)
def test_somebody_unknown_sees_public_content_only_whatever_else_is_claimed(audience: Audience, who: Requester) -> None:
    assert visible(audience, replace(who, role=None), LADDER) == audience.public
    assert visible(audience, ANONYMOUS, LADDER) == audience.public


@given(AUDIENCES, AUDIENCES, PEOPLE)
def test_adding_a_restriction_never_shows_content_to_more_people(one: Audience, more: Audience, who: Requester) -> None:
    tightened = Audience(
        roles=one.roles or more.roles,
        minimum_tier=one.minimum_tier or more.minimum_tier,
        regions=one.regions or more.regions,
        partner_ids=one.partner_ids or more.partner_ids,
    )
    assert visible(one, who, LADDER) or not visible(tightened, who, LADDER)


@given(AUDIENCES, PEOPLE)
def test_naming_fewer_people_never_shows_content_to_more(audience: Audience, who: Requester) -> None:
    fewer = [
        replace(audience, roles=frozenset(sorted(audience.roles)[1:]) or audience.roles),
        replace(audience, regions=frozenset(sorted(audience.regions)[1:]) or audience.regions),
        replace(audience, partner_ids=frozenset(sorted(audience.partner_ids)[1:]) or audience.partner_ids),
    ]
    assert visible(audience, who, LADDER) or not any(visible(each, who, LADDER) for each in fewer)


@given(AUDIENCES, PEOPLE)
def test_a_higher_tier_sees_everything_a_lower_one_sees(audience: Audience, who: Requester) -> None:
    seen = [visible(audience, replace(who, tier=tier), LADDER) for tier in LADDER.names]
    assert seen == sorted(seen)


@given(AUDIENCES, PEOPLE, REGIONS)
def test_more_regions_never_show_less(audience: Audience, who: Requester, regions: frozenset[str]) -> None:
    wider = replace(who, regions=who.regions | regions)
    assert not visible(audience, who, LADDER) or visible(audience, wider, LADDER)


@pytest.mark.parametrize("tier", ["", "Gold", "diamond", "gold "])
def test_a_tier_the_programme_does_not_know_reaches_nothing(tier: str) -> None:
    partner = Requester(user="x", role=Role.PARTNER, partner_id="acme", tier=tier)
    for minimum in LADDER.names:
        assert not visible(Audience(minimum_tier=minimum), partner, LADDER)


def test_a_minimum_the_programme_does_not_know_hides_from_every_partner() -> None:
    for tier in (*LADDER.names, "diamond"):
        partner = Requester(user="x", role=Role.PARTNER, partner_id="acme", tier=tier)
        assert not visible(Audience(minimum_tier="diamond"), partner, LADDER)


@pytest.mark.parametrize("role", [Role.CHANNEL_MANAGER, Role.ADMINISTRATOR])
def test_the_vendors_people_need_no_tier_but_every_other_restriction_binds_them(role: Role) -> None:
    person = Requester(user="jonas", role=role, regions=frozenset({"DACH"}))
    assert visible(Audience(minimum_tier="platinum"), person, LADDER)
    assert not visible(Audience(partner_ids=frozenset({"acme"})), person, LADDER)
    assert not visible(Audience(regions=frozenset({"NA"})), person, LADDER)
    assert not visible(Audience(roles=frozenset({Role.PARTNER})), person, LADDER)


@pytest.mark.parametrize(
    ("start", "end", "current"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (TODAY + DAY, None, False),
        (None, TODAY - DAY, False),
        (TODAY - DAY, TODAY + DAY, True),
        (TODAY + DAY, TODAY - DAY, False),
    ],
)
def test_both_ends_of_validity_belong_to_it(start: date | None, end: date | None, current: bool) -> None:
    scope = Scope(valid_from=start, valid_until=end)
    assert valid(scope, TODAY) is current
    allowed = allowed_scopes([scope], ANONYMOUS, ladder=LADDER, today=TODAY)
    assert allowed == ({scope.key} if current else set())


DATES = st.one_of(st.none(), st.dates(TODAY - 3 * DAY, TODAY + 3 * DAY))
SCOPES = st.builds(Scope, audience=AUDIENCES, valid_from=DATES, valid_until=DATES)


@given(st.lists(SCOPES, max_size=8), PEOPLE)
def test_allowed_scopes_are_those_in_force_that_the_person_may_see(scopes: list[Scope], who: Requester) -> None:
    allowed = allowed_scopes(scopes, who, ladder=LADDER, today=TODAY)
    expired = expired_scopes(scopes, who, ladder=LADDER, today=TODAY)
    for scope in scopes:
        seen = visible(scope.audience, who, LADDER)
        assert (scope.key in allowed) == (seen and valid(scope, TODAY))
        assert (scope.key in expired) == (seen and scope.valid_until is not None and scope.valid_until < TODAY)
    assert not allowed & expired


@given(SCOPES, SCOPES)
def test_two_scopes_share_a_key_only_when_they_are_the_same(one: Scope, other: Scope) -> None:
    assert (one.key == other.key) == (one == other)
