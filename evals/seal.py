"""Proof that an evaluation opened no socket: an audit hook hears of every one that Python opens in this process."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from integrations.settings import Settings

NONE_OPENED = "none opened"
LOCAL_EMBEDDERS = ("minilm", "sentence-transformers")
# What reaches out (https://docs.python.org/3.11/library/audit_events.html). An event loop's pair of connected sockets
# raises none of these but the first, with a family that stays on this machine.
OPENED = "socket.__new__"
REACHES = frozenset(
    f"socket.{what}"
    for what in ("connect", "bind", "sendto", "sendmsg", "getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo")
)


class SocketRefused(Exception):
    """Something wanted a socket while the evaluation is sealed; it did not get one."""


@dataclass(slots=True)
class Seal:
    """What wanted a socket while sealed, in order, each once. Empty: nothing did."""

    wanted: list[str] = field(default_factory=list)

    def refuse(self, event: str, subject: str) -> None:
        """Write it down. Raises SocketRefused, so that nothing leaves."""
        told = f"{event.removeprefix('socket.').strip('_')} {subject}"
        if told not in self.wanted:
            self.wanted.append(told)
        raise SocketRefused(f"An offline evaluation opens no socket: {told}.")


_active: list[Seal] = []


@contextmanager
def sealed() -> Iterator[Seal]:
    """No socket is opened in this process, by any thread, while the context lasts; what wanted one is in the seal.

    Native code and the children that parse files are not heard of; command lines that `operations` times seal
    themselves.
    """
    _listen()
    seal = Seal()
    _active.append(seal)
    try:
        yield seal
    finally:
        _active.remove(seal)


def is_sealed() -> bool:
    """Whether this process opens no socket now."""
    return bool(_active)


def seal_for_good() -> None:
    """Seal this process until it ends."""
    _listen()
    _active.append(Seal())


def reason_to_reach_out(settings: Settings, *, target: str = "") -> str:
    """Why this evaluation needs sockets: what answers, or keeps the content, is elsewhere. Empty when nothing is."""
    places = {
        target: f"the assistant is at {target}",
        settings.model: f"the language model {settings.model} is asked",
        settings.chroma_url: "the index is on a server",
        settings.database_url.get_secret_value(): "the content is on a server",
    }
    if settings.embedder.partition(":")[0] not in LOCAL_EMBEDDERS:
        places[settings.embedder] = f"the embedder {settings.embedder} is on a server"
    return "; ".join(reason for place, reason in places.items() if place)


@cache
def _listen() -> None:
    """Add the hook, once: Python has no way to take it back."""
    sys.addaudithook(_heard)


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if not _active or not event.startswith("socket."):
        return
    if event == OPENED and arguments[1] != socket.AF_UNIX:
        _active[-1].refuse(event, f"of family {arguments[1]}")
    if event in REACHES:
        _active[-1].refuse(event, " ".join(str(each) for each in arguments if not isinstance(each, socket.socket)))
