"""What the web page says, by language; one YAML file a language, edited by a copywriter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
FALLBACK = "en"
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def page_language(wishes: Iterable[str]) -> str:
    """The first language of the wishes (tags such as pt-BR, best first) that the page has; English otherwise."""
    for wish in wishes:
        primary = wish.replace("_", "-").split("-", maxsplit=1)[0].strip().lower()
        if primary in LANGUAGES:
            return primary
    return FALLBACK


@cache
def page_texts(language: str) -> Mapping[str, str]:
    """Everything the page says in a language; English where something was not translated."""
    texts = _catalogue(FALLBACK)
    return texts if language == FALLBACK else {**texts, **_catalogue(language)}


def _catalogue(language: str) -> Mapping[str, str]:
    loaded: Mapping[str, str] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return loaded
