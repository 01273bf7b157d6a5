"""Block elements and composition objects: what each may hold.

The numbers are those of Slack's Block Kit reference (docs.slack.dev/reference/block-kit) and of the models of
slack_sdk 3.47.
"""

from __future__ import annotations

from collections.abc import Mapping

from integrations.surfaces.slack.blockkit_rules import (
    Anything,
    Choice,
    Flag,
    Items,
    Named,
    Number,
    Rule,
    Shape,
    Text,
    Words,
    kinds,
    needs,
)

ID = Words(255)
WEB = Words(3000, pattern=r"https?://\S+")
PLACEHOLDER = Text(150, plain=True)
CONFIRM = Named("confirm")
DAY = Words(10, pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
CLOCK = Words(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")
STYLE = Choice(("primary", "danger"))
MAX_ITEMS = Number(low=1)
USERS = Items(Words(), most=100)
IDS: dict[str, Rule] = {"action_id": ID}
ASKED: dict[str, Rule] = {**IDS, "confirm": CONFIRM, "focus_on_load": Flag()}
MENU: dict[str, Rule] = {**ASKED, "placeholder": PLACEHOLDER}
TYPED: dict[str, Rule] = {
    **IDS,
    "placeholder": PLACEHOLDER,
    "focus_on_load": Flag(),
    "dispatch_action_config": Named("dispatch"),
}
PICKED = Items(Named("option"), most=100)
GROUPS = Items(Named("group"), most=100)
CHANNELS = Items(Words(), most=100)

OBJECTS: Mapping[str, Shape] = {
    "confirm": Shape(
        {
            "title": Text(100, plain=True),
            "text": Text(300),
            "confirm": Text(30, plain=True),
            "deny": Text(30, plain=True),
            "style": STYLE,
        },
        needs("title text confirm deny"),
    ),
    "option": Shape(
        {"text": Text(75, plain=True), "value": Words(150), "description": Text(75, plain=True)}, needs("text value")
    ),
    "rich_option": Shape(
        {"text": Text(75), "value": Words(150), "description": Text(75)},
        needs("text value"),
    ),
    "overflow_option": Shape(
        {"text": Text(75, plain=True), "value": Words(150), "description": Text(75, plain=True), "url": WEB},
        needs("text value"),
    ),
    "group": Shape({"label": Text(75, plain=True), "options": PICKED}, needs("label options")),
    "slack_file": Shape({"id": Words(), "url": WEB}, one_of=(("id", "url"),)),
    "dispatch": Shape(
        {"trigger_actions_on": Items(Choice(("on_enter_pressed", "on_character_entered")), most=2)},
        needs("trigger_actions_on"),
    ),
    "feedback": Shape(
        {"text": Text(75, plain=True), "value": Words(2000), "accessibility_label": Words(75)}, needs("text value")
    ),
    "filter": Shape(
        {
            "include": Items(Choice(("im", "mpim", "private", "public")), most=4),
            "exclude_external_shared_channels": Flag(),
            "exclude_bot_users": Flag(),
        },
        any_of=("include", "exclude_external_shared_channels", "exclude_bot_users"),
    ),
    "workflow": Shape({"trigger": Anything()}, needs("trigger")),
    "column": Shape({"align": Choice(("left", "center", "right")), "is_wrapped": Flag()}),
}

MENUS: Mapping[str, Shape] = {
    "static_select": Shape(
        {**MENU, "options": PICKED, "option_groups": GROUPS, "initial_option": Named("option")},
        one_of=(("options", "option_groups"),),
    ),
    "multi_static_select": Shape(
        {
            **MENU,
            "options": PICKED,
            "option_groups": GROUPS,
            "initial_options": PICKED,
            "max_selected_items": MAX_ITEMS,
        },
        one_of=(("options", "option_groups"),),
    ),
    "external_select": Shape({**MENU, "min_query_length": Number(low=0), "initial_option": Named("option")}),
    "multi_external_select": Shape(
        {**MENU, "min_query_length": Number(low=0), "initial_options": PICKED, "max_selected_items": MAX_ITEMS}
    ),
    "users_select": Shape({**MENU, "initial_user": Words()}),
    "multi_users_select": Shape({**MENU, "initial_users": USERS, "max_selected_items": MAX_ITEMS}),
    "conversations_select": Shape(
        {
            **MENU,
            "initial_conversation": Words(),
            "default_to_current_conversation": Flag(),
            "response_url_enabled": Flag(),
            "filter": Named("filter"),
        }
    ),
    "multi_conversations_select": Shape(
        {
            **MENU,
            "initial_conversations": CHANNELS,
            "default_to_current_conversation": Flag(),
            "max_selected_items": MAX_ITEMS,
            "filter": Named("filter"),
        }
    ),
    "channels_select": Shape({**MENU, "initial_channel": Words(), "response_url_enabled": Flag()}),
    "multi_channels_select": Shape({**MENU, "initial_channels": CHANNELS, "max_selected_items": MAX_ITEMS}),
}

CHOICES = Items(Named("rich_option"), most=10)
ELEMENTS: Mapping[str, Shape] = {
    **MENUS,
    "button": Shape(
        {
            **IDS,
            "text": Text(75, plain=True),
            "url": WEB,
            "value": Words(2000),
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": Words(75),
            "agent_prompt": Words(4000),
            "agent_prompt_display": Words(4000),
            "visible_to_user_ids": USERS,
        },
        needs("text"),
    ),
    "icon_button": Shape(
        {
            **IDS,
            "icon": Choice(("trash",)),
            "text": Text(75, plain=True),
            "accessibility_label": Words(75),
            "value": Words(2000),
            "visible_to_user_ids": USERS,
            "confirm": CONFIRM,
        },
        needs("icon text"),
    ),
    "feedback_buttons": Shape(
        {**IDS, "positive_button": Named("feedback"), "negative_button": Named("feedback")},
        needs("positive_button negative_button"),
    ),
    "workflow_button": Shape(
        {
            **IDS,
            "text": Text(75, plain=True),
            "workflow": Named("workflow"),
            "style": STYLE,
            "accessibility_label": Words(75),
        },
        needs("text workflow"),
    ),
    "image": Shape(
        {"alt_text": Words(2000), "image_url": WEB, "slack_file": Named("slack_file")},
        needs("alt_text"),
        one_of=(("image_url", "slack_file"),),
    ),
    "overflow": Shape(
        {**IDS, "options": Items(Named("overflow_option"), most=5), "confirm": CONFIRM}, needs("options")
    ),
    "checkboxes": Shape({**ASKED, "options": CHOICES, "initial_options": CHOICES}, needs("options")),
    "radio_buttons": Shape({**ASKED, "options": CHOICES, "initial_option": Named("rich_option")}, needs("options")),
    "datepicker": Shape({**MENU, "initial_date": DAY}),
    "timepicker": Shape({**MENU, "initial_time": CLOCK, "timezone": Words(100)}),
    "datetimepicker": Shape({**ASKED, "initial_date_time": Number(low=1_000_000_000, high=9_999_999_999)}),
    "plain_text_input": Shape(
        {
            **TYPED,
            "initial_value": Words(3000, least=0),
            "multiline": Flag(),
            "min_length": Number(low=0, high=3000),
            "max_length": Number(low=1, high=3000),
        }
    ),
    "rich_text_input": Shape(
        {
            **TYPED,
            "initial_value": kinds("rich_text", "blocks"),
            "min_lines": Number(low=1),
            "max_lines": Number(low=1),
        }
    ),
    "email_text_input": Shape({**TYPED, "initial_value": Words(least=0)}),
    "url_text_input": Shape({**TYPED, "initial_value": Words(least=0)}),
    "number_input": Shape(
        {
            **TYPED,
            "is_decimal_allowed": Flag(),
            "initial_value": Words(pattern=r"-?\d+(\.\d+)?"),
            "min_value": Words(pattern=r"-?\d+(\.\d+)?"),
            "max_value": Words(pattern=r"-?\d+(\.\d+)?"),
        },
        needs("is_decimal_allowed"),
    ),
    "file_input": Shape(
        {**IDS, "filetypes": Items(Words(), most=100), "max_files": Number(low=1, high=10)},
    ),
    "url": Shape({"url": WEB, "text": Words()}, needs("url text")),
}
