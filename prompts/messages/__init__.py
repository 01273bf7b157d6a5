"""What Liaison says in its own words, by language; one YAML file a language, edited by a copywriter."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

import yaml

FOLDER = Path(__file__).parent
FALLBACK = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def message(key: str, language: str, **slots: str) -> str:
    """A message in a language, in English where it was not translated, with its slots filled.

    Raises KeyError for a message that does not exist or a slot that was not given.
    """
    primary = _primary(language)
    catalogue = _catalogue(primary) if primary in _translated() else {}
    if from_right_to_left(language):
        slots = {name: isolated(value, language) for name, value in slots.items()}
    return (catalogue.get(key) or _catalogue(FALLBACK)[key]).format_map(slots)


def keys(prefix: str) -> tuple[str, ...]:
    """The messages whose keys begin like this, in the order of the English catalogue."""
    return tuple(key for key in _catalogue(FALLBACK) if key.startswith(prefix))


def slots_of(key: str) -> tuple[str, ...]:
    """The names of what is filled into a message. Raises KeyError for a message that does not exist."""
    return tuple(name for _, name, _, _ in Formatter().parse(_catalogue(FALLBACK)[key]) if name)


def wordings(key: str) -> tuple[str, ...]:
    """A message in every language it was written in, its slots in braces."""
    return tuple(_catalogue(language)[key] for language in sorted(_translated()) if key in _catalogue(language))


def isolated(text: str, language: str) -> str:
    """Text with a direction of its own inside a sentence from right to left, where dates would turn around.

    Between FSI and PDI (unicode.org/reports/tr9, 2.7); unchanged in languages from left to right.
    """
    return f"\u2068{text}\u2069" if from_right_to_left(language) else text


def from_right_to_left(language: str) -> bool:
    """Whether a language is written from right to left."""
    return _primary(language) in RIGHT_TO_LEFT


def _primary(language: str) -> str:
    return language.replace("_", "-").split("-", maxsplit=1)[0].lower()


@cache
def _translated() -> frozenset[str]:
    return frozenset(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    loaded: Mapping[str, str] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return loaded
