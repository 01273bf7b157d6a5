from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.domain.content import Document, Locator
from assistant.domain.prose import blocks
from assistant.ports.embedder import Embedder
from assistant.testing import HashEmbedder
from ingest.readers.markdown import read
from ingest.section import Section
from ingest.split import BODY_TOKENS, Split, split

DOCUMENT = Document(id="d", uri="file:///d.md", path="d.md", title="Partner guide", language="en", content_hash="")
PIECE = re.compile(r"[^\W\d_]{1,4}|\d|[^\w\s]|_")


class PieceEmbedder(HashEmbedder):
    """Counts like a word-piece tokenizer: four letters, a digit or a mark each cost a token."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(PIECE.findall(text)) + 2 for text in texts]


def section(text: str, *path: str) -> Section:
    return Section(path, text, Locator("line", "1", str(text.count("\n") + 1)))


def cut(*sections: Section, embedder: Embedder | None = None, document: Document = DOCUMENT) -> Split:
    return split(document=document, sections=sections, embedder=embedder or PieceEmbedder())


def squeezed(text: str) -> str:
    return "".join(text.split())


WORD = st.sampled_from(
    ["deal", "registration", "portal", "gold", "30", "契約", "ポータル", "Förderung", "a_b", "**bold**"]
)
SENTENCE = st.lists(WORD, min_size=1, max_size=40).map(lambda words: " ".join(words) + ".")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=8).map(" ".join)
LIST = st.lists(SENTENCE, min_size=1, max_size=20).map(lambda items: "\n".join(f"- {item}" for item in items))
TABLE = st.lists(st.tuples(WORD, SENTENCE), min_size=1, max_size=20).map(
    lambda rows: "| Key | Meaning |\n|---|---|\n" + "\n".join(f"| {a} | {b} |" for a, b in rows)
)
CODE = st.lists(WORD, max_size=60).map(lambda words: "```\n" + "\n\n".join(words) + "\n```")
LONG = st.sampled_from(["x" * 3000, "契約" * 900, ">" * 900, "[a](" * 400, "https://e.example/" + "a-b/" * 400])
NOISE = st.text(alphabet=st.sampled_from('ab契。.:![]()<>|*_`~-#\\"&; \n'), max_size=600)
ANNOUNCED = st.tuples(SENTENCE, LIST).map(lambda two: two[0].rstrip(".") + ":\n\n" + two[1])
BLOCK = st.one_of(PARAGRAPH, LIST, TABLE, CODE, LONG, NOISE, ANNOUNCED)
BODY = st.lists(BLOCK, min_size=1, max_size=5).map("\n\n".join)
HEADING = st.sampled_from(["Tiers", "Deal registration", "契約" * 60, "Very long heading " * 20, "**Bold** heading"])
SECTION = st.tuples(st.lists(HEADING, max_size=4), BODY).map(lambda two: section(two[1], *two[0]))


@settings(max_examples=50, deadline=None)
@given(st.lists(SECTION, min_size=1, max_size=3))
def test_every_passage_stands_in_the_text_and_only_white_space_is_lost(sections: list[Section]) -> None:
    made = cut(*sections)
    assert made.text == "\n\n".join(s.text for s in sections)
    for passage in made.passages:
        assert passage.text == made.text[passage.start : passage.end]
        assert passage.text.strip()
    assert squeezed("".join(p.text for p in made.passages)) == squeezed(made.text)
    assert [p.ordinal for p in made.passages] == list(range(len(made.passages)))
    assert len({p.id for p in made.passages}) == len(made.passages)


@settings(max_examples=50, deadline=None)
@given(st.lists(SECTION, min_size=1, max_size=3), st.sampled_from(["Guide", "契約" * 200, "Partner " * 90]))
def test_what_is_embedded_is_never_longer_than_the_embedder_reads(sections: list[Section], title: str) -> None:
    embedder = PieceEmbedder()
    document = Document(id="d", uri="u", path="p", title=title, language="en", content_hash="")
    made = cut(*sections, embedder=embedder, document=document)
    counts = embedder.count_tokens(made.embedded)
    assert all(count <= embedder.max_tokens for count in counts)
    assert [p.tokens for p in made.passages] == counts
    assert all(made.embedded)


@settings(max_examples=40, deadline=None)
@given(st.lists(SECTION, min_size=1, max_size=3))
def test_the_lines_of_a_locator_hold_the_passage(sections: list[Section]) -> None:
    lines: list[str] = []
    placed = []
    for each in sections:
        first = len(lines) + 1
        lines += [*each.text.split("\n"), ""]
        placed.append(Section(each.heading_path, each.text, Locator("line", str(first), str(len(lines) - 1))))
    for passage in cut(*placed).passages:
        first, last = int(passage.locator.start), int(passage.locator.end)
        assert passage.text in "\n".join(lines[first - 1 : last])
        assert lines[first - 1].strip()
        assert lines[last - 1].strip()


@settings(max_examples=20, deadline=None)
@given(st.lists(SECTION, min_size=2, max_size=4), PARAGRAPH)
def test_an_edit_in_one_section_leaves_the_ids_of_the_others(sections: list[Section], added: str) -> None:
    unique = [section(f"{s.text}\n\nEnd of section {n}.", *s.heading_path, f"Part {n}") for n, s in enumerate(sections)]
    edited = [section(f"{added}\n\n{unique[0].text}", *unique[0].heading_path), *unique[1:]]
    before = [p.id for p in cut(*unique).passages if p.heading_path != unique[0].heading_path]
    after = [p.id for p in cut(*edited).passages if p.heading_path != unique[0].heading_path]
    assert before == after


def test_markdown_passages_can_be_read_again_at_their_lines() -> None:
    source = "---\ntitle: Guide\n---\n# Guide\n\nFirst line.\nSecond line.\n\n## Steps\n\n" + "\n".join(
        f"{n}. Step number {n} of the registration in the partner portal." for n in range(1, 60)
    )
    lines = source.split("\n")
    sections = read(source.encode(), "guide.md").sections
    passages = cut(*sections).passages
    assert len(passages) > 3
    for passage in passages:
        first, last = int(passage.locator.start), int(passage.locator.end)
        assert "\n".join(lines[first - 1 : last]) == passage.text


def test_a_table_that_fits_stays_whole_and_one_that_does_not_carries_its_header() -> None:
    rows = [f"| Tier {n} | {n} percent off list for every product |" for n in range(60)]
    small = "Intro.\n\n| Tier | Discount |\n|---|---|\n" + "\n".join(rows[:5])
    assert [p.text for p in cut(section(small)).passages] == [small]
    large = cut(section("| Tier | Discount |\n|---|---|\n" + "\n".join(rows)))
    assert len(large.passages) > 3
    for passage, embedded in zip(large.passages[1:], large.embedded[1:], strict=True):
        assert embedded.split("\n")[1] == "Tier Discount"
        assert "Tier | Discount" not in passage.text
        assert all(line.startswith("| Tier ") and line.endswith(" |") for line in passage.text.split("\n"))


def test_a_table_without_closing_bars_whose_cells_end_in_colons_still_fits() -> None:
    header = "| " + " ".join(["head"] * 45) + "\n|---"
    rows = [f"| {' '.join(['cell'] * 40)} {n}:" for n in range(12)] + ["| " + " ".join(["tail"] * 105)] * 3
    embedder = PieceEmbedder()
    document = Document(id="d", uri="u", path="p", title="word " * 62, language="en", content_hash="")
    made = cut(section("\n".join([header, *rows])), embedder=embedder, document=document)
    assert max(embedder.count_tokens(made.embedded)) <= embedder.max_tokens


def test_a_list_that_fits_is_never_torn_and_goes_with_the_line_that_announces_it() -> None:
    filler = " ".join(["Partners register deals in the portal."] * 9)
    items = "\n".join(f"- document number {n} with a stamp" for n in range(10))
    made = cut(section(f"{filler}\n\n{filler}\n\nYou need:\n\n{items}"))
    assert any(p.text == f"You need:\n\n{items}" for p in made.passages)


def test_items_of_a_long_list_stay_whole() -> None:
    items = [f"- item {n}: {' '.join(['portal'] * 12)}" for n in range(40)]
    made = cut(section("\n".join(items)))
    assert [line for p in made.passages for line in p.text.split("\n")] == items


def test_code_that_fits_keeps_its_blank_lines() -> None:
    code = "```\nliaison ingest samples\n\nliaison ask\n```"
    assert [p.text for p in cut(section(f"Run:\n\n{code}")).passages] == [f"Run:\n\n{code}"]


def test_the_context_is_embedded_and_not_shown() -> None:
    made = cut(section("Within 30 days.", "Partner guide", "Deals", "**Deadline**"))
    assert made.embedded == ("Partner guide › Deals › Deadline\nWithin 30 days.",)
    assert made.passages[0].text == "Within 30 days."
    assert made.passages[0].heading_path == ("Deals", "**Deadline**")


def test_passages_stay_within_one_heading_and_near_their_size() -> None:
    sentence = "Partners register every deal in the portal within thirty days of the first meeting. "
    made = cut(section(sentence * 40, "One"), section(sentence * 40, "Two"), embedder=PieceEmbedder(max_tokens=256))
    assert {p.heading_path for p in made.passages} == {("One",), ("Two",)}
    bodies = [len(PIECE.findall(p.text)) for p in made.passages]
    assert all(size <= BODY_TOKENS for size in bodies)
    assert sum(bodies) / len(bodies) > BODY_TOKENS / 2


def test_repeated_text_gets_ids_of_its_own() -> None:
    made = cut(section("Same.", "A"), section("Same.", "A"), section("Same.", "B"))
    assert len({p.id for p in made.passages}) == 3


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_a_document_without_text_has_no_passages(text: str) -> None:
    assert cut(section(text)).passages == ()


@pytest.mark.parametrize("gap", [" ", "\n"], ids=repr)
def test_text_without_full_stops_is_cut_between_words(gap: str) -> None:
    words = [f"word{n}" for n in range(2000)]
    made = cut(section(gap.join(words)))
    assert [word for p in made.passages for word in p.text.split()] == words
    assert all(p.text == p.text.strip() for p in made.passages)


def test_blocks_that_fit_together_share_a_passage() -> None:
    text = "One.\n\nTwo.\n\n- three\n- four"
    assert len(blocks(text)) == 3
    assert [p.text for p in cut(section(text)).passages] == [text]
