"""What every embedder promises, on every row of the table and on the fake."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr
from tokenizers import Tokenizer

from assistant.errors import ProviderUnavailable, SettingsError
from assistant.ports.embedder import Embedder
from assistant.testing import HashEmbedder
from integrations.embedders import EMBEDDERS, open_embedder
from integrations.embedders.bert import BertEncoder, batches
from integrations.embedders.minilm import UNWEIGHED, MiniLm, packaged_model, token_weights
from integrations.embedders.sentence_transformer import SentenceTransformerEmbedder
from integrations.settings import Settings

TEXTS = (
    "How do I register a deal?",
    "Ein Partner der Stufe Gold erhält 20 Prozent Nachlass.",
    "案件登録の手引き",
    "MDF claims are due 45 days after the activity. " * 12,
    "x",
)


class EmbeddingServer:
    """A loopback server that speaks `/embeddings`; it fails the first `failures` calls with `status`."""

    def __init__(self, *, failures: int = 0, status: int = 503, short: bool = False) -> None:
        self.calls = 0
        server, fake = self, HashEmbedder()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.calls += 1
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if server.calls <= failures:
                    self.answer(status, {"error": {"message": "later"}})
                    return
                vectors = [fake.embed_passages([text])[0] for text in body["input"]]
                rows = [
                    {
                        "object": "embedding",
                        "index": i,
                        "embedding": [2.0 * float(x) for x in vector],
                    }
                    for i, vector in enumerate(vectors)
                ]
                self.answer(200, {"object": "list", "model": body["model"], "data": rows[::-1][int(short) :]})

            def answer(self, code: int, content: dict[str, object]) -> None:
                payload = json.dumps(content).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_: object) -> None:
                """Keep the test output quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def settings(self) -> Settings:
        return Settings(embedder="openai:test-model", embedder_url=self.url, embedder_key=SecretStr("k"))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddingServer]:
    running = EmbeddingServer()
    yield running
    running.close()


@pytest.fixture(scope="module", params=["fake", *EMBEDDERS])
def embedder(request: pytest.FixtureRequest, server: EmbeddingServer) -> Embedder:
    rows: dict[str, Callable[[], Embedder]] = {
        "fake": HashEmbedder,
        "minilm": lambda: open_embedder(Settings(embedder="minilm")),
        "sentence-transformers": lambda: open_embedder(Settings(embedder=f"sentence-transformers:{packaged_model()}")),
        "openai": lambda: open_embedder(server.settings()),
    }
    return rows[request.param]()


def test_vectors_are_unit_vectors_in_the_order_given(embedder: Embedder) -> None:
    together = embedder.embed_passages(TEXTS)
    assert together.shape == (len(TEXTS), embedder.dimension)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-4)
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    assert (together * alone).sum(axis=1).min() > 0.9999


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


async def test_a_question_lands_where_the_same_passage_does(embedder: Embedder) -> None:
    vector = await embedder.embed_query(TEXTS[0])
    assert vector.shape == (embedder.dimension,)
    scores = embedder.embed_passages(TEXTS) @ vector
    assert int(scores.argmax()) == 0


def test_a_passage_that_is_too_long_is_refused(embedder: Embedder) -> None:
    with pytest.raises(ValueError, match="token"):
        embedder.embed_passages(["deal " * (embedder.max_tokens + 1)])


def test_tokens_are_counted_beyond_the_limit(embedder: Embedder) -> None:
    short, long = embedder.count_tokens(["deal", "deal " * (3 * embedder.max_tokens)])
    assert short <= embedder.max_tokens < 3 * embedder.max_tokens <= long
    assert embedder.count_tokens([]) == []


async def test_a_question_that_is_too_long_is_cut(embedder: Embedder) -> None:
    vector = await embedder.embed_query("register deal " * embedder.max_tokens * 2)
    assert np.isclose(np.linalg.norm(vector), 1, atol=1e-4)


async def test_without_weights_a_question_has_one_vector(embedder: Embedder) -> None:
    alike, weighed = await embedder.embed_weighed(TEXTS[0], {})
    assert np.array_equal(alike, weighed)
    assert np.allclose(alike, await embedder.embed_query(TEXTS[0]), atol=1e-6)


async def test_weights_leave_the_vector_of_the_words_alike_as_it_is(embedder: Embedder) -> None:
    weights = {"register": 3.0, "deal": 1.5, "how": 0.1}
    long = "register deal " * embedder.max_tokens * 2
    for text in (TEXTS[0], "register", "?", long):
        alike, weighed = await embedder.embed_weighed(text, weights)
        assert np.allclose(alike, await embedder.embed_query(text), atol=1e-6)
        assert np.isclose(np.linalg.norm(weighed), 1, atol=1e-4)


@pytest.mark.parametrize("make", [HashEmbedder, MiniLm])
async def test_a_word_that_counts_more_draws_the_question_to_it(make: Callable[[], Embedder]) -> None:
    embedder = make()
    text, word = "Where is the Invoice of our deal?", await embedder.embed_query("invoice")
    low, even, high = [
        (await embedder.embed_weighed(text, {"invoice": weight, "deal": 1.0, "where": 0.5})).weighed
        for weight in (0.1, 1.0, 5.0)
    ]
    assert float(low @ word) < float(even @ word) < float(high @ word)


async def test_questions_with_and_without_weights_do_not_disturb_each_other() -> None:
    embedder = MiniLm(threads=1)
    weights = {"deal": 4.0, "register": 2.0}
    asked = [(TEXTS[0], weights), (TEXTS[2], {}), ("Who pays?", weights), (TEXTS[0], {})]
    together = await asyncio.gather(*(embedder.embed_weighed(text, each) for text, each in asked))
    for (text, each), both in zip(asked, together, strict=True):
        alone = await embedder.embed_weighed(text, each)
        assert np.allclose(both.alike, alone.alike, atol=1e-5)
        assert np.allclose(both.weighed, alone.weighed, atol=1e-5)


def test_the_pieces_of_a_word_count_as_much_as_the_word() -> None:
    tokenizer = Tokenizer.from_file(str(packaged_model() / "tokenizer.json"))
    text = "Who reinvoices É?"
    encoding = tokenizer.encode(text)
    weights = {"who": 0.5, "reinvoices": 2.0}
    counted = dict(zip(encoding.tokens, token_weights(encoding, text, weights), strict=True))
    assert counted["who"] == 0.5
    assert {counted[piece] for piece in encoding.tokens if piece in {"rein", "##vo", "##ices"}} == {2.0}
    assert {counted[piece] for piece in ("[CLS]", "e", "?", "[SEP]")} == {UNWEIGHED}


def test_the_fingerprint_is_stable_and_names_the_model(embedder: Embedder) -> None:
    assert embedder.fingerprint
    assert embedder.fingerprint == embedder.fingerprint.strip()


@pytest.mark.parametrize(("half", "least"), [(False, 0.99999), (True, 0.999)])
def test_minilm_computes_what_sentence_transformers_computes(
    monkeypatch: pytest.MonkeyPatch, *, half: bool, least: float
) -> None:
    monkeypatch.setattr("integrations.embedders.bert.has_bfloat16", lambda: half)
    ours = MiniLm().embed_passages(TEXTS)
    theirs = SentenceTransformerEmbedder(str(packaged_model())).embed_passages(TEXTS)
    assert (ours * theirs).sum(axis=1).min() > least


def test_half_precision_keeps_the_vectors_or_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    exact, half = (BertEncoder(packaged_model(), threads=1) for _ in range(2))
    monkeypatch.setattr("integrations.embedders.bert.has_bfloat16", lambda: True)
    ids = [list(range(2000, 2000 + length)) for length in (3, 40, 120)]
    assert (half.many(ids) * np.concatenate([exact.few([row]) for row in ids])).sum(axis=1).min() > 0.999
    monkeypatch.setattr("integrations.embedders.bert.PROBE_COSINE", 1.1)
    strict = BertEncoder(packaged_model(), threads=1)
    assert np.allclose(strict.many(ids), np.concatenate([exact.few([row]) for row in ids]), atol=1e-5)


def test_batches_hold_every_text_once_and_stay_small() -> None:
    lengths = [5, 256, 1, 90, 90, 300, *[12] * 500]
    grouped = list(batches(lengths))
    assert sorted(i for batch in grouped for i in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= 2048 for batch in grouped)


def test_changed_weights_are_refused_before_they_are_used(tmp_path: Path) -> None:
    shutil.copytree(packaged_model(), tmp_path / "model")
    with (tmp_path / "model" / "model.safetensors").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\x00\x01")
    with pytest.raises(SettingsError, match="digest"):
        MiniLm(folder=tmp_path / "model").embed_passages(["a"])


def test_an_unknown_embedder_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="minilm"):
        open_embedder(Settings(embedder="nope"))


@pytest.mark.parametrize("row", ["openai", "sentence-transformers"])
def test_a_row_that_needs_a_model_says_so(row: str) -> None:
    with pytest.raises(SettingsError, match=row):
        open_embedder(Settings(embedder=row))


def test_a_busy_server_is_asked_again() -> None:
    server = EmbeddingServer(failures=1)
    try:
        assert open_embedder(server.settings()).embed_passages(["a"]).shape == (1, 64)
        assert server.calls == 2
    finally:
        server.close()


@pytest.mark.parametrize(
    ("server_settings", "error"),
    [({"failures": 9, "status": 401}, SettingsError), ({"short": True}, ProviderUnavailable)],
)
def test_a_server_that_refuses_or_answers_in_part_is_an_error(
    server_settings: dict[str, int], error: type[Exception]
) -> None:
    server = EmbeddingServer(**server_settings)  # type: ignore[arg-type]
    try:
        with pytest.raises(error):
            open_embedder(server.settings()).embed_passages(["a", "b"])
    finally:
        server.close()


def test_an_absent_server_is_worth_another_try() -> None:
    server = EmbeddingServer()
    server.close()
    with pytest.raises(ProviderUnavailable):
        open_embedder(server.settings()).embed_passages(["a"])
