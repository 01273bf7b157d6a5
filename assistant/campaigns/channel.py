"""What channels accept: fields with their limits, each with its unit, source and date."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import model_validator

from assistant.campaigns.reading import Closed

STALE_DAYS = 180  # platforms change limits about twice a year


class Unit(StrEnum):
    """How a field is counted."""

    CHARACTERS = "characters"
    WIDTH = "width"
    WEIGHT = "weight"
    PARTS = "parts"


class FieldLimit(Closed):
    """One field. Above `hard` the channel refuses, above `soft` readers do not see the end.

    `count` is the least and most of it in an asset. `compose` is how the text is sent: with its link, its disclosure.
    """

    unit: Unit
    hard: int
    soft: int = 0
    recommended: int = 0
    count: tuple[int, int] = (1, 1)
    compose: str = "{text}"
    headline: bool = False
    multiline: bool = False
    legal: bool = False
    exclamation: bool = True

    @model_validator(mode="after")
    def _ordered(self) -> FieldLimit:
        if self.hard < 1 or self.soft > self.hard or self.count[0] > self.count[1]:
            msg = "soft must not exceed hard, the least count not the most"
            raise ValueError(msg)
        return self


class Channel(Closed):
    """One channel. `emoji` is how many a text may have; below 0 means any."""

    source: str
    fields: dict[str, FieldLimit]
    as_of: date | None = None
    emoji: int = -1
    halfwidth_kana: bool = True
    repeated_punctuation: bool = True


class Channels(Closed):
    """All channels, as of a day."""

    as_of: date
    channels: dict[str, Channel]


class Place(Closed):
    """A field of a channel, such as google_rsa.headline, with the rules of both."""

    name: str
    channel: Channel
    limit: FieldLimit
    as_of: date

    def stale(self, today: date) -> bool:
        """Whether the limits should be looked up again."""
        return (today - self.as_of).days > STALE_DAYS
