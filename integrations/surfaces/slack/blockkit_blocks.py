"""Blocks: what each may hold, and where each may stand.

The numbers are those of Slack's Block Kit reference (docs.slack.dev/reference/block-kit) and of the models of
slack_sdk 3.47.
"""

from __future__ import annotations

from collections.abc import Mapping

from integrations.surfaces.slack.blockkit_data import CHART_OBJECTS, CHARTS, data_blocks
from integrations.surfaces.slack.blockkit_elements import ELEMENTS, ID, MENUS, OBJECTS, WEB
from integrations.surfaces.slack.blockkit_rules import (
    Anything,
    Choice,
    Flag,
    Items,
    Kind,
    Named,
    Number,
    Rule,
    Shape,
    Surface,
    Text,
    Words,
    kinds,
    needs,
)

MESSAGE_ONLY = frozenset({Surface.MESSAGE})
PRESSED = "button overflow checkboxes radio_buttons datepicker timepicker workflow_button"
IN_ACTIONS = Kind(frozenset(PRESSED.split()) | {"datetimepicker"} | set(MENUS))
IN_SECTION = Kind(frozenset(PRESSED.split()) | {"image"} | set(MENUS))
IN_INPUT = Kind(
    kinds(
        "checkboxes radio_buttons datepicker timepicker datetimepicker plain_text_input rich_text_input "
        "email_text_input url_text_input number_input file_input"
    ).of
    | set(MENUS)
)
RICH = kinds("rich_text", "blocks")
STATUS = Choice(("pending", "in_progress", "complete", "error"))
CELL = kinds("raw_text raw_number rich_text", "cells")
CONTAINED = "section header divider image actions context markdown rich_text table card alert task_card plan video"
BLOCK_ID: dict[str, Rule] = {"block_id": ID}

BLOCKS: Mapping[str, Shape] = {
    "section": Shape(
        {
            **BLOCK_ID,
            "text": Text(3000),
            "fields": Items(Text(2000), most=10),
            "accessory": IN_SECTION,
            "expand": Flag(),
        },
        any_of=("text", "fields"),
    ),
    "header": Shape({**BLOCK_ID, "text": Text(150, plain=True)}, needs("text")),
    "divider": Shape(BLOCK_ID),
    "image": Shape(
        {
            **BLOCK_ID,
            "alt_text": Words(2000),
            "image_url": WEB,
            "slack_file": Named("slack_file"),
            "title": Text(2000, plain=True),
        },
        needs("alt_text"),
        one_of=(("image_url", "slack_file"),),
    ),
    "actions": Shape({**BLOCK_ID, "elements": Items(IN_ACTIONS, most=25)}, needs("elements")),
    "context": Shape(
        {**BLOCK_ID, "elements": Items(kinds("image plain_text mrkdwn", "context"), most=10)}, needs("elements")
    ),
    "context_actions": Shape(
        {**BLOCK_ID, "elements": Items(kinds("feedback_buttons icon_button"), most=5)},
        needs("elements"),
        surfaces=MESSAGE_ONLY,
    ),
    "input": Shape(
        {
            **BLOCK_ID,
            "label": Text(2000, plain=True),
            "element": IN_INPUT,
            "hint": Text(2000, plain=True),
            "optional": Flag(),
            "dispatch_action": Flag(),
        },
        needs("label element"),
    ),
    "markdown": Shape({**BLOCK_ID, "text": Words(12_000)}, needs("text"), surfaces=MESSAGE_ONLY),
    "rich_text": Shape(
        {
            **BLOCK_ID,
            "elements": Items(
                kinds("rich_text_section rich_text_list rich_text_quote rich_text_preformatted", "rich"),
                most=500,
                least=0,
            ),
        },
        needs("elements"),
    ),
    "video": Shape(
        {
            **BLOCK_ID,
            "alt_text": Words(2000),
            "title": Text(199, plain=True),
            "title_url": WEB,
            "video_url": WEB,
            "thumbnail_url": WEB,
            "description": Text(200, plain=True),
            "provider_icon_url": WEB,
            "provider_name": Words(),
            "author_name": Words(49),
        },
        needs("alt_text title video_url thumbnail_url"),
    ),
    "file": Shape(
        {**BLOCK_ID, "external_id": ID, "source": Choice(("remote",))},
        needs("external_id source"),
        surfaces=MESSAGE_ONLY,
    ),
    "table": Shape(
        {
            **BLOCK_ID,
            "rows": Items(Items(CELL, most=20), most=100),
            "column_settings": Items(Named("column"), most=20),
        },
        needs("rows"),
        surfaces=frozenset({Surface.MESSAGE, Surface.HOME}),
    ),
    "task_card": Shape(
        {
            **BLOCK_ID,
            "task_id": Words(255),
            "title": Words(),
            "details": RICH,
            "output": RICH,
            "sources": Items(kinds("url"), most=50),
            "status": STATUS,
        },
        needs("task_id title"),
        surfaces=MESSAGE_ONLY,
    ),
    "plan": Shape(
        {**BLOCK_ID, "plan_id": Words(255), "title": Words(), "tasks": Items(kinds("task_card", "blocks"), most=50)},
        needs("title"),
        surfaces=MESSAGE_ONLY,
    ),
    "alert": Shape(
        {**BLOCK_ID, "text": Text(200), "level": Choice(("default", "info", "warning", "error", "success"))},
        needs("text"),
        surfaces=frozenset({Surface.MODAL}),
    ),
    "card": Shape(
        {
            **BLOCK_ID,
            "hero_image": kinds("image"),
            "icon": kinds("image"),
            "title": Text(150),
            "subtitle": Text(150),
            "body": Text(200),
            "actions": Items(kinds("button"), most=3),
        },
        any_of=("hero_image", "title", "actions", "body"),
    ),
    "call": Shape(
        {**BLOCK_ID, "call_id": Words(), "api_decoration_available": Flag(), "call": Anything()}, needs("call_id")
    ),
    "auth_provider": Shape(
        {
            **BLOCK_ID,
            "value": Words(150),
            "name": Text(75, plain=True),
            "is_connected": Flag(),
            "description": Text(150, plain=True),
            "icon_url": WEB,
            "auth_url": Words(3000, pattern=r"https://\S+"),
            "disconnect_url": Words(3000, pattern=r"https://\S+"),
            "connected_identity": Text(75, plain=True),
            "connected_context": Text(75, plain=True),
            "accessory": kinds("overflow"),
            "fallback": Items(Kind(frozenset({"section", "context", "actions"}), "blocks"), most=10),
        },
        needs("value name is_connected"),
    ),
    "carousel": Shape({**BLOCK_ID, "elements": Items(kinds("card", "blocks"), most=10)}, needs("elements")),
    "container": Shape(
        {
            **BLOCK_ID,
            "child_blocks": Items(kinds(CONTAINED, "blocks"), most=10),
            "title": Text(150, plain=True),
            "rich_text_title": RICH,
            "subtitle": Text(150),
            "width": Choice(("narrow", "standard", "wide", "full")),
            "icon": kinds("image"),
            "is_collapsible": Flag(),
            "default_collapsed": Flag(),
            "has_header_divider": Flag(),
        },
        needs("child_blocks"),
        any_of=("title", "rich_text_title"),
    ),
    **data_blocks(BLOCK_ID, CELL),
}

INLINE = kinds("text link user usergroup channel emoji broadcast date color team", "inline")
LISTED = Items(INLINE, most=1000, least=0)
BORDER: dict[str, Rule] = {"border": Number(low=0, high=1)}
RICH_PARTS: Mapping[str, Shape] = {
    "rich_text_section": Shape({"elements": LISTED}, needs("elements")),
    "rich_text_quote": Shape({"elements": LISTED, **BORDER}, needs("elements")),
    "rich_text_preformatted": Shape({"elements": LISTED, **BORDER, "language": Words()}, needs("elements")),
    "rich_text_list": Shape(
        {
            "elements": Items(kinds("rich_text_section", "rich"), most=1000, least=0),
            "style": Choice(("bullet", "ordered")),
            "indent": Number(low=0, high=8),
            "offset": Number(low=0),
            **BORDER,
        },
        needs("elements style"),
    ),
}
STYLED: dict[str, Rule] = {"style": Anything()}
INLINE_PARTS: Mapping[str, Shape] = {
    "text": Shape({"text": Words(), **STYLED}, needs("text")),
    "link": Shape({"url": Words(3000), "text": Words(least=0), "unsafe": Flag(), **STYLED}, needs("url")),
    "user": Shape({"user_id": Words(), **STYLED}, needs("user_id")),
    "usergroup": Shape({"usergroup_id": Words(), **STYLED}, needs("usergroup_id")),
    "channel": Shape({"channel_id": Words(), **STYLED}, needs("channel_id")),
    "team": Shape({"team_id": Words(), **STYLED}, needs("team_id")),
    "emoji": Shape({"name": Words(), "unicode": Words(), "skin_tone": Number(low=1, high=6), **STYLED}, needs("name")),
    "broadcast": Shape({"range": Choice(("here", "channel", "everyone")), **STYLED}, needs("range")),
    "date": Shape(
        {"timestamp": Number(), "format": Words(), "url": WEB, "fallback": Words(), **STYLED}, needs("timestamp format")
    ),
    "color": Shape({"value": Words(7, pattern="#[0-9A-Fa-f]{6}"), **STYLED}, needs("value")),
}
TEXTS: Mapping[str, Shape] = {
    "plain_text": Shape({"text": Words(3000), "emoji": Flag()}, needs("text")),
    "mrkdwn": Shape({"text": Words(3000), "verbatim": Flag()}, needs("text")),
}
VIEWS: Mapping[str, Shape] = {
    "modal": Shape(
        {
            "title": Text(24, plain=True),
            "blocks": Anything(),
            "submit": Text(24, plain=True),
            "close": Text(24, plain=True),
            "private_metadata": Words(3000, least=0),
            "callback_id": Words(255, least=0),
            "external_id": Words(255, least=0),
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
            "submit_disabled": Flag(),
        },
        needs("title blocks"),
    ),
    "home": Shape(
        {
            "blocks": Anything(),
            "private_metadata": Words(3000, least=0),
            "callback_id": Words(255, least=0),
            "external_id": Words(255, least=0),
        },
        needs("blocks"),
    ),
}
TABLES: Mapping[str, Mapping[str, Shape]] = {
    "blocks": BLOCKS,
    "elements": ELEMENTS,
    "objects": {**OBJECTS, **CHART_OBJECTS},
    "charts": CHARTS,
    "rich": RICH_PARTS,
    "inline": INLINE_PARTS,
    "context": {**TEXTS, "image": ELEMENTS["image"]},
    "cells": {
        "raw_text": Shape({"text": Words()}, needs("text")),
        "raw_number": Shape({"value": Number(whole=False), "text": Words()}, needs("value")),
        "rich_text": BLOCKS["rich_text"],
    },
    "views": VIEWS,
}
