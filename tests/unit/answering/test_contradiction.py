from __future__ import annotations

from assistant.answering.answer import Answerer
from assistant.domain.answer import Answer
from assistant.domain.content import Audience, Scope
from assistant.retrieval.retrieve import Question
from prompts.messages import message
from tests.unit.retrieval.world import FILLER, GOLD, Library

PROTECTED = "A registered deal is protected for {} days after approval."


async def asked(library: Library, *, language: str = "en") -> Answer:
    question = Question("How long is a registered deal protected?", requester=GOLD, language=language)
    return await Answerer(library.retriever(), threshold=0.0).ask(question)


def programme(first: str, second: str, *, scope: Scope | None = None) -> Library:
    library = Library()
    library.put("guide", [first, *FILLER[:2]])
    library.put("policy", [second, *FILLER[2:4]], scope=scope or Scope())
    return library


async def test_documents_that_disagree_are_both_cited_and_the_answer_says_so() -> None:
    answer = await asked(programme(PROTECTED.format(90), PROTECTED.format(60)))
    assert len(answer.contradictions) == 1
    contradiction = answer.contradictions[0]
    assert sorted(contradiction.values) == ["60 days", "90 days"]
    cited = [answer.citations[number - 1] for number in contradiction.citations]
    assert {each.document_id for each in cited} == {"guide", "policy"}
    assert all(value.split()[0] in each.quote for value, each in zip(contradiction.values, cited, strict=True))
    assert all(f"[{number}]" in answer.notices[0] for number in contradiction.citations)


async def test_the_notice_is_in_the_language_of_the_answer() -> None:
    answer = await asked(programme(PROTECTED.format(90), PROTECTED.format(60)), language="de")
    assert "widersprechen" in answer.notices[0]


async def test_dates_that_disagree_are_told_too() -> None:
    until = "Claims for the spring campaign must be submitted before {}."
    library = programme(until.format("March 31, 2026"), until.format("April 30, 2026"))
    question = Question("When must claims for the spring campaign be submitted?", requester=GOLD)
    answer = await Answerer(library.retriever(), threshold=0.0).ask(question)
    assert [set(each.values) for each in answer.contradictions] == [{"March 31, 2026", "April 30, 2026"}]


async def test_agreement_other_subjects_and_other_audiences_are_no_contradiction() -> None:
    same = programme(PROTECTED.format(90), PROTECTED.format("ninety"))
    other = programme(PROTECTED.format(90), "A submitted claim is paid 60 days after approval.")
    tiers = programme("Gold partners get 20% off list.", "Silver partners get 10% off list.")
    audience = programme(
        PROTECTED.format(90), PROTECTED.format(60), scope=Scope(audience=Audience(regions=frozenset({"DE"})))
    )
    for library in (same, other, tiers, audience):
        answer = await asked(library)
        assert answer.contradictions == ()
        assert set(answer.notices) <= {message("notice_unsure", "en")}
