"""One sample of everything that people see in Slack, in any language: for the preview, and for the eye of a reviewer.

A new kind of message, card or view gets its row in SAMPLES; a test names what has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from assistant.agents.events import CitationGiven
from assistant.domain.answer import Answer, AnswerStatus
from assistant.domain.approvals import Approval, ApprovalState, Argument, Proposal, Source
from assistant.domain.content import Citation, Locator
from assistant.domain.deals import DealState
from assistant.domain.people import ANONYMOUS, Requester, Role, TierLadder
from assistant.domain.written import amount_told, day_told
from assistant.tools.tool import Card, Row
from assistant.tools.writes import WithdrawDeal
from integrations.surfaces.slack.announcing import news_blocks, sentence_of
from integrations.surfaces.slack.approval_blocks import approval_card, card_blocks, receipt
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.dialogue import Heard
from integrations.surfaces.slack.home import deals_blocks, home_view, nothing_to_show
from integrations.surfaces.slack.progress import step
from integrations.surfaces.slack.prompting import prompts_for
from integrations.surfaces.slack.rendering import below, escaped, private_messages, rating, section
from integrations.surfaces.slack.reviewing import queue_blocks, reviewer_card
from integrations.surfaces.slack.samples_of_campaigns import campaign
from integrations.surfaces.slack.samples_of_changes import (
    EDITS,
    MOMENT,
    PARTNERS,
    approval_of,
    deal_in,
    partner,
    proposed_changes,
)
from integrations.surfaces.slack.samples_of_cosell import cosell, no_partner
from integrations.surfaces.slack.samples_of_forms import FORMS
from integrations.surfaces.slack.samples_of_sentences import SENTENCES, of_records_as_cards
from integrations.surfaces.slack.streaming import whole
from prompts.messages import message

__all__ = ["MOMENT", "SAMPLES", "Sample"]
LADDER = TierLadder()


def _manager(language: str) -> Requester:
    return Requester(user="jonas", role=Role.CHANNEL_MANAGER, locale=language)


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
    contradiction = message("notice_contradiction", language, first="90 days [1]", second="60 days [2]")
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
    return list(whole(answer.text, below(answer, language))["blocks"])


def declined(language: str) -> list[Json]:
    """A question that the content does not answer."""
    told = message("declined_weak_evidence", language, searched="128", nearest="Deal protection, Tiers")
    return list(whole(told, [rating("a2", language)])["blocks"])


def private(language: str) -> list[Json]:
    """What goes beyond what the channel may know."""
    answer = _answer(language)
    (blocks,) = private_messages(message("slack_private", language), answer.text, below(answer, language))
    return blocks


def done_privately(language: str) -> list[Json]:
    """What the agent did for somebody of a channel."""
    heard = Heard([message("deals_none", language)], [CitationGiven(1, _answer(language).citations[0])], [], "a3")
    lead = message("slack_private_action", language)
    (blocks,) = private_messages(lead, heard.text(language), heard.blocks(language))
    return blocks


def working(language: str) -> list[Json]:
    """What Slack tells of Liaison until a reply begins, and the steps that are taken for it."""
    told = [message(f"slack_status_{number}", language) for number in range(1, 4)]
    tools = ("search_content", "deal_status", "register_deal")
    steps = [f"✓ {step(tool, language, status='complete')['title']}" for tool in tools]
    return [section("\n".join(told)), section("\n".join(steps))]


def prompts(language: str) -> list[Json]:
    """What is suggested to somebody before they write, by who they are."""
    people = (partner(language), replace(partner(language), tier=LADDER.names[-1]), _manager(language))
    nobody = replace(ANONYMOUS, locale=language)
    title = f"*{message('slack_prompts_title', language)}*"
    told = [
        "\n".join(f"{each['title']}: {each['message']}" for each in prompts_for(who, LADDER))
        for who in (*people, nobody)
    ]
    return [section(title), *(section(escaped(each)) for each in told)]


def files(language: str) -> list[Json]:
    """A file that could not be read, and one that was too long."""
    told = (
        message("slack_file_unread", language, name="plan.zip"),
        message("slack_file_cut", language, name="spec.pdf"),
    )
    return [section("\n".join(told))]


def linking(language: str) -> list[Json]:
    """What the command to link an account says."""
    told = (message("slack_linked", language, principal=PARTNERS["acme"]), message("slack_link_refused", language))
    more = (message(f"slack_{key}", language) for key in ("link_help", "unlinked"))
    return [section(each) for each in (*told, *more)]


def _approval(
    language: str, state: ApprovalState = ApprovalState.PENDING, *, outcome: str = "", reason: str = ""
) -> Approval:
    arguments = (
        Argument("customer.name", "Müller & Söhne GmbH", Source.SAID),
        Argument("value.amount", "48000.50", Source.SAID, before="36000"),
        Argument("value.currency", "EUR", Source.SAID),
        Argument("problem", "Their <old> system & its licence end in June.", Source.QUOTED, quote="licence"),
        Argument("target_close", "2026-09-30", Source.RULE),
    )
    proposal = Proposal(
        "register_deal", "{}", arguments, requester=partner(language), thread="t", expires_at=MOMENT, reviewed=True
    )
    made = Approval("P-7", proposal, proposal.digest, "k", state, proposed_at=MOMENT, outcome=outcome)
    return replace(made, reason=reason, decided_by="jonas" if outcome else "")


def proposed(language: str) -> list[Json]:
    """A proposal that waits for a decision."""
    return approval_card(_approval(language), partner(language))


def decided(language: str) -> list[Json]:
    """What became of two proposals; whose deal it is stands there as before."""
    registered = _approval(language, ApprovalState.DONE, outcome="D-0042 in_review")
    withdrawn = approval_of(WithdrawDeal("D-0042", "The customer stopped the project."), language, ApprovalState.DONE)
    both = (replace(registered, decided_by=""), replace(withdrawn, outcome="D-0042 withdrawn"))
    return [block for each in both for block in approval_card(each, partner(language))]


def receipts(language: str) -> list[Json]:
    """What else can become of a proposal, in a line each."""
    states = (ApprovalState.FAILED, ApprovalState.UNKNOWN, ApprovalState.EXPIRED, ApprovalState.VOID)
    failed, *rest = (_approval(language, state, outcome="…") for state in states)
    told = [receipt(failed, language), *(receipt(replace(each, decided_by=""), language) for each in rest)]
    told.append(receipt(_approval(language, ApprovalState.REJECTED, reason="36,000 EUR"), language))
    late = message("slack_late", language, outcome=told[2])
    return [section(escaped(each)) for each in (*told, late, message("slack_not_yours", language))]


def of_somebody_else(language: str) -> list[Json]:
    """A proposal as somebody reads it who does not decide it."""
    return approval_card(_approval(language), _manager(language))


def queue(language: str) -> list[Json]:
    """The deals that wait for a channel manager."""
    return queue_blocks([deal_in(DealState.IN_REVIEW)], language, PARTNERS)


def empty_queue(language: str) -> list[Json]:
    """That none waits."""
    return queue_blocks([], language, PARTNERS)


def to_review(language: str) -> list[Json]:
    """A deal that waits, as a message of its own, and what became of it."""
    deals = deal_in(DealState.IN_REVIEW), deal_in(DealState.ACTIVE)
    return [block for deal in deals for block in reviewer_card(deal, language, PARTNERS)]


def funds(language: str) -> list[Json]:
    """A card that asks for nothing."""
    left, granted = (amount_told(Decimal(each), "EUR", language) for each in ("12000", "20000"))
    told = message("fund_left", language, left=left, granted=granted, until=day_told(date(2026, 12, 31), language))
    return card_blocks(Card(message("card_funds", language), (Row("MDF 2026", told),)), language)


def failed(language: str) -> list[Json]:
    """Why there is no answer, a channel's turn to read what was done privately, and a click that came too late."""
    keys = ("empty", "answered_privately", "click_again", "cosell_help", "not_for_you", "card_text", "rejected")
    told = [message("slack_failed", language, reason="…"), *(message(f"slack_{key}", language) for key in keys)]
    return [section(escaped(each)) for each in told]


def deal_status(language: str) -> list[Json]:
    """Deals whose state changed."""
    active = deal_in(DealState.ACTIVE, until=datetime(2026, 6, 1, tzinfo=UTC))
    asked = deal_in(DealState.ACTION_REQUIRED, comment="Who <else> is in this deal?")
    told = (sentence_of(deal, deal.state.value, language) for deal in (active, asked))
    return [block for each in told for block in news_blocks(each, language)]


def home_of_a_partner(language: str) -> Json:
    """The home of somebody known."""
    return home_view(
        partner(language), deals_blocks([deal_in(DealState.ACTIVE)], language), name=PARTNERS["acme"], ladder=LADDER
    )


def home_without_deals(language: str) -> Json:
    """The home of a partner that has none yet."""
    return home_view(partner(language), deals_blocks([], language), name=PARTNERS["acme"], ladder=LADDER)


def home_without_prm(language: str) -> Json:
    """The home while the deals cannot be read."""
    return home_view(partner(language), nothing_to_show(language), name=PARTNERS["acme"], ladder=LADDER)


def home_of_a_manager(language: str) -> Json:
    """The home of a channel manager, with a deal that waits."""
    waiting = queue_blocks([deal_in(DealState.IN_REVIEW)], language, PARTNERS)
    return home_view(_manager(language), waiting, name="jonas", ladder=LADDER, chosen=language)


def home_of_nobody(language: str) -> Json:
    """The home of somebody unknown, who just had their data deleted."""
    nobody = replace(ANONYMOUS, locale=language)
    return home_view(nobody, [], name="", ladder=LADDER, note=message("slack_forgotten", language))


Sample = Callable[[str], "list[Json] | Json"]
SAMPLES: tuple[Sample, ...] = (
    *(answered, declined, private, done_privately, working, prompts, files, linking),
    *(proposed, of_somebody_else, decided, receipts, proposed_changes, queue, empty_queue, to_review),
    *(cosell, no_partner, funds, campaign, deal_status, failed, *FORMS, *EDITS),
    *(of_records_as_cards, *SENTENCES),
    *(home_of_a_partner, home_without_deals, home_without_prm, home_of_a_manager, home_of_nobody),
)
