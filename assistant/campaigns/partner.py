"""What the PRM says about the partner that sends a campaign."""

from __future__ import annotations

from datetime import date

from assistant.campaigns.segment import PartnerFacts
from assistant.domain.people import Requester
from assistant.ports.prm import Prm


async def facts_of(
    prm: Prm, partner_id: str, *, requester: Requester, tiers: tuple[str, ...], day: date
) -> PartnerFacts:
    """The partner's facts as far as the requester may see them on the day it is sent; raises RecordNotFound."""
    partner = await prm.get_partner(partner_id, requester=requester)
    held = await prm.certifications(partner_id, requester=requester)
    return PartnerFacts(
        legal_name=partner.legal_name,
        display_name=partner.display_name,
        tier=partner.tier,
        tiers=tiers,
        certified=any(each.valid_on(day) for each in held),
    )
