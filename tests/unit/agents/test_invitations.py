"""Answering the invitation that was just listed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from assistant.domain.cosell import InvitationState
from prompts.messages import message
from tests.contract.prm_world import BETA
from tests.unit.agents.office import Office, office
from tests.unit.tools.workplace import with_deals


def invited() -> Office:
    """Beta is invited by acme into deal-1."""
    work = office(with_deals())
    work.say("Invite Beta to co-sell on deal-1, we need help with the migration")
    work.say("yes")
    return work


def states(work: Office) -> list[InvitationState]:
    return [each.state for each in asyncio.run(work.place.prm.invitations(requester=BETA)).items]


@pytest.mark.parametrize(
    ("asked", "answer", "yes", "state"),
    [
        ("Any co-sell invitations for us?", "accept it", "yes", InvitationState.ACCEPTED),
        ("Any co-sell invitations for us?", "Decline it, we have no people free.", "yes", InvitationState.REJECTED),
        ("Gibt es Co-Sell-Einladungen für uns?", "Annehmen", "ja", InvitationState.ACCEPTED),
        ("Avons-nous des invitations de co-vente ?", "Accepte-la", "oui", InvitationState.ACCEPTED),
        ("共同販売の招待はありますか？", "承諾します", "はい", InvitationState.ACCEPTED),
        ("¿Hay invitaciones de coventa para nosotros?", "Acéptala", "sí", InvitationState.ACCEPTED),
    ],
)
def test_the_invitation_that_was_listed_is_answered(asked: str, answer: str, yes: str, state: InvitationState) -> None:
    work = invited()
    work.say(asked, who=BETA, thread="beta")
    work.say(answer, who=BETA, thread="beta")
    assert states(work) == [InvitationState.PENDING]
    work.say(yes, who=BETA, thread="beta")
    assert states(work) == [state]


def test_a_question_after_the_list_answers_nothing() -> None:
    work = invited()
    work.say("Any co-sell invitations for us?", who=BETA, thread="beta")
    work.say("What happens when we accept it?", who=BETA, thread="beta")
    work.say("yes", who=BETA, thread="beta")
    assert states(work) == [InvitationState.PENDING]


def test_a_declined_invitation_is_told_in_the_words_of_invitations() -> None:
    work, beta = invited(), replace(BETA, locale="ja")
    work.say("共同販売の招待はありますか？", who=beta, thread="beta")
    work.say("辞退します", who=beta, thread="beta")
    told = work.say("はい", who=beta, thread="beta").reply
    assert states(work) == [InvitationState.REJECTED]
    assert message("invitation_rejected", "ja") in told
    assert message("state_rejected", "ja") not in told
