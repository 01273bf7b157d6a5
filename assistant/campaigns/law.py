"""What the law of a country asks of a commercial message, and which words it bans. No legal advice."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from assistant.campaigns.reading import Closed

Element = Literal["sender", "both_parties", "address", "contact", "imprint", "unsubscribe", "stop"]


class CountryLaw(Closed):
    """One country: the consent it asks for, and the elements a message must show."""

    consent: Literal["opt_in", "opt_out", "opt_out_business", "legitimate_interest", "none"]
    email: tuple[Element, ...]
    sms: tuple[Element, ...]
    source: str = Field(min_length=8)
    as_of: date | None = None
    subject_label: str = ""
    text_label: str = ""
    sender_is_designated: bool = False
    honour_days: int = 0

    def elements(self, channel: str) -> tuple[Element, ...]:
        """What a message in this channel must show; nothing in a channel where the platform shows who advertises."""
        return {"email": self.email, "sms": self.sms}.get(channel, ())

    def label(self, place: str) -> str:
        """What the text must begin with."""
        return {"email.subject": self.subject_label, "sms.text": self.text_label}.get(place, "")


class Countries(Closed):
    """The law by ISO country, as of a day."""

    as_of: date
    countries: dict[str, CountryLaw]


class BannedTerms(Closed):
    """Words that are banned in a country; with `unless_survey`, unless a claim of kind "survey" is bound."""

    source: str
    terms: tuple[str, ...]
    unless_survey: bool = False


class Terms(Closed):
    """Banned words by country, as of a day."""

    as_of: date
    banned: dict[str, BannedTerms]
