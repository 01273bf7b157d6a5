"""What a reviewer asked for, answered in one turn: the newest message read as new values of the deal just looked at."""

from __future__ import annotations

from typing import Any

import regex
from langchain_core.messages import ToolMessage

from assistant.agents.form import deal_inputs
from assistant.agents.scene import Scene
from assistant.agents.situation import stated_in
from assistant.agents.understanding.lexicon import lexicon
from assistant.agents.understanding.reading import Intent

ANSWERS = {Intent.REGISTER_DEAL, Intent.UPDATE_DEAL, Intent.ASK_CONTENT, Intent.OUT_OF_SCOPE, Intent.DEAL_STATUS}
LEAST_ANSWER = 20  # bytes of an answer in words: as many letters, or seven of Japanese
LONGEST_COMMENT = 255
COMMENT = regex.compile(r"omment(?: on it)?, as data: (.*)")


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
    words = scene.said.strip()
    if set(told) <= {"problem"} and len(words.encode()) >= LEAST_ANSWER:
        in_words = {"comments": words} if len(words) <= LONGEST_COMMENT else {"problem": words}
        told = (told or {"problem": words}) if _about_problem(scene) else in_words
    return {"deal": opened.deal, **told} if told else None


def _about_problem(scene: Scene) -> bool:
    """Whether the reviewer asks what the customer needs; any other answer in words must not take that one's place."""
    told = (str(said.content) for said in reversed(scene.messages) if isinstance(said, ToolMessage))
    asked = next((found[1] for text in told if (found := COMMENT.search(text))), "")
    return any(lexicon(language).has("asks_problem", asked) for language in (scene.language, "en"))
