"""How words of the partner trade are said in other languages, as `liaison campaign glossary` extracted them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "programme.yaml"
UNSETTLED = "conflict"


@cache
def trade_words(language: str) -> Mapping[str, str]:
    """English word of the trade to the word of a language, such as "de"; none that a person has yet to choose."""
    concepts = yaml.load(FILE.read_bytes(), Loader=yaml.CSafeLoader)["concepts"]
    said = {concept: forms[language] for concept, forms in concepts.items() if language in forms}
    return {concept: str(form["term"]) for concept, form in said.items() if form["status"] != UNSETTLED}
