"""A proposed change as a card: everything that would be written, who decides it, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.domain.approvals import Approval, ApprovalState, Proposal
from assistant.domain.people import Requester
from assistant.tools.proposing import card_of, deed_of
from assistant.tools.tool import Card, Row
from integrations.surfaces.slack.change_fields import editable
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.directions import directed
from integrations.surfaces.slack.form_fields import capital, plain
from integrations.surfaces.slack.rendering import escaped, section
from prompts.messages import message

APPROVE, EDIT, REJECT = "approval_approve", "approval_edit", "approval_reject"
# What is itself an approval or a refusal says on its buttons what it does; nobody approves a refusal or rejects one.
SAYING = frozenset({"approve_review", "reject_review", "accept_invitation", "decline_invitation"})
SECTION = 2_800  # of the 3,000 characters of a section
MOST_SECTIONS = 40  # of the 50 blocks of a message
MARKS = {
    ApprovalState.DONE: "✅",
    ApprovalState.REJECTED: "❌",
    ApprovalState.FAILED: "⚠️",
    ApprovalState.UNKNOWN: "⏳",
    ApprovalState.EXPIRED: "⌛",
    ApprovalState.VOID: "🚫",
}


def approval_card(approval: Approval, reader: Requester, *, card: Card | None = None) -> list[Json]:
    """The card as this person sees it: with buttons for whoever may decide it while it is open."""
    language = reader.locale
    shown = card or card_of(approval.proposal, language)
    blocks = [_header(shown.title), *_rows(shown.rows)]
    return directed([*blocks, *_standing(approval, reader, shown)], language)


def _standing(approval: Approval, reader: Requester, shown: Card) -> Iterator[Json]:
    """How it stands, for this person."""
    language, proposal = reader.locale, approval.proposal
    if approval.state is not ApprovalState.PENDING:  # that it waits, and until when, is over
        yield from _notes(_who(proposal, reader), *proposal.notes, receipt(approval, language))
        return
    yield from _notes(_who(proposal, reader), *shown.notes)
    if proposal.may_be_decided_by(reader):
        yield _buttons(approval, mine=_same(proposal.requester, reader), language=language)
    else:
        yield from _notes(receipt(approval, language))


def receipt(approval: Approval, language: str) -> str:
    """What became of it, in one sentence."""
    from assistant.agents.artifact import Artifact  # noqa: PLC0415 - its library takes its time
    from assistant.agents.wording import outcome_text  # noqa: PLC0415 - as above

    told = Artifact(
        approval.proposal.tool, state=approval.state.value, outcome=approval.outcome, reason=approval.reason
    )
    mark = MARKS.get(approval.state, "⏳")
    text = f"{mark} {outcome_text(told, language)}"
    asker = approval.proposal.requester
    other = approval.decided_by and approval.decided_by not in {asker.user, asker.name}
    by = message("slack_decided_by", language, who=approval.decided_by) if other else ""
    return f"{text} {by}".strip()


def card_blocks(card: Card, language: str) -> list[Json]:
    """A card that asks for nothing."""
    return directed([_header(card.title), *_rows(card.rows), *_notes(*card.notes)], language)


def subject_of(approval: Approval) -> str:
    """What a button carries: which proposal, and exactly what was shown of it."""
    return f"{approval.id}:{approval.digest}"


def button(action: str, value: str, text: str, *, style: str = "") -> Json:
    """A button."""
    made: Json = {"type": "button", "action_id": action, "value": value, "text": plain(text[:75])}
    return made | ({"style": style} if style else {})


def labels_of(proposal: Proposal) -> tuple[str, str]:
    """The words of the button that does what is proposed, and of the one that does not."""
    deed = deed_of(proposal)
    return (f"slack_do_{deed}", "slack_drop") if deed in SAYING else ("slack_approve", "slack_reject")


def _buttons(approval: Approval, *, mine: bool, language: str) -> Json:
    subject = subject_of(approval)
    does, drops = labels_of(approval.proposal)
    elements = [button(APPROVE, subject, message(does, language), style="primary")]
    if mine and editable(approval.proposal):
        elements.append(button(EDIT, subject, message("slack_edit", language)))
    elements.append(button(REJECT, subject, message(drops, language), style="danger"))
    return {"type": "actions", "elements": elements}


def _header(text: str) -> Json:
    return {"type": "header", "text": plain(text[:150])}


def _rows(rows: Iterable[Row]) -> Iterator[Json]:
    """The rows in as few sections as hold them."""
    lines: list[str] = []
    size, made = 0, 0
    for row in rows:
        for line in _lines(row):
            if lines and size + len(line) > SECTION:
                yield section("\n".join(lines))
                lines, size, made = [], 0, made + 1
            if made >= MOST_SECTIONS:
                return
            lines.append(line)
            size += len(line) + 1
    if lines:
        yield section("\n".join(lines))


def _lines(row: Row) -> Iterator[str]:
    """A row; what somebody else wrote, and what has several lines, stands as a quotation below its name."""
    value = escaped(" ".join(row.value.split()))[:SECTION]
    parts = [" ".join(line.split()) for line in row.value.splitlines() if line.strip()]
    name = f"*{escaped(capital(row.label))[:200]}*" if row.label else "•"
    if row.foreign or len(parts) > 1:
        yield name
        yield from (f"> {escaped(part)}"[:SECTION] for part in parts or [""])
    else:
        yield f"{name}: {value}"


def _notes(*notes: str) -> Iterator[Json]:
    texts = [{"type": "mrkdwn", "text": escaped(note)[:SECTION]} for note in notes if note]
    for at in range(0, len(texts), 10):
        yield {"type": "context", "elements": texts[at : at + 10]}


def _who(proposal: Proposal, reader: Requester) -> str:
    """Who asks, for anybody else."""
    return "" if _same(proposal.requester, reader) else message("slack_asked_by", reader.locale, who=_asker(proposal))


def _asker(proposal: Proposal) -> str:
    return proposal.requester.partner_id or proposal.requester.name


def _same(one: Requester, other: Requester) -> bool:
    return (one.name, one.user) == (other.name, other.user)
