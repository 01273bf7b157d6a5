"""One partner of a recommendation as programs get it: chances, exact reasons, what speaks against it."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from assistant.cosell import wording
from assistant.cosell.reasons import Reason
from assistant.cosell.recommend import Recommended


class Rate(BaseModel):
    """A probability with its 90 % interval."""

    value: float = Field(examples=[0.275])
    low: float = Field(examples=[0.213])
    high: float = Field(examples=[0.34])


class WinRate(Rate):
    """How often deals with the partner were won: an association in the record, not an effect of the partner."""

    won: int
    closed: int
    sufficient: bool = Field(description="Whether there are enough closed deals to say anything.")
    differs: bool = Field(description="Whether it differs from all others beyond chance.")
    needed: int = Field(description="About how many more closed deals would be enough to act on.")


class FactView(BaseModel):
    """One value of a reason and the records it comes from."""

    name: str
    value: str
    source: str


class ReasonView(BaseModel):
    """A share of the score, with the facts behind it."""

    family: str = Field(examples=["country"])
    label: str = Field(examples=["Country"])
    points: float = Field(description="What it adds to the log-odds.", examples=[3.822])
    odds: int = Field(description="By how many percent it changes the odds.", examples=[4470])
    told: str = Field(examples=["9 of its 40 earlier deals were in DE."])
    facts: list[FactView]

    @classmethod
    def of(cls, reason: Reason, language: str) -> ReasonView:
        """The view of a reason."""
        facts = [FactView(name=fact.name, value=fact.value, source=fact.source) for fact in reason.facts]
        return cls(
            family=reason.family,
            label=reason.label(language),
            points=reason.points,
            odds=reason.odds,
            told=reason.told(language),
            facts=facts,
        )


class LookAlikeView(BaseModel):
    """A closed deal of the partner that was like this one."""

    id: str
    opened: date
    shared: list[str] = Field(examples=[["product:keep", "country:DE"]])
    won: bool


class PartnerView(BaseModel):
    """A partner that may work the deal. `score` is `start` plus the points of all reasons."""

    id: str = Field(examples=["acme"])
    name: str
    rank: int
    engages: Rate
    wins: WinRate
    deals: int = Field(description="Earlier deals on record.")
    sufficient: bool = Field(description="Whether its own record says anything of it.")
    score: float
    start: float
    reasons: list[ReasonView]
    against: str = Field(description="The strongest fact against it.")
    evidence: list[str] = Field(description="What is not known of it, and how many deals would tell.")
    alike: list[LookAlikeView]
    rank_without: int = Field(description="Its rank without its foremost reason.")
    kept: bool = Field(description="Whether it has a place kept for newer partners.")
    propensity: float = Field(description="How likely it was to get its place.")

    @classmethod
    def of(cls, item: Recommended, language: str) -> PartnerView:
        """The view of a partner."""
        win = item.win
        return cls(
            id=item.partner.id,
            name=item.partner.display_name,
            rank=item.rank,
            engages=Rate(value=item.chance, low=item.low, high=item.high),
            wins=WinRate(
                value=win.rate,
                low=win.low,
                high=win.high,
                won=win.won,
                closed=win.closed,
                sufficient=win.sufficient,
                differs=win.differs,
                needed=win.needed,
            ),
            deals=item.deals,
            sufficient=item.sufficient,
            score=item.score,
            start=item.start,
            reasons=[ReasonView.of(reason, language) for reason in item.reasons],
            against=wording.counter(item, language),
            evidence=wording.evidence(item, language),
            alike=[
                LookAlikeView(id=deal.id, opened=deal.opened, shared=list(deal.shared), won=deal.won)
                for deal in item.lookalikes
            ],
            rank_without=item.rank_without,
            kept=item.reserved,
            propensity=item.propensity,
        )
