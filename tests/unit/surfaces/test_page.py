"""The web page: signing in, asking, reading, and what a browser is never made to do."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from integrations.surfaces.http.app import create_app
from integrations.surfaces.http.service import Service
from prompts.page import LANGUAGES, page_language, page_texts
from tests.browser import browser_tab
from tests.unit.surfaces.test_rendering import HOSTILE
from tests.unit.surfaces.world import READER_SCOPES, client, key, serving_quickly

HTML = {"accept": "text/html"}
QUESTION = {"question": "How long does a deal registration protect a partner?"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving_quickly(tmp_path_factory.mktemp("page")) as service:
        yield service


def test_every_language_says_everything() -> None:
    assert {"de", "en", "es", "fr", "ja", "pt"} <= set(LANGUAGES)
    for language in LANGUAGES:
        assert page_texts(language).keys() == page_texts("en").keys()
        assert all(page_texts(language).values())


def test_the_page_takes_the_first_language_it_has() -> None:
    assert page_language(["xx", "pt-BR", "de"]) == "pt"
    assert page_language(["", "../en", "zz"]) == "en"


async def test_who_is_not_signed_in_is_asked_to(service: Service) -> None:
    async with client(service) as visitor:
        for path in ("/", "/sources", "/gaps"):
            response = await visitor.get(path, headers=HTML)
            assert (response.status_code, response.headers["location"]) == (303, "/signin")
        assert (await visitor.get("/signin", headers=HTML)).status_code == 200


async def test_a_key_signs_in_and_is_kept_where_scripts_and_other_sites_cannot_use_it(service: Service) -> None:
    made = await key(service, "partner:acme", READER_SCOPES)
    async with client(service) as visitor:
        wrong = await visitor.post("/signin", data={"key": made.token + "x"}, headers=HTML)
        assert (wrong.status_code, "set-cookie" in wrong.headers) == (401, False)
        right = await visitor.post("/signin", data={"key": made.token}, headers=HTML)
        cookie = right.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        page = (await visitor.post("/", data=QUESTION, headers=HTML)).text
        assert QUESTION["question"] in page
        assert "Gold rebate" in (await visitor.get("/sources", headers=HTML)).text
        assert "Brightpath plan" not in (await visitor.get("/sources", headers=HTML)).text


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
)
async def test_a_form_of_another_site_is_refused(service: Service, headers: dict[str, str]) -> None:
    made = await key(service, "partner:acme")
    async with client(service) as visitor:
        visitor.cookies.set("liaison_key", made.token)
        response = await visitor.post("/", data=QUESTION, headers={**HTML, **headers})
    assert response.status_code == 403


async def test_what_was_asked_is_shown_as_text(service: Service) -> None:
    made = await key(service, "partner:acme")
    async with client(service) as visitor:
        visitor.cookies.set("liaison_key", made.token)
        page = (await visitor.post("/", data={"question": "<script>alert(1)</script>"}, headers=HTML)).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


async def test_the_page_loads_nothing_from_elsewhere_and_runs_no_script(service: Service) -> None:
    made = await key(service, "partner:acme")
    async with client(service) as visitor:
        visitor.cookies.set("liaison_key", made.token)
        for path in ("/", "/sources", "/gaps", "/signin"):
            response = await visitor.get(path, headers=HTML)
            assert response.status_code == 200
            assert "<script" not in response.text
            assert "style=" not in response.text
            assert "http://" not in response.text.replace("http://liaison", "")
            assert "script-src" not in response.headers["content-security-policy"]


async def test_the_gaps_page_tells_week_by_week_how_questions_went(service: Service) -> None:
    made = await key(service, "partner:acme", READER_SCOPES)
    async with client(service) as visitor:
        visitor.cookies.set("liaison_key", made.token)
        await visitor.post("/", data={"question": "Who won the chess championship of 1972?"}, headers=HTML)
        page = (await visitor.get("/gaps", headers={**HTML, "accept-language": "de"})).text
    assert "Woche für Woche" in page
    rows = [row for row in page.split("<tr>") if row.startswith("<th>alle Sprachen")]
    assert rows
    assert rows[0].count("<td>") == 8, "eight weeks"
    this_week = rows[0].split("<td>")[1]  # the first one: a phone shows no more
    missed, _, total = this_week.partition("<svg")[0].partition(" / ")
    assert 1 <= int(missed) <= int(total)


@contextmanager
def listening(service: Service) -> Iterator[str]:
    place = socket.create_server(("127.0.0.1", 0))  # it listens already: who calls before uvicorn does waits
    server = uvicorn.Server(uvicorn.Config(create_app(service), log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [place]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)
        place.close()


@contextmanager
def trap() -> Iterator[tuple[str, list[bytes]]]:
    """A listener that nobody may call, and what it got."""
    hits: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        stopped = threading.Event()

        def listen() -> None:
            while not stopped.is_set():
                try:
                    caller, _ = server.accept()
                except TimeoutError:
                    continue
                with caller:
                    caller.settimeout(1)
                    hits.append(caller.recv(200))

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", hits
        stopped.set()
        thread.join()


def test_a_browser_shows_hostile_content_without_calling_anybody(tmp_path: Path) -> None:
    with trap() as (url, hits):
        hostile = (
            f"# Leak\n\n![pixel]({url}/a) [click]({url}/b) <img src='{url}/c'> <script src='{url}/d'></script> "
            f"<link rel=prefetch href='{url}/e'> {url}/f\n\n"
        ) + "\n\n".join(text.replace("https://evil.example", url) for text in HOSTILE)
        with serving_quickly(tmp_path, library={"leak.md": hostile}, api_anonymous=True) as service:
            (document,) = asyncio.run(service.liaison.content.catalog()).documents
            with listening(service) as home, browser_tab() as page:
                page.goto(f"{home}/v1/documents/{document.id}/view")
                assert page.locator("mark, .passage").count()
                assert page.locator("a[href^=http], img:not([src^='/static'])").count() == 0
                page.goto(home)
                page.locator("#question:focus").wait_for()  # a browser gives the focus a moment after the page is there
                page.keyboard.type(f"What is ![x]({url}/g) <img src={url}/h>?")
                page.keyboard.press("Tab")
                page.keyboard.press("Enter")
                page.wait_for_selector("#asked")
                assert page.locator("a[href^=http]").count() == 0
                assert page.evaluate("document.documentElement.lang") == "en"
    assert hits == []
