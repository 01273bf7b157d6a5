"""Web pages fetched within bounds: public addresses, allowed hosts, robots.txt, few redirects, size and time."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import httpx
from protego import Protego

from assistant.errors import ForbiddenAddress, SourceError, UnreadableDocument
from ingest.sources.addresses import Resolver, resolve, system_resolver
from ingest.sources.item import MEGABYTE, too_large

USER_AGENT = "liaison"
ROBOTS_BYTES = 512 * 1024  # RFC 9309 §2.5
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (404, 410)
REFUSED = "refused_by_server"


@dataclass(frozen=True, slots=True)
class WebLimits:
    """What one page may take: bytes after decompression, seconds in all, redirects; the longest crawl delay kept."""

    max_bytes: int = 20 * MEGABYTE
    seconds: float = 30.0
    redirects: int = 5
    crawl_delay: float = 10.0


@dataclass(frozen=True, slots=True)
class Network:
    """How hosts are found and reached; tests pass a resolver, addresses to permit and a transport of their own."""

    resolver: Resolver = system_resolver
    permitted: frozenset[str] = frozenset()
    transport: Callable[[ssl.SSLContext], httpx.AsyncBaseTransport] = lambda context: httpx.AsyncHTTPTransport(
        verify=context
    )
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Page:
    """What a URL gave: the last URL after redirects, the media type without parameters, the body."""

    url: str
    media_type: str
    data: bytes


@dataclass(slots=True)
class _Robots:
    rules: Protego | None  # None: nothing may be fetched
    last: float = field(default=float("-inf"))


class Fetcher:
    """Gets pages of the allowed hosts.

    Every hop is checked before a connection is made, and the address that was checked is the one connected to.
    """

    def __init__(
        self, hosts: frozenset[str], *, network: Network | None = None, limits: WebLimits | None = None
    ) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._network = network or Network()
        self.limits = limits or WebLimits()
        self._robots: dict[str, _Robots] = {}

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()

    def get(self, url: str, *, limit: int = 0) -> Page:
        """The page at a URL.

        Raises:
            FileNotFoundError: the server says that there is no such page.
            ForbiddenAddress: scheme, host, address or robots.txt forbid it, at the first URL or after a redirect.
            UnreadableDocument: it is larger than allowed.
            SourceError: it cannot be fetched now.
        """
        for _ in range(self.limits.redirects + 1):
            parsed = self._allowed(url)
            self._ask_robots(parsed)
            answer = self._request(parsed, limit or self.limits.max_bytes)
            if isinstance(answer, Page):
                return answer
            if parsed.scheme == "https" and answer.scheme != "https":
                raise ForbiddenAddress(f"{url} redirects from https to {answer}.")
            url = str(answer)
        raise SourceError(f"{url}: more than {self.limits.redirects} redirects.")

    def _allowed(self, url: str) -> httpx.URL:
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise ForbiddenAddress(f"{url!r} is not a URL: {error}") from error
        if parsed.scheme not in {"http", "https"} or not parsed.host:
            raise ForbiddenAddress(f"{url!r}: only http and https are fetched.")
        if parsed.userinfo:
            raise ForbiddenAddress(f"{parsed.host}: a URL with a user name in it is not fetched.")
        if parsed.host.lower() not in self._hosts:
            raise ForbiddenAddress(f"{parsed.host} is not an allowed host.")
        return parsed

    def _ask_robots(self, url: httpx.URL) -> None:
        origin = f"{url.scheme}://{url.netloc.decode()}"
        known = self._robots.get(origin)
        if known is None:
            known = self._robots[origin] = _Robots(self._fetch_rules(httpx.URL(f"{origin}/robots.txt")))
        if known.rules is None or not known.rules.can_fetch(str(url), USER_AGENT):
            raise ForbiddenAddress(f"robots.txt of {url.host} forbids {url}.", hint="Ask its owner, or ingest a copy.")
        delay = min(known.rules.crawl_delay(USER_AGENT) or 0.0, self.limits.crawl_delay)
        wait = known.last + delay - time.monotonic()
        if wait > 0:
            self._network.sleep(wait)
        known.last = time.monotonic()

    def _fetch_rules(self, url: httpx.URL) -> Protego | None:
        """RFC 9309 §2.3.1: no robots.txt allows everything, one that cannot be had allows nothing."""
        try:
            for _ in range(self.limits.redirects + 1):
                answer = self._request(url, ROBOTS_BYTES)
                if isinstance(answer, Page):
                    return Protego.parse(answer.data.decode(errors="replace"))
                url = self._allowed(str(answer))
        except FileNotFoundError:
            return Protego.parse("")
        except UnreadableDocument as error:
            return Protego.parse("") if error.reason == REFUSED else None
        return None

    def _request(self, url: httpx.URL, limit: int) -> Page | httpx.URL:
        """One hop: the page, or where it redirects to."""
        try:
            return asyncio.run(asyncio.wait_for(self._exchange(url, limit), self.limits.seconds))
        except TimeoutError as error:
            raise SourceError(f"{url} took more than {self.limits.seconds:.0f} seconds.") from error
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            raise SourceError(f"Cannot fetch {url}: {str(error) or type(error).__name__}") from error

    async def _exchange(self, url: httpx.URL, limit: int) -> Page | httpx.URL:
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await asyncio.to_thread(self._resolve, url.host, port)
        request = httpx.Request(
            "GET",
            url.copy_with(host=address),
            headers={"Host": url.netloc.decode(), "User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
            extensions={"sni_hostname": url.host, "timeout": httpx.Timeout(self.limits.seconds).as_dict()},
        )
        async with self._network.transport(self._tls) as transport:
            response = await transport.handle_async_request(request)
            response.request = request
            try:
                return await _page(response, url, limit)
            finally:
                await response.aclose()

    def _resolve(self, host: str, port: int) -> str:
        return resolve(host, port, resolver=self._network.resolver, permitted=self._network.permitted)


async def _page(response: httpx.Response, url: httpx.URL, limit: int) -> Page | httpx.URL:
    if response.status_code in REDIRECTS and "location" in response.headers:
        return url.join(response.headers["location"])
    if response.status_code in GONE:
        raise FileNotFoundError(str(url))
    if response.status_code == 429 or response.status_code >= 500:
        raise SourceError(f"{url} answered {response.status_code}.")
    if response.status_code != 200:
        raise UnreadableDocument(REFUSED, f"{url} answered {response.status_code}.", hint="Check your access to it.")
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > limit:
            raise too_large(str(url), limit)
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Page(str(url), media_type, bytes(data))
