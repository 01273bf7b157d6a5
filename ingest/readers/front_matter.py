"""YAML at the top of a Markdown file, as flat text keys."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

import yaml

MAX_CHARACTERS = 64 * 1024
MAX_DEPTH = 50
PLAIN_KEY = re.compile(r"^([A-Za-z][\w.\- ]{0,60}):\s*(.*)$")
Node = str | list["Node"] | dict[str, "Node"] | None


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The keys, how many lines they take with both fences, and what could not be read."""

    metadata: dict[str, str] = field(default_factory=dict)
    lines: int = 0
    warnings: tuple[str, ...] = ()


def split_front_matter(lines: list[str]) -> FrontMatter:
    """The front matter of a file's lines; none where the file does not open with a `---` block of keys."""
    if not lines or lines[0].rstrip() != "---":
        return FrontMatter()
    end = next((i for i, line in enumerate(lines[1:], start=1) if line.rstrip() in {"---", "..."}), 0)
    if not end:
        return FrontMatter()
    source = "\n".join(lines[1:end])
    try:
        parsed = load_text(source)
    except yaml.YAMLError as error:
        keys = {match[1]: match[2] for line in lines[1:end] if (match := PLAIN_KEY.match(line))}
        problem = str(getattr(error, "problem", "") or error)
        warning = f"front matter is not valid YAML ({problem}); its plain lines were read"
        return FrontMatter(keys, end + 1, (warning,)) if keys else FrontMatter()
    if parsed is not None and not isinstance(parsed, dict):
        return FrontMatter()
    return FrontMatter(flatten(parsed or {}), end + 1)


def load_text(source: str) -> Node:
    """YAML with every scalar kept as the text it was written as: `1.10` and `2024-05-01` stay what they are.

    Aliases are refused: a few hundred bytes of them expand to gigabytes.

    Raises:
        yaml.YAMLError: it is not YAML, has aliases, or is larger or deeper than front matter is.
    """
    if len(source) > MAX_CHARACTERS:
        raise yaml.YAMLError("too long")
    check_yaml(source)
    loaded: Node = yaml.load(source, Loader=yaml.CBaseLoader)  # noqa: S506 (the base loader makes text only)
    return loaded


def check_yaml(source: str) -> None:
    """Return when YAML may be composed: libyaml composes by recursion and ends the process on deep nesting.

    Raises:
        yaml.YAMLError: it is not YAML, has aliases, or nests too deeply.
    """
    depth = 0
    for event in yaml.parse(source, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise yaml.YAMLError("nested too deeply")


def flatten(mapping: dict[str, Node], prefix: str = "") -> dict[str, str]:
    """Nested keys joined by dots (`audience.roles`); a list is a JSON array, an empty mapping `{}`, the rest text."""
    flat: dict[str, str] = {}
    for key, value in mapping.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict):
            flat |= flatten(value, f"{path}.") if value else {path: "{}"}
        elif isinstance(value, list):
            flat[path] = json.dumps(value, ensure_ascii=False)
        else:
            flat[path] = (value or "").strip()
    return flat
