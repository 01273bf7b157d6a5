"""One sample of everything that people see in Slack, in any language: for the preview, and for the eye of a reviewer.

A new kind of message, card or view gets its row in SAMPLES.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from assistant.domain.accounts import Customer
from assistant.domain.answer import Answer, AnswerStatus
from assistant.domain.approvals import Approval, ApprovalState, Argument, Proposal, Source
from assistant.domain.content import Citation, Locator
from assistant.domain.deals import DealDraft, DealRegistration, DealState
from assistant.domain.funds import FundDraft
from assistant.domain.money import Money
from assistant.domain.people import ANONYMOUS, Requester, Role, TierLadder
from assistant.tools.tool import Card, Row
from assistant.tools.writes import RequestFunds, WithdrawDeal, payload_of
from integrations.surfaces.slack.approval_blocks import approval_card, card_blocks, receipt
from integrations.surfaces.slack.change_fields import editing_of
from integrations.surfaces.slack.cosell import recommended_blocks
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.form_view import change_form, checking_view, deal_form, reason_form, told_view
from integrations.surfaces.slack.home import deals_blocks, home_view
from integrations.surfaces.slack.rendering import below, escaped, markdown, rating, section
from integrations.surfaces.slack.reviewing import waiting_blocks
from prompts.messages import message

MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LADDER = TierLadder()


def _partner(language: str) -> Requester:
    return Requester(user="slack:T:U", role=Role.PARTNER, partner_id="acme", tier="gold", locale=language)


def _answer(language: str) -> Answer:
    place = Locator("page", "4", "4")
    citation = Citation(
        document_id="d",
        passage_id="p",
        title="Deal protection",
        heading_path=("Registration", "How long it lasts"),
        locator=place,
        link="https://content.example/protection.pdf",
        quote="",
        start=0,
        end=0,
    )
    told = "An approved registration protects the partner for **90 days**. [1]\n\n- one extension of 30 days [1]\n"
    table = "\n| Tier | Days |\n|---|---|\n| Gold | 90 |\n| Silver | 60 |\n"
    contradiction = message("notice_contradiction", language, first="90", second="60")
    return Answer(
        question="?",
        status=AnswerStatus.ANSWERED,
        text=told + table,
        language=language,
        citations=(
            citation,
            replace(citation, title="Rules <2026> & stages", link="", locator=Locator("slide", "2", "3")),
        ),
        notices=(contradiction,),
        id="a1",
    )


def answered(language: str) -> list[Json]:
    """An answer with its sources, a notice and the buttons to rate it."""
    answer = _answer(language)
    return [markdown(answer.text), *below(answer, language)]


def declined(language: str) -> list[Json]:
    """A question that the content does not answer."""
    told = message("declined_weak_evidence", language, searched="128", nearest="Deal protection, Tiers")
    return [markdown(told), rating("a2", language)]


def private(language: str) -> list[Json]:
    """What goes beyond what the channel may know."""
    return [section(escaped(message("slack_private", language))), *answered(language)]


def files(language: str) -> list[Json]:
    """A file that could not be read, and one that was too long."""
    told = (
        message("slack_file_unread", language, name="plan.zip"),
        message("slack_file_cut", language, name="spec.pdf"),
    )
    return [section("\n".join(told))]


def linking(language: str) -> list[Json]:
    """What the command to link an account says."""
    told = (message("slack_linked", language, principal="partner:acme"), message("slack_link_refused", language))
    return [section(each) for each in (*told, message("slack_link_help", language))]


def _deal(state: DealState) -> DealRegistration:
    customer = Customer(name="Müller & Söhne GmbH", country="DE", website="mueller.example")
    money = Money(Decimal(48_000), "EUR")
    close = date(2026, 9, 30)
    draft = DealDraft(
        customer=customer,
        product="SKERROW-EDGE",
        value=money,
        target_close=close,
        partner_ref="R-1",
        title="Müller",
        problem="Their licence ends in June.",
    )
    return DealRegistration("D-0042", "acme", draft, state, created_at=MOMENT, updated_at=MOMENT, version="3")


def _approval(
    language: str, state: ApprovalState = ApprovalState.PENDING, *, outcome: str = "", reason: str = ""
) -> Approval:
    arguments = (
        Argument("customer.name", "Müller & Söhne GmbH", Source.SAID),
        Argument("value.amount", "48000", Source.SAID, before="36000"),
        Argument("problem", "Their <old> system & its licence end in June.", Source.QUOTED, quote="licence"),
        Argument("target_close", "2026-09-30", Source.RULE),
    )
    proposal = Proposal(
        "register_deal", "{}", arguments, requester=_partner(language), thread="t", expires_at=MOMENT, reviewed=True
    )
    made = Approval("P-7", proposal, proposal.digest, "k", state, proposed_at=MOMENT, outcome=outcome)
    return replace(made, reason=reason)


def proposed(language: str) -> list[Json]:
    """A proposal that waits for a decision."""
    return approval_card(_approval(language), _partner(language))


def decided(language: str) -> list[Json]:
    """What became of a proposal."""
    return approval_card(_approval(language, ApprovalState.DONE, outcome="D-0042 in_review"), _partner(language))


def receipts(language: str) -> list[Json]:
    """What else can become of a proposal, in a line each."""
    states = (ApprovalState.FAILED, ApprovalState.UNKNOWN, ApprovalState.EXPIRED, ApprovalState.VOID)
    told = [receipt(_approval(language, state, outcome="…"), language) for state in states]
    told.append(receipt(_approval(language, ApprovalState.REJECTED, reason="€ 36,000"), language))
    late = message("slack_late", language, outcome=told[2])
    return [section(escaped(each)) for each in (*told, late, message("slack_not_yours", language))]


def queue(language: str) -> list[Json]:
    """A deal that waits for a channel manager."""
    return [
        section(f"*{message('slack_review_one', language)}*"),
        *waiting_blocks(_deal(DealState.IN_REVIEW), language),
    ]


def cosell(language: str) -> list[Json]:
    """Partners for a deal."""
    why = message("cosell_product", language, count="4", total="9", value="SKERROW-EDGE")
    rows = tuple(
        Row(f"{number}. {name}", why, record=name) for number, name in enumerate(("Brightpath", "Nordlicht"), 1)
    )
    counted = message("cosell_counts", language, considered="40", scored="12")
    return recommended_blocks(Card(message("card_cosell", language), rows, (counted,)), language)


def funds(language: str) -> list[Json]:
    """A card that asks for nothing."""
    left = message("fund_left", language, left="€ 12,000", granted="€ 20,000", until="2026-12-31")
    return card_blocks(Card(message("card_funds", language), (Row("MDF 2026", left),)))


def campaign(language: str) -> list[Json]:
    """A campaign kit that was drafted and kept."""
    counted = message("campaign_ready", language, ready="2", count="2")
    kept = message("campaign_kept", language, kits="K-3 (en)")
    rows = (
        Row("en email.subject (ready)", "Restore in minutes"),
        Row("en email.body (ready)", "Backup that restores."),
    )
    return card_blocks(Card(message("card_campaign", language), rows, (counted, kept)))


def failed(language: str) -> list[Json]:
    """Why there is no answer, a channel's turn to read what was done privately, and a click that came too late."""
    told = (
        message("slack_failed", language, reason="…"),
        message("slack_answered_privately", language),
        message("slack_form_late", language),
        message("slack_click_again", language),
        message("slack_cosell_help", language),
        message("slack_not_for_you", language),
    )
    return [section(escaped(each)) for each in told]


def deal_status(language: str) -> list[Json]:
    """A deal whose state changed."""
    told = message("slack_deal_now", language, deal="Müller (D-0042)", state=message("state_active", language))
    return [section(f"{told} {message('slack_deal_protected', language, day='2026-06-01')}")]


def empty_form(language: str) -> Json:
    """The deal form as it opens."""
    return deal_form("f1", {}, language, products=("SKERROW-EDGE", "SKERROW-CORE"))


def filled_form(language: str) -> Json:
    """The deal form filled in from a message."""
    values = {
        "customer_name": "Müller & Söhne GmbH",
        "customer_country": "DE",
        "problem": "Their licence ends in June.",
    }
    error = {"customer_name": message("slack_error_required", language)}
    return deal_form("f1", values, language, products=("SKERROW-EDGE",), errors=error)


def checking(language: str) -> Json:
    """The form while it is checked."""
    return checking_view("f1", language)


def sent(language: str) -> Json:
    """The form when its proposal stands."""
    return told_view(message("slack_form_proposed", language), language)


def editing(language: str) -> Json:
    """A proposal for funds, to be edited."""
    draft = FundDraft("A-1", Money(Decimal(4_000), "EUR"), "Workshop", "20 leads", date(2026, 9, 3), date(2026, 9, 4))
    proposal = Proposal(
        "request_funds",
        payload_of(RequestFunds(draft)),
        (),
        requester=_partner(language),
        thread="t",
        expires_at=MOMENT,
    )
    made = editing_of(proposal)
    return change_form("P-8", made, language) if made else {}


def editing_a_withdrawal(language: str) -> Json:
    """A proposal to take a deal back, to be edited."""
    command = WithdrawDeal("D-0042", "The customer stopped the project.")
    proposal = Proposal(
        "withdraw_deal", payload_of(command), (), requester=_partner(language), thread="t", expires_at=MOMENT
    )
    made = editing_of(proposal)
    return change_form("P-9", made, language) if made else {}


def asking(language: str) -> Json:
    """What a reviewer asks the partner."""
    return reason_form("review_ask:D-0042:3", language, asks=True)


def rejecting(language: str) -> Json:
    """Why something is rejected."""
    return reason_form("P-7", language)


def home_of_a_partner(language: str) -> Json:
    """The home of somebody known."""
    return home_view(_partner(language), deals_blocks([_deal(DealState.ACTIVE)], language), ladder=LADDER)


def home_of_a_manager(language: str) -> Json:
    """The home of a channel manager, with a deal that waits."""
    jonas = Requester(user="jonas", role=Role.CHANNEL_MANAGER, locale=language)
    return home_view(jonas, waiting_blocks(_deal(DealState.IN_REVIEW), language), ladder=LADDER, chosen=language)


def home_of_nobody(language: str) -> Json:
    """The home of somebody unknown, who just had their data deleted."""
    nobody = replace(ANONYMOUS, locale=language)
    return home_view(nobody, [], ladder=LADDER, note=message("slack_forgotten", language))


Sample = Callable[[str], "list[Json] | Json"]
SAMPLES: tuple[Sample, ...] = (
    *(answered, declined, private, files, linking),
    *(proposed, decided, receipts, queue, cosell, funds, campaign, deal_status, failed),
    *(empty_form, filled_form, checking, sent, editing, editing_a_withdrawal, asking, rejecting),
    *(home_of_a_partner, home_of_a_manager, home_of_nobody),
)
