"""Running the application: one process on SQLite, several workers on servers, and a stop that loses nothing."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import uvicorn
from fastapi import FastAPI
from filelock import FileLock, Timeout
from uvicorn.supervisors import Multiprocess

from assistant.errors import SettingsError, StorageError, WriterBusy
from integrations.bootstrap import build
from integrations.settings import Settings
from integrations.surfaces.http.app import create_app
from integrations.surfaces.http.service import Service, open_service
from integrations.telemetry import open_log

FACTORY = "integrations.surfaces.http.server:worker_app"
STOP_SECONDS = 8  # for requests under way, after which they are cut off; a stop takes less than ten seconds
LOCK = "serve.lock"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen. `drain_seconds` is how long a stopping server goes on serving while /readyz says so."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    drain_seconds: float = 1.0


class DrainingServer(uvicorn.Server):
    """A server whose first SIGTERM makes /readyz fail, and which stops a moment later; a second one stops it now."""

    def __init__(self, config: uvicorn.Config, service: Service, *, drain_seconds: float) -> None:
        super().__init__(config)
        self._service = service
        self._drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        if sig != signal.SIGTERM or self._service.draining:
            super().handle_exit(sig, frame)
            return
        self._service.draining = True
        timer = threading.Timer(self._drain_seconds, super().handle_exit, (sig, frame))
        timer.daemon = True
        timer.start()


def serve(settings: Settings, listening: Listening) -> None:
    """Serve until told to stop.

    Raises SettingsError for several workers on files of one machine or an address that is taken, and WriterBusy when
    another server has this data directory.
    """
    many = listening.workers > 1
    if many and not (settings.database_url.get_secret_value() and settings.chroma_url):
        raise SettingsError(
            f"{listening.workers} workers need a database and a Chroma server.",
            hint="Set LIAISON_DATABASE_URL and LIAISON_CHROMA_URL, or serve with one worker.",
        )
    open_log()
    with exclusive(settings), bound(listening) as place:
        if many:
            config = _config(FACTORY, listening, factory=True)
            Multiprocess(config, sockets=[place]).run()
            return
        service = open_service(build(settings))
        config = _config(create_app(service, alone=True), listening)
        DrainingServer(config, service, drain_seconds=listening.drain_seconds).run(sockets=[place])


def worker_app() -> FastAPI:
    """The application of one of several workers; its settings come from the environment as those of the first."""
    open_log()
    return create_app(open_service(build(Settings())), alone=True)


@contextmanager
def exclusive(settings: Settings) -> Iterator[None]:
    """Holds a data directory on files for one server; with a database server any number may serve.

    Raises WriterBusy at once when another process serves it.
    """
    if settings.database_url.get_secret_value():
        yield
        return
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        lock = FileLock(settings.data / LOCK, timeout=0, preserve_lock_file=True)
        lock.acquire()
    except Timeout as error:
        raise WriterBusy(
            f"Another process serves {settings.data.absolute()}.",
            hint="Stop it, or set LIAISON_DATA to another folder; several need a database and a Chroma server.",
        ) from error
    except OSError as error:
        raise StorageError(f"Cannot lock {settings.data}: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def bound(listening: Listening) -> Iterator[socket.socket]:
    """A socket at the address. Raises SettingsError when it is taken."""
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    place = socket.socket(family, socket.SOCK_STREAM)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with place:
        try:
            place.bind((listening.host, listening.port))
        except OSError as error:
            raise SettingsError(
                f"Cannot listen on {listening.host}:{listening.port}: {error.strerror}.", hint="Choose another --port."
            ) from error
        place.set_inheritable(True)
        yield place


def _config(app: FastAPI | str, listening: Listening, *, factory: bool = False) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=factory,
        host=listening.host,
        port=listening.port,
        workers=listening.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application does it, behind what needs none
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=64 * 1024,
    )
