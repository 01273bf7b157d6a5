from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from assistant.answering.answer import Answered
from assistant.domain.answer import Answer, AnswerStatus
from assistant.domain.content import Citation, Document, Locator, Passage
from assistant.retrieval.retrieve import Question, Retrieved
from assistant.retrieval.selection import Ranked
from integrations.surfaces.terminal import print_answer, print_scores

HOSTILE = [
    "[red]x[/]",
    "[link=https://evil.example]x[/link]",
    "[/]",
    "[bold",
    ":warning:",
    "\\",
    "a\\[b]",
    "[1]",
    "[@click=x]y[/]",
]


def cited(words: str, *, link: str = "https://docs.example/a") -> Answer:
    citation = Citation(
        document_id="d",
        passage_id="p",
        title=words,
        heading_path=(words,),
        locator=Locator("row", "2", "3", part=words),
        link=link,
        quote=words,
        start=0,
        end=1,
        version=words,
    )
    return Answer(question="q", status=AnswerStatus.ANSWERED, text=words, language="en", citations=(citation,))


def shown(answer: Answer) -> str:
    """What a colour terminal that is wide enough would receive."""
    out = io.StringIO()
    print_answer(Console(file=out, force_terminal=True, color_system="truecolor", width=500), answer)
    return out.getvalue()


def unstyled(answer: Answer) -> list[str]:
    out = io.StringIO()
    print_answer(Console(file=out, width=500), answer)
    return [line.strip() for line in out.getvalue().splitlines() if line.strip()]


@pytest.mark.parametrize("words", HOSTILE)
def test_content_is_never_read_as_markup(words: str) -> None:
    lines = unstyled(cited(words, link=f"https://docs.example/{words}"))
    trail = f"{words} › {words} (version {words}), sheet {words}, rows 2–3"
    assert lines == [words, f"[1] {trail} https://docs.example/{words}"]


@pytest.mark.parametrize(
    "words", ["\x1b[31mred", "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "a\x9b31mb", "a\rb\x08c"]
)
def test_content_cannot_drive_the_terminal(words: str) -> None:
    kept = shown(cited(words, link=f"https://docs.example/{words}"))
    for control in ("\x1b]", "\x1b[31m", "\x07", "\x9b", "\r", "\x08"):
        assert control not in kept


def test_a_declined_answer_stands_out_and_has_no_sources() -> None:
    declined = Answer(question="q", status=AnswerStatus.DECLINED, text="Not found.", language="en")
    assert unstyled(declined) == ["Not found."]
    assert "\x1b[33m" in shown(declined)


def test_a_file_is_named_by_where_it_is_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    inside = tmp_path / "my content" / "guide.md"
    assert unstyled(cited("x", link=inside.as_uri()))[1].endswith(" my content/guide.md")
    assert unstyled(cited("x", link="file:///elsewhere/guide.md"))[1].endswith(" /elsewhere/guide.md")


@pytest.mark.parametrize("words", HOSTILE)
def test_scores_name_passages_as_they_are_called(words: str) -> None:
    document = Document(id="d", uri="u", path="p", title=words, language="en", content_hash="")
    passage = Passage(
        id="p",
        document_id="d",
        ordinal=0,
        heading_path=(),
        text="t",
        start=0,
        end=1,
        locator=Locator("line", "1", "1"),
        language="en",
        scope_key="k",
        tokens=3,
    )
    ranking = (Ranked(passage, fused=1.25, dense=0.5),)
    retrieved = Retrieved(Question("q"), "en", 1, ranking=ranking, documents={"d": document}, searched=1)
    out = io.StringIO()
    print_scores(Console(file=out, width=300), Answered(cited(words), retrieved))
    row = next(line for line in out.getvalue().splitlines() if "1.250" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["*", "1.250", "0.500", "–", f"{words}, line 1"]
