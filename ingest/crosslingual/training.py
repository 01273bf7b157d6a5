"""From sentence pairs in many languages to the encoder that ships; the lexicons come from `lexicon`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.ports.embedder import Embedder
from ingest.crosslingual.distil import distil
from ingest.crosslingual.encoder import Encoder
from ingest.crosslingual.lesson import lessons, sentences, vectors
from ingest.crosslingual.pairs import Pair
from ingest.crosslingual.pieces import count_pieces, learn_pieces, rarity

SHARED = 3  # languages that a sentence must be translated into: one vector teaches them all
SENTENCES = 57_344  # that get a vector: half of them, and most of the work


def trained_encoder(pairs: Mapping[str, Sequence[Pair]], embedder: Embedder, *, told: Callable[[str], None]) -> Encoder:
    """An encoder into the embedder's space. The same pairs and embedder give the same bytes.

    Where fewer than SHARED languages are given, a sentence need only be in all of them.
    """
    found = sentences(pairs, languages=min(SHARED, len(pairs)))
    told(f"{len(found.english):,} English sentences, {len(found.said):,} translations")
    tokenizer = learn_pieces([*found.said, *found.english])
    told(f"{tokenizer.get_vocab_size():,} pieces of words")
    drawn = found.drawn(SENTENCES)
    targets = vectors(drawn.english, embedder, told=lambda done: told(f"{done:,} of {len(drawn.english):,} embedded"))
    learned = lessons(drawn, targets)
    weight = rarity(count_pieces(tokenizer, learned.texts), pieces=tokenizer.get_vocab_size())
    return distil(learned, tokenizer, weight=weight, space=embedder.fingerprint)
