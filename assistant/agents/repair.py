"""What a reviewer asked for, answered in one turn: the newest message read as new values of the deal just looked at."""

from __future__ import annotations

from typing import Any

import regex

from assistant.agents.form import deal_inputs
from assistant.agents.scene import Scene
from assistant.agents.situation import stated_in
from assistant.agents.understanding.reading import Intent

ANSWERS = {Intent.REGISTER_DEAL, Intent.UPDATE_DEAL, Intent.ASK_CONTENT, Intent.OUT_OF_SCOPE, Intent.DEAL_STATUS}
LEAST_PROBLEM = 20  # characters of a problem statement


def repair(scene: Scene) -> dict[str, Any] | None:
    """The inputs of update_deal when the message answers what a deal in action required waits for; else None."""
    opened = scene.open
    if opened is None or "answer" not in opened.asks:
        return None
    asks = bool(regex.search(r"[?？]", scene.said))
    if (
        asks
        or scene.read.intent not in ANSWERS
        or scene.read.get("deal_id").casefold() not in {"", opened.deal.casefold()}
    ):
        return None
    told = deal_inputs(stated_in(scene.said, scene.messages, scene.given), scene.said)
    told.pop("customer_name", None)
    if not told and len(scene.said.strip()) >= LEAST_PROBLEM:
        told = {"problem": scene.said.strip()}
    return {"deal": opened.deal, **told} if told else None
