"""How words of the partner trade are said in other languages, as `liaison campaign glossary` extracted them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "programme.yaml"
UNSETTLED, SETTLED = "conflict", "settled"
OFTEN = 3  # one in so many texts that speak of a word must say it so: what is said otherwise mostly is no word for it


@cache
def trade_words(language: str) -> Mapping[str, str]:
    """English word of the trade to the word of a language, such as "de"; none that a person has yet to choose.

    What nobody settled is left out where few texts have it.
    """
    concepts = yaml.load(FILE.read_bytes(), Loader=yaml.CSafeLoader)["concepts"]
    said = {concept: forms[language] for concept, forms in concepts.items() if language in forms}
    return {concept: str(form["term"]) for concept, form in said.items() if _sure(form)}


def _sure(form: Mapping[str, str | int]) -> bool:
    seen, texts = int(form.get("seen", 0)), int(form.get("of", 0))
    return form["status"] == SETTLED or (form["status"] != UNSETTLED and OFTEN * seen >= texts)
