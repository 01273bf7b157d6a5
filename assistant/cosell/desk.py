"""The one way in for every surface: a need becomes a case, and what a case recommends is logged."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.cosell.eligibility import Exclusion, Policy
from assistant.cosell.history import Need
from assistant.cosell.keeping import Exposing
from assistant.cosell.model import ScoringModel
from assistant.cosell.need import Described, of_deal, of_description
from assistant.cosell.recommend import USUAL, Recommendation, Recommender
from assistant.cosell.register import read_register
from assistant.cosell.staffing import staffed
from assistant.cosell.team import Proposal
from assistant.cosell.whynot import Explanation, leads
from assistant.domain.exposure import Exposure, Placed
from assistant.domain.partners import Certification
from assistant.domain.people import Requester
from assistant.ports.clock import Clock
from assistant.ports.exposures import ExposureLog
from assistant.ports.prm import Prm

ANYBODY = Policy()


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants partners for: a deal by its id, an account by its id, or a need in words."""

    deal: str = ""
    account: str = ""
    told: Described = field(default_factory=Described)


@dataclass(frozen=True, slots=True)
class Staffing:
    """What a team must be: capabilities it covers, its most partners, groups that never work together."""

    needs: tuple[str, ...] = ()
    size: int = 3
    rivals: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One need as of today over everything its tenant's PRM knows, for one channel manager."""

    recommender: Recommender
    need: Need
    deal: str
    requester: Requester
    prm: Prm
    log: ExposureLog
    clock: Clock

    async def recommend(self, *, limit: int = 10, exposing: Exposing = USUAL) -> Recommendation:
        """The ranked partners; what was shown is logged with its propensities."""
        found = await self.preview(limit=limit, exposing=exposing)
        await self.log.keep(self._exposure(found))
        return found

    async def preview(self, *, limit: int = 10, exposing: Exposing = USUAL) -> Recommendation:
        """The ranked partners for somebody who is not going to act on the list; nothing is logged."""
        return await self.recommender.recommend(
            self.need, certificates=self._certificates, limit=limit, exposing=exposing
        )

    async def explain(self, partner_id: str) -> Explanation:
        """Why a partner stands where it does, beside the first one. Raises RecordNotFound."""
        recommender = self.recommender
        found = await recommender.explain(self.need, partner_id, certificates=self._certificates)
        partner = recommender.register.partners[partner_id]
        top = await self.preview(limit=1)
        if isinstance(found, Exclusion):
            return Explanation(partner, top.scored, excluded=found)
        first = top.ranked[0] if top.ranked else found
        if first.partner.id == partner_id:
            return Explanation(partner, top.scored, found=found, first=found)
        return Explanation(partner, top.scored, found=found, first=first, leads=leads(first, found))

    async def team(self, wanted: Staffing) -> Proposal:
        """The best team with its proof, the runner-up, and what each constraint costs."""
        return await staffed(
            self.recommender,
            self.need,
            certificates=self._certificates,
            wanted=wanted.needs,
            size=wanted.size,
            rivals=wanted.rivals,
        )

    async def _certificates(self, partner_id: str) -> tuple[Certification, ...]:
        return await self.prm.certifications(partner_id, requester=self.requester)

    def _exposure(self, found: Recommendation) -> Exposure:
        shown = tuple(
            Placed(item.partner.id, item.rank, item.chance, item.propensity, kept=item.reserved)
            for item in found.ranked
        )
        lot = (self.requester.name, self.deal, self.need.day, self.need.account, self.need.traits, found.model, shown)
        return Exposure(
            id=hashlib.blake2b(repr(lot).encode(), digest_size=16).hexdigest(),
            tenant=self.requester.tenant,
            who=self.requester.name,
            at=self.clock.now(),
            deal_id=self.deal,
            model=found.model,
            shown=shown,
            choices=found.kept.choices,
        )


@dataclass(frozen=True, slots=True)
class CoSellDesk:
    """Opens cases. `model` gives the trained model, or raises SettingsError with what to do."""

    prm: Prm
    model: Callable[[], ScoringModel]
    log: ExposureLog
    clock: Clock

    async def case(self, asked: Asked, *, requester: Requester, policy: Policy = ANYBODY) -> Case:
        """The case of a need. Raises Forbidden for partners, RecordNotFound, UsageError for a need without content."""
        register = await read_register(self.prm, requester)
        model, day = self.model(), self.clock.now().date()
        recommender = await asyncio.to_thread(Recommender, register, model, day=day, policy=policy)
        if asked.deal:
            need = await of_deal(self.prm, asked.deal, requester=requester, register=register, day=day)
        else:
            need = of_description(await self._told(asked, requester), register=register, day=day)
        return Case(recommender, need, asked.deal, requester, self.prm, self.log, self.clock)

    async def _told(self, asked: Asked, requester: Requester) -> Described:
        if not asked.account:
            return asked.told
        account, told = await self.prm.get_account(asked.account, requester=requester), asked.told
        return Described(account.customer, told.product, told.value, told.text, told.present)
