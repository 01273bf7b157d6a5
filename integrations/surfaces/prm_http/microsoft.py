"""Where Partner Center posts what happened to referrals: POST /microsoft/events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Request, Response, status

Take = Callable[[Mapping[str, str], bytes], Awaitable[bool]]


def events_router(take: Take) -> APIRouter:
    """The route of the webhook. `take` gets the headers and the bytes as they came.

    It answers 204 for what was taken, known already or not about a referral; 401 for a signature that does not hold;
    503 when the referral could not be read again, so that the event is delivered once more.
    """
    router = APIRouter()

    @router.post("/microsoft/events", status_code=status.HTTP_204_NO_CONTENT, include_in_schema=False)
    async def receive(request: Request) -> Response:
        await take(request.headers, await request.body())
        return Response(status_code=status.HTTP_204_NO_CONTENT)

    return router
