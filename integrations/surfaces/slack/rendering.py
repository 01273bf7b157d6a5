"""An answer as blocks: its text, its sources numbered, and what people think of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from assistant.answering.places import place_told
from assistant.domain.answer import Answer
from assistant.domain.content import Citation
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.directions import directed
from prompts.messages import message

MARKDOWN = 11_500  # of the 12,000 characters that all markdown of a message may have
SOURCE = 600  # of the 3,000 characters of a text: a source is one line
IN_CONTEXT = 10
MOST_CONTEXTS = 5
FEEDBACK = "feedback"
GOOD, BAD = "good", "bad"


def safe_markdown(text: str) -> str:
    """Text that mentions nobody: `<!channel>` and `<@U1>` stay words."""
    return re.sub(r"<(?=[!@#])", "<\u200b", text)


def escaped(text: str) -> str:
    """Text as mrkdwn shows it, letter by letter (docs.slack.dev/messaging/formatting-message-text#escaping)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def parts_of(text: str, most: int = MARKDOWN) -> list[str]:
    """Text in pieces of at most so many characters, cut between paragraphs, else lines, else words, else anywhere."""
    parts: list[str] = []
    while len(text) > most:
        cut = next((at for mark in ("\n\n", "\n", " ") if (at := text.rfind(mark, 0, most)) > most // 2), most)
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text]


def markdown(text: str) -> Json:
    """A block of Markdown."""
    return {"type": "markdown", "text": safe_markdown(text)[:12_000] or " "}


def section(text: str) -> Json:
    """A block of a sentence or two in our own words, with nothing to be escaped by the reader."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}


def below(answer: Answer, language: str) -> list[Json]:
    """What stands below the text of an answer: its sources, notices, and buttons to rate it."""
    lines = [source(number, citation, language) for number, citation in enumerate(answer.citations, start=1)]
    return small_print([*lines, *(escaped(notice) for notice in answer.notices)], answer.id, language)


def small_print(lines: Iterable[str], answer_id: str, language: str) -> list[Json]:
    """Lines in small letters, and buttons to rate the answer above them if it can be rated."""
    texts = [{"type": "mrkdwn", "text": line[:3000]} for line in lines if line][: IN_CONTEXT * MOST_CONTEXTS]
    groups = [texts[at : at + IN_CONTEXT] for at in range(0, len(texts), IN_CONTEXT)]
    blocks: list[Json] = [{"type": "context", "elements": group} for group in groups]
    return [*directed(blocks, language), *([rating(answer_id, language)] if answer_id else [])]


def private_messages(lead: str, text: str, under: list[Json]) -> list[list[Json]]:
    """What only one person sees: a `lead` that says so, the text, in several messages where it is long, and the end."""
    parts = [[markdown(part)] for part in parts_of(text)]
    parts[0].insert(0, section(escaped(lead)))
    parts[-1] += under
    return parts


def source(number: int, citation: Citation, language: str) -> str:
    """A source on one line, linked where a browser can open it."""
    place = " › ".join(citation.heading_path[-2:])
    told = " · ".join(part for part in (place, place_told(citation.locator, language)) if part)
    title = escaped(citation.title)[:200].replace("|", "¦")
    linked = urlsplit(citation.link).scheme in {"https", "http"} and not re.search(r"[\s<>|]", citation.link)
    name = f"<{escaped(citation.link)}|{title}>" if linked and len(citation.link) < 2000 else f"*{title}*"
    return f"[{number}] {name} · {escaped(told)[:SOURCE]}"


def rating(answer_id: str, language: str) -> Json:
    """Buttons to rate an answer by its id, which is all they carry."""

    def button(kind: str) -> Json:
        text = {"type": "plain_text", "text": message(f"slack_feedback_{kind}", language)[:75]}
        return {"text": text, "value": f"{kind}:{answer_id}"}

    element = {
        "type": "feedback_buttons",
        "action_id": FEEDBACK,
        "positive_button": button(GOOD),
        "negative_button": button(BAD),
    }
    return {"type": "context_actions", "elements": [element]}
