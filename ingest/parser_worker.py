"""The child process of `ingest.sandbox`: parses untrusted files within limits and answers in JSON.

It reads requests from its standard input and loads parsers only. For every file it answers one line, a length, then
that many bytes of JSON. Limits a parser runs into end the process; the parent knows why and starts another.
"""

from __future__ import annotations

import ctypes
import dataclasses
import gc
import json
import logging
import resource
import signal
import sys
import warnings
from typing import BinaryIO

from assistant.errors import UnreadableDocument
from ingest.readers import READERS, read_here
from ingest.verdict import Reason, refused

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
# What a parser has no business doing, by the names of Python's audit events.
FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename",
             "os.rmdir", "os.mkdir", "os.truncate", "os.kill", "shutil.", "urllib.", "ftplib.", "smtplib.")  # fmt: skip
WRITES = frozenset("wax+")


def main(stdin: BinaryIO, stdout: BinaryIO, argv: list[str]) -> None:
    """Serve until the parent closes the pipe. `argv`: memory (bytes), CPU (seconds), file size (bytes)."""
    memory, cpu, size = (int(word) for word in argv)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    for reader in READERS.values():
        reader.load()
    gc.freeze()  # the parsers stay; looking through them after every file takes longer than most files
    isolated = lock_down(memory=memory, size=size)
    _answer(stdout, {"ready": True, "network": "namespace" if isolated else "refused"})
    while header := stdin.readline():
        request = json.loads(header)
        _grant_cpu(cpu)
        data = stdin.read(request["size"])
        reply, healthy = _verdict(data, request["name"])
        _answer(stdout, {**reply, "peak_kb": _peak()})
        if not healthy:
            return
        del data, reply
        gc.collect()


def lock_down(*, memory: int, size: int) -> bool:
    """Take away memory beyond the limit, large files, core dumps and the network.

    Whether the kernel gave an own, empty network is returned; without one Python itself refuses sockets.
    """
    for limit, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, size), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (value, value))
    libc = ctypes.CDLL(None, use_errno=True)
    isolated = any(libc.unshare(flags) == 0 for flags in (CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWNET))
    sys.addaudithook(_refuse)
    return isolated


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"a parser may not use {event}")
    if event == "open" and isinstance(arguments[1], str) and WRITES & set(arguments[1]):
        raise PermissionError("a parser may not write files")


def _grant_cpu(seconds: int) -> None:
    """Let this file use so many CPU seconds on top of what earlier files used; beyond them the kernel ends us."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _verdict(data: bytes, name: str) -> tuple[dict[str, object], bool]:
    """The answer for one file, and whether this process is fit for another."""
    try:
        return {"document": dataclasses.asdict(read_here(data, name))}, True
    except UnreadableDocument as error:
        return _refusal(error), True
    except MemoryError:
        return _refusal(
            refused(Reason.PARSER_MEMORY, f"{name} needs more memory to parse than a file may take.")
        ), False


def _refusal(error: UnreadableDocument) -> dict[str, object]:
    return {"refused": {"reason": error.reason, "message": error.message, "hint": error.hint}}


def _answer(stdout: BinaryIO, reply: dict[str, object]) -> None:
    body = json.dumps(reply).encode()
    stdout.write(b"%d\n" % len(body))
    stdout.write(body)
    stdout.flush()


def _peak() -> int:
    """The most resident memory this process ever had, in KB."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 (pathlib is not needed here)
        return next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    wire = sys.stdout.buffer
    sys.stdout = sys.stderr  # a parser that prints must not garble the answers
    main(sys.stdin.buffer, wire, sys.argv[1:])
