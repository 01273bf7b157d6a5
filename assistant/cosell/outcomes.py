"""What came of recommendations: who was shown how often, who was invited, joined and won, and other policies' worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.cosell.offpolicy import Estimate, Logged, doubly_robust, snips
from assistant.cosell.register import everything, for_managers
from assistant.domain.cosell import CoSellInvitation, InvitationState, Opportunity, Outcome
from assistant.domain.exposure import Exposure, Placed, Reached
from assistant.domain.people import Requester
from assistant.ports.exposures import ExposureLog
from assistant.ports.prm import Prm

RIPE = timedelta(days=30)  # after which a partner that was not invited counts as not taken up
FEWEST = 30  # drawn places on deals below which nothing is estimated
BEST, EVENLY, AS_DRAWN = "always the best newer partner", "all of them evenly", "as it was drawn"


@dataclass(frozen=True, slots=True)
class PartnerExposure:
    """How often a partner was shown, and after how many of those lists it was invited, joined, and the deal was won.

    Each step counts in those before it.
    """

    partner_id: str
    shown: int
    kept: int
    invited: int
    accepted: int
    won: int


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """How often the drawn place would lead to a partner that joins, under a policy; None: nothing can be said."""

    policy: str
    snips: Estimate | None
    doubly_robust: Estimate | None


@dataclass(frozen=True, slots=True)
class ExposureReport:
    """What was shown to a tenant's people. `needed`: how many more ripe drawn places until policies are estimated.

    `of_deals` of the `lists` were about a registered deal, so that their outcome can be known.
    """

    lists: int
    of_deals: int
    partners: tuple[PartnerExposure, ...]
    drawn: int
    needed: int
    policies: tuple[PolicyValue, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """The last invitation of a partner to a deal, and how far it came."""

    at: datetime
    reached: Reached


Outcomes = Mapping[tuple[str, str], Followed]  # by deal and partner


async def exposure_report(prm: Prm, log: ExposureLog, *, requester: Requester, now: datetime) -> ExposureReport:
    """The report of the requester's tenant, with outcomes as the PRM has them now. Raises Forbidden for partners."""
    for_managers(requester)
    invited = await everything(lambda window: prm.invitations(requester=requester, window=window))
    closed = await everything(lambda window: prm.opportunities(requester=requester, window=window))
    return reported(await log.of(requester.tenant), outcomes(invited, closed), now=now)


def outcomes(invitations: Iterable[CoSellInvitation], closed: Iterable[Opportunity]) -> Outcomes:
    """How far it came with each partner that was invited to a deal."""
    won = {(deal.deal_id, member.partner_id) for deal in closed if deal.outcome is Outcome.WON for member in deal.team}
    found: dict[tuple[str, str], Followed] = {}
    for item in sorted(invitations, key=lambda item: item.created_at):
        key = (item.draft.deal_id, item.draft.invitee)
        accepted = item.state is InvitationState.ACCEPTED
        reached = (Reached.WON if key in won else Reached.ACCEPTED) if accepted else Reached.INVITED
        found[key] = Followed(item.created_at, reached)
    return found


def reported(exposures: Sequence[Exposure], found: Outcomes, *, now: datetime) -> ExposureReport:
    """The report of these exposures. An invitation from before a list was shown is not its outcome."""
    logged = [
        (exposure, _reached(exposure, exposure.drawn, found))
        for exposure in exposures
        if exposure.deal_id and exposure.drawn and now - exposure.at >= RIPE
    ]
    policies = [_value(policy, logged) for policy in (BEST, EVENLY, AS_DRAWN)] if len(logged) >= FEWEST else []
    return ExposureReport(
        lists=len(exposures),
        of_deals=sum(bool(exposure.deal_id) for exposure in exposures),
        partners=_by_partner(exposures, found),
        drawn=sum(exposure.drawn is not None for exposure in exposures),
        needed=max(0, FEWEST - len(logged)),
        policies=tuple(policies),
    )


def _reached(exposure: Exposure, placed: Placed, found: Outcomes) -> Reached:
    followed = found.get((exposure.deal_id, placed.partner_id))
    return followed.reached if exposure.deal_id and followed and followed.at >= exposure.at else Reached.NOTHING


def _by_partner(exposures: Iterable[Exposure], found: Outcomes) -> tuple[PartnerExposure, ...]:
    shown, kept, steps = Counter[str](), Counter[str](), Counter[tuple[str, Reached]]()
    for exposure in exposures:
        for placed in exposure.shown:
            name = placed.partner_id
            shown[name] += 1
            kept[name] += placed.kept
            steps.update((name, step) for step in Reached if step <= _reached(exposure, placed, found))
    return tuple(
        PartnerExposure(
            partner_id=name,
            shown=count,
            kept=kept[name],
            invited=steps[name, Reached.INVITED],
            accepted=steps[name, Reached.ACCEPTED],
            won=steps[name, Reached.WON],
        )
        for name, count in sorted(shown.items(), key=lambda item: (-item[1], item[0]))
    )


def _value(policy: str, logged: Sequence[tuple[Exposure, Reached]]) -> PolicyValue:
    choices = [_logged(policy, exposure, reached) for exposure, reached in logged]
    return PolicyValue(policy, snips(choices), doubly_robust(choices))


def _logged(policy: str, exposure: Exposure, reached: Reached) -> Logged:
    options, drawn = exposure.choices, exposure.drawn
    names = [choice.partner_id for choice in options]
    asked = tuple(choice.propensity for choice in options)
    even = (1 / len(options),) * len(options)
    best = (1.0, *([0.0] * (len(options) - 1)))
    return Logged(
        reward=float(reached >= Reached.ACCEPTED),
        taken=names.index(drawn.partner_id) if drawn else 0,
        propensities=asked,
        target={BEST: best, EVENLY: even, AS_DRAWN: asked}[policy],
        expected=tuple(choice.chance for choice in options),
    )
