"""Block Kit as a page of HTML: near enough to Slack to judge words, order, lengths and directions by eye."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt

from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.samples import SAMPLES

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
STYLE = """
body { font: 15px/1.46 'Lato', 'Noto Sans', 'DejaVu Sans', sans-serif;
  color: #1d1c1d;
  background: #f4f4f4;
  margin: 16px }
h1 { font-size: 18px }
h2 { font-size: 13px; color: #616061; margin: 18px 0 6px }
.row { display: flex; gap: 16px; align-items: flex-start }
.surface { background: #fff;
  border: 1px solid #ddd;
  border-radius: 8px;
  padding: 12px 16px;
  width: 400px;
  overflow-wrap: anywhere }
.modal { border-color: #1d1c1d }
.bar { display: flex; justify-content: space-between; gap: 8px; padding: 4px 0 }
.bar b { font-size: 17px }
.block { margin: 8px 0 }
.header { font-size: 18px; font-weight: 900 }
.context { font-size: 12px; color: #616061 }
.section { display: flex; gap: 12px; justify-content: space-between; align-items: flex-start }
.section > div { flex: 1 }
button, .menu { font: inherit;
  font-weight: 700;
  font-size: 13px;
  background: #fff;
  border: 1px solid #bbb;
  border-radius: 4px;
  padding: 4px 10px;
  white-space: nowrap }
.actions, .context_actions, .bar span { display: flex; flex-wrap: wrap; gap: 6px }
.primary { background: #007a5a; color: #fff; border-color: #007a5a }
.danger { color: #e01e5a; border-color: #e01e5a }
.field { border: 1px solid #bbb; border-radius: 4px; padding: 5px 10px; color: #888; min-height: 22px }
.field.set { color: #1d1c1d }
.long { min-height: 66px }
label { font-weight: 700; display: block }
.hint { font-size: 13px; color: #616061 }
blockquote { border-inline-start: 4px solid #ddd; margin: 4px 0; padding-inline-start: 10px }
code { color: #e01e5a; background: #f7f7f7; border: 1px solid #ddd; border-radius: 3px; padding: 0 3px }
table { border-collapse: collapse }
td, th { border: 1px solid #ddd; padding: 3px 8px }
a { color: #1264a3 }
hr { border: 0; border-top: 1px solid #ddd }
p { margin: 4px 0 }
.options { margin: 2px 0 }
"""
FEW = 4  # of the choices of a menu that are shown below it
LINK = re.compile(r"&lt;(https?://[^|&]+(?:&amp;[^|&]+)*)\|([^<>]*?)&gt;")


def page(languages: Iterable[str]) -> str:
    """A page with every sample in every language beside each other."""
    wanted = tuple(languages)
    rows = []
    for sample in SAMPLES:
        about = html.escape((sample.__doc__ or "").strip())
        shown = "".join(surface(sample(language), language) for language in wanted)
        rows.append(f'<h2 id="{sample.__name__}">{sample.__name__}: {about}</h2><div class="row">{shown}</div>')
    title = f"Liaison in Slack: {', '.join(wanted)}"
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    return f"<!doctype html><html><head>{head}</head><body><h1>{title}</h1>{''.join(rows)}</body></html>"


def surface(payload: list[Json] | Json, language: str) -> str:
    """A message of blocks, a modal or a home."""
    if isinstance(payload, list):
        return f'<div class="surface" lang="{language}">{"".join(map(block, payload))}</div>'
    shown = "".join(map(block, payload["blocks"]))
    if payload["type"] == "home":
        return f'<div class="surface home" lang="{language}">{shown}</div>'
    submit = f'<button class="primary">{plain(payload["submit"])}</button>' if "submit" in payload else ""
    foot = f'<div class="bar"><span></span><span><button>{plain(payload["close"])}</button>{submit}</span></div>'
    top = f'<div class="bar"><b dir="auto">{plain(payload["title"])}</b><span>×</span></div>'
    return f'<div class="surface modal" lang="{language}">{top}{shown}{foot}</div>'


def block(made: Json) -> str:
    """One block."""
    match made["type"]:
        case "markdown":
            inner = MARKDOWN.render(made["text"]).replace("<p>", '<p dir="auto">').replace("<ul>", '<ul dir="auto">')
        case "section":
            accessory = element(made["accessory"]) if "accessory" in made else ""
            inner = f"<div>{mrkdwn(made['text']['text'])}</div>{accessory}"
        case "header":
            inner = f'<div dir="auto">{plain(made["text"])}</div>'
        case "context":
            inner = "".join(mrkdwn(each["text"]) for each in made["elements"])
        case "divider":
            inner = "<hr>"
        case "input":
            hint = f'<div class="hint" dir="auto">{plain(made["hint"])}</div>' if "hint" in made else ""
            optional = " (optional)" if made.get("optional") else ""
            asked = element(made["element"], field=True)
            inner = f'<label dir="auto">{plain(made["label"])}{optional}</label>{asked}{hint}'
        case "actions" | "context_actions":
            inner = "".join(map(element, made["elements"]))
        case kind:
            raise ValueError(f"There is no preview of a block {kind!r} yet.")
    return f'<div class="block {made["type"]}">{inner}</div>'


def element(made: Json, *, field: bool = False) -> str:
    """A button, a menu or something to fill in; a menu is as wide as a `field` where a form asks by it."""
    kind = str(made["type"])
    if kind == "button":
        asked = made.get("confirm")
        sure = f'<span class="hint" dir="auto">{" / ".join(map(plain, asked.values()))}</span>' if asked else ""
        return f'<button class="{made.get("style", "")}" dir="auto">{plain(made["text"])}</button>{sure}'
    if kind == "feedback_buttons":
        return "".join(
            f'<button dir="auto">{plain(made[each]["text"])}</button>'
            for each in ("positive_button", "negative_button")
        )
    if kind in {"checkboxes", "radio_buttons"}:
        return "".join(f'<div class="options" dir="auto">☐ {plain(each["text"])}</div>' for each in made["options"])
    chosen = made.get("initial_option") or {}
    value = (
        plain(chosen["text"])
        if chosen
        else html.escape(str(made.get("initial_value") or made.get("initial_date") or ""))
    )
    shown = value or (plain(made["placeholder"]) if "placeholder" in made else "")
    mark = " ▾" if "select" in kind or kind == "datepicker" else ""
    if kind == "static_select" and not field:
        return f'<span class="menu" dir="auto">{value} ▾</span>'
    long = " long" if made.get("multiline") else ""
    choices = " / ".join(plain(each["text"]) for each in made.get("options", ())[:FEW])
    listed = f'<div class="hint" dir="auto">{choices}</div>' if choices else ""
    return f'<div class="field{long}{" set" if value else ""}" dir="auto">{shown}{mark}</div>{listed}'


def plain(text: Json) -> str:
    """A text object that knows no formatting."""
    return html.escape(str(text["text"]))


def mrkdwn(text: str) -> str:
    """Slack's own markup, line by line (docs.slack.dev/messaging/formatting-message-text)."""
    return "".join(_lines(html.unescape(text)))


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        quoted = line.startswith("> ")
        shown = LINK.sub(r'<a href="\1">\2</a>', html.escape(line.removeprefix("> "), quote=False))
        shown = re.sub(r"(?<!\w)\*([^*]+)\*(?!\w)", r"<b>\1</b>", shown)
        shown = re.sub(r"`([^`]+)`", r"<code>\1</code>", shown)
        tag = "blockquote" if quoted else "div"
        yield f'<{tag} dir="auto">{shown}</{tag}>'
