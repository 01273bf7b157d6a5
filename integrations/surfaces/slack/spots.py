"""Between who acted and what is kept of them."""

from __future__ import annotations

from assistant.ports.chat_desk import Spot
from integrations.surfaces.slack.actor import Actor


def spot_of(actor: Actor, thread: str = "") -> Spot:
    """The person and place of something that was delivered."""
    return Spot(actor.installed, actor.user, home=actor.home, channel=actor.channel, thread=thread)


def actor_at(spot: Spot) -> Actor:
    """Who that was."""
    if spot.home.startswith("E"):
        return Actor(spot.installed, user=spot.user, enterprise=spot.home, channel=spot.channel)
    return Actor(spot.installed, user=spot.user, team=spot.home, channel=spot.channel)
