"""Where documents come from: one row per URL scheme, one file per kind of place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from assistant.errors import SourceError
from ingest.sources.fetch import Fetcher, Network
from ingest.sources.folder import FolderSource
from ingest.sources.item import Source
from ingest.sources.remote import open_remote
from ingest.sources.web import SitemapSource, WebSource, url_list

REMOTE = frozenset({"s3", "gs", "az", "abfs", "sftp", "zip", "memory"})


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What the caller allows: hosts beside the source's own, and how the network is reached."""

    hosts: frozenset[str] = frozenset()
    network: Network = field(default_factory=Network)


def _local(address: str, options: SourceOptions) -> Source:
    path = Path(unquote(urlsplit(address).path)) if address.startswith("file://") else Path(address)
    if path.suffix.lower() == ".zip" and path.is_file():
        return _remote(f"zip://::{path.resolve().as_uri()}", options)
    return FolderSource(path)


def _remote(address: str, _options: SourceOptions) -> Source:
    return open_remote(address, allowed=REMOTE | {"file"})


def _web(address: str, options: SourceOptions) -> Source:
    fetcher = _fetcher(address, options)
    if urlsplit(address).path.endswith((".xml", ".xml.gz")):
        return SitemapSource(address, fetcher=fetcher)
    return WebSource(address, [address], fetcher=fetcher)


def _sitemap(address: str, options: SourceOptions) -> Source:
    url = address.removeprefix("sitemap+")
    return SitemapSource(url, fetcher=_fetcher(url, options))


def _urls(address: str, options: SourceOptions) -> Source:
    path = Path(address.removeprefix("urls:"))
    try:
        urls = url_list(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"Cannot read the URL list {path}: {error}", hint="Give a text file with URLs.") from error
    return WebSource(f"urls:{path.resolve()}", urls, fetcher=Fetcher(options.hosts, network=options.network))


def _fetcher(address: str, options: SourceOptions) -> Fetcher:
    host = urlsplit(address).hostname or ""
    return Fetcher(options.hosts | {host}, network=options.network)


PARTS = ("addresses", "fetch", "item", "upload")  # what several sources use, and the source of one uploaded file
SOURCES: dict[str, Callable[[str, SourceOptions], Source]] = {
    "": _local,
    "file": _local,
    "http": _web,
    "https": _web,
    "sitemap+http": _sitemap,
    "sitemap+https": _sitemap,
    "urls": _urls,
    **dict.fromkeys(sorted(REMOTE), _remote),
}


def open_source(address: str, options: SourceOptions | None = None) -> Source:
    """The source that a path or URL names.

    Raises SourceError when no row takes its scheme or it cannot be opened.
    """
    scheme = address.partition("://")[0] if "://" in address else "urls" if address.startswith("urls:") else ""
    opener = SOURCES.get(scheme)
    if opener is None:
        raise SourceError(f"{address}: {scheme}:// is not read.", hint=f"Use a path or one of {sorted(SOURCES)[1:]}.")
    return opener(address, options or SourceOptions())
