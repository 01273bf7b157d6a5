"""A sample of what `/cosell` recommends, from the sentences that a ranking is told in, for `samples`."""

from __future__ import annotations

from datetime import date

from assistant.cosell.eligibility import EXPIRED, Exclusion
from assistant.cosell.reasons import Fact, Reason
from assistant.cosell.wording import excluded
from assistant.domain.partners import MembershipStatus, Partner, PartnerKind
from assistant.domain.written import share_told
from assistant.tools.tool import Card, Row
from integrations.surfaces.slack.cosell import recommended_blocks
from integrations.surfaces.slack.delivery import Json
from prompts.messages import message

REASONS = (
    Reason("country", 0.9, "country", (Fact("count", "4", ""), Fact("total", "9", ""), Fact("value", "DE", ""))),
    Reason("account", 0.4, "account", (Fact("count", "2", ""), Fact("of", "5", ""), Fact("last", "2026-01-30", ""))),
)
AGAINST = Reason("activity", -0.3, "activity_none", ())
BARRED = (
    Exclusion("tiber", "territory", "AT, IT"),
    Exclusion("tiber", "membership", MembershipStatus.SUSPENDED.value),
    Exclusion("tiber", "certificate", f"{EXPIRED}2025-12-01"),
)


def cosell(language: str) -> list[Json]:
    """Partners for a deal, and why another is none of them."""
    counted = message("cosell_counts", language, considered="40", scored="12")
    asked = message("cosell_why", language, partner=TIBER.display_name)
    notes = (counted, *(f"{asked} {excluded(each, TIBER, language)}" for each in BARRED))
    rows = tuple(_row(number, name, language) for number, name in enumerate(("Brightpath", "Nordlicht"), 1))
    return recommended_blocks(Card(message("card_cosell", language), rows, notes), language)


def no_partner(language: str) -> list[Json]:
    """That nobody may work a deal."""
    counted = message("cosell_counts", language, considered="40", scored="0")
    return recommended_blocks(Card(message("card_cosell", language), (), (counted,)), language)


def _row(number: int, name: str, language: str) -> Row:
    chance = share_told(0.63 / number, language, decimals=0)
    head = message("cosell_head", language, rank=str(number), partner=f"{name} ({name.lower()})", chance=chance)
    against = message(
        "cosell_counter", language, reason=AGAINST.told(language), share=share_told(0.26, language, decimals=0)
    )
    return Row(head, " ".join([*(each.told(language) for each in REASONS), against]), foreign=True, record=name)


TIBER = Partner(
    id="tiber",
    legal_name="Tiber S.p.A.",
    display_name="Tiber",
    kind=PartnerKind.RESELLER,
    country="IT",
    countries=frozenset({"AT", "IT"}),
    program_id="skerrow",
    tier="gold",
    status=MembershipStatus.ACTIVE,
    since=date(2021, 5, 1),
)
