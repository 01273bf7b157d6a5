"""/v1/campaigns: briefs to kits, kits to look at, and reviewing them by role."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from assistant.campaigns.brief import Brief
from assistant.campaigns.desk import kit_of
from assistant.campaigns.kit import KitField
from assistant.campaigns.library import Library
from assistant.domain.kits import Decision, KeptKit, KitReview, ReviewRole
from integrations.campaigning import desk_of, reviews_of
from integrations.surfaces.http.identity import NEEDS_KEY, Authenticate, Caller
from integrations.surfaces.http.problems import documented
from integrations.surfaces.http.scopes import AccessScope
from integrations.surfaces.http.service import Service, service_of

MOST_LOCALES = 20
DIGEST = "9c0f5e2b7a1d4e8f6b3c1a0d9e7f5b4c3a2d1e0f9b8c7d6e5f4a3b2c1d0e9f8a"
KIT = "0f4c1c9e5a0b7d3e2f6a8b9c"
BRIEF: dict[str, JsonValue] = {
    "programme": "skerrow",
    "theme": "keep-recovery",
    "campaign": "recovery-winter-2026",
    "partner": "acme",
    "locales": ["de-DE"],
    "channels": ["email", "x"],
    "url": "https://www.acme.example/recovery",
    "send_on": "2026-12-01",
    "deadline": "2027-01-31",
    "sender": {
        "legal_name": "Acme Datentechnik GmbH",
        "address": "Hafenstraße 12, 20457 Hamburg, Germany",
        "contact": "marketing@acme.example",
        "imprint": "https://www.acme.example/imprint",
        "unsubscribe": "https://www.acme.example/optout",
    },
}
Drafting = Annotated[Caller, Depends(Authenticate(AccessScope.CAMPAIGNS))]
Serving = Annotated[Service, Depends(service_of)]
KitId = Annotated[str, Path(pattern=r"^[0-9a-f]{1,64}$", description="Id of the kit.", examples=[KIT])]
router = APIRouter(tags=["campaigns"])


@cache
def campaign_data() -> Library:
    """The campaign data, read once in a process."""
    return Library()


class CampaignRequest(Brief):
    """A brief. With `write` the model of the server writes, and approved texts stand in where it fails."""

    model_config = ConfigDict(json_schema_extra={"examples": [BRIEF]})

    locales: tuple[str, ...] = Field(min_length=1, max_length=MOST_LOCALES)
    channels: tuple[str, ...] = Field(default=Brief.model_fields["channels"].default, min_length=1, max_length=12)
    write: bool = False


class FindingView(BaseModel):
    """What a check says."""

    check: str
    severity: str
    message: str


class FieldView(BaseModel):
    """One field: its text as it would be sent, its size in the channel's unit, and what the checks say."""

    place: str = Field(examples=["x.post"])
    position: int
    text: str
    size: int
    limit: int
    unit: str
    claims: list[str]
    status: str
    author: str
    rejected: list[str]
    findings: list[FindingView]

    @classmethod
    def of(cls, made: KitField) -> FieldView:
        """The view of a field."""
        findings = [FindingView(check=f.check, severity=f.severity, message=f.message) for f in made.findings]
        return cls(
            place=made.place,
            position=made.position,
            text=made.text,
            size=made.size,
            limit=made.hard,
            unit=made.unit,
            claims=list(made.claims),
            status=made.status,
            author=made.author,
            rejected=list(made.rejected),
            findings=findings,
        )


class ReviewView(BaseModel):
    """One decision, and whether it is of the present version."""

    role: ReviewRole
    decision: Decision
    reviewer: str
    at: datetime
    version: int
    rules: str = Field(description="Fingerprint of the campaign data at that time.")
    release: str
    note: str
    void: bool

    @classmethod
    def of(cls, review: KitReview, kept: KeptKit) -> ReviewView:
        """The view of a review."""
        said = {name: getattr(review, name) for name in cls.model_fields if name != "void"}
        return cls(**said, void=kept.standing.get(review.role) is not review)


class KitView(BaseModel):
    """The present version of a kit with its reviews. `digest` is what a review must name."""

    id: str = Field(examples=[KIT])
    digest: str = Field(examples=[DIGEST])
    version: int
    status: str = Field(examples=["in review"])
    partner: str
    campaign: str
    locale: str
    country: str
    send_on: date
    written_for: str = Field(description="Locale that the approved texts are of; empty where there are none.")
    model: str
    fields: list[FieldView]
    reviews: list[ReviewView]

    @classmethod
    def of(cls, kept: KeptKit) -> KitView:
        """The view of a kept kit."""
        kit = kit_of(kept)
        return cls(
            id=kept.draft.id,
            digest=kept.draft.digest,
            version=kept.version,
            status=kept.status,
            partner=kept.draft.partner,
            campaign=kit.campaign,
            locale=kit.locale,
            country=kit.country,
            send_on=kit.send_on,
            written_for=kit.written_for,
            model=kit.model,
            fields=[FieldView.of(each) for each in kit.fields],
            reviews=[ReviewView.of(each, kept) for each in kept.reviews],
        )


class Kits(BaseModel):
    """A kit for each locale, in the order of the brief."""

    items: list[KitView]


class ReviewRequest(BaseModel):
    """A decision in the name of brand, market or legal, on the version with this digest."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"role": "legal", "decision": "approve", "digest": DIGEST, "note": ""}]},
    )

    role: ReviewRole
    decision: Decision
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    note: str = Field(default="", max_length=2_000)


@router.post(
    "/v1/campaigns",
    status_code=201,
    summary="Draft campaign kits",
    responses=documented(400, *NEEDS_KEY, 404, 413, 422, 503, 504),
)
async def draft_campaign(wanted: CampaignRequest, caller: Drafting, service: Serving) -> Kits:
    """Every field with its size, status and reasons. Nothing is sent. A kit drafted again is its next version."""
    library, who = campaign_data(), caller.requester
    brief = Brief.model_validate(wanted.model_dump(exclude={"write"}))
    kits = await desk_of(service.liaison, library).drafted(brief, requester=who, write=wanted.write)
    book = reviews_of(service.liaison, library)
    return Kits(items=[KitView.of(await book.keep(kit, brief, requester=who)) for kit in kits])


@router.get("/v1/campaigns/{kit}", summary="Look at a kit", responses=documented(*NEEDS_KEY, 404, 422, 503, 504))
async def see_campaign(kit: KitId, caller: Drafting, service: Serving) -> KitView:
    """Its present version. Another partner's kit does not exist for you."""
    return KitView.of(await reviews_of(service.liaison, campaign_data()).get(kit, requester=caller.requester))


@router.post(
    "/v1/campaigns/{kit}/reviews",
    status_code=201,
    summary="Review a kit",
    responses=documented(400, *NEEDS_KEY, 404, 409, 413, 422, 503, 504),
)
async def review_campaign(kit: KitId, wanted: ReviewRequest, caller: Drafting, service: Serving) -> KitView:
    """Recorded with reviewer, version and rules. A kit is approved when brand, market and legal have approved it."""
    desk = reviews_of(service.liaison, campaign_data())
    kept = await desk.review(
        kit, wanted.role, wanted.decision, requester=caller.requester, digest=wanted.digest, note=wanted.note
    )
    return KitView.of(kept)
