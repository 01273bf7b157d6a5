"""Two servers on one PostgreSQL and one Chroma server, each on a machine of its own: people see one Liaison."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from evals.api_server import free_port
from integrations.bootstrap import build
from integrations.settings import Settings
from integrations.surfaces.http.keys import KeyRing
from integrations.surfaces.http.scopes import ALL_SCOPES
from tests.servers import KillablePostgres, killable_postgres
from tests.unit.surfaces.world import PARTNERS, READER_SCOPES, STAFF_SCOPES

GUIDE = (
    b"# Deal protection\n\nAn approved deal registration protects a Gold partner for 90 days. "
    b"The protection can be extended once by 30 days.\n"
)
PROTECTION = {"question": "How long does an approved deal registration protect a Gold partner?"}
PATIENCE = 300
DRAIN = "15"  # seconds in which a request that a ready server was chosen for is sent, on a busy machine too


@dataclass
class Server:
    """One `liaison serve`."""

    process: subprocess.Popen[bytes]
    url: str

    def call(self, method: str, path: str, token: str, **what: object) -> httpx.Response:
        """A request with a key."""
        headers = {"authorization": f"Bearer {token}"}
        return httpx.request(method, f"{self.url}{path}", headers=headers, timeout=PATIENCE, **what)  # type: ignore[arg-type]

    def ask(self, token: str, question: dict[str, str]) -> httpx.Response:
        """Ask a question."""
        return self.call("POST", "/v1/ask", token, json=question)


@dataclass
class Cluster:
    """Two servers with folders of their own, and what they share."""

    postgres: KillablePostgres
    chroma: str
    folder: Path
    servers: list[Server]

    def environment(self, name: str) -> dict[str, str]:
        """The settings of one machine."""
        return {
            **os.environ,
            "LIAISON_DATA": str(self.folder / name),
            "LIAISON_DATABASE_URL": self.postgres.url,
            "LIAISON_CHROMA_URL": self.chroma,
            "LIAISON_PARTNERS": str(self.folder / "partners.yaml"),
            "LIAISON_THREADS": "1",
            "LIAISON_API_TIMEOUT": "600",
            "LIAISON_API_RATE": "0",  # how often a test asks is up to the machine
        }

    @contextmanager
    def keys(self) -> Iterator[KeyRing]:
        """The keys, as a terminal on a third machine manages them."""
        liaison = build(Settings(data=self.folder / "terminal", database_url=SecretStr(self.postgres.url)))
        yield KeyRing(store=liaison.api_keys, clock=liaison.clock, known_scopes=ALL_SCOPES)
        liaison.close()

    async def key(self, who: str, scopes: Sequence[str] = READER_SCOPES, *, rate: int = 0) -> str:
        """The token of a new key."""
        with self.keys() as ring:
            made = await ring.create(name="test", principal=who, scopes=scopes, rate_per_minute=rate)
            return made.token

    @contextmanager
    def serving(self, name: str) -> Iterator[Server]:
        """A server on a machine of its own."""
        port, log = free_port(), self.folder / f"log-{name}"
        command = [sys.executable, "-m", "integrations", "serve", "--port", str(port), "--drain", DRAIN]
        with log.open("wb") as out:
            process = subprocess.Popen(command, env=self.environment(name), stdout=out, stderr=subprocess.STDOUT)
        try:
            wait_until_live(port, process)
            yield Server(process, f"http://127.0.0.1:{port}")
        finally:
            process.kill()
            process.wait()


def wait_until_live(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when /healthz answers; an installation without content is not ready."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=30).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    pytest.fail("the server did not start")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, chroma: str) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "partners.yaml").write_text(PARTNERS, encoding="utf-8")
    with killable_postgres() as postgres, ExitStack() as running:
        made = Cluster(postgres, chroma, folder, [])
        with made.keys():
            pass  # makes the tables
        made.servers = [running.enter_context(made.serving(name)) for name in ("one", "two")]
        yield made


@pytest.fixture(scope="module")
def staff(cluster: Cluster) -> str:
    return asyncio.run(cluster.key("administrator:callum", STAFF_SCOPES))


@pytest.fixture(scope="module")
def document(cluster: Cluster, staff: str) -> str:
    one, _ = cluster.servers
    sent = one.call("POST", "/v1/documents", staff, files=[("files", ("protection.md", GUIDE))])
    assert sent.status_code == 201, sent.text
    return str(sent.json()["documents"][0]["id"])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_is_uploaded_at_one_server_is_answered_by_the_other_at_once(
    cluster: Cluster, staff: str, document: str
) -> None:
    _, two = cluster.servers
    answer = two.ask(staff, PROTECTION).json()
    assert answer["status"] == "answered"
    assert "90 days" in answer["text"]
    assert answer["citations"][0]["document_id"] == document
    view = two.call("GET", f"/v1/documents/{document}/view", staff)
    assert (view.status_code, "90 days" in view.text) == (200, True)


@pytest.mark.slow
@pytest.mark.usefixtures("document")
async def test_a_conversation_goes_on_at_another_server(cluster: Cluster) -> None:
    one, two = cluster.servers
    token = await cluster.key("partner:acme")
    first = one.ask(token, {**PROTECTION, "thread": "deals"}).json()
    second = two.ask(token, {"question": "Can it be extended?", "thread": "deals"}).json()
    again = one.ask(token, {**PROTECTION, "thread": "deals"}).json()
    assert "registration" in second["resolved"]
    assert (again["id"], again["text"]) == (first["id"], first["text"])
    rated = two.call("POST", "/v1/feedback", token, json={"answer_id": first["id"], "rating": "good"})
    assert rated.is_success, rated.text


@pytest.mark.slow
async def test_a_key_has_one_limit_at_all_servers_together_and_ends_at_all_of_them(cluster: Cluster) -> None:
    token = await cluster.key("partner:acme", rate=3)
    calls = [cluster.servers[n % 2].call("GET", "/v1/documents", token) for n in range(6)]
    granted = [call.status_code == 200 for call in calls]
    assert granted[:3] == [True] * 3
    assert granted.count(False) >= 1
    refused = next(call for call in calls if call.status_code == 429)
    assert 0 < int(refused.headers["retry-after"]) <= 60
    with cluster.keys() as ring:
        await ring.revoke(token.split("_")[1])
    assert {server.call("GET", "/v1/documents", token).status_code for server in cluster.servers} == {401}


@pytest.mark.slow
@pytest.mark.usefixtures("document")
def test_while_one_server_is_replaced_the_others_answer_and_nobody_is_turned_away(cluster: Cluster, staff: str) -> None:
    with cluster.serving("three") as three:
        statuses: list[int] = []
        stopped = threading.Event()

        def ask() -> None:
            """As a balancer sends it: to the next server when one is not ready or does not take connections."""
            while not stopped.is_set():
                chosen = three if is_ready(three) else cluster.servers[1]
                statuses.append(chosen.ask(staff, PROTECTION).status_code)

        callers = [threading.Thread(target=ask) for _ in range(3)]
        for caller in callers:
            caller.start()
        wait_for(statuses, 6)
        three.process.send_signal(signal.SIGTERM)
        assert three.process.wait(timeout=PATIENCE) in {0, -signal.SIGTERM}
        wait_for(statuses, len(statuses) + 6)
        stopped.set()
        for caller in callers:
            caller.join(timeout=PATIENCE)
    assert set(statuses) == {200}


def is_ready(server: Server) -> bool:
    """What a balancer asks before it sends a request."""
    try:
        return httpx.get(f"{server.url}/readyz", timeout=PATIENCE).is_success
    except httpx.TransportError:  # it listens no more, or closed what it had not begun to serve
        return False


def wait_for(statuses: list[int], count: int) -> None:
    """Return when so many calls ended."""
    until = time.monotonic() + PATIENCE
    while len(statuses) < count:
        assert time.monotonic() < until, "no more calls are answered"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.usefixtures("document")
def test_when_postgresql_is_killed_people_are_told_to_try_again_and_afterwards_everything_is_there(
    cluster: Cluster, staff: str
) -> None:
    one, two = cluster.servers
    sent = one.call("POST", "/v1/documents", staff, files=[("files", ("late.md", b"# Late\n\nQuokkas sleep late.\n"))])
    assert sent.status_code == 201
    cluster.postgres.kill()
    try:
        for server in (one, two):
            down = server.ask(staff, PROTECTION)
            assert (down.status_code, down.json()["code"], down.json()["retryable"]) == (503, "storage", True)
            assert httpx.get(f"{server.url}/readyz", timeout=PATIENCE).status_code == 503
    finally:
        cluster.postgres.start()
    for server in (two, one):
        assert "90 days" in server.ask(staff, PROTECTION).json()["text"]
        titles = [item["title"] for item in server.call("GET", "/v1/documents", staff).json()["items"]]
        assert "Late" in titles


@pytest.mark.slow
def test_what_is_removed_at_one_server_is_gone_at_the_other(cluster: Cluster, staff: str, document: str) -> None:
    one, two = cluster.servers
    assert two.call("DELETE", f"/v1/documents/{document}", staff).status_code == 204
    answer = one.ask(staff, PROTECTION)
    assert (answer.status_code, "90 days" in answer.json()["text"]) == (200, False)
    assert one.call("GET", f"/v1/documents/{document}/view", staff).status_code == 404
