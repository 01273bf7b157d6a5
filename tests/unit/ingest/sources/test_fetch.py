"""Which web addresses are fetched, which are not, and that nothing is connected to on the way to a refusal."""

from __future__ import annotations

import gzip
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from assistant.errors import ForbiddenAddress, SourceError, UnreadableDocument
from ingest.sources.addresses import is_public, system_resolver
from ingest.sources.fetch import Fetcher, Network, WebLimits

Route = Callable[[BaseHTTPRequestHandler], None]
INSIDE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "192.88.99.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]",
    "[fe80::1]", "[fec0::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]", "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[64:ff9b::7f00:1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "0x7f.1", "0x7f000001", "2130706433", "017700000001",
    "127.1", "0", "localhost",
]  # fmt: skip


class Counting(httpx.AsyncBaseTransport):
    """Counts connections that would have been made, and makes none."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(404)


class Site:
    """A web server on loopback with a route per path; what has no route is 404."""

    def __init__(self) -> None:
        site = self
        self.routes: dict[str, Route] = {}
        self.seen: list[str] = []
        self.hosts: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.seen.append(self.path)
                site.hosts.append(self.headers["Host"])
                site.routes.get(self.path, reply(404))(self)

            def log_message(self, *_: object) -> None:
                """Keep the test output quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, daemon=True).start()

    def url(self, path: str = "/page", host: str = "docs.example.com") -> str:
        return f"http://{host}:{self.port}{path}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def reply(status: int, body: bytes = b"", **headers: str) -> Route:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def site() -> Iterator[Site]:
    running = Site()
    running.routes["/page"] = reply(200, b"<p>Hello</p>", Content_Type="text/html; charset=utf-8")
    yield running
    running.close()


HERE = Network(resolver=lambda host, port: ["127.0.0.1"], permitted=frozenset({"127.0.0.1"}))
HOSTS = frozenset({"docs.example.com"})


def fetcher(*, network: Network = HERE, limits: WebLimits | None = None) -> Fetcher:
    return Fetcher(HOSTS, network=network, limits=limits)


@pytest.mark.parametrize("host", INSIDE)
def test_an_address_that_is_not_public_is_refused_without_a_connection(host: str) -> None:
    transport = Counting()
    bare = httpx.URL(f"http://{host}/").host
    network = Network(resolver=system_resolver, transport=lambda _: transport)
    with pytest.raises(ForbiddenAddress):
        Fetcher(frozenset({bare, host}), network=network).get(f"http://{host}/latest/meta-data")
    assert transport.requests == []


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["ftp://docs.example.com/x", "file:///etc/passwd", "gopher://docs.example.com/", "http://u:p@docs.example.com/",
     "http://other.example.com/", "http://docs.example.com.evil.test/", "http://docs.example.com@127.0.0.1/", "http:///x",
     "data:text/plain,x", "http://[", "//docs.example.com/"],
)  # fmt: skip
def test_a_url_that_is_not_ours_to_fetch_is_refused_without_a_connection(url: str) -> None:
    transport = Counting()
    with pytest.raises(ForbiddenAddress):
        fetcher(network=replace(HERE, transport=lambda _: transport)).get(url)
    assert transport.requests == []


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    transport = Counting()
    mixed = Network(resolver=lambda host, port: ["93.184.215.14", "10.0.0.5"], transport=lambda _: transport)
    with pytest.raises(ForbiddenAddress, match=r"10\.0\.0\.5"):
        fetcher(network=mixed).get("http://docs.example.com/")
    assert transport.requests == []


def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    transport = Counting()
    answers = iter([["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]])
    rebinding = Network(resolver=lambda host, port: next(answers), transport=lambda _: transport)
    with pytest.raises(ForbiddenAddress, match=r"127\.0\.0\.1"):
        fetcher(network=rebinding).get("https://docs.example.com/page")
    assert [request.url.host for request in transport.requests] == [
        "93.184.215.14"
    ]  # robots.txt, by its checked address
    assert transport.requests[0].headers["Host"] == "docs.example.com"
    assert transport.requests[0].extensions["sni_hostname"] == "docs.example.com"


def test_a_page_is_fetched_under_its_own_host_name(site: Site) -> None:
    page = fetcher().get(site.url())
    assert (page.data, page.media_type) == (b"<p>Hello</p>", "text/html")
    assert set(site.hosts) == {f"docs.example.com:{site.port}"}


@pytest.mark.parametrize("target", ["http://169.254.169.254/", "http://other.example.com/", "file:///etc/passwd"])
def test_a_redirect_is_checked_like_a_first_address(site: Site, target: str) -> None:
    site.routes["/go"] = reply(302, Location=target)
    with pytest.raises(ForbiddenAddress):
        fetcher().get(site.url("/go"))
    assert site.seen == ["/robots.txt", "/go"]


def test_a_redirect_to_an_inner_address_of_an_allowed_host_is_refused(site: Site) -> None:
    site.routes["/go"] = reply(301, Location="/page")
    calls: list[int] = []

    def resolver(host: str, port: int) -> list[str]:
        calls.append(port)
        return ["127.0.0.1"] if len(calls) < 3 else ["10.1.1.1"]

    with pytest.raises(ForbiddenAddress, match=r"10\.1\.1\.1"):
        fetcher(network=replace(HERE, resolver=resolver)).get(site.url("/go"))
    assert "/page" not in site.seen


def test_redirects_end(site: Site) -> None:
    site.routes["/loop"] = reply(302, Location="/loop")
    with pytest.raises(SourceError, match="redirects"):
        fetcher().get(site.url("/loop"))


def test_robots_txt_is_obeyed_and_its_delay_kept(site: Site) -> None:
    rules = b"User-agent: *\nDisallow: /secret\nCrawl-delay: 2\n"
    site.routes["/robots.txt"] = reply(200, rules)
    slept: list[float] = []
    robot = fetcher(network=replace(HERE, sleep=slept.append))
    with pytest.raises(ForbiddenAddress, match=r"robots\.txt"):
        robot.get(site.url("/secret/page"))
    robot.get(site.url())
    robot.get(site.url())
    assert site.seen == ["/robots.txt", "/page", "/page"]
    assert slept
    assert 0 < slept[-1] <= 2


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (410, True)])
def test_a_site_without_robots_txt_may_be_fetched(site: Site, status: int, allowed: bool) -> None:
    site.routes["/robots.txt"] = reply(status)
    assert (fetcher().get(site.url()).data == b"<p>Hello</p>") is allowed


def test_a_site_whose_robots_txt_cannot_be_had_is_left_alone(site: Site) -> None:
    site.routes["/robots.txt"] = reply(503)
    with pytest.raises(SourceError):
        fetcher().get(site.url())
    assert "/page" not in site.seen


@pytest.mark.parametrize(
    ("status", "error"), [(404, FileNotFoundError), (410, FileNotFoundError), (403, UnreadableDocument)]
)
def test_a_page_that_is_not_there_or_not_for_us_says_so(site: Site, status: int, error: type[Exception]) -> None:
    site.routes["/x"] = reply(status)
    with pytest.raises(error):
        fetcher().get(site.url("/x"))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_worth_another_try(site: Site, status: int) -> None:
    site.routes["/x"] = reply(status)
    with pytest.raises(SourceError) as caught:
        fetcher().get(site.url("/x"))
    assert caught.value.retryable


def test_a_page_that_unpacks_to_more_than_the_limit_is_cut_off(site: Site) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    site.routes["/bomb"] = reply(200, bomb, Content_Encoding="gzip")
    with pytest.raises(UnreadableDocument, match="larger"):
        fetcher(limits=WebLimits(max_bytes=1_000_000)).get(site.url("/bomb"))


def test_a_page_that_trickles_is_given_up(site: Site) -> None:
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        try:
            for _ in range(30):
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.1)
        except OSError:
            return

    site.routes["/slow"] = trickle
    with pytest.raises(SourceError, match="seconds"):
        fetcher(limits=WebLimits(seconds=0.5)).get(site.url("/slow"))


def test_an_unreachable_host_is_worth_another_try() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(SourceError, match="resolve") as caught:
        fetcher(network=Network(resolver=nowhere)).get("http://docs.example.com/")
    assert caught.value.retryable


def test_tls_is_verified_against_the_name_and_not_the_address() -> None:
    contexts: list[ssl.SSLContext] = []
    transport = Counting()

    def opened(context: ssl.SSLContext) -> Counting:
        contexts.append(context)
        return transport

    public = Network(resolver=lambda host, port: ["93.184.215.14"], transport=opened)
    with pytest.raises(FileNotFoundError):
        fetcher(network=public).get("https://docs.example.com/page")
    assert all(context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED for context in contexts)
    assert len(contexts) == 2
