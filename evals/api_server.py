"""A server of its own for load and fuzz runs: `liaison serve` in another process, and a client that costs little."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx

from assistant.errors import ProviderUnavailable

START_SECONDS = 600.0
STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its port, its process id and where its log is."""

    port: int
    pid: int
    log: Path


@contextmanager
def served(settings: dict[str, str]) -> Iterator[Served]:
    """`liaison serve` with these settings (names without LIAISON_) until the context ends.

    Raises ProviderUnavailable, with the end of the log, when it does not come up within ten minutes.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="liaison-serve-") as folder:
        lines = [f"LIAISON_{name.upper()}={value}" for name, value in settings.items()]
        Path(folder, ".env").write_text("\n".join(lines), encoding="utf-8")
        log = Path(folder, "log")
        with log.open("wb") as out:
            command = [sys.executable, "-m", "integrations", "serve", "--port", str(port), "--drain", "0"]
            server = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT)  # noqa: S603 - ours
        try:
            wait_until_ready(port, server, log)
            yield Served(port=port, pid=server.pid, log=log)
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when /readyz says so."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=30).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    server.kill()
    tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise ProviderUnavailable(f"The server did not come up: {tail}")


@dataclass(slots=True)
class Connection:
    """One kept-alive HTTP/1.1 connection that reads status and body only, so that measuring costs little."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int) -> Self:
        """A connection to a server on this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, path: str, body: object, *, token: str = "") -> tuple[int, bytes]:
        """Send JSON; status and body of the response."""
        data = json.dumps(body).encode()
        key = f"authorization: Bearer {token}\r\n" if token else ""
        head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\n{key}content-type: application/json\r\n"
        return await self.send(f"{head}content-length: {len(data)}\r\n\r\n".encode() + data)

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Send the bytes of a request; status and body of the response. Raises OSError when the connection breaks."""
        self.writer.write(request)
        await self.writer.drain()
        try:
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            status = int(head[9:12])
            if "transfer-encoding: chunked" in head:
                return status, await self._chunks()
            length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
            return status, await self.reader.readexactly(length)
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("The server closed the connection.") from error

    async def _chunks(self) -> bytes:
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return body

    def close(self) -> None:
        """Hang up."""
        self.writer.close()
