"""A campaign kit as people read it: what each text is for, how far it is, and what keeps it from being sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from assistant.campaigns.kit import Kit, KitField, Status
from assistant.domain.kits import KeptKit
from assistant.domain.written import listed
from assistant.tools.kit_findings import finding_told, locale_told, place_name
from assistant.tools.tool import Card, Row
from prompts.messages import isolated, message


def kit_card(kits: Sequence[Kit], kept: Sequence[KeptKit], language: str) -> Card:
    """The card of kits; `kept` says under which ids they wait for review, if they do."""
    rows = tuple(
        Row(f"{name} ({status_told(each.status, language)})", isolated(each.text, language))
        for kit in kits
        for name, each in _named(kit, language)
    )
    ready = sum(each.status is Status.READY for kit in kits for each in kit.fields)
    told = message("campaign_ready", language, ready=str(ready), count=str(len(rows)))
    ids = [f"{each.draft.id} · {locale_told(kit.locale, language)}" for kit, each in zip(kits, kept, strict=bool(kept))]
    where = (message("campaign_kept", language, kits=listed(ids, language)),) if ids else ()
    notes = (
        f"{name} – {finding_told(finding, language, locale=kit.locale)}"
        for kit in kits
        for name, each in _named(kit, language)
        for finding in each.reasons
    )
    return Card(message("card_campaign", language), rows, (told, *where, *dict.fromkeys(notes)))


def place_told(locale: str, place: str, language: str, *, number: int = 0) -> str:
    """What a text is for: "German (Germany) · Email · subject"; with a `number` where there are several of it."""
    count = f" {number}" if number else ""
    return f"{locale_told(locale, language)} · {place_name(place, language)}{count}"


def status_told(status: Status, language: str) -> str:
    """How far a text is."""
    return message(f"kit_status_{status.name.lower()}", language)


def _named(kit: Kit, language: str) -> Iterator[tuple[str, KitField]]:
    """Every text with what it is for."""
    counted = Counter(each.place for each in kit.fields)
    for each in kit.fields:
        number = each.position + 1 if counted[each.place] > 1 else 0
        yield place_told(kit.locale, each.place, language, number=number), each
