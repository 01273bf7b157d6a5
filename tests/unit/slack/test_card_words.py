"""Words of cards that a busy reader could take for the opposite: what a button does, and what stays said afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.domain.approvals import ApprovalState
from assistant.tools.tool import Card, Row
from assistant.tools.writes import AnswerInvitation, ApproveReview, Command, RejectReview, WithdrawDeal
from integrations.surfaces.slack.approval_blocks import approval_card, card_blocks
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.form_view import drop_form, reason_form
from integrations.surfaces.slack.home import LANGUAGES
from integrations.surfaces.slack.samples_of_changes import approval_of, partner, proposal_of
from prompts.messages import message


def card(command: Command) -> list[Json]:
    return approval_card(approval_of(command, "en"), partner("en"))


def buttons(blocks: list[Json]) -> list[str]:
    return [each["text"]["text"] for block in blocks if block["type"] == "actions" for each in block["elements"]]


@pytest.mark.parametrize(
    ("command", "title", "labels"),
    [
        (ApproveReview("D-1"), "Approve this registration", ["Approve registration", "Leave as it is"]),
        (
            RejectReview("D-1", "It is ours."),
            "Refuse this registration",
            ["Refuse registration", "Edit", "Leave as it is"],
        ),
        (AnswerInvitation("I-1", accept=True), "Accept this invitation", ["Accept invitation", "Leave as it is"]),
        (
            AnswerInvitation("I-1", accept=False, reason="Booked."),
            "Decline this invitation",
            ["Decline invitation", "Edit", "Leave as it is"],
        ),
        (WithdrawDeal("D-1", "They stopped."), "Withdraw this deal", ["Approve", "Edit", "Reject"]),
    ],
)
def test_no_one_approves_a_refusal_or_rejects_one(command: Command, title: str, labels: list[str]) -> None:
    shown = card(command)
    assert shown[0]["text"]["text"] == title
    assert buttons(shown) == labels


def test_a_partner_reads_why_a_registration_was_rejected_and_only_the_book_why_a_proposal_was_dropped() -> None:
    rejecting, dropping = (
        reason_form("review_reject:D-1:3", "en"),
        drop_form(approval_of(RejectReview("D-1", "x"), "en"), "en"),
    )
    assert [rejecting["title"]["text"], dropping["title"]["text"]] == ["Reject", "Leave as it is"]
    (asked,), (wanted,) = rejecting["blocks"], dropping["blocks"]
    assert "partner reads" in asked["label"]["text"]
    assert "partner" not in wanted["label"]["text"]
    assert (asked["optional"], wanted["optional"]) == (False, True)
    assert approval_of(RejectReview("D-1", "x"), "en").digest in dropping["private_metadata"]


def small_print(blocks: list[Json]) -> list[str]:
    return [each["text"] for block in blocks if block["type"] == "context" for each in block["elements"]]


def test_a_decided_card_still_says_whose_deal_it_is_and_no_longer_until_when_to_decide() -> None:
    command, reader = WithdrawDeal("D-0042", "They stopped."), partner("en")
    waits = approval_card(approval_of(command, "en"), reader)
    done = approval_card(replace(approval_of(command, "en", ApprovalState.DONE), outcome="D-0042 withdrawn"), reader)
    about = "Deal: Müller (Müller &amp; Söhne GmbH)"
    assert small_print(waits)[0] == about
    assert small_print(done) == [about, "✅ Done: D-0042 – withdrawn."]


def test_a_card_that_is_shown_anew_says_what_it_said() -> None:
    """After an edit, in another place and after a decision the card is made from the book alone."""
    command, reader = WithdrawDeal("D-0042", "They stopped."), partner("de")
    first = proposal_of(command, "de").card
    assert approval_card(approval_of(command, "de"), reader, card=first) == approval_card(
        approval_of(command, "de"), reader
    )


def test_a_text_of_several_lines_keeps_them_and_takes_the_place_of_no_other_row() -> None:
    mail = Row("text", "Hello,\n\nyour data is safe.\n*Amount*: 1 EUR")
    (shown,) = (
        block["text"]["text"] for block in card_blocks(Card("Mail", (mail,)), "en") if block["type"] == "section"
    )
    assert shown.split("\n") == ["*Text*", "> Hello,", "> your data is safe.", "> *Amount*: 1 EUR"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_of_ours_are_longer_than_the_place_that_slack_gives_them(language: str) -> None:
    places = {
        24: ("form_title", "edit", "reject", "ask", "drop", "form_submit", "form_close"),
        30: ("forget",),
        75: ("approve", "consent_option", "do_reject_review", "do_approve_review", "do_decline_invitation"),
        300: ("forget_sure",),
    }
    told = [(most, message(f"slack_{key}", language)) for most, names in places.items() for key in names]
    assert [text for most, text in told if len(text) > most] == []
