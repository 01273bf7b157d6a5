from __future__ import annotations

from assistant.answering.answer import Answerer
from assistant.answering.replay import Replay, Standing, replay
from assistant.domain.answer import Answer
from assistant.retrieval.retrieve import Question
from tests.unit.retrieval.world import FILLER, Library

RULE = "A registered deal is protected for 90 days."


async def asked(library: Library) -> Answer:
    return await Answerer(library.retriever(), threshold=0.0).ask(Question("How long is a deal protected?"))


async def after(*texts: str) -> Replay:
    """An answer from a guide, replayed after the guide became these texts."""
    library = Library()
    library.put("guide", [RULE])
    answer = await asked(library)
    if texts:
        library.put("guide", list(texts))
    else:
        with library.content.writer() as writer:
            writer.remove(["guide"])
            writer.publish()
    return await replay(answer, library.content)


async def test_an_answer_holds_while_the_content_stays() -> None:
    library = Library()
    library.put("guide", [RULE, *FILLER])
    answer = await asked(library)
    again = await replay(answer, library.content)
    assert again.holds
    assert again.generation == answer.generation
    assert {each.standing for each in again.citations} == {Standing.SAME}


async def test_a_quote_that_moved_is_found_where_it_is() -> None:
    found = await after(FILLER[0], RULE)
    assert [each.standing for each in found.citations] == [Standing.MOVED]
    assert found.holds
    assert found.citations[0].start > 0


async def test_a_quote_that_was_changed_or_removed_is_told() -> None:
    changed, gone = await after(RULE.replace("90", "60")), await after()
    assert [each.standing for each in changed.citations] == [Standing.CHANGED]
    assert [each.standing for each in gone.citations] == [Standing.GONE]
    assert not changed.holds
    assert not gone.holds
