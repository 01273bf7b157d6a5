"""Samples of what can be proposed: the card of each change, and the form by which it is edited, for `samples`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType

from assistant.domain.accounts import Customer
from assistant.domain.approvals import Approval, ApprovalState, Source
from assistant.domain.cosell import CoSellRole, InvitationDraft
from assistant.domain.deals import DealChange, DealDraft, DealRegistration, DealState
from assistant.domain.funds import FundDraft
from assistant.domain.money import Money
from assistant.domain.people import Requester, Role
from assistant.domain.written import amount_told, country_told, day_told
from assistant.tools.list_deals import told
from assistant.tools.origin import ON_RECORD, Origin
from assistant.tools.proposing import Wanted
from assistant.tools.proposing import proposed as proposed_by
from assistant.tools.tool import ToolCall, ToolResult
from assistant.tools.writes import (
    AnswerInvitation,
    ApproveReview,
    Command,
    ExtendDeal,
    InvitePartner,
    RegisterDeal,
    RejectReview,
    RequestFunds,
    UpdateDeal,
    WithdrawDeal,
)
from integrations.surfaces.slack.approval_blocks import approval_card
from integrations.surfaces.slack.change_fields import editing_of
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.form_view import change_form
from prompts.messages import message

MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PARTNERS: Mapping[str, str] = MappingProxyType({"acme": "Acme Datentechnik"})
PRODUCTS = ("SKERROW-EDGE", "SKERROW-CORE")
SAID = Origin(Source.SAID)
ORIGINS: Mapping[str, Origin] = MappingProxyType(
    dict.fromkeys(
        (
            *("deal_id", "customer.name", "value.amount", "value.currency", "target_close", "evidence", "reason"),
            *("message", "until", "activity", "outcome", "starts", "ends", "amount.amount", "amount.currency"),
            *("invitee", "accept"),
        ),
        SAID,
    )
    | dict.fromkeys(("allocation_id", "invitation_id"), ON_RECORD)
    | {"problem": Origin(Source.QUOTED, "licence ends")}
)


def partner(language: str) -> Requester:
    """Somebody of a partner."""
    return Requester(user="slack:T:U", role=Role.PARTNER, partner_id="acme", tier="gold", locale=language)


def deal_in(state: DealState, *, comment: str = "", until: datetime | None = None) -> DealRegistration:
    """A deal in a state."""
    draft = DealDraft(
        customer=Customer(name="Müller & Söhne GmbH", country="DE", website="mueller.example"),
        product="SKERROW-EDGE",
        value=Money(Decimal(36_000), "EUR"),
        target_close=date(2026, 9, 30),
        partner_ref="R-1",
        title="Müller",
        problem="Their <old> system & its licence end in June.",
    )
    return DealRegistration(
        "D-0042",
        "acme",
        draft,
        state,
        created_at=MOMENT,
        updated_at=MOMENT,
        version="3",
        comment=comment,
        protected_until=until,
    )


def change_of_a_deal() -> UpdateDeal:
    """New values of a deal."""
    money, day = Money(Decimal(48_000), "EUR"), date(2026, 10, 15)
    return UpdateDeal("D-0042", DealChange(value=money, target_close=day, problem="Their licence ends in July."))


def changes(language: str) -> tuple[Command, ...]:
    """One of each change that can be proposed."""
    invited = message("invitation_text", language, product="SKERROW-EDGE", country=country_told("DE", language))
    funds = FundDraft("A-1", Money(Decimal(4_000), "EUR"), "Workshop", "20 leads", date(2026, 9, 3), date(2026, 9, 4))
    return (
        RegisterDeal(deal_in(DealState.DRAFT).draft),
        change_of_a_deal(),
        WithdrawDeal("D-0042", "The customer stopped the project."),
        ExtendDeal("D-0042", "Their budget is released in May.", date(2026, 8, 31)),
        RequestFunds(funds),
        InvitePartner(InvitationDraft("D-0042", "nordlicht", CoSellRole.DELIVERY, invited)),
        AnswerInvitation("I-7", accept=False, reason="Our team is booked until autumn."),
        ApproveReview("D-0042"),
        RejectReview("D-0042", "This customer is ours since 2019."),
    )


def proposal_of(command: Command, language: str) -> ToolResult:
    """What a tool makes of a change: its proposal and its card."""
    record = deal_in(DealState.ACTIVE).draft if isinstance(command, UpdateDeal) else None
    call = ToolCall(partner(language), "t", MOMENT)
    return proposed_by(Wanted(command, ORIGINS, record=record, notes=notes_of(command, language)), call)


def approval_of(command: Command, language: str, state: ApprovalState = ApprovalState.PENDING) -> Approval:
    """The proposal of a change, as it stands in the book."""
    proposal = proposal_of(command, language).proposal
    if proposal is None:
        raise ValueError("A change has no proposal.")
    return Approval("P-7", proposal, proposal.digest, "k", state, proposed_at=MOMENT)


def notes_of(command: Command, language: str) -> tuple[str, ...]:
    """What the tool of a change adds for its approver, who knows a deal by its customer."""
    deal = deal_in(DealState.IN_REVIEW)
    customer = deal.draft.customer.name
    about = message("card_about", language, title=deal.draft.title, customer=customer)
    if isinstance(command, ExtendDeal):
        until = day_told(date(2026, 6, 1), language)
        return message("card_protected", language, customer=customer, day=until), message("card_extension", language)
    if isinstance(command, ApproveReview | RejectReview):
        means = "review_approve_means" if isinstance(command, ApproveReview) else "review_reject_means"
        registered = message("card_review_about", language, partner=PARTNERS["acme"], deal=told(deal, language))
        return registered, message(means, language)
    if isinstance(command, RequestFunds):
        left = amount_told(Decimal(8_000), "EUR", language)
        return (message("fund_after", language, left=left, name="MDF 2026"),)
    return (about,) if isinstance(command, UpdateDeal | WithdrawDeal | InvitePartner) else ()


def form_of(kind: type[Command], language: str) -> Json:
    """The form by which a change of a kind is edited."""
    (command,) = (each for each in changes(language) if isinstance(each, kind))
    proposal = proposal_of(command, language).proposal
    made = editing_of(proposal) if proposal else None
    if made is None:
        raise ValueError(f"Nothing of a {kind.__name__} can be edited.")
    return change_form("P-8", made, language, products=PRODUCTS)


def proposed_changes(language: str) -> list[Json]:
    """The card of every other change that can be proposed."""
    blocks: list[Json] = []
    for command in (*changes(language)[1:], AnswerInvitation("I-7", accept=True)):
        blocks += approval_card(
            approval_of(command, language), partner(language), card=proposal_of(command, language).card
        )
    return blocks


def editing_a_deal(language: str) -> Json:
    """A changed deal, to be edited."""
    return form_of(UpdateDeal, language)


def editing_a_withdrawal(language: str) -> Json:
    """A proposal to take a deal back, to be edited."""
    return form_of(WithdrawDeal, language)


def editing_an_extension(language: str) -> Json:
    """A proposal to protect a deal for longer, to be edited."""
    return form_of(ExtendDeal, language)


def editing_funds(language: str) -> Json:
    """A proposal for funds, to be edited."""
    return form_of(RequestFunds, language)


def editing_an_invitation(language: str) -> Json:
    """An invitation into a deal, to be edited."""
    return form_of(InvitePartner, language)


def editing_a_refusal(language: str) -> Json:
    """An invitation that is declined, to be edited."""
    return form_of(AnswerInvitation, language)


def editing_a_rejection(language: str) -> Json:
    """A review that rejects, to be edited."""
    return form_of(RejectReview, language)


EDITS = (
    *(editing_a_deal, editing_a_withdrawal, editing_an_extension, editing_funds),
    *(editing_an_invitation, editing_a_refusal, editing_a_rejection),
)
