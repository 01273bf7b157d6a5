from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.answer import Answerer
from assistant.domain.answer import Answer, AnswerStatus, DeclineReason
from assistant.domain.content import Audience, Document, Locator, Scope
from assistant.domain.people import ANONYMOUS, Requester
from assistant.domain.prose import plain
from assistant.ports.content_store import IngestedDocument
from assistant.retrieval.retrieve import Question
from ingest.section import Section
from ingest.split import split
from prompts.messages import message
from tests.unit.retrieval.world import FILLER, Library

MARKS = re.compile(r"[\s*_`~\\]+")
WORD = st.sampled_from(
    ["deal", "discount", "portal", "Gold", "30", "Keep", "**bold**", "[link](https://e.example/a)", "契約"]
)
SENTENCE = st.lists(WORD, min_size=2, max_size=15).map(lambda words: " ".join(words).capitalize() + ".")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=6).map(" ".join)
LIST = st.lists(SENTENCE, min_size=2, max_size=6).map(
    lambda items: "You need:\n\n" + "\n".join(f"- {i}" for i in items)
)
STEPS = st.lists(SENTENCE, min_size=2, max_size=5).map(
    lambda items: "Follow these steps:\n\n" + "\n".join(f"{n}. {item}" for n, item in enumerate(items, start=1))
)
TABLE = st.lists(SENTENCE, min_size=2, max_size=5).map(
    lambda rows: "| Tier | Rule |\n|---|---|\n" + "\n".join(f"| **Gold** | {row} |" for row in rows)
)
CODE = SENTENCE.map(lambda line: f"```\nliaison ask\n\n{line}\n```")
TEXT = st.lists(st.one_of(PARAGRAPH, LIST, STEPS, TABLE, CODE), min_size=1, max_size=5).map("\n\n".join)


def squeezed(text: str) -> str:
    return MARKS.sub("", text)


def filled(library: Library, *texts: str) -> Library:
    """The library with a document per text, split as an ingest splits it."""
    with library.content.writer() as writer:
        for number, text in enumerate(texts):
            name = f"guide-{number}"
            document = Document(
                id=name, uri=f"memory://{name}", path=name, title=name, language="en", content_hash=text
            )
            lines = Locator("line", "1", str(text.count("\n") + 1))
            made = split(document=document, sections=[Section(("Rules",), text, lines)], embedder=library.embedder)
            vectors = library.embedder.embed_passages(made.embedded)
            ingested = IngestedDocument(document=document, text=made.text, passages=made.passages, vectors=vectors)
            writer.put(ingested, source="memory", fingerprint=library.embedder.fingerprint)
        writer.publish()
    return library


async def ask(library: Library, text: str, *, threshold: float = 0.0, who: Requester = ANONYMOUS) -> Answer:
    return await Answerer(library.retriever(), threshold=threshold).ask(Question(text, requester=who))


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=4), st.lists(WORD, min_size=1, max_size=6).map(" ".join))
async def test_every_sentence_is_verbatim_in_its_citation_and_every_citation_in_the_document(
    texts: list[str], question: str
) -> None:
    library = filled(Library(), *texts)
    answer = await ask(library, question)
    assert not answer.declined
    assert answer.sentences
    for citation in answer.citations:
        stored = await library.content.text(citation.document_id)
        assert citation.quote == stored[citation.start : citation.end]
        assert citation.quote.strip()
    for sentence in answer.sentences:
        for number in sentence.citations:
            cited = answer.citations[number - 1].quote
            assert squeezed(sentence.text) in squeezed(plain(cited)) or sentence.text in cited
    told = {n for sentence in answer.sentences for n in sentence.citations}
    told |= {n for contradiction in answer.contradictions for n in contradiction.citations}
    assert told == set(range(1, len(answer.citations) + 1))
    shown = " ".join((answer.text, *answer.notices))
    assert all(f"[{n}]" in shown for n in range(1, len(answer.citations) + 1))


@settings(max_examples=20, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=3), st.lists(WORD, min_size=1, max_size=6).map(" ".join))
async def test_the_same_question_gets_the_same_answer(texts: list[str], question: str) -> None:
    library = filled(Library(), *texts)
    first, second = await ask(library, question), await ask(library, question)
    assert (first.text, first.citations, first.confidence) == (second.text, second.citations, second.confidence)


async def test_a_list_stays_a_list_with_the_line_that_announces_it() -> None:
    text = "For an MDF claim you need:\n\n- the **invoice**\n- two photographs\n- -5 degrees proof\n\nDone."
    answer = await ask(filled(Library(), text, *FILLER), "What do I need for an MDF claim?")
    quoted = "For an MDF claim you need:\n- the invoice\n- two photographs\n- -5 degrees proof\nDone. [1]"
    assert answer.text.startswith(quoted)


async def test_steps_keep_their_numbers_and_an_item_brings_its_lead() -> None:
    filler = " ".join(f"Sentence {n} talks about nothing in particular at length." for n in range(9))
    steps = "To register a deal:\n\n1. Open the portal.\n2. Choose the flamingo template.\n3. Submit it."
    answer = await ask(filled(Library(), f"{filler}\n\n{steps}", *FILLER), "Which template, the flamingo?")
    assert "2. Choose the flamingo template." in answer.text
    assert answer.text.index("To register a deal:") < answer.text.index("2. Choose the flamingo")


async def test_a_row_brings_the_header_of_its_table_and_keeps_cells_apart() -> None:
    rows = "\n".join(f"| tier{n} | rule {n} of the programme with several more words in it |" for n in range(9))
    table = f"| Tier | Rule |\n|---|---|\n{rows}\n| Gold | 36% \\| list, by the *ostrich* clause |"
    answer = await ask(filled(Library(), table, *FILLER), "ostrich clause")
    assert "Gold · 36% | list, by the ostrich clause".replace(" | ", " ") in re.sub(r" +", " ", answer.text)
    assert "Tier · Rule" in answer.text


async def test_bold_text_over_several_sentences_leaves_no_marks() -> None:
    answer = await ask(filled(Library(), "**Register first. Then quote.** The rest follows."), "register first")
    assert [s.text for s in answer.sentences] == ["Register first.", "Then quote.", "The rest follows."]


async def test_a_link_that_holds_two_sentences_shows_no_address() -> None:
    text = "See [Who qualifies? All do.](https://e.example/x) for more. Next."
    answer = await ask(filled(Library(), text), "who qualifies")
    assert "e.example" not in answer.text
    assert answer.sentences[0].text == "See Who qualifies? All do. for more."


async def test_an_answer_that_is_not_sure_says_so_and_is_partial_and_a_sure_one_does_neither() -> None:
    library = filled(Library(), "An approved registration is protected for 90 days.", *FILLER)
    sure = await ask(library, "How long is an approved registration protected?")
    unsure = await ask(library, "Which template, the flamingo?")
    assert (sure.status, sure.notices) == (AnswerStatus.ANSWERED, ())
    assert (unsure.status, unsure.notices) == (AnswerStatus.PARTIAL, (message("notice_unsure", "en"),))
    assert unsure.citations


EMPTY = {
    "de": "keine Frage",
    "en": "no question",
    "es": "ninguna pregunta",
    "fr": "pas de question",
    "ja": "質問が入力されていません",
    "pt": "Não há pergunta",
}
ASKED = {
    "de": "Wie lange ist eine registrierte Chance für den Partner geschützt?",
    "en": "How long is a registered opportunity protected for the partner?",
    "es": "¿Durante cuánto tiempo está protegida una oportunidad registrada?",
    "fr": "Combien de temps une opportunité enregistrée est-elle protégée ?",
    "ja": "登録された案件はどのくらいの期間保護されますか。",
    "pt": "Por quanto tempo uma oportunidade registrada fica protegida para nós?",
}


@pytest.mark.parametrize(("language", "words"), EMPTY.items())
async def test_an_empty_question_is_declined_in_the_language_of_the_asker(language: str, words: str) -> None:
    answer = await ask(Library(), " \n ", who=Requester(locale=f"{language}-XX"))
    assert (answer.reason, answer.language, answer.declined) == (DeclineReason.EMPTY_QUESTION, language, True)
    assert words in answer.text


@pytest.mark.parametrize(("language", "question"), ASKED.items())
async def test_each_reason_is_told_in_the_language_of_the_question(language: str, question: str) -> None:
    library = Library()
    library.put("secret", ["Gold only."], scope=Scope(audience=Audience(minimum_tier="gold")))
    nothing = await ask(library, question)
    library.put("old", ["Opportunities were protected."], scope=Scope(valid_until=date(2020, 1, 1)))
    expired = await ask(library, question)
    library.put("filler", FILLER)
    weak = await ask(library, question, threshold=1.0)
    reasons = [nothing.reason, expired.reason, weak.reason]
    assert reasons == [DeclineReason.NO_CONTENT, DeclineReason.ONLY_EXPIRED, DeclineReason.WEAK_EVIDENCE]
    for answer in (nothing, expired, weak):
        assert answer.language == language
        assert answer.status is AnswerStatus.DECLINED
        assert (answer.citations, answer.sentences) == ((), ())
    assert len({nothing.text, expired.text, weak.text}) == 3
    assert "filler" in weak.text
    assert "secret" not in nothing.text + expired.text + weak.text


async def test_the_asker_may_choose_the_language_of_an_empty_question() -> None:
    answer = await Answerer(Library().retriever()).ask(Question("", language="fr"))
    assert EMPTY["fr"] in answer.text
