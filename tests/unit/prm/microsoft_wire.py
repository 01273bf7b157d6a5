"""What the server that stands in for Partner Center needs of OData, JSON Patch and sockets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx

CONDITION = re.compile(r"([\w/]+) eq '((?:[^']|'')*)'")
MEMBER = re.compile(r"team/any\(t:t/email eq '((?:[^']|'')*)'\)")
HOP = {"content-length", "connection", "transfer-encoding"}
Body = dict[str, Any]


def matching(rows: list[Body], text: str) -> list[Body] | None:
    """The rows an OData filter selects, as far as the pages show filters; None for any other filter."""
    rest = text.strip()
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    for email in MEMBER.findall(rest):
        rows = [row for row in rows if any(person.get("email") == email for person in row.get("team", []))]
    rest = MEMBER.sub("", rest)
    for path, value in CONDITION.findall(rest):
        rows = [row for row in rows if _at(row, path) == value.replace("''", "'")]
    rest = CONDITION.sub("", rest)
    return rows if not rest.replace(" and ", "").strip(" and") else None


def _at(row: Body, path: str) -> object:
    place: Any = row
    for name in path.split("/"):
        place = place.get(name) if isinstance(place, dict) else None
    return place


def applied(referral: Body, step: Body) -> bool:
    """Do one step of a JSON Patch; whether its path is there (RFC 6902: `replace` needs it, `add` its parent)."""
    *parents, last = step["path"].strip("/").split("/")
    place: Any = referral
    for name in parents:
        if name not in place:
            return False
        place = place[name]
    if isinstance(place, list):
        place.append(step["value"])
        return bool(last == "-")
    if step["op"] == "replace" and last not in place:
        return False
    place[last] = step["value"]
    return True


def whole(step: Body) -> Body:
    """The step as the judge knows it: a member that is added to a list is judged as a list of one."""
    adds = step["path"].endswith("/-")
    return step | {"path": step["path"].removesuffix("/-"), "value": [step["value"]]} if adds else step


def problem(
    status: int,
    code: str = "0",
    words: str = "An error.",
    *,
    data: list[Body] | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """An error as error-codes.md describes it."""
    body = {"code": code, "description": words, "data": data or [], "source": "PartnerAPIReferrals"}
    return httpx.Response(status, json=body, headers=headers)


@contextmanager
def on_loopback(answer: Callable[[httpx.Request], httpx.Response]) -> Iterator[str]:
    """The address of a server that answers so; an answer that is lost closes the connection without a word."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            url = f"http://{self.headers['Host']}{self.path}"
            request = httpx.Request(self.command, url, headers=dict(self.headers.items()), content=content)
            try:
                response = answer(request)
            except httpx.ReadTimeout:
                self.close_connection = True
                return
            self.send_response(response.status_code)
            for name, value in response.headers.items():
                if name not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)

        do_GET = do_POST = do_PATCH = _do  # noqa: N815 - the names that the library asks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
