"""What Liaison says in its own words, by language; one YAML file a language, edited by a copywriter."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
FALLBACK = "en"


def message(key: str, language: str, **slots: str) -> str:
    """A message in a language, in English where it was not translated, with its slots filled.

    Raises KeyError for a message that does not exist or a slot that was not given.
    """
    primary = language.replace("_", "-").split("-", maxsplit=1)[0].lower()
    catalogue = _catalogue(primary) if primary in _translated() else {}
    return (catalogue.get(key) or _catalogue(FALLBACK)[key]).format_map(slots)


@cache
def _translated() -> frozenset[str]:
    return frozenset(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    loaded: Mapping[str, str] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return loaded
