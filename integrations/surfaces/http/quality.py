"""/v1/feedback and /v1/gaps: what people think of answers, and what the content does not answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.domain.gap import LONGEST_COMMENT, Complaint, Feedback, Gap, GapStatus, NearContent, Rating
from integrations.surfaces.http.identity import NEEDS_KEY, Authenticate, Caller
from integrations.surfaces.http.links import content_link
from integrations.surfaces.http.problems import documented
from integrations.surfaces.http.scopes import AccessScope
from integrations.surfaces.http.service import Service, service_of

Serving = Annotated[Service, Depends(service_of)]
router = APIRouter(tags=["quality"])


class FeedbackRequest(BaseModel):
    """What you think of an answer. Rating the same answer again replaces the rating."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "answer_id": "4f9859a0b70e19424f67336ab390bb1f",
                    "rating": "bad",
                    "reason": "outdated",
                    "comment": "The term is 120 days since March.",
                }
            ]
        },
    )

    answer_id: str = Field(pattern=r"^[0-9a-f]{1,64}$", description="The `id` of the answer.")
    rating: Rating
    reason: Complaint | None = None
    comment: str = Field(default="", max_length=LONGEST_COMMENT)


class GapList(BaseModel):
    """Gaps, open ones first, then by how often they were asked."""

    items: list[Gap]


@router.post(
    "/v1/feedback",
    status_code=204,
    summary="Rate an answer",
    responses=documented(400, *NEEDS_KEY, 404, 413, 422, 503, 504),
)
async def give_feedback(
    given: FeedbackRequest,
    caller: Annotated[Caller, Depends(Authenticate(AccessScope.FEEDBACK))],
    service: Serving,
) -> Response:
    """Only who asked may rate. A bad rating makes the question a gap for the people who own the content."""
    feedback = Feedback(answer_id=given.answer_id, rating=given.rating, comment=given.comment, reason=given.reason)
    await service.liaison.feedback.rate(feedback, requester=caller.requester)
    return Response(status_code=204)


@router.get(
    "/v1/gaps",
    summary="What the content does not answer",
    responses=documented(*NEEDS_KEY, 422, 503, 504),
)
async def list_gaps(
    caller: Annotated[Caller, Depends(Authenticate(AccessScope.READ_GAPS))],
    service: Serving,
    status: Annotated[GapStatus | None, Query()] = None,
    language: Annotated[str, Query(pattern=r"^([a-z]{2,3})?$", examples=["en"])] = "",
) -> GapList:
    """The vendor's people see what all partners missed, added up; a partner sees what its own people missed."""
    return GapList(items=await visible_gaps(service, caller, status=status, language=language))


async def visible_gaps(
    service: Service, caller: Caller, *, status: GapStatus | None = None, language: str = ""
) -> list[Gap]:
    """The gaps that a caller may see, with links that they can open."""
    found = await service.liaison.gaps.report(requester=caller.requester, status=status, language=language)
    return [replace(gap, nearest=_readable(gap.nearest), answered_in=_readable(gap.answered_in)) for gap in found]


def _readable(content: tuple[NearContent, ...]) -> tuple[NearContent, ...]:
    return tuple(replace(each, link=content_link(each.document_id, each.link)) for each in content)
