"""What is wrong with a text of a campaign, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError

from assistant.campaigns.finding import Finding
from assistant.domain.written import country_told, day_told
from assistant.tools.sentences import found_again
from prompts.messages import isolated, keys, message

NAMES = {"linkedin": "LinkedIn"}  # that are the same in every language
UNITS = {"weighted characters": "weighted"}
OR = "” or “"


def finding_told(finding: Finding, language: str, *, locale: str = "") -> str:
    """What is wrong with a text of a `locale`; as the check says it where nobody translated that."""
    return f"{word('kit_check', finding.check, language)} ({isolated(_details(finding, language, locale), language)})"


def place_name(place: str, language: str) -> str:
    """What people call a place such as "email.subject"."""
    channel, _, field = place.partition(".")
    return f"{word('kit_channel', channel, language)} · {word('kit_field', field, language)}"


def locale_told(locale: str, language: str) -> str:
    """A locale in a language (Unicode CLDR); its code where that is unknown."""
    try:
        spoken = Locale.parse(language.replace("-", "_"))
        return str(Locale.parse(locale.replace("-", "_")).get_display_name(spoken) or locale)
    except (UnknownLocaleError, ValueError):
        return locale


def word(kind: str, name: str, language: str) -> str:
    """A name in the person's language; as the campaign data call it where nobody translated it."""
    try:
        return NAMES.get(name) or message(f"{kind}_{name}", language)
    except KeyError:
        return name


def _details(finding: Finding, language: str, locale: str) -> str:
    found = found_again(finding.message, _keys(finding.check))
    if found is None:
        return finding.message
    key, values = found
    return message(key, language, **{name: _told(name, value, language, locale) for name, value in values.items()})


def _told(name: str, value: str, language: str, locale: str) -> str:
    """A value of a finding: names and codes of ours in words, all else as it stands."""
    if name == "locale":  # a check calls it by its English name
        return locale_told(locale, language) if locale and locale_told(locale, "en") == value else value
    return TELLERS[name](value, language) if name in TELLERS else value.replace(OR, "” / “")


def _day(value: str, language: str) -> str:
    try:
        return day_told(date.fromisoformat(value), language)
    except ValueError:
        return value


@cache
def _keys(check: str) -> tuple[str, ...]:
    return keys(f"finding_{check}_")


TELLERS: dict[str, Callable[[str, str], str]] = {
    "country": country_told,
    "day": _day,
    "sent": _day,
    "element": lambda value, language: word("kit_element", value, language),
    "expected": locale_told,
    "found": locale_told,
    "part": lambda value, language: word("kit_part", value, language),
    "place": place_name,
    "policy": lambda value, language: word("kit_policy", value, language),
    "unit": lambda value, language: word("kit_unit", UNITS.get(value, value), language),
}
