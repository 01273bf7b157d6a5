"""Untrusted files parsed in a limited child process that is kept warm from file to file."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from pydantic import BaseModel, TypeAdapter, ValidationError

from assistant.errors import LiaisonError, UnreadableDocument
from ingest.section import ReadDocument
from ingest.verdict import Reason, refused

ROOT = Path(__file__).parents[1]
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take. Address space bounds resident memory from above; a fresh worker takes 220 MB of it."""

    memory: int = 512 * MEGABYTE
    cpu_seconds: int = 20
    wall_seconds: float = 20.0
    file_size: int = 64 * MEGABYTE
    answer: int = 256 * MEGABYTE


class _Refusal(BaseModel):
    reason: Reason
    message: str
    hint: str


class _Answer(BaseModel):
    """What the child says; it is as untrusted as the file."""

    ready: bool = False
    network: str = ""
    document: ReadDocument | None = None
    refused: _Refusal | None = None
    peak_kb: int = 0


ANSWER = TypeAdapter(_Answer)


class ParserSandbox:
    """Reads files of untrusted formats; a file that breaks the parser is refused by name and the next one is read.

    One child serves many files, is started when first needed and replaced when it dies or after `files_per_worker`.
    Thread-safe: callers wait for their turn. Close it, or use it as a context manager.
    """

    def __init__(self, *, limits: Limits | None = None, files_per_worker: int = 500) -> None:
        self.limits = limits or Limits()
        self.files_per_worker = files_per_worker
        self.peak_kb = 0  # the most resident memory a worker reported, in KB
        self.network = ""  # "namespace": the kernel cut it off; "refused": Python refuses sockets
        self.started = 0  # workers started so far
        self._served = 0
        self._worker: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process id of the running worker."""
        return self._worker.pid if self._worker else None

    def read(self, data: bytes, name: str) -> ReadDocument:
        """The document, within the limits' wall time.

        Raises:
            UnreadableDocument: the reader's reason, or `parser_timeout`, `parser_memory`, `parser_crashed`.
            LiaisonError: no worker can be started on this machine.
        """
        with self._turn:
            worker = self._ready_worker()
            answer = self._ask(worker, data, name)
            self._served += 1
            self.peak_kb = max(self.peak_kb, answer.peak_kb)
            if answer.refused:
                if answer.refused.reason is Reason.PARSER_MEMORY:
                    self._stop()
                raise UnreadableDocument(answer.refused.reason, answer.refused.message, hint=answer.refused.hint)
            if answer.document is None:
                self._stop()
                raise refused(Reason.PARSER_CRASHED, f"{name} confused the parser.")
            return answer.document

    def close(self) -> None:
        """Stop the worker; a later read starts another."""
        with self._turn:
            self._stop()

    def _ready_worker(self) -> subprocess.Popen[bytes]:
        worker = self._worker
        if worker and worker.poll() is None and self._served < self.files_per_worker:
            return worker
        self._stop()
        return self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        limits = self.limits
        arguments = [str(limits.memory), str(limits.cpu_seconds), str(limits.file_size)]
        with tempfile.TemporaryFile() as log:
            worker = subprocess.Popen(  # noqa: S603 (our own module)
                [sys.executable, "-m", "ingest.parser_worker", *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=ROOT, close_fds=True,
                env={"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "PYTHONUTF8": "1"},
            )  # fmt: skip
            self._worker, self._served = worker, 0
            self.started += 1
            with _Watchdog(worker, 60.0):
                answer = _parse(_receive(worker, MEGABYTE))
            if answer is None or not answer.ready:
                self._stop()
                log.seek(0)
                tail = log.read()[-2000:].decode(errors="replace").strip()
                raise LiaisonError(f"The document parser cannot start: {tail}", hint="Run `liaison doctor`.")
        self.network = answer.network
        return worker

    def _ask(self, worker: subprocess.Popen[bytes], data: bytes, name: str) -> _Answer:
        with _Watchdog(worker, self.limits.wall_seconds) as watchdog:
            body = _exchange(worker, data, name, limit=self.limits.answer)
        answer = _parse(body)
        if answer is not None and not watchdog.fired:
            return answer
        status = worker.wait() if body is None else None
        self._stop()
        if watchdog.fired or status == -signal.SIGXCPU:
            raise refused(Reason.PARSER_TIMEOUT, f"{name} took more than {self.limits.cpu_seconds} seconds to parse.")
        if status == -signal.SIGKILL:
            raise refused(Reason.PARSER_MEMORY, f"{name} needs more memory to parse than this machine gave.")
        raise refused(Reason.PARSER_CRASHED, f"{name} ended the parser (status {status}).")

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            _close(pipe)


class _Watchdog:
    """Kills a worker that has not answered in time; `fired` tells that it did."""

    def __init__(self, worker: subprocess.Popen[bytes], seconds: float) -> None:
        self.fired = False
        self._worker = worker
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _fire(self) -> None:
        self.fired = True
        self._worker.kill()


def _exchange(worker: subprocess.Popen[bytes], data: bytes, name: str, *, limit: int) -> bytes | None:
    """Send a file, get the answer's bytes; None when the worker ended instead."""
    request = json.dumps({"name": name, "size": len(data)}).encode()
    if worker.stdin is None:
        return None
    try:
        worker.stdin.write(request + b"\n")
        worker.stdin.write(data)
        worker.stdin.flush()
    except BrokenPipeError:
        return None
    return _receive(worker, limit)


def _receive(worker: subprocess.Popen[bytes], limit: int) -> bytes | None:
    if worker.stdout is None:
        return None
    length = worker.stdout.readline(32).strip()
    if not length.isdigit() or int(length) > limit:
        return b"" if length else None
    body = worker.stdout.read(int(length))
    return body if len(body) == int(length) else None


def _parse(body: bytes | None) -> _Answer | None:
    if not body:
        return None
    try:
        return ANSWER.validate_json(body)
    except ValidationError:
        return None


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(BrokenPipeError):  # what was still to be written is moot
            pipe.close()
