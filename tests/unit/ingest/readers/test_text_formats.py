"""Captions, plain text, FAQ files and the decoding under them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UnreadableDocument
from ingest.readers import captions, faq, read_here, txt
from ingest.readers.encoding import decode
from ingest.readers.sniff import kind_of

VTT = """WEBVTT

NOTE not spoken

00:00:01.000 --> 00:00:03.000
<v Ada>Gold partners

00:00:03.000 --> 00:00:05.000
<v Ada>get <b>20</b> percent.

01:00:05.500 --> 01:00:06.000
<v Bo>Thank you.
"""
FAQ = """### YamlMime:FAQ
metadata:
  title: Payout FAQ
  ms.date: 05/12/2023
title: Questions on payouts
summary: |
  Read this first.

  ## Scope

  All partners.
sections:
  - name: Ignored
    questions:
      - question: |
          When am **I** paid?
        answer: |
          Within 45 days.

          - by bank
  - name: Tax
    questions:
      - question: Do I owe VAT?
        answer: 'It depends.'
"""


def test_captions_become_paragraphs_of_one_speaker_with_time_codes() -> None:
    sections = captions.read(VTT.encode(), "webinar.vtt").sections
    assert [(s.text, str(s.locator)) for s in sections] == [
        ("Ada: Gold partners get 20 percent.", "at 00:00:01–00:00:05"),
        ("Bo: Thank you.", "at 01:00:05–01:00:06"),
    ]


def test_a_long_talk_is_cut_at_sentences() -> None:
    cues = [f"{n}\n00:{n // 60:02d}:{n % 60:02d},000 --> 00:{n // 60:02d}:{n % 60:02d},900\nADA: part {n} of it" +
            ("." if n % 3 == 0 else "") for n in range(1, 200)]  # fmt: skip
    sections = captions.read("\n\n".join(cues).encode(), "talk.srt").sections
    assert len(sections) > 3
    assert all(section.text.startswith("ADA: part") and section.text.endswith(".") for section in sections[:-1])
    assert sum(section.text.count("part ") for section in sections) == 199


def test_what_is_no_caption_file_is_corrupt() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        captions.read(b"just words", "a.vtt")
    assert caught.value.reason == "corrupt"


def test_every_question_of_a_faq_is_a_section_at_its_lines() -> None:
    document = faq.read(FAQ.encode(), "payout-faq.yml")
    assert document.title == "Questions on payouts"
    assert document.metadata == {"title": "Payout FAQ", "ms.date": "05/12/2023"}
    assert [(s.heading_path[1:], s.text) for s in document.sections] == [
        ((), "Read this first."),
        (("Scope",), "All partners."),
        (("When am I paid?",), "Within 45 days.\n\n- by bank"),
        (("Tax", "Do I owe VAT?"), "It depends."),
    ]
    lines = FAQ.split("\n")
    for section in document.sections:
        there = "\n".join(lines[int(section.locator.start) - 1 : int(section.locator.end)])
        assert all(line.strip() in there for line in section.text.split("\n"))


def test_other_yaml_is_not_read() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        faq.read(b"title: config\n", "config.yml")
    assert caught.value.reason == "unsupported"


def test_plain_text_is_cut_between_paragraphs_verbatim() -> None:
    source = "\n\n".join(f"paragraph {n} " + "word " * 60 for n in range(30))
    sections = txt.read(source.encode(), "a.txt").sections
    lines = source.split("\n")
    assert len(sections) > 3
    for section in sections:
        assert section.text == "\n".join(lines[int(section.locator.start) - 1 : int(section.locator.end)])
    assert sum(section.text.count("paragraph") for section in sections) == 30


@pytest.mark.parametrize("encoding", ["shift_jis", "euc-jp", "gb18030", "euc-kr"])
def test_east_asian_encodings_are_recognised(encoding: str) -> None:
    texts = {
        "euc-kr": "파트너는 등록된 거래에 대해 이십 퍼센트 할인을 받습니다. ",
        "gb18030": "合作伙伴注册的交易可享受百分之二十的折扣。",
    }
    text = texts.get(encoding, "登録された案件にはパートナー割引が適用されます。") * 5
    assert decode(text.encode(encoding), "a.txt").text == text


def test_text_that_was_decoded_wrongly_is_mended_only_where_asked() -> None:
    broken = "Händler erhalten größere Prämien".encode().decode("cp1252").encode()
    assert decode(broken, "a.txt", repair=True).text == "Händler erhalten größere Prämien"
    assert "Ã¤" in decode(broken, "a.md").text


@given(st.binary(max_size=300), st.sampled_from(["a.md", "a.txt", "a.csv", "a.vtt", "a.srt", "a.yml"]))
def test_any_bytes_give_a_document_or_a_reason(data: bytes, name: str) -> None:
    try:
        document = read_here(data, name)
    except UnreadableDocument as error:
        assert error.reason  # noqa: PT017 (both outcomes are right)
    else:
        assert document.sections


@given(st.binary(max_size=100))
def test_any_bytes_have_a_kind(data: bytes) -> None:
    assert kind_of(data)
