"""Everything a PRM holds, to move it from one place to another."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.domain.accounts import Account
from assistant.domain.cosell import CoSellInvitation, Opportunity
from assistant.domain.deals import DealRegistration
from assistant.domain.funds import FundAllocation, FundRequest
from assistant.domain.partners import Certification, Partner, Program, Territory


@dataclass(frozen=True, slots=True)
class Archive:
    """The records of one tenant, kind by kind."""

    programs: tuple[Program, ...] = ()
    territories: tuple[Territory, ...] = ()
    partners: tuple[Partner, ...] = ()
    certifications: tuple[Certification, ...] = ()
    accounts: tuple[Account, ...] = ()
    deals: tuple[DealRegistration, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()
    invitations: tuple[CoSellInvitation, ...] = ()
    allocations: tuple[FundAllocation, ...] = ()
    fund_requests: tuple[FundRequest, ...] = ()
