"""What a tool message keeps beside the words for a model: its card, its citations, and the proposal that waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AnyMessage, ToolMessage
from pydantic import TypeAdapter

from assistant.domain.approvals import Approval, ApprovalState
from assistant.domain.content import Citation
from assistant.tools.tool import Card, ToolResult

OPEN = frozenset(
    state.value
    for state in (ApprovalState.PENDING, ApprovalState.APPROVED, ApprovalState.SENDING, ApprovalState.UNKNOWN)
)


@dataclass(frozen=True, slots=True)
class Artifact:
    """The part of a result that surfaces show. `state` is what the book of approvals last said of the proposal.

    `answer` is the text of a cited answer; when there is one it is told as it stands, and rated by `answer_id`.
    """

    tool: str
    card: Card | None = None
    citations: tuple[Citation, ...] = ()
    answer: str = ""
    answer_id: str = ""
    approval_id: str = ""
    digest: str = ""
    reviewed: bool = False
    state: str = ""
    outcome: str = ""
    reason: str = ""
    failed: str = ""

    @property
    def waits(self) -> bool:
        """Whether a proposal had no outcome when the book was last asked."""
        return bool(self.approval_id) and self.state in OPEN

    @property
    def undecided(self) -> bool:
        """Whether a person is still to decide it."""
        return self.state == ApprovalState.PENDING.value

    def after(self, approval: Approval) -> Artifact:
        """The artifact with what the book says now."""
        return replace(self, state=approval.state.value, outcome=approval.outcome, reason=approval.reason)


WIRE = TypeAdapter(Artifact)


def artifact_of(said: AnyMessage) -> Artifact | None:
    """The artifact of a tool message; None for any other message, or for one of another version."""
    if not isinstance(said, ToolMessage) or not isinstance(said.artifact, dict):
        return None
    return WIRE.validate_python(said.artifact)


def open_proposal(said: AnyMessage) -> Artifact | None:
    """The artifact of a proposal that had no outcome when the book was last asked; None for any other message.

    A thread is looked through for these several times a turn, so its other artifacts are not read.
    """
    plain = said.artifact if isinstance(said, ToolMessage) else None
    if not isinstance(plain, dict) or plain.get("state") not in OPEN:
        return None
    found = artifact_of(said)
    return found if found is not None and found.waits else None


def proposes(said: AnyMessage) -> bool:
    """Whether this is the result of a tool that proposed a change."""
    plain = said.artifact if isinstance(said, ToolMessage) else None
    return isinstance(plain, dict) and bool(plain.get("approval_id"))


def kept(artifact: Artifact) -> dict[str, Any]:
    """The artifact as a checkpoint keeps it: plain JSON, so that reading one makes no object of a stored name."""
    plain: dict[str, Any] = WIRE.dump_python(artifact, mode="json")
    return plain


def artifact_for(tool: str, result: ToolResult, approval: Approval | None) -> Artifact:
    """The artifact of a result and of the proposal that was entered for it."""
    answer = result.answer
    return Artifact(
        tool=tool,
        card=result.card,
        citations=answer.citations if answer else result.citations,
        answer=answer.text if answer and result.card is None else "",
        answer_id=answer.id if answer else "",
        approval_id=approval.id if approval else "",
        digest=approval.digest if approval else "",
        reviewed=approval.proposal.reviewed if approval else False,
        state=approval.state.value if approval else "",
        failed=result.failed,
    )
