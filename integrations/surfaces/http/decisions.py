"""/v1/approvals: what waits for a person, and deciding it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from assistant.agents.events import TurnEvent
from assistant.domain.approvals import Approval
from assistant.errors import UsageError
from integrations.surfaces.http.identity import NEEDS_KEY, Authenticate, Caller
from integrations.surfaces.http.problems import documented
from integrations.surfaces.http.scopes import AccessScope
from integrations.surfaces.http.service import Service, service_of
from integrations.surfaces.http.turn_wire import TurnView

router = APIRouter(tags=["approvals"])
Deciding = Annotated[Caller, Depends(Authenticate(AccessScope.CHAT))]
Serving = Annotated[Service, Depends(service_of)]
ApprovalId = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,64}$", description="Id of the approval.")]
PROBLEMS = documented(400, *NEEDS_KEY, 404, 409, 413, 422, 503, 504)
DIGEST = "5f1e0c2b7a9d4e8f6b3c1a0d9e7f5b4c3a2d1e0f9b8c7d6e5f4a3b2c1d0e9f8a"


class ArgumentView(BaseModel):
    """One argument: what the record says now, what it would say, where that came from, and the words it stands in."""

    name: str
    value: str
    source: str
    quote: str = ""
    before: str = ""


class ApprovalView(BaseModel):
    """A change that waits, or what became of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0b9f2c1d",
                    "digest": DIGEST,
                    "tool": "withdraw_deal",
                    "state": "pending",
                    "asked_by": "partner:acme",
                    "thread": "Orrin registration",
                    "reviewed": False,
                    "expires_at": "2026-11-25T12:00:00Z",
                    "arguments": [
                        {"name": "deal_id", "value": "deal-1f0c", "source": "said", "quote": "deal-1f0c", "before": ""}
                    ],
                    "reason": "",
                    "outcome": "",
                }
            ]
        }
    )

    id: str
    digest: str
    tool: str
    state: str
    asked_by: str
    thread: str
    reviewed: bool
    expires_at: datetime
    arguments: list[ArgumentView]
    reason: str = ""
    outcome: str = ""

    @classmethod
    def of(cls, approval: Approval) -> ApprovalView:
        """The view of an approval."""
        wanted = approval.proposal
        return cls(
            id=approval.id,
            digest=approval.digest,
            tool=wanted.tool,
            state=approval.state.value,
            asked_by=wanted.requester.name,
            thread=wanted.thread,
            reviewed=wanted.reviewed,
            expires_at=wanted.expires_at,
            arguments=[
                ArgumentView(name=a.name, value=a.value, source=a.source.value, quote=a.quote, before=a.before)
                for a in wanted.arguments
            ],
            reason=approval.reason,
            outcome=approval.outcome,
        )


class Decision(BaseModel):
    """A decision on exactly what `digest` was shown for. `changes` are new values of the tool's inputs, for an edit."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"decision": "reject", "digest": DIGEST, "reason": "wrong customer"}]},
    )

    decision: Literal["approve", "reject", "edit"]
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    reason: str = Field(default="", max_length=500, description="Why it is rejected; the requester reads it.")
    changes: dict[str, str | bool | list[str]] = Field(default={}, max_length=40)


class Decided(BaseModel):
    """What became of a decision. After an edit, `proposed` is the new proposal, which is still to be approved."""

    approval: ApprovalView
    proposed: TurnView | None = None


@router.get("/v1/approvals", summary="What you may decide", responses=PROBLEMS)
async def pending(caller: Deciding, service: Serving) -> list[ApprovalView]:
    """Changes that wait for you, oldest first: your own, and for channel managers those that rules send to review."""
    found = await service.liaison.approvals.pending(requester=caller.requester)
    return [ApprovalView.of(each) for each in found]


@router.get("/v1/approvals/{approval_id}", summary="A change in full", responses=PROBLEMS)
async def one(approval_id: ApprovalId, caller: Deciding, service: Serving) -> ApprovalView:
    """Every argument with its origin, and what became of it."""
    return ApprovalView.of(await service.liaison.approvals.get(approval_id, requester=caller.requester))


@router.post("/v1/approvals/{approval_id}", summary="Approve, reject or edit a change", responses=PROBLEMS)
async def decide(approval_id: ApprovalId, given: Decision, caller: Deciding, service: Serving) -> Decided:
    """Approving writes exactly what was shown, once. An edit proposes anew and approves nothing."""
    agent, requester = await service.agent(), caller.requester
    if given.decision == "edit":
        if not given.changes:
            raise UsageError("An edit needs new values.", hint="Send them as `changes`, by the names of the inputs.")
        told: list[TurnEvent] = [
            event async for event in agent.edit(approval_id, given.digest, given.changes, requester=requester)
        ]
        former = await service.liaison.approvals.get(approval_id, requester=requester)
        return Decided(approval=ApprovalView.of(former), proposed=TurnView.of("", told))
    decided = await agent.decide(
        approval_id, given.digest, approve=given.decision == "approve", requester=requester, reason=given.reason
    )
    return Decided(approval=ApprovalView.of(decided))
