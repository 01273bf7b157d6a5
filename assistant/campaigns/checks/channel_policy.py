"""Channel policy: emoji, half-width kana, exclamation marks and repeated punctuation where refused."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from assistant.campaigns.counters import HALFWIDTH_KANA, emoji
from assistant.campaigns.finding import Finding, error
from assistant.campaigns.segment import Segment

REPEATED = regex.compile(r"([!?！？.,*~])\1+(?<!\.\.\.)|[!?！？]{2,}")
EXCLAIMED = regex.compile("[!！]")
SHOUTED = regex.compile(r"\b\p{Lu}{6,}\b")


def check(segment: Segment) -> Iterator[Finding]:
    """Errors for what the channel refuses."""
    if segment.place is None:
        return
    channel, limit, text = segment.place.channel, segment.place.limit, segment.target
    if 0 <= channel.emoji < (count := emoji(text)):
        yield error("channel_policy", f"{count} emoji, {segment.place.name} takes {channel.emoji}")
    if not channel.halfwidth_kana and (match := HALFWIDTH_KANA.search(text)):
        yield error("channel_policy", "half-width katakana are refused", match[0])
    if not limit.exclamation and EXCLAIMED.search(text):
        yield error("channel_policy", f"{segment.place.name} takes no exclamation mark", "!")
    if not channel.repeated_punctuation:
        if match := REPEATED.search(text):
            yield error("channel_policy", f"repeated punctuation “{match[0]}” is refused", match[0])
        if (match := SHOUTED.search(text)) and match[0] not in segment.names:
            yield error("channel_policy", f"“{match[0]}” is in capitals", match[0])
    if limit.headline and "\n" in text:
        yield error("channel_policy", f"{segment.place.name} is one line")
