from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.prose import Span, blocks, lines, plain, sentences

MARKUP = st.text(alphabet=st.sampled_from("ab Ü契。.:!?[]()<>|*_`~-#\\\"'&;/1 \n"), max_size=200)


def cut(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text, Span(0, len(text)))]


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("See [the guide](https://e.example/a_(b)_c) now.", "See the guide now."),
        ('A [titled](/x "Title here") link.', "A titled link."),
        ("A [titled](/x 'Title here') link.", "A titled link."),
        ("A [link](<path with spaces.md>) here.", "A link here."),
        ("A [link]( /path ) here.", "A link here."),
        ("By [reference][1] and [short][].", "By reference and short."),
        ("![A chart](images/chart.png) follows.", "A chart follows."),
        ("[![Badge](i.png)](https://e.example) text", "Badge text"),
        (':::image type="content" source="a.png" alt-text="The portal." border="false"::: after', "The portal. after"),
        ('| :::image type="icon" source="a.png"::: Earned |', "Earned"),
        ("> [!NOTE]\n> Mind the gap.", "Mind the gap."),
        ("> > nested quote", "nested quote"),
        (
            "**Bold**, *it*, __strong__, _em_, `code_x`, ~~old~~ and ***all***",
            "Bold, it, strong, em, code_x, old and all",
        ),
        ("**a *b* c**", "a b c"),
        ("snake_case_name, 5_000 and 2 * 3 * 4", "snake_case_name, 5_000 and 2 * 3 * 4"),
        (r"literal \*stars\* and \_lines\_", "literal *stars* and _lines_"),
        ("<b>x</b> &lt;5&gt; R&amp;D&nbsp;&#8211; ok <!-- secret\nnote -->end", "x <5> R&D – ok end"),
        ("| a | b |\n| --- | :-: |\n| 1 | **2** |", "a b\n1 2"),
        ("text\n\n---\n\n* * *\n\nmore", "text\nmore"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("Zwei **fette** Wörter [hier](x.md)。", "Zwei fette Wörter hier。"),
    ],
)
def test_plain_text_is_what_a_reader_sees(markdown: str, words: str) -> None:
    assert plain(markdown) == words


@given(st.one_of(st.text(max_size=300), MARKUP))
def test_plain_text_never_fails_and_has_no_blank_lines_or_tabs(text: str) -> None:
    for line in plain(text).split("\n") if plain(text) else []:
        assert line.strip(" \t\u00a0")
        assert "\t" not in line


@given(st.lists(st.text(alphabet="abcdefgÄéñ日本0123456789", min_size=1, max_size=8), min_size=1, max_size=20))
def test_words_without_markup_are_left_alone(words: list[str]) -> None:
    assert plain(" ".join(words)) == " ".join(words)


@pytest.mark.parametrize(
    "seed",
    [
        *("[", "*", "|", "_", "`", "<", "!", "![", "[](", "![a](", "[a](", "[a][", "((", "<!--", ":::image ", " "),
        *("*a ", "a* ", "_a ", "`a", "**a", "***a ", "x *_", "~~a ", "-", "| ", "|-", "> ", "\\", "\t", "\n", "&"),
        *(".", ". ", '."', ".*", "1. ", "a\n- b\n", "```\n", "`*`", "。", "。」", ':::image alt-text="x" ', '[x](a "'),
    ],
    ids=repr,
)
def test_hostile_markup_of_100_kb_takes_seconds_not_minutes(seed: str) -> None:
    text = seed * (100_000 // len(seed)) + "x"
    start = time.thread_time()
    plain(text)
    for block in blocks(text):
        lines(text, block)
    cut(text)
    assert time.thread_time() - start < 5.0  # quadratic time would be minutes


@pytest.mark.parametrize(
    "expected",
    [
        ["It costs 3.5 percent.", "See https://e.example/a.b?c=1 for more.", "Next!"],
        ["Use e.g. Chrome.", "Dr. Smith of Skerrow Inc. agreed.", "Is it open?", "Yes."],
        ["At 5 p.m. we left.", '"Quoted."', "(Aside.)", "End"],
        ["Das gilt z. B. für Partner.", "Es endet am 3. Oktober.", "Ca. 30 Tage, d. h. ein Monat.", "Ab 1.000 EUR."],
        ["M. Dupont a signé.", "Voir p. ex. la page 3.", "C'est fini !", "Vraiment ?", "Oui."],
        ["El Sr. López vino de EE. UU. ayer.", "¿Cuándo?", "¡Hoy!", "Véase pág. 5."],
        ["O Sr. Silva veio.", "Veja a pág. 5.", "É isso?", "Não."],
        ["価格は3.5%です。", "次の文ですか？", "「はい。」と言った。", "終わり。"],
        ["**Bold.**", "*Next one.*", "Last"],
        ["Release v2.1.3 is out.", "Version 4.2 follows."],
    ],
)
def test_sentences_end_where_a_reader_ends_them(expected: list[str]) -> None:
    joint = "" if "。" in expected[0] else " "
    assert cut(joint.join(expected)) == expected


@given(st.one_of(st.text(max_size=300), MARKUP))
def test_sentences_keep_everything_but_white_space(text: str) -> None:
    spans = sentences(text, Span(0, len(text)))
    assert [s.start for s in spans] == sorted(s.start for s in spans)
    assert "".join("".join(s.of(text).split()) for s in spans) == "".join(text.split())
    assert all(s.of(text) == s.of(text).strip() != "" for s in spans)


@given(st.one_of(st.text(max_size=300), MARKUP))
def test_blocks_and_their_lines_keep_everything_but_white_space(text: str) -> None:
    found = blocks(text)
    assert "".join("".join(b.of(text).split()) for b in found) == "".join(text.split())
    for block in found:
        pieces = lines(text, block)
        assert "".join("".join(p.of(text).split()) for p in pieces) == "".join(block.of(text).split())


def test_blocks_are_told_apart_and_code_keeps_its_blank_lines() -> None:
    text = "Intro:\n\n- a\n  more\n- b\n\n| x |\n|---|\n| 1 |\n\n```\none\n\ntwo\n```\n\nEnd"
    assert [(b.kind, b.of(text)[:3]) for b in blocks(text)] == [
        ("prose", "Int"),
        ("list", "- a"),
        ("table", "| x"),
        ("code", "```"),
        ("prose", "End"),
    ]
    assert [line.of(text) for line in lines(text, blocks(text)[1])] == ["- a\n  more", "- b"]


def test_code_in_a_line_opens_no_fence() -> None:
    text = "```liaison ask``` answers.\n\nSecond paragraph."
    assert [b.kind for b in blocks(text)] == ["prose", "prose"]


def test_a_fence_is_closed_by_marks_alone() -> None:
    text = "```\n```python\n\nx\n```\n\nAfter."
    assert [b.kind for b in blocks(text)] == ["code", "prose"]
