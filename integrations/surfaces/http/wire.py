"""What documents look like on the wire."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from assistant.domain.content import Document
from ingest.summary import IngestSummary
from integrations.surfaces.http.links import document_link


class AudienceView(BaseModel):
    """Who may see a document; everything empty means everybody."""

    roles: list[str] = []
    minimum_tier: str = ""
    regions: list[str] = []
    partner_ids: list[str] = []


class DocumentView(BaseModel):
    """A document, without its text."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0f4c1c9e5a0b7d3e2f6a8b9c",
                    "title": "Deal registration policy",
                    "path": "deal-registration.md",
                    "link": "/v1/documents/0f4c1c9e5a0b7d3e2f6a8b9c/view",
                    "language": "en",
                    "product": "",
                    "asset_type": "policy",
                    "version": "3.2",
                    "valid_from": "2026-01-01",
                    "valid_until": None,
                    "audience": {"roles": [], "minimum_tier": "gold", "regions": [], "partner_ids": []},
                }
            ]
        }
    )

    id: str
    title: str
    path: str
    link: str
    language: str
    product: str = ""
    asset_type: str = ""
    version: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    audience: AudienceView

    @classmethod
    def of(cls, document: Document) -> DocumentView:
        """The view of a document."""
        audience = document.audience
        return cls(
            id=document.id,
            title=document.title,
            path=document.path,
            link=document_link(document),
            language=document.language,
            product=document.product,
            asset_type=document.asset_type,
            version=document.version,
            valid_from=document.scope.valid_from,
            valid_until=document.scope.valid_until,
            audience=AudienceView(
                roles=sorted(audience.roles),
                minimum_tier=audience.minimum_tier,
                regions=sorted(audience.regions),
                partner_ids=sorted(audience.partner_ids),
            ),
        )


class DocumentPage(BaseModel):
    """Documents by title; `cursor` asks for the next page and is empty at the end. `total` counts all pages."""

    items: list[DocumentView]
    cursor: str = ""
    total: int = Field(examples=[1])


class Uploaded(BaseModel):
    """What an upload did. `generation` is the content state that is searched from now on."""

    documents: list[DocumentView]
    added: int
    changed: int
    unchanged: int
    passages: int
    generation: int
    notes: list[str] = Field(default=[], description="What was left out of the files, such as hidden sheets.")

    @classmethod
    def of(cls, summary: IngestSummary, documents: list[Document]) -> Uploaded:
        """What an ingest of uploads did."""
        return cls(
            documents=[DocumentView.of(document) for document in documents],
            added=summary.added,
            changed=summary.changed,
            unchanged=summary.unchanged,
            passages=summary.passages,
            generation=summary.generation,
            notes=list(summary.notes),
        )
