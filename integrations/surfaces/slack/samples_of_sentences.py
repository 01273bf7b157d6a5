"""Samples of every sentence of answers, records, rules and the agent, whatever makes them say it, for `samples`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from assistant.domain.deals import DealState
from assistant.domain.written import amount_told, country_told, day_told, share_told
from assistant.tools.complaints import complaint
from assistant.tools.list_deals import told
from assistant.tools.tool import Card, Row
from integrations.surfaces.slack.approval_blocks import card_blocks
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.directions import directed
from integrations.surfaces.slack.rendering import escaped, section
from integrations.surfaces.slack.samples_of_changes import PARTNERS, deal_in
from prompts.messages import keys, message, slots_of

LINES = 20  # of a section
ANSWERS = ("declined_", "clarify_", "not_recorded", "notice_", "place_")
RECORDS = ("state_", "deals_", "reviews_", "status_", "certificate", "tier_", "fund_", "path_", "invitation", "role_")
AGENT = ("agent_", "feedback_", "escalated", "origin_", "check_")
# What stands in the sentences where they leave room: names, numbers and ids, which are the same in every language.
PLAIN = {
    "searched": "128", "nearest": "Deal protection", "first": "90 days [1]", "second": "60 days [2]",
    "terms": "Schutz = protection",
    "at": "4", "sheet": "Prices", "place": "4", "version": "3", "count": "3", "of": "5", "total": "9", "rank": "2",
    "scored": "12", "considered": "40", "partner": "Nordlicht", "partners": "Brightpath, Nordlicht",
    "given": "Fresh GmbH", "displaced": "Tiber", "cost": "0.2", "needed": "7", "closed": "2", "recent": "2",
    "words": "energy, grid", "id": "D-0042", "name": "MDF 2026", "have": "2", "minimum": "5", "missing": "3",
    "rules": "one-customer", "title": "Müller", "customer": "Müller & Söhne GmbH", "reason": "…", "outcome": "D-0042",
    "product": "SKERROW-EDGE", "own": "D-0042", "wanted": "D-0043", "rule": "one-customer", "told": "…",
    "tier": "gold", "found": "4", "low": "1", "high": "2", "kits": "K-1",
}  # fmt: skip
CODES = {"state": "in_review", "day": "2026-06-01"}  # as rules write them


def of_answers(language: str) -> list[Json]:
    """Every answer that declines, every notice below one, and every place of a source."""
    return _sentences(ANSWERS, language)


def of_records(language: str) -> list[Json]:
    """What is said of deals, certificates, tiers, funds, learning and invitations."""
    return _sentences(RECORDS, language)


def of_the_agent(language: str) -> list[Json]:
    """What the agent asks and answers by rule."""
    return _sentences(AGENT, language)


def of_cosell(language: str) -> list[Json]:
    """Every reason, exclusion and caution of co-selling."""
    return _sentences(("cosell_",), language)


def of_rules(language: str) -> list[Json]:
    """Every refusal of a rule and every fault of a field."""
    told = (message(key, "en", **(_slots(key, "en") | CODES)) for key in keys("says_"))
    return _listed([complaint(each, language) for each in told], language)


def of_records_as_cards(language: str) -> list[Json]:
    """What a partner reads of their deals, of one that needs something of them, and of an empty list."""
    deal = deal_in(DealState.ACTION_REQUIRED, comment="Who <else> is in this deal?")
    status = (
        Row(deal.id, told(deal, language), foreign=True),
        Row(message("field_partner", language), PARTNERS["acme"], foreign=True),
        Row(message("field_due", language), day_told(date(2026, 4, 1), language)),
        Row(message("field_comment", language), deal.comment, foreign=True),
    )
    wanted = message("status_action_required", language, id=deal.id)
    listed = (Row(deal.id, told(deal, language, PARTNERS), foreign=True),)
    cards = (
        Card(message("card_deals", language), listed, (message("deals_more", language, count="20"),)),
        Card(message("card_status", language), status, (wanted,)),
        Card(message("card_invitations", language), (), (message("invitations_none", language),)),
    )
    return [block for card in cards for block in card_blocks(card, language)]


def _sentences(prefixes: Iterable[str], language: str) -> list[Json]:
    lines = [message(key, language, **_slots(key, language)) for prefix in prefixes for key in keys(prefix)]
    return _listed(lines, language)


def _listed(lines: list[str], language: str) -> list[Json]:
    parts = (lines[at : at + LINES] for at in range(0, len(lines), LINES))
    return directed([section("\n".join(f"• {escaped(each)}" for each in part)) for part in parts], language)


def _slots(key: str, language: str) -> dict[str, str]:
    """What fills the room of a sentence, as people of the language write it."""
    amounts = {name: amount_told(Decimal(8_000), "EUR", language) for name in ("left", "granted")}
    days = {name: day_told(date(2026, 6, 1), language) for name in ("day", "until", "last")}
    shares = {name: share_told(0.125, language) for name in ("chance", "share", "low", "high")}
    words = {
        "value": country_told("DE", language),
        "country": country_told("DE", language),
        "state": message("state_in_review", language),
        "fields": message("field_target_close", language),
        "family": message("cosell_family_country", language),
        "traits": message("cosell_family_country", language),
    }
    known = PLAIN | amounts | days | shares | words
    return {name: known[name] for name in slots_of(key)}


SENTENCES = (of_answers, of_records, of_the_agent, of_cosell, of_rules)
