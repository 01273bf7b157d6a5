from __future__ import annotations

from pathlib import Path

from assistant.domain.content import Locator
from evals.source_text import text_at


def test_lines_are_read_from_the_raw_file(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes("# Head\r\n\r\nOne.\r\nTwo\u2028still two.\r\n".encode())
    assert text_at(file, Locator("line", "3", "4")) == "One.\nTwo\u2028still two."


def test_a_place_or_file_that_does_not_exist_has_no_text(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("One.", encoding="utf-8")
    assert text_at(file, Locator("line", "7", "9")) is None
    assert text_at(tmp_path / "b.md", Locator("line", "1", "1")) is None


def test_time_codes_are_read_through_the_caption_reader(tmp_path: Path) -> None:
    file = tmp_path / "talk.vtt"
    cues = [f"00:0{n}:00.000 --> 00:0{n}:30.000\nSentence number {n}.\n" for n in range(1, 6)]
    file.write_text("WEBVTT\n\n" + "\n".join(cues), encoding="utf-8")
    assert "Sentence number 2." in (text_at(file, Locator("time", "00:02:00", "00:02:30")) or "")
    assert text_at(file, Locator("time", "01:00:00", "01:00:01")) is None


def test_a_sheet_is_told_from_another_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("item,price\nKeep,10\nLedge,20\n", encoding="utf-8")
    assert text_at(file, Locator("row", "1", "9", part="another sheet")) is None
    assert "Ledge" in (text_at(file, Locator("row", "1", "9")) or "")
