"""What every Lexicon promises, and what the shipped one knows."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
import torch
from sentence_transformers.sentence_transformer.modules import StaticEmbedding

from assistant.errors import SettingsError
from assistant.ports.lexicon import Lexicon
from assistant.testing import WordLexicon
from integrations.embedders.minilm import MiniLm
from integrations.languages import FileLexicon, read_encoder
from integrations.languages.shelf import FOLDER, Shelf


def shipped(folder: Path = FOLDER) -> FileLexicon:
    return FileLexicon(Shelf((folder,)), space=MiniLm.fingerprint)


@pytest.fixture(params=["shipped", "fake"])
def lexicon(request: pytest.FixtureRequest) -> Lexicon:
    return shipped() if request.param == "shipped" else WordLexicon("de", {"Rabatt": "discount", "Preis": "price"})


def test_words_are_found_in_english_and_names_stay(lexicon: Lexicon) -> None:
    found = lexicon.in_english("Rabatt auf Lantern 4711", "de")
    assert found is not None
    assert "discount" in found.words
    assert "discount" in found.gloss
    assert {"lantern", "4711"} <= {word.lower() for word in found.words}
    assert all(0 < weight <= 5 for weight in found.words.values())


@pytest.mark.parametrize("language", ["en", "xx", ""])
def test_a_language_it_does_not_know_is_told(lexicon: Lexicon, language: str) -> None:
    assert lexicon.in_english("What discount do partners get?", language) is None


def test_nothing_stays_nothing(lexicon: Lexicon) -> None:
    found = lexicon.in_english(" ?! ", "de")
    assert found is not None
    assert (dict(found.words), found.gloss) == ({}, "")


@pytest.mark.parametrize(
    ("language", "text", "english"),
    [
        ("de", "Wie melde ich eine Rechnung an?", "invoice"),
        ("fr", "Où trouver la facture du client ?", "invoice"),
        ("es", "¿Dónde encuentro la factura?", "invoice"),
        ("pt-BR", "Como registro um parceiro?", "partner"),
        ("ja", "パートナーの登録", "partner"),
        ("it", "Dove trovo la fattura?", "invoice"),
        ("nl", "Waar vind ik de factuur?", "invoice"),
        ("zh", "合作伙伴", "partner"),
        ("ko", "파트너 등록", "partner"),
    ],
)
def test_the_shipped_lexicons_know_the_words_of_the_trade(language: str, text: str, english: str) -> None:
    found = shipped().in_english(text, language)
    assert found is not None
    assert english in found.words


def test_a_compound_that_nobody_translated_is_found_by_its_parts() -> None:
    found = shipped().in_english("Wie konfiguriere ich ein Konto für den Notfallzugriff?", "de")
    assert found is not None
    assert {"emergency", "access"} <= found.words.keys()


def test_a_compound_that_was_translated_as_a_whole_is_searched_by_its_parts_too() -> None:
    found = shipped().in_english("Wie funktioniert ein Testabonnement?", "de")
    assert found is not None
    assert {"trial", "test", "subscription"} <= found.words.keys()
    assert found.gloss == "how works a trial"


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("de", "Warum bekomme ich keine Zahlung?", "not payment"),
        ("es", "No puedo ver mis facturas", "not"),
        ("fr", "Je ne peux pas voir mes factures", "not"),
    ],
)
def test_a_gloss_spells_out_what_english_writes_behind_an_apostrophe(language: str, text: str, said: str) -> None:
    found = shipped().in_english(text, language)
    assert found is not None
    assert said in found.gloss
    assert not {"t", "ve", "m", "re", "ll", "d", "s"} & set(found.gloss.split())


def test_characters_that_nobody_knows_do_not_reach_the_english_search() -> None:
    found = shipped().in_english("鑿壁", "ja")
    assert found is not None
    assert dict(found.words) == {}


@pytest.mark.parametrize("name", ["de.tsv.gz", "encoder.safetensors"])
def test_a_changed_file_is_refused(tmp_path: Path, name: str) -> None:
    copytree(FOLDER, tmp_path / "copy")
    path = tmp_path / "copy" / name
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(SettingsError, match=name):
        shipped(tmp_path / "copy").in_english("Rabatt", "de")


def test_another_embedder_reads_the_question_itself() -> None:
    found = FileLexicon(Shelf((FOLDER,)), space="multilingual").in_english("Wo finde ich die Rechnung?", "de")
    assert found is not None
    assert "invoice" in found.words
    assert (found.gloss, found.vector) == ("", None)


async def test_questions_that_say_the_same_are_near_each_other_and_their_english() -> None:
    english = await MiniLm(threads=1).embed_query("Where do I find the invoice?")
    asked = {"de": "Wo finde ich die Rechnung?", "fr": "Où trouver la facture ?", "ja": "請求書はどこにありますか?"}
    for language, question in asked.items():
        found = shipped().in_english(question, language)
        assert found is not None
        assert found.vector is not None
        assert english @ found.vector > 0.5


def test_a_word_has_a_row_of_unit_length_and_nothing_has_none(lexicon: Lexicon) -> None:
    vectors = lexicon.word_vectors(["Rabatt", "discount", "Preis", ""])
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0], atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_shipped_words_that_mean_the_same_are_near_each_other_in_any_language() -> None:
    vectors = shipped().word_vectors(["purchase", "buy", "kaufen", "banana", "invoice"])
    cosines = vectors @ vectors.T
    assert min(cosines[0, 1], cosines[0, 2]) > 0.6
    assert cosines[3, 4] < 0.3


def test_the_encoder_is_what_sentence_transformers_computes_from_its_rows() -> None:
    encoder = read_encoder(Shelf((FOLDER,)))
    rows = encoder.rows * encoder.scale[:, None]
    static = StaticEmbedding(encoder.tokenizer, embedding_weights=rows)
    text = "Wie lange ist eine Registrierung geschützt?"
    features = static.preprocess([text])
    with torch.no_grad():
        mean = static(features)["sentence_embedding"][0].numpy()
    vector = encoder.vector(text)
    assert vector is not None
    assert np.allclose(mean / np.linalg.norm(mean), vector, atol=1e-5)
