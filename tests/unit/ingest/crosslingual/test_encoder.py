from __future__ import annotations

import numpy as np
import pytest

from assistant.testing import HashEmbedder
from ingest.crosslingual.distil import refined
from ingest.crosslingual.encoder import Encoder
from ingest.crosslingual.fit import divided, fitted_encoder
from ingest.crosslingual.lesson import lessons, sentences, vectors
from ingest.crosslingual.pairs import Pair
from ingest.crosslingual.training import trained_encoder
from tests.unit.ingest.crosslingual.test_build import sentences as made_up


def quiet(_: object) -> None:
    return None


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return trained_encoder({"nl": made_up(400)}, HashEmbedder(), told=quiet)


def likeness(encoder: Encoder, pairs: list[Pair]) -> float:
    english = vectors([pair.english for pair in pairs], HashEmbedder(), told=quiet)
    found = [encoder.vector(pair.foreign) for pair in pairs]
    return float(np.mean([one @ other for one, other in zip(english, found, strict=True) if other is not None]))


def test_a_sentence_never_seen_gets_nearly_the_vector_of_its_english(encoder: Encoder) -> None:
    unseen = made_up(40, seed=9)
    assert likeness(encoder, unseen) > 0.8
    vector = encoder.vector(unseen[0].foreign)
    assert vector is not None
    assert abs(np.linalg.norm(vector) - 1) < 1e-5


def test_a_text_without_a_known_piece_has_no_vector(encoder: Encoder) -> None:
    assert encoder.vector("") is None
    assert encoder.vector("漢字") is None


def test_the_same_pairs_give_the_same_encoder_and_its_file_brings_it_back(encoder: Encoder) -> None:
    again = trained_encoder({"nl": made_up(400)}, HashEmbedder(), told=quiet)
    assert again.to_bytes() == encoder.to_bytes()
    read = Encoder.from_bytes(encoder.to_bytes())
    assert read.space == HashEmbedder().fingerprint
    assert np.array_equal(read.vector("dolun rabel"), encoder.vector("dolun rabel"))  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [b"", b"no file", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_a_file_that_is_no_encoder_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not an encoder"):
        Encoder.from_bytes(data)


def test_refining_teaches_what_a_word_means_here_and_keeps_the_others(encoder: Encoder) -> None:
    old = [pair for pair in made_up(80, seed=9) if "partner" not in pair.english]
    new = [Pair(pair.english.replace("partner", "reseller"), pair.foreign, "ours") for pair in made_up(200, seed=3)]
    new = [pair for pair in new if "reseller" in pair.english]
    learnt, held = divided(new)
    assert learnt
    assert held
    assert not {pair.english for pair in learnt} & {pair.english for pair in held}
    better = fitted_encoder(encoder, {"nl": learnt}, embedder=HashEmbedder(), told=quiet)
    assert likeness(better, held) > likeness(encoder, held) + 0.02
    assert likeness(better, old) > 0.8


def test_lessons_that_say_nothing_new_change_next_to_nothing(encoder: Encoder) -> None:
    found = sentences({"nl": made_up(50)})
    own = np.array([encoder.vector(text) for text in found.said])
    taught = lessons(found, vectors(found.english, HashEmbedder(), told=quiet))
    same = refined(encoder, type(taught)(found.said, np.arange(len(found.said)), own.astype(np.float32)))
    assert likeness(same, made_up(40, seed=9)) > likeness(encoder, made_up(40, seed=9)) - 0.05
