"""An offline validator of Block Kit: every limit and every rule on where a block may stand, told as JSON pointers.

It takes what is about to be sent, as decoded JSON, and returns every broken rule. It knows nothing of Liaison.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from integrations.surfaces.slack.blockkit_blocks import BLOCKS, TABLES
from integrations.surfaces.slack.blockkit_data import check_charts, check_data
from integrations.surfaces.slack.blockkit_rules import (
    Anything,
    Broken,
    Choice,
    Fault,
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
)

IN_MESSAGE, IN_VIEW = 50, 100
MARKDOWN = 12_000  # of one block, of all of a message, and of the argument markdown_text
VIEW_BYTES = 250_000
TEXT = 40_000  # Slack cuts a longer one
UPDATE_TEXT = 4_000  # chat.update refuses a longer one: msg_too_long
ATTACHMENTS = 100


def check_blocks(blocks: object, surface: Surface, *, at: str = "/blocks") -> list[Fault]:
    """Every broken rule in a list of blocks that is shown on a surface."""
    most = IN_MESSAGE if surface is Surface.MESSAGE else IN_VIEW
    if not isinstance(blocks, list):
        return [Fault(at, Broken.WRONG_TYPE, "must be a list of blocks")]
    found = list(_items(blocks, Items(Kind(frozenset(BLOCKS), "blocks"), most=most, least=0), at))
    for place, block in enumerate(blocks):
        if isinstance(block, dict):
            found += _stands(block, surface, f"{at}/{place}")
    return found + list(_together(blocks, surface, at))


def check_message(message: Mapping[str, object], *, update: bool = False) -> list[Fault]:
    """Every broken rule in the arguments of chat.postMessage, chat.postEphemeral or, with `update`, chat.update."""
    found: list[Fault] = []
    longest = UPDATE_TEXT if update else TEXT
    for name, most in (("text", longest), ("markdown_text", MARKDOWN)):
        if message.get(name) is not None:
            found += _value(message[name], Words(most, least=0), f"/{name}")
    if message.get("blocks") is not None:
        found += check_blocks(message["blocks"], Surface.MESSAGE)
    attachments = message.get("attachments")
    if attachments is not None:
        found += _items(attachments, Items(Anything(), most=ATTACHMENTS, least=0), "/attachments")
    if message.get("markdown_text") and (message.get("text") or message.get("blocks")):
        found.append(Fault("/markdown_text", Broken.EXCLUSIVE, "cannot stand beside text or blocks"))
    if not any(message.get(name) for name in ("text", "blocks", "attachments", "markdown_text")):
        found.append(Fault("", Broken.MISSING, "a message needs text, markdown_text, blocks or attachments"))
    return found


def check_view(view: object) -> list[Fault]:
    """Every broken rule in a view: a modal, or an App Home."""
    kind = str(view.get("type")) if isinstance(view, dict) else ""
    if not isinstance(view, dict) or kind not in TABLES["views"]:
        return [Fault("/type", Broken.UNKNOWN_KIND, 'a view is a "modal" or a "home"')]
    found = list(_shape(view, TABLES["views"][kind], ""))
    found += check_blocks(view.get("blocks", []), Surface(kind))
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        found.append(Fault("", Broken.TOO_LONG, f"a view has at most {VIEW_BYTES} bytes"))
    asks = any(isinstance(block, dict) and block.get("type") == "input" for block in _listed(view.get("blocks")))
    if kind == "modal" and asks and "submit" not in view:
        found.append(Fault("/submit", Broken.MISSING, "a modal with an input block needs submit"))
    return found


def check_chunks(chunks: object) -> list[Fault]:
    """Every broken rule in the chunks of a streamed message."""
    if not isinstance(chunks, list):
        return [Fault("/chunks", Broken.WRONG_TYPE, "must be a list of chunks")]
    found: list[Fault] = []
    for place, chunk in enumerate(chunks):
        at, kind = f"/chunks/{place}", str(chunk.get("type")) if isinstance(chunk, dict) else ""
        if kind == "blocks":
            found += check_blocks(chunk.get("blocks"), Surface.MESSAGE, at=f"{at}/blocks")
        elif kind in CHUNKS:
            found += _shape(chunk, CHUNKS[kind], at)
        else:
            found.append(Fault(at, Broken.UNKNOWN_KIND, f"{kind!r} is no kind of chunk"))
    return found


CHUNKS = {
    "markdown_text": Shape({"text": Words(MARKDOWN)}, frozenset({"text"})),
    "plan_update": Shape({"title": Words(256)}, frozenset({"title"})),
    "task_update": Shape(
        {
            "id": Words(255),
            "title": Words(256),
            "status": Choice(("pending", "in_progress", "complete", "error")),
            "details": Words(least=0),
            "output": Words(least=0),
            "sources": Items(Kind(frozenset({"url"})), most=50, least=0),
        },
        frozenset({"id", "title", "status"}),
    ),
}


def _value(value: object, rule: Rule, at: str) -> Iterator[Fault]:
    match rule:
        case Words():
            yield from _words(value, rule, at)
        case Text():
            yield from _text(value, rule, at)
        case Items():
            yield from _items(value, rule, at)
        case Named(name=name):
            yield from _shape(value, TABLES["objects"][name], at)
        case Kind():
            yield from _kind(value, rule, at)
        case Choice() | Flag() | Number():
            yield from _scalar(value, rule, at)
        case Anything():
            return


def _scalar(value: object, rule: Choice | Flag | Number, at: str) -> Iterator[Fault]:
    if isinstance(rule, Number):
        yield from _number(value, rule, at)
    elif isinstance(rule, Choice) and value not in rule.of:
        yield Fault(at, Broken.NOT_ALLOWED, f"must be one of {', '.join(rule.of)}")
    elif isinstance(rule, Flag) and not isinstance(value, bool):
        yield Fault(at, Broken.WRONG_TYPE, "must be true or false")


def _words(value: object, rule: Words, at: str) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(at, Broken.WRONG_TYPE, "must be a string")
    elif rule.most and len(value) > rule.most:
        yield Fault(at, Broken.TOO_LONG, f"has {len(value)} characters, at most {rule.most} are allowed")
    elif len(value) < rule.least:
        yield Fault(at, Broken.TOO_SHORT, f"must have at least {rule.least} characters")
    elif rule.pattern and not re.fullmatch(rule.pattern, value):
        yield Fault(at, Broken.BAD_FORMAT, f"must match {rule.pattern}")


def _text(value: object, rule: Text, at: str) -> Iterator[Fault]:
    allowed = ("plain_text",) if rule.plain else ("plain_text", "mrkdwn")
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or kind not in allowed:
        yield Fault(at, Broken.WRONG_TYPE, f"must be a text object of type {' or '.join(allowed)}")
        return
    option = "emoji" if kind == "plain_text" else "verbatim"
    shape = Shape({"text": Words(rule.most, least=rule.least), option: Flag()}, frozenset({"text"}))
    yield from _shape(value, shape, at)


def _number(value: object, rule: Number, at: str) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, int if rule.whole else int | float):
        yield Fault(at, Broken.WRONG_TYPE, "must be a whole number" if rule.whole else "must be a number")
    elif (rule.low is not None and value < rule.low) or (rule.high is not None and value > rule.high):
        yield Fault(at, Broken.OUT_OF_RANGE, f"must be between {rule.low} and {rule.high}")


def _items(value: object, rule: Items, at: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault(at, Broken.WRONG_TYPE, "must be a list")
        return
    if len(value) > rule.most:
        yield Fault(at, Broken.TOO_MANY, f"has {len(value)} items, at most {rule.most} are allowed")
    if len(value) < rule.least:
        yield Fault(at, Broken.TOO_FEW, f"needs at least {rule.least} items")
    for place, each in enumerate(value):
        yield from _value(each, rule.of, f"{at}/{place}")


def _kind(value: object, rule: Kind, at: str) -> Iterator[Fault]:
    kind = value.get("type") if isinstance(value, dict) else None
    known = isinstance(kind, str) and kind in TABLES[rule.table]
    if not isinstance(value, dict) or not known:
        yield Fault(at, Broken.UNKNOWN_KIND, f"{kind!r} is no type that is known here")
    elif kind not in rule.of:
        yield Fault(at, Broken.NOT_ALLOWED, f"{kind} cannot stand here")
    else:
        yield from _shape(value, TABLES[rule.table][str(kind)], at)
        yield from _consistent(value, at)


def _shape(value: object, shape: Shape, at: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(at, Broken.WRONG_TYPE, "must be an object")
        return
    for name in sorted(shape.required - value.keys()):
        yield Fault(f"{at}/{name}", Broken.MISSING, "is required")
    for names in shape.one_of:
        if sum(name in value for name in names) != 1:
            yield Fault(at, Broken.EXCLUSIVE, f"needs exactly one of {', '.join(names)}")
    if shape.any_of and not any(name in value for name in shape.any_of):
        yield Fault(at, Broken.MISSING, f"needs at least one of {', '.join(shape.any_of)}")
    for name, each in value.items():
        if name in shape.properties:
            yield from _value(each, shape.properties[name], f"{at}/{_escaped(name)}")
        elif name != "type":
            yield Fault(f"{at}/{_escaped(name)}", Broken.UNKNOWN_PROPERTY, "is no property of this")


def _consistent(value: Mapping[str, object], at: str) -> Iterator[Fault]:
    """Rules between the properties of one element."""
    offered = [*_listed(value.get("options"))]
    for group in _listed(value.get("option_groups")):
        offered += _listed(group.get("options")) if isinstance(group, dict) else []
    chosen = [*_listed(value.get("initial_options")), *([value["initial_option"]] if "initial_option" in value else [])]
    if offered and any(each not in offered for each in chosen):
        yield Fault(at, Broken.NOT_ALLOWED, "what is chosen at first must be among the options")
    values = Counter(str(each.get("value")) for each in _listed(value.get("options")) if isinstance(each, dict))
    if any(count > 1 for count in values.values()):
        yield Fault(f"{at}/options", Broken.DUPLICATE, "two options have the same value")
    for low, high in (("min_length", "max_length"), ("min_value", "max_value"), ("min_lines", "max_lines")):
        if low in value and high in value and _amount(value[low]) > _amount(value[high]):
            yield Fault(f"{at}/{low}", Broken.OUT_OF_RANGE, f"is above {high}")
    if value.get("is_collapsible") and value.get("has_header_divider"):
        yield Fault(f"{at}/has_header_divider", Broken.EXCLUSIVE, "cannot be set when is_collapsible is true")


def _stands(block: Mapping[str, object], surface: Surface, at: str) -> Iterator[Fault]:
    shape = BLOCKS.get(str(block.get("type")))
    if shape is not None and surface not in shape.surfaces:
        yield Fault(at, Broken.WRONG_SURFACE, f"{block['type']} cannot stand in a {surface}")
    yield from check_data(block, at)
    if block.get("type") == "task_card" and block.get("status") == "pending":
        yield Fault(f"{at}/status", Broken.NOT_ALLOWED, "a task outside a plan cannot be pending")
    for place, child in enumerate(_listed(block.get("child_blocks"))):
        if isinstance(child, dict):
            yield from _stands(child, surface, f"{at}/child_blocks/{place}")


def _together(blocks: Sequence[object], surface: Surface, at: str) -> Iterator[Fault]:
    """Rules over all blocks of a message or view."""
    whole = [block for block in blocks if isinstance(block, dict)]
    yield from _unique((str(b["block_id"]) for b in whole if "block_id" in b), "block_id", at)
    for place, block in enumerate(whole):
        inside = [*_listed(block.get("elements")), block.get("accessory"), block.get("element")]
        ids = (str(each["action_id"]) for each in inside if isinstance(each, dict) and "action_id" in each)
        yield from _unique(ids, "action_id", f"{at}/{place}")
    if surface is Surface.MESSAGE:
        length = sum(len(str(b.get("text", ""))) for b in whole if b.get("type") == "markdown")
        if length > MARKDOWN:
            yield Fault(at, Broken.TOO_LONG, f"the markdown blocks have {length} characters, {MARKDOWN} are allowed")
        yield from check_charts(whole, at)
    focused = sum(_focuses(block) for block in whole)
    if focused > 1:
        yield Fault(at, Broken.TOO_MANY, "only one element may have focus_on_load")


def _focuses(block: Mapping[str, object]) -> int:
    inside = [*_listed(block.get("elements")), block.get("accessory"), block.get("element")]
    return sum(isinstance(each, dict) and each.get("focus_on_load") is True for each in inside)


def _unique(names: Iterable[str], what: str, at: str) -> Iterator[Fault]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Fault(at, Broken.DUPLICATE, f"{what} {name!r} stands {count} times")


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _amount(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 0.0


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")
