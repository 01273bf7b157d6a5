"""The disclosure of a message: what the country's law asks for, said in the language of the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.campaigns.block import Vendor
from assistant.campaigns.brief import Brief, Sender
from assistant.campaigns.finding import Finding, error
from assistant.campaigns.law import CountryLaw, Element
from assistant.campaigns.locale_pack import LocalePack
from assistant.campaigns.rendering import render
from assistant.campaigns.segment import PartnerFacts


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The texts that a message must carry, in order, and what could not be said because the brief lacks it."""

    texts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def disclose(
    law: CountryLaw | None,
    channel: str,
    *,
    brief: Brief,
    partner: PartnerFacts,
    vendor: Vendor,
    said: Mapping[str, str],
    locale: LocalePack,
) -> Disclosure:
    """The disclosure of a message in a channel; `said` is how each element is said in the locale's language."""
    if law is None:
        return Disclosure(findings=(error("disclosure", "no rule is known for the country; ask a lawyer"),))
    found = list(_designated(law, channel, brief=brief, partner=partner, vendor=vendor))
    texts = []
    for element in law.elements(channel):
        if not brief.sender.shown(element):
            found.append(error("disclosure", f"the law asks for “{element}” and the brief does not give it", element))
            continue
        texts.append(
            _text(element, said, sender=brief.sender, names=(partner.legal_name, vendor.legal_name), locale=locale)
        )
    return Disclosure(texts=tuple(texts), findings=tuple(found))


def _designated(
    law: CountryLaw, channel: str, *, brief: Brief, partner: PartnerFacts, vendor: Vendor
) -> Iterator[Finding]:
    """Who is in From must be one of the two advertisers: their address and their opt-out are the ones that count."""
    if channel not in {"email", "sms"}:
        return
    wanted = partner.legal_name if brief.sent_by == "partner" else vendor.legal_name
    if brief.sender.legal_name != wanted:
        told = "the designated sender" if law.sender_is_designated else "the sender"
        yield error("disclosure", f"{told} must be {wanted}, the brief says {brief.sender.legal_name}", wanted)


def _text(
    element: Element, said: Mapping[str, str], *, sender: Sender, names: tuple[str, str], locale: LocalePack
) -> str:
    values = {
        "sender": sender.legal_name,
        "partner": names[0],
        "vendor": names[1],
        "address": sender.address,
        "contact": sender.contact,
        "imprint": sender.imprint,
        "unsubscribe": sender.unsubscribe,
        "stop": sender.stop,
    }
    return render(said[element], values, locale)
