"""Web content: one page, the pages of a sitemap, or a list of URLs."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import httpx
from lxml import etree

from assistant.errors import SourceError, UnreadableDocument
from ingest.readers import READERS
from ingest.sources.fetch import Fetcher
from ingest.sources.item import MEGABYTE, Content, Item, MetadataFile

MAX_PAGES = 50_000  # of one sitemap, https://www.sitemaps.org/protocol.html
SITEMAP_BYTES = 50 * MEGABYTE  # same
MAX_NESTED = 500
SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/vtt": ".vtt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


class WebSource:
    """Pages named one by one."""

    def __init__(self, uri: str, urls: Sequence[str], *, fetcher: Fetcher) -> None:
        self._uri = uri
        self._urls = urls
        self._fetcher = fetcher

    @property
    def uri(self) -> str:
        """The page, or the list that names the pages."""
        return self._uri

    def items(self) -> Iterator[Item]:
        """The pages in the order of their URLs, each once."""
        for url in sorted(set(self._urls)):
            yield page_item(url)

    def read(self, item: Item, *, limit: int) -> Content:
        """The page; its media type decides how it is read, not its URL."""
        page = self._fetcher.get(item.uri, limit=min(limit, self._fetcher.limits.max_bytes))
        suffix = SUFFIXES.get(page.media_type)
        own = PurePosixPath(httpx.URL(item.uri).path).suffix.lower()
        if suffix is None and own not in READERS:
            raise UnreadableDocument("unsupported", f"{item.uri} is {page.media_type or 'of unknown type'}.")
        generic = page.media_type in {"text/plain", ""} and own in READERS
        name = PurePosixPath(httpx.URL(item.uri).path).name or httpx.URL(item.uri).host
        return Content(page.data, name if suffix is None or generic or own == suffix else name + suffix)

    def metadata(self, item: Item) -> tuple[MetadataFile, ...]:  # noqa: ARG002 (the port names it)
        """Nothing: pages have no files beside them."""
        return ()


class SitemapSource(WebSource):
    """The pages of a sitemap, read anew for every listing."""

    def __init__(self, url: str, *, fetcher: Fetcher) -> None:
        super().__init__(url, (), fetcher=fetcher)

    def items(self) -> Iterator[Item]:
        """Every page that the sitemap or the sitemaps it lists name."""
        urls: set[str] = set()
        waiting, seen = [self._uri], {self._uri}
        while waiting:
            pages, nested = self._read_sitemap(waiting.pop())
            urls |= set(pages)
            fresh = [url for url in nested if url not in seen]
            seen |= set(fresh)
            waiting += fresh
            if len(urls) > MAX_PAGES or len(seen) > MAX_NESTED:
                raise SourceError(f"{self._uri} names too many pages.", hint="Ingest its parts one by one.")
        yield from (page_item(url) for url in sorted(urls))

    def _read_sitemap(self, url: str) -> tuple[list[str], list[str]]:
        try:
            data = self._fetcher.get(url, limit=SITEMAP_BYTES).data
        except (FileNotFoundError, UnreadableDocument) as error:
            raise SourceError(f"Cannot read the sitemap {url}: {error}") from error
        return sitemap_urls(_unpacked(data, url), url)


def sitemap_urls(data: bytes, url: str) -> tuple[list[str], list[str]]:
    """The pages and the further sitemaps that a sitemap names. Raises SourceError when it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{url} is not a sitemap: {error}") from error
    kind = etree.QName(root).localname
    if kind not in {"urlset", "sitemapindex"}:
        raise SourceError(f"{url} is not a sitemap: it holds <{kind}>.")
    found = [node.text.strip() for node in root.iterfind("{*}*/{*}loc") if node.text]
    return (found, []) if kind == "urlset" else ([], found)


def url_list(text: str) -> list[str]:
    """One URL per line; empty lines and lines that begin with # are left out."""
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def page_item(url: str) -> Item:
    """A page; its path is host and path, so that pages of several hosts keep apart."""
    return Item(path=url.partition("://")[2], uri=url)


def _unpacked(data: bytes, url: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(data, SITEMAP_BYTES)
    except zlib.error as error:
        raise SourceError(f"{url} is damaged: {error}") from error
    if unpacker.unconsumed_tail:
        raise SourceError(f"{url} unpacks to more than {SITEMAP_BYTES // MEGABYTE} MB.")
    return plain
