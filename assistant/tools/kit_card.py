"""A campaign kit as people read it: what each text is for, how far it is, and what keeps it from being sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from babel import Locale, UnknownLocaleError

from assistant.campaigns.finding import Finding
from assistant.campaigns.kit import Kit, KitField, Status
from assistant.domain.kits import KeptKit
from assistant.tools.tool import Card, Row
from prompts.messages import isolated, message

NAMES = {"linkedin": "LinkedIn"}  # that are the same in every language


def kit_card(kits: Sequence[Kit], kept: Sequence[KeptKit], language: str) -> Card:
    """The card of kits; `kept` says under which ids they wait for review, if they do."""
    rows = tuple(
        Row(f"{name} ({status_told(each.status, language)})", isolated(each.text, language))
        for kit in kits
        for name, each in _named(kit, language)
    )
    ready = sum(each.status is Status.READY for kit in kits for each in kit.fields)
    told = message("campaign_ready", language, ready=str(ready), count=str(len(rows)))
    ids = ", ".join(f"{each.draft.id} ({kit.locale})" for kit, each in zip(kits, kept, strict=True)) if kept else ""
    where = (message("campaign_kept", language, kits=ids),) if ids else ()
    notes = (
        f"{name} – {finding_told(finding, language)}"
        for kit in kits
        for name, each in _named(kit, language)
        for finding in each.reasons
    )
    return Card(message("card_campaign", language), rows, (told, *where, *dict.fromkeys(notes)))


def place_told(locale: str, place: str, language: str, *, number: int = 0) -> str:
    """What a text is for: "German (Germany) · Email · subject"; with a `number` where there are several of it."""
    channel, _, field = place.partition(".")
    named = _word("kit_channel", channel, language), _word("kit_field", field, language)
    count = f" {number}" if number else ""
    return f"{locale_told(locale, language)} · {' · '.join(named)}{count}"


def locale_told(locale: str, language: str) -> str:
    """A locale in a language (Unicode CLDR); its code where that is unknown."""
    try:
        spoken = Locale.parse(language.replace("-", "_"))
        return str(Locale.parse(locale.replace("-", "_")).get_display_name(spoken) or locale)
    except (UnknownLocaleError, ValueError):
        return locale


def status_told(status: Status, language: str) -> str:
    """How far a text is."""
    return message(f"kit_status_{status.name.lower()}", language)


def finding_told(finding: Finding, language: str) -> str:
    """What is wrong with a text; the details as the check tells them."""
    return f"{_word('kit_check', finding.check, language)} ({isolated(finding.message, language)})"


def _named(kit: Kit, language: str) -> Iterator[tuple[str, KitField]]:
    """Every text with what it is for."""
    counted = Counter(each.place for each in kit.fields)
    for each in kit.fields:
        number = each.position + 1 if counted[each.place] > 1 else 0
        yield place_told(kit.locale, each.place, language, number=number), each


def _word(kind: str, name: str, language: str) -> str:
    """A name in the person's language; as the campaign data call it where nobody translated it."""
    try:
        return NAMES.get(name) or message(f"{kind}_{name}", language)
    except KeyError:
        return name
