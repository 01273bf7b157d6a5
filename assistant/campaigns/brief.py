"""What a partner asks for: the theme, the channels, the locales, when, and who sends."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from assistant.campaigns.law import Element
from assistant.campaigns.reading import Closed

DEFAULT_CHANNELS = ("email", "linkedin", "google_rsa", "meta", "x", "sms", "landing", "call")


class Sender(Closed):
    """Who is in From, and what the law wants readers to know about them. Empty means not given."""

    legal_name: str
    address: str = ""
    contact: str = ""
    imprint: str = ""
    unsubscribe: str = ""
    stop: str = ""

    def shown(self, element: Element) -> str:
        """What stands behind an element of a disclosure; "" where it was not given."""
        if element in {"sender", "both_parties"}:
            return self.legal_name
        return str(getattr(self, element))


class Brief(Closed):
    """One campaign. `countries` says where readers of a locale are, where that is not the locale's own country.

    `audience` and `goal` are for a model that writes, if one does: background that no text is taken from.
    """

    programme: str
    theme: str
    campaign: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,60}$")
    partner: str
    locales: tuple[str, ...] = Field(min_length=1)
    channels: tuple[str, ...] = DEFAULT_CHANNELS
    countries: dict[str, str] = Field(default={})
    url: str = Field(pattern=r"^https://[^\s?#]+$")
    send_on: date
    deadline: date | None = None
    sent_by: Literal["partner", "vendor"] = "partner"
    audience: str = Field(default="", max_length=300)
    goal: str = Field(default="", max_length=300)
    sender: Sender
