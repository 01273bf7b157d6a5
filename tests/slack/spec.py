"""Slack's Web API as its reference describes it: which arguments a method takes, which it needs, and how often."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

PER_MINUTE = {"t1": 1, "t2": 20, "t3": 50, "t4": 100, "t5": 600}  # docs.slack.dev/apis/web-api/rate-limits
# The reference says "string" of what may be JSON, and requires of a streamed part what stands in its chunks.
JSON_TOO = frozenset({"blocks", "attachments", "metadata", "view", "prompts", "chunks", "loading_messages", "unfurls"})
NOT_REQUIRED = {"chat.appendStream": frozenset({"markdown_text"})}
OF_TYPE: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "number": (int, float),
    "integer": (int,),
    "null": (type(None),),
}


@dataclass(frozen=True)
class Method:
    """One method of the Web API."""

    name: str
    described: dict[str, Any]

    @property
    def tier(self) -> str:
        return str(self.described.get("rate_limits") or "t3")

    @property
    def reads(self) -> bool:
        """Whether it only looks something up; such methods take no JSON (docs.slack.dev/apis/web-api)."""
        return self.described.get("http_method") == "GET"

    @property
    def per_minute(self) -> int:
        return PER_MINUTE.get(self.tier, 50)

    @property
    def bot_scopes(self) -> frozenset[str]:
        """Any one of these lets a bot call it; empty when it needs none."""
        return frozenset((self.described.get("scope") or {}).get("bot", ()))

    @property
    def errors(self) -> frozenset[str]:
        return frozenset(self.described.get("errors") or ())

    def faults(self, arguments: dict[str, Any]) -> list[str]:
        """What is wrong with a call, given its decoded arguments and its token among them."""
        schema = self.described["args"]
        known = schema.get("properties", {})
        needed = set(schema.get("required", ())) - NOT_REQUIRED.get(self.name, frozenset())
        found = [f"{self.name}: {name} is required" for name in sorted(needed - arguments.keys())]
        for name, value in arguments.items():
            if name not in known:
                found.append(f"{self.name}: {name} is no argument")
            elif not _fits(value, _types(known[name]), json_too=name in JSON_TOO):
                found.append(f"{self.name}: {name} cannot be {json.dumps(value)[:60]}")
            elif isinstance(value, list) and not _measured(value, known[name]):
                found.append(f"{self.name}: {name} has too few, too many or too long items")
        return found


def _types(described: dict[str, Any]) -> set[str]:
    if "anyOf" in described:
        return {str(each.get("type", "string")) for each in described["anyOf"]}
    return {str(described["type"])} if "type" in described and described["type"] in OF_TYPE else set()


def _measured(value: list[object], described: dict[str, Any]) -> bool:
    """Whether a list has as many items, and strings in it as many characters, as the reference allows."""
    longest = described.get("items", {}).get("maxLength")
    if not described.get("minItems", 0) <= len(value) <= described.get("maxItems", len(value)):
        return False
    return longest is None or all(isinstance(each, str) and 0 < len(each) <= longest for each in value)


def _fits(value: object, types: set[str], *, json_too: bool) -> bool:
    if not types or (json_too and isinstance(value, list | dict)):
        return True
    if isinstance(value, bool) and "boolean" not in types:
        return False
    if isinstance(value, str) and types & {"boolean", "number", "integer", "array", "object"}:
        return _fits_decoded(value, types)
    return any(isinstance(value, OF_TYPE[each]) for each in types)


def _fits_decoded(value: str, types: set[str]) -> bool:
    """A form carries everything as strings."""
    if "string" in types or ("boolean" in types and value in {"0", "1", "true", "false"}):
        return True
    try:
        return any(isinstance(json.loads(value), OF_TYPE[each]) for each in types)
    except ValueError:
        return False


@dataclass(frozen=True)
class WebApi:
    """All methods of the reference in a folder."""

    folder: Path

    @cached_property
    def methods(self) -> dict[str, Method]:
        files = (self.folder / "docs.slack.dev" / "methods").glob("*.*.json")
        return {file.stem: Method(file.stem, json.loads(file.read_text(encoding="utf-8"))) for file in files}

    @cached_property
    def events(self) -> dict[str, frozenset[str]]:
        """Events of the Events API to the scopes of which one lets an app receive it."""
        described = json.loads((self.folder / "docs.slack.dev" / "events" / "events.json").read_text(encoding="utf-8"))
        events = [each for each in described if "Events" in each.get("APIs", ())]
        # The reference writes app_mentions.read where the scope is app_mentions:read.
        return {e["name"]: frozenset(s.replace(".read", ":read") for s in e.get("scopes", ())) for e in events}


@cache
def web_api(shared: Path) -> WebApi:
    """The reference among the shared corpora, read once."""
    return WebApi(shared / "data" / "slack")
