"""The certificates of a partner: which are valid, which run out soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from assistant.domain.partners import Certification
from assistant.domain.people import Requester
from assistant.domain.written import PLAIN, day_told
from assistant.ports.prm import Prm
from assistant.tools.partner_meant import PartnerInputs, partner_meant
from assistant.tools.spotlight import spotlit
from assistant.tools.tool import Card, Row, ToolCall, ToolResult
from prompts.messages import message

SOON = timedelta(days=90)
MOST = 60


class CertificateInputs(PartnerInputs):
    """Whose certificates, and which."""

    certification: str = Field("", max_length=120, description="Only certificates of this name, if one was named.")


@dataclass(frozen=True, slots=True)
class Certifications:
    """Lists certificates by expiry."""

    prm: Prm
    name: ClassVar[str] = "certifications"
    purpose: ClassVar[str] = "List a partner's certificates: holder, product, valid until, expired or running out soon."
    inputs: ClassVar[type[CertificateInputs]] = CertificateInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: CertificateInputs, call: ToolCall) -> ToolResult:
        """Every certificate, the one that runs out first at the top."""
        partner_id = await partner_meant(self.prm, inputs.partner, call)
        every = await self.prm.certifications(partner_id, requester=call.requester)
        held = [item for item in every if has_words(inputs.certification, item.name)]
        told = [(item, _standing(item, call)) for item in held[-MOST:]]
        lines = [f"{standing}: {spotlit(_facts(item))}" for item, standing in told]
        rows = tuple(
            Row(message(f"certificate_{standing}", call.told_in), _facts(item, call.told_in), foreign=True)
            for item, standing in told
        )
        valid = sum(standing != "expired" for _, standing in told)
        notes = (message("certificates_valid", call.told_in, count=str(valid)),)
        head = f"{partner_id}: {valid} valid certificates of {len(held)}."
        return ToolResult("\n".join([head, *lines]), card=Card(message("card_certificates", call.told_in), rows, notes))


def has_words(said: str, name: str) -> bool:
    """Whether a certificate's name has every word of what somebody calls it."""
    return set(said.casefold().split()) <= set(name.casefold().split())


def _standing(item: Certification, call: ToolCall) -> str:
    today = call.now.date()
    if not item.valid_on(today):
        return "expired"
    return "soon" if item.expires - today <= SOON else "valid"


def _facts(item: Certification, language: str = PLAIN) -> str:
    return f"{item.name}, {item.product}, {item.holder}, {day_told(item.expires, language)}"
