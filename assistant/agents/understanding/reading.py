"""What a conversation asks for: the intent, the values it states, and what must still be asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What the last message of a conversation wants."""

    REGISTER_DEAL = "register_deal"
    UPDATE_DEAL = "update_deal"
    WITHDRAW_DEAL = "withdraw_deal"
    EXTEND_DEAL = "extend_deal"
    CHECK_DEAL = "check_deal"
    DEAL_STATUS = "deal_status"
    RECOMMEND_COSELL = "recommend_cosell"
    INVITE_COSELL = "invite_cosell"
    RESPOND_COSELL = "respond_cosell"
    COSELL_INVITATIONS = "cosell_invitations"
    FUND_REQUEST = "fund_request"
    FUND_BALANCE = "fund_balance"
    DRAFT_CAMPAIGN = "draft_campaign"
    CERTIFICATIONS = "certifications"
    TIER_PROGRESS = "tier_progress"
    LEARNING_PATH = "learning_path"
    FEEDBACK = "feedback"
    ESCALATE = "escalate"
    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    ASK_CONTENT = "ask_content"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message of a conversation. `by_user` is False for what the assistant said."""

    text: str
    by_user: bool = True


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that was stated: normalised, and the words it was read from.

    `message` counts the messages of the conversation from 0. `quoted` is True when the words stand in forwarded or
    quoted text, that is, somebody other than the speaker wrote them.
    """

    name: str
    values: tuple[str, ...]
    quote: str
    message: int = 0
    quoted: bool = False

    @property
    def value(self) -> str:
        """The value, or the first of several."""
        return self.values[0]


@dataclass(frozen=True, slots=True)
class Deal:
    """The values and gaps of one deal of a message that names several."""

    slots: tuple[Slot, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood. `missing` are the slots to ask for; nothing in it has a value in `slots`.

    `accepts` tells whether an invitation is accepted (True) or declined (False); None where that is not the matter.
    """

    intent: Intent
    language: str
    slots: tuple[Slot, ...] = ()
    missing: tuple[str, ...] = ()
    more_deals: tuple[Deal, ...] = ()
    accepts: bool | None = None

    def get(self, name: str) -> str:
        """The value of a slot, or nothing."""
        return next((slot.value for slot in self.slots if slot.name == name), "")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The vendor's products as people name them; `vendor` may stand before each."""

    products: tuple[str, ...]
    vendor: str = ""
