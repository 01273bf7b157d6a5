"""What Slack delivers, read from the raw body of a request whose signature was checked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qs

import orjson

from assistant.ports.event_inbox import Arrival

Json = dict[str, Any]
# What Slack shows at once is what the reply to the request says, so these are answered while Slack waits.
ANSWERED_AT_ONCE = frozenset({"block_suggestion", "view_submission"})
HANDSHAKES = frozenset({"url_verification", "ssl_check"})
# Of the subtypes of a message those under which somebody says something: plainly, with files, or shown in the channel.
SAID_SUBTYPES = (None, "file_share", "thread_broadcast")


class Unreadable(ValueError):
    """The body is none of the forms in which Slack delivers."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery. `kind` is the type of the event, interaction or handshake; `payload` the decoded JSON or form.

    `written` is the JSON that was decoded, as it came; empty for a form. `again` means that it was handled before and
    not to its end.
    """

    kind: str
    payload: Json
    written: str = field(default="", compare=False)
    again: bool = field(default=False, compare=False)

    @property
    def at_once(self) -> bool:
        """Whether the reply to the request itself is what the person sees."""
        return self.kind in ANSWERED_AT_ONCE

    @property
    def handshake(self) -> bool:
        """Whether Slack only asks if somebody is there."""
        return self.kind in HANDSHAKES

    @property
    def key(self) -> str:
        """What all deliveries of the same thing have in common.

        A message that mentions the app comes as two events, and once for every workspace of a shared channel in which
        the app is installed: it is one message, known by its channel and time.
        """
        payload, team = self.payload, _text(self.payload, "team_id")
        event = payload.get("event")
        if isinstance(event, dict):
            said = self.kind in {"app_mention", "message"} and event.get("subtype") in SAID_SUBTYPES
            if said and event.get("channel") and event.get("ts"):
                return f"said:{event['channel']}:{event['ts']}"
            return f"event:{team}:{_text(payload, 'event_id')}"
        view = payload.get("view")
        if self.kind == "view_closed" and isinstance(view, dict):
            return f"closed:{view.get('id')}:{view.get('hash')}"
        trigger = _text(payload, "trigger_id")
        if not trigger:
            whole = json.dumps(payload, sort_keys=True).encode()
            return f"{self.kind}:{hashlib.sha256(whole).hexdigest()}"
        return f"{self.kind}:{trigger}"

    @property
    def arrival(self) -> Arrival:
        """It, for the inbox, as a database takes it: without half characters and zero bytes."""
        body = self.written or json.dumps(self.payload)
        return Arrival(key=_ascii(self.key), kind=_ascii(self.kind), body=body)


def read_delivery(body: bytes, content_type: str) -> Delivery:
    """What a body says. Raises Unreadable when Slack would not have sent it."""
    try:
        if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
            return _form(body.decode("utf-8"))
        return _json(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is neither JSON nor a form.") from error


def reread(arrival: Arrival, *, again: bool = False) -> Delivery:
    """A delivery as it was kept."""
    return Delivery(kind=arrival.kind, payload=cast("Json", json.loads(arrival.body)), again=again)


def _form(text: str) -> Delivery:
    form = {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True, max_num_fields=100).items()}
    if "payload" in form:
        payload = json.loads(form["payload"])
        if not isinstance(payload, dict) or not isinstance(payload.get("type"), str):
            raise Unreadable("The payload is no interaction.")
        return Delivery(payload["type"], payload, form["payload"])
    if "ssl_check" in form:
        return Delivery(kind="ssl_check", payload=dict(form))
    if not form.get("command") or not form.get("trigger_id"):
        raise Unreadable("The form is no command.")
    return Delivery(kind="slash_command", payload=dict(form))


def _json(body: bytes) -> Delivery:
    text = body.decode("utf-8")
    payload = _decoded(text)
    kind = payload.get("type") if isinstance(payload, dict) else None
    if not isinstance(payload, dict) or not isinstance(kind, str):
        raise Unreadable("The body is no event.")
    if kind != "event_callback":
        if kind not in {"url_verification", "app_rate_limited"}:
            raise Unreadable("The body is no event.")
        return Delivery(kind, payload, text)
    event = payload.get("event")
    if not isinstance(event, dict) or not isinstance(event.get("type"), str) or not _text(payload, "event_id"):
        raise Unreadable("The event has no type or no id.")
    return Delivery(event["type"], payload, text)


def _decoded(text: str) -> Any:  # noqa: ANN401 - any JSON
    """JSON, which orjson reads in a fifth of the time; what it refuses and Python does not, such as half an emoji."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _text(payload: Json, name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def _ascii(text: str) -> str:
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("ascii", errors="backslashreplace").decode("ascii").replace("\0", "")
