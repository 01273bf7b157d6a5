"""What the assistant does next without a language model: tell a result or an outcome, else what the intent asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from assistant.agents.artifact import Artifact, artifact_of
from assistant.agents.plans import all_deals, next_of_several, one_deal, plan_for, search
from assistant.agents.scene import FREE_TEXT, Open, Scene, Step
from assistant.agents.situation import DECIDED, OPENS, TurnContext, language_of, understood
from assistant.agents.understanding.lexicon import lexicon
from assistant.agents.understanding.reading import Intent
from assistant.agents.understanding.reference import has_name
from assistant.agents.wording import card_text, outcome_text, refusal_text
from assistant.errors import RecordNotFound
from assistant.tools.finding_deals import UNNAMED
from prompts.messages import message

ACTION_REQUIRED = regex.compile(r"(\S+) is action_required\b")


def next_step(
    messages: Sequence[AnyMessage], given: TurnContext, *, offered: frozenset[str], news: Sequence[Artifact] = ()
) -> Step:
    """The next message of the assistant. `news` is what became of proposals since the last one."""
    language = language_of(messages, given)
    scene = _answered(Scene(messages, given, offered, understood(messages, given), language, _open(messages)))
    results = _results(messages)
    outcome = "\n\n".join(outcome_text(each, language) for each in news)
    if outcome and (results or _decided(messages)):
        following = next_of_several(scene)
        shown = [outcome, *([following.text] if following and following.text else [])]
        return replace(following, text="\n\n".join(shown)) if following else Step(outcome, closes=True)
    step = _told(results, scene) if results else plan_for(scene)
    return replace(step, text=f"{outcome}\n\n{step.text}".strip()) if outcome else step


def _answered(scene: Scene) -> Scene:
    """The scene where a statement after a question for one free text is its answer, whatever its words remind of."""
    if scene.open is None or len(scene.open.asks) != 1 or scene.open.asks[0] not in FREE_TEXT:
        return scene
    begins = lexicon(scene.language).find("question", scene.said)
    asks = regex.search(r"[?？]", scene.said) or (begins is not None and begins.start() == 0)
    if asks or scene.read.intent not in {Intent.ASK_CONTENT, Intent.OUT_OF_SCOPE}:
        return scene
    return replace(scene, read=replace(scene.read, intent=scene.open.intent))


def _results(messages: Sequence[AnyMessage]) -> list[ToolMessage]:
    """The tool results that nobody was told of yet."""
    found: list[ToolMessage] = []
    for said in reversed(messages):
        if not isinstance(said, ToolMessage):
            break
        found.insert(0, said)
    return found


def _decided(messages: Sequence[AnyMessage]) -> bool:
    """Whether the newest message was the person's decision on a proposal."""
    return isinstance(messages[-1], HumanMessage) and bool(messages[-1].additional_kwargs.get(DECIDED))


def _open(messages: Sequence[AnyMessage]) -> Open | None:
    """What the assistant's newest reply left open."""
    for said in reversed(messages):
        if isinstance(said, AIMessage) and said.text:
            kept = said.additional_kwargs.get(OPENS)
            return Open(Intent(kept["intent"]), tuple(kept["asks"]), kept["deal"]) if kept else None
    return None


def _looked_up_elsewhere(results: list[ToolMessage], scene: Scene) -> Step | None:
    """Where to look next when a name was no partner's but may be a customer's, or a whole message named no deal."""
    for said in results:
        found = artifact_of(said)
        if found is None or not found.failed:
            continue
        if found.tool == "list_deals" and scene.get("partner_name"):
            return one_deal(scene)
        if found.tool == "deal_status" and UNNAMED in str(said.content) and not scene.get("partner_name"):
            words = lexicon(scene.language)
            return _all_for_want_of_one(scene) if words.has("status", scene.asked) else search(scene)
    return None


def _all_for_want_of_one(scene: Scene) -> Step:
    """All deals; where the message seems to name one, it is said first that there is none by that name."""
    named = has_name(scene.asked, lexicon(scene.language))
    return replace(all_deals(scene), text=message("deals_not_named", scene.language)) if named else all_deals(scene)


def _displeased(scene: Scene) -> bool:
    return lexicon(scene.language).has("displeased", scene.said)


def _told(results: list[ToolMessage], scene: Scene) -> Step:
    """The results as they are shown; a refusal, a check, a list to decide or a reviewer's question stays open."""
    if not scene.deal and (another := _looked_up_elsewhere(results, scene)):
        return another
    parts, opens = [], None
    for said in results:
        found = artifact_of(said)
        if found and found.tool == "record_feedback" and found.failed == RecordNotFound.code and not _displeased(scene):
            parts.append(message("agent_welcome", scene.language))  # thanks for what is no answer to rate
        elif found is None or found.failed:
            parts.append(refusal_text(str(said.content), scene.language))
            opens = opens if found and found.tool == "search_content" else Open(scene.read.intent, deal=scene.deal)
        else:
            parts.append(card_text(found.card) if found.card else found.answer or str(said.content))
            looked = found.tool in {"deal_status", "list_deals"}
            wanted = ACTION_REQUIRED.match(str(said.content)) if looked else None
            if wanted:
                opens = Open(Intent.UPDATE_DEAL, ("answer",), wanted[1])
            elif found.tool in {"check_deal", "list_reviews", "invitations"}:
                opens = Open(scene.read.intent, deal=scene.deal)
    return Step("\n\n".join(parts), opens=opens, closes=opens is None)
