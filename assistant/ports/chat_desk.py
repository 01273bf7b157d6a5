"""What a chat surface keeps to do things for people: open forms, shown cards, deals they follow, and their wishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Spot:
    """A person at a place of a chat.

    `installed` is the workspace whose installation serves it; `home` is the person's own workspace or organization as
    it was delivered, so that who they are is resolved anew each time.
    """

    installed: str
    user: str
    home: str = ""
    channel: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form that somebody opened. `approval` is the proposal it became; empty while it is open.

    `talk` is the conversation whose proposal it replaces; empty for a proposal of its own. `said` is what it is filled
    in from.
    """

    id: str
    spot: Spot
    approval: str = ""
    talk: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A message that shows an approval to the person of `spot`. `state` is the one it shows."""

    approval: str
    spot: Spot
    ts: str
    state: str


@dataclass(frozen=True, slots=True)
class Watch:
    """A deal whose changes are told at a place. `principal` may see it; `state` and `version` were told last."""

    deal: str
    spot: Spot
    principal: str
    state: str
    version: str


class ChatDesk(Protocol):
    """Keeps all of it durably, for every process. Raises StorageError."""

    async def open_form(self, spot: Spot, *, talk: str = "", said: str = "") -> str:
        """The id of a new form."""
        ...

    async def form(self, form_id: str) -> Form | None:
        """A form; None when there is none, or it is long gone."""
        ...

    async def take_form(self, form_id: str) -> bool:
        """Take an open form to submit it; False when it is submitted or being submitted."""
        ...

    async def give_form_back(self, form_id: str) -> None:
        """It was not submitted after all."""
        ...

    async def settle_form(self, form_id: str, approval: str) -> None:
        """It became a proposal."""
        ...

    async def origin(self, approval: str) -> Spot | None:
        """Where the form was opened that became this proposal; None when no form did."""
        ...

    async def show(self, card: ShownCard) -> None:
        """Remember a card, or what it shows now."""
        ...

    async def cards(self, approval: str) -> tuple[ShownCard, ...]:
        """The cards of an approval."""
        ...

    async def watch(self, watch: Watch) -> None:
        """Follow a deal, or note what was told of it."""
        ...

    async def watches(self) -> tuple[Watch, ...]:
        """Every deal that is followed."""
        ...

    async def position(self, name: str) -> int | None:
        """How far a list of news was read; None when it never was."""
        ...

    async def move(self, name: str, position: int) -> None:
        """It was read so far."""
        ...

    async def language(self, team: str, user: str) -> str:
        """The language somebody chose; "" for none."""
        ...

    async def choose_language(self, team: str, user: str, language: str) -> None:
        """Somebody chose a language; "" takes the choice back."""
        ...

    async def join(self, channel: str, thread: str) -> None:
        """The app takes part in a thread of a channel."""
        ...

    async def joined(self, channel: str, thread: str) -> bool:
        """Whether the app takes part in a thread."""
        ...

    async def replied(self, key: str, *, team: str, channel: str, ts: str) -> bool:
        """Keep for a while that a message is part of the reply to `key`; False when it is of another reply."""
        ...

    async def replies(self, key: str) -> tuple[str, ...]:
        """The messages that are part of the reply to `key`, the oldest first."""
        ...
