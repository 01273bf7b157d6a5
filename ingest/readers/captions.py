"""WebVTT and SubRip captions: who said what, in paragraphs, with time codes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import webvtt

from assistant.domain.content import Locator
from ingest.readers.encoding import decode
from ingest.readers.sniff import require
from ingest.readers.text import one_line, title_from
from ingest.section import ReadDocument, Section
from ingest.verdict import Reason, refused

# A paragraph ends with a sentence once it is this long, or at a pause of this many seconds.
PARAGRAPH = 500
LONGEST = 1500
PAUSE = 4.0
SENTENCE_END = re.compile(r"[.!?…。！？]['\")»”]?$")
SPEAKER = re.compile(r"^(?:[-–]\s*)?([A-ZÀ-Þ][\w.'’ \-]{1,40}):\s+(?=\S)")
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|\{\\[^{}]{0,80}\}")


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: seconds from the start of the recording, the speaker where named, one line of text."""

    start: float
    end: float
    speaker: str
    text: str


def read(data: bytes, name: str) -> ReadDocument:
    """Paragraphs of one speaker each, `Name: …` where the file names who speaks."""
    require(data, name, "text")
    decoded = decode(data, name, repair=True)
    suffix = "srt" if name.lower().endswith(".srt") else "vtt"
    try:
        captions = webvtt.from_buffer(io.BytesIO(decoded.text.strip("\n").encode()), format=suffix)
    except webvtt.errors.MalformedFileError as error:
        raise refused(Reason.CORRUPT, f"{name} is not a {suffix.upper()} caption file.") from error
    cues = list(_cues(list(captions.captions)))
    return ReadDocument(title_from(name), tuple(_paragraphs(cues)), warnings=decoded.warnings)


def _cues(captions: Iterable[webvtt.Caption]) -> Iterator[Cue]:
    speaker = last = ""
    for caption in captions:
        voice = one_line(caption.voice or "")
        text = one_line(TAG.sub("", caption.raw_text))
        named = SPEAKER.match(text)
        if named and not voice:
            voice, text = named[1], text[named.end() :]
        speaker = voice or speaker
        if text and text != last:  # live captions repeat a line while it rolls
            yield Cue(caption.start_in_seconds, caption.end_in_seconds, speaker, text)
        last = text


def _paragraphs(cues: Sequence[Cue]) -> Iterator[Section]:
    group: list[Cue] = []
    size = 0
    for cue in cues:
        if group and _breaks(group[-1], cue, size):
            yield _section(group)
            group, size = [], 0
        group.append(cue)
        size += len(cue.text)
    if group:
        yield _section(group)


def _breaks(before: Cue, cue: Cue, size: int) -> bool:
    if cue.speaker != before.speaker or size >= LONGEST:
        return True
    ended = SENTENCE_END.search(before.text) is not None
    return ended and (size >= PARAGRAPH or cue.start - before.end > PAUSE)


def _section(group: Sequence[Cue]) -> Section:
    text = " ".join(cue.text for cue in group)
    spoken = f"{group[0].speaker}: {text}" if group[0].speaker else text
    return Section((), spoken, Locator("time", _clock(group[0].start), _clock(group[-1].end)))


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
