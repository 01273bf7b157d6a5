"""What questions in other languages cost beside English ones: `python -m evals.language_costs`.

Every figure is of the lexicons and the encoder alone; the embedding of a question's gloss comes on top, as long as that
of an English question.
"""

from __future__ import annotations

import gc
import sys
import time

import psutil

from assistant.ports.lexicon import Lexicon
from integrations.bootstrap import build
from integrations.languages.fitted import open_lexicon
from integrations.languages.shelf import FOLDER, MANIFEST, Shelf, file_name
from integrations.settings import Settings

QUESTIONS = {
    "de": "Wie lange ist eine genehmigte Deal-Registrierung vor anderen Partnern geschützt?",
    "es": "¿Cuánto tiempo tengo para presentar la factura de una campaña aprobada?",
    "fr": "Où trouver les factures de mes clients dans le portail ?",
    "it": "Come faccio a vedere i crediti guadagnati dal partner?",
    "ja": "取引の登録はどのくらいの期間保護されますか?",
    "ko": "파트너 등록은 어떻게 하나요?",
    "nl": "Waar vind ik de facturen van mijn klanten?",
    "pl": "Jak zarejestrować umowę z klientem?",
    "pt": "Como registro um negócio no portal de parceiros?",
    "sv": "Hur registrerar jag en affär i portalen?",
    "zh": "合作伙伴如何注册交易?",
}
ROUNDS = 50
BARS = {"query ms": 3.0, "memory MB": 120.0, "start s": 0.4, "files MB": 30.0}


def main() -> int:
    """Print each figure beside its bar; 1 when one is missed."""
    liaison = build(Settings())
    liaison.embedder.count_tokens(["warm"])  # the tokenizer's library is loaded for English too
    lexicon = open_lexicon(liaison.settings.data, space=liaison.embedder.fingerprint)
    gc.collect()
    process = psutil.Process()
    before, start = process.memory_info().rss, time.process_time()
    lexicon.in_english(QUESTIONS["de"], "de")
    first = time.process_time() - start
    for language, question in QUESTIONS.items():
        lexicon.in_english(question, language)
    memory = (process.memory_info().rss - before) / 1e6
    found = {"query ms": _query(lexicon), "memory MB": memory, "start s": first, "files MB": _files()}
    for name, value in found.items():
        sys.stdout.write(f"{name:10} {value:8.2f}   at most {BARS[name]:g}\n")
    return int(any(value > BARS[name] for name, value in found.items()))


def _query(lexicon: Lexicon) -> float:
    """CPU milliseconds of one question, all languages warm."""
    start = time.process_time()
    for _ in range(ROUNDS):
        for language, question in QUESTIONS.items():
            lexicon.in_english(question, language)
    return (time.process_time() - start) * 1000 / (ROUNDS * len(QUESTIONS))


def _files() -> float:
    parts = Shelf((FOLDER,)).parts
    return sum((FOLDER / name).stat().st_size for name in (MANIFEST, *map(file_name, parts))) / 1e6


if __name__ == "__main__":
    sys.exit(main())
