from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import StorageError
from assistant.ports.event_inbox import Arrival
from assistant.testing.event_inbox import MemoryInbox
from integrations.clock import SystemClock
from integrations.records.slack import open_slack_records
from integrations.surfaces.slack.delivery import Delivery, Json, read_delivery
from integrations.surfaces.slack.ingress import BODY_BYTES, Ingress
from integrations.surfaces.slack.signature import SIGNATURE, STAMP
from tests.unit.slack.signing import FORM, SECRET, event, headers, interaction, post


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox(SystemClock())


@pytest.fixture
def ingress(inbox: MemoryInbox) -> Ingress:
    return Ingress(inbox, secret=SECRET)


async def test_a_signed_event_is_kept_and_acknowledged(ingress: Ingress, inbox: MemoryInbox) -> None:
    body = event()
    assert await post(ingress, body, headers(body)) == (200, b"")
    (kept,) = inbox.kept.values()
    assert (kept.arrival.kind, json.loads(kept.arrival.body)) == ("message", json.loads(body))


async def test_four_deliveries_are_one_event(ingress: Ingress, inbox: MemoryInbox) -> None:
    body = event()
    for attempt in range(4):
        retry = [(b"x-slack-retry-num", str(attempt).encode())]
        assert (await post(ingress, body, headers(body) + retry))[0] == 200
    assert len(inbox.kept) == 1


async def test_a_mention_that_comes_as_two_events_of_two_workspaces_is_one_message(
    ingress: Ingress, inbox: MemoryInbox
) -> None:
    twice = json.loads(event())
    for kind, team, event_id in (("message", "T1", "Ev1"), ("app_mention", "T1", "Ev2"), ("app_mention", "T2", "Ev3")):
        body = json.dumps(twice | {"team_id": team, "event_id": event_id, "event": twice["event"] | {"type": kind}})
        assert (await post(ingress, body.encode(), headers(body.encode())))[0] == 200
    assert len(inbox.kept) == 1


async def test_a_mention_with_a_file_that_comes_as_two_events_is_one_message() -> None:
    said = {"channel": "C1", "user": "U1", "ts": "17.1", "text": "<@UBOT> what does this say?", "files": [{"id": "F1"}]}
    kinds: list[Json] = [{"type": "app_mention"}, {"type": "message", "subtype": "file_share"}]
    told = [{"type": "event_callback", "team_id": "T1", "event_id": f"E{kind}", "event": said | kind} for kind in kinds]
    assert len({read_delivery(json.dumps(each).encode(), "application/json").key for each in told}) == 1


async def test_a_subtype_that_is_no_word_is_an_event_like_another(ingress: Ingress, inbox: MemoryInbox) -> None:
    odd = json.loads(event())
    odd["event"]["subtype"] = ["file_share"]
    body = json.dumps(odd).encode()
    assert (await post(ingress, body, headers(body)))[0] == 200
    assert len(inbox.kept) == 1


async def test_an_edit_of_a_message_is_an_event_of_its_own(ingress: Ingress, inbox: MemoryInbox) -> None:
    for body in (event(1), event(1, subtype="message_changed")):
        await post(ingress, body, headers(body))
    assert len(inbox.kept) == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda h: [pair for pair in h if pair[0] != SIGNATURE],
        lambda h: [pair for pair in h if pair[0] != STAMP],
        lambda h: [(k, b"not a number" if k == STAMP else v) for k, v in h],
        lambda h: [(k, "١٧".encode() if k == STAMP else v) for k, v in h],
        lambda h: [(k, b"9" * 400 if k == STAMP else v) for k, v in h],
        lambda h: [(k, b"-1" if k == STAMP else v) for k, v in h],
        lambda h: [(k, "v0=ü".encode() if k == SIGNATURE else v) for k, v in h],
        lambda h: [(k, v[:-1] if k == SIGNATURE else v) for k, v in h],
        lambda h: [(k, b"" if k == SIGNATURE else v) for k, v in h],
    ],
)
async def test_an_unsigned_request_is_refused_unread(ingress: Ingress, inbox: MemoryInbox, spoil: Any) -> None:
    for body in (event(), b"{", b"\xff\xfe", b"[" * 100_000):
        assert await post(ingress, body, spoil(headers(body))) == (401, b"")
    assert inbox.kept == {}


@pytest.mark.parametrize("age", [-301, 301])
async def test_an_old_signature_is_refused(inbox: MemoryInbox, age: int) -> None:
    now, body = 1_760_000_000.5, event()
    ingress = Ingress(inbox, secret=SECRET, now=lambda: now)
    assert (await post(ingress, body, headers(body, at=now + age)))[0] == 401
    assert (await post(ingress, body, headers(body, at=now + age * 0.99)))[0] == 200


async def test_the_signature_of_another_body_or_app_is_refused(ingress: Ingress) -> None:
    assert (await post(ingress, event(2), headers(event(1))))[0] == 401
    assert (await post(ingress, event(1), headers(event(1), secret="other")))[0] == 401


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"\xff\xfe", b"[]", b"7", b'"x"', b"null", b"[" * 100_000, b'{"type": 7}', b'{"type": "other"}'),
        *(b'{"type": "event_callback"}', b'{"type": "event_callback", "event": {"type": "message"}}'),
    ],
)
@pytest.mark.parametrize("kind", [b"application/json", FORM, b"", b"text/plain; charset=\xff"])
async def test_a_signed_body_that_slack_would_not_send_is_a_bad_request(
    ingress: Ingress, inbox: MemoryInbox, body: bytes, kind: bytes
) -> None:
    assert await post(ingress, body, headers(body, kind=kind)) == (400, b"")
    assert inbox.kept == {}


@pytest.mark.parametrize("told", [str(BODY_BYTES + 1).encode(), b"9" * 40])
async def test_a_body_that_says_it_is_too_large_is_not_read(ingress: Ingress, told: bytes) -> None:
    async def unread() -> dict[str, Any]:
        raise AssertionError

    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await ingress({"type": "http", "method": "POST", "headers": [(b"content-length", told)]}, unread, send)
    assert sent[0]["status"] == 413


async def test_a_body_that_lies_about_its_size_is_cut_off(ingress: Ingress) -> None:
    body = b"x" * (BODY_BYTES + 1)
    given = [*headers(body), (b"content-length", b"10")]
    assert (await post(ingress, body, given, size=64 * 1024))[0] == 413
    exact = b"x" * BODY_BYTES
    assert (await post(ingress, exact, headers(exact), size=64 * 1024))[0] == 400


async def test_only_posts_are_taken(ingress: Ingress) -> None:
    assert (await post(ingress, b"", [], method="GET"))[0] == 405


async def test_a_handshake_gets_its_challenge_back(ingress: Ingress, inbox: MemoryInbox) -> None:
    body = b'{"type": "url_verification", "challenge": "abc"}'
    assert await post(ingress, body, headers(body)) == (200, b'{"challenge": "abc"}')
    assert await post(ingress, b"ssl_check=1", headers(b"ssl_check=1", kind=FORM)) == (200, b"")
    assert inbox.kept == {}


async def test_a_submitted_view_is_answered_in_the_reply(inbox: MemoryInbox) -> None:
    async def inline(delivery: Delivery) -> dict[str, Any]:
        return {"response_action": "errors", "errors": {"amount": delivery.payload["view"]["id"]}}

    body = interaction({"type": "view_submission", "view": {"id": "V1"}, "trigger_id": "t"})
    status, reply = await post(Ingress(inbox, secret=SECRET, inline=inline), body, headers(body, kind=FORM))
    assert (status, json.loads(reply)) == (200, {"response_action": "errors", "errors": {"amount": "V1"}})
    assert inbox.kept == {}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (interaction({"type": "block_actions", "trigger_id": "t1", "actions": [{"action_ts": "1"}]}), "block_actions"),
        (b"command=%2Fdeal&trigger_id=t2&team_id=T1&text=", "slash_command"),
        (interaction({"type": "view_closed", "view": {"id": "V1", "hash": "h"}}), "view_closed"),
    ],
)
async def test_a_click_a_command_and_a_closed_view_are_kept(
    ingress: Ingress, inbox: MemoryInbox, body: bytes, kind: str
) -> None:
    for _ in range(2):
        assert (await post(ingress, body, headers(body, kind=FORM)))[0] == 200
    assert [kept.arrival.kind for kept in inbox.kept.values()] == [kind]


class FullDisk(MemoryInbox):
    async def put(self, arrivals: Any) -> int:
        raise StorageError("The disk is full.")


async def test_what_cannot_be_kept_is_not_acknowledged_and_nothing_of_it_is_logged() -> None:
    body = event(text="the customer is Quillon")
    with structlog.testing.capture_logs() as logs:
        status, _ = await post(Ingress(FullDisk(SystemClock()), secret=SECRET), body, headers(body))
        await post(Ingress(FullDisk(SystemClock()), secret=SECRET), body, headers(b"another"))
    assert status == 503
    assert logs != []
    assert "Quillon" not in str(logs)


async def test_a_failure_that_nobody_thought_of_leaves_no_request_waiting() -> None:
    class Broken(MemoryInbox):
        async def put(self, arrivals: Sequence[Arrival]) -> int:
            raise RuntimeError("the customer is Quillon")

    ingress, body = Ingress(Broken(SystemClock()), secret=SECRET), event()
    with structlog.testing.capture_logs() as logs:
        assert (await post(ingress, body, headers(body)))[0] == 503
        assert (await post(ingress, body, headers(body)))[0] == 503
    assert "Quillon" not in str(logs)


async def test_one_is_told_after_something_new_was_kept(inbox: MemoryInbox) -> None:
    told: list[int] = []
    ingress = Ingress(inbox, secret=SECRET, arrived=lambda: told.append(len(inbox.kept)))
    for body in (event(1), event(1), event(2)):
        await post(ingress, body, headers(body))
    assert told == [1, 2]


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300),
    st.lists(
        st.tuples(st.sampled_from([STAMP, SIGNATURE, b"content-type", b"content-length"]), st.binary(max_size=40))
    ),
    st.booleans(),
)
async def test_no_bytes_are_a_server_error(body: bytes, given_headers: list[tuple[bytes, bytes]], sign: bool) -> None:
    ingress = Ingress(MemoryInbox(SystemClock()), secret=SECRET)
    made = headers(body, kind=dict(given_headers).get(b"content-type", FORM)) if sign else given_headers
    assert (await post(ingress, body, made))[0] in ({200, 400} if sign else {401, 413})


def test_an_arrival_reads_as_it_was_delivered() -> None:
    delivery = Delivery("message", {"event": {"type": "message", "channel": "C", "ts": "1"}, "team_id": "T"})
    assert delivery.arrival == Arrival("said:C:1", "message", json.dumps(delivery.payload))


@pytest.mark.parametrize("odd", ["\\ud800", "\\u0000", "\\udfff\\ud800"])
async def test_half_characters_and_zero_bytes_are_kept_as_they_came(tmp_path: Path, odd: str) -> None:
    records = open_slack_records(tmp_path, clock=SystemClock())
    ingress = Ingress(records.inbox, secret=SECRET)
    said = f'{{"type": "me{odd}ssage", "text": "{odd}", "channel": "C", "ts": "{odd}"}}'
    body = f'{{"type": "event_callback", "event_id": "{odd}", "event": {said}}}'.encode()
    assert (await post(ingress, body, headers(body)))[0] == 200
    (claim,) = await records.inbox.claim(limit=1, lease=timedelta(seconds=1))
    assert json.loads(claim.arrival.body) == json.loads(body)
    records.close()
    handshake = f'{{"type": "url_verification", "challenge": "{odd}"}}'.encode()
    assert (await post(ingress, handshake, headers(handshake)))[0] == 200


async def test_a_body_that_never_comes_whole_is_given_up(inbox: MemoryInbox) -> None:
    ingress, body = Ingress(inbox, secret=SECRET, body_seconds=0.01), event()
    first = iter([{"type": "http.request", "body": body[:9], "more_body": True}])
    sent: list[Json] = []

    async def receive() -> Any:
        for message in first:
            return message
        return await asyncio.Future()

    async def send(message: Any) -> None:
        sent.append(message)

    await ingress({"type": "http", "method": "POST", "headers": headers(body)}, receive, send)
    assert sent[0]["status"] == 408
    assert not inbox.kept
