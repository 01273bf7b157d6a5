"""A sample of a campaign kit, drafted from the approved texts as the agent drafts one, for `samples`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

from assistant.campaigns.assembly import Assembler
from assistant.campaigns.brief import Brief, Sender
from assistant.campaigns.kit import Kit
from assistant.campaigns.library import Library
from assistant.campaigns.segment import PartnerFacts
from assistant.domain.kits import KeptKit, KitDraft
from assistant.tools.kit_card import kit_card
from integrations.surfaces.slack.approval_blocks import card_blocks
from integrations.surfaces.slack.delivery import Json

PROGRAMME, DAY = "skerrow", date(2026, 12, 1)


def campaign(language: str) -> list[Json]:
    """A campaign kit that was drafted and kept: a mail that the law forbids as it is, and ads that are ready."""
    kits = drafted()
    kept = tuple(KeptKit(_draft(f"K-{number}"), version=1) for number in range(1, len(kits) + 1))
    return card_blocks(kit_card(kits, kept, language), language)


@cache
def drafted() -> tuple[Kit, ...]:
    """Kits of a mail and of search ads, without the imprint that a German mail needs."""
    library = Library()
    brief = Brief(
        programme=PROGRAMME,
        theme="keep-recovery",
        campaign="recovery-winter-2026",
        partner="acme",
        locales=("de-DE", "ja-JP"),
        channels=("email", "google_rsa"),
        url="https://www.acme.example/recovery",
        send_on=DAY,
        deadline=date(2027, 1, 31),
        sender=Sender(legal_name="Acme GmbH", address="Hafenstraße 12, 20457 Hamburg", contact="it@acme.example"),
    )
    tiers = library.programme(PROGRAMME).tiers
    facts = PartnerFacts(legal_name="Acme GmbH", display_name="Acme", tier=tiers[-1], tiers=tiers, certified=True)
    return Assembler(library, PROGRAMME).kits(brief, facts)


def _draft(id_: str) -> KitDraft:
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    nothing = {"body": "", "digest": "", "rules": "", "ready": False}
    return KitDraft(id_, "default", "acme", **nothing, drafted_by="acme", drafted_at=at)  # type: ignore[arg-type]
