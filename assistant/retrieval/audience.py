"""Who may search what: from a requester to the scopes both search arms are filtered by. Fails closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assistant.domain.content import Audience, Scope
from assistant.domain.people import Requester, Role, TierLadder
from assistant.ports.passage_index import ScopeKeys


def visible(audience: Audience, requester: Requester, ladder: TierLadder) -> bool:
    """Whether a requester may see content for this audience.

    Every restriction must be met, with one exception: the vendor's own people have no tier, so a minimum tier does not
    bind them. An unknown requester sees public content only.
    """
    if audience.public:
        return True
    if not requester.known:
        return False
    tier_met = requester.role is not Role.PARTNER or ladder.reaches(requester.tier, audience.minimum_tier)
    return (
        (not audience.roles or requester.role in audience.roles)
        and (not audience.minimum_tier or tier_met)
        and (not audience.regions or bool(audience.regions & requester.regions))
        and (not audience.partner_ids or requester.partner_id in audience.partner_ids)
    )


def valid(scope: Scope, today: date) -> bool:
    """Whether content of this scope is in force on a day; both bounds are inclusive."""
    return (scope.valid_from is None or scope.valid_from <= today) and (
        scope.valid_until is None or today <= scope.valid_until
    )


def allowed_scopes(scopes: Iterable[Scope], requester: Requester, *, ladder: TierLadder, today: date) -> ScopeKeys:
    """The keys of those scopes that a requester may search today."""
    return frozenset(s.key for s in scopes if valid(s, today) and visible(s.audience, requester, ladder))


def expired_scopes(scopes: Iterable[Scope], requester: Requester, *, ladder: TierLadder, today: date) -> ScopeKeys:
    """The keys of those scopes that a requester could search if they were still in force."""
    return frozenset(
        s.key
        for s in scopes
        if s.valid_until is not None and s.valid_until < today and visible(s.audience, requester, ladder)
    )
