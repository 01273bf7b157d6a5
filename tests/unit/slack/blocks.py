"""Payloads that Slack takes, each as small as it can be; tests change one thing of them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "v", text: str = "x", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(f"v{n}") for n in range(count)]


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def ask(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks), **more}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def said(*inline: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(inline)}


IMAGE: Json = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
CONFIRM: Json = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain()}
FEEDBACK: Json = {
    "type": "feedback_buttons",
    "positive_button": {"text": plain(), "value": "good"},
    "negative_button": {"text": plain(), "value": "bad"},
}
TASK: Json = {"type": "task_card", "task_id": "1", "title": "Search", "status": "complete"}
CARD: Json = {"type": "card", "title": mrkdwn(), "actions": [button()]}
VIDEO: Json = {
    "type": "video",
    "alt_text": "a",
    "title": plain(),
    "video_url": "https://example.com/v",
    "thumbnail_url": "https://example.com/t.png",
}

IN_MESSAGES: dict[str, Json] = {
    "section": section(),
    "section of fields": {"type": "section", "fields": [mrkdwn(), plain()] * 5},
    "longest section": section("é" * 3000),
    "section with button": section(accessory=button(url="https://example.com", value="v" * 2000)),
    "section with image": section(accessory=IMAGE),
    "header": {"type": "header", "text": plain("x" * 150)},
    "divider": {"type": "divider", "block_id": "d" * 255},
    "image": IMAGE,
    "image of Slack": {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a", "title": plain()},
    "actions": actions(*[button(action_id=f"a{n}") for n in range(25)]),
    "confirmed button": actions(button(style="danger", confirm=CONFIRM)),
    "select": actions({"type": "static_select", "options": options(100), "placeholder": plain()}),
    "grouped select": actions(
        {"type": "static_select", "option_groups": [{"label": plain(), "options": options(2)}]},
    ),
    "chosen select": actions({"type": "static_select", "options": options(2), "initial_option": option("v1")}),
    "radio": actions({"type": "radio_buttons", "options": options(10)}),
    "checkboxes in mrkdwn": actions({"type": "checkboxes", "options": [{"text": mrkdwn(), "value": "a"}]}),
    "overflow with link": actions({"type": "overflow", "options": [option(url="https://example.com")]}),
    "date": actions({"type": "datepicker", "initial_date": "2026-02-28"}),
    "time": actions({"type": "timepicker", "initial_time": "23:59", "timezone": "Europe/Berlin"}),
    "conversations": actions(
        {"type": "conversations_select", "filter": {"include": ["im"]}, "default_to_current_conversation": True}
    ),
    "context": {"type": "context", "elements": [mrkdwn(), IMAGE, plain()]},
    "feedback": {"type": "context_actions", "elements": [FEEDBACK]},
    "icon": {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}]},
    "markdown": {"type": "markdown", "text": "x" * 12_000},
    "input": ask({"type": "plain_text_input", "min_length": 1, "max_length": 3000}),
    "rich text": rich(said({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U1"})),
    "rich list": rich({"type": "rich_text_list", "style": "bullet", "indent": 8, "elements": [said()]}),
    "rich code": rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}], "border": 0}),
    "video": VIDEO,
    "file": {"type": "file", "external_id": "F1", "source": "remote"},
    "table": {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100,
        "column_settings": [{"align": "right", "is_wrapped": True}],
    },
    "task": TASK,
    "plan": {"type": "plan", "title": "x", "tasks": [{**TASK, "status": "pending"}] * 50},
    "card": CARD,
    "carousel": {"type": "carousel", "elements": [CARD] * 10},
    "container": {"type": "container", "title": plain(), "child_blocks": [section()] * 10},
}
