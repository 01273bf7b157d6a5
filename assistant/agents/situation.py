"""What surrounds a turn of a conversation, and no model has a say in: who asks, where, when, and in whose words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from assistant.agents.artifact import Artifact, artifact_of, open_proposal, proposes
from assistant.agents.understanding.entities import DEAL_ID
from assistant.agents.understanding.lexicon import LANGUAGES
from assistant.agents.understanding.pieces import quoted_spans
from assistant.agents.understanding.read import Circumstances, read, stated
from assistant.agents.understanding.reading import Catalogue, Slot, Understanding, Utterance
from assistant.agents.understanding.tongue import tongue
from assistant.domain.people import Requester, Role
from assistant.tools.tool import Reading, ToolCall, Words
from prompts.messages import message
from prompts.suggested import in_english

SUMMARY = "lc_source"  # the mark of LangChain's summaries, which stand in the place of a person's messages
OPENS = "liaison_opens"  # the mark of a reply that leaves a form open
EDIT = "liaison_edit"  # new values that an approver wrote into a proposal: the tool's name and its arguments
REFUSED = "liaison_refused"  # why a decision that somebody wrote was not done
ASKS = "liaison_asks"  # the mark of a reply that says once more which proposal waits
DECIDED = "liaison_decided"  # the mark of a message that was read as the decision on a proposal
CLOSES = "liaison_closes"  # the mark of a reply after which a new subject begins
NO_PRODUCTS = Catalogue(())
LONGEST_READ = 24  # messages of one subject that are read again each turn


@dataclass(frozen=True, slots=True)
class TurnContext:
    """Who asks in which thread. The graph gets it from the surface with every turn and never takes it from text.

    `fallback` is the language of a message that is too short to tell; empty means the requester's locale.
    """

    requester: Requester
    thread: str
    now: datetime
    catalogue: Catalogue = NO_PRODUCTS
    fallback: str = ""


def own_words(said: AnyMessage) -> str:
    """What a person wrote; nothing for any other message, summaries of the conversation among them."""
    if not isinstance(said, HumanMessage) or said.additional_kwargs.get(SUMMARY):
        return ""
    return str(said.text)


def subject(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The messages of the subject that is open now: those after the last reply that closed one."""
    start = 0
    for place, said in enumerate(messages):
        if isinstance(said, AIMessage) and said.additional_kwargs.get(CLOSES):
            start = place + 1
    return list(messages[start:])[-LONGEST_READ:]


def shown(messages: Sequence[AnyMessage]) -> str:
    """The id of the deal that the reply before the person's newest message showed; empty if it showed no single one.

    What became of the person's decision shows the deal that was written.
    """
    newest = max((place for place, said in enumerate(messages) if own_words(said)), default=0)
    *earlier, reply = messages[:newest] or [HumanMessage("")]
    if not (earlier and isinstance(reply, AIMessage)):
        return ""
    if isinstance(earlier[-1], HumanMessage) and earlier[-1].additional_kwargs.get(DECIDED):
        written = {found.group() for found in DEAL_ID.finditer(str(reply.text))}
        return written.pop() if len(written) == 1 else ""
    told = artifact_of(earlier[-1])
    if told is None or told.failed or told.tool not in {"deal_status", "list_deals"} or told.card is None:
        return ""
    ids = [row.label for row in told.card.rows if DEAL_ID.fullmatch(row.label)]
    return ids[0] if len(ids) == 1 else ""


def as_read(words: str, language: str) -> str:
    """Words as rules read them: in a language without rules, what Liaison suggested to ask stands in English."""
    return words if language in LANGUAGES else in_english(words) or words


def utterances(messages: Sequence[AnyMessage], language: str) -> list[Utterance]:
    """The messages as a reader of conversations needs them: what a proposal asked is one short question."""
    told = []
    for said in messages:
        if words := own_words(said):
            told.append(Utterance(as_read(words, language)))
        elif isinstance(said, AIMessage) and said.text:
            told.append(Utterance(str(said.text), by_user=False))
        elif proposes(said):
            told.append(Utterance(message("agent_asks_approval", language), by_user=False))
    return told


def language_of(messages: Sequence[AnyMessage], given: TurnContext) -> str:
    """The language of the person's words on the open subject; their locale's where these do not tell."""
    spoken = " ".join(words for said in subject(messages) if (words := own_words(said)))
    default = (given.fallback or given.requester.locale).replace("_", "-").split("-")[0]
    return tongue(spoken, default=default) if spoken else default


def understood(messages: Sequence[AnyMessage], given: TurnContext) -> Understanding:
    """What the open subject asks for."""
    language = language_of(messages, given)
    told = tuple(utterances(subject(messages), language)) or (Utterance(""),)
    return _read(told, replace(_around(given, language), shown=shown(messages)))


def stated_in(text: str, messages: Sequence[AnyMessage], given: TurnContext) -> tuple[Slot, ...]:
    """What a message of this conversation states of a deal, whatever else it may be for."""
    return stated(text, _around(given, language_of(messages, given)))


def _around(given: TurnContext, language: str) -> Circumstances:
    return Circumstances(
        today=given.now.date(),
        catalogue=given.catalogue,
        role=given.requester.role or Role.PARTNER,
        locale=language,
        recaps=False,  # our own questions state nothing
    )


@lru_cache(maxsize=64)
def _read(said: tuple[Utterance, ...], circumstances: Circumstances) -> Understanding:
    """The reading of a conversation, which a turn needs several times."""
    return read(said, circumstances)


def words_of(messages: Sequence[AnyMessage], readings: tuple[Reading, ...] = ()) -> Words:
    """What stands in the person's messages, what they passed on from others apart from what they say themselves."""
    said, passed_on = [], []
    for each in messages:
        words = own_words(each)
        if not words:
            continue
        own, spans = list(words), quoted_spans(words)
        for start, end in spans:
            passed_on.append(words[start:end])
            own[start:end] = " " * (end - start)
        said.append("".join(own))
    return Words(tuple(said), tuple(passed_on), readings)


def _readings(messages: Sequence[AnyMessage], given: TurnContext) -> tuple[Reading, ...]:
    """The values that rules read from the person's own messages, and from no others: as a whole, and from each.

    What rules take the conversation for may leave a value out that a model rightly takes from it.
    """
    told = utterances(subject(messages), language_of(messages, given))
    read_as = understood(messages, given)
    slots = [*read_as.slots, *(slot for deal in read_as.more_deals for slot in deal.slots)]
    mine = [(slot, told[slot.message].text) for slot in slots if told and told[slot.message].by_user]
    for words in filter(None, map(own_words, subject(messages))):
        mine += [(slot, words) for slot in stated_in(words, messages, given)]
    return tuple(
        Reading(value, slot.quote, passed_on=slot.quoted or _elsewhere(slot.quote, text))
        for slot, text in mine
        for value in _spellings(slot, given.catalogue)
        if value and (slot.name != "deal_id" or slot.quote.casefold() in text.casefold())
    )


def _elsewhere(quote: str, text: str) -> bool:
    """Whether these words stand in no part of a message that its writer wrote, where some of it is others'."""
    own = list(text)
    spans = quoted_spans(text)
    for start, end in spans:
        own[start:end] = " " * (end - start)
    return bool(spans) and quote not in "".join(own)


def _spellings(slot: Slot, catalogue: Catalogue) -> tuple[str, ...]:
    """The values of a slot; a product also with the vendor's name before it, which people leave out."""
    vendor = catalogue.vendor
    if slot.name != "product" or not vendor:
        return slot.values
    return (*slot.values, *(f"{vendor} {value}" for value in slot.values if not value.startswith(vendor)))


def call_in(messages: Sequence[AnyMessage], given: TurnContext) -> ToolCall:
    """The circumstances of a tool call in this conversation."""
    return ToolCall(
        requester=given.requester,
        thread=given.thread,
        now=given.now,
        words=words_of(messages, _readings(messages, given)),
        language=language_of(messages, given),
    )


def waiting(messages: Sequence[AnyMessage]) -> tuple[ToolMessage, Artifact] | None:
    """The newest proposal of the conversation that had no outcome when it was last looked at."""
    for said in reversed(messages):
        if isinstance(said, ToolMessage) and (found := open_proposal(said)):
            return said, found
    return None
