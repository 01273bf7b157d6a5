"""Requests that a server must bear: valid ones, almost valid ones, and noise. Each is made from a seed and a number."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

BOUNDARY = "b0undary"
ODD = [
    "", " ", "\x00", "a\x00b", "'\"\\", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "../../etc/passwd",
    "%00", "%c0%ae", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "ﷺ" * 50, "\u202egnirts", "٣",
    "a" * 5000, "1e309", "-0", "NaN", "null", "true", "[]", "\r\nX-Injected: 1", "DROP TABLE passages;--", "\uffff",
    "How long is a deal protected?", "Wie lange ist ein Deal geschützt?", "案件登録の保護期間は？", "🙂",
    "OR AND NOT (", "*", "\"", "a:b^2~",
]  # fmt: skip
PATHS = [
    "/", "/v1/ask", "/v1/documents", "/v1/feedback", "/v1/gaps", "/healthz", "/readyz", "/metrics", "/openapi.json",
    "/sources", "/gaps", "/signin", "/signout", "/rate", "/static/style.css", "/static/../settings.py",
    "/docs", "/v2/ask",
]  # fmt: skip
METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "QUERY", "get"]
NAMES = [
    "a.md",
    "b.txt",
    "c.csv",
    "d.vtt",
    "e.exe",
    ".md",
    "../f.md",
    "g",
    "h.yaml",
    "i" * 300 + ".md",
    "ü.md",
    "\x00.md",
]


@dataclass(frozen=True, slots=True)
class Keys:
    """Who may be pretended to be, and the documents there are."""

    staff: str
    partner: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server gets it; `pieces` are its body as it arrives."""

    kind: str
    method: str
    path: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    pieces: tuple[bytes, ...]

    def scope(self) -> dict[str, object]:
        """The ASGI scope."""
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": quote(self.path, errors="replace").encode(),
            "root_path": "",
            "query_string": self.query,
            "headers": list(self.headers),
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }


def made(number: int, *, seed: int, keys: Keys) -> Request:
    """The request of a number."""
    dice = random.Random(f"{seed}/{number}")  # noqa: S311 - to be repeated, not to be secret
    kind = dice.choices(list(KINDS), weights=[weight for weight, _ in KINDS.values()])[0]
    return KINDS[kind][1](dice, keys)


def _text(dice: random.Random) -> str:
    pick = dice.random()
    if pick < 0.6:
        return dice.choice(ODD)
    if pick < 0.8:
        return "".join(chr(dice.choice([dice.randrange(32, 127), dice.randrange(1, 0xD800)])) for _ in range(20))
    return dice.choice(ODD) + dice.choice(ODD)


def _value(dice: random.Random, depth: int = 0) -> object:
    pick = dice.randrange(8 if depth < 3 else 6)
    plain = [None, True, dice.randrange(-(2**70), 2**70), dice.random() * 10**300, _text(dice), _text(dice)]
    if pick < 6:
        return plain[pick]
    if pick == 6:
        return [_value(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {_text(dice): _value(dice, depth + 1) for _ in range(dice.randrange(4))}


def _headers(dice: random.Random, keys: Keys, media_type: str = "") -> list[tuple[bytes, bytes]]:
    headers = [(b"host", b"localhost")]
    who = dice.choice(
        ["", "", keys.staff, keys.partner, keys.partner, keys.staff[:-1], "liaison_x_y", "a.b.c", _text(dice)]
    )
    if who:
        scheme = dice.choice(["Bearer", "Bearer", "Bearer", "bearer", "Basic", ""])
        headers.append((b"authorization", f"{scheme} {who}".encode()))
    if media_type:
        headers.append((b"content-type", media_type.encode()))
    for name in (b"accept", b"accept-language", b"cookie", b"origin", b"traceparent", b"content-length", b"range"):
        if dice.random() < 0.12:
            value = dice.choice([b"text/event-stream", b"text/html", b"*/*", b"-1", b"99999999999", b"liaison_key=x; y",
                                 b"http://evil.example", _text(dice).encode(), b"\xff\xfe"])  # fmt: skip
            headers.append((name, value))
    return headers


def _split(dice: random.Random, body: bytes) -> tuple[bytes, ...]:
    if dice.random() < 0.8 or not body:
        return (body,)
    at = dice.randrange(len(body))
    return (body[:at], body[at:])


def _request(dice: random.Random, keys: Keys, kind: str, method: str, path: str, *, media: str = "", body: bytes = b"",
             query: bytes = b"") -> Request:  # fmt: skip
    headers = tuple(_headers(dice, keys, media))
    return Request(kind, method, path, query=query, headers=headers, pieces=_split(dice, body))


def _json(dice: random.Random, keys: Keys) -> Request:
    path = dice.choice(["/v1/ask", "/v1/ask", "/v1/feedback"])
    fields = ["question", "language", "thread", "answer_id", "rating", "comment", "reason", "extra"]
    body: object = {name: dice.choice([_text(dice), _value(dice)]) for name in fields if dice.random() < 0.4}
    if path == "/v1/ask" and dice.random() < 0.7:
        body = {"question": _text(dice), "language": dice.choice(["", "en", "xx", "zz-Zz"])}
        if dice.random() < 0.3:
            body["thread"] = dice.choice(["", "t", "id:x", _text(dice)[:200]])
    data = json.dumps(body, ensure_ascii=dice.random() < 0.5).encode("utf-8", errors="surrogatepass")
    if dice.random() < 0.15:
        at = dice.randrange(len(data))
        data = data[:at] + bytes([dice.randrange(256)]) + data[at + dice.randrange(3) :]
    media = dice.choice(["application/json"] * 5 + ["text/plain", "application/xml", "", "application/json; charset=x"])
    return _request(dice, keys, "json", "POST", path, media=media, body=data)


def _query(dice: random.Random, keys: Keys) -> Request:
    document = dice.choice([*keys.documents, "00", "zz", _text(dice)])
    path = dice.choice(["/v1/documents", "/v1/gaps", f"/v1/documents/{document}/view", "/sources", "/"])
    names = ["limit", "cursor", "status", "language", "start", "end", "page", "erase"]
    values = [str(dice.randrange(-5, 10**12)), _text(dice), "open", "en", "1"]
    pairs = [f"{name}={quote(dice.choice(values), errors='replace')}" for name in names if dice.random() < 0.4]
    raw = "&".join(pairs).encode() if dice.random() < 0.9 else bytes(dice.randrange(256) for _ in range(20))
    return _request(dice, keys, "query", "GET", path, query=raw)


def _form(dice: random.Random, keys: Keys) -> Request:
    path = dice.choice(["/", "/", "/rate", "/signin", "/signout"])
    names = ["question", "thread", "answer_id", "rating", "key"]
    pairs = [f"{name}={quote(_text(dice), errors='replace')}" for name in names if dice.random() < 0.5]
    media = dice.choice(["application/x-www-form-urlencoded"] * 4 + ["multipart/form-data", "text/plain"])
    return _request(dice, keys, "form", "POST", path, media=media, body="&".join(pairs).encode())


def _upload(dice: random.Random, keys: Keys) -> Request:
    parts = []
    for _ in range(dice.randrange(3)):
        data = dice.choice([b"# T\n\nWords.\n", b"", b"\xff\x00", b"a,b\n1,2\n", _text(dice).encode(), b"x" * 2000])
        head = f'Content-Disposition: form-data; name="files"; filename="{dice.choice(NAMES)}"'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + data + b"\r\n")
    for name in ("title", "minimum_tier", "valid_from", "roles", "language", "regions", "x"):
        if dice.random() < 0.15:
            value = dice.choice([_text(dice), "gold", "2026-01-01", "partner"])
            parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    body = b"".join(parts) + (f"--{BOUNDARY}--\r\n".encode() if dice.random() < 0.9 else b"")
    media = dice.choice([f"multipart/form-data; boundary={BOUNDARY}"] * 6 + ["multipart/form-data", "application/json"])
    return _request(dice, keys, "upload", "POST", "/v1/documents", media=media, body=body)


def _noise(dice: random.Random, keys: Keys) -> Request:
    path = dice.choice([*PATHS, "/" + _text(dice), dice.choice(PATHS) + "/" + _text(dice)])
    body = dice.choice([b"", b"{}", bytes(dice.randrange(256) for _ in range(50)), b"[" * 30_000, b"x" * 70_000])
    media = dice.choice(["", "application/json", "multipart/form-data; boundary=" + "x" * 100, _text(dice)])
    return _request(dice, keys, "noise", dice.choice(METHODS), path, media=media, body=body)


def _delete(dice: random.Random, keys: Keys) -> Request:
    path = f"/v1/documents/{dice.choice(['00', 'ff' * 12, 'zz', _text(dice)])}"
    return _request(dice, keys, "delete", "DELETE", path, query=dice.choice([b"", b"erase=true", b"erase=maybe"]))


KINDS: dict[str, tuple[int, Callable[[random.Random, Keys], Request]]] = {
    "json": (40, _json),
    "query": (22, _query),
    "noise": (20, _noise),
    "form": (10, _form),
    "delete": (7, _delete),
    "upload": (1, _upload),
}
