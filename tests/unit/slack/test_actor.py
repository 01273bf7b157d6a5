"""Where somebody who acts in Slack belongs."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.surfaces.slack.actor import Actor, actor_of
from integrations.surfaces.slack.delivery import Delivery


def event(user_team: str = "", *, shared: bool | None = True, **more: Any) -> Delivery:
    said = {"type": "message", "user": "U1", "channel": "C1", "ts": "1"} | (
        {"user_team": user_team} if user_team else {}
    )
    payload: dict[str, Any] = {"team_id": "THOST", "event_id": "E1", "event": said | more}
    return Delivery("message", payload | ({} if shared is None else {"is_ext_shared_channel": shared}))


@pytest.mark.parametrize(
    ("delivery", "actor"),
    [
        (event("TACME"), Actor("THOST", "U1", team="TACME", channel="C1")),
        (event("EGAMMA"), Actor("THOST", "U1", enterprise="EGAMMA", channel="C1")),
        (event(team="TACME"), Actor("THOST", "U1", team="TACME", channel="C1")),
        (event(), Actor("THOST", "U1", channel="C1")),
        (event(shared=None), Actor("THOST", "U1", channel="C1")),
        (event(shared=False), Actor("THOST", "U1", team="THOST", channel="C1")),
        (
            Delivery(
                "block_actions",
                {"team": {"id": "THOST"}, "user": {"id": "U1", "team_id": "TACME"}, "channel": {"id": "C1"}},
            ),
            Actor("THOST", "U1", team="TACME", channel="C1"),
        ),
        (
            Delivery("block_actions", {"team": {"id": "THOST"}, "user": {"id": "U1"}, "channel": {"id": "C1"}}),
            Actor("THOST", "U1", channel="C1"),
        ),
        (
            Delivery(
                "view_submission",
                {
                    "team": {"id": "TACME"},
                    "user": {"id": "U1", "team_id": "TACME"},
                    "view": {"app_installed_team_id": "THOST"},
                },
            ),
            Actor("THOST", "U1", team="TACME"),
        ),
        (
            Delivery("slash_command", {"team_id": "THOST", "user_id": "U1", "channel_id": "C1"}),
            Actor("THOST", "U1", team="THOST", channel="C1"),
        ),
    ],
)
def test_an_actor_belongs_where_the_delivery_says_and_nowhere_else(delivery: Delivery, actor: Actor) -> None:
    assert actor_of(delivery) == actor
