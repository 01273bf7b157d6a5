"""Partner facts: tier, certification and legal name as the partner's record says, never as the text says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.segment import Segment

CERTIFIED = regex.compile(
    r"\b(?:certified|official partner|zertifiziert\w*|offizieller partner|certifié\w*|partenaire officiel|"
    r"certificad[oa]s?|certificat[oa]|gecertificeerd\w*)\b|認定|公式|认证|官方|인증|공식|معتمد",
    regex.IGNORECASE,
)


def check(segment: Segment) -> Iterator[Finding]:
    """Errors for a tier that is not the partner's, and for "certified" without a certificate."""
    facts = segment.partner
    if facts is None:
        return
    for tier in facts.tiers:
        if _claimed(tier).search(segment.target) and tier.casefold() != facts.tier.casefold():
            yield error("partner_fact", f"the partner's tier is {facts.tier}, not {tier}", tier)
    match = CERTIFIED.search(segment.target)
    if match and not facts.certified:
        yield error("partner_fact", f"“{match[0]}”: the partner holds no valid certificate", match[0])


@lru_cache(maxsize=256)
def _claimed(tier: str) -> regex.Pattern[str]:
    """Finds a tier that a text claims, before or behind the word for partner."""
    name = regex.escape(tier)
    before = rf"(?<!\p{{L}}){name}[- ]?(?:partner|パートナー|合作伙伴|파트너|partenaire|socio|parceiro)"
    behind = rf"(?:partenaire|socio|parceiro|partner|الشريك)\s+{name}(?!\p{{L}})"
    return regex.compile(f"{before}|{behind}", regex.IGNORECASE)
