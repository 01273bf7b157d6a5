"""Pages, sitemaps and URL lists as sources."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import ForbiddenAddress, SourceError, UnreadableDocument
from ingest.sources import SourceOptions, open_source
from ingest.sources.fetch import Network
from ingest.sources.web import sitemap_urls, url_list
from tests.unit.ingest.sources.test_fetch import Site, reply

MEGABYTE = 1024 * 1024
OPTIONS = SourceOptions(network=Network(resolver=lambda host, port: ["127.0.0.1"], permitted=frozenset({"127.0.0.1"})))


@pytest.fixture
def site() -> Iterator[Site]:
    running = Site()
    running.routes["/guide"] = reply(200, b"<h1>Guide</h1><p>Text</p>", Content_Type="text/html")
    running.routes["/price.pdf"] = reply(200, b"%PDF-1.7", Content_Type="application/pdf")
    running.routes["/raw.md"] = reply(200, b"# Raw", Content_Type="text/plain")
    yield running
    running.close()


def sitemap(*urls: str, index: bool = False) -> bytes:
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    entries = "".join(f"<{inner}><loc> {url} </loc></{inner}>" for url in urls)
    return f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{outer}>'.encode()


def test_a_page_is_read_as_what_the_server_says_it_is(site: Site) -> None:
    for path, name in (("/guide", "guide.html"), ("/price.pdf", "price.pdf"), ("/raw.md", "raw.md")):
        source = open_source(site.url(path), OPTIONS)
        (item,) = source.items()
        assert source.read(item, limit=MEGABYTE).name == name
        assert item.path == f"docs.example.com:{site.port}{path}"
        assert source.metadata(item) == ()


def test_a_page_of_an_unknown_type_is_refused(site: Site) -> None:
    site.routes["/x"] = reply(200, b"GIF89a", Content_Type="image/gif")
    source = open_source(site.url("/x"), OPTIONS)
    (item,) = source.items()
    with pytest.raises(UnreadableDocument, match="image/gif"):
        source.read(item, limit=MEGABYTE)


def test_a_sitemap_lists_its_pages_and_those_of_the_sitemaps_it_names(site: Site) -> None:
    site.routes["/sitemap.xml"] = reply(200, sitemap(site.url("/one.xml"), site.url("/two.xml.gz"), index=True))
    site.routes["/one.xml"] = reply(200, sitemap(site.url("/guide"), site.url("/price.pdf")))
    site.routes["/two.xml.gz"] = reply(200, gzip.compress(sitemap(site.url("/guide"), site.url("/raw.md"))))
    for address in (site.url("/sitemap.xml"), "sitemap+" + site.url("/sitemap.xml")):
        source = open_source(address, OPTIONS)
        assert [item.uri for item in source.items()] == [site.url(p) for p in ("/guide", "/price.pdf", "/raw.md")]
        assert source.uri == site.url("/sitemap.xml")


def test_sitemaps_that_name_each_other_end(site: Site) -> None:
    site.routes["/a.xml"] = reply(200, sitemap(site.url("/b.xml"), index=True))
    site.routes["/b.xml"] = reply(200, sitemap(site.url("/a.xml"), index=True))
    assert list(open_source(site.url("/a.xml"), OPTIONS).items()) == []


def test_pages_of_other_hosts_need_to_be_allowed(site: Site) -> None:
    site.routes["/sitemap.xml"] = reply(200, sitemap(site.url("/guide", host="cdn.example.com")))
    (item,) = open_source(site.url("/sitemap.xml"), OPTIONS).items()
    with pytest.raises(ForbiddenAddress, match=r"cdn\.example\.com"):
        open_source(site.url("/sitemap.xml"), OPTIONS).read(item, limit=MEGABYTE)
    allowed = SourceOptions(hosts=frozenset({"cdn.example.com"}), network=OPTIONS.network)
    assert open_source(site.url("/sitemap.xml"), allowed).read(item, limit=MEGABYTE).data


def test_a_missing_sitemap_is_an_error_and_not_an_empty_one(site: Site) -> None:
    with pytest.raises(SourceError, match="sitemap"):
        list(open_source(site.url("/sitemap.xml"), OPTIONS).items())


@pytest.mark.parametrize("data", [b"", b"<html/>", b"<urlset", b"\x00\x01", b"{}"])
def test_what_is_no_sitemap_is_an_error(data: bytes) -> None:
    with pytest.raises(SourceError):
        sitemap_urls(data, "https://x/sitemap.xml")


def test_entities_of_a_sitemap_are_not_expanded_and_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://docs.example.com/leak")
    inside = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><urlset><url><loc>&e;</loc></url></urlset>'
    assert "leak" not in str(sitemap_urls(inside.encode(), "https://x/sitemap.xml"))
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><urlset><url><loc>&l11;</loc></url></urlset>'
    with pytest.raises(SourceError, match="entity"):
        sitemap_urls(bomb.encode(), "https://x/sitemap.xml")


def test_a_packed_sitemap_that_unpacks_to_more_than_a_sitemap_may_is_refused(site: Site) -> None:
    site.routes["/sitemap.xml.gz"] = reply(200, gzip.compress(b" " * 60 * MEGABYTE))
    with pytest.raises(SourceError, match="unpacks"):
        list(open_source(site.url("/sitemap.xml.gz"), OPTIONS).items())


def test_a_list_of_urls_is_a_source_for_the_allowed_hosts(site: Site, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(
        f"# ours\n\n{site.url('/raw.md')}\n  {site.url('/guide')}  \n{site.url('/guide')}\n"
    )
    options = SourceOptions(hosts=frozenset({"docs.example.com"}), network=OPTIONS.network)
    source = open_source(f"urls:{tmp_path / 'list.txt'}", options)
    assert [item.uri for item in source.items()] == [site.url("/guide"), site.url("/raw.md")]
    assert source.read(next(iter(source.items())), limit=MEGABYTE).data


def test_a_list_without_urls_is_empty() -> None:
    assert url_list("\n# nothing\n\n") == []


def test_a_missing_list_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        open_source(f"urls:{tmp_path / 'none.txt'}")
