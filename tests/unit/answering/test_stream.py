from __future__ import annotations

from assistant.answering.answer import Answerer
from assistant.answering.events import AnswerEvent, AnswerFinished, AnswerStarted, SentenceReady
from assistant.retrieval.retrieve import Question
from tests.unit.answering.test_answer import filled
from tests.unit.retrieval.world import FILLER, Library

STEPS = "To register a deal:\n\n1. Open the portal.\n2. Submit the form. Wait.\n\nThen tell the customer. Celebrate."


async def streamed(library: Library, text: str) -> list[AnswerEvent]:
    answerer = Answerer(library.retriever(), threshold=0.0)
    return [event async for event in answerer.stream(Question(text))]


async def test_a_stream_starts_says_every_sentence_and_ends_with_the_same_answer_as_ask() -> None:
    library = filled(Library(), STEPS, "A deal is registered for 90 days.", *FILLER)
    events = await streamed(library, "How do I register a deal?")
    assert isinstance(events[0], AnswerStarted)
    finished = events[-1]
    assert isinstance(finished, AnswerFinished)
    said = [event for event in events[1:-1] if isinstance(event, SentenceReady)]
    assert len(said) == len(events) - 2
    assert "".join(event.markdown for event in said) == finished.answer.text
    assert tuple(event.sentence for event in said) == finished.answer.sentences
    cited = [each for event in said for each in event.citations]
    assert [each.number for each in cited] == list(range(1, len(finished.answer.citations) + 1))
    assert tuple(each.citation for each in cited) == finished.answer.citations
    asked = await Answerer(library.retriever(), threshold=0.0).ask(Question("How do I register a deal?"))
    assert (asked.text, asked.citations) == (finished.answer.text, finished.answer.citations)


async def test_a_declined_question_has_one_event() -> None:
    events = await streamed(Library(), "  ")
    assert [type(event) for event in events] == [AnswerFinished]
