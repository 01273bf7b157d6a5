"""The 25 checks of a text pair, each in its file and usable alone; `CHECKS` is the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from assistant.campaigns.checks import (
    banned,
    channel_policy,
    characters,
    claim,
    disclosure,
    double_word,
    ending,
    formality,
    freshness,
    glossary,
    inclusive,
    language,
    length,
    length_ratio,
    link,
    locale_format,
    markup,
    name,
    number,
    partner_fact,
    placeholder,
    plural,
    typography,
    untranslated,
    variant,
)
from assistant.campaigns.finding import Finding
from assistant.campaigns.segment import Segment

Check = Callable[[Segment], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "placeholder": placeholder.check,
    "plural": plural.check,
    "markup": markup.check,
    "number": number.check,
    "locale_format": locale_format.check,
    "name": name.check,
    "glossary": glossary.check,
    "language": language.check,
    "variant": variant.check,
    "untranslated": untranslated.check,
    "length": length.check,
    "length_ratio": length_ratio.check,
    "typography": typography.check,
    "characters": characters.check,
    "double_word": double_word.check,
    "formality": formality.check,
    "claim": claim.check,
    "banned": banned.check,
    "disclosure": disclosure.check,
    "link": link.check,
    "channel_policy": channel_policy.check,
    "partner_fact": partner_fact.check,
    "freshness": freshness.check,
    "ending": ending.check,
    "inclusive": inclusive.check,
}


def findings(segment: Segment, checks: Mapping[str, Check] = CHECKS) -> tuple[Finding, ...]:
    """Everything the checks say about a pair, in the order of the table."""
    return tuple(finding for check in checks.values() for finding in check(segment))
