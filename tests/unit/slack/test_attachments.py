"""Files that come with a question are read for it, within bounds, and leave nothing behind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from aiohttp import web
from pptx import Presentation

from ingest.sandbox import ParserSandbox
from integrations.bootstrap import Liaison, build
from integrations.surfaces.slack.attachments import MOST_BYTES, files_host
from integrations.surfaces.slack.surface import SlackSurface, open_surface
from tests.slack.mock import MockSlack
from tests.slack.mock import serving as slack_serving
from tests.slack.people import PATIENT
from tests.slack.spec import web_api
from tests.unit.slack.test_app import PROTECTION, library, said, shown, whole  # noqa: F401 - a fixture among them
from tests.unit.slack.workspace import user

FEE = "The onboarding fee of the Zephyrion pilot is 4,321 euros per site."
ASKED = "What is the onboarding fee of the Zephyrion pilot?"
TOKEN = "xoxb-1"


def word(*lines: str) -> bytes:
    document, made = docx.Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(made)
    return made.getvalue()


def slides(line: str) -> bytes:
    deck, made = Presentation(), io.BytesIO()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Pilot", line
    deck.save(made)
    return made.getvalue()


def pdf(line: str) -> bytes:
    stream = f"BT /F1 12 Tf 72 700 Td ({line}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(made)
    made += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(made + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start)


class Files:
    """Slack's place for files: what was asked for, and with which token."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.tokens: list[str] = []
        self.url = ""

    def share(self, name: str, data: bytes, **more: Any) -> dict[str, Any]:
        self.kept[name] = data
        whole = {"id": "F1", "name": name, "title": name, "size": len(data), "mode": "hosted"}
        return {**whole, "url_private_download": f"{self.url}/files/{name}", **more}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization", ""))
        name = request.match_info["name"]
        if name == "moved":
            raise web.HTTPFound("http://127.0.0.1:9/")
        if name not in self.kept:
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        return web.Response(body=self.kept[name])


@pytest.fixture
async def files() -> AsyncIterator[Files]:
    made = Files()
    app = web.Application()
    app.router.add_get("/files/{name}", made.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def slack(shared: Path) -> AsyncIterator[MockSlack]:
    people = {"ULENA": user("TACME", id="ULENA", locale="en-US")}
    channels = {"D1": {"id": "D1", "is_im": True}, "C1": {"id": "C1", "is_im": False, "connected_team_ids": ["TACME"]}}
    async with slack_serving(MockSlack(web_api(shared), people=people, channels=channels)) as made:
        made.members = {"C1": ["ULENA"]}
        yield made
        assert made.faults == []


class Lent(ParserSandbox):
    """A sandbox that outlives the surface it is lent to: to start its child takes longer than to read a file."""

    def close(self) -> None:
        """Left open for the next surface."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Lent]:
    made = Lent()
    yield made
    ParserSandbox.close(made)


@pytest.fixture
async def surface(
    library: Liaison,  # noqa: F811 - the fixture
    slack: MockSlack,
    files: Files,
    sandbox: Lent,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[SlackSurface]:
    monkeypatch.setattr("integrations.surfaces.slack.surface.ParserSandbox", lambda: sandbox)
    monkeypatch.setattr("integrations.surfaces.slack.surface.files_host", lambda _url: files.url)
    liaison = build(library.settings.model_copy(update={"slack_url": slack.url}), embedder=library.embedder)
    async with open_surface(liaison, patience=PATIENT) as made:
        yield made
    liaison.close()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("pilot.docx", word(FEE)),
        ("pilot.pptx", slides(FEE)),
        ("pilot.pdf", pdf(FEE)),
        ("Pilot notes.md", f"---\nvalid_until: 2020-01-01\n---\n# Pilot\n\n{FEE}".encode()),
    ],
)
async def test_a_question_is_answered_from_the_file_that_comes_with_it(
    surface: SlackSurface, slack: MockSlack, files: Files, name: str, data: bytes
) -> None:
    await surface.handle(said(ASKED, subtype="file_share", files=[files.share(name, data)]))
    (reply,) = shown(slack)
    assert "4,321 euros" in reply.text
    assert f"*{name}*" in str(reply.blocks)
    assert files.tokens == [f"Bearer {TOKEN}"]


async def test_the_next_question_knows_nothing_of_it(surface: SlackSurface, slack: MockSlack, files: Files) -> None:
    first = said(ASKED, files=[files.share("pilot.docx", word(FEE))])
    await surface.handle(first)
    slack.messages.clear()
    await surface.handle(said(ASKED, thread_ts=first.payload["event"]["ts"]))
    (reply,) = shown(slack)
    assert "4,321" not in whole(reply)
    folder = surface.liaison.settings.data
    assert [p for p in folder.rglob("*") if p.is_file() and b"Zephyrion pilot is" in p.read_bytes()] == []


async def test_what_the_content_says_is_found_beside_a_file(
    surface: SlackSurface, slack: MockSlack, files: Files
) -> None:
    await surface.handle(said(PROTECTION, files=[files.share("pilot.docx", word(FEE))]))
    (reply,) = shown(slack)
    assert "90 days" in reply.text
    assert "*Deal protection*" in str(reply.blocks)


async def test_a_file_of_a_channel_is_answered_in_the_channel_and_not_again_privately(
    surface: SlackSurface, slack: MockSlack, files: Files
) -> None:
    slack.channels["C1"]["connected_team_ids"] = ["TACME", "TUNKNOWN"]
    shared_file = files.share("pilot.docx", word(FEE))
    await surface.handle(said(f"<@UBOT> {ASKED}", channel="C1", type="app_mention", files=[shared_file]))
    (reply,) = shown(slack)
    assert "4,321 euros" in reply.text
    assert shown(slack, "ULENA") == []


async def test_of_an_image_its_description_is_read(surface: SlackSurface, slack: MockSlack, files: Files) -> None:
    picture = files.share("IMG_1.png", b"\x89PNG", title="IMG_1", alt_txt=FEE)
    await surface.handle(said(ASKED, files=[picture]))
    (reply,) = shown(slack)
    assert "4,321 euros" in reply.text
    assert "*IMG_1.png*" in str(reply.blocks)
    assert files.tokens == []


async def test_a_file_of_another_organization_is_looked_up_first(
    surface: SlackSurface, slack: MockSlack, files: Files
) -> None:
    slack.files = {"F1": files.share("pilot.docx", word(FEE))}
    await surface.handle(said(ASKED, files=[{"id": "F1", "file_access": "check_file_info"}]))
    (reply,) = shown(slack)
    assert "4,321 euros" in reply.text


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 40_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    "changed",
    [
        {"url_private_download": "https://files.slack.com.evil.example/f"},
        {"url_private_download": "http://127.0.0.1:1/f"},
        {"url_private_download": "file:///etc/passwd"},
        {"url_private_download": ""},
        {"is_external": True},
        {"mode": "tombstone"},
        {"size": MOST_BYTES + 1},
        {"name": "pilot.exe"},
        {"name": "../../.bashrc"},
        {"name": "photo.png", "title": "photo.png"},
        {"file_access": "check_file_info", "id": "FUNKNOWN"},
    ],
    ids=str,
)
async def test_a_file_that_may_not_be_read_is_named_and_the_question_is_answered(
    surface: SlackSurface, slack: MockSlack, files: Files, changed: dict[str, Any]
) -> None:
    described = files.share("pilot.docx", word(FEE)) | changed
    await surface.handle(said(PROTECTION, files=[described]))
    (reply,), (told,) = shown(slack), shown(slack, "ULENA")
    assert "90 days" in reply.text
    assert f"I could not read {described['name']}" in whole(told)
    assert files.tokens == [], "the token went nowhere"


@pytest.mark.parametrize(
    ("name", "data"),
    [("broken.docx", b"PK\x03\x04 broken"), ("bomb.docx", bomb()), ("empty.txt", b"  "), ("lies.pdf", word(FEE))],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_file_that_breaks_its_parser_is_named(
    surface: SlackSurface, slack: MockSlack, files: Files, name: str, data: bytes
) -> None:
    await surface.handle(said(PROTECTION, files=[files.share(name, data)]))
    (reply,), (told,) = shown(slack), shown(slack, "ULENA")
    assert "90 days" in reply.text
    assert name in whole(told)


@pytest.mark.parametrize("place", ["login", "moved"])
async def test_a_page_to_log_in_is_no_file_and_no_redirect_is_followed(
    surface: SlackSurface, slack: MockSlack, files: Files, place: str
) -> None:
    described = files.share("pilot.docx", word(FEE)) | {"url_private_download": f"{files.url}/files/{place}"}
    await surface.handle(said(PROTECTION, files=[described]))
    assert "pilot.docx" in whole(shown(slack, "ULENA")[0])
    assert len(files.tokens) == 1


async def test_of_many_files_the_first_are_read_and_of_a_long_one_the_beginning(
    surface: SlackSurface, slack: MockSlack, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.surfaces.slack.attachments.MOST_PASSAGES", 1)
    long = word(FEE, *(f"Paragraph {number}. " + "Nothing of note is said here. " * 20 for number in range(9)))
    many = [files.share(f"{number}.docx", word("Nothing.")) for number in range(3)]
    await surface.handle(said(ASKED, files=[files.share("long.docx", long), *many]))
    (told,) = shown(slack, "ULENA")
    assert "could not read 2.docx" in whole(told)
    assert "Of long.docx I read the beginning only" in whole(told)


@pytest.mark.parametrize(
    ("api", "host"),
    [
        ("https://slack.com/api/", "https://files.slack.com"),
        ("https://slack-gov.com/api/", "https://files.slack-gov.com"),
        ("http://127.0.0.1:99/api/", "http://127.0.0.1:99"),
    ],
)
def test_files_are_where_slack_keeps_them(api: str, host: str) -> None:
    assert files_host(api) == host
