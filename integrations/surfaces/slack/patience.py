"""How long Liaison lets work take before it answers Slack without it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds of the three that Slack waits for an answer, and for which a click is good.

    Source: Slack, "Handling user interaction", acknowledgment response, https://docs.slack.dev/interactivity/.
    """

    check: float = 1.5  # until a form that is still being checked says so
    read: float = 1.0  # until a form opens before what was said is read
    change: float = 2.0  # until an edited proposal is given back to be sent again
    status: float = 1.0  # a line that takes longer is not worth waiting for


PATIENCE = Patience()
